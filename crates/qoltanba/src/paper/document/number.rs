//! The unique number of a document.

use crate::error::{Error, Result};

/// Fourteen digits, as FavorID of the e-government's barcodes has today.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UniqueNumber(String);

impl UniqueNumber {
    /// Takes a number that a system gave.
    ///
    /// # Errors
    /// Misuse for anything but fourteen digits.
    pub fn new(digits: &str) -> Result<Self> {
        if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::misuse("the unique number of a document has fourteen digits"));
        }
        Ok(Self(digits.to_owned()))
    }

    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
