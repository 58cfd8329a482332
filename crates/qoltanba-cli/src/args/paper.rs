//! The words for documents that go on paper.

use std::path::PathBuf;

use clap::{Args as Group, ValueEnum};
use qoltanba::{
    numbers::{Bin, Iin},
    paper::{
        PageLanguage,
        document::{Language, LocalTime, UniqueNumber},
    },
    policy::Preset,
};

use super::{
    PasswordFile,
    evidence::{Evidence, Network, address},
    presets,
};

/// Issue documents: signed, on a page that carries what was signed
///
/// DATA is JSON with the fields of a form: an object, a list of them, one on each line, or a folder
/// of such files. `--template` prints an example. A single document goes into a PDF file, several
/// into a folder, each by its number; the folder keeps a register, issued.jsonl, by which a rerun
/// skips what is whole, as the register says that it was written, and repeats what is missing or
/// altered, under the same number and date. What is wrong with one document does not stop the
/// others.
///
/// That a number is given once holds within one folder and its register: not between folders, and
/// not for single files, which have no register. There the number is drawn at random of nine
/// million million, or is the one that you give with --number, and nobody looks whether it was
/// given before: keep all documents of one provider in one folder, or give the numbers yourself.
///
/// The key must be of who may sign: an authorised person of the provider for decisions and
/// refusals, its system too for receipts and notices; a person who signs stands under the document
/// by family name and given name or initial. The BIN of its certificate is that of the provider.
/// The certificate is verified first, by the evidence given and what can be had: nothing is issued
/// when it is revoked, out of its validity or of an unknown authority. Where only the evidence of
/// its revocation is missing, documents are issued and that is said: on standard error, in the
/// register and in the lines of --json. What was made is read back before it is written.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba issue --list
  qoltanba issue --template result-notice > notice.json
  qoltanba issue --form result-notice --key head.p12 notice.json -o notice.pdf
  qoltanba issue --form result-notice --key head.p12 notice.json -o notice.xml
  qoltanba issue --form library-card.toml --key library.p12 cards.jsonl -o cards/
  qoltanba issue --form refusal --key head.p12 --time-stamp data/ -o refusals/ --json
  qoltanba issue --form result-notice --key head.p12 --law our-law.toml notice.json -o notice.pdf

Exit codes:
  0 every document is issued, 1 the signer's certificate does not hold (revoked, out of its
  validity), 2 nobody who is trusted vouches for it (--trust, --cert): nothing is issued, 65
  something is wrong with the data of one (every field is named), with the key or with the register,
  69 no time stamp could be had, 64 and 66 as for the others")]
pub(crate) struct Issue {
    /// The data of documents; `-` is standard input
    #[arg(value_name = "DATA", required_unless_present_any = ["list", "template"])]
    pub(crate) data: Vec<PathBuf>,

    /// The form: a built-in one or a file (TOML)
    #[arg(
        long,
        value_name = "ID|FILE",
        required_unless_present_any = ["list", "template"]
    )]
    pub(crate) form: Option<PathBuf>,

    /// Show the forms that are built in
    #[arg(long, conflicts_with_all = ["data", "form", "key", "template"])]
    pub(crate) list: bool,

    /// Print data that fill a form, with every field in it
    #[arg(long, value_name = "ID|FILE", conflicts_with_all = ["data", "form", "key"])]
    pub(crate) template: Option<PathBuf>,

    /// The key store (PKCS#12)
    #[arg(long, value_name = "P12", required_unless_present_any = ["list", "template"])]
    pub(crate) key: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) how: Issuing,
}

/// Issue receipts for documents that were taken in
///
/// As `issue --form receipt`: the number and the date of acceptance, the service, the documents,
/// when and where the result is given, the employee, the applicant. A system may sign.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba issue --template receipt > receipt.json
  qoltanba receipt --key system.p12 receipt.json -o receipt.pdf
  qoltanba receipt --key system.p12 accepted.jsonl -o receipts/")]
pub(crate) struct Receipt {
    /// The data of receipts; `-` is standard input
    #[arg(value_name = "DATA", required = true)]
    pub(crate) data: Vec<PathBuf>,

    /// Another form than the built-in one
    #[arg(long, value_name = "ID|FILE", default_value = "receipt")]
    pub(crate) form: PathBuf,

    /// The key store (PKCS#12)
    #[arg(long, value_name = "P12")]
    pub(crate) key: PathBuf,

    #[command(flatten)]
    pub(crate) how: Issuing,
}

/// Issue refusals: of a request that does not hold, or from data
///
/// With --request the request is checked as `request` does it. One that is refused gets its
/// notice: which check failed, when, with which certificate. One that is accepted, or that could
/// not be checked, gets none. DATA then adds what a request does not prove: the recipient, the
/// signatories, the number of the request; it says nothing of what the check found. An authorised
/// person signs, never a system, and --form is one that takes such a signature.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba refuse --request request.xml --profile regulation-003 --key head.p12 -o refusal.pdf
  qoltanba refuse --request request.xml --profile regulation-003 --key head.p12 \\
      --crl lists/ recipient.json -o refusal.pdf
  qoltanba refuse --key head.p12 refusal.json -o refusal.pdf
  qoltanba refuse --form data-refusal --key head.p12 found.jsonl -o refusals/

Exit codes:
  0 the refusal is issued, 1 the request is accepted: there is nothing to refuse, 2 it could not be
  checked; else as for `issue`, where 1 and 2 are about the signer's certificate (the message and
  `status` in --json tell)")]
pub(crate) struct Refuse {
    /// The data of refusals; `-` is standard input
    #[arg(value_name = "DATA", required_unless_present = "request")]
    pub(crate) data: Vec<PathBuf>,

    /// The signed request
    #[arg(long, value_name = "FILE", requires = "profile")]
    pub(crate) request: Option<PathBuf>,

    /// The service: a built-in profile (regulation-000 to regulation-004) or a file
    #[arg(long, value_name = "NAME|FILE", requires = "request")]
    pub(crate) profile: Option<PathBuf>,

    /// The request itself, where its signature is detached
    #[arg(long, value_name = "FILE", requires = "request")]
    pub(crate) detached: Option<PathBuf>,

    /// The moment at which the request came, as 2026-11-25T12:00:00Z [default: now]
    #[arg(long, value_name = "RFC3339", requires = "request")]
    pub(crate) at: Option<qoltanba::Instant>,

    /// The IIN that the request must name
    #[arg(long, value_name = "N", requires = "request")]
    pub(crate) expect_iin: Option<Iin>,

    /// The rules to judge the request by [default: the national ones at the moment of check]
    #[arg(long, value_name = "NAME", value_parser = presets(), requires = "request")]
    pub(crate) policy: Option<Preset>,

    /// The form [default: refusal; for a request, the one that fits why it is refused]
    #[arg(long, value_name = "ID|FILE", conflicts_with = "request")]
    pub(crate) form: Option<PathBuf>,

    /// The key store (PKCS#12)
    #[arg(long, value_name = "P12")]
    pub(crate) key: PathBuf,

    #[command(flatten)]
    pub(crate) how: Issuing,
}

/// How documents are issued.
#[derive(Debug, Group)]
pub(crate) struct Issuing {
    #[command(flatten)]
    pub(crate) password: PasswordFile,

    /// Texts of law of your own (TOML), which go before the built-in ones
    #[arg(long, value_name = "FILE")]
    pub(crate) law: Option<PathBuf>,

    /// The number of the document, fourteen digits [default: one is drawn]
    #[arg(long, value_name = "N", value_parser = number)]
    pub(crate) number: Option<UniqueNumber>,

    /// When it is issued, as 2026-11-25T17:00:00+05:00 or "25.11.2026 17:00"; never in the future
    /// [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) issued: Option<LocalTime>,

    /// The provider's name in Kazakh [default: as in the certificate]
    #[arg(long, value_name = "NAME")]
    pub(crate) provider_kk: Option<String>,

    /// The provider's name in Russian [default: as in the certificate]
    #[arg(long, value_name = "NAME")]
    pub(crate) provider_ru: Option<String>,

    /// The provider's BIN [default: that of the certificate]
    #[arg(long, value_name = "N")]
    pub(crate) provider_bin: Option<Bin>,

    /// The line beside the logo [default: that of the form]
    #[arg(long, value_name = "VARIANT", value_parser = ["system", "portal", "provider"])]
    pub(crate) header: Option<String>,

    /// The language of the page
    #[arg(long, value_enum, default_value_t = OnPage::Both)]
    pub(crate) language: OnPage,

    /// Attach a form with a time stamp too, by the national authority or that of URL, with the
    /// evidence by which it can be judged when the certificate has expired
    #[arg(
        long = "time-stamp",
        value_name = "URL",
        num_args = 0..=1,
        require_equals = true,
        value_parser = address
    )]
    pub(crate) time_stamp: Option<Option<String>>,

    #[command(flatten)]
    pub(crate) evidence: Evidence,

    #[command(flatten)]
    pub(crate) network: Network,

    /// Where to write: a file for one document (.pdf, or .xml for the signed XML alone), a folder
    /// for several
    #[arg(short = 'o', long = "output", value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,

    /// Replace the file that is there already; in a folder, one that its register does not know
    #[arg(long)]
    pub(crate) force: bool,

    /// One line of JSON for each document
    #[arg(long)]
    pub(crate) json: bool,
}

/// Draw the page of a signed document anew: PDF, PNG or SVG
///
/// FILE is the signed XML of a document that `issue` made, or its PDF. The page follows from the
/// signed octets alone. Nothing is proved by it: `verify` does that.
#[derive(Debug, Group)]
#[command(after_help = "\
Examples:
  qoltanba render notice.xml -o notice.pdf
  qoltanba render notice.pdf --language kk -o notice-kk.pdf
  qoltanba render notice.xml --dpi 200 -o notice.png
  qoltanba render notice.xml -o notice.svg")]
pub(crate) struct Render {
    /// The signed document; `-` is standard input
    pub(crate) file: PathBuf,

    /// Where to write: a file in .pdf, .png or .svg; further pages of the last two get a number
    #[arg(short = 'o', long = "output", value_name = "OUT")]
    pub(crate) output: PathBuf,

    /// The language of the page
    #[arg(long, value_enum, default_value_t = OnPage::Both)]
    pub(crate) language: OnPage,

    /// Dots in an inch, for PNG
    #[arg(long, value_name = "N", default_value_t = 150, value_parser = clap::value_parser!(u16).range(10..=600))]
    pub(crate) dpi: u16,

    /// Replace files that are there already
    #[arg(long)]
    pub(crate) force: bool,
}

/// Which languages a page is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnPage {
    /// Kazakh alone
    Kk,
    /// Russian alone
    Ru,
    /// Kazakh, and Russian beneath it
    Both,
}

impl OnPage {
    /// As it is written on the command line.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::Both => "both",
        }
    }
}

impl From<OnPage> for PageLanguage {
    fn from(language: OnPage) -> Self {
        match language {
            OnPage::Kk => Self::Only(Language::Kk),
            OnPage::Ru => Self::Only(Language::Ru),
            OnPage::Both => Self::Both,
        }
    }
}

fn number(text: &str) -> Result<UniqueNumber, String> {
    UniqueNumber::new(text).map_err(|error| error.to_string())
}

fn time(text: &str) -> Result<LocalTime, String> {
    text.parse().map_err(|error: qoltanba::Error| error.to_string())
}
