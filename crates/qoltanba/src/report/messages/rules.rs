//! The rules of the law and the parts of a verdict, in words.

use super::Lang;
use crate::{
    policy::RuleId,
    report::{Law, NotApplicable, PartId},
};

impl RuleId {
    /// The rule as a short statement of what is asked.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::SignerCertificate => lang.pick(
                "қол қоюшының сертификаты бар",
                "сертификат подписавшего имеется",
                "the signer's certificate is at hand",
            ),
            Self::Signature => lang.pick(
                "қолтаңба сертификаттағы кілтпен қойылған, деректер өзгермеген",
                "подпись сделана ключом сертификата, данные не изменены",
                "the certified key made the signature, and the data are unchanged",
            ),
            Self::Moment => lang.pick(
                "тексеру сәті: уақыт белгісінің уақыты, ол болмаса ағымдағы уақыт",
                "момент проверки: время метки времени, без неё текущее время",
                "the moment of check is that of the time stamp, or else the present",
            ),
            Self::Validity => lang.pick(
                "тізбектегі әр сертификаттың мерзімі сол сәтте жарамды",
                "каждый сертификат цепочки действует на этот момент",
                "every certificate of the path is within its dates at that moment",
            ),
            Self::Revocation => lang.pick(
                "OCSP немесе CRL бойынша сертификаттар кері қайтарылмаған",
                "по OCSP или CRL сертификаты не отозваны",
                "by OCSP or CRL the certificates are not revoked",
            ),
            Self::Path => lang.pick(
                "тізбек сенімді түбірге дұрыс жетеді",
                "цепочка верно приводит к доверенному корню",
                "the path leads correctly to a trusted root",
            ),
            Self::Purpose => lang.pick(
                "кілттің мақсаты мен сертификат саясаты сәйкес келеді",
                "назначение ключа и политика сертификата подходят",
                "key usage and certificate policy fit",
            ),
            Self::TimeStamp => {
                lang.pick("уақыт белгісі дұрыс", "метка времени верна", "the time stamp holds")
            }
            Self::RevocationList => lang.pick(
                "кері қайтарылған сертификаттар тізімі шынайы, осы сертификатты қамтиды және қолданыста",
                "список отозванных сертификатов подлинный, охватывает сертификат и действует",
                "the revocation list is authentic, covers the certificate and is in force",
            ),
            Self::OcspResponse => lang.pick(
                "OCSP жауабы шынайы, осы сертификат туралы және осы уақытқа тиесілі",
                "ответ OCSP подлинный, об этом сертификате и на это время",
                "the OCSP answer is authentic, about this certificate and of this time",
            ),
            Self::SigningCertificateV2 => lang.pick(
                "қолтаңба өз сертификатын атайды (signing-certificate-v2)",
                "подпись называет свой сертификат (signing-certificate-v2)",
                "the signature names its certificate (signing-certificate-v2)",
            ),
            Self::OwnKey => lang.pick(
                "қол қояр алдында өз кілтінің сертификаты тексеріледі",
                "перед подписанием проверяется сертификат своего ключа",
                "before signing, the certificate of one's own key is checked",
            ),
            Self::Accreditation => lang.pick(
                "куәландырушы орталық аккредиттелген",
                "удостоверяющий центр аккредитован",
                "the certification authority is accredited",
            ),
        }
    }
}

impl NotApplicable {
    /// Why, in words.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::NotAsked => lang.pick(
                "бұл ережелер жинағы мұны талап етпейді",
                "этот набор правил этого не требует",
                "this set of rules does not ask for it",
            ),
            Self::NoDocument => lang.pick(
                "бұл құжат емес, жеке сертификат",
                "это не документ, а отдельный сертификат",
                "this is a certificate on its own and no document",
            ),
            Self::NoTimeStamp => {
                lang.pick("уақыт белгісі жоқ", "метки времени нет", "there is no time stamp")
            }
            Self::NoList => lang.pick(
                "күйі кері қайтарылған сертификаттар тізімінен алынбаған",
                "статус получен не из списка отозванных сертификатов",
                "the status was not told by a revocation list",
            ),
            Self::NoAnswer => lang.pick(
                "күйі OCSP жауабынан алынбаған",
                "статус получен не из ответа OCSP",
                "the status was not told by an OCSP answer",
            ),
            Self::OtherFormat => lang.pick(
                "ереже CMS туралы; XML қолтаңбасы сертификатты KeyInfo ішінде атайды",
                "правило о CMS; подпись XML называет сертификат в KeyInfo",
                "the rule is about CMS; an XML signature names its certificate in KeyInfo",
            ),
            Self::SigningOnly => lang.pick(
                "ереже қол қою туралы, тексеру туралы емес",
                "правило о подписании, а не о проверке",
                "the rule is about signing, not about verifying",
            ),
            Self::AnchorGiven => lang.pick(
                "сенімді түбірді тексеруші өзі берген, аккредиттеуі белгісіз",
                "доверенный корень указал сам проверяющий, аккредитация неизвестна",
                "the verifier gave the trusted root himself; its accreditation is not known",
            ),
        }
    }
}

impl PartId {
    /// The part as a question that a person asks.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Integrity => {
                lang.pick("Құжаттың өзгермегені", "Неизменность документа", "Document unchanged")
            }
            Self::Signer => lang.pick(
                "Қол қоюшы мен куәландырушы орталық",
                "Подписавший и удостоверяющий центр",
                "Signer and authority",
            ),
            Self::CertificateStatus => lang.pick(
                "Көрсетілген уақыттағы сертификат күйі",
                "Статус сертификата на указанное время",
                "Certificate at the claimed time",
            ),
            Self::ProvableTime => {
                lang.pick("Дәлелденген уақыт", "Доказанное время", "Provable time")
            }
        }
    }
}

impl Law {
    /// What the national rules say, as a sentence.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let clause = self.clause;
        match lang {
            Lang::Kk => format!("ұлттық ережелер бойынша нәтиже теріс ({clause})"),
            Lang::Ru => format!("по национальным правилам результат отрицательный ({clause})"),
            Lang::En => format!("under the national rules the result is negative ({clause})"),
        }
    }
}
