//! Rows: the entries of a list in as few octets as its values need, and their order.

use crate::{
    asn1::Tlv,
    error::{Error, Result},
};

/// RFC 5280 §4.1.2.2 asks for at most 20 octets of a serial number.
const SERIAL: usize = 20;
/// The most that a certificate of this crate may have.
pub(super) const MAX_SERIAL: usize = 64;

/// 1950-01-01T00:00:00Z, the first moment of UTCTime; 32 bits from there reach to 2086.
const UTC_TIME_BEGINS: i64 = -631_152_000;
/// 0000-01-01T00:00:00Z, the first moment of GeneralizedTime; 40 bits hold the last one.
const GENERALIZED_TIME_BEGINS: i64 = -62_167_219_200;

const HAS_INVALIDITY: u8 = 0x80;
const HAS_ISSUER: u8 = 0x40;
const REASON: u8 = 0x0f;

/// What a list says of one serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// The content octets of the INTEGER, the shortest form.
    pub(super) serial: &'a [u8],
    /// Seconds since 1970.
    pub(super) at: i64,
    /// The number of the reason (RFC 5280 §5.3.1).
    pub(super) reason: u8,
    pub(super) invalid_since: Option<i64>,
    /// Which of the list's certificateIssuer values is in force.
    pub(super) issuer: Option<u32>,
}

/// How wide the columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Widths {
    pub(super) serial: usize,
    /// Of both times.
    pub(super) time: usize,
    pub(super) invalidity: bool,
    pub(super) issuer: usize,
}

impl Widths {
    pub(super) const NARROW: Self = Self { serial: SERIAL, time: 4, invalidity: false, issuer: 0 };

    pub(super) fn are_known(self) -> bool {
        (SERIAL..=MAX_SERIAL).contains(&self.serial)
            && matches!(self.time, 4 | 5)
            && matches!(self.issuer, 0 | 2 | 4)
    }

    pub(super) const fn row(self) -> usize {
        let invalidity = if self.invalidity { self.time } else { 0 };
        self.serial + self.time + 1 + invalidity + self.issuer
    }

    fn including(mut self, row: &Row<'_>) -> Self {
        if row.serial.len() > self.serial {
            // A few steps at most: each rewrites all rows so far.
            self.serial = row.serial.len().next_multiple_of(8).min(MAX_SERIAL);
            if row.serial.len() == SERIAL + 1 {
                self.serial = SERIAL + 1;
            }
        }
        let short = |at: i64| u32::try_from(at - UTC_TIME_BEGINS).is_ok();
        if !short(row.at) || row.invalid_since.is_some_and(|at| !short(at)) {
            self.time = 5;
        }
        self.invalidity |= row.invalid_since.is_some();
        match row.issuer {
            None => {}
            Some(0..=0xffff) => self.issuer = self.issuer.max(2),
            Some(_) => self.issuer = 4,
        }
        self
    }

    const fn begin(self) -> i64 {
        if self.time == 4 { UTC_TIME_BEGINS } else { GENERALIZED_TIME_BEGINS }
    }

    fn write_time(self, at: i64, out: &mut Vec<u8>) {
        let octets = at.wrapping_sub(self.begin()).to_be_bytes();
        out.extend_from_slice(octets.get(8 - self.time..).unwrap_or_default());
    }

    /// Appends a row for which the columns are wide enough.
    fn write(self, row: &Row<'_>, out: &mut Vec<u8>) {
        write_serial(row.serial, self.serial, out);
        self.write_time(row.at, out);
        let invalidity = if row.invalid_since.is_some() { HAS_INVALIDITY } else { 0 };
        let issuer = if row.issuer.is_some() { HAS_ISSUER } else { 0 };
        out.push(row.reason & REASON | invalidity | issuer);
        if self.invalidity {
            self.write_time(row.invalid_since.unwrap_or(self.begin()), out);
        }
        let octets = row.issuer.unwrap_or_default().to_be_bytes();
        out.extend_from_slice(octets.get(4 - self.issuer..).unwrap_or_default());
    }

    /// The row that these octets are; `None` when they are too few.
    pub(super) fn read(self, row: &[u8]) -> Option<Row<'_>> {
        let (serial, rest) = row.split_at_checked(self.serial)?;
        let (at, rest) = rest.split_at_checked(self.time)?;
        let (flags, rest) = rest.split_first()?;
        let (since, rest) = match self.invalidity {
            true => rest.split_at_checked(self.time)?,
            false => (&[][..], rest),
        };
        let issuer = rest.get(..self.issuer)?;
        let number = |octets: &[u8]| octets.iter().fold(0_i64, |n, o| n << 8 | i64::from(*o));
        let time = |octets: &[u8]| self.begin() + number(octets);
        Some(Row {
            serial: shortest(serial),
            at: time(at),
            reason: flags & REASON,
            invalid_since: (flags & HAS_INVALIDITY != 0).then(|| time(since)),
            issuer: (flags & HAS_ISSUER != 0).then(|| number(issuer) as u32),
        })
    }
}

/// Appends an INTEGER in as many octets as the column has (X.690 §8.3.3: two's complement).
fn write_serial(serial: &[u8], width: usize, out: &mut Vec<u8>) {
    let sign = if serial.first().is_some_and(|first| first & 0x80 != 0) { 0xff } else { 0 };
    out.resize(out.len() + width.saturating_sub(serial.len()), sign);
    out.extend_from_slice(serial);
}

/// The octets of a serial number as a row has them; `None` when no row can have it.
pub(super) fn key(serial: &[u8], widths: Widths) -> Option<([u8; MAX_SERIAL], usize)> {
    let integer = Tlv { tag: crate::asn1::tag::INTEGER, raw: serial, value: serial, at: 0 };
    let pad = widths.serial.checked_sub(serial.len())?;
    if !integer.is_minimal_integer() {
        return None;
    }
    let sign = if serial.first().is_some_and(|first| first & 0x80 != 0) { 0xff } else { 0 };
    let mut key = [sign; MAX_SERIAL];
    key.get_mut(pad..widths.serial)?.copy_from_slice(serial);
    Some((key, widths.serial))
}

/// The shortest form of an INTEGER (X.690 §8.3.2).
fn shortest(mut octets: &[u8]) -> &[u8] {
    while let [0x00, next, ..] | [0xff, next, ..] = octets {
        let sign = octets.first().copied().unwrap_or_default();
        if (sign ^ next) & 0x80 != 0 {
            break;
        }
        octets = octets.get(1..).unwrap_or_default();
    }
    octets
}

/// Octets of an entry with a serial number of 20 octets, a UTCTime and nothing else.
const PLAIN_ENTRY: u64 = 39;
/// Room for more than two million rows.
const MAX_ROOM: usize = 1 << 26;

/// The rows of a list.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) widths: Widths,
    pub(super) octets: Vec<u8>,
}

impl Table {
    pub(super) const fn new() -> Self {
        Self { widths: Widths::NARROW, octets: Vec::new() }
    }

    /// Makes room for the rows of entries that are said to have so many octets. What is said is
    /// not known yet, so nothing fails, and more than [`MAX_ROOM`] is made only as rows come.
    pub(super) fn expect(&mut self, octets: u64) {
        let rows = usize::try_from(octets / PLAIN_ENTRY).unwrap_or(usize::MAX);
        let room = rows.saturating_mul(self.widths.row()).min(MAX_ROOM);
        let _ = self.octets.try_reserve_exact(room);
    }

    pub(super) fn count(&self) -> usize {
        self.octets.len() / self.widths.row()
    }

    /// Appends a row of the usual shape to rows that have no other columns; false when it or
    /// they are not of it.
    pub(super) fn push_plain(&mut self, serial: &[u8], at: i64, reason: u8) -> bool {
        let (Ok(serial), Ok(at)) =
            (<&[u8; SERIAL]>::try_from(serial), u32::try_from(at - UTC_TIME_BEGINS))
        else {
            return false;
        };
        if self.widths != Widths::NARROW {
            return false;
        }
        let mut row = [reason; SERIAL + 4 + 1];
        let (head, tail) = row.split_at_mut(SERIAL);
        head.copy_from_slice(serial);
        tail.iter_mut().zip(at.to_be_bytes()).for_each(|(to, from)| *to = from);
        self.octets.extend_from_slice(&row);
        true
    }

    pub(super) fn push(&mut self, row: &Row<'_>) -> Result<()> {
        if row.serial.len() > MAX_SERIAL {
            let what = "octets of a serial number in a revocation list";
            return Err(Error::over_budget(what, MAX_SERIAL as u64));
        }
        let needed = self.widths.including(row);
        if needed != self.widths {
            self.widen(needed);
        }
        self.widths.write(row, &mut self.octets);
        Ok(())
    }

    /// Rewrites the rows for wider columns, from the last to the first, in their own memory.
    fn widen(&mut self, wide: Widths) {
        let (narrow, count) = (self.widths, self.count());
        let mut row = Vec::with_capacity(wide.row());
        self.octets.resize(count * wide.row(), 0);
        for index in (0..count).rev() {
            let from = index * narrow.row()..(index + 1) * narrow.row();
            let to = index * wide.row()..(index + 1) * wide.row();
            row.clear();
            if let Some(old) = self.octets.get(from).and_then(|octets| narrow.read(octets)) {
                wide.write(&old, &mut row);
            }
            if let Some(place) = self.octets.get_mut(to)
                && place.len() == row.len()
            {
                place.copy_from_slice(&row);
            }
        }
        self.widths = wide;
    }

    /// By serial number; rows of one serial number by date, then by reason.
    pub(super) fn sort(&mut self) {
        let width = self.widths.row();
        let few = self.count().min(FEW);
        let mut scratch = Scratch {
            order: Vec::with_capacity(few),
            spread: vec![0; few],
            rows: vec![0; few * width],
        };
        scratch.sort(&mut self.octets, width, 0);
    }
}

/// So many rows are sorted at once, which with their copy stay in the second cache of a processor.
const FEW: usize = 1 << 14;

/// Sorting in place, but for the memory of a few rows.
struct Scratch {
    /// A slot for each row: the octets by which it is sorted, and in the lower bits where it was.
    order: Vec<u64>,
    spread: Vec<u64>,
    rows: Vec<u8>,
}

/// The parts that slots are brought to before they are sorted, and how many slots are worth it.
const PARTS: usize = 1 << 12;
const MANY: usize = 1 << 10;

/// The bits of a slot that are a position.
const POSITION: u64 = FEW as u64 - 1;
/// The octets above them.
const PREFIX: usize = 6;

impl Scratch {
    /// Sorts rows that are equal before column `from`: many of them by their next octet, then each
    /// part alike. The time grows with the rows, however their octets are spread.
    fn sort(&mut self, rows: &mut [u8], width: usize, mut from: usize) {
        let mut ends = [0_usize; 256];
        let count = rows.len() / width;
        loop {
            if count <= FEW {
                return self.sort_few(rows, width, from);
            }
            if from >= width {
                return;
            }
            ends.fill(0);
            for row in rows.chunks_exact(width) {
                if let Some(end) = row.get(from).and_then(|o| ends.get_mut(usize::from(*o))) {
                    *end += 1;
                }
            }
            if !ends.contains(&count) {
                break;
            }
            from += 1;
        }
        let mut nexts = [0_usize; 256];
        let mut sum = 0;
        for (next, end) in nexts.iter_mut().zip(&mut ends) {
            *next = sum;
            sum += *end;
            *end = sum;
        }
        distribute(rows, width, from, &mut nexts, &ends);
        let mut begin = 0;
        for end in ends {
            if let Some(part) = rows.get_mut(begin * width..end * width) {
                self.sort(part, width, from + 1);
            }
            begin = end;
        }
    }

    /// Sorts the slots: by their first twelve bits at once, then each part.
    fn sort_order(&mut self) {
        let count = self.order.len();
        let Some(spread) = self.spread.get_mut(..count).filter(|_| count >= MANY) else {
            return self.order.sort_unstable();
        };
        let mut nexts = [0_u16; PARTS];
        let part = |slot: u64| (slot >> (64 - PARTS.ilog2())) as usize;
        for slot in &self.order {
            if let Some(next) = nexts.get_mut(part(*slot)) {
                *next += 1;
            }
        }
        let mut sum = 0;
        for next in &mut nexts {
            sum += std::mem::replace(next, sum);
        }
        for slot in &self.order {
            if let Some(next) = nexts.get_mut(part(*slot))
                && let Some(place) = spread.get_mut(usize::from(*next))
            {
                *place = *slot;
                *next += 1;
            }
        }
        let mut begin = 0;
        for end in nexts {
            let end = usize::from(end);
            if let Some(part) = spread.get_mut(begin..end).filter(|part| part.len() > 1) {
                part.sort_unstable();
            }
            begin = end;
        }
        self.order.copy_from_slice(spread);
    }

    /// Sorts at most [`FEW`] rows by [`PREFIX`] octets at once.
    fn sort_few(&mut self, rows: &mut [u8], width: usize, from: usize) {
        if rows.len() <= width || from >= width {
            return;
        }
        self.order.clear();
        for (row, position) in rows.chunks_exact(width).zip(0_u64..) {
            self.order.push(eight(row.get(from..).unwrap_or_default()) & !0xffff | position);
        }
        self.sort_order();
        let Some(before) = self.rows.get_mut(..rows.len()) else { return };
        before.copy_from_slice(rows);
        let mut alike = Vec::new();
        let mut last = None;
        for ((to, slot), index) in rows.chunks_exact_mut(width).zip(&self.order).zip(0_usize..) {
            let begin = (slot & POSITION) as usize * width;
            if let Some(row) = before.get(begin..begin + width) {
                copy(row, to);
            }
            if last == Some(slot >> 16) {
                alike.push(index);
            }
            last = Some(slot >> 16);
        }
        // Rows that these octets do not tell apart are sorted by the next ones.
        for part in alike.chunk_by(|a, b| a + 1 == *b) {
            if let (Some(first), Some(last)) = (part.first(), part.last())
                && let Some(part) = rows.get_mut((first - 1) * width..(last + 1) * width)
            {
                self.sort_few(part, width, from + PREFIX);
            }
        }
    }
}

/// The usual row, whose length the compiler knows here.
const NARROW: usize = Widths::NARROW.row();

#[inline]
fn copy(from: &[u8], to: &mut [u8]) {
    match (from.as_array::<NARROW>(), to.as_mut_array::<NARROW>()) {
        (Some(from), Some(to)) => *to = *from,
        _ => to.copy_from_slice(from),
    }
}

#[inline]
fn swap(a: &mut [u8], b: &mut [u8]) {
    match (a.as_mut_array::<NARROW>(), b.as_mut_array::<NARROW>()) {
        (Some(a), Some(b)) => std::mem::swap(a, b),
        _ => a.swap_with_slice(b),
    }
}

/// Brings each row to the part of its octet at `from`: the American flag sort of McIlroy, Bostic
/// and McIlroy, "Engineering Radix Sort" (1993).
fn distribute(
    rows: &mut [u8],
    width: usize,
    from: usize,
    nexts: &mut [usize; 256],
    ends: &[usize; 256],
) {
    for part in 0..256 {
        while let (Some(&next), Some(&end)) = (nexts.get(part), ends.get(part))
            && next < end
        {
            let here = next * width;
            let Some(octet) = rows.get(here + from).map(|octet| usize::from(*octet)) else {
                return;
            };
            let Some(place) = nexts.get_mut(octet) else { return };
            let there = *place * width;
            *place += 1;
            if octet != part
                && let Ok([a, b]) =
                    rows.get_disjoint_mut([here..here + width, there..there + width])
            {
                swap(a, b);
            }
        }
    }
}

/// The first eight octets as a number, zeros behind them if there are fewer.
pub(super) fn eight(octets: &[u8]) -> u64 {
    if let Some(eight) = octets.first_chunk() {
        return u64::from_be_bytes(*eight);
    }
    octets
        .iter()
        .zip((0..8).rev())
        .fold(0, |n, (octet, place)| n | u64::from(*octet) << (8 * place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(octets: &[u8], width: usize) -> Vec<&[u8]> {
        octets.chunks_exact(width).collect()
    }

    proptest! {
        #[test]
        fn sorting_sorts(
            seed in prop::collection::vec(any::<u8>(), 0..4000),
            alphabet in 1_u8..=255,
            beginning in 0_usize..25,
        ) {
            let widths = Widths::NARROW;
            let whole = seed.len() / widths.row() * widths.row();
            let mut octets: Vec<u8> = seed[..whole].iter().map(|o| o % alphabet).collect();
            for row in octets.chunks_mut(widths.row()) {
                row[..beginning].fill(0x2a);
            }
            let unsorted = octets.clone();
            let mut expected = rows(&unsorted, widths.row());
            expected.sort();
            let mut table = Table { widths, octets };
            table.sort();
            prop_assert_eq!(rows(&table.octets, widths.row()), expected);
        }

        #[test]
        fn rows_survive_every_widening(
            values in prop::collection::vec(
                (
                    prop::collection::vec(any::<u8>(), 1..=MAX_SERIAL),
                    prop_oneof![-62_167_219_200_i64..253_402_300_800, 0_i64..2_000_000_000],
                    0_u8..11,
                    prop::option::weighted(0.2, -62_167_219_200_i64..253_402_300_800),
                    prop::option::weighted(0.2, prop_oneof![0_u32..9, any::<u32>()]),
                ),
                0..40,
            ),
        ) {
            let mut table = Table::new();
            let serials: Vec<Vec<u8>> = values.iter().map(|v| shortest(&v.0).to_vec()).collect();
            let all: Vec<Row<'_>> = values
                .iter()
                .zip(&serials)
                .map(|((_, at, reason, invalid_since, issuer), serial)| Row {
                    serial, at: *at, reason: *reason, invalid_since: *invalid_since, issuer: *issuer,
                })
                .collect();
            for row in &all {
                table.push(row).unwrap();
            }
            let width = table.widths.row();
            let read: Vec<_> =
                rows(&table.octets, width).iter().map(|r| table.widths.read(r).unwrap()).collect();
            prop_assert_eq!(read, all);
        }
    }

    /// More rows than are sorted at once, of which some differ late, some early and some not at all.
    #[test]
    fn sorting_sorts_many() {
        for alphabet in [1, 2, 3, 250] {
            let mut seed = 1_u32;
            let mut octets: Vec<u8> = (0..3 * FEW * 25)
                .map(|place| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    if place % 25 < 9 { 7 } else { ((seed >> 16) % alphabet) as u8 }
                })
                .collect();
            let unsorted = octets.clone();
            let mut expected = rows(&unsorted, 25);
            expected.sort();
            let table = &mut Table { widths: Widths::NARROW, octets: std::mem::take(&mut octets) };
            table.sort();
            assert!(rows(&table.octets, 25) == expected, "{alphabet}");
        }
    }

    #[test]
    fn a_serial_number_has_one_form() {
        for (octets, short) in [
            (&[0, 0, 1][..], &[1][..]),
            (&[0, 0x80], &[0, 0x80]),
            (&[0xff, 0xff, 0x80], &[0x80]),
            (&[0xff, 0x7f], &[0xff, 0x7f]),
            (&[0], &[0]),
        ] {
            assert_eq!(shortest(octets), short);
        }
        let one = key(&[1], Widths::NARROW).unwrap().0;
        assert_eq!(one[..SERIAL], [[0; 19].as_slice(), &[1]].concat());
        assert!(key(&[0, 1], Widths::NARROW).is_none());
        assert!(key(&[], Widths::NARROW).is_none());
        assert!(key(&[1; 21], Widths::NARROW).is_none());
    }
}
