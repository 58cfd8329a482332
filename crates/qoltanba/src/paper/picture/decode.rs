//! From the bytes of a file to pixels.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError,
    codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
};

use super::{grey, guarded, tiff};
use crate::{
    budget::Limits,
    error::{Error, Result},
    paper::Raster,
};

/// The formats of pictures that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureFormat {
    /// Portable Network Graphics (ISO/IEC 15948).
    Png,
    /// JPEG (ISO/IEC 10918), as cameras and scanners write it.
    Jpeg,
    /// TIFF 6.0 and BigTIFF, of one page or several.
    Tiff,
    /// WebP (RFC 9649).
    WebP,
}

impl PictureFormat {
    /// Tells the format of a file by its first bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Self::Tiff),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            _ => None,
        }
    }

    const fn damaged(self) -> Error {
        Error::malformed(match self {
            Self::Png => "PNG picture",
            Self::Jpeg => "JPEG picture",
            Self::Tiff => "TIFF picture",
            Self::WebP => "WebP picture",
        })
    }

    const fn cut_short(self) -> Error {
        Error::malformed(match self {
            Self::Png => "PNG picture: it ends too early",
            Self::Jpeg => "JPEG picture: it ends too early",
            Self::Tiff => "TIFF picture: it ends too early",
            Self::WebP => "WebP picture: it ends too early",
        })
    }

    pub(super) fn broken(self, io: &std::io::Error) -> Error {
        match io.kind() {
            std::io::ErrorKind::UnexpectedEof => self.cut_short(),
            _ => self.damaged(),
        }
    }
}

/// Reads the pictures of a file: the pages of a TIFF in their order, else one.
///
/// They are turned upright as the file says (`Orientation`, TIFF 6.0 §8 and Exif 2.3 §4.6.4).
/// What is transparent is shown on white paper.
///
/// # Errors
/// Unrecognised for a file of no known format, malformed for a damaged one, unsupported for
/// colours that are not read, over budget for too many pixels or pages, before room is made for
/// them.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Raster>> {
    Limits::check("bytes of a picture's file", bytes.len(), limits.input_bytes)?;
    let format = PictureFormat::of(bytes).ok_or_else(Error::unrecognised)?;
    let pages = guarded(|| match format {
        PictureFormat::Tiff => tiff::read(bytes, limits),
        _ => one(format, bytes, limits).map(|page| vec![page]),
    });
    pages.unwrap_or_else(|| Err(format.damaged()))
}

fn one(format: PictureFormat, bytes: &[u8], limits: &Limits) -> Result<Raster> {
    let input = Cursor::new(bytes);
    let failed = |error| failure(format, error, limits);
    match format {
        PictureFormat::Png => {
            let decoder = PngDecoder::with_limits(input, bounds(limits)).map_err(failed)?;
            decoded(format, decoder, 0, limits)
        }
        PictureFormat::WebP => {
            // The pixels of the file and those that are given, each in four bytes.
            decoded(format, WebPDecoder::new(input).map_err(failed)?, 4, limits)
        }
        _ => {
            let shape = JpegShape::of(bytes).ok_or_else(|| format.cut_short())?;
            // Coefficients of two bytes are held for every pixel of three colours.
            let more = if shape.is_progressive { 6 } else { 0 };
            decoded(format, JpegDecoder::new(input).map_err(failed)?, more, limits)
        }
    }
}

/// Checks the limits before anything is decoded. `more` is what the decoder holds for each pixel
/// beside the result.
fn decoded(
    format: PictureFormat,
    mut decoder: impl ImageDecoder,
    more: usize,
    limits: &Limits,
) -> Result<Raster> {
    let failed = |error| failure(format, error, limits);
    let (width, height) = decoder.dimensions();
    let pixels = check_sides(width, height, limits, limits.picture_pixels)?;
    let bytes = usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX);
    let bytes = bytes.saturating_add(pixels.saturating_mul(more));
    Limits::check("bytes of a decoded picture", bytes, limits.picture_bytes)?;
    decoder.set_limits(bounds(limits)).map_err(failed)?;
    // Damage beside the pixels, which says nothing that is needed.
    let turned = decoder.orientation().map_or(1, image::metadata::Orientation::to_exif);
    let image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let grey = Raster::new(width, height, grey::of(image))?;
    Ok(grey::upright(grey, turned))
}

/// How many pixels a picture has, if they are no more than are left of a file's.
pub(super) fn check_sides(width: u32, height: u32, limits: &Limits, left: usize) -> Result<usize> {
    let (columns, rows) = (width as usize, height as usize);
    if columns == 0 || rows == 0 {
        return Err(Error::malformed("picture: it has no pixels"));
    }
    Limits::check("pixels along a side of a picture", columns.max(rows), limits.picture_side)?;
    let pixels = columns.saturating_mul(rows);
    if pixels > left {
        return Err(Error::over_budget("pixels of a file", limits.picture_pixels as u64));
    }
    Ok(pixels)
}

fn bounds(limits: &Limits) -> image::Limits {
    let side = u32::try_from(limits.picture_side).ok();
    let mut bounds = image::Limits::default();
    bounds.max_image_width = side;
    bounds.max_image_height = side;
    bounds.max_alloc = Some(limits.picture_bytes as u64);
    bounds
}

fn failure(format: PictureFormat, error: ImageError, limits: &Limits) -> Error {
    match error {
        ImageError::Limits(_) => {
            Error::over_budget("bytes or sides of a picture", limits.picture_bytes as u64)
        }
        ImageError::Unsupported(error) => Error::unsupported("picture", error),
        ImageError::IoError(error) => format.broken(&error),
        _ => format.damaged(),
    }
}

/// What has to be known of a JPEG before it is decoded.
struct JpegShape {
    is_progressive: bool,
}

impl JpegShape {
    /// Walks the markers (ISO/IEC 10918-1 Annex B). Nothing when the end of the image is missing:
    /// the decoder would fill in what was cut off.
    fn of(bytes: &[u8]) -> Option<Self> {
        const END: [u8; 2] = [0xff, 0xd9];
        let mut is_progressive = false;
        let mut rest = bytes.get(2..)?;
        loop {
            let start = rest.iter().position(|byte| *byte == 0xff)?;
            rest = rest.get(start..)?;
            let marker = rest.iter().position(|byte| *byte != 0xff)?;
            let code = *rest.get(marker)?;
            rest = rest.get(marker + 1..)?;
            match code {
                // Scans: the end lies behind the last of them.
                0xda => break,
                // Markers without a segment.
                0x00 | 0x01 | 0xd0..=0xd8 => continue,
                0xd9 => return None,
                0xc2 | 0xc6 | 0xca | 0xce => is_progressive = true,
                _ => {}
            }
            let length = rest.first_chunk::<2>()?;
            rest = rest.get(usize::from(u16::from_be_bytes(*length))..)?;
        }
        rest.windows(2).any(|pair| pair == END).then_some(Self { is_progressive })
    }
}
