//! Where the QR symbols of a set stand.

use super::sheet::{MEASURE, MM};
use crate::{
    error::{Error, Result},
    paper::symbol::{QrLevel, QrSymbol},
};

/// Light modules around a symbol (ISO/IEC 18004 §6.3.8); neighbours share them.
const QUIET: f32 = 4.0;
/// The line beneath a symbol that tells its number.
const LABEL: f32 = 11.0;
/// Ways to set symbols, the best first: their level and the side of a module in millimetres.
/// Below 0.35 mm telephones and scanners fail.
const WAYS: [(QrLevel, f32); 5] = [
    (QrLevel::M, 0.42),
    (QrLevel::M, 0.385),
    (QrLevel::M, 0.35),
    (QrLevel::L, 0.385),
    (QrLevel::L, 0.35),
];

/// Symbols in rows and columns, all of one size.
pub(super) struct Grid {
    pub(super) symbols: Vec<QrSymbol>,
    level: QrLevel,
    /// The side of a symbol without its quiet zone.
    pub(super) side: f32,
    pub(super) columns: usize,
    quiet: f32,
}

impl Grid {
    /// Ways to set the symbols of these texts, the best first; the symbols are yet to be made.
    ///
    /// # Errors
    /// Misuse for a text that no symbol holds.
    pub(super) fn ways(texts: &[String]) -> Result<Vec<Self>> {
        WAYS.iter().map(|(level, module)| Self::empty(texts, *level, *module)).collect()
    }

    /// The best way, for pages of barcodes alone.
    ///
    /// # Errors
    /// Misuse for a text that no symbol holds.
    pub(super) fn large(texts: &[String]) -> Result<Self> {
        let [(level, module), ..] = WAYS;
        Self::empty(texts, level, module)
    }

    /// Encoding takes most of the time of a page: it is done when a way is chosen.
    fn empty(texts: &[String], level: QrLevel, millimetres: f32) -> Result<Self> {
        const TOO_LONG: Error = Error::misuse("the text is too long for a QR symbol");
        let longest = texts.iter().map(String::len).max().unwrap_or_default();
        let modules = QrSymbol::side(longest, level).ok_or(TOO_LONG)?;
        let module = millimetres * MM;
        #[allow(clippy::cast_precision_loss, reason = "a hundred modules")]
        let side = modules as f32 * module;
        let quiet = QUIET * module;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few columns")]
        let columns = ((MEASURE + quiet) / (side + quiet)).floor().max(1.0) as usize;
        Ok(Self { symbols: Vec::new(), level, side, columns, quiet })
    }

    /// Makes the symbols.
    ///
    /// # Errors
    /// Misuse for a text that no symbol holds.
    pub(super) fn filled(mut self, texts: &[String]) -> Result<Self> {
        let encode = |text: &String| QrSymbol::encode(text, self.level);
        self.symbols = texts.iter().map(encode).collect::<Result<_>>()?;
        Ok(self)
    }

    /// What a row takes, with its quiet zone and its labels.
    fn row(&self) -> f32 {
        self.side + self.quiet + LABEL
    }

    /// How many rows stand in a height.
    pub(super) fn rows(&self, height: f32) -> usize {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few rows")]
        let rows = (height / self.row()).floor().max(1.0) as usize;
        rows
    }

    /// The height of so many symbols.
    pub(super) fn height(&self, count: usize) -> f32 {
        #[allow(clippy::cast_precision_loss, reason = "a few rows")]
        let rows = count.div_ceil(self.columns) as f32;
        rows * self.row()
    }

    /// The top left corner of a symbol, counted from the first one of its page. A row reaches
    /// from edge to edge.
    pub(super) fn place(&self, at: usize) -> (f32, f32) {
        #[allow(clippy::cast_precision_loss, reason = "a few rows and columns")]
        let (row, column, columns) =
            ((at / self.columns) as f32, (at % self.columns) as f32, self.columns as f32);
        let gap =
            if self.columns > 1 { (MEASURE - columns * self.side) / (columns - 1.0) } else { 0.0 };
        (column * (self.side + gap), row * self.row())
    }

    /// Where the base line of a label stands, from the top of its symbol.
    pub(super) fn label(&self) -> f32 {
        self.side + self.quiet + 5.4
    }
}
