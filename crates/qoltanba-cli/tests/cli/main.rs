//! The command from the outside: words, exit codes, streams, files.
#![allow(clippy::disallowed_methods)]

mod evidence;
mod keys;
mod sandbox;
mod shown;
mod streams;
mod verdicts;
