//! Barcodes of a printed document: their texts, read and verified.

use qoltanba::paper::BarcodeSet;

use crate::sandbox::{Room, pki, run, verdict};

const NUMBER: &str = "10100000000017";
const REQUEST: &str = "<r><requestNumber>10100000000017</requestNumber></r>";

/// The texts of a signed document, in two files: a list, and lines.
fn pages(room: &Room) -> (String, String, Vec<String>) {
    let request = room.write("request.xml", REQUEST.as_bytes());
    let (key, password) = (pki("people/gost2015-individual.p12"), pki("password.txt"));
    let args = ["sign", "--key", &key, "--password-file", &password, "--format", "xml"];
    run(&[&args[..], &[&request]].concat()).expect(0);
    let signed = room.read("request.signed.xml");
    let created = "2026-11-25T12:00:00Z".parse().unwrap();
    let texts = BarcodeSet::write(&signed, NUMBER, created).unwrap();
    assert!(texts.len() > 2, "{}", texts.len());
    let (last, first) = texts.split_last().unwrap();
    let lines = room.write("page2.txt", format!("{last}\n\n").as_bytes());
    let list = room.write("page1.json", serde_json::to_vec(first).unwrap());
    (list, lines, texts)
}

#[test]
fn pages_of_one_document_are_verified_together() {
    let room = Room::new();
    let (list, lines, texts) = pages(&room);
    let report = verdict(&["--scan", &lines, &list], &[], 0);
    assert_eq!(report["favor_id"], NUMBER);
    assert_eq!(report["container"]["parts"], texts.len());
    let missing = verdict(&["--scan", &list], &[], 2);
    assert_eq!(missing["reason"], "barcode_incomplete");
    assert_eq!(missing["missing"][0]["kind"], "barcode_parts");
    let said = missing["missing"][0]["message"].as_str().unwrap();
    assert_eq!(said, format!("part {0} of {0} barcodes is missing", texts.len()));
}

#[test]
fn what_a_set_carries_is_read_and_written() {
    let room = Room::new();
    let (list, lines, _) = pages(&room);
    let out = room.path("out.xml");
    let told = run(&["read", &list, &lines, "-o", &out]);
    told.expect(0);
    assert_eq!(room.read("out.xml"), room.read("request.signed.xml"));
    run(&["read", &list]).expect(65);
    run(&["read", &list, &lines, "-o", &out]).expect(64);
}
