//! PDF files: what is attached to them, what claims to sign them, and what their pages look like.
//!
//! One reader answers all three, so that the answers cannot be about different files. It has no
//! limits of its own; every file is looked at before it, and every page before it is drawn, and
//! what would cost too much is refused.
//!
//! ```
//! use qoltanba::{Limits, paper::pdf::PdfFile};
//!
//! let file = b"%PDF-1.4
//! 1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
//! 2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
//! 3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 72 144]>> endobj
//! trailer <</Root 1 0 R>>";
//! let limits = Limits::default();
//! let pdf = PdfFile::parse(file, &limits)?;
//! assert!(pdf.attachments().is_empty());
//! let page = pdf.raster(0, 100)?;
//! assert_eq!((page.width(), page.height()), (100, 200));
//! # Ok::<(), qoltanba::Error>(())
//! ```

mod attachment;
mod cost;
mod filter;
mod raster;
mod rehearsal;
mod scan;
mod signature;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::{LoadPdfError, Pdf, object::Dict};

use super::Raster;
use crate::{
    budget::Limits,
    error::{Error, Result},
};

pub use attachment::Attachment;
pub use signature::{ClaimedSignature, DocMdp};

/// A PDF file that was read. Nothing in it is proved.
pub struct PdfFile {
    pdf: Pdf,
    attachments: Vec<Attachment>,
    signatures: Vec<ClaimedSignature>,
    limits: Limits,
}

impl std::fmt::Debug for PdfFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PdfFile")
            .field("pages", &self.pages())
            .field("attachments", &self.attachments)
            .field("signatures", &self.signatures)
            .finish_non_exhaustive()
    }
}

impl PdfFile {
    /// Reads a file with its attachments and the signatures that it claims to have.
    ///
    /// # Errors
    /// Malformed when it is no whole PDF file, unsupported when it is encrypted, over budget when
    /// there is too much of anything.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self> {
        Limits::check("bytes of a PDF file", bytes.len(), limits.pdf_bytes)?;
        scan::scan(bytes, limits)?;
        let pdf = guarded(|| Pdf::new(bytes.to_vec()))?.map_err(|error| match error {
            LoadPdfError::Decryption(_) => Error::unsupported("PDF", "an encrypted file"),
            LoadPdfError::Invalid => Error::malformed("PDF: its objects or pages are not found"),
        })?;
        Limits::check("objects of a PDF file", pdf.len(), limits.pdf_objects)?;
        Limits::check("pages of a PDF file", pdf.pages().len(), limits.pdf_pages)?;
        let attachments = guarded(|| attachment::all(&pdf, limits))??;
        let signatures = guarded(|| signature::all(&pdf, bytes))??;
        Ok(Self { pdf, attachments, signatures, limits: *limits })
    }

    /// How many pages it has.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.pdf.pages().len()
    }

    /// The files attached to it, in the order of the file.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// The signatures that it claims to have, those hidden in earlier revisions included.
    #[must_use]
    pub fn claimed_signatures(&self) -> &[ClaimedSignature] {
        &self.signatures
    }

    /// The octets of the file.
    pub(in crate::paper) fn octets(&self) -> &[u8] {
        self.pdf.data().as_ref()
    }

    /// The sides of a page as it is seen, in points.
    pub(in crate::paper) fn size(&self, page: usize) -> Option<(f32, f32)> {
        self.pdf.pages().get(page).map(|page| page.render_dimensions())
    }

    /// Looks at the objects.
    ///
    /// # Errors
    /// Malformed when the reader does not survive it.
    pub(in crate::paper) fn guarded<T>(&self, look: impl FnOnce(&Pdf) -> T) -> Result<T> {
        guarded(|| look(&self.pdf))
    }

    /// A page as a person sees it, over white, at this many dots per inch.
    ///
    /// # Errors
    /// Misuse when there is no such page, unsupported when something on it cannot be drawn within
    /// limits, over budget when there is too much on it.
    pub fn raster(&self, page: usize, dpi: u32) -> Result<Raster> {
        let pages = self.pdf.pages();
        let page = pages.get(page).ok_or(Error::misuse("the PDF file has no such page"))?;
        guarded(|| raster::draw(page, dpi, &self.limits))?
    }
}

/// The catalogue of the document (ISO 32000-2 §7.7.2).
fn catalogue(pdf: &Pdf) -> Option<Dict<'_>> {
    pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())
}

/// Runs the reader or the renderer, whose panics end here: they index and unwrap where a broken
/// file may lead anywhere, and a file must not end the program. Nothing that they were working on
/// is used afterwards.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| Error::malformed("PDF: something that its reader does not survive"))
}
