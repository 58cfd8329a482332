//! The presets: each of their rules can fail, each part of a verdict stands alone, and what the
//! orders call negative is told beside a verdict that keeps its word.
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
    Certificate, Lang, Question, Report, TrustStore, Verdict, Verifier,
    algorithm::SignatureAlgorithm,
    certificate::Purpose,
    identity::Role,
    policy::{Level, Policy, Preset, RuleId, Source},
    revocation::Crl,
    sign::{CmsSigner, XmlSigner},
};
use qoltanba_testkit::{CrlFault, Fault, Mint, Order, SeededRng};
use serde_json::Value;

use message::{CONTENT, at, reason, verifier};

const GOST: SignatureAlgorithm = SignatureAlgorithm::Gost2015_512;

fn order() -> Order {
    Order::new(GOST, at())
}

fn make(order: &Order) -> Mint {
    Mint::new(order, &mut SeededRng::new(5)).unwrap()
}

fn message(mint: &Mint, time: Option<&str>) -> Vec<u8> {
    let certificate = mint.signer_certificate().unwrap();
    let mut signer = CmsSigner::new(&*mint.signer.key, &certificate).unwrap();
    if let Some(time) = time {
        signer = signer.signing_time(time.parse().unwrap());
    }
    signer.sign(CONTENT, &mut SeededRng::new(6)).unwrap()
}

fn judge(verifier: &Verifier, document: &[u8]) -> Report {
    verifier.verify(document, &Question::at(at())).unwrap()
}

/// The outcome and the word of each rule, by its id.
fn rules(report: &Report) -> Vec<(String, String, Value)> {
    let json = report.to_json(Lang::Kk);
    let rules = json["signatures"][0]["rules"].as_array().unwrap().clone();
    assert_eq!(rules.len(), 13);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rules.iter().map(|r| (text(&r["id"]), text(&r["outcome"]), r["reason"].clone())).collect()
}

fn rule(report: &Report, id: &str) -> (String, String) {
    let (_, outcome, reason) = rules(report).into_iter().find(|(i, ..)| i == id).unwrap();
    (outcome, reason.as_str().unwrap_or_default().to_owned())
}

fn parts(report: &Report) -> [(Verdict, &'static str); 4] {
    report.signatures()[0].parts().map(|part| {
        assert_eq!(part.reason.is_none(), part.verdict == Verdict::Passed, "{part:?}");
        (part.verdict, part.reason.as_ref().map_or("", |r| r.code()))
    })
}

#[test]
fn every_rule_says_where_it_comes_from() {
    for preset in Preset::ALL {
        for (rule, number) in preset.rules().iter().zip(1..) {
            assert_eq!(rule.id.number(), number);
            assert!(!rule.clause.is_empty());
            for lang in [Lang::Kk, Lang::Ru, Lang::En] {
                assert!(!rule.id.text(lang).is_empty());
            }
        }
    }
    for preset in [Preset::Kz2026, Preset::Kz2015] {
        assert_eq!(preset.source(), Source::Reported);
        let orders = preset.rules().iter().filter(|rule| rule.id != RuleId::Accreditation);
        assert!(orders.into_iter().all(|rule| rule.source == Source::Reported));
    }
    let level = |preset: Preset, id| preset.rules().iter().find(|r| r.id == id).unwrap().level;
    assert_eq!(level(Preset::Kz2026, RuleId::SigningCertificateV2), Level::Remark);
    assert_eq!(level(Preset::Pkix, RuleId::SigningCertificateV2), Level::NotAsked);
}

#[test]
fn a_good_message_keeps_every_rule() {
    let mint = make(&order());
    let report = judge(&verifier(&mint), &message(&mint, Some("2026-11-25T11:00:00Z")));
    assert_eq!(report.verdict(), Verdict::Passed);
    for (id, outcome, word) in rules(&report) {
        let expected = match id.as_str() {
            "time_stamp" => ("not_applicable", "no_time_stamp"),
            "ocsp_response" => ("not_applicable", "no_answer"),
            "own_key" => ("not_applicable", "signing_only"),
            "accreditation" => ("not_applicable", "anchor_given"),
            _ => ("passed", ""),
        };
        assert_eq!((outcome.as_str(), word.as_str().unwrap_or_default()), expected, "{id}");
    }
    let json = report.to_json(Lang::En);
    assert_eq!(json["signatures"][0]["policy"]["name"], "kz-2026");
    assert_eq!(json["signatures"][0]["policy"]["source"], "reported");
    assert_eq!(json["signatures"][0]["policy"]["effective_from_source"], "reported");
    assert_eq!(json["law"], Value::Null);
}

#[test]
fn each_rule_can_fail() {
    let passed = |id: &str, report: &Report| assert_eq!(rule(report, id).0, "passed", "{id}");
    // 1: the certificate is elsewhere.
    let mint = make(&order());
    let good = verifier(&mint);
    let signed = message(&mint, None);
    let openssl_without = {
        let folder = tempfile::tempdir().unwrap();
        let rsa = Mint::good(message::rsa(), at(), &mut SeededRng::new(8)).unwrap();
        let key = message::write(
            folder.path(),
            "key.pem",
            &message::pem("PRIVATE KEY", &rsa.signer.key.to_pkcs8().unwrap()),
        );
        let cert = message::write(
            folder.path(),
            "cert.pem",
            &message::pem("CERTIFICATE", &rsa.signer.certificate),
        );
        let content = message::write(folder.path(), "content", CONTENT);
        let args = [
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-in",
            &content,
            "-signer",
            &cert,
            "-inkey",
            &key,
            "-outform",
            "DER",
        ];
        let with = message::openssl(&args);
        let without = message::openssl(&[&args[..], &["-nocerts"]].concat());
        // 11: OpenSSL names no certificate in the signed attributes.
        let report = judge(&verifier(&rsa), &with);
        assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
        let absent = ("remark".to_owned(), "no_signing_certificate".to_owned());
        assert_eq!(rule(&report, "signing_certificate_v2"), absent);
        let pkix = verifier(&rsa).with_policy(Policy::named("pkix").unwrap());
        let not_asked = ("not_applicable".to_owned(), "not_asked".to_owned());
        assert_eq!(rule(&judge(&pkix, &with), "signing_certificate_v2"), not_asked);
        judge(&verifier(&rsa), &without)
    };
    assert_eq!(rule(&openssl_without, "signer_certificate").0, "indeterminate");
    assert_eq!(rule(&openssl_without, "signature").0, "not_done");
    assert_eq!(rule(&openssl_without, "path").0, "not_done");

    // 2: altered.
    let mut altered = signed.clone();
    let at_content = altered.windows(CONTENT.len()).position(|w| w == CONTENT).unwrap();
    altered[at_content] ^= 1;
    let report = judge(&good, &altered);
    assert_eq!(rule(&report, "signature"), ("failed".into(), "content_digest_mismatch".into()));
    passed("path", &report);

    // 4: out of date. 5: revoked. 7: purpose. Everything else is kept.
    for (order, id, expected) in [
        (order().fault(Fault::Expired), "validity", ("indeterminate", "cert_expired")),
        (order().fault(Fault::NotYetValid), "validity", ("indeterminate", "cert_not_yet_valid")),
        (order().revoked(at().plus_seconds(-90_000)), "revocation", ("failed", "cert_revoked")),
        (order().crl_fault(CrlFault::Stale), "revocation", ("indeterminate", "crl_stale")),
        (order().crl_fault(CrlFault::Stale), "revocation_list", ("indeterminate", "crl_stale")),
        (
            order().crl_fault(CrlFault::BadSignature),
            "revocation_list",
            ("indeterminate", "crl_bad_signature"),
        ),
        (order().fault(Fault::NoCaFlag), "path", ("indeterminate", "chain_ca_flag")),
        (order().fault(Fault::BadSignature), "path", ("failed", "chain_bad_signature")),
    ] {
        let mint = make(&order);
        let report = judge(&verifier(&mint), &message(&mint, None));
        let (outcome, word) = rule(&report, id);
        assert_eq!((outcome.as_str(), word.as_str()), expected);
        passed("signature", &report);
        passed("signer_certificate", &report);
        passed("moment", &report);
    }
    let mint = make(&order().fault(Fault::WrongUsage));
    let report = judge(&verifier(&mint), &mint.signer.certificate);
    assert_eq!(rule(&report, "purpose"), ("failed".into(), "key_usage".into()));
    assert_eq!(rule(&report, "signature"), ("not_applicable".into(), "no_document".into()));

    // A revocation that a list tells is no fault of the list.
    let mint = make(&order().revoked(at().plus_seconds(-90_000)));
    let report = judge(&verifier(&mint), &message(&mint, None));
    assert_eq!(rule(&report, "revocation_list").0, "not_done");

    // XML of the national profile names its certificate in KeyInfo.
    let mint = make(&order());
    let certificate = mint.signer_certificate().unwrap();
    let signer = XmlSigner::new(&*mint.signer.key, &certificate).unwrap();
    let xml = signer.sign(b"<a/>", &mut SeededRng::new(7)).unwrap();
    let other = ("not_applicable".to_owned(), "other_format".to_owned());
    assert_eq!(rule(&judge(&verifier(&mint), &xml), "signing_certificate_v2"), other);
}

#[test]
fn the_orders_call_some_doubts_negative() {
    let law = |mint: &Mint, policy: &str| {
        let verifier = verifier(mint).with_policy(Policy::named(policy).unwrap());
        let report = judge(&verifier, &message(mint, None));
        assert_eq!(report.verdict(), Verdict::Indeterminate);
        let json = report.to_json(Lang::Ru);
        assert_eq!(json["law"], json["signatures"][0]["law"]);
        report.law().map(|law| {
            assert_eq!(json["law"]["verdict"], "negative");
            assert_eq!(json["law"]["clause"], law.clause);
            assert!(law.text(Lang::Ru).contains(law.clause));
            law.clause
        })
    };
    let stale = make(&order().crl_fault(CrlFault::Stale));
    let expired = make(&order().fault(Fault::Expired));
    assert_eq!(law(&stale, "kz-2026"), Some("500/НҚ p.18.5"));
    assert_eq!(law(&expired, "kz-2026"), Some("500/НҚ p.16.1"));
    // Nothing of the kind is reported of order 1187, and RFC 5280 has no such word.
    for policy in ["kz-2015", "pkix"] {
        assert_eq!(law(&stale, policy), None);
        assert_eq!(law(&expired, policy), None);
    }
    // An unreachable list is no negative result, and neither is an unknown authority.
    let mint = make(&order());
    let report = judge(&Verifier::new(TrustStore::empty()), &message(&mint, None));
    assert_eq!((report.verdict(), report.law()), (Verdict::Indeterminate, None));
    // A verdict that has failed needs no other word, a good one has none.
    let revoked = make(&order().revoked(at().plus_seconds(-90_000)).fault(Fault::Expired));
    let report = judge(&verifier(&revoked), &message(&revoked, None));
    assert_eq!((report.verdict(), report.law()), (Verdict::Failed, None));
    assert_eq!(report.signatures()[0].law(), None);
}

#[test]
fn the_moment_of_check_chooses_unless_one_is_named() {
    let mint = make(&order());
    let signed = message(&mint, None);
    let named = |verifier: &Verifier, at: &str| {
        let report = verifier.verify(&signed, &Question::at(at.parse().unwrap())).unwrap();
        report.signatures()[0].preset
    };
    let plain = verifier(&mint);
    assert_eq!(named(&plain, "2026-11-25T12:00:00Z"), Preset::Kz2026);
    assert_eq!(named(&plain, "2026-08-20T12:00:00Z"), Preset::Kz2015);
    let pkix = plain.clone().with_policy(Policy::named("pkix").unwrap());
    assert_eq!(named(&pkix, "2026-11-25T12:00:00Z"), Preset::Pkix);
    let old = plain.with_policy(Policy::at("2020-01-01T00:00:00Z".parse().unwrap()));
    assert_eq!(named(&old, "2026-11-25T12:00:00Z"), Preset::Kz2015);
    assert!(Policy::named("kz").is_none() && Policy::named("").is_none());
}

#[test]
fn the_national_presets_demand_a_national_policy() {
    use openssl_authority::Authority;
    for (extension, listed) in [
        ("keyUsage = digitalSignature, nonRepudiation", false),
        ("certificatePolicies = 1.2.398.3.3.2", true),
        ("certificatePolicies = 1.2.398.3.3.2.1", true),
        ("certificatePolicies = 1.2.3.4, 1.2.398.3.3.2.4", true),
        ("certificatePolicies = 1.2.398.5.19.1.2.2.1.2", true),
        ("certificatePolicies = 1.2.398.3.3.22", false),
        ("certificatePolicies = 1.2.398.3.1.2", false),
        ("certificatePolicies = 1.2.3.4", false),
    ] {
        let authority = Authority::new(extension);
        for (policy, asked) in [("kz-2026", true), ("kz-2015", true), ("pkix", false)] {
            let report = authority.judge(Policy::named(policy).unwrap());
            let expected = if listed || !asked {
                (Verdict::Passed, "none")
            } else {
                (Verdict::Failed, "cert_policy")
            };
            assert_eq!((report.verdict(), reason(&report)), expected, "{policy}: {extension}");
            assert_eq!(rule(&report, "purpose").0, expected.0.code());
        }
        // What nobody chose fails closed.
        let report = authority.judge(Policy::default());
        assert_eq!(report.verdict() == Verdict::Passed, listed, "{extension}");
    }
}

#[test]
fn pkix_asks_for_the_uses_of_rfc_5280_alone() {
    use openssl_authority::Authority;
    for (extension, sign, login) in [
        ("", true, true),
        ("keyUsage = digitalSignature", true, true),
        ("keyUsage = nonRepudiation", true, false),
        ("keyUsage = keyEncipherment", false, false),
        ("keyUsage = keyAgreement", false, true),
        ("extendedKeyUsage = emailProtection", true, false),
        ("extendedKeyUsage = 1.3.6.1.5.5.7.3.36", true, false),
        ("extendedKeyUsage = clientAuth", false, true),
        ("extendedKeyUsage = anyExtendedKeyUsage", true, true),
        ("extendedKeyUsage = serverAuth", false, false),
        ("keyUsage = keyEncipherment\nextendedKeyUsage = emailProtection", false, false),
    ] {
        let authority = Authority::new(extension);
        for (purpose, allowed) in [(Purpose::Sign, sign), (Purpose::Authenticate, login)] {
            let policy = Policy::named("pkix").unwrap().with_purpose(purpose);
            let report = authority.judge(policy);
            let expected = if allowed { "none" } else { "key_usage" };
            assert_eq!(reason(&report), expected, "{extension}: {purpose:?}");
        }
    }
}

#[test]
fn every_failure_is_told() {
    use openssl_authority::Authority;
    let report = Authority::new("keyUsage = keyEncipherment").judge(Policy::default());
    let json = report.to_json(Lang::En);
    let checks = json["signatures"][0]["checks"].as_array().unwrap();
    let reasons: Vec<_> = checks.iter().filter_map(|check| check["reason"].as_str()).collect();
    assert_eq!(reasons, ["key_usage", "cert_policy"]);
}

/// An authority of OpenSSL's, whose person has the extensions that a test wants.
mod openssl_authority {
    use qoltanba::{
        Certificate, Question, Report, TrustAnchor, TrustStore, Verifier, policy::Policy,
        revocation::Crl,
    };

    use super::message::{openssl, write};

    pub(crate) struct Authority {
        root: Certificate,
        person: Vec<u8>,
        list: Crl,
    }

    impl Authority {
        pub(crate) fn new(extension: &str) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
            let config = format!(
                "[req]\ndistinguished_name=dn\n[dn]\n[authority]\nbasicConstraints=critical,CA:TRUE\n\
                 keyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n[person]\n\
                 subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n{}\n[ca]\ndefault_ca=d\n\
                 [d]\ndatabase={}\ncrlnumber={}\ndefault_md=sha256\ndefault_crl_days=30\n\
                 crl_extensions=crl\n[crl]\nauthorityKeyIdentifier=keyid\n",
                with_signing(extension),
                path("index.txt"),
                path("crlnumber"),
            );
            let config = write(folder.path(), "openssl.cnf", config.as_bytes());
            write(folder.path(), "index.txt", b"");
            write(folder.path(), "crlnumber", b"01\n");
            let (root, person) = (path("root.pem"), path("person.pem"));
            let (root_key, key) = (path("root.key"), path("person.key"));
            let request = |subject: &str, days: &str, more: &[&str], key: &str, out: &str| {
                let args = ["req", "-x509", "-subj", subject, "-days", days, "-config", &config];
                let files = ["-keyout", key, "-out", out];
                let ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
                openssl(&[&args[..], &files, &ec, &["-sha256"], more].concat());
            };
            request("/CN=root", "30", &["-extensions", "authority"], &root_key, &root);
            let below = ["-extensions", "person", "-CA", &root, "-CAkey", &root_key];
            request("/CN=person", "29", &below, &key, &person);
            let list = openssl(&[
                "ca", "-gencrl", "-config", &config, "-cert", &root, "-keyfile", &root_key,
            ]);
            let list = write(folder.path(), "list.pem", &list);
            let root = openssl(&["x509", "-in", &root, "-outform", "DER"]);
            let person = openssl(&["x509", "-in", &person, "-outform", "DER"]);
            let list = openssl(&["crl", "-in", &list, "-outform", "DER"]);
            Self {
                root: Certificate::from_der(&root).unwrap(),
                person,
                list: Crl::from_der(&list).unwrap(),
            }
        }

        pub(crate) fn judge(&self, policy: Policy) -> Report {
            let mut trust = TrustStore::empty();
            trust.add(TrustAnchor::from_self_signed(&self.root).unwrap());
            let verifier = Verifier::new(trust).with_crls([self.list.clone()]).with_policy(policy);
            verifier.verify(&self.person, &Question::at(self.list.this_update())).unwrap()
        }
    }

    /// The national rules want nonRepudiation said; a test about policies is not about that.
    fn with_signing(extension: &str) -> String {
        if extension.starts_with("certificatePolicies") {
            format!("{extension}\nkeyUsage=digitalSignature,nonRepudiation")
        } else {
            extension.to_owned()
        }
    }
}

#[test]
fn each_part_has_a_verdict_of_its_own() {
    use Verdict::{Failed, Indeterminate, Passed};
    const THEN: Option<&str> = Some("2026-11-20T00:00:00Z");
    let unproved = (Indeterminate, "no_proven_time");
    let good = make(&order());
    let told = |verifier: &Verifier, document: &[u8]| parts(&judge(verifier, document));
    let all = |order: Order, time| {
        let mint = make(&order);
        told(&verifier(&mint), &message(&mint, time))
    };
    assert_eq!(all(order(), THEN), [(Passed, ""), (Passed, ""), (Passed, ""), unproved]);
    let unclaimed = (Indeterminate, "no_claimed_time");
    assert_eq!(all(order(), None), [(Passed, ""), (Passed, ""), unclaimed, unproved]);
    // A claim of a time when the certificate was not there yet, or of a time to come.
    let before = all(order(), Some("2026-01-01T00:00:00Z"));
    assert_eq!(before[2], (Indeterminate, "cert_not_yet_valid"));
    let after = all(order(), Some("2026-11-26T00:00:00Z"));
    assert_eq!(after[2], unproved);
    // Expired since: the document is unchanged and the authority vouched for its signer.
    let expired = all(order().fault(Fault::Expired), Some("2026-10-20T00:00:00Z"));
    assert_eq!(expired, [(Passed, ""), (Passed, ""), (Indeterminate, "cert_expired"), unproved]);
    // Revoked after the claimed time: a claim proves nothing, and neither does it condemn.
    let revoked = order().revoked("2026-11-22T00:00:00Z".parse().unwrap());
    let revoked_parts = all(revoked.clone(), THEN);
    assert_eq!(revoked_parts[..2], [(Passed, ""), (Passed, "")]);
    assert_eq!(revoked_parts[2], (Indeterminate, "cert_revoked"));
    // Revoked before it, and with no claim at all.
    assert_eq!(all(revoked.clone(), Some("2026-11-23T00:00:00Z"))[2], (Failed, "cert_revoked"));
    assert_eq!(all(revoked, None)[2], (Failed, "cert_revoked"));
    // Could not check is never forged and never good.
    let nothing = told(&Verifier::new(TrustStore::empty()), &message(&good, THEN));
    let nobody = (Indeterminate, "chain_untrusted");
    assert_eq!(nothing, [(Passed, ""), nobody, nobody, unproved]);
    // Altered: what is known of the signer does not make it good.
    let mut altered = message(&good, THEN);
    let at_content = altered.windows(CONTENT.len()).position(|w| w == CONTENT).unwrap();
    altered[at_content] ^= 1;
    let parts = told(&verifier(&good), &altered);
    assert_eq!(parts[0], (Failed, "content_digest_mismatch"));
    assert_ne!(parts[2].0, Passed);
}

#[test]
fn a_role_is_expected_as_numbers_are() {
    let employee = make(&order().role(Role::Employee));
    let certificate = employee.signer_certificate().unwrap();
    let subject = qoltanba::identity::Subject::claimed_by(&certificate);
    let signed = message(&employee, None);
    let ask = |roles: &[Role], iin, bin| {
        let mut question = Question::at(at());
        question.expect_role = roles.to_vec();
        (question.expect_iin, question.expect_bin) = (iin, bin);
        reason(&verifier(&employee).verify(&signed, &question).unwrap())
    };
    assert_eq!(ask(&[Role::Employee], None, None), "none");
    assert_eq!(ask(&[Role::FirstHead, Role::Employee], subject.iin, subject.bin), "none");
    assert_eq!(ask(&[Role::FirstHead], None, None), "role_mismatch");
    assert_eq!(ask(&[Role::FirstHead], subject.iin, subject.bin), "role_mismatch");
    let other = Some("123456789012".parse().unwrap());
    assert_eq!(ask(&[Role::Employee], None, other), "bin_mismatch");
    assert_eq!(
        ask(&[Role::FirstHead], other.map(|_| "990101300007".parse().unwrap()), None),
        "iin_mismatch"
    );
}

#[test]
fn one_signature_carries_number_and_role_together() {
    let mut rng = SeededRng::new(12);
    let individual = make(&order());
    let head = {
        let mut order = order().role(Role::FirstHead);
        order.number = 1;
        make(&order)
    };
    let first = message(&individual, None);
    let certificate = head.signer_certificate().unwrap();
    let both = CmsSigner::new(&*head.signer.key, &certificate).unwrap();
    let both = both.cosign(&first, None, &mut rng).unwrap();
    let judge = verifier(&individual)
        .with_crls(head.lists.iter().map(|l| Crl::from_der(l).unwrap()))
        .with_certificates(
            head.authorities.iter().map(|a| Certificate::from_der(a.certificate()).unwrap()),
        );
    let iin = |mint: &Mint| {
        qoltanba::identity::Subject::claimed_by(&mint.signer_certificate().unwrap()).iin
    };
    let ask = |iin, role| {
        let mut question = Question::at(at());
        question.expect_role = vec![role];
        question.expect_iin = iin;
        reason(&judge.verify(&both, &question).unwrap())
    };
    assert_eq!(ask(iin(&head), Role::FirstHead), "none");
    assert_eq!(ask(iin(&individual), Role::Individual), "none");
    assert_eq!(ask(iin(&individual), Role::FirstHead), "role_mismatch");
    assert_eq!(ask(iin(&head), Role::Individual), "role_mismatch");
}
