//! The parameter sets, each a group with its tables.

use crate::constants;
use crate::curve::Affine;
use crate::field::Fe;
use crate::group::Group;
use crate::table::Tables;

/// p = 2^256 − 617.
pub(crate) type Group256 = Group<4, 617>;
/// p = 2^512 − 569.
pub(crate) type Group512 = Group<8, 569>;

/// A value of one of the two widths.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width<A, B> {
    Bits256(A),
    Bits512(B),
}

/// A curve with its generator, as the national and the international documents name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterSet {
    /// `id-GostR3410-2001-CryptoPro-A-ParamSet` (RFC 4357 §11.4): the curve of GOST 34.310-2004
    /// keys. The set `id-tc26-gost-3410-2012-256-paramSetB` has the same numbers.
    CryptoProA,
    /// `id-tc26-gost-3410-2012-256-paramSetA` (RFC 7836 appendix A.2): a curve
    /// of cofactor 4, here in the form of Weierstrass.
    Tc26Gost256A,
    /// `id-tc26-gost-3410-12-512-paramSetA` (RFC 7836 appendix A.1): the curve of
    /// GOST 34.10-2015 keys of 512 bits.
    Tc26Gost512A,
}

impl ParameterSet {
    /// The length in octets of a coordinate, a private key and a digest.
    #[must_use]
    pub const fn field_len(self) -> usize {
        match self {
            Self::CryptoProA | Self::Tc26Gost256A => 32,
            Self::Tc26Gost512A => 64,
        }
    }

    /// The length in octets of a public key.
    #[must_use]
    pub const fn verifying_key_len(self) -> usize {
        2 * self.field_len()
    }

    /// The length in octets of a signature.
    #[must_use]
    pub const fn signature_len(self) -> usize {
        2 * self.field_len()
    }

    pub(crate) const fn group(self) -> Width<&'static Group256, &'static Group512> {
        match self {
            Self::CryptoProA => Width::Bits256(&CRYPTO_PRO_A),
            Self::Tc26Gost256A => Width::Bits256(&TC26_256_A),
            Self::Tc26Gost512A => Width::Bits512(&TC26_512_A),
        }
    }
}

static CRYPTO_PRO_A: Group256 =
    Group::new(&constants::CRYPTO_PRO_A, include!(concat!(env!("OUT_DIR"), "/crypto_pro_a.rs")));
static TC26_256_A: Group256 =
    Group::new(&constants::TC26_256_A, include!(concat!(env!("OUT_DIR"), "/tc26_256_a.rs")));
static TC26_512_A: Group512 =
    Group::new(&constants::TC26_512_A, include!(concat!(env!("OUT_DIR"), "/tc26_512_a.rs")));
