//! Attributes, and the rules that make signed ones mean something.

use der::asn1::ObjectIdentifier as Oid;

use super::SigningCertificate;
use crate::{
    asn1::{self, Reader, Tlv, tag},
    certificate::each,
    error::{Error, Result},
    oid,
    time::Instant,
};

/// One attribute with its values as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) oid: Oid,
    pub(crate) values: Vec<Vec<u8>>,
}

impl Attribute {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        const WHAT: &str = "Attribute (RFC 5652 §5.3)";
        let mut fields = reader.sequence(WHAT)?;
        let oid = fields.oid(WHAT)?;
        let values = fields.expect(tag::SET, WHAT)?.inside();
        fields.finish(WHAT)?;
        Ok(Self { oid, values: each(values, |r| Ok(r.any(WHAT)?.raw.to_vec()))? })
    }

    /// Reads every attribute inside a SET OF, whatever its tag.
    pub(super) fn read_set(set: &Tlv<'_>) -> Result<Vec<Self>> {
        each(set.inside(), Self::read)
    }

    /// Whether bytes could be signed attributes of some message: a signature over them says
    /// nothing about content (the confusion of signed attributes with content).
    pub(super) fn is_set(bytes: &[u8]) -> bool {
        let set = asn1::single(bytes, "SET").and_then(|t| t.expect(tag::SET, "SET"));
        set.is_ok_and(|set| Self::read_set(&set).is_ok_and(|all| !all.is_empty()))
    }

    /// The one value that this attribute must have.
    fn single(&self, what: &'static str) -> Result<Tlv<'_>> {
        match self.values.as_slice() {
            [value] => asn1::single(value, what),
            _ => Err(Error::malformed(what)),
        }
    }
}

/// The signed attributes, their rules checked (RFC 5652 §5.3, §11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedAttributes {
    /// The SET OF in DER: what the signature covers (RFC 5652 §5.4).
    pub(crate) signed_octets: Vec<u8>,
    /// The message carries them in DER order.
    pub(crate) in_order: bool,
    pub(crate) content_type: Oid,
    pub(crate) message_digest: Vec<u8>,
    pub(crate) signing_time: Option<Instant>,
    /// Each attribute that names the signer's certificate, the newer one first.
    pub(crate) signing_certificates: Vec<SigningCertificate>,
    /// Each attribute that holds time stamps.
    pub(crate) time_stamps: Vec<Attribute>,
}

impl SignedAttributes {
    pub(super) fn read(set: &Tlv<'_>) -> Result<Self> {
        let raw = each(set.inside(), |r| Ok(r.any("signed attributes")?.raw))?;
        let in_order = raw.windows(2).all(|pair| matches!(pair, [a, b] if a <= b));
        let all = Attribute::read_set(set)?;
        let mut seen: Vec<Oid> = all.iter().map(|a| a.oid).collect();
        seen.sort();
        if seen.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(Error::malformed("signed attributes: one occurs twice (RFC 5652 §5.3)"));
        }
        let find = |oid: Oid| all.iter().find(|a| a.oid == oid);

        const CONTENT_TYPE: &str = "content-type attribute (RFC 5652 §11.1)";
        let content_type = find(oid::CONTENT_TYPE).ok_or(Error::malformed(CONTENT_TYPE))?;
        let content_type = content_type.single(CONTENT_TYPE)?.oid(CONTENT_TYPE)?;

        const DIGEST: &str = "message-digest attribute (RFC 5652 §11.2)";
        let digest = find(oid::MESSAGE_DIGEST).ok_or(Error::malformed(DIGEST))?;
        let digest = digest.single(DIGEST)?.expect(tag::OCTET_STRING, DIGEST)?;

        const TIME: &str = "signing-time attribute (RFC 5652 §11.3)";
        let signing_time =
            find(oid::SIGNING_TIME).map(|a| a.single(TIME)?.time(TIME)).transpose()?;

        const CERTIFICATE: &str = "signing-certificate attribute (RFC 5035)";
        let mut signing_certificates = Vec::new();
        if let Some(v2) = find(oid::SIGNING_CERTIFICATE_V2) {
            signing_certificates.push(SigningCertificate::read_v2(&v2.single(CERTIFICATE)?)?);
        }
        if let Some(v1) = find(oid::SIGNING_CERTIFICATE) {
            signing_certificates.push(SigningCertificate::read_v1(&v1.single(CERTIFICATE)?)?);
        }
        Ok(Self {
            signed_octets: asn1::set_of(&raw),
            in_order,
            content_type,
            message_digest: digest.value.to_vec(),
            signing_time,
            signing_certificates,
            time_stamps: all.into_iter().filter(|a| oid::TIME_STAMPS.contains(&a.oid)).collect(),
        })
    }
}
