//! What people see, in three languages, compared with files that were read by eye.
//!
//! `QOLTANBA_UPDATE=1 cargo test` writes them anew.

use std::{fs, path::Path};

use crate::sandbox::{Room, altered, pki, run, signed, verify};

#[test]
fn verdicts_read_well_in_three_languages() {
    let room = Room::new();
    let good = signed(&room, "people/gost2015-can_sign");
    let forged = altered(&room.read("notice.txt.cms"), "Хаб".as_bytes(), "Баб".as_bytes());
    let forged = room.write("forged.cms", forged);
    let revoked = pki("people/gost2015-individual-revoked.cer");
    let (anchors, authorities) = (pki("anchors"), pki("authorities"));
    for lang in ["kk", "ru", "en"] {
        let with = ["--lang", lang];
        compare(lang, "passed", verify(&[&good], &with).expect(0).text());
        compare(lang, "failed", verify(&[&forged], &with).expect(1).text());
        compare(lang, "revoked", verify(&[&revoked, &good], &with).expect(1).text());
        let args = ["verify", &good, "--trust", &anchors, "--cert", &authorities];
        let unchecked = run(&[&args[..], &with].concat()).expect(2);
        compare(lang, "unchecked", unchecked.text());
        let unproved = run(&[&["verify", &good][..], &with].concat()).expect(2);
        compare(lang, "unproved", unproved.text());
        let claims = run(&[&["inspect", &good][..], &with].concat()).expect(0);
        compare(lang, "inspect", claims.text());
    }
}

#[track_caller]
pub(crate) fn compare(lang: &str, name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cli/snapshots")
        .join(format!("{name}.{lang}.txt"));
    let text = timeless(text);
    if std::env::var_os("QOLTANBA_UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == text, "{} differs:\n{text}", path.display());
}

/// Replaces moments and folders, which differ from run to run.
fn timeless(text: &str) -> String {
    let text = text.replace(&pki(""), "PKI/");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        if let Some(after) = after_moment(rest) {
            out.push_str("<moment>");
            rest = after;
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    let words = out.split_inclusive('\n').map(|line| match line.rsplit_once("/room-") {
        Some((head, tail)) => {
            let name = tail.split_once('/').map_or(tail, |(_, name)| name);
            let head = head.rsplit_once("  ").map_or("", |(head, _)| head);
            let gap = if head.is_empty() { "" } else { "  " };
            format!("{head}{gap}{name}")
        }
        None => line.to_owned(),
    });
    words.collect()
}

/// What follows a moment such as `2026-11-22T00:00:00Z` or `2026-11-22 00:00:00 UTC`.
fn after_moment(text: &str) -> Option<&str> {
    const SHAPE: &str = "dddd-dd-ddTdd:dd:dd";
    let head = text.get(..SHAPE.len())?;
    let fits = head.bytes().zip(SHAPE.bytes()).all(|(c, shape)| match shape {
        b'd' => c.is_ascii_digit(),
        b'T' => c == b'T' || c == b' ',
        other => c == other,
    });
    let rest = text.get(SHAPE.len()..)?;
    if fits { rest.strip_prefix('Z').or_else(|| rest.strip_prefix(" UTC")) } else { None }
}
