//! Pages with sets of barcodes at print size, and what is read from pictures of them.

use std::io::Cursor;

use image::{ExtendedColorType, ImageEncoder as _};
use qoltanba::{
    Instant, Limits,
    paper::{BarcodeScan, BarcodeSet, Code128, QrSymbol, Raster, picture},
};
use qoltanba_testkit::Sheet;

pub(crate) const NUMBER: &str = "10100000000017";

/// The side of a symbol, quiet zone included, in millimetres: four in a row of A4.
const SIDE: f64 = 45.0;

pub(crate) fn at() -> Instant {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// What cannot be compressed, of so many parts.
pub(crate) fn document(parts: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..parts * 650 - 300).map(|_| next()).collect()
}

pub(crate) fn texts(document: &[u8]) -> Vec<String> {
    BarcodeSet::write(document, NUMBER, at()).unwrap()
}

/// A page with lines of text, the number in bars, and symbols in rows at its foot.
pub(crate) fn page(texts: &[String], dpi: f64) -> Sheet {
    let mut sheet = Sheet::a4(dpi);
    let pixels = |millimetres: f64| millimetres / 25.4 * dpi;
    let rows = texts.len().div_ceil(4) as f64;
    let top = 285.0 - rows * SIDE;
    let mut line = 45.0;
    while line < top - 10.0 {
        // Strokes of letters, in words.
        let nth = line as usize;
        let place = (pixels(20.0), pixels(line));
        sheet.draw(place, (400, 8), (pixels(0.4), pixels(0.35)), |column, row| {
            !(column / 30 + nth).is_multiple_of(4)
                && (column * 7 + row * 13 + column * row + nth) % 5 < 2
        });
        line += 6.0;
    }
    let bars = Code128::encode(NUMBER).unwrap();
    let modules = bars.modules();
    let place = (pixels(150.0), pixels(15.0));
    sheet.draw(place, (modules.len(), 1), (pixels(0.35), pixels(10.0)), |at, _| modules[at]);
    for (index, text) in texts.iter().enumerate() {
        let symbol = QrSymbol::fit(text, SIDE).unwrap();
        let module = symbol.module(SIDE);
        let left = 15.0 + (index % 4) as f64 * SIDE + 4.0 * module;
        let top = top + (index / 4) as f64 * SIDE + 4.0 * module;
        let module = pixels(module);
        let size = (symbol.size(), symbol.size());
        let place = (pixels(left), pixels(top));
        sheet.draw(place, size, (module, module), |column, row| symbol.is_dark(column, row));
    }
    sheet
}

pub(crate) fn raster(sheet: &Sheet) -> Raster {
    Raster::new(sheet.width(), sheet.height(), sheet.pixels().to_vec()).unwrap()
}

pub(crate) fn png(sheet: &Sheet) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut out);
    let (width, height) = (sheet.width(), sheet.height());
    encoder.write_image(sheet.pixels(), width, height, ExtendedColorType::L8).unwrap();
    out
}

pub(crate) fn jpeg(sheet: &Sheet, quality: u8) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, quality);
    let (width, height) = (sheet.width(), sheet.height());
    encoder.write_image(sheet.pixels(), width, height, ExtendedColorType::L8).unwrap();
    out.into_inner()
}

/// The sheet as JPEG of this quality leaves it.
pub(crate) fn squeezed(sheet: &Sheet, quality: u8) -> Sheet {
    let read = picture::read(&jpeg(sheet, quality), &Limits::default()).unwrap().remove(0);
    Sheet::of(read.width(), read.height(), read.pixels().to_vec()).unwrap()
}

/// The texts of the QR symbols of pictures that belong together.
pub(crate) fn scan(pictures: &[Raster]) -> Vec<String> {
    let symbols = picture::symbols(pictures, &Limits::default()).into_iter().flatten();
    let qr = symbols.filter(|s| matches!(s.kind, picture::SymbolKind::Qr { .. }));
    qr.map(|symbol| symbol.text).collect()
}

/// The one set on the pictures, as far as it was found.
pub(crate) fn set(pictures: &[Raster]) -> Result<qoltanba::paper::PartSet, String> {
    let scan = BarcodeScan::read(&scan(pictures), &Limits::default()).map_err(|e| e.to_string())?;
    match scan.sets.as_slice() {
        [one] => Ok(one.clone()),
        sets => Err(format!("{} sets", sets.len())),
    }
}

/// The document on the pictures, or which of its parts are missing.
pub(crate) fn carried(pictures: &[Raster]) -> Result<Vec<u8>, String> {
    let set = set(pictures)?;
    if !set.missing().is_empty() {
        return Err(format!("parts {:?} of {} are missing", set.missing(), set.amount()));
    }
    let whole = set.assemble(&Limits::default()).map_err(|e| e.to_string())?;
    Ok(whole.document().to_vec())
}
