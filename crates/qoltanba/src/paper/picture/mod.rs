//! Pictures of paper: files of scanners and telephones, and the symbols on them.
//!
//! A file is told by its content, never by its name, and becomes grey [`Raster`]s, turned as the
//! camera was held. Symbols are looked for in every direction, first the cheap way and then harder
//! while parts of a set are missing. What they say is a text like any other: nothing is proved by
//! its having been printed.
//!
//! ```
//! use qoltanba::{Limits, paper::picture};
//!
//! # let mut png = std::io::Cursor::new(Vec::new());
//! # image::GrayImage::new(8, 8).write_to(&mut png, image::ImageFormat::Png)?;
//! # let scan = png.into_inner(); // in production: a file
//! let pages = picture::read(&scan, &Limits::default())?;
//! assert_eq!((pages[0].width(), pages[0].height()), (8, 8));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bars;
mod decode;
mod grey;
mod grid;
mod qr;
mod scale;
mod symbols;
mod tiff;

use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(doc)]
use super::Raster;
pub use decode::{PictureFormat, read};
pub use symbols::{Point, Symbol, SymbolKind, symbols};

/// Runs the code of others on untrusted pictures; nothing when it panics.
///
/// The decoders and the reader of symbols are safe code that was written for speed: `rxing` indexes
/// and unwraps where a distorted symbol may lead anywhere. Whatever they were working on is dropped.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
