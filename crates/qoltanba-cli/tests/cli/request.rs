//! `request`, and what `verify` was told of policies and roles.

use crate::sandbox::{Answer, Room, pki, run, signed, verdict, verify};

const PERSON: &str = "people/gost2015-individual";

fn iin(person: &str) -> String {
    let line = verdict(&[&pki(&format!("{person}.cer"))], &[], 0);
    line["signatures"][0]["signer"]["iin"].as_str().unwrap().to_owned()
}

fn request(iin: &str, number: &str) -> String {
    format!("<request><iin>{iin}</iin><service>003</service><number>{number}</number></request>")
}

/// Signs a request as XML, and gives back where it is.
fn send(room: &Room, name: &str, text: &str, person: &str) -> String {
    let file = room.write(&format!("{name}.xml"), text);
    let (key, password) = (pki(&format!("{person}.p12")), pki("password.txt"));
    run(&["sign", "--key", &key, "--password-file", &password, "--format", "xml", &file]).expect(0);
    room.path(&format!("{name}.signed.xml"))
}

fn ask(file: &str, more: &[&str]) -> Answer {
    let (anchors, authorities, crl) = (pki("anchors"), pki("authorities"), pki("crl"));
    let args = ["request", file, "--profile", "regulation-003"];
    let evidence = ["--trust", &anchors, "--cert", &authorities, "--crl", &crl];
    run(&[&args[..], &evidence, more].concat())
}

#[test]
fn a_request_is_accepted_once() {
    let room = Room::new();
    let iin = iin(PERSON);
    let file = send(&room, "one", &request(&iin, "42"), PERSON);
    let line = ask(&file, &["--json"]).expect(0).json();
    assert_eq!(line["answer"], "accepted");
    assert_eq!(line["iin"], iin.as_str());
    assert_eq!(line["number"], "42");
    assert_eq!(line["replay_checked"], false);
    let seen = room.path("seen.txt");
    let with = ["--seen", &seen, "--json"];
    assert_eq!(ask(&file, &with).expect(0).json()["replay_checked"], true);
    assert_eq!(ask(&file, &with).expect(1).json()["reasons"][0]["code"], "replay");
    // Signed anew it is the same request; another one is another.
    let again = send(&room, "again", &request(&iin, "42"), PERSON);
    ask(&again, &with).expect(1);
    let other = send(&room, "other", &request(&iin, "43"), PERSON);
    ask(&other, &with).expect(0);
    // A line that was cut off stays what it is.
    let mut lines = room.read("seen.txt");
    lines.extend_from_slice(b"0123");
    room.write("seen.txt", &lines);
    let third = send(&room, "third", &request(&iin, "44"), PERSON);
    ask(&third, &with).expect(0);
    ask(&third, &with).expect(1);
    ask(&other, &with).expect(1);
    // Of what is refused nothing is remembered.
    let before = room.read("seen.txt");
    let wrong = send(&room, "wrong", &request("990101300007", "45"), PERSON);
    let line = ask(&wrong, &with).expect(1).json();
    assert_eq!(line["reasons"][0]["item"], "iin");
    assert!(line["notice"]["kk"]["title"].is_string());
    assert_eq!(room.read("seen.txt"), before);
    // A memory that cannot be had is no acceptance.
    ask(&file, &["--seen", &room.path("")]).expect(66);
    ask(&file, &["--seen", &room.path("no/seen.txt")]).expect(66);
}

#[test]
fn what_is_expected_and_what_cannot_be_checked() {
    let room = Room::new();
    let iin = iin(PERSON);
    let file = send(&room, "one", &request(&iin, "42"), PERSON);
    ask(&file, &["--expect-iin", &iin, "--expect-number", "42"]).expect(0);
    ask(&file, &["--expect-iin", "990101300007"]).expect(1);
    ask(&file, &["--expect-number", "43"]).expect(1);
    let anchors = pki("anchors");
    let bare = ["request", &file, "--profile", "regulation-003", "--trust", &anchors];
    run(&bare).expect(2);
    let line = run(&[&bare[..], &["--json"]].concat()).expect(2).json();
    assert_eq!(line["answer"], "unchecked");
    assert!(line["missing"][0]["ru"].is_string());
}

#[test]
fn a_profile_may_be_a_file() {
    let room = Room::new();
    let iin = iin(PERSON);
    let file = send(&room, "one", &request(&iin, "42"), PERSON);
    let ask = |profile: &str| {
        let (anchors, authorities, crl) = (pki("anchors"), pki("authorities"), pki("crl"));
        let evidence = ["--trust", &anchors, "--cert", &authorities, "--crl", &crl];
        run(&[&["request", &file, "--profile", profile][..], &evidence].concat())
    };
    let text = "schema = 1\nservice = \"003\"\nformats = [\"xml\"]\n\
        title = { kk = \"Қызмет\", ru = \"Услуга\", en = \"A service\" }\n\
        [paths]\niin = \"/request/iin\"\nservice = \"/request/service\"\nnumber = \"/request/number\"\n\
        [signer]\n[notice]\n";
    ask(&room.write("good.toml", text)).expect(0);
    ask(&room.write("bad.toml", text.replace("[signer]", "[singer]"))).expect(65);
    ask(&room.write("binary.toml", [0xff])).expect(65);
    ask("regulation-999").expect(66);
}

#[test]
fn the_policy_is_named_or_chosen_by_the_moment() {
    let room = Room::new();
    let file = signed(&room, "people/gost2015-ceo");
    let name = |more: &[&str]| {
        verdict(&[&file], more, 0)["signatures"][0]["policy"]["name"].as_str().unwrap().to_owned()
    };
    let now = name(&[]);
    assert!(["kz-2026", "kz-2015"].contains(&now.as_str()), "{now}");
    assert_eq!(name(&["--policy", "kz-2015"]), "kz-2015");
    assert_eq!(name(&["--policy", "pkix"]), "pkix");
    verify(&[&file], &["--policy", "kz"]).expect(64);
    let line = verdict(&[&file], &["--policy", "kz-2026"], 0);
    assert_eq!(line["signatures"][0]["rules"].as_array().unwrap().len(), 13);
    assert_eq!(line["signatures"][0]["parts"].as_array().unwrap().len(), 4);
}

#[test]
fn a_role_is_expected() {
    let room = Room::new();
    let file = signed(&room, "people/gost2015-ceo");
    verify(&[&file], &["--expect-role", "ceo"]).expect(0);
    verify(&[&file], &["--expect-role", "can_sign", "--expect-role", "ceo"]).expect(0);
    let line = verdict(&[&file], &["--expect-role", "can_sign"], 1);
    assert_eq!(line["reason"], "role_mismatch");
    verify(&[&file], &["--expect-role", "boss"]).expect(64);
}

#[test]
fn answers_read_well_in_three_languages() {
    let room = Room::new();
    let iin = iin(PERSON);
    let good = send(&room, "good", &request(&iin, "42"), PERSON);
    let other = send(&room, "other", &request("990101300007", "43"), PERSON);
    let anchors = pki("anchors");
    // Keys are made anew for every run, and serial numbers after them.
    let line = verdict(&[&pki(&format!("{PERSON}.cer"))], &[], 0);
    let serial = line["signatures"][0]["certificate"]["serial"].as_str().unwrap().to_owned();
    for lang in ["kk", "ru", "en"] {
        let with = ["--lang", lang];
        let compare = |name, answer: Answer| {
            crate::shown::compare(lang, name, &answer.text().replace(&serial, "<serial>"));
        };
        compare("request-accepted", ask(&good, &with).expect(0));
        compare("request-refused", ask(&other, &with).expect(1));
        let bare = ["request", &good, "--profile", "regulation-003", "--trust", &anchors];
        compare("request-unchecked", run(&[&bare[..], &with].concat()).expect(2));
    }
}
