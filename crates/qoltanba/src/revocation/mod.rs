//! Was a certificate revoked, and by what evidence is that known?
//!
//! Authorities say it in lists ([`Crl`], [`CrlIndex`] for long ones) and in answers to a question
//! ([`OcspRequest`], [`OcspResponse`]). A [`Verifier`](crate::Verifier) believes either only when
//! one stands behind it who may say so.

mod crl;
mod head;
mod index;
mod list_signer;
mod lists;
mod ocsp;
mod scope;
mod status;
#[cfg(test)]
mod tests;

pub use crl::Crl;
pub(crate) use head::{AnyList, Features, Head, Number, RevocationList};
pub use index::{
    CrlIndex, CrlIndexBuilder, IngestError, ListFacts, ListKind, ListedEntries, ListedEntry,
    VerifiedList,
};
pub(crate) use list_signer::Trail;
pub(crate) use ocsp::{
    Authentic, Basic, CertStatus, OcspEvidence, Origin, Responder, Single, Unauthentic,
    authenticate, chosen,
};
pub use ocsp::{
    NonceRule, OcspRequest, OcspResponse, OcspResponseStatus, OcspRules, UnknownStatus,
};
pub(crate) use scope::Scope;
pub use status::{Back, Reach, Revocation};
pub(crate) use status::{Freshness, Inquiry, NotRevoked, PathStatus, Told, of_path, of_responder};
