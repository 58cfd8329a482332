//! The API against its own description: schemathesis makes requests from it, good and bad, and holds
//! every answer against what is described. A seed and a bound on examples make it repeat.
//!
//! It needs `schemathesis` in the Python that `QOLTANBA_PYTHON` names, else in `python3`
//! (`.ci/run` installs it), and fails without.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, dead_code)]

#[path = "http/house.rs"]
mod house;

use std::{path::Path, process::Command};

use axum::{body::Body, http::Request};
use house::{BOUNDARY, Content, House, form};
use qoltanba::identity::{Role, Subject};
use qoltanba_server::{Scope, Server};
use qoltanba_testkit::invented_iin;
use tokio::{sync::oneshot, task};

/// Examples of each operation and kind; more by hand.
const EXAMPLES: &str = "QOLTANBA_TEST_EXAMPLES";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_as_described() {
    let house = House::keyed(
        Role::FirstHead,
        "registry.checks_per_minute = 0\nregistry.failed_checks_per_day = 0\n\
         registry.failed_checks_of_client_per_day = 0\n\
         registry.reserved = 0\nprotocol.per_minute = 0",
    );
    let bin = Subject::claimed_by(&house.mint.signer_certificate().unwrap()).bin.unwrap();
    let key = house.app.key_book().add(bin, "Әкімдік", &Scope::ALL).unwrap().token;
    let server = Server::bind(house.app.clone()).await.unwrap();
    let base = format!("http://{}", server.local_addr());
    let (_end, ended) = oneshot::channel::<()>();
    tokio::spawn(server.run(async {
        let _ = ended.await;
    }));
    // Something to be found: once ids are made up, once they are those of this.
    let signed = house.signed(Content::Inside);
    let made = house.post("/api/v1/verify?protocol=true", signed.clone()).await.json();
    let id = made["protocol"]["id"].as_str().unwrap();
    let recipient = invented_iin(3);
    let registered = Request::post("/api/v1/documents")
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    let body = form(&[("file", &signed), ("recipient", recipient.as_bytes())]);
    let registered = house.ask(registered.body(Body::from(body)).unwrap()).await.json();
    let number = registered["number"].as_str().unwrap();
    let known = format!("[parameters]\n\"path.id\" = \"{id}\"\n\"path.number\" = \"{number}\"\n");
    for parameters in ["", &known] {
        let config = house.folder.path().join("schemathesis.toml");
        std::fs::write(&config, parameters).unwrap();
        let (base, key) = (base.clone(), key.clone());
        let told = task::spawn_blocking(move || run(&config, &base, &key)).await.unwrap();
        if parameters.is_empty() {
            continue;
        }
        // Those with an id or a number came to where they lead.
        assert!(!told.contains("repeatedly returned 404"), "{told}");
    }
}

/// Runs it, and tells what it told.
fn run(config: &Path, base: &str, key: &str) -> String {
    let python = std::env::var("QOLTANBA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let examples = std::env::var(EXAMPLES).unwrap_or_else(|_| "12".to_owned());
    let ran = Command::new(&python)
        .args(["-m", "schemathesis.cli", "--config-file"])
        .arg(config)
        .args(["run", &format!("{base}/api/v1/openapi.json"), "--url", base, "--seed", "1"])
        .args(["--max-examples", &examples, "--checks", CHECKS, "--workers", "1"])
        .args(["--phases", "examples,coverage,fuzzing", "--generation-database", "none"])
        .args(["--header", &format!("Authorization: Bearer {key}")])
        .args(["--request-timeout", "60", "--no-color", "--continue-on-failure"])
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap_or_else(|error| panic!("{python}: {error}"));
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&ran.stderr);
    // Without schemathesis python itself fails.
    assert!(ran.status.success(), "{told}\n{wrong}");
    assert!(told.contains("14 selected / 14 total"), "{told}");
    told
}
