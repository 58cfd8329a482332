//! What a lay person is told: the state in a few words, and what to do now.

use super::Lang;
use crate::verdict::{NextStep, Standing};

impl Standing {
    /// The state of a document in a few words.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Good => {
                lang.pick("Қолтаңба жарамды", "Подпись действительна", "The signature is valid")
            }
            Self::GoodWithRemarks => lang.pick(
                "Қолтаңба жарамды, ескертулер бар",
                "Подпись действительна, есть замечания",
                "The signature is valid, with remarks",
            ),
            Self::CouldNotCheck => lang.pick(
                "Тексеру мүмкін болмады",
                "Проверить не удалось",
                "It could not be checked",
            ),
            Self::NotGood => lang.pick(
                "Құжат тексеруден өтпеді",
                "Документ не прошёл проверку",
                "The document did not pass the check",
            ),
        }
    }
}

impl NextStep {
    /// What to do now, in a sentence or two.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let (kk, ru, en) = match self {
            Self::Photograph { numbers, amount } => return photograph(numbers, *amount, lang),
            Self::KeepFile => (
                "Файлдың өзін сақтаңыз: қолтаңба сонда. Басып шығарылған қағаз сыртқы түрімен ештеңені дәлелдемейді.",
                "Сохраните сам файл: подпись находится в нём. Распечатка своим видом ничего не доказывает.",
                "Keep the file itself: the signature is in it. A print proves nothing by its looks.",
            ),
            Self::AskOriginal => (
                "Бұл құжатқа сенбеңіз. Оны берген ұйымнан немесе қызмет порталынан түпнұсқа файлды қайта алып, соны тексеріңіз.",
                "Не полагайтесь на этот документ. Получите исходный файл заново у выдавшей организации или на портале и проверьте его.",
                "Do not rely on this document. Get the original file again from whoever issued it or from the portal, and check that one.",
            ),
            Self::AskSigned => (
                "Құжатты берген ұйымнан электрондық қолтаңбасы бар файлды сұраңыз. Көшірме мен скриншотты тексеру мүмкін емес.",
                "Попросите у выдавшей организации файл с электронной подписью. Копию или снимок экрана проверить нельзя.",
                "Ask whoever issued the document for the file with the electronic signature. A copy or a screenshot cannot be checked.",
            ),
            Self::AskKnownAuthority => (
                "Бұл құжатқа сенбеңіз: қол қоюшыны растайтын куәландырушы орталық белгісіз. Құжатқа Қазақстанның Ұлттық куәландырушы орталығының сертификатымен қол қоюды сұраңыз.",
                "Не полагайтесь на этот документ: удостоверяющий центр, который подтверждает подписавшего, неизвестен. Попросите подписать документ сертификатом Национального удостоверяющего центра Казахстана.",
                "Do not rely on this document: the authority that vouches for the signer is not known. Ask for a signature with a certificate of the National Certification Authority of Kazakhstan.",
            ),
            Self::AskNewSignature => (
                "Бұл құжатқа сенбеңіз. Қол қоюшыдан қолданыстағы сертификатпен қайта қол қоюды сұраңыз.",
                "Не полагайтесь на этот документ. Попросите подписать его заново действующим сертификатом.",
                "Do not rely on this document. Ask for it to be signed anew with a certificate that is in force.",
            ),
            Self::AskSigningCertificate => (
                "Бұл құжатқа сенбеңіз: сертификат құжатқа қол қоюға арналмаған. Қол қоюға арналған сертификатпен қайта қол қоюды сұраңыз.",
                "Не полагайтесь на этот документ: сертификат не предназначен для подписания. Попросите подписать заново сертификатом для подписи.",
                "Do not rely on this document: the certificate is not meant for signing. Ask for a signature with one that is.",
            ),
            Self::AskWhole => (
                "Қолтаңба тек бір бөлігін қорғайды, қалғанын кез келген адам өзгерте алады. Толық қол қойылған құжатты сұраңыз.",
                "Подпись защищает только часть, остальное мог изменить кто угодно. Попросите документ, подписанный целиком.",
                "The signature protects a part only; anybody could have changed the rest. Ask for a document that is signed as a whole.",
            ),
            Self::AskStrongSignature => (
                "Бұл құжатқа сенбеңіз: мұндай әлсіз алгоритммен қойылған қолтаңбаны қолдан жасауға болады. Қайта қол қоюды сұраңыз.",
                "Не полагайтесь на этот документ: подпись таким слабым алгоритмом можно подделать. Попросите подписать заново.",
                "Do not rely on this document: a signature by such a weak algorithm can be forged. Ask for a new one.",
            ),
            Self::AskWhoSigned => (
                "Құжатқа сіз күткен адам қол қоймаған. Оны кім беруі тиіс екенін анықтаңыз.",
                "Документ подписал не тот, кого вы ожидали. Уточните, кто должен был его выдать.",
                "The document was signed by somebody else than expected. Find out who should have issued it.",
            ),
            Self::TryLater => (
                "Құжатқа қарсы ештеңе табылған жоқ: сертификаттың күйін қазір білу мүмкін болмады. Бірнеше минуттан кейін қайта тексеріңіз.",
                "Против документа ничего не найдено: сейчас не удалось узнать, действует ли сертификат. Повторите проверку через несколько минут.",
                "Nothing was found against the document: whether the certificate is in force could not be learned just now. Check again in a few minutes.",
            ),
            Self::AddDocument => (
                "Қолтаңба файлы мен құжаттың өзін бірге таңдап, қайта тексеріңіз.",
                "Выберите вместе файл подписи и сам документ и проверьте ещё раз.",
                "Choose the file of the signature together with the document itself, and check again.",
            ),
            Self::AskCertificate => (
                "Файлда қол қоюшының сертификаты жоқ. Жіберушіден қолтаңбаны сертификатпен бірге сұраңыз.",
                "В файле нет сертификата подписавшего. Попросите у отправителя подпись вместе с сертификатом.",
                "The signer's certificate is not in the file. Ask the sender for the signature with its certificate.",
            ),
            Self::PhotographAgain => (
                "Бетті тегіс жерге қойып, жарық жерде, барлық штрих-код кадрға түсетіндей етіп қайта суретке түсіріңіз.",
                "Положите страницу ровно, при хорошем свете, и снимите её заново так, чтобы все штрих-коды попали в кадр.",
                "Lay the page flat in good light, and take the photo again with every barcode on it.",
            ),
            Self::OneDocument => (
                "Бір тексеруде бір құжаттың ғана беттерін беріңіз.",
                "За одну проверку передавайте страницы только одного документа.",
                "Give the pages of one document only in one check.",
            ),
            Self::ComparePage => (
                "Қағаздағы немесе экрандағы мәтінді қол қойылған мазмұнмен салыстырыңыз: тек сол расталған.",
                "Сравните текст на бумаге или экране с подписанным содержимым: подтверждено только оно.",
                "Compare the text on paper or screen with the signed content: that alone is confirmed.",
            ),
            Self::ProveTime => (
                "Сертификат ол кезде жарамды болғанын дәлелдейтін уақыт белгісі жоқ немесе ол жарамсыз. Уақыт белгісі бар файлды немесе жаңа қолтаңбаны сұраңыз.",
                "Нет годной метки времени, которая доказала бы, что подпись сделана, пока сертификат действовал. Попросите файл с меткой времени или новую подпись.",
                "No good time stamp proves that the signature was made while the certificate was in force. Ask for the file with a time stamp, or for a new signature.",
            ),
            Self::CheckNumber => (
                "Кодтағы сілтеме ештеңені дәлелдемейді. Құжатты нөмірі бойынша тексеріңіз немесе қол қойылған файлды сұраңыз.",
                "Ссылка в коде ничего не доказывает. Проверьте документ по номеру или попросите подписанный файл.",
                "The link in the code proves nothing. Check the document by its number, or ask for the signed file.",
            ),
            Self::OtherProgram => (
                "Файлдың мұндай түрін осында толық тексеру мүмкін емес. Файлды сақтап, оны осы түрді білетін бағдарламамен тексертіңіз.",
                "Файл такого вида здесь нельзя проверить полностью. Сохраните его и проверьте программой, которая такой вид знает.",
                "A file of this kind cannot be checked completely here. Keep it, and have it checked by a program that knows the kind.",
            ),
            Self::ReportDefect => (
                "Бұл бағдарламаның қатесі. Бағдарламаның иесіне хабарлаңыз.",
                "Это ошибка программы. Сообщите о ней владельцу программы.",
                "This is a defect of the program. Tell whoever runs it.",
            ),
        };
        lang.pick(kk, ru, en).to_owned()
    }
}

fn photograph(numbers: &[u32], amount: u32, lang: Lang) -> String {
    let list = numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    match (lang, numbers.len()) {
        (Lang::Kk, _) => format!(
            "{amount} штрих-кодтың № {list} бөлігін анық етіп қайта суретке түсіріп, барлық суретті бірге жіберіңіз. Кодтар солдан оңға, жоғарыдан төмен қарай саналады."
        ),
        (Lang::Ru, 1) => format!(
            "Сфотографируйте ещё раз, чётко, штрих-код № {list} из {amount} и отправьте все снимки вместе. Коды считаются слева направо и сверху вниз."
        ),
        (Lang::Ru, _) => format!(
            "Сфотографируйте ещё раз, чётко, штрих-коды № {list} из {amount} и отправьте все снимки вместе. Коды считаются слева направо и сверху вниз."
        ),
        (Lang::En, 1) => format!(
            "Photograph barcode No. {list} of {amount} again, in focus, and send all photos together. Codes count from left to right and from top to bottom."
        ),
        (Lang::En, _) => format!(
            "Photograph barcodes No. {list} of {amount} again, in focus, and send all photos together. Codes count from left to right and from top to bottom."
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_state_has_words_of_its_own_in_every_language() {
        let all = Standing::ALL.iter();
        let texts: BTreeSet<&str> =
            all.flat_map(|one| [Lang::Kk, Lang::Ru, Lang::En].map(|l| one.text(l))).collect();
        assert_eq!(texts.len(), 12);
    }

    #[test]
    fn whoever_took_photos_is_told_which_to_take_again() {
        let step = NextStep::Photograph { numbers: vec![3], amount: 5 };
        for lang in [Lang::Kk, Lang::Ru, Lang::En] {
            let text = step.text(lang);
            assert!(text.contains("3") && text.contains("5"), "{text}");
        }
    }
}
