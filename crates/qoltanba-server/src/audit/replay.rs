//! What the tables must be when all happened as the entries say.

use std::collections::{BTreeMap, BTreeSet};

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
    protocols: BTreeMap<String, (String, u64)>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Document {
    status: String,
    issuer: String,
    recipient: Option<String>,
    files: BTreeSet<String>,
    replaced_by: Option<String>,
    reason: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
struct Key {
    bin: String,
    name: String,
    scopes: String,
    secret: String,
    is_revoked: bool,
}

impl Replay {
    pub(super) fn take(&mut self, entry: &Entry) {
        let at = entry.sequence;
        match &entry.event {
            Event::LogBegun { .. } | Event::ChecksCounted { .. } => {}
            Event::ProtocolMade { protocol, digest } => {
                self.protocols.insert(protocol.clone(), (digest.clone(), at));
            }
            Event::KeyAdded { key, bin, name, scopes, secret } => {
                let row = Key {
                    bin: bin.clone(),
                    name: name.clone(),
                    scopes: scopes.clone(),
                    secret: secret.clone(),
                    is_revoked: false,
                };
                self.keys.insert(key.clone(), (row, at));
            }
            Event::KeyRevoked { key } => {
                if let Some((row, last)) = self.keys.get_mut(key) {
                    row.is_revoked = true;
                    *last = at;
                }
            }
            Event::NumbersReserved { issuer, numbers, .. } => {
                for number in numbers {
                    let row = Document {
                        status: "reserved".into(),
                        issuer: issuer.clone(),
                        ..Document::default()
                    };
                    self.documents.insert(number.clone(), (row, at));
                }
            }
            Event::DocumentRegistered { number, issuer, files, recipient, .. } => {
                let row = Document {
                    status: "issued".into(),
                    issuer: issuer.clone(),
                    recipient: Some(recipient.clone()),
                    files: files.iter().cloned().collect(),
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
                    *last = at;
                }
            }
        }
    }

    /// Holds the tables against it. What no entry speaks of is told of the last one.
    pub(super) fn compare(
        mut self,
        connection: &Connection,
        last: u64,
    ) -> rusqlite::Result<Vec<AuditFault>> {
        let mut faults = Vec::new();
        let mut statement = connection.prepare(
            "SELECT number, status, issuer, recipient_a, recipient_b, replaced_by, reason, \
             (SELECT group_concat(lower(hex(digest))) FROM file WHERE file.number = d.number) \
             FROM document AS d WHERE number NOT LIKE '~%'",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let number: String = row.get(0)?;
            let status: i64 = row.get(1)?;
            let recipients: [[u8; 32]; 2] = [row.get(3)?, row.get(4)?];
            let files: Option<String> = row.get(7)?;
            let status = registry::Status::of_row(status).map_or("", registry::Status::name);
            let kept = Document {
                status: status.to_owned(),
                issuer: row.get(2)?,
                recipient: (status != "reserved").then(|| hex(&registry::sealed(&recipients))),
                files: files.iter().flat_map(|all| all.split(',')).map(Into::into).collect(),
                replaced_by: row.get(5)?,
                reason: row.get(6)?,
            };
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
        self.compare_protocols(connection, last, &mut faults)?;
        self.compare_keys(connection, last, &mut faults)?;
        Ok(faults)
    }

    /// Those that ran out are not there any more.
    fn compare_protocols(
        &self,
        connection: &Connection,
        last: u64,
        faults: &mut Vec<AuditFault>,
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare("SELECT id, message FROM protocol")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, message): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let at = match self.protocols.get(&id) {
                Some((told, _)) if *told == hex(&Sha256::digest(&message)) => continue,
                Some((_, at)) => *at,
                None => last,
            };
            faults.push(AuditFault::at(at, AuditFaultKind::ProtocolDiffers));
        }
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
                is_revoked: row.get::<_, Option<i64>>(5)?.is_some(),
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
