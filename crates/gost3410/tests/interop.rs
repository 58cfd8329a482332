//! Signatures of other implementations: published vectors, and OpenSSL's engine "gost".
//!
//! The vectors lie in the directory that `QOLTANBA_VECTORS` names. What is not installed is
//! reported as ignored.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test fails by panicking and says what it could not do"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use gost3410::{Encoding, ParameterSet, Signature, SigningKey, VerifyingKey};
use libtest_mimic::{Arguments, Failed, Trial};
use streebog::Digest;

fn main() {
    let arguments = Arguments::from_args();
    let vectors = vectors().join("kz/vectors/gost2015_512_kalkan.vectors");
    let vectors_absent = !vectors.is_file();
    if vectors_absent {
        eprintln!("ignored: no {} (set QOLTANBA_VECTORS)", vectors.display());
    }
    let engine_absent = !engine_is_installed();
    if engine_absent {
        eprintln!("ignored: no openssl with an engine \"gost\"");
    }

    let mut trials = vec![
        Trial::test("kalkan_vectors", move || kalkan(&vectors)).with_ignored_flag(vectors_absent),
    ];
    for (name, params, algorithm, set) in [
        ("crypto_pro_a", ParameterSet::CryptoProA, "gost2001", "A"),
        ("crypto_pro_b", ParameterSet::CryptoProB, "gost2001", "B"),
        ("crypto_pro_c", ParameterSet::CryptoProC, "gost2001", "C"),
        ("crypto_pro_xch_a", ParameterSet::CryptoProA, "gost2001", "XA"),
        ("crypto_pro_xch_b", ParameterSet::CryptoProC, "gost2001", "XB"),
        ("tc26_256_a", ParameterSet::Tc26Gost256A, "gost2012_256", "TCA"),
        ("tc26_256_b_is_crypto_pro_a", ParameterSet::CryptoProA, "gost2012_256", "TCB"),
        ("tc26_256_c_is_crypto_pro_b", ParameterSet::CryptoProB, "gost2012_256", "TCC"),
        ("tc26_256_d_is_crypto_pro_c", ParameterSet::CryptoProC, "gost2012_256", "TCD"),
        ("tc26_512_a", ParameterSet::Tc26Gost512A, "gost2012_512", "A"),
        ("tc26_512_b", ParameterSet::Tc26Gost512B, "gost2012_512", "B"),
        ("tc26_512_c", ParameterSet::Tc26Gost512C, "gost2012_512", "C"),
    ] {
        trials.push(
            Trial::test(format!("engine_{name}"), move || engine(name, params, algorithm, set))
                .with_ignored_flag(engine_absent),
        );
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn vectors() -> PathBuf {
    env::var_os("QOLTANBA_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    )
}

/// `name=value` lines: a message, its digest, d, the point big-endian, and the signature.
fn kalkan(path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.ok_or_else(|| Failed::from(format!("no {name} in the vectors")))
    };
    let octets = |name| field(name).map(decode_hex);
    let params = ParameterSet::Tc26Gost512A;

    let digest = octets("digest")?;
    assert_eq!(streebog::Streebog512::digest(field("msg")?)[..], digest);

    let key = SigningKey::from_be_bytes(params, &octets("d")?)?;
    let mut point = [octets("qy")?, octets("qx")?].concat();
    point.reverse();
    assert_eq!(VerifyingKey::from_bytes(params, &point)?, key.verifying_key());

    let signature = octets("sig")?;
    let swapped = Signature::from_bytes(params, Encoding::Rfc, &signature);
    assert!(swapped.is_ok_and(|swapped| key.verifying_key().verify(&digest, &swapped).is_err()));
    let signature = Signature::from_bytes(params, Encoding::Kazakh, &signature)?;
    key.verifying_key().verify(&digest, &signature)?;
    Ok(())
}

fn decode_hex(digits: &str) -> Vec<u8> {
    let octet = |i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(octet).collect()
}

fn engine_is_installed() -> bool {
    Command::new("openssl")
        .args(["engine", "gost"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A key that the engine makes, and a signature each way.
fn engine(name: &str, params: ParameterSet, algorithm: &str, set: &str) -> Result<(), Failed> {
    let directory = env::temp_dir().join(format!("gost3410-{name}-{}", std::process::id()));
    fs::create_dir_all(&directory)?;
    let result = in_directory(&directory, params, algorithm, set);
    fs::remove_dir_all(&directory)?;
    result
}

fn in_directory(
    directory: &Path,
    params: ParameterSet,
    algorithm: &str,
    set: &str,
) -> Result<(), Failed> {
    let openssl = |command: &str| -> Result<(), Failed> {
        let (verb, rest) = command.split_once(' ').ok_or("a command has arguments")?;
        let output = Command::new("openssl")
            .current_dir(directory)
            .arg(verb)
            .args(["-engine", "gost"])
            .args(rest.split(' '))
            .output()?;
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(message.into()) }
    };
    let n = params.field_len();

    openssl(&format!("genpkey -algorithm {algorithm} -pkeyopt paramset:{set} -out key.pem"))?;
    openssl("pkey -in key.pem -outform DER -out key.der")?;
    openssl("pkey -in key.pem -pubout -outform DER -out public.der")?;
    // Both end in the number or the point itself, little-endian.
    let (secret, public) =
        (fs::read(directory.join("key.der"))?, fs::read(directory.join("public.der"))?);
    let key = SigningKey::from_le_bytes(params, &secret[secret.len() - n..])?;
    let theirs = VerifyingKey::from_bytes(params, &public[public.len() - 2 * n..])?;
    assert_eq!(key.verifying_key(), theirs);

    for round in 0..8u8 {
        let digest: Vec<u8> = (0..n as u8).map(|i| i.wrapping_mul(round + 29) ^ round).collect();
        fs::write(directory.join("digest"), &digest)?;

        openssl("pkeyutl -sign -inkey key.pem -in digest -out signature")?;
        let signature = fs::read(directory.join("signature"))?;
        let signature = Signature::from_bytes(params, Encoding::Rfc, &signature)?;
        theirs.verify(&digest, &signature)?;

        // A key that only this crate has seen, under their algorithm identifier.
        let secret: Vec<u8> = (0..n as u8).map(|i| (i ^ round).min(0x3f)).collect();
        let own = SigningKey::from_le_bytes(params, &secret)?;
        let prefix = &public[..public.len() - 2 * n];
        fs::write(directory.join("own.der"), [prefix, &own.verifying_key().to_bytes()].concat())?;
        let verify = "pkeyutl -verify -pubin -keyform DER -inkey own.der -in digest -sigfile own";
        let signature = own.sign(&digest, &[round; 32])?.to_bytes(Encoding::Rfc);
        fs::write(directory.join("own"), &signature)?;
        openssl(verify)?;

        let mut altered = signature.to_vec();
        altered[n / 2] ^= 1;
        fs::write(directory.join("own"), &altered)?;
        assert!(openssl(verify).is_err(), "the engine verified an altered signature");
    }
    Ok(())
}
