//! Public keys: reading them with all their checks, and verifying under them.

use core::fmt;

use gost3410::{ParameterSet, Signature, VerifyingKey};
use openssl::{
    bn::BigNumContext,
    ec::{EcGroup, EcKey, EcPoint},
    nid::Nid,
    pkey::{PKey, Public},
    pkey_ctx::PkeyCtx,
    rsa::{Padding, Rsa},
};

use super::{DigestAlgorithm, SignatureAlgorithm, SignatureFault, Strength, gost_key};
use crate::{
    asn1::{self, AlgorithmIdentifier, tag},
    error::{Error, Result},
    oid,
};

/// RSA keys below this many bits prove nothing (NIST SP 800-131A rev. 2 §3).
pub(crate) const RSA_MIN_BITS: u32 = 2048;
/// RSA keys above this many bits only burn time; the authority's largest has 4096.
pub(crate) const RSA_MAX_BITS: u32 = 8192;

/// A public key with its parameter set, checked: on the curve, in the subgroup, of known form.
#[derive(Clone)]
pub struct PublicKey(Key);

#[derive(Clone)]
enum Key {
    Gost { key: VerifyingKey, algorithm: SignatureAlgorithm },
    Rsa(Rsa<Public>),
    Ec(EcKey<Public>),
}

/// What a public key is, without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// GOST 34.310-2004 on CryptoPro-A.
    Gost2004,
    /// GOST 34.10-2015, 256 bits.
    Gost2015_256,
    /// GOST 34.10-2015, 512 bits.
    Gost2015_512,
    /// GOST R 34.10-2001.
    GostR2001,
    /// GOST R 34.10-2012, 256 bits.
    GostR2012_256,
    /// GOST R 34.10-2012, 512 bits.
    GostR2012_512,
    /// RSA with so many bits.
    Rsa(u32),
    /// ECDSA on P-256 or P-384.
    Ec(u32),
}

impl KeyKind {
    /// Whether the key is of GOST 34.10-2015, whose owners sign and log in with one key.
    #[must_use]
    pub const fn is_gost2015(self) -> bool {
        matches!(self, Self::Gost2015_256 | Self::Gost2015_512)
    }

    /// Whether the key is of any GOST generation, national or Russian.
    #[must_use]
    pub const fn is_gost(self) -> bool {
        !matches!(self, Self::Rsa(_) | Self::Ec(_))
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gost2004 => f.write_str("GOST 34.310-2004"),
            Self::Gost2015_256 => f.write_str("GOST 34.10-2015, 256 bits"),
            Self::Gost2015_512 => f.write_str("GOST 34.10-2015, 512 bits"),
            Self::GostR2001 => f.write_str("GOST R 34.10-2001"),
            Self::GostR2012_256 => f.write_str("GOST R 34.10-2012, 256 bits"),
            Self::GostR2012_512 => f.write_str("GOST R 34.10-2012, 512 bits"),
            Self::Rsa(bits) => write!(f, "RSA, {bits} bits"),
            Self::Ec(bits) => write!(f, "ECDSA P-{bits}"),
        }
    }
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    ///
    /// # Errors
    /// When the key is malformed, of an unknown kind, off its curve or outside the subgroup.
    pub fn from_spki(der: &[u8]) -> Result<Self> {
        const WHAT: &str = "SubjectPublicKeyInfo (RFC 5280 §4.1.2.7)";
        let mut outer = asn1::single(der, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
        let algorithm = AlgorithmIdentifier::read(&mut outer)?;
        let key = outer.any(WHAT)?.bit_octets(WHAT)?;
        outer.finish(WHAT)?;
        Self::from_parts(&algorithm, key).map(Self)
    }

    fn from_parts(algorithm: &AlgorithmIdentifier<'_>, key: &[u8]) -> Result<Key> {
        match algorithm.oid {
            oid::RSA_ENCRYPTION => rsa_key(algorithm, key),
            oid::EC_PUBLIC_KEY => ec_key(algorithm, key),
            oid::TUMAR_KEY => {
                let key = key.strip_prefix(TUMAR_HEADER).ok_or_else(|| {
                    Error::malformed("Tumar public key: its header is not the known one")
                })?;
                gost_point(SignatureAlgorithm::Gost2004, ParameterSet::CryptoProA, key)
            }
            _ => {
                let (algorithm, set) = gost_key(algorithm)?;
                let key = asn1::single(key, "GOST public key")?;
                let key = key.expect(tag::OCTET_STRING, "GOST public key: OCTET STRING")?;
                gost_point(algorithm, set, key.value)
            }
        }
    }

    /// What kind of key it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.0 {
            Key::Gost { algorithm, .. } => match algorithm {
                SignatureAlgorithm::Gost2004 => KeyKind::Gost2004,
                SignatureAlgorithm::Gost2015_256 => KeyKind::Gost2015_256,
                SignatureAlgorithm::GostR2001 => KeyKind::GostR2001,
                SignatureAlgorithm::GostR2012_256 => KeyKind::GostR2012_256,
                SignatureAlgorithm::GostR2012_512 => KeyKind::GostR2012_512,
                _ => KeyKind::Gost2015_512,
            },
            Key::Rsa(rsa) => KeyKind::Rsa(rsa.size().saturating_mul(8)),
            Key::Ec(ec) => KeyKind::Ec(ec.group().degree()),
        }
    }

    /// Checks a signature over `message`.
    ///
    /// # Errors
    /// The [`SignatureFault`] that tells why it does not stand.
    pub fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
        strength: Strength,
    ) -> Result<(), SignatureFault> {
        self.verify_digest(algorithm, &algorithm.digest().digest(message), signature, strength)
    }

    /// Checks a signature over the digest that `algorithm` names.
    ///
    /// # Errors
    /// The [`SignatureFault`] that tells why it does not stand.
    pub fn verify_digest(
        &self,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
        signature: &[u8],
        strength: Strength,
    ) -> Result<(), SignatureFault> {
        match (&self.0, algorithm) {
            (Key::Gost { key, algorithm: own }, _) if *own == algorithm => {
                let signature = Signature::from_bytes(
                    key.parameter_set(),
                    algorithm.gost_encoding(),
                    signature,
                )
                .map_err(|_| SignatureFault::Encoding)?;
                key.verify(digest, &signature).map_err(|_| SignatureFault::Mismatch)
            }
            (Key::Rsa(key), SignatureAlgorithm::RsaPkcs1(hash)) => {
                if hash == DigestAlgorithm::Sha1 && !strength.sha1 {
                    return Err(SignatureFault::NotAllowed);
                }
                let bits = key.n().num_bits().unsigned_abs();
                if !(RSA_MIN_BITS..=RSA_MAX_BITS).contains(&bits) {
                    return Err(SignatureFault::NotAllowed);
                }
                if signature.len() != key.size() as usize {
                    return Err(SignatureFault::Encoding);
                }
                let md = hash.openssl().ok_or(SignatureFault::AlgorithmMismatch)?;
                rsa_verify(key, md, digest, signature)
            }
            (Key::Ec(key), SignatureAlgorithm::Ecdsa(hash)) => {
                if hash == DigestAlgorithm::Sha1 {
                    return Err(SignatureFault::NotAllowed);
                }
                let signature = openssl::ecdsa::EcdsaSig::from_der(signature)
                    .map_err(|_| SignatureFault::Encoding)?;
                match signature.verify(digest, key) {
                    Ok(true) => Ok(()),
                    Ok(false) | Err(_) => Err(SignatureFault::Mismatch),
                }
            }
            _ => Err(SignatureFault::AlgorithmMismatch),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicKey").field(&self.kind()).finish()
    }
}

fn rsa_verify(
    key: &Rsa<Public>,
    md: &openssl::md::MdRef,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureFault> {
    let verified = (|| {
        let key = PKey::from_rsa(key.clone())?;
        let mut context = PkeyCtx::new(&key)?;
        context.verify_init()?;
        context.set_rsa_padding(Padding::PKCS1)?;
        context.set_signature_md(md)?;
        context.verify(digest, signature)
    })();
    match verified {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(SignatureFault::Mismatch),
    }
}

/// kz-pki: the CAPI-like header of the Tumar keys of two SDK certificates: "\0EC1", 0x200 bits.
pub(crate) const TUMAR_HEADER: &[u8] = &[
    0x06, 0x02, 0x00, 0x00, 0x3a, 0xaa, 0x00, 0x00, 0x00, 0x45, 0x43, 0x31, 0x00, 0x02, 0x00, 0x00,
];

fn gost_point(algorithm: SignatureAlgorithm, set: ParameterSet, key: &[u8]) -> Result<Key> {
    let key = VerifyingKey::from_bytes(set, key)
        .map_err(|_| Error::malformed("GOST public key: not a point of its curve and subgroup"))?;
    Ok(Key::Gost { key, algorithm })
}

fn rsa_key(algorithm: &AlgorithmIdentifier<'_>, key: &[u8]) -> Result<Key> {
    const WHAT: &str = "RSAPublicKey (RFC 8017 §A.1.1)";
    if !algorithm.has_no_parameters() {
        return Err(Error::malformed("parameters of an RSA key"));
    }
    // Strict DER of two positive integers, before OpenSSL reads it with more patience.
    let mut parts = asn1::single(key, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
    let modulus = parts.expect(tag::INTEGER, WHAT)?;
    let exponent = parts.expect(tag::INTEGER, WHAT)?;
    parts.finish(WHAT)?;
    if modulus.value.len() > RSA_MAX_BITS as usize / 8 + 1 || exponent.value.len() > 8 {
        return Err(Error::over_budget("bits of an RSA key", RSA_MAX_BITS.into()));
    }
    let rsa = Rsa::public_key_from_der_pkcs1(key).map_err(|_| Error::malformed(WHAT))?;
    // RFC 8017 §3.1: both are odd, the exponent is at least 3.
    let odd = |value: &[u8]| value.last().is_some_and(|b| b & 1 == 1);
    let negative = |value: &[u8]| value.first().is_none_or(|b| b & 0x80 != 0);
    if negative(modulus.value) || negative(exponent.value) || !odd(modulus.value) {
        return Err(Error::malformed(WHAT));
    }
    if !odd(exponent.value) || exponent.value == [1] {
        return Err(Error::malformed("exponent of an RSA key (RFC 8017 §3.1)"));
    }
    Ok(Key::Rsa(rsa))
}

fn ec_key(algorithm: &AlgorithmIdentifier<'_>, key: &[u8]) -> Result<Key> {
    const WHAT: &str = "ECPoint (RFC 5480 §2.2)";
    let parameters = algorithm.parameters.ok_or(Error::malformed("parameters of an EC key"))?;
    let nid = match parameters.oid("named curve (RFC 5480 §2.1.1)")? {
        oid::P256 => Nid::X9_62_PRIME256V1,
        oid::P384 => Nid::SECP384R1,
        other => return Err(Error::unsupported("elliptic curve", oid::describe(other))),
    };
    let built = (|| {
        let group = EcGroup::from_curve_name(nid)?;
        let mut context = BigNumContext::new()?;
        let point = EcPoint::from_bytes(&group, key, &mut context)?;
        let key = EcKey::from_public_key(&group, &point)?;
        key.check_key()?;
        Ok::<_, openssl::error::ErrorStack>(key)
    })();
    built.map(Key::Ec).map_err(|_| Error::malformed(WHAT))
}
