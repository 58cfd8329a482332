//! CertID: how a request and an answer name a certificate.

use crate::{
    algorithm::DigestAlgorithm,
    asn1::{self, AlgorithmIdentifier, Reader, tag},
    certificate::Certificate,
    error::{Error, Result},
    trust::Issuer,
};

const CERT_ID: &str = "CertID (RFC 6960 §4.1.1)";

/// ```text
/// CertID ::= SEQUENCE {
///     hashAlgorithm   AlgorithmIdentifier,
///     issuerNameHash  OCTET STRING, -- Hash of issuer's DN
///     issuerKeyHash   OCTET STRING, -- Hash of issuer's public key
///     serialNumber    CertificateSerialNumber }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CertId {
    /// Unknown ones name nothing.
    digest: Option<DigestAlgorithm>,
    name_hash: Vec<u8>,
    key_hash: Vec<u8>,
    serial: Vec<u8>,
}

/// How far a CertID fits a certificate and its issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It names this certificate.
    Whole,
    /// Two of name, key and serial number fit: meant for it, or for one beside it.
    Near,
    /// It names something else.
    None,
}

impl CertId {
    /// The name of a certificate under its issuer's key.
    pub(super) fn of(
        certificate: &Certificate,
        issuer_key_info: &[u8],
        digest: DigestAlgorithm,
    ) -> Result<Self> {
        Ok(Self {
            digest: Some(digest),
            // §4.1.1: over the issuer field of the certificate that is asked about.
            name_hash: digest.digest(certificate.issuer().as_der()),
            key_hash: digest.digest(key_octets(issuer_key_info)?),
            serial: certificate.serial().to_vec(),
        })
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut fields = reader.sequence(CERT_ID)?;
        let digest = AlgorithmIdentifier::read(&mut fields)?;
        let name_hash = fields.octet_string(CERT_ID)?.to_vec();
        let key_hash = fields.octet_string(CERT_ID)?.to_vec();
        let serial = fields.expect(tag::INTEGER, CERT_ID)?;
        if !serial.is_minimal_integer() {
            return Err(Error::malformed(CERT_ID).at(serial.at));
        }
        fields.finish(CERT_ID)?;
        let digest = DigestAlgorithm::from_identifier(&digest).ok();
        Ok(Self { digest, name_hash, key_hash, serial: serial.value.to_vec() })
    }

    pub(super) fn der(&self) -> Vec<u8> {
        let digest = self.digest.map(DigestAlgorithm::identifier).unwrap_or_default();
        asn1::sequence(&[
            digest,
            asn1::octet_string(&self.name_hash),
            asn1::octet_string(&self.key_hash),
            asn1::tlv(tag::INTEGER, &self.serial),
        ])
    }

    /// Whether it speaks of certificates that this authority issued.
    pub(super) fn is_under(&self, issuer: &Issuer<'_>) -> bool {
        self.names(issuer.name.as_der()) && self.has_key(issuer.spki)
    }

    pub(super) fn fit(&self, certificate: &Certificate, issuer: &Issuer<'_>) -> Fit {
        // The issuer may write its name in another string type than those whom it certifies do.
        let name = self.names(certificate.issuer().as_der()) || self.names(issuer.name.as_der());
        let key = self.has_key(issuer.spki);
        let serial = self.serial == certificate.serial();
        match [name, key, serial].iter().filter(|fits| **fits).count() {
            3 => Fit::Whole,
            2 => Fit::Near,
            _ => Fit::None,
        }
    }

    fn names(&self, name: &[u8]) -> bool {
        self.digest.is_some_and(|digest| digest.digest(name) == self.name_hash)
    }

    fn has_key(&self, key_info: &[u8]) -> bool {
        let key = key_octets(key_info);
        self.digest.is_some_and(|d| key.is_ok_and(|key| d.digest(key) == self.key_hash))
    }
}

/// The value of the BIT STRING of a SubjectPublicKeyInfo, without tag, length and unused bits
/// (RFC 6960 §4.1.1).
pub(super) fn key_octets(key_info: &[u8]) -> Result<&[u8]> {
    const WHAT: &str = "SubjectPublicKeyInfo (RFC 5280 §4.1.2.7)";
    let mut fields = asn1::single(key_info, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
    AlgorithmIdentifier::read(&mut fields)?;
    let key = fields.any(WHAT)?.bit_octets(WHAT)?;
    fields.finish(WHAT)?;
    Ok(key)
}
