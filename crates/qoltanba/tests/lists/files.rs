//! Lists that are given as the file.

use qoltanba::{
    Certificate, Instant, Lang, Question, Report, TrustAnchor, TrustStore, Verdict, Verifier,
    report::{CheckId, EvidenceFacts, Subjects},
};

use crate::{
    AUTHORITY_NAME, DAY, LISTER, List, NOW, PLAIN, Party, World,
    mint::{extension, tlv},
};

fn question(at: i64) -> Question<'static> {
    Question::at(Instant::from_unix(at))
}

fn judge(list: &[u8], evidence: &[Vec<u8>]) -> Report {
    World::get().verifier(evidence).verify(list, &question(NOW)).unwrap()
}

fn said(report: &Report) -> (Verdict, Option<&'static str>) {
    (report.verdict(), report.reason().map(qoltanba::Reason::code))
}

#[test]
fn a_list_in_force_has_passed_whatever_it_says() {
    let world = World::get();
    let of_root = std::slice::from_ref(&world.of_root);
    let base = List::new(10).revoke(PLAIN, 1);
    let delta = List::delta(12, 10).revoke(PLAIN, 1);
    for (list, by) in [
        (&base, &world.authority),
        (&delta, &world.authority),
        (&base, &world.lister),
        (&base, &world.indirect),
    ] {
        let report = judge(&list.sign(by), of_root);
        assert_eq!(said(&report), (Verdict::Passed, None));
        assert!(report.accepted().next().is_none(), "a list has no signer");
    }
    let report = judge(&world.of_root, &[]);
    assert_eq!(said(&report), (Verdict::Passed, None), "nobody is above an anchor");
    let Subjects::Evidence(judged) = &report.subjects else { panic!() };
    let qoltanba::Conclusion::Passed(accepted) = &judged.conclusion else { panic!() };
    assert_eq!(accepted.anchor().name(), world.root.parsed().claimed_subject());
    let tbs_digest = &accepted.intact().covered().digest;
    assert_eq!(tbs_digest.len(), 32);
}

#[test]
fn the_facts_tell_number_and_base() {
    let world = World::get();
    let report = judge(&List::delta(12, 10).revoke(7, 1).sign(&world.authority), &[]);
    let facts = report.to_json(Lang::En)["signatures"][0]["facts"].clone();
    assert_eq!(facts["number"], 12);
    assert_eq!(facts["base"], 10);
    assert_eq!(facts["entries"], 1);
    assert_eq!(facts["issuer"], format!("CN={AUTHORITY_NAME}"));
    // Twenty octets are allowed (RFC 5280 §5.2.3).
    let long = tlv(0x02, &[&[0x7f; 20]]);
    let list = List { number: None, ..List::new(0) }.with(extension(20, false, &long));
    let report = judge(&list.sign(&world.authority), &[]);
    let Subjects::Evidence(judged) = &report.subjects else { panic!() };
    let EvidenceFacts::RevocationList { number, base, .. } = &judged.facts else { panic!() };
    assert_eq!((number.as_deref(), base), (Some(&*format!("0x{}", "7f".repeat(20))), &None));
}

#[test]
fn what_a_list_lacks_is_told() {
    let world = World::get();
    let of_root = std::slice::from_ref(&world.of_root);
    let list = List::new(10);
    let altered = {
        let mut list = list.sign(&world.authority);
        *list.last_mut().unwrap() ^= 1;
        list
    };
    let revoked = List::new(2).revoke(LISTER, 1).sign(&world.root);
    let unknown = list.clone().with(crate::mint::unknown());
    type Row<'a> = (&'a str, Vec<u8>, &'a [Vec<u8>], Verdict, &'a str);
    let rows: [Row<'_>; 10] = [
        ("altered", altered, of_root, Verdict::Failed, "crl_bad_signature"),
        ("forged", list.sign(&world.forger), of_root, Verdict::Failed, "crl_bad_signature"),
        (
            "may not sign lists",
            list.sign(&world.person_of_the_name),
            of_root,
            Verdict::Indeterminate,
            "crl_wrong_issuer",
        ),
        (
            "of nobody known",
            list.sign(&Party {
                name: "БӨТЕН", ..Party::root("БӨТЕН", crate::mint::key())
            }),
            of_root,
            Verdict::Indeterminate,
            "crl_wrong_issuer",
        ),
        (
            "stale",
            list.clone().made(9).until(Some(NOW - DAY)).sign(&world.authority),
            of_root,
            Verdict::Indeterminate,
            "crl_stale",
        ),
        (
            "from the future",
            list.clone().made(-1).sign(&world.authority),
            of_root,
            Verdict::Indeterminate,
            "crl_stale",
        ),
        (
            "without nextUpdate",
            list.clone().until(None).sign(&world.authority),
            of_root,
            Verdict::Indeterminate,
            "crl_stale",
        ),
        (
            "unknown critical",
            unknown.sign(&world.authority),
            of_root,
            Verdict::Indeterminate,
            "crl_unknown_critical_ext",
        ),
        (
            "its signer's status is not known",
            list.sign(&world.authority),
            &[],
            Verdict::Indeterminate,
            "revocation_unknown",
        ),
        (
            "its signer is revoked",
            list.sign(&world.lister),
            &[revoked],
            Verdict::Failed,
            "cert_revoked",
        ),
    ];
    for (what, list, evidence, verdict, code) in rows {
        assert_eq!(said(&judge(&list, evidence)), (verdict, Some(code)), "{what}");
    }
}

/// Whoever means one authority gives only that one.
#[test]
fn a_list_of_another_authority_is_of_nobody_known() {
    let world = World::get();
    let mut trust = TrustStore::empty();
    trust.add(TrustAnchor::from_self_signed(&world.root.parsed()).unwrap());
    let alone = |issuer: Certificate| Verifier::new(trust.clone()).with_certificates([issuer]);
    let list = List::new(10).sign(&world.authority);
    let report = alone(world.indirect.parsed()).verify(&list, &question(NOW)).unwrap();
    assert_eq!(said(&report), (Verdict::Indeterminate, Some("crl_wrong_issuer")));
    assert!(report.missing().next().is_some(), "what to give is told");
    let report = alone(world.lister.parsed()).verify(&list, &question(NOW)).unwrap();
    assert_eq!(said(&report), (Verdict::Failed, Some("crl_bad_signature")));
}

#[test]
fn a_list_is_no_signature_of_a_document() {
    let world = World::get();
    let mut asked = question(NOW);
    asked.data = Some(b"content");
    let report = world.verifier(&[]).verify(&world.of_root, &asked).unwrap();
    assert_eq!(said(&report), (Verdict::Failed, Some("no_signers")));
    let mut asked = question(NOW);
    asked.expect_iin = Some("900101300017".parse().unwrap());
    let report = world.verifier(&[]).verify(&world.of_root, &asked).unwrap();
    assert_eq!(said(&report), (Verdict::Failed, Some("iin_mismatch")));
    let damaged = world.verifier(&[]).verify(&world.of_root[..99], &question(NOW)).unwrap();
    assert_eq!(said(&damaged), (Verdict::Failed, Some("parse")));
}

/// Every flipped bit of a list is seen.
#[test]
fn no_altered_octet_passes() {
    let world = World::get();
    let mut list = world.of_root.clone();
    let verifier = world.verifier(&[]);
    for at in 0..list.len() {
        list[at] ^= 1 << (at % 8);
        if let Ok(report) = verifier.verify(&list, &question(NOW)) {
            assert_ne!(report.verdict(), Verdict::Passed, "octet {at}");
        }
        list[at] ^= 1 << (at % 8);
    }
    let report = verifier.verify(&list, &question(NOW)).unwrap();
    let Subjects::Evidence(judged) = &report.subjects else { panic!() };
    assert!(judged.checks.iter().any(|check| check.id == CheckId::Freshness));
}
