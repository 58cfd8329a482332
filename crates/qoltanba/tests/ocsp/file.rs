//! A response that is given as the file.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use qoltanba::{
    Certificate, Question, Report, Verdict, Verifier,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    numbers::Iin,
    report::{EvidenceFacts, EvidenceReport, OcspStatus, Remark, Subjects},
    revocation::OcspResponse,
    verify::{Recognised, recognise},
};
use qoltanba_testkit::{CertId, OcspFault, OcspRefusal, OcspSpec, Reason};

use crate::{
    message::{at, pem, reason},
    scene::{HOUR, NONCE, RSA, Scene},
};

impl Scene {
    /// The verdict on a response, with the certificate that it is meant to be about.
    fn file(&self, answer: &[u8]) -> Report {
        let verifier = self.verifier().with_certificates([self.certificate.clone()]);
        verifier.verify(answer, &Question::at(at())).unwrap()
    }
}

fn evidence(report: &Report) -> &EvidenceReport {
    let Subjects::Evidence(evidence) = &report.subjects else { panic!("{report:?}") };
    evidence
}

fn status(report: &Report) -> Option<OcspStatus> {
    let EvidenceFacts::OcspResponse { status, .. } = evidence(report).facts else {
        panic!("{report:?}")
    };
    status
}

#[test]
fn an_authentic_answer_passes_whatever_it_says() {
    for algorithm in [SignatureAlgorithm::Gost2015_512, SignatureAlgorithm::Gost2004, RSA] {
        let mut scene = Scene::new(algorithm);
        let spec = || OcspSpec::at(at().plus_seconds(-60)).nonce(&NONCE);
        let since = at().plus_seconds(-HOUR);
        let id = scene.id.clone();
        for (spec, code) in [
            (spec().good(id.clone()), "good"),
            (spec().unknown(id.clone()), "unknown"),
            (spec().revoked(id.clone(), since, Some(Reason::KeyCompromise)), "revoked"),
        ] {
            let answer = scene.answer(&spec);
            let report = scene.file(answer.as_der());
            assert_eq!((report.verdict(), reason(&report)), (Verdict::Passed, "none"), "{code}");
            assert_eq!(status(&report).map(OcspStatus::code), Some(code));
            let json = report.to_json(qoltanba::Lang::Kk);
            assert_eq!(json["format"], "ocsp");
            assert_eq!(json["signatures"][0]["facts"]["status"], code);
            // Nobody's signature is in it.
            assert!(report.accepted().next().is_none());
        }
        let answer = scene.answer(&spec().not_issued(id));
        let report = scene.file(answer.as_der());
        assert_eq!(report.verdict(), Verdict::Passed);
        assert!(evidence(&report).remarks.contains(&Remark::NeverIssued));
        // The authority itself answers, and the anchor behind it is told.
        let spec = spec().good(scene.id.clone());
        let own = scene.mint.issuing().answer(&spec, None, &mut scene.rng).unwrap();
        assert_eq!(scene.file(&own).verdict(), Verdict::Passed);
    }
}

#[test]
fn each_defect_is_told() {
    let mut scene = Scene::new(RSA);
    for fault in OcspFault::ALL {
        let expected = match fault {
            OcspFault::BadSignature => (Verdict::Failed, "ocsp_bad_signature"),
            OcspFault::WrongSerial | OcspFault::WrongIssuerHash => {
                (Verdict::Indeterminate, "ocsp_certid_mismatch")
            }
            OcspFault::Stale | OcspFault::FromTheFuture => (Verdict::Indeterminate, "ocsp_stale"),
            // Nobody tells here what was asked.
            OcspFault::WrongNonce => (Verdict::Passed, "none"),
            _ => (Verdict::Indeterminate, "ocsp_unauthorised"),
        };
        let spec = OcspSpec::at(at()).nonce(&NONCE).good(scene.id.clone());
        let answer = scene.answer(&spec.next_update(at().plus_seconds(HOUR)).fault(fault));
        let report = scene.file(answer.as_der());
        assert_eq!((report.verdict(), reason(&report)), expected, "{fault:?}");
    }
    for refusal in OcspRefusal::ALL {
        let report = scene.file(&refusal.to_der());
        let expected = (Verdict::Indeterminate, "ocsp_no_answer");
        assert_eq!((report.verdict(), reason(&report)), expected);
        assert_eq!(status(&report), None);
    }
    let truncated = scene.good(0);
    let truncated = &truncated.as_der()[..200];
    assert_eq!(reason(&scene.file(truncated)), "parse");
}

/// Whoever holds a certificate can write an answer in which he is the issuer of another's.
#[test]
fn a_holder_of_a_certificate_is_no_authority() {
    let mut scene = Scene::new(RSA);
    let victim = scene.mint.issuing().time_stamp_authority(at(), &mut scene.rng).unwrap();
    let (own, key) = (&scene.certificate, &scene.mint.signer.key);
    let sha256 = DigestAlgorithm::Sha256;
    let subject = own.claimed_subject().as_der();
    let id = CertId::of(subject, own.public_key_info(), &victim.serial, sha256).unwrap();
    let spec = OcspSpec::at(at().plus_seconds(-60)).good(id);
    let answer = spec.sign(own.as_der(), key, &mut scene.rng).unwrap();
    let verifier = scene.verifier().with_crls([scene.list()]);
    let victim = Certificate::from_der(&victim.certificate).unwrap();
    for verifier in [verifier.clone(), verifier.with_certificates([victim])] {
        let report = verifier.verify(&answer, &Question::at(at())).unwrap();
        let expected = (Verdict::Indeterminate, "ocsp_certid_mismatch");
        assert_eq!((report.verdict(), reason(&report)), expected);
    }
}

#[test]
fn its_subject_and_issuer_are_looked_for_among_the_certificates() {
    let mut scene = Scene::new(RSA);
    let answer = scene.good(0);
    let question = Question::at(at());
    let judged = |verifier: &Verifier| {
        let report = verifier.verify(answer.as_der(), &question).unwrap();
        (report.verdict(), reason(&report))
    };
    // The issuer alone tells whether it is authentic.
    assert_eq!(judged(&scene.verifier()), (Verdict::Passed, "none"));
    // Of another person's certificate it says nothing.
    let other = Scene::new(SignatureAlgorithm::Gost2004).certificate;
    let mismatch = (Verdict::Indeterminate, "ocsp_certid_mismatch");
    assert_eq!(judged(&scene.verifier().with_certificates([other.clone()])), mismatch);
    let both = scene.verifier().with_certificates([other, scene.certificate.clone()]);
    assert_eq!(judged(&both), (Verdict::Passed, "none"));
    // Without the issuer nobody knows who may answer; the anchor is not its issuer.
    let stranger = Scene::new(SignatureAlgorithm::Gost2015_512).verifier();
    let report = stranger.verify(answer.as_der(), &question).unwrap();
    assert_eq!((report.verdict(), reason(&report)), (Verdict::Indeterminate, "chain_untrusted"));
    assert_eq!(report.missing().count(), 1);
}

#[test]
fn the_authority_behind_it_must_stand_too() {
    let mut scene = Scene::new(RSA);
    let answer = scene.good(0);
    let anchor = Certificate::from_der(&scene.mint.anchor).unwrap();
    let mut trust = qoltanba::TrustStore::empty();
    trust.add(qoltanba::TrustAnchor::from_self_signed(&anchor).unwrap());
    // Nothing tells whether the issuing authority was revoked.
    let verifier = Verifier::new(trust).with_certificates([scene.issuer()]);
    let report = verifier.verify(answer.as_der(), &Question::at(at())).unwrap();
    assert_eq!((report.verdict(), reason(&report)), (Verdict::Indeterminate, "revocation_unknown"));
    // And none of its keys is an anchor by being given.
    let verifier = Verifier::new(qoltanba::TrustStore::empty()).with_certificates([scene.issuer()]);
    let report = verifier.verify(answer.as_der(), &Question::at(at())).unwrap();
    assert_eq!((report.verdict(), reason(&report)), (Verdict::Indeterminate, "chain_untrusted"));
}

#[test]
fn it_is_recognised_by_its_content() {
    let mut scene = Scene::new(RSA);
    let answer = scene.good(0);
    let text = BASE64.encode(answer.as_der());
    for file in [answer.as_der().to_vec(), pem("OCSP RESPONSE", answer.as_der()), text.into()] {
        assert!(matches!(recognise(&file), Some(Recognised::Ocsp(Ok(_)))));
        assert_eq!(scene.file(&file).verdict(), Verdict::Passed);
    }
}

#[test]
fn evidence_signs_no_document() {
    let mut scene = Scene::new(RSA);
    let answer = scene.good(0);
    let verifier = scene.verifier();
    let question = Question::at(at()).with_data(b"a document");
    assert_eq!(reason(&verifier.verify(answer.as_der(), &question).unwrap()), "no_signers");
    let mut question = Question::at(at());
    question.expect_iin = Some("960416161941".parse::<Iin>().unwrap());
    assert_eq!(reason(&verifier.verify(answer.as_der(), &question).unwrap()), "iin_mismatch");
}

/// One bit of every octet: what still passes says the same.
#[test]
fn no_flipped_bit_changes_what_passes() {
    let mut scene = Scene::new(RSA);
    let answer = scene.good(0);
    let mut altered = answer.as_der().to_vec();
    let verifier = scene.verifier().with_certificates([scene.certificate.clone()]);
    let facts = |octets: &[u8]| {
        let report = verifier.verify(octets, &Question::at(at())).ok()?;
        (report.verdict() == Verdict::Passed).then(|| evidence(&report).facts.clone())
    };
    let original = facts(&altered).unwrap();
    let mut passed = 0;
    for at in 0..altered.len() {
        altered[at] ^= 1 << (at % 8);
        if let Some(facts) = facts(&altered) {
            passed += 1;
            assert_eq!(facts, original, "byte {at}");
        }
        altered[at] ^= 1 << (at % 8);
    }
    // Nothing but the parameters of an algorithm is outside every signature.
    assert!(passed <= 4, "{passed} altered copies pass");
    assert!(OcspResponse::from_der(&altered).is_ok());
}
