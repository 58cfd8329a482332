//! The modules of the core stand in layers: one may use only those above it in this list, and
//! nothing that verifies may reach what signs. A public name has one path, beside the root's few.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

use std::{fs, path::Path};

const LAYERS: &[&str] = &[
    "text",
    "numbers",
    "error",
    "time",
    "budget",
    "oid",
    "asn1",
    "algorithm",
    "certificate",
    "verdict",
    "trust",
    "revocation",
    "integrity",
    "cms",
    "xmldsig",
    "timestamp",
    "identity",
    "policy",
    "report",
    "verify",
    "request",
    "sign",
    "paper",
    "file",
    "danger",
];

#[test]
fn a_module_uses_only_what_is_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut modules = 0;
    for entry in fs::read_dir(&source).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name == "lib" {
            continue;
        }
        let layer = LAYERS.iter().position(|l| *l == name);
        let layer = layer.unwrap_or_else(|| panic!("{name} is not in the list of layers"));
        modules += 1;
        visit(&path, &mut |file, code| {
            for used in crate_paths(code) {
                let found = LAYERS.iter().position(|l| *l == used);
                if found.is_none_or(|other| other > layer) {
                    wrong.push(format!("{} uses {used}", file.display()));
                }
            }
        });
    }
    assert!(modules > 10, "the sources were not found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_a_public_module_has_is_not_public_in_its_parent_too() {
    let mut rooms = 0;
    let mut twice = Vec::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |file, code| {
        if file.ends_with("src/lib.rs") {
            return;
        }
        for room in code.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")) {
            rooms += 1;
            let exported = format!("pub use {}::", room.trim_end_matches(';'));
            if code.lines().any(|line| line.trim().starts_with(&exported)) {
                twice.push(format!("{}: {exported}", file.display()));
            }
        }
    });
    assert!(rooms > 3, "the public rooms were not found");
    assert!(twice.is_empty(), "{twice:#?}");
}

fn visit(path: &Path, each: &mut dyn FnMut(&Path, &str)) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            visit(&entry.unwrap().path(), each);
        }
    } else if path.extension().is_some_and(|e| e == "rs") {
        let text = fs::read_to_string(path).unwrap();
        let code: Vec<&str> = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
        // Unit tests stand at the end of a file and may use anything.
        let code = code.join("\n");
        each(path, code.split("#[cfg(test)]").next().unwrap_or_default());
    }
}

/// The first segment of every path that starts at the crate's root, inside `use` groups too.
fn crate_paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some((_, after)) = rest.split_once("crate::") {
        rest = after;
        match after.strip_prefix('{') {
            None => found.push(identifier(after)),
            Some(group) => {
                let mut depth = 0;
                let mut start = true;
                for (i, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => start = true,
                        c if start && c.is_alphabetic() => {
                            found.push(identifier(&group[i..]));
                            start = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    // Macros and types of the root are no modules.
    found.retain(|f| f.chars().next().is_some_and(char::is_lowercase));
    found
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}
