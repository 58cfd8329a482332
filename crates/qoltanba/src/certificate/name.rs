//! Distinguished names: read by attribute type from the DER, never from a printed form.

use std::fmt;

use der::asn1::ObjectIdentifier as Oid;

use crate::{
    asn1::{Reader, tag},
    error::{Error, Result},
    oid,
};

const NAME: &str = "Name (RFC 5280 §4.1.2.4)";

/// A distinguished name with its exact bytes.
///
/// Names are equal when their attributes are, compared as RFC 5280 §7.1 says: case and runs of
/// white space do not count, and neither does the string type.
#[derive(Clone)]
pub struct Name {
    der: Vec<u8>,
    attributes: Vec<Attribute>,
    /// What equality looks at.
    folded: Vec<Folded>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Folded {
    rdn: usize,
    oid: Oid,
    value: Vec<u8>,
}

/// One attribute of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    oid: Oid,
    /// The text; `None` when the value is no string or not valid in its encoding.
    text: Option<String>,
    raw: Vec<u8>,
}

impl Attribute {
    /// The attribute type as dotted decimal.
    #[must_use]
    pub fn oid(&self) -> String {
        self.oid.to_string()
    }

    /// The value when it is a well-formed string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }
}

impl Name {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let outer = reader.expect(tag::SEQUENCE, NAME)?;
        let mut attributes = Vec::new();
        let mut folded = Vec::new();
        let mut rdns = outer.inside();
        let mut rdn = 0;
        while !rdns.is_done() {
            let mut set = rdns.expect(tag::SET, NAME)?.inside();
            if set.is_done() {
                return Err(Error::malformed("RelativeDistinguishedName: empty").at(outer.at));
            }
            while !set.is_done() {
                let mut pair = set.sequence(NAME)?;
                let oid = pair.oid("attribute type of a name")?;
                let value = pair.any(NAME)?;
                pair.finish(NAME)?;
                let text = read_text(value.tag, value.value);
                let fold = text.as_deref().map_or_else(|| value.raw.to_vec(), fold);
                folded.push(Folded { rdn, oid, value: fold });
                attributes.push(Attribute { oid, text, raw: value.raw.to_vec() });
            }
            rdn += 1;
        }
        folded.sort();
        Ok(Self { der: outer.raw.to_vec(), attributes, folded })
    }

    /// Reads a DER name with nothing behind it.
    ///
    /// # Errors
    /// When it is not well formed.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(der);
        let name = Self::read(&mut reader)?;
        reader.finish(NAME)?;
        Ok(name)
    }

    /// The exact bytes.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The attributes in their order.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// Whether there is no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// Every value of one attribute type.
    pub(crate) fn values(&self, oid: Oid) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(move |a| a.oid == oid)
    }
}

fn read_text(tag: u8, value: &[u8]) -> Option<String> {
    match tag {
        0x0c => String::from_utf8(value.to_vec()).ok(),
        // PrintableString, IA5String, NumericString, VisibleString
        0x13 | 0x16 | 0x12 | 0x1a if value.is_ascii() => String::from_utf8(value.to_vec()).ok(),
        // T61String: what is written in it is Latin-1 in practice.
        0x14 => Some(value.iter().map(|b| char::from(*b)).collect()),
        // BMPString
        0x1e if value.len().is_multiple_of(2) => {
            let units: Vec<u16> = value
                .chunks_exact(2)
                .map(|p| p.iter().fold(0, |n, b| n << 8 | u16::from(*b)))
                .collect();
            String::from_utf16(&units).ok()
        }
        // UniversalString
        0x1c if value.len().is_multiple_of(4) => value
            .chunks_exact(4)
            .map(|p| char::from_u32(p.iter().fold(0, |n, b| n << 8 | u32::from(*b))))
            .collect(),
        _ => None,
    }
}

/// RFC 5280 §7.1: fold case, trim, and turn runs of white space into one space.
fn fold(text: &str) -> Vec<u8> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").into_bytes()
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der || self.folded == other.folded
    }
}

impl Eq for Name {}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

/// RFC 4514 for reading by people; never parsed again.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, attribute) in self.attributes.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            match oid::name(attribute.oid) {
                Some(name) => write!(f, "{name}=")?,
                None => write!(f, "{}=", attribute.oid)?,
            }
            match attribute.text() {
                Some(text) => escape(f, text)?,
                None => write!(f, "#{}", crate::text::hex(&attribute.raw))?,
            }
        }
        Ok(())
    }
}

fn escape(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for c in crate::text::visible(text).chars() {
        if matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=') {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1;

    fn utf8(text: &str) -> Vec<u8> {
        asn1::tlv(0x0c, text.as_bytes())
    }

    fn only_text(name: &Name) -> Option<&str> {
        name.attributes()[0].text()
    }

    fn name(attributes: &[(Oid, Vec<u8>)]) -> Name {
        let rdns: Vec<_> = attributes
            .iter()
            .map(|(o, v)| asn1::set_of(&[asn1::sequence(&[asn1::oid(*o), v.clone()])]))
            .collect();
        Name::from_der(&asn1::sequence(&rdns)).unwrap()
    }

    #[test]
    fn comparison_folds_case_space_and_string_type() {
        let a = name(&[(oid::AT_COMMON_NAME, utf8("  Ұлттық   Орталық "))]);
        let b = name(&[(oid::AT_COMMON_NAME, utf8("ұлттық орталық"))]);
        assert_eq!(a, b);
        let c = name(&[(oid::AT_COUNTRY, asn1::tlv(0x13, b"KZ"))]);
        let d = name(&[(oid::AT_COUNTRY, utf8("kz"))]);
        assert_eq!(c, d);
        assert_ne!(a, c);
    }

    #[test]
    fn order_of_names_counts() {
        let cn = (oid::AT_COMMON_NAME, utf8("A"));
        let c = (oid::AT_COUNTRY, utf8("KZ"));
        assert_ne!(name(&[cn.clone(), c.clone()]), name(&[c, cn]));
    }

    #[test]
    fn printing_shows_what_hides() {
        let n = name(&[(oid::AT_COMMON_NAME, utf8("A, O=B\u{202e}\n\0C"))]);
        assert_eq!(n.to_string(), "CN=A\\, O\\=B\u{fffd}\u{fffd}\u{fffd}C");
    }

    #[test]
    fn text_must_be_valid_in_its_encoding() {
        let n = name(&[(oid::AT_COMMON_NAME, asn1::tlv(0x0c, &[0xd0]))]);
        assert_eq!(only_text(&n), None);
        let n = name(&[(oid::AT_COMMON_NAME, asn1::tlv(0x1e, &[0x04, 0x10]))]);
        assert_eq!(only_text(&n), Some("А"));
    }
}
