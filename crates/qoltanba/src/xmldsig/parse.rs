//! The parser: well-formed by XML 1.0 (fifth edition) and Namespaces in XML 1.0, no DTD.

mod values;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::XmlLimits;
use super::chars::{is_space, name_length};
use super::tree::{
    AttributeData, Content, DEFAULT_PREFIX, DeclarationData, ElementData, NO_URI, NameData,
    NodeData, NodeId, PrefixId, Span, Table, Tree, UriId, XML_PREFIX, XML_URI,
};
use crate::budget::Limits;
use crate::error::{Error, Result};

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// Parses `text`, whose prolog goes on at `body`.
pub(super) fn parse(text: &str, body: usize, limits: &XmlLimits) -> Result<Tree> {
    let mut parser = Parser::new(text, body, limits);
    parser.document().map_err(|error| error.at(parser.at))?;
    let Parser { mut tree, .. } = parser;
    tree.prefixes.rank(text, &tree.side);
    tree.uris.rank(text, &tree.side);
    Ok(tree)
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    limits: XmlLimits,
    tree: Tree,
    root: Option<NodeId>,
    open: Vec<Open>,
    prefixes: HashMap<&'t str, PrefixId>,
    uris: HashMap<Cow<'t, str>, UriId>,
    bindings: Vec<Binding>,
    /// What each binding was before, for the end of the element that changed it.
    undo: Vec<(PrefixId, UriId)>,
    in_scope: usize,
}

struct Open {
    node: u32,
    name: Range<usize>,
    undo: usize,
}

/// What a prefix stands for at this place.
#[derive(Clone, Copy)]
struct Binding {
    uri: UriId,
    /// The element that declared it last, to notice a second declaration on the same one.
    declared_by: u32,
}

struct QName<'t> {
    range: Range<usize>,
    prefix: &'t str,
    local: &'t str,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, body: usize, limits: &XmlLimits) -> Self {
        let mut side = String::from("xml");
        side.push_str(XML_NAMESPACE);
        let xml = Span::side(0, 3);
        let xml_uri = Span::side(3, side.len());
        let document = NodeData {
            content: Content::Document,
            parent: 0,
            end: 0,
            start: 0,
            stop: text.len() as u32,
        };
        Self {
            text,
            bytes: text.as_bytes(),
            at: body,
            limits: *limits,
            tree: Tree {
                side,
                nodes: vec![document],
                elements: Vec::new(),
                attributes: Vec::new(),
                declarations: Vec::new(),
                instructions: Vec::new(),
                prefixes: Table { spans: vec![Span::EMPTY, xml], ranks: Vec::new() },
                uris: Table { spans: vec![Span::EMPTY, xml_uri], ranks: Vec::new() },
                root: NodeId::DOCUMENT,
                relative_namespace: None,
            },
            root: None,
            open: Vec::new(),
            prefixes: HashMap::from([("", DEFAULT_PREFIX), ("xml", XML_PREFIX)]),
            uris: HashMap::from([
                (Cow::Borrowed(""), NO_URI),
                (Cow::Borrowed(XML_NAMESPACE), XML_URI),
            ]),
            bindings: vec![
                Binding { uri: NO_URI, declared_by: 0 },
                Binding { uri: XML_URI, declared_by: 0 },
            ],
            undo: Vec::new(),
            in_scope: 0,
        }
    }

    /// XML 1.0 §2.1 \[1\] document: prolog element Misc*.
    fn document(&mut self) -> Result<()> {
        loop {
            let outside = self.open.is_empty();
            if outside {
                self.spaces();
            }
            match self.rest() {
                [] if !outside => return Err(Error::malformed("end: an element is still open")),
                [] => break,
                [b'<', b'/', ..] => self.end_tag()?,
                [b'<', b'?', ..] => self.instruction()?,
                [b'<', b'!', b'-', b'-', ..] => self.comment()?,
                [b'<', b'!', b'[', ..] if !outside => self.characters()?,
                [b'<', b'!', b'D', b'O', b'C', b'T', b'Y', b'P', b'E', ..] if outside => {
                    return Err(Error::unsupported("XML feature", "DTD"));
                }
                [b'<', b'!', ..] => return Err(Error::malformed("markup after <!")),
                [b'<', ..] if outside && self.root.is_some() => {
                    return Err(Error::malformed("second root element (XML 1.0 §2.1)"));
                }
                [b'<', ..] => self.start_tag()?,
                _ if outside => {
                    return Err(Error::malformed("text outside the root element (XML 1.0 §2.1)"));
                }
                _ => self.characters()?,
            }
        }
        self.tree.root = self.root.ok_or(Error::malformed("document without a root element"))?;
        self.close(0);
        Ok(())
    }

    /// XML 1.0 §3.1 \[40\] STag, \[44\] EmptyElemTag.
    fn start_tag(&mut self) -> Result<()> {
        let start = self.at;
        self.at += 1;
        let name = self.qualified_name()?;
        let node = self.push(Content::Element(self.tree.elements.len() as u32), start)?;
        let first_attribute = self.tree.attributes.len();
        let first_declaration = self.tree.declarations.len();
        let undo = self.undo.len();
        let empty = loop {
            let spaced = self.spaces();
            match self.rest() {
                [b'>', ..] => break false,
                [b'/', b'>', ..] => break true,
                _ if !spaced => return Err(Error::malformed("tag (XML 1.0 §3.1)")),
                _ => self.attribute(node)?,
            }
            let of_one = self.tree.attributes.len() - first_attribute
                + (self.tree.declarations.len() - first_declaration);
            Limits::check("attributes of one element", of_one, self.limits.attributes_of_one)?;
        };
        self.at += if empty { 2 } else { 1 };
        let all = self.tree.attributes.len() + self.tree.declarations.len();
        Limits::check("attributes", all, self.limits.attributes)?;
        Limits::check("namespaces in scope", self.in_scope, self.limits.namespaces_in_scope)?;
        Limits::check("open elements", self.open.len() + 1, self.limits.depth)?;

        // Namespaces in XML 1.0 §5.2: no prefix means the default namespace for an element,
        // and no namespace for an attribute.
        let prefix = self.prefix(name.prefix, &name.range)?;
        let uri = self.bindings.get(prefix as usize).map_or(NO_URI, |bound| bound.uri);
        if uri == NO_URI && prefix != DEFAULT_PREFIX {
            return Err(undeclared().at(start));
        }
        for attribute in self.tree.attributes.get_mut(first_attribute..).unwrap_or_default() {
            if attribute.name.prefix != DEFAULT_PREFIX {
                let bound = self.bindings.get(attribute.name.prefix as usize);
                attribute.name.uri = bound.map_or(NO_URI, |bound| bound.uri);
                if attribute.name.uri == NO_URI {
                    return Err(undeclared().at(start));
                }
            }
        }
        self.refuse_duplicates(first_attribute).map_err(|error| error.at(start))?;

        self.tree.elements.push(ElementData {
            name: NameData {
                qualified: Span::source(name.range.start, name.range.end),
                prefix_length: (name.range.len() - name.local.len()) as u32,
                prefix,
                uri,
            },
            attributes: first_attribute as u32..self.tree.attributes.len() as u32,
            declarations: first_declaration as u32..self.tree.declarations.len() as u32,
            open_stop: self.at as u32,
            close_start: self.at as u32,
        });
        self.root.get_or_insert(NodeId(node));
        if empty {
            self.close(node);
            self.unbind(undo);
        } else {
            self.open.push(Open { node, name: name.range, undo });
        }
        Ok(())
    }

    /// XML 1.0 §3.1 \[42\] ETag.
    fn end_tag(&mut self) -> Result<()> {
        let start = self.at;
        let open = self.open.pop().ok_or(Error::malformed("end tag without a start"))?;
        self.at += 2;
        let name = self.bytes.get(open.name).unwrap_or_default();
        if !self.rest().starts_with(name) {
            return Err(Error::malformed("end tag: not that of the open element").at(start));
        }
        self.at += name.len();
        self.spaces();
        self.expect(b">", "end tag (XML 1.0 §3.1)")?;
        if let Some(NodeData { content: Content::Element(index), .. }) =
            self.tree.nodes.get(open.node as usize)
            && let Some(element) = self.tree.elements.get_mut(*index as usize)
        {
            element.close_start = start as u32;
        }
        self.close(open.node);
        self.unbind(open.undo);
        Ok(())
    }

    /// XML 1.0 §3.1 \[41\] Attribute, and Namespaces in XML 1.0 §3 \[1\] NSAttName.
    fn attribute(&mut self, node: u32) -> Result<()> {
        let start = self.at;
        let name = self.qualified_name()?;
        self.spaces();
        self.expect(b"=", "attribute (XML 1.0 §3.1)")?;
        self.spaces();
        let value = self.attribute_value()?;
        match (name.prefix, name.local) {
            ("", "xmlns") => self.declare(node, DEFAULT_PREFIX, value, start),
            ("xmlns", "xml") => match self.resolve(value) {
                XML_NAMESPACE => Ok(()),
                _ => Err(Error::malformed("namespace: xml stands for another").at(start)),
            },
            ("xmlns", "xmlns") => {
                Err(Error::malformed("namespace: xmlns must not be declared").at(start))
            }
            // Namespaces in XML 1.0 §5: a prefix cannot be taken back.
            ("xmlns", _) if value.is_empty() => {
                Err(Error::malformed("namespace: a prefix for nothing").at(start))
            }
            ("xmlns", local) => {
                let prefix = self.prefix(local, &(name.range.end - local.len()..name.range.end))?;
                self.declare(node, prefix, value, start)
            }
            _ => {
                let prefix = self.prefix(name.prefix, &name.range)?;
                self.tree.attributes.push(AttributeData {
                    name: NameData {
                        qualified: Span::source(name.range.start, name.range.end),
                        prefix_length: (name.range.len() - name.local.len()) as u32,
                        prefix,
                        uri: NO_URI,
                    },
                    value,
                });
                Ok(())
            }
        }
    }

    /// Binds a prefix for the element `node` and what is inside.
    fn declare(&mut self, node: u32, prefix: PrefixId, value: Span, at: usize) -> Result<()> {
        let uri = self.uri(value);
        // Namespaces in XML 1.0 §3: no other prefix may be bound to these two names.
        if uri == XML_URI || self.resolve(value) == XMLNS_NAMESPACE {
            return Err(Error::malformed("namespace: a reserved name").at(at));
        }
        if uri != NO_URI && !is_absolute(self.resolve(value)) {
            self.tree.relative_namespace.get_or_insert(at);
        }
        let Some(bound) = self.bindings.get_mut(prefix as usize) else { return Ok(()) };
        if bound.declared_by == node {
            return Err(Error::malformed("namespace: declared twice on one element").at(at));
        }
        self.undo.push((prefix, bound.uri));
        self.in_scope += usize::from(uri != NO_URI);
        self.in_scope -= usize::from(bound.uri != NO_URI);
        *bound = Binding { uri, declared_by: node };
        self.tree.declarations.push(DeclarationData { prefix, uri });
        Ok(())
    }

    /// Takes declarations back to what they were.
    fn unbind(&mut self, mark: usize) {
        for (prefix, uri) in self.undo.drain(mark..).rev() {
            if let Some(bound) = self.bindings.get_mut(prefix as usize) {
                self.in_scope += usize::from(uri != NO_URI);
                self.in_scope -= usize::from(bound.uri != NO_URI);
                bound.uri = uri;
            }
        }
    }

    /// XML 1.0 §3.1 "Unique Att Spec", by expanded name as in Namespaces in XML 1.0 §6.3.
    fn refuse_duplicates(&self, first: usize) -> Result<()> {
        let attributes = self.tree.attributes.get(first..).unwrap_or_default();
        if attributes.len() < 2 {
            return Ok(());
        }
        let mut names: Vec<_> = attributes
            .iter()
            .map(|attribute| (attribute.name.uri, self.resolve(attribute.name.local())))
            .collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(Error::malformed("attribute: twice on one element"));
        }
        Ok(())
    }

    /// XML 1.0 §2.5 \[15\] Comment.
    fn comment(&mut self) -> Result<()> {
        let start = self.at;
        self.at += 4;
        let end = self.find(b"--", "comment without an end")?;
        let value = self.lines(self.at..end);
        self.at = end + 2;
        self.expect(b">", "comment: -- inside (XML 1.0 §2.5)")?;
        let node = self.push(Content::Comment(value), start)?;
        self.close(node);
        Ok(())
    }

    /// XML 1.0 §2.6 \[16\] PI; Namespaces in XML 1.0 §7: no colon in its target.
    fn instruction(&mut self) -> Result<()> {
        let start = self.at;
        self.at += 2;
        let length = self.name_length()?;
        let target = self.text.get(self.at..self.at + length).unwrap_or_default();
        if target.eq_ignore_ascii_case("xml") {
            return Err(Error::malformed("XML declaration not at the start (XML 1.0 §2.6)"));
        }
        let target = Span::source(self.at, self.at + length);
        self.at += length;
        let spaced = self.spaces();
        let end = self.find(b"?>", "processing instruction without an end")?;
        if !spaced && end > self.at {
            return Err(Error::malformed("processing instruction (XML 1.0 §2.6)"));
        }
        let data = self.lines(self.at..end);
        self.at = end + 2;
        let index = self.tree.instructions.len() as u32;
        self.tree.instructions.push((target, data));
        let node = self.push(Content::Instruction(index), start)?;
        self.close(node);
        Ok(())
    }

    /// Namespaces in XML 1.0 §4 \[7\] QName.
    fn qualified_name(&mut self) -> Result<QName<'t>> {
        let start = self.at;
        let first = self.name_length()?;
        self.at += first;
        let mut colon = None;
        if self.rest().first() == Some(&b':') {
            colon = Some(self.at);
            self.at += 1;
            let second = self.name_length()?;
            self.at += second;
        }
        let text = self.text;
        let part = |range| text.get(range).unwrap_or_default();
        let prefix = colon.map_or("", |colon| part(start..colon));
        let local = part(colon.map_or(start, |colon| colon + 1)..self.at);
        Ok(QName { range: start..self.at, prefix, local })
    }

    fn name_length(&self) -> Result<usize> {
        // Names of ASCII letters and digits need no decoding.
        let rest = self.rest();
        if rest.first().is_some_and(u8::is_ascii_alphabetic) {
            let length = rest
                .iter()
                .position(|byte| {
                    !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
                })
                .unwrap_or(rest.len());
            if rest.get(length).is_none_or(u8::is_ascii) {
                return Ok(length);
            }
        }
        match name_length(self.text.get(self.at..).unwrap_or_default()) {
            0 => Err(Error::malformed("name (Namespaces in XML 1.0 §4)")),
            length => Ok(length),
        }
    }

    /// The number of a prefix; `range` begins with it.
    fn prefix(&mut self, prefix: &'t str, range: &Range<usize>) -> Result<PrefixId> {
        if prefix == "xmlns" {
            return Err(Error::malformed("namespace: xmlns as the prefix of a name"));
        }
        if let Some(known) = self.prefixes.get(prefix) {
            return Ok(*known);
        }
        let id = self.tree.prefixes.spans.len() as PrefixId;
        self.tree.prefixes.spans.push(Span::source(range.start, range.start + prefix.len()));
        self.bindings.push(Binding { uri: NO_URI, declared_by: 0 });
        self.prefixes.insert(prefix, id);
        Ok(id)
    }

    fn uri(&mut self, value: Span) -> UriId {
        let name = value.of(self.text, &self.tree.side);
        if let Some(known) = self.uris.get(name) {
            return *known;
        }
        let id = self.tree.uris.spans.len() as UriId;
        self.uris.insert(Cow::Owned(name.to_owned()), id);
        self.tree.uris.spans.push(value);
        id
    }

    fn push(&mut self, content: Content, start: usize) -> Result<u32> {
        let node = self.tree.nodes.len();
        Limits::check("nodes", node, self.limits.nodes.min(u32::MAX as usize - 1))?;
        let parent = self.open.last().map_or(0, |open| open.node);
        let (start, node) = (start as u32, node as u32);
        self.tree.nodes.push(NodeData { content, parent, end: node + 1, start, stop: start });
        Ok(node)
    }

    /// Ends a node at this place.
    fn close(&mut self, node: u32) {
        let end = self.tree.nodes.len() as u32;
        if let Some(data) = self.tree.nodes.get_mut(node as usize) {
            data.end = end;
            data.stop = self.at as u32;
        }
    }

    fn resolve(&self, span: Span) -> &str {
        span.of(self.text, &self.tree.side)
    }

    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn spaces(&mut self) -> bool {
        let rest = self.rest();
        let count = rest.iter().position(|byte| !is_space(*byte)).unwrap_or(rest.len());
        self.at += count;
        count > 0
    }

    fn expect(&mut self, token: &[u8], what: &'static str) -> Result<()> {
        if !self.rest().starts_with(token) {
            return Err(Error::malformed(what));
        }
        self.at += token.len();
        Ok(())
    }

    fn find(&self, token: &[u8], missing: &'static str) -> Result<usize> {
        let found = self.rest().windows(token.len()).position(|window| window == token);
        found.map(|offset| self.at + offset).ok_or(Error::malformed(missing))
    }
}

/// RFC 3986 §3.1: with a scheme.
fn is_absolute(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

const fn undeclared() -> Error {
    Error::malformed("namespace: a prefix that is not declared")
}

#[cfg(test)]
mod tests;
