//! A form out of its text.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{
    Count, FieldKind, Form, FormBlock, FormColumn, FormField, Presence, SignedBy, ValueKind,
};
use crate::{
    budget::Limits,
    error::{Error, Result},
    paper::{
        document::{Bilingual, FormName, is_id, is_text},
        law::{APPEAL_CHARS, FootnoteParts},
        template::Template,
    },
};

/// Octets of a form's text. Those built in have some four thousand.
const BYTES: usize = 256 << 10;
/// Fields, columns and blocks of one form.
const PARTS: usize = 200;
/// Characters of one value, at most and unless the form says.
const LONGEST: usize = 5_000;
const LONG: usize = 500;
/// Rows and items, at most and unless the form says.
const MOST_ITEMS: usize = 5_000;
const ITEMS: usize = 200;

/// What is given beside the fields, and what texts may name beside them.
pub(super) const RECIPIENT: &str = "recipient";
pub(super) const SIGNATORIES: &str = "signatories";
pub(super) const APPEAL: &str = "appeal";
pub(super) const PLACES: [&str; 5] = [RECIPIENT, "issuer", "number", "issued", APPEAL];
/// Characters of a name of a person or an organisation.
pub(super) const NAME_CHARS: usize = 300;

impl Form {
    /// Reads a form; the module shows one.
    ///
    /// # Errors
    /// Unsupported, with what is wrong, when the text is no form: an unknown key, a name that is
    /// given twice or that nothing has, a place that is in one language only, a field that stands
    /// nowhere, a page that could be empty; over budget past 256 KiB.
    pub fn from_toml(text: &str) -> Result<Self> {
        Limits::check("bytes of a form", text.len(), BYTES)?;
        let raw: Raw = toml::from_str(text).map_err(|error| wrong(&error.message()))?;
        if raw.schema != 1 {
            return Err(wrong(&format_args!("schema {}", raw.schema)));
        }
        let columns = raw.field.iter().map(|field| field.column.len()).sum::<usize>();
        Limits::check("parts of a form", raw.field.len() + raw.block.len() + columns, PARTS)?;
        for name in [&raw.id, &raw.header, &raw.footnote] {
            if !is_id(name) {
                return Err(wrong(&format_args!("name {name}")));
            }
        }
        if raw.version == 0 {
            return Err(wrong(&"version 0"));
        }
        let (counts, fields): (Vec<_>, Vec<_>) =
            raw.field.into_iter().partition(|field| field.count_of.is_some());
        let form = Self {
            name: FormName { id: raw.id, version: raw.version },
            title: raw.title.read("title")?,
            signed_by: raw.signed_by,
            header: raw.header,
            footnote: raw.footnote,
            footnote_parts: FootnoteParts {
                source: raw.footnote_source.map(|w| w.read("footnote_source")).transpose()?,
                signer: raw.footnote_signer.map(|w| w.read("footnote_signer")).transpose()?,
            },
            legal_sentence: raw.legal_sentence,
            recipient: raw.recipient,
            signatories: raw.signatories,
            fields: fields.into_iter().map(RawField::read).collect::<Result<_>>()?,
            counts: counts.into_iter().map(RawField::count).collect::<Result<_>>()?,
            blocks: raw.block.into_iter().map(RawBlock::read).collect::<Result<_>>()?,
        };
        form.check()?;
        Ok(form)
    }

    fn check(&self) -> Result<()> {
        let mut ids = BTreeSet::from(PLACES);
        ids.insert(SIGNATORIES);
        let counts = self.counts.iter().map(|count| &count.id);
        let named: Vec<&String> = self.fields.iter().map(|field| &field.id).chain(counts).collect();
        for id in &named {
            if !ids.insert(id) {
                return Err(wrong(&format_args!("field {id} is there twice")));
            }
        }
        for count in &self.counts {
            let of = self.field(&count.of).map(|field| &field.kind);
            if !matches!(of, Some(FieldKind::List { .. } | FieldKind::Table { .. })) {
                return Err(wrong(&format_args!("{}: count_of = {}", count.id, count.of)));
            }
        }
        self.check_order()?;
        let mut shown = BTreeSet::new();
        let mut placed = BTreeSet::new();
        let mut stands = false;
        for block in &self.blocks {
            match block {
                FormBlock::Heading(_) => {}
                FormBlock::Paragraph { kk, ru } => {
                    stands |= self.check_paragraph(kk, ru, &mut placed)?;
                }
                FormBlock::Fields(ids) => {
                    for id in ids {
                        stands |= self.check_shown(id, block, &mut shown)?;
                    }
                }
                FormBlock::Table(id)
                | FormBlock::List(id)
                | FormBlock::Prominent(id)
                | FormBlock::Link(id) => {
                    stands |= self.check_shown(id, block, &mut shown)?;
                }
            }
        }
        let nowhere = |id: &&&String| !shown.contains(id.as_str()) && !placed.contains(id.as_str());
        if let Some(id) = named.iter().find(nowhere) {
            return Err(wrong(&format_args!("field {id} stands nowhere")));
        }
        if stands { Ok(()) } else { Err(wrong(&"the page could be empty")) }
    }

    /// Only days have an order.
    fn check_order(&self) -> Result<()> {
        let is_day = |field: &FormField| {
            let (day, time) = (ValueKind::Date, ValueKind::Time);
            matches!(field.kind, FieldKind::One { kind, .. } if kind == day || kind == time)
        };
        for field in &self.fields {
            let Some(first) = &field.not_before else { continue };
            let other = self.field(first).filter(|other| other.id != field.id);
            if !is_day(field) || !other.is_some_and(is_day) {
                return Err(wrong(&format_args!("{}: not_before = {first}", field.id)));
            }
        }
        Ok(())
    }

    /// The kind of the one value of a field or a count, its characters, and whether it is always
    /// there.
    fn single(&self, id: &str) -> Option<(ValueKind, usize, bool)> {
        if let Some(count) = self.count(id) {
            let always = self.field(&count.of).is_some_and(|field| field.required);
            return Some((ValueKind::Number, LONG, always));
        }
        let field = self.field(id)?;
        match field.kind {
            FieldKind::One { kind, max } => Some((kind, max, field.required)),
            _ => None,
        }
    }

    /// Whether the paragraph always stands.
    fn check_paragraph<'f>(
        &self,
        kk: &'f Template,
        ru: &'f Template,
        placed: &mut BTreeSet<&'f str>,
    ) -> Result<bool> {
        let places = kk.places();
        if let Some(place) = places.symmetric_difference(&ru.places()).next() {
            return Err(wrong(&format_args!("{{{place}}} is in one language only")));
        }
        let mut stands = true;
        for place in &places {
            match (*place, self.single(place)) {
                (_, Some((.., always))) => stands &= always,
                (RECIPIENT, None) if self.recipient != Presence::None => {
                    stands &= self.recipient == Presence::Required;
                }
                ("issuer" | "number" | "issued" | APPEAL, None) => {}
                _ => return Err(wrong(&format_args!("{{{place}}} has no value to put in"))),
            }
        }
        let longest = |place: &str| match self.single(place) {
            Some((kind, max, _)) => kind.longest(max),
            None if place == APPEAL => APPEAL_CHARS,
            None => NAME_CHARS,
        };
        if !kk.fits(longest) || !ru.fits(longest) {
            return Err(wrong(&"a paragraph could be too long; set max of its fields"));
        }
        placed.extend(places);
        Ok(stands)
    }

    /// Whether what the block shows always stands.
    fn check_shown<'f>(
        &self,
        id: &'f str,
        block: &FormBlock,
        shown: &mut BTreeSet<&'f str>,
    ) -> Result<bool> {
        let field = self.field(id);
        if field.is_none() && self.count(id).is_none() {
            return Err(wrong(&format_args!("no field {id}")));
        }
        let always = match (block, field.map(|field| &field.kind)) {
            (FormBlock::Fields(_) | FormBlock::Prominent(_), _) => {
                self.single(id).map(|(.., always)| always)
            }
            (FormBlock::Table(_), Some(FieldKind::Table { .. }))
            | (FormBlock::List(_), Some(FieldKind::List { .. })) => {
                field.map(|field| field.required)
            }
            (FormBlock::Link(_), Some(FieldKind::One { kind: ValueKind::Text, .. })) => {
                field.map(|field| field.required)
            }
            _ => None,
        };
        let Some(always) = always else {
            return Err(wrong(&format_args!("field {id} cannot stand in this block")));
        };
        if !shown.insert(id) {
            return Err(wrong(&format_args!("field {id} stands in two blocks")));
        }
        Ok(always)
    }
}

fn wrong(what: &dyn core::fmt::Display) -> Error {
    Error::unsupported("form", what)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    schema: u32,
    id: String,
    version: u32,
    title: RawWords,
    signed_by: SignedBy,
    header: String,
    footnote: String,
    #[serde(default)]
    footnote_source: Option<RawWords>,
    #[serde(default)]
    footnote_signer: Option<RawWords>,
    legal_sentence: bool,
    recipient: Presence,
    signatories: Presence,
    #[serde(default)]
    field: Vec<RawField>,
    block: Vec<RawBlock>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWords {
    kk: String,
    ru: String,
}

impl RawWords {
    fn read(self, of: &str) -> Result<Bilingual> {
        if !is_text(&self.kk) || !is_text(&self.ru) {
            return Err(wrong(&format_args!("{of}: a text is empty or cannot be seen")));
        }
        Ok(Bilingual { kk: self.kk, ru: self.ru })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    id: String,
    #[serde(rename = "type")]
    kind: RawKind,
    label: RawWords,
    #[serde(default = "yes")]
    required: bool,
    #[serde(default)]
    max: Option<usize>,
    #[serde(default)]
    max_items: Option<usize>,
    #[serde(default)]
    item: Option<ValueKind>,
    #[serde(default)]
    column: Vec<RawColumn>,
    #[serde(default)]
    count_of: Option<String>,
    #[serde(default)]
    not_before: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawKind {
    List,
    Table,
    #[serde(untagged)]
    One(ValueKind),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawColumn {
    id: String,
    #[serde(rename = "type")]
    kind: ValueKind,
    label: RawWords,
    #[serde(default = "yes")]
    required: bool,
    #[serde(default)]
    max: Option<usize>,
}

const fn yes() -> bool {
    true
}

/// `max` means something for texts alone.
fn longest(id: &str, kind: ValueKind, max: Option<usize>) -> Result<usize> {
    match (kind, max) {
        (_, None) => Ok(LONG),
        (ValueKind::Text | ValueKind::Words, Some(max)) if (1..=LONGEST).contains(&max) => Ok(max),
        (_, Some(max)) => Err(wrong(&format_args!("{id}: max = {max}"))),
    }
}

impl RawField {
    fn read(self) -> Result<FormField> {
        let id = self.id;
        if !is_id(&id) {
            return Err(wrong(&format_args!("name {id}")));
        }
        let max_items = self.max_items.unwrap_or(ITEMS);
        if !(1..=MOST_ITEMS).contains(&max_items) {
            return Err(wrong(&format_args!("{id}: max_items = {max_items}")));
        }
        let kind = match (self.kind, self.item, self.column) {
            (RawKind::One(kind), None, columns)
                if columns.is_empty() && self.max_items.is_none() =>
            {
                FieldKind::One { kind, max: longest(&id, kind, self.max)? }
            }
            (RawKind::List, Some(item), columns) if columns.is_empty() => {
                FieldKind::List { item, max: longest(&id, item, self.max)?, max_items }
            }
            (RawKind::Table, None, columns) if !columns.is_empty() && self.max.is_none() => {
                let columns = columns.into_iter().map(RawColumn::read);
                let columns = columns.collect::<Result<Vec<_>>>()?;
                let ids: BTreeSet<&str> = columns.iter().map(|column| &*column.id).collect();
                if ids.len() != columns.len() {
                    return Err(wrong(&format_args!("{id}: a column is there twice")));
                }
                FieldKind::Table { columns, max_items }
            }
            _ => return Err(wrong(&format_args!("{id}: its keys do not fit its type"))),
        };
        let label = self.label.read(&id)?;
        let not_before = self.not_before;
        Ok(FormField { id, label, required: self.required, kind, not_before })
    }

    fn count(self) -> Result<Count> {
        let id = self.id;
        let is_number = matches!(self.kind, RawKind::One(ValueKind::Number));
        let extra = self.max.is_some() || self.max_items.is_some() || self.item.is_some();
        let extra = extra || !self.column.is_empty() || self.not_before.is_some() || !self.required;
        match self.count_of {
            Some(of) if is_id(&id) && is_number && !extra => {
                Ok(Count { label: self.label.read(&id)?, id, of })
            }
            _ => Err(wrong(&format_args!("{id}: its keys do not fit its type"))),
        }
    }
}

impl RawColumn {
    fn read(self) -> Result<FormColumn> {
        if !is_id(&self.id) {
            return Err(wrong(&format_args!("name {}", self.id)));
        }
        let max = longest(&self.id, self.kind, self.max)?;
        let label = self.label.read(&self.id)?;
        Ok(FormColumn { id: self.id, label, required: self.required, kind: self.kind, max })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawBlock {
    Heading(RawWords),
    Paragraph(RawWords),
    Fields(Vec<String>),
    Table(String),
    List(String),
    Prominent(String),
    Link(String),
}

impl RawBlock {
    fn read(self) -> Result<FormBlock> {
        Ok(match self {
            Self::Heading(words) => FormBlock::Heading(words.read("heading")?),
            Self::Paragraph(words) => {
                let template = |text: &str| {
                    Template::read(text).ok_or_else(|| wrong(&format_args!("paragraph {text}")))
                };
                FormBlock::Paragraph { kk: template(&words.kk)?, ru: template(&words.ru)? }
            }
            Self::Fields(ids) if ids.is_empty() => return Err(wrong(&"fields = []")),
            Self::Fields(ids) => FormBlock::Fields(ids),
            Self::Table(id) => FormBlock::Table(id),
            Self::List(id) => FormBlock::List(id),
            Self::Prominent(id) => FormBlock::Prominent(id),
            Self::Link(id) => FormBlock::Link(id),
        })
    }
}
