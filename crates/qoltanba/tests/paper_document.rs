//! The XML of output documents: a fixed point of canonicalisation, read back as it was, of its
//! schema, and refused in every other shape.
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

#[path = "common/message.rs"]
mod message;

use std::{fs, process::Command};

use message::{at, mint, rsa};
use proptest::{prelude::*, strategy::ValueTree as _};
use qoltanba::{
    Instant,
    algorithm::SignatureAlgorithm,
    paper::{
        BarcodeSet,
        document::{
            Amount, Bilingual, Block, Column, Date, Field, FormName, Issuer, LegalBasis, List,
            LocalTime, OutputDocument, Recipient, Signatory, Table, UniqueNumber, Value,
        },
    },
    sign::XmlSigner,
    xmldsig::{Document, Method, PrefixList, Selection, Subtree, XmlLimits, canonicalize},
};
use qoltanba_testkit::SeededRng;

fn read(xml: &[u8]) -> qoltanba::Result<Option<OutputDocument>> {
    OutputDocument::read(xml, &XmlLimits::default())
}

fn both(kk: &str, ru: &str) -> Bilingual {
    Bilingual::new(kk, ru)
}

fn field(id: &str, kk: &str, ru: &str, value: Value) -> Field {
    Field { id: id.to_owned(), label: both(kk, ru), value }
}

/// A document with one of everything.
fn sample() -> OutputDocument {
    OutputDocument {
        form: FormName { id: "sample".into(), version: 3 },
        look: OutputDocument::LOOK,
        number: UniqueNumber::new("70420000000013").unwrap(),
        issued: LocalTime(at()),
        header: both("Құжат «Сынақ» жүйесінде құрылған", "Документ сформирован системой «Проба»"),
        title: both("Хабарлама", "Уведомление"),
        issuer: Issuer {
            name: both("Сынақ әкімдігі", "Пробный акимат"),
            bin: "450140000005".parse().unwrap(),
        },
        recipient: Some(Recipient {
            name: "Әлімжанова Гүлнұр <Ө & Ү>".into(),
            iin: Some("920101100008".parse().unwrap()),
            bin: Some("450140000005".parse().unwrap()),
        }),
        blocks: vec![
            Block::Heading(both("Мәліметтер", "Сведения")),
            Block::Fields(vec![
                field("day", "Күні", "Дата", Value::Date(Date::new(2026, 11, 22).unwrap())),
                field("place", "Орны", "Место", Value::Bilingual(both("Астана", "Астана"))),
            ]),
            Block::Paragraph(both("Төлем тағайындалды.", "Выплата назначена.")),
            Block::Table(Table {
                id: "payments".into(),
                caption: Some(both("Төлемдер", "Выплаты")),
                columns: vec![
                    Column { id: "quarter".into(), label: both("Тоқсан", "Квартал") },
                    Column { id: "sum".into(), label: both("Сома", "Сумма") },
                ],
                rows: vec![
                    vec![Value::Number(-4), Value::Amount(Amount { tiyn: 1_234_567 })],
                    vec![Value::Text(String::new()), Value::Amount(Amount { tiyn: -5 })],
                ],
            }),
            Block::List(List {
                id: "attachments".into(),
                label: both("Қоса берілген құжаттар", "Приложенные документы"),
                items: vec![
                    Value::Text("Анықтама".into()),
                    Value::Bin("450140000005".parse().unwrap()),
                ],
            }),
            Block::Prominent(field("queue", "Кезек", "Очередь", Value::Number(17))),
            Block::Link(field(
                "address",
                "Мекенжай",
                "Адрес",
                Value::Text("https://example.kz/?a=1&b=2".into()),
            )),
        ],
        signatories: vec![Signatory {
            position: both("Бөлім басшысы", "Начальник отдела"),
            name: "Серіков Н.".into(),
        }],
        legal_basis: Some(LegalBasis {
            id: "digital-code-62-2".into(),
            sentence: both("Бірдей.", "Равнозначен."),
        }),
        footnote: both("*штрих-код деректерді қамтиды", "*штрих-код содержит данные"),
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let letters = "әғқңөұүһі<>&\"' \u{a0}аЯz1«».,\t\u{301}₸𝛼]";
    let letters: Vec<char> = letters.chars().filter(|c| *c != '\t').collect();
    prop::collection::vec(prop::sample::select(letters), 1..20)
        .prop_map(|chars| chars.into_iter().collect::<String>().trim().to_owned())
        .prop_filter("says nothing", |text| !text.is_empty())
}

fn any_both() -> impl Strategy<Value = Bilingual> {
    (any_text(), any_text()).prop_map(|(kk, ru)| Bilingual { kk, ru })
}

fn any_digits(count: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::char::range('0', '9'), count).prop_map(String::from_iter)
}

fn any_time() -> impl Strategy<Value = LocalTime> {
    (-60_000_000_000_i64..250_000_000_000).prop_map(|s| LocalTime(Instant::from_unix(s)))
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any_text().prop_map(Value::Text),
        any_both().prop_map(Value::Bilingual),
        (1_u16..=9999, 1_u8..=12, 1_u8..=28)
            .prop_map(|(y, m, d)| Value::Date(Date::new(y, m, d).unwrap())),
        any_time().prop_map(Value::DateTime),
        any::<i64>().prop_map(Value::Number),
        any::<i64>().prop_map(|tiyn| Value::Amount(Amount { tiyn })),
        any_digits(12).prop_map(|d| Value::Iin(d.parse().unwrap())),
        any_digits(12).prop_map(|d| Value::Bin(d.parse().unwrap())),
    ]
}

fn any_field() -> impl Strategy<Value = Field> {
    (any_both(), any_value()).prop_map(|(label, value)| Field { id: String::new(), label, value })
}

fn any_table() -> impl Strategy<Value = Table> {
    (prop::option::of(any_both()), prop::collection::vec(any_both(), 1..4), 1_usize..4)
        .prop_flat_map(|(caption, labels, rows)| {
            let cell = prop_oneof![4 => any_value(), 1 => Just(Value::Text(String::new()))];
            let row = prop::collection::vec(cell, labels.len());
            (Just(caption), Just(labels), prop::collection::vec(row, rows))
        })
        .prop_map(|(caption, labels, rows)| {
            let columns = labels.into_iter().enumerate();
            let columns = columns.map(|(n, label)| Column { id: format!("c{n}"), label }).collect();
            Table { id: String::new(), caption, columns, rows }
        })
}

fn any_block() -> impl Strategy<Value = Block> {
    prop_oneof![
        any_both().prop_map(Block::Heading),
        any_both().prop_map(Block::Paragraph),
        prop::collection::vec(any_field(), 1..4).prop_map(Block::Fields),
        any_table().prop_map(Block::Table),
        (any_both(), prop::collection::vec(any_value(), 1..5))
            .prop_map(|(label, items)| Block::List(List { id: String::new(), label, items })),
        any_field().prop_map(Block::Prominent),
        (any_field(), "[!-~]{1,60}").prop_map(|(field, address)| {
            Block::Link(Field { value: Value::Text(address), ..field })
        }),
    ]
}

/// Identifiers are given once.
fn numbered(mut blocks: Vec<Block>) -> Vec<Block> {
    let mut next = 0;
    let mut id = || {
        next += 1;
        format!("id_{next}")
    };
    for block in &mut blocks {
        match block {
            Block::Fields(fields) => fields.iter_mut().for_each(|field| field.id = id()),
            Block::Prominent(field) | Block::Link(field) => field.id = id(),
            Block::Table(table) => table.id = id(),
            Block::List(list) => list.id = id(),
            _ => {}
        }
    }
    blocks
}

fn any_document() -> impl Strategy<Value = OutputDocument> {
    let head = (any_digits(14), any_time(), any_both(), any_both(), any_both(), any_digits(12));
    let recipient =
        (any_text(), prop::option::of(any_digits(12)), prop::option::of(any_digits(12)));
    let foot = (
        prop::option::of(any_both()),
        any_both(),
        prop::collection::vec((any_both(), any_text()), 0..3),
        1_u32..,
        1_u32..,
    );
    (head, prop::option::of(recipient), prop::collection::vec(any_block(), 1..6), foot).prop_map(
        |((number, issued, header, title, name, bin), recipient, blocks, foot)| {
            let (sentence, footnote, signatories, version, look) = foot;
            OutputDocument {
                form: FormName { id: "random".into(), version },
                look,
                number: UniqueNumber::new(&number).unwrap(),
                issued,
                header,
                title,
                issuer: Issuer { name, bin: bin.parse().unwrap() },
                recipient: recipient.map(|(name, iin, bin)| Recipient {
                    name,
                    iin: iin.map(|d| d.parse().unwrap()),
                    bin: bin.map(|d| d.parse().unwrap()),
                }),
                blocks: numbered(blocks),
                signatories: signatories
                    .into_iter()
                    .map(|(position, name)| Signatory { position, name })
                    .collect(),
                legal_basis: sentence.map(|sentence| LegalBasis { id: "law".into(), sentence }),
                footnote,
            }
        },
    )
}

fn canonical(xml: &[u8]) -> Vec<u8> {
    let document = Document::parse(xml, &XmlLimits::default()).unwrap();
    let whole = Subtree::document();
    let none = PrefixList::none();
    canonicalize(&document, &Selection::Subtree(&whole), Method::Inclusive10, &none).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_written_is_canonical_and_read_as_it_was(document in any_document()) {
        let xml = document.to_xml().unwrap();
        prop_assert_eq!(canonical(&xml), xml.clone());
        prop_assert_eq!(read(&xml).unwrap(), Some(document));
    }

    #[test]
    fn whatever_is_read_is_written_as_it_was(
        document in any_document(),
        place in any::<prop::sample::Index>(),
        octet in prop::sample::select(b" <>/\"&=tx1-\xd0\xb0".to_vec()),
        kind in 0..3,
    ) {
        let mut xml = document.to_xml().unwrap();
        let place = place.index(xml.len());
        match kind {
            0 => xml[place] = octet,
            1 => xml.insert(place, octet),
            _ => drop(xml.remove(place)),
        }
        if let Ok(Some(read)) = read(&xml) {
            prop_assert_eq!(read.to_xml().unwrap(), canonical(&xml));
        }
    }
}

#[test]
fn signatures_at_the_end_of_the_root_are_passed_over() {
    let document = sample();
    let xml = document.to_xml().unwrap();
    let mint = mint(rsa());
    let certificate = mint.signer_certificate().unwrap();
    let mut rng = SeededRng::new(5);
    let signer = || XmlSigner::new(&*mint.signer.key, &certificate).unwrap();
    let plain = signer().sign(&xml, &mut rng).unwrap();
    let compact = signer().compact(true).sign(&xml, &mut rng).unwrap();
    let xades = signer().xades(at()).sign(&xml, &mut rng).unwrap();
    let twice = signer().compact(true).sign(&compact, &mut rng).unwrap();
    for signed in [&plain, &compact, &xades, &twice] {
        assert_eq!(read(signed).unwrap().as_ref(), Some(&document));
    }
    // A portal that writes the document anew puts a declaration before it: the octets that the
    // signature covers are the same.
    let text = String::from_utf8(compact).unwrap();
    let declared = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n");
    assert_eq!(read(declared.as_bytes()).unwrap().as_ref(), Some(&document));

    let start = text.find("<ds:Signature ").unwrap();
    let (before, signature) = text.split_at(start);
    let signature = signature.strip_suffix("</document>").unwrap();
    for place in ["<footnote>", "<title>", "<body>", "<row>", "</row>", "</name>", "</footnote>"] {
        let moved = before.replacen(place, &format!("{signature}{place}"), 1) + "</document>";
        assert_ne!(moved.len(), before.len());
        assert!(read(moved.as_bytes()).is_err(), "before {place}");
    }
    for odd in [
        text.replacen("<ds:Signature ", " <ds:Signature ", 1),
        text.replacen("</document>", "<!-- --></document>", 1),
        text.replacen("</document>", "<footnote/></document>", 1),
        text.replacen("<ds:Signature ", "<title/><ds:Signature ", 1),
    ] {
        assert!(read(odd.as_bytes()).is_err(), "{odd}");
    }
}

/// What is put for what; each breaks one rule.
const BROKEN: &[(&str, &str)] = &[
    (" version=\"3\"", ""),
    ("version=\"3\"", "version=\"03\""),
    ("version=\"3\"", "version=\"0\""),
    (" look=\"1\"", ""),
    ("look=\"1\"", "look=\"01\""),
    ("look=\"1\"", "look=\"0\""),
    ("look=\"1\"", "look=\"-1\""),
    ("look=\"1\"", "look=\"plain\""),
    ("version=\"3\"", "version=\"3\" x=\"1\""),
    ("form=\"sample\"", "form=\"Sample\""),
    ("number=\"70420000000013\"", "number=\"7042000000001\""),
    ("issued=\"2026-11-25T17:00:00+05:00\"", "issued=\"2026-11-25T12:00:00Z\""),
    ("issued=\"2026-11-25T17:00:00+05:00\"", "issued=\"2026-11-25T17:00:00\""),
    ("bin=\"450140000005\" iin=", "bin=\"45014000000\" iin="),
    ("<header>", "<header id=\"x\">"),
    ("<title>", "<title xml:lang=\"kk\">"),
    ("<title><t xml:lang=\"kk\">Хабарлама</t>", "<title>"),
    ("<title><t xml:lang=\"kk\">", "<title><t>"),
    ("<title><t xml:lang=\"kk\">", "<title><t xml:lang=\"en\">"),
    ("Хабарлама</t>", "</t>"),
    ("Хабарлама</t>", "Хабарлама<b/></t>"),
    ("Хабарлама</t>", "Хабарлама </t>"),
    ("<footnote>", "<footnote/><footnote>"),
    ("<body>", "<body>text"),
    ("<body>", "<body><picture/>"),
    ("<fields>", "<fields/><fields>"),
    ("<date>2026-11-22</date>", "<date>2026-11-31</date>"),
    ("<date>2026-11-22</date>", "<date>22.11.2026</date>"),
    ("<date>2026-11-22</date>", "<date>2026-11-22</date><date>2026-11-22</date>"),
    ("<date>2026-11-22</date>", ""),
    ("<date>2026-11-22</date>", "<day>2026-11-22</day>"),
    ("id=\"day\"", "id=\"place\""),
    ("<number>-4</number>", "<number>-4.0</number>"),
    ("<amount>12345.67</amount>", "<amount>12345.670</amount>"),
    ("<amount>12345.67</amount>", "<amount>12345,67</amount>"),
    ("<amount>-0.05</amount>", "<amount>-00.05</amount>"),
    ("<table id=\"payments\">", "<table>"),
    ("<list id=\"attachments\">", "<list id=\"attachments\" id2=\"x\">"),
    ("<basis id=\"digital-code-62-2\">", "<basis>"),
    ("<name>Серіков Н.</name>", ""),
    ("</document>", "<document xmlns=\"urn:qoltanba:document:1\"/></document>"),
];

/// Rules that the schema cannot say, or says of values that the canonical form alone forbids.
const BROKEN_BEYOND_SCHEMA: &[(&str, &str)] = &[
    ("<body>", "<body>\n"),
    ("<title>", "<!-- --><title>"),
    ("<title>", "<?p i?><title>"),
    ("Хабарлама</t>", "Хабарлама\u{202e}</t>"),
    ("Хабарлама</t>", "Хабар\u{ad}лама</t>"),
    ("Хабарлама</t>", "Хабарлама&#9;болды</t>"),
    ("Хабарлама</t>", "Хабарлама&#xD;болды</t>"),
    ("Хабарлама</t>", "Хабарлама\nболды</t>"),
    ("Хабарлама</t>", "Хабарлама\u{e000}</t>"),
    ("<number>-4</number>", "<number>-04</number>"),
    ("<number>-4</number>", ""),
    ("<number>17</number>", "<number>+17</number>"),
    (
        "xml:lang=\"kk\">Хабарлама</t><t xml:lang=\"ru\">",
        "xml:lang=\"ru\">Хабарлама</t><t xml:lang=\"kk\">",
    ),
    ("<column id=\"sum\">", "<column id=\"quarter\">"),
    ("<document ", "<document xmlns:x=\"urn:x\" "),
];

#[test]
fn every_other_shape_is_refused() {
    let xml = String::from_utf8(sample().to_xml().unwrap()).unwrap();
    for (from, to) in BROKEN.iter().chain(BROKEN_BEYOND_SCHEMA) {
        let broken = xml.replacen(from, to, 1);
        assert_ne!(broken, xml, "{from}");
        assert!(read(broken.as_bytes()).is_err(), "{from} → {to}");
    }
    for around in ["<?p i?>{}", "{}<?p i?>", "<!-- -->{}", "{}<!-- -->"] {
        assert!(read(around.replace("{}", &xml).as_bytes()).is_err(), "{around}");
    }
    // The same canonical octets are the same document.
    for (from, to) in [
        ("<title>", "<title >"),
        ("Хабарлама</t>", "Хабар&#1083;ама</t>"),
        ("Хабарлама</t>", "<![CDATA[Хабарлама]]></t>"),
        ("<text></text>", "<text/>"),
    ] {
        let same = xml.replacen(from, to, 1);
        assert_ne!(same, xml, "{from}");
        assert_eq!(read(same.as_bytes()).unwrap(), Some(sample()), "{from} → {to}");
    }
    for other in
        ["<document/>", "<a xmlns='urn:qoltanba:document:1'/>", "<document xmlns='urn:x'/>"]
    {
        assert_eq!(read(other.as_bytes()).unwrap(), None, "{other}");
    }
    assert!(read(b"%PDF-1.7").is_err());
}

#[test]
fn what_could_not_be_read_is_not_written() {
    let broken: [fn(&mut OutputDocument); 15] = [
        |d| d.title.kk = String::new(),
        |d| d.title.ru = " a".into(),
        |d| d.title.ru = "a\u{200b}b".into(),
        |d| d.title.ru = "a\nb".into(),
        |d| d.title.ru = "a\u{ffff}".into(),
        |d| d.title.ru = "a".repeat(20_001),
        |d| d.form.id = "Форма".into(),
        |d| d.form.version = 0,
        |d| d.look = 0,
        |d| d.issued = LocalTime(Instant::from_unix(i64::MAX)),
        |d| d.blocks.clear(),
        |d| d.blocks.push(Block::Fields(Vec::new())),
        |d| d.blocks.push(d.blocks[5].clone()),
        |d| match &mut d.blocks[3] {
            Block::Table(table) => table.rows[0].truncate(1),
            _ => unreachable!(),
        },
        |d| match &mut d.blocks[4] {
            Block::List(list) => list.items[0] = Value::Text(String::new()),
            _ => unreachable!(),
        },
    ];
    assert!(sample().to_xml().is_ok());
    for (n, break_it) in broken.iter().enumerate() {
        let mut document = sample();
        break_it(&mut document);
        assert!(document.to_xml().is_err(), "{n}");
    }
}

/// What xmllint says of these octets: whether they are of the schema, and their canonical form.
struct Xmllint {
    folder: tempfile::TempDir,
}

impl Xmllint {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("document.xsd"), OutputDocument::SCHEMA).unwrap();
        fs::write(folder.path().join("xml.xsd"), OutputDocument::SCHEMA_OF_XML).unwrap();
        Self { folder }
    }

    fn run(&self, arguments: &[&str], xml: &[u8]) -> (bool, Vec<u8>, String) {
        fs::write(self.folder.path().join("it.xml"), xml).unwrap();
        let run = Command::new("xmllint")
            .current_dir(self.folder.path())
            .args(["--nonet"])
            .args(arguments)
            .arg("it.xml")
            .output()
            .expect("xmllint, of libxml2-utils");
        (run.status.success(), run.stdout, String::from_utf8_lossy(&run.stderr).into_owned())
    }

    fn is_of_schema(&self, xml: &[u8]) -> Result<(), String> {
        let (sound, _, said) = self.run(&["--noout", "--schema", "document.xsd"], xml);
        // 3 and 4 are for documents; a schema that does not compile must not look like one.
        assert!(!said.contains("schema failed to compile"), "{said}");
        if sound { Ok(()) } else { Err(said) }
    }
}

#[test]
fn libxml2_agrees_on_the_schema_and_on_the_canonical_form() {
    let lint = Xmllint::new();
    let mut documents = vec![sample()];
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..20 {
        documents.push(any_document().new_tree(&mut runner).unwrap().current());
    }
    for document in documents {
        let xml = document.to_xml().unwrap();
        if let Err(said) = lint.is_of_schema(&xml) {
            panic!("{said}\n{}", String::from_utf8_lossy(&xml));
        }
        assert_eq!(lint.run(&["--c14n"], &xml).1, xml);
    }
    let xml = String::from_utf8(sample().to_xml().unwrap()).unwrap();
    for (from, to) in BROKEN {
        let broken = xml.replacen(from, to, 1);
        assert!(lint.is_of_schema(broken.as_bytes()).is_err(), "{from} → {to}");
    }
    let mint = mint(SignatureAlgorithm::Gost2015_512);
    let certificate = mint.signer_certificate().unwrap();
    let signer = XmlSigner::new(&*mint.signer.key, &certificate).unwrap();
    let signed = signer.sign(xml.as_bytes(), &mut SeededRng::new(5)).unwrap();
    lint.is_of_schema(&signed).unwrap();
    let parts = BarcodeSet::write(&signed, "70420000000013", at()).unwrap();
    println!("{} octets, {} signed, {} barcodes", xml.len(), signed.len(), parts.len());
}
