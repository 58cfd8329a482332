//! The entries of a list, one after the other.

use std::collections::BTreeMap;

use super::table::{Row, Table};
use crate::{
    asn1::{self, tag},
    budget::Limits,
    certificate::{GeneralName, RevocationReason, read_extensions},
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
                        let names = asn1::single(value, what)?.expect(tag::SEQUENCE, what)?;
                        let names = GeneralName::read_all(names.inside(), what)?;
                        let directory = |name: &_| matches!(name, GeneralName::Directory(_));
                        self.unknown_critical |= !names.iter().any(directory);
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
        let [y1, y2, m1, m2, d1, d2, h1, h2, min1, min2, s1, s2, zone] = *date;
        let [year, month, day, hour] = pairs([y1, y2, m1, m2, d1, d2, h1, h2]);
        let [minute, second, ..] = pairs([min1, min2, s1, s2, b'0', b'0', b'0', b'0']);
        let is_plain = zone == b'Z'
            && year < 100
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !is_plain {
            return Instant::from_utc_time(date).map(Instant::unix);
        }
        if self.0.is_empty() {
            self.0.resize(100 * 12 * 31, None);
        }
        let seconds = i64::from((hour * 60 + minute) * 60 + second);
        match self.0.get_mut(((year * 12 + month - 1) * 31 + day - 1) as usize) {
            Some(Some(day)) => Ok(i64::from(*day) * DAY + seconds),
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

/// Four numbers of two digits each; 255 for all when an octet is no digit.
fn pairs(digits: [u8; 8]) -> [u32; 4] {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const DIGITS: u64 = 0x3030_3030_3030_3030;
    let octets = u64::from_le_bytes(digits);
    // '0' to '9' are 0x30 to 0x39; six more and a greater one is 0x40.
    let above = octets.wrapping_add(0x0606_0606_0606_0606);
    if octets & HIGH != DIGITS || above & HIGH != DIGITS {
        return [255; 4];
    }
    let values = octets & !HIGH;
    let pairs = values * 10 + (values >> 8);
    [0, 16, 32, 48].map(|shift| (pairs >> shift) as u32 & 0xff)
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
    // Most of them have a serial number of 20 octets, whose first is neither 0 nor 255.
    if let [tag::SEQUENCE, 0x25, tag::INTEGER, 20, 0x01..=0xfe, ..] = octets
        && let Some((entry, behind)) = octets.split_first_chunk::<39>()
        && let [.., tag::UTC_TIME, 13, _, _, _, _, _, _, _, _, _, _, _, _, _] = entry
    {
        let (serial, date) = (entry.get(4..24)?, entry.last_chunk()?);
        return Some((Plain { serial, date, reason: 0 }, behind));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn dates_are_read_as_everywhere(
            dates in prop::collection::vec(
                prop_oneof![
                    4 => "[0-9]{2}(0[0-9]|1[0-3])[0-3][0-9][0-2][0-9][0-6][0-9][0-6][0-9]Z",
                    1 => "[/-:]{12}[YZz]",
                ],
                1..20,
            ),
        ) {
            let mut days = Days(Vec::new());
            // The second time the day is known.
            for date in dates.iter().chain(&dates) {
                let expected = Instant::from_utc_time(date.as_bytes()).map(Instant::unix);
                let octets: &[u8; 13] = date.as_bytes().try_into().unwrap();
                prop_assert_eq!(days.time(octets), expected, "{}", date);
            }
        }
    }

    #[test]
    fn every_day_of_a_century_is_read_as_everywhere() {
        let mut days = Days(Vec::new());
        for year in 0..100 {
            for month in 1..=12 {
                for day in 1..=31 {
                    for time in ["000000", "235959"] {
                        let date = format!("{year:02}{month:02}{day:02}{time}Z");
                        let expected = Instant::from_utc_time(date.as_bytes()).map(Instant::unix);
                        let octets: &[u8; 13] = date.as_bytes().try_into().unwrap();
                        assert_eq!(days.time(octets), expected, "{date}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_usual_shape_is_read_as_any_other() {
        let entry = |serial: &[u8], behind: &[u8]| {
            let date = asn1::tlv(tag::UTC_TIME, b"260301120000Z");
            asn1::sequence(&[asn1::tlv(tag::INTEGER, serial), date, behind.to_vec()])
        };
        let reason = |code| [REASON, &[code]].concat();
        for serial in
            [&[0x41; 20][..], &[0x00; 20], &[0xff; 20], &[0x80; 20], &[5], &[], &[0x41; 21]]
        {
            for behind in [vec![], reason(0), reason(7), reason(10), reason(11), vec![0x30, 0]] {
                let octets = entry(serial, &behind);
                let [mut one, mut other] = [(); 2].map(|()| Entries::new(&Limits::default()));
                let by_shape = one.plain(&octets).unwrap();
                let read = other.any(&octets);
                if by_shape > 0 {
                    assert_eq!(by_shape, octets.len());
                    assert_eq!(read, Ok(()));
                    assert_eq!(one.table.octets, other.table.octets);
                } else {
                    assert!(one.table.octets.is_empty());
                }
            }
        }
    }
}
