//! The time stamps of a signature, and the level that they lift it to.

use super::Conclusion;
use crate::timestamp::{GenTime, ProvenTime};

/// One time stamp of a signature: what it says, and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStampReport {
    /// What it is on.
    pub kind: TimeStampKind,
    /// Whether it holds; the proof is in it when it does.
    pub conclusion: Conclusion<ProvenTime>,
    /// The time that it states.
    pub claimed_time: Option<GenTime>,
    /// The policy of its authority, as an object identifier.
    pub policy: Option<String>,
    /// Its serial number, in hexadecimal.
    pub serial: Option<String>,
    /// The name in the authority's certificate, which is proved only where the time stamp holds.
    pub claimed_authority: Option<String>,
}

/// What a time stamp is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeStampKind {
    /// On the signature: it existed before (EN 319 122-1 §5.3, EN 319 132-1 §5.3).
    Signature,
    /// On the content, and signed with it: the signature is later (EN 319 122-1 §5.2.8).
    Content,
    /// Of a kind that is not judged here: on references, validation data or archives.
    Other,
}

impl TimeStampKind {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Content => "content",
            Self::Other => "other",
        }
    }
}

/// The levels of EN 319 122-1 and EN 319 132-1, by what is added to the signature alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureLevel {
    /// The signature alone.
    B,
    /// A time stamp on the signature.
    T,
    /// The evidence on its certificates too.
    Lt,
    /// A time stamp on all of that too.
    Lta,
}

impl SignatureLevel {
    /// The word of the standards.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::B => "B",
            Self::T => "T",
            Self::Lt => "LT",
            Self::Lta => "LTA",
        }
    }
}
