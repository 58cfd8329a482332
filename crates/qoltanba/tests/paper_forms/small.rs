//! A form of one's own: what makes no sense in it is refused, what is odd is remarked.

use qoltanba::{
    Lang,
    numbers::NumberRemark,
    paper::{
        document::{Bilingual, Block, LocalTime},
        form::{Form, RemarkKind},
    },
};
use serde_json::json;

use super::{SMALL, issue};

#[test]
fn a_form_that_makes_no_sense_is_refused() {
    let small = Form::from_toml(SMALL).unwrap();
    let document = small.fill(&json!({ "a": "x" }), &issue()).unwrap();
    assert_eq!(document.blocks.len(), 2, "a heading with nothing below it does not stand");
    for (from, to) in [
        ("schema = 1", "schema = 2"),
        ("schema = 1", "schema = 1\nstyle = \"x\""),
        ("version = 1", "version = 0"),
        ("id = \"small\"", "id = \"Small\""),
        ("\"Хабарлама\"", "\"\""),
        ("\"Хабарлама\"", "\"Хабарлама\\u202e\""),
        ("signed_by = \"system\"", "signed_by = \"anybody\""),
        ("legal_sentence = true\n", ""),
        ("id = \"a\"", "id = \"b\""),
        ("id = \"a\"", "id = \"recipient\""),
        ("id = \"a\"", "id = \"signatories\""),
        ("max = 10", "max = 0"),
        ("max = 10", "max = 5001"),
        ("max = 10", "max_items = 10"),
        ("max = 10", "required = false"),
        ("type = \"text\"", "type = \"string\""),
        ("type = \"text\"", "type = \"date\""),
        ("type = \"text\"", "type = \"table\""),
        ("item = \"text\"\n", ""),
        ("item = \"text\"", "item = \"list\""),
        ("{a} және", "{c} және"),
        ("{a} және", "{b} және"),
        ("{a} және", "және"),
        ("{a} және", "{signatories} және"),
        ("{a} және", "{ a} және"),
        ("list = \"b\"", "list = \"a\""),
        ("list = \"b\"", "table = \"b\""),
        ("list = \"b\"", "fields = [\"b\"]"),
        ("list = \"b\"", "fields = []"),
        ("list = \"b\"", "list = \"c\""),
        ("list = \"b\"", "picture = \"b\""),
        ("list = \"b\"", "list = \"b\"\nprominent = \"a\""),
        ("list = \"b\"", "list = \"b\"\n[[block]]\nlist = \"b\""),
        ("[[block]]\nlist = \"b\"", ""),
    ] {
        let broken = SMALL.replacen(from, to, 1);
        assert_ne!(broken, SMALL, "{from}");
        assert!(Form::from_toml(&broken).is_err(), "{from} → {to}");
    }
    let long = format!("{SMALL}\n# {}", "x".repeat(256 << 10));
    assert!(Form::from_toml(&long).is_err());
    let many: String =
        (0..200).map(|_| "[[block]]\nheading = { kk = \"А\", ru = \"Б\" }\n").collect();
    assert!(Form::from_toml(&format!("{SMALL}{many}")).is_err());
}

#[test]
fn odd_texts_are_remarked() {
    let mut document =
        Form::from_toml(SMALL).unwrap().fill(&json!({ "a": "x" }), &issue()).unwrap();
    assert_eq!(document.remarks(), []);
    let mut kinds = |kk: &str, ru: &str| {
        document.blocks[1] = Block::Paragraph(Bilingual::new(kk, ru));
        document
            .remarks()
            .iter()
            .map(|remark| {
                assert_eq!(remark.at(), "block 2");
                assert!(!remark.text(Lang::Kk).is_empty());
                remark.kind().clone()
            })
            .collect::<Vec<_>>()
    };
    let word = |word: &str| word.to_owned();
    assert_eq!(kinds("мəлімет", "а"), [RemarkKind::MixedLetters { word: word("мəлімет") }]);
    assert_eq!(kinds("тiркеу", "а"), [RemarkKind::MixedLetters { word: word("тiркеу") }]);
    assert_eq!(
        kinds("цифрлық Колтаңбамен", "а"),
        [RemarkKind::Misspelt { word: word("Колтаңбамен"), meant: "қолтаңба" }]
    );
    assert_eq!(kinds("а", "краи\u{306}"), [RemarkKind::Decomposed { word: word("краи\u{306}") }]);
    assert_eq!(kinds("а", "по Закону № 370-ІІ"), [RemarkKind::RepealedLaw]);
    assert_eq!(kinds("а", "статьи 370-II"), [RemarkKind::LawAsArticle, RemarkKind::RepealedLaw]);
    let same = "один два три четыре";
    assert_eq!(kinds(same, same), [RemarkKind::NotTranslated]);
    assert_eq!(kinds("PDF/A-3 файлы, QR-код, № 500/НҚ, IBAN", "файл XML"), []);

    document.issued = LocalTime("2026-07-01T00:00:00Z".parse().unwrap());
    document.blocks[1] = Block::Paragraph(Bilingual::new("а", "по Закону № 370-II"));
    assert_eq!(document.remarks(), []);
    document.issuer.bin = "450140000006".parse().unwrap();
    let check = RemarkKind::Number { remark: NumberRemark::CheckDigit };
    assert_eq!(document.remarks()[0].kind(), &check);
}
