//! Evidence that is missing: what to fetch, and where it is said to be.

use crate::certificate::Certificate;

/// Evidence that might bring a clearer verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence {
    /// An OCSP response about a certificate, which names a responder.
    OcspResponse {
        /// The subject of the certificate.
        subject: String,
        /// The issuer's name.
        issuer: String,
        /// Where the certificate says that its responder is.
        addresses: Vec<String>,
        /// The certificate, and the SubjectPublicKeyInfo of its issuer: what a request is made of
        /// (see [`OcspRequest`](crate::revocation::OcspRequest)).
        certificate: Certificate,
        /// The issuer's key as a SubjectPublicKeyInfo.
        issuer_key_info: Vec<u8>,
    },
    /// A revocation list of this issuer, in force at the moment of check.
    RevocationList {
        /// The issuer's name.
        issuer: String,
        /// Where the certificate says that the list is.
        addresses: Vec<String>,
    },
    /// The certificate of an authority.
    AuthorityCertificate {
        /// Its subject.
        subject: String,
        /// Where the certificate below says that it is.
        addresses: Vec<String>,
    },
    /// The signer's certificate.
    SignerCertificate,
    /// The content that a detached signature covers.
    Content,
    /// Barcodes of a document that were not found on its pages.
    BarcodeParts {
        /// The number of the document.
        document: String,
        /// The numbers of the parts.
        numbers: Vec<u32>,
        /// How many parts there are in all.
        amount: u32,
    },
}

impl Evidence {
    /// A response about a certificate that names a responder.
    pub(crate) fn ocsp_response(certificate: &Certificate, issuer_key_info: &[u8]) -> Option<Self> {
        let addresses = &certificate.extensions().ocsp_uris;
        (!addresses.is_empty()).then(|| Self::OcspResponse {
            subject: certificate.claimed_subject().to_string(),
            issuer: certificate.issuer().to_string(),
            addresses: addresses.clone(),
            certificate: certificate.clone(),
            issuer_key_info: issuer_key_info.to_vec(),
        })
    }
}
