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
//! answer must be 200 and passed. The lookup asks for a number that is registered among a thousand
//! others, with its recipient: the library has nothing beside it.
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
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use qoltanba::{
    Certificate, Lang, Question, TrustAnchor, TrustStore, Verdict, Verifier,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    identity::{Role, Subject},
    revocation::Crl,
    sign::CmsSigner,
};
use qoltanba_testkit::{Mint, Order, SeededRng};

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
        let Loaded { rate, p50, p99 } = scene.verify(span, connections)?;
        let ratio = rate / library;
        println!("{name:<8} {library:>12.0} {rate:>12.0} {ratio:>7.2} {p50:>9.2?} {p99:>9.2?}");
    }
    let Loaded { rate, p50, p99 } = Scene::provider()?.lookup(span, connections)?;
    println!("{:<8} {:>12} {rate:>12.0} {:>7} {p50:>9.2?} {p99:>9.2?}", "lookup", "", "");
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
        let now = now()?;
        Self::of(&Order::new(algorithm, now), now)
    }

    /// A scene whose signer may sign for an organisation.
    fn provider() -> Result<Self> {
        let now = now()?;
        let order = Order::new(SignatureAlgorithm::Gost2015_512, now).role(Role::FirstHead);
        Self::of(&order, now)
    }

    fn of(order: &Order, now: qoltanba::Instant) -> Result<Self> {
        let mut rng = SeededRng::new(5);
        let mint = Mint::new(order, &mut rng)?;
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

    fn verify(&self, span: Duration, connections: usize) -> Result<Loaded> {
        let service = self.start()?;
        let request = post("/api/v1/verify", "", &self.signed);
        service.load(&Asked { request, wanted: r#""verdict":"passed""# }, span, connections)
    }

    /// A document among a thousand numbers, which its recipient asks for.
    fn lookup(&self, span: Duration, connections: usize) -> Result<Loaded> {
        const RECIPIENT: &str = "920101100008";
        const JSON: &str = "content-type: application/json\r\n";
        let service = self.start()?;
        let key = format!("authorization: Bearer {}\r\n", self.key()?);
        let numbers = post("/api/v1/documents/numbers", &(key.clone() + JSON), br#"{"count":999}"#);
        let mut stream = TcpStream::connect(&service.address)?;
        exchange(&mut stream, &numbers)?;
        let (start, end) = ("content-disposition: form-data; name=", "\r\n--b");
        let body = [
            format!("--b\r\n{start}recipient\r\n\r\n{RECIPIENT}{end}\r\n{start}file\r\n\r\n")
                .as_bytes(),
            &self.signed,
            format!("{end}--\r\n").as_bytes(),
        ]
        .concat();
        let form = key + "content-type: multipart/form-data; boundary=b\r\n";
        let record = exchange(&mut stream, &post("/api/v1/documents", &form, &body))?;
        let number = record.split(r#""number":""#).nth(1).and_then(|rest| rest.get(..14));
        let number = number.ok_or_else(|| format!("it was not registered: {record}"))?;
        let body = format!(r#"{{"number":"{number}","recipient":"{RECIPIENT}"}}"#);
        let request = post("/api/v1/documents/check", JSON, body.as_bytes());
        service.load(&Asked { request, wanted: r#""genuine":true"# }, span, connections)
    }

    /// A key of the signer's organisation.
    fn key(&self) -> Result<String> {
        let subject = Subject::claimed_by(&self.mint.signer_certificate()?);
        let bin = subject.bin.ok_or("the signer has no BIN")?;
        let output = Command::new(command()?)
            .args(["serve", "--config"])
            .arg(self.folder.path().join("qoltanba.toml"))
            .args(["keys", "add", "--name", "Акимат", "--scope", "reserve,register"])
            .args(["--bin", bin.as_str()])
            .output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    fn start(&self) -> Result<Service> {
        let at = |name: &str| self.folder.path().join(name);
        fs::write(at("root.cer"), &self.mint.anchor)?;
        fs::write(at("authority.cer"), self.mint.issuing().certificate())?;
        fs::create_dir_all(at("lists"))?;
        for (number, list) in self.mint.lists.iter().enumerate() {
            fs::write(at("lists").join(format!("{number}.crl")), list)?;
        }
        let settings = format!(
            "server.data = {:?}\nops.listen = \"\"\nevidence.offline = true\nlimits.workers = 1\n\
             limits.client_share = 1\nregistry.checks_per_minute = 0\n\
             registry.checks_of_number_per_minute = 0\n\
             evidence.trust = [{:?}]\nevidence.certificates = [{:?}]\nevidence.lists = [{:?}]\n",
            at("data"),
            at("root.cer"),
            at("authority.cer"),
            at("lists"),
        );
        fs::write(at("qoltanba.toml"), settings)?;
        let mut child = Command::new("taskset")
            .args(["-c", "0"])
            .arg(command()?)
            .args(["serve", "--listen", "127.0.0.1:0", "--config"])
            .arg(at("qoltanba.toml"))
            .stdout(Stdio::piped())
            .stderr(fs::File::create(at("log"))?)
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let address = line.trim().strip_prefix("http://").ok_or("it did not start")?;
        let address = address.trim_end_matches('/').to_owned();
        Ok(Service { child, address })
    }
}

/// A service that ends with its value.
struct Service {
    child: Child,
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request, and what every answer to it must say.
struct Asked {
    request: Vec<u8>,
    wanted: &'static str,
}

impl Service {
    fn load(&self, asked: &Asked, span: Duration, connections: usize) -> Result<Loaded> {
        let stop = AtomicBool::new(false);
        asked.ask(&mut TcpStream::connect(&self.address)?)?;
        let process = self.child.id().to_string();
        let before = ticks(&process)?;
        let client = || -> Result<Vec<Duration>> {
            let mut stream = TcpStream::connect(&self.address)?;
            stream.set_nodelay(true)?;
            let mut times = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let started = Instant::now();
                asked.ask(&mut stream)?;
                times.push(started.elapsed());
            }
            Ok(times)
        };
        let mut times = thread::scope(|scope| -> Result<Vec<Duration>> {
            let clients: Vec<_> = (0..connections).map(|_| scope.spawn(client)).collect();
            thread::sleep(span);
            stop.store(true, Ordering::Relaxed);
            let mut times = Vec::new();
            for client in clients {
                times.extend(client.join().map_err(|_| "a client stopped")??);
            }
            Ok(times)
        })?;
        let spent = ticks(&process)? - before;
        times.sort();
        let of = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        Ok(Loaded { rate: times.len() as f64 / spent, p50: of(50), p99: of(99) })
    }
}

impl Asked {
    fn ask(&self, stream: &mut TcpStream) -> Result<()> {
        let answer = exchange(stream, &self.request)?;
        match answer.starts_with("HTTP/1.1 200") && answer.contains(self.wanted) {
            true => Ok(()),
            false => Err(format!("answered: {answer}").into()),
        }
    }
}

/// The command beside this program.
fn command() -> Result<PathBuf> {
    let command = env::current_exe()?.with_file_name("qoltanba");
    match command.exists() {
        true => Ok(command),
        false => Err("first: cargo build --release -p qoltanba-cli".into()),
    }
}

/// A request; each line of `head` has its end.
fn post(path: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\n{head}content-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// One request and its whole answer.
fn exchange(stream: &mut TcpStream, request: &[u8]) -> Result<String> {
    const LENGTH: &str = "content-length: ";
    stream.write_all(request)?;
    let mut answer = Vec::with_capacity(32 << 10);
    let mut piece = [0; 16 << 10];
    loop {
        let read = stream.read(&mut piece)?;
        answer.extend_from_slice(piece.get(..read).unwrap_or_default());
        let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
            if read == 0 {
                return Err("no answer".into());
            }
            continue;
        };
        let head = str::from_utf8(answer.get(..end).unwrap_or_default())?;
        let length = head.lines().find_map(|line| line.strip_prefix(LENGTH)).ok_or("no length")?;
        let length: usize = length.parse()?;
        if answer.len() >= end + 4 + length || read == 0 {
            return Ok(String::from_utf8(answer)?);
        }
    }
}

fn now() -> Result<qoltanba::Instant> {
    let past = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(qoltanba::Instant::from_unix(past.try_into()?))
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
