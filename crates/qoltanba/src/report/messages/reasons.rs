//! Why a verdict is not "passed": one sentence each. What is said of one kind of evidence stands
//! in a file of its own.

use super::Lang;
use crate::{text::visible, verdict::Reason};

impl Reason {
    /// One sentence that a person can act on.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let pick = |kk: &str, ru: &str, en: &str| lang.pick(kk, ru, en).to_owned();
        match self {
            Self::Malformed(error) | Self::KeyInvalid(error) | Self::AlgorithmUnknown(error) => {
                let lead = match self {
                    Self::Malformed(_) => {
                        lang.pick("файл бүлінген", "файл повреждён", "the file is damaged")
                    }
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
            Self::BarcodesUnsigned
            | Self::BarcodesMissing { .. }
            | Self::BarcodesConflict { .. }
            | Self::BarcodesMixed { .. }
            | Self::BarcodeLink { .. } => self.of_barcodes(lang),
            Self::PaperUnsigned
            | Self::BarcodeNone
            | Self::AttachmentsConflict
            | Self::PageCarriesOther
            | Self::PageDiffers { .. }
            | Self::PageNotCompared { .. }
            | Self::PdfSignatureUnsupported { .. } => self.of_paper(lang),
            Self::ContentMissing => pick(
                "қолтаңба құжаттан бөлек: құжаттың өзі де керек",
                "подпись отделена от документа: нужен и сам документ",
                "the signature is detached: the document itself is wanted too",
            ),
            Self::DigestMissing { algorithm } => format!(
                "{}: {algorithm}",
                lang.pick(
                    "қолтаңба негізделген құжат хеші есептелмеген",
                    "хеш документа, на который опирается подпись, не вычислен",
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
                "в документе один идентификатор присвоен двум элементам",
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
                "подпись сделана не этим ключом или не под этим содержимым",
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
                "қол қоюшының сертификаты файлда жоқ",
                "сертификата подписавшего нет в файле",
                "the signer's certificate is not in the file",
            ),
            Self::SigningCertificateMismatch => pick(
                "қолтаңбада басқа сертификат көрсетілген",
                "в подписи указан другой сертификат",
                "the signature names another certificate",
            ),
            Self::NoPath { .. }
            | Self::PathBudget
            | Self::ChainBadSignature { .. }
            | Self::ChainWeakSignature
            | Self::ChainNotAuthority { .. }
            | Self::ChainPathLength { .. }
            | Self::ChainPolicy { .. }
            | Self::ChainPolicyMapping { .. }
            | Self::ChainNameConstraints { .. }
            | Self::ChainNameForm { .. }
            | Self::UnknownCriticalExtension { .. }
            | Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::WrongPurpose { .. }
            | Self::CertPolicy { .. } => self.of_certificates(lang),
            Self::Revoked { .. }
            | Self::RevocationUnknown { .. }
            | Self::CrlBadSignature { .. }
            | Self::CrlWrongIssuer { .. }
            | Self::CrlStale { .. }
            | Self::CrlForged { .. }
            | Self::CrlIssuerUnknown { .. }
            | Self::CrlAfterExpiry { .. }
            | Self::CrlSignerUnproved { .. }
            | Self::CrlScope { .. }
            | Self::CrlUnknownCritical { .. }
            | Self::OcspBadSignature { .. }
            | Self::OcspForged
            | Self::OcspUnauthorised { .. }
            | Self::OcspCertIdMismatch { .. }
            | Self::OcspStale { .. }
            | Self::OcspNonce { .. }
            | Self::OcspUnknown { .. }
            | Self::OcspNoAnswer { .. }
            | Self::OcspUnknownCritical { .. } => self.of_revocation(lang),
            Self::TimeStampNotJudged
            | Self::TimeStampMalformed(_)
            | Self::TimeStampUnsupported(_)
            | Self::TimeStampImprint
            | Self::TimeStampBadSignature { .. }
            | Self::TimeStampFromFuture { .. }
            | Self::TimeStampOrder
            | Self::TimeStampUntrusted { .. }
            | Self::TimeStampUnbound
            | Self::TimeStampPurpose
            | Self::TimeStampWeakImprint
            | Self::TimeStampRefused { .. } => self.of_time_stamps(lang),
            Self::ProofMissing => pick(
                "дәлел жетіспейді: бұл бағдарламаның қатесі, хабарлаңыз",
                "не хватает доказательства: это ошибка программы, сообщите о ней",
                "a proof is missing: this is a defect of the program, please report it",
            ),
            Self::IinMismatch => pick(
                "қабылданған қолтаңбалардың ешқайсысында күтілген ЖСН жоқ",
                "ни в одной принятой подписи нет ожидаемого ИИН",
                "no accepted signature carries the expected IIN",
            ),
            Self::BinMismatch => pick(
                "қабылданған қолтаңбалардың ешқайсысында күтілген БСН жоқ",
                "ни в одной принятой подписи нет ожидаемого БИН",
                "no accepted signature carries the expected BIN",
            ),
            Self::RoleMismatch => pick(
                "қабылданған қолтаңбалардың ешқайсысында күтілген рөл (аталған ЖСН және БСН-мен бірге) жоқ",
                "ни в одной принятой подписи нет ожидаемой роли (вместе с названными ИИН и БИН)",
                "no accepted signature carries an expected role (together with the IIN and BIN expected)",
            ),
            Self::NoProvenTime => pick(
                "қолтаңбаның қашан қойылғанын ештеңе дәлелдемейді (уақыт белгісі жоқ)",
                "ничем не доказано, когда поставлена подпись (нет метки времени)",
                "nothing proves when it was signed (there is no time stamp)",
            ),
            Self::NoClaimedTime => pick(
                "қол қоюшы қол қою уақытын көрсетпеген",
                "подписавший не указал время подписания",
                "the signer wrote no signing time",
            ),
        }
    }
}

pub(super) fn about(what: &str, subject: &str) -> String {
    format!("{what}: {}", visible(subject))
}
