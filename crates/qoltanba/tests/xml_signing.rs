//! XML documents signed here: every layout passes, another signature changes nothing that was
//! there, and what all the references of a document cost together is bounded.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "common/xml.rs"]
mod xml;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use qoltanba::{
    ErrorKind, Question, Verdict,
    algorithm::DigestAlgorithm,
    sign::SigningKey as _,
    xmldsig::{Method, PrefixList, Selection, Subtree, XmlLimits, canonicalize},
};
use qoltanba_testkit::SeededRng;
use xml::{ALGORITHMS, DS, GOST512, Layout, Person, RSA, at, layouts, parse, passed, verifier};

#[test]
fn every_layout_passes_by_every_algorithm() {
    let mut rng = SeededRng::new(1);
    for algorithm in ALGORITHMS {
        let person = Person::new(algorithm, &mut rng);
        let verifier = verifier([&person]);
        for layout in layouts() {
            let signed = layout.sign(&person, &mut rng);
            let report = verifier.verify(&signed, &layout.question()).unwrap();
            let accepted = passed(&report);
            assert_eq!(accepted.len(), 1, "{}", layout.name);
            assert_eq!(accepted[0].signer().algorithm(), algorithm);
            let time = report.signatures()[0].claimed_signing_time;
            assert_eq!(time, layout.xades.then(at), "{}", layout.name);
        }
    }
}

/// The text that `cosigned` has in one place more than `document`.
fn added<'c>(document: &[u8], cosigned: &'c [u8]) -> &'c [u8] {
    let same = document.iter().zip(cosigned).take_while(|(a, b)| a == b).count();
    let length = cosigned.len() - document.len();
    // What was added begins as what follows it does: `<ds:Signature` before `</request>`.
    let at = (same.saturating_sub(16)..=same)
        .find(|at| cosigned[*at..].starts_with(b"<ds:Signature "))
        .expect("no signature was added");
    assert!(cosigned[at + length..] == document[at..], "something else changed");
    &cosigned[at..at + length]
}

#[test]
fn another_signature_changes_no_byte_of_what_was_there() {
    let mut rng = SeededRng::new(2);
    let people: Vec<Person> = ALGORITHMS.iter().map(|a| Person::new(*a, &mut rng)).collect();
    let verifier = verifier(&people);
    for layout in layouts() {
        let mut document = layout.sign(&people[0], &mut rng);
        // Every other algorithm, and then the first person once more.
        for (already, person) in people.iter().skip(1).chain(&people[..1]).enumerate() {
            let cosigned = layout.sign_over(person, &document, &mut rng);
            let added = added(&document, &cosigned);
            assert!(added.ends_with(b"</ds:Signature>"), "{}", layout.name);
            document = cosigned;
            let report = verifier.verify(&document, &layout.question()).unwrap();
            let accepted = passed(&report);
            assert_eq!(accepted.len(), already + 2, "{}", layout.name);
            for (index, one) in accepted.iter().enumerate() {
                assert_eq!(one.signer().algorithm(), ALGORITHMS[index % 4], "{}", layout.name);
            }
        }
    }
}

#[test]
fn layouts_may_follow_one_another() {
    let mut rng = SeededRng::new(3);
    let (one, two) = (Person::new(GOST512, &mut rng), Person::new(RSA, &mut rng));
    let verifier = verifier([&one, &two]);
    let source = "<request Id=\"root\"><data Id=\"data\"><iin>960416161941</iin></data></request>";
    let ways: Vec<Layout> =
        layouts().into_iter().filter(|l| matches!(l.id, None | Some("root"))).collect();
    for first in &ways {
        for second in &ways {
            let signed = first.sign_over(&one, source.as_bytes(), &mut rng);
            let signed = second.sign_over(&two, &signed, &mut rng);
            let report = verifier.verify(&signed, &Question::at(at())).unwrap();
            assert_eq!(passed(&report).len(), 2, "{}, {}", first.name, second.name);
        }
    }
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let mut rng = SeededRng::new(4);
    let person = Person::new(GOST512, &mut rng);
    let utf16: Vec<u8> = "\u{feff}<r/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(person.signer().sign(&utf16, &mut rng).is_err());
    for (source, id) in [
        ("<r><a Id='x'/><b ID='x'/></r>", Some("x")),
        ("<r><a Id='x'/></r>", Some("y")),
        ("<r><a Id='x(1)'/></r>", Some("x(1)")),
        ("<r>", None),
        ("", None),
        ("<!DOCTYPE r><r/>", None),
        ("<r xmlns='relative'/>", None),
    ] {
        let signer = person.signer();
        let signer = id.into_iter().fold(signer, |signer, id| signer.element(id));
        assert!(signer.sign(source.as_bytes(), &mut rng).is_err(), "{source}");
    }
}

/// A signature of `person` over any references, each an URI with its transforms; the digests are
/// right. It stands at the end of the root.
fn with_references(person: &Person, source: &str, references: &[(&str, &[&str])]) -> Vec<u8> {
    let key = &*person.mint.signer.key;
    let octets = |document: &[u8], pick: &dyn Fn(&qoltanba::xmldsig::Document<'_>) -> Subtree| {
        let document = parse(document);
        let subtree = pick(&document);
        canonicalize(
            &document,
            &Selection::Subtree(&subtree),
            Method::Inclusive10,
            &PrefixList::none(),
        )
        .unwrap()
    };
    let mut body = format!(
        "<CanonicalizationMethod Algorithm='{}'/><SignatureMethod Algorithm='{}'/>",
        Method::Inclusive10.uri(),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    );
    for (uri, transforms) in references {
        let target = octets(source.as_bytes(), &|document| match uri.strip_prefix('#') {
            None => Subtree::document(),
            Some(id) => {
                let with_id = |n: &_| document.attribute(*n, "", "Id") == Some(id);
                Subtree::of(document.nodes().find(with_id).unwrap())
            }
        });
        let digest = BASE64.encode(DigestAlgorithm::Sha256.digest(&target));
        let transforms: String =
            transforms.iter().map(|t| format!("<Transform Algorithm='{t}'/>")).collect();
        body.push_str(&format!(
            "<Reference URI='{uri}'><Transforms>{transforms}</Transforms><DigestMethod \
             Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/><DigestValue>{digest}\
             </DigestValue></Reference>"
        ));
    }
    let certificate = BASE64.encode(person.certificate.as_der());
    let whole = |value: &str| {
        let signature = format!(
            "<Signature xmlns='{DS}'><SignedInfo>{body}</SignedInfo><SignatureValue>{value}\
             </SignatureValue><KeyInfo><X509Data><X509Certificate>{certificate}\
             </X509Certificate></X509Data></KeyInfo></Signature></r>"
        );
        source.replace("</r>", &signature).into_bytes()
    };
    let info = octets(&whole(""), &|document| {
        let is_info = |n: &_| document.is_element(*n, DS, "SignedInfo");
        Subtree::of(document.nodes().find(is_info).unwrap())
    });
    let value = key.sign(&info, &mut SeededRng::new(5)).unwrap();
    whole(&BASE64.encode(value))
}

const ENVELOPED: &[&str] = &["http://www.w3.org/2000/09/xmldsig#enveloped-signature"];

#[test]
fn references_that_multiply_a_document_are_over_budget() {
    let person = Person::new(RSA, &mut SeededRng::new(6));
    let source = format!("<r><a Id='a'>{}</a></r>", "0123456789".repeat(10_000));
    let sixteen: Vec<(&str, &[&str])> = std::iter::repeat_n(("", ENVELOPED), 16).collect();
    let signed = with_references(&person, &source, &sixteen);
    let question = Question::at(at());
    let report = verifier([&person]).verify(&signed, &question).unwrap();
    let accepted = passed(&report);
    assert_eq!(accepted[0].intact().covered().parts.len(), 16);
    // Seventeen references, whatever they name, are too many.
    let more: Vec<(&str, &[&str])> = std::iter::repeat_n(("#a", &[][..]), 17).collect();
    let over = with_references(&person, &source, &more);
    let error = verifier([&person]).verify(&over, &question).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OverBudget { limit: 16, .. }), "{error}");

    // Together they read and write more than the floor of the budget.
    let source = format!("<r><a Id='a'>{}</a></r>", "0123456789".repeat(900_000));
    let signed = with_references(&person, &source, &sixteen);
    let limits = XmlLimits { work: 1, ..XmlLimits::default() };
    let small = verifier([&person]).with_xml_limits(limits);
    let error = small.verify(&signed, &question).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OverBudget { .. }), "{error}");
    let one = with_references(&person, &source, &sixteen[..1]);
    assert_eq!(small.verify(&one, &question).unwrap().verdict(), Verdict::Passed);
}

/// Naming many commented elements one by one would take minutes.
#[test]
fn comments_cost_time_in_proportion() {
    let person = Person::new(RSA, &mut SeededRng::new(7));
    let source = format!("<r>{}</r>", "<a>1<!-- -->2</a>".repeat(60_000));
    let signed = person.signer().sign(source.as_bytes(), &mut SeededRng::new(8)).unwrap();
    let report = verifier([&person]).verify(&signed, &Question::at(at())).unwrap();
    let accepted = passed(&report);
    assert!(accepted[0].intact().covered().value("/r/a[60000]").is_err());
}

#[test]
fn an_element_inside_a_signature_is_no_answer() {
    let person = Person::new(RSA, &mut SeededRng::new(9));
    let source = "<r><a Id='a'>1</a></r>";
    let signed = with_references(&person, source, &[("#a", &[])]);
    let verifier = verifier([&person]);
    let question = xml::question(&["a"]);
    assert_eq!(verifier.verify(&signed, &question).unwrap().verdict(), Verdict::Passed);
    let element = "<a Id='a'>1</a>";
    let text = String::from_utf8(signed).unwrap();
    let object = format!("</KeyInfo><Object>{}</Object>", element.replace("<a", "<a xmlns=''"));
    let moved = text.replace(element, "<a>2</a>").replace("</KeyInfo>", &object);
    let report = verifier.verify(moved.as_bytes(), &question).unwrap();
    assert_eq!(report.reason().map(qoltanba::Reason::code), Some("xml_partial_coverage"));
}

#[test]
fn a_signature_that_stands_elsewhere_envelops_nothing() {
    let person = Person::new(RSA, &mut SeededRng::new(10));
    let verifier = verifier([&person]);
    for (transforms, expected) in [(&[][..], "none"), (ENVELOPED, "parse")] {
        let signed = with_references(&person, "<r><a Id='a'>1</a></r>", &[("#a", transforms)]);
        let report = verifier.verify(&signed, &xml::question(&["a"])).unwrap();
        assert_eq!(report.reason().map_or("none", qoltanba::Reason::code), expected);
    }
}
