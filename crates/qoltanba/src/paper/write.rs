//! Barcode sets of the e-government, written as its gateway writes them.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use time::{OffsetDateTime, UtcOffset};

use super::{archive, part::NAMESPACE, set::BarcodeSet};
use crate::{
    budget::Limits,
    error::{Error, Result},
    time::Instant,
};

/// What the gateway calls the document in the archive.
pub(super) const ENTRY: &str = "one";

/// Octets of the archive in one barcode: 1183 characters, version 25 at level L.
const CHUNK: usize = 650;

/// The one time of the country since 1 March 2024.
const HOURS_EAST: i8 = 5;

impl BarcodeSet {
    /// Writes a signed document as the texts of barcodes: `signed` goes in byte for byte. The same
    /// arguments give the same texts.
    ///
    /// `favor_id` is the unique number of the document, fourteen digits; `created` stands in each
    /// barcode and is proved by nothing.
    ///
    /// # Errors
    /// Misuse for another number, for no document, and for a year before 1980 or after 2107, which
    /// an archive cannot say; over budget for a document that the default [`Limits`] would not
    /// let in again.
    pub fn write(signed: &[u8], favor_id: &str, created: Instant) -> Result<Vec<String>> {
        if favor_id.len() != 14 || !favor_id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::misuse("the unique number of a document has fourteen digits"));
        }
        if signed.is_empty() {
            return Err(Error::misuse("there is no document to write"));
        }
        let limits = Limits::default();
        Limits::check("bytes of a document in barcodes", signed.len(), limits.barcode_bytes)?;
        let created = local(created)?;
        let archive = archive::write(ENTRY, signed, dos_time(created)?)?;
        let amount = archive.len().div_ceil(CHUNK);
        Limits::check("parts of one document", amount, limits.barcode_parts)?;
        archive::read(&archive, &limits)?;
        let date = xml_date(created);
        let chunks = archive.chunks(CHUNK).zip(1..);
        Ok(chunks.map(|(chunk, n)| element(chunk, n, amount, favor_id, &date)).collect())
    }
}

/// As JAXB puts it: a declaration, no white space, the elements in this order.
fn element(chunk: &[u8], number: usize, amount: usize, favor_id: &str, date: &str) -> String {
    let data = BASE64.encode(chunk);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <BarcodeElement xmlns=\"{NAMESPACE}\">\
         <creationDate>{date}</creationDate>\
         <elementData>{data}</elementData>\
         <elementNumber>{number}</elementNumber>\
         <elementsAmount>{amount}</elementsAmount>\
         <FavorID>{favor_id}</FavorID>\
         </BarcodeElement>"
    )
}

const NO_DATE: Error = Error::misuse("barcodes carry dates from 1980 to 2107");

fn local(created: Instant) -> Result<OffsetDateTime> {
    let offset = UtcOffset::from_hms(HOURS_EAST, 0, 0).map_err(|_| NO_DATE)?;
    let utc = OffsetDateTime::from_unix_timestamp(created.unix()).map_err(|_| NO_DATE)?;
    utc.checked_to_offset(offset).ok_or(NO_DATE)
}

fn xml_date(at: OffsetDateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.000+{HOURS_EAST:02}:00",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
    )
}

/// The time and the date of an entry (APPNOTE §4.4.6, in the format of MS-DOS).
fn dos_time(at: OffsetDateTime) -> Result<(u16, u16)> {
    let year = u16::try_from(at.year()).ok().and_then(|year| year.checked_sub(1980));
    let year = year.filter(|year| *year < 128).ok_or(NO_DATE)?;
    let time =
        (u16::from(at.hour()) << 11) | (u16::from(at.minute()) << 5) | (u16::from(at.second()) / 2);
    Ok((time, (year << 9) | (u16::from(u8::from(at.month())) << 5) | u16::from(at.day())))
}
