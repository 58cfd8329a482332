//! What verification found: facts, then checks, then the conclusion.
//!
//! A [`Report`] is the only thing verification gives out. A signer is inside a conclusion that
//! [`Passed`](Conclusion::Passed), and nowhere else; what an unproved certificate says of its
//! subject is called *claimed*.

mod check;
mod container;
mod evidence;
mod json;
pub(crate) mod messages;
mod paper;
mod parts;
mod rules;
mod standing;
mod timestamp;

pub use check::{Check, CheckId, Outcome, Remark};
pub use container::{Container, ContainerKind};
pub(crate) use evidence::EvidenceSigner;
pub use evidence::{AcceptedEvidence, EvidenceFacts, EvidenceReport, OcspStatus};
pub use messages::Lang;
pub use paper::{AttachedFile, Paper, PaperKind};
pub use parts::{Part, PartId};
pub use rules::{Law, NotApplicable, RuleOutcome, RuleResult};
pub use timestamp::{SignatureLevel, TimeStampKind, TimeStampReport};

use crate::{
    algorithm::SignatureAlgorithm,
    certificate::Certificate,
    identity::{Signer, Subject},
    integrity::IntactSignature,
    policy::{Permitted, Preset},
    revocation::NotRevoked,
    time::Instant,
    trust::TrustedPath,
    verdict::{Evidence, Reason, Verdict},
};

/// What kind of thing was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A CMS SignedData (RFC 5652).
    Cms,
    /// An XML document with signatures (XML Signature, XAdES).
    Xml,
    /// A certificate on its own.
    Certificate,
    /// A revocation list on its own.
    Crl,
    /// An OCSP response on its own.
    Ocsp,
    /// A time stamp on its own.
    TimeStamp,
    /// Barcodes of a document that could not be put together.
    Barcodes,
    /// A PDF file without a document that could be judged.
    Pdf,
    /// A picture without a document that could be judged.
    Picture,
}

impl Format {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cms => "cms",
            Self::Xml => "xml",
            Self::Certificate => "certificate",
            Self::Crl => "crl",
            Self::Ocsp => "ocsp",
            Self::TimeStamp => "time_stamp",
            Self::Barcodes => "barcodes",
            Self::Pdf => "pdf",
            Self::Picture => "picture",
        }
    }
}

/// The moment at which a signature was judged, and why that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SigningTime {
    /// The moment that the caller asked for, now or another.
    Given(Instant),
    /// The genTime of a time stamp that holds: the signature existed then.
    Proven(Instant),
}

impl SigningTime {
    /// The moment.
    #[must_use]
    pub const fn instant(self) -> Instant {
        match self {
            Self::Given(at) | Self::Proven(at) => at,
        }
    }

    /// The word in reports for where the moment comes from.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Given(_) => "given",
            Self::Proven(_) => "time_stamp",
        }
    }
}

/// A signature with every proof: the happy value. Only verification makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    signer: Signer,
    intact: IntactSignature,
    path: TrustedPath,
    not_revoked: NotRevoked,
    time: SigningTime,
    permitted: Permitted,
}

impl Accepted {
    /// Takes every proof; none may be left out.
    pub(crate) fn new(
        signer: Signer,
        intact: IntactSignature,
        path: TrustedPath,
        not_revoked: NotRevoked,
        time: SigningTime,
        permitted: Permitted,
    ) -> Option<Self> {
        // A status speaks of one moment: the one that the signature is judged at.
        (not_revoked.at() == time.instant()).then_some(Self {
            signer,
            intact,
            path,
            not_revoked,
            time,
            permitted,
        })
    }

    /// Who signed.
    #[must_use]
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// What the signature covers.
    #[must_use]
    pub fn intact(&self) -> &IntactSignature {
        &self.intact
    }

    /// Who vouches for the signer.
    #[must_use]
    pub fn path(&self) -> &TrustedPath {
        &self.path
    }

    /// The moment at which it was judged.
    #[must_use]
    pub fn time(&self) -> SigningTime {
        self.time
    }
}

/// A certificate with every proof. Only verification makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedCertificate {
    holder: Subject,
    path: TrustedPath,
    not_revoked: NotRevoked,
    time: SigningTime,
    permitted: Permitted,
}

impl AcceptedCertificate {
    pub(crate) fn new(
        path: TrustedPath,
        not_revoked: NotRevoked,
        time: SigningTime,
        permitted: Permitted,
    ) -> Option<Self> {
        let holder = Subject::claimed_by(path.end_entity());
        (not_revoked.at() == time.instant()).then_some(Self {
            holder,
            path,
            not_revoked,
            time,
            permitted,
        })
    }

    /// Whose certificate it is.
    #[must_use]
    pub fn holder(&self) -> &Subject {
        &self.holder
    }

    /// Who vouches for it.
    #[must_use]
    pub fn path(&self) -> &TrustedPath {
        &self.path
    }
}

/// What a judgement comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conclusion<A = Accepted> {
    /// Every proof is there.
    Passed(Box<A>),
    /// A check positively failed.
    Failed(Reason),
    /// A proof is missing; the evidence that might bring it is named.
    Indeterminate(Reason, Vec<Evidence>),
}

impl<A> Conclusion<A> {
    /// The word for it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Passed(_) => Verdict::Passed,
            Self::Failed(_) => Verdict::Failed,
            Self::Indeterminate(..) => Verdict::Indeterminate,
        }
    }

    /// The happy value, where there is one.
    fn accepted(&self) -> Option<&A> {
        match self {
            Self::Passed(accepted) => Some(accepted),
            Self::Failed(_) | Self::Indeterminate(..) => None,
        }
    }

    /// The first reason against it.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Passed(_) => None,
            Self::Failed(reason) | Self::Indeterminate(reason, _) => Some(reason),
        }
    }

    /// The evidence that is missing.
    #[must_use]
    pub fn missing(&self) -> &[Evidence] {
        match self {
            Self::Indeterminate(_, missing) => missing,
            _ => &[],
        }
    }
}

/// One signature of a document: its facts, its checks, its conclusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureReport {
    /// The rules by which it is reported.
    pub preset: Preset,
    /// The conclusion.
    pub conclusion: Conclusion,
    /// The moment at which it was judged.
    pub time: SigningTime,
    /// The signing time that the signer wrote; nobody proved it.
    pub claimed_signing_time: Option<Instant>,
    /// Every time stamp, in the order in which they stand.
    pub time_stamps: Vec<TimeStampReport>,
    /// The level that the signature claims by what is in it.
    pub claimed_level: SignatureLevel,
    /// The level that was confirmed, at most [`T`](SignatureLevel::T) here; none unless the signature
    /// passed.
    pub confirmed_level: Option<SignatureLevel>,
    /// The certificate that the signature points to.
    pub claimed_certificate: Option<Certificate>,
    /// The algorithm that the signature names.
    pub algorithm: Option<SignatureAlgorithm>,
    /// The parts of an XML document that are covered, by path; empty for a message.
    pub covers: Vec<String>,
    /// Every check, in the order of EN 319 102-1 §5.2.
    pub checks: Vec<Check>,
    /// What a person should know and what changed no verdict.
    pub remarks: Vec<Remark>,
}

/// A certificate that was verified on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateReport {
    /// The rules by which it is reported.
    pub preset: Preset,
    /// The conclusion.
    pub conclusion: Conclusion<AcceptedCertificate>,
    /// The moment at which it was judged.
    pub time: SigningTime,
    /// The certificate.
    pub certificate: Certificate,
    /// Every check.
    pub checks: Vec<Check>,
    /// What a person should know and what changed no verdict.
    pub remarks: Vec<Remark>,
}

/// The parts of a report, by what was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subjects {
    /// The signatures of a document.
    Signatures(Vec<SignatureReport>),
    /// A certificate on its own.
    Certificate(Box<CertificateReport>),
    /// Evidence on its own.
    Evidence(Box<EvidenceReport>),
}

/// What verification found of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What it was recognised as.
    pub format: Format,
    /// What was judged, one by one.
    pub subjects: Subjects,
    /// A reason about the file as a whole: damaged, unsigned, an expectation that no signature
    /// met.
    pub problem: Option<Reason>,
    /// What a person should know about the file.
    pub remarks: Vec<Remark>,
    /// The barcodes that the document came in; none for a file of its own.
    pub container: Option<Container>,
    /// The paper that it came on; none for a file of its own.
    pub paper: Option<Box<Paper>>,
}

impl Report {
    /// The worst signature, or the problem of the whole file, decides.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let own = self.problem.as_ref().map(Reason::verdict);
        let worst = match &self.subjects {
            Subjects::Signatures(all) => all.iter().map(|s| s.conclusion.verdict()).max(),
            Subjects::Certificate(one) => Some(one.conclusion.verdict()),
            Subjects::Evidence(one) => Some(one.conclusion.verdict()),
        };
        // No signature at all is never good: where there is none, the problem tells why.
        worst.max(own).unwrap_or(Verdict::Failed)
    }

    /// The reason behind the verdict; none when it passed.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        let verdict = self.verdict();
        let own = self.problem.as_ref().filter(|r| r.verdict() == verdict);
        own.or_else(|| match &self.subjects {
            Subjects::Signatures(all) => all
                .iter()
                .find(|s| s.conclusion.verdict() == verdict)
                .and_then(|s| s.conclusion.reason()),
            Subjects::Certificate(one) => one.conclusion.reason(),
            Subjects::Evidence(one) => one.conclusion.reason(),
        })
    }

    /// Takes the signatures of another file of the same document; the worst decides.
    pub(crate) fn take(&mut self, other: Self) {
        let worse = |reason: &Reason| {
            self.problem.as_ref().is_none_or(|own| own.verdict() < reason.verdict())
        };
        if let Some(reason) = other.problem.filter(worse) {
            self.problem = Some(reason);
        }
        if let (Subjects::Signatures(all), Subjects::Signatures(more)) =
            (&mut self.subjects, other.subjects)
        {
            all.extend(more);
        }
        self.remarks.extend(other.remarks);
    }

    /// The signatures of a document; empty for a certificate or evidence.
    #[must_use]
    pub fn signatures(&self) -> &[SignatureReport] {
        match &self.subjects {
            Subjects::Signatures(all) => all,
            Subjects::Certificate(_) | Subjects::Evidence(_) => &[],
        }
    }

    /// Every accepted signature, when the file as a whole passed.
    pub fn accepted(&self) -> impl Iterator<Item = &Accepted> {
        let passed = self.verdict() == Verdict::Passed;
        let signatures = self.signatures().iter().filter(move |_| passed);
        signatures.filter_map(|signature| signature.conclusion.accepted())
    }

    /// Everything that would have to be had for a clearer verdict.
    pub fn missing(&self) -> impl Iterator<Item = &Evidence> {
        let alone = match &self.subjects {
            Subjects::Certificate(one) => Some(one.conclusion.missing()),
            Subjects::Evidence(one) => Some(one.conclusion.missing()),
            Subjects::Signatures(_) => None,
        };
        let signatures = self.signatures().iter().map(|s| s.conclusion.missing());
        let parts = self.container.iter().flat_map(|container| &container.missing);
        signatures.chain(alone).flatten().chain(parts)
    }
}
