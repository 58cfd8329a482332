//! A report for people: one sentence, then who, then every check, then what to do next.

use std::{fmt::Write as _, slice};

use anstyle::Style;
use qoltanba::{
    Certificate, Conclusion, Lang, Reason, Report, Verdict,
    identity::{IdentityRemark, Subject},
    policy::Preset,
    report::{
        CertificateReport, Check, Container, ContainerKind, Format, Outcome, Remark,
        SignatureReport, SigningTime, Subjects,
    },
    text::visible,
    verdict::{Evidence, SubIndication},
};

use super::{
    BAD, DIM, DOUBT, GOOD, GREY, Pick as _, Rows, STRONG,
    describe::{full_name, hex, person},
    evidence, moment, paint, paper,
};

/// What a lay person is told; it depends on the reason and not on the verdict alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Good,
    GoodWithRemarks,
    /// Something is not at hand; once it is, one may ask again.
    Unchecked,
    /// What is at hand does not prove it.
    Unproved,
    Bad,
}

impl State {
    fn of(verdict: Verdict, reason: Option<&Reason>, remarks: &[Remark]) -> Self {
        use SubIndication as S;
        match (verdict, reason.map(Reason::sub_indication)) {
            (Verdict::Passed, _) if matter(remarks) => Self::GoodWithRemarks,
            (Verdict::Passed, _) => Self::Good,
            (Verdict::Failed, _) => Self::Bad,
            (
                Verdict::Indeterminate,
                Some(
                    S::TryLater | S::SignedDataNotFound | S::NoSigningCertificateFound | S::Custom,
                ),
            ) => Self::Unchecked,
            (Verdict::Indeterminate, _) => Self::Unproved,
        }
    }

    pub(super) const fn look(self) -> (&'static str, Style) {
        match self {
            Self::Good | Self::GoodWithRemarks => ("✓", GOOD),
            Self::Unchecked => ("?", GREY),
            Self::Unproved => ("?", DOUBT),
            Self::Bad => ("✗", BAD),
        }
    }

    fn sentence(self, format: Format, lang: Lang) -> String {
        if matches!(format, Format::Crl | Format::Ocsp | Format::TimeStamp) {
            return evidence::sentence(self, format, lang);
        }
        let [signature, certificate] = match self {
            Self::Good => [
                ["Қолтаңба жарамды", "Подпись действительна", "The signature is valid"],
                ["Сертификат жарамды", "Сертификат действителен", "The certificate is valid"],
            ],
            Self::GoodWithRemarks => [
                [
                    "Қолтаңба жарамды, ескертулер бар",
                    "Подпись действительна, есть замечания",
                    "The signature is valid, with remarks",
                ],
                [
                    "Сертификат жарамды, ескертулер бар",
                    "Сертификат действителен, есть замечания",
                    "The certificate is valid, with remarks",
                ],
            ],
            Self::Unchecked => [
                [
                    "Қолтаңбаны тексеру мүмкін болмады",
                    "Подпись не удалось проверить",
                    "The signature could not be checked",
                ],
                [
                    "Сертификатты тексеру мүмкін болмады",
                    "Сертификат не удалось проверить",
                    "The certificate could not be checked",
                ],
            ],
            Self::Unproved => [
                [
                    "Қолтаңбаның жарамдылығы дәлелденбеді",
                    "Действительность подписи не доказана",
                    "The signature is not proved to be valid",
                ],
                [
                    "Сертификаттың жарамдылығы дәлелденбеді",
                    "Действительность сертификата не доказана",
                    "The certificate is not proved to be valid",
                ],
            ],
            Self::Bad => [
                ["Қолтаңба жарамсыз", "Подпись недействительна", "The signature is not valid"],
                [
                    "Сертификат жарамсыз",
                    "Сертификат недействителен",
                    "The certificate is not valid",
                ],
            ],
        };
        let [kk, ru, en] = if format == Format::Certificate { certificate } else { signature };
        lang.pick(kk, ru, en).to_owned()
    }

    /// What to do where the missing evidence does not tell.
    fn advice(self, lang: Lang) -> Option<&'static str> {
        match self {
            Self::Bad => Some(lang.pick(
                "бұған сүйенбеңіз; жіберушіден дұрысын сұраңыз",
                "не полагайтесь на это; запросите у отправителя верный экземпляр",
                "do not rely on it; ask the sender for a sound one",
            )),
            Self::Unproved => Some(lang.pick(
                "дәлелденгенше бұған сүйенбеңіз",
                "не полагайтесь на это, пока оно не доказано",
                "do not rely on it until it is proved",
            )),
            Self::Good | Self::GoodWithRemarks | Self::Unchecked => None,
        }
    }
}

/// The report on one file.
pub(crate) fn report(file: &str, report: &Report, lang: Lang) -> String {
    let mut remarks = report.remarks.clone();
    match &report.subjects {
        Subjects::Certificate(one) => remarks.extend_from_slice(&one.remarks),
        Subjects::Evidence(one) => remarks.extend_from_slice(&one.remarks),
        _ => report.signatures().iter().for_each(|s| remarks.extend_from_slice(&s.remarks)),
    }
    let state = State::of(report.verdict(), report.reason(), &remarks);
    let (icon, style) = state.look();
    let sentence = paper::sentence(report, lang)
        .map_or_else(|| state.sentence(report.format, lang), ToOwned::to_owned);
    let mut text =
        format!("{}  {}\n", paint(style, format!("{icon} {sentence}")), paint(DIM, file));
    if let Some(reason) = report.reason() {
        let _ = writeln!(text, "  {}", sentence_case(&reason.text(lang)));
    }
    if let Some(law) = report.law() {
        let _ = writeln!(text, "  {}", sentence_case(&law.text(lang)));
    }
    match &report.subjects {
        Subjects::Certificate(one) => certificate(&mut text, one, report.reason(), lang),
        Subjects::Evidence(one) => evidence::evidence(&mut text, one, report.reason(), lang),
        _ => {
            let all = report.signatures();
            for (index, one) in all.iter().enumerate() {
                if all.len() > 1 {
                    title(&mut text, index + 1, one, lang);
                    signature(&mut text, one, one.conclusion.reason(), lang);
                } else {
                    signature(&mut text, one, report.reason(), lang);
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
    next_steps(&mut text, report, state, lang);
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
    let conclusion = &report.conclusion;
    let state = State::of(conclusion.verdict(), conclusion.reason(), &report.remarks);
    let (icon, style) = state.look();
    let title = format!("{icon} {} {number}", lang.pick("Қолтаңба", "Подпись", "Signature"));
    let reason = conclusion.reason().map(|r| format!(": {}", r.text(lang))).unwrap_or_default();
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
        let (icon, style) = match part.verdict {
            Verdict::Passed => ("✓", GOOD),
            Verdict::Indeterminate => ("?", GREY),
            Verdict::Failed => ("✗", BAD),
        };
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
        let Some(worst) = checks.iter().max_by_key(|check| gravity(&check.outcome)) else {
            continue;
        };
        let (icon, style) = match gravity(&worst.outcome) {
            Gravity::Passed => ("✓", GOOD),
            Gravity::NotDone => ("–", DIM),
            Gravity::Unclear => ("?", DOUBT),
            Gravity::Failed => ("✗", BAD),
        };
        let _ = writeln!(text, "  {} {}", paint(style, icon), worst.id.text(lang));
        for reason in checks.iter().filter_map(Check::reason).filter(|r| Some(*r) != told) {
            let _ = writeln!(text, "      {}", reason.text(lang));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gravity {
    Passed,
    NotDone,
    Unclear,
    Failed,
}

fn gravity(outcome: &Outcome) -> Gravity {
    match outcome {
        Outcome::Passed => Gravity::Passed,
        Outcome::Problem(reason) if reason.verdict() == Verdict::Failed => Gravity::Failed,
        Outcome::Problem(_) => Gravity::Unclear,
        Outcome::NotDone => Gravity::NotDone,
    }
}

/// Lists what changed no verdict.
pub(crate) fn list_remarks(text: &mut String, remarks: &[Remark], lang: Lang) {
    if remarks.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n  {}", lang.pick("Ескертулер", "Замечания", "Remarks"));
    for remark in remarks {
        let style = if matter(slice::from_ref(remark)) { DOUBT } else { DIM };
        let _ = writeln!(text, "  {} {}", paint(style, "!"), remark.text(lang));
    }
}

/// Whether a person should look before relying on the signature. Habits of the national authority
/// and of encoders are told too, and raise no alarm.
fn matter(remarks: &[Remark]) -> bool {
    remarks.iter().any(|remark| {
        !matches!(
            remark,
            Remark::Quirk(_)
                | Remark::Ber
                | Remark::UnorderedAttributes
                | Remark::UnlistedDigest
                | Remark::Identity(IdentityRemark::SeveralRoles)
        )
    })
}

fn next_steps(text: &mut String, report: &Report, state: State, lang: Lang) {
    let mut steps: Vec<(String, &[String])> = Vec::new();
    for evidence in report.missing() {
        let step = next_step(evidence, lang);
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps.extend(state.advice(lang).map(|advice| (advice.to_owned(), &[][..])));
    if matches!(report.reason(), Some(Reason::PageNotCompared { .. })) {
        let step = lang.pick(
            "не қол қойылғанын көру үшін: --scan",
            "чтобы увидеть, что подписано: --scan",
            "to see what was signed: --scan",
        );
        steps.push((step.to_owned(), &[]));
    }
    if steps.is_empty() {
        return;
    }
    let title = lang.pick("Не істеу керек", "Что делать", "What to do");
    let _ = writeln!(text, "\n  {}", paint(STRONG, title));
    for (step, addresses) in steps {
        let _ = writeln!(text, "  → {step}");
        for address in addresses {
            let _ = writeln!(text, "      {}", visible(address));
        }
    }
}

pub(crate) fn next_step(evidence: &Evidence, lang: Lang) -> (String, &[String]) {
    let (what, whose, addresses) = match evidence {
        Evidence::RevocationList { issuer, addresses } => (
            lang.pick(
                "кері қайтарылған сертификаттар тізімін алып, көрсетіңіз (--crl)",
                "скачайте список отозванных сертификатов и укажите его (--crl)",
                "get the revocation list and give it (--crl)",
            ),
            Some(issuer),
            addresses.as_slice(),
        ),
        Evidence::AuthorityCertificate { subject, addresses } => (
            lang.pick(
                "орталықтың сертификатын көрсетіңіз (--cert)",
                "укажите сертификат центра (--cert)",
                "give the certificate of the authority (--cert)",
            ),
            Some(subject),
            addresses.as_slice(),
        ),
        Evidence::OcspResponse { subject, addresses, .. } => (
            lang.pick(
                "сертификат мәртебесін сұрап, OCSP жауабын көрсетіңіз (--ocsp)",
                "запросите статус сертификата и укажите ответ OCSP (--ocsp)",
                "ask for the status of the certificate and give the OCSP response (--ocsp)",
            ),
            Some(subject),
            addresses.as_slice(),
        ),
        Evidence::SignerCertificate => (
            lang.pick(
                "қол қоюшының сертификатын көрсетіңіз (--cert)",
                "укажите сертификат подписавшего (--cert)",
                "give the signer's certificate (--cert)",
            ),
            None,
            &[][..],
        ),
        Evidence::Content => (
            lang.pick(
                "құжаттың өзін көрсетіңіз (--data)",
                "укажите сам документ (--data)",
                "give the document itself (--data)",
            ),
            None,
            &[][..],
        ),
        other => return (other.text(lang), &[]),
    };
    match whose {
        Some(whose) => (format!("{what}: {}", visible(whose)), addresses),
        None => (what.to_owned(), addresses),
    }
}

pub(super) fn sentence_case(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
