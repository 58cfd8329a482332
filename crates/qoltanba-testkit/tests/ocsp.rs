//! Answers about the status of certificates, as OpenSSL and the core's keys see them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod common;

use common::{
    ALL, GOST, RSA, at, inside, now, openssl, openssl_with_gost, pem, put, run, signed_by,
};
use der::{Decode as _, Encode as _, asn1::OctetStringRef};
use qoltanba::{
    Certificate, Instant,
    algorithm::{DigestAlgorithm, SignatureFault},
};
use qoltanba_testkit::{
    CertId, Issued, Mint, OcspFault, OcspRefusal, OcspRequest, OcspSpec, Order, Reason,
    ResponderId, SeededRng,
};

const NONCE: [u8; 8] = [0x15, 0x7b, 0x28, 0xfd, 0x1a, 0xc7, 0x76, 0x1e];
const DAY: i64 = 86_400;

struct Scene {
    mint: Mint,
    responder: Issued,
    id: CertId,
}

impl Scene {
    fn new(order: &Order, digest: DigestAlgorithm, rng: &mut SeededRng) -> Self {
        let mint = Mint::new(order, rng).unwrap();
        let responder = mint.issuing().responder(order.at, rng).unwrap();
        let id = mint.issuing().certificate_id(&mint.signer.serial, digest);
        Self { mint, responder, id }
    }

    fn answer(&self, spec: &OcspSpec, rng: &mut SeededRng) -> Vec<u8> {
        self.mint.issuing().answer(spec, Some(&self.responder), rng).unwrap()
    }

    /// What `openssl ocsp` says of an answer about the signer's certificate.
    fn judged(&self, answer: &[u8], digest: &str) -> Option<(bool, String)> {
        self.judged_as(answer, digest, true)
    }

    /// With a certificate OpenSSL makes a request of its own, so only an answer to no certificate
    /// is held against the nonce of ours.
    fn judged_as(&self, answer: &[u8], digest: &str, named: bool) -> Option<(bool, String)> {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| put(dir.path(), name, bytes);
        let certificate = |name: &str, der: &[u8]| file(name, pem("CERTIFICATE", der).as_bytes());
        let request = OcspRequest { ids: vec![self.id.clone()], nonce: Some(NONCE.to_vec()) };
        let request = file("request.der", &request.to_der().unwrap());
        let issuer = certificate("issuer.pem", self.mint.issuing().certificate());
        let mut command = openssl_with_gost(dir.path())?;
        command.args(["ocsp", "-no_nonce", "-issuer"]).arg(&issuer);
        let signer = certificate("signer.pem", &self.mint.signer.certificate);
        if named {
            command.args([digest, "-cert"]).arg(signer);
        } else {
            command.arg("-reqin").arg(request);
        }
        command.arg("-respin").arg(file("answer.der", answer));
        command.arg("-CAfile").arg(certificate("anchor.pem", &self.mint.anchor));
        command.arg("-verify_other").arg(&issuer);
        Some(run(&mut command))
    }
}

/// The parts of BasicOCSPResponse.
fn basic(answer: &[u8]) -> Vec<Vec<u8>> {
    let outer = inside(answer);
    assert_eq!(outer[0], [0x0a, 1, 0]);
    let bytes = inside(&inside(&outer[1])[0]);
    let basic = <&OctetStringRef>::from_der(&bytes[1]).unwrap().as_bytes();
    inside(basic)
}

/// Whether the answer is signed with the key of this certificate.
fn answered_by(answer: &[u8], certificate: &[u8]) -> Result<(), SignatureFault> {
    let parts = basic(answer);
    let signed = der::Any::new(der::Tag::Sequence, parts[..3].concat()).unwrap();
    signed_by(&signed.to_der().unwrap(), &Certificate::from_der(certificate).unwrap())
}

#[test]
fn openssl_reads_every_status_and_believes_it() {
    let mut rng = SeededRng::new(50);
    let scene = Scene::new(&Order::new(RSA, now()), DigestAlgorithm::Sha256, &mut rng);
    let since = "2026-03-04T05:06:07Z".parse::<Instant>().unwrap();
    let spec = || OcspSpec::at(now().plus_seconds(-60)).nonce(&NONCE);
    let id = || scene.id.clone();
    let compromised = Some(Reason::KeyCompromise);
    for (spec, words) in [
        (spec().good(id()), vec!["signer.pem: good"]),
        (spec().good(id()).next_update(now().plus_seconds(DAY)), vec!["good", "Next Update"]),
        (spec().good(id()).named(ResponderId::ByKey), vec!["signer.pem: good"]),
        (
            spec().revoked(id(), since, compromised),
            vec!["signer.pem: revoked", "Reason: keyCompromise", "Mar  4 05:06:07 2026"],
        ),
        (spec().revoked(id(), since, None), vec!["signer.pem: revoked"]),
        (
            spec().not_issued(id()),
            vec!["signer.pem: revoked", "certificateHold", "Jan  1 00:00:00 1970"],
        ),
        (spec().unknown(id()), vec!["signer.pem: unknown"]),
    ] {
        let answer = scene.answer(&spec, &mut rng);
        let Some((ok, text)) = scene.judged(&answer, "-sha256") else { return };
        assert!(ok && text.contains("Response verify OK"), "{text}");
        let (ok, nonce) = scene.judged_as(&answer, "-sha256", false).unwrap();
        assert!(ok && !nonce.to_lowercase().contains("nonce"), "{nonce}");
        words.iter().for_each(|w| assert!(text.contains(w), "{w}: {text}"));
    }
}

#[test]
fn openssl_believes_the_authority_itself_and_old_identifiers() {
    let mut rng = SeededRng::new(51);
    let scene = Scene::new(&Order::new(RSA, now()), DigestAlgorithm::Sha1, &mut rng);
    let spec = OcspSpec::at(now().plus_seconds(-60)).nonce(&NONCE).good(scene.id.clone());
    let answer = scene.mint.issuing().answer(&spec, None, &mut rng).unwrap();
    let Some((ok, text)) = scene.judged(&answer, "-sha1") else { return };
    assert!(ok && text.contains("Response verify OK") && text.contains(": good"), "{text}");
}

#[test]
fn openssl_refuses_each_defect_for_its_reason() {
    let mut rng = SeededRng::new(52);
    let scene = Scene::new(&Order::new(RSA, now()), DigestAlgorithm::Sha256, &mut rng);
    for fault in OcspFault::ALL {
        let reason = match fault {
            OcspFault::BadSignature => "signature failure",
            OcspFault::WrongSerial | OcspFault::WrongIssuerHash => "No Status found",
            OcspFault::Stale => "status expired",
            OcspFault::FromTheFuture => "status not yet valid",
            OcspFault::WrongNonce => "Nonce Verify error",
            OcspFault::ResponderWithoutUsage => "missing ocspsigning usage",
            OcspFault::SelfSignedResponder => "self-signed certificate",
            OcspFault::ForeignResponder => "unable to get local issuer certificate",
            OcspFault::ExpiredResponder => "certificate has expired",
            OcspFault::ForgedResponder => "signature failure",
            _ => panic!("{fault:?} has no check"),
        };
        let spec = OcspSpec::at(now().plus_seconds(-60)).nonce(&NONCE).good(scene.id.clone());
        let spec = spec.next_update(now().plus_seconds(DAY)).fault(fault);
        let answer = scene.answer(&spec, &mut rng);
        let named = fault != OcspFault::WrongNonce;
        let Some((_, text)) = scene.judged_as(&answer, "-sha256", named) else { return };
        let word = text.to_lowercase().contains(&reason.to_lowercase());
        assert!(word, "{fault:?}: {text}");
        // The rest of the answer is right.
        let signed = answered_by(&answer, &scene.responder.certificate).is_ok();
        assert_eq!(signed, fault != OcspFault::BadSignature, "{fault:?}");
    }
    for refusal in OcspRefusal::ALL {
        let (ok, text) = scene.judged(&refusal.to_der(), "-sha256").unwrap();
        let name = format!("{refusal:?}").to_lowercase();
        assert!(!ok && text.to_lowercase().contains(&name), "{text}");
    }
}

/// OpenSSL has no name for the algorithms of Kazakhstan, with or without the GOST engine: it says
/// so, and the core's keys judge the signature instead.
#[test]
fn national_answers_are_signed_by_the_responder_and_repeat() {
    for algorithm in ALL {
        let mut rng = SeededRng::new(53);
        let order = Order::new(algorithm, at());
        let scene = Scene::new(&order, DigestAlgorithm::Sha256, &mut rng);
        let spec = OcspSpec::at(at()).nonce(&NONCE).good(scene.id.clone());
        let answer = scene.answer(&spec, &mut rng);
        assert_eq!(answered_by(&answer, &scene.responder.certificate), Ok(()), "{algorithm}");
        let own = scene.mint.issuing().answer(&spec, None, &mut rng).unwrap();
        assert_eq!(answered_by(&own, scene.mint.issuing().certificate()), Ok(()), "{algorithm}");
        assert_eq!(basic(&own).len(), 3, "nobody's certificate");
        let bare = scene.answer(&spec.clone().without_certificate(), &mut rng);
        assert_eq!((basic(&answer).len(), basic(&bare).len()), (4, 3));
        for fault in OcspFault::ALL {
            let answer = scene.answer(&spec.clone().fault(fault), &mut rng);
            let embedded = inside(&inside(&basic(&answer)[3])[0])[0].clone();
            let signed = answered_by(&answer, &embedded);
            assert_eq!(signed.is_ok(), fault != OcspFault::BadSignature, "{algorithm} {fault:?}");
            let certificate = Certificate::from_der(&embedded).unwrap();
            let issuer = Certificate::from_der(scene.mint.issuing().certificate()).unwrap();
            let own = !matches!(
                fault,
                OcspFault::SelfSignedResponder
                    | OcspFault::ForeignResponder
                    | OcspFault::ForgedResponder
            );
            assert_eq!(signed_by(&embedded, &issuer).is_ok(), own, "{algorithm} {fault:?}");
            let named = certificate.issuer() == issuer.claimed_subject();
            assert_eq!(named, own || fault == OcspFault::ForgedResponder, "{fault:?}");
        }
        if algorithm == RSA {
            continue;
        }
        let mut rng = SeededRng::new(53);
        let again = Scene::new(&order, DigestAlgorithm::Sha256, &mut rng);
        assert_eq!(again.answer(&spec, &mut rng), answer, "{algorithm}");
        if let Some((ok, text)) = scene.judged(&answer, "-sha256") {
            assert!(!ok || !text.contains("Response verify OK"), "OpenSSL can do it: {text}");
        }
    }
}

#[test]
fn requests_of_openssl_are_read() {
    let mut rng = SeededRng::new(54);
    let scene = Scene::new(&Order::new(GOST[0], at()), DigestAlgorithm::Sha256, &mut rng);
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, der: &[u8]| put(dir.path(), name, pem("CERTIFICATE", der).as_bytes());
    let issuer = file("issuer.pem", scene.mint.issuing().certificate());
    let signer = file("signer.pem", &scene.mint.signer.certificate);
    let out = dir.path().join("request.der");
    for (option, digest) in [("-sha256", DigestAlgorithm::Sha256), ("-sha1", DigestAlgorithm::Sha1)]
    {
        for nonce in ["-nonce", "-no_nonce"] {
            let Some(mut command) = openssl() else { return };
            command.args(["ocsp", nonce, option, "-issuer"]).arg(&issuer).arg("-cert").arg(&signer);
            let (ok, text) = run(command.arg("-reqout").arg(&out));
            assert!(ok, "{text}");
            let request = OcspRequest::from_der(&std::fs::read(&out).unwrap()).unwrap();
            let id = scene.mint.issuing().certificate_id(&scene.mint.signer.serial, digest);
            assert_eq!(request.ids, [id]);
            assert_eq!(request.nonce.is_some(), nonce == "-nonce");
            assert_eq!(OcspRequest::from_der(&request.to_der().unwrap()).unwrap(), request);
        }
    }
}

#[test]
fn answers_speak_of_several_certificates() {
    let mut rng = SeededRng::new(55);
    let scene = Scene::new(&Order::new(GOST[2], at()), DigestAlgorithm::Sha256, &mut rng);
    let other = scene.mint.issuing().certificate_id(&[0x20], DigestAlgorithm::Sha1);
    let spec = OcspSpec::at(at()).good(scene.id.clone()).unknown(other);
    let data = inside(&basic(&scene.answer(&spec, &mut rng))[0]);
    let singles = inside(&data[2]);
    let status: Vec<_> = singles.iter().map(|s| inside(s)[1].clone()).collect();
    assert_eq!(status, [[0x80, 0], [0x82, 0]]);
    assert!(singles.iter().all(|s| inside(s).len() == 3), "a nextUpdate");
}
