//! What is said of time stamps.

use super::Lang;
use crate::{text::visible, verdict::Reason};

impl Reason {
    /// The sentence for a reason about time stamps; empty for others.
    pub(super) fn of_time_stamps(&self, lang: Lang) -> String {
        let pick = |kk: &str, ru: &str, en: &str| lang.pick(kk, ru, en).to_owned();
        match self {
            Self::TimeStampNotJudged => pick(
                "қолтаңбада бұл нұсқа тексермейтін түрдегі уақыт белгісі бар",
                "на подписи есть метка времени такого вида, который эта версия не проверяет",
                "the signature has a time stamp of a kind that this version does not check",
            ),
            Self::TimeStampMalformed(error) => format!(
                "{}: {}",
                lang.pick(
                    "уақыт белгісі бүлінген",
                    "метка времени повреждена",
                    "the time stamp is damaged",
                ),
                error.text(lang)
            ),
            Self::TimeStampUnsupported(error) => format!(
                "{}: {}",
                lang.pick(
                    "уақыт белгісінің түрі белгісіз, тексеру мүмкін емес",
                    "вид метки времени неизвестен, проверить нельзя",
                    "the time stamp is of an unknown form and cannot be checked",
                ),
                error.text(lang)
            ),
            Self::TimeStampImprint => pick(
                "уақыт белгісі басқа қолтаңбаға немесе басқа деректерге берілген",
                "метка времени выдана на другую подпись или на другие данные",
                "the time stamp is of another signature or of other data",
            ),
            Self::TimeStampBadSignature { because } => because_of(
                lang.pick(
                    "уақыт белгісінің өз қолтаңбасы жарамсыз",
                    "собственная подпись метки времени недействительна",
                    "the time stamp's own signature is not good",
                ),
                because,
                lang,
            ),
            Self::TimeStampFromFuture { time, at } => format!(
                "{}: {time} > {at}",
                lang.pick(
                    "уақыт белгісіндегі уақыт тексеру сәтінен кейін: сағатты тексеріңіз",
                    "время в метке позже момента проверки: проверьте часы",
                    "the time stamp states a time after the moment of check: check the clock",
                )
            ),
            Self::TimeStampOrder => pick(
                "уақыт белгілері бір-біріне қайшы: мазмұн қолтаңбадан кейін белгіленген",
                "метки времени противоречат друг другу: содержимое отмечено позже подписи",
                "the time stamps contradict each other: the content is stamped after the signature",
            ),
            Self::TimeStampUntrusted { because } => because_of(
                lang.pick(
                    "уақыт белгісін берген орталыққа сенім анықталмады",
                    "доверие к службе меток времени не установлено",
                    "trust in the authority of the time stamp could not be established",
                ),
                because,
                lang,
            ),
            Self::TimeStampUnbound => pick(
                "уақыт белгісі өз орталығының сертификатын атамайды",
                "метка времени не называет сертификат своей службы",
                "the time stamp does not name the certificate of its authority",
            ),
            Self::TimeStampPurpose => pick(
                "уақыт белгісінің артындағы сертификат тек уақыт белгілеріне арналмаған",
                "сертификат за меткой времени не предназначен исключительно для меток времени",
                "the certificate behind the time stamp is not meant for time stamps alone",
            ),
            Self::TimeStampWeakImprint => pick(
                "уақыт белгісі деректердің SHA-1 хешіне берілген, бұл дәлел болуға жеткіліксіз",
                "метка времени выдана на хеш SHA-1, для доказательства этого мало",
                "the time stamp names the data by SHA-1, which is too weak for a proof",
            ),
            Self::TimeStampRefused { status } => format!(
                "{}: {}",
                lang.pick(
                    "уақыт белгісі қызметі бас тартты, белгі берілмеген",
                    "служба меток времени отказала, метка не выдана",
                    "the time-stamp authority refused and gave no time stamp",
                ),
                visible(status)
            ),
            _ => String::new(),
        }
    }
}

fn because_of(what: &str, reason: &Reason, lang: Lang) -> String {
    format!("{what}: {}", reason.text(lang))
}
