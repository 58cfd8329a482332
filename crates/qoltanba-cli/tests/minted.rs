//! The cases made by a second implementation (`minted`) through the command: those that are asked
//! the same question go through one call.
#![allow(clippy::disallowed_methods, clippy::indexing_slicing, clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

fn main() {
    let args = Arguments::from_args();
    let root = std::env::var_os("QOLTANBA_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    );
    let open = root.join("minted/open");
    let trials = if open.is_dir() {
        trials(&open)
    } else {
        // On CI the sets must be present: an absence there is a failure, never a pass.
        assert!(std::env::var_os("CI").is_none(), "the vectors {} are missing", open.display());
        vec![Trial::test("minted: the set is absent", || Ok(())).with_ignored_flag(true)]
    };
    libtest_mimic::run(&args, trials).exit();
}

const KINDS: [&str; 8] = ["cms", "xml", "cert", "crl", "ocsp", "barcode", "image", "pdf"];

fn trials(open: &Path) -> Vec<Trial> {
    let cases: Value = serde_json::from_slice(&fs::read(open.join("cases.json")).unwrap()).unwrap();
    let cases = cases["cases"].as_array().unwrap();
    let mut calls: BTreeMap<Vec<String>, Vec<Value>> = BTreeMap::new();
    for case in cases.iter().filter(|case| KINDS.contains(&case["kind"].as_str().unwrap())) {
        calls.entry(arguments(open, case)).or_default().push(case.clone());
    }
    let count: usize = calls.values().map(Vec::len).sum();
    assert!(count > 1400, "{count}");
    let exceptions = Arc::new(exceptions());
    calls
        .into_iter()
        .map(|(arguments, cases)| {
            let first = cases[0]["id"].as_str().unwrap();
            let name = match cases.len() {
                1 => first.to_owned(),
                several => format!("{first} and {} more", several - 1),
            };
            let (open, exceptions) = (open.to_owned(), Arc::clone(&exceptions));
            Trial::test(name, move || call(&open, &arguments, &cases, &exceptions))
        })
        .collect()
}

/// The cases that the library does not answer as the set expects.
fn exceptions() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors/exceptions.toml");
    let table: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let minted = table.get("minted").and_then(|v| v.as_table()).cloned().unwrap_or_default();
    minted.keys().cloned().collect()
}

fn words(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The question of a case. The issuer that the caller means is the only one that is known.
fn arguments(open: &Path, case: &Value) -> Vec<String> {
    let files = &case["files"];
    let known = match (&files["issuer"], &files["cert"]) {
        (Value::String(issuer), Value::String(about)) => vec![about.as_str(), issuer],
        (Value::String(issuer), _) => vec![issuer.as_str()],
        _ => words(&case["intermediates"]),
    };
    let (crls, answers) = (&case["evidence"]["crls"], &case["evidence"]["ocsps"]);
    let mut arguments = vec!["--at".to_owned(), case["at"].as_str().unwrap().to_owned()];
    for (option, names) in [
        ("--trust", words(&case["trust"])),
        ("--cert", known),
        ("--crl", words(crls)),
        ("--ocsp", words(answers)),
    ] {
        for name in names {
            arguments.extend([option.to_owned(), open.join(name).to_str().unwrap().to_owned()]);
        }
    }
    if let Some(purpose) = case["purpose"].as_str() {
        arguments.extend(["--purpose".to_owned(), purpose.to_owned()]);
    }
    for id in words(&case["expected_ref"]) {
        arguments.extend(["--element".to_owned(), id.trim_start_matches('#').to_owned()]);
    }
    match &case["detached_data"] {
        Value::Null => {}
        Value::String(name) => {
            arguments.extend(["--data".to_owned(), open.join(name).to_str().unwrap().to_owned()]);
        }
        recipe => {
            assert_eq!(recipe["recipe"], "mod251");
            let length = recipe["length"].as_u64().unwrap();
            let data: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            arguments.extend(["--data".to_owned(), write(&data)]);
        }
    }
    if is_scan(case) {
        arguments.push("--scan".to_owned());
    }
    // A detached signature goes alone, and so does a scan.
    if is_alone(case) {
        arguments.extend(main_files(open, case));
    }
    arguments
}

fn is_scan(case: &Value) -> bool {
    ["barcode", "image", "pdf"].iter().any(|kind| case["kind"] == *kind)
}

fn is_alone(case: &Value) -> bool {
    !case["detached_data"].is_null() || is_scan(case)
}

/// The file of a case, or the pictures that are to be read together.
fn main_files(open: &Path, case: &Value) -> Vec<String> {
    let pictures = words(&case["files"]["images"]);
    if pictures.is_empty() {
        return vec![main_file(open, case)];
    }
    pictures.iter().map(|name| open.join(name).to_str().unwrap().to_owned()).collect()
}

/// The file of a case, or one made by its recipe.
fn main_file(open: &Path, case: &Value) -> String {
    let main = &case["files"]["main"];
    let Some(recipe) = main["recipe"].as_str() else {
        return open.join(main.as_str().unwrap()).to_str().unwrap().to_owned();
    };
    let mut out = String::new();
    for part in main["parts"].as_array().unwrap() {
        let (text, count) = (part[0].as_str().unwrap(), part[1].as_u64().unwrap());
        for i in 0..count {
            let up = text.replace("{i}", &i.to_string());
            match recipe {
                "concat" => out.push_str(text),
                _ => out.push_str(&up.replace("{d}", &(count - 1 - i).to_string())),
            }
        }
    }
    write(out.as_bytes())
}

fn write(bytes: &[u8]) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("minted");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

fn call(
    open: &Path,
    arguments: &[String],
    cases: &[Value],
    exceptions: &BTreeSet<String>,
) -> Result<(), Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qoltanba"));
    command.args(["verify", "--offline", "--no-cache", "--json"]).args(arguments);
    let alone = cases.iter().any(is_alone);
    if !alone {
        command.args(cases.iter().map(|case| main_file(open, case)));
    }
    let output = command.output()?;
    let lines: Vec<Value> = String::from_utf8(output.stdout)?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let wanted = if alone { 1 } else { cases.len() };
    if lines.len() != wanted {
        let told = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} answers to {wanted} cases: {told}", lines.len()).into());
    }
    let mut wrong = Vec::new();
    for (case, line) in cases.iter().zip(lines.iter().cycle()) {
        let id = case["id"].as_str().unwrap();
        let outcome = compare(case, line);
        if outcome.is_ok() == exceptions.contains(id) {
            wrong.push(format!("{id}: {outcome:?}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn compare(case: &Value, line: &Value) -> Result<(), String> {
    let verdict = match line["verdict"].as_str().unwrap_or_default() {
        "passed" => "valid",
        "failed" => "invalid",
        other => other,
    };
    let expected = words(&case["expect"]["verdict"]);
    if !expected.contains(&verdict) {
        return Err(format!("{verdict} ({}); expected {expected:?}", line["reason"]));
    }
    for key in ["document_sha256", "favor_id"] {
        let wanted = &case["expect"][key];
        if !wanted.is_null() && line[key] != *wanted {
            return Err(format!("{key} is {}; expected {wanted}", line[key]));
        }
    }
    let facts = &line["signatures"][0]["facts"];
    for (name, number) in case["expect"]["crl"].as_object().into_iter().flatten() {
        if facts[name] != *number {
            return Err(format!("{name} is {}; expected {number}", facts[name]));
        }
    }
    let status = &case["expect"]["status"];
    if case["kind"] == "ocsp" && verdict == "valid" && facts["status"] != *status {
        return Err(format!("says {}; expected {status}", facts["status"]));
    }
    let signers = case["expect"]["signers"].as_array();
    let Some(signers) = signers.filter(|_| verdict == "valid" && !facts.is_object()) else {
        return Ok(());
    };
    let reported: Vec<&Value> = line["signatures"].as_array().into_iter().flatten().collect();
    for wanted in signers {
        let like = |signature: &&&Value| {
            wanted.as_object().unwrap().iter().all(|(key, value)| match (key.as_str(), value) {
                ("verdict", _) => true,
                ("tst_time", time) => signature["proven_time"] == *time,
                (key, Value::Array(any)) => any.contains(&signature["signer"][key]),
                (key, one) => signature["signer"][key] == *one,
            })
        };
        if !reported.iter().any(|signature| like(&signature)) {
            return Err(format!("no signer like {wanted}; reported {reported:?}"));
        }
    }
    Ok(())
}
