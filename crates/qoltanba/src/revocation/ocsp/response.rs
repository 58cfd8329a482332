//! OCSP responses, parsed and not yet believed (RFC 6960 §4.2).

use std::{
    fmt,
    ops::Range,
    sync::{Arc, Mutex},
};

use super::{OcspRequest, cert_id::CertId};
use crate::{
    algorithm::{SignatureAlgorithm, SignatureFault},
    asn1::{self, AlgorithmIdentifier, Reader, Tlv, tag},
    budget::Limits,
    certificate::{Certificate, Extension, Name, Quirk, RevocationReason, each, read_extensions},
    error::{Error, Result},
    oid,
    time::Instant,
};

const RESPONSE: &str = "OCSPResponse (RFC 6960 §4.2.1)";
const BASIC: &str = "BasicOCSPResponse (RFC 6960 §4.2.1)";
const DATA: &str = "ResponseData (RFC 6960 §4.2.1)";
const SINGLE: &str = "SingleResponse (RFC 6960 §4.2.1)";

/// Answers of the national responders have two kilobytes; a megabyte is what one lets a network
/// bring (nuc-in-practice, "Caps that were needed").
const MAX_BYTES: usize = 1 << 20;
/// A responder answers about the certificates of one request; browsers ask about one.
const MAX_ANSWERS: usize = 64;
/// One certificate delegates; a few more are sent along as a path.
const MAX_CERTIFICATES: usize = 16;

/// A response: well formed, with its exact bytes, and nothing proved yet. Cloning is cheap.
///
/// ```
/// use qoltanba::revocation::{OcspResponse, OcspResponseStatus};
///
/// // "Try later": five octets that nobody signed. They say nothing of any certificate.
/// let response = OcspResponse::from_der(&[0x30, 0x03, 0x0a, 0x01, 0x03])?;
/// assert_eq!(response.status(), OcspResponseStatus::TryLater);
/// # Ok::<(), qoltanba::Error>(())
/// ```
#[derive(Clone)]
pub struct OcspResponse {
    parsed: Arc<Parsed>,
    /// The request that it came back to.
    asked: Option<OcspRequest>,
}

struct Parsed {
    der: Vec<u8>,
    status: OcspResponseStatus,
    basic: Option<Basic>,
}

/// What the responder says of the request as a whole. Everything but `Successful` is unsigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OcspResponseStatus {
    /// There is an answer.
    Successful,
    /// The request was not understood.
    MalformedRequest,
    /// The responder has a defect.
    InternalError,
    /// The responder is busy.
    TryLater,
    /// The responder wants signed requests.
    SigRequired,
    /// The responder does not answer this client, or not about this certificate.
    Unauthorized,
}

impl OcspResponseStatus {
    /// The word of RFC 6960.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Successful => "successful",
            Self::MalformedRequest => "malformedRequest",
            Self::InternalError => "internalError",
            Self::TryLater => "tryLater",
            Self::SigRequired => "sigRequired",
            Self::Unauthorized => "unauthorized",
        }
    }
}

/// The signed part of a successful response, with what belongs to it.
pub(crate) struct Basic {
    der: Vec<u8>,
    tbs: Range<usize>,
    pub(crate) algorithm: Result<SignatureAlgorithm>,
    signature: Range<usize>,
    pub(super) responder: ResponderId,
    pub(crate) produced_at: Instant,
    pub(super) answers: Vec<Single>,
    nonce: Option<Vec<u8>>,
    /// The responder says "revoked" of certificates that were never issued (§4.4.8).
    pub(crate) extended_revoke: bool,
    pub(super) unknown_critical: bool,
    /// The certificates inside that can be read.
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) quirks: Vec<Quirk>,
    /// Signatures that were checked, with the outcome: one answer is asked about often.
    pub(super) tried: Mutex<Vec<Tried>>,
}

/// What a signature was checked against, and the outcome.
pub(super) type Tried = (Vec<u8>, Result<(), SignatureFault>);

/// How a response names its responder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ResponderId {
    Name(Name),
    /// SHA-1 of the key (§4.2.1, KeyHash).
    Key(Vec<u8>),
}

/// What is said of one certificate.
#[derive(Debug, Clone)]
pub(crate) struct Single {
    pub(super) id: CertId,
    pub(crate) status: CertStatus,
    pub(crate) this_update: Instant,
    pub(crate) next_update: Option<Instant>,
    /// Statuses are kept of certificates that had not expired by then (§4.4.4).
    pub(super) archive_cutoff: Option<Instant>,
    pub(super) unknown_critical: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CertStatus {
    Good,
    Revoked { at: Instant, reason: RevocationReason, invalid_since: Option<Instant> },
    Unknown,
}

impl OcspResponse {
    /// Reads one DER response with nothing behind it.
    ///
    /// # Errors
    /// When it is not well formed, too large, or of another type than the basic one.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        Limits::check("bytes of an OCSP response", der.len(), MAX_BYTES)?;
        let mut fields = asn1::single(der, RESPONSE)?.expect(tag::SEQUENCE, RESPONSE)?.inside();
        let status = fields.expect(tag::ENUMERATED, RESPONSE)?;
        let status = match status.value {
            [0] => OcspResponseStatus::Successful,
            [1] => OcspResponseStatus::MalformedRequest,
            [2] => OcspResponseStatus::InternalError,
            [3] => OcspResponseStatus::TryLater,
            [5] => OcspResponseStatus::SigRequired,
            [6] => OcspResponseStatus::Unauthorized,
            _ => return Err(Error::malformed("OCSPResponseStatus (RFC 6960 §4.2.1)").at(status.at)),
        };
        let bytes = fields.optional(EXPLICIT, RESPONSE)?;
        fields.finish(RESPONSE)?;
        // §4.2.1: an error has no responseBytes; a success without them answers nothing.
        if bytes.is_some() != (status == OcspResponseStatus::Successful) {
            return Err(Error::malformed("OCSPResponse: responseBytes (RFC 6960 §4.2.1)"));
        }
        let basic = bytes.map(|explicit| Basic::read_response_bytes(&explicit)).transpose()?;
        let parsed = Parsed { der: der.to_vec(), status, basic };
        Ok(Self { parsed: Arc::new(parsed), asked: None })
    }

    /// Reads a BasicOCSPResponse that stands alone, as CAdES keeps it (EN 319 122-1 §A.1.5.2).
    pub(crate) fn from_basic(der: &[u8]) -> Result<Self> {
        let bytes = asn1::sequence(&[asn1::oid(oid::OCSP_BASIC), asn1::octet_string(der)]);
        let success = asn1::tlv(tag::ENUMERATED, &[0]);
        Self::from_der(&asn1::sequence(&[success, asn1::context(0, &bytes)]))
    }

    /// Ties the response to the request that it came back to: then its nonce and the certificate
    /// that it speaks of must be those of the request, or it clears nothing.
    #[must_use]
    pub fn answering(mut self, request: OcspRequest) -> Self {
        self.asked = Some(request);
        self
    }

    /// The exact bytes.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.parsed.der
    }

    /// What the responder says of the request as a whole.
    #[must_use]
    pub fn status(&self) -> OcspResponseStatus {
        self.parsed.status
    }

    /// When the responder says that it signed; nothing for an error.
    #[must_use]
    pub fn produced_at(&self) -> Option<Instant> {
        self.basic().map(|basic| basic.produced_at)
    }

    /// The nonce as the responder returned it.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        let raw = self.basic()?.nonce.as_deref()?;
        Some(inner_nonce(raw).unwrap_or(raw))
    }

    pub(crate) fn basic(&self) -> Option<&Basic> {
        self.parsed.basic.as_ref()
    }

    pub(super) fn asked(&self) -> Option<&OcspRequest> {
        self.asked.as_ref()
    }
}

/// What is tagged explicitly is constructed (X.690 §8.14.3).
const EXPLICIT: u8 = 0xa0;

impl Basic {
    /// `ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }`
    fn read_response_bytes(explicit: &Tlv<'_>) -> Result<Self> {
        let mut inside = explicit.inside();
        let mut bytes = inside.sequence(RESPONSE)?;
        inside.finish(RESPONSE)?;
        let kind = bytes.oid(RESPONSE)?;
        let response = bytes.octet_string(RESPONSE)?;
        bytes.finish(RESPONSE)?;
        if kind != oid::OCSP_BASIC {
            return Err(Error::unsupported("type of an OCSP response", oid::describe(kind)));
        }
        Self::read(response)
    }

    fn read(der: &[u8]) -> Result<Self> {
        let mut outer = asn1::single(der, BASIC)?.expect(tag::SEQUENCE, BASIC)?.inside();
        let tbs = outer.expect(tag::SEQUENCE, DATA)?;
        let algorithm = AlgorithmIdentifier::read(&mut outer)?;
        let bits = outer.any(BASIC)?;
        let signature = bits.bit_octets("signature of an OCSP response")?;
        let certificates = match outer.optional(EXPLICIT, BASIC)? {
            Some(explicit) => read_certificates(&explicit)?,
            None => Vec::new(),
        };
        outer.finish(BASIC)?;

        let mut data = tbs.inside();
        if let Some(explicit) = data.optional(EXPLICIT, DATA)? {
            let version = asn1::single(explicit.value, DATA)?.small(DATA)?;
            if version != 0 {
                return Err(Error::unsupported("version of an OCSP response", version + 1));
            }
        }
        let responder = ResponderId::read(&mut data)?;
        let produced_at = moment(&data.any(DATA)?, "producedAt (RFC 6960 §4.2.1)")?;
        let answers = each(data.sequence(DATA)?, Single::read)?;
        Limits::check("answers in an OCSP response", answers.len(), MAX_ANSWERS)?;
        let extensions = read_explicit_extensions(&mut data, DATA)?;
        data.finish(DATA)?;

        let end = bits.at + bits.raw.len();
        let mut basic = Self {
            der: der.to_vec(),
            tbs: tbs.at..tbs.at + tbs.raw.len(),
            algorithm: SignatureAlgorithm::from_identifier(&algorithm),
            signature: end - signature.len()..end,
            responder,
            produced_at,
            answers,
            nonce: None,
            extended_revoke: false,
            unknown_critical: false,
            certificates,
            quirks: Vec::new(),
            tried: Mutex::new(Vec::new()),
        };
        extensions.into_iter().try_for_each(|extension| basic.take(extension))?;
        Ok(basic)
    }

    fn take(&mut self, extension: Extension) -> Result<()> {
        match extension.oid {
            oid::OCSP_NONCE => {
                if inner_nonce(&extension.value).is_none() {
                    self.quirks.push(Quirk::BareOcspNonce);
                }
                self.nonce = Some(extension.value);
            }
            oid::OCSP_EXTENDED_REVOKE => {
                const WHAT: &str = "extended-revoke: NULL (RFC 6960 §4.4.8)";
                let null = asn1::single(&extension.value, WHAT)?.expect(tag::NULL, WHAT)?;
                if !null.value.is_empty() {
                    return Err(Error::malformed(WHAT));
                }
                self.extended_revoke = true;
            }
            _ => self.unknown_critical |= extension.critical,
        }
        Ok(())
    }

    /// The signed part, exactly as signed.
    pub(crate) fn tbs(&self) -> &[u8] {
        self.der.get(self.tbs.clone()).unwrap_or_default()
    }

    pub(super) fn signature(&self) -> &[u8] {
        self.der.get(self.signature.clone()).unwrap_or_default()
    }

    /// Whether it returns this nonce; `None` when it returns none at all.
    pub(super) fn returns(&self, nonce: &[u8]) -> Option<bool> {
        let raw = self.nonce.as_deref()?;
        Some(raw == nonce || inner_nonce(raw) == Some(nonce))
    }
}

/// The nonce inside its OCTET STRING; none when it is bare.
fn inner_nonce(value: &[u8]) -> Option<&[u8]> {
    const WHAT: &str = "nonce (RFC 8954 §2.1)";
    Some(asn1::single(value, WHAT).ok()?.expect(tag::OCTET_STRING, WHAT).ok()?.value)
}

fn read_certificates(explicit: &Tlv<'_>) -> Result<Vec<Certificate>> {
    let mut inside = explicit.inside();
    let list = inside.sequence(BASIC)?;
    inside.finish(BASIC)?;
    let all = each(list, |r| r.expect(tag::SEQUENCE, BASIC))?;
    Limits::check("certificates in an OCSP response", all.len(), MAX_CERTIFICATES)?;
    // Nobody signed them: one that cannot be read is none.
    Ok(all.iter().filter_map(|c| Certificate::from_der(c.raw).ok()).collect())
}

/// `[1] EXPLICIT Extensions OPTIONAL`
fn read_explicit_extensions(reader: &mut Reader<'_>, what: &'static str) -> Result<Vec<Extension>> {
    match reader.optional(EXPLICIT | 1, what)? {
        None => Ok(Vec::new()),
        Some(explicit) => {
            let mut inside = explicit.inside();
            let extensions = read_extensions(inside.sequence(what)?)?;
            inside.finish(what)?;
            Ok(extensions)
        }
    }
}

/// Every time of a response is a GeneralizedTime.
fn moment(tlv: &Tlv<'_>, what: &'static str) -> Result<Instant> {
    tlv.expect(tag::GENERALIZED_TIME, what)?.time(what)
}

impl ResponderId {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        const WHAT: &str = "ResponderID (RFC 6960 §4.2.1)";
        let choice = reader.any(WHAT)?;
        let mut inside = choice.inside();
        let id = match choice.tag {
            0xa1 => Self::Name(Name::read(&mut inside)?),
            0xa2 => Self::Key(inside.octet_string(WHAT)?.to_vec()),
            _ => return Err(Error::malformed(WHAT).at(choice.at)),
        };
        inside.finish(WHAT)?;
        Ok(id)
    }
}

impl Single {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut fields = reader.sequence(SINGLE)?;
        let id = CertId::read(&mut fields)?;
        let mut status = CertStatus::read(&fields.any(SINGLE)?)?;
        let this_update = moment(&fields.any(SINGLE)?, "thisUpdate (RFC 6960 §4.2.1)")?;
        let next_update = match fields.optional(EXPLICIT, SINGLE)? {
            None => None,
            Some(explicit) => {
                const WHAT: &str = "nextUpdate (RFC 6960 §4.2.1)";
                Some(moment(&asn1::single(explicit.value, WHAT)?, WHAT)?)
            }
        };
        let extensions = read_explicit_extensions(&mut fields, SINGLE)?;
        fields.finish(SINGLE)?;
        let mut archive_cutoff = None;
        let mut unknown_critical = false;
        for extension in extensions {
            match extension.oid {
                oid::OCSP_ARCHIVE_CUTOFF => {
                    const WHAT: &str = "archive cutoff (RFC 6960 §4.4.4)";
                    archive_cutoff = Some(moment(&asn1::single(&extension.value, WHAT)?, WHAT)?);
                }
                // §4.4.5: extensions of list entries may stand here.
                oid::INVALIDITY_DATE => {
                    const WHAT: &str = "invalidityDate (RFC 5280 §5.3.2)";
                    let since = moment(&asn1::single(&extension.value, WHAT)?, WHAT)?;
                    if let CertStatus::Revoked { invalid_since, .. } = &mut status {
                        *invalid_since = Some(since);
                    }
                }
                _ => unknown_critical |= extension.critical,
            }
        }
        Ok(Self { id, status, this_update, next_update, archive_cutoff, unknown_critical })
    }
}

impl CertStatus {
    /// ```text
    /// CertStatus ::= CHOICE {
    ///     good     [0] IMPLICIT NULL,
    ///     revoked  [1] IMPLICIT RevokedInfo,
    ///     unknown  [2] IMPLICIT UnknownInfo }
    /// ```
    fn read(choice: &Tlv<'_>) -> Result<Self> {
        const WHAT: &str = "CertStatus (RFC 6960 §4.2.1)";
        match (choice.tag, choice.value) {
            (0x80, []) => Ok(Self::Good),
            (0x82, []) => Ok(Self::Unknown),
            (0xa1, _) => {
                let mut fields = choice.inside();
                let at = moment(&fields.any(WHAT)?, "revocationTime (RFC 6960 §4.2.1)")?;
                let reason = match fields.optional(EXPLICIT, WHAT)? {
                    Some(explicit) => RevocationReason::read(explicit.value)?,
                    None => RevocationReason::Unspecified,
                };
                fields.finish(WHAT)?;
                Ok(Self::Revoked { at, reason, invalid_since: None })
            }
            _ => Err(Error::malformed(WHAT).at(choice.at)),
        }
    }
}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcspResponse")
            .field("status", &self.parsed.status)
            .field("produced_at", &self.produced_at())
            .field("answers", &self.basic().map_or(0, |basic| basic.answers.len()))
            .finish_non_exhaustive()
    }
}
