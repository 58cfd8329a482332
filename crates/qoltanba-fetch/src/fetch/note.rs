//! What could not be had, for programs and for people.

use qoltanba::{Lang, revocation::OcspResponseStatus, text::visible, timestamp::TimeStampFault};

use crate::{
    cache::{CacheError, Kind},
    http::HttpError,
    lists::ListFault,
    messages::pick,
};

/// Something that could not be had, or not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is.
    pub kind: Kind,
    /// Where it was asked for.
    pub address: String,
    /// Why.
    pub problem: Problem,
}

/// Why something could not be had, or not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Nothing came over the network, or nothing of use.
    Http(HttpError),
    /// What came is no list to rely on.
    List(ListFault),
    /// What came holds no certificate of the authority.
    NoSuchCertificate,
    /// The responder answered with an error that nobody signed (RFC 6960 §2.3).
    Unanswered {
        /// The error.
        status: OcspResponseStatus,
    },
    /// What the responder sent is no OCSP response.
    NoResponse(qoltanba::Error),
    /// What came is no response of a time-stamp authority.
    NoTimeStamp(qoltanba::Error),
    /// The authority refused, or stamped something else.
    TimeStamp(TimeStampFault),
    /// No request can be made about this certificate.
    NoRequest(qoltanba::Error),
    /// The system gives no random numbers for a request.
    NoRandomness,
    /// A copy could not be read or kept.
    Cache(CacheError),
    /// The host did not answer before, and is not asked again.
    Silent,
    /// There is no network, by choice.
    Offline,
    /// A service fetches for as many documents at once as it may, and did not fetch for this one.
    Busy,
    /// The limit on requests or on time for one verdict was reached.
    TooMuch,
}

impl Problem {
    /// The stable word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Http(error) => match error {
                HttpError::Refused(_) => "address_refused",
                HttpError::UnknownHost => "unknown_host",
                HttpError::Connection(_) => "no_connection",
                HttpError::Timeout => "timeout",
                HttpError::Status(_) => "http_status",
                HttpError::Redirect { .. } => "redirect",
                HttpError::TooLarge { .. } => "too_large",
                HttpError::CutShort => "cut_short",
                HttpError::Empty => "empty",
                HttpError::Html => "html",
                HttpError::Protocol => "not_http",
                HttpError::Proxy => "proxy",
            },
            Self::List(fault) => match fault {
                ListFault::Malformed(_) => "list_malformed",
                ListFault::OtherIssuer { .. } => "list_of_another_issuer",
                ListFault::Delta => "list_is_delta",
                ListFault::Forged => "list_forged",
                ListFault::UnknownIssuer => "list_issuer_unknown",
                ListFault::NotInForce { .. } => "list_not_in_force",
                ListFault::Older { .. } => "list_older",
                ListFault::LowerNumber => "list_number_lower",
            },
            Self::NoSuchCertificate => "no_such_certificate",
            Self::Unanswered { .. } => "ocsp_unanswered",
            Self::NoResponse(_) => "ocsp_malformed",
            Self::NoTimeStamp(_) => "time_stamp_malformed",
            Self::TimeStamp(TimeStampFault::Refused(_)) => "time_stamp_refused",
            Self::TimeStamp(_) => "time_stamp_mismatch",
            Self::NoRequest(_) => "ocsp_no_request",
            Self::NoRandomness => "no_randomness",
            Self::Cache(CacheError::Damaged { .. }) => "copy_damaged",
            Self::Cache(CacheError::Io { .. }) => "copy_not_kept",
            Self::Cache(CacheError::Busy) => "copy_busy",
            Self::Silent => "host_silent",
            Self::Offline => "offline",
            Self::Busy => "busy",
            Self::TooMuch => "limit",
        }
    }

    /// Why, for a person.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Http(error) => error.text(lang),
            Self::List(fault) => fault.text(lang),
            Self::NoSuchCertificate => pick(
                lang,
                "келген файлда бұл орталықтың сертификаты жоқ",
                "в полученном файле нет сертификата этого центра",
                "the file that came holds no certificate of this authority",
            ),
            Self::Unanswered { status } => {
                let word = status.code();
                match lang {
                    Lang::Kk => format!("қызмет қол қойылмаған қатемен жауап берді ({word})"),
                    Lang::Ru => format!("служба ответила неподписанной ошибкой ({word})"),
                    Lang::En => format!("the service answered with an unsigned error ({word})"),
                }
            }
            Self::NoResponse(_) => pick(
                lang,
                "қызметтің жауабы зақымданған немесе OCSP емес",
                "ответ службы повреждён или не является ответом OCSP",
                "the service's answer is damaged or no OCSP response",
            ),
            Self::NoTimeStamp(_) => pick(
                lang,
                "қызметтің жауабы зақымданған немесе уақыт белгісі емес",
                "ответ службы повреждён или не является меткой времени",
                "the service's answer is damaged or no time stamp",
            ),
            // The status is a stranger's text.
            Self::TimeStamp(TimeStampFault::Refused(status)) => {
                let status = visible(status);
                match lang {
                    Lang::Kk => format!("уақыт белгісі қызметі бас тартты ({status})"),
                    Lang::Ru => format!("служба меток времени отказала ({status})"),
                    Lang::En => format!("the time-stamp authority refused ({status})"),
                }
            }
            Self::TimeStamp(_) => pick(
                lang,
                "уақыт белгісі жіберілген сұрауға сәйкес келмейді",
                "метка времени не соответствует запросу",
                "the time stamp does not answer the request",
            ),
            Self::NoRequest(_) => pick(
                lang,
                "бұл сертификат туралы сұрау жасау мүмкін емес",
                "запрос об этом сертификате составить нельзя",
                "no request can be made about this certificate",
            ),
            Self::NoRandomness => pick(
                lang,
                "жүйе кездейсоқ сандар бермеді, сұрау жіберілмеді",
                "система не дала случайных чисел, запрос не отправлен",
                "the system gave no random numbers, nothing was asked",
            ),
            Self::Cache(error) => error.text(lang),
            Self::Silent => pick(
                lang,
                "бұл сервер жаңа ғана жауап бермеді, қайта сұралмады",
                "этот сервер только что не ответил, повторно не запрашивали",
                "this server did not answer a moment ago and was not asked again",
            ),
            Self::Offline => pick(
                lang,
                "желі өшірілген, сақталған көшірме де жоқ",
                "сеть отключена, и сохранённой копии нет",
                "the network is switched off, and there is no copy",
            ),
            Self::Busy => pick(
                lang,
                "қызмет қазір басқа құжаттарға дерек алып жатыр, кейінірек қайталаңыз",
                "сервис сейчас получает данные для других документов, повторите позже",
                "the service is fetching for other documents now, try again later",
            ),
            Self::TooMuch => pick(
                lang,
                "бір тексеруге арналған сұраулар саны немесе уақыт шегіне жетті",
                "достигнут предел запросов или времени на одну проверку",
                "the limit on requests or time for one verdict was reached",
            ),
        }
    }
}

impl Note {
    /// What could not be had, where and why, in one sentence for a person.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let what = match self.kind {
            Kind::List => pick(
                lang,
                "Кері қайтарылған сертификаттар тізімі",
                "Список отозванных сертификатов",
                "Revocation list",
            ),
            Kind::Delta => pick(
                lang,
                "Кері қайтарылған сертификаттар тізімінің өзгерістері",
                "Дополнение к списку отозванных сертификатов",
                "Delta revocation list",
            ),
            Kind::Certificate => pick(
                lang,
                "Куәландырушы орталықтың сертификаты",
                "Сертификат удостоверяющего центра",
                "Certificate of the authority",
            ),
            Kind::Ocsp => {
                pick(lang, "Сертификат мәртебесі", "Статус сертификата", "Certificate status")
            }
            Kind::TimeStamp => pick(lang, "Уақыт белгісі", "Метка времени", "Time stamp"),
        };
        // The address is a stranger's text.
        format!("{what}, {}: {}", visible(&self.address), self.problem.text(lang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_cannot_write_over_the_line() {
        let note = Note {
            kind: Kind::List,
            address: "http://a.example/\u{202e}\u{1b}[2J".to_owned(),
            problem: Problem::Http(HttpError::Timeout),
        };
        for lang in [Lang::Kk, Lang::Ru, Lang::En] {
            let text = note.text(lang);
            assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text}");
        }
    }
}
