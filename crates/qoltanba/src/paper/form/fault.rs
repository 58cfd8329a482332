//! What is wrong with what was given for a document.

use core::fmt;

use super::kind::ValueKind;
use crate::{
    paper::document::{Bilingual, Language},
    report::Lang,
};

/// One thing that is wrong with what was given, with where it is and what is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    pub(super) at: String,
    pub(super) label: Option<Bilingual>,
    pub(super) kind: FaultKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// It is required and was not given.
    Missing {
        /// What is wanted.
        wanted: Wanted,
    },
    /// The form has no such field.
    Unknown {
        /// The field that was perhaps meant.
        near: Option<String>,
    },
    /// It is of another kind, or not written as that kind is.
    NotSo {
        /// What is wanted.
        wanted: Wanted,
    },
    /// The text is too long.
    TooLong {
        /// The most characters.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// There are too many rows or items.
    TooMany {
        /// The most.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// The text has a character that cannot be seen on a page.
    Unseen {
        /// The character.
        character: char,
    },
    /// It comes before what it follows.
    Before {
        /// The field that it follows.
        other: String,
        /// What the form calls that field.
        label: Bilingual,
    },
    /// No text of law is in force for it on the day of issue.
    NoLegalText,
}

/// What a place of a form takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wanted {
    /// A value.
    Value(ValueKind),
    /// A list of values.
    List(ValueKind),
    /// A table.
    Table,
    /// The recipient.
    Recipient,
    /// Those who stand under the document.
    Signatories,
    /// All that is given: one object.
    Object,
}

impl FieldFault {
    /// Where it is: `amount`, `payments[2].quarter` for the second row, `recipient.iin`.
    #[must_use]
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What the form calls the field.
    #[must_use]
    pub const fn label(&self) -> Option<&Bilingual> {
        self.label.as_ref()
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> &FaultKind {
        &self.kind
    }

    /// The whole in one sentence.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let language = language(lang);
        let name = match &self.label {
            Some(label) => format!("«{}» ({})", label.get(language), self.at),
            None => self.at.clone(),
        };
        format!("{name}: {}", self.what(lang))
    }

    fn what(&self, lang: Lang) -> String {
        match &self.kind {
            FaultKind::Missing { wanted } => {
                let wanted = wanted.text(lang);
                match lang {
                    Lang::Kk => format!("толтырылмаған; керегі: {wanted}"),
                    Lang::Ru => format!("не заполнено; нужно: {wanted}"),
                    Lang::En => format!("missing; wanted: {wanted}"),
                }
            }
            FaultKind::Unknown { near } => {
                let hint = near.as_ref().map_or(String::new(), |near| match lang {
                    Lang::Kk => format!("; мүмкін, {near} болар"),
                    Lang::Ru => format!("; возможно, имелось в виду {near}"),
                    Lang::En => format!("; perhaps {near} was meant"),
                });
                let what = lang.pick(
                    "нысанда мұндай өріс жоқ",
                    "в форме нет такого поля",
                    "the form has no such field",
                );
                format!("{what}{hint}")
            }
            FaultKind::NotSo { wanted } => {
                let wanted = wanted.text(lang);
                match lang {
                    Lang::Kk => format!("дұрыс жазылмаған; керегі: {wanted}"),
                    Lang::Ru => format!("записано неверно; нужно: {wanted}"),
                    Lang::En => format!("not written rightly; wanted: {wanted}"),
                }
            }
            FaultKind::TooLong { limit, found } => match lang {
                Lang::Kk => format!("тым ұзын: {found} таңба, ең көбі {limit}"),
                Lang::Ru => format!("слишком длинно: знаков {found}, допускается не более {limit}"),
                Lang::En => format!("too long: {found} characters, at most {limit}"),
            },
            FaultKind::TooMany { limit, found } => match lang {
                Lang::Kk => format!("тым көп: {found}, ең көбі {limit}"),
                Lang::Ru => format!("слишком много: {found}, допускается не более {limit}"),
                Lang::En => format!("too many: {found}, at most {limit}"),
            },
            FaultKind::Unseen { character } => {
                let code = format!("U+{:04X}", u32::from(*character));
                if *character == '\n' || *character == '\r' {
                    return lang
                        .pick(
                            "жол тасымалы бар; мәтінді бір жолмен жазыңыз",
                            "содержит перенос строки; запишите текст одной строкой",
                            "has a line break; write the text in one line",
                        )
                        .to_owned();
                }
                match lang {
                    Lang::Kk => format!("бетте көрінбейтін {code} таңбасы бар; оны алып тастаңыз"),
                    Lang::Ru => format!("содержит невидимый на странице знак {code}; удалите его"),
                    Lang::En => format!("has the character {code}, which no page shows; remove it"),
                }
            }
            FaultKind::Before { other, label } => {
                let label = label.get(language(lang));
                match lang {
                    Lang::Kk => format!("«{label}» ({other}) күнінен ерте; күндерді тексеріңіз"),
                    Lang::Ru => format!("раньше, чем «{label}» ({other}); проверьте даты"),
                    Lang::En => format!("before «{label}» ({other}); check the dates"),
                }
            }
            FaultKind::NoLegalText => lang
                .pick(
                    "құжат берілген күні қолданыста болатын мәтін жоқ; оны құқықтық мәтіндер файлына қосыңыз",
                    "нет текста, действующего на дату выдачи; добавьте его в файл правовых текстов",
                    "no text is in force on the day of issue; add it to a file of legal texts",
                )
                .to_owned(),
        }
    }
}

/// Forms speak Kazakh and Russian.
const fn language(lang: Lang) -> Language {
    match lang {
        Lang::Kk => Language::Kk,
        Lang::Ru | Lang::En => Language::Ru,
    }
}

impl fmt::Display for FieldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl core::error::Error for FieldFault {}

impl Wanted {
    /// What is wanted, in words.
    #[must_use]
    pub fn text(self, lang: Lang) -> String {
        match self {
            Self::Value(kind) => kind.text(lang).to_owned(),
            Self::List(kind) => {
                let each = kind.text(lang);
                match lang {
                    Lang::Kk => format!("тізім, әр элементі — {each}"),
                    Lang::Ru => format!("список, каждый элемент — {each}"),
                    Lang::En => format!("a list, each item {each}"),
                }
            }
            Self::Table => lang
                .pick(
                    "кесте: жолдар тізімі, әр жолда бағандардың мәндері",
                    "таблица: список строк, в каждой — значения столбцов",
                    "a table: a list of rows, each with the values of its columns",
                )
                .to_owned(),
            Self::Recipient => lang
                .pick(
                    "алушы: name, қажет болса iin немесе bin",
                    "получатель: name, при необходимости iin или bin",
                    "the recipient: name, and iin or bin where known",
                )
                .to_owned(),
            Self::Signatories => lang
                .pick(
                    "қол қоюшылар тізімі: position (kk, ru) және name",
                    "список подписывающих: position (kk, ru) и name",
                    "a list of signatories: position (kk, ru) and name",
                )
                .to_owned(),
            Self::Object => lang
                .pick(
                    "өрістер мен мәндер (JSON объектісі)",
                    "поля и их значения (объект JSON)",
                    "fields and their values (a JSON object)",
                )
                .to_owned(),
        }
    }
}
