//! Canonical XML 1.0, Canonical XML 1.1 and Exclusive XML Canonicalization 1.0.
//!
//! The input is a parsed document and the part of it that is meant; the output is octets. The
//! same document, part and method always give the same octets, which is what a digest is taken
//! of. A failure is an error and never an empty output.

mod base;
mod names;
mod output;
mod walk;

use std::collections::BTreeSet;

use super::chars;
use super::tree::{Attribute, Document, NodeId};
use crate::error::{Error, Result};

/// A method of canonicalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Canonical XML 1.0, comments left out.
    Inclusive10,
    /// Canonical XML 1.0.
    Inclusive10WithComments,
    /// Canonical XML 1.1, comments left out.
    Inclusive11,
    /// Canonical XML 1.1.
    Inclusive11WithComments,
    /// Exclusive XML Canonicalization 1.0, comments left out.
    Exclusive10,
    /// Exclusive XML Canonicalization 1.0.
    Exclusive10WithComments,
}

impl Method {
    /// Every method with the URI that names it in a signature.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Inclusive10, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        (
            Self::Inclusive10WithComments,
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        ),
        (Self::Inclusive11, "http://www.w3.org/2006/12/xml-c14n11"),
        (Self::Inclusive11WithComments, "http://www.w3.org/2006/12/xml-c14n11#WithComments"),
        (Self::Exclusive10, "http://www.w3.org/2001/10/xml-exc-c14n#"),
        (Self::Exclusive10WithComments, "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
    ];

    /// The method that a URI names, compared octet by octet.
    ///
    /// # Errors
    ///
    /// Unsupported for any other URI.
    pub fn from_uri(uri: &str) -> Result<Self> {
        let known = Self::ALL.iter().find(|(_, name)| *name == uri);
        known.map(|(method, _)| *method).ok_or_else(|| Error::unsupported("canonicalisation", uri))
    }

    /// The URI that names the method.
    #[must_use]
    pub fn uri(self) -> &'static str {
        Self::ALL.iter().find(|(method, _)| *method == self).map_or("", |(_, uri)| uri)
    }

    /// Whether it is exclusive, so that a list of prefixes means something.
    #[must_use]
    pub const fn is_exclusive(self) -> bool {
        matches!(self, Self::Exclusive10 | Self::Exclusive10WithComments)
    }

    /// Whether comments are kept.
    #[must_use]
    pub const fn keeps_comments(self) -> bool {
        matches!(
            self,
            Self::Inclusive10WithComments
                | Self::Inclusive11WithComments
                | Self::Exclusive10WithComments
        )
    }

    /// The same method without comments: what `URI=""` and `#id` mean, XMLDSig §4.4.3.3.
    #[must_use]
    pub const fn without_comments(self) -> Self {
        match self {
            Self::Inclusive10 | Self::Inclusive10WithComments => Self::Inclusive10,
            Self::Inclusive11 | Self::Inclusive11WithComments => Self::Inclusive11,
            Self::Exclusive10 | Self::Exclusive10WithComments => Self::Exclusive10,
        }
    }
}

/// The prefixes that the exclusive method treats as the inclusive one does: the `PrefixList` of
/// `InclusiveNamespaces`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrefixList(BTreeSet<String>);

impl PrefixList {
    /// No prefix.
    #[must_use]
    pub const fn none() -> Self {
        Self(BTreeSet::new())
    }

    /// Reads the attribute's value: prefixes separated by white space, `#default` for the default
    /// namespace.
    ///
    /// # Errors
    ///
    /// Malformed when a token can be no prefix.
    ///
    /// ```
    /// # use qoltanba::xmldsig::PrefixList;
    /// assert!(PrefixList::parse("soapenv #default")?.contains(""));
    /// assert!(PrefixList::parse("a:b").is_err());
    /// # Ok::<(), qoltanba::Error>(())
    /// ```
    pub fn parse(value: &str) -> Result<Self> {
        let tokens = value.split([' ', '\t', '\n', '\r']).filter(|token| !token.is_empty());
        let prefixes = tokens.map(|token| match token {
            "#default" => Ok(String::new()),
            name if chars::name_length(name) == name.len() => Ok(name.to_owned()),
            _ => Err(Error::malformed("PrefixList (Exclusive XML Canonicalization §3)")),
        });
        Ok(Self(prefixes.collect::<Result<_>>()?))
    }

    /// Whether a prefix is listed; empty for the default namespace.
    #[must_use]
    pub fn contains(&self, prefix: &str) -> bool {
        self.0.contains(prefix)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The part of a document that is canonicalised.
#[derive(Clone, Copy)]
pub enum Selection<'a> {
    /// A whole element or document, less whole subtrees: all that the references of signatures
    /// understood here can mean. It costs time in proportion to the document.
    Subtree(&'a Subtree),
    /// Any set of nodes, by a rule that is asked about each one, as an XPath filter would be. It
    /// costs time in proportion to the elements times the prefixes.
    NodeSet(&'a dyn Fn(Item<'_>) -> bool),
}

/// A node of the XPath model, for [`Selection::NodeSet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'d> {
    /// An element, text, comment or processing instruction.
    Node(NodeId),
    /// An attribute of the element.
    Attribute(NodeId, Attribute<'d>),
    /// A namespace node of the element, by its prefix; empty for the default namespace. `xml` is
    /// not asked about.
    Namespace(NodeId, &'d str),
}

/// An element with everything inside it, less whole subtrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subtree {
    apex: NodeId,
    without: Vec<NodeId>,
}

impl Subtree {
    /// The whole document, what stands beside its root element included.
    #[must_use]
    pub const fn document() -> Self {
        Self::of(NodeId::DOCUMENT)
    }

    /// An element with everything inside it.
    #[must_use]
    pub const fn of(apex: NodeId) -> Self {
        Self { apex, without: Vec::new() }
    }

    /// The same less these nodes with everything inside them.
    #[must_use]
    pub fn without(mut self, nodes: impl IntoIterator<Item = NodeId>) -> Self {
        self.without.extend(nodes);
        self.without.sort_unstable();
        self.without.dedup();
        self
    }

    /// The element, or the document, that all of it is in.
    #[must_use]
    pub const fn apex(&self) -> NodeId {
        self.apex
    }

    /// The roots of what is left out, in document order.
    #[must_use]
    pub fn left_out(&self) -> &[NodeId] {
        &self.without
    }

    /// Whether a node is part of it.
    #[must_use]
    pub fn contains(&self, document: &Document<'_>, node: NodeId) -> bool {
        document.contains(self.apex, node)
            && !self.without.iter().any(|out| document.contains(*out, node))
    }
}

/// The canonical octets of a part of a document.
///
/// # Errors
///
/// Malformed when the document declares a relative namespace name (Canonical XML 1.0 §1.3) or
/// the subtree is left out entirely; misuse when a list of prefixes comes with an inclusive
/// method; over budget when the output outgrows the limits of the document.
pub fn canonicalize(
    document: &Document<'_>,
    selection: &Selection<'_>,
    method: Method,
    prefixes: &PrefixList,
) -> Result<Vec<u8>> {
    let mut octets = Vec::new();
    canonicalize_to(document, selection, method, prefixes, &mut |part| {
        octets.extend_from_slice(part);
    })?;
    Ok(octets)
}

/// Hands the canonical octets to `sink` piece by piece, as a digest takes them.
///
/// ```
/// use qoltanba::xmldsig::{
///     Document, Method, PrefixList, Selection, Subtree, XmlLimits, canonicalize_to,
/// };
///
/// let document = Document::parse(b"<a><b>1</b><c>2</c></a>", &XmlLimits::default())?;
/// let b = document.children(document.root()).next();
/// let rest = Subtree::document().without(b);
/// let mut length = 0;
/// let method = Method::from_uri("http://www.w3.org/2001/10/xml-exc-c14n#")?;
/// canonicalize_to(&document, &Selection::Subtree(&rest), method, &PrefixList::none(), &mut |part| {
///     length += part.len();
/// })?;
/// assert_eq!(length, "<a><c>2</c></a>".len());
/// # Ok::<(), qoltanba::Error>(())
/// ```
///
/// # Errors
///
/// As [`canonicalize`]. What the sink was given before an error is worth nothing.
pub fn canonicalize_to(
    document: &Document<'_>,
    selection: &Selection<'_>,
    method: Method,
    prefixes: &PrefixList,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<()> {
    if !prefixes.is_empty() && !method.is_exclusive() {
        return Err(Error::misuse("a list of prefixes needs the exclusive method"));
    }
    // Canonical XML 1.0 §1.3: "implementations of XML canonicalization MUST report an operation
    // failure on documents containing relative namespace URIs".
    if let Some(at) = document.tree.relative_namespace {
        return Err(Error::malformed("relative namespace name (Canonical XML 1.0 §1.3)").at(at));
    }
    walk::run(document, selection, method, prefixes, sink)
}

#[cfg(test)]
mod tests;
