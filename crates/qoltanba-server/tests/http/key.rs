//! The certificate of the service: before its end, after it, revoked.

use std::{fs, time::Duration};

use qoltanba::{Instant, algorithm::SignatureAlgorithm, identity::Role};
use qoltanba_server::{Server, verify_audit};
use qoltanba_testkit::{Mint, Order, SeededRng};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::house::{Content, House, NOW, form, log};

const CHECK: &str = "/api/v1/verify?protocol=true";
/// The certificate of the houses runs out 335 days after `NOW`.
const END: &str = "2027-10-26T12:00:00Z";

fn told(words: &str) -> bool {
    fs::read_to_string(log()).unwrap().lines().any(|line| line.contains(words))
}

async fn status(house: &House) -> Value {
    house.get("/readyz").await.json()["key"]["status"].clone()
}

/// What is served beside the public address.
async fn metrics(house: &House) -> Vec<(String, i64)> {
    let server = Server::bind(house.app.clone()).await.unwrap();
    let address = server.ops_addr().unwrap();
    let running = tokio::spawn(server.run(std::future::pending()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    running.abort();
    let samples = answer.lines().filter(|line| line.starts_with("qoltanba_key_"));
    samples
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_certificate_is_told_ahead_and_then_no_protocols_are_made() {
    let house = House::keyed(Role::FirstHead, "ops.listen = \"127.0.0.1:0\"");
    let file = house.signed(Content::Inside);
    let certificate = house.mint.signer_certificate().unwrap();
    let end: Instant = END.parse().unwrap();
    assert_eq!(certificate.validity().not_after, end);
    let ready = house.get("/readyz").await.json();
    assert_eq!(ready["key"], json!({ "status": "in_force", "not_after": END }));
    assert_eq!(House::new("").get("/readyz").await.json()["key"], json!(null));
    assert!(!told("runs out soon") && !told("has run out"));
    let gauges = |left: i64, force: i64| {
        vec![("qoltanba_key_seconds_left".into(), left), ("qoltanba_key_in_force".into(), force)]
    };

    let day = |days: i64| end.plus_seconds(days * 86_400).to_string();
    assert_eq!(
        status(&house.again(&end.plus_seconds(-30 * 86_400 - 1).to_string(), "")).await,
        "in_force"
    );
    assert!(!told("runs out soon"));
    let soon = house.again(&day(-30), "");
    assert_eq!(status(&soon).await, "ends_soon");
    assert!(told("runs out soon") && told(END));
    assert_eq!(metrics(&soon).await, gauges(30 * 86_400, 1));
    let last = house.again(END, "");
    assert!(last.post(CHECK, file.clone()).await.json()["protocol"].is_object());
    last.app.export_audit().await;

    let after = house.again(&end.plus_seconds(1).to_string(), "");
    assert_eq!(status(&after).await, "expired");
    assert!(told("has run out: no protocols are made"));
    assert_eq!(metrics(&after).await, gauges(-1, 0));
    refused(&after, &file).await;
    // Heads are signed on, and say so.
    let key = house.key(&qoltanba_server::Scope::ALL).token;
    assert_eq!(after.reserve(&key).await.status, 201);
    after.app.export_audit().await;
    let export = fs::read_to_string(house.data("audit.jsonl")).unwrap();
    let heads: Vec<&str> = export.lines().filter(|line| line.starts_with("{\"head\"")).collect();
    let lapsed = |line: &&&str| line.contains("\\\"key\\\":\\\"expired\\\"");
    assert!(heads.iter().filter(lapsed).count() > 0 && !lapsed(&&heads[0]), "{heads:?}");
    let report = verify_audit(&house.data("audit.jsonl"), None, &[certificate]).unwrap();
    assert!(report.is_attested(), "{report:?}");
    assert_eq!(report.lapsed, heads.iter().filter(lapsed).count() as u64);
}

/// Verifying goes on, a protocol is not made and not offered.
async fn refused(house: &House, file: &[u8]) {
    let answer = house.post(CHECK, file.to_vec()).await;
    let told = answer.json();
    assert_eq!((answer.status.as_u16(), &told["verdict"].is_string()), (200, &true));
    assert_eq!(
        (&told["protocol"], &told["protocol_problem"]["status"]),
        (&json!(null), &json!(503))
    );
    assert_eq!(told["protocol_problem"]["code"], "service_key_not_in_force");
    let page = house.posted("/ru/check", form(&[("file", file)])).await;
    let page = String::from_utf8(page.body).unwrap();
    assert!(!page.contains("name=\"protocol\"") && !page.contains("/p/"));
    let wanted = house.posted("/ru/check", form(&[("protocol", b"true"), ("file", file)])).await;
    let wanted = String::from_utf8(wanted.body).unwrap();
    assert!(wanted.contains("сертификат сервиса истёк или отозван") && !wanted.contains("/p/"));
    let description = house.get("/api/v1/openapi.json").await.json();
    let told = &description["paths"]["/api/v1/verify"]["post"]["description"];
    assert!(told.as_str().unwrap().contains("service_key_not_in_force"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_revokes_the_certificate_ends_the_protocols_without_a_restart() {
    let house = House::keyed(Role::FirstHead, "evidence.refresh_seconds = 1");
    let file = house.signed(Content::Inside);
    let server = Server::bind(house.app.clone()).await.unwrap();
    let running = tokio::spawn(server.run(std::future::pending()));
    let becomes = async |wanted: &str| {
        for _ in 0..200 {
            if status(&house).await == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{wanted} is waited for");
    };
    becomes("in_force").await;
    assert!(house.post(CHECK, file.clone()).await.json()["protocol"].is_object());
    // The same authority, whose list names the certificate.
    let order = Order::new(SignatureAlgorithm::Gost2015_512, NOW.parse().unwrap());
    let order = order.role(Role::FirstHead).revoked("2026-11-20T00:00:00Z".parse().unwrap());
    let mint = Mint::new(&order, &mut SeededRng::new(7)).unwrap();
    assert_eq!(mint.signer.certificate, house.mint.signer.certificate);
    let path = house.folder.path().join("lists/1.crl");
    fs::write(&path, &mint.lists[1]).unwrap();
    becomes("revoked").await;
    assert!(told("was revoked: no protocols are made"));
    refused(&house, &file).await;
    // That the list is gone restores nothing; a list without the certificate does.
    fs::remove_file(&path).unwrap();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(status(&house).await, "revoked");
    fs::write(&path, &house.mint.lists[1]).unwrap();
    becomes("in_force").await;
    assert!(house.post(CHECK, file).await.json()["protocol"].is_object());
    running.abort();
}
