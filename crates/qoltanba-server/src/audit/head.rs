//! Heads: which entry is the last one, under the signature of the service.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{
    Certificate, Instant,
    algorithm::{DigestAlgorithm, SignatureAlgorithm, Strength},
    sign::SigningKey as _,
};
use serde::{Deserialize, Serialize};

use crate::{config::ConfigError, key::ServiceKey, verify::hex};

/// What is said of the log at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Statement {
    /// The name of the log.
    pub(crate) log: String,
    /// How many entries it has.
    pub(crate) sequence: u64,
    /// The digest of the last one.
    pub(crate) digest: String,
    pub(crate) at: String,
    /// What is wrong with the certificate of the key at this moment: `expired`, `revoked`,
    /// `not_yet_in_force`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
}

/// A line of an export: the statement as a text, since its octets are what is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) head: String,
    /// SHA-256 of the certificate of the key; none when the service has no key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signature: Option<String>,
}

/// The key of the service, with the word for its algorithm.
#[derive(Debug, Clone)]
pub(crate) struct HeadKey(ServiceKey, &'static str);

impl HeadKey {
    /// For a key whose algorithm has a word.
    pub(crate) fn new(key: ServiceKey) -> Result<Self, ConfigError> {
        let algorithm = key.key().algorithm();
        let known = ALGORITHMS.into_iter().find(|(_, known)| *known == algorithm);
        let (name, _) = known.ok_or_else(|| ConfigError::value("key.file", "algorithm"))?;
        Ok(Self(key, name))
    }

    fn sign(&self, statement: &str) -> Option<String> {
        let mut rng = UnwrapErr(SysRng);
        let signature = self.0.key().sign(statement.as_bytes(), &mut rng);
        let signature = signature.inspect_err(|error| tracing::error!(%error, "head not signed"));
        signature.ok().map(|signature| STANDARD.encode(signature))
    }
}

/// By what a head is signed, and what is wrong with its certificate.
pub(crate) type Sealing<'a> = (Option<&'a HeadKey>, Option<&'static str>);

/// Says which entry is the last one.
pub(crate) fn state(
    (key, lapse): Sealing<'_>,
    log: &str,
    (sequence, digest): (u64, [u8; 32]),
    at: Instant,
) -> Option<Head> {
    let statement = Statement {
        log: log.to_owned(),
        sequence,
        digest: hex(&digest),
        at: at.to_string(),
        key: lapse.map(Into::into),
    };
    let head = serde_json::to_string(&statement).ok()?;
    let signature = key.and_then(|key| key.sign(&head));
    // The algorithm stands before the value: that of a key need not be the only one it can make.
    let signature = signature.zip(key).map(|(value, key)| format!("{}:{value}", key.1));
    let certificate = key.map(|key| hex(&key.0.certificate().fingerprint()));
    Some(Head { head, certificate, signature })
}

/// Algorithms of the keys of a service, by their words in a head.
const ALGORITHMS: [(&str, SignatureAlgorithm); 6] = [
    ("gost2015-512", SignatureAlgorithm::Gost2015_512),
    ("gost2015-256", SignatureAlgorithm::Gost2015_256),
    ("gost2004", SignatureAlgorithm::Gost2004),
    ("rsa-sha256", SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256)),
    ("rsa-sha512", SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha512)),
    ("ecdsa-sha256", SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256)),
];

/// What a signature on a head is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    /// There is none.
    Not,
    /// It could not be checked: the certificate that it names was not given.
    Unchecked,
    Well,
    Badly,
}

impl Head {
    pub(crate) fn statement(&self) -> Option<Statement> {
        serde_json::from_str(&self.head).ok()
    }

    fn is_signed_by(&self, signature: &str, by: &Certificate) -> Option<bool> {
        let (told, value) = signature.split_once(':')?;
        let value = STANDARD.decode(value).ok()?;
        let key = by.public_key().ok()?;
        let algorithm = ALGORITHMS.into_iter().find(|(name, _)| *name == told)?.1;
        let message = self.head.as_bytes();
        Some(key.verify(algorithm, message, &value, Strength::default()).is_ok())
    }
}

/// The certificates that are trusted for heads, by their fingerprints: a service has another one
/// after each renewal of its key.
#[derive(Debug)]
pub(super) struct Signers<'a>(BTreeMap<String, &'a Certificate>);

impl<'a> Signers<'a> {
    pub(super) fn new(certificates: &'a [Certificate]) -> Self {
        Self(certificates.iter().map(|one| (hex(&one.fingerprint()), one)).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a head was signed when the certificate that it names was not in force.
    pub(super) fn is_lapsed(&self, head: &Head, statement: &Statement) -> bool {
        let named = head.certificate.as_ref().and_then(|named| self.0.get(named));
        let at = statement.at.parse::<Instant>().ok();
        let is_within = named.zip(at).is_some_and(|(one, at)| one.validity().contains(at));
        statement.key.is_some() || !is_within
    }

    /// Checks the signature of a head by the certificate that it names, and by no other.
    pub(super) fn check(&self, head: &Head) -> Signed {
        let Some(signature) = &head.signature else { return Signed::Not };
        let named = head.certificate.as_ref().map(|named| self.0.get(named));
        match named {
            Some(Some(by)) if head.is_signed_by(signature, by) == Some(true) => Signed::Well,
            Some(None) => Signed::Unchecked,
            None if self.is_empty() => Signed::Unchecked,
            // The service always names the certificate.
            Some(Some(_)) | None => Signed::Badly,
        }
    }
}
