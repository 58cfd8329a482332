//! Values as people read them.

use time::{OffsetDateTime, UtcOffset};

use super::PageLanguage;
use crate::{
    error::Result,
    paper::document::{Bilingual, Language, LocalTime, Value},
};

/// The one time of the country since 1 March 2024.
const SECONDS_EAST: i64 = 5 * 3600;

/// Words of the form itself.
pub(super) struct Words(pub(super) &'static str, pub(super) &'static str);

pub(super) const UNIQUE_NUMBER: Words = Words("Бірегей нөмір", "Уникальный номер");
pub(super) const DATE_OF_ISSUE: Words = Words("Берілген күні", "Дата выдачи");
pub(super) const PROVIDER: Words = Words("Көрсетілетін қызметті беруші", "Услугодатель");
pub(super) const RECIPIENT: Words = Words("Көрсетілетін қызметті алушы", "Услугополучатель");
pub(super) const BIN: Words = Words("БСН", "БИН");
pub(super) const IIN: Words = Words("ЖСН", "ИИН");
pub(super) const SIGNED: Words = Words("Қол қойылған құжат", "Подписанный документ");
pub(super) const STAMPED: Words =
    Words("Уақыт белгісі бар қол қойылған құжат", "Подписанный документ с меткой времени");

impl PageLanguage {
    /// The language that the page is in; the first of two.
    pub(super) const fn main(self) -> Language {
        match self {
            Self::Only(language) => language,
            Self::Both => Language::Kk,
        }
    }

    /// The words to show, with their language. Words that are the same in both are shown once, and
    /// where one language has none, the other stands in.
    pub(super) fn versions<'w>(self, kk: &'w str, ru: &'w str) -> Vec<(Language, &'w str)> {
        let (kazakh, russian) = ((Language::Kk, kk), (Language::Ru, ru));
        match self {
            _ if ru.trim().is_empty() => vec![kazakh],
            _ if kk.trim().is_empty() => vec![russian],
            Self::Only(Language::Kk) => vec![kazakh],
            Self::Only(Language::Ru) => vec![russian],
            Self::Both if kk == ru => vec![kazakh],
            Self::Both => vec![kazakh, russian],
        }
    }

    pub(super) fn of(self, words: &Bilingual) -> Vec<(Language, &str)> {
        self.versions(&words.kk, &words.ru)
    }

    /// Both languages in one line.
    pub(super) fn joined(self, kk: &str, ru: &str) -> String {
        let versions: Vec<&str> = self.versions(kk, ru).into_iter().map(|(_, text)| text).collect();
        versions.join(" / ")
    }

    pub(super) fn words(self, words: &Words) -> String {
        self.joined(words.0, words.1)
    }

    /// A value in the languages of the page; without a language, it is the same in both.
    pub(super) fn value(self, value: &Value) -> Vec<(Option<Language>, String)> {
        match value {
            Value::Bilingual(words) => {
                let versions = self.of(words).into_iter();
                versions.map(|(language, text)| (Some(language), text.to_owned())).collect()
            }
            value => vec![(None, value.show(self.main()))],
        }
    }
}

/// The date and the time that the country's clocks show.
pub(super) fn clock(at: LocalTime) -> OffsetDateTime {
    let local = OffsetDateTime::from_unix_timestamp(at.0.unix().saturating_add(SECONDS_EAST));
    local.unwrap_or(OffsetDateTime::UNIX_EPOCH).replace_offset(UtcOffset::UTC)
}

/// The day on which it was issued.
pub(super) fn day(at: LocalTime) -> Result<String> {
    Ok(at.date()?.to_string())
}
