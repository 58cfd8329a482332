//! What is said of certificates and their path.

use super::{Lang, reasons::about};
use crate::{text::visible, verdict::Reason};

impl Reason {
    /// The sentence for a reason about certificates and their path; empty for others.
    pub(super) fn of_certificates(&self, lang: Lang) -> String {
        let pick = |kk: &str, ru: &str, en: &str| lang.pick(kk, ru, en).to_owned();
        match self {
            Self::NoPath { issuer } => format!(
                "{}: {}",
                lang.pick(
                    "сенімді түбірге дейін тізбек табылмады; шығарушы белгісіз немесе оған сенім жоқ",
                    "нет цепочки до доверенного корня; издатель неизвестен или не является доверенным",
                    "no path to a trust anchor; the issuer is unknown or not trusted"
                ),
                visible(issuer)
            ),
            Self::PathBudget => pick(
                "сертификаттар тізбегі тым шатасқан, іздеу шегіне жетті",
                "цепочка сертификатов слишком запутана, достигнут предел поиска",
                "the certificates are too entangled; the search reached its limit",
            ),
            Self::ChainBadSignature { issuer } => format!(
                "{}: {}",
                lang.pick(
                    "сертификатқа аталған шығарушы қол қоймаған (жалған)",
                    "сертификат не подписан названным издателем (подделка)",
                    "the named issuer did not sign the certificate (a forgery)"
                ),
                visible(issuer)
            ),
            Self::ChainWeakSignature => pick(
                "сертификатқа әлсіз алгоритммен қол қойылған",
                "сертификат подписан слабым алгоритмом",
                "the certificate is signed by a weak algorithm",
            ),
            Self::ChainNotAuthority { subject } => about(
                lang.pick(
                    "сертификат шығаруға құқығы жоқ",
                    "не имеет права выпускать сертификаты",
                    "may not issue certificates",
                ),
                subject,
            ),
            Self::ChainPathLength { subject } => about(
                lang.pick(
                    "өзінен төмен рұқсат етілгеннен көп орталық бар",
                    "ниже стоит больше центров, чем разрешено",
                    "has more authorities below it than it may",
                ),
                subject,
            ),
            Self::ChainPolicy { subject } => about(
                lang.pick(
                    "бүкіл тізбекке жарайтын, қабылданатын сертификаттау саясаты жоқ",
                    "нет приемлемой политики сертификации, действующей по всей цепочке",
                    "no acceptable certificate policy holds along the whole path",
                ),
                subject,
            ),
            Self::ChainPolicyMapping { subject } => about(
                lang.pick(
                    "орталық саясатты «кез келген саясатқа» теңестіреді, бұған тыйым салынған",
                    "центр приравнивает политику к «любой политике», что запрещено",
                    "the authority maps a policy from or to \"any policy\", which is forbidden",
                ),
                subject,
            ),
            Self::ChainNameConstraints { name, subject } => format!(
                "{} ({}): {}",
                lang.pick(
                    "сертификаттағы атауды жоғарыдағы орталықтың растауға құқығы жоқ",
                    "центр выше не вправе удостоверять имя в сертификате",
                    "an authority above may not certify the name in the certificate"
                ),
                visible(name),
                visible(subject)
            ),
            Self::ChainNameForm { name, subject } => format!(
                "{} ({}): {}",
                lang.pick(
                    "сертификаттағы атауды орталықтың шектеулерімен салыстыру мүмкін емес",
                    "имя в сертификате нельзя сравнить с ограничениями центра",
                    "the name in the certificate cannot be compared with the limits of an authority"
                ),
                visible(name),
                visible(subject)
            ),
            Self::UnknownCriticalExtension { name, subject } => format!(
                "{} ({name}): {}",
                lang.pick(
                    "сертификатта түсініксіз критикалық кеңейтім бар",
                    "в сертификате непонятное критическое расширение",
                    "the certificate has a critical extension that is not understood"
                ),
                visible(subject)
            ),
            Self::Expired { at, not_after, subject } => match lang {
                Lang::Kk => format!("сертификаттың қолданылу мерзімі {not_after} өтіп кеткен, тексеру сәті {at}: {}", visible(subject)),
                Lang::Ru => format!("срок действия сертификата истёк {not_after}, момент проверки {at}: {}", visible(subject)),
                Lang::En => format!("the certificate expired on {not_after}, checked at {at}: {}", visible(subject)),
            },
            Self::NotYetValid { at, not_before, subject } => match lang {
                Lang::Kk => format!("сертификаттың қолданылу мерзімі басталмаған, ол {not_before} басталады, тексеру сәті {at}: {}", visible(subject)),
                Lang::Ru => format!("срок действия сертификата ещё не начался, он действует с {not_before}, момент проверки {at}: {}", visible(subject)),
                Lang::En => format!("the certificate is valid from {not_before}, checked at {at}: {}", visible(subject)),
            },
            Self::WrongPurpose { wanted } => format!(
                "{}: {}",
                lang.pick(
                    "сертификат бұл мақсатқа арналмаған",
                    "сертификат не предназначен для этого",
                    "the certificate is not meant for this"
                ),
                wanted.text(lang)
            ),
            Self::CertPolicy { found } => {
                let lead = lang.pick(
                    "сертификатта Ұлттық куәландырушы орталықтың саясаты жоқ",
                    "в сертификате нет политики Национального удостоверяющего центра",
                    "the certificate carries no policy of the National certification authority",
                );
                if found.is_empty() { lead.to_owned() } else { format!("{lead}: {}", found.join(", ")) }
            }
            _ => String::new(),
        }
    }
}
