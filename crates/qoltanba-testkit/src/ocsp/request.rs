//! Requests (RFC 6960 §4.1), as a responder reads them and a client writes them.

use der::{
    Any, Decode as _, Encode as _, Sequence,
    asn1::{Int, ObjectIdentifier as Oid, OctetString, OctetStringRef},
};
use qoltanba::{algorithm::DigestAlgorithm, sign::SigningKey as _};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::ext::Extension;

use crate::{
    authority::Authority,
    encode::{digest_algorithm, extension},
    error::Result,
    oid,
};

/// Which certificate is asked about.
///
/// ```
/// use qoltanba::algorithm::{DigestAlgorithm, SignatureAlgorithm};
/// use qoltanba_testkit::{Mint, OcspRequest, SeededRng};
/// let at = "2026-11-22T00:00:00Z".parse()?;
/// let mint = Mint::good(SignatureAlgorithm::Gost2015_512, at, &mut SeededRng::new(1))?;
/// let id = mint.issuing().certificate_id(&mint.signer.serial, DigestAlgorithm::Sha256);
/// let request = OcspRequest { ids: vec![id], nonce: Some(vec![7; 8]) };
/// assert_eq!(OcspRequest::from_der(&request.to_der()?)?, request);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertId {
    /// What the two hashes are made with.
    pub digest: DigestAlgorithm,
    /// Of the issuer's name, DER.
    pub issuer_name_hash: Vec<u8>,
    /// Of the octets in the BIT STRING of the issuer's public key.
    pub issuer_key_hash: Vec<u8>,
    /// The content octets of the certificate's serial number.
    pub serial: Vec<u8>,
}

/// A question about certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspRequest {
    /// Which ones.
    pub ids: Vec<CertId>,
    /// What the answer must repeat.
    pub nonce: Option<Vec<u8>>,
}

#[derive(Sequence)]
pub(super) struct CertIdFields {
    digest: Any,
    issuer_name_hash: OctetString,
    issuer_key_hash: OctetString,
    serial: Int,
}

#[derive(Sequence)]
struct Identifier {
    oid: Oid,
    parameters: Option<Any>,
}

#[derive(Sequence)]
struct Request {
    id: CertIdFields,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct TbsRequest {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    version: u8,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    requestor: Option<Any>,
    requests: Vec<Request>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct Envelope {
    tbs: TbsRequest,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    signature: Option<Any>,
}

impl CertId {
    /// The identifier of the certificate with this serial number below an issuer.
    ///
    /// # Errors
    /// When the issuer's SubjectPublicKeyInfo is none.
    pub fn of(
        issuer_name: &[u8],
        issuer_key_info: &[u8],
        serial: &[u8],
        digest: DigestAlgorithm,
    ) -> Result<Self> {
        let info = SubjectPublicKeyInfoOwned::from_der(issuer_key_info)?;
        Ok(Self {
            digest,
            issuer_name_hash: digest.digest(issuer_name),
            issuer_key_hash: digest.digest(info.subject_public_key.raw_bytes()),
            serial: serial.to_vec(),
        })
    }

    pub(super) fn fields(&self) -> Result<CertIdFields> {
        Ok(CertIdFields {
            digest: digest_algorithm(self.digest)?,
            issuer_name_hash: OctetString::new(&*self.issuer_name_hash)?,
            issuer_key_hash: OctetString::new(&*self.issuer_key_hash)?,
            serial: Int::new(&self.serial)?,
        })
    }

    fn read(fields: &CertIdFields) -> Result<Self> {
        let Identifier { oid, .. } = fields.digest.decode_as()?;
        Ok(Self {
            digest: oid::digest_named(oid)?,
            issuer_name_hash: fields.issuer_name_hash.as_bytes().to_vec(),
            issuer_key_hash: fields.issuer_key_hash.as_bytes().to_vec(),
            serial: fields.serial.as_bytes().to_vec(),
        })
    }
}

impl Authority {
    /// How a certificate of this authority is named to an OCSP responder.
    #[must_use]
    pub fn certificate_id(&self, serial: &[u8], digest: DigestAlgorithm) -> CertId {
        let key = SubjectPublicKeyInfoOwned::from_der(self.key().public_key_info());
        let key = key.map(|info| info.subject_public_key.raw_bytes().to_vec()).unwrap_or_default();
        CertId {
            digest,
            issuer_name_hash: digest.digest(self.name()),
            issuer_key_hash: digest.digest(&key),
            serial: serial.to_vec(),
        }
    }
}

impl OcspRequest {
    /// Reads a request; a signature on it is not looked at.
    ///
    /// # Errors
    /// When it is malformed, or a digest in it is unknown.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        let tbs = Envelope::from_der(der)?.tbs;
        let ids = tbs.requests.iter().map(|r| CertId::read(&r.id)).collect::<Result<_>>()?;
        let extensions = tbs.extensions.unwrap_or_default();
        let nonce = extensions.iter().find(|e| e.extn_id == oid::OCSP_NONCE).map(|e| {
            let value = e.extn_value.as_bytes();
            // RFC 8954 §2.1: an OCTET STRING inside. RFC 2560 did not say so, and some clients
            // still write the octets alone.
            <&OctetStringRef>::from_der(value)
                .map_or_else(|_| value.to_vec(), |o| o.as_bytes().to_vec())
        });
        Ok(Self { ids, nonce })
    }

    /// Writes it, unsigned.
    ///
    /// # Errors
    /// When a serial number is no content of an INTEGER.
    pub fn to_der(&self) -> Result<Vec<u8>> {
        let requests = self
            .ids
            .iter()
            .map(|id| Ok(Request { id: id.fields()?, extensions: None }))
            .collect::<Result<_>>()?;
        let extensions = self.nonce.as_deref().map(nonce).transpose()?.map(|e| vec![e]);
        let tbs = TbsRequest { version: 0, requestor: None, requests, extensions };
        Ok(Envelope { tbs, signature: None }.to_der()?)
    }
}

/// RFC 8954 §2.1.
pub(super) fn nonce(octets: &[u8]) -> Result<Extension> {
    extension(oid::OCSP_NONCE, false, &OctetString::new(octets)?)
}
