//! Distinguished names: read by attribute type from the DER, never from a printed form.

use std::fmt;

use der::asn1::ObjectIdentifier as Oid;

use crate::{
    asn1::{self, Reader, tag},
    error::{Error, Result},
    oid,
};

const NAME: &str = "Name (RFC 5280 §4.1.2.4)";

/// A distinguished name with its exact bytes.
///
/// Names are equal when their attributes are, compared as RFC 5280 §7.1 says: case and runs of
/// white space do not count, and neither does the string type.
///
/// NOTE: of the string preparation of RFC 4518, normalisation to NFKC is left out: a name that is
/// written in two ways of composing a letter is two names.
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

    /// The name that `rdns`, the content octets of a name, and one more RelativeDistinguishedName,
    /// by its content octets, make together.
    pub(super) fn from_rdns(rdns: &[u8], last: &[u8]) -> Result<Self> {
        let all = [rdns, &asn1::tlv(tag::SET, last)].concat();
        Self::from_der(&asn1::tlv(tag::SEQUENCE, &all))
    }

    /// The content octets.
    pub(super) fn rdns(&self) -> &[u8] {
        asn1::single(&self.der, NAME).map(|outer| outer.value).unwrap_or_default()
    }

    /// Whether this name is `base` or continues it (RFC 5280 §4.2.1.10).
    pub(crate) fn is_within(&self, base: &Self) -> bool {
        let behind = base.folded.last().map_or(0, |last| last.rdn + 1);
        let same_length = self.folded.partition_point(|f| f.rdn < behind);
        self.folded.get(..same_length) == Some(base.folded.as_slice())
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

/// RFC 4518 §2: what is mapped to nothing goes, case is folded, and runs of white space become one
/// space.
fn fold(text: &str) -> Vec<u8> {
    let seen: String = text
        .chars()
        .filter(|c| !is_mapped_to_nothing(*c))
        // A final sigma is a sigma: each letter is folded without its neighbours.
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect();
    let words: Vec<&str> = seen.split_whitespace().collect();
    words.join(" ").into_bytes()
}

/// RFC 4518 §2.2.
fn is_mapped_to_nothing(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{6dd}' | '\u{70f}' | '\u{1806}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2063}'
        | '\u{206a}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffc}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}'
        | '\u{e0020}'..='\u{e007f}')
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
    fn comparison_prepares_strings() {
        let same = [
            ("\u{a0}A\u{2003}\tB\n", "a b"),
            ("ΟΔΟΣ", "οδος"),
            ("STRASSE", "Straße"),
            ("A\u{ad}\u{200b}B\u{7f}", "ab"),
        ];
        for (one, other) in same {
            let of = |text| name(&[(oid::AT_COMMON_NAME, utf8(text))]);
            assert_eq!(of(one), of(other), "{one:?}");
        }
        for (one, other) in [("a b", "ab"), ("A", "А"), ("a", "a, O=b")] {
            let of = |text| name(&[(oid::AT_COMMON_NAME, utf8(text))]);
            assert_ne!(of(one), of(other), "{one:?}");
        }
    }

    #[test]
    fn a_name_is_within_what_it_continues() {
        let c = (oid::AT_COUNTRY, utf8("KZ"));
        let o = (oid::AT_ORGANIZATION, utf8("A"));
        let cn = (oid::AT_COMMON_NAME, utf8("B"));
        let base = name(&[c.clone(), o.clone()]);
        assert!(name(&[c.clone(), o.clone(), cn.clone()]).is_within(&base));
        assert!(base.is_within(&base) && base.is_within(&name(&[])));
        assert!(!name(std::slice::from_ref(&c)).is_within(&base));
        assert!(!name(&[c.clone(), cn.clone(), o.clone()]).is_within(&base));
        // One RelativeDistinguishedName of two attributes is not two of one.
        let pair =
            |(oid, value): &(Oid, Vec<u8>)| asn1::sequence(&[asn1::oid(*oid), value.clone()]);
        let both = asn1::set_of(&[pair(&c), pair(&o)]);
        let both = Name::from_der(&asn1::sequence(&[both])).unwrap();
        assert!(!both.is_within(&name(std::slice::from_ref(&c))));
        assert_ne!(both, base);
        assert_eq!(
            Name::from_rdns(name(std::slice::from_ref(&c)).rdns(), &pair(&o)).unwrap(),
            base
        );
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
