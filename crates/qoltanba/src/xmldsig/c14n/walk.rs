//! The walk over a document: one pass, no recursion, one step for each node and declaration.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::names::Bindings;
use super::output::Output;
use super::{Item, Method, PrefixList, Selection, Subtree, base};
use crate::error::{Error, Result};
use crate::xmldsig::tree::{
    Attribute, AttributeData, DEFAULT_PREFIX, Document, NO_URI, NodeId, NodeKind, PrefixId, UriId,
    XML_PREFIX, XML_URI,
};

pub(super) fn run(
    document: &Document<'_>,
    selection: &Selection<'_>,
    method: Method,
    prefixes: &PrefixList,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<()> {
    let mut walk = Walk::new(document, *selection, method, prefixes, sink);
    match selection {
        Selection::Subtree(subtree) => walk.subtree(subtree)?,
        Selection::NodeSet(_) => {
            for node in document.nodes() {
                walk.visit(node)?;
            }
        }
    }
    walk.leave(NodeId(u32::MAX))?;
    walk.output.flush();
    Ok(())
}

struct Walk<'d, 's> {
    document: &'d Document<'d>,
    selection: Selection<'s>,
    method: Method,
    /// For each prefix, whether the inclusive rules govern it.
    inclusive: Vec<bool>,
    by_rank: Vec<PrefixId>,
    output: Output<'s>,
    /// What each prefix stands for here.
    scope: Bindings,
    /// For a prefix under the inclusive rules: its namespace node on the nearest selected
    /// ancestor. Under the exclusive ones: on the nearest selected ancestor that uses it.
    shown: Bindings,
    /// The nearest attributes of the xml namespace on the ancestors, for elements whose parent is
    /// not selected.
    inherited: BTreeMap<&'d str, &'d AttributeData>,
    inherited_undo: Vec<(&'d str, Option<&'d AttributeData>)>,
    open: Vec<Open<'d>>,
    /// Reused from element to element.
    namespaces: Vec<(PrefixId, UriId)>,
    attributes: Vec<Written<'d>>,
}

/// An element whose end has not been reached.
struct Open<'d> {
    node: NodeId,
    selected: bool,
    base: Option<&'d AttributeData>,
    scope: usize,
    shown: usize,
    inherited: usize,
}

/// An attribute on its way out. They sort by namespace name, then local name.
struct Written<'d> {
    namespace: u32,
    local: &'d str,
    qualified: &'d str,
    value: Cow<'d, str>,
}

impl<'d, 's> Walk<'d, 's> {
    fn new(
        document: &'d Document<'d>,
        selection: Selection<'s>,
        method: Method,
        prefixes: &PrefixList,
        sink: &'s mut dyn FnMut(&[u8]),
    ) -> Self {
        let count = document.tree.prefixes.spans.len();
        let mut by_rank: Vec<PrefixId> = (0..count as PrefixId).collect();
        by_rank.retain(|prefix| *prefix != XML_PREFIX);
        by_rank.sort_unstable_by_key(|prefix| document.tree.prefixes.rank_of(*prefix));
        let inclusive = (0..count as PrefixId)
            .map(|prefix| !method.is_exclusive() || prefixes.contains(document.prefix(prefix)))
            .collect();
        Self {
            document,
            selection,
            method,
            inclusive,
            by_rank,
            output: Output::new(sink, document.limits.canonical_bytes(document.text().len())),
            scope: Bindings::new(count),
            shown: Bindings::new(count),
            inherited: BTreeMap::new(),
            inherited_undo: Vec::new(),
            open: Vec::new(),
            namespaces: Vec::new(),
            attributes: Vec::new(),
        }
    }

    fn subtree(&mut self, subtree: &Subtree) -> Result<()> {
        let document = self.document;
        // An empty selection must not become the digest of nothing.
        let first = if subtree.apex == NodeId::DOCUMENT { document.root() } else { subtree.apex };
        if !subtree.contains(document, first) {
            return Err(Error::malformed("selection: everything is left out"));
        }
        let mut above: Vec<_> = document.ancestors(subtree.apex).collect();
        above.retain(|node| *node != NodeId::DOCUMENT);
        for ancestor in above.into_iter().rev() {
            self.enter(ancestor, false);
            self.keep_inheritable(ancestor);
        }
        let mut left_out = subtree.without.iter().copied().peekable();
        let (mut node, end) = (subtree.apex, document.end(subtree.apex));
        if node == NodeId::DOCUMENT {
            node = NodeId(1);
        }
        while node < end {
            while left_out.next_if(|out| *out < node).is_some() {}
            if left_out.next_if_eq(&node).is_some() {
                node = document.end(node);
            } else {
                self.visit(node)?;
                node = NodeId(node.0.saturating_add(1));
            }
        }
        Ok(())
    }

    fn visit(&mut self, node: NodeId) -> Result<()> {
        self.leave(node)?;
        let selected = self.selects(Item::Node(node));
        match self.document.kind(node) {
            NodeKind::Document => Ok(()),
            NodeKind::Element => self.element(node, selected),
            _ if !selected => Ok(()),
            NodeKind::Text => self.output.put_text(self.document.value(node)),
            NodeKind::Comment if !self.method.keeps_comments() => Ok(()),
            NodeKind::Comment => self.beside_root(node, |walk| {
                walk.output.put("<!--")?;
                walk.output.put(walk.document.value(node))?;
                walk.output.put("-->")
            }),
            NodeKind::ProcessingInstruction => self.beside_root(node, |walk| {
                walk.output.put("<?")?;
                walk.output.put(walk.document.target(node))?;
                let data = walk.document.value(node);
                if !data.is_empty() {
                    walk.output.put(" ")?;
                    walk.output.put(data)?;
                }
                walk.output.put("?>")
            }),
        }
    }

    /// Ends the elements that `next` is not inside.
    fn leave(&mut self, next: NodeId) -> Result<()> {
        while let Some(open) = self.open.pop_if(|open| self.document.end(open.node) <= next) {
            self.scope.back_to(open.scope);
            self.shown.back_to(open.shown);
            for (name, before) in self.inherited_undo.drain(open.inherited..).rev() {
                match before {
                    Some(attribute) => self.inherited.insert(name, attribute),
                    None => self.inherited.remove(name),
                };
            }
            if open.selected {
                self.output.put("</")?;
                self.output.put(self.qualified(open.node))?;
                self.output.put(">")?;
            }
        }
        Ok(())
    }

    /// Canonical XML 1.0 §2.3, Processing Instruction Nodes and Comment Nodes: beside the root
    /// element, a line feed parts them from it.
    fn beside_root(
        &mut self,
        node: NodeId,
        write: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let beside = self.document.parent(node) == Some(NodeId::DOCUMENT);
        if beside && node > self.document.root() {
            self.output.put("\n")?;
        }
        write(self)?;
        if beside && node < self.document.root() {
            self.output.put("\n")?;
        }
        Ok(())
    }

    /// Canonical XML 1.0 §2.3, Element Nodes: of an element that is not selected, its namespace
    /// and attribute nodes may still be.
    fn element(&mut self, node: NodeId, selected: bool) -> Result<()> {
        let parent_selected = self.open.last().is_some_and(|parent| parent.selected);
        let orphan = selected && !parent_selected && !self.open.is_empty();
        self.enter(node, selected);
        let whole = matches!(self.selection, Selection::Subtree(_));
        if selected || !whole {
            self.choose_namespaces(node, selected, parent_selected && whole);
            self.choose_attributes(node, orphan)?;
        }
        self.keep_inheritable(node);

        if selected {
            self.output.put("<")?;
            self.output.put(self.qualified(node))?;
        }
        for (prefix, uri) in self.namespaces.iter().copied() {
            self.output.put(if prefix == DEFAULT_PREFIX { " xmlns" } else { " xmlns:" })?;
            self.output.put(self.document.prefix(prefix))?;
            self.output.put("=\"")?;
            self.output.put_attribute_value(self.document.uri(uri))?;
            self.output.put("\"")?;
        }
        for attribute in &self.attributes {
            self.output.put(" ")?;
            self.output.put(attribute.qualified)?;
            self.output.put("=\"")?;
            self.output.put_attribute_value(&attribute.value)?;
            self.output.put("\"")?;
        }
        self.namespaces.clear();
        self.attributes.clear();
        if selected {
            self.output.put(">")?;
        }
        Ok(())
    }

    /// Opens an element and binds what it declares.
    fn enter(&mut self, node: NodeId, selected: bool) {
        let find_base = self.method_is_11().then(|| self.own_xml_attribute(node, "base"));
        self.open.push(Open {
            node,
            selected,
            base: find_base.flatten(),
            scope: self.scope.mark(),
            shown: self.shown.mark(),
            inherited: self.inherited_undo.len(),
        });
        for declared in self.document.declaration_data(node) {
            self.scope.set(declared.prefix, declared.uri);
        }
    }

    /// Makes the attributes of the xml namespace known to what is inside.
    fn keep_inheritable(&mut self, node: NodeId) {
        if self.method.is_exclusive() {
            return;
        }
        for attribute in self.document.attribute_data(node) {
            if attribute.name.uri == XML_URI {
                let local = self.document.resolve(attribute.name.local());
                let before = self.inherited.insert(local, attribute);
                self.inherited_undo.push((local, before));
            }
        }
    }

    /// `parent_whole` says that the parent and all its namespace nodes are selected, so that only
    /// what is declared here can differ.
    fn choose_namespaces(&mut self, node: NodeId, selected: bool, parent_whole: bool) {
        let document = self.document;
        if parent_whole {
            for declared in document.declaration_data(node) {
                if self.is_inclusive(declared.prefix) {
                    self.choose_inclusive(node, selected, declared.prefix);
                }
            }
        } else {
            for index in 0..self.by_rank.len() {
                let Some(prefix) = self.by_rank.get(index).copied() else { break };
                if self.is_inclusive(prefix) {
                    self.choose_inclusive(node, selected, prefix);
                }
            }
        }
        if selected && self.method.is_exclusive() {
            // Exclusive XML Canonicalization §1.1: a prefix is visibly utilised by the name of the
            // element and of its selected attributes.
            if let Some(element) = document.element(node) {
                self.choose_exclusive(node, element.name.prefix);
            }
            for attribute in document.attribute_data(node) {
                let prefix = attribute.name.prefix;
                if prefix != DEFAULT_PREFIX && self.selects_attribute(node, attribute) {
                    self.choose_exclusive(node, prefix);
                }
            }
        }
        let rank = |prefix| document.tree.prefixes.rank_of(prefix);
        self.namespaces.sort_unstable_by_key(|(prefix, _)| rank(*prefix));
    }

    /// Canonical XML 1.0 §2.3, Namespace Axis and Namespace Nodes.
    fn choose_inclusive(&mut self, node: NodeId, selected: bool, prefix: PrefixId) {
        let uri = self.scope.get(prefix);
        if uri != NO_URI && self.selects_namespace(node, prefix) {
            if self.shown.get(prefix) != uri {
                self.namespaces.push((prefix, uri));
            }
            if selected {
                self.shown.set(prefix, uri);
            }
        } else if selected {
            if prefix == DEFAULT_PREFIX && self.shown.get(prefix) != NO_URI {
                self.namespaces.push((prefix, NO_URI));
            }
            self.shown.set(prefix, NO_URI);
        }
    }

    /// Exclusive XML Canonicalization §3, points 3 and 4.
    fn choose_exclusive(&mut self, node: NodeId, prefix: PrefixId) {
        if prefix != XML_PREFIX && !self.is_inclusive(prefix) {
            self.choose_inclusive(node, true, prefix);
        }
    }

    /// Canonical XML 1.0 §2.3, Attribute Axis, and §2.4; Canonical XML 1.1 §2.4.
    fn choose_attributes(&mut self, node: NodeId, orphan: bool) -> Result<()> {
        let document = self.document;
        let inherits = orphan && !self.method.is_exclusive();
        let fixed = if inherits && self.method_is_11() { self.fixed_base(node)? } else { None };
        for attribute in document.attribute_data(node) {
            let replaced = fixed.is_some() && self.is_xml(attribute, "base");
            if !replaced && self.selects_attribute(node, attribute) {
                let value = Cow::Borrowed(document.resolve(attribute.value));
                self.write_attribute(attribute, value);
            }
        }
        if inherits {
            let own: BTreeSet<_> = document
                .attribute_data(node)
                .iter()
                .filter(|attribute| attribute.name.uri == XML_URI)
                .map(|attribute| document.resolve(attribute.name.local()))
                .collect();
            let wanted = |local: &str| {
                !own.contains(local) && (!self.method_is_11() || matches!(local, "lang" | "space"))
            };
            let inherited: Vec<&'d AttributeData> = self
                .inherited
                .iter()
                .filter(|(local, _)| wanted(local))
                .map(|(_, attribute)| *attribute)
                .collect();
            for attribute in inherited {
                let value = Cow::Borrowed(document.resolve(attribute.value));
                self.write_attribute(attribute, value);
            }
            // "The result may also be null or empty (xml:base="") in which case xml:base MUST NOT
            // be rendered."
            if let Some((attribute, value)) = fixed
                && !value.is_empty()
            {
                self.write_attribute(attribute, Cow::Owned(value));
            }
        }
        self.attributes.sort_unstable_by(|a, b| {
            a.namespace.cmp(&b.namespace).then_with(|| a.local.cmp(b.local))
        });
        Ok(())
    }

    /// Canonical XML 1.1 §2.4: the joined `xml:base` of an element and of the elements left out
    /// right above it; none when none of those had one.
    fn fixed_base(&self, node: NodeId) -> Result<Option<(&'d AttributeData, String)>> {
        let document = self.document;
        let value = |attribute: &AttributeData| document.resolve(attribute.value);
        let mut outwards = self
            .open
            .iter()
            .rev()
            .skip_while(|open| open.node == node)
            .take_while(|open| !open.selected)
            .filter_map(|open| open.base)
            .peekable();
        let Some(nearest) = outwards.peek().copied() else { return Ok(None) };
        let own = self.open.last().and_then(|open| open.base);
        let innermost = match own {
            Some(own) => own,
            None => {
                outwards.next();
                nearest
            }
        };
        let joined = base::reduce(value(innermost), outwards.map(value))?;
        Ok(Some((innermost, joined)))
    }

    fn write_attribute(&mut self, attribute: &'d AttributeData, value: Cow<'d, str>) {
        self.attributes.push(Written {
            namespace: self.document.tree.uris.rank_of(attribute.name.uri),
            local: self.document.resolve(attribute.name.local()),
            qualified: self.document.resolve(attribute.name.qualified),
            value,
        });
    }

    fn own_xml_attribute(&self, node: NodeId, local: &str) -> Option<&'d AttributeData> {
        self.document.attribute_data(node).iter().find(|attribute| self.is_xml(attribute, local))
    }

    fn is_xml(&self, attribute: &AttributeData, local: &str) -> bool {
        attribute.name.uri == XML_URI && self.document.resolve(attribute.name.local()) == local
    }

    fn is_inclusive(&self, prefix: PrefixId) -> bool {
        self.inclusive.get(prefix as usize).copied().unwrap_or_default()
    }

    const fn method_is_11(&self) -> bool {
        matches!(self.method, Method::Inclusive11 | Method::Inclusive11WithComments)
    }

    fn qualified(&self, node: NodeId) -> &'d str {
        let document = self.document;
        document.element(node).map_or("", |element| document.resolve(element.name.qualified))
    }

    fn selects(&self, item: Item<'_>) -> bool {
        match self.selection {
            // Only what is part of a subtree is ever visited.
            Selection::Subtree(_) => true,
            Selection::NodeSet(includes) => includes(item),
        }
    }

    fn selects_attribute(&self, node: NodeId, attribute: &AttributeData) -> bool {
        let document = self.document;
        match self.selection {
            Selection::Subtree(_) => true,
            Selection::NodeSet(includes) => includes(Item::Attribute(
                node,
                Attribute {
                    name: document.expand(attribute.name),
                    value: document.resolve(attribute.value),
                },
            )),
        }
    }

    fn selects_namespace(&self, node: NodeId, prefix: PrefixId) -> bool {
        match self.selection {
            Selection::Subtree(_) => true,
            Selection::NodeSet(includes) => {
                includes(Item::Namespace(node, self.document.prefix(prefix)))
            }
        }
    }
}
