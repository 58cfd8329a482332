//! The identification numbers of persons (ЖСН/ИИН) and organisations (БСН/БИН).
//!
//! ```
//! use qoltanba::Bin;
//! let bin: Bin = "560140385452".parse()?;
//! assert_eq!(bin.as_str(), "560140385452");
//! assert!(bin.remarks().is_empty());
//! # Ok::<(), qoltanba::Error>(())
//! ```
//!
//! Twelve decimal digits make a number. Its check digit and date are facts *about* it: published
//! test certificates fail them, so a wrong one is a remark and never a refusal.

use core::{fmt, str::FromStr};

use crate::error::{Error, Result};

/// Something odd about a number that has twelve digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NumberRemark {
    /// The twelfth digit is not the check digit of the first eleven.
    CheckDigit,
    /// The first six digits are no date of birth, or the first four no month of registration.
    Date,
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
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
        }

        impl FromStr for $name {
            type Err = Error;

            /// Reads exactly twelve ASCII digits.
            fn from_str(text: &str) -> Result<Self> {
                match <[u8; 12]>::try_from(text.as_bytes()) {
                    Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(Self(digits)),
                    _ => Err(Error::misuse($what)),
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
    Iin, "an IIN is twelve digits"
}

number! {
    /// The business identification number (бизнес-сәйкестендіру нөмірі, БИН).
    Bin, "a BIN is twelve digits"
}

impl Iin {
    /// What is odd about the number.
    #[must_use]
    pub fn remarks(&self) -> Vec<NumberRemark> {
        let d = self.digits();
        let [y1, y2, m1, m2, d1, d2, century, ..] = d;
        let year = u32::from(y1) * 10 + u32::from(y2);
        // The seventh digit tells century and sex; 0 is seen for foreigners, century unknown.
        let year = match century {
            1 | 2 => 1800 + year,
            3 | 4 => 1900 + year,
            5 | 6 => 2000 + year,
            _ => 2000 + year - year % 4, // a leap year: only an impossible day is refused
        };
        let (month, day) = (m1 * 10 + m2, d1 * 10 + d2);
        let date = century <= 6 && (1..=days(year, month)).contains(&day);
        remarks(&d, date)
    }
}

impl Bin {
    /// What is odd about the number.
    #[must_use]
    pub fn remarks(&self) -> Vec<NumberRemark> {
        let d = self.digits();
        let [_, _, m1, m2, kind, ..] = d;
        let date = (1..=12).contains(&(m1 * 10 + m2)) && kind >= 4;
        remarks(&d, date)
    }
}

fn remarks(digits: &[u8; 12], date: bool) -> Vec<NumberRemark> {
    let mut out = Vec::new();
    if check_digit(digits) != Some(digits[11]) {
        out.push(NumberRemark::CheckDigit);
    }
    if !date {
        out.push(NumberRemark::Date);
    }
    out
}

/// The twelfth digit for the first eleven; `None` when no number with these is assigned.
fn check_digit(digits: &[u8; 12]) -> Option<u8> {
    const ROWS: [[u16; 11]; 2] =
        [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]];
    ROWS.iter()
        .map(|row| row.iter().zip(digits).map(|(w, d)| w * u16::from(*d)).sum::<u16>() % 11)
        .find(|sum| *sum < 10)
        .and_then(|sum| u8::try_from(sum).ok())
}

fn days(year: u32, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_public_bodies_hold() {
        // kz-pki §11: one number for each row of weights, and two more.
        for bin in ["000740000728", "080540010396", "960340000514", "061211600012"] {
            let bin: Bin = bin.parse().unwrap();
            assert_eq!(check_digit(&bin.digits()), Some(bin.digits()[11]), "{bin}");
        }
    }

    #[test]
    fn wrong_numbers_are_remarked_not_refused() {
        let iin: Iin = "123456789011".parse().unwrap();
        assert_eq!(iin.remarks(), [NumberRemark::CheckDigit, NumberRemark::Date]);
        let iin: Iin = "960416161941".parse().unwrap();
        assert_eq!(iin.remarks(), []);
    }

    #[test]
    fn only_twelve_ascii_digits_are_a_number() {
        for bad in
            ["", "96041616194", "9604161619411", "96041616194O", "٩٦٠٤١٦١٦١٩٤١", " 60416161941"]
        {
            assert!(bad.parse::<Iin>().is_err(), "{bad}");
        }
    }
}
