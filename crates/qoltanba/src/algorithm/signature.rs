//! Signature algorithms, what is wrong with a value, and which weak ones may be used.

use core::fmt;

use super::DigestAlgorithm;
use crate::{
    asn1::{self, AlgorithmIdentifier},
    error::{Error, Result},
    oid,
};

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
    /// GOST R 34.10-2001 with GOST R 34.11-94 (RFC 4491).
    GostR2001,
    /// GOST R 34.10-2012 with GOST R 34.11-2012, 256 bits (RFC 9215).
    GostR2012_256,
    /// GOST R 34.10-2012 with GOST R 34.11-2012, 512 bits (RFC 9215).
    GostR2012_512,
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
            oid::RU_GOST2001_SIGNATURE => Self::GostR2001,
            oid::RU_GOST2012_256_SIGNATURE => Self::GostR2012_256,
            oid::RU_GOST2012_512_SIGNATURE => Self::GostR2012_512,
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
    /// digest to `digestAlgorithm` (RFC 3370 §3.2, RFC 4490 §3; the national native SDK does it too).
    pub(crate) fn of_signer_info(
        identifier: &AlgorithmIdentifier<'_>,
        digest: DigestAlgorithm,
    ) -> Result<Self> {
        match identifier.oid {
            oid::KZ_GOST2004_KEY => Ok(Self::Gost2004),
            oid::KZ_GOST2015_256_KEY => Ok(Self::Gost2015_256),
            oid::KZ_GOST2015_512_KEY => Ok(Self::Gost2015_512),
            oid::RU_GOST2001_KEY => Ok(Self::GostR2001),
            oid::RU_GOST2012_256_KEY => Ok(Self::GostR2012_256),
            oid::RU_GOST2012_512_KEY => Ok(Self::GostR2012_512),
            oid::RSA_ENCRYPTION => Ok(Self::RsaPkcs1(digest)),
            _ => Self::from_identifier(identifier),
        }
    }

    /// The digest that is signed.
    #[must_use]
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Gost2004 => DigestAlgorithm::Gost3411,
            Self::GostR2001 => DigestAlgorithm::Gost3411CryptoPro,
            Self::Gost2015_256 | Self::GostR2012_256 => DigestAlgorithm::Streebog256,
            Self::Gost2015_512 | Self::GostR2012_512 => DigestAlgorithm::Streebog512,
            Self::RsaPkcs1(digest) | Self::Ecdsa(digest) => digest,
        }
    }

    /// The AlgorithmIdentifier of [`digest`](Self::digest) that goes with this one: a Russian
    /// signature names its digest by the Russian identifier.
    pub(crate) fn digest_identifier(self) -> Vec<u8> {
        let oid = match self {
            Self::GostR2012_256 => oid::RU_STREEBOG_256,
            Self::GostR2012_512 => oid::RU_STREEBOG_512,
            _ => self.digest().oid(),
        };
        asn1::sequence(&[asn1::oid(oid), asn1::null()])
    }

    /// The AlgorithmIdentifier that signing writes.
    pub(crate) fn identifier(self) -> Result<Vec<u8>> {
        use DigestAlgorithm::{Sha256, Sha384, Sha512};
        let (oid, null) = match self {
            Self::Gost2004 => (oid::KZ_GOST2004_SIGNATURE, true),
            Self::Gost2015_256 => (oid::KZ_GOST2015_256_SIGNATURE, true),
            Self::Gost2015_512 => (oid::KZ_GOST2015_512_SIGNATURE, true),
            // RFC 4491 §2.2.1 writes NULL; RFC 9215 §2 writes nothing.
            Self::GostR2001 => (oid::RU_GOST2001_SIGNATURE, true),
            Self::GostR2012_256 => (oid::RU_GOST2012_256_SIGNATURE, false),
            Self::GostR2012_512 => (oid::RU_GOST2012_512_SIGNATURE, false),
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
            DigestAlgorithm::Gost3411CryptoPro => "GOSTR341194",
            DigestAlgorithm::Streebog256 => "STREEBOG256",
            DigestAlgorithm::Streebog512 => "STREEBOG512",
        };
        match *self {
            Self::Gost2004 => f.write_str("GOST2004"),
            Self::Gost2015_256 => f.write_str("GOST2015-256"),
            Self::Gost2015_512 => f.write_str("GOST2015-512"),
            Self::GostR2001 => f.write_str("GOSTR2001"),
            Self::GostR2012_256 => f.write_str("GOSTR2012-256"),
            Self::GostR2012_512 => f.write_str("GOSTR2012-512"),
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
