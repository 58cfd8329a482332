//! Certificates and lists written octet by octet, so that every extension of RFC 5280 §5 can be
//! had, and signed with RSA by OpenSSL's library.

use openssl::{
    hash::MessageDigest,
    pkey::{PKey, Private},
    rsa::Rsa,
    sha::sha1,
    sign::Signer,
};

use super::{Certificate, Crl, Instant};

pub(crate) const DAY: i64 = 86_400;

/// 2026-11-25T12:00:00Z
pub(crate) const NOW: i64 = 1_795_608_000;

pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let mut out = vec![tag];
    match value.len() {
        short @ ..0x80 => out.push(short as u8),
        long => {
            let octets: Vec<u8> =
                long.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
            out.push(0x80 | octets.len() as u8);
            out.extend(octets);
        }
    }
    out.extend(value);
    out
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts)
}

fn all(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(tag, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

pub(crate) fn integer(value: u32) -> Vec<u8> {
    let octets: Vec<u8> = value.to_be_bytes().into_iter().skip_while(|o| *o == 0).collect();
    let sign: &[u8] = if octets.first().is_none_or(|o| o & 0x80 != 0) { &[0] } else { &[] };
    tlv(0x02, &[sign, &octets])
}

/// GeneralizedTime before 1950 and after 2049 is not needed here.
fn utc(unix: i64) -> Vec<u8> {
    let text = Instant::from_unix(unix).to_string();
    let digits: String = text.chars().filter(char::is_ascii_digit).skip(2).collect();
    tlv(0x17, &[digits.as_bytes(), b"Z"])
}

pub(crate) fn name(common_name: &str) -> Vec<u8> {
    let pair = sequence(&[&tlv(0x06, &[&[0x55, 4, 3]]), &tlv(0x0c, &[common_name.as_bytes()])]);
    sequence(&[&tlv(0x31, &[&pair])])
}

pub(crate) fn directory(common_name: &str) -> Vec<u8> {
    tlv(0xa4, &[&name(common_name)])
}

pub(crate) fn uri(address: &str) -> Vec<u8> {
    tlv(0x86, &[address.as_bytes()])
}

/// distributionPoint with a fullName.
pub(crate) fn full_name(general: &[u8]) -> Vec<u8> {
    tlv(0xa0, &[&tlv(0xa0, &[general])])
}

/// The content of a ReasonFlags BIT STRING: bit 0 is the highest of the first octet.
pub(crate) const COMPROMISES: &[u8] = &[5, 0b0110_0000];
pub(crate) const OTHERS: &[u8] = &[7, 0b1001_1111, 0b1000_0000];

/// An extension under 2.5.29.
pub(crate) fn extension(arc: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[0x01, 0x01, 0xff] } else { &[] };
    sequence(&[&tlv(0x06, &[&[0x55, 29, arc]]), critical, &tlv(0x04, &[value])])
}

/// An extension that nobody knows (RFC 5612).
pub(crate) fn unknown() -> Vec<u8> {
    let oid = [0x2b, 6, 1, 4, 1, 0x81, 0xfd, 0x59, 1];
    sequence(&[&tlv(0x06, &[&oid]), &[0x01, 0x01, 0xff], &tlv(0x04, &[&[5, 0]])])
}

pub(crate) struct Party {
    pub(crate) name: &'static str,
    pub(crate) key: PKey<Private>,
    pub(crate) certificate: Vec<u8>,
}

pub(crate) struct Wish<'a> {
    pub(crate) serial: u32,
    pub(crate) name: &'static str,
    pub(crate) usage: &'a [u8],
    pub(crate) ca: bool,
    pub(crate) more: Vec<Vec<u8>>,
}

/// keyCertSign and cRLSign; each alone; digitalSignature and nonRepudiation.
pub(crate) const AUTHORITY: &[u8] = &[1, 0b0000_0110];
pub(crate) const CERTIFICATES: &[u8] = &[2, 0b0000_0100];
pub(crate) const LISTS: &[u8] = &[1, 0b0000_0010];
pub(crate) const PERSON: &[u8] = &[6, 0b1100_0000];

pub(crate) fn key() -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap()
}

const SHA256_WITH_RSA: &[u8] = &[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0];

fn signed(tbs: &[u8], by: &PKey<Private>) -> Vec<u8> {
    let mut signer = Signer::new(MessageDigest::sha256(), by).unwrap();
    let value = signer.sign_oneshot_to_vec(tbs).unwrap();
    sequence(&[tbs, SHA256_WITH_RSA, &tlv(0x03, &[&[0], &value])])
}

fn key_id(key: &PKey<Private>) -> [u8; 20] {
    sha1(&key.public_key_to_der().unwrap())
}

impl Party {
    pub(crate) fn certify(&self, wish: &Wish<'_>, key: PKey<Private>) -> Self {
        let certificate = certificate(wish, &key, self.name, &self.key);
        Self { name: wish.name, key, certificate }
    }

    pub(crate) fn root(name: &'static str, key: PKey<Private>) -> Self {
        let wish = Wish { serial: 1, name, usage: AUTHORITY, ca: true, more: Vec::new() };
        let certificate = certificate(&wish, &key, name, &key);
        Self { name, key, certificate }
    }

    pub(crate) fn parsed(&self) -> Certificate {
        Certificate::from_der(&self.certificate).unwrap()
    }
}

fn certificate(wish: &Wish<'_>, key: &PKey<Private>, issuer: &str, by: &PKey<Private>) -> Vec<u8> {
    let ca: &[u8] = if wish.ca { &[0x01, 0x01, 0xff] } else { &[] };
    let mut extensions = vec![
        extension(19, true, &sequence(&[ca])),
        extension(15, true, &tlv(0x03, &[wish.usage])),
        extension(14, false, &tlv(0x04, &[&key_id(key)])),
        extension(35, false, &sequence(&[&tlv(0x80, &[&key_id(by)])])),
    ];
    extensions.extend(wish.more.iter().cloned());
    let tbs = sequence(&[
        &tlv(0xa0, &[&integer(2)]),
        &integer(wish.serial),
        SHA256_WITH_RSA,
        &name(issuer),
        &sequence(&[&utc(NOW - 300 * DAY), &utc(NOW + 300 * DAY)]),
        &name(wish.name),
        &key.public_key_to_der().unwrap(),
        &tlv(0xa3, &[&all(0x30, &extensions)]),
    ]);
    signed(&tbs, by)
}

/// A list as it is wished for.
#[derive(Clone)]
pub(crate) struct List {
    pub(crate) number: Option<u32>,
    /// Whether it names the key that signs it.
    pub(crate) names_key: bool,
    pub(crate) made: i64,
    pub(crate) until: Option<i64>,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) more: Vec<Vec<u8>>,
}

impl List {
    /// A complete list, made yesterday for ten days.
    pub(crate) fn new(number: u32) -> Self {
        Self {
            number: Some(number),
            names_key: true,
            made: NOW - DAY,
            until: Some(NOW + 9 * DAY),
            entries: Vec::new(),
            more: Vec::new(),
        }
    }

    pub(crate) fn delta(number: u32, base: u32) -> Self {
        let indicator = extension(27, true, &integer(base));
        Self { made: NOW - DAY / 2, ..Self::new(number) }.with(indicator)
    }

    pub(crate) fn with(mut self, extension: Vec<u8>) -> Self {
        self.more.push(extension);
        self
    }

    /// With an issuingDistributionPoint of these fields.
    pub(crate) fn only(self, fields: &[&[u8]]) -> Self {
        self.with(extension(28, true, &sequence(fields)))
    }

    pub(crate) fn made(mut self, days_ago: i64) -> Self {
        self.made = NOW - days_ago * DAY;
        self
    }

    pub(crate) fn until(mut self, until: Option<i64>) -> Self {
        self.until = until;
        self
    }

    /// With an entry of a reason and of further extensions, dated a hundred days ago.
    pub(crate) fn entry(self, serial: u32, reason: u8, more: &[Vec<u8>]) -> Self {
        self.entry_at(NOW - 100 * DAY, serial, reason, more)
    }

    pub(crate) fn entry_at(mut self, at: i64, serial: u32, reason: u8, more: &[Vec<u8>]) -> Self {
        let mut extensions = vec![extension(21, false, &[0x0a, 1, reason])];
        extensions.extend(more.iter().cloned());
        self.entries.push(sequence(&[&integer(serial), &utc(at), &all(0x30, &extensions)]));
        self
    }

    pub(crate) fn revoke(self, serial: u32, reason: u8) -> Self {
        self.entry(serial, reason, &[])
    }

    pub(crate) fn sign(&self, by: &Party) -> Vec<u8> {
        let named = extension(35, false, &sequence(&[&tlv(0x80, &[&key_id(&by.key)])]));
        let mut extensions: Vec<Vec<u8>> = self.names_key.then_some(named).into_iter().collect();
        extensions.extend(self.number.map(|number| extension(20, false, &integer(number))));
        extensions.extend(self.more.iter().cloned());
        let entries = if self.entries.is_empty() { Vec::new() } else { all(0x30, &self.entries) };
        let tbs = sequence(&[
            &integer(1),
            SHA256_WITH_RSA,
            &name(by.name),
            &utc(self.made),
            &self.until.map(utc).unwrap_or_default(),
            &entries,
            &tlv(0xa0, &[&all(0x30, &extensions)]),
        ]);
        signed(&tbs, &by.key)
    }
}

pub(crate) fn parse(list: &[u8]) -> Crl {
    Crl::from_der(list).unwrap()
}
