//! `qoltanba serve`.

use std::env;

use qoltanba::Lang;
use qoltanba_server::{Config, DEFAULTS, ServeError, serve};

use crate::{
    args::serve::Serve,
    exit::{Exit, Failure, Result},
    output::Console,
};

/// Serves until it is told to end.
pub(crate) fn run(args: &Serve, lang: Lang) -> Result<Exit> {
    if args.print_config {
        Console::stdout().write(DEFAULTS.to_owned())?;
        return Ok(Exit::Passed);
    }
    let environment = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let config = Config::load(args.config.as_deref(), environment);
    let mut config = config.map_err(|error| Failure::usage(error.text(lang)))?;
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
