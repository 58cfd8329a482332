//! Files attached to a PDF file: the tree of names, and the lists of associated files
//! (ISO 32000-2 §7.11.4, §14.13).

use std::collections::BTreeSet;

use hayro_syntax::{
    Pdf,
    object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream, String as PdfString},
};

use super::catalogue;
use crate::{
    budget::{Budget, Limits},
    error::{Error, Result},
    text::visible,
};

/// Levels of a tree of names. A balanced one of a million names has three.
const MAX_DEPTH: usize = 16;
/// Nodes of the tree and file specifications that are looked at.
const MAX_NODES: usize = 4096;
const MAX_NAME: usize = 255;

/// A file attached to a PDF file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    name: String,
    relationship: Option<String>,
    content: Vec<u8>,
}

impl Attachment {
    /// What it is called. It is no path: nothing is ever written where it leads.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is to the document, by its own word: `Source`, `Data`, `Alternative`.
    #[must_use]
    pub fn relationship(&self) -> Option<&str> {
        self.relationship.as_deref()
    }

    /// Its bytes.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.content
    }
}

/// Every attachment, each file once: those of the tree of names first, in its order.
pub(super) fn all(pdf: &Pdf, limits: &Limits) -> Result<Vec<Attachment>> {
    let mut walk = Walk {
        pdf,
        limits,
        seen: BTreeSet::new(),
        files: BTreeSet::new(),
        nodes: Budget::new("nodes of the attachments", MAX_NODES),
        bytes: Budget::new("bytes of the attachments", limits.pdf_decoded_bytes),
        found: Vec::new(),
    };
    let Some(catalogue) = catalogue(pdf) else {
        return Err(Error::malformed("PDF: the catalogue (ISO 32000-2 §7.7.2)"));
    };
    if let Some(names) = catalogue.get::<Dict<'_>>("Names")
        && let Some(tree) = names.get_raw::<Dict<'_>>("EmbeddedFiles")
    {
        walk.tree(tree, 0)?;
    }
    walk.associated(&catalogue)?;
    for page in pdf.pages().iter() {
        walk.associated(page.raw())?;
        walk.annotations(page.raw())?;
    }
    Ok(walk.found)
}

struct Walk<'p> {
    pdf: &'p Pdf,
    limits: &'p Limits,
    /// Nodes that were entered: a tree does not come back to one.
    seen: BTreeSet<ObjectIdentifier>,
    /// Streams that were taken: the same file may be named in several places.
    files: BTreeSet<ObjectIdentifier>,
    nodes: Budget,
    bytes: Budget,
    found: Vec<Attachment>,
}

impl<'p> Walk<'p> {
    fn tree(&mut self, node: MaybeRef<Dict<'p>>, depth: usize) -> Result<()> {
        self.nodes.spend()?;
        if depth > MAX_DEPTH {
            return Err(Error::over_budget("levels of the tree of names", MAX_DEPTH as u64));
        }
        let node = match node {
            MaybeRef::NotRef(node) => node,
            MaybeRef::Ref(reference) => {
                if !self.seen.insert(reference.into()) {
                    return Err(Error::malformed("PDF: the tree of names comes back to itself"));
                }
                match self.pdf.xref().get::<Dict<'p>>(reference.into()) {
                    Some(node) => node,
                    None => return Ok(()),
                }
            }
        };
        if let Some(names) = node.get::<Array<'p>>("Names") {
            // Pairs of a name and a file.
            for (i, item) in names.raw_iter().enumerate() {
                if i % 2 == 1 {
                    self.specification(item)?;
                } else {
                    self.nodes.spend()?;
                }
            }
        }
        if let Some(kids) = node.get::<Array<'p>>("Kids") {
            for kid in kids.raw_iter() {
                match kid {
                    MaybeRef::Ref(reference) => self.tree(MaybeRef::Ref(reference), depth + 1)?,
                    MaybeRef::NotRef(Object::Dict(kid)) => {
                        self.tree(MaybeRef::NotRef(kid), depth + 1)?;
                    }
                    MaybeRef::NotRef(_) => {}
                }
            }
        }
        Ok(())
    }

    fn associated(&mut self, of: &Dict<'p>) -> Result<()> {
        match of.get_raw::<Object<'p>>("AF") {
            Some(MaybeRef::NotRef(Object::Array(files))) => self.list(&files),
            Some(one) => match self.resolve(one) {
                Some(Object::Array(files)) => self.list(&files),
                Some(one) => self.specification(MaybeRef::NotRef(one)),
                None => Ok(()),
            },
            None => Ok(()),
        }
    }

    fn list(&mut self, files: &Array<'p>) -> Result<()> {
        files.raw_iter().try_for_each(|file| self.specification(file))
    }

    /// Annotations that carry a file (§12.5.6.15).
    fn annotations(&mut self, page: &Dict<'p>) -> Result<()> {
        let Some(annotations) = page.get::<Array<'p>>("Annots") else { return Ok(()) };
        for annotation in annotations.raw_iter() {
            self.nodes.spend()?;
            let Some(Object::Dict(annotation)) = self.resolve(annotation) else { continue };
            let subtype = annotation.get::<Name<'_>>("Subtype");
            if subtype.is_some_and(|name| &*name == b"FileAttachment")
                && let Some(file) = annotation.get_raw::<Object<'p>>("FS")
            {
                self.specification(file)?;
            }
        }
        Ok(())
    }

    fn resolve(&self, object: MaybeRef<Object<'p>>) -> Option<Object<'p>> {
        match object {
            MaybeRef::NotRef(object) => Some(object),
            MaybeRef::Ref(reference) => self.pdf.xref().get::<Object<'p>>(reference.into()),
        }
    }

    /// A file specification with an embedded file (§7.11.3, §7.11.4).
    fn specification(&mut self, item: MaybeRef<Object<'p>>) -> Result<()> {
        self.nodes.spend()?;
        let Some(Object::Dict(file)) = self.resolve(item) else { return Ok(()) };
        let Some(embedded) = file.get::<Dict<'p>>("EF") else { return Ok(()) };
        let Some((key, stream)) =
            ["UF", "F"].into_iter().find_map(|key| Some((key, embedded.get::<Stream<'p>>(key)?)))
        else {
            return Ok(());
        };
        let other = embedded.get::<Stream<'p>>("F").filter(|_| key == "UF");
        if other.is_some_and(|other| other.obj_id() != stream.obj_id()) {
            return Err(Error::malformed("PDF: an attachment has two contents (§7.11.4)"));
        }
        if !self.files.insert(stream.obj_id()) {
            return Ok(());
        }
        Limits::check("attachments", self.found.len() + 1, self.limits.pdf_attachments)?;
        let content = stream
            .decoded_data()
            .map_err(|_| Error::malformed("PDF: an attachment cannot be decoded"))?
            .into_owned();
        self.bytes.spend_many(content.len())?;
        let name = ["UF", "F"].into_iter().find_map(|key| file.get::<PdfString<'_>>(key));
        let relationship = file.get::<Name<'_>>("AFRelationship");
        self.found.push(Attachment {
            name: name.map_or_else(String::new, |name| text(name.as_bytes())),
            relationship: relationship.map(|name| visible(name.as_str())),
            content,
        });
        Ok(())
    }
}

/// A text string (§7.9.2.2), fit for eyes.
pub(super) fn text(octets: &[u8]) -> String {
    let decoded = match octets {
        [0xfe, 0xff, rest @ ..] => {
            let units = rest.chunks_exact(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            });
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // PDFDocEncoding is that of Latin-1 where letters are concerned; many write UTF-8.
        _ => std::str::from_utf8(octets).map_or_else(
            |_| octets.iter().map(|octet| char::from(*octet)).collect(),
            ToOwned::to_owned,
        ),
    };
    let short: String = decoded.chars().take(MAX_NAME).collect();
    visible(&short)
}
