//! `sign`, `extract`, `inspect`, `dev-pki`, `demo`: keys, passwords and files that they write.

use std::{fs, process::Command};

use crate::sandbox::{
    NOTICE, Room, answer, command, pki, run, run_with_input, sign, signed, verify,
};

const KEY: &str = "people/gost2015-can_sign";
const PASSWORD: &str = "Qoltanba-dev-1";

#[test]
fn nothing_is_overwritten_without_force() {
    let room = Room::new();
    let file = signed(&room, KEY);
    let before = room.read("notice.txt.cms");
    let notice = room.path("notice.txt");
    let answer = sign(&notice, KEY, &[]).expect(64);
    assert!(answer.stderr.contains("--force"));
    assert_eq!(room.read("notice.txt.cms"), before);
    sign(&notice, KEY, &["--force"]).expect(0);
    assert_ne!(room.read("notice.txt.cms"), before);

    let content = room.write("content.txt", "mine");
    run(&["extract", &file, "-o", &content]).expect(64);
    assert_eq!(room.read("content.txt"), b"mine");
    run(&["extract", &file, "-o", &content, "--force"]).expect(0);
    assert_eq!(room.read("content.txt"), NOTICE);
    assert_eq!(room.names(), ["content.txt", "notice.txt", "notice.txt.cms"]);
}

#[test]
fn what_an_answer_is_made_from_is_never_its_place() {
    let room = Room::new();
    let file = signed(&room, KEY);
    let notice = room.path("notice.txt");
    sign(&notice, KEY, &["--force", "-o", &notice]).expect(64);
    run(&["extract", &file, "--force", "-o", &file]).expect(64);
    assert_eq!(room.read("notice.txt"), NOTICE);
}

#[test]
fn a_failure_leaves_nothing_behind() {
    let room = Room::new();
    let notice = room.write("notice.txt", NOTICE);
    sign(&notice, "people/gost2004-ceo-auth", &[]).expect(65);
    sign(&notice, KEY, &["-o", &room.path("no/such/folder.cms")]).expect(66);
    sign(&room.path("absent.txt"), KEY, &[]).expect(66);
    assert_eq!(room.names(), ["notice.txt"]);
}

#[test]
fn only_keys_for_signing_sign() {
    let room = Room::new();
    let notice = room.write("notice.txt", NOTICE);
    let answer = sign(&notice, "people/rsa-individual-auth", &[]).expect(65);
    assert!(answer.stderr.contains("authentication"), "{}", answer.stderr);
    let answer = sign(&notice, "faulty/rsa-individual-expired", &[]).expect(0);
    assert!(answer.stderr.contains("validity"), "{}", answer.stderr);
    verify(&[&room.path("notice.txt.cms")], &[]).expect(2);
}

#[test]
fn passwords_come_from_a_file_or_the_environment() {
    let room = Room::new();
    let key = pki(&format!("{KEY}.p12"));
    let inspect = |more: &[&str]| command([&["inspect", &key], more].concat());
    let file = |bytes: &str| room.write("password", bytes);
    for good in [PASSWORD.to_owned(), format!("{PASSWORD}\n"), format!("{PASSWORD}\r\n")] {
        answer(&mut inspect(&["--password-file", &file(&good)])).expect(0);
    }
    for bad in ["", "\n", "wrong", &format!("{PASSWORD}\n\n"), &format!(" {PASSWORD}")] {
        answer(&mut inspect(&["--password-file", &file(bad)])).expect(65);
    }
    answer(inspect(&[]).env("QOLTANBA_PASSWORD", PASSWORD)).expect(0);
    answer(inspect(&[]).env("QOLTANBA_PASSWORD", "wrong")).expect(65);
    // The file goes before the environment.
    let given = ["--password-file", &file("wrong")];
    answer(inspect(&given).env("QOLTANBA_PASSWORD", PASSWORD)).expect(65);
    answer(&mut inspect(&["--password-file", &room.path("absent")])).expect(66);
    let none = answer(&mut inspect(&[])).expect(65);
    assert!(none.stderr.contains("--password-file"), "{}", none.stderr);
    run(&["inspect", &key, "--password", PASSWORD]).expect(64);
}

#[test]
fn passwords_are_never_shown() {
    let room = Room::new();
    let secret = "Құпия-93a1";
    let password = room.write("password", secret);
    let key = pki(&format!("{KEY}.p12"));
    let notice = room.write("notice.txt", NOTICE);
    for args in [
        vec!["inspect", &key],
        vec!["inspect", &key, "--json"],
        vec!["sign", "--key", &key, "--format", "cms", &notice],
    ] {
        for mut call in [command(args.iter().copied().chain(["--password-file", &password])), {
            let mut call = command(&args);
            call.env("QOLTANBA_PASSWORD", secret);
            call
        }] {
            let answer = answer(&mut call).expect(65);
            assert!(!answer.stderr.contains(secret) && !answer.text().contains(secret));
        }
    }
    let right = answer(command(["inspect", &key, "--json"]).env("QOLTANBA_PASSWORD", PASSWORD));
    assert!(!right.expect(0).text().contains(PASSWORD));
}

#[test]
fn key_stores_must_open_and_be_whole() {
    let room = Room::new();
    let password = pki("password.txt");
    let store = fs::read(pki(&format!("{KEY}.p12"))).unwrap();
    let mut flipped = store.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let notice = room.write("notice.txt", NOTICE);
    for damaged in [&store[..store.len() - 1], &store[..store.len() / 2], &flipped] {
        let file = room.write("damaged.p12", damaged);
        run(&["inspect", &file, "--password-file", &password]).expect(65);
        let key = ["sign", "--key", &file, "--password-file", &password, "--format", "cms"];
        run(&[&key[..], &[&notice]].concat()).expect(65);
    }
    let key = pki("people/rsa-ceo.cer");
    let args = ["sign", "--key", &key, "--password-file", &password, "--format", "cms", &notice];
    run(&args).expect(65);
    assert_eq!(room.names(), ["damaged.p12", "notice.txt"]);
}

#[test]
fn signing_reads_and_writes_streams_too() {
    let room = Room::new();
    let (key, password) = (pki(&format!("{KEY}.p12")), pki("password.txt"));
    let args = ["sign", "--key", &key, "--password-file", &password, "--format", "cms", "-"];
    run_with_input(&args, NOTICE).expect(64);
    let message = run_with_input(&[&args[..], &["-o", "-"]].concat(), NOTICE).expect(0).stdout;
    verify(&[&room.write("message.cms", message)], &[]).expect(0);
}

#[test]
fn the_second_implementation_accepts_rsa_signatures() {
    let room = Room::new();
    let file = signed(&room, "people/rsa-ceo");
    let mut authorities = Vec::new();
    for der in ["anchors/root_rsa.cer", "authorities/nca_rsa.cer"] {
        match Command::new("openssl").args(["x509", "-in", &pki(der)]).output() {
            Ok(pem) if pem.status.success() => authorities.extend(pem.stdout),
            _ => return,
        }
    }
    let authorities = room.write("authorities.pem", authorities);
    let output = Command::new("openssl")
        .args(["cms", "-verify", "-cades", "-inform", "DER", "-in", &file, "-CAfile", &authorities])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, NOTICE);
}

#[test]
fn extracting_gives_the_document_and_warns() {
    let room = Room::new();
    let file = signed(&room, KEY);
    let answer = run(&["extract", &file]).expect(0);
    assert_eq!(answer.stdout, NOTICE);
    assert!(answer.stderr.contains("proves nothing"));
    run(&["extract", &file, "-o", &room.path("out.txt")]).expect(0);
    assert_eq!(room.read("out.txt"), NOTICE);
    sign(&room.path("notice.txt"), KEY, &["--detached"]).expect(0);
    run(&["extract", &room.path("notice.txt.p7s")]).expect(65);
    run(&["extract", &room.path("notice.txt")]).expect(65);
    run(&["extract", &room.path("absent")]).expect(66);
}

#[test]
fn inspecting_shows_claims_of_every_kind() {
    let room = Room::new();
    let file = signed(&room, KEY);
    let password = pki("password.txt");
    for (file, kind) in [
        (pki("people/gost2004-ceo.cer"), "certificate"),
        (pki("people/gost2004-ceo.p12"), "key_store"),
        (pki("crl/nca_gost2004.crl"), "crl"),
        (file, "cms"),
        // Faulty is not unreadable.
        (pki("faulty/gost2015-individual-bad-signature.cer"), "certificate"),
    ] {
        let args = ["inspect", &file, "--password-file", &password];
        let text = run(&args).expect(0);
        assert!(text.text().contains("nothing is proved"), "{}", text.text());
        let line = run(&[&args[..], &["--json"]].concat()).expect(0).json();
        assert_eq!(line["contents"][0]["kind"], kind);
        assert_eq!(line["file"], file);
    }
    let letter = room.write("letter.txt", "Dear Sir or Madam");
    assert_eq!(run(&["inspect", &letter, "--json"]).expect(65).json()["reason"], "unrecognised");
    let cut = room.write("cut.cer", &fs::read(pki("people/rsa-ceo.cer")).unwrap()[..200]);
    run(&["inspect", &cut]).expect(65);
    run(&["inspect", &room.path("absent")]).expect(66);
}

#[test]
fn the_test_authority_overwrites_nothing_without_force() {
    let room = Room::new();
    let folder = room.path("pki");
    fs::create_dir(&folder).unwrap();
    fs::write(format!("{folder}/password.txt"), "mine").unwrap();
    let answer = run(&["dev-pki", &folder]).expect(64);
    assert!(answer.stderr.contains("password.txt"));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    run(&["dev-pki", &folder, "--force"]).expect(0);
}

#[test]
fn the_demo_runs_again_and_leaves_other_folders_alone() {
    let room = Room::new();
    let mine = room.path("mine");
    fs::create_dir(&mine).unwrap();
    fs::write(format!("{mine}/notice.txt"), "mine").unwrap();
    run(&["demo", &mine]).expect(64);
    assert_eq!(fs::read_dir(&mine).unwrap().count(), 1);
    run(&["demo", &room.write("file", "")]).expect(64);

    let folder = room.path("show");
    for _ in 0..2 {
        let answer = run(&["demo", &folder]).expect(0);
        assert!(answer.text().contains("✓ The signature is valid"));
        assert!(answer.text().contains("✗ The signature is not valid"));
    }
    for left in ["notice.txt", "notice.txt.cms", "notice-altered.cms", "pki/README.txt"] {
        assert!(fs::exists(format!("{folder}/{left}")).unwrap(), "{left}");
    }
    let folder = room.path("default");
    fs::create_dir(&folder).unwrap();
    answer(command(["demo"]).current_dir(&folder)).expect(0);
    assert!(fs::exists(format!("{folder}/qoltanba-demo/notice.txt.cms")).unwrap());
}
