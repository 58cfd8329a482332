//! The audit log proved by the certificates of more keys than one, and protocols held against it.

use std::{fs, slice};

use qoltanba::{Certificate, identity::Role};
use qoltanba_server::{AuditFaultKind, Server, verify_audit};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    house::{Content, House, NOW},
    registry::sha256,
    storage::audited,
};

/// What the heads that were not checked want: whose, how many, from which entry to which.
type Wanted = Vec<(String, u64, u64, u64)>;

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_proved_through_a_renewal_of_the_key() {
    let (house, key, old) = audited().await;
    let new = house.renew_key();
    let later = house.again(NOW, "");
    assert_eq!(house.reserve(&key).await.status, 201);
    later.app.export_audit().await;
    let print = |one: &Certificate| sha256(one.as_der());
    let export = house.data("audit.jsonl");
    for file in [&export, &house.data("registry.db")] {
        let judge = |signers: &[Certificate]| {
            let report = verify_audit(file, Some(&export), signers).unwrap();
            assert!(report.is_whole(), "{:?}", report.faults);
            let wanted: Wanted =
                report.wanted.iter().map(|w| (w.sha256.clone(), w.heads, w.from, w.to)).collect();
            (report.is_attested(), report.attested, report.signed, report.unchecked, wanted)
        };
        let of_old = (print(&old), 4, 3, 6);
        let of_new = (print(&new), 1, 7, 7);
        for both in [[old.clone(), new.clone()], [new.clone(), old.clone()]] {
            assert_eq!(judge(&both), (true, Some(7), 5, 0, vec![]));
        }
        // What the new key signed proves all that it is chained to, and not the other way round.
        assert_eq!(judge(slice::from_ref(&new)), (true, Some(7), 1, 4, vec![of_old.clone()]));
        assert_eq!(judge(slice::from_ref(&old)), (false, Some(6), 4, 1, vec![of_new.clone()]));
        assert_eq!(judge(&[]), (false, None, 0, 5, vec![of_old, of_new]));
        let other = Certificate::from_der(house.mint.issuing().certificate()).unwrap();
        assert!(!judge(&[other]).0);
    }

    // A head is checked by the certificate that it names, and by no other.
    let text = fs::read_to_string(&export).unwrap();
    let altered = house.data("altered.jsonl");
    for (there, by) in [(&old, &new), (&new, &old)] {
        fs::write(&altered, text.replace(&print(there), &print(by))).unwrap();
        let report = verify_audit(&altered, None, &[old.clone(), new.clone()]).unwrap();
        let kinds: Vec<_> = report.faults.iter().map(|fault| fault.kind).collect();
        assert!(kinds.contains(&AuditFaultKind::HeadNotSigned) && !report.is_attested());
    }
    let nameless = text.replace(&format!(",\"certificate\":\"{}\"", print(&new)), "");
    assert_ne!(nameless, text);
    fs::write(&altered, nameless).unwrap();
    assert!(!verify_audit(&altered, None, &[old.clone(), new]).unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protocol_is_missed_until_its_end_and_not_after_it() {
    let house = House::keyed(Role::FirstHead, "protocol.days = 2");
    house.made().await;
    let path = house.data("registry.db");
    let db = Connection::open(&path).unwrap();
    let kinds = || {
        let report = verify_audit(&path, None, &[]).unwrap();
        report.faults.iter().map(|fault| (fault.from, fault.kind)).collect::<Vec<_>>()
    };
    let differs = [(2, AuditFaultKind::ProtocolDiffers)];
    let rows =
        || db.query_row("SELECT count(*) FROM protocol", [], |r| r.get::<_, i64>(0)).unwrap();
    let sweep = async |now: &str| {
        let later = house.again(now, "");
        let server = Server::bind(later.app.clone()).await.unwrap();
        let swept = async {
            for _ in 0..200 {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                if rows() == 0 {
                    break;
                }
            }
        };
        server.run(swept).await;
    };
    assert_eq!(kinds(), []);
    db.execute_batch("CREATE TABLE kept AS SELECT * FROM protocol").unwrap();
    let back = "DELETE FROM protocol; INSERT INTO protocol SELECT * FROM kept";
    for change in [
        "UPDATE protocol SET message = x'00'",
        "UPDATE protocol SET page = x'00'",
        "UPDATE protocol SET expires = expires + 1",
        "UPDATE protocol SET expires = expires - 1",
        "DELETE FROM protocol",
    ] {
        db.execute(change, []).unwrap();
        assert_eq!(kinds(), differs, "{change}");
        db.execute_batch(back).unwrap();
        assert_eq!(kinds(), [], "{change}");
    }
    // Its end was moved, and the service deleted it in good faith.
    db.execute("UPDATE protocol SET expires = expires - 86400", []).unwrap();
    sweep("2026-11-26T12:00:00Z").await;
    assert_eq!((rows(), kinds()), (0, differs.to_vec()));
    db.execute_batch(back).unwrap();
    assert_eq!(kinds(), []);
    // At its real end.
    sweep("2026-11-27T12:00:00Z").await;
    assert_eq!((rows(), kinds()), (0, vec![]));
    let last: String = db
        .query_row("SELECT line FROM audit ORDER BY sequence DESC LIMIT 1", [], |r| r.get(0))
        .unwrap();
    let last: Value = serde_json::from_str(&last).unwrap();
    assert_eq!((&last["event"], &last["count"]), (&"protocols_deleted".into(), &json!(1)));
}

#[tokio::test]
async fn an_entry_of_the_first_logs_tells_the_message_alone() {
    let house = House::keyed(Role::FirstHead, "");
    house.made().await;
    let path = house.data("registry.db");
    let db = Connection::open(&path).unwrap();
    let line: String =
        db.query_row("SELECT line FROM audit WHERE sequence = 2", [], |r| r.get(0)).unwrap();
    let entry: Value = serde_json::from_str(&line).unwrap();
    let told = |name: &str| format!(",\"{name}\":{}", entry[name]);
    let first = line.replace(&told("page"), "").replace(&told("expires"), "");
    assert_eq!(first.matches("\":").count(), 6, "{first}");
    db.execute_batch("DROP TRIGGER audit_is_not_changed").unwrap();
    let digest: Vec<u8> = sha256(first.as_bytes())
        .as_bytes()
        .chunks(2)
        .map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap())
        .collect();
    let sql = "UPDATE audit SET line = ?1, digest = ?2 WHERE sequence = 2";
    db.execute(sql, (&first, &digest)).unwrap();
    let is_whole = || verify_audit(&path, None, &[]).unwrap().is_whole();
    assert!(is_whole());
    db.execute("UPDATE protocol SET page = x'00', expires = expires - 1", []).unwrap();
    assert!(is_whole(), "nothing tells");
    db.execute("UPDATE protocol SET message = x'00'", []).unwrap();
    assert!(!is_whole());
    db.execute("DELETE FROM protocol", []).unwrap();
    assert!(is_whole(), "it may have run out");
}

impl House {
    /// A protocol of a check.
    async fn made(&self) {
        let made = self.post("/api/v1/verify?protocol=true", self.signed(Content::Inside)).await;
        assert_eq!(made.status, 200);
    }
}
