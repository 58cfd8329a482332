//! How long a stream gets when it is decoded, told without holding it (ISO 32000-2 §7.4).
//!
//! The decoders of the PDF reader have no limit of their own, so nothing is given to them before
//! its length was counted here.

use flate2::{Decompress, FlushDecompress, Status};
use hayro_syntax::object::{Dict, MaybeRef, Object, Stream};

use crate::{
    budget::Budget,
    error::{Error, Result},
};

/// The most that one octet of deflate expands to: a match of 258 octets takes two bits.
const DEFLATE_RATIO: usize = 1032;
/// Samples in a row of a predictor. A page of 1200 dpi has fifteen thousand.
const MAX_ROW: f64 = 1_000_000.0;
const PIECE: usize = 1 << 16;

/// A filter, as far as lengths are concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    Hex,
    Ascii85,
    Lzw,
    Flate,
    RunLength,
    /// Its length is that of the picture.
    Picture,
    Ccitt,
    /// A form of picture whose decoder cannot be bounded.
    Unbounded,
}

impl Filter {
    /// A name that is not known is passed over, as the reader does.
    fn of(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"ASCIIHexDecode" | b"AHx" => Self::Hex,
            b"ASCII85Decode" | b"A85" => Self::Ascii85,
            b"LZWDecode" | b"LZW" => Self::Lzw,
            b"FlateDecode" | b"Fl" => Self::Flate,
            b"RunLengthDecode" | b"RL" => Self::RunLength,
            b"DCTDecode" | b"DCT" => Self::Picture,
            b"CCITTFaxDecode" | b"CCF" => Self::Ccitt,
            b"JBIG2Decode" | b"JPXDecode" => Self::Unbounded,
            _ => return None,
        })
    }

    const fn is_picture(self) -> bool {
        matches!(self, Self::Picture | Self::Ccitt | Self::Unbounded)
    }
}

/// The filters of a stream. They stand in its own dictionary: one that is kept elsewhere could be
/// another one for another reader.
pub(super) fn filters(dict: &Dict<'_>) -> Result<Vec<Filter>> {
    const ELSEWHERE: &str = "PDF: a filter that is kept in another object";
    let unsupported = || Error::unsupported("PDF", ELSEWHERE);
    let mut found = Vec::new();
    let mut named = 0;
    for key in ["F", "Filter"] {
        let names = match dict.get_raw::<Object<'_>>(key) {
            Some(MaybeRef::Ref(_)) => return Err(unsupported()),
            Some(MaybeRef::NotRef(Object::Name(name))) => vec![Filter::of(&name)],
            Some(MaybeRef::NotRef(Object::Array(all))) => {
                let one = |item| match item {
                    MaybeRef::NotRef(Object::Name(name)) => Ok(Filter::of(&name)),
                    MaybeRef::NotRef(_) => Ok(None),
                    MaybeRef::Ref(_) => Err(unsupported()),
                };
                all.raw_iter().map(one).collect::<Result<Vec<_>>>()?
            }
            _ => continue,
        };
        named += 1;
        found.extend(names.into_iter().flatten());
    }
    if named > 1 {
        return Err(Error::malformed("PDF: a stream names its filters twice"));
    }
    parameters(dict)?;
    Ok(found)
}

/// Parameters stand beside their filter, and none asks for a row of absurd length.
fn parameters(dict: &Dict<'_>) -> Result<()> {
    let unsupported = || Error::unsupported("PDF", "filter parameters in another object");
    for key in ["DP", "DecodeParms"] {
        match dict.get_raw::<Object<'_>>(key) {
            Some(MaybeRef::Ref(_)) => return Err(unsupported()),
            Some(MaybeRef::NotRef(Object::Dict(one))) => row(&one)?,
            Some(MaybeRef::NotRef(Object::Array(all))) => {
                for one in all.raw_iter() {
                    match one {
                        MaybeRef::Ref(_) => return Err(unsupported()),
                        MaybeRef::NotRef(Object::Dict(one)) => row(&one)?,
                        MaybeRef::NotRef(_) => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn row(parameters: &Dict<'_>) -> Result<()> {
    let mut samples = 1.0;
    for key in ["Columns", "Colors", "BitsPerComponent"] {
        match parameters.get_raw::<Object<'_>>(key) {
            None => {}
            Some(MaybeRef::NotRef(Object::Number(number))) => {
                samples *= number.as_f64().abs().max(1.0);
            }
            Some(_) => return Err(Error::malformed("PDF: the parameters of a filter")),
        }
    }
    if samples > MAX_ROW * 64.0 {
        return Err(Error::over_budget("samples in a row of a filter", MAX_ROW as u64));
    }
    Ok(())
}

/// Spends on `budget` what decoding `data` comes to, which may go on behind the end of the stream:
/// every filter knows its own end.
pub(super) fn measure(filters: &[Filter], data: &[u8], budget: &mut Budget) -> Result<()> {
    let mut held: Option<Vec<u8>> = None;
    for (i, filter) in filters.iter().enumerate() {
        if filter.is_picture() {
            return Ok(());
        }
        let input = held.as_deref().unwrap_or(data);
        let last = filters.get(i + 1).is_none_or(|next| next.is_picture());
        let mut next = Vec::new();
        let mut sink = |piece: &[u8]| {
            budget.spend_many(piece.len())?;
            if !last {
                next.extend_from_slice(piece);
            }
            Ok(())
        };
        match filter {
            Filter::Flate => flate(input, &mut sink)?,
            Filter::Lzw => lzw(input, &mut sink)?,
            Filter::RunLength => run_length(input, &mut sink)?,
            Filter::Hex => hex(input, &mut sink)?,
            Filter::Ascii85 => ascii85(input, &mut sink)?,
            _ => return Ok(()),
        }
        held = Some(next);
    }
    Ok(())
}

/// What the filters before that of a picture make of a stream.
pub(super) fn before_picture(stream: &Stream<'_>, limit: usize) -> Result<Option<Vec<u8>>> {
    let all = filters(stream.dict())?;
    let Some(at) = all.iter().position(|filter| filter.is_picture()) else { return Ok(None) };
    let mut data = stream.raw_data().into_owned();
    let mut budget = Budget::new("decoded bytes of a picture", limit);
    for filter in all.iter().take(at) {
        let mut next = Vec::new();
        let mut sink = |piece: &[u8]| {
            budget.spend_many(piece.len())?;
            next.extend_from_slice(piece);
            Ok(())
        };
        match filter {
            Filter::Flate => flate(&data, &mut sink)?,
            Filter::Lzw => lzw(&data, &mut sink)?,
            Filter::RunLength => run_length(&data, &mut sink)?,
            Filter::Hex => hex(&data, &mut sink)?,
            Filter::Ascii85 => ascii85(&data, &mut sink)?,
            _ => return Ok(None),
        }
        data = next;
    }
    Ok(Some(data))
}

type Sink<'s> = &'s mut dyn FnMut(&[u8]) -> Result<()>;

/// Deflate, with or without the frame of zlib. Where it is broken, another decoder may find a way
/// to go on: the rest counts as if it did, as densely as deflate allows.
fn flate(data: &[u8], sink: Sink<'_>) -> Result<()> {
    let framed = matches!(data, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0);
    let broken_at = inflate(data, framed, sink)?;
    let Some(broken_at) = broken_at else { return Ok(()) };
    let rest = data.get(broken_at..).unwrap_or_default();
    // What is behind the end of the stream is not of it, if the stream ends where it says.
    let length = find(rest, b"endstream").unwrap_or(rest.len());
    let zeros = [0; PIECE];
    let mut left = length.saturating_mul(DEFLATE_RATIO);
    while left > 0 {
        let piece = left.min(PIECE);
        sink(zeros.get(..piece).unwrap_or_default())?;
        left -= piece;
    }
    Ok(())
}

/// Where it broke, if it did.
fn inflate(data: &[u8], framed: bool, sink: Sink<'_>) -> Result<Option<usize>> {
    let mut state = Decompress::new(framed);
    let mut piece = vec![0; PIECE];
    loop {
        let read = usize::try_from(state.total_in()).unwrap_or(usize::MAX);
        let before = state.total_out();
        let rest = data.get(read..).unwrap_or_default();
        let status = state.decompress(rest, &mut piece, FlushDecompress::None);
        let made = usize::try_from(state.total_out() - before).unwrap_or(PIECE);
        sink(piece.get(..made).unwrap_or_default())?;
        let stuck = made == 0 && usize::try_from(state.total_in()).unwrap_or(0) == read;
        match status {
            Ok(Status::StreamEnd) => return Ok(None),
            Ok(_) if !stuck => {}
            // The end is missing: there is nothing more to decode.
            Ok(_) => return Ok(None),
            Err(_) => return Ok(Some(usize::try_from(state.total_in()).unwrap_or(read))),
        }
    }
}

/// Codes of nine to twelve bits (§7.4.4.2). Only the lengths of the table are kept; how early the
/// codes widen does not matter, since the shorter reading is an upper bound.
fn lzw(data: &[u8], sink: Sink<'_>) -> Result<()> {
    // A table entry is at most as long as the number of codes before it.
    let zeros = [0; 4096];
    let codes = data.len().saturating_mul(8) / 9;
    let mut lengths = 1_usize;
    for _ in 0..codes {
        sink(zeros.get(..lengths.min(4096)).unwrap_or_default())?;
        lengths = if lengths >= 3840 { 3840 } else { lengths + 1 };
    }
    Ok(())
}

fn run_length(data: &[u8], sink: Sink<'_>) -> Result<()> {
    let mut rest = data;
    while let Some((length, after)) = rest.split_first() {
        match length {
            128 => break,
            0..=127 => {
                let count = usize::from(*length) + 1;
                sink(after.get(..count).unwrap_or(after))?;
                rest = after.get(count..).unwrap_or_default();
            }
            _ => {
                let Some((octet, after)) = after.split_first() else { break };
                sink(&vec![*octet; 257 - usize::from(*length)])?;
                rest = after;
            }
        }
    }
    Ok(())
}

fn hex(data: &[u8], sink: Sink<'_>) -> Result<()> {
    let digit = |octet: &u8| char::from(*octet).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let digits: Vec<u8> =
        data.iter().take_while(|octet| **octet != b'>').filter_map(digit).collect();
    let octets: Vec<u8> = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => high << 4 | low,
            [high] => high << 4,
            _ => 0,
        })
        .collect();
    sink(&octets)
}

fn ascii85(data: &[u8], sink: Sink<'_>) -> Result<()> {
    let mut group = Vec::with_capacity(5);
    let mut out = Vec::new();
    for octet in data {
        match octet {
            b'~' => break,
            b'z' if group.is_empty() => out.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => group.push(u32::from(octet - b'!')),
            _ => {}
        }
        if group.len() == 5 {
            out.extend_from_slice(&value(&group).to_be_bytes());
            group.clear();
        }
    }
    if group.len() > 1 {
        let count = group.len() - 1;
        group.resize(5, 84);
        out.extend(value(&group).to_be_bytes().into_iter().take(count));
    }
    sink(&out)
}

fn value(group: &[u32]) -> u32 {
    group.iter().fold(0_u32, |sum, digit| sum.wrapping_mul(85).wrapping_add(*digit))
}

/// The first place of a word.
pub(super) fn find(data: &[u8], word: &[u8]) -> Option<usize> {
    data.windows(word.len()).position(|window| window == word)
}
