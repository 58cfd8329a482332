//! What is found on the files of paper: attachments, texts of barcodes, pages.
//!
//! Reading pages is what takes time, and it does not depend on anchors, evidence or the moment.

use sha2::{Digest as _, Sha256};

use crate::{
    budget::{Budget, Limits},
    error::{Error, Result},
    paper::{
        BarcodeScan, Raster,
        attached::Attached,
        pdf::{Attachment, PdfFile},
        picture,
    },
    report::{AttachedFile, Format, Paper, PaperKind},
    verdict::PageMatch,
    verify::{Recognised, recognise},
    xmldsig::XmlLimits,
};

/// The resolution at which barcodes are read from a page, and the one for a second look: modules
/// of 0.35 mm are then of three and four pixels.
const DPI: [u32; 2] = [200, 300];
/// Pixels of pages that are held at once.
const HELD: u64 = 40_000_000;

/// What was found on the pages of one document, with nothing judged.
///
/// ```
/// use qoltanba::{
///     Limits,
///     paper::{BarcodeSet, ScannedPages},
/// };
///
/// let texts = BarcodeSet::write(b"<a/>", "10100000000017", "2026-11-25T12:00:00Z".parse()?)?;
/// let pages = ScannedPages::read(&[texts.join("\n")], &Limits::default())?;
/// assert_eq!(pages.texts(), texts);
/// # Ok::<(), qoltanba::Error>(())
/// ```
#[derive(Debug)]
pub struct ScannedPages {
    pub(super) kind: PaperKind,
    pub(super) pdfs: usize,
    pub(super) pages: usize,
    pub(super) texts: Vec<String>,
    pub(super) attachments: Vec<Attachment>,
    /// The one PDF file, when there is one.
    pub(super) pdf: Option<PdfFile>,
    /// Signatures of the PDF files themselves.
    pub(super) signatures: usize,
    /// Why pages could not be drawn.
    pub(super) unread: Vec<Error>,
}

impl ScannedPages {
    /// Looks at all files as pages of one document: PDF files, pictures, and the texts of barcodes
    /// as a JSON array or one on each line, in any order and as often as they were taken.
    ///
    /// # Errors
    /// When a file is none of these or damaged, or a limit is exceeded.
    pub fn read<T: AsRef<[u8]>>(files: &[T], limits: &Limits) -> Result<Self> {
        let files: Vec<&[u8]> = files.iter().map(AsRef::as_ref).collect();
        Self::on(&files, limits).map_err(|(_, error)| error)
    }

    /// The texts of the barcodes, each once.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The files attached to PDF files, each once.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// How many pages were looked at.
    #[must_use]
    pub const fn pages(&self) -> usize {
        self.pages
    }

    /// Why pages could not be drawn.
    #[must_use]
    pub fn unread(&self) -> &[Error] {
        &self.unread
    }

    /// How many signatures the PDF files themselves claim to have.
    #[must_use]
    pub const fn claimed_signatures(&self) -> usize {
        self.signatures
    }

    /// The attached file that is the document: the signed one, or the original that the signatures
    /// of a card are about.
    ///
    /// # Errors
    /// Misuse when signed files are attached that do not agree, over budget when reading them
    /// costs too much.
    pub fn attached_document(&self, limits: &Limits) -> Result<Option<&[u8]>> {
        match Attached::of(&self.attachments, (limits, &XmlLimits::default()))? {
            Attached::Conflict { .. } => {
                Err(Error::misuse("the signed files attached to the PDF do not agree"))
            }
            attached => Ok(attached.document()),
        }
    }

    /// Looks at all files as pages of one document.
    ///
    /// # Errors
    /// The first file that cannot be read, with what it is.
    pub(super) fn on(files: &[&[u8]], limits: &Limits) -> Result<Self, (Format, Error)> {
        let mut found = Self {
            kind: PaperKind::Scan,
            pdfs: 0,
            pages: 0,
            texts: Vec::new(),
            attachments: Vec::new(),
            pdf: None,
            signatures: 0,
            unread: Vec::new(),
        };
        let left = Budget::new("pixels searched for barcodes", limits.scan_pixels);
        let mut pages = Pages { limits, held: Vec::new(), pixels: 0, left };
        for file in files {
            match recognise(file) {
                Some(Recognised::Pdf(file)) => {
                    let pdf = PdfFile::parse(file, limits).map_err(|e| (Format::Pdf, e))?;
                    found.kind = PaperKind::Pdf;
                    found.take(&pdf, &mut pages);
                    found.pdf = Some(pdf).filter(|_| files.len() == 1);
                }
                Some(Recognised::Picture(file)) => {
                    found.kind = PaperKind::Picture;
                    let rasters = picture::read(file, limits).map_err(|e| (Format::Picture, e))?;
                    found.pages += rasters.len();
                    for raster in rasters {
                        if let Err(error) = pages.add(raster, &mut found.texts) {
                            found.unread.push(error);
                        }
                    }
                }
                _ => found.texts.extend(texts(file).map_err(|e| (Format::Barcodes, e))?),
            }
        }
        pages.read(&mut found.texts);
        if files.len() != 1 {
            found.kind = PaperKind::Scan;
        }
        if found.pdfs > 0 && !found.is_whole(limits) {
            found.look_again(files, &mut pages);
        }
        Ok(found)
    }

    fn take(&mut self, pdf: &PdfFile, pages: &mut Pages<'_>) {
        self.pdfs += 1;
        self.signatures += pdf.claimed_signatures().len();
        for attachment in pdf.attachments() {
            if !self.attachments.contains(attachment) {
                self.attachments.push(attachment.clone());
            }
        }
        for page in 0..pdf.pages() {
            self.pages += 1;
            let drawn = pdf.raster(page, DPI[0]);
            if let Err(error) = drawn.and_then(|raster| pages.add(raster, &mut self.texts)) {
                self.unread.push(error);
            }
        }
    }

    /// Whether nothing is left to be found: a second look takes as long as the first.
    fn is_whole(&self, limits: &Limits) -> bool {
        let scan = BarcodeScan::read(&self.texts, limits);
        scan.is_ok_and(|scan| scan.sets.iter().all(|set| set.missing().is_empty()))
    }

    fn look_again(&mut self, files: &[&[u8]], pages: &mut Pages<'_>) {
        for file in files {
            let Some(Recognised::Pdf(file)) = recognise(file) else { continue };
            let Ok(pdf) = PdfFile::parse(file, pages.limits) else { continue };
            for page in 0..pdf.pages() {
                let Ok(raster) = pdf.raster(page, DPI[1]) else { continue };
                if pages.add(raster, &mut self.texts).is_err() {
                    break;
                }
            }
        }
        pages.read(&mut self.texts);
    }

    /// Whether there were only texts, which somebody else had read.
    pub(super) const fn is_texts_alone(&self) -> bool {
        self.pages == 0 && self.pdfs == 0
    }

    pub(super) fn facts(&self, document: Option<&[u8]>, page: PageMatch) -> Paper {
        let file = |one: &Attachment| AttachedFile {
            name: one.name().to_owned(),
            bytes: one.content().len(),
            sha256: sha256(one.content()),
        };
        Paper {
            kind: self.kind,
            pages: self.pages,
            unread: self.unread.len(),
            attachments: self.attachments.iter().map(file).collect(),
            document_sha256: document.map(sha256),
            pdf_signatures: self.signatures,
            page,
        }
    }
}

pub(super) fn sha256(octets: &[u8]) -> [u8; 32] {
    Sha256::digest(octets).into()
}

/// Pages that are read together, as many as may be held.
struct Pages<'l> {
    limits: &'l Limits,
    held: Vec<Raster>,
    pixels: u64,
    left: Budget,
}

impl Pages<'_> {
    fn add(&mut self, raster: Raster, texts: &mut Vec<String>) -> Result<()> {
        // On an empty page every way of looking would be tried.
        if raster.pixels().iter().all(|pixel| *pixel == u8::MAX) {
            return Ok(());
        }
        self.left.spend_many(raster.pixels().len())?;
        let pixels = u64::from(raster.width()) * u64::from(raster.height());
        if self.pixels.saturating_add(pixels) > HELD {
            self.read(texts);
        }
        self.pixels = self.pixels.saturating_add(pixels);
        self.held.push(raster);
        Ok(())
    }

    fn read(&mut self, texts: &mut Vec<String>) {
        let symbols = picture::symbols(&self.held, self.limits);
        for symbol in symbols.into_iter().flatten() {
            // A code that was seen before says nothing new, and counts against the limit.
            if !texts.contains(&symbol.text) {
                texts.push(symbol.text);
            }
        }
        self.held.clear();
        self.pixels = 0;
    }
}

/// The texts of barcodes: a JSON array of them, or one on each line.
fn texts(file: &[u8]) -> Result<Vec<String>> {
    const NEITHER: Error = Error::misuse(
        "a PDF file, a picture, a JSON array of barcode texts or one text on each line is wanted",
    );
    let text = std::str::from_utf8(file).map_err(|_| NEITHER)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(|_| NEITHER);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(ToOwned::to_owned).collect())
}
