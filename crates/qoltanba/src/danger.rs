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

use crate::{algorithm::Strength, policy::StampEvidence};

/// Lets signatures over SHA-1 stand, for reading archives.
///
/// Whoever can make two documents with one SHA-1 digest can move a signature from one to the
/// other; that has been practical since 2017 (shattered).
#[must_use]
pub const fn allow_sha1() -> Strength {
    Strength { sha1: true }
}

/// Lets the evidence of the time of a time stamp clear its authority, for reading documents that
/// carry their evidence on a machine that can ask nobody.
///
/// Whoever has taken the key of a time-stamp authority since can date a signature back to when
/// its certificate was good; who can ask learns of that, and this machine does not. A compromise
/// that is told by evidence at hand counts all the same.
#[must_use]
pub const fn archived_time_stamps() -> StampEvidence {
    StampEvidence::AtStamp
}
