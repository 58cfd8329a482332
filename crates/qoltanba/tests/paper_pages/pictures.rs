//! Small pictures of every kind of page, kept and compared. `QOLTANBA_UPDATE=1` draws them anew:
//! look at each before it is kept.

use std::{env, fs, io::Cursor, path::Path};

use image::{ExtendedColorType, ImageEncoder as _, codecs::png};
use qoltanba::{
    Limits,
    paper::{Printed, Raster, Renderer, picture},
};

use super::{all, noise};

/// Enough to see where everything stands.
const DPI: f32 = 40.0;
/// Of long documents the first page, the second and the last.
const KEPT: usize = 3;

fn encoded(raster: &Raster) -> Vec<u8> {
    // Eight shades say as much, and take half the room.
    let pixels: Vec<u8> = raster.pixels().iter().map(|p| (p >> 5) * 36).collect();
    let mut out = Cursor::new(Vec::new());
    let (kind, filter) = (png::CompressionType::Best, png::FilterType::Adaptive);
    png::PngEncoder::new_with_quality(&mut out, kind, filter)
        .write_image(&pixels, raster.width(), raster.height(), ExtendedColorType::L8)
        .unwrap();
    out.into_inner()
}

/// The mean difference and the share of pixels that differ much.
fn difference(one: &Raster, other: &Raster) -> (f64, f64) {
    assert_eq!((one.width(), one.height()), (other.width(), other.height()));
    let pairs = one.pixels().iter().zip(other.pixels());
    let steps: Vec<f64> = pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).collect();
    let count = steps.len() as f64;
    let far = steps.iter().filter(|step| **step > 96.0).count() as f64;
    (steps.iter().sum::<f64>() / count, far / count)
}

#[test]
fn pages_look_as_they_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors/paper/pages");
    let update = env::var_os("QOLTANBA_UPDATE").is_some_and(|value| value == "1");
    let renderer = Renderer::new().unwrap();
    let mut wrong = Vec::new();
    for sample in all() {
        for (suffix, language) in sample.languages() {
            // Barcodes hold noise, so that pictures do not change with signatures; and few of it
            // where pages are shown for their text.
            let octets = if sample.name.starts_with("a-") { 2_900 } else { 400 };
            let printed = Printed { signed: &noise(octets), ..sample.printed() };
            let pages = renderer.rasters(&printed, language, DPI).unwrap();
            let count = pages.len();
            for (page, number) in pages.iter().zip(1..) {
                if number >= KEPT && number < count {
                    continue;
                }
                let name = format!("{}.{suffix}.{number}.png", sample.name);
                let octets = encoded(page);
                if update {
                    fs::create_dir_all(&folder).unwrap();
                    fs::write(folder.join(&name), &octets).unwrap();
                }
                let kept = fs::read(folder.join(&name)).unwrap_or_else(|e| panic!("{name}: {e}"));
                let read = |octets: &[u8]| picture::read(octets, &Limits::default()).unwrap();
                let (mean, far) = difference(&read(&octets)[0], &read(&kept)[0]);
                if mean > 0.5 || far > 0.000_5 {
                    wrong.push(format!("{name}: {mean:.3}, {far:.5}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
