//! What the vector tests share: where the sets are, and how an absent one is reported.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

/// The folder of a set of vectors, when it is there.
pub(crate) fn set(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("QOLTANBA_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    );
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    // On CI the sets must be present: an absence there is a failure, never a pass.
    assert!(std::env::var_os("CI").is_none(), "the vectors {} are missing", folder.display());
    None
}

/// The one trial that stands for an absent set.
pub(crate) fn absent(name: &'static str) -> Vec<Trial> {
    vec![Trial::test(format!("{name}: the set is absent"), || Ok(())).with_ignored_flag(true)]
}

pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

pub(crate) fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The words of a string or of a list of strings.
pub(crate) fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Rows of `test-vectors/exceptions.toml` for a suite: case → why it is left out.
///
/// A case that is listed must fail: an unexpected pass is a failure too.
pub(crate) fn exceptions(suite: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors/exceptions.toml");
    let table: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    table.get(suite).and_then(|v| v.as_table()).cloned().unwrap_or_default()
}

/// Turns the outcome of a case into the outcome of its trial.
pub(crate) fn judge(outcome: Result<(), String>, exception: Option<&str>) -> Result<(), Failed> {
    match (outcome, exception) {
        (Ok(()), None) | (Err(_), Some(_)) => Ok(()),
        (Ok(()), Some(why)) => Err(format!("passes now; delete its exception: {why}").into()),
        (Err(message), None) => Err(message.into()),
    }
}
