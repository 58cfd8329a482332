//! Forms and the law on them: every form that is built in is filled, everything that is wrong with
//! what is given is named at once, and a form that makes no sense is refused.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod legal;
#[path = "../common/message.rs"]
mod message;
mod small;

use std::{collections::BTreeSet, fs, path::PathBuf};

use message::{at, mint};
use qoltanba::{
    Lang,
    algorithm::SignatureAlgorithm,
    paper::{
        BarcodeSet,
        document::{Bilingual, Block, Issuer, Language, OutputDocument, UniqueNumber, Value},
        form::{
            FaultKind, FieldFault, FieldKind, Form, Forms, Issue, Presence, SignedBy, ValueKind,
        },
        law::Law,
    },
    sign::XmlSigner,
    xmldsig::XmlLimits,
};
use qoltanba_testkit::SeededRng;
use serde_json::{Value as Json, json};

/// A form of one's own.
const SMALL: &str = r#"
schema = 1
id = "small"
version = 1
title = { kk = "Хабарлама", ru = "Уведомление" }
signed_by = "system"
header = "system"
footnote = "provider"
legal_sentence = true
recipient = "optional"
signatories = "none"
[[field]]
id = "a"
type = "text"
label = { kk = "А", ru = "А" }
max = 10
[[field]]
id = "b"
type = "list"
item = "text"
label = { kk = "Ә", ru = "Б" }
required = false
[[block]]
heading = { kk = "Бөлім", ru = "Раздел" }
[[block]]
paragraph = { kk = "{a} және {issuer}", ru = "{a} и {issuer}" }
[[block]]
heading = { kk = "Тізім", ru = "Список" }
[[block]]
list = "b"
"#;

fn law() -> &'static Law {
    static LAW: std::sync::OnceLock<Law> = std::sync::OnceLock::new();
    LAW.get_or_init(|| Law::builtin().unwrap())
}

fn issue_at(issued: &str) -> Issue<'static> {
    Issue {
        number: UniqueNumber::generate(&mut SeededRng::new(9)),
        issued: issued.parse().unwrap(),
        issuer: Issuer {
            name: Bilingual::new(
                "Сынақ ауданының жұмыспен қамту және әлеуметтік бағдарламалар бөлімі",
                "Отдел занятости и социальных программ Пробного района",
            ),
            bin: "450140000005".parse().unwrap(),
        },
        law: law(),
        header: None,
    }
}

fn issue() -> Issue<'static> {
    issue_at("22.11.2026 14:05")
}

/// What is given for a form, from `test-vectors/paper`.
fn given(id: &str, how: &str) -> Json {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors/paper");
    serde_json::from_slice(&fs::read(folder.join(format!("{id}.{how}.json"))).unwrap()).unwrap()
}

fn form(id: &str) -> Form {
    Form::named(id).unwrap()
}

fn named(faults: &[FieldFault]) -> Vec<&str> {
    faults.iter().map(FieldFault::at).collect()
}

#[test]
fn every_form_is_filled_and_its_document_is_written() {
    for form in Forms::builtin().unwrap().iter() {
        let id = &form.name().id;
        for how in ["minimal", "full"] {
            let document = form
                .fill(&given(id, how), &issue())
                .unwrap_or_else(|faults| panic!("{id} {how}: {faults:#?}"));
            let xml = document.to_xml().unwrap_or_else(|error| panic!("{id} {how}: {error}"));
            let read = OutputDocument::read(&xml, &XmlLimits::default()).unwrap();
            assert_eq!(read.as_ref(), Some(&document), "{id} {how}");
            assert_eq!(document.remarks(), [], "{id} {how}");
            let text = String::from_utf8(xml).unwrap();
            assert!(!text.contains(['{', '}']), "{id} {how}");
        }
        // The full example has everything that the form knows.
        let full = given(id, "full");
        for field in form.fields() {
            assert!(full.get(field.id()).is_some(), "{id}: {}", field.id());
        }
        assert_eq!(full.get("recipient").is_some(), form.recipient() != Presence::None, "{id}");
        let signed_by = (form.signatories() != Presence::None, full.get("signatories").is_some());
        assert_eq!(signed_by.0, signed_by.1, "{id}");
    }
    assert_eq!(Form::names().count(), 14);
}

/// What is printed beside the text: a certificate and a signature take three barcodes.
#[test]
fn a_short_notice_takes_at_most_five_barcodes() {
    let mint = mint(SignatureAlgorithm::Gost2015_512);
    let certificate = mint.signer_certificate().unwrap();
    let signer = XmlSigner::new(&*mint.signer.key, &certificate).unwrap().compact(true);
    for id in Form::names() {
        let count = |how: &str| {
            let document = form(id).fill(&given(id, how), &issue()).unwrap();
            let xml = document.to_xml().unwrap();
            let signed = signer.sign(&xml, &mut SeededRng::new(3)).unwrap();
            let count = BarcodeSet::write(&signed, document.number.as_str(), at()).unwrap().len();
            println!("{id:20} {how:8} {:6} {:6} {count:3}", xml.len(), signed.len());
            count
        };
        // A refusal says why, on what ground, and how it is appealed; a receipt lists.
        let says_more = id == "receipt" || id.contains("refusal");
        assert!(count("minimal") <= if says_more { 6 } else { 5 }, "{id}");
        assert!(count("full") <= 8, "{id}");
    }
}

#[test]
fn what_is_required_is_named_when_it_is_missing() {
    for id in Form::names() {
        let form = form(id);
        let minimal = given(id, "minimal");
        for key in minimal.as_object().unwrap().keys() {
            for nothing in [None, Some(json!(null)), Some(json!("  ")), Some(json!([]))] {
                let mut without = minimal.clone();
                let object = without.as_object_mut().unwrap();
                object.shift_remove(key);
                let is_list = nothing == Some(json!([]));
                if let Some(nothing) = nothing {
                    object.insert(key.clone(), nothing);
                }
                let faults = form.fill(&without, &issue()).unwrap_err();
                assert_eq!(named(&faults), [key.as_str()], "{id}");
                assert!(
                    matches!(faults[0].kind(), FaultKind::Missing { .. })
                        || (is_list && matches!(faults[0].kind(), FaultKind::NotSo { .. })),
                    "{id}: {faults:?}"
                );
                for lang in [Lang::Kk, Lang::Ru, Lang::En] {
                    assert!(faults[0].text(lang).contains(key), "{id} {key}");
                }
            }
        }
        // All at once, in the order of the form.
        let faults = form.fill(&json!({}), &issue()).unwrap_err();
        let missing: BTreeSet<&str> = named(&faults).into_iter().collect();
        let wanted: BTreeSet<&str> = minimal.as_object().unwrap().keys().map(|k| &**k).collect();
        assert_eq!(missing, wanted, "{id}");
    }
}

/// The issuer stands on every page, and in every paragraph that names it.
#[test]
fn an_issuer_without_a_name_issues_nothing() {
    for (kk, ru, faulty) in [
        ("", "Акимат", &["issuer.kk"][..]),
        ("Әкімдік", " Акимат", &["issuer.ru"]),
        ("Әкім\u{202e}дік", &"я".repeat(301), &["issuer.kk", "issuer.ru"]),
    ] {
        let issuer = Issuer { name: Bilingual::new(kk, ru), ..issue().issuer };
        let issue = Issue { issuer, ..issue() };
        let faults = form("ticket").fill(&given("ticket", "minimal"), &issue).unwrap_err();
        assert_eq!(named(&faults), faulty);
    }
}

/// What no field of the kind takes.
fn malformed(kind: ValueKind) -> Vec<Json> {
    let mut all = vec![json!(true), json!({ "x": 1 }), json!([1])];
    all.extend(match kind {
        ValueKind::Text => {
            vec![json!(17), json!("a\u{202e}b"), json!("a\nb"), json!("я".repeat(5001))]
        }
        ValueKind::Words => vec![
            json!("only one"),
            json!({ "kk": "бір" }),
            json!({ "kk": "бір", "ru": "" }),
            json!({ "kk": "бір", "ru": "один", "en": "one" }),
            json!({ "kk": "бір", "ru": 1 }),
            json!({ "kk": "бір", "ru": "o\u{ad}ne" }),
        ],
        ValueKind::Date => vec![json!("31.11.2026"), json!("2026-2-1"), json!(20_261_122)],
        ValueKind::Time => vec![json!("22.11.2026"), json!("22.11.2026 25:00"), json!(0)],
        ValueKind::Number => {
            vec![json!(1.5), json!("1.5"), json!("x"), json!(9_223_372_036_854_775_808_u64)]
        }
        ValueKind::Amount => vec![json!(1.505), json!("1,505"), json!("x"), json!(1e30)],
        ValueKind::Iin | ValueKind::Bin => {
            vec![json!(920_101_100_008_u64), json!("92010110000"), json!("9201011000O8")]
        }
        other => panic!("{other:?}"),
    });
    all
}

#[test]
fn what_is_malformed_is_named_where_it_stands() {
    for id in Form::names() {
        let form = form(id);
        let full = given(id, "full");
        let refused = |changed: &Json, at: &str| {
            let faults = form.fill(changed, &issue()).unwrap_err();
            assert!(
                !faults.is_empty() && faults.iter().all(|f| f.at().starts_with(at)),
                "{id}: {faults:?}"
            );
            faults.iter().for_each(|fault| assert!(!fault.text(Lang::Kk).is_empty()));
        };
        for field in form.fields() {
            let with = |path: &[&dyn serde_json::value::Index], value: Json| {
                let mut changed = full.clone();
                let place = path.iter().fold(&mut changed, |at, step| &mut at[*step]);
                *place = value;
                changed
            };
            let name = field.id();
            match field.kind() {
                FieldKind::One { kind, max } => {
                    for bad in malformed(*kind) {
                        refused(&with(&[&name], bad), name);
                    }
                    if *kind == ValueKind::Text {
                        assert!(
                            form.fill(&with(&[&name], json!("я".repeat(*max))), &issue()).is_ok()
                        );
                        refused(&with(&[&name], json!("я".repeat(max + 1))), name);
                    }
                }
                FieldKind::List { item, max_items, .. } => {
                    for bad in malformed(*item).into_iter().chain([json!(null)]) {
                        refused(&with(&[&name, &1], bad), &format!("{name}[2]"));
                    }
                    let many = vec![full[name][0].clone(); max_items + 1];
                    refused(&with(&[&name], json!(many)), name);
                    refused(&with(&[&name], json!("one")), name);
                }
                FieldKind::Table { columns, max_items } => {
                    for column in columns {
                        for bad in malformed(column.kind()) {
                            let path = format!("{name}[1].{}", column.id());
                            refused(&with(&[&name, &0, &column.id()], bad), &path);
                        }
                    }
                    refused(&with(&[&name, &0, &"extra"], json!(1)), &format!("{name}[1].extra"));
                    refused(&with(&[&name, &0], json!([1])), &format!("{name}[1]"));
                    let many = vec![full[name][0].clone(); max_items + 1];
                    refused(&with(&[&name], json!(many)), name);
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn all_faults_are_named_in_one_go() {
    let given = json!({
        "recipient": { "name": "", "iin": "1", "email": "a@example.invalid" },
        "service": { "kk": "Қызмет" },
        "reslut": {},
        "amount": "много",
        "period_from": "2026-02-30",
        "payments": [{ "number": 1, "quarter": 1, "year": 2026, "amount": 5 }, { "number": "x", "yaer": 1 }],
        "signatories": [{ "position": "Басшы" }],
    });
    let faults = form("result-notice").fill(&given, &issue()).unwrap_err();
    assert_eq!(
        named(&faults),
        [
            "reslut",
            "recipient.email",
            "recipient.iin",
            "recipient.name",
            "service.ru",
            "result",
            "amount",
            "period_from",
            "payments[2].yaer",
            "payments[2].number",
            "payments[2].quarter",
            "payments[2].year",
            "payments[2].amount",
            "signatories[1].position",
            "signatories[1].name",
        ]
    );
    assert_eq!(
        faults[0].text(Lang::En),
        "reslut: the form has no such field; perhaps result was meant"
    );
    assert_eq!(
        faults[6].text(Lang::Ru),
        "«Размер выплаты» (amount): записано неверно; нужно: сумма в тенге, например 12345.67"
    );
    assert_eq!(
        faults[5].text(Lang::Kk),
        "«Нәтижесі» (result): толтырылмаған; керегі: екі тілдегі мәтін: {\"kk\": …, \"ru\": …}"
    );
    for other in [json!([]), json!(null), json!("x")] {
        assert_eq!(form("ticket").fill(&other, &issue()).unwrap_err().len(), 1);
    }
}

#[test]
fn values_and_places_are_those_that_were_given() {
    let document = form("result-notice").fill(&given("result-notice", "full"), &issue()).unwrap();
    let paragraph = document.blocks.iter().find_map(|block| match block {
        Block::Paragraph(words) => Some(words),
        _ => None,
    });
    let name = &document.recipient.as_ref().unwrap().name;
    assert_eq!(paragraph.unwrap().kk, format!("Құрметті {name}!"));
    let fields = document.blocks.iter().find_map(|block| match block {
        Block::Fields(fields) => Some(fields),
        _ => None,
    });
    let amount = fields.unwrap().iter().find(|field| field.id == "amount").unwrap();
    assert_eq!(amount.value.show(Language::Ru), "1\u{a0}234\u{a0}567,89\u{a0}₸");
    // A paragraph on what was not given does not stand.
    let minimal = form("result-notice").fill(&given("result-notice", "minimal"), &issue()).unwrap();
    assert_eq!(minimal.blocks.len(), 3);
    // A cell that was not given is empty, and keeps its column.
    let refusal = form("data-refusal").fill(&given("data-refusal", "full"), &issue()).unwrap();
    let table = refusal.blocks.iter().find_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    assert_eq!(table.unwrap().rows[0][2], Value::Text(String::new()));
}

#[test]
fn documents_are_counted_and_days_are_in_order() {
    let receipt = form("receipt");
    assert!(receipt.fields().iter().all(|field| field.id() != "documents_count"));
    let mut data = given("receipt", "minimal");
    let count = |document: &OutputDocument| {
        let fields = document.blocks.iter().filter_map(|block| match block {
            Block::Fields(fields) => Some(fields),
            _ => None,
        });
        let found = fields.flatten().find(|field| field.id == "documents_count");
        found.map(|field| field.value.clone())
    };
    assert_eq!(count(&receipt.fill(&data, &issue()).unwrap()), Some(Value::Number(2)));
    data["documents"].as_array_mut().unwrap().push(json!("Анықтама"));
    assert_eq!(count(&receipt.fill(&data, &issue()).unwrap()), Some(Value::Number(3)));
    data["documents_count"] = json!(2);
    assert_eq!(named(&receipt.fill(&data, &issue()).unwrap_err()), ["documents_count"]);
    data.as_object_mut().unwrap().shift_remove("documents_count");

    // The day of acceptance itself is not before it; in UTC it is another day.
    data["accepted_at"] = json!("2026-12-02T23:30:00+05:00");
    data["result_date"] = json!("2026-12-02");
    assert!(receipt.fill(&data, &issue()).is_ok());
    data["result_date"] = json!("2026-12-01");
    let faults = receipt.fill(&data, &issue()).unwrap_err();
    assert_eq!(named(&faults), ["result_date"]);
    assert_eq!(
        faults[0].text(Lang::Ru),
        "«Дата выдачи результата» (result_date): раньше, чем «Дата и время приёма» (accepted_at); проверьте даты"
    );
    assert!(faults[0].text(Lang::Kk).contains("«Қабылданған күні мен уақыты» (accepted_at)"));

    // Of two moments of one day the time decides.
    let times =
        SMALL.replacen("type = \"text\"", "type = \"time\"", 1).replacen("max = 10\n", "", 1);
    let times = times.replacen(
        "type = \"list\"\nitem = \"text\"",
        "type = \"time\"\nnot_before = \"a\"",
        1,
    );
    let times = Form::from_toml(&times.replacen("list = \"b\"", "fields = [\"b\"]", 1)).unwrap();
    let fill = |a: &str, b: &str| {
        let day = |time: &str| format!("2026-12-02T{time}+05:00");
        times.fill(&json!({ "a": day(a), "b": day(b) }), &issue())
    };
    assert!(fill("09:30:00", "09:30:00").is_ok() && fill("09:30:00", "18:00:00").is_ok());
    assert_eq!(named(&fill("09:30:00", "09:29:00").unwrap_err()), ["b"]);

    let counted = format!(
        "{SMALL}\n[[block]]\nfields = [\"n\"]\n[[field]]\nid = \"n\"\ntype = \"number\"\ncount_of = \"b\"\nlabel = {{ kk = \"Саны\", ru = \"Число\" }}\n"
    );
    let small = Form::from_toml(&counted).unwrap();
    assert_eq!(small.fill(&json!({ "a": "x" }), &issue()).unwrap().blocks.len(), 2);
    for (from, to) in [
        ("count_of = \"b\"", "count_of = \"a\""),
        ("count_of = \"b\"", "count_of = \"n\""),
        ("count_of = \"b\"", "count_of = \"b\"\nmax = 5"),
        ("type = \"number\"", "type = \"text\""),
        ("fields = [\"n\"]", "list = \"n\""),
        ("fields = [\"n\"]", "heading = { kk = \"А\", ru = \"А\" }"),
        ("id = \"n\"", "id = \"a\""),
        ("max = 10", "max = 10\nnot_before = \"b\""),
    ] {
        let broken = counted.replacen(from, to, 1);
        assert_ne!(broken, counted, "{from}");
        assert!(Form::from_toml(&broken).is_err(), "{from} → {to}");
    }
}

#[test]
fn decisions_and_refusals_are_signed_by_people() {
    for id in Form::names() {
        let form = form(id);
        let decides = id.contains("refusal") || id == "result-notice" || id == "referral";
        let wanted = match id {
            "application" => SignedBy::Applicant,
            _ if decides => SignedBy::Person,
            _ => SignedBy::System,
        };
        assert_eq!(form.signed_by(), wanted, "{id}");
        let document = form.fill(&given(id, "minimal"), &issue()).unwrap();
        assert_eq!(document.legal_basis.is_some(), id != "ticket", "{id}");
    }
}
