//! Building DER: the few shapes that signing needs.

use der::asn1::ObjectIdentifier;

/// A value with its tag byte and definite length.
pub(crate) fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 6);
    out.push(tag);
    write_length(&mut out, value.len());
    out.extend_from_slice(value);
    out
}

pub(crate) fn write_length(out: &mut Vec<u8>, len: usize) {
    if len < 0x80 {
        out.push(len as u8);
        return;
    }
    let bytes = len.to_be_bytes();
    let skip = bytes.iter().take_while(|b| **b == 0).count();
    out.push(0x80 | (bytes.len() - skip) as u8);
    out.extend(bytes.iter().skip(skip));
}

pub(crate) fn sequence<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    tlv(0x30, &concat(parts))
}

/// SET OF: the encodings in ascending order (X.690 §11.6).
pub(crate) fn set_of<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    let mut sorted: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).collect();
    sorted.sort_unstable();
    tlv(0x31, &concat(&sorted))
}

fn concat<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.iter().map(|p| p.as_ref().len()).sum());
    for part in parts {
        out.extend_from_slice(part.as_ref());
    }
    out
}

/// An explicit context-specific tag.
pub(crate) fn context(number: u8, value: &[u8]) -> Vec<u8> {
    tlv(0xa0 | number, value)
}

/// An implicit context-specific tag on a primitive value.
pub(crate) fn context_primitive(number: u8, value: &[u8]) -> Vec<u8> {
    tlv(0x80 | number, value)
}

pub(crate) fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    tlv(0x06, oid.as_bytes())
}

pub(crate) fn octet_string(value: &[u8]) -> Vec<u8> {
    tlv(0x04, value)
}

pub(crate) fn bit_string(octets: &[u8]) -> Vec<u8> {
    tlv(0x03, &concat(&[&[0], octets]))
}

pub(crate) fn null() -> Vec<u8> {
    tlv(0x05, &[])
}

/// A non-negative INTEGER from big-endian bytes.
pub(crate) fn integer(big_endian: &[u8]) -> Vec<u8> {
    let skip = big_endian.iter().take_while(|b| **b == 0).count();
    let digits = big_endian.get(skip..).unwrap_or_default();
    match digits.first() {
        None => tlv(0x02, &[0]),
        Some(0x80..) => tlv(0x02, &concat(&[&[0], digits])),
        Some(_) => tlv(0x02, digits),
    }
}

pub(crate) fn der_integer(value: u64) -> Vec<u8> {
    integer(&value.to_be_bytes())
}
