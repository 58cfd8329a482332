//! Verify and sign the electronic documents of Kazakhstan's national PKI.
//!
//! Whether a signature is good, who made it, for whom and in what role: answered from bytes,
//! anchors, evidence and a moment that the caller gives, with every check listed. The core does no
//! input or output and has no clock: the same inputs give the same report.
//!
//! ```
//! use qoltanba::{Conclusion, Question, Verifier, identity::Role};
//!
//! # use qoltanba::{
//! #     Certificate, TrustAnchor, TrustStore, algorithm::SignatureAlgorithm, revocation::Crl,
//! #     sign::CmsSigner,
//! # };
//! # let now = "2026-11-25T12:00:00Z".parse()?;
//! # let mut rng = qoltanba_testkit::SeededRng::new(1);
//! # let mint = qoltanba_testkit::Mint::good(SignatureAlgorithm::Gost2015_512, now, &mut rng)?;
//! # let mut trust = TrustStore::empty(); // in production: TrustStore::national()?
//! # trust.add(TrustAnchor::from_self_signed(&Certificate::from_der(&mint.anchor)?)?);
//! # let authority = Certificate::from_der(mint.issuing().certificate())?;
//! # let lists: Vec<Crl> = mint.lists.iter().map(|l| Crl::from_der(l)).collect::<Result<_, _>>()?;
//! # let certificate = mint.signer_certificate()?;
//! # let signer = CmsSigner::new(&*mint.signer.key, &certificate)?.signing_time(now);
//! # let document = signer.sign("Өтініш".as_bytes(), &mut rng)?;
//! let verifier = Verifier::new(trust).with_certificates([authority]).with_crls(lists);
//! let report = verifier.verify(&document, &Question::at(now))?;
//! for signature in report.signatures() {
//!     match &signature.conclusion {
//!         Conclusion::Passed(accepted) => {
//!             assert_eq!(accepted.signer().role(), Some(Role::Individual));
//!         }
//!         Conclusion::Failed(reason) => panic!("not good: {}", reason.code()),
//!         Conclusion::Indeterminate(reason, missing) => {
//!             panic!("could not be established: {}; missing: {missing:?}", reason.code());
//!         }
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The stages of trust
//!
//! | stage | type | what it lets you say |
//! |---|---|---|
//! | parsed | [`Certificate`], [`Crl`](revocation::Crl) | it is well formed; names are *claimed* |
//! | intact | [`IntactSignature`](integrity::IntactSignature) | this key signed exactly these bytes |
//! | trusted | [`TrustedPath`](trust::TrustedPath) | this key was certified by an anchor at that moment |
//! | identified | [`Signer`](identity::Signer) | this person, for this organisation, in this role |
//! | judged | [`Report`] | all of it, every check listed |
//!
//! Each later type is made only by the stage before it, and a [`Signer`](identity::Signer) is found
//! only inside a conclusion that [`Passed`](Conclusion::Passed).
//!
//! # The order of steps
//!
//! 1. Decide whom to believe: a [`TrustStore`].
//! 2. Collect evidence: certificates of authorities and [revocation] lists.
//! 3. Build a [`Verifier`] and ask it a [`Question`] about a moment.
//! 4. Match on the [`Conclusion`] of each signature, or show the whole [`Report`].
//!
//! What most programs need stands at the root; everything else, and that too, in its module.

pub mod algorithm;
mod asn1;
pub mod budget;
pub mod certificate;
pub mod cms;
pub mod danger;
pub mod error;
mod file;
pub mod identity;
pub mod integrity;
pub mod numbers;
mod oid;
#[cfg(feature = "paper")]
pub mod paper;
pub mod policy;
pub mod report;
pub mod request;
pub mod revocation;
pub mod sign;
pub mod text;
pub mod time;
pub mod timestamp;
pub mod trust;
pub mod verdict;
pub mod verify;
pub mod xmldsig;

pub use budget::Limits;
pub use certificate::Certificate;
pub use error::{Error, ErrorKind, Result};
pub use report::{Conclusion, Lang, Report};
pub use time::Instant;
pub use trust::{TrustAnchor, TrustStore};
pub use verdict::{Reason, Verdict};
pub use verify::{Question, Verifier};
