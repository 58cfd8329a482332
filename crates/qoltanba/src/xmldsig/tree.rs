//! The tree of one document: nodes in document order, every one with its place in the source.
//!
//! The model is that of XPath 1.0 §5: neighbouring characters and CDATA sections are one text
//! node, namespace declarations are not attributes. Nodes are numbered in document order, so that
//! a subtree is a run of numbers and "is inside" is a comparison.

use std::borrow::Cow;
use std::ops::Range;

use super::decode::Encoding;
use super::{XmlLimits, decode, parse};
use crate::error::Result;

/// An XML document, parsed.
#[derive(Debug)]
pub struct Document<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) encoding: Encoding,
    pub(super) tree: Tree,
    pub(super) limits: XmlLimits,
}

/// A node of one document. Nodes are ordered as in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// The document itself, above its root element.
    Document,
    /// An element.
    Element,
    /// Characters, from text, references and CDATA sections together.
    Text,
    /// A comment.
    Comment,
    /// A processing instruction.
    ProcessingInstruction,
}

/// The name of an element or an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'d> {
    /// The namespace's name; empty for none.
    pub namespace: &'d str,
    /// The name inside the namespace.
    pub local: &'d str,
    /// The prefix as written; empty for none. It carries no meaning of its own.
    pub prefix: &'d str,
}

/// An attribute that is not a namespace declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'d> {
    /// What it is called.
    pub name: Name<'d>,
    /// What it says, normalised as XML 1.0 §3.3.3 has it for CDATA.
    pub value: &'d str,
}

/// A prefix and the namespace that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Namespace<'d> {
    /// The prefix; empty for the default namespace.
    pub prefix: &'d str,
    /// The namespace's name; empty where the default namespace is taken back.
    pub uri: &'d str,
}

impl NodeId {
    /// The document itself, above its root element.
    pub const DOCUMENT: Self = Self(0);

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl<'a> Document<'a> {
    /// Reads a document from its exact bytes.
    ///
    /// # Errors
    ///
    /// Malformed for anything that XML 1.0 (fifth edition) or Namespaces in XML 1.0 calls not
    /// well-formed; unsupported for a DTD, for XML 1.1 and for encodings other than UTF-8, UTF-16
    /// with a byte order mark and US-ASCII; over budget when a limit is reached.
    pub fn parse(bytes: &'a [u8], limits: &XmlLimits) -> Result<Self> {
        let decoded = decode::decode(bytes, limits)?;
        let tree = parse::parse(&decoded.text, decoded.body, limits)?;
        Ok(Self { text: decoded.text, encoding: decoded.encoding, tree, limits: *limits })
    }
}

impl Document<'_> {
    /// The characters that every range of this document refers to. For UTF-8 they are the input,
    /// byte order mark included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How the input was encoded.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The root element.
    #[must_use]
    pub const fn root(&self) -> NodeId {
        self.tree.root
    }

    /// How many nodes there are, the document itself included.
    #[must_use]
    pub const fn node_count(&self) -> usize {
        self.tree.nodes.len()
    }

    /// What a node is.
    #[must_use]
    pub fn kind(&self, node: NodeId) -> NodeKind {
        match self.tree.node(node).content {
            Content::Document => NodeKind::Document,
            Content::Element(_) => NodeKind::Element,
            Content::Text(_) => NodeKind::Text,
            Content::Comment(_) => NodeKind::Comment,
            Content::Instruction(_) => NodeKind::ProcessingInstruction,
        }
    }

    /// The name of an element.
    #[must_use]
    pub fn name(&self, node: NodeId) -> Option<Name<'_>> {
        self.element(node).map(|element| self.expand(element.name))
    }

    /// Whether a node is the element of that name.
    #[must_use]
    pub fn is_element(&self, node: NodeId, namespace: &str, local: &str) -> bool {
        self.name(node).is_some_and(|name| name.namespace == namespace && name.local == local)
    }

    /// The attributes of an element, as ordered in the source; empty for other nodes.
    pub fn attributes(&self, node: NodeId) -> impl ExactSizeIterator<Item = Attribute<'_>> {
        self.attribute_data(node).iter().map(|attribute| Attribute {
            name: self.expand(attribute.name),
            value: self.resolve(attribute.value),
        })
    }

    /// The value of one attribute; the namespace is empty for none.
    #[must_use]
    pub fn attribute(&self, node: NodeId, namespace: &str, local: &str) -> Option<&str> {
        self.attributes(node)
            .find(|found| found.name.namespace == namespace && found.name.local == local)
            .map(|found| found.value)
    }

    /// The namespace declarations on an element, as ordered in the source, one for `xml` left out.
    pub fn namespace_declarations(
        &self,
        node: NodeId,
    ) -> impl ExactSizeIterator<Item = Namespace<'_>> {
        self.declaration_data(node).iter().map(|declared| self.namespace(declared))
    }

    /// The namespaces in scope of an element, ordered by prefix, `xml` left out.
    #[must_use]
    pub fn namespaces_in_scope(&self, node: NodeId) -> Vec<Namespace<'_>> {
        let mut found = std::collections::BTreeMap::new();
        for ancestor in core::iter::once(node).chain(self.ancestors(node)) {
            for declared in self.namespace_declarations(ancestor) {
                found.entry(declared.prefix).or_insert(declared.uri);
            }
        }
        let bound = found.into_iter().filter(|(_, uri)| !uri.is_empty());
        bound.map(|(prefix, uri)| Namespace { prefix, uri }).collect()
    }

    /// The characters of a text, the content of a comment or the data of a processing
    /// instruction; empty for other nodes.
    #[must_use]
    pub fn value(&self, node: NodeId) -> &str {
        match self.tree.node(node).content {
            Content::Document | Content::Element(_) => "",
            Content::Text(span) | Content::Comment(span) => self.resolve(span),
            Content::Instruction(index) => self
                .tree
                .instructions
                .get(index as usize)
                .map_or("", |(_, data)| self.resolve(*data)),
        }
    }

    /// The target of a processing instruction; empty for other nodes.
    #[must_use]
    pub fn target(&self, node: NodeId) -> &str {
        match self.tree.node(node).content {
            Content::Instruction(index) => self
                .tree
                .instructions
                .get(index as usize)
                .map_or("", |(target, _)| self.resolve(*target)),
            _ => "",
        }
    }

    /// The string-value of a node, XPath 1.0 §5: for an element all its text, also that of
    /// elements inside and around comments. [`Self::plain_text`] is the one for values.
    #[must_use]
    pub fn text_content(&self, node: NodeId) -> String {
        self.descendants(node)
            .filter(|inside| self.kind(*inside) == NodeKind::Text)
            .map(|text| self.value(text))
            .collect()
    }

    /// The text of an element that contains nothing but characters: no element, no comment and
    /// no processing instruction, which would let two readers see two values.
    #[must_use]
    pub fn plain_text(&self, node: NodeId) -> Option<&str> {
        self.element(node)?;
        let mut children = self.children(node);
        match (children.next(), children.next()) {
            (None, _) => Some(""),
            (Some(only), None) if self.kind(only) == NodeKind::Text => Some(self.value(only)),
            _ => None,
        }
    }

    /// The element or document that a node is in.
    #[must_use]
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        (node != NodeId::DOCUMENT).then(|| NodeId(self.tree.node(node).parent))
    }

    /// The parent, its parent, and so on up to the document.
    pub fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        core::iter::successors(self.parent(node), |above| self.parent(*above))
    }

    /// The children of a node in document order.
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let end = self.end(node);
        let at_most = move |next: u32| (next < end.0).then_some(NodeId(next));
        core::iter::successors(at_most(node.0.saturating_add(1)), move |child| {
            at_most(self.end(*child).0)
        })
    }

    /// Everything inside a node in document order, the node itself left out.
    pub fn descendants(&self, node: NodeId) -> impl Iterator<Item = NodeId> + use<> {
        (node.0.saturating_add(1)..self.end(node).0).map(NodeId)
    }

    /// All nodes in document order, the document itself left out.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.descendants(NodeId::DOCUMENT)
    }

    /// Whether `inner` is `outer` or inside it.
    #[must_use]
    pub fn contains(&self, outer: NodeId, inner: NodeId) -> bool {
        outer <= inner && inner < self.end(outer)
    }

    /// Where a node stands in [`Self::text`], tags included.
    #[must_use]
    pub fn source_range(&self, node: NodeId) -> Range<usize> {
        let data = self.tree.node(node);
        data.start as usize..data.stop as usize
    }

    /// Where the start tag of an element stands, or the empty-element tag.
    #[must_use]
    pub fn start_tag_range(&self, node: NodeId) -> Option<Range<usize>> {
        let element = self.element(node)?;
        Some(self.tree.node(node).start as usize..element.open_stop as usize)
    }

    /// Where the end tag of an element stands; none after an empty-element tag.
    #[must_use]
    pub fn end_tag_range(&self, node: NodeId) -> Option<Range<usize>> {
        let (element, stop) = (self.element(node)?, self.tree.node(node).stop);
        (element.close_start < stop).then_some(element.close_start as usize..stop as usize)
    }

    /// How many prefixes the document uses, each counted once.
    pub(super) const fn prefix_count(&self) -> usize {
        self.tree.prefixes.spans.len()
    }

    /// The first node after a node and everything inside it.
    pub(super) fn end(&self, node: NodeId) -> NodeId {
        NodeId(self.tree.node(node).end)
    }

    pub(super) fn element(&self, node: NodeId) -> Option<&ElementData> {
        match self.tree.node(node).content {
            Content::Element(index) => self.tree.elements.get(index as usize),
            _ => None,
        }
    }

    pub(super) fn attribute_data(&self, node: NodeId) -> &[AttributeData] {
        let range = self.element(node).map_or(0..0, |element| element.attributes.clone());
        self.tree.attributes.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    pub(super) fn declaration_data(&self, node: NodeId) -> &[DeclarationData] {
        let range = self.element(node).map_or(0..0, |element| element.declarations.clone());
        self.tree.declarations.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    pub(super) fn namespace(&self, declared: &DeclarationData) -> Namespace<'_> {
        Namespace { prefix: self.prefix(declared.prefix), uri: self.uri(declared.uri) }
    }

    pub(super) fn prefix(&self, prefix: PrefixId) -> &str {
        self.tree.prefixes.get(prefix).map_or("", |span| self.resolve(span))
    }

    pub(super) fn uri(&self, uri: UriId) -> &str {
        self.tree.uris.get(uri).map_or("", |span| self.resolve(span))
    }

    pub(super) fn expand(&self, name: NameData) -> Name<'_> {
        Name {
            namespace: self.uri(name.uri),
            local: self.resolve(name.local()),
            prefix: self.prefix(name.prefix),
        }
    }

    pub(super) fn resolve(&self, span: Span) -> &str {
        span.of(&self.text, &self.tree.side)
    }
}

/// The longest text that spans can address.
pub(super) const LONGEST_TEXT: usize = (1 << 31) - (1 << 16);

/// Which of two buffers a span is in is told by the top bit of its start.
const SIDE: u32 = 1 << 31;

/// A stretch of the source, or of the side buffer of values that differ from their source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    length: u32,
}

impl Span {
    pub(super) const EMPTY: Self = Self { start: 0, length: 0 };

    pub(super) const fn source(from: usize, to: usize) -> Self {
        Self { start: from as u32, length: to.saturating_sub(from) as u32 }
    }

    pub(super) const fn side(from: usize, to: usize) -> Self {
        Self { start: from as u32 | SIDE, length: to.saturating_sub(from) as u32 }
    }

    pub(super) const fn is_empty(self) -> bool {
        self.length == 0
    }

    /// The same stretch without its first bytes.
    const fn skip(self, bytes: u32) -> Self {
        Self { start: self.start + bytes, length: self.length.saturating_sub(bytes) }
    }

    pub(super) fn of<'t>(self, text: &'t str, side: &'t str) -> &'t str {
        let from = (self.start & !SIDE) as usize;
        let buffer = if self.start & SIDE == 0 { text } else { side };
        buffer.get(from..from + self.length as usize).unwrap_or_default()
    }
}

/// The number of a prefix in the document's table.
pub(super) type PrefixId = u32;
/// The number of a namespace name in the document's table.
pub(super) type UriId = u32;

/// No prefix: the default namespace for elements, no namespace for attributes.
pub(super) const DEFAULT_PREFIX: PrefixId = 0;
pub(super) const XML_PREFIX: PrefixId = 1;
/// No namespace.
pub(super) const NO_URI: UriId = 0;
pub(super) const XML_URI: UriId = 1;

#[derive(Debug)]
pub(super) struct Tree {
    /// Values that differ from their source: references replaced, line ends normalised.
    pub(super) side: String,
    pub(super) nodes: Vec<NodeData>,
    pub(super) elements: Vec<ElementData>,
    pub(super) attributes: Vec<AttributeData>,
    pub(super) declarations: Vec<DeclarationData>,
    pub(super) instructions: Vec<(Span, Span)>,
    pub(super) prefixes: Table,
    pub(super) uris: Table,
    pub(super) root: NodeId,
    /// Where the first declaration of a relative namespace name stands.
    pub(super) relative_namespace: Option<usize>,
}

impl Tree {
    pub(super) fn node(&self, node: NodeId) -> &NodeData {
        self.nodes.get(node.index()).unwrap_or(&NodeData::NOTHING)
    }
}

/// Distinct strings and their places in the order of code points.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) spans: Vec<Span>,
    pub(super) ranks: Vec<u32>,
}

impl Table {
    fn get(&self, id: u32) -> Option<Span> {
        self.spans.get(id as usize).copied()
    }

    /// Sorting once makes every later comparison one of numbers, however long the strings are.
    pub(super) fn rank(&mut self, text: &str, side: &str) {
        let mut order: Vec<u32> = (0..self.spans.len() as u32).collect();
        order.sort_unstable_by_key(|id| self.get(*id).map(|span| span.of(text, side)));
        self.ranks = vec![0; order.len()];
        for (rank, id) in order.into_iter().enumerate() {
            if let Some(slot) = self.ranks.get_mut(id as usize) {
                *slot = rank as u32;
            }
        }
    }

    pub(super) fn rank_of(&self, id: u32) -> u32 {
        self.ranks.get(id as usize).copied().unwrap_or_default()
    }
}

#[derive(Debug, Clone)]
pub(super) struct NodeData {
    pub(super) content: Content,
    pub(super) parent: u32,
    /// The first node after this one and everything inside it.
    pub(super) end: u32,
    pub(super) start: u32,
    pub(super) stop: u32,
}

impl NodeData {
    const NOTHING: Self =
        Self { content: Content::Text(Span::EMPTY), parent: 0, end: 0, start: 0, stop: 0 };
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Content {
    Document,
    Element(u32),
    Text(Span),
    Comment(Span),
    Instruction(u32),
}

#[derive(Debug, Clone)]
pub(super) struct ElementData {
    pub(super) name: NameData,
    pub(super) attributes: Range<u32>,
    pub(super) declarations: Range<u32>,
    pub(super) open_stop: u32,
    /// Where the end tag begins; the end of the element where there is none.
    pub(super) close_start: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct NameData {
    /// The name as written, prefix included.
    pub(super) qualified: Span,
    /// Bytes of the prefix and its colon.
    pub(super) prefix_length: u32,
    pub(super) prefix: PrefixId,
    pub(super) uri: UriId,
}

impl NameData {
    pub(super) const fn local(self) -> Span {
        self.qualified.skip(self.prefix_length)
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct AttributeData {
    pub(super) name: NameData,
    pub(super) value: Span,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct DeclarationData {
    pub(super) prefix: PrefixId,
    pub(super) uri: UriId,
}
