//! How barcodes of one document contradict each other.

/// A contradiction between the parts of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BarcodeConflict {
    /// A part is there twice, with different content.
    Duplicate {
        /// Its number.
        number: u32,
    },
    /// Two parts count the parts differently.
    Amounts {
        /// What one says.
        one: u32,
        /// What another one says.
        other: u32,
    },
    /// A part has a number that the set cannot have.
    Number {
        /// The number.
        number: u32,
        /// How many parts there are.
        amount: u32,
    },
}
