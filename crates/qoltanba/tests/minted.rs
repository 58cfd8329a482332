//! The cases made by a second implementation (`minted`): messages, XML documents, certificates,
//! revocation lists, barcode sets, and pictures and PDF files of them.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod common;

use std::{
    collections::HashMap,
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, Mutex},
};

use libtest_mimic::{Arguments, Trial};
use qoltanba::{
    Certificate, Question, Report, TrustAnchor, TrustStore, Verifier,
    certificate::Purpose,
    paper::picture,
    policy::Policy,
    revocation::{Crl, OcspResponse},
    verify::{Recognised, recognise_all},
};
use serde_json::Value;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match common::set("minted") {
        None => common::absent("minted"),
        Some(folder) => trials(Arc::new(Set::new(folder.join("open")))),
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials(set: Arc<Set>) -> Vec<Trial> {
    let cases = common::json(&set.folder.join("cases.json"));
    let exceptions = Arc::new(common::exceptions("minted"));
    let mut trials = Vec::new();
    let mut seen = Vec::new();
    for case in cases["cases"].as_array().unwrap() {
        let kind = case["kind"].as_str().unwrap();
        if !matches!(kind, "cms" | "cert" | "xml" | "crl" | "ocsp" | "barcode" | "image" | "pdf") {
            continue;
        }
        let (set, exceptions, case) = (Arc::clone(&set), Arc::clone(&exceptions), case.clone());
        let id = case["id"].as_str().unwrap().to_owned();
        seen.push(id.clone());
        trials.push(Trial::test(id.clone(), move || {
            let exception = exceptions.get(&id).and_then(|v| v.as_str());
            common::judge(set.check(&case), exception)
        }));
    }
    for (name, algorithm) in
        [("cms-pos-attached-g15-individual", "g15"), ("cms-pos-attached-rsa-individual", "rsa")]
    {
        let case = cases["cases"].as_array().unwrap().iter().find(|c| c["id"] == name);
        let (set, case) = (Arc::clone(&set), case.unwrap().clone());
        trials.push(Trial::test(
            format!("no altered byte of a message passes unnoticed ({algorithm})"),
            move || no_altered_byte_passes(&set, &case).map_err(Into::into),
        ));
    }
    for unknown in common::exceptions("minted").keys().filter(|k| !seen.contains(k)) {
        let message = format!("exceptions.toml names {unknown}, which is no case");
        trials.push(Trial::test(unknown.clone(), move || Err(message.into())));
    }
    trials
}

struct Set {
    folder: PathBuf,
    /// Lists are shared by hundreds of cases, and remember who signed them.
    crls: Mutex<HashMap<String, Option<Crl>>>,
}

impl Set {
    fn new(folder: PathBuf) -> Self {
        Self { folder, crls: Mutex::default() }
    }

    fn file(&self, name: &Value) -> Vec<u8> {
        common::read(&self.folder.join(name.as_str().unwrap()))
    }

    fn certificates(&self, names: &Value) -> Vec<Certificate> {
        let names = names.as_array().unwrap();
        names.iter().filter_map(|n| Certificate::from_der(&self.file(n)).ok()).collect()
    }

    fn crl(&self, name: &Value) -> Option<Crl> {
        let key = name.as_str().unwrap().to_owned();
        let mut crls = self.crls.lock().unwrap();
        crls.entry(key)
            .or_insert_with(|| {
                let bytes = self.file(name);
                match recognise_all(&bytes).into_iter().next() {
                    Some(Recognised::Crl(Ok(der))) => Crl::from_der(&der).ok(),
                    _ => None,
                }
            })
            .clone()
    }

    fn check(&self, case: &Value) -> Result<(), String> {
        let verifier = self.verifier(case)?;
        let data = self.data(&case["detached_data"]);
        let mut question = Question::at(case["at"].as_str().unwrap().parse().unwrap());
        question.data = data.as_deref();
        question.elements = common::words(&case["expected_ref"])
            .iter()
            .map(|id| id.trim_start_matches('#').to_owned())
            .collect();
        if case["kind"] == "barcode" {
            let texts = serde_json::from_slice(&self.main_file(&case["files"]["main"])).unwrap();
            return check_barcodes(case, Ok(texts), &verifier, &question);
        }
        if case["kind"] == "image" {
            return check_barcodes(case, self.scan(case), &verifier, &question);
        }
        if case["kind"] == "pdf" {
            let file = self.file(&case["files"]["main"]);
            return check_paper(case, verifier.verify_scan(&[file], &question));
        }
        let document = self.main_file(&case["files"]["main"]);
        let report = verifier.verify(&document, &question);
        if case["kind"] == "cms" {
            streamed_alike(&verifier, &document, &question)?;
        }
        compare(case, report.as_ref().map_err(ToString::to_string))?;
        let report = report.ok();
        let report = report.as_ref();
        report.map_or(Ok(()), |report| compare_values(case, report))?;
        report.map_or(Ok(()), |report| compare_list(case, report))?;
        report.map_or(Ok(()), |report| compare_status(case, report))
    }

    /// The texts of all QR symbols on the pictures of a case.
    fn scan(&self, case: &Value) -> qoltanba::Result<Vec<String>> {
        let limits = qoltanba::Limits::default();
        let mut pages = Vec::new();
        for name in case["files"]["images"].as_array().unwrap() {
            pages.extend(picture::read(&self.file(name), &limits)?);
        }
        let symbols = picture::symbols(&pages, &limits).into_iter().flatten();
        Ok(symbols
            .filter(|symbol| matches!(symbol.kind, picture::SymbolKind::Qr { .. }))
            .map(|symbol| symbol.text)
            .collect())
    }

    fn verifier(&self, case: &Value) -> Result<Verifier, String> {
        let mut trust = TrustStore::empty();
        for certificate in self.certificates(&case["trust"]) {
            trust.add(TrustAnchor::from_self_signed(&certificate).map_err(|e| e.to_string())?);
        }
        let crls = case["evidence"]["crls"].as_array().unwrap();
        let answers = case["evidence"]["ocsps"].as_array().unwrap();
        let purpose = match case["purpose"].as_str() {
            Some("auth") => Purpose::Authenticate,
            _ => Purpose::Sign,
        };
        // The issuer that the caller means is the only one that is known.
        let known = match (&case["files"]["issuer"], &case["files"]["cert"]) {
            (issuer @ Value::String(_), Value::Null) => Value::Array(vec![issuer.clone()]),
            // Of an answer, the certificate that it should be about too.
            (issuer @ Value::String(_), cert) => Value::Array(vec![cert.clone(), issuer.clone()]),
            _ => case["intermediates"].clone(),
        };
        Ok(Verifier::new(trust)
            .with_certificates(self.certificates(&known))
            .with_crls(crls.iter().filter_map(|n| self.crl(n)))
            // A damaged one counts as absent.
            .with_ocsp_responses(
                answers.iter().filter_map(|n| OcspResponse::from_der(&self.file(n)).ok()),
            )
            .with_policy(Policy::for_purpose(purpose)))
    }

    /// The document: a file, or one made by a recipe.
    fn main_file(&self, main: &Value) -> Vec<u8> {
        let Some(recipe) = main["recipe"].as_str() else { return self.file(main) };
        let mut out = String::new();
        for part in main["parts"].as_array().unwrap() {
            let (text, count) = (part[0].as_str().unwrap(), part[1].as_u64().unwrap());
            for i in 0..count {
                match recipe {
                    "concat" => out.push_str(text),
                    "concat-counter" => {
                        let up = text.replace("{i}", &i.to_string());
                        out.push_str(&up.replace("{d}", &(count - 1 - i).to_string()));
                    }
                    other => panic!("unknown recipe {other}"),
                }
            }
        }
        out.into_bytes()
    }

    fn data(&self, data: &Value) -> Option<Vec<u8>> {
        match data {
            Value::Null => None,
            Value::String(_) => Some(self.file(data)),
            recipe => {
                assert_eq!(recipe["recipe"], "mod251");
                let length = recipe["length"].as_u64().unwrap();
                Some((0..length).map(|i| (i % 251) as u8).collect())
            }
        }
    }
}

/// Barcodes: what they carry is told by its digest and by the number on them.
fn check_barcodes(
    case: &Value,
    texts: qoltanba::Result<Vec<String>>,
    verifier: &Verifier,
    question: &Question<'_>,
) -> Result<(), String> {
    check_paper(case, texts.and_then(|texts| verifier.verify_barcodes(&texts, question)))
}

fn check_paper(case: &Value, report: qoltanba::Result<Report>) -> Result<(), String> {
    if case["expect"]["reason"] == "image_limit" {
        let error = report.as_ref().err().map(qoltanba::Error::kind);
        let limit = matches!(error, Some(qoltanba::ErrorKind::OverBudget { .. }));
        return if limit { Ok(()) } else { Err(format!("no limit held: {report:?}")) };
    }
    compare(case, report.as_ref().map_err(ToString::to_string))?;
    let Ok(report) = report else { return Ok(()) };
    let told = report.to_json(qoltanba::Lang::En);
    for key in ["document_sha256", "favor_id"] {
        let wanted = &case["expect"][key];
        if !wanted.is_null() && told[key] != *wanted {
            return Err(format!("{key} is {}; expected {wanted}", told[key]));
        }
    }
    refused_for(case, &report)
}

/// Flips one bit of every byte: what still passes has the same content and the same signer, since
/// only unsigned parts were touched.
fn no_altered_byte_passes(set: &Set, case: &Value) -> Result<(), String> {
    let verifier = set.verifier(case)?;
    let question = Question::at(case["at"].as_str().unwrap().parse().unwrap());
    let mut document = set.file(&case["files"]["main"]);
    let facts = |document: &[u8]| {
        let report = verifier.verify(document, &question).ok()?;
        let accepted = report.accepted().next()?;
        let content = qoltanba::sign::extract(document, &qoltanba::Limits::default()).ok()?;
        Some((accepted.signer().clone(), accepted.intact().covered().clone(), content))
    };
    let original = facts(&document).ok_or("the original does not pass")?;
    let mut passed = 0;
    for at in 0..document.len() {
        document[at] ^= 1 << (at % 8);
        if let Some(altered) = facts(&document) {
            passed += 1;
            if altered != original {
                return Err(format!("byte {at} changes what passes: {altered:?}"));
            }
        }
        document[at] ^= 1 << (at % 8);
    }
    // A few octets are not signed: versions, the list of digests, the choice of an identifier.
    if passed > 30 { Err(format!("{passed} altered copies pass")) } else { Ok(()) }
}

/// Read as a stream, a message gets the report that it gets in memory.
fn streamed_alike(
    verifier: &Verifier,
    document: &[u8],
    question: &Question<'_>,
) -> Result<(), String> {
    let told = |what: &str, streamed: qoltanba::Result<Report>, held: qoltanba::Result<Report>| {
        // Where a damaged message is damaged is counted in other octets.
        let is_parse = |r: &qoltanba::Result<Report>| {
            matches!(r, Ok(r) if r.reason().is_some_and(|r| r.code() == "parse"))
                && matches!(r, Ok(r) if r.signatures().is_empty())
        };
        let same = match (&streamed, &held) {
            (Err(streamed), Err(held)) => streamed.kind() == held.kind(),
            // Damaged and beyond a limit at once: a stream meets the damage first.
            (Ok(_), Err(held)) => {
                is_parse(&streamed) && matches!(held.kind(), qoltanba::ErrorKind::OverBudget { .. })
            }
            _ => streamed == held || (is_parse(&streamed) && is_parse(&held)),
        };
        if same {
            return Ok(());
        }
        Err(format!("{what}: {streamed:?}; in memory: {held:?}"))
    };
    let mut asked = question.clone();
    asked.data = None;
    let data = |data: &mut Option<&[u8]>, verifier: &Verifier, message: &[u8]| match data {
        Some(data) => verifier.verify_stream(&mut &message[..], Some(data), &asked),
        None => verifier.verify_stream(&mut &message[..], None, &asked),
    };
    let held = verifier.verify(document, question);
    told("short", data(&mut question.data.clone(), verifier, document), held)?;
    let Some(Recognised::SignedMessage(Ok(body))) = qoltanba::verify::recognise(document) else {
        return Ok(());
    };
    let limits = qoltanba::Limits { stream_bytes: 0, ..qoltanba::Limits::default() };
    let long = verifier.clone().with_limits(limits);
    let held = || verifier.verify(&body, question);
    told("long", data(&mut question.data.clone(), &long, &body), held())?;
    let seekable = long.verify_seekable(&mut std::io::Cursor::new(&body), None, question);
    told("seekable", seekable, held())?;
    let mut drops = Drops(&body);
    told("in drops", long.verify_stream(&mut drops, None, question), held())
}

/// Gives one octet at a time.
struct Drops<'a>(&'a [u8]);

impl std::io::Read for Drops<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = out.len().min(1);
        self.0.read(&mut out[..count])
    }
}

fn compare(case: &Value, report: Result<&Report, String>) -> Result<(), String> {
    let expected = common::words(&case["expect"]["verdict"]);
    let (verdict, reason) = match &report {
        Err(error) => ("error", error.clone()),
        Ok(report) => {
            let word = match report.verdict() {
                qoltanba::Verdict::Passed => "valid",
                qoltanba::Verdict::Indeterminate => "indeterminate",
                qoltanba::Verdict::Failed => "invalid",
            };
            (word, report.reason().map_or_else(String::new, |r| format!("{}: {r:?}", r.code())))
        }
    };
    if !expected.iter().any(|e| e == verdict) {
        return Err(format!(
            "{verdict} ({reason}); expected {expected:?} for {}",
            case["expect"]["reason"]
        ));
    }
    if let (Ok(report), never) = (&report, &case["expect"]["must_not_tst_time"])
        && !never.is_null()
    {
        let json = report.to_json(qoltanba::Lang::En);
        let proven = json["signatures"].as_array().unwrap().iter().map(|s| &s["proven_time"]);
        if proven.into_iter().any(|time| time == never) {
            return Err(format!("{never} became the proven time"));
        }
    }
    match (report, case["expect"]["signers"].as_array()) {
        (Ok(report), Some(signers)) if verdict == "valid" => compare_signers(report, signers),
        _ => Ok(()),
    }
}

/// What may be read at a path: one of the given texts, or nothing where `null` is among them.
fn compare_values(case: &Value, report: &Report) -> Result<(), String> {
    for (path, allowed) in case["expected_text"].as_object().into_iter().flatten() {
        let accepted = report.accepted().next().ok_or("nothing accepted to read from")?;
        let value = accepted.intact().covered().value(path);
        let read = value.as_ref().map_or(Value::Null, |text| text.as_str().into());
        if !allowed.as_array().unwrap().contains(&read) {
            return Err(format!("{path} reads {value:?}; allowed {allowed}"));
        }
    }
    Ok(())
}

/// The numbers of a list.
fn compare_list(case: &Value, report: &Report) -> Result<(), String> {
    let facts = &report.to_json(qoltanba::Lang::En)["signatures"][0]["facts"];
    for (name, number) in case["expect"]["crl"].as_object().into_iter().flatten() {
        if facts[name] != *number {
            return Err(format!("{name} is {}; expected {number}", facts[name]));
        }
    }
    Ok(())
}

/// Why an OCSP case does not pass, in the words of the set and in those of the report.
const OCSP_REASONS: [(&str, &[&str]); 8] = [
    ("cert_revoked", &["cert_revoked"]),
    ("revocation_unknown", &["revocation_unknown", "ocsp_unknown", "ocsp_no_answer"]),
    ("ocsp_bad_signature", &["ocsp_bad_signature"]),
    ("ocsp_certid_mismatch", &["ocsp_certid_mismatch"]),
    ("ocsp_stale", &["ocsp_stale"]),
    ("ocsp_unauthorised", &["ocsp_unauthorised"]),
    ("ocsp_unknown_critical_ext", &["ocsp_unknown_critical_ext"]),
    // What cannot be read as evidence counts as absent.
    ("parse", &["revocation_unknown"]),
];

/// Why a barcode case does not pass, in the words of the set and in those of the report.
const BARCODE_REASONS: [(&str, &[&str]); 11] = [
    ("barcode_incomplete", &["barcode_incomplete", "barcode_mixed"]),
    ("barcode_conflict", &["barcode_conflict", "barcode_mixed", "parse"]),
    ("barcode_zip", &["parse", "no_signers"]),
    ("barcode_limit", &["parse"]),
    ("barcode_unsigned", &["no_signers", "parse"]),
    ("barcode_none", &[]),
    ("barcode_url", &["barcode_link"]),
    ("parse", &["parse"]),
    ("cert_expired", &["cert_expired"]),
    ("cert_revoked", &["cert_revoked"]),
    ("content_digest_mismatch", &["content_digest_mismatch"]),
];

/// A set that did not pass is refused for its own defect, and no other.
fn refused_for(case: &Value, report: &Report) -> Result<(), String> {
    let wanted = case["expect"]["reason"].as_str().unwrap();
    let allowed = BARCODE_REASONS.iter().find(|(word, _)| *word == wanted);
    match (allowed, report.reason().map(qoltanba::Reason::code)) {
        (Some((_, allowed)), Some(code)) if !allowed.contains(&code) => {
            Err(format!("refused for {code}; expected {wanted}"))
        }
        _ => Ok(()),
    }
}

/// An answer that passed says what it should; one that did not is refused for its own defect, and
/// no other.
fn compare_status(case: &Value, report: &Report) -> Result<(), String> {
    if !case["id"].as_str().unwrap().contains("ocsp-") || case["evidence"]["tsts"].is_array() {
        return Ok(());
    }
    if let (Value::String(status), qoltanba::Verdict::Passed) =
        (&case["expect"]["status"], report.verdict())
    {
        let said = &report.to_json(qoltanba::Lang::En)["signatures"][0]["facts"]["status"];
        return if said == status { Ok(()) } else { Err(format!("{said}; expected {status}")) };
    }
    let wanted = case["expect"]["reason"].as_str().unwrap();
    let allowed = OCSP_REASONS.iter().find(|(word, _)| *word == wanted);
    match (allowed, report.reason().map(qoltanba::Reason::code)) {
        (Some((_, allowed)), Some(code)) if !allowed.contains(&code) => {
            Err(format!("refused for {code}; expected {wanted}"))
        }
        _ => Ok(()),
    }
}

/// Every expected signer must be among the reported ones, once each.
fn compare_signers(report: &Report, expected: &[Value]) -> Result<(), String> {
    let json = report.to_json(qoltanba::Lang::En);
    let mut reported: Vec<&Value> = json["signatures"].as_array().unwrap().iter().collect();
    if reported.len() != expected.len() {
        return Err(format!("{} signers; expected {}", reported.len(), expected.len()));
    }
    for wanted in expected {
        let found = reported.iter().position(|signature| {
            wanted.as_object().unwrap().iter().filter(|(k, _)| *k != "verdict").all(
                |(key, value)| match (key.as_str(), value) {
                    ("tst_time", time) => signature["proven_time"] == *time,
                    (key, Value::Array(any)) => any.contains(&signature["signer"][key]),
                    (key, one) => signature["signer"][key] == *one,
                },
            )
        });
        match found {
            Some(index) => drop(reported.remove(index)),
            None => return Err(format!("no signer like {wanted}; reported {reported:?}")),
        }
    }
    Ok(())
}
