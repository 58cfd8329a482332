//! TimeStampReq (RFC 3161 §2.4.1), and whether a response answers it.

use core::fmt;

use der::asn1::ObjectIdentifier as Oid;
use rand_core::CryptoRng;

use super::{TimeStampResponse, TimeStampToken, proof::message_imprint};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    asn1::{self, tag},
    error::{Error, Result},
    oid,
};

/// A request for a time stamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStampRequest {
    algorithm: DigestAlgorithm,
    imprint: Vec<u8>,
    policy: Option<Oid>,
    /// The octets of an INTEGER.
    nonce: Option<Vec<u8>>,
    certificate: bool,
}

impl TimeStampRequest {
    /// Asks for a time stamp of the octets with this digest, with the authority's certificate
    /// inside the token.
    ///
    /// # Errors
    /// When the digest has another length than its algorithm gives.
    pub fn new(algorithm: DigestAlgorithm, imprint: &[u8]) -> Result<Self> {
        if imprint.len() != algorithm.len() {
            return Err(Error::misuse("a digest has another length than its algorithm gives"));
        }
        let imprint = imprint.to_vec();
        Ok(Self { algorithm, imprint, policy: None, nonce: None, certificate: true })
    }

    /// Asks for a time stamp of these octets, with a random nonce.
    pub(crate) fn of(
        algorithm: DigestAlgorithm,
        octets: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        let mut nonce = [0; 8];
        rng.fill_bytes(&mut nonce);
        Ok(Self::new(algorithm, &algorithm.digest(octets))?.nonce(&nonce))
    }

    /// Adds a number that the token must repeat, big-endian (RFC 3161 §2.4.1 asks for 64 random
    /// bits).
    #[must_use]
    pub fn nonce(mut self, nonce: &[u8]) -> Self {
        let der = asn1::integer(nonce);
        self.nonce = asn1::single(&der, "nonce").ok().map(|value| value.value.to_vec());
        self
    }

    /// Asks for a policy of the authority, by its object identifier.
    ///
    /// # Errors
    /// When it is no object identifier.
    pub fn policy(mut self, policy: &str) -> Result<Self> {
        let policy = Oid::new(policy);
        self.policy =
            Some(policy.map_err(|_| Error::misuse("a policy is an object identifier: 1.2.3"))?);
        Ok(self)
    }

    /// Asks for the policy under which the national authority stamps with keys of this kind.
    /// There is none for the 256-bit keys of GOST 34.10-2015.
    #[must_use]
    pub fn national_policy(mut self, signature: SignatureAlgorithm) -> Self {
        self.policy = match signature {
            SignatureAlgorithm::Gost2004 => Some(oid::KZ_TSA_POLICY_GOST2004),
            SignatureAlgorithm::Gost2015_512 => Some(oid::KZ_TSA_POLICY_GOST2015),
            SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256) => Some(oid::KZ_TSA_POLICY_RSA),
            _ => None,
        };
        self
    }

    /// Whether the token is to carry the authority's certificate.
    #[must_use]
    pub const fn with_certificate(mut self, certificate: bool) -> Self {
        self.certificate = certificate;
        self
    }

    /// The digest algorithm of what is to be stamped.
    #[must_use]
    pub const fn imprint_algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The digest of what is to be stamped.
    #[must_use]
    pub fn imprint(&self) -> &[u8] {
        &self.imprint
    }

    /// The request in DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let mut fields = vec![asn1::der_integer(1), message_imprint(self.algorithm, &self.imprint)];
        fields.extend(self.policy.map(asn1::oid));
        fields.extend(self.nonce.as_ref().map(|nonce| asn1::tlv(tag::INTEGER, nonce)));
        if self.certificate {
            fields.push(asn1::tlv(tag::BOOLEAN, &[0xff]));
        }
        asn1::sequence(&fields)
    }

    /// The token of a response, when it answers this request (RFC 3161 §2.2, §2.4.2). It says
    /// nothing yet of the authority: a [`Verifier`](crate::Verifier) judges that.
    ///
    /// # Errors
    /// When the authority refused, or its token is about something else.
    pub fn accept(&self, response: &TimeStampResponse) -> Result<TimeStampToken, TimeStampFault> {
        let Some(token) = response.token() else {
            return Err(TimeStampFault::Refused(response.told()));
        };
        if token.imprint_algorithm() != Ok(self.algorithm) || token.imprint() != self.imprint {
            return Err(TimeStampFault::OtherImprint);
        }
        // RFC 3161 §2.4.2: the nonce MUST be there, with the same value, if it was requested.
        if self.nonce.is_some() && token.info.nonce != self.nonce {
            return Err(TimeStampFault::OtherNonce);
        }
        if self.policy.is_some_and(|wanted| token.info.policy != wanted) {
            return Err(TimeStampFault::OtherPolicy);
        }
        // RFC 3161 §2.4.1: with certReq the certificate MUST be provided.
        let signer = &token.signer.sid;
        if self.certificate && !token.certificates.iter().any(|c| signer.names(c)) {
            return Err(TimeStampFault::NoCertificate);
        }
        Ok(token.clone())
    }
}

/// Why a response does not answer a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeStampFault {
    /// The authority refused; its status, in the words of the standard.
    Refused(String),
    /// The token is of something else.
    OtherImprint,
    /// The token answers another request: its nonce is another one or is missing.
    OtherNonce,
    /// The token is under another policy.
    OtherPolicy,
    /// The token lacks the authority's certificate.
    NoCertificate,
}

impl fmt::Display for TimeStampFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => write!(f, "the authority refused: {status}"),
            Self::OtherImprint => f.write_str("the time stamp is of something else"),
            Self::OtherNonce => f.write_str("the time stamp answers another request"),
            Self::OtherPolicy => f.write_str("the time stamp is under another policy"),
            Self::NoCertificate => f.write_str("the time stamp lacks its authority's certificate"),
        }
    }
}

impl core::error::Error for TimeStampFault {}
