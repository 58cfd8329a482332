//! Where nodes stand, in words: `/request/iin[2]`.

use std::{cell::RefCell, collections::HashMap};

use super::{Document, NodeId};

/// The names of places in one document. The children of an element are numbered once, however
/// many of them are asked about.
#[derive(Debug)]
pub(crate) struct Places<'d, 'a> {
    document: &'d Document<'a>,
    numbered: RefCell<HashMap<NodeId, Children<'d>>>,
}

/// The child elements of one node by their local name, in document order.
type Children<'d> = HashMap<&'d str, Vec<NodeId>>;

impl<'d, 'a> Places<'d, 'a> {
    pub(crate) fn of(document: &'d Document<'a>) -> Self {
        Self { document, numbered: RefCell::default() }
    }

    /// The path of an element, or `/` for the document. Only a name that several neighbours have
    /// gets a number.
    pub(crate) fn path(&self, node: NodeId) -> String {
        let upwards = std::iter::once(node).chain(self.document.ancestors(node));
        let mut steps: Vec<String> = upwards.filter_map(|n| self.step(n)).collect();
        steps.reverse();
        format!("/{}", steps.join("/"))
    }

    fn step(&self, node: NodeId) -> Option<String> {
        let name = self.document.name(node)?.local;
        let parent = self.document.parent(node)?;
        let mut numbered = self.numbered.borrow_mut();
        let children = numbered.entry(parent).or_insert_with(|| self.children(parent));
        let same = children.get(name)?;
        match (same.as_slice(), same.binary_search(&node)) {
            ([_, _, ..], Ok(at)) => Some(format!("{name}[{}]", at + 1)),
            _ => Some(name.to_owned()),
        }
    }

    fn children(&self, parent: NodeId) -> Children<'d> {
        let mut found = Children::new();
        for child in self.document.children(parent) {
            if let Some(name) = self.document.name(child) {
                found.entry(name.local).or_default().push(child);
            }
        }
        found
    }
}
