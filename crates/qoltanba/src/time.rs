//! Moments and periods. There is no `now()` here: the moment of check is an input.
//!
//! ```
//! use qoltanba::Instant;
//! let at: Instant = "2026-11-25T17:00:00+05:00".parse()?;
//! assert_eq!(at.to_string(), "2026-11-25T12:00:00Z");
//! # Ok::<(), qoltanba::Error>(())
//! ```

use core::{fmt, str::FromStr};

use time::{
    Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset,
    format_description::well_known::Rfc3339,
};

use crate::error::{Error, Result};

/// A moment in UTC, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// The moment so many seconds later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    fn date_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    fn from_parts(year: i32, rest: [u8; 5], what: &'static str) -> Result<Self> {
        let [month, day, hour, minute, second] = rest;
        let bad = || Error::malformed(what);
        let month = Month::try_from(month).map_err(|_| bad())?;
        let date = Date::from_calendar_date(year, month, day).map_err(|_| bad())?;
        let time = Time::from_hms(hour, minute, second).map_err(|_| bad())?;
        Ok(Self(PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp()))
    }

    /// `YYMMDDHHMMSSZ`, the only form that DER and RFC 5280 §4.1.2.5.1 allow.
    pub(crate) fn from_utc_time(value: &[u8]) -> Result<Self> {
        const WHAT: &str = "UTCTime (RFC 5280 §4.1.2.5.1)";
        let (digits, zone) = value.split_at_checked(12).ok_or(Error::malformed(WHAT))?;
        let [year, rest @ ..] = pairs::<6>(digits).ok_or(Error::malformed(WHAT))?;
        if zone != b"Z" {
            return Err(Error::malformed(WHAT));
        }
        // RFC 5280 §4.1.2.5.1: 50 to 99 are in the twentieth century.
        let century = if year >= 50 { 1900 } else { 2000 };
        Self::from_parts(century + i32::from(year), rest, WHAT)
    }

    /// `YYYYMMDDHHMMSS[.f]Z`. RFC 5280 §4.1.2.5.2 forbids the fraction, RFC 3161 §2.4.2 allows
    /// it; it is dropped.
    pub(crate) fn from_generalized_time(value: &[u8]) -> Result<Self> {
        const WHAT: &str = "GeneralizedTime (RFC 5280 §4.1.2.5.2, RFC 3161 §2.4.2)";
        let bad = || Error::malformed(WHAT);
        let (digits, zone) = value.split_at_checked(14).ok_or_else(bad)?;
        let [high, low, rest @ ..] = pairs::<7>(digits).ok_or_else(bad)?;
        let fraction = zone.strip_suffix(b"Z").ok_or_else(bad)?;
        match fraction.split_first() {
            None => {}
            Some((b'.', digits))
                if !digits.is_empty()
                    && digits.iter().all(u8::is_ascii_digit)
                    && digits.last() != Some(&b'0') => {}
            Some(_) => return Err(bad()),
        }
        Self::from_parts(i32::from(high) * 100 + i32::from(low), rest, WHAT)
    }

    /// The DER encoding that RFC 5280 §4.1.2.5 prescribes: UTCTime through 2049, then
    /// GeneralizedTime.
    pub(crate) fn to_der_time(self) -> Vec<u8> {
        let t = self.date_time();
        let tail = format!(
            "{:02}{:02}{:02}{:02}{:02}Z",
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        );
        let (tag, text) = if (1950..2050).contains(&t.year()) {
            (0x17, format!("{:02}{tail}", t.year().rem_euclid(100)))
        } else {
            (0x18, format!("{:04}{tail}", t.year()))
        };
        let mut der = vec![tag, text.len() as u8];
        der.extend_from_slice(text.as_bytes());
        der
    }
}

/// Reads `N` pairs of decimal digits.
fn pairs<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut out = [0; N];
    let mut chunks = digits.chunks_exact(2);
    for slot in &mut out {
        match chunks.next()? {
            [a @ b'0'..=b'9', b @ b'0'..=b'9'] => *slot = (a - b'0') * 10 + (b - b'0'),
            _ => return None,
        }
    }
    Some(out)
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.date_time();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        )
    }
}

impl FromStr for Instant {
    type Err = Error;

    /// Reads an RFC 3339 date and time with a zone.
    fn from_str(text: &str) -> Result<Self> {
        OffsetDateTime::parse(text, &Rfc3339)
            .map(|t| Self(t.to_offset(UtcOffset::UTC).unix_timestamp()))
            .map_err(|_| {
                Error::misuse("a moment is written like 2026-11-25T12:00:00Z (RFC 3339, with zone)")
            })
    }
}

/// A moment that is judged, and the moment from which one looks back at it. Both are the same
/// unless a time stamp proves that something existed earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The moment that is judged.
    pub(crate) at: Instant,
    /// The moment of check: evidence made after it counts for nothing.
    pub(crate) now: Instant,
}

impl Moment {
    /// Judged at the moment of check itself.
    pub(crate) const fn of_check(now: Instant) -> Self {
        Self { at: now, now }
    }
}

/// A period with both ends inside it, as in a certificate (RFC 5280 §4.1.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub not_before: Instant,
    /// The last moment.
    pub not_after: Instant,
}

impl Validity {
    /// Whether the moment lies in the period.
    #[must_use]
    pub fn contains(&self, at: Instant) -> bool {
        self.not_before <= at && at <= self.not_after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_times_follow_rfc_5280() {
        let t = |s: &str| s.parse::<Instant>().unwrap();
        assert_eq!(Instant::from_utc_time(b"491231235959Z").unwrap(), t("2049-12-31T23:59:59Z"));
        assert_eq!(Instant::from_utc_time(b"500101000000Z").unwrap(), t("1950-01-01T00:00:00Z"));
        assert_eq!(
            Instant::from_generalized_time(b"20260101000000.125Z").unwrap(),
            t("2026-01-01T00:00:00Z")
        );
        for bad in
            ["2601010000Z", "260101000000", "260101000000+0500", "261301000000Z", "2602300000"]
        {
            assert!(Instant::from_utc_time(bad.as_bytes()).is_err(), "{bad}");
        }
        for bad in ["20260101000000", "20260101000000.Z", "20260101000000.10Z", "20260101000000,1Z"]
        {
            assert!(Instant::from_generalized_time(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn der_times_round_trip() {
        for text in ["1950-01-01T00:00:00Z", "2026-11-25T12:00:00Z", "2050-01-01T00:00:00Z"] {
            let at: Instant = text.parse().unwrap();
            let der = at.to_der_time();
            let back = match der[0] {
                0x17 => Instant::from_utc_time(&der[2..]),
                _ => Instant::from_generalized_time(&der[2..]),
            };
            assert_eq!(back.unwrap(), at);
        }
    }
}
