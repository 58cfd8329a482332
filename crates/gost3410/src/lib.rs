//! Signatures of GOST R 34.10-2012, GOST 34.10-2015 and GOST 34.310-2004: keys, signing,
//! verification, encodings.
//!
//! The three standards are one algorithm over different curves. This crate begins at the digest: it
//! knows no hash function, no ASN.1 and no certificate. It needs neither `std` nor an allocator.
//!
//! ```
//! use gost3410::{Encoding, ParameterSet, Signature, SigningKey, VerifyingKey};
//!
//! # fn main() -> Result<(), gost3410::Error> {
//! # let (secret, digest, random) = ([7; 64], [1; 64], [2; 32]);
//! let params = ParameterSet::Tc26Gost512A;
//!
//! let key = SigningKey::from_le_bytes(params, &secret)?;
//! let sent = key.sign(&digest, &random)?.to_bytes(Encoding::Kazakh);
//! let public = key.verifying_key().to_bytes();
//!
//! let key = VerifyingKey::from_bytes(params, &public)?;
//! let signature = Signature::from_bytes(params, Encoding::Kazakh, &sent)?;
//! key.verify(&digest, &signature)?;
//! # Ok(())
//! # }
//! ```
//!
//! The order of steps: name the parameter set, decode the key, decode the signature, verify. Each
//! step refuses what the next one relies on, so a [`VerifyingKey`] is a point of the right
//! subgroup and a [`Signature`] has both halves in range.
//!
//! # The digest
//!
//! A digest is the output of the hash function as it is, and as long as the field: 32 octets for
//! the sets of 256 bits, 64 for those of 512. Its octets are an integer in little-endian order
//! (RFC 7091 §5.3 and §6 number the bits of a vector from its end), taken modulo q, and 1 if that
//! is 0.
//!
//! # One-time numbers
//!
#![doc = include_str!("nonce.md")]
//!
//! # What is constant-time
//!
#![doc = include_str!("timing.md")]
#![no_std]

#[cfg(test)]
extern crate std;

mod comb;
mod constants;
mod curve;
mod error;
mod field;
mod group;
mod jacobian;
mod key;
mod limbs;
mod montgomery;
mod nonce;
mod octets;
mod params;
mod scalar;
mod signature;
mod table;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use key::{SigningKey, VerifyingKey};
pub use octets::Octets;
pub use params::ParameterSet;
pub use signature::{Encoding, Signature};
