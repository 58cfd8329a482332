//! A path of certificates, and the proof that one holds.

use super::TrustAnchor;
use crate::{
    algorithm::PublicKey,
    certificate::{Certificate, Name},
};

/// Proof that an anchor vouches, by signatures, for the key of a certificate at a moment.
///
/// It does **not** say that any certificate of the path was not revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedPath(Path);

impl TrustedPath {
    /// Made only by the search for paths, after validation found no fault.
    pub(super) fn new(path: Path) -> Self {
        Self(path)
    }

    /// The certificate that the path is about.
    #[must_use]
    pub fn end_entity(&self) -> &Certificate {
        &self.0.leaf
    }

    /// The issuing authorities, nearest first; the anchor is not among them.
    #[must_use]
    pub fn authorities(&self) -> &[Certificate] {
        &self.0.authorities
    }

    /// Where the path ends.
    #[must_use]
    pub fn anchor(&self) -> &TrustAnchor {
        &self.0.anchor
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

/// Certificates linked by name and verified signature up to an anchor; dates, constraints and
/// revocation are not looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    leaf: Certificate,
    authorities: Vec<Certificate>,
    anchor: TrustAnchor,
}

/// Who issued a certificate of a path.
#[derive(Clone, Copy)]
pub(crate) struct Issuer<'a> {
    pub(crate) name: &'a Name,
    pub(crate) key: &'a PublicKey,
    pub(crate) spki: &'a [u8],
    pub(crate) key_id: Option<&'a [u8]>,
    pub(crate) may_sign_lists: bool,
}

impl Path {
    /// Made only by the search for paths, after every link was verified.
    pub(super) fn new(
        leaf: Certificate,
        authorities: Vec<Certificate>,
        anchor: TrustAnchor,
    ) -> Self {
        Self { leaf, authorities, anchor }
    }

    /// The certificates below the anchor, the end entity first.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.leaf).chain(&self.authorities)
    }

    /// Where it ends.
    pub(crate) fn anchor(&self) -> &TrustAnchor {
        &self.anchor
    }

    /// Each certificate below the anchor with its issuer. The anchor's own self-signed certificate
    /// is not below it.
    pub(crate) fn links(&self) -> impl Iterator<Item = (&Certificate, Issuer<'_>)> {
        let all = self.certificates().enumerate();
        let is_below = |c: &Certificate| !(c.is_self_issued() && self.anchor.is(c));
        all.filter(move |(_, certificate)| is_below(certificate)).map(|(i, certificate)| {
            let issuer = self.authorities.get(i).and_then(Issuer::of_certificate);
            (certificate, issuer.unwrap_or_else(|| Issuer::of_anchor(&self.anchor)))
        })
    }
}

impl<'a> Issuer<'a> {
    pub(crate) fn of_certificate(certificate: &'a Certificate) -> Option<Self> {
        let extensions = certificate.extensions();
        Some(Self {
            name: certificate.claimed_subject(),
            key: certificate.public_key().ok()?,
            spki: certificate.spki(),
            key_id: extensions.subject_key_id.as_deref(),
            may_sign_lists: certificate.may_sign_lists(),
        })
    }

    pub(crate) fn of_anchor(anchor: &'a TrustAnchor) -> Self {
        Self {
            name: anchor.name(),
            key: anchor.key(),
            spki: anchor.public_key_info(),
            key_id: anchor.key_id(),
            may_sign_lists: anchor.may_sign_lists(),
        }
    }
}
