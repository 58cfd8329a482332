//! The refusal of a request as data of a form.

use serde_json::{Value as Json, json};

use crate::{
    report::Lang,
    request::{Refusal, RefusalReason},
    text::visible,
};

/// What fills the form of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusalData {
    /// Which form: `eds-refusal` when the EDS is not confirmed, else `data-refusal`.
    pub form: &'static str,
    /// Its fields. Who asked is not proved, so there is no recipient.
    pub fields: Json,
}

impl From<&Refusal> for RefusalData {
    /// Takes over which check failed, when it was checked, and the certificates.
    fn from(refusal: &Refusal) -> Self {
        let both = |text: &dyn Fn(Lang) -> String| json!({ "kk": shown(&text(Lang::Kk)), "ru": shown(&text(Lang::Ru)) });
        let service = both(&|lang| refusal.service(lang).to_owned());
        let next_step = both(&|lang| refusal.next_step(lang).to_owned());
        let checked_at = refusal.at().to_string();
        if !refusal.reasons().iter().any(RefusalReason::is_about_eds) {
            let violation = |reason: &RefusalReason| {
                json!({
                    "subject": both(&|lang| reason.item().text(lang).to_owned()),
                    "violation": both(&|lang| reason.text(lang)),
                })
            };
            let violations: Vec<Json> = refusal.reasons().iter().map(violation).collect();
            let fields = json!({
                "service": service,
                "checked_at": checked_at,
                "violations": violations,
                "next_step": next_step,
            });
            return Self { form: "data-refusal", fields };
        }
        let reasons: Vec<Json> =
            refusal.reasons().iter().map(|reason| both(&|lang| reason.text(lang))).collect();
        let (kk, ru) = (refusal.notice(Lang::Kk).ground, refusal.notice(Lang::Ru).ground);
        let grounds: Vec<Json> =
            kk.iter().zip(&ru).map(|(kk, ru)| json!({ "kk": kk, "ru": ru })).collect();
        let mut serials = refusal.certificates().to_vec();
        serials.truncate(SERIALS);
        let serials = serials.join(", ");
        let fields = json!({
            "service": service,
            "checked_at": checked_at,
            "certificate_serial": serials,
            "reasons": reasons,
            "grounds": grounds,
            "next_step": next_step,
        });
        Self { form: "eds-refusal", fields }
    }
}

/// Serial numbers have at most forty digits; the field has room for so many.
const SERIALS: usize = 9;

/// Reasons hold names out of certificates, in which there may be anything, and of any length.
fn shown(text: &str) -> String {
    const MOST: usize = 500;
    let text = visible(text.trim());
    match text.char_indices().nth(MOST - 1) {
        Some((end, _)) if text.chars().count() > MOST => {
            format!("{}…", text.get(..end).unwrap_or_default().trim_end())
        }
        _ => text,
    }
}
