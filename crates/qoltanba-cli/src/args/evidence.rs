//! The words for evidence: given, fetched, kept, packed.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};
use qoltanba_fetch::{Approved, HostRule, Proxy};

use super::{Output, PasswordFile};

/// What there is to judge by.
#[derive(Debug, Default, Group)]
pub(crate) struct Evidence {
    /// Trust the self-signed certificates of this file or folder, instead of the national roots;
    /// `national` adds those back
    #[arg(long, value_name = "PATH|national", help_heading = EVIDENCE)]
    pub(crate) trust: Vec<PathBuf>,

    /// Certificates that may be steps of a path: a file, also a PKCS#7 bundle, or a folder. They
    /// are not trusted
    #[arg(long, value_name = "PATH", help_heading = EVIDENCE)]
    pub(crate) cert: Vec<PathBuf>,

    /// Revocation lists: a file or a folder
    #[arg(long, value_name = "PATH", help_heading = EVIDENCE)]
    pub(crate) crl: Vec<PathBuf>,

    /// OCSP responses: a file or a folder
    #[arg(long, value_name = "PATH", help_heading = EVIDENCE)]
    pub(crate) ocsp: Vec<PathBuf>,

    /// Evidence that `bundle export` packed
    #[arg(long, value_name = "FILE", help_heading = EVIDENCE)]
    pub(crate) bundle: Vec<PathBuf>,

    /// Who may sign bundles: a certificate, or its SHA-256. The roots of these bundles are trusted
    /// too. Without it a bundle must pass by the other evidence given, and brings no roots
    #[arg(long, value_name = "CERT|SHA256", help_heading = EVIDENCE)]
    pub(crate) bundle_signer: Vec<PathBuf>,
}

const EVIDENCE: &str = "Evidence";
const NETWORK: &str = "Network";

/// How missing evidence is got.
#[derive(Debug, Default, Group)]
pub(crate) struct Network {
    /// Use no network: only what is given, and copies that are in force
    #[arg(long, help_heading = NETWORK)]
    pub(crate) offline: bool,

    #[command(flatten)]
    pub(crate) reach: Reach,

    #[command(flatten)]
    pub(crate) cache: CacheFolder,
}

/// What may be connected to.
#[derive(Debug, Default, Group)]
pub(crate) struct Reach {
    /// Follow addresses on this host too; may be repeated. A host that is named whole may be on
    /// this machine or in a private network; below `*.HOST` only public ones are followed
    #[arg(long, value_name = "HOST[:PORT]", help_heading = NETWORK, value_parser = allowed_host)]
    pub(crate) allow_host: Vec<AllowedHost>,

    /// Connect through this proxy, which must allow CONNECT
    #[arg(long, value_name = "URL", help_heading = NETWORK, value_parser = proxy)]
    pub(crate) proxy: Option<Proxy>,
}

/// Where copies are.
#[derive(Debug, Default, Group)]
pub(crate) struct CacheFolder {
    /// The folder of copies [default: QOLTANBA_CACHE, else qoltanba in the user's cache]
    #[arg(long, value_name = "DIR", help_heading = NETWORK)]
    pub(crate) cache: Option<PathBuf>,

    /// Neither use nor keep copies
    #[arg(long, conflicts_with = "cache", help_heading = NETWORK)]
    pub(crate) no_cache: bool,
}

/// A host that the user allows.
#[derive(Debug, Clone)]
pub(crate) enum AllowedHost {
    /// A host named whole, as the beginning of its addresses.
    Whole(String),
    /// Every host below one, in the public internet.
    Below(HostRule),
}

fn allowed_host(text: &str) -> Result<AllowedHost, String> {
    let wrong = || "a host is needed: crl.example.kz, 127.0.0.1:8088 or *.example.kz".to_owned();
    if text.starts_with("*.") {
        return HostRule::parse(text).map(AllowedHost::Below).map_err(|_| wrong());
    }
    let beginning = format!("http://{text}/");
    match Approved::by_operator(&beginning) {
        Ok(_) if !text.contains(['/', '?', '#']) => Ok(AllowedHost::Whole(beginning)),
        _ => Err(wrong()),
    }
}

pub(super) fn proxy(text: &str) -> Result<Proxy, String> {
    Proxy::new(text).map_err(|_| "an address as http://proxy.example.kz:3128 is needed".to_owned())
}

pub(super) fn address(text: &str) -> Result<String, String> {
    match Approved::by_operator(text) {
        Ok(approved) => Ok(approved.as_str().to_owned()),
        Err(fault) => Err(fault.to_string()),
    }
}

/// Bring the copies of revocation lists up to date, ahead of need
///
/// For a timer: fetches the lists of the national authority, or those of --url, with patience, and
/// keeps what a trusted authority signed. A good copy is never given up for a damaged, foreign,
/// older or stale list. Ends with 2 when a list could not be had.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba refresh
  qoltanba refresh --cache /var/lib/qoltanba
  qoltanba refresh --url http://crl.example.kz/all.crl --trust roots/ --cert authorities/

Exit codes:
  0 every list is up to date, 2 not every one")]
pub(crate) struct Refresh {
    /// Fetch this list instead of the national ones; may be repeated
    #[arg(long, value_name = "URL", value_parser = address)]
    pub(crate) url: Vec<String>,

    /// Fetch this delta list too; may be repeated
    #[arg(long, value_name = "URL", value_parser = address)]
    pub(crate) delta_url: Vec<String>,

    #[command(flatten)]
    pub(crate) evidence: Evidence,

    #[command(flatten)]
    pub(crate) reach: Reach,

    /// The folder of copies [default: QOLTANBA_CACHE, else qoltanba in the user's cache]
    #[arg(long, value_name = "DIR", help_heading = NETWORK)]
    pub(crate) cache: Option<PathBuf>,

    /// One line of JSON for each list
    #[arg(long)]
    pub(crate) json: bool,
}

/// Evidence in one signed file, for machines without a network
#[derive(Debug, Group)]
#[command(
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  qoltanba refresh && qoltanba bundle export -o evidence.bundle --key operator.p12
  qoltanba bundle show evidence.bundle
  qoltanba verify notice.cms --offline --bundle evidence.bundle --bundle-signer operator.cer"
)]
pub(crate) struct Bundle {
    #[command(subcommand)]
    pub(crate) command: BundleCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BundleCommand {
    Export(Box<Export>),
    Show(ShowBundle),
}

/// Pack evidence into one file and sign it
///
/// Packs the copies that `refresh` and `verify` keep, and what is given. The built-in national
/// roots are not packed: every machine has them.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba bundle export -o evidence.bundle --key operator.p12
  qoltanba bundle export -o evidence.bundle --key operator.p12 --trust roots/ --crl lists/")]
pub(crate) struct Export {
    /// The key store (PKCS#12) of who answers for the evidence
    #[arg(long, value_name = "P12")]
    pub(crate) key: PathBuf,

    #[command(flatten)]
    pub(crate) password: PasswordFile,

    #[command(flatten)]
    pub(crate) evidence: Evidence,

    #[command(flatten)]
    pub(crate) cache: CacheFolder,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// Show what is in a bundle and who signed it
///
/// That the signature holds is checked; whether its signer is the right one is for you to compare.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba bundle show evidence.bundle
  qoltanba bundle show evidence.bundle --json")]
pub(crate) struct ShowBundle {
    /// The bundle; `-` is standard input
    pub(crate) file: PathBuf,

    /// One line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}
