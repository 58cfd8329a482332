//! The `qoltanba` command.

mod args;
mod clock;
mod commands;
mod evidence;
mod exit;
mod files;
mod network;
mod output;
mod password;

use std::{env, panic};

use clap::Parser as _;
use qoltanba::Lang;

use crate::{
    args::{Args, Command},
    exit::{Exit, Result},
    output::note,
};

fn main() -> Exit {
    panic::set_hook(Box::new(|fault| {
        note(&format!("qoltanba: this is a defect of the program, please report it: {fault}"));
    }));
    panic::catch_unwind(run).unwrap_or(Exit::Software)
}

fn run() -> Exit {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(answer) => {
            // A closed pipe takes nothing more, and the code says enough.
            let _ = answer.print();
            return if answer.use_stderr() { Exit::Usage } else { Exit::Passed };
        }
    };
    let lang = args.lang.map_or_else(locale, Lang::from);
    match dispatch(&args.command, lang) {
        Ok(exit) => exit,
        Err(failure) => {
            output::complain(&failure);
            failure.exit
        }
    }
}

fn dispatch(command: &Command, lang: Lang) -> Result<Exit> {
    match command {
        Command::Verify(args) => commands::verify::run(args, lang),
        Command::Request(args) => commands::request::run(args, lang),
        Command::Sign(args) => commands::sign::run(args, lang),
        Command::Cosign(args) => commands::cosign::run(args, lang),
        Command::Stamp(args) => commands::stamp::run(args, lang),
        Command::Extract(args) => commands::extract::run(args, lang),
        Command::Inspect(args) => commands::inspect::run(args, lang),
        Command::Read(args) => commands::read::run(args, lang),
        Command::Issue(args) => commands::issue::run(args, lang),
        Command::Receipt(args) => commands::issue::receipt(args, lang),
        Command::Refuse(args) => commands::issue::refuse(args, lang),
        Command::Render(args) => commands::render::run(args, lang),
        Command::Refresh(args) => commands::refresh::run(args, lang),
        Command::Bundle(args) => commands::bundle::run(args, lang),
        Command::Serve(args) => commands::serve::run(args, lang),
        Command::Audit(command) => commands::audit::run(command, lang),
        Command::DevPki(args) => commands::dev_pki::run(args, lang),
        Command::Demo(args) => commands::demo::run(args, lang),
        Command::Completions(args) => commands::shell::completions(args),
        Command::Man(args) => commands::shell::man(args, lang),
    }
}

/// The language of messages as POSIX finds it: the first of these that is set and not empty.
fn locale() -> Lang {
    let name = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(env::var_os)
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    match name.as_encoded_bytes() {
        [b'k', b'k', ..] => Lang::Kk,
        [b'r', b'u', ..] => Lang::Ru,
        _ => Lang::En,
    }
}
