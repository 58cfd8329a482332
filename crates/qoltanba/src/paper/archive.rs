//! The archive inside a set of barcodes: a ZIP with one entry, and nothing that two readers could
//! read differently (PKWARE APPNOTE 6.3.10).
//!
//! Local headers may lack lengths (Java writes them so), hence the central directory is what
//! counts; every octet belongs to the entry, to the directory or to the comment.

use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress, Status};

use crate::{
    budget::Limits,
    error::{Error, Result},
    xmldsig::DS,
};

const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;

const LOCAL_LENGTH: usize = 30;
const CENTRAL_LENGTH: usize = 46;
const END_LENGTH: usize = 22;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Bit 3 puts the lengths behind the data, bit 11 says that names are UTF-8 (§4.4.4).
const BEHIND: u16 = 1 << 3;
const UTF8: u16 = 1 << 11;
/// Bits 1 and 2 tell how hard deflate tried.
const KNOWN_FLAGS: u16 = 0b110 | BEHIND | UTF8;

/// Extra fields that say nothing of the content: times of NTFS and of Unix, owners, Java's mark.
const HARMLESS: [u16; 5] = [0x000a, 0x5455, 0x5855, 0x7875, 0xcafe];

/// Content that costs nothing to inflate, whatever its ratio.
const RATIO_FLOOR: usize = 64 << 10;

/// The one entry of an archive.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) content: Vec<u8>,
}

/// Reads little-endian fields one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn at(bytes: &'a [u8], offset: usize) -> Result<Self> {
        bytes.get(offset..).map(Self).ok_or(TRUNCATED)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(TRUNCATED)?;
        self.0 = rest;
        Ok(taken)
    }

    fn u16(&mut self) -> Result<u16> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(TRUNCATED)?;
        self.0 = rest;
        Ok(u16::from_le_bytes(*taken))
    }

    fn u32(&mut self) -> Result<u32> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(TRUNCATED)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*taken))
    }

    fn length(&mut self) -> Result<usize> {
        usize::try_from(self.u32()?).map_err(|_| TRUNCATED)
    }
}

const TRUNCATED: Error = Error::malformed("ZIP: it ends too early");

/// What a header says of the entry.
#[derive(PartialEq, Eq)]
struct Header<'a> {
    flags: u16,
    method: u16,
    crc: u32,
    packed: usize,
    size: usize,
    name: &'a [u8],
}

impl Header<'_> {
    fn check(&self, version: u16) -> Result<()> {
        if self.flags & 1 != 0 {
            return Err(Error::malformed("ZIP: the entry is encrypted (APPNOTE §4.4.4)"));
        }
        if self.flags & !KNOWN_FLAGS != 0 {
            return Err(Error::malformed("ZIP: flags that are not known (APPNOTE §4.4.4)"));
        }
        // 2.0 is deflate; 4.5 is ZIP64 (§4.4.3).
        if version & 0xff > 20 {
            return Err(Error::malformed("ZIP: it needs more than version 2.0 (APPNOTE §4.4.3)"));
        }
        if !matches!(self.method, STORED | DEFLATED) {
            return Err(Error::malformed("ZIP: a method other than deflate (APPNOTE §4.4.5)"));
        }
        Ok(())
    }
}

/// Reads an archive of exactly one entry.
///
/// # Errors
/// Malformed for anything but such an archive, over budget when its content is too large or
/// expands too much.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Entry> {
    if !bytes.starts_with(&LOCAL.to_le_bytes()) && !bytes.starts_with(&END.to_le_bytes()) {
        return Err(Error::malformed("ZIP: it does not begin with an entry (APPNOTE §4.3.7)"));
    }
    let (end, directory) = end(bytes)?;
    let central = central(bytes, directory, end)?;
    let data = local(bytes, &central, directory)?;
    Limits::check("inflated bytes", central.size, limits.barcode_bytes)?;
    let most = central.packed.saturating_mul(limits.barcode_ratio).max(RATIO_FLOOR);
    Limits::check("expansion of compressed data", central.size, most)?;
    let content = match central.method {
        STORED if central.packed == central.size => data.to_vec(),
        STORED => return Err(Error::malformed("ZIP: a stored entry has two lengths")),
        _ => inflate(data, central.size)?,
    };
    let mut crc = Crc::new();
    crc.update(&content);
    if crc.sum() != central.crc {
        return Err(Error::malformed("ZIP: the CRC-32 does not match (APPNOTE §4.4.7)"));
    }
    Ok(Entry { name: plain_name(central.name)?, content })
}

/// The place of the end record and that of the directory (§4.3.16).
fn end(bytes: &[u8]) -> Result<(usize, usize)> {
    const NONE: Error = Error::malformed("ZIP: its end is missing, or something follows it");
    let last = bytes.len().checked_sub(END_LENGTH).ok_or(TRUNCATED)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    let is_end = |at: &usize| {
        let comment = || {
            let mut fields = Fields::at(bytes, *at)?;
            let signature = fields.u32()?;
            fields.take(16)?;
            Ok::<_, Error>((signature, fields.u16()?, fields.0.len()))
        };
        matches!(comment(), Ok((END, length, rest)) if usize::from(length) == rest)
    };
    let mut found = (first..=last).filter(is_end);
    let at = found.next().ok_or(NONE)?;
    if found.next().is_some() {
        return Err(Error::malformed("ZIP: it has several ends"));
    }
    let mut fields = Fields::at(bytes, at)?;
    fields.u32()?;
    let disks = (fields.u16()?, fields.u16()?);
    let entries = (fields.u16()?, fields.u16()?);
    let (length, directory) = (fields.length()?, fields.length()?);
    if disks != (0, 0) || entries.0 != entries.1 {
        return Err(Error::malformed("ZIP: it is split or counts its entries wrongly (§4.3.16)"));
    }
    match entries.0 {
        0 => return Err(Error::malformed("ZIP: it is empty")),
        1 => {}
        _ => return Err(Error::malformed("ZIP: it has more than one entry")),
    }
    if directory.checked_add(length) != Some(at) {
        return Err(Error::malformed("ZIP: the directory is not where it should be (§4.3.16)"));
    }
    Ok((at, directory))
}

/// The one entry of the directory, which fills it (§4.3.12).
fn central(bytes: &[u8], directory: usize, end: usize) -> Result<Header<'_>> {
    let bytes = bytes.get(..end).ok_or(TRUNCATED)?;
    let mut fields = Fields::at(bytes, directory)?;
    if fields.0.len() < CENTRAL_LENGTH || fields.u32()? != CENTRAL {
        return Err(Error::malformed("ZIP: the directory is damaged (APPNOTE §4.3.12)"));
    }
    fields.u16()?;
    let version = fields.u16()?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    fields.u32()?;
    let crc = fields.u32()?;
    let (packed, size) = (fields.length()?, fields.length()?);
    let lengths = (fields.u16()?, fields.u16()?, fields.u16()?);
    let disk = fields.u16()?;
    fields.take(6)?;
    let place = fields.u32()?;
    let name = fields.take(lengths.0.into())?;
    extra(fields.take(lengths.1.into())?)?;
    fields.take(lengths.2.into())?;
    if !fields.0.is_empty() || disk != 0 || place != 0 {
        return Err(Error::malformed("ZIP: the directory does not fit its entry (§4.3.12)"));
    }
    let header = Header { flags, method, crc, packed, size, name };
    header.check(version)?;
    Ok(header)
}

/// The data of the entry: what lies between its header, which says the same as the directory, and
/// the directory (§4.3.7, §4.3.9).
fn local<'a>(bytes: &'a [u8], central: &Header<'_>, directory: usize) -> Result<&'a [u8]> {
    const DIFFERS: Error =
        Error::malformed("ZIP: the entry and the directory say different things");
    let bytes = bytes.get(..directory).ok_or(TRUNCATED)?;
    if bytes.len() < LOCAL_LENGTH {
        return Err(TRUNCATED);
    }
    let mut fields = Fields::at(bytes, 0)?;
    fields.u32()?;
    let version = fields.u16()?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    fields.u32()?;
    let crc = fields.u32()?;
    let (packed, size) = (fields.length()?, fields.length()?);
    let lengths = (fields.u16()?, fields.u16()?);
    let name = fields.take(lengths.0.into())?;
    extra(fields.take(lengths.1.into())?)?;
    let header = Header { flags, method, crc, packed, size, name };
    header.check(version)?;
    let said = (central.crc, central.packed, central.size);
    // Some writers leave the lengths out, put them behind the data, and do not set the flag.
    let unsaid = (crc, packed, size) == (0, 0, 0);
    if (flags, method, name) != (central.flags, central.method, central.name)
        || !(unsaid || (crc, packed, size) == said)
    {
        return Err(DIFFERS);
    }
    let data = fields.take(central.packed)?;
    if flags & BEHIND != 0 || (unsaid && !fields.0.is_empty()) {
        // The signature of a data descriptor is optional.
        if fields.0.len() == 16 && fields.u32()? != DESCRIPTOR {
            return Err(DIFFERS);
        }
        if (fields.u32()?, fields.length()?, fields.length()?) != said {
            return Err(DIFFERS);
        }
    }
    if fields.0.is_empty() { Ok(data) } else { Err(Error::malformed("ZIP: octets of no entry")) }
}

/// Refuses what could change the meaning of an entry: ZIP64, encryption, another name.
fn extra(bytes: &[u8]) -> Result<()> {
    let mut fields = Fields(bytes);
    while !fields.0.is_empty() {
        let (id, length) = (fields.u16()?, fields.u16()?);
        fields.take(length.into())?;
        if !HARMLESS.contains(&id) {
            return Err(Error::malformed("ZIP: an extra field that is not known (§4.5)"));
        }
    }
    Ok(())
}

/// A name that is no path and shows what it is.
fn plain_name(name: &[u8]) -> Result<String> {
    let name = std::str::from_utf8(name).ok().filter(|name| {
        let strange = |c: char| matches!(c, '/' | '\\' | ':') || crate::text::hides(c);
        !name.is_empty() && *name != "." && *name != ".." && !name.contains(strange)
    });
    name.map(str::to_owned).ok_or(Error::malformed("ZIP: the name of the entry is no plain name"))
}

fn inflate(data: &[u8], size: usize) -> Result<Vec<u8>> {
    const BAD: Error = Error::malformed("ZIP: the compressed data are damaged (RFC 1951)");
    const LENGTH: Error = Error::malformed("ZIP: the entry is not as long as the directory says");
    // One octet more would show that there is more than was said.
    let mut out = vec![0; size.checked_add(1).ok_or(LENGTH)?];
    let mut inflater = Decompress::new(false);
    let mut used = (0, 0);
    loop {
        let room = out.get_mut(used.1..).filter(|room| !room.is_empty()).ok_or(LENGTH)?;
        let input = data.get(used.0..).ok_or(BAD)?;
        let status = inflater.decompress(input, room, FlushDecompress::Finish).map_err(|_| BAD)?;
        let now = (usize::try_from(inflater.total_in()), usize::try_from(inflater.total_out()));
        let (Ok(read), Ok(written)) = now else { return Err(LENGTH) };
        let stuck = (read, written) == used;
        used = (read, written);
        match status {
            Status::StreamEnd if read == data.len() && written == size => break,
            Status::StreamEnd => return Err(LENGTH),
            _ if written > size => return Err(LENGTH),
            _ if stuck => return Err(BAD),
            _ => {}
        }
    }
    out.truncate(size);
    Ok(out)
}

/// Writes an archive as Java's `ZipOutputStream` does, which the gateway uses: lengths behind the
/// data, version 2.0, made on no system in particular.
///
/// # Errors
/// Misuse when the content is longer than the format without ZIP64 can say.
pub(super) fn write(name: &str, content: &[u8], (time, date): (u16, u16)) -> Result<Vec<u8>> {
    const LONG: Error = Error::misuse("the document is too long for barcodes");
    let mut crc = Crc::new();
    crc.update(content);
    let data = deflate(content)?;
    let name_length = u16::try_from(name.len()).map_err(|_| LONG)?;
    let lengths = (u32::try_from(data.len()), u32::try_from(content.len()));
    let (Ok(packed), Ok(size)) = lengths else { return Err(LONG) };
    let mut out = Vec::with_capacity(data.len() + 128);
    put32(&mut out, &[LOCAL]);
    put16(&mut out, &[20, BEHIND | UTF8, DEFLATED, time, date]);
    put32(&mut out, &[0, 0, 0]);
    put16(&mut out, &[name_length, 0]);
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(&data);
    put32(&mut out, &[DESCRIPTOR, crc.sum(), packed, size]);
    let directory = u32::try_from(out.len()).map_err(|_| LONG)?;
    put32(&mut out, &[CENTRAL]);
    put16(&mut out, &[20, 20, BEHIND | UTF8, DEFLATED, time, date]);
    put32(&mut out, &[crc.sum(), packed, size]);
    put16(&mut out, &[name_length, 0, 0, 0, 0]);
    put32(&mut out, &[0, 0]);
    out.extend_from_slice(name.as_bytes());
    let end = u32::try_from(out.len()).map_err(|_| LONG)?;
    put32(&mut out, &[END]);
    put16(&mut out, &[0, 0, 1, 1]);
    put32(&mut out, &[end - directory, directory]);
    put16(&mut out, &[0]);
    Ok(out)
}

fn put16(out: &mut Vec<u8>, values: &[u16]) {
    values.iter().for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
}

fn put32(out: &mut Vec<u8>, values: &[u32]) {
    values.iter().for_each(|v| out.extend_from_slice(&v.to_le_bytes()));
}

/// Compresses the document and its signature with codes of their own where that is shorter: text
/// and base64 have other octets, and each octet is printed.
fn deflate(content: &[u8]) -> Result<Vec<u8>> {
    let whole = deflate_parts(&[content])?;
    let signature = content.windows(DS.len()).position(|window| window == DS.as_bytes());
    let Some((document, signature)) = signature.and_then(|at| content.split_at_checked(at)) else {
        return Ok(whole);
    };
    let parts = deflate_parts(&[document, signature])?;
    Ok(if parts.len() < whole.len() { parts } else { whole })
}

/// One stream; every part begins a block (RFC 1951 §3.2.3).
fn deflate_parts(parts: &[&[u8]]) -> Result<Vec<u8>> {
    const FAILED: Error = Error::misuse("the document cannot be compressed");
    let mut deflater = Compress::new(Compression::best(), false);
    let length: usize = parts.iter().map(|part| part.len()).sum();
    // Data that cannot be compressed grow by five octets a block of 16 KiB or more (RFC 1951
    // §3.2.4).
    let mut out = Vec::with_capacity(length + length / 1000 + 128);
    for (part, left) in parts.iter().zip((0..parts.len()).rev()) {
        let flush = if left == 0 { FlushCompress::Finish } else { FlushCompress::Sync };
        let before = deflater.total_in();
        let status = deflater.compress_vec(part, &mut out, flush).map_err(|_| FAILED)?;
        let taken = usize::try_from(deflater.total_in() - before).map_err(|_| FAILED)?;
        if taken != part.len() || (left == 0) != (status == Status::StreamEnd) {
            return Err(FAILED);
        }
    }
    Ok(out)
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::{DS, Entry, deflate, deflate_parts, read, write};
    use crate::budget::Limits;

    const CONTENT: &[u8] = b"signed signed signed signed";

    fn sound() -> Vec<u8> {
        write("one", CONTENT, (0, 0x5c79)).unwrap()
    }

    fn refusal(bytes: &[u8]) -> String {
        read(bytes, &Limits::default()).unwrap_err().to_string()
    }

    /// A sound archive with octets replaced at offsets from its end.
    fn altered(places: &[(usize, u8)]) -> String {
        let mut bytes = sound();
        let length = bytes.len();
        places.iter().for_each(|(back, octet)| bytes[length - back] = *octet);
        refusal(&bytes)
    }

    #[test]
    fn each_defect_is_refused_for_itself() {
        let entry = Entry { name: "one".to_owned(), content: CONTENT.to_vec() };
        assert_eq!(read(&sound(), &Limits::default()), Ok(entry));
        // Entries are counted at 14 and 12 octets before the end.
        assert!(altered(&[(14, 2), (12, 2)]).contains("more than one entry"));
        assert!(altered(&[(14, 0), (12, 0)]).contains("empty"));
        assert!(altered(&[(14, 2)]).contains("counts its entries wrongly"));
        assert!(altered(&[(2, 1)]).contains("end is missing"));
        // The directory's entry begins 71 octets before the end, with its name at 25.
        assert!(altered(&[(71 - 8, 9)]).contains("encrypted"));
        assert!(altered(&[(71 - 6, 45)]).contains("version 2.0"));
        assert!(altered(&[(71 - 10, 12)]).contains("deflate"));
        assert!(altered(&[(25, b'O')]).contains("different things"));
        assert!(altered(&[(71 - 16, 0)]).contains("different things"));
        assert!(altered(&[(71 - 42, 1)]).contains("does not fit"));
    }

    #[test]
    fn a_signature_has_codes_of_its_own() {
        let words = "Сізге жәрдемақы тағайындалды. Вам назначено пособие. ".repeat(9);
        let key: String = (0..1800_u32).map(|n| char::from(b'A' + (n * n % 53) as u8)).collect();
        for content in [format!("{words}{DS}{key}"), DS.to_owned(), format!("{DS}{DS}"), words] {
            let content = content.as_bytes();
            let bytes = write("one", content, (0, 0)).unwrap();
            assert_eq!(read(&bytes, &Limits::default()).unwrap().content, content);
            assert!(deflate(content).unwrap().len() <= deflate_parts(&[content]).unwrap().len());
        }
    }

    #[test]
    fn names_are_no_paths() {
        for name in ["../one", "/one", "a\\one", "C:one", "..", ".", "", "o\0ne", "o\u{202e}ne"] {
            let bytes = write(name, CONTENT, (0, 0)).unwrap();
            assert!(refusal(&bytes).contains("no plain name"), "{name:?}");
        }
    }

    /// No octet may be altered unnoticed but those that say nothing of the content, and none may
    /// be left out or added.
    #[test]
    fn every_octet_counts() {
        let sound = sound();
        let limits = Limits::default();
        let whole = read(&sound, &limits).unwrap();
        for at in 0..sound.len() {
            assert!(read(&sound[..at], &limits).is_err(), "{at}");
            let mut bytes = sound.clone();
            bytes.insert(at, 0);
            assert!(read(&bytes, &limits).is_err(), "{at}");
            for bit in 0..8 {
                bytes.clone_from(&sound);
                bytes[at] ^= 1 << bit;
                if let Ok(entry) = read(&bytes, &limits) {
                    assert_eq!(entry, whole, "{at}");
                }
            }
        }
        let mut longer = sound;
        longer.push(0);
        assert!(read(&longer, &limits).is_err());
    }
}
