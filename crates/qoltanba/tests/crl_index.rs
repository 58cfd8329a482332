//! The index of a list says what the list says, or that it cannot be read; and only of a list that
//! was verified is there one.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod common;
#[path = "common/list.rs"]
mod list;

use std::{
    fs,
    io::{self, Read, Write},
    path::Path,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use libtest_mimic::{Arguments, Failed, Trial};
use openssl::x509::{X509, X509Crl};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use qoltanba::{
    Certificate, ErrorKind, Instant, Limits,
    algorithm::{SignatureAlgorithm, SignatureFault, Strength},
    certificate::RevocationReason,
    revocation::{Crl, CrlIndex, CrlIndexBuilder, IngestError, ListKind, Revocation},
};
use qoltanba_testkit::{CrlFault, CrlSpec, Mint, Reason, Revoked, Scope, SeededRng};

use list::{Entry, List, Maker, NUMBER, UNKNOWN, extension};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("any list: the index answers as the list does", any_list),
        Trial::test("every shape of the test kit", every_shape),
        Trial::test("any bit of an index", any_bit),
        Trial::test("any bit after the index was opened", any_bit_later),
        Trial::test("an index that was cut or is too long", cut_index),
        Trial::test("a list of which any octet was changed, or that was cut", damaged_list),
        Trial::test("readers that give little, fail, or give too much", readers),
        Trial::test("keys that did not sign", keys),
        Trial::test("limits", limits),
        Trial::test("a writer that fails", writer),
        Trial::test("certificateIssuer holds until the next one", certificate_issuers),
        Trial::test("what a list says of itself", facts),
        Trial::test("octets of an entry", size),
    ];
    for (set, keys) in [("kz", ["ca/prod", "ca/test"].as_slice()), ("minted", &["open/pki"])] {
        match common::set(set) {
            None => trials.extend(common::absent(set)),
            Some(folder) => trials.push(Trial::test(format!("the lists of {set}"), move || {
                files(&folder, keys, if set == "kz" { "crl" } else { "open/crl" })
            })),
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn at() -> Instant {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn index(builder: &CrlIndexBuilder, der: &[u8]) -> Result<CrlIndex, IngestError> {
    let verified = builder.read(&mut &*der)?;
    let mut file = Vec::new();
    verified.write(&mut file).unwrap();
    let index = CrlIndex::from_bytes(file).unwrap();
    assert_eq!(index.facts(), verified.facts());
    index.check_all().unwrap();
    Ok(index)
}

/// What a list says of a serial number, in one order.
fn says(list: &Crl, serial: &[u8]) -> Vec<Said> {
    sorted(list.revocations(list.claimed_issuer(), serial))
}

fn index_says(index: &CrlIndex, serial: &[u8]) -> qoltanba::Result<Vec<Said>> {
    index.revocations(index.facts().issuer(), serial).map(sorted)
}

/// When, why, and since when the key was not safe.
type Said = (i64, String, Option<i64>);

fn sorted(all: Vec<Revocation>) -> Vec<Said> {
    let said =
        |e: &Revocation| (e.at.unix(), e.reason.to_string(), e.invalid_since.map(Instant::unix));
    let mut all: Vec<_> = all.iter().map(said).collect();
    all.sort();
    all
}

/// The serial numbers around one, and other ways to write it.
fn neighbours(serial: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![serial.to_vec(), [&[0], serial].concat(), [&[0xff], serial].concat()];
    for change in [1, 0xff] {
        let mut next = serial.to_vec();
        let last = next.last_mut().unwrap();
        *last = last.wrapping_add(change);
        all.push(next);
    }
    all.push(serial[1..].to_vec());
    all.push([serial, &[0]].concat());
    all.push(serial[..serial.len() - 1].to_vec());
    all
}

/// The index and the parsed list say the same of these serial numbers and of those around them.
fn agree(der: &[u8], index: &CrlIndex, serials: &[Vec<u8>]) {
    let parsed = Crl::from_der(der).unwrap();
    let facts = index.facts();
    assert_eq!(parsed.claimed_issuer(), facts.issuer());
    assert_eq!(parsed.claimed_issuer().as_der(), facts.issuer().as_der());
    assert_eq!(parsed.this_update(), facts.this_update());
    assert_eq!(parsed.next_update(), facts.next_update());
    assert_eq!(parsed.number(), facts.number());
    assert_eq!(parsed.base_number(), facts.base_number());
    assert_eq!(parsed.len(), facts.len());
    assert_eq!(parsed.signature_algorithm(), Ok(facts.signature_algorithm()));
    assert_eq!(facts.list_length(), der.len() as u64);
    let digest = facts.signature_algorithm().digest().digest(list::signed(der));
    assert_eq!(facts.signed_digest(), digest);
    for serial in serials {
        assert!(index.entries_of(serial).unwrap().len() > 0, "{serial:02x?} is not found");
        for serial in neighbours(serial) {
            assert_eq!(index_says(index, &serial), Ok(says(&parsed, &serial)), "{serial:02x?}");
        }
    }
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let serial = prop_oneof![
        6 => vec(any::<u8>(), 20..=20),
        3 => vec(any::<u8>(), 1..=3),
        // Two octets apart from each other at most: neighbours and duplicates.
        3 => (0_u8..4, any::<bool>()).prop_map(|(n, long)| if long { vec![0x55; 18] } else { vec![] }.into_iter().chain([n / 2, n]).collect()),
        1 => vec(any::<u8>(), 21..=64),
    ];
    let time = || prop_oneof![8 => 0_i64..2_500_000_000, 1 => -62_167_219_200_i64..253_402_300_800];
    let reason = prop::option::weighted(0.5, prop_oneof![0_u8..=6, 8_u8..=10]);
    (serial, time(), reason, prop::option::weighted(0.1, time()), any::<bool>()).prop_map(
        |(serial, at, reason, invalid_since, other)| Entry {
            serial: list::shortest(&serial),
            at,
            reason,
            invalid_since,
            issuer: None,
            extra: (other && reason.is_none()).then(|| extension(UNKNOWN, false, &[5, 0])),
        },
    )
}

fn any_list() -> Result<(), Failed> {
    let maker = Maker::new(SignatureAlgorithm::Gost2015_256);
    let builder = CrlIndexBuilder::new().key(&maker.spki);
    let lists = prop_oneof![vec(any_entry(), 0..8), vec(any_entry(), 0..200)];
    runner(60).run(&lists, |entries| {
        let serials: Vec<_> = entries.iter().map(|e| e.serial.clone()).collect();
        let der = maker.sign(&List { entries, ..List::default() });
        agree(&der, &index(&builder, &der).unwrap(), &serials);
        Ok(())
    })?;
    Ok(())
}

fn every_shape() -> Result<(), Failed> {
    let rsa = SignatureAlgorithm::RsaPkcs1(qoltanba::algorithm::DigestAlgorithm::Sha256);
    for (seed, algorithm) in
        (1..).zip([SignatureAlgorithm::Gost2004, SignatureAlgorithm::Gost2015_512, rsa])
    {
        let mut rng = SeededRng::new(seed);
        let mint = Mint::good(algorithm, at(), &mut rng).unwrap();
        let issuer = Certificate::from_der(mint.issuing().certificate()).unwrap();
        let builder = CrlIndexBuilder::new().issuer(&issuer);
        let full = |mut spec: CrlSpec| {
            spec = spec.revoke_invented(150);
            for serial in [&[1][..], &[0, 0x80], &[0x80], &[0x7f; 21]] {
                spec.revoked.push(Revoked::new(serial, at()).because(Reason::KeyCompromise));
            }
            spec.revoked.push(Revoked::new(&[9, 9], at()).invalid_since(at()));
            spec
        };
        let mut shapes = vec![
            (CrlSpec::complete(1, at()), true),
            (full(CrlSpec::complete(77, at())), true),
            (full(CrlSpec::delta(0x1_0000, 77, at())), true),
        ];
        for scope in [Scope::EndEntities, Scope::Authorities, Scope::KeyCompromise, Scope::Indirect]
        {
            shapes.push((full(CrlSpec::complete(5, at()).scope(scope)), true));
        }
        for fault in CrlFault::ALL {
            let stands = !matches!(
                fault,
                CrlFault::BadSignature
                    | CrlFault::DuplicateExtension
                    | CrlFault::InnerOuterAlgorithmMismatch
            );
            shapes.push((full(CrlSpec::complete(5, at()).fault(fault)), stands));
        }
        for (spec, stands) in shapes {
            let der = mint.issuing().publish(&spec, &mut rng).unwrap();
            let serials: Vec<_> = spec.revoked.iter().map(|r| r.serial.clone()).collect();
            match index(&builder, &der) {
                Ok(index) => {
                    assert!(stands, "{:?}", spec.fault);
                    agree(&der, &index, &serials);
                    let facts = index.facts();
                    let critical = matches!(
                        spec.fault,
                        Some(
                            CrlFault::UnknownCriticalExtension
                                | CrlFault::UnknownCriticalEntryExtension
                        )
                    );
                    assert_eq!(facts.has_unknown_critical(), critical);
                    assert_eq!(facts.scope().is_some(), spec.scope.is_some());
                    let kind = match (spec.delta_to, spec.fault) {
                        (Some(_), _) => ListKind::Delta,
                        (_, Some(CrlFault::CriticalFreshestCrl)) => ListKind::MarkedAsDelta,
                        _ => ListKind::Complete,
                    };
                    assert_eq!(facts.kind(), kind);
                    let own = spec.fault != Some(CrlFault::WrongIssuer);
                    assert_eq!(facts.issuer() == issuer.claimed_subject(), own);
                }
                Err(error) => assert!(!stands, "{:?}: {error}", spec.fault),
            }
        }
    }
    Ok(())
}

/// A serial number, and the entries of it.
type Answer = (Vec<u8>, Vec<Said>);

/// A list of a few blocks, its index as octets, and what it says of some serial numbers.
fn small() -> (Vec<u8>, Vec<Answer>) {
    let maker = Maker::new(SignatureAlgorithm::Gost2015_256);
    let entries: Vec<Entry> = (0..90_u8)
        .map(|n| Entry::new(&[&[0x41][..], &[n; 18], &[0x10]].concat(), 1_700_000_000))
        .collect();
    let der = maker.sign(&List { entries, ..List::default() });
    let mut file = Vec::new();
    let builder = CrlIndexBuilder::new().key(&maker.spki);
    builder.read(&mut &*der).unwrap().write(&mut file).unwrap();
    let parsed = Crl::from_der(&der).unwrap();
    let asked =
        (0..90_u8).flat_map(|n| [0x0f, 0x10].map(|last| [&[0x41][..], &[n; 18], &[last]].concat()));
    let answers = asked.map(|serial| (serial.clone(), says(&parsed, &serial))).collect();
    (file, answers)
}

fn any_bit() -> Result<(), Failed> {
    let (file, answers) = small();
    let mut refused = [0_usize; 2];
    for bit in 0..file.len() * 8 {
        let mut altered = file.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        let Ok(index) = CrlIndex::from_bytes(altered) else {
            refused[0] += 1;
            continue;
        };
        assert!(index.check_all().is_err(), "bit {bit} changes nothing that is checked");
        for (serial, expected) in answers.iter().skip(bit % 30).step_by(30) {
            match index_says(&index, serial) {
                Ok(found) => assert_eq!(found, *expected, "bit {bit}, {serial:02x?}"),
                Err(_) => refused[1] += 1,
            }
        }
    }
    assert!(refused.iter().all(|count| *count > 1000), "{refused:?}");
    Ok(())
}

/// Octets that change at a sign, as a mapped file can.
struct Changing {
    before: Vec<u8>,
    after: Vec<u8>,
    changed: Arc<AtomicBool>,
}

impl AsRef<[u8]> for Changing {
    fn as_ref(&self) -> &[u8] {
        if self.changed.load(Ordering::Relaxed) { &self.after } else { &self.before }
    }
}

fn any_bit_later() -> Result<(), Failed> {
    let (file, answers) = small();
    for byte in (0..file.len()).step_by(3) {
        let mut after = file.clone();
        after[byte] ^= 1 << (byte % 8);
        let changed = Arc::new(AtomicBool::new(false));
        let octets = Changing { before: file.clone(), after, changed: Arc::clone(&changed) };
        let index = CrlIndex::from_bytes(octets).unwrap();
        changed.store(true, Ordering::Relaxed);
        for (serial, expected) in answers.iter().skip(byte % 30).step_by(30) {
            if let Ok(found) = index_says(&index, serial) {
                assert_eq!(found, *expected, "octet {byte}, {serial:02x?}");
            }
        }
    }
    // Cut after it was opened: what is gone is an error.
    let changed = Arc::new(AtomicBool::new(false));
    let octets = Changing {
        before: file.clone(),
        after: file[..512].to_vec(),
        changed: Arc::clone(&changed),
    };
    let index = CrlIndex::from_bytes(octets).unwrap();
    changed.store(true, Ordering::Relaxed);
    assert!(answers.iter().all(|(serial, _)| index.entries_of(serial).is_err()));
    Ok(())
}

fn cut_index() -> Result<(), Failed> {
    let (file, _) = small();
    for length in 0..file.len() {
        assert!(CrlIndex::from_bytes(file[..length].to_vec()).is_err(), "{length}");
    }
    for more in [1, 32, 512] {
        assert!(CrlIndex::from_bytes([&file[..], &vec![0; more]].concat()).is_err());
    }
    let other_version = {
        let mut file = file.clone();
        file[8] += 1;
        CrlIndex::from_bytes(file).unwrap_err()
    };
    assert!(matches!(other_version.kind(), ErrorKind::Unsupported { .. }));
    // Blocks that change places.
    let mut swapped = file;
    let (first, second) = swapped[512..].split_at_mut(512);
    first.swap_with_slice(&mut second[..512]);
    assert!(CrlIndex::from_bytes(swapped).unwrap().check_all().is_err());
    Ok(())
}

fn damaged_list() -> Result<(), Failed> {
    let maker = Maker::new(SignatureAlgorithm::Gost2015_256);
    let key = qoltanba::algorithm::PublicKey::from_spki(&maker.spki).unwrap();
    let builder = CrlIndexBuilder::new().key(&maker.spki);
    let mut entries =
        vec![Entry::new(&[0x41; 20], 1_700_000_000), Entry::new(&[5], -5_000_000_000)];
    entries[1].reason = Some(1);
    entries[1].invalid_since = Some(5);
    let extensions = vec![extension(NUMBER, false, &[2, 1, 9])];
    let der = maker.sign(&List { entries, extensions, ..List::default() });
    assert!(builder.read(&mut &*der).is_ok());
    for length in 0..der.len() {
        assert!(builder.read(&mut &der[..length]).is_err(), "cut at {length}");
    }
    for bit in (0..der.len() * 8).step_by(3) {
        let mut altered = der.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        let parsed = Crl::from_der(&altered);
        let stands = parsed.is_ok_and(|list| list.is_signed_by(&key, Strength::default()));
        assert_eq!(builder.read(&mut &*altered).is_ok(), stands, "bit {bit}");
    }
    Ok(())
}

/// Gives one octet at a time, and is interrupted before each.
struct Slow<'a>(&'a [u8], bool);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = buffer.len().min(1);
        self.0.read(&mut buffer[..count])
    }
}

struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::ErrorKind::ConnectionReset.into()),
            count => Ok(count),
        }
    }
}

fn readers() -> Result<(), Failed> {
    let maker = Maker::new(SignatureAlgorithm::Gost2015_256);
    let builder = CrlIndexBuilder::new().key(&maker.spki);
    // Longer than the buffer, with entries of every shape across its ends.
    let mut entries: Vec<Entry> = (0..4000_u16)
        .map(|n| Entry::new(&[&[0x41], &n.to_be_bytes()[..], &[7; 17]].concat(), 1_700_000_000))
        .collect();
    for entry in entries.iter_mut().step_by(7) {
        entry.reason = Some(4);
    }
    for entry in entries.iter_mut().step_by(11) {
        entry.extra = Some(extension(UNKNOWN, false, &[4; 90]));
    }
    let serials: Vec<_> = entries.iter().map(|e| e.serial.clone()).collect();
    let der = maker.sign(&List { entries, ..List::default() });
    assert!(der.len() > 3 << 16);
    let whole = index(&builder, &der).unwrap();
    agree(&der, &whole, &serials[..200]);
    let slow = builder.read(&mut Slow(&der, false)).unwrap();
    assert_eq!(slow.facts(), whole.facts());
    for length in [0, 10, 70_000, der.len()] {
        let error = builder.read(&mut Failing(&der[..length])).unwrap_err();
        let IngestError::List(error) = error else { panic!("{error:?}") };
        let kind = io::ErrorKind::ConnectionReset;
        assert_eq!(*error.kind(), ErrorKind::Io { kind });
    }
    let longer = [&der[..], &[0]].concat();
    assert!(builder.read(&mut &*longer).is_err());
    Ok(())
}

fn keys() -> Result<(), Failed> {
    let maker = Maker::new(SignatureAlgorithm::Gost2015_256);
    let other = Maker::other(SignatureAlgorithm::Gost2015_256);
    let kind = Maker::new(SignatureAlgorithm::Gost2004);
    let der = maker.sign(&List::default());
    let read = |builder: CrlIndexBuilder| builder.read(&mut &*der);
    let fault = |error| match error {
        IngestError::Signature(fault) => fault,
        other => panic!("{other:?}"),
    };
    let builder = CrlIndexBuilder::new;
    assert_eq!(fault(read(builder().key(&other.spki)).unwrap_err()), SignatureFault::Mismatch);
    let mismatch = SignatureFault::AlgorithmMismatch;
    assert_eq!(fault(read(builder().key(&kind.spki)).unwrap_err()), mismatch);
    let both = read(builder().key(&kind.spki).key(&other.spki)).unwrap_err();
    assert_eq!(fault(both), SignatureFault::Mismatch);
    assert!(
        matches!(read(builder()), Err(IngestError::List(e)) if matches!(e.kind(), ErrorKind::Misuse { .. }))
    );
    assert!(matches!(read(builder().key(&[0x30, 0])), Err(IngestError::List(_))));
    let found = read(builder().key(&other.spki).key(&maker.spki)).unwrap();
    assert!(found.facts().is_signed_by(&maker.spki, Strength::default()));
    assert!(!found.facts().is_signed_by(&other.spki, Strength::default()));
    Ok(())
}

fn limits() -> Result<(), Failed> {
    let maker = Maker::new(SignatureAlgorithm::Gost2015_256);
    let spent = |limits: Limits, list: &List| {
        let der = maker.sign(list);
        let builder = CrlIndexBuilder::new().key(&maker.spki).limits(limits);
        match builder.read(&mut &*der) {
            Ok(_) => false,
            Err(IngestError::List(e)) if matches!(e.kind(), ErrorKind::OverBudget { .. }) => true,
            Err(other) => panic!("{other:?}"),
        }
    };
    let list = List { entries: vec![Entry::new(&[5], 5); 50], ..List::default() };
    let limits = Limits::default();
    assert!(!spent(limits, &list));
    assert!(spent(Limits { input_bytes: 1000, ..limits }, &list));
    let large = List { extensions: vec![extension(UNKNOWN, false, &[4; 5000])], ..list.clone() };
    assert!(!spent(limits, &large));
    assert!(spent(Limits { structure_bytes: 4000, ..limits }, &large));
    let serial = |octets| List { entries: vec![Entry::new(&vec![5; octets], 5)], ..list.clone() };
    assert!(!spent(limits, &serial(64)));
    assert!(spent(limits, &serial(65)));
    let issuers: Vec<Entry> = (0..100_u8)
        .map(|n| Entry { issuer: Some(list::general_names(&[n; 60])), ..Entry::new(&[n | 1], 5) })
        .collect();
    let issuers = List { entries: issuers, ..list };
    assert!(!spent(limits, &issuers));
    assert!(spent(Limits { structure_bytes: 4000, ..limits }, &issuers));
    Ok(())
}

/// Takes so many octets.
struct Full(Vec<u8>, usize);

impl Write for Full {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let count = octets.len().min(self.1 - self.0.len());
        if count == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(&octets[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn writer() -> Result<(), Failed> {
    let maker = Maker::new(SignatureAlgorithm::Gost2015_256);
    let der = maker.sign(&List { entries: vec![Entry::new(&[5], 5); 300], ..List::default() });
    let verified = CrlIndexBuilder::new().key(&maker.spki).read(&mut &*der).unwrap();
    let mut whole = Vec::new();
    verified.write(&mut whole).unwrap();
    for room in (0..whole.len()).step_by(97) {
        let mut out = Full(Vec::new(), room);
        let error = verified.write(&mut out).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Io { kind: io::ErrorKind::StorageFull });
        assert!(CrlIndex::from_bytes(out.0).is_err());
    }
    Ok(())
}

fn certificate_issuers() -> Result<(), Failed> {
    let maker = Maker::new(SignatureAlgorithm::Gost2015_256);
    let (a, b) = (list::general_names(b"A"), list::general_names(b"B"));
    let issuers = [None, Some(&a), None, None, Some(&b), None, Some(&a), None];
    let in_force = [None, Some(&a), Some(&a), Some(&a), Some(&b), Some(&b), Some(&a), Some(&a)];
    let entries: Vec<Entry> = (0..8_u8)
        .zip(issuers)
        .map(|(n, issuer)| Entry { issuer: issuer.cloned(), ..Entry::new(&[9 - n], 1000) })
        .collect();
    let der = maker.sign(&List { entries, ..List::default() });
    let index = index(&CrlIndexBuilder::new().key(&maker.spki), &der).unwrap();
    assert!(index.facts().names_other_issuers());
    for (n, expected) in (0..8_u8).zip(in_force) {
        let found: Vec<_> = index.entries_of(&[9 - n]).unwrap().collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].certificate_issuer, expected.map(Vec::as_slice), "{n}");
    }
    // One serial number of several issuers, across blocks.
    let entries: Vec<Entry> = (0..500_u16)
        .map(|n| Entry {
            issuer: Some(list::general_names(&n.to_be_bytes())),
            ..Entry::new(&[7], n.into())
        })
        .collect();
    let der = maker.sign(&List { entries, ..List::default() });
    let index = self::index(&CrlIndexBuilder::new().key(&maker.spki), &der).unwrap();
    let found = index.entries_of(&[7]).unwrap();
    assert_eq!(found.len(), 500);
    for (n, entry) in (0..500_u16).zip(found) {
        assert_eq!(entry.at.unix(), i64::from(n));
        let issuer = list::general_names(&n.to_be_bytes());
        assert_eq!(entry.certificate_issuer, Some(issuer.as_slice()));
    }
    assert_eq!(index.entries_of(&[6]).unwrap().len(), 0);
    assert_eq!(index.entries_of(&[8]).unwrap().len(), 0);
    Ok(())
}

fn facts() -> Result<(), Failed> {
    let maker = Maker::new(SignatureAlgorithm::Gost2015_256);
    let builder = CrlIndexBuilder::new().key(&maker.spki);
    let mut entry = Entry::new(&[5], 2_000_000_000);
    entry.reason = Some(1);
    entry.invalid_since = Some(1_900_000_000);
    let point = [0x30, 3, 0x81, 1, 0xff];
    let extensions = vec![
        extension(list::KEY_ID, false, &[0x30, 4, 0x80, 2, 1, 2]),
        extension(NUMBER, false, &[2, 2, 0, 0x90]),
        extension(list::BASE, true, &[2, 1, 7]),
        extension(list::POINT, true, &point),
    ];
    let list = List { entries: vec![entry], extensions, ..List::default() };
    let index = index(&builder, &maker.sign(&list)).unwrap();
    let facts = index.facts();
    assert_eq!(facts.authority_key_id(), Some(&[1, 2][..]));
    assert_eq!(facts.number(), Some(&[0x90][..]));
    assert_eq!(facts.base_number(), Some(&[7][..]));
    assert_eq!(facts.scope(), Some(&point[..]));
    assert_eq!(facts.kind(), ListKind::Delta);
    assert!(!facts.has_unknown_critical() && !facts.names_other_issuers());
    let entry = index.entries_of(&[5]).unwrap().next().unwrap();
    assert_eq!(entry.at.unix(), 2_000_000_000);
    assert_eq!(entry.reason, RevocationReason::KeyCompromise);
    assert_eq!(entry.invalid_since.map(Instant::unix), Some(1_900_000_000));

    // A list of version 1 without entries, extensions or nextUpdate.
    let bare = List { version: None, next_update: None, ..List::default() };
    let index = self::index(&builder, &maker.sign(&bare)).unwrap();
    assert!(index.facts().is_empty() && index.facts().next_update().is_none());
    assert_eq!(index.entries_of(&[5]).unwrap().len(), 0);
    Ok(())
}

fn size() -> Result<(), Failed> {
    let maker = Maker::new(SignatureAlgorithm::Gost2015_256);
    let builder = CrlIndexBuilder::new().key(&maker.spki);
    let mut entries: Vec<Entry> = (0..20_000_u32)
        .map(|n| Entry::new(&[&[0x41; 16][..], &n.to_be_bytes()].concat(), 1_700_000_000))
        .collect();
    let octets = |entries: &[Entry]| {
        let list = List { entries: entries.to_vec(), ..List::default() };
        let verified = builder.read(&mut &*maker.sign(&list)).unwrap();
        let mut file = Vec::new();
        verified.write(&mut file).unwrap();
        file.len() as f64 / entries.len() as f64
    };
    assert!(octets(&entries) < 27.5);
    // With an invalidityDate.
    entries[7].invalid_since = Some(1);
    assert!(octets(&entries) < 32.0, "{}", octets(&entries));
    Ok(())
}

/// Every list of a folder under every key of its issuer.
fn files(folder: &Path, keys: &[&str], lists: &str) -> Result<(), Failed> {
    let read = |part: &str| -> Vec<Vec<u8>> {
        let entries = fs::read_dir(folder.join(part)).unwrap();
        entries.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
    };
    let der = |file: Vec<u8>| X509::from_pem(&file).map_or(file, |pem| pem.to_der().unwrap());
    let all = keys.iter().flat_map(|part| read(part)).map(der);
    let certificates: Vec<_> = all.filter_map(|der| Certificate::from_der(&der).ok()).collect();
    let (mut made, mut seen) = (0, 0);
    for der in read(lists) {
        let Ok(parsed) = Crl::from_der(&der) else {
            assert!(CrlIndexBuilder::new().key(&[]).read(&mut &*der).is_err());
            continue;
        };
        seen += 1;
        let issuers =
            certificates.iter().filter(|c| c.claimed_subject() == parsed.claimed_issuer());
        let issuers: Vec<_> = issuers.collect();
        let stands = issuers
            .iter()
            .filter_map(|issuer| issuer.public_key().ok())
            .any(|key| parsed.is_signed_by(key, Strength::default()));
        let builder = issuers.iter().fold(CrlIndexBuilder::new(), |b, issuer| b.issuer(issuer));
        let index = index(&builder, &der);
        assert_eq!(index.is_ok(), stands, "{:?}", index.err());
        let Ok(index) = index else { continue };
        made += 1;
        let peer = X509Crl::from_der(&der).unwrap();
        let serials: Vec<Vec<u8>> = peer
            .get_revoked()
            .into_iter()
            .flatten()
            .map(|revoked| revoked.serial_number().to_bn().unwrap().to_vec())
            .map(|magnitude| list::shortest(&[&[0], &magnitude[..]].concat()))
            .collect();
        assert_eq!(serials.len(), index.facts().len());
        agree(&der, &index, &serials);
    }
    assert!(made > 5 && made * 2 > seen, "{made} of {seen}");
    Ok(())
}
