//! `qoltanba serve`.

use std::env;

use qoltanba::{Lang, text::visible};
use qoltanba_server::{Config, DEFAULTS, KeyBook, KeyError, ServeError, serve};

use crate::{
    args::serve::{Keys, Serve, ServeCommand},
    exit::{Exit, Failure, Result},
    output::{Console, Pick as _},
};

/// Serves until it is told to end.
pub(crate) fn run(args: &Serve, lang: Lang) -> Result<Exit> {
    if args.print_config {
        Console::stdout().write(DEFAULTS)?;
        return Ok(Exit::Passed);
    }
    let environment = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let config = Config::load(args.config.as_deref(), environment);
    let mut config = config.map_err(|error| Failure::usage(error.text(lang)))?;
    if let Some(ServeCommand::Keys(keys)) = &args.command {
        return change_keys(&KeyBook::open(&config), keys, lang);
    }
    if let Some(address) = args.listen {
        config = config.listening_on(address);
    }
    // For who starts it; a closed pipe is no reason not to serve.
    let ready = |address| drop(Console::stdout().write(format!("http://{address}/\n")));
    serve(config, ready).map_err(|error| match error {
        ServeError::Config(_) => Failure::usage(error.text(lang)),
        _ => Failure::unavailable("serve", error.text(lang)),
    })?;
    Ok(Exit::Passed)
}

fn change_keys(book: &KeyBook, keys: &Keys, lang: Lang) -> Result<Exit> {
    let failed = |error: KeyError| Failure::unavailable("storage", error.text(lang));
    let mut stdout = Console::stdout();
    match keys {
        Keys::Add { bin, name, scope } => {
            let key = book.add(*bin, name, scope).map_err(failed)?;
            stdout.write(format!("{}\n", key.token))?;
        }
        Keys::List => {
            for key in book.list().map_err(failed)? {
                let state = key.revoked.as_deref().unwrap_or("-");
                let line = [&key.id, &key.bin, &key.scopes, state, &visible(&key.name)].join("\t");
                stdout.write(line + "\n")?;
            }
        }
        Keys::Revoke { id } => {
            if !book.revoke(id).map_err(failed)? {
                let none = lang.pick(
                    "мұндай жарамды кілт жоқ",
                    "нет такого действующего ключа",
                    "there is no such key in force",
                );
                return Err(Failure::data("unknown_key", none));
            }
        }
    }
    Ok(Exit::Passed)
}
