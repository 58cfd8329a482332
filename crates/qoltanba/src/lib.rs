//! Verify and sign the electronic documents of Kazakhstan's national PKI.
#![allow(missing_docs, dead_code, unused_imports, unreachable_pub)]
mod algorithm;
mod asn1;
mod budget;
mod certificate;
mod cms;
pub mod danger;
mod error;
mod identity;
mod integrity;
mod oid;
mod policy;
mod report;
mod revocation;
mod sign;
mod text;
mod time;
mod trust;
mod verify;
pub use algorithm::{
    DigestAlgorithm, Hasher, KeyKind, PublicKey, SignatureAlgorithm, SignatureFault, Strength,
};
pub use budget::Limits;
pub use certificate::{Certificate, Name, Purpose, Purposes, Quirk};
pub use error::{Error, ErrorKind, Result};
pub use identity::{Bin, Iin, Role, Subject};
pub use policy::Policy;
pub use report::{Lang, Report, Verdict};
pub use revocation::Crl;
pub use sign::SigningKey;
pub use time::{Instant, Validity};
pub use trust::{TrustAnchor, TrustStore, TrustedPath};
pub use verify::{Question, Recognised, Verifier, recognise, recognise_all};
