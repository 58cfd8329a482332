//! A finished check as a page: the verdict in one sentence, the questions, what to do now, what
//! was signed, what experts want, what was checked and when.

use maud::{Markup, html};
use qoltanba::{
    Conclusion, Lang, Report, Verdict,
    identity::Subject,
    report::{CertificateReport, SignatureReport, Subjects},
    verdict::Standing,
};

use super::{
    content, details,
    layout::{self, facts, foreign, icon, moment, plain, sentence},
    questions::{self, Mark},
    words,
};
use crate::{
    lang::tag,
    verify::{Answer, hex},
};

/// What stands beside the verdict, and is not made here.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// How to get the signed protocol of this check; none where the service has no key for it.
    pub(crate) protocol: Option<Markup>,
}

/// The page of a finished check. Whatever it calls good, the report does.
pub(crate) fn result(answer: &Answer, lang: Lang, beside: &Beside) -> Markup {
    let report = &answer.report;
    let standing = report.standing();
    let title = answer.title(lang);
    let main = html! {
        (verdict(answer, standing, title, lang))
        (next(report, lang))
        @match &report.subjects {
            Subjects::Signatures(all) => (signatures(report, all, lang)),
            Subjects::Certificate(one) => (of_certificate(one, lang)),
            _ => {},
        }
        (remarks(answer, lang))
        (content::section(&answer.content, lang))
        (details::section(answer, lang))
        @if let Some(protocol) = &beside.protocol {
            section.card.no-print aria-labelledby="protocol" {
                h2 #protocol { (words::PROTOCOL.pick(lang)) }
                (protocol)
            }
        }
        (about(answer, lang))
        p {
            button.second type="button" data-print hidden { (words::PRINT.pick(lang)) }
            a.button href={ "/" (tag(lang)) "/" } { (words::AGAIN.pick(lang)) }
        }
    };
    layout::page(lang, title, &main)
}

fn verdict(answer: &Answer, standing: Standing, title: &str, lang: Lang) -> Markup {
    html! {
        section class={ "verdict " (standing.code()) } data-standing=(standing.code())
            aria-labelledby="verdict" {
            (icon(standing))
            div {
                h1 #verdict { (title) }
                p.lead { (plain(&answer.because(lang))) }
            }
        }
    }
}

fn next(report: &Report, lang: Lang) -> Markup {
    html! {
        @if let Some(step) = report.next_step() {
            section.card aria-labelledby="next" data-next=(step.code()) {
                h2 #next { (words::NEXT.pick(lang)) }
                p { (step.text(lang)) }
            }
        }
    }
}

fn signatures(report: &Report, all: &[SignatureReport], lang: Lang) -> Markup {
    let amount = all.len();
    html! {
        @for (index, signature) in all.iter().enumerate() {
            @let id = format!("signature-{}", index + 1);
            section.card aria-labelledby=(id) data-signature=(signature.standing().code()) {
                h2 id=(id) {
                    @if amount == 1 { (words::QUESTIONS.pick(lang)) } @else {
                        (words::SIGNATURE.pick(lang)) " " (index + 1) " " (words::OF.pick(lang)) " " (amount)
                    }
                }
                @if amount > 1 { p { strong { (of_one(signature, lang)) } } }
                (questions::of_signature(report, signature, lang))
            }
        }
    }
}

/// What is said of one of several.
fn of_one(signature: &SignatureReport, lang: Lang) -> String {
    let state = signature.standing().text(lang);
    match signature.deciding_reason() {
        None => sentence(state),
        Some(reason) => format!("{state}. {}", plain(&reason.text(lang))),
    }
}

fn of_certificate(report: &CertificateReport, lang: Lang) -> Markup {
    let claimed;
    let (mark, subject) = match &report.conclusion {
        Conclusion::Passed(accepted) => (Mark::Confirmed, accepted.holder()),
        _ => {
            claimed = Subject::claimed_by(&report.certificate);
            (Mark::Open, &claimed)
        }
    };
    let validity = report.certificate.validity();
    let reason = report.conclusion.reason();
    let state = match (report.conclusion.verdict(), reason) {
        (Verdict::Passed, _) => Mark::Confirmed,
        (_, Some(reason)) if reason.standing() == Standing::CouldNotCheck => Mark::Open,
        _ => Mark::Rejected,
    };
    let dates = html! {
        (moment(validity.not_before, lang)) " – " (moment(validity.not_after, lang))
        @if let Some(reason) = reason { div { (plain(&reason.text(lang))) } }
    };
    html! {
        section.card aria-labelledby="certificate" {
            h2 #certificate { (words::WHOSE.pick(lang)) }
            dl.questions {
                (questions::row(words::WHOSE, (mark, questions::name(subject, lang)), lang))
                (questions::row(words::FOR_WHOM, (mark, questions::acts(subject, lang)), lang))
                (questions::row(words::VALID_FROM_TO, (state, dates), lang))
            }
        }
    }
}

fn remarks(answer: &Answer, lang: Lang) -> Markup {
    let texts = answer.remarks(lang);
    html! {
        @if !texts.is_empty() {
            section.card aria-labelledby="remarks" {
                h2 #remarks { (words::REMARKS.pick(lang)) }
                ul { @for text in &texts { li { (foreign(&sentence(text))) } } }
            }
        }
    }
}

fn about(answer: &Answer, lang: Lang) -> Markup {
    let file = answer.files.first();
    let others = answer.files.len().saturating_sub(1);
    let name = match file.and_then(|file| file.name.as_deref()) {
        Some(name) => foreign(name),
        None => html! { (words::NAMELESS.pick(lang)) },
    };
    let digest = file.map(|file| hex(&file.sha256));
    let rows = [
        (
            words::FILE_NAME.pick(lang),
            html! {
                (name)
                @if others > 0 { " " (words::AND_MORE.pick(lang)) " " (others) }
            },
        ),
        (
            words::FILE_DIGEST.pick(lang),
            html! { code { @if let Some(digest) = digest { (digest) } } },
        ),
        (words::BYTES.pick(lang), html! { @if let Some(file) = file { (file.bytes) } }),
        (words::CHECKED_AT.pick(lang), moment(answer.now, lang)),
    ];
    html! {
        section.card aria-labelledby="about" {
            h2 #about { (words::ABOUT.pick(lang)) }
            (facts(&rows))
        }
    }
}
