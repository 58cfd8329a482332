//! The kinds of values that a form asks for, and how each is read from JSON.

use serde::Deserialize;
use serde_json::Value as Json;

use super::fault::{FaultKind, FieldFault, Wanted};
use crate::{
    paper::document::{Bilingual, Value, unfit},
    report::Lang,
};

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ValueKind {
    /// A text of one language, or of none: a name, an address, the number of a document.
    Text,
    /// The same words in both languages.
    Words,
    /// A date.
    Date,
    /// A date and a time.
    Time,
    /// A whole number.
    Number,
    /// An amount in tenge.
    Amount,
    /// The number of a person.
    Iin,
    /// The number of an organisation.
    Bin,
}

impl ValueKind {
    /// Its name in a form.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Words => "words",
            Self::Date => "date",
            Self::Time => "time",
            Self::Number => "number",
            Self::Amount => "amount",
            Self::Iin => "iin",
            Self::Bin => "bin",
        }
    }

    /// How it is to be written.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Text => lang.pick("мәтін", "текст", "a text"),
            Self::Words => lang.pick(
                "екі тілдегі мәтін: {\"kk\": …, \"ru\": …}",
                "текст на двух языках: {\"kk\": …, \"ru\": …}",
                "a text in both languages: {\"kk\": …, \"ru\": …}",
            ),
            Self::Date => lang.pick(
                "күн, мысалы 22.11.2026",
                "дата, например 22.11.2026",
                "a date, as 22.11.2026",
            ),
            Self::Time => lang.pick(
                "күн мен уақыт, мысалы 22.11.2026 14:05",
                "дата и время, например 22.11.2026 14:05",
                "a date and a time, as 22.11.2026 14:05",
            ),
            Self::Number => lang.pick("бүтін сан", "целое число", "a whole number"),
            Self::Amount => lang.pick(
                "теңгемен сома, мысалы 12345.67",
                "сумма в тенге, например 12345.67",
                "an amount in tenge, as 12345.67",
            ),
            Self::Iin => lang.pick(
                "ЖСН, тырнақшадағы 12 цифр",
                "ИИН, 12 цифр в кавычках",
                "an IIN, 12 digits in quotes",
            ),
            Self::Bin => lang.pick(
                "БСН, тырнақшадағы 12 цифр",
                "БИН, 12 цифр в кавычках",
                "a BIN, 12 digits in quotes",
            ),
        }
    }

    /// How many characters its longest value is shown in.
    pub(super) const fn longest(self, max: usize) -> usize {
        match self {
            Self::Text | Self::Words => max,
            _ => 40,
        }
    }

    /// Reads a value of this kind; none where nothing was given.
    pub(super) fn read(self, given: &Json, max: usize, at: &At<'_>) -> Reading<Option<Value>> {
        if is_absent(given) {
            return Ok(None);
        }
        if self == Self::Words {
            return words(given, max, at).map(|words| words.map(Value::Bilingual));
        }
        let not_so = || vec![at.fault(FaultKind::NotSo { wanted: Wanted::Value(self) })];
        let written = match (given, self) {
            (Json::String(text), _) => text.trim().to_owned(),
            // What JSON writes as a number; its shortest form is what was meant.
            (Json::Number(number), Self::Number | Self::Amount) => number.to_string(),
            _ => return Err(not_so()),
        };
        if self == Self::Text {
            return text(&written, max, at).map(|text| Some(Value::Text(text)));
        }
        let value = match self {
            Self::Date => written.parse().map(Value::Date).ok(),
            Self::Time => written.parse().map(Value::DateTime).ok(),
            Self::Number => written.parse().map(Value::Number).ok(),
            Self::Amount => written.parse().map(Value::Amount).ok(),
            Self::Iin => written.parse().map(Value::Iin).ok(),
            Self::Bin => written.parse().map(Value::Bin).ok(),
            Self::Text | Self::Words => None,
        };
        value.map(Some).ok_or_else(not_so)
    }
}

/// What was read, or everything that is wrong with it.
pub(super) type Reading<T> = Result<T, Vec<FieldFault>>;

/// Where something stands in what was given.
#[derive(Debug, Clone)]
pub(super) struct At<'l> {
    pub(super) path: String,
    pub(super) label: Option<&'l Bilingual>,
}

impl<'l> At<'l> {
    pub(super) fn new(path: &str, label: Option<&'l Bilingual>) -> Self {
        Self { path: path.to_owned(), label }
    }

    pub(super) fn inside(&self, name: &str) -> Self {
        Self { path: format!("{}.{name}", self.path), label: self.label }
    }

    pub(super) fn labelled<'o>(&self, name: &str, label: &'o Bilingual) -> At<'o> {
        At { path: format!("{}.{name}", self.path), label: Some(label) }
    }

    /// People count from one.
    pub(super) fn numbered(&self, number: usize) -> Self {
        Self { path: format!("{}[{number}]", self.path), label: self.label }
    }

    pub(super) fn fault(&self, kind: FaultKind) -> FieldFault {
        FieldFault { at: self.path.clone(), label: self.label.cloned(), kind }
    }
}

/// Nothing, or a text that says nothing.
pub(super) fn is_absent(given: &Json) -> bool {
    match given {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Words in both languages; each language that lacks is named.
pub(super) fn words(given: &Json, max: usize, at: &At<'_>) -> Reading<Option<Bilingual>> {
    let wanted = Wanted::Value(ValueKind::Words);
    let Some(object) = given.as_object() else {
        return Err(vec![at.fault(FaultKind::NotSo { wanted })]);
    };
    if object.values().all(is_absent) && object.keys().all(|key| key == "kk" || key == "ru") {
        return Ok(None);
    }
    let mut faults = unknown(object, &["kk", "ru"], at);
    let mut one = |name: &str| match object.get(name).filter(|text| !is_absent(text)) {
        None => {
            let wanted = Wanted::Value(ValueKind::Text);
            faults.push(at.inside(name).fault(FaultKind::Missing { wanted }));
            String::new()
        }
        Some(Json::String(given)) => text(given.trim(), max, &at.inside(name))
            .map_err(|found| faults.extend(found))
            .unwrap_or_default(),
        Some(_) => {
            let wanted = Wanted::Value(ValueKind::Text);
            faults.push(at.inside(name).fault(FaultKind::NotSo { wanted }));
            String::new()
        }
    };
    let words = Bilingual { kk: one("kk"), ru: one("ru") };
    if faults.is_empty() { Ok(Some(words)) } else { Err(faults) }
}

/// A text that can be seen and is not too long.
pub(super) fn text(text: &str, max: usize, at: &At<'_>) -> Reading<String> {
    let mut faults = Vec::new();
    if let Some(character) = unfit(text) {
        faults.push(at.fault(FaultKind::Unseen { character }));
    }
    let found = text.chars().count();
    if found > max {
        faults.push(at.fault(FaultKind::TooLong { limit: max, found }));
    }
    if faults.is_empty() { Ok(text.to_owned()) } else { Err(faults) }
}

/// A fault for each key that is none of these.
pub(super) fn unknown(
    object: &serde_json::Map<String, Json>,
    known: &[&str],
    at: &At<'_>,
) -> Vec<FieldFault> {
    let others = object.keys().filter(|key| !known.contains(&key.as_str()));
    let fault = |key: &String| {
        let near = known.iter().find(|name| is_near(name, key)).map(|name| (*name).to_owned());
        let key = crate::text::visible(&key.chars().take(80).collect::<String>());
        let path = if at.path.is_empty() { key } else { format!("{}.{key}", at.path) };
        FieldFault { at: path, label: None, kind: FaultKind::Unknown { near } }
    };
    others.map(fault).collect()
}

/// Whether two names differ by at most two letters put in, left out or changed.
fn is_near(name: &str, other: &str) -> bool {
    let (name, other): (Vec<char>, Vec<char>) =
        (name.chars().collect(), other.chars().take(80).collect());
    if name.len().abs_diff(other.len()) > 2 || name.len() < 4 {
        return false;
    }
    // The row of the Levenshtein distance.
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in name.iter().enumerate() {
        let mut next = vec![i + 1];
        for ((above, pair), b) in row.iter().skip(1).zip(row.iter()).zip(&other) {
            let left = next.last().copied().unwrap_or_default();
            next.push((above + 1).min(left + 1).min(pair + usize::from(a != b)));
        }
        row = next;
    }
    row.last().is_some_and(|distance| *distance <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_were_mistyped_are_near() {
        for (name, other, near) in [
            ("amount", "ammount", true),
            ("amount", "amuont", true),
            ("amount", "sum", false),
            ("period_from", "period_to", false),
            ("iin", "bin", false),
        ] {
            assert_eq!(is_near(name, other), near, "{name} {other}");
        }
    }
}
