//! Protocols in the database.

use qoltanba::Instant;
use rusqlite::{OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use super::{Kept, ProtocolId, make::Bounds};
use crate::{
    audit::{self, Event},
    problem::{Code, Problem},
    store::{Db, Trouble},
    verify::hex,
};

/// How many there are, and their octets: the index has both, and no protocol is read for it.
const ROOM: &str = "SELECT count(*), ifnull(sum(length(message) + length(page)), 0) FROM protocol";

/// Keeps a protocol, unless there are as many as may be, or as large.
pub(super) fn insert(
    db: &Db<'_>,
    kept: &Kept,
    bounds: Bounds,
    now: Instant,
) -> Result<(), Trouble> {
    let mut room = db.sql.prepare_cached(ROOM)?;
    let (count, octets): (u32, i64) = room.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let octets =
        octets.unsigned_abs().saturating_add((kept.message.len() + kept.page.len()) as u64);
    let is_full = bounds.kept > 0 && count >= bounds.kept
        || bounds.kept_bytes > 0 && octets > bounds.kept_bytes;
    if is_full {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_is_told_by_an_index() {
        let db = rusqlite::Connection::open_in_memory().unwrap();
        db.execute_batch(include_str!("../store/schema.sql")).unwrap();
        let plan = format!("EXPLAIN QUERY PLAN {ROOM}");
        let step: String = db.query_row(&plan, [], |row| row.get(3)).unwrap();
        assert_eq!(step, "SCAN protocol USING COVERING INDEX protocol_by_size");
    }
}
