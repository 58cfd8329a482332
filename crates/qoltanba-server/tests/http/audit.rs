//! The audit log proved by the certificates of more keys than one.

use std::fs;

use qoltanba::Certificate;
use qoltanba_server::{AuditFaultKind, verify_audit};

use crate::{
    house::NOW,
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
        assert_eq!(judge(&[new.clone()]), (true, Some(7), 1, 4, vec![of_old.clone()]));
        assert_eq!(judge(&[old.clone()]), (false, Some(6), 4, 1, vec![of_new.clone()]));
        assert_eq!(judge(&[]), (false, None, 0, 5, vec![of_old, of_new]));
        let other = Certificate::from_der(house.mint.issuing().certificate()).unwrap();
        assert_eq!(judge(&[other]).0, false);
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
