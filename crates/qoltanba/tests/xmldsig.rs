//! The published signatures: each one's references and signature hold, or it stands in
//! `exceptions.toml` with the reason that refuses it. Trust is not asked: their chains are not ours.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use libtest_mimic::{Arguments, Failed, Trial};
use qoltanba::{
    ErrorKind, Question, Report, TrustStore, Verdict, Verifier, danger,
    policy::Policy,
    report::{CheckId, Outcome},
};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match common::set("xmldsig") {
        None => common::absent("xmldsig"),
        Some(folder) => trials(&folder),
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials(folder: &Path) -> Vec<Trial> {
    let exceptions = common::exceptions("xmldsig");
    let mut trials = Vec::new();
    let mut names = Vec::new();
    for path in signed_documents(folder) {
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        names.push(name.clone());
        let row = exceptions.get(&name).and_then(|v| v.as_str()).map(str::to_owned);
        trials.push(Trial::test(name, move || judge(&common::read(&path), row.as_deref())));
    }
    assert!(names.len() > 10, "the documents were not found");
    for unknown in exceptions.keys().filter(|k| !names.contains(k)) {
        let message = format!("exceptions.toml names {unknown}, which is no case");
        trials.push(Trial::test(unknown.clone(), move || Err(message.into())));
    }
    trials
}

/// Templates, which are documents before signing, have another ending.
fn signed_documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for set in fs::read_dir(folder).unwrap() {
        let set = set.unwrap().path();
        for entry in fs::read_dir(set).unwrap() {
            let path = entry.unwrap().path();
            let text = path.extension().filter(|e| *e == "xml").map(|_| common::read(&path));
            if text.is_some_and(|t| t.windows(15).any(|w| w == b"SignatureValue>")) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn judge(document: &[u8], exception: Option<&str>) -> Result<(), Failed> {
    let question = Question::at("2026-11-25T12:00:00Z".parse().unwrap());
    let ask = |policy: Policy| {
        let verifier = Verifier::new(TrustStore::empty()).with_policy(policy);
        verifier.verify(document, &question).map_err(|error| match error.kind() {
            ErrorKind::OverBudget { .. } => "over_budget".to_owned(),
            ErrorKind::Unsupported { .. } => "unsupported".to_owned(),
            other => format!("{other:?}"),
        })
    };
    // With nobody trusted, nothing passes whatever else holds.
    if ask(Policy::default()).is_ok_and(|report| report.verdict() == Verdict::Passed) {
        return Err("passed without an anchor".into());
    }
    let mut archives = Policy::default();
    archives.strength = danger::allow_sha1();
    match (ask(archives).and_then(|report| holds(&report)), exception) {
        (Ok(()), None) => Ok(()),
        (Ok(()), Some(row)) => Err(format!("holds now; delete its exception: {row}").into()),
        (Err(code), Some(row)) if row.split(':').next() == Some(&*code) => Ok(()),
        (Err(code), Some(row)) => Err(format!("{code}, but its exception says {row}").into()),
        (Err(code), None) => Err(format!("refused for {code}").into()),
    }
}

/// Whether the format, the references and the signature of each signature hold, else the code of
/// the first reason.
fn holds(report: &Report) -> Result<(), String> {
    if report.signatures().is_empty() {
        return Err(report.reason().map_or("none", qoltanba::Reason::code).to_owned());
    }
    for id in [CheckId::Format, CheckId::Content, CheckId::Signature] {
        for signature in report.signatures() {
            for check in signature.checks.iter().filter(|c| c.id == id) {
                match (&check.outcome, check.reason()) {
                    (Outcome::Passed, _) => {}
                    (_, Some(reason)) => return Err(reason.code().to_owned()),
                    (_, None) if signature.algorithm.is_none() => {
                        return Err("algorithm_unknown".to_owned());
                    }
                    (_, None) => return Err("no_certificate".to_owned()),
                }
            }
        }
    }
    Ok(())
}
