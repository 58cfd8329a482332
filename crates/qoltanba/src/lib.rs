//! Verify and sign the electronic documents of Kazakhstan's national PKI.
//!
//! Whether a signature is good, who made it, for whom and in what role: answered from bytes,
//! anchors, evidence and a moment that the caller gives, with every check listed. The core does no
//! input or output and has no clock: the same inputs give the same report.
//!
//! ```
//! use qoltanba::{Conclusion, Question, TrustStore, Verifier};
//!
//! # fn show(document: &[u8]) -> qoltanba::Result<()> {
//! let verifier = Verifier::new(TrustStore::national()?);
//! let report = verifier.verify(document, &Question::at("2026-11-25T12:00:00Z".parse()?))?;
//! for signature in report.signatures() {
//!     match &signature.conclusion {
//!         Conclusion::Passed(accepted) => println!("signed by {:?}", accepted.signer().iin()),
//!         Conclusion::Failed(reason) => println!("not good: {}", reason.code()),
//!         Conclusion::Indeterminate(reason, missing) => {
//!             println!("could not be established: {}; missing: {missing:?}", reason.code());
//!         }
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # The stages of trust
//!
//! | stage | type | what it lets you say |
//! |---|---|---|
//! | parsed | [`Certificate`], [`Crl`] | it is well formed; names are *claimed* |
//! | intact | [`IntactSignature`] | this key signed exactly these bytes |
//! | trusted | [`TrustedPath`] | this key was certified by an anchor at that moment |
//! | identified | [`Signer`] | this person, for this organisation, in this role |
//! | judged | [`Report`] | all of it, every check listed |
//!
//! Each later type is made only by the stage before it, and a [`Signer`] is found only inside a
//! conclusion that [`Passed`](Conclusion::Passed).
//!
//! # The order of steps
//!
//! 1. Decide whom to believe: a [`TrustStore`].
//! 2. Collect evidence: revocation lists ([`Crl`]) and certificates of authorities.
//! 3. Build a [`Verifier`] and ask it a [`Question`] about a moment.
//! 4. Match on the [`Conclusion`] of each signature, or show the whole [`Report`].

mod algorithm;
mod asn1;
mod budget;
mod certificate;
mod cms;
pub mod danger;
mod error;
mod identity;
mod integrity;
pub mod numbers;
mod oid;
mod policy;
mod report;
mod revocation;
mod sign;
mod text;
mod time;
mod trust;
mod verdict;
mod verify;
pub mod xmldsig;

pub use algorithm::{
    DigestAlgorithm, Hasher, KeyKind, PublicKey, SignatureAlgorithm, SignatureFault, Strength,
};
pub use budget::Limits;
pub use certificate::{Attribute, Certificate, Name, Purpose, Purposes, Quirk, RevocationReason};
pub use error::{Error, ErrorKind, KeyStoreFault, Result};
pub use identity::{IdentityRemark, Role, Signer, Subject};
pub use integrity::{Covered, CoveredPart, IntactSignature};
pub use numbers::{Bin, Iin, NumberRemark};
pub use policy::Policy;
pub use report::{
    Accepted, AcceptedCertificate, CertificateReport, Check, CheckId, Conclusion, Format, Lang,
    Outcome, Remark, Report, SignatureReport, SigningTime, Subjects,
};
pub use revocation::Crl;
pub use sign::{CmsSigner, Form, KeyStore, Password, PrivateKey, SigningKey, XmlSigner, extract};
pub use text::visible;
pub use time::{Instant, Validity};
pub use trust::{TrustAnchor, TrustStore, TrustedPath};
pub use verdict::{Evidence, Reason, SubIndication, Verdict};
pub use verify::{Body, Question, Recognised, Verifier, recognise, recognise_all};
