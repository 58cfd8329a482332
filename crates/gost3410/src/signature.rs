//! Signatures and their two encodings.

use core::fmt;

use crate::error::Error;
use crate::group::Halves;
use crate::limbs;
use crate::octets::Octets;
use crate::params::{ParameterSet, Width};
use crate::scalar::Order;

/// The order of the octets of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// r ‖ s, both little-endian: certificates, CMS and XML signatures of Kazakhstan.
    Kazakh,
    /// s ‖ r, both big-endian: RFC 4491 §2.2.2 and RFC 9215 §2. The same octets backwards.
    Rfc,
}

/// A signature (r, s) with both halves above zero and below q.
///
/// That is all that holding one says: [`VerifyingKey::verify`](crate::VerifyingKey::verify) tells
/// whether it is a signature of something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    pub(crate) params: ParameterSet,
    pub(crate) halves: Width<Halves<4>, Halves<8>>,
}

impl Signature {
    /// Decodes a signature of exactly [`ParameterSet::signature_len`] octets.
    ///
    /// # Errors
    ///
    /// [`Error::WrongLength`], or [`Error::SignatureOutOfRange`] unless 0 < r < q and 0 < s < q
    /// (GOST R 34.10-2012 §6.2, step 1).
    pub fn from_bytes(
        params: ParameterSet,
        encoding: Encoding,
        bytes: &[u8],
    ) -> Result<Self, Error> {
        let halves = match params.group() {
            Width::Bits256(group) => Width::Bits256(decode(group.order(), encoding, bytes)?),
            Width::Bits512(group) => Width::Bits512(decode(group.order(), encoding, bytes)?),
        };
        Ok(Self { params, halves })
    }

    /// The octets of the signature.
    #[must_use]
    pub fn to_bytes(&self, encoding: Encoding) -> Octets {
        let octets = match &self.halves {
            Width::Bits256(Halves { r, s }) => Octets::from_limbs(&[r.0, s.0]),
            Width::Bits512(Halves { r, s }) => Octets::from_limbs(&[r.0, s.0]),
        };
        match encoding {
            Encoding::Kazakh => octets,
            Encoding::Rfc => octets.reversed(),
        }
    }

    /// The parameter set that the signature was made or decoded for.
    #[must_use]
    pub const fn parameter_set(&self) -> ParameterSet {
        self.params
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature")
            .field("parameter_set", &self.params)
            .field("r_s", &self.to_bytes(Encoding::Kazakh))
            .finish()
    }
}

fn decode<const N: usize>(
    order: &Order<N>,
    encoding: Encoding,
    bytes: &[u8],
) -> Result<Halves<N>, Error> {
    let wrong_length = Error::WrongLength { expected: 16 * N, actual: bytes.len() };
    let (first, second) = bytes.split_at_checked(8 * N).ok_or(wrong_length)?;
    let first = limbs::from_le_bytes(first).ok_or(wrong_length)?;
    let second = limbs::from_le_bytes(second).ok_or(wrong_length)?;
    let (r, s) = match encoding {
        Encoding::Kazakh => (first, second),
        Encoding::Rfc => (limbs::reversed(second), limbs::reversed(first)),
    };
    let half = |limbs| order.nonzero(limbs).ok_or(Error::SignatureOutOfRange);
    Ok(Halves { r: half(r)?, s: half(s)? })
}
