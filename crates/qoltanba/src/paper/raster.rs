//! A page or a photograph as grey pixels.

use crate::error::{Error, Result};

/// Grey pixels, row by row from the top left: 0 is black, 255 is white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Raster {
    /// A picture of these pixels.
    ///
    /// # Errors
    /// Misuse when there are more or fewer of them than the sides say.
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Result<Self> {
        let wanted = u64::from(width) * u64::from(height);
        if wanted == 0 || u64::try_from(pixels.len()).ok() != Some(wanted) {
            return Err(Error::misuse("a picture has as many pixels as its sides say"));
        }
        Ok(Self { width, height, pixels })
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

    /// One pixel; white outside.
    #[must_use]
    pub fn get(&self, x: u32, y: u32) -> u8 {
        if x >= self.width {
            return u8::MAX;
        }
        let at = u64::from(y) * u64::from(self.width) + u64::from(x);
        usize::try_from(at).ok().and_then(|at| self.pixels.get(at)).copied().unwrap_or(u8::MAX)
    }
}
