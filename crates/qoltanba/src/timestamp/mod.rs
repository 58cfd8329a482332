//! Time stamps: requests and responses (RFC 3161, RFC 5816), tokens, and the proof that something
//! existed at a time.
//!
//! Asking an authority takes two steps, so that nothing here reaches out: a request goes out as
//! bytes, and a response comes in as bytes.
//!
//! ```
//! use qoltanba::{
//!     algorithm::DigestAlgorithm,
//!     timestamp::{TimeStampRequest, TimeStampResponse},
//! };
//!
//! let digest = DigestAlgorithm::Sha256.digest(b"the octets to be stamped");
//! let request = TimeStampRequest::new(DigestAlgorithm::Sha256, &digest)?.nonce(&[1, 2, 3]);
//! let body = request.to_der(); // sent as application/timestamp-query
//! assert_eq!(body.first(), Some(&0x30));
//!
//! // What comes back may be a refusal, and says why.
//! let refusal = TimeStampResponse::from_der(&[0x30, 0x09, 0x30, 0x07, 2, 1, 2, 3, 2, 0, 0x80])?;
//! let fault = request.accept(&refusal).unwrap_err();
//! assert_eq!(fault.to_string(), "the authority refused: rejection (badAlg)");
//! # Ok::<(), qoltanba::Error>(())
//! ```
//!
//! That a response answers a request does not make its token good: a
//! [`Verifier`](crate::Verifier) judges the token, and only then there is a [`ProvenTime`].

mod gen_time;
mod proof;
mod request;
mod response;
mod token;

pub use gen_time::{Accuracy, GenTime};
pub use proof::ProvenTime;
pub(crate) use proof::{KeyCheck, Stamped, StampingKey, reach};
pub use request::{TimeStampFault, TimeStampRequest};
pub use response::{TimeStampFailure, TimeStampResponse, TimeStampStatus};
pub use token::TimeStampToken;
