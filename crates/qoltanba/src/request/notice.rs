//! The notice of a refusal, ready to be rendered.

use super::{Refusal, RefusalReason};
use crate::{report::Lang, time::Instant};

/// The notice of a refusal in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// Its title.
    pub title: String,
    /// Its sentences: the service, every reason, what to do.
    pub body: Vec<String>,
    /// The clauses that it rests on.
    pub ground: Vec<String>,
}

/// The law on the conditions of an EDS, by the day since which it applies, the newest first.
///
/// NOTE: sources differ between 11 and 12.07.2026; from 2026-07-12T00:00:00+05:00 both agree.
const LAW: [(Option<Instant>, &str); 2] =
    [(Some(Instant::from_unix(1_783_796_400)), "255-VIII art. 49(2)"), (None, "370-II art. 10(1)")];

impl Refusal {
    /// The notice in a language.
    #[must_use]
    pub fn notice(&self, lang: Lang) -> Notice {
        let eds = self.reasons.iter().any(RefusalReason::is_about_eds);
        let title = if eds {
            lang.pick(
                "Электрондық цифрлық қолтаңбаның түпнұсқалығы расталмауына байланысты сұратылған қызметтен бас тарту туралы хабарлама",
                "Уведомление об отказе в запрашиваемой услуге в связи с неподтверждением подлинности электронной цифровой подписи",
                "Notice of refusal of the service, since the electronic digital signature is not confirmed",
            )
        } else {
            lang.pick(
                "Сұрау салуды қабылдаудан бас тарту туралы хабарлама",
                "Уведомление об отказе в приёме запроса",
                "Notice of refusal of the request",
            )
        };
        Notice { title: title.to_owned(), body: self.body(lang), ground: self.grounds(lang) }
    }

    /// The service, as the profile calls it.
    #[must_use]
    pub fn service(&self, lang: Lang) -> &str {
        self.profile.title(lang)
    }

    /// What the applicant can do.
    #[must_use]
    pub fn next_step(&self, lang: Lang) -> &'static str {
        if self.reasons.contains(&RefusalReason::Replay) {
            lang.pick(
                "Бұрын қабылданған сұрау салудың барысын жеке кабинеттен қараңыз.",
                "Ход принятого ранее запроса смотрите в личном кабинете.",
                "See your personal cabinet for the request that was accepted.",
            )
        } else {
            lang.pick(
                "Көрсетілген себептерді жойып, сұрау салуға қайта қол қойып жіберіңіз.",
                "Устраните указанные причины, подпишите запрос заново и отправьте его.",
                "Remove these causes, sign the request anew and send it.",
            )
        }
    }

    fn body(&self, lang: Lang) -> Vec<String> {
        let sentence = |label: &str, value: &str| format!("{label}: {value}.");
        let service = lang.pick("Қызмет", "Услуга", "Service");
        let mut body = vec![sentence(service, self.profile.title(lang))];
        let at = self.at.to_string();
        body.push(sentence(lang.pick("Тексеру сәті", "Момент проверки", "Checked at"), &at));
        if !self.certificates.is_empty() {
            let label = lang.pick(
                "Сертификаттың сериялық нөмірі",
                "Серийный номер сертификата",
                "Serial number of the certificate",
            );
            let serials = self.certificates.iter().map(|one| one.serial.as_str());
            body.push(sentence(label, &serials.collect::<Vec<_>>().join(", ")));
        }
        let cause = lang.pick("Себебі", "Причина", "Reason");
        body.extend(self.reasons.iter().map(|reason| sentence(cause, &reason.text(lang))));
        body.push(self.next_step(lang).to_owned());
        body
    }

    /// The grounds as people write them.
    fn grounds(&self, lang: Lang) -> Vec<String> {
        let service = format!("{} ", self.profile.service);
        let own = |clause: &str| clause.strip_prefix(&service).map(str::to_owned);
        let ground = self.ground();
        let named = ground.iter().map(|clause| match (own(clause), lang) {
            (None, _) => in_words(clause, lang),
            (Some(rest), Lang::Kk) => format!("{service}регламенті, {}", in_words(&rest, lang)),
            (Some(rest), Lang::Ru) => format!("регламент {service}{}", in_words(&rest, lang)),
            (Some(rest), Lang::En) => format!("regulation {service}{}", in_words(&rest, lang)),
        });
        named.collect()
    }

    /// The clause of the regulation, of the law, and of each rule that is not kept.
    #[must_use]
    pub fn ground(&self) -> Vec<String> {
        let mut ground = Vec::new();
        let eds = self.reasons.iter().any(RefusalReason::is_about_eds);
        let clause = if eds { &self.profile.ground } else { &None };
        if let Some(clause) = clause {
            ground.push(format!("{} {clause}", self.profile.service));
        }
        if let Some(check) = &self.profile.check {
            let condition = format!("{} {check}", self.profile.service);
            if !ground.contains(&condition) {
                ground.push(condition);
            }
        }
        if eds {
            let in_force = |(from, _): &&(Option<Instant>, &str)| from.is_none_or(|f| f <= self.at);
            ground.extend(LAW.iter().find(in_force).map(|(_, law)| (*law).to_owned()));
        }
        for reason in &self.reasons {
            if let RefusalReason::Eds { clause: Some(clause), .. } = reason
                && !ground.iter().any(|known| known == clause)
            {
                ground.push((*clause).to_owned());
            }
        }
        ground
    }

    /// The moment by which the notice must go out, where the regulation names one.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.profile.deadline_seconds.map(|seconds| self.at.plus_seconds(i64::from(seconds)))
    }
}

/// A clause such as `500/НҚ p.16.1` or `255-VIII art. 49(2)` as the language writes it.
fn in_words(clause: &str, lang: Lang) -> String {
    let clause = clause.replace("art. ", "art.");
    let words = clause.split(' ').map(|word| {
        let (word, comma) = word.strip_suffix(',').map_or((word, ""), |word| (word, ","));
        let written = match (word.strip_prefix("p."), word.strip_prefix("art."), lang) {
            (Some(number), _, Lang::Kk) => format!("{number}-тармақ"),
            (Some(number), _, Lang::Ru) => format!("п. {number}"),
            (Some(number), _, Lang::En) => format!("p. {number}"),
            (_, Some(number), Lang::Kk) => format!("{number}-бап"),
            (_, Some(number), Lang::Ru) => format!("ст. {number}"),
            (_, Some(number), Lang::En) => format!("art. {number}"),
            (None, None, _) => word.to_owned(),
        };
        written + comma
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_written_as_the_language_writes_them() {
        for (clause, kk, ru) in [
            ("500/НҚ p.16.1", "500/НҚ 16.1-тармақ", "500/НҚ п. 16.1"),
            ("p.6(7), p.7(7)", "6(7)-тармақ, 7(7)-тармақ", "п. 6(7), п. 7(7)"),
            ("255-VIII art. 49(2)", "255-VIII 49(2)-бап", "255-VIII ст. 49(2)"),
            ("1187", "1187", "1187"),
        ] {
            assert_eq!(in_words(clause, Lang::Kk), kk);
            assert_eq!(in_words(clause, Lang::Ru), ru);
        }
    }
}
