//! A look at the bare octets of a PDF file before its reader sees it.
//!
//! The reader has no limits: it decodes object streams and tables of references of any length, and
//! where the tables are broken it searches the whole file for objects, from every place where one
//! may begin. Here every such place is visited first, and what reading on from it costs is counted.

use hayro_syntax::object::{Dict, FromBytes as _};

use super::filter::{self, find};
use crate::{
    budget::{Budget, Limits},
    error::{Error, Result},
};

/// How often, on average, an octet may be read again from another beginning.
const REPEATS: usize = 16;
const FLOOR: usize = 4 << 20;
/// Levels at which the reader gives up.
const NESTING: usize = 512;

/// Refuses a file that would cost too much to read, and one that is encrypted.
pub(super) fn scan(bytes: &[u8], limits: &Limits) -> Result<()> {
    let most = bytes.len().saturating_mul(REPEATS).saturating_add(FLOOR);
    let mut scan = Scan {
        bytes,
        steps: Budget::new("reading a PDF file again and again", most),
        decoded: Budget::new("decoded bytes of a PDF file", limits.pdf_decoded_bytes),
    };
    for (at, pair) in bytes.windows(2).enumerate() {
        if pair == b"<<" && may_begin(bytes, at) {
            scan.dictionary(at)?;
        } else if pair == b"ob" && bytes.get(at + 2) == Some(&b'j') {
            scan.object(at + 3)?;
        }
    }
    Ok(())
}

/// Where the reader may try to read an object.
fn may_begin(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| bytes.get(before)) else { return true };
    is_space(*before)
        || *before == b'>'
        || at.checked_sub(3).and_then(|from| bytes.get(from..at)) == Some(b"obj")
}

const fn is_space(octet: u8) -> bool {
    matches!(octet, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

struct Scan<'b> {
    bytes: &'b [u8],
    steps: Budget,
    decoded: Budget,
}

impl Scan<'_> {
    fn at(&self, place: usize) -> Option<u8> {
        self.bytes.get(place).copied()
    }

    /// An object that is no dictionary: reading it to its end costs as much as it is long.
    fn object(&mut self, at: usize) -> Result<()> {
        let at = self.skip_space(at)?;
        if matches!(self.at(at), Some(b'[' | b'(')) || self.at(at) == Some(b'<') {
            self.extent(at)?;
        }
        Ok(())
    }

    fn dictionary(&mut self, at: usize) -> Result<()> {
        let Some(end) = self.extent(at)? else { return Ok(()) };
        let text = self.bytes.get(at..end).unwrap_or_default();
        let after = self.skip_space(end)?;
        let is_stream = self.bytes.get(after..).is_some_and(|rest| rest.starts_with(b"stream"));
        let about_encryption =
            [&b"Encrypt"[..], b"#"].iter().any(|word| find(text, word).is_some());
        if !is_stream && !about_encryption {
            return Ok(());
        }
        let Some(dict) = Dict::from_bytes(text) else { return Ok(()) };
        if dict.contains_key("Encrypt") && dict.contains_key("Root") {
            return Err(Error::unsupported("PDF", "an encrypted file"));
        }
        if is_stream { self.stream(&dict, after + "stream".len()) } else { Ok(()) }
    }

    /// Counts what a stream decodes to. Where it ends is for its filter to say: the length may
    /// stand in another object, and what says "endstream" may be data.
    fn stream(&mut self, dict: &Dict<'_>, at: usize) -> Result<()> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let data = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
            .or_else(|| rest.strip_prefix(b"\r"));
        let Some(data) = data else { return Ok(()) };
        // The search for the end, where the length is not given or wrong.
        self.steps.spend_many(find(data, b"endstream").unwrap_or(data.len()))?;
        filter::measure(&filter::filters(dict)?, data, &mut self.decoded)
    }

    fn skip_space(&mut self, mut at: usize) -> Result<usize> {
        while let Some(octet) = self.at(at) {
            if octet == b'%' {
                while self.at(at).is_some_and(|octet| !matches!(octet, b'\n' | b'\r')) {
                    self.steps.spend()?;
                    at += 1;
                }
            } else if is_space(octet) {
                self.steps.spend()?;
                at += 1;
            } else {
                break;
            }
        }
        Ok(at)
    }

    /// The end of a dictionary, array or string; none when it has no end.
    fn extent(&mut self, mut at: usize) -> Result<Option<usize>> {
        let mut depth = 0_usize;
        loop {
            at = self.skip_space(at)?;
            self.steps.spend()?;
            let (here, next) = (self.at(at), self.at(at + 1));
            match (here, next) {
                (None, _) => return Ok(None),
                (Some(b'<'), Some(b'<')) => {
                    depth += 1;
                    at += 2;
                }
                (Some(b'>'), Some(b'>')) => {
                    depth = depth.saturating_sub(1);
                    at += 2;
                }
                (Some(b'['), _) => {
                    depth += 1;
                    at += 1;
                }
                (Some(b']'), _) => {
                    depth = depth.saturating_sub(1);
                    at += 1;
                }
                (Some(b'('), _) => match self.literal(at + 1)? {
                    Some(end) => at = end,
                    None => return Ok(None),
                },
                _ => at += 1,
            }
            if depth == 0 {
                return Ok(Some(at));
            }
            if depth > NESTING {
                return Ok(None);
            }
        }
    }

    fn literal(&mut self, mut at: usize) -> Result<Option<usize>> {
        let mut depth = 1;
        while depth > 0 {
            self.steps.spend()?;
            let Some(octet) = self.at(at) else { return Ok(None) };
            at += 1;
            match octet {
                b'\\' => at += 1,
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
        }
        Ok(Some(at))
    }
}
