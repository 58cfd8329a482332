//! Evidence that was judged on its own, for people.

use std::fmt::Write as _;

use qoltanba::{
    Conclusion, Instant, Lang, Reason,
    report::{EvidenceFacts, EvidenceReport, Format, OcspStatus},
};

use super::{
    DIM, Pick as _, Rows, moment, paint,
    standing::Said,
    verdict::{judged, list_checks, list_remarks},
};

/// The one sentence on evidence: whether it is authentic and in force, not what it says.
pub(super) fn sentence(said: Said, format: Format, lang: Lang) -> String {
    let (kk, ru, en) = match format {
        Format::Crl => (
            "Кері қайтарылған сертификаттар тізімі",
            "Список отозванных сертификатов",
            "The revocation list",
        ),
        Format::Ocsp => ("OCSP жауабы", "Ответ OCSP", "The OCSP answer"),
        _ => ("Уақыт белгісі", "Метка времени", "The time stamp"),
    };
    let stamp = !matches!(format, Format::Crl | Format::Ocsp);
    let ending = |masculine: &'static str, feminine: &'static str| {
        if stamp { feminine } else { masculine }
    };
    match lang {
        Lang::Kk => {
            let what = match said {
                Said::Good if stamp => "шынайы",
                Said::Good => "шынайы және қолданыста",
                Said::GoodWithRemarks if stamp => "шынайы, ескертулер бар",
                Said::GoodWithRemarks => "шынайы және қолданыста, ескертулер бар",
                Said::CouldNotCheck => return format!("{kk}: тексеру мүмкін болмады"),
                Said::Unproved => return format!("{kk}: шынайылығы дәлелденбеді"),
                Said::NotValid => "жарамсыз",
            };
            format!("{kk} {what}")
        }
        Lang::Ru => {
            let what = match said {
                Said::Good if stamp => "подлинная",
                Said::Good => "подлинный и действует",
                Said::GoodWithRemarks if stamp => "подлинная, есть замечания",
                Said::GoodWithRemarks => "подлинный и действует, есть замечания",
                Said::CouldNotCheck => return format!("{ru}: проверить не удалось"),
                Said::Unproved => return format!("{ru}: подлинность не доказана"),
                Said::NotValid => ending("недействителен", "недействительна"),
            };
            format!("{ru} {what}")
        }
        Lang::En => {
            let what = match said {
                Said::Good if stamp => "is authentic",
                Said::Good => "is authentic and in force",
                Said::GoodWithRemarks if stamp => "is authentic, with remarks",
                Said::GoodWithRemarks => "is authentic and in force, with remarks",
                Said::CouldNotCheck => "could not be checked",
                Said::Unproved => "is not proved to be authentic",
                Said::NotValid => "is not valid",
            };
            format!("{en} {what}")
        }
    }
}

/// What evidence says, and every check of it.
pub(super) fn evidence(
    text: &mut String,
    report: &EvidenceReport,
    told: Option<&Reason>,
    lang: Lang,
) {
    let mut rows = Rows::default();
    facts(&mut rows, &report.facts, lang);
    if let Conclusion::Passed(accepted) = &report.conclusion {
        let anchor = lang.pick("Сенімді түбір", "Доверенный корень", "Trust anchor");
        rows.add(anchor, accepted.anchor().name().to_string());
    } else {
        let doubt = lang.pick("(дәлелденбеген)", "(не доказано)", "(not proved)");
        let said = lang.pick("Айтылғаны", "Сказанное", "What it says");
        rows.styled(said, paint(DIM, doubt));
    }
    judged(&mut rows, report.time, lang);
    let _ = write!(text, "\n{}", rows.to_text());
    list_checks(text, &report.checks, told, lang);
    list_remarks(text, &report.remarks, lang);
}

/// What evidence says, with nothing proved.
pub(crate) fn evidence_facts(of: &EvidenceFacts, lang: Lang) -> Rows {
    let mut rows = Rows::default();
    facts(&mut rows, of, lang);
    rows
}

fn facts(rows: &mut Rows, facts: &EvidenceFacts, lang: Lang) {
    let dates = |rows: &mut Rows, this: Option<Instant>, next: Option<Instant>| {
        rows.add_some(lang.pick("Шығарылған", "Выпущен", "Made at"), this.map(moment));
        rows.add_some(lang.pick("Келесісі", "Следующий", "Next one"), next.map(moment));
    };
    match facts {
        EvidenceFacts::RevocationList {
            issuer,
            number,
            base,
            this_update,
            next_update,
            entries,
        } => {
            rows.add(lang.pick("Шығарушы", "Издатель", "Issuer"), issuer);
            rows.add_some(lang.pick("Нөмірі", "Номер", "Number"), number.as_ref());
            rows.add_some(lang.pick("Негізі", "К списку", "Delta to"), base.as_ref());
            dates(rows, Some(*this_update), *next_update);
            rows.add(lang.pick("Жазбалар", "Записей", "Entries"), entries.to_string());
        }
        EvidenceFacts::OcspResponse { response, status, produced_at, this_update, next_update } => {
            rows.add(lang.pick("Жауап", "Ответ", "Response"), response);
            let label = lang.pick("Сертификат күйі", "Статус сертификата", "Certificate status");
            rows.add_some(label, status.map(|status| status_text(status, lang)));
            let made = lang.pick("Жасалған", "Составлен", "Produced at");
            rows.add_some(made, produced_at.map(moment));
            dates(rows, *this_update, *next_update);
        }
        EvidenceFacts::TimeStamp {
            gen_time,
            policy,
            serial,
            imprint_algorithm,
            imprint,
            authority,
        } => {
            rows.add(lang.pick("Уақыты", "Время", "Time"), moment(gen_time.instant()));
            let by = lang.pick("Уақыт белгісін берген", "Выдал метку", "Stamped by");
            rows.add_some(by, authority.clone());
            rows.add(lang.pick("Саясаты", "Политика", "Policy"), policy);
            rows.add(lang.pick("Сериялық нөмірі", "Серийный номер", "Serial"), serial);
            let digest = lang.pick("Хеш", "Хеш", "Digest");
            rows.add(digest, format!("{imprint_algorithm} {imprint}"));
        }
        EvidenceFacts::TimeStampRefusal { status, failures, texts } => {
            rows.add(lang.pick("Жауап", "Ответ", "Response"), status);
            let why = lang.pick("Себебі", "Причина", "Reason");
            failures.iter().chain(texts).for_each(|one| rows.add(why, one));
        }
        _ => {}
    }
}

fn status_text(status: OcspStatus, lang: Lang) -> String {
    match status {
        OcspStatus::Good => lang.pick("кері қайтарылмаған", "не отозван", "not revoked").to_owned(),
        OcspStatus::Unknown => {
            lang.pick("белгісіз", "неизвестен", "unknown to the responder").to_owned()
        }
        OcspStatus::Revoked { at, reason } => {
            let word = lang.pick("кері қайтарылған", "отозван", "revoked");
            format!("{word} {} ({reason})", moment(at))
        }
    }
}

#[cfg(test)]
mod tests {
    use qoltanba::{
        Report, Verdict,
        report::{SigningTime, Subjects},
    };

    use super::*;

    const AT: i64 = 1_795_000_000;

    fn report(
        facts: EvidenceFacts,
        conclusion: Conclusion<qoltanba::report::AcceptedEvidence>,
    ) -> Report {
        let time = SigningTime::Given(Instant::from_unix(AT));
        let format = facts.format();
        let one = EvidenceReport { conclusion, time, facts, checks: vec![], remarks: vec![] };
        let subjects = Subjects::Evidence(Box::new(one));
        Report { format, subjects, problem: None, remarks: vec![], container: None, paper: None }
    }

    #[test]
    fn evidence_reads_well_in_three_languages() {
        let stamp = EvidenceFacts::TimeStamp {
            gen_time: Instant::from_unix(AT).into(),
            policy: "1.2.3".to_owned(),
            serial: "0a".to_owned(),
            authority: Some("CN=Үлгі уақыт белгісі".to_owned()),
            imprint_algorithm: "SHA-256".to_owned(),
            imprint: "00ff".to_owned(),
        };
        let list = EvidenceFacts::RevocationList {
            issuer: "CN=Үлгі".to_owned(),
            number: Some("0100".to_owned()),
            base: None,
            this_update: Instant::from_unix(AT),
            next_update: None,
            entries: 3,
        };
        let answer = EvidenceFacts::OcspResponse {
            response: "successful",
            status: Some(OcspStatus::Revoked {
                at: Instant::from_unix(AT),
                reason: qoltanba::certificate::RevocationReason::KeyCompromise,
            }),
            produced_at: None,
            this_update: None,
            next_update: None,
        };
        let bad = || Conclusion::Failed(Reason::SignatureBad);
        let doubt = || Conclusion::Indeterminate(Reason::NoPath { issuer: "CN=x".into() }, vec![]);
        for (facts, conclusion, lang, wanted) in [
            (stamp.clone(), bad(), Lang::Ru, "✗ Метка времени недействительна"),
            (stamp, doubt(), Lang::En, "✗ The time stamp is not proved to be authentic"),
            (list.clone(), bad(), Lang::Ru, "✗ Список отозванных сертификатов недействителен"),
            (list, bad(), Lang::Kk, "Жазбалар"),
            (answer.clone(), bad(), Lang::En, "revoked 2026-11-18 11:06:40 UTC (keyCompromise)"),
            (answer, doubt(), Lang::Kk, "✗ OCSP жауабы: шынайылығы дәлелденбеді"),
        ] {
            let report = report(facts, conclusion);
            assert_ne!(report.verdict(), Verdict::Passed);
            let text =
                anstream::adapter::strip_str(&super::super::report("f", &report, lang)).to_string();
            assert!(text.contains(wanted), "{text}");
        }
        for format in [Format::Crl, Format::Ocsp] {
            let good = sentence(Said::Good, format, Lang::En);
            assert!(good.ends_with("is authentic and in force"), "{good}");
        }
    }
}
