//! Message digests.

use core::fmt;

use der::asn1::ObjectIdentifier as Oid;
use openssl::md::Md;
use sha2::Digest as _;

use crate::{
    asn1::{self, AlgorithmIdentifier},
    error::{Error, Result},
    oid,
};

/// A message digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// GOST 34.311-95 with the test parameter set, as the national PKI uses it.
    Gost3411,
    /// GOST R 34.11-94 with the parameter set of CryptoPro (RFC 4357 §11.2), as Russia used it.
    Gost3411CryptoPro,
    /// GOST 34.11-2015, which is GOST R 34.11-2012, 256 bits (RFC 6986).
    Streebog256,
    /// GOST 34.11-2015, which is GOST R 34.11-2012, 512 bits (RFC 6986).
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
            oid::RU_GOST3411_94 => Self::Gost3411CryptoPro,
            oid::KZ_STREEBOG_256 | oid::RU_STREEBOG_256 => Self::Streebog256,
            oid::KZ_STREEBOG_512 | oid::RU_STREEBOG_512 => Self::Streebog512,
            oid::SHA1 => Self::Sha1,
            oid::SHA256 => Self::Sha256,
            oid::SHA384 => Self::Sha384,
            oid::SHA512 => Self::Sha512,
            other => return Err(Error::unsupported("digest algorithm", oid::describe(other))),
        })
    }

    /// The identifier that is written, the national one where there are two.
    pub(crate) const fn oid(self) -> Oid {
        match self {
            Self::Gost3411 => oid::KZ_GOST3411_95,
            Self::Gost3411CryptoPro => oid::RU_GOST3411_94,
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
            Self::Gost3411 | Self::Gost3411CryptoPro | Self::Streebog256 | Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Streebog512 | Self::Sha512 => 64,
        }
    }

    /// Starts a digest.
    #[must_use]
    pub fn hasher(self) -> Hasher {
        Hasher(match self {
            Self::Gost3411 => State::Gost3411(Box::default()),
            Self::Gost3411CryptoPro => State::Gost3411CryptoPro(Box::default()),
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
            Self::Gost3411 | Self::Gost3411CryptoPro | Self::Streebog256 | Self::Streebog512 => {
                return None;
            }
        })
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gost3411 => "GOST 34.311-95",
            Self::Gost3411CryptoPro => "GOST R 34.11-94",
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
    Gost3411CryptoPro(Box<gost94::Gost94CryptoPro>),
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
            State::Gost3411CryptoPro($h) => $body,
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
