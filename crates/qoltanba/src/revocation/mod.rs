//! Was a certificate revoked, and by what evidence is that known?

mod crl;
mod lists;
mod status;

pub use crl::Crl;
pub use status::{Back, Reach};
pub(crate) use status::{Inquiry, NotRevoked, of_path};
