//! Key stores and certificates put together by hand, protected by PBMAC1 and PBES2 as OpenSSL's
//! own PBKDF2, HMAC and AES compute them.

use openssl::{hash::MessageDigest, pkcs5::pbkdf2_hmac, pkey::PKey, sign::Signer, symm};
use qoltanba::{
    Certificate,
    algorithm::SignatureAlgorithm,
    sign::{PrivateKey, SigningKey},
};

use crate::SeededRng;

pub(crate) const PASSWORD: &str = "Құпия-1";
const SALT: &[u8] = b"saltsalt";
const IV: &[u8] = &[9; 16];

pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let mut out = vec![tag];
    if value.len() < 0x80 {
        out.push(value.len() as u8);
    } else {
        let digits = (value.len() as u32).to_be_bytes().into_iter().skip_while(|b| *b == 0);
        let digits: Vec<u8> = digits.collect();
        out.push(0x80 | digits.len() as u8);
        out.extend(digits);
    }
    out.extend(value);
    out
}

pub(crate) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts)
}

pub(crate) fn octets(value: &[u8]) -> Vec<u8> {
    tlv(0x04, &[value])
}

pub(crate) fn oid(arc: &str) -> Vec<u8> {
    tlv(0x06, &[der::asn1::ObjectIdentifier::new_unwrap(arc).as_bytes()])
}

const DATA: &str = "1.2.840.113549.1.7.1";
const HMAC_SHA256: &str = "1.2.840.113549.2.9";

/// A certificate of a key; nobody checks its signature here.
pub(crate) fn certificate(key: &PrivateKey, name: &str) -> Certificate {
    let algorithm = seq(&[&oid("1.2.840.113549.1.1.11"), &tlv(5, &[])]);
    let common = seq(&[&oid("2.5.4.3"), &tlv(0x0c, &[name.as_bytes()])]);
    let dn = seq(&[&tlv(0x31, &[&common])]);
    let time = tlv(0x17, &[b"260101000000Z"]);
    let tbs = seq(&[
        &tlv(0x02, &[&[1]]),
        &algorithm,
        &dn,
        &seq(&[&time, &time]),
        &dn,
        key.public_key_info(),
    ]);
    Certificate::from_der(&seq(&[&tbs, &algorithm, &tlv(0x03, &[&[0, 1]])])).unwrap()
}

pub(crate) fn key(algorithm: SignatureAlgorithm, seed: u64) -> PrivateKey {
    PrivateKey::generate(algorithm, &mut SeededRng::new(seed)).unwrap()
}

pub(crate) fn gost(seed: u64) -> PrivateKey {
    key(SignatureAlgorithm::Gost2015_256, seed)
}

pub(crate) fn bag(kind: &str, value: &[u8], id: Option<&[u8]>) -> Vec<u8> {
    let attributes = id.map_or_else(Vec::new, |id| {
        let id = seq(&[&oid("1.2.840.113549.1.9.21"), &tlv(0x31, &[&octets(id)])]);
        tlv(0x31, &[&id])
    });
    seq(&[&oid(kind), &tlv(0xa0, &[value]), &attributes])
}

pub(crate) fn key_bag(key: &PrivateKey, id: Option<&[u8]>) -> Vec<u8> {
    bag("1.2.840.113549.1.12.10.1.1", &key.to_pkcs8().unwrap(), id)
}

pub(crate) fn certificate_bag(certificate: &Certificate, id: Option<&[u8]>) -> Vec<u8> {
    let value =
        seq(&[&oid("1.2.840.113549.1.9.22.1"), &tlv(0xa0, &[&octets(certificate.as_der())])]);
    bag("1.2.840.113549.1.12.10.1.3", &value, id)
}

/// An INTEGER with these content octets, and the number that the protection is made with.
#[derive(Clone, Copy)]
pub(crate) struct Count<'a>(pub(crate) &'a [u8], pub(crate) usize);

pub(crate) const ONE: Count<'_> = Count(&[1], 1);

fn pbkdf2(count: Count<'_>, salt: &[u8], len: usize) -> (Vec<u8>, Vec<u8>) {
    let mut key = vec![0; len];
    pbkdf2_hmac(PASSWORD.as_bytes(), salt, count.1, MessageDigest::sha256(), &mut key).unwrap();
    let prf = seq(&[&oid(HMAC_SHA256), &tlv(5, &[])]);
    let len = tlv(0x02, &[&(len as u16).to_be_bytes()[usize::from(len < 128)..]]);
    let parameters = seq(&[&octets(salt), &tlv(0x02, &[count.0]), &len, &prf]);
    (seq(&[&oid("1.2.840.113549.1.5.12"), &parameters]), key)
}

/// PBES2 with AES-256: the identifier and the encrypted octets.
pub(crate) fn encrypt(plain: &[u8], count: Count<'_>) -> (Vec<u8>, Vec<u8>) {
    let (function, key) = pbkdf2(count, SALT, 32);
    let cipher = seq(&[&oid("2.16.840.1.101.3.4.1.42"), &octets(IV)]);
    let identifier = seq(&[&oid("1.2.840.113549.1.5.13"), &seq(&[&function, &cipher])]);
    let data = symm::encrypt(symm::Cipher::aes_256_cbc(), &key, Some(IV), plain).unwrap();
    (identifier, data)
}

pub(crate) fn content_info(kind: &str, content: &[u8]) -> Vec<u8> {
    seq(&[&oid(kind), &tlv(0xa0, &[content])])
}

/// A ContentInfo of type data with these bags.
pub(crate) fn safe(bags: &[Vec<u8>]) -> Vec<u8> {
    content_info(DATA, &octets(&seq(&[&bags.concat()])))
}

/// A ContentInfo of type encrypted-data, whose octets come as `implicit` wraps them.
pub(crate) fn encrypted_safe(
    bags: &[Vec<u8>],
    count: Count<'_>,
    implicit: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Vec<u8> {
    let (identifier, data) = encrypt(&seq(&[&bags.concat()]), count);
    let info = seq(&[&oid(DATA), &identifier, &implicit(&data)]);
    content_info("1.2.840.113549.1.7.6", &seq(&[&tlv(0x02, &[&[0]]), &info]))
}

/// What protects a store.
pub(crate) struct Protection<'a> {
    pub(crate) count: Count<'a>,
    pub(crate) salt: &'a [u8],
    pub(crate) key_len: usize,
}

impl Default for Protection<'_> {
    fn default() -> Self {
        Self { count: ONE, salt: SALT, key_len: 32 }
    }
}

/// A PFX over these ContentInfos.
pub(crate) fn store(safes: &[Vec<u8>]) -> Vec<u8> {
    protected(safes, &Protection::default())
}

pub(crate) fn protected(safes: &[Vec<u8>], protection: &Protection<'_>) -> Vec<u8> {
    let content = seq(&[&safes.concat()]);
    pfx(&[3], &content, &content_info(DATA, &octets(&content)), protection)
}

pub(crate) fn pfx(
    version: &[u8],
    content: &[u8],
    content_info: &[u8],
    protection: &Protection<'_>,
) -> Vec<u8> {
    let (function, key) = pbkdf2(protection.count, protection.salt, protection.key_len);
    let hmac = seq(&[&oid(HMAC_SHA256), &tlv(5, &[])]);
    let algorithm = seq(&[&oid("1.2.840.113549.1.5.14"), &seq(&[&function, &hmac])]);
    let key = PKey::hmac(&key).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    let value = signer.sign_oneshot_to_vec(content).unwrap();
    // RFC 9579 §4: salt and iterations of MacData are there and mean nothing.
    let mac = seq(&[&seq(&[&algorithm, &octets(&value)]), &octets(b"unused"), &tlv(2, &[&[1]])]);
    seq(&[&tlv(0x02, &[version]), content_info, &mac])
}
