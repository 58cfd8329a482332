//! Signers with a chain of the test authority, and documents signed in every layout.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

use qoltanba::{
    Certificate, Instant, Question, Report, TrustAnchor, TrustStore, Verdict, Verifier,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    report::Accepted,
    revocation::Crl,
    sign::XmlSigner,
    xmldsig::{Document, NodeId, XmlLimits},
};
use qoltanba_testkit::{Mint, SeededRng};

pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(crate) const GOST512: SignatureAlgorithm = SignatureAlgorithm::Gost2015_512;
pub(crate) const RSA: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
pub(crate) const ALGORITHMS: [SignatureAlgorithm; 4] =
    [GOST512, SignatureAlgorithm::Gost2015_256, SignatureAlgorithm::Gost2004, RSA];

pub(crate) fn at() -> Instant {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// Someone who can sign, with all that is needed to believe it.
pub(crate) struct Person {
    pub(crate) mint: Mint,
    pub(crate) certificate: Certificate,
}

impl Person {
    pub(crate) fn new(algorithm: SignatureAlgorithm, rng: &mut SeededRng) -> Self {
        let mint = Mint::good(algorithm, at(), rng).unwrap();
        let certificate = mint.signer_certificate().unwrap();
        Self { mint, certificate }
    }

    pub(crate) fn signer(&self) -> XmlSigner<'_> {
        XmlSigner::new(&*self.mint.signer.key, &self.certificate).unwrap()
    }
}

/// A verifier that believes the authorities of these people.
pub(crate) fn verifier<'p>(people: impl IntoIterator<Item = &'p Person>) -> Verifier {
    let mut trust = TrustStore::empty();
    let (mut certificates, mut lists) = (Vec::new(), Vec::new());
    for Person { mint, .. } in people {
        let anchor = Certificate::from_der(&mint.anchor).unwrap();
        trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
        let authorities = mint.authorities.iter();
        certificates.extend(authorities.map(|a| Certificate::from_der(a.certificate()).unwrap()));
        lists.extend(mint.lists.iter().map(|l| Crl::from_der(l).unwrap()));
    }
    Verifier::new(trust).with_certificates(certificates).with_crls(lists)
}

/// The question whether these elements are covered, or the root for none.
pub(crate) fn question(elements: &[&str]) -> Question<'static> {
    let mut question = Question::at(at());
    question.elements = elements.iter().map(|id| (*id).to_owned()).collect();
    question
}

pub(crate) fn passed(report: &Report) -> Vec<&Accepted> {
    let reason = report.reason().map(|r| format!("{r:?}"));
    assert_eq!(report.verdict(), Verdict::Passed, "{reason:?}");
    report.accepted().collect()
}

/// One way of signing one shape of document.
pub(crate) struct Layout {
    pub(crate) name: &'static str,
    pub(crate) source: Vec<u8>,
    pub(crate) id: Option<&'static str>,
    pub(crate) compact: bool,
    pub(crate) xades: bool,
}

impl Layout {
    pub(crate) fn sign(&self, person: &Person, rng: &mut SeededRng) -> Vec<u8> {
        self.sign_over(person, &self.source, rng)
    }

    /// Adds a signature of this layout to a document that may have some already.
    pub(crate) fn sign_over(&self, person: &Person, source: &[u8], rng: &mut SeededRng) -> Vec<u8> {
        let mut signer = person.signer().compact(self.compact);
        if let Some(id) = self.id {
            signer = signer.element(id);
        }
        if self.xades {
            signer = signer.xades(at());
        }
        signer.sign(source, rng).unwrap_or_else(|e| panic!("{}: {e}", self.name))
    }

    pub(crate) fn question(&self) -> Question<'static> {
        question(self.id.as_slice())
    }
}

pub(crate) const REQUEST: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<request>\n  \
    <iin>960416161941</iin>\n  <text lang=\"kk\">Өтініш &amp; қосымша</text>\n</request>\n";
const CHILD: &str =
    "<request><data Id=\"data\"><iin>960416161941</iin></data><note>x</note></request>";
const ROOT: &str = "<request Id=\"root\"><iin>960416161941</iin></request>";
const NAMESPACES: &str = "<?xml version='1.0'?><!-- before --><?order first?>\n\
    <r:request xmlns:r='urn:r' xmlns='urn:d' xml:lang='kk' r:a='1' b='2'><r:iin>960416161941\
    </r:iin><p xmlns=''><![CDATA[<&>]]>&#13;</p><!-- inside --><q xmlns:unused='urn:u'/>\
    </r:request><!-- after -->";

/// Every layout that is written, and every shape of source that it must keep.
pub(crate) fn layouts() -> Vec<Layout> {
    let layout = |name, source: &str| Layout {
        name,
        source: source.as_bytes().to_vec(),
        id: None,
        compact: false,
        xades: false,
    };
    let mut deep = String::new();
    for depth in 0..60 {
        deep.push_str(&format!("{}<level{depth}>\n", "\t".repeat(depth)));
    }
    for depth in (0..60).rev() {
        deep.push_str(&format!("{}</level{depth}>\n", "\t".repeat(depth)));
    }
    vec![
        layout("enveloped", REQUEST),
        Layout { compact: true, ..layout("compact", REQUEST) },
        Layout { id: Some("data"), ..layout("child by Id", CHILD) },
        Layout { id: Some("root"), ..layout("root by Id", ROOT) },
        Layout { xades: true, ..layout("XAdES", REQUEST) },
        Layout { xades: true, compact: true, ..layout("compact XAdES", REQUEST) },
        Layout { xades: true, id: Some("data"), ..layout("XAdES of a child by Id", CHILD) },
        layout("self-closing root", "<request a='1' />"),
        layout("default namespace", "<request xmlns='urn:d'><iin>960416161941</iin></request>"),
        layout("namespaces, comments and instructions", NAMESPACES),
        layout("deep indentation", &deep),
        layout("byte order mark", &format!("\u{feff}{REQUEST}")),
        layout("CR LF", &REQUEST.replace('\n', "\r\n")),
        Layout { xades: true, ..layout("XAdES over CR LF", &REQUEST.replace('\n', "\r\n")) },
    ]
}

pub(crate) fn parse(bytes: &[u8]) -> Document<'_> {
    Document::parse(bytes, &XmlLimits::default()).unwrap()
}

/// The Signature children of the root.
pub(crate) fn signatures(document: &Document<'_>) -> Vec<NodeId> {
    let children = document.children(document.root());
    children.filter(|n| document.is_element(*n, DS, "Signature")).collect()
}

/// The document as it was when its signature number `index` was the last one.
pub(crate) fn peeled(bytes: &[u8], index: usize) -> Vec<u8> {
    let document = parse(bytes);
    let later = &signatures(&document)[index + 1..];
    let mut out = bytes.to_vec();
    for node in later.iter().rev() {
        out.drain(document.source_range(*node));
    }
    out
}
