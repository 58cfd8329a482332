//! The words for trying it out: a test authority of one's own, and the whole way seen once.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args as Group, Subcommand};

/// Make a test authority: roots, issuing authorities, people, key stores, revocation lists
///
/// Everything in it is invented and its keys are public. Never trust its roots outside a test.
#[derive(Debug, Group)]
#[command(
    subcommand_negates_reqs = true,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  qoltanba dev-pki pki
  qoltanba sign --key pki/people/gost2015-ceo.p12 --password-file pki/password.txt \\
      --format cms notice.txt
  qoltanba verify notice.txt.cms --trust pki/anchors --cert pki/authorities --crl pki/crl
  qoltanba dev-pki serve pki                     make it if need be, and answer for it"
)]
pub(crate) struct DevPki {
    #[command(subcommand)]
    pub(crate) command: Option<DevPkiCommand>,

    /// The folder to make; one called `serve` is written ./serve
    #[arg(required = true)]
    pub(crate) dir: Option<PathBuf>,

    /// Replace files that are there already
    #[arg(long)]
    pub(crate) force: bool,

    /// Where the certificates say that lists, certificates and services are [default: a host that
    /// does not exist]
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub(crate) base_url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DevPkiCommand {
    Serve(Serve),
}

/// Answer for a test authority on this machine: lists, certificates, OCSP, time stamps
///
/// Makes the folder first when it is not there. The services are real and tell the real time: a
/// list is fetched with GET, an OCSP answer with GET or POST, a time stamp with POST. GOST digests
/// are stamped by a GOST authority, SHA-2 by an RSA one. Ends with Ctrl-C.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba dev-pki serve
  qoltanba dev-pki serve pki --listen 127.0.0.1:9000
  qoltanba verify notice.txt.cms --trust pki/anchors --allow-host 127.0.0.1:8088
  curl -O http://127.0.0.1:8088/crl/nca_rsa.crl
  openssl ocsp -url http://127.0.0.1:8088/ocsp/ -issuer pki/authorities/nca_rsa.cer \\
      -cert pki/people/rsa-individual.cer -CAfile root.pem
  openssl ts -query -data notice.txt -sha256 -cert | curl --data-binary @- \\
      -H 'Content-Type: application/timestamp-query' http://127.0.0.1:8088/tsp/ -o notice.tsr")]
pub(crate) struct Serve {
    /// The folder of the authority
    #[arg(default_value = "pki")]
    pub(crate) dir: PathBuf,

    /// Where to listen; only on this machine, since everybody has these keys
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8088")]
    pub(crate) listen: SocketAddr,
}

/// An address without a path's end, of printable characters that certificates hold.
fn base_url(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    match host.map(|h| h.trim_end_matches('/')) {
        Some(host) if !host.is_empty() && host.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err("an address as http://127.0.0.1:8088 is needed".to_owned()),
    }
}

/// See the whole way once: a provider signs a notice, the applicant verifies it
///
/// Makes a test authority, signs an invented notice as a provider's authorised person, verifies
/// it as the applicant would, and shows that an altered copy fails. The files stay to look at. With
/// --serve a service of this machine alone follows, where the notice is registered and can be
/// checked; it ends with Ctrl-C, and its database with it.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba demo
  qoltanba demo /tmp/qoltanba --lang ru
  qoltanba demo --serve --listen 127.0.0.1:8080")]
pub(crate) struct Demo {
    /// The folder to work in
    #[arg(default_value = "qoltanba-demo")]
    pub(crate) dir: PathBuf,

    /// Serve on this machine until Ctrl-C, with the notice ready to be checked
    #[arg(long)]
    pub(crate) serve: bool,

    /// Where to serve: an address of this machine; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0", requires = "serve")]
    pub(crate) listen: SocketAddr,
}
