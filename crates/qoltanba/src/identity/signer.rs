//! Who signed, once it is proved.

use super::{Role, Subject};
use crate::{
    algorithm::SignatureAlgorithm,
    certificate::Certificate,
    integrity::IntactSignature,
    numbers::{Bin, Iin},
    trust::TrustedPath,
};

/// The person or system whose certified key made a signature.
///
/// There is no constructor outside verification, and verification gives one out only inside an
/// accepted signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    subject: Subject,
    algorithm: SignatureAlgorithm,
    certificate: Certificate,
}

impl Signer {
    /// The only constructor: the key that made the signature is the key that the path certifies.
    pub(crate) fn of(intact: &IntactSignature, path: &TrustedPath) -> Option<Self> {
        let certificate = path.end_entity();
        (certificate.spki() == intact.by_key()).then(|| Self {
            subject: Subject::claimed_by(certificate),
            algorithm: intact.algorithm(),
            certificate: certificate.clone(),
        })
    }

    /// The subject in parts.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The person's number; systems have none.
    #[must_use]
    pub fn iin(&self) -> Option<Iin> {
        self.subject.iin
    }

    /// The number of the organisation acted for.
    #[must_use]
    pub fn bin(&self) -> Option<Bin> {
        self.subject.bin
    }

    /// The role that the certificate gives.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.subject.role
    }

    /// The algorithm of the signature.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The signer's certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}
