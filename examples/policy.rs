//! Ask for another purpose: a login by EDS instead of a signed document.

use std::io::Write;

use qoltanba::{Question, Verifier, certificate::Purpose, identity::Role, policy::Policy};
use qoltanba_examples::{Outcome, Setting};

/// Judges one certificate for both purposes, and expects a person.
pub fn run(out: &mut dyn Write) -> Outcome {
    let setting = Setting::new(Role::InformationSystem)?;
    let verifier = Verifier::new(setting.trust()?)
        .with_certificates([setting.authority.clone()])
        .with_crls(setting.lists.clone());
    for purpose in [Purpose::Sign, Purpose::Authenticate] {
        let verifier = verifier.clone().with_policy(Policy::for_purpose(purpose));
        let question = Question::at(setting.now);
        let report = verifier.verify(&setting.signer.signer.certificate, &question)?;
        writeln!(out, "{purpose:?}: {}", report.verdict())?;
    }
    let mut question = Question::at(setting.now);
    question.expect_iin = Some("960416161941".parse()?);
    let report = verifier.verify(&setting.signer.signer.certificate, &question)?;
    let reason = report.reason().map_or("none", |r| r.code());
    writeln!(out, "a system is no person: {} ({reason})", report.verdict())?;
    Ok(())
}

#[allow(dead_code, reason = "the tests call `run`")]
fn main() -> Outcome {
    run(&mut std::io::stdout())
}
