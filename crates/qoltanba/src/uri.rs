//! The URIs by which XML signatures name the algorithms.
//!
//! A pair of digest and signature of one country goes together: writing takes the digest's URI from
//! the signature algorithm, as [`SignatureAlgorithm::digest_uri`] gives it.

use crate::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::error::{Error, Result};

macro_rules! xmldsig {
    ($name:literal) => {
        concat!("http://www.w3.org/2000/09/xmldsig#", $name)
    };
}
macro_rules! more {
    ($name:literal) => {
        concat!("http://www.w3.org/2001/04/xmldsig-more#", $name)
    };
}
macro_rules! xmlenc {
    ($name:literal) => {
        concat!("http://www.w3.org/2001/04/xmlenc#", $name)
    };
}
/// The official configuration of Kazakhstan's XML signatures.
macro_rules! national {
    ($name:literal) => {
        concat!("urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:", $name)
    };
}
/// draft-chudov-cryptopro-cpxmldsig.
macro_rules! crypto_pro {
    ($name:literal) => {
        concat!("urn:ietf:params:xml:ns:cpxmlsec:algorithms:", $name)
    };
}

impl DigestAlgorithm {
    /// The digest that a DigestMethod names (XMLDSig §4.4.3.5).
    pub(crate) fn from_uri(uri: &str) -> Result<Self> {
        Ok(match uri {
            more!("gost34311") => Self::Gost3411,
            national!("gostr34112015-256") | crypto_pro!("gostr34112012-256") => Self::Streebog256,
            national!("gostr34112015-512") | crypto_pro!("gostr34112012-512") => Self::Streebog512,
            // The second is no one's definition, and the national software writes it.
            xmldsig!("sha1") | more!("sha1") => Self::Sha1,
            xmlenc!("sha256") => Self::Sha256,
            more!("sha384") => Self::Sha384,
            xmlenc!("sha512") => Self::Sha512,
            other => return Err(Error::unsupported("digest algorithm", other)),
        })
    }

    /// The URI that is written, the national one where there are two.
    pub(crate) const fn uri(self) -> &'static str {
        match self {
            Self::Gost3411 => more!("gost34311"),
            Self::Streebog256 => national!("gostr34112015-256"),
            Self::Streebog512 => national!("gostr34112015-512"),
            Self::Sha1 => xmldsig!("sha1"),
            Self::Sha256 => xmlenc!("sha256"),
            Self::Sha384 => more!("sha384"),
            Self::Sha512 => xmlenc!("sha512"),
        }
    }
}

impl SignatureAlgorithm {
    /// The algorithm that a SignatureMethod names (XMLDSig §4.4.2).
    pub(crate) fn from_uri(uri: &str) -> Result<Self> {
        use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
        Ok(match uri {
            more!("gost34310-gost34311") => Self::Gost2004,
            national!("gostr34102015-gostr34112015-256") => Self::Gost2015_256,
            national!("gostr34102015-gostr34112015-512") => Self::Gost2015_512,
            // The second is no one's definition, and the national software writes it.
            xmldsig!("rsa-sha1") | more!("rsa-sha1") => Self::RsaPkcs1(Sha1),
            more!("rsa-sha256") => Self::RsaPkcs1(Sha256),
            more!("rsa-sha384") => Self::RsaPkcs1(Sha384),
            more!("rsa-sha512") => Self::RsaPkcs1(Sha512),
            other => return Err(Error::unsupported("signature algorithm", other)),
        })
    }

    /// The URI that signing writes. ECDSA has one, but its values in XML are another encoding
    /// (RFC 6931 §2.3.6) than the one that this crate makes and checks.
    pub(crate) fn uri(self) -> Result<&'static str> {
        use DigestAlgorithm::{Sha256, Sha384, Sha512};
        Ok(match self {
            Self::Gost2004 => more!("gost34310-gost34311"),
            Self::Gost2015_256 => national!("gostr34102015-gostr34112015-256"),
            Self::Gost2015_512 => national!("gostr34102015-gostr34112015-512"),
            Self::RsaPkcs1(Sha256) => more!("rsa-sha256"),
            Self::RsaPkcs1(Sha384) => more!("rsa-sha384"),
            Self::RsaPkcs1(Sha512) => more!("rsa-sha512"),
            Self::RsaPkcs1(_) | Self::Ecdsa(_) => {
                return Err(Error::unsupported("signature algorithm for signing XML", self));
            }
        })
    }

    /// The URI of [`digest`](Self::digest) that goes with this algorithm.
    pub(crate) const fn digest_uri(self) -> &'static str {
        match self {
            _ => self.digest().uri(),
        }
    }
}
