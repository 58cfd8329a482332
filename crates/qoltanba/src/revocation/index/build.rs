//! From a list to its index.

use std::{
    fmt,
    io::{Read, Write},
};

use super::{
    block::{BLOCK, checksum},
    entry::Entries,
    facts::{ListFacts, Raw},
    format::{DIGEST, Layout, sha256, summary, write_header},
    table::Table,
    walk,
};
use crate::{
    algorithm::{PublicKey, SignatureAlgorithm, SignatureFault, Strength},
    budget::Limits,
    certificate::{Certificate, Name},
    error::{Error, Result},
    time::Instant,
    trust::TrustAnchor,
};

/// Reads a list, verifies it, and makes its index.
///
/// ```no_run
/// # fn ingest(issuer: &qoltanba::Certificate) -> Result<(), Box<dyn std::error::Error>> {
/// use std::io::Write as _;
///
/// let mut list = std::fs::File::open("nca_gost_2022.crl")?;
/// let verified = qoltanba::revocation::CrlIndexBuilder::new().issuer(issuer).read(&mut list)?;
/// let mut file = std::io::BufWriter::new(std::fs::File::create_new("nca_gost_2022.index.new")?);
/// verified.write(&mut file)?;
/// file.flush()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct CrlIndexBuilder {
    keys: Vec<(Vec<u8>, Result<PublicKey>)>,
    strength: Strength,
    limits: Limits,
}

/// Why there is no verified list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IngestError {
    /// The list could not be read to its end, or is not well formed.
    List(Error),
    /// The signature does not stand under any key that was given.
    Signature(SignatureFault),
}

impl fmt::Display for IngestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(error) => error.fmt(f),
            Self::Signature(_) => {
                f.write_str("the revocation list is not signed by a key that was given")
            }
        }
    }
}

impl core::error::Error for IngestError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::List(error) => Some(error),
            Self::Signature(_) => None,
        }
    }
}

impl From<Error> for IngestError {
    fn from(error: Error) -> Self {
        Self::List(error)
    }
}

/// What is written at once.
const BATCH: usize = 128 * BLOCK;

/// A list whose signature was verified under a key that the caller gave: its facts, and its entries
/// sorted. Made only by [`CrlIndexBuilder::read`].
pub struct VerifiedList {
    facts: ListFacts,
    table: Table,
}

/// What [`walk::list`] reads.
pub(super) struct Parts {
    pub(super) identifier: Vec<u8>,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) issuer: Name,
    pub(super) this_update: Instant,
    pub(super) next_update: Option<Instant>,
    pub(super) entries: Entries,
    /// crlExtensions, well formed.
    pub(super) extensions: Option<Vec<u8>>,
    /// The digest of the signed octets.
    pub(super) tbs_digest: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) length: u64,
}

impl CrlIndexBuilder {
    /// No key yet, the default strength and limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The key of this certificate may have signed the list. Whether it is the issuer's, and
    /// may sign lists, is for the caller to know.
    #[must_use]
    pub fn issuer(self, certificate: &Certificate) -> Self {
        self.key(certificate.spki())
    }

    /// The key of this anchor may have signed the list.
    #[must_use]
    pub fn anchor(self, anchor: &TrustAnchor) -> Self {
        self.key(anchor.public_key_info())
    }

    /// The key of this SubjectPublicKeyInfo may have signed the list.
    #[must_use]
    pub fn key(mut self, spki: &[u8]) -> Self {
        self.keys.push((spki.to_vec(), PublicKey::from_spki(spki)));
        self
    }

    /// Which weak algorithms may be used.
    #[must_use]
    pub const fn strength(mut self, strength: Strength) -> Self {
        self.strength = strength;
        self
    }

    /// How much work the list may cause: of `input_bytes` the whole list, of `structure_bytes` a
    /// single value in it.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads a DER list to the end of the input.
    ///
    /// # Errors
    /// When it is not well formed, when it is longer than the limits allow, when no key was given
    /// that can be read, or when the signature does not stand.
    pub fn read(&self, reader: &mut dyn Read) -> Result<VerifiedList, IngestError> {
        let mut parts = walk::list(reader, &self.limits)?;
        let key_digest = self.verify(&parts)?;
        let facts = ListFacts::new(Raw {
            issuer: parts.issuer,
            algorithm: parts.identifier,
            this_update: parts.this_update,
            next_update: parts.next_update,
            extensions: parts.extensions,
            unknown_critical_entry: parts.entries.unknown_critical,
            certificate_issuers: parts.entries.take_issuers(),
            count: parts.entries.table.count(),
            key_digest,
            signed_digest: parts.tbs_digest,
            length: parts.length,
        })?;
        let mut table = parts.entries.table;
        table.sort();
        Ok(VerifiedList { facts, table })
    }

    /// The digest of the key under which the signature stands.
    fn verify(&self, parts: &Parts) -> Result<[u8; DIGEST], IngestError> {
        let mut why = None;
        for (spki, key) in &self.keys {
            let key = match key {
                Ok(key) => key,
                Err(error) => {
                    why.get_or_insert(IngestError::List(error.clone()));
                    continue;
                }
            };
            let verified = key.verify_digest(
                parts.algorithm,
                &parts.tbs_digest,
                &parts.signature,
                self.strength,
            );
            match verified {
                Ok(()) => return Ok(sha256(spki)),
                // A key of the right kind tells more than one of another.
                Err(SignatureFault::AlgorithmMismatch) => {
                    why.get_or_insert(IngestError::Signature(SignatureFault::AlgorithmMismatch));
                }
                Err(fault) => why = Some(IngestError::Signature(fault)),
            }
        }
        Err(why.unwrap_or(IngestError::List(Error::misuse(
            "give the key of the list's issuer before the list is read",
        ))))
    }
}

impl VerifiedList {
    /// What the list says of itself.
    #[must_use]
    pub const fn facts(&self) -> &ListFacts {
        &self.facts
    }

    /// Writes the index, from its first octet to its last.
    ///
    /// # Errors
    /// When the writer fails. What was written until then is no index, and is refused as one.
    pub fn write(&self, out: &mut dyn Write) -> Result<()> {
        let widths = self.table.widths;
        let header = write_header(&self.facts.raw, widths);
        let layout = Layout { header: header.len(), widths, count: self.table.count() };
        let mut put = |octets: &[u8]| out.write_all(octets).map_err(|error| Error::io(&error));
        put(&header)?;
        let mut batch = Vec::with_capacity(BATCH);
        let mut directory = Vec::with_capacity(layout.blocks() * layout.row_of_directory());
        let rows = self.table.octets.chunks(layout.rows_of_block() * widths.row());
        for (rows, number) in rows.zip(0_u64..) {
            let begin = batch.len();
            batch.extend_from_slice(rows);
            batch.resize(begin + BLOCK, 0);
            let block = batch.last_chunk().ok_or(Error::misuse("a block is not empty"))?;
            directory.extend_from_slice(rows.get(..widths.serial).unwrap_or_default());
            directory.extend_from_slice(&checksum(block, number).to_be_bytes());
            if batch.len() == BATCH {
                put(&batch)?;
                batch.clear();
            }
        }
        put(&batch)?;
        put(&directory)?;
        put(&summary(&header, &directory))
    }
}

impl fmt::Debug for VerifiedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedList").field("facts", &self.facts).finish_non_exhaustive()
    }
}
