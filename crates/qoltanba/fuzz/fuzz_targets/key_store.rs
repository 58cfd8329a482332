#![no_main]
//! Private keys and key stores: before the MAC, and behind one that stands.

use openssl::{hash::MessageDigest, pkcs5::pbkdf2_hmac, pkey::PKey, sign::Signer};
use qoltanba::{Limits, sign::{KeyStore, Password, PrivateKey}};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { kdf_iterations: 100, ..Limits::default() };
    let password = Password::from("p");
    let _ = KeyStore::open(data, &password, &limits);
    let _ = PrivateKey::from_encrypted_pkcs8(data, &password, &limits);
    if let Ok(key) = PrivateKey::from_pkcs8(data) {
        let kept = key.to_pkcs8().expect("a key that was read is written");
        assert!(PrivateKey::from_pkcs8(&kept).is_ok());
    }
    if let Ok(text) = core::str::from_utf8(data) {
        let _ = PrivateKey::from_pem(text, Some(&password), &limits);
    }
    let _ = KeyStore::open(&protected(data), &password, &limits);
});

/// A PFX over this AuthenticatedSafe, whose PBMAC1 (RFC 9579) anyone can compute.
fn protected(content: &[u8]) -> Vec<u8> {
    const PBMAC1: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0e";
    const PBKDF2: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c";
    const HMAC_SHA256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x09";
    const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
    let mut key = [0; 32];
    let sha256 = MessageDigest::sha256();
    pbkdf2_hmac(b"p", b"s", 1, sha256, &mut key).expect("a key");
    let key = PKey::hmac(&key).expect("a key");
    let mut signer = Signer::new(sha256, &key).expect("a signer");
    let mac = signer.sign_oneshot_to_vec(content).expect("a MAC");

    let function = [&tlv(4, b"s")[..], &[2, 1, 1, 2, 1, 32], HMAC_SHA256].concat();
    let function = tlv(0x30, &[PBKDF2, &tlv(0x30, &function)].concat());
    let scheme = tlv(0x30, &[function, HMAC_SHA256.to_vec()].concat());
    let algorithm = tlv(0x30, &[PBMAC1, &scheme].concat());
    let info = tlv(0x30, &[algorithm, tlv(4, &mac)].concat());
    let mac = tlv(0x30, &[info, tlv(4, b"s")].concat());
    let safe = tlv(0x30, &[DATA, &tlv(0xa0, &tlv(4, content))].concat());
    tlv(0x30, &[&[2, 1, 3][..], &safe, &mac].concat())
}

/// Long lengths are in the four-octet form, which the reader of BER takes.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(value.len()) {
        Ok(short @ 0..0x80) => out.push(short),
        _ => {
            out.push(0x84);
            out.extend((value.len() as u32).to_be_bytes());
        }
    }
    out.extend_from_slice(value);
    out
}
