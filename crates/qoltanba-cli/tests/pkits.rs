//! The rows of NIST PKITS that leave the inputs of path validation at their defaults, through the
//! command: every message in one call, every certificate and list of the suite beside it.
#![allow(clippy::disallowed_methods, clippy::indexing_slicing)]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

/// The moment of the library's own test of the suite.
const MOMENT: &str = "2026-01-01T00:00:00Z";

fn main() {
    let args = Arguments::from_args();
    let root = std::env::var_os("QOLTANBA_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    );
    let pkits = root.join("pkits");
    let trial = if pkits.is_dir() {
        Trial::test("rows with default inputs", move || rows(&pkits))
    } else {
        // On CI the sets must be present: an absence there is a failure, never a pass.
        assert!(std::env::var_os("CI").is_none(), "the vectors {} are missing", pkits.display());
        Trial::test("pkits: the set is absent", || Ok(())).with_ignored_flag(true)
    };
    libtest_mimic::run(&args, vec![trial]).exit();
}

/// The rows that the library does not answer as the suite expects.
fn exceptions() -> Result<toml::Table, Failed> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors/exceptions.toml");
    let table: toml::Table = std::fs::read_to_string(path)?.parse()?;
    Ok(table.get("pkits").and_then(|rows| rows.as_table()).cloned().unwrap_or_default())
}

fn has_default_inputs(row: &Value) -> bool {
    let flags = ["require_explicit_policy", "inhibit_policy_mapping", "inhibit_any_policy"];
    row["initial_policy_set"] == "any" && flags.iter().all(|flag| row[flag] == false)
}

fn rows(pkits: &Path) -> Result<(), Failed> {
    let suite: Value = serde_json::from_slice(&std::fs::read(pkits.join("pkits.json"))?)?;
    let all = suite["tests"].as_array().ok_or("no rows")?;
    let rows: Vec<&Value> = all.iter().filter(|row| has_default_inputs(row)).collect();
    let file = |name: &Value| pkits.join(name.as_str().unwrap_or_default());
    let output = Command::new(env!("CARGO_BIN_EXE_qoltanba"))
        .args([
            "verify",
            "--offline",
            "--no-cache",
            "--json",
            "--policy",
            "pkix",
            "--at",
            MOMENT,
            "--trust",
        ])
        .arg(file(&suite["trust_anchor"]))
        .arg("--cert")
        .arg(pkits.join("certs"))
        .arg("--crl")
        .arg(pkits.join("crls"))
        .args(rows.iter().map(|row| file(&row["message"])))
        .output()?;
    let mut verdicts = BTreeMap::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let answer: Value = serde_json::from_str(line)?;
        let verdict = answer["verdict"].as_str().unwrap_or("none").to_owned();
        verdicts.insert(answer["file"].as_str().ok_or("no file")?.to_owned(), verdict);
    }
    let exceptions = exceptions()?;
    let mut wrong = Vec::new();
    for row in &rows {
        let id = row["id"].as_str().unwrap_or_default();
        let message = file(&row["message"]).to_string_lossy().into_owned();
        let passed = verdicts.get(&message).is_some_and(|verdict| verdict == "passed");
        if !verdicts.contains_key(&message)
            || passed != (row["expected"] == "valid" && !exceptions.contains_key(id))
        {
            wrong.push(format!("{id}: {:?}", verdicts.get(&message)));
        }
    }
    let counted = rows.len() > 190;
    if wrong.is_empty() && counted {
        return Ok(());
    }
    Err(format!("of {} rows: {wrong:#?}", rows.len()).into())
}
