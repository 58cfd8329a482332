//! The answer to a request, for people.

use std::fmt::Write as _;

use qoltanba::{
    Lang,
    request::{AcceptedRequest, Profile, Refusal, RequestAnswer, Unchecked},
    text::visible,
};

use super::{
    BAD, DIM, GOOD, GREY, Pick as _, Rows, STRONG, moment, paint,
    standing::{list_steps, next_step},
    verdict::{judged, proved, sentence_case},
};

/// One sentence, then what it rests on, then what to do.
pub(crate) fn answer(
    file: &str,
    answer: &RequestAnswer,
    profile: &Profile,
    remembered: bool,
    lang: Lang,
) -> String {
    let (icon, style, sentence) = match answer {
        RequestAnswer::Accepted(_) => (
            "✓",
            GOOD,
            lang.pick("Сұрау салу қабылданды", "Запрос принят", "The request is accepted"),
        ),
        RequestAnswer::Refused(_) => (
            "✗",
            BAD,
            lang.pick("Сұрау салудан бас тартылды", "В запросе отказано", "The request is refused"),
        ),
        RequestAnswer::Unchecked(_) => (
            "?",
            GREY,
            lang.pick(
                "Сұрау салуды тексеру мүмкін болмады, кейінірек қайталаңыз",
                "Запрос не удалось проверить, повторите позже",
                "The request could not be checked, try again later",
            ),
        ),
    };
    let head = paint(style, format!("{icon} {sentence}"));
    let mut text = format!("{head}  {}\n", paint(DIM, file));
    match answer {
        RequestAnswer::Accepted(request) => accepted(&mut text, request, profile, remembered, lang),
        RequestAnswer::Refused(refusal) => refused(&mut text, refusal, lang),
        RequestAnswer::Unchecked(unchecked) => could_not(&mut text, unchecked, lang),
    }
    text
}

fn accepted(
    text: &mut String,
    request: &AcceptedRequest,
    profile: &Profile,
    remembered: bool,
    lang: Lang,
) {
    let mut rows = Rows::default();
    rows.add(lang.pick("Қызмет", "Услуга", "Service"), profile.title(lang));
    rows.add(lang.pick("Нөмірі", "Номер", "Number"), request.number());
    let signed_by = lang.pick("Қол қойған", "Подписал", "Signed by");
    proved(&mut rows, signed_by, request.signer().subject(), lang);
    judged(&mut rows, request.time(), lang);
    rows.add(lang.pick("Хеш", "Хеш", "Digest"), request.key().to_string());
    let _ = write!(text, "\n{}", rows.to_text());
    if !remembered {
        let note = lang.pick(
            "бұрын қабылданғандармен салыстырылмады (--seen)",
            "не сравнивался с принятыми ранее (--seen)",
            "not compared with requests accepted before (--seen)",
        );
        let _ = writeln!(text, "\n  {} {note}", paint(DIM, "–"));
    }
}

fn refused(text: &mut String, refusal: &Refusal, lang: Lang) {
    let notice = refusal.notice(lang);
    let _ = writeln!(text, "\n  {}\n", paint(STRONG, notice.title));
    for sentence in &notice.body {
        let _ = writeln!(text, "  {}", visible(sentence));
    }
    if !notice.ground.is_empty() {
        let label = lang.pick("Негіздеме", "Основание", "Ground");
        let _ = writeln!(text, "  {label}: {}.", visible(&notice.ground.join("; ")));
    }
    if let Some(due) = refusal.due() {
        let label =
            lang.pick("Хабарламаны жіберу мерзімі", "Отправить уведомление до", "To be sent by");
        let _ = writeln!(text, "  {label}: {}", moment(due));
    }
}

fn could_not(text: &mut String, unchecked: &Unchecked, lang: Lang) {
    for reason in unchecked.reasons() {
        let _ = writeln!(text, "  {}", sentence_case(&reason.text(lang)));
    }
    if unchecked.is_storage_silent() {
        let silent = lang.pick(
            "Қабылданған сұрау салулардың тізімі қолжетімсіз",
            "Список принятых запросов недоступен",
            "The list of accepted requests is not available",
        );
        let _ = writeln!(text, "  {silent}");
    }
    let mut steps = Vec::new();
    for evidence in unchecked.missing() {
        let step = next_step(evidence, lang);
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    list_steps(text, &steps, lang);
}
