//! The symbols on the page: QR for parts of a document, Code 128 for its unique number.

use std::fmt::Write as _;

use fast_qr::{ECL, Mode, QRBuilder};

use crate::error::{Error, Result};

/// Light modules around a QR symbol (ISO/IEC 18004 §6.3.8).
const QUIET: usize = 4;
/// Light modules at either end of a Code 128 symbol (ISO/IEC 15417 §4.3.2).
const QUIET_BARS: usize = 10;
/// The smallest module that scanners and telephones read reliably from paper, in millimetres.
const SMALLEST_MODULE: f64 = 0.35;

/// Octets that a symbol of each version holds, from the first on (ISO/IEC 18004 table 7).
const HOLDS_L: [usize; 28] = [
    17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792, 858,
    929, 1003, 1091, 1171, 1273, 1367, 1465, 1528,
];
const HOLDS_M: [usize; 28] = [
    14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666,
    711, 779, 857, 911, 997, 1059, 1125, 1190,
];

/// How much of a QR symbol may be lost (ISO/IEC 18004 §6.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QrLevel {
    /// Seven per cent: where space demands it.
    L,
    /// Fifteen per cent.
    M,
}

/// A QR symbol as a square of dark and light modules, without its quiet zone.
///
/// ```
/// use qoltanba::paper::QrSymbol;
///
/// let symbol = QrSymbol::fit("<BarcodeElement/>", 42.0)?;
/// assert!(symbol.is_dark(0, 0));
/// assert!(symbol.to_svg(42.0).starts_with("<svg"));
/// # Ok::<(), qoltanba::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrSymbol {
    size: usize,
    level: QrLevel,
    dark: Vec<bool>,
}

impl QrSymbol {
    /// Encodes a text at a level, in the smallest version that holds it.
    ///
    /// # Errors
    /// Misuse when no symbol holds that much.
    pub fn encode(text: &str, level: QrLevel) -> Result<Self> {
        let correction = match level {
            QrLevel::L => ECL::L,
            QrLevel::M => ECL::M,
        };
        // One byte segment: readers disagree on how others are put together.
        let built = QRBuilder::new(text).mode(Mode::Byte).ecl(correction).build();
        let symbol = built.map_err(|_| Error::misuse("the text is too long for a QR symbol"))?;
        let size = symbol.size;
        let rows = symbol.data.chunks(size).take(size);
        let dark = rows.flatten().map(|module| module.value()).collect();
        Ok(Self { size, level, dark })
    }

    /// How many modules the side of a symbol has that holds so many octets; none for more than a
    /// part of a set has.
    pub(super) fn side(octets: usize, level: QrLevel) -> Option<usize> {
        let holds = match level {
            QrLevel::L => &HOLDS_L,
            QrLevel::M => &HOLDS_M,
        };
        // ISO/IEC 18004 §6.3.1: 21 modules, and four more in each version.
        holds.iter().position(|most| octets <= *most).map(|version| 21 + 4 * version)
    }

    /// Encodes a text for a square of this many millimetres, quiet zone included: at level M if
    /// its modules are of at least 0.35 mm then, else at level L.
    ///
    /// # Errors
    /// Misuse when the square is too small for the text.
    pub fn fit(text: &str, millimetres: f64) -> Result<Self> {
        for level in [QrLevel::M, QrLevel::L] {
            if let Ok(symbol) = Self::encode(text, level)
                && symbol.module(millimetres) >= SMALLEST_MODULE
            {
                return Ok(symbol);
            }
        }
        Err(Error::misuse("the place is too small for a QR symbol of this text"))
    }

    /// Modules along one side, without the quiet zone.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// The level at which it was encoded.
    #[must_use]
    pub const fn level(&self) -> QrLevel {
        self.level
    }

    /// Whether a module is dark; what lies outside is light.
    #[must_use]
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        let index = row.checked_mul(self.size).and_then(|start| start.checked_add(column));
        column < self.size && index.and_then(|i| self.dark.get(i)).copied().unwrap_or(false)
    }

    /// The side of a module in a square of this many millimetres, quiet zone included.
    #[must_use]
    pub fn module(&self, millimetres: f64) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "at most 185 modules")]
        let modules = (self.size + 2 * QUIET) as f64;
        millimetres / modules
    }

    /// A picture of this many millimetres, quiet zone included.
    #[must_use]
    pub fn to_svg(&self, millimetres: f64) -> String {
        let mut path = String::new();
        for row in 0..self.size {
            let line = |column| self.is_dark(column, row);
            for (start, length) in runs(self.size, line) {
                let (x, y) = (start + QUIET, row + QUIET);
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
        }
        let side = self.size + 2 * QUIET;
        svg((side, side), (millimetres, millimetres), &path)
    }
}

/// A Code 128 symbol as a row of dark and light modules, without its quiet zones.
///
/// ```
/// let symbol = qoltanba::paper::Code128::encode("10100000000017")?;
/// assert_eq!(symbol.modules().len(), 112);
/// # Ok::<(), qoltanba::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code128 {
    modules: Vec<bool>,
}

impl Code128 {
    /// Encodes printable ASCII: digits in pairs, an odd one at the end and other text on their
    /// own.
    ///
    /// # Errors
    /// Misuse for an empty text and for other characters.
    pub fn encode(text: &str) -> Result<Self> {
        const SHAPE: Error = Error::misuse("Code 128 is for printable ASCII");
        // The letters by which `barcoders` is told to change between the code sets B and C.
        const SET_B: char = '\u{181}';
        const SET_C: char = '\u{106}';
        if text.is_empty() || !text.bytes().all(|b| matches!(b, b' '..=b'~')) {
            return Err(SHAPE);
        }
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let (pairs, rest) = text.split_at_checked(text.len() / 2 * 2).ok_or(SHAPE)?;
        let code = match (digits, rest) {
            (true, "") => format!("{SET_C}{pairs}"),
            (true, rest) if !pairs.is_empty() => format!("{SET_C}{pairs}{SET_B}{rest}"),
            _ => format!("{SET_B}{text}"),
        };
        let code = barcoders::sym::code128::Code128::new(code).map_err(|_| SHAPE)?;
        Ok(Self { modules: code.encode().into_iter().map(|module| module == 1).collect() })
    }

    /// Its modules from left to right; true is dark.
    #[must_use]
    pub fn modules(&self) -> &[bool] {
        &self.modules
    }

    /// A picture with modules of this width and bars of this height, in millimetres, quiet zones
    /// included.
    #[must_use]
    pub fn to_svg(&self, module: f64, height: f64) -> String {
        let mut path = String::new();
        let line = |at| self.modules.get(at).copied().unwrap_or(false);
        for (start, length) in runs(self.modules.len(), line) {
            let x = start + QUIET_BARS;
            let _ = write!(path, "M{x} 0h{length}v1h-{length}z");
        }
        let width = self.modules.len() + 2 * QUIET_BARS;
        #[allow(clippy::cast_precision_loss, reason = "a few hundred modules")]
        let millimetres = width as f64 * module;
        svg((width, 1), (millimetres, height), &path)
    }
}

/// The stretches of dark modules in a line: where each starts and how long it is.
fn runs(length: usize, is_dark: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for at in (0..length).filter(|at| is_dark(*at)) {
        match found.last_mut() {
            Some((start, run)) if *start + *run == at => *run += 1,
            _ => found.push((at, 1)),
        }
    }
    found
}

fn svg(modules: (usize, usize), millimetres: (f64, f64), path: &str) -> String {
    let (columns, rows) = modules;
    let (width, height) = millimetres;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {columns} {rows}\" preserveAspectRatio=\"none\" \
         shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{columns}v{rows}H0z\"/><path d=\"{path}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_side_is_known_before_a_symbol_is_made() {
        for level in [QrLevel::L, QrLevel::M] {
            for octets in (1..1190).step_by(7).chain(HOLDS_L).chain(HOLDS_M).filter(|n| *n < 1529) {
                let made = QrSymbol::encode(&"x".repeat(octets), level).unwrap().size();
                match QrSymbol::side(octets, level) {
                    Some(side) => assert_eq!(side, made, "{octets} {level:?}"),
                    None => assert!(made > 129, "{octets} {level:?}"),
                }
            }
        }
    }
}
