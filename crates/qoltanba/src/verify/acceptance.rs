//! §5.2.8, acceptance: the judge. A pure function from checks and proofs to a conclusion.

use super::Question;
use crate::{
    certificate::Certificate,
    identity::{Role, Subject},
    numbers::{Bin, Iin},
    report::{Check, Conclusion, Report, Subjects},
    verdict::{Evidence, Reason, Verdict},
};

/// The first failure decides, else the first thing that could not be established, else the proofs
/// make the happy value. `proofs` is asked only when no check has a problem.
pub(super) fn conclude<A>(
    checks: &[Check],
    missing: Vec<Evidence>,
    proofs: impl FnOnce() -> Option<A>,
) -> Conclusion<A> {
    let worst = |verdict| checks.iter().filter_map(Check::reason).find(|r| r.verdict() == verdict);
    if let Some(reason) = worst(Verdict::Failed) {
        return Conclusion::Failed(reason.clone());
    }
    if let Some(reason) = worst(Verdict::Indeterminate) {
        return Conclusion::Indeterminate(reason.clone(), missing);
    }
    match proofs() {
        Some(accepted) => Conclusion::Passed(Box::new(accepted)),
        None => Conclusion::Indeterminate(Reason::ProofMissing, missing),
    }
}

/// Whether a judged thing carries a number, by proof or by its own claim.
struct Carrier {
    verdict: Verdict,
    iin: Option<Iin>,
    bin: Option<Bin>,
    roles: Vec<Role>,
}

impl Carrier {
    fn claimed(verdict: Verdict, certificate: Option<&Certificate>) -> Self {
        match certificate.map(Subject::claimed_by) {
            Some(subject) => Self::of(verdict, &subject),
            None => Self { verdict, iin: None, bin: None, roles: Vec::new() },
        }
    }

    fn of(verdict: Verdict, subject: &Subject) -> Self {
        Self { verdict, iin: subject.iin, bin: subject.bin, roles: subject.roles.clone() }
    }
}

/// The caller's expectations: one accepted signature must carry the IIN, the BIN and a role of
/// those that are expected. Where a signature that could not be established claims them, the
/// verdict stays with that signature.
pub(crate) fn meet_expectations(report: &mut Report, question: &Question<'_>) {
    let carriers: Vec<Carrier> = match &report.subjects {
        Subjects::Signatures(all) => all
            .iter()
            .map(|s| match &s.conclusion {
                Conclusion::Passed(accepted) => {
                    Carrier::of(Verdict::Passed, accepted.signer().subject())
                }
                other => Carrier::claimed(other.verdict(), s.claimed_certificate.as_ref()),
            })
            .collect(),
        Subjects::Certificate(one) => {
            vec![Carrier::claimed(one.conclusion.verdict(), Some(&one.certificate))]
        }
        Subjects::Evidence(_) => Vec::new(),
    };
    let met = |wanted: &dyn Fn(&Carrier) -> bool| {
        carriers.iter().any(|c| c.verdict != Verdict::Failed && wanted(c))
    };
    let has_iin = |c: &Carrier| question.expect_iin.is_none_or(|iin| c.iin == Some(iin));
    let has_bin = |c: &Carrier| question.expect_bin.is_none_or(|bin| c.bin == Some(bin));
    let has_role = |c: &Carrier| {
        let expected = &question.expect_role;
        expected.is_empty() || c.roles.iter().any(|role| expected.contains(role))
    };
    // A person for an organisation in a role: one signature carries them together. What is not
    // expected is not missed, in a file without any signature neither.
    let iin = question.expect_iin.is_none() || met(&has_iin);
    let bin = question.expect_bin.is_none() || met(&|c| has_iin(c) && has_bin(c));
    let role = question.expect_role.is_empty() || met(&|c| has_iin(c) && has_bin(c) && has_role(c));
    if report.problem.is_none() {
        report.problem = match (iin, bin, role) {
            (false, _, _) => Some(Reason::IinMismatch),
            (_, false, _) => Some(Reason::BinMismatch),
            (_, _, false) => Some(Reason::RoleMismatch),
            (true, true, true) => None,
        };
    }
}
