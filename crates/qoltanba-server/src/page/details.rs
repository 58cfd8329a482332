//! What experts want: every check with its code, in the words of the report.

use maud::{Markup, html};
use qoltanba::{
    Lang, Report, Verdict,
    report::{Check, Outcome, Remark, SignatureReport, Subjects},
};

use super::{
    layout::{facts, foreign},
    words,
};
use crate::verify::{Answer, hex};

pub(super) fn section(answer: &Answer, lang: Lang) -> Markup {
    let report = &answer.report;
    html! {
        details.card {
            summary { (words::DETAILS.pick(lang)) }
            (whole(report, lang))
            @match &report.subjects {
                Subjects::Signatures(all) => {
                    @for (index, signature) in all.iter().enumerate() { (of_signature(index + 1, signature, lang)) }
                },
                Subjects::Certificate(one) => {
                    (checks(words::REPORT.pick(lang), &one.checks, lang))
                    (remarks(&one.remarks, lang))
                },
                Subjects::Evidence(one) => {
                    (checks(words::REPORT.pick(lang), &one.checks, lang))
                    (remarks(&one.remarks, lang))
                },
                _ => {},
            }
            (remarks(&report.remarks, lang))
            (missing(answer, lang))
        }
    }
}

fn whole(report: &Report, lang: Lang) -> Markup {
    let reason = report.reason();
    let mut rows = vec![
        (
            words::VERDICT.pick(lang),
            html! { (report.verdict().text(lang)) " " code { (report.verdict().code()) } },
        ),
        (words::FORMAT.pick(lang), html! { code { (report.format.code()) } }),
    ];
    if let Some(reason) = reason {
        rows.push((
            words::CODE.pick(lang),
            html! {
                code { (reason.code()) } " " code { (reason.sub_indication().code()) }
                div { (foreign(&reason.text(lang))) }
            },
        ));
    }
    if let Some(law) = report.law() {
        rows.push((
            words::LAW.pick(lang),
            html! { (foreign(&law.text(lang))) " " code { (law.clause) } },
        ));
    }
    facts(&rows)
}

fn of_signature(number: usize, signature: &SignatureReport, lang: Lang) -> Markup {
    let mut rows = Vec::new();
    if let Some(algorithm) = signature.algorithm {
        rows.push((words::ALGORITHM.pick(lang), html! { (algorithm) }));
    }
    if let Some(certificate) = &signature.claimed_certificate {
        rows.push((words::SERIAL.pick(lang), html! { code { (hex(certificate.serial())) } }));
        rows.push((words::CA.pick(lang), foreign(&certificate.issuer().to_string())));
    }
    rows.push((words::RULES.pick(lang), html! { code { (signature.preset.name()) } }));
    let title = format!("{} {number}", words::SIGNATURE.pick(lang));
    html! {
        h3 { (title) }
        (facts(&rows))
        (checks(&title, &signature.checks, lang))
        (remarks(&signature.remarks, lang))
    }
}

fn checks(title: &str, checks: &[Check], lang: Lang) -> Markup {
    html! {
        // On a phone its rows are laid out one below another; the roles keep it a table.
        table.checks role="table" aria-label=(title) {
            thead role="rowgroup" {
                tr role="row" {
                    th role="columnheader" scope="col" { (words::WHAT.pick(lang)) }
                    th role="columnheader" scope="col" { (words::OUTCOME.pick(lang)) }
                    th role="columnheader" scope="col" { (words::EXPLANATION.pick(lang)) }
                }
            }
            tbody role="rowgroup" { @for check in checks { (row(check, lang)) } }
        }
    }
}

fn row(check: &Check, lang: Lang) -> Markup {
    let outcome = match &check.outcome {
        Outcome::NotDone => "—",
        Outcome::Passed => words::CHECK_PASSED.pick(lang),
        Outcome::Problem(reason) if reason.verdict() == Verdict::Failed => {
            words::CHECK_FAILED.pick(lang)
        }
        Outcome::Problem(_) => words::CHECK_OPEN.pick(lang),
    };
    html! {
        tr role="row" {
            td role="cell" { (check.id.text(lang)) " " code { (check.id.code()) } }
            td role="cell" { (outcome) " " code { (check.outcome.code()) } }
            td role="cell" {
                @if let Some(reason) = check.reason() {
                    (foreign(&reason.text(lang))) " " code { (reason.code()) }
                }
            }
        }
    }
}

fn remarks(remarks: &[Remark], lang: Lang) -> Markup {
    html! {
        @if !remarks.is_empty() {
            h3 { (words::REMARKS.pick(lang)) }
            ul {
                @for remark in remarks { li { (foreign(&remark.text(lang))) " " code { (remark.code()) } } }
            }
        }
    }
}

/// What a clearer verdict needs, and what was tried to get it.
fn missing(answer: &Answer, lang: Lang) -> Markup {
    let missing: Vec<String> = answer.report.missing().map(|one| one.text(lang)).collect();
    html! {
        @if !missing.is_empty() {
            h3 { (words::MISSING.pick(lang)) }
            ul { @for one in &missing { li { (foreign(one)) } } }
        }
        @if !answer.notes.is_empty() {
            h3 { (words::FETCHED.pick(lang)) }
            ul {
                @for note in &answer.notes {
                    li { (foreign(&note.text(lang))) " " code { (note.problem.code()) } }
                }
            }
        }
    }
}
