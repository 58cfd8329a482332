//! `--trust`, `--cert`, `--crl`: what counts, and what counts as absent and is named.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use crate::sandbox::{Room, pki, run, signed, verify};

const KEY: &str = "people/rsa-employee";

fn pem(files: &[&str]) -> String {
    let block = |file: &&str| {
        let text = BASE64.encode(std::fs::read(pki(file)).unwrap());
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    };
    files.iter().map(block).collect()
}

#[test]
fn one_file_may_hold_anchor_and_path() {
    let room = Room::new();
    let file = signed(&room, KEY);
    let crl = pki("crl");
    let both = room.write("both.pem", pem(&["anchors/root_rsa.cer", "authorities/nca_rsa.cer"]));
    run(&["verify", &file, "--trust", &both, "--crl", &crl]).expect(0);
    // Trusting by --cert is not trusting.
    run(&["verify", &file, "--cert", &both, "--crl", &crl]).expect(2);
}

#[test]
fn an_issuing_authority_is_no_anchor_and_is_named() {
    let room = Room::new();
    let file = signed(&room, KEY);
    let (issuing, crl) = (pki("authorities/nca_rsa.cer"), pki("crl"));
    let answer = run(&["verify", &file, "--trust", &issuing, "--crl", &crl]).expect(2);
    assert!(answer.stderr.contains("nca_rsa.cer"), "{}", answer.stderr);
}

#[test]
fn national_roots_can_be_added_back() {
    let room = Room::new();
    let file = signed(&room, KEY);
    let (anchors, authorities, crl) = (pki("anchors"), pki("authorities"), pki("crl"));
    let rest = ["--cert", &authorities, "--crl", &crl];
    let ask = |trust: &[&str]| run(&[&["verify", &file], trust, &rest[..]].concat()).code;
    assert_eq!(ask(&["--trust", &anchors, "--trust", "national"]), 0);
    assert_eq!(ask(&["--trust", "national"]), 2);
    assert_eq!(ask(&[]), 2);
}

#[test]
fn a_root_below_another_name_is_not_believed() {
    let room = Room::new();
    let file = signed(&room, "faulty/rsa-individual-same-named-foreign-root");
    let foreign = pki("faulty/nca_rsa-foreign.cer");
    let answer = verify(&[&file], &["--cert", &foreign]);
    assert!([1, 2].contains(&answer.code), "{}", answer.code);
}

#[test]
fn damaged_evidence_counts_as_absent_and_is_named() {
    let room = Room::new();
    let file = signed(&room, KEY);
    let list = std::fs::read(pki("crl/nca_rsa.crl")).unwrap();
    let (anchors, authorities) = (pki("anchors"), pki("authorities"));
    let root_list = pki("crl/root_rsa.crl");
    let rest = ["--trust", &anchors, "--cert", &authorities, "--crl", &root_list];
    for (name, bytes) in [
        ("cut.crl", &list[..list.len() / 2]),
        ("empty.crl", b""),
        ("page.crl", b"<html>404</html>"),
    ] {
        let damaged = room.write(name, bytes);
        let args = [&["verify", &file, "--crl", &damaged], &rest[..]].concat();
        let answer = run(&args).expect(2);
        assert!(answer.stderr.contains(name), "{}", answer.stderr);
        let line = run(&[&args[..], &["--json"]].concat()).expect(2).json();
        assert_eq!(line["reason"], "revocation_unknown");
        let problems = line["evidence_problems"].as_array().unwrap();
        assert_eq!(problems.len(), 1);
        assert_eq!(
            (&problems[0]["option"], &problems[0]["file"]),
            (&"--crl".into(), &damaged.into())
        );
    }
    let certificate = std::fs::read(pki("authorities/nca_rsa.cer")).unwrap();
    let damaged = room.write("cut.cer", &certificate[..99]);
    let crl = pki("crl");
    for option in ["--cert", "--trust"] {
        let answer = run(&["verify", &file, option, &damaged, "--crl", &crl]).expect(2);
        assert!(answer.stderr.contains("cut.cer"), "{}", answer.stderr);
    }
    // In a folder too, where a sound list lies beside it.
    let lists = room.path("lists");
    std::fs::create_dir(&lists).unwrap();
    std::fs::write(format!("{lists}/cut.crl"), &list[..list.len() / 2]).unwrap();
    std::fs::copy(pki("crl/nca_rsa.crl"), format!("{lists}/good.crl")).unwrap();
    let answer = run(&[&["verify", &file, "--crl", &lists], &rest[..]].concat()).expect(0);
    assert!(answer.stderr.contains("cut.crl") && !answer.stderr.contains("good.crl"));
    // Beside good evidence it changes nothing.
    let answer = verify(&[&file], &["--crl", &damaged]).expect(0);
    assert!(answer.stderr.contains("cut.cer"));
}

#[test]
fn missing_evidence_is_66() {
    let room = Room::new();
    let file = signed(&room, KEY);
    for option in ["--crl", "--cert", "--trust"] {
        let answer = verify(&[&file], &[option, &room.path("absent")]).expect(66);
        assert!(answer.stderr.contains("absent"));
    }
}

#[test]
fn folders_are_read_without_their_subfolders() {
    let room = Room::new();
    let file = signed(&room, KEY);
    let (anchors, authorities) = (pki("anchors"), pki("authorities"));
    let ask = |crl: &str| {
        run(&["verify", &file, "--json", "--trust", &anchors, "--cert", &authorities, "--crl", crl])
    };
    let problems = ask(&pki("crl")).expect(0).json()["evidence_problems"].clone();
    assert_eq!(problems, serde_json::json!([]));
    // The lists are one level deeper.
    ask(&pki("")).expect(2);
    let empty = room.path("empty");
    std::fs::create_dir(&empty).unwrap();
    let line = ask(&empty).expect(2).json();
    assert_eq!(line["evidence_problems"][0]["file"], empty.as_str());
}

#[test]
fn certificates_are_read_from_bundles_without_a_signature() {
    let room = Room::new();
    let file = signed(&room, KEY);
    let both = room.write("both.pem", pem(&["anchors/root_rsa.cer", "authorities/nca_rsa.cer"]));
    let bundle = room.path("both.p7b");
    let made = std::process::Command::new("openssl")
        .args(["crl2pkcs7", "-nocrl", "-outform", "DER", "-certfile", &both, "-out", &bundle])
        .status();
    assert!(made.unwrap().success());
    let (anchors, crl) = (pki("anchors"), pki("crl"));
    run(&["verify", &file, "--trust", &anchors, "--cert", &bundle, "--crl", &crl]).expect(0);
    run(&["verify", &file, "--trust", &bundle, "--crl", &crl]).expect(0);
    run(&["verify", &file, "--trust", &anchors, "--crl", &crl]).expect(2);
}

#[test]
fn damaged_ocsp_responses_and_bundles_count_as_absent() {
    let room = Room::new();
    let file = signed(&room, KEY);
    let page = room.write("page.bin", "<html>404</html>");
    for option in ["--ocsp", "--bundle"] {
        let line = verify(&[&file], &[option, &page, "--json"]).expect(0).json();
        let problems = line["evidence_problems"].as_array().unwrap();
        assert_eq!((problems.len(), &problems[0]["option"]), (1, &option.into()), "{line:#}");
    }
    verify(&[&file], &["--ocsp", &room.path("absent")]).expect(66);
    verify(&[&file], &["--bundle", &room.path("absent")]).expect(66);
}
