//! What the tests of messages share: a signer with his authority, and OpenSSL.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::{fs, path::Path, process::Command};

use qoltanba::{
    Certificate, Instant, Limits, Report, TrustAnchor, TrustStore, Verifier,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    revocation::Crl,
    sign::CmsSigner,
};
use qoltanba_testkit::{Mint, SeededRng};

pub(crate) const CONTENT: &[u8] = "Хабарлама: өтінішіңіз қабылданды.\n".as_bytes();

pub(crate) fn at() -> Instant {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub(crate) fn rsa() -> SignatureAlgorithm {
    SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256)
}

pub(crate) fn algorithms() -> [SignatureAlgorithm; 4] {
    [
        SignatureAlgorithm::Gost2015_512,
        SignatureAlgorithm::Gost2015_256,
        SignatureAlgorithm::Gost2004,
        rsa(),
    ]
}

pub(crate) fn mint(algorithm: SignatureAlgorithm) -> Mint {
    Mint::good(algorithm, at(), &mut SeededRng::new(31)).unwrap()
}

/// Believes the signer's authority, and has its lists as far as they can be read.
pub(crate) fn verifier(mint: &Mint) -> Verifier {
    let mut trust = TrustStore::empty();
    let anchor = Certificate::from_der(&mint.anchor).unwrap();
    trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
    let authorities =
        mint.authorities.iter().map(|a| Certificate::from_der(a.certificate()).unwrap());
    Verifier::new(trust)
        .with_certificates(authorities)
        .with_crls(mint.lists.iter().filter_map(|l| Crl::from_der(l).ok()))
}

/// Nothing is short enough to be read into memory at once.
pub(crate) fn streaming(mint: &Mint) -> Verifier {
    verifier(mint).with_limits(Limits { stream_bytes: 0, ..Limits::default() })
}

pub(crate) fn with_signer<T>(
    mint: &Mint,
    detached: bool,
    then: impl FnOnce(CmsSigner<'_>) -> T,
) -> T {
    let certificate = mint.signer_certificate().unwrap();
    let signer = CmsSigner::new(&*mint.signer.key, &certificate).unwrap();
    then(signer.signing_time(at()).detached(detached))
}

pub(crate) fn reason(report: &Report) -> &'static str {
    report.reason().map_or("none", qoltanba::Reason::code)
}

pub(crate) fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

pub(crate) fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n")).into_bytes()
}

pub(crate) fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).output().expect("the openssl command");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {said}");
    output.stdout
}
