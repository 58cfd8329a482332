//! Forms of documents: a service is data, not code.
//!
//! A [`Form`] is a text in TOML: the fields that a document of a service has, and what stands on
//! its page. [`Form::fill`] makes the document out of what a provider gives, or names everything
//! that is missing or malformed in one go. Fourteen are built in; a provider writes his own by the
//! same rules:
//!
//! ```
//! use qoltanba::paper::{form::{Form, Issue}, document::{Issuer, Language, LocalTime, UniqueNumber}, law::Law};
//!
//! let form = Form::from_toml(r#"
//! schema = 1                     # of this description
//! id = "library-card"
//! version = 1                    # rises when what follows changes
//! title = { kk = "Оқырман билеті туралы хабарлама", ru = "Уведомление о читательском билете" }
//! signed_by = "system"           # or a person; "person": never a system; "applicant"
//! header = "provider"            # the line beside the logo: "portal", "system", "provider"
//! footnote = "provider"          # what the barcodes hold: "provider", "akimat", "applicant"
//! footnote_source = { kk = "«Кітапхана» ақпараттық жүйесі", ru = "информационной системой «Библиотека»" } # or as the law has it
//! footnote_signer = { kk = "кітапхананың", ru = "библиотеки" }
//! legal_sentence = true          # whether it equals paper
//! recipient = "required"         # "optional", "none"
//! signatories = "none"           # "required", "optional": who stands under it
//!
//! [[field]]
//! id = "card"                    # the name in what is given
//! type = "text"                  # or one of those below
//! label = { kk = "Билет нөмірі", ru = "Номер билета" }
//! max = 20                       # characters; for text and words
//!
//! [[field]]
//! id = "until"
//! type = "date"
//! label = { kk = "Жарамдылық мерзімі", ru = "Срок действия" }
//! required = false               # all others have to be given
//!
//! [[field]]
//! id = "books"
//! type = "table"                 # a list has `item = "text"` instead of columns
//! label = { kk = "Кітаптар", ru = "Книги" }
//! required = false
//! max_items = 30
//! [[field.column]]
//! id = "title"
//! type = "text"
//! label = { kk = "Атауы", ru = "Название" }
//!
//! [[block]]                      # what stands on the page, from top to bottom
//! paragraph = { kk = "{recipient}, сізге билет берілді.", ru = "{recipient}, Вам выдан билет." }
//! [[block]]
//! paragraph = { kk = "Билет мына күнге дейін жарамды: {until}.", ru = "Билет действителен до: {until}." }
//! [[block]]
//! fields = ["card"]
//! [[block]]
//! table = "books"                # and: list, prominent, heading, link (with a QR symbol of it)
//! "#)?;
//!
//! let given = serde_json::json!({
//!     "recipient": { "name": "Ахметова Әсел Бақытқызы", "iin": "920101100008" },
//!     "card": "А-17",
//!     "books": [{ "title": "Абай жолы" }],
//! });
//! let issue = Issue {
//!     number: UniqueNumber::new("70420000000013")?,
//!     issued: "22.11.2026 14:05".parse()?,
//!     issuer: Issuer {
//!         name: qoltanba::paper::document::Bilingual::new("Сынақ кітапханасы", "Пробная библиотека"),
//!         bin: "450140000005".parse()?,
//!     },
//!     law: &Law::builtin()?,
//!     header: None,
//! };
//! let document = form.fill(&given, &issue).map_err(|faults| faults[0].to_string())?;
//! assert_eq!(document.title.get(Language::Kk), "Оқырман билеті туралы хабарлама");
//! // The paragraph on the term does not stand: no term was given.
//! assert_eq!(document.blocks.len(), 3);
//!
//! let faults = form.fill(&serde_json::json!({ "crad": "А-17" }), &issue).unwrap_err();
//! let at: Vec<&str> = faults.iter().map(|fault| fault.at()).collect();
//! assert_eq!(at, ["crad", "recipient", "card"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Types
//!
//! | `type` | given | shown |
//! |---|---|---|
//! | `text` | a text of one language or of none | as it is |
//! | `words` | `{"kk": "…", "ru": "…"}` | in the language of the page |
//! | `date` | `"2026-11-22"`, `"22.11.2026"` | 22.11.2026 |
//! | `time` | `"2026-11-22T14:05:00+05:00"`, `"22.11.2026 14:05"` | 22.11.2026 14:05 |
//! | `number` | `17`, `"17"` | 17 |
//! | `amount` | `12345.67`, `"12345.67"`, `"12 345,67"` | 12 345,67 ₸ |
//! | `iin`, `bin` | `"920101100008"` | as it is |
//! | `list` | `["…", "…"]`, each an `item` | a numbered list |
//! | `table` | `[{"column": "…"}, …]` | a table |
//!
//! # Rules
//!
//! - A paragraph with a `{place}` whose value was not given does not stand; neither does a field, a
//!   table or a list that was not given, nor a heading with nothing below it. Something always
//!   stands: a form whose page could be empty is refused.
//! - `{recipient}`, `{issuer}`, `{number}` and `{issued}` are places in every form, and so is
//!   `{appeal}`: how a refusal is appealed, as the [law](super::law::Law) of the day of issue has it.
//! - A field with `type = "number"` and `count_of = "books"` counts what was given for another;
//!   nobody gives it. A date or a time with `not_before = "card_issued"` is refused when it comes
//!   before the other.
//! - Both languages have the same places. Values are put in as they are: write sentences that do
//!   not inflect them («Төлем сомасы: {amount}.»).
//! - Each field stands on the page: in a block, or at a place.
//! - Given are `recipient` (`name`, `iin`, `bin`), `signatories` (a list of `position` and `name`)
//!   and the fields. `null` and texts of nothing but white space are as if not given.
//!
//! # Who may sign
//!
//! The certificate of a system signs automatically only what expresses no will that changes rights
//! (Digital Code 255-VIII art. 49(3)): receipts and notices, never decisions and refusals. The form
//! says which it is: [`Form::signed_by`].

mod fault;
mod fill;
mod kind;
mod read;
mod remark;

use std::collections::BTreeMap;

pub use fault::{FaultKind, FieldFault, Wanted};
pub use fill::Issue;
pub use kind::ValueKind;
pub use remark::{DocumentRemark, RemarkKind};

use super::{
    document::{Bilingual, FormName},
    law::{FootnoteParts, LegalKind, LegalText},
    template::Template,
};
use crate::error::{Error, Result};

/// A form of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    name: FormName,
    title: Bilingual,
    signed_by: SignedBy,
    header: String,
    footnote: String,
    footnote_parts: FootnoteParts,
    legal_sentence: bool,
    recipient: Presence,
    signatories: Presence,
    fields: Vec<FormField>,
    counts: Vec<Count>,
    blocks: Vec<FormBlock>,
}

/// Whose signature a document of the form has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignedBy {
    /// An authorised person of the provider, never a system: it is a decision or a refusal.
    Person,
    /// An authorised person of the provider or its system.
    System,
    /// The applicant.
    Applicant,
}

/// Whether something is on a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// Always.
    Required,
    /// Where it is given.
    Optional,
    /// Never.
    None,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormField {
    id: String,
    label: Bilingual,
    required: bool,
    kind: FieldKind,
    not_before: Option<String>,
}

/// How many items or rows another field has: nobody is asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Count {
    id: String,
    label: Bilingual,
    of: String,
}

/// What a field of a form takes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// One value.
    One {
        /// Of this kind.
        kind: ValueKind,
        /// Of at most so many characters, in each language.
        max: usize,
    },
    /// A list.
    List {
        /// Of values of this kind.
        item: ValueKind,
        /// Each of at most so many characters.
        max: usize,
        /// At most so many.
        max_items: usize,
    },
    /// A table.
    Table {
        /// Its columns.
        columns: Vec<FormColumn>,
        /// At most so many rows.
        max_items: usize,
    },
}

/// A column of a table in a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormColumn {
    id: String,
    label: Bilingual,
    required: bool,
    kind: ValueKind,
    max: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum FormBlock {
    Heading(Bilingual),
    Paragraph { kk: Template, ru: Template },
    Fields(Vec<String>),
    Table(String),
    List(String),
    Prominent(String),
    Link(String),
}

const BUILT_IN: [(&str, &str); 14] = [
    ("result-notice", include_str!("forms/result-notice.toml")),
    ("referral", include_str!("forms/referral.toml")),
    ("conclusion-ready", include_str!("forms/conclusion-ready.toml")),
    ("contract-ready", include_str!("forms/contract-ready.toml")),
    ("queue-notice", include_str!("forms/queue-notice.toml")),
    ("refusal", include_str!("forms/refusal.toml")),
    ("eds-refusal", include_str!("forms/eds-refusal.toml")),
    ("data-refusal", include_str!("forms/data-refusal.toml")),
    ("no-data", include_str!("forms/no-data.toml")),
    ("application", include_str!("forms/application.toml")),
    ("receipt", include_str!("forms/receipt.toml")),
    ("acceptance-refusal", include_str!("forms/acceptance-refusal.toml")),
    ("ticket", include_str!("forms/ticket.toml")),
    ("status-notice", include_str!("forms/status-notice.toml")),
];

impl Form {
    /// The names of the forms that are built in.
    pub fn names() -> impl ExactSizeIterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A form that is built in.
    ///
    /// # Errors
    /// Misuse when there is none of this name.
    pub fn named(name: &str) -> Result<Self> {
        let found = BUILT_IN.iter().find(|(known, _)| *known == name);
        let (_, text) = found.ok_or(Error::misuse("there is no form of this name"))?;
        Self::from_toml(text)
    }

    /// Its name and version.
    #[must_use]
    pub const fn name(&self) -> &FormName {
        &self.name
    }

    /// What its documents are.
    #[must_use]
    pub const fn title(&self) -> &Bilingual {
        &self.title
    }

    /// Whose signature its documents have.
    #[must_use]
    pub const fn signed_by(&self) -> SignedBy {
        self.signed_by
    }

    /// Whether its documents say whom they are for.
    #[must_use]
    pub const fn recipient(&self) -> Presence {
        self.recipient
    }

    /// Whether its documents say who stands under them.
    #[must_use]
    pub const fn signatories(&self) -> Presence {
        self.signatories
    }

    /// What has to be given for it, and what may be.
    #[must_use]
    pub fn fields(&self) -> &[FormField] {
        &self.fields
    }

    /// The texts of law that a document of this issue carries: ask each whether it is confirmed.
    #[must_use]
    pub fn legal_texts<'l>(&self, issue: &Issue<'l>) -> Vec<&'l LegalText> {
        let Ok(day) = issue.issued.date() else { return Vec::new() };
        let header = LegalKind::Header(issue.header.unwrap_or(&self.header));
        let basis = self.legal_sentence.then_some(LegalKind::Basis);
        let appeal = self.has_appeal().then_some(LegalKind::Appeal);
        let kinds = basis.into_iter().chain([header, LegalKind::Footnote(&self.footnote)]);
        kinds.chain(appeal).filter_map(|kind| issue.law.find(kind, day)).collect()
    }

    fn field(&self, id: &str) -> Option<&FormField> {
        self.fields.iter().find(|field| field.id == id)
    }

    fn count(&self, id: &str) -> Option<&Count> {
        self.counts.iter().find(|count| count.id == id)
    }

    fn label(&self, id: &str) -> Option<&Bilingual> {
        let count = || self.count(id).map(|count| &count.label);
        self.field(id).map(|field| &field.label).or_else(count)
    }

    fn has_appeal(&self) -> bool {
        let places = self.blocks.iter().filter_map(|block| match block {
            FormBlock::Paragraph { kk, .. } => Some(kk.places()),
            _ => None,
        });
        places.flatten().any(|place| place == read::APPEAL)
    }
}

impl FormField {
    /// Its name in what is given.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is called on the page.
    #[must_use]
    pub const fn label(&self) -> &Bilingual {
        &self.label
    }

    /// Whether it has to be given.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        self.required
    }

    /// What it takes.
    #[must_use]
    pub const fn kind(&self) -> &FieldKind {
        &self.kind
    }

    /// The field whose day comes first: this one is refused with an earlier day.
    #[must_use]
    pub fn not_before(&self) -> Option<&str> {
        self.not_before.as_deref()
    }
}

impl FormColumn {
    /// Its name in the rows that are given.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its head.
    #[must_use]
    pub const fn label(&self) -> &Bilingual {
        &self.label
    }

    /// Whether each row has to have it.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        self.required
    }

    /// What it takes.
    #[must_use]
    pub const fn kind(&self) -> ValueKind {
        self.kind
    }
}

/// The forms that are at hand: those that are built in, and a provider's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forms {
    forms: BTreeMap<String, Form>,
}

impl Forms {
    /// Those that are built in, read once.
    ///
    /// # Errors
    /// None that a release could have: a test reads them all.
    pub fn builtin() -> Result<Self> {
        let all = Form::names().map(|name| Ok((name.to_owned(), Form::named(name)?)));
        Ok(Self { forms: all.collect::<Result<_>>()? })
    }

    /// Adds a form; one of the same name is replaced.
    pub fn insert(&mut self, form: Form) {
        self.forms.insert(form.name.id.clone(), form);
    }

    /// The form of a name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Form> {
        self.forms.get(id)
    }

    /// All, ordered by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Form> {
        self.forms.values()
    }
}
