//! One signature of a message, from its SignerInfo to its conclusion.

use super::{Court, acceptance, identification, x509};
use crate::{
    certificate::Certificate,
    cms::{self, ContentDigests, CryptoCheck, SignedData, SignerInfo},
    identity::Signer,
    oid, policy,
    report::{Accepted, Check, CheckId, Remark, SignatureReport, SigningTime},
    verdict::{Evidence, Reason},
};

pub(super) fn judge(
    court: &Court<'_>,
    message: &SignedData<'_>,
    signer: &SignerInfo,
    content: &ContentDigests<'_>,
) -> SignatureReport {
    let candidates = identification::candidates(court, signer);
    let attempts = candidates.iter().map(|c| attempt(court, message, signer, content, c));
    // Each attempt stands on proofs of its own, so the best one is the signature's.
    let best = attempts.min_by_key(|report| report.conclusion.verdict());
    best.unwrap_or_else(|| without_certificate(court, message, signer, content))
}

fn attempt(
    court: &Court<'_>,
    message: &SignedData<'_>,
    signer: &SignerInfo,
    content: &ContentDigests<'_>,
    certificate: &Certificate,
) -> SignatureReport {
    let policy = &court.verifier.policy;
    let time = SigningTime::Given(court.at);
    let mut remarks = message_remarks(message, signer);
    let mut checks = vec![
        Check::of(CheckId::Format, &format(signer)),
        Check::passed(CheckId::SigningCertificate),
    ];
    let binding = identification::binding(signer, certificate, &mut remarks);
    checks.push(Check::of(CheckId::SigningCertificateBinding, &binding));

    let crypto =
        cms::check(signer, message.content_type, content, Some(certificate), policy.strength);
    checks.extend(crypto_checks(&crypto));
    let x509 = x509::validate(court, certificate);
    checks.extend(x509.checks);
    remarks.extend(x509.remarks);
    let permitted = policy::permit(policy, certificate.purposes());
    checks.push(Check::of(CheckId::Purpose, &permitted.clone().map(drop)));
    checks.extend(time_stamp(signer));

    let mut missing = x509.missing;
    if checks.iter().any(|c| c.reason() == Some(&Reason::ContentMissing)) {
        missing.insert(0, Evidence::Content);
    }
    let conclusion = acceptance::conclude(&checks, missing, || {
        let (intact, path) = (crypto.intact?, x509.path?);
        let signer = Signer::of(&intact, &path)?;
        Accepted::new(signer, intact, path, x509.not_revoked?, time, permitted.ok()?)
    });
    SignatureReport {
        conclusion,
        time,
        claimed_signing_time: claimed_time(signer),
        claimed_certificate: Some(certificate.clone()),
        algorithm: signer.signature_algorithm.clone().ok(),
        checks,
        remarks,
    }
}

fn without_certificate(
    court: &Court<'_>,
    message: &SignedData<'_>,
    signer: &SignerInfo,
    content: &ContentDigests<'_>,
) -> SignatureReport {
    let strength = court.verifier.policy.strength;
    let crypto = cms::check(signer, message.content_type, content, None, strength);
    let checks = vec![
        Check::of(CheckId::Format, &format(signer)),
        Check::problem(CheckId::SigningCertificate, Reason::SignerCertificateMissing),
        Check::of(CheckId::Content, &crypto.content),
        Check::not_done(CheckId::Signature),
        Check::not_done(CheckId::Path),
        Check::not_done(CheckId::Validity),
        Check::not_done(CheckId::Revocation),
        Check::not_done(CheckId::Purpose),
    ];
    SignatureReport {
        conclusion: acceptance::conclude(&checks, vec![Evidence::SignerCertificate], || None),
        time: SigningTime::Given(court.at),
        claimed_signing_time: claimed_time(signer),
        claimed_certificate: None,
        algorithm: signer.signature_algorithm.clone().ok(),
        checks,
        remarks: message_remarks(message, signer),
    }
}

fn format(signer: &SignerInfo) -> Result<(), Reason> {
    match (&signer.signed_attributes, &signer.unsigned_attributes) {
        (Some(Err(error)), _) => Err(Reason::signed_attributes(error)),
        (_, Err(error)) => Err(Reason::Malformed(error.clone())),
        _ => Ok(()),
    }
}

fn crypto_checks(crypto: &CryptoCheck) -> [Check; 2] {
    [Check::of(CheckId::Content, &crypto.content), Check::of(CheckId::Signature, &crypto.signature)]
}

/// A time stamp that is there and is not judged leaves nothing passed.
fn time_stamp(signer: &SignerInfo) -> Option<Check> {
    let attributes = signer.unsigned_attributes.as_ref().ok()?;
    attributes
        .iter()
        .any(|a| a.oid == oid::SIGNATURE_TIME_STAMP)
        .then(|| Check::problem(CheckId::TimeStamp, Reason::TimeStampNotJudged))
}

fn claimed_time(signer: &SignerInfo) -> Option<crate::time::Instant> {
    signer.signed_attributes.as_ref()?.as_ref().ok()?.signing_time
}

fn message_remarks(message: &SignedData<'_>, signer: &SignerInfo) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if !message.digest_algorithms.contains(&signer.digest_oid) {
        remarks.push(Remark::UnlistedDigest);
    }
    if matches!(&signer.signed_attributes, Some(Ok(attributes)) if !attributes.in_order) {
        remarks.push(Remark::UnorderedAttributes);
    }
    remarks
}
