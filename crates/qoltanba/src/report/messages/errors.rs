//! Why bytes could not be read: one sentence each.

use super::Lang;
use crate::{
    error::{Error, ErrorKind, KeyStoreFault},
    text::visible,
};

impl Error {
    /// The error as a sentence. Names of structures stay in English.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let at = self.offset().map_or_else(String::new, |at| {
            format!(" ({} {at})", lang.pick("байт", "байт", "byte"))
        });
        let what = match self.kind() {
            ErrorKind::Malformed { what } => {
                format!(
                    "{}: {what}",
                    lang.pick("дұрыс емес құрылым", "неверная структура", "malformed")
                )
            }
            ErrorKind::Unsupported { what, name } => format!(
                "{}: {what}: {}",
                lang.pick("қолдау көрсетілмейді", "не поддерживается", "not supported"),
                visible(name)
            ),
            ErrorKind::OverBudget { what, limit } => format!(
                "{}: {what}, {limit}",
                lang.pick("шектен асты", "превышен предел", "over the limit")
            ),
            ErrorKind::WrongPassword => lang
                .pick(
                    "құпиясөз қате немесе кілт қоймасы өзгертілген",
                    "неверный пароль, или хранилище ключа изменено",
                    "the password is wrong, or the key store was altered",
                )
                .to_owned(),
            ErrorKind::Unrecognised => lang
                .pick(
                    "файл түрі танылмады: CMS қолтаңбасы да, сертификат та емес",
                    "тип файла не распознан: это не подпись CMS и не сертификат",
                    "the kind of file is not recognised: neither a CMS signature nor a certificate",
                )
                .to_owned(),
            ErrorKind::KeyStore { fault } => fault.text(lang).to_owned(),
            ErrorKind::Misuse { what } => (*what).to_owned(),
            ErrorKind::Io { kind } => format!(
                "{}: {kind}",
                lang.pick(
                    "деректер оқылмады немесе жазылмады",
                    "данные не прочитаны или не записаны",
                    "the data could not be read or written",
                )
            ),
        };
        what + &at
    }
}

impl KeyStoreFault {
    fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::NoMac => lang.pick(
                "кілт қоймасы өзгертуден қорғалмаған (MAC жоқ)",
                "хранилище ключа не защищено от изменения (нет MAC)",
                "nothing protects the key store from being altered (no MAC)",
            ),
            Self::NoKey => lang.pick(
                "кілт қоймасында жабық кілт жоқ",
                "в хранилище нет закрытого ключа",
                "the key store holds no private key",
            ),
            Self::NoCertificate => lang.pick(
                "кілт қоймасында сертификат жоқ",
                "в хранилище нет сертификата",
                "the key store holds no certificate",
            ),
            Self::KeyMismatch => lang.pick(
                "жабық кілт қоймадағы ешбір сертификатқа сәйкес емес",
                "закрытый ключ не подходит ни к одному сертификату в хранилище",
                "the private key belongs to no certificate in the key store",
            ),
            Self::SeveralKeys => lang.pick(
                "қоймада бірнеше кілт бар, қайсысын қолдану керегі белгісіз",
                "в хранилище несколько ключей, непонятно, какой использовать",
                "the key store holds several keys, and nothing tells which to use",
            ),
        }
    }
}
