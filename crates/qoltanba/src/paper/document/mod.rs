//! The output document («шығыс құжаты»): everything that its page shows, as one signed value.
//!
//! A form makes it from what a provider gives; its XML is what is signed and what the
//! barcodes carry. Labels, sentences and the legal basis stand in it word for word, so that its
//! page follows from the signed octets alone: whoever checks it needs no file of the service.
//!
//! # Its XML
//!
//! ```xml
//! <document xmlns="urn:qoltanba:document:1" form="result-notice" issued="2026-11-22T14:05:00+05:00"
//!           look="1" number="70420000000013" version="1">
//!   <header><t xml:lang="kk">…</t><t xml:lang="ru">…</t></header>
//!   <title>…</title>
//!   <issuer bin="450140000005">…</issuer>
//!   <recipient iin="920101100008">Ахметова Әсел</recipient>
//!   <body>
//!     <paragraph>…</paragraph>
//!     <fields><field id="period">… <date>2026-12-01</date></field></fields>
//!   </body>
//!   <signatory>… <name>Серіков Нұрлан</name></signatory>
//!   <basis id="digital-code-62-2">…</basis>
//!   <footnote>…</footnote>
//! </document>
//! ```
//!
//! Lines are broken here for the eye: there is no white space between elements, since each octet
//! is printed. The same words in both languages are always two `t`, Kazakh first. A value is an
//! element called after its type: `text`, `words`, `date`, `time`, `number`, `amount`, `iin`,
//! `bin`. The whole is told by [`OutputDocument::SCHEMA`].
//!
//! # Its look
//!
//! `look` is the number of the drawing that makes the page out of all this. It rises when the page
//! of the same document would come out otherwise, so that a page is compared with the drawing it
//! was made by. A page of a look that this version does not draw is compared with nothing.

mod number;
mod read;
mod text;
mod value;
mod write;

pub use number::UniqueNumber;
pub use value::{Amount, Bilingual, Date, Language, LocalTime, Value};

pub(super) use text::{TEXT_CHARS, is_id, is_text, unfit};

use crate::numbers::{Bin, Iin};

/// A document that a provider issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputDocument {
    /// The form that it was made by.
    pub form: FormName,
    /// How its page is drawn: [`Self::LOOK`] for what is issued now.
    pub look: u32,
    /// Its unique number: on the page, in Code 128, and FavorID of its barcodes.
    pub number: UniqueNumber,
    /// When it was issued, in the time of the country. Barcodes repeat it.
    pub issued: LocalTime,
    /// The line beside the logo: which system made the document.
    pub header: Bilingual,
    /// What it is.
    pub title: Bilingual,
    /// The provider that issues it.
    pub issuer: Issuer,
    /// Whom it is for.
    pub recipient: Option<Recipient>,
    /// Its content, from top to bottom.
    pub blocks: Vec<Block>,
    /// Who stands under it. What they claim is proved by the signature alone.
    pub signatories: Vec<Signatory>,
    /// The sentence of law by which it equals paper; none for what is no document, as a ticket.
    pub legal_basis: Option<LegalBasis>,
    /// What the barcodes hold and who signed it.
    pub footnote: Bilingual,
}

impl OutputDocument {
    /// The look that this version draws, the only one so far.
    pub const LOOK: u32 = 1;
    /// The schema of its XML, in W3C XML Schema 1.0. It imports [`Self::SCHEMA_OF_XML`] as
    /// `xml.xsd` beside it.
    pub const SCHEMA: &str = include_str!("document.xsd");
    /// The schema of `xml:lang`, as `xml.xsd`.
    pub const SCHEMA_OF_XML: &str = include_str!("xml.xsd");
}

/// Which form a document was made by: told for people and archives, never needed to show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormName {
    /// As `result-notice`.
    pub id: String,
    /// From one on.
    pub version: u32,
}

/// The provider of the service (көрсетілетін қызметті беруші).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Its name.
    pub name: Bilingual,
    /// Its number.
    pub bin: Bin,
}

/// The applicant or another recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Full name of a person, or the name of an organisation.
    pub name: String,
    /// The number of a person.
    pub iin: Option<Iin>,
    /// The number of an organisation.
    pub bin: Option<Bin>,
}

/// A piece of content.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Block {
    /// A heading between pieces.
    Heading(Bilingual),
    /// Labels and values, one under the other.
    Fields(Vec<Field>),
    /// Running text.
    Paragraph(Bilingual),
    /// Rows under a head, which repeats on each page.
    Table(Table),
    /// A numbered list, as that of attachments.
    List(List),
    /// One value in large type: the number in a queue.
    Prominent(Field),
    /// An address, a text, beside a QR symbol of it: it leads to where more is told.
    Link(Field),
}

/// A labelled value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// As `applicant_address`.
    pub id: String,
    /// What it is called.
    pub label: Bilingual,
    /// What it is.
    pub value: Value,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// As `payments`.
    pub id: String,
    /// What it is called, if anything.
    pub caption: Option<Bilingual>,
    /// Its columns; each row has a cell for each.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As `quarter`.
    pub id: String,
    /// Its head.
    pub label: Bilingual,
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// As `attachments`.
    pub id: String,
    /// What it lists.
    pub label: Bilingual,
    /// Its items.
    pub items: Vec<Value>,
}

/// A person who stands under the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    /// What he is.
    pub position: Bilingual,
    /// What he is called.
    pub name: String,
}

/// The provision by which the document equals paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalBasis {
    /// As `digital-code-62-2`; another word if the provider gave the sentence.
    pub id: String,
    /// The sentence at the foot of the page.
    pub sentence: Bilingual,
}
