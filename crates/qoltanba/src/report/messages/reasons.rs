//! Why a verdict is not "passed", and why bytes could not be read: one sentence each.

use super::Lang;
use crate::{
    certificate::RevocationReason,
    error::{Error, ErrorKind, KeyStoreFault},
    text::visible,
    verdict::Reason,
};

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
                "қолтаңба құжаттан бөлек: құжаттың өзін беріңіз (--data)",
                "подпись отделена от документа: укажите сам документ (--data)",
                "the signature is detached: give the document itself (--data)",
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
                "қол қоюшының сертификаты файлда жоқ: оны беріңіз (--cert)",
                "сертификата подписавшего нет в файле: укажите его (--cert)",
                "the signer's certificate is not in the file: give it (--cert)",
            ),
            Self::SigningCertificateMismatch => pick(
                "қолтаңбада басқа сертификат көрсетілген",
                "в подписи указан другой сертификат",
                "the signature names another certificate",
            ),
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
                Lang::Kk => format!("сертификат мерзімі {not_after} аяқталған, тексеру сәті {at}: {}", visible(subject)),
                Lang::Ru => format!("срок сертификата истёк {not_after}, момент проверки {at}: {}", visible(subject)),
                Lang::En => format!("the certificate expired on {not_after}, checked at {at}: {}", visible(subject)),
            },
            Self::NotYetValid { at, not_before, subject } => match lang {
                Lang::Kk => format!("сертификат мерзімі {not_before} басталады, тексеру сәті {at}: {}", visible(subject)),
                Lang::Ru => format!("сертификат действует с {not_before}, момент проверки {at}: {}", visible(subject)),
                Lang::En => format!("the certificate is valid from {not_before}, checked at {at}: {}", visible(subject)),
            },
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

fn because_of(what: &str, reason: &Reason, lang: Lang) -> String {
    format!("{what}: {}", reason.text(lang))
}

fn about(what: &str, subject: &str) -> String {
    format!("{what}: {}", visible(subject))
}

fn about_maybe(what: &str, subject: Option<&str>) -> String {
    subject.map_or_else(|| what.to_owned(), |subject| about(what, subject))
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
