//! Evidence that is missing: what to fetch, and where it is said to be.

/// Evidence that might bring a clearer verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence {
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
}
