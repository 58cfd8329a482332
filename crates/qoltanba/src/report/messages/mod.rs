//! What a person reads, in Kazakh, Russian and English. The text explains; programs use codes.

mod barcodes;
mod certificates;
mod errors;
mod paper;
mod reasons;
mod remarks;
mod revocation;
mod rules;
mod standing;
mod timestamps;

use super::CheckId;
use crate::{certificate::Purpose, identity::Role, verdict::Verdict};

/// A language of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
    /// English.
    #[default]
    En,
}

impl Lang {
    /// Picks one of three texts.
    pub(crate) fn pick<'a>(self, kk: &'a str, ru: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Kk => kk,
            Self::Ru => ru,
            Self::En => en,
        }
    }
}

impl Verdict {
    /// The verdict in one word.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Passed => lang.pick("Жарамды", "Действительна", "Passed"),
            Self::Indeterminate => lang.pick("Анықталмады", "Не установлено", "Indeterminate"),
            Self::Failed => lang.pick("Жарамсыз", "Недействительна", "Failed"),
        }
    }
}

impl Role {
    /// The role in words.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Individual => lang.pick("жеке тұлға", "физическое лицо", "individual"),
            Self::FirstHead => lang.pick("бірінші басшы", "первый руководитель", "first head"),
            Self::RightToSign => lang.pick(
                "қол қою құқығы бар тұлға",
                "лицо с правом подписи",
                "person with the right to sign",
            ),
            Self::RightToSignFinancial => lang.pick(
                "қаржы құжаттарына қол қою құқығы бар тұлға",
                "лицо с правом подписи финансовых документов",
                "person with the right to sign financial documents",
            ),
            Self::HumanResources => {
                lang.pick("кадр бөлімінің қызметкері", "сотрудник отдела кадров", "human resources")
            }
            Self::Employee => {
                lang.pick("ұйым қызметкері", "сотрудник организации", "employee of an organisation")
            }
            Self::InformationSystem => {
                lang.pick("ақпараттық жүйе", "информационная система", "information system")
            }
            Self::Treasury => {
                lang.pick("қазынашылық клиенті", "клиент казначейства", "treasury client")
            }
        }
    }
}

impl Purpose {
    /// The use in words.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Sign => {
                lang.pick("құжатқа қол қою", "подписание документов", "signing documents")
            }
            Self::Authenticate => lang.pick("аутентификация", "аутентификация", "authentication"),
        }
    }
}

impl CheckId {
    /// The check as a short statement of what is asked.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Format => lang.pick("файл құрылымы", "структура файла", "structure of the file"),
            Self::SigningCertificate => lang.pick(
                "қол қоюшының сертификаты",
                "сертификат подписавшего",
                "signer's certificate",
            ),
            Self::SigningCertificateBinding => lang.pick(
                "қолтаңба сертификатты атайды",
                "подпись называет свой сертификат",
                "the signature names its certificate",
            ),
            Self::Content => {
                lang.pick("мазмұн өзгермеген", "содержимое не изменено", "content is unchanged")
            }
            Self::Signature => lang.pick("қолтаңба мәні", "значение подписи", "signature value"),
            Self::Coverage => lang.pick(
                "қолтаңба сұралғанды толық қамтиды",
                "подпись охватывает всё, о чём спрошено",
                "the signature covers all that was asked about",
            ),
            Self::Path => lang.pick(
                "сенімді түбірге дейінгі тізбек",
                "цепочка до доверенного корня",
                "path to a trust anchor",
            ),
            Self::Validity => lang.pick(
                "сертификаттардың қолданылу мерзімі",
                "срок действия сертификатов",
                "validity of the certificates",
            ),
            Self::Revocation => lang.pick(
                "сертификаттар кері қайтарылмаған",
                "сертификаты не отозваны",
                "certificates are not revoked",
            ),
            Self::Purpose => lang.pick(
                "сертификаттың мақсаты",
                "назначение сертификата",
                "purpose of the certificate",
            ),
            Self::TimeStamp => lang.pick("уақыт белгісі", "метка времени", "time stamp"),
            Self::Freshness => lang.pick(
                "дәлел тексеру сәтіне қатысты",
                "свидетельство относится к моменту проверки",
                "the evidence speaks of the moment of check",
            ),
        }
    }
}
