//! `serve`: the service as a process.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command},
    time::Duration,
};

use qoltanba::Certificate;
use serde_json::Value;

use crate::{
    sandbox::{NOTICE, Room, answer, command, pki, run},
    shown::compare,
};

pub(crate) struct Running {
    child: Child,
    address: String,
}

impl Running {
    /// With all the evidence of the test authority.
    fn start(room: &Room, settings: &str) -> Self {
        let [trust, certificates, lists] = ["anchors", "authorities", "crl"].map(pki);
        let evidence = format!(
            "evidence.trust = [{trust:?}]\nevidence.certificates = [{certificates:?}]\n\
             evidence.lists = [{lists:?}]\n"
        );
        Self::with(room, &(evidence + settings))
    }

    /// With no evidence but that of the settings.
    pub(crate) fn with(room: &Room, settings: &str) -> Self {
        let settings = format!(
            "server.data = {:?}\nops.listen = \"\"\nops.log = \"debug\"\n\
             evidence.offline = true\n{settings}",
            room.path("data"),
        );
        let file = room.write("qoltanba.toml", settings.as_bytes());
        let mut child =
            command(["serve", "--config", &file, "--listen", "127.0.0.1:0"]).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
        Self { child, address }
    }

    /// The whole answer to a request on a connection of its own.
    pub(crate) fn ask(&self, head: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(200))).unwrap();
        let length = body.len();
        write!(
            stream,
            "{head}\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        )
        .unwrap();
        stream.write_all(body).unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        String::from_utf8(all).unwrap()
    }

    /// Asks it to end; its exit code and its log.
    pub(crate) fn end(mut self) -> (i32, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("sh").args(["-c", "kill -TERM $0", &id]).status().unwrap().success());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code().unwrap(), log)
    }
}

/// A form with the boundary `b`.
pub(crate) fn form(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        let head = format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"--b--\r\n");
    out
}

#[test]
fn it_serves_until_told_to_end_and_its_log_knows_nobody() {
    let room = Room::new();
    let notice = room.write("notice.txt", NOTICE);
    let (key, password) = (pki("people/gost2015-individual.p12"), pki("password.txt"));
    run(&["sign", "--key", &key, "--password-file", &password, &notice]).expect(0);
    let signed = room.read("notice.txt.cms");
    let server = Running::start(&room, "");

    let answer = server.ask("POST /api/v1/verify HTTP/1.1", &signed);
    let report: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(report["verdict"], "passed", "{report:#}");
    let signer = &report["signatures"][0]["signer"];
    let iin = signer["iin"].as_str().unwrap();
    let name = signer["name"].as_str().or(signer["common_name"].as_str()).unwrap_or("ТЕСТОВ");

    // Everywhere that a number could be put.
    let multipart = "content-type: multipart/form-data; boundary=b";
    let head = format!("POST /api/v1/verify HTTP/1.1\r\n{multipart}");
    let good = server.ask(&head, &form(&[("file", &signed), ("expect_iin", iin.as_bytes())]));
    assert!(good.starts_with("HTTP/1.1 200 "), "{good}");
    for head in [
        format!("POST /api/v1/verify?expect_iin={iin} HTTP/1.1"),
        format!("POST /api/v1/verify?{iin}=1&element={iin} HTTP/1.1"),
        format!("GET /{iin} HTTP/1.1"),
        format!("GET /healthz?{iin} HTTP/1.1\r\nx-request-id: {iin}\r\nuser-agent: {iin}"),
        format!("X{iin} / HTTP/1.1"),
        format!("POST /api/v1/verify HTTP/1.1\r\ncontent-type: {iin}\r\naccept-language: {iin}"),
        format!("GET / HTTP/1.1\r\nx-forwarded-for: {iin}\r\nreferer: http://x/{iin}"),
    ] {
        let answer = server.ask(&head, &signed);
        assert!(answer.starts_with("HTTP/1.1 "), "{head}");
        let (head, _) = answer.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains(iin), "{head}");
    }
    server.ask(&head, &form(&[("file", iin.as_bytes()), (iin, iin.as_bytes())]));
    server.ask("POST /api/v1/verify?scan=true HTTP/1.1", format!("[\"{iin}\"]").as_bytes());

    let (code, log) = server.end();
    assert_eq!(code, 0, "{log}");
    assert!(!log.contains(iin) && !log.contains(name), "{log}");
    assert!(!log.contains(str::from_utf8(NOTICE).unwrap().trim()));
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = lines.iter().filter(|line| line["message"] == "answered");
    assert!(answered.clone().count() >= 10, "{log}");
    assert!(answered.clone().all(|line| line["request"].as_str().is_some_and(|r| r.len() == 32)));
    assert!(answered.clone().any(|line| line["route"] == "/api/v1/verify"));
    assert_eq!(lines.last().unwrap()["message"], "stopped");
}

#[test]
fn its_settings_are_printed_and_what_it_prints_it_takes() {
    let room = Room::new();
    let printed = run(&["serve", "--print-config"]).expect(0).stdout;
    let file = room.write("all.toml", &printed);
    // Only where to listen is another: an address that nobody has here.
    let mut elsewhere = command(["serve", "--config", &file, "--listen", "192.0.2.1:1"]);
    let answer = answer(elsewhere.env("QOLTANBA_SERVER_DATA", room.path("data"))).expect(69);
    assert!(answer.stderr.contains("192.0.2.1:1"), "{}", answer.stderr);
    let wrong = room.write("wrong.toml", "limits.uploads = 1");
    for (lang, words) in [("en", "no such setting"), ("ru", "нет такой"), ("kk", "баптау жоқ")]
    {
        let answer = run(&["serve", "--config", &wrong, "--lang", lang]).expect(64);
        assert!(answer.stderr.contains(words) && answer.stderr.contains("limits.uploads"));
    }
    run(&["serve", "--config", &room.path("absent.toml")]).expect(64);
}

#[test]
fn keys_of_providers_are_made_listed_and_ended() {
    let room = Room::new();
    let settings = format!("server.data = {:?}\n", room.path("data"));
    let config = room.write("qoltanba.toml", settings);
    let keys = |more: &[&str]| run(&[&["serve", "keys"], more, &["--config", &config]].concat());
    assert_eq!(keys(&["list"]).expect(0).text(), "");
    let add = ["add", "--bin", "450140000005", "--name", "Үлгі әкімдігі\u{202e}"];
    let made = keys(&[&add[..], &["--scope", "register,status"]].concat()).expect(0);
    let token = made.text().trim().to_owned();
    assert!(made.stderr.is_empty() && token.len() > 64, "{token}");
    keys(&[&add[..], &["--scope", "reserve"]].concat()).expect(0);

    let listed = keys(&["list"]).expect(0);
    let rows: Vec<Vec<&str>> =
        listed.text().lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 2, "{}", listed.text());
    let secret = &token[token.len() - 64..];
    assert!(!listed.text().contains(secret), "the secret is told once");
    let row = rows.iter().find(|row| token.contains(row[0])).expect("the name is in the key");
    assert_eq!((row[1], row[2], row[3]), ("450140000005", "register,status", "-"));
    assert!(row[4].starts_with("Үлгі әкімдігі") && !row[4].contains('\u{202e}'), "{row:?}");

    keys(&["revoke", row[0]]).expect(0);
    let listed = keys(&["list"]).expect(0);
    let ended = listed.text().lines().find(|line| line.starts_with(row[0])).unwrap();
    assert!(ended.split('\t').nth(3).unwrap().starts_with("20"), "{ended}");
    for (lang, words) in [("kk", "жарамды кілт жоқ"), ("ru", "нет такого"), ("en", "no such key")]
    {
        for id in [row[0], "nobody"] {
            let answer = keys(&["revoke", id, "--lang", lang]).expect(65);
            assert!(answer.stderr.contains(words), "{}", answer.stderr);
        }
    }
    for wrong in [
        &["add", "--bin", "1", "--name", "x", "--scope", "register"][..],
        &["add", "--bin", "450140000005", "--name", "x", "--scope", "everything"],
        &["add", "--bin", "450140000005", "--name", "x"],
        &["revoke"],
    ] {
        keys(wrong).expect(64);
    }
}

#[test]
fn an_audit_log_is_proved_in_three_languages() {
    let room = Room::new();
    let signer = "people/gost2015-infosystem";
    let settings = format!(
        "key.file = {:?}\nkey.password = {:?}\n",
        pki(&format!("{signer}.p12")),
        pki("password.txt")
    );
    let server = Running::start(&room, &settings);
    let config = room.path("qoltanba.toml");
    let add = ["serve", "keys", "add", "--bin", "450140000005", "--name", "Әкімдік", "--scope"];
    for _ in 0..3 {
        run(&[&add[..], &["reserve", "--config", &config]].concat()).expect(0);
    }
    assert_eq!(server.end().0, 0);
    let (export, database) = (room.path("data/audit.jsonl"), room.path("data/registry.db"));
    let certificate = pki(&format!("{signer}.cer"));
    let other = pki("people/gost2015-ceo.cer");
    let good = room.read("data/audit.jsonl");
    let altered = String::from_utf8(good).unwrap().replacen("key_added", "key_addeb", 1);
    let altered = room.write("altered.jsonl", altered);
    let verify = |file: &str, more: &[&str]| run(&[&["audit", "verify", file], more].concat());
    let by = ["--signer", &certificate[..]];
    for lang in ["kk", "ru", "en"] {
        let with = |more: &[&str]| [more, &["--lang", lang][..]].concat().join("\u{0}");
        let ask = |file: &str, more: &[&str], code| {
            let words = with(more);
            verify(file, &words.split('\u{0}').collect::<Vec<_>>()).expect(code)
        };
        compare(lang, "audit-passed", ask(&export, &by, 0).text());
        compare(lang, "audit-unchecked", ask(&export, &[], 2).text());
        compare(lang, "audit-altered", ask(&altered, &by, 1).text());
        // The certificate of another key proves nothing, and the right one is named.
        compare(lang, "audit-unchecked", ask(&export, &["--signer", &other], 2).text());
        let several = ["--signer", &other, "--signer", &certificate];
        compare(lang, "audit-passed", ask(&export, &several, 0).text());
    }
    verify(&database, &[&by[..], &["--against", &export]].concat()).expect(0);
    let told = verify(&altered, &[&by[..], &["--json"]].concat()).expect(1).json();
    assert_eq!((&told["version"], &told["whole"]), (&1.into(), &false.into()));
    assert_eq!(told["faults"][0]["code"], "unreadable");
    let told = verify(&database, &[&by[..], &["--json"]].concat()).expect(0).json();
    assert_eq!((&told["entries"], &told["attested"]), (&4.into(), &4.into()), "{told}");
    let told = verify(&export, &["--signer", &other, "--json"]).expect(2).json();
    let wanted = &told["wanted_signers"][0];
    let print = Certificate::from_der(&fs::read(&certificate).unwrap()).unwrap().fingerprint();
    let print: String = print.iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!((&wanted["sha256"], &wanted["to"]), (&print.into(), &4.into()), "{told}");
    assert_eq!((&told["attested"], &told["whole"]), (&Value::Null, &true.into()));
    verify(&room.path("absent"), &[]).expect(65);
    verify(&export, &["--signer", &room.path("absent")]).expect(66);
}

#[test]
fn an_audit_log_passes_only_when_all_of_it_is_attested() {
    let room = Room::new();
    let (key, certificate) =
        (pki("people/gost2015-individual.p12"), pki("people/gost2015-individual.cer"));
    let signing = format!("key.file = {key:?}\nkey.password = {:?}", pki("password.txt"));
    assert_eq!(Running::start(&room, &signing).end().0, 0);
    let (database, export) = (room.path("data/registry.db"), room.path("data/audit.jsonl"));
    let verify = |more: &[&str]| run(&[&["audit", "verify", "--lang", "en"], more].concat());
    let by = ["--signer", &certificate];
    verify(&[&[database.as_str(), "--against", &export], by.as_slice()].concat()).expect(0);
    verify(&[&[export.as_str()], by.as_slice()].concat()).expect(0);
    verify(&[&export]).expect(2);

    // An entry that no head attests yet, with a service that does not run.
    let config = room.path("qoltanba.toml");
    let name = ["--bin", "450140000005", "--name", "Әкімдік", "--scope", "reserve"];
    run(&[&["serve", "--config", &config, "keys", "add"], name.as_slice()].concat()).expect(0);
    let answer = verify(&[&[database.as_str()], by.as_slice()].concat()).expect(2);
    assert!(answer.text().contains("not attested yet"), "{}", answer.text());
    let json = [database.as_str(), "--json", by[0], by[1]];
    let report = verify(&json).expect(2).json();
    assert_eq!((&report["entries"], &report["attested"]), (&2.into(), &1.into()));

    // A head whose signature was left out.
    let lines = String::from_utf8(room.read("data/audit.jsonl")).unwrap();
    let (head, _) = lines.split_once(",\"signature\"").unwrap();
    let unsigned = room.write("unsigned.jsonl", format!("{head}}}\n"));
    let answer = verify(&[&[unsigned.as_str()], by.as_slice()].concat()).expect(1);
    assert!(answer.text().contains("not signed"), "{}", answer.text());

    // Nothing to compare with; the file that is wrong is the one that is named.
    let empty = room.write("empty.jsonl", "");
    let answer = verify(&[&[database.as_str(), "--against", &empty], by.as_slice()].concat());
    assert!(answer.expect(65).stderr.contains("empty.jsonl"));
    let absent = room.path("absent.jsonl");
    let answer = verify(&[&[database.as_str(), "--against", &absent], by.as_slice()].concat());
    assert!(answer.expect(65).stderr.contains("absent.jsonl"));
}
