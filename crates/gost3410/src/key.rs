//! Public and private keys.

use core::fmt;

use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::error::Error;
use crate::group::{Point, Scheme};
use crate::limbs::{self, reversed};
use crate::nonce::from_uniform;
use crate::octets::Octets;
use crate::params::{ParameterSet, Width};
use crate::scalar::Scalar;
use crate::signature::Signature;

/// A public key: a point of the subgroup of order q, other than infinity.
#[derive(Clone)]
pub struct VerifyingKey {
    params: ParameterSet,
    point: Width<Member<4, Point<4>>, Member<8, Point<8>>>,
}

/// A point or a scalar, together with its group.
#[derive(Clone)]
struct Member<const N: usize, T>(&'static dyn Scheme<N>, T);

impl VerifyingKey {
    /// Decodes x ‖ y, both little-endian: the content of the OCTET STRING within the BIT STRING
    /// `subjectPublicKey`, in Kazakhstan as in RFC 9215 §4.
    ///
    /// # Errors
    ///
    /// [`Error::WrongLength`], [`Error::CoordinateOutOfRange`], [`Error::NotOnCurve`],
    /// [`Error::NotInSubgroup`]: each requirement of GOST R 34.10-2012 §5.2 on Q has its own.
    pub fn from_bytes(params: ParameterSet, xy_le: &[u8]) -> Result<Self, Error> {
        let point = match params.group() {
            Width::Bits256(group) => Width::Bits256(Member(group, group.decode_point(xy_le)?)),
            Width::Bits512(group) => Width::Bits512(Member(group, group.decode_point(xy_le)?)),
        };
        Ok(Self { params, point })
    }

    /// The octets x ‖ y, both little-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Octets {
        match &self.point {
            Width::Bits256(Member(_, Point { x, y })) => Octets::from_limbs(&[*x, *y]),
            Width::Bits512(Member(_, Point { x, y })) => Octets::from_limbs(&[*x, *y]),
        }
    }

    /// The parameter set of the key.
    #[must_use]
    pub const fn parameter_set(&self) -> ParameterSet {
        self.params
    }

    /// Verifies a signature of a digest (GOST R 34.10-2012 §6.2, RFC 7091 §6.2).
    ///
    /// The digest is the output of the hash function as it is, [`ParameterSet::field_len`] octets;
    /// its integer is read in little-endian order. The time depends on all the inputs.
    ///
    /// # Errors
    ///
    /// [`Error::SignatureMismatch`] if it is no signature of this digest by this key,
    /// [`Error::ParameterMismatch`] or [`Error::DigestLength`] if it could not be one.
    pub fn verify(&self, digest: &[u8], signature: &Signature) -> Result<(), Error> {
        if self.params != signature.params {
            return Err(Error::ParameterMismatch);
        }
        match (&self.point, &signature.halves) {
            (Width::Bits256(Member(group, point)), Width::Bits256(halves)) => {
                group.verify(point, digest, halves)
            }
            (Width::Bits512(Member(group, point)), Width::Bits512(halves)) => {
                group.verify(point, digest, halves)
            }
            _ => Err(Error::ParameterMismatch),
        }
    }
}

impl PartialEq for VerifyingKey {
    fn eq(&self, other: &Self) -> bool {
        self.params == other.params && self.to_bytes() == other.to_bytes()
    }
}

impl Eq for VerifyingKey {}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("parameter_set", &self.params)
            .field("x_y", &self.to_bytes())
            .finish()
    }
}

/// A private key: a number d with 0 < d < q. It is overwritten when dropped.
pub struct SigningKey {
    params: ParameterSet,
    d: Width<Member<4, Secret<4>>, Member<8, Secret<8>>>,
}

type Secret<const N: usize> = Zeroizing<Scalar<N>>;

impl SigningKey {
    /// Decodes a little-endian number of exactly [`ParameterSet::field_len`] octets: the OCTET
    /// STRING of a GOST 34.10-2015 private key.
    ///
    /// # Errors
    ///
    /// [`Error::WrongLength`], or [`Error::KeyOutOfRange`] unless 0 < d < q.
    pub fn from_le_bytes(params: ParameterSet, bytes: &[u8]) -> Result<Self, Error> {
        Self::decode(params, bytes, |d| d, |d| d)
    }

    /// Decodes a big-endian number of exactly [`ParameterSet::field_len`] octets: the INTEGER of a
    /// GOST 34.310-2004 private key, without its sign octet and with the zeros that DER drops.
    ///
    /// # Errors
    ///
    /// [`Error::WrongLength`], or [`Error::KeyOutOfRange`] unless 0 < d < q.
    pub fn from_be_bytes(params: ParameterSet, bytes: &[u8]) -> Result<Self, Error> {
        Self::decode(params, bytes, reversed, reversed)
    }

    /// A new key from a source of uniformly random octets, by rejection.
    ///
    /// # Errors
    ///
    /// [`Error::BadRandomness`] if 256 attempts gave no number in range, which a uniform source
    /// does at most once in 2^256.
    pub fn from_random(
        params: ParameterSet,
        mut fill: impl FnMut(&mut [u8]),
    ) -> Result<Self, Error> {
        let d = match params.group() {
            Width::Bits256(group) => Width::Bits256(Member(group, sample(group, &mut fill)?)),
            Width::Bits512(group) => Width::Bits512(Member(group, sample(group, &mut fill)?)),
        };
        Ok(Self { params, d })
    }

    /// The little-endian octets of d. They are overwritten when dropped.
    #[must_use]
    pub fn to_le_bytes(&self) -> Zeroizing<Octets> {
        Zeroizing::new(match &self.d {
            Width::Bits256(Member(_, d)) => Octets::from_limbs(&[d.0]),
            Width::Bits512(Member(_, d)) => Octets::from_limbs(&[d.0]),
        })
    }

    /// The parameter set of the key.
    #[must_use]
    pub const fn parameter_set(&self) -> ParameterSet {
        self.params
    }

    /// The public key d·P.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        let point = match &self.d {
            Width::Bits256(Member(group, d)) => {
                Width::Bits256(Member(*group, group.public_point(d)))
            }
            Width::Bits512(Member(group, d)) => {
                Width::Bits512(Member(*group, group.public_point(d)))
            }
        };
        VerifyingKey { params: self.params, point }
    }

    /// Signs a digest (GOST R 34.10-2012 §6.1, RFC 7091 §6.1).
    ///
    /// The digest is the output of the hash function as it is, [`ParameterSet::field_len`] octets;
    /// its integer is read in little-endian order.
    ///
    /// The one-time number comes from the key, the digest and `added_randomness` by the generator
    /// of [RFC 6979](crate#one-time-numbers). Give fresh random octets; even constant ones do not
    /// endanger the key, they only make the signature a function of the key and the digest.
    ///
    /// # Errors
    ///
    /// [`Error::DigestLength`].
    pub fn sign(&self, digest: &[u8], added_randomness: &[u8; 32]) -> Result<Signature, Error> {
        let halves = match &self.d {
            Width::Bits256(Member(group, d)) => {
                Width::Bits256(group.sign(d, digest, added_randomness)?)
            }
            Width::Bits512(Member(group, d)) => {
                Width::Bits512(group.sign(d, digest, added_randomness)?)
            }
        };
        Ok(Signature { params: self.params, halves })
    }

    fn decode(
        params: ParameterSet,
        bytes: &[u8],
        order_256: fn([u64; 4]) -> [u64; 4],
        order_512: fn([u64; 8]) -> [u64; 8],
    ) -> Result<Self, Error> {
        let d = match params.group() {
            Width::Bits256(group) => {
                Width::Bits256(Member(group, secret(group, bytes, order_256)?))
            }
            Width::Bits512(group) => {
                Width::Bits512(Member(group, secret(group, bytes, order_512)?))
            }
        };
        Ok(Self { params, d })
    }
}

impl ZeroizeOnDrop for SigningKey {}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("parameter_set", &self.params).finish_non_exhaustive()
    }
}

fn secret<const N: usize>(
    group: &dyn Scheme<N>,
    bytes: &[u8],
    order: fn([u64; N]) -> [u64; N],
) -> Result<Secret<N>, Error> {
    let limbs = limbs::from_le_bytes(bytes)
        .ok_or(Error::WrongLength { expected: 8 * N, actual: bytes.len() })?;
    let limbs = Zeroizing::new(order(*Zeroizing::new(limbs)));
    group.order().nonzero(*limbs).map(Zeroizing::new).ok_or(Error::KeyOutOfRange)
}

fn sample<const N: usize>(
    group: &dyn Scheme<N>,
    fill: &mut impl FnMut(&mut [u8]),
) -> Result<Secret<N>, Error> {
    let mut block = Zeroizing::new([[0; 8]; N]);
    (0..256)
        .find_map(|_| {
            fill(block.as_flattened_mut());
            from_uniform(group.order(), block.as_flattened())
        })
        .map(Zeroizing::new)
        .ok_or(Error::BadRandomness)
}
