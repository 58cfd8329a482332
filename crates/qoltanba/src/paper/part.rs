//! One barcode, as the text that a reader took from the picture.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Deserialize;

use crate::{
    budget::Limits,
    error::{Error, ErrorKind, Result},
    report::ContainerKind,
    text::{hides, visible},
    time::Instant,
    xmldsig::{Document, NodeId, NodeKind, XmlLimits},
};

/// The namespace of the barcodes of the e-government gateway.
pub(super) const NAMESPACE: &str = "http://barcodes.pdf.shep.nitec.kz/";

/// The most characters that one QR symbol holds (ISO/IEC 18004, 40-L, digits).
const MAX_TEXT: usize = 7089;
/// Characters of a number that names a set. Today's have 14, an UUID has 36.
const MAX_ID: usize = 64;

/// What one barcode is, told by its text alone. Nothing in it is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Barcode {
    /// A part of a signed document.
    Part(BarcodePart),
    /// A link. It is shown and never opened: whoever printed the code chose where it leads.
    Link {
        /// The host that it leads to, fit for eyes.
        host: String,
    },
    /// A form of barcode that is known by name and carries no signed document.
    Unsupported {
        /// What it calls itself.
        name: String,
    },
    /// Anything else: a receipt's number, an advertisement.
    Other,
}

/// A part of a signed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarcodePart {
    /// The form of the set that it is of.
    pub kind: ContainerKind,
    /// What the parts of one set have in common: FavorID, or the identifier of the signature.
    pub id: String,
    /// Its number: from one on in the barcodes of the e-government.
    pub number: u32,
    /// How many parts the set says it has.
    pub amount: u32,
    /// When it says that it was made.
    pub claimed_created: Option<Instant>,
    pub(super) data: PartData,
}

/// What a part carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PartData {
    /// Octets: each barcode of the e-government is base64 of its own.
    Octets(Vec<u8>),
    /// A piece of one base64 text, which a card cuts anywhere.
    Text(String),
}

impl Barcode {
    /// Tells what a barcode is.
    ///
    /// # Errors
    /// Malformed for a damaged part, unsupported for one with a DTD, over budget for more text
    /// than a symbol can hold.
    pub fn read(text: &str) -> Result<Self> {
        Limits::check("characters of one barcode", text.len(), MAX_TEXT)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
        if text.starts_with('<') {
            return element(text);
        }
        if text.starts_with('{') {
            return card(text);
        }
        Ok(link(text).map_or(Self::Other, |host| Self::Link { host }))
    }
}

/// The host of a web address, by the rules of browsers rather than those of RFC 3986, since it is
/// a browser that would be led astray.
fn link(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
        return None;
    }
    let authority = rest.split(['/', '\\', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host: String = host.chars().take(253).collect();
    Some(visible(&host))
}

fn element(text: &str) -> Result<Barcode> {
    let limits = XmlLimits {
        bytes: MAX_TEXT,
        nodes: 64,
        depth: 8,
        attributes_of_one: 8,
        attributes: 64,
        namespaces_in_scope: 8,
        ..XmlLimits::default()
    };
    let document = match Document::parse(text.as_bytes(), &limits) {
        Ok(document) => document,
        Err(error) if text.contains("BarcodeElement") => return Err(error),
        Err(_) => return Ok(Barcode::Other),
    };
    let root = document.root();
    let name = document.name(root).ok_or(DAMAGED)?;
    if name.local != "BarcodeElement" || !["", NAMESPACE].contains(&name.namespace) {
        let full = if name.namespace.is_empty() {
            name.local.to_owned()
        } else {
            format!("{{{}}}{}", name.namespace, name.local)
        };
        return Ok(Barcode::Unsupported { name: visible(&full) });
    }
    let data = field(&document, "elementData")?.ok_or(DAMAGED)?;
    let id = field(&document, "FavorID")?.ok_or(DAMAGED)?;
    let number = number(field(&document, "elementNumber")?.ok_or(DAMAGED)?)?;
    let amount = number_of_parts(field(&document, "elementsAmount")?.ok_or(DAMAGED)?)?;
    let created = field(&document, "creationDate")?;
    only_fields(&document)?;
    Ok(Barcode::Part(BarcodePart {
        kind: ContainerKind::Barcodes,
        id: identifier(id)?,
        number,
        amount,
        claimed_created: created.and_then(|text| text.trim().parse().ok()),
        data: PartData::Octets(decode(data)?),
    }))
}

const DAMAGED: Error = Error::malformed("barcode: an element is missing or stands twice");

const FIELDS: [&str; 5] =
    ["creationDate", "elementData", "elementNumber", "elementsAmount", "FavorID"];

/// The text of the one child of this name, which is in the namespace of the root.
fn field<'d>(document: &'d Document<'_>, local: &str) -> Result<Option<&'d str>> {
    let namespace = document.name(document.root()).map_or("", |name| name.namespace);
    let mut found =
        document.children(document.root()).filter(|n| document.is_element(*n, namespace, local));
    let Some(one) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err(DAMAGED);
    }
    document.plain_text(one).map(Some).ok_or(DAMAGED)
}

/// Refuses what is not known: two readers might understand it differently.
fn only_fields(document: &Document<'_>) -> Result<()> {
    const FOREIGN: Error = Error::malformed("barcode: something foreign stands in it");
    let root = document.root();
    let namespace = document.name(root).map_or("", |name| name.namespace);
    let bare = |node: NodeId| document.attributes(node).len() == 0;
    let known = |node: NodeId| match document.kind(node) {
        NodeKind::Element => {
            bare(node) && FIELDS.iter().any(|field| document.is_element(node, namespace, field))
        }
        NodeKind::Text => document.value(node).trim_ascii().is_empty(),
        _ => false,
    };
    if bare(root) && document.children(root).all(known) { Ok(()) } else { Err(FOREIGN) }
}

/// A whole number as it is written in digits.
fn digits(text: &str) -> Result<u32> {
    const SHAPE: Error = Error::malformed("barcode: a number is not written in digits");
    let text = text.trim_ascii();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(SHAPE);
    }
    // A larger one is beyond every limit, which is for the limit to say.
    Ok(text.parse().unwrap_or(u32::MAX))
}

fn number(text: &str) -> Result<u32> {
    match digits(text)? {
        0 => Err(Error::malformed("barcode: parts are counted from one")),
        number => Ok(number),
    }
}

fn number_of_parts(text: &str) -> Result<u32> {
    match digits(text)? {
        0 => Err(Error::malformed("barcode: a set of no parts")),
        amount => Ok(amount),
    }
}

fn identifier(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_ID || text.contains(hides) {
        return Err(Error::malformed("barcode: the number of the document"));
    }
    Ok(text.to_owned())
}

/// Strict base64, but for white space around lines.
pub(super) fn decode(text: &str) -> Result<Vec<u8>> {
    let compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let octets = BASE64.decode(compact).ok().filter(|octets| !octets.is_empty());
    octets.ok_or(Error::malformed("barcode: Base64 (RFC 4648 §4)"))
}

/// A part of the set of a card of an electronic document.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Card {
    sign_id: String,
    total: u64,
    index: u64,
    data: String,
}

fn card(text: &str) -> Result<Barcode> {
    let card: Card = match serde_json::from_str(text) {
        Ok(card) => card,
        Err(_) if text.contains("\"signId\"") => {
            return Err(Error::malformed("barcode: a card's part (signId, total, index, data)"));
        }
        Err(_) => return Ok(Barcode::Unsupported { name: "JSON".to_owned() }),
    };
    let whole = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    if card.total == 0 {
        return Err(Error::malformed("barcode: a set of no parts"));
    }
    Ok(Barcode::Part(BarcodePart {
        kind: ContainerKind::Card,
        id: identifier(&card.sign_id)?,
        number: whole(card.index),
        amount: whole(card.total),
        claimed_created: None,
        data: PartData::Text(card.data),
    }))
}

impl Barcode {
    /// Whether an error concerns this text alone, so that the others may still be told about.
    pub(super) fn is_damage(error: &Error) -> bool {
        matches!(error.kind(), ErrorKind::Malformed { .. })
    }
}
