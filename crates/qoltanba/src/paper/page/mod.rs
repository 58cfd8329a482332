//! Pages: an output document with its barcodes, as PDF/A-3 that holds what was signed.
//!
//! A page is a function of the document, the signed octets and the language: the same arguments
//! give the same octets. Its dates are those of the document.
//!
//! ```
//! use qoltanba::paper::{PageLanguage, Printed, Renderer};
//! # use qoltanba::paper::document::{Bilingual, FormName, Issuer, LocalTime, OutputDocument, UniqueNumber};
//! # let words = |kk: &str, ru: &str| Bilingual { kk: kk.to_owned(), ru: ru.to_owned() };
//! # let document = OutputDocument {
//! #     form: FormName { id: "result-notice".to_owned(), version: 1 },
//! #     look: OutputDocument::LOOK,
//! #     number: UniqueNumber::new("10100000000017")?,
//! #     issued: LocalTime("2026-11-25T12:00:00Z".parse()?),
//! #     header: words("Құжат жүйеде құрылған", "Документ сформирован системой"),
//! #     title: words("Хабарлама", "Уведомление"),
//! #     issuer: Issuer { name: words("Әкімдік", "Акимат"), bin: "450140000005".parse()? },
//! #     recipient: None,
//! #     blocks: Vec::new(),
//! #     signatories: Vec::new(),
//! #     legal_basis: None,
//! #     footnote: words("*Штрих-код деректерді қамтиды.", "*Штрих-код содержит данные."),
//! # };
//! # let signed = b"<document>...</document>";
//! let renderer = Renderer::new()?; // once for all documents and threads
//! let printed = Printed { document: &document, signed, stamped: None };
//! let pdf = renderer.pdf(&printed, PageLanguage::Both)?;
//! assert!(pdf.starts_with(b"%PDF-1.7"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Steps
//!
//! | file | from | to |
//! |---|---|---|
//! | `compose`, `table` | document | rows, and their meaning as a tree |
//! | `line`, `font`, `show` | words and values | lines of glyphs |
//! | `flow` | rows | pages: what belongs together stays together |
//! | `layout`, `grid` | pages | the same with the sentence of law and the barcodes |
//! | `paint`, `contour` | pages and tree | PDF/A-3a |
//! | `preview` | PDF | pixels, SVG |

mod compose;
mod contour;
mod flow;
mod font;
mod grid;
mod layout;
mod line;
mod paint;
mod preview;
mod sheet;
mod show;
mod table;

use self::{font::Fonts, layout::Layout};
use super::{
    document::{Language, OutputDocument},
    raster::Raster,
};
use crate::error::Result;

/// Which languages a page is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageLanguage {
    /// One alone.
    Only(Language),
    /// Kazakh, and Russian beneath it.
    Both,
}

/// A document and the octets that were signed.
#[derive(Debug, Clone, Copy)]
pub struct Printed<'d> {
    /// What the page shows.
    pub document: &'d OutputDocument,
    /// The signed XML: in the barcodes, and attached as `<number>.xml`.
    pub signed: &'d [u8],
    /// Its time-stamped form, attached as `<number>.stamped.xml`.
    pub stamped: Option<&'d [u8]>,
}

/// Draws documents. Its fonts are prepared once; threads share it.
pub struct Renderer {
    fonts: Fonts,
}

impl std::fmt::Debug for Renderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renderer").finish_non_exhaustive()
    }
}

impl Renderer {
    /// Prepares the fonts.
    ///
    /// # Errors
    /// Misuse when the fonts cannot be read.
    pub fn new() -> Result<Self> {
        const fn shared<T: Send + Sync>() {}
        const { shared::<Self>() };
        Ok(Self { fonts: Fonts::new()? })
    }

    /// The document as PDF/A-3a with the signed octets attached.
    ///
    /// # Errors
    /// Over budget for a document that is too long for paper or for barcodes, unsupported for a
    /// character that no font of the page has and for another look than [`OutputDocument::LOOK`],
    /// misuse for a date that barcodes cannot say.
    pub fn pdf(&self, printed: &Printed<'_>, language: PageLanguage) -> Result<Vec<u8>> {
        let layout = Layout::new(&self.fonts, printed, language)?;
        paint::pdf(&self.fonts, printed, language, &layout)
    }

    /// Every page as a PNG picture of so many dots in an inch.
    ///
    /// # Errors
    /// Those of [`pdf`](Self::pdf), misuse for less than 10 or more than 600 dots.
    pub fn png(
        &self,
        printed: &Printed<'_>,
        language: PageLanguage,
        dpi: f32,
    ) -> Result<Vec<Vec<u8>>> {
        let pages = preview::pixmaps(self.pdf(printed, language)?, dpi)?;
        pages.into_iter().map(preview::png).collect()
    }

    /// Every page in grey at so many dots in an inch.
    ///
    /// # Errors
    /// Those of [`png`](Self::png).
    pub fn rasters(
        &self,
        printed: &Printed<'_>,
        language: PageLanguage,
        dpi: f32,
    ) -> Result<Vec<Raster>> {
        let pages = preview::pixmaps(self.pdf(printed, language)?, dpi)?;
        pages.iter().map(preview::grey).collect()
    }

    /// Every page as SVG.
    ///
    /// # Errors
    /// Those of [`pdf`](Self::pdf).
    pub fn svg(&self, printed: &Printed<'_>, language: PageLanguage) -> Result<Vec<String>> {
        preview::svg(self.pdf(printed, language)?)
    }
}
