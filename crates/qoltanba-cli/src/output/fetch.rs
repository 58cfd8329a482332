//! What was fetched for a verdict, in short lines.

use std::fmt::Write as _;

use qoltanba::{Lang, text::visible};
use qoltanba_fetch::{Kind, Source};

use super::{DIM, DOUBT, GOOD, Pick as _, moment, paint, verdict::sentence_case};
use crate::network::{Story, note_text};

/// What was had and what was not; nothing where nothing was asked for.
pub(crate) fn story(story: &Story, lang: Lang) -> String {
    let mut text = String::new();
    if story.sources().is_empty() && story.notes().is_empty() {
        return text;
    }
    let title =
        lang.pick("Желіден алынған дәлелдер", "Данные из сети", "Evidence from the network");
    let _ = writeln!(text, "\n  {title}");
    let had = story.sources().iter().map(|one| (GOOD, "↓", source(one, lang)));
    let not_had = story.notes().iter().map(|note| (DOUBT, "!", visible(&note_text(note, lang))));
    let mut told = Vec::new();
    for (style, icon, line) in had.chain(not_had) {
        // One responder answers about several certificates.
        if !told.contains(&line) {
            let _ = writeln!(text, "  {} {line}", paint(style, icon));
            told.push(line);
        }
    }
    text
}

/// One thing that was had.
pub(crate) fn source(source: &Source, lang: Lang) -> String {
    let how = if source.from_cache {
        lang.pick("көшірме", "копия от", "a copy of")
    } else {
        lang.pick("алынды", "получено", "fetched")
    };
    let when = paint(DIM, format!("({how} {})", moment(source.fetched)));
    format!("{}: {} {when}", sentence_case(kind(source.kind, lang)), visible(&source.address))
}

pub(crate) fn kind(kind: Kind, lang: Lang) -> &'static str {
    match kind {
        Kind::List => lang.pick(
            "кері қайтарылған сертификаттар тізімі",
            "список отозванных сертификатов",
            "revocation list",
        ),
        Kind::Delta => lang.pick(
            "кері қайтарылған сертификаттар тізімінің өзгерістері",
            "дополнение к списку отозванных сертификатов",
            "delta revocation list",
        ),
        Kind::Certificate => {
            lang.pick("орталықтың сертификаты", "сертификат центра", "certificate of the authority")
        }
        Kind::Ocsp => lang.pick("OCSP жауабы", "ответ OCSP", "OCSP response"),
        _ => lang.pick("уақыт белгісі", "метка времени", "time stamp"),
    }
}
