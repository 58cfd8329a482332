//! What a lay person is told of a report: the worst of everything in it.

use super::{Check, Conclusion, Remark, Report, SignatureReport, Subjects};
use crate::verdict::{NextStep, PageMatch, Reason, Standing, Verdict};

impl Report {
    /// What a lay person is told: the worst signature decides, and of one signature the worst
    /// check.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let least = self.verdict().best_standing();
        let told = self.reasons().map(Reason::standing).max().unwrap_or(least).max(least);
        if self.verdict() == Verdict::Passed && self.has_something_to_know() {
            Standing::GoodWithRemarks
        } else {
            told
        }
    }

    /// The reason behind what a lay person is told.
    #[must_use]
    pub fn deciding_reason(&self) -> Option<&Reason> {
        let standing = self.standing();
        let decides = |reason: &&Reason| reason.standing() == standing;
        self.reason().filter(decides).or_else(|| self.reasons().find(decides))
    }

    /// What a lay person can do next; none where there is nothing to do.
    #[must_use]
    pub fn next_step(&self) -> Option<NextStep> {
        match self.deciding_reason() {
            Some(reason) => Some(reason.next_step()),
            None if self.standing() == Standing::NotGood => Some(NextStep::AskSigned),
            None if self.is_beside_its_page() => Some(NextStep::ComparePage),
            None => match self.subjects {
                Subjects::Signatures(_) => Some(NextStep::KeepFile),
                Subjects::Certificate(_) | Subjects::Evidence(_) => None,
            },
        }
    }

    /// Every reason that speaks against it.
    fn reasons(&self) -> impl Iterator<Item = &Reason> {
        let (conclusion, checks) = match &self.subjects {
            Subjects::Signatures(_) => (None, &[][..]),
            Subjects::Certificate(one) => (one.conclusion.reason(), &one.checks[..]),
            Subjects::Evidence(one) => (one.conclusion.reason(), &one.checks[..]),
        };
        let alone = conclusion.into_iter().chain(checks.iter().filter_map(Check::reason));
        let signatures = self.signatures().iter().flat_map(SignatureReport::reasons);
        self.problem.iter().chain(signatures).chain(alone)
    }

    fn has_something_to_know(&self) -> bool {
        let own = match &self.subjects {
            Subjects::Signatures(_) => &[][..],
            Subjects::Certificate(one) => &one.remarks,
            Subjects::Evidence(one) => &one.remarks,
        };
        let signatures = self.signatures().iter().flat_map(|signature| &signature.remarks);
        let mut remarks = self.remarks.iter().chain(own).chain(signatures);
        self.is_beside_its_page() || remarks.any(Remark::is_for_everyone)
    }

    /// Whether it came on paper that nobody compared with what was signed: the reader has the
    /// paper before him and must do so himself.
    #[must_use]
    pub fn is_beside_its_page(&self) -> bool {
        match &self.paper {
            Some(paper) => paper.page != PageMatch::Agrees,
            None => self.container.is_some(),
        }
    }
}

impl SignatureReport {
    /// What a lay person is told of this signature alone.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let least = self.conclusion.verdict().best_standing();
        if let Conclusion::Passed(_) = self.conclusion {
            let remarked = self.remarks.iter().any(Remark::is_for_everyone);
            return if remarked { Standing::GoodWithRemarks } else { Standing::Good };
        }
        self.reasons().map(Reason::standing).max().unwrap_or(least).max(least)
    }

    /// The reason behind what a lay person is told of this signature.
    #[must_use]
    pub fn deciding_reason(&self) -> Option<&Reason> {
        let standing = self.standing();
        self.reasons().find(|reason| reason.standing() == standing)
    }

    /// None where it passed: nothing that a check says then speaks against it.
    fn reasons(&self) -> impl Iterator<Item = &Reason> {
        let checks: &[Check] = match self.conclusion {
            Conclusion::Passed(_) => &[],
            _ => &self.checks,
        };
        self.conclusion.reason().into_iter().chain(checks.iter().filter_map(Check::reason))
    }
}

impl Remark {
    /// Whether everyone should know it. The rest is for who looks into the details: a deviation of
    /// notation says nothing to somebody who received a document.
    #[must_use]
    pub const fn is_for_everyone(&self) -> bool {
        match self {
            Self::Identity(_)
            | Self::ArchivedTimeStamp
            | Self::ClaimedTimeAfterProof { .. }
            | Self::NeverIssued
            | Self::FavorIdNotInDocument { .. }
            | Self::PdfSignatureNotVerified { .. }
            | Self::OtherAttachments { .. }
            | Self::UnreadPages { .. }
            | Self::LinkBarcode { .. } => true,
            Self::Quirk(_)
            | Self::Ber
            | Self::UnorderedAttributes
            | Self::UnlistedDigest
            | Self::NoSignedAttributes
            | Self::NoSigningCertificate
            | Self::WeakSigningCertificate
            | Self::WeakImprint
            | Self::TimeStampAuthorityExpired { .. }
            | Self::TimeStampByOtherAuthority
            | Self::UnreadableCertificate
            | Self::UnreadableEvidence
            | Self::EvidenceSetAside(_)
            | Self::OtherBarcodes { .. }
            | Self::PageBarcodesIncomplete => false,
        }
    }
}
