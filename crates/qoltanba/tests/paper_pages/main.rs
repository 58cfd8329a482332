//! Pages of documents, read by other people's tools: poppler, zbar, qpdf, rxing.
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

#[path = "../common/message.rs"]
mod message;
mod pictures;
mod samples;
mod tools;

use std::sync::LazyLock;

use message::mint;
use qoltanba::{
    ErrorKind, Limits,
    algorithm::SignatureAlgorithm,
    paper::{
        BarcodeScan, PageLanguage, Printed, Raster, Renderer,
        document::{Block, Column, Language, OutputDocument, Table, Value},
        picture,
    },
    sign::XmlSigner,
};
use qoltanba_testkit::SeededRng;
use tools::{Pdf, Word};

const STAMPED: &[u8] = b"<document>stamped</document>";
const LANGUAGES: [(&str, PageLanguage); 3] = [
    ("kk", PageLanguage::Only(Language::Kk)),
    ("ru", PageLanguage::Only(Language::Ru)),
    ("kk-ru", PageLanguage::Both),
];

/// A document and the octets that its signer made of it.
struct Sample {
    name: String,
    document: OutputDocument,
    signed: Vec<u8>,
}

impl Sample {
    /// The languages that it is tried in: what is short is shown in both.
    fn languages(&self) -> impl Iterator<Item = (&'static str, PageLanguage)> + use<> {
        let short = self.name.ends_with(".minimal");
        LANGUAGES.into_iter().filter(move |(_, language)| !short || *language == PageLanguage::Both)
    }

    fn printed(&self) -> Printed<'_> {
        Printed { document: &self.document, signed: &self.signed, stamped: Some(STAMPED) }
    }
}

fn all() -> &'static [Sample] {
    static ALL: LazyLock<Vec<Sample>> = LazyLock::new(made);
    &ALL
}

fn made() -> Vec<Sample> {
    let mint = mint(SignatureAlgorithm::Gost2015_512);
    let certificate = mint.signer_certificate().unwrap();
    let signer = XmlSigner::new(&*mint.signer.key, &certificate).unwrap().compact(true);
    let mut rng = SeededRng::new(7);
    let mut documents = samples::of_forms();
    documents.extend([
        ("a-notice".to_owned(), samples::result_notice()),
        ("a-refusal".to_owned(), samples::refusal()),
        ("a-ticket".to_owned(), samples::ticket()),
        ("long-names".to_owned(), samples::long_names()),
        ("long-table".to_owned(), samples::long_table()),
        ("hard-table".to_owned(), samples::hard_table()),
        ("long-text".to_owned(), samples::long_text()),
        ("many-attachments".to_owned(), samples::receipt(60)),
    ]);
    let sign = |(name, document): (String, OutputDocument)| {
        let xml = document.to_xml().unwrap_or_else(|error| panic!("{name}: {error}"));
        Sample { name, document, signed: signer.sign(&xml, &mut rng).unwrap() }
    };
    documents.into_iter().map(sign).collect()
}

fn sample(name: &str) -> &'static Sample {
    all().iter().find(|sample| sample.name == name).unwrap()
}

/// What cannot be compressed.
fn noise(octets: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..octets).map(|_| next()).collect()
}

fn each(mut then: impl FnMut(&Sample, &str, PageLanguage, &Pdf)) {
    type Drawn = (&'static Sample, &'static str, PageLanguage, Pdf);
    static DRAWN: LazyLock<Vec<Drawn>> = LazyLock::new(|| {
        let renderer = Renderer::new().unwrap();
        let mut drawn = Vec::new();
        for sample in all() {
            for (suffix, language) in sample.languages() {
                let pdf = renderer.pdf(&sample.printed(), language).unwrap();
                drawn.push((sample, suffix, language, Pdf::new(&pdf)));
            }
        }
        drawn
    });
    for (sample, suffix, language, pdf) in DRAWN.iter() {
        then(sample, suffix, *language, pdf);
    }
}

/// Without white space: a line may break where a word is too long.
fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Everything that a reader of one language is told, in the order of reading.
fn told(document: &OutputDocument, language: Language) -> Vec<String> {
    let mut told = Vec::new();
    let show = |value: &Value| value.show(language);
    told.push(document.header.get(language).to_owned());
    told.push(document.number.as_str().to_owned());
    told.push(document.issuer.name.get(language).to_owned());
    told.push(document.issuer.bin.to_string());
    if let Some(recipient) = &document.recipient {
        told.push(recipient.name.clone());
        told.extend(recipient.iin.map(|iin| iin.to_string()));
    }
    told.push(document.title.get(language).to_owned());
    for block in &document.blocks {
        match block {
            Block::Heading(words) | Block::Paragraph(words) => {
                told.push(words.get(language).to_owned());
            }
            Block::Fields(fields) => {
                for field in fields {
                    told.push(field.label.get(language).to_owned());
                    told.push(show(&field.value));
                }
            }
            Block::Table(table) => {
                told.extend(table.caption.iter().map(|words| words.get(language).to_owned()));
                told.extend(table.columns.iter().map(|c| c.label.get(language).to_owned()));
                told.extend(table.rows.iter().flatten().map(show));
            }
            Block::List(list) => {
                told.push(list.label.get(language).to_owned());
                told.extend(list.items.iter().map(show));
            }
            Block::Prominent(field) | Block::Link(field) => {
                told.push(field.label.get(language).to_owned());
                told.push(show(&field.value));
            }
            _ => panic!("a block that is not shown"),
        }
    }
    for signatory in &document.signatories {
        told.push(signatory.position.get(language).to_owned());
        told.push(signatory.name.clone());
    }
    told.extend(document.legal_basis.iter().map(|b| b.sentence.get(language).to_owned()));
    told.push(document.footnote.get(language).to_owned());
    told
}

#[test]
fn the_text_comes_out_whole_and_in_order() {
    each(|sample, suffix, language, pdf| {
        let text = pdf.text_without_repeats();
        let languages = match language {
            PageLanguage::Only(Language::Kk) => vec![Language::Kk],
            PageLanguage::Only(Language::Ru) => vec![Language::Ru],
            PageLanguage::Both => vec![Language::Kk, Language::Ru],
        };
        for language in languages {
            let mut from = 0;
            for piece in told(&sample.document, language) {
                let piece = dense(&piece);
                // A cell that is longer than a page stands beside others on each of them.
                if sample.name == "hard-table" && piece.len() > 1_000 {
                    continue;
                }
                let found = text[from..].find(&piece);
                let found = found.unwrap_or_else(|| {
                    panic!("{}.{suffix}: {piece} is not in {}", sample.name, &text[from..])
                });
                from += found + piece.len();
            }
        }
    });
}

#[test]
fn a_reader_without_our_order_finds_the_sentences() {
    let renderer = Renderer::new().unwrap();
    let sample = sample("a-notice");
    let pdf = Pdf::new(&renderer.pdf(&sample.printed(), PageLanguage::Both).unwrap());
    let text = pdf.run("pdftotext", &["-nopgbrk"], &["-"]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in [
        "Құрметті Әйгерім Қайратқызы! Сізге 2026 жылғы 1 желтоқсаннан бастап 2027 жылғы 30 \
         қарашаға дейінгі кезеңге бала күтіміне байланысты жәрдемақы тағайындалғаны туралы \
         хабарлаймыз.",
        "Осы құжат Қазақстан Республикасы Цифрлық кодексінің 62-бабының 2-тармағына сәйкес қағаз \
         жеткізгіштегі қол қойылған құжатпен бірдей.",
        "48 123,00 ₸",
    ] {
        assert!(text.contains(sentence), "{sentence} is not in {text}");
    }
}

#[test]
fn fonts_are_embedded_subsets_with_unicode() {
    each(|sample, suffix, _, pdf| {
        let fonts = pdf.run("pdffonts", &[], &[]);
        let rows: Vec<&str> = fonts.lines().skip(2).collect();
        assert!(rows.len() >= 2, "{fonts}");
        for row in rows {
            let fields: Vec<&str> = row.split_whitespace().collect();
            let (name, flags) = (fields[0], &fields[fields.len() - 5..fields.len() - 2]);
            assert_eq!(name.find('+'), Some(6), "{}.{suffix}: {row}", sample.name);
            assert_eq!(flags, ["yes", "yes", "yes"], "{}.{suffix}: {row}", sample.name);
        }
    });
}

#[test]
fn the_signed_octets_come_out_as_they_went_in() {
    each(|sample, _, _, pdf| {
        let number = sample.document.number.as_str();
        assert_eq!(pdf.attachment(&format!("{number}.xml")), sample.signed);
        assert_eq!(pdf.attachment(&format!("{number}.stamped.xml")), STAMPED);
    });
}

/// Every symbol of every page, by two readers, and the parts put together again: barcodes beneath
/// the text, with the sentences around and beside them, and on pages of their own.
#[test]
fn barcodes_of_the_page_are_the_signed_octets() {
    let limits = Limits::default();
    let renderer = Renderer::new().unwrap();
    for name in ["a-ticket", "application.minimal", "a-notice", "long-table"] {
        let sample = sample(name);
        let number = sample.document.number.as_str();
        let pdf = Pdf::new(&renderer.pdf(&sample.printed(), PageLanguage::Both).unwrap());
        let files = pdf.pages(200);
        let pages: Vec<Raster> = files
            .iter()
            .flat_map(|file| picture::read(&std::fs::read(file).unwrap(), &limits).unwrap())
            .collect();
        let zbar: Vec<String> = files.iter().flat_map(|file| tools::zbar(file)).collect();
        let mut rxing: Vec<String> = picture::symbols(&pages, &limits)
            .into_iter()
            .flatten()
            .map(|symbol| symbol.text)
            .collect();
        // Where a set is whole no bars are looked for: the head of the page has them alone.
        let (width, height) = (pages[0].width(), pages[0].height() / 6);
        let pixels = pages[0].pixels()[..(width * height) as usize].to_vec();
        let head = Raster::new(width, height, pixels).unwrap();
        rxing.extend(head.symbols(&limits).into_iter().map(|symbol| symbol.text));
        for (reader, texts) in [("zbar", zbar), ("rxing", rxing)] {
            assert!(texts.iter().any(|text| text == number), "{reader} {name}");
            let texts: Vec<String> = texts.into_iter().filter(|text| text != number).collect();
            let scan = BarcodeScan::read(&texts, &limits).unwrap();
            assert_eq!(scan.sets.len(), 1, "{reader} {name}");
            assert!(scan.sets[0].missing().is_empty(), "{reader} {name}");
            assert_eq!(scan.sets[0].id(), number);
            let whole = scan.sets[0].assemble(&limits).unwrap();
            assert_eq!(whole.document(), sample.signed, "{reader} {name}");
        }
    }
}

#[test]
fn what_archives_ask_for_is_there() {
    each(|sample, suffix, language, pdf| {
        let name = format!("{}.{suffix}", sample.name);
        let check = pdf.run("qpdf", &["--check"], &[]);
        assert!(check.contains("No syntax or stream encoding errors"), "{name}: {check}");
        let text = pdf.run("qpdf", &["--qdf", "--object-streams=disable"], &["-"]);
        let lang = if language == PageLanguage::Only(Language::Ru) { "ru" } else { "kk" };
        for wanted in [
            "<pdfaid:part>3</pdfaid:part>",
            "<pdfaid:conformance>A</pdfaid:conformance>",
            "/OutputIntents",
            "/S /GTS_PDFA1",
            "/MarkInfo",
            "/Marked true",
            "/StructTreeRoot",
            "/AFRelationship /Source",
            "/AFRelationship /Supplement",
            "/Subtype /application#2fxml",
            "/ModDate (D:202611251404",
            "T14:04:0",
            &format!("/Lang ({lang})"),
        ] {
            assert!(text.contains(wanted), "{name}: no {wanted}");
        }
        assert!(!text.contains("/JavaScript") && !text.contains("/URI"), "{name}");
        let title = sample.document.title.get(if language == PageLanguage::Only(Language::Ru) {
            Language::Ru
        } else {
            Language::Kk
        });
        let info = pdf.run("pdfinfo", &[], &[]);
        assert!(info.contains(title) && info.contains("Tagged:          yes"), "{name}: {info}");
        // Poppler takes seconds over the structure of long tables.
        let has_table = sample.document.blocks.iter().any(|b| matches!(b, Block::Table(_)));
        if has_table {
            return;
        }
        let structure = pdf.run("pdfinfo", &["-struct-text"], &[]);
        for wanted in ["H1", "P (", "Figure"] {
            assert!(structure.contains(wanted), "{name}: no {wanted} in {structure}");
        }
    });
}

#[test]
fn tables_and_lists_are_tagged_as_such() {
    let renderer = Renderer::new().unwrap();
    let structure = |name: &str| {
        let sample = sample(name);
        let pdf = renderer.pdf(&sample.printed(), PageLanguage::Both).unwrap();
        Pdf::new(&pdf).run("pdfinfo", &["-struct"], &[])
    };
    let long_table = structure("long-table");
    let count = |text: &str, tag: &str| text.lines().filter(|l| l.trim().starts_with(tag)).count();
    assert_eq!(count(&long_table, "TH"), 5 + 1, "a head that repeats is told once");
    assert_eq!(count(&long_table, "TD"), 1500);
    assert_eq!(count(&long_table, "TR"), 301);
    let attachments = structure("many-attachments");
    assert_eq!(count(&attachments, "LI"), 60 + 6);
    assert_eq!(count(&attachments, "LBody"), 60 + 6);
}

#[test]
fn the_same_arguments_give_the_same_octets() {
    let renderer = Renderer::new().unwrap();
    let sample = sample("long-names");
    let first = renderer.pdf(&sample.printed(), PageLanguage::Both).unwrap();
    std::thread::scope(|scope| {
        let again = || renderer.pdf(&sample.printed(), PageLanguage::Both).unwrap();
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(again)).collect();
        for thread in threads {
            assert!(thread.join().unwrap() == first);
        }
    });
    let other = Renderer::new().unwrap();
    assert!(other.pdf(&sample.printed(), PageLanguage::Both).unwrap() == first);
}

/// Words stand inside the margins, and none on another.
#[test]
fn nothing_is_cut_and_nothing_overlaps() {
    each(|sample, suffix, _, pdf| {
        let name = format!("{}.{suffix}", sample.name);
        for words in pdf.words() {
            for Word { left, top, right, bottom, text } in &words {
                let inside = *left > 69.0 && *right < 554.5 && *top > 20.0 && *bottom < 836.0;
                assert!(inside, "{name}: {text} at {left} {top} {right} {bottom}");
            }
            for (at, one) in words.iter().enumerate() {
                for other in &words[at + 1..] {
                    assert!(!one.covers(other), "{name}: {one:?} covers {other:?}");
                }
            }
        }
    });
}

#[test]
fn pages_break_where_readers_expect() {
    let renderer = Renderer::new().unwrap();
    let pages = |name: &str, language| {
        let sample = sample(name);
        Pdf::new(&renderer.pdf(&sample.printed(), language).unwrap()).page_texts()
    };
    let long_table = pages("long-table", PageLanguage::Both);
    let rows = |page: &String| page.lines().filter(|line| line.ends_with('₸')).count();
    let with_rows: Vec<&String> = long_table.iter().filter(|page| rows(page) > 0).collect();
    assert!(with_rows.len() > 5);
    for page in &with_rows {
        assert!(page.contains("Төлем күні") && page.contains("Дата выплаты"), "{page}");
        assert!(rows(page) >= 2, "a row stands alone: {page}");
    }
    let last = with_rows.last().unwrap();
    assert!(last.contains("Жүнісова Гүлнар"), "signatories stand alone");
    for (at, page) in long_table.iter().enumerate() {
        assert!(page.contains(&format!("{} / {}", at + 1, long_table.len())), "{page}");
        assert!(page.contains("10100000000017"), "{page}");
    }
    // A heading is followed by its text on the same page.
    for page in pages("long-text", PageLanguage::Both) {
        if page.contains("Порядок обжалования") {
            assert!(page.contains("Бұл шешімге"), "{page}");
        }
    }
    assert_eq!(pages("a-ticket", PageLanguage::Both).len(), 1);
    assert_eq!(pages("a-refusal", PageLanguage::Only(Language::Kk)).len(), 1);
}

#[test]
fn barcode_pages_repeat_the_footnote() {
    let renderer = Renderer::new().unwrap();
    let sample = sample("a-notice");
    let noise = noise(20_000);
    let printed = Printed { signed: &noise, stamped: None, ..sample.printed() };
    let pages = Pdf::new(&renderer.pdf(&printed, PageLanguage::Both).unwrap()).page_texts();
    let barcodes: Vec<&String> = pages.iter().filter(|page| page.contains("/31")).collect();
    assert_eq!(barcodes.len(), 3);
    for page in barcodes {
        let page = dense(page);
        assert!(page.contains("*Штрих-код«Электрондықәкімдік»"), "{page}");
        assert!(page.contains("10100000000017"), "{page}");
    }
}

#[test]
fn what_no_page_can_hold_is_refused_with_a_reason() {
    let renderer = Renderer::new().unwrap();
    let refused = |change: &dyn Fn(&mut OutputDocument)| {
        let mut document = samples::result_notice();
        change(&mut document);
        let printed = Printed { document: &document, signed: b"<x/>", stamped: None };
        renderer.pdf(&printed, PageLanguage::Both).unwrap_err()
    };
    let foreign = refused(&|d| d.title = samples::words("Хабарлама 漢", "Уведомление"));
    assert_eq!(foreign.to_string(), "unsupported character on a page: U+6F22");
    let bidi = refused(&|d| d.title = samples::words("Хабар\u{202e}лама", "Уведомление"));
    assert!(bidi.to_string().ends_with("U+202E"), "{bidi}");
    let arabic = refused(&|d| d.title = samples::words("سلام", "Уведомление"));
    assert!(matches!(arabic.kind(), ErrorKind::Unsupported { .. }), "{arabic}");
    let table = |columns: usize, rows: usize| {
        let column = |at| Column { id: format!("c{at}"), label: samples::words("а", "б") };
        Block::Table(Table {
            id: "t".to_owned(),
            caption: None,
            columns: (0..columns).map(column).collect(),
            rows: vec![vec![Value::Number(1); columns]; rows],
        })
    };
    let over = |error: &qoltanba::Error, limit: u64| matches!(error.kind(), ErrorKind::OverBudget { limit: l, .. } if *l == limit);
    assert!(over(&refused(&|d| d.blocks.push(table(15, 2))), 14));
    assert!(over(&refused(&|d| d.blocks.push(table(4, 3_000))), 10_000));
    let long = "сөз ".repeat(300_000);
    assert!(over(
        &refused(&|d| d.blocks.push(Block::Paragraph(samples::words(&long, "б")))),
        1 << 20
    ));
    let footnote = "сөз ".repeat(300);
    assert!(over(&refused(&|d| d.footnote = samples::words(&footnote, "б")), 1_000));
    assert!(renderer.png(&sample("a-notice").printed(), PageLanguage::Both, 5.0).is_err());
}

#[test]
fn previews_show_every_page() {
    let renderer = Renderer::new().unwrap();
    let sample = sample("long-table");
    let printed = sample.printed();
    let pdf = Pdf::new(&renderer.pdf(&printed, PageLanguage::Only(Language::Kk)).unwrap());
    let count = pdf.page_texts().len();
    let pngs = renderer.png(&printed, PageLanguage::Only(Language::Kk), 30.0).unwrap();
    let svgs = renderer.svg(&printed, PageLanguage::Only(Language::Kk)).unwrap();
    assert_eq!((pngs.len(), svgs.len()), (count, count));
    assert!(pngs.iter().all(|png| png.starts_with(b"\x89PNG")));
    assert!(svgs.iter().all(|svg| svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>")));
}

#[test]
#[ignore = "writes files to look at"]
fn show() {
    let folder = std::env::var("QOLTANBA_SHOW").unwrap();
    let renderer = Renderer::new().unwrap();
    for sample in all() {
        for (suffix, language) in sample.languages() {
            let started = std::time::Instant::now();
            let pdf = renderer.pdf(&sample.printed(), language).unwrap();
            println!("{}.{suffix}: {} octets, {:?}", sample.name, pdf.len(), started.elapsed());
            std::fs::write(format!("{folder}/{}.{suffix}.pdf", sample.name), pdf).unwrap();
        }
    }
}
