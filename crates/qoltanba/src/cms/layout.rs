//! Where the parts of a message stand in the bytes that it came in, for adding to them.
//!
//! A co-signature must leave the others as they are, in BER too, so the parts are taken from the
//! input and not from its DER form.

use std::ops::Range;

use crate::{
    asn1::{ber, tag},
    error::{Error, Result},
};

const WHAT: &str = "SignedData (RFC 5652 §5.1)";

/// The parts of a SignedData, each with its own header.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    pub(crate) version: &'a [u8],
    pub(crate) digest_algorithms: Vec<&'a [u8]>,
    /// EncapsulatedContentInfo as a whole.
    pub(crate) encapsulated: &'a [u8],
    pub(crate) certificates: Vec<&'a [u8]>,
    /// The field `crls` as a whole.
    pub(crate) crls: Option<&'a [u8]>,
    pub(crate) signers: Vec<&'a [u8]>,
}

impl<'a> Layout<'a> {
    /// Finds the parts of a message that was parsed before.
    pub(crate) fn of(message: &'a [u8]) -> Result<Self> {
        let mut info = Parts::of(message).enter(tag::SEQUENCE)?;
        info.expect(tag::OID)?;
        let mut data = info.enter(0xa0)?.enter(tag::SEQUENCE)?;
        let version = data.expect(tag::INTEGER)?;
        let digest_algorithms = data.enter(tag::SET)?.all()?;
        let encapsulated = data.expect(tag::SEQUENCE)?;
        let certificates = match data.peek() {
            Some(0xa0) => data.enter(0xa0)?.all()?,
            _ => Vec::new(),
        };
        let crls = match data.peek() {
            Some(0xa1) => Some(data.expect(0xa1)?),
            _ => None,
        };
        let signers = data.enter(tag::SET)?.all()?;
        Ok(Self { version, digest_algorithms, encapsulated, certificates, crls, signers })
    }
}

/// The parts of a SignerInfo.
#[derive(Debug)]
pub(crate) struct SignerLayout<'a> {
    /// Everything before the unsigned attributes.
    pub(crate) before: &'a [u8],
    /// Each unsigned attribute with its own header.
    pub(crate) unsigned_attributes: Vec<&'a [u8]>,
}

impl<'a> SignerLayout<'a> {
    /// Finds the parts of a SignerInfo of a message that was parsed before.
    pub(crate) fn of(signer: &'a [u8]) -> Result<Self> {
        let mut fields = Parts::of(signer).enter(tag::SEQUENCE)?;
        let start = fields.rest.start;
        let mut end = start;
        let mut unsigned_attributes = Vec::new();
        while !fields.rest.is_empty() {
            // Only they are tagged [1] (RFC 5652 §5.3).
            if fields.peek() == Some(0xa1) {
                unsigned_attributes = fields.enter(0xa1)?.all()?;
            } else {
                end = fields.next()?.1.end;
            }
        }
        let before = signer.get(start..end).ok_or(Error::malformed(WHAT))?;
        Ok(Self { before, unsigned_attributes })
    }
}

/// BER values one after the other.
struct Parts<'a> {
    bytes: &'a [u8],
    rest: Range<usize>,
}

impl<'a> Parts<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, rest: 0..bytes.len() }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.rest.clone())?.first().copied()
    }

    /// The next value: its first octet, the whole of it, and what is inside.
    fn next(&mut self) -> Result<(u8, Range<usize>, Range<usize>)> {
        let start = self.rest.start;
        let bad = || Error::malformed(WHAT).at(start);
        let window = self.bytes.get(..self.rest.end).ok_or_else(bad)?;
        let value = ber::extent(window, start).ok_or_else(bad)?;
        self.rest.start = value.end;
        Ok((value.first, start..value.end, value.inside))
    }

    fn expect(&mut self, tag: u8) -> Result<&'a [u8]> {
        let start = self.rest.start;
        match self.next()? {
            (first, whole, _) if first == tag => self.bytes.get(whole),
            _ => None,
        }
        .ok_or(Error::malformed(WHAT).at(start))
    }

    fn enter(&mut self, tag: u8) -> Result<Self> {
        let start = self.rest.start;
        match self.next()? {
            (first, _, rest) if first == tag => Ok(Self { bytes: self.bytes, rest }),
            _ => Err(Error::malformed(WHAT).at(start)),
        }
    }

    fn all(mut self) -> Result<Vec<&'a [u8]>> {
        let mut all = Vec::new();
        while !self.rest.is_empty() {
            let (_, whole, _) = self.next()?;
            all.extend(self.bytes.get(whole));
        }
        Ok(all)
    }
}
