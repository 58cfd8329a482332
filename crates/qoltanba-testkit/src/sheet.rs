//! Sheets of paper as scanners and telephones see them: symbols drawn at print size, and what
//! happens to them on the way into a file.

/// Grey pixels of a sheet, row by row from the top left: 0 is black, 255 is white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// Millimetres in an inch.
const INCH: f64 = 25.4;
/// Samples along each side of a pixel where an edge may go through it.
const SAMPLES: u32 = 4;

impl Sheet {
    /// An empty page of A4 at so many pixels an inch.
    #[must_use]
    pub fn a4(dpi: f64) -> Self {
        let pixels = |millimetres: f64| (millimetres / INCH * dpi).round() as u32;
        Self::white(pixels(210.0), pixels(297.0))
    }

    /// An empty sheet.
    #[must_use]
    pub fn white(width: u32, height: u32) -> Self {
        Self { width, height, pixels: vec![u8::MAX; width as usize * height as usize] }
    }

    /// A sheet of these pixels; nothing when there are more or fewer than the sides say.
    #[must_use]
    pub fn of(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        let fits = width as usize * height as usize == pixels.len();
        fits.then_some(Self { width, height, pixels })
    }

    /// Pixels in a row.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// All pixels.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Fills squares of a grid whose top left corner and square are given in pixels, smooth at
    /// the edges as a scanner sees them.
    pub fn draw(
        &mut self,
        (left, top): (f64, f64),
        (columns, rows): (usize, usize),
        (square_width, square_height): (f64, f64),
        is_dark: impl Fn(usize, usize) -> bool,
    ) {
        let step = 1.0 / f64::from(SAMPLES);
        let (right, bottom) =
            (left + columns as f64 * square_width, top + rows as f64 * square_height);
        let cell = |at: f64, size: f64, count: usize| {
            let index = (at / size).floor();
            (index >= 0.0 && index < count as f64).then_some(index as usize)
        };
        for y in top.max(0.0) as u32..(bottom.ceil().max(0.0) as u32).min(self.height) {
            for x in left.max(0.0) as u32..(right.ceil().max(0.0) as u32).min(self.width) {
                let mut dark = 0;
                for sample in 0..SAMPLES * SAMPLES {
                    let (u, v) = (sample % SAMPLES, sample / SAMPLES);
                    let column = f64::from(x) + (f64::from(u) + 0.5) * step - left;
                    let row = f64::from(y) + (f64::from(v) + 0.5) * step - top;
                    let column = cell(column, square_width, columns);
                    let row = cell(row, square_height, rows);
                    dark += u32::from(matches!((column, row), (Some(c), Some(r)) if is_dark(c, r)));
                }
                if let Some(pixel) = self.pixels.get_mut((y * self.width + x) as usize) {
                    *pixel = pixel.saturating_sub((dark * 255 / (SAMPLES * SAMPLES)) as u8);
                }
            }
        }
    }

    /// The sheet seen so that every point comes from where the map says; white beyond its edges.
    /// Values between pixels are mixed (bilinear).
    #[must_use]
    pub fn seen(&self, width: u32, height: u32, from: impl Fn(f64, f64) -> (f64, f64)) -> Self {
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height {
            for x in 0..width {
                let (column, row) = from(f64::from(x) + 0.5, f64::from(y) + 0.5);
                pixels.push(self.between(column - 0.5, row - 0.5));
            }
        }
        Self { width, height, pixels }
    }

    fn between(&self, x: f64, y: f64) -> u8 {
        let (left, top) = (x.floor(), y.floor());
        let (right, down) = (x - left, y - top);
        let at = |column: f64, row: f64| {
            let inside = column >= 0.0
                && row >= 0.0
                && column < f64::from(self.width)
                && row < f64::from(self.height);
            let index = if inside {
                row as usize * self.width as usize + column as usize
            } else {
                usize::MAX
            };
            f64::from(self.pixels.get(index).copied().unwrap_or(u8::MAX))
        };
        let upper = at(left, top) * (1.0 - right) + at(left + 1.0, top) * right;
        let lower = at(left, top + 1.0) * (1.0 - right) + at(left + 1.0, top + 1.0) * right;
        (upper * (1.0 - down) + lower * down).round() as u8
    }

    /// Turned clockwise about its middle, on a sheet that holds all of it.
    #[must_use]
    pub fn rotated(&self, degrees: f64) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let wide = (width * cos.abs() + height * sin.abs()).ceil();
        let high = (width * sin.abs() + height * cos.abs()).ceil();
        self.seen(wide as u32, high as u32, |x, y| {
            let (x, y) = (x - wide / 2.0, y - high / 2.0);
            (x * cos + y * sin + width / 2.0, y * cos - x * sin + height / 2.0)
        })
    }

    /// Photographed at an angle: the lower edge comes out longer than the upper one by about this
    /// share, and the right one than the left one by half of it. In the middle the scale stays.
    #[must_use]
    pub fn tilted(&self, share: f64) -> Self {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let room = 1.0 + share.abs() * 0.75;
        let (wide, high) = ((width * room).ceil(), (height * room).ceil());
        self.seen(wide as u32, high as u32, |x, y| {
            let (u, v) = (x / wide - 0.5, y / high - 0.5);
            let distance = (1.0 + share * v + share / 2.0 * u) / room;
            ((u / distance + 0.5) * width, (v / distance + 0.5) * height)
        })
    }

    /// With normally distributed noise of this deviation.
    #[must_use]
    pub fn noisy(&self, deviation: f64, seed: u64) -> Self {
        let mut state = seed | 1;
        let mut uniform = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        // The sum of twelve uniform values has the variance one.
        let mut normal = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
        let changed = |pixel: &u8| (f64::from(*pixel) + normal() * deviation).round() as u8;
        Self { pixels: self.pixels.iter().map(changed).collect(), ..*self }
    }

    /// Out of focus: blurred by a bell of this deviation in pixels.
    #[must_use]
    pub fn blurred(&self, deviation: f64) -> Self {
        let reach = (deviation * 3.0).ceil() as i64;
        let weight = |at: i64| (-(at * at) as f64 / (2.0 * deviation * deviation)).exp();
        let total: f64 = (-reach..=reach).map(weight).sum();
        let weights: Vec<f64> = (-reach..=reach).map(|at| weight(at) / total).collect();
        self.spread(&weights, reach, (1, 0)).spread(&weights, reach, (0, 1))
    }

    fn spread(&self, weights: &[f64], reach: i64, (right, down): (i64, i64)) -> Self {
        let (width, height) = (i64::from(self.width), i64::from(self.height));
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0.0;
                for (weight, offset) in weights.iter().zip(-reach..) {
                    let column = (x + offset * right).clamp(0, width - 1);
                    let row = (y + offset * down).clamp(0, height - 1);
                    let index = (row * width + column) as usize;
                    sum += weight * f64::from(self.pixels.get(index).copied().unwrap_or(u8::MAX));
                }
                pixels.push(sum.round() as u8);
            }
        }
        Self { pixels, ..*self }
    }

    /// In uneven light: of full brightness at the top left, of this share at the bottom right.
    #[must_use]
    pub fn shaded(&self, share: f64) -> Self {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let places = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y)));
        let light = |(x, y): (u32, u32)| {
            1.0 - (1.0 - share) * (f64::from(x) / width + f64::from(y) / height) / 2.0
        };
        let pixels = self.pixels.iter().zip(places);
        let pixels = pixels.map(|(pixel, at)| (f64::from(*pixel) * light(at)).round() as u8);
        Self { pixels: pixels.collect(), ..*self }
    }

    /// A part of the sheet; what would lie beyond its edges is white.
    #[must_use]
    pub fn part(&self, left: u32, top: u32, width: u32, height: u32) -> Self {
        let mut part = Self::white(width, height);
        for y in 0..height.min(self.height.saturating_sub(top)) {
            for x in 0..width.min(self.width.saturating_sub(left)) {
                let from = self.pixels.get(((top + y) * self.width + left + x) as usize);
                if let (Some(to), Some(from)) =
                    (part.pixels.get_mut((y * width + x) as usize), from)
                {
                    *to = *from;
                }
            }
        }
        part
    }
}
