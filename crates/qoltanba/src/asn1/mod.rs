//! A thin layer on `der`: values that keep the exact bytes they came from.
//!
//! Verification hashes what was signed, so nothing here re-encodes. Input in BER (key stores,
//! messages of some signers) is rewritten to DER first, under a budget, by [`ber::normalise`].

pub(crate) mod ber;
mod write;

use der::{Decode, asn1::ObjectIdentifier};

pub(crate) use write::{
    bit_string, context, context_primitive, der_integer, integer, null, octet_string, oid,
    sequence, set_of, tlv, write_length,
};

use crate::{
    error::{Error, Result},
    time::Instant,
};

/// The identifier octets of the universal types that are read here (X.690 §8.1.2).
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0a;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
}

/// One value with its exact bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tlv<'a> {
    /// The first identifier octet.
    pub(crate) tag: u8,
    /// Tag, length and value.
    pub(crate) raw: &'a [u8],
    pub(crate) value: &'a [u8],
    /// Offset of `raw` from the start of the outermost structure.
    pub(crate) at: usize,
}

impl<'a> Tlv<'a> {
    /// A reader over the values inside this one.
    pub(crate) fn inside(&self) -> Reader<'a> {
        let header = self.raw.len() - self.value.len();
        Reader { bytes: self.value, base: self.at + header, pos: 0 }
    }

    fn wrong(&self, what: &'static str) -> Error {
        Error::malformed(what).at(self.at)
    }

    pub(crate) fn expect(self, tag: u8, what: &'static str) -> Result<Self> {
        if self.tag == tag { Ok(self) } else { Err(self.wrong(what)) }
    }

    /// Decodes the value as a type of `der` or `x509-cert`.
    pub(crate) fn decode<T: Decode<'a>>(&self, what: &'static str) -> Result<T> {
        T::from_der(self.raw).map_err(|_| self.wrong(what))
    }

    pub(crate) fn oid(&self, what: &'static str) -> Result<ObjectIdentifier> {
        self.decode(what)
    }

    /// A non-negative INTEGER that fits 64 bits.
    pub(crate) fn small(&self, what: &'static str) -> Result<u64> {
        self.decode(what)
    }

    /// Whether the octets are the shortest form of an INTEGER (X.690 §8.3.2): serial numbers are
    /// compared by their octets.
    pub(crate) fn is_minimal_integer(&self) -> bool {
        match self.value {
            [] => false,
            [0x00, second, ..] => second & 0x80 != 0,
            [0xff, second, ..] => second & 0x80 == 0,
            _ => true,
        }
    }

    /// UTCTime or GeneralizedTime.
    pub(crate) fn time(&self, what: &'static str) -> Result<Instant> {
        match self.tag {
            tag::UTC_TIME => Instant::from_utc_time(self.value),
            tag::GENERALIZED_TIME => Instant::from_generalized_time(self.value),
            _ => Err(Error::malformed(what)),
        }
        .map_err(|e| e.at(self.at))
    }

    /// The octets of a BIT STRING without unused bits.
    pub(crate) fn bit_octets(&self, what: &'static str) -> Result<&'a [u8]> {
        match (self.tag, self.value.split_first()) {
            (tag::BIT_STRING, Some((0, octets))) => Ok(octets),
            _ => Err(self.wrong(what)),
        }
    }

    /// Whether this is context-specific with this number, primitive or constructed.
    pub(crate) fn is_context(&self, number: u8) -> bool {
        self.tag & 0xdf == 0x80 | number
    }

    /// Whether the encoding says that other values are inside.
    pub(crate) fn is_constructed(&self) -> bool {
        self.tag & 0x20 != 0
    }
}

/// Reads DER values one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    base: usize,
    pos: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, base: 0, pos: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.pos..).unwrap_or_default()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.rest().is_empty()
    }

    /// The offset of the next value from the start of the outermost structure.
    pub(crate) fn at(&self) -> usize {
        self.base + self.pos
    }

    /// The next value, whatever it is.
    pub(crate) fn any(&mut self, what: &'static str) -> Result<Tlv<'a>> {
        let bad = || Error::malformed(what).at(self.at());
        let rest = self.rest();
        let header = ber::Header::read(rest, 0).filter(|h| h.minimal).ok_or_else(bad)?;
        let end = header.len.and_then(|len| header.value.checked_add(len)).ok_or_else(bad)?;
        let raw = rest.get(..end).ok_or_else(bad)?;
        let value = raw.get(header.value..).ok_or_else(bad)?;
        let tlv = Tlv { tag: header.first, raw, value, at: self.at() };
        self.pos += raw.len();
        Ok(tlv)
    }

    /// The next value if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8, what: &'static str) -> Result<Option<Tlv<'a>>> {
        self.optional_if(|t| t.tag == tag, what)
    }

    /// The next value if it is context-specific with this number.
    pub(crate) fn optional_context(
        &mut self,
        number: u8,
        what: &'static str,
    ) -> Result<Option<Tlv<'a>>> {
        self.optional_if(|t| t.is_context(number), what)
    }

    fn optional_if(
        &mut self,
        wanted: impl FnOnce(&Tlv<'a>) -> bool,
        what: &'static str,
    ) -> Result<Option<Tlv<'a>>> {
        if self.is_done() {
            return Ok(None);
        }
        let mut ahead = self.clone();
        let tlv = ahead.any(what)?;
        if wanted(&tlv) {
            *self = ahead;
            Ok(Some(tlv))
        } else {
            Ok(None)
        }
    }

    pub(crate) fn expect(&mut self, tag: u8, what: &'static str) -> Result<Tlv<'a>> {
        self.any(what)?.expect(tag, what)
    }

    pub(crate) fn sequence(&mut self, what: &'static str) -> Result<Self> {
        Ok(self.expect(tag::SEQUENCE, what)?.inside())
    }

    pub(crate) fn oid(&mut self, what: &'static str) -> Result<ObjectIdentifier> {
        self.any(what)?.oid(what)
    }

    pub(crate) fn octet_string(&mut self, what: &'static str) -> Result<&'a [u8]> {
        Ok(self.expect(tag::OCTET_STRING, what)?.value)
    }

    /// Fails when something is left.
    pub(crate) fn finish(&self, what: &'static str) -> Result<()> {
        if self.is_done() { Ok(()) } else { Err(Error::malformed(what).at(self.at())) }
    }
}

/// The single value that `bytes` must be, with nothing behind it.
pub(crate) fn single<'a>(bytes: &'a [u8], what: &'static str) -> Result<Tlv<'a>> {
    let mut reader = Reader::new(bytes);
    let tlv = reader.any(what)?;
    reader.finish(what)?;
    Ok(tlv)
}

/// An AlgorithmIdentifier with its exact bytes (RFC 5280 §4.1.1.2).
#[derive(Debug, Clone, Copy)]
pub(crate) struct AlgorithmIdentifier<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) parameters: Option<Tlv<'a>>,
    pub(crate) raw: &'a [u8],
}

impl<'a> AlgorithmIdentifier<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        const WHAT: &str = "AlgorithmIdentifier (RFC 5280 §4.1.1.2)";
        let outer = reader.expect(tag::SEQUENCE, WHAT)?;
        let mut inside = outer.inside();
        let oid = inside.oid(WHAT)?;
        let parameters = if inside.is_done() { None } else { Some(inside.any(WHAT)?) };
        inside.finish(WHAT)?;
        Ok(Self { oid, parameters, raw: outer.raw })
    }

    /// Whether both name one algorithm, where absent parameters and NULL say the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let plain = self.has_no_parameters() && other.has_no_parameters();
        self.oid == other.oid && (plain || self.raw == other.raw)
    }

    /// Whether the parameters are absent or NULL, as digests and signatures have them.
    pub(crate) fn has_no_parameters(&self) -> bool {
        match self.parameters {
            None => true,
            Some(p) => p.tag == tag::NULL && p.value.is_empty(),
        }
    }
}
