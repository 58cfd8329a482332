//! What the tables must be when all happened as the entries say.

use std::collections::BTreeMap;

use qoltanba::Instant;
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::{
    Entry, Event,
    chain::{AuditFault, AuditFaultKind},
};
use crate::{registry, verify::hex};

/// The registry as the entries tell it, each with the last entry that spoke of it.
#[derive(Debug, Default)]
pub(super) struct Replay {
    documents: BTreeMap<String, (Document, u64)>,
    keys: BTreeMap<String, (Key, u64)>,
    protocols: BTreeMap<String, (Protocol, u64)>,
    /// The latest moment of an entry.
    latest: Option<i64>,
}

/// What an entry says of a protocol; none where it is of a time when that was not told.
#[derive(Debug)]
struct Protocol {
    message: String,
    page: Option<String>,
    expires: Option<i64>,
}

impl Protocol {
    /// Whether the row, by the digests of its parts, is what was told.
    fn is(&self, message: &str, page: &str, expires: i64) -> bool {
        self.message == message
            && self.page.as_ref().is_none_or(|told| told == page)
            && self.expires.is_none_or(|told| told == expires)
    }

    /// Whether it may have been deleted by a moment. Of the first ones nothing tells.
    fn may_be_gone(&self, by: Option<i64>) -> bool {
        self.expires.is_none_or(|expires| by.is_some_and(|by| expires <= by))
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Document {
    status: String,
    issuer: String,
    /// The name of the key that the last entry about the number or its document was made with.
    name: Option<String>,
    recipient: Option<String>,
    /// In the order in which they are told.
    files: Vec<String>,
    /// Seconds since 1970, as in the rows.
    registered: Option<i64>,
    changed: Option<i64>,
    replaced_by: Option<String>,
    reason: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
struct Key {
    bin: String,
    name: String,
    scopes: String,
    secret: String,
    revoked: Option<i64>,
}

/// What the last number stands before (`schema.sql`): no document, so that looking for a number
/// always finds a row.
const LAST: &str = "~~~~~~~~~~~~~~";
const NOBODY: &str = "000000000000";

impl Document {
    /// What the row after the last number holds.
    fn none() -> Self {
        Self {
            status: "reserved".into(),
            issuer: NOBODY.into(),
            name: Some(String::new()),
            registered: Some(0),
            changed: Some(0),
            ..Self::default()
        }
    }
}

impl Replay {
    pub(super) fn take(&mut self, entry: &Entry) {
        let at = entry.sequence;
        let moment = entry.at.parse::<Instant>().ok().map(Instant::unix);
        self.latest = self.latest.max(moment);
        match &entry.event {
            Event::LogBegun { .. }
            | Event::ChecksCounted { .. }
            | Event::ProtocolsDeleted { .. } => {}
            Event::ProtocolMade { protocol, digest, page, expires } => {
                // A moment that cannot be read is one that never was told to be over.
                let end = |told: &String| told.parse().map_or(i64::MAX, Instant::unix);
                let told = Protocol {
                    message: digest.clone(),
                    page: page.clone(),
                    expires: expires.as_ref().map(end),
                };
                self.protocols.insert(protocol.clone(), (told, at));
            }
            Event::KeyAdded { key, bin, name, scopes, secret } => {
                let row = Key {
                    bin: bin.clone(),
                    name: name.clone(),
                    scopes: scopes.clone(),
                    secret: secret.clone(),
                    revoked: None,
                };
                self.keys.insert(key.clone(), (row, at));
            }
            Event::KeyRevoked { key } => {
                if let Some((row, last)) = self.keys.get_mut(key) {
                    row.revoked = moment;
                    *last = at;
                }
            }
            Event::NumbersReserved { key, issuer, numbers } => {
                for number in numbers {
                    let row = Document {
                        status: "reserved".into(),
                        issuer: issuer.clone(),
                        name: self.name_of(key),
                        registered: moment,
                        changed: moment,
                        ..Document::default()
                    };
                    self.documents.insert(number.clone(), (row, at));
                }
            }
            Event::NumbersReleased { numbers, .. } => {
                for number in numbers {
                    self.documents.remove(number);
                }
            }
            Event::DocumentRegistered { key, number, issuer, files, recipient } => {
                let row = Document {
                    status: "issued".into(),
                    issuer: issuer.clone(),
                    name: self.name_of(key),
                    registered: moment,
                    changed: moment,
                    recipient: Some(recipient.clone()),
                    files: files.clone(),
                    ..Document::default()
                };
                self.documents.insert(number.clone(), (row, at));
            }
            Event::FilesAdded { number, files, .. } => {
                if let Some((row, last)) = self.documents.get_mut(number) {
                    row.files.extend(files.iter().cloned());
                    *last = at;
                }
            }
            Event::StatusChanged { number, status, replaced_by, reason, .. } => {
                if let Some((row, last)) = self.documents.get_mut(number) {
                    row.status.clone_from(status);
                    row.replaced_by.clone_from(replaced_by);
                    row.reason.clone_from(reason);
                    row.changed = moment;
                    *last = at;
                }
            }
        }
    }

    fn name_of(&self, key: &str) -> Option<String> {
        self.keys.get(key).map(|(key, _)| key.name.clone())
    }

    /// Holds the tables against it. What no entry speaks of is told of the last one.
    pub(super) fn compare(
        mut self,
        connection: &Connection,
        last: u64,
    ) -> rusqlite::Result<Vec<AuditFault>> {
        let mut faults = Vec::new();
        let mut statement = connection.prepare(
            "SELECT number, status, issuer, name, recipient_a, recipient_b, registered, changed, \
             replaced_by, reason, (SELECT group_concat(lower(hex(digest)), ',' ORDER BY place) \
             FROM file WHERE file.number = d.number) FROM document AS d",
        )?;
        let mut rows = statement.query([])?;
        let mut ends_well = false;
        while let Some(row) = rows.next()? {
            let number: String = row.get(0)?;
            let status: i64 = row.get(1)?;
            let recipients: [[u8; 32]; 2] = [row.get(4)?, row.get(5)?];
            let files: Option<String> = row.get(10)?;
            let status = registry::Status::of_row(status).map_or("", registry::Status::name);
            let kept = Document {
                status: status.to_owned(),
                issuer: row.get(2)?,
                name: row.get(3)?,
                recipient: (status != "reserved").then(|| hex(&registry::sealed(&recipients))),
                files: files.iter().flat_map(|all| all.split(',')).map(Into::into).collect(),
                registered: row.get(6)?,
                changed: row.get(7)?,
                replaced_by: row.get(8)?,
                reason: row.get(9)?,
            };
            if number == LAST {
                ends_well = kept == Document::none() && recipients == [[0; 32]; 2];
                continue;
            }
            match self.documents.remove(&number) {
                Some((told, _)) if told == kept => {}
                Some((_, at)) => {
                    faults.push(AuditFault::at(at, AuditFaultKind::DocumentDiffers));
                }
                None => faults.push(AuditFault::at(last, AuditFaultKind::DocumentDiffers)),
            }
        }
        let missing = self.documents.values();
        faults.extend(missing.map(|(_, at)| AuditFault::at(*at, AuditFaultKind::DocumentDiffers)));
        // A file of no document, or of the row that is none.
        let sql =
            "SELECT EXISTS (SELECT 1 FROM file WHERE number NOT IN (SELECT number FROM document))";
        let is_astray: bool = connection.query_row(sql, [], |row| row.get(0))?;
        if is_astray || !ends_well {
            faults.push(AuditFault::at(last, AuditFaultKind::DocumentDiffers));
        }
        self.compare_protocols(connection, last, &mut faults)?;
        self.compare_keys(connection, last, &mut faults)?;
        Ok(faults)
    }

    /// Those that ran out by the latest moment of the log need not be there any more.
    fn compare_protocols(
        &mut self,
        connection: &Connection,
        last: u64,
        faults: &mut Vec<AuditFault>,
    ) -> rusqlite::Result<()> {
        let mut statement =
            connection.prepare("SELECT id, expires, message, page FROM protocol")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, expires): (String, i64) = (row.get(0)?, row.get(1)?);
            let sha256 = |octets: Vec<u8>| hex(&Sha256::digest(&octets));
            let (message, page) = (sha256(row.get(2)?), sha256(row.get(3)?));
            let at = match self.protocols.remove(&id) {
                Some((told, _)) if told.is(&message, &page, expires) => continue,
                Some((_, at)) => at,
                None => last,
            };
            faults.push(AuditFault::at(at, AuditFaultKind::ProtocolDiffers));
        }
        let gone = self.protocols.values().filter(|(told, _)| !told.may_be_gone(self.latest));
        faults.extend(gone.map(|(_, at)| AuditFault::at(*at, AuditFaultKind::ProtocolDiffers)));
        Ok(())
    }

    fn compare_keys(
        mut self,
        connection: &Connection,
        last: u64,
        faults: &mut Vec<AuditFault>,
    ) -> rusqlite::Result<()> {
        let sql = "SELECT id, bin, name, scopes, secret, revoked FROM provider_key";
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            let secret: Vec<u8> = row.get(4)?;
            let kept = Key {
                bin: row.get(1)?,
                name: row.get(2)?,
                scopes: row.get(3)?,
                secret: hex(&secret),
                revoked: row.get(5)?,
            };
            match self.keys.remove(&id) {
                Some((told, _)) if told == kept => {}
                Some((_, at)) => faults.push(AuditFault::at(at, AuditFaultKind::KeyDiffers)),
                None => faults.push(AuditFault::at(last, AuditFaultKind::KeyDiffers)),
            }
        }
        let missing = self.keys.values();
        faults.extend(missing.map(|(_, at)| AuditFault::at(*at, AuditFaultKind::KeyDiffers)));
        Ok(())
    }
}
