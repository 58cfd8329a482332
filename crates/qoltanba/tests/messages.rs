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

use std::{fs, path::Path, process::Command};

use qoltanba::{
    Certificate, CmsSigner, Conclusion, Crl, Iin, Instant, Limits, Question, Report, Role,
    SignatureAlgorithm, SigningKey, TrustAnchor, TrustStore, Verdict, Verifier, extract,
};
use qoltanba_testkit::{CrlFault, Fault, Mint, Order, Placement, SeededRng};

const CONTENT: &[u8] = "Хабарлама: өтінішіңіз қабылданды.\n".as_bytes();

fn at() -> Instant {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn algorithms() -> [SignatureAlgorithm; 4] {
    [
        SignatureAlgorithm::Gost2015_512,
        SignatureAlgorithm::Gost2015_256,
        SignatureAlgorithm::Gost2004,
        SignatureAlgorithm::RsaPkcs1(qoltanba::DigestAlgorithm::Sha256),
    ]
}

fn rsa() -> SignatureAlgorithm {
    algorithms()[3]
}

fn verifier(mint: &Mint) -> Verifier {
    let mut trust = TrustStore::empty();
    let anchor = Certificate::from_der(&mint.anchor).unwrap();
    trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
    let authorities =
        mint.authorities.iter().map(|a| Certificate::from_der(a.certificate()).unwrap());
    Verifier::new(trust)
        .with_certificates(authorities)
        .with_crls(mint.lists.iter().filter_map(|l| Crl::from_der(l).ok()))
}

fn sign(mint: &Mint, detached: bool, rng: &mut SeededRng) -> Vec<u8> {
    let certificate = mint.signer_certificate().unwrap();
    let signer = CmsSigner::new(&*mint.signer.key, &certificate).unwrap();
    signer.signing_time(at()).detached(detached).sign(CONTENT, rng).unwrap()
}

fn reason(report: &Report) -> &'static str {
    report.reason().map_or("none", qoltanba::Reason::code)
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
    let iin = qoltanba::Subject::claimed_by(&mint.signer_certificate().unwrap()).iin.unwrap();
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

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n")).into_bytes()
}

fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).output().expect("the openssl command");
    assert!(
        output.status.success(),
        "openssl {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
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
