//! What is said of barcodes.

use super::Lang;
use crate::{
    report::Remark,
    text::visible,
    verdict::{BarcodeConflict, Reason},
};

impl Reason {
    /// The sentence for a reason about barcodes; empty for others.
    pub(super) fn of_barcodes(&self, lang: Lang) -> String {
        match self {
            Self::BarcodesUnsigned => lang
                .pick(
                    "штрих-кодтар дұрыс оқылды, бірақ ондағы мәліметтерге ешкім қол қоймаған: олар ештеңені растамайды",
                    "штрих-коды прочитаны, но данные в них никем не подписаны: они ничего не подтверждают",
                    "the barcodes can be read, but nobody signed what they carry: it proves nothing",
                )
                .to_owned(),
            Self::BarcodesMissing { missing, amount } => parts_missing(missing, *amount, lang),
            Self::BarcodesConflict { conflict } => contradiction(*conflict, lang),
            Self::BarcodesMixed { count } => match lang {
                Lang::Kk => format!(
                    "сканда {count} түрлі құжаттың штрих-кодтары бар: әр құжатты бөлек тексеріңіз"
                ),
                Lang::Ru => format!(
                    "на скане штрих-коды разных документов ({count}): проверьте каждый документ отдельно"
                ),
                Lang::En => format!(
                    "the scan has barcodes of {count} different documents: verify each on its own"
                ),
            },
            Self::BarcodeLink { host } => {
                let host = visible(host);
                match lang {
                    Lang::Kk => format!(
                        "кодта тек {host} сайтына сілтеме бар: ол ашылмады, қолтаңбасыз ештеңені растамайды"
                    ),
                    Lang::Ru => format!(
                        "в коде только ссылка на сайт {host}: она не открывалась и без подписи ничего не подтверждает"
                    ),
                    Lang::En => format!(
                        "the code is only a link to {host}: it was not opened, and without a signature it proves nothing"
                    ),
                }
            }
            _ => String::new(),
        }
    }
}

impl Remark {
    /// The sentence for a remark about barcodes; empty for others.
    pub(super) fn of_barcodes(&self, lang: Lang) -> String {
        match self {
            Self::FavorIdNotInDocument { id } => {
                let id = visible(id);
                match lang {
                    Lang::Kk => format!(
                        "штрих-кодтардағы {id} нөміріне қол қойылмаған, ол құжаттың өзінде жоқ"
                    ),
                    Lang::Ru => {
                        format!("номер {id} в штрих-кодах не подписан, и в самом документе его нет")
                    }
                    Lang::En => format!(
                        "the number {id} of the barcodes is not signed, and the document does not have it"
                    ),
                }
            }
            Self::OtherBarcodes { count } => match lang {
                Lang::Kk => format!("құжатқа қатысы жоқ кодтар ескерілмеді: {count}"),
                Lang::Ru => format!("не учтены коды, не относящиеся к документу: {count}"),
                Lang::En => format!("codes of no document were left aside: {count}"),
            },
            Self::LinkBarcode { host } => {
                let host = visible(host);
                match lang {
                    Lang::Kk => format!("бір код {host} сайтына сілтейді: сілтеме ашылмады"),
                    Lang::Ru => format!("один код ведёт на сайт {host}: ссылка не открывалась"),
                    Lang::En => format!("a code is a link to {host}: it was not opened"),
                }
            }
            _ => String::new(),
        }
    }
}

/// Which parts of a document are still to be scanned.
pub(super) fn parts_missing(numbers: &[u32], amount: u32, lang: Lang) -> String {
    let list = numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    match (lang, numbers.len()) {
        (Lang::Kk, _) => format!("{amount} штрих-кодтың мына бөлігі табылмады: {list}"),
        (Lang::Ru, 1) => format!("не найдена часть {list} из {amount} штрих-кодов"),
        (Lang::Ru, _) => format!("не найдены части {list} из {amount} штрих-кодов"),
        (Lang::En, 1) => format!("part {list} of {amount} barcodes is missing"),
        (Lang::En, _) => format!("parts {list} of {amount} barcodes are missing"),
    }
}

fn contradiction(conflict: BarcodeConflict, lang: Lang) -> String {
    match conflict {
        BarcodeConflict::Duplicate { number } => match lang {
            Lang::Kk => format!("{number}-бөлік екі рет кездеседі, мазмұны әртүрлі"),
            Lang::Ru => format!("часть {number} встречается дважды с разным содержанием"),
            Lang::En => format!("part {number} is there twice, with different content"),
        },
        BarcodeConflict::Amounts { one, other } => match lang {
            Lang::Kk => {
                format!("штрих-кодтар бөліктердің санын әртүрлі көрсетеді: {one} және {other}")
            }
            Lang::Ru => format!("штрих-коды называют разное число частей: {one} и {other}"),
            Lang::En => format!("the barcodes count their parts differently: {one} and {other}"),
        },
        BarcodeConflict::Number { number, amount } => match lang {
            Lang::Kk => format!("штрих-код өзін {number}-бөлік дейді, ал барлығы {amount} бөлік"),
            Lang::Ru => format!("штрих-код называет себя частью {number}, а всего их {amount}"),
            Lang::En => format!("a barcode calls itself part {number} of {amount}"),
        },
    }
}
