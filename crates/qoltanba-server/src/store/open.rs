//! Opening the file, and making it.

use std::{fs, io, path::Path, time::Duration};

use qoltanba::Instant;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::{Db, Fault, Secret};
use crate::audit::{self, Event};

/// The version of the schema.
const VERSION: i64 = 2;
const SCHEMA: &str = include_str!("schema.sql");

/// Opens a connection for reading; the file must be there.
pub(super) fn reader(path: &Path, busy: Duration) -> Result<Connection, Fault> {
    let connection = connect(path, false, busy)?;
    connection.pragma_update(None, "query_only", true).map_err(|e| Fault::from(&e))?;
    Ok(connection)
}

/// Opens the connection for writing, after a check of the whole file unless it was checked. The file
/// is made only beside no secret: where a secret is, a database was, and an empty one would call
/// every document unknown.
pub(super) fn writer(
    path: &Path,
    secret: &Path,
    busy: Duration,
    now: Instant,
    is_checked: bool,
) -> Result<(Connection, Secret), Fault> {
    let known = Secret::read(secret)?;
    if known.is_some() && fs::metadata(path).is_ok_and(|file| file.len() == 0) {
        tracing::error!("the database is empty");
        return Err(Fault::Corrupt);
    }
    if known.is_some() && !path.exists() {
        tracing::error!("the database is missing");
        return Err(Fault::Corrupt);
    }
    let mut connection = connect(path, known.is_none(), busy)?;
    let of = |e: rusqlite::Error| Fault::from(&e);
    if !is_checked {
        check_whole(&connection)?;
    }
    match known {
        Some(known) => check(&connection, &known).map(|()| (connection, known)),
        None => {
            let transaction = begin(&mut connection)?;
            make(&transaction, secret, now)?;
            transaction.commit().map_err(of)?;
            let transaction = begin(&mut connection)?;
            let known = settle(&transaction, secret)?;
            transaction.commit().map_err(of)?;
            Ok((connection, known))
        }
    }
}

fn check_whole(connection: &Connection) -> Result<(), Fault> {
    let state: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|e| Fault::from(&e))?;
    if state != "ok" {
        tracing::error!("the database is damaged");
        return Err(Fault::Corrupt);
    }
    Ok(())
}

fn begin(connection: &mut Connection) -> Result<Transaction<'_>, Fault> {
    let behaviour = TransactionBehavior::Immediate;
    connection.transaction_with_behavior(behaviour).map_err(|e| Fault::from(&e))
}

fn connect(path: &Path, create: bool, busy: Duration) -> Result<Connection, Fault> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
        make_private(path)?;
    }
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(busy)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // Full: what is told to be done is on the disk.
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        // A protocol that ran out leaves nothing behind in the file.
        connection.pragma_update(None, "secure_delete", true)?;
        Ok::<Connection, rusqlite::Error>(connection)
    };
    open().map_err(|error| Fault::from(&error))
}

/// SQLite gives its other files the permissions of this one.
fn make_private(path: &Path) -> Result<(), Fault> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|_| Fault::Unavailable)
}

/// Makes what is not there yet, and prepares the secret. Whenever it is cut off, the next beginning
/// finds either an unused database, or the prepared secret of the one that was committed.
fn make(transaction: &Transaction<'_>, path: &Path, now: Instant) -> Result<(), Fault> {
    let of = |e: rusqlite::Error| Fault::from(&e);
    // Another process may have been faster, or this one may have been cut off before.
    if Secret::read(path)?.is_some() || prepared(transaction, path)?.is_some() {
        return Ok(());
    }
    let version = version(transaction)?;
    if version == 0 {
        transaction.execute_batch(SCHEMA).map_err(of)?;
        transaction.pragma_update(None, "user_version", VERSION).map_err(of)?;
    }
    let is_used: bool = transaction
        .query_row("SELECT EXISTS (SELECT 1 FROM file)", [], |row| row.get(0))
        .map_err(of)?;
    if is_used {
        tracing::error!("the key of the registry is missing: registry.key");
        return Err(Fault::Corrupt);
    }
    let secret = Secret::draw()?;
    let sql = "INSERT OR REPLACE INTO meta VALUES ('secret', ?1)";
    transaction.execute(sql, [proof(&secret)]).map_err(of)?;
    if version == 0 {
        let mut log = [0; 16];
        getrandom::fill(&mut log).map_err(|_| Fault::Unavailable)?;
        let begun = Event::LogBegun { log: crate::verify::hex(&log) };
        let db = Db { sql: transaction, secret: &secret };
        audit::append(&db, now, &begun).map_err(|_| Fault::Unavailable)?;
    }
    secret.prepare(path).map_err(|error| of_system(&error))
}

/// Puts the secret of a database that was committed in its place. Whoever opens the database does
/// so under its lock: two that begin at once have one secret.
fn settle(transaction: &Transaction<'_>, path: &Path) -> Result<Secret, Fault> {
    if let Some(known) = Secret::read(path)? {
        return check(transaction, &known).map(|()| known);
    }
    let known = prepared(transaction, path)?.ok_or(Fault::Unavailable)?;
    Secret::settle(path).map_err(|error| of_system(&error))?;
    Ok(known)
}

/// The secret that was prepared, if it is of this database.
fn prepared(transaction: &Transaction<'_>, path: &Path) -> Result<Option<Secret>, Fault> {
    let Some(known) = Secret::prepared(path) else { return Ok(None) };
    let is_of_it = version(transaction)? == VERSION && kept(transaction)? == proof(&known);
    Ok(is_of_it.then_some(known))
}

fn of_system(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Fault::Full,
        _ => Fault::Unavailable,
    }
}

fn version(connection: &Connection) -> Result<i64, Fault> {
    let version: i64 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|e| Fault::from(&e))?;
    if version > VERSION {
        tracing::error!(version, "the database is of a later version of the service");
        return Err(Fault::Unavailable);
    }
    Ok(version)
}

/// The file must be of this version, and of this secret: under another no recipient is found.
fn check(connection: &Connection, secret: &Secret) -> Result<(), Fault> {
    if version(connection)? != VERSION {
        tracing::error!("the database is not complete");
        return Err(Fault::Corrupt);
    }
    if kept(connection)? != proof(secret) {
        tracing::error!("registry.key is not of this database");
        return Err(Fault::Corrupt);
    }
    Ok(())
}

fn kept(connection: &Connection) -> Result<Vec<u8>, Fault> {
    let sql = "SELECT value FROM meta WHERE name = 'secret'";
    connection.query_row(sql, [], |row| row.get(0)).map_err(|e| Fault::from(&e))
}

fn proof(secret: &Secret) -> [u8; 32] {
    secret.hash("database", ["", ""])
}
