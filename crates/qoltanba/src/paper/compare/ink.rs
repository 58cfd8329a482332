//! Where two pictures of a page differ by more than the edges of their glyphs.
//!
//! A pixel agrees if it is no darker and no lighter than what the other picture has within one
//! pixel of it; both ways, so that ink may neither appear nor vanish. What a program changes when
//! it saves a page again, as the last digits of a coordinate, moves edges by a fraction of a pixel
//! and stays inside.

use crate::paper::Raster;

/// Pixels in an inch of the pages that are compared: a full stop of 9 points is 3 of them wide,
/// so that what a comma has more stands out of the neighbourhood that is forgiven.
pub(super) const DPI: u32 = 200;
/// How far a pixel may lie outside on even ground. A program that saves a page again leaves white
/// white; text in the lightest grey does not.
const EVEN: u8 = 1;
/// How far a pixel may lie outside beside an edge.
const EDGE: u8 = 24;
/// Pixels along a side of a cell, a millimetre: what lies outside is summed up by cells.
const CELL: usize = 8;
/// What four cells may sum up to. Pages saved again by Ghostscript come to 2, a comma in place of
/// a full stop in a table to 777, a digit in place of another to 2,240 and more.
const FORGIVEN: u32 = 100;
/// Places told of on a page; more are told as one.
const MOST: usize = 32;

/// A rectangle of pixels; the right and lower ends are outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) right: usize,
    pub(super) bottom: usize,
}

impl Spot {
    fn joined(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Whether not even a cell lies between them.
    const fn touches(&self, other: &Self) -> bool {
        self.left <= other.right + CELL
            && other.left <= self.right + CELL
            && self.top <= other.bottom + CELL
            && other.top <= self.bottom + CELL
    }
}

/// Where they differ, none if they agree; the part that both have.
pub(super) fn differences(shown: &Raster, own: &Raster) -> Vec<Spot> {
    Cells::of(shown, own).spots()
}

struct Rows<'a> {
    pixels: &'a [u8],
    stride: usize,
    width: usize,
}

impl<'a> Rows<'a> {
    fn of(raster: &'a Raster, width: usize) -> Self {
        let stride = usize::try_from(raster.width()).unwrap_or(usize::MAX);
        Self { pixels: raster.pixels(), stride, width }
    }

    fn row(&self, y: usize) -> &'a [u8] {
        self.pixels.get(y * self.stride..y * self.stride + self.width).unwrap_or_default()
    }
}

struct Cells {
    across: usize,
    down: usize,
    sums: Vec<u32>,
}

impl Cells {
    fn of(shown: &Raster, own: &Raster) -> Self {
        let side = |one: u32, other: u32| usize::try_from(one.min(other)).unwrap_or(usize::MAX);
        let width = side(shown.width(), own.width());
        let height = side(shown.height(), own.height());
        let (across, down) = (width.div_ceil(CELL), height.div_ceil(CELL));
        let mut cells = Self { across, down, sums: vec![0; across * down] };
        let (shown, own) = (Rows::of(shown, width), Rows::of(own, width));
        let mut bounds = Bounds::default();
        for y in 0..height {
            if shown.row(y) != own.row(y) {
                bounds.around(&own, y, height);
                cells.weigh(y, shown.row(y), &bounds);
                bounds.around(&shown, y, height);
                cells.weigh(y, own.row(y), &bounds);
            }
        }
        cells
    }

    /// Adds what of a row lies outside the bounds.
    fn weigh(&mut self, y: usize, row: &[u8], bounds: &Bounds) {
        let start = y / CELL * self.across;
        let sums = self.sums.iter_mut().skip(start);
        let parts = row.chunks(CELL).zip(bounds.low.chunks(CELL)).zip(bounds.high.chunks(CELL));
        for (sum, ((values, lows), highs)) in sums.zip(parts) {
            for ((&value, &low), &high) in values.iter().zip(lows).zip(highs) {
                let outside = low.saturating_sub(value).max(value.saturating_sub(high));
                let forgiven = if low == high { EVEN } else { EDGE };
                *sum += u32::from(outside.saturating_sub(forgiven));
            }
        }
    }

    fn sum(&self, x: usize, y: usize) -> u32 {
        if x < self.across { self.sums.get(y * self.across + x).copied().unwrap_or(0) } else { 0 }
    }

    /// The sum of the four cells from this one to the right and downwards: a glyph that lies
    /// across the sides of cells counts whole in one of these.
    fn window(&self, x: usize, y: usize) -> u32 {
        self.sum(x, y) + self.sum(x + 1, y) + self.sum(x, y + 1) + self.sum(x + 1, y + 1)
    }

    fn spots(&self) -> Vec<Spot> {
        let mut spots: Vec<Spot> = Vec::new();
        for y in 0..self.down {
            for x in 0..self.across {
                if self.window(x, y) > FORGIVEN {
                    join(&mut spots, self.inked(x, y));
                }
            }
        }
        // What was joined may have grown to touch what it had not.
        let mut apart: Vec<Spot> = Vec::new();
        for spot in spots {
            join(&mut apart, spot);
        }
        if apart.len() > MOST {
            apart = apart.into_iter().reduce(Spot::joined).into_iter().collect();
        }
        apart
    }

    /// Those of the four cells in which anything differs.
    fn inked(&self, x: usize, y: usize) -> Spot {
        let cell = |x: usize, y: usize| Spot {
            left: x * CELL,
            top: y * CELL,
            right: (x + 1) * CELL,
            bottom: (y + 1) * CELL,
        };
        let four = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)];
        let inked = four.into_iter().filter(|&(x, y)| self.sum(x, y) > 0);
        inked.map(|(x, y)| cell(x, y)).reduce(Spot::joined).unwrap_or(cell(x, y))
    }
}

fn join(spots: &mut Vec<Spot>, mut spot: Spot) {
    while let Some(at) = spots.iter().position(|other| other.touches(&spot)) {
        spot = spot.joined(spots.swap_remove(at));
    }
    spots.push(spot);
}

/// The darkest and the lightest within one pixel, along a row.
#[derive(Default)]
struct Bounds {
    low: Vec<u8>,
    high: Vec<u8>,
    column: Vec<u8>,
}

impl Bounds {
    fn around(&mut self, rows: &Rows<'_>, y: usize, height: usize) {
        let here = rows.row(y);
        let above = rows.row(y.saturating_sub(1));
        let below = rows.row((y + 1).min(height.saturating_sub(1)));
        spread([above, here, below], &mut self.column, &mut self.low, u8::min);
        spread([above, here, below], &mut self.column, &mut self.high, u8::max);
    }
}

/// Joins each pixel of the middle row with the eight around it.
fn spread(
    [above, here, below]: [&[u8]; 3],
    column: &mut Vec<u8>,
    joined: &mut Vec<u8>,
    join: impl Fn(u8, u8) -> u8,
) {
    let rows = above.iter().zip(here).zip(below);
    column.clear();
    column.extend(rows.map(|((&a, &b), &c)| join(join(a, b), c)));
    joined.clone_from(column);
    let after = column.get(1..).unwrap_or_default();
    for (value, &next) in joined.iter_mut().zip(after) {
        *value = join(*value, next);
    }
    let after = joined.get_mut(1..).unwrap_or_default();
    for (value, &before) in after.iter_mut().zip(column.iter()) {
        *value = join(*value, before);
    }
}
