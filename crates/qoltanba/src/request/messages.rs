//! What a refusal says to people.

use super::{FieldFault, Item, RefusalReason};
use crate::report::Lang;

impl Item {
    /// The item in words.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Document => lang.pick("сұрау салу", "запрос", "the request"),
            Self::Signature => lang.pick("ЭЦҚ", "ЭЦП", "the EDS"),
            Self::Certificate => {
                lang.pick("ЭЦҚ сертификаты", "сертификат ЭЦП", "the certificate of the EDS")
            }
            Self::Iin => lang.pick("ЖСН", "ИИН", "IIN"),
            Self::Bin => lang.pick("БСН", "БИН", "BIN"),
            Self::Role => lang.pick(
                "қол қоюшының өкілеттігі",
                "полномочия подписавшего",
                "the authority of the signer",
            ),
            Self::Service => lang.pick("қызмет", "услуга", "the service"),
            Self::Number => {
                lang.pick("сұрау салу нөмірі", "номер запроса", "the number of the request")
            }
        }
    }
}

impl FieldFault {
    /// The fault in words.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Absent => lang.pick(
                "қол қойылған деректерде жоқ",
                "нет в подписанных данных",
                "is not in the signed data",
            ),
            Self::Several => lang.pick(
                "қол қойылған деректерде бірнеше рет кездеседі",
                "встречается в подписанных данных несколько раз",
                "stands in the signed data more than once",
            ),
            Self::Namespace => lang.pick(
                "басқа атаулар кеңістігінде тұр",
                "стоит в другом пространстве имён",
                "stands in another namespace",
            ),
            Self::NotPlain => lang.pick(
                "таза мәтін емес: ішінде түсініктеме немесе басқа элемент бар",
                "не простой текст: внутри комментарий или другой элемент",
                "is no plain text: a comment or another element stands inside",
            ),
            Self::Form => {
                lang.pick("дұрыс жазылмаған", "записан неверно", "is not written as it must be")
            }
        }
    }
}

impl RefusalReason {
    /// One sentence for the notice.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let pick = |kk, ru, en| lang.pick(kk, ru, en).to_owned();
        match self {
            Self::NotSigned => pick(
                "сұрау салуға ЭЦҚ қойылмаған",
                "запрос не подписан ЭЦП",
                "the request is not signed",
            ),
            Self::Eds { reason, .. } => format!(
                "{}: {}",
                lang.pick("ЭЦҚ расталмады", "ЭЦП не подтверждена", "the EDS is not confirmed"),
                reason.text(lang)
            ),
            Self::Format => pick(
                "қол қойылған деректердің пішімін бұл қызмет қабылдамайды",
                "формат подписанных данных этой услугой не принимается",
                "the service does not take signed data of this form",
            ),
            Self::Field { item, fault } => format!("{}: {}", item.text(lang), fault.text(lang)),
            Self::IinMismatch => pick(
                "сұрау салудағы ЖСН мен ЭЦҚ сертификатындағы ЖСН сәйкес келмейді",
                "ИИН в запросе не совпадает с ИИН в сертификате ЭЦП",
                "the IIN of the request is not that of the certificate",
            ),
            Self::BinMismatch => pick(
                "ЭЦҚ сертификаты талап етілген ұйымға (БСН) тиесілі емес",
                "сертификат ЭЦП не относится к требуемой организации (БИН)",
                "the certificate is not of the organisation that is asked for (BIN)",
            ),
            Self::RoleMismatch => pick(
                "қол қоюшының бұл сұрау салуға қол қоюға өкілеттігі жоқ",
                "подписавший не имеет полномочий подписывать этот запрос",
                "the signer has no authority to sign this request",
            ),
            Self::OtherSigner => pick(
                "сұрау салуға бұл қызметте көзделмеген басқа тұлға да қол қойған",
                "запрос подписан и другим лицом, что этой услугой не предусмотрено",
                "another person has signed too, which the service does not provide for",
            ),
            Self::ServiceMismatch => pick(
                "сұрау салу басқа қызметке арналған",
                "запрос относится к другой услуге",
                "the request is to another service",
            ),
            Self::Unexpected(item) => format!(
                "{}: {}",
                item.text(lang),
                lang.pick(
                    "жүйеге белгілі мәнмен сәйкес келмейді",
                    "не совпадает с известным системе",
                    "is not the one that the system knows",
                )
            ),
            Self::Replay => pick(
                "бұл сұрау салу бұрын қабылданған",
                "этот запрос уже принят ранее",
                "this request was accepted before",
            ),
        }
    }
}
