//! Sets: parts that belong together, put in order, and the document that they carry.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{
    archive,
    part::{Barcode, BarcodePart, PartData, decode},
};
use crate::{
    budget::Limits,
    error::{Error, Result},
    report::ContainerKind,
    time::Instant,
    verdict::{BarcodeConflict, Reason},
};

/// Barcodes may be seen several times, on photographs that overlap.
const SEEN: usize = 4;

/// Everything that was found on the pages of one scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BarcodeScan {
    /// The sets, in the order in which they were met.
    pub sets: Vec<PartSet>,
    /// The hosts that links lead to.
    pub links: Vec<String>,
    /// The names of forms that are not supported.
    pub unsupported: Vec<String>,
    /// How many codes are of no known form.
    pub others: usize,
    /// What is wrong with parts that cannot be read.
    pub damaged: Vec<Error>,
}

impl BarcodeScan {
    /// Reads the texts of the barcodes of a scan, in any order and as often as they were seen.
    ///
    /// ```
    /// use qoltanba::{
    ///     Limits,
    ///     paper::{BarcodeScan, BarcodeSet},
    /// };
    ///
    /// let signed = b"<request>...</request>";
    /// let texts = BarcodeSet::write(signed, "10100000000017", "2026-11-25T12:00:00Z".parse()?)?;
    /// let limits = Limits::default();
    /// let scan = BarcodeScan::read(&texts, &limits)?;
    /// assert_eq!(scan.sets[0].assemble(&limits)?.document(), signed);
    /// # Ok::<(), qoltanba::Error>(())
    /// ```
    ///
    /// # Errors
    /// Over budget when there is too much of anything, unsupported for XML with a DTD.
    pub fn read<T: AsRef<str>>(texts: &[T], limits: &Limits) -> Result<Self> {
        let most = limits.barcode_parts.saturating_mul(SEEN);
        Limits::check("barcodes of one scan", texts.len(), most)?;
        let mut scan = Self::default();
        for text in texts {
            match Barcode::read(text.as_ref()) {
                Ok(Barcode::Part(part)) => scan.add(part, limits)?,
                Ok(Barcode::Link { host }) => push_new(&mut scan.links, host),
                Ok(Barcode::Unsupported { name }) => push_new(&mut scan.unsupported, name),
                Ok(Barcode::Other) => scan.others += 1,
                Err(error) if Barcode::is_damage(&error) => scan.damaged.push(error),
                Err(error) => return Err(error),
            }
        }
        scan.sets.iter_mut().for_each(PartSet::count_from_one);
        Ok(scan)
    }

    fn add(&mut self, part: BarcodePart, limits: &Limits) -> Result<()> {
        let amount = usize::try_from(part.amount).unwrap_or(usize::MAX);
        Limits::check("parts of one document", amount, limits.barcode_parts)?;
        let same = |set: &&mut PartSet| set.kind == part.kind && set.id == part.id;
        match self.sets.iter_mut().find(same) {
            Some(set) => set.add(part),
            None => self.sets.push(PartSet::new(part)),
        }
        Ok(())
    }
}

fn push_new(list: &mut Vec<String>, one: String) {
    if !list.contains(&one) {
        list.push(one);
    }
}

/// The parts of one document, as far as they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSet {
    kind: ContainerKind,
    id: String,
    amount: u32,
    parts: BTreeMap<u32, BarcodePart>,
    conflict: Option<BarcodeConflict>,
}

impl PartSet {
    fn new(part: BarcodePart) -> Self {
        let mut set = Self {
            kind: part.kind,
            id: part.id.clone(),
            amount: part.amount,
            parts: BTreeMap::new(),
            conflict: None,
        };
        set.add(part);
        set
    }

    fn add(&mut self, part: BarcodePart) {
        let (number, amount) = (part.number, part.amount);
        let conflict = if amount != self.amount {
            Some(BarcodeConflict::Amounts { one: self.amount, other: amount })
        } else if number > amount {
            Some(BarcodeConflict::Number { number, amount })
        } else {
            let known = self.parts.entry(number).or_insert_with(|| part.clone());
            (known.data != part.data).then_some(BarcodeConflict::Duplicate { number })
        };
        self.conflict = self.conflict.take().or(conflict);
    }

    /// The description of the card does not say where its index begins: a part zero tells.
    fn count_from_one(&mut self) {
        if !self.parts.contains_key(&0) {
            return;
        }
        if self.parts.contains_key(&self.amount) {
            let conflict = BarcodeConflict::Number { number: self.amount, amount: self.amount };
            self.conflict.get_or_insert(conflict);
        }
        let parts = std::mem::take(&mut self.parts);
        self.parts = parts.into_iter().map(|(number, part)| (number + 1, part)).collect();
    }

    /// The form of the set.
    #[must_use]
    pub const fn kind(&self) -> ContainerKind {
        self.kind
    }

    /// What its parts have in common: FavorID, or the identifier of the signature. Nobody signed
    /// it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How many parts it says it has.
    #[must_use]
    pub const fn amount(&self) -> u32 {
        self.amount
    }

    /// How many of them were found.
    #[must_use]
    pub fn found(&self) -> usize {
        self.parts.len()
    }

    /// The numbers of those that were not.
    #[must_use]
    pub fn missing(&self) -> Vec<u32> {
        (1..=self.amount).filter(|number| !self.parts.contains_key(number)).collect()
    }

    /// When the parts say that they were made, in the order of the parts.
    #[must_use]
    pub fn claimed_created(&self) -> Vec<Instant> {
        self.parts.values().filter_map(|part| part.claimed_created).collect()
    }

    /// What keeps the document from being put together: parts that contradict each other, or that
    /// are missing.
    #[must_use]
    pub fn problem(&self) -> Option<Reason> {
        if let Some(conflict) = self.conflict {
            return Some(Reason::BarcodesConflict { conflict });
        }
        let missing = self.missing();
        let amount = self.amount;
        (!missing.is_empty()).then_some(Reason::BarcodesMissing { missing, amount })
    }

    /// Puts the document together. It is as trustworthy as any file: not at all before it is
    /// verified.
    ///
    /// # Errors
    /// Misuse when the set has a [problem](Self::problem), malformed when what it carries is
    /// damaged, over budget when that is too large.
    pub fn assemble(&self, limits: &Limits) -> Result<BarcodeSet> {
        if self.problem().is_some() {
            return Err(Error::misuse("barcodes are missing or contradict each other"));
        }
        let entry = archive::read(&self.octets()?, limits)?;
        Ok(BarcodeSet { parts: self.clone(), entry: entry.name, document: entry.content })
    }

    /// The archive: octets one after the other, or one base64 text that was cut.
    fn octets(&self) -> Result<Vec<u8>> {
        let mut octets = Vec::new();
        let mut text = String::new();
        for part in self.parts.values() {
            match &part.data {
                PartData::Octets(more) => octets.extend_from_slice(more),
                PartData::Text(more) => text.push_str(more),
            }
        }
        match self.kind {
            ContainerKind::Barcodes => Ok(octets),
            ContainerKind::Card => decode(&text),
        }
    }
}

/// A whole set, and the document that it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarcodeSet {
    parts: PartSet,
    entry: String,
    document: Vec<u8>,
}

impl BarcodeSet {
    /// The parts that it was put together from.
    #[must_use]
    pub const fn parts(&self) -> &PartSet {
        &self.parts
    }

    /// The exact bytes of the document: signed XML or a CMS message, if it is what it should be.
    #[must_use]
    pub fn document(&self) -> &[u8] {
        &self.document
    }

    /// The SHA-256 digest of these bytes.
    #[must_use]
    pub fn document_sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.document).into()
    }

    /// The name of the document in the archive.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// Whether the document is called as this form of set calls it.
    #[must_use]
    pub fn is_named_well(&self) -> bool {
        match self.parts.kind {
            ContainerKind::Barcodes => self.entry == super::write::ENTRY,
            ContainerKind::Card => self.entry.strip_suffix(".cms") == Some(self.parts.id()),
        }
    }
}
