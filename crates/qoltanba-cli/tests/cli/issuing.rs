//! Before a document is signed and behind it: the signer's own certificate, the register of a
//! folder, what a request may not be told.

use std::{
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{Instant, algorithm::SignatureAlgorithm};
use qoltanba_testkit::{Addresses, CrlSpec, DevPki, Existing};
use serde_json::{Value, json};

use crate::{
    issue::{
        ANOTHER, HEAD, PERSON, SYSTEM, days_from_now, document, issue, issue_blindly, lines,
        notice, pdfs, signed_request,
    },
    sandbox::{Answer, Room, pki, run, verdict, verify},
    shown::compare,
};

const LANGS: [&str; 3] = ["kk", "ru", "en"];

/// The data of an application of the holder of a certificate.
fn application(room: &Room, holder: &str) -> String {
    let data = run(&["issue", "--template", "application"]).expect(0).stdout;
    let mut data: Value = serde_json::from_slice(&data).unwrap();
    let line = run(&["inspect", &pki(&format!("{holder}.cer")), "--json"]).expect(0).json();
    let text = line.to_string();
    let at = text.find("IIN").unwrap() + 3;
    data["applicant_iin"] = json!(text[at..at + 12]);
    room.write("application.json", data.to_string())
}

const PROVIDER: [&str; 6] =
    ["--provider-kk", "Әкімдік", "--provider-ru", "Акимат", "--provider-bin", "450140000005"];

#[test]
fn a_certificate_that_does_not_hold_signs_nothing() {
    let room = Room::new();
    let out = room.path("out.pdf");
    let dated = days_from_now(-380);
    for (holder, code, reason, name) in [
        ("people/gost2015-individual-revoked", 1, "cert_revoked", "signer-revoked"),
        ("faulty/gost2015-individual-expired", 1, "cert_expired", "signer-expired"),
        ("faulty/gost2015-individual-not-yet-valid", 1, "cert_not_yet_valid", ""),
        ("faulty/gost2015-individual-bad-signature", 1, "chain_bad_signature", ""),
    ] {
        let data = application(&room, holder);
        let words = ["issue", "--form", "application", &data, "-o", &out];
        let words = [&words[..], &PROVIDER].concat();
        let line = issue(&words, holder, &["--json"]).expect(code).json();
        assert_eq!((&line["status"], &line["reason"]), (&json!("error"), &json!(reason)));
        // Dated back into its validity it does not hold either.
        issue(&words, holder, &["--issued", &dated]).expect(code);
        for lang in LANGS {
            let answer = issue(&words, holder, &["--lang", lang]).expect(code);
            if !name.is_empty() {
                compare(lang, name, &answer.stderr);
            }
        }
        // A folder of many is refused as a whole, without a number given.
        let folder = room.path("folder");
        let words = ["issue", "--form", "application", &data, &data, "-o", &folder, "--json"];
        let told = issue(&[&words[..], &PROVIDER].concat(), holder, &[]).expect(code).lines();
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|line| line["status"] == "error"));
        assert!(!Path::new(&folder).join("issued.jsonl").exists());
        assert!(!Path::new(&out).exists());
    }
    // The same words with a good key.
    let data = application(&room, PERSON);
    let words = ["issue", "--form", "application", &data, "-o", &out];
    issue(&[&words[..], &PROVIDER].concat(), PERSON, &[]).expect(0);
}

#[test]
fn who_vouches_for_the_signer_must_be_known_and_what_is_unknown_is_said() {
    let room = Room::new();
    let data = room.write("notice.json", notice(1).to_string());
    let out = room.path("out.pdf");
    let words = ["issue", "--form", "result-notice", &data, "-o", &out];
    let line = issue_blindly(&words, HEAD, &["--offline", "--json"]).expect(2).json();
    assert_eq!(line["reason"], "chain_untrusted");
    for lang in LANGS {
        let answer = issue_blindly(&words, HEAD, &["--offline", "--lang", lang]).expect(2);
        compare(lang, "signer-untrusted", &answer.stderr);
    }
    assert!(!Path::new(&out).exists());
    // Its path is known, and no list is at hand.
    let (anchors, authorities) = (pki("anchors"), pki("authorities"));
    let path = ["--trust", &anchors, "--cert", &authorities, "--offline"];
    for lang in LANGS {
        let number = ["--number", "70420000000013", "--force"];
        let more = [&path[..], &["--lang", lang], &number].concat();
        let answer = issue_blindly(&words, HEAD, &more).expect(0);
        compare(lang, "signer-unknown", &answer.stderr);
    }
    let folder = room.path("folder");
    let words = ["issue", "--form", "result-notice", &data, "-o", &folder, "--json"];
    let line = issue_blindly(&words, HEAD, &path).expect(0).json();
    assert_eq!(line["signer_check"]["verdict"], "indeterminate");
    assert_eq!(line["signer_check"]["reason"], "revocation_unknown");
    assert_eq!(register(&folder).last().unwrap()["signer_check"], "revocation_unknown");
    // With the list the next document says so.
    let data = room.write("other.json", notice(2).to_string());
    let words = ["issue", "--form", "result-notice", &data, "-o", &folder, "--json"];
    let line = issue(&words, HEAD, &[]).expect(0).json();
    assert_eq!(line["signer_check"]["verdict"], "passed");
    assert_eq!(register(&folder).last().unwrap()["signer_check"], "passed");
    for lang in LANGS {
        let answer = issue(&words, HEAD, &["--issued", "01.01.2126 09:00", "--lang", lang]);
        compare(lang, "issued-in-future", &answer.expect(64).stderr);
    }
    // A receipt and a refusal are held to the same.
    for command in ["receipt", "refuse"] {
        let out = room.path("never.pdf");
        issue_blindly(&[command, &data, "-o", &out], HEAD, &["--offline"]).expect(2);
        assert!(!Path::new(&out).exists());
    }
}

/// A list out of date is what the national rules call negative (500/НҚ p.18.5), not just missing.
#[test]
fn a_stale_list_keeps_the_signer_from_issuing() {
    const DAY: i64 = 86_400;
    let room = Room::new();
    let mut rng = UnwrapErr(SysRng);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let at = Instant::from_unix(now as i64);
    let algorithms = [SignatureAlgorithm::Gost2015_512];
    let addresses = Addresses::default();
    let mut made = DevPki::with_addresses(&algorithms, &addresses, at, &mut rng).unwrap();
    let family = &mut made.families[0];
    let next_update = Some(at.plus_seconds(-5 * DAY));
    let stale = CrlSpec { next_update, ..CrlSpec::complete(1, at.plus_seconds(-9 * DAY)) };
    family.issuing_list = family.issuing.publish(&stale, &mut rng).unwrap();
    family.issuing_delta = family.issuing_list.clone();
    made.write(room.path("pki").as_ref(), Existing::Refuse, &mut rng).unwrap();
    let pki = |name: &str| room.path(&format!("pki/{name}"));
    let data = room.write("notice.json", notice(1).to_string());
    let (key, password) = (pki(&format!("{HEAD}.p12")), pki("password.txt"));
    let (anchors, authorities, crl) = (pki("anchors"), pki("authorities"), pki("crl"));
    let out = room.path("out.pdf");
    let words = ["issue", "--form", "result-notice", &data, "-o", &out, "--json", "--offline"];
    let with = ["--key", &key, "--password-file", &password, "--trust", &anchors];
    let words = [&words[..], &with, &["--cert", &authorities, "--crl", &crl]].concat();
    assert_eq!(run(&words).expect(1).json()["reason"], "crl_stale");
    assert!(!Path::new(&out).exists());
}

fn register(folder: &str) -> Vec<Value> {
    let text = fs::read_to_string(Path::new(folder).join("issued.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The register of a run that had no time to write down that this file is whole.
fn forget(folder: &str, number: &str) {
    let lines = register(folder);
    let kept = lines.iter().filter(|line| line.get("item").is_some() || line["number"] != number);
    let text: String = kept.map(|line| format!("{line}\n")).collect();
    fs::write(Path::new(folder).join("issued.jsonl"), text).unwrap();
}

fn field(answer: &Answer, name: &str) -> Vec<Value> {
    answer.lines().iter().map(|line| line[name].clone()).collect()
}

#[test]
fn whole_is_what_is_as_it_was_written() {
    let room = Room::new();
    let data = room.write("data.jsonl", lines(3));
    let out = room.path("out");
    let words = ["issue", "--form", "result-notice", &data, "-o", &out, "--json"];
    let first = issue(&words, HEAD, &[]).expect(0);
    let line = &first.lines()[0];
    let (number, file) = (line["number"].as_str().unwrap(), line["file"].as_str().unwrap());
    let pdf = fs::read(file).unwrap();
    let digest = qoltanba::algorithm::DigestAlgorithm::Sha256.digest(&pdf);
    let digest: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(line["sha256"], digest);
    // The same document on another page is sound, and not the file that was written.
    let other = room.path("other.pdf");
    run(&["render", file, "--language", "kk", "-o", &other]).expect(0);
    fs::copy(&other, file).unwrap();
    let again = issue(&words, HEAD, &[]).expect(0);
    assert_eq!(field(&again, "status"), ["issued", "whole", "whole"]);
    assert_eq!(again.lines()[0]["again"], "altered");
    assert_eq!(again.lines()[0]["number"], number);
    fs::remove_file(file).unwrap();
    for lang in LANGS {
        let words = ["issue", "--form", "result-notice", &data, "-o", &out, "--lang", lang];
        let answer = issue(&words, HEAD, &[]).expect(0);
        let said = answer.stderr.replace(number, "<number>");
        compare(lang, "made-again", &said);
        fs::remove_file(file).unwrap();
    }
    assert_eq!(issue(&words, HEAD, &[]).expect(0).lines()[0]["again"], "missing");
    // A run was cut off before it wrote down the digest: the file itself tells.
    let pdf = fs::read(file).unwrap();
    forget(&out, number);
    assert_eq!(field(&issue(&words, HEAD, &[]).expect(0), "status"), ["whole"; 3]);
    assert_eq!(fs::read(file).unwrap(), pdf);
    assert_eq!(register(&out).last().unwrap()["number"], number);
}

#[test]
fn a_file_that_the_register_does_not_know_is_kept() {
    let room = Room::new();
    let mut data = notice(1);
    data["signatories"].as_array_mut().unwrap().push(json!({
        "position": { "kk": "Басшы", "ru": "Руководитель" }, "name": "ОЙДАНБЕКОВ Ү."
    }));
    let data = room.write("data.jsonl", format!("{data}\n{}\n", notice(2)));
    let out = room.path("out");
    let words = ["issue", "--form", "result-notice", &data, "-o", &out, "--json"];
    let first = issue(&words, HEAD, &[]).expect(0);
    let (number, file) = (first.lines()[0]["number"].clone(), first.lines()[0]["file"].clone());
    let (number, file) = (number.as_str().unwrap(), file.as_str().unwrap());
    let ours = fs::read(file).unwrap();
    let issued = register(&out)[0]["issued"].as_str().unwrap().to_owned();
    // On another page; cut short; signed by another person, with the same content; unsigned.
    let page = room.path("page.pdf");
    run(&["render", file, "--language", "ru", "-o", &page]).expect(0);
    let theirs = room.path("theirs.pdf");
    let one = room.write("one.json", fs::read_to_string(&data).unwrap().lines().next().unwrap());
    let with = ["--number", number, "--issued", &issued, "-o", &theirs];
    let words_of_one = ["issue", "--form", "result-notice", &one];
    issue(&words_of_one, "people/gost2015-can_sign", &with).expect(0);
    verify(&[&theirs], &[]).expect(0);
    assert_eq!(document(theirs.as_ref()).document(), document(file.as_ref()).document());
    let foreign = [
        fs::read(&page).unwrap(),
        ours[..ours.len() / 2].to_vec(),
        fs::read(&theirs).unwrap(),
        b"a letter".to_vec(),
        Vec::new(),
    ];
    for (index, bytes) in foreign.iter().enumerate() {
        forget(&out, number);
        fs::write(file, bytes).unwrap();
        let answer = issue(&words, HEAD, &[]).expect(65);
        assert_eq!(field(&answer, "status"), ["error", "whole"], "{index}");
        assert_eq!(answer.lines()[0]["reason"], "file_in_the_way", "{index}");
        assert_eq!(&fs::read(file).unwrap(), bytes, "{index}");
    }
    for lang in LANGS {
        let words = ["issue", "--form", "result-notice", &data, "-o", &out, "--lang", lang];
        let said = issue(&words, HEAD, &[]).expect(65).stderr.replace(number, "<number>");
        compare(lang, "file-in-the-way", &said);
    }
    let answer = issue(&words, HEAD, &["--force"]).expect(0);
    assert_eq!(field(&answer, "status"), ["issued", "whole"]);
    verify(&[file], &[]).expect(0);
    // The same where the number is given for the first time.
    let mut named = notice(3);
    named["number"] = json!("70420000000013");
    let data = room.write("named.json", named.to_string());
    let file = Path::new(&out).join("70420000000013.pdf");
    fs::write(&file, "a letter").unwrap();
    let words = ["issue", "--form", "result-notice", &data, "-o", &out, "--json"];
    assert_eq!(issue(&words, HEAD, &[]).expect(65).json()["reason"], "file_in_the_way");
    assert_eq!(fs::read(&file).unwrap(), b"a letter");
    issue(&words, HEAD, &["--force"]).expect(0);
    assert_eq!(document(&file).document().number.as_str(), "70420000000013");
}

#[test]
fn a_rerun_with_other_settings_is_told() {
    let room = Room::new();
    let data = room.write("data.jsonl", lines(2));
    let out = room.path("out");
    let words = ["issue", "--form", "result-notice", &data, "-o", &out];
    let json = [&words[..], &["--json"]].concat();
    issue(&words, HEAD, &[]).expect(0);
    let before: Vec<_> = pdfs(&out).iter().map(|pdf| fs::read(pdf).unwrap()).collect();
    let law = concat!(env!("CARGO_MANIFEST_DIR"), "/../qoltanba/src/paper/law/law.toml");
    let law = ["--law", law];
    let ways: [&[&str]; 5] = [
        &["--language", "kk"],
        &["--header", "portal"],
        &["--provider-kk", "Басқа әкімдік"],
        &["--time-stamp=http://127.0.0.1:9/"],
        &law,
    ];
    for way in ways {
        let answer = issue(&json, HEAD, way).expect(0);
        assert_eq!(field(&answer, "status"), ["whole"; 2], "{way:?}");
        assert_eq!(field(&answer, "settings"), ["other"; 2], "{way:?}");
    }
    let answer = issue(&json, "people/gost2015-can_sign", &[]).expect(0);
    assert_eq!(field(&answer, "settings"), ["other"; 2]);
    for lang in LANGS {
        let answer = issue(&words, HEAD, &["--language", "kk", "--lang", lang]).expect(0);
        compare(lang, "other-settings", &answer.stderr);
    }
    let answer = issue(&json, HEAD, &[]).expect(0);
    assert_eq!(field(&answer, "settings"), ["same"; 2]);
    assert!(answer.stderr.is_empty(), "{}", answer.stderr);
    let after: Vec<_> = pdfs(&out).iter().map(|pdf| fs::read(pdf).unwrap()).collect();
    assert!(before == after);
    // A number that the register gives twice is told, and nothing is issued.
    let path = Path::new(&out).join("issued.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let line = text.lines().next().unwrap().replacen("\"item\":\"", "\"item\":\"f", 1);
    fs::write(&path, format!("{text}{line}\n")).unwrap();
    let number = register(&out)[0]["number"].as_str().unwrap().to_owned();
    for lang in LANGS {
        let answer = issue(&words, HEAD, &["--lang", lang]).expect(65);
        compare(lang, "register-damaged", &answer.stderr.replace(&number, "<number>"));
    }
}

/// A disk that is full ends in the middle of a line.
#[cfg(unix)]
#[test]
fn a_line_that_could_not_be_written_leaves_no_half() {
    use crate::sandbox::{answer, command};
    use std::process::Command;

    const BLOCK: usize = 512;
    let room = Room::new();
    let data = room.write("data.jsonl", lines(2));
    let out = room.path("out");
    fs::create_dir_all(&out).unwrap();
    // Longer than any page, so that the limit on files meets the register alone.
    let path = Path::new(&out).join("issued.jsonl");
    let issued = "2026-01-01T00:00:00Z";
    let line = |item: String| {
        json!({ "item": item, "number": "70420000000013", "issued": issued }).to_string() + "\n"
    };
    let blocks = 2_000;
    let length = line(String::new()).len();
    let before = line("0".repeat(blocks * BLOCK - 100 - length));
    fs::write(&path, &before).unwrap();
    let words = ["issue", "--form", "result-notice", &data, "-o", &out, "--json"];
    let (key, password) = (pki(&format!("{HEAD}.p12")), pki("password.txt"));
    let (anchors, authorities, crl) = (pki("anchors"), pki("authorities"), pki("crl"));
    let more = ["--key", &key, "--password-file", &password, "--trust", &anchors];
    let words = [&words[..], &more, &["--cert", &authorities, "--crl", &crl]].concat();
    let inner = command(&words);
    let mut shell = Command::new("sh");
    // Without the signal the write itself says that it failed.
    shell.args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", &blocks.to_string()]);
    shell.arg(inner.get_program()).args(inner.get_args());
    shell.env("QOLTANBA_CACHE", room.path("no-cache")).env("LANG", "en");
    let told = answer(&mut shell);
    assert_eq!(told.code, 70, "{}", told.stderr);
    assert!(told.stderr.contains("issued.jsonl"), "{}", told.stderr);
    assert!(fs::read_to_string(&path).unwrap() == before, "a half line was left");
    assert!(pdfs(&out).is_empty());
    run(&words).expect(0);
    assert_eq!(pdfs(&out).len(), 2);
}

#[test]
fn what_the_check_of_a_request_found_is_not_for_the_data_to_say() {
    let room = Room::new();
    let signed = signed_request(&room, ANOTHER);
    let out = room.path("refusal.pdf");
    let words = ["refuse", "--request", &signed, "--profile", "regulation-003", "-o", &out];
    let mine = json!({ "kk": "Менікі", "ru": "Моё" });
    for name in ["service", "checked_at", "certificates", "reasons", "grounds", "next_step"] {
        let given = json!({ name: mine, "request_number": "42" });
        let given = room.write("given.json", given.to_string());
        let line = issue(&words, HEAD, &[&given, "--json"]).expect(65).json();
        assert_eq!(line["reason"], "set_by_check", "{line}");
        assert!(line["message"].as_str().unwrap().starts_with(&format!("{name}: ")), "{line}");
        assert!(!Path::new(&out).exists());
    }
    let given = json!({ "reasons": [], "service": mine }).to_string();
    let given = room.write("given.json", given);
    for lang in LANGS {
        let answer = issue(&words, HEAD, &[&given, "--lang", lang]).expect(65);
        compare(lang, "refuse-set-by-check", &answer.stderr);
    }
    // What a system may sign is no refusal.
    let receipt = run(&["issue", "--template", "receipt"]).expect(0).stdout;
    let receipt = room.write("receipt.json", receipt);
    for lang in LANGS {
        let words = ["refuse", "--form", "receipt", &receipt, "-o", &out, "--lang", lang];
        compare(lang, "refuse-other-form", &issue(&words, HEAD, &[]).expect(64).stderr);
    }
    issue(&["refuse", "--form", "application", &receipt, "-o", &out], HEAD, &[]).expect(64);
    let given = json!({ "signatories": notice(1)["signatories"] }).to_string();
    let given = room.write("given.json", given);
    issue(&words, HEAD, &[&given]).expect(0);
    assert_eq!(verdict(&[&out], &[], 0)["paper"]["page"]["outcome"], "agrees");
}

#[test]
fn what_is_missing_is_named_in_three_languages_by_every_command() {
    let room = Room::new();
    let empty = room.write("empty.json", "{}");
    let out = room.path("out.pdf");
    for lang in LANGS {
        for (command, key) in [("receipt", SYSTEM), ("refuse", HEAD)] {
            let words = [command, &empty, "-o", &out, "--lang", lang];
            let answer = issue(&words, key, &[]).expect(65);
            compare(lang, &format!("{command}-missing"), &answer.stderr);
        }
        let answer = run(&["render", &empty, "-o", &out, "--lang", lang]).expect(65);
        compare(lang, "render-other", &answer.stderr);
        let answer = run(&["render", &empty, "-o", &room.path("out.doc"), "--lang", lang]);
        compare(lang, "render-ending", &answer.expect(64).stderr);
        let answer = run(&["issue", "--template", "no-such", "--lang", lang]).expect(64);
        compare(lang, "issue-no-form", &answer.stderr);
        // Of a batch one is wrong; the others are issued.
        let data = room.write("data.jsonl", format!("{}{{}}\n", lines(2)));
        let folder = room.path(&format!("batch-{lang}"));
        let words = ["issue", "--form", "result-notice", &data, "-o", &folder, "--lang", lang];
        let answer = issue(&words, HEAD, &[]).expect(65);
        compare(lang, "batch-with-a-wrong-one", &answer.stderr);
        assert_eq!(pdfs(&folder).len(), 2);
    }
    assert!(!Path::new(&out).exists());
}
