//! Logs: one object of JSON a line, on standard error. No line has anything of a person: see
//! `frame`, which writes the one line of each request.

use std::{fs::File, io, panic, sync::Mutex};

use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

use crate::config::ConfigError;

/// Begins to log. Of a defect its place is logged and not its message, which may quote what was
/// being read.
pub(crate) fn start_logs(level: &str) -> Result<(), ConfigError> {
    begin(level, io::stderr)?;
    panic::set_hook(Box::new(|fault| {
        let place = fault.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "defect");
    }));
    Ok(())
}

/// Logs into a file, as `serve` does on standard error: for who embeds the service.
///
/// # Errors
/// When the level is none.
pub fn log_into(file: File, level: &str) -> Result<(), ConfigError> {
    begin(level, Mutex::new(file))
}

fn begin(
    level: &str,
    writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static,
) -> Result<(), ConfigError> {
    let level: LevelFilter = level.parse().map_err(|e| ConfigError::value("ops.log", e))?;
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_max_level(level)
        .with_writer(writer)
        .finish();
    // Another one stays when it is there already: the process may serve twice.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}
