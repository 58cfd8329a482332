//! The audit log held against the registry, and altered by whoever knows how it is made.

use std::{fs, slice};

use qoltanba::{
    identity::Role,
    paper::{DocumentSigner, PageLanguage, Renderer, form::SignedBy},
};
use qoltanba_server::{AuditFaultKind, Scope, verify_audit};
use qoltanba_testkit::{SeededRng, invented_iin};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    house::{Content, House},
    registry::{DOCUMENTS, number, sha256},
    storage::audited,
};

#[tokio::test(flavor = "multi_thread")]
async fn all_that_a_provider_does_is_followed_and_what_is_gone_is_missed() {
    let house = House::keyed(Role::FirstHead, "");
    let certificate = house.mint.signer_certificate().unwrap();
    let (key, iin) = (house.key(&Scope::ALL).token, invented_iin(1));
    let mut numbers = Vec::new();
    for text in ["first", "second"] {
        let signed = house.sign(text.as_bytes(), Content::Inside);
        let answer =
            house.register(&key, &[("file", &signed), ("recipient", iin.as_bytes())]).await;
        numbers.push(answer.json()["number"].as_str().unwrap().to_owned());
    }
    // A document, then its page; one superseded, and withdrawn after that; a key that is ended.
    let document = house.output_document(&number(9), &iin);
    let signer = DocumentSigner::new(&*house.mint.signer.key, &certificate).unwrap();
    let signed = signer.sign(document, SignedBy::Person, &mut SeededRng::new(3)).unwrap();
    assert_eq!(house.register(&key, &[("file", signed.octets())]).await.status, 201);
    let pdf = signed.pdf(&Renderer::new().unwrap(), PageLanguage::Both).unwrap();
    assert_eq!(house.register(&key, &[("file", &pdf)]).await.status, 200);
    let path = format!("{DOCUMENTS}/{}/status", numbers[0]);
    for change in [
        json!({ "status": "superseded", "by": numbers[1] }),
        json!({ "status": "withdrawn", "reason": "data_changed" }),
    ] {
        assert_eq!(house.send(&path, &key, &change).await.status, 200);
    }
    let ended = house.key(&[Scope::Reserve]);
    assert!(house.app.key_book().revoke(&ended.id).unwrap());
    house.app.export_audit().await;

    let database = house.data("registry.db");
    let kinds = || {
        let report = verify_audit(
            &database,
            Some(&house.data("audit.jsonl")),
            slice::from_ref(&certificate),
        );
        report.unwrap().faults.iter().map(|f| (f.from, f.kind)).collect::<Vec<_>>()
    };
    assert_eq!(kinds(), []);
    let entry = |event: &str| -> u64 {
        let log = fs::read_to_string(house.data("audit.jsonl")).unwrap();
        let mut lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let entry = lines.rfind(|entry| entry["event"] == event).unwrap();
        entry["sequence"].as_u64().unwrap()
    };
    let other = Connection::open(&database).unwrap();
    let gone = [
        ("status_changed", "UPDATE document SET reason = 'other' WHERE status = 3"),
        ("files_added", "DELETE FROM file WHERE place = 1"),
        ("key_revoked", "UPDATE provider_key SET revoked = NULL"),
    ];
    let mut places = Vec::new();
    for (event, change) in gone {
        other.execute(change, []).unwrap();
        places.push(entry(event));
        places.sort_unstable();
        assert_eq!(kinds().iter().map(|fault| fault.0).collect::<Vec<_>>(), places, "{event}");
    }
    // The rows themselves.
    let faults = kinds();
    other.execute("DELETE FROM provider_key WHERE id = ?1", [&ended.id]).unwrap();
    assert_eq!(kinds(), faults, "told of the same entry");
    other
        .execute_batch("DELETE FROM file; DELETE FROM document WHERE number NOT LIKE '~%'")
        .unwrap();
    let of_documents = |faults: &[(u64, AuditFaultKind)]| {
        faults.iter().filter(|fault| fault.1 == AuditFaultKind::DocumentDiffers).count()
    };
    assert_eq!(of_documents(&kinds()), 3, "each document is missed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_beside_its_line_is_held_against_it() {
    let (house, _, certificate) = audited().await;
    let database = house.data("registry.db");
    let other = Connection::open(&database).unwrap();
    let change = "DROP TRIGGER audit_is_not_changed; \
                  UPDATE audit SET digest = zeroblob(32) WHERE sequence = 3";
    other.execute_batch(change).unwrap();
    let report = verify_audit(&database, None, slice::from_ref(&certificate)).unwrap();
    let faults: Vec<_> = report.faults.iter().map(|f| (f.from, f.kind)).collect();
    assert_eq!(faults, [(3, AuditFaultKind::Altered)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_of_another_log_and_one_that_is_forged_vouch_for_nothing() {
    let ((house, _, certificate), (other, ..)) = (audited().await, audited().await);
    let (export, by) = (house.data("audit.jsonl"), slice::from_ref(&certificate));
    let others = verify_audit(&export, Some(&other.data("audit.jsonl")), by).unwrap();
    let kinds: Vec<_> = others.faults.iter().map(|f| f.kind).collect();
    assert_eq!(kinds, [AuditFaultKind::OtherLog; 4]);

    // The last entry cut loose from the one before, and a head that says that it was so.
    let text = fs::read_to_string(&export).unwrap();
    let mut lines: Vec<String> = text.lines().map(Into::into).collect();
    let head = lines.pop().unwrap();
    let mut entry: Value = serde_json::from_str(&lines.pop().unwrap()).unwrap();
    assert_eq!(entry["sequence"], 6);
    entry["previous"] = json!("00".repeat(32));
    lines.push(entry.to_string());
    let mut forged: Value = serde_json::from_str(&head).unwrap();
    let mut statement: Value = serde_json::from_str(forged["head"].as_str().unwrap()).unwrap();
    statement["digest"] = json!(sha256(entry.to_string().as_bytes()));
    forged["head"] = json!(statement.to_string());
    lines.push(forged.to_string());
    let altered = house.data("altered.jsonl");
    fs::write(&altered, lines.join("\n") + "\n").unwrap();
    let report = verify_audit(&altered, None, by).unwrap();
    let faults: Vec<_> = report.faults.iter().map(|f| (f.from, f.kind)).collect();
    assert_eq!(faults, [(6, AuditFaultKind::Altered), (6, AuditFaultKind::HeadNotSigned)]);

    // Before the first entry there is nothing.
    let mut first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["previous"], "00".repeat(32));
    first["previous"] = json!("11".repeat(32));
    fs::write(&altered, format!("{first}\n")).unwrap();
    let report = verify_audit(&altered, None, by).unwrap();
    let faults: Vec<_> = report.faults.iter().map(|f| (f.from, f.kind)).collect();
    assert_eq!(faults, [(1, AuditFaultKind::Altered)]);
}
