//! XML signatures with xmlsec1, signxml and OpenSSL's GOST engine on the other side.
//!
//! What is not installed is reported as ignored; on CI everything must be there. signxml is looked
//! for in the Python that `QOLTANBA_PYTHON` names, then in `python3`.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "common/xml.rs"]
mod xml;

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use libtest_mimic::{Arguments, Trial};
use qoltanba::{
    Question,
    algorithm::SignatureAlgorithm,
    sign::SigningKey as _,
    xmldsig::{Method, NodeId, PrefixList, Selection, Subtree, canonicalize},
};
use qoltanba_testkit::SeededRng;
use xml::{
    ALGORITHMS, DS, Layout, Person, RSA, at, layouts, parse, passed, peeled, signatures, verifier,
};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let xmlsec1 = there("xmlsec1", &["--version"]);
    let gost = there("openssl", &["dgst", "-engine", "gost", "-md_gost12_512", "/dev/null"]);
    let signxml = Signxml::start().is_some();
    let ci = std::env::var_os("CI").is_some();
    assert!(!ci || (xmlsec1 && gost && signxml), "CI must have xmlsec1, signxml and gost-engine");
    let trial = |name: &str, present: bool, run: fn()| {
        let run = move || {
            run();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!present)
    };
    let trials = vec![
        trial("xmlsec1 verifies every layout", xmlsec1, xmlsec1_verifies),
        trial("xmlsec1 signs", xmlsec1, xmlsec1_signs),
        trial("signxml verifies every layout", signxml, signxml_verifies),
        trial("signxml signs", signxml, signxml_signs),
        trial("gost-engine computes the same digests", gost, gost_digests),
        trial("gost-engine verifies the signatures", gost, gost_signatures),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn there(program: &str, arguments: &[&str]) -> bool {
    let quiet = Command::new(program).args(arguments).output();
    quiet.is_ok_and(|output| output.status.success())
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// A person with files for programs.
struct Desk {
    person: Person,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(seed: u64) -> Self {
        let person = Person::new(RSA, &mut SeededRng::new(seed));
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
        put("certificate.pem", pem("CERTIFICATE", person.certificate.as_der()));
        put("key.pem", pem("PRIVATE KEY", &person.mint.signer.key.to_pkcs8().unwrap()));
        Self { person, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Every document that a peer is to verify, with its name and number of references: each
    /// layout with one, two and three signatures, the later ones peeled off again.
    fn documents(&self) -> Vec<(String, Vec<u8>, usize)> {
        let mut rng = SeededRng::new(1);
        let mut found = Vec::new();
        for layout in layouts() {
            let mut document = layout.source.clone();
            for _ in 0..3 {
                document = layout.sign_over(&self.person, &document, &mut rng);
            }
            for index in 0..3 {
                let name = format!("{}, signature {}", layout.name, index + 1);
                let mut one = peeled(&document, index);
                if layout.id == Some("data") {
                    // Those before are not covered and stand in the way of readers of one.
                    one = alone(&one);
                }
                found.push((name, one, if layout.xades { 2 } else { 1 }));
            }
        }
        found
    }
}

/// The document with its last signature alone.
fn alone(bytes: &[u8]) -> Vec<u8> {
    let document = parse(bytes);
    let all = signatures(&document);
    let mut out = bytes.to_vec();
    for node in all[..all.len() - 1].iter().rev() {
        out.drain(document.source_range(*node));
    }
    out
}

fn xmlsec1(arguments: &[&str], files: &[&Path]) -> Result<(), String> {
    let identifiers =
        ["data", "request", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"].iter();
    let output = Command::new("xmlsec1")
        .args(arguments)
        .args(identifiers.flat_map(|element| ["--id-attr:Id", element]))
        .args(files)
        .output()
        .unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// The last Signature child of the root, which is the one that is verified.
const LAST: &str = "/*/*[local-name()='Signature'][last()]";

fn xmlsec1_verifies() {
    let desk = Desk::new(11);
    for (name, document, _) in desk.documents() {
        let file = desk.write("signed.xml", &document);
        let verify = |file: &Path| {
            xmlsec1(
                &["--verify", "--insecure", "--node-xpath", LAST, "--enabled-key-data", "x509"],
                &[file],
            )
        };
        verify(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
        // It does look: another value is refused.
        let text = String::from_utf8(document).unwrap();
        if text.contains("960416161941") {
            let file =
                desk.write("altered.xml", text.replace("960416161941", "960416161942").as_bytes());
            assert!(verify(&file).is_err(), "{name}: an altered document passes");
        }
    }
}

fn xmlsec1_signs() {
    let desk = Desk::new(12);
    let verifier = verifier([&desk.person]);
    let key =
        format!("{},{}", desk.path("key.pem").display(), desk.path("certificate.pem").display());
    let enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    let mut count = 0;
    for (method, uri) in Method::ALL {
        for (reference, transforms, elements) in [
            ("", vec![enveloped, uri], vec![]),
            ("", vec![enveloped], vec![]),
            ("#data", vec![uri], vec!["data"]),
            ("#data", vec![], vec!["data"]),
            ("#xpointer(id('data'))", vec![uri], vec!["data"]),
        ] {
            let transforms: String =
                transforms.iter().map(|t| format!("<ds:Transform Algorithm='{t}'/>")).collect();
            let transforms = if transforms.is_empty() {
                String::new()
            } else {
                format!("<ds:Transforms>{transforms}</ds:Transforms>")
            };
            let template = format!(
                "<r:request xmlns:r='urn:r' xmlns:u='urn:unused' xml:lang='kk'>\r\n<!-- c -->\
                 <data Id='data' b='2' a='1'><r:iin>960416161941</r:iin><!-- in --> &#13;</data>\
                 <ds:Signature xmlns:ds='{DS}'><ds:SignedInfo><ds:CanonicalizationMethod \
                 Algorithm='{uri}'/><ds:SignatureMethod \
                 Algorithm='http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'/><ds:Reference \
                 URI=\"{reference}\">{transforms}<ds:DigestMethod \
                 Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/><ds:DigestValue/>\
                 </ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data>\
                 <ds:X509Certificate/></ds:X509Data></ds:KeyInfo></ds:Signature></r:request>"
            );
            let template = desk.write("template.xml", template.as_bytes());
            let out = desk.path("theirs.xml");
            let output = out.to_str().unwrap();
            xmlsec1(&["--sign", "--privkey-pem", &key, "--output", output], &[&template])
                .unwrap_or_else(|e| panic!("{method:?} {reference}: {e}"));
            let signed = fs::read(&out).unwrap();
            let report = verifier.verify(&signed, &xml::question(&elements)).unwrap();
            let accepted = passed(&report);
            let value = accepted[0].intact().covered().value("/request/data/iin");
            assert_eq!(value.as_deref(), Ok("960416161941"), "{method:?} {reference}");
            count += 1;
        }
    }
    assert_eq!(count, 30);
}

struct Signxml {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Drop for Signxml {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Signxml {
    /// The first Python that has signxml.
    fn start() -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/signxml_peer.py");
        let named = std::env::var("QOLTANBA_PYTHON").ok();
        let pythons = named.into_iter().chain(["python3".into(), "/usr/bin/python3".into()]);
        pythons.into_iter().find_map(|python| {
            let mut child = Command::new(python)
                .arg(&script)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let (to, from) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
            let mut peer = Self { child, to, from };
            (peer.line() == "ready").then_some(peer)
        })
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn ask(&mut self, job: &[&str]) -> String {
        writeln!(self.to, "{}", job.join("\t")).unwrap();
        self.line()
    }
}

fn signxml_verifies() {
    let desk = Desk::new(13);
    let mut peer = Signxml::start().unwrap();
    let certificate = desk.path("certificate.pem");
    for (name, document, references) in desk.documents() {
        // It verifies the only signature: those before it are covered and must stay. And lxml
        // gives a part no xml:lang from above it, against Canonical XML 1.0 §2.4.
        let text = String::from_utf8_lossy(&document);
        if signatures(&parse(&document)).len() > 1 || text.contains("xml:lang") {
            continue;
        }
        let mut verify = |document: &[u8]| {
            let file = desk.write("signed.xml", document);
            peer.ask(&[
                "verify",
                file.to_str().unwrap(),
                certificate.to_str().unwrap(),
                &references.to_string(),
            ])
        };
        assert_eq!(verify(&document), "ok", "{name}");
        let text = String::from_utf8(document).unwrap();
        if text.contains("960416161941") {
            let altered = text.replace("960416161941", "960416161942");
            assert_ne!(verify(altered.as_bytes()), "ok", "{name}");
        }
    }
}

fn signxml_signs() {
    let desk = Desk::new(14);
    let verifier = verifier([&desk.person]);
    let mut peer = Signxml::start().unwrap();
    // No comment: signxml keeps it under `URI=""`, which XML Signature §4.4.3.3 takes out.
    let source = "<r:request xmlns:r='urn:r'>\n<data Id='data' b='2' a='1'>\
                  <r:iin>960416161941</r:iin> &#13;</data></r:request>";
    let source = desk.write("source.xml", source.as_bytes());
    for variant in ["enveloped", "exclusive", "comments", "c14n11"] {
        let out = desk.path("theirs.xml");
        let answer = peer.ask(&[
            "sign",
            source.to_str().unwrap(),
            desk.path("certificate.pem").to_str().unwrap(),
            desk.path("key.pem").to_str().unwrap(),
            out.to_str().unwrap(),
            variant,
        ]);
        assert_eq!(answer, "ok", "{variant}");
        let signed = fs::read(&out).unwrap();
        let report = verifier.verify(&signed, &Question::at(at())).unwrap();
        let accepted = passed(&report);
        let value = accepted[0].intact().covered().value("/request/data/iin");
        assert_eq!(value.as_deref(), Ok("960416161941"), "{variant}");
    }
}

/// The digest that openssl's GOST engine computes.
fn engine_digest(algorithm: SignatureAlgorithm, octets: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("octets");
    fs::write(&file, octets).unwrap();
    let name = match algorithm {
        SignatureAlgorithm::Gost2015_512 => "-md_gost12_512",
        _ => "-md_gost12_256",
    };
    let output = Command::new("openssl")
        .args(["dgst", "-engine", "gost", name, "-binary"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The base64 text of the element with this name inside the last signature.
fn signed_value(bytes: &[u8], local: &str) -> Vec<u8> {
    let document = parse(bytes);
    let last = *signatures(&document).last().unwrap();
    let node = document.descendants(last).find(|n| document.is_element(*n, DS, local)).unwrap();
    let text: String = document.text_content(node).split_ascii_whitespace().collect();
    BASE64.decode(text).unwrap()
}

/// Canonical octets as libxml2 makes them.
fn xmllint(bytes: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("document.xml");
    fs::write(&file, bytes).unwrap();
    let output = Command::new("xmllint").arg("--c14n").arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

const STREEBOG: [SignatureAlgorithm; 2] = [ALGORITHMS[0], ALGORITHMS[1]];

fn gost_digests() {
    let mut rng = SeededRng::new(15);
    for algorithm in STREEBOG {
        let person = Person::new(algorithm, &mut rng);
        for layout in layouts().iter().filter(|l| l.id.is_none() && l.name != "self-closing root") {
            let signed = layout.sign(&person, &mut rng);
            // The document without the signature is what is covered; comments are not.
            let octets = without_comments(layout);
            let octets =
                if there("xmllint", &["--version"]) { xmllint(&octets) } else { ours(&octets) };
            let digest = engine_digest(algorithm, &octets);
            assert_eq!(signed_value(&signed, "DigestValue"), digest, "{}", layout.name);
        }
    }
}

fn without_comments(layout: &Layout) -> Vec<u8> {
    let text = String::from_utf8(layout.source.clone()).unwrap();
    let (mut out, mut rest) = (String::new(), text.as_str());
    while let Some((before, from)) = rest.split_once("<!--") {
        out.push_str(before);
        rest = from.split_once("-->").unwrap().1;
    }
    out.push_str(rest);
    out.into_bytes()
}

fn ours(bytes: &[u8]) -> Vec<u8> {
    octets(bytes, |_| NodeId::DOCUMENT)
}

fn octets(bytes: &[u8], apex: impl Fn(&qoltanba::xmldsig::Document<'_>) -> NodeId) -> Vec<u8> {
    let document = parse(bytes);
    let subtree = Subtree::of(apex(&document));
    let none = PrefixList::none();
    canonicalize(&document, &Selection::Subtree(&subtree), Method::Inclusive10, &none).unwrap()
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        short @ 0..=0x7f => vec![short as u8],
        long => vec![0x81, u8::try_from(long).unwrap()],
    };
    [&[tag][..], &length, content].concat()
}

/// The public key under the Russian names of the same numbers (RFC 9215, RFC 4491).
fn russian_key(person: &Person, algorithm: SignatureAlgorithm) -> Vec<u8> {
    // 1.2.643.7.1 and 1.2.643.2.2
    let (tc26, crypto_pro) = (&b"\x2a\x85\x03\x07\x01"[..], &b"\x2a\x85\x03\x02\x02"[..]);
    let (key, set, digest, length) = match algorithm {
        SignatureAlgorithm::Gost2015_512 => {
            ([tc26, b"\x01\x01\x02"], [tc26, b"\x02\x01\x02\x01"], [tc26, b"\x01\x02\x03"], 128)
        }
        SignatureAlgorithm::Gost2015_256 => {
            ([tc26, b"\x01\x01\x01"], [tc26, b"\x02\x01\x01\x01"], [tc26, b"\x01\x02\x02"], 64)
        }
        _ => ([crypto_pro, b"\x13"], [crypto_pro, b"\x23\x01"], [crypto_pro, b"\x1e\x01"], 64),
    };
    let [key, set, digest] = [key, set, digest].map(|oid| der(6, &oid.concat()));
    let spki = person.mint.signer.key.public_key_info();
    let point = der(4, &spki[spki.len() - length..]);
    let identifier = der(0x30, &[key, der(0x30, &[set, digest].concat())].concat());
    der(0x30, &[identifier, der(3, &[&[0], &*point].concat())].concat())
}

fn gost_signatures() {
    let mut rng = SeededRng::new(16);
    let folder = tempfile::tempdir().unwrap();
    for algorithm in [STREEBOG[0], STREEBOG[1], SignatureAlgorithm::Gost2004] {
        let person = Person::new(algorithm, &mut rng);
        for layout in layouts().iter().filter(|l| l.id.is_none()) {
            let signed = layout.sign(&person, &mut rng);
            let info = octets(&signed, |document| {
                let is_info = |n: &NodeId| document.is_element(*n, DS, "SignedInfo");
                document.nodes().find(is_info).unwrap()
            });
            // The engine has no digest of 1995 with the national table.
            let digest = match algorithm {
                SignatureAlgorithm::Gost2004 => algorithm.digest().digest(&info),
                _ => engine_digest(algorithm, &info),
            };
            // r and s, least significant octet first; the engine takes s and r, most significant
            // first.
            let mut value = signed_value(&signed, "SignatureValue");
            value.reverse();
            let put = |name: &str, octets: &[u8]| {
                let path = folder.path().join(name);
                fs::write(&path, octets).unwrap();
                path
            };
            let key = put("key.der", &russian_key(&person, algorithm));
            let (digest, mut verified) = (put("digest", &digest), Vec::new());
            for value in [value.clone(), value.iter().rev().copied().collect()] {
                let output = Command::new("openssl")
                    .args(["pkeyutl", "-engine", "gost", "-verify", "-pubin", "-keyform", "DER"])
                    .arg("-inkey")
                    .arg(&key)
                    .arg("-in")
                    .arg(&digest)
                    .arg("-sigfile")
                    .arg(put("signature", &value))
                    .output()
                    .unwrap();
                verified.push(output.status.success());
            }
            assert_eq!(verified, [true, false], "{algorithm}, {}", layout.name);
        }
    }
}
