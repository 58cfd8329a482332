//! Canonicalisation against published outputs and against lxml and libxml2.
//!
//! The vectors are read from `QOLTANBA_VECTORS` (`../../../shared/vectors` from here); a set that
//! is absent is reported as ignored, and so are the peers where lxml is not installed. The costs
//! are printed by `cargo test --release --test c14n -- --ignored cost`.
#![allow(clippy::disallowed_methods, reason = "tests read files and start peers")]
// A test may panic and print; without its harness clippy does not know this for one.
#![allow(clippy::indexing_slicing, clippy::print_stdout)]

#[path = "c14n/cost.rs"]
mod cost;
#[path = "c14n/interop.rs"]
mod interop;
#[path = "c14n/peer.rs"]
mod peer;
#[path = "c14n/random.rs"]
mod random;

use std::path::PathBuf;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    interop::trials(&mut trials);
    peer::trials(&mut trials);
    cost::trials(&mut trials);
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn vectors() -> PathBuf {
    let given = std::env::var_os("QOLTANBA_VECTORS").map(PathBuf::from);
    given.unwrap_or_else(|| {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors")
    })
}

/// A trial, reported as ignored when what it needs is absent.
fn trial(
    name: impl Into<String>,
    present: bool,
    run: impl FnOnce() -> Result<(), String> + Send + 'static,
) -> Trial {
    Trial::test(name, move || run().map_err(Into::into)).with_ignored_flag(!present)
}

/// Where two outputs part.
fn same(ours: &[u8], theirs: &[u8]) -> Result<(), String> {
    if ours == theirs {
        return Ok(());
    }
    let at = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let around = |octets: &[u8]| {
        let part = &octets[at.saturating_sub(80)..octets.len().min(at + 80)];
        String::from_utf8_lossy(part).into_owned()
    };
    Err(format!("differ at {at}\n  ours:   {:?}\n  theirs: {:?}", around(ours), around(theirs)))
}
