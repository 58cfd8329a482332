//! The URIs by which XML signatures name the algorithms.
//!
//! A pair of digest and signature of one country goes together: writing takes the digest's URI from
//! the signature algorithm, as [`SignatureAlgorithm::digest_uri`] gives it.

use super::{DigestAlgorithm, SignatureAlgorithm};
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
            more!("gostr3411") | crypto_pro!("gostr3411") => Self::Gost3411CryptoPro,
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
            Self::Gost3411CryptoPro => more!("gostr3411"),
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
            more!("gostr34102001-gostr3411") | crypto_pro!("gostr34102001-gostr3411") => {
                Self::GostR2001
            }
            crypto_pro!("gostr34102012-gostr34112012-256") => Self::GostR2012_256,
            crypto_pro!("gostr34102012-gostr34112012-512") => Self::GostR2012_512,
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
            Self::GostR2001 => more!("gostr34102001-gostr3411"),
            Self::GostR2012_256 => crypto_pro!("gostr34102012-gostr34112012-256"),
            Self::GostR2012_512 => crypto_pro!("gostr34102012-gostr34112012-512"),
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
            Self::GostR2012_256 => crypto_pro!("gostr34112012-256"),
            Self::GostR2012_512 => crypto_pro!("gostr34112012-512"),
            _ => self.digest().uri(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DigestAlgorithm::{Sha256, Sha384, Sha512};

    const WRITTEN: [SignatureAlgorithm; 9] = [
        SignatureAlgorithm::Gost2004,
        SignatureAlgorithm::Gost2015_256,
        SignatureAlgorithm::Gost2015_512,
        SignatureAlgorithm::GostR2001,
        SignatureAlgorithm::GostR2012_256,
        SignatureAlgorithm::GostR2012_512,
        SignatureAlgorithm::RsaPkcs1(Sha256),
        SignatureAlgorithm::RsaPkcs1(Sha384),
        SignatureAlgorithm::RsaPkcs1(Sha512),
    ];

    #[test]
    fn what_is_written_is_read() {
        for algorithm in WRITTEN {
            assert_eq!(SignatureAlgorithm::from_uri(algorithm.uri().unwrap()), Ok(algorithm));
            let digest = algorithm.digest();
            assert_eq!(DigestAlgorithm::from_uri(algorithm.digest_uri()), Ok(digest));
            assert_eq!(DigestAlgorithm::from_uri(digest.uri()), Ok(digest));
        }
    }

    /// The names as the national documents and their signers print them, in full.
    #[test]
    fn names_in_full() {
        for (signature, digest, algorithm) in [
            (
                "http://www.w3.org/2001/04/xmldsig-more#gost34310-gost34311",
                "http://www.w3.org/2001/04/xmldsig-more#gost34311",
                SignatureAlgorithm::Gost2004,
            ),
            (
                "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-256",
                "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-256",
                SignatureAlgorithm::Gost2015_256,
            ),
            (
                "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512",
                "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512",
                SignatureAlgorithm::Gost2015_512,
            ),
            (
                "http://www.w3.org/2001/04/xmldsig-more#gostr34102001-gostr3411",
                "http://www.w3.org/2001/04/xmldsig-more#gostr3411",
                SignatureAlgorithm::GostR2001,
            ),
            (
                "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-256",
                "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-256",
                SignatureAlgorithm::GostR2012_256,
            ),
            (
                "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-512",
                "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-512",
                SignatureAlgorithm::GostR2012_512,
            ),
            (
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                "http://www.w3.org/2001/04/xmlenc#sha256",
                SignatureAlgorithm::RsaPkcs1(Sha256),
            ),
            (
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
                "http://www.w3.org/2001/04/xmldsig-more#sha384",
                SignatureAlgorithm::RsaPkcs1(Sha384),
            ),
            (
                "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
                "http://www.w3.org/2001/04/xmlenc#sha512",
                SignatureAlgorithm::RsaPkcs1(Sha512),
            ),
        ] {
            assert_eq!(algorithm.uri(), Ok(signature));
            assert_eq!(algorithm.digest_uri(), digest);
        }
    }

    #[test]
    fn sha1_is_named_so_that_policy_can_refuse_it() {
        for base in
            ["http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2001/04/xmldsig-more#"]
        {
            let algorithm = SignatureAlgorithm::from_uri(&format!("{base}rsa-sha1"));
            assert_eq!(algorithm, Ok(SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha1)));
            assert!(algorithm.unwrap().uri().is_err());
            let digest = DigestAlgorithm::from_uri(&format!("{base}sha1"));
            assert_eq!(digest, Ok(DigestAlgorithm::Sha1));
        }
    }

    #[test]
    fn other_names_are_unsupported() {
        for uri in [
            "",
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
            "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
            "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 ",
        ] {
            for error in [
                SignatureAlgorithm::from_uri(uri).unwrap_err(),
                DigestAlgorithm::from_uri(uri).unwrap_err(),
            ] {
                assert!(matches!(
                    error.kind(),
                    crate::ErrorKind::Unsupported { name, .. } if name == uri
                ));
            }
        }
    }
}
