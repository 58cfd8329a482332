//! Placeholder.
#![allow(missing_docs)]
mod budget;
mod error;
pub use budget::Limits;
pub use error::{Error, ErrorKind, Result};
