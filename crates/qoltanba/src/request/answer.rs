//! What a check of a request comes to.

use core::fmt;

use super::{FieldFault, Profile};
use crate::{
    certificate::Certificate,
    identity::{Signer, Subject},
    numbers::{Bin, Iin},
    report::{Report, SigningTime},
    text::hex,
    time::Instant,
    verdict::{Evidence, Reason, Verdict},
};

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestAnswer {
    /// Every condition is met.
    Accepted(Box<AcceptedRequest>),
    /// A condition is not met.
    Refused(Box<Refusal>),
    /// Something could not be checked: neither accepted nor refused. One may try again.
    Unchecked(Box<Unchecked>),
}

/// What an accepted request is known by: the digest of the request itself, whatever signatures and
/// encodings are around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestKey([u8; 32]);

impl RequestKey {
    pub(super) const fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Its octets.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// A request that meets every condition. Only the check makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedRequest {
    signer: Signer,
    time: SigningTime,
    iin: Iin,
    bin: Option<Bin>,
    service: String,
    number: String,
    key: RequestKey,
}

impl AcceptedRequest {
    pub(super) const fn new(
        signer: Signer,
        time: SigningTime,
        iin: Iin,
        bin: Option<Bin>,
        service: String,
        number: String,
        key: RequestKey,
    ) -> Self {
        Self { signer, time, iin, bin, service, number, key }
    }

    /// The person who signed, whom the request names.
    #[must_use]
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The moment at which it was judged.
    #[must_use]
    pub const fn time(&self) -> SigningTime {
        self.time
    }

    /// The IIN that the request names and the certificate carries.
    #[must_use]
    pub const fn iin(&self) -> Iin {
        self.iin
    }

    /// The BIN that the request names and the certificate carries, where the service asks for one.
    #[must_use]
    pub const fn bin(&self) -> Option<Bin> {
        self.bin
    }

    /// The service that the request is to.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The number of the request. A service that numbers requests itself refuses one that comes
    /// twice by this too.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// What it is known by.
    #[must_use]
    pub const fn key(&self) -> RequestKey {
        self.key
    }
}

/// What of a request a reason is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Item {
    /// The document as a whole.
    Document,
    /// Its signature.
    Signature,
    /// The certificate behind the signature.
    Certificate,
    /// The IIN.
    Iin,
    /// The BIN.
    Bin,
    /// The role of the signer.
    Role,
    /// The service.
    Service,
    /// The number of the request.
    Number,
}

impl Item {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Signature => "signature",
            Self::Certificate => "certificate",
            Self::Iin => "iin",
            Self::Bin => "bin",
            Self::Role => "role",
            Self::Service => "service",
            Self::Number => "number",
        }
    }
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalReason {
    /// It is no signed document.
    NotSigned,
    /// The EDS is not confirmed.
    Eds {
        /// Why not.
        reason: Reason,
        /// The clause of the rule that is not kept.
        clause: Option<&'static str>,
    },
    /// What is signed is in a form that the service does not take.
    Format,
    /// A value cannot be read from what is signed.
    Field {
        /// Which.
        item: Item,
        /// Why not.
        fault: FieldFault,
    },
    /// Nobody who signed carries the IIN of the request.
    IinMismatch,
    /// Who signed does not act for the organisation.
    BinMismatch,
    /// Who signed has another role than the service asks for, or none together with its BIN.
    RoleMismatch,
    /// Somebody signed whom the service does not know.
    OtherSigner,
    /// It is a request to another service.
    ServiceMismatch,
    /// It differs from what the caller knows.
    Unexpected(Item),
    /// It was accepted already.
    Replay,
}

impl RefusalReason {
    /// The stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSigned => "not_signed",
            Self::Eds { reason, .. } => reason.code(),
            Self::Format => "request_format",
            Self::Field { fault, .. } => match fault {
                FieldFault::Absent => "field_absent",
                FieldFault::Several => "field_several",
                FieldFault::Namespace => "field_namespace",
                FieldFault::NotPlain => "field_not_plain",
                FieldFault::Form => "field_form",
            },
            Self::IinMismatch => "request_iin_mismatch",
            Self::BinMismatch => "request_bin_mismatch",
            Self::RoleMismatch => "request_role_mismatch",
            Self::OtherSigner => "other_signer",
            Self::ServiceMismatch => "service_mismatch",
            Self::Unexpected(_) => "unexpected",
            Self::Replay => "replay",
        }
    }

    /// Which item of the request failed.
    #[must_use]
    pub const fn item(&self) -> Item {
        match self {
            Self::Eds { reason, .. } => match reason {
                Reason::Expired { .. }
                | Reason::NotYetValid { .. }
                | Reason::Revoked { .. }
                | Reason::WrongPurpose { .. }
                | Reason::CertPolicy { .. } => Item::Certificate,
                _ => Item::Signature,
            },
            Self::Field { item, .. } | Self::Unexpected(item) => *item,
            Self::NotSigned | Self::OtherSigner => Item::Signature,
            Self::Format | Self::Replay => Item::Document,
            Self::IinMismatch => Item::Iin,
            Self::BinMismatch => Item::Bin,
            Self::RoleMismatch => Item::Role,
            Self::ServiceMismatch => Item::Service,
        }
    }

    /// Whether the authenticity of the EDS, its certificate or its owner is what is not confirmed.
    #[must_use]
    pub const fn is_about_eds(&self) -> bool {
        matches!(
            self,
            Self::NotSigned
                | Self::Eds { .. }
                | Self::IinMismatch
                | Self::BinMismatch
                | Self::RoleMismatch
                | Self::OtherSigner
        )
    }
}

/// A request that is refused, with everything that the notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub(super) reasons: Vec<RefusalReason>,
    pub(super) at: Instant,
    pub(super) profile: Profile,
    pub(super) certificates: Vec<ClaimedCertificate>,
}

/// A certificate that was checked, as it tells of itself: nothing of it is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimedCertificate {
    /// Its serial number, in hexadecimal.
    pub serial: String,
    /// The holder's name.
    pub holder: Option<String>,
    /// The whole of its subject, as reasons name it.
    pub subject: String,
}

impl ClaimedCertificate {
    fn of(certificate: &Certificate) -> Self {
        Self {
            serial: hex(certificate.serial()),
            holder: Subject::claimed_by(certificate).name,
            subject: certificate.claimed_subject().to_string(),
        }
    }
}

impl Refusal {
    /// Every reason; there is at least one.
    #[must_use]
    pub fn reasons(&self) -> &[RefusalReason] {
        &self.reasons
    }

    /// When the request was checked.
    #[must_use]
    pub const fn at(&self) -> Instant {
        self.at
    }

    /// The service that the request is to, as its regulation is called in clauses.
    #[cfg(feature = "paper")]
    pub(crate) fn profile_service(&self) -> &str {
        self.profile.service()
    }

    /// The certificates that were checked.
    #[must_use]
    pub fn certificates(&self) -> &[ClaimedCertificate] {
        &self.certificates
    }
}

/// A request that could not be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    pub(super) reasons: Vec<Reason>,
    pub(super) missing: Vec<Evidence>,
    pub(super) storage_silent: bool,
    pub(super) at: Instant,
}

impl Unchecked {
    /// What could not be established.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// What would have to be had.
    #[must_use]
    pub fn missing(&self) -> &[Evidence] {
        &self.missing
    }

    /// Whether the storage of accepted requests did not answer.
    #[must_use]
    pub const fn is_storage_silent(&self) -> bool {
        self.storage_silent
    }

    /// When the request was checked.
    #[must_use]
    pub const fn at(&self) -> Instant {
        self.at
    }
}

/// What was found so far.
pub(super) struct Collected<'a> {
    profile: &'a Profile,
    at: Instant,
    refusals: Vec<RefusalReason>,
    unchecked: Vec<Reason>,
    certificates: Vec<ClaimedCertificate>,
}

impl<'a> Collected<'a> {
    pub(super) fn new(profile: &'a Profile, at: Instant) -> Self {
        let (refusals, unchecked, certificates) = (Vec::new(), Vec::new(), Vec::new());
        Self { profile, at, refusals, unchecked, certificates }
    }

    pub(super) fn is_clean(&self) -> bool {
        self.refusals.is_empty() && self.unchecked.is_empty()
    }

    pub(super) fn refuse(&mut self, reason: RefusalReason) {
        if !self.refusals.contains(&reason) {
            self.refusals.push(reason);
        }
    }

    pub(super) fn certificates(&mut self, report: &Report) {
        for certificate in report.signatures().iter().filter_map(|s| s.claimed_certificate.as_ref())
        {
            let claimed = ClaimedCertificate::of(certificate);
            if !self.certificates.contains(&claimed) {
                self.certificates.push(claimed);
            }
        }
    }

    /// A failure is a refusal; so is what no further evidence would mend. The rest could not be
    /// checked.
    pub(super) fn sort(&mut self, reason: &Reason, clause: Option<&'static str>, own_dates: bool) {
        let refused = match reason {
            // The condition asks that the certificate is in validity.
            Reason::Expired { .. } | Reason::NotYetValid { .. } => own_dates,
            // What is in the file stays as it is.
            Reason::PartialCoverage
            | Reason::DuplicateId
            | Reason::ReferenceUnsupported(_)
            | Reason::SignedAttributesConfusion
            | Reason::AlgorithmNotAllowed => true,
            other => other.verdict() == Verdict::Failed,
        };
        if refused {
            // The same reason of one signature is told once, with its clause.
            let known = self.refusals.iter_mut().find_map(|one| match one {
                RefusalReason::Eds { reason: known, clause } if known == reason => Some(clause),
                _ => None,
            });
            match known {
                Some(known) => *known = known.or(clause),
                None => self.refusals.push(RefusalReason::Eds { reason: reason.clone(), clause }),
            }
        } else if !self.unchecked.contains(reason) {
            self.unchecked.push(reason.clone());
        }
    }

    pub(super) fn refused(self) -> RequestAnswer {
        let mut reasons = self.refusals;
        if reasons.is_empty() {
            // Whoever ends here without a reason has read nothing.
            reasons.push(RefusalReason::Format);
        }
        let (at, profile, certificates) = (self.at, self.profile.clone(), self.certificates);
        RequestAnswer::Refused(Box::new(Refusal { reasons, at, profile, certificates }))
    }

    pub(super) fn without_proof(self, report: &Report) -> RequestAnswer {
        if !self.refusals.is_empty() {
            return self.refused();
        }
        let missing = report.missing().cloned().collect();
        let (reasons, at) = (self.unchecked, self.at);
        RequestAnswer::Unchecked(Box::new(Unchecked {
            reasons,
            missing,
            storage_silent: false,
            at,
        }))
    }

    pub(super) fn storage_silent(self) -> RequestAnswer {
        let (reasons, missing, at) = (self.unchecked, Vec::new(), self.at);
        RequestAnswer::Unchecked(Box::new(Unchecked { reasons, missing, storage_silent: true, at }))
    }
}
