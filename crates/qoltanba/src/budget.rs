//! How much work untrusted input may cause.
//!
//! ```
//! let limits = qoltanba::Limits { path_steps: 32, ..qoltanba::Limits::default() };
//! assert!(limits.nesting < 100);
//! ```

use crate::error::{Error, Result};

/// Limits on untrusted input. Exceeding one is an error, or "no path was found"; it never turns
/// into a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one input read into memory. The default is 1 GiB.
    pub input_bytes: usize,
    /// Bytes of one input given as a stream that are read into memory at once. A document that is
    /// no longer is treated like one in memory, whatever its format; a longer one has to be a
    /// message in DER or BER.
    pub stream_bytes: usize,
    /// Bytes of a message longer than that which are held: everything but its content. The
    /// certificates and the lists inside are copied a few times, so this decides on the memory.
    pub structure_bytes: usize,
    /// Nested values in ASN.1. OpenSSL stops at 30 for templates (`ASN1_MAX_CONSTRUCTED_NEST`);
    /// a chunked octet string inside a key store needs 12.
    pub nesting: usize,
    /// Values in one ASN.1 structure that has to be rewritten from BER. The default allows
    /// content of a few megabytes in chunks of one byte.
    pub values: usize,
    /// Signatures in one message. A signing route of the portals has fewer than ten.
    pub signatures: usize,
    /// Certificates and lists carried by one message.
    pub certificates: usize,
    /// Attempted links (certificate, possible issuer) while looking for one path. webpki allows
    /// 200,000 build calls; national paths have two links.
    pub path_steps: usize,
    /// Signatures of certificates checked for one document. webpki allows 100 for one path.
    pub path_signatures: usize,
    /// Comparisons of names with constraints, and policies followed, while looking for one path.
    /// webpki allows 250,000 comparisons of names.
    pub path_comparisons: usize,
    /// Certificates in one path, the anchor not counted.
    pub path_length: usize,
    /// Iterations of a password-based key derivation. The authority's key stores use 1,024,
    /// OpenSSL 2,048, Java 10,000, recommendations of 2023 600,000.
    pub kdf_iterations: u32,
    /// Barcodes of one document. A page of the gateway has fewer than ten.
    pub barcode_parts: usize,
    /// Bytes of a document in barcodes. That of the gateway has seven thousand.
    pub barcode_bytes: usize,
    /// How many times longer than its compressed data a document in barcodes may be, unless it is
    /// short. XML compresses to a tenth; deflate ends at a thousand.
    pub barcode_ratio: usize,
    /// Bytes of a PDF file. A scan of twenty pages in colour has about twenty million.
    pub pdf_bytes: usize,
    /// Bytes that all the streams of a PDF file may come to when they are decoded.
    pub pdf_decoded_bytes: usize,
    /// Objects of a PDF file.
    pub pdf_objects: usize,
    /// Pages of a PDF file.
    pub pdf_pages: usize,
    /// Files attached to a PDF file. The card of an electronic document has one a signature.
    pub pdf_attachments: usize,
    /// Pixels of a page or of a picture on it. An A4 page of 600 dpi has 35 million.
    pub page_pixels: usize,
    /// Steps of drawing one page, of about a nanosecond each. A page full of barcodes takes a
    /// hundred million.
    pub page_steps: usize,
    /// Pixels of all pages and pictures of one document that are searched for barcodes, of those
    /// that are looked at twice twice. A page beyond it counts as one that could not be drawn. The
    /// default is no less than the limits of one page allow together.
    pub scan_pixels: usize,
    /// Pixels of all pictures in one file. A page of A4 has 35 million at 600 dpi, a photograph of
    /// a telephone 12 to 50 million.
    pub picture_pixels: usize,
    /// Pixels along one side of a picture. A page of A3 has 9,921 at 600 dpi.
    pub picture_side: usize,
    /// Bytes that one picture takes while it is decoded, in the colours of its file.
    pub picture_bytes: usize,
    /// Pictures in one file. A scanner puts the pages of a stack into one TIFF.
    pub picture_pages: usize,
    /// How many times a picture is gone through, all attempts added up, while its barcodes are
    /// looked for. Clean pages need one.
    pub picture_passes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes: 1 << 30,
            stream_bytes: 1 << 20,
            structure_bytes: 4 << 20,
            nesting: 40,
            values: 4_000_000,
            signatures: 64,
            certificates: 256,
            path_steps: 10_000,
            path_signatures: 200,
            path_comparisons: 250_000,
            path_length: 8,
            kdf_iterations: 2_000_000,
            barcode_parts: 64,
            barcode_bytes: 1 << 20,
            barcode_ratio: 100,
            pdf_bytes: 32 << 20,
            pdf_decoded_bytes: 256 << 20,
            pdf_objects: 100_000,
            pdf_pages: 64,
            pdf_attachments: 64,
            page_pixels: 40_000_000,
            page_steps: 4_000_000_000,
            scan_pixels: 6_000_000_000,
            picture_pixels: 100_000_000,
            picture_side: 32_768,
            picture_bytes: 512 << 20,
            picture_pages: 64,
            picture_passes: 64,
        }
    }
}

impl Limits {
    /// Fails when `count` things are more than `limit` allows.
    pub(crate) fn check(what: &'static str, count: usize, limit: usize) -> Result<()> {
        if count > limit { Err(Error::over_budget(what, limit as u64)) } else { Ok(()) }
    }
}

/// A limit that is used up step by step.
#[derive(Debug)]
pub(crate) struct Budget {
    what: &'static str,
    limit: usize,
    left: usize,
}

impl Budget {
    pub(crate) const fn new(what: &'static str, limit: usize) -> Self {
        Self { what, limit, left: limit }
    }

    /// Takes one step, or fails when none is left.
    pub(crate) fn spend(&mut self) -> Result<()> {
        self.spend_many(1)
    }

    /// Takes several steps at once.
    pub(crate) fn spend_many(&mut self, steps: usize) -> Result<()> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Error::over_budget(self.what, self.limit as u64)),
        }
    }
}
