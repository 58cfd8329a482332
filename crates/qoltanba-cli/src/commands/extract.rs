//! `qoltanba extract`.

use std::io::{self, IsTerminal as _, Write as _};

use qoltanba::{Lang, Limits};

use crate::{
    args,
    exit::{Exit, Failure, Result, about},
    files::{self, Existing},
    output::{Console, Pick as _, warn},
};

/// Takes the content out of one message.
pub(crate) fn run(args: &args::Extract, lang: Lang) -> Result<Exit> {
    let existing = Existing::from_force(args.output.force);
    let output = args.output.path.as_deref().filter(|path| !files::is_standard_stream(path));
    if let Some(path) = output {
        files::refuse_existing(path, existing, lang)?;
        if files::is_same_file(&args.file, path) {
            return Err(Failure::usage(about(
                path,
                lang.pick(
                    "нәтиже бастапқы файлдың орнына жазылар еді",
                    "результат заменил бы исходный файл",
                    "the answer would take the place of the file that it is made from",
                ),
            )));
        }
    }
    if let (Some(path), Some(mut large)) = (output, files::large_message(&args.file)) {
        files::write_with(path, existing, lang, |out| {
            let mut out = io::BufWriter::new(out);
            qoltanba::sign::extract_stream(&mut large.file, &mut out, &Limits::default())
                .map_err(|error| Failure::of_core(&error, lang).about(&args.file))?;
            out.flush().map_err(|error| Failure::writing(path, &error, lang))
        })?;
        say_that_nothing_is_proved(lang);
        return Ok(Exit::Passed);
    }
    let message = files::read(&args.file, lang)?;
    let content = qoltanba::sign::extract(&message, &Limits::default())
        .map_err(|error| Failure::of_core(&error, lang).about(&args.file))?;
    match output {
        Some(path) => files::write(path, &content, existing, lang)?,
        None => {
            refuse_to_steer(&content, lang)?;
            Console::raw_stdout().write(&content)?;
        }
    }
    say_that_nothing_is_proved(lang);
    Ok(Exit::Passed)
}

fn say_that_nothing_is_proved(lang: Lang) {
    warn(lang.pick(
        "құжаттың шығарылғаны қолтаңба туралы ештеңе дәлелдемейді: verify арқылы тексеріңіз",
        "извлечение ничего не доказывает о подписи: проверьте её командой verify",
        "extracting proves nothing about the signature: check it with verify",
    ));
}

/// Nobody vouches for the content yet: its control characters must not steer a terminal.
fn refuse_to_steer(content: &[u8], lang: Lang) -> Result<()> {
    let steers = || {
        let text = str::from_utf8(content);
        text.map_or(true, |t| t.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')))
    };
    if io::stdout().is_terminal() && steers() {
        return Err(Failure::usage(lang.pick(
            "мазмұн кәдімгі мәтін емес: -o арқылы файлға жазыңыз",
            "содержимое не является простым текстом: запишите его в файл, -o",
            "the content is not plain text: write it into a file with -o",
        )));
    }
    Ok(())
}
