//! The properties that XAdES adds (ETSI EN 319 132-1): read only where a signature covers them.

use super::{
    Document, NodeId,
    signature::{DS, algorithm_uri, base64_text},
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

/// Reads the properties inside the Objects of a signature, and whether a time stamp is there.
pub(super) fn read(
    document: &Document<'_>,
    objects: &[NodeId],
) -> Result<(Option<SignedProperties>, bool)> {
    let qualifying: Vec<NodeId> = objects
        .iter()
        .flat_map(|o| document.children(*o).collect::<Vec<_>>())
        .filter(|n| document.is_element(*n, XADES, "QualifyingProperties"))
        .collect();
    let properties = match qualifying.as_slice() {
        [] => return Ok((None, false)),
        [one] => *one,
        _ => return Err(Error::malformed("QualifyingProperties: more than one")),
    };
    let inside = |node: NodeId, local: &str| child(document, node, local);
    let time_stamp = document.descendants(properties).any(|n| is_time_stamp(document, n));
    let Some(node) = inside(properties, "SignedProperties")? else { return Ok((None, time_stamp)) };
    let Some(of_signature) = inside(node, "SignedSignatureProperties")? else {
        let empty = SignedProperties { node, signing_time: None, signing_certificate: None };
        return Ok((Some(empty), time_stamp));
    };
    // xsd:dateTime may lack its zone, and then names no moment: nothing is claimed by it.
    let signing_time = inside(of_signature, "SigningTime")?
        .and_then(|element| document.plain_text(element)?.trim().parse().ok());
    let named = match inside(of_signature, "SigningCertificateV2")? {
        None => inside(of_signature, "SigningCertificate")?,
        some => some,
    };
    let signing_certificate = named.map(|n| cert_digest(document, n)).transpose()?;
    Ok((Some(SignedProperties { node, signing_time, signing_certificate }), time_stamp))
}

/// Whether the element holds a time stamp: SignatureTimeStamp, ArchiveTimeStamp and the others
/// (EN 319 132-1 §5.3, §5.5).
fn is_time_stamp(document: &Document<'_>, node: NodeId) -> bool {
    document.name(node).is_some_and(|name| {
        matches!(name.namespace, XADES | XADES_141) && name.local.ends_with("TimeStamp")
    })
}

/// The lists and OCSP responses among the RevocationValues of a signature (EN 319 132-1 §5.4.2),
/// which nobody signs. What is no Base64 is left empty, and read by no one.
pub(crate) fn revocation_values(
    document: &Document<'_>,
    signature: NodeId,
) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let values = |local: &str| {
        document
            .descendants(signature)
            .filter(|n| document.is_element(*n, XADES, local))
            .map(|n| base64_text(document, n).unwrap_or_default())
            .collect()
    };
    (values("EncapsulatedCRLValue"), values("EncapsulatedOCSPValue"))
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
