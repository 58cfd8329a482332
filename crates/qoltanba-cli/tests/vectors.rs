//! A handful of the real artifacts of the national PKI through the command.
#![allow(clippy::disallowed_methods, clippy::indexing_slicing)]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

fn main() {
    let args = Arguments::from_args();
    let root = std::env::var_os("QOLTANBA_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    );
    let kz = root.join("kz");
    let trials = if kz.is_dir() {
        trials(&kz)
    } else {
        // On CI the sets must be present: an absence there is a failure, never a pass.
        assert!(std::env::var_os("CI").is_none(), "the vectors {} are missing", kz.display());
        vec![Trial::test("kz: the set is absent", || Ok(())).with_ignored_flag(true)]
    };
    libtest_mimic::run(&args, trials).exit();
}

/// Messages of other software: intact and with a path; the lists of their years are out of force.
const MESSAGES: [(&str, &str); 5] = [
    ("cms/ncanode_SIGNED_CMS.cms", "2022-10-01T00:00:00Z"),
    ("cms/ncanode_SIGNED_CMS_ONE_SIGNER.cms", "2021-06-01T00:00:00Z"),
    ("cms/ncanode_org_active_GOSTKNCA_13a3741b5.cms", "2020-06-01T00:00:00Z"),
    ("cms/ncanode_ind_revoked_RSA256_346a7e57c29.cms", "2020-06-01T00:00:00Z"),
    ("cms/ncanode_org_active_AUTH_RSA256_d68272.cms", "2020-06-01T00:00:00Z"),
];

const KEY_STORES: [&str; 3] = [
    "p12/gost2015_sign_individual_revoked_20251017_36ab7327.p12",
    "p12/gost2004_sign_ceo_valid_20200128_13a3741b.p12",
    "p12/rsa_auth_ceo_valid_20200128_d682726b.p12",
];

const LISTS: [&str; 2] = ["crl/malikzh_nca_gost2022_test.crl", "crl/malikzh_nca_rsa_test.crl"];

/// OCSP answers and a time stamp of the national authority.
const EVIDENCE: [&str; 4] = [
    "ocsp/ocsp_response_ceo_2015_revoked.bin",
    "ocsp/ocsp_response_ceo_sign_2004_revoked.bin",
    "ocsp/ocsp_response_individual_sign_2004.bin",
    "tsp/tsp_response.bin",
];

fn trials(kz: &Path) -> Vec<Trial> {
    let trial = |name: &str, test: fn(&Path, &str) -> Result<(), Failed>| {
        let (kz, file) = (kz.to_owned(), name.to_owned());
        Trial::test(format!("kz/{name}"), move || test(&kz, &file))
    };
    let mut trials: Vec<Trial> = MESSAGES.iter().map(|(name, _)| trial(name, message)).collect();
    trials.extend(KEY_STORES.iter().map(|name| trial(name, key_store)));
    trials.extend(EVIDENCE.iter().map(|name| trial(name, evidence)));
    trials.extend(LISTS.iter().map(|name| trial(name, list)));
    trials.push(trial("ca/prod/nca_gost_2022.pem", national));
    trials.push(trial("negative/cms_gost2015_content_tampered.cms", tampered));
    trials.push(trial("negative/cms_two_signers_signingtime_tampered.cms", tampered));
    trials.push(trial("negative/cert_gost2004_badsig.cer", tampered));
    trials
}

fn qoltanba(args: &[&str]) -> Result<(i32, Value), Failed> {
    let output = Command::new(env!("CARGO_BIN_EXE_qoltanba"))
        .args(args)
        .arg("--json")
        .env("QOLTANBA_PASSWORD", "Qwerty12")
        .output()?;
    Ok((output.status.code().unwrap_or(-1), serde_json::from_slice(&output.stdout)?))
}

fn expect(holds: bool, line: &Value) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(format!("{line:#}").into()) }
}

fn path(kz: &Path, name: &str) -> String {
    kz.join(name).to_string_lossy().into_owned()
}

fn verify(kz: &Path, name: &str, more: &[&str]) -> Result<(i32, Value), Failed> {
    let (file, authorities) = (path(kz, name), path(kz, "ca/test"));
    qoltanba(
        &[&["verify", "--offline", "--no-cache", &file, "--trust", &authorities], more].concat(),
    )
}

fn message(kz: &Path, name: &str) -> Result<(), Failed> {
    let at = MESSAGES.iter().find(|(file, _)| *file == name).map(|(_, at)| *at).unwrap_or_default();
    // Some of them were made with keys for logging in; the purpose is not what is looked at.
    let (code, line) = verify(kz, name, &["--at", at])?;
    let signatures = line["signatures"].as_array().cloned().unwrap_or_default();
    expect([1, 2].contains(&code) && !signatures.is_empty(), &line)?;
    for check in signatures.iter().filter_map(|s| s["checks"].as_array()).flatten() {
        let proved = ["format", "content", "signature", "path"];
        let id = check["id"].as_str().unwrap_or_default();
        expect(!proved.contains(&id) || check["outcome"] == "passed", &line)?;
    }
    Ok(())
}

/// The built-in roots are believed unless `--trust` replaces them; `national` adds them back.
fn national(kz: &Path, name: &str) -> Result<(), Failed> {
    let (file, other) = (path(kz, name), path(kz, "ca/test"));
    for (trust, path_holds) in [
        (&[][..], true),
        (&["--trust", &other], false),
        (&["--trust", &other, "--trust", "national"], true),
    ] {
        let at = ["--at", "2026-11-25T12:00:00Z"];
        let (_, line) =
            qoltanba(&[&["verify", "--offline", "--no-cache", &file], &at[..], trust].concat())?;
        let checks = line["signatures"][0]["checks"].as_array().cloned().unwrap_or_default();
        let holds = checks.iter().any(|c| c["id"] == "path" && c["outcome"] == "passed");
        expect(holds == path_holds, &line)?;
    }
    Ok(())
}

fn tampered(kz: &Path, name: &str) -> Result<(), Failed> {
    let (code, line) = verify(kz, name, &[])?;
    expect(code == 1 && line["verdict"] == "failed", &line)
}

fn key_store(kz: &Path, name: &str) -> Result<(), Failed> {
    let (code, line) = qoltanba(&["inspect", &path(kz, name)])?;
    expect(code == 0 && line["contents"][0]["kind"] == "key_store", &line)
}

fn list(kz: &Path, name: &str) -> Result<(), Failed> {
    let (code, line) = qoltanba(&["inspect", &path(kz, name)])?;
    expect(code == 0 && line["contents"][0]["kind"] == "crl", &line)
}

fn evidence(kz: &Path, name: &str) -> Result<(), Failed> {
    let kind = if name.starts_with("tsp/") { "time_stamp" } else { "ocsp" };
    let (code, line) = qoltanba(&["inspect", &path(kz, name)])?;
    let contents = &line["contents"][0];
    expect(code == 0 && contents["kind"] == kind && contents["claimed"].is_object(), &line)?;
    let (code, line) = verify(kz, name, &[])?;
    expect([0, 2].contains(&code) && line["format"] == kind, &line)
}
