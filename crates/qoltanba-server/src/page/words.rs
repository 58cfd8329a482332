//! Every sentence of the page, in Kazakh, Russian and English. What is said of a verdict (states,
//! reasons, what to do) is the core's, so that the command and the protocol say the same.

use crate::lang::Words;

macro_rules! words {
    ($($name:ident: $kk:literal, $ru:literal, $en:literal;)*) => {
        $(pub(super) const $name: Words = Words { kk: $kk, ru: $ru, en: $en };)*

        #[cfg(test)]
        pub(super) const ALL: &[(&str, Words)] = &[$((stringify!($name), $name)),*];
    };
}

words! {
    // The frame of every page.
    NAME: "Құжатты тексеру", "Проверка документа", "Document check";
    SKIP: "Мазмұнға өту", "Перейти к содержанию", "Skip to content";
    LANGUAGES: "Тіл", "Язык", "Language";
    NOT_KEPT: "Жіберілген файлдар сақталмайды: олар тексерілгеннен кейін бірден жойылады.",
        "Отправленные файлы не сохраняются: они удаляются сразу после проверки.",
        "Uploaded files are not kept: they are deleted as soon as they are checked.";
    FOR_PROGRAMS: "Бағдарламаларға арналған API", "API для программ", "API for programs";

    // The start.
    TITLE: "Электрондық құжатты тексеру", "Проверка электронного документа", "Check an electronic document";
    LEAD: "Құжаттың түпнұсқа екенін, оған кім қол қойғанын және оның өзгермегенін біліңіз.",
        "Узнайте, подлинный ли документ, кто его подписал и не изменён ли он.",
        "Find out whether a document is genuine, who signed it and whether it is unchanged.";
    BY_FILE: "Файл бойынша", "По файлу", "By file";
    BY_FILE_HINT: "Қол қойылған файл (CMS, XML, PDF) немесе сертификат. Қолтаңба құжаттан бөлек болса, екі файлды бірге таңдаңыз.",
        "Подписанный файл (CMS, XML, PDF) или сертификат. Если подпись лежит отдельно от документа, выберите оба файла вместе.",
        "A signed file (CMS, XML, PDF) or a certificate. If the signature is kept apart from the document, choose both files together.";
    FILE: "Тексерілетін файл", "Файл для проверки", "File to check";
    DROP: "Файлды осы жерге сүйреп әкелуге де болады.", "Файл можно перетащить сюда.", "You may also drop the file here.";
    APART: "Құжат бөлек файлда ма?", "Документ в отдельном файле?", "Is the document in a separate file?";
    DATA: "Қол қойылған құжаттың өзі", "Сам подписанный документ", "The signed document itself";
    BY_PHOTO: "Қағаздағы штрих-кодтар бойынша", "По штрих-кодам на бумаге", "By the barcodes on paper";
    BY_PHOTO_HINT: "Құжаттың барлық бетіндегі штрих-кодтарды суретке түсіріп, барлық суретті бірге таңдаңыз. PDF немесе сканер суреті де жарайды.",
        "Сфотографируйте штрих-коды на всех страницах документа и выберите все снимки вместе. Подойдёт и PDF или скан.",
        "Photograph the barcodes on every page of the document, and choose all photos together. A PDF or a scan will do too.";
    PHOTOS: "Дайын суреттер", "Готовые снимки", "Photos taken before";
    CAMERA: "Камерамен бір сурет түсіру", "Снять одну фотографию камерой", "Take one photo with the camera";
    LIVE: "Кодтарды камерамен бірден оқу", "Считать коды камерой сразу", "Read the codes live by camera";
    NO_LIVE: "Бұл браузер кодтарды камерадан бірден оқи алмайды: суретке түсіріп жіберіңіз.",
        "Этот браузер не умеет считывать коды прямо с камеры: сделайте снимки и отправьте их.",
        "This browser cannot read codes live from the camera: take photos and send them.";
    LIVE_SEEN: "Оқылған кодтар:", "Считано кодов:", "Codes read:";
    LIVE_DONE: "Оқылғанын тексеру", "Проверить считанное", "Check what was read";
    LIVE_STOP: "Камераны өшіру", "Выключить камеру", "Turn the camera off";
    LIVE_DENIED: "Камераны ашу мүмкін болмады. Суретке түсіріп жіберіңіз.",
        "Камеру открыть не удалось. Сделайте снимки и отправьте их.",
        "The camera could not be opened. Take photos and send them.";
    BY_NUMBER: "Нөмірі бойынша", "По номеру", "By number";
    BY_NUMBER_HINT: "Осы қызметте тіркелген құжаттар үшін. Нөмірі құжатта жазылған.",
        "Для документов, зарегистрированных в этом сервисе. Номер напечатан на документе.",
        "For documents that are registered with this service. The number is printed on the document.";
    NUMBER: "Құжаттың нөмірі (14 цифр)", "Номер документа (14 цифр)", "Number of the document (14 digits)";
    RECIPIENT: "Алушының ЖСН немесе БСН (12 цифр)", "ИИН или БИН получателя (12 цифр)", "IIN or BIN of the recipient (12 digits)";
    CHECK: "Тексеру", "Проверить", "Check";
    CHECKING: "Файл жіберіліп, тексеріліп жатыр…", "Файл отправляется и проверяется…", "The file is being sent and checked…";
    TOO_LARGE: "Файлдар тым үлкен. Рұқсат етілгені:", "Файлы слишком велики. Допускается:", "The files are too large. Allowed:";
    UP_TO: "Барлығы бірге мынадан аспауы керек:", "Всё вместе не больше:", "All together no more than:";
    MEGABYTES: "МБ", "МБ", "MB";

    // A verdict.
    REMARKS: "Ескертулер", "Замечания", "Remarks";
    NEXT: "Енді не істеу керек", "Что делать дальше", "What to do now";
    SIGNATURE: "Қолтаңба", "Подпись", "Signature";
    OF: "/", "из", "of";
    QUESTIONS: "Бес сұрақ", "Пять вопросов", "Five questions";
    CONFIRMED: "Расталды", "Подтверждено", "Confirmed";
    OPEN: "Расталмады", "Не подтверждено", "Not confirmed";
    REJECTED: "Қабылданбады", "Отклонено", "Rejected";
    UNCHANGED: "Құжат өзгермеген бе?", "Документ не изменён?", "Is the document unchanged?";
    WHO: "Кім қол қойды?", "Кто подписал?", "Who signed?";
    WHOM: "Кімнің атынан, қандай рөлде?", "От чьего имени и в какой роли?", "On whose behalf and in what role?";
    WHEN: "Қашан қол қойылды?", "Когда подписано?", "When was it signed?";
    THEN: "Сертификат ол кезде жарамды болды ма?", "Был ли сертификат тогда действителен?", "Was the certificate good then?";
    WHOSE: "Сертификат кімдікі?", "Чей сертификат?", "Whose certificate is it?";
    FOR_WHOM: "Қай ұйымның атынан, қандай рөлде?", "От какой организации и в какой роли?", "For which organisation and in what role?";
    VALID_FROM_TO: "Қолданылу мерзімі", "Срок действия", "Dates of validity";
    IS_UNCHANGED: "Қол қойылғаннан бері өзгермеген.", "Не изменён с момента подписания.", "Unchanged since it was signed.";
    PAGE_AGREES: "Беттер қол қойылғанның дәл өзін көрсетеді.", "Страницы показывают именно то, что подписано.", "The pages show exactly what was signed.";
    DATA_UNCHANGED: "Қол қойылған мәліметтер өзгермеген. Беттің соны көрсететінін өзіңіз салыстырыңыз.",
        "Подписанные данные не изменены. Показывает ли их страница, сравните сами.",
        "The signed data is unchanged. Compare yourself whether the page shows it.";
    NAMED: "Сертификатта былай жазылған, бірақ бұл расталмады:", "В сертификате указано, но это не подтверждено:",
        "The certificate names, and this is not confirmed:";
    NOT_ESTABLISHED: "Анықталмады.", "Не установлено.", "Not established.";
    NO_NAME: "Сертификатта аты жоқ.", "В сертификате нет имени.", "The certificate has no name.";
    IIN: "ЖСН", "ИИН", "IIN";
    BIN: "БСН", "БИН", "BIN";
    ROLE: "Рөлі", "Роль", "Role";
    HIMSELF: "Өз атынан (жеке тұлға).", "От своего имени (физическое лицо).", "For himself or herself (an individual).";
    NO_ORGANISATION: "Сертификатта ұйым да, рөл де аталмаған.", "Сертификат не называет ни организации, ни роли.",
        "The certificate names neither an organisation nor a role.";
    PROVED: "Осы уақыттан кешіктірілмей қойылған, уақыт белгісімен дәлелденген:", "Не позже этого времени, доказано меткой времени:",
        "No later than this, proved by a time stamp:";
    CLAIMED: "Қол қоюшы былай жазған (уақыт белгісі жоқ, ештеңе дәлелдемейді):", "Подписавший указал (метки времени нет, ничем не доказано):",
        "The signer wrote this (there is no time stamp, nothing proves it):";
    CLAIMED_ONLY: "Қол қоюшы былай жазған (дәлелденбеген):", "Подписавший указал (не доказано):", "The signer wrote this (it is not proved):";
    NO_TIME: "Уақыты көрсетілмеген және дәлелденбеген.", "Время не указано и не доказано.", "No time is given, and none is proved.";
    GOOD_AT: "Иә: мерзімі өтпеген және кері қайтарылмаған. Тексерілген сәт:", "Да: срок не истёк, сертификат не отозван. На момент:",
        "Yes: within its dates and not revoked. As of:";

    // What was signed.
    CONTENT: "Не нәрсеге қол қойылған", "Что подписано", "What was signed";
    CONTENT_HINT: "Тек осы мазмұн расталған.", "Подтверждено только это содержимое.", "This content alone is confirmed.";
    CUT: "Мәтіннің басы ғана көрсетілген.", "Показано только начало текста.", "Only the beginning of the text is shown.";
    NO_TEXT: "Бұл мәтін емес файл, сондықтан мұнда көрсетілмейді.", "Это не текстовый файл, поэтому здесь он не показан.",
        "This file is no text, so it is not shown here.";
    BYTES: "Көлемі, байт", "Размер, байт", "Bytes";
    DOCUMENT_NUMBER: "Нөмірі", "Номер", "Number";
    ISSUED: "Берілген күні", "Дата выдачи", "Date of issue";
    ISSUER: "Берген ұйым", "Кем выдан", "Issued by";
    ISSUED_TO: "Алушы", "Получатель", "Recipient";
    SIGNATORY: "Қол қоюшы лауазымды тұлға", "Подписавшее должностное лицо", "Signatory";
    LEGAL: "Құқықтық негізі", "Правовое основание", "Legal basis";

    // Details.
    DETAILS: "Мамандарға арналған мәліметтер", "Подробности для специалистов", "Details for experts";
    REPORT: "Есептегі тексерулер", "Проверки из отчёта", "Checks of the report";
    VERDICT: "Қорытынды", "Вывод", "Verdict";
    FORMAT: "Пішімі", "Формат", "Format";
    CODE: "Коды", "Код", "Code";
    WHAT: "Тексеру нысаны", "Что проверено", "What was checked";
    OUTCOME: "Нәтижесі", "Итог", "Outcome";
    CHECK_PASSED: "Өтті", "Пройдено", "Passed";
    CHECK_FAILED: "Өтпеді", "Не пройдено", "Failed";
    CHECK_OPEN: "Анықталмады", "Не установлено", "Not established";
    EXPLANATION: "Түсіндірме", "Пояснение", "Explanation";
    MISSING: "Жетіспейтін дәлелдер", "Чего не хватает", "What is missing";
    FETCHED: "Желіден алу", "Получение по сети", "Fetching";
    LAW: "Ұлттық ережелер", "Национальные правила", "National rules";
    ALGORITHM: "Алгоритмі", "Алгоритм", "Algorithm";
    SERIAL: "Сертификат нөмірі", "Номер сертификата", "Serial number of the certificate";
    CA: "Сертификатты берген", "Кем выдан сертификат", "Issuer of the certificate";
    RULES: "Ережелер", "Правила", "Rules";

    // What was checked and when.
    ABOUT: "Тексеру туралы", "О проверке", "About this check";
    FILE_NAME: "Файл", "Файл", "File";
    NAMELESS: "атаусыз", "без имени", "no name";
    AND_MORE: "және тағы", "и ещё", "and more:";
    CHECKED_AT: "Тексерілген уақыты", "Время проверки", "Checked at";
    FILE_DIGEST: "Файлдың SHA-256 хеші", "SHA-256 файла", "SHA-256 of the file";
    PRINT: "Басып шығару", "Напечатать", "Print";
    AGAIN: "Басқа құжатты тексеру", "Проверить другой документ", "Check another document";
    PROTOCOL: "Тексеру хаттамасы", "Протокол проверки", "Protocol of the check";

    // A protocol.
    WITH_PROTOCOL: "Тексеру хаттамасы да керек: қызмет оны жасап, қол қояды", "Нужен и протокол проверки: сервис составит его и подпишет",
        "Also make a protocol of the check, which the service signs";
    DIGEST_ONLY: "Құжаттың орнына оның хеші берілген", "Вместо документа передан его хеш", "The digest of a document was given in its place";
    CHECKED_KIND: "Тексеру нысаны", "Что проверялось", "What was checked";
    PROTOCOL_TITLE: "Электрондық құжатты тексеру хаттамасы", "Протокол проверки электронного документа",
        "Protocol of the check of an electronic document";
    PROTOCOL_OFFER: "Қызмет тексеру хаттамасын жасап, оған қол қояды. Хаттамада файлдың хеші, қол қоюшылардың аты-жөні және тексеру нәтижесі болады; ЖСН жасырылады. Оны сілтемені білетін адам ғана ашады.",
        "Сервис составит протокол проверки и подпишет его. В протоколе будут хеш файла, имена подписавших и результат; ИИН скрываются. Открыть его сможет только тот, у кого есть ссылка.",
        "The service makes a protocol of the check and signs it. It has the digest of the file, the names of the signers and the result; IINs are masked. Only who has the link can open it.";
    CHOOSE_AGAIN: "Файлды қайта таңдаңыз: ол сақталмаған", "Выберите файл ещё раз: он не сохранён", "Choose the file again: it was not kept";
    MAKE_PROTOCOL: "Хаттама жасау", "Составить протокол", "Make the protocol";
    LINK_UNTIL: "Сілтеменің мерзімі", "Ссылка действует до", "The link works until";
    JUDGED_AS_OF: "Қай сәтке бағаланды", "Момент, на который дана оценка", "Judged as of";
    CHECKED_BY: "Тексерген қызмет", "Кто проверил", "Checked by";
    CHECKED_FILES: "Тексерілген файлдар", "Проверенные файлы", "Files that were checked";
    OF_BYTES: "байт", "байт", "bytes";
    SIGNATURES: "Қолтаңбалар", "Подписи", "Signatures";
    VALID: "Қолтаңба жарамды.", "Подпись действительна.", "The signature is valid.";
    NOT_VALID: "Қолтаңба жарамсыз.", "Подпись недействительна.", "The signature is not valid.";
    COMPARE_TITLE: "Файлды салыстыру", "Сравнить файл", "Compare a file";
    COMPARE_FILE: "Қолыңыздағы файлды таңдаңыз: ол тексерілген файл ма, соны көресіз",
        "Выберите свой файл: увидите, тот ли это файл, который проверялся",
        "Choose your file to see whether it is the one that was checked";
    COMPARE_BUTTON: "Салыстыру", "Сравнить", "Compare";
    SAME_FILE: "Бұл — осы хаттамадағы файл", "Это файл из этого протокола", "This is a file of this protocol";
    SAME_FILE_NEXT: "Ол туралы не анықталғаны төменде айтылған.", "Что о нём установлено, сказано ниже.", "What was found of it is said below.";
    OTHER_FILE: "Хаттамада мұндай файл жоқ", "Такого файла в протоколе нет", "The protocol has no such file";
    OTHER_FILE_NEXT: "Ол басқа файл немесе бір белгісі болса да өзгертілген: төмендегі нәтиже оған қатысты емес. Оны бөлек тексеріңіз.",
        "Это другой файл, или в нём изменён хотя бы один знак: результат ниже не о нём. Проверьте его отдельно.",
        "It is another file, or at least one character of it was changed: the result below is not about it. Check it on its own.";
    SIGNED_PROTOCOL: "Қызмет қол қойған хаттама", "Протокол с подписью сервиса", "The protocol as the service signed it";

    // A number.
    GENUINE: "Құжат түпнұсқа және күшінде", "Документ подлинный и действует", "The document is genuine and in force";
    GENUINE_LEAD: "Осы нөмірмен құжат осы алушыға берілген.", "Документ с этим номером выдан этому получателю.",
        "A document with this number was issued to this recipient.";
    SUPERSEDED: "Құжат берілген, бірақ ауыстырылған", "Документ выдавался, но заменён другим", "The document was issued, but another has taken its place";
    SUPERSEDED_NEXT: "Бұл құжатқа сенбеңіз: оның орнына берілген құжатты сұраңыз.",
        "Не полагайтесь на этот документ: попросите тот, который выдан вместо него.",
        "Do not rely on this document: ask for the one that has taken its place.";
    WITHDRAWN: "Құжат берілген, бірақ күшін жойған", "Документ выдавался, но отозван", "The document was issued, but it has been withdrawn";
    WITHDRAWN_NEXT: "Бұл құжатқа сенбеңіз. Себебін берген ұйымнан біліңіз.",
        "Не полагайтесь на этот документ. Причину узнайте у выдавшей организации.",
        "Do not rely on this document. Ask its issuer for the reason.";
    UNKNOWN: "Мұндай құжат табылмады", "Такой документ не найден", "No such document was found";
    UNKNOWN_LEAD: "Бұл қызметте осы нөмір мен осы алушыға тіркелген құжат жоқ.",
        "В этом сервисе нет документа с этим номером, выданного этому получателю.",
        "This service has no document with this number for this recipient.";
    UNKNOWN_NEXT: "Нөмір мен ЖСН/БСН дұрыс терілгенін тексеріңіз. Басқа жүйе берген құжат мұнда тіркелмеген болуы мүмкін: файлын немесе штрих-кодтарын тексеріңіз.",
        "Проверьте, верно ли набраны номер и ИИН/БИН. Документ другой системы может быть здесь не зарегистрирован: проверьте его файл или штрих-коды.",
        "See whether number and IIN or BIN are typed correctly. A document of another system may not be registered here: check its file or its barcodes.";
    GENUINE_NEXT: "Мәтінін салыстыру үшін файлды немесе штрих-кодтарды тексеріңіз: нөмір мазмұнды растамайды.",
        "Чтобы сверить текст, проверьте файл или штрих-коды: номер не подтверждает содержания.",
        "To compare the text, check the file or the barcodes: a number does not confirm the content.";
    STATUS: "Күйі", "Состояние", "Status";
    IN_FORCE: "күшінде", "действует", "in force";
    REPLACED: "ауыстырылған", "заменён", "superseded";
    NOT_IN_FORCE: "күшін жойған", "отозван", "withdrawn";
    REGISTERED: "Тіркелген уақыты", "Зарегистрирован", "Registered";
    CHANGED: "Соңғы өзгеріс", "Последнее изменение", "Last change";
    REPLACED_BY: "Орнына берілген құжат", "Заменён документом", "Superseded by";
    REASON: "Себебі", "Причина", "Reason";
    DIGESTS: "Файлдардың SHA-256 хеші", "SHA-256 файлов", "SHA-256 of its files";
    IN_ERROR: "қате берілген", "выдан по ошибке", "issued in error";
    DATA_CHANGED: "мәліметтері өзгерген", "данные изменились", "what it says has changed";
    SET_ASIDE: "шешімнің күші жойылған", "решение отменено", "the decision was set aside";
    ASKED: "алушының өтініші бойынша", "по просьбе получателя", "its recipient asked for it";
    KEY: "кілтке сенуге болмайды", "ключу нельзя доверять", "its key cannot be relied on";
    OTHER: "басқа себеп", "другая причина", "another reason";

    // What was not processed.
    PROBLEM: "Тексеру орындалмады", "Проверка не выполнена", "Nothing was checked";
    PROBLEM_NEXT: "Артқа қайтып, қайталап көріңіз.", "Вернитесь и попробуйте ещё раз.", "Go back and try again.";
    COME_AGAIN: "Осынша уақыттан кейін қайталаңыз:", "Повторите через", "Try again in";
    HOURS: "сағ", "ч", "h";
    MINUTES: "мин", "мин", "min";
    SECONDS: "сек", "сек", "s";
    NO_PAGE: "Бет табылмады", "Страница не найдена", "There is no such page";
    NO_PAGE_NEXT: "Мекенжайды тексеріңіз немесе басты беттен бастаңыз.", "Проверьте адрес или начните с главной страницы.",
        "See whether the address is right, or begin at the start.";
    NO_PROTOCOL: "Хаттама табылмады", "Протокол не найден", "The protocol was not found";
    NO_PROTOCOL_NEXT: "Сілтеменің толық екенін қараңыз. Мерзімі өтсе, құжаттың өзін қайта тексеріңіз.",
        "Посмотрите, вся ли ссылка скопирована. Если её срок истёк, проверьте сам документ ещё раз.",
        "See whether the link is whole. If its time is over, check the document itself once more.";
    REQUEST: "Сұрау нөмірі", "Номер запроса", "Number of the request";
    BACK: "Артқа", "Назад", "Back";
    TOO_MANY: "файл тым көп жіберілді: құжаттарды бір-бірлеп тексеріңіз",
        "отправлено слишком много файлов: проверяйте документы по одному",
        "too many files were sent: check documents one by one";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that are the same in two languages.
    const SHARED: [&str; 7] =
        ["MEGABYTES", "OF", "FILE_NAME", "API", "OF_BYTES", "MINUTES", "SECONDS"];

    #[test]
    fn every_sentence_is_in_three_languages() {
        for (name, words) in ALL {
            let all = [words.kk, words.ru, words.en];
            assert!(all.iter().all(|text| !text.trim().is_empty()), "{name}");
            let is_cyrillic =
                |text: &str| text.chars().any(|c| ('\u{400}'..='\u{52f}').contains(&c));
            if !SHARED.contains(name) {
                assert_ne!(words.kk, words.ru, "{name}");
                assert!(is_cyrillic(words.kk) && is_cyrillic(words.ru), "{name}");
            }
            assert!(!is_cyrillic(words.en), "{name}");
        }
    }
}
