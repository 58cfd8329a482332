//! Time stamps, as OpenSSL and the core's keys see them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod common;

use std::{ffi::OsString, fs};

use common::{ALL, GOST, RSA, at, inside, openssl, openssl_with_gost, pem, put, run, signed_by};
use der::{
    Decode as _, Encode as _,
    asn1::{ObjectIdentifier, OctetStringRef},
};
use qoltanba::{
    Certificate,
    algorithm::{DigestAlgorithm, SignatureFault, Strength},
    sign::SigningKey as _,
};
use qoltanba_testkit::{
    CertificateBinding, FailInfo, Imprint, Issued, Mint, Order, SeededRng, TimeStampFault,
    TimeStampPolicy, TimeStampRefusal, TimeStampRequest, TimeStampSpec, time_stamp_response,
};

const DOCUMENT: &[u8] = "ҮЛГІ құжат".as_bytes();
const NONCE: [u8; 4] = [0x12, 0x34, 0x56, 0x78];

struct Scene {
    mint: Mint,
    tsa: Issued,
}

impl Scene {
    fn new(order: &Order, rng: &mut SeededRng) -> Self {
        let mint = Mint::new(order, rng).unwrap();
        let tsa = mint.issuing().time_stamp_authority(order.at, rng).unwrap();
        Self { mint, tsa }
    }

    fn token(&self, spec: &TimeStampSpec, rng: &mut SeededRng) -> Vec<u8> {
        self.mint.issuing().stamp(spec, &self.tsa, rng).unwrap()
    }

    /// What `openssl ts -verify` says of the token as the answer to a request, with the GOST engine.
    fn judged(&self, token: &[u8], request: &TimeStampRequest) -> Option<(bool, String)> {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| put(dir.path(), name, bytes);
        let certificate = |name: &str, der: &[u8]| file(name, pem("CERTIFICATE", der).as_bytes());
        let mut command = openssl_with_gost(dir.path())?;
        command.args(["ts", "-verify", "-attime", &at().unix().to_string(), "-queryfile"]);
        command.arg(file("request.tsq", &request.to_der().unwrap())).arg("-in");
        command.arg(file("answer.tsr", &time_stamp_response(token).unwrap()));
        command.arg("-CAfile").arg(certificate("anchor.pem", &self.mint.anchor));
        let between = [self.mint.issuing().certificate(), &self.tsa.certificate]
            .map(|c| pem("CERTIFICATE", c))
            .concat();
        command.arg("-untrusted").arg(file("between.pem", between.as_bytes()));
        Some(run(&mut command))
    }
}

fn request(digest: DigestAlgorithm) -> TimeStampRequest {
    TimeStampRequest {
        imprint: Imprint::of(digest, DOCUMENT),
        policy: None,
        nonce: Some(NONCE.to_vec()),
        certificate: true,
    }
}

fn spec(digest: DigestAlgorithm) -> TimeStampSpec {
    TimeStampSpec::answering(&request(digest), at())
}

fn oid(der: &[u8]) -> String {
    <ObjectIdentifier>::from_der(der).unwrap().to_string()
}

/// SignedData of a token.
fn signed_data(token: &[u8]) -> Vec<Vec<u8>> {
    inside(&inside(&inside(token)[1])[0])
}

/// What TSTInfo says.
fn info(token: &[u8]) -> Vec<Vec<u8>> {
    let content = inside(&inside(&signed_data(token)[2])[1])[0].clone();
    inside(<&OctetStringRef>::from_der(&content).unwrap().as_bytes())
}

fn embedded(token: &[u8]) -> Vec<Vec<u8>> {
    let data = signed_data(token);
    if data.len() == 5 { inside(&data[3]) } else { Vec::new() }
}

/// SignerInfo.
fn signer(token: &[u8]) -> Vec<Vec<u8>> {
    inside(&inside(signed_data(token).last().unwrap())[0])
}

/// Whether the signed attributes are signed with the key of this certificate, and hold the digest
/// of the content.
fn signed_with(token: &[u8], certificate: &[u8]) -> (Result<(), SignatureFault>, bool) {
    let signer = signer(token);
    let attributes = inside(&signer[3]).concat();
    let signed = der::Any::new(der::Tag::Set, attributes.clone()).unwrap().to_der().unwrap();
    let signature = <&OctetStringRef>::from_der(&signer[5]).unwrap().as_bytes();
    let certificate = Certificate::from_der(certificate).unwrap();
    let algorithm = certificate.signature_algorithm().unwrap();
    let key = certificate.public_key().unwrap();
    let content = inside(&inside(&signed_data(token)[2])[1])[0].clone();
    let digest =
        algorithm.digest().digest(<&OctetStringRef>::from_der(&content).unwrap().as_bytes());
    let held = attributes.windows(digest.len()).any(|w| w == digest);
    (key.verify(algorithm, &signed, signature, Strength::default()), held)
}

#[test]
fn openssl_accepts_every_good_rsa_stamp() {
    let mut rng = SeededRng::new(60);
    let scene = Scene::new(&Order::new(RSA, at()), &mut rng);
    let sha256 = || spec(DigestAlgorithm::Sha256);
    for (what, digest, spec) in [
        ("national", DigestAlgorithm::Sha256, sha256()),
        ("v2", DigestAlgorithm::Sha256, sha256().bound(CertificateBinding::V2)),
        ("both", DigestAlgorithm::Sha256, sha256().bound(CertificateBinding::Both)),
        ("bare", DigestAlgorithm::Sha256, sha256().without_certificate()),
        ("policy", DigestAlgorithm::Sha256, sha256().policy(TimeStampPolicy::Tumar)),
        ("sha1", DigestAlgorithm::Sha1, spec(DigestAlgorithm::Sha1)),
        ("streebog", DigestAlgorithm::Streebog512, spec(DigestAlgorithm::Streebog512)),
        ("gost94", DigestAlgorithm::Gost3411, spec(DigestAlgorithm::Gost3411)),
        ("sha512", DigestAlgorithm::Sha512, spec(DigestAlgorithm::Sha512)),
        (
            "all",
            DigestAlgorithm::Sha256,
            TimeStampSpec {
                accuracy: Some(1),
                ordering: true,
                names_authority: true,
                serial: vec![0x10; 20],
                chain: vec![scene.mint.issuing().certificate().to_vec()],
                ..sha256()
            },
        ),
    ] {
        let token = scene.token(&spec, &mut rng);
        let request = TimeStampRequest { certificate: spec.certificate, ..request(digest) };
        let Some((ok, text)) = scene.judged(&token, &request) else { return };
        assert!(ok && text.contains("Verification: OK"), "{what}: {text}");
    }
}

#[test]
fn openssl_refuses_each_defect_for_its_reason() {
    let mut rng = SeededRng::new(61);
    let scene = Scene::new(&Order::new(RSA, at()), &mut rng);
    for fault in TimeStampFault::ALL {
        let reason = match fault {
            TimeStampFault::ImprintMismatch => "message imprint mismatch",
            TimeStampFault::BadSignature => "signature failure",
            TimeStampFault::ContentMismatch => "digest failure",
            TimeStampFault::WrongNonce => "nonce mismatch",
            TimeStampFault::OtherCertificate => "ess cert id not found",
            TimeStampFault::NoUsage
            | TimeStampFault::UsageNotCritical
            | TimeStampFault::UsageNotSole => "unsuitable certificate purpose",
            TimeStampFault::ForeignAuthority => "unable to get local issuer certificate",
            TimeStampFault::ExpiredAuthority => "certificate has expired",
            // OpenSSL has no clock for genTime.
            TimeStampFault::FromTheFuture => "verification: ok",
            _ => panic!("{fault:?} has no check"),
        };
        let token = scene.token(&spec(DigestAlgorithm::Sha256).fault(fault), &mut rng);
        let request = request(DigestAlgorithm::Sha256);
        let Some((ok, text)) = scene.judged(&token, &request) else { return };
        assert_eq!(ok, fault == TimeStampFault::FromTheFuture, "{fault:?}: {text}");
        assert!(text.to_lowercase().contains(reason), "{fault:?}: {text}");
    }
    let absent = spec(DigestAlgorithm::Sha256).bound(CertificateBinding::Absent);
    let token = scene.token(&absent, &mut rng);
    let (ok, text) = scene.judged(&token, &request(DigestAlgorithm::Sha256)).unwrap();
    assert!(!ok, "{text}");
}

/// OpenSSL has no name for the algorithms of Kazakhstan, with or without the GOST engine; it
/// prints the tokens, and the core's keys judge the signature.
#[test]
fn national_stamps_are_signed_by_their_authority_and_repeat() {
    let digests = [
        DigestAlgorithm::Gost3411,
        DigestAlgorithm::Streebog256,
        DigestAlgorithm::Streebog512,
        DigestAlgorithm::Sha256,
        DigestAlgorithm::Sha1,
    ];
    for algorithm in ALL {
        let mut rng = SeededRng::new(62);
        let scene = Scene::new(&Order::new(algorithm, at()), &mut rng);
        let issuer = Certificate::from_der(scene.mint.issuing().certificate()).unwrap();
        for digest in digests {
            let token = scene.token(&spec(digest), &mut rng);
            let certificate = &scene.tsa.certificate;
            assert_eq!(signed_with(&token, certificate), (Ok(()), true), "{algorithm} {digest}");
            assert_eq!(embedded(&token), std::slice::from_ref(certificate));
            let value = digest.digest(DOCUMENT);
            assert_eq!(inside(&info(&token)[2])[1][2..], value, "{digest}");
            assert_eq!(info(&token)[5], [&[2, 4], &NONCE[..]].concat());
        }
        let digest = algorithm.digest();
        for fault in TimeStampFault::ALL {
            let token = scene.token(&spec(digest).fault(fault), &mut rng);
            let certificate = embedded(&token)[0].clone();
            let (signed, held) = signed_with(&token, &certificate);
            assert_eq!(signed.is_ok(), fault != TimeStampFault::BadSignature, "{fault:?}");
            assert_eq!(held, fault != TimeStampFault::ContentMismatch, "{fault:?}");
            let own = fault != TimeStampFault::ForeignAuthority;
            assert_eq!(signed_by(&certificate, &issuer).is_ok(), own, "{fault:?}");
            let later = info(&token)[4] == b"\x18\x0f20261123120000Z";
            assert_eq!(later, fault == TimeStampFault::FromTheFuture, "{fault:?}");
        }
        if algorithm == RSA {
            continue;
        }
        let token = scene.token(&spec(digest), &mut rng);
        let mut rng = SeededRng::new(62);
        let again = Scene::new(&Order::new(algorithm, at()), &mut rng);
        let same = scene.tsa.key.public_key_info() == again.tsa.key.public_key_info();
        assert!(same && info(&again.token(&spec(digest), &mut rng)) == info(&token));
        if let Some((ok, text)) = scene.judged(&token, &request(digest)) {
            assert!(!ok, "OpenSSL can do it: {text}");
        }
    }
}

/// The attributes of a national token (kz-pki §6), in the order of DER.
#[test]
fn stamps_look_like_those_of_the_national_authority() {
    let mut rng = SeededRng::new(63);
    for (algorithm, policy) in [
        (GOST[2], TimeStampPolicy::Gost2004),
        (RSA, TimeStampPolicy::Rsa),
        (GOST[0], TimeStampPolicy::Gost2015),
    ] {
        let scene = Scene::new(&Order::new(algorithm, at()), &mut rng);
        let token = scene.token(&spec(algorithm.digest()), &mut rng);
        let attributes: Vec<_> =
            inside(&signer(&token)[3]).iter().map(|a| oid(&inside(a)[0])).collect();
        assert_eq!(
            attributes,
            [
                "1.2.840.113549.1.9.3",
                "1.2.840.113549.1.9.5",
                "1.2.840.113549.1.9.16.2.12",
                "1.2.840.113549.1.9.4"
            ]
        );
        assert_eq!(oid(&info(&token)[1]), policy.oid());
        assert_eq!(info(&token).len(), 6, "no accuracy, ordering or name");
        let dir = tempfile::tempdir().unwrap();
        let answer = put(dir.path(), "a.tsr", &time_stamp_response(&token).unwrap());
        let Some(mut command) = openssl() else { continue };
        let (ok, text) = run(command.args(["ts", "-reply", "-text", "-in"]).arg(answer));
        assert!(ok && text.contains(policy.oid()), "{text}");
        assert!(text.contains("Nov 22 12:00:00 2026 GMT"), "{text}");
    }
}

/// The engine's default for the older digest is the parameter set of CryptoPro, so it has no word
/// on the national one.
#[test]
fn gost_imprints_are_those_of_the_engine() {
    let mut rng = SeededRng::new(64);
    let scene = Scene::new(&Order::new(GOST[0], at()), &mut rng);
    let dir = tempfile::tempdir().unwrap();
    let document = put(dir.path(), "a.txt", DOCUMENT);
    for (digest, name) in [
        (DigestAlgorithm::Streebog256, "-md_gost12_256"),
        (DigestAlgorithm::Streebog512, "-md_gost12_512"),
    ] {
        let Some(mut command) = openssl_with_gost(dir.path()) else { return };
        let (ok, text) = run(command.args(["dgst", "-r", name]).arg(&document));
        if !ok && std::env::var_os("CI").is_none() {
            continue;
        }
        let value = inside(&info(&scene.token(&spec(digest), &mut rng))[2])[1][2..].to_vec();
        let value: String = value.iter().map(|o| format!("{o:02x}")).collect();
        assert!(ok && text.starts_with(&value), "{text}");
    }
}

#[test]
fn refusals_say_which() {
    let dir = tempfile::tempdir().unwrap();
    for why in FailInfo::ALL {
        let refusal = TimeStampRefusal::because(why).to_der().unwrap();
        let answer = put(dir.path(), "a.tsr", &refusal);
        let Some(mut command) = openssl() else { return };
        let (_, text) = run(command.args(["ts", "-reply", "-text", "-in"]).arg(answer));
        let word = match why {
            FailInfo::BadAlg => "unrecognized or unsupported algorithm",
            FailInfo::BadRequest => "transaction not permitted",
            FailInfo::BadDataFormat => "data submitted has the wrong format",
            FailInfo::TimeNotAvailable => "time source is not available",
            FailInfo::UnacceptedPolicy => "policy is not supported",
            FailInfo::UnacceptedExtension => "extension is not supported",
            FailInfo::AddInfoNotAvailable => "information requested could not be understood",
            FailInfo::SystemFailure => "system failure",
        };
        assert!(text.contains("Status: Rejected.") && text.contains(word), "{why:?}: {text}");
        assert!(text.contains("TST info:\nNot included."), "{text}");
    }
}

#[test]
fn requests_of_openssl_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let document = put(dir.path(), "a.txt", DOCUMENT);
    let out = dir.path().join("a.tsq");
    for (words, policy, nonce, certificate) in [
        (&["-sha256", "-cert"][..], None, true, true),
        (
            &["-sha256", "-no_nonce", "-tspolicy", "1.2.398.3.3.2.6.2"],
            Some("1.2.398.3.3.2.6.2"),
            false,
            false,
        ),
    ] {
        let Some(mut command) = openssl() else { return };
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        command.args(["ts", "-query", "-data"]).arg(&document).args(words);
        let (ok, text) = run(command.arg("-out").arg(&out));
        assert!(ok, "{text}");
        let request = TimeStampRequest::from_der(&fs::read(&out).unwrap()).unwrap();
        assert_eq!(request.imprint, Imprint::of(DigestAlgorithm::Sha256, DOCUMENT));
        assert_eq!(request.policy.as_deref(), policy);
        assert_eq!((request.nonce.is_some(), request.certificate), (nonce, certificate));
        assert_eq!(TimeStampRequest::from_der(&request.to_der().unwrap()).unwrap(), request);
    }
}
