//! Who a certificate speaks of: the person, the organisation, the role.
//!
//! [`Subject`] is what a certificate claims; [`Signer`] is what a verified signature proves, and
//! only verification makes one.

mod role;
mod signer;
mod subject;

pub use role::Role;
pub use signer::Signer;
pub use subject::{IdentityRemark, Subject};
