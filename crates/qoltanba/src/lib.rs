//! Placeholder.
#![allow(missing_docs, dead_code, unused_imports, unreachable_pub)]
mod algorithm;
mod asn1;
mod budget;
mod certificate;
mod error;
mod identity;
mod integrity;
mod oid;
mod sign;
mod text;
mod time;
pub use algorithm::{
    DigestAlgorithm, Hasher, KeyKind, PublicKey, SignatureAlgorithm, SignatureFault, Strength,
};
pub use budget::Limits;
pub use certificate::{Certificate, Name, Purpose, Purposes, Quirk};
pub use error::{Error, ErrorKind, KeyStoreFault, Result};
pub use identity::{Bin, Iin, Role, Subject};
pub use sign::{Form, KeyStore, Password, PrivateKey, SigningKey};
pub use time::{Instant, Validity};
