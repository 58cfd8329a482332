//! `issue`, `receipt`, `refuse`, `render`: documents out of data, one and many, whatever comes in
//! between.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use qoltanba::{
    Instant, Limits,
    paper::{SignedDocument, document::LocalTime, form::Form},
};
use serde_json::{Value, json};

use crate::{
    sandbox::{Answer, Room, command, pki, run, run_with_input, verdict, verify},
    shown::compare,
};

pub(crate) const HEAD: &str = "people/gost2015-ceo";
pub(crate) const SYSTEM: &str = "people/gost2015-infosystem";
pub(crate) const PERSON: &str = "people/gost2015-individual";

/// Runs a command with a key of the test authority and all evidence about it.
pub(crate) fn issue(words: &[&str], key: &str, more: &[&str]) -> Answer {
    let (anchors, authorities, crl) = (pki("anchors"), pki("authorities"), pki("crl"));
    let evidence = ["--trust", &anchors, "--cert", &authorities, "--crl", &crl];
    issue_blindly(words, key, &[&evidence, more].concat())
}

/// The same without evidence.
pub(crate) fn issue_blindly(words: &[&str], key: &str, more: &[&str]) -> Answer {
    let (key, password) = (pki(&format!("{key}.p12")), pki("password.txt"));
    run(&[words, &["--key", &key, "--password-file", &password], more].concat())
}

/// A moment so many days away, as the country writes it.
pub(crate) fn days_from_now(days: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    LocalTime(Instant::from_unix(now as i64 + days * 86_400)).to_string()
}

pub(crate) fn notice(number: usize) -> Value {
    json!({
        "recipient": { "name": "ҮЛГІБАЕВ СЫНАҚБЕК", "iin": "900101100004" },
        "service": { "kk": "Әлеуметтік көмек", "ru": "Социальная помощь" },
        "request_number": format!("000-{number:03}"),
        "result": { "kk": "Көмек тағайындалды", "ru": "Помощь назначена" },
        "signatories": [
            { "position": { "kk": "Басшы", "ru": "Руководитель" }, "name": "СЫНАҚОВА Ү." },
        ],
    })
}

pub(crate) fn lines(count: usize) -> String {
    (0..count).map(|number| format!("{}\n", notice(number))).collect()
}

pub(crate) fn document(pdf: &Path) -> SignedDocument {
    SignedDocument::from_pdf(&fs::read(pdf).unwrap(), &Limits::default()).unwrap()
}

pub(crate) fn pdfs(folder: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = entries.filter(|p| p.extension().is_some_and(|e| e == "pdf")).collect();
    all.sort();
    all
}

#[test]
fn a_notice_is_issued_verified_and_drawn_anew() {
    let room = Room::new();
    let data = room.write("notice.json", notice(1).to_string());
    let (pdf, xml) = (room.path("notice.pdf"), room.path("notice.xml"));
    let words = ["issue", "--form", "result-notice", &data];
    let yesterday = days_from_now(-1);
    let with = ["--number", "70420000000013", "--issued", &yesterday];
    let answer = issue(&words, HEAD, &[&with[..], &["-o", &pdf]].concat()).expect(0);
    assert!(answer.stderr.contains("70420000000013"), "{}", answer.stderr);
    assert!(answer.stderr.contains("a lawyer has to approve"), "{}", answer.stderr);
    let made = document(pdf.as_ref());
    assert_eq!(made.document().issued.to_string(), yesterday);
    // What is attached passes; its page drawn anew carries the same octets.
    let attached = room.write("attached.xml", made.octets());
    let line = verdict(&[&attached], &[], 0);
    assert_eq!(line["signatures"][0]["signer"]["role"], "ceo");
    for (language, again) in [("kk", "kk.pdf"), ("both", "both.pdf")] {
        let again = room.path(again);
        run(&["render", &attached, "--language", language, "-o", &again]).expect(0);
        assert_eq!(document(again.as_ref()), made);
    }
    assert_eq!(room.read("both.pdf"), room.read("notice.pdf"));
    let (png, svg) = (room.path("page.png"), room.path("page.svg"));
    run(&["render", &pdf, "--dpi", "60", "-o", &png]).expect(0);
    run(&["render", &pdf, "-o", &svg]).expect(0);
    assert!(room.read("page.png").starts_with(b"\x89PNG"));
    assert!(room.read("page.svg").starts_with(b"<svg"));
    // The signed XML alone.
    issue(&words, HEAD, &["-o", &xml]).expect(0);
    verify(&[&xml], &[]).expect(0);
    // Nothing is replaced unasked.
    issue(&words, HEAD, &["-o", &xml]).expect(64);
    run(&["render", &attached, "-o", &pdf]).expect(64);
    issue(&words, HEAD, &["-o", &xml, "--force"]).expect(0);
    run(&["render", &data, "-o", &room.path("x.pdf")]).expect(65);
    run(&["render", &attached, "-o", &room.path("x.doc")]).expect(64);
    issue(&words, HEAD, &[]).expect(64);
    issue(&["issue", "--form", "no-such-form", &data], HEAD, &["-o", &room.path("y.pdf")])
        .expect(64);
}

#[test]
fn every_field_that_is_wrong_is_named_and_the_others_are_issued() {
    let room = Room::new();
    let mut wrong = notice(1);
    wrong["recipient"]["iin"] = json!("12");
    wrong["resullt"] = wrong["result"].take();
    let text = format!("{}{wrong}\n[1]\n{}", lines(1), notice(3));
    let data = room.write("data.jsonl", &text);
    let out = room.path("out");
    let words = ["issue", "--form", "result-notice", &data];
    for lang in ["kk", "ru", "en"] {
        let answer = issue(&words, HEAD, &["-o", &out, "--lang", lang]).expect(65);
        compare(lang, "issue-faults", &answer.stderr);
    }
    let answer = issue(&words, HEAD, &["-o", &out, "--json"]).expect(65);
    let told = answer.lines();
    let status: Vec<_> = told.iter().map(|line| line["status"].as_str().unwrap()).collect();
    assert_eq!(status, ["whole", "error", "error", "whole"]);
    let at: BTreeSet<_> =
        told[1]["faults"].as_array().unwrap().iter().map(|f| f["at"].as_str().unwrap()).collect();
    assert_eq!(at, BTreeSet::from(["recipient.iin", "result", "resullt"]));
    assert!(told[1]["item"].as_str().unwrap().ends_with("data.jsonl:2"));
    // What could not be made took no number.
    assert_eq!(pdfs(&out).len(), 2);
    let register = fs::read_to_string(Path::new(&out).join("issued.jsonl")).unwrap();
    assert_eq!(register.lines().filter(|line| line.contains("\"item\"")).count(), 2);
}

#[test]
fn who_may_not_sign_does_not() {
    let room = Room::new();
    let data = room.write("notice.json", notice(1).to_string());
    let out = room.path("notice.pdf");
    let words = ["issue", "--form", "result-notice", &data, "-o", &out];
    for (key, code) in [(SYSTEM, "signer_role"), ("people/gost2015-employee", "signer_role")] {
        let answer = issue(&words, key, &["--json"]).expect(65);
        let line = answer.json();
        assert_eq!(line["reason"], "signer", "{line}");
        assert_eq!(line["faults"][0]["code"], code, "{line}");
    }
    for lang in ["kk", "ru", "en"] {
        let answer = issue(&words, SYSTEM, &["--lang", lang]).expect(65);
        compare(lang, "issue-signer", &answer.stderr);
    }
    // Of another organisation, and at another time.
    let line = issue(&words, HEAD, &["--provider-bin", "990140000005", "--json"]).expect(65).json();
    assert_eq!(line["faults"][0]["code"], "signer_bin_mismatch");
    let before = days_from_now(-60);
    let line = issue(&words, HEAD, &["--issued", &before, "--json"]).expect(65).json();
    assert_eq!(line["faults"][0]["code"], "signer_validity");
    // A namesake, and a family name alone.
    for name in ["СЫНАҚОВА Ғ.", "СЫНАҚОВА", "Сынақова Үлгігүл Бөтенқызы"]
    {
        let mut other = notice(1);
        other["signatories"][0]["name"] = json!(name);
        let data = room.write("other.json", other.to_string());
        let words = ["issue", "--form", "result-notice", &data, "-o", &out, "--json"];
        let line = issue(&words, HEAD, &[]).expect(65).json();
        assert_eq!(line["faults"][0]["code"], "signer_not_signatory", "{name}: {line}");
    }
    // An individual's certificate names no provider.
    issue(&words, PERSON, &[]).expect(65);
    assert!(!Path::new(&out).exists());
    // A system may sign a receipt.
    let receipt = run(&["issue", "--template", "receipt"]).expect(0);
    let mut receipt: Value = serde_json::from_slice(&receipt.stdout).unwrap();
    receipt.as_object_mut().unwrap().remove("signatories");
    let receipt = room.write("receipt.json", receipt.to_string());
    issue(&["receipt", &receipt, "-o", &room.path("receipt.pdf")], SYSTEM, &[]).expect(0);
    assert_eq!(document(room.path("receipt.pdf").as_ref()).document().form.id, "receipt");
}

#[test]
fn a_rerun_skips_what_is_whole_and_repeats_what_is_not() {
    let room = Room::new();
    // Two of the same data are two documents.
    let data = room.write("data.jsonl", lines(3) + &lines(1));
    let out = room.path("out");
    let words = ["issue", "--form", "result-notice", &data, "-o", &out];
    let statuses = |answer: Answer| -> Vec<String> {
        answer.lines().iter().map(|l| l["status"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(statuses(issue(&words, HEAD, &["--json"]).expect(0)), ["issued"; 4]);
    let first = pdfs(&out);
    assert_eq!(first.len(), 4);
    assert_eq!(statuses(issue(&words, HEAD, &["--json"]).expect(0)), ["whole"; 4]);
    // Cut off, altered, gone: each is made anew under its own number and date.
    let dates: Vec<_> = first.iter().map(|pdf| document(pdf).document().issued).collect();
    let bytes = fs::read(&first[0]).unwrap();
    fs::write(&first[0], &bytes[..bytes.len() / 2]).unwrap();
    fs::write(&first[1], &bytes).unwrap();
    fs::remove_file(&first[2]).unwrap();
    let again = statuses(issue(&words, HEAD, &["--json"]).expect(0));
    assert_eq!(again.iter().filter(|status| *status == "issued").count(), 3);
    assert_eq!(pdfs(&out), first);
    let after: Vec<_> = first.iter().map(|pdf| document(pdf).document().issued).collect();
    assert_eq!(after, dates);
    // Another order of names is the same document; a line of the register that was cut off is
    // none; more data are more documents.
    let turned: String = format!("{{\"signatories\":{},", notice(0)["signatories"])
        + notice(0).to_string().trim_start_matches('{');
    let data = room.write("more.jsonl", format!("{turned}\n{}", lines(4)));
    let mut register = fs::read(Path::new(&out).join("issued.jsonl")).unwrap();
    register.extend_from_slice(b"{\"item\":\"abc");
    fs::write(Path::new(&out).join("issued.jsonl"), register).unwrap();
    let words = ["issue", "--form", "result-notice", &data, "-o", &out];
    let told = statuses(issue(&words, HEAD, &["--json"]).expect(0));
    assert_eq!(told, ["whole", "whole", "whole", "whole", "issued"]);
    // A damaged register gives no numbers.
    fs::write(Path::new(&out).join("issued.jsonl"), b"{}\n").unwrap();
    issue(&words, HEAD, &[]).expect(65);
}

#[test]
fn a_number_is_given_once() {
    let room = Room::new();
    let with = |number: &str, of: usize| {
        let mut data = notice(of);
        data["number"] = json!(number);
        data.to_string()
    };
    let text = [with("70420000000013", 1), with("70420000000021", 2), with("70420000000013", 3)];
    let data = room.write("data.jsonl", text.join("\n"));
    let out = room.path("out");
    let words = ["issue", "--form", "result-notice", &data, "-o", &out, "--json"];
    for status in ["issued", "whole"] {
        let told = issue(&words, HEAD, &[]).expect(65).lines();
        assert_eq!(told[0]["number"], "70420000000013");
        assert_eq!(told[0]["status"], status);
        assert_eq!(told[2]["reason"], "number_taken");
    }
    assert_eq!(pdfs(&out).len(), 2);
    let bad = room.write("bad.json", with("12", 4));
    let words = ["issue", "--form", "result-notice", &bad, "-o", &out, "--json"];
    assert_eq!(issue(&words, HEAD, &[]).expect(65).json()["reason"], "number");
}

/// The words that issue so many notices into a folder.
fn batch<'w>(words: &[&'w str], out: &'w str) -> Vec<&'w str> {
    [words, &["-o", out]].concat()
}

#[test]
fn whenever_a_run_is_killed_the_next_ones_make_it_whole() {
    const COUNT: usize = 24;
    let room = Room::new();
    let data = room.write("data.jsonl", lines(COUNT));
    let (key, password) = (pki(&format!("{HEAD}.p12")), pki("password.txt"));
    let (anchors, authorities, crl) = (pki("anchors"), pki("authorities"), pki("crl"));
    let words = ["issue", "--form", "result-notice", &data, "--json"];
    let words = [&words[..], &["--key", &key, "--password-file", &password]].concat();
    let evidence = ["--trust", &anchors, "--cert", &authorities, "--crl", &crl];
    let words = [&words[..], &evidence].concat();
    let there = |out: &str| if Path::new(out).is_dir() { pdfs(out) } else { Vec::new() };
    let mut random = 1_u64;
    let (mut grew, mut folders) = (0, 1);
    for round in 0..30 {
        let mut out = room.path(&format!("out-{folders}"));
        // A batch that is whole has nothing to be killed for.
        if there(&out).len() == COUNT {
            folders += 1;
            out = room.path(&format!("out-{folders}"));
        }
        let (a, c) = (6_364_136_223_846_793_005, 1_442_695_040_888_963_407);
        random = random.wrapping_mul(a).wrapping_add(c);
        let before = there(&out);
        let mut child = command(batch(&words, &out)).stdout(Stdio::null()).spawn().unwrap();
        let mut is_over = || child.try_wait().unwrap().is_some();
        // Any time in every third round; in the others while documents are being made.
        while round % 3 != 0 && there(&out).len() == before.len() && !is_over() {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis((random >> 33) % 300));
        child.kill().unwrap();
        child.wait().unwrap();
        // Whatever has the name of a document is one.
        let after = there(&out);
        for pdf in after.iter().filter(|pdf| !before.contains(pdf)) {
            document(pdf);
        }
        grew += usize::from(after.len() > before.len());
    }
    assert!(grew >= 10, "it was killed too early to show anything: {grew} of 30");
    for folder in 1..=folders {
        let out = room.path(&format!("out-{folder}"));
        is_made_whole(&batch(&words, &out), &out, COUNT);
    }
    // Two runs at once would give numbers twice: the second is told.
    let out = room.path("out-1");
    let register = fs::File::open(Path::new(&out).join("issued.jsonl")).unwrap();
    register.lock().unwrap();
    run(&batch(&words, &out)).expect(69);
}

/// Whether one more run leaves each document once, every one of them good, and nothing else.
#[track_caller]
fn is_made_whole(words: &[&str], out: &str, count: usize) {
    let told = run(words).expect(0).lines();
    assert_eq!(told.len(), count);
    let all = pdfs(out);
    assert_eq!(all.len(), count);
    let numbers: BTreeSet<_> =
        told.iter().map(|l| l["number"].as_str().unwrap().to_owned()).collect();
    assert_eq!(numbers.len(), count);
    // Each item has the one document that says so, and nothing is left over.
    for (index, line) in told.iter().enumerate() {
        let made = document(line["file"].as_str().unwrap().as_ref());
        assert_eq!(made.document().number.as_str(), line["number"].as_str().unwrap());
        let xml = String::from_utf8(made.octets().to_vec()).unwrap();
        assert!(xml.contains(&format!(">000-{index:03}<")), "{xml}");
    }
    let names = fs::read_dir(out).unwrap().count();
    assert_eq!(names, count + 1, "only the documents and the register");
    // Every one of them passes, and the register holds each number and each file once.
    let files: Vec<&str> = all.iter().map(|file| file.to_str().unwrap()).collect();
    let verdicts = verify(&files, &["--json"]).expect(0).lines();
    assert_eq!(verdicts.len(), count);
    assert!(verdicts.iter().all(|line| line["paper"]["page"]["outcome"] == "agrees"));
    let register = fs::read_to_string(Path::new(out).join("issued.jsonl")).unwrap();
    let register: Vec<Value> =
        register.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for key in ["item", "sha256"] {
        let with = register.iter().filter(|line| line.get(key).is_some());
        let given: Vec<&str> = with.map(|line| line["number"].as_str().unwrap()).collect();
        assert_eq!(given.len(), count, "{key}");
        assert!(given.iter().all(|number| numbers.contains(*number)), "{key}");
    }
}

/// An IIN that is not that of the individual who signs.
pub(crate) const ANOTHER: &str = "990101300007";

/// A request with this IIN in it, signed by an individual.
pub(crate) fn signed_request(room: &Room, iin: &str) -> String {
    let request =
        format!("<request><iin>{iin}</iin><service>003</service><number>42</number></request>");
    let file = room.write(&format!("{iin}.xml"), request);
    let (key, password) = (pki(&format!("{PERSON}.p12")), pki("password.txt"));
    run(&["sign", "--key", &key, "--password-file", &password, "--format", "xml", &file]).expect(0);
    room.path(&format!("{iin}.signed.xml"))
}

#[test]
fn a_request_that_does_not_hold_gets_its_refusal() {
    let room = Room::new();
    let signed = signed_request(&room, ANOTHER);
    let (anchors, authorities, crl) = (pki("anchors"), pki("authorities"), pki("crl"));
    let evidence = ["--trust", &anchors, "--cert", &authorities, "--crl", &crl];
    let out = room.path("refusal.pdf");
    let words = ["refuse", "--request", &signed, "--profile", "regulation-003", "-o", &out];
    let signatories = notice(1)["signatories"].clone();
    let given = json!({ "request_number": "42", "signatories": signatories });
    let given = room.write("given.json", given.to_string());
    issue(&words, HEAD, &[&evidence[..], &[&given]].concat()).expect(0);
    let made = document(out.as_ref());
    assert_eq!(made.document().form.id, "eds-refusal");
    let xml = String::from_utf8(made.octets().to_vec()).unwrap();
    for said in ["ИИН в запросе не совпадает с ИИН", "Сұрау салудағы ЖСН мен", ">42<"]
    {
        assert!(xml.contains(said), "{said}: {xml}");
    }
    // A system refuses nobody; what cannot be checked is not refused; nor is what holds.
    let other = room.path("other.pdf");
    let words = ["refuse", "--request", &signed, "--profile", "regulation-003", "-o", &other];
    issue(&words, SYSTEM, &evidence).expect(65);
    let offline = ["--trust", &anchors, "--offline"];
    let good = verdict(&[&pki(&format!("{PERSON}.cer"))], &[], 0);
    let iin = good["signatures"][0]["signer"]["iin"].as_str().unwrap();
    let good = signed_request(&room, iin);
    let words = ["refuse", "--request", &good, "--profile", "regulation-003", "-o", &other];
    issue_blindly(&words, HEAD, &offline).expect(2);
    let line = issue(&words, HEAD, &[&evidence[..], &["--json"]].concat()).expect(1).json();
    assert_eq!((&line["status"], &line["answer"]), (&json!("not_refused"), &json!("accepted")));
    assert!(!Path::new(&other).exists());
    // From data, without a request.
    let data = run(&["issue", "--template", "eds-refusal"]).expect(0).stdout;
    let mut data: Value = serde_json::from_slice(&data).unwrap();
    data["signatories"] = signatories;
    let data = data.to_string();
    let words = ["refuse", "--form", "eds-refusal", "-", "-o", &other];
    let args = [
        &words[..],
        &["--key", &pki(&format!("{HEAD}.p12")), "--password-file", &pki("password.txt")],
    ];
    run_with_input(&[args.concat(), evidence.to_vec()].concat(), data.as_bytes()).expect(0);
}

#[test]
fn each_template_fills_its_form() {
    let room = Room::new();
    let listed = run(&["issue", "--list", "--json"]).expect(0).lines();
    assert_eq!(listed.len(), Form::names().len());
    for form in Form::names() {
        let data = run(&["issue", "--template", form]).expect(0).stdout;
        let mut data: Value = serde_json::from_slice(&data).unwrap();
        let applicant = form == "application";
        let key = if applicant { PERSON } else { HEAD };
        if let Some(signatories) = data.get_mut("signatories") {
            signatories[0]["name"] = json!("СЫНАҚОВА Ү.");
        }
        let mut more = vec!["--json"];
        if applicant {
            let line = verdict(&[&pki(&format!("{PERSON}.cer"))], &[], 0);
            data["applicant_iin"] = line["signatures"][0]["signer"]["iin"].clone();
            more.extend(["--provider-kk", "Әкімдік", "--provider-ru", "Акимат"]);
            more.extend(["--provider-bin", "450140000005"]);
        }
        let file = room.write(&format!("{form}.json"), data.to_string());
        let out = room.path(&format!("{form}.pdf"));
        let answer = issue(&["issue", "--form", form, &file, "-o", &out], key, &more);
        assert_eq!(answer.code, 0, "{form}: {}", String::from_utf8_lossy(&answer.stdout));
        assert_eq!(document(out.as_ref()).document().form.id, form);
    }
    for lang in ["kk", "ru", "en"] {
        let list = run(&["issue", "--list", "--lang", lang]).expect(0);
        compare(lang, "issue-list", list.text());
        let template = run(&["issue", "--template", "ticket", "--lang", lang]).expect(0);
        compare(lang, "issue-template", &template.stderr);
    }
}
