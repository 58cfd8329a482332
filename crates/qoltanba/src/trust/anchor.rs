//! Trust anchors. An anchor is a name and a key that one decided to believe; it is not a
//! certificate, and nothing in a document can make one.

use std::fmt;

use crate::{
    algorithm::PublicKey,
    certificate::{Certificate, Name, NameConstraints, PolicyConstraints},
    error::{Error, Result},
    time::Validity,
};

/// A name and a key to believe.
#[derive(Clone)]
pub struct TrustAnchor {
    name: Name,
    spki: Vec<u8>,
    key: PublicKey,
    key_id: Option<Vec<u8>>,
    validity: Validity,
    path_len: Option<u8>,
    limits: AnchorLimits,
    crl_sign: bool,
    fingerprint: [u8; 32],
}

/// What an anchor's certificate demands of the certificates below.
#[derive(Clone, Default)]
pub(super) struct AnchorLimits {
    pub(super) name_constraints: Option<NameConstraints>,
    pub(super) policy_constraints: Option<PolicyConstraints>,
    pub(super) inhibit_any_policy: Option<u32>,
}

/// What an anchor is built from when it does not come from a certificate at hand.
pub(super) struct AnchorData<'a> {
    pub(super) name: &'a [u8],
    pub(super) spki: &'a [u8],
    pub(super) key_id: &'a [u8],
    pub(super) validity: Validity,
    pub(super) fingerprint: [u8; 32],
}

impl TrustAnchor {
    /// Takes the anchor out of a self-signed certificate that the caller decided to believe.
    ///
    /// # Errors
    /// When the certificate is not self-signed, is no authority's, or its signature does not
    /// stand: such a certificate is at most a step of a path.
    pub fn from_self_signed(certificate: &Certificate) -> Result<Self> {
        let extensions = certificate.extensions();
        if !certificate.is_self_issued() {
            return Err(Error::misuse("only a self-signed certificate can become a trust anchor"));
        }
        let usage = extensions.key_usage;
        let ca = extensions.basic_constraints;
        if ca.is_none_or(|bc| !bc.ca) || usage.is_some_and(|u| !u.key_cert_sign) {
            return Err(Error::misuse("a trust anchor must be the certificate of an authority"));
        }
        if !extensions.unprocessed_critical.is_empty() {
            return Err(Error::misuse(
                "the certificate has a critical extension that is not understood",
            ));
        }
        let key = certificate.public_key()?.clone();
        let algorithm = certificate.signature_algorithm()?;
        key.verify(algorithm, certificate.tbs(), certificate.signature(), Default::default())
            .map_err(|_| Error::misuse("the certificate's own signature does not stand"))?;
        Ok(Self {
            name: certificate.claimed_subject().clone(),
            spki: certificate.spki().to_vec(),
            key,
            key_id: extensions.subject_key_id.clone(),
            validity: certificate.validity(),
            path_len: ca.and_then(|bc| bc.path_len),
            limits: AnchorLimits {
                name_constraints: extensions.name_constraints.clone(),
                policy_constraints: extensions.policy_constraints,
                inhibit_any_policy: extensions.inhibit_any_policy,
            },
            crl_sign: usage.is_none_or(|u| u.crl_sign),
            fingerprint: certificate.fingerprint(),
        })
    }

    pub(super) fn from_data(data: &AnchorData<'_>) -> Result<Self> {
        Ok(Self {
            name: Name::from_der(data.name)?,
            spki: data.spki.to_vec(),
            key: PublicKey::from_spki(data.spki)?,
            key_id: Some(data.key_id.to_vec()),
            validity: data.validity,
            path_len: None,
            limits: AnchorLimits::default(),
            crl_sign: true,
            fingerprint: data.fingerprint,
        })
    }

    /// The authority's name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The authority's key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The key as a SubjectPublicKeyInfo.
    #[must_use]
    pub fn public_key_info(&self) -> &[u8] {
        &self.spki
    }

    /// The period for which the authority's certificate was made.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The SHA-256 fingerprint of the authority's certificate, to compare with what the authority
    /// publishes.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    pub(crate) fn key_id(&self) -> Option<&[u8]> {
        self.key_id.as_deref()
    }

    pub(crate) fn path_len(&self) -> Option<u8> {
        self.path_len
    }

    pub(super) fn limits(&self) -> &AnchorLimits {
        &self.limits
    }

    /// Whether the anchor's key may sign revocation lists (RFC 5280 §4.2.1.3, cRLSign).
    #[must_use]
    pub fn may_sign_lists(&self) -> bool {
        self.crl_sign
    }

    /// Whether the certificate carries this anchor's own name and key.
    pub(crate) fn is(&self, certificate: &Certificate) -> bool {
        self.spki == certificate.spki() && self.name == *certificate.claimed_subject()
    }
}

impl fmt::Debug for TrustAnchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustAnchor")
            .field("name", &self.name)
            .field("fingerprint", &crate::text::hex(&self.fingerprint))
            .finish_non_exhaustive()
    }
}

impl PartialEq for TrustAnchor {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki && self.name == other.name
    }
}

impl Eq for TrustAnchor {}

/// The anchors to believe. Empty unless filled: nothing is trusted by accident.
///
/// ```
/// use qoltanba::TrustStore;
/// assert!(TrustStore::empty().anchors().is_empty());
/// assert_eq!(TrustStore::national()?.anchors().len(), 5);
/// # Ok::<(), qoltanba::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    anchors: Vec<TrustAnchor>,
}

impl TrustStore {
    /// No anchor: every path ends nowhere.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The production roots of Kazakhstan's national authority. Test roots are never among them.
    ///
    /// # Errors
    /// Never with the data that is built in; a test reads it.
    pub fn national() -> Result<Self> {
        Ok(Self { anchors: super::national::anchors()? })
    }

    /// Adds an anchor; one that is there already is not added twice.
    pub fn add(&mut self, anchor: TrustAnchor) {
        // The same key certified anew, with other dates, is another anchor.
        let known =
            self.anchors.iter().any(|a| *a == anchor && a.fingerprint == anchor.fingerprint);
        if !known {
            self.anchors.push(anchor);
        }
    }

    /// Adds every anchor of another store.
    pub fn extend(&mut self, other: Self) {
        other.anchors.into_iter().for_each(|a| self.add(a));
    }

    /// The anchors.
    #[must_use]
    pub fn anchors(&self) -> &[TrustAnchor] {
        &self.anchors
    }
}
