//! The law on forms: what it says on the day of issue, word for word.

use qoltanba::paper::{
    document::{Bilingual, Block, Language},
    form::{Form, Issue, Presence},
    law::{FootnoteParts, Law, LegalKind},
};
use serde_json::json;

use super::{SMALL, form, given, issue, issue_at, law, named};

#[test]
fn the_law_is_that_of_the_day_of_issue() {
    let notice = form("result-notice");
    let of = |issued: &str| {
        let document = notice.fill(&given("result-notice", "minimal"), &issue_at(issued)).unwrap();
        document.legal_basis.unwrap()
    };
    assert_eq!(of("2026-07-11T23:59:59+05:00").id, "law-370-ii-7-1");
    assert_eq!(of("2026-07-12T00:00:00+05:00").id, "digital-code-62-2");
    assert!(of("2026-07-12T00:00:00+05:00").sentence.ru.contains("статьи 62 Цифрового кодекса"));

    let confirmed = |issued: &str| {
        let issue = issue_at(issued);
        let texts = notice.legal_texts(&issue);
        texts.iter().map(|text| (text.kind(), text.confirmed())).collect::<Vec<_>>()
    };
    let header = LegalKind::Header("portal");
    let footnote = LegalKind::Footnote("provider");
    assert_eq!(
        confirmed("2026-01-01T00:00"),
        [(LegalKind::Basis, true), (header, false), (footnote, false)]
    );
    assert_eq!(confirmed("2026-12-01T00:00")[0], (LegalKind::Basis, false));

    // A provider's own text goes first from its day on, and the rest stays.
    let own = r#"
        schema = 1
        [[basis]]
        id = "own"
        effective_from = "2026-12-01"
        kk = "Өз мәтініміз."
        ru = "Свой текст."
        source = "The legal department"
        confirmed = true
    "#;
    let law = law().clone().overridden_by(Law::from_toml(own).unwrap());
    let with = |issued: &str| {
        let issue = Issue { law: &law, header: Some("provider"), ..issue_at(issued) };
        notice.fill(&given("result-notice", "minimal"), &issue).unwrap()
    };
    assert_eq!(with("2026-12-01T00:00").legal_basis.unwrap().id, "own");
    assert_eq!(with("2026-11-30T23:59").legal_basis.unwrap().id, "digital-code-62-2");
    assert!(with("2026-11-30T23:59").header.ru.contains("цифровой системой услугодателя"));
    let issue = Issue { header: Some("nobody"), ..issue() };
    let faults = notice.fill(&given("result-notice", "minimal"), &issue).unwrap_err();
    assert_eq!(named(&faults), ["header.nobody"]);

    let entry = own.split_once("[[basis]]").unwrap().1;
    let twice = format!("{own}[[basis]]{entry}");
    assert!(Law::from_toml(&twice).is_err());
    for (from, to) in [
        ("schema = 1", "schema = 2"),
        ("2026-12-01", "2026-11-31"),
        ("id = \"own\"", "id = \"own\"\nvariant = \"x\""),
        ("Өз мәтініміз.", " "),
        ("confirmed = true", ""),
        ("confirmed = true", "confirmed = true\nsure = true"),
        ("[[basis]]", "[[header]]"),
    ] {
        let broken = own.replacen(from, to, 1);
        assert_ne!(broken, own);
        assert!(Law::from_toml(&broken).is_err(), "{from} → {to}");
    }
}

/// The sentences of the output form, to the letter.
#[test]
fn the_texts_of_the_law_are_those_that_are_attested() {
    let find = |kind, day: &str| law().find(kind, day.parse().unwrap()).unwrap().words();
    let both = |words: &Bilingual, kk: &str, ru: &str| {
        assert_eq!((words.get(Language::Kk), words.get(Language::Ru)), (kk, ru));
    };
    both(
        find(LegalKind::Basis, "2010-12-13"),
        "Осы құжат «Электрондық құжат және электрондық цифрлық қолтаңба туралы» Қазақстан Республикасының 2003 жылғы 7 қаңтардағы № 370-ІІ Заңы 7-бабының 1-тармағына сәйкес қағаз тасығыштағы құжатпен бірдей.",
        "Данный документ согласно пункту 1 статьи 7 ЗРК от 7 января 2003 года «Об электронном документе и электронной цифровой подписи» равнозначен документу на бумажном носителе.",
    );
    both(
        find(LegalKind::Header("system"), "2026-11-22"),
        "Құжат электрондық үкімет жүйесінде құрылған",
        "Документ сформирован системой электронного правительства",
    );
    both(
        find(LegalKind::Header("portal"), "2026-11-22"),
        "Құжат электрондық үкімет порталымен құрылған",
        "Документ сформирован порталом электронного правительства",
    );
    both(
        find(LegalKind::Footnote("akimat"), "2026-11-22"),
        "*Штрих-код «Электрондық әкімдік» ақпараттық жүйесі ұсынған және әкімдіктің электрондық цифрлық қолтаңбасымен қол қойылған деректерді қамтиды.",
        "*Штрих-код содержит данные, предоставленные информационной системой «Электронный акимат» и подписанные электронно-цифровой подписью акимата.",
    );
    both(
        find(LegalKind::Footnote("applicant"), "2026-11-22"),
        "*штрих-код ЭҮП-тен алынған және Өтініш берушінің электрондық-цифрлық қолтаңбасы қойылған деректерді қамтиды",
        "*штрих-код содержит данные, полученные из ПЭП и подписанные электронно-цифровой подписью Заявителя",
    );
}

/// The system and the signer of a footnote: as the law has them, or the form, or the caller.
#[test]
fn what_a_footnote_names_is_said_by_the_caller_the_form_or_the_law() {
    let text = SMALL.replacen(
        "legal_sentence",
        "footnote_source = { kk = \"«Кітапхана» жүйесі\", ru = \"системой «Библиотека»\" }\nlegal_sentence",
        1,
    );
    let form = Form::from_toml(&text).unwrap();
    let footnote = |form: &Form, law: &Law| {
        let issue = Issue { law, ..issue() };
        form.fill(&json!({ "a": "x" }), &issue).unwrap().footnote
    };
    let of_law = footnote(&Form::from_toml(SMALL).unwrap(), law());
    assert!(of_law.ru.contains("предоставленные цифровой системой услугодателя и"), "{of_law:?}");
    let of_form = footnote(&form, law());
    assert_eq!(
        of_form.ru,
        "*Штрих-код содержит данные, предоставленные системой «Библиотека» и подписанные электронно-цифровой подписью услугодателя."
    );
    assert!(of_form.kk.contains("«Кітапхана» жүйесі ұсынған"), "{of_form:?}");
    let parts = FootnoteParts {
        source: Some(Bilingual::new("«Мұрағат» жүйесі", "системой «Архив»")),
        signer: Some(Bilingual::new("мұрағаттың", "архива")),
    };
    let other = law().clone().with_footnote("applicant", parts.clone());
    assert_eq!(footnote(&form, &other), of_form);
    let own = law().clone().with_footnote("provider", parts);
    assert_eq!(
        footnote(&form, &own).kk,
        "*Штрих-код «Мұрағат» жүйесі ұсынған және мұрағаттың электрондық цифрлық қолтаңбасымен қол қойылған деректерді қамтиды."
    );
    // What a provider says in his own file is said with that file.
    let signer = FootnoteParts {
        source: None,
        signer: Some(Bilingual::new("кітапхананың", "библиотеки")),
    };
    let empty = Law::from_toml("schema = 1").unwrap().with_footnote("provider", signer);
    let both = footnote(&form, &law().clone().overridden_by(empty));
    assert!(
        both.ru.contains("системой «Библиотека» и") && both.ru.ends_with("подписью библиотеки.")
    );
    // What stands at a place is said, and only there.
    let entry = r#"
        schema = 1
        [[footnote]]
        variant = "provider"
        id = "own"
        kk = "*{source} деректері"
        ru = "*данные {source}"
        source_of_data = { kk = "Мұрағат", ru = "архива" }
        source = "The legal department"
        confirmed = true
    "#;
    let found = Law::from_toml(entry).unwrap();
    let found = found.find(LegalKind::Footnote("provider"), "2026-12-01".parse().unwrap());
    assert_eq!(found.unwrap().words().kk, "*Мұрағат деректері");
    for (from, to) in [
        ("source_of_data = { kk = \"Мұрағат\", ru = \"архива\" }", ""),
        ("*{source} деректері", "*деректер"),
        ("*{source} деректері", "*{source} {number} деректері"),
        ("*{source} деректері", "*{source деректері"),
        ("ru = \"архива\"", "ru = \"\""),
        ("[[footnote]]", "[[header]]"),
        ("variant = \"provider\"", "number = \"1\""),
    ] {
        let broken = entry.replacen(from, to, 1);
        assert_ne!(broken, entry, "{from}");
        assert!(Law::from_toml(&broken).is_err(), "{from} → {to}");
    }
}

#[test]
fn a_refusal_says_how_it_is_appealed() {
    for id in ["refusal", "eds-refusal", "data-refusal", "acceptance-refusal"] {
        let form = form(id);
        assert_eq!(form.signatories(), Presence::Required, "{id}");
        let document = form.fill(&given(id, "minimal"), &issue()).unwrap();
        let says = |language: Language, what: &str| {
            document.blocks.iter().any(|block| match block {
                Block::Paragraph(words) => words.get(language).contains(what),
                _ => false,
            })
        };
        assert!(says(Language::Kk, "сотқа жүгінуге болады"), "{id}");
        assert!(says(Language::Ru, "жалоба подаётся услугодателю"), "{id}");
        let issue = issue();
        let appeal = form.legal_texts(&issue).into_iter().find(|t| t.kind() == LegalKind::Appeal);
        assert!(!appeal.unwrap().confirmed(), "no fact attests it");
    }
}
