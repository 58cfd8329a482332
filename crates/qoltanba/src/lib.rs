//! Verify and sign the electronic documents of Kazakhstan's national PKI.
//!
//! Whether a signature is good, who made it, for whom and in what role: answered from bytes,
//! anchors, evidence and a moment that the caller gives, with every check listed. The core does no
//! input or output and has no clock: the same inputs give the same report.
//!
//! ```
//! use qoltanba::{Conclusion, Question, Role, Verifier};
//!
//! # use qoltanba::{Certificate, CmsSigner, Crl, SignatureAlgorithm, TrustAnchor, TrustStore};
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
#[cfg(feature = "paper")]
pub mod paper;
mod policy;
mod report;
pub mod request;
mod revocation;
mod sign;
mod text;
mod time;
mod timestamp;
mod trust;
mod verdict;
mod verify;
pub mod xmldsig;

pub use algorithm::{
    DigestAlgorithm, Hasher, KeyKind, PublicKey, SignatureAlgorithm, SignatureFault, Strength,
};
pub use budget::Limits;
pub use certificate::{Attribute, Certificate, Name, Purpose, Purposes, Quirk, RevocationReason};
pub use cms::bundled_certificates;
pub use error::{Error, ErrorKind, KeyStoreFault, Result};
pub use identity::{IdentityRemark, Role, Signer, Subject};
pub use integrity::{Covered, CoveredPart, IntactSignature};
pub use numbers::{Bin, Iin, NumberRemark};
pub use policy::{
    Level, NationalPolicy, Policy, Preset, Rule, RuleId, Source, StampEvidence, UseRules,
};
pub use report::{
    Accepted, AcceptedCertificate, AcceptedEvidence, CertificateReport, Check, CheckId, Conclusion,
    Container, ContainerKind, EvidenceFacts, EvidenceReport, Format, Lang, Law, NotApplicable,
    OcspStatus, Outcome, Part, PartId, Remark, Report, RuleOutcome, RuleResult, SignatureLevel,
    SignatureReport, SigningTime, Subjects, TimeStampKind, TimeStampReport,
};
pub use revocation::{
    Back, Crl, NonceRule, OcspRequest, OcspResponse, OcspResponseStatus, OcspRules, Reach,
    Revocation, UnknownStatus,
};
pub use revocation::{
    CrlIndex, CrlIndexBuilder, IngestError, ListFacts, ListKind, ListedEntries, ListedEntry,
    ReplacementFault, VerifiedList,
};
pub use sign::{
    CmsSigner, Form, KeyStore, Password, PrivateKey, SigningKey, ValidationData, XmlSigner,
    add_time_stamp, add_validation_data, extract, extract_stream, time_stamp_request,
};
pub use text::visible;
pub use time::{Instant, Validity};
pub use timestamp::{
    Accuracy, GenTime, ProvenTime, TimeStampFailure, TimeStampFault, TimeStampRequest,
    TimeStampResponse, TimeStampStatus, TimeStampToken,
};
pub use trust::{
    ExplicitPolicy, Inhibition, InitialPolicies, PathInputs, PolicySet, TrustAnchor, TrustStore,
    TrustedPath,
};
pub use verdict::{BarcodeConflict, Evidence, Reason, SubIndication, Verdict};
pub use verify::{Body, Question, Recognised, SignedMail, Verifier, recognise, recognise_all};
