//! Was a certificate revoked, and by what evidence is that known?

mod crl;
mod status;

pub use crl::Crl;
pub(crate) use status::{NotRevoked, of_path};
