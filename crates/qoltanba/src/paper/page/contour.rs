//! The outlines of the dark parts of a QR symbol: a path of them is shorter than one of
//! rectangles, and has no seams between rows.

use crate::paper::symbol::QrSymbol;

/// The ways out of a corner, the dark side at the right: east, south, west, north.
const EAST: u8 = 1;
const SOUTH: u8 = 2;
const WEST: u8 = 4;
const NORTH: u8 = 8;

/// Closed lines around the dark modules, in units of a module: clockwise around dark parts and
/// counter-clockwise around holes, so that they are filled by the rule of winding numbers.
pub(super) fn contours(symbol: &QrSymbol) -> Vec<Vec<(usize, usize)>> {
    let mut edges = Edges::new(symbol);
    let mut all = Vec::new();
    for start in 0..edges.ways.len() {
        while let Some(line) = edges.follow(start) {
            all.push(line);
        }
    }
    all
}

/// Which ways lead out of each corner and were not yet taken.
struct Edges {
    ways: Vec<u8>,
    corners: usize,
}

impl Edges {
    fn new(symbol: &QrSymbol) -> Self {
        let size = symbol.size();
        let corners = size + 1;
        let mut edges = Self { ways: vec![0; corners * corners], corners };
        for row in 0..size {
            for column in (0..size).filter(|column| symbol.is_dark(*column, row)) {
                // Outside the symbol, and so before its first row and column, all is light.
                let sides = [
                    ((column, row.wrapping_sub(1)), (column, row), EAST),
                    ((column + 1, row), (column + 1, row), SOUTH),
                    ((column, row + 1), (column + 1, row + 1), WEST),
                    ((column.wrapping_sub(1), row), (column, row + 1), NORTH),
                ];
                for ((x, y), (corner_x, corner_y), way) in sides {
                    if !symbol.is_dark(x, y)
                        && let Some(ways) = edges.ways.get_mut(corner_y * corners + corner_x)
                    {
                        *ways |= way;
                    }
                }
            }
        }
        edges
    }

    /// The line from a corner back to it, if a way leads out; only corners where it turns.
    fn follow(&mut self, start: usize) -> Option<Vec<(usize, usize)>> {
        let mut line = Vec::new();
        let (mut at, mut last) = (start, 0);
        // As many ways lead into a corner as out of it: where none is left is the start.
        while let Some(way) = self.take(at) {
            if way != last {
                line.push((at % self.corners, at / self.corners));
            }
            last = way;
            at = match way {
                EAST => at + 1,
                SOUTH => at + self.corners,
                WEST => at.checked_sub(1)?,
                _ => at.checked_sub(self.corners)?,
            };
        }
        (!line.is_empty()).then_some(line)
    }

    fn take(&mut self, at: usize) -> Option<u8> {
        let ways = self.ways.get_mut(at).filter(|ways| **ways != 0)?;
        let way = 1 << ways.trailing_zeros();
        *ways &= !way;
        Some(way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::symbol::QrLevel;

    /// How often the lines go around the middle of a module: crossings of the ray to its right.
    fn winding(lines: &[Vec<(usize, usize)>], column: usize, row: usize) -> i32 {
        let mut sum = 0;
        for line in lines {
            let ends = line.iter().skip(1).chain(line.first());
            for ((x, y), (_, next)) in line.iter().zip(ends) {
                if *x > column && y <= &row && next > &row {
                    sum += 1;
                } else if *x > column && next <= &row && y > &row {
                    sum -= 1;
                }
            }
        }
        sum
    }

    #[test]
    fn what_is_dark_is_inside_once_and_nothing_else() {
        for (text, level) in [("Қ", QrLevel::M), ("<BarcodeElement/>", QrLevel::L)] {
            let symbol = QrSymbol::encode(&text.repeat(9), level).unwrap();
            let lines = contours(&symbol);
            for row in 0..symbol.size() {
                for column in 0..symbol.size() {
                    let dark = i32::from(symbol.is_dark(column, row));
                    assert_eq!(winding(&lines, column, row), dark, "{column} {row}");
                }
            }
        }
    }
}
