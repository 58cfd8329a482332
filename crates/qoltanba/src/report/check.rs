//! One check with its outcome, and remarks.

use crate::{
    certificate::Quirk,
    identity::IdentityRemark,
    time::Instant,
    verdict::{Reason, Verdict},
};

/// What was checked. The names follow the building blocks of EN 319 102-1 §5.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CheckId {
    /// The structure can be read (§5.2.2).
    Format,
    /// The signer's certificate is known (§5.2.3).
    SigningCertificate,
    /// The signature names this certificate as its own (§5.2.3).
    SigningCertificateBinding,
    /// The content is what was signed (§5.2.7).
    Content,
    /// The certified key made the signature (§5.2.7).
    Signature,
    /// What was asked about is covered by the signature, and not only a part of it.
    Coverage,
    /// Authorities vouch for the certificate up to a trust anchor (§5.2.6).
    Path,
    /// Every certificate of the path is within its dates (§5.2.6).
    Validity,
    /// No certificate of the path was revoked (§5.2.5, §5.2.6).
    Revocation,
    /// The certificate is meant for this use (§5.2.8).
    Purpose,
    /// A time stamp on the signature, when there is one (§5.4).
    TimeStamp,
    /// Evidence speaks of the moment that is judged.
    Freshness,
}

impl CheckId {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::SigningCertificate => "signing_certificate",
            Self::SigningCertificateBinding => "signing_certificate_binding",
            Self::Content => "content",
            Self::Signature => "signature",
            Self::Coverage => "coverage",
            Self::Path => "path",
            Self::Validity => "validity",
            Self::Revocation => "revocation",
            Self::Purpose => "purpose",
            Self::TimeStamp => "time_stamp",
            Self::Freshness => "freshness",
        }
    }
}

/// How a check came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not hold, or could not be established, as the reason's verdict tells.
    Problem(Reason),
    /// It was not made, because what it needs is missing.
    NotDone,
}

impl Outcome {
    /// The word in reports.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Passed => Verdict::Passed.code(),
            Self::Problem(reason) => reason.verdict().code(),
            Self::NotDone => "not_done",
        }
    }
}

/// One check with its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub id: CheckId,
    /// How it came out.
    pub outcome: Outcome,
}

impl Check {
    pub(crate) fn passed(id: CheckId) -> Self {
        Self { id, outcome: Outcome::Passed }
    }

    pub(crate) fn problem(id: CheckId, reason: Reason) -> Self {
        Self { id, outcome: Outcome::Problem(reason) }
    }

    pub(crate) fn not_done(id: CheckId) -> Self {
        Self { id, outcome: Outcome::NotDone }
    }

    pub(crate) fn of(id: CheckId, result: &Result<(), Reason>) -> Self {
        match result {
            Ok(()) => Self::passed(id),
            Err(reason) => Self::problem(id, reason.clone()),
        }
    }

    /// One check for each reason against, or the one that passed.
    pub(crate) fn each<T>(id: CheckId, result: &Result<T, Vec<Reason>>) -> Vec<Self> {
        match result {
            Ok(_) => vec![Self::passed(id)],
            Err(reasons) => reasons.iter().map(|r| Self::problem(id, r.clone())).collect(),
        }
    }

    /// The reason against it.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        match &self.outcome {
            Outcome::Problem(reason) => Some(reason),
            _ => None,
        }
    }
}

/// Something a person should know that changed no verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// A certificate deviates in a tolerated way.
    Quirk(Quirk),
    /// Something about the subject.
    Identity(IdentityRemark),
    /// The message is BER; RFC 5652 allows it.
    Ber,
    /// The signed attributes were not in DER order; the signature covers the ordered form
    /// (RFC 5652 §5.4).
    UnorderedAttributes,
    /// The digest algorithm of a signature is not in the message's list (RFC 5652 §5.1).
    UnlistedDigest,
    /// There are no signed attributes: nothing binds a certificate or a time to the signature.
    NoSignedAttributes,
    /// Nothing in the signature names the signer's certificate (500/НҚ p.8).
    NoSigningCertificate,
    /// The certificate is named by SHA-1 (RFC 2634), which no longer tells certificates apart.
    WeakSigningCertificate,
    /// A time stamp names the signature by SHA-1, as the national authority once did. What a key
    /// has signed cannot be chosen so that two have the same digest.
    WeakImprint,
    /// The certificate of a time stamp's authority has expired since. The time stays proven: the
    /// authority was in order when it stamped.
    TimeStampAuthorityExpired {
        /// The last moment of its validity.
        not_after: Instant,
    },
    /// The authority of a time stamp was judged by evidence of the time of the stamp, as the
    /// policy allows ([`StampEvidence`](crate::policy::StampEvidence)).
    ArchivedTimeStamp,
    /// Another authority stamped than the one that certified the signer (500/НҚ p.17.2 as it is
    /// reported; the national authority itself stamps so).
    TimeStampByOtherAuthority,
    /// The signer wrote a later time than the one that is proven.
    ClaimedTimeAfterProof {
        /// The time that the signer wrote.
        claimed: Instant,
        /// The time at which the signature existed.
        proven: Instant,
    },
    /// A certificate inside the message could not be read and was left aside.
    UnreadableCertificate,
    /// Bytes of this evidence could not be read; it counts as absent.
    UnreadableEvidence,
    /// Evidence inside the document cannot be believed; anybody may have put it there, so it
    /// counts as absent.
    EvidenceSetAside(Reason),
    /// The responder says that the certificate was never issued (RFC 6960 §2.2, §4.4.8).
    NeverIssued,
    /// The number on the barcodes, which nobody signed, is no value of the signed document.
    FavorIdNotInDocument {
        /// The number.
        id: String,
    },
    /// Codes on the pages that are of no document were left aside.
    OtherBarcodes {
        /// How many.
        count: usize,
    },
    /// The PDF file itself has signatures, which were not verified.
    PdfSignatureNotVerified {
        /// How many.
        count: usize,
    },
    /// Barcodes of the page could not all be read; the document was taken from its attachment.
    PageBarcodesIncomplete,
    /// Files that are attached and signed by nobody were left aside.
    OtherAttachments {
        /// How many.
        count: usize,
    },
    /// Pages that could not be drawn were left aside.
    UnreadPages {
        /// How many.
        count: usize,
    },
    /// A code on the pages is a link, which was not opened.
    LinkBarcode {
        /// The host that it leads to.
        host: String,
    },
}
