//! From a token to the proof that something existed: the only place that makes one.

use super::{Accuracy, GenTime, TimeStampToken, token::alternative_names};
use crate::{
    algorithm::DigestAlgorithm,
    asn1::{self, tag},
    certificate::{Certificate, Name},
    cms,
    integrity::IntactSignature,
    oid,
    revocation::{Back, NotRevoked, Reach},
    time::Instant,
    trust::TrustedPath,
    verdict::Reason,
};

/// Proof that what is stamped existed at a time, because an authority that is trusted says so.
///
/// It says **nothing** of when it came to be: only that it was not later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenTime {
    time: GenTime,
    accuracy: Accuracy,
    intact: IntactSignature,
    path: TrustedPath,
    not_revoked: NotRevoked,
}

impl ProvenTime {
    /// Takes every proof, and each must be of this token: what is stamped, whose key may stamp,
    /// that it signed, who vouches for it, and that nothing was revoked. A time that has not come
    /// yet proves nothing.
    pub(crate) fn new(
        token: &TimeStampToken,
        stamped: &Stamped,
        key: &StampingKey,
        intact: IntactSignature,
        path: TrustedPath,
        not_revoked: NotRevoked,
        now: Instant,
    ) -> Option<Self> {
        let time = token.claimed_time();
        let covered = intact.covered();
        let holds = token.imprint() == stamped.digest
            && token.imprint_algorithm() == Ok(stamped.algorithm)
            && covered.digest_algorithm.digest(token.content()) == covered.digest
            && intact.by_key() == path.end_entity().spki()
            && path.end_entity().fingerprint() == key.certificate
            && not_revoked.at() == time.instant()
            && time.instant() <= now;
        let accuracy = token.accuracy();
        holds.then_some(Self { time, accuracy, intact, path, not_revoked })
    }

    /// The time.
    #[must_use]
    pub fn time(&self) -> GenTime {
        self.time
    }

    /// How far it may be off.
    #[must_use]
    pub fn accuracy(&self) -> Accuracy {
        self.accuracy
    }

    /// The authority that stamped, and who vouches for it.
    #[must_use]
    pub fn path(&self) -> &TrustedPath {
        &self.path
    }
}

/// Proof that a token is about octets that are at hand.
#[derive(Debug)]
pub(crate) struct Stamped {
    pub(crate) algorithm: DigestAlgorithm,
    digest: Vec<u8>,
}

impl Stamped {
    /// Compares the imprint with the digest of what is covered.
    pub(crate) fn of(
        token: &TimeStampToken,
        digest: impl FnOnce(DigestAlgorithm) -> Result<Vec<u8>, Reason>,
    ) -> Result<Self, Reason> {
        let algorithm = token.imprint_algorithm().map_err(Reason::time_stamp)?;
        let digest = digest(algorithm)?;
        if token.imprint() == digest {
            Ok(Self { algorithm, digest })
        } else {
            Err(Reason::TimeStampImprint)
        }
    }
}

/// Proof that a certificate is the one that a token names, and is meant for stamping alone.
#[derive(Debug, Clone)]
pub(crate) struct StampingKey {
    certificate: [u8; 32],
}

/// What a token and a certificate say of each other, and the proof when both fit.
pub(crate) struct KeyCheck {
    pub(crate) binding: Result<(), Reason>,
    pub(crate) purpose: Result<(), Reason>,
    pub(crate) key: Option<StampingKey>,
}

impl KeyCheck {
    pub(crate) fn of(token: &TimeStampToken, certificate: &Certificate) -> Self {
        let (binding, purpose) = (binding(token, certificate), purpose(certificate));
        let fits = binding.is_ok() && purpose.is_ok();
        let key = fits.then(|| StampingKey { certificate: certificate.fingerprint() });
        Self { binding, purpose, key }
    }
}

/// RFC 3161 §2.4.2: the certificate identifier of the authority MUST be included as a signed
/// attribute, and `tsa`, when it is there, MUST be one of the names in the certificate.
/// RFC 5816 §2.2.1 adds the newer form of the attribute.
fn binding(token: &TimeStampToken, certificate: &Certificate) -> Result<(), Reason> {
    let attributes = match &token.signer.signed_attributes {
        Some(Ok(attributes)) => attributes,
        Some(Err(error)) => return Err(Reason::signed_attributes(error)),
        None => return Err(Reason::SignedAttributes { rule: "presence (RFC 3161 §2.4.2)" }),
    };
    let named = &attributes.signing_certificates;
    if named.is_empty() {
        return Err(Reason::TimeStampUnbound);
    }
    if !named.iter().all(|one| cms::signing_certificate_matches(one, certificate)) {
        return Err(Reason::SigningCertificateMismatch);
    }
    match &token.info.authority {
        Some(name) if !has_name(certificate, name) => Err(Reason::TimeStampUnbound),
        _ => Ok(()),
    }
}

fn has_name(certificate: &Certificate, general: &[u8]) -> bool {
    let directory = asn1::single(general, "tsa").ok().filter(|name| name.is_context(4));
    let subject = directory.and_then(|name| Name::from_der(name.value).ok());
    subject.is_some_and(|name| name == *certificate.claimed_subject())
        || alternative_names(certificate).iter().any(|name| name == general)
}

/// RFC 3161 §2.3: exactly one extended key usage, timeStamping, and critical. A keyUsage beside
/// it must allow signatures (RFC 5280 §4.2.1.12).
fn purpose(certificate: &Certificate) -> Result<(), Reason> {
    let extensions = certificate.extensions();
    let critical = extensions.all.iter().any(|e| e.oid == oid::EXTENDED_KEY_USAGE && e.critical);
    let only = extensions.extended_key_usage.as_deref() == Some(&[oid::KP_TIME_STAMPING]);
    let signs = extensions.key_usage.is_none_or(|u| u.digital_signature || u.non_repudiation);
    if critical && only && signs { Ok(()) } else { Err(Reason::TimeStampPurpose) }
}

/// How far back the revocation of an authority reaches: after a compromise "any token signed by
/// the TSA using that private key cannot be trusted anymore", and without a reason in the entry
/// "all the tokens … SHALL be considered as invalid" (RFC 3161 §4). Dates do not help there: who
/// has the key writes the time.
pub(crate) const fn reach() -> Reach {
    Reach {
        key_compromise: Back::ToTheBeginning,
        unspecified: Back::ToTheBeginning,
        hold: Back::ToTheBeginning,
    }
}

/// The message imprint as it stands in requests and tokens (RFC 3161 §2.4.1).
pub(super) fn message_imprint(algorithm: DigestAlgorithm, digest: &[u8]) -> Vec<u8> {
    asn1::sequence(&[algorithm.identifier(), asn1::tlv(tag::OCTET_STRING, digest)])
}
