//! Evidence over the network, from the cache, and in bundles, against the services of a test
//! authority on loopback. Nothing here leaves the machine.

use std::{
    net::TcpListener,
    time::{SystemTime, UNIX_EPOCH},
};

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{
    Instant, Limits, algorithm::SignatureAlgorithm, paper::SignedDocument, sign::ValidationData,
};
use qoltanba_testkit::{
    Addresses, Behaviour, CrlSpec, DevPki, Existing, Server, Service, Services,
};
use serde_json::Value;

use crate::sandbox::{Answer, NOTICE, Room, altered, run, run_with_input};

/// A test authority of its own, at the address of its server.
struct Scene {
    room: Room,
    host: String,
    server: Option<Server>,
}

impl Scene {
    fn new() -> Self {
        let room = Room::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        run(&["dev-pki", &room.path("pki"), "--base-url", &format!("http://{host}")]).expect(0);
        let services = Services::open(room.path("pki").as_ref()).unwrap();
        let server = Server::start(listener, services, Box::new(UnwrapErr(SysRng))).unwrap();
        Self { room, host, server: Some(server) }
    }

    fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    fn stop(&mut self) {
        self.server.take().unwrap().shutdown();
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.host)
    }

    fn pki(&self, name: &str) -> String {
        self.room.path(&format!("pki/{name}"))
    }

    fn sign(&self, name: &str, person: &str, more: &[&str]) -> Answer {
        let file = self.room.write(name, NOTICE);
        let key = self.pki(&format!("people/{person}.p12"));
        let password = self.pki("password.txt");
        run(&[&["sign", "--key", &key, "--password-file", &password, &file], more].concat())
    }

    fn signed(&self, name: &str, person: &str) -> String {
        self.sign(name, person, &[]).expect(0);
        self.room.path(&format!("{name}.cms"))
    }

    /// Verifies with the roots alone and the addresses of the server allowed.
    fn verify(&self, files: &[&str], more: &[&str]) -> Answer {
        let (anchors, cache) = (self.pki("anchors"), self.room.path("cache"));
        let with = ["--trust", &anchors, "--allow-host", &self.host, "--cache", &cache];
        run(&[&["verify"], files, &with, more].concat())
    }

    #[track_caller]
    fn verdict(&self, file: &str, more: &[&str], code: i32) -> Value {
        self.verify(&[file], &[&["--json"], more].concat()).expect(code).json()
    }

    fn refresh(&self, lists: &[&str], more: &[&str]) -> Answer {
        let (anchors, authorities) = (self.pki("anchors"), self.pki("authorities"));
        let cache = self.room.path("cache");
        let urls: Vec<String> = lists.iter().map(|list| self.url(&format!("crl/{list}"))).collect();
        let urls = urls.iter().flat_map(|url| ["--url", url.as_str()]);
        let with = ["--trust", &anchors, "--cert", &authorities, "--cache", &cache];
        let args: Vec<&str> =
            ["refresh"].into_iter().chain(urls).chain(with).chain(more.iter().copied()).collect();
        run(&args)
    }
}

const LISTS: [&str; 2] = ["nca_gost2015.crl", "root_gost2015.crl"];

fn of<'a>(line: &'a Value, part: &str, key: &str) -> Vec<&'a str> {
    let all = line["fetch"][part].as_array().unwrap();
    all.iter().map(|one| one[key].as_str().unwrap()).collect()
}

#[test]
fn a_new_user_walks_the_whole_way() {
    let mut scene = Scene::new();
    let file = scene.signed("notice.txt", "gost2015-ceo");

    // Somebody else's addresses are not followed unless the user says so.
    let anchors = scene.pki("anchors");
    let strange = run(&["verify", &file, "--trust", &anchors, "--no-cache"]).expect(2);
    assert!(strange.text().contains("(--allow-host)"), "{}", strange.text());
    assert_eq!(scene.server().asked(Service::Certificates), 0);

    let line = scene.verdict(&file, &[], 0);
    let mut kinds = of(&line, "used", "kind");
    kinds.sort_unstable();
    assert_eq!(kinds, ["certificate", "crl", "ocsp"], "{line:#}");
    assert!(of(&line, "problems", "reason").is_empty(), "{line:#}");
    let told = scene.verify(&[&file], &[]).expect(0);
    assert!(told.text().contains(&scene.url("ocsp/")), "{}", told.text());

    // A responder that is down leaves the list; one that answers for another is told as such.
    scene.server().behave(Service::Ocsp, Behaviour::TryLater);
    let line = scene.verdict(&file, &[], 0);
    assert_eq!(of(&line, "problems", "reason"), ["ocsp_unanswered"], "{line:#}");
    scene.server().behave(Service::Ocsp, Behaviour::Other);
    assert_ne!(scene.verdict(&file, &[], 2)["verdict"], "passed");
    scene.server().behave(Service::Ocsp, Behaviour::Right);

    // The responder says revoked.
    let revoked = scene.signed("other.txt", "gost2015-individual-revoked");
    assert_eq!(scene.verdict(&revoked, &[], 1)["reason"], "cert_revoked");

    // Nothing can be reached: a new cache has nothing, the old one has what is in force.
    scene.stop();
    let empty = scene.room.path("empty");
    let (anchors, allow) = (scene.pki("anchors"), scene.host.clone());
    let args = ["verify", &file, "--trust", &anchors, "--allow-host", &allow, "--cache", &empty];
    let line = run(&[&args[..], &["--json"]].concat()).expect(2).json();
    assert_eq!(line["verdict"], "indeterminate");
    assert_eq!(of(&line, "problems", "reason"), ["no_connection"]);
    let told = run(&args).expect(2);
    assert!(told.text().contains("the server is down"), "{}", told.text());
    let line = scene.verdict(&file, &[], 0);
    assert!(line["fetch"]["used"].as_array().unwrap().iter().all(|s| s["from_cache"] == true));
    let line = scene.verdict(&file, &["--offline"], 0);
    assert_eq!(line["fetch"]["offline"], true);

    // Without a network and copies what is given decides.
    let offline = ["verify", &file, "--trust", &anchors, "--offline", "--no-cache"];
    run(&offline).expect(2);
    let (authorities, crl) = (scene.pki("authorities"), scene.pki("crl"));
    run(&[&offline[..], &["--cert", &authorities, "--crl", &crl]].concat()).expect(0);
}

#[test]
fn what_is_missing_is_fetched_once_for_all_files() {
    let scene = Scene::new();
    let folder = std::fs::read_dir(scene.pki("people")).unwrap();
    let mut people: Vec<String> = folder
        .map(|entry| entry.unwrap().path().to_str().unwrap().to_owned())
        .filter(|name| name.ends_with(".cer") && name.contains("gost2015-"))
        .filter(|name| !["-auth", "-ocsp", "-tsa"].iter().any(|kind| name.contains(kind)))
        .collect();
    people.sort();
    assert!(people.len() > 8, "{people:?}");
    let files: Vec<&str> = people.iter().map(String::as_str).collect();
    let lines = scene.verify(&files, &["--json"]).expect(1).lines();
    for (line, file) in lines.iter().zip(&people) {
        let expected = if file.contains("revoked") { "failed" } else { "passed" };
        assert_eq!(line["verdict"], expected, "{line:#}");
    }
    let server = scene.server();
    assert_eq!(server.asked(Service::Ocsp), 0);
    assert_eq!(server.asked(Service::Certificates), 1);
    // The issuer's with its delta, and the root's.
    assert!(server.asked(Service::Lists) <= 3, "{}", server.asked(Service::Lists));

    // A few are asked about one by one.
    scene.verify(&files[..2], &[]).expect(0);
    assert_eq!(server.asked(Service::Ocsp), 2);
}

#[test]
fn streams_are_judged_again_too() {
    let scene = Scene::new();
    let file = scene.signed("notice.txt", "rsa-ceo");
    let (anchors, cache) = (scene.pki("anchors"), scene.room.path("cache"));
    let with = ["--trust", &anchors, "--allow-host", &scene.host, "--cache", &cache];
    let message = std::fs::read(&file).unwrap();
    run_with_input(&[&["verify", "-"], &with[..]].concat(), &message).expect(0);

    // Above the size from which files are streams.
    let large = scene.room.path("large.bin");
    let held = std::fs::OpenOptions::new().write(true).create_new(true).open(&large).unwrap();
    held.set_len((33 << 20) + 1).unwrap();
    let (key, password) = (scene.pki("people/rsa-ceo.p12"), scene.pki("password.txt"));
    run(&["sign", "--key", &key, "--password-file", &password, &large]).expect(0);
    let line = scene.verdict(&format!("{large}.cms"), &[], 0);
    assert!(of(&line, "used", "kind").contains(&"ocsp"), "{line:#}");
}

#[test]
fn lists_are_refreshed_ahead_of_need() {
    let mut scene = Scene::new();
    let line = scene.refresh(&LISTS[..1], &["--json"]).expect(0).json();
    assert_eq!(line["refreshed"]["from_cache"], false);
    scene.server().behave(Service::Lists, Behaviour::Html);
    let line = scene.refresh(&LISTS[..1], &["--json"]).expect(2).json();
    assert!(line["refreshed"].is_null());
    assert_eq!(line["problems"][0]["reason"], "html");
    scene.stop();
    // The good copy is still there.
    let file = scene.pki("people/gost2015-ceo.cer");
    let (authorities, root) = (scene.pki("authorities"), scene.pki("crl/root_gost2015.crl"));
    let given = ["--cert", &authorities, "--crl", &root, "--offline"];
    scene.verify(&[&file], &given).expect(0);
}

#[test]
fn a_bundle_serves_a_machine_without_a_network() {
    let scene = Scene::new();
    let file = scene.signed("notice.txt", "gost2015-ceo");
    scene.refresh(&LISTS, &[]).expect(0);
    let (anchors, authorities) = (scene.pki("anchors"), scene.pki("authorities"));
    let (cache, bundle) = (scene.room.path("cache"), scene.room.path("evidence.bundle"));
    let (key, password) = (scene.pki("people/rsa-employee.p12"), scene.pki("password.txt"));
    let operator = scene.pki("people/rsa-employee.cer");
    let export = ["bundle", "export", "--key", &key, "--password-file", &password, "-o", &bundle];
    let empty = scene.room.path("empty");
    run(&[&export[..], &["--cache", &empty]].concat()).expect(65);
    let with = ["--cache", &cache, "--trust", &anchors, "--cert", &authorities];
    run(&[&export[..], &with].concat()).expect(0);
    run(&[&export[..], &with].concat()).expect(64);

    let shown = run(&["bundle", "show", &bundle, "--json"]).expect(0).json();
    assert_eq!(shown["crl"].as_array().unwrap().len(), 2, "{shown:#}");
    let pin = shown["signer_sha256"].as_str().unwrap();
    for lang in ["kk", "ru", "en"] {
        let text = run(&["bundle", "show", &bundle, "--lang", lang]).expect(0);
        assert!(text.text().contains(pin), "{}", text.text());
    }

    let bare = ["verify", &file, "--offline", "--no-cache"];
    let verify = |more: &[&str]| run(&[&bare[..], more].concat());
    verify(&["--bundle", &bundle, "--bundle-signer", &operator]).expect(0);
    verify(&["--bundle", &bundle, "--bundle-signer", pin]).expect(0);
    // Of somebody else, of nobody that is known, altered: each is named and counts as absent.
    let other = scene.pki("people/rsa-ceo.cer");
    let bytes = std::fs::read(&bundle).unwrap();
    let changed = scene.room.write("changed.bundle", altered(&bytes, b"manifest", b"Manifest"));
    for args in [
        &["--bundle", &bundle, "--bundle-signer", &other][..],
        &["--bundle", &bundle, "--trust", &anchors],
        &["--bundle", &changed, "--bundle-signer", &operator],
    ] {
        let answer = verify(args).expect(2);
        assert!(answer.stderr.contains("--bundle"), "{}", answer.stderr);
    }
    run(&["bundle", "show", &changed]).expect(65);
}

#[test]
fn time_stamps_prove_when_it_was_signed() {
    let mut scene = Scene::new();
    let url = scene.url("tsp/");
    let option = format!("--time-stamp={url}");
    scene.sign("notice.txt", "gost2015-ceo", &[&option]).expect(0);
    let line = scene.verdict(&scene.room.path("notice.txt.cms"), &[], 0);
    assert!(line["signatures"][0]["proven_time"].is_string(), "{line:#}");
    let told = scene.verify(&[&scene.room.path("notice.txt.cms")], &[]).expect(0);
    assert!(told.text().contains("(proved by a time stamp)"), "{}", told.text());

    let plain = scene.signed("plain.txt", "rsa-ceo");
    run(&["stamp", &plain, "--url", &url]).expect(0);
    let stamped = scene.room.path("plain.txt.stamped.cms");
    let line = scene.verdict(&stamped, &[], 0);
    assert!(line["signatures"][0]["proven_time"].is_string(), "{line:#}");

    let xml = scene.room.write("request.xml", "<request><iin>1</iin></request>");
    let (key, password) = (scene.pki("people/gost2015-ceo.p12"), scene.pki("password.txt"));
    let sign = ["sign", "--key", &key, "--password-file", &password, "--format", "xml", &xml];
    run(&[&sign[..], &[&option]].concat()).expect(0);
    let line = scene.verdict(&scene.room.path("request.signed.xml"), &[], 0);
    assert!(line["signatures"][0]["proven_time"].is_string(), "{line:#}");
    run(&["stamp", &scene.room.path("request.signed.xml"), "--signature", "2", "--url", &url])
        .expect(65);

    // Without the service there is a reason and no file; the same where it refuses.
    let before = scene.room.names();
    for behaviour in [Behaviour::Other, Behaviour::TryLater, Behaviour::Garbage, Behaviour::Html] {
        scene.server().behave(Service::TimeStamps, behaviour);
        run(&["stamp", &plain, "--url", &url, "-o", &scene.room.path("x.cms")]).expect(69);
    }
    scene.server().behave(Service::TimeStamps, Behaviour::Right);
    let two = ["--url", "http://127.0.0.1:9/", "--url", &url, "--force"];
    run(&[&["stamp", &plain][..], &two].concat()).expect(0);
    scene.stop();
    for lang in ["kk", "ru", "en"] {
        let answer = run(&["stamp", &plain, "--url", &url, "--force", "--lang", lang]).expect(69);
        assert!(answer.stderr.contains(&url), "{}", answer.stderr);
    }
    scene.sign("plain.txt", "rsa-ceo", &[&option, "-o", &scene.room.path("x.cms")]).expect(69);
    assert_eq!(scene.room.names(), before);
    assert_eq!(std::fs::read(&stamped).unwrap()[..2], [0x30, 0x82]);
}

#[test]
fn hosts_and_addresses_are_read_strictly() {
    for host in ["http://a.kz/", "*", "*.kz", "a b", "a.kz/x", "user@a.kz", "a.kz:x"] {
        run(&["verify", "x", "--allow-host", host]).expect(64);
    }
    run(&["verify", "x", "--proxy", "socks5://a.kz:1"]).expect(64);
    run(&["refresh", "--url", "https://a.kz/x.crl"]).expect(64);
    run(&["verify", "x", "--cache", "a", "--no-cache"]).expect(64);
    let room = Room::new();
    let file = room.write("a file", "");
    let answer = run(&["verify", &file, "--cache", &file]).expect(65);
    assert!(answer.stderr.contains("so none are"), "{}", answer.stderr);
    for name in ["refresh", "bundle", "stamp"] {
        let help = run(&[name, "--help"]).expect(0);
        assert!(help.text().contains("Examples:\n  qoltanba"), "{name}");
    }
}

#[test]
fn an_issued_document_carries_what_outlives_its_certificate() {
    let mut scene = Scene::new();
    let data = serde_json::json!({
        "service": { "kk": "Қызмет", "ru": "Услуга" },
        "result": { "kk": "Берілді", "ru": "Выдано" },
        "recipient": { "name": "ҮЛГІБАЕВ СЫНАҚБЕК" },
        "signatories": [{ "position": { "kk": "Басшы", "ru": "Глава" }, "name": "СЫНАҚОВА Ү." }],
    });
    // Two of them: what was had for the first serves the second.
    let data = scene.room.write("data.jsonl", format!("{data}\n{data}\n"));
    let (out, anchors) = (scene.room.path("out"), scene.pki("anchors"));
    let (key, password) = (scene.pki("people/gost2015-ceo.p12"), scene.pki("password.txt"));
    let stamp = format!("--time-stamp={}", scene.url("tsp/"));
    let words = ["issue", "--form", "result-notice", "--key", &key, "--password-file", &password];
    let words = [&words[..], &[&data, "-o", &out, &stamp, "--trust", &anchors, "--json"]].concat();
    let host = scene.host.clone();
    let with = ["--allow-host", &host, "--cache", &scene.room.path("cache")];
    let answer = run(&[&words[..], &with].concat()).expect(0);
    assert!(!answer.stderr.contains("no evidence"), "{}", answer.stderr);
    scene.stop();
    for line in answer.lines() {
        let pdf = std::fs::read(line["file"].as_str().unwrap()).unwrap();
        let made = SignedDocument::from_pdf(&pdf, &Limits::default()).unwrap();
        let stamped = scene.room.write("stamped.xml", made.stamped().unwrap());
        let plain = scene.room.write("plain.xml", made.octets());
        let verify = |file: &str, more: &[&str], code| {
            let with = ["verify", file, "--trust", &anchors, "--no-cache", "--offline", "--json"];
            run(&[&with, more].concat()).expect(code).json()
        };
        // With nothing but the anchors and what is embedded, today and when all have expired.
        let line = verify(&stamped, &[], 0);
        assert_eq!(line["signatures"][0]["claimed_level"], "LT", "{line}");
        let later = ["--at", "2031-01-01T00:00:00Z"];
        verify(&stamped, &[&later[..], &["--archived"]].concat(), 0);
        verify(&stamped, &later, 2);
        verify(&plain, &[&later[..], &["--archived"]].concat(), 2);
    }
    // Where the authority does not answer there is no document, and no half of one.
    let answer = run(&[&words[..], &with].concat()).expect(0);
    assert!(answer.lines().iter().all(|line| line["status"] == "whole"));
    let other = scene.room.path("other");
    let words: Vec<&str> =
        words.iter().map(|word| if *word == out { other.as_str() } else { *word }).collect();
    let answer = run(&[&words[..], &with].concat()).expect(69);
    assert_eq!(answer.lines()[0]["reason"], "time_stamp");
    let pdfs = std::fs::read_dir(&other).unwrap().count();
    assert_eq!(pdfs, 1, "the register alone");
}

/// Evidence that is too long to be carried is left out, and that is said.
#[test]
fn evidence_that_cannot_be_embedded_is_missed_aloud() {
    let room = Room::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let addresses = Addresses { base: format!("http://{host}") };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let at = Instant::from_unix(now as i64);
    let mut rng = UnwrapErr(SysRng);
    let algorithms = [SignatureAlgorithm::Gost2015_512];
    let mut pki = DevPki::with_addresses(&algorithms, &addresses, at, &mut rng).unwrap();
    // The list of the root alone is as long as all evidence together may be.
    let family = &mut pki.families[0];
    let mut list = |count| {
        let spec = CrlSpec::complete(1, at.plus_seconds(-86_400));
        let next_update = Some(at.plus_seconds(365 * 86_400));
        let spec = CrlSpec { next_update, ..spec }.revoke_invented(count);
        family.root.publish(&spec, &mut rng).unwrap()
    };
    let each = (list(200).len() - list(100).len()) / 100;
    let count = (ValidationData::MAX_OCTETS - 400 - list(0).len()) / each;
    let long = list(count as u64);
    assert!((63_000..=ValidationData::MAX_OCTETS).contains(&long.len()), "{}", long.len());
    family.root_list = long;
    let folder = room.path("pki");
    pki.write(folder.as_ref(), Existing::Refuse, &mut rng).unwrap();
    let services = Services::open(folder.as_ref()).unwrap();
    let server = Server::start(listener, services, Box::new(UnwrapErr(SysRng))).unwrap();
    let scene = Scene { room, host, server: Some(server) };

    let data = serde_json::json!({
        "service": { "kk": "Қызмет", "ru": "Услуга" },
        "result": { "kk": "Берілді", "ru": "Выдано" },
        "recipient": { "name": "ҮЛГІБАЕВ СЫНАҚБЕК" },
        "signatories": [{ "position": { "kk": "Басшы", "ru": "Глава" }, "name": "СЫНАҚОВА Ү." }],
    });
    let data = scene.room.write("data.json", data.to_string());
    let (out, anchors) = (scene.room.path("out.pdf"), scene.pki("anchors"));
    let (key, password) = (scene.pki("people/gost2015-ceo.p12"), scene.pki("password.txt"));
    let stamp = format!("--time-stamp={}", scene.url("tsp/"));
    let words = ["issue", "--form", "result-notice", "--key", &key, "--password-file", &password];
    let cache = scene.room.path("cache");
    let with = ["--trust", &anchors, "--allow-host", &scene.host, "--cache", &cache, "--force"];
    let words = [&words[..], &with, &[&data, "-o", &out, &stamp]].concat();
    let line = run(&[&words[..], &["--json"]].concat()).expect(0).json();
    let remarks = line["remarks"].to_string();
    assert!(remarks.contains("no evidence goes with the time stamp"), "{line}");
    for (lang, said) in
        [("kk", "дәлелдер қосылмады"), ("ru", "не приложены"), ("en", "no evidence")]
    {
        let answer = run(&[&words[..], &["--lang", lang]].concat()).expect(0);
        assert!(answer.stderr.contains(said), "{}", answer.stderr);
    }
    // The form with the time stamp is what it says that it is.
    let pdf = std::fs::read(&out).unwrap();
    let made = SignedDocument::from_pdf(&pdf, &Limits::default()).unwrap();
    let stamped = scene.room.write("stamped.xml", made.stamped().unwrap());
    let line = scene.verdict(&stamped, &[], 0);
    assert_eq!(line["signatures"][0]["claimed_level"], "T", "{line}");
}
