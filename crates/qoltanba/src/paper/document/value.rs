//! Values of an output document.

use crate::{
    numbers::{Bin, Iin},
    time::Instant,
};

/// The same words in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// In Kazakh.
    pub kk: String,
    /// In Russian.
    pub ru: String,
}

/// What a field, a cell or an item of a list holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// Words of one language, names, addresses, numbers of documents.
    Text(String),
    /// Words in both languages.
    Bilingual(Bilingual),
    /// A date; shown as 22.11.2026.
    Date(Date),
    /// A date and a time; shown as 22.11.2026 14:05.
    DateTime(LocalTime),
    /// A whole number.
    Number(i64),
    /// An amount of money in tenge; shown as 12 345,67 ₸.
    Amount(Amount),
    /// The number of a person.
    Iin(Iin),
    /// The number of an organisation.
    Bin(Bin),
}

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The year.
    pub year: u16,
    /// The month, from one on.
    pub month: u8,
    /// The day, from one on.
    pub day: u8,
}

/// An instant as the country's clocks show it: the one time of Kazakhstan, UTC+5 since
/// 1 March 2024.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime(pub Instant);

/// Tenge and tiyn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount {
    /// In tiyn, a hundredth of a tenge.
    pub tiyn: i64,
}
