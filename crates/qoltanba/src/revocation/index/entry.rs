//! The entries of a list, one after the other.

use std::collections::BTreeMap;

use super::table::{Row, Table};
use crate::{
    asn1::{self, tag},
    budget::Limits,
    certificate::{RevocationReason, read_extensions},
    error::{Error, Result},
    oid,
    time::Instant,
};

pub(super) const ENTRY: &str = "revoked certificate (RFC 5280 §5.1.2.6)";

/// The most octets of an entry that [`Entries::plain`] reads: a serial number of 20 octets, a
/// UTCTime and a reason.
pub(super) const PLAIN: usize = 2 + 22 + 15 + REASON.len() + 1;

/// The extensions of an entry that has a reason and nothing else, up to its number.
const REASON: &[u8] =
    &[0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01];

/// What is kept of the entries that were read.
pub(super) struct Entries {
    pub(super) table: Table,
    /// One has a critical extension that is not processed.
    pub(super) unknown_critical: bool,
    issuers: Issuers,
    /// The certificateIssuer that holds until another one comes (RFC 5280 §5.3.3).
    issuer: Option<u32>,
    days: Days,
}

/// The values of certificateIssuer, each once.
struct Issuers {
    numbers: BTreeMap<Vec<u8>, u32>,
    octets: usize,
    limit: usize,
}

impl Entries {
    pub(super) fn new(limits: &Limits) -> Self {
        // Each is written with a length before it; lengths of a header have 32 bits.
        let limit = limits.structure_bytes.min(1 << 30);
        Self {
            table: Table::new(),
            unknown_critical: false,
            issuers: Issuers { numbers: BTreeMap::new(), octets: 0, limit },
            issuer: None,
            days: Days(Vec::new()),
        }
    }

    /// Reads the entries that `octets` begins with as long as they are of the shape that nearly
    /// all have, and tells how many octets that were; [`any`](Self::any) reads the others.
    pub(super) fn plain(&mut self, octets: &[u8]) -> Result<usize> {
        let mut rest = octets;
        while let Some((entry, behind)) = plain(rest) {
            let at = self.days.time(entry.date)?;
            let Plain { serial, reason, .. } = entry;
            if self.issuer.is_some() || !self.table.push_plain(serial, at, reason) {
                let issuer = self.issuer;
                self.table.push(&Row { serial, at, reason, invalid_since: None, issuer })?;
            }
            rest = behind;
        }
        Ok(octets.len() - rest.len())
    }

    /// Reads an entry of any shape.
    pub(super) fn any(&mut self, octets: &[u8]) -> Result<()> {
        let mut fields = asn1::single(octets, ENTRY)?.expect(tag::SEQUENCE, ENTRY)?.inside();
        let serial = fields.expect(tag::INTEGER, ENTRY)?;
        if !serial.is_minimal_integer() {
            return Err(Error::malformed(ENTRY));
        }
        let at = fields.any(ENTRY)?.time("revocationDate (RFC 5280 §5.1.2.6)")?.unix();
        let mut row =
            Row { serial: serial.value, at, reason: 0, invalid_since: None, issuer: None };
        if !fields.is_done() {
            for extension in read_extensions(fields.sequence(ENTRY)?)? {
                let value = extension.value.as_slice();
                match extension.oid {
                    oid::REASON_CODE => {
                        RevocationReason::read(value)?;
                        row.reason = value.last().copied().unwrap_or_default();
                    }
                    oid::INVALIDITY_DATE => {
                        let what = "invalidityDate (RFC 5280 §5.3.2)";
                        let at = asn1::single(value, what)?.time(what)?;
                        row.invalid_since = Some(at.unix());
                    }
                    oid::CERTIFICATE_ISSUER => {
                        let what = "certificateIssuer (RFC 5280 §5.3.3)";
                        asn1::single(value, what)?.expect(tag::SEQUENCE, what)?;
                        self.issuer = Some(self.issuers.number(extension.value)?);
                    }
                    _ if extension.critical => self.unknown_critical = true,
                    _ => {}
                }
            }
            fields.finish(ENTRY)?;
        }
        row.issuer = self.issuer;
        self.table.push(&row)
    }

    /// The values of certificateIssuer in the order of their numbers.
    pub(super) fn take_issuers(&mut self) -> Vec<Vec<u8>> {
        let mut all: Vec<_> = std::mem::take(&mut self.issuers.numbers).into_iter().collect();
        all.sort_unstable_by_key(|(_, number)| *number);
        all.into_iter().map(|(value, _)| value).collect()
    }
}

impl Issuers {
    fn number(&mut self, value: Vec<u8>) -> Result<u32> {
        if let Some(number) = self.numbers.get(&value) {
            return Ok(*number);
        }
        self.octets = self.octets.saturating_add(value.len()).saturating_add(4);
        Limits::check("bytes of certificateIssuer values", self.octets, self.limit)?;
        let number = self.numbers.len() as u32;
        self.numbers.insert(value, number);
        Ok(number)
    }
}

/// The days on which certificates were revoked, which are few, by the digits of their UTCTime.
struct Days(Vec<Option<i32>>);

impl Days {
    /// Seconds since 1970, as [`Instant::from_utc_time`] reads them.
    fn time(&mut self, date: &[u8; 13]) -> Result<i64> {
        let [y1, y2, m1, m2, d1, d2, rest @ ..] = date;
        let [hour1, hour2, minute1, minute2, second1, second2, b'Z'] = rest else {
            return Instant::from_utc_time(date).map(Instant::unix);
        };
        let pairs = [(y1, y2), (m1, m2), (d1, d2), (hour1, hour2), (minute1, minute2)];
        let digit = |octet: &u8| octet.is_ascii_digit();
        let number = |(a, b): (&u8, &u8)| usize::from(a & 15) * 10 + usize::from(b & 15);
        let [year, month, day, hour, minute] = pairs.map(number);
        let second = number((second1, second2));
        let known = (1..=12).contains(&month) && (1..=31).contains(&day);
        if !date.iter().take(12).all(digit) || !known || hour > 23 || minute > 59 || second > 59 {
            return Instant::from_utc_time(date).map(Instant::unix);
        }
        if self.0.is_empty() {
            self.0.resize(100 * 12 * 31, None);
        }
        let place = self.0.get_mut((year * 12 + month - 1) * 31 + day - 1);
        let seconds = (hour * 60 + minute) * 60 + second;
        match place {
            Some(Some(day)) => Ok(i64::from(*day) * DAY + seconds as i64),
            place => {
                let at = Instant::from_utc_time(date)?.unix();
                if let Some(place) = place {
                    *place = i32::try_from(at.div_euclid(DAY)).ok();
                }
                Ok(at)
            }
        }
    }
}

/// Seconds.
const DAY: i64 = 86_400;

/// An entry of a short serial number, a UTCTime, and a reason or none.
struct Plain<'a> {
    serial: &'a [u8],
    date: &'a [u8; 13],
    reason: u8,
}

/// Reads an entry of that shape off the front.
fn plain(octets: &[u8]) -> Option<(Plain<'_>, &[u8])> {
    let [tag::SEQUENCE, length @ 0..=0x7f, rest @ ..] = octets else { return None };
    let (inside, behind) = rest.split_at_checked((*length).into())?;
    let [tag::INTEGER, length @ 1..=20, rest @ ..] = inside else { return None };
    let (serial, rest) = rest.split_at_checked((*length).into())?;
    // X.690 §8.3.2.
    if let [0x00, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] = serial {
        return None;
    }
    let [tag::UTC_TIME, 13, rest @ ..] = rest else { return None };
    let (date, rest) = rest.split_first_chunk()?;
    let reason = match rest {
        [] => 0,
        _ => match rest.strip_prefix(REASON)? {
            // RFC 5280 §5.3.1: 7 is not used.
            [code @ (0..=6 | 8..=10)] => *code,
            _ => return None,
        },
    };
    Some((Plain { serial, date, reason }, behind))
}
