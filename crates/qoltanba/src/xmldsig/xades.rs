//! The properties that XAdES adds (ETSI EN 319 132-1): read only where a signature covers them.

use super::{
    Document, Method, NodeId, PrefixList,
    signature::{DS, algorithm_uri, base64_text, read_method},
};
use crate::{
    algorithm::DigestAlgorithm,
    certificate::Certificate,
    error::{Error, Result},
    time::Instant,
};

/// The namespace of XAdES 1.3.2, which later versions keep.
pub(crate) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// The namespace of the archive time stamps of XAdES 1.4.1.
const XADES_141: &str = "http://uri.etsi.org/01903/v1.4.1#";

/// SignedProperties of one signature.
#[derive(Debug)]
pub(crate) struct SignedProperties {
    /// The element, which a reference must cover for anything here to count.
    pub(crate) node: NodeId,
    pub(crate) signing_time: Option<Instant>,
    pub(crate) signing_certificate: Option<CertDigest>,
}

/// The first CertDigest: the signer's certificate (§5.2.2).
#[derive(Debug)]
pub(crate) struct CertDigest {
    digest: DigestAlgorithm,
    value: Vec<u8>,
}

impl CertDigest {
    pub(crate) fn is_of(&self, certificate: &Certificate) -> bool {
        self.digest.digest(certificate.as_der()) == self.value
    }

    pub(crate) fn is_weak(&self) -> bool {
        self.digest == DigestAlgorithm::Sha1
    }
}

/// What stands beside the signature and is not covered by it (EN 319 132-1 §4.3.3).
#[derive(Debug, Default)]
pub(crate) struct UnsignedProperties {
    /// Those on the signature, in document order.
    pub(crate) time_stamps: Vec<SignatureTimeStamp>,
    /// How many others there are, here and among the signed properties: on data objects, on
    /// references, on archives.
    pub(crate) other_time_stamps: usize,
    /// CertificateValues or RevocationValues are there.
    pub(crate) has_evidence: bool,
    /// An ArchiveTimeStamp is there.
    pub(crate) has_archive: bool,
}

/// SignatureTimeStamp (EN 319 132-1 §5.3): tokens on the SignatureValue element.
#[derive(Debug)]
pub(crate) struct SignatureTimeStamp {
    /// How SignatureValue becomes octets.
    pub(crate) canonicalization: Result<(Method, PrefixList)>,
    /// The tokens, in DER or BER.
    pub(crate) tokens: Vec<Result<Vec<u8>>>,
}

/// The element that holds all properties of a signature, when it is there.
pub(crate) fn qualifying_properties(
    document: &Document<'_>,
    objects: &[NodeId],
) -> Result<Option<NodeId>> {
    let qualifying: Vec<NodeId> = objects
        .iter()
        .flat_map(|o| document.children(*o).collect::<Vec<_>>())
        .filter(|n| document.is_element(*n, XADES, "QualifyingProperties"))
        .collect();
    match qualifying.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(Error::malformed("QualifyingProperties: more than one")),
    }
}

/// Reads the properties inside the Objects of a signature.
pub(super) fn read(
    document: &Document<'_>,
    objects: &[NodeId],
) -> Result<(Option<SignedProperties>, UnsignedProperties)> {
    let Some(properties) = qualifying_properties(document, objects)? else {
        return Ok((None, UnsignedProperties::default()));
    };
    let inside = |node: NodeId, local: &str| child(document, node, local);
    let unsigned = unsigned(document, properties)?;
    let Some(node) = inside(properties, "SignedProperties")? else { return Ok((None, unsigned)) };
    let Some(of_signature) = inside(node, "SignedSignatureProperties")? else {
        let empty = SignedProperties { node, signing_time: None, signing_certificate: None };
        return Ok((Some(empty), unsigned));
    };
    // xsd:dateTime may lack its zone, and then names no moment: nothing is claimed by it.
    let signing_time = inside(of_signature, "SigningTime")?
        .and_then(|element| document.plain_text(element)?.trim().parse().ok());
    let named = match inside(of_signature, "SigningCertificateV2")? {
        None => inside(of_signature, "SigningCertificate")?,
        some => some,
    };
    let signing_certificate = named.map(|n| cert_digest(document, n)).transpose()?;
    Ok((Some(SignedProperties { node, signing_time, signing_certificate }), unsigned))
}

fn unsigned(document: &Document<'_>, properties: NodeId) -> Result<UnsignedProperties> {
    let mut out = UnsignedProperties::default();
    let own = match child(document, properties, "UnsignedProperties")? {
        None => None,
        Some(unsigned) => child(document, unsigned, "UnsignedSignatureProperties")?,
    };
    let is_judged = |node: &NodeId| {
        document.is_element(*node, XADES, "SignatureTimeStamp") && document.parent(*node) == own
    };
    for node in document.descendants(properties) {
        let Some(name) = document.name(node).filter(|n| matches!(n.namespace, XADES | XADES_141))
        else {
            continue;
        };
        match name.local {
            "SignatureTimeStamp" if own.is_some() && is_judged(&node) => {
                if out.time_stamps.len() == MAX_TIME_STAMPS {
                    return Err(Error::over_budget("time stamps", MAX_TIME_STAMPS as u64));
                }
                out.time_stamps.push(SignatureTimeStamp::read(document, node)?);
            }
            // These stand inside one that is counted itself.
            "EncapsulatedTimeStamp" | "XMLTimeStamp" => {}
            local if local.ends_with("TimeStamp") => {
                out.other_time_stamps += 1;
                out.has_archive |= local == "ArchiveTimeStamp";
            }
            "CertificateValues" | "RevocationValues" => out.has_evidence = true,
            _ => {}
        }
    }
    if out.other_time_stamps > MAX_TIME_STAMPS {
        return Err(Error::over_budget("time stamps", MAX_TIME_STAMPS as u64));
    }
    Ok(out)
}

/// Elements with time stamps in one signature; an archive adds one in some years.
const MAX_TIME_STAMPS: usize = 64;

impl SignatureTimeStamp {
    fn read(document: &Document<'_>, node: NodeId) -> Result<Self> {
        const WHAT: &str = "SignatureTimeStamp (EN 319 132-1 §5.3)";
        let method = document
            .children(node)
            .filter(|n| document.is_element(*n, DS, "CanonicalizationMethod"))
            .collect::<Vec<_>>();
        let canonicalization = match method.as_slice() {
            // XML Signature §4.4.3.2, to which EN 319 132-1 §5.1.4.4 refers.
            [] => Ok((Method::Inclusive10, PrefixList::none())),
            [one] => read_method(document, *one),
            _ => return Err(Error::malformed(WHAT)),
        };
        let mut tokens = Vec::new();
        for child in document.children(node) {
            let Some(name) = document.name(child).filter(|n| n.namespace == XADES) else {
                continue;
            };
            tokens.push(match name.local {
                "EncapsulatedTimeStamp" => base64_text(document, child),
                other => Err(Error::unsupported("form of a time stamp", other)),
            });
        }
        if tokens.is_empty() {
            return Err(Error::malformed(WHAT));
        }
        if tokens.len() > MAX_TIME_STAMPS {
            return Err(Error::over_budget("time stamps", MAX_TIME_STAMPS as u64));
        }
        Ok(Self { canonicalization, tokens })
    }
}

/// What a signature carries of evidence, which nobody signs, in DER.
#[derive(Debug, Default)]
pub(crate) struct ValidationValues {
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) lists: Vec<Vec<u8>>,
    pub(crate) ocsp: Vec<Vec<u8>>,
}

/// The certificates among CertificateValues, the lists and OCSP responses among RevocationValues
/// (EN 319 132-1 §5.4.1, §5.4.2), those for time stamps too (§5.5.1). What is no Base64 is left
/// empty, and read by no one.
pub(crate) fn validation_values(document: &Document<'_>, signature: NodeId) -> ValidationValues {
    let values = |local: &str| {
        document
            .descendants(signature)
            .filter(|n| document.is_element(*n, XADES, local))
            .map(|n| base64_text(document, n).unwrap_or_default())
            .collect()
    };
    ValidationValues {
        certificates: values("EncapsulatedX509Certificate"),
        lists: values("EncapsulatedCRLValue"),
        ocsp: values("EncapsulatedOCSPValue"),
    }
}

fn cert_digest(document: &Document<'_>, node: NodeId) -> Result<CertDigest> {
    const WHAT: &str = "SigningCertificate (EN 319 132-1 §5.2.2)";
    let mut certs = document.children(node).filter(|n| document.is_element(*n, XADES, "Cert"));
    let first = certs.next().ok_or(Error::malformed(WHAT))?;
    let digest = child(document, first, "CertDigest")?.ok_or(Error::malformed(WHAT))?;
    let find = |local| document.children(digest).find(|n| document.is_element(*n, DS, local));
    let method = find("DigestMethod").ok_or(Error::malformed(WHAT))?;
    let value = find("DigestValue").ok_or(Error::malformed(WHAT))?;
    Ok(CertDigest {
        digest: DigestAlgorithm::from_uri(algorithm_uri(document, method)?)?,
        value: base64_text(document, value)?,
    })
}

/// The one child element of a name; several are an error.
fn child(document: &Document<'_>, node: NodeId, local: &str) -> Result<Option<NodeId>> {
    let mut found = document.children(node).filter(|n| document.is_element(*n, XADES, local));
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        (_, Some(_)) => Err(Error::malformed("XAdES property: it occurs twice")),
    }
}
