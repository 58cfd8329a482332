//! Evidence over the network for Qoltanba: revocation lists, certificates of authorities, OCSP
//! answers and time stamps, with copies on disk and bundles for machines without a network.
//!
//! The core names the evidence that a verdict lacks and does no input or output. This crate gets
//! it and asks the core again, until the verdict is clear or nothing more is to be had. It never
//! decides on a verdict: what came is judged by the core as if the caller had brought it.
//!
//! ```
//! use qoltanba::{Question, Verifier};
//! use qoltanba_fetch::{AddressPolicy, Cache, FetchLimits, Fetcher};
//!
//! # let (now, folder) = ("2026-11-25T12:00:00Z".parse()?, tempfile::tempdir()?);
//! # let mut rng = qoltanba_testkit::SeededRng::new(1);
//! # let gost = qoltanba::algorithm::SignatureAlgorithm::Gost2015_512;
//! # let mint = qoltanba_testkit::Mint::good(gost, now, &mut rng)?;
//! # let mut trust = qoltanba::TrustStore::empty(); // in production: TrustStore::national()?
//! # let anchor = qoltanba::Certificate::from_der(&mint.anchor)?;
//! # trust.add(qoltanba::TrustAnchor::from_self_signed(&anchor)?);
//! # let document = mint.signer.certificate.clone();
//! let fetcher = Fetcher::new(AddressPolicy::national())
//!     // .with_http(Http::new(Patience::WHILE_A_USER_WAITS))
//!     .with_cache(Cache::open(folder.path())?)
//!     .with_limits(FetchLimits { requests: 8, ..FetchLimits::default() });
//! let outcome = fetcher.verify(&Verifier::new(trust), &document, &Question::at(now), now)?;
//! // Nothing was fetched, and that is said: in the verdict, and in a note for each address.
//! assert_eq!(outcome.report.verdict(), qoltanba::Verdict::Indeterminate);
//! assert!(outcome.notes[0].text(qoltanba::Lang::En).contains("pki.qoltanba.invalid"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which to take
//!
//! | for | take |
//! |---|---|
//! | a verdict with everything that can be had | [`Fetcher::verify`], [`Fetcher::complete`] |
//! | verdicts on many documents | [`Fetcher::begin`], [`Session`] |
//! | lists ahead of need | [`Fetcher::refresh`], [`Patience::SCHEDULED`], [`national::LISTS`] |
//! | where one may connect to | [`AddressPolicy`], [`HostRule`], [`Approved::by_operator`] |
//! | copies that survive | [`Cache`] |
//! | a machine without a network | [`Bundle`] |
//! | the requests alone | [`Http`], [`Fetcher::time_stamp`] |
//!
//! # What a stranger's certificate can make this crate do
//!
//! Ask for a file by `http` on port 80 of an allow-listed host that lies in the public internet,
//! a few times. No redirect is followed, no proxy is taken from the environment, no body is read
//! past its limit, and nothing that came is kept before a trusted key is seen to have signed it.

mod address;
mod bundle;
mod cache;
mod fetch;
mod http;
mod lists;
mod map;
mod messages;
pub mod national;
mod ocsp;
mod stopwatch;
mod text;

pub use address::{AddressFault, AddressPolicy, Approved, HostRule, is_public};
pub use bundle::{Bundle, BundleContents, BundleError, BundleTrust};
pub use cache::{Cache, CacheError, Entry, IndexedList, Kind};
pub use fetch::{FetchLimits, Fetcher, Gathered, Note, Outcome, Problem, Session, Source};
pub use http::{Http, HttpError, Patience, Proxy, Quantity};
pub use lists::ListFault;
