//! The five questions of one signature, in plain words. A name is called confirmed only where the
//! verifier gave a signer out.

use maud::{Markup, html};
use qoltanba::{
    Conclusion, Lang, Reason, Report, Verdict,
    identity::Subject,
    report::{Part, SignatureReport},
    verdict::{PageMatch, Standing},
};

use super::{
    layout::{foreign, moment, sentence},
    words,
};
use crate::lang::Words;

/// How a question came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Confirmed,
    Open,
    Rejected,
}

impl Mark {
    fn of(part: &Part) -> Self {
        match (part.verdict, &part.reason) {
            (Verdict::Passed, _) => Self::Confirmed,
            (_, Some(reason)) => Self::of_reason(reason),
            (Verdict::Indeterminate, None) => Self::Open,
            (Verdict::Failed, None) => Self::Rejected,
        }
    }

    fn of_reason(reason: &Reason) -> Self {
        if reason.standing() == Standing::NotGood { Self::Rejected } else { Self::Open }
    }

    /// The word with its sign.
    pub(super) fn show(self, lang: Lang) -> Markup {
        let (class, sign, words) = match self {
            Self::Confirmed => ("good", "M4 11l4.5 4.5L16 6", words::CONFIRMED),
            Self::Open => (
                "could_not_check",
                "M7 7.5a3 3 0 1 1 4.4 2.6c-1 .6-1.4 1.2-1.4 2.4M10 15.9v.1",
                words::OPEN,
            ),
            Self::Rejected => ("not_good", "M5 5l10 10M15 5L5 15", words::REJECTED),
        };
        html! {
            span class={ "mark " (class) } {
                svg viewBox="0 0 20 20" aria-hidden="true" focusable="false" fill="none"
                    stroke="currentColor" stroke-width="2.4" stroke-linecap="round"
                    stroke-linejoin="round" { path d=(sign) {} }
                (words.pick(lang))
            }
        }
    }
}

/// The five questions with their answers.
pub(super) fn of_signature(report: &Report, signature: &SignatureReport, lang: Lang) -> Markup {
    let [integrity, signer, status, time] = signature.parts();
    let (who, whom) = identity(signature, &integrity, &signer, lang);
    html! {
        dl.questions {
            (row(words::UNCHANGED, unchanged(report, &integrity, lang), lang))
            (row(words::WHO, who, lang))
            (row(words::WHOM, whom, lang))
            (row(words::WHEN, when(signature, &time, lang), lang))
            (row(words::THEN, then(signature, &status, lang), lang))
        }
    }
}

type Answered = (Mark, Markup);

pub(super) fn row(question: Words, (mark, answer): Answered, lang: Lang) -> Markup {
    html! {
        div {
            dt { (question.pick(lang)) }
            dd { (mark.show(lang)) div { (answer) } }
        }
    }
}

/// Why a part is not confirmed.
fn because(part: &Part, lang: Lang) -> Answered {
    let text = part.reason.as_ref().map(|reason| sentence(&reason.text(lang)));
    let text = text.unwrap_or_else(|| words::NOT_ESTABLISHED.pick(lang).to_owned());
    (Mark::of(part), html! { (text) })
}

fn unchanged(report: &Report, integrity: &Part, lang: Lang) -> Answered {
    if integrity.verdict != Verdict::Passed {
        return because(integrity, lang);
    }
    // Something of the whole file speaks against it: the page shows something else, a part of the
    // barcodes is of another document.
    if let Some(problem) = report.problem.as_ref().filter(|one| one.standing() == Standing::NotGood)
    {
        return (Mark::Rejected, html! { (sentence(&problem.text(lang))) });
    }
    let paper = report.paper.as_ref().map(|paper| &paper.page);
    match paper {
        Some(PageMatch::Agrees) => (
            Mark::Confirmed,
            html! { (words::IS_UNCHANGED.pick(lang)) " " (words::PAGE_AGREES.pick(lang)) },
        ),
        _ if report.is_beside_its_page() => {
            (Mark::Open, html! { (words::DATA_UNCHANGED.pick(lang)) })
        }
        _ => (Mark::Confirmed, html! { (words::IS_UNCHANGED.pick(lang)) }),
    }
}

fn identity(
    signature: &SignatureReport,
    integrity: &Part,
    signer: &Part,
    lang: Lang,
) -> (Answered, Answered) {
    if let Conclusion::Passed(accepted) = &signature.conclusion {
        let subject = accepted.signer().subject();
        return ((Mark::Confirmed, name(subject, lang)), (Mark::Confirmed, acts(subject, lang)));
    }
    // What a certificate says is shown where its key did sign and authorities vouch for it, and
    // something else keeps the signature from being good.
    let is_named = integrity.verdict == Verdict::Passed && signer.verdict == Verdict::Passed;
    let claimed = signature.claimed_certificate.as_ref().filter(|_| is_named);
    match claimed.map(Subject::claimed_by) {
        Some(subject) => {
            let named = |said: Markup| html! { (words::NAMED.pick(lang)) div { (said) } };
            ((Mark::Open, named(name(&subject, lang))), (Mark::Open, named(acts(&subject, lang))))
        }
        None => {
            let (mark, text) = because(signer, lang);
            let mark = if mark == Mark::Confirmed { Mark::Open } else { mark };
            let text = if signer.verdict == Verdict::Passed {
                html! { (words::NOT_ESTABLISHED.pick(lang)) }
            } else {
                text
            };
            ((mark, text), (mark, html! { (words::NOT_ESTABLISHED.pick(lang)) }))
        }
    }
}

/// Who it is; of the number of a person the end alone.
pub(super) fn name(subject: &Subject, lang: Lang) -> Markup {
    html! {
        @match &subject.name {
            Some(name) => {
                strong {
                    (foreign(name))
                    @if let Some(patronymic) = &subject.patronymic { " " (foreign(patronymic)) }
                }
            }
            None => (words::NO_NAME.pick(lang)),
        }
        @if let Some(iin) = subject.iin {
            div { (words::IIN.pick(lang)) " " span.digits { (iin.masked()) } }
        }
    }
}

/// For whom, and in what role.
pub(super) fn acts(subject: &Subject, lang: Lang) -> Markup {
    let is_alone = subject.role.is_some_and(|role| !role.acts_for_organisation());
    let says_nothing =
        subject.organisation.is_none() && subject.bin.is_none() && subject.role.is_none();
    html! {
        @if let Some(organisation) = &subject.organisation { strong { (foreign(organisation)) } }
        @if let Some(bin) = subject.bin {
            div { (words::BIN.pick(lang)) " " span.digits { (bin) } }
        }
        @if is_alone {
            (words::HIMSELF.pick(lang))
        } @else if let Some(role) = subject.role {
            div { (words::ROLE.pick(lang)) ": " (role.text(lang)) }
        }
        @if says_nothing { (words::NO_ORGANISATION.pick(lang)) }
    }
}

fn when(signature: &SignatureReport, time: &Part, lang: Lang) -> Answered {
    let said = |words: Words, at| html! { (words.pick(lang)) " " (moment(at, lang)) };
    match (time.verdict, time.at, signature.claimed_signing_time) {
        (Verdict::Passed, Some(at), _) => (Mark::Confirmed, said(words::PROVED, at)),
        (_, _, claimed) => match (&time.reason, claimed) {
            (Some(Reason::NoProvenTime) | None, Some(at)) => (Mark::Open, said(words::CLAIMED, at)),
            (Some(Reason::NoProvenTime) | None, None) => {
                (Mark::Open, html! { (words::NO_TIME.pick(lang)) })
            }
            // There is a time stamp, and it does not hold.
            (Some(reason), claimed) => (
                Mark::of_reason(reason),
                html! {
                    (sentence(&reason.text(lang)))
                    @if let Some(at) = claimed { div { (said(words::CLAIMED_ONLY, at)) } }
                },
            ),
        },
    }
}

fn then(signature: &SignatureReport, status: &Part, lang: Lang) -> Answered {
    let good = |at| html! { (words::GOOD_AT.pick(lang)) " " (moment(at, lang)) };
    match (status.verdict, &signature.conclusion) {
        (Verdict::Passed, _) => {
            (Mark::Confirmed, good(status.at.unwrap_or(signature.time.instant())))
        }
        // No time is claimed: it is good at the one that was judged.
        (_, Conclusion::Passed(_)) if status.reason == Some(Reason::NoClaimedTime) => {
            (Mark::Confirmed, good(signature.time.instant()))
        }
        // It is good at the time that was judged, and the claim is nobody's proof.
        (_, Conclusion::Passed(_)) => (Mark::Open, because(status, lang).1),
        _ => because(status, lang),
    }
}
