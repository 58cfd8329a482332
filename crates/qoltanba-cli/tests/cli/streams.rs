//! Streams that close, colours, languages, and names that try to deceive.

use std::{fs::File, io::Read as _, process::Stdio};

use crate::sandbox::{Room, answer, command, pki, run, signed, verify};

#[test]
fn a_closed_pipe_is_no_fault() {
    let room = Room::new();
    let file = signed(&room, "people/rsa-ceo");
    let bad = pki("people/rsa-individual-revoked.cer");
    let cases: [(Vec<&str>, i32); 5] = [
        (vec!["verify", &file, &bad, "--trust", "national"], 2),
        (vec!["verify", &file, "--json"], 2),
        (vec!["inspect", &file], 0),
        (vec!["extract", &file], 0),
        (vec!["--help"], 0),
    ];
    for (args, code) in cases {
        let mut child = command(&args).spawn().unwrap();
        drop(child.stdout.take());
        let mut complaints = String::new();
        child.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{args:?}: {complaints}");
        assert!(!complaints.contains("panicked"), "{complaints}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_cannot_be_written_is_70() {
    let room = Room::new();
    let file = signed(&room, "people/rsa-ceo");
    for args in [vec!["verify", &file], vec!["verify", &file, "--json"], vec!["inspect", &file]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let answer = answer(command(&args).stdout(Stdio::from(full))).expect(70);
        assert!(!answer.stderr.contains("panicked"), "{}", answer.stderr);
    }
}

#[test]
fn colours_are_for_terminals_and_those_who_ask() {
    let room = Room::new();
    let file = signed(&room, "people/rsa-ceo");
    let ask = |name: &str, value: &str| {
        answer(command(["verify", &file]).env(name, value)).stdout.contains(&0x1b)
    };
    assert!(!ask("TERM", "xterm"));
    assert!(ask("CLICOLOR_FORCE", "1"));
    assert!(!ask("NO_COLOR", "1"));
}

#[test]
fn the_language_is_that_of_the_locale_unless_said() {
    let room = Room::new();
    let file = signed(&room, "people/rsa-ceo");
    let ask = |env: &[(&str, &str)], more: &[&str]| {
        let mut call = command([&["verify", &file], more].concat());
        answer(call.envs(env.iter().copied())).text().to_owned()
    };
    let kazakh = |text: String| text.contains("Аталған тұлға");
    let russian = |text: String| text.contains("Назван ");
    assert!(kazakh(ask(&[("LANG", "kk_KZ.UTF-8")], &[])));
    assert!(russian(ask(&[("LANG", "kk_KZ.UTF-8"), ("LC_MESSAGES", "ru_RU.UTF-8")], &[])));
    assert!(kazakh(ask(&[("LC_ALL", "kk"), ("LC_MESSAGES", "ru"), ("LANG", "en")], &[])));
    assert!(russian(ask(&[("LC_ALL", ""), ("LANG", "ru_KZ")], &[])));
    assert!(ask(&[("LANG", "de_DE.UTF-8")], &[]).contains("Named"));
    assert!(russian(ask(&[("LANG", "kk_KZ.UTF-8")], &["--lang", "ru"])));
}

#[test]
#[cfg(unix)]
fn names_of_files_steer_no_terminal() {
    let room = Room::new();
    signed(&room, "people/rsa-ceo");
    let evil = room.write("a\u{1b}[2Jb\u{202e}c\nd.cms", room.read("notice.txt.cms"));
    let absent = room.path("x\u{1b}[2J\u{9b}y.cms");
    for more in [&[][..], &["--json"]] {
        let answer = verify(&[&evil, &absent], more).expect(66);
        for text in [answer.text(), &answer.stderr] {
            let steers = |c: char| c == '\u{202e}' || c.is_control() && c != '\n';
            assert!(!text.chars().any(steers), "{text:?}");
        }
    }
    let answer = run(&["inspect", &evil]).expect(0);
    assert!(!answer.text().contains('\u{1b}'));
}
