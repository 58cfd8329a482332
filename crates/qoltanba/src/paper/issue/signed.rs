//! A document with its signature, as it is kept, printed and handed out.

use super::{super::document::OutputDocument, NOT_READ_BACK};
use crate::{
    budget::Limits,
    error::{Error, Result},
    paper::{
        BarcodeScan, BarcodeSet, PageLanguage, Printed, Renderer,
        pdf::{Attachment, PdfFile},
    },
    xmldsig::{Document, Envelope, Signature, XmlLimits},
};

/// An output document and its signed octets. That somebody signed it is **not** proved by this
/// type: [`Verifier`](crate::Verifier) does that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDocument {
    document: OutputDocument,
    octets: Vec<u8>,
    stamped: Option<Vec<u8>>,
}

impl SignedDocument {
    /// Reads signed XML. Nothing of it is proved.
    ///
    /// # Errors
    /// As [`OutputDocument::read`]; misuse for XML of another form, or with no signature.
    pub fn read(octets: Vec<u8>) -> Result<Self> {
        let document = OutputDocument::read(&octets, &XmlLimits::default())?
            .ok_or(Error::misuse("this is no output document, which alone has a page here"))?;
        if signatures(&octets)?.is_empty() {
            return Err(Error::misuse("the document has no signature"));
        }
        Ok(Self { document, octets, stamped: None })
    }

    /// What its page shows.
    #[must_use]
    pub const fn document(&self) -> &OutputDocument {
        &self.document
    }

    /// The signed octets: in the barcodes, and attached to the page.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The form of it that has a time stamp.
    #[must_use]
    pub fn stamped(&self) -> Option<&[u8]> {
        self.stamped.as_deref()
    }

    /// Adds the form that has a time stamp, and perhaps evidence: the same document with the same
    /// signature.
    ///
    /// # Errors
    /// As [`Self::read`]; misuse for another document or another signature.
    pub fn with_stamped(mut self, stamped: Vec<u8>) -> Result<Self> {
        let other = Self::read(stamped)?;
        let same = other.document == self.document
            && signatures(&other.octets)? == signatures(&self.octets)?;
        if !same {
            return Err(Error::misuse("the stamped form is not of this document and signature"));
        }
        self.stamped = Some(other.octets);
        Ok(self)
    }

    /// Its page as PDF/A-3 with the signed octets attached, the stamped form beside them. What was
    /// made is read back by another reader than its writer before it is handed out.
    ///
    /// # Errors
    /// As [`Renderer::pdf`]; misuse when it does not read back as it was made.
    pub fn pdf(&self, renderer: &Renderer, language: PageLanguage) -> Result<Vec<u8>> {
        let pdf = renderer.pdf(&self.printed(), language)?;
        let read = Attached::of(&PdfFile::parse(&pdf, &Limits::default())?)?;
        let same = read.signed == self.octets && read.stamped.as_deref() == self.stamped();
        if same { Ok(pdf) } else { Err(NOT_READ_BACK) }
    }

    /// Reads a document back out of the file that [`pdf`](Self::pdf) made. Nothing of it is proved,
    /// and nothing is said of its page.
    ///
    /// # Errors
    /// As [`PdfFile::parse`] and [`Self::read`]; misuse for a file without such attachments.
    pub fn from_pdf(pdf: &[u8], limits: &Limits) -> Result<Self> {
        let attached = Attached::of(&PdfFile::parse(pdf, limits)?)?;
        let document = Self::read(attached.signed)?;
        match attached.stamped {
            None => Ok(document),
            Some(stamped) => document.with_stamped(stamped),
        }
    }

    /// What a page is made of.
    #[must_use]
    pub fn printed(&self) -> Printed<'_> {
        Printed { document: &self.document, signed: &self.octets, stamped: self.stamped() }
    }

    /// The texts of its barcodes.
    ///
    /// # Errors
    /// As [`BarcodeSet::write`].
    pub fn barcodes(&self) -> Result<Vec<String>> {
        BarcodeSet::write(&self.octets, self.document.number.as_str(), self.document.issued.0)
    }

    /// What a reader would put together out of the barcodes must be what was signed.
    pub(super) fn check_barcodes(&self) -> Result<()> {
        let limits = Limits::default();
        let scan = BarcodeScan::read(&self.barcodes()?, &limits)?;
        match scan.sets.as_slice() {
            [set] if set.id() == self.document.number.as_str() => {
                let same = set.assemble(&limits)?.document() == self.octets;
                if same { Ok(()) } else { Err(NOT_READ_BACK) }
            }
            _ => Err(NOT_READ_BACK),
        }
    }
}

/// What is attached to a page, told apart by what it is called.
struct Attached {
    signed: Vec<u8>,
    stamped: Option<Vec<u8>>,
}

impl Attached {
    fn of(file: &PdfFile) -> Result<Self> {
        let is_stamped = |one: &&Attachment| one.name().ends_with(".stamped.xml");
        let (stamped, plain): (Vec<_>, Vec<_>) = file.attachments().iter().partition(is_stamped);
        let content = |one: &&Attachment| one.content().to_vec();
        match (plain.as_slice(), stamped.as_slice()) {
            ([signed], [] | [_]) => {
                Ok(Self { signed: content(signed), stamped: stamped.first().map(content) })
            }
            ([], _) => Err(Error::misuse("no signed document is attached to this file")),
            _ => Err(Error::misuse("more is attached to this file than a document has")),
        }
    }
}

/// The values of the signatures.
fn signatures(xml: &[u8]) -> Result<Vec<Vec<u8>>> {
    let document = Document::parse(xml, &XmlLimits::default())?;
    let envelope = Envelope::new(&document);
    let value = |node| Signature::read(&document, node)?.value;
    envelope.signatures.iter().copied().map(value).collect()
}
