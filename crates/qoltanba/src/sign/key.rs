//! Private keys held in memory.

use std::fmt;

use gost3410::Encoding;
use openssl::{
    ec::{EcGroup, EcKey},
    error::ErrorStack,
    nid::Nid,
    pkey::{PKey, Private},
    pkey_ctx::PkeyCtx,
    rsa::{Padding, Rsa},
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{
    SigningKey,
    pkcs8::{self, Parts},
    pkcs12::{Password, Work},
};
use crate::{
    algorithm::{
        DigestAlgorithm, KeyKind, PublicKey, RSA_MIN_BITS, SignatureAlgorithm, Strength,
        TUMAR_HEADER, new_gost_key,
    },
    asn1,
    budget::Limits,
    error::{Error, ErrorKind, Result},
};

/// A private key in memory, overwritten when dropped.
///
/// ```
/// use qoltanba::{
///     algorithm::{PublicKey, SignatureAlgorithm, Strength},
///     sign::{PrivateKey, SigningKey},
/// };
///
/// # fn sign(rng: &mut dyn rand_core::CryptoRng) -> qoltanba::Result<()> {
/// let key = PrivateKey::generate(SignatureAlgorithm::Gost2015_512, rng)?;
/// let kept = key.to_pkcs8()?;
///
/// let key = PrivateKey::from_pkcs8(&kept)?;
/// let signature = key.sign(b"a message", rng)?;
///
/// let public = PublicKey::from_spki(key.public_key_info())?;
/// assert!(public.verify(key.algorithm(), b"a message", &signature, Strength::default()).is_ok());
/// # Ok(())
/// # }
/// ```
pub struct PrivateKey {
    pub(super) secret: Secret,
    algorithm: SignatureAlgorithm,
    kind: KeyKind,
    spki: Vec<u8>,
}

pub(super) enum Secret {
    Gost {
        key: gost3410::SigningKey,
        layout: Layout,
        /// The AlgorithmIdentifier as it was read: the same octets stand in the certificate.
        identifier: Vec<u8>,
    },
    Rsa(Rsa<Private>),
    Ec(EcKey<Private>),
}

/// How the number and the point of a GOST key are wrapped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    National,
    /// RFC 9215 for the point, RFC 9337 for the number.
    Russian,
    /// The keys of Tumar devices: a header of their own before the point.
    Tumar,
}

impl Layout {
    pub(super) const fn of(algorithm: SignatureAlgorithm) -> Self {
        match algorithm.gost_encoding() {
            Encoding::Kazakh => Self::National,
            Encoding::Rfc => Self::Russian,
        }
    }
}

impl PrivateKey {
    /// A new key for signatures of `algorithm`: RSA gets 2048 bits, ECDSA with SHA-256 the curve
    /// P-256 and with SHA-384 the curve P-384.
    ///
    /// GOST keys come from `rng`; RSA and ECDSA keys from OpenSSL's own generator.
    ///
    /// # Errors
    /// When keys for the algorithm are not made here, or the source of randomness fails.
    pub fn generate(algorithm: SignatureAlgorithm, rng: &mut dyn CryptoRng) -> Result<Self> {
        let secret = match algorithm {
            SignatureAlgorithm::RsaPkcs1(_) => Secret::Rsa(Rsa::generate(2048).map_err(failed)?),
            SignatureAlgorithm::Ecdsa(digest) => {
                let curve = match digest {
                    DigestAlgorithm::Sha256 => Nid::X9_62_PRIME256V1,
                    DigestAlgorithm::Sha384 => Nid::SECP384R1,
                    _ => return Err(Error::unsupported("algorithm of a new key", algorithm)),
                };
                let group = EcGroup::from_curve_name(curve).map_err(failed)?;
                Secret::Ec(EcKey::generate(&group).map_err(failed)?)
            }
            gost => {
                let (set, identifier) = new_gost_key(gost)?;
                let key = gost3410::SigningKey::from_random(set, |octets| rng.fill_bytes(octets))
                    .map_err(|_| {
                    Error::misuse("the source of randomness gives no usable key")
                })?;
                Secret::Gost { key, layout: Layout::of(gost), identifier }
            }
        };
        Self::new(secret, algorithm)
    }

    /// Reads a DER PrivateKeyInfo (PKCS#8, RFC 5958 §2), in the national forms too.
    ///
    /// An RSA key will sign with SHA-256, a key on P-384 with SHA-384; see
    /// [`with_digest`](Self::with_digest).
    ///
    /// # Errors
    /// When it is malformed, of an unknown kind, or not a private key of its parameter set.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self> {
        let Parts { secret, algorithm } = pkcs8::read(der)?;
        Self::new(secret, algorithm)
    }

    /// Reads a DER EncryptedPrivateKeyInfo (RFC 5958 §3).
    ///
    /// # Errors
    /// As [`from_pkcs8`](Self::from_pkcs8), and when the password does not fit, the encryption is
    /// unknown or the key derivation is over the limit.
    pub fn from_encrypted_pkcs8(der: &[u8], password: &Password, limits: &Limits) -> Result<Self> {
        let mut work = Work::new(limits);
        let (scheme, data) = pkcs8::read_encrypted(der, &work)?;
        // No MAC tells a wrong password from damage here: both end in octets that are no key.
        let not_a_key = |error: Error| match error.kind() {
            ErrorKind::Malformed { .. } => Error::wrong_password(),
            _ => error,
        };
        let plain = scheme.decrypt(data, &password.known_form(), &mut work).map_err(not_a_key)?;
        Self::from_pkcs8(&plain).map_err(not_a_key)
    }

    /// Reads the first private key of a PEM text: `PRIVATE KEY`, or `ENCRYPTED PRIVATE KEY` with
    /// its password.
    ///
    /// # Errors
    /// When there is none, or as the readers of the DER forms.
    pub fn from_pem(text: &str, password: Option<&Password>, limits: &Limits) -> Result<Self> {
        match (pkcs8::from_pem(text)?, password) {
            (pkcs8::Pem::Plain(der), _) => Self::from_pkcs8(&der),
            (pkcs8::Pem::Encrypted(der), Some(password)) => {
                Self::from_encrypted_pkcs8(&der, password, limits)
            }
            (pkcs8::Pem::Encrypted(_), None) => {
                Err(Error::misuse("the private key is encrypted: give its password"))
            }
        }
    }

    pub(super) fn new(secret: Secret, algorithm: SignatureAlgorithm) -> Result<Self> {
        let spki = match &secret {
            Secret::Gost { key, layout, identifier } => {
                let point = key.verifying_key().to_bytes();
                let octets = match layout {
                    Layout::National | Layout::Russian => asn1::octet_string(&point),
                    Layout::Tumar => [TUMAR_HEADER, &*point].concat(),
                };
                asn1::sequence(&[identifier.as_slice(), &asn1::bit_string(&octets)])
            }
            Secret::Rsa(rsa) => rsa.public_key_to_der().map_err(failed)?,
            Secret::Ec(ec) => ec.public_key_to_der().map_err(failed)?,
        };
        let public = PublicKey::from_spki(&spki)?;
        let key = Self { secret, algorithm, kind: public.kind(), spki };
        if let Secret::Rsa(rsa) = &key.secret {
            check_pair(rsa, &public)?;
        }
        Ok(key)
    }

    /// The same key with another digest under its signatures: SHA-256, SHA-384 or SHA-512.
    ///
    /// # Errors
    /// When the key is a GOST key, which has one digest, or the digest is not one of these.
    pub fn with_digest(mut self, digest: DigestAlgorithm) -> Result<Self> {
        let algorithm = match self.algorithm {
            SignatureAlgorithm::RsaPkcs1(_) => SignatureAlgorithm::RsaPkcs1(digest),
            SignatureAlgorithm::Ecdsa(_) => SignatureAlgorithm::Ecdsa(digest),
            gost if gost.digest() == digest => gost,
            _ => return Err(Error::unsupported("digest for this key", digest)),
        };
        algorithm.identifier()?;
        self.algorithm = algorithm;
        Ok(self)
    }

    /// Writes the key as a DER PrivateKeyInfo (PKCS#8, RFC 5958 §2). It is not encrypted.
    ///
    /// # Errors
    /// When OpenSSL cannot encode the key.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>> {
        pkcs8::write(&self.secret)
    }

    /// What kind of key it is.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }
}

/// Shows the kind of the key and nothing of its value.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PrivateKey").field(&self.kind).finish()
    }
}

impl SigningKey for PrivateKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key_info(&self) -> &[u8] {
        &self.spki
    }

    /// GOST signatures mix `rng` into their one-time number; ECDSA uses OpenSSL's own generator;
    /// RSA needs none.
    fn sign_digest(&self, digest: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        if digest.len() != self.algorithm.digest().len() {
            return Err(Error::misuse("the digest has another length than the key's algorithm"));
        }
        match &self.secret {
            Secret::Gost { key, .. } => {
                let mut added = Zeroizing::new([0; 32]);
                rng.fill_bytes(added.as_mut_slice());
                let signature = key
                    .sign(digest, &added)
                    .map_err(|_| Error::misuse("the digest does not fit the key"))?;
                Ok(signature.to_bytes(self.algorithm.gost_encoding()).to_vec())
            }
            Secret::Rsa(rsa) => {
                if rsa.n().num_bits().unsigned_abs() < RSA_MIN_BITS {
                    return Err(Error::unsupported("RSA key for signing: too short", self.kind));
                }
                rsa_sign(rsa, self.algorithm.digest(), digest).map_err(failed)
            }
            Secret::Ec(ec) => openssl::ecdsa::EcdsaSig::sign(digest, ec)
                .and_then(|signature| signature.to_der())
                .map_err(failed),
        }
    }
}

fn rsa_sign(
    key: &Rsa<Private>,
    algorithm: DigestAlgorithm,
    digest: &[u8],
) -> Result<Vec<u8>, ErrorStack> {
    let key = PKey::from_rsa(key.clone())?;
    let mut context = PkeyCtx::new(&key)?;
    context.sign_init()?;
    context.set_rsa_padding(Padding::PKCS1)?;
    if let Some(md) = algorithm.openssl() {
        context.set_signature_md(md)?;
    }
    let mut signature = Vec::new();
    context.sign_to_vec(digest, &mut signature)?;
    Ok(signature)
}

/// A private exponent or a prime that does not belong to the modulus is found by one signature;
/// the public half alone would not tell.
fn check_pair(key: &Rsa<Private>, public: &PublicKey) -> Result<()> {
    const WHAT: &str = "RSA private key: its numbers do not belong together";
    let digest = [0x51; 32];
    let signature =
        rsa_sign(key, DigestAlgorithm::Sha256, &digest).map_err(|_| Error::malformed(WHAT))?;
    if key.n().num_bits().unsigned_abs() < RSA_MIN_BITS {
        return Ok(());
    }
    public
        .verify_digest(
            SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
            &digest,
            &signature,
            Strength::default(),
        )
        .map_err(|_| Error::malformed(WHAT))
}

pub(super) fn failed(_: ErrorStack) -> Error {
    Error::misuse("OpenSSL could not use the private key")
}
