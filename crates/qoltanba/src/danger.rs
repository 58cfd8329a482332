//! Every door that weakens a verdict, on one page.
//!
//! Nothing here is used by the paved path. Each function says what an attacker gains when the
//! door is open.
//!
//! ```
//! use qoltanba::{danger, policy::Policy};
//!
//! let mut archive = Policy::default();
//! archive.strength = danger::allow_sha1();
//! ```

use crate::algorithm::Strength;

/// Lets signatures over SHA-1 stand, for reading archives.
///
/// Whoever can make two documents with one SHA-1 digest can move a signature from one to the
/// other; that has been practical since 2017 (shattered).
#[must_use]
pub const fn allow_sha1() -> Strength {
    Strength { sha1: true }
}
