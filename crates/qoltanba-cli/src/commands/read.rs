//! `qoltanba read`, and the pages for `verify --scan`.

use std::path::PathBuf;

use qoltanba::{
    Lang, Limits,
    paper::{BarcodeScan, BarcodeSet, PartSet, ScannedPages, pdf::Attachment},
    report::ContainerKind,
};
use serde_json::{Value, json};

use crate::{
    args,
    exit::{Exit, Failure, Result},
    files::{self, Existing},
    output::{self, Console, Pick as _, Rows, hex, moment, warn},
};

/// The pages of one document.
pub(crate) struct Pages {
    pub(crate) files: Vec<Vec<u8>>,
    pub(crate) read: Result<ScannedPages, qoltanba::Error>,
}

/// Reads PDF files, pictures and texts of barcodes.
pub(crate) fn pages(paths: &[PathBuf], lang: Lang) -> Result<Pages> {
    let files = paths.iter().map(|path| files::read(path, lang)).collect::<Result<Vec<_>>>()?;
    let read = ScannedPages::read(&files, &Limits::default());
    Ok(Pages { files, read })
}

/// Shows what paper carries, with nothing proved.
pub(crate) fn run(args: &args::Read, lang: Lang) -> Result<Exit> {
    let failed = |error: qoltanba::Error| {
        let failure = Failure::of_core(&error, lang);
        match args.files.as_slice() {
            [one] => failure.about(one),
            _ => failure,
        }
    };
    let limits = Limits::default();
    let pages = pages(&args.files, lang)?.read.map_err(failed)?;
    let scan = BarcodeScan::read(pages.texts(), &limits).map_err(failed)?;
    let sets: Vec<_> = scan.sets.iter().map(|set| (set, whole(set, &limits, lang))).collect();
    let attached = pages.attached_document(&limits).map_err(failed);
    if let Some(path) = &args.output {
        let document = the_document(&sets, attached.as_ref().ok().copied().flatten());
        let document = document.ok_or_else(|| {
            Failure::data(
                "parse",
                lang.pick(
                    "жазуға болатын бір бүтін құжат жоқ",
                    "нет одного целого документа, который можно записать",
                    "there is no one whole document to write",
                ),
            )
        })?;
        files::write(path, document, Existing::from_force(args.force), lang)?;
    }
    let mut stdout = Console::stdout();
    if args.json {
        stdout.write(output::json_line(&to_json(&scan, &sets, &pages)))?;
    } else {
        for (set, whole) in &sets {
            stdout.write(rows(set, whole, lang).to_text())?;
        }
        let document = the_document(&sets, attached.as_ref().ok().copied().flatten());
        if let Some(text) = document.and_then(|xml| output::document(xml, lang)) {
            stdout.write(format!("\n{text}\n"))?;
        }
        stdout.write(attachments(&pages, lang).to_text())?;
        stdout.write(beside(&scan, &pages, lang).to_text())?;
    }
    warn(lang.pick(
        "оқылғаны қолтаңба туралы ештеңе дәлелдемейді: verify --scan арқылы тексеріңіз",
        "чтение ничего не доказывает о подписи: проверьте командой verify --scan",
        "reading proves nothing about a signature: check it with verify --scan",
    ));
    let good = sets.iter().all(|(_, whole)| whole.is_ok()) && scan.damaged.is_empty();
    let found = !sets.is_empty() || matches!(attached, Ok(Some(_)));
    Ok(if good && found && attached.is_ok() { Exit::Passed } else { Exit::Data })
}

/// The one document that everything carries.
fn the_document<'a>(
    sets: &'a [(&PartSet, Result<BarcodeSet, String>)],
    attached: Option<&'a [u8]>,
) -> Option<&'a [u8]> {
    // The barcodes of a card carry a signature of the document that is attached.
    let card = |set: &PartSet| set.kind() == ContainerKind::Card && attached.is_some();
    let mut found = attached;
    for (_, whole) in sets.iter().filter(|(set, _)| !card(set)) {
        let document = whole.as_ref().ok()?.document();
        if found.is_some_and(|known| known != document) {
            return None;
        }
        found = Some(document);
    }
    found
}

fn attachments(pages: &ScannedPages, lang: Lang) -> Rows {
    let mut rows = Rows::default();
    let bytes = lang.pick("байт", "байт", "bytes");
    for attachment in pages.attachments() {
        let facts = format!("{}, {} {bytes}", attachment.name(), attachment.content().len());
        rows.add(lang.pick("Тіркеме", "Вложение", "Attachment"), facts);
    }
    if pages.claimed_signatures() > 0 {
        let label = lang.pick("PDF қолтаңбалары", "Подписи PDF", "PDF signatures");
        rows.add(label, pages.claimed_signatures().to_string());
    }
    rows
}

/// The document, or why there is none.
fn whole(set: &PartSet, limits: &Limits, lang: Lang) -> Result<BarcodeSet, String> {
    match set.problem() {
        Some(reason) => Err(reason.text(lang)),
        None => set.assemble(limits).map_err(|error| error.text(lang)),
    }
}

fn rows(set: &PartSet, whole: &Result<BarcodeSet, String>, lang: Lang) -> Rows {
    let mut rows = Rows::default();
    let number = match set.kind() {
        ContainerKind::Card => lang.pick("Қолтаңба", "Подпись", "Signature"),
        _ => lang.pick("Бірегей нөмір", "Уникальный номер", "Unique number"),
    };
    rows.add(number, set.id());
    let parts = lang.pick("Бөліктер", "Части", "Parts");
    rows.add(parts, format!("{} / {}", set.found(), set.amount()));
    let created = lang.pick("Жасалған", "Создано", "Created");
    rows.add_some(created, set.claimed_created().first().map(moment));
    match whole {
        Ok(whole) => {
            rows.add(lang.pick("Құжат", "Документ", "Document"), whole.entry());
            let bytes = whole.document().len().to_string();
            rows.add(lang.pick("Байт", "Байт", "Bytes"), bytes);
            rows.add("SHA-256", hex(&whole.document_sha256()));
        }
        Err(why) => rows.add(lang.pick("Құжат", "Документ", "Document"), why),
    }
    rows
}

fn beside(scan: &BarcodeScan, pages: &ScannedPages, lang: Lang) -> Rows {
    let mut rows = Rows::default();
    for host in &scan.links {
        rows.add(lang.pick("Сілтеме", "Ссылка", "Link"), host);
    }
    for name in &scan.unsupported {
        rows.add(lang.pick("Қолдау жоқ", "Не поддерживается", "Not supported"), name);
    }
    for error in &scan.damaged {
        rows.add(lang.pick("Бүлінген", "Повреждено", "Damaged"), error.text(lang));
    }
    for error in pages.unread() {
        rows.add(
            lang.pick("Оқылмаған бет", "Непрочитанная страница", "Unread page"),
            error.text(lang),
        );
    }
    if scan.others > 0 {
        rows.add(lang.pick("Басқа кодтар", "Другие коды", "Other codes"), scan.others.to_string());
    }
    rows
}

fn to_json(
    scan: &BarcodeScan,
    sets: &[(&PartSet, Result<BarcodeSet, String>)],
    pages: &ScannedPages,
) -> Value {
    let file = |one: &Attachment| {
        json!({
            "name": one.name(),
            "relationship": one.relationship(),
            "bytes": one.content().len(),
        })
    };
    let one = |(set, whole): &(&PartSet, Result<BarcodeSet, String>)| {
        let document = whole.as_ref().ok();
        let created: Vec<String> = set.claimed_created().iter().map(ToString::to_string).collect();
        json!({
            "kind": set.kind().code(),
            "id": set.id(),
            "parts": set.amount(),
            "missing": set.missing(),
            "claimed_created": created,
            "problem": whole.as_ref().err(),
            "entry": document.map(BarcodeSet::entry),
            "bytes": document.map(|d| d.document().len()),
            "document_sha256": document.map(|d| hex(&d.document_sha256())),
        })
    };
    json!({
        "version": 1,
        "sets": sets.iter().map(one).collect::<Vec<_>>(),
        "pages": pages.pages(),
        "unread": pages.unread().len(),
        "attachments": pages.attachments().iter().map(file).collect::<Vec<_>>(),
        "pdf_signatures": pages.claimed_signatures(),
        "links": scan.links,
        "unsupported": scan.unsupported,
        "damaged": scan.damaged.len(),
        "others": scan.others,
    })
}
