//! The one table of algorithms: the only code that maps an identifier to an implementation, and
//! what strength is allowed.
//!
//! Everything else in the crate speaks of [`DigestAlgorithm`], [`SignatureAlgorithm`] and
//! [`PublicKey`]. Nothing is negotiable: a key has one parameter set, a signature one digest.

use core::fmt;

use der::asn1::ObjectIdentifier as Oid;
use gost3410::{Encoding, ParameterSet, Signature, VerifyingKey};
use openssl::{
    bn::BigNumContext,
    ec::{EcGroup, EcKey, EcPoint},
    md::Md,
    nid::Nid,
    pkey::{PKey, Public},
    pkey_ctx::PkeyCtx,
    rsa::{Padding, Rsa},
};
use sha2::Digest as _;

use crate::{
    asn1::{self, AlgorithmIdentifier, tag},
    error::{Error, Result},
    oid,
};

/// A message digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// GOST 34.311-95 with the test parameter set, as the national PKI uses it.
    Gost3411,
    /// GOST 34.11-2015, 256 bits (RFC 6986).
    Streebog256,
    /// GOST 34.11-2015, 512 bits (RFC 6986).
    Streebog512,
    /// SHA-1: read where old formats name things by it, never accepted under a signature.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    pub(crate) fn from_identifier(identifier: &AlgorithmIdentifier<'_>) -> Result<Self> {
        let digest = Self::from_oid(identifier.oid)?;
        if identifier.has_no_parameters() {
            Ok(digest)
        } else {
            Err(Error::malformed("parameters of a digest algorithm (RFC 5754 §2)"))
        }
    }

    pub(crate) fn from_oid(identifier: Oid) -> Result<Self> {
        Ok(match identifier {
            oid::KZ_GOST3411_95 => Self::Gost3411,
            oid::KZ_STREEBOG_256 => Self::Streebog256,
            oid::KZ_STREEBOG_512 => Self::Streebog512,
            oid::SHA1 => Self::Sha1,
            oid::SHA256 => Self::Sha256,
            oid::SHA384 => Self::Sha384,
            oid::SHA512 => Self::Sha512,
            other => return Err(Error::unsupported("digest algorithm", oid::describe(other))),
        })
    }

    pub(crate) const fn oid(self) -> Oid {
        match self {
            Self::Gost3411 => oid::KZ_GOST3411_95,
            Self::Streebog256 => oid::KZ_STREEBOG_256,
            Self::Streebog512 => oid::KZ_STREEBOG_512,
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    /// The digest's AlgorithmIdentifier as the national software writes it, with NULL.
    pub(crate) fn identifier(self) -> Vec<u8> {
        asn1::sequence(&[asn1::oid(self.oid()), asn1::null()])
    }

    /// Bytes of the digest.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "no digest is empty")]
    pub const fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Gost3411 | Self::Streebog256 | Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Streebog512 | Self::Sha512 => 64,
        }
    }

    /// Starts a digest.
    #[must_use]
    pub fn hasher(self) -> Hasher {
        Hasher(match self {
            Self::Gost3411 => State::Gost3411(Box::default()),
            Self::Streebog256 => State::Streebog256(Box::default()),
            Self::Streebog512 => State::Streebog512(Box::default()),
            Self::Sha1 => State::Sha1(Box::default()),
            Self::Sha256 => State::Sha256(Box::default()),
            Self::Sha384 => State::Sha384(Box::default()),
            Self::Sha512 => State::Sha512(Box::default()),
        })
    }

    /// The digest of `data`, in the order in which the algorithm puts it out.
    #[must_use]
    pub fn digest(self, data: &[u8]) -> Vec<u8> {
        let mut hasher = self.hasher();
        hasher.update(data);
        hasher.finish()
    }

    pub(crate) fn openssl(self) -> Option<&'static openssl::md::MdRef> {
        Some(match self {
            Self::Sha1 => Md::sha1(),
            Self::Sha256 => Md::sha256(),
            Self::Sha384 => Md::sha384(),
            Self::Sha512 => Md::sha512(),
            Self::Gost3411 | Self::Streebog256 | Self::Streebog512 => return None,
        })
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gost3411 => "GOST 34.311-95",
            Self::Streebog256 => "GOST 34.11-2015-256",
            Self::Streebog512 => "GOST 34.11-2015-512",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}

/// A digest being computed.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Gost3411(Box<gost94::Gost94Test>),
    Streebog256(Box<streebog::Streebog256>),
    Streebog512(Box<streebog::Streebog512>),
    Sha1(Box<sha1::Sha1>),
    Sha256(Box<sha2::Sha256>),
    Sha384(Box<sha2::Sha384>),
    Sha512(Box<sha2::Sha512>),
}

macro_rules! each_state {
    ($state:expr, $h:ident => $body:expr) => {
        match $state {
            State::Gost3411($h) => $body,
            State::Streebog256($h) => $body,
            State::Streebog512($h) => $body,
            State::Sha1($h) => $body,
            State::Sha256($h) => $body,
            State::Sha384($h) => $body,
            State::Sha512($h) => $body,
        }
    };
}

impl Hasher {
    /// Adds the next bytes.
    pub fn update(&mut self, data: &[u8]) {
        each_state!(&mut self.0, h => h.update(data));
    }

    /// Ends the digest.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        each_state!(self.0, h => h.finalize().to_vec())
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").finish_non_exhaustive()
    }
}

/// A signature algorithm with its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// GOST 34.310-2004 with GOST 34.311-95.
    Gost2004,
    /// GOST 34.10-2015 with GOST 34.11-2015, 256 bits.
    Gost2015_256,
    /// GOST 34.10-2015 with GOST 34.11-2015, 512 bits.
    Gost2015_512,
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1(DigestAlgorithm),
    /// ECDSA (FIPS 186-4), the signature as a SEQUENCE of two INTEGERs.
    Ecdsa(DigestAlgorithm),
}

impl SignatureAlgorithm {
    /// The algorithm of a certificate, a list or any place where the digest is part of the name.
    pub(crate) fn from_identifier(identifier: &AlgorithmIdentifier<'_>) -> Result<Self> {
        if !identifier.has_no_parameters() {
            return Err(Error::malformed("parameters of a signature algorithm"));
        }
        use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
        Ok(match identifier.oid {
            oid::KZ_GOST2004_SIGNATURE => Self::Gost2004,
            oid::KZ_GOST2015_256_SIGNATURE => Self::Gost2015_256,
            oid::KZ_GOST2015_512_SIGNATURE => Self::Gost2015_512,
            oid::SHA1_WITH_RSA => Self::RsaPkcs1(Sha1),
            oid::SHA256_WITH_RSA => Self::RsaPkcs1(Sha256),
            oid::SHA384_WITH_RSA => Self::RsaPkcs1(Sha384),
            oid::SHA512_WITH_RSA => Self::RsaPkcs1(Sha512),
            oid::ECDSA_SHA256 => Self::Ecdsa(Sha256),
            oid::ECDSA_SHA384 => Self::Ecdsa(Sha384),
            oid::ECDSA_SHA512 => Self::Ecdsa(Sha512),
            other => return Err(Error::unsupported("signature algorithm", oid::describe(other))),
        })
    }

    /// The algorithm of a SignerInfo, where some signers write the key's identifier and leave the
    /// digest to `digestAlgorithm` (RFC 3370 §3.2; the national native SDK does it for GOST too).
    pub(crate) fn of_signer_info(
        identifier: &AlgorithmIdentifier<'_>,
        digest: DigestAlgorithm,
    ) -> Result<Self> {
        match identifier.oid {
            oid::KZ_GOST2004_KEY => Ok(Self::Gost2004),
            oid::KZ_GOST2015_256_KEY => Ok(Self::Gost2015_256),
            oid::KZ_GOST2015_512_KEY => Ok(Self::Gost2015_512),
            oid::RSA_ENCRYPTION => Ok(Self::RsaPkcs1(digest)),
            _ => Self::from_identifier(identifier),
        }
    }

    /// The digest that is signed.
    #[must_use]
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Gost2004 => DigestAlgorithm::Gost3411,
            Self::Gost2015_256 => DigestAlgorithm::Streebog256,
            Self::Gost2015_512 => DigestAlgorithm::Streebog512,
            Self::RsaPkcs1(digest) | Self::Ecdsa(digest) => digest,
        }
    }

    /// The AlgorithmIdentifier that signing writes.
    pub(crate) fn identifier(self) -> Result<Vec<u8>> {
        use DigestAlgorithm::{Sha256, Sha384, Sha512};
        let (oid, null) = match self {
            Self::Gost2004 => (oid::KZ_GOST2004_SIGNATURE, true),
            Self::Gost2015_256 => (oid::KZ_GOST2015_256_SIGNATURE, true),
            Self::Gost2015_512 => (oid::KZ_GOST2015_512_SIGNATURE, true),
            Self::RsaPkcs1(Sha256) => (oid::SHA256_WITH_RSA, true),
            Self::RsaPkcs1(Sha384) => (oid::SHA384_WITH_RSA, true),
            Self::RsaPkcs1(Sha512) => (oid::SHA512_WITH_RSA, true),
            // RFC 5758 §3.2: the parameters of ECDSA are absent.
            Self::Ecdsa(Sha256) => (oid::ECDSA_SHA256, false),
            Self::Ecdsa(Sha384) => (oid::ECDSA_SHA384, false),
            Self::Ecdsa(Sha512) => (oid::ECDSA_SHA512, false),
            Self::RsaPkcs1(_) | Self::Ecdsa(_) => {
                return Err(Error::unsupported("signature algorithm for signing", self));
            }
        };
        let mut parts = vec![asn1::oid(oid)];
        if null {
            parts.push(asn1::null());
        }
        Ok(asn1::sequence(&parts))
    }
}

/// The short name used in reports: `GOST2015-512`, `RSA-SHA256` and so on.
impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |d: DigestAlgorithm| match d {
            DigestAlgorithm::Sha1 => "SHA1",
            DigestAlgorithm::Sha256 => "SHA256",
            DigestAlgorithm::Sha384 => "SHA384",
            DigestAlgorithm::Sha512 => "SHA512",
            DigestAlgorithm::Gost3411 => "GOST34311",
            DigestAlgorithm::Streebog256 => "STREEBOG256",
            DigestAlgorithm::Streebog512 => "STREEBOG512",
        };
        match *self {
            Self::Gost2004 => f.write_str("GOST2004"),
            Self::Gost2015_256 => f.write_str("GOST2015-256"),
            Self::Gost2015_512 => f.write_str("GOST2015-512"),
            Self::RsaPkcs1(d) => write!(f, "RSA-{}", short(d)),
            Self::Ecdsa(d) => write!(f, "ECDSA-{}", short(d)),
        }
    }
}

/// Why a signature value does not stand under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureFault {
    /// The value has the wrong length or form, or a part of it is out of range.
    Encoding,
    /// The algorithm does not go with this kind of key, or with this digest.
    AlgorithmMismatch,
    /// The algorithm or the key is too weak to prove anything.
    NotAllowed,
    /// The value was not made by this key over these bytes.
    Mismatch,
}

/// Which weak algorithms may be used in verification. The default allows none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Strength {
    pub(crate) sha1: bool,
}

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

    /// Whether the key is of any GOST generation.
    #[must_use]
    pub const fn is_gost(self) -> bool {
        matches!(self, Self::Gost2004 | Self::Gost2015_256 | Self::Gost2015_512)
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gost2004 => f.write_str("GOST 34.310-2004"),
            Self::Gost2015_256 => f.write_str("GOST 34.10-2015, 256 bits"),
            Self::Gost2015_512 => f.write_str("GOST 34.10-2015, 512 bits"),
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
                gost_key(SignatureAlgorithm::Gost2004, key)
            }
            _ => {
                let algorithm = gost_key_algorithm(algorithm)?;
                let key = asn1::single(key, "GOST public key")?;
                let key = key.expect(tag::OCTET_STRING, "GOST public key: OCTET STRING")?;
                gost_key(algorithm, key.value)
            }
        }
    }

    /// What kind of key it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.0 {
            Key::Gost { algorithm: SignatureAlgorithm::Gost2004, .. } => KeyKind::Gost2004,
            Key::Gost { algorithm: SignatureAlgorithm::Gost2015_256, .. } => KeyKind::Gost2015_256,
            Key::Gost { .. } => KeyKind::Gost2015_512,
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
                let signature =
                    Signature::from_bytes(key.parameter_set(), Encoding::Kazakh, signature)
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

/// kz-pki: the CAPI-like header of the Tumar keys of two SDK certificates: "EC1\0", 0x200 bits.
pub(crate) const TUMAR_HEADER: &[u8] = &[
    0x06, 0x02, 0x00, 0x00, 0x3a, 0xaa, 0x00, 0x00, 0x45, 0x43, 0x31, 0x00, 0x00, 0x02, 0x00, 0x00,
];

/// The GOST algorithm that a key's AlgorithmIdentifier names, its parameters checked.
pub(crate) fn gost_key_algorithm(
    identifier: &AlgorithmIdentifier<'_>,
) -> Result<SignatureAlgorithm> {
    const WHAT: &str = "parameters of a GOST key";
    let (algorithm, curve, digest) = match identifier.oid {
        oid::KZ_GOST2004_KEY => {
            (SignatureAlgorithm::Gost2004, oid::KZ_GOST2004_CURVE, oid::KZ_GOST2004_KEY_DIGEST)
        }
        oid::KZ_GOST2015_256_KEY => {
            (SignatureAlgorithm::Gost2015_256, oid::KZ_GOST2015_256_CURVE, oid::KZ_STREEBOG_256)
        }
        oid::KZ_GOST2015_512_KEY => {
            (SignatureAlgorithm::Gost2015_512, oid::KZ_GOST2015_512_CURVE, oid::KZ_STREEBOG_512)
        }
        other => return Err(Error::unsupported("public key algorithm", oid::describe(other))),
    };
    let parameters = identifier.parameters.ok_or(Error::malformed(WHAT))?;
    let mut parameters = parameters.expect(tag::SEQUENCE, WHAT)?.inside();
    let named_curve = parameters.oid(WHAT)?;
    if named_curve != curve {
        return Err(Error::unsupported("GOST parameter set", oid::describe(named_curve)));
    }
    if let Some(named) = parameters.optional(tag::OID, WHAT)? {
        let named = named.oid(WHAT)?;
        if named != digest {
            return Err(Error::unsupported("digest of a GOST key", oid::describe(named)));
        }
    }
    parameters.finish(WHAT)?;
    Ok(algorithm)
}

pub(crate) fn gost_parameter_set(algorithm: SignatureAlgorithm) -> Result<ParameterSet> {
    match algorithm {
        SignatureAlgorithm::Gost2004 => Ok(ParameterSet::CryptoProA),
        SignatureAlgorithm::Gost2015_256 => Ok(ParameterSet::Tc26Gost256A),
        SignatureAlgorithm::Gost2015_512 => Ok(ParameterSet::Tc26Gost512A),
        other => Err(Error::unsupported("GOST algorithm", other)),
    }
}

fn gost_key(algorithm: SignatureAlgorithm, key: &[u8]) -> Result<Key> {
    let set = gost_parameter_set(algorithm)?;
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
