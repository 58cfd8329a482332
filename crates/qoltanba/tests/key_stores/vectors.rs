//! The published test key stores of the authority and the minted cases.

use std::{
    fs,
    path::{Path, PathBuf},
};

use libtest_mimic::Trial;
use qoltanba::{ErrorKind, error::KeyStoreFault};
use serde_json::Value;

use crate::{Outcome, check_signs, open};

pub(crate) fn root() -> PathBuf {
    std::env::var_os("QOLTANBA_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    )
}

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = national(&root().join("kz"));
    trials.extend(minted(&root().join("minted/open")));
    trials
}

fn cases(file: &Path) -> Option<Value> {
    Some(serde_json::from_slice(&fs::read(file).ok()?).expect("a readable list of cases"))
}

fn absent(name: &str) -> Vec<Trial> {
    vec![Trial::test(name.to_owned(), || Ok(())).with_ignored_flag(true)]
}

fn national(folder: &Path) -> Vec<Trial> {
    let Some(list) = cases(&folder.join("manifest.json")) else { return absent("kz/p12") };
    let stores: Vec<&Value> = list
        .as_array()
        .expect("a list")
        .iter()
        .filter(|entry| entry["file"].as_str().is_some_and(|f| f.starts_with("p12/")))
        .collect();
    assert_eq!(stores.len(), 68, "the set of national key stores is not complete");
    let each = stores.into_iter().map(|entry| {
        let name = entry["file"].as_str().unwrap().to_owned();
        let password = entry["password"].as_str().unwrap().to_owned();
        let subject = entry["subject"].as_str().unwrap().to_owned();
        let path = folder.join(&name);
        Trial::test(format!("kz/{name}"), move || {
            opens(&fs::read(&path)?, &password, |store| {
                let alias = store.friendly_name().unwrap_or_default().to_owned();
                let given = path.file_stem().unwrap().to_str().unwrap();
                let (_, ski) = given.rsplit_once('_').unwrap();
                if !alias.starts_with(ski) || alias.len() != 40 {
                    return Err(format!("alias {alias} is not the key identifier").into());
                }
                let name = store.certificate().claimed_subject().to_string();
                let common = |text: &str| text.contains("CN=");
                if common(&subject) != common(&name) || !store.chain().is_empty() {
                    return Err(format!("unexpected content: {name}").into());
                }
                Ok(())
            })
        })
    });
    each.collect()
}

fn opens(
    file: &[u8],
    password: &str,
    check: impl FnOnce(&qoltanba::sign::KeyStore) -> Outcome,
) -> Outcome {
    let store = open(file, password)?;
    check_signs(&store)?;
    check(&store)?;
    let again = qoltanba::sign::PrivateKey::from_pkcs8(&store.key().to_pkcs8()?)?;
    use qoltanba::sign::SigningKey as _;
    if again.public_key_info() != store.key().public_key_info() {
        return Err("the key changes on its way through PKCS#8".into());
    }
    match open(file, "not the password").err().map(|e| e.kind().clone()) {
        Some(ErrorKind::WrongPassword) => Ok(()),
        other => Err(format!("another password: {other:?}").into()),
    }
}

fn minted(folder: &Path) -> Vec<Trial> {
    let Some(list) = cases(&folder.join("cases.json")) else { return absent("minted/p12") };
    let cases: Vec<&Value> =
        list["cases"].as_array().unwrap().iter().filter(|case| case["kind"] == "p12").collect();
    assert!(cases.len() >= 65, "the set of minted key stores is not complete");
    let each = cases.into_iter().map(|case| {
        let case = case.clone();
        let folder = folder.to_owned();
        let name = format!("minted/{}", case["id"].as_str().unwrap());
        Trial::test(name, move || {
            let file = fs::read(folder.join(case["files"]["main"].as_str().unwrap()))?;
            let password = case["password"].as_str().unwrap();
            let expect = &case["expect"];
            match expect["reason"].as_str().unwrap() {
                "ok" => opens(&file, password, |store| {
                    let wanted =
                        if case["id"].as_str().unwrap().contains("with-chain") { 2 } else { 0 };
                    if store.chain().len() == wanted || wanted > 0 && !store.chain().is_empty() {
                        Ok(())
                    } else {
                        Err(format!("{} other certificates", store.chain().len()).into())
                    }
                }),
                reason => refused(reason, case["id"].as_str().unwrap(), &file, password),
            }
        })
    });
    each.collect()
}

fn refused(reason: &str, id: &str, file: &[u8], password: &str) -> Outcome {
    let error = match open(file, password) {
        Ok(_) => return Err("it opens".into()),
        Err(error) => error,
    };
    let fault = |wanted| matches!(error.kind(), ErrorKind::KeyStore { fault } if *fault == wanted);
    let right = match reason {
        "p12_wrong_password" => *error.kind() == ErrorKind::WrongPassword,
        "p12_mac" if id.contains("no-mac") => fault(KeyStoreFault::NoMac),
        "p12_mac" => *error.kind() == ErrorKind::WrongPassword,
        "p12_limit" => matches!(error.kind(), ErrorKind::OverBudget { .. }),
        "p12_key_mismatch" => fault(KeyStoreFault::KeyMismatch),
        "p12_no_key" => fault(KeyStoreFault::NoKey),
        "parse" if id.contains("deep") => {
            matches!(error.kind(), ErrorKind::Malformed { .. } | ErrorKind::OverBudget { .. })
        }
        "parse" => matches!(error.kind(), ErrorKind::Malformed { .. }),
        other => return Err(format!("unknown class {other}").into()),
    };
    if right { Ok(()) } else { Err(format!("refused for another reason: {error}").into()) }
}
