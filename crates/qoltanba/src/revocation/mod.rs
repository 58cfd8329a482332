//! Was a certificate revoked, and by what evidence is that known?

mod crl;
mod lists;
mod ocsp;
mod status;

pub use crl::Crl;
pub(crate) use ocsp::{
    Authentic, Basic, CertStatus, OcspEvidence, Origin, Responder, Single, Unauthentic,
    authenticate, chosen,
};
pub use ocsp::{
    NonceRule, OcspRequest, OcspResponse, OcspResponseStatus, OcspRules, UnknownStatus,
};
pub use status::{Back, Reach};
pub(crate) use status::{Inquiry, NotRevoked, PathStatus, of_path, of_responder};
