//! A test certification authority: certificates, revocation lists and key stores of every profile
//! of Kazakhstan's national PKI, good and deliberately bad, from a small description.
//!
//! ```
//! use qoltanba::{
//!     Certificate,
//!     algorithm::SignatureAlgorithm,
//!     identity::{Role, Subject},
//! };
//! use qoltanba_testkit::{Mint, Order, SeededRng};
//!
//! let at = "2026-11-22T00:00:00Z".parse()?;
//! let order = Order::new(SignatureAlgorithm::Gost2015_512, at).role(Role::FirstHead);
//! let mint = Mint::new(&order, &mut SeededRng::new(1))?;
//!
//! let head = Certificate::from_der(&mint.signer.certificate)?;
//! assert_eq!(Subject::claimed_by(&head).role, Some(Role::FirstHead));
//! assert!(head.quirks().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which to take
//!
//! | for | take |
//! |---|---|
//! | a chain with a signer and lists, in one call | [`Mint`] |
//! | certificates of your own below your own authority | [`Authority::root`], [`Authority::certify`], [`Authority::issue`] with an [`EndEntity`] |
//! | revocation lists | [`Authority::publish`] with a [`CrlSpec`] |
//! | answers about the status of certificates | [`Authority::answer`] with an [`OcspSpec`] |
//! | time stamps | [`Authority::stamp`] with a [`TimeStampSpec`] |
//! | policies, constraints, partitioned and indirect lists | [`PathRules`], [`Point`], [`CrlSpec::points`], [`Revoked::issued_by`] |
//! | one thing wrong and all else right | [`Fault`], [`CrlFault`], [`OcspFault`], [`TimeStampFault`] |
//! | a subject that no profile has | [`Subject`] in [`EndEntity::subject`] |
//! | a page as a scanner or a telephone sees it | [`Sheet`] |
//! | a folder to try the command on | [`DevPki`] |
//! | its services on loopback, in order or out of it | `Server`, with the feature `serve` |
//!
//! # What repeats
//!
//! Time and randomness are inputs. With a [`SeededRng`] and GOST keys the same calls give the same
//! octets; RSA keys come from OpenSSL's generator and never repeat.
//!
//! # What is invented
//!
//! Persons are "born" from 1890 to 1899, organisations "registered" in the years 45 to 69, hosts
//! end in `.invalid`, and the keys are public: never trust these roots outside a test.

mod authority;
mod crl;
mod dev_pki;
mod encode;
mod end_entity;
mod error;
mod fault;
mod keys;
mod layout;
mod mint;
mod ocsp;
mod oid;
mod people;
mod profile;
mod random;
mod rules;
#[cfg(feature = "serve")]
mod serve;
mod service;
mod sheet;
mod subject;
mod time_stamp;

pub use authority::{Authority, AuthoritySpec, Issued};
pub use crl::{CrlFault, CrlSpec, Reason, Revoked, Scope};
pub use dev_pki::{DevPki, Family, Holder, PASSWORD, State};
pub use end_entity::EndEntity;
pub use error::{Error, Result};
pub use fault::{Fault, Placement};
pub use keys::{Key, fresh_key, pooled_key};
pub use layout::{Existing, File};
pub use mint::{Mint, Order};
pub use ocsp::{
    CertId, OcspFault, OcspRefusal, OcspRequest, OcspSpec, ResponderId, Single, Status,
};
pub use people::{Organisation, Person, invented_bin, invented_iin};
pub use profile::{Addresses, ExtendedUsage, Profile};
pub use random::SeededRng;
pub use rules::{NameForm, PathRules, Point};
#[cfg(feature = "serve")]
pub use serve::{Behaviour, Server, Service, Services};
pub use sheet::Sheet;
pub use subject::{Attribute, Generation, Subject};
pub use time_stamp::{
    CertificateBinding, FailInfo, Imprint, TimeStampFault, TimeStampPolicy, TimeStampRefusal,
    TimeStampRequest, TimeStampSpec, time_stamp_response,
};
