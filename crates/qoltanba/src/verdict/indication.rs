//! What a reason comes to. One table: each has its verdict, its sub-indication and its stable code.

use super::{Reason, Verdict};

/// The sub-indications of EN 319 102-1 §5.1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum SubIndication {
    FormatFailure,
    HashFailure,
    SigCryptoFailure,
    Revoked,
    Expired,
    NotYetValid,
    SigConstraintsFailure,
    ChainConstraintsFailure,
    CertificateChainGeneralFailure,
    CryptoConstraintsFailureNoPoe,
    PolicyProcessingError,
    NoSigningCertificateFound,
    NoCertificateChainFound,
    OutOfBoundsNoPoe,
    NoPoe,
    TimestampOrderFailure,
    TryLater,
    SignedDataNotFound,
    Custom,
}

impl SubIndication {
    /// The word of the standard.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::FormatFailure => "FORMAT_FAILURE",
            Self::HashFailure => "HASH_FAILURE",
            Self::SigCryptoFailure => "SIG_CRYPTO_FAILURE",
            Self::Revoked => "REVOKED",
            Self::Expired => "EXPIRED",
            Self::NotYetValid => "NOT_YET_VALID",
            Self::SigConstraintsFailure => "SIG_CONSTRAINTS_FAILURE",
            Self::ChainConstraintsFailure => "CHAIN_CONSTRAINTS_FAILURE",
            Self::CertificateChainGeneralFailure => "CERTIFICATE_CHAIN_GENERAL_FAILURE",
            Self::CryptoConstraintsFailureNoPoe => "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
            Self::PolicyProcessingError => "POLICY_PROCESSING_ERROR",
            Self::NoSigningCertificateFound => "NO_SIGNING_CERTIFICATE_FOUND",
            Self::NoCertificateChainFound => "NO_CERTIFICATE_CHAIN_FOUND",
            Self::OutOfBoundsNoPoe => "OUT_OF_BOUNDS_NO_POE",
            Self::NoPoe => "NO_POE",
            Self::TimestampOrderFailure => "TIMESTAMP_ORDER_FAILURE",
            Self::TryLater => "TRY_LATER",
            Self::SignedDataNotFound => "SIGNED_DATA_NOT_FOUND",
            Self::Custom => "CUSTOM",
        }
    }
}

impl Reason {
    const fn row(&self) -> (&'static str, Verdict, SubIndication) {
        use SubIndication as S;
        use Verdict::{Failed, Indeterminate};
        match self {
            Self::Malformed(_) => ("parse", Failed, S::FormatFailure),
            Self::NoSigners | Self::BarcodesUnsigned | Self::PaperUnsigned => {
                ("no_signers", Failed, S::FormatFailure)
            }
            Self::BarcodeNone => ("barcode_none", Indeterminate, S::SignedDataNotFound),
            Self::AttachmentsConflict => ("attachments_conflict", Failed, S::FormatFailure),
            Self::PageCarriesOther => ("page_carries_other", Failed, S::HashFailure),
            Self::PageDiffers { .. } => ("page_differs", Failed, S::HashFailure),
            Self::PageNotCompared { .. } => ("page_not_compared", Indeterminate, S::Custom),
            Self::PdfSignatureUnsupported { .. } => {
                ("pdf_signature_unsupported", Indeterminate, S::Custom)
            }
            Self::BarcodesMissing { .. } => {
                ("barcode_incomplete", Indeterminate, S::SignedDataNotFound)
            }
            Self::BarcodesConflict { .. } => ("barcode_conflict", Failed, S::FormatFailure),
            Self::BarcodesMixed { .. } => ("barcode_mixed", Indeterminate, S::SignedDataNotFound),
            Self::BarcodeLink { .. } => ("barcode_link", Indeterminate, S::SignedDataNotFound),
            Self::DigestMissing { .. } => ("digest_missing", Indeterminate, S::SignedDataNotFound),
            Self::ContentMissing => ("content_missing", Indeterminate, S::SignedDataNotFound),
            Self::ContentConflict => ("content_conflict", Failed, S::HashFailure),
            Self::ContentDigestMismatch => ("content_digest_mismatch", Failed, S::HashFailure),
            Self::SignedAttributes { .. } => ("signed_attrs_bad", Failed, S::FormatFailure),
            Self::SignedAttributesConfusion => ("signed_attrs_confusion", Failed, S::FormatFailure),
            Self::PartialCoverage => {
                ("xml_partial_coverage", Indeterminate, S::SigConstraintsFailure)
            }
            Self::DuplicateId => ("xml_duplicate_id", Failed, S::FormatFailure),
            Self::ReferenceUnsupported(_) => {
                ("xml_unsupported_reference", Indeterminate, S::SignedDataNotFound)
            }
            Self::SignatureEncoding => ("signature_encoding", Failed, S::SigCryptoFailure),
            Self::SignatureBad => ("signature_bad", Failed, S::SigCryptoFailure),
            Self::AlgorithmMismatch => ("algorithm_mismatch", Failed, S::SigCryptoFailure),
            Self::AlgorithmNotAllowed => {
                ("algorithm_not_allowed", Indeterminate, S::CryptoConstraintsFailureNoPoe)
            }
            Self::AlgorithmUnknown(_) => {
                ("algorithm_unknown", Indeterminate, S::CryptoConstraintsFailureNoPoe)
            }
            Self::KeyInvalid(_) => ("key_invalid", Failed, S::SigCryptoFailure),
            Self::SignerCertificateMissing => {
                ("signer_cert_missing", Indeterminate, S::NoSigningCertificateFound)
            }
            Self::SigningCertificateMismatch => {
                ("ess_cert_mismatch", Failed, S::SigConstraintsFailure)
            }
            Self::NoPath { .. } => ("chain_untrusted", Indeterminate, S::NoCertificateChainFound),
            Self::PathBudget => ("chain_budget", Indeterminate, S::NoCertificateChainFound),
            Self::ChainBadSignature { .. } => ("chain_bad_signature", Failed, S::SigCryptoFailure),
            Self::ChainWeakSignature => {
                ("chain_weak_signature", Indeterminate, S::CryptoConstraintsFailureNoPoe)
            }
            Self::ChainNotAuthority { .. } => {
                ("chain_ca_flag", Indeterminate, S::ChainConstraintsFailure)
            }
            Self::ChainPathLength { .. } => {
                ("chain_pathlen", Indeterminate, S::ChainConstraintsFailure)
            }
            Self::ChainPolicy { .. } => ("chain_policy", Indeterminate, S::ChainConstraintsFailure),
            Self::ChainPolicyMapping { .. } => {
                ("chain_policy_mapping", Indeterminate, S::ChainConstraintsFailure)
            }
            Self::ChainNameConstraints { .. } => {
                ("chain_name_constraints", Indeterminate, S::ChainConstraintsFailure)
            }
            Self::ChainNameForm { .. } => {
                ("chain_name_form", Indeterminate, S::ChainConstraintsFailure)
            }
            Self::UnknownCriticalExtension { .. } => {
                ("unknown_critical_ext", Indeterminate, S::CertificateChainGeneralFailure)
            }
            Self::Expired { .. } => ("cert_expired", Indeterminate, S::OutOfBoundsNoPoe),
            Self::NotYetValid { .. } => ("cert_not_yet_valid", Indeterminate, S::OutOfBoundsNoPoe),
            Self::Revoked { .. } => ("cert_revoked", Failed, S::Revoked),
            Self::RevocationUnknown { .. } => ("revocation_unknown", Indeterminate, S::TryLater),
            Self::CrlBadSignature { .. } => ("crl_bad_signature", Indeterminate, S::TryLater),
            Self::CrlWrongIssuer { .. } => ("crl_wrong_issuer", Indeterminate, S::TryLater),
            Self::CrlStale { .. } => ("crl_stale", Indeterminate, S::TryLater),
            Self::CrlForged { .. } => ("crl_bad_signature", Failed, S::SigCryptoFailure),
            Self::CrlIssuerUnknown { .. } => {
                ("crl_wrong_issuer", Indeterminate, S::NoCertificateChainFound)
            }
            Self::CrlAfterExpiry { .. } => ("crl_after_expiry", Indeterminate, S::TryLater),
            Self::CrlSignerUnproved { .. } => ("crl_signer_unproved", Indeterminate, S::TryLater),
            Self::CrlScope { .. } => ("crl_scope", Indeterminate, S::TryLater),
            Self::CrlUnknownCritical { .. } => {
                ("crl_unknown_critical_ext", Indeterminate, S::TryLater)
            }
            Self::OcspBadSignature { .. } => ("ocsp_bad_signature", Indeterminate, S::TryLater),
            Self::OcspForged => ("ocsp_bad_signature", Failed, S::SigCryptoFailure),
            Self::OcspUnauthorised { .. } => ("ocsp_unauthorised", Indeterminate, S::TryLater),
            Self::OcspCertIdMismatch { .. } => ("ocsp_certid_mismatch", Indeterminate, S::TryLater),
            Self::OcspStale { .. } => ("ocsp_stale", Indeterminate, S::TryLater),
            Self::OcspNonce { .. } => ("ocsp_nonce", Indeterminate, S::TryLater),
            Self::OcspUnknown { .. } => ("ocsp_unknown", Indeterminate, S::TryLater),
            Self::OcspNoAnswer { .. } => ("ocsp_no_answer", Indeterminate, S::TryLater),
            Self::OcspUnknownCritical { .. } => {
                ("ocsp_unknown_critical_ext", Indeterminate, S::TryLater)
            }
            Self::WrongPurpose { .. } => ("key_usage", Failed, S::ChainConstraintsFailure),
            Self::CertPolicy { .. } => ("cert_policy", Failed, S::ChainConstraintsFailure),
            Self::TimeStampNotJudged => ("tst_not_judged", Indeterminate, S::Custom),
            Self::TimeStampMalformed(_) => ("tst_malformed", Failed, S::FormatFailure),
            Self::TimeStampUnsupported(_) => {
                ("tst_unsupported", Indeterminate, S::CryptoConstraintsFailureNoPoe)
            }
            Self::TimeStampImprint => ("tst_imprint_mismatch", Failed, S::HashFailure),
            Self::TimeStampBadSignature { .. } => {
                ("tst_bad_signature", Failed, S::SigCryptoFailure)
            }
            Self::TimeStampFromFuture { .. } => {
                ("tst_from_future", Failed, S::TimestampOrderFailure)
            }
            Self::TimeStampOrder => ("tst_order", Failed, S::TimestampOrderFailure),
            Self::TimeStampUntrusted { .. } => ("tst_untrusted", Indeterminate, S::NoPoe),
            Self::TimeStampUnbound => ("tst_unbound", Indeterminate, S::SigConstraintsFailure),
            Self::TimeStampPurpose => ("tst_purpose", Indeterminate, S::ChainConstraintsFailure),
            Self::TimeStampWeakImprint => {
                ("tst_weak_imprint", Indeterminate, S::CryptoConstraintsFailureNoPoe)
            }
            Self::TimeStampRefused { .. } => ("tst_refused", Indeterminate, S::Custom),
            Self::ProofMissing => ("proof_missing", Indeterminate, S::Custom),
            Self::IinMismatch => ("iin_mismatch", Failed, S::SigConstraintsFailure),
            Self::BinMismatch => ("bin_mismatch", Failed, S::SigConstraintsFailure),
            Self::RoleMismatch => ("role_mismatch", Failed, S::SigConstraintsFailure),
            Self::NoProvenTime => ("no_proven_time", Indeterminate, S::OutOfBoundsNoPoe),
            Self::NoClaimedTime => ("no_claimed_time", Indeterminate, S::OutOfBoundsNoPoe),
        }
    }

    /// The stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.row().0
    }

    /// Whether a check failed or a proof is missing.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.row().1
    }

    /// The sub-indication of EN 319 102-1.
    #[must_use]
    pub const fn sub_indication(&self) -> SubIndication {
        self.row().2
    }
}
