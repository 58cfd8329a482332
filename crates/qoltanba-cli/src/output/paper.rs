//! What is told of paper: whether the page was compared, what is attached, and what was signed.

use qoltanba::{
    Conclusion, Lang, Reason, Report,
    paper::document::{Block, Field, Language, OutputDocument, Value},
    report::{Paper, SignatureReport},
    text::visible,
    verdict::PageMatch,
    xmldsig::{Document, NodeKind, XmlLimits},
};

use super::{DIM, Pick as _, Rows, paint};

/// Values of the signed document that are shown; `read` gives the whole of it.
const MAX_VALUES: usize = 60;
const MAX_LENGTH: usize = 300;

/// The first sentence where it is the page that keeps the file from passing.
pub(super) fn sentence(report: &Report, lang: Lang) -> Option<&'static str> {
    match report.deciding_reason()? {
        Reason::PageNotCompared { .. } => Some(lang.pick(
            "Қол қойылған мазмұн жарамды, бет салыстырылмады",
            "Подписанное содержимое действительно, страница не сверена",
            "The signed content is valid, the page was not compared with it",
        )),
        Reason::PageDiffers { .. } | Reason::PageCarriesOther => Some(lang.pick(
            "Бет жарамсыз: ол қол қойылғанды көрсетпейді",
            "Страница недействительна: она показывает не то, что подписано",
            "The page is not valid: it does not show what was signed",
        )),
        _ => None,
    }
}

/// The paper that a document came on.
pub(super) fn rows(paper: &Paper, lang: Lang) -> Rows {
    let mut rows = Rows::default();
    let bytes = lang.pick("байт", "байт", "bytes");
    for file in &paper.attachments {
        let facts = format!("{}, {} {bytes}", file.name, file.bytes);
        rows.add(lang.pick("Тіркеме", "Вложение", "Attachment"), facts);
    }
    let page = match &paper.page {
        PageMatch::Agrees => lang.pick(
            "қол қойылғанға сәйкес",
            "соответствует подписанному",
            "shows what was signed",
        ),
        PageMatch::Differs { .. } => {
            lang.pick("қол қойылғаннан өзге", "отличается от подписанного", "differs")
        }
        PageMatch::NotCompared(why) => why.text(lang),
        _ => lang.pick(
            "тексерілмеді, тек мазмұн сұралды",
            "не проверялась: запрошено только содержимое",
            "not asked about: only the content was",
        ),
    };
    rows.add(lang.pick("Бет", "Страница", "Page"), page);
    rows
}

/// What was signed, value by value, out of the covered octets alone.
pub(super) fn content(report: &Report, lang: Lang) -> Option<String> {
    report.is_beside_its_page().then_some(())?;
    let accepted = report.signatures().iter().find_map(accepted)?;
    let mut rows = Rows::default();
    let parts = &accepted.intact().covered().parts;
    if let Some(text) = parts.iter().find_map(|part| document(part.octets(), lang)) {
        return Some(text);
    }
    for part in parts {
        let Ok(document) = Document::parse(part.octets(), &XmlLimits::default()) else { continue };
        let elements = document.nodes().filter(|node| document.kind(*node) == NodeKind::Element);
        let values = elements.filter_map(|node| {
            let value = document.plain_text(node)?.trim();
            Some((document.name(node)?.local, value)).filter(|(_, value)| !value.is_empty())
        });
        for (name, value) in values.take(MAX_VALUES) {
            let short: String = value.chars().take(MAX_LENGTH).collect();
            rows.add(name, short);
        }
    }
    Some(rows.to_text())
}

/// What an output document tells, in the order of its page; none for other XML.
pub(crate) fn document(xml: &[u8], lang: Lang) -> Option<String> {
    let document = OutputDocument::read(xml, &XmlLimits::default()).ok().flatten()?;
    let language = match lang {
        Lang::Kk => Language::Kk,
        Lang::Ru | Lang::En => Language::Ru,
    };
    let mut told = Told { language, lines: Vec::new() };
    told.all(&document);
    let more = told.lines.len().saturating_sub(MAX_VALUES);
    told.lines.truncate(MAX_VALUES);
    let mut text: String = told.lines.iter().map(|line| format!("  {line}\n")).collect();
    if more > 0 {
        let note = lang.pick(
            "тағы жол бар; толық құжатты read -o жазады",
            "строк ещё; весь документ запишет read -o",
            "more lines; read -o writes the whole document",
        );
        text.push_str(&format!("  … {}\n", paint(DIM, format!("{more} {note}"))));
    }
    Some(text)
}

/// Lines of labels and values in the language of a page.
struct Told {
    language: Language,
    lines: Vec<String>,
}

impl Told {
    fn all(&mut self, document: &OutputDocument) {
        let language = self.language;
        let word = |kk: &'static str, ru| if language == Language::Kk { kk } else { ru };
        self.text(document.title.get(language));
        self.line(word("Бірегей нөмір", "Уникальный номер"), document.number.as_str());
        if let Ok(date) = document.issued.date() {
            self.line(word("Берілген күні", "Дата выдачи"), &date.to_string());
        }
        let issuer = &document.issuer;
        let provider =
            format!("{}, {} {}", issuer.name.get(language), word("БСН", "БИН"), issuer.bin);
        self.line(word("Көрсетілетін қызметті беруші", "Услугодатель"), &provider);
        if let Some(recipient) = &document.recipient {
            let iin = recipient.iin.map(|iin| format!(", {} {iin}", word("ЖСН", "ИИН")));
            let bin = recipient.bin.map(|bin| format!(", {} {bin}", word("БСН", "БИН")));
            let numbers: String = iin.into_iter().chain(bin).collect();
            let label = word("Көрсетілетін қызметті алушы", "Услугополучатель");
            self.line(label, &format!("{}{numbers}", recipient.name));
        }
        for block in &document.blocks {
            self.block(block);
        }
        for signatory in &document.signatories {
            self.line(signatory.position.get(language), &signatory.name);
        }
        if let Some(basis) = &document.legal_basis {
            self.text(basis.sentence.get(language));
        }
        self.text(document.footnote.get(language));
    }

    fn block(&mut self, block: &Block) {
        let language = self.language;
        match block {
            Block::Heading(words) | Block::Paragraph(words) => self.text(words.get(language)),
            Block::Fields(fields) => fields.iter().for_each(|field| self.field(field)),
            Block::Prominent(field) => self.field(field),
            Block::List(list) => {
                self.text(list.label.get(language));
                for (item, number) in list.items.iter().zip(1..) {
                    self.text(&format!("{number}. {}", item.show(language)));
                }
            }
            Block::Table(table) => {
                table.caption.iter().for_each(|caption| self.text(caption.get(language)));
                for (row, number) in table.rows.iter().zip(1..) {
                    let cells = table.columns.iter().zip(row).filter(|(_, cell)| !is_empty(cell));
                    let cells = cells.map(|(column, cell)| {
                        format!("{}: {}", column.label.get(language), cell.show(language))
                    });
                    self.text(&format!("{number}) {}", cells.collect::<Vec<_>>().join("; ")));
                }
            }
            _ => {}
        }
    }

    fn field(&mut self, field: &Field) {
        self.line(field.label.get(self.language), &field.value.show(self.language));
    }

    fn line(&mut self, label: &str, value: &str) {
        self.lines.push(format!("{} {}", paint(DIM, format!("{}:", visible(label))), short(value)));
    }

    fn text(&mut self, text: &str) {
        self.lines.push(short(text));
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.is_empty())
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MAX_LENGTH) {
        Some((end, _)) => format!("{}…", visible(text.get(..end).unwrap_or_default())),
        None => visible(text),
    }
}

fn accepted(signature: &SignatureReport) -> Option<&qoltanba::report::Accepted> {
    match &signature.conclusion {
        Conclusion::Passed(accepted) => Some(accepted),
        _ => None,
    }
}
