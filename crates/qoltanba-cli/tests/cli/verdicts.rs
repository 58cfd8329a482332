//! `verify`: what it says and the code that it ends with.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use crate::sandbox::{
    NOTICE, Room, altered, pki, run, run_with_input, sign, signed, verdict, verify,
};

const HEAD: &str = "people/gost2015-ceo";

#[test]
fn every_family_passes_with_all_evidence() {
    for key in ["people/gost2015-ceo", "people/gost2004-ceo", "people/rsa-ceo"] {
        let room = Room::new();
        let line = verdict(&[&signed(&room, key)], &[], 0);
        assert_eq!(line["verdict"], "passed", "{key}");
        assert!(line["reason"].is_null());
        let signature = &line["signatures"][0];
        assert_eq!(signature["verdict"], "passed");
        assert_eq!(signature["signer"]["role"], "ceo");
        for member in ["name", "iin", "bin", "algorithm"] {
            assert!(signature["signer"][member].is_string(), "{member}");
        }
        assert!(signature["time"].is_string() && signature["checks"].is_array());
    }
}

#[test]
fn what_is_altered_has_failed() {
    let room = Room::new();
    signed(&room, HEAD);
    let message = room.read("notice.txt.cms");
    let forged =
        altered(&message, "Уведомление".as_bytes(), "Уведомлeниe!!".as_bytes().get(..22).unwrap());
    let forged = room.write("forged.cms", forged);
    assert_eq!(verdict(&[&forged], &[], 1)["reason"], "content_digest_mismatch");
}

#[test]
fn a_recognised_file_that_is_damaged_has_failed() {
    let room = Room::new();
    signed(&room, HEAD);
    let message = room.read("notice.txt.cms");
    let cut = room.write("cut.cms", &message[..message.len() / 2]);
    assert_eq!(verdict(&[&cut], &[], 1)["reason"], "parse");
    let broken = "-----BEGIN CMS-----\nMIIB\n";
    let broken = room.write("broken.pem", broken);
    assert_eq!(verdict(&[&broken], &[], 1)["verdict"], "failed");
}

#[test]
fn pem_and_base64_are_read_too() {
    let room = Room::new();
    signed(&room, HEAD);
    let text = BASE64.encode(room.read("notice.txt.cms"));
    let bare = room.write("bare.txt", &text);
    let pem = room.write("x.pem", format!("-----BEGIN PKCS7-----\n{text}\n-----END PKCS7-----\n"));
    verify(&[&bare, &pem], &[]).expect(0);
}

#[test]
fn a_missing_proof_is_indeterminate() {
    let room = Room::new();
    let file = signed(&room, HEAD);
    let (anchors, authorities, crl) = (pki("anchors"), pki("authorities"), pki("crl"));
    let ask = |more: &[&str]| {
        let answer = run(&[&["verify", "--json", &file], more].concat()).expect(2);
        answer.json()["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(ask(&["--trust", &anchors, "--cert", &authorities]), "revocation_unknown");
    assert_eq!(ask(&["--trust", &anchors, "--crl", &crl]), "chain_untrusted");
    // Test roots are never among the built-in ones.
    assert_eq!(ask(&["--cert", &authorities, "--crl", &crl]), "chain_untrusted");
    let line = verdict(&[&pki("faulty/rsa-individual-expired.cer")], &[], 2);
    assert_eq!(line["reason"], "cert_expired");
}

#[test]
fn the_moment_can_be_given() {
    let room = Room::new();
    let file = signed(&room, HEAD);
    let line = verdict(&[&file], &["--at", "2001-01-01T05:00:00+05:00"], 2);
    assert_eq!(line["reason"], "cert_not_yet_valid");
    assert_eq!(line["signatures"][0]["time"], "2001-01-01T00:00:00Z");
    for bad in ["2026-01-01", "yesterday", "2026-01-01T00:00:00"] {
        verify(&[&file], &["--at", bad]).expect(64);
    }
}

#[test]
fn revoked_and_forged_certificates_have_failed() {
    let revoked = pki("people/gost2015-individual-revoked.cer");
    assert_eq!(verdict(&[&revoked], &[], 1)["reason"], "cert_revoked");
    let room = Room::new();
    let file = signed(&room, "people/rsa-individual-revoked");
    assert_eq!(verdict(&[&file], &[], 1)["reason"], "cert_revoked");
    verdict(&[&pki("faulty/gost2015-individual-bad-signature.cer")], &[], 1);
    let foreign = pki("faulty/gost2015-individual-same-named-foreign-root.cer");
    assert_eq!(verdict(&[&foreign], &[], 2)["reason"], "chain_untrusted");
}

#[test]
fn a_certificate_must_be_fit_for_the_purpose() {
    let (signs, logs_in) = (pki("people/gost2004-ceo.cer"), pki("people/gost2004-ceo-auth.cer"));
    verify(&[&signs], &[]).expect(0);
    verify(&[&signs], &["--purpose", "sign"]).expect(0);
    verify(&[&logs_in], &["--purpose", "auth"]).expect(0);
    assert_eq!(verdict(&[&signs], &["--purpose", "auth"], 1)["reason"], "key_usage");
    assert_eq!(verdict(&[&logs_in], &[], 1)["reason"], "key_usage");
    verify(&[&signs], &["--purpose", "read"]).expect(64);
}

#[test]
fn expectations_are_met_by_an_accepted_signature() {
    let room = Room::new();
    let file = signed(&room, HEAD);
    let signer = verdict(&[&file], &[], 0)["signatures"][0]["signer"].clone();
    let (iin, bin) = (signer["iin"].as_str().unwrap(), signer["bin"].as_str().unwrap());
    verify(&[&file], &["--expect-iin", iin, "--expect-bin", bin]).expect(0);
    let other = "123456789011";
    assert_eq!(verdict(&[&file], &["--expect-iin", other], 1)["reason"], "iin_mismatch");
    assert_eq!(verdict(&[&file], &["--expect-bin", other], 1)["reason"], "bin_mismatch");
    verify(&[&file], &["--expect-iin", "12345"]).expect(64);
    verify(&[&file], &["--expect-bin", "BIN123456789"]).expect(64);
}

#[test]
fn detached_signatures_need_their_document() {
    let room = Room::new();
    let notice = room.write("notice.txt", NOTICE);
    sign(&notice, HEAD, &["--detached"]).expect(0);
    let file = room.path("notice.txt.p7s");
    assert_eq!(verdict(&[&file], &[], 2)["reason"], "content_missing");
    verdict(&[&file], &["--data", &notice], 0);
    let other = room.write("other.txt", "another document");
    assert_eq!(verdict(&[&file], &["--data", &other], 1)["reason"], "content_digest_mismatch");
    verify(&[&file], &["--data", &room.path("absent.txt")]).expect(66);
    verify(&[&file, &file], &["--data", &notice]).expect(64);
}

#[test]
fn standard_input_is_a_file() {
    let room = Room::new();
    let file = signed(&room, HEAD);
    let (anchors, authorities, crl) = (pki("anchors"), pki("authorities"), pki("crl"));
    let evidence = ["--trust", &anchors, "--cert", &authorities, "--crl", &crl, "--json"];
    let message = room.read("notice.txt.cms");
    let line =
        run_with_input(&[&["verify", "-"], &evidence[..]].concat(), &message).expect(0).json();
    assert_eq!(line["file"], "-");

    sign(&room.path("notice.txt"), HEAD, &["--detached"]).expect(0);
    let detached = room.path("notice.txt.p7s");
    let args = [&["verify", &detached, "--data", "-"], &evidence[..]].concat();
    run_with_input(&args, NOTICE).expect(0);
    run_with_input(&["verify", "-", "-"], &message).expect(64);
    run_with_input(&["verify", "-", "--data", "-"], &message).expect(64);
    run(&["inspect", &file]).expect(0);
}

#[test]
fn what_is_no_signature_is_65() {
    let room = Room::new();
    let ask = |file: &str, reason: &str| {
        let line = verdict(&[file], &[], 65);
        assert_eq!((&line["verdict"], &line["reason"]), (&"error".into(), &reason.into()));
        assert_eq!(line["signatures"], serde_json::json!([]));
        assert_eq!(line["file"], file);
        assert!(line["message"].is_string());
    };
    ask(&room.write("letter.txt", "Dear Sir or Madam"), "unrecognised");
    ask(&room.write("empty.cms", ""), "unrecognised");
    ask(&pki("people/rsa-ceo.p12"), "not_applicable");
}

#[test]
fn a_list_on_its_own_is_authentic_and_in_force() {
    let list = pki("crl/nca_rsa.crl");
    assert_eq!(verdict(&[&list], &[], 0)["format"], "crl");
    let text = verify(&[&list], &[]).expect(0);
    assert!(
        text.text().contains("The revocation list is authentic and in force"),
        "{}",
        text.text()
    );
}

#[test]
#[cfg(unix)]
fn input_beyond_the_limit_is_65() {
    let room = Room::new();
    let path = room.write("huge.cms", "");
    // A sparse file: nothing of it is read.
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len((1 << 30) + 1).unwrap();
    assert_eq!(verdict(&[&path], &[], 65)["reason"], "limit");
}

#[test]
fn a_list_without_its_issuer_is_not_proved() {
    // Its issuer is not among the certificates.
    let (list, anchors) = (pki("crl/nca_rsa.crl"), pki("anchors"));
    let alone = run(&["verify", &list, "--trust", &anchors, "--json", "--offline"]).expect(2);
    assert_eq!(alone.json()["verdict"], "indeterminate");
    let room = Room::new();
    let bytes = std::fs::read(&list).unwrap();
    let cut = room.write("cut.crl", &bytes[..bytes.len() / 2]);
    verdict(&[&cut], &[], 1);
}

#[test]
fn what_is_not_there_is_66() {
    let room = Room::new();
    let line = verdict(&[&room.path("absent.cms")], &[], 66);
    assert_eq!((&line["verdict"], &line["reason"]), (&"error".into(), &"missing_file".into()));
    verify(&[&room.path("")], &[]).expect(66);
}

#[test]
fn arguments_without_sense_are_64() {
    run(&[]).expect(64);
    run(&["verify"]).expect(64);
    run(&["verfy", "x"]).expect(64);
    run(&["verify", "x", "--lang", "de"]).expect(64);
    run(&["verify", "x", "--colour"]).expect(64);
    run(&["sign", "x"]).expect(64);
    run(&["--version"]).expect(0);
    run(&["--help"]).expect(0);
    for name in ["verify", "sign", "extract", "inspect", "serve", "dev-pki", "demo"] {
        let help = run(&[name, "--help"]).expect(0);
        assert!(help.text().contains("Examples:\n  qoltanba"), "{name}");
    }
}

#[test]
fn the_worst_of_several_files_decides() {
    let room = Room::new();
    let good = signed(&room, HEAD);
    let doubtful = pki("faulty/rsa-individual-expired.cer");
    let bad = pki("people/rsa-individual-revoked.cer");
    let letter = room.write("letter.txt", "Dear Sir or Madam");
    let absent = room.path("absent.cms");
    for (files, code) in [
        (vec![&good, &good], 0),
        (vec![&good, &doubtful], 2),
        (vec![&doubtful, &bad, &good], 1),
        (vec![&bad, &doubtful], 1),
        (vec![&letter, &bad], 65),
        (vec![&good, &absent, &letter], 66),
    ] {
        let files: Vec<&str> = files.into_iter().map(String::as_str).collect();
        verify(&files, &[]).expect(code);
        let lines = verify(&files, &["--json"]).expect(code).lines();
        let names: Vec<&str> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
        assert_eq!(names, files);
    }
}
