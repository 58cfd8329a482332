//! The parameter sets, each a group with its tables.

use crate::constants::{self, Near256, Near512, Prime512B, PrimeB, PrimeC};
use crate::curve::Affine;
use crate::field::Montgomery;
use crate::group::{Group, Scheme};
use crate::table::Tables;

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
    /// keys. The sets `id-GostR3410-2001-CryptoPro-XchA-ParamSet` and
    /// `id-tc26-gost-3410-2012-256-paramSetB` have the same numbers.
    CryptoProA,
    /// `id-GostR3410-2001-CryptoPro-B-ParamSet` (RFC 4357 §11.4). The set
    /// `id-tc26-gost-3410-2012-256-paramSetC` has the same numbers.
    CryptoProB,
    /// `id-GostR3410-2001-CryptoPro-C-ParamSet` (RFC 4357 §11.4). The sets
    /// `id-GostR3410-2001-CryptoPro-XchB-ParamSet` and `id-tc26-gost-3410-2012-256-paramSetD` have
    /// the same numbers.
    CryptoProC,
    /// `id-tc26-gost-3410-2012-256-paramSetA` (RFC 7836 appendix A.2): a curve
    /// of cofactor 4, here in the form of Weierstrass.
    Tc26Gost256A,
    /// `id-tc26-gost-3410-12-512-paramSetA` (RFC 7836 appendix A.1): the curve of
    /// GOST 34.10-2015 keys of 512 bits.
    Tc26Gost512A,
    /// `id-tc26-gost-3410-12-512-paramSetB` (RFC 7836 appendix A.1).
    Tc26Gost512B,
    /// `id-tc26-gost-3410-2012-512-paramSetC` (RFC 7836 appendix A.2): a curve of cofactor 4, here
    /// in the form of Weierstrass.
    Tc26Gost512C,
}

impl ParameterSet {
    /// The length in octets of a coordinate, a private key and a digest.
    #[must_use]
    pub const fn field_len(self) -> usize {
        match self {
            Self::CryptoProA | Self::CryptoProB | Self::CryptoProC | Self::Tc26Gost256A => 32,
            Self::Tc26Gost512A | Self::Tc26Gost512B | Self::Tc26Gost512C => 64,
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

    pub(crate) const fn group(self) -> Width<&'static dyn Scheme<4>, &'static dyn Scheme<8>> {
        match self {
            Self::CryptoProA => Width::Bits256(&CRYPTO_PRO_A),
            Self::CryptoProB => Width::Bits256(&CRYPTO_PRO_B),
            Self::CryptoProC => Width::Bits256(&CRYPTO_PRO_C),
            Self::Tc26Gost256A => Width::Bits256(&TC26_256_A),
            Self::Tc26Gost512A => Width::Bits512(&TC26_512_A),
            Self::Tc26Gost512B => Width::Bits512(&TC26_512_B),
            Self::Tc26Gost512C => Width::Bits512(&TC26_512_C),
        }
    }
}

/// A group with the tables that the build script computed.
macro_rules! group {
    ($name:ident: $limbs:literal, $field:ty, $file:literal) => {
        pub(crate) static $name: Group<$limbs, $field> = {
            const fn element(raw: [u64; $limbs]) -> $field {
                <$field>::raw(raw)
            }
            Group::new(&constants::$name, include!(concat!(env!("OUT_DIR"), "/", $file)))
        };
    };
}

group!(CRYPTO_PRO_A: 4, Near256, "crypto_pro_a.rs");
group!(CRYPTO_PRO_B: 4, Montgomery<4, PrimeB>, "crypto_pro_b.rs");
group!(CRYPTO_PRO_C: 4, Montgomery<4, PrimeC>, "crypto_pro_c.rs");
group!(TC26_256_A: 4, Near256, "tc26_256_a.rs");
group!(TC26_512_A: 8, Near512, "tc26_512_a.rs");
group!(TC26_512_B: 8, Montgomery<8, Prime512B>, "tc26_512_b.rs");
group!(TC26_512_C: 8, Near512, "tc26_512_c.rs");
#[cfg(test)]
group!(EXAMPLE_256: 4, Montgomery<4, constants::PrimeExample256>, "example_256.rs");
#[cfg(test)]
group!(EXAMPLE_512: 8, Montgomery<8, constants::PrimeExample512>, "example_512.rs");
