//! Every kind of key through PKCS#8 and through both forms of a store.

use libtest_mimic::Trial;
use qoltanba::{
    ErrorKind, Limits,
    algorithm::{
        DigestAlgorithm::{Sha256, Sha384, Sha512, Streebog256},
        KeyKind, SignatureAlgorithm,
    },
    sign::{Form, KeyStore, Password, PrivateKey, SigningKey},
};

use crate::{
    SeededRng,
    assemble::{certificate, gost, key, octets, oid, seq, tlv},
    check_signs, open, trial,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("keys/round_trip", round_trip),
        trial("keys/scalar_octets", scalar_octets),
        trial("keys/refused", refused),
        trial("keys/digests", digests),
        trial("keys/nothing_is_shown", nothing_is_shown),
        trial("keys/foreign_certificate_is_not_written", foreign_certificate_is_not_written),
    ]
}

const KINDS: [(SignatureAlgorithm, KeyKind); 6] = [
    (SignatureAlgorithm::Gost2004, KeyKind::Gost2004),
    (SignatureAlgorithm::Gost2015_256, KeyKind::Gost2015_256),
    (SignatureAlgorithm::Gost2015_512, KeyKind::Gost2015_512),
    (SignatureAlgorithm::RsaPkcs1(Sha256), KeyKind::Rsa(2048)),
    (SignatureAlgorithm::Ecdsa(Sha256), KeyKind::Ec(256)),
    (SignatureAlgorithm::Ecdsa(Sha384), KeyKind::Ec(384)),
];

fn round_trip() {
    for (algorithm, kind) in KINDS {
        let key = key(algorithm, 5);
        assert_eq!((key.kind(), key.algorithm()), (kind, algorithm));
        let kept = key.to_pkcs8().unwrap();
        let again = PrivateKey::from_pkcs8(&kept).unwrap();
        assert_eq!(again.public_key_info(), key.public_key_info());
        assert_eq!(again.algorithm(), algorithm);
        assert_eq!(*again.to_pkcs8().unwrap(), *kept);

        let (own, root) = (certificate(&key, "own"), certificate(&gost(9), "root"));
        for (form, name) in [(Form::National, None), (Form::Modern, Some("Кілт 🔑"))] {
            // The modern form costs seconds in an unoptimised build and wraps all keys alike.
            let slow = matches!(kind, KeyKind::Gost2004 | KeyKind::Ec(_) | KeyKind::Gost2015_256);
            if form == Form::Modern && slow && cfg!(debug_assertions) {
                continue;
            }
            let chain = [root.clone()];
            let password = Password::from("Құпия 🔑");
            let file =
                KeyStore::write(&key, &own, &chain, name, &password, form, &mut SeededRng::new(3));
            let store = KeyStore::open(&file.unwrap(), &password, &Limits::default()).unwrap();
            check_signs(&store).unwrap();
            assert_eq!(store.certificate(), &own);
            assert_eq!(store.chain(), &chain);
            assert_eq!(*store.key().to_pkcs8().unwrap(), *kept);
            match name {
                Some(name) => assert_eq!(store.friendly_name(), Some(name)),
                None => assert_eq!(store.friendly_name().unwrap().len(), 40),
            }
        }
    }
}

/// kz-pki §1: little-endian octets in GOST 2015, a big-endian INTEGER in GOST 2004.
fn scalar_octets() {
    let number: Vec<u8> = (1..=32).collect();
    let reversed: Vec<u8> = number.iter().rev().copied().collect();
    let wrapped = |algorithm, inner: &[u8]| {
        let key = key(algorithm, 1).to_pkcs8().unwrap();
        // SEQUENCE { INTEGER 0, AlgorithmIdentifier, OCTET STRING }
        let identifier = &key[5..5 + 2 + usize::from(key[6])];
        PrivateKey::from_pkcs8(&seq(&[&tlv(2, &[&[0]]), identifier, &octets(inner)]))
    };
    let of_2015 = wrapped(SignatureAlgorithm::Gost2015_256, &octets(&number)).unwrap();
    assert!(of_2015.to_pkcs8().unwrap().ends_with(&octets(&number)));
    let of_2004 = wrapped(SignatureAlgorithm::Gost2004, &tlv(2, &[&reversed])).unwrap();
    assert!(of_2004.to_pkcs8().unwrap().ends_with(&tlv(2, &[&reversed])));
    // The sign octet of a number with its top bit set, and a number shorter than the field.
    let large = [vec![0, 0x80], vec![7; 31]].concat();
    let of_2004 = wrapped(SignatureAlgorithm::Gost2004, &tlv(2, &[&large])).unwrap();
    assert!(of_2004.to_pkcs8().unwrap().ends_with(&tlv(2, &[&large])));
    assert!(wrapped(SignatureAlgorithm::Gost2004, &tlv(2, &[&[5]])).is_ok());
    for bad in [
        octets(&number),
        tlv(2, &[&[0]]),
        tlv(2, &[&[0x80, 1]]),
        tlv(2, &[&[0xff; 32]]),
        tlv(2, &[&[1; 33]]),
        tlv(2, &[]),
    ] {
        assert!(wrapped(SignatureAlgorithm::Gost2004, &bad).is_err(), "{bad:02x?}");
    }
    for bad in [tlv(2, &[&number]), octets(&[0; 32]), octets(&[0xff; 32]), octets(&number[1..])] {
        assert!(wrapped(SignatureAlgorithm::Gost2015_256, &bad).is_err(), "{bad:02x?}");
    }
}

fn refused() {
    let fresh = openssl::rsa::Rsa::generate(1024).unwrap();
    let info = |pkcs1: &[u8]| {
        let identifier = seq(&[&oid("1.2.840.113549.1.1.1"), &tlv(5, &[])]);
        PrivateKey::from_pkcs8(&seq(&[&tlv(2, &[&[0]]), &identifier, &octets(pkcs1)]))
    };
    let short = info(&fresh.private_key_to_der().unwrap()).unwrap();
    let error = short.sign(b"message", &mut SeededRng::new(1)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error}");

    // A private exponent and primes of another key.
    let (a, b) = (openssl::rsa::Rsa::generate(2048).unwrap(), openssl::rsa::Rsa::generate(2048));
    let b = b.unwrap();
    let copy = |n: &openssl::bn::BigNumRef| n.to_owned().unwrap();
    let crossed = openssl::rsa::Rsa::from_private_components(
        copy(a.n()),
        copy(a.e()),
        copy(b.d()),
        copy(b.p().unwrap()),
        copy(b.q().unwrap()),
        copy(b.dmp1().unwrap()),
        copy(b.dmq1().unwrap()),
        copy(b.iqmp().unwrap()),
    );
    let error = info(&crossed.unwrap().private_key_to_der().unwrap()).unwrap_err();
    assert!(error.to_string().contains("do not belong together"), "{error}");

    // An ECPrivateKey that carries another key's point.
    let (a, b) =
        (key(SignatureAlgorithm::Ecdsa(Sha256), 1), key(SignatureAlgorithm::Ecdsa(Sha256), 2));
    let point = |key: &PrivateKey| key.public_key_info()[26..].to_vec();
    let mut crossed = a.to_pkcs8().unwrap().to_vec();
    let at = crossed.len() - 65;
    assert_eq!(crossed[at..], point(&a));
    crossed[at..].copy_from_slice(&point(&b));
    assert!(PrivateKey::from_pkcs8(&crossed).unwrap_err().to_string().contains("another's"));

    for der in [&b""[..], &[0x30, 0], &[0x30, 0x80, 0, 0]] {
        assert!(matches!(
            PrivateKey::from_pkcs8(der).unwrap_err().kind(),
            ErrorKind::Malformed { .. }
        ));
    }
    assert!(
        PrivateKey::generate(SignatureAlgorithm::Ecdsa(Sha512), &mut SeededRng::new(1)).is_err()
    );
}

fn digests() {
    let rsa = key(SignatureAlgorithm::RsaPkcs1(Sha256), 1).with_digest(Sha512).unwrap();
    let own = certificate(&rsa, "own");
    assert_eq!(rsa.algorithm(), SignatureAlgorithm::RsaPkcs1(Sha512));
    let signature = rsa.sign(b"message", &mut SeededRng::new(1)).unwrap();
    let public = own.public_key().unwrap();
    assert!(public.verify(rsa.algorithm(), b"message", &signature, Default::default()).is_ok());
    assert!(rsa.sign_digest(&[0; 32], &mut SeededRng::new(1)).is_err());
    assert!(rsa.with_digest(Streebog256).is_err());
    assert!(gost(1).with_digest(Sha256).is_err());
    assert!(gost(1).with_digest(Streebog256).is_ok());
}

fn nothing_is_shown() {
    let key = gost(1);
    assert_eq!(format!("{key:?}"), "PrivateKey(Gost2015_256)");
    let password = Password::from("hunter2-Қ");
    assert_eq!(format!("{password:?}"), "Password(..)");
    let own = certificate(&key, "own");
    let file =
        KeyStore::write(&key, &own, &[], None, &password, Form::National, &mut SeededRng::new(1));
    let store = open(&file.unwrap(), "hunter2-Қ").unwrap();
    assert!(format!("{store:?}").contains("key: PrivateKey(Gost2015_256), certificate"));
    let scalar = &key.to_pkcs8().unwrap()[20..];
    let error = PrivateKey::from_pkcs8(scalar).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

fn foreign_certificate_is_not_written() {
    let other = certificate(&gost(2), "other");
    let written = KeyStore::write(
        &gost(1),
        &other,
        &[],
        None,
        &Password::from(""),
        Form::Modern,
        &mut SeededRng::new(1),
    );
    assert!(matches!(written.unwrap_err().kind(), ErrorKind::KeyStore { .. }));
}
