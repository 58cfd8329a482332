//! Files that were made to mislead, or to keep a reader busy: a clear answer each, and soon.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use flate2::{Compression, write::ZlibEncoder};
use qoltanba::{Error, ErrorKind, Limits, Verdict, paper::pdf::PdfFile};

use crate::{
    build::{Pdf, codes, zip},
    message::{mint, reason, rsa, verifier},
    scan, signed_text, texts,
};

/// Debug builds on a busy machine are slow; what is not bounded takes hours.
const SOON: Duration = Duration::from_secs(30);

fn soon<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let answer = work();
    let took = start.elapsed();
    assert!(took < SOON, "{what} took {took:?}");
    answer
}

/// The sides of the first page.
fn drawn(what: &str, file: &[u8]) -> Result<(u32, u32), Error> {
    let draw = || PdfFile::parse(file, &Limits::default())?.raster(0, 200);
    soon(what, draw).map(|page| (page.width(), page.height()))
}

#[track_caller]
fn refused(what: &str, file: &[u8]) {
    let error = drawn(what, file).expect_err(what);
    let clear = matches!(
        error.kind(),
        ErrorKind::OverBudget { .. } | ErrorKind::Malformed { .. } | ErrorKind::Unsupported { .. }
    );
    assert!(clear, "{what}: {error}");
}

#[track_caller]
fn over_budget(what: &str, file: &[u8]) {
    let error = drawn(what, file).expect_err(what);
    assert!(matches!(error.kind(), ErrorKind::OverBudget { .. }), "{what}: {error}");
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn bomb(octets: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..octets >> 20 {
        encoder.write_all(&zeros).unwrap();
    }
    encoder.finish().unwrap()
}

#[test]
fn an_update_that_replaces_the_attachment_is_judged_as_it_stands() {
    let mint = mint(rsa());
    let (one, other) = (signed_text(&mint, "a"), signed_text(&mint, "b"));
    let verifier = verifier(&mint);
    let file = Pdf::new().page(&codes(&texts(&one))).attach("a.xml", &one).write();
    assert_eq!(scan(&verifier, &file).verdict(), Verdict::Passed);
    // The page comes first: its content is object 3, the page 4, the attachment 5.
    let stream = |data: &[u8]| {
        let text = String::from_utf8(data.to_vec()).unwrap();
        format!("<</Type /EmbeddedFile /Length {}>>\nstream\n{text}\nendstream", data.len())
    };
    let replaced = Pdf::update(&file, &[(5, &stream(&other))]);
    let report = scan(&verifier, &replaced);
    assert_eq!((reason(&report), report.verdict()), ("page_carries_other", Verdict::Failed));
    let unsigned = Pdf::update(&file, &[(5, &stream(b"<r>mine</r>"))]);
    let report = scan(&verifier, &unsigned);
    assert_eq!(report.verdict(), Verdict::Passed, "the codes still carry it: {}", reason(&report));
    assert!(report.to_json(qoltanba::Lang::En)["container"]["id"].is_string());
}

#[test]
fn names_are_names_and_never_paths() {
    let mint = mint(rsa());
    let signed = signed_text(&mint, "a");
    let name = "../../etc/\u{202e}cron.d";
    let file = Pdf::new().page("").attach(name, &signed).write();
    let pdf = PdfFile::parse(&file, &Limits::default()).unwrap();
    assert_eq!(pdf.attachments()[0].name(), "../../etc/\u{fffd}cron.d");
    for entry in ["../one", "/one", "one\0"] {
        let archive = zip(entry, &signed);
        let text = element(&archive);
        let file = Pdf::new().page(&codes(&text)).write();
        let report = scan(&verifier(&mint), &file);
        assert_eq!(report.verdict(), Verdict::Failed, "{entry:?}: {}", reason(&report));
    }
    let two = [zip("one", &signed), zip("one", b"<r/>")].concat();
    let report = scan(&verifier(&mint), &Pdf::new().page(&codes(&element(&two))).write());
    assert_eq!(reason(&report), "parse");
}

/// The codes of an archive as the gateway writes them.
fn element(archive: &[u8]) -> Vec<String> {
    use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
    let parts: Vec<&[u8]> = archive.chunks(650).collect();
    let amount = parts.len();
    let one = |(part, number): (&&[u8], usize)| {
        let data = BASE64.encode(part);
        format!(
            "<BarcodeElement xmlns=\"http://barcodes.pdf.shep.nitec.kz/\"><elementData>{data}\
             </elementData><elementNumber>{number}</elementNumber><elementsAmount>{amount}\
             </elementsAmount><FavorID>{}</FavorID></BarcodeElement>",
            crate::NUMBER
        )
    };
    parts.iter().zip(1..).map(one).collect()
}

#[test]
fn what_decodes_to_too_much_is_refused_before_it_is_decoded() {
    let big = bomb(600 << 20);
    let mut pdf = Pdf::new().page("");
    pdf.stream("/Filter /FlateDecode", &big);
    over_budget("a bomb that nothing refers to", &pdf.write());

    let twice = deflate(&bomb(512 << 20));
    let mut pdf = Pdf::new().page("");
    pdf.stream("/Filter [/FlateDecode /FlateDecode]", &twice);
    over_budget("a bomb in a bomb", &pdf.write());

    // The names of filters that are not known are passed over.
    let mut pdf = Pdf::new().page("");
    pdf.stream("/Filter [/Foo /Fl#61teDecode]", &big);
    over_budget("a bomb behind an unknown filter", &pdf.write());

    // A broken beginning, which other decoders may get past.
    let mut broken = big.clone();
    broken[200] ^= 0x55;
    let mut pdf = Pdf::new().page("");
    pdf.stream("/Filter /FlateDecode", &broken);
    over_budget("a broken bomb", &pdf.write());

    let mut pdf = Pdf::new().page("");
    pdf.stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", &big);
    over_budget("a bomb as an object stream", &pdf.write());

    let mut pdf = Pdf::new().page("");
    pdf.stream("/Filter /FlateDecode /DecodeParms <</Predictor 12 /Columns 99999999999>>", b"x");
    over_budget("a row without an end", &pdf.write());

    let hex: String =
        deflate(b"0 0 10 10 re f").iter().map(|octet| format!("{octet:02x}")).collect();
    let mut pdf = Pdf::new().page("");
    pdf.stream("/Filter [/ASCIIHexDecode /FlateDecode]", format!("{hex}>").as_bytes());
    drawn("filters in a row", &pdf.write()).unwrap();
}

#[test]
fn files_that_are_read_again_and_again_are_refused() {
    for (what, piece) in [
        ("strings without an end", "<</a ("),
        ("objects without an end", "1 0 obj("),
        ("arrays in arrays", "1 0 obj[ "),
        ("streams without an end", "<</Length 9>>stream\n"),
    ] {
        let mut file = b"%PDF-1.4\n".to_vec();
        file.extend(piece.repeat((1 << 20) / piece.len()).into_bytes());
        refused(what, &file);
    }
    refused("nothing but a header", b"%PDF-1.7\n");
    refused("levels without an end", &[b"%PDF-1.4\n", "<<".repeat(1 << 18).as_bytes()].concat());
}

#[test]
fn loops_are_told() {
    let page_tree = Pdf::new().page("");
    let file = Pdf::update(
        &page_tree.write(),
        &[(2, "<</Type /Pages /Kids [2 0 R 4 0 R 4 0 R 2 0 R] /Count 99999999>>")],
    );
    let pdf = soon("a page tree", || PdfFile::parse(&file, &Limits::default())).unwrap();
    assert_eq!(pdf.pages(), 1);

    let names = Pdf::new().page("").catalogue("/Names <</EmbeddedFiles 5 0 R>>");
    let mut names = names;
    names.object("<</Kids [6 0 R]>>");
    names.object("<</Kids [5 0 R]>>");
    refused("a tree of names", &names.write());

    let mut fields = Pdf::new().page("").catalogue("/AcroForm <</Fields [5 0 R]>>");
    fields.object("<</T (a) /Kids [6 0 R]>>");
    fields.object("<</T (b) /Kids [5 0 R]>>");
    refused("fields of a form", &fields.write());

    let mut form = Pdf::new();
    let own = form.objects_next();
    form.stream(
        &format!(
            "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X {own} 0 R>>>>"
        ),
        b"/X Do",
    );
    let form = form.page_with("/X Do", &format!("/Resources <</XObject <</X {own} 0 R>>>>"));
    // The reader finds nothing where an object is inside itself, and so does the renderer.
    drawn("a form that draws itself", &form.write()).unwrap();

    let mut space = Pdf::new();
    let own = space.objects_next();
    space.object(format!("[/Indexed {own} 0 R 1 <0000>]"));
    let resources = format!("/Resources <</ColorSpace <</C {own} 0 R>>>>");
    let space = space.page_with("/C cs 0 sc 0 0 9 9 re f", &resources);
    refused("a colour space built on itself", &space.write());

    let mut function = Pdf::new();
    let own = function.objects_next();
    function.object(format!(
        "<</FunctionType 3 /Domain [0 1] /Bounds [] /Encode [0 1] /Functions [{own} 0 R]>>"
    ));
    let resources = format!(
        "/Resources <</Shading <</S <</ShadingType 2 /ColorSpace /DeviceGray \
         /Coords [0 0 1 1] /Function {own} 0 R>>>>>>"
    );
    refused("a function of itself", &function.page_with("/S sh", &resources).write());
}

#[test]
fn drawings_that_multiply_are_counted_before_they_are_drawn() {
    // Ten levels of forms, each drawing the next ten times.
    let mut forms = Pdf::new();
    let mut below = None;
    for _ in 0..10 {
        let resources = below.map_or_else(String::new, |number: usize| {
            format!("/Resources <</XObject <</X {number} 0 R>>>>")
        });
        let content = if below.is_some() { "/X Do ".repeat(10) } else { "0 0 9 9 re f".to_owned() };
        let dict = format!("/Type /XObject /Subtype /Form /BBox [0 0 99 99] {resources}");
        below = Some(forms.stream(&dict, content.as_bytes()));
    }
    let resources = format!("/Resources <</XObject <</X {} 0 R>>>>", below.unwrap());
    over_budget("forms within forms", &forms.page_with("/X Do", &resources).write());

    over_budget(
        "a page full of full pages",
        &Pdf::new().page(&"0 0 595 842 re f ".repeat(9_999)).write(),
    );
    let dashes = "[0.00001] 0 d 0 0 m 500 800 l S ";
    over_budget("dashes without number", &Pdf::new().page(dashes).write());
    let far = "0 0 m 1e30 1e30 1e35 -1e35 1e38 0 c f ";
    let answer = drawn("a curve from afar", &Pdf::new().page(&far.repeat(50)).write());
    assert!(answer.is_ok() || matches!(answer.unwrap_err().kind(), ErrorKind::OverBudget { .. }));

    let mut tiles = Pdf::new();
    let dict = "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 60000 60000] \
                /XStep 0.01 /YStep 0.01 /Resources <<>>";
    let tile = tiles.stream(dict, b"0 0 9 9 re f");
    let resources = format!("/Resources <</Pattern <</P {tile} 0 R>>>>");
    let page = tiles.page_with("/Pattern cs /P scn 0 0 595 842 re f", &resources);
    over_budget("tiles over tiles", &page.write());

    let mut repeated = Pdf::new().page("");
    let content = repeated.stream("/Filter /FlateDecode", &bomb(8 << 20));
    let all = format!("{content} 0 R ").repeat(2_000);
    let file = Pdf::update(
        &repeated.write(),
        &[(4, &format!("<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents [{all}]>>"))],
    );
    over_budget("one content a thousand times", &file);
}

#[test]
fn huge_pages_and_pictures_are_refused() {
    for side in ["1000000000", "100000", "9999"] {
        let file = Pdf::update(
            &Pdf::new().page("").write(),
            &[(4, &format!("<</Type /Page /Parent 2 0 R /MediaBox [0 0 {side} {side}]>>"))],
        );
        over_budget(side, &file);
    }
    for (what, dict) in [
        (
            "a picture of many pixels",
            "/Width 60000 /Height 60000 /BitsPerComponent 8 /ColorSpace /DeviceGray",
        ),
        (
            "a fax of many pixels",
            "/Width 10 /Height 30000 /BitsPerComponent 1 /ColorSpace /DeviceGray \
          /Filter /CCITTFaxDecode /DecodeParms <</K -1 /Columns 60000>>",
        ),
        (
            "JBIG2",
            "/Width 10 /Height 10 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /JBIG2Decode",
        ),
    ] {
        let mut pdf = Pdf::new();
        let image = pdf.stream(&format!("/Type /XObject /Subtype /Image {dict}"), b"x");
        let resources = format!("/Resources <</XObject <</X {image} 0 R>>>>");
        refused(what, &pdf.page_with("100 0 0 100 0 0 cm /X Do", &resources).write());
    }
    let mut pdf = Pdf::new();
    for _ in 0..65 {
        pdf = pdf.page("");
    }
    over_budget("more pages than anybody signs", &pdf.write());
}

/// A page that cannot be drawn does not keep its attachment from being judged.
#[test]
fn what_is_attached_to_a_page_that_cannot_be_drawn_is_judged_alone() {
    let mint = mint(rsa());
    let signed = signed_text(&mint, "a");
    let file = Pdf::new().page(&"0 0 595 842 re f ".repeat(9_999)).attach("a.xml", &signed).write();
    let verifier = verifier(&mint);
    let report = soon("the attachment", || scan(&verifier, &file));
    assert_eq!(report.verdict(), Verdict::Passed);
    assert!(report.remarks.iter().any(|remark| remark.code() == "unread_pages"));
    let asked = qoltanba::Question::at(crate::message::at());
    let report = verifier.verify(&file, &asked).unwrap();
    assert_eq!(reason(&report), "page_not_compared");
}
