//! Values of an output document, and how a page shows them.

use core::{fmt, str::FromStr};

use crate::{
    error::{Error, Result},
    numbers::{Bin, Iin},
    time::Instant,
};

/// Narrower than a line can be broken at: between thousands, and before a unit.
const NO_BREAK: char = '\u{a0}';

/// A language that documents of the state are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Language {
    Kk,
    Ru,
}

impl Language {
    /// Both, in the order in which documents have them.
    pub const BOTH: [Self; 2] = [Self::Kk, Self::Ru];

    /// As `xml:lang` and the language of a PDF have it (BCP 47).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
        }
    }
}

/// The same words in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// In Kazakh.
    pub kk: String,
    /// In Russian.
    pub ru: String,
}

impl Bilingual {
    /// The same words in both languages.
    pub fn new(kk: impl Into<String>, ru: impl Into<String>) -> Self {
        Self { kk: kk.into(), ru: ru.into() }
    }

    /// Those of one language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Kk => &self.kk,
            Language::Ru => &self.ru,
        }
    }
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
    /// A whole number; shown by its digits alone, since it may be a year or a flat.
    Number(i64),
    /// An amount of money in tenge; shown as 12 345,67 ₸.
    Amount(Amount),
    /// The number of a person.
    Iin(Iin),
    /// The number of an organisation.
    Bin(Bin),
}

impl Value {
    /// What a page in that language shows.
    ///
    /// ```
    /// use qoltanba::paper::document::{Language, Value};
    ///
    /// let value = Value::Amount("12345.67".parse()?);
    /// assert_eq!(value.show(Language::Kk), "12\u{a0}345,67\u{a0}₸");
    /// # Ok::<(), qoltanba::Error>(())
    /// ```
    #[must_use]
    pub fn show(&self, language: Language) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Bilingual(words) => words.get(language).to_owned(),
            Self::Date(date) => date.to_string(),
            Self::DateTime(time) => time.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Amount(amount) => amount.to_string(),
            Self::Iin(iin) => iin.to_string(),
            Self::Bin(bin) => bin.to_string(),
        }
    }
}

/// A calendar date, from year 1 to 9999. It is shown as 22.11.2026.
///
/// ```
/// use qoltanba::paper::document::Date;
///
/// let date: Date = "2026-11-22".parse()?;
/// assert_eq!(date, "22.11.2026".parse()?);
/// assert_eq!((date.to_string(), date.iso()), ("22.11.2026".into(), "2026-11-22".into()));
/// assert!("2026-02-29".parse::<Date>().is_err());
/// # Ok::<(), qoltanba::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A date that the calendar has.
    ///
    /// # Errors
    /// Misuse for any other.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self> {
        const WHAT: Error = Error::misuse("the calendar has no such date");
        let named = time::Month::try_from(month).map_err(|_| WHAT)?;
        if !(1..=9999).contains(&year) {
            return Err(WHAT);
        }
        time::Date::from_calendar_date(i32::from(year), named, day).map_err(|_| WHAT)?;
        Ok(Self { year, month, day })
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, from one on.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day, from one on.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// As xs:date and ISO 8601 have it.
    #[must_use]
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}.{:02}.{:04}", self.day, self.month, self.year)
    }
}

impl FromStr for Date {
    type Err = Error;

    /// Reads 2026-11-22 and 22.11.2026.
    fn from_str(text: &str) -> Result<Self> {
        const WHAT: Error = Error::misuse("a date is written as 2026-11-22 or 22.11.2026");
        let part = |at: core::ops::Range<usize>| -> Result<u16> {
            let digits = text.get(at).ok_or(WHAT)?;
            if !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(WHAT);
            }
            digits.parse().map_err(|_| WHAT)
        };
        let (year, month, day) = match text.as_bytes() {
            [_, _, _, _, b'-', _, _, b'-', _, _] => (part(0..4)?, part(5..7)?, part(8..10)?),
            [_, _, b'.', _, _, b'.', _, _, _, _] => (part(6..10)?, part(3..5)?, part(0..2)?),
            _ => return Err(WHAT),
        };
        let small = |number: u16| u8::try_from(number).map_err(|_| WHAT);
        Self::new(year, small(month)?, small(day)?)
    }
}

/// An instant as the country's clocks show it: the one time of Kazakhstan, UTC+5.
///
/// Since 1 March 2024 the whole country has UTC+5; before, most of it had UTC+6. Every instant is
/// written in UTC+5 with its offset, so that none can be mistaken for another; one before that day
/// is shown with the offset too, since clocks then showed another hour.
///
/// ```
/// use qoltanba::paper::document::LocalTime;
///
/// let time: LocalTime = "22.11.2026 14:05".parse()?;
/// assert_eq!(time.0, "2026-11-22T09:05:00Z".parse()?);
/// assert_eq!(time.iso(), "2026-11-22T14:05:00+05:00");
/// assert_eq!(time.to_string(), "22.11.2026 14:05");
/// assert_eq!("2020-01-31T20:00:00Z".parse::<LocalTime>()?.to_string(), "01.02.2020 01:00 (UTC+5)");
/// # Ok::<(), qoltanba::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(pub Instant);

/// 2024-02-29T18:00:00Z: midnight in UTC+6, when clocks were put back an hour.
const ONE_TIME_SINCE: i64 = 1_709_229_600;
const SECONDS_EAST: i64 = 5 * 3600;

impl LocalTime {
    /// The day on the country's clocks.
    ///
    /// # Errors
    /// Misuse for a day before year 1 or after year 9999.
    pub fn date(self) -> Result<Date> {
        const WHAT: Error = Error::misuse("documents carry moments of the years 1 to 9999");
        // Instant shows what the calendar library cannot hold as the start of its epoch.
        let shifted = self.0.unix().checked_add(SECONDS_EAST).ok_or(WHAT)?;
        let date = time::OffsetDateTime::from_unix_timestamp(shifted).map_err(|_| WHAT)?.date();
        let year = u16::try_from(date.year()).map_err(|_| WHAT)?;
        Date::new(year, u8::from(date.month()), date.day()).map_err(|_| WHAT)
    }

    /// As xs:dateTime has it, with the offset.
    #[must_use]
    pub fn iso(self) -> String {
        let text = self.0.plus_seconds(SECONDS_EAST).to_string();
        format!("{}+05:00", text.trim_end_matches('Z'))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.plus_seconds(SECONDS_EAST).to_string();
        let (date, time) = text.split_once('T').unwrap_or_default();
        match date.parse::<Date>() {
            Ok(date) => write!(f, "{date} ")?,
            Err(_) => write!(f, "{date} ")?,
        }
        f.write_str(time.get(..5).unwrap_or_default())?;
        if self.0.unix() < ONE_TIME_SINCE { f.write_str(" (UTC+5)") } else { Ok(()) }
    }
}

impl FromStr for LocalTime {
    type Err = Error;

    /// Reads a moment of RFC 3339 in any zone; without one, `2026-11-22T14:05`,
    /// `2026-11-22 14:05` and `22.11.2026 14:05`, with seconds or without, on the country's clocks.
    fn from_str(text: &str) -> Result<Self> {
        const WHAT: Error =
            Error::misuse("a time is written as 2026-11-22T14:05:00+05:00 or 22.11.2026 14:05");
        let time = match text.parse::<Instant>() {
            Ok(at) => Self(at),
            Err(_) => {
                let (date, time) = (text.get(..10).ok_or(WHAT)?, text.get(11..).ok_or(WHAT)?);
                let between = text.as_bytes().get(10);
                if !(between == Some(&b' ') || between == Some(&b'T')) {
                    return Err(WHAT);
                }
                let date: Date = date.parse()?;
                let seconds = if time.len() == 5 { ":00" } else { "" };
                let full = format!("{}T{time}{seconds}+05:00", date.iso());
                Self(full.parse().map_err(|_| WHAT)?)
            }
        };
        time.date()?;
        Ok(time)
    }
}

/// Tenge and tiyn; shown as 12 345,67 ₸.
///
/// ```
/// use qoltanba::paper::document::Amount;
///
/// let amount: Amount = "12 345,67".parse()?;
/// assert_eq!(amount, Amount { tiyn: 1_234_567 });
/// assert_eq!(amount.decimal(), "12345.67");
/// assert!("12.345".parse::<Amount>().is_err());
/// # Ok::<(), qoltanba::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    /// In tiyn, a hundredth of a tenge.
    pub tiyn: i64,
}

impl Amount {
    /// Tenge with two decimals, as xs:decimal has it.
    #[must_use]
    pub fn decimal(self) -> String {
        let (sign, whole, rest) = self.parts();
        format!("{sign}{whole}.{rest:02}")
    }

    fn parts(self) -> (&'static str, u64, u64) {
        let size = self.tiyn.unsigned_abs();
        (if self.tiyn < 0 { "-" } else { "" }, size / 100, size % 100)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, whole, rest) = self.parts();
        let digits = whole.to_string();
        f.write_str(sign)?;
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                write!(f, "{NO_BREAK}")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, ",{rest:02}{NO_BREAK}₸")
    }
}

impl FromStr for Amount {
    type Err = Error;

    /// Reads tenge with at most two decimals after a point or a comma: `12345`, `12345.67`,
    /// `12 345,67`, and what it is shown as.
    fn from_str(text: &str) -> Result<Self> {
        const WHAT: Error = Error::misuse("an amount is written as 12345.67 or 12 345,67");
        let text = text.trim_end_matches('₸').trim_end_matches([' ', NO_BREAK]);
        let (sign, size) = text.strip_prefix('-').map_or((1, text), |size| (-1, size));
        let (whole, decimals) = size.split_once(['.', ',']).unwrap_or((size, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let mut groups = whole.split([' ', NO_BREAK]);
        let first = groups.next().unwrap_or_default();
        let rest: Vec<&str> = groups.collect();
        let grouped = rest.is_empty() || first.len() <= 3;
        let sound = digits(first) && rest.iter().all(|group| digits(group) && group.len() == 3);
        if !(grouped && sound && digits(decimals) && decimals.len() <= 2) {
            return Err(WHAT);
        }
        let whole: i64 = [&[first], &*rest].concat().concat().parse().map_err(|_| WHAT)?;
        let size = format!("{decimals:0<2}").parse::<i64>().map_err(|_| WHAT)?;
        // From the side of the sign: the lowest number has no positive.
        let tiyn = whole.checked_mul(100 * sign).and_then(|tenge| tenge.checked_add(sign * size));
        Ok(Self { tiyn: tiyn.ok_or(WHAT)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for tiyn in [0, 1, -1, 99, 100, -12_345, 1_234_567, 100_000_000, i64::MAX, i64::MIN] {
            let amount = Amount { tiyn };
            assert_eq!(amount.decimal().parse::<Amount>().unwrap(), amount);
            assert_eq!(amount.to_string().parse::<Amount>().unwrap(), amount);
        }
        assert_eq!("7,5".parse::<Amount>().unwrap().tiyn, 750);
        assert_eq!(Amount { tiyn: 123_456_789 }.to_string(), "1\u{a0}234\u{a0}567,89\u{a0}₸");
        for bad in ["", "-", ".5", "5.", "1.234", "1 23", "1234 567", "1e3", "+1", "1..2", "٣"] {
            assert!(bad.parse::<Amount>().is_err(), "{bad}");
        }
        assert!("92233720368547758.08".parse::<Amount>().is_err());
    }

    #[test]
    fn times_are_those_of_the_country() {
        let time = |text: &str| text.parse::<LocalTime>();
        assert_eq!(time("2026-11-22T14:05").unwrap(), time("22.11.2026 14:05:00").unwrap());
        assert_eq!(time("2026-11-22 14:05").unwrap().0.to_string(), "2026-11-22T09:05:00Z");
        assert_eq!(time("2026-11-21T20:00:00Z").unwrap().date().unwrap().iso(), "2026-11-22");
        for bad in
            ["2026-11-22", "22.11.2026", "2026-11-22T25:00", "2026-11-22x14:05", "2026-13-01 1"]
        {
            assert!(time(bad).is_err(), "{bad}");
        }
        assert!(LocalTime(Instant::from_unix(i64::MAX)).date().is_err());
        assert!(LocalTime(Instant::from_unix(-100_000_000_000)).date().is_err());
        assert_eq!(time("2024-02-29T18:00:00Z").unwrap().to_string(), "29.02.2024 23:00");
        assert_eq!(time("2024-02-29T17:59:59Z").unwrap().to_string(), "29.02.2024 22:59 (UTC+5)");
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for bad in
            ["", "2026-11-31", "31.11.2026", "0000-01-01", "2026-1-01", "2026/11/22", "+026-11-22"]
        {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
    }
}
