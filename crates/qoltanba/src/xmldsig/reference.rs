//! References: what a signature says that it covers (XML Signature §4.3.3), resolved by node.
//!
//! Only the same document can be meant, by `URI=""` or by an identifier; the transforms that are
//! understood leave out signatures or choose a canonical form, and nothing else.

use std::{
    cell::RefCell,
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use super::{
    Document, Method, NodeId, PrefixList, Selection, Subtree, canonicalize,
    signature::{Children, DS, algorithm_uri, base64_text, read_method},
};
use crate::{
    algorithm::DigestAlgorithm,
    budget::Budget,
    error::{Error, ErrorKind, Result},
};

/// The transform that leaves out the signature itself.
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";
const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Transforms of one reference; more than a filter and a canonical form mean nothing.
const MAX_TRANSFORMS: usize = 8;

/// One Reference: well formed, nothing proved.
#[derive(Debug)]
pub(crate) struct Reference {
    target: Result<Target>,
    transforms: Result<Transforms>,
    digest: Result<DigestAlgorithm>,
    value: Result<Vec<u8>>,
}

/// What a URI means inside the document (XML Signature §4.3.3.2, §4.3.3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Document { comments: bool },
    Element { id: String, comments: bool },
}

#[derive(Debug, Default)]
struct Transforms {
    /// The signature that holds the reference is left out (§6.6.4).
    enveloped: bool,
    /// Every Signature element is left out.
    no_signatures: bool,
    canonical: Option<(Method, PrefixList)>,
}

/// The nodes that a reference covers, and their canonical octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Covers {
    pub(crate) subtree: Subtree,
    pub(crate) octets: Arc<Vec<u8>>,
}

/// Why a reference covers nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReferenceFault {
    /// It is broken, or it names something that is not there.
    Malformed(Error),
    /// It names something that is not understood or not followed.
    Unsupported(Error),
    /// The identifier has more than one meaning.
    DuplicateId,
    /// The octets have another digest.
    DigestMismatch,
    /// A limit was reached, so that the document cannot be judged.
    OverBudget(Error),
}

impl From<Error> for ReferenceFault {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Malformed { .. } => Self::Malformed(error),
            ErrorKind::OverBudget { .. } => Self::OverBudget(error),
            _ => Self::Unsupported(error),
        }
    }
}

/// Every identifier of a document with the element that carries it.
///
/// `Id`, `ID` and `id` without namespace, `wsu:Id` and `xml:id` are identifiers; an attribute of
/// any of these names makes its value one, so that no value can have two meanings.
#[derive(Debug)]
pub(crate) struct Identifiers<'d>(HashMap<&'d str, Meaning>);

#[derive(Debug)]
enum Meaning {
    One(NodeId),
    Several,
}

impl<'d> Identifiers<'d> {
    pub(crate) fn of(document: &'d Document<'_>) -> Self {
        let mut found = HashMap::new();
        for node in document.nodes() {
            for attribute in document.attributes(node) {
                let name = (attribute.name.namespace, attribute.name.local);
                if matches!(name, ("", "Id" | "ID" | "id") | (WSU, "Id") | (XML, "id")) {
                    // xml:id §4: a reader that knows the name drops the spaces around its value.
                    let value =
                        if name.0 == XML { attribute.value.trim() } else { attribute.value };
                    match found.entry(value) {
                        Entry::Vacant(place) => drop(place.insert(Meaning::One(node))),
                        Entry::Occupied(mut place) => drop(place.insert(Meaning::Several)),
                    }
                }
            }
        }
        Self(found)
    }

    /// The one element that an identifier means.
    pub(crate) fn element(&self, id: &str) -> Result<NodeId, ReferenceFault> {
        match self.0.get(id) {
            Some(Meaning::One(node)) => Ok(*node),
            Some(Meaning::Several) => Err(ReferenceFault::DuplicateId),
            None => Err(Error::malformed("reference: no element has this identifier").into()),
        }
    }
}

/// What all the digests of one document may cost together: many references to the whole of a
/// large document would multiply its size.
#[derive(Debug)]
pub(crate) struct Work(RefCell<Budget>);

impl Work {
    pub(crate) fn on(document: &Document<'_>) -> Self {
        let limit = document.limits.work(document.text().len());
        Self(RefCell::new(Budget::new("octets read and written for digests", limit)))
    }

    /// The canonical octets of a part of the document.
    pub(crate) fn canonicalize(
        &self,
        document: &Document<'_>,
        subtree: &Subtree,
        method: Method,
        prefixes: &PrefixList,
    ) -> Result<Vec<u8>> {
        // Reading is paid for first: what ends in an error costs as much.
        let read = document.source_range(subtree.apex()).len() + document.prefix_count();
        self.0.borrow_mut().spend_many(read)?;
        let mut octets = canonicalize(document, &Selection::Subtree(subtree), method, prefixes)?;
        octets.shrink_to_fit();
        self.0.borrow_mut().spend_many(octets.len())?;
        Ok(octets)
    }
}

impl Reference {
    pub(super) fn read(document: &Document<'_>, node: NodeId) -> Result<Self> {
        const WHAT: &str = "Reference (XML Signature §4.3.3)";
        let mut parts = Children::of(document, node, WHAT)?;
        let transforms = parts.optional(DS, "Transforms");
        let method = parts.take(DS, "DigestMethod")?;
        let value = parts.take(DS, "DigestValue")?;
        parts.finish()?;
        Children::of(document, method, "DigestMethod (XML Signature §4.3.3.5)")?.finish()?;
        Ok(Self {
            target: Target::read(document.attribute(node, "", "URI")),
            transforms: transforms
                .map_or_else(|| Ok(Transforms::default()), |t| Transforms::read(document, t)),
            digest: DigestAlgorithm::from_uri(algorithm_uri(document, method)?),
            value: base64_text(document, value),
        })
    }

    /// The digest algorithm.
    pub(crate) fn digest(&self) -> Result<DigestAlgorithm> {
        self.digest.clone()
    }

    /// Resolves the reference and compares the digest.
    pub(crate) fn check(
        &self,
        document: &Document<'_>,
        identifiers: &Identifiers<'_>,
        signature: NodeId,
        later: &[NodeId],
        work: &Work,
    ) -> Result<Covers, ReferenceFault> {
        let digest = self.digest.clone()?;
        let value = self.value.clone()?;
        let (subtree, octets) = self.octets(document, identifiers, signature, later, work)?;
        if digest.digest(&octets) == value {
            Ok(Covers { subtree, octets: Arc::new(octets) })
        } else {
            Err(ReferenceFault::DigestMismatch)
        }
    }

    /// The nodes that are meant, and their canonical octets. `signature` is the Signature element
    /// that holds the reference; `later` are the signatures that were added behind it and did not
    /// exist when it was made.
    pub(crate) fn octets(
        &self,
        document: &Document<'_>,
        identifiers: &Identifiers<'_>,
        signature: NodeId,
        later: &[NodeId],
        work: &Work,
    ) -> Result<(Subtree, Vec<u8>), ReferenceFault> {
        let transforms = self.transforms.as_ref().map_err(Clone::clone)?;
        let (apex, comments) = match self.target.clone()? {
            Target::Document { comments } => (NodeId::DOCUMENT, comments),
            Target::Element { id, comments } => (identifiers.element(&id)?, comments),
        };
        let mut subtree = Subtree::of(apex);
        if transforms.no_signatures {
            let inside = document.descendants(apex);
            subtree = subtree.without(inside.filter(|n| document.is_element(*n, DS, "Signature")));
        } else if transforms.enveloped {
            if !document.contains(apex, signature) {
                return Err(
                    Error::malformed("enveloped-signature: the signature is elsewhere").into()
                );
            }
            let inside = later.iter().copied().filter(|n| document.contains(apex, *n));
            subtree = subtree.without(inside.chain([signature]));
        }
        // §4.4.3.2: without a canonical form, a node-set is turned into octets by Canonical XML 1.0.
        let default = (Method::Inclusive10, PrefixList::none());
        let (method, prefixes) = transforms.canonical.as_ref().unwrap_or(&default);
        // §4.4.3.3: `""` and `#id` mean node-sets without comments, whatever the method keeps.
        let method = if comments { *method } else { method.without_comments() };
        let octets = work.canonicalize(document, &subtree, method, prefixes)?;
        Ok((subtree, octets))
    }
}

impl Target {
    fn read(uri: Option<&str>) -> Result<Self> {
        let unsupported = |uri: &str| Error::unsupported("reference", uri);
        match uri {
            None => Err(unsupported("without a URI")),
            Some("") => Ok(Self::Document { comments: false }),
            Some("#xpointer(/)") => Ok(Self::Document { comments: true }),
            Some(uri) => {
                let name = uri.strip_prefix('#').ok_or_else(|| unsupported(uri))?;
                let pointer =
                    name.strip_prefix("xpointer(id('").and_then(|rest| rest.strip_suffix("'))"));
                let (id, comments) = pointer.map_or((name, false), |id| (id, true));
                let plain = !id.is_empty() && !id.contains(['(', ')', '\'', '"', '#', '%']);
                if plain {
                    Ok(Self::Element { id: id.to_owned(), comments })
                } else {
                    Err(unsupported(uri))
                }
            }
        }
    }
}

impl Transforms {
    fn read(document: &Document<'_>, node: NodeId) -> Result<Self> {
        let mut parts = Children::of(document, node, "Transforms (XML Signature §4.3.3.4)")?;
        let mut out = Self::default();
        let mut count = 0;
        while let Some(transform) = parts.optional(DS, "Transform") {
            count += 1;
            if count > MAX_TRANSFORMS {
                return Err(Error::over_budget("transforms of a reference", MAX_TRANSFORMS as u64));
            }
            // Behind a canonical form there are octets, which no filter here takes.
            if out.canonical.is_some() {
                return Err(Error::unsupported("transform", "another one behind a canonical form"));
            }
            match algorithm_uri(document, transform)? {
                ENVELOPED => {
                    Children::of(document, transform, "enveloped-signature")?.finish()?;
                    out.enveloped = true;
                }
                XPATH => {
                    read_xpath(document, transform)?;
                    out.no_signatures = true;
                }
                _ => out.canonical = Some(read_method(document, transform)?),
            }
        }
        parts.finish()?;
        Ok(out)
    }
}

/// The one filter that is understood: `not(ancestor-or-self::ds:Signature)` with any prefix for
/// the namespace of signatures and any white space.
fn read_xpath(document: &Document<'_>, transform: NodeId) -> Result<()> {
    let mut parts = Children::of(document, transform, "XPath transform (XML Signature §6.6.3)")?;
    let element = parts.take(DS, "XPath")?;
    parts.finish()?;
    let text = document.plain_text(element).ok_or(Error::malformed("XPath with markup inside"))?;
    let unknown = || Error::unsupported("XPath filter", text.trim());
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let name = compact
        .strip_prefix("not(ancestor-or-self::")
        .and_then(|rest| rest.strip_suffix(')'))
        .ok_or_else(unknown)?;
    let (prefix, local) = name.split_once(':').ok_or_else(unknown)?;
    let scope = document.namespaces_in_scope(element);
    let meant = scope.iter().find(|n| n.prefix == prefix).map(|n| n.uri);
    if local == "Signature" && meant == Some(DS) { Ok(()) } else { Err(unknown()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmldsig::XmlLimits;

    #[test]
    fn an_identifier_means_one_element_by_any_name() {
        let source = format!(
            "<r xmlns:u='{WSU}' xmlns:o='urn:o'><a Id='1'/><a ID='2'/><a id='3'/><a u:Id='4'/>\
             <a xml:id=' 5 '/><a o:Id='6'/><a xml:Id='7'/><a Id='8'/><a xml:id='8 '/>\
             <a Id='9' ID='9'/></r>"
        );
        let document = Document::parse(source.as_bytes(), &XmlLimits::default()).unwrap();
        let identifiers = Identifiers::of(&document);
        for id in ["1", "2", "3", "4", "5"] {
            assert!(identifiers.element(id).is_ok(), "{id}");
        }
        for id in ["6", "7", " 5 ", ""] {
            let missing = identifiers.element(id).unwrap_err();
            assert!(matches!(missing, ReferenceFault::Malformed(_)), "{id}: {missing:?}");
        }
        for id in ["8", "9"] {
            assert_eq!(identifiers.element(id), Err(ReferenceFault::DuplicateId), "{id}");
        }
    }
}
