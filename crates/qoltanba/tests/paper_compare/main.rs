//! A printed page is a picture of signed data: it is compared with the page that the data makes.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test says what went wrong by panicking"
)]

mod alter;
mod scene;

use qoltanba::{
    Lang, Limits,
    paper::{
        PageLanguage, Printed,
        document::{Language, OutputDocument},
        pdf::PdfFile,
    },
    verdict::{Construct, NotCompared, PageMatch},
};
use scene::{Scene, cells, document, edited, opened, parsed, regions, tool, why};

const LANGUAGES: [PageLanguage; 3] =
    [PageLanguage::Both, PageLanguage::Only(Language::Kk), PageLanguage::Only(Language::Ru)];

#[test]
fn a_genuine_page_agrees_in_each_language() {
    let scene = Scene::new();
    for language in LANGUAGES {
        let page = scene.genuine(language);
        assert_eq!(scene.judge(&page), PageMatch::Agrees, "{language:?}");
    }
}

#[test]
fn a_page_that_other_programs_saved_again_agrees() {
    let scene = Scene::new();
    for language in LANGUAGES {
        let page = scene.genuine(language);
        for command in [
            &["qpdf", "--linearize", "{in}", "{out}"][..],
            &["qpdf", "--object-streams=generate", "{in}", "{out}"],
            &["qpdf", "--stream-data=uncompress", "{in}", "{out}"],
            &[
                "gs",
                "-q",
                "-dNOPAUSE",
                "-dBATCH",
                "-sDEVICE=pdfwrite",
                "-sOutputFile={out}",
                "{in}",
            ],
        ] {
            let saved = tool(command, &page);
            assert_eq!(scene.judge(&saved), PageMatch::Agrees, "{language:?} {command:?}");
        }
        assert_eq!(scene.judge(&opened(&page)), PageMatch::Agrees);
    }
}

/// Whatever reads a file in two ways is none of ours: only our own octets agree.
#[test]
fn only_the_file_that_the_signed_octets_make_agrees() {
    let scene = Scene::new();
    let of = |pdf: &[u8]| PageMatch::of(&parsed(pdf), &scene.signed, &scene.renderer).unwrap();
    for language in LANGUAGES {
        let page = scene.genuine(language);
        assert_eq!(of(&page), PageMatch::Agrees, "{language:?}");
        let saved = tool(&["qpdf", "--linearize", "{in}", "{out}"], &page);
        assert_eq!(of(&saved), PageMatch::NotCompared(NotCompared::SavedAgain));
    }
    let mut longer = scene.genuine(PageLanguage::Both);
    longer.push(b'\n');
    assert_ne!(of(&longer), PageMatch::Agrees);
}

/// It scales pages and gives Latin letters fonts of one-byte codes, whose meaning a table decides.
#[test]
fn a_page_that_cairo_saved_again_is_not_compared() {
    let scene = Scene::new();
    let saved = tool(&["pdftocairo", "-pdf", "{in}", "{out}"], &scene.genuine(PageLanguage::Both));
    assert!(matches!(why(&scene.judge(&saved)), NotCompared::Construct(_)));
}

#[test]
fn a_picture_of_paper_is_not_compared() {
    let scene = Scene::new();
    let page = scene.genuine(PageLanguage::Both);
    let scan = tool(
        &[
            "gs",
            "-q",
            "-dNOPAUSE",
            "-dBATCH",
            "-r150",
            "-sDEVICE=pdfimage8",
            "-sOutputFile={out}",
            "{in}",
        ],
        &page,
    );
    let why = why(&scene.judge(&scan));
    assert!(matches!(why, NotCompared::Scan | NotCompared::Construct(_)), "{why:?}");
}

#[test]
fn what_is_no_document_of_ours_is_not_compared() {
    let scene = Scene::new();
    let page = parsed(&scene.genuine(PageLanguage::Both));
    let other = PageMatch::of(&page, b"<response/>", &scene.renderer).unwrap();
    assert_eq!(why(&other), NotCompared::OtherForm);
}

/// A document that a later version issued: neither agreeing nor altered.
#[test]
fn a_look_that_is_not_known_is_not_compared() {
    let mut later = document(&cells());
    later.look = OutputDocument::LOOK + 1;
    let signed = later.to_xml().unwrap();
    let scene = Scene { signed, ..Scene::new() };
    let printed = Printed { document: &later, signed: &scene.signed, stamped: None };
    assert!(scene.renderer.pdf(&printed, PageLanguage::Both).is_err(), "nobody knows its page");
    for shown in
        [scene.genuine(PageLanguage::Both), Scene::new().genuine(PageLanguage::Only(Language::Ru))]
    {
        let page = parsed(&shown);
        let exact = PageMatch::of(&page, &scene.signed, &scene.renderer).unwrap();
        assert_eq!(why(&exact), NotCompared::OtherLook);
        assert_eq!(why(&scene.judge(&shown)), NotCompared::OtherLook);
    }
    assert!(NotCompared::OtherLook.text(Lang::Ru).contains("более новой версией"));
}

#[test]
fn pages_too_many_and_pages_missing_are_found() {
    let scene = Scene::new();
    let page = scene.genuine(PageLanguage::Both);
    let pages = parsed(&page).pages();
    let twice = tool(&["qpdf", "{in}", "--pages", "{in}", "1-z,1", "--", "{out}"], &page);
    let found = scene.judge(&twice);
    assert_eq!(regions(&found).len(), 1);
    assert_eq!(regions(&found)[0].page as usize, pages + 1);
    assert_eq!((regions(&found)[0].width, regions(&found)[0].height), (210, 297));

    // Enough rows for two pages and more.
    let many: Vec<String> = (0..60).flat_map(|_| cells()).collect();
    let long = document(&many);
    let signed = long.to_xml().unwrap();
    let scene = Scene { signed, ..scene };
    let page = scene.page(&long, PageLanguage::Both);
    let pages = parsed(&page).pages();
    assert!(pages > 2);
    let first = tool(&["qpdf", "{in}", "--pages", "{in}", "1", "--", "{out}"], &page);
    assert_eq!(regions(&scene.judge(&first)).len(), pages - 1);
    let many = vec!["1"; 65].join(",");
    let many = tool(&["qpdf", "{in}", "--pages", "{in}", &many, "--", "{out}"], &page);
    let limits = Limits { pdf_pages: 100, ..Limits::default() };
    let many = PdfFile::parse(&many, &limits).unwrap();
    let found = PageMatch::likeness(&many, &scene.signed, &scene.renderer).unwrap();
    assert_eq!(why(&found), NotCompared::TooManyPages);
    let turned = tool(&["qpdf", "{in}", "--pages", "{in}", "2,1,3-z", "--", "{out}"], &page);
    let found = scene.judge(&turned);
    assert!(regions(&found).iter().any(|region| region.page == 1));
    assert!(regions(&found).iter().any(|region| region.page == 2));
}

/// What one viewer shows and another does not, each in an otherwise genuine page.
#[test]
fn what_viewers_show_differently_is_not_compared() {
    use Construct as C;

    let scene = Scene::new();
    let page = scene.genuine(PageLanguage::Both);
    assert_eq!(scene.judge(&edited(&page, &[])), PageMatch::Agrees);
    let stamp = "/Annots [<</Type /Annot /Subtype /FreeText /Rect [100 100 300 200] /DA (/Helv 12 Tf) /Contents (PAID)>>]";
    let in_page =
        |entry: &str| vec![("/Type /Page\n".to_owned(), format!("/Type /Page {entry}\n"))];
    let in_catalogue =
        |entry: &str| vec![("/Type /Catalog\n".to_owned(), format!("/Type /Catalog {entry}\n"))];
    let swap = |from: &str, to: &str| vec![(from.to_owned(), to.to_owned())];
    let cases = [
        ("annotation", in_page(stamp), C::Annotation),
        (
            "annotation by an escaped key",
            in_page(&stamp.replace("Annots", "Annot#73")),
            C::Annotation,
        ),
        ("script of a page", in_page("/AA <</O <</S /JavaScript /JS (x)>>>>"), C::Action),
        ("turned", in_page("/Rotate 90"), C::PageBox),
        ("cut", in_page("/CropBox [0 0 595 600]"), C::PageBox),
        ("scaled", in_page("/UserUnit 2"), C::PageBox),
        ("other thumbnail", in_page("/Thumb 1 0 R"), C::Entry),
        ("entry given twice", in_page("/Contents 1 0 R"), C::Entry),
        ("form", in_catalogue("/AcroForm <</Fields []>>"), C::Form),
        ("XFA", in_catalogue("/AcroForm <</Fields [] /XFA (x)>> /NeedsRendering true"), C::Form),
        ("script", in_catalogue("/OpenAction <</S /JavaScript /JS (x)>>"), C::Action),
        ("layers", in_catalogue("/OCProperties <</OCGs [] /D <<>>>>"), C::OptionalContent),
        ("portfolio", in_catalogue("/Collection <</View /D>>"), C::Portfolio),
        ("unknown entry", in_catalogue("/Novelty true"), C::Entry),
        ("font by its name", swap("/FontFile2 ", "/NoFile "), C::Font),
        ("other codes", swap("/Identity-H", "/Identity-V"), C::Font),
        ("profile of colours", swap("lcms", "lcmt"), C::Colour),
    ];
    for (name, edits, wanted) in cases {
        let edits: Vec<(&str, &str)> =
            edits.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let found = scene.judge(&edited(&page, &edits));
        assert_eq!(found, PageMatch::NotCompared(NotCompared::Construct(wanted)), "{name}");
    }
}

/// What stands beyond the page of another program's paper is not on ours.
#[test]
fn a_page_of_another_size_is_not_compared() {
    let scene = Scene::new();
    let page = scene.genuine(PageLanguage::Both);
    let text = String::from_utf8_lossy(&opened(&page)).into_owned();
    let start = text.find("/MediaBox [").expect("a page has its size");
    let was = &text[start..start + text[start..].find(']').unwrap() + 1];
    let number = |at: usize| {
        let numbers = was.trim_start_matches("/MediaBox [").trim_end_matches(']');
        numbers.split_whitespace().nth(at).unwrap().parse::<f32>().unwrap()
    };
    let (width, height) = (number(2), number(3));
    for (width, height) in [(width + 100.0, height), (width, height + 100.0)] {
        let size = format!("/MediaBox [ 0 0 {width} {height} ]");
        let found = scene.judge(&edited(&page, &[(was, &size)]));
        assert_eq!(found, PageMatch::NotCompared(NotCompared::PageSize), "{was} {size}");
    }
}

/// Instructions put into the content of the page, before everything and behind it.
#[test]
fn what_is_painted_besides_is_found() {
    let scene = Scene::new();
    let page = scene.genuine(PageLanguage::Both);
    let after =
        |content: &str| edited(&page, &[("\nendstream", &format!("\n{content}\nendstream"))]);
    let _ = after;
    let file = opened(&page);
    let text = String::from_utf8_lossy(&file);
    // The instructions stand in the first stream that shows text.
    let at = text.find(" Tf").expect("the content is in the open");
    let start = text[..at].rfind("stream\n").unwrap() + "stream\n".len();
    let first = text[start..].lines().next().unwrap().to_owned();
    let put = |instructions: &str| edited(&page, &[(&first, &format!("{instructions}\n{first}"))]);
    assert_eq!(scene.judge(&put("q Q")), PageMatch::Agrees);
    for (name, instructions) in [
        ("a box", "q 0 g 100 400 40 8 re f Q"),
        ("a pale box", "q 0.98 g 100 400 40 8 re f Q"),
        ("a line", "q 0.5 w 100 400 m 140 400 l S Q"),
        ("a box without height", "q 0 g 100 400 40 0 re f Q"),
        ("a dot", "q 0 g 300 400 1 1 re f Q"),
    ] {
        let found = scene.judge(&put(instructions));
        assert!(matches!(found, PageMatch::Differs { .. }), "{name}: {found:?}");
    }
    for (name, instructions) in [
        ("a line as thin as the viewer likes", "q 0 w 100 400 m 140 400 l S Q"),
        ("white on white", "q 1 g 100 400 40 8 re f Q"),
        ("cut off", "q 0 0 1 1 re W n 0 g 100 400 40 8 re f Q"),
        ("a layer", "/OC /Layer BDC q 0 g 100 400 40 8 re f Q EMC"),
        ("a picture in the content", "q 40 0 0 8 100 400 cm BI /W 1 /H 1 /BPC 1 /CS /G ID x EI Q"),
        ("ink of four colours", "q 0 0 0 1 k 100 400 40 8 re f Q"),
        ("an operator that is none", "q 100 400 40 8 re ff Q"),
        ("a path left open", "100 400 40 8 re q Q f"),
        ("a number that is none", "q 0 g 100 400 4-0 8 re f Q"),
        ("a remark", "q 0 g % 100 400 40 8 re f\rQ\nQ"),
    ] {
        let found = scene.judge(&put(instructions));
        let is_refused = matches!(found, PageMatch::NotCompared(NotCompared::Construct(_)));
        assert!(is_refused, "{name}: {found:?}");
    }
}

#[test]
fn a_box_over_the_text_is_found() {
    let scene = Scene::new();
    let file = opened(&scene.genuine(PageLanguage::Both));
    let text = file.windows(4).position(|window| window == b" Tf\n" || window == b" Tf ");
    let text = text.expect("the content is in the open");
    let end = file[text..].windows(9).position(|window| window == b"endstream").unwrap() + text;
    for (name, instructions) in [
        ("a white box", "q 1 g 60 420 480 60 re f Q\n"),
        ("a black box", "q 0 g 60 420 480 60 re f Q\n"),
        ("white lines", "q 1 G 3 w 60 440 m 540 440 l S Q\n"),
    ] {
        let mut over = file.clone();
        over.splice(end..end, instructions.bytes());
        let found = scene.judge(&tool(&["fix-qdf", "{in}"], &over));
        assert!(matches!(found, PageMatch::Differs { .. }), "{name}: {found:?}");
    }
}

/// The programs inside a font may draw another figure than its outlines, where they are run.
#[test]
fn a_font_that_runs_other_programs_is_not_compared() {
    let scene = Scene::new();
    let mut file = opened(&scene.genuine(PageLanguage::Both));
    let record = file.windows(4).position(|window| window == b"fpgm").unwrap();
    let start = file[..record].windows(7).rposition(|window| window == b"stream\n").unwrap() + 7;
    let number = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    let last = start + number(record + 8) + number(record + 12) - 1;
    file[last] ^= 1;
    let found = scene.judge(&file);
    assert_eq!(found, PageMatch::NotCompared(NotCompared::Construct(Construct::Hidden)));
}

/// Readers that mend a file differ on what they find.
#[test]
fn a_file_that_can_be_read_in_two_ways_is_not_compared() {
    let scene = Scene::new();
    let page = scene.genuine(PageLanguage::Both);
    let refused = NotCompared::Construct(Construct::Structure);
    let again = |text: &str| {
        let mut file = page.clone();
        file.extend(text.as_bytes());
        scene.judge(&file)
    };
    assert_eq!(why(&again("\n2 0 obj\nnull\nendobj\n%%EOF\n")), refused);
    assert_eq!(why(&again("\nsomething else")), refused);
    let table = "\nxref\n0 0\ntrailer <</Root 2 0 R>>\nstartxref\n0\n%%EOF\n";
    assert!(scan_refused(&page, table));
    let later = tool(&["qpdf", "--qdf", "{in}", "{out}"], &page);
    assert_eq!(scene.judge(&later), PageMatch::Agrees);
    let at = later.windows(9).position(|window| window == b"startxref").unwrap();
    let mut twice = later.clone();
    twice.splice(at..at, *b"%% 2 0 obj\n");
    assert_eq!(why(&scene.judge(&twice)), refused);
}

/// Whether a file with this behind it is no file, or none that is compared.
fn scan_refused(page: &[u8], behind: &str) -> bool {
    let mut file = page.to_vec();
    file.extend(behind.as_bytes());
    let Ok(file) = PdfFile::parse(&file, &Limits::default()) else { return true };
    let own = parsed(page);
    matches!(PageMatch::between(&file, &own), Ok(PageMatch::NotCompared(_)))
}
