//! The service on a real socket: crowds, slow senders, endless bodies, the end.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, dead_code)]

#[path = "http/house.rs"]
mod house;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use house::{Content, House};
use qoltanba::identity::Role;
use qoltanba_server::Server;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

/// Longer than anything here should take.
const LONG: Duration = Duration::from_secs(20);

struct Running {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    done: JoinHandle<()>,
}

impl Running {
    async fn start(house: &House) -> Self {
        let server = Server::bind(house.app.clone()).await.unwrap();
        let address = server.local_addr();
        let (end, ended) = oneshot::channel();
        let done = tokio::spawn(server.run(async {
            let _ = ended.await;
        }));
        Self { address, end: Some(end), done }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    fn stop(&mut self) {
        let _ = self.end.take().unwrap().send(());
    }
}

fn head(length: usize) -> String {
    format!("POST /api/v1/verify HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n")
}

/// One request on a connection, and the answer's head and body.
async fn ask(stream: &mut TcpStream, body: &[u8]) -> (String, Vec<u8>) {
    stream.write_all(head(body.len()).as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    answer(stream).await
}

async fn answer(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut octets = Vec::new();
    loop {
        let end = octets.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8(octets[..end].to_vec()).unwrap().to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap();
            let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
            if octets.len() >= end + 4 + length {
                return (head, octets[end + 4..].to_vec());
            }
        }
        let read = timeout(LONG, stream.read_buf(&mut octets)).await.unwrap().unwrap();
        assert!(read > 0, "closed: {}", String::from_utf8_lossy(&octets));
    }
}

/// Reads until the other end closes; how long that took.
async fn until_closed(stream: &mut TcpStream) -> (Vec<u8>, Duration) {
    let (started, mut octets) = (Instant::now(), Vec::new());
    let _ = timeout(LONG, stream.read_to_end(&mut octets)).await.unwrap();
    (octets, started.elapsed())
}

fn passed(answer: &(String, Vec<u8>)) -> bool {
    answer.0.starts_with("http/1.1 200") && {
        let body: serde_json::Value = serde_json::from_slice(&answer.1).unwrap();
        body["verdict"] == "passed"
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_who_say_nothing_keep_nobody_out() {
    let house = House::new("server.connections = 300\nserver.head_seconds = 60");
    let running = Running::start(&house).await;
    let signed = house.signed(Content::Inside);
    let mut early = running.connect().await;
    assert!(passed(&ask(&mut early, &signed).await));
    let mut crowd = Vec::new();
    for _ in 0..1000 {
        crowd.push(running.connect().await);
    }
    let started = Instant::now();
    for _ in 0..20 {
        let mut stream = running.connect().await;
        assert!(passed(&ask(&mut stream, &signed).await));
        assert!(passed(&ask(&mut stream, &signed).await), "the connection stays");
    }
    assert!(started.elapsed() < LONG);
    // Those that idled longest had to go, and were told by being closed.
    assert!(until_closed(&mut crowd[0]).await.0.is_empty());
    assert!(until_closed(&mut early).await.0.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_senders_are_left_and_others_served_meanwhile() {
    let house = House::new(
        "server.head_seconds = 1\nserver.body_pause_seconds = 1\nserver.body_seconds = 2",
    );
    let running = Running::start(&house).await;
    let signed = house.signed(Content::Inside);
    // A head that does not end, a silence, a body that stops, a body that drips.
    let mut unended = running.connect().await;
    unended.write_all(b"POST /api/v1/verify HTTP/1.1\r\nhost:").await.unwrap();
    let mut silent = running.connect().await;
    let mut stopped = running.connect().await;
    stopped.write_all(head(1000).as_bytes()).await.unwrap();
    stopped.write_all(b"0").await.unwrap();
    let dripping = running.connect().await;
    let (mut drops_read, mut drops) = dripping.into_split();
    let drip = tokio::spawn(async move {
        drops.write_all(head(1_000_000).as_bytes()).await.unwrap();
        while drops.write_all(b"0").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut honest = running.connect().await;
    assert!(passed(&ask(&mut honest, &signed).await));
    for stream in [&mut unended, &mut silent, &mut honest] {
        let (_, took) = until_closed(stream).await;
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
    let (head, _) = answer(&mut stopped).await;
    assert!(head.starts_with("http/1.1 408"), "{head}");
    let mut octets = vec![0; 12];
    timeout(LONG, drops_read.read_exact(&mut octets)).await.unwrap().unwrap();
    assert_eq!(octets, b"HTTP/1.1 408");
    timeout(LONG, drip).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_body_is_cut() {
    let house = House::new("limits.upload_bytes = 1000000");
    let running = Running::start(&house).await;
    let (mut read, mut write) = running.connect().await.into_split();
    let send = tokio::spawn(async move {
        let head = "POST /api/v1/verify HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
        write.write_all(head.as_bytes()).await.unwrap();
        let chunk = [b"2000\r\n".as_slice(), &[b'x'; 0x2000], b"\r\n"].concat();
        let mut sent = 0_usize;
        while write.write_all(&chunk).await.is_ok() {
            sent += chunk.len();
        }
        sent
    });
    let mut octets = vec![0; 12];
    timeout(LONG, read.read_exact(&mut octets)).await.unwrap().unwrap();
    assert_eq!(octets, b"HTTP/1.1 413");
    let sent = timeout(LONG, send).await.unwrap().unwrap();
    assert!(sent < 50_000_000, "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_no_answer_is_left() {
    let house = House::new("server.write_pause_seconds = 1");
    let running = Running::start(&house).await;
    let mut stream = running.connect().await;
    // Answers pile up until nothing more goes through.
    let request = "GET /api/v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(64);
    let pushed = async { while stream.write_all(request.as_bytes()).await.is_ok() {} };
    timeout(LONG, pushed).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_waits_for_what_is_under_way() {
    let house = House::new("");
    let mut running = Running::start(&house).await;
    let signed = house.signed(Content::Inside);
    let mut idle = running.connect().await;
    assert!(passed(&ask(&mut idle, &signed).await));
    let mut under_way = running.connect().await;
    under_way.write_all(head(signed.len()).as_bytes()).await.unwrap();
    under_way.write_all(&signed[..100]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    running.stop();
    assert!(until_closed(&mut idle).await.0.is_empty());
    assert!(TcpStream::connect(running.address).await.is_err(), "nobody new comes in");
    assert_eq!(house.get("/readyz").await.status, 503);
    under_way.write_all(&signed[100..]).await.unwrap();
    assert!(passed(&answer(&mut under_way).await));
    timeout(LONG, running.done).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_ask_too_often_are_told_when_to_come_again() {
    let house = House::new("limits.verify_per_minute = 2");
    let running = Running::start(&house).await;
    let mut stream = running.connect().await;
    for _ in 0..2 {
        assert!(ask(&mut stream, b"?").await.0.starts_with("http/1.1 422"));
    }
    // What is refused unread ends the connection.
    let (head, _) = ask(&mut stream, b"?").await;
    assert!(head.starts_with("http/1.1 429"), "{head}");
    assert!(head.contains("\r\nretry-after: "), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_on_a_socket_of_their_own_and_name_nobody() {
    let house = House::keyed(Role::FirstHead, "ops.listen = \"127.0.0.1:0\"\n");
    let server = Server::bind(house.app.clone()).await.unwrap();
    let (address, private) = (server.local_addr(), server.ops_addr().unwrap());
    let (_end, ended) = oneshot::channel::<()>();
    tokio::spawn(server.run(async {
        let _ = ended.await;
    }));
    let get = async |address, path: &str| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        String::from_utf8(until_closed(&mut stream).await.0).unwrap()
    };
    let signed = house.signed(Content::Inside);
    let mut stream = TcpStream::connect(address).await.unwrap();
    assert!(passed(&ask(&mut stream, &signed).await));
    let protocol = format!(
        "POST /api/v1/verify?protocol=true HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        signed.len()
    );
    stream.write_all(&[protocol.as_bytes(), &signed].concat()).await.unwrap();
    let answer = answer(&mut stream).await;
    let made: serde_json::Value = serde_json::from_slice(&answer.1).unwrap();
    let id = made["protocol"]["id"].as_str().unwrap();
    assert!(get(address, &format!("/api/v1/protocols/{id}")).await.starts_with("HTTP/1.1 200"));
    assert!(get(address, "/metrics").await.starts_with("HTTP/1.1 404"), "not for the public");
    let told = get(private, "/metrics").await;
    assert!(told.starts_with("HTTP/1.1 200") && told.contains("text/plain; version=0.0.4"));
    for line in [
        "qoltanba_verdicts_total{verdict=\"passed\"} 2",
        "qoltanba_verdicts_total{verdict=\"failed\"} 0",
        "qoltanba_protocols_made_total 1",
        "qoltanba_protocols_deleted_total 0",
        "qoltanba_anchors 1",
        "qoltanba_lists_stale 0",
        "qoltanba_http_request_seconds_count{method=\"POST\",route=\"/api/v1/verify\",status=\"200\"} 2",
        "qoltanba_http_request_seconds_count{method=\"GET\",route=\"/api/v1/protocols/{id}\",status=\"200\"} 1",
    ] {
        assert!(told.lines().any(|told| told == line), "{line}\n{told}");
    }
    let samples = told.split("\r\n\r\n").nth(1).unwrap().lines();
    for line in samples.filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
        let family = name.split('{').next().unwrap();
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| family.strip_suffix(end))
            .unwrap_or(family);
        assert!(told.contains(&format!("# TYPE {family} ")), "{line}");
    }
    assert!(!told.contains(id), "no id is a label");
    assert!(get(private, "/healthz").await.starts_with("HTTP/1.1 200"));
}
