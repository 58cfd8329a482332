//! Was a certificate revoked, and by what evidence is that known?

mod crl;
mod index;
mod status;

pub use crl::Crl;
pub use index::{
    CrlIndex, CrlIndexBuilder, HeldList, IngestError, ListFacts, ListKind, ListedEntries,
    ListedEntry, ReplacementFault, VerifiedList,
};
pub(crate) use status::{NotRevoked, of_path};
