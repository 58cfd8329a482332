//! One signature, of whatever format, from what it claims to its conclusion.

use super::{
    Court, acceptance,
    timestamp::{Stamp, Times},
    x509,
};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm, Strength},
    certificate::Certificate,
    error::Error,
    identity::Signer,
    integrity::CryptoCheck,
    policy,
    report::{
        Accepted, Check, CheckId, Outcome, Remark, SignatureLevel, SignatureReport, SigningTime,
    },
    time::{Instant, Moment},
    timestamp::ProvenTime,
    verdict::{Evidence, Reason, Verdict},
};

/// What the judge asks of a signature. Each format answers in its own way.
pub(super) trait Claim {
    /// Whether the structure can be read and keeps its rules.
    fn format(&self) -> Result<(), Reason>;

    /// The certificates that the signature may mean: several are possible when someone put a
    /// forged one with the same issuer and serial number beside the genuine one.
    fn candidates<'c>(&self, court: &'c Court<'_>) -> Vec<&'c Certificate>;

    /// Whether the signature's own naming of its certificate fits; `None` when there is none.
    fn binding(
        &self,
        certificate: &Certificate,
        remarks: &mut Vec<Remark>,
    ) -> Option<Result<(), Reason>>;

    /// Digest and signature, under the key of a certificate; without one, the digest alone.
    fn check(&self, certificate: Option<&Certificate>, strength: Strength) -> CryptoCheck;

    /// Whether what was asked about is covered; `None` where a format covers all or nothing.
    fn coverage(&self) -> Option<Result<(), Reason>>;

    /// What the signature covers, for people; empty where it covers all or nothing.
    fn covers(&self) -> Vec<String>;

    /// The algorithm that the signature names.
    fn algorithm(&self) -> Option<SignatureAlgorithm>;

    /// The signing time that the signer wrote.
    fn claimed_time(&self) -> Option<Instant>;

    /// Every time stamp that is there.
    fn stamps(&self) -> &[Stamp];

    /// The digest of the content that a time stamp may be of.
    fn content_digest(&self, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Reason>;

    /// The level that what is there claims.
    fn claimed_level(&self) -> SignatureLevel;

    /// What a person should know.
    fn remarks(&self) -> Vec<Remark>;
}

/// How many certificates of one signature are judged whole.
const MAX_ATTEMPTS: usize = 4;

/// Seconds by which a signer's clock may be ahead before it is worth a word.
const CLOCK_TOLERANCE: i64 = 300;

pub(super) fn judge(court: &Court<'_>, claim: &dyn Claim) -> SignatureReport {
    let times = Times::of(court, claim.stamps(), &|algorithm| claim.content_digest(algorithm));
    let mut candidates = claim.candidates(court);
    if candidates.len() > 1 {
        // The key that made the signature comes first, whatever order a stranger gave.
        let strength = court.verifier.policy.strength;
        candidates.sort_by_cached_key(|c| claim.check(Some(c), strength).signature.is_err());
        candidates.truncate(MAX_ATTEMPTS);
    }
    let attempts =
        candidates.into_iter().map(|certificate| attempt(court, claim, certificate, &times));
    // Each attempt stands on proofs of its own, so one that passed is the signature's. Of the
    // others the one that got furthest speaks: a certificate put beside the signer's must not
    // hide what is known of his.
    let lacks = |report: &SignatureReport, id| {
        !report.checks.iter().any(|c| c.id == id && c.outcome == Outcome::Passed)
    };
    let best = attempts.min_by_key(|report| {
        let verdict = report.conclusion.verdict();
        let reached = [CheckId::Signature, CheckId::Path].map(|id| lacks(report, id));
        (verdict != Verdict::Passed, reached, verdict)
    });
    best.unwrap_or_else(|| without_certificate(court, claim, &times))
}

/// §5.5.4: the earliest time stamp that holds sets the moment that is judged, else it is the one
/// that was asked for.
fn signing_time(court: &Court<'_>, times: &Times) -> SigningTime {
    times
        .proven()
        .map_or(SigningTime::Given(court.at), |proof| SigningTime::Proven(proof.time().instant()))
}

fn attempt(
    court: &Court<'_>,
    claim: &dyn Claim,
    certificate: &Certificate,
    times: &Times,
) -> SignatureReport {
    let policy = &court.verifier.policy;
    let time = signing_time(court, times);
    let moment = Moment { at: time.instant(), now: court.at };
    let mut remarks = claim.remarks();
    let mut checks = vec![
        Check::of(CheckId::Format, &claim.format()),
        Check::passed(CheckId::SigningCertificate),
    ];
    let binding = CheckId::SigningCertificateBinding;
    checks.push(match claim.binding(certificate, &mut remarks) {
        Some(fits) => Check::of(binding, &fits),
        None => Check::not_done(binding),
    });
    let crypto = claim.check(Some(certificate), policy.strength);
    checks.push(Check::of(CheckId::Content, &crypto.content));
    checks.push(Check::of(CheckId::Signature, &crypto.signature));
    checks.extend(claim.coverage().map(|covered| Check::of(CheckId::Coverage, &covered)));
    let x509 = x509::validate(court, certificate, moment);
    checks.extend(x509.checks);
    remarks.extend(x509.remarks);
    let permitted = policy::permit(policy, certificate);
    checks.extend(Check::each(CheckId::Purpose, &permitted));
    checks.extend(times.checks.iter().cloned());
    remarks.extend(times.remarks.iter().cloned());
    if let Some(proof) = times.proven() {
        remarks.extend(beside_proof(claim, certificate, proof));
    }

    let mut missing = x509.missing;
    missing.extend(times.missing.iter().cloned());
    if checks.iter().any(|c| c.reason() == Some(&Reason::ContentMissing)) {
        missing.insert(0, Evidence::Content);
    }
    let conclusion = acceptance::conclude(&checks, missing, || {
        let (intact, path) = (crypto.intact?, x509.path?);
        let signer = Signer::of(&intact, &path)?;
        Accepted::new(signer, intact, path, x509.not_revoked?, time, permitted.ok()?)
    });
    let confirmed_level = match (conclusion.verdict(), time) {
        (Verdict::Passed, SigningTime::Proven(_)) => Some(SignatureLevel::T),
        (Verdict::Passed, SigningTime::Given(_)) => Some(SignatureLevel::B),
        _ => None,
    };
    SignatureReport {
        preset: court.preset(),
        conclusion,
        time,
        claimed_signing_time: claim.claimed_time(),
        time_stamps: times.reports.clone(),
        claimed_level: claim.claimed_level(),
        confirmed_level,
        claimed_certificate: Some(certificate.clone()),
        algorithm: claim.algorithm(),
        covers: claim.covers(),
        checks,
        remarks,
    }
}

/// The report of a signature whose structure cannot be read.
pub(super) fn unreadable(court: &Court<'_>, error: Error) -> SignatureReport {
    let reason = Reason::structure(error);
    let checks = vec![Check::problem(CheckId::Format, reason)];
    SignatureReport {
        preset: court.preset(),
        conclusion: acceptance::conclude(&checks, Vec::new(), || None),
        time: SigningTime::Given(court.at),
        claimed_signing_time: None,
        time_stamps: Vec::new(),
        claimed_level: SignatureLevel::B,
        confirmed_level: None,
        claimed_certificate: None,
        algorithm: None,
        covers: Vec::new(),
        checks,
        remarks: Vec::new(),
    }
}

fn without_certificate(court: &Court<'_>, claim: &dyn Claim, times: &Times) -> SignatureReport {
    let crypto = claim.check(None, court.verifier.policy.strength);
    let mut checks = vec![
        Check::of(CheckId::Format, &claim.format()),
        Check::problem(CheckId::SigningCertificate, Reason::SignerCertificateMissing),
        Check::of(CheckId::Content, &crypto.content),
        Check::not_done(CheckId::Signature),
    ];
    checks.extend(claim.coverage().map(|covered| Check::of(CheckId::Coverage, &covered)));
    checks.extend(
        [CheckId::Path, CheckId::Validity, CheckId::Revocation, CheckId::Purpose]
            .map(Check::not_done),
    );
    checks.extend(times.checks.iter().cloned());
    let mut missing = vec![Evidence::SignerCertificate];
    missing.extend(times.missing.iter().cloned());
    let mut remarks = claim.remarks();
    remarks.extend(times.remarks.iter().cloned());
    SignatureReport {
        preset: court.preset(),
        conclusion: acceptance::conclude(&checks, missing, || None),
        time: signing_time(court, times),
        claimed_signing_time: claim.claimed_time(),
        time_stamps: times.reports.clone(),
        claimed_level: claim.claimed_level(),
        confirmed_level: None,
        claimed_certificate: None,
        algorithm: claim.algorithm(),
        covers: claim.covers(),
        checks,
        remarks,
    }
}

/// What is worth saying of a proof of time that changes no verdict.
fn beside_proof(claim: &dyn Claim, certificate: &Certificate, proof: &ProvenTime) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if proof.path().end_entity().issuer() != certificate.issuer() {
        remarks.push(Remark::TimeStampByOtherAuthority);
    }
    let proven = proof.time().instant();
    if let Some(claimed) = claim.claimed_time()
        && claimed > proven.plus_seconds(CLOCK_TOLERANCE)
    {
        remarks.push(Remark::ClaimedTimeAfterProof { claimed, proven });
    }
    remarks
}
