//! Lists judged at a moment that a time stamp proves, with the knowledge of a later one.

#[allow(dead_code)]
#[path = "../../tests/lists/mint.rs"]
mod mint;

use mint::{AUTHORITY, DAY, LISTS, List, NOW, PERSON, Party, Wish};

use super::{Back, Freshness, Inquiry, Reach, of_path};
use crate::{
    algorithm::Strength,
    budget::Limits,
    certificate::Certificate,
    revocation::{AnyList, Crl, OcspRules},
    time::{Instant, Moment},
    trust::{KnownLinks, PathBuilder, PathInputs, PathSearch, TrustAnchor, TrustStore},
};

const LEAF: u32 = 0x21;
const KEY_COMPROMISE: u8 = 1;
const CA_COMPROMISE: u8 = 2;
const SUPERSEDED: u8 = 4;
const HOLD: u8 = 6;

/// Certificates are valid for 300 days from [`NOW`]; one looks back from day 400.
const LOOKING_BACK: i64 = 400;

struct World {
    root: Party,
    authority: Party,
    leaf: Party,
    more: Vec<Certificate>,
    freshness: Freshness,
}

impl World {
    fn new() -> Self {
        let root = Party::root("ТҮБІР", mint::key());
        let wish = |serial, name, usage, ca| Wish { serial, name, usage, ca, more: Vec::new() };
        let authority = root.certify(&wish(11, "ОРТАЛЫҚ", AUTHORITY, true), mint::key());
        let leaf = authority.certify(&wish(LEAF, "АДАМ", PERSON, false), mint::key());
        Self { root, authority, leaf, more: Vec::new(), freshness: Freshness::Judged }
    }

    /// What is said of the leaf at [`NOW`], so many days later: `good`, or the code of the reason.
    fn ask(&self, days_later: i64, lists: &[&List], rules: Reach) -> &'static str {
        let lists: Vec<Crl> = lists.iter().map(|l| mint::parse(&l.sign(&self.authority))).collect();
        self.ask_signed(days_later, lists, rules)
    }

    fn ask_signed(&self, days_later: i64, mut lists: Vec<Crl>, rules: Reach) -> &'static str {
        // The authority itself was fine until its certificate expired.
        let of_root = List::new(1).until(Some(NOW + 900 * DAY)).sign(&self.root);
        lists.push(mint::parse(&of_root));
        let lists: Vec<AnyList> = lists.into_iter().map(AnyList::from).collect();
        let mut trust = TrustStore::empty();
        trust.add(TrustAnchor::from_self_signed(&self.root.parsed()).unwrap());
        let mut candidates = self.more.clone();
        candidates.push(self.authority.parsed());
        let limits = Limits::default();
        let known = KnownLinks::new(&limits);
        let inputs = PathInputs::default();
        let at = Instant::from_unix(NOW);
        let paths = PathBuilder {
            trust: &trust,
            candidates: &candidates,
            at,
            strength: Strength::default(),
            limits: &limits,
            known: &known,
            inputs: &inputs,
        };
        let moment = Moment { at, now: at.plus_seconds(days_later * DAY) };
        let inquiry = Inquiry {
            moment,
            freshness: self.freshness,
            lists: &lists,
            rules,
            ocsp: &[],
            ocsp_rules: OcspRules::default(),
            paths,
        };
        let PathSearch::Trusted(path) = paths.find(&self.leaf.parsed()) else { panic!("no path") };
        let status = of_path(path.path(), &inquiry);
        match (status.proof, status.problems.as_slice()) {
            (Some(proof), []) if proof.at() == at => "good",
            (None, [one]) => one.code(),
            other => panic!("{other:?}"),
        }
    }
}

fn made(days: i64) -> List {
    List::new(10).made(-days).until(Some(NOW + 900 * DAY))
}

/// RFC 5280 §3.3: an authority may leave expired certificates out of its lists.
#[test]
fn a_list_made_after_a_certificate_expired_clears_only_if_it_keeps_such() {
    let world = World::new();
    let rules = Reach::default();
    let ask = |lists: &[&List]| world.ask(LOOKING_BACK, lists, rules);
    let keeps = |since: &[u8]| mint::extension(60, false, &mint::tlv(0x18, &[since]));
    assert_eq!(ask(&[&made(299)]), "good");
    assert_eq!(ask(&[&made(301)]), "crl_after_expiry");
    assert_eq!(ask(&[&made(301), &made(299)]), "good");
    assert_eq!(ask(&[&made(301).with(keeps(b"20200101000000Z"))]), "good");
    assert_eq!(ask(&[&made(301).with(keeps(b"20990101000000Z"))]), "crl_after_expiry");
    assert_eq!(ask(&[&made(301).revoke(LEAF, KEY_COMPROMISE), &made(299)]), "cert_revoked");
}

#[test]
fn a_list_clears_when_it_was_made_by_the_moment_of_check_and_reaches_the_moment_judged() {
    let world = World::new();
    let ask = |days_later, list: &List| world.ask(days_later, &[list], Reach::default());
    assert_eq!(ask(10, &made(9)), "good");
    assert_eq!(ask(10, &made(11)), "crl_stale");
    assert_eq!(ask(10, &made(-9).until(Some(NOW))), "good");
    assert_eq!(ask(10, &made(-9).until(Some(NOW - 1))), "crl_stale");
    assert_eq!(ask(10, &made(-9).until(None)), "crl_stale");
}

/// Entries are dated a hundred days before [`NOW`]; here the moment of revocation comes later.
#[test]
fn a_later_revocation_reaches_back_by_its_reason() {
    let world = World::new();
    let later = |reason, since: Option<&[u8]>| {
        let since = since.map(|t| mint::extension(24, false, &mint::tlv(0x18, &[t])));
        made(8).entry_at(NOW + 5 * DAY, LEAF, reason, &Vec::from_iter(since))
    };
    let strict = Reach { key_compromise: Back::ToTheBeginning, ..Reach::default() };
    let lenient = Reach { unspecified: Back::ToItsDate, hold: Back::ToItsDate, ..Reach::default() };
    let before: Option<&[u8]> = Some(b"20261101000000Z");
    let after: Option<&[u8]> = Some(b"20261129000000Z");
    for (list, rules, wanted) in [
        (later(SUPERSEDED, None), Reach::default(), "good"),
        (later(SUPERSEDED, before), Reach::default(), "good"),
        (later(KEY_COMPROMISE, None), Reach::default(), "good"),
        (later(KEY_COMPROMISE, after), Reach::default(), "good"),
        (later(KEY_COMPROMISE, before), Reach::default(), "cert_revoked"),
        (later(KEY_COMPROMISE, None), strict, "cert_revoked"),
        (later(CA_COMPROMISE, None), Reach::default(), "cert_revoked"),
        (later(0, None), Reach::default(), "cert_revoked"),
        (later(0, None), lenient, "good"),
        (later(HOLD, None), Reach::default(), "cert_revoked"),
        (later(HOLD, None), lenient, "good"),
    ] {
        assert_eq!(world.ask(10, &[&list], rules), wanted, "{:?}", list.entries);
    }
}

/// The certificate of a list's signer is on a list that he signs himself.
#[test]
fn a_signer_who_vouches_for_himself_proves_nothing() {
    let mut world = World::new();
    let wish =
        Wish { serial: 9, name: "ОРТАЛЫҚ", usage: LISTS, ca: false, more: Vec::new() };
    let lister = world.authority.certify(&wish, mint::key());
    world.more.push(lister.parsed());
    let by_lister = mint::parse(&made(0).sign(&lister));
    let ask = |lists| world.ask_signed(10, lists, Reach::default());
    assert_eq!(ask(vec![by_lister.clone()]), "crl_signer_unproved");
    // A list about the signer alone, by the authority's own key, opens the circle.
    let users = mint::tlv(0x81, &[&[0xff]]);
    let by_authority = made(0).only(&[&users]).sign(&world.authority);
    assert_eq!(ask(vec![by_lister.clone(), mint::parse(&by_authority)]), "good");
    let revoked = made(0).only(&[&users]).revoke(9, KEY_COMPROMISE).sign(&world.authority);
    // What the authority's own key says of the person stands on its own.
    assert_eq!(ask(vec![by_lister, mint::parse(&revoked)]), "good");
}

/// Whoever has the key of an authority makes certificates of any date.
#[test]
fn the_compromise_of_an_authority_reaches_back_whatever_reason_names_it() {
    let world = World::new();
    let own = mint::parse(&made(8).sign(&world.authority));
    for (reason, wanted) in
        [(SUPERSEDED, "good"), (KEY_COMPROMISE, "cert_revoked"), (CA_COMPROMISE, "cert_revoked")]
    {
        let of_root = made(8).entry_at(NOW + 5 * DAY, 11, reason, &[]).sign(&world.root);
        let lists = vec![own.clone(), mint::parse(&of_root)];
        assert_eq!(world.ask_signed(10, lists, Reach::default()), wanted, "{reason}");
    }
}

/// Whoever has the key of a list's signer writes thisUpdate as he likes.
#[test]
fn the_compromise_of_a_lists_signer_reaches_back() {
    let mut world = World::new();
    let place = mint::full_name(&mint::uri("http://crl.example.kz/signers"));
    let points = mint::sequence(&[&mint::sequence(&[&place])]);
    let more = vec![mint::extension(31, false, &points)];
    let wish = Wish { serial: 9, name: "ОРТАЛЫҚ", usage: LISTS, ca: false, more };
    let lister = world.authority.certify(&wish, mint::key());
    world.more.push(lister.parsed());
    // What is left is the list about signers, which does not speak of the person.
    for (reason, wanted) in [(SUPERSEDED, "good"), (KEY_COMPROMISE, "crl_scope")] {
        let of_signers = made(8).only(&[&place]).entry_at(NOW + 5 * DAY, 9, reason, &[]);
        let lists = [made(0).sign(&lister), of_signers.sign(&world.authority)];
        let lists = lists.iter().map(|list| mint::parse(list)).collect();
        assert_eq!(world.ask_signed(10, lists, Reach::default()), wanted, "{reason}");
    }
}

/// A key that tells the moment itself is cleared by what is in force today alone.
#[test]
fn a_moment_that_the_key_itself_tells_asks_for_evidence_of_today() {
    let mut world = World::new();
    let then = made(-9).until(Some(NOW + DAY));
    let last_days = made(299).until(Some(NOW + 301 * DAY));
    let before = made(200).until(Some(NOW + 299 * DAY));
    for (freshness, wanted) in [
        (Freshness::Judged, ["good", "good", "good", "good"]),
        (Freshness::Check, ["crl_stale", "good", "good", "crl_stale"]),
    ] {
        world.freshness = freshness;
        let ask = |days, list: &List| world.ask(days, &[list], Reach::default());
        let said = [
            ask(10, &then),
            ask(10, &made(9)),
            ask(LOOKING_BACK, &last_days),
            ask(LOOKING_BACK, &before),
        ];
        assert_eq!(said, wanted, "{freshness:?}");
    }
}
