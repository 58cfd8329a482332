//! A report for people: one sentence, then who, then every check, then what to do next.

use std::fmt::Write as _;

use qoltanba::{
    Certificate, Conclusion, Lang, Reason, Report, Verdict,
    identity::Subject,
    policy::Preset,
    report::{
        CertificateReport, Check, Container, ContainerKind, Outcome, Remark, SignatureReport,
        SigningTime, Subjects,
    },
    text::visible,
    verdict::Standing,
};

use super::{
    BAD, DIM, DOUBT, GOOD, Pick as _, Rows, STRONG,
    describe::{full_name, hex, person},
    evidence, moment, paint, paper,
    standing::{look, next_steps, sentence},
};

/// The report on one file.
pub(crate) fn report(file: &str, report: &Report, lang: Lang) -> String {
    let (icon, style) = look(report.standing());
    let sentence = sentence(report, lang);
    let mut text =
        format!("{}  {}\n", paint(style, format!("{icon} {sentence}")), paint(DIM, file));
    let told = report.deciding_reason();
    let of_the_file = report.problem.as_ref().filter(|problem| Some(*problem) != told);
    for reason in told.into_iter().chain(of_the_file) {
        let _ = writeln!(text, "  {}", sentence_case(&reason.text(lang)));
    }
    if let Some(law) = report.law() {
        let _ = writeln!(text, "  {}", sentence_case(&law.text(lang)));
    }
    match &report.subjects {
        Subjects::Certificate(one) => certificate(&mut text, one, told, lang),
        Subjects::Evidence(one) => evidence::evidence(&mut text, one, told, lang),
        _ => {
            let all = report.signatures();
            for (index, one) in all.iter().enumerate() {
                if all.len() > 1 {
                    title(&mut text, index + 1, one, lang);
                    signature(&mut text, one, one.deciding_reason(), lang);
                } else {
                    signature(&mut text, one, told, lang);
                }
            }
        }
    }
    if let Some(held) = &report.container {
        text.push_str(&container(held, lang).to_text());
    }
    if let Some(of) = &report.paper {
        text.push_str(&paper::rows(of, lang).to_text());
    }
    if let Some(content) = paper::content(report, lang) {
        let title = lang.pick("Қол қойылған мазмұн", "Подписанное содержимое", "Signed content");
        let _ = writeln!(text, "  {}", paint(STRONG, title));
        text.push_str(&content);
    }
    list_remarks(&mut text, &report.remarks, lang);
    next_steps(&mut text, report, lang);
    text
}

/// The barcodes that a document came in.
fn container(held: &Container, lang: Lang) -> Rows {
    let mut rows = Rows::default();
    let number = match held.kind {
        ContainerKind::Card => {
            lang.pick("Штрих-код қолтаңбасы", "Подпись штрих-кодов", "Barcodes of signature")
        }
        _ => lang.pick("Штрих-код нөмірі", "Номер штрих-кодов", "Number of the barcodes"),
    };
    rows.add_some(number, held.id.as_ref());
    rows.add_some(
        lang.pick("Құжаттың SHA-256", "SHA-256 документа", "SHA-256 of the document"),
        held.document_sha256.map(|digest| hex(&digest)),
    );
    rows
}

/// What a signature says of itself, with nothing proved.
pub(crate) fn claims(report: &SignatureReport, lang: Lang) -> Rows {
    let mut rows = Rows::default();
    match &report.claimed_certificate {
        Some(certificate) => {
            let subject = Subject::claimed_by(certificate);
            let name = lang.pick("Қол қоюшы", "Подписавший", "Signer");
            rows.add_some(name, full_name(&subject));
            person(&mut rows, &subject, lang);
        }
        None => rows.add(
            lang.pick("Сертификат", "Сертификат", "Certificate"),
            lang.pick("файлда жоқ", "в файле нет", "not in the file"),
        ),
    }
    signed(&mut rows, report, lang);
    rows
}

fn title(text: &mut String, number: usize, report: &SignatureReport, lang: Lang) {
    let (icon, style) = look(report.standing());
    let title = format!("{icon} {} {number}", lang.pick("Қолтаңба", "Подпись", "Signature"));
    let reason = report.deciding_reason().map(|r| format!(": {}", r.text(lang)));
    let reason = reason.unwrap_or_default();
    let _ = writeln!(text, "\n  {}{reason}", paint(style, title));
}

fn signature(text: &mut String, report: &SignatureReport, told: Option<&Reason>, lang: Lang) {
    let mut rows = Rows::default();
    match (&report.conclusion, &report.claimed_certificate) {
        (Conclusion::Passed(accepted), _) => {
            let signed_by = lang.pick("Қол қойған", "Подписал", "Signed by");
            proved(&mut rows, signed_by, accepted.signer().subject(), lang);
        }
        (_, Some(certificate)) => claimed(&mut rows, certificate, lang),
        (_, None) => {}
    }
    signed(&mut rows, report, lang);
    time_stamps(&mut rows, report, lang);
    judged(&mut rows, report.time, lang);
    rules(&mut rows, report.preset, lang);
    let _ = write!(text, "\n{}", rows.to_text());
    list_parts(text, report, told, lang);
    list_checks(text, &report.checks, told, lang);
    list_remarks(text, &report.remarks, lang);
}

fn certificate(text: &mut String, report: &CertificateReport, told: Option<&Reason>, lang: Lang) {
    let mut rows = Rows::default();
    match &report.conclusion {
        Conclusion::Passed(accepted) => {
            let holder = lang.pick("Иесі", "Владелец", "Holder");
            proved(&mut rows, holder, accepted.holder(), lang);
        }
        _ => claimed(&mut rows, &report.certificate, lang),
    }
    judged(&mut rows, report.time, lang);
    rules(&mut rows, report.preset, lang);
    let _ = write!(text, "\n{}", rows.to_text());
    list_checks(text, &report.checks, told, lang);
    list_remarks(text, &report.remarks, lang);
}

pub(super) fn proved(rows: &mut Rows, label: &str, subject: &Subject, lang: Lang) {
    rows.styled(label, paint(STRONG, shown_name(subject, lang)));
    person(rows, subject, lang);
}

fn claimed(rows: &mut Rows, certificate: &Certificate, lang: Lang) {
    let subject = Subject::claimed_by(certificate);
    let doubt = lang.pick("(дәлелденбеген)", "(не доказано)", "(not proved)");
    let name = format!("{} {}", shown_name(&subject, lang), paint(DOUBT, doubt));
    rows.styled(lang.pick("Аталған тұлға", "Назван", "Named"), name);
    person(rows, &subject, lang);
}

fn shown_name(subject: &Subject, lang: Lang) -> String {
    match full_name(subject) {
        Some(name) => visible(&name),
        None => lang.pick("(аты жоқ)", "(без имени)", "(no name)").to_owned(),
    }
}

fn signed(rows: &mut Rows, report: &SignatureReport, lang: Lang) {
    if let Some(at) = report.claimed_signing_time {
        let whose =
            lang.pick("(қол қоюшының сөзі)", "(со слов подписавшего)", "(the signer's word)");
        let value = format!("{} {}", moment(at), paint(DIM, whose));
        rows.styled(lang.pick("Қол қойылған", "Подписано", "Signed at"), value);
    }
    let algorithm = report.algorithm.map(|a| a.to_string());
    rows.add_some(lang.pick("Алгоритм", "Алгоритм", "Algorithm"), algorithm);
}

/// What the time stamps state, each with whether it holds; why one does not is among the checks.
fn time_stamps(rows: &mut Rows, report: &SignatureReport, lang: Lang) {
    for stamp in &report.time_stamps {
        let (icon, style) = match stamp.conclusion.verdict() {
            Verdict::Passed => ("✓", GOOD),
            Verdict::Indeterminate => ("?", DOUBT),
            Verdict::Failed => ("✗", BAD),
        };
        let time = stamp.claimed_time.map_or_else(|| "?".to_owned(), moment);
        let authority = stamp.claimed_authority.as_deref().map(visible).unwrap_or_default();
        let value = format!("{} {time} {}", paint(style, icon), paint(DIM, authority));
        rows.styled(lang.pick("Уақыт белгісі", "Метка времени", "Time stamp"), value);
    }
}

/// The moment and, where a time stamp gave it, that it is proved.
pub(super) fn judged(rows: &mut Rows, at: SigningTime, lang: Lang) {
    let label = lang.pick("Тексеру сәті", "На момент", "Judged at");
    let moment = moment(at.instant());
    match at {
        SigningTime::Proven(_) => {
            let proved = lang.pick(
                "(уақыт белгісі дәлелдейді)",
                "(доказан меткой времени)",
                "(proved by a time stamp)",
            );
            rows.styled(label, format!("{moment} {}", paint(DIM, proved)));
        }
        _ => rows.add(label, moment),
    }
}

fn rules(rows: &mut Rows, preset: Preset, lang: Lang) {
    let value = format!("{preset} ({})", preset.text_name());
    rows.add(lang.pick("Ережелер", "Правила", "Rules"), value);
}

/// Lists the parts of the verdict; a reason that a check tells is told there.
fn list_parts(text: &mut String, report: &SignatureReport, told: Option<&Reason>, lang: Lang) {
    text.push('\n');
    let known: Vec<&Reason> = report.checks.iter().filter_map(Check::reason).chain(told).collect();
    for part in report.parts() {
        // What failed elsewhere leaves a part open, and does not speak against it.
        let own = part.reason.as_ref().filter(|reason| reason.verdict() == part.verdict);
        let (icon, style) =
            look(own.map_or_else(|| part.verdict.best_standing(), Reason::standing));
        let why = part.reason.as_ref().filter(|reason| !known.contains(reason));
        let why = why.map(|reason| format!(": {}", reason.text(lang))).unwrap_or_default();
        let _ = writeln!(text, "  {} {}{why}", paint(style, icon), part.id.text(lang));
    }
}

/// Lists every check, those of several certificates as one; a reason that was told already is not
/// told twice.
pub(super) fn list_checks(text: &mut String, checks: &[Check], told: Option<&Reason>, lang: Lang) {
    text.push('\n');
    for checks in checks.chunk_by(|one, next| one.id == next.id) {
        let Some(first) = checks.first() else { continue };
        let worst = checks.iter().filter_map(Check::reason).map(Reason::standing).max();
        let (icon, style) = match worst {
            Some(worst) => look(worst),
            None if checks.iter().any(|check| check.outcome == Outcome::NotDone) => ("–", DIM),
            None => look(Standing::Good),
        };
        let _ = writeln!(text, "  {} {}", paint(style, icon), first.id.text(lang));
        for reason in checks.iter().filter_map(Check::reason).filter(|r| Some(*r) != told) {
            let _ = writeln!(text, "      {}", reason.text(lang));
        }
    }
}

/// Lists what changed no verdict.
pub(crate) fn list_remarks(text: &mut String, remarks: &[Remark], lang: Lang) {
    if remarks.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n  {}", lang.pick("Ескертулер", "Замечания", "Remarks"));
    for remark in remarks {
        let style = if remark.is_for_everyone() { DOUBT } else { DIM };
        let _ = writeln!(text, "  {} {}", paint(style, "!"), remark.text(lang));
    }
}

pub(super) fn sentence_case(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
