//! OCSP: what answers are believed for, alone, as the answer to a request, inside documents, and
//! with OpenSSL on the other side.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "../common/message.rs"]
mod message;

mod answers;
mod embedded;
mod exchange;
mod file;
mod peer;
mod scene;
