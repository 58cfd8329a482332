//! What a page of another site has its visitors send.

use axum::{body::Body, http::Request};
use qoltanba::paper::{DocumentSigner, form::SignedBy};
use qoltanba_server::Scope;
use qoltanba_testkit::{SeededRng, invented_iin};
use serde_json::json;

use crate::{
    house::{Answer, Content, House},
    registry::{is, number},
};

const CHECK: &str = "/api/v1/documents/check";
const DIGEST: &str = "/api/v1/documents/by-digest";
const VERIFY: &str = "/api/v1/verify";
const JSON: (&str, &str) = ("content-type", "application/json");
const EVIL: (&str, &str) = ("origin", "https://evil.example");
const PORTAL: (&str, &str) = ("origin", "https://portal.example.kz");
const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");

async fn send(house: &House, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    house.ask(request.body(Body::from(body)).unwrap()).await
}

fn asked(index: u64) -> Vec<u8> {
    json!({ "number": number(index), "recipient": invented_iin(3) }).to_string().into_bytes()
}

#[tokio::test]
async fn a_page_of_another_site_uses_up_nothing() {
    let house = House::new(
        "registry.failed_checks_of_client_per_day = 1\n\
         server.cors_origins = [\"https://portal.example.kz\"]",
    );
    let digest = json!({ "sha256": "00".repeat(32) }).to_string().into_bytes();
    for headers in [
        // `fetch` with `no-cors`, of a body without a type or of one that needs no leave.
        &[CROSS, EVIL][..],
        &[CROSS, EVIL, ("content-type", "text/plain")],
        &[CROSS, ("origin", "null"), JSON],
        &[CROSS, JSON],
        &[("sec-fetch-site", "same-site"), EVIL, JSON],
        &[EVIL, JSON],
        &[("origin", "null"), JSON],
    ] {
        for (path, body) in [
            (CHECK, asked(1)),
            (DIGEST, digest.clone()),
            (VERIFY, house.signed(Content::Inside)),
            ("/api/v1/protocols/00/compare", Vec::new()),
        ] {
            let refused = send(&house, path, headers, body).await;
            assert_eq!(refused.problem(), is(403, "other_site"), "{path} {headers:?}");
        }
    }
    // A browser that says nothing of itself needs leave for this type, and asks for it.
    for kind in
        [&[][..], &[("content-type", "")], &[("content-type", "text/plain;application/json")]]
    {
        for (path, body) in [(CHECK, asked(1)), (DIGEST, digest.clone())] {
            let refused = send(&house, path, kind, body).await;
            assert_eq!(refused.problem(), is(415, "unsupported_media_type"), "{path} {kind:?}");
        }
    }
    // Nothing of it was counted.
    let first = send(&house, CHECK, &[JSON], asked(1)).await;
    assert_eq!((first.status.as_u16(), &first.json()["genuine"]), (200, &false.into()));
    assert_eq!(send(&house, CHECK, &[JSON], asked(1)).await.status, 429);
}

#[tokio::test]
async fn an_allowed_site_and_a_program_are_served() {
    let house = House::new(
        "registry.failed_checks_of_client_per_day = 0\n\
         server.cors_origins = [\"https://portal.example.kz\"]",
    );
    let kind = ("content-type", "application/json; charset=utf-8");
    for headers in [
        &[kind][..],
        &[CROSS, PORTAL, kind],
        &[("sec-fetch-site", "same-site"), PORTAL, kind],
        &[PORTAL, kind],
        &[("sec-fetch-site", "same-origin"), kind],
        &[("sec-fetch-site", "none"), kind],
    ] {
        assert_eq!(send(&house, CHECK, headers, asked(1)).await.status, 200, "{headers:?}");
    }
    let signed = house.signed(Content::Inside);
    let served = send(&house, VERIFY, &[CROSS, PORTAL], signed).await;
    assert_eq!(served.header("access-control-allow-origin"), "https://portal.example.kz");
    assert_eq!(served.json()["verdict"], "passed");
}

#[tokio::test]
async fn a_mistyped_recipient_is_told_and_not_counted() {
    let house = House::provider("registry.failed_checks_of_client_per_day = 1");
    let (key, iin) = (house.key(&Scope::ALL).token, invented_iin(3));
    let signed = house.signed(Content::Inside);
    let fields = [("file", signed.as_slice()), ("recipient", iin.as_bytes())];
    let there = house.register(&key, &fields).await.json()["number"].as_str().unwrap().to_owned();
    let nowhere = number(2);
    let mut wrong = iin.clone().into_bytes();
    wrong[11] = if wrong[11] == b'9' { b'0' } else { wrong[11] + 1 };
    let wrong = String::from_utf8(wrong).unwrap();
    let ask = async |number: &str, recipient: &str| {
        let body = json!({ "number": number, "recipient": recipient }).to_string();
        send(&house, CHECK, &[JSON], body.into_bytes()).await
    };
    let mut told = Vec::new();
    for _ in 0..5 {
        for number in [&there, &nowhere] {
            let answer = ask(number, &wrong).await;
            assert_eq!(answer.problem(), is(400, "invalid_parameter"));
            let mut body = answer.json();
            assert_eq!(body["parameter"], "recipient");
            body["request_id"] = "".into();
            told.push(body);
        }
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    assert_eq!(ask(&there, &iin).await.json()["genuine"], true);
    assert_eq!(ask(&nowhere, &iin).await.json()["genuine"], false);
    assert_eq!(ask(&nowhere, &iin).await.problem(), is(429, "too_many_requests"));
    // What nobody could ask for is not registered.
    let other = house.sign(b"other", Content::Inside);
    let fields = [("file", other.as_slice()), ("recipient", wrong.as_bytes())];
    let refused = house.register(&key, &fields).await;
    assert_eq!(refused.problem(), is(400, "invalid_parameter"));
    let document = house.output_document(&number(5), &wrong);
    let certificate = house.mint.signer_certificate().unwrap();
    let signer = DocumentSigner::new(&*house.mint.signer.key, &certificate).unwrap();
    let signed = signer.sign(document, SignedBy::Person, &mut SeededRng::new(3)).unwrap();
    let refused = house.register(&key, &[("file", signed.octets())]).await;
    assert_eq!(refused.problem(), is(400, "invalid_parameter"));
    assert_eq!(refused.json()["parameter"], "recipient");
}
