//! `qoltanba audit verify`: proves an export, or a database, by its heads.

use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};

use qoltanba::{Certificate, Lang};
use rusqlite::{Connection, OpenFlags};

use super::{
    chain::{AuditFault, AuditFaultKind, Chain, Checked},
    head::{Head, Signed, Signers},
    replay::Replay,
};
use crate::lang::{Words, of_system};

/// What was found of an audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditReport {
    /// Entries that were read.
    pub entries: u64,
    /// Heads that name the chain as it is.
    pub heads: u64,
    /// Those of them whose signature is good.
    pub signed: u64,
    /// Those whose signature was not checked, since the certificate that they name was not given.
    /// They prove nothing.
    pub unchecked: u64,
    /// The certificates that they name, in the order of their heads.
    pub wanted: Vec<WantedSigner>,
    /// Those whose signature is good, and was made when the certificate was not in force: it had run
    /// out, or the service knew that it was revoked.
    pub lapsed: u64,
    /// The last entry that a head with a good signature attests.
    pub attested: Option<u64>,
    /// The last line of the export has no end: it was being written, and was left out.
    pub unfinished: bool,
    /// Where it is not whole.
    pub faults: Vec<AuditFault>,
}

/// A certificate that would be needed to check heads.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WantedSigner {
    /// Its SHA-256 in hexadecimal, as the heads name it.
    pub sha256: String,
    /// How many heads name it.
    pub heads: u64,
    /// The entry of the first of them.
    pub from: u64,
    /// The entry of the last of them.
    pub to: u64,
}

/// Why an audit log could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditError {
    /// The file cannot be read.
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// How.
        kind: io::ErrorKind,
    },
    /// It is a database, and is damaged or has no audit log.
    Database {
        /// Which one.
        path: PathBuf,
    },
    /// The export that was to be held against it has no head: nothing would be compared.
    NoHead {
        /// Which one.
        path: PathBuf,
    },
}

impl AuditError {
    /// The file that could not be used.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Unreadable { path, .. } | Self::Database { path } | Self::NoHead { path } => path,
        }
    }

    /// The sentence for people, without the name of the file.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Unreadable { kind, .. } => {
                let words = Words {
                    kk: "файл оқылмайды",
                    ru: "файл не читается",
                    en: "the file cannot be read",
                };
                format!("{}: {}", words.pick(lang), of_system(*kind).pick(lang))
            }
            Self::Database { .. } => Words {
                kk: "дерекқор бүлінген немесе онда аудит журналы жоқ",
                ru: "база данных повреждена или в ней нет журнала аудита",
                en: "the database is damaged, or has no audit log",
            }
            .pick(lang)
            .to_owned(),
            Self::NoHead { .. } => Words {
                kk: "бұл файлда бірде-бір растама жоқ: журналды салыстыратын ештеңе жоқ",
                ru: "в этом файле нет ни одного заверения: журнал не с чем сравнивать",
                en: "this file has no head: there is nothing to hold the log against",
            }
            .pick(lang)
            .to_owned(),
        }
    }
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for AuditError {}

impl AuditReport {
    /// Whether nothing was found against it.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }

    /// Whether a head with a good signature attests every entry.
    #[must_use]
    pub fn is_attested(&self) -> bool {
        self.is_whole() && !self.unfinished && self.attested.is_some_and(|at| at >= self.entries)
    }
}

/// How a file of SQLite begins.
const DATABASE: &[u8; 16] = b"SQLite format 3\0";

/// Checks an export or a database. `heads` is an export that is held against it: without one, a
/// log that lost its end together with its heads is whole. `signers` are the certificates of the
/// keys that the service has had, got by another way than the log: a head is checked by the one that
/// it names, and where that is not among them, it is not checked and proves nothing.
///
/// # Errors
/// When there is nothing that could be checked.
pub fn verify_audit(
    path: &Path,
    heads: Option<&Path>,
    signers: &[Certificate],
) -> Result<AuditReport, AuditError> {
    let mut begins = Vec::new();
    let file = File::open(path).map_err(|e| unreadable(path, &e))?;
    file.take(16).read_to_end(&mut begins).map_err(|e| unreadable(path, &e))?;
    let mut read = match begins == DATABASE {
        true => of_database(path).map_err(|_| AuditError::Database { path: path.to_owned() })?,
        false => of_export(path).map_err(|e| unreadable(path, &e))?,
    };
    if let Some(path) = heads {
        let against = of_export(path).map_err(|e| unreadable(path, &e))?;
        if !against.heads.iter().any(|head| head.statement().is_some()) {
            return Err(AuditError::NoHead { path: path.to_owned() });
        }
        read.heads.extend(against.heads);
    }
    Ok(read.judge(&Signers::new(signers)))
}

fn unreadable(path: &Path, error: &io::Error) -> AuditError {
    AuditError::Unreadable { path: path.to_owned(), kind: error.kind() }
}

/// A log as it was found.
#[derive(Default)]
struct Found {
    chain: Chain,
    heads: Vec<Head>,
    replay: Option<Vec<AuditFault>>,
    unfinished: bool,
}

fn of_export(path: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    let mut lines = BufReader::new(File::open(path)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        lines.read_until(b'\n', &mut line)?;
        // What has no end yet is of a batch that is being written, and whose head is not there.
        let Some(whole) = line.strip_suffix(b"\n") else {
            found.unfinished = !line.is_empty();
            return Ok(found);
        };
        let whole = String::from_utf8_lossy(whole);
        match serde_json::from_str::<Head>(&whole) {
            Ok(head) => found.heads.push(head),
            Err(_) => drop(found.chain.take(&whole, None)),
        }
    }
}

fn of_database(path: &Path) -> rusqlite::Result<Found> {
    // A log that is written to at the same time needs its shared memory.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "query_only", true)?;
    // One state of the file for all that follows.
    let connection = connection.unchecked_transaction()?;
    let mut chain = Chain::default();
    let mut replay = Replay::default();
    let mut entries = connection.prepare("SELECT line, digest FROM audit ORDER BY sequence")?;
    let mut rows = entries.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if let Some(entry) = chain.take(&line, row.get(1).ok()) {
            replay.take(&entry);
        }
    }
    let mut heads = Vec::new();
    let mut statement = connection.prepare("SELECT sequence, line FROM head ORDER BY sequence")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(1)?;
        match serde_json::from_str(&line) {
            Ok(head) => heads.push(head),
            Err(_) => heads.push(Head { head: line, certificate: None, signature: None }),
        }
    }
    let replay = replay.compare(&connection, chain.last())?;
    Ok(Found { chain, heads, replay: Some(replay), unfinished: false })
}

/// Each head once, in the order of the entries that they name, with what its signature is worth.
fn checked(mut heads: Vec<Head>, signers: &Signers<'_>) -> Vec<Checked> {
    let place = |head: &Head| head.statement().map(|statement| statement.sequence);
    heads.sort_by_cached_key(|head| (place(head), head.head.clone(), head.signature.clone()));
    heads.dedup();
    let check =
        |head: Head| Checked { statement: head.statement(), signed: signers.check(&head), head };
    heads.into_iter().map(check).collect()
}

/// The certificates that heads name and that were not given.
fn wanted(heads: &[Checked]) -> Vec<WantedSigner> {
    let mut all: BTreeMap<&str, WantedSigner> = BTreeMap::new();
    for head in heads.iter().filter(|head| head.signed == Signed::Unchecked) {
        let (Some(named), Some(statement)) = (&head.head.certificate, &head.statement) else {
            continue;
        };
        let at = statement.sequence;
        let first = || WantedSigner { sha256: named.clone(), heads: 0, from: at, to: at };
        let one = all.entry(named).or_insert_with(first);
        one.heads += 1;
        one.to = at;
    }
    let mut all: Vec<WantedSigner> = all.into_values().collect();
    all.sort_by_key(|one| (one.from, one.to));
    all
}

impl Found {
    fn judge(mut self, signers: &Signers<'_>) -> AuditReport {
        let heads = checked(self.heads, signers);
        self.chain.follow(&heads);
        let mut report = AuditReport {
            entries: self.chain.entries(),
            heads: 0,
            signed: 0,
            unchecked: 0,
            wanted: wanted(&heads),
            lapsed: 0,
            attested: None,
            unfinished: self.unfinished,
            faults: Vec::new(),
        };
        let mut good = 0;
        let mut unsigned = Vec::new();
        for head in &heads {
            let is_so = self.chain.attest(head, good);
            let Some(statement) = head.statement.as_ref().filter(|_| is_so) else { continue };
            let (at, signed) = (statement.sequence, head.signed);
            report.heads += 1;
            report.signed += u64::from(signed == Signed::Well);
            report.unchecked += u64::from(signed == Signed::Unchecked);
            if signed == Signed::Well {
                report.lapsed += u64::from(signers.is_lapsed(&head.head, statement));
                report.attested = Some(at);
            }
            if signed == Signed::Not && !signers.is_empty() {
                unsigned.push(at);
            }
            // What anybody could have written says nothing of where another chain begins.
            if signed == Signed::Well || signers.is_empty() {
                good = at;
            }
        }
        // What a signed head attests was so before the service had a key. After it, whoever can
        // write here could have left the signature out.
        unsigned.retain(|at| report.attested.is_none_or(|attested| *at > attested));
        let not_signed =
            unsigned.iter().map(|at| AuditFault::at(*at, AuditFaultKind::HeadNotSigned));
        self.chain.faults.extend(not_signed);
        report.faults = self.chain.faults;
        report.faults.extend(self.replay.into_iter().flatten());
        report.faults.sort_by_key(|fault| (fault.from, fault.to));
        report.faults.dedup();
        report
    }
}
