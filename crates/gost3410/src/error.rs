//! What can be wrong with a key, a digest or a signature.

use core::fmt;

/// Why a key, a digest or a signature was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Error {
    /// A key or a signature has another length than its parameter set prescribes.
    WrongLength {
        /// The prescribed length in octets.
        expected: usize,
        /// The length that was given.
        actual: usize,
    },
    /// The digest has another length than the field of the parameter set.
    DigestLength {
        /// The prescribed length in octets.
        expected: usize,
        /// The length that was given.
        actual: usize,
    },
    /// A coordinate of the public key is not below p.
    CoordinateOutOfRange,
    /// The public key does not satisfy the equation of the curve.
    NotOnCurve,
    /// The public key is on the curve but outside of the subgroup of order q.
    NotInSubgroup,
    /// The private key is zero or not below q.
    KeyOutOfRange,
    /// A half of the signature is zero or not below q (GOST R 34.10-2012 §6.2, step 1).
    SignatureOutOfRange,
    /// The signature belongs to another parameter set than the key.
    ParameterMismatch,
    /// The signature does not fit the digest and the key (GOST R 34.10-2012 §6.2, step 7).
    SignatureMismatch,
    /// The source of randomness gave no usable key in any of the attempts.
    BadRandomness,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongLength { expected, actual } => {
                write!(f, "the value must have {expected} octets and has {actual}")
            }
            Self::DigestLength { expected, actual } => {
                write!(f, "the digest must have {expected} octets and has {actual}")
            }
            Self::CoordinateOutOfRange => {
                f.write_str("a coordinate of the public key is not below the field prime")
            }
            Self::NotOnCurve => f.write_str("the public key is not a point of the curve"),
            Self::NotInSubgroup => {
                f.write_str("the public key is outside of the subgroup of prime order")
            }
            Self::KeyOutOfRange => {
                f.write_str("the private key is zero or not below the group order")
            }
            Self::SignatureOutOfRange => {
                f.write_str("a half of the signature is zero or not below the group order")
            }
            Self::ParameterMismatch => {
                f.write_str("the signature belongs to another parameter set than the key")
            }
            Self::SignatureMismatch => {
                f.write_str("the signature does not fit the digest and the key")
            }
            Self::BadRandomness => {
                f.write_str("the source of randomness never gave a usable private key")
            }
        }
    }
}

impl core::error::Error for Error {}
