//! What the log knows of those who use the service: nothing.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, dead_code)]

#[path = "http/house.rs"]
mod house;

use std::{fs, time::Duration};

use axum::{body::Body, http::Request};
use house::{BOUNDARY, Content, DOCUMENT, House, PASSWORD, form};
use qoltanba::identity::{Role, Subject};
use qoltanba_server::{Scope, Server};
use qoltanba_testkit::invented_iin;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
};

const FORM: &str = "multipart/form-data; boundary=";

impl House {
    async fn send(&self, path: &str, key: &str, kind: &str, body: Vec<u8>) -> (u16, Value) {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", kind);
        let answer = self.ask(request.body(Body::from(body)).unwrap()).await;
        let body = serde_json::from_slice(&answer.body).unwrap_or_default();
        (answer.status.as_u16(), body)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_has_a_number_a_key_a_password_or_content() {
    let house = House::keyed(Role::FirstHead, "");
    let subject = Subject::claimed_by(&house.mint.signer_certificate().unwrap());
    let (own, bin) = (subject.iin.unwrap().to_string(), subject.bin.unwrap());
    let recipient = invented_iin(3);
    let key = house.app.key_book().add(bin, "Әкімдік", &Scope::ALL).unwrap();
    let signed = house.signed(Content::Inside);
    let kind = format!("{FORM}{BOUNDARY}");
    let fields = |all: &[(&str, &[u8])]| form(all);
    let verify = "/api/v1/verify";

    let all = [("file", &signed[..]), ("expect_iin", own.as_bytes()), ("protocol", b"true")];
    let (status, body) = house.send(verify, "", &kind, fields(&all)).await;
    assert_eq!((status, &body["verdict"]), (200, &"passed".into()));
    let id = body["protocol"]["id"].as_str().unwrap().to_owned();
    for path in [
        format!("/api/v1/protocols/{id}"),
        format!("/api/v1/protocols/{id}.pdf"),
        format!("/p/{id}?lang=ru"),
        format!("/p/{own}"),
        format!("/{own}?{own}={own}"),
        format!("/api/v1/documents/{own}/status"),
    ] {
        house.get(&path).await;
    }
    for path in [format!("/api/v1/protocols/{id}/compare"), format!("/p/{id}")] {
        assert_eq!(house.send(&path, "", &kind, fields(&[("file", &signed)])).await.0, 200);
    }
    let documents = "/api/v1/documents";
    let all = [("file", &signed[..]), ("recipient", recipient.as_bytes())];
    let (status, record) = house.send(documents, &key.token, &kind, fields(&all)).await;
    assert_eq!(status, 201, "{record}");
    let number = record["number"].as_str().unwrap().to_owned();
    let check = format!("{documents}/check");
    for asked in [&recipient, &own] {
        let body = json!({ "number": number, "recipient": asked }).to_string().into_bytes();
        assert_eq!(house.send(&check, "", "application/json", body).await.0, 200);
    }
    let change = json!({ "status": "withdrawn", "reason": "other" }).to_string().into_bytes();
    let status = format!("{documents}/{number}/status");
    assert_eq!(house.send(&status, &key.token, "application/json", change).await.0, 200);

    // What goes wrong.
    for (path, token, kind, body) in [
        (verify, "", "text/plain", recipient.as_bytes().to_vec()),
        (verify, "", kind.as_str(), recipient.as_bytes().to_vec()),
        (verify, "", kind.as_str(), fields(&[("file", &signed), (&recipient, DOCUMENT)])),
        (documents, &key.token[1..], kind.as_str(), fields(&all)),
        (documents, PASSWORD, kind.as_str(), fields(&all)),
        (&check, "", "application/json", format!("{{\"{recipient}\":1}}").into_bytes()),
        (&check, "", &recipient, recipient.as_bytes().to_vec()),
        (&format!("{verify}?expect_iin={own}"), "", "", signed.clone()),
        (&format!("{verify}?at={own}"), "", "", signed.clone()),
    ] {
        let (status, _) = house.send(path, token, kind, body).await;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    let broken: Vec<u8> = signed.iter().rev().copied().collect();
    house.send(verify, "", "", broken).await;
    let store = fs::read(house.folder.path().join("service.p12")).unwrap();
    assert_eq!(house.send(verify, "", "", store).await.0, 422);

    // A connection that speaks no HTTP.
    let server = Server::bind(house.app.clone()).await.unwrap();
    let address = server.local_addr();
    let (end, ended) = oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async {
        let _ = ended.await;
    }));
    for text in [format!("{own}\r\n\r\n"), format!("GET /{own} HTTP/1.1\r\nx: {own}\0\r\n\r\n")] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut octets = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut octets)).await;
    }
    house.app.export_audit().await;
    end.send(()).unwrap();
    running.await.unwrap();

    let log = fs::read_to_string(house::log()).unwrap();
    let answered = log.lines().filter(|line| line.contains("\"answered\""));
    assert!(answered.count() > 20, "{log}");
    assert!(log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    let secret = &key.token[key.token.len() - 32..];
    let name = subject.surname.unwrap();
    let content = str::from_utf8(DOCUMENT).unwrap();
    for known in [&own, &recipient, &key.token, secret, PASSWORD, content, &number, &id, &name] {
        assert!(!log.contains(known), "{known} is in the log");
    }
}
