//! What answers prove of a certificate.

use proptest::prelude::*;
use qoltanba::{
    Verdict,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    policy::{Policy, Preset},
    revocation::{NonceRule, OcspRequest, OcspResponse, OcspRules, UnknownStatus},
    verdict::Evidence,
};
use qoltanba_testkit::{OcspFault, OcspRefusal, OcspSpec, Reason, ResponderId};

use crate::{
    message::{algorithms, at, reason},
    scene::{HOUR, NONCE, RSA, Scene, moment},
};

const UNKNOWN: (Verdict, &str) = (Verdict::Indeterminate, "revocation_unknown");
const PASSED: (Verdict, &str) = (Verdict::Passed, "none");

fn not(reason: &'static str) -> (Verdict, &'static str) {
    (Verdict::Indeterminate, reason)
}

#[test]
fn a_sound_answer_clears_whoever_of_the_authority_signs_it() {
    for algorithm in algorithms() {
        let mut scene = Scene::new(algorithm);
        assert_eq!(scene.with([]), UNKNOWN, "{algorithm}");
        let spec = || OcspSpec::at(at().plus_seconds(-60));
        let answer = scene.good(60);
        assert_eq!(scene.with([answer]), PASSED, "{algorithm}");
        let by_key = scene.answer(&spec().good(scene.id.clone()).named(ResponderId::ByKey));
        assert_eq!(scene.with([by_key]), PASSED, "{algorithm}");
        let own = spec().good(scene.id.clone());
        let own = scene.mint.issuing().answer(&own, None, &mut scene.rng).unwrap();
        assert_eq!(scene.with([OcspResponse::from_der(&own).unwrap()]), PASSED, "{algorithm}");
        // Every digest by which a certificate can be named names it, those of GOST too.
        use DigestAlgorithm as D;
        for digest in [D::Sha1, D::Sha384, D::Sha512, D::Gost3411, D::Streebog256, D::Streebog512] {
            let id = scene.mint.issuing().certificate_id(&scene.mint.signer.serial, digest);
            let answer = scene.answer(&spec().good(id));
            assert_eq!(scene.with([answer]), PASSED, "{algorithm} {digest}");
        }
        // A responder whose certificate does not come along is known from elsewhere, or not.
        let bare = scene.answer(&spec().good(scene.id.clone()).without_certificate());
        assert_eq!(scene.with([bare.clone()]), not("ocsp_unauthorised"), "{algorithm}");
        let responder = qoltanba::Certificate::from_der(&scene.responder.certificate).unwrap();
        let verifier = scene.verifier().with_certificates([responder]).with_ocsp_responses([bare]);
        assert_eq!(scene.judge(&verifier).verdict(), Verdict::Passed, "{algorithm}");
    }
}

#[test]
fn each_defect_has_its_own_name() {
    let mut scene = Scene::new(SignatureAlgorithm::Gost2015_512);
    for fault in OcspFault::ALL {
        let expected = match fault {
            OcspFault::BadSignature => "ocsp_bad_signature",
            OcspFault::WrongSerial | OcspFault::WrongIssuerHash => "ocsp_certid_mismatch",
            OcspFault::Stale | OcspFault::FromTheFuture => "ocsp_stale",
            OcspFault::WrongNonce => "ocsp_nonce",
            OcspFault::ResponderWithoutUsage
            | OcspFault::SelfSignedResponder
            | OcspFault::ForeignResponder
            | OcspFault::ExpiredResponder
            | OcspFault::ForgedResponder => "ocsp_unauthorised",
            _ => panic!("{fault:?} has no check"),
        };
        let spec = OcspSpec::at(at().plus_seconds(-60)).nonce(&NONCE).good(scene.id.clone());
        let spec = spec.next_update(at().plus_seconds(HOUR)).fault(fault);
        let answer = scene.answer(&spec);
        let request = scene.request().with_nonce(&NONCE).unwrap();
        let answered = answer.clone().answering(request);
        assert_eq!(scene.with([answered.clone()]), not(expected), "{fault:?}");
        // What cannot be believed keeps a list from clearing; what only is out of date does not.
        let vetoed = if expected == "ocsp_stale" { PASSED } else { not(expected) };
        assert_eq!(scene.with_list([answered]), vetoed, "{fault:?}");
        // Among many answers one about another certificate is nothing to this one, and neither is
        // a nonce that nobody sent.
        let unasked = match expected {
            "ocsp_certid_mismatch" | "ocsp_stale" | "ocsp_nonce" => PASSED,
            unsound => not(unsound),
        };
        assert_eq!(scene.with_list([answer]), unasked, "{fault:?}");
    }
    for refusal in OcspRefusal::ALL {
        let refusal = OcspResponse::from_der(&refusal.to_der()).unwrap();
        assert_eq!(scene.with([refusal.clone()]), not("ocsp_no_answer"));
        assert_eq!(scene.with_list([refusal]), PASSED);
    }
}

#[test]
fn an_answer_speaks_of_its_time() {
    let mut scene = Scene::new(RSA);
    for (age, expected) in [
        (-4 * 60, PASSED),
        (-6 * 60, not("ocsp_stale")),
        (27 * HOUR, PASSED),
        (27 * HOUR + 1, not("ocsp_stale")),
    ] {
        let answer = scene.good(age);
        assert_eq!(scene.with([answer]), expected, "{age}");
    }
    let until = |scene: &mut Scene, next: i64| {
        let spec = OcspSpec::at(at().plus_seconds(-40 * HOUR)).good(scene.id.clone());
        let answer = scene.answer(&spec.next_update(at().plus_seconds(next)));
        scene.with([answer])
    };
    assert_eq!(until(&mut scene, 0), PASSED);
    assert_eq!(until(&mut scene, -1), not("ocsp_stale"));
    // One that tells of a revocation to come is out of date like any other.
    for (age, expected) in [(27 * HOUR, PASSED), (27 * HOUR + 1, not("ocsp_stale"))] {
        let spec = OcspSpec::at(at().plus_seconds(-age));
        let spec =
            spec.revoked(scene.id.clone(), at().plus_seconds(HOUR), Some(Reason::Superseded));
        let answer = scene.answer(&spec);
        assert_eq!(scene.with([answer]), expected, "{age}");
    }
    // The rules are the caller's.
    let ocsp = OcspRules { max_age: 60, clock_skew: 0, ..OcspRules::default() };
    let mut policy = Policy::default();
    policy.ocsp = ocsp;
    let verifier = scene.verifier().with_policy(policy);
    for (age, verdict) in
        [(60, Verdict::Passed), (61, Verdict::Indeterminate), (-1, Verdict::Indeterminate)]
    {
        let answer = scene.good(age);
        let report = scene.judge(&verifier.clone().with_ocsp_responses([answer]));
        assert_eq!(report.verdict(), verdict, "{age}");
    }
}

#[test]
fn revoked_wins_whatever_else_there_is() {
    let mut scene = Scene::new(RSA);
    let revoked = (Verdict::Failed, "cert_revoked");
    let say = |scene: &mut Scene, age: i64, reason| {
        let spec = OcspSpec::at(at().plus_seconds(-age));
        scene.answer(&spec.revoked(scene.id.clone(), at().plus_seconds(-HOUR), reason))
    };
    let good = scene.good(60);
    for why in [None, Some(Reason::KeyCompromise), Some(Reason::Superseded)] {
        let answer = say(&mut scene, 30, why);
        assert_eq!(scene.with([answer.clone()]), revoked);
        assert_eq!(scene.with([good.clone(), answer.clone()]), revoked);
        assert_eq!(scene.with_list([answer]), revoked);
        // However old it is.
        let old = say(&mut scene, 9 * 24 * HOUR, why);
        assert_eq!(scene.with_list([old, good.clone()]), revoked);
    }
    // Only a hold is lifted, by what is newer.
    let hold = say(&mut scene, 10 * HOUR, Some(Reason::CertificateHold));
    assert_eq!(scene.with([hold.clone()]), revoked);
    assert_eq!(scene.with([hold, good.clone()]), PASSED);
    let newer = say(&mut scene, 30, Some(Reason::CertificateHold));
    assert_eq!(scene.with([good, newer]), revoked);
    // A forged "revoked" revokes nothing, and leaves nothing proved.
    let spec = OcspSpec::at(at()).revoked(scene.id.clone(), at(), None);
    let forged = scene.answer(&spec.fault(OcspFault::BadSignature));
    assert_eq!(scene.with_list([forged]), not("ocsp_bad_signature"));
}

/// A delegate writes the times of his answers himself, so they do not outlive his certificate.
#[test]
fn an_answer_ends_with_the_delegation() {
    let mut scene = Scene::new(RSA);
    let before = at().plus_seconds(-100 * 24 * HOUR);
    scene.responder = scene.mint.issuing().responder(before, &mut scene.rng).unwrap();
    let later = at().plus_seconds(500 * 24 * HOUR);
    let mut spec = OcspSpec::at(at().plus_seconds(-60)).good(scene.id.clone());
    spec.singles[0].next_update = Some(later);
    let answer = scene.answer(&spec);
    assert_eq!(scene.with([answer.clone()]), PASSED);
    let delegate = qoltanba::Certificate::from_der(&scene.responder.certificate).unwrap();
    let over = delegate.validity().not_after.plus_seconds(1);
    assert!(over < scene.certificate.validity().not_after && over < later);
    let verifier = scene.verifier().with_ocsp_responses([answer]);
    let report =
        verifier.verify(scene.certificate.as_der(), &qoltanba::Question::at(over)).unwrap();
    assert_eq!((report.verdict(), reason(&report)), (Verdict::Indeterminate, "ocsp_stale"));
}

#[test]
fn never_issued_is_told_by_that_name() {
    let mut scene = Scene::new(RSA);
    let answer = scene.answer(&OcspSpec::at(at()).not_issued(scene.id.clone()));
    let report = scene.judge(&scene.verifier().with_ocsp_responses([answer]));
    assert_eq!((report.verdict(), reason(&report)), (Verdict::Failed, "cert_revoked"));
    let text = report.reason().unwrap().text(qoltanba::Lang::En);
    assert!(text.contains("ever issued") && !text.contains("1970"), "{text}");
}

#[test]
fn the_rules_tell_which_evidence_cleared_and_what_the_order_calls_negative() {
    let mut scene = Scene::new(SignatureAlgorithm::Gost2015_512);
    let told = |report: &qoltanba::Report| {
        let json = report.to_json(qoltanba::Lang::En);
        let rules = json["signatures"][0]["rules"].as_array().unwrap().clone();
        let outcome = |number: u64| {
            let rule = rules.iter().find(|rule| rule["number"] == number).unwrap();
            rule["outcome"].as_str().unwrap().to_owned()
        };
        [outcome(9), outcome(10)]
    };
    // The root's list clears the authority, the answer or a list its signer.
    let answer = scene.good(60);
    let report = scene.judge(&scene.verifier().with_ocsp_responses([answer]));
    assert_eq!(told(&report), ["passed", "passed"]);
    let report = scene.judge(&scene.verifier().with_crls([scene.list()]));
    assert_eq!(told(&report), ["passed", "not_applicable"]);
    assert_eq!(report.law(), None);
    let unknown = scene.answer(&OcspSpec::at(at()).unknown(scene.id.clone()));
    let report = scene.judge(&scene.verifier().with_ocsp_responses([unknown]));
    assert_eq!(told(&report), ["not_done", "indeterminate"]);
    assert_eq!(report.law().map(|law| law.clause), Some("500/НҚ p.19.7"));
}

#[test]
fn what_unknown_means_is_for_the_policy() {
    let mut scene = Scene::new(RSA);
    let unknown = scene.answer(&OcspSpec::at(at()).unknown(scene.id.clone()));
    assert_eq!(scene.with([unknown.clone()]), not("ocsp_unknown"));
    // 500/НҚ p.19.7; RFC 6960 §2.2 would have another source asked.
    assert_eq!(scene.with_list([unknown.clone()]), not("ocsp_unknown"));
    assert_eq!(Policy::from(Preset::Kz2026).ocsp.unknown, UnknownStatus::Negative);
    let policy = Policy::from(Preset::Pkix);
    let verifier = scene.verifier().with_policy(policy).with_ocsp_responses([unknown]);
    assert_eq!(reason(&scene.judge(&verifier)), "ocsp_unknown");
    let verifier = verifier.with_crls([scene.list()]);
    assert_eq!(scene.judge(&verifier).verdict(), Verdict::Passed);
}

#[test]
fn what_is_missing_says_whom_to_ask_and_how() {
    let mut scene = Scene::new(SignatureAlgorithm::Gost2015_512);
    let report = scene.judge(&scene.verifier());
    let missing: Vec<&Evidence> = report.missing().collect();
    let [
        Evidence::OcspResponse { addresses, certificate, issuer_key_info, subject, .. },
        Evidence::RevocationList { .. },
    ] = missing.as_slice()
    else {
        panic!("{missing:?}")
    };
    assert!(addresses[0].starts_with("http://"), "{addresses:?}");
    assert_eq!(certificate, &scene.certificate);
    assert_eq!(subject, &scene.certificate.claimed_subject().to_string());
    let request = OcspRequest::new(certificate, issuer_key_info).unwrap();
    assert_eq!(request.with_nonce(&NONCE).unwrap(), scene.request().with_nonce(&NONCE).unwrap());
    let json = report.to_json(qoltanba::Lang::En);
    assert_eq!(json["missing"][0]["kind"], "ocsp_response");
    let answer = scene.good(1);
    let cleared = scene.judge(&scene.verifier().with_ocsp_responses([answer]));
    assert_eq!(cleared.missing().count(), 0);
}

#[test]
fn judged_at_a_later_moment_an_expired_certificate_is_not_cleared() {
    let mut scene = Scene::new(RSA);
    let expired = scene.certificate.validity().not_after.plus_seconds(HOUR);
    scene.responder = scene.mint.issuing().responder(expired, &mut scene.rng).unwrap();
    let answer = scene.answer(&OcspSpec::at(expired).good(scene.id.clone()));
    let question = qoltanba::Question::at(expired);
    let verifier = scene.verifier().with_ocsp_responses([answer]);
    let report = verifier.verify(scene.certificate.as_der(), &question).unwrap();
    let json = report.to_json(qoltanba::Lang::En);
    let checks = json["signatures"][0]["checks"].as_array().unwrap();
    assert!(checks.iter().any(|c| c["reason"] == "ocsp_stale"), "{json}");
}

#[test]
fn rules_have_strict_defaults() {
    let rules = OcspRules::default();
    assert_eq!((rules.unknown, rules.nonce), (UnknownStatus::Negative, NonceRule::Required));
    assert_eq!((rules.max_age, rules.clock_skew), (97_200, 300));
    assert!(moment("2026-11-25T12:00:00Z") == at());
}

/// The law's rules on lists and on answers are told apart, by what told the status.
#[test]
fn the_report_says_which_evidence_told_the_status() {
    let mut scene = Scene::new(RSA);
    let answer = scene.good(60);
    let authority =
        scene.mint.root.certificate_id(scene.mint.issuing().serial(), DigestAlgorithm::Sha256);
    let spec = OcspSpec::at(at().plus_seconds(-60)).good(authority);
    let of_authority = scene.mint.root.answer(&spec, None, &mut scene.rng).unwrap();
    let of_authority = OcspResponse::from_der(&of_authority).unwrap();
    let rules = |verifier: &qoltanba::Verifier| {
        let json = scene.judge(verifier).to_json(qoltanba::Lang::En);
        let rules = json["signatures"][0]["rules"].as_array().unwrap().clone();
        [8, 9].map(|place: usize| rules[place]["outcome"].as_str().unwrap().to_owned())
    };
    let both = scene.verifier().with_ocsp_responses([answer.clone()]);
    assert_eq!(rules(&both), ["passed", "passed"]);
    let lists = scene.verifier().with_crls([scene.list()]);
    assert_eq!(rules(&lists), ["passed", "not_applicable"]);
    let anchor = qoltanba::Certificate::from_der(&scene.mint.anchor).unwrap();
    let mut trust = qoltanba::TrustStore::empty();
    trust.add(qoltanba::TrustAnchor::from_self_signed(&anchor).unwrap());
    let answers = qoltanba::Verifier::new(trust)
        .with_certificates([scene.issuer()])
        .with_ocsp_responses([answer, of_authority]);
    assert_eq!(scene.judge(&answers).verdict(), Verdict::Passed);
    assert_eq!(rules(&answers), ["not_applicable", "passed"]);
}

/// A response names its responder; another key that may answer too did not sign it.
#[test]
fn the_named_responder_must_have_signed() {
    let mut scene = Scene::new(RSA);
    let spec = OcspSpec::at(at()).good(scene.id.clone());
    let key = &scene.responder.key;
    let der = spec.sign(&scene.mint.signer.certificate, key, &mut scene.rng);
    let answer = OcspResponse::from_der(&der.unwrap()).unwrap();
    let responder = qoltanba::Certificate::from_der(&scene.responder.certificate).unwrap();
    let verifier = scene.verifier().with_certificates([responder]).with_ocsp_responses([answer]);
    assert_eq!(reason(&scene.judge(&verifier)), "ocsp_unauthorised");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// No flipped bit turns "revoked" or "unknown" into something that clears.
    #[test]
    fn no_flipped_bit_clears(place in any::<proptest::sample::Index>(), bit in 0..8u8) {
        thread_local! {
            static ANSWERS: (Scene, [Vec<u8>; 2]) = {
                let mut scene = Scene::new(RSA);
                let spec = || OcspSpec::at(at());
                let id = || scene.id.clone();
                let specs = [spec().revoked(id(), at(), None), spec().unknown(id())];
                let answers = specs.map(|spec| scene.answer(&spec).as_der().to_vec());
                (scene, answers)
            };
        }
        ANSWERS.with(|(scene, answers)| {
            for answer in answers {
                let mut altered = answer.clone();
                let at = place.index(altered.len());
                altered[at] ^= 1 << bit;
                if let Ok(altered) = OcspResponse::from_der(&altered) {
                    assert_ne!(scene.with([altered]).0, Verdict::Passed, "byte {at} bit {bit}");
                }
            }
        });
    }
}
