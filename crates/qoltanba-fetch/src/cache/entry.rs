//! The form of one copy on disk.

use std::{fmt, str};

use qoltanba::Instant;
use sha2::{Digest as _, Sha256};

use super::Kind;
use crate::text::hex;

const FIRST_LINE: &str = "qoltanba-cache 1";

/// A copy with where and when it was fetched.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    kind: Kind,
    address: String,
    fetched: Instant,
    body: Vec<u8>,
}

impl Entry {
    /// What it is of.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where it was fetched.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// When it was fetched.
    #[must_use]
    pub fn fetched(&self) -> Instant {
        self.fetched
    }

    /// The bytes that came.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Reads a file; `None` when anything in it is not as it was written.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let Head { kind, address, fetched, octets, .. } = Head::read(bytes)?;
        let body = bytes.get(octets.len()..)?;
        // The head as it would be written covers the length and the SHA-256 as well.
        (head(kind, address, fetched, body).as_bytes() == octets).then(|| Self {
            kind,
            address: address.to_owned(),
            fetched,
            body: body.to_vec(),
        })
    }
}

/// What the lines before a body say. Whether the body is the one that they describe is not looked
/// at here.
pub(super) struct Head<'a> {
    pub(super) kind: Kind,
    pub(super) address: &'a str,
    pub(super) fetched: Instant,
    /// Octets of the body.
    pub(super) length: u64,
    /// The lines, to the empty one.
    pub(super) octets: &'a [u8],
}

impl<'a> Head<'a> {
    /// Reads the lines with which a file begins.
    pub(super) fn read(file: &'a [u8]) -> Option<Self> {
        let end = file.windows(2).take(MAX_HEAD).position(|pair| pair == b"\n\n")?;
        let octets = file.get(..end.checked_add(2)?)?;
        let mut lines = str::from_utf8(octets).ok()?.lines();
        let mut field = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(": ");
        let kind =
            field(FIRST_LINE).and_then(|code| Kind::ALL.into_iter().find(|k| k.code() == code));
        let (kind, address) = (kind?, field("address")?);
        let fetched = field("fetched")?.parse().ok()?;
        let length = field("length")?.parse().ok()?;
        Some(Self { kind, address, fetched, length, octets })
    }
}

/// Addresses are at most a few hundred characters.
pub(super) const MAX_HEAD: usize = 16 << 10;

/// The lines before the body.
pub(super) fn head(kind: Kind, address: &str, fetched: Instant, body: &[u8]) -> String {
    let kind = kind.code();
    let length = body.len();
    let lines =
        format!("{FIRST_LINE}: {kind}\naddress: {address}\nfetched: {fetched}\nlength: {length}\n");
    let mut hash = Sha256::new();
    hash.update(&lines);
    hash.update(body);
    format!("{lines}sha256: {}\n\n", hex(&hash.finalize()))
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("kind", &self.kind)
            .field("address", &self.address)
            .field("fetched", &self.fetched)
            .field("length", &self.body.len())
            .finish()
    }
}
