//! Real artifacts of the national PKI (`kz`): certificates, messages, lists, and tampered copies.
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

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Failed, Trial};
use qoltanba::{
    Certificate, Instant, Question, Reason, Report, TrustAnchor, TrustStore, Verdict, Verifier,
    certificate::Quirk,
    report::{Check, CheckId, EvidenceFacts, OcspStatus, Outcome, Remark, Subjects},
    revocation::{Crl, OcspResponse},
    timestamp::TimeStampResponse,
    verify::{Recognised, recognise_all},
};
use serde_json::Value;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match common::set("kz") {
        None => common::absent("kz"),
        Some(folder) => trials(Arc::new(Set::new(folder))),
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials(set: Arc<Set>) -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut add = |name: String, test: fn(&Set, &Value) -> Result<(), Failed>, row: Value| {
        let set = Arc::clone(&set);
        trials.push(Trial::test(name, move || test(&set, &row)));
    };
    for row in common::json(&set.folder.join("manifest.json")).as_array().unwrap() {
        let file = row["file"].as_str().unwrap().to_owned();
        let test = match file.split('/').next().unwrap() {
            "ca" | "ee" => certificate_chain,
            "cms" if file.ends_with(".cms") => message,
            "xml" => xml,
            "crl" => list,
            "tsp" => time_stamp,
            "ocsp" => answer,
            "negative" => negative,
            _ => continue,
        };
        add(file, test, row.clone());
    }
    add("national anchors are the production roots".into(), national_anchors, Value::Null);
    add("each tolerated quirk is met in the field".into(), quirks_are_met, Value::Null);
    trials
}

struct Set {
    folder: PathBuf,
    trust: TrustStore,
    authorities: Vec<Certificate>,
}

impl Set {
    fn new(folder: PathBuf) -> Self {
        let mut trust = TrustStore::empty();
        let mut authorities = Vec::new();
        for part in ["ca/prod", "ca/test"] {
            for entry in std::fs::read_dir(folder.join(part)).unwrap() {
                let certificate = certificate(&common::read(&entry.unwrap().path()));
                match TrustAnchor::from_self_signed(&certificate) {
                    Ok(anchor) => trust.add(anchor),
                    Err(_) => authorities.push(certificate),
                }
            }
        }
        Self { folder, trust, authorities }
    }

    fn file(&self, name: &str) -> Vec<u8> {
        common::read(&self.folder.join(name))
    }

    fn verify(&self, document: &[u8], data: Option<&[u8]>, at: Instant) -> Report {
        let verifier =
            Verifier::new(self.trust.clone()).with_certificates(self.authorities.clone());
        let mut question = Question::at(at);
        question.data = data;
        verifier.verify(document, &question).unwrap()
    }
}

fn certificate(bytes: &[u8]) -> Certificate {
    match recognise_all(bytes).into_iter().next() {
        Some(Recognised::Certificate(Ok(der))) => Certificate::from_der(&der).unwrap(),
        other => panic!("no certificate: {other:?}"),
    }
}

/// The middle of a certificate's life, when its authorities are alive too.
fn inside(certificate: &Certificate) -> Instant {
    let period = certificate.validity();
    Instant::from_unix((period.not_before.unix() + period.not_after.unix()) / 2)
}

fn expect(checks: &[Check], id: CheckId, outcome: &str) -> Result<(), Failed> {
    let found: Vec<&Outcome> = checks.iter().filter(|c| c.id == id).map(|c| &c.outcome).collect();
    if !found.is_empty() && found.iter().all(|one| one.code() == outcome) {
        Ok(())
    } else {
        Err(format!("{id:?} came out as {found:?}; expected {outcome}").into())
    }
}

fn certificate_chain(set: &Set, row: &Value) -> Result<(), Failed> {
    let bytes = set.file(row["file"].as_str().unwrap());
    let one = certificate(&bytes);
    let report = set.verify(&bytes, None, inside(&one));
    let Subjects::Certificate(judged) = &report.subjects else {
        return Err("not judged as a certificate".into());
    };
    expect(&judged.checks, CheckId::Format, "passed")?;
    expect(&judged.checks, CheckId::Path, "passed")?;
    expect(&judged.checks, CheckId::Validity, "passed")
}

fn message(set: &Set, row: &Value) -> Result<(), Failed> {
    let file = row["file"].as_str().unwrap();
    let document = set.file(file);
    let what = row["what"].as_str().unwrap();
    let contentless = file.contains("contentless");
    let data = what.contains("detached").then(|| set.file("cms/skarm_individual_document.txt"));
    let data = data.as_deref().filter(|_| !contentless);
    let any_time = "2026-11-22T00:00:00Z".parse().unwrap();
    let signers = set.verify(&document, data, any_time).signatures().len();
    let expected = if what.contains("2 signer(s)") { 2 } else { 1 };
    if signers != expected {
        return Err(format!("{signers} signers; expected {expected}").into());
    }
    for index in 0..signers {
        let claimed = set.verify(&document, data, any_time).signatures()[index]
            .claimed_certificate
            .clone()
            .ok_or("the signer's certificate is not inside")?;
        let report = set.verify(&document, data, inside(&claimed));
        let checks = &report.signatures()[index].checks;
        expect(checks, CheckId::Format, "passed")?;

        expect(checks, CheckId::Content, if contentless { "indeterminate" } else { "passed" })?;
        expect(checks, CheckId::Signature, "passed")?;
        expect(checks, CheckId::Path, "passed")?;
        expect(checks, CheckId::Validity, "passed")?;
        // Nothing here tells whether the certificate was revoked.
        expect(checks, CheckId::Revocation, "indeterminate")?;
        if what.contains("TST") == report.signatures()[index].time_stamps.is_empty() {
            return Err("time stamps are missed or invented".into());
        }
        time_stamps(&report, index)?;
    }
    Ok(())
}

/// What is on a signature is of it, and its authority could not be told from revoked: nothing here
/// speaks of that. Everything else about it holds at its own time.
fn time_stamps(report: &Report, index: usize) -> Result<(), Failed> {
    for stamp in &report.signatures()[index].time_stamps {
        let unknown = |reason: &Reason| {
            matches!(reason, Reason::TimeStampUntrusted { because }
                if because.code() == "revocation_unknown")
        };
        if !stamp.conclusion.reason().is_some_and(unknown) {
            return Err(format!("{stamp:?}").into());
        }
        let authority = stamp.claimed_authority.as_deref().unwrap_or_default();
        if !stamp.policy.as_deref().unwrap_or_default().starts_with("1.2.398.3.3.2.6.") {
            return Err(format!("{:?} by {authority}", stamp.policy).into());
        }
    }
    Ok(())
}

/// A time stamp on its own: signature, authority and chain at its own time.
fn time_stamp(set: &Set, row: &Value) -> Result<(), Failed> {
    let file = set.file(row["file"].as_str().unwrap());
    let response = TimeStampResponse::from_der(&file)?;
    let token = response.token().ok_or("no token")?;
    for (document, at) in [
        (&file[..], token.claimed_time().instant()),
        (token.as_der(), "2026-11-22T00:00:00Z".parse()?),
    ] {
        let report = set.verify(document, None, at);
        let Subjects::Evidence(judged) = &report.subjects else {
            return Err("not judged as evidence".into());
        };
        for id in [
            CheckId::Format,
            CheckId::SigningCertificate,
            CheckId::SigningCertificateBinding,
            CheckId::Content,
            CheckId::Signature,
            CheckId::Path,
            CheckId::Validity,
            CheckId::Purpose,
        ] {
            expect(&judged.checks, id, "passed")?;
        }
        expect(&judged.checks, CheckId::Revocation, "indeterminate")?;
    }
    Ok(())
}

fn xml(set: &Set, row: &Value) -> Result<(), Failed> {
    let document = set.file(row["file"].as_str().unwrap());
    let any_time = "2026-11-22T00:00:00Z".parse().unwrap();
    let expected = row["expected"].as_str().unwrap();
    let first = set.verify(&document, None, any_time);
    let signers = if row["file"].as_str().unwrap().contains("two_signers") { 2 } else { 1 };
    if first.signatures().len() != signers {
        return Err(format!("{} signers; expected {signers}", first.signatures().len()).into());
    }
    for (index, signature) in first.signatures().iter().enumerate() {
        let claimed = signature.claimed_certificate.as_ref().ok_or("no certificate inside")?;
        let report = set.verify(&document, None, inside(claimed));
        let checks = &report.signatures()[index].checks;
        expect(checks, CheckId::Format, "passed")?;
        expect(checks, CheckId::Content, "passed")?;
        expect(checks, CheckId::Signature, "passed")?;
        expect(checks, CheckId::Coverage, "passed")?;
        if expected.contains("chain VALID") {
            expect(checks, CheckId::Path, "passed")?;
            expect(checks, CheckId::Validity, "passed")?;
        } else {
            expect(checks, CheckId::Path, "indeterminate")?;
        }
    }
    Ok(())
}

fn list(set: &Set, row: &Value) -> Result<(), Failed> {
    let list = Crl::from_der(&set.file(row["file"].as_str().unwrap()))?;
    let expected = row["expected"].as_str().unwrap();
    let issuer = expected.strip_prefix("VALID by ").ok_or("unknown expectation")?;
    let issuer = certificate(&set.file(issuer));
    if list.claimed_issuer() != issuer.claimed_subject() {
        return Err("another issuer".into());
    }
    if !list.is_signed_by(issuer.public_key()?, Default::default()) {
        return Err("the signature does not stand".into());
    }
    let what = row["what"].as_str().unwrap();
    let entries: usize = what.split(", ").nth(1).unwrap().split(' ').next().unwrap().parse()?;
    if list.len() != entries || list.is_delta() != what.contains("DELTA") {
        return Err(
            format!("{} entries, delta: {}; expected {what}", list.len(), list.is_delta()).into()
        );
    }
    verified_list(set, &list, what.contains("DELTA"))?;
    let other = certificate(&set.file("ca/prod/root_gost_2022.pem"));
    if list.is_signed_by(other.public_key()?, Default::default()) {
        return Err("any key verifies this list".into());
    }
    Ok(())
}

/// As a file of its own, at a moment when it is in force: signed, by one with a path, and fresh.
/// What is known of its authority's status is another list, which is not at hand.
fn verified_list(set: &Set, list: &Crl, delta: bool) -> Result<(), Failed> {
    let report = set.verify(list.as_der(), None, list.this_update());
    let Subjects::Evidence(judged) = &report.subjects else {
        return Err("not judged as evidence".into());
    };
    for id in [CheckId::Signature, CheckId::Path, CheckId::Validity, CheckId::Freshness] {
        expect(&judged.checks, id, "passed")?;
    }
    expect(&judged.checks, CheckId::Revocation, "indeterminate")?;
    let EvidenceFacts::RevocationList { number, base, entries, .. } = &judged.facts else {
        return Err("no facts of a list".into());
    };
    if number.is_none() || base.is_some() != delta || *entries != list.len() {
        return Err(format!("{:?}", judged.facts).into());
    }
    let late = list.next_update().ok_or("no nextUpdate")?.plus_seconds(1);
    let report = set.verify(list.as_der(), None, late);
    let Subjects::Evidence(judged) = &report.subjects else { unreachable!() };
    expect(&judged.checks, CheckId::Freshness, "indeterminate")
}

/// An answer of the national responders: its signature, authority and chain at its own time.
fn answer(set: &Set, row: &Value) -> Result<(), Failed> {
    let file = row["file"].as_str().unwrap();
    let bytes = set.file(file);
    let response = OcspResponse::from_der(&bytes)?;
    let made = response.produced_at().ok_or("no answer")?;
    if response.nonce().map(<[u8]>::len) != Some(8) {
        return Err(format!("nonce {:?}", response.nonce()).into());
    }
    let judged = |bytes: &[u8], at: Instant| match set.verify(bytes, None, at).subjects {
        Subjects::Evidence(judged) => Ok(*judged),
        _ => Err("not judged as evidence"),
    };
    let report = judged(&bytes, made)?;
    for id in [CheckId::SigningCertificate, CheckId::Signature, CheckId::Path] {
        expect(&report.checks, id, "passed")?;
    }
    expect(&report.checks, CheckId::Validity, "passed")?;
    expect(&report.checks, CheckId::Freshness, "passed")?;
    // The responder is exempt; nothing here tells of its issuers.
    expect(&report.checks, CheckId::Revocation, "indeterminate")?;
    let EvidenceFacts::OcspResponse { status, this_update, next_update: None, .. } = report.facts
    else {
        return Err(format!("{:?}", report.facts).into());
    };
    let revoked = matches!(status, Some(OcspStatus::Revoked { .. }));
    if revoked != file.contains("revoked") || this_update != Some(made) {
        return Err(format!("{status:?} as of {this_update:?}").into());
    }
    let empty_no_check = Remark::Quirk(Quirk::EmptyOcspNoCheck);
    if report.remarks.contains(&empty_no_check) != file.contains("2004") {
        return Err(format!("{:?}", report.remarks).into());
    }
    // The same answer a day and a half later says nothing of that day.
    expect(
        &judged(&bytes, made.plus_seconds(36 * 3600))?.checks,
        CheckId::Freshness,
        "indeterminate",
    )?;
    let verifier =
        Verifier::new(set.trust.clone()).with_certificates(set.authorities.iter().cloned());
    // A flip may make it something else altogether.
    let facts = |bytes: &[u8]| facts(verifier.verify(bytes, &Question::at(made)).ok()?);
    let said = facts(&bytes).ok_or("not believed")?;
    let mut altered = bytes;
    for at in (0..altered.len()).step_by(5) {
        altered[at] ^= 1 << (at % 8);
        if facts(&altered).is_some_and(|altered| altered != said) {
            return Err(format!("byte {at} changes what is believed").into());
        }
        altered[at] ^= 1 << (at % 8);
    }
    Ok(())
}

/// What an answer says, when its signature stands under a path.
fn facts(report: Report) -> Option<EvidenceFacts> {
    let Subjects::Evidence(judged) = report.subjects else { return None };
    let stands = |id| expect(&judged.checks, id, "passed").is_ok();
    let believed = [CheckId::SigningCertificate, CheckId::Signature, CheckId::Path];
    believed.into_iter().all(stands).then_some(judged.facts)
}

fn negative(set: &Set, row: &Value) -> Result<(), Failed> {
    let file = row["file"].as_str().unwrap();
    let wanted = match file {
        "negative/cms_gost2015_content_tampered.cms" => "content_digest_mismatch",
        "negative/cms_two_signers_signingtime_tampered.cms" => "signature_bad",
        "negative/cert_gost2004_badsig.cer" => "chain_bad_signature",
        "negative/xml_gost2015_cr_stripped.xml" => "signature_bad",
        other => return Err(format!("{other}: which reason is right?").into()),
    };
    let report = set.verify(&set.file(file), None, "2023-01-01T00:00:00Z".parse().unwrap());
    let reason = report.reason().map(Reason::code);
    if report.verdict() == Verdict::Failed && reason == Some(wanted) {
        Ok(())
    } else {
        Err(format!("{} for {reason:?}; expected failed for {wanted}", report.verdict()).into())
    }
}

fn national_anchors(set: &Set, _: &Value) -> Result<(), Failed> {
    let roots: Vec<TrustAnchor> = std::fs::read_dir(set.folder.join("ca/prod"))?
        .map(|entry| certificate(&common::read(&entry.unwrap().path())))
        .filter_map(|c| TrustAnchor::from_self_signed(&c).ok())
        .collect();
    let national = TrustStore::national()?;
    if national.anchors().len() != roots.len() {
        return Err(
            format!("{} anchors for {} roots", national.anchors().len(), roots.len()).into()
        );
    }
    for root in &roots {
        let built_in = national.anchors().iter().find(|a| a.fingerprint() == root.fingerprint());
        let built_in = built_in.ok_or_else(|| format!("{:?} is missing", root.name()))?;
        if built_in != root || built_in.validity() != root.validity() {
            return Err(format!("{:?} differs", root.name()).into());
        }
    }
    Ok(())
}

fn quirks_are_met(set: &Set, _: &Value) -> Result<(), Failed> {
    let mut met: Vec<Quirk> = Vec::new();
    let mut take = |c: &Certificate| met.extend(c.quirks());
    for part in ["ca/prod", "ca/test", "ee"] {
        for entry in std::fs::read_dir(set.folder.join(part))? {
            take(&certificate(&common::read(&entry?.path())));
        }
    }
    for wanted in [Quirk::SpacedPolicyUri, Quirk::RunTogetherListUri, Quirk::ForeignListUri] {
        if !met.contains(&wanted) {
            return Err(format!("{wanted:?} was not met; met: {met:?}").into());
        }
    }
    Ok(())
}
