//! What is said of revocation: lists and OCSP responses.

use super::{Lang, reasons::about};
use crate::{certificate::RevocationReason, text::visible, verdict::Reason};

impl Reason {
    /// The sentence for a reason about revocation; empty for others.
    pub(super) fn of_revocation(&self, lang: Lang) -> String {
        let pick = |kk: &str, ru: &str, en: &str| lang.pick(kk, ru, en).to_owned();
        match self {
            // RFC 6960 §2.2: how a responder says that it knows of no such certificate.
            Self::Revoked { at, reason: RevocationReason::CertificateHold, subject }
                if at.unix() == 0 =>
            {
                about(
                    lang.pick(
                        "жауап беруші мұндай сертификаттың шығарылғанын білмейді",
                        "ответчику неизвестно, чтобы такой сертификат выпускался",
                        "the responder does not know that such a certificate was ever issued",
                    ),
                    subject,
                )
            }
            Self::Revoked { at, reason, subject } => match lang {
                Lang::Kk => format!("сертификат {at} кері қайтарылған ({reason}): {}", visible(subject)),
                Lang::Ru => format!("сертификат отозван {at} ({reason}): {}", visible(subject)),
                Lang::En => format!("the certificate was revoked on {at} ({reason}): {}", visible(subject)),
            },
            Self::RevocationUnknown { subject } => about(
                lang.pick(
                    "сертификаттың кері қайтарылған-қайтарылмағаны белгісіз: тізім (CRL) керек (--crl)",
                    "неизвестно, отозван ли сертификат: нужен список (CRL) (--crl)",
                    "not known whether revoked: a revocation list is needed (--crl)",
                ),
                subject,
            ),
            Self::CrlBadSignature { subject } => about(
                lang.pick(
                    "кері қайтарылған сертификаттар тізімінің қолтаңбасы дұрыс емес",
                    "подпись списка отозванных сертификатов неверна",
                    "the signature of the revocation list does not stand",
                ),
                subject,
            ),
            Self::CrlWrongIssuer { subject } => about(
                lang.pick(
                    "кері қайтарылған сертификаттар тізімін басқа орталық шығарған",
                    "список отозванных сертификатов выпущен другим центром",
                    "the revocation list is of another authority",
                ),
                subject,
            ),
            Self::CrlStale { subject } => about(
                lang.pick(
                    "кері қайтарылған сертификаттар тізімінің мерзімі сәйкес емес: жаңасы керек",
                    "список отозванных сертификатов не действует на этот момент: нужен свежий",
                    "the revocation list is not in force at that moment: a fresh one is needed",
                ),
                subject,
            ),
            Self::CrlForged { issuer } => about(
                lang.pick(
                    "тізімге аталған шығарушы қол қоймаған (жалған немесе бүлінген)",
                    "список не подписан названным издателем (подделка или повреждён)",
                    "the named issuer did not sign the list (it is forged or damaged)",
                ),
                issuer,
            ),
            Self::CrlIssuerUnknown { issuer } => about(
                lang.pick(
                    "тізімді шығарған орталықтың сертификаты белгілі емес: оны беріңіз (--cert)",
                    "сертификат центра, выпустившего список, неизвестен: укажите его (--cert)",
                    "the certificate of the authority that issued the list is not known: give it (--cert)",
                ),
                issuer,
            ),
            Self::CrlAfterExpiry { subject } => about(
                lang.pick(
                    "кері қайтарылған сертификаттар тізімі сертификат мерзімі біткеннен кейін шығарылған, ол енді аталмауы мүмкін: бұрынғы тізім керек",
                    "список отозванных сертификатов выпущен после истечения сертификата и может его уже не называть: нужен более ранний",
                    "the revocation list was made after the certificate expired and may no longer name it: an earlier one is needed",
                ),
                subject,
            ),
            Self::CrlSignerUnproved { subject } => about(
                lang.pick(
                    "кері қайтарылған сертификаттар тізіміне бөлек кілтпен қол қойылған, ал сол кілттің сертификаты расталмады",
                    "список отозванных сертификатов подписан отдельным ключом, сертификат которого не подтверждён",
                    "the revocation list was signed by a separate key whose certificate is not established",
                ),
                subject,
            ),
            Self::CrlScope { subject } => about(
                lang.pick(
                    "кері қайтарылған сертификаттар тізімі толық емес: толық тізім керек",
                    "список отозванных сертификатов неполный: нужен полный",
                    "the revocation list speaks of a part only: a complete one is needed",
                ),
                subject,
            ),
            Self::CrlUnknownCritical { subject } => about(
                lang.pick(
                    "кері қайтарылған сертификаттар тізімінде түсініксіз критикалық кеңейтім бар",
                    "в списке отозванных сертификатов непонятное критическое расширение",
                    "the revocation list has a critical extension that is not understood",
                ),
                subject,
            ),
            Self::OcspBadSignature { subject } => about(
                lang.pick(
                    "OCSP жауабының қолтаңбасы дұрыс емес (жалған): жауапты қайта алыңыз",
                    "подпись ответа OCSP неверна (подделка): получите ответ заново",
                    "the signature of the OCSP response does not stand (a forgery): get it anew",
                ),
                subject,
            ),
            Self::OcspForged => pick(
                "OCSP жауабына жауап берушінің кілтімен қол қойылмаған (жалған)",
                "ответ OCSP не подписан ключом ответчика (подделка)",
                "the OCSP response was not signed by its responder's key (a forgery)",
            ),
            Self::OcspUnauthorised { subject } => about_maybe(
                lang.pick(
                    "OCSP жауабына қол қойғанның бұл орталық атынан жауап беруге құқығы жоқ",
                    "подписавший ответ OCSP не вправе отвечать за этот центр",
                    "whoever signed the OCSP response may not answer for this authority",
                ),
                subject.as_deref(),
            ),
            Self::OcspCertIdMismatch { subject } => about_maybe(
                lang.pick(
                    "OCSP жауабы басқа сертификат туралы",
                    "ответ OCSP о другом сертификате",
                    "the OCSP response is about another certificate",
                ),
                subject.as_deref(),
            ),
            Self::OcspStale { subject } => about_maybe(
                lang.pick(
                    "OCSP жауабы тексеру сәтіне қатысты емес: жаңасын алыңыз",
                    "ответ OCSP не относится к моменту проверки: получите новый",
                    "the OCSP response does not speak of the moment of check: get a new one",
                ),
                subject.as_deref(),
            ),
            Self::OcspNonce { subject } => about(
                lang.pick(
                    "OCSP жауабы біздің сұрауға берілмеген (nonce сәйкес емес)",
                    "ответ OCSP дан не на наш запрос (nonce не совпадает)",
                    "the OCSP response is not the answer to our request (the nonce differs)",
                ),
                subject,
            ),
            Self::OcspUnknown { subject } => about(
                lang.pick(
                    "OCSP жауап берушісі бұл сертификатты білмейді",
                    "ответчик OCSP не знает этого сертификата",
                    "the OCSP responder does not know this certificate",
                ),
                subject,
            ),
            Self::OcspNoAnswer { subject } => about_maybe(
                lang.pick(
                    "OCSP жауап берушісі жауап орнына қате қайтарды: кейінірек қайталаңыз немесе тізім (CRL) беріңіз",
                    "ответчик OCSP вернул ошибку вместо ответа: повторите позже или дайте список (CRL)",
                    "the OCSP responder gave an error instead of an answer: try later or give a revocation list",
                ),
                subject.as_deref(),
            ),
            Self::OcspUnknownCritical { subject } => about_maybe(
                lang.pick(
                    "OCSP жауабында түсініксіз критикалық кеңейтім бар",
                    "в ответе OCSP непонятное критическое расширение",
                    "the OCSP response has a critical extension that is not understood",
                ),
                subject.as_deref(),
            ),
            _ => String::new(),
        }
    }
}

fn about_maybe(what: &str, subject: Option<&str>) -> String {
    subject.map_or_else(|| what.to_owned(), |subject| about(what, subject))
}
