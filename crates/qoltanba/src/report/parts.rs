//! The parts of a verdict: what of it is known, each with a word of its own.
//!
//! A document whose signer's certificate has expired is still unchanged, and a reader should see
//! both. "Could not check" is neither "forged" nor "good": a part that lacks a proof is
//! indeterminate.

use super::{Check, CheckId, Conclusion, Outcome, SignatureReport, SigningTime};
use crate::{
    time::Instant,
    verdict::{Reason, Verdict},
};

/// A part of the verdict on a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PartId {
    /// The content is what was signed, by this key.
    Integrity,
    /// Authorities vouch for the signer's certificate, which is fit for this use.
    Signer,
    /// The certificate was in its dates and not revoked at the time that the signer claims.
    CertificateStatus,
    /// When the signature existed.
    ProvableTime,
}

impl PartId {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Integrity => "integrity",
            Self::Signer => "signer",
            Self::CertificateStatus => "certificate_status",
            Self::ProvableTime => "provable_time",
        }
    }
}

/// A part with its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// Which part it is.
    pub id: PartId,
    /// Its own verdict. It tells of this part alone: that of the signature is its conclusion.
    pub verdict: Verdict,
    /// The reason behind it; none when it passed.
    pub reason: Option<Reason>,
    /// The moment that it speaks of.
    pub at: Option<Instant>,
}

impl Part {
    /// Where the checks are not all passed the worst reason decides, else a proof is missing.
    fn of(id: PartId, checks: &[&Check], complete: bool, at: Option<Instant>) -> Self {
        let reasons = checks.iter().filter_map(|check| check.reason());
        // Of equals the first one speaks.
        let worst = reasons.reduce(|a, b| if b.verdict() > a.verdict() { b } else { a });
        match worst {
            Some(reason) => {
                Self { id, verdict: reason.verdict(), reason: Some(reason.clone()), at }
            }
            None if complete => Self { id, verdict: Verdict::Passed, reason: None, at },
            None => Self::lacking(id, Reason::ProofMissing, at),
        }
    }

    fn lacking(id: PartId, reason: Reason, at: Option<Instant>) -> Self {
        Self { id, verdict: Verdict::Indeterminate, reason: Some(reason), at }
    }
}

impl SignatureReport {
    /// The parts of the verdict: integrity, signer and authority, the certificate's status at the
    /// claimed time, the time that is proved.
    #[must_use]
    pub fn parts(&self) -> [Part; 4] {
        [self.integrity(), self.signer(), self.certificate_status(), self.provable_time()]
    }

    fn some(&self, ids: &[CheckId]) -> Vec<&Check> {
        self.checks.iter().filter(|check| ids.contains(&check.id)).collect()
    }

    fn passed(&self, id: CheckId) -> bool {
        let mut found = self.some(&[id]).into_iter().peekable();
        found.peek().is_some() && found.all(|check| check.outcome == Outcome::Passed)
    }

    fn integrity(&self) -> Part {
        use CheckId as C;
        let complete = self.passed(C::Content) && self.passed(C::Signature);
        let mut checks = self.some(&[
            C::Format,
            C::SigningCertificateBinding,
            C::Content,
            C::Signature,
            C::Coverage,
        ]);
        if !self.passed(C::Signature) {
            // Without the certificate nothing tells whose key to verify with.
            checks.extend(self.some(&[C::SigningCertificate]));
        }
        Part::of(PartId::Integrity, &checks, complete, None)
    }

    fn signer(&self) -> Part {
        use CheckId as C;
        let complete = self.passed(C::Path) && self.passed(C::Purpose) && self.passed(C::Signature);
        let checks = self.some(&[C::SigningCertificate, C::Path, C::Purpose]);
        let part = Part::of(PartId::Signer, &checks, complete, None);
        match &part.reason {
            // The certificate is sound, and nothing ties the document to it.
            Some(Reason::ProofMissing) => {
                let cause = self.integrity().reason.unwrap_or(Reason::ProofMissing);
                Part::lacking(PartId::Signer, cause, None)
            }
            _ => part,
        }
    }

    fn certificate_status(&self) -> Part {
        use CheckId as C;
        let id = PartId::CertificateStatus;
        let checks = self.some(&[C::Validity, C::Revocation]);
        let complete = self.passed(C::Validity) && self.passed(C::Revocation);
        if let SigningTime::Proven(at) = self.time {
            return Part::of(id, &checks, complete, Some(at));
        }
        let revoked = checks.iter().find_map(|check| match check.reason() {
            Some(reason @ Reason::Revoked { at, .. }) => Some((reason, *at)),
            _ => None,
        });
        let claimed = self.claimed_signing_time;
        match (claimed, revoked) {
            // The claim itself says that it was revoked by then, or nothing is claimed.
            (None, Some((reason, _))) => {
                Part { id, verdict: Verdict::Failed, reason: Some(reason.clone()), at: None }
            }
            (Some(then), Some((reason, since))) if since <= then => {
                Part { id, verdict: Verdict::Failed, reason: Some(reason.clone()), at: claimed }
            }
            // The claim is nobody's proof, so a revocation that came later is not answered by it.
            (Some(_), Some((reason, _))) => Part::lacking(id, reason.clone(), claimed),
            (None, None) => Part::lacking(id, Reason::NoClaimedTime, None),
            (Some(then), None) => self.status_at_claim(then, &checks),
        }
    }

    /// Sound and simple: what was not revoked by the moment of check was not revoked before, and
    /// every certificate of the path must have been within its dates.
    fn status_at_claim(&self, then: Instant, checks: &[&Check]) -> Part {
        let id = PartId::CertificateStatus;
        let signer = self.claimed_certificate.as_ref();
        let path: Vec<_> = match &self.conclusion {
            Conclusion::Passed(accepted) => accepted.path().path().certificates().collect(),
            _ => signer.into_iter().collect(),
        };
        let outside = path.iter().find(|c| !c.validity().contains(then));
        if let Some(one) = outside {
            let reason = Reason::outside(then, one.validity(), one.claimed_subject());
            return Part::lacking(id, reason, Some(then));
        }
        let complete =
            matches!(self.conclusion, Conclusion::Passed(_)) && then <= self.time.instant();
        // What keeps the signature from passing keeps its status from being known.
        let cause = self.conclusion.reason().cloned().unwrap_or(Reason::NoProvenTime);
        Part::of(id, checks, complete, Some(then)).or_lacking(cause)
    }

    fn provable_time(&self) -> Part {
        let id = PartId::ProvableTime;
        let stamp = self.some(&[CheckId::TimeStamp]);
        match self.time {
            SigningTime::Proven(at) => Part::of(id, &stamp, true, Some(at)),
            SigningTime::Given(_) => {
                Part::of(id, &stamp, false, None).or_lacking(Reason::NoProvenTime)
            }
        }
    }
}

impl Part {
    /// Says what is missing where the checks do not.
    fn or_lacking(mut self, reason: Reason) -> Self {
        if self.reason == Some(Reason::ProofMissing) {
            self.reason = Some(reason);
        }
        self
    }
}
