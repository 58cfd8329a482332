//! The signing-certificate attributes: which certificate the signer meant (RFC 5035).

use crate::{
    algorithm::DigestAlgorithm,
    asn1::{AlgorithmIdentifier, Tlv, tag},
    certificate::{Certificate, Name},
    error::{Error, Result},
};

const WHAT: &str = "signing-certificate attribute (RFC 5035 §3, §4)";

/// The first ESSCertID: the signer's certificate (RFC 5035 §3: "the first certificate
/// identified … MUST be the certificate used to verify the signature").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SigningCertificate {
    digest: DigestAlgorithm,
    hash: Vec<u8>,
    issuer_serial: Option<(Name, Vec<u8>)>,
    pub(crate) version: u8,
}

impl SigningCertificate {
    pub(super) fn read_v1(value: &Tlv<'_>) -> Result<Self> {
        Self::read(value, 1)
    }

    pub(super) fn read_v2(value: &Tlv<'_>) -> Result<Self> {
        Self::read(value, 2)
    }

    fn read(value: &Tlv<'_>, version: u8) -> Result<Self> {
        let mut fields = value.expect(tag::SEQUENCE, WHAT)?.inside();
        let mut certificates = fields.sequence(WHAT)?;
        // PolicyInformation may follow; it is not interpreted.
        let _policies = fields.optional(tag::SEQUENCE, WHAT)?;
        fields.finish(WHAT)?;
        if certificates.is_done() {
            return Err(Error::malformed("signing-certificate attribute: it names no certificate"));
        }
        let mut first = certificates.sequence(WHAT)?;
        let mut digest = if version == 1 { DigestAlgorithm::Sha1 } else { DigestAlgorithm::Sha256 };
        let mut ahead = first.clone();
        if version == 2 && ahead.any(WHAT)?.tag == tag::SEQUENCE {
            digest = DigestAlgorithm::from_identifier(&AlgorithmIdentifier::read(&mut first)?)?;
        }
        let hash = first.octet_string(WHAT)?.to_vec();
        let issuer_serial = match first.optional(tag::SEQUENCE, WHAT)? {
            Some(pair) => issuer_serial(&pair)?,
            None => None,
        };
        first.finish(WHAT)?;
        Ok(Self { digest, hash, issuer_serial, version })
    }
}

/// IssuerSerial (RFC 5035 §5): a directoryName and the serial number.
fn issuer_serial(pair: &Tlv<'_>) -> Result<Option<(Name, Vec<u8>)>> {
    let mut fields = pair.inside();
    let mut names = fields.sequence(WHAT)?;
    let serial = fields.expect(tag::INTEGER, WHAT)?.value.to_vec();
    fields.finish(WHAT)?;
    let general = names.any(WHAT)?;
    if !general.is_context(4) || !names.is_done() {
        return Err(Error::malformed(WHAT));
    }
    let mut inside = general.inside();
    let issuer = Name::read(&mut inside)?;
    inside.finish(WHAT)?;
    Ok(Some((issuer, serial)))
}

/// Whether the attribute names this certificate, by its hash and, when given, issuer and serial.
pub(crate) fn is_match(attribute: &SigningCertificate, certificate: &Certificate) -> bool {
    attribute.digest.digest(certificate.as_der()) == attribute.hash
        && attribute.issuer_serial.as_ref().is_none_or(|(issuer, serial)| {
            certificate.issuer() == issuer && certificate.serial() == serial
        })
}
