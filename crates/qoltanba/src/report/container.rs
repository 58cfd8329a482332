//! What a document came in, when it was not a file of its own.

use crate::{time::Instant, verdict::Evidence};

/// The form of a set of barcodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContainerKind {
    /// The barcodes of a document of the e-government.
    Barcodes,
    /// The barcodes of one signature on the card of an electronic document.
    Card,
}

impl ContainerKind {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Barcodes => "egov_barcodes",
            Self::Card => "card_barcodes",
        }
    }
}

/// The barcodes that a document came in. Nobody signed them, and nothing here is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Their form.
    pub kind: ContainerKind,
    /// FavorID, or the identifier of the signature; none when they are of several documents.
    pub id: Option<String>,
    /// How many parts the document has.
    pub parts: u32,
    /// When the parts say that they were made.
    pub claimed_created: Vec<Instant>,
    /// The SHA-256 digest of the document that was put together.
    pub document_sha256: Option<[u8; 32]>,
    /// The parts that were not found.
    pub missing: Vec<Evidence>,
}
