//! The file around the objects: one of which every reader finds the same objects.
//!
//! A reader that meets a broken table searches the file for objects, and readers differ on what is
//! broken and on which of two objects of one number they take. So each number is given once, there
//! is one way in, and nothing stands before or behind it.

use std::collections::BTreeSet;

use hayro_syntax::{
    Pdf,
    object::{Object, Stream},
};

use super::{Construct, objects};

type Result<T> = std::result::Result<T, Construct>;

/// Where the dictionary of a linearised file has to stand (ISO 32000-2 Annex F.3.3).
const BEGINNING: usize = 1024;
/// Decoded bytes of streams of objects.
const MOST_BYTES: usize = 64 << 20;

/// Refuses a file that readers may read differently.
pub(super) fn check(pdf: &Pdf) -> Result<()> {
    let file: &[u8] = pdf.data().as_ref();
    let is_versioned = file.starts_with(b"%PDF-1.") || file.starts_with(b"%PDF-2.");
    let head = file.get(..BEGINNING.min(file.len())).unwrap_or_default();
    let is_linearised = count(head, b"/Linearized") == 1;
    let ends = count(file, b"startxref");
    let end = file.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |at| at + 1);
    let is_ended = file.get(..end).is_some_and(|file| file.ends_with(b"%%EOF"));
    let is_single = ends == if is_linearised { 2 } else { 1 };
    let has_earlier = count(file, b"/Prev") > usize::from(is_linearised);
    // Files for readers of two ages carry two tables (ISO 32000-2 §7.5.8.4).
    let is_hybrid = count(file, b"/XRefStm") > 0;
    if !is_versioned || !is_ended || !is_single || has_earlier || is_hybrid || roots(file) != 1 {
        return Err(Construct::Structure);
    }
    numbers(pdf, file)
}

fn count(file: &[u8], word: &[u8]) -> usize {
    file.windows(word.len()).filter(|window| *window == word).count()
}

/// How many different catalogues are named.
fn roots(file: &[u8]) -> usize {
    let word = b"/Root";
    let places = file.windows(word.len()).enumerate().filter(|(_, window)| window == word);
    let named = places.map(|(at, _)| {
        let rest = file.get(at + word.len()..).unwrap_or_default();
        let (number, rest) = digits(space(rest));
        let (generation, _) = digits(space(rest));
        (number, generation)
    });
    named.collect::<BTreeSet<_>>().len()
}

/// Each number is given to one object, whether it stands alone or in a stream of objects.
fn numbers(pdf: &Pdf, file: &[u8]) -> Result<()> {
    let mut given = BTreeSet::new();
    for (at, _) in file.windows(3).enumerate().filter(|(_, window)| *window == b"obj") {
        let before = file.get(..at).unwrap_or_default();
        if before.ends_with(b"end") {
            continue;
        }
        let Some(number) = numbered(before) else { continue };
        if !given.insert(number) {
            return Err(Construct::Structure);
        }
    }
    let mut streams = 0;
    for object in pdf.objects() {
        let Object::Stream(stream) = object else { continue };
        if objects::named(stream.dict(), "Type").as_deref() == Some(b"ObjStm") {
            streams += 1;
            for number in within(&stream)? {
                if !given.insert(number) {
                    return Err(Construct::Structure);
                }
            }
        }
    }
    // Those that the reader does not know of, another might.
    if count(file, b"/ObjStm") == streams { Ok(()) } else { Err(Construct::Structure) }
}

/// The number in `12 0 obj`, by what stands before the word.
fn numbered(before: &[u8]) -> Option<u64> {
    let back = |text: &[u8], is: fn(&u8) -> bool| {
        text.len() - text.iter().rev().take_while(|byte| is(byte)).count()
    };
    let is_space = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let before = before.get(..back(before, is_space))?;
    let generation = back(before, u8::is_ascii_digit);
    let rest = before.get(..generation)?;
    let rest =
        if generation < before.len() { rest.get(..back(rest, is_space))? } else { return None };
    let (number, _) = digits(rest.get(back(rest, u8::is_ascii_digit)..)?);
    number
}

/// The numbers at the head of a stream of objects (ISO 32000-2 §7.5.7).
fn within(stream: &Stream<'_>) -> Result<Vec<u64>> {
    let amount = stream.dict().get::<u32>("N").ok_or(Construct::Structure)?;
    let decoded = stream.decoded_data().map_err(|_| Construct::Structure)?;
    if decoded.len() > MOST_BYTES || stream.dict().contains_key("Extends") {
        return Err(Construct::Structure);
    }
    let mut rest: &[u8] = &decoded;
    let mut found = Vec::new();
    for _ in 0..amount {
        let (number, after) = digits(space(rest));
        let (offset, after) = digits(space(after));
        found.push(number.ok_or(Construct::Structure)?);
        offset.ok_or(Construct::Structure)?;
        rest = after;
    }
    Ok(found)
}

fn space(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

/// The number at the beginning, and what follows it.
fn digits(text: &[u8]) -> (Option<u64>, &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    (number, rest)
}
