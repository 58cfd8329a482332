//! Revocation lists of any shape, octet by octet: what no authority would write too.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

use qoltanba::{
    algorithm::SignatureAlgorithm,
    sign::{PrivateKey, SigningKey},
};
use qoltanba_testkit::{CrlSpec, Mint, SeededRng};

pub(crate) const REASON: &[u8] = &[0x55, 0x1d, 21];
pub(crate) const INVALIDITY: &[u8] = &[0x55, 0x1d, 24];
pub(crate) const ISSUER: &[u8] = &[0x55, 0x1d, 29];
pub(crate) const NUMBER: &[u8] = &[0x55, 0x1d, 20];
pub(crate) const BASE: &[u8] = &[0x55, 0x1d, 27];
pub(crate) const POINT: &[u8] = &[0x55, 0x1d, 28];
pub(crate) const KEY_ID: &[u8] = &[0x55, 0x1d, 35];
pub(crate) const FRESHEST: &[u8] = &[0x55, 0x1d, 46];
/// RFC 5612: for documentation.
pub(crate) const UNKNOWN: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x83, 0x1f, 1];

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) serial: Vec<u8>,
    pub(crate) at: i64,
    pub(crate) reason: Option<u8>,
    pub(crate) invalid_since: Option<i64>,
    pub(crate) issuer: Option<Vec<u8>>,
    pub(crate) extra: Option<Vec<u8>>,
}

impl Entry {
    pub(crate) fn new(serial: &[u8], at: i64) -> Self {
        let serial = serial.to_vec();
        Self { serial, at, reason: None, invalid_since: None, issuer: None, extra: None }
    }

    fn der(&self) -> Vec<u8> {
        let mut extensions = Vec::new();
        if let Some(reason) = self.reason {
            extensions.extend(extension(REASON, false, &[0x0a, 1, reason]));
        }
        if let Some(at) = self.invalid_since {
            extensions.extend(extension(INVALIDITY, false, &generalized(at)));
        }
        if let Some(issuer) = &self.issuer {
            extensions.extend(extension(ISSUER, true, issuer));
        }
        extensions.extend(self.extra.iter().flatten());
        let mut fields = vec![tlv(2, &self.serial), time(self.at)];
        if !extensions.is_empty() {
            fields.push(tlv(0x30, &extensions));
        }
        tlv(0x30, &fields.concat())
    }
}

#[derive(Debug, Clone)]
pub(crate) struct List {
    pub(crate) version: Option<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) this_update: i64,
    pub(crate) next_update: Option<i64>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) extensions: Vec<Vec<u8>>,
}

impl Default for List {
    fn default() -> Self {
        Self {
            version: Some(1),
            issuer: name("Test"),
            this_update: 1_790_000_000,
            next_update: Some(1_800_000_000),
            entries: Vec::new(),
            extensions: Vec::new(),
        }
    }
}

/// Signs lists.
pub(crate) struct Maker {
    key: PrivateKey,
    /// The AlgorithmIdentifier of the signature.
    algorithm: Vec<u8>,
    pub(crate) spki: Vec<u8>,
}

impl Maker {
    pub(crate) fn new(algorithm: SignatureAlgorithm) -> Self {
        Self::seeded(algorithm, 1)
    }

    pub(crate) fn other(algorithm: SignatureAlgorithm) -> Self {
        Self::seeded(algorithm, 2)
    }

    fn seeded(algorithm: SignatureAlgorithm, seed: u64) -> Self {
        let mut rng = SeededRng::new(seed);
        let at = "2026-11-25T12:00:00Z".parse().unwrap();
        let mint = Mint::good(algorithm, at, &mut rng).unwrap();
        let list = mint.issuing().publish(&CrlSpec::complete(1, at), &mut rng).unwrap();
        let tbs = value(&list);
        let identifier = element(&tbs[element(tbs).len()..]).to_vec();
        let certificate = mint.issuing().certificate();
        let mut fields = value(element(value(certificate)));
        // Version, serial number, algorithm, issuer, validity, subject.
        for _ in 0..6 {
            fields = &fields[element(fields).len()..];
        }
        let key = mint.issuing().key();
        let key = PrivateKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
        Self { key, algorithm: identifier, spki: element(fields).to_vec() }
    }

    pub(crate) fn sign(&self, list: &List) -> Vec<u8> {
        let mut fields: Vec<Vec<u8>> = list.version.map(|v| tlv(2, &[v])).into_iter().collect();
        fields.extend([self.algorithm.clone(), list.issuer.clone(), time(list.this_update)]);
        fields.extend(list.next_update.map(time));
        if !list.entries.is_empty() {
            let entries: Vec<_> = list.entries.iter().map(Entry::der).collect();
            fields.push(tlv(0x30, &entries.concat()));
        }
        if !list.extensions.is_empty() {
            fields.push(tlv(0xa0, &tlv(0x30, &list.extensions.concat())));
        }
        let tbs = tlv(0x30, &fields.concat());
        let signature = self.key.sign(&tbs, &mut SeededRng::new(9)).unwrap();
        let bits = tlv(3, &[&[0], &signature[..]].concat());
        tlv(0x30, &[tbs, self.algorithm.clone(), bits].concat())
    }
}

pub(crate) fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = value.len().to_be_bytes();
    let skip = length.iter().take_while(|octet| **octet == 0).count();
    match value.len() {
        0..=0x7f => out.push(value.len() as u8),
        _ => {
            out.push(0x80 | (length.len() - skip) as u8);
            out.extend(&length[skip..]);
        }
    }
    out.extend(value);
    out
}

fn header(der: &[u8]) -> (usize, usize) {
    match der[1] {
        short @ 0..=0x7f => (2, short.into()),
        long => {
            let count = usize::from(long & 0x7f);
            (2 + count, der[2..2 + count].iter().fold(0, |n, octet| n << 8 | usize::from(*octet)))
        }
    }
}

/// The first value with its tag and length.
fn element(der: &[u8]) -> &[u8] {
    let (header, length) = header(der);
    &der[..header + length]
}

/// What is inside the first value.
fn value(der: &[u8]) -> &[u8] {
    let (header, length) = header(der);
    &der[header..header + length]
}

/// What is signed of a list.
pub(crate) fn signed(list: &[u8]) -> &[u8] {
    element(value(list))
}

pub(crate) fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    tlv(0x30, &[&tlv(6, oid)[..], critical, &tlv(4, value)].concat())
}

pub(crate) fn name(text: &str) -> Vec<u8> {
    let attribute = [tlv(6, &[0x55, 4, 3]), tlv(0x0c, text.as_bytes())].concat();
    tlv(0x30, &tlv(0x31, &tlv(0x30, &attribute)))
}

/// A GeneralNames of one directoryName.
pub(crate) fn general_names(text: &[u8]) -> Vec<u8> {
    let attribute = [tlv(6, &[0x55, 4, 3]), tlv(4, text)].concat();
    tlv(0x30, &tlv(0xa4, &tlv(0x30, &tlv(0x31, &tlv(0x30, &attribute)))))
}

/// The shortest form of an INTEGER.
pub(crate) fn shortest(mut octets: &[u8]) -> Vec<u8> {
    while let [first @ (0 | 0xff), second, ..] = octets
        && (first ^ second) & 0x80 == 0
    {
        octets = &octets[1..];
    }
    octets.to_vec()
}

fn text(at: i64) -> String {
    let text = qoltanba::Instant::from_unix(at).to_string();
    text.chars().filter(|c| c.is_ascii_digit() || *c == 'Z').collect()
}

pub(crate) fn generalized(at: i64) -> Vec<u8> {
    tlv(0x18, text(at).as_bytes())
}

/// UTCTime where it can be.
pub(crate) fn time(at: i64) -> Vec<u8> {
    let text = text(at);
    match text.get(..2).and_then(|_| text[..4].parse().ok()) {
        Some(1950..=2049) => tlv(0x17, &text.as_bytes()[2..]),
        _ => generalized(at),
    }
}
