//! Was a certificate revoked, and by what evidence is that known?

mod crl;
mod head;
mod list_signer;
mod lists;
mod scope;
mod status;

pub use crl::Crl;
pub(crate) use head::{Head, Number, RevocationList};
pub(crate) use list_signer::Trail;
pub(crate) use scope::Scope;
pub use status::{Back, Reach};
pub(crate) use status::{Inquiry, NotRevoked, Revocation, of_path};
