//! The paper that a document came on: a PDF file, pictures, pages of a scan.

use crate::verdict::PageMatch;

/// What kind of paper it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PaperKind {
    /// A PDF file.
    Pdf,
    /// A picture: a photograph, or what a scanner made.
    Picture,
    /// Several files, or texts of barcodes, that are the pages of one document.
    Scan,
}

impl PaperKind {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Picture => "picture",
            Self::Scan => "scan",
        }
    }
}

/// The paper that a document came on. Nothing of it is proved but what the signatures cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Its kind.
    pub kind: PaperKind,
    /// How many pages were looked at.
    pub pages: usize,
    /// How many of them could not be.
    pub unread: usize,
    /// The files attached to it.
    pub attachments: Vec<AttachedFile>,
    /// The SHA-256 digest of the document, when it was attached.
    pub document_sha256: Option<[u8; 32]>,
    /// Signatures of the PDF file itself, which are not verified here.
    pub pdf_signatures: usize,
    /// Whether the page shows what is signed.
    pub page: PageMatch,
}

/// A file attached to a PDF file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedFile {
    /// What it is called: a name for eyes, never a path.
    pub name: String,
    /// How many bytes it has.
    pub bytes: usize,
    /// Their SHA-256 digest.
    pub sha256: [u8; 32],
}
