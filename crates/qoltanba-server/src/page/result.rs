//! A finished check as a page: the verdict in one sentence, the questions, what to do now, what
//! was signed, what experts want, what was checked and when.

use maud::{Markup, html};
use qoltanba::{
    Conclusion, Lang, Reason, Report, Verdict,
    identity::Subject,
    report::{CertificateReport, Remark, SignatureReport, Subjects},
    verdict::{NextStep, Standing},
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
    let title = title(report, standing, lang);
    let main = html! {
        (verdict(report, standing, title, lang))
        (next(report, standing, lang))
        @match &report.subjects {
            Subjects::Signatures(all) => (signatures(report, all, lang)),
            Subjects::Certificate(one) => (of_certificate(one, lang)),
            _ => {},
        }
        (remarks(report, lang))
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

/// The state in words for what was checked.
fn title(report: &Report, standing: Standing, lang: Lang) -> &'static str {
    let is_good = standing <= Standing::GoodWithRemarks;
    let words = match (&report.subjects, standing) {
        (_, Standing::CouldNotCheck) | (Subjects::Signatures(_), _) => {
            return standing.text(lang);
        }
        (Subjects::Certificate(_), _) if is_good => words::GOOD_CERTIFICATE,
        (Subjects::Certificate(_), _) => words::BAD_CERTIFICATE,
        _ if is_good => words::GOOD_EVIDENCE,
        _ => words::BAD_EVIDENCE,
    };
    words.pick(lang)
}

fn verdict(report: &Report, standing: Standing, title: &str, lang: Lang) -> Markup {
    html! {
        section class={ "verdict " (standing.code()) } data-standing=(standing.code())
            aria-labelledby="verdict" {
            (icon(standing))
            div {
                h1 #verdict { (title) }
                p.lead { (because(report, standing, lang)) }
            }
        }
    }
}

/// The one sentence behind the state.
fn because(report: &Report, standing: Standing, lang: Lang) -> String {
    let words = match (standing, &report.subjects) {
        (Standing::CouldNotCheck | Standing::NotGood, _) => {
            let text = report.deciding_reason().map(|reason| reason.text(lang));
            return plain(&text.unwrap_or_else(|| Reason::NoSigners.text(lang)));
        }
        (Standing::GoodWithRemarks, _) if report.is_beside_its_page() => words::COMPARE,
        (Standing::GoodWithRemarks, _) => words::REMARKED,
        (Standing::Good, Subjects::Certificate(_)) => words::ALL_GOOD_CERTIFICATE,
        (Standing::Good, Subjects::Signatures(_)) => words::ALL_GOOD,
        (Standing::Good, _) => words::ALL_GOOD_EVIDENCE,
    };
    words.pick(lang).to_owned()
}

fn next(report: &Report, standing: Standing, lang: Lang) -> Markup {
    let step = match report.deciding_reason() {
        Some(reason) => reason.next_step(),
        None if standing == Standing::NotGood => NextStep::AskSigned,
        None if report.is_beside_its_page() => NextStep::ComparePage,
        None if matches!(report.subjects, Subjects::Signatures(_)) => NextStep::KeepFile,
        None => return html! {},
    };
    html! {
        section.card aria-labelledby="next" data-next=(step.code()) {
            h2 #next { (words::NEXT.pick(lang)) }
            p { (step.text(lang)) }
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

/// Remarks that everyone should know.
fn remarks(report: &Report, lang: Lang) -> Markup {
    let signatures = report.signatures().iter().flat_map(|signature| &signature.remarks);
    let mut texts: Vec<String> = Vec::new();
    for remark in report.remarks.iter().chain(signatures).filter(|one| Remark::is_for_everyone(one))
    {
        let text = sentence(&remark.text(lang));
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    html! {
        @if !texts.is_empty() {
            section.card aria-labelledby="remarks" {
                h2 #remarks { (words::REMARKS.pick(lang)) }
                ul { @for text in &texts { li { (foreign(text)) } } }
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
