//! QR symbols: finder patterns, the grid between them, and what stands in it (ISO/IEC 18004 §12).

use rxing::{
    BinaryBitmap, Luma8Source,
    common::{
        BitMatrix, DetectorRXingResult as _, HybridBinarizer,
        cpp_essentials::{
            ConcentricPattern, DecoderResult, GetPatternRowTP, LocateConcentricPattern, PatternRow,
        },
    },
    qrcode::cpp_port::{
        decoder::Decode,
        detector::{FinderPatternSet, GenerateFinderPatternSets, SampleQR},
    },
};

use super::{
    grid, guarded,
    symbols::{Point, Symbol, SymbolKind},
};
use crate::{budget::Budget, paper::Raster};

/// Dark and light stretches of a line through a finder pattern (ISO/IEC 18004 §6.3.3).
const FINDER: [u16; 5] = [1, 1, 3, 1, 1];
/// Rows that are left out between two that are looked at: the core of a finder pattern is three
/// modules high.
const STEP: u32 = 2;
/// Finder patterns in one picture. A page of ten symbols has thirty.
const FINDERS: usize = 400;
/// Groups of three finder patterns that are tried in one picture.
const TRIES: usize = 600;
/// Symbols of one picture whose modules are looked at in grey.
const RESCUES: usize = 40;
/// How far modules are pushed away from their neighbours where a threshold did not tell them apart.
const PUSHES: [f64; 2] = [0.5, 1.0];
/// Of so many pixels one may be of a line through what may be a finder pattern. On pages of text
/// and symbols it is one of fifty; to make sure of one takes a hundred times its width.
const SPARSE: usize = 8;

/// Reads the symbols of a picture outside of those that are known.
pub(super) fn read(picture: &Raster, known: &[[Point; 4]]) -> Vec<Symbol> {
    let (width, height) = (picture.width(), picture.height());
    let Some(Some(dark)) = guarded(|| {
        let source = Luma8Source::new_with_slice(picture.pixels(), width, height).ok()?;
        Some(BinaryBitmap::new(HybridBinarizer::new(source)).get_black_matrix().clone())
    }) else {
        return Vec::new();
    };
    let mut finders = finders(&dark);
    finders.retain(|finder| !known.iter().any(|corners| is_inside(corners, finder)));
    let rescues = Budget::new("symbols that no threshold shows", RESCUES);
    let mut reader = Reader { picture, dark, tried: Vec::new(), rescues };
    let mut symbols = Vec::new();
    // Each symbol that is read leaves fewer patterns to be grouped.
    while let Some((group, symbol)) = reader.next(&finders) {
        finders.retain(|finder| {
            ![group.bl, group.tl, group.tr].contains(finder) && !is_inside(&symbol.corners, finder)
        });
        symbols.push(symbol);
    }
    symbols
}

struct Reader<'p> {
    picture: &'p Raster,
    dark: BitMatrix,
    tried: Vec<FinderPatternSet>,
    rescues: Budget,
}

impl Reader<'_> {
    /// The most plausible symbol that has not been tried in vain.
    fn next(&mut self, finders: &[ConcentricPattern]) -> Option<(FinderPatternSet, Symbol)> {
        let groups = guarded(|| GenerateFinderPatternSets(&mut finders.to_vec()))?;
        for group in groups {
            if self.tried.contains(&group) {
                continue;
            }
            if self.tried.len() >= TRIES {
                return None;
            }
            self.tried.push(group);
            if let Some(Some(symbol)) = guarded(|| self.symbol(&group)) {
                return Some((group, symbol));
            }
        }
        None
    }

    /// The symbol that hangs on three finder patterns.
    fn symbol(&mut self, group: &FinderPatternSet) -> Option<Symbol> {
        let grid = SampleQR(&self.dark, group).ok()?;
        let bits = grid.getBits();
        let modules = bits.width();
        let [tl, tr, bl, br] = grid.getPoints() else { return None };
        // The sampler moves corners by half a pixel, to be rounded.
        let corner =
            |at: &rxing::Point| Point { x: f64::from(at.x) - 0.5, y: f64::from(at.y) - 0.5 };
        let seen = [corner(tl), corner(tr), corner(br), corner(bl)];
        let corners = || grid::refined(self.picture, bits, seen);
        if let Some(text) = decoded(bits) {
            return Some(Symbol { text, kind: SymbolKind::Qr { modules }, corners: corners() });
        }
        self.rescues.spend().ok()?;
        let corners = corners();
        let again = |push: &f64| decoded(&grid::resampled(self.picture, corners, modules, *push)?);
        let text = PUSHES.iter().find_map(again)?;
        Some(Symbol { text, kind: SymbolKind::Qr { modules }, corners })
    }
}

fn decoded(bits: &BitMatrix) -> Option<String> {
    let decoded = Decode(bits).ok()?;
    if decoded.isValid() { text(&decoded) } else { None }
}

/// The finder patterns of a picture. The work for one that turns out to be none grows with its
/// size, and all of it with the size of the picture.
fn finders(dark: &BitMatrix) -> Vec<ConcentricPattern> {
    let mut found: Vec<ConcentricPattern> = Vec::new();
    let pixels = (dark.width() as usize).saturating_mul(dark.height() as usize);
    let mut work = Budget::new("lines through finder patterns", pixels / SPARSE);
    let mut row = PatternRow::default();
    for y in (STEP / 2..dark.height()).step_by(STEP as usize) {
        if guarded(|| GetPatternRowTP(dark, y, &mut row, false)).is_none() {
            continue;
        }
        let runs: Vec<u16> = std::mem::take(&mut row).into_iter().collect();
        // The first stretch is light, and may be empty.
        let mut start = runs.first().copied().map_or(0, u32::from);
        for line in runs.get(1..).unwrap_or_default().windows(5).step_by(2) {
            let [a, b, core, ..] = line else { continue };
            if looks_like_finder(line) {
                let width: u32 = line.iter().copied().map(u32::from).sum();
                let middle = start + u32::from(*a) + u32::from(*b);
                let at = rxing::point(middle as f32 + f32::from(*core) / 2.0, y as f32 + 0.5);
                let near = |old: &ConcentricPattern| {
                    rxing::Point::distance(at, old.p) < old.size as f32 / 2.0
                };
                if !found.iter().any(near) {
                    if work.spend_many(width as usize).is_err() || found.len() >= FINDERS {
                        return found;
                    }
                    let range = i32::try_from(width).unwrap_or(i32::MAX).saturating_mul(3);
                    let pattern =
                        guarded(|| LocateConcentricPattern::<true, 5, 7>(dark, &FINDER, at, range));
                    found.extend(pattern.flatten());
                }
            }
            start += u32::from(*a) + u32::from(*b);
        }
    }
    found
}

/// Whether five stretches may be 1:1:3:1:1. Edges spread: a dark stretch and the light one beside
/// it are four modules together, or two.
fn looks_like_finder(line: &[u16]) -> bool {
    let [a, b, c, d, e] = *line else { return false };
    let [a, b, c, d, e] = [a, b, c, d, e].map(i32::from);
    let sum = a + b + c + d + e;
    let near = |length: i32, modules: i32| (length * 7 - modules * sum).abs() * 10 <= sum * 7;
    sum >= 7
        && c >= a.max(e)
        && c >= b.max(d)
        && near(a + b, 2)
        && near(d + e, 2)
        && near(c + b, 4)
        && near(c + d, 4)
}

/// The text of a symbol. Its octets are UTF-8, as every writer of these sets has it, unless it
/// says otherwise itself; a guess might take Kazakh letters for others.
fn text(decoded: &DecoderResult<bool>) -> Option<String> {
    let content = decoded.content();
    let own = (!content.has_eci).then(|| String::from_utf8(content.bytes().to_vec()).ok());
    let text = own.flatten().unwrap_or_else(|| decoded.text());
    (!text.is_empty()).then_some(text)
}

/// Whether the middle of a pattern lies in a quadrilateral.
fn is_inside(corners: &[Point; 4], finder: &ConcentricPattern) -> bool {
    let (x, y) = (f64::from(finder.p.x), f64::from(finder.p.y));
    let sides = corners.iter().zip(corners.iter().cycle().skip(1));
    let mut turns = sides.map(|(a, b)| (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x));
    let first = turns.next().unwrap_or(0.0);
    turns.all(|turn| turn * first > 0.0)
}
