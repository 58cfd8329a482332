//! Time and memory of taking in a large revocation list and of asking it, against OpenSSL on the
//! same list and against the bare hash of its octets.
//!
//! ```text
//! cargo run --release -p qoltanba-bench --bin crlindex [ENTRIES [ALGORITHM]]
//! ```
//!
//! The lists, of 1,000,000 entries unless said, have serial numbers of 20 octets. One of them is
//! signed with RSA and SHA-256 and has 39 MB; the others have GOST signatures, whose digests are
//! slow. Each step runs in a process of its own, whose peak memory is what the kernel says of it
//! (`VmHWM`).
//!
//! - `openssl` is `d2i_X509_CRL` on octets in memory and the first `X509_CRL_get0_by_serial`, which
//!   sorts; reading the file is not counted, and the signature is not checked;
//! - `index` is all of ours: the file read as a stream, what is signed hashed, the signature checked, the entries sorted, the index written to a file;
//! - `hash` is the digest of the signature over the same file, read in the same pieces.
//!
//! A ratio is ours divided by theirs, in processor time, because another process that is busy slows
//! the clock of the wall and not this one; each is the best of five rounds over all steps. Lookups
//! are of serial numbers in an order that no cache foresees.
#![expect(clippy::print_stdout, reason = "a report is what this program is for")]

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{BufWriter, Read as _, Write as _},
    path::Path,
    process::Command,
    time::Instant,
};

use openssl::{
    asn1::Asn1Integer,
    bn::BigNum,
    x509::{CrlStatus, X509Crl},
};
use qoltanba::{
    Certificate,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    revocation::{CrlIndex, CrlIndexBuilder},
};
use qoltanba_testkit::{CrlSpec, Mint, Reason, Revoked, SeededRng};
use rand_core::Rng as _;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const OPENSSL: &str = "openssl";
const INDEX: &str = "index";
const HASH: &str = "hash";
const STEPS: [&str; 3] = [OPENSSL, INDEX, HASH];

const RSA: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
const ALGORITHMS: [SignatureAlgorithm; 4] = [
    RSA,
    SignatureAlgorithm::Gost2004,
    SignatureAlgorithm::Gost2015_256,
    SignatureAlgorithm::Gost2015_512,
];

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [word, step, folder] if word == "--step" => run(step, Path::new(folder)),
        [] => report(1_000_000, None),
        [entries] => report(entries.parse()?, None),
        [entries, algorithm] => report(entries.parse()?, Some(algorithm)),
        _ => Err("usage: crlindex [ENTRIES [ALGORITHM]]".into()),
    }
}

fn report(entries: usize, only: Option<&str>) -> Result<()> {
    let wanted = |a: &SignatureAlgorithm| only.is_none_or(|only| only == a.to_string());
    for algorithm in ALGORITHMS.into_iter().filter(wanted) {
        let folder = tempfile::tempdir()?;
        let bytes = make(folder.path(), algorithm, entries, false)?;
        println!("{algorithm}, {entries} entries, {:.1} MB", bytes / 1e6);
        measure(folder.path(), bytes, entries)?;
    }
    if only.is_some() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let algorithm = SignatureAlgorithm::Gost2015_512;
    let bytes = make(folder.path(), algorithm, entries, true)?;
    println!("{algorithm}, {entries} entries with a reason, {:.1} MB", bytes / 1e6);
    measure(folder.path(), bytes, entries)
}

/// Makes a list, and the certificate of its issuer, and tells the list's length.
fn make(
    folder: &Path,
    algorithm: SignatureAlgorithm,
    entries: usize,
    reasons: bool,
) -> Result<f64> {
    let at: qoltanba::Instant = "2026-11-25T12:00:00Z".parse()?;
    let mut rng = SeededRng::new(1);
    let mint = Mint::good(algorithm, at, &mut rng)?;
    let mut spec = CrlSpec::complete(1347, at);
    for number in 0..entries {
        let mut serial = [0; 20];
        rng.fill_bytes(&mut serial);
        // As the national authority's: positive, and all of one length.
        let [first, ..] = &mut serial;
        *first = *first & 0x3f | 0x40;
        let entry = Revoked::new(&serial, at.plus_seconds(-600 * (1 + number as i64 % 90_000)));
        spec.revoked.push(if reasons { entry.because(Reason::Superseded) } else { entry });
    }
    let list = mint.issuing().publish(&spec, &mut rng)?;
    fs::write(folder.join("list"), &list)?;
    fs::write(folder.join("issuer"), mint.issuing().certificate())?;
    fs::write(folder.join("serials"), serials(&spec, entries))?;
    Ok(list.len() as f64)
}

/// A hundred thousand serial numbers of the list, in another order.
fn serials(spec: &CrlSpec, entries: usize) -> Vec<u8> {
    let order = (0..100_000_usize).map(|number| number.wrapping_mul(2_654_435_761) % entries);
    order.filter_map(|number| spec.revoked.get(number)).flat_map(|r| r.serial.clone()).collect()
}

fn measure(folder: &Path, bytes: f64, entries: usize) -> Result<()> {
    let mut best = [[f64::INFINITY; 7]; STEPS.len()];
    for _ in 0..5 {
        for (best, step) in best.iter_mut().zip(STEPS) {
            for (best, taken) in best.iter_mut().zip(spawn(step, folder)?) {
                *best = best.min(taken);
            }
        }
    }
    for (taken, step) in best.iter().zip(STEPS) {
        let [wall, processor, peak, ..] = taken;
        println!(
            "  {step:8} {:7.1} ms   processor {:7.1} ms   {:6.0} MB/s   peak {peak:6.1} MiB",
            wall * 1e3,
            processor * 1e3,
            bytes / 1e6 / processor,
        );
    }
    let [theirs, ours, hash] = best;
    let [_, time, peak, lookup, absent, ..] = theirs;
    let [_, our_time, our_peak, our_lookup, our_absent, open, size] = ours;
    let [_, hash_time, ..] = hash;
    println!("  index / openssl: time {:.2}, peak memory {:.2}", our_time / time, our_peak / peak);
    println!("  index / hash: time {:.2}", our_time / hash_time);
    println!(
        "  lookup {:.0} ns (openssl {:.0}, ratio {:.2}), of an absent one {:.0} ns (openssl {:.0}, \
         ratio {:.2})",
        our_lookup * 1e9,
        lookup * 1e9,
        our_lookup / lookup,
        our_absent * 1e9,
        absent * 1e9,
        our_absent / absent,
    );
    println!("  open {:.2} ms, {:.2} octets an entry", open * 1e3, size / entries as f64);
    Ok(())
}

fn spawn(step: &str, folder: &Path) -> Result<[f64; 7]> {
    let output = Command::new(env::current_exe()?).args(["--step", step]).arg(folder).output()?;
    if !output.status.success() {
        return Err(format!("{step}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let said = String::from_utf8(output.stdout)?;
    let numbers = said.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>()?;
    numbers.try_into().map_err(|_| "a step says seven numbers".into())
}

/// One step, and what it took: seconds of the wall and of the processor, MiB, and for those that
/// can be asked the seconds of a lookup of what is listed and of what is not, those of opening, and
/// the octets of the index.
fn run(step: &str, folder: &Path) -> Result<()> {
    let path = |name: &str| folder.join(name);
    let mut more = [0.0; 4];
    let taken = match step {
        OPENSSL => {
            let der = fs::read(path("list"))?;
            let clock = Clock::start()?;
            let list = X509Crl::from_der(&der)?;
            ask_openssl(&list, &[0x40; 20])?;
            let taken = clock.stop()?;
            more[0] = lookups(&path("serials"), 0, |serial| ask_openssl(&list, serial))?;
            more[1] = lookups(&path("serials"), 1, |serial| ask_openssl(&list, serial))?;
            taken
        }
        INDEX => {
            let issuer = Certificate::from_der(&fs::read(path("issuer"))?)?;
            let clock = Clock::start()?;
            let builder = CrlIndexBuilder::new().issuer(&issuer);
            let verified = builder.read(&mut File::open(path("list"))?)?;
            let mut out = BufWriter::with_capacity(1 << 16, File::create(path("index"))?);
            verified.write(&mut out)?;
            out.flush()?;
            drop(out);
            drop(verified);
            let taken = clock.stop()?;
            let octets = fs::read(path("index"))?;
            let size = octets.len() as f64;
            let clock = Instant::now();
            let index = CrlIndex::from_bytes(octets)?;
            let open = clock.elapsed().as_secs_f64();
            let ask = |serial: &[u8]| Ok(index.entries_of(serial)?.next().is_some());
            more = [
                lookups(&path("serials"), 0, ask)?,
                lookups(&path("serials"), 1, ask)?,
                open,
                size,
            ];
            taken
        }
        HASH => {
            let issuer = Certificate::from_der(&fs::read(path("issuer"))?)?;
            let clock = Clock::start()?;
            let mut hasher = issuer.signature_algorithm()?.digest().hasher();
            let mut file = File::open(path("list"))?;
            let mut buffer = vec![0; 1 << 16];
            loop {
                match file.read(&mut buffer)? {
                    0 => break,
                    count => hasher.update(buffer.get(..count).unwrap_or_default()),
                }
            }
            std::hint::black_box(hasher.finish());
            clock.stop()?
        }
        other => return Err(format!("no such step: {other}").into()),
    };
    for number in taken.iter().chain(&more) {
        println!("{number}");
    }
    Ok(())
}

fn ask_openssl(list: &X509Crl, serial: &[u8]) -> Result<bool> {
    let number = Asn1Integer::from_bn(&*BigNum::from_slice(serial)?)?;
    Ok(!matches!(list.get_by_serial(&number), CrlStatus::NotRevoked))
}

/// Seconds of a lookup, the last octet of each serial number changed by `change`.
fn lookups(path: &Path, change: u8, ask: impl Fn(&[u8]) -> Result<bool>) -> Result<f64> {
    let mut serials = fs::read(path)?;
    let (serials, _) = serials.as_chunks_mut::<20>();
    for [.., last] in &mut *serials {
        *last ^= change;
    }
    let before = processor_seconds()?;
    let mut found = 0;
    for serial in &*serials {
        found += usize::from(ask(serial)?);
    }
    let seconds = (processor_seconds()? - before) / serials.len() as f64;
    let expected = if change == 0 { serials.len() } else { 0 };
    if found == expected { Ok(seconds) } else { Err("a lookup answers wrong".into()) }
}

/// Time since a moment, on the wall and on the processor.
struct Clock {
    wall: Instant,
    processor: f64,
}

impl Clock {
    fn start() -> Result<Self> {
        Ok(Self { wall: Instant::now(), processor: processor_seconds()? })
    }

    /// Seconds of the wall and of the processor, and the most that this process had resident.
    fn stop(self) -> Result<[f64; 3]> {
        let wall = self.wall.elapsed().as_secs_f64();
        Ok([wall, processor_seconds()? - self.processor, peak_mib()?])
    }
}

/// What this process has computed, in user and in system mode.
fn processor_seconds() -> Result<f64> {
    let said = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: f64 = said.split_whitespace().next().ok_or("no schedstat")?.parse()?;
    Ok(nanoseconds / 1e9)
}

/// The most that this process ever had resident.
fn peak_mib() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()).ok_or("no VmHWM")?;
    Ok(number.parse::<f64>()? / 1024.0)
}
