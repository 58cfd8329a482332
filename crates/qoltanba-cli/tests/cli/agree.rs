//! One file, asked about at the command and at the page of the service: both tell the same.

use std::{collections::BTreeSet, fs};

use qoltanba::paper::BarcodeSet;

use crate::{
    paper,
    sandbox::{NOTICE, Room, altered, pki, run, sign, signed},
    service::{Running, form},
};

const REQUEST: &[u8] = "<request><text Id=\"t\">Өтініш</text></request>".as_bytes();

/// The same evidence for the command and for a service.
struct Both {
    service: Running,
    evidence: Vec<String>,
    told: BTreeSet<(String, String)>,
}

impl Both {
    /// With these folders of the test authority.
    fn knowing(room: &Room, evidence: &[(&str, &str, &str)]) -> Self {
        let mut settings = "limits.deadline_seconds = 200\n".to_owned();
        let mut options = vec!["--offline".to_owned()];
        for (setting, option, folder) in evidence {
            settings += &format!("evidence.{setting} = [{:?}]\n", pki(folder));
            options.extend([(*option).to_owned(), pki(folder)]);
        }
        let service = Running::with(room, &settings);
        Self { service, evidence: options, told: BTreeSet::new() }
    }

    /// Asks both about one file, with what goes with it.
    #[track_caller]
    fn agree(&mut self, files: &[&str], data: Option<&str>, is_scan: bool) {
        let mut fields: Vec<(&str, Vec<u8>)> =
            files.iter().map(|file| ("file", fs::read(file).unwrap())).collect();
        let mut args = [&["verify"], files].concat();
        if let Some(data) = data {
            fields.push(("data", fs::read(data).unwrap()));
            args.extend(["--data", data]);
        }
        if is_scan {
            fields.insert(0, ("scan", b"true".to_vec()));
            args.push("--scan");
        }
        args.extend(self.evidence.iter().map(String::as_str));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, &value[..])).collect();
        for lang in ["kk", "ru", "en"] {
            let head = format!(
                "POST /{lang}/check HTTP/1.1\r\ncontent-type: multipart/form-data; boundary=b"
            );
            let page = self.service.ask(&head, &form(&fields));
            assert!(page.starts_with("HTTP/1.1 200 "), "{files:?}: {page}");
            let command = run(&[&args[..], &["--lang", lang]].concat());
            let text = command.text();

            let state = between(&page, "data-standing=\"", "\"").unwrap();
            let icon = text.chars().next().unwrap();
            let shown = match state {
                "good" | "good_with_remarks" => '✓',
                "could_not_check" => '?',
                _ => '✗',
            };
            assert_eq!(icon, shown, "{files:?}: {state}: {text}");
            let first = text.lines().next().unwrap();
            let remarked = ["ескертулер бар", "есть замечания", "with remarks"];
            let is_remarked = remarked.iter().any(|words| first.contains(words));
            assert_eq!(is_remarked, state == "good_with_remarks", "{files:?}: {first}");

            let next = between(&page, "data-next=\"", "\"").unwrap_or_default();
            let step =
                page.split("data-next=").nth(1).and_then(|rest| between(rest, "<p>", "</p>"));
            match step.filter(|_| next != "keep_file") {
                Some(step) => {
                    assert!(text.contains(&format!("  → {step}\n")), "{files:?}: {step}: {text}");
                }
                None => assert!(!text.contains('→'), "{files:?}: {text}"),
            }
            self.told.insert((state.to_owned(), next.to_owned()));
        }
    }

    fn end(self) -> BTreeSet<(String, String)> {
        assert_eq!(self.service.end().0, 0);
        self.told
    }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    Some(text.split_once(from)?.1.split_once(to)?.0)
}

#[test]
fn the_command_and_the_page_tell_the_same_of_every_file() {
    let room = Room::new();
    let good = signed(&room, "people/gost2015-can_sign");
    let forged = altered(&room.read("notice.txt.cms"), "Хаб".as_bytes(), "Баб".as_bytes());
    let forged = room.write("forged.cms", forged);
    let damaged = room.write("damaged.cms", &room.read("notice.txt.cms")[..400]);
    sign(&room.path("notice.txt"), "people/gost2015-ceo", &["--detached"]).expect(0);
    let (detached, notice) = (room.path("notice.txt.p7s"), room.path("notice.txt"));
    let other = room.write("other.txt", "another document");
    let revoked = room.write("revoked.txt", NOTICE);
    sign(&revoked, "people/rsa-individual-revoked", &[]).expect(0);
    let request = room.write("part.xml", REQUEST);
    let (key, password) = (pki("people/gost2004-ceo.p12"), pki("password.txt"));
    let xml = ["sign", "--key", &key, "--password-file", &password, "--format", "xml", &request];
    run(&[&xml[..], &["--id", "t"]].concat()).expect(0);

    let document = paper::signed(&room);
    let made = "2026-11-25T12:00:00Z".parse().unwrap();
    let texts = BarcodeSet::write(&document, paper::NUMBER, made).unwrap();
    let all = room.write("all.txt", texts.join("\n"));
    let some = room.write("some.txt", texts[1..].join("\n"));
    let page = room.write("page.pdf", paper::pdf(&[], Some(&document)));
    let blank = room.write("blank.pdf", paper::pdf(&[], None));

    let trust = ("trust", "--trust", "anchors");
    let authorities = ("certificates", "--cert", "authorities");
    let lists = ("lists", "--crl", "crl");
    let mut knowing = Both::knowing(&room, &[trust, authorities, lists]);
    for file in [&good, &forged, &damaged, &detached, &request, &page, &blank] {
        knowing.agree(&[file], None, false);
    }
    for file in ["revoked.txt.cms", "part.signed.xml", "request.signed.xml"] {
        knowing.agree(&[&room.path(file)], None, false);
    }
    knowing.agree(&[&detached], Some(&notice), false);
    knowing.agree(&[&detached], Some(&other), false);
    knowing.agree(&[&all], None, true);
    knowing.agree(&[&some], None, true);
    for name in ["people", "faulty", "authorities", "crl"] {
        for entry in fs::read_dir(pki(name)).unwrap() {
            let file = entry.unwrap().path();
            let name = file.to_str().unwrap();
            // One family of algorithms; what is judged is the same in each.
            if name.contains("gost2015") && !name.ends_with(".p12") {
                knowing.agree(&[name], None, false);
            }
        }
    }
    let mut told = knowing.end();

    let mut without_lists = Both::knowing(&room, &[trust, authorities]);
    for file in [&good, &forged, &page] {
        without_lists.agree(&[file], None, false);
    }
    told.extend(without_lists.end());

    let mut knowing_nobody = Both::knowing(&room, &[authorities, lists]);
    for file in [&good, &forged, &pki("people/rsa-ceo.cer"), &pki("crl/nca_rsa.crl")] {
        knowing_nobody.agree(&[file], None, false);
    }
    told.extend(knowing_nobody.end());

    let told: Vec<_> = told.iter().map(|(state, next)| format!("{state} {next}")).collect();
    let wanted = [
        "could_not_check add_document",
        "could_not_check compare_page",
        "could_not_check other_program",
        "could_not_check photograph",
        "could_not_check prove_time",
        "could_not_check try_later",
        "good ",
        "good keep_file",
        "good_with_remarks ",
        "good_with_remarks compare_page",
        "not_good ask_known_authority",
        "not_good ask_new_signature",
        "not_good ask_original",
        "not_good ask_signed",
        "not_good ask_signing_certificate",
        "not_good ask_whole",
    ];
    assert_eq!(told, wanted, "what is told of these files");
}
