//! An output document as XML.

use std::collections::BTreeSet;

use super::{
    Bilingual, Block, Field, List, OutputDocument, Signatory, Table, Value,
    text::{is_cell, is_id, is_text},
};
use crate::{
    error::{Error, Result},
    paper::document::LocalTime,
};

/// The namespace of output documents; its last number is the version of the schema.
pub(super) const NAMESPACE: &str = "urn:qoltanba:document:1";

impl OutputDocument {
    /// Its XML: what is signed, and what the barcodes carry. The same document gives the same
    /// octets; they are their own canonical form (Canonical XML 1.0), so there is no declaration
    /// and no white space between elements, and are of [`Self::SCHEMA`].
    ///
    /// # Errors
    /// Misuse for what [`Self::read`] would not take: a text that is empty or has characters that
    /// cannot be seen, a name that is none, a name given twice, a list or a table of nothing.
    pub fn to_xml(&self) -> Result<Vec<u8>> {
        let mut out = Writer { xml: String::with_capacity(4096), ids: BTreeSet::new() };
        out.document(self)?;
        Ok(out.xml.into_bytes())
    }
}

const TEXT: Error = Error::misuse(
    "a text of a document is not empty, has no white space around it, and all of it can be seen",
);
const ID: Error = Error::misuse(
    "a name in a document begins with a small Latin letter, has such letters, digits, - and _, \
     and is given once",
);
const LOOK: Error = Error::misuse("looks are counted from one on");
const EMPTY: Error = Error::misuse("a document has no empty lists, groups and tables");
const LINK: Error = Error::misuse("a link of a document is a text");
const CELLS: Error = Error::misuse("each row of a table has a cell for each of its columns");

struct Writer<'d> {
    xml: String,
    ids: BTreeSet<&'d str>,
}

impl<'d> Writer<'d> {
    fn document(&mut self, document: &'d OutputDocument) -> Result<()> {
        document.issued.date()?;
        if !is_id(&document.form.id) || document.form.version == 0 {
            return Err(ID);
        }
        if document.look == 0 {
            return Err(LOOK);
        }
        let head = [
            ("xmlns", NAMESPACE),
            ("form", &document.form.id),
            ("issued", &document.issued.iso()),
            ("look", &document.look.to_string()),
            ("number", document.number.as_str()),
            ("version", &document.form.version.to_string()),
        ];
        self.open("document", &head);
        self.words("header", &document.header)?;
        self.words("title", &document.title)?;
        self.open("issuer", &[("bin", document.issuer.bin.as_str())]);
        self.both(&document.issuer.name)?;
        self.close("issuer");
        self.recipient(document)?;
        self.open("body", &[]);
        if document.blocks.is_empty() {
            return Err(EMPTY);
        }
        for block in &document.blocks {
            self.block(block)?;
        }
        self.close("body");
        for signatory in &document.signatories {
            self.signatory(signatory)?;
        }
        if let Some(basis) = &document.legal_basis {
            if !is_id(&basis.id) {
                return Err(ID);
            }
            self.open("basis", &[("id", &basis.id)]);
            self.both(&basis.sentence)?;
            self.close("basis");
        }
        self.words("footnote", &document.footnote)?;
        self.close("document");
        Ok(())
    }

    fn recipient(&mut self, document: &OutputDocument) -> Result<()> {
        let Some(recipient) = &document.recipient else { return Ok(()) };
        let bin = recipient.bin.as_ref().map(|bin| ("bin", bin.as_str()));
        let iin = recipient.iin.as_ref().map(|iin| ("iin", iin.as_str()));
        let numbers: Vec<_> = bin.into_iter().chain(iin).collect();
        self.open("recipient", &numbers);
        self.text(&recipient.name)?;
        self.close("recipient");
        Ok(())
    }

    fn signatory(&mut self, signatory: &Signatory) -> Result<()> {
        self.open("signatory", &[]);
        self.both(&signatory.position)?;
        self.open("name", &[]);
        self.text(&signatory.name)?;
        self.close("name");
        self.close("signatory");
        Ok(())
    }

    fn block(&mut self, block: &'d Block) -> Result<()> {
        match block {
            Block::Heading(words) => self.words("heading", words),
            Block::Paragraph(words) => self.words("paragraph", words),
            Block::Fields(fields) => {
                self.open("fields", &[]);
                if fields.is_empty() {
                    return Err(EMPTY);
                }
                for field in fields {
                    self.field("field", field)?;
                }
                self.close("fields");
                Ok(())
            }
            Block::Table(table) => self.table(table),
            Block::List(list) => self.list(list),
            Block::Prominent(field) => self.field("prominent", field),
            Block::Link(field) if matches!(field.value, Value::Text(_)) => {
                self.field("link", field)
            }
            Block::Link(_) => Err(LINK),
        }
    }

    fn field(&mut self, name: &str, field: &'d Field) -> Result<()> {
        self.open_named(name, &field.id)?;
        self.both(&field.label)?;
        self.value(&field.value, is_text)?;
        self.close(name);
        Ok(())
    }

    fn table(&mut self, table: &'d Table) -> Result<()> {
        self.open_named("table", &table.id)?;
        if let Some(caption) = &table.caption {
            self.both(caption)?;
        }
        if table.columns.is_empty() || table.rows.is_empty() {
            return Err(EMPTY);
        }
        let mut ids = BTreeSet::new();
        for column in &table.columns {
            if !is_id(&column.id) || !ids.insert(&column.id) {
                return Err(ID);
            }
            self.open("column", &[("id", &column.id)]);
            self.both(&column.label)?;
            self.close("column");
        }
        for row in &table.rows {
            if row.len() != table.columns.len() {
                return Err(CELLS);
            }
            self.open("row", &[]);
            for cell in row {
                self.value(cell, is_cell)?;
            }
            self.close("row");
        }
        self.close("table");
        Ok(())
    }

    fn list(&mut self, list: &'d List) -> Result<()> {
        self.open_named("list", &list.id)?;
        self.both(&list.label)?;
        if list.items.is_empty() {
            return Err(EMPTY);
        }
        for item in &list.items {
            self.value(item, is_text)?;
        }
        self.close("list");
        Ok(())
    }

    fn value(&mut self, value: &Value, fits: fn(&str) -> bool) -> Result<()> {
        let (name, text) = match value {
            Value::Bilingual(words) => return self.words("words", words),
            Value::Text(text) if fits(text) => ("text", text.clone()),
            Value::Text(_) => return Err(TEXT),
            Value::Date(date) => ("date", date.iso()),
            Value::DateTime(time) => {
                LocalTime::date(*time)?;
                ("time", time.iso())
            }
            Value::Number(number) => ("number", number.to_string()),
            Value::Amount(amount) => ("amount", amount.decimal()),
            Value::Iin(iin) => ("iin", iin.to_string()),
            Value::Bin(bin) => ("bin", bin.to_string()),
        };
        self.open(name, &[]);
        self.escaped(&text);
        self.close(name);
        Ok(())
    }

    fn words(&mut self, name: &str, words: &Bilingual) -> Result<()> {
        self.open(name, &[]);
        self.both(words)?;
        self.close(name);
        Ok(())
    }

    fn both(&mut self, words: &Bilingual) -> Result<()> {
        for (code, text) in [("kk", &words.kk), ("ru", &words.ru)] {
            self.open("t", &[("xml:lang", code)]);
            self.text(text)?;
            self.close("t");
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<()> {
        if !is_text(text) {
            return Err(TEXT);
        }
        self.escaped(text);
        Ok(())
    }

    /// Canonical XML 1.0 §2.3, text nodes. No text here has a carriage return.
    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.xml.push_str("&amp;"),
                '<' => self.xml.push_str("&lt;"),
                '>' => self.xml.push_str("&gt;"),
                c => self.xml.push(c),
            }
        }
    }

    fn open_named(&mut self, name: &str, id: &'d str) -> Result<()> {
        if !is_id(id) || !self.ids.insert(id) {
            return Err(ID);
        }
        self.open(name, &[("id", id)]);
        Ok(())
    }

    /// The attributes come in canonical order, and hold nothing that would be escaped.
    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.xml.push('<');
        self.xml.push_str(name);
        for (name, value) in attributes {
            self.xml.extend([" ", name, "=\"", value, "\""]);
        }
        self.xml.push('>');
    }

    fn close(&mut self, name: &str) {
        self.xml.extend(["</", name, ">"]);
    }
}
