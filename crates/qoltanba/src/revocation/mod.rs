//! Was a certificate revoked, and by what evidence is that known?

mod crl;
mod index;
mod status;

pub use crl::Crl;
pub use index::{
    CrlIndex, CrlIndexBuilder, IngestError, ListFacts, ListKind, ListedEntries, ListedEntry,
    ReplacementFault, RevocationList, VerifiedList,
};
pub(crate) use status::{NotRevoked, of_path};
