//! The words for signatures that are made.

use std::path::PathBuf;

use clap::{Args as Group, ValueEnum};

use super::{Output, PasswordFile, TimeStamp};

/// Sign a file with a key store
///
/// The answer is written beside the file: FILE.cms with the document inside, FILE.p7s when
/// detached, NAME.signed.xml for XML. The password is asked for on the terminal; scripts give a file or QOLTANBA_PASSWORD.
/// It is never an argument, since others could read it there.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba sign --key my.p12 --format cms notice.pdf
  qoltanba sign --key my.p12 --password-file secret.txt --format cms --detached notice.pdf
  qoltanba sign --key my.p12 --format cms -o signed/notice.cms notice.pdf
  qoltanba sign --key my.p12 --format xml --xades request.xml
  qoltanba sign --key my.p12 --time-stamp notice.pdf")]
pub(crate) struct Sign {
    /// What to sign; `-` is standard input
    pub(crate) file: PathBuf,

    /// The key store (PKCS#12)
    #[arg(long, value_name = "P12")]
    pub(crate) key: PathBuf,

    #[command(flatten)]
    pub(crate) password: PasswordFile,

    /// The format of the signature
    #[arg(long, value_enum, default_value_t = SignatureFormat::Cms)]
    pub(crate) format: SignatureFormat,

    /// Leave the document out of the signature (cms)
    #[arg(long)]
    pub(crate) detached: bool,

    #[command(flatten)]
    pub(crate) xml: XmlLayout,

    #[command(flatten)]
    pub(crate) time_stamp: TimeStamp,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// How an XML signature is written.
#[derive(Debug, Default, Group)]
pub(crate) struct XmlLayout {
    /// Sign only the element with this identifier (xml)
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,

    /// Add the signed properties of XAdES-BES: the time and the certificate (xml)
    #[arg(long)]
    pub(crate) xades: bool,

    /// Write the signature without line breaks, for portals that drop white space (xml)
    #[arg(long)]
    pub(crate) compact: bool,
}

impl XmlLayout {
    pub(crate) const fn is_used(&self) -> bool {
        self.id.is_some() || self.xades || self.compact
    }
}

/// Add a signature to a signed message or a signed XML document
///
/// What is there keeps every byte: the signatures of others stay good. The same person may sign
/// twice. The answer is written beside the file, as NAME.cosigned.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba cosign --key head.p12 notice.cms
  qoltanba cosign --key head.p12 notice.pdf.p7s --data notice.pdf
  qoltanba cosign --key head.p12 request.signed.xml -o both.xml")]
pub(crate) struct Cosign {
    /// What to sign: a signed message (CMS) or a signed XML document
    pub(crate) file: PathBuf,

    /// The key store (PKCS#12)
    #[arg(long, value_name = "P12")]
    pub(crate) key: PathBuf,

    #[command(flatten)]
    pub(crate) password: PasswordFile,

    /// The document that a detached message covers
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) xml: XmlLayout,

    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignatureFormat {
    /// CMS with signed attributes (CAdES-BES)
    Cms,
    /// XML, enveloped as NCALayer does it
    Xml,
}
