//! `qoltanba completions` and `qoltanba man`, both made from the definitions of the arguments.

use clap::CommandFactory as _;
use qoltanba::Lang;

use crate::{
    args::{self, Args},
    exit::{Exit, Failure, Result},
    output::{Console, Pick as _},
};

/// Prints the completions of one shell.
pub(crate) fn completions(args: &args::Completions) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "qoltanba", &mut script);
    Console::raw_stdout().write(&script)?;
    Ok(Exit::Passed)
}

/// Prints a manual page.
pub(crate) fn man(args: &args::Man, lang: Lang) -> Result<Exit> {
    let mut command = Args::command();
    command.build();
    let page = match &args.of {
        None => command,
        Some(name) => {
            let found = command.find_subcommand(name).cloned();
            found.ok_or_else(|| {
                Failure::usage(lang.pick(
                    "мұндай команда жоқ",
                    "такой команды нет",
                    "there is no such command",
                ))
            })?
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page)
        .render(&mut text)
        .map_err(|_| Failure::software("the manual page could not be written".to_owned()))?;
    Console::raw_stdout().write(&text)?;
    Ok(Exit::Passed)
}
