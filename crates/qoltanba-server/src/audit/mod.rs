//! The audit log: append-only, each entry chained to the one before by SHA-256, written in the
//! transaction of what it records.
//!
//! An entry is one line of JSON: its number in the log, the moment, what happened, and the digest
//! of the line before. Its own digest is that of the octets of its line, so nothing is encoded
//! again to check it. A *head* names the last entry and its digest, and is signed by the key of the
//! service; at intervals new entries and a head go to a file, which belongs on another machine:
//! whoever can write the database could else shorten both.
//!
//! Before anything is exported, the last head of the export is held against the database: one that
//! was put back from an older backup has lost documents, and would call them unknown. Then nothing
//! is added to either, and `/readyz` and the log say so.
//!
//! What is proved: entries before a signed head were not altered, removed, added or reordered; and
//! of a database, that its documents, keys and protocols are as the entries say. A protocol may be
//! missing when its time is over by the moments of the log itself. Entries after the last
//! signed head are chained only. Checks are counted by time, and not logged one by one: an entry
//! for each would be a list of who asked for what. Counts of the last interval are lost when the
//! process is killed.
//!
//! No entry holds a number of a person: of a recipient there is a hash of a hash under the
//! registry's secret.

mod chain;
mod export;
mod head;
mod replay;
mod verify;

use qoltanba::Instant;
use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa_axum::router::OpenApiRouter;

pub use self::{
    chain::{AuditFault, AuditFaultKind},
    verify::{AuditError, AuditReport, WantedSigner, verify_audit},
};
pub(crate) use self::{
    export::{ExportTrouble, Exporter, export, keep_exported},
    head::HeadKey,
};
use crate::{
    app::App,
    store::{Db, Fault, Trouble},
    verify::{hex, octets},
};

/// The log has no address: its heads are exported to a file.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}

/// What happened. Words are only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// The log was begun, under a random name.
    LogBegun {
        log: String,
    },
    /// A provider got a key.
    KeyAdded {
        key: String,
        bin: String,
        name: String,
        scopes: String,
        secret: String,
    },
    KeyRevoked {
        key: String,
    },
    /// Numbers were drawn for a provider.
    NumbersReserved {
        key: String,
        issuer: String,
        numbers: Vec<String>,
    },
    /// Reserved numbers were given back; no document has them.
    NumbersReleased {
        key: String,
        issuer: String,
        numbers: Vec<String>,
    },
    DocumentRegistered {
        key: String,
        number: String,
        issuer: String,
        /// SHA-256 of its files, the one that was sent first.
        files: Vec<String>,
        recipient: String,
    },
    /// Other files of a registered document.
    FilesAdded {
        key: String,
        number: String,
        files: Vec<String>,
    },
    StatusChanged {
        key: String,
        number: String,
        status: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        replaced_by: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A protocol of a check, SHA-256 of its signed message and of the signed XML of its page, and
    /// until when it is kept. The first logs told the message alone.
    ProtocolMade {
        protocol: String,
        digest: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<String>,
    },
    /// Protocols whose time was over by this moment were deleted.
    ProtocolsDeleted {
        count: u64,
    },
    /// How often was asked since the last such entry.
    ChecksCounted {
        genuine: u64,
        unknown: u64,
        limited: u64,
    },
}

/// One entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) sequence: u64,
    pub(crate) at: String,
    #[serde(flatten)]
    pub(crate) event: Event,
    pub(crate) previous: String,
}

/// The digest of a line.
pub(crate) fn digest(line: &str) -> [u8; 32] {
    Sha256::digest(line.as_bytes()).into()
}

/// Adds an entry, in the transaction that is under way.
pub(crate) fn append(db: &Db<'_>, at: Instant, event: &Event) -> Result<(), Trouble> {
    let last = last(db)?;
    let (sequence, previous) = last.unwrap_or((0, [0; 32]));
    let entry = Entry {
        sequence: sequence + 1,
        at: at.to_string(),
        event: event.clone(),
        previous: hex(&previous),
    };
    let line = serde_json::to_string(&entry).map_err(|_| Fault::Unavailable)?;
    let mut insert = db.sql.prepare_cached("INSERT INTO audit VALUES (?1, ?2, ?3)")?;
    insert.execute(params![whole(entry.sequence)?, line, digest(&line)])?;
    Ok(())
}

/// The last entry's number and digest. It is read each time: another process may have added one.
pub(crate) fn last(db: &Db<'_>) -> Result<Option<(u64, [u8; 32])>, Trouble> {
    let sql = "SELECT sequence, digest FROM audit ORDER BY sequence DESC LIMIT 1";
    let mut statement = db.sql.prepare_cached(sql)?;
    let row = statement.query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)));
    let Some((sequence, digest)) = row.optional()? else { return Ok(None) };
    Ok(Some((u64::try_from(sequence).map_err(|_| Fault::Corrupt)?, digest)))
}

pub(crate) fn whole(number: u64) -> Result<i64, Trouble> {
    i64::try_from(number).map_err(|_| Fault::Unavailable.into())
}

fn digest_of(text: &str) -> Option<[u8; 32]> {
    octets(text)?.try_into().ok()
}
