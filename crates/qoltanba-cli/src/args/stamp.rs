//! The words for time stamps.

use std::path::PathBuf;

use clap::Args as Group;
use qoltanba_fetch::Proxy;

use super::{
    Output,
    evidence::{address, proxy},
};

/// Put a time stamp on a signature
///
/// A time-stamp authority confirms that the signature exists now, so that it stays good when its
/// certificate has expired. What is signed and every other signature keep every byte. The answer is
/// written beside the file, as NAME.stamped. Whether the authority is to be believed is not asked
/// here: verify the answer.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba stamp notice.pdf.cms
  qoltanba stamp both.xml --signature 2 -o both.stamped.xml
  qoltanba stamp notice.pdf.cms --url http://tsp.example.kz/")]
pub(crate) struct Stamp {
    /// A signed message (CMS) or a signed XML document; `-` is standard input
    pub(crate) file: PathBuf,

    /// Which signature, as `verify` counts them; needed where there are several
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) signature: Option<u16>,

    /// Where the authority is; if repeated, each is tried in turn [default: the national one]
    #[arg(long, value_name = "URL", value_parser = address)]
    pub(crate) url: Vec<String>,

    /// Connect through this proxy, which must allow CONNECT
    #[arg(long, value_name = "URL", value_parser = proxy)]
    pub(crate) proxy: Option<Proxy>,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// A time stamp with a new signature.
#[derive(Debug, Default, Group)]
pub(crate) struct TimeStamp {
    /// Have a time stamp put on the signature, by the national authority or that of URL
    #[arg(
        long = "time-stamp",
        value_name = "URL",
        num_args = 0..=1,
        require_equals = true,
        value_parser = address
    )]
    pub(crate) wanted: Option<Option<String>>,

    /// Connect to it through this proxy, which must allow CONNECT
    #[arg(long, value_name = "URL", value_parser = proxy, requires = "wanted")]
    pub(crate) proxy: Option<Proxy>,
}
