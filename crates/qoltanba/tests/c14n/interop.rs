//! The published sets: canonical outputs octet by octet, and digests of canonical octets.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use libtest_mimic::Trial;
use qoltanba::xmldsig::{
    Document, Item, Method, NodeId, NodeKind, PrefixList, Selection, Subtree, XmlLimits,
    canonicalize,
};
use sha1::{Digest as _, Sha1};

use crate::{same, trial, vectors};

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const FOO: &str = "http://example.org/foo";
const BAR: &str = "http://example.org/bar";

pub(crate) fn trials(all: &mut Vec<Trial>) {
    let root = vectors().join("xmldsig");
    let three = root.join("merlin-c14n-three");
    for number in 0..28 {
        let set = three.clone();
        all.push(trial(format!("merlin-c14n-three/c14n-{number}"), three.exists(), move || {
            merlin_three(&set, number)
        }));
    }
    let one = root.join("merlin-exc-c14n-one");
    all.push(trial("merlin-exc-c14n-one", one.exists(), move || merlin_exclusive(&one)));
    let twenty_three = root.join("merlin-xmldsig-twenty-three");
    let (set, present) = (twenty_three.clone(), twenty_three.exists());
    all.push(trial("merlin-xmldsig-twenty-three/signature", present, move || merlin_large(&set)));
    all.push(trial("merlin-xmldsig-twenty-three/simple", present, move || {
        merlin_simple(&twenty_three)
    }));
    let eleven = root.join("c14n11/xml-base-input.xml");
    all.push(trial("c14n11/xml-base", eleven.exists(), move || xml_base(&eleven)));
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn parse(bytes: &[u8]) -> Result<Document<'_>, String> {
    Document::parse(bytes, &XmlLimits::default()).map_err(|error| error.to_string())
}

fn octets(
    document: &Document<'_>,
    selection: Selection<'_>,
    method: Method,
    prefixes: &str,
) -> Result<Vec<u8>, String> {
    let prefixes = PrefixList::parse(prefixes).map_err(|error| error.to_string())?;
    canonicalize(document, &selection, method, &prefixes).map_err(|error| error.to_string())
}

fn find<'d>(
    document: &'d Document<'_>,
    namespace: &'d str,
    local: &'d str,
) -> impl Iterator<Item = NodeId> + 'd {
    document.nodes().filter(move |node| document.is_element(*node, namespace, local))
}

fn by_id(document: &Document<'_>, id: &str) -> Result<NodeId, String> {
    document
        .nodes()
        .find(|node| document.attribute(*node, "", "Id") == Some(id))
        .ok_or(format!("no {id}"))
}

/// The nodes of the XPath model, as the expressions of the set see them.
struct Seen<'d> {
    document: &'d Document<'d>,
    item: Item<'d>,
}

impl Seen<'_> {
    /// The element of an attribute or namespace node, the parent of any other.
    fn parent(&self) -> NodeId {
        match self.item {
            Item::Node(node) => self.document.parent(node).unwrap_or(NodeId::DOCUMENT),
            Item::Attribute(element, _) | Item::Namespace(element, _) => element,
        }
    }

    fn is(&self, namespace: &str, local: &str) -> bool {
        matches!(self.item, Item::Node(node) if self.document.is_element(node, namespace, local))
    }

    fn inside(&self, namespace: &str, local: &str) -> bool {
        let parent = self.parent();
        self.is(namespace, local)
            || core::iter::once(parent)
                .chain(self.document.ancestors(parent))
                .any(|above| self.document.is_element(above, namespace, local))
    }

    fn is_text(&self) -> bool {
        matches!(self.item, Item::Node(node) if self.document.kind(node) == NodeKind::Text)
    }

    fn is_namespace(&self) -> bool {
        matches!(self.item, Item::Namespace(..))
    }

    /// XPath 1.0 §4.1 name(): the qualified name; of a namespace node its prefix.
    fn name(&self) -> String {
        let qualified = |prefix: &str, local: &str| match prefix {
            "" => local.to_owned(),
            _ => format!("{prefix}:{local}"),
        };
        match self.item {
            Item::Node(node) => self
                .document
                .name(node)
                .map_or(String::new(), |name| qualified(name.prefix, name.local)),
            Item::Attribute(_, attribute) => qualified(attribute.name.prefix, attribute.name.local),
            Item::Namespace(_, prefix) => prefix.to_owned(),
        }
    }

    /// XPath 1.0 §4.1 namespace-uri(): empty for a namespace node.
    fn namespace_uri(&self) -> &str {
        match &self.item {
            Item::Node(node) => self.document.name(*node).map_or("", |name| name.namespace),
            Item::Attribute(_, attribute) => attribute.name.namespace,
            Item::Namespace(..) => "",
        }
    }

    fn string(&self) -> String {
        match self.item {
            Item::Node(node) if self.document.kind(node) == NodeKind::Element => {
                self.document.text_content(node)
            }
            Item::Node(node) => self.document.value(node).to_owned(),
            Item::Attribute(_, attribute) => attribute.value.to_owned(),
            Item::Namespace(element, prefix) => self
                .document
                .namespaces_in_scope(element)
                .iter()
                .find(|bound| bound.prefix == prefix)
                .map_or(String::new(), |bound| bound.uri.to_owned()),
        }
    }

    /// count(ancestor-or-self::node()), the document counted.
    fn depth(&self) -> usize {
        let parent = self.parent();
        2 + self.document.ancestors(parent).count()
    }
}

/// The nine expressions of the set, in its order.
fn expression(number: usize, seen: &Seen<'_>) -> bool {
    let parent_is = |namespace, local| seen.document.is_element(seen.parent(), namespace, local);
    let parent_namespace = || {
        let name = seen.document.name(seen.parent());
        name.map_or(String::new(), |name| name.namespace.to_owned())
    };
    let utilised = || {
        seen.is_text() || !seen.namespace_uri().is_empty() || seen.string() == parent_namespace()
    };
    let named = |prefix: &str| seen.name() == prefix;
    seen.inside(BAR, "Something")
        && match number {
            0 => true,
            1 => {
                (!named("bar") || parent_is(BAR, "Something"))
                    && (!named("foo") || parent_is(FOO, "Something"))
                    && (!named("baz") || parent_is("http://example.org/baz", "Something"))
                    && (!named("") || seen.is_text())
            }
            2 => utilised(),
            3 => !seen.is(FOO, "Something") && utilised(),
            4 => !seen.is_namespace(),
            5 => seen.is_text() || !seen.namespace_uri().is_empty(),
            6 => seen.is_namespace(),
            7 => seen.string() == parent_namespace(),
            _ => {
                seen.is_text()
                    || !seen.namespace_uri().is_empty()
                    || (named("") && seen.depth() % 2 == 1)
            }
        }
}

fn merlin_three(set: &Path, number: usize) -> Result<(), String> {
    let source = read(&set.join("signature.xml"))?;
    let document = parse(&source)?;
    let expected = read(&set.join(format!("c14n-{number}.txt")))?;
    let ours = if number == 27 {
        let info = find(&document, DSIG, "SignedInfo").next().ok_or("no SignedInfo")?;
        let subtree = Subtree::of(info);
        octets(&document, Selection::Subtree(&subtree), Method::Inclusive10, "")?
    } else {
        let (method, prefixes) = match number / 9 {
            0 => (Method::Inclusive10, ""),
            1 => (Method::Exclusive10, ""),
            _ => (Method::Exclusive10, "#default"),
        };
        let includes = |item: Item<'_>| expression(number % 9, &Seen { document: &document, item });
        octets(&document, Selection::NodeSet(&includes), method, prefixes)?
    };
    same(&ours, &expected)?;
    if number < 27 {
        let reference = find(&document, DSIG, "Reference").nth(number).ok_or("no Reference")?;
        digest(&document, reference, &ours)?;
    }
    Ok(())
}

/// Compares SHA-1 of the octets with the DigestValue of a Reference.
fn digest(document: &Document<'_>, reference: NodeId, octets: &[u8]) -> Result<(), String> {
    let value = document
        .children(reference)
        .find(|child| document.is_element(*child, DSIG, "DigestValue"))
        .and_then(|value| document.plain_text(value))
        .ok_or("no DigestValue")?;
    let ours = base64::engine::general_purpose::STANDARD.encode(Sha1::digest(octets));
    if ours == value {
        return Ok(());
    }
    Err(format!("digest {ours}, not {value}, of {}", String::from_utf8_lossy(octets)))
}

fn merlin_exclusive(set: &Path) -> Result<(), String> {
    let source = read(&set.join("exc-signature.xml"))?;
    let document = parse(&source)?;
    let object = Subtree::of(by_id(&document, "to-be-signed")?);
    let references: Vec<_> = find(&document, DSIG, "Reference").collect();
    for (index, (method, prefixes)) in [
        (Method::Exclusive10, ""),
        (Method::Exclusive10, "bar #default"),
        (Method::Exclusive10WithComments, ""),
        (Method::Exclusive10WithComments, "bar #default"),
    ]
    .into_iter()
    .enumerate()
    {
        let ours = octets(&document, Selection::Subtree(&object), method, prefixes)?;
        digest(&document, references[index], &ours)?;
    }
    Ok(())
}

/// The large signature. Its DTD declares entities that it does not use and one attribute as an
/// ID, so that the document without it has the same canonical octets.
fn merlin_large(set: &Path) -> Result<(), String> {
    let source = String::from_utf8(read(&set.join("signature.xml"))?).map_err(|_| "UTF-8")?;
    let from = source.find("<!DOCTYPE").ok_or("no DTD")?;
    let to = source.find("]>").ok_or("no DTD")? + 2;
    let source = format!("{}{}", &source[..from], &source[to..]);
    let document = parse(source.as_bytes())?;
    let references: Vec<_> = find(&document, DSIG, "Reference").collect();
    let signature = find(&document, DSIG, "Signature").next().ok_or("no Signature")?;
    let plain = Method::Inclusive10;
    let comments = Method::Inclusive10WithComments;

    let enveloped = Subtree::document().without([signature]);
    for (index, method) in [(7, plain), (8, plain), (9, plain), (10, comments)] {
        let ours = octets(&document, Selection::Subtree(&enveloped), method, "")?;
        digest(&document, references[index], &ours).map_err(|e| format!("{index}: {e}"))?;
    }
    for (index, id, method) in [
        (5, "manifest-1", plain),
        (6, "signature-properties-1", plain),
        (11, "object-3", plain),
        (12, "object-3", plain),
        (13, "object-3", plain),
        (14, "object-3", comments),
        (15, "reference-2", plain),
        (16, "manifest-reference-1", plain),
        (17, "reference-1", plain),
    ] {
        let subtree = Subtree::of(by_id(&document, id)?);
        let ours = octets(&document, Selection::Subtree(&subtree), method, "")?;
        digest(&document, references[index], &ours).map_err(|e| format!("{index}: {e}"))?;
    }

    let object = by_id(&document, "object-1")?;
    let text = |item: Item<'_>| {
        matches!(item, Item::Node(node)
            if document.contains(object, node) && document.kind(node) == NodeKind::Text)
    };
    digest(&document, references[2], &octets(&document, Selection::NodeSet(&text), plain, "")?)?;

    // ancestor-or-self::dsig:SignedInfo, less what is inside the Reference that holds the
    // expression, or the notaries with everything above them.
    let info = find(&document, DSIG, "SignedInfo").next().ok_or("no SignedInfo")?;
    let here = references[3];
    let notaries = by_id(&document, "notaries")?;
    let chosen = |item: Item<'_>| {
        let place = match item {
            Item::Node(node) | Item::Attribute(node, _) | Item::Namespace(node, _) => node,
        };
        (document.contains(info, place) && !document.contains(here, place))
            || document.contains(notaries, place)
    };
    digest(&document, references[3], &octets(&document, Selection::NodeSet(&chosen), plain, "")?)
}

/// The signatures over one Object or one enveloping document.
fn merlin_simple(set: &Path) -> Result<(), String> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(set)
        .map_err(|error| error.to_string())?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .collect();
    paths.sort();
    let mut compared = 0;
    for path in paths {
        let source = read(&path)?;
        let Ok(document) = parse(&source) else { continue };
        let signature = find(&document, DSIG, "Signature").next().ok_or("no Signature")?;
        for reference in find(&document, DSIG, "Reference") {
            if find(&document, DSIG, "Transform").any(|inside| {
                document
                    .attribute(inside, "", "Algorithm")
                    .is_some_and(|uri| uri.ends_with("base64"))
            }) {
                continue;
            }
            let subtree = match document.attribute(reference, "", "URI") {
                Some("") => Subtree::document().without([signature]),
                Some(uri) if uri.starts_with('#') => Subtree::of(by_id(&document, &uri[1..])?),
                _ => continue,
            };
            let ours = octets(&document, Selection::Subtree(&subtree), Method::Inclusive10, "")?;
            digest(&document, reference, &ours)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            compared += 1;
        }
    }
    if compared < 4 { Err(format!("only {compared} references")) } else { Ok(()) }
}

/// Canonical XML 1.1 §2.4 on the input of its interoperability set, outputs worked out by hand:
/// every `xml:base` left out above the apex is joined, and 1.0 copies only the nearest.
fn xml_base(path: &Path) -> Result<(), String> {
    let source = read(path)?;
    let document = parse(&source)?;
    let spaces = r#"xmlns:ietf="http://www.ietf.org" xmlns:w3c="http://www.w3.org""#;
    let base = "http://xmlbase.example.org";
    for (local, attributes, eleven, ten) in [
        ("e111", "", "/xmlbase111/", "/xmlbase111/"),
        ("e121", "", "/xmlbase121/", "/xmlbase121/"),
        ("e21", "", "/xmlbase21/", "/xmlbase21/"),
        ("e31", " at=\"3\"", "/xmlbase0/", "http://xmlbase.example.org/xmlbase0/"),
    ] {
        let apex = find(&document, "http://www.ietf.org", local).next().ok_or("no element")?;
        let subtree = Subtree::of(apex);
        let selection = Selection::Subtree(&subtree);
        let written = |value: &str| {
            format!("<ietf:{local} {spaces}{attributes} xml:base=\"{value}\"></ietf:{local}>")
        };
        let ours = octets(&document, selection, Method::Inclusive11, "")?;
        same(&ours, written(&format!("{base}{eleven}")).as_bytes())?;
        same(&octets(&document, selection, Method::Inclusive10, "")?, written(ten).as_bytes())?;
    }
    Ok(())
}
