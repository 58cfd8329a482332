//! What the registry says of a number.

use maud::{Markup, html};
use qoltanba::{Instant, Lang, verdict::Standing};

use super::{
    layout::{facts, foreign, icon, moment, page as whole},
    words,
};
use crate::{
    lang::{Words, tag},
    registry::{Checked, Record, Status, WithdrawalReason},
};

/// The page of a check. One that found nothing depends on nothing that was typed.
pub(super) fn page(checked: &Checked, lang: Lang, now: Instant) -> Markup {
    let (standing, title, next) = match &checked.record {
        None => (Standing::CouldNotCheck, words::UNKNOWN, words::UNKNOWN_NEXT),
        Some(record) => match record.status {
            Status::Issued => (Standing::Good, words::GENUINE, words::GENUINE_NEXT),
            Status::Superseded => (Standing::NotGood, words::SUPERSEDED, words::SUPERSEDED_NEXT),
            Status::Withdrawn | Status::Reserved => {
                (Standing::NotGood, words::WITHDRAWN, words::WITHDRAWN_NEXT)
            }
        },
    };
    let lead = if checked.record.is_some() { words::GENUINE_LEAD } else { words::UNKNOWN_LEAD };
    let main = html! {
        section class={ "verdict " (standing.code()) } data-standing=(standing.code())
            aria-labelledby="verdict" {
            (icon(standing))
            div {
                h1 #verdict { (title.pick(lang)) }
                p.lead { (lead.pick(lang)) }
            }
        }
        section.card aria-labelledby="next" {
            h2 #next { (words::NEXT.pick(lang)) }
            p { (next.pick(lang)) }
        }
        @if let Some(record) = &checked.record { (about(record, lang)) }
        p.soft { (words::CHECKED_AT.pick(lang)) ": " (moment(now, lang)) }
        p {
            button.second type="button" data-print hidden { (words::PRINT.pick(lang)) }
            a.button href={ "/" (tag(lang)) "/" } { (words::AGAIN.pick(lang)) }
        }
    };
    whole(lang, title.pick(lang), &main)
}

fn about(record: &Record, lang: Lang) -> Markup {
    let status = match record.status {
        Status::Issued => words::IN_FORCE,
        Status::Superseded => words::REPLACED,
        Status::Withdrawn | Status::Reserved => words::NOT_IN_FORCE,
    };
    let at = |text: &str| match text.parse() {
        Ok(at) => moment(at, lang),
        Err(_) => foreign(text),
    };
    let mut rows = vec![
        (words::DOCUMENT_NUMBER, html! { span.digits { (record.number) } }),
        (words::STATUS, html! { (status.pick(lang)) }),
        (
            words::ISSUER,
            html! {
                (foreign(&record.issuer.name)) br; (words::BIN.pick(lang)) " " span.digits { (record.issuer.bin) }
            },
        ),
        (words::REGISTERED, at(&record.registered)),
        (words::CHANGED, at(&record.changed)),
    ];
    if let Some(other) = &record.superseded_by {
        rows.push((words::REPLACED_BY, html! { span.digits { (other) } }));
    }
    if let Some(reason) = record.reason.as_deref().and_then(WithdrawalReason::by_name) {
        rows.push((words::REASON, html! { (withdrawal(reason).pick(lang)) }));
    }
    let digests = html! { @for digest in &record.sha256 { div { code { (digest) } } } };
    rows.push((words::DIGESTS, digests));
    let rows: Vec<_> = rows.into_iter().map(|(name, value)| (name.pick(lang), value)).collect();
    html! {
        section.card aria-labelledby="record" {
            h2 #record { (words::ABOUT.pick(lang)) }
            (facts(&rows))
        }
    }
}

const fn withdrawal(reason: WithdrawalReason) -> Words {
    match reason {
        WithdrawalReason::IssuedInError => words::IN_ERROR,
        WithdrawalReason::DataChanged => words::DATA_CHANGED,
        WithdrawalReason::DecisionSetAside => words::SET_ASIDE,
        WithdrawalReason::RecipientAsked => words::ASKED,
        WithdrawalReason::KeyCompromised => words::KEY,
        WithdrawalReason::Other => words::OTHER,
    }
}
