//! `qoltanba render`.

use std::path::{Path, PathBuf};

use qoltanba::{
    Lang, Limits,
    paper::{PageLanguage, Renderer, SignedDocument},
};

use crate::{
    args,
    exit::{Exit, Failure, Result, about, shown},
    files::{self, Existing},
    output::{Console, Pick as _, note},
};

/// Draws the page of a signed document.
pub(crate) fn run(args: &args::Render, lang: Lang) -> Result<Exit> {
    let ending = args.output.extension().and_then(|ending| ending.to_str());
    let standard = files::is_standard_stream(&args.output);
    let ending = if standard { Some("pdf") } else { ending };
    let Some(ending @ ("pdf" | "png" | "svg")) = ending else {
        return Err(Failure::usage(about(
            &args.output,
            lang.pick(
                "атауы .pdf, .png немесе .svg деп аяқталуы керек",
                "имя должно оканчиваться на .pdf, .png или .svg",
                "the name must end in .pdf, .png or .svg",
            ),
        )));
    };
    let existing = Existing::from_force(args.force);
    if !standard {
        files::refuse_existing(&args.output, existing, lang)?;
        if files::is_same_file(&args.file, &args.output) {
            return Err(Failure::usage(about(
                &args.output,
                lang.pick(
                    "нәтиже бастапқы файлдың орнына жазылар еді",
                    "результат заменил бы исходный файл",
                    "the answer would take the place of the file that it is made from",
                ),
            )));
        }
    }
    let bytes = files::read(&args.file, lang)?;
    let failed = |error: qoltanba::Error| Failure::of_core(&error, lang).about(&args.file);
    let document = if bytes.starts_with(b"%PDF-") {
        SignedDocument::from_pdf(&bytes, &Limits::default())
    } else {
        SignedDocument::read(bytes)
    }
    .map_err(failed)?;
    let renderer = Renderer::new().map_err(failed)?;
    let language = PageLanguage::from(args.language);
    let pages = match ending {
        "pdf" => vec![document.pdf(&renderer, language).map_err(failed)?],
        "png" => {
            renderer.png(&document.printed(), language, f32::from(args.dpi)).map_err(failed)?
        }
        _ => {
            let pages = renderer.svg(&document.printed(), language).map_err(failed)?;
            pages.into_iter().map(String::into_bytes).collect()
        }
    };
    if standard {
        Console::raw_stdout().write(pages.concat())?;
        return Ok(Exit::Passed);
    }
    let names: Vec<PathBuf> = (0..pages.len()).map(|page| numbered(&args.output, page)).collect();
    for name in &names {
        files::refuse_existing(name, existing, lang)?;
    }
    for (name, page) in names.iter().zip(&pages) {
        files::write(name, page, existing, lang)?;
        note(&format!("{} {}", lang.pick("Жазылды:", "Записано:", "Written:"), shown(name)));
    }
    Ok(Exit::Passed)
}

/// `notice.png`, then `notice-2.png`.
fn numbered(path: &Path, page: usize) -> PathBuf {
    if page == 0 {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{}.{ending}", page + 1))
}
