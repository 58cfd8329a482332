//! From a list to its index.

use std::{
    fmt,
    io::{Read, Write},
};

use super::{
    block::{BLOCK, checksum},
    entry::Entries,
    format::{DIGEST, Layout, ListFacts, flag, sha256, summary, write_header},
    table::Table,
    walk,
};
use crate::{
    algorithm::{PublicKey, SignatureAlgorithm, SignatureFault, Strength},
    asn1::{self, tag},
    budget::Limits,
    certificate::{Certificate, Extension, Name, authority_key_id},
    error::{Error, Result},
    oid,
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
/// let verified = qoltanba::CrlIndexBuilder::new().issuer(issuer).read(&mut list)?;
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
    pub(super) extensions: Vec<Extension>,
    /// The digest of the signed octets.
    pub(super) tbs_digest: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) digest: [u8; DIGEST],
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
        let mut facts = ListFacts {
            flags: parts.entries.flags,
            issuer: parts.issuer,
            key_digest,
            key_id: None,
            this_update: parts.this_update,
            next_update: parts.next_update,
            number: None,
            base: None,
            scope: None,
            algorithm: parts.algorithm,
            identifier: parts.identifier,
            digest: parts.digest,
            length: parts.length,
            certificate_issuers: parts.entries.take_issuers(),
            count: parts.entries.table.count(),
        };
        for extension in &parts.extensions {
            facts.take(extension)?;
        }
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

impl ListFacts {
    fn take(&mut self, extension: &Extension) -> Result<()> {
        let value = extension.value.as_slice();
        match extension.oid {
            oid::CRL_NUMBER => self.number = Some(number(value, "cRLNumber (RFC 5280 §5.2.3)")?),
            oid::AUTHORITY_KEY_IDENTIFIER => self.key_id = authority_key_id(value)?,
            oid::DELTA_CRL_INDICATOR => {
                self.base = Some(number(value, "deltaCRLIndicator (RFC 5280 §5.2.4)")?);
                self.flags |= flag::DELTA;
            }
            oid::ISSUING_DISTRIBUTION_POINT => {
                let what = "issuingDistributionPoint (RFC 5280 §5.2.5)";
                asn1::single(value, what)?.expect(tag::SEQUENCE, what)?;
                self.scope = Some(value.to_vec());
            }
            oid::FRESHEST_CRL if extension.critical => self.flags |= flag::CRITICAL_FRESHEST,
            oid::FRESHEST_CRL | oid::AUTHORITY_INFO_ACCESS | oid::ISSUER_ALT_NAME => {}
            _ if extension.critical => self.flags |= flag::UNKNOWN_CRITICAL,
            _ => {}
        }
        Ok(())
    }
}

/// A non-negative INTEGER without leading zeros.
fn number(value: &[u8], what: &'static str) -> Result<Vec<u8>> {
    let integer = asn1::single(value, what)?.expect(tag::INTEGER, what)?;
    Ok(integer.value.iter().copied().skip_while(|octet| *octet == 0).collect())
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
        let header = write_header(&self.facts, widths);
        let layout = Layout { header: header.len(), widths, count: self.table.count() };
        let mut put = |octets: &[u8]| out.write_all(octets).map_err(|error| Error::io(&error));
        put(&header)?;
        let mut directory = Vec::with_capacity(layout.blocks() * layout.row_of_directory());
        let rows = self.table.octets.chunks(layout.rows_of_block() * widths.row());
        for (rows, number) in rows.zip(0_u64..) {
            let mut block = [0; BLOCK];
            block.iter_mut().zip(rows).for_each(|(to, from)| *to = *from);
            directory.extend_from_slice(rows.get(..widths.serial).unwrap_or_default());
            directory.extend_from_slice(&checksum(&block, number).to_be_bytes());
            put(&block)?;
        }
        put(&directory)?;
        put(&summary(&header, &directory))
    }
}

impl fmt::Debug for VerifiedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedList").field("facts", &self.facts).finish_non_exhaustive()
    }
}
