//! §5.4, time-stamp validation, and §5.5, what the time stamps of a signature prove.
//!
//! A token is judged at its own genTime, with evidence that is in force at the moment of check: who
//! has the key of the authority writes that time, so evidence of that time alone proves nothing.
//! Revocation of its authority reaches back as RFC 3161 §4 says.
//!
//! NOTE: that the authority's certificate has expired since is a remark. §5.4 alone stops there,
//! and §5.6 goes on only with a further proof of existence. The risk behind that is a compromise
//! that nobody tells any more, so it is met at its root: evidence made after the expiry clears
//! nothing, it must be in force on the last day, and a compromise that is told reaches back
//! without end.

use super::{Court, Question, Verifier, acceptance, damaged, x509};
use crate::{
    algorithm::DigestAlgorithm,
    asn1::{ber, tag},
    budget::Limits,
    certificate::Certificate,
    cms::{Attribute, ContentDigests, SignerInfo},
    error::Result,
    integrity::IntactSignature,
    oid,
    policy::StampEvidence,
    report::{
        AcceptedEvidence, Check, CheckId, Conclusion, EvidenceFacts, EvidenceReport,
        EvidenceSigner, Format, Remark, Report, SigningTime, Subjects, TimeStampKind,
        TimeStampReport,
    },
    revocation::NotRevoked,
    text::hex,
    time::Moment,
    timestamp::{
        KeyCheck, ProvenTime, Stamped, StampingKey, TimeStampResponse, TimeStampToken, reach,
    },
    trust::TrustedPath,
    verdict::{Evidence, Reason, Verdict},
};

/// How many certificates that a token may mean are tried.
const MAX_CANDIDATES: usize = 16;
/// How many of those are judged whole.
const MAX_ATTEMPTS: usize = 4;

/// A time stamp as it stands on a signature.
pub(super) struct Stamp {
    pub(super) kind: TimeStampKind,
    pub(super) token: Result<TimeStampToken, Reason>,
    /// What it must be of.
    pub(super) covers: Result<Covers, Reason>,
}

/// What a time stamp must be of.
pub(super) enum Covers {
    /// These octets, which the signer could not choose freely.
    Signature(Vec<u8>),
    /// These octets, in which there is room for anything.
    Octets(Vec<u8>),
    /// The content of the message.
    Content,
}

/// How many more time stamps of a document are read.
pub(super) struct Room(usize);

impl Room {
    pub(super) fn of(limits: &Limits) -> Self {
        Self(limits.signatures)
    }

    pub(super) fn read(&mut self, der: &[u8], limits: &Limits) -> Result<TimeStampToken, Reason> {
        // What is beyond the limit is left aside, and then nothing may rest on any of them.
        self.0 = self.0.checked_sub(1).ok_or(Reason::TimeStampNotJudged)?;
        TimeStampToken::parse(der, limits).map_err(Reason::time_stamp)
    }
}

impl Stamp {
    /// One that is there and of a kind that is not judged.
    pub(super) fn other() -> Self {
        let reason = Reason::TimeStampNotJudged;
        Self { kind: TimeStampKind::Other, token: Err(reason.clone()), covers: Err(reason) }
    }

    /// Those of one signature of a message, in the order in which they stand.
    pub(super) fn of_signer(signer: &SignerInfo, room: &mut Room, limits: &Limits) -> Vec<Self> {
        let mut stamps = Vec::new();
        if let Some(Ok(signed)) = &signer.signed_attributes {
            for attribute in &signed.time_stamps {
                stamps.extend(Self::of_attribute(
                    attribute,
                    (oid::CONTENT_TIME_STAMP, TimeStampKind::Content),
                    &|| Covers::Content,
                    room,
                    limits,
                ));
            }
        }
        let unsigned = signer.unsigned_attributes.as_deref().unwrap_or_default();
        for attribute in unsigned.iter().filter(|a| oid::TIME_STAMPS.contains(&a.oid)) {
            stamps.extend(Self::of_attribute(
                attribute,
                (oid::SIGNATURE_TIME_STAMP, TimeStampKind::Signature),
                &|| Covers::Signature(signer.signature.clone()),
                room,
                limits,
            ));
        }
        stamps
    }

    fn of_attribute(
        attribute: &Attribute,
        (judged, kind): (der::asn1::ObjectIdentifier, TimeStampKind),
        covers: &dyn Fn() -> Covers,
        room: &mut Room,
        limits: &Limits,
    ) -> Vec<Self> {
        if attribute.oid != judged || attribute.values.is_empty() {
            return vec![Self::other()];
        }
        let read =
            |value: &Vec<u8>| Self { kind, token: room.read(value, limits), covers: Ok(covers()) };
        attribute.values.iter().map(read).collect()
    }
}

impl Court<'_> {
    /// Takes what tokens carry of their authorities.
    pub(super) fn hear(&mut self, stamps: &[Stamp]) {
        for token in stamps.iter().filter_map(|stamp| stamp.token.as_ref().ok()) {
            self.hear_token(token);
        }
    }

    fn hear_token(&mut self, token: &TimeStampToken) {
        token.certificates.iter().for_each(|c| self.add(c.clone()));
        // What is unreadable in it is no worse than absent.
        self.take(token.carried.clone(), &mut Vec::new());
    }
}

/// What the time stamps of a signature come to.
pub(super) struct Times {
    pub(super) reports: Vec<TimeStampReport>,
    pub(super) checks: Vec<Check>,
    pub(super) missing: Vec<Evidence>,
    pub(super) remarks: Vec<Remark>,
}

impl Times {
    /// Judges every time stamp, and then all of them together.
    pub(super) fn of(
        court: &Court<'_>,
        stamps: &[Stamp],
        content: &dyn Fn(DigestAlgorithm) -> Result<Vec<u8>, Reason>,
    ) -> Self {
        let mut remarks = Vec::new();
        let mut reports: Vec<TimeStampReport> =
            stamps.iter().map(|stamp| judge(court, stamp, content, &mut remarks)).collect();
        contradict(&mut reports);
        let checks = reports.iter().map(|report| match report.conclusion.reason() {
            None => Check::passed(CheckId::TimeStamp),
            Some(reason) => Check::problem(CheckId::TimeStamp, reason.clone()),
        });
        Self {
            checks: checks.collect(),
            missing: reports.iter().flat_map(|r| r.conclusion.missing().to_vec()).collect(),
            reports,
            remarks,
        }
    }

    /// The earliest time at which the signature is proved to have existed.
    pub(super) fn proven(&self) -> Option<&ProvenTime> {
        let all = self.reports.iter().filter(|r| r.kind == TimeStampKind::Signature);
        all.filter_map(|r| match &r.conclusion {
            Conclusion::Passed(proof) => Some(&**proof),
            _ => None,
        })
        .min_by_key(|proof| proof.time())
    }
}

/// What was stamped before it was signed cannot be later than the signature.
fn contradict(reports: &mut [TimeStampReport]) {
    let contents: Vec<ProvenTime> = reports
        .iter()
        .filter(|r| r.kind == TimeStampKind::Content)
        .filter_map(|r| match &r.conclusion {
            Conclusion::Passed(proof) => Some((**proof).clone()),
            _ => None,
        })
        .collect();
    for report in reports.iter_mut().filter(|r| r.kind == TimeStampKind::Signature) {
        let Conclusion::Passed(proof) = &report.conclusion else { continue };
        let is_later = |content: &ProvenTime| {
            content.time().is_after(content.accuracy(), proof.time(), proof.accuracy())
        };
        if contents.iter().any(is_later) {
            report.conclusion = Conclusion::Failed(Reason::TimeStampOrder);
        }
    }
}

fn judge(
    court: &Court<'_>,
    stamp: &Stamp,
    content: &dyn Fn(DigestAlgorithm) -> Result<Vec<u8>, Reason>,
    remarks: &mut Vec<Remark>,
) -> TimeStampReport {
    let token = match &stamp.token {
        Ok(token) => token,
        Err(reason) => return unread(stamp.kind, reason.clone()),
    };
    let stamped = stamp.covers.as_ref().map_err(Clone::clone).and_then(|covers| {
        Stamped::of(token, |algorithm| match covers {
            Covers::Signature(octets) | Covers::Octets(octets) => Ok(algorithm.digest(octets)),
            Covers::Content => content(algorithm),
        })
    });
    let is_free = !matches!(stamp.covers, Ok(Covers::Signature(_)));
    let examined = Examined::of(court, token);
    let mut checks =
        vec![Check::of(CheckId::TimeStamp, &stamped.as_ref().map(drop).map_err(Clone::clone))];
    checks.extend(weakness(court, token, is_free));
    checks.extend(examined.checks.iter().map(about_time_stamp));
    if token.imprint_algorithm() == Ok(DigestAlgorithm::Sha1) && !is_free {
        remarks.push(Remark::WeakImprint);
    }
    remarks.extend(examined.remarks.iter().cloned());
    let claimed_authority = examined.name();
    let conclusion = acceptance::conclude(&checks, examined.missing, || {
        let Proofs { intact, path, not_revoked, key } = examined.proofs?;
        ProvenTime::new(token, &stamped.ok()?, &key, intact, path, not_revoked, court.at)
    });
    TimeStampReport {
        kind: stamp.kind,
        conclusion,
        claimed_time: Some(token.claimed_time()),
        policy: Some(token.policy()),
        serial: Some(token.serial()),
        claimed_authority,
    }
}

fn unread(kind: TimeStampKind, reason: Reason) -> TimeStampReport {
    TimeStampReport {
        kind,
        conclusion: acceptance::conclude(
            &[Check::problem(CheckId::TimeStamp, reason)],
            Vec::new(),
            || None,
        ),
        claimed_time: None,
        policy: None,
        serial: None,
        claimed_authority: None,
    }
}

/// Where whoever made the octets had room for anything in them, SHA-1 does not tell two of them
/// apart; of a bare signature value it does.
fn weakness(court: &Court<'_>, token: &TimeStampToken, is_free: bool) -> Option<Check> {
    let weak = token.imprint_algorithm() == Ok(DigestAlgorithm::Sha1);
    (weak && is_free && !court.verifier.policy.strength.sha1)
        .then(|| Check::problem(CheckId::TimeStamp, Reason::TimeStampWeakImprint))
}

/// A check of a token as a check of the signature that it stands on: what contradicts fails, what
/// is not established does not.
fn about_time_stamp(check: &Check) -> Check {
    let id = CheckId::TimeStamp;
    let Some(reason) = check.reason() else {
        return Check { id, outcome: check.outcome.clone() };
    };
    let because = Box::new(reason.clone());
    let reason = match check.id {
        CheckId::TimeStamp | CheckId::Purpose => reason.clone(),
        CheckId::Content | CheckId::Signature | CheckId::SigningCertificateBinding
            if reason.verdict() == Verdict::Failed =>
        {
            Reason::TimeStampBadSignature { because }
        }
        _ => Reason::TimeStampUntrusted { because },
    };
    Check::problem(id, reason)
}

/// Everything about a token but what it is of.
struct Examined {
    certificate: Option<Certificate>,
    checks: Vec<Check>,
    missing: Vec<Evidence>,
    remarks: Vec<Remark>,
    proofs: Option<Proofs>,
}

struct Proofs {
    intact: IntactSignature,
    path: TrustedPath,
    not_revoked: NotRevoked,
    key: StampingKey,
}

impl Examined {
    fn of(court: &Court<'_>, token: &TimeStampToken) -> Self {
        let strength = court.verifier.policy.strength;
        let named = court.certificates.iter().filter(|c| token.signer.sid.names(c));
        let mut candidates: Vec<&Certificate> = named.take(MAX_CANDIDATES).collect();
        if candidates.len() > 1 {
            candidates.sort_by_cached_key(|c| token.check(c, strength).signature.is_err());
            candidates.truncate(MAX_ATTEMPTS);
        }
        let problems = |one: &Self| one.checks.iter().filter(|c| c.reason().is_some()).count();
        let attempts = candidates.into_iter().map(|c| Self::under(court, token, c));
        attempts.min_by_key(problems).unwrap_or_else(|| Self::without_certificate(court, token))
    }

    fn under(court: &Court<'_>, token: &TimeStampToken, certificate: &Certificate) -> Self {
        let crypto = token.check(certificate, court.verifier.policy.strength);
        let fit = KeyCheck::of(token, certificate);
        let at = token.claimed_time().instant();
        let mut checks = vec![
            Check::passed(CheckId::SigningCertificate),
            Check::of(CheckId::SigningCertificateBinding, &fit.binding),
            Check::of(CheckId::Content, &crypto.content),
            Check::of(CheckId::Signature, &crypto.signature),
        ];
        let moment = Moment { at, now: court.at };
        let x509 = x509::validate_teller(court, certificate, moment, reach());
        checks.extend(x509.checks);
        checks.push(Check::of(CheckId::Purpose, &fit.purpose));
        checks.extend(own_faults(court, token));
        let mut remarks = x509.remarks;
        let not_after = certificate.validity().not_after;
        if not_after < court.at {
            remarks.push(Remark::TimeStampAuthorityExpired { not_after });
        }
        if court.verifier.policy.time_stamps == StampEvidence::AtStamp {
            remarks.push(Remark::ArchivedTimeStamp);
        }
        let proofs = match (crypto.intact, x509.path, x509.not_revoked, fit.key) {
            (Some(intact), Some(path), Some(not_revoked), Some(key)) => {
                Some(Proofs { intact, path, not_revoked, key })
            }
            _ => None,
        };
        let certificate = Some(certificate.clone());
        Self { certificate, checks, missing: x509.missing, remarks, proofs }
    }

    fn without_certificate(court: &Court<'_>, token: &TimeStampToken) -> Self {
        let missing = Reason::SignerCertificateMissing;
        let mut checks = vec![Check::problem(CheckId::SigningCertificate, missing)];
        checks.extend(own_faults(court, token));
        Self {
            certificate: None,
            checks,
            missing: vec![Evidence::SignerCertificate],
            remarks: Vec::new(),
            proofs: None,
        }
    }

    fn name(&self) -> Option<String> {
        self.certificate.as_ref().map(|c| c.claimed_subject().to_string())
    }
}

/// What a token says that cannot be, or cannot be relied on.
fn own_faults(court: &Court<'_>, token: &TimeStampToken) -> Vec<Check> {
    let mut faults = Vec::new();
    let time = token.claimed_time().instant();
    if time > court.at {
        faults.push(Reason::TimeStampFromFuture { time, at: court.at });
    }
    if let Some(name) = token.critical_extension() {
        let subject = "TSTInfo".to_owned();
        let because = Box::new(Reason::UnknownCriticalExtension { name, subject });
        faults.push(Reason::TimeStampUntrusted { because });
    }
    faults.into_iter().map(|reason| Check::problem(CheckId::TimeStamp, reason)).collect()
}

impl Verifier {
    /// Judges a time stamp on its own, or the response that brings it: authentic, by an authority
    /// that is trusted, in force, and of the content when one is given.
    pub(super) fn verify_time_stamp(
        &self,
        body: &[u8],
        content: Option<&ContentDigests<'_>>,
        question: &Question<'_>,
    ) -> Result<Report> {
        let token = if is_response(body) {
            match TimeStampResponse::parse(body, &self.limits) {
                Ok(response) => match response.token() {
                    Some(token) => Ok(token.clone()),
                    None => return Ok(refused(&response, question)),
                },
                Err(error) => Err(error),
            }
        } else {
            TimeStampToken::parse(body, &self.limits)
        };
        match token {
            Ok(token) => Ok(self.judge_token(&token, content, question)),
            Err(error) => damaged(Format::TimeStamp, error),
        }
    }

    fn judge_token(
        &self,
        token: &TimeStampToken,
        content: Option<&ContentDigests<'_>>,
        question: &Question<'_>,
    ) -> Report {
        let mut court = Court::new(self, question.at);
        court.hear_token(token);
        let examined = Examined::of(&court, token);
        let mut checks = vec![Check::passed(CheckId::Format)];
        if let Some(content) = content {
            let stamped = Stamped::of(token, |algorithm| content.get(algorithm));
            checks.push(Check::of(CheckId::Coverage, &stamped.map(drop)));
            checks.extend(weakness(&court, token, true));
        }
        checks.extend(examined.checks.iter().cloned());
        let authority = examined.name();
        let proven = SigningTime::Proven(token.claimed_time().instant());
        let conclusion = acceptance::conclude(&checks, examined.missing, || {
            let Proofs { intact, path, not_revoked, .. } = examined.proofs?;
            AcceptedEvidence::new(intact, EvidenceSigner::Certified(path, not_revoked), proven)
        });
        let time = match conclusion.verdict() {
            Verdict::Passed => proven,
            _ => SigningTime::Given(question.at),
        };
        let facts = EvidenceFacts::TimeStamp {
            gen_time: token.claimed_time(),
            policy: token.policy(),
            serial: token.serial(),
            authority,
            imprint_algorithm: token.imprint_name(),
            imprint: hex(token.imprint()),
        };
        let remarks = examined.remarks;
        report(EvidenceReport { conclusion, time, facts, checks, remarks }, question)
    }
}

/// The digest by which a time stamp names its content, when it can be read.
pub(super) fn imprint_algorithm(body: &[u8], limits: &Limits) -> Option<DigestAlgorithm> {
    let token = if is_response(body) {
        TimeStampResponse::parse(body, limits).ok()?.token()?.clone()
    } else {
        TimeStampToken::parse(body, limits).ok()?
    };
    token.imprint_algorithm().ok()
}

/// Whether a status comes first, and not a content type.
fn is_response(body: &[u8]) -> bool {
    let first = ber::extent(body, 0).and_then(|outer| body.get(outer.inside)?.first().copied());
    first == Some(tag::SEQUENCE)
}

fn refused(response: &TimeStampResponse, question: &Question<'_>) -> Report {
    let reason = Reason::TimeStampRefused { status: response.told() };
    let checks = vec![Check::problem(CheckId::TimeStamp, reason)];
    let facts = EvidenceFacts::TimeStampRefusal {
        status: response.status().code(),
        failures: response.failures().iter().map(|failure| failure.code()).collect(),
        texts: response.texts().to_vec(),
    };
    let conclusion = acceptance::conclude(&checks, Vec::new(), || None);
    let time = SigningTime::Given(question.at);
    report(EvidenceReport { conclusion, time, facts, checks, remarks: Vec::new() }, question)
}

fn report(subject: EvidenceReport, question: &Question<'_>) -> Report {
    let mut report = Report {
        format: Format::TimeStamp,
        subjects: Subjects::Evidence(Box::new(subject)),
        // A time stamp has no elements that could be covered.
        problem: (!question.elements.is_empty()).then_some(Reason::PartialCoverage),
        remarks: Vec::new(),
        container: None,
        paper: None,
    };
    acceptance::meet_expectations(&mut report, question);
    report
}
