//! Webs of authorities.

use super::*;
use crate::trust::mint::{Authority, length, reason, search, search_within};

/// Three hundred authorities of one name, each certified by twenty others: the certificates make
/// 20⁸ trails, and no anchor is at the end of any.
#[test]
fn a_web_of_one_name_ends_with_the_budget_on_signatures() {
    let web = Authority::many("Web", 300);
    let mut certificates = Vec::new();
    for (i, authority) in web.iter().enumerate() {
        for step in 1..=20 {
            certificates.push(web[(i + step * 7) % web.len()].certify(authority));
        }
    }
    let leaf = web[0].certify(&Authority::new("Leaf"));
    let root = Authority::new("Root");
    let (found, checked) = search(&[&root], &certificates, &leaf);
    assert_eq!(reason(found), Reason::PathBudget);
    assert_eq!(checked, Limits::default().path_signatures);
}

/// Twelve authorities that all certify each other: few signatures, very many trails.
#[test]
fn a_web_of_few_keys_ends_with_the_budget_on_steps() {
    let web = Authority::many("Web", 12);
    let pairs = web.iter().flat_map(|a| web.iter().map(move |b| (a, b)));
    let certificates: Vec<Certificate> =
        pairs.filter(|(a, b)| !std::ptr::eq(*a, *b)).map(|(a, b)| a.certify(b)).collect();
    let leaf = web[0].certify(&Authority::new("Leaf"));
    let limits = Limits { path_signatures: usize::MAX, ..Limits::default() };
    let (found, checked) = search_within(&limits, &[&Authority::new("Root")], &certificates, &leaf);
    assert_eq!(reason(found), Reason::PathBudget);
    // Each certificate under each key of the name, once, whatever the number of trails.
    assert!(checked <= (certificates.len() + 1) * web.len(), "{checked}");
}

#[test]
fn a_path_through_a_web_is_found_by_its_length() {
    let (web, root) = (Authority::many("Web", 12), Authority::new("Root"));
    let pairs = web.iter().flat_map(|a| web.iter().map(move |b| (a, b)));
    let mut certificates: Vec<Certificate> =
        pairs.filter(|(a, b)| !std::ptr::eq(*a, *b)).map(|(a, b)| a.certify(b)).collect();
    let leaf = web[0].certify(&Authority::new("Leaf"));
    certificates.push(root.certify(&web[0]));
    let (found, checked) = search(&[&root], &certificates, &leaf);
    assert_eq!(length(&found), 1);
    assert!(checked <= 40, "{checked}");
}

#[test]
fn a_faulty_path_is_no_answer_while_the_budget_hides_a_better_one() {
    let (web, root) = (Authority::many("Web", 12), Authority::new("Root"));
    let pairs = web.iter().flat_map(|a| web.iter().map(move |b| (a, b)));
    let mut certificates: Vec<Certificate> =
        pairs.filter(|(a, b)| !std::ptr::eq(*a, *b)).map(|(a, b)| a.certify(b)).collect();
    let leaf = web[0].certify(&Authority::new("Leaf"));
    let expired = root.certify_until(&web[0], "20260102000000Z");
    let (found, _) = search(&[&root], std::slice::from_ref(&expired), &leaf);
    assert!(matches!(found, PathSearch::Faulty(_, faults) if faults.len() == 1));
    certificates.push(expired);
    let (found, _) = search(&[&root], &certificates, &leaf);
    assert_eq!(reason(found), Reason::PathBudget);
}

#[test]
fn a_path_is_as_long_as_the_limit_and_no_longer() {
    let chain: Vec<Authority> =
        ["1", "2", "3", "4", "5", "6", "7", "8"].into_iter().map(Authority::new).collect();
    let certificates: Vec<Certificate> =
        chain.windows(2).map(|pair| pair[0].certify(&pair[1])).collect();
    let leaf = chain[7].certify(&Authority::new("Leaf"));
    let (found, _) = search(&[&chain[0]], &certificates, &leaf);
    assert_eq!(length(&found), 7);
    let limits = Limits { path_length: 7, ..Limits::default() };
    let (found, _) = search_within(&limits, &[&chain[0]], &certificates, &leaf);
    assert_eq!(reason(found), Reason::PathBudget);
}

/// RFC 4210 §4.4: the new key under the old, and the old under the new.
#[test]
fn a_renewed_key_is_reached_from_either_anchor() {
    let [old, new] = [Authority::new("CA"), Authority::new("CA")];
    let rollover = [new.certify(&old), old.certify(&new), old.certify(&old), new.certify(&new)];
    let leaf = Authority::new("Leaf");
    for (anchor, issuer, between) in
        [(&old, &old, 0), (&old, &new, 1), (&new, &old, 1), (&new, &new, 0)]
    {
        let (found, _) = search(&[anchor], &rollover, &issuer.certify(&leaf));
        assert_eq!(length(&found), between);
    }
}

#[test]
fn a_loop_ends_and_a_cross_certificate_leads_out_of_it() {
    let [a, b, root] = ["A", "B", "Root"].map(Authority::new);
    let mut certificates = vec![a.certify(&b), b.certify(&a)];
    let leaf = a.certify(&Authority::new("Leaf"));
    let (found, _) = search(&[&root], &certificates, &leaf);
    assert!(matches!(reason(found), Reason::NoPath { .. }));
    certificates.push(root.certify(&b));
    let (found, _) = search(&[&root], &certificates, &leaf);
    assert_eq!(length(&found), 2);
}

#[test]
fn the_issuer_that_is_missing_is_named() {
    let [root, between, issuing] = ["Root", "Between", "Issuing"].map(Authority::new);
    let leaf = issuing.certify(&Authority::new("Leaf"));
    let missing = |known: &[Certificate]| match search(&[&root], known, &leaf).0 {
        PathSearch::None(Reason::NoPath { issuer }, top) => {
            assert_eq!(top.issuer().to_string(), issuer);
            issuer
        }
        _ => panic!("another outcome"),
    };
    assert_eq!(missing(&[]), "CN=Issuing");
    assert_eq!(missing(&[between.certify(&issuing)]), "CN=Between");
}

#[test]
fn an_authority_is_its_key_and_not_its_name() {
    let [root, genuine, impostor] = ["Root", "CA", "CA"].map(Authority::new);
    let certificates: Vec<Certificate> =
        [impostor.certify(&impostor), root.certify(&genuine)].into();
    let leaf = Authority::new("Leaf");
    let (found, _) = search(&[&root], &certificates, &genuine.certify(&leaf));
    assert_eq!(length(&found), 1);
    let (found, _) = search(&[&root], &certificates, &impostor.certify(&leaf));
    assert!(matches!(reason(found), Reason::NoPath { .. }));
    let (found, _) = search(&[&Authority::new("Root")], &certificates, &genuine.certify(&leaf));
    assert!(matches!(reason(found), Reason::NoPath { .. }));
}
