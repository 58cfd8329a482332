//! Side by side with lxml (whole documents) and libxml2 (Canonical XML 1.1, document subsets).

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use libtest_mimic::Trial;
use qoltanba::xmldsig::{
    Document, Item, Method, NodeId, NodeKind, PrefixList, Selection, Subtree, XmlLimits,
    canonicalize,
};
use qoltanba::{Error, ErrorKind};

use crate::random::{Generator, Random, URIS};
use crate::{same, trial, vectors};

pub(crate) fn trials(all: &mut Vec<Trial>) {
    let found = Peer::start();
    let lxml = found.is_some();
    let libxml2 = found.is_some_and(|peer| peer.has_libxml2);
    all.push(trial("lxml/random-documents", lxml, || documents(Engine::Lxml)));
    all.push(trial("lxml/default-attributes", lxml, default_attributes));
    all.push(trial("libxml2/random-documents", libxml2, || documents(Engine::Libxml2)));
    all.push(trial("libxml2/subtrees", libxml2, subtrees));
    all.push(trial("libxml2/node-sets", libxml2, node_sets));
    all.push(trial("libxml2/well-formedness", lxml, acceptance));
    let sets = vectors();
    all.push(trial("lxml/vectors", lxml && sets.exists(), move || vector_documents(&sets)));
}

const ROUNDS: u64 = 4_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Engine {
    Lxml,
    Libxml2,
}

impl Engine {
    const fn methods(self) -> &'static [Method] {
        match self {
            Self::Lxml => &[
                Method::Inclusive10,
                Method::Inclusive10WithComments,
                Method::Exclusive10,
                Method::Exclusive10WithComments,
            ],
            Self::Libxml2 => &[
                Method::Inclusive10,
                Method::Inclusive10WithComments,
                Method::Inclusive11,
                Method::Inclusive11WithComments,
                Method::Exclusive10,
                Method::Exclusive10WithComments,
            ],
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Lxml => "lxml",
            Self::Libxml2 => "libxml2",
        }
    }
}

struct Peer {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    has_libxml2: bool,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    /// The first Python that has lxml.
    fn start() -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/lxml_c14n.py");
        ["python3", "/usr/bin/python3"].into_iter().find_map(|python| {
            let mut child = Command::new(python)
                .arg(&script)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let (to, from) = (child.stdin.take()?, child.stdout.take()?);
            let mut peer = Self { child, to, from: BufReader::new(from), has_libxml2: false };
            let ready = peer.line().ok()?;
            peer.has_libxml2 = ready.contains("libxml2");
            ready.starts_with("ready").then_some(peer)
        })
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.from.read_line(&mut line).map_err(|error| error.to_string())?;
        Ok(line.trim_end().to_owned())
    }

    /// The canonical octets, or why there are none.
    fn try_ask(
        &mut self,
        engine: &str,
        method: Method,
        prefixes: &str,
        xpath: &str,
        source: &[u8],
    ) -> Result<Result<Vec<u8>, Refusal>, String> {
        let name = match method.without_comments() {
            Method::Inclusive11 => "inclusive11",
            Method::Exclusive10 => "exclusive10",
            _ => "inclusive10",
        };
        let listed = match prefixes {
            "" => "-".to_owned(),
            _ => prefixes.replace(' ', ","),
        };
        let path = xpath.bytes().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let path = if path.is_empty() { "-" } else { &path };
        let comments = u8::from(method.keeps_comments());
        let line = format!("{engine} {name} {comments} {listed} {path} {}\n", source.len());
        let sent = self.to.write_all(line.as_bytes()).and_then(|()| self.to.write_all(source));
        sent.and_then(|()| self.to.flush()).map_err(|error| error.to_string())?;
        let answer = self.line()?;
        match &*answer {
            "malformed" => return Ok(Err(Refusal::Malformed)),
            "refused" => return Ok(Err(Refusal::NotCanonicalised)),
            _ => {}
        }
        let length = answer.strip_prefix("ok ").and_then(|length| length.parse().ok());
        let mut octets = vec![0; length.ok_or(format!("the peer says {answer:?}"))?];
        self.from.read_exact(&mut octets).map_err(|error| error.to_string())?;
        Ok(Ok(octets))
    }

    /// None when the peer refuses the document.
    fn ask(
        &mut self,
        engine: &str,
        method: Method,
        prefixes: &str,
        xpath: &str,
        source: &[u8],
    ) -> Result<Option<Vec<u8>>, String> {
        self.try_ask(engine, method, prefixes, xpath, source).map(Result::ok)
    }
}

enum Refusal {
    Malformed,
    NotCanonicalised,
}

fn parse(source: &[u8]) -> Result<Document<'_>, Error> {
    Document::parse(source, &XmlLimits::default())
}

fn ours(
    document: &Document<'_>,
    selection: Selection<'_>,
    method: Method,
    prefixes: &str,
) -> Result<Vec<u8>, String> {
    let list = PrefixList::parse(prefixes).map_err(|error| error.to_string())?;
    canonicalize(document, &selection, method, &list).map_err(|error| error.to_string())
}

fn prefix_list(random: &mut Random, engine: Engine, method: Method) -> &'static str {
    match engine {
        _ if !method.is_exclusive() => "",
        // lxml drops "#default" from the list.
        Engine::Lxml => random.pick(&["", "", "a", "b a", "ns-1 Қ", "unknown"]),
        Engine::Libxml2 => random.pick(&["", "", "a", "#default", "b a", "ns-1 #default Қ"]),
    }
}

fn documents(engine: Engine) -> Result<(), String> {
    let mut peer = Peer::start().ok_or("no peer")?;
    let whole = Subtree::document();
    for seed in 0..ROUNDS {
        let (source, _) = Generator::document(seed);
        let document = parse(source.as_bytes()).map_err(|e| format!("{seed}: {e}\n{source:?}"))?;
        let random = &mut Random::new(seed);
        for method in engine.methods() {
            let prefixes = prefix_list(random, engine, *method);
            let theirs = peer
                .ask(engine.name(), *method, prefixes, "", source.as_bytes())?
                .ok_or(format!("{seed}: refused by the peer\n{source:?}"))?;
            let ours = ours(&document, Selection::Subtree(&whole), *method, prefixes)?;
            same(&ours, &theirs)
                .map_err(|e| format!("{seed}, {method:?} {prefixes}: {e}\n{source:?}"))?;
        }
    }
    Ok(())
}

/// An element less up to two others, against the same as an XPath node-set, and against our own
/// rule-by-rule walk over the same set.
fn subtrees() -> Result<(), String> {
    let mut peer = Peer::start().ok_or("no peer")?;
    for seed in 0..ROUNDS {
        let (source, elements) = Generator::document(seed);
        let document = parse(source.as_bytes()).map_err(|error| error.to_string())?;
        let random = &mut Random::new(seed ^ 0xFFFF);
        let nodes: Vec<NodeId> =
            document.nodes().filter(|node| document.kind(*node) == NodeKind::Element).collect();
        if nodes.len() != elements {
            return Err(format!("{seed}: {} elements of {elements}", nodes.len()));
        }
        let apex = random.below(elements);
        let mut path = format!("(//. | //@* | //namespace::*)[{}", inside(apex));
        let mut subtree = Subtree::of(nodes[apex]);
        for _ in 0..random.below(3) {
            let out = random.below(elements);
            if !document.contains(nodes[out], nodes[apex]) {
                subtree = subtree.without([nodes[out]]);
                path.push_str(&format!(" and not({})", inside(out)));
            }
        }
        path.push(']');
        let by_rule = |item: Item<'_>| {
            let (Item::Node(node) | Item::Attribute(node, _) | Item::Namespace(node, _)) = item;
            subtree.contains(&document, node)
        };
        for method in Engine::Libxml2.methods() {
            let prefixes = prefix_list(random, Engine::Libxml2, *method);
            let shown = |e| format!("{seed}, {method:?} {prefixes}: {e}\n{path}\n{source:?}");
            let fast = ours(&document, Selection::Subtree(&subtree), *method, prefixes)?;
            let slow = ours(&document, Selection::NodeSet(&by_rule), *method, prefixes)?;
            same(&fast, &slow).map_err(|e| shown(format!("as a node-set: {e}")))?;
            let theirs = peer
                .ask("libxml2", *method, prefixes, &path, source.as_bytes())?
                .ok_or("refused by the peer")?;
            same(&fast, &theirs).map_err(shown)?;
        }
    }
    Ok(())
}

/// XPath for "is the n-th element or inside it".
fn inside(element: usize) -> String {
    format!(
        "count(ancestor-or-self::node() | (//*)[{}]) = count(ancestor-or-self::node())",
        element + 1
    )
}

/// Sets with holes: of the elements at some depths nothing but the elements inside. Attributes and
/// namespace nodes go with their element, since libxml2 leaves the specification where they do not;
/// the published set has those.
fn node_sets() -> Result<(), String> {
    let mut peer = Peer::start().ok_or("no peer")?;
    for seed in 0..ROUNDS {
        let (source, _) = Generator::document(seed);
        let document = parse(source.as_bytes()).map_err(|error| error.to_string())?;
        let random = &mut Random::new(seed ^ 0xABCD);
        let modulus = 2 + random.below(3);
        let rest = random.below(modulus);
        let path = format!(
            "(//. | //@* | //namespace::*)[self::* and count(ancestor::*) mod {modulus} != {rest} \
             or not(self::*) and count(parent::*/ancestor::*) mod {modulus} != {rest}]"
        );
        let above = |node| document.ancestors(node).count().saturating_sub(1);
        let chosen = |item: Item<'_>| {
            let element = match item {
                Item::Node(node) if document.kind(node) != NodeKind::Element => {
                    document.parent(node).unwrap_or(NodeId::DOCUMENT)
                }
                Item::Node(node) | Item::Attribute(node, _) | Item::Namespace(node, _) => node,
            };
            above(element) % modulus != rest
        };
        // By 1.1 libxml2 inherits only from the elements left out right above.
        for method in Engine::Lxml.methods() {
            let prefixes = prefix_list(random, Engine::Libxml2, *method);
            let theirs = peer
                .ask("libxml2", *method, prefixes, &path, source.as_bytes())?
                .ok_or("refused by the peer")?;
            let ours = ours(&document, Selection::NodeSet(&chosen), *method, prefixes)?;
            same(&ours, &theirs)
                .map_err(|e| format!("{seed}, {method:?} {prefixes}: {e}\n{path}\n{source:?}"))?;
        }
    }
    Ok(())
}

/// Attributes that a DTD gives: there is no DTD here, so the peer writes them out first.
fn default_attributes() -> Result<(), String> {
    let mut peer = Peer::start().ok_or("no peer")?;
    let mut given = 0;
    for seed in 0..ROUNDS / 4 {
        let (body, _) = Generator::document(seed);
        let body = body.trim_start_matches('\u{FEFF}');
        let start = body.find("?>").filter(|_| body.starts_with("<?xml ")).map_or(0, |at| at + 2);
        let mut source = String::from(
            "<!DOCTYPE x [<!ATTLIST x d CDATA '&#13; 1' xml:lang CDATA 'kk'>\
            <!ATTLIST a:y e CDATA 'q&quot;' a:e CDATA '2'><!ATTLIST B xmlns:z CDATA 'urn:z'>]>",
        );
        source.push_str(&body[start..]);
        let expanded = peer.ask("expand", Method::Inclusive10, "", "", source.as_bytes())?;
        let Some(expanded) = expanded else { continue };
        let document = parse(&expanded).map_err(|error| error.to_string())?;
        let root = Subtree::of(document.root());
        for method in Engine::Lxml.methods() {
            let theirs = peer.ask("lxml-dtd", *method, "", "", source.as_bytes())?;
            let theirs = theirs.ok_or("refused by the peer")?;
            let ours = ours(&document, Selection::Subtree(&root), *method, "")?;
            // What stands beside the root element is not written out again.
            if !theirs.windows(ours.len()).any(|window| window == ours) {
                same(&ours, &theirs).map_err(|e| format!("{seed}, {method:?}: {e}\n{source:?}"))?;
            }
            given += usize::from(theirs.windows(5).any(|window| window == b"d=\"&#"));
        }
    }
    if given < 20 { Err(format!("attributes were given only {given} times")) } else { Ok(()) }
}

/// Damaged documents: what one parser takes, the other takes, with the same canonical octets.
fn acceptance() -> Result<(), String> {
    let mut peer = Peer::start().ok_or("no peer")?;
    let whole = Subtree::document();
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..ROUNDS * 3 {
        let (source, _) = Generator::document(seed / 3);
        let random = &mut Random::new(seed ^ 0x5555);
        // The peer also looks at what xml:id says, which is no matter of well-formedness.
        let mut bytes = source.replace("xml:id", "id-").into_bytes();
        for _ in 0..=random.below(2) {
            damage(random, &mut bytes);
        }
        let method = Method::Inclusive10WithComments;
        let theirs = peer.try_ask("lxml", method, "", "", &bytes)?;
        let shown = || format!("{seed}:\n{:?}", String::from_utf8_lossy(&bytes));
        match (parse(&bytes), theirs) {
            (Ok(document), Ok(theirs)) => {
                let ours = ours(&document, Selection::Subtree(&whole), method, "")
                    .map_err(|e| format!("{e} {}", shown()))?;
                same(&ours, &theirs).map_err(|e| format!("{e}\n{}", shown()))?;
                taken += 1;
            }
            (Err(_), Err(Refusal::Malformed)) => refused += 1,
            // The peer wants a namespace name to be a URI, which Namespaces in XML does not.
            (Ok(document), Err(_)) if has_odd_namespace(&document) => {}
            (Err(error), Ok(_)) if is_stricter(&error, &bytes) => refused += 1,
            (Err(error), _) => return Err(format!("only ours refuses: {error} {}", shown())),
            (Ok(_), Err(_)) => return Err(format!("only ours takes {}", shown())),
        }
    }
    if taken < 500 || refused < 500 {
        return Err(format!("{taken} taken and {refused} refused: too few"));
    }
    Ok(())
}

/// Where we are stricter than libxml2 and mean it: a colon in the target of a processing
/// instruction (Namespaces in XML 1.0 §7), versions other than 1.0, encodings, a DTD.
fn is_stricter(error: &Error, bytes: &[u8]) -> bool {
    if matches!(error.kind(), ErrorKind::Unsupported { .. }) {
        return true;
    }
    let text = String::from_utf8_lossy(bytes);
    text.match_indices("<?").any(|(at, _)| {
        let target = text[at + 2..].split(['?', ' ', '\t', '\r', '\n']).next();
        target.is_some_and(|target| target.contains(':'))
    })
}

fn has_odd_namespace(document: &Document<'_>) -> bool {
    document.nodes().any(|node| {
        let mut declared = document.namespace_declarations(node);
        declared.any(|namespace| !namespace.uri.is_empty() && !URIS.contains(&namespace.uri))
    })
}

fn damage(random: &mut Random, bytes: &mut Vec<u8>) {
    const PIECES: [&str; 30] = [
        "<",
        ">",
        "&",
        "\"",
        "'",
        "/",
        "=",
        ":",
        " ",
        "]]>",
        "--",
        "-->",
        "<!--",
        "<?",
        "?>",
        "<x>",
        "</x>",
        "<x/>",
        "&#0;",
        "&#x110000;",
        "&#xFFFE;",
        "&#55296;",
        "&nbsp;",
        "\u{1}",
        "\u{FFFE}",
        "<![CDATA[",
        "xmlns:a=''",
        " xmlns:b='urn:a'",
        " a:x='1'",
        "<?xml version='1.0'?>",
    ];
    let at = random.below(bytes.len() + 1);
    match random.below(4) {
        0 if at < bytes.len() => {
            bytes.remove(at);
        }
        1 => {
            let to = (at + random.below(12)).min(bytes.len());
            bytes.drain(at..to);
        }
        2 => {
            let (from, length) = (random.below(bytes.len()), random.below(30));
            let copy = bytes[from..(from + length).min(bytes.len())].to_vec();
            bytes.splice(at..at, copy);
        }
        _ => {
            bytes.splice(at..at, random.pick(&PIECES).bytes());
        }
    }
}

/// Every XML document of the vector sets that can be read, by every method.
fn vector_documents(sets: &Path) -> Result<(), String> {
    let mut peer = Peer::start().ok_or("no peer")?;
    let whole = Subtree::document();
    let mut compared = 0;
    for path in xml_files(sets) {
        let source = std::fs::read(&path).map_err(|error| error.to_string())?;
        let Ok(document) = parse(&source) else { continue };
        for method in Engine::Lxml.methods() {
            let Some(theirs) = peer.ask("lxml", *method, "", "", &source)? else { continue };
            let ours = ours(&document, Selection::Subtree(&whole), *method, "")?;
            same(&ours, &theirs).map_err(|e| format!("{}: {e}", path.display()))?;
            compared += 1;
        }
    }
    if compared == 0 { Err("no document".to_owned()) } else { Ok(()) }
}

fn xml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "xml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
