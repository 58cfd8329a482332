//! Evidence that was verified on its own: a revocation list, an OCSP answer, a time stamp.
//!
//! The verdict says whether it is authentic and in force, not what it says of a certificate: an
//! authentic "revoked" has passed, and the status stands among the facts.

use super::{Check, Conclusion, Format, Remark, SigningTime};
use crate::{
    certificate::RevocationReason, integrity::IntactSignature, revocation::NotRevoked,
    time::Instant, timestamp::GenTime, trust::TrustAnchor, trust::TrustedPath,
};

/// Evidence that was verified on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceReport {
    /// The conclusion.
    pub conclusion: Conclusion<AcceptedEvidence>,
    /// The moment at which it was judged.
    pub time: SigningTime,
    /// What it says; nothing of it is proved unless the conclusion passed.
    pub facts: EvidenceFacts,
    /// Every check.
    pub checks: Vec<Check>,
    /// What a person should know and what changed no verdict.
    pub remarks: Vec<Remark>,
}

/// What evidence says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EvidenceFacts {
    /// A revocation list (RFC 5280 §5).
    RevocationList {
        /// The authority that the list names as its issuer.
        issuer: String,
        /// cRLNumber: in decimal, or in hexadecimal behind `0x` when it is longer than 64 bits.
        number: Option<String>,
        /// The number of the complete list that it is a delta to, written in the same way.
        base: Option<String>,
        /// When it was made.
        this_update: Instant,
        /// When the next one comes.
        next_update: Option<Instant>,
        /// How many entries it has.
        entries: usize,
    },
    /// An OCSP response (RFC 6960).
    OcspResponse {
        /// The response status, `successful` or the word of an error.
        response: &'static str,
        /// What it says of the certificate that it was asked about; the first answer if none was
        /// given.
        status: Option<OcspStatus>,
        /// When it was made.
        produced_at: Option<Instant>,
        /// Since when the status is known to be so.
        this_update: Option<Instant>,
        /// When a newer answer comes.
        next_update: Option<Instant>,
    },
    /// A time stamp (RFC 3161).
    TimeStamp {
        /// The time that it states.
        gen_time: GenTime,
        /// The policy of the authority, as an object identifier.
        policy: String,
        /// Its serial number, in hexadecimal.
        serial: String,
        /// The name in the authority's certificate.
        authority: Option<String>,
        /// The digest algorithm of what is stamped.
        imprint_algorithm: String,
        /// The digest of what is stamped, in hexadecimal.
        imprint: String,
    },
    /// A response of a time-stamp authority that gave no time stamp.
    TimeStampRefusal {
        /// The status, in the word of RFC 3161 §2.4.2.
        status: &'static str,
        /// Why, in the words of the same clause.
        failures: Vec<String>,
        /// What the authority wrote for people.
        texts: Vec<String>,
    },
}

/// The status of a certificate in an OCSP response (RFC 6960 §2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OcspStatus {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked {
        /// When.
        at: Instant,
        /// Why.
        reason: RevocationReason,
    },
    /// The responder does not know the certificate.
    Unknown,
}

impl OcspStatus {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Revoked { .. } => "revoked",
            Self::Unknown => "unknown",
        }
    }
}

/// Authentic evidence that is in force. Only verification makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedEvidence {
    intact: IntactSignature,
    by: EvidenceSigner,
    time: SigningTime,
}

/// Whose key signed evidence, and why it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EvidenceSigner {
    /// A trust anchor itself.
    Anchor(TrustAnchor),
    /// One that an anchor vouches for, whose certificates are not revoked.
    Certified(TrustedPath, NotRevoked),
}

impl AcceptedEvidence {
    /// Takes every proof: the key that signed is the one that is believed.
    pub(crate) fn new(
        intact: IntactSignature,
        by: EvidenceSigner,
        time: SigningTime,
    ) -> Option<Self> {
        let believed = match &by {
            EvidenceSigner::Anchor(anchor) => anchor.public_key_info() == intact.by_key(),
            EvidenceSigner::Certified(path, not_revoked) => {
                path.end_entity().spki() == intact.by_key() && not_revoked.at() == time.instant()
            }
        };
        believed.then_some(Self { intact, by, time })
    }

    /// The anchor behind it.
    #[must_use]
    pub fn anchor(&self) -> &TrustAnchor {
        match &self.by {
            EvidenceSigner::Anchor(anchor) => anchor,
            EvidenceSigner::Certified(path, _) => path.anchor(),
        }
    }

    /// What was signed, by its digest.
    #[must_use]
    pub fn intact(&self) -> &IntactSignature {
        &self.intact
    }
}

impl EvidenceFacts {
    /// The format that it is of.
    #[must_use]
    pub const fn format(&self) -> Format {
        match self {
            Self::RevocationList { .. } => Format::Crl,
            Self::OcspResponse { .. } => Format::Ocsp,
            Self::TimeStamp { .. } | Self::TimeStampRefusal { .. } => Format::TimeStamp,
        }
    }
}
