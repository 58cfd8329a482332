//! The service from outside: every endpoint and every fault, by `app()` and `oneshot`.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, dead_code)]

mod audit;
mod bounds;
mod faults;
mod foreign;
mod house;
mod key;
mod ops;
mod paper;
mod protocol;
mod registry;
mod renewal;
mod rights;
mod storage;
mod told;
mod verify;
