//! Code 128: the unique number of a document in bars.

use rxing::{
    BinaryBitmap, DecodeHints, Luma8Source, Reader as _, common::HybridBinarizer,
    oned::Code128Reader,
};

use super::{
    guarded,
    symbols::{Point, Symbol, SymbolKind},
};
use crate::paper::Raster;

/// Reads one bar code, upright or on its side.
pub(super) fn read(picture: &Raster) -> Option<Symbol> {
    let read = guarded(|| {
        let (width, height) = (picture.width(), picture.height());
        let source = Luma8Source::new_with_slice(picture.pixels(), width, height).ok()?;
        let mut image = BinaryBitmap::new(HybridBinarizer::new(source));
        let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
        Code128Reader.decode_with_hints(&mut image, &hints).ok()
    })??;
    let ends: Vec<Point> = read
        .getPoints()
        .iter()
        .map(|at| Point { x: f64::from(at.x), y: f64::from(at.y) + 0.5 })
        .collect();
    let (first, last) = (*ends.first()?, *ends.last()?);
    Some(Symbol {
        text: read.getText().to_owned(),
        kind: SymbolKind::Code128,
        corners: [first, last, last, first],
    })
}
