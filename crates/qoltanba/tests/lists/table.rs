//! The rows: which lists about which certificate mean what.

use crate::{
    AT_INDIRECT, AT_POINTS, AUTHORITY_NAME, BY_REASONS, DAY, INDIRECT_NAME, LISTER, List, NOW,
    PLAIN, POINT_A, POINT_B, Party, Status,
    Status::{Good, Revoked, Unknown},
    World,
    mint::{COMPROMISES, OTHERS, directory, extension, full_name, sequence, tlv, unknown, uri},
};

pub(crate) struct Row<'a> {
    pub(crate) name: &'static str,
    pub(crate) leaf: &'a Party,
    pub(crate) lists: Vec<Vec<u8>>,
    pub(crate) ours: Status,
    /// What OpenSSL says when it is not the same, and why.
    pub(crate) openssl: Option<(Status, &'static str)>,
    /// The list of the root is among the lists.
    pub(crate) without_root: bool,
}

impl<'a> Row<'a> {
    fn new(name: &'static str, leaf: &'a Party, ours: Status, lists: Vec<Vec<u8>>) -> Self {
        Self { name, leaf, lists, ours, openssl: None, without_root: false }
    }

    fn openssl(mut self, status: Status, why: &'static str) -> Self {
        self.openssl = Some((status, why));
        self
    }
}

// Codes of reasons (RFC 5280 §5.3.1).
const KEY_COMPROMISE: u8 = 1;
const SUPERSEDED: u8 = 4;
const HOLD: u8 = 6;
const REMOVE: u8 = 8;

pub(crate) fn rows(world: &World) -> Vec<Row<'_>> {
    let mut rows = complete(world);
    rows.extend(times(world));
    rows.extend(deltas(world));
    rows.extend(holds(world));
    rows.extend(points(world));
    rows.extend(indirect(world));
    rows.extend(keys(world));
    rows.extend(critical(world));
    rows
}

fn complete(world: &World) -> Vec<Row<'_>> {
    let (leaf, by) = (&world.plain, &world.authority);
    let revokes = List::new(10).revoke(PLAIN, KEY_COMPROMISE);
    vec![
        Row::new("a list that is silent", leaf, Good, vec![List::new(10).sign(by)]),
        Row::new(
            "a list that names another",
            leaf,
            Good,
            vec![List::new(10).revoke(PLAIN + 1, KEY_COMPROMISE).sign(by)],
        ),
        Row::new("a list that revokes", leaf, Revoked, vec![revokes.sign(by)]),
        Row::new("no list", leaf, Unknown, vec![]),
        Row {
            without_root: true,
            ..Row::new("no list of the root", leaf, Unknown, vec![List::new(10).sign(by)])
        },
        Row::new(
            "the newer list is silent",
            leaf,
            Good,
            vec![List::new(9).revoke(PLAIN, HOLD).made(2).sign(by), List::new(10).sign(by)],
        ),
        Row::new(
            "the newer list revokes",
            leaf,
            Revoked,
            vec![List::new(9).made(2).sign(by), revokes.sign(by)],
        ),
        Row::new(
            "an older list has the greater number",
            leaf,
            Good,
            vec![List::new(99).revoke(PLAIN, HOLD).made(2).sign(by), List::new(10).sign(by)],
        ),
    ]
}

fn times(world: &World) -> Vec<Row<'_>> {
    let (leaf, by) = (&world.plain, &world.authority);
    let stale = List::new(10).made(9).until(Some(NOW - DAY));
    vec![
        Row::new("a stale list that is silent", leaf, Unknown, vec![stale.sign(by)]),
        Row::new(
            "a stale list that revokes",
            leaf,
            Revoked,
            vec![stale.clone().revoke(PLAIN, KEY_COMPROMISE).sign(by)],
        ),
        Row::new(
            "a stale list that revokes, and a newer one in force",
            leaf,
            Good,
            vec![stale.revoke(PLAIN, HOLD).sign(by), List::new(11).sign(by)],
        ),
        Row::new(
            "a list without nextUpdate",
            leaf,
            Unknown,
            vec![List::new(10).until(None).sign(by)],
        )
        .openssl(Good, "a list without nextUpdate never expires there; 500/НҚ p.18.5"),
        Row::new("a list from the future", leaf, Unknown, vec![List::new(10).made(-2).sign(by)]),
    ]
}

fn deltas(world: &World) -> Vec<Row<'_>> {
    let (leaf, by) = (&world.plain, &world.authority);
    let base = List::new(10).sign(by);
    let revokes = |number, of| List::delta(number, of).revoke(PLAIN, KEY_COMPROMISE);
    vec![
        Row::new(
            "a delta that is silent",
            leaf,
            Good,
            vec![base.clone(), List::delta(12, 10).sign(by)],
        ),
        Row::new(
            "a delta that revokes",
            leaf,
            Revoked,
            vec![base.clone(), revokes(12, 10).sign(by)],
        ),
        Row::new(
            "a delta to an older base",
            leaf,
            Revoked,
            vec![base.clone(), revokes(12, 8).sign(by)],
        ),
        Row::new("a delta with no base", leaf, Unknown, vec![List::delta(12, 10).sign(by)]),
        Row::new(
            "a delta that revokes, with no base",
            leaf,
            Revoked,
            vec![revokes(12, 10).sign(by)],
        )
        .openssl(Unknown, "an authentic revocation stands without its base here"),
        Row::new(
            "a delta that revokes, to a base that is not here",
            leaf,
            Revoked,
            vec![base.clone(), revokes(12, 11).sign(by)],
        )
        .openssl(Good, "an authentic newer revocation stands without its base here"),
        Row::new(
            "a delta whose number is below that of its base",
            leaf,
            Good,
            vec![base.clone(), revokes(10, 14).sign(by)],
        ),
        Row::new(
            "a delta that revokes, and a newer one of another key that is silent",
            leaf,
            Revoked,
            vec![
                base.clone(),
                revokes(12, 10).sign(by),
                List { made: NOW - DAY / 4, ..List::delta(13, 10) }.sign(&world.lister),
            ],
        ),
        Row::new(
            "a stale delta that revokes",
            leaf,
            Revoked,
            vec![base.clone(), revokes(12, 10).until(Some(NOW - 60)).sign(by)],
        ),
        Row::new(
            "a delta before its base",
            leaf,
            Good,
            vec![base, revokes(12, 10).made(3).sign(by)],
        )
        .openssl(Revoked, "numbers alone are compared there; the list was made after the delta"),
        Row::new(
            "a base that the delta is newer than is stale",
            leaf,
            Unknown,
            vec![
                List::new(10).made(9).until(Some(NOW - DAY)).sign(by),
                List::delta(12, 10).sign(by),
            ],
        )
        .openssl(Good, "RFC 5280 §6.3.3(a)(1)(i) allows it; 500/НҚ p.18.5 does not"),
    ]
}

fn holds(world: &World) -> Vec<Row<'_>> {
    let (leaf, by) = (&world.plain, &world.authority);
    let held = List::new(10).revoke(PLAIN, HOLD).sign(by);
    let release = |number, base| List::delta(number, base).revoke(PLAIN, REMOVE);
    let with = |delta: Vec<u8>| vec![held.clone(), delta];
    vec![
        Row::new("a hold", leaf, Revoked, vec![held.clone()]),
        Row::new("a hold that is released", leaf, Good, with(release(12, 10).sign(by))),
        Row::new(
            "a hold, released by a delta to an older base",
            leaf,
            Good,
            with(release(12, 8).sign(by)),
        ),
        Row::new(
            "a hold, released by a delta to a newer base",
            leaf,
            Revoked,
            with(release(12, 11).sign(by)),
        ),
        Row::new(
            "a hold, released by a delta that is older than the list",
            leaf,
            Revoked,
            with(release(10, 9).sign(by)),
        ),
        Row::new(
            "a hold, released by a stale delta",
            leaf,
            Revoked,
            with(release(12, 10).until(Some(NOW - 60)).sign(by)),
        )
        .openssl(Good, "while the list is in force, the dates of its delta do not matter there"),
        Row::new(
            "a hold, released by a delta of another scope",
            leaf,
            Revoked,
            with(release(12, 10).only(&[&tlv(0x81, &[&[0xff]])]).sign(by)),
        ),
        Row::new(
            "a hold, released by a delta of another key",
            leaf,
            Revoked,
            with(release(12, 10).sign(&world.lister)),
        ),
        Row::new(
            "a hold, released by a delta of another key, and no list names its key",
            leaf,
            Revoked,
            vec![
                List { names_key: false, ..List::new(10) }.revoke(PLAIN, HOLD).sign(by),
                List { names_key: false, ..release(12, 10) }.sign(&world.lister),
            ],
        )
        .openssl(Unknown, "a delta that the key of the list did not sign ends the check there"),
        Row::new(
            "a hold, released by a delta that was made before the list",
            leaf,
            Revoked,
            with(release(12, 8).made(3).sign(by)),
        )
        .openssl(Good, "numbers alone are compared there; the list was made after the delta"),
        Row::new(
            "a hold, released by a forged delta",
            leaf,
            Revoked,
            with(release(12, 10).sign(&world.forger)),
        ),
        Row::new(
            "a hold, released and revoked by a newer delta",
            leaf,
            Revoked,
            vec![
                held.clone(),
                release(12, 10).sign(by),
                List { made: NOW - DAY / 4, ..List::delta(13, 10) }
                    .revoke(PLAIN, SUPERSEDED)
                    .sign(by),
            ],
        ),
        Row::new(
            "a hold in a delta, released by a newer delta",
            leaf,
            Good,
            vec![
                List::new(10).sign(by),
                List::delta(12, 10).revoke(PLAIN, HOLD).sign(by),
                List { made: NOW - DAY / 4, ..List::delta(13, 10) }.revoke(PLAIN, REMOVE).sign(by),
            ],
        ),
        Row::new(
            "removeFromCRL for a compromised key",
            leaf,
            Revoked,
            vec![List::new(10).revoke(PLAIN, KEY_COMPROMISE).sign(by), release(12, 10).sign(by)],
        )
        .openssl(Good, "only a hold can be released (RFC 5280 §5.3.1)"),
    ]
}

fn points(world: &World) -> Vec<Row<'_>> {
    let by = &world.authority;
    let (plain, leaf, parts) = (&world.plain, &world.at_points, &world.by_reasons);
    let at = |address| full_name(&uri(address));
    let (users, authorities, attributes) =
        (tlv(0x81, &[&[0xff]]), tlv(0x82, &[&[0xff]]), tlv(0x85, &[&[0xff]]));
    let some = |flags: &[u8]| tlv(0x83, &[flags]);
    let first = List::new(10).only(&[&at(POINT_A), &some(COMPROMISES)]);
    let second = List::new(10).only(&[&at(POINT_B), &some(OTHERS)]);
    vec![
        Row::new("only end entities", plain, Good, vec![List::new(10).only(&[&users]).sign(by)]),
        Row::new(
            "only authorities",
            plain,
            Unknown,
            vec![List::new(10).only(&[&authorities]).sign(by)],
        ),
        Row::new(
            "only attribute certificates",
            plain,
            Unknown,
            vec![List::new(10).only(&[&attributes]).sign(by)],
        ),
        Row::new(
            "one of the points",
            leaf,
            Good,
            vec![List::new(10).only(&[&at(POINT_B)]).sign(by)],
        ),
        Row::new(
            "one of the points revokes",
            leaf,
            Revoked,
            vec![List::new(10).only(&[&at(POINT_B)]).revoke(AT_POINTS, SUPERSEDED).sign(by)],
        ),
        Row::new(
            "another point",
            leaf,
            Unknown,
            vec![List::new(10).only(&[&at("http://lists.invalid/c.crl")]).sign(by)],
        ),
        Row::new(
            "a point, and the certificate has none",
            plain,
            Unknown,
            vec![List::new(10).only(&[&at(POINT_A)]).sign(by)],
        ),
        Row::new(
            "the point that a certificate without one is assumed to have",
            plain,
            Good,
            vec![List::new(10).only(&[&full_name(&directory(AUTHORITY_NAME))]).sign(by)],
        )
        .openssl(Unknown, "the point that RFC 5280 §6.3.3 assumes is not known there"),
        Row::new(
            "some reasons",
            leaf,
            Unknown,
            vec![List::new(10).only(&[&some(COMPROMISES)]).sign(by)],
        ),
        Row::new(
            "all reasons in two lists",
            leaf,
            Good,
            vec![
                List::new(10).only(&[&some(COMPROMISES)]).sign(by),
                List::new(10).only(&[&some(OTHERS)]).sign(by),
            ],
        ),
        Row::new("one point of two, each for some reasons", parts, Unknown, vec![first.sign(by)]),
        Row::new(
            "both points, each for some reasons",
            parts,
            Good,
            vec![first.sign(by), second.sign(by)],
        ),
        Row::new(
            "both points, the second revokes",
            parts,
            Revoked,
            vec![first.sign(by), second.clone().revoke(BY_REASONS, SUPERSEDED).sign(by)],
        ),
        Row::new(
            "one point revokes, the other is missing",
            parts,
            Revoked,
            vec![second.revoke(BY_REASONS, SUPERSEDED).sign(by)],
        ),
    ]
}

fn indirect(world: &World) -> Vec<Row<'_>> {
    let (leaf, by) = (&world.at_indirect, &world.indirect);
    let list = || {
        let indirect = tlv(0x84, &[&[0xff]]);
        List::new(10).only(&[&full_name(&uri(POINT_A)), &indirect])
    };
    let of = |name| [extension(29, true, &sequence(&[&directory(name)]))];
    vec![
        Row::new("an indirect list that is silent", leaf, Good, vec![list().sign(by)]),
        Row::new(
            "an indirect list that revokes",
            leaf,
            Revoked,
            vec![list().entry(AT_INDIRECT, KEY_COMPROMISE, &of(AUTHORITY_NAME)).sign(by)],
        ),
        Row::new(
            "an indirect list, the issuer is carried on from the entry before",
            leaf,
            Revoked,
            vec![
                list()
                    .entry(7, KEY_COMPROMISE, &of(AUTHORITY_NAME))
                    .revoke(AT_INDIRECT, KEY_COMPROMISE)
                    .sign(by),
            ],
        ),
        Row::new(
            "an indirect list, the serial number of its own issuer",
            leaf,
            Good,
            vec![list().revoke(AT_INDIRECT, KEY_COMPROMISE).sign(by)],
        ),
        Row::new(
            "an indirect list, the serial number of another issuer",
            leaf,
            Good,
            vec![
                list()
                    .entry(7, KEY_COMPROMISE, &of(AUTHORITY_NAME))
                    .entry(AT_INDIRECT, KEY_COMPROMISE, &of("БӨТЕН ОРТАЛЫҚ"))
                    .sign(by),
            ],
        ),
        Row::new(
            "the indirect issuer's list that is not marked so",
            leaf,
            Unknown,
            vec![List::new(10).only(&[&full_name(&uri(POINT_A))]).sign(by)],
        ),
        Row::new(
            "an indirect list for one who names no other issuer",
            &world.plain,
            Unknown,
            vec![List::new(10).only(&[&tlv(0x84, &[&[0xff]])]).sign(by)],
        ),
        Row::new(
            "an indirect list of another name",
            leaf,
            Unknown,
            vec![list().sign(&world.lister)],
        ),
        Row::new(
            "an issuer of entries in a list that is not indirect",
            &world.plain,
            Unknown,
            vec![
                List::new(10)
                    .entry(7, KEY_COMPROMISE, &of(INDIRECT_NAME))
                    .revoke(PLAIN, KEY_COMPROMISE)
                    .sign(&world.authority),
            ],
        )
        .openssl(Good, "RFC 5280 §5.3.3 has the extension in indirect lists only"),
    ]
}

fn keys(world: &World) -> Vec<Row<'_>> {
    let leaf = &world.plain;
    let root = |list: List| list.sign(&world.root);
    vec![
        Row::new("a separate key for lists", leaf, Good, vec![List::new(10).sign(&world.lister)]),
        Row::new(
            "a separate key for lists, which revokes",
            leaf,
            Revoked,
            vec![List::new(10).revoke(PLAIN, SUPERSEDED).sign(&world.lister)],
        ),
        Row {
            without_root: true,
            ..Row::new(
                "a separate key for lists, which is revoked",
                leaf,
                Unknown,
                vec![
                    List::new(10).sign(&world.lister),
                    root(List::new(2).revoke(LISTER, KEY_COMPROMISE)),
                ],
            )
        },
        Row::new(
            "a revocation, and a newer list by another key, which is silent",
            leaf,
            Revoked,
            vec![
                List::new(10).made(2).revoke(PLAIN, KEY_COMPROMISE).sign(&world.authority),
                List::new(11).sign(&world.lister),
            ],
        ),
        Row::new(
            "a hold, and a newer list by another key, which is silent",
            leaf,
            Good,
            vec![
                List::new(10).made(2).revoke(PLAIN, HOLD).sign(&world.authority),
                List::new(11).sign(&world.lister),
            ],
        )
        .openssl(Revoked, "the key that the certificate names comes before the date there"),
        Row::new(
            "a key of the name that nobody certified",
            leaf,
            Unknown,
            vec![List::new(10).sign(&world.forger)],
        ),
        Row::new(
            "a forged list beside the right one",
            leaf,
            Good,
            vec![
                List::new(11).revoke(PLAIN, KEY_COMPROMISE).sign(&world.forger),
                List::new(10).sign(&world.authority),
            ],
        ),
        Row::new(
            "a certified key of the name that may not sign lists",
            leaf,
            Unknown,
            vec![List::new(10).sign(&world.person_of_the_name)],
        ),
        Row::new(
            "an authority that may not sign lists",
            &world.below_listless,
            Unknown,
            vec![List::new(10).sign(&world.listless)],
        ),
        Row::new("an altered list", leaf, Unknown, {
            let mut list = List::new(10).sign(&world.authority);
            *list.last_mut().unwrap() ^= 1;
            vec![list]
        }),
    ]
}

fn critical(world: &World) -> Vec<Row<'_>> {
    let (leaf, by) = (&world.plain, &world.authority);
    let freshest = extension(
        46,
        true,
        &sequence(&[&sequence(&[&full_name(&uri("http://lists.invalid/d.crl"))])]),
    );
    let keeps = extension(60, true, &tlv(0x18, &[b"20200101000000Z"]));
    vec![
        Row::new(
            "an unknown critical extension",
            leaf,
            Unknown,
            vec![List::new(10).with(unknown()).sign(by)],
        ),
        Row::new(
            "an unknown critical extension, and it revokes",
            leaf,
            Unknown,
            vec![List::new(10).with(unknown()).revoke(PLAIN, KEY_COMPROMISE).sign(by)],
        ),
        Row::new(
            "an unknown critical extension of an entry",
            leaf,
            Unknown,
            vec![List::new(10).entry(7, KEY_COMPROMISE, &[unknown()]).sign(by)],
        ),
        Row::new(
            "an unknown critical extension of its entry",
            leaf,
            Unknown,
            vec![List::new(10).entry(PLAIN, KEY_COMPROMISE, &[unknown()]).sign(by)],
        ),
        Row::new(
            "a newer list with a critical freshestCRL is silent",
            leaf,
            Revoked,
            vec![
                List::new(10).revoke(PLAIN, KEY_COMPROMISE).made(2).sign(by),
                List::new(11).with(freshest.clone()).sign(by),
            ],
        ),
        Row::new(
            "only a list with a critical freshestCRL",
            leaf,
            Unknown,
            vec![List::new(11).with(freshest.clone()).sign(by)],
        ),
        Row::new(
            "a list with a critical freshestCRL revokes",
            leaf,
            Revoked,
            vec![
                List::new(10).made(2).sign(by),
                List::new(11).with(freshest).revoke(PLAIN, KEY_COMPROMISE).sign(by),
            ],
        )
        .openssl(Good, "a list with a critical freshestCRL is passed over there for an older one"),
        Row::new(
            "a critical expiredCertsOnCRL",
            leaf,
            Good,
            vec![List::new(10).with(keeps).sign(by)],
        )
        .openssl(Unknown, "expiredCertsOnCRL is not processed there"),
    ]
}
