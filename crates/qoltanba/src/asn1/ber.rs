//! BER to DER, so that everything after it reads one encoding.
//!
//! Key stores of the national authority are BER with indefinite lengths, and some signers write
//! such messages. [`normalise`] rewrites lengths and joins the pieces of strings; it does not sort
//! sets nor touch what is inside a string, so signed DER inside stays as it was signed.

use std::{borrow::Cow, ops::Range};

use super::write::write_length;
use crate::{
    budget::{Budget, Limits},
    error::{Error, Result},
};

const WHAT: &str = "BER value (X.690 §8)";
const CONSTRUCTED: u8 = 0x20;

/// The same value in definite, minimal lengths, with the pieces of constructed strings joined.
///
/// Fails when bytes follow the value. Input that is already in this form is returned as it is.
/// The pieces of an implicitly tagged string keep their own tags, since only the structure's
/// definition tells them from a set.
pub(crate) fn normalise<'a>(input: &'a [u8], limits: &Limits) -> Result<Cow<'a, [u8]>> {
    Limits::check("bytes of input", input.len(), limits.input_bytes)?;
    let scan = Scan::run(input, limits)?;
    if scan.is_der {
        return Ok(Cow::Borrowed(input));
    }
    Ok(Cow::Owned(rewrite(input, &scan.events)))
}

/// What the scan meets, in the order of the input.
enum Event {
    /// A constructed value begins; a joined string loses its constructed bit.
    Open { tag: Range<usize>, joined: bool },
    /// A primitive value outside a joined string.
    Leaf { tag: Range<usize>, value: Range<usize> },
    /// A piece of a joined string.
    Piece(Range<usize>),
    /// A constructed value ends.
    Close,
}

struct Open {
    /// Where the value ends; `None` while an end-of-contents marker is awaited.
    end: Option<usize>,
    /// No value inside may reach past this.
    limit: usize,
    /// The tag byte of the string whose pieces are inside.
    string: Option<u8>,
    /// This value is itself a piece of a string and leaves no trace.
    is_piece: bool,
}

struct Scan {
    events: Vec<Event>,
    is_der: bool,
}

impl Scan {
    fn run(input: &[u8], limits: &Limits) -> Result<Self> {
        let mut scan = Self { events: Vec::new(), is_der: true };
        let mut open: Vec<Open> = Vec::new();
        let mut values = Budget::new("ASN.1 values", limits.values);
        let mut pos = 0;
        loop {
            values.spend().map_err(|e| e.at(pos))?;
            pos = scan.value(input, pos, &mut open, limits)?;
            pos = scan.close(input, pos, &mut open)?;
            if open.is_empty() {
                break;
            }
        }
        if pos == input.len() {
            Ok(scan)
        } else {
            Err(Error::malformed("end of the value: more bytes follow").at(pos))
        }
    }

    /// Reads one header, and the value when it is primitive.
    fn value(
        &mut self,
        input: &[u8],
        pos: usize,
        open: &mut Vec<Open>,
        limits: &Limits,
    ) -> Result<usize> {
        let bad = || Error::malformed(WHAT).at(pos);
        let header = Header::read(input, pos).ok_or_else(bad)?;
        let (limit, string) = open.last().map_or((input.len(), None), |o| (o.limit, o.string));
        let end = match header.len {
            Some(len) => {
                let end = header.value.checked_add(len).filter(|end| *end <= limit);
                Some(end.ok_or_else(bad)?)
            }
            None if header.constructed && header.value <= limit => None,
            None => return Err(bad()),
        };
        self.is_der &= header.minimal && end.is_some();
        let is_piece = string.is_some();
        if string.is_some_and(|tag| header.first & !CONSTRUCTED != tag) {
            return Err(Error::malformed("piece of a constructed string (X.690 §8.7.3)").at(pos));
        }
        match (header.constructed, end) {
            (true, _) => {
                Limits::check("nested ASN.1 values", open.len() + 1, limits.nesting)
                    .map_err(|e| e.at(pos))?;
                let string = match string {
                    Some(tag) => Some(tag),
                    None => header.string_tag().map_err(|e| e.at(pos))?,
                };
                self.is_der &= string.is_none();
                if !is_piece {
                    let joined = string.is_some();
                    self.events.push(Event::Open { tag: pos..header.tag_end, joined });
                }
                open.push(Open { end, limit: end.unwrap_or(limit), string, is_piece });
                Ok(header.value)
            }
            (false, Some(end)) => {
                let value = header.value..end;
                self.events.push(if is_piece {
                    Event::Piece(value)
                } else {
                    Event::Leaf { tag: pos..header.tag_end, value }
                });
                Ok(end)
            }
            (false, None) => Err(bad()),
        }
    }

    /// Closes every constructed value that ends here.
    fn close(&mut self, input: &[u8], mut pos: usize, open: &mut Vec<Open>) -> Result<usize> {
        while let Some(top) = open.last() {
            match top.end {
                Some(end) if pos == end => {}
                Some(_) => break,
                None => {
                    let window = input.get(pos..top.limit).unwrap_or_default();
                    if !window.starts_with(&[0, 0]) {
                        break;
                    }
                    pos += 2;
                }
            }
            if !top.is_piece {
                self.events.push(Event::Close);
            }
            open.pop();
        }
        Ok(pos)
    }
}

/// Writes the values backwards, so that each length is known when its turn comes.
fn rewrite(input: &[u8], events: &[Event]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(input.len());
    let mut ends: Vec<usize> = Vec::new();
    let octets = |range: &Range<usize>| input.get(range.clone()).unwrap_or_default();
    let header = |out: &mut Vec<u8>, tag: &[u8], joined: bool, len: usize| {
        let mut bytes = Vec::with_capacity(8);
        bytes.extend_from_slice(tag);
        if let (true, Some(first)) = (joined, bytes.first_mut()) {
            *first &= !CONSTRUCTED;
        }
        write_length(&mut bytes, len);
        out.extend(bytes.iter().rev());
    };
    for event in events.iter().rev() {
        match event {
            Event::Close => ends.push(out.len()),
            Event::Piece(value) => out.extend(octets(value).iter().rev()),
            Event::Leaf { tag, value } => {
                out.extend(octets(value).iter().rev());
                header(&mut out, octets(tag), false, value.len());
            }
            Event::Open { tag, joined } => {
                let len = out.len() - ends.pop().unwrap_or_default();
                header(&mut out, octets(tag), *joined, len);
            }
        }
    }
    out.reverse();
    out
}

/// Identifier and length octets.
pub(crate) struct Header {
    pub(crate) first: u8,
    /// Offset behind the identifier octets.
    tag_end: usize,
    /// Offset of the value.
    pub(crate) value: usize,
    /// `None` is the indefinite form.
    pub(crate) len: Option<usize>,
    constructed: bool,
    /// The length is in the form that DER prescribes (X.690 §10.1), or indefinite.
    pub(crate) minimal: bool,
}

impl Header {
    pub(crate) fn read(input: &[u8], pos: usize) -> Option<Self> {
        let first = *input.get(pos)?;
        if first == 0 {
            return None; // end-of-contents where none is awaited
        }
        let mut next = pos + 1;
        if first & 0x1f == 0x1f {
            // X.690 §8.1.2.4: at most four octets here, no structure of ours has more.
            for left in (0..4).rev() {
                let octet = *input.get(next)?;
                next += 1;
                if octet & 0x80 == 0 {
                    break;
                }
                if left == 0 {
                    return None;
                }
            }
        }
        let tag_end = next;
        let length = *input.get(next)?;
        next += 1;
        let (len, minimal) = match length {
            0..=0x7f => (Some(usize::from(length)), true),
            0x80 => (None, true),
            0x81..=0x88 => {
                let count = usize::from(length & 0x7f);
                let octets = input.get(next..next + count)?;
                next += count;
                let len = octets.iter().fold(0_u64, |n, o| n << 8 | u64::from(*o));
                let minimal = octets.first() != Some(&0) && len >= 0x80;
                (Some(usize::try_from(len).ok()?), minimal)
            }
            0x89..=0xff => return None,
        };
        let constructed = first & CONSTRUCTED != 0;
        Some(Self { first, tag_end, value: next, len, constructed, minimal })
    }

    /// The primitive tag when this is a string in pieces.
    fn string_tag(&self) -> Result<Option<u8>> {
        match self.first & !CONSTRUCTED {
            // OCTET STRING, UTF8String, the restricted strings and times of X.690 §8.23.
            tag @ (0x04 | 0x0c | 0x12..=0x1e) => Ok(Some(tag)),
            0x03 => Err(Error::unsupported("encoding", "BIT STRING in pieces")),
            _ => Ok(None),
        }
    }
}

/// Where a BER value ends.
pub(crate) struct Extent {
    pub(crate) first: u8,
    /// Its contents, without an end-of-contents marker of its own.
    pub(crate) inside: Range<usize>,
    /// Behind the whole of it.
    pub(crate) end: usize,
}

/// Finds the end of the value at `pos`; that what is inside it is well formed is not checked.
pub(crate) fn extent(input: &[u8], pos: usize) -> Option<Extent> {
    let header = Header::read(input, pos)?;
    if let Some(len) = header.len {
        let end = header.value.checked_add(len).filter(|end| *end <= input.len())?;
        return Some(Extent { first: header.first, inside: header.value..end, end });
    }
    // How many end-of-contents markers are awaited (X.690 §8.1.5).
    let mut open = 1_usize;
    let mut next = header.value;
    loop {
        if input.get(next..)?.starts_with(&[0, 0]) {
            open -= 1;
            next += 2;
            if open == 0 {
                return Some(Extent {
                    first: header.first,
                    inside: header.value..next - 2,
                    end: next,
                });
            }
            continue;
        }
        let inner = Header::read(input, next)?;
        match inner.len {
            Some(len) => next = inner.value.checked_add(len)?,
            None => {
                open += 1;
                next = inner.value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text
            .bytes()
            .filter(u8::is_ascii_hexdigit)
            .map(|b| (b as char).to_digit(16).unwrap() as u8)
            .collect();
        digits.chunks(2).map(|p| p[0] << 4 | p[1]).collect()
    }

    fn normal(text: &str) -> Vec<u8> {
        normalise(&hex(text), &Limits::default()).unwrap().into_owned()
    }

    #[test]
    fn der_is_returned_as_it_is() {
        let der = hex("30 06 04 01 41 02 01 05");
        assert!(matches!(normalise(&der, &Limits::default()).unwrap(), Cow::Borrowed(_)));
    }

    #[test]
    fn indefinite_lengths_and_pieces_become_definite() {
        assert_eq!(normal("30 80 02 01 05 00 00"), hex("30 03 02 01 05"));
        assert_eq!(normal("24 80 04 01 41 24 80 04 02 4243 00 00 00 00"), hex("04 03 414243"));
        assert_eq!(
            normal("30 80 a0 80 24 80 04 01 41 00 00 00 00 00 00"),
            hex("30 05 a0 03 04 01 41")
        );
        assert_eq!(normal("24 06 04 01 41 04 01 42"), hex("04 02 4142"));
        assert_eq!(normal("30 81 03 02 01 05"), hex("30 03 02 01 05"));
        assert_eq!(normal("30 80 24 00 00 00"), hex("30 02 04 00"));
    }

    #[test]
    fn bad_nesting_is_refused() {
        for bad in [
            "",
            "30 80 02 01 05",
            "30 03 02 01 05 00",
            "30 04 02 01 05 00 00",
            "24 80 02 01 05 00 00",
            "30 05 30 80 02 01 05 00 00",
            "04 80 41 00 00",
            "30 88 ff ff ff ff ff ff ff ff",
            "23 80 03 02 00 41 00 00",
            "00 00",
        ] {
            assert!(normalise(&hex(bad), &Limits::default()).is_err(), "{bad}");
        }
    }

    #[test]
    fn depth_and_count_are_limited() {
        let deep: Vec<u8> = [0x30, 0x80].repeat(100_000);
        assert!(normalise(&deep, &Limits::default()).is_err());
        let many = [vec![0x30, 0x80], [5, 0].repeat(2_000), vec![0, 0]].concat();
        let limits = Limits { values: 1_000, ..Limits::default() };
        assert!(normalise(&many, &limits).is_err());
        assert!(normalise(&many, &Limits::default()).is_ok());
    }
}
