//! What is said of paper: PDF files, pictures, and whether a page shows what was signed.

use super::Lang;
use crate::{
    report::Remark,
    verdict::{Construct, NotCompared, Reason, Region},
};

impl Reason {
    /// The sentence for a reason about paper; empty for others.
    pub(super) fn of_paper(&self, lang: Lang) -> String {
        let pick = |kk: &str, ru: &str, en: &str| lang.pick(kk, ru, en).to_owned();
        match self {
            Self::PaperUnsigned => pick(
                "файлда қол қойылған ештеңе жоқ: тіркемелерінде де, беттеріндегі штрих-кодтарда да қолтаңба табылмады",
                "в файле ничего не подписано: ни во вложениях, ни в штрих-кодах на страницах подписи нет",
                "nothing in the file is signed: neither its attachments nor the barcodes of its pages",
            ),
            Self::BarcodeNone => pick(
                "суреттен штрих-код табылмады: бетті тегіс жатқызып, барлық кодты қамтып, кемінде 200 dpi дәлдікпен қайта түсіріңіз",
                "на снимке не найдено ни одного штрих-кода: разгладьте страницу и снимите её заново целиком, не ниже 200 dpi",
                "no barcode was found in the picture: lay the page flat and take it again with every code, at 200 dpi or more",
            ),
            Self::AttachmentsConflict => pick(
                "PDF-ке тіркелген қол қойылған файлдар бір-біріне сәйкес келмейді: құжат өзгертілген болуы мүмкін, оны берген органнан қайта сұраңыз",
                "подписанные файлы, вложенные в PDF, не согласуются друг с другом: документ мог быть подменён, запросите его заново у выдавшего органа",
                "the signed files attached to the PDF do not agree: the document may have been tampered with, ask its issuer for it again",
            ),
            Self::PageCarriesOther => pick(
                "беттегі штрих-кодтар тіркелген құжаттан басқа құжатты қамтиды: бұл бетке сенбеңіз",
                "штрих-коды на странице содержат не тот документ, что вложен в файл: не доверяйте этой странице",
                "the barcodes of the page carry another document than the one attached: do not trust this page",
            ),
            Self::PageDiffers { places } => differs(places, lang),
            Self::PageNotCompared { why } => format!(
                "{} ({})",
                lang.pick(
                    "қол қойылған мазмұн жарамды, бірақ беттің соны көрсететіні тексерілмеді",
                    "подписанное содержимое действительно, но не проверено, что страница показывает именно его",
                    "the signed content is good, but whether the page shows it was not established",
                ),
                why.text(lang)
            ),
            Self::PdfSignatureUnsupported { count } => match lang {
                Lang::Kk => format!(
                    "PDF файлының өз қолтаңбалары бар ({count}), оларды бұл нұсқа тексере алмайды: PDF қолтаңбасын тексеретін бағдарламаны қолданыңыз"
                ),
                Lang::Ru => format!(
                    "в самом файле PDF есть подписи ({count}), эта версия их не проверяет: воспользуйтесь программой, которая проверяет подписи PDF"
                ),
                Lang::En => format!(
                    "the PDF file itself has signatures ({count}), which this version does not verify: use a program that verifies PDF signatures"
                ),
            },
            _ => String::new(),
        }
    }
}

impl NotCompared {
    /// Why, in words.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::OtherForm => lang.pick(
                "беттің бұл нысаны қол қойылған деректен қайта жасалмайды",
                "форму этой страницы нельзя воссоздать из подписанных данных",
                "a page of this form cannot be made again from the signed data",
            ),
            Self::OtherLook => lang.pick(
                "беттің түрі бұл нұсқаға белгісіз: бағдарламаның жаңа нұсқасымен тексеріңіз",
                "внешний вид страницы этой версии неизвестен: проверьте более новой версией программы",
                "the page has a look that this version does not know: check it with a newer version of the program",
            ),
            Self::Scan => lang.pick(
                "бұл қағаз беттің суреті",
                "это снимок бумажной страницы",
                "it is a picture of a page",
            ),
            Self::SavedAgain => lang.pick(
                "файлды басқа бағдарлама қайта сақтаған: айырмашылық табылмады, бірақ бұл дәлел емес, бастапқы файлды сұраңыз",
                "файл пересохранён другой программой: отличий не найдено, но это не доказательство, запросите исходный файл",
                "another program saved the file again: nothing was found that differs, but that is no proof; ask for the original file",
            ),
            Self::PartAsked => lang.pick(
                "құжаттың бір бөлігі ғана сұралды",
                "запрошена только часть документа",
                "only a part of the document was asked about",
            ),
            Self::TooManyPages => {
                lang.pick("беттер тым көп", "страниц слишком много", "there are too many pages")
            }
            Self::PageSize => lang.pick(
                "бет өлшемі басқа: басып шығару кезінде өзгертілген болуы мүмкін",
                "размер страницы другой: возможно, он изменён при печати",
                "the page has another size: printing may have changed it",
            ),
            Self::Unreadable => lang.pick(
                "бетті бейнелеу мүмкін болмады",
                "страницу не удалось отобразить",
                "the page could not be drawn",
            ),
            Self::Construct(construct) => construct.text(lang),
        }
    }
}

impl Construct {
    /// What it is, in words.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Annotation => lang.pick(
                "бетте белгілер, мөртабандар немесе өрістер бар",
                "на странице есть заметки, штампы или поля",
                "there are notes, stamps or fields on the page",
            ),
            Self::Form => lang.pick(
                "файлда толтырылатын нысан немесе PDF қолтаңбасы бар",
                "в файле есть заполняемая форма или подпись PDF",
                "the file has a form to fill in or a PDF signature",
            ),
            Self::Action => lang.pick(
                "файл ашылғанда өздігінен әрекет жасайды",
                "при открытии файл сам выполняет действия",
                "the file does something by itself when it is opened",
            ),
            Self::OptionalContent => lang.pick(
                "файлда көрсетуге және жасыруға болатын қабаттар бар",
                "в файле есть слои, которые можно показать и скрыть",
                "the file has layers that can be shown and hidden",
            ),
            Self::Portfolio => lang.pick(
                "файл басқа файлдардың жинағы ретінде ашылады",
                "файл открывается как набор других файлов",
                "the file opens as a list of other files",
            ),
            Self::Hidden => lang.pick(
                "бетте көрінбейтін нәрсе бар",
                "на странице есть нечто невидимое",
                "something on the page cannot be seen",
            ),
            Self::TooMuch => lang.pick(
                "файлды салыстыру тым ұзаққа созылады",
                "сравнение файла занимает слишком много времени",
                "comparing the file takes too long",
            ),
            Self::Stream | Self::Structure | Self::Entry => lang.pick(
                "файл құрылымын әртүрлі оқуға болады",
                "структуру файла можно прочитать по-разному",
                "the structure of the file can be read in two ways",
            ),
            Self::Transparency
            | Self::Colour
            | Self::Picture
            | Self::Font
            | Self::PageBox
            | Self::Content => lang.pick(
                "бет біздің пішіннен басқа тәсілмен салынған",
                "страница нарисована иначе, чем это делает наша форма",
                "the page is painted by other means than those of our form",
            ),
        }
    }
}

fn differs(places: &[Region], lang: Lang) -> String {
    let list: Vec<String> = places.iter().take(5).map(|place| at(place, lang)).collect();
    let lead = lang.pick(
        "бет қол қойылғаннан басқаны көрсетеді: оған сенбеңіз",
        "страница показывает не то, что подписано: не доверяйте ей",
        "the page shows something else than what was signed: do not trust it",
    );
    if list.is_empty() { lead.to_owned() } else { format!("{lead} ({})", list.join("; ")) }
}

fn at(place: &Region, lang: Lang) -> String {
    let Region { page, x, y, .. } = place;
    match lang {
        Lang::Kk => format!("{page}-бет, солдан {x} мм, жоғарыдан {y} мм"),
        Lang::Ru => format!("страница {page}, {x} мм слева, {y} мм сверху"),
        Lang::En => format!("page {page}, {x} mm from the left, {y} mm from the top"),
    }
}

impl Remark {
    /// The sentence for a remark about paper; empty for others.
    pub(super) fn of_paper(&self, lang: Lang) -> String {
        let counted = |kk: &str, ru: &str, en: &str, count: usize| {
            format!("{}: {count}", lang.pick(kk, ru, en))
        };
        match self {
            Self::PdfSignatureNotVerified { count } => counted(
                "PDF файлының өз қолтаңбалары тексерілмеді",
                "подписи самого файла PDF не проверялись",
                "signatures of the PDF file itself were not verified",
                *count,
            ),
            Self::PageBarcodesIncomplete => lang
                .pick(
                    "беттегі штрих-кодтардың бәрі оқылмады: құжат тіркемеден алынды",
                    "не все штрих-коды страницы прочитаны: документ взят из вложения",
                    "not every barcode of the page was read: the document was taken from the attachment",
                )
                .to_owned(),
            Self::OtherAttachments { count } => counted(
                "қол қойылмаған басқа тіркемелер ескерілмеді",
                "не учтены другие вложения, которые никем не подписаны",
                "other attachments, which nobody signed, were left aside",
                *count,
            ),
            Self::UnreadPages { count } => counted(
                "кейбір беттерді бейнелеу мүмкін болмады",
                "некоторые страницы не удалось отобразить",
                "pages could not be drawn",
                *count,
            ),
            _ => String::new(),
        }
    }
}
