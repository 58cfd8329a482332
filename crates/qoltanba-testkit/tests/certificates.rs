//! Every good certificate is what its profile says, to the core and to other readers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod common;

use common::{ALL, GOST, RSA, at, inside, printed, signed_by, split};
use der::{Decode as _, Encode as _};
use qoltanba::{
    Certificate,
    algorithm::SignatureAlgorithm,
    certificate::{Purpose, Quirk},
    identity::{Role, Subject},
    time::Validity,
};
use qoltanba_testkit::{
    Authority, AuthoritySpec, EndEntity, Generation, Issued, Profile, SeededRng, pooled_key,
};
use sha1::Digest as _;
use x509_cert::ext::Extension;

const ROLES: [Role; 8] = [
    Role::Individual,
    Role::FirstHead,
    Role::RightToSign,
    Role::RightToSignFinancial,
    Role::HumanResources,
    Role::Employee,
    Role::InformationSystem,
    Role::Treasury,
];

fn year() -> Validity {
    Validity { not_before: at().plus_seconds(-86_400), not_after: at().plus_seconds(364 * 86_400) }
}

fn file(algorithm: SignatureAlgorithm) -> &'static str {
    if algorithm == RSA { "nca_rsa" } else { "nca_gost" }
}

fn authorities(algorithm: SignatureAlgorithm, rng: &mut SeededRng) -> (Authority, Authority) {
    let mut key = || pooled_key(algorithm, &mut SeededRng::new(rand_core::Rng::next_u64(rng)));
    let (first, second) = (key().unwrap(), key().unwrap());
    let root = AuthoritySpec::root("НЕГІЗГІ ҮЛГІ", "root", year());
    let root = Authority::root(root, first, rng).unwrap();
    let issuing = AuthoritySpec::issuing("ҮЛГІ ОРТАЛЫҚ", file(algorithm), year());
    let issuing = root.certify(issuing, second, rng).unwrap();
    (root, issuing)
}

fn issue(by: &Authority, profile: Profile, number: u32, rng: &mut SeededRng) -> Issued {
    let entity = EndEntity::invented(profile, number, by.algorithm(), year());
    let key = pooled_key(by.algorithm(), rng).unwrap();
    by.issue(&entity, key, rng).unwrap()
}

fn read(der: &[u8]) -> (Certificate, Vec<Extension>) {
    let certificate = x509_cert::Certificate::from_der(der).unwrap();
    assert_eq!(certificate.to_der().unwrap(), der);
    let extensions = certificate.tbs_certificate().extensions().unwrap().clone();
    (Certificate::from_der(der).unwrap(), extensions)
}

fn value(extensions: &[Extension], oid: &str) -> Option<Vec<u8>> {
    extensions
        .iter()
        .find(|e| e.extn_id.to_string() == oid)
        .map(|e| e.extn_value.as_bytes().to_vec())
}

#[test]
fn every_role_reads_back_as_described() {
    let mut rng = SeededRng::new(1);
    for algorithm in ALL {
        let (_, issuing) = authorities(algorithm, &mut rng);
        let issuer = Certificate::from_der(issuing.certificate()).unwrap();
        for (number, role) in (0..).zip(ROLES) {
            let issued = issue(&issuing, Profile::Sign(role), number, &mut rng);
            let (certificate, _) = read(&issued.certificate);
            assert_eq!(certificate.quirks(), [], "{algorithm} {role}");
            let subject = Subject::claimed_by(&certificate);
            assert_eq!(subject.roles, [role], "{algorithm}");
            assert_eq!(subject.remarks, [], "{algorithm} {role}");
            assert_eq!(subject.bin.is_some(), role != Role::Individual, "{algorithm} {role}");
            let person = role != Role::InformationSystem;
            assert_eq!(subject.iin.is_some(), person, "{algorithm} {role}");
            assert_eq!(subject.surname.is_some(), person, "{algorithm} {role}");
            assert_eq!(subject.given_name.is_some(), person, "{algorithm} {role}");
            assert_eq!(subject.key_store_type.as_deref(), Some("1.2.398.3.3.5.1.1"));
            let purposes: Vec<_> = certificate.purposes().iter().collect();
            let gost2015 = algorithm == GOST[0] || algorithm == GOST[1];
            let expected: &[Purpose] =
                if gost2015 { &[Purpose::Sign, Purpose::Authenticate] } else { &[Purpose::Sign] };
            assert_eq!(purposes, expected, "{algorithm} {role}");
            assert_eq!(signed_by(&issued.certificate, &issuer), Ok(()), "{algorithm} {role}");
            assert_eq!(certificate.issuer(), issuer.claimed_subject());
        }
    }
}

#[test]
fn keys_to_log_in_do_not_sign() {
    let mut rng = SeededRng::new(2);
    for algorithm in ALL {
        let (_, issuing) = authorities(algorithm, &mut rng);
        for role in [Role::Individual, Role::Employee] {
            let issued = issue(&issuing, Profile::Authenticate(role), 5, &mut rng);
            let (certificate, _) = read(&issued.certificate);
            let purposes: Vec<_> = certificate.purposes().iter().collect();
            assert_eq!(purposes, [Purpose::Authenticate], "{algorithm} {role}");
            assert_eq!(Subject::claimed_by(&certificate).roles, [role]);
        }
    }
}

#[test]
fn services_have_their_marks_and_no_purpose() {
    let mut rng = SeededRng::new(3);
    for algorithm in ALL {
        let (_, issuing) = authorities(algorithm, &mut rng);
        let stamps = issue(&issuing, Profile::TimeStamping, 1, &mut rng);
        let (certificate, extensions) = read(&stamps.certificate);
        assert!(certificate.purposes().is_empty());
        assert_eq!(certificate.quirks(), []);
        let uses = extensions.iter().find(|e| e.extn_id.to_string() == "2.5.29.37").unwrap();
        // RFC 3161 §2.3: critical, and the only use.
        assert!(uses.critical);
        assert_eq!(inside(uses.extn_value.as_bytes()).len(), 1);

        let status = issue(&issuing, Profile::OcspResponder, 2, &mut rng);
        let (certificate, extensions) = read(&status.certificate);
        assert!(certificate.purposes().is_empty());
        let gost2015 = algorithm == GOST[0] || algorithm == GOST[1];
        let no_check = value(&extensions, "1.3.6.1.5.5.7.48.1.5").unwrap();
        if gost2015 {
            assert_eq!((certificate.quirks(), no_check.as_slice()), (&[][..], &[5, 0][..]));
        } else {
            let quirks = [Quirk::EmptyOcspNoCheck];
            assert_eq!((certificate.quirks(), no_check.as_slice()), (&quirks[..], &[][..]));
        }
    }
}

#[test]
fn serial_and_key_identifier_come_from_the_key() {
    let mut rng = SeededRng::new(4);
    for algorithm in ALL {
        let (root, issuing) = authorities(algorithm, &mut rng);
        let person = issue(&issuing, Profile::Sign(Role::Individual), 0, &mut rng);
        for der in [root.certificate(), issuing.certificate(), &person.certificate] {
            let parsed = x509_cert::Certificate::from_der(der).unwrap();
            let tbs = parsed.tbs_certificate();
            let bits = tbs.subject_public_key_info().subject_public_key.raw_bytes();
            let identifier: [u8; 20] = sha1::Sha1::digest(bits).into();
            let (certificate, extensions) = read(der);
            let own = value(&extensions, "2.5.29.14").unwrap();
            assert_eq!(own, [&[0x04, 20][..], &identifier].concat());
            let serial = certificate.serial();
            assert_eq!(serial.len(), 20);
            assert!((0x10..0x80).contains(&serial[0]), "{:02x}", serial[0]);
            assert_eq!(serial[1..], identifier[1..]);
            assert_eq!(serial[0] & 0x6f, identifier[0] & 0x6f);
        }
    }
}

#[test]
fn a_key_certified_twice_gets_two_serial_numbers() {
    let mut rng = SeededRng::new(5);
    let (_, issuing) = authorities(GOST[0], &mut rng);
    let key = pooled_key(GOST[0], &mut rng).unwrap();
    let entity = EndEntity::invented(Profile::Sign(Role::Individual), 0, GOST[0], year());
    let first = issuing.issue(&entity, key.clone(), &mut rng).unwrap();
    let second = issuing.clone().issue(&entity, key, &mut rng).unwrap();
    assert_ne!(first.serial, second.serial);
    assert_eq!(first.alias, second.alias);
}

/// The values as octets in the published certificates (kz-pki §3 and §5).
#[test]
fn octets_are_those_of_the_national_profile() {
    let mut rng = SeededRng::new(6);
    let hex = |b: &[u8]| b.iter().map(|o| format!("{o:02x}")).collect::<String>();
    let signature = [
        (GOST[0], "300e060a2a830e030a01010203020500"),
        (GOST[1], "300e060a2a830e030a01010203010500"),
        (GOST[2], "300d06092a830e030a010101020500"),
        (RSA, "300d06092a864886f70d01010b0500"),
    ];
    for (algorithm, expected) in signature {
        let (root, issuing) = authorities(algorithm, &mut rng);
        let head = issue(&issuing, Profile::Sign(Role::FirstHead), 1, &mut rng);
        let (tbs, outer, _) = split(&head.certificate);
        assert_eq!(hex(&outer), expected);
        assert_eq!(inside(&tbs)[2], outer, "inner algorithm");
        let (_, extensions) = read(&head.certificate);
        let gost2015 = algorithm == GOST[0] || algorithm == GOST[1];
        let usage = value(&extensions, "2.5.29.15").unwrap();
        assert_eq!(hex(&usage), if gost2015 { "030203c8" } else { "030206c0" });
        let store = value(&extensions, "1.2.398.3.3.5").unwrap();
        assert_eq!(hex(&store), "300a06082a830e0303050101");
        let critical: Vec<_> =
            extensions.iter().filter(|e| e.critical).map(|e| e.extn_id.to_string()).collect();
        assert_eq!(critical, ["2.5.29.15"]);

        let login = issue(&issuing, Profile::Authenticate(Role::FirstHead), 1, &mut rng);
        let usage = value(&read(&login.certificate).1, "2.5.29.15").unwrap();
        assert_eq!(hex(&usage), if gost2015 { "03020388" } else { "030205a0" });

        for (authority, path) in [(&root, "30030101ff"), (&issuing, "30060101ff020100")] {
            let (certificate, extensions) = read(authority.certificate());
            assert_eq!(hex(&value(&extensions, "2.5.29.19").unwrap()), path);
            assert_eq!(hex(&value(&extensions, "2.5.29.15").unwrap()), "03020106");
            assert_eq!(certificate.quirks(), []);
            assert!(certificate.purposes().is_empty());
            let issuer = Certificate::from_der(root.certificate()).unwrap();
            assert_eq!(signed_by(authority.certificate(), &issuer), Ok(()));
        }
    }
}

/// The attributes of a published certificate of each kind, in their order (kz-pki §5).
#[test]
fn names_have_the_published_order_and_string_types() {
    let mut rng = SeededRng::new(7);
    let layout = |algorithm, profile| {
        let (_, issuing) = authorities(algorithm, &mut rng.clone());
        let issued = issue(&issuing, profile, 3, &mut rng);
        let (certificate, _) = read(&issued.certificate);
        let name = certificate.claimed_subject();
        for (rdn, attribute) in inside(name.as_der()).iter().zip(name.attributes()) {
            let pair = inside(&inside(rdn)[0]);
            let printable = ["2.5.4.5", "2.5.4.6"].contains(&attribute.oid().as_str());
            assert_eq!(pair[1][0], if printable { 0x13 } else { 0x0c }, "{}", attribute.oid());
        }
        let oids: Vec<_> = name.attributes().iter().map(|a| a.oid()).collect();
        oids.join(" ").replace("2.5.4.", "").replace("0.9.2342.19200300.100.1.", "u")
    };
    let mut layout = layout;
    assert_eq!(layout(GOST[0], Profile::Sign(Role::Individual)), "3 4 5 6 42");
    assert_eq!(layout(GOST[0], Profile::Sign(Role::FirstHead)), "3 4 5 6 10 11 42");
    assert_eq!(layout(GOST[0], Profile::Sign(Role::InformationSystem)), "u1 3 6 10 11");
    assert_eq!(layout(GOST[0], Profile::Sign(Role::Treasury)), "u25 3 4 5 6 10 11 15 42");
    assert_eq!(
        layout(RSA, Profile::Authenticate(Role::Individual)),
        "3 4 5 6 7 8 42 1.2.840.113549.1.9.1"
    );
}

#[test]
fn either_form_goes_with_either_algorithm_when_asked() {
    let mut rng = SeededRng::new(8);
    let (_, issuing) = authorities(GOST[0], &mut rng);
    let entity = EndEntity {
        generation: Some(Generation::Legacy),
        ..EndEntity::invented(Profile::Sign(Role::Employee), 1, GOST[0], year())
    };
    let key = pooled_key(GOST[0], &mut rng).unwrap();
    let issued = issuing.issue(&entity, key, &mut rng).unwrap();
    let (certificate, extensions) = read(&issued.certificate);
    assert_eq!(certificate.quirks(), []);
    assert_eq!(extensions[0].extn_id.to_string(), "2.5.29.15");
    assert!(certificate.claimed_subject().attributes().iter().any(|a| a.oid() == "2.5.4.7"));
}

#[test]
fn openssl_reads_every_profile() {
    let mut rng = SeededRng::new(9);
    let mut profiles: Vec<_> = ROLES.map(Profile::Sign).to_vec();
    profiles.extend([
        Profile::Authenticate(Role::Individual),
        Profile::Authenticate(Role::FirstHead),
        Profile::TimeStamping,
        Profile::OcspResponder,
    ]);
    for algorithm in ALL {
        let (root, issuing) = authorities(algorithm, &mut rng);
        let mut all = vec![root.certificate().to_vec(), issuing.certificate().to_vec()];
        for profile in &profiles {
            all.push(issue(&issuing, *profile, 1, &mut rng).certificate);
        }
        for der in all {
            let Some(text) = printed("x509", &der) else { return };
            assert!(text.contains("Version: 3 (0x2)"), "{text}");
            assert!(text.contains("Subject Key Identifier"), "{text}");
            // Every address is under a name that never exists (RFC 6761 §6.4).
            for address in text.split("URI:").skip(1) {
                let host = address.split('/').nth(2).unwrap();
                assert!(host.ends_with(".invalid"), "{host}");
            }
        }
    }
}

/// kz-pki §2 for the policies; the addresses are those of the issuer's files.
#[test]
fn policies_and_addresses_are_those_of_profile_and_issuer() {
    let mut rng = SeededRng::new(10);
    let current = "1.2.398.3.3.2";
    let expected = [
        (Profile::Sign(Role::Individual), [current, "1.2.398.3.3.2.3"]),
        (Profile::Sign(Role::Employee), [current, "1.2.398.3.3.2.1"]),
        (Profile::Sign(Role::Treasury), [current, "1.2.398.5.19.1.2.2.1.2"]),
        (Profile::Authenticate(Role::Individual), [current, "1.2.398.3.3.2.4"]),
        (Profile::Authenticate(Role::Employee), [current, "1.2.398.3.3.2.2"]),
        (Profile::Authenticate(Role::Treasury), [current, "1.2.398.5.19.1.2.2.1.3"]),
        (Profile::TimeStamping, ["1.2.398.3.3.2.6"; 2]),
        (Profile::OcspResponder, [current; 2]),
    ];
    let policy = |extensions: &[Extension]| {
        let all = inside(&value(extensions, "2.5.29.32").unwrap());
        assert_eq!(all.len(), 1);
        <der::asn1::ObjectIdentifier>::from_der(&inside(&all[0])[0]).unwrap().to_string()
    };
    let text = |octets: Vec<u8>| String::from_utf8_lossy(&octets).into_owned();
    for algorithm in [GOST[0], RSA] {
        let (root, issuing) = authorities(algorithm, &mut rng);
        assert_eq!(policy(&read(root.certificate()).1), "1.2.398.3.1.2");
        let (_, extensions) = read(issuing.certificate());
        assert_eq!(policy(&extensions), current);
        let above = text(value(&extensions, "2.5.29.31").unwrap());
        assert!(above.ends_with("http://pki.qoltanba.invalid/crl/root.crl"), "{above}");
        for (profile, [of_gost2015, of_rsa]) in expected {
            let issued = issue(&issuing, profile, 1, &mut rng);
            let (_, extensions) = read(&issued.certificate);
            let expected = if algorithm == RSA { of_rsa } else { of_gost2015 };
            assert_eq!(policy(&extensions), expected, "{algorithm} {profile:?}");
            let address = |oid| text(value(&extensions, oid).unwrap());
            let file = file(algorithm);
            assert!(address("2.5.29.31").ends_with(&format!("/crl/{file}.crl")));
            assert!(address("2.5.29.46").ends_with(&format!("/crl/{file}_d.crl")));
            let access = address("1.3.6.1.5.5.7.1.1");
            assert!(access.contains("http://pki.qoltanba.invalid/ocsp/"), "{access}");
            assert!(access.contains(&format!("/cert/{file}.cer")), "{access}");
        }
    }
}

/// kz-pki §2: the role lives in extKeyUsage; a system has no use of people beside it.
#[test]
fn uses_are_the_purpose_and_the_role() {
    const EMAIL: &str = "1.3.6.1.5.5.7.3.4";
    const CLIENT: &str = "1.3.6.1.5.5.7.3.2";
    const LEGAL: &str = "1.2.398.3.3.4.1.2";
    let mut rng = SeededRng::new(11);
    let (_, issuing) = authorities(GOST[2], &mut rng);
    let expected = [
        (Profile::Sign(Role::Individual), format!("{EMAIL} 1.2.398.3.3.4.1.1")),
        (Profile::Sign(Role::FirstHead), format!("{EMAIL} {LEGAL} {LEGAL}.1")),
        (Profile::Sign(Role::RightToSign), format!("{EMAIL} {LEGAL} {LEGAL}.2")),
        (Profile::Sign(Role::RightToSignFinancial), format!("{EMAIL} {LEGAL} {LEGAL}.3")),
        (Profile::Sign(Role::HumanResources), format!("{EMAIL} {LEGAL} {LEGAL}.4")),
        (Profile::Sign(Role::Employee), format!("{EMAIL} {LEGAL} {LEGAL}.5")),
        (Profile::Sign(Role::InformationSystem), format!("{LEGAL} {LEGAL}.6")),
        (Profile::Sign(Role::Treasury), format!("{EMAIL} {LEGAL} 1.2.398.5.19.1.2.2.1")),
        (Profile::Authenticate(Role::Individual), format!("{CLIENT} 1.2.398.3.3.4.1.1")),
        (Profile::Authenticate(Role::FirstHead), format!("{CLIENT} {LEGAL} {LEGAL}.1")),
        (Profile::TimeStamping, "1.3.6.1.5.5.7.3.8".to_owned()),
        (Profile::OcspResponder, "1.3.6.1.5.5.7.3.9".to_owned()),
    ];
    for (profile, expected) in expected {
        let issued = issue(&issuing, profile, 1, &mut rng);
        let uses = value(&read(&issued.certificate).1, "2.5.29.37").unwrap();
        let uses: Vec<_> = inside(&uses)
            .iter()
            .map(|u| <der::asn1::ObjectIdentifier>::from_der(u).unwrap().to_string())
            .collect();
        assert_eq!(uses.join(" "), expected, "{profile:?}");
    }
}
