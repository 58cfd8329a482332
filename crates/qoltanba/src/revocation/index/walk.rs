//! A list read once, from its beginning to its end, and hashed on the way.
//!
//! The signature algorithm stands near the beginning of what is signed (RFC 5280 §5.1.2.2), before
//! the entries, so the digest is known when they come. Lengths are definite: a list is DER
//! (RFC 5280 §5.1.1.3).

use std::io::{ErrorKind, Read};

use super::{
    build::Parts,
    entry::{self, Entries},
};
use crate::{
    algorithm::{DigestAlgorithm, Hasher, SignatureAlgorithm},
    asn1::{self, AlgorithmIdentifier, Reader, ber, tag},
    budget::Limits,
    certificate::Name,
    error::{Error, Result},
    time::Instant,
};

const CRL: &str = "CertificateList (RFC 5280 §5.1)";
const TBS: &str = "TBSCertList (RFC 5280 §5.1.2)";
const ENDS: &str = "CertificateList (RFC 5280 §5.1): the input ends inside it";

/// What is hashed while it is still near the processor.
const BUFFER: usize = 1 << 16;

/// Reads a whole list; what is behind it is an error.
pub(super) fn list(reader: &mut dyn Read, limits: &Limits) -> Result<Parts> {
    let mut input = Input::new(reader, limits);
    let end = input.enter(u64::MAX, CRL)?;
    Limits::check(
        "bytes of input",
        usize::try_from(end).unwrap_or(usize::MAX),
        limits.input_bytes,
    )?;
    input.begin_signed();
    let tbs = input.enter(end, TBS)?;
    let (version, identifier, algorithm) = head(&mut input, tbs)?;
    input.digest_signed_by(algorithm.digest());
    let issuer = Name::read(&mut Reader::new(input.value(tbs, TBS)?))?;
    let this_update = input.time(tbs, "thisUpdate (RFC 5280 §5.1.2.4)")?;
    let next_update = match input.tag(tbs)? {
        Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => {
            Some(input.time(tbs, "nextUpdate (RFC 5280 §5.1.2.5)")?)
        }
        _ => None,
    };
    let mut entries = Entries::new(limits);
    if input.tag(tbs)? == Some(tag::SEQUENCE) {
        let end = input.enter(tbs, TBS)?;
        entries.table.expect(end - input.at);
        input.entries(end, &mut entries)?;
    }
    let extensions = extensions(&mut input, tbs, version)?;
    let tbs_digest = input.end_signed();
    let outer = input.value(end, CRL)?;
    // NOTE: the national test authority leaves the parameters out inside and writes NULL
    // outside (list of 2026-08-11).
    let inner = AlgorithmIdentifier::read(&mut Reader::new(&identifier))?;
    if !inner.is_same(&AlgorithmIdentifier::read(&mut Reader::new(outer))?) {
        return Err(Error::malformed(
            "revocation list: its two signature algorithms differ (RFC 5280 §5.1.1.2)",
        ));
    }
    let signature = asn1::single(input.value(end, CRL)?, CRL)?;
    let signature = signature.bit_octets("signature of a revocation list")?.to_vec();
    input.finish(end)?;
    Ok(Parts {
        identifier,
        algorithm,
        issuer,
        this_update,
        next_update,
        entries,
        extensions,
        tbs_digest,
        signature,
        length: end,
    })
}

/// Version and algorithm: what comes before anything can be hashed.
fn head(input: &mut Input<'_>, tbs: u64) -> Result<(u64, Vec<u8>, SignatureAlgorithm)> {
    let version = match input.tag(tbs)? {
        Some(tag::INTEGER) => asn1::single(input.value(tbs, TBS)?, TBS)?.small(TBS)?,
        _ => 0,
    };
    if version > 1 {
        return Err(Error::unsupported("revocation list version", version + 1));
    }
    let identifier = input.value(tbs, TBS)?.to_vec();
    let read = AlgorithmIdentifier::read(&mut Reader::new(&identifier))?;
    let algorithm = SignatureAlgorithm::from_identifier(&read)?;
    Ok((version, identifier, algorithm))
}

fn extensions(input: &mut Input<'_>, tbs: u64, version: u64) -> Result<Option<Vec<u8>>> {
    if input.at == tbs {
        return Ok(None);
    }
    let (.., end) = input.header(tbs, TBS)?;
    if end != tbs {
        return Err(input.malformed(TBS));
    }
    let explicit = asn1::single(input.value(tbs, TBS)?, TBS)?;
    if !explicit.is_context(0) {
        return Err(Error::malformed(TBS));
    }
    if version != 1 {
        return Err(Error::malformed("extensions of a list of version 1"));
    }
    let list = asn1::single(explicit.value, TBS)?.expect(tag::SEQUENCE, TBS)?;
    Ok(Some(list.raw.to_vec()))
}

/// DER from a stream.
struct Input<'r> {
    reader: &'r mut dyn Read,
    buffer: Vec<u8>,
    /// What of the buffer was hashed.
    hashed: usize,
    /// What of the buffer was read; never before `hashed`.
    start: usize,
    end: usize,
    /// Offset of `start` in the list.
    at: u64,
    signed: Signed,
    /// The most that may be held of one value.
    limit: usize,
}

/// What becomes of the octets that pass by.
enum Signed {
    Outside,
    /// They are signed, and the digest is not known yet.
    Awaiting,
    By(Hasher),
}

impl<'r> Input<'r> {
    fn new(reader: &'r mut dyn Read, limits: &Limits) -> Self {
        Self {
            reader,
            buffer: vec![0; BUFFER],
            hashed: 0,
            start: 0,
            end: 0,
            at: 0,
            signed: Signed::Outside,
            limit: limits.structure_bytes,
        }
    }

    fn malformed(&self, what: &'static str) -> Error {
        Error::malformed(what).at(usize::try_from(self.at).unwrap_or(usize::MAX))
    }

    fn hash(&mut self) {
        let octets = self.buffer.get(self.hashed..self.start).unwrap_or_default();
        match &mut self.signed {
            Signed::Awaiting => return,
            Signed::Outside => {}
            Signed::By(hasher) => hasher.update(octets),
        }
        self.hashed = self.start;
    }

    fn begin_signed(&mut self) {
        self.hash();
        self.signed = Signed::Awaiting;
    }

    fn digest_signed_by(&mut self, digest: DigestAlgorithm) {
        self.signed = Signed::By(digest.hasher());
    }

    fn end_signed(&mut self) -> Vec<u8> {
        self.hash();
        match std::mem::replace(&mut self.signed, Signed::Outside) {
            Signed::By(hasher) => hasher.finish(),
            Signed::Outside | Signed::Awaiting => Vec::new(),
        }
    }

    /// At least `wanted` octets, fewer only at the end of the input.
    fn window(&mut self, wanted: usize) -> Result<&[u8]> {
        if self.end - self.start < wanted {
            self.fill(wanted)?;
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    fn fill(&mut self, wanted: usize) -> Result<()> {
        self.hash();
        self.buffer.copy_within(self.hashed..self.end, 0);
        self.end -= self.hashed;
        self.start -= self.hashed;
        self.hashed = 0;
        while self.end - self.start < wanted {
            let needed = self.start.saturating_add(wanted);
            if needed > self.buffer.len() {
                self.buffer.resize(needed, 0);
            }
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.reader.read(free) {
                Ok(0) => break,
                Ok(count) => self.end = self.end.saturating_add(count).min(self.buffer.len()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io(&error)),
            }
        }
        Ok(())
    }

    /// Passes over octets that [`window`](Self::window) gave.
    fn pass(&mut self, count: usize) {
        self.start += count;
        self.at += count as u64;
    }

    /// The tag, the octets of the header, and where the next value ends, which is not behind `end`.
    fn header(&mut self, end: u64, what: &'static str) -> Result<(u8, usize, u64)> {
        // Five identifier octets and nine length octets at most.
        let header = ber::Header::read(self.window(14)?, 0).filter(|header| header.minimal);
        let header = header.ok_or_else(|| self.malformed(what))?;
        let after = header.len.and_then(|len| {
            self.at.checked_add(header.value as u64)?.checked_add(len as u64).filter(|e| *e <= end)
        });
        Ok((header.first, header.value, after.ok_or_else(|| self.malformed(what))?))
    }

    /// Enters a SEQUENCE and tells where it ends.
    fn enter(&mut self, end: u64, what: &'static str) -> Result<u64> {
        let (first, count, after) = self.header(end, what)?;
        if first != tag::SEQUENCE {
            return Err(self.malformed(what));
        }
        self.pass(count);
        Ok(after)
    }

    /// The first octet of the next value, if there is one before `end`.
    fn tag(&mut self, end: u64) -> Result<Option<u8>> {
        if self.at == end { Ok(None) } else { Ok(self.window(1)?.first().copied()) }
    }

    /// The octets of the next value, whatever it is.
    fn value(&mut self, end: u64, what: &'static str) -> Result<&[u8]> {
        let (.., after) = self.header(end, what)?;
        let count = usize::try_from(after - self.at).unwrap_or(usize::MAX);
        Limits::check("bytes of a value in a revocation list", count, self.limit)?;
        if self.window(count)?.len() < count {
            return Err(self.malformed(ENDS));
        }
        let begin = self.start;
        self.pass(count);
        Ok(self.buffer.get(begin..self.start).unwrap_or_default())
    }

    fn time(&mut self, end: u64, what: &'static str) -> Result<Instant> {
        asn1::single(self.value(end, what)?, what)?.time(what)
    }

    fn entries(&mut self, end: u64, entries: &mut Entries) -> Result<()> {
        while self.at < end {
            let left = usize::try_from(end - self.at).unwrap_or(usize::MAX);
            let window = self.window(entry::PLAIN.min(left))?;
            let window = window.get(..left).unwrap_or(window);
            let passed = entries.plain(window)?;
            if passed > 0 {
                self.pass(passed);
                continue;
            }
            let at = usize::try_from(self.at).unwrap_or(usize::MAX);
            let octets = self.value(end, entry::ENTRY)?;
            entries.any(octets).map_err(|error| error.at(at))?;
        }
        Ok(())
    }

    /// Nothing may follow the list.
    fn finish(mut self, end: u64) -> Result<()> {
        if self.at != end || !self.window(1)?.is_empty() {
            return Err(self.malformed("end of the value: more bytes follow"));
        }
        Ok(())
    }
}
