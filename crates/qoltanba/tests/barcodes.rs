//! Barcode sets, out and in: round trips, sets that are not whole, hostile ones, and symbols that
//! other people's readers read.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "common/message.rs"]
mod message;

use std::{io::Write as _, process::Command};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use message::{at, mint, reason, rsa, verifier};
use proptest::prelude::*;
use qoltanba::{
    ErrorKind, Lang, Limits, Question, Report, Verdict,
    paper::{Barcode, BarcodeScan, BarcodeSet, Code128, QrLevel, QrSymbol},
    report::{ContainerKind, Format},
    sign::{CmsSigner, XmlSigner},
    verdict::Evidence,
};
use qoltanba_testkit::{Mint, SeededRng};

const NUMBER: &str = "10100000000017";

fn written(document: &[u8]) -> Vec<String> {
    BarcodeSet::write(document, NUMBER, at()).unwrap()
}

fn document(texts: &[String]) -> qoltanba::Result<Vec<u8>> {
    let limits = Limits::default();
    let scan = BarcodeScan::read(texts, &limits)?;
    assert_eq!(scan.sets.len(), 1);
    Ok(scan.sets[0].assemble(&limits)?.document().to_vec())
}

/// A signed XML document of about this many octets, and who may judge it.
fn signed(number: &str, octets: usize) -> (Mint, Vec<u8>) {
    let mint = mint(rsa());
    let certificate = mint.signer_certificate().unwrap();
    let mut rng = SeededRng::new(7);
    let noise: String = (0..octets).map(|i| char::from(b'a' + (i * i % 23) as u8)).collect();
    let text = format!("<r><requestNumber>{number}</requestNumber><t>{noise}</t></r>");
    let signer = XmlSigner::new(&*mint.signer.key, &certificate).unwrap();
    let document = signer.sign(text.as_bytes(), &mut rng).unwrap();
    (mint, document)
}

fn judge(mint: &Mint, texts: &[String]) -> Report {
    verifier(mint).verify_barcodes(texts, &Question::at(at())).unwrap()
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

/// Text of the entropy of a document: a few letters, with runs.
fn any_document() -> impl Strategy<Value = Vec<u8>> {
    let letters = prop::sample::select(b"<>/abcdefxyz\xd2\x9b\n".to_vec());
    prop_oneof![
        prop::collection::vec(letters, 1..30_000),
        prop::collection::vec(any::<u8>(), 1..40_000),
        (any::<u8>(), 1_usize..60_000).prop_map(|(octet, length)| vec![octet; length]),
        (prop::collection::vec(any::<u8>(), 1..2_000), 1_usize..30)
            .prop_map(|(part, times)| part.repeat(times)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_goes_out_comes_in_again(content in any_document(), seed in any::<u64>()) {
        let mut texts = written(&content);
        prop_assert!(texts.len() <= 64 && texts.iter().all(|text| text.len() <= 1185));
        let mut state = seed;
        for i in (1..texts.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            texts.swap(i, (state >> 33) as usize % (i + 1));
        }
        prop_assert_eq!(document(&texts).unwrap(), content);
    }

    /// Whatever is altered in the texts, the document is the same or refused.
    #[test]
    fn an_altered_part_is_never_another_document(place in any::<prop::sample::Index>(), by in 1_u8..127) {
        let content: Vec<u8> = noise(3_000);
        let mut texts = written(&content);
        let number = place.index(texts.len());
        let mut octets = texts[number].clone().into_bytes();
        let at = place.index(octets.len());
        octets[at] = (octets[at] ^ by) & 0x7f;
        texts[number] = String::from_utf8(octets).unwrap();
        let limits = Limits::default();
        let Ok(scan) = BarcodeScan::read(&texts, &limits) else { return Ok(()) };
        for set in scan.sets {
            if let Ok(whole) = set.assemble(&limits) {
                prop_assert_eq!(whole.document(), &content[..]);
            }
        }
    }
}

#[test]
fn the_texts_are_those_of_the_gateway() {
    let content: Vec<u8> = noise(2_000);
    let texts = written(&content);
    assert_eq!(texts, written(&content), "the same arguments, the same texts");
    assert_eq!(texts.len(), 4);
    for (text, number) in texts.iter().zip(1..) {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><BarcodeElement \
                    xmlns=\"http://barcodes.pdf.shep.nitec.kz/\"><creationDate>\
                    2026-11-25T17:00:00.000+05:00</creationDate><elementData>";
        let tail = format!(
            "</elementData><elementNumber>{number}</elementNumber><elementsAmount>4\
             </elementsAmount><FavorID>{NUMBER}</FavorID></BarcodeElement>"
        );
        let data = text.strip_prefix(head).unwrap().strip_suffix(&tail).unwrap();
        let octets = BASE64.decode(data).unwrap();
        assert!(octets.len() == 650 || number == 4);
        assert!(text.len() == 1183 || number == 4);
        if number == 1 {
            assert_eq!(octets[..8], *b"PK\x03\x04\x14\x00\x08\x08");
        }
    }
    for wrong in ["1010000000001", "101000000000171", "1010000000001x", ""] {
        assert!(BarcodeSet::write(&content, wrong, at()).is_err(), "{wrong}");
    }
    assert!(BarcodeSet::write(b"", NUMBER, at()).is_err());
    let long: Vec<u8> = noise(80_000);
    let refused = BarcodeSet::write(&long, NUMBER, at()).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::OverBudget { .. }));
}

/// Python's reader of archives finds the same in what is written here.
#[test]
fn another_reader_finds_the_same_archive() {
    let content = "Құжат ".repeat(900).into_bytes();
    let script = "import sys,re,base64,zipfile,io\n\
        z=b''.join(base64.b64decode(d) for d in re.findall('elementData>([^<]+)<',sys.stdin.read()))\n\
        a=zipfile.ZipFile(io.BytesIO(z)); assert a.testzip() is None\n\
        i,=a.infolist(); assert (i.filename,i.compress_type,i.flag_bits,i.create_system)==('one',8,0x808,0),i\n\
        assert i.date_time==(2026,11,25,17,0,0),i\n\
        sys.stdout.buffer.write(a.read('one'))";
    assert_eq!(python(script, written(&content).concat().as_bytes()), content);
}

fn python(script: &str, input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("python3")
        .args(["-c", script])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("python3 is a peer of this test");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    output.stdout
}

/// Splits as the card of an electronic document does: one base64 text, cut anywhere.
fn card(sign_id: &str, entry: &str, message: &[u8], from: usize) -> Vec<String> {
    let script = format!(
        "import sys,base64,zipfile,io\n\
         o=io.BytesIO(); a=zipfile.ZipFile(o,'w',zipfile.ZIP_DEFLATED)\n\
         a.writestr({entry:?},sys.stdin.buffer.read()); a.close()\n\
         sys.stdout.write(base64.b64encode(o.getvalue()).decode())"
    );
    let text = String::from_utf8(python(&script, message)).unwrap();
    let pieces: Vec<&str> =
        text.as_bytes().chunks(777).map(|c| std::str::from_utf8(c).unwrap()).collect();
    let total = pieces.len();
    let part = |(data, index): (&&str, usize)| {
        format!(r#"{{"signId":"{sign_id}","total":{total},"index":{index},"data":"{data}"}}"#)
    };
    pieces.iter().zip(from..).map(part).collect()
}

#[test]
fn a_card_is_judged_with_its_document() {
    let mint = mint(rsa());
    let certificate = mint.signer_certificate().unwrap();
    let content = b"%PDF-1.7 a document";
    let signer = CmsSigner::new(&*mint.signer.key, &certificate).unwrap().detached(true);
    let message = signer.sign(content, &mut SeededRng::new(3)).unwrap();
    let asked = Question::at(at()).with_data(content);
    for from in [0, 1] {
        let mut texts = card("6b1f-77", "6b1f-77.cms", &message, from);
        assert!(texts.len() > 2);
        texts.reverse();
        let report = verifier(&mint).verify_barcodes(&texts, &asked).unwrap();
        assert_eq!(report.verdict(), Verdict::Passed, "{:?}", report.reason());
        let held = report.container.as_ref().unwrap();
        assert_eq!((held.kind, held.id.as_deref()), (ContainerKind::Card, Some("6b1f-77")));
        assert_eq!(report.to_json(Lang::En)["favor_id"], serde_json::Value::Null);
        let alone = judge(&mint, &texts);
        assert_eq!((alone.verdict(), reason(&alone)), (Verdict::Indeterminate, "content_missing"));
        texts.remove(1);
        assert_eq!(reason(&judge(&mint, &texts)), "barcode_incomplete");
    }
    let other = card("6b1f-77", "another.cms", &message, 1);
    let report = verifier(&mint).verify_barcodes(&other, &asked).unwrap();
    assert_eq!((report.verdict(), reason(&report)), (Verdict::Failed, "parse"));
}

#[test]
fn a_signed_set_passes_and_tells_what_it_was() {
    let (mint, document) = signed(NUMBER, 4_000);
    let mut texts = written(&document);
    texts.reverse();
    texts.push(texts[0].clone());
    let report = judge(&mint, &texts);
    assert_eq!(report.verdict(), Verdict::Passed, "{:?}", report.reason());
    assert_eq!(report.format, Format::Xml);
    assert!(report.remarks.is_empty(), "{:?}", report.remarks);
    let told = report.to_json(Lang::Kk);
    assert_eq!(told["favor_id"], NUMBER);
    assert_eq!(told["container"]["kind"], "egov_barcodes");
    assert_eq!(told["document_sha256"].as_str().unwrap().len(), 64);
    // Being on paper adds nothing: as a file it gets the same judgement.
    let file = verifier(&mint).verify(&document, &Question::at(at())).unwrap();
    assert_eq!(file.signatures(), report.signatures());
    assert!(file.to_json(Lang::En).get("container").is_none());
}

#[test]
fn a_number_that_nobody_signed_and_codes_beside_the_set_are_remarked() {
    let (mint, document) = signed("10100000000099", 100);
    let mut texts = written(&document);
    texts.push("https://egov.kz@evil.invalid\\x/?q=1".to_owned());
    texts.push("4870001234567".to_owned());
    texts.push("<QRCodeElement xmlns=\"urn:q\"/>".to_owned());
    let report = judge(&mint, &texts);
    assert_eq!(report.verdict(), Verdict::Passed);
    let codes: Vec<&str> = report.remarks.iter().map(|r| r.code()).collect();
    assert_eq!(codes, ["favor_id_not_in_document", "link_barcode", "other_barcodes"]);
    assert!(report.remarks[1].text(Lang::En).contains("evil.invalid:"), "the host, not the bait");
    for lang in [Lang::Kk, Lang::Ru, Lang::En] {
        assert!(report.remarks.iter().all(|r| !r.text(lang).is_empty()));
    }
}

#[test]
fn missing_parts_are_named() {
    let (mint, document) = signed(NUMBER, 4_000);
    let all = written(&document);
    let amount = u32::try_from(all.len()).unwrap();
    for absent in 0..all.len() {
        let mut texts = all.clone();
        texts.remove(absent);
        let report = judge(&mint, &texts);
        assert_eq!(report.verdict(), Verdict::Indeterminate);
        assert_eq!((report.format, reason(&report)), (Format::Barcodes, "barcode_incomplete"));
        let number = u32::try_from(absent + 1).unwrap();
        let wanted =
            Evidence::BarcodeParts { document: NUMBER.to_owned(), numbers: vec![number], amount };
        assert_eq!(report.missing().collect::<Vec<_>>(), [&wanted]);
        let said = wanted.text(Lang::En);
        assert_eq!(said, format!("part {number} of {amount} barcodes is missing"));
        for lang in [Lang::Kk, Lang::Ru] {
            assert!(wanted.text(lang).contains(&number.to_string()));
        }
    }
}

#[test]
fn contradictions_fail_and_several_documents_are_told_apart() {
    let (mint, document) = signed(NUMBER, 3_000);
    let texts = written(&document);
    let said = |texts: &[String]| {
        let report = judge(&mint, texts);
        (report.verdict(), reason(&report))
    };
    let with = |from: &str, to: &str| -> Vec<String> {
        let mut changed = texts.clone();
        changed.push(texts[0].replacen(from, to, 1));
        changed
    };
    let conflict = (Verdict::Failed, "barcode_conflict");
    assert_eq!(said(&with("elementData>UEsD", "elementData>UEsE")), conflict);
    let amount = texts.len();
    assert_eq!(said(&with(&format!("Amount>{amount}<"), "Amount>63<")), conflict);
    assert_eq!(said(&with("Number>1<", "Number>63<")), conflict);
    assert_eq!(said(&with("Number>1<", "Number>0<")), (Verdict::Failed, "parse"));
    assert_eq!(said(&with(NUMBER, "10100000000018")), (Verdict::Indeterminate, "barcode_mixed"));
    let mut two = texts.clone();
    two.extend(BarcodeSet::write(&document, "10100000000018", at()).unwrap());
    assert_eq!(said(&two), (Verdict::Indeterminate, "barcode_mixed"));
}

#[test]
fn what_is_no_signed_document_never_passes() {
    let (mint, document) = signed(NUMBER, 10);
    // Each would pass, or be an error, as a file of its own.
    let authority = mint.issuing().certificate();
    for content in [authority, &mint.lists[0], b"text", b"<unsigned/>", b"PK\x05\x06"] {
        let report = judge(&mint, &written(content));
        assert_eq!((report.verdict(), reason(&report)), (Verdict::Failed, "no_signers"));
    }
    let altered: Vec<u8> = String::from_utf8(document).unwrap().replacen("<t>a", "<t>b", 1).into();
    let report = judge(&mint, &written(&altered));
    assert_eq!(reason(&report), "content_digest_mismatch");
    let link = judge(&mint, &["HTTPS://user:p@verify.invalid:443/refqr?qrcode=1".to_owned()]);
    assert_eq!((link.verdict(), reason(&link)), (Verdict::Indeterminate, "barcode_link"));
    assert!(link.reason().unwrap().text(Lang::Ru).contains("verify.invalid:443"));
    let verifier = verifier(&mint);
    let error = |text: &str| verifier.verify_barcodes(&[text], &Question::at(at())).unwrap_err();
    let named = error("<ns:QRCodeElement xmlns:ns=\"urn:q\"/>");
    assert!(
        matches!(named.kind(), ErrorKind::Unsupported { name, .. } if name == "{urn:q}QRCodeElement")
    );
    assert!(matches!(error("{\"a\":1}").kind(), ErrorKind::Unsupported { .. }));
    assert!(matches!(error("4870001234567").kind(), ErrorKind::Misuse { .. }));
    assert!(matches!(error(&"1".repeat(7_090)).kind(), ErrorKind::OverBudget { .. }));
    let dtd = "<!DOCTYPE BarcodeElement [<!ENTITY a 'a'>]><BarcodeElement>&a;</BarcodeElement>";
    assert!(matches!(error(dtd).kind(), ErrorKind::Unsupported { .. }));
}

#[test]
fn a_bomb_is_refused_before_it_is_inflated() {
    let zeros = written(&vec![0; 60_000]);
    assert!(document(&zeros).is_ok());
    let scan = |limits: &Limits| BarcodeScan::read(&zeros, limits)?.sets[0].assemble(limits);
    for limits in [
        Limits { barcode_bytes: 59_999, ..Limits::default() },
        Limits { barcode_parts: 0, ..Limits::default() },
    ] {
        let refused = scan(&limits).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::OverBudget { .. }));
    }
    let refused = BarcodeSet::write(&vec![0; 1 << 20], NUMBER, at()).unwrap_err();
    assert!(
        matches!(refused.kind(), ErrorKind::OverBudget { what, .. } if what.contains("expansion"))
    );
}

#[test]
fn foreign_things_inside_an_element_are_damage() {
    let one = &written(b"<r/>")[0];
    assert!(matches!(Barcode::read(one), Ok(Barcode::Part(_))));
    for (from, to) in [
        ("<elementNumber>", "<elementNumber a=\"1\">"),
        ("<elementNumber>1", "<elementNumber>1<!---->"),
        ("<elementNumber>1", "<elementNumber>+1"),
        ("</BarcodeElement>", "<more/></BarcodeElement>"),
        ("</BarcodeElement>", "text</BarcodeElement>"),
        ("</BarcodeElement>", "<FavorID>10100000000018</FavorID></BarcodeElement>"),
        ("</BarcodeElement>", "<x:FavorID xmlns:x=\"urn:x\">1</x:FavorID></BarcodeElement>"),
        ("<FavorID>1", "<FavorID>\u{202e}1"),
        ("</elementData>", "=</elementData>"),
        ("A</elementData>", "</elementData>"),
        ("</BarcodeElement>", ""),
    ] {
        let altered = one.replacen(from, to, 1);
        assert_ne!(&altered, one, "{from}");
        let refused = Barcode::read(&altered).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::Malformed { .. }), "{to}: {refused}");
    }
    // The namespace may be absent.
    let bare = one.replacen(" xmlns=\"http://barcodes.pdf.shep.nitec.kz/\"", "", 1);
    assert!(matches!(Barcode::read(&bare), Ok(Barcode::Part(_))));
}

/// Draws modules of four pixels as a portable grey map, and reads them with zbarimg.
fn zbar(symbology: &str, rows: &[Vec<bool>], quiet: usize) -> String {
    const PIXELS: usize = 4;
    let width = (rows[0].len() + 2 * quiet) * PIXELS;
    let empty = || std::iter::repeat_n(255_u8, width * quiet * PIXELS);
    let mut grey: Vec<u8> = empty().collect();
    for row in rows {
        let side = || std::iter::repeat_n(255_u8, quiet * PIXELS);
        let dark = |dark: &bool| [if *dark { 0 } else { 255 }; PIXELS];
        let line: Vec<u8> = side().chain(row.iter().flat_map(dark)).chain(side()).collect();
        (0..PIXELS).for_each(|_| grey.extend_from_slice(&line));
    }
    grey.extend(empty());
    let mut picture = format!("P5 {width} {} 255\n", grey.len() / width).into_bytes();
    picture.extend(grey);
    let file = tempfile::Builder::new().suffix(".pgm").tempfile().unwrap();
    std::fs::write(file.path(), picture).unwrap();
    let output = Command::new("zbarimg")
        .args(["--raw", "--quiet", "-Sdisable", &format!("-S{symbology}.enable")])
        .arg(file.path())
        .output()
        .expect("zbarimg is a peer of this test");
    String::from_utf8(output.stdout).unwrap().trim_end_matches('\n').to_owned()
}

#[test]
fn another_reader_reads_the_symbols() {
    let (mint, document) = signed(NUMBER, 4_000);
    let texts = written(&document);
    let mut read = Vec::new();
    for level in [QrLevel::M, QrLevel::L] {
        for text in &texts {
            let symbol = QrSymbol::encode(text, level).unwrap();
            let row = |y| (0..symbol.size()).map(|x| symbol.is_dark(x, y)).collect();
            let rows: Vec<Vec<bool>> = (0..symbol.size()).map(row).collect();
            let got = zbar("qrcode", &rows, 4);
            assert_eq!(&got, text);
            read.push(got);
        }
    }
    assert_eq!(judge(&mint, &read).verdict(), Verdict::Passed);
    for text in [NUMBER, "00000003741", "7", "KZ-2026/17"] {
        let code = Code128::encode(text).unwrap();
        assert_eq!(zbar("code128", &vec![code.modules().to_vec(); 20], 10), text);
        assert!(code.to_svg(0.33, 12.0).contains("viewBox"));
    }
    assert!(Code128::encode("").is_err() && Code128::encode("қ").is_err());
}

/// 650 octets: version 28 at level M where there is room for its modules, else 25 at level L.
#[test]
fn the_level_follows_the_space() {
    let text = &written(&noise(2_000))[0];
    let fitted = |millimetres| QrSymbol::fit(text, millimetres).map(|s| (s.level(), s.size()));
    assert_eq!(fitted(48.0).unwrap(), (QrLevel::M, 129));
    assert_eq!(fitted(47.9).unwrap(), (QrLevel::L, 117));
    assert_eq!(fitted(43.75).unwrap(), (QrLevel::L, 117));
    assert!(fitted(43.7).is_err());
    let svg = QrSymbol::fit(text, 48.0).unwrap().to_svg(48.0);
    assert!(svg.contains("width=\"48mm\"") && svg.contains("viewBox=\"0 0 137 137\""));
    // Nothing dark in the quiet zone: the first run begins at 4, 4.
    assert!(svg.contains("d=\"M4 4h7v1h-7z"));
    assert!(QrSymbol::encode(&"x".repeat(2_954), QrLevel::L).is_err());
}
