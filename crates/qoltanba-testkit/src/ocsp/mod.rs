//! Answers about the status of certificates, right and wrong (RFC 6960).

mod request;

use der::{
    Any, Encode as _, Sequence,
    asn1::{BitString, GeneralizedTime, Null, ObjectIdentifier as Oid, OctetString},
};
use qoltanba::{Instant, sign::SigningKey as _, time::Validity};
use rand_core::CryptoRng;
use x509_cert::ext::Extension;

pub use request::{CertId, OcspRequest};

use crate::{
    authority::{Authority, Issued, certificate_name, moved},
    crl::Reason,
    encode::{self, SignatureValue, altered, enumerated, extension, generalized, raw, tagged},
    error::Result,
    keys::Key,
    mint::DAY,
    oid,
};

/// The description of an answer.
///
/// Everything that is not said is as the national responder does it (kz-pki §6): the responder by
/// name, its certificate with the answer, no nextUpdate, the extended definition of "revoked".
///
/// ```
/// use qoltanba::algorithm::{DigestAlgorithm, SignatureAlgorithm};
/// use qoltanba_testkit::{Mint, OcspSpec, SeededRng};
/// let at = "2026-11-22T00:00:00Z".parse()?;
/// let mut rng = SeededRng::new(1);
/// let mint = Mint::good(SignatureAlgorithm::Gost2015_512, at, &mut rng)?;
/// let authority = mint.issuing();
/// let id = authority.certificate_id(&mint.signer.serial, DigestAlgorithm::Sha256);
/// let responder = authority.responder(at, &mut rng)?;
/// let answer = authority.answer(&OcspSpec::at(at).good(id), Some(&responder), &mut rng)?;
/// assert!(!answer.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct OcspSpec {
    /// producedAt.
    pub produced_at: Instant,
    /// What is said, of each certificate.
    pub singles: Vec<Single>,
    /// How the responder is named.
    pub responder: ResponderId,
    /// The nonce of the request.
    pub nonce: Option<Vec<u8>>,
    /// Whether the responder's certificate comes with the answer. An authority that answers
    /// itself sends none.
    pub certificate: bool,
    /// Whether the extension says that "revoked" includes what was never issued (RFC 6960
    /// §4.4.8).
    pub extended_revoke: bool,
    /// What is wrong.
    pub fault: Option<OcspFault>,
}

/// What is said of one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Single {
    /// Which one.
    pub id: CertId,
    /// Its status.
    pub status: Status,
    /// Since when this is known to be so.
    pub this_update: Instant,
    /// When there will be more to know.
    pub next_update: Option<Instant>,
}

/// The status of a certificate (RFC 6960 §4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked {
        /// When.
        at: Instant,
        /// Why.
        reason: Option<Reason>,
    },
    /// The responder does not know of it.
    Unknown,
}

/// How the responder is named (RFC 6960 §4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ResponderId {
    /// By its subject.
    #[default]
    ByName,
    /// By the SHA-1 of its key.
    ByKey,
}

/// A deliberate defect of an answer. Everything else about it stays right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OcspFault {
    /// One bit of the signature value is changed.
    BadSignature,
    /// It is about another serial number.
    WrongSerial,
    /// It is about a certificate of an issuer with another key.
    WrongIssuerHash,
    /// Its times end a day before the wanted ones begin; without a nextUpdate they are a month
    /// old.
    Stale,
    /// Its times begin a day after the wanted ones end.
    FromTheFuture,
    /// The nonce is another one; when none is asked for, there is one.
    WrongNonce,
    /// The responder's certificate has no extKeyUsage.
    ResponderWithoutUsage,
    /// The responder certified itself.
    SelfSignedResponder,
    /// The responder's certificate is of another authority.
    ForeignResponder,
    /// The responder's certificate ended a month before the answer.
    ExpiredResponder,
    /// The responder's certificate names the authority, and the authority did not sign it.
    ForgedResponder,
}

impl OcspFault {
    /// Every defect.
    pub const ALL: [Self; 11] = [
        Self::BadSignature,
        Self::WrongSerial,
        Self::WrongIssuerHash,
        Self::Stale,
        Self::FromTheFuture,
        Self::WrongNonce,
        Self::ResponderWithoutUsage,
        Self::SelfSignedResponder,
        Self::ForeignResponder,
        Self::ExpiredResponder,
        Self::ForgedResponder,
    ];

    /// Whether it is in the certificate of a delegated responder.
    #[must_use]
    pub const fn is_of_responder(self) -> bool {
        matches!(
            self,
            Self::ResponderWithoutUsage
                | Self::SelfSignedResponder
                | Self::ForeignResponder
                | Self::ExpiredResponder
                | Self::ForgedResponder
        )
    }
}

/// An answer that says nothing: nobody signs it (RFC 6960 §4.2.1, OCSPResponseStatus).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum OcspRefusal {
    /// The request is malformed.
    MalformedRequest = 1,
    /// The responder is broken.
    InternalError = 2,
    /// Ask later.
    TryLater = 3,
    /// The request must be signed.
    SigRequired = 5,
    /// Not for you, or not about this issuer.
    Unauthorized = 6,
}

impl OcspRefusal {
    /// Every refusal.
    pub const ALL: [Self; 5] = [
        Self::MalformedRequest,
        Self::InternalError,
        Self::TryLater,
        Self::SigRequired,
        Self::Unauthorized,
    ];

    /// The OCSPResponse, DER.
    #[must_use]
    pub const fn to_der(self) -> [u8; 5] {
        [0x30, 3, 0x0a, 1, self as u8]
    }
}

impl OcspSpec {
    /// An answer of this moment about nothing yet.
    #[must_use]
    pub const fn at(produced_at: Instant) -> Self {
        Self {
            produced_at,
            singles: Vec::new(),
            responder: ResponderId::ByName,
            nonce: None,
            certificate: true,
            extended_revoke: true,
            fault: None,
        }
    }

    /// The same answer with one more status, known since the answer's moment.
    #[must_use]
    pub fn says(mut self, id: CertId, status: Status) -> Self {
        let this_update = self.produced_at;
        self.singles.push(Single { id, status, this_update, next_update: None });
        self
    }

    /// The same answer: this certificate is not revoked.
    #[must_use]
    pub fn good(self, id: CertId) -> Self {
        self.says(id, Status::Good)
    }

    /// The same answer: this certificate is revoked.
    #[must_use]
    pub fn revoked(self, id: CertId, at: Instant, reason: Option<Reason>) -> Self {
        self.says(id, Status::Revoked { at, reason })
    }

    /// The same answer: this certificate was never issued, as RFC 6960 §2.2 and the national
    /// responder say it, on hold since 1970.
    #[must_use]
    pub fn not_issued(mut self, id: CertId) -> Self {
        self.extended_revoke = true;
        self.revoked(id, Instant::from_unix(0), Some(Reason::CertificateHold))
    }

    /// The same answer: the responder does not know of this certificate.
    #[must_use]
    pub fn unknown(self, id: CertId) -> Self {
        self.says(id, Status::Unknown)
    }

    /// The same answer, in which every status so far has a nextUpdate.
    #[must_use]
    pub fn next_update(mut self, at: Instant) -> Self {
        self.singles.iter_mut().for_each(|s| s.next_update = Some(at));
        self
    }

    /// The same answer with the nonce of the request.
    #[must_use]
    pub fn nonce(mut self, nonce: &[u8]) -> Self {
        self.nonce = Some(nonce.to_vec());
        self
    }

    /// The same answer with the responder named in this way.
    #[must_use]
    pub const fn named(mut self, responder: ResponderId) -> Self {
        self.responder = responder;
        self
    }

    /// The same answer without the responder's certificate.
    #[must_use]
    pub const fn without_certificate(mut self) -> Self {
        self.certificate = false;
        self
    }

    /// The same answer with something wrong.
    #[must_use]
    pub const fn fault(mut self, fault: OcspFault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// The answer, signed with this key whatever its certificate says. The defects of a responder
    /// are for [`Authority::answer`]; here they change nothing.
    ///
    /// # Errors
    /// When a value does not fit, or the key cannot sign.
    pub fn sign(&self, certificate: &[u8], key: &Key, rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        self.sign_with(certificate, key, &[certificate], rng)
    }

    fn sign_with(
        &self,
        certificate: &[u8],
        key: &Key,
        embedded: &[&[u8]],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        let produced_at = self.moved(self.produced_at, None);
        let data = ResponseData {
            responder: self.responder_id(certificate, key)?,
            produced_at: generalized(produced_at)?,
            responses: self.singles.iter().map(|s| self.single(s)).collect::<Result<_>>()?,
            extensions: Some(self.extensions()?).filter(|e| !e.is_empty()),
        };
        let value = match self.fault {
            Some(OcspFault::BadSignature) => SignatureValue::Altered,
            _ => SignatureValue::AsMade,
        };
        let data = data.to_der()?;
        let signature = encode::signature(&data, &**key, value, rng)?;
        let embedded = if self.certificate { embedded } else { &[] };
        let certificates = embedded.iter().map(|c| raw(c)).collect::<Result<Vec<_>>>()?;
        let basic = BasicResponse {
            data: raw(&data)?,
            algorithm: encode::algorithm(key.algorithm())?,
            signature: BitString::from_bytes(&signature)?,
            certificates: Some(certificates).filter(|c| !c.is_empty()),
        };
        let bytes =
            ResponseBytes { kind: oid::OCSP_BASIC, response: OctetString::new(basic.to_der()?)? };
        let response = Response { status: enumerated(0)?, bytes };
        Ok(response.to_der()?)
    }

    fn single(&self, single: &Single) -> Result<SingleResponse> {
        let mut id = single.id.clone();
        match self.fault {
            Some(OcspFault::WrongSerial) => id.serial = altered(id.serial),
            Some(OcspFault::WrongIssuerHash) => id.issuer_key_hash = altered(id.issuer_key_hash),
            _ => {}
        }
        let next = single.next_update;
        let moved = |at| generalized(self.moved(at, next));
        Ok(SingleResponse {
            id: id.fields()?,
            status: single.status.encode()?,
            this_update: moved(single.this_update)?,
            next_update: next.map(moved).transpose()?,
        })
    }

    /// A moment of the answer, moved as the fault wants it.
    fn moved(&self, at: Instant, next_update: Option<Instant>) -> Instant {
        let later = match self.fault {
            Some(OcspFault::Stale) => false,
            Some(OcspFault::FromTheFuture) => true,
            _ => return at,
        };
        let begin = self.produced_at;
        // Of a producedAt, the latest nextUpdate counts: all times move together.
        let end = next_update.or_else(|| self.singles.iter().filter_map(|s| s.next_update).max());
        let end = end.unwrap_or_else(|| begin.plus_seconds(30 * DAY));
        let by = moved(Validity { not_before: begin, not_after: end }, later).not_before.unix();
        at.plus_seconds(by - begin.unix())
    }

    fn extensions(&self) -> Result<Vec<Extension>> {
        let nonce = match (self.fault, self.nonce.clone()) {
            (Some(OcspFault::WrongNonce), nonce) => Some(altered(nonce.unwrap_or(vec![0x5a; 8]))),
            (_, nonce) => nonce,
        };
        let mut out = Vec::new();
        if let Some(nonce) = nonce {
            out.push(request::nonce(&nonce)?);
        }
        if self.extended_revoke {
            out.push(extension(oid::OCSP_EXTENDED_REVOKE, false, &Null)?);
        }
        Ok(out)
    }

    fn responder_id(&self, certificate: &[u8], key: &Key) -> Result<Any> {
        match self.responder {
            ResponderId::ByName => tagged(1, true, &certificate_name(certificate)?),
            ResponderId::ByKey => {
                let hash = encode::key_identifier(key.public_key_info())?;
                tagged(2, true, &OctetString::new(hash)?.to_der()?)
            }
        }
    }
}

impl Status {
    /// CertStatus: three implicitly tagged alternatives.
    fn encode(self) -> Result<Any> {
        let (at, reason) = match self {
            Self::Good => return tagged(0, false, &[]),
            Self::Unknown => return tagged(2, false, &[]),
            Self::Revoked { at, reason } => (at, reason),
        };
        let mut contents = generalized(at)?.to_der()?;
        if let Some(reason) = reason {
            contents.extend(tagged(0, true, &reason.code().to_der()?)?.to_der()?);
        }
        tagged(1, true, &contents)
    }
}

impl Authority {
    /// Answers for its certificates: itself, or by a delegated responder.
    ///
    /// With a defect of a responder the certificate that the answer comes with is a defective one
    /// for the key of `delegated`, or for a key of its own.
    ///
    /// # Errors
    /// When a value does not fit, or the key cannot sign.
    pub fn answer(
        &self,
        spec: &OcspSpec,
        delegated: Option<&Issued>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        match (spec.fault.filter(|f| f.is_of_responder()), delegated) {
            (Some(fault), _) => {
                let responder = self.faulty_responder(fault, spec.produced_at, delegated, rng)?;
                spec.sign(&responder.certificate, &responder.key, rng)
            }
            (None, Some(responder)) => spec.sign(&responder.certificate, &responder.key, rng),
            (None, None) => spec.sign_with(self.certificate(), self.key(), &[], rng),
        }
    }
}

#[derive(Sequence)]
struct Response {
    status: Any,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    bytes: ResponseBytes,
}

#[derive(Sequence)]
struct ResponseBytes {
    kind: Oid,
    response: OctetString,
}

#[derive(Sequence)]
struct BasicResponse {
    data: Any,
    algorithm: Any,
    signature: BitString,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    certificates: Option<Vec<Any>>,
}

#[derive(Sequence)]
struct ResponseData {
    responder: Any,
    produced_at: GeneralizedTime,
    responses: Vec<SingleResponse>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct SingleResponse {
    id: request::CertIdFields,
    status: Any,
    this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    next_update: Option<GeneralizedTime>,
}
