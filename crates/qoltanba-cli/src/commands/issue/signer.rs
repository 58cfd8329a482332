//! The signer's own certificate, verified before anything is signed (500/НҚ p.4).

use qoltanba::{
    Certificate, Instant, Lang, Question, Report, Verdict,
    report::Subjects,
    verdict::{Reason, SubIndication},
};
use qoltanba_fetch::{Problem, Session};
use serde_json::{Value, json};

use crate::{
    exit::{Exit, Failure, Result},
    network::{self, note_text},
    output::{Pick as _, next_step, warn},
};

/// A certificate by which documents may be issued, and what is not known of it.
pub(super) struct SignerCheck {
    at: Instant,
    /// What was missing to tell whether it was revoked.
    unknown: Option<Reason>,
}

impl SignerCheck {
    /// Verifies a certificate by the evidence at hand, and by what can be had.
    ///
    /// A certificate that does not hold signs nothing. Where nothing but the evidence of its
    /// revocation is missing it does, and everybody is told.
    pub(super) fn of(
        certificate: &Certificate,
        session: &mut Session<'_>,
        now: Instant,
        lang: Lang,
    ) -> Result<Self> {
        let validity = certificate.validity();
        let subject = || certificate.claimed_subject().to_string();
        // 500/НҚ p.16.1; a document that is dated back is signed now too.
        if now < validity.not_before {
            let not_before = validity.not_before;
            let reason = Reason::NotYetValid { at: now, not_before, subject: subject() };
            return Err(refused(&reason, Exit::Failed, lang));
        }
        if !validity.contains(now) {
            let not_after = validity.not_after;
            let reason = Reason::Expired { at: now, not_after, subject: subject() };
            return Err(refused(&reason, Exit::Failed, lang));
        }
        let report = verified(certificate, session, now, lang)?;
        let unknown = match Finding::of(&report) {
            Finding::Good => None,
            Finding::Unknown(reason) => Some(reason),
            Finding::Bad(reason, exit) => {
                tell_what_is_missing(&report, session, lang);
                return Err(refused(&reason, exit, lang));
            }
        };
        if let Some(reason) = &unknown {
            let what = lang.pick(
                "қол қоюшы сертификатының кері қайтарылмағаны тексерілмеді, құжаттар соған қарамастан шығарылады",
                "не проверено, что сертификат подписывающего не отозван; документы всё же выдаются",
                "it could not be checked that the signer's certificate was not revoked; documents are issued all the same",
            );
            warn(&format!("{what}: {}", reason.text(lang)));
            tell_what_is_missing(&report, session, lang);
        }
        Ok(Self { at: now, unknown })
    }

    /// The word for it in the register and for programs.
    pub(super) fn code(&self) -> &'static str {
        self.unknown.as_ref().map_or(Verdict::Passed.code(), Reason::code)
    }

    pub(super) fn to_json(&self) -> Value {
        let verdict = self.unknown.as_ref().map_or(Verdict::Passed, Reason::verdict);
        json!({
            "verdict": verdict.code(),
            "reason": self.unknown.as_ref().map(Reason::code),
            "at": self.at.to_string(),
        })
    }

    /// Whether a document that this certificate signed is found as good as the certificate was.
    pub(super) fn allows(&self, report: &Report) -> bool {
        match report.verdict() {
            Verdict::Passed => true,
            Verdict::Failed => false,
            Verdict::Indeterminate => {
                self.unknown.as_ref().map(Reason::code) == report.reason().map(Reason::code)
            }
        }
    }
}

fn verified(
    certificate: &Certificate,
    session: &mut Session<'_>,
    now: Instant,
    lang: Lang,
) -> Result<Report> {
    let question = Question::at(now);
    let judge = |session: &Session<'_>| {
        let report = session.verifier().verify(certificate.as_der(), &question);
        report.map_err(|error| Failure::of_core(&error, lang))
    };
    let mut report = judge(session)?;
    for _ in 0..network::ROUNDS {
        if report.verdict() == Verdict::Passed || !session.get(&[&report]) {
            break;
        }
        report = judge(session)?;
    }
    Ok(report)
}

enum Finding {
    Good,
    /// The evidence of revocation is missing, and nothing else.
    Unknown(Reason),
    Bad(Reason, Exit),
}

impl Finding {
    fn of(report: &Report) -> Self {
        let verdict = report.verdict();
        if verdict == Verdict::Passed {
            return Self::Good;
        }
        let reason = report.reason().cloned().unwrap_or(Reason::ProofMissing);
        let negative = match &report.subjects {
            Subjects::Certificate(one) => one.law().is_some(),
            _ => false,
        };
        match verdict {
            // What the national rules call negative has failed.
            Verdict::Indeterminate if negative => Self::Bad(reason, Exit::Failed),
            Verdict::Indeterminate if reason.sub_indication() == SubIndication::TryLater => {
                Self::Unknown(reason)
            }
            // Among them are certificates for which nobody vouches.
            verdict => Self::Bad(reason, Exit::from(verdict)),
        }
    }
}

/// What would bring a clearer answer, and why it could not be had.
fn tell_what_is_missing(report: &Report, session: &Session<'_>, lang: Lang) {
    let mut told = Vec::new();
    // Nobody needs to be told what was asked for.
    let notes = session.notes().iter().filter(|note| note.problem != Problem::Offline);
    let notes = notes.map(|note| note_text(note, lang));
    for line in report.missing().map(|evidence| next_step(evidence, lang).0).chain(notes) {
        if !told.contains(&line) {
            warn(&line);
            told.push(line);
        }
    }
}

fn refused(reason: &Reason, exit: Exit, lang: Lang) -> Failure {
    let what = lang.pick(
        "қол қоюшының сертификаты тексеруден өтпеді, ештеңе шығарылмады",
        "сертификат подписывающего не прошёл проверку, ничего не выдано",
        "the signer's certificate did not pass the check, nothing is issued",
    );
    Failure { exit, reason: reason.code(), message: format!("{what}: {}", reason.text(lang)) }
}
