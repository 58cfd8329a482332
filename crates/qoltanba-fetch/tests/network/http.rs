//! What a client does with a server that does not answer as it should.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use qoltanba_fetch::{
    AddressFault, AddressPolicy, Approved, HostRule, Http, HttpError, Patience, Proxy, Quantity,
};

use crate::{
    pki::SHORT,
    server::{Answer, Server},
};

const DER: &[u8] = &[0x30, 3, 0x0a, 1, 0];

fn get(answer: Answer) -> Result<Vec<u8>, HttpError> {
    let server = Server::start().with("/a", answer);
    let address = Approved::by_operator(&server.at("/a")).unwrap();
    Http::new(SHORT).get(&address, Quantity::Small)
}

fn raw(text: &str) -> Answer {
    Answer::Raw(text.as_bytes().to_vec())
}

#[test]
fn a_good_answer_comes_as_it_is() {
    assert_eq!(get(Answer::Body(DER.to_vec())).unwrap(), DER);
    let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n0a\r\n1\r\nb\r\n0\r\n\r\n";
    assert_eq!(get(raw(chunked)).unwrap(), b"0ab");
    // The content type is not looked at.
    let html = Answer::Status(200, "Content-Type: text/html\r\n", DER.to_vec());
    assert_eq!(get(html).unwrap(), DER);
    // RFC 9112 §6.3: without a length the body ends with the connection.
    assert_eq!(get(raw("HTTP/1.0 200 OK\r\n\r\n0ab")).unwrap(), b"0ab");
}

#[test]
fn every_bad_answer_has_its_name() {
    let page = b"\xef\xbb\xbf \r\n<!DOCTYPE html><html>Not here</html>".to_vec();
    let far = "Location: http://portal.example/blocked\r\n";
    let portal = HttpError::Redirect { to: Some("http://portal.example/blocked".to_owned()) };
    let cases = [
        (Answer::Body(page.clone()), HttpError::Html),
        (Answer::Status(404, "", page), HttpError::Status(404)),
        (Answer::Status(503, "", Vec::new()), HttpError::Status(503)),
        (Answer::Status(204, "", Vec::new()), HttpError::Status(204)),
        (Answer::Status(206, "", DER.to_vec()), HttpError::Status(206)),
        (Answer::Status(302, far, DER.to_vec()), portal.clone()),
        (Answer::Status(307, far, DER.to_vec()), portal),
        (Answer::Status(301, "", DER.to_vec()), HttpError::Redirect { to: None }),
        (Answer::Body(Vec::new()), HttpError::Empty),
        (Answer::Body(b"\r\n".to_vec()), HttpError::Empty),
        (raw("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n0123"), HttpError::CutShort),
        (
            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n0123"),
            HttpError::CutShort,
        ),
        (
            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n"),
            HttpError::CutShort,
        ),
        (raw("SSH-2.0-OpenSSH_9.2\r\n"), HttpError::Protocol),
        (raw(""), HttpError::CutShort),
        (Answer::Silence, HttpError::Timeout),
        (Answer::Drip(vec![0x30; 500], Duration::from_millis(50)), HttpError::Timeout),
        (Answer::Endless, HttpError::TooLarge { limit: 1 << 20 }),
        (
            raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n0"),
            HttpError::TooLarge { limit: 1 << 20 },
        ),
        (Answer::Body(vec![0x30; (1 << 20) + 1]), HttpError::TooLarge { limit: 1 << 20 }),
    ];
    for (answer, expected) in cases {
        let shown = format!("{answer:.80?}");
        assert_eq!(get(answer), Err(expected), "{}", &shown[..shown.len().min(200)]);
    }
}

#[test]
fn a_server_that_is_down_is_named() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = Approved::by_operator(&format!("http://{free}/a")).unwrap();
    let refused = HttpError::Connection(std::io::ErrorKind::ConnectionRefused);
    assert_eq!(Http::new(SHORT).get(&address, Quantity::Small), Err(refused));
    let address = Approved::by_operator("http://pki.qoltanba.invalid/a").unwrap();
    let unknown = Http::new(SHORT).get(&address, Quantity::Small);
    assert_eq!(unknown, Err(HttpError::UnknownHost));
}

#[test]
fn nobody_waits_longer_than_was_said() {
    let begun = Instant::now();
    let drip = Answer::Drip(vec![0x30; 10_000], Duration::from_millis(100));
    assert_eq!(get(drip), Err(HttpError::Timeout));
    assert!(begun.elapsed() < SHORT.whole + Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn several_short_tries_reach_a_host_that_was_silent() {
    let server = Server::start();
    let turns = || {
        let slow = Answer::Silence;
        let busy = Answer::Status(503, "", Vec::new());
        Answer::Turns(vec![slow, busy, Answer::Body(DER.to_vec())])
    };
    let scheduled = Patience { tries: 4, answer: Duration::from_millis(300), ..SHORT };
    let address = Approved::by_operator(&server.at("/a")).unwrap();

    server.set("/a", turns());
    assert_eq!(Http::new(scheduled).get(&address, Quantity::Small).unwrap(), DER);
    assert_eq!(server.paths().len(), 3);

    // Somebody who waits is told after one.
    server.set("/a", turns());
    assert_eq!(Http::new(SHORT).get(&address, Quantity::Small), Err(HttpError::Timeout));
    assert_eq!(server.paths().len(), 1);

    // What will not change is not asked again.
    server.set("/a", Answer::Status(404, "", Vec::new()));
    assert_eq!(Http::new(scheduled).get(&address, Quantity::Small), Err(HttpError::Status(404)));
    assert_eq!(server.paths().len(), 1);
}

#[test]
fn requests_name_the_program_and_never_follow() {
    let server = Server::start().with("/b", Answer::Body(DER.to_vec()));
    server.set("/a", Answer::Status(302, "Location: /b\r\n", Vec::new()));
    let address = Approved::by_operator(&server.at("/a")).unwrap();
    assert!(Http::new(SHORT).get(&address, Quantity::Small).is_err());
    let asked = server.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].line.ends_with(" HTTP/1.1"), "{asked:?}");
    let agent = asked[0].headers.iter().find(|h| h.to_lowercase().starts_with("user-agent:"));
    assert!(agent.is_some_and(|h| h.contains("qoltanba/")), "{asked:?}");
}

#[test]
fn a_listed_name_that_leads_inside_is_not_connected_to() {
    let server = Server::start().with("/a", Answer::Body(DER.to_vec()));
    let policy = AddressPolicy::none()
        .allow(HostRule::parse("localhost").unwrap())
        .allow(HostRule::parse("127.0.0.1").unwrap())
        .allow_port(server.port());
    for host in ["localhost", "127.0.0.1"] {
        let address = policy.approve(&format!("http://{host}:{}/a", server.port())).unwrap();
        let refused = Http::new(SHORT).get(&address, Quantity::Small);
        let inside = |e: &AddressFault| matches!(e, AddressFault::NotPublic(_));
        assert!(matches!(&refused, Err(HttpError::Refused(e)) if inside(e)), "{refused:?}");
    }
    assert!(server.asked().is_empty(), "somebody connected");
    // The operator may name it.
    let own = Approved::by_operator(&server.at("/a")).unwrap();
    assert!(Http::new(SHORT).get(&own, Quantity::Small).is_ok());
}

#[test]
fn a_proxy_is_told_an_address_that_was_checked() {
    let proxy = Server::start().with("127.0.0.1:9", Answer::Raw(Vec::new()));
    let through = |proxy: &Proxy| Http::through(SHORT, proxy);
    let address = |policy: &AddressPolicy| policy.approve("http://localhost/a").unwrap();
    let policy = AddressPolicy::none().allow(HostRule::parse("localhost").unwrap());

    let checks = Proxy::new(&proxy.at("/")).unwrap();
    let refused = through(&checks).get(&address(&policy), Quantity::Small);
    assert!(matches!(refused, Err(HttpError::Refused(AddressFault::NotPublic(_)))), "{refused:?}");
    assert!(proxy.asked().is_empty(), "the proxy was asked for a private address");

    // The operator's own proxy is private here, and is connected to all the same.
    let resolves = Proxy::that_resolves(&proxy.at("/")).unwrap();
    let outcome = through(&resolves).get(&address(&policy), Quantity::Small);
    assert_eq!(outcome, Err(HttpError::Proxy));
    assert_eq!(proxy.asked()[0].line, "CONNECT localhost:80 HTTP/1.1");
}
