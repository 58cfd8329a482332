//! The command from the outside: words, exit codes, streams, files.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod agree;
mod evidence;
mod issue;
mod issuing;
mod keys;
mod network;
mod paper;
mod request;
mod sandbox;
mod scan;
mod serve;
mod served_demo;
mod service;
mod shown;
mod streams;
mod verdicts;
mod xml;
