//! Cryptographic messages: SignedData (RFC 5652) as the national software, OpenSSL and others
//! write it.
//!
//! A [`Verifier`](crate::Verifier) reads and judges messages; what is public here is what can be
//! had of one without a verdict.

mod attributes;
mod check;
mod layout;
mod parse;
mod revocation_values;
mod signing_certificate;
mod stream;

pub(crate) use attributes::{Attribute, SignedAttributes};
pub(crate) use check::{ContentDigests, Nature, check};
pub(crate) use layout::{Layout, SignerLayout};
pub use parse::bundled_certificates;
pub(crate) use parse::{SignedData, SignerInfo};
pub(crate) use revocation_values::CarriedEvidence;
pub(crate) use signing_certificate::{SigningCertificate, is_match as signing_certificate_matches};
pub(crate) use stream::{BUFFER, Digesting, MessageReader, Skeleton, beginning, each_piece};
