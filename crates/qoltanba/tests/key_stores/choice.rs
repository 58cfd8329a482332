//! Which key and which certificate a store gives out, and why it gives none.

use libtest_mimic::Trial;
use qoltanba::{ErrorKind, error::KeyStoreFault, sign::SigningKey};

use crate::{
    assemble::{
        ONE, PASSWORD, Protection, certificate, certificate_bag, content_info, encrypted_safe,
        gost, key_bag, octets, oid, pfx, safe, seq, store, tlv,
    },
    check_signs, open, trial,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("choice/one_key_among_certificates", one_key_among_certificates),
        trial("choice/several_keys", several_keys),
        trial("choice/two_certificates_of_one_key", two_certificates_of_one_key),
        trial("choice/lacking", lacking),
        trial("choice/strings_in_pieces", strings_in_pieces),
        trial("choice/empty_password_as_nothing", empty_password_as_nothing),
    ]
}

fn fault(bags: &[Vec<u8>]) -> Option<KeyStoreFault> {
    match open(&store(&[safe(bags)]), PASSWORD).err()?.kind() {
        ErrorKind::KeyStore { fault } => Some(*fault),
        other => panic!("{other:?}"),
    }
}

fn one_key_among_certificates() {
    let (key, other) = (gost(1), gost(2));
    let (own, first, last) =
        (certificate(&key, "own"), certificate(&other, "first"), certificate(&other, "last"));
    let bags = [&first, &own, &last, &own].map(|c| certificate_bag(c, None));
    let store = store(&[safe(&[key_bag(&key, None)]), safe(&bags)]);
    let store = open(&store, PASSWORD).unwrap();
    check_signs(&store).unwrap();
    assert_eq!(*store.certificate(), own);
    assert_eq!(store.chain(), [first, last]);
    assert_eq!(store.friendly_name(), None);
}

fn several_keys() {
    let (a, b) = (gost(1), gost(2));
    let (of_a, of_b) = (certificate(&a, "a"), certificate(&b, "b"));
    let chosen = |bags: &[Vec<u8>]| open(&store(&[safe(bags)]), PASSWORD).unwrap();

    // One of the keys has no certificate: there is no choice.
    let bags = [key_bag(&a, None), key_bag(&b, None), certificate_bag(&of_b, None)];
    assert_eq!(*chosen(&bags).certificate(), of_b);
    // The same key twice is one key.
    let bags = [key_bag(&a, None), key_bag(&a, None), certificate_bag(&of_a, None)];
    assert_eq!(*chosen(&bags).certificate(), of_a);

    let certificates =
        [certificate_bag(&of_a, Some(b"a")), certificate_bag(&of_b, Some(b"b"))].concat();
    let with = |a_id: Option<&[u8]>, b_id: Option<&[u8]>| {
        [key_bag(&a, a_id), key_bag(&b, b_id), certificates.clone()]
    };
    let store = chosen(&with(None, Some(b"b")));
    assert_eq!(*store.certificate(), of_b);
    assert_eq!(store.key().public_key_info(), b.public_key_info());
    assert_eq!(*chosen(&with(Some(b"a"), None)).certificate(), of_a);
    assert_eq!(fault(&with(Some(b"a"), Some(b"b"))), Some(KeyStoreFault::SeveralKeys));
    assert_eq!(fault(&with(None, None)), Some(KeyStoreFault::SeveralKeys));
    // Two bags without identifiers are not tied by that.
    let bags = [
        with(None, Some(b"b"))[..2].concat(),
        certificate_bag(&of_a, None),
        certificate_bag(&of_b, Some(b"b")),
    ];
    assert_eq!(*chosen(&bags).certificate(), of_b);
    // An identifier that names the certificate of another key ties nothing.
    assert_eq!(fault(&with(Some(b"b"), Some(b"a"))), Some(KeyStoreFault::SeveralKeys));
}

fn two_certificates_of_one_key() {
    let key = gost(1);
    let (old, renewed) = (certificate(&key, "old"), certificate(&key, "renewed"));
    let bags = [
        key_bag(&key, Some(b"2")),
        certificate_bag(&old, Some(b"1")),
        certificate_bag(&renewed, Some(b"2")),
    ];
    let store = open(&store(&[safe(&bags)]), PASSWORD).unwrap();
    assert_eq!(*store.certificate(), renewed);
    assert_eq!(store.chain(), [old]);
}

fn lacking() {
    let key = gost(1);
    let own = certificate_bag(&certificate(&key, "own"), Some(b"1"));
    let foreign = certificate_bag(&certificate(&gost(2), "foreign"), Some(b"1"));
    assert_eq!(fault(&[]), Some(KeyStoreFault::NoKey));
    assert_eq!(fault(&[own]), Some(KeyStoreFault::NoKey));
    assert_eq!(fault(&[key_bag(&key, None)]), Some(KeyStoreFault::NoCertificate));
    let mismatched = [key_bag(&key, Some(b"1")), foreign];
    assert_eq!(fault(&mismatched), Some(KeyStoreFault::KeyMismatch));
    let text = open(&store(&[safe(&mismatched)]), PASSWORD).unwrap_err().to_string();
    assert_eq!(text, "the private key does not belong to any certificate inside the key store");
}

/// Some writers leave the terminator of the empty password out. RFC 7292 §B.2 by hand: with no
/// password and one iteration the key is the digest of the diversifier and the filled-up salt.
fn empty_password_as_nothing() {
    let key = gost(1);
    let own = certificate_bag(&certificate(&key, "own"), None);
    let content = seq(&[&safe(&[key_bag(&key, None), own])]);
    let salt = b"saltsalt";
    let mac_key = openssl::sha::sha1(&[[3; 64], salt.repeat(8).try_into().unwrap()].concat());
    let mac_key = openssl::pkey::PKey::hmac(&mac_key).unwrap();
    let sha1 = openssl::hash::MessageDigest::sha1();
    let mut signer = openssl::sign::Signer::new(sha1, &mac_key).unwrap();
    let value = signer.sign_oneshot_to_vec(&content).unwrap();
    let algorithm = seq(&[&oid("1.3.14.3.2.26"), &tlv(5, &[])]);
    let mac = seq(&[&seq(&[&algorithm, &octets(&value)]), &octets(salt)]);
    let info = content_info("1.2.840.113549.1.7.1", &octets(&content));
    let file = seq(&[&tlv(2, &[&[3]]), &info, &mac]);
    check_signs(&open(&file, "").unwrap()).unwrap();
    assert_eq!(*open(&file, "x").unwrap_err().kind(), ErrorKind::WrongPassword);
}

/// BER allows every string here in pieces; all of them are joined (X.690 §8.7.3).
fn strings_in_pieces() {
    let key = gost(1);
    let own = certificate(&key, "own");
    let pieces = |value: &[u8]| -> Vec<u8> { value.chunks(100).flat_map(octets).collect() };
    let nested = |value: &[u8]| {
        let (a, b) = value.split_at(70);
        [&[0xa0, 0x80][..], &tlv(0x24, &[&pieces(a)]), &pieces(b), &[0, 0]].concat()
    };
    let whole = |value: &[u8]| tlv(0x80, &[value]);
    let flat = |value: &[u8]| tlv(0xa0, &[&pieces(value)]);
    for implicit in [&whole as &dyn Fn(&[u8]) -> Vec<u8>, &flat, &nested] {
        let certificates = encrypted_safe(&[certificate_bag(&own, None)], ONE, implicit);
        let content = seq(&[&safe(&[key_bag(&key, None)]), &certificates]);
        let chunked = [&[0x24, 0x80][..], &pieces(&content), &[0, 0]].concat();
        let info = content_info("1.2.840.113549.1.7.1", &chunked);
        let file = pfx(&[3], &content, &info, &Protection::default());
        check_signs(&open(&file, PASSWORD).unwrap()).unwrap();
    }
}
