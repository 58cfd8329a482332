//! Every example runs, and says what it should.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "anchor.rs"]
mod anchor;
#[path = "issue.rs"]
mod issue;
#[path = "person.rs"]
mod person;
#[path = "policy.rs"]
mod policy;
#[path = "sign.rs"]
mod sign;
#[path = "verify.rs"]
mod verify;
#[path = "web.rs"]
mod web;

use axum::{body::Body, http::Request};
use qoltanba_examples::Outcome;
use tower::ServiceExt as _;

fn output(run: fn(&mut dyn std::io::Write) -> Outcome) -> String {
    let mut out = Vec::new();
    run(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn verify_tells_the_signer_or_what_is_missing() {
    let text = output(verify::run);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("passed: "), "{text}");
    assert_eq!(lines[1], "indeterminate: revocation_unknown");
    // The signer's status by an answer or a list, that of the authority by a list.
    let wanted = ["OCSP response", "revocation list", "revocation list"];
    assert_eq!(lines.len(), 2 + wanted.len(), "{text}");
    for (line, wanted) in lines[2..].iter().zip(wanted) {
        assert!(line.contains(wanted) && line.contains(".invalid/"), "{text}");
    }
}

#[test]
fn sign_keeps_the_content() {
    assert_eq!(output(sign::run), "attached: Бұйрық № 7\ndetached: true\nshorter: true\n");
}

#[test]
fn issue_makes_a_page_that_verifies() {
    let text = output(issue::run);
    assert!(text.starts_with("a PDF: true\nbarcodes: "), "{text}");
    assert!(text.ends_with("signed for the issuer: true\n"), "{text}");
}

#[test]
fn person_reads_numbers_and_role() {
    let text = output(person::run);
    assert!(text.contains("role: первый руководитель\n"), "{text}");
    assert!(text.contains("signing documents: true\nauthentication: true\n"), "{text}");
    let digits = |label: &str| {
        let line = text.lines().find(|l| l.starts_with(label)).unwrap();
        line[label.len()..].chars().filter(char::is_ascii_digit).count()
    };
    assert_eq!((digits("IIN: "), digits("BIN: ")), (12, 12), "{text}");
}

#[test]
fn anchor_adds_a_root_and_refuses_an_issuing_authority() {
    let text = output(anchor::run);
    assert!(text.starts_with("national: 5\nwith one more: 6\nrefused: "), "{text}");
}

#[test]
fn policy_asks_for_a_purpose() {
    let text = output(policy::run);
    assert!(text.starts_with("Sign: passed\n"), "{text}");
    assert!(text.ends_with("a system is no person: failed (iin_mismatch)\n"), "{text}");
}

#[tokio::test]
async fn web_answers_good_bad_and_foreign_bodies() {
    let (_, request) = web::desk().unwrap();
    let mut altered = request.clone();
    let at = altered.windows(7).position(|w| w == b"request").unwrap();
    altered[at] ^= 1;
    for (body, status, verdict) in [
        (request, 200, "\"verdict\":\"passed\""),
        (altered, 200, "content_digest_mismatch"),
        (b"Dear Sir".to_vec(), 422, "title"),
    ] {
        let call = Request::post("/verify").body(Body::from(body)).unwrap();
        let answer = web::app(web::desk().unwrap().0).oneshot(call).await.unwrap();
        assert_eq!(answer.status(), status);
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.contains(verdict), "{text}");
    }
}
