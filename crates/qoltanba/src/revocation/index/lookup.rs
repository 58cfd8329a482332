//! Answers from an index.

use std::{cmp::Ordering as Order, fmt, sync::Arc};

use super::{
    super::{Head, Revocation, RevocationList},
    block::{BLOCK, checksum},
    facts::ListFacts,
    format::{CHECKSUM, Layout, Opened},
    table::{self, MAX_SERIAL, Row},
};
use crate::{
    algorithm::{PublicKey, Strength},
    asn1::{self, tag},
    certificate::{GeneralName, Name, RevocationReason},
    error::{Error, Result},
    time::Instant,
};

/// The index of a revocation list that was verified when the index was made. Cloning is cheap.
///
/// It trusts the octets that it is given: see the documentation of [`CrlIndexBuilder`](
/// crate::revocation::CrlIndexBuilder) on what an index proves.
#[derive(Clone)]
pub struct CrlIndex(Arc<Inner>);

struct Inner {
    octets: Arc<dyn AsRef<[u8]> + Send + Sync>,
    facts: ListFacts,
    layout: Layout,
    directory: Box<[u8]>,
    /// How many octets at their beginning the first serial numbers of all blocks have in common.
    common: usize,
    /// The eight octets behind them.
    fences: Box<[u64]>,
    /// Every [`STEP`]th of these: few enough to stay near the processor.
    steps: Box<[u64]>,
}

/// Two cache lines of fences.
const STEP: usize = 16;

/// What a list says of a serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedEntry<'a> {
    /// When the certificate was revoked.
    pub at: Instant,
    /// Why.
    pub reason: RevocationReason,
    /// Since when the key was no longer safe (RFC 5280 §5.3.2).
    pub invalid_since: Option<Instant>,
    /// Whose certificate it is when it is not the list's issuer's: the GeneralNames of the
    /// certificateIssuer that is in force at this entry, DER (RFC 5280 §5.3.3).
    pub certificate_issuer: Option<&'a [u8]>,
}

/// The entries of a serial number: none or one, unless the list names it twice or has entries of
/// several issuers.
#[derive(Debug, Clone)]
pub struct ListedEntries<'a> {
    first: Option<ListedEntry<'a>>,
    /// Not allocated unless there is more than one.
    rest: std::vec::IntoIter<ListedEntry<'a>>,
}

impl<'a> ListedEntries<'a> {
    pub(super) fn none() -> Self {
        Self { first: None, rest: Vec::new().into_iter() }
    }
}

impl<'a> Iterator for ListedEntries<'a> {
    type Item = ListedEntry<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.first.take().or_else(|| self.rest.next())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.rest.len() + usize::from(self.first.is_some());
        (count, Some(count))
    }
}

impl ExactSizeIterator for ListedEntries<'_> {}

const BLOCKS: &str = "revocation index: a block of entries was altered";

impl CrlIndex {
    /// Opens an index, checking its header and its directory; blocks are checked when they are
    /// read.
    ///
    /// # Errors
    /// When it is no index, when it is of another version, or when it was cut or altered.
    pub fn open(octets: Arc<dyn AsRef<[u8]> + Send + Sync>) -> Result<Self> {
        Self::open_as(octets, false)
    }

    /// Opens the index of a list that was found where a certificate says that deltas are: such a
    /// list is never a complete one, see [`Crl::delta_from_der`](
    /// crate::revocation::Crl::delta_from_der).
    ///
    /// # Errors
    /// See [`open`](Self::open).
    pub fn open_delta(octets: Arc<dyn AsRef<[u8]> + Send + Sync>) -> Result<Self> {
        Self::open_as(octets, true)
    }

    fn open_as(octets: Arc<dyn AsRef<[u8]> + Send + Sync>, delta: bool) -> Result<Self> {
        let Opened { mut facts, layout, directory } = Opened::read((*octets).as_ref())?;
        facts.head.found_as_delta = delta;
        let fences = Box::default();
        let steps = Box::default();
        let mut inner = Inner { octets, facts, layout, directory, common: 0, fences, steps };
        inner.common = inner.common();
        inner.fences = (0..layout.blocks()).map(|number| inner.tail(inner.fence(number))).collect();
        inner.steps = inner.fences.iter().step_by(STEP).copied().collect();
        Ok(Self(Arc::new(inner)))
    }

    /// The same for octets that nothing else holds.
    ///
    /// # Errors
    /// See [`open`](Self::open).
    pub fn from_bytes(octets: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self> {
        Self::open(Arc::new(octets))
    }

    /// What the list says of itself.
    #[must_use]
    pub fn facts(&self) -> &ListFacts {
        &self.0.facts
    }

    /// What the list says of a serial number, given as the content octets of the INTEGER; entries
    /// of one serial number come by date.
    ///
    /// An index of an indirect list has entries of other issuers' certificates too: an entry is of
    /// the certificate only if its [`certificate_issuer`](ListedEntry::certificate_issuer) is.
    ///
    /// # Errors
    /// When a block that had to be read was altered. Nothing is known then: "not listed" least of
    /// all.
    pub fn entries_of(&self, serial: &[u8]) -> Result<ListedEntries<'_>> {
        let Some((key, width)) = table::key(serial, self.0.layout.widths) else {
            // No entry is as long, or written like this.
            return Ok(ListedEntries::none());
        };
        let key = key.get(..width).unwrap_or_default();
        let mut found = ListedEntries::none();
        let mut more = Vec::new();
        let mut number = self.0.first_block(key);
        while let Some(block) = self.0.block(number)? {
            let mut row = self.0.first_row(block, number, key);
            while let Some(octets) = self.0.row(block, number, row)
                && octets.starts_with(key)
            {
                let entry = self.0.entry(octets)?;
                if found.first.is_none() {
                    found.first = Some(entry);
                } else {
                    more.push(entry);
                }
                row += 1;
            }
            number += 1;
            if self.0.fence(number).is_none_or(|fence| fence != key) {
                break;
            }
        }
        found.rest = more.into_iter();
        Ok(found)
    }

    /// What the list says of a certificate, by its issuer and the content octets of its serial
    /// number.
    ///
    /// # Errors
    /// See [`entries_of`](Self::entries_of).
    pub fn revocations(&self, issuer: &Name, serial: &[u8]) -> Result<Vec<Revocation>> {
        let mut found = Vec::new();
        for entry in self.entries_of(serial)? {
            if self.is_about(&entry, issuer)? {
                let ListedEntry { at, reason, invalid_since, .. } = entry;
                found.push(Revocation { at, reason, invalid_since });
            }
        }
        Ok(found)
    }

    /// Whether an entry is of a certificate of this issuer (RFC 5280 §5.3.3).
    fn is_about(&self, entry: &ListedEntry<'_>, issuer: &Name) -> Result<bool> {
        let what = "certificateIssuer (RFC 5280 §5.3.3)";
        let Some(names) = entry.certificate_issuer else {
            return Ok(issuer == self.facts().issuer());
        };
        let names = asn1::single(names, what)?.expect(tag::SEQUENCE, what)?;
        let names = GeneralName::read_all(names.inside(), what)?;
        Ok(names.contains(&GeneralName::Directory(issuer.clone())))
    }

    /// Checks every block, as somebody does who wants to know that an index is whole.
    ///
    /// # Errors
    /// When a block was altered.
    pub fn check_all(&self) -> Result<()> {
        (0..self.0.layout.blocks()).try_for_each(|number| self.0.block(number).map(drop))
    }
}

impl RevocationList for CrlIndex {
    fn head(&self) -> &Head {
        &self.facts().head
    }

    fn entries_of(&self, issuer: &Name, serial: &[u8]) -> Result<Vec<Revocation>> {
        self.revocations(issuer, serial)
    }

    /// The signature stood when the index was made.
    fn is_known_signed_by(&self, _: &PublicKey, spki: &[u8], strength: Strength) -> bool {
        self.facts().is_signed_by(spki, strength)
    }
}

impl Inner {
    /// The first block that can have the key: the one before the first that begins with it or
    /// behind it.
    fn first_block(&self, key: &[u8]) -> usize {
        let beginning =
            self.fence(0).and_then(|fence| fence.get(..self.common)).unwrap_or_default();
        let (own, _) = key.split_at_checked(self.common).unwrap_or((key, &[]));
        let first = match own.cmp(beginning) {
            Order::Less => 0,
            Order::Greater => self.layout.blocks(),
            Order::Equal => {
                let tail = self.tail(Some(key));
                let step = self.steps.partition_point(|fence| *fence < tail);
                let begin = step.saturating_sub(1) * STEP;
                let end = self.fences.len().min(step * STEP);
                let few = self.fences.get(begin..end).unwrap_or_default();
                let low = begin + few.partition_point(|fence| *fence < tail);
                let rest = self.fences.get(low..).unwrap_or_default();
                let alike = rest.partition_point(|fence| *fence == tail);
                low + partition_point(alike, |number| {
                    self.fence(low + number).is_some_and(|fence| fence < key)
                })
            }
        };
        first.saturating_sub(1)
    }

    /// The first serial numbers are sorted, so that what the first has in common with the last, all
    /// have.
    fn common(&self) -> usize {
        let last = self.layout.blocks().saturating_sub(1);
        let (first, last) =
            (self.fence(0).unwrap_or_default(), self.fence(last).unwrap_or_default());
        first.iter().zip(last).take_while(|(a, b)| a == b).count()
    }

    fn tail(&self, serial: Option<&[u8]>) -> u64 {
        table::eight(serial.and_then(|octets| octets.get(self.common..)).unwrap_or_default())
    }

    fn directory(&self, number: usize) -> Option<(&[u8], &[u8])> {
        let width = self.layout.row_of_directory();
        let row = self.directory.get(number.checked_mul(width)?..)?.get(..width)?;
        row.split_at_checked(self.layout.widths.serial)
    }

    /// The first serial number of a block.
    fn fence(&self, number: usize) -> Option<&[u8]> {
        self.directory(number).map(|(fence, _)| fence)
    }

    /// A block, checked; `None` behind the last one.
    fn block(&self, number: usize) -> Result<Option<&[u8; BLOCK]>> {
        let Some((_, expected)) = self.directory(number) else { return Ok(None) };
        // Read now, while the block is fetched, and not when its sum is known.
        let expected: Option<[u8; CHECKSUM]> = expected.first_chunk().copied();
        let expected = std::hint::black_box(expected).ok_or(Error::malformed(BLOCKS))?;
        let begin = self.layout.header + number * BLOCK;
        let octets = (*self.octets).as_ref().get(begin..).and_then(|rest| rest.first_chunk());
        let block = octets.ok_or(Error::malformed(BLOCKS))?;
        if checksum(block, number as u64).to_be_bytes() != expected {
            return Err(Error::malformed(BLOCKS).at(begin));
        }
        Ok(Some(block))
    }

    fn row<'b>(&self, block: &'b [u8; BLOCK], number: usize, row: usize) -> Option<&'b [u8]> {
        let (rows, width) = (self.layout.rows_of_block(), self.layout.widths.row());
        let is_there = row < rows && number * rows + row < self.layout.count;
        block.get(row * width..(row + 1) * width).filter(|_| is_there)
    }

    /// The first row of a block that is not before the key.
    fn first_row(&self, block: &[u8; BLOCK], number: usize, key: &[u8]) -> usize {
        let rows = self
            .layout
            .rows_of_block()
            .min(self.layout.count - number * self.layout.rows_of_block());
        partition_point(rows, |row| {
            self.row(block, number, row)
                .and_then(|row| row.get(..key.len()))
                .is_some_and(|r| r < key)
        })
    }

    fn entry(&self, row: &[u8]) -> Result<ListedEntry<'_>> {
        let bad = || Error::malformed(BLOCKS);
        let row: Row<'_> = self.layout.widths.read(row).ok_or_else(bad)?;
        let certificate_issuer = match row.issuer {
            None => None,
            Some(number) => {
                let number = usize::try_from(number).map_err(|_| bad())?;
                Some(self.facts.raw.certificate_issuers.get(number).ok_or_else(bad)?.as_slice())
            }
        };
        Ok(ListedEntry {
            at: Instant::from_unix(row.at),
            // The enumerated value as the list had it.
            reason: RevocationReason::read(&[0x0a, 1, row.reason])?,
            invalid_since: row.invalid_since.map(Instant::from_unix),
            certificate_issuer,
        })
    }
}

/// How many of `count` things, in order, come before.
fn partition_point(count: usize, mut is_before: impl FnMut(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

impl fmt::Debug for CrlIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrlIndex").field("facts", &self.0.facts).finish_non_exhaustive()
    }
}

const _: () = assert!(MAX_SERIAL + 16 <= BLOCK, "a row fits a block");
