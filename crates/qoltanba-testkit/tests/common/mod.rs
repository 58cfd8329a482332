//! What the tests share: fixed moments, splitting signed structures, OpenSSL as another reader.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may stop and speak")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::LazyLock,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use der::{Any, AnyRef, Decode, Encode, Sequence, asn1::BitString};
use qoltanba::{
    Certificate, Instant,
    algorithm::{DigestAlgorithm, PublicKey, SignatureAlgorithm, SignatureFault, Strength},
};

pub(crate) const GOST: [SignatureAlgorithm; 3] = [
    SignatureAlgorithm::Gost2015_512,
    SignatureAlgorithm::Gost2015_256,
    SignatureAlgorithm::Gost2004,
];
pub(crate) const RSA: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
pub(crate) const ALL: [SignatureAlgorithm; 4] = [GOST[0], GOST[1], GOST[2], RSA];

pub(crate) fn at() -> Instant {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// The present moment: OpenSSL judges the times of answers by its own clock.
pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Instant::from_unix(i64::try_from(since.as_secs()).unwrap())
}

#[derive(Sequence)]
struct Signed {
    tbs: Any,
    algorithm: Any,
    signature: BitString,
}

/// The signed part, the outer algorithm and the signature value of a certificate or list.
pub(crate) fn split(der: &[u8]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let signed = Signed::from_der(der).unwrap();
    let signature = signed.signature.as_bytes().unwrap().to_vec();
    (signed.tbs.to_der().unwrap(), signed.algorithm.to_der().unwrap(), signature)
}

/// The values directly inside a SEQUENCE, each as its DER.
pub(crate) fn inside(der: &[u8]) -> Vec<Vec<u8>> {
    let outer = AnyRef::from_der(der).unwrap();
    let mut rest = outer.value();
    let mut out = Vec::new();
    while !rest.is_empty() {
        let (value, left) = AnyRef::from_der_partial(rest).unwrap();
        out.push(value.to_der().unwrap());
        rest = left;
    }
    out
}

/// Whether `signed` carries a signature by the key of `issuer`.
pub(crate) fn signed_by(signed: &[u8], issuer: &Certificate) -> Result<(), SignatureFault> {
    let (tbs, _, signature) = split(signed);
    let key: &PublicKey = issuer.public_key().unwrap();
    let algorithm = issuer.signature_algorithm().unwrap();
    key.verify(algorithm, &tbs, &signature, Strength::default())
}

/// The OpenSSL command, if there is one. On CI there must be.
pub(crate) fn openssl() -> Option<Command> {
    let command = Command::new("openssl");
    static THERE: LazyLock<bool> = LazyLock::new(|| {
        Command::new("openssl").arg("version").output().is_ok_and(|o| o.status.success())
    });
    if !*THERE {
        assert!(std::env::var_os("CI").is_none(), "CI has no openssl command");
        eprintln!("skipped: there is no openssl command here");
        return None;
    }
    Some(command)
}

/// The OpenSSL command with the GOST engine, if there is one. On CI there must be.
pub(crate) fn openssl_with_gost(dir: &Path) -> Option<Command> {
    let config = "openssl_conf = c\n[c]\nengines = e\n[e]\ngost = g\n[g]\nengine_id = gost\n\
                  default_algorithms = ALL\ninit = 1\n";
    static THERE: LazyLock<bool> = LazyLock::new(|| {
        let tried = Command::new("openssl").args(["engine", "-t", "gost"]).output();
        tried.is_ok_and(|o| String::from_utf8_lossy(&o.stdout).contains("[ available ]"))
    });
    let mut command = openssl()?;
    if !*THERE {
        assert!(std::env::var_os("CI").is_none(), "CI has no GOST engine");
        return Some(command);
    }
    command.env("OPENSSL_CONF", put(dir, "gost.cnf", config.as_bytes()));
    Some(command)
}

pub(crate) fn run(command: &mut Command) -> (bool, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = [stdout, stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).concat();
    (status.success(), text)
}

/// What `openssl x509 -text` or `openssl crl -text` prints.
pub(crate) fn printed(kind: &str, der: &[u8]) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    let file = put(dir.path(), "main.der", der);
    let mut command = openssl()?;
    command.args([kind, "-inform", "DER", "-noout", "-text", "-nameopt", "utf8,-esc_msb", "-in"]);
    let (ok, text) = run(command.arg(file));
    assert!(ok, "{text}");
    Some(text)
}

pub(crate) fn put(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// The same DER as PEM, which `openssl verify` wants.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<_> = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
