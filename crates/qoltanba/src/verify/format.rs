//! §5.2.2, format checking: what a file is, told by its content alone.

use std::borrow::Cow;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::mail::{self, Mail, SignedMail};
use crate::error::{Error, Result};

/// What a file was recognised as, with its bytes out of any armour. The inner error tells why an
/// armoured file of a known label cannot be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum Recognised<'a> {
    /// A CMS ContentInfo that says it is SignedData.
    SignedMessage(Body<'a>),
    /// A mail beside its signature (S/MIME, multipart/signed). A mail around a signed message is
    /// that [message](Self::SignedMessage), in an armour like others.
    SignedMail(Result<SignedMail<'a>>),
    /// A CMS ContentInfo of another kind.
    OtherMessage(Body<'a>),
    /// A time stamp: a token, or the response of an authority with or without one.
    TimeStamp(Body<'a>),
    /// A certificate.
    Certificate(Body<'a>),
    /// An XML document, with or without signatures.
    Xml(&'a [u8]),
    /// A revocation list.
    Crl(Body<'a>),
    /// An OCSP response.
    Ocsp(Body<'a>),
    /// A PKCS#12 key store.
    KeyStore(Body<'a>),
    /// A PDF file.
    Pdf(&'a [u8]),
    /// A picture: PNG, JPEG, TIFF or WebP.
    Picture(&'a [u8]),
}

/// The bytes of a recognised file.
pub type Body<'a> = Result<Cow<'a, [u8]>>;

/// Tells what `bytes` are, or `None` when no parser recognises them. Damage behind the first
/// octets does not matter: a truncated message is still a message.
#[must_use]
pub fn recognise(bytes: &[u8]) -> Option<Recognised<'_>> {
    recognise_all(bytes).into_iter().next()
}

/// The one thing that a file is.
///
/// # Errors
/// When no parser recognises it, or when there are several things in it: the verdict on one of
/// them would be taken for a verdict on the file.
pub(super) fn only(bytes: &[u8]) -> Result<Recognised<'_>> {
    let mut all = recognise_all(bytes).into_iter();
    match (all.next(), all.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Error::unrecognised()),
        (Some(_), Some(_)) => {
            Err(Error::misuse("the file holds several things: verify each on its own"))
        }
    }
}

/// Everything in a file: one thing, or the blocks of a PEM file one after the other.
#[must_use]
pub fn recognise_all(bytes: &[u8]) -> Vec<Recognised<'_>> {
    if let Some(kind) = sniff(bytes) {
        return vec![kind.with(Ok(Cow::Borrowed(bytes)))];
    }
    if is_picture(bytes) {
        return vec![Recognised::Picture(bytes)];
    }
    if looks_like_xml(bytes) {
        return vec![Recognised::Xml(bytes)];
    }
    if is_pdf(bytes) {
        return vec![Recognised::Pdf(bytes)];
    }
    if let Some(mail) = mail::read(bytes) {
        return vec![of_mail(mail)];
    }
    let Some(text) = as_text(bytes) else { return Vec::new() };
    if text.contains(PEM_BEGIN) {
        return pem_blocks(text);
    }
    let bare = text.trim();
    let looks = bare.len() >= 16
        && bare.bytes().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=') || b.is_ascii_whitespace()
        });
    if !looks {
        return Vec::new();
    }
    let body = decode_base64(bare);
    // Damage may sit anywhere: the first characters alone tell what it is.
    let head: String =
        bare.bytes().filter(|b| !b.is_ascii_whitespace()).take(64).map(char::from).collect();
    let kind = match &body {
        Ok(der) => sniff(der),
        Err(_) => decode_base64(&head).ok().and_then(|der| sniff(&der)),
    };
    kind.map(|k| k.with(body.map(Cow::Owned))).into_iter().collect()
}

/// A mail that carries no signed message may carry another; what is neither is a damaged one.
fn of_mail(mail: Mail<'_>) -> Recognised<'_> {
    match mail {
        Mail::Signed(mail) => Recognised::SignedMail(mail),
        Mail::Carries(body) => {
            let kind = match body.as_deref().ok().and_then(sniff) {
                Some(Kind::OtherMessage) => Kind::OtherMessage,
                _ => Kind::SignedMessage,
            };
            kind.with(body.map(Cow::Owned))
        }
    }
}

/// Whether the first octets are of a message that is not armoured, and if it is a signed one.
pub(super) fn is_signed_message(beginning: &[u8]) -> Option<bool> {
    match sniff(beginning)? {
        Kind::SignedMessage => Some(true),
        Kind::OtherMessage => Some(false),
        Kind::TimeStamp | Kind::Certificate | Kind::Crl | Kind::Ocsp | Kind::KeyStore => None,
    }
}

/// The first character behind a byte order mark and white space opens a tag.
fn looks_like_xml(bytes: &[u8]) -> bool {
    match bytes {
        [0xff, 0xfe, b'<', 0, ..] | [0xfe, 0xff, 0, b'<', ..] => true,
        _ => bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(bytes)
            .trim_ascii_start()
            .starts_with(b"<"),
    }
}

/// The signatures of the files themselves, by which every reader tells them.
fn is_picture(bytes: &[u8]) -> bool {
    match bytes {
        [b'R', b'I', b'F', b'F', _, _, _, _, rest @ ..] => rest.starts_with(b"WEBP"),
        _ => [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff", b"II*\0", b"MM\0*"]
            .iter()
            .any(|magic| bytes.starts_with(magic)),
    }
}

/// Readers look for the header in the first kilobyte (ISO 32000-1 annex H, note 13). What is
/// there before it may be anything but a document of another kind.
fn is_pdf(bytes: &[u8]) -> bool {
    let head = bytes.get(..1024).unwrap_or(bytes);
    head.windows(5).any(|window| window == b"%PDF-")
}

/// UTF-8 text without its byte order mark.
fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    SignedMessage,
    OtherMessage,
    TimeStamp,
    Certificate,
    Crl,
    Ocsp,
    KeyStore,
}

impl Kind {
    fn with(self, body: Body<'_>) -> Recognised<'_> {
        match self {
            Self::SignedMessage => Recognised::SignedMessage(body),
            Self::OtherMessage => Recognised::OtherMessage(body),
            Self::TimeStamp => Recognised::TimeStamp(body),
            Self::Certificate => Recognised::Certificate(body),
            Self::Crl => Recognised::Crl(body),
            Self::Ocsp => Recognised::Ocsp(body),
            Self::KeyStore => Recognised::KeyStore(body),
        }
    }

    /// The labels of RFC 7468 §5, §6, §9 and the older ones in use.
    fn of_label(label: &str) -> Option<Self> {
        Some(match label {
            "CMS" | "PKCS7" | "PKCS #7 SIGNED DATA" => Self::SignedMessage,
            "CERTIFICATE" | "X509 CERTIFICATE" | "X.509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                Self::Certificate
            }
            "X509 CRL" | "CRL" => Self::Crl,
            "OCSP RESPONSE" => Self::Ocsp,
            "PKCS12" => Self::KeyStore,
            _ => return None,
        })
    }
}

const PEM_BEGIN: &str = "-----BEGIN ";
const PEM_END: &str = "-----END ";

fn pem_blocks(text: &str) -> Vec<Recognised<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, from_label)) = rest.split_once(PEM_BEGIN) {
        let Some((label, body)) = from_label.split_once("-----") else { break };
        let (inside, after) = match body.split_once(PEM_END) {
            Some((inside, after)) => (Ok(inside), after),
            None => (Err(Error::malformed("PEM: the END line is missing (RFC 7468 §2)")), ""),
        };
        rest = after;
        let Some(labelled) = Kind::of_label(label) else { continue };
        let body = inside.and_then(decode_base64);
        // A message of another kind may carry the label of a message.
        let kind = match body.as_deref().ok().and_then(sniff) {
            Some(kind @ (Kind::OtherMessage | Kind::TimeStamp))
                if labelled == Kind::SignedMessage =>
            {
                kind
            }
            _ => labelled,
        };
        found.push(kind.with(body.map(Cow::Owned)));
    }
    found
}

/// Base64 with any line breaks, padded or not.
pub(super) fn decode_base64(text: &str) -> Result<Vec<u8>> {
    const ENGINE: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    ENGINE.decode(compact).map_err(|_| Error::malformed("Base64 (RFC 4648 §4)"))
}

/// Looks at the first identifier octets; lengths need not hold.
fn sniff(bytes: &[u8]) -> Option<Kind> {
    let inside = enter(bytes, 0x30)?;
    match inside.first()? {
        0x06 => {
            // 1.2.840.113549.1.7.n
            let arc = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
            match inside.strip_prefix(&arc)?.first()? {
                2 if is_time_stamp(inside) => Some(Kind::TimeStamp),
                2 => Some(Kind::SignedMessage),
                _ => Some(Kind::OtherMessage),
            }
        }
        // OCSPResponseStatus opens an OCSPResponse (RFC 6960 §4.2.1).
        0x0a => inside.starts_with(&[0x0a, 0x01]).then_some(Kind::Ocsp),
        0x02 => inside.starts_with(&[0x02, 0x01, 0x03]).then_some(Kind::KeyStore),
        0x30 if is_time_stamp_status(inside) => Some(Kind::TimeStamp),
        0x30 => sniff_signed(enter(inside, 0x30)?),
        _ => None,
    }
}

/// Whether the content type inside a SignedData, after its version and digests, is TSTInfo. Where
/// those are of indefinite length, only reading the whole message tells.
fn is_time_stamp(info: &[u8]) -> bool {
    const TST_INFO: [u8; 13] =
        [0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
    let content_type = || {
        let data = enter(enter(skip(info)?, 0xa0)?, 0x30)?;
        enter(skip(skip(data)?)?, 0x30)
    };
    content_type().is_some_and(|inside| inside.starts_with(&TST_INFO))
}

/// Whether a PKIStatusInfo is here: a number of one octet, and behind it nothing, free text or a
/// BIT STRING (RFC 3161 §2.4.2).
fn is_time_stamp_status(info: &[u8]) -> bool {
    let rest = || {
        let end = info.len() - skip(info)?.len();
        let inside = enter(info.get(..end)?, 0x30)?;
        inside.strip_prefix(&[0x02, 0x01])?.split_first()
    };
    match rest() {
        Some((0..=5, [])) | Some((0..=5, [0x03, ..])) => true,
        Some((0..=5, texts @ [0x30, ..])) => {
            enter(texts, 0x30).is_some_and(|texts| texts.first() == Some(&0x0c))
        }
        _ => false,
    }
}

/// Tells a TBSCertificate from a TBSCertList: version and serial number, or the algorithm first.
fn sniff_signed(tbs: &[u8]) -> Option<Kind> {
    match tbs.first()? {
        0xa0 => Some(Kind::Certificate),
        // TBSCertList of version 1: algorithm, issuer, time.
        0x30 => matches!(skip(skip(tbs)?)?.first()?, 0x17 | 0x18).then_some(Kind::Crl),
        // INTEGER, algorithm, issuer, then validity or a time.
        0x02 => match skip(skip(skip(tbs)?)?)?.first()? {
            0x17 | 0x18 => Some(Kind::Crl),
            0x30 => Some(Kind::Certificate),
            _ => None,
        },
        _ => None,
    }
}

/// The bytes behind an identifier and its length octets.
fn enter(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (first, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let octets = if *length > 0x80 { usize::from(length & 0x7f) } else { 0 };
    if *first == tag && octets <= 8 { rest.get(octets..) } else { None }
}

/// The bytes behind a value of definite length.
fn skip(bytes: &[u8]) -> Option<&[u8]> {
    let header = crate::asn1::ber::Header::read(bytes, 0)?;
    bytes.get(header.value.checked_add(header.len?)?..)
}
