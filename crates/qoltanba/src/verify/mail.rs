//! S/MIME mail (RFC 8551): a message beside the part that it signs, or around it.
//!
//! Only the outermost structure is read, once, from beginning to end. Nothing of the signed part
//! is decoded, and a mail inside a mail is content like any other.

use std::borrow::Cow;

use super::format::decode_base64;
use crate::error::{Error, Result};

/// A mail whose first part is signed by its second (RFC 1847 §2.1).
#[derive(Debug)]
pub struct SignedMail<'a> {
    content: Cow<'a, [u8]>,
    signature: Vec<u8>,
}

impl SignedMail<'_> {
    /// What is signed: the first part with its headers, from the line behind the boundary up to
    /// the line break in front of the next, where every line ends with CR LF (RFC 8551 §3.1.1).
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// The detached message that signs it.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

/// What a mail was recognised as.
pub(super) enum Mail<'a> {
    /// multipart/signed.
    Signed(Result<SignedMail<'a>>),
    /// application/pkcs7-mime: the message that it carries.
    Carries(Result<Vec<u8>>),
}

/// Headers are read up to here; OpenSSL reads lines of at most 1024 octets.
const MAX_HEADER: usize = 64 << 10;
/// RFC 2046 §5.1.1.
const MAX_BOUNDARY: usize = 70;

const MULTIPART: &str = "multipart/signed (RFC 1847 §2.1)";
const CONTENT_TYPE: &str = "Content-Type of a mail (RFC 2045 §5.1)";

/// Tells whether this is a mail that S/MIME has signed, or a message of it, and takes it apart.
pub(super) fn read(bytes: &[u8]) -> Option<Mail<'_>> {
    let headers = Headers::read(bytes)?;
    let content_type = headers.all("content-type").next()?;
    let kind = content_type.split(';').next()?.trim().to_ascii_lowercase();
    match kind.as_str() {
        "multipart/signed" => {
            let parsed = headers.content_type();
            let foreign = parsed.as_ref().ok().and_then(|t| t.parameter("protocol"));
            if foreign.is_some_and(|protocol| !is_signature_type(protocol)) {
                return None;
            }
            Some(Mail::Signed(parsed.and_then(|t| SignedMail::split(headers.body?, &t))))
        }
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
            Some(Mail::Carries(headers.content_type().and_then(|_| headers.decode())))
        }
        _ => None,
    }
}

fn is_signature_type(name: &str) -> bool {
    ["application/pkcs7-signature", "application/x-pkcs7-signature"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

impl<'a> SignedMail<'a> {
    fn split(body: &'a [u8], content_type: &ContentType) -> Result<Self> {
        let bad = || Error::malformed(MULTIPART);
        let boundary = content_type.parameter("boundary").ok_or_else(bad)?;
        if boundary.is_empty() || boundary.len() > MAX_BOUNDARY {
            return Err(bad());
        }
        let (content, signature) = two_parts(body, boundary)?;
        let headers = Headers::read(signature).ok_or_else(bad)?;
        if !is_signature_type(&headers.content_type()?.kind) {
            return Err(bad());
        }
        Ok(Self { content: canonical(content), signature: headers.decode()? })
    }
}

/// The two parts that there must be, without the line breaks that belong to the boundaries
/// (RFC 2046 §5.1.1). What stands in front of the first boundary and behind the last is no part.
fn two_parts<'a>(body: &'a [u8], boundary: &str) -> Result<(&'a [u8], &'a [u8])> {
    let bad = || Error::malformed(MULTIPART);
    let mut parts = Vec::new();
    // Where the part that is open begins.
    let mut open: Option<usize> = None;
    for line in Lines::of(body) {
        let behind =
            line.text.strip_prefix(b"--").and_then(|l| l.strip_prefix(boundary.as_bytes()));
        let Some(behind) = behind else { continue };
        let is_last = match behind.trim_ascii_end() {
            [] => false,
            b"--" => true,
            // No line of a part may begin like the boundary: readers would differ on what it is.
            _ => return Err(bad()),
        };
        if let Some(start) = open {
            parts.push(without_break(body.get(start..line.start).unwrap_or_default()));
        }
        match (is_last, open, parts.as_slice()) {
            (true, Some(_), [content, signature]) => return Ok((content, signature)),
            (false, _, [] | [_]) => open = Some(line.end),
            _ => return Err(bad()),
        }
    }
    Err(bad())
}

fn without_break(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

/// Every line ends with CR LF, whatever the system that stored the mail made of it.
fn canonical(content: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut before = 0;
    for (at, octet) in content.iter().enumerate() {
        if *octet == b'\n' && before != b'\r' {
            out.extend_from_slice(content.get(from..at).unwrap_or_default());
            out.push(b'\r');
            from = at;
        }
        before = *octet;
    }
    if from == 0 && out.is_empty() {
        return Cow::Borrowed(content);
    }
    out.extend_from_slice(content.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// Lines with their places; a line ends with LF, and a CR in front of it is not of its text.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

struct Line<'a> {
    text: &'a [u8],
    start: usize,
    end: usize,
}

impl<'a> Lines<'a> {
    const fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |lf| lf + 1);
        let start = self.at;
        self.at += length;
        Some(Line { text: without_break(rest.get(..length)?), start, end: self.at })
    }
}

/// The headers of a mail or of a part (RFC 5322 §2.2), unfolded, and what is behind them.
struct Headers<'a> {
    fields: Vec<(String, String)>,
    body: Result<&'a [u8]>,
}

impl<'a> Headers<'a> {
    /// Fails when the bytes do not begin with headers.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in Lines::of(bytes) {
            if line.end > MAX_HEADER {
                return None;
            }
            if line.text.is_empty() {
                let body = bytes.get(line.end..).unwrap_or_default();
                return Some(Self { fields, body: Ok(body) });
            }
            let text = String::from_utf8_lossy(line.text);
            if text.starts_with([' ', '\t']) {
                fields.last_mut()?.1.push_str(&text);
                continue;
            }
            let (name, value) = text.split_once(':')?;
            let name = name.trim_end_matches([' ', '\t']);
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
                return None;
            }
            fields.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        // A mail that ends within its headers is still a mail.
        Some(Self {
            fields, body: Err(Error::malformed("mail: no line is empty (RFC 5322 §2.1)"))
        })
    }

    fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.fields.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The only field of this name: of two, readers may take either.
    fn only(&self, name: &str, what: &'static str) -> Result<Option<&str>> {
        let mut all = self.fields.iter().filter(|(n, _)| n == name);
        match (all.next(), all.next()) {
            (field, None) => Ok(field.map(|(_, value)| value.as_str())),
            _ => Err(Error::malformed(what)),
        }
    }

    fn content_type(&self) -> Result<ContentType> {
        let value = self.only("content-type", CONTENT_TYPE)?;
        ContentType::parse(value.ok_or(Error::malformed(CONTENT_TYPE))?)
    }

    /// The body out of Base64.
    fn decode(self) -> Result<Vec<u8>> {
        const WHAT: &str = "Content-Transfer-Encoding (RFC 2045 §6.1)";
        let encoding = self.only("content-transfer-encoding", WHAT)?.unwrap_or("7bit").trim();
        if !encoding.eq_ignore_ascii_case("base64") {
            return Err(Error::unsupported("transfer encoding of a message in a mail", encoding));
        }
        let text = std::str::from_utf8(self.body?);
        decode_base64(text.map_err(|_| Error::malformed("Base64 (RFC 2045 §6.8)"))?)
    }
}

/// A Content-Type with its parameters (RFC 2045 §5.1).
struct ContentType {
    kind: String,
    parameters: Vec<(String, String)>,
}

impl ContentType {
    /// NOTE: comments and the continuations of RFC 2231 are refused, not guessed at.
    fn parse(value: &str) -> Result<Self> {
        let bad = || Error::malformed(CONTENT_TYPE);
        let (kind, mut rest) = value.split_once(';').unwrap_or((value, ""));
        let mut parameters: Vec<(String, String)> = Vec::new();
        while !rest.trim().is_empty() {
            let (name, after) = rest.split_once('=').ok_or_else(bad)?;
            let name = name.trim().to_ascii_lowercase();
            let (value, after) = parameter_value(after.trim_start()).ok_or_else(bad)?;
            if !is_token(&name) || parameters.iter().any(|(known, _)| *known == name) {
                return Err(bad());
            }
            parameters.push((name, value));
            let after = after.trim_start();
            rest = match after.strip_prefix(';') {
                Some(next) => next,
                None if after.is_empty() => "",
                None => return Err(bad()),
            };
        }
        Ok(Self { kind: kind.trim().to_ascii_lowercase(), parameters })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A token or a quoted string, and what is behind it.
fn parameter_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ' ', '\t']).unwrap_or(text.len());
        let (token, rest) = text.split_at_checked(end)?;
        return is_token(token).then(|| (token.to_owned(), rest));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, quoted.get(at + 1..)?)),
            '\\' => value.push(chars.next()?.1),
            c => value.push(c),
        }
    }
    None
}

/// RFC 2045 §5.1, without the asterisk that RFC 2231 gives a meaning.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=*".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "MIME-Version: 1.0\r\nContent-Type: multipart/signed;\r\n\
        \tprotocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=\"a b\"\r\n\r\n";
    const SIGNATURE: &str = "Content-Type: application/x-pkcs7-signature; name=smime.p7s\r\n\
        Content-Transfer-Encoding: BASE64\r\n\r\nMA==\r\n";

    fn signed(mail: &str) -> Option<Result<Vec<u8>>> {
        match read(mail.as_bytes())? {
            Mail::Signed(mail) => Some(mail.map(|mail| {
                assert_eq!(mail.signature(), b"0");
                mail.content().to_vec()
            })),
            Mail::Carries(_) => panic!("it is beside its signature"),
        }
    }

    fn mail(content: &str) -> String {
        format!("{HEAD}preamble\r\n--a b\r\n{content}\r\n--a b \r\n{SIGNATURE}--a b--\r\nepilogue")
    }

    #[test]
    fn the_signed_part_is_taken_as_it_stands() {
        for content in ["Content-Type: text/plain\r\n\r\nA =3D\r\n", "\r\n\r\n", "x\ry", ""] {
            assert_eq!(signed(&mail(content)).unwrap().unwrap(), content.as_bytes(), "{content:?}");
        }
    }

    #[test]
    fn lines_end_as_they_were_signed() {
        let stored = mail("a: b\r\n\r\nc\r\nd").replace("\r\n", "\n");
        assert_eq!(signed(&stored).unwrap().unwrap(), b"a: b\r\n\r\nc\r\nd");
        assert_eq!(&*canonical(b"\na\r\n\n\rb\n"), b"\r\na\r\n\r\n\rb\r\n");
    }

    #[test]
    fn what_two_readers_could_read_in_two_ways_is_damaged() {
        let good = mail("x");
        assert!(signed(&good).unwrap().is_ok());
        for (from, to) in [
            ("--a b--", ""),
            ("--a b--", "--a b\r\n--a b--"),
            ("\r\nx\r\n", "\r\n--a bc\r\nx\r\n"),
            ("\r\nx\r\n", "\r\nx\r\n--a b--\r\n"),
            ("boundary=\"a b\"", "boundary=\"a b\"; boundary=c"),
            ("boundary=\"a b\"", "boundary*0=\"a b\""),
            ("boundary=\"a b\"", "boundary=\"\""),
            ("boundary=\"a b\"", "x=y"),
            ("micalg", "(comment) micalg"),
            ("\r\n\r\npre", "\r\nContent-Type: text/plain\r\n\r\npre"),
            ("x-pkcs7-signature", "octet-stream"),
            ("MA==", "MA==*"),
        ] {
            let altered = good.replacen(from, to, 1);
            assert_ne!(altered, good, "{from}");
            assert!(signed(&altered).unwrap().is_err(), "{from} → {to}");
        }
        for end in 0..good.len() - "\r\nepilogue".len() {
            assert!(!matches!(signed(&good[..end]), Some(Ok(_))), "cut at {end}");
        }
    }

    #[test]
    fn other_mail_and_other_text_are_not_taken() {
        for text in [
            "Content-Type: text/plain\r\n\r\nx",
            "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"\r\n\r\nx",
            "\r\nContent-Type: multipart/signed\r\n\r\nx",
            "Dear Sir or Madam\r\nContent-Type: multipart/signed\r\n\r\n",
            " Content-Type: multipart/signed\r\n\r\n",
            "",
        ] {
            assert!(read(text.as_bytes()).is_none(), "{text:?}");
        }
    }

    #[test]
    fn a_message_that_a_mail_carries_comes_out_of_base64() {
        let mail = "Content-Type: application/pkcs7-mime; smime-type=signed-data\n\
            Content-Transfer-Encoding: base64\n\nMA==\n";
        assert!(matches!(read(mail.as_bytes()), Some(Mail::Carries(Ok(body))) if body == b"0"));
        let raw = mail.replace("base64", "binary");
        assert!(matches!(read(raw.as_bytes()), Some(Mail::Carries(Err(_)))));
    }
}
