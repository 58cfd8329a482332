//! Chains as OpenSSL judges them, and each defect as somebody else sees it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod common;

use std::collections::BTreeSet;

use common::{ALL, GOST, RSA, at, inside, openssl, pem, put, run, signed_by, split};
use der::Decode as _;
use qoltanba::{
    Certificate,
    algorithm::SignatureFault,
    identity::{Role, Subject},
    sign::SigningKey as _,
};
use qoltanba_testkit::{
    Attribute, CrlFault, Error, Fault, Mint, Order, Placement, Profile, SeededRng,
};

/// What `openssl verify` says of the signer: with every list, at the moment of the order.
fn judged(mint: &Mint) -> Option<Result<(), String>> {
    let mut command = openssl()?;
    let dir = tempfile::tempdir().unwrap();
    let anchor = put(dir.path(), "anchor.pem", pem("CERTIFICATE", &mint.anchor).as_bytes());
    let between: String =
        mint.authorities.iter().map(|a| pem("CERTIFICATE", a.certificate())).collect();
    let between = put(dir.path(), "between.pem", between.as_bytes());
    let lists: String = mint.lists.iter().map(|l| pem("X509 CRL", l)).collect();
    let lists = put(dir.path(), "lists.pem", lists.as_bytes());
    let signer =
        put(dir.path(), "signer.pem", pem("CERTIFICATE", &mint.signer.certificate).as_bytes());
    command.args(["verify", "-crl_check_all", "-attime", &at().unix().to_string()]);
    command.arg("-CAfile").arg(anchor).arg("-untrusted").arg(between);
    let (ok, text) = run(command.arg("-CRLfile").arg(lists).arg(signer));
    Some(if ok { Ok(()) } else { Err(text) })
}

fn order() -> Order {
    Order::new(RSA, at())
}

#[test]
fn openssl_accepts_every_good_rsa_chain() {
    let mut rng = SeededRng::new(30);
    for profile in [
        Profile::Sign(Role::Individual),
        Profile::Sign(Role::Treasury),
        Profile::Sign(Role::InformationSystem),
        Profile::Authenticate(Role::FirstHead),
        Profile::TimeStamping,
        Profile::OcspResponder,
    ] {
        let mint = Mint::new(&order().profile(profile), &mut rng).unwrap();
        let Some(result) = judged(&mint) else { return };
        assert_eq!(result, Ok(()), "{profile:?}");
    }
}

#[test]
fn openssl_refuses_each_bad_rsa_chain_for_its_reason() {
    let mut rng = SeededRng::new(31);
    let of_chain = [
        (Fault::Expired, "certificate has expired"),
        (Fault::NotYetValid, "certificate is not yet valid"),
        (Fault::UnknownCriticalExtension, "unhandled critical extension"),
        (Fault::BadSignature, "certificate signature failure"),
        (Fault::NoCaFlag, "invalid CA certificate"),
        (Fault::NoCertSign, "usage does not include certificate signing"),
        (Fault::NoCrlSign, "Key usage does not include CRL signing"),
        (Fault::PathLength, "path length constraint exceeded"),
        (Fault::SameNamedForeignRoot, "unable to get"),
    ];
    for (fault, reason) in of_chain {
        let mint = Mint::new(&order().fault(fault), &mut rng).unwrap();
        let Some(result) = judged(&mint) else { return };
        let text = result.expect_err(fault.code()).to_lowercase();
        assert!(text.contains(&reason.to_lowercase()), "{fault:?}: {text}");
    }
    let of_list = [
        (CrlFault::Stale, "CRL has expired"),
        (CrlFault::FromTheFuture, "CRL is not yet valid"),
        (CrlFault::BadSignature, "CRL signature failure"),
        (CrlFault::WrongIssuer, "unable to get certificate CRL"),
        (CrlFault::UnknownCriticalExtension, "unhandled critical CRL extension"),
    ];
    for (fault, reason) in of_list {
        let mint = Mint::new(&order().crl_fault(fault), &mut rng).unwrap();
        let text = judged(&mint).unwrap().expect_err(reason);
        assert!(text.contains(reason), "{fault:?}: {text}");
    }
    let mint = Mint::new(&order().revoked(at().plus_seconds(-60)), &mut rng).unwrap();
    assert!(judged(&mint).unwrap().unwrap_err().contains("certificate revoked"));
}

/// What the core and plain reading of the DER say, for every algorithm.
#[test]
fn each_defect_is_in_the_signer_and_alone() {
    let mut rng = SeededRng::new(32);
    for algorithm in ALL {
        for fault in Fault::ALL {
            let on_signer = matches!(fault.placement(), Placement::Certificate | Placement::Person);
            if !on_signer || (fault == Fault::OffCurveKey && algorithm == RSA) {
                continue;
            }
            let order =
                Order::new(algorithm, at()).profile(Profile::Sign(Role::Employee)).fault(fault);
            let mint = Mint::new(&order, &mut rng).unwrap();
            let issuer = Certificate::from_der(mint.issuing().certificate()).unwrap();
            let der = &mint.signer.certificate;
            let expected =
                if fault == Fault::BadSignature { Err(SignatureFault::Mismatch) } else { Ok(()) };
            assert_eq!(signed_by(der, &issuer), expected, "{algorithm} {fault:?}");
            let seen = mint.signer_certificate();
            let context = format!("{algorithm} {fault:?}: {seen:?}");
            let certificate = match fault {
                Fault::DuplicateExtension | Fault::InnerOuterAlgorithmMismatch => {
                    assert!(seen.is_err(), "{context}");
                    let (tbs, outer, _) = split(der);
                    let parts = inside(&tbs);
                    let differ = parts[2] != outer;
                    assert_eq!(differ, fault == Fault::InnerOuterAlgorithmMismatch, "{context}");
                    let parsed = x509_cert::Certificate::from_der(der).unwrap();
                    let usages = parsed
                        .tbs_certificate()
                        .extensions()
                        .unwrap()
                        .iter()
                        .filter(|e| e.extn_id.to_string() == "2.5.29.15")
                        .count();
                    assert_eq!(usages == 2, fault == Fault::DuplicateExtension, "{context}");
                    continue;
                }
                _ => seen.unwrap(),
            };
            let period = certificate.validity();
            assert_eq!(period.not_after < at(), fault == Fault::Expired, "{context}");
            assert_eq!(period.not_before > at(), fault == Fault::NotYetValid, "{context}");
            let off_curve = certificate.public_key().is_err();
            assert_eq!(off_curve, fault == Fault::OffCurveKey, "{context}");
            let useless = certificate.purposes().is_empty();
            assert_eq!(useless, fault == Fault::WrongUsage, "{context}");
            let parsed = x509_cert::Certificate::from_der(der).unwrap();
            let unknown = parsed
                .tbs_certificate()
                .extensions()
                .unwrap()
                .iter()
                .any(|e| e.critical && e.extn_id.to_string() == "1.3.6.1.4.1.32473.1");
            assert_eq!(unknown, fault == Fault::UnknownCriticalExtension, "{context}");

            let subject = Subject::claimed_by(&certificate);
            let no_iin = [Fault::SeveralIins, Fault::ElevenDigitIin, Fault::IinWithoutPrefix];
            assert_eq!(subject.iin.is_none(), no_iin.contains(&fault), "{context}");
            assert_eq!(subject.bin.is_none(), fault == Fault::SeveralBins, "{context}");
            let remarked = fault.placement() == Placement::Person;
            assert_eq!(!subject.remarks.is_empty(), remarked, "{context} {:?}", subject.remarks);
            assert_eq!(certificate.quirks(), []);
        }
    }
}

#[test]
fn wrong_numbers_are_wrong_in_the_described_way() {
    let mut rng = SeededRng::new(33);
    let mut numbers = |fault| {
        let order = Order::new(GOST[0], at()).role(Role::FirstHead).fault(fault);
        let certificate = Mint::new(&order, &mut rng).unwrap().signer_certificate().unwrap();
        let values = |oid: &str| -> Vec<String> {
            let attributes = certificate.claimed_subject().attributes();
            let of_type = attributes.iter().filter(|a| a.oid() == oid);
            of_type.map(|a| a.text().unwrap().to_owned()).collect()
        };
        (values("2.5.4.5"), values("2.5.4.11"))
    };
    let good = format!("IIN{}", qoltanba_testkit::invented_iin(0));
    let (iins, bins) = numbers(Fault::SeveralIins);
    assert!(iins.len() == 2 && iins[0] == good && iins[1] != good && bins.len() == 1);
    assert_eq!(numbers(Fault::ElevenDigitIin).0, [&good[..14]]);
    assert_eq!(numbers(Fault::IinWithoutPrefix).0, [&good[3..]]);
    let wrong = numbers(Fault::WrongCheckDigit).0;
    assert!(wrong[0][..14] == good[..14] && wrong[0].len() == 15 && wrong[0] != good);
    let (iins, bins) = numbers(Fault::SeveralBins);
    assert!(iins == [good] && bins.len() == 2 && bins[0] != bins[1]);
}

/// Defects of authorities and chains, without OpenSSL, for the algorithms that it does not know.
#[test]
fn each_defect_of_a_chain_is_there_for_every_algorithm() {
    let mut rng = SeededRng::new(34);
    for algorithm in ALL {
        for fault in Fault::ALL {
            if !matches!(fault.placement(), Placement::Authority | Placement::Chain) {
                continue;
            }
            let mint = Mint::new(&Order::new(algorithm, at()).fault(fault), &mut rng).unwrap();
            let der = |a: &qoltanba_testkit::Authority| a.certificate().to_vec();
            let mut path: Vec<Vec<u8>> = vec![der(&mint.root)];
            path.extend(mint.authorities.iter().map(der));
            path.push(mint.signer.certificate.clone());
            let read: Vec<_> = path.iter().map(|d| Certificate::from_der(d).unwrap()).collect();
            for pair in read.windows(2) {
                assert_eq!(signed_by(pair[1].as_der(), &pair[0]), Ok(()), "{algorithm} {fault:?}");
                assert_eq!(pair[1].issuer(), pair[0].claimed_subject());
            }
            let parsed = x509_cert::Certificate::from_der(&path[1]).unwrap();
            let extensions = parsed.tbs_certificate().extensions().unwrap().clone();
            let value = |oid: &str| {
                let found = extensions.iter().find(|e| e.extn_id.to_string() == oid).unwrap();
                found.extn_value.as_bytes().to_vec()
            };
            let (constraints, usage) = (value("2.5.29.19"), value("2.5.29.15"));
            let no_ca = constraints == [0x30, 0];
            assert_eq!(no_ca, fault == Fault::NoCaFlag, "{algorithm}");
            assert_eq!(usage == [3, 2, 1, 2], fault == Fault::NoCertSign, "{algorithm}");
            assert_eq!(usage == [3, 2, 2, 4], fault == Fault::NoCrlSign, "{algorithm}");
            assert_eq!(path.len() == 4, fault == Fault::PathLength, "{algorithm}");
            let anchor = Certificate::from_der(&mint.anchor).unwrap();
            assert_eq!(anchor.claimed_subject(), read[0].claimed_subject());
            let foreign = signed_by(&path[1], &anchor).is_err();
            assert_eq!(foreign, fault == Fault::SameNamedForeignRoot, "{algorithm}");
        }
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let mut rng = SeededRng::new(35);
    let system = Order::new(GOST[0], at()).role(Role::InformationSystem);
    let refused = |order: Order, rng: &mut SeededRng| {
        matches!(Mint::new(&order, rng), Err(Error::Description(_)))
    };
    assert!(refused(system.clone().fault(Fault::ElevenDigitIin), &mut rng));
    assert!(refused(order().fault(Fault::OffCurveKey), &mut rng));
    assert!(!refused(system.fault(Fault::SeveralBins), &mut rng));
    let mint = Mint::good(GOST[0], at(), &mut rng).unwrap();
    let period = mint.issuing().spec().validity;
    let nobody = qoltanba_testkit::EndEntity::new(GOST[0], period);
    assert!(matches!(nobody.name(), Err(Error::Description(_))));
    let person =
        qoltanba_testkit::EndEntity::invented(Profile::Sign(Role::Employee), 1, GOST[2], period);
    assert_eq!(person.name().unwrap().values(Attribute::Email).count(), 1);
    let key = qoltanba_testkit::fresh_key(GOST[0], &mut rng).unwrap();
    assert!(mint.issuing().issue(&person, key, &mut rng).is_err());
}

#[test]
fn the_same_seed_makes_the_same_gost_chain() {
    let make = || Mint::good(GOST[0], at(), &mut SeededRng::new(36)).unwrap();
    let (a, b) = (make(), make());
    assert_eq!(a.signer.certificate, b.signer.certificate);
    assert_eq!(a.lists, b.lists);
}

#[test]
fn hundreds_of_rsa_chains_share_eight_keys() {
    let mut rng = SeededRng::new(37);
    let mut all = BTreeSet::new();
    for _ in 0..100 {
        let mint = Mint::good(RSA, at(), &mut rng).unwrap();
        let keys = [mint.root.key(), mint.issuing().key(), &mint.signer.key];
        let own: BTreeSet<_> = keys.iter().map(|k| k.public_key_info().to_vec()).collect();
        assert_eq!(own.len(), 3);
        all.extend(own);
    }
    assert!(all.len() <= 8, "{}", all.len());
}
