//! Colours to grey, and the way a picture is held.

use image::DynamicImage;

use crate::paper::Raster;

/// Grey pixels of an image. Deeper colours lose their lower bits.
pub(super) fn of(image: DynamicImage) -> Vec<u8> {
    match image {
        DynamicImage::ImageLuma8(image) => image.into_raw(),
        DynamicImage::ImageLumaA8(image) => {
            each(image.as_raw(), |[grey, alpha]: [u8; 2]| on_white(grey, alpha))
        }
        DynamicImage::ImageRgb8(image) => each(image.as_raw(), luma),
        DynamicImage::ImageRgba8(image) => {
            each(image.as_raw(), |[r, g, b, alpha]: [u8; 4]| on_white(luma([r, g, b]), alpha))
        }
        DynamicImage::ImageLuma16(image) => each(image.as_raw(), |[grey]: [u16; 1]| high(grey)),
        DynamicImage::ImageLumaA16(image) => {
            each(image.as_raw(), |[grey, alpha]: [u16; 2]| on_white(high(grey), high(alpha)))
        }
        DynamicImage::ImageRgb16(image) => {
            each(image.as_raw(), |rgb: [u16; 3]| luma(rgb.map(high)))
        }
        DynamicImage::ImageRgba16(image) => each(image.as_raw(), |[r, g, b, alpha]: [u16; 4]| {
            on_white(luma([r, g, b].map(high)), high(alpha))
        }),
        other => of(DynamicImage::ImageRgba8(other.into_rgba8())),
    }
}

/// The samples of each pixel as one.
pub(super) fn each<S: Copy, const N: usize>(samples: &[S], grey: impl Fn([S; N]) -> u8) -> Vec<u8> {
    samples.as_chunks::<N>().0.iter().map(|pixel| grey(*pixel)).collect()
}

/// The luminance of ITU-R BT.601, which JPEG uses too (T.871 §7), in eighths of a thousandth.
pub(super) fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    u8::try_from(sum >> 8).unwrap_or(u8::MAX)
}

pub(super) fn on_white(grey: u8, alpha: u8) -> u8 {
    let (grey, alpha) = (u32::from(grey), u32::from(alpha));
    u8::try_from((grey * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

pub(super) const fn high(sample: u16) -> u8 {
    let [high, _] = sample.to_be_bytes();
    high
}

/// Turns a picture as its `Orientation` says (Exif 2.3 §4.6.4 A): 1 is upright, 2 to 4 are
/// mirrored or upside down, and 5 to 8 lie on their side.
pub(super) fn upright(picture: Raster, orientation: u8) -> Raster {
    if !(2..=8).contains(&orientation) {
        return picture;
    }
    let lies = orientation >= 5;
    let (columns, rows) = (picture.width(), picture.height());
    let (width, height) = if lies { (rows, columns) } else { (columns, rows) };
    let mut pixels = Vec::with_capacity(picture.pixels().len());
    for y in 0..height {
        for x in 0..width {
            let (left, up) = (x, y);
            let (right, down) = (width - 1 - x, height - 1 - y);
            let (column, row) = match orientation {
                2 => (right, up),
                3 => (right, down),
                4 => (left, down),
                5 => (up, left),
                6 => (up, right),
                7 => (down, right),
                _ => (down, left),
            };
            pixels.push(picture.get(column, row));
        }
    }
    Raster::new(width, height, pixels).unwrap_or(picture)
}
