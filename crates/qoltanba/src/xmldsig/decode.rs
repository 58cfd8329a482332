//! From bytes to characters: byte order marks, the XML declaration, encodings.
//!
//! XML 1.0 §4.3.3 and appendix F. Only UTF-8 (with its subset US-ASCII) and UTF-16 with a byte
//! order mark are read; anything else is named in the error.

use std::borrow::Cow;

use super::{XmlLimits, chars};
use crate::budget::Limits;
use crate::error::{Error, Result};

/// How the characters of a document were written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark. Offsets into the text are offsets into the input.
    Utf8,
    /// UTF-16 with the byte order mark FF FE. Offsets are those of the text in UTF-8.
    Utf16LittleEndian,
    /// UTF-16 with the byte order mark FE FF. Offsets are those of the text in UTF-8.
    Utf16BigEndian,
}

/// The characters of a document.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) encoding: Encoding,
    /// Where the prolog goes on after the byte order mark and the XML declaration.
    pub(super) body: usize,
}

pub(super) fn decode<'a>(bytes: &'a [u8], limits: &XmlLimits) -> Result<Decoded<'a>> {
    Limits::check("bytes of XML", bytes.len(), limits.bytes)?;
    let (text, encoding, start) = match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => {
            return Err(Error::unsupported("encoding", "UTF-32"));
        }
        [0xFF, 0xFE, rest @ ..] => {
            (Cow::Owned(utf16(rest, u16::from_le_bytes)?), Encoding::Utf16LittleEndian, 0)
        }
        [0xFE, 0xFF, rest @ ..] => {
            (Cow::Owned(utf16(rest, u16::from_be_bytes)?), Encoding::Utf16BigEndian, 0)
        }
        [b'<', 0, ..] | [0, b'<', ..] => {
            return Err(Error::unsupported("encoding", "UTF-16 without a byte order mark"));
        }
        _ => {
            let start = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
            // The declaration is read before the bytes are taken for UTF-8, so that a document
            // in another encoding is refused by its name.
            declaration(bytes, start, Encoding::Utf8)?;
            let text = core::str::from_utf8(bytes)
                .map_err(|e| Error::malformed("UTF-8").at(e.valid_up_to()))?;
            (Cow::Borrowed(text), Encoding::Utf8, start)
        }
    };
    Limits::check("bytes of XML", text.len(), limits.bytes.min(super::tree::LONGEST_TEXT))?;
    if let Some(at) = chars::first_forbidden(&text) {
        return Err(Error::malformed("character (XML 1.0 §2.2)").at(at));
    }
    let declared = declaration(text.as_bytes(), start, encoding)?;
    if declared.ascii && !text.get(start..).unwrap_or_default().is_ascii() {
        return Err(Error::malformed("character outside the declared US-ASCII (XML 1.0 §4.3.3)"));
    }
    Ok(Decoded { body: declared.end, text, encoding })
}

const BOM: &[u8] = b"\xEF\xBB\xBF";

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String> {
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err(Error::malformed("UTF-16: half a unit at the end").at(bytes.len() + 1));
    }
    let mut text = String::with_capacity(bytes.len() / 2 + bytes.len() / 16);
    for c in char::decode_utf16(pairs.map(|pair| match pair {
        [a, b] => unit([*a, *b]),
        _ => 0,
    })) {
        text.push(c.map_err(|_| Error::malformed("UTF-16: half of a pair").at(text.len()))?);
    }
    Ok(text)
}

struct Declared {
    end: usize,
    ascii: bool,
}

/// XML 1.0 §2.8 \[23\] XMLDecl, if there is one.
fn declaration(bytes: &[u8], start: usize, encoding: Encoding) -> Result<Declared> {
    let mut reader = Reader { bytes, at: start };
    let mut ascii = false;
    match bytes.get(start..) {
        Some([b'<', b'?', b'x', b'm', b'l', next, ..]) if chars::is_space(*next) => {}
        _ => return Ok(Declared { end: start, ascii }),
    }
    reader.at += 5;
    match reader.pseudo_attribute(b"version")? {
        Some(b"1.0") => {}
        Some(other) => {
            return Err(Error::unsupported("XML version", String::from_utf8_lossy(other)));
        }
        None => return Err(reader.error()),
    }
    if let Some(name) = reader.pseudo_attribute(b"encoding")? {
        ascii = check_encoding(name, encoding)?;
    }
    if let Some(standalone) = reader.pseudo_attribute(b"standalone")?
        && !matches!(standalone, b"yes" | b"no")
    {
        return Err(reader.error());
    }
    reader.spaces();
    match reader.rest() {
        [b'?', b'>', ..] => Ok(Declared { end: reader.at + 2, ascii }),
        _ => Err(reader.error()),
    }
}

/// Says whether the declared name is US-ASCII.
fn check_encoding(name: &[u8], found: Encoding) -> Result<bool> {
    let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
    let (wide, ascii) = if is("UTF-16") {
        (true, false)
    } else if is("UTF-8") {
        (false, false)
    } else if is("US-ASCII") {
        (false, true)
    } else {
        return Err(Error::unsupported("encoding", String::from_utf8_lossy(name)));
    };
    // XML 1.0 §4.3.3: "it is a fatal error for an entity including an encoding declaration to be
    // presented to the XML processor in an encoding other than that named in the declaration".
    if wide == (found == Encoding::Utf8) {
        return Err(Error::malformed("encoding declaration: it names another (XML 1.0 §4.3.3)"));
    }
    Ok(ascii)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn error(&self) -> Error {
        Error::malformed("XML declaration (XML 1.0 §2.8)").at(self.at)
    }

    fn spaces(&mut self) -> bool {
        let count = self.rest().iter().take_while(|byte| chars::is_space(**byte)).count();
        self.at += count;
        count > 0
    }

    fn pseudo_attribute(&mut self, name: &[u8]) -> Result<Option<&'a [u8]>> {
        let before = self.at;
        if !self.spaces() || !self.rest().starts_with(name) {
            self.at = before;
            return Ok(None);
        }
        self.at += name.len();
        self.spaces();
        if self.rest().first() != Some(&b'=') {
            return Err(self.error());
        }
        self.at += 1;
        self.spaces();
        let quote = match self.rest().first() {
            Some(quote @ (b'"' | b'\'')) => *quote,
            _ => return Err(self.error()),
        };
        self.at += 1;
        let value = self.rest();
        let length = value.iter().take_while(|byte| is_value(**byte)).count();
        match value.split_at_checked(length) {
            Some((value, [end, ..])) if *end == quote && !value.is_empty() => {
                self.at += length + 1;
                Ok(Some(value))
            }
            _ => Err(self.error()),
        }
    }
}

const fn is_value(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn body(bytes: &[u8]) -> Result<(String, Encoding)> {
        let decoded = decode(bytes, &XmlLimits::default())?;
        Ok((decoded.text.get(decoded.body..).unwrap().to_owned(), decoded.encoding))
    }

    fn wide(text: &str, big: bool) -> Vec<u8> {
        let unit = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
        core::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(unit).collect()
    }

    #[test]
    fn marks_and_declarations_are_stripped() {
        let text = "<?xml version='1.0' encoding=\"utf-8\" standalone = 'no' ?><a/>";
        assert_eq!(body(text.as_bytes()).unwrap(), ("<a/>".into(), Encoding::Utf8));
        assert_eq!(body(b"\xEF\xBB\xBF<a/>").unwrap().0, "<a/>");
        assert_eq!(body("<a>ж</a>".as_bytes()).unwrap().0, "<a>ж</a>");
        for (big, encoding) in
            [(false, Encoding::Utf16LittleEndian), (true, Encoding::Utf16BigEndian)]
        {
            let bytes = wide("<?xml version='1.0' encoding='UTF-16'?><a>ж𝄞</a>", big);
            assert_eq!(body(&bytes).unwrap(), ("<a>ж𝄞</a>".into(), encoding));
        }
    }

    #[test]
    fn other_encodings_are_named() {
        let name = |bytes: &[u8]| match body(bytes).unwrap_err().kind() {
            ErrorKind::Unsupported { name, .. } => name.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            name(b"<?xml version='1.0' encoding='windows-1251'?><a>\xE6</a>"),
            "windows-1251"
        );
        assert_eq!(name(b"<?xml version='1.1'?><a/>"), "1.1");
        assert_eq!(name(b"<\0a\0/\0>\0"), "UTF-16 without a byte order mark");
        assert_eq!(name(b"\0<\0a\0/\0>"), "UTF-16 without a byte order mark");
        assert_eq!(name(b"\xFF\xFE\0\0<\0\0\0"), "UTF-32");
    }

    #[test]
    fn contradictions_and_bad_declarations_are_refused() {
        for bad in [
            &b"<?xml version='1.0' encoding='UTF-16'?><a/>"[..],
            "<?xml version='1.0' encoding='US-ASCII'?><a>ж</a>".as_bytes(),
            b"<?xml encoding='UTF-8'?><a/>",
            b"<?xml version='1.0' standalone='maybe'?><a/>",
            b"<?xml version='1.0'encoding='UTF-8'?><a/>",
            b"<?xml version='1.0' standalone='no' encoding='UTF-8'?><a/>",
            b"<?xml version='1.0\"?><a/>",
            b"<?xml version='1.0'><a/>",
            b"<?xml version='1.0' ",
            b"<a>\xE6</a>",
            b"<a>\0</a>",
            b"\xFF\xFE<",
            b"\xFE\xFF\xD8\x00\x00<",
        ] {
            let error = body(bad).map(|_| ()).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Malformed { .. }), "{error}");
        }
        let mixed = wide("<?xml version='1.0' encoding='UTF-8'?><a/>", true);
        assert!(matches!(body(&mixed).unwrap_err().kind(), ErrorKind::Malformed { .. }));
    }

    #[test]
    fn the_length_is_capped() {
        let limits = XmlLimits { bytes: 3, ..XmlLimits::default() };
        assert!(decode(b"<a/", &limits).is_ok());
        assert!(matches!(
            decode(b"<a/>", &limits).map(|_| ()).unwrap_err().kind(),
            ErrorKind::OverBudget { limit: 3, .. }
        ));
    }
}
