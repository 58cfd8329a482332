//! What is odd about the texts of a document: look-alike letters, words that are often misspelt,
//! law that is no longer in force. A remark never stops anything.

use core::fmt;

use crate::{
    identity::Subject,
    numbers::NumberRemark,
    paper::document::{Bilingual, Block, Date, OutputDocument, Value},
    report::Lang,
    text::visible,
};

/// Something odd about a text or a number of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRemark {
    at: String,
    kind: RemarkKind,
}

/// What is odd.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RemarkKind {
    /// A word has letters of two scripts that look alike: Latin ones, or the schwa U+0259 where
    /// Cyrillic ә is meant.
    MixedLetters {
        /// The word.
        word: String,
    },
    /// A word is often written so and is wrong.
    Misspelt {
        /// The word.
        word: String,
        /// What is meant.
        meant: &'static str,
    },
    /// A letter is written as two characters: й as и and a breve.
    Decomposed {
        /// The word.
        word: String,
    },
    /// The Law 370-II is cited, which the Digital Code replaced in July 2026.
    RepealedLaw,
    /// The Law 370-II is cited as an article.
    LawAsArticle,
    /// A sentence is the same in both languages.
    NotTranslated,
    /// The issuer is called otherwise than the organisation of the certificate that signs.
    IssuerName {
        /// What the certificate calls it.
        found: String,
    },
    /// A number of a person or an organisation is odd.
    Number {
        /// What about it.
        remark: NumberRemark,
    },
}

/// What is written, and what is meant. Both are compared in small letters.
const MISSPELT: [(&str, &str); 4] = [
    ("колтаңба", "қолтаңба"),
    ("қолтанба", "қолтаңба"),
    ("біріңгей", "бірегей"),
    ("тасығышттағы", "тасығыштағы"),
];

impl OutputDocument {
    /// What is odd about its texts and numbers.
    #[must_use]
    pub fn remarks(&self) -> Vec<DocumentRemark> {
        // On 11 July sources differ; from 12 July on they agree.
        let repealed = Date::new(2026, 7, 12).ok().zip(self.issued.date().ok());
        let repealed = repealed.is_some_and(|(since, issued)| issued >= since);
        let mut found = Found { repealed, remarks: Vec::new() };
        for (at, words) in
            [("header", &self.header), ("title", &self.title), ("issuer", &self.issuer.name)]
        {
            found.words(at, words);
        }
        found.number("issuer", self.issuer.bin.remarks());
        if let Some(recipient) = &self.recipient {
            found.text("recipient", &recipient.name);
            found.number("recipient", recipient.iin.iter().flat_map(|iin| iin.remarks()));
            found.number("recipient", recipient.bin.iter().flat_map(|bin| bin.remarks()));
        }
        for (block, number) in self.blocks.iter().zip(1..) {
            found.block(block, number);
        }
        for signatory in &self.signatories {
            found.words("signatories", &signatory.position);
            found.text("signatories", &signatory.name);
        }
        if let Some(basis) = &self.legal_basis {
            found.words("basis", &basis.sentence);
        }
        found.words("footnote", &self.footnote);
        found.remarks
    }
}

impl OutputDocument {
    /// What is odd about the document together with who is to sign it: the issuer bears another
    /// name than the organisation of the certificate. A short name and a long one, or another
    /// language, are no fault; the number of the organisation is what has to agree.
    #[must_use]
    pub fn signer_remark(&self, subject: &Subject) -> Option<DocumentRemark> {
        let found = subject.organisation.as_ref()?;
        let plain = |name: &str| -> String {
            let letters = name.chars().filter(|c| c.is_alphanumeric());
            letters.flat_map(char::to_lowercase).collect()
        };
        let names = [&self.issuer.name.kk, &self.issuer.name.ru];
        let same = names.into_iter().any(|name| plain(name) == plain(found));
        (!same).then(|| DocumentRemark {
            at: "issuer".to_owned(),
            kind: RemarkKind::IssuerName { found: visible(found) },
        })
    }
}

struct Found {
    repealed: bool,
    remarks: Vec<DocumentRemark>,
}

impl Found {
    fn push(&mut self, at: &str, kind: RemarkKind) {
        let remark = DocumentRemark { at: at.to_owned(), kind };
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    fn block(&mut self, block: &Block, number: usize) {
        match block {
            Block::Heading(words) | Block::Paragraph(words) => {
                self.words(&format!("block {number}"), words);
            }
            Block::Fields(fields) => {
                for field in fields {
                    self.words(&field.id, &field.label);
                    self.value(&field.id, &field.value);
                }
            }
            Block::Prominent(field) | Block::Link(field) => {
                self.words(&field.id, &field.label);
                self.value(&field.id, &field.value);
            }
            Block::List(list) => {
                self.words(&list.id, &list.label);
                list.items.iter().for_each(|item| self.value(&list.id, item));
            }
            Block::Table(table) => {
                table.caption.iter().for_each(|caption| self.words(&table.id, caption));
                table.columns.iter().for_each(|column| self.words(&table.id, &column.label));
                table.rows.iter().flatten().for_each(|cell| self.value(&table.id, cell));
            }
        }
    }

    fn value(&mut self, at: &str, value: &Value) {
        match value {
            Value::Text(text) => self.text(at, text),
            Value::Bilingual(words) => self.words(at, words),
            Value::Iin(iin) => self.number(at, iin.remarks()),
            Value::Bin(bin) => self.number(at, bin.remarks()),
            Value::Date(_) | Value::DateTime(_) | Value::Number(_) | Value::Amount(_) => {}
        }
    }

    fn number(&mut self, at: &str, remarks: impl Iterator<Item = NumberRemark>) {
        remarks.for_each(|remark| self.push(at, RemarkKind::Number { remark }));
    }

    fn words(&mut self, at: &str, words: &Bilingual) {
        // Names are the same in both languages; sentences are not.
        if words.kk == words.ru && words.kk.split_whitespace().count() > 3 {
            self.push(at, RemarkKind::NotTranslated);
        }
        self.text(at, &words.kk);
        self.text(at, &words.ru);
    }

    fn text(&mut self, at: &str, text: &str) {
        for word in text.split(|c: char| !c.is_alphanumeric() && !is_mark(c)) {
            let kind = |word: &str| word.to_owned();
            if word.contains(is_schwa) || (word.contains(is_cyrillic) && word.contains(is_latin)) {
                self.push(at, RemarkKind::MixedLetters { word: kind(word) });
            } else if word.contains(is_mark) {
                self.push(at, RemarkKind::Decomposed { word: kind(word) });
            }
            let small = word.to_lowercase();
            if let Some((_, meant)) = MISSPELT.iter().find(|(bad, _)| small.starts_with(bad)) {
                self.push(at, RemarkKind::Misspelt { word: kind(word), meant });
            }
        }
        // The numeral is written with Latin and with Cyrillic letters.
        let plain = text.replace('І', "I");
        if plain.contains("статьи 370-II") || plain.contains("ҚРЗ 1 бабына") {
            self.push(at, RemarkKind::LawAsArticle);
        }
        if self.repealed && plain.contains("370-II") {
            self.push(at, RemarkKind::RepealedLaw);
        }
    }
}

const fn is_schwa(c: char) -> bool {
    matches!(c, '\u{259}' | '\u{18f}')
}

const fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}')
}

const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

impl DocumentRemark {
    /// Where: `title`, a field, `block 3`.
    #[must_use]
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What is odd.
    #[must_use]
    pub const fn kind(&self) -> &RemarkKind {
        &self.kind
    }

    /// The whole in one sentence.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        format!("{}: {}", self.at, self.kind.text(lang))
    }
}

impl RemarkKind {
    fn text(&self, lang: Lang) -> String {
        match self {
            Self::MixedLetters { word } => match lang {
                Lang::Kk => format!("«{word}» сөзінде бір-біріне ұқсас кирилл және латын әріптері аралас"),
                Lang::Ru => format!("в слове «{word}» смешаны похожие буквы кириллицы и латиницы"),
                Lang::En => format!("the word “{word}” mixes Cyrillic and Latin letters that look alike"),
            },
            Self::Misspelt { word, meant } => match lang {
                Lang::Kk => format!("«{word}» деп жазылған; дұрысы «{meant}» болуы мүмкін"),
                Lang::Ru => format!("написано «{word}»; вероятно, нужно «{meant}»"),
                Lang::En => format!("“{word}” is written; perhaps “{meant}” is meant"),
            },
            Self::Decomposed { word } => match lang {
                Lang::Kk => format!("«{word}» сөзінде бір әріп екі таңбамен жазылған; мәтінді қайта теріңіз"),
                Lang::Ru => format!("в слове «{word}» буква записана двумя знаками; наберите текст заново"),
                Lang::En => format!("in “{word}” one letter is written as two characters; type it anew"),
            },
            Self::RepealedLaw => lang
                .pick(
                    "күшін жойған № 370-II Заңға сілтеме бар; 2026 жылғы шілдеден бастап Цифрлық кодекс қолданылады",
                    "ссылка на утративший силу Закон № 370-II; с июля 2026 года действует Цифровой кодекс",
                    "the repealed Law 370-II is cited; since July 2026 the Digital Code is in force",
                )
                .to_owned(),
            Self::LawAsArticle => lang
                .pick(
                    "№ 370-II — Заңның нөмірі, баптың нөмірі емес",
                    "№ 370-II — номер закона, а не статьи",
                    "370-II is the number of the law, not of an article",
                )
                .to_owned(),
            Self::NotTranslated => lang
                .pick(
                    "қазақша және орысша мәтін бірдей",
                    "казахский и русский тексты совпадают",
                    "the Kazakh and the Russian text are the same",
                )
                .to_owned(),
            Self::IssuerName { found } => match lang {
                Lang::Kk => format!("берушінің атауы сертификаттағы ұйым атауынан өзгеше: «{found}»; атауды тексеріңіз"),
                Lang::Ru => format!("наименование выдающего органа отличается от организации в сертификате: «{found}»; проверьте наименование"),
                Lang::En => format!("the issuer is called otherwise than the organisation of the certificate, “{found}”: check the name"),
            },
            Self::Number { remark: NumberRemark::CheckDigit } => lang
                .pick(
                    "ЖСН не БСН бақылау разряды сәйкес келмейді; нөмірді тексеріңіз",
                    "контрольный разряд ИИН или БИН не сходится; проверьте номер",
                    "the check digit of the IIN or BIN is not right; check the number",
                )
                .to_owned(),
            Self::Number { remark: NumberRemark::Date } => lang
                .pick(
                    "ЖСН не БСН басындағы цифрлар күн емес; нөмірді тексеріңіз",
                    "первые цифры ИИН или БИН не являются датой; проверьте номер",
                    "the first digits of the IIN or BIN are no date; check the number",
                )
                .to_owned(),
        }
    }
}

impl fmt::Display for DocumentRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}
