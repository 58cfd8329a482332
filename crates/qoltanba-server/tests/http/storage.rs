//! The database locked, damaged, replaced; the audit log proved and altered.

use std::{fs, path::PathBuf, slice, time::Duration};

use qoltanba::{Certificate, identity::Role};
use qoltanba_server::{AuditError, AuditFaultKind, KeyBook, Scope, verify_audit};
use qoltanba_testkit::invented_iin;
use rusqlite::Connection;
use serde_json::json;

use crate::{
    house::{Content, House},
    registry::{DOCUMENTS, is, number},
};

impl House {
    pub(crate) fn data(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }

    pub(crate) async fn reserve(&self, key: &str) -> crate::house::Answer {
        self.send(&format!("{DOCUMENTS}/numbers"), key, &json!({ "count": 1 })).await
    }

    /// Reserves until it goes again; each refusal is one of a database.
    async fn reserve_at_last(&self, key: &str) {
        for _ in 0..100 {
            let answer = self.reserve(key).await;
            if answer.status == 201 {
                return;
            }
            assert_eq!(answer.status, 503);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it did not recover");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_of_another_process_is_told_and_ends() {
    let house = House::provider("registry.busy_seconds = 1");
    let key = house.key(&Scope::ALL).token;
    let other = Connection::open(house.data("registry.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let answer = house.reserve(&key).await;
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(answer.problem(), is(503, "storage_locked"));
    // It verifies, so a balancer must not turn away from it.
    let ready = house.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), &ready.json()["database"]), (200, &"locked".into()));
    assert_eq!(ready.json()["status"], "no_database");
    // Who only asks is answered, and documents are verified.
    assert_eq!(house.check(&number(1), &invented_iin(1)).await.status, 200);
    let report = house.post("/api/v1/verify", house.signed(Content::Inside)).await;
    assert_eq!(report.json()["verdict"], "passed");
    other.execute_batch("ROLLBACK").unwrap();
    // Nobody has written since.
    let ready = house.get("/readyz").await.json();
    assert_eq!((&ready["database"], &ready["status"]), (&json!(null), &"ready".into()));
    assert_eq!(house.reserve(&key).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_missing_database_is_told_and_a_whole_one_is_taken_up() {
    let house = House::provider("");
    let key = house.key(&Scope::ALL).token;
    assert_eq!(house.reserve(&key).await.status, 201);
    let file = house.data("registry.db");
    let copy = house.data("copy");
    let backup = Connection::open(&file).unwrap();
    backup.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
    drop(backup);
    let whole = fs::read(&copy).unwrap();
    let mut damaged = whole.clone();
    for octet in damaged.iter_mut().skip(4096).step_by(7) {
        *octet ^= 0x5a;
    }
    for bad in [Some(damaged), Some(b"no database at all".repeat(400)), Some(Vec::new()), None] {
        let _ = fs::remove_file(house.data("registry.db-wal"));
        let _ = fs::remove_file(house.data("registry.db-shm"));
        fs::remove_file(&file).unwrap();
        if let Some(bad) = &bad {
            fs::write(&file, bad).unwrap();
        }
        let answer = house.check(&number(1), &invented_iin(1)).await;
        assert_eq!(answer.problem(), is(503, "storage_corrupt"));
        assert_eq!(house.reserve(&key).await.problem(), is(503, "storage_corrupt"));
        assert_eq!(house.get("/readyz").await.json()["database"], "corrupt");
        let report = house.post("/api/v1/verify", house.signed(Content::Inside)).await;
        assert_eq!(report.json()["verdict"], "passed");
        let _ = fs::remove_file(house.data("registry.db-wal"));
        let _ = fs::remove_file(house.data("registry.db-shm"));
        fs::write(house.data("whole"), &whole).unwrap();
        fs::rename(house.data("whole"), &file).unwrap();
        house.reserve_at_last(&key).await;
        assert_eq!(house.get("/readyz").await.json()["database"], json!(null));
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_recipients_is_private_and_belongs_to_its_database() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::provider("");
    let mode = |name: &str| fs::metadata(house.data(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(["registry.key", "registry.db"].map(mode), [0o600, 0o600]);
    let config = || {
        let text = fs::read_to_string(house.folder.path().join("server.toml")).unwrap();
        qoltanba_server::Config::read(&text, std::iter::empty()).unwrap()
    };
    assert!(KeyBook::open(&config()).list().is_ok());
    // Cut off at its first start, after the database was committed.
    let known = fs::read(house.data("registry.key")).unwrap();
    fs::rename(house.data("registry.key"), house.data("registry.key.new")).unwrap();
    assert!(KeyBook::open(&config()).list().is_ok());
    assert_eq!(fs::read(house.data("registry.key")).unwrap(), known);
    assert!(!house.data("registry.key.new").exists());
    // And before: what was prepared is of no database.
    fs::remove_file(house.data("registry.key")).unwrap();
    fs::write(house.data("registry.key.new"), "00".repeat(16)).unwrap();
    assert!(KeyBook::open(&config()).list().is_ok());
    assert_ne!(fs::read(house.data("registry.key")).unwrap(), known);
    assert_eq!(mode("registry.key"), 0o600);
    fs::write(house.data("registry.key"), "00".repeat(32)).unwrap();
    assert!(KeyBook::open(&config()).list().is_err(), "under another key nobody is found");
}

/// A provider's house with some entries, its heads signed, and the certificate of the service.
pub(crate) async fn audited() -> (House, String, Certificate) {
    let house = House::keyed(Role::FirstHead, "");
    let certificate = house.mint.signer_certificate().unwrap();
    let key = house.key(&Scope::ALL).token;
    for text in ["first", "second", "third"] {
        let (signed, iin) = (house.sign(text.as_bytes(), Content::Inside), invented_iin(1));
        let fields: [(&str, &[u8]); 2] = [("file", &signed), ("recipient", iin.as_bytes())];
        assert_eq!(house.register(&key, &fields).await.status, 201);
        house.app.export_audit().await;
    }
    assert_eq!(house.reserve(&key).await.status, 201);
    house.app.export_audit().await;
    (house, key, certificate)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_is_proved_and_every_change_is_found_in_its_place() {
    let (house, _, certificate) = audited().await;
    let export = house.data("audit.jsonl");
    let good = fs::read_to_string(&export).unwrap();
    assert!(!good.contains(&invented_iin(1)));
    let by = slice::from_ref(&certificate);
    for file in [&export, &house.data("registry.db")] {
        let report = verify_audit(file, None, by).unwrap();
        assert!(report.is_whole(), "{:?}", report.faults);
        assert_eq!(
            (report.entries, report.heads, report.signed, report.attested),
            (6, 4, 4, Some(6))
        );
        assert_eq!(verify_audit(file, None, &[]).unwrap().unchecked, 4);
    }
    let lines: Vec<&str> = good.lines().collect();
    let place = |sequence: usize| {
        lines.iter().position(|l| l.starts_with(&format!("{{\"sequence\":{sequence},"))).unwrap()
    };
    let judge = |lines: &[String]| {
        let path = house.data("altered.jsonl");
        fs::write(&path, lines.join("\n") + "\n").unwrap();
        let report = verify_audit(&path, Some(&export), by).unwrap();
        report.faults.iter().map(|f| (f.from, f.to, f.kind)).collect::<Vec<_>>()
    };
    let owned = || lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    assert_eq!(judge(&owned()), []);
    for sequence in 1..=6 {
        let mut altered = owned();
        let line = &mut altered[place(sequence)];
        *line = line.replacen("2026", "2025", 1);
        let at = sequence as u64;
        assert_eq!(judge(&altered), [(at, at, AuditFaultKind::Altered)]);
        let mut altered = owned();
        altered[place(sequence)].truncate(20);
        assert_eq!(judge(&altered)[0], (at, at, AuditFaultKind::Unreadable));
        let mut removed = owned();
        removed.remove(place(sequence));
        let kind = if sequence == 6 { AuditFaultKind::Truncated } else { AuditFaultKind::Removed };
        assert_eq!(judge(&removed), [(at, at, kind)]);
    }
    let mut swapped = owned();
    swapped.swap(place(3), place(4));
    assert!(judge(&swapped).contains(&(3, 3, AuditFaultKind::Reordered)), "{:?}", judge(&swapped));
    // All that came after the second entry, with the heads that would tell.
    let shortened: Vec<String> = owned()[..place(3)].to_vec();
    assert!(
        judge(&shortened).contains(&(4, 6, AuditFaultKind::Truncated))
            || judge(&shortened).iter().any(|f| f.2 == AuditFaultKind::Truncated && f.1 == 6)
    );
    // A head that somebody else signed, or nobody.
    let mut forged = owned();
    let at = forged.len() - 1;
    forged[at] = forged[at].replacen("2026", "2025", 1);
    assert_eq!(judge(&forged), [(6, 6, AuditFaultKind::HeadNotSigned)]);
    // The whole chain made anew from the fourth entry on.
    let mut anew: Vec<String> = owned();
    anew.retain(|line| !line.starts_with("{\"head\""));
    let mut previous = String::new();
    for (index, line) in anew.iter_mut().enumerate() {
        if index >= 3 {
            let mut entry: serde_json::Value = serde_json::from_str(line).unwrap();
            entry["at"] = json!("2025-01-01T00:00:00Z");
            entry["previous"] = json!(previous);
            *line = entry.to_string();
        }
        previous = crate::registry::sha256(line.as_bytes());
    }
    let found = judge(&anew);
    assert!(found.contains(&(4, 4, AuditFaultKind::Rewritten)) || found[0].0 == 4, "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_in_the_database_is_found() {
    let (house, _, certificate) = audited().await;
    let file = house.data("registry.db");
    let kinds = || {
        let report =
            verify_audit(&file, Some(&house.data("audit.jsonl")), slice::from_ref(&certificate));
        report.unwrap().faults.iter().map(|f| (f.from, f.kind)).collect::<Vec<_>>()
    };
    let other = Connection::open(&file).unwrap();
    assert!(other.execute("DELETE FROM audit WHERE sequence = 3", []).is_err());
    assert!(other.execute("UPDATE audit SET line = '' WHERE sequence = 3", []).is_err());
    assert_eq!(kinds(), []);
    let change = |there: &str, back: &str, found: (u64, AuditFaultKind)| {
        other.execute_batch(there).unwrap();
        assert_eq!(kinds(), [found], "{there}");
        other.execute_batch(back).unwrap();
        assert_eq!(kinds(), [], "{back}");
    };
    let number: String = other
        .query_row("SELECT json_extract(line, '$.number') FROM audit WHERE sequence = 4", [], |r| {
            r.get(0)
        })
        .unwrap();
    change(
        &format!("UPDATE document SET status = 3 WHERE number = '{number}'"),
        &format!("UPDATE document SET status = 1 WHERE number = '{number}'"),
        (4, AuditFaultKind::DocumentDiffers),
    );
    let of = |what: &str| format!("UPDATE document SET {what} WHERE number = '{number}'");
    for (there, back) in [
        (of("name = 'Министрлік'"), of("name = 'Әкімдік'")),
        (of("registered = registered - 86400"), of("registered = registered + 86400")),
        (of("changed = changed + 1"), of("changed = changed - 1")),
    ] {
        change(&there, &back, (4, AuditFaultKind::DocumentDiffers));
    }
    // What no number is behind is no place to hide.
    for (there, back) in [
        (
            "INSERT INTO document SELECT '~1', status, recipient_a, recipient_b, issuer, name, \
             registered, changed, replaced_by, reason FROM document WHERE status = 1 LIMIT 1",
            "DELETE FROM document WHERE number = '~1'",
        ),
        (
            "UPDATE document SET status = 1 WHERE number = '~~~~~~~~~~~~~~'",
            "UPDATE document SET status = 0 WHERE number = '~~~~~~~~~~~~~~'",
        ),
        (
            "UPDATE document SET recipient_b = randomblob(32) WHERE number = '~~~~~~~~~~~~~~'",
            "UPDATE document SET recipient_b = zeroblob(32) WHERE number = '~~~~~~~~~~~~~~'",
        ),
        (
            "INSERT INTO file VALUES (zeroblob(32), '~~~~~~~~~~~~~~', 0)",
            "DELETE FROM file WHERE number = '~~~~~~~~~~~~~~'",
        ),
    ] {
        change(there, back, (6, AuditFaultKind::DocumentDiffers));
    }
    change(
        "UPDATE provider_key SET revoked = 1",
        "UPDATE provider_key SET revoked = NULL",
        (2, AuditFaultKind::KeyDiffers),
    );
    change(
        "UPDATE provider_key SET scopes = 'register'",
        "UPDATE provider_key SET scopes = 'reserve,register,status'",
        (2, AuditFaultKind::KeyDiffers),
    );
    let file: Vec<u8> = other
        .query_row("SELECT digest FROM file WHERE number = ?1", [&number], |r| r.get(0))
        .unwrap();
    other.execute("UPDATE file SET digest = zeroblob(32) WHERE number = ?1", [&number]).unwrap();
    assert_eq!(kinds(), [(4, AuditFaultKind::DocumentDiffers)]);
    other.execute("UPDATE file SET digest = ?2 WHERE number = ?1", (&number, file)).unwrap();
    // The end cut off together with its heads, and with what it did.
    other
        .execute_batch(
            "DROP TRIGGER audit_is_not_shortened; DELETE FROM audit WHERE sequence > 5; \
             DELETE FROM head WHERE sequence > 5; DELETE FROM document WHERE status = 0 AND number \
             NOT LIKE '~%'",
        )
        .unwrap();
    assert_eq!(kinds(), [(6, AuditFaultKind::Truncated)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_signature_attests_is_told() {
    let (house, key, certificate) = audited().await;
    let (export, database) = (house.data("audit.jsonl"), house.data("registry.db"));
    let by = slice::from_ref(&certificate);
    assert!(verify_audit(&database, Some(&export), by).unwrap().is_attested());
    // An entry after the last head.
    assert_eq!(house.reserve(&key).await.status, 201);
    let report = verify_audit(&database, Some(&export), by).unwrap();
    assert!(report.is_whole() && !report.is_attested());
    assert_eq!((report.entries, report.attested), (7, Some(6)));
    house.app.export_audit().await;
    assert!(verify_audit(&database, Some(&export), by).unwrap().is_attested());

    let good = fs::read_to_string(&export).unwrap();
    let altered = house.data("altered.jsonl");
    let judge = |text: &str| {
        fs::write(&altered, text).unwrap();
        verify_audit(&altered, None, by).unwrap()
    };
    let unsigned = |line: &str| {
        let mut head: serde_json::Value = serde_json::from_str(line).unwrap();
        head.as_object_mut().unwrap().remove("signature").unwrap();
        head.to_string()
    };
    let heads: Vec<&str> = good.lines().filter(|line| line.starts_with("{\"head\"")).collect();
    let (first, last) = (heads[0], heads[heads.len() - 1]);
    // Of a time before the service had a key; and one that could be anybody's.
    assert!(judge(&good.replace(first, &unsigned(first))).is_attested());
    let report = judge(&good.replace(last, &unsigned(last)));
    let faults: Vec<_> = report.faults.iter().map(|f| (f.from, f.kind)).collect();
    assert_eq!(faults, [(7, AuditFaultKind::HeadNotSigned)]);

    // A line that is being written is of no account, wherever it ends.
    for cut in [1, 40, last.len(), last.len() + 60] {
        let report = judge(&good[..good.len() - cut]);
        assert!(report.is_whole() && report.unfinished && !report.is_attested(), "{cut}");
        assert_eq!(report.attested, Some(6), "{cut}");
    }
    // Nothing to compare with is no comparison.
    let bare: String =
        good.lines().filter(|l| !l.starts_with("{\"head\"")).map(|l| format!("{l}\n")).collect();
    for text in ["", &bare, "{\"head\":\"?\"}\n"] {
        fs::write(&altered, text).unwrap();
        let error = verify_audit(&database, Some(&altered), by).unwrap_err();
        assert_eq!(error, AuditError::NoHead { path: altered.clone() });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_from_an_older_backup_is_noticed_and_nothing_is_added() {
    let (house, key, certificate) = audited().await;
    let (export, database) = (house.data("audit.jsonl"), house.data("registry.db"));
    let backup = Connection::open(&database).unwrap();
    backup.execute("VACUUM INTO ?1", [house.data("copy").to_str().unwrap()]).unwrap();
    drop(backup);
    assert_eq!(house.reserve(&key).await.status, 201);
    house.app.export_audit().await;
    assert_eq!(house.get("/readyz").await.json()["audit"], json!(null));
    let exported = fs::read(&export).unwrap();

    for name in ["registry.db-wal", "registry.db-shm"] {
        let _ = fs::remove_file(house.data(name));
    }
    fs::rename(house.data("copy"), &database).unwrap();
    let heads = || {
        let other = Connection::open(&database).unwrap();
        other.query_row("SELECT count(*) FROM head", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let older = json!("database_is_older");
    // Shorter than the export, and as long with another end.
    for _ in 0..2 {
        house.app.export_audit().await;
        let ready = house.get("/readyz").await;
        assert_eq!(ready.status, 503, "genuine documents are unknown to it");
        let ready = ready.json();
        assert_eq!((&ready["status"], &ready["audit"]), (&older, &older));
        assert_eq!((fs::read(&export).unwrap(), heads()), (exported.clone(), 4));
        house.reserve_at_last(&key).await;
    }
    // Whoever knows it begins a new export.
    fs::rename(&export, house.data("old.jsonl")).unwrap();
    house.app.export_audit().await;
    let ready = house.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), &ready.json()["audit"]), (200, &json!(null)));
    assert!(verify_audit(&export, None, slice::from_ref(&certificate)).unwrap().is_attested());
    let report =
        verify_audit(&database, Some(&house.data("old.jsonl")), slice::from_ref(&certificate));
    assert!(!report.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_goes_on_behind_its_own_last_head() {
    let (house, key, certificate) = audited().await;
    let export = house.data("audit.jsonl");
    // What somebody adds, or a batch that was cut off.
    for added in ["{\"sequence\":7,\"at\":", &forged_head(999)] {
        let mut text = fs::read_to_string(&export).unwrap();
        text.push_str(added);
        fs::write(&export, text).unwrap();
        assert_eq!(house.reserve(&key).await.status, 201);
        house.app.export_audit().await;
        let report = verify_audit(&export, Some(&export), slice::from_ref(&certificate)).unwrap();
        assert!(report.is_attested(), "{report:?}");
    }
    // A file that is not the one that was written is read anew.
    let text = fs::read_to_string(&export).unwrap();
    let first = text.lines().take(3).map(|line| format!("{line}\n")).collect::<String>();
    fs::write(&export, first).unwrap();
    house.app.export_audit().await;
    assert_eq!(fs::read_to_string(&export).unwrap(), text);
}

fn forged_head(sequence: u64) -> String {
    let statement = json!({
        "log": "00", "sequence": sequence, "digest": "00".repeat(32), "at": crate::house::NOW,
    });
    format!("{}\n", json!({ "head": statement.to_string() }))
}
