//! Why a request was not processed (RFC 9457). A bad signature is none: that is a report.
//!
//! Each [`Code`] is one row: the word for programs, the status, a title in three languages. A
//! handler returns a [`Problem`]; the frame of every answer renders it in the language of the
//! request, as `application/problem+json`. Where people look on, the page renders it before.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use qoltanba::{ErrorKind, Lang};
use serde::Serialize;
use utoipa::ToSchema;

use crate::lang::{Words, tag};

/// Why a request was not processed, for programs. Codes are only ever added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    BadRequest,
    InvalidParameter,
    NumberInAddress,
    NoFile,
    TooManyFiles,
    NotFound,
    MethodNotAllowed,
    BodyTooSlow,
    TooLarge,
    UnsupportedMediaType,
    Unrecognised,
    Malformed,
    Unsupported,
    OverLimit,
    KeyStore,
    NotPossible,
    TooManyRequests,
    Internal,
    Storage,
    Busy,
    Deadline,
    Unauthorized,
    Forbidden,
    OtherIssuer,
    UnknownDocument,
    NumberTaken,
    AlreadyRegistered,
    StatusConflict,
    TooManyReserved,
    NotAccepted,
    StorageFull,
    StorageLocked,
    StorageCorrupt,
    NoServiceKey,
    UnknownProtocol,
    ProtocolsFull,
}

impl Code {
    /// Every code.
    pub(crate) const ALL: [Self; 36] = [
        Self::BadRequest,
        Self::InvalidParameter,
        Self::NumberInAddress,
        Self::NoFile,
        Self::TooManyFiles,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::BodyTooSlow,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Unrecognised,
        Self::Malformed,
        Self::Unsupported,
        Self::OverLimit,
        Self::KeyStore,
        Self::NotPossible,
        Self::TooManyRequests,
        Self::Internal,
        Self::Storage,
        Self::Busy,
        Self::Deadline,
        Self::Unauthorized,
        Self::Forbidden,
        Self::OtherIssuer,
        Self::UnknownDocument,
        Self::NumberTaken,
        Self::AlreadyRegistered,
        Self::StatusConflict,
        Self::TooManyReserved,
        Self::NotAccepted,
        Self::StorageFull,
        Self::StorageLocked,
        Self::StorageCorrupt,
        Self::NoServiceKey,
        Self::UnknownProtocol,
        Self::ProtocolsFull,
    ];

    const fn row(self) -> (&'static str, u16, Words) {
        match self {
            Self::BadRequest => (
                "bad_request",
                400,
                Words {
                    kk: "сұрау дұрыс жазылмаған",
                    ru: "запрос составлен неверно",
                    en: "the request is not well formed",
                },
            ),
            Self::InvalidParameter => (
                "invalid_parameter",
                400,
                Words {
                    kk: "сұраудың параметрі жарамсыз",
                    ru: "параметр запроса не подходит",
                    en: "a parameter of the request cannot be used",
                },
            ),
            Self::NumberInAddress => (
                "number_in_address",
                400,
                Words {
                    kk: "ЖСН немесе БСН мекенжайда берілмейді, себебі мекенжайлар журналдарда сақталады: оны multipart/form-data өрісінде жіберіңіз",
                    ru: "ИИН и БИН не передаются в адресе, потому что адреса остаются в журналах: передайте номер полем multipart/form-data",
                    en: "an IIN or BIN does not go into an address, since addresses stay in logs: send it as a field of multipart/form-data",
                },
            ),
            Self::NoFile => (
                "no_file",
                400,
                Words {
                    kk: "тексерілетін файл жоқ",
                    ru: "нет файла для проверки",
                    en: "there is no file to verify",
                },
            ),
            Self::TooManyFiles => (
                "too_many_files",
                400,
                Words {
                    kk: "файл тым көп: бірнеше файл тек scan=true болғанда беріледі",
                    ru: "слишком много файлов: несколько можно передать только с scan=true",
                    en: "there are too many files: several go only with scan=true",
                },
            ),
            Self::NotFound => (
                "not_found",
                404,
                Words {
                    kk: "мұндай бет жоқ",
                    ru: "такой страницы нет",
                    en: "there is no such page",
                },
            ),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                405,
                Words {
                    kk: "бұл мекенжай мұндай сұрауды қабылдамайды",
                    ru: "этот адрес не принимает такой запрос",
                    en: "this address does not take such a request",
                },
            ),
            Self::BodyTooSlow => (
                "body_too_slow",
                408,
                Words {
                    kk: "файл тым баяу келді, қайта жіберіңіз",
                    ru: "файл поступал слишком медленно, отправьте его ещё раз",
                    en: "the file came too slowly, send it again",
                },
            ),
            Self::TooLarge => (
                "too_large",
                413,
                Words {
                    kk: "файл тым үлкен",
                    ru: "файл слишком велик",
                    en: "the file is too large",
                },
            ),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                415,
                Words {
                    kk: "файлды application/octet-stream немесе multipart/form-data ретінде жіберіңіз",
                    ru: "отправьте файл как application/octet-stream или multipart/form-data",
                    en: "send the file as application/octet-stream or multipart/form-data",
                },
            ),
            Self::Unrecognised => (
                "unrecognised",
                422,
                Words {
                    kk: "файлдың түрі танылмады: қол қойылған құжат, сертификат немесе штрих-код керек",
                    ru: "вид файла не распознан: нужен подписанный документ, сертификат или штрих-код",
                    en: "the kind of file is not recognised: a signed document, a certificate or a barcode is wanted",
                },
            ),
            Self::Malformed => (
                "malformed",
                422,
                Words {
                    kk: "файлды оқу мүмкін болмады",
                    ru: "файл не читается",
                    en: "the file cannot be read",
                },
            ),
            Self::Unsupported => (
                "unsupported",
                422,
                Words {
                    kk: "файлда қолдау көрсетілмейтін нәрсе бар",
                    ru: "в файле есть то, что не поддерживается",
                    en: "the file has something that is not supported",
                },
            ),
            Self::OverLimit => (
                "over_limit",
                422,
                Words {
                    kk: "файл тым күрделі, сондықтан тексерілмеді",
                    ru: "файл слишком сложен и поэтому не проверен",
                    en: "the file is too complex and was therefore not judged",
                },
            ),
            Self::KeyStore => (
                "key_store",
                422,
                Words {
                    kk: "бұл — жеке кілт қоймасы. Оны ешкімге жібермеңіз; егер басқа біреуге түскен болса, сертификатты қайтарып алыңыз",
                    ru: "это хранилище закрытого ключа. Никому его не отправляйте; если оно попало к другим, отзовите сертификат",
                    en: "this is a store of a private key. Never send it to anybody; if others may have it, have the certificate revoked",
                },
            ),
            Self::NotPossible => (
                "not_possible",
                422,
                Words {
                    kk: "сұралғанды бұл файлмен орындау мүмкін емес",
                    ru: "с этим файлом нельзя сделать то, о чём просят",
                    en: "what is asked cannot be done with this file",
                },
            ),
            Self::TooManyRequests => (
                "too_many_requests",
                429,
                Words {
                    kk: "сұрау тым көп, сәлден соң қайталаңыз",
                    ru: "слишком много запросов, повторите немного позже",
                    en: "there are too many requests, try again a little later",
                },
            ),
            Self::Internal => (
                "internal",
                500,
                Words {
                    kk: "қызметтің ішкі қатесі; қайталанса, сұрау нөмірін хабарлаңыз",
                    ru: "внутренняя ошибка сервиса; если повторится, сообщите номер запроса",
                    en: "a fault of the service; if it comes again, report the number of the request",
                },
            ),
            Self::Storage => (
                "storage",
                503,
                Words {
                    kk: "қызметтің сақтау орны уақытша қолжетімсіз",
                    ru: "хранилище сервиса временно недоступно",
                    en: "the storage of the service is not available for now",
                },
            ),
            Self::Busy => (
                "busy",
                503,
                Words {
                    kk: "қызмет бос емес, бірнеше секундтан кейін қайталаңыз",
                    ru: "сервис занят, повторите через несколько секунд",
                    en: "the service is busy, try again in a few seconds",
                },
            ),
            Self::Deadline => (
                "deadline",
                503,
                Words {
                    kk: "тексеру уақытында аяқталмады, қайталаңыз",
                    ru: "проверка не закончилась вовремя, повторите её",
                    en: "the check did not end in time, try it again",
                },
            ),
            Self::Unauthorized => (
                "unauthorized",
                401,
                Words {
                    kk: "провайдердің жарамды кілті керек: Authorization: Bearer",
                    ru: "нужен действующий ключ поставщика: Authorization: Bearer",
                    en: "a key of a provider that is good is wanted: Authorization: Bearer",
                },
            ),
            Self::Forbidden => (
                "forbidden",
                403,
                Words {
                    kk: "бұл кілт мұндай әрекетке рұқсат бермейді",
                    ru: "этот ключ не даёт права на такое действие",
                    en: "this key does not give the right to do that",
                },
            ),
            Self::OtherIssuer => (
                "other_issuer",
                403,
                Words {
                    kk: "құжатқа кілт иесінің БСН-імен қол қойылмаған",
                    ru: "документ подписан не с БИН владельца ключа",
                    en: "the document is not signed with the BIN of the owner of the key",
                },
            ),
            Self::UnknownDocument => (
                "unknown_document",
                404,
                Words {
                    kk: "бұл провайдер мұндай нөмірмен құжат тіркемеген",
                    ru: "этот поставщик не регистрировал документ с таким номером",
                    en: "this provider registered no document with this number",
                },
            ),
            Self::NumberTaken => (
                "number_taken",
                409,
                Words {
                    kk: "бұл нөмір басқа құжатқа берілген",
                    ru: "этот номер занят другим документом",
                    en: "this number is of another document",
                },
            ),
            Self::AlreadyRegistered => (
                "already_registered",
                409,
                Words {
                    kk: "бұл файл басқа нөмірмен тіркелген",
                    ru: "этот файл зарегистрирован под другим номером",
                    en: "this file is registered under another number",
                },
            ),
            Self::StatusConflict => (
                "status_conflict",
                409,
                Words {
                    kk: "құжаттың қазіргі күйі мұндай өзгерісті көтермейді",
                    ru: "текущее состояние документа не допускает такого изменения",
                    en: "the status of the document does not allow this change",
                },
            ),
            Self::TooManyReserved => (
                "too_many_reserved",
                409,
                Words {
                    kk: "сақталған нөмірлер тым көп: алдымен барын пайдаланыңыз",
                    ru: "зарезервировано слишком много номеров: сначала используйте имеющиеся",
                    en: "too many numbers are reserved: use those first",
                },
            ),
            Self::NotAccepted => (
                "not_accepted",
                422,
                Words {
                    kk: "құжат тексеруден өтпеді, сондықтан тіркелмеді",
                    ru: "документ не прошёл проверку и поэтому не зарегистрирован",
                    en: "the document did not pass verification and was therefore not registered",
                },
            ),
            Self::StorageFull => (
                "storage_full",
                503,
                Words {
                    kk: "қызметтің дискісінде орын жоқ: жазу уақытша мүмкін емес",
                    ru: "на диске сервиса нет места: запись временно невозможна",
                    en: "the disk of the service is full: nothing can be written for now",
                },
            ),
            Self::StorageLocked => (
                "storage_locked",
                503,
                Words {
                    kk: "дерекқорды басқа процесс құлыптап тұр, сәлден соң қайталаңыз",
                    ru: "база данных занята другим процессом, повторите немного позже",
                    en: "another process has the database locked, try again a little later",
                },
            ),
            Self::StorageCorrupt => (
                "storage_corrupt",
                503,
                Words {
                    kk: "дерекқор бүлінген немесе жоқ: оны қызмет иесі қалпына келтіруі керек",
                    ru: "база данных повреждена или отсутствует: её должен восстановить владелец сервиса",
                    en: "the database is damaged or missing: whoever runs the service must restore it",
                },
            ),
            Self::NoServiceKey => (
                "no_service_key",
                422,
                Words {
                    kk: "бұл қызмет хаттама жасамайды: оның қол қоятын кілті жоқ",
                    ru: "этот сервис не составляет протоколы: у него нет ключа для подписи",
                    en: "this service makes no protocols: it has no key to sign them",
                },
            ),
            Self::UnknownProtocol => (
                "unknown_protocol",
                404,
                Words {
                    kk: "мұндай хаттама жоқ немесе оның мерзімі өтті",
                    ru: "такого протокола нет или его срок истёк",
                    en: "there is no such protocol, or its time is over",
                },
            ),
            Self::ProtocolsFull => (
                "protocols_full",
                503,
                Words {
                    kk: "хаттамаларға орын жоқ, кейінірек қайталаңыз; тексерудің өзі хаттамасыз жұмыс істейді",
                    ru: "место для протоколов закончилось, повторите позже; сама проверка работает без протокола",
                    en: "there is no room for protocols, try again later; verifying works without one",
                },
            ),
        }
    }

    /// The word for programs.
    pub(crate) const fn name(self) -> &'static str {
        self.row().0
    }

    pub(crate) fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub(crate) const fn title(self, lang: Lang) -> &'static str {
        self.row().2.pick(lang)
    }
}

/// Why this request was not processed. It never holds content of the request.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    detail: Detail,
    /// The parameter that is wrong.
    parameter: Option<&'static str>,
    retry_seconds: Option<u64>,
}

/// What there is to say besides the title.
#[derive(Debug, Clone)]
enum Detail {
    Nothing,
    Words(Words),
    Core(Box<qoltanba::Error>),
    Verdict(Box<qoltanba::Reason>),
}

impl Problem {
    pub(crate) const fn new(code: Code) -> Self {
        Self { code, detail: Detail::Nothing, parameter: None, retry_seconds: None }
    }

    pub(crate) fn with_words(mut self, words: Words) -> Self {
        self.detail = Detail::Words(words);
        self
    }

    /// A parameter that has no sense; its value is not repeated.
    pub(crate) fn parameter(name: &'static str, wanted: Words) -> Self {
        let mut problem = Self::new(Code::InvalidParameter).with_words(wanted);
        problem.parameter = Some(name);
        problem
    }

    /// When to come again.
    pub(crate) const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_seconds = Some(seconds);
        self
    }

    pub(crate) const fn busy() -> Self {
        Self::new(Code::Busy).retry_after(2)
    }

    pub(crate) const fn deadline() -> Self {
        Self::new(Code::Deadline).retry_after(10)
    }

    pub(crate) const fn internal() -> Self {
        Self::new(Code::Internal)
    }

    /// A document that did not pass, and why.
    pub(crate) fn not_accepted(reason: Option<&qoltanba::Reason>) -> Self {
        let detail = reason.map(|reason| Detail::Verdict(Box::new(reason.clone())));
        Self { detail: detail.unwrap_or(Detail::Nothing), ..Self::new(Code::NotAccepted) }
    }

    pub(crate) fn detail_text(&self, lang: Lang) -> String {
        match &self.detail {
            Detail::Nothing => self.code.title(lang).to_owned(),
            Detail::Words(words) => words.pick(lang).to_owned(),
            Detail::Core(error) => error.text(lang),
            Detail::Verdict(reason) => reason.text(lang),
        }
    }

    /// The body of the answer.
    pub(crate) fn body(&self, lang: Lang, request_id: &str) -> ProblemBody {
        ProblemBody {
            kind: format!("/api/v1/docs#problem-{}", self.code.name()),
            code: self.code,
            status: self.code.status().as_u16(),
            title: self.code.title(lang).to_owned(),
            detail: self.detail_text(lang),
            parameter: self.parameter,
            request_id: request_id.to_owned(),
        }
    }

    /// The answer in a language.
    pub(crate) fn render(&self, lang: Lang, request_id: &str) -> Response {
        let body = serde_json::to_vec(&self.body(lang, request_id)).unwrap_or_default();
        let mut answer = (self.code.status(), body).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(tag(lang)));
        if let Some(seconds) = self.retry_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // RFC 9110 §15.5.2.
        if self.code == Code::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        answer
    }
}

/// RFC 9457 §6.1.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Why the request was not processed (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// The address, relative to the service, of what the code means.
    #[serde(rename = "type")]
    kind: String,
    /// The code, for programs.
    code: Code,
    /// The status of the answer.
    status: u16,
    /// What the code means, in the language of the answer.
    title: String,
    /// What it means for this request, in the language of the answer.
    detail: String,
    /// The parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'static str>,
    /// The number of the request, to be told to whoever runs the service.
    request_id: String,
}

/// What the core could not process.
impl From<qoltanba::Error> for Problem {
    fn from(error: qoltanba::Error) -> Self {
        let code = match error.kind() {
            ErrorKind::Unrecognised => Code::Unrecognised,
            ErrorKind::Unsupported { .. } => Code::Unsupported,
            ErrorKind::OverBudget { .. } => Code::OverLimit,
            ErrorKind::Malformed { .. } => Code::Malformed,
            ErrorKind::WrongPassword | ErrorKind::KeyStore { .. } => Code::KeyStore,
            ErrorKind::Misuse { .. } => Code::NotPossible,
            ErrorKind::Io { .. } => Code::Storage,
            _ => Code::Internal,
        };
        let detail = match code {
            Code::Storage | Code::Internal => Detail::Nothing,
            _ => Detail::Core(Box::new(error)),
        };
        Self { detail, ..Self::new(code) }
    }
}

/// The frame of every answer finds it in the extensions and renders it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut answer = self.code.status().into_response();
        answer.extensions_mut().insert(self);
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_one_row() {
        let names: BTreeSet<&str> = Code::ALL.map(Code::name).into();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
            let titles: BTreeSet<&str> =
                [Lang::Kk, Lang::Ru, Lang::En].map(|l| code.title(l)).into();
            assert_eq!(titles.len(), 3, "{code:?}");
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }
}
