//! Values as people read them.

use time::{OffsetDateTime, UtcOffset};

use super::PageLanguage;
use crate::paper::document::{Amount, Bilingual, Date, LocalTime, Value};

/// The one time of the country since 1 March 2024.
const SECONDS_EAST: i64 = 5 * 3600;

/// A space at which no line breaks.
const FIXED: char = '\u{a0}';

/// Kazakh, as RFC 3066 calls it.
pub(super) const KAZAKH: &str = "kk";
/// Russian.
pub(super) const RUSSIAN: &str = "ru";

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
    pub(super) const fn main(self) -> &'static str {
        match self {
            Self::Kazakh | Self::Both => KAZAKH,
            Self::Russian => RUSSIAN,
        }
    }

    /// The words to show, with their language. Words that are the same in both are shown once, and
    /// where one language has none, the other stands in.
    pub(super) fn versions<'w>(self, kk: &'w str, ru: &'w str) -> Vec<(&'static str, &'w str)> {
        let (kazakh, russian) = ((KAZAKH, kk), (RUSSIAN, ru));
        match self {
            _ if ru.trim().is_empty() => vec![kazakh],
            _ if kk.trim().is_empty() => vec![russian],
            Self::Kazakh => vec![kazakh],
            Self::Russian => vec![russian],
            Self::Both if kk == ru => vec![kazakh],
            Self::Both => vec![kazakh, russian],
        }
    }

    pub(super) fn of(self, words: &Bilingual) -> Vec<(&'static str, &str)> {
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
    pub(super) fn value(self, value: &Value) -> Vec<(Option<&'static str>, String)> {
        let plain = |text| vec![(None, text)];
        match value {
            Value::Text(text) => plain(text.clone()),
            Value::Bilingual(words) => {
                let versions = self.of(words).into_iter();
                versions.map(|(language, text)| (Some(language), text.to_owned())).collect()
            }
            Value::Date(day) => plain(date(*day)),
            Value::DateTime(at) => plain(format!("{}{FIXED}{}", local_date(*at), local_time(*at))),
            Value::Number(number) => plain(number.to_string()),
            Value::Amount(amount) => plain(money(*amount)),
            Value::Iin(iin) => plain(iin.to_string()),
            Value::Bin(bin) => plain(bin.to_string()),
        }
    }
}

fn date(day: Date) -> String {
    format!("{:02}.{:02}.{:04}", day.day(), day.month(), day.year())
}

/// The date and the time that the country's clocks show.
pub(super) fn clock(at: LocalTime) -> OffsetDateTime {
    let local = OffsetDateTime::from_unix_timestamp(at.0.unix().saturating_add(SECONDS_EAST));
    local.unwrap_or(OffsetDateTime::UNIX_EPOCH).replace_offset(UtcOffset::UTC)
}

pub(super) fn local_date(at: LocalTime) -> String {
    let at = clock(at);
    format!("{:02}.{:02}.{:04}", at.day(), u8::from(at.month()), at.year())
}

fn local_time(at: LocalTime) -> String {
    let at = clock(at);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `12 345,67 ₸`, in groups of three.
fn money(amount: Amount) -> String {
    let sign = if amount.tiyn < 0 { "−" } else { "" };
    let tiyn = amount.tiyn.unsigned_abs();
    let tenge = (tiyn / 100).to_string();
    let mut grouped = String::new();
    for (at, digit) in tenge.chars().enumerate() {
        if at > 0 && (tenge.len() - at).is_multiple_of(3) {
            grouped.push(FIXED);
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped},{:02}{FIXED}₸", tiyn % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_grouped() {
        let shown = |tiyn| money(Amount { tiyn }).replace(FIXED, " ");
        assert_eq!(shown(1_234_567), "12 345,67 ₸");
        assert_eq!(shown(5), "0,05 ₸");
        assert_eq!(shown(-100_000_000), "−1 000 000,00 ₸");
        assert_eq!(shown(i64::MIN), "−92 233 720 368 547 758,08 ₸");
    }

    #[test]
    fn time_is_that_of_the_country() {
        let at = LocalTime("2026-11-22T20:05:59Z".parse().unwrap());
        let shown = PageLanguage::Both.value(&Value::DateTime(at));
        assert_eq!(shown, [(None, "23.11.2026\u{a0}01:05".to_owned())]);
    }
}
