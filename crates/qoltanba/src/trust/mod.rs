//! Whom to believe, and how a certificate reaches one of them.

mod anchor;
mod national;
mod path;

pub use anchor::{TrustAnchor, TrustStore};
pub use path::TrustedPath;
pub(crate) use path::{Issuer, KnownLinks, Path, PathBuilder, PathSearch};
