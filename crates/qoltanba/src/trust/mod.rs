//! Whom to believe, and how a certificate reaches one of them.
//!
//! ```
//! use qoltanba::TrustStore;
//!
//! let national = TrustStore::national()?;
//! assert!(national.anchors().iter().all(|anchor| anchor.may_sign_lists()));
//! # Ok::<(), qoltanba::Error>(())
//! ```

mod anchor;
mod build;
mod inputs;
#[cfg(test)]
mod mint;
mod names;
mod national;
mod path;
mod policies;
mod validate;

pub use anchor::{TrustAnchor, TrustStore};
pub(crate) use build::{KnownLinks, PathBuilder, PathSearch};
pub use inputs::{ExplicitPolicy, Inhibition, InitialPolicies, PathInputs, PolicySet};
pub use path::TrustedPath;
pub(crate) use path::{Issuer, Path};
