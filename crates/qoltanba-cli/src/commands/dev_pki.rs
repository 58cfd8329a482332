//! `qoltanba dev-pki`.

use std::path::Path;

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::Lang;
use qoltanba_testkit::{DevPki, Error, Existing};

use crate::{
    args,
    clock::now,
    exit::{Exit, Failure, Result, about, shown},
    output::{Console, Pick as _, warn},
};

/// Writes a test authority into a folder.
pub(crate) fn run(args: &args::DevPki, lang: Lang) -> Result<Exit> {
    let existing = if args.force { Existing::Replace } else { Existing::Refuse };
    let files = write(&args.dir, existing, lang)?;
    let written = lang.pick("Жазылған файл саны", "Записано файлов", "Files written");
    Console::stdout().write(format!("{}: {written}: {files}\n", shown(&args.dir)))?;
    warn(lang.pick(
        "бұл тек сынаққа арналған: кілттері жария, түбірлеріне сенбеңіз",
        "это только для проб: ключи общеизвестны, не доверяйте этим корням",
        "this is for tests only: its keys are public, never trust its roots",
    ));
    Ok(Exit::Passed)
}

/// Makes and writes the authority; gives the number of files.
pub(super) fn write(folder: &Path, existing: Existing, lang: Lang) -> Result<usize> {
    let mut rng = UnwrapErr(SysRng);
    let failed = |error| match error {
        Error::Exists(path) => Failure::usage(about(
            &path,
            lang.pick(
                "бұрыннан бар; ауыстыру үшін --force беріңіз",
                "уже существует; чтобы заменить, укажите --force",
                "is there already; give --force to replace it",
            ),
        )),
        Error::Io { path, source } => Failure::writing(&path, &source, lang),
        other => Failure::software(other.to_string()),
    };
    let pki = DevPki::generate(now(), &mut rng).map_err(failed)?;
    pki.write(folder, existing, &mut rng).map(|files| files.len()).map_err(failed)
}
