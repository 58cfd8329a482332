//! Other views of the same picture: larger, smaller, smoother, sharper.

use crate::paper::Raster;

/// The picture with its rows and columns doubled, the new ones halfway between the old ones'
/// values.
pub(super) fn twice(picture: &Raster) -> Raster {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = picture.pixels();
    let mut out = Vec::with_capacity(pixels.len() * 4);
    let row = |y: usize| pixels.get(y * width..(y + 1) * width).unwrap_or_default();
    for y in 0..height {
        let here = row(y);
        for other in [row(y.saturating_sub(1)), row((y + 1).min(height - 1))] {
            let mixed: Vec<u16> = here
                .iter()
                .zip(other)
                .map(|(near, far)| 3 * u16::from(*near) + u16::from(*far))
                .collect();
            let mut left = mixed.first().copied().unwrap_or(0);
            let ahead = mixed.iter().skip(1).chain(mixed.last());
            for (value, right) in mixed.iter().zip(ahead) {
                out.push(sixteenth(3 * value + left));
                out.push(sixteenth(3 * value + right));
                left = *value;
            }
        }
    }
    rebuilt(picture, picture.width() * 2, picture.height() * 2, out)
}

fn sixteenth(sum: u16) -> u8 {
    u8::try_from((sum + 8) >> 4).unwrap_or(u8::MAX)
}

/// The picture with four pixels made one.
pub(super) fn half(picture: &Raster) -> Raster {
    let width = picture.width() as usize;
    let (columns, rows) = (picture.width() / 2, picture.height() / 2);
    let mut out = Vec::with_capacity((columns as usize) * (rows as usize));
    for pair in picture.pixels().chunks_exact(2 * width) {
        let (upper, lower) = pair.split_at(width);
        let blocks = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
        out.extend(blocks.map(|([a, b], [c, d])| {
            let sum = u16::from(*a) + u16::from(*b) + u16::from(*c) + u16::from(*d);
            u8::try_from((sum + 2) >> 2).unwrap_or(u8::MAX)
        }));
    }
    rebuilt(picture, columns, rows, out)
}

/// Each pixel as the mean of itself, counted twice, and its neighbours in rows and columns.
pub(super) fn smooth(picture: &Raster) -> Raster {
    with_neighbours(picture, |middle, sides| (4 * middle + sides) / 8)
}

/// Each pixel moved away from its neighbours.
pub(super) fn sharp(picture: &Raster) -> Raster {
    with_neighbours(picture, |middle, sides| middle + (4 * middle - sides) / 4)
}

/// A pixel by its value and the sum of the four beside it.
fn with_neighbours(picture: &Raster, value: impl Fn(i32, i32) -> i32) -> Raster {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = picture.pixels();
    let row = |y: usize| pixels.get(y * width..(y + 1) * width).unwrap_or_default();
    let mut out = Vec::with_capacity(pixels.len());
    for y in 0..height {
        let (above, here) = (row(y.saturating_sub(1)), row(y));
        let below = row((y + 1).min(height - 1));
        let mut left = here.first().copied().unwrap_or(0);
        let ahead = here.iter().skip(1).chain(here.last());
        for (((up, middle), down), right) in above.iter().zip(here).zip(below).zip(ahead) {
            let sides = [*up, *down, left, *right].map(i32::from).iter().sum();
            let new = value(i32::from(*middle), sides).clamp(0, 255);
            out.push(u8::try_from(new).unwrap_or(u8::MAX));
            left = *middle;
        }
    }
    rebuilt(picture, picture.width(), picture.height(), out)
}

/// A picture that is too small to be changed stays as it is.
fn rebuilt(picture: &Raster, width: u32, height: u32, pixels: Vec<u8>) -> Raster {
    Raster::new(width, height, pixels).unwrap_or_else(|_| picture.clone())
}
