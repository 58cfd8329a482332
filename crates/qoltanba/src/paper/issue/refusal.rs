//! The refusal of a request as data of a form: in words that the applicant reads, on the country's
//! clocks, with certificates by their holder and acts by their title.

use serde_json::{Value as Json, json};

use crate::{
    paper::{
        document::{Date, LocalTime},
        law::{Law, LegalKind},
    },
    report::Lang,
    request::{ClaimedCertificate, Refusal, RefusalReason},
    text::visible,
    time::Instant,
};

/// What fills the form of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusalData {
    /// Which form: `eds-refusal` when the EDS is not confirmed, else `data-refusal`.
    pub form: &'static str,
    /// Its fields, without those who stand under it. Who asked is not proved, so there is no
    /// recipient.
    pub fields: Json,
}

impl From<&Refusal> for RefusalData {
    /// As [`new`](Self::new), with the built-in titles of the acts.
    fn from(refusal: &Refusal) -> Self {
        // Without titles the acts are named by their numbers.
        Self::new(refusal, &Law::builtin().unwrap_or_else(|_| Law::empty()))
    }
}

impl RefusalData {
    /// Takes over which check failed, when it was checked, and the certificates; the grounds are
    /// the acts of law, by the titles that the law gives. Clauses of the service's own regulation
    /// have no title that an applicant could look up, and are left out.
    #[must_use]
    pub fn new(refusal: &Refusal, law: &Law) -> Self {
        let both = |text: &dyn Fn(Lang) -> String| json!({ "kk": shown(&text(Lang::Kk)), "ru": shown(&text(Lang::Ru)) });
        let service = both(&|lang| refusal.service(lang).to_owned());
        let next_step = both(&|lang| refusal.next_step(lang).to_owned());
        let checked_at = LocalTime(refusal.at()).iso();
        let said = |reason: &RefusalReason, lang: Lang| sentence(reason, refusal, lang);
        if !refusal.reasons().iter().any(RefusalReason::is_about_eds) {
            let violation = |reason: &RefusalReason| {
                json!({
                    "subject": both(&|lang| capital(reason.item().text(lang))),
                    "violation": both(&|lang| said(reason, lang)),
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
        let day = LocalTime(refusal.at()).date().ok();
        let certificates = refusal.certificates().iter().take(CERTIFICATES);
        let certificates: Vec<Json> =
            certificates.map(|certificate| both(&|lang| named(certificate, lang))).collect();
        let reasons: Vec<Json> =
            refusal.reasons().iter().map(|reason| both(&|lang| said(reason, lang))).collect();
        let own = format!("{} ", refusal.profile_service());
        let clauses = refusal.ground().into_iter().filter(|clause| !clause.starts_with(&own));
        let grounds: Vec<Json> =
            clauses.map(|clause| both(&|lang| cited(&clause, law, day, lang))).collect();
        let fields = json!({
            "service": service,
            "checked_at": checked_at,
            "certificates": certificates,
            "reasons": reasons,
            "grounds": grounds,
            "next_step": next_step,
        });
        Self { form: "eds-refusal", fields }
    }
}

/// The form has room for so many.
const CERTIFICATES: usize = 9;

/// A certificate by whom it names, and its serial number.
fn named(certificate: &ClaimedCertificate, lang: Lang) -> String {
    let serial = lang.pick("сериялық нөмірі", "серийный номер", "serial number");
    let serial = format!("{serial} {}", certificate.serial);
    match &certificate.holder {
        Some(holder) => format!("{}, {serial}", visible(holder.trim())),
        None => capital(&serial),
    }
}

/// A reason as a sentence of a notice.
fn sentence(reason: &RefusalReason, refusal: &Refusal, lang: Lang) -> String {
    let name = |subject: &str| {
        let known = refusal.certificates().iter().find(|one| one.subject == subject);
        known.map_or_else(|| common_name(subject), |one| named(one, lang))
    };
    let reason = match reason {
        RefusalReason::Eds { reason, clause } => {
            RefusalReason::Eds { reason: reason.clone().renamed(&name), clause: *clause }
        }
        other => other.clone(),
    };
    let text = capital(&on_local_clocks(&reason.text(lang)));
    if text.ends_with(['.', '…']) { text } else { format!("{text}.") }
}

/// The common name out of a distinguished name as certificates are named by; the whole where
/// there is none.
fn common_name(subject: &str) -> String {
    let mut attributes = vec![String::new()];
    let mut characters = subject.chars();
    while let Some(character) = characters.next() {
        match (character, attributes.last_mut()) {
            ('\\', Some(last)) => last.extend(characters.next()),
            (',', _) => attributes.push(String::new()),
            (character, Some(last)) => last.push(character),
            (_, None) => {}
        }
    }
    let name = attributes.iter().find_map(|attribute| attribute.trim().strip_prefix("CN="));
    name.map_or_else(|| subject.to_owned(), str::to_owned)
}

/// Moments in UTC, as reasons write them, the way a clock on the wall shows them.
fn on_local_clocks(text: &str) -> String {
    const LENGTH: usize = "2026-11-25T12:00:00Z".len();
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let moment = rest.get(..LENGTH).filter(|moment| moment.ends_with('Z'));
        match moment.and_then(|moment| moment.parse::<Instant>().ok()) {
            Some(at) => {
                let time = LocalTime(at).to_string();
                shown.push_str(time.trim_end_matches(ZONE));
                shown.push_str(ZONE);
                rest = rest.get(LENGTH..).unwrap_or_default();
            }
            None => {
                shown.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
    }
    shown
}

const ZONE: &str = " (UTC+5)";

/// A clause such as `500/НҚ p.16.1` or `255-VIII art. 49(2)`, its act by its title.
fn cited(clause: &str, law: &Law, day: Option<Date>, lang: Lang) -> String {
    let (act, places) = clause.split_once([' ', ',']).unwrap_or((clause, ""));
    let title = day.and_then(|day| law.find(LegalKind::Act(act), day)).map(|text| {
        let words = text.words();
        lang.pick(words.kk.as_str(), &words.ru, &words.ru)
    });
    let mut parts = vec![title.unwrap_or(act).to_owned()];
    for place in places.replace("art. ", "art.").split([' ', ',']).filter(|place| !place.is_empty())
    {
        let (number, words) = match place.strip_prefix("art.") {
            Some(number) => {
                (number, [("бап", "статья"), ("тармақ", "пункт"), ("тармақша", "подпункт")])
            }
            None => {
                let place = place.strip_prefix("p.").unwrap_or(place);
                (place, [("тармақ", "пункт"), ("тармақша", "подпункт"), ("", "")])
            }
        };
        let numbers = number.split(['(', ')']).filter(|number| !number.is_empty());
        parts.extend(numbers.zip(words).map(|(number, (kk, ru))| match lang {
            Lang::Kk => format!("{number}-{kk}"),
            _ => format!("{ru} {number}"),
        }));
    }
    parts.join(", ")
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_cited_by_their_titles() {
        let law = Law::builtin().unwrap();
        let day = Date::new(2026, 11, 22).ok();
        for (clause, kk, ru) in [
            (
                "255-VIII art. 49(2)",
                "Қазақстан Республикасының 2026 жылғы 9 қаңтардағы № 255-VIII Цифрлық кодексі, 49-бап, 2-тармақ",
                "Цифровой кодекс Республики Казахстан от 9 января 2026 года № 255-VIII, статья 49, пункт 2",
            ),
            (
                "500/НҚ p.4, p.22",
                "Электрондық цифрлық қолтаңбаның түпнұсқалығын тексеру туралы 2026 жылғы 21 тамыздағы № 500/НҚ бұйрық, 4-тармақ, 22-тармақ",
                "Приказ от 21 августа 2026 года № 500/НҚ о проверке подлинности электронной цифровой подписи, пункт 4, пункт 22",
            ),
            ("17/НҚ p.6.3", "17/НҚ, 6.3-тармақ", "17/НҚ, пункт 6.3"),
        ] {
            assert_eq!(cited(clause, &law, day, Lang::Kk), kk);
            assert_eq!(cited(clause, &law, day, Lang::Ru), ru);
        }
    }

    #[test]
    fn moments_and_names_are_those_that_people_know() {
        assert_eq!(
            on_local_clocks("истёк 2026-11-22T21:05:59Z, в 2020-01-31T20:00:00Z: «2026-11-22T»"),
            "истёк 23.11.2026 02:05 (UTC+5), в 01.02.2020 01:00 (UTC+5): «2026-11-22T»"
        );
        for (subject, name) in [
            ("C=KZ, CN=ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST)", "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST)"),
            ("O=x\\, CN\\=y, CN=a\\, b", "a, b"),
            ("O=x", "O=x"),
        ] {
            assert_eq!(common_name(subject), name);
        }
    }
}
