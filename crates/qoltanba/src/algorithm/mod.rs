//! The one table of algorithms: the only code that maps an identifier to an implementation, and
//! what strength is allowed.
//!
//! Everything else in the crate speaks of [`DigestAlgorithm`], [`SignatureAlgorithm`] and
//! [`PublicKey`]. Nothing is negotiable: a key has one parameter set, a signature one digest.
//!
//! ```
//! use qoltanba::algorithm::{DigestAlgorithm, SignatureAlgorithm};
//! assert_eq!(SignatureAlgorithm::Gost2015_512.digest(), DigestAlgorithm::Streebog512);
//! ```

mod digest;
mod gost;
mod public_key;
mod signature;
mod uri;

pub use digest::{DigestAlgorithm, Hasher};
pub(crate) use gost::{gost_key, new_gost_key};
pub use public_key::{KeyKind, PublicKey};
pub(crate) use public_key::{RSA_MAX_BITS, RSA_MIN_BITS, TUMAR_HEADER};
pub use signature::{SignatureAlgorithm, SignatureFault, Strength};
