//! XML documents, co-signing, completions and manual pages.

use crate::sandbox::{Answer, NOTICE, Room, pki, run, sign, signed, verdict, verify};

const PERSON: &str = "people/gost2015-individual";
const HEAD: &str = "people/rsa-ceo";
const REQUEST: &[u8] =
    "<request><iin>920101100008</iin><text Id=\"t\">Өтініш</text></request>".as_bytes();

fn sign_xml(file: &str, key: &str, more: &[&str]) -> Answer {
    let (key, password) = (pki(&format!("{key}.p12")), pki("password.txt"));
    let args = ["sign", "--key", &key, "--password-file", &password, "--format", "xml", file];
    run(&[&args, more].concat())
}

fn cosign(file: &str, key: &str, more: &[&str]) -> Answer {
    let (key, password) = (pki(&format!("{key}.p12")), pki("password.txt"));
    run(&[&["cosign", "--key", &key, "--password-file", &password, file], more].concat())
}

#[test]
fn a_request_is_signed_and_cosigned() {
    let room = Room::new();
    let request = room.write("request.xml", REQUEST);
    sign_xml(&request, PERSON, &[]).expect(0);
    let once = room.path("request.signed.xml");
    let report = verdict(&[&once], &[], 0);
    assert_eq!(report["format"], "xml");
    assert_eq!(report["signatures"][0]["covers"][0], "/");
    assert_eq!(report["signatures"][0]["signer"]["role"], "individual");

    cosign(&once, HEAD, &["--xades"]).expect(0);
    let twice = room.path("request.signed.cosigned.xml");
    let report = verdict(&[&twice], &[], 0);
    assert_eq!(report["signatures"].as_array().unwrap().len(), 2);
    assert_eq!(report["signatures"][1]["signer"]["role"], "ceo");
    assert!(report["signatures"][1]["claimed_signing_time"].is_string());
    let (before, after) =
        (room.read("request.signed.xml"), room.read("request.signed.cosigned.xml"));
    let kept = before.len() - "</request>".len();
    assert_eq!(before[..kept], after[..kept], "what was there keeps every byte");
    run(&["inspect", &twice]).expect(0);
}

#[test]
fn a_part_is_good_only_when_asked_for() {
    let room = Room::new();
    let request = room.write("request.xml", REQUEST);
    sign_xml(&request, "people/gost2004-ceo", &["--id", "t", "--compact"]).expect(0);
    let part = room.path("request.signed.xml");
    assert!(!room.read("request.signed.xml").contains(&b'\n'), "compact has no line break");
    assert_eq!(verdict(&[&part], &[], 2)["reason"], "xml_partial_coverage");
    verdict(&[&part], &["--element", "t"], 0);
    verdict(&[&part], &["--element", "absent"], 1);
    sign_xml(&request, PERSON, &["--id", "absent", "-o", &room.path("no.xml")]).expect(65);
}

#[test]
fn an_altered_request_fails_and_an_unsigned_one_too() {
    let room = Room::new();
    let request = room.write("request.xml", REQUEST);
    assert_eq!(verdict(&[&request], &[], 1)["reason"], "no_signers");
    sign_xml(&request, PERSON, &[]).expect(0);
    let text = String::from_utf8(room.read("request.signed.xml")).unwrap();
    let altered = room.write("altered.xml", text.replace("920101100008", "920101100009"));
    assert_eq!(verdict(&[&altered], &[], 1)["reason"], "content_digest_mismatch");
    let broken = room.write("broken.xml", &text[..text.len() - 3]);
    assert_eq!(verdict(&[&broken], &[], 1)["reason"], "parse");
}

#[test]
fn a_message_is_cosigned_attached_and_detached() {
    let room = Room::new();
    let message = signed(&room, PERSON);
    cosign(&message, HEAD, &[]).expect(0);
    cosign(&message, HEAD, &[]).expect(64); // the answer is there already
    let both = room.path("notice.txt.cosigned.cms");
    assert_eq!(verdict(&[&both], &[], 0)["signatures"].as_array().unwrap().len(), 2);
    verify(&[&both], &["--expect-bin", "000000000000"]).expect(1);

    let notice = room.path("notice.txt");
    sign(&notice, PERSON, &["--detached"]).expect(0);
    let detached = room.path("notice.txt.p7s");
    cosign(&detached, HEAD, &[]).expect(65);
    let other = room.write("other.txt", "other");
    cosign(&detached, HEAD, &["--data", &other]).expect(65);
    cosign(&detached, HEAD, &["--data", &notice]).expect(0);
    verdict(&[&room.path("notice.txt.cosigned.p7s")], &["--data", &notice], 0);
    assert_eq!(room.read("notice.txt"), NOTICE);
}

#[test]
fn words_that_do_not_go_together_are_refused() {
    let room = Room::new();
    let request = room.write("request.xml", REQUEST);
    sign_xml(&request, PERSON, &["--detached"]).expect(64);
    sign(&request, PERSON, &["--compact"]).expect(64);
    let message = signed(&room, PERSON);
    cosign(&message, HEAD, &["--xades"]).expect(64);
    cosign(&request, HEAD, &["--data", &request]).expect(64);
    let text = room.write("plain.txt", "plain");
    cosign(&text, HEAD, &[]).expect(65);
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]).expect(0);
        for word in ["verify", "cosign", "expect-iin"] {
            assert!(script.text().contains(word), "{shell}: {word}");
        }
    }
    assert!(run(&["man"]).expect(0).text().starts_with(".ie"));
    assert!(run(&["man", "verify"]).expect(0).text().contains("element"));
    run(&["man", "nothing"]).expect(64);
    run(&["completions", "nothing"]).expect(64);
}

#[test]
fn large_files_pass_through_as_streams() {
    let room = Room::new();
    let film = room.path("film.bin");
    let bytes: Vec<u8> = (0..40_u32 << 20).map(|i| (i % 251) as u8).collect();
    std::fs::write(&film, &bytes).unwrap();
    sign(&film, PERSON, &[]).expect(0);
    let attached = room.path("film.bin.cms");
    verify(&[&attached], &[]).expect(0);
    run(&["extract", &attached, "-o", &room.path("back.bin")]).expect(0);
    assert!(room.read("back.bin") == bytes);
    sign(&film, HEAD, &["--detached"]).expect(0);
    let detached = room.path("film.bin.p7s");
    verify(&[&detached], &["--data", &film]).expect(0);
    let mut other = bytes;
    other[30 << 20] ^= 1;
    let other = room.write("other.bin", &other);
    assert_eq!(verdict(&[&detached], &["--data", &other], 1)["reason"], "content_digest_mismatch");
    assert_eq!(verdict(&[&attached], &["--data", &other], 1)["reason"], "content_conflict");
}
