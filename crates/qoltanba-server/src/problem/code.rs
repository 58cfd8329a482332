//! Every code of a problem: one row of a table each.

use axum::http::StatusCode;
use qoltanba::Lang;
use serde::Serialize;
use utoipa::ToSchema;

use crate::lang::Words;

macro_rules! codes {
    ($($code:ident $name:literal $status:literal: $kk:literal, $ru:literal, $en:literal;)*) => {
        /// Why a request was not processed, for programs. Codes are only ever added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum Code {
            $($code,)*
        }

        impl Code {
            /// Every code.
            pub(crate) const ALL: &[Self] = &[$(Self::$code),*];

            const fn row(self) -> (&'static str, u16, Words) {
                match self {
                    $(Self::$code => ($name, $status, Words { kk: $kk, ru: $ru, en: $en }),)*
                }
            }
        }
    };
}

codes! {
    BadRequest "bad_request" 400:
        "сұрау дұрыс жазылмаған",
        "запрос составлен неверно",
        "the request is not well formed";
    InvalidParameter "invalid_parameter" 400:
        "сұраудың параметрі жарамсыз",
        "параметр запроса не подходит",
        "a parameter of the request cannot be used";
    NumberInAddress "number_in_address" 400:
        "ЖСН немесе БСН мекенжайда берілмейді, себебі мекенжайлар журналдарда сақталады: оны multipart/form-data өрісінде жіберіңіз",
        "ИИН и БИН не передаются в адресе, потому что адреса остаются в журналах: передайте номер полем multipart/form-data",
        "an IIN or BIN does not go into an address, since addresses stay in logs: send it as a field of multipart/form-data";
    NoFile "no_file" 400:
        "тексерілетін файл жоқ",
        "нет файла для проверки",
        "there is no file to verify";
    TooManyFiles "too_many_files" 400:
        "файл тым көп: бірнеше файл тек scan=true болғанда беріледі",
        "слишком много файлов: несколько можно передать только с scan=true",
        "there are too many files: several go only with scan=true";
    NotFound "not_found" 404:
        "мұндай бет жоқ",
        "такой страницы нет",
        "there is no such page";
    MethodNotAllowed "method_not_allowed" 405:
        "бұл мекенжай мұндай сұрауды қабылдамайды",
        "этот адрес не принимает такой запрос",
        "this address does not take such a request";
    BodyTooSlow "body_too_slow" 408:
        "дерек тым баяу келді, қайта жіберіңіз",
        "данные поступали слишком медленно, отправьте их ещё раз",
        "what was sent came too slowly, send it again";
    TooLarge "too_large" 413:
        "жіберілген дерек тым үлкен",
        "отправленные данные слишком велики",
        "what was sent is too large";
    UnsupportedMediaType "unsupported_media_type" 415:
        "файлды application/octet-stream немесе multipart/form-data ретінде жіберіңіз",
        "отправьте файл как application/octet-stream или multipart/form-data",
        "send the file as application/octet-stream or multipart/form-data";
    Unrecognised "unrecognised" 422:
        "файлдың түрі танылмады: қол қойылған құжат, сертификат немесе штрих-код керек",
        "вид файла не распознан: нужен подписанный документ, сертификат или штрих-код",
        "the kind of file is not recognised: a signed document, a certificate or a barcode is wanted";
    Malformed "malformed" 422:
        "файлды оқу мүмкін болмады",
        "файл не читается",
        "the file cannot be read";
    Unsupported "unsupported" 422:
        "файлда қолдау көрсетілмейтін нәрсе бар",
        "в файле есть то, что не поддерживается",
        "the file has something that is not supported";
    OverLimit "over_limit" 422:
        "файл тым күрделі, сондықтан тексерілмеді",
        "файл слишком сложен и поэтому не проверен",
        "the file is too complex and was therefore not judged";
    KeyStore "key_store" 422:
        "бұл — жабық кілт қоймасы. Оны ешкімге жібермеңіз; егер басқа біреуге түскен болса, сертификатты кері қайтаруға өтініш беріңіз",
        "это хранилище закрытого ключа. Никому его не отправляйте; если оно попало к другим, отзовите сертификат",
        "this is a store of a private key. Never send it to anybody; if others may have it, have the certificate revoked";
    NotPossible "not_possible" 422:
        "сұралғанды бұл файлмен орындау мүмкін емес",
        "с этим файлом нельзя сделать то, о чём просят",
        "what is asked cannot be done with this file";
    TooManyRequests "too_many_requests" 429:
        "сұрау тым көп, кейінірек қайталаңыз",
        "слишком много запросов, повторите позже",
        "there are too many requests, try again later";
    Internal "internal" 500:
        "қызметтің ішкі қатесі; қайталанса, сұрау нөмірін хабарлаңыз",
        "внутренняя ошибка сервиса; если повторится, сообщите номер запроса",
        "a fault of the service; if it comes again, report the number of the request";
    Storage "storage" 503:
        "қызметтің сақтау орны уақытша қолжетімсіз",
        "хранилище сервиса временно недоступно",
        "the storage of the service is not available for now";
    Busy "busy" 503:
        "қызмет бос емес, бірнеше секундтан кейін қайталаңыз",
        "сервис занят, повторите через несколько секунд",
        "the service is busy, try again in a few seconds";
    Deadline "deadline" 503:
        "тексеру уақытында аяқталмады, қайталаңыз",
        "проверка не закончилась вовремя, повторите её",
        "the check did not end in time, try it again";
    Unauthorized "unauthorized" 401:
        "провайдердің жарамды кілті керек: Authorization: Bearer",
        "нужен действующий ключ поставщика: Authorization: Bearer",
        "a valid provider key is needed: Authorization: Bearer";
    Forbidden "forbidden" 403:
        "бұл кілт мұндай әрекетке рұқсат бермейді",
        "этот ключ не даёт права на такое действие",
        "this key does not give the right to do that";
    OtherSite "other_site" 403:
        "сұрау басқа сайттан жіберілген",
        "запрос отправлен с другого сайта",
        "the request came from another site";
    OtherIssuer "other_issuer" 403:
        "құжатқа кілт иесінің БСН-імен қол қойылмаған",
        "документ подписан не с БИН владельца ключа",
        "the document is not signed with the BIN of the owner of the key";
    UnknownDocument "unknown_document" 404:
        "бұл провайдер мұндай нөмірмен құжат тіркемеген",
        "этот поставщик не регистрировал документ с таким номером",
        "this provider registered no document with this number";
    NumberTaken "number_taken" 409:
        "бұл нөмір басқа құжатқа берілген",
        "этот номер занят другим документом",
        "this number is of another document";
    AlreadyRegistered "already_registered" 409:
        "бұл файл басқа нөмірмен тіркелген",
        "этот файл зарегистрирован под другим номером",
        "this file is registered under another number";
    StatusConflict "status_conflict" 409:
        "құжаттың қазіргі күйі мұндай өзгерісті көтермейді",
        "текущее состояние документа не допускает такого изменения",
        "the status of the document does not allow this change";
    TooManyReserved "too_many_reserved" 409:
        "резервтелген нөмірлер тым көп: барын пайдаланыңыз немесе босатыңыз",
        "зарезервировано слишком много номеров: используйте или освободите имеющиеся",
        "too many numbers are reserved: use those first, or release them";
    NotAccepted "not_accepted" 422:
        "құжат тексеруден өтпеді, сондықтан тіркелмеді",
        "документ не прошёл проверку и поэтому не зарегистрирован",
        "the document did not pass verification and was therefore not registered";
    StorageFull "storage_full" 503:
        "қызметтің дискісінде орын жоқ: жазу уақытша мүмкін емес",
        "на диске сервиса нет места: запись временно невозможна",
        "the disk of the service is full: nothing can be written for now";
    StorageLocked "storage_locked" 503:
        "дерекқорды басқа процесс құлыптап тұр, сәлден соң қайталаңыз",
        "база данных занята другим процессом, повторите немного позже",
        "another process has the database locked, try again a little later";
    StorageCorrupt "storage_corrupt" 503:
        "дерекқор бүлінген немесе жоқ: оны қызмет иесі қалпына келтіруі керек",
        "база данных повреждена или отсутствует: её должен восстановить владелец сервиса",
        "the database is damaged or missing: whoever runs the service must restore it";
    NoServiceKey "no_service_key" 422:
        "бұл қызмет хаттама жасамайды: оның қол қоятын кілті жоқ",
        "этот сервис не составляет протоколы: у него нет ключа для подписи",
        "this service makes no protocols: it has no key to sign them";
    ServiceKeyNotInForce "service_key_not_in_force" 503:
        "хаттама жасалмайды: қызмет сертификатының мерзімі өткен немесе ол кері қайтарылған; тексерудің өзі хаттамасыз жұмыс істейді",
        "протоколы не составляются: сертификат сервиса истёк или отозван; сама проверка работает без протокола",
        "no protocols are made: the certificate of the service has run out or was revoked; verifying works without one";
    UnknownProtocol "unknown_protocol" 404:
        "мұндай хаттама жоқ немесе оның мерзімі өтті",
        "такого протокола нет или его срок истёк",
        "there is no such protocol, or its time is over";
    ProtocolsFull "protocols_full" 503:
        "хаттамаларға орын жоқ, кейінірек қайталаңыз; тексерудің өзі хаттамасыз жұмыс істейді",
        "место для протоколов закончилось, повторите позже; сама проверка работает без протокола",
        "there is no room for protocols, try again later; verifying works without one";
    ProtocolTooLarge "protocol_too_large" 422:
        "бұл құжаттың хаттамасы тым үлкен болар еді, сондықтан жасалмайды; тексерудің өзі хаттамасыз жұмыс істейді",
        "протокол этого документа был бы слишком велик и поэтому не составляется; сама проверка работает без протокола",
        "the protocol of this document would be too large and is not made; verifying works without one";
    NumberNotReserved "number_not_reserved" 409:
        "бұл провайдер мұндай нөмірді резервтемеген: алдымен нөмірді сұраңыз немесе нөмірсіз жіберіңіз",
        "этот поставщик не резервировал такой номер: сначала получите номер или отправьте документ без него",
        "this provider did not reserve this number: ask for one first, or send the document without";
    OtherRecipient "other_recipient" 409:
        "бұл файл басқа алушыға тіркелген",
        "этот файл зарегистрирован для другого получателя",
        "this file is registered for another recipient";
    EvidenceMissing "evidence_missing" 503:
        "құжатты тексеруге қажет деректер әзірге алынбады, сондықтан ол тіркелмеді: кейінірек қайталаңыз",
        "данные, нужные для проверки документа, пока не получены, и он не зарегистрирован: повторите позже",
        "what is needed to judge the document could not be had for now, and it was not registered: try again later";
}

impl Code {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_one_row() {
        let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL.iter().copied() {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
            let titles: BTreeSet<&str> =
                [Lang::Kk, Lang::Ru, Lang::En].map(|l| code.title(l)).into();
            assert_eq!(titles.len(), 3, "{code:?}");
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }
}
