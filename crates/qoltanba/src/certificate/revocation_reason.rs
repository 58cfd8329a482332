//! The reasons for which certificates are revoked.

use core::fmt;

use crate::{
    asn1,
    error::{Error, Result},
};

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RevocationReason {
    /// No reason was given.
    Unspecified,
    /// The key came into other hands.
    KeyCompromise,
    /// The authority's key came into other hands.
    CaCompromise,
    /// The person left, or a name changed.
    AffiliationChanged,
    /// Another certificate takes its place.
    Superseded,
    /// It is not needed any more.
    CessationOfOperation,
    /// It is suspended.
    CertificateHold,
    /// It is released; meaningful in a delta only.
    RemoveFromCrl,
    /// A right was taken away.
    PrivilegeWithdrawn,
    /// The attribute authority's key came into other hands.
    AaCompromise,
}

impl RevocationReason {
    pub(crate) fn read(value: &[u8]) -> Result<Self> {
        const WHAT: &str = "reasonCode (RFC 5280 §5.3.1)";
        let tlv = asn1::single(value, WHAT)?;
        Ok(match (tlv.tag, tlv.value) {
            (0x0a, [0]) => Self::Unspecified,
            (0x0a, [1]) => Self::KeyCompromise,
            (0x0a, [2]) => Self::CaCompromise,
            (0x0a, [3]) => Self::AffiliationChanged,
            (0x0a, [4]) => Self::Superseded,
            (0x0a, [5]) => Self::CessationOfOperation,
            (0x0a, [6]) => Self::CertificateHold,
            (0x0a, [8]) => Self::RemoveFromCrl,
            (0x0a, [9]) => Self::PrivilegeWithdrawn,
            (0x0a, [10]) => Self::AaCompromise,
            _ => return Err(Error::malformed(WHAT)),
        })
    }
}

/// The names of RFC 5280.
impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        })
    }
}
