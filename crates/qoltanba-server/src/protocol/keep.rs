//! Protocols in the database.

use qoltanba::Instant;
use rusqlite::{OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use super::{Kept, ProtocolId};
use crate::{
    audit::{self, Event},
    problem::{Code, Problem},
    store::{Db, Trouble},
    verify::hex,
};

/// Keeps a protocol, unless there are as many as may be.
pub(super) fn insert(db: &Db<'_>, kept: &Kept, most: u32, now: Instant) -> Result<(), Trouble> {
    let count: u32 = db.sql.query_row("SELECT count(*) FROM protocol", [], |row| row.get(0))?;
    if most > 0 && count >= most {
        return Err(Problem::new(Code::ProtocolsFull).retry_after(3600).into());
    }
    let sha256 = |octets: &[u8]| hex(&Sha256::digest(octets));
    let mut insert = db.sql.prepare_cached("INSERT INTO protocol VALUES (?1, ?2, ?3, ?4)")?;
    insert.execute(params![kept.id.0, kept.expires.unix(), kept.message, kept.page])?;
    let event = Event::ProtocolMade {
        protocol: kept.id.0.clone(),
        digest: sha256(&kept.message),
        page: Some(sha256(&kept.page)),
        expires: Some(kept.expires.to_string()),
    };
    audit::append(db, now, &event)
}

/// The protocol of an id, unless its time is over.
pub(super) fn find(db: &Db<'_>, id: &ProtocolId, now: Instant) -> Result<Option<Kept>, Trouble> {
    let sql = "SELECT expires, message, page FROM protocol WHERE id = ?1 AND expires > ?2";
    let mut statement = db.sql.prepare_cached(sql)?;
    let found = statement.query_row(params![id.0, now.unix()], |row| {
        Ok(Kept {
            id: id.clone(),
            expires: Instant::from_unix(row.get(0)?),
            message: row.get(1)?,
            page: row.get(2)?,
        })
    });
    Ok(found.optional()?)
}

/// Deletes what has run out, and says how many. The entry shows that its time was over.
pub(super) fn delete_expired(db: &Db<'_>, now: Instant) -> Result<usize, Trouble> {
    let deleted = db.sql.execute("DELETE FROM protocol WHERE expires <= ?1", [now.unix()])?;
    if deleted > 0 {
        audit::append(db, now, &Event::ProtocolsDeleted { count: deleted as u64 })?;
    }
    Ok(deleted)
}
