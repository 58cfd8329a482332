//! `qoltanba audit verify`: proves an export, or a database, by its heads.

use std::{
    fmt,
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _},
    path::Path,
};

use qoltanba::{Certificate, Lang};
use rusqlite::{Connection, OpenFlags};

use super::{
    chain::{AuditFault, Chain},
    head::{Head, Signed},
    replay::Replay,
};
use crate::lang::Words;

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
    /// Those whose signature was not checked, since no certificate was given.
    pub unchecked: u64,
    /// The last entry that a head with a good signature attests.
    pub attested: Option<u64>,
    /// Where it is not whole.
    pub faults: Vec<AuditFault>,
}

/// Why an audit log could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditError {
    /// The file cannot be read.
    Unreadable {
        /// How.
        kind: io::ErrorKind,
    },
    /// It is a database, and is damaged or has no audit log.
    Database,
}

impl AuditError {
    /// The sentence for people.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Unreadable { kind } => {
                let words = Words {
                    kk: "файл оқылмайды",
                    ru: "файл не читается",
                    en: "the file cannot be read",
                };
                format!("{}: {kind}", words.pick(lang))
            }
            Self::Database => Words {
                kk: "дерекқор бүлінген немесе онда аудит журналы жоқ",
                ru: "база данных повреждена или в ней нет журнала аудита",
                en: "the database is damaged, or has no audit log",
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

impl From<io::Error> for AuditError {
    fn from(error: io::Error) -> Self {
        Self::Unreadable { kind: error.kind() }
    }
}

impl From<rusqlite::Error> for AuditError {
    fn from(_: rusqlite::Error) -> Self {
        Self::Database
    }
}

impl AuditReport {
    /// Whether nothing was found against it.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

/// How a file of SQLite begins.
const DATABASE: &[u8; 16] = b"SQLite format 3\0";

/// Checks an export or a database. `heads` is an export that is held against it: without one, a
/// log that lost its end together with its heads is whole. `signer` is the certificate of the key
/// of the service, got by another way than the log: without it signatures are not checked.
///
/// # Errors
/// When there is nothing that could be checked.
pub fn verify_audit(
    path: &Path,
    heads: Option<&Path>,
    signer: Option<&Certificate>,
) -> Result<AuditReport, AuditError> {
    let mut file = File::open(path)?;
    let mut begins = Vec::new();
    file.by_ref().take(16).read_to_end(&mut begins)?;
    let mut read = match begins == DATABASE {
        true => of_database(path)?,
        false => of_export(path)?,
    };
    if let Some(heads) = heads {
        read.heads.extend(of_export(heads)?.heads);
    }
    Ok(read.judge(signer))
}

/// A log as it was found.
struct Found {
    chain: Chain,
    heads: Vec<Head>,
    replay: Option<Vec<AuditFault>>,
}

fn of_export(path: &Path) -> Result<Found, AuditError> {
    let mut found = Found { chain: Chain::default(), heads: Vec::new(), replay: None };
    for line in BufReader::new(File::open(path)?).lines() {
        let line = line?;
        match serde_json::from_str::<Head>(&line) {
            Ok(head) => found.heads.push(head),
            Err(_) => drop(found.chain.take(&line, None)),
        }
    }
    Ok(found)
}

fn of_database(path: &Path) -> Result<Found, AuditError> {
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
    Ok(Found { chain, heads, replay: Some(replay) })
}

impl Found {
    fn judge(mut self, signer: Option<&Certificate>) -> AuditReport {
        self.chain.follow(&self.heads, signer);
        self.heads.sort_by_key(|head| head.statement().map(|statement| statement.sequence));
        self.heads.dedup();
        let mut report = AuditReport {
            entries: self.chain.entries(),
            heads: 0,
            signed: 0,
            unchecked: 0,
            attested: None,
            faults: Vec::new(),
        };
        let mut good = 0;
        for head in &self.heads {
            let Some((statement, signed)) = self.chain.attest(head, signer, good) else { continue };
            good = statement.sequence;
            report.heads += 1;
            report.signed += u64::from(signed == Signed::Well);
            report.unchecked += u64::from(signed == Signed::Unchecked);
            if signed == Signed::Well {
                report.attested = Some(good);
            }
        }
        report.faults = self.chain.faults;
        report.faults.extend(self.replay.into_iter().flatten());
        report.faults.sort_by_key(|fault| (fault.from, fault.to));
        report.faults.dedup();
        report
    }
}
