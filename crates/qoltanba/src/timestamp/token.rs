//! TimeStampToken and TSTInfo, parsed and not yet believed (RFC 3161 §2.4.2).

use der::asn1::ObjectIdentifier as Oid;

use super::{Accuracy, GenTime};
use crate::{
    algorithm::{DigestAlgorithm, Strength},
    asn1::{self, AlgorithmIdentifier, ber, tag},
    budget::Limits,
    certificate::{Certificate, each, read_extensions},
    cms::{self, CarriedEvidence, ContentDigests, SignedData, SignerInfo},
    error::{Error, Result},
    integrity::CryptoCheck,
    oid,
    text::hex,
};

const TOKEN: &str = "TimeStampToken (RFC 3161 §2.4.2)";
const TST_INFO: &str = "TSTInfo (RFC 3161 §2.4.2)";
/// RFC 3161 §2.4.2 asks for 160 bits; longer ones are met in certificates and are read here too.
const MAX_SERIAL: usize = 64;

/// A time stamp as an authority gives it: well formed, and nothing proved.
#[derive(Debug, Clone)]
pub struct TimeStampToken {
    der: Vec<u8>,
    content: Vec<u8>,
    pub(super) info: TstInfo,
    pub(crate) signer: SignerInfo,
    /// Those of the authority, as far as they can be read.
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) carried: CarriedEvidence,
}

/// What the authority signed.
#[derive(Debug, Clone)]
pub(super) struct TstInfo {
    pub(super) policy: Oid,
    pub(super) imprint: MessageImprint,
    serial: Vec<u8>,
    pub(super) gen_time: GenTime,
    accuracy: Option<Accuracy>,
    pub(super) nonce: Option<Vec<u8>>,
    /// GeneralName as it stands.
    pub(super) authority: Option<Vec<u8>>,
    /// Critical extensions, none of which is understood.
    pub(super) critical: Vec<Oid>,
}

/// The digest of what is stamped.
#[derive(Debug, Clone)]
pub(super) struct MessageImprint {
    pub(super) oid: Oid,
    pub(super) algorithm: Result<DigestAlgorithm>,
    pub(super) digest: Vec<u8>,
}

impl TimeStampToken {
    /// Reads a token in DER or BER: a ContentInfo with nothing behind it.
    ///
    /// # Errors
    /// When it is no signed message of a TSTInfo, has not exactly one signature, or is damaged.
    pub fn from_der(bytes: &[u8]) -> Result<Self> {
        Self::parse(bytes, &Limits::default())
    }

    pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Self> {
        Limits::check("bytes of a time stamp", bytes.len(), limits.structure_bytes)?;
        let message = SignedData::parse(bytes, limits)?;
        if message.content_type != oid::TST_INFO {
            return Err(Error::malformed("content type of a time stamp (RFC 3161 §2.4.2)"));
        }
        let content = message.content().ok_or(Error::malformed(TOKEN))?.to_vec();
        // RFC 3161 §2.4.2: "MUST NOT contain any signatures other than the signature of the TSA".
        let [signer] = message.signers.as_slice() else {
            return Err(Error::malformed("signatures of a time stamp (RFC 3161 §2.4.2)"));
        };
        Ok(Self {
            der: bytes.to_vec(),
            info: TstInfo::read(&ber::normalise(&content, limits)?)?,
            content,
            signer: signer.clone(),
            certificates: message.certificates.iter().flatten().cloned().collect(),
            carried: CarriedEvidence::of(&message),
        })
    }

    /// The exact bytes.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The time that it states.
    #[must_use]
    pub fn claimed_time(&self) -> GenTime {
        self.info.gen_time
    }

    /// How far that time may be off.
    #[must_use]
    pub fn accuracy(&self) -> Accuracy {
        self.info.accuracy.unwrap_or(Accuracy::UNSTATED)
    }

    /// The policy of the authority, as an object identifier.
    #[must_use]
    pub fn policy(&self) -> String {
        self.info.policy.to_string()
    }

    /// Its serial number, in hexadecimal.
    #[must_use]
    pub fn serial(&self) -> String {
        hex(&self.info.serial)
    }

    /// The digest algorithm of what is stamped.
    ///
    /// # Errors
    /// When it is unknown.
    pub fn imprint_algorithm(&self) -> Result<DigestAlgorithm> {
        self.info.imprint.algorithm.clone()
    }

    /// The name of that algorithm, known or not.
    pub(crate) fn imprint_name(&self) -> String {
        match &self.info.imprint.algorithm {
            Ok(algorithm) => algorithm.to_string(),
            Err(_) => oid::describe(self.info.imprint.oid),
        }
    }

    /// The digest of what is stamped.
    #[must_use]
    pub fn imprint(&self) -> &[u8] {
        &self.info.imprint.digest
    }

    /// A critical extension; none is understood (RFC 3161 §2.4.2 leaves them to be defined).
    pub(crate) fn critical_extension(&self) -> Option<String> {
        self.info.critical.first().map(|oid| oid::describe(*oid))
    }

    /// What the authority signed.
    pub(super) fn content(&self) -> &[u8] {
        &self.content
    }

    /// The authority's signature under the key of a certificate.
    pub(crate) fn check(&self, certificate: &Certificate, strength: Strength) -> CryptoCheck {
        let content = ContentDigests::new(Some(&self.content));
        cms::check(&self.signer, oid::TST_INFO, &content, Some(certificate), strength)
    }
}

impl TstInfo {
    fn read(der: &[u8]) -> Result<Self> {
        let mut fields = asn1::single(der, TST_INFO)?.expect(tag::SEQUENCE, TST_INFO)?.inside();
        let version = fields.expect(tag::INTEGER, TST_INFO)?.small(TST_INFO)?;
        if version != 1 {
            return Err(Error::unsupported("version of a time stamp", version));
        }
        let policy = fields.oid(TST_INFO)?;
        let mut imprint = fields.sequence("messageImprint (RFC 3161 §2.4.1)")?;
        let algorithm = AlgorithmIdentifier::read(&mut imprint)?;
        let digest = imprint.octet_string("messageImprint (RFC 3161 §2.4.1)")?.to_vec();
        imprint.finish("messageImprint (RFC 3161 §2.4.1)")?;
        let imprint = MessageImprint {
            oid: algorithm.oid,
            algorithm: DigestAlgorithm::from_identifier(&algorithm),
            digest,
        };
        let serial = fields.expect(tag::INTEGER, TST_INFO)?.value.to_vec();
        Limits::check("bytes of a serial number", serial.len(), MAX_SERIAL)?;
        let gen_time = GenTime::read(&fields.any(TST_INFO)?)?;
        let accuracy = fields.optional(tag::SEQUENCE, TST_INFO)?;
        let accuracy = accuracy.map(|value| Accuracy::read(&value)).transpose()?;
        // DER leaves FALSE out; nothing here depends on it.
        let _ordering = fields.optional(tag::BOOLEAN, TST_INFO)?;
        let nonce = fields.optional(tag::INTEGER, TST_INFO)?.map(|value| value.value.to_vec());
        let authority = match fields.optional_context(0, TST_INFO)? {
            // GeneralName is a choice, so its tag is explicit.
            Some(explicit) => Some(asn1::single(explicit.value, TST_INFO)?.raw.to_vec()),
            None => None,
        };
        let critical = match fields.optional_context(1, TST_INFO)? {
            Some(list) => {
                let all = read_extensions(list.inside())?;
                all.iter().filter(|e| e.critical).map(|e| e.oid).collect()
            }
            None => Vec::new(),
        };
        fields.finish(TST_INFO)?;
        Ok(Self { policy, imprint, serial, gen_time, accuracy, nonce, authority, critical })
    }
}

/// The GeneralNames of a subjectAltName as they stand (RFC 5280 §4.2.1.6).
pub(super) fn alternative_names(certificate: &Certificate) -> Vec<Vec<u8>> {
    const WHAT: &str = "subjectAltName (RFC 5280 §4.2.1.6)";
    let all = &certificate.extensions().all;
    let Some(extension) = all.iter().find(|e| e.oid == oid::SUBJECT_ALT_NAME) else {
        return Vec::new();
    };
    let names = asn1::single(&extension.value, WHAT).and_then(|list| {
        each(list.expect(tag::SEQUENCE, WHAT)?.inside(), |r| Ok(r.any(WHAT)?.raw.to_vec()))
    });
    names.unwrap_or_default()
}
