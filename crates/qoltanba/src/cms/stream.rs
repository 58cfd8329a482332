//! A message read once, from its beginning to its end: its content is handed on and forgotten,
//! everything else is held under a limit.

use std::io::{self, Read};

use der::asn1::ObjectIdentifier as Oid;

use super::{Attribute, Nature};
use crate::{
    algorithm::{DigestAlgorithm, Hasher},
    asn1::{self, AlgorithmIdentifier, ber, tag},
    budget::Limits,
    certificate::each,
    error::{Error, Result},
};

const WHAT: &str = "BER value (X.690 §8)";
const CONTENT: &str = "content: OCTET STRING";
/// The OCTET STRING in pieces (X.690 §8.7.3).
const PIECES: u8 = 0x24;
/// Few calls of the reader and the writer, and still within the second level of the cache.
const BUFFER: usize = 1 << 18;

/// So many octets tell what a document is, however few may be read at once.
const RECOGNISABLE: usize = 64;

/// The first bytes of a document, and whether they are all of it.
pub(crate) fn beginning(reader: &mut dyn Read, limits: &Limits) -> Result<(Vec<u8>, bool)> {
    let limit = limits.stream_bytes.max(RECOGNISABLE);
    let mut bytes = Vec::new();
    // One more tells that there are more.
    let wanted = (limit as u64).saturating_add(1);
    reader.take(wanted).read_to_end(&mut bytes).map_err(|e| Error::io(&e))?;
    let is_all = bytes.len() <= limit;
    Ok((bytes, is_all))
}

/// Hands on everything that a reader gives.
pub(crate) fn each_piece(
    reader: &mut dyn Read,
    each: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        match read(reader, &mut buffer)? {
            0 => return Ok(()),
            count => each(buffer.get(..count).unwrap_or_default())?,
        }
    }
}

fn read(reader: &mut dyn Read, buffer: &mut [u8]) -> Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other.map_err(|e| Error::io(&e)),
        }
    }
}

/// A SignedData being read, up to its content.
pub(crate) struct MessageReader<'r> {
    input: Input<'r>,
    content_type: Vec<u8>,
    version: Vec<u8>,
    digests: Vec<u8>,
    encapsulated_type: Vec<u8>,
    /// The content is inside, and was or will be handed on.
    pub(crate) has_content: bool,
}

/// A message that was read, without its content.
pub(crate) struct Skeleton {
    /// A ContentInfo whose content, if there was any, is empty.
    pub(crate) bytes: Vec<u8>,
    /// What held the content was not in DER.
    pub(crate) was_ber: bool,
}

impl<'r> MessageReader<'r> {
    /// Reads everything before the content (RFC 5652 §3, §5.1, §5.2).
    pub(crate) fn open(reader: &'r mut dyn Read, limits: &Limits) -> Result<Self> {
        let mut input = Input::new(reader, limits);
        let [mut content_type, mut version, mut digests, mut encapsulated_type] =
            [const { Vec::new() }; 4];
        input.enter(tag::SEQUENCE)?;
        input.value(&mut content_type)?;
        input.enter(0xa0)?;
        input.enter(tag::SEQUENCE)?;
        input.value(&mut version)?;
        input.value(&mut digests)?;
        input.enter(tag::SEQUENCE)?;
        input.value(&mut encapsulated_type)?;
        let has_content = !input.is_at_end()?;
        if has_content {
            input.enter(0xa0)?;
        }
        Ok(Self { input, content_type, version, digests, encapsulated_type, has_content })
    }

    /// The digests that the message announces, those that are known, each once.
    pub(crate) fn digest_algorithms(&self, limits: &Limits) -> Vec<DigestAlgorithm> {
        let listed = || -> Result<Vec<Oid>> {
            let der = ber::normalise(&self.digests, limits)?;
            each(asn1::single(&der, WHAT)?.inside(), |r| Ok(AlgorithmIdentifier::read(r)?.oid))
        };
        // A list that cannot be read is an error of the whole message, found when it is parsed.
        let listed = listed().unwrap_or_default();
        let mut known: Vec<_> =
            listed.into_iter().filter_map(|oid| DigestAlgorithm::from_oid(oid).ok()).collect();
        known.sort_unstable();
        known.dedup();
        known
    }

    /// Hands on the content, when it is inside.
    pub(crate) fn content(&mut self, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let input = &mut self.input;
        if self.has_content {
            input.octets(each)?;
            input.leave()?;
        }
        input.leave()
    }

    /// Reads everything behind the content, to the end of the input.
    pub(crate) fn finish(mut self) -> Result<Skeleton> {
        let mut rest = Vec::new();
        while !self.input.is_at_end()? {
            self.input.value(&mut rest)?;
        }
        for _ in 0..3 {
            self.input.leave()?;
        }
        if !self.input.window(1)?.is_empty() {
            return Err(self.input.malformed("end of the value: more bytes follow"));
        }
        let mut encapsulated = vec![self.encapsulated_type];
        if self.has_content {
            encapsulated.push(asn1::context(0, &asn1::octet_string(&[])));
        }
        let signed_data =
            asn1::sequence(&[self.version, self.digests, asn1::sequence(&encapsulated), rest]);
        let bytes = asn1::sequence(&[self.content_type, asn1::context(0, &signed_data)]);
        Ok(Skeleton { bytes, was_ber: !self.input.is_der })
    }
}

/// BER read from a stream, with the values that are open.
struct Input<'r> {
    reader: &'r mut dyn Read,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset of `start` in the message.
    at: u64,
    /// Where each open value ends; `None` awaits an end-of-contents marker.
    open: Vec<Option<u64>>,
    nesting: usize,
    is_der: bool,
    held: usize,
    limit: usize,
}

impl<'r> Input<'r> {
    fn new(reader: &'r mut dyn Read, limits: &Limits) -> Self {
        Self {
            reader,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            at: 0,
            open: Vec::new(),
            nesting: limits.nesting,
            is_der: true,
            held: 0,
            limit: limits.structure_bytes,
        }
    }

    fn malformed(&self, what: &'static str) -> Error {
        Error::malformed(what).at(usize::try_from(self.at).unwrap_or(usize::MAX))
    }

    /// At least `wanted` bytes, fewer only at the end of the input.
    fn window(&mut self, wanted: usize) -> Result<&[u8]> {
        while self.end - self.start < wanted {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            match read(self.reader, free)? {
                0 => break,
                count => self.end += count,
            }
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    /// Hands on `count` bytes, none of which may be outside an open value.
    fn take(&mut self, mut count: u64, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let limit = self.open.iter().rev().find_map(|end| *end).unwrap_or(u64::MAX);
        if count > limit.saturating_sub(self.at) {
            return Err(self.malformed(WHAT));
        }
        while count > 0 {
            let window = self.window(1)?;
            let part = usize::try_from(count).unwrap_or(usize::MAX).min(window.len());
            if part == 0 {
                return Err(self.malformed("BER value (X.690 §8): the input ends inside it"));
            }
            each(window.get(..part).unwrap_or_default())?;
            self.start += part;
            self.at += part as u64;
            count -= part as u64;
        }
        Ok(())
    }

    fn hold(&mut self, count: u64, out: &mut Vec<u8>) -> Result<()> {
        let wanted = usize::try_from(count).unwrap_or(usize::MAX);
        self.held = self.held.saturating_add(wanted);
        Limits::check("bytes of a message besides its content", self.held, self.limit)?;
        self.take(count, &mut |octets| {
            out.extend_from_slice(octets);
            Ok(())
        })
    }

    /// The header of the next value, which is not passed yet.
    fn header(&mut self) -> Result<ber::Header> {
        // Five identifier octets and nine length octets at most.
        let header = ber::Header::read(self.window(14)?, 0);
        header.ok_or_else(|| self.malformed(WHAT))
    }

    fn enter(&mut self, tag: u8) -> Result<()> {
        let header = self.header()?;
        if header.first != tag {
            return Err(self.malformed("SignedData (RFC 5652 §5.1)"));
        }
        Limits::check("nested ASN.1 values", self.open.len() + 1, self.nesting)?;
        self.is_der &= header.minimal && header.len.is_some();
        self.take(header.value as u64, &mut |_| Ok(()))?;
        let end = match header.len {
            None => None,
            Some(len) => {
                let limit = self.open.iter().rev().find_map(|end| *end).unwrap_or(u64::MAX);
                let end = self.at.checked_add(len as u64).filter(|end| *end <= limit);
                Some(end.ok_or_else(|| self.malformed(WHAT))?)
            }
        };
        self.open.push(end);
        Ok(())
    }

    fn is_at_end(&mut self) -> Result<bool> {
        match self.open.last() {
            Some(Some(end)) => Ok(self.at == *end),
            Some(None) => Ok(self.window(2)?.starts_with(&[0, 0])),
            None => Ok(true),
        }
    }

    fn leave(&mut self) -> Result<()> {
        if !self.is_at_end()? {
            return Err(self.malformed("SignedData (RFC 5652 §5.1): more than belongs inside"));
        }
        if let Some(None) = self.open.last() {
            self.take(2, &mut |_| Ok(()))?;
        }
        self.open.pop();
        Ok(())
    }

    /// Holds the next value, whatever it is.
    fn value(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let mut awaited = 0_usize;
        loop {
            if awaited > 0 && self.window(2)?.starts_with(&[0, 0]) {
                self.hold(2, out)?;
                awaited -= 1;
            } else {
                let header = self.header()?;
                self.hold(header.value as u64, out)?;
                match header.len {
                    Some(len) => self.hold(len as u64, out)?,
                    None => awaited += 1,
                }
            }
            if awaited == 0 {
                return Ok(());
            }
        }
    }

    /// Hands on an OCTET STRING, whole or in pieces.
    fn octets(&mut self, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let outside = self.open.len();
        loop {
            let header = self.header()?;
            match (header.first, header.len) {
                (tag::OCTET_STRING, Some(len)) => {
                    self.is_der &= header.minimal;
                    self.take(header.value as u64, &mut |_| Ok(()))?;
                    self.take(len as u64, each)?;
                }
                (PIECES, _) => {
                    self.is_der = false;
                    self.enter(PIECES)?;
                }
                _ => return Err(self.malformed(CONTENT)),
            }
            while self.open.len() > outside && self.is_at_end()? {
                self.leave()?;
            }
            if self.open.len() == outside {
                return Ok(());
            }
        }
    }
}

/// What is kept of content that passes by.
pub(crate) struct Digesting {
    hashers: Vec<(DigestAlgorithm, Hasher)>,
    /// The beginning, while it could be a SET of attributes.
    kept: Vec<u8>,
    limit: usize,
    pub(crate) length: u64,
}

impl Digesting {
    pub(crate) fn new(
        algorithms: impl IntoIterator<Item = DigestAlgorithm>,
        limits: &Limits,
    ) -> Self {
        let mut all: Vec<_> = algorithms.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        Self {
            hashers: all.into_iter().map(|one| (one, one.hasher())).collect(),
            kept: Vec::new(),
            limit: limits.structure_bytes,
            length: 0,
        }
    }

    pub(crate) fn update(&mut self, octets: &[u8]) {
        for (_, hasher) in &mut self.hashers {
            hasher.update(octets);
        }
        let could_be_set = match self.kept.first() {
            Some(_) => true,
            None => self.length == 0 && octets.first() == Some(&tag::SET),
        };
        if could_be_set {
            let room = self.limit.saturating_sub(self.kept.len()).min(octets.len());
            self.kept.extend_from_slice(octets.get(..room).unwrap_or_default());
        }
        self.length += octets.len() as u64;
    }

    pub(crate) fn finish(self) -> (Vec<(DigestAlgorithm, Vec<u8>)>, Nature) {
        let is_whole = self.kept.len() as u64 == self.length;
        let could_be = match ber::Header::read(&self.kept, 0) {
            _ if is_whole => Attribute::is_set(&self.kept),
            // Too long to be kept: a SET that is exactly as long is taken for the worst.
            Some(header) => header
                .len
                .and_then(|len| header.value.checked_add(len))
                .is_some_and(|end| end as u64 == self.length),
            None => false,
        };
        let nature = if could_be { Nature::Attributes } else { Nature::Plain };
        (self.hashers.into_iter().map(|(a, h)| (a, h.finish())).collect(), nature)
    }
}
