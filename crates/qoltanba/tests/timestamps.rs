//! Time stamps on messages and XML documents and on their own: made by the test kit and by
//! OpenSSL, put on here, judged here and by OpenSSL.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "common/message.rs"]
mod message;
#[path = "timestamps/peers.rs"]
mod peers;
#[path = "timestamps/scene.rs"]
mod scene;
#[path = "timestamps/xml.rs"]
mod xml;

use message::{CONTENT, algorithms, at, reason, rsa};
use qoltanba::{
    Conclusion, Instant, Lang, Limits, Question, Verdict,
    algorithm::SignatureAlgorithm,
    report::{EvidenceFacts, Format, SignatureLevel, SigningTime, Subjects, TimeStampKind},
    request::{
        Admission, Profile, RefusalReason, RequestAnswer, RequestCheck, RequestKey, RequestQuestion,
    },
    sign::add_time_stamp,
    timestamp::{TimeStampFault as Fault, TimeStampRequest, TimeStampResponse, TimeStampToken},
};
use qoltanba_testkit::{
    CertificateBinding, CrlSpec, FailInfo, Reason, Revoked, TimeStampFault, TimeStampRefusal,
    TimeStampSpec,
};
use scene::{Scene, replaced, signature_value};

const DAY: i64 = 86_400;

fn days(count: i64) -> Instant {
    at().plus_seconds(count * DAY)
}

/// When things are stamped: ten days before the moment of check.
fn stamped() -> Instant {
    days(-10)
}

#[test]
fn a_time_stamp_sets_the_moment_for_every_key() {
    for algorithm in algorithms() {
        let mut scene = Scene::new(algorithm, 1);
        let message = scene.sign();
        let plain = scene.judge(&message);
        assert_eq!(plain.verdict(), Verdict::Passed, "{algorithm}: {}", reason(&plain));
        let before = &plain.signatures()[0];
        assert_eq!(before.time, SigningTime::Given(at()));
        assert_eq!(before.confirmed_level, Some(SignatureLevel::B));

        let message = scene.stamp(&message, stamped());
        let report = scene.judge(&message);
        assert_eq!(report.verdict(), Verdict::Passed, "{algorithm}: {}", reason(&report));
        let signature = &report.signatures()[0];
        assert_eq!(signature.time, SigningTime::Proven(stamped()));
        assert_eq!(signature.claimed_level, SignatureLevel::T);
        assert_eq!(signature.confirmed_level, Some(SignatureLevel::T));
        let json = report.to_json(Lang::En);
        let json = &json["signatures"][0];
        assert_eq!(json["proven_time"], stamped().to_string());
        assert_eq!(json["time_source"], "time_stamp");
        assert_eq!(json["time_stamps"][0]["verdict"], "passed");
        assert_eq!(json["time_stamps"][0]["gen_time"], stamped().to_string());
        assert!(json["time_stamps"][0]["authority"].as_str().unwrap().contains("CN="));
        // As a stream, it gets the same report.
        let limits = Limits { stream_bytes: 0, ..Limits::default() };
        let long = scene.verifier().with_limits(limits);
        let streamed = long.verify_stream(&mut &message[..], None, &Question::at(at())).unwrap();
        assert_eq!(streamed, report);
    }
}

#[test]
fn each_defect_of_a_token_has_its_reason() {
    let mut scene = Scene::new(rsa(), 2);
    let message = scene.sign();
    let request = scene.request(&message);
    let spec = TimeStampSpec::answering(&scene.kit_request(&request), stamped());
    let good = scene.token(&spec);
    let message = add_time_stamp(&message, 0, &good).unwrap();
    for fault in TimeStampFault::ALL {
        let mut spec = spec.clone().fault(fault);
        if fault == TimeStampFault::FromTheFuture {
            spec.gen_time = at();
        }
        let token = scene.token(&spec);
        let (wanted, verdict, alone) = match fault {
            TimeStampFault::ImprintMismatch => {
                ("tst_imprint_mismatch", Verdict::Failed, "tst_imprint_mismatch")
            }
            TimeStampFault::BadSignature => ("tst_bad_signature", Verdict::Failed, "signature_bad"),
            TimeStampFault::ContentMismatch => {
                ("tst_bad_signature", Verdict::Failed, "content_digest_mismatch")
            }
            TimeStampFault::OtherCertificate => {
                ("tst_bad_signature", Verdict::Failed, "ess_cert_mismatch")
            }
            TimeStampFault::FromTheFuture => {
                ("tst_from_future", Verdict::Failed, "tst_from_future")
            }
            TimeStampFault::NoUsage
            | TimeStampFault::UsageNotCritical
            | TimeStampFault::UsageNotSole => {
                ("tst_purpose", Verdict::Indeterminate, "tst_purpose")
            }
            TimeStampFault::ForeignAuthority => {
                ("tst_untrusted", Verdict::Indeterminate, "chain_untrusted")
            }
            TimeStampFault::ExpiredAuthority => {
                ("tst_untrusted", Verdict::Indeterminate, "cert_expired")
            }
            // A signature knows nothing of the request.
            TimeStampFault::WrongNonce => ("none", Verdict::Passed, "none"),
            other => panic!("{other:?}: which reason is right?"),
        };
        let stamped = replaced(&message, &good, &token);
        let report = scene.judge(&stamped);
        assert_eq!((reason(&report), report.verdict()), (wanted, verdict), "{fault:?}");
        let signature = &report.signatures()[0];
        if verdict != Verdict::Passed {
            assert_eq!(signature.time, SigningTime::Given(at()), "{fault:?}");
            assert_eq!(signature.confirmed_level, None, "{fault:?}");
            assert_eq!(signature.time_stamps[0].conclusion.verdict(), verdict, "{fault:?}");
        }
        // On its own, asked about what it should be of.
        let value = signature_value(&message);
        let question = Question::at(at()).with_data(&value);
        let report = scene.verifier().verify(token.as_der(), &question).unwrap();
        assert_eq!(report.format, Format::TimeStamp);
        assert_eq!(reason(&report), alone, "{fault:?} alone");
    }
}

#[test]
fn a_token_must_name_its_certificate_by_any_version() {
    let mut scene = Scene::new(rsa(), 3);
    let message = scene.sign();
    for (binding, wanted) in [
        (CertificateBinding::V1, "none"),
        (CertificateBinding::V2, "none"),
        (CertificateBinding::Both, "none"),
        (CertificateBinding::Absent, "tst_untrusted"),
    ] {
        let stamped = scene.stamp_as(&message, |spec| spec.bound(binding));
        assert_eq!(reason(&scene.judge(&stamped)), wanted, "{binding:?}");
    }
    // Its certificate may come from elsewhere; without any, nothing is established.
    let bare = scene.stamp_as(&message, TimeStampSpec::without_certificate);
    let report = scene.judge(&bare);
    assert_eq!((reason(&report), report.verdict()), ("tst_untrusted", Verdict::Indeterminate));
    assert!(report.missing().next().is_some());
    let tsa = qoltanba::Certificate::from_der(&scene.tsa.certificate).unwrap();
    let report = scene.verifier().with_certificates([tsa]).verify(&bare, &Question::at(at()));
    assert_eq!(report.unwrap().verdict(), Verdict::Passed);
    // The name in a token must be the one in the certificate.
    let named = scene.stamp_as(&message, |spec| TimeStampSpec { names_authority: true, ..spec });
    assert_eq!(reason(&scene.judge(&named)), "none");
}

#[test]
fn what_came_after_the_proven_time_counts_by_its_reason() {
    let revoked = |when: i64, why: Option<Reason>, since: Option<i64>| {
        move |serial: &[u8]| {
            let mut entry = Revoked::new(serial, days(when));
            entry.reason = why;
            entry.invalid_since = since.map(days);
            entry
        }
    };
    let mut scene = Scene::new(rsa(), 4);
    let plain = scene.sign();
    let message = scene.stamp(&plain, stamped());
    use Reason::{CaCompromise, KeyCompromise, Superseded};
    for (when, why, since, wanted) in [
        (-5, Some(Superseded), None, "none"),
        (-15, Some(Superseded), None, "cert_revoked"),
        (-5, Some(KeyCompromise), None, "none"),
        (-5, Some(KeyCompromise), Some(-8), "none"),
        (-5, Some(KeyCompromise), Some(-12), "cert_revoked"),
        (-5, Some(CaCompromise), None, "cert_revoked"),
        (-5, None, None, "cert_revoked"),
    ] {
        scene.revoke(&[revoked(when, why, since)(&scene.mint.signer.serial)]);
        assert_eq!(reason(&scene.judge(&message)), wanted, "signer {when} {why:?} {since:?}");
        assert_eq!(reason(&scene.judge(&plain)), "cert_revoked", "without a time stamp");
    }
    // Who has the key of the authority writes the time, so dates do not help there.
    for (when, why, since, wanted) in [
        (-5, Some(Superseded), None, "none"),
        (-15, Some(Superseded), None, "tst_untrusted"),
        (-5, Some(KeyCompromise), Some(-8), "tst_untrusted"),
        (-5, None, None, "tst_untrusted"),
    ] {
        scene.revoke(&[revoked(when, why, since)(&scene.tsa.serial)]);
        let report = scene.judge(&message);
        assert_eq!(reason(&report), wanted, "authority {when} {why:?} {since:?}");
        assert_eq!(report.signatures()[0].time == SigningTime::Proven(stamped()), wanted == "none");
    }
}

#[test]
fn a_signature_outlives_its_certificate_when_its_time_is_proven() {
    let mut scene = Scene::new(rsa(), 5);
    let plain = scene.sign();
    let message = scene.stamp(&plain, stamped());
    let later = days(400);
    let judge = |scene: &Scene, message: &[u8]| {
        scene.verifier().verify(message, &Question::at(later)).unwrap()
    };
    // A list that was made after the certificates had expired says nothing of them any more.
    scene.publish(later.plus_seconds(-DAY), &[]);
    assert_eq!(judge(&scene, &message).verdict(), Verdict::Indeterminate);
    scene.publish(days(330), &[]);
    assert_eq!(reason(&judge(&scene, &plain)), "cert_expired");
    // The authority above is still alive, so that its own status must be that of today.
    assert_eq!(judge(&scene, &message).verdict(), Verdict::Indeterminate);
    let today = CrlSpec::complete(2, later.plus_seconds(-DAY));
    let today = scene.mint.root.publish(&today, &mut scene.rng).unwrap();
    scene.mint.lists.push(today);
    let report = judge(&scene, &message);
    assert_eq!(report.verdict(), Verdict::Passed, "{:#?}", report.signatures()[0].checks);
    // The authority's certificate has expired too, and a person should know.
    let codes: Vec<_> =
        report.signatures()[0].remarks.iter().map(qoltanba::report::Remark::code).collect();
    assert!(codes.contains(&"tst_authority_expired"), "{codes:?}");
    // A request that arrives today is no better for having been signed while it lasted.
    let (verifier, profile) = (scene.verifier(), Profile::named("regulation-003").unwrap());
    let answer = RequestCheck::new(&verifier, &profile).answer(
        &message,
        &RequestQuestion::at(later),
        &mut |_: &RequestKey| Admission::New,
    );
    let RequestAnswer::Refused(refusal) = answer.unwrap() else { panic!("not refused") };
    let codes: Vec<_> = refusal.reasons().iter().map(RefusalReason::code).collect();
    assert!(codes.contains(&"cert_expired"), "{codes:?}");
}

/// Who stole the key of the authority writes a time of long ago, beside a list of that time that
/// does not know of the theft yet.
#[test]
fn evidence_of_its_own_time_does_not_clear_a_time_stamp() {
    let mut scene = Scene::new(rsa(), 14);
    let plain = scene.sign();
    let message = scene.stamp(&plain, stamped());
    let (list_ends, now) = (days(20), days(25));
    let judge = |scene: &Scene, at| scene.verifier().verify(&message, &Question::at(at)).unwrap();
    scene.publish(stamped(), &[]);
    assert_eq!(judge(&scene, list_ends).verdict(), Verdict::Passed);
    let report = judge(&scene, now);
    assert_eq!((reason(&report), report.verdict()), ("crl_stale", Verdict::Indeterminate));
    assert_eq!(report.signatures()[0].time, SigningTime::Given(now));
    assert!(report.missing().next().is_some());
    scene.publish(now.plus_seconds(-DAY), &[]);
    let report = judge(&scene, now);
    assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
    assert_eq!(report.signatures()[0].time, SigningTime::Proven(stamped()));
}

#[test]
fn of_several_tokens_the_earliest_counts_and_each_must_hold() {
    let mut scene = Scene::new(rsa(), 6);
    let plain = scene.sign();
    let (first, second) = (days(-12), days(-3));
    let both = scene.stamp(&plain, second);
    let both = scene.stamp(&both, first);
    let report = scene.judge(&both);
    assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
    assert_eq!(report.signatures()[0].time, SigningTime::Proven(first));
    assert_eq!(report.signatures()[0].time_stamps.len(), 2);

    // One of them damaged: the other still sets the moment, and nothing has passed.
    let one = scene.stamp(&plain, second);
    let bad = scene.stamp_as(&one, |spec| {
        TimeStampSpec { gen_time: first, ..spec }.fault(TimeStampFault::BadSignature)
    });
    let report = scene.judge(&bad);
    assert_eq!((reason(&report), report.verdict()), ("tst_bad_signature", Verdict::Failed));
    assert_eq!(report.signatures()[0].time, SigningTime::Proven(second));
    assert!(report.accepted().next().is_none());

    // The token of another signature is not put on, and does not hold where it is.
    let other = scene.sign_content(b"other content");
    let request = scene.request(&other);
    let foreign = scene.token(&TimeStampSpec::answering(&scene.kit_request(&request), second));
    assert!(add_time_stamp(&plain, 0, &foreign).is_err());
    let request = scene.request(&plain);
    let own = scene.token(&TimeStampSpec::answering(&scene.kit_request(&request), second));
    let stamped = add_time_stamp(&plain, 0, &own).unwrap();
    let transplanted = replaced(&stamped, &own, &foreign);
    assert_eq!(reason(&scene.judge(&transplanted)), "tst_imprint_mismatch");
}

#[test]
fn every_other_octet_stays_when_a_time_stamp_is_added() {
    let mut scene = Scene::new(SignatureAlgorithm::Gost2015_512, 7);
    let first = scene.sign();
    let both = scene.cosign(&first);
    let stamped = scene.stamp_number(&both, 1, stamped());
    let report = scene.judge(&stamped);
    assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
    let mut times: Vec<_> = report.signatures().iter().map(|s| s.time.code()).collect();
    times.sort_unstable();
    assert_eq!(times, ["given", "time_stamp"]);
    assert_eq!(qoltanba::sign::extract(&stamped, &Limits::default()).unwrap(), CONTENT);
    assert!(add_time_stamp(&both, 2, &scene.any_token()).is_err());
}

#[test]
fn content_that_was_stamped_first_must_be_older_than_the_signature() {
    for (content, signature, wanted) in [
        (days(-12), days(-10), "none"),
        (days(-10), days(-10), "none"),
        (days(-8), days(-10), "tst_order"),
    ] {
        let mut scene = Scene::new(rsa(), 8);
        let message = scene.sign_with_content_time_stamp(content);
        let alone = scene.judge(&message);
        assert_eq!(alone.verdict(), Verdict::Passed, "{}", reason(&alone));
        // It proves that the signature is later, not that it is earlier than anything.
        assert_eq!(alone.signatures()[0].time, SigningTime::Given(at()));
        assert_eq!(alone.signatures()[0].time_stamps[0].kind, TimeStampKind::Content);
        let message = scene.stamp(&message, signature);
        let report = scene.judge(&message);
        assert_eq!(reason(&report), wanted);
        let limits = Limits { stream_bytes: 0, ..Limits::default() };
        let long = scene.verifier().with_limits(limits);
        let mut source = std::io::Cursor::new(&message);
        let streamed = long.verify_seekable(&mut source, None, &Question::at(at())).unwrap();
        assert_eq!(streamed, report);
    }
}

#[test]
fn a_time_stamp_is_judged_as_a_file() {
    let mut scene = Scene::new(SignatureAlgorithm::Gost2004, 9);
    let digest = qoltanba::algorithm::DigestAlgorithm::Gost3411;
    let request = TimeStampRequest::new(digest, &digest.digest(CONTENT)).unwrap().nonce(&[7; 8]);
    let spec = TimeStampSpec::answering(&scene.kit_request(&request), stamped());
    let token = scene.token(&spec);
    let answer = qoltanba_testkit::time_stamp_response(token.as_der()).unwrap();
    let response = TimeStampResponse::from_der(&answer).unwrap();
    assert_eq!(request.accept(&response).unwrap().as_der(), token.as_der());
    for file in [token.as_der(), &answer[..], &message::pem("PKCS7", token.as_der())[..]] {
        for data in [None, Some(CONTENT)] {
            let mut question = Question::at(at());
            question.data = data;
            let report = scene.verifier().verify(file, &question).unwrap();
            assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
            let Subjects::Evidence(one) = &report.subjects else { panic!("no evidence") };
            let EvidenceFacts::TimeStamp { gen_time, policy, .. } = &one.facts else { panic!() };
            assert_eq!(gen_time.instant(), stamped());
            assert_eq!(policy, "1.2.398.3.3.2.6.1");
            assert!(matches!(one.conclusion, Conclusion::Passed(_)));
            let mut reader = data;
            let reader = reader.as_mut().map(|r| r as &mut dyn std::io::Read);
            let streamed =
                scene.verifier().verify_stream(&mut &file[..], reader, &Question::at(at()));
            assert_eq!(streamed.unwrap(), report);
        }
        let other = Question::at(at()).with_data(b"other");
        let report = scene.verifier().verify(file, &other).unwrap();
        assert_eq!(reason(&report), "tst_imprint_mismatch");
        let hashed = [(digest, &digest.digest(CONTENT)[..])];
        let report = scene.verifier().verify_digests(file, &hashed, &Question::at(at())).unwrap();
        assert_eq!(report.verdict(), Verdict::Passed);
    }
    // A signature by the same key over anything else is no time stamp, and damage fails.
    let cut = &token.as_der()[..token.as_der().len() - 1];
    let report = scene.verifier().verify(cut, &Question::at(at())).unwrap();
    assert_eq!((report.format, report.verdict()), (Format::TimeStamp, Verdict::Failed));
}

#[test]
fn a_refusal_is_told_and_nothing_is_stamped() {
    let mut scene = Scene::new(rsa(), 10);
    let refusal = TimeStampRefusal::because(FailInfo::UnacceptedPolicy);
    let answer = refusal.to_der().unwrap();
    let response = TimeStampResponse::from_der(&answer).unwrap();
    let message = scene.sign();
    let request = scene.request(&message);
    let fault = request.accept(&response).unwrap_err();
    assert_eq!(fault, Fault::Refused("rejection (unacceptedPolicy)".to_owned()));
    let report = scene.verifier().verify(&answer, &Question::at(at())).unwrap();
    assert_eq!((reason(&report), report.verdict()), ("tst_refused", Verdict::Indeterminate));
    let json = report.to_json(Lang::Ru);
    assert_eq!(json["signatures"][0]["facts"]["failures"][0], "unacceptedPolicy");
}

#[test]
fn a_response_must_answer_its_request() {
    let mut scene = Scene::new(rsa(), 11);
    let message = scene.sign();
    let request = scene.request(&message).policy("1.2.398.3.3.2.6.2").unwrap();
    let spec = TimeStampSpec::answering(&scene.kit_request(&request), stamped());
    let mut asked = |spec: TimeStampSpec| {
        let token = scene.token(&spec);
        let answer = qoltanba_testkit::time_stamp_response(token.as_der()).unwrap();
        request.accept(&TimeStampResponse::from_der(&answer).unwrap()).map(|_| ())
    };
    assert_eq!(asked(spec.clone()), Ok(()));
    let wrong = |fault| spec.clone().fault(fault);
    assert_eq!(asked(wrong(TimeStampFault::WrongNonce)), Err(Fault::OtherNonce));
    assert_eq!(asked(TimeStampSpec { nonce: None, ..spec.clone() }), Err(Fault::OtherNonce));
    assert_eq!(asked(wrong(TimeStampFault::ImprintMismatch)), Err(Fault::OtherImprint));
    assert_eq!(asked(TimeStampSpec { policy: None, ..spec.clone() }), Ok(()));
    let other = qoltanba_testkit::TimeStampPolicy::Gost2015;
    assert_eq!(asked(spec.clone().policy(other)), Err(Fault::OtherPolicy));
    assert_eq!(asked(spec.without_certificate()), Err(Fault::NoCertificate));
}

#[test]
fn a_weak_imprint_is_enough_for_a_signature_value_and_for_nothing_else() {
    let mut scene = Scene::new(SignatureAlgorithm::Gost2004, 12);
    let message = scene.sign();
    let sha1 = qoltanba::algorithm::DigestAlgorithm::Sha1;
    let weak = scene.stamp_as(&message, |spec| TimeStampSpec {
        imprint: qoltanba_testkit::Imprint::of(sha1, &signature_value(&message)),
        ..spec
    });
    let report = scene.judge(&weak);
    assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
    assert!(report.signatures()[0].remarks.contains(&qoltanba::report::Remark::WeakImprint));
    let imprint = qoltanba_testkit::Imprint::of(sha1, CONTENT);
    let token = scene.token(&TimeStampSpec::new(imprint, stamped()));
    let question = Question::at(at()).with_data(CONTENT);
    let report = scene.verifier().verify(token.as_der(), &question).unwrap();
    assert_eq!(reason(&report), "tst_weak_imprint");
}

/// Flips one bit of every octet of a token: none passes with another time.
#[test]
fn no_altered_token_proves_another_time() {
    let mut scene = Scene::new(rsa(), 13);
    let message = scene.sign();
    let request = scene.request(&message);
    let token = scene.token(&TimeStampSpec::answering(&scene.kit_request(&request), stamped()));
    let mut bytes = token.as_der().to_vec();
    let verifier = scene.verifier();
    for at_octet in 0..bytes.len() {
        bytes[at_octet] ^= 1 << (at_octet % 8);
        if let Ok(report) = verifier.verify(&bytes, &Question::at(at())) {
            let altered = TimeStampToken::from_der(&bytes);
            if report.verdict() == Verdict::Passed {
                let altered = altered.expect("what passes can be read");
                assert_eq!(altered.claimed_time(), token.claimed_time(), "octet {at_octet}");
                assert_eq!(altered.imprint(), token.imprint(), "octet {at_octet}");
            }
        }
        bytes[at_octet] ^= 1 << (at_octet % 8);
    }
}
