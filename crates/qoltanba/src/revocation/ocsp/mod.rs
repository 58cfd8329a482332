//! The online certificate status protocol: requests, responses, and what an answer proves
//! (RFC 6960, RFC 8954).
//!
//! An answer says "good" only when the issuer's own key signed it, or a key to which the issuer
//! itself delegated that; when it is about this very certificate; and when it speaks of the moment
//! that is judged.

mod ask;
mod cert_id;
mod check;
mod request;
mod response;
mod rules;

pub(super) use ask::{ask, set_aside};
pub(crate) use check::{Authentic, Responder, Unauthentic, authenticate, chosen};
pub use request::OcspRequest;
pub(crate) use response::{Basic, CertStatus, Single};
pub use response::{OcspResponse, OcspResponseStatus};
pub use rules::{NonceRule, OcspRules, UnknownStatus};

/// A response as evidence, and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct OcspEvidence {
    pub(crate) response: OcspResponse,
    pub(crate) origin: Origin,
}

/// Where evidence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The caller got it.
    Given,
    /// It lay in the document, in a place that nobody signs: what is wrong with it proves nothing.
    Embedded,
}
