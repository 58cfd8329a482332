//! Who signed a response, with what authority, and of which moment it speaks.

use super::{
    Basic, CertStatus, OcspRules, Single,
    cert_id::{Fit, key_octets},
    response::ResponderId,
};
use crate::{
    algorithm::{DigestAlgorithm, PublicKey, SignatureFault, Strength},
    certificate::Certificate,
    error::Error,
    oid,
    time::{Instant, Moment},
    trust::Issuer,
};

/// How many certificates of one responder's name or key are tried.
const MAX_CANDIDATES: usize = 4;
/// How many checked signatures are remembered: a long-lived response meets many documents.
const MAX_KNOWN: usize = 64;

/// Proof that a response was signed under the authority of an issuer. Made only here.
pub(crate) struct Authentic<'a> {
    pub(crate) responder: Responder<'a>,
    /// The SubjectPublicKeyInfo of the key that signed.
    pub(crate) by_key: &'a [u8],
}

impl Authentic<'_> {
    /// Until when who signed may answer.
    pub(crate) fn until(&self) -> Option<Instant> {
        match self.responder {
            Responder::Issuer => None,
            Responder::Delegated(delegate) => Some(delegate.validity().not_after),
        }
    }
}

/// Under whose authority a response was signed (RFC 6960 §4.2.2.2).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Responder<'a> {
    /// The issuer's own key signed.
    Issuer,
    /// A key signed that the issuer certified for it.
    Delegated(&'a Certificate),
}

/// Why a response is not authentic; later ones come nearer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unauthentic {
    /// No key is known that may answer for the issuer and that the response names.
    Unauthorised,
    /// The algorithm of its signature is unknown.
    Algorithm(Error),
    /// The algorithm or the key of its responder is too weak.
    Weak,
    /// The responder's key did not make the signature.
    BadSignature,
}

/// Looks for the key that signed, the issuer's own or one that it delegated to, among the
/// certificates inside the response and others at hand.
pub(crate) fn authenticate<'a>(
    basic: &'a Basic,
    issuer: &Issuer<'a>,
    others: &'a [Certificate],
    strength: Strength,
) -> Result<Authentic<'a>, Unauthentic> {
    if let Err(error) = &basic.algorithm {
        return Err(Unauthentic::Algorithm(error.clone()));
    }
    let mut why = Unauthentic::Unauthorised;
    let mut note = |fault| {
        why = match (fault, &why) {
            (SignatureFault::NotAllowed, Unauthentic::BadSignature) => Unauthentic::BadSignature,
            (SignatureFault::NotAllowed, _) => Unauthentic::Weak,
            _ => Unauthentic::BadSignature,
        };
    };
    if basic.responder.is_issuer(issuer) {
        match basic.is_signed_by(issuer.key, issuer.spki, strength) {
            Ok(()) => {
                return Ok(Authentic { responder: Responder::Issuer, by_key: issuer.spki });
            }
            Err(fault) => note(fault),
        }
    }
    let named = basic.certificates.iter().chain(others);
    let delegates = named.filter(|c| basic.responder.is(c) && may_answer(c, issuer, basic));
    for delegate in delegates.take(MAX_CANDIDATES) {
        let Ok(key) = delegate.public_key() else { continue };
        match basic.is_issued_by(delegate, issuer, strength) {
            Ok(()) => {}
            // Who could not certify has not delegated.
            Err(SignatureFault::NotAllowed) => {
                note(SignatureFault::NotAllowed);
                continue;
            }
            Err(_) => continue,
        }
        match basic.is_signed_by(key, delegate.spki(), strength) {
            Ok(()) => {
                let responder = Responder::Delegated(delegate);
                return Ok(Authentic { responder, by_key: delegate.spki() });
            }
            Err(fault) => note(fault),
        }
    }
    Err(why)
}

/// Whether a certificate could delegate: issued directly by the issuer, for signing answers, in
/// force when the answer was made (RFC 6960 §4.2.2.2). Its signature is checked elsewhere.
fn may_answer(delegate: &Certificate, issuer: &Issuer<'_>, basic: &Basic) -> bool {
    let extensions = delegate.extensions();
    let meant = extensions
        .extended_key_usage
        .as_ref()
        .is_some_and(|uses| uses.contains(&oid::KP_OCSP_SIGNING));
    // RFC 5280 §4.2.1.12: OCSPSigning goes with digitalSignature or nonRepudiation. The national
    // responders of 2022 have no keyUsage.
    let signs = extensions.key_usage.is_none_or(|u| u.digital_signature || u.non_repudiation);
    meant
        && signs
        && extensions.unprocessed_critical.is_empty()
        && delegate.issuer() == issuer.name
        && delegate.validity().contains(basic.produced_at)
}

impl ResponderId {
    fn is_issuer(&self, issuer: &Issuer<'_>) -> bool {
        match self {
            Self::Name(name) => name == issuer.name,
            Self::Key(hash) => is_hash(hash, issuer.spki),
        }
    }

    fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Name(name) => name == certificate.claimed_subject(),
            Self::Key(hash) => is_hash(hash, certificate.spki()),
        }
    }
}

/// RFC 6960 §4.2.1: KeyHash is SHA-1; it only tells which key is meant.
fn is_hash(hash: &[u8], key_info: &[u8]) -> bool {
    key_octets(key_info).is_ok_and(|key| DigestAlgorithm::Sha1.digest(key) == hash)
}

impl Basic {
    /// Whether the key made the signature of the response.
    fn is_signed_by(
        &self,
        key: &PublicKey,
        key_info: &[u8],
        strength: Strength,
    ) -> Result<(), SignatureFault> {
        let algorithm = self.algorithm.clone().map_err(|_| SignatureFault::AlgorithmMismatch)?;
        self.known(&[key_info, &[u8::from(strength.sha1)]], || {
            key.verify(algorithm, self.tbs(), self.signature(), strength)
        })
    }

    /// Whether the issuer's key made the signature of a delegate's certificate: the same key that
    /// signed the certificate asked about (RFC 6960 §4.2.2.2).
    fn is_issued_by(
        &self,
        delegate: &Certificate,
        issuer: &Issuer<'_>,
        strength: Strength,
    ) -> Result<(), SignatureFault> {
        let algorithm =
            delegate.signature_algorithm().map_err(|_| SignatureFault::AlgorithmMismatch)?;
        let question = [&delegate.fingerprint(), issuer.spki, &[u8::from(strength.sha1)]];
        self.known(&question, || {
            issuer.key.verify(algorithm, delegate.tbs(), delegate.signature(), strength)
        })
    }

    fn known(
        &self,
        question: &[&[u8]],
        answer: impl FnOnce() -> Result<(), SignatureFault>,
    ) -> Result<(), SignatureFault> {
        let mut tried = match self.tried.lock() {
            Ok(tried) => tried,
            Err(poisoned) => poisoned.into_inner(),
        };
        let question = question.concat();
        if let Some((_, outcome)) = tried.iter().find(|(known, _)| *known == question) {
            return *outcome;
        }
        let outcome = answer();
        if tried.len() < MAX_KNOWN {
            tried.push((question, outcome));
        }
        outcome
    }

    /// What is said of a certificate, once or more often.
    pub(super) fn about(
        &self,
        certificate: &Certificate,
        issuer: &Issuer<'_>,
    ) -> impl Iterator<Item = &Single> {
        self.answers.iter().filter(|s| s.id.fit(certificate, issuer) == Fit::Whole)
    }

    /// Whether it speaks of a certificate beside this one.
    pub(super) fn is_near(&self, certificate: &Certificate, issuer: &Issuer<'_>) -> bool {
        self.answers.iter().any(|s| s.id.fit(certificate, issuer) == Fit::Near)
    }

    /// Whether it speaks of certificates of this issuer.
    pub(crate) fn is_under(&self, issuer: &Issuer<'_>) -> bool {
        self.answers.iter().any(|s| s.id.is_under(issuer))
    }

    /// What it says first.
    pub(crate) fn first(&self) -> Option<&Single> {
        self.answers.first()
    }

    /// Whether it was made by the moment of check. What is said to be made later counts for
    /// nothing.
    pub(crate) fn is_made(&self, single: &Single, moment: Moment, rules: OcspRules) -> bool {
        let latest = moment.now.plus_seconds(rules.clock_skew.into());
        self.produced_at <= latest && single.this_update <= latest
    }

    /// Whether something in it is critical and not understood.
    pub(crate) fn is_limited(&self, single: &Single) -> bool {
        self.unknown_critical || single.unknown_critical
    }
}

/// The answer that decides among those about one certificate: revoked wins.
pub(crate) fn chosen<'a>(
    basic: &'a Basic,
    certificate: &Certificate,
    issuer: &Issuer<'_>,
) -> Option<&'a Single> {
    let rank = |single: &&Single| match single.status {
        CertStatus::Revoked { .. } => 0,
        CertStatus::Unknown => 1,
        CertStatus::Good => 2,
    };
    basic.about(certificate, issuer).min_by_key(rank)
}

impl Single {
    /// Whether it speaks of the moment that is judged, said by one who may speak `until` then. One made later does, since revocations are
    /// remembered; but of a certificate that had expired by then only what the responder says it
    /// keeps (RFC 6960 §4.4.4).
    ///
    /// NOTE: the national responders answer "good" for certificates that expired months ago and
    /// state no archive cutoff (nuc-in-practice): such an answer proves nothing.
    pub(crate) fn speaks_of(
        &self,
        moment: Moment,
        certificate: Option<&Certificate>,
        until: Option<Instant>,
        rules: OcspRules,
    ) -> bool {
        let forgotten = certificate.is_some_and(|certificate| {
            let expired = certificate.validity().not_after;
            self.this_update > expired && self.archive_cutoff.is_none_or(|kept| kept > expired)
        });
        if forgotten {
            return false;
        }
        if moment.at <= self.this_update {
            return true;
        }
        // Whose delegation is over vouches for nothing later, whenever he says that he answered.
        if until.is_some_and(|until| until < moment.at) {
            return false;
        }
        match self.next_update {
            Some(next) => moment.at <= next,
            None => moment.at <= self.this_update.plus_seconds(rules.max_age.into()),
        }
    }
}
