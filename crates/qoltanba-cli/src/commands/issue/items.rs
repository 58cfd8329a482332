//! The data of documents: objects in files, lists, lines and folders.

use std::path::{Path, PathBuf};

use qoltanba::{Lang, paper::form::Form};
use serde_json::{Map, Value};

use super::sha256;
use crate::{
    exit::{Failure, Result, about, shown},
    files,
    output::Pick as _,
};

/// What one document is to be made of.
pub(super) struct Item {
    /// Where it stands, for people: `cards.jsonl:17`.
    pub(super) place: String,
    /// The object, or why there is none.
    pub(super) data: Result<Map<String, Value>>,
}

/// The objects of all files, and whether there may be more than one by the way they were given.
pub(super) fn read(paths: &[PathBuf], lang: Lang) -> Result<(Vec<Item>, bool)> {
    let mut all = Vec::new();
    let mut several = paths.len() > 1;
    for path in paths {
        if files::is_standard_stream(path) || !path.is_dir() {
            several |= read_file(path, &mut all, lang)?;
            continue;
        }
        several = true;
        for file in files::listed(path, lang)? {
            if file.extension().is_some_and(|ending| ending == "json" || ending == "jsonl") {
                read_file(&file, &mut all, lang)?;
            }
        }
    }
    Ok((all, several))
}

/// Reads one file; whether it is a list or has lines.
fn read_file(path: &Path, all: &mut Vec<Item>, lang: Lang) -> Result<bool> {
    let bytes = files::read(path, lang)?;
    let name = shown(path);
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    match serde_json::from_slice(bytes) {
        Ok(Value::Array(list)) => {
            for (number, value) in list.into_iter().enumerate() {
                all.push(Item::of(format!("{name}[{}]", number + 1), Ok(value), lang));
            }
            Ok(true)
        }
        Ok(value) => {
            all.push(Item::of(name, Ok(value), lang));
            Ok(false)
        }
        Err(error) => {
            let Ok(text) = str::from_utf8(bytes) else {
                return Err(Failure::data("parse", about(path, not_json(lang))));
            };
            let lines: Vec<_> =
                text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).collect();
            // A single object that goes over several lines is no list of lines.
            let by_line = lines.iter().any(|(_, l)| serde_json::from_str::<Value>(l).is_ok());
            if lines.len() < 2 || !by_line {
                let what = format!("{}: {error}", not_json(lang));
                all.push(Item { place: name, data: Err(Failure::data("parse", what)) });
                return Ok(false);
            }
            for (number, line) in lines {
                let place = format!("{name}:{}", number + 1);
                all.push(Item::of(place, serde_json::from_str(line), lang));
            }
            Ok(true)
        }
    }
}

impl Item {
    fn of(place: String, value: serde_json::Result<Value>, lang: Lang) -> Self {
        let data = match value {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Failure::data("parse", not_json(lang))),
            Err(error) => Err(Failure::data("parse", format!("{}: {error}", not_json(lang)))),
        };
        Self { place, data }
    }

    /// What the data are known by: those of one document, whatever is changed around them.
    pub(super) fn digest(form: &Form, data: &Map<String, Value>) -> String {
        let name = form.name();
        let data = ordered(&Value::Object(data.clone()));
        let text = format!("{}\0{}\0{data}", name.id, name.version);
        sha256(text.as_bytes())
    }
}

/// The same data in one order of their names.
fn ordered(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut names: Vec<_> = object.iter().collect();
            names.sort_by_key(|(name, _)| *name);
            names.into_iter().map(|(name, value)| (name.clone(), ordered(value))).collect()
        }
        Value::Array(list) => list.iter().map(ordered).collect(),
        other => other.clone(),
    }
}

fn not_json(lang: Lang) -> &'static str {
    lang.pick(
        "құжаттың деректері JSON объектісі болуы керек",
        "данные документа должны быть объектом JSON",
        "the data of a document must be a JSON object",
    )
}
