//! TIFF: the pages of a stack in one file, in the colours that scanners and fax machines write.

use std::io::Cursor;

use tiff::{
    ColorType, TiffError,
    decoder::{Decoder, DecodingResult},
    tags::Tag,
};

use super::{PictureFormat, decode::check_sides, grey};
use crate::{
    budget::Limits,
    error::{Error, Result},
    paper::Raster,
};

const FORMAT: PictureFormat = PictureFormat::Tiff;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Raster>> {
    let failed = |error| failure(error, limits);
    let mut bounds = tiff::decoder::Limits::default();
    bounds.decoding_buffer_size = limits.picture_bytes;
    bounds.intermediate_buffer_size = limits.picture_bytes;
    let mut file = Decoder::new(Cursor::new(bytes)).map_err(failed)?.with_limits(bounds);
    let mut pages = Vec::new();
    let mut left = limits.picture_pixels;
    loop {
        let (width, height) = file.dimensions().map_err(failed)?;
        left -= check_sides(width, height, limits, left)?;
        pages.push(page(&mut file, width, height, limits)?);
        if !file.more_images() {
            return Ok(pages);
        }
        Limits::check("pictures in one file", pages.len() + 1, limits.picture_pages)?;
        // The decoder refuses a directory that it has been at.
        file.next_image().map_err(failed)?;
    }
}

fn page(
    file: &mut Decoder<Cursor<&[u8]>>,
    width: u32,
    height: u32,
    limits: &Limits,
) -> Result<Raster> {
    let failed = |error| failure(error, limits);
    let colours = file.colortype().map_err(failed)?;
    let palette = match colours {
        ColorType::Palette(8) => file.get_tag_u16_vec(Tag::ColorMap).map_err(failed)?,
        _ => Vec::new(),
    };
    let orientation = file.find_tag_unsigned::<u8>(Tag::Orientation).ok().flatten().unwrap_or(1);
    let mut samples = DecodingResult::U8(Vec::new());
    let layout = file.read_image_to_buffer(&mut samples).map_err(failed)?;
    if layout.planes > 1 {
        return Err(Error::unsupported("picture", "TIFF with a plane for each colour"));
    }
    let pixels = match samples {
        DecodingResult::U8(samples) => of_bytes(colours, &samples, &palette, width),
        DecodingResult::U16(samples) => of_words(colours, &samples),
        _ => None,
    };
    let pixels =
        pixels.ok_or_else(|| Error::unsupported("picture", format_args!("TIFF in {colours:?}")))?;
    Ok(grey::upright(Raster::new(width, height, pixels)?, orientation))
}

fn of_bytes(colours: ColorType, samples: &[u8], palette: &[u16], width: u32) -> Option<Vec<u8>> {
    Some(match colours {
        ColorType::Gray(8) => samples.to_vec(),
        ColorType::Gray(bits @ (1 | 2 | 4)) => packed(samples, bits, width),
        ColorType::GrayA(8) => grey::each(samples, |[grey, alpha]| grey::on_white(grey, alpha)),
        ColorType::RGB(8) => grey::each(samples, grey::luma),
        ColorType::RGBA(8) => {
            grey::each(samples, |[r, g, b, alpha]| grey::on_white(grey::luma([r, g, b]), alpha))
        }
        ColorType::CMYK(8) => grey::each(samples, |[cyan, magenta, yellow, black]| {
            grey::on_white(0, black).min(grey::luma([cyan, magenta, yellow].map(|ink| 255 - ink)))
        }),
        // The first sample is the luminance (TIFF 6.0 §21).
        ColorType::YCbCr(8) => grey::each(samples, |[y, _, _]: [u8; 3]| y),
        // All red values, then all green ones, then all blue ones (TIFF 6.0 §5).
        ColorType::Palette(8) => {
            let shade = |plane: usize, index: u8| {
                palette.get(plane * 256 + usize::from(index)).copied().map_or(u8::MAX, grey::high)
            };
            grey::each(samples, |[i]| grey::luma([shade(0, i), shade(1, i), shade(2, i)]))
        }
        _ => return None,
    })
}

fn of_words(colours: ColorType, samples: &[u16]) -> Option<Vec<u8>> {
    let high = grey::high;
    Some(match colours {
        ColorType::Gray(16) => grey::each(samples, |[sample]| high(sample)),
        ColorType::GrayA(16) => {
            grey::each(samples, |[sample, alpha]| grey::on_white(high(sample), high(alpha)))
        }
        ColorType::RGB(16) => grey::each(samples, |rgb: [u16; 3]| grey::luma(rgb.map(high))),
        ColorType::RGBA(16) => grey::each(samples, |[r, g, b, alpha]: [u16; 4]| {
            grey::on_white(grey::luma([r, g, b].map(high)), high(alpha))
        }),
        _ => return None,
    })
}

/// Several pixels in a byte, the first in its highest bits; each row begins with a byte.
fn packed(samples: &[u8], bits: u8, width: u32) -> Vec<u8> {
    let bits = u32::from(bits);
    let (in_byte, most) = (8 / bits, (1 << bits) - 1);
    let row = width.div_ceil(in_byte) as usize;
    let mut pixels = Vec::new();
    for row in samples.chunks(row) {
        let of_row = row.iter().flat_map(|byte| {
            (1..=in_byte).map(move |nth| {
                let sample = (u32::from(*byte) >> (8 - nth * bits)) & most;
                u8::try_from(sample * 255 / most).unwrap_or(u8::MAX)
            })
        });
        pixels.extend(of_row.take(width as usize));
    }
    pixels
}

fn failure(error: TiffError, limits: &Limits) -> Error {
    match error {
        TiffError::LimitsExceeded => {
            Error::over_budget("bytes of a decoded picture", limits.picture_bytes as u64)
        }
        TiffError::UnsupportedError(error) => Error::unsupported("picture", error),
        TiffError::IoError(error) => FORMAT.broken(&error),
        TiffError::FormatError(_) | TiffError::IntSizeError | TiffError::UsageError(_) => {
            Error::malformed("TIFF picture")
        }
    }
}
