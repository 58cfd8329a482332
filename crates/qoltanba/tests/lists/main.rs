//! What lists say of a certificate, next to `openssl verify -crl_check_all -extended_crl
//! -use_deltas` on the same chain.
//!
//! Both must say what a row expects of them. Where a row expects two things, one of the two is
//! laxer or stricter, and the row says why.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod files;
mod mint;
mod table;

use std::{process::Command, sync::OnceLock};

use mint::{AUTHORITY, CERTIFICATES, DAY, LISTS, List, NOW, PERSON, Party, Wish};
use qoltanba::{
    Certificate, Instant, Question, TrustAnchor, TrustStore, Verifier,
    report::{CheckId, Outcome, Subjects},
    revocation::Crl,
};

/// What is known of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Good,
    Revoked,
    Unknown,
}

/// A root, an authority with a separate key for lists, an issuer of indirect lists, and people.
pub(crate) struct World {
    pub(crate) root: Party,
    pub(crate) authority: Party,
    /// The authority's name and another key, which may sign lists.
    pub(crate) lister: Party,
    /// Another name, which may sign lists.
    pub(crate) indirect: Party,
    /// The authority's name and a key that nobody certified.
    pub(crate) forger: Party,
    /// The authority's name and a certified key that may not sign lists.
    pub(crate) person_of_the_name: Party,
    /// An authority that may certify and not sign lists, and one whom it certified.
    pub(crate) listless: Party,
    pub(crate) below_listless: Party,
    pub(crate) plain: Party,
    pub(crate) at_points: Party,
    pub(crate) by_reasons: Party,
    pub(crate) at_indirect: Party,
    /// The list of the root: everybody below it is fine.
    pub(crate) of_root: Vec<u8>,
}

pub(crate) const AUTHORITY_NAME: &str = "ТЕСТ ОРТАЛЫҒЫ";
pub(crate) const INDIRECT_NAME: &str = "ТІЗІМ ШЫҒАРУШЫ";
pub(crate) const POINT_A: &str = "http://lists.invalid/a.crl";
pub(crate) const POINT_B: &str = "http://lists.invalid/b.crl";

const DELTAS: &str = "http://lists.invalid/delta.crl";

pub(crate) const LISTER: u32 = 12;
pub(crate) const PLAIN: u32 = 0x21;
pub(crate) const AT_POINTS: u32 = 0x22;
pub(crate) const BY_REASONS: u32 = 0x23;
pub(crate) const AT_INDIRECT: u32 = 0x24;

impl World {
    pub(crate) fn get() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(Self::new)
    }

    fn new() -> Self {
        let root = Party::root("ТЕСТ ТҮБІРІ", mint::key());
        let below_root = |serial, name, usage, ca| {
            root.certify(&Wish { serial, name, usage, ca, more: Vec::new() }, mint::key())
        };
        let authority = below_root(11, AUTHORITY_NAME, AUTHORITY, true);
        let lister = below_root(LISTER, AUTHORITY_NAME, LISTS, false);
        let indirect = below_root(13, INDIRECT_NAME, LISTS, false);
        let person_of_the_name = below_root(14, AUTHORITY_NAME, PERSON, false);
        let listless = below_root(15, "ТІЗІМСІЗ ОРТАЛЫҚ", CERTIFICATES, true);
        let wish =
            Wish { serial: PLAIN, name: "ТЕСТ", usage: PERSON, ca: false, more: Vec::new() };
        let below_listless = listless.certify(&wish, mint::key());
        let key = mint::key();
        let person = |serial, name, points: Option<Vec<u8>>| {
            let points = points.map(|points| mint::extension(31, false, &points));
            // OpenSSL takes a delta only where a certificate or a list says that there are any.
            let deltas =
                mint::sequence(&[&mint::sequence(&[&mint::full_name(&mint::uri(DELTAS))])]);
            let more = points.into_iter().chain([mint::extension(46, false, &deltas)]).collect();
            let wish = Wish { serial, name, usage: PERSON, ca: false, more };
            authority.certify(&wish, key.clone())
        };
        let a = mint::full_name(&mint::uri(POINT_A));
        let b = mint::full_name(&mint::uri(POINT_B));
        let reasons = |flags: &[u8]| mint::tlv(0x81, &[flags]);
        let issuer = mint::tlv(0xa2, &[&mint::directory(INDIRECT_NAME)]);
        let of_root = List::new(1).sign(&root);
        Self {
            plain: person(PLAIN, "ТЕСТ ЖАЙ", None),
            at_points: person(
                AT_POINTS,
                "ТЕСТ НҮКТЕ",
                Some(mint::sequence(&[&mint::sequence(&[&a]), &mint::sequence(&[&b])])),
            ),
            by_reasons: person(
                BY_REASONS,
                "ТЕСТ СЕБЕП",
                Some(mint::sequence(&[
                    &mint::sequence(&[&a, &reasons(mint::COMPROMISES)]),
                    &mint::sequence(&[&b, &reasons(mint::OTHERS)]),
                ])),
            ),
            at_indirect: person(
                AT_INDIRECT,
                "ТЕСТ БАСҚА",
                Some(mint::sequence(&[&mint::sequence(&[&a, &issuer])])),
            ),
            forger: Party::root(AUTHORITY_NAME, mint::key()),
            person_of_the_name,
            listless,
            below_listless,
            root,
            authority,
            lister,
            indirect,
            of_root,
        }
    }

    fn known(&self) -> [&Party; 5] {
        [&self.authority, &self.lister, &self.indirect, &self.person_of_the_name, &self.listless]
    }

    pub(crate) fn verifier(&self, lists: &[Vec<u8>]) -> Verifier {
        let mut trust = TrustStore::empty();
        trust.add(TrustAnchor::from_self_signed(&self.root.parsed()).unwrap());
        let known = self.known();
        Verifier::new(trust)
            .with_certificates(known.map(Party::parsed))
            .with_crls(lists.iter().map(|list| mint::parse(list)))
    }

    /// What we say.
    fn ours(&self, leaf: &Party, lists: &[Vec<u8>]) -> (Status, String) {
        let question = Question::at(Instant::from_unix(NOW));
        let report = self.verifier(lists).verify(&leaf.certificate, &question).unwrap();
        let Subjects::Certificate(one) = &report.subjects else { panic!("{report:?}") };
        let of = |id| one.checks.iter().filter(move |c| c.id == id);
        assert!(of(CheckId::Path).all(|c| c.outcome == Outcome::Passed), "{:?}", one.checks);
        let reasons: Vec<_> = of(CheckId::Revocation).filter_map(|c| c.reason()).collect();
        let codes = reasons.iter().map(|r| r.code()).collect::<Vec<_>>().join(", ");
        let status = match reasons.iter().any(|r| r.code() == "cert_revoked") {
            true => Status::Revoked,
            false if reasons.is_empty() => Status::Good,
            false => Status::Unknown,
        };
        (status, codes)
    }

    /// What OpenSSL says.
    fn theirs(&self, leaf: &Party, lists: &[Vec<u8>]) -> (Status, String) {
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &str, label: &str, ders: &[&[u8]]| {
            let blocks: Vec<String> = ders.iter().map(|der| pem(label, der)).collect();
            std::fs::write(folder.path().join(file), blocks.concat()).unwrap();
        };
        write("root.pem", "CERTIFICATE", &[&self.root.certificate]);
        let known = self.known();
        write("known.pem", "CERTIFICATE", &known.map(|party| party.certificate.as_slice()));
        write("leaf.pem", "CERTIFICATE", &[&leaf.certificate]);
        let lists: Vec<&[u8]> = lists.iter().map(Vec::as_slice).collect();
        write("lists.pem", "X509 CRL", &lists);
        let output = Command::new("openssl")
            .args("verify -crl_check_all -extended_crl -use_deltas -attime".split(' '))
            .arg(NOW.to_string())
            .args("-CAfile root.pem -untrusted known.pem -CRLfile lists.pem leaf.pem".split(' '))
            .current_dir(folder.path())
            .output()
            .expect("openssl is installed");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let status = match output.status.success() {
            true => Status::Good,
            false if said.lines().any(|line| line.starts_with("error 23 ")) => Status::Revoked,
            false => Status::Unknown,
        };
        (status, said)
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let body = openssl::base64::encode_block(der);
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[test]
fn both_say_what_is_expected_of_each_row() {
    let world = World::get();
    let rows = table::rows(world);
    let mut wrong = Vec::new();
    for row in &rows {
        let mut lists = row.lists.clone();
        if !row.without_root {
            lists.push(world.of_root.clone());
        }
        let (ours, codes) = world.ours(row.leaf, &lists);
        if ours != row.ours {
            wrong.push(format!("{}: we say {ours:?} ({codes}); expected {:?}", row.name, row.ours));
        }
        // The order of the evidence changes nothing.
        lists.reverse();
        let (reversed, codes) = world.ours(row.leaf, &lists);
        if reversed != row.ours {
            wrong.push(format!("{}: reversed, we say {reversed:?} ({codes})", row.name));
        }
        let expected = row.openssl.map_or(row.ours, |(status, _)| status);
        let (theirs, said) = world.theirs(row.leaf, &lists);
        if theirs != expected {
            wrong.push(format!(
                "{}: OpenSSL says {theirs:?}; expected {expected:?}: {said}",
                row.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
