//! The whole authority: its folder, its key stores, and that everything in it fits together.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod common;

use std::{collections::BTreeSet, fs, sync::LazyLock};

use common::{RSA, at, openssl, pem, put, run, signed_by};
use der::Decode as _;
use qoltanba::{
    Certificate, Limits,
    algorithm::SignatureAlgorithm,
    identity::{Role, Subject},
    sign::{KeyStore, Password, SigningKey as _},
};
use qoltanba_testkit::{DevPki, Error, Existing, Fault, PASSWORD, Profile, SeededRng, State};

/// Made once: its RSA keys take seconds.
static WHOLE: LazyLock<DevPki> =
    LazyLock::new(|| DevPki::generate(at(), &mut SeededRng::new(40)).unwrap());

#[test]
fn the_whole_authority_fits_together() {
    let pki = &*WHOLE;
    assert_eq!(pki.families.len(), 3);
    let (mut keys, mut names) = (BTreeSet::new(), BTreeSet::new());
    for family in &pki.families {
        let root = Certificate::from_der(family.root.certificate()).unwrap();
        let issuing = Certificate::from_der(family.issuing.certificate()).unwrap();
        let foreign = Certificate::from_der(family.foreign.certificate()).unwrap();
        assert_eq!(signed_by(root.as_der(), &root), Ok(()));
        assert_eq!(signed_by(issuing.as_der(), &root), Ok(()));
        assert!(signed_by(foreign.as_der(), &root).is_err());
        assert_eq!(foreign.claimed_subject(), issuing.claimed_subject());
        assert_eq!(signed_by(&family.root_list, &root), Ok(()));
        assert_eq!(signed_by(&family.issuing_list, &issuing), Ok(()));
        let list = <x509_cert::crl::CertificateList>::from_der(&family.issuing_list).unwrap();
        let revoked: Vec<_> = list
            .tbs_cert_list
            .revoked_certificates
            .unwrap()
            .iter()
            .map(|e| e.serial_number.as_bytes().to_vec())
            .collect();
        let expected: Vec<_> = family
            .holders
            .iter()
            .filter(|h| h.state == State::Revoked)
            .map(|h| h.issued.serial.clone())
            .collect();
        assert_eq!((revoked.len(), revoked), (1, expected));

        for holder in &family.holders {
            let certificate = Certificate::from_der(&holder.issued.certificate).unwrap();
            let by = match holder.state {
                State::Faulty(Fault::SameNamedForeignRoot) => &foreign,
                _ => &issuing,
            };
            let bad = holder.state == State::Faulty(Fault::BadSignature);
            assert_eq!(signed_by(certificate.as_der(), by).is_err(), bad, "{}", holder.file);
            assert!(names.insert(holder.file.clone()));
            if matches!(holder.state, State::Good | State::Revoked) {
                assert!(certificate.validity().contains(at()));
                assert!(keys.insert(holder.issued.key.public_key_info().to_vec()));
                assert_eq!(Subject::claimed_by(&certificate).remarks, [], "{}", holder.file);
            }
        }
        for role in [Role::Individual, Role::FirstHead, Role::InformationSystem, Role::Treasury] {
            assert!(family.holder(Profile::Sign(role)).is_some());
        }
        let name = |profile| Some(family.holder(profile)?.entity.name().unwrap());
        for role in [Role::Individual, Role::FirstHead] {
            let signs = name(Profile::Sign(role));
            let one_key = family.algorithm() == SignatureAlgorithm::Gost2015_512;
            let logs_in = name(Profile::Authenticate(role));
            assert_eq!(logs_in, signs.filter(|_| !one_key), "{role}");
        }
    }
}

#[test]
fn the_folder_is_complete_and_never_overwritten_unasked() {
    let mut rng = SeededRng::new(41);
    let pki = DevPki::of(&[SignatureAlgorithm::Gost2015_512], at(), &mut rng).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("new/pki");
    let written = pki.write(&folder, Existing::Refuse, &mut rng).unwrap();
    for path in [
        "README.txt",
        "password.txt",
        "anchors/root_gost2015.cer",
        "authorities/nca_gost2015.cer",
        "crl/root_gost2015.crl",
        "crl/nca_gost2015.crl",
        "people/gost2015-individual.p12",
        "people/gost2015-individual.cer",
        "people/gost2015-infosystem.p12",
        "people/gost2015-individual-revoked.p12",
        "faulty/gost2015-individual-expired.p12",
    ] {
        assert!(written.contains(&folder.join(path)), "{path}");
    }
    let password = fs::read_to_string(folder.join("password.txt")).unwrap();
    assert_eq!(password.trim_end(), PASSWORD);
    let readme = fs::read_to_string(folder.join("README.txt")).unwrap();
    for holder in &pki.families[0].holders {
        assert!(readme.contains(&format!("/{} ", holder.file)), "{readme}");
    }

    let before = fs::read(folder.join("people/gost2015-ceo.p12")).unwrap();
    fs::remove_file(folder.join("README.txt")).unwrap();
    let other = DevPki::of(&[SignatureAlgorithm::Gost2015_512], at(), &mut rng).unwrap();
    let refused = other.write(&folder, Existing::Refuse, &mut rng);
    assert!(matches!(refused, Err(Error::Exists(_))));
    assert!(!folder.join("README.txt").exists(), "something was written all the same");
    assert_eq!(fs::read(folder.join("people/gost2015-ceo.p12")).unwrap(), before);

    put(&folder, "mine.txt", b"stays");
    other.write(&folder, Existing::Replace, &mut rng).unwrap();
    assert_ne!(fs::read(folder.join("people/gost2015-ceo.p12")).unwrap(), before);
    assert_eq!(fs::read(folder.join("mine.txt")).unwrap(), b"stays");
}

#[test]
fn every_key_store_opens_and_holds_its_holder() {
    let mut rng = SeededRng::new(42);
    let password = Password::new(PASSWORD);
    for holder in WHOLE.families.iter().flat_map(|f| &f.holders) {
        let store = holder.key_store(&mut rng).unwrap();
        let opened = KeyStore::open(&store, &password, &Limits::default()).unwrap();
        assert_eq!(opened.certificate().as_der(), holder.issued.certificate);
        assert_eq!(opened.key().public_key_info(), holder.issued.key.public_key_info());
        assert_eq!(opened.friendly_name(), Some(holder.issued.alias.as_str()));
        assert!(opened.chain().is_empty());
    }
}

#[test]
fn openssl_opens_the_rsa_key_stores_and_verifies_their_holders() {
    let mut rng = SeededRng::new(43);
    let family = WHOLE.families.iter().find(|f| f.algorithm() == RSA).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| put(dir.path(), name, bytes);
    let anchor = file("a.pem", pem("CERTIFICATE", family.root.certificate()).as_bytes());
    let between = file("b.pem", pem("CERTIFICATE", family.issuing.certificate()).as_bytes());
    let lists = pem("X509 CRL", &family.root_list) + &pem("X509 CRL", &family.issuing_list);
    let lists = file("c.pem", lists.as_bytes());
    for holder in &family.holders {
        let store = file("d.p12", &holder.key_store(&mut rng).unwrap());
        let Some(mut command) = openssl() else { return };
        command.args(["pkcs12", "-legacy", "-nodes", "-passin", &format!("pass:{PASSWORD}")]);
        let (ok, text) = run(command.arg("-in").arg(&store));
        assert!(ok && text.contains("BEGIN PRIVATE KEY"), "{}: {text}", holder.file);
        assert!(text.contains(&format!("friendlyName: {}", holder.issued.alias)), "{text}");

        let own = file("e.pem", pem("CERTIFICATE", &holder.issued.certificate).as_bytes());
        let mut command = openssl().unwrap();
        command.args(["verify", "-crl_check_all", "-attime", &at().unix().to_string()]);
        command.arg("-CAfile").arg(&anchor).arg("-untrusted").arg(&between);
        let (ok, text) = run(command.arg("-CRLfile").arg(&lists).arg(own));
        // OpenSSL judges neither uses nor numbers of people here.
        let accepted = match holder.state {
            State::Good => true,
            State::Revoked => false,
            State::Faulty(fault) => {
                matches!(fault, Fault::WrongUsage | Fault::SeveralIins | Fault::ElevenDigitIin)
            }
        };
        assert_eq!(ok, accepted, "{}: {text}", holder.file);
    }
}
