//! What a lay person is told. It depends on the reason and not on the verdict alone: of two proofs
//! that are missing, an authority that nobody knows is "not good", a list that could not be had is
//! "could not check". One table says which; the compiler holds that no reason is left out.

use super::{Reason, Verdict};

/// The four states that a lay person is shown. The order is from good to bad.
///
/// ```
/// use qoltanba::{Reason, verdict::Standing};
///
/// let unknown = Reason::NoPath { issuer: "CN=Nobody".into() };
/// assert_eq!(unknown.standing(), Standing::NotGood);
/// assert_eq!(Reason::ContentMissing.standing(), Standing::CouldNotCheck);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    /// Every proof is there.
    Good,
    /// Every proof is there, and something is to be known besides.
    GoodWithRemarks,
    /// Evidence is missing, cannot be reached or read here, or a time cannot be proved. Nothing
    /// was found that speaks against it.
    CouldNotCheck,
    /// Something speaks against it, or nobody who is trusted speaks for it.
    NotGood,
}

impl Standing {
    /// Every state, from good to bad.
    pub const ALL: [Self; 4] =
        [Self::Good, Self::GoodWithRemarks, Self::CouldNotCheck, Self::NotGood];

    /// The word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::GoodWithRemarks => "good_with_remarks",
            Self::CouldNotCheck => "could_not_check",
            Self::NotGood => "not_good",
        }
    }
}

/// What a lay person can do next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextStep {
    /// Keep the file itself: a print of it proves nothing by its looks.
    KeepFile,
    /// Do not rely on it, and ask whoever issued it for the original.
    AskOriginal,
    /// Ask for the signed file: this one has no signature.
    AskSigned,
    /// Do not rely on it: ask for a signature that a known authority vouches for.
    AskKnownAuthority,
    /// Do not rely on it: ask for a signature by a certificate that is in force.
    AskNewSignature,
    /// Ask for a signature by a certificate that is meant for signing.
    AskSigningCertificate,
    /// Ask for a signature over the whole document.
    AskWhole,
    /// Ask for a signature by an algorithm that is strong enough.
    AskStrongSignature,
    /// Whose document it is differs from what was expected.
    AskWhoSigned,
    /// Try again later: what tells of the certificate could not be had or used.
    TryLater,
    /// Add the document that the signature is kept apart from.
    AddDocument,
    /// Ask for the file together with the signer's certificate.
    AskCertificate,
    /// Photograph these barcodes, of so many.
    Photograph {
        /// Their numbers.
        numbers: Vec<u32>,
        /// How many there are in all.
        amount: u32,
    },
    /// Take the photo again, so that every barcode is on it.
    PhotographAgain,
    /// Check one document at a time.
    OneDocument,
    /// Compare the page with what was signed.
    ComparePage,
    /// Ask for the form of it that has a time stamp, or for a new signature.
    ProveTime,
    /// A link proves nothing: check the number, or ask for the signed file.
    CheckNumber,
    /// Have it checked by a program that knows this kind.
    OtherProgram,
    /// Tell whoever runs the program.
    ReportDefect,
}

impl NextStep {
    /// The word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::KeepFile => "keep_file",
            Self::AskOriginal => "ask_original",
            Self::AskSigned => "ask_signed",
            Self::AskKnownAuthority => "ask_known_authority",
            Self::AskNewSignature => "ask_new_signature",
            Self::AskSigningCertificate => "ask_signing_certificate",
            Self::AskWhole => "ask_whole",
            Self::AskStrongSignature => "ask_strong_signature",
            Self::AskWhoSigned => "ask_who_signed",
            Self::TryLater => "try_later",
            Self::AddDocument => "add_document",
            Self::AskCertificate => "ask_certificate",
            Self::Photograph { .. } => "photograph",
            Self::PhotographAgain => "photograph_again",
            Self::OneDocument => "one_document",
            Self::ComparePage => "compare_page",
            Self::ProveTime => "prove_time",
            Self::CheckNumber => "check_number",
            Self::OtherProgram => "other_program",
            Self::ReportDefect => "report_defect",
        }
    }
}

impl Reason {
    /// What a lay person is told of a signature, or a file, that this reason speaks against.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.plain().0
    }

    /// What a lay person can do about it.
    #[must_use]
    pub fn next_step(&self) -> NextStep {
        self.plain().1
    }

    fn plain(&self) -> (Standing, NextStep) {
        use NextStep as N;
        use Standing::{CouldNotCheck, NotGood};
        match self {
            Self::Malformed(_)
            | Self::BarcodesConflict { .. }
            | Self::AttachmentsConflict
            | Self::PageCarriesOther
            | Self::PageDiffers { .. }
            | Self::ContentConflict
            | Self::ContentDigestMismatch
            | Self::SignedAttributes { .. }
            | Self::SignedAttributesConfusion
            | Self::DuplicateId
            | Self::SignatureEncoding
            | Self::SignatureBad
            | Self::AlgorithmMismatch
            | Self::KeyInvalid(_)
            | Self::SigningCertificateMismatch
            | Self::ChainBadSignature { .. }
            | Self::CrlForged { .. }
            | Self::OcspForged
            | Self::TimeStampMalformed(_)
            | Self::TimeStampImprint
            | Self::TimeStampBadSignature { .. }
            | Self::TimeStampFromFuture { .. }
            | Self::TimeStampOrder => (NotGood, N::AskOriginal),
            Self::NoSigners | Self::BarcodesUnsigned | Self::PaperUnsigned => {
                (NotGood, N::AskSigned)
            }
            Self::PartialCoverage => (NotGood, N::AskWhole),
            Self::AlgorithmNotAllowed | Self::ChainWeakSignature => {
                (NotGood, N::AskStrongSignature)
            }
            Self::NoPath { .. }
            | Self::ChainNotAuthority { .. }
            | Self::ChainPathLength { .. }
            | Self::ChainPolicy { .. }
            | Self::ChainPolicyMapping { .. }
            | Self::ChainNameConstraints { .. }
            | Self::ChainNameForm { .. }
            | Self::CrlIssuerUnknown { .. } => (NotGood, N::AskKnownAuthority),
            Self::Revoked { .. } | Self::NotYetValid { .. } => (NotGood, N::AskNewSignature),
            Self::WrongPurpose { .. } | Self::CertPolicy { .. } => {
                (NotGood, N::AskSigningCertificate)
            }
            Self::IinMismatch | Self::BinMismatch | Self::RoleMismatch => {
                (NotGood, N::AskWhoSigned)
            }
            Self::BarcodesMissing { missing, amount } => {
                (CouldNotCheck, N::Photograph { numbers: missing.clone(), amount: *amount })
            }
            Self::BarcodeNone => (CouldNotCheck, N::PhotographAgain),
            Self::BarcodesMixed { .. } => (CouldNotCheck, N::OneDocument),
            Self::BarcodeLink { .. } => (CouldNotCheck, N::CheckNumber),
            Self::PageNotCompared { .. } => (CouldNotCheck, N::ComparePage),
            Self::ContentMissing | Self::DigestMissing { .. } => (CouldNotCheck, N::AddDocument),
            Self::SignerCertificateMissing => (CouldNotCheck, N::AskCertificate),
            // What is not understood here was not found to be wrong.
            Self::PdfSignatureUnsupported { .. }
            | Self::ReferenceUnsupported(_)
            | Self::AlgorithmUnknown(_)
            | Self::PathBudget
            | Self::UnknownCriticalExtension { .. }
            | Self::CrlUnknownCritical { .. }
            | Self::OcspUnknownCritical { .. }
            | Self::TimeStampNotJudged
            | Self::TimeStampUnsupported(_) => (CouldNotCheck, N::OtherProgram),
            Self::Expired { .. }
            | Self::TimeStampUntrusted { .. }
            | Self::TimeStampUnbound
            | Self::TimeStampPurpose
            | Self::TimeStampWeakImprint
            | Self::TimeStampRefused { .. }
            | Self::CrlAfterExpiry { .. }
            | Self::NoProvenTime
            | Self::NoClaimedTime => (CouldNotCheck, N::ProveTime),
            Self::RevocationUnknown { .. }
            | Self::CrlBadSignature { .. }
            | Self::CrlWrongIssuer { .. }
            | Self::CrlStale { .. }
            | Self::CrlSignerUnproved { .. }
            | Self::CrlScope { .. }
            | Self::OcspBadSignature { .. }
            | Self::OcspUnauthorised { .. }
            | Self::OcspCertIdMismatch { .. }
            | Self::OcspStale { .. }
            | Self::OcspNonce { .. }
            | Self::OcspUnknown { .. }
            | Self::OcspNoAnswer { .. } => (CouldNotCheck, N::TryLater),
            Self::ProofMissing => (CouldNotCheck, N::ReportDefect),
        }
    }
}

impl Verdict {
    /// The best that may be said where only the verdict is known.
    #[must_use]
    pub const fn best_standing(self) -> Standing {
        match self {
            Self::Passed => Standing::Good,
            Self::Indeterminate => Standing::CouldNotCheck,
            Self::Failed => Standing::NotGood,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        certificate::{Purpose, RevocationReason},
        error::Error,
        verdict::{BarcodeConflict, Construct, NotCompared},
    };

    fn subject() -> String {
        "CN=ҮЛГІ".to_owned()
    }

    /// A reason of every kind of its own, with the state that the issue's own words give it.
    fn samples() -> Vec<(Reason, Standing)> {
        use Standing::{CouldNotCheck, NotGood};
        let at = "2026-11-25T12:00:00Z".parse().unwrap();
        let error = || Error::malformed("a test");
        vec![
            // Altered.
            (Reason::ContentDigestMismatch, NotGood),
            (Reason::SignatureBad, NotGood),
            (Reason::Malformed(error()), NotGood),
            (Reason::PageDiffers { places: Vec::new() }, NotGood),
            (Reason::PageCarriesOther, NotGood),
            (
                Reason::BarcodesConflict { conflict: BarcodeConflict::Duplicate { number: 1 } },
                NotGood,
            ),
            (Reason::TimeStampImprint, NotGood),
            // No signature.
            (Reason::NoSigners, NotGood),
            (Reason::BarcodesUnsigned, NotGood),
            (Reason::PaperUnsigned, NotGood),
            // A signature that covers only a part.
            (Reason::PartialCoverage, NotGood),
            // An unknown authority.
            (Reason::NoPath { issuer: subject() }, NotGood),
            (Reason::ChainNotAuthority { subject: subject() }, NotGood),
            (Reason::CrlIssuerUnknown { issuer: subject() }, NotGood),
            // Revoked, not in force, of the wrong purpose, too weak.
            (
                Reason::Revoked { at, reason: RevocationReason::Unspecified, subject: subject() },
                NotGood,
            ),
            (Reason::NotYetValid { at, not_before: at, subject: subject() }, NotGood),
            (Reason::WrongPurpose { wanted: Purpose::Sign }, NotGood),
            (Reason::CertPolicy { found: Vec::new() }, NotGood),
            (Reason::AlgorithmNotAllowed, NotGood),
            // Missing or unreachable evidence.
            (Reason::RevocationUnknown { subject: subject() }, CouldNotCheck),
            (Reason::CrlStale { subject: subject() }, CouldNotCheck),
            (Reason::OcspNoAnswer { subject: None }, CouldNotCheck),
            (Reason::ContentMissing, CouldNotCheck),
            (Reason::SignerCertificateMissing, CouldNotCheck),
            (Reason::BarcodesMissing { missing: vec![3], amount: 5 }, CouldNotCheck),
            (Reason::BarcodeNone, CouldNotCheck),
            (
                Reason::PageNotCompared { why: NotCompared::Construct(Construct::Font) },
                CouldNotCheck,
            ),
            // A time that cannot be proved.
            (Reason::Expired { at, not_after: at, subject: subject() }, CouldNotCheck),
            (
                Reason::TimeStampUntrusted {
                    because: Box::new(Reason::NoPath { issuer: subject() }),
                },
                CouldNotCheck,
            ),
            (Reason::NoProvenTime, CouldNotCheck),
        ]
    }

    #[test]
    fn the_reasons_of_the_four_states() {
        for (reason, standing) in samples() {
            assert_eq!(reason.standing(), standing, "{}", reason.code());
        }
    }

    #[test]
    fn a_verdict_alone_says_no_better_than_it_is() {
        let best =
            [Verdict::Passed, Verdict::Indeterminate, Verdict::Failed].map(Verdict::best_standing);
        assert_eq!(best, [Standing::Good, Standing::CouldNotCheck, Standing::NotGood]);
    }

    #[test]
    fn no_reason_is_told_as_better_than_its_verdict() {
        for (reason, _) in samples() {
            assert!(reason.standing() >= reason.verdict().best_standing(), "{}", reason.code());
            assert!(reason.standing() > Standing::GoodWithRemarks, "{}", reason.code());
        }
    }

    #[test]
    fn the_parts_that_are_missing_are_named() {
        let reason = Reason::BarcodesMissing { missing: vec![3, 4], amount: 5 };
        assert_eq!(reason.next_step(), NextStep::Photograph { numbers: vec![3, 4], amount: 5 });
    }
}
