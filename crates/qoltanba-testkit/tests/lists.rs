//! Lists, good and bad, as the core's keys and other readers see them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod common;

use common::{ALL, GOST, at, inside, printed, signed_by, split};
use der::{Decode as _, Encode as _};
use qoltanba::{Certificate, algorithm::SignatureFault};
use qoltanba_testkit::{CrlFault, CrlSpec, Mint, Order, Reason, Revoked, Scope, SeededRng};
use x509_cert::{crl::CertificateList, ext::Extension};

fn parsed(der: &[u8]) -> CertificateList {
    let list = CertificateList::from_der(der).unwrap();
    assert_eq!(list.to_der().unwrap(), der);
    list
}

fn critical(list: &CertificateList) -> Vec<String> {
    let all = list.tbs_cert_list.crl_extensions.as_deref().unwrap();
    all.iter().filter(|e| e.critical).map(|e| e.extn_id.to_string()).collect()
}

fn find<'a>(extensions: &'a [Extension], oid: &str) -> Option<&'a [u8]> {
    extensions.iter().find(|e| e.extn_id.to_string() == oid).map(|e| e.extn_value.as_bytes())
}

fn issuer(mint: &Mint) -> Certificate {
    Certificate::from_der(mint.issuing().certificate()).unwrap()
}

#[test]
fn good_lists_are_signed_and_readable() {
    let mut rng = SeededRng::new(20);
    for algorithm in ALL {
        let mint =
            Mint::new(&Order::new(algorithm, at()).revoked(at().plus_seconds(-60)), &mut rng)
                .unwrap();
        let issuers = [Certificate::from_der(mint.root.certificate()).unwrap(), issuer(&mint)];
        assert_eq!(mint.lists.len(), 2);
        for (der, issuer) in mint.lists.iter().zip(&issuers) {
            assert_eq!(signed_by(der, issuer), Ok(()), "{algorithm}");
            let list = parsed(der);
            assert_eq!(
                list.tbs_cert_list.issuer.to_der().unwrap(),
                issuer.claimed_subject().as_der()
            );
            assert_eq!(critical(&list), [""; 0]);
            let extensions = list.tbs_cert_list.crl_extensions.unwrap();
            let own = x509_cert::Certificate::from_der(issuer.as_der()).unwrap();
            let own = own.tbs_certificate().extensions().unwrap().clone();
            let identifier = &find(&own, "2.5.29.14").unwrap()[2..];
            assert_eq!(&find(&extensions, "2.5.29.35").unwrap()[4..], identifier);
            // The two identifiers of one algorithm.
            let (tbs, outer, _) = split(der);
            assert_eq!(inside(&tbs)[1], outer);
        }
        let revoked = parsed(&mint.lists[1]).tbs_cert_list.revoked_certificates.unwrap();
        assert_eq!(revoked.len(), 1);
        assert_eq!(revoked[0].serial_number.as_bytes(), mint.signer.serial);
        assert!(parsed(&mint.lists[0]).tbs_cert_list.revoked_certificates.is_none());
        let Some(text) = printed("crl", &mint.lists[1]) else { continue };
        let serial: String = mint.signer.serial.iter().map(|o| format!("{o:02X}")).collect();
        assert!(text.contains(&format!("Serial Number: {serial}")), "{text}");
        assert!(text.contains("Version 2") && text.contains("CRL Number"), "{text}");
    }
}

#[test]
fn entries_say_why_and_since_when() {
    let mut rng = SeededRng::new(21);
    let mint = Mint::good(GOST[0], at(), &mut rng).unwrap();
    let reasons = [
        (Reason::Unspecified, 0),
        (Reason::KeyCompromise, 1),
        (Reason::CaCompromise, 2),
        (Reason::AffiliationChanged, 3),
        (Reason::Superseded, 4),
        (Reason::CessationOfOperation, 5),
        (Reason::CertificateHold, 6),
        (Reason::RemoveFromCrl, 8),
        (Reason::PrivilegeWithdrawn, 9),
    ];
    let since = "2050-03-04T05:06:07Z".parse().unwrap();
    let mut spec = CrlSpec::complete(7, at());
    for (reason, code) in reasons {
        let entry = Revoked::new(&[0x20, code], at()).because(reason).invalid_since(since);
        spec = spec.revoke(entry);
    }
    let list = parsed(&mint.issuing().publish(&spec, &mut rng).unwrap());
    for (entry, (_, code)) in list.tbs_cert_list.revoked_certificates.unwrap().iter().zip(reasons) {
        let extensions = entry.crl_entry_extensions.as_deref().unwrap();
        assert_eq!(find(extensions, "2.5.29.21").unwrap(), [0x0a, 1, code]);
        let date = find(extensions, "2.5.29.24").unwrap();
        assert_eq!(date, b"\x18\x0f20500304050607Z");
    }
}

#[test]
fn deltas_and_parts_say_so_critically() {
    let mut rng = SeededRng::new(22);
    let mint = Mint::good(GOST[0], at(), &mut rng).unwrap();
    let mut publish = |spec| parsed(&mint.issuing().publish(&spec, &mut rng).unwrap());
    let delta = publish(CrlSpec::delta(105, 100, at()));
    assert_eq!(critical(&delta), ["2.5.29.27"]);
    let extensions = delta.tbs_cert_list.crl_extensions.unwrap();
    assert_eq!(find(&extensions, "2.5.29.27").unwrap(), [2, 1, 100]);
    assert_eq!(find(&extensions, "2.5.29.20").unwrap(), [2, 1, 105]);
    for (scope, value) in [
        (Scope::EndEntities, vec![0x30, 3, 0x81, 1, 0xff]),
        (Scope::Authorities, vec![0x30, 3, 0x82, 1, 0xff]),
        (Scope::KeyCompromise, vec![0x30, 4, 0x83, 2, 6, 0x40]),
        (Scope::Indirect, vec![0x30, 3, 0x84, 1, 0xff]),
    ] {
        let list = publish(CrlSpec::complete(1, at()).scope(scope));
        assert_eq!(critical(&list), ["2.5.29.28"], "{scope:?}");
        let extensions = list.tbs_cert_list.crl_extensions.unwrap();
        assert_eq!(find(&extensions, "2.5.29.28").unwrap(), value, "{scope:?}");
    }
}

#[test]
fn each_defect_is_there_and_alone() {
    let mut rng = SeededRng::new(23);
    for algorithm in ALL {
        let good = Mint::good(algorithm, at(), &mut rng).unwrap();
        let issuer = issuer(&good);
        let spec = CrlSpec::complete(1, at()).revoke(Revoked::new(&[0x20], at()));
        for fault in CrlFault::ALL {
            let der = good.issuing().publish(&spec.clone().fault(fault), &mut rng).unwrap();
            let list = parsed(&der);
            let tbs = &list.tbs_cert_list;
            let now = at().unix();
            let from = i64::try_from(tbs.this_update.to_unix_duration().as_secs()).unwrap();
            let to = tbs.next_update.unwrap().to_unix_duration().as_secs();
            let in_force = (from..=i64::try_from(to).unwrap()).contains(&now);
            let named = tbs.issuer.to_der().unwrap() == issuer.claimed_subject().as_der();
            let extensions = tbs.crl_extensions.as_deref().unwrap();
            let numbers =
                extensions.iter().filter(|e| e.extn_id.to_string() == "2.5.29.20").count();
            let entry = tbs.revoked_certificates.as_deref().unwrap()[0].clone();
            let (signed, outer, _) = split(&der);
            let facts = (
                signed_by(&der, &issuer),
                in_force,
                named,
                critical(&list).join(" "),
                numbers,
                entry.crl_entry_extensions.is_some_and(|e| e.iter().any(|e| e.critical)),
                inside(&signed)[1] == outer,
            );
            let mut expected = (Ok(()), true, true, String::new(), 1, false, true);
            match fault {
                CrlFault::Stale => {
                    expected.1 = false;
                    assert!(from < now && i64::try_from(to).unwrap() < now);
                }
                CrlFault::FromTheFuture => {
                    expected.1 = false;
                    assert!(from > now);
                }
                CrlFault::BadSignature => expected.0 = Err(SignatureFault::Mismatch),
                CrlFault::WrongIssuer => expected.2 = false,
                CrlFault::UnknownCriticalExtension => expected.3 = "1.3.6.1.4.1.32473.1".into(),
                CrlFault::UnknownCriticalEntryExtension => expected.5 = true,
                CrlFault::CriticalFreshestCrl => expected.3 = "2.5.29.46".into(),
                CrlFault::DuplicateExtension => expected.4 = 2,
                CrlFault::InnerOuterAlgorithmMismatch => expected.6 = false,
                _ => panic!("{fault:?} has no check"),
            }
            assert_eq!(facts, expected, "{algorithm} {fault:?}");
        }
    }
}

#[test]
fn long_lists_have_as_many_different_entries() {
    let mut rng = SeededRng::new(24);
    let mint = Mint::good(GOST[2], at(), &mut rng).unwrap();
    let spec = CrlSpec::complete(1, at()).revoke_invented(5_000);
    let der = mint.issuing().publish(&spec, &mut rng).unwrap();
    assert_eq!(signed_by(&der, &issuer(&mint)), Ok(()));
    let revoked = parsed(&der).tbs_cert_list.revoked_certificates.unwrap();
    let serials: std::collections::BTreeSet<_> =
        revoked.iter().map(|e| e.serial_number.as_bytes().to_vec()).collect();
    assert_eq!(serials.len(), 5_000);
}
