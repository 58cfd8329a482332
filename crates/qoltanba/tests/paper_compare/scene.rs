//! An invented document, its page, and other people's tools that change the page.

use std::{fs, path::Path, process::Command};

use qoltanba::{
    Limits,
    paper::{
        PageLanguage, Printed, Renderer,
        document::{
            Bilingual, Block, Column, Field, FormName, Issuer, LegalBasis, LocalTime,
            OutputDocument, Recipient, Signatory, Table, UniqueNumber, Value,
        },
        pdf::PdfFile,
    },
    verdict::{NotCompared, PageMatch, Region},
};

fn both(kk: &str, ru: &str) -> Bilingual {
    Bilingual { kk: kk.to_owned(), ru: ru.to_owned() }
}

/// Texts of the cells, by which a test changes one of them.
pub(crate) const CELLS: [&str; 12] = [
    "1",
    "12 345,67 ₸",
    "03.01.2026",
    "2",
    "90 817,26 ₸",
    "14.05.2026",
    "3",
    "6 543,80 ₸",
    "25.09.2026",
    "4",
    "100 000,00 ₸",
    "07.11.2026",
];

/// A notice with fields, a table of amounts and the sentence of law.
pub(crate) fn document(cells: &[String]) -> OutputDocument {
    let column = |id: &str, kk, ru| Column { id: id.to_owned(), label: both(kk, ru) };
    let rows = cells.chunks(3).map(|row| row.iter().cloned().map(Value::Text).collect()).collect();
    OutputDocument {
        form: FormName { id: "result-notice".into(), version: 1 },
        look: OutputDocument::LOOK,
        number: UniqueNumber::new("70420000000013").unwrap(),
        issued: LocalTime("2026-11-22T09:05:00Z".parse().unwrap()),
        header: both("Құжат «Сынақ» жүйесінде құрылған", "Документ сформирован системой «Проба»"),
        title: both("Хабарлама", "Уведомление"),
        issuer: Issuer {
            name: both("Сынақ әкімдігі", "Пробный акимат"),
            bin: "450140000005".parse().unwrap(),
        },
        recipient: Some(Recipient {
            name: "Әлімжанова Гүлнұр Өсерқызы".into(),
            iin: Some("920101100008".parse().unwrap()),
            bin: None,
        }),
        blocks: vec![
            Block::Fields(vec![Field {
                id: "address".into(),
                label: both("Мекенжайы", "Адрес"),
                value: Value::Text("Астана қ., Мәңгілік Ел даңғылы, 38-үй, 145-пәтер".into()),
            }]),
            Block::Paragraph(both("Төлем тағайындалды.", "Выплата назначена.")),
            Block::Table(Table {
                id: "payments".into(),
                caption: Some(both("Төлемдер", "Выплаты")),
                columns: vec![
                    column("number", "№", "№"),
                    column("sum", "Сома", "Сумма"),
                    column("day", "Күні", "Дата"),
                ],
                rows,
            }),
        ],
        signatories: vec![Signatory {
            position: both("Бөлім басшысы", "Начальник отдела"),
            name: "Серіков Н. А.".into(),
        }],
        legal_basis: Some(LegalBasis {
            id: "digital-code-62-2".into(),
            sentence: both(
                "Осы құжат Цифрлық кодекстің 62-бабына сәйкес қағаздағы құжатпен бірдей.",
                "Данный документ согласно статье 62 Цифрового кодекса равнозначен бумажному.",
            ),
        }),
        footnote: both("*Штрих-код деректерді қамтиды.", "*Штрих-код содержит данные."),
    }
}

pub(crate) fn cells() -> Vec<String> {
    CELLS.iter().map(|cell| (*cell).to_owned()).collect()
}

/// The document, what stands for its signed octets, and the renderer.
pub(crate) struct Scene {
    pub(crate) renderer: Renderer,
    pub(crate) signed: Vec<u8>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let signed = document(&cells()).to_xml().unwrap();
        Self { renderer: Renderer::new().unwrap(), signed }
    }

    /// A page of any document with the barcodes and the attachment of this one.
    pub(crate) fn page(&self, document: &OutputDocument, language: PageLanguage) -> Vec<u8> {
        let printed = Printed { document, signed: &self.signed, stamped: None };
        self.renderer.pdf(&printed, language).unwrap()
    }

    pub(crate) fn genuine(&self, language: PageLanguage) -> Vec<u8> {
        self.page(&document(&cells()), language)
    }

    pub(crate) fn judge(&self, pdf: &[u8]) -> PageMatch {
        PageMatch::likeness(&parsed(pdf), &self.signed, &self.renderer).unwrap()
    }
}

pub(crate) fn parsed(pdf: &[u8]) -> PdfFile {
    PdfFile::parse(pdf, &Limits::default()).unwrap()
}

pub(crate) fn regions(found: &PageMatch) -> &[Region] {
    match found {
        PageMatch::Differs { places } => places,
        other => panic!("it should differ, but {other:?}"),
    }
}

pub(crate) fn why(found: &PageMatch) -> NotCompared {
    match found {
        PageMatch::NotCompared(why) => *why,
        other => panic!("it should not be compared, but {other:?}"),
    }
}

/// Runs a tool over a file; `{in}` and `{out}` stand for the paths.
pub(crate) fn tool(command: &[&str], input: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("in.pdf"), folder.path().join("out.pdf"));
    fs::write(&from, input).unwrap();
    let fill = |argument: &&str| argument.replace("{in}", path(&from)).replace("{out}", path(&to));
    let mut arguments = command.iter().map(fill);
    let program = arguments.next().unwrap();
    let output = Command::new(&program).args(arguments).output();
    let output = output.unwrap_or_else(|_| panic!("{program} is a peer of this test"));
    // `fix-qdf` writes to its output.
    fs::read(&to).unwrap_or(output.stdout)
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The file with its objects in the open, to be changed by hand.
pub(crate) fn opened(pdf: &[u8]) -> Vec<u8> {
    tool(&["qpdf", "--qdf", "--object-streams=disable", "{in}", "{out}"], pdf)
}

/// Puts one piece in the place of another that stands there so often, and mends the tables.
pub(crate) fn edited(pdf: &[u8], edits: &[(&str, &str)]) -> Vec<u8> {
    let mut file = opened(pdf);
    for (from, to) in edits {
        let at = file.windows(from.len()).position(|window| window == from.as_bytes());
        let at = at.unwrap_or_else(|| panic!("{from:?} is not in the file"));
        file.splice(at..at + from.len(), to.bytes());
    }
    tool(&["fix-qdf", "{in}"], &file)
}
