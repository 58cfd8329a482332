//! `qoltanba read`, and the texts of barcodes for `verify --scan`.

use std::path::PathBuf;

use qoltanba::{
    Lang, Limits,
    paper::{BarcodeScan, BarcodeSet, PartSet},
    report::ContainerKind,
};
use serde_json::{Value, json};

use crate::{
    args,
    exit::{Exit, Failure, Result, about},
    files::{self, Existing},
    output::{self, Console, Pick as _, Rows, hex, moment, warn},
};

/// The texts of the barcodes of one scan: a JSON array of them, or one on each line.
pub(crate) fn texts(files: &[PathBuf], lang: Lang) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for path in files {
        let unread = || {
            let what = lang.pick(
                "штрих-код мәтіндерінің JSON тізімі немесе әр жолда бір мәтін керек",
                "нужен список JSON с текстами штрих-кодов или по одному тексту в строке",
                "a JSON array of barcode texts is wanted, or one text on each line",
            );
            Failure::data("parse", about(path, what))
        };
        let bytes = files::read(path, lang)?;
        let text = str::from_utf8(&bytes).map_err(|_| unread())?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim_start().starts_with('[') {
            let list: Vec<String> = serde_json::from_str(text).map_err(|_| unread())?;
            all.extend(list);
        } else {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            all.extend(lines.map(str::to_owned));
        }
    }
    Ok(all)
}

/// Shows what barcodes carry, with nothing proved.
pub(crate) fn run(args: &args::Read, lang: Lang) -> Result<Exit> {
    let failed = |error: qoltanba::Error| Failure::of_core(&error, lang);
    let limits = Limits::default();
    let scan = BarcodeScan::read(&texts(&args.files, lang)?, &limits).map_err(failed)?;
    let sets: Vec<_> = scan.sets.iter().map(|set| (set, whole(set, &limits, lang))).collect();
    if let Some(path) = &args.output {
        let [(_, Ok(set))] = sets.as_slice() else {
            return Err(Failure::data(
                "parse",
                lang.pick(
                    "жазуға болатын бір бүтін құжат жоқ",
                    "нет одного целого документа, который можно записать",
                    "there is no one whole document to write",
                ),
            ));
        };
        files::write(path, set.document(), Existing::from_force(args.force), lang)?;
    }
    let mut stdout = Console::stdout();
    if args.json {
        stdout.write(output::json_line(&to_json(&scan, &sets)))?;
    } else {
        for (set, whole) in &sets {
            stdout.write(rows(set, whole, lang).to_text())?;
        }
        stdout.write(beside(&scan, lang).to_text())?;
    }
    warn(lang.pick(
        "оқылғаны қолтаңба туралы ештеңе дәлелдемейді: verify --scan арқылы тексеріңіз",
        "чтение ничего не доказывает о подписи: проверьте командой verify --scan",
        "reading proves nothing about a signature: check it with verify --scan",
    ));
    let good = !sets.is_empty() && sets.iter().all(|(_, whole)| whole.is_ok());
    Ok(if good && scan.damaged.is_empty() { Exit::Passed } else { Exit::Data })
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

fn beside(scan: &BarcodeScan, lang: Lang) -> Rows {
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
    if scan.others > 0 {
        rows.add(lang.pick("Басқа кодтар", "Другие коды", "Other codes"), scan.others.to_string());
    }
    rows
}

fn to_json(scan: &BarcodeScan, sets: &[(&PartSet, Result<BarcodeSet, String>)]) -> Value {
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
        "links": scan.links,
        "unsupported": scan.unsupported,
        "damaged": scan.damaged.len(),
        "others": scan.others,
    })
}
