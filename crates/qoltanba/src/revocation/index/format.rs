//! The header of an index, and where its parts are.

use super::{block::BLOCK, table::Widths};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm, Strength},
    asn1::{AlgorithmIdentifier, Reader},
    certificate::Name,
    error::{Error, Result},
    time::Instant,
};

const MAGIC: &[u8; 8] = b"QOLTNCRL";
const VERSION: u8 = 1;
/// Magic, version, three widths and a zero, length of the header, count.
const FIXED: usize = 8 + 1 + 4 + 4 + 8;
/// SHA-256.
pub(super) const DIGEST: usize = 32;
/// XXH64.
pub(super) const CHECKSUM: usize = 8;

const TRUNCATED: &str = "revocation index: its length is not that of its header";
const HEADER: &str = "revocation index: header";

/// Facts of a list that are flags.
pub(super) mod flag {
    pub(in super::super) const DELTA: u8 = 0x01;
    pub(in super::super) const CRITICAL_FRESHEST: u8 = 0x02;
    pub(in super::super) const UNKNOWN_CRITICAL: u8 = 0x04;
    pub(in super::super) const UNKNOWN_CRITICAL_ENTRY: u8 = 0x08;
    pub(in super::super) const CERTIFICATE_ISSUER: u8 = 0x10;
}

/// What kind of list it is, by what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListKind {
    /// Nothing says that it is a delta.
    Complete,
    /// It has a deltaCRLIndicator (RFC 5280 §5.2.4).
    Delta,
    /// It has no deltaCRLIndicator, and its freshestCRL is critical: the national authority marks
    /// deltas so (order 522/НҚ), and only the address that it came from could tell.
    MarkedAsDelta,
}

/// What a verified list says of itself, apart from its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFacts {
    pub(super) flags: u8,
    pub(super) issuer: Name,
    pub(super) key_digest: [u8; DIGEST],
    pub(super) key_id: Option<Vec<u8>>,
    pub(super) this_update: Instant,
    pub(super) next_update: Option<Instant>,
    pub(super) number: Option<Vec<u8>>,
    pub(super) base: Option<Vec<u8>>,
    pub(super) scope: Option<Vec<u8>>,
    pub(super) algorithm: SignatureAlgorithm,
    /// The algorithm's AlgorithmIdentifier.
    pub(super) identifier: Vec<u8>,
    pub(super) digest: [u8; DIGEST],
    pub(super) length: u64,
    /// The values of certificateIssuer, numbered as rows name them.
    pub(super) certificate_issuers: Vec<Vec<u8>>,
    pub(super) count: usize,
}

impl ListFacts {
    /// The name of the authority that the list says issued it.
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// The SHA-256 of the SubjectPublicKeyInfo under which the list's signature was verified.
    #[must_use]
    pub const fn key_digest(&self) -> &[u8; 32] {
        &self.key_digest
    }

    /// The identifier of the issuer's key (RFC 5280 §5.2.1).
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.key_id.as_deref()
    }

    /// When the list was made.
    #[must_use]
    pub const fn this_update(&self) -> Instant {
        self.this_update
    }

    /// Until when the list speaks; a list without it never proves that a certificate is good.
    #[must_use]
    pub const fn next_update(&self) -> Option<Instant> {
        self.next_update
    }

    /// The list's number, big-endian (RFC 5280 §5.2.3).
    #[must_use]
    pub fn number(&self) -> Option<&[u8]> {
        self.number.as_deref()
    }

    /// Of a delta the number of the complete list that it goes with, big-endian
    /// (RFC 5280 §5.2.4).
    #[must_use]
    pub fn base_number(&self) -> Option<&[u8]> {
        self.base.as_deref()
    }

    /// Whether it is complete or a delta.
    #[must_use]
    pub const fn kind(&self) -> ListKind {
        if self.has(flag::DELTA) {
            ListKind::Delta
        } else if self.has(flag::CRITICAL_FRESHEST) {
            ListKind::MarkedAsDelta
        } else {
            ListKind::Complete
        }
    }

    /// The value of issuingDistributionPoint, DER (RFC 5280 §5.2.5): what the list is restricted
    /// to, and whether it speaks of other issuers' certificates.
    #[must_use]
    pub fn scope(&self) -> Option<&[u8]> {
        self.scope.as_deref()
    }

    /// Whether the list, or an entry of it, has a critical extension that is not processed. Such
    /// a list clears nothing (RFC 5280 §5.2, §5.3).
    #[must_use]
    pub const fn has_unknown_critical(&self) -> bool {
        self.has(flag::UNKNOWN_CRITICAL) || self.has(flag::UNKNOWN_CRITICAL_ENTRY)
    }

    /// Whether an entry names a certificateIssuer (RFC 5280 §5.3.3).
    #[must_use]
    pub const fn names_other_issuers(&self) -> bool {
        self.has(flag::CERTIFICATE_ISSUER)
    }

    /// The algorithm of the list's signature.
    #[must_use]
    pub const fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The SHA-256 of the list as DER: which list this is.
    #[must_use]
    pub const fn list_digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The octets of the list as DER.
    #[must_use]
    pub const fn list_length(&self) -> u64 {
        self.length
    }

    /// How many entries the list has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether the list has no entry.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether the list was verified under this key, by an algorithm that is allowed.
    #[must_use]
    pub fn is_signed_by(&self, spki: &[u8], strength: Strength) -> bool {
        // The strength of keys is fixed and was checked when the signature was.
        let allowed = self.algorithm.digest() != DigestAlgorithm::Sha1 || strength.sha1;
        allowed && self.key_digest == sha256(spki)
    }

    pub(super) const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

pub(super) fn sha256(octets: &[u8]) -> [u8; DIGEST] {
    use sha2::Digest as _;
    sha2::Sha256::digest(octets).into()
}

/// Where the parts of an index are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Octets of the header, a multiple of a block.
    pub(super) header: usize,
    pub(super) widths: Widths,
    pub(super) count: usize,
}

impl Layout {
    pub(super) const fn rows_of_block(self) -> usize {
        BLOCK / self.widths.row()
    }

    pub(super) const fn blocks(self) -> usize {
        self.count.div_ceil(self.rows_of_block())
    }

    pub(super) const fn row_of_directory(self) -> usize {
        self.widths.serial + CHECKSUM
    }

    fn directory(self) -> Option<std::ops::Range<usize>> {
        let begin = self.blocks().checked_mul(BLOCK)?.checked_add(self.header)?;
        let length = self.blocks().checked_mul(self.row_of_directory())?;
        Some(begin..begin.checked_add(length)?)
    }
}

/// The header and the directory of an index, checked.
pub(super) struct Opened {
    pub(super) facts: ListFacts,
    pub(super) layout: Layout,
    pub(super) directory: Box<[u8]>,
}

impl Opened {
    pub(super) fn read(index: &[u8]) -> Result<Self> {
        let bad = || Error::malformed(HEADER);
        let mut fixed = Fields(index.get(..FIXED).ok_or(Error::malformed(TRUNCATED))?);
        if fixed.octets(8)? != MAGIC {
            return Err(Error::malformed("revocation index: it does not begin like one"));
        }
        let version = fixed.octet()?;
        if version != VERSION {
            return Err(Error::unsupported("version of a revocation index", version));
        }
        let widths = Widths {
            serial: fixed.octet()?.into(),
            time: fixed.octet()?.into(),
            issuer: fixed.octet()?.into(),
            invalidity: match fixed.octet()? {
                0 => false,
                1 => true,
                _ => return Err(bad()),
            },
        };
        let header = fixed.length()?;
        let count = usize::try_from(fixed.long()?).map_err(|_| bad())?;
        if !widths.are_known() || !header.is_multiple_of(BLOCK) || header < FIXED {
            return Err(bad());
        }
        let layout = Layout { header, widths, count };
        let directory = layout.directory().ok_or_else(bad)?;
        let digest = index.get(directory.end..).filter(|tail| tail.len() == DIGEST);
        let digest = digest.ok_or(Error::malformed(TRUNCATED))?;
        let header = index.get(..header).ok_or_else(bad)?;
        // A copy: what was checked is what is searched, whatever becomes of the file.
        let directory: Box<[u8]> = index.get(directory).ok_or_else(bad)?.into();
        if summary(header, &directory) != digest {
            return Err(Error::malformed("revocation index: its header or directory was altered"));
        }
        let facts = read_facts(header.get(FIXED..).ok_or_else(bad)?, count)?;
        Ok(Self { facts, layout, directory })
    }
}

/// The SHA-256 that ends an index.
pub(super) fn summary(header: &[u8], directory: &[u8]) -> Vec<u8> {
    let mut hasher = DigestAlgorithm::Sha256.hasher();
    hasher.update(header);
    hasher.update(directory);
    hasher.finish()
}

/// The header of an index of these facts.
pub(super) fn write_header(facts: &ListFacts, widths: Widths) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.push(VERSION);
    for width in [widths.serial, widths.time, widths.issuer, usize::from(widths.invalidity)] {
        out.push(width as u8);
    }
    let length_at = out.len();
    out.extend([0; 4]);
    out.extend((facts.count as u64).to_be_bytes());
    out.push(facts.flags);
    out.extend(facts.digest);
    out.extend(facts.length.to_be_bytes());
    out.extend(facts.key_digest);
    out.extend(facts.this_update.unix().to_be_bytes());
    let next = facts.next_update.map(|at| at.unix().to_be_bytes());
    write_optional(next.as_ref().map(<[u8; 8]>::as_slice), &mut out);
    write_octets(facts.issuer.as_der(), &mut out);
    write_octets(&facts.identifier, &mut out);
    for value in [&facts.key_id, &facts.number, &facts.base, &facts.scope] {
        write_optional(value.as_deref(), &mut out);
    }
    out.extend((facts.certificate_issuers.len() as u32).to_be_bytes());
    for issuer in &facts.certificate_issuers {
        write_octets(issuer, &mut out);
    }
    out.resize(out.len().next_multiple_of(BLOCK), 0);
    let length = (out.len() as u32).to_be_bytes();
    if let Some(place) = out.get_mut(length_at..length_at + 4) {
        place.copy_from_slice(&length);
    }
    out
}

fn read_facts(header: &[u8], count: usize) -> Result<ListFacts> {
    let mut fields = Fields(header);
    let flags = fields.octet()?;
    let digest = fields.array()?;
    let length = fields.long()?;
    let key_digest = fields.array()?;
    let this_update = fields.instant()?;
    let next_update = match fields.optional()? {
        Some(octets) => Some(Fields(octets).instant()?),
        None => None,
    };
    let issuer = Name::from_der(fields.counted()?)?;
    let identifier = fields.counted()?.to_vec();
    let algorithm = AlgorithmIdentifier::read(&mut Reader::new(&identifier))?;
    let algorithm = SignatureAlgorithm::from_identifier(&algorithm)?;
    let mut optional = || Ok::<_, Error>(fields.optional()?.map(<[u8]>::to_vec));
    let [key_id, number, base, scope] = [optional()?, optional()?, optional()?, optional()?];
    let issuers = fields.length()?;
    let mut certificate_issuers = Vec::new();
    for _ in 0..issuers {
        certificate_issuers.push(fields.counted()?.to_vec());
    }
    if fields.0.len() >= BLOCK || fields.0.iter().any(|octet| *octet != 0) {
        return Err(Error::malformed(HEADER));
    }
    Ok(ListFacts {
        flags,
        issuer,
        key_digest,
        key_id,
        this_update,
        next_update,
        number,
        base,
        scope,
        algorithm,
        identifier,
        digest,
        length,
        certificate_issuers,
        count,
    })
}

fn write_octets(octets: &[u8], out: &mut Vec<u8>) {
    out.extend((octets.len() as u32).to_be_bytes());
    out.extend_from_slice(octets);
}

fn write_optional(octets: Option<&[u8]>, out: &mut Vec<u8>) {
    out.push(octets.is_some().into());
    if let Some(octets) = octets {
        write_octets(octets, out);
    }
}

/// Fields of a header, one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn octets(&mut self, count: usize) -> Result<&'a [u8]> {
        let (octets, rest) = self.0.split_at_checked(count).ok_or(Error::malformed(HEADER))?;
        self.0 = rest;
        Ok(octets)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.octets(N)?.try_into().map_err(|_| Error::malformed(HEADER))
    }

    fn octet(&mut self) -> Result<u8> {
        self.array().map(|[octet]| octet)
    }

    fn long(&mut self) -> Result<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn length(&mut self) -> Result<usize> {
        let length = self.array().map(u32::from_be_bytes)?;
        usize::try_from(length).map_err(|_| Error::malformed(HEADER))
    }

    fn instant(&mut self) -> Result<Instant> {
        self.array().map(i64::from_be_bytes).map(Instant::from_unix)
    }

    fn counted(&mut self) -> Result<&'a [u8]> {
        let length = self.length()?;
        self.octets(length)
    }

    fn optional(&mut self) -> Result<Option<&'a [u8]>> {
        match self.octet()? {
            0 => Ok(None),
            1 => self.counted().map(Some),
            _ => Err(Error::malformed(HEADER)),
        }
    }
}
