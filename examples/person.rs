//! Who a certificate claims to speak of: the person, the organisation, the role.

use std::io::Write;

use qoltanba::{
    Certificate, Lang,
    certificate::Purpose,
    identity::{Role, Subject},
};
use qoltanba_examples::{Outcome, Setting};

/// Reads a certificate. Nothing here is proved: a claim becomes a fact only in an accepted report.
pub fn run(out: &mut dyn Write) -> Outcome {
    let setting = Setting::new(Role::FirstHead)?;
    let certificate = Certificate::from_der(&setting.signer.signer.certificate)?;
    let subject = Subject::claimed_by(&certificate);
    let line = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
    writeln!(out, "surname: {}", line(subject.surname.clone()))?;
    writeln!(out, "IIN: {}", line(subject.iin.map(|n| n.to_string())))?;
    writeln!(out, "BIN: {}", line(subject.bin.map(|n| n.to_string())))?;
    writeln!(out, "role: {}", line(subject.role.map(|r| r.text(Lang::Ru).to_owned())))?;
    let purposes = certificate.purposes();
    for purpose in [Purpose::Sign, Purpose::Authenticate] {
        writeln!(out, "{}: {}", purpose.text(Lang::En), purposes.allows(purpose))?;
    }
    Ok(())
}

#[allow(dead_code, reason = "the tests call `run`")]
fn main() -> Outcome {
    run(&mut std::io::stdout())
}
