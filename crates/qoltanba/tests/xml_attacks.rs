//! Signed documents in hostile hands: signature wrapping, and random changes to the structure.
//! Whatever still passes covers the same octets, and what was asked about is inside them.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "common/xml.rs"]
mod xml;

use std::collections::BTreeSet;

use qoltanba::{
    Question, Report, Verdict, Verifier,
    xmldsig::{
        Document, Method, NodeId, NodeKind, PrefixList, Selection, Subtree, XmlLimits, canonicalize,
    },
};
use qoltanba_testkit::SeededRng;
use rand_core::Rng as _;
use xml::{DS, GOST512, Layout, Person, RSA, layouts, parse, passed, question, verifier};

const TRUE_IIN: &str = "960416161941";
const FORGED_IIN: &str = "990101300007";

/// What is signed, the signature over it, and a forgery without identifier, with the same one and
/// with another one.
struct Parts {
    kind: &'static str,
    original: String,
    signature: String,
    id: Option<&'static str>,
    forgeries: Vec<(String, Option<&'static str>)>,
}

fn parts(person: &Person, rng: &mut SeededRng) -> Vec<Parts> {
    let mut found = Vec::new();
    for (kind, source, element, id) in [
        ("enveloped", "<request><iin>960416161941</iin></request>", "request", None),
        ("root by Id", "<request Id=\"a\"><iin>960416161941</iin></request>", "request", Some("a")),
        (
            "child by Id",
            "<request><data Id=\"a\"><iin>960416161941</iin></data></request>",
            "data",
            Some("a"),
        ),
    ] {
        let signer = person.signer().compact(true);
        let signer = id.into_iter().fold(signer, |signer, id| signer.element(id));
        let signed = String::from_utf8(signer.sign(source.as_bytes(), rng).unwrap()).unwrap();
        let from = signed.find("<ds:Signature").unwrap();
        let to = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
        let start = source.find(&format!("<{element}")).unwrap();
        let end = format!("</{element}>");
        let stop = source.find(&end).unwrap() + end.len();
        let original = source[start..stop].to_owned();
        let forged = original.replace(TRUE_IIN, FORGED_IIN);
        let mut forgeries = vec![(forged.replace(" Id=\"a\"", ""), None)];
        if id.is_some() {
            forgeries.push((forged.clone(), id));
            forgeries.push((forged.replace("\"a\"", "\"evil\""), Some("evil")));
        }
        let signature = signed[from..to].to_owned();
        found.push(Parts { kind, original, signature, id, forgeries });
    }
    found
}

/// The eight arrangements of "On Breaking SAML", with `o` the original, `s` the signature and `f`
/// the forgery.
fn wrapped(o: &str, s: &str, f: &str) -> [String; 8] {
    let end = "</ds:Signature>";
    let with = |o: &str| s.replace(end, &format!("<ds:Object>{o}</ds:Object>{end}"));
    let into = |outer: &str, what: &str| match outer.rfind("</") {
        Some(at) => format!("{}{what}{}", &outer[..at], &outer[at..]),
        None => panic!("{outer}"),
    };
    [
        into(f, &with(o)),
        into(f, &format!("{o}{s}")),
        format!("<r>{f}{}</r>", into(o, s)),
        into(f, &into(o, s)),
        format!("<r>{}{o}</r>", into(f, s)),
        format!("<r>{}</r>", into(f, &with(o))),
        format!("<r><extensions>{f}</extensions>{o}{s}</r>"),
        format!("<r>{o}{}</r>", with(f)),
    ]
}

fn code(report: &Report) -> &'static str {
    report.reason().map_or("none", qoltanba::Reason::code)
}

/// No octets that passed hold the forgery, and no value can be read out of it.
fn nothing_forged(report: &Report, document: &str) {
    for accepted in report.accepted() {
        for part in &accepted.intact().covered().parts {
            let text = String::from_utf8_lossy(part.octets());
            assert!(!text.contains(FORGED_IIN), "{document}");
        }
    }
}

#[test]
fn wrapped_signatures_never_pass() {
    let mut rng = SeededRng::new(21);
    let person = Person::new(GOST512, &mut rng);
    let verifier = verifier([&person]);
    let mut count = 0;
    for Parts { kind, original, signature, id, forgeries } in parts(&person, &mut rng) {
        for (forgery, evil) in &forgeries {
            for (number, document) in
                wrapped(&original, &signature, forgery).into_iter().enumerate()
            {
                let ask = |elements: &[&str]| {
                    verifier.verify(document.as_bytes(), &question(elements)).unwrap()
                };
                let number = number + 1;
                let report = ask(&[]);
                assert_ne!(report.verdict(), Verdict::Passed, "{kind} {number}: {document}");
                if let Some(evil) = evil {
                    let report = ask(&[evil]);
                    assert_ne!(report.verdict(), Verdict::Passed, "{kind} {number}: {document}");
                }
                // The identifier that was signed still means what was signed, wherever it stands;
                // the forgery is neither covered nor read.
                let report = ask(id.as_slice());
                nothing_forged(&report, &document);
                count += 1;
            }
        }
    }
    assert_eq!(count, 8 + 2 * 3 * 8);
}

#[test]
fn the_body_of_an_envelope_cannot_be_moved_unnoticed() {
    const WSU: &str =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
    const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
    let mut rng = SeededRng::new(22);
    let person = Person::new(RSA, &mut rng);
    let verifier = verifier([&person]);
    let body = format!("<s:Body xmlns:u=\"{WSU}\" u:Id=\"body\"><iin>{TRUE_IIN}</iin></s:Body>");
    let envelope = |header: &str, body: &str| {
        format!("<s:Envelope xmlns:s=\"{SOAP}\"><s:Header>{header}</s:Header>{body}</s:Envelope>")
    };
    let signer = person.signer().compact(true).element("body");
    let signed = signer.sign(envelope("", &body).as_bytes(), &mut rng).unwrap();
    let signed = String::from_utf8(signed).unwrap();
    let from = signed.find("<ds:Signature").unwrap();
    let to = signed.find("</s:Envelope>").unwrap();
    let signature = &signed[from..to];
    let ask = |document: &str, elements: &[&str]| {
        verifier.verify(document.as_bytes(), &question(elements)).unwrap()
    };
    let good = envelope(signature, &body);
    let report = ask(&good, &["body"]);
    let value = passed(&report)[0].intact().covered().value("/Envelope/Body/iin");
    assert_eq!(value.as_deref(), Ok(TRUE_IIN));
    assert_eq!(code(&ask(&good, &[])), "xml_partial_coverage");

    let forged = body.replace(TRUE_IIN, FORGED_IIN);
    let anonymous = forged.replace(" u:Id=\"body\"", "");
    let renamed = forged.replace("\"body\"", "\"evil\"");
    let object = signature
        .replace("</ds:Signature>", &format!("<ds:Object>{body}</ds:Object></ds:Signature>"));
    for forged in [&forged, &anonymous, &renamed] {
        for document in [
            envelope(&format!("{signature}<wrapper>{body}</wrapper>"), forged),
            envelope(&format!("<wrapper>{body}</wrapper>{signature}"), forged),
            envelope(&object, forged),
            envelope(signature, &format!("{forged}{body}")),
            envelope(signature, &format!("{body}{forged}")),
            envelope(&format!("{signature}{body}"), forged),
        ] {
            assert_ne!(ask(&document, &[]).verdict(), Verdict::Passed, "{document}");
            assert_ne!(ask(&document, &["evil"]).verdict(), Verdict::Passed, "{document}");
            let report = ask(&document, &["body"]);
            nothing_forged(&report, &document);
            // Where the body has moved to, no value is found at its path.
            for accepted in report.accepted() {
                let value = accepted.intact().covered().value("/Envelope/Body/iin");
                assert!(value.is_err(), "{document}");
            }
        }
    }
}

/// A number below `limit`.
fn below(rng: &mut SeededRng, limit: usize) -> usize {
    (rng.next_u64() % limit.max(1) as u64) as usize
}

fn pick<'a>(rng: &mut SeededRng, from: &[&'a str]) -> &'a str {
    from[below(rng, from.len())]
}

/// One random change to the text of a document, guided by its structure where it has one.
fn mutate(text: &mut String, rng: &mut SeededRng) {
    let bytes = text.clone().into_bytes();
    let Ok(document) = Document::parse(&bytes, &XmlLimits::default()) else { return };
    let elements: Vec<NodeId> =
        document.nodes().filter(|n| document.kind(*n) == NodeKind::Element).collect();
    // Half of the time something near the top, where the structure matters most.
    let reach = if rng.next_u32().is_multiple_of(2) { elements.len() } else { 12 };
    let element = elements[below(rng, reach.min(elements.len()))];
    let other = elements[below(rng, elements.len())];
    let range = document.source_range(element);
    let whole = text[range.clone()].to_owned();
    let inside = |node: NodeId| document.start_tag_range(node).unwrap().end;
    let boundary = if rng.next_u32().is_multiple_of(2) {
        document.source_range(other).start
    } else if document.end_tag_range(other).is_some() {
        inside(other)
    } else {
        document.source_range(other).end
    };
    match below(rng, 9) {
        // Move.
        0 if !range.contains(&boundary) => {
            text.insert_str(boundary, &whole);
            let shift = if boundary <= range.start { whole.len() } else { 0 };
            text.drain(range.start + shift..range.end + shift);
        }
        // Duplicate.
        1 => text.insert_str(boundary, &whole),
        // Wrap.
        2 => {
            let (open, close) = [
                ("<w>", "</w>"),
                ("<request>", "</request>"),
                ("<w Id=\"data\">", "</w>"),
                (
                    "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:Object>",
                    "</ds:Object></ds:Signature>",
                ),
            ][below(rng, 4)];
            text.replace_range(range, &format!("{open}{whole}{close}"));
        }
        // Inject.
        3 | 4 => {
            let what = [
                "<!-- c -->",
                "<?p i?>",
                "<evil/>",
                "<evil Id=\"data\"/>",
                "<iin>990101300007</iin>",
                " ",
                "x",
                "<![CDATA[]]>",
                "<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><evil/></ds:Object>",
            ];
            text.insert_str(boundary, pick(rng, &what));
        }
        // Identifiers.
        5 => {
            let (from, to) = [
                ("Id=\"data\"", "Id=\"root\""),
                ("Id=\"root\"", "ID=\"root\""),
                ("URI=\"\"", "URI=\"#data\""),
                ("URI=\"#data\"", "URI=\"\""),
                ("<iin>", "<iin Id=\"data\">"),
                ("<request", "<request Id=\"data\""),
            ][below(rng, 6)];
            *text = text.replacen(from, to, 1);
        }
        // Remove.
        6 => drop(text.drain(range)),
        // One byte.
        7 => {
            let at = below(rng, bytes.len());
            let mut bytes = bytes.clone();
            bytes[at] = (bytes[at] & 0x80) | (rng.next_u32() as u8 & 0x7f);
            if let Ok(changed) = String::from_utf8(bytes) {
                *text = changed;
            }
        }
        // A signature behind the end.
        _ => {
            let end = document.end_tag_range(document.root()).map_or(bytes.len(), |r| r.start);
            text.insert_str(end, &whole);
        }
    }
}

/// What a person would say the document holds: its canonical octets, or those of the element that
/// was asked for, without the signatures that stand directly inside or in the root.
fn said(document: &[u8], id: Option<&str>) -> Option<Vec<u8>> {
    let document = parse(document);
    let mut with_id = document.nodes().filter(|n| document.attribute(*n, "", "Id") == id);
    let apex = match id {
        None => NodeId::DOCUMENT,
        Some(_) => with_id.next().filter(|_| with_id.next().is_none())?,
    };
    let is_signature = |n: &NodeId| document.is_element(*n, DS, "Signature");
    let top = document.children(document.root()).chain(document.children(apex));
    let signatures = top.filter(is_signature).filter(|n| document.contains(apex, *n));
    let subtree = Subtree::of(apex).without(signatures);
    let none = PrefixList::none();
    canonicalize(&document, &Selection::Subtree(&subtree), Method::Inclusive10, &none).ok()
}

fn covered(report: &Report) -> BTreeSet<Vec<u8>> {
    let parts = report.accepted().flat_map(|a| &a.intact().covered().parts);
    parts.map(|part| part.octets().to_vec()).collect()
}

/// Changes one signed document many times. How many copies pass.
fn survive(verifier: &Verifier, layout: &Layout, signed: &[u8], rounds: u64) -> usize {
    let ask = |document: &[u8], question: &Question<'_>| verifier.verify(document, question).ok();
    let original = ask(signed, &layout.question()).unwrap();
    passed(&original);
    let (octets, meaning) = (covered(&original), said(signed, layout.id).unwrap());
    let mut survivors = 0;
    for round in 0..rounds {
        let mut rng = SeededRng::new(round);
        let mut text = String::from_utf8(signed.to_vec()).unwrap();
        for _ in 0..=below(&mut rng, 3) {
            mutate(&mut text, &mut rng);
        }
        if text.as_bytes() == signed {
            continue;
        }
        let name = layout.name;
        // Asked about the whole, only what signs the whole may pass.
        let whole = ask(text.as_bytes(), &question(&[]));
        if whole.is_some_and(|r| r.verdict() == Verdict::Passed) {
            let document = parse(text.as_bytes());
            let id = document.attribute(document.root(), "", "Id");
            let signed = layout.id.is_none() || layout.id == Some("root") && id == layout.id;
            assert!(signed, "{name}: the root passes\n{text}");
        }
        let report = ask(text.as_bytes(), &layout.question());
        let Some(report) = report.filter(|r| r.verdict() == Verdict::Passed) else { continue };
        survivors += 1;
        let now = covered(&report);
        assert!(now.is_subset(&octets), "{name}: other octets are covered\n{text}");
        let says = said(text.as_bytes(), layout.id);
        assert!(says.as_ref() == Some(&meaning), "{name}: it says something else\n{text}");
    }
    survivors
}

#[test]
fn what_passes_after_any_change_says_the_same() {
    let mut rng = SeededRng::new(23);
    // Two keys that are quick to check.
    let (one, two) = (Person::new(RSA, &mut rng), Person::new(RSA, &mut rng));
    let verifier = verifier([&one, &two]);
    let rounds = std::env::var("QOLTANBA_ROUNDS").map_or(300, |n| n.parse().unwrap());
    let mut all = 0;
    for layout in layouts() {
        let signed = layout.sign(&one, &mut rng);
        let twice = layout.sign_over(&two, &signed, &mut rng);
        let survivors = survive(&verifier, &layout, &signed, rounds)
            + survive(&verifier, &layout, &twice, rounds);
        println!("{}: {survivors} of {} pass", layout.name, 2 * rounds);
        all += survivors;
    }
    // Comments and what stands in unsigned parts of signatures change nothing.
    assert!(all > 20, "{all} of all the copies pass: nothing was tried");
}
