//! Policies, constraints, cross-certificates and partitioned lists, as OpenSSL judges them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod common;

use common::{RSA, at, openssl, pem, printed, put, run};
use qoltanba::{identity::Role, time::Validity};
use qoltanba_testkit::{
    Attribute, Authority, AuthoritySpec, CrlSpec, EndEntity, Issued, NameForm, PathRules, Point,
    Profile, Reason, Revoked, Scope, SeededRng, Subject, pooled_key,
};

const POLICY: &str = "1.2.398.3.3.2";
const ANY: &str = "2.5.29.32.0";
const OTHER_POLICY: &str = "1.3.6.1.4.1.32473.2";
const DAY: i64 = 86_400;

fn validity() -> Validity {
    Validity { not_before: at().plus_seconds(-DAY), not_after: at().plus_seconds(300 * DAY) }
}

fn spec(name: &str) -> AuthoritySpec {
    AuthoritySpec::root(name, "nca_rsa", validity())
}

/// OpenSSL 3.0 counts the policies of an anchor too, so this one has every policy.
fn root(rng: &mut SeededRng) -> Authority {
    let key = pooled_key(RSA, rng).unwrap();
    let rules = PathRules { policies: Some(vec![ANY.to_owned()]), ..PathRules::default() };
    Authority::root(AuthoritySpec { rules, ..spec("ҮЛГІ ТҮБІР") }, key, rng).unwrap()
}

fn below(above: &Authority, spec: AuthoritySpec, rng: &mut SeededRng) -> Authority {
    let key = pooled_key(RSA, rng).unwrap();
    above.certify(spec, key, rng).unwrap()
}

fn person() -> EndEntity {
    EndEntity::invented(Profile::Sign(Role::Individual), 0, RSA, validity())
}

fn issue(by: &Authority, entity: &EndEntity, rng: &mut SeededRng) -> Issued {
    let key = pooled_key(RSA, rng).unwrap();
    by.issue(entity, key, rng).unwrap()
}

/// What `openssl verify` says of a certificate, with further words.
fn judged(
    anchor: &Authority,
    between: &[&Authority],
    lists: &[Vec<u8>],
    certificate: &[u8],
    words: &[&str],
) -> Option<(bool, String)> {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: String| put(dir.path(), name, text.as_bytes());
    let mut command = openssl()?;
    command.args(["verify", "-attime", &at().unix().to_string()]).args(words);
    command.arg("-CAfile").arg(file("anchor.pem", pem("CERTIFICATE", anchor.certificate())));
    let between = between.iter().map(|a| pem("CERTIFICATE", a.certificate())).collect::<String>();
    if !between.is_empty() {
        command.arg("-untrusted").arg(file("between.pem", between));
    }
    if !lists.is_empty() {
        let lists = lists.iter().map(|l| pem("X509 CRL", l)).collect();
        command.arg("-CRLfile").arg(file("lists.pem", lists));
    }
    Some(run(command.arg(file("person.pem", pem("CERTIFICATE", certificate)))))
}

#[test]
fn policies_mappings_and_inhibitions_count() {
    let mut rng = SeededRng::new(70);
    let root = root(&mut rng);
    let own = |text: &str| Some(vec![text.to_owned()]);
    let any = || own(ANY);
    let explicit = PathRules { require_explicit_policy: Some(0), ..PathRules::default() };
    let mapped = PathRules {
        policies: own(POLICY),
        mappings: vec![(POLICY.to_owned(), OTHER_POLICY.to_owned())],
        ..explicit.clone()
    };
    let no_any = PathRules { policies: any(), inhibit_any_policy: Some(0), ..explicit.clone() };
    for (rules, policies, good) in [
        (explicit.clone(), own(POLICY), true),
        (explicit.clone(), own(OTHER_POLICY), false),
        (explicit.clone(), Some(Vec::new()), false),
        (mapped.clone(), own(OTHER_POLICY), true),
        (mapped, own(POLICY), false),
        (PathRules { policies: any(), ..explicit.clone() }, own(OTHER_POLICY), true),
        (PathRules { policies: any(), ..explicit }, any(), true),
        (no_any, any(), false),
    ] {
        let what = format!("{rules:?} {policies:?}");
        let spec = AuthoritySpec { rules, ..spec("ҮЛГІ ОРТАЛЫҚ") };
        let authority = below(&root, spec, &mut rng);
        let person = issue(&authority, &EndEntity { policies, ..person() }, &mut rng);
        // Without a set of its own OpenSSL finds no policy good, where RFC 5280 §6.1.1 (c) has any.
        let words = ["-policy_check", "-policy", ANY];
        let Some((ok, text)) = judged(&root, &[&authority], &[], &person.certificate, &words)
        else {
            return;
        };
        assert_eq!(ok, good, "{what}: {text}");
        assert!(ok || text.contains("no explicit policy"), "{text}");
    }
}

#[test]
fn constraints_on_names_count() {
    let mut rng = SeededRng::new(71);
    let root = root(&mut rng);
    let country = |c: &str| NameForm::Directory(Subject::empty().with(Attribute::Country, c));
    let dns = |name: &str| NameForm::Dns(name.to_owned());
    // The subject of a person begins with the common name, so a tree of countries holds nobody.
    let subject = Subject::empty().with(Attribute::Country, "KZ").with(Attribute::CommonName, "A");
    for (permitted, excluded, names, good) in [
        (vec![country("KZ")], vec![], vec![], true),
        (vec![country("KG")], vec![], vec![], false),
        (vec![], vec![country("KZ")], vec![], false),
        (vec![dns("kz.invalid")], vec![], vec![dns("www.kz.invalid")], true),
        (vec![dns("kz.invalid")], vec![], vec![dns("www.kg.invalid")], false),
        (
            vec![],
            vec![NameForm::Ip(vec![10, 0, 0, 0, 255, 0, 0, 0])],
            vec![NameForm::Ip(vec![10, 1, 2, 3])],
            false,
        ),
        (
            vec![],
            vec![NameForm::Email("kz.invalid".to_owned())],
            vec![NameForm::Email("a@kz.invalid".to_owned())],
            false,
        ),
        (
            vec![NameForm::Uri(".kz.invalid".to_owned())],
            vec![],
            vec![NameForm::Uri("http://a.kz.invalid/".to_owned())],
            true,
        ),
    ] {
        let what = format!("{permitted:?} {excluded:?} {names:?}");
        let rules = PathRules { permitted, excluded, ..PathRules::default() };
        let authority = below(&root, AuthoritySpec { rules, ..spec("ҮЛГІ ОРТАЛЫҚ") }, &mut rng);
        let entity = EndEntity { names, subject: Some(subject.clone()), ..person() };
        let person = issue(&authority, &entity, &mut rng);
        let Some((ok, text)) = judged(&root, &[&authority], &[], &person.certificate, &[]) else {
            return;
        };
        assert_eq!(ok, good, "{what}: {text}");
        assert!(ok || text.contains("subtree violation"), "{text}");
    }
}

#[test]
fn cross_certificates_and_rollovers_join_two_roots() {
    let mut rng = SeededRng::new(72);
    let old = root(&mut rng);
    let new = below(&old, old.spec().clone(), &mut rng);
    let new_root = Authority::root(old.spec().clone(), new.key().clone(), &mut rng).unwrap();
    let old_with_new = new_root.certify(old.spec().clone(), old.key().clone(), &mut rng).unwrap();
    let foreign =
        Authority::root(spec("БӨТЕН ТҮБІР"), pooled_key(RSA, &mut rng).unwrap(), &mut rng).unwrap();
    let crossed = foreign.certify(old.spec().clone(), old.key().clone(), &mut rng).unwrap();
    let of_old = issue(&old, &person(), &mut rng);
    let of_new = issue(&new, &person(), &mut rng);
    for (anchor, between, person) in [
        (&old, vec![], &of_old),
        (&old, vec![&new], &of_new),
        (&new_root, vec![], &of_new),
        (&new_root, vec![&old_with_new], &of_old),
        (&foreign, vec![&crossed], &of_old),
    ] {
        let Some((ok, text)) = judged(anchor, &between, &[], &person.certificate, &[]) else {
            return;
        };
        assert!(ok, "{text}");
    }
    // The authorityKeyIdentifier of the new key names the old root's own certificate by number, so
    // OpenSSL does not go on to the cross-certificate of that root.
    let between = [&new, &crossed];
    let (ok, text) = judged(&foreign, &between, &[], &of_new.certificate, &[]).unwrap();
    assert!(!ok && text.contains("unable to get local issuer"), "{text}");
    let (ok, text) = judged(&foreign, &[], &[], &of_old.certificate, &[]).unwrap();
    assert!(!ok, "{text}");
}

#[test]
fn partitioned_lists_cover_their_part() {
    let mut rng = SeededRng::new(73);
    let root = root(&mut rng);
    let [here, there] = ["http://pki.invalid/1.crl", "http://pki.invalid/2.crl"];
    let points = Some(vec![Point::at(here)]);
    let person = issue(&root, &EndEntity { points, ..person() }, &mut rng);
    let entry = Revoked::new(&person.serial, at()).because(Reason::Superseded);
    let part = |address| CrlSpec::complete(1, at().plus_seconds(-60)).point(address);
    for (spec, good, words) in [
        (part(here), true, "ok"),
        (part(here).revoke(entry.clone()), false, "revoked"),
        (part(there), false, "different crl scope"),
        (part(here).scope(Scope::Authorities), false, "different crl scope"),
        (part(here).scope(Scope::EndEntities), true, "ok"),
        (part(here).reasons(&[Reason::KeyCompromise]), false, "crl"),
    ] {
        let list = root.publish(&spec, &mut rng).unwrap();
        let words_of = ["-crl_check", "-extended_crl"];
        let Some((ok, text)) = judged(&root, &[], &[list], &person.certificate, &words_of) else {
            return;
        };
        assert_eq!(ok, good, "{spec:?}: {text}");
        assert!(text.to_lowercase().contains(words), "{spec:?}: {text}");
    }
    let rest = [Reason::CaCompromise, Reason::Superseded, Reason::PrivilegeWithdrawn];
    let point = Point::at(here).reasons(&rest).issuer(Subject::authority("ТІЗІМ"));
    let points = Some(vec![point]);
    let person = issue(&root, &EndEntity { points, ..self::person() }, &mut rng);
    let Some(text) = printed("x509", &person.certificate) else { return };
    for words in ["CA Compromise, Superseded, Privilege Withdrawn", "CRL Issuer", here] {
        assert!(text.contains(words), "{text}");
    }
    assert!(!text.contains("Freshest CRL"), "{text}");
}

#[test]
fn indirect_lists_name_the_issuer_of_each_entry() {
    let mut rng = SeededRng::new(74);
    let root = root(&mut rng);
    let authority = below(&root, spec("ҮЛГІ ОРТАЛЫҚ"), &mut rng);
    let publisher = below(&root, spec("ҮЛГІ ТІЗІМ"), &mut rng);
    let point = Point::at("http://pki.invalid/all.crl").issuer(publisher.spec().subject.clone());
    let person = issue(&authority, &EndEntity { points: Some(vec![point]), ..person() }, &mut rng);
    let list = CrlSpec::complete(1, at().plus_seconds(-60))
        .scope(Scope::Indirect)
        .point("http://pki.invalid/all.crl");
    let own = Revoked::new(&person.serial, at());
    let of = own.clone().issued_by(&authority);
    for (spec, good) in [
        (list.clone(), true),
        (list.clone().revoke(of), false),
        // The same number below the publisher itself is another certificate.
        (list.revoke(own), true),
    ] {
        let list = publisher.publish(&spec, &mut rng).unwrap();
        let words = ["-crl_check", "-extended_crl"];
        let between = [&authority, &publisher];
        let Some((ok, text)) = judged(&root, &between, &[list], &person.certificate, &words) else {
            return;
        };
        assert_eq!(ok, good, "{spec:?}: {text}");
        assert!(ok || text.contains("certificate revoked"), "{text}");
    }
}
