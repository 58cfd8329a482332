//! ContentInfo and SignedData, parsed and not yet believed.

use std::{borrow::Cow, ops::Range};

use der::asn1::ObjectIdentifier as Oid;

use super::{Attribute, SignedAttributes, Skeleton};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    asn1::{self, AlgorithmIdentifier, Reader, Tlv, ber, tag},
    budget::Limits,
    certificate::{Certificate, Name, each},
    error::{Error, Result},
    oid,
};

/// What is tagged explicitly is constructed (X.690 §8.14.3).
const EXPLICIT: u8 = 0xa0;
const CONTENT_INFO: &str = "ContentInfo (RFC 5652 §3)";
const SIGNED_DATA: &str = "SignedData (RFC 5652 §5.1)";
const SIGNER_INFO: &str = "SignerInfo (RFC 5652 §5.3)";

/// A signed message: well formed, nothing proved.
#[derive(Debug, Clone)]
pub(crate) struct SignedData<'a> {
    der: Cow<'a, [u8]>,
    pub(crate) content_type: Oid,
    content: Option<Range<usize>>,
    /// What held the content was rewritten before this was parsed.
    frame_was_ber: bool,
    pub(crate) digest_algorithms: Vec<Oid>,
    /// The X.509 certificates; those that cannot be read keep their error.
    pub(crate) certificates: Vec<Result<Certificate>>,
    /// The revocation lists, each as it stands.
    pub(crate) crls: Vec<Vec<u8>>,
    /// Revocation information in other formats, each as it stands.
    pub(crate) other_revocation: Vec<Vec<u8>>,
    pub(crate) signers: Vec<SignerInfo>,
}

/// The certificates inside a message, signed or not: authorities publish theirs so (RFC 5280
/// §4.2.2.1). Nothing is proved of them. Those that cannot be read are left out.
///
/// # Errors
/// When the bytes are no DER or BER ContentInfo that holds SignedData.
pub fn bundled_certificates(message: &[u8], limits: &Limits) -> Result<Vec<Certificate>> {
    let message = SignedData::parse(message, limits)?;
    Ok(message.certificates.into_iter().flatten().collect())
}

/// Who a SignerInfo says made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SignerIdentifier {
    IssuerAndSerial { issuer: Name, serial: Vec<u8> },
    SubjectKeyIdentifier(Vec<u8>),
}

/// One signature of a message.
#[derive(Debug, Clone)]
pub(crate) struct SignerInfo {
    pub(crate) sid: SignerIdentifier,
    pub(crate) digest_oid: Oid,
    pub(crate) digest: Result<DigestAlgorithm>,
    pub(crate) signed_attributes: Option<Result<SignedAttributes>>,
    pub(crate) signature_algorithm: Result<SignatureAlgorithm>,
    pub(crate) signature: Vec<u8>,
    pub(crate) unsigned_attributes: Result<Vec<Attribute>>,
}

impl<'a> SignedData<'a> {
    /// Reads a DER or BER ContentInfo that holds SignedData, with nothing behind it.
    pub(crate) fn parse(bytes: &'a [u8], limits: &Limits) -> Result<Self> {
        let der = ber::normalise(bytes, limits)?;
        let mut message = Self {
            der: Cow::Borrowed(&[]),
            content_type: oid::ID_DATA,
            content: None,
            frame_was_ber: false,
            digest_algorithms: Vec::new(),
            certificates: Vec::new(),
            crls: Vec::new(),
            other_revocation: Vec::new(),
            signers: Vec::new(),
        };
        message.read(&der, limits)?;
        message.der = der;
        Ok(message)
    }

    /// Reads what is left of a message whose content passed by. Its content is empty here.
    pub(crate) fn without_content(skeleton: &'a Skeleton, limits: &Limits) -> Result<Self> {
        let message = Self::parse(&skeleton.bytes, limits)?;
        Ok(Self { frame_was_ber: skeleton.was_ber, ..message })
    }

    fn read(&mut self, der: &[u8], limits: &Limits) -> Result<()> {
        let mut info =
            asn1::single(der, CONTENT_INFO)?.expect(tag::SEQUENCE, CONTENT_INFO)?.inside();
        let kind = info.oid(CONTENT_INFO)?;
        if kind != oid::ID_SIGNED_DATA {
            return Err(Error::unsupported("content type of a message", oid::describe(kind)));
        }
        let explicit = info.expect(EXPLICIT, CONTENT_INFO)?;
        info.finish(CONTENT_INFO)?;
        let mut inside = explicit.inside();
        let mut data = inside.sequence(SIGNED_DATA)?;
        inside.finish(SIGNED_DATA)?;

        let version = data.expect(tag::INTEGER, SIGNED_DATA)?.small(SIGNED_DATA)?;
        if !(1..=5).contains(&version) {
            // RFC 5652 §10.2.5 defines 0 to 5 and no more.
            return Err(Error::malformed("version of SignedData (RFC 5652 §5.1, §10.2.5)"));
        }
        let digests = data.expect(tag::SET, SIGNED_DATA)?.inside();
        self.digest_algorithms = each(digests, |r| Ok(AlgorithmIdentifier::read(r)?.oid))?;
        self.read_content(&mut data.sequence("EncapsulatedContentInfo (RFC 5652 §5.2)")?)?;
        if let Some(set) = data.optional_context(0, SIGNED_DATA)? {
            self.read_certificates(set, limits)?;
        }
        if let Some(set) = data.optional_context(1, SIGNED_DATA)? {
            let lists = each(set.inside(), |r| r.any("RevocationInfoChoice (RFC 5652 §10.2.1)"))?;
            Limits::check("lists in a message", lists.len(), limits.certificates)?;
            // Other revocation formats are tagged [1].
            let of_tag = |tag: u8| lists.iter().filter(move |l| l.tag == tag);
            self.crls = of_tag(tag::SEQUENCE).map(|l| l.raw.to_vec()).collect();
            self.other_revocation = of_tag(EXPLICIT | 1).map(|l| l.raw.to_vec()).collect();
        }
        let mut infos = data.expect(tag::SET, "SignerInfos (RFC 5652 §5.1)")?.inside();
        data.finish(SIGNED_DATA)?;
        while !infos.is_done() {
            Limits::check("signatures", self.signers.len() + 1, limits.signatures)?;
            self.signers.push(SignerInfo::read(&mut infos)?);
        }
        Ok(())
    }

    fn read_content(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        const WHAT: &str = "EncapsulatedContentInfo (RFC 5652 §5.2)";
        self.content_type = reader.oid(WHAT)?;
        if let Some(explicit) = reader.optional(EXPLICIT, WHAT)? {
            let mut inside = explicit.inside();
            let content = inside.expect(tag::OCTET_STRING, "content: OCTET STRING")?;
            inside.finish(WHAT)?;
            let start = content.at + content.raw.len() - content.value.len();
            self.content = Some(start..start + content.value.len());
        }
        reader.finish(WHAT)
    }

    fn read_certificates(&mut self, set: Tlv<'_>, limits: &Limits) -> Result<()> {
        let all = each(set.inside(), |r| r.any("CertificateChoices (RFC 5652 §10.2.2)"))?;
        Limits::check("certificates in a message", all.len(), limits.certificates)?;
        // Attribute certificates and other forms are tagged; only X.509 is a bare SEQUENCE.
        self.certificates = all
            .iter()
            .filter(|c| c.tag == tag::SEQUENCE)
            .map(|c| Certificate::from_der(c.raw))
            .collect();
        Ok(())
    }

    /// The signed content, when the message carries it.
    pub(crate) fn content(&self) -> Option<&[u8]> {
        self.content.clone().and_then(|range| self.der.get(range))
    }

    /// Whether the input was BER and had to be rewritten.
    pub(crate) fn was_ber(&self) -> bool {
        self.frame_was_ber || matches!(self.der, Cow::Owned(_))
    }
}

impl SignerInfo {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut fields = reader.sequence(SIGNER_INFO)?;
        let version = fields.expect(tag::INTEGER, SIGNER_INFO)?.small(SIGNER_INFO)?;
        let sid = SignerIdentifier::read(&mut fields)?;
        // RFC 5652 §5.3 ties the version to the identifier; writers confuse them, and nothing
        // depends on it.
        if version != 1 && version != 3 {
            return Err(Error::malformed("version of SignerInfo (RFC 5652 §5.3)"));
        }
        let digest_identifier = AlgorithmIdentifier::read(&mut fields)?;
        let digest = DigestAlgorithm::from_identifier(&digest_identifier);
        let signed_attributes =
            fields.optional_context(0, SIGNER_INFO)?.map(|set| SignedAttributes::read(&set));
        let algorithm = AlgorithmIdentifier::read(&mut fields)?;
        let signature = fields.octet_string("signature (RFC 5652 §5.3)")?.to_vec();
        let unsigned_attributes = match fields.optional_context(1, SIGNER_INFO)? {
            Some(set) => Attribute::read_set(&set),
            None => Ok(Vec::new()),
        };
        fields.finish(SIGNER_INFO)?;
        let signature_algorithm = match &digest {
            Ok(digest) => SignatureAlgorithm::of_signer_info(&algorithm, *digest),
            Err(_) => SignatureAlgorithm::from_identifier(&algorithm),
        };
        Ok(Self {
            sid,
            digest_oid: digest_identifier.oid,
            digest,
            signed_attributes,
            signature_algorithm,
            signature,
            unsigned_attributes,
        })
    }
}

impl SignerIdentifier {
    fn read(fields: &mut Reader<'_>) -> Result<Self> {
        const WHAT: &str = "SignerIdentifier (RFC 5652 §5.3)";
        let choice = fields.any(WHAT)?;
        if choice.is_context(0) {
            return Ok(Self::SubjectKeyIdentifier(choice.value.to_vec()));
        }
        let mut pair = choice.expect(tag::SEQUENCE, WHAT)?.inside();
        let issuer = Name::read(&mut pair)?;
        let serial = pair.expect(tag::INTEGER, WHAT)?.value.to_vec();
        pair.finish(WHAT)?;
        Ok(Self::IssuerAndSerial { issuer, serial })
    }

    /// Whether the certificate is the one named.
    pub(crate) fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                certificate.serial() == serial && certificate.issuer() == issuer
            }
            Self::SubjectKeyIdentifier(id) => {
                certificate.extensions().subject_key_id.as_ref() == Some(id)
            }
        }
    }
}
