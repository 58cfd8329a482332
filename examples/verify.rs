//! Verify a signed message and tell why not, when not.

use std::io::Write;

use qoltanba::{Conclusion, Lang, Question, Verifier, identity::Role};
use qoltanba_examples::{Outcome, Setting};

/// Verifies a notice, once with all evidence and once without the lists.
pub fn run(out: &mut dyn Write) -> Outcome {
    let setting = Setting::new(Role::RightToSign)?;
    let notice = setting.message("Өтінішіңіз қабылданды".as_bytes())?;

    let without_lists =
        Verifier::new(setting.trust()?).with_certificates([setting.authority.clone()]);
    let verifier = without_lists.clone().with_crls(setting.lists.clone());
    for verifier in [verifier, without_lists] {
        let report = verifier.verify(&notice, &Question::at(setting.now))?;
        for signature in report.signatures() {
            match &signature.conclusion {
                Conclusion::Passed(accepted) => {
                    let subject = accepted.signer().subject();
                    writeln!(out, "passed: {}", subject.name.as_deref().unwrap_or("?"))?;
                }
                Conclusion::Failed(reason) => writeln!(out, "failed: {}", reason.text(Lang::En))?,
                Conclusion::Indeterminate(reason, missing) => {
                    writeln!(out, "indeterminate: {}", reason.code())?;
                    for evidence in missing {
                        writeln!(out, "  needed: {}", evidence.text(Lang::En))?;
                    }
                }
            }
        }
    }
    Ok(())
}

#[allow(dead_code, reason = "the tests call `run`")]
fn main() -> Outcome {
    run(&mut std::io::stdout())
}
