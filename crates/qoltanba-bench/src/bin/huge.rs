//! Memory and speed of signing and verifying huge files as streams, against the bare hash of the
//! same file in the same process and against `openssl dgst`.
//!
//! ```text
//! cargo run --release -p qoltanba-bench --bin huge [MIB]
//! ```
//!
//! The files, of 1 GiB unless said, are made in a temporary folder and deleted; four times their
//! size must be free. Each step runs in a process of its own, whose peak memory is what the kernel
//! says of it (`VmHWM`, what `/usr/bin/time -v` shows as the maximum resident set size).
//!
//! A ratio is the processor time of the bare work divided by that of the step: 1.00 means that
//! everything else is free. The bare work is to hash the file, or to hash and copy it where a step
//! writes the content too. Processor time, because another process that is busy slows the clock of
//! the wall and not this one; each is the best of five rounds over all steps.
#![expect(clippy::print_stdout, reason = "a report is what this program is for")]

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use qoltanba::{
    Certificate, Limits, Question, TrustAnchor, TrustStore, Verdict, Verifier,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    revocation::Crl,
    sign::{CmsSigner, PrivateKey, SigningKey, extract_stream},
};
use qoltanba_testkit::{Mint, SeededRng};

const HASH: &str = "hash";
const COPY: &str = "hash and copy";

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const STEPS: [&str; 9] = [
    HASH,
    COPY,
    "sign detached",
    "sign attached DER",
    "sign attached BER",
    "verify detached",
    "verify attached DER",
    "verify attached BER",
    "extract",
];

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [word, step, folder] if word == "--step" => run(step, Path::new(folder)),
        [] => report(1024),
        [mib] => report(mib.parse()?),
        _ => Err("usage: huge [MIB]".into()),
    }
}

/// Prepares a folder for each algorithm and runs every step in a process of its own.
fn report(mib: u64) -> Result<()> {
    let at: qoltanba::Instant = "2026-11-25T12:00:00Z".parse()?;
    for (algorithm, dgst) in [
        (SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256), Some("-sha256")),
        (SignatureAlgorithm::Gost2015_512, None),
    ] {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name);
        make_content(&path("content"), mib)?;
        let mint = Mint::good(algorithm, at, &mut SeededRng::new(1))?;
        fs::write(path("key"), &*mint.signer.key.to_pkcs8()?)?;
        fs::write(path("signer"), &mint.signer.certificate)?;
        fs::write(path("root"), &mint.anchor)?;
        fs::write(path("issuing"), mint.issuing().certificate())?;
        for (index, list) in mint.lists.iter().enumerate() {
            fs::write(path(&format!("list{index}")), list)?;
        }
        println!("{algorithm}, {mib} MiB");
        let mut best =
            [Taken { wall: f64::INFINITY, processor: f64::INFINITY, peak: 0.0 }; STEPS.len()];
        for _ in 0..5 {
            for (best, step) in best.iter_mut().zip(STEPS) {
                let taken = spawn(step, folder.path())?;
                best.wall = best.wall.min(taken.wall);
                best.processor = best.processor.min(taken.processor);
                best.peak = best.peak.max(taken.peak);
            }
        }
        let [hash, copy, ..] = best;
        for (taken, step) in best.iter().zip(STEPS) {
            let bare = if step.starts_with("sign attached") { copy } else { hash };
            println!(
                "  {step:20} {:6.0} MiB/s   ratio {:.2}   peak {:.1} MiB",
                mib as f64 / taken.wall,
                bare.processor / taken.processor,
                taken.peak
            );
        }
        if let Some(digest) = dgst {
            let mut seconds = f64::INFINITY;
            for _ in 0..3 {
                let start = Instant::now();
                let content = path("content");
                let output = Command::new("openssl").args(["dgst", digest]).arg(content).output();
                if !output?.status.success() {
                    return Err("openssl dgst failed".into());
                }
                seconds = seconds.min(start.elapsed().as_secs_f64());
            }
            println!("  {:20} {:7.0} MiB/s", "openssl dgst", mib as f64 / seconds);
        }
    }
    Ok(())
}

/// Octets that repeat only after a while, since a file of zeros might be sparse.
fn make_content(path: &Path, mib: u64) -> io::Result<()> {
    let mut out = File::create_new(path)?;
    let mut block: Vec<u8> =
        (0..1_u32 << 20).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for number in 0..mib {
        block.splice(..8, number.to_le_bytes());
        out.write_all(&block)?;
    }
    Ok(())
}

/// What a step took: seconds, and MiB.
#[derive(Clone, Copy)]
struct Taken {
    wall: f64,
    processor: f64,
    peak: f64,
}

fn spawn(step: &str, folder: &Path) -> Result<Taken> {
    let output = Command::new(env::current_exe()?).args(["--step", step]).arg(folder).output()?;
    if !output.status.success() {
        return Err(format!("{step}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let said = String::from_utf8(output.stdout)?;
    let mut words = said.split_whitespace();
    let mut next =
        || -> Result<f64> { Ok(words.next().ok_or("a step says three numbers")?.parse()?) };
    Ok(Taken { wall: next()?, processor: next()?, peak: next()? })
}

/// One step, and what it took.
fn run(step: &str, folder: &Path) -> Result<()> {
    let path = |name: &str| folder.join(name);
    let key = PrivateKey::from_pkcs8(&fs::read(path("key"))?)?;
    let signer = Certificate::from_der(&fs::read(path("signer"))?)?;
    let at = "2026-11-25T12:00:00Z".parse()?;
    let content = || File::open(path("content"));
    let (start, before) = (Instant::now(), processor_seconds()?);
    match step {
        HASH | COPY => {
            let mut hasher = key.algorithm().digest().hasher();
            let mut file = content()?;
            let mut copy: Box<dyn Write> = match step {
                COPY => Box::new(File::create(path("copy"))?),
                _ => Box::new(io::sink()),
            };
            let mut buffer = vec![0; 1 << 16];
            loop {
                match file.read(&mut buffer)? {
                    0 => break,
                    count => {
                        let octets = buffer.get(..count).unwrap_or_default();
                        hasher.update(octets);
                        copy.write_all(octets)?;
                    }
                }
            }
            std::hint::black_box(hasher.finish());
        }
        "sign detached" | "sign attached DER" | "sign attached BER" => {
            let mut file = content()?;
            let length = (step == "sign attached DER").then_some(file.metadata()?.len());
            let signer = CmsSigner::new(&key, &signer)?.detached(step == "sign detached");
            let mut out = BufWriter::new(File::create(path(&message(step)))?);
            signer.sign_stream(&mut file, length, &mut out, &mut SeededRng::new(2))?;
            out.flush()?;
        }
        "verify detached" | "verify attached DER" | "verify attached BER" => {
            let mut message = File::open(path(&message(step)))?;
            let mut data = (step == "verify detached").then(content).transpose()?;
            let data = data.as_mut().map(|file| file as &mut dyn Read);
            let question = Question::at(at);
            let report = verifier(&path)?.verify_stream(&mut message, data, &question)?;
            if report.verdict() != Verdict::Passed {
                return Err(format!("{:?}", report.reason()).into());
            }
        }
        "extract" => {
            let mut message = File::open(path(&message("verify attached DER")))?;
            extract_stream(&mut message, &mut io::sink(), &Limits::default())?;
        }
        other => return Err(format!("no such step: {other}").into()),
    }
    println!("{} {} {}", start.elapsed().as_secs_f64(), processor_seconds()? - before, peak_mib()?);
    Ok(())
}

/// The file of a message: what is signed in one step is verified in another.
fn message(step: &str) -> String {
    let form = step.split_once(' ').map_or(step, |(_, form)| form);
    format!("{}.cms", form.replace(' ', "-"))
}

fn verifier(path: &dyn Fn(&str) -> PathBuf) -> Result<Verifier> {
    let root = Certificate::from_der(&fs::read(path("root"))?)?;
    let mut trust = TrustStore::empty();
    trust.add(TrustAnchor::from_self_signed(&root)?);
    let mut lists = Vec::new();
    for index in 0.. {
        let Ok(list) = fs::read(path(&format!("list{index}"))) else { break };
        lists.push(Crl::from_der(&list)?);
    }
    let issuing = Certificate::from_der(&fs::read(path("issuing"))?)?;
    Ok(Verifier::new(trust).with_certificates([issuing]).with_crls(lists))
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
