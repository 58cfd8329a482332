//! An output document out of XML.

use std::{iter::Peekable, vec::IntoIter};

use super::{
    Bilingual, Block, Column, Field, FormName, Issuer, LegalBasis, List, OutputDocument, Recipient,
    Signatory, Table, UniqueNumber, Value, write::NAMESPACE,
};
use crate::{
    error::{Error, Result},
    xmldsig::{
        DS, Document, Method, NodeId, NodeKind, PrefixList, Selection, Subtree, XmlLimits,
        canonicalize,
    },
};

impl OutputDocument {
    /// Reads a document from XML, signed or not; none from XML with another root, which is of
    /// another form.
    ///
    /// What is read is all that there is: [`Self::to_xml`] gives the canonical octets of the input
    /// without its signatures, which stand at the end of the root. Their octets are those that an
    /// enveloped signature covers. Nothing here says who signed, or that anybody did.
    ///
    /// # Errors
    /// As [`Document::parse`]; malformed for a document that [`Self::to_xml`] would not write:
    /// elements, attributes or order that the schema does not have, comments, characters that
    /// cannot be seen, values in another notation.
    pub fn read(xml: &[u8], limits: &XmlLimits) -> Result<Option<Self>> {
        let document = Document::parse(xml, limits)?;
        if !document.is_element(document.root(), NAMESPACE, "document") {
            return Ok(None);
        }
        let (read, signatures) = Reader { document: &document }.root()?;
        // One comparison holds what the reading above does not ask: unknown attributes, comments,
        // prefixes, notations of numbers, characters, names that are given twice.
        let rest = Subtree::document().without(signatures);
        let (method, none) = (Method::Inclusive10WithComments, PrefixList::none());
        let octets = canonicalize(&document, &Selection::Subtree(&rest), method, &none)?;
        let written = read.to_xml().map_err(|_| Error::malformed("text or name of a document"))?;
        match octets.iter().zip(&written).position(|(a, b)| a != b) {
            None if octets.len() == written.len() => Ok(Some(read)),
            at => Err(Error::malformed("document: this is not how it is written")
                .at(at.unwrap_or(octets.len().min(written.len())))),
        }
    }
}

struct Reader<'d, 'a> {
    document: &'d Document<'a>,
}

/// The elements in an element, in their order.
struct Children<'d, 'a> {
    document: &'d Document<'a>,
    /// Where the element that they are in stands.
    at: usize,
    nodes: Peekable<IntoIter<NodeId>>,
}

impl<'d, 'a> Reader<'d, 'a> {
    fn root(&self) -> Result<(OutputDocument, Vec<NodeId>)> {
        let root = self.document.root();
        let mut inside = self.children(root)?;
        let read = OutputDocument {
            form: FormName {
                id: self.attribute(root, "form")?.to_owned(),
                version: self.parsed(root, self.attribute(root, "version")?)?,
            },
            look: self.parsed(root, self.attribute(root, "look")?)?,
            number: self.parsed::<UniqueNumber>(root, self.attribute(root, "number")?)?,
            issued: self.parsed(root, self.attribute(root, "issued")?)?,
            header: self.words(inside.want("header")?)?,
            title: self.words(inside.want("title")?)?,
            issuer: self.issuer(inside.want("issuer")?)?,
            recipient: inside.take("recipient").map(|n| self.recipient(n)).transpose()?,
            blocks: self.blocks(inside.want("body")?)?,
            signatories: inside.each("signatory", |n| self.signatory(n))?,
            legal_basis: inside.take("basis").map(|n| self.basis(n)).transpose()?,
            footnote: self.words(inside.want("footnote")?)?,
        };
        let mut signatures = Vec::new();
        while let Some(signature) =
            inside.nodes.next_if(|n| self.document.is_element(*n, DS, "Signature"))
        {
            signatures.push(signature);
        }
        inside.end()?;
        Ok((read, signatures))
    }

    fn issuer(&self, node: NodeId) -> Result<Issuer> {
        let bin = self.parsed(node, self.attribute(node, "bin")?)?;
        Ok(Issuer { name: self.words(node)?, bin })
    }

    fn recipient(&self, node: NodeId) -> Result<Recipient> {
        let number = |name| self.document.attribute(node, "", name);
        Ok(Recipient {
            name: self.text(node)?,
            iin: number("iin").map(|iin| self.parsed(node, iin)).transpose()?,
            bin: number("bin").map(|bin| self.parsed(node, bin)).transpose()?,
        })
    }

    fn signatory(&self, node: NodeId) -> Result<Signatory> {
        let mut inside = self.children(node)?;
        let position = self.both(&mut inside)?;
        let name = self.text(inside.want("name")?)?;
        inside.end()?;
        Ok(Signatory { position, name })
    }

    fn basis(&self, node: NodeId) -> Result<LegalBasis> {
        Ok(LegalBasis { id: self.id(node)?, sentence: self.words(node)? })
    }

    fn blocks(&self, node: NodeId) -> Result<Vec<Block>> {
        self.children(node)?.nodes.map(|node| self.block(node)).collect()
    }

    fn block(&self, node: NodeId) -> Result<Block> {
        Ok(match self.local(node) {
            "heading" => Block::Heading(self.words(node)?),
            "paragraph" => Block::Paragraph(self.words(node)?),
            "fields" => {
                let mut inside = self.children(node)?;
                let fields = inside.each("field", |n| self.field(n))?;
                inside.end()?;
                Block::Fields(fields)
            }
            "table" => Block::Table(self.table(node)?),
            "list" => Block::List(self.list(node)?),
            "prominent" => Block::Prominent(self.field(node)?),
            "link" => Block::Link(self.field(node)?),
            _ => return Err(self.wrong(node)),
        })
    }

    fn field(&self, node: NodeId) -> Result<Field> {
        let mut inside = self.children(node)?;
        let label = self.both(&mut inside)?;
        let value = inside.next().ok_or_else(|| self.wrong(node))?;
        let field = Field { id: self.id(node)?, label, value: self.value(value)? };
        inside.end()?;
        Ok(field)
    }

    fn table(&self, node: NodeId) -> Result<Table> {
        let mut inside = self.children(node)?;
        let caption = if inside.is_next("t") { Some(self.both(&mut inside)?) } else { None };
        let columns =
            inside.each("column", |n| Ok(Column { id: self.id(n)?, label: self.words(n)? }))?;
        let rows = inside.each("row", |n| {
            self.children(n)?.nodes.map(|cell| self.value(cell)).collect::<Result<Vec<_>>>()
        })?;
        inside.end()?;
        Ok(Table { id: self.id(node)?, caption, columns, rows })
    }

    fn list(&self, node: NodeId) -> Result<List> {
        let mut inside = self.children(node)?;
        let label = self.both(&mut inside)?;
        let items = inside.nodes.map(|item| self.value(item)).collect::<Result<_>>()?;
        Ok(List { id: self.id(node)?, label, items })
    }

    fn value(&self, node: NodeId) -> Result<Value> {
        Ok(match self.local(node) {
            "words" => Value::Bilingual(self.words(node)?),
            "text" => Value::Text(self.text(node)?),
            "date" => Value::Date(self.parsed(node, &self.text(node)?)?),
            "time" => Value::DateTime(self.parsed(node, &self.text(node)?)?),
            "number" => Value::Number(self.parsed(node, &self.text(node)?)?),
            "amount" => Value::Amount(self.parsed(node, &self.text(node)?)?),
            "iin" => Value::Iin(self.parsed(node, &self.text(node)?)?),
            "bin" => Value::Bin(self.parsed(node, &self.text(node)?)?),
            _ => return Err(self.wrong(node)),
        })
    }

    /// An element with nothing but words in both languages.
    fn words(&self, node: NodeId) -> Result<Bilingual> {
        let mut inside = self.children(node)?;
        let words = self.both(&mut inside)?;
        inside.end()?;
        Ok(words)
    }

    fn both(&self, inside: &mut Children<'d, 'a>) -> Result<Bilingual> {
        Ok(Bilingual { kk: self.text(inside.want("t")?)?, ru: self.text(inside.want("t")?)? })
    }

    fn text(&self, node: NodeId) -> Result<String> {
        let text = self.document.plain_text(node).ok_or_else(|| self.wrong(node))?;
        Ok(text.to_owned())
    }

    fn parsed<T: core::str::FromStr>(&self, node: NodeId, text: &str) -> Result<T> {
        text.parse().map_err(|_| Error::malformed("value in a document").at(self.place(node)))
    }

    fn id(&self, node: NodeId) -> Result<String> {
        self.attribute(node, "id").map(str::to_owned)
    }

    fn attribute(&self, node: NodeId, name: &str) -> Result<&'d str> {
        self.document.attribute(node, "", name).ok_or_else(|| {
            Error::malformed("document: an attribute is missing").at(self.place(node))
        })
    }

    /// The name of an element of our namespace; empty for others.
    fn local(&self, node: NodeId) -> &'d str {
        match self.document.name(node) {
            Some(name) if name.namespace == NAMESPACE => name.local,
            _ => "",
        }
    }

    /// The elements in an element that has no text of its own.
    fn children(&self, node: NodeId) -> Result<Children<'d, 'a>> {
        let nodes: Vec<NodeId> = self.document.children(node).collect();
        if let Some(other) = nodes.iter().find(|n| self.document.kind(**n) != NodeKind::Element) {
            return Err(self.wrong(*other));
        }
        let nodes = nodes.into_iter().peekable();
        Ok(Children { document: self.document, at: self.place(node), nodes })
    }

    fn place(&self, node: NodeId) -> usize {
        self.document.source_range(node).start
    }

    fn wrong(&self, node: NodeId) -> Error {
        Error::malformed(WRONG).at(self.place(node))
    }
}

const WRONG: &str = "document: what stands here is not of its schema";

impl Children<'_, '_> {
    fn is_next(&mut self, name: &str) -> bool {
        let document = self.document;
        self.nodes.peek().is_some_and(|node| document.is_element(*node, NAMESPACE, name))
    }

    fn take(&mut self, name: &str) -> Option<NodeId> {
        if self.is_next(name) { self.nodes.next() } else { None }
    }

    fn next(&mut self) -> Option<NodeId> {
        self.nodes.next()
    }

    fn want(&mut self, name: &str) -> Result<NodeId> {
        self.take(name).ok_or_else(|| self.wrong())
    }

    fn each<T>(&mut self, name: &str, read: impl Fn(NodeId) -> Result<T>) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(node) = self.take(name) {
            all.push(read(node)?);
        }
        Ok(all)
    }

    fn end(&mut self) -> Result<()> {
        if self.nodes.peek().is_some() { Err(self.wrong()) } else { Ok(()) }
    }

    /// At the next element, or at the one that they are in where there is none.
    fn wrong(&mut self) -> Error {
        let document = self.document;
        let next = self.nodes.peek().map(|node| document.source_range(*node).start);
        Error::malformed(WRONG).at(next.unwrap_or(self.at))
    }
}
