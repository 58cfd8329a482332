//! What stands in the symbols of pictures: looked for the cheap way first, and harder while parts
//! of a set are missing.

use std::collections::BTreeMap;

use super::{bars, qr, scale};
use crate::{
    budget::{Budget, Limits},
    paper::{Barcode, Raster},
    report::ContainerKind,
};

/// A place in a picture, in pixels from its top left corner; the middle of the first pixel is at
/// a half.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// The kinds of symbols that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// A QR symbol (ISO/IEC 18004).
    Qr {
        /// Modules along one side, without the quiet zone.
        modules: u32,
    },
    /// A bar code of a document's unique number (ISO/IEC 15417).
    Code128,
}

/// A symbol that was read from a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbol {
    /// What it says.
    pub text: String,
    /// What it is.
    pub kind: SymbolKind,
    /// Where it is, quiet zone not counted: top left, top right, bottom right and bottom left of
    /// the symbol, however it is turned. Of bars it is the line along which they were read.
    pub corners: [Point; 4],
}

impl Raster {
    /// Reads the symbols of one picture. Pages of one document are better read
    /// [together](symbols).
    #[must_use]
    pub fn symbols(&self, limits: &Limits) -> Vec<Symbol> {
        symbols(std::slice::from_ref(self), limits).pop().unwrap_or_default()
    }
}

/// Reads the symbols of pictures that belong together: pages and photographs of one document, in
/// any order. There is a list for each picture.
///
/// When the sets of barcodes that begin on them are whole, no more is looked for. The work is
/// bounded by [`Limits::picture_passes`].
#[must_use]
pub fn symbols(pictures: &[Raster], limits: &Limits) -> Vec<Vec<Symbol>> {
    let budget = || Budget::new("passes over a picture", limits.picture_passes);
    let mut scans: Vec<Scan<'_>> = pictures
        .iter()
        .map(|picture| Scan { picture, found: Vec::new(), budget: budget() })
        .collect();
    for pass in PASSES {
        for scan in &mut scans {
            scan.run(pass);
        }
        if is_whole(scans.iter().flat_map(|scan| &scan.found), limits) {
            break;
        }
    }
    scans.into_iter().map(|scan| scan.found).collect()
}

/// One way to look at a picture.
#[derive(Clone, Copy)]
enum Pass {
    /// As it is.
    Plain,
    /// The bars.
    Bars,
    /// Enlarged: small modules fill more than the window of the threshold.
    Twice,
    /// Made smaller: noise and the raster of a printer vanish.
    Half,
    /// Smoothed and enlarged.
    Smooth,
    /// With sharper edges, enlarged.
    Sharp,
}

const PASSES: [Pass; 6] =
    [Pass::Plain, Pass::Bars, Pass::Twice, Pass::Half, Pass::Smooth, Pass::Sharp];

struct Scan<'p> {
    picture: &'p Raster,
    found: Vec<Symbol>,
    budget: Budget,
}

impl Scan<'_> {
    fn run(&mut self, pass: Pass) {
        let cost = match pass {
            Pass::Plain | Pass::Half => 1,
            Pass::Bars => 1,
            Pass::Twice => 4,
            Pass::Smooth | Pass::Sharp => 5,
        };
        if self.budget.spend_many(cost).is_err() {
            return;
        }
        let made;
        let (picture, factor) = match pass {
            Pass::Bars => return self.found.extend(bars::read(self.picture)),
            Pass::Plain => (self.picture, 1.0),
            Pass::Twice => {
                made = scale::twice(self.picture);
                (&made, 2.0)
            }
            Pass::Half => {
                made = scale::half(self.picture);
                (&made, 0.5)
            }
            Pass::Smooth => {
                made = scale::twice(&scale::smooth(self.picture));
                (&made, 2.0)
            }
            Pass::Sharp => {
                made = scale::twice(&scale::sharp(self.picture));
                (&made, 2.0)
            }
        };
        let known: Vec<[Point; 4]> =
            self.found.iter().map(|symbol| symbol.corners.map(|at| scaled(at, factor))).collect();
        for mut symbol in qr::read(picture, &known) {
            symbol.corners = symbol.corners.map(|at| scaled(at, 1.0 / factor));
            self.found.push(symbol);
        }
    }
}

fn scaled(at: Point, factor: f64) -> Point {
    Point { x: at.x * factor, y: at.y * factor }
}

/// Whether parts of sets were found, and none is missing.
fn is_whole<'s>(symbols: impl Iterator<Item = &'s Symbol>, limits: &Limits) -> bool {
    let mut sets: BTreeMap<(bool, String, u32), Vec<u32>> = BTreeMap::new();
    for symbol in symbols {
        if let Ok(Barcode::Part(part)) = Barcode::read(&symbol.text) {
            let key = (part.kind == ContainerKind::Card, part.id, part.amount);
            let numbers = sets.entry(key).or_default();
            if !numbers.contains(&part.number) {
                numbers.push(part.number);
            }
        }
    }
    let whole = |((_, _, amount), numbers): (&(bool, String, u32), &Vec<u32>)| {
        let amount = *amount as usize;
        numbers.len() >= amount || amount > limits.barcode_parts
    };
    !sets.is_empty() && sets.iter().all(whole)
}
