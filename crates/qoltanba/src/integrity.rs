//! What a key signed: the common result of checking a CMS or an XML signature, which says nothing
//! yet of whose key it is.

use std::sync::Arc;

use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    verdict::Reason,
};

/// Proof that one key signed exactly these bytes.
///
/// It does **not** mean that anyone knows whose key it is, that the key was certified, not
/// revoked or meant for signing, or that the bytes covered are all that a reader would see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntactSignature {
    covered: Covered,
    by_key: Vec<u8>,
    algorithm: SignatureAlgorithm,
}

/// The bytes that a signature covers, by their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The digest that the signature rests on.
    pub digest_algorithm: DigestAlgorithm,
    /// Its value: of the content of a message, or of the SignedInfo of an XML signature.
    pub digest: Vec<u8>,
    /// The parts of an XML document that are covered; a message is covered as a whole.
    pub parts: Vec<CoveredPart>,
}

/// A part of an XML document, as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredPart {
    /// Where it stands: `/` is the whole document, `/request/data` an element.
    pub path: String,
    /// The signatures inside it that are not covered.
    pub left_out: Vec<String>,
    /// The elements in which a comment stands, whose text two readers may read differently: their
    /// numbers among the covered elements in document order.
    pub(crate) commented: Vec<u32>,
    /// Held once, however often the proof is cloned: documents may be large.
    pub(crate) octets: Arc<Vec<u8>>,
}

impl CoveredPart {
    /// Its canonical octets: what was hashed, and the only octets to read values from.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

impl IntactSignature {
    /// Made only by the CMS and XML checks and those of evidence, after digest *and* signature
    /// were verified.
    pub(crate) fn new(covered: Covered, by_key: &[u8], algorithm: SignatureAlgorithm) -> Self {
        Self { covered, by_key: by_key.to_vec(), algorithm }
    }

    /// What is covered.
    #[must_use]
    pub fn covered(&self) -> &Covered {
        &self.covered
    }

    /// The SubjectPublicKeyInfo of the key that signed.
    #[must_use]
    pub fn by_key(&self) -> &[u8] {
        &self.by_key
    }

    /// The algorithm of the signature.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }
}

/// The outcome of both cryptographic checks, each on its own.
pub(crate) struct CryptoCheck {
    /// The content has the digest that was signed.
    pub(crate) content: Result<(), Reason>,
    /// The key made the signature.
    pub(crate) signature: Result<(), Reason>,
    /// Both held.
    pub(crate) intact: Option<IntactSignature>,
}
