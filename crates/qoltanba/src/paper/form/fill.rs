//! A document out of a form and what was given for it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{
    FieldKind, Form, FormBlock, FormColumn, FormField, Presence,
    fault::{FaultKind, FieldFault, Wanted},
    kind::{At, Reading, ValueKind, is_absent, text, unknown, words},
    read::{APPEAL, NAME_CHARS, RECIPIENT, SIGNATORIES},
};
use crate::paper::{
    document::{
        Bilingual, Block, Column, Date, Field, Issuer, Language, LegalBasis, List, LocalTime,
        OutputDocument, Recipient, Signatory, Table, UniqueNumber, Value,
    },
    law::{Law, LegalKind, LegalText},
};

/// Those who stand under one document.
const MOST_SIGNATORIES: usize = 20;

/// What is the same for whatever is issued: by whom, when, under which number and law.
#[derive(Debug, Clone)]
pub struct Issue<'a> {
    /// The document's number.
    pub number: UniqueNumber,
    /// When it is issued; the law of that day stands on it.
    pub issued: LocalTime,
    /// The provider.
    pub issuer: Issuer,
    /// The texts of law.
    pub law: &'a Law,
    /// The line beside the logo in another variant than the form's: `provider` for one whose
    /// system is none of the e-government.
    pub header: Option<&'a str>,
}

/// What was given for one field.
enum Given {
    One(Value),
    List(Vec<Value>),
    Table(Vec<Vec<Value>>),
}

impl Form {
    /// Makes a document of what was given. Its page says nothing else.
    ///
    /// # Errors
    /// Everything that is wrong with what was given: fields that are missing, malformed, too long
    /// or not of the form, and texts of law that are not in force.
    pub fn fill(&self, given: &Json, issue: &Issue<'_>) -> Result<OutputDocument, Vec<FieldFault>> {
        let all = At::new("", None);
        let Some(given) = given.as_object() else {
            return Err(vec![all.fault(FaultKind::NotSo { wanted: Wanted::Object })]);
        };
        let mut faults = unknown(given, &self.known(), &all);
        let recipient = keep(self.read_recipient(given), &mut faults).flatten();
        let mut values = BTreeMap::new();
        for field in &self.fields {
            let value = given.get(&field.id).unwrap_or(&Json::Null);
            if let Some(value) = keep(field.read(value), &mut faults) {
                values.insert(field.id.as_str(), value);
            }
        }
        self.check_days(&values, &mut faults);
        for count in &self.counts {
            let counted = match values.get(count.of.as_str()) {
                Some(Given::List(items)) => items.len(),
                Some(Given::Table(rows)) => rows.len(),
                _ => continue,
            };
            let counted = i64::try_from(counted).unwrap_or(i64::MAX);
            values.insert(count.id.as_str(), Given::One(Value::Number(counted)));
        }
        let signatories = keep(self.read_signatories(given), &mut faults);
        check_issuer(&issue.issuer, &mut faults);
        let legal = keep(self.legal(issue), &mut faults);
        let (Some(legal), true) = (legal, faults.is_empty()) else { return Err(faults) };
        let (recipient_of, appeal) = (recipient.as_ref(), legal.appeal);
        let page = Page { form: self, issue, recipient: recipient_of, appeal, values };
        Ok(OutputDocument {
            form: self.name.clone(),
            look: OutputDocument::LOOK,
            number: issue.number.clone(),
            issued: issue.issued,
            header: legal.header,
            title: self.title.clone(),
            issuer: issue.issuer.clone(),
            blocks: page.blocks(),
            recipient,
            signatories: signatories.unwrap_or_default(),
            legal_basis: legal.basis,
            footnote: legal.footnote,
        })
    }

    /// What comes after something else is not before it.
    fn check_days(&self, values: &BTreeMap<&str, Given>, faults: &mut Vec<FieldFault>) {
        for field in &self.fields {
            let Some(first) = field.not_before.as_deref().and_then(|id| self.field(id)) else {
                continue;
            };
            let (Some(Given::One(day)), Some(Given::One(other))) =
                (values.get(field.id.as_str()), values.get(first.id.as_str()))
            else {
                continue;
            };
            if is_before(day, other) {
                let (other, label) = (first.id.clone(), first.label.clone());
                let at = At::new(&field.id, Some(&field.label));
                faults.push(at.fault(FaultKind::Before { other, label }));
            }
        }
    }

    fn known(&self) -> Vec<&str> {
        let recipient = (self.recipient != Presence::None).then_some(RECIPIENT);
        let signatories = (self.signatories != Presence::None).then_some(SIGNATORIES);
        let fields = self.fields.iter().map(|field| field.id.as_str());
        fields.chain(recipient).chain(signatories).collect()
    }

    fn read_recipient(&self, given: &Map<String, Json>) -> Reading<Option<Recipient>> {
        let at = At::new(RECIPIENT, None);
        let given = given.get(RECIPIENT).filter(|given| !is_absent(given));
        let wanted = Wanted::Recipient;
        let object = match (given, self.recipient) {
            (_, Presence::None) | (None, Presence::Optional) => return Ok(None),
            (None, Presence::Required) => {
                return Err(vec![at.fault(FaultKind::Missing { wanted })]);
            }
            (Some(Json::Object(object)), _) => object,
            (Some(_), _) => return Err(vec![at.fault(FaultKind::NotSo { wanted })]),
        };
        let mut faults = unknown(object, &["name", "iin", "bin"], &at);
        let mut part = |name: &str, kind: ValueKind| {
            let given = object.get(name).unwrap_or(&Json::Null);
            keep(kind.read(given, NAME_CHARS, &at.inside(name)), &mut faults).flatten()
        };
        let iin = part("iin", ValueKind::Iin);
        let bin = part("bin", ValueKind::Bin);
        let name = keep(required_name(object, &at), &mut faults);
        let (Some(name), true) = (name, faults.is_empty()) else { return Err(faults) };
        let iin = iin.and_then(|value| if let Value::Iin(iin) = value { Some(iin) } else { None });
        let bin = bin.and_then(|value| if let Value::Bin(bin) = value { Some(bin) } else { None });
        Ok(Some(Recipient { name, iin, bin }))
    }

    fn read_signatories(&self, given: &Map<String, Json>) -> Reading<Vec<Signatory>> {
        let at = At::new(SIGNATORIES, None);
        let given = given.get(SIGNATORIES).filter(|given| !is_absent(given));
        let wanted = Wanted::Signatories;
        let items = match (given, self.signatories) {
            (_, Presence::None) | (None, Presence::Optional) => return Ok(Vec::new()),
            (Some(Json::Array(items)), presence) => {
                if items.is_empty() && presence == Presence::Required {
                    return Err(vec![at.fault(FaultKind::Missing { wanted })]);
                }
                items
            }
            (None, Presence::Required) => {
                return Err(vec![at.fault(FaultKind::Missing { wanted })]);
            }
            (Some(_), _) => return Err(vec![at.fault(FaultKind::NotSo { wanted })]),
        };
        each(items, MOST_SIGNATORIES, &at, |item, at| {
            let Json::Object(object) = item else {
                return Err(vec![at.fault(FaultKind::NotSo { wanted })]);
            };
            let mut faults = unknown(object, &["position", "name"], at);
            let position = at.inside("position");
            let given = object.get("position").unwrap_or(&Json::Null);
            let read = required(words_or_none(given, &position), ValueKind::Words, &position);
            let position = keep(read, &mut faults);
            let name = keep(required_name(object, at), &mut faults);
            match (position, name) {
                (Some(position), Some(name)) if faults.is_empty() => {
                    Ok(Signatory { position, name })
                }
                _ => Err(faults),
            }
        })
    }

    fn legal(&self, issue: &Issue<'_>) -> Reading<Legal> {
        let day = issue.issued.date().map_err(|_| {
            let wanted = Wanted::Value(ValueKind::Time);
            vec![At::new("issued", None).fault(FaultKind::NotSo { wanted })]
        })?;
        let mut faults = Vec::new();
        let mut find = |kind: LegalKind<'_>| {
            let found = issue.law.find(kind, day);
            if found.is_none() {
                let at = match kind {
                    LegalKind::Basis => "basis".to_owned(),
                    LegalKind::Header(variant) => format!("header.{variant}"),
                    LegalKind::Footnote(variant) => format!("footnote.{variant}"),
                    LegalKind::Appeal => APPEAL.to_owned(),
                    LegalKind::Act(number) => format!("act.{number}"),
                };
                faults.push(At::new(&at, None).fault(FaultKind::NoLegalText));
            }
            found
        };
        let header = find(LegalKind::Header(issue.header.unwrap_or(&self.header)));
        let footnote = find(LegalKind::Footnote(&self.footnote));
        let basis = if self.legal_sentence { find(LegalKind::Basis) } else { None };
        let appeal = if self.has_appeal() { find(LegalKind::Appeal) } else { None };
        let (Some(header), Some(footnote), true) = (header, footnote, faults.is_empty()) else {
            return Err(faults);
        };
        let sentence = |text: &LegalText| LegalBasis {
            id: text.id().to_owned(),
            sentence: text.words().clone(),
        };
        Ok(Legal {
            header: header.words().clone(),
            footnote: issue.law.footnote(footnote, &self.footnote_parts),
            basis: basis.map(sentence),
            appeal: appeal.map(|text| text.words().clone()),
        })
    }
}

struct Legal {
    header: Bilingual,
    footnote: Bilingual,
    basis: Option<LegalBasis>,
    appeal: Option<Bilingual>,
}

/// Whether a day or a moment comes before another; of a day and a moment the days are compared.
fn is_before(value: &Value, other: &Value) -> bool {
    if let (Value::DateTime(value), Value::DateTime(other)) = (value, other) {
        return value < other;
    }
    let day = |value: &Value| match value {
        Value::Date(date) => Some(*date),
        Value::DateTime(time) => time.date().ok(),
        _ => None,
    };
    day(value).zip(day(other)).is_some_and(|(value, other)| value < other)
}

impl FormField {
    /// What was given for the field; none where nothing was and nothing has to be.
    fn read(&self, given: &Json) -> Reading<Given> {
        let at = At::new(&self.id, Some(&self.label));
        if is_absent(given) || given.as_array().is_some_and(Vec::is_empty) {
            return if self.required {
                Err(vec![at.fault(FaultKind::Missing { wanted: self.wanted() })])
            } else {
                Err(Vec::new())
            };
        }
        match &self.kind {
            FieldKind::One { kind, max } => {
                let value = kind.read(given, *max, &at);
                if self.required {
                    required(value, *kind, &at).map(Given::One)
                } else {
                    value?.map(Given::One).ok_or_else(Vec::new)
                }
            }
            FieldKind::List { item, max, max_items } => {
                let items = self.array(given, &at)?;
                let read =
                    |given: &Json, at: &At<'_>| required(item.read(given, *max, at), *item, at);
                each(items, *max_items, &at, read).map(Given::List)
            }
            FieldKind::Table { columns, max_items } => {
                let rows = self.array(given, &at)?;
                each(rows, *max_items, &at, |given, at| row(given, columns, at)).map(Given::Table)
            }
        }
    }

    fn array<'g>(&self, given: &'g Json, at: &At<'_>) -> Reading<&'g Vec<Json>> {
        given.as_array().ok_or_else(|| vec![at.fault(FaultKind::NotSo { wanted: self.wanted() })])
    }

    const fn wanted(&self) -> Wanted {
        match self.kind {
            FieldKind::One { kind, .. } => Wanted::Value(kind),
            FieldKind::List { item, .. } => Wanted::List(item),
            FieldKind::Table { .. } => Wanted::Table,
        }
    }
}

fn row(given: &Json, columns: &[FormColumn], at: &At<'_>) -> Reading<Vec<Value>> {
    let Json::Object(object) = given else {
        return Err(vec![at.fault(FaultKind::NotSo { wanted: Wanted::Table })]);
    };
    let known: Vec<&str> = columns.iter().map(|column| column.id.as_str()).collect();
    let mut faults = unknown(object, &known, at);
    let mut cells = Vec::new();
    for column in columns {
        let at = at.labelled(&column.id, &column.label);
        let read = column.kind.read(object.get(&column.id).unwrap_or(&Json::Null), column.max, &at);
        let read = if column.required {
            required(read, column.kind, &at)
        } else {
            read.map(|value| value.unwrap_or(Value::Text(String::new())))
        };
        cells.extend(keep(read, &mut faults));
    }
    if faults.is_empty() { Ok(cells) } else { Err(faults) }
}

/// Reads every item and collects what is wrong with all of them.
fn each<T>(
    items: &[Json],
    limit: usize,
    at: &At<'_>,
    read: impl Fn(&Json, &At<'_>) -> Reading<T>,
) -> Reading<Vec<T>> {
    if items.len() > limit {
        return Err(vec![at.fault(FaultKind::TooMany { limit, found: items.len() })]);
    }
    let mut faults = Vec::new();
    let mut all = Vec::new();
    for (item, number) in items.iter().zip(1..) {
        all.extend(keep(read(item, &at.numbered(number)), &mut faults));
    }
    if faults.is_empty() { Ok(all) } else { Err(faults) }
}

fn keep<T>(read: Reading<T>, faults: &mut Vec<FieldFault>) -> Option<T> {
    read.map_err(|found| faults.extend(found)).ok()
}

fn required<T>(read: Reading<Option<T>>, kind: ValueKind, at: &At<'_>) -> Reading<T> {
    let missing = || vec![at.fault(FaultKind::Missing { wanted: Wanted::Value(kind) })];
    read?.ok_or_else(missing)
}

fn required_name(object: &Map<String, Json>, at: &At<'_>) -> Reading<String> {
    let at = at.inside("name");
    let given = object.get("name").unwrap_or(&Json::Null);
    match required(ValueKind::Text.read(given, NAME_CHARS, &at), ValueKind::Text, &at)? {
        Value::Text(name) => Ok(name),
        _ => Err(Vec::new()),
    }
}

fn words_or_none(given: &Json, at: &At<'_>) -> Reading<Option<Bilingual>> {
    if is_absent(given) { Ok(None) } else { words(given, NAME_CHARS, at) }
}

fn check_issuer(issuer: &Issuer, faults: &mut Vec<FieldFault>) {
    for language in Language::BOTH {
        let at = At::new("issuer", None).inside(language.code());
        let name = issuer.name.get(language);
        if name.trim() != name || name.is_empty() {
            let wanted = Wanted::Value(ValueKind::Text);
            faults.push(at.fault(FaultKind::Missing { wanted }));
        }
        keep(text(name, NAME_CHARS, &at), faults);
    }
}

/// The page being laid out.
struct Page<'f> {
    form: &'f Form,
    issue: &'f Issue<'f>,
    recipient: Option<&'f Recipient>,
    appeal: Option<Bilingual>,
    values: BTreeMap<&'f str, Given>,
}

impl Page<'_> {
    fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        // A heading stands when something below it does.
        let mut heading = None;
        for block in &self.form.blocks {
            if let FormBlock::Heading(words) = block {
                heading = Some(Block::Heading(words.clone()));
            } else if let Some(block) = self.block(block) {
                blocks.extend(heading.take());
                blocks.push(block);
            }
        }
        blocks
    }

    fn block(&self, block: &FormBlock) -> Option<Block> {
        match block {
            FormBlock::Heading(_) => None,
            FormBlock::Paragraph { kk, ru } => Some(Block::Paragraph(Bilingual {
                kk: kk.fill(|place| self.place(place, Language::Kk))?,
                ru: ru.fill(|place| self.place(place, Language::Ru))?,
            })),
            FormBlock::Fields(ids) => {
                let fields: Vec<Field> = ids.iter().filter_map(|id| self.field(id)).collect();
                (!fields.is_empty()).then_some(Block::Fields(fields))
            }
            FormBlock::Prominent(id) => self.field(id).map(Block::Prominent),
            FormBlock::Link(id) => self.field(id).map(Block::Link),
            FormBlock::List(id) => match self.value(id)? {
                (field, Given::List(items)) => Some(Block::List(List {
                    id: field.id.clone(),
                    label: field.label.clone(),
                    items: items.clone(),
                })),
                _ => None,
            },
            FormBlock::Table(id) => match self.value(id)? {
                (field, Given::Table(rows)) => Some(Block::Table(table(field, rows))),
                _ => None,
            },
        }
    }

    fn value(&self, id: &str) -> Option<(&FormField, &Given)> {
        Some((self.form.field(id)?, self.values.get(id)?))
    }

    fn field(&self, id: &str) -> Option<Field> {
        let label = self.form.label(id)?;
        match self.values.get(id)? {
            Given::One(value) => {
                Some(Field { id: id.to_owned(), label: label.clone(), value: value.clone() })
            }
            _ => None,
        }
    }

    fn place(&self, place: &str, language: Language) -> Option<String> {
        match (place, self.values.get(place)) {
            (_, Some(Given::One(value))) => Some(value.show(language)),
            (RECIPIENT, None) => self.recipient.map(|recipient| recipient.name.clone()),
            ("issuer", None) => Some(self.issue.issuer.name.get(language).to_owned()),
            (APPEAL, None) => self.appeal.as_ref().map(|words| words.get(language).to_owned()),
            ("number", None) => Some(self.issue.number.to_string()),
            ("issued", None) => self.issue.issued.date().ok().as_ref().map(Date::to_string),
            _ => None,
        }
    }
}

fn table(field: &FormField, rows: &[Vec<Value>]) -> Table {
    let columns = match &field.kind {
        FieldKind::Table { columns, .. } => columns.as_slice(),
        _ => &[],
    };
    let column =
        |column: &FormColumn| Column { id: column.id.clone(), label: column.label.clone() };
    Table {
        id: field.id.clone(),
        caption: Some(field.label.clone()),
        columns: columns.iter().map(column).collect(),
        rows: rows.to_vec(),
    }
}
