//! Whether a page shows what was signed: a printed page is a picture of signed data.
//!
//! The page of an output document follows from the signed octets and the language alone. So the
//! page is drawn anew from the octets, and both are compared: as pixels, and by what is painted.
//! The text inside a PDF proves nothing, since its fonts may show other letters than they name.
//!
//! ```
//! # fn page(pdf: &qoltanba::paper::pdf::PdfFile, signed: &[u8]) -> qoltanba::Result<()> {
//! use qoltanba::{paper::Renderer, verdict::PageMatch};
//!
//! let renderer = Renderer::new()?; // once
//! match PageMatch::of(pdf, signed, &renderer)? {
//!     PageMatch::Agrees => println!("the page is the one of this document"),
//!     PageMatch::Differs { places } => println!("altered: {places:?}"),
//!     PageMatch::NotCompared(why) => println!("nothing is known of the page: {}", why.code()),
//!     _ => {}
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What agrees
//!
//! A file agrees when it is octet for octet the one that the signed data makes. Of any other file
//! it is told where it differs, or why that is not known; one in which nothing differs was saved
//! again by another program ([`PageMatch::likeness`]):
//!
//! 1. `structure`: every reader finds the same objects in the file.
//! 2. `objects`, `content`: the file is made of nothing but what our own renderer writes, or what
//!    qpdf and Ghostscript make of it. Whatever viewers show differently is not compared:
//!    annotations, forms, layers, scripts, transparency, fonts that are not embedded, boxes other
//!    than the page's, and all that is not known.
//! 3. `marks`, `font`: it paints the same figures, outlines and pictures; none is hidden.
//! 4. `ink`: and they stand in the same places, pixel for pixel save for the edges.
//!
//! Whoever reads the page sees this picture. What other programs read from it, as copied text, the
//! words of a screen reader, the title of the window or the names of attachments, is not compared.

mod content;
mod font;
mod ink;
mod marks;
mod objects;
mod structure;

use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};

use self::{ink::Spot, marks::Marks, objects::Painted};
use super::{
    PageLanguage, Printed, Raster, Renderer,
    document::{Language, OutputDocument},
    pdf::{Attachment, PdfFile},
};
use crate::{
    budget::Limits,
    error::{Error, Result},
    verdict::{Construct, NotCompared, PageMatch, Region},
    xmldsig::XmlLimits,
};

/// Pages that are compared. A document of more is read by nobody on paper.
const MOST_PAGES: usize = 64;
/// Dots in an inch of the picture for people.
const PICTURE_DPI: u32 = 150;
const LANGUAGES: [PageLanguage; 3] =
    [PageLanguage::Both, PageLanguage::Only(Language::Kk), PageLanguage::Only(Language::Ru)];

impl PageMatch {
    /// Compares the pages of a file with what the signed octets make, in whichever language.
    ///
    /// They agree only when the file is octet for octet the one that the signed octets make: two
    /// programs may read a file differently, and only of our own it is known that none does.
    ///
    /// # Errors
    /// Misuse when our own page cannot be drawn.
    pub fn of(shown: &PdfFile, signed: &[u8], renderer: &Renderer) -> Result<Self> {
        let Ok(Some(document)) = OutputDocument::read(signed, &XmlLimits::default()) else {
            return Ok(Self::NotCompared(NotCompared::OtherForm));
        };
        if document.look != OutputDocument::LOOK {
            return Ok(Self::NotCompared(NotCompared::OtherLook));
        }
        let others = shown.attachments().iter().map(Attachment::content);
        let stamped = others.filter(|content| *content != signed).take(1).map(Some);
        for stamped in std::iter::once(None).chain(stamped) {
            let printed = Printed { document: &document, signed, stamped };
            for language in LANGUAGES {
                if renderer.pdf(&printed, language).is_ok_and(|own| own == shown.octets()) {
                    return Ok(Self::Agrees);
                }
            }
        }
        Ok(match Self::likeness(shown, signed, renderer)? {
            Self::Agrees => Self::NotCompared(NotCompared::SavedAgain),
            other => other,
        })
    }

    /// Compares as [`of`](Self::of) does, and takes a file that another program saved again for
    /// agreeing when nothing is found that differs. That is no proof: programs that read damaged
    /// or doubled objects in another way may show another page.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn likeness(shown: &PdfFile, signed: &[u8], renderer: &Renderer) -> Result<Self> {
        let Ok(Some(document)) = OutputDocument::read(signed, &XmlLimits::default()) else {
            return Ok(Self::NotCompared(NotCompared::OtherForm));
        };
        if document.look != OutputDocument::LOOK {
            return Ok(Self::NotCompared(NotCompared::OtherLook));
        }
        let shown = match Side::read(shown) {
            Ok(shown) => shown,
            Err(why) => return Ok(Self::NotCompared(why)),
        };
        let printed = Printed { document: &document, signed, stamped: None };
        let mut nearest: Option<(u64, PdfFile)> = None;
        for language in LANGUAGES {
            // What no page can hold was never printed by us.
            let Ok(own) = renderer.pdf(&printed, language) else {
                return Ok(Self::NotCompared(NotCompared::OtherForm));
            };
            let own = PdfFile::parse(&own, &Limits::default())?;
            let distance = shown.distance(&Side::own(&own)?);
            if nearest.as_ref().is_none_or(|(least, _)| distance < *least) {
                nearest = Some((distance, own));
            }
            if distance == 0 {
                break;
            }
        }
        let (_, own) = nearest.ok_or(OWN)?;
        Ok(shown.compared(&Side::own(&own)?))
    }

    /// Compares the pages of two files, the second of which is our own.
    ///
    /// # Errors
    /// Misuse when the second is made of what is not compared.
    pub fn between(shown: &PdfFile, own: &PdfFile) -> Result<Self> {
        match Side::read(shown) {
            Ok(shown) => Ok(shown.compared(&Side::own(own)?)),
            Err(why) => Ok(Self::NotCompared(why)),
        }
    }

    /// A page as PNG, with the places on it that differ framed in red.
    ///
    /// # Errors
    /// Those of [`PdfFile::raster`].
    pub fn marked(&self, shown: &PdfFile, page: u32) -> Result<Vec<u8>> {
        let at = usize::try_from(page).ok().and_then(|page| page.checked_sub(1));
        let at = at.ok_or(Error::misuse("pages are counted from one on"))?;
        let raster = shown.raster(at, PICTURE_DPI)?;
        let mut picture: Vec<[u8; 3]> = raster.pixels().iter().map(|&grey| [grey; 3]).collect();
        if let Self::Differs { places } = self {
            for region in places.iter().filter(|region| region.page == page) {
                region.frame(&raster, &mut picture);
            }
        }
        let mut png = Vec::new();
        let rgb = ExtendedColorType::Rgb8;
        PngEncoder::new(&mut png)
            .write_image(picture.as_flattened(), raster.width(), raster.height(), rgb)
            .map_err(|_| Error::misuse("the page cannot be written as a picture"))?;
        Ok(png)
    }
}

const OWN: Error = Error::misuse("our own page is made of what is not compared");

impl Region {
    fn of(page: u32, spot: Spot) -> Self {
        let per_inch = usize::try_from(ink::DPI).unwrap_or(1) * 10;
        // 25.4 millimetres in an inch; outwards to whole ones.
        let down = |pixels: usize| u32::try_from(pixels * 254 / per_inch).unwrap_or(u32::MAX);
        let up =
            |pixels: usize| u32::try_from((pixels * 254).div_ceil(per_inch)).unwrap_or(u32::MAX);
        let (x, y) = (down(spot.left), down(spot.top));
        let (width, height) = (up(spot.right).saturating_sub(x), up(spot.bottom).saturating_sub(y));
        Self { page, x, y, width, height }
    }

    fn whole(page: u32, (width, height): (f32, f32)) -> Self {
        let millimetres = |points: f32| {
            let pixels = (points / 72.0 * ink::DPI as f32).max(0.0) as usize;
            Spot { left: 0, top: 0, right: pixels, bottom: pixels }
        };
        let width = Self::of(page, millimetres(width)).width;
        let height = Self::of(page, millimetres(height)).height;
        Self { page, x: 0, y: 0, width, height }
    }

    fn frame(&self, raster: &Raster, picture: &mut [[u8; 3]]) {
        const RED: [u8; 3] = [0xd0, 0x10, 0x10];
        const THICK: u32 = 3;
        let pixels = |millimetres: u32| millimetres.saturating_mul(PICTURE_DPI * 10) / 254;
        let (left, top) = (pixels(self.x), pixels(self.y));
        let right = pixels(self.x + self.width).min(raster.width());
        let bottom = pixels(self.y + self.height).min(raster.height());
        for y in top.saturating_sub(THICK)..(bottom + THICK).min(raster.height()) {
            for x in left.saturating_sub(THICK)..(right + THICK).min(raster.width()) {
                let is_inside = x >= left && x < right && y >= top && y < bottom;
                let at = u64::from(y) * u64::from(raster.width()) + u64::from(x);
                let pixel = usize::try_from(at).ok().and_then(|at| picture.get_mut(at));
                if let (false, Some(pixel)) = (is_inside, pixel) {
                    *pixel = RED;
                }
            }
        }
    }
}

/// A file that passed the allow-list, with what it paints.
struct Side<'p> {
    file: &'p PdfFile,
    painted: Painted,
}

impl<'p> Side<'p> {
    fn read(file: &'p PdfFile) -> std::result::Result<Self, NotCompared> {
        if file.pages() > MOST_PAGES {
            return Err(NotCompared::TooManyPages);
        }
        let read = file.guarded(|pdf| {
            structure::check(pdf)?;
            objects::painted(pdf)
        });
        let painted = match read {
            Err(_) => return Err(NotCompared::Unreadable),
            Ok(painted) => painted.map_err(NotCompared::Construct)?,
        };
        if painted.pages.iter().any(Marks::is_scan) {
            return Err(NotCompared::Scan);
        }
        Ok(Self { file, painted })
    }

    fn own(file: &'p PdfFile) -> Result<Self> {
        Self::read(file).map_err(|_| OWN)
    }

    /// How far the marks of the pages are from the own ones.
    fn distance(&self, own: &Self) -> u64 {
        let pages = self.painted.pages.iter().zip(&own.painted.pages);
        let apart: u64 = pages.map(|(shown, own)| shown.distance(own)).sum();
        let missing = self.painted.pages.len().abs_diff(own.painted.pages.len());
        apart.saturating_add(u64::try_from(missing).unwrap_or(u64::MAX).saturating_mul(100_000))
    }

    fn compared(&self, own: &Self) -> PageMatch {
        if !self.painted.profiles.is_subset(&own.painted.profiles) {
            return PageMatch::NotCompared(NotCompared::Construct(Construct::Colour));
        }
        match self.regions(own) {
            Err(why) => PageMatch::NotCompared(why),
            Ok(regions) if !regions.is_empty() => PageMatch::Differs { places: regions },
            Ok(_) if self.same_marks(own) => PageMatch::Agrees,
            Ok(_) => PageMatch::NotCompared(NotCompared::Construct(Construct::Hidden)),
        }
    }

    fn same_marks(&self, own: &Self) -> bool {
        let (shown, own) = (&self.painted.pages, &own.painted.pages);
        shown.len() == own.len() && shown.iter().zip(own).all(|(shown, own)| shown.same(own))
    }

    fn regions(&self, own: &Self) -> std::result::Result<Vec<Region>, NotCompared> {
        let mut regions = Vec::new();
        for (at, page) in (0..self.file.pages().max(own.file.pages())).zip(1..) {
            match (self.file.size(at), own.file.size(at)) {
                (Some(shown), Some(size)) => {
                    // Programs that save a page again write its size with two digits.
                    if (shown.0 - size.0).abs() > 0.1 || (shown.1 - size.1).abs() > 0.1 {
                        return Err(NotCompared::PageSize);
                    }
                    let draw = |file: &PdfFile| file.raster(at, ink::DPI);
                    let shown = draw(self.file).map_err(|_| NotCompared::Unreadable)?;
                    let own = draw(own.file).map_err(|_| NotCompared::Unreadable)?;
                    let spots = ink::differences(&shown, &own);
                    regions.extend(spots.into_iter().map(|spot| Region::of(page, spot)));
                }
                // A page too many, or one that is missing.
                (Some(size), None) | (None, Some(size)) => regions.push(Region::whole(page, size)),
                (None, None) => {}
            }
        }
        Ok(regions)
    }
}
