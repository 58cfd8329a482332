//! The grid of a symbol in grey: where its corners are to a fraction of a pixel, and what its
//! modules are where a threshold has lost them.

use rxing::common::BitMatrix;

use super::symbols::Point;
use crate::paper::Raster;

/// How often corners are moved: where edges are sharp, two times leave a fiftieth of a pixel.
const ROUNDS: usize = 5;
/// Pixels over which a sharp edge goes from dark to light, that of the paper being anywhere in a
/// pixel and the value being mixed. A step that was longer would lead beyond the edge.
const EDGE: f64 = 1.4;
/// Modules to either side whose mean tells dark from light.
const AROUND: usize = 5;

/// A plane seen at an angle: modules of a symbol to pixels of a picture.
#[derive(Debug, Clone, Copy)]
struct View {
    across: [f64; 3],
    down: [f64; 3],
    depth: [f64; 3],
}

impl View {
    /// The view that shows the unit square at these corners (Heckbert 1989, §2.2.3).
    fn of([a, b, c, d]: [Point; 4]) -> Option<Self> {
        let sum = Point { x: a.x - b.x + c.x - d.x, y: a.y - b.y + c.y - d.y };
        let one = Point { x: b.x - c.x, y: b.y - c.y };
        let two = Point { x: d.x - c.x, y: d.y - c.y };
        let area = one.x * two.y - two.x * one.y;
        let g = (sum.x * two.y - two.x * sum.y) / area;
        let h = (one.x * sum.y - sum.x * one.y) / area;
        (g.is_finite() && h.is_finite()).then_some(Self {
            across: [b.x - a.x + g * b.x, d.x - a.x + h * d.x, a.x],
            down: [b.y - a.y + g * b.y, d.y - a.y + h * d.y, a.y],
            depth: [g, h, 1.0],
        })
    }

    fn at(&self, u: f64, v: f64) -> Point {
        let on = |[a, b, c]: [f64; 3]| a * u + b * v + c;
        let depth = on(self.depth);
        Point { x: on(self.across) / depth, y: on(self.down) / depth }
    }
}

/// The value of a picture at a place, mixed from the four pixels around it.
fn value(picture: &Raster, at: Point) -> f64 {
    let (x, y) = (at.x - 0.5, at.y - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let (right, down) = (x - left, y - top);
    // Casts saturate: what is left of the picture is its first column.
    let (column, row) = (left as u32, top as u32);
    let pixel = |x: u32, y: u32| f64::from(picture.get(x, y));
    let upper = pixel(column, row) * (1.0 - right) + pixel(column + 1, row) * right;
    let lower = pixel(column, row + 1) * (1.0 - right) + pixel(column + 1, row + 1) * right;
    upper * (1.0 - down) + lower * down
}

/// Moves the corners of a symbol until the edges of its modules lie where the picture has them: in
/// the middle between dark and light. Ink that spreads moves opposite edges against each other,
/// which cancels out.
pub(super) fn refined(picture: &Raster, bits: &BitMatrix, corners: [Point; 4]) -> [Point; 4] {
    let mut corners = corners;
    for _ in 0..ROUNDS {
        let Some(moved) = once(picture, bits, corners) else { return corners };
        corners = moved;
    }
    corners
}

fn once(picture: &Raster, bits: &BitMatrix, corners: [Point; 4]) -> Option<[Point; 4]> {
    let view = View::of(corners)?;
    let count = bits.width();
    let size = f64::from(count);
    let [a, b, c, d] = corners;
    let across = (c.x - a.x).hypot(c.y - a.y) + (d.x - b.x).hypot(d.y - b.y);
    let module = across / (2.0 * std::f64::consts::SQRT_2 * size);
    let gain = (EDGE / module).min(1.0) / size;
    let mut rightwards = Fit::default();
    let mut downwards = Fit::default();
    for row in 0..count {
        for column in 0..count {
            let dark = bits.get(column, row);
            let (u, v) = (f64::from(column) + 0.5, f64::from(row) + 0.5);
            for (fit, next_column, next_row) in [(&mut rightwards, 1, 0), (&mut downwards, 0, 1)] {
                let (other_column, other_row) = (column + next_column, row + next_row);
                let beyond = other_column >= count || other_row >= count;
                if beyond || bits.get(other_column, other_row) == dark {
                    continue;
                }
                let (right, below) = (f64::from(next_column), f64::from(next_row));
                let at =
                    |steps: f64| view.at((u + right * steps) / size, (v + below * steps) / size);
                let (here, there) = (value(picture, at(0.0)), value(picture, at(1.0)));
                let contrast = there - here;
                // A module that was read wrongly, or that is lost in noise.
                if contrast.abs() < 16.0 || (contrast > 0.0) != dark {
                    continue;
                }
                let off = ((here + there) / 2.0 - value(picture, at(0.5))) / contrast;
                let place = ((u + right / 2.0) / size, (v + below / 2.0) / size);
                fit.add(place, off.clamp(-0.5, 0.5));
            }
        }
    }
    let rightwards = rightwards.solve();
    let downwards = downwards.solve();
    let unit = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
    let mut moved = unit
        .iter()
        .zip(rightwards.iter().zip(downwards))
        .map(|((u, v), (du, dv))| view.at(u + du * gain, v + dv * gain));
    let moved = [moved.next()?, moved.next()?, moved.next()?, moved.next()?];
    moved.iter().all(|at| at.x.is_finite() && at.y.is_finite()).then_some(moved)
}

/// How far each corner of the unit square has to go so that places between them go as far as was
/// seen, by least squares.
#[derive(Default)]
struct Fit {
    normal: [[f64; 4]; 4],
    right: [f64; 4],
}

impl Fit {
    fn add(&mut self, (u, v): (f64, f64), off: f64) {
        let shares = [(1.0 - u) * (1.0 - v), u * (1.0 - v), u * v, (1.0 - u) * v];
        for ((row, right), share) in self.normal.iter_mut().zip(&mut self.right).zip(shares) {
            *right += share * off;
            for (cell, other) in row.iter_mut().zip(shares) {
                *cell += share * other;
            }
        }
    }

    /// Conjugate gradients: with four unknowns, four steps.
    fn solve(&self) -> [f64; 4] {
        let dot = |a: &[f64; 4], b: &[f64; 4]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let plus = |a: [f64; 4], b: [f64; 4], factor: f64| {
            let mut sum = a;
            sum.iter_mut().zip(b).for_each(|(a, b)| *a += b * factor);
            sum
        };
        let mut solution = [0.0; 4];
        let mut rest = self.right;
        let mut direction = rest;
        for _ in 0..4 {
            let length = dot(&rest, &rest);
            let image = self.normal.map(|row| dot(&row, &direction));
            let bend = dot(&direction, &image);
            if bend <= f64::EPSILON {
                break;
            }
            let step = length / bend;
            solution = plus(solution, direction, step);
            rest = plus(rest, image, -step);
            direction = plus(rest, direction, dot(&rest, &rest) / length);
        }
        solution
    }
}

/// The modules of a symbol at these corners, by the values at their middles: each is pushed away
/// from its four neighbours, into which a blurred picture has mixed it, and compared with the mean
/// around it.
pub(super) fn resampled(
    picture: &Raster,
    corners: [Point; 4],
    modules: u32,
    push: f64,
) -> Option<BitMatrix> {
    let view = View::of(corners)?;
    let count = modules as usize;
    let size = f64::from(modules);
    let middle = |at: u32| (f64::from(at) + 0.5) / size;
    let mut values = Vec::with_capacity(count * count);
    for row in 0..modules {
        values.extend(
            (0..modules).map(|column| value(picture, view.at(middle(column), middle(row)))),
        );
    }
    let at = |column: usize, row: usize| {
        let (column, row) = (column.min(count - 1), row.min(count - 1));
        values.get(row * count + column).copied().unwrap_or(255.0)
    };
    let sums = Sums::of(&values, count);
    let mut bits = BitMatrix::new(modules, modules).ok()?;
    for (row, down) in (0..count).zip(0..) {
        for (column, across) in (0..count).zip(0..) {
            let own = at(column, row);
            let beside = at(column.saturating_sub(1), row)
                + at(column + 1, row)
                + at(column, row.saturating_sub(1))
                + at(column, row + 1);
            if own + push * (own - beside / 4.0) < sums.mean_around(column, row) {
                bits.set(across, down);
            }
        }
    }
    Some(bits)
}

/// The sums of all values above and to the left.
struct Sums {
    count: usize,
    sums: Vec<f64>,
}

impl Sums {
    fn of(values: &[f64], count: usize) -> Self {
        let mut sums = vec![0.0; count + 1];
        for row in values.chunks(count) {
            let above = sums.len() - count - 1;
            let mut sum = 0.0;
            sums.push(0.0);
            for (column, value) in row.iter().enumerate() {
                sum += value;
                sums.push(sum + sums.get(above + column + 1).copied().unwrap_or(0.0));
            }
        }
        Self { count, sums }
    }

    fn mean_around(&self, column: usize, row: usize) -> f64 {
        let span = |at: usize| (at.saturating_sub(AROUND), (at + AROUND + 1).min(self.count));
        let ((left, right), (top, bottom)) = (span(column), span(row));
        let at = |column: usize, row: usize| {
            self.sums.get(row * (self.count + 1) + column).copied().unwrap_or(0.0)
        };
        let sum = at(right, bottom) - at(left, bottom) - at(right, top) + at(left, top);
        sum / ((right - left) * (bottom - top)) as f64
    }
}
