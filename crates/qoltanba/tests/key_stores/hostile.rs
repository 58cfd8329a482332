//! Limits and damaged input: an error of the right class, never a panic, never unbounded work.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use qoltanba::{
    ErrorKind, Limits,
    sign::{Form, KeyStore, Password, PrivateKey},
};

use crate::{
    SeededRng,
    assemble::{
        Count, ONE, PASSWORD, Protection, bag, certificate, certificate_bag, content_info, encrypt,
        encrypted_safe, gost, key_bag, octets, oid, pfx, protected, safe, seq, store, tlv,
    },
    open, trial,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("hostile/iterations", iterations),
        trial("hostile/iterations_of_a_file", iterations_of_a_file),
        trial("hostile/sizes", sizes),
        trial("hostile/forms", forms),
        trial("hostile/every_truncation", every_truncation),
        trial("hostile/bit_flips", bit_flips),
        trial("hostile/damage_behind_the_mac", damage_behind_the_mac),
        trial("hostile/random", random),
    ]
}

fn kind(file: &[u8]) -> ErrorKind {
    let start = Instant::now();
    let error = open(file, PASSWORD).expect_err("it opens");
    assert!(start.elapsed() < Duration::from_secs(5), "it took {:?}", start.elapsed());
    let text = format!("{error} {error:?}");
    assert!(!text.contains(PASSWORD), "{text}");
    error.kind().clone()
}

fn sound() -> [Vec<u8>; 2] {
    let key = gost(1);
    [key_bag(&key, None), certificate_bag(&certificate(&key, "own"), None)]
}

fn is_over(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::OverBudget { .. })
}

fn iterations() {
    let bags = sound();
    let over: [&[u8]; 6] = [
        &[0x7f, 0xff, 0xff, 0xff],
        &[0x00, 0xff, 0xff, 0xff, 0xff],
        &[0x01, 0x00, 0x00, 0x00, 0x01],
        &[0xff],
        &[0x80, 0x00, 0x00, 0x00],
        &[0x7f; 200],
    ];
    for count in over {
        let count = Count(count, 1);
        let mac = protected(&[safe(&bags)], &Protection { count, ..Protection::default() });
        assert!(is_over(&kind(&mac)), "{:02x?}", count.0);
        let safes = [safe(&bags), encrypted_safe(&bags, count, |data| tlv(0x80, &[data]))];
        assert!(is_over(&kind(&store(&safes))), "{:02x?}", count.0);
        for scheme in ["1.2.840.113549.1.12.1.3", "1.2.840.113549.1.12.1.6"] {
            let cost = seq(&[&octets(b"saltsalt"), &tlv(2, &[count.0])]);
            let shrouded = seq(&[&seq(&[&oid(scheme), &cost]), &octets(&[0; 64])]);
            let shrouded = bag("1.2.840.113549.1.12.10.1.2", &shrouded, None);
            assert!(is_over(&kind(&store(&[safe(&[shrouded])]))), "{:02x?}", count.0);
        }
    }
    for none in [&[0][..], &[], &[0, 0]] {
        let count = Count(none, 1);
        let mac = protected(&[safe(&bags)], &Protection { count, ..Protection::default() });
        assert!(matches!(kind(&mac), ErrorKind::Malformed { .. }), "{none:02x?}");
    }
}

fn iterations_of_a_file() {
    let bags = sound();
    let count = Count(&[0x03, 0xe8], 1000);
    let part = || encrypted_safe(&bags, count, |data| tlv(0x80, &[data]));
    let file = protected(&[part(), part()], &Protection { count, ..Protection::default() });
    let open = |kdf_iterations| {
        let limits = Limits { kdf_iterations, ..Limits::default() };
        KeyStore::open(&file, &Password::from(PASSWORD), &limits)
    };
    assert!(open(3000).is_ok());
    assert!(is_over(open(2999).unwrap_err().kind()));
    assert!(is_over(open(999).unwrap_err().kind()));
}

fn sizes() {
    let bags = sound();
    let salted = |len| {
        let salt = vec![7; len];
        protected(&[safe(&bags)], &Protection { salt: &salt, ..Protection::default() })
    };
    assert!(open(&salted(1024), PASSWORD).is_ok());
    assert!(is_over(&kind(&salted(1025))));

    let many = |count: usize| {
        let other = certificate_bag(&certificate(&gost(2), "other"), None);
        let others = vec![other; count - 2];
        store(&[safe(&bags), safe(&others)])
    };
    assert!(open(&many(256), PASSWORD).is_ok());
    assert!(is_over(&kind(&many(257))));

    let deep = (0..100).fold(octets(b"x"), |inner, _| seq(&[&inner]));
    assert!(is_over(&kind(&deep)));
    let deep = bag("1.2.840.113549.1.12.10.1.5", &deep, None);
    assert!(is_over(&kind(&store(&[safe(&sound()), safe(&[deep])]))));
    let deep = (0..100_000).fold(Vec::new(), |mut all, _| {
        all.extend([0x30, 0x80]);
        all
    });
    assert!(is_over(&kind(&deep)));

    let key_len =
        |key_len| protected(&[safe(&bags)], &Protection { key_len, ..Default::default() });
    assert!(open(&key_len(20), PASSWORD).is_ok());
    assert!(matches!(kind(&key_len(19)), ErrorKind::Malformed { .. }));
    assert!(open(&key_len(256), PASSWORD).is_ok());
    assert!(matches!(kind(&key_len(257)), ErrorKind::Malformed { .. }));
}

fn forms() {
    let bags = sound();
    let content = seq(&[&safe(&bags)]);
    let data = content_info("1.2.840.113549.1.7.1", &octets(&content));
    let with = |version: &[u8], info: &[u8]| pfx(version, &content, info, &Protection::default());
    assert!(open(&with(&[3], &data), PASSWORD).is_ok());
    assert!(matches!(kind(&with(&[4], &data)), ErrorKind::Unsupported { .. }));
    let signed = content_info("1.2.840.113549.1.7.2", &octets(&content));
    assert!(matches!(kind(&with(&[3], &signed)), ErrorKind::Unsupported { .. }));
    let enveloped = content_info("1.2.840.113549.1.7.3", &seq(&[]));
    assert!(matches!(kind(&store(&[enveloped])), ErrorKind::Unsupported { .. }));
    let trailing = [with(&[3], &data), vec![0]].concat();
    assert!(matches!(kind(&trailing), ErrorKind::Malformed { .. }));

    // An unknown encryption is named.
    let unknown = seq(&[&oid("1.2.840.113549.1.12.1.1"), &seq(&[])]);
    let shrouded = bag(
        "1.2.840.113549.1.12.10.1.2",
        &seq(&[&unknown, &octets(&encrypt(b"key", ONE).1)]),
        None,
    );
    match kind(&store(&[safe(&[shrouded])])) {
        ErrorKind::Unsupported { name, .. } => assert_eq!(name, "1.2.840.113549.1.12.1.1"),
        other => panic!("{other:?}"),
    }
    // Octets that do not decrypt, although the MAC stands.
    let garbled = encrypted_safe(&bags, ONE, |data| tlv(0x80, &[&data[..data.len() - 1]]));
    assert!(matches!(kind(&store(&[garbled])), ErrorKind::Malformed { .. }));
}

fn national() -> Vec<u8> {
    let key = gost(1);
    let own = certificate(&key, "own");
    let (password, rng) = (Password::from(PASSWORD), &mut SeededRng::new(4));
    KeyStore::write(&key, &own, &[], None, &password, Form::National, rng).unwrap()
}

fn every_truncation() {
    for file in [national(), store(&[safe(&sound())])] {
        for len in 0..file.len() {
            assert!(matches!(kind(&file[..len]), ErrorKind::Malformed { .. }), "{len}");
        }
        for extra in [&[0][..], &[0, 0], b"x"] {
            kind(&[&file, extra].concat());
        }
    }
}

/// Whatever bit is turned: the store opens no more, or opens to the same key.
fn bit_flips() {
    let limits = Limits { kdf_iterations: 20_000, ..Limits::default() };
    for file in [national(), store(&[safe(&sound())])] {
        let same = gost(1).to_pkcs8().unwrap();
        for at in 0..file.len() {
            let mut file = file.clone();
            file[at] ^= 1 << (at % 8);
            if let Ok(store) = KeyStore::open(&file, &Password::from(PASSWORD), &limits) {
                assert_eq!(*store.key().to_pkcs8().unwrap(), *same, "byte {at}");
            }
        }
    }
}

/// A maker of hostile files can always make the MAC stand.
fn damage_behind_the_mac() {
    let safes = [safe(&sound()[..1]), encrypted_safe(&sound()[1..], ONE, |d| tlv(0x80, &[d]))];
    let content = seq(&[&safes.concat()]);
    let limits = Limits { kdf_iterations: 20_000, ..Limits::default() };
    for at in 0..content.len() {
        for bit in 0..8 {
            let mut content = content.clone();
            content[at] ^= 1 << bit;
            let info = content_info("1.2.840.113549.1.7.1", &octets(&content));
            let file = pfx(&[3], &content, &info, &Protection::default());
            if let Err(error) = KeyStore::open(&file, &Password::from(PASSWORD), &limits) {
                assert_ne!(*error.kind(), ErrorKind::WrongPassword, "byte {at}");
            }
        }
    }
}

fn random() {
    let limits = Limits { kdf_iterations: 1_000, ..Limits::default() };
    let password = Password::from(PASSWORD);
    let mut runner =
        TestRunner::new(Config { cases: 2_000, failure_persistence: None, ..Config::default() });
    let read = |octets: &[u8]| {
        let _ = KeyStore::open(octets, &password, &limits);
        let _ = PrivateKey::from_pkcs8(octets);
        let _ = PrivateKey::from_encrypted_pkcs8(octets, &password, &limits);
        let _ = PrivateKey::from_pem(&String::from_utf8_lossy(octets), Some(&password), &limits);
    };
    runner
        .run(&prop::collection::vec(any::<u8>(), 0..300), |octets| {
            read(&octets);
            Ok(())
        })
        .unwrap();
    // Well-formed beginnings reach deeper than noise.
    let seeds = [national(), store(&[safe(&sound())]), gost(1).to_pkcs8().unwrap().to_vec()];
    let places = (0..seeds.len(), any::<prop::sample::Index>(), any::<Vec<u8>>());
    runner
        .run(&places, |(seed, at, noise)| {
            let mut file = seeds[seed].clone();
            let at = at.index(file.len());
            file.splice(at..(at + noise.len()).min(seeds[seed].len()), noise);
            read(&file);
            Ok(())
        })
        .unwrap();
}
