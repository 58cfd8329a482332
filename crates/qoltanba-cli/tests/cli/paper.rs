//! PDF files and pictures through the command.

use qoltanba::paper::{BarcodeSet, QrLevel, QrSymbol};

use crate::sandbox::{Room, pki, run, verdict, verify};

pub(crate) const NUMBER: &str = "10100000000017";
const REQUEST: &str = "<r><requestNumber>10100000000017</requestNumber><city>Өскемен</city></r>";

pub(crate) fn signed(room: &Room) -> Vec<u8> {
    let request = room.write("request.xml", REQUEST.as_bytes());
    let (key, password) = (pki("people/gost2015-individual.p12"), pki("password.txt"));
    let args = ["sign", "--key", &key, "--password-file", &password, "--format", "xml"];
    run(&[&args[..], &[&request]].concat()).expect(0);
    room.read("request.signed.xml")
}

/// A page with codes of 60 mm, and a file attached to it; its tables are left for readers to make.
pub(crate) fn pdf(texts: &[String], attached: Option<&[u8]>) -> Vec<u8> {
    let mut content = String::new();
    for (i, text) in texts.iter().enumerate() {
        let symbol = QrSymbol::encode(text, QrLevel::L).unwrap();
        let size = symbol.size();
        let module = 170.0 / size as f64;
        let (left, top) = (60.0 + 250.0 * (i % 2) as f64, 800.0 - 250.0 * (i / 2) as f64);
        for (x, y) in (0..size * size).map(|at| (at % size, at / size)) {
            if symbol.is_dark(x, y) {
                let (x, y) = (left + module * x as f64, top - module * (y + 1) as f64);
                content.push_str(&format!("{x:.3} {y:.3} {module:.3} {module:.3} re\n"));
            }
        }
        content.push_str("f\n");
    }
    let stream = |number: usize, data: &[u8]| {
        let head = format!("{number} 0 obj <</Length {}>>\nstream\n", data.len());
        [head.as_bytes(), data, b"\nendstream endobj\n"].concat()
    };
    let names = "/Names <</EmbeddedFiles <</Names [(a) 6 0 R]>>>>";
    let mut file = format!(
        "%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R {}>> endobj\n\
         2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n\
         3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R>> endobj\n",
        attached.map_or("", |_| names)
    )
    .into_bytes();
    file.extend(stream(4, content.as_bytes()));
    if let Some(attached) = attached {
        file.extend(stream(5, attached));
        file.extend(b"6 0 obj <</Type /Filespec /F (notice.xml) /EF <</F 5 0 R>>>> endobj\n");
    }
    file.extend(b"trailer <</Root 1 0 R>>\n");
    file
}

#[test]
fn a_pdf_is_verified_and_its_content_shown() {
    let room = Room::new();
    let signed = signed(&room);
    let created = "2026-11-25T12:00:00Z".parse().unwrap();
    let texts = BarcodeSet::write(&signed, NUMBER, created).unwrap();
    let file = room.write("notice.pdf", pdf(&texts, Some(&signed)));
    let report = verdict(&[&file], &[], 2);
    assert_eq!(report["reason"], "page_not_compared");
    assert_eq!(report["paper"]["page"]["outcome"], "not_compared");
    let report = verdict(&["--scan", &file], &[], 0);
    assert_eq!(report["favor_id"], NUMBER);
    assert_eq!(report["paper"]["attachments"][0]["name"], "notice.xml");
    let told = verify(&["--scan", &file], &[]).expect(0);
    assert!(told.text().contains("Өскемен"), "{}", told.text());
    let told = verify(&[&file], &["--lang", "kk"]).expect(2);
    assert!(told.text().contains("--scan"), "{}", told.text());

    let other = room.write("other.pdf", pdf(&texts, Some(REQUEST.as_bytes())));
    assert_eq!(
        verdict(&["--scan", &other], &[], 0)["paper"]["attachments"][0]["bytes"],
        REQUEST.len()
    );
    let blank = room.write("blank.pdf", pdf(&[], None));
    assert_eq!(verdict(&[&blank], &[], 1)["reason"], "no_signers");
    let damaged = room.write("damaged.pdf", b"%PDF-1.7 nothing");
    assert_eq!(verdict(&["--scan", &damaged], &[], 1)["reason"], "parse");
}

#[test]
fn pages_of_all_kinds_are_read_and_the_document_written() {
    let room = Room::new();
    let signed = signed(&room);
    let created = "2026-11-25T12:00:00Z".parse().unwrap();
    let texts = BarcodeSet::write(&signed, NUMBER, created).unwrap();
    let (first, rest) = texts.split_first().unwrap();
    let page = room.write("page.pdf", pdf(std::slice::from_ref(first), None));
    let lines = room.write("rest.txt", rest.join("\n"));
    assert_eq!(verdict(&["--scan", &lines, &page], &[], 0)["paper"]["kind"], "scan");
    let out = room.path("out.xml");
    run(&["read", &page, &lines, "-o", &out]).expect(0);
    assert_eq!(room.read("out.xml"), signed);
    let attached = room.write("attached.pdf", pdf(&[], Some(&signed)));
    let out = room.path("again.xml");
    let told = run(&["read", &attached, "-o", &out]).expect(0);
    assert!(told.text().contains("notice.xml"));
    assert_eq!(room.read("again.xml"), signed);
    let told = run(&["inspect", &attached, "--json"]).expect(0).json();
    assert_eq!(told["contents"][0]["kind"], "pdf");
    assert_eq!(told["contents"][0]["attachments"][0]["name"], "notice.xml");
}
