//! Hostile uploads to a process of its own, over real sockets: bad files of every kind, bombs,
//! endless bodies, slow senders, files that take long, crowds that say nothing. All the while an
//! honest client is answered, and the process stays within its memory. What one client may have of
//! the service, and how many connections there may be, is as it is by default: the hostile have
//! addresses of this machine of their own.
//!
//! The bad files are those of the minted vectors that are to be refused: all of them, but for pages
//! (pictures and PDF files), of which every fourth is sent, since reading one takes seconds here.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    dead_code
)]
#![cfg(target_os = "linux")]

#[path = "http/house.rs"]
mod house;
#[path = "http/process.rs"]
mod process;

use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use flate2::{Compression, write::ZlibEncoder};
use house::{BOUNDARY, Content, House, form};
use process::Process;
use serde_json::Value;
use tokio::net::TcpSocket;

/// In which the honest client is answered, whatever others do; a second was seen.
const PATIENCE: Duration = Duration::from_secs(10);
/// In which the others are: the deadline of judging, and what comes before.
const LATE: Duration = Duration::from_secs(30);
/// What the process may hold at its highest; 60 MiB were seen.
const MEMORY_KIB: u64 = 256 << 10;
/// More than there may be by default (`server.connections`), of fewer each than one client may have.
const CROWD: usize = 12_000;
const OF_CLIENT: usize = 2_000;
const CONNECTIONS: usize = 10_000;
/// Places of one client by default with one core: a part of that and of the queue.
const PLACES: usize = (1 + 64) / 4;

/// Pages of a file that takes some seconds here.
const PAGES: usize = 6;
const FILE: &str = "application/octet-stream";

/// The last number of the address of who asks.
const HONEST: u8 = 1;
const HOSTILE: u8 = 2;

/// What ends soon.
const IMPATIENT: &str = "server.head_seconds = 4\nserver.body_pause_seconds = 2\n\
                         server.body_seconds = 8\nlimits.deadline_seconds = 12\n\
                         limits.pdf_pages = 30";

struct Service {
    process: Process,
    house: House,
    honest: Vec<u8>,
    sockets: tokio::runtime::Runtime,
}

impl Service {
    fn start(settings: &str) -> Self {
        let house = House::new(settings);
        let process = Process::start(&house, &[]);
        let honest = house.signed(Content::Inside);
        let mut sockets = tokio::runtime::Builder::new_multi_thread();
        let sockets = sockets.worker_threads(1).enable_io().build().unwrap();
        Self { process, house, honest, sockets }
    }

    fn connect(&self, who: u8) -> TcpStream {
        let connect = async {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind(SocketAddr::from(([127, 0, 0, who], 0))).unwrap();
            socket.connect(self.process.address).await.unwrap().into_std().unwrap()
        };
        let stream = self.sockets.block_on(connect);
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// The status and the body of an answer.
    fn post(&self, who: u8, kind: &str, body: &[u8]) -> (u16, Value) {
        let mut stream = self.connect(who);
        let length = body.len();
        let head = format!(
            "POST /api/v1/verify HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\n\
             connection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        // What is refused early is not read to its end.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        answer(&mut stream).expect("an answer")
    }

    /// Asks again and again as an honest client until the work is done; the longest wait.
    fn meanwhile<T>(&self, work: impl FnOnce() -> T) -> (T, Duration) {
        let done = AtomicBool::new(false);
        let longest = Mutex::new(Duration::ZERO);
        let worked = thread::scope(|scope| {
            scope.spawn(|| {
                let mut asked = 0;
                while asked < 3 || !done.load(Ordering::Relaxed) {
                    let started = Instant::now();
                    let (status, report) = self.post(HONEST, FILE, &self.honest);
                    let took = started.elapsed();
                    assert_eq!((status, &report["verdict"]), (200, &"passed".into()));
                    assert!(took < PATIENCE, "{took:?}");
                    let mut longest = longest.lock().unwrap();
                    *longest = took.max(*longest);
                    asked += 1;
                    thread::sleep(Duration::from_millis(50));
                }
            });
            let worked = work();
            done.store(true, Ordering::Relaxed);
            worked
        });
        (worked, longest.into_inner().unwrap())
    }

    /// The most memory that the process ever had.
    fn memory_kib(&self) -> u64 {
        let status =
            fs::read_to_string(format!("/proc/{}/status", self.process.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn end(&self, what: &str, longest: Duration) {
        let memory = self.memory_kib();
        println!("{what}: the honest client waited {longest:?} at most; memory {memory} KiB");
        assert!(memory < MEMORY_KIB, "{memory} KiB");
    }
}

/// None when the other end closed without a word.
fn answer(stream: &mut TcpStream) -> Option<(u16, Value)> {
    let mut octets = Vec::new();
    let mut piece = [0; 8192];
    // An answer to what was not read to its end may be followed by a reset.
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        octets.extend_from_slice(&piece[..read]);
    }
    let end = octets.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = str::from_utf8(&octets[..end]).unwrap();
    let status = head.split(' ').nth(1)?.parse().unwrap();
    Some((status, serde_json::from_slice(&octets[end + 4..]).unwrap_or_default()))
}

fn vectors() -> PathBuf {
    let root = std::env::var_os("QOLTANBA_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    );
    root.join("minted/open")
}

/// The bad files: those that nobody may call good.
fn negatives() -> Vec<(String, bool, Vec<u8>)> {
    let root = vectors();
    let Ok(cases) = fs::read(root.join("cases.json")) else {
        println!("ignored: no {} (set QOLTANBA_VECTORS)", root.display());
        return Vec::new();
    };
    let cases: Value = serde_json::from_slice(&cases).unwrap();
    let mut files = Vec::new();
    let mut pages = 0;
    for case in cases["cases"].as_array().unwrap() {
        let verdict = &case["expect"]["verdict"];
        let may_be = |word: &str| {
            *verdict == word || verdict.as_array().is_some_and(|all| all.contains(&word.into()))
        };
        if may_be("valid") {
            continue;
        }
        let kind = case["kind"].as_str().unwrap();
        if matches!(kind, "image" | "pdf") {
            pages += 1;
            if pages % 4 != 1 {
                continue;
            }
        }
        let named = &case["files"]["main"];
        let named = named.as_str().or(named[0].as_str());
        let Some(octets) = named.and_then(|name| fs::read(root.join(name)).ok()) else { continue };
        files.push((case["id"].as_str().unwrap().to_owned(), kind == "barcode", octets));
    }
    files
}

fn bomb(octets: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let blank = vec![b' '; 1 << 20];
    for _ in 0..octets >> 20 {
        encoder.write_all(&blank).unwrap();
    }
    encoder.finish().unwrap()
}

fn pdf_with(filter: &str, stream: &[u8]) -> Vec<u8> {
    let head = format!(
        "%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n\
         2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n\
         3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] /Contents 4 0 R>> endobj\n\
         4 0 obj <</Filter {filter} /Length {}>> stream\n",
        stream.len()
    );
    let end = b"\nendstream endobj\ntrailer <</Root 1 0 R>>\n";
    [head.as_bytes(), stream, end].concat()
}

/// A PNG that says of itself to be so large, with the check sum that belongs to it.
fn png(side: u32, data: &[u8]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8], body: &[u8]| {
        out.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        let whole = [kind, body].concat();
        out.extend_from_slice(&whole);
        let mut sum = flate2::Crc::new();
        sum.update(&whole);
        out.extend(sum.sum().to_be_bytes());
    };
    let mut head = Vec::new();
    head.extend(side.to_be_bytes());
    head.extend(side.to_be_bytes());
    head.extend([8, 0, 0, 0, 0]);
    chunk(b"IHDR", &head);
    chunk(b"IDAT", data);
    chunk(b"IEND", &[]);
    out
}

fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let big = bomb(600 << 20);
    let twice = {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&big).unwrap();
        encoder.finish().unwrap()
    };
    let entities: String =
        (1..30).map(|n| format!("<!ENTITY e{n} \"&e{0};&e{0};&e{0};&e{0};\">", n - 1)).collect();
    let xml = format!("<!DOCTYPE r [<!ENTITY e0 \"lol\">{entities}]><r>&e29;</r>");
    // SEQUENCE within SEQUENCE, of no end.
    let nested = [0x30, 0x80].repeat(1 << 20);
    vec![
        ("pdf: deflate", pdf_with("/FlateDecode", &big)),
        ("pdf: deflate in deflate", pdf_with("[/FlateDecode /FlateDecode]", &twice)),
        ("pdf: of nothing but objects", b"1 0 obj [".repeat(400_000)),
        ("png: 60000 x 60000", png(60_000, &bomb(64 << 20))),
        ("png: 8000 x 8000", png(8_000, &bomb(65 << 20))),
        ("xml: entities", xml.into_bytes()),
        ("xml: depth", [b"<a>".repeat(1 << 20), b"</a>".repeat(1 << 20)].concat()),
        ("xml: attributes", {
            let all: String = (0..200_000).map(|n| format!(" a{n}=\"\"")).collect();
            format!("<a{all}/>").into_bytes()
        }),
        ("ber: depth", nested),
        ("der: a length of four gigabytes", vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30, 0x80]),
        (
            "pem: base64 of nothing",
            [b"-----BEGIN CMS-----\n".to_vec(), vec![b'A'; 20 << 20]].concat(),
        ),
        ("text: one long line", vec![b'<'; 30 << 20]),
    ]
}

#[test]
fn bad_files_are_answered_while_others_are_served() {
    let service = Service::start(IMPATIENT);
    let files = negatives();
    assert!(files.len() > 300, "{}", files.len());
    let next = AtomicUsize::new(0);
    let seen: Mutex<BTreeMap<u16, usize>> = Mutex::default();
    let ((), longest) = service.meanwhile(|| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while let Some((id, is_scan, octets)) =
                        files.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
                        let scan: &[u8] = if *is_scan { b"true" } else { b"false" };
                        let body = form(&[("file", octets), ("scan", scan)]);
                        let (status, report) = service.post(HOSTILE, &kind, &body);
                        assert!(matches!(status, 200 | 400 | 422), "{id}: {status} {report}");
                        assert_ne!(report["verdict"], "passed", "{id}");
                        *seen.lock().unwrap().entry(status).or_default() += 1;
                    }
                });
            }
        });
    });
    println!("{} bad files: {:?}", files.len(), seen.lock().unwrap());
    service.end("bad files", longest);
}

#[test]
fn bombs_are_refused_while_others_are_served() {
    let service = Service::start(IMPATIENT);
    let bombs = bombs();
    let ((), longest) = service.meanwhile(|| {
        thread::scope(|scope| {
            // Each of another, so that none is refused for the others.
            for ((what, octets), who) in bombs.iter().zip(HOSTILE..) {
                let service = &service;
                scope.spawn(move || {
                    let started = Instant::now();
                    let (status, report) = service.post(who, FILE, octets);
                    let took = started.elapsed();
                    // Late is an answer too: the deadline holds.
                    assert!(matches!(status, 200 | 422 | 503), "{what}: {status} {report}");
                    assert_ne!(report["verdict"], "passed", "{what}");
                    assert!(took < LATE, "{what}: {took:?}");
                });
            }
        });
    });
    service.end("bombs", longest);
}

/// Pages full of bars that are no code, each of them its own: they are drawn, and looked at in every
/// way there is.
fn heavy(pages: usize) -> Vec<u8> {
    let mut seed = 1_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    let bars: String = (0..3000)
        .map(|_| format!("{} {} {} {} re f\n", next(590), next(830), 1 + next(4), 10 + next(40)))
        .collect();
    let kids: String = (0..pages).map(|page| format!("{} 0 R ", page + 4)).collect();
    let mut out = format!(
        "%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n\
         2 0 obj <</Type /Pages /Kids [{kids}] /Count {pages}>> endobj\n\
         3 0 obj <</Length {}>> stream\n{bars}\nendstream endobj\n",
        bars.len()
    );
    for page in 0..pages {
        out += &format!(
            "{} 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R>> endobj\n",
            page + 4
        );
    }
    out += "trailer <</Root 1 0 R>>\n";
    out.into_bytes()
}

#[test]
fn heavy_files_of_one_client_are_not_waited_for() {
    // One core, so that the number of those of this machine does not matter.
    let service = Service::start("limits.workers = 1");
    let heavy = heavy(PAGES);
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..=PLACES {
            let (service, heavy, tell) = (&service, &heavy, tell.clone());
            scope.spawn(move || {
                let started = Instant::now();
                let (status, report) = service.post(HOSTILE, FILE, heavy);
                println!("{status} after {:?}: {}", started.elapsed(), report["code"]);
                assert!(matches!(status, 200 | 422 | 503), "{status} {report}");
                tell.send((status, report["code"].clone())).unwrap();
            });
        }
        // One is refused as soon as the others have all places of this client.
        assert_eq!(told.recv().unwrap(), (503, "busy".into()), "they are not heavy");
        let started = Instant::now();
        let (status, report) = service.post(HONEST, FILE, &service.honest);
        let (answered, took) = (told.try_iter().count(), started.elapsed());
        assert_eq!((status, &report["verdict"]), (200, &"passed".into()), "{report}");
        // The one that had the core then, and one that is answered in the same moment.
        assert!(answered <= 2, "{answered} of {PLACES} were first");
        service.end(&format!("{answered} of {PLACES} heavy files first"), took);
    });
}

#[test]
fn endless_and_slow_senders_are_left_while_others_are_served() {
    let service = Service::start(IMPATIENT);
    let ((), longest) = service.meanwhile(|| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut stream = service.connect(HOSTILE);
                    let head = "POST /api/v1/verify HTTP/1.1\r\nhost: x\r\n\
                                transfer-encoding: chunked\r\n\r\n";
                    stream.write_all(head.as_bytes()).unwrap();
                    let chunk = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
                    let mut sent = 0_usize;
                    while stream.write_all(&chunk).is_ok() {
                        sent += chunk.len();
                        assert!(sent < 300 << 20, "it takes all that there is");
                    }
                });
            }
            // A head that drips, and a body that drips.
            for start in [
                "POST /api/v1/verify HTTP/1.1\r\nx: ",
                "POST /api/v1/verify HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n",
            ] {
                for _ in 0..200 {
                    let service = &service;
                    scope.spawn(move || {
                        let started = Instant::now();
                        let mut stream = service.connect(HOSTILE);
                        stream.write_all(start.as_bytes()).unwrap();
                        while stream.write_all(b"0").is_ok() {
                            thread::sleep(Duration::from_millis(300));
                            assert!(
                                started.elapsed() < Duration::from_secs(40),
                                "it waits for ever"
                            );
                        }
                        let _ = stream.shutdown(Shutdown::Both);
                    });
                }
            }
        });
    });
    service.end("endless and slow senders", longest);
}

#[test]
fn more_than_there_may_be_who_say_nothing_keep_nobody_out() {
    // Those here need as many sockets as those there, who get the limits of this process.
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let hard: usize = line.split_whitespace().nth(4).unwrap().parse().unwrap_or(1 << 20);
    assert!(hard > CROWD + 500, "the system allows {hard} open files, and the crowd is {CROWD}");
    let raised = Command::new("prlimit")
        .args([format!("--pid={}", std::process::id()), format!("--nofile={hard}:{hard}")])
        .status();
    assert!(raised.unwrap().success());
    // None is closed for its own silence before all have come.
    let service = Service::start("server.head_seconds = 300");
    let (closed, longest) = service.meanwhile(|| {
        let clients = (0..CROWD).map(|index| HOSTILE + u8::try_from(index / OF_CLIENT).unwrap());
        let crowd: Vec<TcpStream> = clients.map(|who| service.connect(who)).collect();
        thread::sleep(Duration::from_secs(1));
        let is_closed = |mut stream: &TcpStream| {
            stream.set_nonblocking(true).unwrap();
            let read = stream.read(&mut [0]);
            !read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
        };
        crowd.iter().filter(|stream| is_closed(stream)).count()
    });
    assert!(closed >= CROWD - CONNECTIONS, "{closed}");
    println!("{CROWD} connections, of which {closed} were closed");
    service.end("a crowd", longest);
}
