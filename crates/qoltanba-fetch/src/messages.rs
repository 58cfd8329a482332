//! What a person reads, in Kazakh, Russian and English. The text explains; programs use codes.

use std::{error, fmt, io::ErrorKind};

use qoltanba::Lang;

use crate::{address::AddressFault, cache::CacheError, http::HttpError, lists::ListFault};

/// Picks one of three texts.
pub(crate) fn pick(lang: Lang, kk: &str, ru: &str, en: &str) -> String {
    match lang {
        Lang::Kk => kk.to_owned(),
        Lang::Ru => ru.to_owned(),
        Lang::En => en.to_owned(),
    }
}

impl HttpError {
    /// What it means, for a person.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let (kk, ru, en) = match self {
            Self::Refused(fault) => return fault.text(lang),
            Self::Status(status) => {
                return match lang {
                    Lang::Kk => format!("сервер {status} қатесімен жауап берді"),
                    Lang::Ru => format!("сервер ответил ошибкой {status}"),
                    Lang::En => format!("the server answered with error {status}"),
                };
            }
            Self::TooLarge { limit } => {
                let megabytes = limit >> 20;
                return match lang {
                    Lang::Kk => format!("жауап {megabytes} МБ шегінен үлкен"),
                    Lang::Ru => format!("ответ больше предела в {megabytes} МБ"),
                    Lang::En => format!("the answer is larger than the limit of {megabytes} MB"),
                };
            }
            Self::UnknownHost => (
                "сервердің атауы табылмады",
                "имя сервера не найдено",
                "the server's name is not known",
            ),
            Self::Connection(ErrorKind::ConnectionRefused) => (
                "сервер қосылымдарды қабылдамайды",
                "сервер не принимает соединений",
                "the server is down",
            ),
            Self::Connection(_) => (
                "серверге қосылу мүмкін болмады немесе байланыс үзілді",
                "соединение с сервером не удалось или прервалось",
                "the connection could not be made or broke off",
            ),
            Self::Timeout => (
                "сервер уақытында жауап бермеді",
                "сервер не ответил вовремя",
                "the server did not answer in time",
            ),
            Self::Redirect { .. } => (
                "сервер басқа мекенжайға бағыттайды, ол жаққа өту орындалмайды",
                "сервер перенаправляет на другой адрес, переход не выполняется",
                "the server sends elsewhere, which is not followed",
            ),
            Self::CutShort => {
                ("жауап толық келмеді", "ответ пришёл не полностью", "the answer was cut short")
            }
            Self::Empty => ("жауап бос", "ответ пуст", "the answer is empty"),
            Self::Html => (
                "сұралған файлдың орнына веб-бет келді",
                "вместо файла пришла веб-страница",
                "a web page came instead of the file",
            ),
            Self::Protocol => (
                "сервердің жауабы HTTP емес",
                "сервер отвечает не по HTTP",
                "the server does not speak HTTP",
            ),
            Self::Proxy => (
                "прокси-сервер өткізбейді",
                "прокси-сервер не пропускает",
                "the proxy does not let through",
            ),
        };
        pick(lang, kk, ru, en)
    }
}

impl AddressFault {
    /// What it means, for a person.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let (kk, ru, en) = match self {
            Self::Scheme(_) => (
                "мекенжай http емес, оған сұрау жіберілмейді",
                "адрес не http, по нему не обращаются",
                "the address is not http and is not asked",
            ),
            Self::NotPublic(_) => (
                "атау ішкі желіге апарады, ол жаққа сұрау жіберілмейді",
                "имя ведёт во внутреннюю сеть, туда не обращаются",
                "the name leads into a private network, which is not asked",
            ),
            Self::Malformed | Self::UserInfo | Self::Climbs => (
                "мекенжай дұрыс жазылмаған",
                "адрес записан неправильно",
                "the address is not written correctly",
            ),
            Self::Host(_) | Self::Port(_) => (
                "мекенжай рұқсат етілгендер тізімінде жоқ",
                "адреса нет в списке разрешённых",
                "the address is not on the list of allowed ones",
            ),
            Self::ConfiguredOnly => (
                "тек баптауда көрсетілген мекенжайлар сұралады",
                "запрашиваются только адреса из настроек",
                "only configured addresses are asked",
            ),
        };
        pick(lang, kk, ru, en)
    }
}

impl ListFault {
    /// What it means, for a person.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let (kk, ru, en) = match self {
            Self::Malformed(_) => (
                "келген файл зақымданған немесе тізім емес",
                "полученный файл повреждён или не является списком",
                "what came is damaged or no revocation list",
            ),
            Self::OtherIssuer { .. } => (
                "тізім басқа орталықтікі",
                "список другого центра",
                "the list is of another authority",
            ),
            Self::Delta => (
                "толық тізімнің орнына тек өзгерістері келді",
                "вместо полного списка пришло только дополнение",
                "only a delta came instead of the complete list",
            ),
            Self::Forged => (
                "тізімнің қолтаңбасы орталықтікі емес",
                "подпись списка сделана не центром",
                "the authority did not sign the list",
            ),
            Self::UnknownIssuer => (
                "тізімді шығарған орталықтың сенімді кілті белгісіз, тізім сақталмады",
                "доверенный ключ центра, выпустившего список, неизвестен, список не сохранён",
                "no trusted key of the list's authority is known, so the list was not kept",
            ),
            Self::NotInForce { .. } => (
                "тізім қазір күшінде емес",
                "список сейчас не действует",
                "the list is not in force now",
            ),
            Self::Older { .. } => (
                "тізім сақталған көшірмеден ескі",
                "список старше сохранённой копии",
                "the list is older than the copy",
            ),
            Self::LowerNumber => (
                "тізімнің нөмірі сақталған көшірменікінен кіші",
                "номер списка меньше, чем у сохранённой копии",
                "the list's number is lower than the copy's",
            ),
        };
        pick(lang, kk, ru, en)
    }
}

impl CacheError {
    /// What it means, for a person.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let (kk, ru, en) = match self {
            Self::Damaged { .. } => (
                "сақталған көшірме зақымданған, ол есепке алынбайды",
                "сохранённая копия повреждена и не учитывается",
                "the copy is damaged and counts as absent",
            ),
            Self::Io { kind: ErrorKind::StorageFull | ErrorKind::QuotaExceeded, .. } => (
                "дискіде орын жоқ, көшірме сақталмады",
                "на диске нет места, копия не сохранена",
                "the disk is full, no copy was kept",
            ),
            Self::Io { .. } => (
                "көшірмені оқу немесе сақтау мүмкін болмады",
                "копию не удалось прочитать или сохранить",
                "the copy could not be read or kept",
            ),
            Self::Busy => (
                "көшірмені басқа процесс жазып жатыр",
                "копию записывает другой процесс",
                "another process is writing the copy",
            ),
        };
        pick(lang, kk, ru, en)
    }
}

/// Errors are shown in English where nobody said which language.
macro_rules! shown_in_english {
    ($($name:ty),*) => { $(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text(Lang::En))
            }
        }

        impl error::Error for $name {}
    )* };
}

shown_in_english!(AddressFault, HttpError, ListFault, CacheError);
