//! X.509 certificates, parsed and not yet believed (RFC 5280 §4).
//!
//! A [`Certificate`] keeps the exact bytes that it came from. What it says of its subject is only
//! claimed until a path to a trust anchor is found; fields that name people say so.
//!
//! ```
//! use qoltanba::{Certificate, Result, certificate::Purpose};
//!
//! fn is_for_signing(der: &[u8]) -> Result<bool> {
//!     Ok(Certificate::from_der(der)?.purposes().allows(Purpose::Sign))
//! }
//! ```

mod constraints;
mod distribution;
mod extensions;
mod general_name;
mod name;
mod purpose;
mod quirk;
mod revocation_reason;

use std::{
    fmt,
    ops::Range,
    sync::{Arc, OnceLock},
};

pub(crate) use constraints::{NameConstraints, PolicyConstraints, PolicyMapping, Subtree};
pub(crate) use distribution::{DistributionPoint, PointName, ReasonFlags};
pub(crate) use extensions::{Extension, Extensions, authority_key_id, read_all as read_extensions};
pub(crate) use general_name::{GeneralName, NameForm};
pub use name::{Attribute, Name};
pub use purpose::{Purpose, Purposes};
pub use quirk::Quirk;
pub use revocation_reason::RevocationReason;

use crate::{
    algorithm::{PublicKey, SignatureAlgorithm},
    asn1::{self, AlgorithmIdentifier, Reader, tag},
    budget::Limits,
    error::{Error, Result},
    time::Validity,
};

const CERTIFICATE: &str = "Certificate (RFC 5280 §4.1)";
const TBS: &str = "TBSCertificate (RFC 5280 §4.1.2)";

/// A certificate: well formed, with its exact bytes, and nothing proved yet.
///
/// Cloning is cheap. Two certificates are equal when their bytes are.
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    tbs: Range<usize>,
    signature_algorithm: Result<SignatureAlgorithm>,
    signature: Range<usize>,
    serial: Vec<u8>,
    issuer: Name,
    validity: Validity,
    subject: Name,
    spki: Range<usize>,
    public_key: Result<PublicKey>,
    extensions: Extensions,
    quirks: Vec<Quirk>,
    fingerprint: OnceLock<[u8; 32]>,
}

impl Certificate {
    /// Reads one DER certificate with nothing behind it.
    ///
    /// # Errors
    /// When it is not well formed. Known extensions must be well formed too, except for the
    /// named [`Quirk`]s of the national authority. An unknown algorithm is no error here.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        Limits::check("bytes of a certificate", der.len(), MAX_BYTES)?;
        let outer = asn1::single(der, CERTIFICATE)?.expect(tag::SEQUENCE, CERTIFICATE)?;
        let mut fields = outer.inside();
        let tbs = fields.expect(tag::SEQUENCE, TBS)?;
        let signature_algorithm = AlgorithmIdentifier::read(&mut fields)?;
        // What is no whole number of octets stands under no key; the certificate can be read.
        let signature_bits = fields.expect(tag::BIT_STRING, "signature of a certificate")?;
        let signature = signature_bits.bit_octets(CERTIFICATE).unwrap_or_default();
        fields.finish(CERTIFICATE)?;

        let mut t = tbs.inside();
        let version = match t.optional_context(0, TBS)? {
            Some(explicit) => asn1::single(explicit.value, TBS)?.small(TBS)?,
            None => 0,
        };
        if version > 2 {
            return Err(Error::unsupported("certificate version", version + 1));
        }
        let serial = t.expect(tag::INTEGER, "serial number (RFC 5280 §4.1.2.2)")?;
        if !serial.is_minimal_integer() || serial.value.len() > MAX_SERIAL {
            return Err(Error::malformed("serial number (RFC 5280 §4.1.2.2)").at(serial.at));
        }
        let inner_algorithm = AlgorithmIdentifier::read(&mut t)?;
        // RFC 5280 §4.1.1.2: both must be the same, or the signature would not cover its name.
        if inner_algorithm.raw != signature_algorithm.raw {
            return Err(Error::malformed(
                "certificate: its two signature algorithms differ (RFC 5280 §4.1.1.2)",
            ));
        }
        let issuer = Name::read(&mut t)?;
        let mut period = t.sequence("Validity (RFC 5280 §4.1.2.5)")?;
        let validity = Validity {
            not_before: period.any(TBS)?.time("notBefore")?,
            not_after: period.any(TBS)?.time("notAfter")?,
        };
        period.finish("Validity (RFC 5280 §4.1.2.5)")?;
        let subject = Name::read(&mut t)?;
        let spki = t.expect(tag::SEQUENCE, "SubjectPublicKeyInfo (RFC 5280 §4.1.2.7)")?;
        let _issuer_unique_id = t.optional_context(1, TBS)?;
        let _subject_unique_id = t.optional_context(2, TBS)?;
        let mut quirks = Vec::new();
        let extensions = match t.optional_context(3, TBS)? {
            Some(_) if version != 2 => {
                return Err(Error::malformed("extensions outside version 3 (RFC 5280 §4.1.2.9)"));
            }
            Some(explicit) => Extensions::read(&mut explicit.inside(), &mut quirks)?,
            None => Extensions::default(),
        };
        t.finish(TBS)?;

        let public_key = PublicKey::from_spki(spki.raw);
        if let Ok(key) = &public_key {
            quirk::foreign_list(key.kind(), &extensions, &mut quirks);
        }
        let range = |at: usize, bytes: &[u8]| at..at + bytes.len();
        Ok(Self(Arc::new(Parsed {
            tbs: range(tbs.at, tbs.raw),
            signature_algorithm: SignatureAlgorithm::from_identifier(&signature_algorithm),
            signature: range(
                signature_bits.at + signature_bits.raw.len() - signature.len(),
                signature,
            ),
            serial: serial.value.to_vec(),
            issuer,
            validity,
            subject,
            spki: range(spki.at, spki.raw),
            public_key,
            extensions,
            quirks,
            fingerprint: OnceLock::new(),
            der: der.to_vec(),
        })))
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.0.der.get(range.clone()).unwrap_or_default()
    }

    /// The exact bytes.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.0.der
    }

    /// The signed part, exactly as signed.
    pub(crate) fn tbs(&self) -> &[u8] {
        self.slice(&self.0.tbs)
    }

    /// Whether the certificate says that it is of an authority (RFC 5280 §4.2.1.9).
    #[must_use]
    pub fn is_authority(&self) -> bool {
        self.extensions().basic_constraints.is_some_and(|basic| basic.ca)
    }

    /// Whether the certificate lets its key sign revocation lists (RFC 5280 §4.2.1.3, cRLSign).
    #[must_use]
    pub fn may_sign_lists(&self) -> bool {
        self.extensions().key_usage.is_none_or(|usage| usage.crl_sign)
    }

    /// The algorithm of the issuer's signature, or why it cannot be checked.
    ///
    /// # Errors
    /// When the algorithm is unknown.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm> {
        self.0.signature_algorithm.clone()
    }

    pub(crate) fn signature(&self) -> &[u8] {
        self.slice(&self.0.signature)
    }

    /// The content octets of the serial number, big-endian two's complement.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The issuer's name.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// The period of validity.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.0.validity
    }

    /// The subject's name as the certificate claims it.
    #[must_use]
    pub fn claimed_subject(&self) -> &Name {
        &self.0.subject
    }

    /// The SubjectPublicKeyInfo, exactly as certified.
    pub(crate) fn spki(&self) -> &[u8] {
        self.slice(&self.0.spki)
    }

    /// The certified key as a SubjectPublicKeyInfo, to name an issuer by.
    #[must_use]
    pub fn public_key_info(&self) -> &[u8] {
        self.spki()
    }

    /// The certified key.
    ///
    /// # Errors
    /// When its algorithm is unknown or it is not a valid key, for example a point off its curve.
    pub fn public_key(&self) -> Result<&PublicKey> {
        self.0.public_key.as_ref().map_err(Clone::clone)
    }

    pub(crate) fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// What the key may be used for under the national profile.
    #[must_use]
    pub fn purposes(&self) -> Purposes {
        purpose::of(self)
    }

    /// What the key may be used for under RFC 5280 alone.
    pub(crate) fn standard_purposes(&self) -> Purposes {
        purpose::by_rfc5280(self)
    }

    /// The tolerated deviations that this certificate has.
    #[must_use]
    pub fn quirks(&self) -> &[Quirk] {
        &self.0.quirks
    }

    /// Where the certificate says that delta lists are (RFC 5280 §4.2.1.15). What is served there
    /// is a delta, whatever it says of itself.
    pub fn delta_list_addresses(&self) -> impl Iterator<Item = &str> {
        self.0.extensions.freshest_crl.iter().flat_map(|p| p.uris.iter().map(String::as_str))
    }

    /// Whether subject and issuer are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.0.subject == self.0.issuer
    }

    /// The SHA-256 fingerprint of the whole certificate.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        use sha2::Digest as _;
        *self.0.fingerprint.get_or_init(|| sha2::Sha256::digest(&self.0.der).into())
    }
}

/// Certificates of people have two kilobytes; a megabyte leaves room for any authority's.
const MAX_BYTES: usize = 1 << 20;

/// RFC 5280 §4.1.2.2 asks for at most 20 octets; lists with longer ones are read too.
const MAX_SERIAL: usize = 64;

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("claimed_subject", &self.0.subject.to_string())
            .field("issuer", &self.0.issuer.to_string())
            .field("serial", &crate::text::hex(&self.0.serial))
            .finish_non_exhaustive()
    }
}

/// Reads every value of a SEQUENCE OF.
pub(crate) fn each<'a, T>(
    mut reader: Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut out = Vec::new();
    while !reader.is_done() {
        out.push(read(&mut reader)?);
    }
    Ok(out)
}
