//! The Signature element, read strictly (XML Signature §4) and not yet believed.
//!
//! Exactly one SignedInfo, SignatureValue and DigestValue where the schema has one, in the
//! schema's order: two readers of a looser structure may see two signatures.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::{
    Document, Method, NodeId, NodeKind, PrefixList,
    reference::Reference,
    xades::{self, SignedProperties, UnsignedProperties},
};
use crate::{
    algorithm::SignatureAlgorithm,
    certificate::Certificate,
    error::{Error, Result},
};

/// The namespace of XML Signature.
pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The namespace of exclusive canonicalisation, whose InclusiveNamespaces is read here.
const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// References in one signature; XAdES has two, a signing route three.
const MAX_REFERENCES: usize = 16;
/// Certificates in one KeyInfo.
const MAX_CERTIFICATES: usize = 16;

/// One Signature element: well formed, nothing proved.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) node: NodeId,
    pub(crate) signed_info: NodeId,
    pub(crate) canonicalization: Result<(Method, PrefixList)>,
    pub(crate) algorithm: Result<SignatureAlgorithm>,
    pub(crate) references: Vec<Reference>,
    pub(crate) value: Result<Vec<u8>>,
    /// Candidates for the signer's certificate: nothing here is trusted.
    pub(crate) certificates: Vec<Result<Certificate>>,
    pub(crate) signed_properties: Option<SignedProperties>,
    pub(crate) unsigned_properties: UnsignedProperties,
    /// The SignatureValue element.
    pub(crate) value_element: NodeId,
    pub(crate) objects: Vec<NodeId>,
}

/// Every Signature element of a document, in document order.
pub(crate) fn signature_elements(document: &Document<'_>) -> Vec<NodeId> {
    document.nodes().filter(|n| document.is_element(*n, DS, "Signature")).collect()
}

impl Signature {
    /// Reads the Signature element `node`.
    pub(crate) fn read(document: &Document<'_>, node: NodeId) -> Result<Self> {
        let mut parts = Children::of(document, node, "Signature (XML Signature §4.1)")?;
        let signed_info = parts.take(DS, "SignedInfo")?;
        let value_element = parts.take(DS, "SignatureValue")?;
        let key_info = parts.optional(DS, "KeyInfo");
        let mut objects = Vec::new();
        while let Some(object) = parts.optional(DS, "Object") {
            objects.push(object);
        }
        parts.finish()?;

        let mut info = Children::of(document, signed_info, "SignedInfo (XML Signature §4.3)")?;
        let canonicalization = info.take(DS, "CanonicalizationMethod")?;
        let method = info.take(DS, "SignatureMethod")?;
        let mut references = Vec::new();
        while let Some(reference) = info.optional(DS, "Reference") {
            if references.len() == MAX_REFERENCES {
                return Err(Error::over_budget("references of a signature", MAX_REFERENCES as u64));
            }
            references.push(Reference::read(document, reference)?);
        }
        info.finish()?;
        if references.is_empty() {
            return Err(Error::malformed("SignedInfo: no Reference (XML Signature §4.3)"));
        }
        // HMACOutputLength and any other parameter would change what is checked.
        Children::of(document, method, "SignatureMethod (XML Signature §4.3.2)")?.finish()?;
        let (signed_properties, unsigned_properties) = xades::read(document, &objects)?;
        Ok(Self {
            node,
            signed_info,
            canonicalization: read_method(document, canonicalization),
            algorithm: SignatureAlgorithm::from_uri(algorithm_uri(document, method)?),
            references,
            value: base64_text(document, value_element),
            certificates: match key_info {
                Some(key_info) => certificates(document, key_info)?,
                None => Vec::new(),
            },
            signed_properties,
            unsigned_properties,
            value_element,
            objects,
        })
    }
}

/// The Algorithm attribute, which is required wherever it occurs.
pub(super) fn algorithm_uri<'d>(document: &'d Document<'_>, node: NodeId) -> Result<&'d str> {
    const WHAT: &str = "Algorithm attribute (XML Signature §4.3)";
    document.attribute(node, "", "Algorithm").ok_or(Error::malformed(WHAT))
}

/// A method of canonicalisation with its list of prefixes.
pub(super) fn read_method(document: &Document<'_>, node: NodeId) -> Result<(Method, PrefixList)> {
    let method = Method::from_uri(algorithm_uri(document, node)?)?;
    let mut parts = Children::of(document, node, "canonicalisation method")?;
    let prefixes = match parts.optional(EXC_C14N, "InclusiveNamespaces") {
        Some(list) if method.is_exclusive() => {
            PrefixList::parse(document.attribute(list, "", "PrefixList").unwrap_or_default())?
        }
        _ => PrefixList::none(),
    };
    parts.finish()?;
    Ok((method, prefixes))
}

/// Base64 in an element that holds nothing but characters. White space is any that XML has.
pub(super) fn base64_text(document: &Document<'_>, node: NodeId) -> Result<Vec<u8>> {
    const WHAT: &str = "base64Binary (XML Schema 2 §3.2.16)";
    let text = document.plain_text(node).ok_or(Error::malformed("value with markup inside"))?;
    let compact: Vec<u8> =
        text.bytes().filter(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n')).collect();
    BASE64.decode(compact).map_err(|_| Error::malformed(WHAT))
}

/// The X509Certificate elements of a KeyInfo (XML Signature §4.4.4). KeyValue and RetrievalMethod
/// are not followed.
fn certificates(document: &Document<'_>, key_info: NodeId) -> Result<Vec<Result<Certificate>>> {
    let data = document.children(key_info).filter(|n| document.is_element(*n, DS, "X509Data"));
    let elements: Vec<NodeId> = data
        .flat_map(|d| document.children(d).collect::<Vec<_>>())
        .filter(|n| document.is_element(*n, DS, "X509Certificate"))
        .collect();
    if elements.len() > MAX_CERTIFICATES {
        return Err(Error::over_budget("certificates of a signature", MAX_CERTIFICATES as u64));
    }
    let read = |n: &NodeId| base64_text(document, *n).and_then(|der| Certificate::from_der(&der));
    Ok(elements.iter().map(read).collect())
}

/// The child elements of a structure, taken in the schema's order. White space, comments and
/// processing instructions may stand between them; other text may not.
pub(super) struct Children<'d, 'a> {
    document: &'d Document<'a>,
    elements: std::iter::Peekable<std::vec::IntoIter<NodeId>>,
    what: &'static str,
}

impl<'d, 'a> Children<'d, 'a> {
    pub(super) fn of(document: &'d Document<'a>, node: NodeId, what: &'static str) -> Result<Self> {
        let mut elements = Vec::new();
        for child in document.children(node) {
            match document.kind(child) {
                NodeKind::Element => elements.push(child),
                NodeKind::Text if !document.value(child).trim_ascii().is_empty() => {
                    return Err(Error::malformed(what).at(document.source_range(child).start));
                }
                _ => {}
            }
        }
        Ok(Self { document, elements: elements.into_iter().peekable(), what })
    }

    pub(super) fn optional(&mut self, namespace: &str, local: &str) -> Option<NodeId> {
        self.elements.next_if(|n| self.document.is_element(*n, namespace, local))
    }

    pub(super) fn take(&mut self, namespace: &str, local: &str) -> Result<NodeId> {
        self.optional(namespace, local).ok_or(Error::malformed(self.what))
    }

    pub(super) fn finish(&mut self) -> Result<()> {
        match self.elements.next() {
            None => Ok(()),
            Some(extra) => {
                let at = self.document.source_range(extra).start;
                Err(Error::malformed(self.what).at(at))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmldsig::XmlLimits;

    const GOOD: &str = "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'><SignedInfo>\
        <CanonicalizationMethod Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/>\
        <SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'/>\
        <Reference URI=''><Transforms><Transform \
        Algorithm='http://www.w3.org/2000/09/xmldsig#enveloped-signature'/></Transforms>\
        <DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/>\
        <DigestValue>AAAA</DigestValue></Reference></SignedInfo><SignatureValue>AAAA\
        </SignatureValue><KeyInfo/><Object/></Signature>";

    fn read(source: &str) -> Result<Signature> {
        let document = Document::parse(source.as_bytes(), &XmlLimits::default()).unwrap();
        Signature::read(&document, document.root())
    }

    #[test]
    fn the_structure_is_that_of_the_schema_and_nothing_more() {
        assert!(read(GOOD).is_ok());
        let loose = GOOD.replace("><", ">\n<!-- c --><?p?><").replace("<KeyInfo/>", "");
        assert!(read(&loose).is_ok());
        let reference = {
            let from = GOOD.find("<Reference").unwrap();
            let to = GOOD.find("</SignedInfo>").unwrap();
            GOOD.get(from..to).unwrap()
        };
        for (from, to) in [
            // What one reader skips, another may take for the thing itself.
            ("</SignedInfo>", format!("<x/>{reference}</SignedInfo>")),
            ("</SignedInfo>", "<x/></SignedInfo>".to_owned()),
            (reference, String::new()),
            ("<SignedInfo>", "<SignedInfo/><SignedInfo>".to_owned()),
            ("</SignedInfo>", "</SignedInfo><SignedInfo/>".to_owned()),
            ("<KeyInfo/>", "<SignatureValue>AAAA</SignatureValue><KeyInfo/>".to_owned()),
            ("<KeyInfo/>", "<KeyInfo/><KeyInfo/>".to_owned()),
            ("<Object/>", "<Object/><x/>".to_owned()),
            ("<Object/>", "<Object/><KeyInfo/>".to_owned()),
            ("<SignedInfo>", "<SignedInfo>text".to_owned()),
            ("</Reference>", "<DigestValue>AAAA</DigestValue></Reference>".to_owned()),
            ("<DigestMethod", "<DigestMethod Algorithm='x'/><DigestMethod".to_owned()),
            ("#rsa-sha256'/>", "#rsa-sha256'><HMACOutputLength/></SignatureMethod>".to_owned()),
            ("#sha256'/>", "#sha256'><x/></DigestMethod>".to_owned()),
            ("<SignatureMethod Algorithm", "<SignatureMethod x".to_owned()),
            ("<DigestMethod Algorithm", "<DigestMethod x".to_owned()),
        ] {
            let bad = GOOD.replacen(from, &to, 1);
            assert_ne!(bad, GOOD, "{from}");
            assert!(read(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_hold_nothing_but_characters() {
        for split in ["AA<!-- -->AA", "AA<?p?>AA", "AA<x/>AA", "AAA", "A=AA", "AA A!", "AAB="] {
            let bad = GOOD.replace("<SignatureValue>AAAA", &format!("<SignatureValue>{split}"));
            assert!(read(&bad).unwrap().value.is_err(), "{split}");
        }
        for whole in ["AA<![CDATA[AA]]>", " A A\nA\tA&#13;", ""] {
            let good = GOOD.replace("<SignatureValue>AAAA", &format!("<SignatureValue>{whole}"));
            assert!(read(&good).unwrap().value.is_ok(), "{whole}");
        }
    }
}
