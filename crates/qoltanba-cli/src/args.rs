//! The words of the command line.

mod evidence;
mod paper;
pub(crate) mod serve;
mod sign;
mod stamp;
mod trial;

use std::path::PathBuf;

use clap::{
    Args as Group, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use qoltanba::{
    Instant, Lang,
    certificate::Purpose,
    identity::Role,
    numbers::{Bin, Iin},
    policy::Preset,
};

pub(crate) use self::evidence::{
    AllowedHost, Bundle, BundleCommand, CacheFolder, Evidence, Export, Network, Reach, Refresh,
    ShowBundle,
};

pub(crate) use self::paper::{Issue, Issuing, Receipt, Refuse, Render};
pub(crate) use self::sign::{Cosign, Sign, SignatureFormat, XmlLayout};
pub(crate) use self::stamp::{Stamp, TimeStamp};
pub(crate) use self::trial::{Demo, DevPki, DevPkiCommand, Serve};

/// Verify and sign the electronic documents of Kazakhstan's national PKI
#[derive(Debug, Parser)]
#[command(
    name = "qoltanba",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "\
Examples:
  qoltanba demo                                  see the whole way once, in a folder of its own
  qoltanba verify notice.cms
  qoltanba sign --key my.p12 --format cms notice.pdf
  qoltanba sign --key my.p12 --format xml request.xml
  qoltanba inspect notice.cms

Exit codes:
  0 passed, 1 failed, 2 indeterminate, 64 usage, 65 content that cannot be used,
  66 missing file, 69 a service that does not answer, 70 our fault"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Language of the answer [default: that of the locale, else en]
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    pub(crate) lang: Option<Language>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Verify(Verify),
    Request(Request),
    Sign(Sign),
    Cosign(Cosign),
    Stamp(Stamp),
    Extract(Extract),
    Inspect(Inspect),
    Read(Read),
    Issue(Box<Issue>),
    Receipt(Box<Receipt>),
    Refuse(Box<Refuse>),
    Render(Render),
    Refresh(Refresh),
    Bundle(Bundle),
    Serve(serve::Serve),
    #[command(subcommand)]
    Audit(serve::Audit),
    DevPki(DevPki),
    Demo(Demo),
    Completions(Completions),
    Man(Man),
}

/// Say whether signatures and certificates are good, and who signed
///
/// FILE is a signed message (CMS in DER, PEM or Base64), a signed mail (S/MIME), a signed XML
/// document, a certificate, a revocation list, an OCSP response, a time stamp, a PDF file or a
/// picture (PNG, JPEG, TIFF, WebP), recognised by its content. Of paper, what is attached and what
/// the barcodes carry is verified, and the page is compared with it; where that cannot be done, ask
/// for the signed content with --scan. Of evidence the verdict is whether they are authentic and in force, not what they
/// say; certificates that they are about are looked for among --cert.
///
/// Every certificate below the root must be proved not to be revoked, by an OCSP response or a
/// revocation list. What is not given is asked for at the national authority, unless --offline is
/// given; other addresses that a file names are followed only with --allow-host. What could not be
/// had is never an error: the verdict is then indeterminate and says what is missing.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba verify notice.cms
  qoltanba verify notice.cms --offline --crl nca_gost_2022.crl --crl gost2015_2022.crl
  qoltanba verify notice.cms --offline --ocsp answer.ors --crl lists/
  qoltanba verify notice.cms --offline --bundle evidence.bundle --bundle-signer operator.cer
  qoltanba verify answer.ors --cert person.cer --cert nca_gost_2022.cer
  qoltanba verify notice.pdf.p7s --data notice.pdf --crl lists/
  qoltanba verify notice.cms --crl lists/ --at 2026-11-25T12:00:00Z --expect-bin 123456789012
  qoltanba verify --json inbox/*.cms --crl lists/ > answers.jsonl
  qoltanba verify request.xml --crl lists/
  qoltanba verify envelope.xml --element body --crl lists/
  qoltanba verify person.cer --purpose auth --crl lists/
  qoltanba verify order.cms --crl lists/ --expect-role ceo --expect-role can_sign
  qoltanba verify old.cms --crl lists/ --policy kz-2015
  qoltanba verify old.stamped.xml --offline --archived
  qoltanba verify --scan page1.jpg page2.jpg --crl lists/
  qoltanba verify notice.cms --trust demo/anchors --trust national --cert demo/authorities

Of several files the worst decides the exit code: 64 and up, then 1 (failed),
2 (indeterminate), 0 (passed).")]
pub(crate) struct Verify {
    /// What to verify; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// The FILEs are pages of one printed document: PDF files, pictures, and texts of barcodes as
    /// JSON arrays or one on each line. The signed content is verified, whatever the pages show
    #[arg(long)]
    pub(crate) scan: bool,

    /// The document that a detached signature covers; with one FILE only
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,

    /// The element of an XML document that must be covered instead of the root; may be repeated
    #[arg(long, value_name = "ID")]
    pub(crate) element: Vec<String>,

    #[command(flatten)]
    pub(crate) evidence: Evidence,

    #[command(flatten)]
    pub(crate) network: Network,

    /// The moment to judge at, as 2026-11-25T12:00:00Z [default: now]
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<Instant>,

    /// One accepted signature must carry this IIN
    #[arg(long, value_name = "N")]
    pub(crate) expect_iin: Option<Iin>,

    /// One accepted signature must carry this BIN
    #[arg(long, value_name = "N")]
    pub(crate) expect_bin: Option<Bin>,

    /// One accepted signature must carry this role, together with the IIN and BIN expected; may
    /// be repeated for any of several
    #[arg(long, value_name = "ROLE", value_parser = roles())]
    pub(crate) expect_role: Vec<Role>,

    /// What the certificate must be fit for
    #[arg(long, value_enum, default_value_t = Use::Sign)]
    pub(crate) purpose: Use,

    /// The rules to judge by [default: the national ones at the moment of check]
    #[arg(long, value_name = "NAME", value_parser = presets())]
    pub(crate) policy: Option<Preset>,

    /// Judge the authority of a time stamp by the evidence of that time, which the document carries:
    /// where nobody can be asked. A theft of the authority's key since would not be seen
    #[arg(long)]
    pub(crate) archived: bool,

    /// One line of JSON for each file
    #[arg(long)]
    pub(crate) json: bool,
}

/// Accept a request to a service, refuse it, or say what could not be checked
///
/// The condition of the portal: the EDS is intact, its certificate in validity, not revoked and
/// meant for signing, and the IIN of the request is that of the certificate. IIN, service and
/// number are read from the signed octets, at the places that the profile of the service names.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba request request.xml --profile regulation-003 --crl lists/
  qoltanba request request.xml --profile service.toml --crl lists/ --seen accepted.txt
  qoltanba request request.cms --profile regulation-002 --crl lists/ --json

Exit codes:
  0 accepted, 1 refused, 2 could not be checked, 64 and up as for `verify`")]
pub(crate) struct Request {
    /// The signed request; `-` is standard input
    pub(crate) file: PathBuf,

    /// The service: a built-in profile (regulation-000 to regulation-004) or a file
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) profile: PathBuf,

    /// The request itself, where its signature is detached
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) evidence: Evidence,

    #[command(flatten)]
    pub(crate) network: Network,

    /// The moment at which the request came, as 2026-11-25T12:00:00Z [default: now]
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<Instant>,

    /// The IIN that the request must name
    #[arg(long, value_name = "N")]
    pub(crate) expect_iin: Option<Iin>,

    /// The BIN that the signer must act for
    #[arg(long, value_name = "N")]
    pub(crate) expect_bin: Option<Bin>,

    /// The number that the request must have
    #[arg(long, value_name = "TEXT")]
    pub(crate) expect_number: Option<String>,

    /// The rules to judge by [default: the national ones at the moment of check]
    #[arg(long, value_name = "NAME", value_parser = presets())]
    pub(crate) policy: Option<Preset>,

    /// The digests of requests accepted before: one that comes again is refused, a new one is
    /// added
    #[arg(long, value_name = "FILE")]
    pub(crate) seen: Option<PathBuf>,

    /// One line of JSON, its texts in three languages
    #[arg(long)]
    pub(crate) json: bool,
}

fn presets() -> impl TypedValueParser<Value = Preset> {
    PossibleValuesParser::new(Preset::ALL.map(Preset::name)).try_map(|name| name.parse::<Preset>())
}

fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::code)).try_map(|code| code.parse::<Role>())
}

/// Take the document out of a signed message
///
/// That a document could be taken out says nothing about its signature: verify first.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba verify notice.pdf.cms --crl lists/ && qoltanba extract notice.pdf.cms -o notice.pdf
  qoltanba extract notice.txt.cms | less")]
pub(crate) struct Extract {
    /// The signed message; `-` is standard input
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// Show what a printed document carries in its barcodes and attachments
///
/// Each FILE is a PDF file, a picture (PNG, JPEG, TIFF, WebP), a JSON array of the texts of
/// barcodes, or has one text on each line; all of them are pages of one document, in any order. Links are shown and never opened. Nothing is proved:
/// `verify --scan` does that.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba read notice.pdf
  qoltanba read page1.jpg page2.jpg -o notice.xml")]
pub(crate) struct Read {
    /// Pages; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,

    /// Write the document that they carry
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Replace the file if it is there
    #[arg(long)]
    pub(crate) force: bool,

    /// One line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show what a file says of itself
///
/// FILE is a certificate, a key store (PKCS#12), a signed message (CMS), an XML document, a
/// revocation list, an OCSP response, a time stamp, a PDF file or a picture.
/// Nothing of it is proved: `verify` does that. A key store must open, hold a private key and the
/// certificate of that key.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba inspect notice.cms
  qoltanba inspect my.p12
  qoltanba inspect my.p12 --password-file secret.txt --json
  qoltanba inspect nca_gost_2022.crl --lang kk")]
pub(crate) struct Inspect {
    /// What to look at; `-` is standard input
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) password: PasswordFile,

    /// One line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Print what makes a shell complete these words
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba completions bash > ~/.local/share/bash-completion/completions/qoltanba
  qoltanba completions zsh > ~/.zfunc/_qoltanba
  qoltanba completions fish > ~/.config/fish/completions/qoltanba.fish")]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// Print the manual page, of the whole or of one command
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba man | man -l -
  qoltanba man verify > qoltanba-verify.1")]
pub(crate) struct Man {
    /// The command
    #[arg(value_name = "COMMAND")]
    pub(crate) of: Option<String>,
}

#[derive(Debug, Default, Group)]
pub(crate) struct PasswordFile {
    /// Read the password from this file; without it from QOLTANBA_PASSWORD, else from a prompt
    #[arg(id = "password_file", long = "password-file", value_name = "F")]
    pub(crate) path: Option<PathBuf>,
}

#[derive(Debug, Group)]
pub(crate) struct Output {
    /// Where to write
    #[arg(id = "output", short = 'o', long = "output", value_name = "OUT")]
    pub(crate) path: Option<PathBuf>,

    /// Replace the file that is there already
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    Kk,
    Ru,
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Kk => Self::Kk,
            Language::Ru => Self::Ru,
            Language::En => Self::En,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Use {
    /// Signing documents
    Sign,
    /// Logging in
    Auth,
}

impl From<Use> for Purpose {
    fn from(wanted: Use) -> Self {
        match wanted {
            Use::Sign => Self::Sign,
            Use::Auth => Self::Authenticate,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_words_do_not_contradict_each_other() {
        super::Args::command().debug_assert();
    }
}
