//! A verdict rests on the index of a list exactly as it rests on the list; what cannot be read in
//! an index clears nobody.
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

use std::{cell::RefCell, collections::BTreeSet};

use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use qoltanba::{
    Certificate, Lang, Question, TrustAnchor, TrustStore, Verdict, Verifier,
    algorithm::SignatureAlgorithm,
    revocation::{Crl, CrlIndex, CrlIndexBuilder},
};
use qoltanba_testkit::{CrlFault, CrlSpec, Mint, Reason, Revoked, Scope, SeededRng};

use message::{at, mint, reason};

const GOST: SignatureAlgorithm = SignatureAlgorithm::Gost2015_256;
const DAY: i64 = 86_400;

/// Everything but the list of the signer's issuer.
fn bare(mint: &Mint) -> Verifier {
    let anchor = Certificate::from_der(&mint.anchor).unwrap();
    let mut trust = TrustStore::empty();
    trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
    let lists = mint.lists.iter().map(|list| Crl::from_der(list).unwrap());
    let of_root = lists.filter(|list| list.claimed_issuer() == anchor.claimed_subject());
    Verifier::new(trust).with_certificates([issuing(mint)]).with_crls(of_root)
}

fn issuing(mint: &Mint) -> Certificate {
    Certificate::from_der(mint.issuing().certificate()).unwrap()
}

/// The octets of the index, if the list can have one.
fn index(mint: &Mint, der: &[u8]) -> Option<Vec<u8>> {
    let verified = CrlIndexBuilder::new().issuer(&issuing(mint)).read(&mut &*der).ok()?;
    let mut file = Vec::new();
    verified.write(&mut file).unwrap();
    Some(file)
}

/// The verdict and its first reason.
fn ask(verifier: &Verifier, mint: &Mint) -> (Verdict, &'static str) {
    let report = verifier.verify(&mint.signer.certificate, &Question::at(at())).unwrap();
    (report.verdict(), reason(&report))
}

fn any_spec(mint: &Mint) -> impl Strategy<Value = CrlSpec> + use<> {
    let serial = mint.signer_certificate().unwrap().serial().to_vec();
    let authorities = [mint.root.clone(), mint.issuing().clone()];
    let time = || (-30_i64..3).prop_map(|days| at().plus_seconds(days * DAY));
    let issuer = prop::option::weighted(0.2, 0..authorities.len());
    let entry = (
        prop_oneof![Just(serial), prop::collection::vec(1_u8..0x7f, 1..20)],
        time(),
        prop::option::of(select(Reason::ALL.to_vec())),
        prop::option::weighted(0.2, time()),
        issuer,
    );
    let entry = entry.prop_map(move |(serial, at, reason, invalid_since, issuer)| {
        let mut entry = Revoked::new(&serial, at);
        entry.reason = reason;
        entry.invalid_since = invalid_since;
        match issuer {
            Some(number) => entry.issued_by(&authorities[number]),
            None => entry,
        }
    });
    let scopes =
        vec![Scope::EndEntities, Scope::Authorities, Scope::KeyCompromise, Scope::Indirect];
    (
        prop::collection::vec(entry, 0..4),
        0_u64..60,
        prop::option::weighted(0.4, select(scopes)),
        prop::option::weighted(0.2, select(CrlFault::ALL.to_vec())),
        prop::option::weighted(0.2, 1_u64..9),
        prop_oneof![4 => Just(0_i64), 1 => -9_i64..3],
    )
        .prop_map(|(revoked, more, scope, fault, base, days)| {
            let made = at().plus_seconds(days * DAY);
            let mut spec = match base {
                Some(base) => CrlSpec::delta(5, base, made),
                None => CrlSpec::complete(5, made),
            };
            spec.fault = fault;
            spec.scope = scope;
            spec = spec.revoke_invented(more);
            spec.revoked.extend(revoked);
            spec
        })
}

#[test]
fn any_list_and_its_index_get_one_report() {
    let mint = mint(GOST);
    let bare = bare(&mint);
    let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let seen = RefCell::new(BTreeSet::new());
    TestRunner::new_with_rng(config, rng)
        .run(&(any_spec(&mint), any::<bool>()), |(spec, as_delta)| {
            let der = mint.issuing().publish(&spec, &mut SeededRng::new(7)).unwrap();
            // What nobody signed has no index.
            let Some(file) = index(&mint, &der) else { return Ok(()) };
            let (parsed, opened) = if as_delta {
                let file = std::sync::Arc::new(file);
                (Crl::delta_from_der(&der), CrlIndex::open_delta(file))
            } else {
                (Crl::from_der(&der), CrlIndex::from_bytes(file))
            };
            let parsed = bare.clone().with_crls([parsed.unwrap()]);
            let indexed = bare.clone().with_crl_indexes([opened.unwrap()]);
            for document in [&mint.signer.certificate[..], mint.issuing().certificate()] {
                for days in [-4, 0, 40] {
                    let question = Question::at(at().plus_seconds(days * DAY));
                    let [one, other] = [&parsed, &indexed].map(|verifier| {
                        let report = verifier.verify(document, &question).unwrap();
                        serde_json::to_string(&report.to_json(Lang::Kk)).unwrap()
                    });
                    prop_assert_eq!(one, other);
                }
            }
            seen.borrow_mut().insert(ask(&indexed, &mint).1);
            Ok(())
        })
        .unwrap();
    let seen = seen.into_inner();
    for reason in ["none", "cert_revoked", "crl_scope", "crl_stale", "crl_unknown_critical_ext"] {
        assert!(seen.contains(reason), "{reason} is not among {seen:?}");
    }
}

/// Only damage where the question is answered from matters, and there nothing else clears.
#[test]
fn a_damaged_block_clears_nobody() {
    let mint = mint(GOST);
    let bare = bare(&mint);
    let serial = mint.signer_certificate().unwrap().serial().to_vec();
    let list = |spec: CrlSpec| mint.issuing().publish(&spec, &mut SeededRng::new(7)).unwrap();
    let good = list(CrlSpec::complete(5, at()).revoke_invented(200));
    let revoked = Revoked::new(&serial, at()).because(Reason::KeyCompromise);
    let revoking = list(CrlSpec::complete(4, at()).revoke(revoked));
    let file = index(&mint, &good).unwrap();
    let whole = bare.clone().with_crl_indexes([CrlIndex::from_bytes(file.clone()).unwrap()]);
    assert_eq!(ask(&whole, &mint), (Verdict::Passed, "none"));
    let mut damaged = 0;
    for begin in (0..file.len()).step_by(512) {
        let mut file = file.clone();
        file[begin + 3] ^= 1;
        let Ok(index) = CrlIndex::from_bytes(file) else { continue };
        let verifier = bare.clone().with_crl_indexes([index.clone()]);
        if index.entries_of(&serial).is_ok() {
            assert_eq!(ask(&verifier, &mint), (Verdict::Passed, "none"));
            continue;
        }
        damaged += 1;
        let unknown = (Verdict::Indeterminate, "revocation_unknown");
        assert_eq!(ask(&verifier, &mint), unknown);
        let also = |list: &[u8]| verifier.clone().with_crls([Crl::from_der(list).unwrap()]);
        assert_eq!(ask(&also(&good), &mint), unknown);
        let failed = (Verdict::Failed, "cert_revoked");
        assert_eq!(ask(&also(&revoking), &mint), failed);
    }
    assert_eq!(damaged, 1);
}

/// An index counts under the key that it was verified by, and under no other of the name.
#[test]
fn an_index_under_another_key_clears_nobody() {
    let mint = mint(GOST);
    let other = Mint::good(GOST, at(), &mut SeededRng::new(32)).unwrap();
    let der = other.issuing().publish(&CrlSpec::complete(5, at()), &mut SeededRng::new(7)).unwrap();
    assert!(index(&mint, &der).is_none());
    let index = CrlIndex::from_bytes(index(&other, &der).unwrap()).unwrap();
    assert_eq!(index.facts().issuer(), issuing(&mint).claimed_subject());
    let told = ask(&bare(&mint).with_crl_indexes([index]), &mint);
    assert_eq!(told, (Verdict::Indeterminate, "crl_wrong_issuer"));
    assert_eq!(told, ask(&bare(&mint).with_crls([Crl::from_der(&der).unwrap()]), &mint));
}
