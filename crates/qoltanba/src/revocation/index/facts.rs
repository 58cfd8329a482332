//! What an index knows of its list besides the entries.

use super::{
    super::{Features, Head, Number},
    format::{DIGEST, sha256},
};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm, Strength},
    asn1::{self, AlgorithmIdentifier, Reader, tag},
    certificate::{Extension, Name, read_extensions},
    error::Result,
    oid,
    time::Instant,
};

/// What kind of list it is, by what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListKind {
    /// Nothing says that it is a delta.
    Complete,
    /// It has a deltaCRLIndicator (RFC 5280 §5.2.4).
    Delta,
    /// It has no deltaCRLIndicator, and its freshestCRL is critical: the national authority marks
    /// deltas so (order 522/НҚ), and only the address that it came from could tell.
    MarkedAsDelta,
}

/// What a verified list says of itself, apart from its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFacts {
    pub(super) raw: Raw,
    pub(super) head: Head,
    algorithm: SignatureAlgorithm,
    scope: Option<Vec<u8>>,
}

/// The same as an index holds it: what needs reading is read again when the index is opened, so
/// that an index means what the list would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) issuer: Name,
    /// The AlgorithmIdentifier of the signature.
    pub(super) algorithm: Vec<u8>,
    pub(super) this_update: Instant,
    pub(super) next_update: Option<Instant>,
    /// crlExtensions, if the list has them.
    pub(super) extensions: Option<Vec<u8>>,
    /// An entry has a critical extension that is not processed.
    pub(super) unknown_critical_entry: bool,
    /// The values of certificateIssuer, numbered as rows name them.
    pub(super) certificate_issuers: Vec<Vec<u8>>,
    pub(super) count: usize,
    /// SHA-256 of the SubjectPublicKeyInfo under which the signature stood.
    pub(super) key_digest: [u8; DIGEST],
    /// The digest of what is signed of the list, by the algorithm of the signature.
    pub(super) signed_digest: Vec<u8>,
    /// Octets of the list.
    pub(super) length: u64,
}

impl ListFacts {
    /// The name of the authority that the list says issued it.
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.raw.issuer
    }

    /// The SHA-256 of the SubjectPublicKeyInfo under which the list's signature was verified.
    #[must_use]
    pub const fn key_digest(&self) -> &[u8; 32] {
        &self.raw.key_digest
    }

    /// The identifier of the issuer's key (RFC 5280 §5.2.1).
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.head.authority_key_id.as_deref()
    }

    /// When the list was made.
    #[must_use]
    pub const fn this_update(&self) -> Instant {
        self.raw.this_update
    }

    /// Until when the list speaks; a list without it never proves that a certificate is good.
    #[must_use]
    pub const fn next_update(&self) -> Option<Instant> {
        self.raw.next_update
    }

    /// The list's number, big-endian (RFC 5280 §5.2.3).
    #[must_use]
    pub fn number(&self) -> Option<&[u8]> {
        self.head.number.as_ref().map(Number::octets)
    }

    /// Of a delta the number of the complete list that it goes with, big-endian
    /// (RFC 5280 §5.2.4).
    #[must_use]
    pub fn base_number(&self) -> Option<&[u8]> {
        self.head.base.as_ref().map(Number::octets)
    }

    /// Whether it is complete or a delta.
    #[must_use]
    pub const fn kind(&self) -> ListKind {
        if self.head.base.is_some() {
            ListKind::Delta
        } else if self.head.critical_freshest {
            ListKind::MarkedAsDelta
        } else {
            ListKind::Complete
        }
    }

    /// The value of issuingDistributionPoint, DER (RFC 5280 §5.2.5): what the list is restricted
    /// to, and whether it speaks of other issuers' certificates.
    #[must_use]
    pub fn scope(&self) -> Option<&[u8]> {
        self.scope.as_deref()
    }

    /// Whether the list, or an entry of it, has a critical extension that is not processed. Such
    /// a list is not used (RFC 5280 §5.2, §5.3).
    #[must_use]
    pub const fn has_unknown_critical(&self) -> bool {
        self.head.unprocessed_critical
    }

    /// Whether an entry names a certificateIssuer (RFC 5280 §5.3.3).
    #[must_use]
    pub fn names_other_issuers(&self) -> bool {
        !self.raw.certificate_issuers.is_empty()
    }

    /// The algorithm of the list's signature.
    #[must_use]
    pub const fn signature_algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The digest of what is signed of the list (RFC 5280 §5.1.2), by the digest algorithm of
    /// [its signature](Self::signature_algorithm): which list this is.
    #[must_use]
    pub fn signed_digest(&self) -> &[u8] {
        &self.raw.signed_digest
    }

    /// The octets of the list as DER.
    #[must_use]
    pub const fn list_length(&self) -> u64 {
        self.raw.length
    }

    /// How many entries the list has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.raw.count
    }

    /// Whether the list has no entry.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.raw.count == 0
    }

    /// Whether the list was verified under this key, by an algorithm that is allowed.
    #[must_use]
    pub fn is_signed_by(&self, spki: &[u8], strength: Strength) -> bool {
        // The strength of keys is fixed and was checked when the signature was.
        let allowed = self.algorithm.digest() != DigestAlgorithm::Sha1 || strength.sha1;
        allowed && self.raw.key_digest == sha256(spki)
    }

    pub(super) fn new(raw: Raw) -> Result<Self> {
        let algorithm = AlgorithmIdentifier::read(&mut Reader::new(&raw.algorithm))?;
        let algorithm = SignatureAlgorithm::from_identifier(&algorithm)?;
        let extensions = match &raw.extensions {
            None => Vec::new(),
            Some(extensions) => {
                let what = "crlExtensions (RFC 5280 §5.1.2.7)";
                let list = asn1::single(extensions, what)?.expect(tag::SEQUENCE, what)?;
                read_extensions(list.inside())?
            }
        };
        let scope = |e: &&Extension| e.oid == oid::ISSUING_DISTRIBUTION_POINT;
        let scope = extensions.iter().find(scope).map(|e| e.value.clone());
        let features = Features {
            unprocessed_critical: raw.unknown_critical_entry,
            name_issuers: !raw.certificate_issuers.is_empty(),
        };
        let head = Head::new(raw.issuer.clone(), raw.this_update, raw.next_update);
        Ok(Self { head: head.with_extensions(&extensions, features)?, raw, algorithm, scope })
    }
}
