//! Forms for people: which there are, and data that fill one.

use std::path::Path;

use qoltanba::{
    Lang,
    paper::{
        document::Language,
        form::{FieldKind, Form, Forms, Presence, ValueKind},
    },
};
use qoltanba_testkit::{invented_bin, invented_iin};
use serde_json::{Map, Value, json};

use super::{press::Press, sha256};
use crate::{
    exit::{Exit, Failure, Result, about},
    files,
    output::{self, Console, Pick as _, STRONG, paint},
};

/// A form, and what it was read from.
pub(super) struct Chosen {
    pub(super) form: Form,
    /// The digest of its file; none where it is built in.
    pub(super) sha256: Option<String>,
}

/// A built-in form by its name, or one of a file.
pub(super) fn read(given: &Path, lang: Lang) -> Result<Chosen> {
    let of_core = |error: &qoltanba::Error| Failure::data("form", about(given, &error.text(lang)));
    let built_in = given.to_str().filter(|name| Form::names().any(|known| known == *name));
    if let Some(name) = built_in {
        let form = Form::named(name).map_err(|error| of_core(&error))?;
        return Ok(Chosen { form, sha256: None });
    }
    let looks_like_file = given.extension().is_some() || given.components().count() > 1;
    if !looks_like_file && !given.exists() {
        let what = lang.pick(
            "мұндай нысан жоқ; тізімі: issue --list",
            "такой формы нет; список: issue --list",
            "there is no such form; they are listed by issue --list",
        );
        return Err(Failure::usage(about(given, what)));
    }
    let bytes = files::read(given, lang)?;
    let sha256 = Some(sha256(&bytes));
    let text = String::from_utf8(bytes).map_err(|_| {
        let what = lang.pick(
            "нысан UTF-8 мәтіні емес",
            "форма не является текстом UTF-8",
            "the form is no text in UTF-8",
        );
        Failure::data("form", about(given, what))
    })?;
    let form = Form::from_toml(&text).map_err(|error| of_core(&error))?;
    Ok(Chosen { form, sha256 })
}

/// Shows the forms that are built in.
pub(super) fn list(as_json: bool, lang: Lang) -> Result<Exit> {
    let forms = Forms::builtin().map_err(|error| Failure::software(error.text(lang)))?;
    let mut stdout = Console::stdout();
    for name in Form::names() {
        let Some(form) = forms.get(name) else { continue };
        if as_json {
            stdout.write(output::json_line(&json!({
                "form": name,
                "version": form.name().version,
                "title": { "kk": form.title().get(Language::Kk), "ru": form.title().get(Language::Ru) },
                "fields": form.fields().iter().map(|f| f.id()).collect::<Vec<_>>(),
            })))?;
        } else {
            let title = form.title().get(page(lang));
            let who = Press::who(form.signed_by(), lang);
            stdout.write(format!("{}\n    {title}\n    {who}\n", paint(STRONG, name)))?;
        }
    }
    Ok(Exit::Passed)
}

/// Prints data with every field of a form; what each takes goes to standard error.
pub(super) fn template(form: &Form, lang: Lang) -> Result<Exit> {
    let mut data = Map::new();
    let mut told = Vec::new();
    if form.recipient() != Presence::None {
        data.insert(
            "recipient".into(),
            json!({ "name": "ҮЛГІБАЕВ СЫНАҚБЕК МЫСАЛҰЛЫ", "iin": invented_iin(0) }),
        );
    }
    for field in form.fields() {
        data.insert(field.id().to_owned(), example(field.kind()));
        let must = if field.is_required() {
            ""
        } else {
            lang.pick(" (міндетті емес)", " (необязательно)", " (optional)")
        };
        let takes = takes(field.kind(), lang);
        told.push(format!("  {}: {}{must} — {takes}", field.id(), field.label().get(page(lang))));
    }
    if form.signatories() != Presence::None {
        let position = json!({ "kk": "Бөлім басшысы", "ru": "Начальник отдела" });
        data.insert("signatories".into(), json!([{ "position": position, "name": "ҮЛГІБАЕВ С." }]));
    }
    let text = serde_json::to_string_pretty(&Value::Object(data))
        .map_err(|error| Failure::software(error.to_string()))?;
    output::note(&told.join("\n"));
    Console::raw_stdout().write(text + "\n")?;
    Ok(Exit::Passed)
}

/// Forms speak Kazakh and Russian.
const fn page(lang: Lang) -> Language {
    match lang {
        Lang::Kk => Language::Kk,
        Lang::Ru | Lang::En => Language::Ru,
    }
}

fn takes(kind: &FieldKind, lang: Lang) -> String {
    match kind {
        FieldKind::One { kind, .. } => kind.text(lang).to_owned(),
        FieldKind::List { item, max_items, .. } => {
            let list = lang.pick("тізім", "список", "a list");
            format!("{list} ≤ {max_items}: {}", item.text(lang))
        }
        FieldKind::Table { columns, max_items } => {
            let table = lang.pick("кесте", "таблица", "a table");
            let columns: Vec<String> = columns
                .iter()
                .map(|column| format!("{} ({})", column.id(), column.kind().text(lang)))
                .collect();
            format!("{table} ≤ {max_items}: {}", columns.join(", "))
        }
        _ => String::new(),
    }
}

fn example(kind: &FieldKind) -> Value {
    match kind {
        FieldKind::One { kind, .. } => value(*kind),
        FieldKind::List { item, .. } => json!([value(*item)]),
        FieldKind::Table { columns, .. } => {
            let row: Map<String, Value> =
                columns.iter().map(|c| (c.id().to_owned(), value(c.kind()))).collect();
            json!([row])
        }
        _ => Value::Null,
    }
}

/// Invented, the numbers too.
fn value(kind: ValueKind) -> Value {
    match kind {
        ValueKind::Words => json!({ "kk": "Үлгі мәтін", "ru": "Пример текста" }),
        ValueKind::Date => json!("25.11.2026"),
        ValueKind::Time => json!("25.11.2026 17:00"),
        ValueKind::Number => json!(1),
        ValueKind::Amount => json!("12345.67"),
        ValueKind::Iin => json!(invented_iin(0)),
        ValueKind::Bin => json!(invented_bin(0)),
        _ => json!("Үлгі"),
    }
}
