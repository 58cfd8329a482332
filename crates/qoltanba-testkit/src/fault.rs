//! What may deliberately be wrong.

/// A deliberate defect of a certificate or of the chain above it. Everything else about it stays
/// right, so that one check only can notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The period of validity has the wanted length and ended a day before the wanted one begins.
    Expired,
    /// The period of validity has the wanted length and begins a day after the wanted one ends.
    NotYetValid,
    /// keyUsage allows key encipherment only, extKeyUsage a TLS server only.
    WrongUsage,
    /// A critical extension under an identifier for documentation (RFC 5612), whose value is NULL.
    UnknownCriticalExtension,
    /// One bit of the signature value is changed; it stays in range.
    BadSignature,
    /// keyUsage occurs twice, both times the same (RFC 5280 §4.2 forbids it).
    DuplicateExtension,
    /// The public key is no point of its curve: the lowest bit of y is changed. GOST only.
    OffCurveKey,
    /// The algorithm inside the signed part is another one than outside (RFC 5280 §4.1.1.2). The
    /// signature itself holds.
    InnerOuterAlgorithmMismatch,
    /// Two serialNumber attributes with different IINs.
    SeveralIins,
    /// The IIN has lost its last digit.
    ElevenDigitIin,
    /// The serialNumber has the digits alone, without `IIN`.
    IinWithoutPrefix,
    /// The last digit of the IIN is not its check digit. Published test certificates are like
    /// this, so it is no reason to refuse.
    WrongCheckDigit,
    /// Two organisational units with different BINs.
    SeveralBins,
    /// The issuing authority's basicConstraints says that it is none (cA FALSE); its keyUsage
    /// stands.
    NoCaFlag,
    /// The issuing authority's keyUsage lacks keyCertSign.
    NoCertSign,
    /// The issuing authority's keyUsage lacks cRLSign.
    NoCrlSign,
    /// One authority too many: the issuing authority has pathLenConstraint 0, and a further
    /// authority stands between it and the end entity.
    PathLength,
    /// The chain ends in a root with the anchor's name and another key.
    SameNamedForeignRoot,
}

/// Where a [`Fault`] is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Placement {
    /// In any certificate.
    Certificate,
    /// In the subject of a person's certificate.
    Person,
    /// In the certificate of an authority.
    Authority,
    /// In how a chain is put together: only [`Mint`](crate::Mint) does it.
    Chain,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 18] = [
        Self::Expired,
        Self::NotYetValid,
        Self::WrongUsage,
        Self::UnknownCriticalExtension,
        Self::BadSignature,
        Self::DuplicateExtension,
        Self::OffCurveKey,
        Self::InnerOuterAlgorithmMismatch,
        Self::SeveralIins,
        Self::ElevenDigitIin,
        Self::IinWithoutPrefix,
        Self::WrongCheckDigit,
        Self::SeveralBins,
        Self::NoCaFlag,
        Self::NoCertSign,
        Self::NoCrlSign,
        Self::PathLength,
        Self::SameNamedForeignRoot,
    ];

    /// Where it is put.
    #[must_use]
    pub const fn placement(self) -> Placement {
        match self {
            Self::Expired
            | Self::NotYetValid
            | Self::WrongUsage
            | Self::UnknownCriticalExtension
            | Self::BadSignature
            | Self::DuplicateExtension
            | Self::OffCurveKey
            | Self::InnerOuterAlgorithmMismatch => Placement::Certificate,
            Self::SeveralIins
            | Self::ElevenDigitIin
            | Self::IinWithoutPrefix
            | Self::WrongCheckDigit
            | Self::SeveralBins => Placement::Person,
            Self::NoCaFlag | Self::NoCertSign | Self::NoCrlSign => Placement::Authority,
            Self::PathLength | Self::SameNamedForeignRoot => Placement::Chain,
        }
    }

    /// A word for file names.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::WrongUsage => "wrong-usage",
            Self::UnknownCriticalExtension => "unknown-critical-extension",
            Self::BadSignature => "bad-signature",
            Self::DuplicateExtension => "duplicate-extension",
            Self::OffCurveKey => "off-curve-key",
            Self::InnerOuterAlgorithmMismatch => "inner-outer-algorithm",
            Self::SeveralIins => "several-iins",
            Self::ElevenDigitIin => "eleven-digit-iin",
            Self::IinWithoutPrefix => "iin-without-prefix",
            Self::WrongCheckDigit => "wrong-check-digit",
            Self::SeveralBins => "several-bins",
            Self::NoCaFlag => "no-ca-flag",
            Self::NoCertSign => "no-cert-sign",
            Self::NoCrlSign => "no-crl-sign",
            Self::PathLength => "path-length",
            Self::SameNamedForeignRoot => "same-named-foreign-root",
        }
    }
}
