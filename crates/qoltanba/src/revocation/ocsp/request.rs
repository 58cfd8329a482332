//! Asking a responder about one certificate (RFC 6960 §4.1).

use super::cert_id::CertId;
use crate::{
    algorithm::DigestAlgorithm,
    asn1,
    certificate::Certificate,
    error::{Error, Result},
    oid,
};

/// RFC 8954 §2.1: the nonce has 1 to 32 octets.
const MAX_NONCE: usize = 32;

/// A request about one certificate. The same inputs make the same octets: the nonce is given by
/// the caller, who draws it at random.
///
/// ```
/// use qoltanba::{Certificate, Result, revocation::OcspRequest};
///
/// fn ask(certificate: &Certificate, issuer: &Certificate, nonce: &[u8]) -> Result<Vec<u8>> {
///     // What goes into the body of a POST as application/ocsp-request.
///     Ok(OcspRequest::new(certificate, issuer.public_key_info())?.with_nonce(nonce)?.der())
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspRequest {
    pub(super) id: CertId,
    pub(super) nonce: Option<Vec<u8>>,
}

impl OcspRequest {
    /// Asks about a certificate, which its issuer's key tells apart from others of the same name
    /// and number; by SHA-256, which the national responders understand.
    ///
    /// # Errors
    /// When `issuer_key_info` is no SubjectPublicKeyInfo.
    pub fn new(certificate: &Certificate, issuer_key_info: &[u8]) -> Result<Self> {
        Self::by_digest(certificate, issuer_key_info, DigestAlgorithm::Sha256)
    }

    /// Asks by another digest, for responders that know SHA-1 alone (RFC 5019 §2.1.1). The digest
    /// only names the certificate; no signature rests on it.
    ///
    /// # Errors
    /// When `issuer_key_info` is no SubjectPublicKeyInfo.
    pub fn by_digest(
        certificate: &Certificate,
        issuer_key_info: &[u8],
        digest: DigestAlgorithm,
    ) -> Result<Self> {
        Ok(Self { id: CertId::of(certificate, issuer_key_info, digest)?, nonce: None })
    }

    /// Adds a nonce, which ties the answer to this request: 32 octets at random are best.
    ///
    /// # Errors
    /// When it is empty or longer than 32 octets.
    pub fn with_nonce(mut self, nonce: &[u8]) -> Result<Self> {
        if nonce.is_empty() || nonce.len() > MAX_NONCE {
            return Err(Error::misuse("the nonce of an OCSP request has 1 to 32 octets"));
        }
        self.nonce = Some(nonce.to_vec());
        Ok(self)
    }

    /// The nonce, when there is one.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    /// The OCSPRequest in DER, not signed.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        let list = asn1::sequence(&[asn1::sequence(&[self.id.der()])]);
        let mut request = vec![list];
        if let Some(nonce) = &self.nonce {
            // RFC 8954 §2.1: Nonce ::= OCTET STRING, inside the OCTET STRING of every extension.
            let value = asn1::octet_string(&asn1::octet_string(nonce));
            let extension = asn1::sequence(&[asn1::oid(oid::OCSP_NONCE), value]);
            request.push(asn1::context(2, &asn1::sequence(&[extension])));
        }
        asn1::sequence(&[asn1::sequence(&request)])
    }
}
