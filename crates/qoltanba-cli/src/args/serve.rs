//! The words for the service.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args as Group, Subcommand};
use qoltanba::numbers::Bin;
use qoltanba_server::Scope;

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
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,

    /// Where to listen, instead of where the settings say
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,

    /// Print every setting with its default and meaning, and end
    #[arg(long)]
    pub(crate) print_config: bool,

    #[command(subcommand)]
    pub(crate) command: Option<ServeCommand>,
}

/// What is done besides serving.
#[derive(Debug, Subcommand)]
pub(crate) enum ServeCommand {
    /// Keys of providers, who reserve numbers, register documents and change their status
    ///
    /// They are in the registry where the settings say, and may be changed while it is served.
    #[command(subcommand)]
    Keys(Keys),
}

/// Changes of keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make a key and print it, once: what is kept of it is a hash
    Add {
        /// The BIN of the provider, which signatures of its documents must carry
        #[arg(long)]
        bin: Bin,

        /// What the provider is called in answers
        #[arg(long)]
        name: String,

        /// What it may be used for
        #[arg(long, value_delimiter = ',', required = true, value_parser = scope)]
        scope: Vec<Scope>,
    },
    /// Print every key without its secret
    List,
    /// End a key for good
    Revoke {
        /// Its name, as `list` prints it
        id: String,
    },
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::named(word).ok_or_else(|| "reserve, register or status is wanted".to_owned())
}

/// Prove that the audit log of the registry is whole
///
/// Follows the chain of an export or of a database, holds every head against it, and compares the
/// documents and keys of a database with what the log says of them. Names the entries where
/// anything was altered, removed, reordered or cut off.
///
/// A head is checked by the certificate that it names. A service whose key was renewed has heads of
/// several: give each of them with a --signer of its own. Heads of a certificate that was not given
/// are not checked and prove nothing.
///
/// Exit codes: 0 it is whole, and a head that is signed by a given certificate attests all of it;
/// 1 it is not whole; 2 it is whole, and nobody attests it to its end: no head is signed, the
/// certificate of the last ones was not given, or entries came after the last head.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba audit verify audit.jsonl --signer service.cer
  qoltanba audit verify audit.jsonl --signer service-2026.cer --signer service-2027.cer
  qoltanba audit verify qoltanba-data/registry.db --against kept-elsewhere.jsonl --signer service.cer")]
pub(crate) struct AuditVerify {
    /// An export (audit.jsonl), or the database (registry.db)
    pub(crate) file: PathBuf,

    /// An export whose heads are held against it: without one, a log that lost its end together
    /// with its heads is not told from a shorter one
    #[arg(long, value_name = "EXPORT")]
    pub(crate) against: Option<PathBuf>,

    /// A certificate of a key that the service has or had, got by another way than the log;
    /// repeatable
    #[arg(long = "signer", value_name = "CERTIFICATE")]
    pub(crate) signers: Vec<PathBuf>,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The audit log of the registry
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    Verify(AuditVerify),
}
