//! The archive inside a bundle. It has one form, so reading means writing what must stand there
//! and comparing: no field of a header is ever interpreted but the length of the manifest.

use qoltanba::{
    Certificate, Instant,
    revocation::{Crl, OcspResponse},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::BundleContents;
use crate::text::hex;

const BLOCK: usize = 512;
const MANIFEST: &str = "manifest.json";
/// A description of a file has two hundred octets.
const MAX_MANIFEST: usize = 1 << 20;

/// A kind of file: its word, its folder, its ending.
type KindOfFile = (&'static str, &'static str, &'static str);

const ANCHOR: KindOfFile = ("anchor", "anchors", "cer");
const CERTIFICATE: KindOfFile = ("certificate", "certificates", "cer");
const LIST: KindOfFile = ("crl", "crl", "crl");
const DELTA: KindOfFile = ("delta_crl", "delta-crl", "crl");
const OCSP: KindOfFile = ("ocsp", "ocsp", "ors");
const KINDS: [KindOfFile; 5] = [ANCHOR, CERTIFICATE, LIST, DELTA, OCSP];

/// One file as the manifest describes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Described {
    kind: KindOfFile,
    sha256: String,
    length: usize,
}

impl Described {
    fn new(kind: KindOfFile, body: &[u8]) -> Self {
        Self { kind, sha256: hex(&Sha256::digest(body)), length: body.len() }
    }

    fn name(&self) -> String {
        let (_, folder, ending) = self.kind;
        format!("{folder}/{}.{ending}", self.sha256)
    }
}

pub(super) fn write(contents: &BundleContents) -> Vec<u8> {
    let mut files: Vec<(Described, &[u8])> = Vec::new();
    let mut add = |kind, body| files.push((Described::new(kind, body), body));
    contents.anchors.iter().for_each(|c| add(ANCHOR, c.as_der()));
    contents.certificates.iter().for_each(|c| add(CERTIFICATE, c.as_der()));
    contents.lists.iter().for_each(|c| add(LIST, c.as_der()));
    contents.deltas.iter().for_each(|c| add(DELTA, c.as_der()));
    contents.ocsp.iter().for_each(|c| add(OCSP, c.as_der()));
    files.sort();
    files.dedup();
    let descriptions: Vec<Described> = files.iter().map(|(file, _)| file.clone()).collect();
    let manifest = manifest(contents.made, &descriptions);
    let mut out = Vec::new();
    let mut put = |name: &str, body: &[u8]| {
        out.extend_from_slice(&header(name, body.len(), contents.made));
        out.extend_from_slice(body);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    };
    put(MANIFEST, manifest.as_bytes());
    files.iter().for_each(|(file, body)| put(&file.name(), body));
    out.resize(out.len() + 2 * BLOCK, 0);
    out
}

/// Reads an archive, or tells which rule it breaks.
pub(super) fn read(archive: &[u8]) -> Result<BundleContents, &'static str> {
    let length = archive.get(124..135).ok_or("archive: too short")?;
    let length = std::str::from_utf8(length).ok();
    let length = length.and_then(|octal| usize::from_str_radix(octal, 8).ok());
    let length = length.filter(|l| *l <= MAX_MANIFEST).ok_or("archive: length of the manifest")?;
    let end = BLOCK.checked_add(length).ok_or("archive: length of the manifest")?;
    let text = archive.get(BLOCK..end).ok_or("archive: cut in the manifest")?;
    let (made, files) = read_manifest(text)?;

    let mut contents = BundleContents::new(made);
    let mut rest = take(archive, MANIFEST, length, made)?.1;
    for file in &files {
        let (body, behind) = take(rest, &file.name(), file.length, made)?;
        if Described::new(file.kind, body) != *file {
            return Err("archive: a file is not the one of the manifest");
        }
        put(&mut contents, file.kind, body)?;
        rest = behind;
    }
    if rest != [0; 2 * BLOCK] {
        return Err("archive: its end");
    }
    Ok(contents)
}

/// The body of the file that must stand next, and what is behind it.
fn take<'a>(
    archive: &'a [u8],
    name: &str,
    length: usize,
    made: Instant,
) -> Result<(&'a [u8], &'a [u8]), &'static str> {
    let behind = archive.strip_prefix(&header(name, length, made)).ok_or("archive: a header")?;
    let (body, behind) = behind.split_at_checked(length).ok_or("archive: cut in a file")?;
    let padding = length.next_multiple_of(BLOCK) - length;
    let (zeros, behind) = behind.split_at_checked(padding).ok_or("archive: cut in a file")?;
    if zeros.iter().any(|octet| *octet != 0) {
        return Err("archive: padding");
    }
    Ok((body, behind))
}

fn put(contents: &mut BundleContents, kind: KindOfFile, body: &[u8]) -> Result<(), &'static str> {
    let certificate = || Certificate::from_der(body).map_err(|_| "archive: a certificate");
    let unread = |_| "archive: a revocation list";
    match kind {
        ANCHOR => contents.anchors.push(certificate()?),
        CERTIFICATE => contents.certificates.push(certificate()?),
        LIST => contents.lists.push(Crl::from_der(body).map_err(unread)?),
        DELTA => contents.deltas.push(Crl::delta_from_der(body).map_err(unread)?),
        _ => {
            let response = OcspResponse::from_der(body);
            contents.ocsp.push(response.map_err(|_| "archive: an OCSP response")?);
        }
    }
    Ok(())
}

fn manifest(made: Instant, files: &[Described]) -> String {
    let files: Vec<Value> = files
        .iter()
        .map(|file| {
            json!({
                "kind": file.kind.0,
                "name": file.name(),
                "length": file.length,
                "sha256": file.sha256,
            })
        })
        .collect();
    let manifest = json!({
        "format": "qoltanba-bundle",
        "version": 1,
        "made": made.to_string(),
        "files": files,
    });
    format!("{manifest:#}\n")
}

fn read_manifest(text: &[u8]) -> Result<(Instant, Vec<Described>), &'static str> {
    const WHAT: &str = "manifest";
    let value: Value = serde_json::from_slice(text).map_err(|_| WHAT)?;
    let made = value.get("made").and_then(Value::as_str).and_then(|made| made.parse().ok());
    let made: Instant = made.ok_or(WHAT)?;
    let files = value.get("files").and_then(Value::as_array).ok_or(WHAT)?;
    let file = |file: &Value| {
        let word = |key: &str| file.get(key).and_then(Value::as_str);
        let kind = KINDS.into_iter().find(|(code, ..)| Some(*code) == word("kind"))?;
        let length = usize::try_from(file.get("length")?.as_u64()?).ok()?;
        Some(Described { kind, sha256: word("sha256")?.to_owned(), length })
    };
    let files: Vec<Described> = files.iter().map(file).collect::<Option<_>>().ok_or(WHAT)?;
    // Sorted, each once, and written in the one way: format, version and names with it.
    let sorted = files.is_sorted_by(|a, b| a < b);
    if !sorted || manifest(made, &files).as_bytes() != text {
        return Err(WHAT);
    }
    Ok((made, files))
}

/// The header of a file (POSIX.1-1988, `ustar`): fields at their places, numbers in octal.
fn header(name: &str, length: usize, made: Instant) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut put = |at: usize, field: &[u8]| {
        block.iter_mut().skip(at).zip(field).for_each(|(to, from)| *to = *from);
    };
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{length:011o}\0").as_bytes());
    put(136, format!("{:011o}\0", made.unix().max(0)).as_bytes());
    // While it is summed up the sum is blank.
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(329, b"0000000\0");
    put(337, b"0000000\0");
    let sum: u32 = block.iter().map(|octet| u32::from(*octet)).sum();
    let mut put = |at: usize, field: &[u8]| {
        block.iter_mut().skip(at).zip(field).for_each(|(to, from)| *to = *from);
    };
    put(148, format!("{sum:06o}\0 ").as_bytes());
    block
}
