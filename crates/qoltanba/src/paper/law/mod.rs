//! What the law puts on a document, as dated data: the sentence by which it equals paper, the
//! line beside the logo, and the footnote of the barcodes.
//!
//! ```
//! use qoltanba::paper::{Law, LegalKind};
//!
//! let law = Law::builtin()?;
//! let before = law.find(LegalKind::Basis, "2026-07-01".parse()?).ok_or("none")?;
//! let since = law.find(LegalKind::Basis, "2026-08-01".parse()?).ok_or("none")?;
//! assert_eq!((before.id(), since.id()), ("law-370-ii-7-1", "digital-code-62-2"));
//! assert!(!since.confirmed(), "a lawyer has to approve the sentence");
//!
//! // A provider's own text goes before what is built in.
//! let own = Law::from_toml(r#"
//!     schema = 1
//!     [[basis]]
//!     id = "digital-code-62-2"
//!     effective_from = "2026-07-12"
//!     kk = "…"
//!     ru = "…"
//!     source = "The legal department, 01.12.2026"
//!     confirmed = true
//! "#)?;
//! let law = law.overridden_by(own);
//! assert!(law.find(LegalKind::Basis, "2026-08-01".parse()?).ok_or("none")?.confirmed());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::Deserialize;

use super::document::{Bilingual, Date, is_id, is_text};
use crate::error::{Error, Result};

/// Texts of law with the days from which they stand on documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Law {
    /// In the order of precedence.
    files: Vec<Vec<LegalText>>,
}

/// What a text of law is on a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LegalKind<'a> {
    /// The sentence by which it equals paper.
    Basis,
    /// The line beside the logo, in one of its variants: `system`, `portal`, `provider`.
    Header(&'a str),
    /// What the barcodes hold, in one of its variants: `provider`, `applicant`.
    Footnote(&'a str),
}

/// One text of law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalText {
    kind: Kind,
    id: String,
    effective_from: Option<Date>,
    words: Bilingual,
    source: String,
    confirmed: bool,
    note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Basis,
    Header(String),
    Footnote(String),
}

impl Law {
    /// What is built in: until and since July 2026.
    ///
    /// # Errors
    /// None that a release could have: a test reads the file.
    pub fn builtin() -> Result<Self> {
        Self::from_toml(include_str!("law.toml"))
    }

    /// Reads texts of law, as the built-in file has them: `[[basis]]`, `[[header]]` and
    /// `[[footnote]]` with `id`, `kk`, `ru`, `source` and `confirmed`, the last two kinds with
    /// their `variant`; `effective_from` and `note` may be left out.
    ///
    /// # Errors
    /// Unsupported, with what is wrong, for unknown keys, another schema, dates that the calendar
    /// does not have, texts that are empty or cannot be seen; over budget past 64 KiB.
    pub fn from_toml(text: &str) -> Result<Self> {
        const BYTES: usize = 64 << 10;
        crate::budget::Limits::check("bytes of a file of legal texts", text.len(), BYTES)?;
        let raw: Raw = toml::from_str(text).map_err(|error| wrong(&error.message()))?;
        if raw.schema != 1 {
            return Err(wrong(&format_args!("schema {}", raw.schema)));
        }
        let basis = raw.basis.into_iter().map(|entry| entry.read(no_variant));
        let header = raw.header.into_iter().map(|entry| entry.read(|v| v.map(Kind::Header)));
        let footnote = raw.footnote.into_iter().map(|entry| entry.read(|v| v.map(Kind::Footnote)));
        let texts = basis.chain(header).chain(footnote).collect::<Result<Vec<_>>>()?;
        for (n, text) in texts.iter().enumerate() {
            let same = |other: &LegalText| {
                (&other.kind, other.effective_from) == (&text.kind, text.effective_from)
            };
            if texts.iter().skip(n + 1).any(same) {
                return Err(wrong(&format_args!("two texts from one day on: {}", text.id)));
            }
        }
        Ok(Self { files: vec![texts] })
    }

    /// The same with a provider's file before it: where that has a text in force, it is taken.
    #[must_use]
    pub fn overridden_by(mut self, own: Self) -> Self {
        self.files.splice(0..0, own.files);
        self
    }

    /// The text of a kind that is in force on a day.
    #[must_use]
    pub fn find(&self, kind: LegalKind<'_>, day: Date) -> Option<&LegalText> {
        self.files.iter().find_map(|texts| {
            let in_force = |text: &&LegalText| {
                text.kind() == kind && text.effective_from.is_none_or(|from| from <= day)
            };
            texts.iter().filter(in_force).max_by_key(|text| text.effective_from)
        })
    }
}

impl LegalText {
    /// What it is on a document.
    #[must_use]
    pub fn kind(&self) -> LegalKind<'_> {
        match &self.kind {
            Kind::Basis => LegalKind::Basis,
            Kind::Header(variant) => LegalKind::Header(variant),
            Kind::Footnote(variant) => LegalKind::Footnote(variant),
        }
    }

    /// As `digital-code-62-2`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The first day on which it stands on documents; none, always before the next.
    #[must_use]
    pub const fn effective_from(&self) -> Option<Date> {
        self.effective_from
    }

    /// Its words.
    #[must_use]
    pub const fn words(&self) -> &Bilingual {
        &self.words
    }

    /// Where it comes from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether its words and its day are confirmed. One that is not has to be approved by a lawyer
    /// of the provider, who puts it into a file of his own.
    #[must_use]
    pub const fn confirmed(&self) -> bool {
        self.confirmed
    }

    /// What is not confirmed.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
}

fn no_variant(variant: Option<String>) -> Option<Kind> {
    variant.is_none().then_some(Kind::Basis)
}

fn wrong(what: &dyn core::fmt::Display) -> Error {
    Error::unsupported("file of legal texts", what)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    schema: u32,
    #[serde(default)]
    basis: Vec<RawText>,
    #[serde(default)]
    header: Vec<RawText>,
    #[serde(default)]
    footnote: Vec<RawText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawText {
    id: String,
    #[serde(default)]
    variant: Option<String>,
    #[serde(default)]
    effective_from: Option<String>,
    kk: String,
    ru: String,
    source: String,
    confirmed: bool,
    #[serde(default)]
    note: Option<String>,
}

impl RawText {
    fn read(self, kind: impl FnOnce(Option<String>) -> Option<Kind>) -> Result<LegalText> {
        if let Some(variant) = self.variant.as_ref().filter(|variant| !is_id(variant)) {
            return Err(wrong(&format_args!("variant {variant}")));
        }
        let kind = kind(self.variant)
            .ok_or_else(|| wrong(&format_args!("{}: a variant is missing or too much", self.id)))?;
        if !is_id(&self.id) {
            return Err(wrong(&format_args!("id {}", self.id)));
        }
        let day = self.effective_from.as_deref().map(str::parse::<Date>).transpose();
        let effective_from =
            day.map_err(|_| wrong(&format_args!("{}: effective_from", self.id)))?;
        if !is_text(&self.kk) || !is_text(&self.ru) || !is_text(&self.source) {
            return Err(wrong(&format_args!("{}: a text is empty or cannot be seen", self.id)));
        }
        Ok(LegalText {
            kind,
            id: self.id,
            effective_from,
            words: Bilingual { kk: self.kk, ru: self.ru },
            source: self.source,
            confirmed: self.confirmed,
            note: self.note,
        })
    }
}
