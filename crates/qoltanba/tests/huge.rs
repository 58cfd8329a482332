//! Messages read and written as streams: the same outcome as in memory, and next to no memory.
//!
//! The run over 1 GiB takes minutes without optimisation and is left out;
//! `cargo test --release -p qoltanba --test huge -- --ignored` does it, and
//! `cargo run --release -p qoltanba-bench --bin huge` measures it against OpenSSL.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "common/message.rs"]
mod message;

use std::{
    fs,
    io::{self, Cursor, Read, Write},
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
};

use peak_alloc::PeakAlloc;
use qoltanba::{
    ErrorKind, Limits, Question, Verdict,
    algorithm::{DigestAlgorithm, Hasher, SignatureAlgorithm},
    sign::{extract, extract_stream},
};
use qoltanba_testkit::{Mint, SeededRng};

use message::{CONTENT, algorithms, at, mint, reason, rsa, streaming, verifier, with_signer};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The allocator counts for the whole process, so the tests run one after the other.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

const MIB: u64 = 1 << 20;
/// As much content as one likes, that nobody holds.
struct Generated {
    at: u64,
    length: u64,
}

impl Generated {
    const fn new(length: u64) -> Self {
        Self { at: 0, length }
    }
}

fn octet(at: u64) -> u8 {
    (at ^ at >> 8 ^ at >> 16 ^ at >> 24) as u8
}

impl Read for Generated {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = (out.len() as u64).min(self.length - self.at);
        let mut place = self.at;
        for octet_out in &mut out[..count as usize] {
            *octet_out = octet(place);
            place += 1;
        }
        self.at = place;
        Ok(count as usize)
    }
}

/// A message of which only what is not [`Generated`] content is held.
#[derive(Default)]
struct Kept {
    parts: Vec<Part>,
    content: u64,
}

enum Part {
    Octets(Vec<u8>),
    Content { from: u64, length: u64 },
}

impl Write for Kept {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let is_content =
            octets.len() > 4096 && octets.iter().zip(self.content..).all(|(o, at)| *o == octet(at));
        if is_content {
            let (from, length) = (self.content, octets.len() as u64);
            self.content += length;
            match self.parts.last_mut() {
                Some(Part::Content { length: before, .. }) => *before += length,
                _ => self.parts.push(Part::Content { from, length }),
            }
        } else {
            self.parts.push(Part::Octets(octets.to_vec()));
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn reader(&self) -> Box<dyn Read + '_> {
        self.parts.iter().fold(Box::new(io::empty()), |before: Box<dyn Read>, part| match part {
            Part::Octets(octets) => Box::new(before.chain(&octets[..])),
            Part::Content { from, length } => {
                Box::new(before.chain(Generated { at: *from, length: from + length }))
            }
        })
    }
}

/// The octets that a step allocates above what was there before.
fn peak<T>(step: impl FnOnce() -> T) -> (T, usize) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let outcome = step();
    (outcome, MEMORY.peak_usage().saturating_sub(before))
}

struct HashWriter(Hasher);

impl Write for HashWriter {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.update(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn huge(length: u64, algorithms: &[SignatureAlgorithm]) {
    const ALLOWED: usize = 8 << 20;
    let mut rng = SeededRng::new(32);
    for algorithm in algorithms {
        let mint = mint(*algorithm);
        let verifier = verifier(&mint);
        let question = Question::at(at());
        for known in [Some(length), None] {
            let (message, signing) = peak(|| {
                let mut kept = Kept::default();
                with_signer(&mint, false, |signer| {
                    signer.sign_stream(&mut Generated::new(length), known, &mut kept, &mut rng)
                })
                .unwrap();
                kept
            });
            assert_eq!(message.content, length, "the content was written piece by piece");
            assert!(signing < ALLOWED, "{algorithm}: signing takes {signing}");
            // A thousand pieces in a row would be as many readers inside each other.
            if known.is_none() {
                continue;
            }
            let (report, verifying) =
                peak(|| verifier.verify_stream(&mut message.reader(), None, &question).unwrap());
            assert_eq!(report.verdict(), Verdict::Passed, "{algorithm}: {}", reason(&report));
            assert!(verifying < ALLOWED, "{algorithm}: verifying takes {verifying}");
            let mut out = HashWriter(DigestAlgorithm::Sha256.hasher());
            let (count, extracting) = peak(|| {
                extract_stream(&mut message.reader(), &mut out, &Limits::default()).unwrap()
            });
            assert_eq!(count, length);
            assert!(extracting < ALLOWED, "{algorithm}: extracting takes {extracting}");
            let mut hasher = HashWriter(DigestAlgorithm::Sha256.hasher());
            io::copy(&mut Generated::new(length), &mut hasher).unwrap();
            assert_eq!(out.0.finish(), hasher.0.finish());
        }
        let mut detached = Vec::new();
        let ((), signing) = peak(|| {
            with_signer(&mint, true, |signer| {
                signer.sign_stream(&mut Generated::new(length), None, &mut detached, &mut rng)
            })
            .unwrap();
        });
        assert!(signing < ALLOWED, "{algorithm}: signing takes {signing}");
        let (report, verifying) = peak(|| {
            let mut data = Generated::new(length);
            verifier.verify_stream(&mut &detached[..], Some(&mut data), &question).unwrap()
        });
        assert_eq!(report.verdict(), Verdict::Passed, "{algorithm}: {}", reason(&report));
        assert!(verifying < ALLOWED, "{algorithm}: verifying takes {verifying}");
        let mut shorter = Generated::new(length - 1);
        let report =
            verifier.verify_stream(&mut &detached[..], Some(&mut shorter), &question).unwrap();
        assert_eq!(reason(&report), "content_digest_mismatch");
    }
}

#[test]
fn memory_does_not_grow_with_the_content() {
    let _alone = alone();
    huge(64 * MIB, &[rsa()]);
    huge(16 * MIB, &[SignatureAlgorithm::Gost2015_512]);
}

#[test]
#[ignore = "1 GiB: run it with --release -- --ignored"]
fn a_gibibyte_is_signed_and_verified() {
    let _alone = alone();
    huge(1024 * MIB, &[rsa(), SignatureAlgorithm::Gost2015_512]);
}

#[test]
fn a_stream_is_signed_as_in_memory() {
    let _alone = alone();
    for algorithm in algorithms() {
        let mint = mint(algorithm);
        for length in [0, 1, 127, 128, 65_535, 65_536, 262_144, 262_145, 600_000] {
            let mut content = Vec::new();
            Generated::new(length).read_to_end(&mut content).unwrap();
            let write = |detached, known: Option<u64>| {
                let mut out = Vec::new();
                with_signer(&mint, detached, |signer| {
                    let rng = &mut SeededRng::new(33);
                    signer.sign_stream(&mut &content[..], known, &mut out, rng).unwrap();
                });
                out
            };
            for detached in [false, true] {
                let held = with_signer(&mint, detached, |signer| {
                    signer.sign(&content, &mut SeededRng::new(33)).unwrap()
                });
                assert!(write(detached, Some(length)) == held, "{algorithm}, {length}");
            }
            let digest = algorithm.digest().digest(&content);
            let by_digest = with_signer(&mint, true, |signer| {
                signer.sign_digest(&digest, &mut SeededRng::new(33)).unwrap()
            });
            assert!(by_digest == write(true, None), "{algorithm}, {length}");

            let ber = write(false, None);
            assert_eq!(extract(&ber, &Limits::default()).unwrap(), content);
            let question = Question::at(at());
            let held = verifier(&mint).verify(&ber, &question).unwrap();
            assert_eq!(held.verdict(), Verdict::Passed, "{}", reason(&held));
            assert_eq!(held.remarks, [qoltanba::report::Remark::Ber]);
            let streamed = streaming(&mint).verify_stream(&mut &ber[..], None, &question).unwrap();
            assert_eq!(streamed, held, "{algorithm}, {length}");
        }
    }
}

#[test]
fn a_wrong_length_is_no_message() {
    let _alone = alone();
    let mint = mint(rsa());
    for said in [0, 9, 11, 70_000] {
        for detached in [false, true] {
            let error = with_signer(&mint, detached, |signer| {
                let (out, rng) = (&mut io::sink(), &mut SeededRng::new(34));
                signer.sign_stream(&mut &b"0123456789"[..], Some(said), out, rng).unwrap_err()
            });
            assert!(error.to_string().contains("another length"), "{said}: {error}");
        }
    }
    let error = with_signer(&mint, true, |signer| {
        signer.sign_digest(&[0; 31], &mut SeededRng::new(34)).unwrap_err()
    });
    assert!(error.to_string().contains("another length"), "{error}");
}

#[test]
fn openssl_and_this_read_each_others_streams() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, octets: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, octets).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().expect("the command openssl");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "openssl {arguments:?}: {said}");
        output.stdout
    };
    let mint = mint(rsa());
    let mut content = Vec::new();
    Generated::new(3 * MIB + 17).read_to_end(&mut content).unwrap();
    let plain = write("content", &content);
    let key = write("key.der", &mint.signer.key.to_pkcs8().unwrap());
    let key = {
        let pem = openssl(&["pkey", "-inform", "DER", "-in", &key]);
        write("key.pem", &pem)
    };
    let certificate = |name: &str, der: &[u8]| {
        let der = write(name, der);
        openssl(&["x509", "-inform", "DER", "-in", &der])
    };
    let signer = write("signer.pem", &certificate("signer.der", &mint.signer.certificate));
    let bundle = [
        certificate("root.der", &mint.anchor),
        certificate("issuing.der", mint.issuing().certificate()),
    ];
    let authorities = write("authorities.pem", &bundle.concat());
    let question = Question::at(at());
    let forms: [&[&str]; 4] =
        [&["-nodetach", "-stream", "-indef"], &["-nodetach"], &["-stream", "-indef"], &[]];
    for form in forms {
        let mut arguments = vec!["cms", "-sign", "-binary", "-in", &plain, "-signer", &signer];
        arguments.extend(["-inkey", &key, "-outform", "DER"]);
        arguments.extend(form);
        let message = openssl(&arguments);
        let detached = !form.contains(&"-nodetach");
        let mut data = &content[..];
        let given = detached.then_some(&mut data as &mut dyn Read);
        let streamed = streaming(&mint).verify_stream(&mut &message[..], given, &question).unwrap();
        assert_eq!(streamed.verdict(), Verdict::Passed, "{form:?}: {}", reason(&streamed));
        let mut asked = question.clone();
        asked.data = detached.then_some(&content[..]);
        assert_eq!(streamed, verifier(&mint).verify(&message, &asked).unwrap(), "{form:?}");
        if !detached {
            let mut out = Vec::new();
            extract_stream(&mut &message[..], &mut out, &Limits::default()).unwrap();
            assert!(out == content, "{form:?}");
        }
    }
    for known in [None, Some(content.len() as u64)] {
        let mut message = Vec::new();
        with_signer(&mint, false, |signer| {
            let rng = &mut SeededRng::new(35);
            signer.sign_stream(&mut &content[..], known, &mut message, rng).unwrap();
        });
        let file = write("ours.cms", &message);
        let at = at().unix().to_string();
        let mut arguments = vec!["cms", "-verify", "-binary", "-inform", "DER", "-in", &file];
        arguments.extend(["-CAfile", &authorities, "-purpose", "any", "-attime", &at]);
        assert!(openssl(&arguments) == content, "{known:?}");
    }
}

fn attached(mint: &Mint, content: &[u8]) -> Vec<u8> {
    with_signer(mint, false, |s| s.sign(content, &mut SeededRng::new(36)).unwrap())
}

#[test]
fn a_digest_that_is_not_announced_is_missed_or_looked_for() {
    let _alone = alone();
    let mint = mint(rsa());
    let mut message = attached(&mint, CONTENT);
    // digestAlgorithms comes first; SHA-512 instead of SHA-256 there leaves the signature sound.
    let sha256 = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    let place = message.windows(9).position(|w| w == sha256).unwrap();
    message[place + 8] = 3;
    let question = Question::at(at());
    let held = verifier(&mint).verify(&message, &question).unwrap();
    assert_eq!(held.verdict(), Verdict::Passed);
    assert_eq!(held.signatures()[0].remarks, [qoltanba::report::Remark::UnlistedDigest]);

    let once = streaming(&mint).verify_stream(&mut &message[..], None, &question).unwrap();
    assert_eq!((once.verdict(), reason(&once)), (Verdict::Indeterminate, "digest_missing"));
    let twice = streaming(&mint);
    let seekable = twice.verify_seekable(&mut Cursor::new(&message), None, &question).unwrap();
    assert_eq!(seekable, held);
    // It starts where the reader stands.
    let mut behind = Cursor::new([b"an envelope".as_slice(), &message].concat());
    behind.set_position(11);
    assert_eq!(twice.verify_seekable(&mut behind, None, &question).unwrap(), held);
}

#[test]
fn content_that_is_given_besides_must_be_the_one_inside() {
    let _alone = alone();
    let mint = mint(SignatureAlgorithm::Gost2015_512);
    let message = attached(&mint, CONTENT);
    let longer = [CONTENT, b"!"].concat();
    for (given, wanted) in [
        (CONTENT, "none"),
        (&CONTENT[1..], "content_conflict"),
        (&longer, "content_conflict"),
        (&[], "content_conflict"),
    ] {
        let question = Question::at(at());
        let held = verifier(&mint).verify(&message, &question.clone().with_data(given)).unwrap();
        assert_eq!(reason(&held), wanted);
        for verifier in [verifier(&mint), streaming(&mint)] {
            let mut data = given;
            let report = verifier.verify_stream(&mut &message[..], Some(&mut data), &question);
            assert_eq!(report.unwrap(), held);
            let question = question.clone().with_data(given);
            let report = verifier.verify_stream(&mut &message[..], None, &question);
            assert_eq!(report.unwrap(), held);
        }
    }
}

/// A reader that breaks after some octets.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.0.read(out)? {
            0 => Err(io::ErrorKind::ConnectionReset.into()),
            count => Ok(count),
        }
    }
}

struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_breaks_is_no_verdict() {
    let _alone = alone();
    let mint = mint(SignatureAlgorithm::Gost2015_256);
    let message = attached(&mint, CONTENT);
    let detached = with_signer(&mint, true, |s| s.sign(CONTENT, &mut SeededRng::new(37)).unwrap());
    let question = Question::at(at());
    let broken = ErrorKind::Io { kind: io::ErrorKind::ConnectionReset };
    for verifier in [verifier(&mint), streaming(&mint)] {
        for end in 0..=message.len() {
            let mut reader = Broken(&message[..end]);
            let error = verifier.verify_stream(&mut reader, None, &question).unwrap_err();
            assert_eq!(error.kind(), &broken, "after {end}");
        }
        let mut data = Broken(CONTENT);
        let error = verifier.verify_stream(&mut &detached[..], Some(&mut data), &question);
        assert_eq!(error.unwrap_err().kind(), &broken);
    }
    let mut rng = SeededRng::new(38);
    with_signer(&mint, false, |signer| {
        let length = Some(CONTENT.len() as u64);
        let error = signer
            .sign_stream(&mut Broken(CONTENT), length, &mut io::sink(), &mut rng)
            .unwrap_err();
        assert_eq!(error.kind(), &broken);
        let error = signer.sign_stream(&mut &CONTENT[..], length, &mut Full, &mut rng).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Io { kind: io::ErrorKind::StorageFull });
    });
}

#[test]
fn what_is_cut_or_longer_is_judged_as_in_memory() {
    let _alone = alone();
    let mint = mint(SignatureAlgorithm::Gost2015_256);
    let der = attached(&mint, CONTENT);
    let mut ber = Vec::new();
    with_signer(&mint, false, |signer| {
        let rng = &mut SeededRng::new(39);
        signer.sign_stream(&mut &CONTENT[..], None, &mut ber, rng).unwrap();
    });
    let question = Question::at(at());
    let (streaming, verifier) = (streaming(&mint), verifier(&mint));
    let compare = |message: &[u8], what: &str| {
        // Seekable, since an altered list of digests announces the wrong ones.
        let streamed = streaming.verify_seekable(&mut Cursor::new(message), None, &question);
        let held = verifier.verify(message, &question);
        match (streamed, held) {
            (Ok(streamed), Ok(held)) => {
                assert_eq!(streamed.verdict(), held.verdict(), "{what}");
                assert_eq!(reason(&streamed), reason(&held), "{what}");
                assert!(streamed.signatures() == held.signatures(), "{what}");
            }
            (Err(_), Err(_)) => {}
            // Damaged and beyond a limit at once: a stream meets one of them first.
            (Ok(report), Err(error)) | (Err(error), Ok(report)) => {
                assert!(matches!(error.kind(), ErrorKind::OverBudget { .. }), "{what}: {error}");
                assert_eq!(reason(&report), "parse", "{what}");
            }
        }
    };
    for message in [&der, &ber] {
        for end in 70..message.len() {
            compare(&message[..end], "cut");
        }
        compare(&[message.as_slice(), &[0]].concat(), "longer by one");
        compare(&[message.as_slice(), &[0, 0]].concat(), "longer by two");
        // Every octet of the frame and of the structure, one bit at a time.
        let mut altered = message.clone();
        for place in 0..message.len() {
            let bit = (place * 5) % 8;
            altered[place] ^= 1 << bit;
            compare(&altered, &format!("bit {bit} of octet {place}"));
            altered[place] ^= 1 << bit;
        }
    }
}

#[test]
fn everything_but_the_content_is_limited() {
    let _alone = alone();
    let mint = mint(rsa());
    let message = attached(&mint, CONTENT);
    let question = Question::at(at());
    let limits = Limits { stream_bytes: 0, structure_bytes: 1000, ..Limits::default() };
    let error = verifier(&mint)
        .with_limits(limits)
        .verify_stream(&mut &message[..], None, &question)
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OverBudget { limit: 1000, .. }), "{error}");
    // A length that promises the moon takes no memory in advance.
    let promise = [0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    let moon = [0xa0, 0x80, 0x30, 0x80, 0x02, 0x87, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let message = [&promise[..], &moon, &[0; 100]].concat();
    let verifier = streaming(&mint);
    let (outcome, memory) = peak(|| verifier.verify_stream(&mut &message[..], None, &question));
    assert!(matches!(outcome.unwrap_err().kind(), ErrorKind::OverBudget { .. }));
    assert!(memory < 1 << 20, "{memory}");
    // What is no message in DER or BER does not stream.
    let text = [b"-----BEGIN CMS-----\n".as_slice(), &[b'A'; 2 << 20]].concat();
    let error = verifier.verify_stream(&mut &text[..], None, &question).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OverBudget { .. }), "{error}");
}
