//! §5.2.8, acceptance: the judge. A pure function from checks and proofs to a conclusion.

use super::Question;
use crate::{
    certificate::Certificate,
    identity::Subject,
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
}

impl Carrier {
    fn claimed(verdict: Verdict, certificate: Option<&Certificate>) -> Self {
        let subject = certificate.map(Subject::claimed_by);
        Self {
            verdict,
            iin: subject.as_ref().and_then(|s| s.iin),
            bin: subject.as_ref().and_then(|s| s.bin),
        }
    }
}

/// The caller's expectations: one accepted signature must carry each number. Where a signature
/// that could not be established claims the number, the verdict stays with that signature.
pub(super) fn meet_expectations(report: &mut Report, question: &Question<'_>) {
    let carriers: Vec<Carrier> = match &report.subjects {
        Subjects::Signatures(all) => all
            .iter()
            .map(|s| match &s.conclusion {
                Conclusion::Passed(accepted) => Carrier {
                    verdict: Verdict::Passed,
                    iin: accepted.signer().iin(),
                    bin: accepted.signer().bin(),
                },
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
    let nothing_expected = question.expect_iin.is_none() && question.expect_bin.is_none();
    // A person for an organisation: one signature carries both.
    let iin = nothing_expected || met(&has_iin);
    let bin = nothing_expected || met(&|c| has_iin(c) && has_bin(c));
    if report.problem.is_none() {
        report.problem = match (iin, bin) {
            (false, _) => Some(Reason::IinMismatch),
            (_, false) => Some(Reason::BinMismatch),
            _ => None,
        };
    }
}
