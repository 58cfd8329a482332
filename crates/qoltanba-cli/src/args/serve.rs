//! The words for the service.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args as Group;

/// Verify for everyone: an API for programs and a page for people
///
/// Settings come from a file, above it from the environment (QOLTANBA_LIMITS_QUEUE is [limits]
/// queue), above that from here. A setting that is not known is an error. It serves on this machine
/// until it is told otherwise, starts and verifies with no network, and ends with Ctrl-C or SIGTERM
/// when what is under way is answered. Logs are lines of JSON on standard error.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba serve
  qoltanba serve --print-config > qoltanba.toml
  qoltanba serve --config qoltanba.toml --listen 127.0.0.1:8080
  curl --data-binary @notice.cms http://127.0.0.1:8080/api/v1/verify
  curl -F file=@notice.p7s -F data=@notice.pdf http://127.0.0.1:8080/api/v1/verify")]
pub(crate) struct Serve {
    /// The settings, in TOML
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Where to listen, instead of where the settings say
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,

    /// Print every setting with its default and meaning, and end
    #[arg(long)]
    pub(crate) print_config: bool,
}
