//! Evidence from real servers on this machine, with everything that goes wrong on a network.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod bundle;
mod cache;
mod crash;
mod evidence;
mod http;
mod index;
mod pki;
mod server;
mod status;
