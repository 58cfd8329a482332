//! What is told of paper: whether the page was compared, what is attached, and what was signed.

use qoltanba::{
    Conclusion, Lang, Reason, Report,
    report::{Paper, SignatureReport},
    verdict::PageMatch,
    xmldsig::{Document, NodeKind, XmlLimits},
};

use super::{Pick as _, Rows};

/// Values of the signed document that are shown; `read` gives the whole of it.
const MAX_VALUES: usize = 60;
const MAX_LENGTH: usize = 300;

/// The first sentence where it is the page that keeps the file from passing.
pub(super) fn sentence(report: &Report, lang: Lang) -> Option<&'static str> {
    match report.reason()? {
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
pub(super) fn content(report: &Report) -> Option<Rows> {
    report.paper.as_ref().filter(|paper| paper.page != PageMatch::Agrees)?;
    let accepted = report.signatures().iter().find_map(accepted)?;
    let mut rows = Rows::default();
    for part in &accepted.intact().covered().parts {
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
    Some(rows)
}

fn accepted(signature: &SignatureReport) -> Option<&qoltanba::report::Accepted> {
    match &signature.conclusion {
        Conclusion::Passed(accepted) => Some(accepted),
        _ => None,
    }
}
