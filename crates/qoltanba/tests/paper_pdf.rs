//! Verdicts on PDF files: what is attached, what the barcodes carry, what signs the file itself, and
//! files that were made to mislead a reader or to keep it busy.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "paper_pdf/build.rs"]
mod build;
#[path = "paper_pdf/hostile.rs"]
mod hostile;
#[path = "common/message.rs"]
mod message;
#[path = "paper_compare/scene.rs"]
mod scene;

use std::{fs, process::Command};

use build::{Pdf, codes};
use message::{at, mint, reason, rsa, verifier, with_signer};
use qoltanba::{
    ErrorKind, Lang, Limits, Question, Report, Verdict, Verifier,
    paper::{BarcodeSet, PageLanguage, Renderer, pdf::PdfFile},
    report::{PaperKind, SigningTime},
    sign::{XmlSigner, add_time_stamp, time_stamp_request},
    timestamp::TimeStampToken,
    verdict::{NotCompared, PageMatch},
};
use qoltanba_testkit::{Mint, SeededRng, TimeStampSpec};

pub(crate) const NUMBER: &str = "10100000000017";

pub(crate) fn signed_text(mint: &Mint, text: &str) -> Vec<u8> {
    let certificate = mint.signer_certificate().unwrap();
    let signer = XmlSigner::new(&*mint.signer.key, &certificate).unwrap();
    let document = format!("<r><requestNumber>{NUMBER}</requestNumber><t>{text}</t></r>");
    signer.sign(document.as_bytes(), &mut SeededRng::new(7)).unwrap()
}

pub(crate) fn texts(document: &[u8]) -> Vec<String> {
    BarcodeSet::write(document, NUMBER, at()).unwrap()
}

fn question() -> Question<'static> {
    Question::at(at())
}

pub(crate) fn scan(verifier: &Verifier, pdf: &[u8]) -> Report {
    verifier.verify_scan(&[pdf], &question()).unwrap()
}

fn stamp(mint: &Mint, signed: &[u8], when: qoltanba::Instant) -> Vec<u8> {
    let mut rng = SeededRng::new(3);
    let tsa = mint.issuing().time_stamp_authority(at(), &mut rng).unwrap();
    let request = time_stamp_request(signed, 0, &mut rng).unwrap();
    let kit = qoltanba_testkit::TimeStampRequest::from_der(&request.to_der()).unwrap();
    let spec = TimeStampSpec::answering(&kit, when);
    let token = mint.issuing().stamp(&spec, &tsa, &mut rng).unwrap();
    add_time_stamp(signed, 0, &TimeStampToken::from_der(&token).unwrap()).unwrap()
}

#[test]
fn content_passes_and_the_page_is_said_not_to_have_been_compared() {
    let mint = mint(rsa());
    let signed = signed_text(&mint, "a");
    let verifier = verifier(&mint);
    let pdf = Pdf::new().page(&codes(&texts(&signed))).attach("notice.xml", &signed).write();
    let report = scan(&verifier, &pdf);
    assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
    let told = report.to_json(Lang::En);
    assert_eq!(told["favor_id"], NUMBER);
    assert_eq!(told["paper"]["attachments"][0]["name"], "notice.xml");
    assert_eq!(told["paper"]["attachments"][0]["sha256"], told["document_sha256"]);
    assert_eq!(told["paper"]["page"]["outcome"], "not_asked");

    for report in [verifier.verify(&pdf, &question()), verifier.verify_pdf(&pdf, &question())] {
        let report = report.unwrap();
        assert_eq!(report.verdict(), Verdict::Indeterminate);
        assert_eq!(reason(&report), "page_not_compared");
        assert_eq!(report.accepted().count(), 0, "a page that nobody compared accepts nothing");
        let paper = report.paper.unwrap();
        assert_eq!((paper.kind, paper.pages), (PaperKind::Pdf, 1));
        assert_eq!(paper.page, PageMatch::NotCompared(NotCompared::OtherForm));
    }
    // The codes alone, and the attachment alone, carry the same.
    for pdf in [
        Pdf::new().page(&codes(&texts(&signed))).write(),
        Pdf::new().page("").attach("x.xml", &signed).write(),
    ] {
        let report = scan(&verifier, &pdf);
        assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
        assert_eq!(report.to_json(Lang::En)["document_sha256"], told["document_sha256"]);
    }
}

/// What a later version issued is no forgery here, and nothing that passes: its content does.
#[test]
fn a_page_of_a_later_look_is_said_not_to_have_been_compared() {
    let mint = mint(rsa());
    let certificate = mint.signer_certificate().unwrap();
    let signer = XmlSigner::new(&*mint.signer.key, &certificate).unwrap();
    let (now, mut later) = (scene::document(&scene::cells()), scene::document(&scene::cells()));
    later.look += 1;
    let signed = signer.sign(&later.to_xml().unwrap(), &mut SeededRng::new(7)).unwrap();
    let verifier = verifier(&mint);
    let scene = scene::Scene { renderer: Renderer::new().unwrap(), signed };
    let pdf = scene.page(&now, PageLanguage::Both);
    let report = verifier.verify(&pdf, &question()).unwrap();
    assert_eq!(report.verdict(), Verdict::Indeterminate, "{}", reason(&report));
    assert_eq!(reason(&report), "page_not_compared");
    let told = report.to_json(Lang::En);
    assert_eq!(told["paper"]["page"]["why"], "other_look", "{}", told["paper"]);
    assert_eq!(report.accepted().count(), 0);
    assert_eq!(scan(&verifier, &pdf).verdict(), Verdict::Passed);
}

/// The whole way: a page of our own form passes only when it shows what was signed.
#[test]
fn a_page_of_our_own_form_passes_when_it_shows_what_was_signed() {
    let mint = mint(rsa());
    let certificate = mint.signer_certificate().unwrap();
    let signer = XmlSigner::new(&*mint.signer.key, &certificate).unwrap();
    let own = scene::document(&scene::cells());
    let signed = signer.sign(&own.to_xml().unwrap(), &mut SeededRng::new(7)).unwrap();
    let verifier = verifier(&mint);
    let scene = scene::Scene { renderer: Renderer::new().unwrap(), signed: signed.clone() };
    let page = scene.page(&own, PageLanguage::Both);
    let report = verifier.verify(&page, &question()).unwrap();
    assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
    assert_eq!(report.paper.as_ref().unwrap().page, PageMatch::Agrees);
    assert_eq!(report.remarks, [], "the number of the barcodes is signed");
    assert_eq!(report.accepted().count(), 1);
    assert_eq!(report.to_json(Lang::En)["container"]["id"], "70420000000013");

    // The same codes and the same attachment under another sum.
    let mut cells = scene::cells();
    cells[1] = "92 345,67 ₸".to_owned();
    let forged = scene.page(&scene::document(&cells), PageLanguage::Both);
    let report = verifier.verify(&forged, &question()).unwrap();
    assert_eq!((reason(&report), report.verdict()), ("page_differs", Verdict::Failed));
    let told = report.to_json(Lang::Ru);
    assert_eq!(told["paper"]["page"]["outcome"], "differs");
    assert_eq!(told["paper"]["page"]["places"][0]["page"], 1);
    assert!(told["message"].as_str().unwrap().contains("страница 1"));
    assert_eq!(scan(&verifier, &forged).verdict(), Verdict::Passed, "its signed content is good");

    // Asked about a part alone, nobody says that the page is good.
    let mut part = question();
    part.elements = vec!["none".to_owned()];
    assert_ne!(verifier.verify(&page, &part).unwrap().verdict(), Verdict::Passed);
    // Nobody signed it, and it agrees with itself.
    let unsigned = scene::Scene::new().page(&own, PageLanguage::Both);
    assert_eq!(reason(&verifier.verify(&unsigned, &question()).unwrap()), "no_signers");
}

#[test]
fn codes_that_carry_another_document_than_the_attachment_fail() {
    let mint = mint(rsa());
    let (one, other) = (signed_text(&mint, "a"), signed_text(&mint, "b"));
    let verifier = verifier(&mint);
    let pdf = Pdf::new().page(&codes(&texts(&one))).attach("notice.xml", &other).write();
    for report in [scan(&verifier, &pdf), verifier.verify(&pdf, &question()).unwrap()] {
        assert_eq!(report.verdict(), Verdict::Failed);
        assert_eq!(reason(&report), "page_carries_other");
    }
    // Codes of two documents beside the right one: one of them is not what is attached.
    let pdf = Pdf::new()
        .page(&codes(&texts(&one)))
        .page(&codes(&BarcodeSet::write(&other, "10100000000025", at()).unwrap()))
        .attach("notice.xml", &one)
        .write();
    assert_eq!(reason(&scan(&verifier, &pdf)), "page_carries_other");
}

#[test]
fn a_stamped_form_proves_the_time_and_must_be_of_the_same_signature() {
    let mint = mint(rsa());
    let signed = signed_text(&mint, "a");
    let when = at().plus_seconds(-3600);
    let stamped = stamp(&mint, &signed, when);
    let verifier = verifier(&mint);
    for files in [[&signed, &stamped], [&stamped, &signed]] {
        let pdf = Pdf::new()
            .page(&codes(&texts(&signed)))
            .attach("a.xml", files[0])
            .attach("b.xml", files[1])
            .write();
        let report = scan(&verifier, &pdf);
        assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
        assert_eq!(report.signatures()[0].time, SigningTime::Proven(when));
        let plain = Pdf::new().page("").attach("a.xml", &signed).write();
        let alone = scan(&verifier, &plain).to_json(Lang::En);
        assert_eq!(report.to_json(Lang::En)["document_sha256"], alone["document_sha256"]);
    }
    let other = signed_text(&mint, "b");
    for stranger in [&other, &stamp(&mint, &other, when)] {
        let pdf = Pdf::new().page("").attach("a.xml", &signed).attach("b.xml", stranger).write();
        let report = scan(&verifier, &pdf);
        assert_eq!(report.verdict(), Verdict::Failed);
        assert_eq!(reason(&report), "attachments_conflict");
    }
    // The same octets under another signature value are another document too.
    let text = String::from_utf8(stamped).unwrap();
    let at = text.find("SignatureValue>").unwrap() + "SignatureValue>".len() + 4;
    let mut altered = text.into_bytes();
    altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
    let pdf = Pdf::new().page("").attach("a.xml", &signed).attach("b.xml", &altered).write();
    assert_eq!(reason(&scan(&verifier, &pdf)), "attachments_conflict");
}

#[test]
fn the_signatures_of_a_card_are_all_judged_and_the_worst_decides() {
    let mint = mint(rsa());
    let original = b"%PDF-1.4 an original of any kind".as_slice();
    let mut rng = SeededRng::new(5);
    let message = with_signer(&mint, true, |signer| signer.sign(original, &mut rng)).unwrap();
    let of_other = with_signer(&mint, true, |signer| signer.sign(b"other", &mut rng)).unwrap();
    let verifier = verifier(&mint);
    let card = |messages: &[&[u8]]| {
        let mut pdf = Pdf::new().page("").attach("original.pdf", original);
        for message in messages {
            pdf = pdf.attach("signature.cms", message);
        }
        pdf.write()
    };
    let report = scan(&verifier, &card(&[&message]));
    assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
    assert_eq!(report.signatures().len(), 1);
    let report = scan(&verifier, &card(&[&message, &of_other]));
    assert_eq!(report.signatures().len(), 2);
    assert_eq!(reason(&report), "content_digest_mismatch");
    let report = verifier.verify(&card(&[&message]), &question()).unwrap();
    assert_eq!(reason(&report), "page_not_compared");
    // Another original that the caller holds is not the one that was signed.
    let asked = question().with_data(b"mine");
    let report = verifier.verify_scan(&[card(&[&message])], &asked).unwrap();
    assert_eq!(reason(&report), "content_conflict");
}

/// A card's codes carry the message, and none that is not attached.
#[test]
fn the_codes_of_a_card_are_its_messages() {
    let mint = mint(rsa());
    let original = b"an original".as_slice();
    let mut rng = SeededRng::new(5);
    let message = with_signer(&mint, true, |signer| signer.sign(original, &mut rng)).unwrap();
    let other = with_signer(&mint, true, |signer| signer.sign(b"other", &mut rng)).unwrap();
    let verifier = verifier(&mint);
    let pdf = |carried: &[u8]| {
        Pdf::new()
            .page(&codes(&build::card_texts("s1", carried)))
            .attach("original.txt", original)
            .attach("s1.cms", &message)
            .write()
    };
    let report = scan(&verifier, &pdf(&message));
    assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
    assert_eq!(reason(&scan(&verifier, &pdf(&other))), "page_carries_other");
}

#[test]
fn a_signature_of_the_pdf_itself_is_never_passed_over() {
    let mint = mint(rsa());
    let signed = signed_text(&mint, "a");
    let verifier = verifier(&mint);
    let with_field = |attach: bool| {
        let pdf = Pdf::new().page("").signature_field();
        if attach { pdf.attach("a.xml", &signed).write() } else { pdf.write() }
    };
    let report = verifier.verify(&with_field(true), &question()).unwrap();
    assert_eq!(reason(&report), "pdf_signature_unsupported");
    assert_eq!(report.verdict(), Verdict::Indeterminate);
    let report = scan(&verifier, &with_field(true));
    assert_eq!(report.verdict(), Verdict::Passed);
    assert!(report.remarks.iter().any(|r| r.code() == "pdf_signature_not_verified"));
    for report in [
        verifier.verify(&with_field(false), &question()).unwrap(),
        scan(&verifier, &with_field(false)),
    ] {
        assert_eq!(reason(&report), "pdf_signature_unsupported");
        assert_eq!(report.verdict(), Verdict::Indeterminate);
    }
    let file = PdfFile::parse(&with_field(false), &Limits::default()).unwrap();
    let [claimed] = file.claimed_signatures() else { panic!("{file:?}") };
    assert_eq!(claimed.field.as_deref(), Some("Қол"));
    assert_eq!(claimed.byte_range, [0, 10, 20, 30]);
    assert_eq!(claimed.doc_mdp, Some(qoltanba::paper::pdf::DocMdp::Nothing));
    // A later revision takes the field away; its octets are still there.
    let hidden = Pdf::update(&with_field(true), &[(1, "<</Type /Catalog /Pages 2 0 R>>")]);
    let file = PdfFile::parse(&hidden, &Limits::default()).unwrap();
    assert!(!file.claimed_signatures().is_empty());
}

#[test]
fn nothing_signed_is_said_to_be_that() {
    let mint = mint(rsa());
    let verifier = verifier(&mint);
    for (pdf, kind) in [
        (Pdf::new().page("").write(), "pdf"),
        (Pdf::new().page("").attach("invoice.xml", b"<invoice/>").write(), "pdf"),
        (Pdf::new().page(&codes(&texts(b"<r>unsigned look-alike</r>"))).write(), "xml"),
    ] {
        for report in [scan(&verifier, &pdf), verifier.verify(&pdf, &question()).unwrap()] {
            assert_eq!(report.verdict(), Verdict::Failed);
            assert_eq!((reason(&report), report.format.code()), ("no_signers", kind));
        }
    }
}

#[test]
fn pages_of_one_document_are_put_together_whatever_they_come_as() {
    let mint = mint(rsa());
    let signed = signed_text(&mint, &"неповторимый текст ".repeat(60));
    let verifier = verifier(&mint);
    let all = texts(&signed);
    assert!(all.len() > 2);
    let page = Pdf::new().page(&codes(&all[..1])).write();
    let list = serde_json::to_vec(&all[1..2]).unwrap();
    let lines = all[2..].join("\n\n").into_bytes();
    let report = verifier.verify_scan(&[&lines, &page, &list], &question()).unwrap();
    assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
    assert_eq!(report.paper.unwrap().kind, PaperKind::Scan);
    let report = verifier.verify_scan(&[&page, &list], &question()).unwrap();
    assert_eq!(reason(&report), "barcode_incomplete");
    // A part that is there twice says nothing new; one with other content contradicts.
    let again = verifier.verify_scan(&[&lines, &page, &list, &page], &question()).unwrap();
    assert_eq!(again.verdict(), Verdict::Passed);
    let foreign = texts(&signed_text(&mint, &"другой неповторимый текст ".repeat(60)));
    let mixed = Pdf::new().page(&codes(&foreign[..1])).write();
    let report = verifier.verify_scan(&[&lines, &page, &list, &mixed], &question()).unwrap();
    assert_eq!(reason(&report), "barcode_conflict");
    let other = BarcodeSet::write(&signed, "10100000000025", at()).unwrap().join("\n");
    let report = verifier.verify_scan(&[all.join("\n"), other], &question()).unwrap();
    assert_eq!(reason(&report), "barcode_mixed");
}

#[test]
fn a_picture_is_judged_as_a_page() {
    let mint = mint(rsa());
    let signed = signed_text(&mint, "a");
    let verifier = verifier(&mint);
    let pdf = Pdf::new().page(&codes(&texts(&signed))).write();
    let raster = PdfFile::parse(&pdf, &Limits::default()).unwrap().raster(0, 200).unwrap();
    let mut png = std::io::Cursor::new(Vec::new());
    image::GrayImage::from_raw(raster.width(), raster.height(), raster.pixels().to_vec())
        .unwrap()
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let png = png.into_inner();
    assert_eq!(scan(&verifier, &png).verdict(), Verdict::Passed);
    let report = verifier.verify(&png, &question()).unwrap();
    assert_eq!(reason(&report), "page_not_compared");
    assert_eq!(report.paper.unwrap().page, PageMatch::NotCompared(NotCompared::Scan));
    let mut blank = std::io::Cursor::new(Vec::new());
    image::GrayImage::from_pixel(200, 200, image::Luma([255]))
        .write_to(&mut blank, image::ImageFormat::Png)
        .unwrap();
    let report = verifier.verify(&blank.into_inner(), &question()).unwrap();
    assert_eq!((reason(&report), report.verdict()), ("barcode_none", Verdict::Indeterminate));
}

/// Other people's readers find the same in the files that are made here.
#[test]
fn the_files_of_these_tests_are_read_by_others() {
    let mint = mint(rsa());
    let signed = signed_text(&mint, "a");
    let all = texts(&signed);
    let pdf = Pdf::new().page(&codes(&all)).attach("құжат.xml", &signed).signature_field().write();
    let folder = tempfile::tempdir().unwrap();
    let path = message::write(folder.path(), "a.pdf", &pdf);
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().expect(program);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{program}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let checked = run("qpdf", &["--check", &path]);
    assert!(checked.contains("No syntax or stream encoding errors found"), "{checked}");
    let out = folder.path().join("out.xml");
    run("pdfdetach", &["-save", "1", "-o", out.to_str().unwrap(), &path]);
    assert_eq!(fs::read(&out).unwrap(), signed);
    let page = folder.path().join("page");
    run("pdftoppm", &["-r", "200", "-png", "-singlefile", &path, page.to_str().unwrap()]);
    let read = run("zbarimg", &["-q", "--raw", page.with_extension("png").to_str().unwrap()]);
    for text in all {
        assert!(read.contains(&text));
    }
    // What qpdf makes of it, with its objects in streams, says the same.
    let packed = folder.path().join("packed.pdf");
    let packed_name = packed.to_str().unwrap();
    run("qpdf", &["--object-streams=generate", "--compress-streams=y", &path, packed_name]);
    let packed = fs::read(packed).unwrap();
    assert!(!packed.windows(4).any(|window| window == b"AcFo"));
    let file = PdfFile::parse(&packed, &Limits::default()).unwrap();
    assert_eq!(file.attachments()[0].name(), "құжат.xml");
    assert_eq!(file.attachments()[0].content(), signed);
    assert_eq!(file.claimed_signatures().len(), 1);
    let locked = folder.path().join("locked.pdf");
    let locked_name = locked.to_str().unwrap();
    run("qpdf", &["--encrypt", "", "owner", "256", "--", &path, locked_name]);
    let error = PdfFile::parse(&fs::read(locked).unwrap(), &Limits::default()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error}");
}
