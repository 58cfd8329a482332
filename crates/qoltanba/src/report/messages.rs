//! What a person reads, in Kazakh, Russian and English. The text explains; programs use codes.

use super::{CheckId, Remark};
use crate::{
    certificate::{Purpose, Quirk},
    error::{Error, ErrorKind, KeyStoreFault},
    identity::{IdentityRemark, Role},
    numbers::NumberRemark,
    text::visible,
    verdict::{Evidence, Reason, Verdict},
};

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
        }
    }
}

impl Reason {
    /// One sentence that a person can act on.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let pick = |kk: &str, ru: &str, en: &str| lang.pick(kk, ru, en).to_owned();
        match self {
            Self::Malformed(error) | Self::KeyInvalid(error) | Self::AlgorithmUnknown(error) => {
                let lead = match self {
                    Self::Malformed(_) => lang.pick("файл бүлінген", "файл повреждён", "the file is damaged"),
                    Self::KeyInvalid(_) => lang.pick(
                        "қол қоюшының кілті жарамсыз",
                        "ключ подписавшего недопустим",
                        "the signer's key is not valid",
                    ),
                    _ => lang.pick(
                        "алгоритм белгісіз, тексеру мүмкін емес",
                        "алгоритм неизвестен, проверить нельзя",
                        "the algorithm is unknown and cannot be checked",
                    ),
                };
                format!("{lead}: {}", error.text(lang))
            }
            Self::NoSigners => pick(
                "файлда бірде-бір қолтаңба жоқ",
                "в файле нет ни одной подписи",
                "there is no signature in the file",
            ),
            Self::ContentMissing => pick(
                "қолтаңба құжаттан бөлек: құжаттың өзін беріңіз (--data)",
                "подпись отделена от документа: укажите сам документ (--data)",
                "the signature is detached: give the document itself (--data)",
            ),
            Self::DigestMissing { algorithm } => format!(
                "{}: {algorithm}",
                lang.pick(
                    "құжаттың қолтаңба тірелетін хэші есептелмеген",
                    "хэш документа, на который опирается подпись, не вычислен",
                    "the digest of the document that the signature rests on was not computed",
                )
            ),
            Self::ContentConflict => pick(
                "берілген құжат қолтаңба ішіндегі құжаттан өзгеше",
                "указанный документ отличается от документа внутри подписи",
                "the document given differs from the one inside the signature",
            ),
            Self::ContentDigestMismatch => pick(
                "құжат қол қойылғаннан кейін өзгертілген немесе бұл басқа құжат",
                "документ изменён после подписания, или это другой документ",
                "the document was changed after signing, or is another document",
            ),
            Self::SignedAttributes { rule } => format!(
                "{}: {rule}",
                lang.pick(
                    "қол қойылған атрибуттардың ережесі бұзылған",
                    "нарушено правило подписанных атрибутов",
                    "a rule of signed attributes is broken"
                )
            ),
            Self::SignedAttributesConfusion => pick(
                "мазмұн орнына басқа қолтаңбаның атрибуттары қойылған",
                "вместо содержимого подставлены атрибуты другой подписи",
                "attributes of another signature stand in the place of the content",
            ),
            Self::PartialCoverage => pick(
                "қолтаңба құжаттың бір бөлігін ғана қамтиды",
                "подпись охватывает только часть документа",
                "the signature covers only a part of the document",
            ),
            Self::DuplicateId => pick(
                "құжатта бір идентификатор екі элементке берілген",
                "в документе один идентификатор дан двум элементам",
                "an identifier in the document is given to two elements",
            ),
            Self::ReferenceUnsupported(error) => format!(
                "{}: {}",
                lang.pick(
                    "қолтаңба түсініксіз немесе сыртқы нәрсеге сілтейді",
                    "подпись ссылается на непонятное или внешнее",
                    "the signature refers to something that is not understood or not followed"
                ),
                error.text(lang)
            ),
            Self::SignatureEncoding => pick(
                "қолтаңба мәнінің пішіні дұрыс емес",
                "значение подписи имеет неверную форму",
                "the signature value has a wrong form",
            ),
            Self::SignatureBad => pick(
                "қолтаңба бұл кілтпен осы мазмұнға қойылмаған",
                "подпись не сделана этим ключом под этим содержимым",
                "the signature was not made by this key over this content",
            ),
            Self::AlgorithmMismatch => pick(
                "дайджест, қолтаңба алгоритмі және кілт үйлеспейді",
                "хеш, алгоритм подписи и ключ не подходят друг другу",
                "digest, signature algorithm and key do not go together",
            ),
            Self::AlgorithmNotAllowed => pick(
                "алгоритм немесе кілт тым әлсіз, ештеңені дәлелдемейді",
                "алгоритм или ключ слишком слаб и ничего не доказывает",
                "the algorithm or the key is too weak to prove anything",
            ),
            Self::SignerCertificateMissing => pick(
                "қол қоюшының сертификаты файлда жоқ: оны беріңіз (--cert)",
                "сертификата подписавшего нет в файле: укажите его (--cert)",
                "the signer's certificate is not in the file: give it (--cert)",
            ),
            Self::SigningCertificateMismatch => pick(
                "қолтаңба басқа сертификатты атайды",
                "подпись называет другой сертификат",
                "the signature names another certificate",
            ),
            Self::NoPath { issuer } => format!(
                "{}: {}",
                lang.pick(
                    "сенімді түбірге дейін тізбек табылмады; шығарушы белгісіз немесе оған сенім жоқ",
                    "нет цепочки до доверенного корня; издатель неизвестен или не доверен",
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
                Lang::Kk => format!("сертификат мерзімі {not_after} аяқталған, тексеру сәті {at}: {}", visible(subject)),
                Lang::Ru => format!("срок сертификата истёк {not_after}, момент проверки {at}: {}", visible(subject)),
                Lang::En => format!("the certificate expired on {not_after}, checked at {at}: {}", visible(subject)),
            },
            Self::NotYetValid { at, not_before, subject } => match lang {
                Lang::Kk => format!("сертификат {not_before} бастап жарамды, тексеру сәті {at}: {}", visible(subject)),
                Lang::Ru => format!("сертификат действует с {not_before}, момент проверки {at}: {}", visible(subject)),
                Lang::En => format!("the certificate is valid from {not_before}, checked at {at}: {}", visible(subject)),
            },
            Self::Revoked { at, reason, subject } => match lang {
                Lang::Kk => format!("сертификат {at} кері қайтарылған ({reason}): {}", visible(subject)),
                Lang::Ru => format!("сертификат отозван {at} ({reason}): {}", visible(subject)),
                Lang::En => format!("the certificate was revoked on {at} ({reason}): {}", visible(subject)),
            },
            Self::RevocationUnknown { subject } => about(
                lang.pick(
                    "кері қайтарылғаны белгісіз: тізім (CRL) керек (--crl)",
                    "неизвестно, отозван ли: нужен список (CRL) (--crl)",
                    "not known whether revoked: a revocation list is needed (--crl)",
                ),
                subject,
            ),
            Self::CrlBadSignature { subject } => about(
                lang.pick(
                    "кері қайтару тізімінің қолтаңбасы дұрыс емес",
                    "подпись списка отозванных неверна",
                    "the signature of the revocation list does not stand",
                ),
                subject,
            ),
            Self::CrlWrongIssuer { subject } => about(
                lang.pick(
                    "кері қайтару тізімін басқа орталық шығарған",
                    "список отозванных выпущен другим центром",
                    "the revocation list is of another authority",
                ),
                subject,
            ),
            Self::CrlStale { subject } => about(
                lang.pick(
                    "кері қайтару тізімінің мерзімі сәйкес емес: жаңасы керек",
                    "список отозванных не действует на этот момент: нужен свежий",
                    "the revocation list is not in force at that moment: a fresh one is needed",
                ),
                subject,
            ),
            Self::CrlScope { subject } => about(
                lang.pick(
                    "кері қайтару тізімі толық емес: толық тізім керек",
                    "список отозванных неполный: нужен полный",
                    "the revocation list speaks of a part only: a complete one is needed",
                ),
                subject,
            ),
            Self::CrlUnknownCritical { subject } => about(
                lang.pick(
                    "кері қайтару тізімінде түсініксіз критикалық кеңейтім бар",
                    "в списке отозванных непонятное критическое расширение",
                    "the revocation list has a critical extension that is not understood",
                ),
                subject,
            ),
            Self::WrongPurpose { wanted } => format!(
                "{}: {}",
                lang.pick(
                    "сертификат бұл мақсатқа арналмаған",
                    "сертификат не предназначен для этого",
                    "the certificate is not meant for this"
                ),
                wanted.text(lang)
            ),
            Self::TimeStampNotJudged => pick(
                "қолтаңбада уақыт белгісі бар, бұл нұсқа оны тексермейді",
                "на подписи есть метка времени, эта версия её не проверяет",
                "the signature has a time stamp, which this version does not check",
            ),
            Self::ProofMissing => pick(
                "дәлел жетіспейді: бұл бағдарламаның қатесі, хабарлаңыз",
                "не хватает доказательства: это ошибка программы, сообщите о ней",
                "a proof is missing: this is a defect of the program, please report it",
            ),
            Self::IinMismatch => pick(
                "қабылданған қолтаңбалардың ешқайсысында күтілген ЖСН жоқ",
                "ни одна принятая подпись не несёт ожидаемый ИИН",
                "no accepted signature carries the expected IIN",
            ),
            Self::BinMismatch => pick(
                "қабылданған қолтаңбалардың ешқайсысында күтілген БСН жоқ",
                "ни одна принятая подпись не несёт ожидаемый БИН",
                "no accepted signature carries the expected BIN",
            ),
        }
    }
}

fn about(what: &str, subject: &str) -> String {
    format!("{what}: {}", visible(subject))
}

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
                lang.pick("қолдау жоқ", "не поддерживается", "not supported"),
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

impl Remark {
    /// The remark as a sentence.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let pick = |kk, ru, en| lang.pick(kk, ru, en).to_owned();
        match self {
            Self::Quirk(quirk) => quirk.text(lang).to_owned(),
            Self::Identity(remark) => remark.text(lang),
            Self::Ber => {
                pick("хабарлама BER пішімінде", "сообщение в кодировке BER", "the message is BER")
            }
            Self::UnorderedAttributes => pick(
                "қол қойылған атрибуттар DER ретімен емес",
                "подписанные атрибуты не в порядке DER",
                "the signed attributes are not in DER order",
            ),
            Self::UnlistedDigest => pick(
                "дайджест алгоритмі хабарлама тізімінде жоқ",
                "алгоритма хеширования нет в списке сообщения",
                "the digest algorithm is not in the message's list",
            ),
            Self::NoSignedAttributes => pick(
                "қол қойылған атрибуттар жоқ",
                "подписанных атрибутов нет",
                "there are no signed attributes",
            ),
            Self::NoSigningCertificate => pick(
                "қолтаңба өз сертификатын атамайды",
                "подпись не называет свой сертификат",
                "the signature does not name its certificate",
            ),
            Self::WeakSigningCertificate => pick(
                "сертификат SHA-1 арқылы аталған",
                "сертификат назван через SHA-1",
                "the certificate is named by SHA-1",
            ),
            Self::UnreadableCertificate => pick(
                "файлдағы бір сертификат оқылмады",
                "один сертификат в файле не читается",
                "a certificate in the file cannot be read",
            ),
            Self::UnreadableEvidence => pick(
                "дәлелдің бірі оқылмады",
                "одно из свидетельств не читается",
                "a piece of evidence cannot be read",
            ),
        }
    }

    /// The stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Quirk(quirk) => quirk.code(),
            Self::Identity(remark) => remark.code(),
            Self::Ber => "ber",
            Self::UnorderedAttributes => "unordered_attributes",
            Self::UnlistedDigest => "unlisted_digest",
            Self::NoSignedAttributes => "no_signed_attributes",
            Self::NoSigningCertificate => "no_signing_certificate",
            Self::WeakSigningCertificate => "weak_signing_certificate",
            Self::UnreadableCertificate => "unreadable_certificate",
            Self::UnreadableEvidence => "unreadable_evidence",
        }
    }
}

impl Quirk {
    /// The stable code, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SpacedPolicyUri => "quirk_spaced_policy_uri",
            Self::MistypedPolicyUri => "quirk_mistyped_policy_uri",
            Self::RunTogetherListUri => "quirk_run_together_list_uri",
            Self::EmptyOcspNoCheck => "quirk_empty_ocsp_nocheck",
            Self::KeyUsageNotCritical => "quirk_key_usage_not_critical",
            Self::ForeignListUri => "quirk_foreign_list_uri",
        }
    }

    fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::SpacedPolicyUri => lang.pick(
                "сертификат ережесі мекенжайында бос орындар бар",
                "в адресе регламента есть пробелы",
                "the address of the practice statement has spaces around it",
            ),
            Self::MistypedPolicyUri => lang.pick(
                "сертификат ережесі мекенжайы қате жазылған",
                "адрес регламента написан с ошибкой",
                "the address of the practice statement is mistyped",
            ),
            Self::RunTogetherListUri => lang.pick(
                "кері қайтару тізімінің екі мекенжайы бір жолға жазылған",
                "два адреса списка отозванных слиты в один",
                "two addresses of the revocation list are run together",
            ),
            Self::EmptyOcspNoCheck => lang.pick(
                "id-pkix-ocsp-nocheck бос",
                "id-pkix-ocsp-nocheck пуст",
                "id-pkix-ocsp-nocheck is empty",
            ),
            Self::KeyUsageNotCritical => lang.pick(
                "keyUsage критикалық емес",
                "keyUsage не критическое",
                "keyUsage is not critical",
            ),
            Self::ForeignListUri => lang.pick(
                "сертификат басқа орталықтың тізімін атайды",
                "сертификат называет список другого центра",
                "the certificate names the list of another authority",
            ),
        }
    }
}

impl IdentityRemark {
    /// The stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SeveralIins => "several_iins",
            Self::MalformedIin => "malformed_iin",
            Self::OddIin(NumberRemark::CheckDigit) => "iin_check_digit",
            Self::OddIin(NumberRemark::Date) => "iin_date",
            Self::SeveralBins => "several_bins",
            Self::MalformedBin => "malformed_bin",
            Self::OddBin(NumberRemark::CheckDigit) => "bin_check_digit",
            Self::OddBin(NumberRemark::Date) => "bin_date",
            Self::OrganisationOfIndividual => "organisation_of_individual",
            Self::SeveralNames => "several_names",
            Self::HiddenCharacters => "hidden_characters",
            Self::MixedAlphabets => "mixed_alphabets",
            Self::UnreadableName => "unreadable_name",
            Self::SeveralRoles => "several_roles",
        }
    }

    fn text(&self, lang: Lang) -> String {
        let odd = |what: &str, remark: NumberRemark| match remark {
            NumberRemark::CheckDigit => format!(
                "{what}: {}",
                lang.pick(
                    "бақылау цифры қате",
                    "контрольная цифра неверна",
                    "the check digit is wrong"
                )
            ),
            NumberRemark::Date => format!(
                "{what}: {}",
                lang.pick("күні мүмкін емес", "невозможная дата", "the date is impossible")
            ),
        };
        let iin = lang.pick("ЖСН", "ИИН", "IIN");
        let bin = lang.pick("БСН", "БИН", "BIN");
        match self {
            Self::OddIin(remark) => odd(iin, *remark),
            Self::OddBin(remark) => odd(bin, *remark),
            Self::SeveralIins => format!(
                "{iin}: {}",
                lang.pick(
                    "бірнешеу, көрсетілмейді",
                    "несколько, не указывается",
                    "several, none is reported"
                )
            ),
            Self::SeveralBins => format!(
                "{bin}: {}",
                lang.pick(
                    "бірнешеу, көрсетілмейді",
                    "несколько, не указывается",
                    "several, none is reported"
                )
            ),
            Self::MalformedIin => format!(
                "{iin}: {}",
                lang.pick(
                    "12 цифр емес, көрсетілмейді",
                    "не 12 цифр, не указывается",
                    "not twelve digits, not reported"
                )
            ),
            Self::MalformedBin => format!(
                "{bin}: {}",
                lang.pick(
                    "12 цифр емес, көрсетілмейді",
                    "не 12 цифр, не указывается",
                    "not twelve digits, not reported"
                )
            ),
            Self::OrganisationOfIndividual => lang
                .pick(
                    "жеке тұлғаның сертификатында ұйым аталған, ол көрсетілмейді",
                    "в сертификате физического лица названа организация, она не указывается",
                    "an individual's certificate names an organisation, which is not reported",
                )
                .to_owned(),
            Self::SeveralNames => lang
                .pick(
                    "аты бірнеше рет жазылған",
                    "имя записано несколько раз",
                    "the name is given several times",
                )
                .to_owned(),
            Self::HiddenCharacters => lang
                .pick(
                    "атауда көрінбейтін таңбалар бар",
                    "в имени есть невидимые знаки",
                    "a name has characters that do not show",
                )
                .to_owned(),
            Self::MixedAlphabets => lang
                .pick(
                    "бір сөзде латын және кирилл әріптері аралас",
                    "в одном слове смешаны латинские и кириллические буквы",
                    "one word mixes Latin and Cyrillic letters",
                )
                .to_owned(),
            Self::UnreadableName => lang
                .pick("атау мәтін емес", "имя не является текстом", "a name is not text")
                .to_owned(),
            Self::SeveralRoles => lang
                .pick(
                    "сертификатта бірнеше рөл бар, ең жоғарғысы көрсетілген",
                    "в сертификате несколько ролей, указана старшая",
                    "the certificate has several roles, the highest is reported",
                )
                .to_owned(),
        }
    }
}

impl Evidence {
    /// What is missing and where it is to be had.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let from = |addresses: &[String]| {
            if addresses.is_empty() {
                String::new()
            } else {
                format!(" ({})", visible(&addresses.join(", ")))
            }
        };
        match self {
            Self::RevocationList { issuer, addresses } => format!(
                "{}: {}{}",
                lang.pick(
                    "кері қайтару тізімі (CRL)",
                    "список отозванных (CRL)",
                    "revocation list (CRL) of"
                ),
                visible(issuer),
                from(addresses)
            ),
            Self::AuthorityCertificate { subject, addresses } => format!(
                "{}: {}{}",
                lang.pick(
                    "орталықтың сертификаты",
                    "сертификат центра",
                    "certificate of the authority"
                ),
                visible(subject),
                from(addresses)
            ),
            Self::SignerCertificate => lang
                .pick(
                    "қол қоюшының сертификаты",
                    "сертификат подписавшего",
                    "the signer's certificate",
                )
                .to_owned(),
            Self::Content => {
                lang.pick("құжаттың өзі", "сам документ", "the document itself").to_owned()
            }
        }
    }
}
