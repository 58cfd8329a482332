//! How many documents a second the service verifies, against the library on one core.
//!
//! ```text
//! cargo build --release -p qoltanba-cli
//! cargo run --release -p qoltanba-bench --bin load [SECONDS [CONNECTIONS]]
//! ```
//!
//! The document is a CMS of one individual, with its chain and the lists of both authorities, once
//! by GOST 34.10-2015 with 512 bits and once by RSA. The library verifies it in this process with a
//! prepared verifier and writes the report as JSON, as the service does. The service is the command
//! beside this program, on its default settings with one worker, pinned to the first core
//! (`taskset`); this program is pinned to the second by its caller, or shares what there is. Every
//! answer must be 200 and passed.
//!
//! Rates are by the processor time of the process that verifies, so that a busy machine does not
//! tell against either; latencies are by the clock of the wall.
#![expect(clippy::print_stdout, reason = "a report is what this program is for")]

use std::{
    env,
    error::Error,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use qoltanba::{
    Certificate, Lang, Question, TrustAnchor, TrustStore, Verdict, Verifier,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    revocation::Crl,
    sign::CmsSigner,
};
use qoltanba_testkit::{Mint, SeededRng};

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let seconds = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let connections = arguments.next().map_or(Ok(8), |text| text.parse())?;
    let span = Duration::from_secs(seconds);
    println!(
        "{:<8} {:>12} {:>12} {:>7} {:>9} {:>9}",
        "", "library/s", "service/s", "", "p50", "p99"
    );
    let algorithms = [
        ("GOST-512", SignatureAlgorithm::Gost2015_512),
        ("RSA", SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256)),
    ];
    for (name, algorithm) in algorithms {
        let scene = Scene::new(algorithm)?;
        let library = scene.library(span)?;
        let Loaded { rate, p50, p99 } = scene.service(span, connections)?;
        let ratio = rate / library;
        println!("{name:<8} {library:>12.0} {rate:>12.0} {ratio:>7.2} {p50:>9.2?} {p99:>9.2?}");
    }
    Ok(())
}

/// A document, and what there is to judge it by, in a folder.
struct Scene {
    mint: Mint,
    signed: Vec<u8>,
    now: qoltanba::Instant,
    folder: tempfile::TempDir,
}

struct Loaded {
    rate: f64,
    p50: Duration,
    p99: Duration,
}

impl Scene {
    fn new(algorithm: SignatureAlgorithm) -> Result<Self> {
        let past = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let now = qoltanba::Instant::from_unix(past.try_into()?);
        let mut rng = SeededRng::new(5);
        let mint = Mint::good(algorithm, now, &mut rng)?;
        let certificate = mint.signer_certificate()?;
        let signer = CmsSigner::new(&*mint.signer.key, &certificate)?.signing_time(now);
        let signed = signer.sign(&[b'x'; 4096], &mut rng)?;
        Ok(Self { mint, signed, now, folder: tempfile::tempdir()? })
    }

    /// How many a second the library verifies on one core.
    fn library(&self, span: Duration) -> Result<f64> {
        let mut trust = TrustStore::empty();
        trust.add(TrustAnchor::from_self_signed(&Certificate::from_der(&self.mint.anchor)?)?);
        let authority = Certificate::from_der(self.mint.issuing().certificate())?;
        let lists = self.mint.lists.iter().map(|list| Crl::from_der(list));
        let lists: Vec<Crl> = lists.collect::<qoltanba::Result<_>>()?;
        let verifier = Verifier::new(trust).with_certificates([authority]).with_crls(lists);
        let one = || -> Result<usize> {
            let report = verifier.verify(&self.signed, &Question::at(self.now))?;
            if report.verdict() != Verdict::Passed {
                return Err("the library does not pass it".into());
            }
            Ok(report.to_json(Lang::Kk).to_string().len())
        };
        one()?;
        let (started, before, mut count) = (Instant::now(), ticks("self")?, 0_u32);
        while started.elapsed() < span {
            one()?;
            count += 1;
        }
        Ok(f64::from(count) / (ticks("self")? - before))
    }

    fn service(&self, span: Duration, connections: usize) -> Result<Loaded> {
        let (mut child, address) = self.start()?;
        let loaded = self.load(&child, &address, span, connections);
        child.kill()?;
        child.wait()?;
        loaded
    }

    fn start(&self) -> Result<(Child, String)> {
        let at = |name: &str| self.folder.path().join(name);
        fs::write(at("root.cer"), &self.mint.anchor)?;
        fs::write(at("authority.cer"), self.mint.issuing().certificate())?;
        fs::create_dir_all(at("lists"))?;
        for (number, list) in self.mint.lists.iter().enumerate() {
            fs::write(at("lists").join(format!("{number}.crl")), list)?;
        }
        let settings = format!(
            "server.data = {:?}\nops.listen = \"\"\nevidence.offline = true\nlimits.workers = 1\n\
             evidence.trust = [{:?}]\nevidence.certificates = [{:?}]\nevidence.lists = [{:?}]\n",
            at("data"),
            at("root.cer"),
            at("authority.cer"),
            at("lists"),
        );
        fs::write(at("qoltanba.toml"), settings)?;
        let command = env::current_exe()?.with_file_name("qoltanba");
        if !command.exists() {
            return Err("first: cargo build --release -p qoltanba-cli".into());
        }
        let mut child = Command::new("taskset")
            .args(["-c", "0"])
            .arg(command)
            .args(["serve", "--listen", "127.0.0.1:0", "--config"])
            .arg(at("qoltanba.toml"))
            .stdout(Stdio::piped())
            .stderr(fs::File::create(at("log"))?)
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let address = line.trim().strip_prefix("http://").ok_or("it did not start")?;
        Ok((child, address.trim_end_matches('/').to_owned()))
    }

    fn load(
        &self,
        child: &Child,
        address: &str,
        span: Duration,
        connections: usize,
    ) -> Result<Loaded> {
        let head = format!(
            "POST /api/v1/verify HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
            self.signed.len()
        );
        let request: Arc<Vec<u8>> = Arc::new([head.as_bytes(), &self.signed].concat());
        let stop = Arc::new(AtomicBool::new(false));
        ask(&mut TcpStream::connect(address)?, &request)?;
        let before = ticks(&child.id().to_string())?;
        let clients = (0..connections).map(|_| {
            let (request, stop, address) = (request.clone(), stop.clone(), address.to_owned());
            thread::spawn(move || -> Result<Vec<Duration>> {
                let mut stream = TcpStream::connect(address)?;
                stream.set_nodelay(true)?;
                let mut times = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let started = Instant::now();
                    ask(&mut stream, &request)?;
                    times.push(started.elapsed());
                }
                Ok(times)
            })
        });
        let clients: Vec<_> = clients.collect();
        thread::sleep(span);
        stop.store(true, Ordering::Relaxed);
        let mut times = Vec::new();
        for client in clients {
            times.extend(client.join().map_err(|_| "a client stopped")??);
        }
        let spent = ticks(&child.id().to_string())? - before;
        times.sort();
        let of = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        Ok(Loaded { rate: times.len() as f64 / spent, p50: of(50), p99: of(99) })
    }
}

/// One request and its whole answer, which must be that it passed.
fn ask(stream: &mut TcpStream, request: &[u8]) -> Result<()> {
    const LENGTH: &str = "content-length: ";
    stream.write_all(request)?;
    let mut answer = Vec::with_capacity(32 << 10);
    let mut piece = [0; 16 << 10];
    loop {
        let read = stream.read(&mut piece)?;
        answer.extend_from_slice(piece.get(..read).unwrap_or_default());
        let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = str::from_utf8(answer.get(..end).unwrap_or_default())?;
        let length = head.lines().find_map(|line| line.strip_prefix(LENGTH)).ok_or("no length")?;
        let length: usize = length.parse()?;
        if answer.len() < end + 4 + length && read > 0 {
            continue;
        }
        let passed = b"\"verdict\":\"passed\"";
        if !head.starts_with("HTTP/1.1 200") || !answer.windows(passed.len()).any(|w| w == passed) {
            return Err(format!("answered: {head}").into());
        }
        return Ok(());
    }
}

/// Seconds of processor time that a process has used (proc(5), `stat`, in hundredths).
fn ticks(process: &str) -> Result<f64> {
    let text = fs::read_to_string(Path::new("/proc").join(process).join("stat"))?;
    let after = text.rsplit(')').next().unwrap_or_default();
    let mut fields = after.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
    let mut next =
        || fields.next().ok_or("no such field")?.map_err(Box::<dyn Error + Send + Sync>::from);
    Ok(f64::from(next()? + next()?) / 100.0)
}
