//! Decide whom to believe: the national roots, and one more.

use std::io::Write;

use qoltanba::{TrustAnchor, TrustStore, identity::Role};
use qoltanba_examples::{Outcome, Setting};

/// Adds the root of a test authority to the national ones.
pub fn run(out: &mut dyn Write) -> Outcome {
    let setting = Setting::new(Role::Individual)?;
    let mut trust = TrustStore::national()?;
    writeln!(out, "national: {}", trust.anchors().len())?;
    trust.add(TrustAnchor::from_self_signed(&setting.root)?);
    writeln!(out, "with one more: {}", trust.anchors().len())?;
    // An issuing authority is a step of a path, and never an anchor.
    match TrustAnchor::from_self_signed(&setting.authority) {
        Ok(_) => writeln!(out, "an authority became an anchor")?,
        Err(error) => writeln!(out, "refused: {error}")?,
    }
    Ok(())
}

#[allow(dead_code, reason = "the tests call `run`")]
fn main() -> Outcome {
    run(&mut std::io::stdout())
}
