//! Truncated, altered and random input: every parser answers, quickly, without a panic.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod common;

use std::{path::Path, process::ExitCode, time::Duration};

use libtest_mimic::{Arguments, Failed, Trial};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use qoltanba::{
    Certificate, ErrorKind, Limits, Question, TrustStore, Verdict, Verifier,
    algorithm::PublicKey,
    certificate::Name,
    revocation::Crl,
    sign::{KeyStore, Password, PrivateKey, extract},
};

/// What a parser may take for any input of these sizes, on a slow machine without optimisation.
const PATIENCE: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("random bytes", random_bytes),
        Trial::test("random bytes behind known beginnings", random_tails),
        Trial::test("mail without end", mail),
        Trial::test("nesting without end", nesting),
        Trial::test("lengths beyond the end", lengths),
    ];
    match common::set("kz") {
        None => trials.extend(common::absent("kz")),
        Some(folder) => {
            for part in ["cms", "crl", "ee", "p12", "ca/prod"] {
                let mut files: Vec<_> = std::fs::read_dir(folder.join(part))
                    .unwrap()
                    .map(|entry| entry.unwrap().path())
                    .collect();
                files.sort();
                // A few of each kind: neighbours have the same shape.
                for file in files.into_iter().step_by(if part == "p12" { 20 } else { 3 }) {
                    let name = format!("altered {part}/{}", file.file_name().unwrap().display());
                    trials.push(Trial::test(name, move || altered(&file)));
                }
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Offers the bytes to everything that reads untrusted input, and returns whether anything took
/// them for a good signature.
fn offer(bytes: &[u8]) -> bool {
    let limits = Limits { kdf_iterations: 5_000, ..Limits::default() };
    let verifier = Verifier::new(TrustStore::national().unwrap()).with_limits(limits);
    let question = Question::at("2026-11-25T12:00:00Z".parse().unwrap()).with_data(b"data");
    let passed = verifier.verify(bytes, &question).is_ok_and(|r| r.verdict() == Verdict::Passed);
    let _ = Certificate::from_der(bytes);
    let _ = Crl::from_der(bytes);
    let _ = Name::from_der(bytes);
    let _ = PublicKey::from_spki(bytes);
    let _ = PrivateKey::from_pkcs8(bytes);
    let _ = extract(bytes, &limits);
    let _ = KeyStore::open(bytes, &Password::new("Qwerty12"), &limits);
    passed
}

fn check(runner: &mut TestRunner, strategy: impl Strategy<Value = Vec<u8>>) -> Result<(), Failed> {
    runner.run(&strategy, |bytes| {
        let before = std::time::Instant::now();
        prop_assert!(!offer(&bytes), "altered input passed");
        prop_assert!(before.elapsed() < PATIENCE, "took {:?}", before.elapsed());
        Ok(())
    })?;
    Ok(())
}

fn random_bytes() -> Result<(), Failed> {
    check(&mut runner(300), vec(any::<u8>(), 0..600))
}

fn random_tails() -> Result<(), Failed> {
    let signed_data = hex("308006092a864886f70d010702a0803080020101");
    let certificate = hex("308030803003020102");
    let list = hex("308030800201013080");
    let key_store = hex("30800201033080");
    let heads = prop::sample::select(vec![signed_data, certificate, list, key_store]);
    let strategy = (heads, vec(any::<u8>(), 0..300)).prop_map(|(head, tail)| [head, tail].concat());
    check(&mut runner(300), strategy)
}

/// Headers, parameters, lines and boundaries of every order.
fn mail() -> Result<(), Failed> {
    let head = "Content-Type: multipart/signed; boundary=\"a\"\n";
    let piece = prop::sample::select(vec![
        "\n",
        "\r\n",
        "--a",
        "--a--",
        " ",
        "x",
        "Content-Type: application/pkcs7-signature\n",
        "Content-Transfer-Encoding: base64\n",
        "MIIB",
        "=",
        "\"",
        ";",
        "boundary=",
        "Content-Type: ",
    ]);
    let strategy = vec(piece, 0..40).prop_map(move |p| [head, &p.concat()].concat().into_bytes());
    check(&mut runner(500), strategy)?;
    for unit in ["--a\n", "\n", " ", ";", "a: b\n", "\r", "--a"] {
        assert!(!offer(&[head, &unit.repeat(300_000)].concat().into_bytes()));
        assert!(!offer(&[head, "\n", &unit.repeat(300_000)].concat().into_bytes()));
    }
    Ok(())
}

fn nesting() -> Result<(), Failed> {
    for unit in [&[0x30, 0x80][..], &[0x24, 0x80], &[0xa0, 0x80], &[0x31, 0x80]] {
        assert!(!offer(&unit.repeat(200_000)));
    }
    let message = [hex("308006092a864886f70d010702"), [0xa0, 0x80].repeat(100_000)].concat();
    let verifier = Verifier::new(TrustStore::empty());
    let question = Question::at("2026-11-25T12:00:00Z".parse()?);
    let refused = verifier.verify(&message, &question).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::OverBudget { .. }), "{refused}");
    Ok(())
}

fn lengths() -> Result<(), Failed> {
    for length in ["84ffffffff", "88ffffffffffffffff", "887fffffffffffffff", "84ffffff00", "8900"] {
        for tag in ["30", "04", "a0", "31", "02"] {
            assert!(!offer(&hex(&format!("{tag}{length}020101"))));
            let inner = format!("308006092a864886f70d010702a080{tag}{length}020101");
            assert!(!offer(&hex(&inner)));
        }
    }
    Ok(())
}

fn altered(path: &Path) -> Result<(), Failed> {
    let original = common::read(path);
    let len = original.len();
    let cut = {
        let original = original.clone();
        (0..len).prop_map(move |at| original[..at].to_vec())
    };
    check(&mut runner(40), cut)?;
    let flip = {
        let original = original.clone();
        vec((0..len, 1..=255_u8), 1..4).prop_map(move |flips| {
            let mut bytes = original.clone();
            flips.iter().for_each(|(at, mask)| bytes[*at] ^= mask);
            bytes
        })
    };
    check(&mut runner(60), flip)?;
    let splice = (0..len, 0..len, 0..len).prop_map(move |(a, b, to)| {
        let piece = original[a.min(b)..a.max(b)].to_vec();
        let mut bytes = original.clone();
        bytes.splice(to..to, piece);
        bytes
    });
    check(&mut runner(30), splice)
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}
