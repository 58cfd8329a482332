//! The header of an index, and where its parts are.

use super::{
    block::BLOCK,
    facts::{ListFacts, Raw},
    table::Widths,
};
use crate::{
    algorithm::DigestAlgorithm,
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
            invalidity: fixed.flag()?,
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
        let raw = read_raw(header.get(FIXED..).ok_or_else(bad)?, count)?;
        let facts = ListFacts::new(raw)?;
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
pub(super) fn write_header(raw: &Raw, widths: Widths) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.push(VERSION);
    for width in [widths.serial, widths.time, widths.issuer, usize::from(widths.invalidity)] {
        out.push(width as u8);
    }
    let length_at = out.len();
    out.extend([0; 4]);
    out.extend((raw.count as u64).to_be_bytes());
    write_octets(&raw.signed_digest, &mut out);
    out.extend(raw.length.to_be_bytes());
    out.extend(raw.key_digest);
    out.extend(raw.this_update.unix().to_be_bytes());
    let next = raw.next_update.map(|at| at.unix().to_be_bytes());
    write_optional(next.as_ref().map(<[u8; 8]>::as_slice), &mut out);
    write_octets(raw.issuer.as_der(), &mut out);
    write_octets(&raw.algorithm, &mut out);
    write_optional(raw.extensions.as_deref(), &mut out);
    out.push(raw.unknown_critical_entry.into());
    out.extend((raw.certificate_issuers.len() as u32).to_be_bytes());
    for issuer in &raw.certificate_issuers {
        write_octets(issuer, &mut out);
    }
    out.resize(out.len().next_multiple_of(BLOCK), 0);
    let length = (out.len() as u32).to_be_bytes();
    if let Some(place) = out.get_mut(length_at..length_at + 4) {
        place.copy_from_slice(&length);
    }
    out
}

fn read_raw(header: &[u8], count: usize) -> Result<Raw> {
    let mut fields = Fields(header);
    let signed_digest = fields.counted()?.to_vec();
    let length = fields.long()?;
    let key_digest = fields.array()?;
    let this_update = fields.instant()?;
    let next_update = match fields.optional()? {
        Some(octets) => Some(Fields(octets).instant()?),
        None => None,
    };
    let issuer = Name::from_der(fields.counted()?)?;
    let algorithm = fields.counted()?.to_vec();
    let extensions = fields.optional()?.map(<[u8]>::to_vec);
    let unknown_critical_entry = fields.flag()?;
    let issuers = fields.length()?;
    let mut certificate_issuers = Vec::new();
    for _ in 0..issuers {
        certificate_issuers.push(fields.counted()?.to_vec());
    }
    if fields.0.len() >= BLOCK || fields.0.iter().any(|octet| *octet != 0) {
        return Err(Error::malformed(HEADER));
    }
    Ok(Raw {
        issuer,
        algorithm,
        this_update,
        next_update,
        extensions,
        unknown_critical_entry,
        certificate_issuers,
        count,
        key_digest,
        signed_digest,
        length,
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

    fn flag(&mut self) -> Result<bool> {
        match self.octet()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Error::malformed(HEADER)),
        }
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
        if self.flag()? { self.counted().map(Some) } else { Ok(None) }
    }
}
