//! The identification numbers of persons (ЖСН/ИИН) and organisations (БСН/БИН): what their twelve
//! digits say.
//!
//! This module stands alone: it needs `core` and nothing else, and can be used without the rest.
//!
//! ```
//! use qoltanba::numbers::{BinKind, BinUnit, Iin, Bin, Sex};
//!
//! let iin: Iin = "920101100008".parse()?;
//! let birth = iin.birth_date().ok_or("no date")?;
//! assert_eq!((birth.year, birth.month, birth.day), (1892, 1, 1));
//! assert_eq!(iin.sex(), Some(Sex::Male));
//! assert!(iin.has_check_digit());
//! assert_eq!(iin.masked().to_string(), "••••••••0008");
//!
//! let bin: Bin = "450140000005".parse()?;
//! assert_eq!(bin.registration().map(|r| (r.year_of_century, r.month)), Some((45, 1)));
//! assert_eq!((bin.kind(), bin.unit()), (Some(BinKind::Resident), Some(BinUnit::Head)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The digits of an IIN
//!
//! | digits | say |
//! |---|---|
//! | 1–6 | date of birth, `YYMMDD` |
//! | 7 | century and sex: 1, 2 the nineteenth, 3, 4 the twentieth, 5, 6 the twenty-first; odd male, even female. 0 is seen for foreigners, where it says neither |
//! | 8–11 | number in the register |
//! | 12 | check digit |
//!
//! # The digits of a BIN
//!
//! | digits | say |
//! |---|---|
//! | 1–4 | month of registration, `YYMM`, the century not said |
//! | 5 | 4 a resident legal entity, 5 a non-resident one, 6 a joint entrepreneur. At most 3 in an IIN, where a day stands: this tells the two apart |
//! | 6 | 0 the head, 1 a branch, 2 a representation, 3 a farm |
//! | 7–11 | number in the register |
//! | 12 | check digit |
//!
//! # The check digit
//!
//! The sum of the first eleven digits, each times its place, modulo 11. Where that is 10, the
//! weights 3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2 are taken instead; where it is 10 again, no number
//! with these digits is assigned.
//!
//! # What a number is not
//!
//! Twelve decimal digits make a number here. Its check digit and date are facts *about* it:
//! published test certificates fail them, so a wrong one is a [`NumberRemark`] and never a
//! refusal. That a number is well formed does not say that it was assigned to anyone.

use core::{fmt, str::FromStr};

/// The text is not twelve ASCII digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotTwelveDigits;

impl fmt::Display for NotTwelveDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an IIN and a BIN have twelve digits")
    }
}

impl core::error::Error for NotTwelveDigits {}

/// Something odd about a number that has twelve digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NumberRemark {
    /// The twelfth digit is not the check digit of the first eleven.
    CheckDigit,
    /// The first digits are no date of birth, or no month of registration of a known kind.
    Date,
}

/// Sex, as the seventh digit of an IIN says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Sex {
    Male,
    Female,
}

/// A date of birth, checked against the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BirthDate {
    /// From 1800 to 2099.
    pub year: u16,
    /// From 1 to 12.
    pub month: u8,
    /// From 1 to the last day of the month.
    pub day: u8,
}

/// The month in which an organisation was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Registration {
    /// The last two digits of the year; the number does not say the century.
    pub year_of_century: u8,
    /// From 1 to 12.
    pub month: u8,
}

/// What kind of organisation a BIN was given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BinKind {
    /// A resident legal entity.
    Resident,
    /// A non-resident legal entity.
    NonResident,
    /// A joint individual entrepreneur.
    JointEntrepreneur,
}

/// Which part of an organisation a BIN was given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BinUnit {
    /// The head unit.
    Head,
    /// A branch.
    Branch,
    /// A representation.
    Representation,
    /// A peasant or farm enterprise.
    Farm,
}

/// The last four digits of a number; it is shown as ••••••••0008.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Masked([u8; 4]);

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "••••••••{}", core::str::from_utf8(&self.0).unwrap_or_default())
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 12]);

        impl $name {
            /// The twelve digits.
            #[must_use]
            pub fn as_str(&self) -> &str {
                core::str::from_utf8(&self.0).unwrap_or_default()
            }

            fn digits(&self) -> [u8; 12] {
                self.0.map(|b| b - b'0')
            }

            /// The last four digits behind bullets: who knows the number knows it again, and
            /// nobody learns a date or a sex.
            #[must_use]
            pub fn masked(&self) -> Masked {
                let [.., a, b, c, d] = self.0;
                Masked([a, b, c, d])
            }

            /// Whether the twelfth digit is the check digit of the first eleven.
            #[must_use]
            pub fn has_check_digit(&self) -> bool {
                let [head @ .., last] = self.digits();
                check_digit(&head) == Some(last)
            }

            /// What is odd about the number: nothing, or the check digit, or the date, or both.
            pub fn remarks(&self) -> impl Iterator<Item = NumberRemark> + use<> {
                let check = (!self.has_check_digit()).then_some(NumberRemark::CheckDigit);
                let date = (!self.has_date()).then_some(NumberRemark::Date);
                check.into_iter().chain(date)
            }
        }

        impl FromStr for $name {
            type Err = NotTwelveDigits;

            /// Reads exactly twelve ASCII digits.
            fn from_str(text: &str) -> Result<Self, NotTwelveDigits> {
                match <[u8; 12]>::try_from(text.as_bytes()) {
                    Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(Self(digits)),
                    _ => Err(NotTwelveDigits),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.as_str())
            }
        }
    };
}

number! {
    /// The individual identification number (жеке сәйкестендіру нөмірі, ИИН).
    Iin
}

number! {
    /// The business identification number (бизнес-сәйкестендіру нөмірі, БИН).
    Bin
}

impl Iin {
    /// The date of birth; `None` when the digits are no date, or do not say the century.
    #[must_use]
    pub fn birth_date(&self) -> Option<BirthDate> {
        let [y1, y2, m1, m2, d1, d2, century, ..] = self.digits();
        let century = match century {
            1 | 2 => 1800,
            3 | 4 => 1900,
            5 | 6 => 2000,
            _ => return None,
        };
        let year = century + u16::from(y1 * 10 + y2);
        let (month, day) = (m1 * 10 + m2, d1 * 10 + d2);
        (1..=days(year, month)).contains(&day).then_some(BirthDate { year, month, day })
    }

    /// The sex; `None` when the seventh digit does not say it.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        match self.digits()[6] {
            1 | 3 | 5 => Some(Sex::Male),
            2 | 4 | 6 => Some(Sex::Female),
            _ => None,
        }
    }

    fn has_date(&self) -> bool {
        let [_, _, m1, m2, d1, d2, century, ..] = self.digits();
        // Where the century is not said, only a day that no year has is impossible.
        let possible = (1..=days(2000, m1 * 10 + m2)).contains(&(d1 * 10 + d2));
        self.birth_date().is_some() || (century == 0 && possible)
    }
}

impl Bin {
    /// The month of registration; `None` when the digits are no month.
    #[must_use]
    pub fn registration(&self) -> Option<Registration> {
        let [y1, y2, m1, m2, ..] = self.digits();
        let month = m1 * 10 + m2;
        let year_of_century = y1 * 10 + y2;
        (1..=12).contains(&month).then_some(Registration { year_of_century, month })
    }

    /// The kind of organisation; `None` for a digit that is not assigned.
    #[must_use]
    pub fn kind(&self) -> Option<BinKind> {
        match self.digits()[4] {
            4 => Some(BinKind::Resident),
            5 => Some(BinKind::NonResident),
            6 => Some(BinKind::JointEntrepreneur),
            _ => None,
        }
    }

    /// The part of the organisation; `None` for a digit that is not assigned.
    #[must_use]
    pub fn unit(&self) -> Option<BinUnit> {
        match self.digits()[5] {
            0 => Some(BinUnit::Head),
            1 => Some(BinUnit::Branch),
            2 => Some(BinUnit::Representation),
            3 => Some(BinUnit::Farm),
            _ => None,
        }
    }

    fn has_date(&self) -> bool {
        self.registration().is_some() && self.kind().is_some()
    }
}

/// The twelfth digit for the first eleven; `None` when no number with these is assigned.
///
/// ```
/// assert_eq!(qoltanba::numbers::check_digit(&[4, 5, 0, 1, 4, 0, 0, 0, 0, 0, 0]), Some(5));
/// ```
#[must_use]
pub fn check_digit(digits: &[u8; 11]) -> Option<u8> {
    const ROWS: [[u16; 11]; 2] =
        [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]];
    ROWS.iter()
        .map(|row| row.iter().zip(digits).map(|(w, d)| w * u16::from(*d)).sum::<u16>() % 11)
        .find(|sum| *sum < 10)
        .and_then(|sum| u8::try_from(sum).ok())
}

/// Days of a month in the Gregorian calendar; none for a month that does not exist.
fn days(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iin(text: &str) -> Iin {
        text.parse().unwrap()
    }

    fn bin(text: &str) -> Bin {
        text.parse().unwrap()
    }

    #[test]
    fn check_digits_of_public_bodies_hold() {
        // kz-pki §11: the last one needs the second row of weights.
        for number in ["000740000728", "080540010396", "960340000514", "061211600012"] {
            assert!(bin(number).has_check_digit(), "{number}");
        }
        assert!(!bin("000740000729").has_check_digit());
    }

    #[test]
    fn both_rows_of_weights_and_the_gap_are_used() {
        let first =
            |d: &[u8; 11]| (1..=11).zip(d).map(|(w, d)| w * u32::from(*d)).sum::<u32>() % 11;
        let mut second_row = 0;
        let mut unassigned = 0;
        for n in 0..2_000_u32 {
            let mut digits = [0; 11];
            let mut rest = n * 7919;
            for digit in digits.iter_mut().rev() {
                *digit = (rest % 10) as u8;
                rest /= 10;
            }
            match (first(&digits), check_digit(&digits)) {
                (10, None) => unassigned += 1,
                (10, Some(_)) => second_row += 1,
                (sum, digit) => assert_eq!(digit.map(u32::from), Some(sum)),
            }
        }
        assert!(second_row > 100 && unassigned > 5, "{second_row} {unassigned}");
    }

    #[test]
    fn dates_follow_the_calendar_and_the_century() {
        let date = |text| iin(text).birth_date().map(|d| (d.year, d.month, d.day));
        assert_eq!(date("920229100000"), Some((1892, 2, 29)));
        assert_eq!(date("000229100000"), None, "1800 was no leap year");
        assert_eq!(date("000229300000"), None, "1900 was no leap year");
        assert_eq!(date("000229500000"), Some((2000, 2, 29)));
        assert_eq!(date("910431100000"), None);
        assert_eq!(date("911301100000"), None);
        assert_eq!(date("910101000000"), None, "the century is not said");
        assert_eq!(date("910101700000"), None);
    }

    #[test]
    fn sex_is_the_parity_of_the_seventh_digit() {
        for (digit, sex) in [
            ('0', None),
            ('1', Some(Sex::Male)),
            ('2', Some(Sex::Female)),
            ('3', Some(Sex::Male)),
            ('4', Some(Sex::Female)),
            ('5', Some(Sex::Male)),
            ('6', Some(Sex::Female)),
            ('7', None),
        ] {
            assert_eq!(iin(&format!("910101{digit}00000")).sex(), sex, "{digit}");
        }
    }

    #[test]
    fn kinds_and_units_of_organisations() {
        let parts = |text| (bin(text).kind(), bin(text).unit());
        assert_eq!(parts("450140000005"), (Some(BinKind::Resident), Some(BinUnit::Head)));
        assert_eq!(parts("450151000005"), (Some(BinKind::NonResident), Some(BinUnit::Branch)));
        assert_eq!(
            parts("450162000005"),
            (Some(BinKind::JointEntrepreneur), Some(BinUnit::Representation))
        );
        assert_eq!(parts("450143000005"), (Some(BinKind::Resident), Some(BinUnit::Farm)));
        assert_eq!(parts("450139000005"), (None, None));
        assert_eq!(bin("451340000005").registration(), None);
    }

    #[test]
    fn wrong_numbers_are_remarked_not_refused() {
        let remarks: Vec<NumberRemark> = iin("123456789011").remarks().collect();
        assert_eq!(remarks, [NumberRemark::CheckDigit, NumberRemark::Date]);
        assert_eq!(iin("920101100008").remarks().count(), 0);
        assert_eq!(bin("123456789021").remarks().last(), Some(NumberRemark::Date));
    }

    #[test]
    fn only_twelve_ascii_digits_are_a_number() {
        for bad in
            ["", "96041616194", "9604161619411", "96041616194O", "٩٦٠٤١٦١٦١٩٤١", " 60416161941"]
        {
            assert!(bad.parse::<Iin>().is_err(), "{bad}");
            assert!(bad.parse::<Bin>().is_err(), "{bad}");
        }
    }
}
