//! GOST keys: their identifiers, their parameter sets and the order of the octets of a signature.

use der::asn1::ObjectIdentifier as Oid;
use gost3410::{Encoding, ParameterSet};

use super::SignatureAlgorithm;
use crate::{
    asn1::{self, AlgorithmIdentifier, tag},
    error::{Error, Result},
    oid,
};

/// What the identifiers of one kind of GOST key are.
struct Kind {
    algorithm: SignatureAlgorithm,
    key: Oid,
    /// What may stand as `digestParamSet`.
    digest: Oid,
    /// The sets of numbers that a key may name. The first one is that of new keys.
    sets: &'static [(Oid, ParameterSet)],
    /// Whether a third parameter may name a cipher for key exchange (RFC 4491 §2.3.2).
    cipher: bool,
}

// kz-pki: SEQUENCE { curve, digest } in every artifact.
static NATIONAL_2004: Kind = Kind {
    algorithm: SignatureAlgorithm::Gost2004,
    key: oid::KZ_GOST2004_KEY,
    digest: oid::KZ_GOST2004_KEY_DIGEST,
    sets: &[(oid::KZ_GOST2004_CURVE, ParameterSet::CryptoProA)],
    cipher: false,
};
static NATIONAL_2015_256: Kind = Kind {
    algorithm: SignatureAlgorithm::Gost2015_256,
    key: oid::KZ_GOST2015_256_KEY,
    digest: oid::KZ_STREEBOG_256,
    sets: &[(oid::KZ_GOST2015_256_CURVE, ParameterSet::Tc26Gost256A)],
    cipher: false,
};
static NATIONAL_2015_512: Kind = Kind {
    algorithm: SignatureAlgorithm::Gost2015_512,
    key: oid::KZ_GOST2015_512_KEY,
    digest: oid::KZ_STREEBOG_512,
    sets: &[(oid::KZ_GOST2015_512_CURVE, ParameterSet::Tc26Gost512A)],
    cipher: false,
};

// RFC 4491 §2.3.2. The sets "Xch", meant for key exchange, repeat the numbers of A and C
// (RFC 4357 §11.4); B, C and D of TC26 are A, B and C (RFC 9215 §4.2).
static RUSSIAN_2001: Kind = Kind {
    algorithm: SignatureAlgorithm::GostR2001,
    key: oid::RU_GOST2001_KEY,
    digest: oid::RU_GOST3411_94_CRYPTO_PRO,
    sets: &[
        (oid::RU_CRYPTO_PRO_A, ParameterSet::CryptoProA),
        (oid::RU_CRYPTO_PRO_B, ParameterSet::CryptoProB),
        (oid::RU_CRYPTO_PRO_C, ParameterSet::CryptoProC),
        (oid::RU_CRYPTO_PRO_XCH_A, ParameterSet::CryptoProA),
        (oid::RU_CRYPTO_PRO_XCH_B, ParameterSet::CryptoProC),
    ],
    cipher: true,
};
// RFC 9215 §4.2.
static RUSSIAN_2012_256: Kind = Kind {
    algorithm: SignatureAlgorithm::GostR2012_256,
    key: oid::RU_GOST2012_256_KEY,
    digest: oid::RU_STREEBOG_256,
    sets: &[
        (oid::RU_TC26_256_A, ParameterSet::Tc26Gost256A),
        (oid::RU_TC26_256_B, ParameterSet::CryptoProA),
        (oid::RU_TC26_256_C, ParameterSet::CryptoProB),
        (oid::RU_TC26_256_D, ParameterSet::CryptoProC),
        (oid::RU_CRYPTO_PRO_A, ParameterSet::CryptoProA),
        (oid::RU_CRYPTO_PRO_B, ParameterSet::CryptoProB),
        (oid::RU_CRYPTO_PRO_C, ParameterSet::CryptoProC),
        (oid::RU_CRYPTO_PRO_XCH_A, ParameterSet::CryptoProA),
        (oid::RU_CRYPTO_PRO_XCH_B, ParameterSet::CryptoProC),
    ],
    cipher: false,
};
static RUSSIAN_2012_512: Kind = Kind {
    algorithm: SignatureAlgorithm::GostR2012_512,
    key: oid::RU_GOST2012_512_KEY,
    digest: oid::RU_STREEBOG_512,
    sets: &[
        (oid::RU_TC26_512_A, ParameterSet::Tc26Gost512A),
        (oid::RU_TC26_512_B, ParameterSet::Tc26Gost512B),
        (oid::RU_TC26_512_C, ParameterSet::Tc26Gost512C),
    ],
    cipher: false,
};

static KINDS: [&Kind; 6] = [
    &NATIONAL_2004,
    &NATIONAL_2015_256,
    &NATIONAL_2015_512,
    &RUSSIAN_2001,
    &RUSSIAN_2012_256,
    &RUSSIAN_2012_512,
];

impl SignatureAlgorithm {
    /// The order of the octets of a GOST signature.
    pub(crate) const fn gost_encoding(self) -> Encoding {
        match self {
            // RFC 4491 §2.2.2, RFC 9215 §2.
            Self::GostR2001 | Self::GostR2012_256 | Self::GostR2012_512 => Encoding::Rfc,
            _ => Encoding::Kazakh,
        }
    }
}

/// The GOST algorithm and the numbers that a key's AlgorithmIdentifier names.
pub(crate) fn gost_key(
    identifier: &AlgorithmIdentifier<'_>,
) -> Result<(SignatureAlgorithm, ParameterSet)> {
    const WHAT: &str = "parameters of a GOST key";
    let kind = KINDS
        .iter()
        .find(|kind| kind.key == identifier.oid)
        .ok_or_else(|| Error::unsupported("public key algorithm", oid::describe(identifier.oid)))?;
    let parameters = identifier.parameters.ok_or(Error::malformed(WHAT))?;
    let mut parameters = parameters.expect(tag::SEQUENCE, WHAT)?.inside();
    let named = parameters.oid(WHAT)?;
    let (_, set) = kind
        .sets
        .iter()
        .find(|(oid, _)| *oid == named)
        .ok_or_else(|| Error::unsupported("GOST parameter set", oid::describe(named)))?;
    if let Some(digest) = parameters.optional(tag::OID, WHAT)? {
        let digest = digest.oid(WHAT)?;
        if digest != kind.digest {
            return Err(Error::unsupported("digest of a GOST key", oid::describe(digest)));
        }
        if kind.cipher
            && let Some(cipher) = parameters.optional(tag::OID, WHAT)?
        {
            cipher.oid(WHAT)?;
        }
    }
    parameters.finish(WHAT)?;
    Ok((kind.algorithm, *set))
}

/// The parameter set of new keys, and their AlgorithmIdentifier, which is one in
/// SubjectPublicKeyInfo and in PKCS#8.
pub(crate) fn new_gost_key(algorithm: SignatureAlgorithm) -> Result<(ParameterSet, Vec<u8>)> {
    let kind = KINDS.iter().find(|kind| kind.algorithm == algorithm);
    let Some((kind, (oid, set))) = kind.and_then(|kind| Some((kind, kind.sets.first()?))) else {
        return Err(Error::unsupported("GOST algorithm", algorithm));
    };
    let mut parameters = vec![asn1::oid(*oid)];
    // RFC 9215 §4.2 leaves the digest out where the key tells it.
    if algorithm != SignatureAlgorithm::GostR2012_256 {
        parameters.push(asn1::oid(kind.digest));
    }
    Ok((*set, asn1::sequence(&[asn1::oid(kind.key), asn1::sequence(&parameters)])))
}
