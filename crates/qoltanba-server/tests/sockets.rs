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
    net::{TcpSocket, TcpStream},
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

    /// From another address of this machine, as another client.
    async fn connect_from(&self, last: u8) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, last], 0))).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    /// A request whose body began and does not go on.
    async fn begin(&self, length: usize, body: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(head(length).as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        stream
    }

    /// Sends a form without end, `first` and then `again` and again; the answer, and what was sent.
    async fn endless_form(&self, first: &str, again: &str) -> (String, Vec<u8>, usize) {
        let (mut read, mut write) = self.connect().await.into_split();
        let (first, again) = (first.to_owned(), again.to_owned());
        let send = tokio::spawn(async move {
            let head = "POST /api/v1/verify HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\
                        content-type: multipart/form-data; boundary=b\r\n\r\n";
            write.write_all(head.as_bytes()).await.unwrap();
            let chunk = |part: &str| format!("{:x}\r\n{part}\r\n", part.len());
            let (first, again) = (chunk(&first), chunk(&again));
            let mut sent = 0;
            write.write_all(first.as_bytes()).await.unwrap();
            while write.write_all(again.as_bytes()).await.is_ok() {
                sent += again.len();
            }
            sent
        });
        let mut octets = Vec::new();
        let _ = timeout(LONG, read.read_to_end(&mut octets)).await.unwrap();
        let sent = timeout(LONG, send).await.unwrap().unwrap();
        let end = octets.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(octets[..end].to_vec()).unwrap();
        (head, octets[end + 4..].to_vec(), sent)
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
    // Idle ones are closed in no order with the listener.
    let nobody_comes_in = async {
        while TcpStream::connect(running.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LONG, nobody_comes_in).await.unwrap();
    assert_eq!(house.get("/readyz").await.status, 503);
    // As long as it may take, and longer than anything else at the end does.
    tokio::time::sleep(Duration::from_secs(1)).await;
    under_way.write_all(&signed[100..]).await.unwrap();
    assert!(passed(&answer(&mut under_way).await));
    timeout(LONG, running.done).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_waits_for_nobody_for_ever_and_leaves_the_audit_log_whole() {
    let house = House::keyed(
        Role::FirstHead,
        "server.shutdown_seconds = 1\nserver.body_pause_seconds = 60",
    );
    let mut running = Running::start(&house).await;
    let export = house.folder.path().join("data/audit.jsonl");
    let started = Instant::now();
    while !export.exists() && started.elapsed() < LONG {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut silent = running.begin(1000, b"0").await;
    let bin = qoltanba_testkit::invented_bin(1).parse().unwrap();
    house.app.key_book().add(bin, "", &[qoltanba_server::Scope::Reserve]).unwrap();
    running.stop();
    timeout(Duration::from_secs(10), running.done).await.unwrap().unwrap();
    assert!(until_closed(&mut silent).await.0.is_empty());
    let certificate = house.mint.signer_certificate().unwrap();
    let report =
        qoltanba_server::verify_audit(&export, None, std::slice::from_ref(&certificate)).unwrap();
    assert!(report.is_attested() && report.entries == 2, "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_too_long_is_refused() {
    let house = House::new("");
    let running = Running::start(&house).await;
    for (octets, status) in [(20 << 10, "200"), (48 << 10, "431")] {
        let mut stream = running.connect().await;
        let head = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "x".repeat(octets));
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut octets = vec![0; 12];
        timeout(LONG, stream.read_exact(&mut octets)).await.unwrap().unwrap();
        assert_eq!(octets, format!("HTTP/1.1 {status}").into_bytes());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_protocols_or_compares_too_often_comes_again_later() {
    let house =
        House::keyed(Role::FirstHead, "protocol.per_minute = 1\nlimits.verify_per_minute = 5");
    let running = Running::start(&house).await;
    let signed = house.signed(Content::Inside);
    let mut stream = running.connect().await;
    let mut send = async |path: &str| {
        let head = head(signed.len()).replace("/api/v1/verify", path);
        stream.write_all(&[head.as_bytes(), &signed].concat()).await.unwrap();
        let (head, body) = answer(&mut stream).await;
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        (head[9..12].to_owned(), head.contains("\r\nretry-after: "), body)
    };
    let (status, _, made) = send("/api/v1/verify?protocol=true").await;
    assert_eq!(status, "200");
    // The verdict is told all the same, and when to come again for a protocol.
    let (status, _, none) = send("/api/v1/verify?protocol=true").await;
    assert_eq!((status.as_str(), &none["verdict"]), ("200", &"passed".into()));
    assert_eq!(none["protocol_problem"]["code"], "too_many_requests");
    assert!(none["protocol_problem"]["retry_after"].as_u64().is_some_and(|wait| wait <= 60));
    let compare = format!("/api/v1/protocols/{}/compare", made["protocol"]["id"].as_str().unwrap());
    for _ in 0..3 {
        assert_eq!(send(&compare).await.2["same"], true);
    }
    let (status, is_told, _) = send(&compare).await;
    assert_eq!((status.as_str(), is_told), ("429", true));
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
async fn one_client_has_so_many_protocols_a_day() {
    let house = House::keyed(Role::FirstHead, "protocol.per_minute = 0\nprotocol.per_day = 2");
    let running = Running::start(&house).await;
    let signed = house.signed(Content::Inside);
    let ask = async |last: u8| {
        let mut stream = running.connect_from(last).await;
        let head = head(signed.len()).replace("/verify", "/verify?protocol=true");
        stream.write_all(&[head.as_bytes(), &signed].concat()).await.unwrap();
        answer(&mut stream).await
    };
    let got = |answer: &(String, Vec<u8>)| {
        let body: serde_json::Value = serde_json::from_slice(&answer.1).unwrap();
        (body["protocol"].is_object(), body["protocol_problem"]["retry_after"].as_u64())
    };
    for _ in 0..2 {
        assert_eq!(got(&ask(1).await), (true, None));
    }
    let third = ask(1).await;
    assert!(passed(&third), "the verdict stands");
    assert_eq!(got(&third), (false, Some(43_200)));
    assert_eq!(got(&ask(2).await), (true, None), "another has his own");
    let mut stream = running.connect().await;
    assert!(passed(&self::ask(&mut stream, &signed).await), "verifying goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_without_end_is_cut() {
    let settings = "limits.upload_bytes = 300000\nserver.body_pause_seconds = 3\n\
                    server.body_seconds = 6";
    let running = Running::start(&House::new(settings)).await;
    let part = "--b\r\nContent-Disposition: form-data; name=\"";
    let cases = [
        // The head of a part, what is before the first part, files of nothing, heads in number.
        (part.to_owned(), "x".repeat(0x2000), "400", "bad_request"),
        ("x".to_owned(), "x".repeat(0x2000), "400", "bad_request"),
        (
            "\r\n".to_owned(),
            format!("{part}file\"; filename=\"\"\r\n\r\n\r\n"),
            "400",
            "too_many_files",
        ),
        (
            "\r\n".to_owned(),
            format!("{part}element\"\r\nx: {}\r\n\r\na\r\n", "x".repeat(0x2000)),
            "413",
            "too_large",
        ),
    ];
    for (first, again, status, code) in cases {
        let (head, body, sent) = running.endless_form(&first, &again).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{code}: {head}");
        assert!(String::from_utf8_lossy(&body).contains(&format!("\"{code}\"")), "{code}");
        assert!(sent < 20_000_000, "{code}: {sent}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_slow_bodies_keeps_nobody_out() {
    let settings = "server.connections = 20\nserver.body_pause_seconds = 60";
    let house = House::new(settings);
    let running = Running::start(&house).await;
    let signed = house.signed(Content::Inside);
    let mut crowd = Vec::new();
    for _ in 0..60 {
        crowd.push(running.begin(1000, b"0").await);
    }
    for _ in 0..5 {
        let mut stream = running.connect().await;
        assert!(passed(&ask(&mut stream, &signed).await));
    }
    // Whose head was not read yet goes before those whose body began, so any of them may be left.
    let closed = crowd.into_iter().map(|mut stream| async move {
        timeout(Duration::from_secs(5), until_closed(&mut stream)).await.is_ok()
    });
    let closed = futures_util::future::join_all(closed).await;
    assert!(closed.iter().filter(|closed| **closed).count() >= 60 - 20, "{closed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_many_connections_pays_with_its_own() {
    let settings = "server.connections_of_client = 16\nserver.head_seconds = 60";
    let house = House::new(settings);
    let running = Running::start(&house).await;
    let mut other = running.connect_from(2).await;
    let mut crowd = Vec::new();
    for _ in 0..40 {
        crowd.push(running.connect().await);
    }
    let (_, took) = until_closed(&mut crowd[0]).await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(passed(&ask(&mut crowd[39], &house.signed(Content::Inside)).await));
    assert!(passed(&ask(&mut other, &house.signed(Content::Inside)).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_sent_away_with_half_a_head_is_closed() {
    let settings = "server.connections = 20\nserver.head_seconds = 60";
    let house = House::new(settings);
    let running = Running::start(&house).await;
    let mut crowd = Vec::new();
    for _ in 0..60 {
        let mut stream = running.connect().await;
        stream.write_all(b"P").await.unwrap();
        crowd.push(stream);
    }
    for stream in &mut crowd[..40] {
        let (_, took) = until_closed(stream).await;
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
    let mut honest = running.connect().await;
    assert!(passed(&ask(&mut honest, &house.signed(Content::Inside)).await));
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn long_uploads_lie_beside_the_data_and_are_counted_by_number() {
    let house = House::new("limits.memory_bytes = 1000\nlimits.spool_files = 1");
    let running = Running::start(&house).await;
    let spool = house.folder.path().join("data/spool");
    let lie_there = || {
        let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        let open = open.filter_map(|file| std::fs::read_link(file.path()).ok());
        open.filter(|file| file.starts_with(&spool)).count()
    };
    let mut first = running.begin(3000, &[b'x'; 2000]).await;
    let started = Instant::now();
    while lie_there() == 0 && started.elapsed() < LONG {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(lie_there(), 1);
    let (head, body) = ask(&mut running.connect().await, &[b'x'; 2000]).await;
    assert!(head.starts_with("http/1.1 503"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("\"busy\""));
    first.write_all(&[b'x'; 1000]).await.unwrap();
    assert!(answer(&mut first).await.0.starts_with("http/1.1 422"));
    let (head, _) = ask(&mut running.connect().await, &[b'x'; 2000]).await;
    assert!(head.starts_with("http/1.1 422"), "{head}");
    assert_eq!(lie_there(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_into_memory_to_be_judged_is_counted() {
    let house = House::new(
        "limits.upload_bytes = 3000\nlimits.memory_bytes = 1000\nlimits.all_memory_bytes = 3000",
    );
    let running = Running::start(&house).await;
    let mut first = running.begin(1000, &[b'x'; 900]).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut second = running.connect().await;
    assert!(ask(&mut second, &[b'x'; 2500]).await.0.starts_with("http/1.1 503"));
    first.write_all(&[b'x'; 100]).await.unwrap();
    assert!(answer(&mut first).await.0.starts_with("http/1.1 422"));
    assert!(ask(&mut second, &[b'x'; 2500]).await.0.starts_with("http/1.1 422"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_cannot_have_all_the_room() {
    let house = House::new(
        "limits.upload_bytes = 10000\nlimits.memory_bytes = 10000\n\
         limits.all_memory_bytes = 40000\nlimits.all_spool_bytes = 10000",
    );
    let running = Running::start(&house).await;
    let mut crowd = Vec::new();
    for _ in 0..8 {
        crowd.push(running.begin(10_000, &[b'x'; 9000]).await);
    }
    let mut refused = 0;
    tokio::time::sleep(Duration::from_millis(500)).await;
    for stream in &mut crowd {
        let mut octets = [0; 12];
        if let Ok(read) = timeout(Duration::from_millis(50), stream.read_exact(&mut octets)).await {
            read.unwrap();
            assert_eq!(&octets, b"HTTP/1.1 503");
            refused += 1;
        }
    }
    assert_eq!(refused, 6, "a part of the memory and one of the files");
    let mut other = running.connect_from(2).await;
    assert!(passed(&ask(&mut other, &house.signed(Content::Inside)).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balancer_sees_the_end_before_nobody_is_let_in() {
    let house = House::new("server.drain_seconds = 2");
    let mut running = Running::start(&house).await;
    running.stop();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut probe = running.connect().await;
    probe.write_all(b"GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let (head, body) = answer(&mut probe).await;
    assert!(head.starts_with("http/1.1 503"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("\"stopping\""));
    let mut late = running.connect().await;
    assert!(passed(&ask(&mut late, &house.signed(Content::Inside)).await));
    timeout(LONG, running.done).await.unwrap().unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
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
