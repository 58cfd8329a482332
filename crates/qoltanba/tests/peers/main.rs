//! Other implementations, both ways: OpenSSL with its engine "gost".
//!
//! For every kind of key: a certificate, a list and messages made there are judged here, and
//! messages made here are verified there. The table of what was tried stands at the end of the
//! run. Without the engine everything that needs it is reported as ignored.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod authority;
mod digests;
mod forms;
mod matrix;
mod openssl;
mod xml;

use std::process::ExitCode;

use libtest_mimic::Arguments;
use qoltanba_testkit::SeededRng;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let engine = openssl::engine_is_installed();
    if !engine {
        // On CI the peer must be present: an absence there is a failure, never a pass.
        assert!(std::env::var_os("CI").is_none(), "openssl has no engine \"gost\"");
        eprintln!("ignored: no openssl with an engine \"gost\"");
    }
    let table = matrix::Table::default();
    let mut trials = matrix::trials(&table, engine);
    trials.extend(digests::trials(engine));
    trials.extend(forms::trials(engine));
    trials.extend(xml::trials());
    let listing = arguments.list;
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !listing && table.is_started() {
        eprint!("{table}");
    }
    conclusion.exit_code()
}

type Outcome = Result<(), libtest_mimic::Failed>;

fn hex(digits: &str) -> Vec<u8> {
    let octet = |i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(octet).collect()
}
