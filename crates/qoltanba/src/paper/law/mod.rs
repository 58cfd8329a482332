//! What the law puts on a document, as dated data: the sentence by which it equals paper, the
//! line beside the logo, the footnote of the barcodes, how a refusal is appealed, and the titles
//! of the acts that are cited.
//!
//! ```
//! use qoltanba::paper::law::{Law, LegalKind};
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
//!
//! # The footnote
//!
//! A footnote has places for the system that the data come from and for whoever signed them:
//! `{source}` and `{signer}`. Its text says what stands there; a form may say otherwise for its
//! documents, and a provider for all of his, in his own file or by [`Law::with_footnote`]. Each
//! is written in the case that the sentence asks for.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    document::{Bilingual, Date, Language, is_id, is_text},
    template::Template,
};
use crate::error::{Error, Result};

/// Texts of law with the days from which they stand on documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Law {
    /// In the order of precedence.
    files: Vec<Vec<LegalText>>,
    /// What the caller says of the footnotes, by variant.
    footnotes: BTreeMap<String, FootnoteParts>,
}

/// What stands at the places of a footnote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FootnoteParts {
    /// The system that the data come from, at `{source}`.
    pub source: Option<Bilingual>,
    /// Whoever signed them, at `{signer}`.
    pub signer: Option<Bilingual>,
}

/// What a text of law is on a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LegalKind<'a> {
    /// The sentence by which it equals paper.
    Basis,
    /// The line beside the logo, in one of its variants: `system`, `portal`, `provider`.
    Header(&'a str),
    /// What the barcodes hold, in one of its variants: `provider`, `akimat`, `applicant`.
    Footnote(&'a str),
    /// How a refusal is appealed.
    Appeal,
    /// The title of an act, by its number: `255-VIII`.
    Act(&'a str),
}

/// One text of law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalText {
    kind: Kind,
    id: String,
    effective_from: Option<Date>,
    words: Bilingual,
    /// The words of a footnote before anything was put in.
    places: Option<Places>,
    source: String,
    confirmed: bool,
    note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Basis,
    Header(String),
    Footnote(String),
    Appeal,
    Act(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Places {
    kk: Template,
    ru: Template,
    parts: FootnoteParts,
}

/// Characters of a sentence on appeals, which a paragraph has room for.
pub(in crate::paper) const APPEAL_CHARS: usize = 1_000;

impl Law {
    /// What is built in: until and since July 2026.
    ///
    /// # Errors
    /// None that a release could have: a test reads the file.
    pub fn builtin() -> Result<Self> {
        Self::from_toml(include_str!("law.toml"))
    }

    /// No text at all.
    pub(in crate::paper) const fn empty() -> Self {
        Self { files: Vec::new(), footnotes: BTreeMap::new() }
    }

    /// Reads texts of law, as the built-in file has them: `[[basis]]`, `[[header]]`,
    /// `[[footnote]]`, `[[appeal]]` and `[[act]]` with `id`, `kk`, `ru`, `source` and `confirmed`,
    /// headers and footnotes with their `variant`, acts with their `number`, footnotes with what
    /// stands at their places as `source_of_data` and `signer`; `effective_from` and `note` may
    /// be left out.
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
        let read = |entries: Vec<RawText>, kind: fn(Named) -> Option<Kind>| {
            entries.into_iter().map(move |entry| entry.read(kind))
        };
        let texts = read(raw.basis, |named| (named == (None, None)).then_some(Kind::Basis))
            .chain(read(raw.header, |named| variant(named).map(Kind::Header)))
            .chain(read(raw.footnote, |named| variant(named).map(Kind::Footnote)))
            .chain(read(raw.appeal, |named| (named == (None, None)).then_some(Kind::Appeal)))
            .chain(read(raw.act, |named| number(named).map(Kind::Act)))
            .collect::<Result<Vec<_>>>()?;
        for (n, text) in texts.iter().enumerate() {
            let same = |other: &LegalText| {
                (&other.kind, other.effective_from) == (&text.kind, text.effective_from)
            };
            if texts.iter().skip(n + 1).any(same) {
                return Err(wrong(&format_args!("two texts from one day on: {}", text.id)));
            }
        }
        Ok(Self { files: vec![texts], footnotes: BTreeMap::new() })
    }

    /// The same with a provider's file before it: where that has a text in force, it is taken.
    #[must_use]
    pub fn overridden_by(mut self, own: Self) -> Self {
        self.files.splice(0..0, own.files);
        self.footnotes.extend(own.footnotes);
        self
    }

    /// The same with what stands at the places of the footnotes of a variant, whatever a form and
    /// the text itself say.
    #[must_use]
    pub fn with_footnote(mut self, variant: &str, parts: FootnoteParts) -> Self {
        self.footnotes.insert(variant.to_owned(), parts);
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

    /// A footnote as it stands on the documents of a form.
    pub(in crate::paper) fn footnote(
        &self,
        text: &LegalText,
        of_form: &FootnoteParts,
    ) -> Bilingual {
        let own = match text.kind() {
            LegalKind::Footnote(variant) => self.footnotes.get(variant),
            _ => None,
        };
        let Some(places) = &text.places else { return text.words.clone() };
        let parts: Vec<&FootnoteParts> = own.into_iter().chain([of_form, &places.parts]).collect();
        places.filled(&parts).unwrap_or_else(|| text.words.clone())
    }
}

impl Places {
    const SOURCE: &str = "source";
    const SIGNER: &str = "signer";

    fn read(words: &Bilingual, parts: FootnoteParts) -> Option<Self> {
        let read = |text: &str| {
            let template = Template::read(text)?;
            let known = |place: &&str| matches!(*place, Self::SOURCE | Self::SIGNER);
            template.places().iter().all(known).then_some(template)
        };
        let places = Self { kk: read(&words.kk)?, ru: read(&words.ru)?, parts };
        (places.kk.places() == places.ru.places()).then_some(places)
    }

    /// The words with the first of the parts that says what stands at each place.
    fn filled(&self, parts: &[&FootnoteParts]) -> Option<Bilingual> {
        let value = |place: &str, language: Language| {
            let named = parts.iter().find_map(|parts| match place {
                Self::SOURCE => parts.source.as_ref(),
                _ => parts.signer.as_ref(),
            });
            named.map(|words| words.get(language).to_owned())
        };
        Some(Bilingual {
            kk: self.kk.fill(|place| value(place, Language::Kk))?,
            ru: self.ru.fill(|place| value(place, Language::Ru))?,
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
            Kind::Appeal => LegalKind::Appeal,
            Kind::Act(number) => LegalKind::Act(number),
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

    /// Its words; those of a footnote with what the text itself puts at its places.
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

/// The variant and the number that an entry has.
type Named = (Option<String>, Option<String>);

fn variant((variant, number): Named) -> Option<String> {
    variant.filter(|variant| is_id(variant) && number.is_none())
}

fn number((variant, number): Named) -> Option<String> {
    let is_number = |number: &String| is_text(number) && !number.contains(char::is_whitespace);
    number.filter(|number| is_number(number) && variant.is_none())
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
    #[serde(default)]
    appeal: Vec<RawText>,
    #[serde(default)]
    act: Vec<RawText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawText {
    id: String,
    #[serde(default)]
    variant: Option<String>,
    #[serde(default)]
    number: Option<String>,
    #[serde(default)]
    effective_from: Option<String>,
    kk: String,
    ru: String,
    #[serde(default)]
    source_of_data: Option<RawWords>,
    #[serde(default)]
    signer: Option<RawWords>,
    source: String,
    confirmed: bool,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWords {
    kk: String,
    ru: String,
}

impl RawText {
    fn read(self, kind: fn(Named) -> Option<Kind>) -> Result<LegalText> {
        let id = self.id;
        if !is_id(&id) {
            return Err(wrong(&format_args!("id {id}")));
        }
        let kind = kind((self.variant, self.number)).ok_or_else(|| {
            wrong(&format_args!("{id}: its variant or number is missing, malformed or too much"))
        })?;
        let day = self.effective_from.as_deref().map(str::parse::<Date>).transpose();
        let effective_from = day.map_err(|_| wrong(&format_args!("{id}: effective_from")))?;
        let part = |words: Option<RawWords>| match words {
            None => Ok(None),
            Some(RawWords { kk, ru }) if is_text(&kk) && is_text(&ru) => {
                Ok(Some(Bilingual { kk, ru }))
            }
            Some(_) => Err(wrong(&format_args!("{id}: a text is empty or cannot be seen"))),
        };
        let parts =
            FootnoteParts { source: part(self.source_of_data)?, signer: part(self.signer)? };
        let words = part(Some(RawWords { kk: self.kk, ru: self.ru }))?;
        let Some(words) = words.filter(|_| is_text(&self.source)) else {
            return Err(wrong(&format_args!("{id}: a text is empty or cannot be seen")));
        };
        let long = [&words.kk, &words.ru].iter().any(|text| text.chars().count() > APPEAL_CHARS);
        if kind == Kind::Appeal && long {
            return Err(wrong(&format_args!("{id}: more than {APPEAL_CHARS} characters")));
        }
        let (words, places) = match kind {
            Kind::Footnote(_) => {
                let places = Places::read(&words, parts).and_then(|places| {
                    let words = places.filled(&[&places.parts])?;
                    Some((words, Some(places)))
                });
                places.ok_or_else(|| wrong(&format_args!("{id}: a place has nothing to put in")))?
            }
            _ if parts == FootnoteParts::default() => (words, None),
            _ => return Err(wrong(&format_args!("{id}: only footnotes have places"))),
        };
        Ok(LegalText {
            kind,
            id,
            effective_from,
            words,
            places,
            source: self.source,
            confirmed: self.confirmed,
            note: self.note,
        })
    }
}
