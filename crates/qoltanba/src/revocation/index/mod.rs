//! The compact index of a revocation list: verified once, opened afterwards without parsing.
//!
//! The national list has 21 MB and 422,065 entries and is asked about every certificate.
//! [`CrlIndexBuilder`] reads such a list as a stream, in a bounded buffer, hashes it while it walks
//! over it, and keeps of every entry some 25 octets. Only when the signature stands under a key
//! that the caller gave is there a [`VerifiedList`], and only that can be written as an index.
//! [`CrlIndex`] answers from the octets of an index, wherever they are: a vector, or a mapped file.
//!
//! ```
//! use qoltanba::{
//!     Certificate,
//!     revocation::{CrlIndex, CrlIndexBuilder},
//! };
//!
//! # let at: qoltanba::Instant = "2026-11-25T12:00:00Z".parse()?;
//! # let mut rng = qoltanba_testkit::SeededRng::new(1);
//! # let algorithm = qoltanba::algorithm::SignatureAlgorithm::Gost2015_512;
//! # let mint = qoltanba_testkit::Mint::good(algorithm, at, &mut rng)?;
//! # let revoked = qoltanba_testkit::Revoked::new(&[0x10, 0x20], at);
//! # let spec = qoltanba_testkit::CrlSpec::complete(7, at).revoke(revoked);
//! # let list = mint.issuing().publish(&spec, &mut rng)?;
//! let issuer = Certificate::from_der(mint.issuing().certificate())?;
//! let verified = CrlIndexBuilder::new().issuer(&issuer).read(&mut list.as_slice())?;
//! let mut file = Vec::new();
//! verified.write(&mut file)?;
//!
//! let index = CrlIndex::from_bytes(file)?;
//! assert_eq!(index.facts().issuer(), issuer.claimed_subject());
//! assert_eq!(index.entries_of(&[0x10, 0x20])?.count(), 1);
//! assert_eq!(index.entries_of(&[0x10, 0x21])?.count(), 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What an index proves
//!
//! An index says of itself which list it was made of, by the digest of what is signed of the list
//! and by its length, and under which key the list was verified, by the SHA-256 of the
//! SubjectPublicKeyInfo. Nobody has signed that: an index is a local cache, and deserves as much
//! trust as the folder that it lies in. What is detected is damage: an index that was cut, or of
//! which any bit changed, is refused when it is opened or when the damaged part is read, and never
//! says that a serial number is not listed. In a verdict, a damaged part that had to be read keeps
//! other evidence from clearing the certificate.
//!
//! # The file
//!
//! Numbers are big-endian.
//!
//! | part | octets | checked |
//! |---|---|---|
//! | header: what is known of the list, the widths of the columns, the count | a multiple of 512 | at opening |
//! | blocks of rows, sorted by serial number, filled up with zeros | 512 each | whenever one is read, against its checksum |
//! | directory: of each block the first serial number and the XXH64 | 28 each, as a rule | at opening |
//! | SHA-256 of header and directory | 32 | |
//!
//! A row has the serial number, sign-extended to the width of the column (20 octets, or as many as
//! the longest needs), the time of revocation in 4 octets (5 where a time is outside 1950 to 2086),
//! and an octet for the reason. Lists that need them have two further columns: invalidityDate, and
//! the number of the certificateIssuer. The header and the directory are held in memory once they
//! were checked, so a file that changes later cannot lead a search astray.

mod block;
mod build;
mod entry;
mod facts;
mod format;
mod lookup;
mod table;
mod walk;

pub use build::{CrlIndexBuilder, IngestError, VerifiedList};
pub use facts::{ListFacts, ListKind};
pub use lookup::{CrlIndex, ListedEntries, ListedEntry};
