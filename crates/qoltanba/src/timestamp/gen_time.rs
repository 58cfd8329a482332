//! The time that a token states, with its fraction of a second.

use core::fmt;

use crate::{
    asn1::{Tlv, tag},
    error::{Error, Result},
    time::Instant,
};

/// genTime (RFC 3161 §2.4.2), to the nanosecond. Two of them are compared with their fractions;
/// against a moment that is known to the second, the fraction is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GenTime {
    second: Instant,
    nanos: u32,
}

impl GenTime {
    pub(crate) fn read(value: &Tlv<'_>) -> Result<Self> {
        const WHAT: &str = "genTime (RFC 3161 §2.4.2)";
        let value = value.expect(tag::GENERALIZED_TIME, WHAT)?;
        let second = Instant::from_generalized_time(value.value).map_err(|e| e.at(value.at))?;
        // The form `YYYYMMDDhhmmss[.s...]Z` holds; digits beyond the ninth are dropped.
        let fraction = value.value.get(15..).unwrap_or_default().iter();
        let digits = fraction.filter(|b| b.is_ascii_digit()).chain(std::iter::repeat(&b'0'));
        let nanos = digits.take(9).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        Ok(Self { second, nanos })
    }

    /// The second in which it lies.
    #[must_use]
    pub const fn instant(self) -> Instant {
        self.second
    }

    /// Whether it is certainly later than another: by more than both may be wrong.
    #[must_use]
    pub fn is_after(self, accuracy: Accuracy, other: Self, other_accuracy: Accuracy) -> bool {
        // RFC 3161 §2.4.2, `ordering`: only a difference above the sum of both accuracies orders
        // the tokens of different authorities.
        let micros =
            |time: Self| i128::from(time.second.unix()) * 1_000_000_000 + i128::from(time.nanos);
        let margin = (i128::from(accuracy.0) + i128::from(other_accuracy.0)) * 1_000;
        micros(self) - micros(other) > margin
    }
}

/// The beginning of a second.
impl From<Instant> for GenTime {
    fn from(second: Instant) -> Self {
        Self { second, nanos: 0 }
    }
}

impl fmt::Display for GenTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.second.to_string();
        match self.nanos {
            0 => f.write_str(&second),
            nanos => {
                let fraction = format!("{nanos:09}");
                write!(f, "{}.{}Z", second.trim_end_matches('Z'), fraction.trim_end_matches('0'))
            }
        }
    }
}

/// How far genTime may be off, in microseconds (RFC 3161 §2.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accuracy(u64);

impl Accuracy {
    /// What an authority that states none is held to: EN 319 421 §7.7.1 asks for one second or
    /// better.
    pub const UNSTATED: Self = Self(1_000_000);

    /// Microseconds.
    #[must_use]
    pub const fn micros(self) -> u64 {
        self.0
    }

    pub(crate) fn read(value: &Tlv<'_>) -> Result<Self> {
        const WHAT: &str = "accuracy (RFC 3161 §2.4.2)";
        let mut fields = value.inside();
        let seconds = fields.optional(tag::INTEGER, WHAT)?;
        let seconds = seconds.map_or(Ok(0), |value| value.small(WHAT))?;
        let mut part = |number| match fields.optional_context(number, WHAT)? {
            None => Ok(0),
            Some(value) => match *value.value {
                [low] if low < 0x80 => Ok(u64::from(low)),
                [high, low] if high < 0x04 => Ok(u64::from(high) << 8 | u64::from(low)),
                _ => Err(Error::malformed(WHAT).at(value.at)),
            },
        };
        let (millis, micros) = (part(0)?, part(1)?);
        fields.finish(WHAT)?;
        if millis > 999 || micros > 999 {
            return Err(Error::malformed(WHAT).at(value.at));
        }
        let all = seconds.saturating_mul(1_000_000).saturating_add(millis * 1_000 + micros);
        Ok(Self(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::{self, tlv};

    fn time(text: &str) -> Result<GenTime> {
        let der = tlv(tag::GENERALIZED_TIME, text.as_bytes());
        GenTime::read(&asn1::single(&der, "time").unwrap())
    }

    fn accuracy(der: &[u8]) -> Result<Accuracy> {
        Accuracy::read(&asn1::single(der, "accuracy").unwrap())
    }

    #[test]
    fn the_fraction_orders_and_is_shown() {
        let whole = time("20261125120000Z").unwrap();
        let half = time("20261125120000.5Z").unwrap();
        let long = time("20261125120000.50000000001Z").unwrap();
        assert!(whole < half);
        assert_eq!(half, long);
        assert_eq!(half.instant(), whole.instant());
        assert_eq!(half.to_string(), "2026-11-25T12:00:00.5Z");
        assert_eq!(whole.to_string(), "2026-11-25T12:00:00Z");
        for bad in ["20261125120000.Z", "20261125120000.50Z", "20261125120000", "261125120000Z"] {
            assert!(time(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_more_than_both_accuracies_is_later() {
        let (early, late) = (time("20261125120000Z").unwrap(), time("20261125120002Z").unwrap());
        let second = Accuracy::UNSTATED;
        assert!(!late.is_after(second, early, second));
        assert!(late.is_after(second, early, Accuracy(999_999)));
        assert!(!early.is_after(second, late, second));
    }

    #[test]
    fn accuracy_is_summed_and_bounded() {
        let der = [0x30, 10, 2, 1, 1, 0x80, 2, 1, 0xf4, 0x81, 1, 7];
        assert_eq!(accuracy(&der).unwrap().micros(), 1_500_007);
        assert_eq!(accuracy(&[0x30, 0]).unwrap().micros(), 0);
        assert!(accuracy(&[0x30, 4, 0x80, 2, 3, 0xe8]).is_err());
        assert!(accuracy(&[0x30, 3, 0x80, 1, 0xff]).is_err());
    }
}
