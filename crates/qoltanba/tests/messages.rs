//! Messages made here and by OpenSSL, judged by the other side; and everything the test authority
//! can get wrong, judged here.
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

use qoltanba::{
    Certificate, Conclusion, Limits, Question, TrustAnchor, TrustStore, Verdict, Verifier,
    algorithm::SignatureAlgorithm,
    identity::Role,
    numbers::Iin,
    revocation::Crl,
    sign::{CmsSigner, SigningKey, extract},
};
use qoltanba_testkit::{CrlFault, CrlSpec, Fault, Mint, Order, Placement, Revoked, SeededRng};

use message::{CONTENT, algorithms, at, openssl, pem, reason, rsa, verifier, write};

fn sign(mint: &Mint, detached: bool, rng: &mut SeededRng) -> Vec<u8> {
    let certificate = mint.signer_certificate().unwrap();
    let signer = CmsSigner::new(&*mint.signer.key, &certificate).unwrap();
    signer.signing_time(at()).detached(detached).sign(CONTENT, rng).unwrap()
}

#[test]
fn what_is_signed_here_passes_here() {
    let mut rng = SeededRng::new(1);
    for algorithm in algorithms() {
        let mint = Mint::good(algorithm, at(), &mut rng).unwrap();
        let attached = sign(&mint, false, &mut rng);
        let report = verifier(&mint).verify(&attached, &Question::at(at())).unwrap();
        assert_eq!(report.verdict(), Verdict::Passed, "{algorithm}: {}", reason(&report));
        let accepted = report.accepted().next().unwrap();
        assert_eq!(accepted.signer().algorithm(), algorithm);
        assert_eq!(report.signatures()[0].claimed_signing_time, Some(at()));
        assert_eq!(extract(&attached, &Limits::default()).unwrap(), CONTENT);

        let detached = sign(&mint, true, &mut rng);
        let question = Question::at(at());
        let report = verifier(&mint).verify(&detached, &question).unwrap();
        assert_eq!(reason(&report), "content_missing");
        let report =
            verifier(&mint).verify(&detached, &question.clone().with_data(CONTENT)).unwrap();
        assert_eq!(report.verdict(), Verdict::Passed);
        let report = verifier(&mint).verify(&detached, &question.with_data(b"other")).unwrap();
        assert_eq!(reason(&report), "content_digest_mismatch");
        assert!(extract(&detached, &Limits::default()).is_err());
    }
}

#[test]
fn the_same_inputs_give_the_same_report() {
    let mut rng = SeededRng::new(2);
    let mint = Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut rng).unwrap();
    let message = sign(&mint, false, &mut rng);
    let ask = || verifier(&mint).verify(&message, &Question::at(at())).unwrap();
    assert_eq!(ask(), ask());
    assert_eq!(
        ask().to_json(qoltanba::Lang::Kk).to_string(),
        ask().to_json(qoltanba::Lang::Kk).to_string()
    );
}

#[test]
fn nothing_passes_without_every_proof() {
    let mut rng = SeededRng::new(3);
    let mint = Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut rng).unwrap();
    let message = sign(&mint, false, &mut rng);
    let full = verifier(&mint);
    let ask = |verifier: &Verifier, at| {
        let report = verifier.verify(&message, &Question::at(at)).unwrap();
        (report.verdict(), reason(&report))
    };
    assert_eq!(ask(&full, at()), (Verdict::Passed, "none"));
    // No anchor; no lists; lists of the root alone; lists out of date.
    let nothing = Verifier::new(TrustStore::empty());
    assert_eq!(ask(&nothing, at()), (Verdict::Indeterminate, "chain_untrusted"));
    let anchor = Certificate::from_der(&mint.anchor).unwrap();
    let mut trust = TrustStore::empty();
    trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
    let issuing = Certificate::from_der(mint.issuing().certificate()).unwrap();
    let bare = Verifier::new(trust).with_certificates([issuing]);
    assert_eq!(ask(&bare, at()), (Verdict::Indeterminate, "revocation_unknown"));
    for list in &mint.lists {
        let one = bare.clone().with_crls([Crl::from_der(list).unwrap()]);
        assert_eq!(ask(&one, at()), (Verdict::Indeterminate, "revocation_unknown"));
    }
    let next = Crl::from_der(&mint.lists[1]).unwrap().next_update().unwrap();
    assert_eq!(ask(&full, next.plus_seconds(1)).1, "crl_stale");
    // The national anchors do not vouch for a test authority.
    let national = Verifier::new(TrustStore::national().unwrap())
        .with_certificates([anchor])
        .with_crls(mint.lists.iter().map(|l| Crl::from_der(l).unwrap()));
    assert_eq!(ask(&national, at()), (Verdict::Indeterminate, "chain_untrusted"));
}

#[test]
fn each_fault_is_found_for_its_reason() {
    let mut rng = SeededRng::new(4);
    for fault in Fault::ALL {
        let order =
            Order::new(SignatureAlgorithm::Gost2015_512, at()).role(Role::Employee).fault(fault);
        let mint = Mint::new(&order, &mut rng).unwrap();
        let report = verifier(&mint).verify(&mint.signer.certificate, &Question::at(at())).unwrap();
        let expected: &[&str] = match fault {
            Fault::Expired => &["cert_expired"],
            Fault::NotYetValid => &["cert_not_yet_valid"],
            Fault::WrongUsage => &["key_usage"],
            Fault::NoCaFlag | Fault::NoCertSign => &["chain_ca_flag"],
            Fault::NoCrlSign => &["crl_wrong_issuer"],
            Fault::PathLength => &["chain_pathlen"],
            Fault::UnknownCriticalExtension => &["unknown_critical_ext"],
            Fault::SameNamedForeignRoot => &["chain_bad_signature", "chain_untrusted"],
            Fault::BadSignature => &["chain_bad_signature"],
            Fault::DuplicateExtension | Fault::InnerOuterAlgorithmMismatch => &["parse"],
            Fault::OffCurveKey => &["key_invalid"],
            _ if fault.placement() == Placement::Person => {
                // Odd numbers are remarked and never refused.
                assert_eq!(report.verdict(), Verdict::Passed, "{fault:?}: {}", reason(&report));
                continue;
            }
            other => panic!("{other:?}: which reason is right?"),
        };
        assert_ne!(report.verdict(), Verdict::Passed, "{fault:?}");
        assert!(expected.contains(&reason(&report)), "{fault:?}: {}", reason(&report));
    }
}

#[test]
fn each_fault_of_a_list_leaves_the_status_unknown() {
    let mut rng = SeededRng::new(5);
    for fault in CrlFault::ALL {
        let mut order = Order::new(SignatureAlgorithm::Gost2004, at());
        order.crl_fault = Some(fault);
        // A faulty entry needs an entry; one of tomorrow revokes nothing yet.
        order.revoked = Some(at().plus_seconds(24 * 3600));
        let mint = Mint::new(&order, &mut rng).unwrap();
        let report = verifier(&mint).verify(&mint.signer.certificate, &Question::at(at())).unwrap();
        assert_eq!(report.verdict(), Verdict::Indeterminate, "{fault:?}: {}", reason(&report));
        let code = reason(&report);
        assert!(code.starts_with("crl_") || code == "revocation_unknown", "{fault:?}: {code}");
    }
}

#[test]
fn a_revocation_counts_from_its_date() {
    let mut rng = SeededRng::new(6);
    let mut order = Order::new(rsa(), at());
    order.revoked = Some(at().plus_seconds(-3 * 24 * 3600));
    let mint = Mint::new(&order, &mut rng).unwrap();
    let message = sign(&mint, false, &mut rng);
    let report = verifier(&mint).verify(&message, &Question::at(at())).unwrap();
    assert_eq!((report.verdict(), reason(&report)), (Verdict::Failed, "cert_revoked"));
    assert!(matches!(report.signatures()[0].conclusion, Conclusion::Failed(_)));
}

#[test]
fn an_expected_number_must_be_carried_by_an_accepted_signature() {
    let mut rng = SeededRng::new(7);
    let mint = Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut rng).unwrap();
    let message = sign(&mint, false, &mut rng);
    let iin =
        qoltanba::identity::Subject::claimed_by(&mint.signer_certificate().unwrap()).iin.unwrap();
    let other: Iin = "960416161941".parse().unwrap();
    let mut question = Question::at(at());
    question.expect_iin = Some(iin);
    assert_eq!(verifier(&mint).verify(&message, &question).unwrap().verdict(), Verdict::Passed);
    question.expect_iin = Some(other);
    let report = verifier(&mint).verify(&message, &question).unwrap();
    assert_eq!((report.verdict(), reason(&report)), (Verdict::Failed, "iin_mismatch"));
    // Nobody is accepted where nothing is.
    question.expect_iin = Some(iin);
    let report = Verifier::new(TrustStore::empty()).verify(&message, &question).unwrap();
    assert_eq!(report.verdict(), Verdict::Indeterminate);
    assert_eq!(report.accepted().count(), 0);
}

#[test]
fn openssl_verifies_what_is_signed_here() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = SeededRng::new(8);
    let mint = Mint::good(rsa(), at(), &mut rng).unwrap();
    let authorities = [&mint.anchor[..], mint.issuing().certificate()];
    let bundle = authorities.map(|der| pem("CERTIFICATE", der)).concat();
    let authorities = write(folder.path(), "authorities.pem", &bundle);
    let content = write(folder.path(), "content", CONTENT);
    let at = at().unix().to_string();
    for detached in [false, true] {
        let message = write(folder.path(), "message.cms", &sign(&mint, detached, &mut rng));
        let mut arguments =
            vec!["cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", &message];
        arguments.extend(["-CAfile", &authorities, "-purpose", "any"]);
        arguments.extend(["-attime", &at]);
        if detached {
            arguments.extend(["-content", &content]);
        }
        assert_eq!(openssl(&arguments), CONTENT);
    }
}

#[test]
fn what_openssl_signs_passes_here() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = SeededRng::new(9);
    let mint = Mint::good(rsa(), at(), &mut rng).unwrap();
    let key = mint.signer.key.to_pkcs8().unwrap();
    let key = write(folder.path(), "key.pem", &pem("PRIVATE KEY", &key));
    let signer = write(folder.path(), "signer.pem", &pem("CERTIFICATE", &mint.signer.certificate));
    let content = write(folder.path(), "content", CONTENT);
    let base = ["cms", "-sign", "-binary", "-in", &content, "-signer", &signer, "-inkey", &key];
    let forms: [&[&str]; 7] = [
        &["-nodetach"],
        &["-nodetach", "-cades"],
        &["-nodetach", "-stream", "-indef"],
        &["-nodetach", "-keyid"],
        &["-nodetach", "-md", "sha512"],
        &["-nodetach", "-noattr"],
        &["-nodetach", "-outform", "PEM"],
    ];
    for form in forms {
        let mut arguments = base.to_vec();
        if !form.contains(&"PEM") {
            arguments.extend(["-outform", "DER"]);
        }
        arguments.extend(form);
        let message = openssl(&arguments);
        let report = verifier(&mint).verify(&message, &Question::at(at())).unwrap();
        assert_eq!(report.verdict(), Verdict::Passed, "{form:?}: {}", reason(&report));
        assert_eq!(extract(&message, &Limits::default()).unwrap(), CONTENT, "{form:?}");
    }
    let mut arguments = base.to_vec();
    arguments.extend(["-outform", "DER"]);
    let message = openssl(&arguments);
    let question = Question::at(at()).with_data(CONTENT);
    assert_eq!(verifier(&mint).verify(&message, &question).unwrap().verdict(), Verdict::Passed);
}

#[test]
fn a_key_signs_only_with_its_own_certificate_and_for_documents() {
    let mut rng = SeededRng::new(10);
    let mint = Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut rng).unwrap();
    let other = Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut rng).unwrap();
    let certificate = other.signer_certificate().unwrap();
    assert!(mint.signer.key.public_key_info() != certificate.as_der());
    assert!(CmsSigner::new(&*mint.signer.key, &certificate).is_err());
    let order = Order::new(SignatureAlgorithm::Gost2004, at()).fault(Fault::WrongUsage);
    let wrong = Mint::new(&order, &mut rng).unwrap();
    let certificate = wrong.signer_certificate().unwrap();
    assert!(CmsSigner::new(&*wrong.signer.key, &certificate).is_err());
}

#[test]
fn a_certificate_is_no_signature_of_a_document() {
    let mut rng = SeededRng::new(11);
    let mint = Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut rng).unwrap();
    let ask = |question: &Question<'_>| {
        verifier(&mint).verify(&mint.signer.certificate, question).unwrap()
    };
    assert_eq!(ask(&Question::at(at())).verdict(), Verdict::Passed);
    let report = ask(&Question::at(at()).with_data(CONTENT));
    assert_eq!((report.verdict(), reason(&report)), (Verdict::Failed, "no_signers"));
    let mut question = Question::at(at());
    question.elements = vec!["body".to_owned()];
    assert_eq!(reason(&ask(&question)), "no_signers");
}

#[test]
fn an_element_is_never_covered_by_a_message() {
    let mut rng = SeededRng::new(12);
    let mint = Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut rng).unwrap();
    let mut question = Question::at(at());
    question.elements = vec!["body".to_owned()];
    let report = verifier(&mint).verify(&sign(&mint, false, &mut rng), &question).unwrap();
    assert_eq!(
        (report.verdict(), reason(&report)),
        (Verdict::Indeterminate, "xml_partial_coverage")
    );
}

#[test]
fn a_file_with_several_things_gets_no_verdict() {
    let mut rng = SeededRng::new(13);
    let mint = Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut rng).unwrap();
    let good = pem("CMS", &sign(&mint, false, &mut rng));
    let question = Question::at(at());
    assert_eq!(verifier(&mint).verify(&good, &question).unwrap().verdict(), Verdict::Passed);
    for other in [&good, &pem("CERTIFICATE", &mint.signer.certificate)] {
        for several in [[&good[..], other].concat(), [&other[..], &good].concat()] {
            assert!(verifier(&mint).verify(&several, &question).is_err());
            let mut stream = several.as_slice();
            assert!(verifier(&mint).verify_stream(&mut stream, None, &question).is_err());
            assert!(verifier(&mint).verify_digests(&several, &[], &question).is_err());
        }
    }
}

#[test]
fn a_newer_list_may_revoke_and_only_one_in_force_clears() {
    const HOUR: i64 = 3600;
    let mut rng = SeededRng::new(14);
    let mint = Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut rng).unwrap();
    let message = sign(&mint, false, &mut rng);
    let issuing = mint.issuing();
    let mut publish = |number, hours: i64, revoked: Option<i64>| {
        let mut list = CrlSpec::complete(number, at().plus_seconds(hours * HOUR));
        let revoke = |h: i64| Revoked::new(&mint.signer.serial, at().plus_seconds(h * HOUR));
        list.revoked = revoked.into_iter().map(revoke).collect();
        Crl::from_der(&issuing.publish(&list, &mut rng).unwrap()).unwrap()
    };
    let clean = publish(200, -3, None);
    let lagging = publish(201, 1, Some(-1));
    let older = publish(199, -5, Some(-6));
    let root = Crl::from_der(&mint.lists[0]).unwrap();
    let anchor = Certificate::from_der(&mint.anchor).unwrap();
    let mut trust = TrustStore::empty();
    trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
    let authority = Certificate::from_der(issuing.certificate()).unwrap();
    let bare = Verifier::new(trust).with_certificates([authority]).with_crls([root]);
    let ask = |lists: &[&Crl]| {
        let verifier = bare.clone().with_crls(lists.iter().map(|l| (*l).clone()));
        let report = verifier.verify(&message, &Question::at(at())).unwrap();
        (report.verdict(), reason(&report))
    };
    assert_eq!(ask(&[&clean]), (Verdict::Passed, "none"));
    // Published after the moment of check, revoked before it: the usual lag of publication.
    assert_eq!(ask(&[&clean, &lagging]), (Verdict::Failed, "cert_revoked"));
    assert_eq!(ask(&[&lagging]), (Verdict::Failed, "cert_revoked"));
    // A hold that a newer list no longer has was lifted.
    assert_eq!(ask(&[&clean, &older]), (Verdict::Passed, "none"));
}

#[test]
fn a_person_for_an_organisation_is_one_signer() {
    let mut rng = SeededRng::new(15);
    let order = Order::new(SignatureAlgorithm::Gost2015_512, at()).role(Role::FirstHead);
    let head = Mint::new(&order, &mut rng).unwrap();
    let subject = qoltanba::identity::Subject::claimed_by(&head.signer_certificate().unwrap());
    let message = sign(&head, false, &mut rng);
    let ask = |iin, bin| {
        let mut question = Question::at(at());
        (question.expect_iin, question.expect_bin) = (iin, bin);
        let report = verifier(&head).verify(&message, &question).unwrap();
        (report.verdict(), reason(&report))
    };
    assert_eq!(ask(subject.iin, subject.bin), (Verdict::Passed, "none"));
    let other: qoltanba::numbers::Bin = "000740000728".parse().unwrap();
    assert_eq!(ask(subject.iin, Some(other)), (Verdict::Failed, "bin_mismatch"));
    assert_eq!(
        ask(Some("960416161941".parse().unwrap()), subject.bin),
        (Verdict::Failed, "iin_mismatch")
    );
}
