//! Health, readiness, the description of the API.

use std::{collections::BTreeSet, fs, time::Duration};

use axum::{body::Body, http::Request};

use qoltanba::{
    Certificate,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
};
use qoltanba_testkit::{CrlSpec, Mint, Order, SeededRng};
use serde_json::json;

use crate::house::{Content, House, NOW};

#[tokio::test]
async fn health_and_freshness_are_told() {
    let house = House::new("");
    let health = house.get("/healthz").await;
    assert_eq!((health.status.as_u16(), &health.json()["status"]), (200, &"live".into()));
    let ready = house.get("/readyz").await;
    let body = ready.json();
    assert_eq!((ready.status.as_u16(), &body["status"]), (200, &"ready".into()));
    assert_eq!((&body["anchors"], &body["lists"][0]["in_force"]), (&1.into(), &true.into()));
    // It serves without lists, and says so.
    let bare = House::new("evidence.lists = []").get("/readyz").await;
    assert_eq!((bare.status.as_u16(), &bare.json()["status"]), (200, &"stale".into()));
    // Nor with lists that have run out, or that are of a time to come.
    for moment in ["2031-01-01T00:00:00Z", "2020-01-01T00:00:00Z"] {
        let ready = house.again(moment, "").get("/readyz").await;
        let body = ready.json();
        assert_eq!((ready.status.as_u16(), &body["status"]), (200, &"stale".into()), "{moment}");
        assert_eq!(body["lists"][0]["in_force"], false, "{moment}");
    }
}

#[tokio::test]
async fn the_newest_list_of_an_authority_counts_and_a_missing_one_is_told() {
    let house = House::new("");
    let lists = house.folder.path().join("lists");
    let at = |days: i64| {
        qoltanba::Instant::from_unix(
            NOW.parse::<qoltanba::Instant>().unwrap().unix() + days * 86_400,
        )
    };
    let ready = async || {
        let told = house.again(NOW, "").get("/readyz").await;
        assert_eq!(told.status, 200);
        told.json()
    };
    let names: Vec<String> = [house.mint.root.certificate(), house.mint.issuing().certificate()]
        .map(|one| Certificate::from_der(one).unwrap().claimed_subject().to_string())
        .into();
    assert_eq!(
        (&ready().await["status"], &ready().await["missing"]),
        (&"ready".into(), &json!([]))
    );
    // What ran out lies beside its successor; what is dated ahead is none.
    let mut rng = SeededRng::new(11);
    let mut publish = |days: i64| {
        house.mint.issuing().publish(&CrlSpec::complete(9, at(days)), &mut rng).unwrap()
    };
    let (old, ahead) = (publish(-90), publish(5));
    fs::write(lists.join("old.crl"), &old).unwrap();
    fs::write(lists.join("ahead.crl"), &ahead).unwrap();
    let told = ready().await;
    assert_eq!(
        (&told["status"], told["lists"].as_array().unwrap().len()),
        (&"ready".into(), 2),
        "{told}"
    );
    // Without the one in force the old one is the newest.
    fs::rename(lists.join("1.crl"), house.folder.path().join("aside")).unwrap();
    let told = ready().await;
    assert_eq!((&told["status"], &told["missing"]), (&"stale".into(), &json!([])), "{told}");
    // None at all of a whole authority, while that of another is in force.
    fs::remove_file(lists.join("old.crl")).unwrap();
    fs::remove_file(lists.join("ahead.crl")).unwrap();
    let told = ready().await;
    assert_eq!(
        (&told["status"], &told["missing"]),
        (&"list_missing".into(), &json!([names[1]])),
        "{told}"
    );
    fs::remove_file(lists.join("0.crl")).unwrap();
    fs::rename(house.folder.path().join("aside"), lists.join("1.crl")).unwrap();
    let told = ready().await;
    assert_eq!(
        (&told["status"], &told["missing"]),
        (&"list_missing".into(), &json!([names[0]])),
        "{told}"
    );
}

/// An authority that ended makes no more lists, and its last one is no reason to worry for ever.
#[tokio::test]
async fn the_last_list_of_an_authority_that_ended_does_not_count() {
    let house = House::new("");
    let order = Order::new(
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
        "2005-06-01T00:00:00Z".parse().unwrap(),
    );
    let ended = Mint::new(&order, &mut SeededRng::new(3)).unwrap();
    for (index, list) in ended.lists.iter().enumerate() {
        fs::write(house.folder.path().join(format!("lists/ended-{index}.crl")), list).unwrap();
    }
    let status = async || house.again(NOW, "").get("/readyz").await.json()["status"].clone();
    assert_eq!(status().await, "stale", "nobody knows whose they are");
    let pem = |der: &[u8]| {
        let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, der);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    };
    let [own, issuing, root] =
        [house.mint.issuing(), ended.issuing(), &ended.root].map(|one| pem(one.certificate()));
    let path = house.folder.path().join("authority.cer");
    fs::write(path, [own, issuing, root].concat()).unwrap();
    assert_eq!(status().await, "ready");
}

#[tokio::test]
async fn the_description_is_of_openapi_3_1_and_names_what_is_answered() {
    let house = House::new("");
    let answer = house.get("/api/v1/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let verify = &document["paths"]["/api/v1/verify"]["post"];
    let described: BTreeSet<&str> =
        verify["responses"].as_object().unwrap().keys().map(String::as_str).collect();
    for status in ["200", "400", "408", "413", "415", "422", "429", "500", "503"] {
        assert!(described.contains(status), "{status}");
    }
    // Every answer is in the language that is asked for.
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let named = |one: &serde_json::Value| one["name"] == "lang" && one["in"] == "query";
            let parameters = operation["parameters"].as_array().unwrap();
            assert_eq!(parameters.iter().filter(|one| named(one)).count(), 1, "{method} {path}");
        }
    }
    let codes = document["components"]["schemas"]["Code"]["enum"].as_array().unwrap();
    assert!(codes.contains(&"unrecognised".into()));
    // Every reference leads somewhere.
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    // Every key of a real answer is described.
    let report = house.post("/api/v1/verify", house.signed(Content::Inside)).await.json();
    let known = &document["components"]["schemas"]["VerifyReport"]["properties"];
    for key in report.as_object().unwrap().keys() {
        assert!(known[key].is_object(), "{key}");
    }
}

#[tokio::test]
async fn the_page_of_the_api_has_everything_and_nothing_from_elsewhere() {
    let house = House::new("");
    let answer = house.get("/api/v1/docs").await;
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    let page = String::from_utf8(answer.body).unwrap();
    assert!(page.contains("POST /api/v1/verify") && page.contains("id=\"problem-too_large\""));
    assert!(!page.contains("://") && !page.contains("<script"), "nothing from other hosts");
}

#[tokio::test]
async fn every_answer_is_careful() {
    let house = House::new("");
    let mut numbers = BTreeSet::new();
    for path in ["/healthz", "/api/v1/docs", "/nowhere", "/api/v1/verify"] {
        let answer = house.get(path).await;
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer")]
        {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert_eq!(answer.header("x-request-id").len(), 32);
        numbers.insert(answer.header("x-request-id").to_owned());
    }
    assert_eq!(numbers.len(), 4);
}

#[tokio::test]
async fn only_origins_that_are_named_may_use_the_api_and_nothing_but_the_api() {
    const PORTAL: &str = "https://portal.example.kz";
    let house = House::new(&format!("server.cors_origins = [{PORTAL:?}]"));
    let closed = House::new("");
    let ask = async |house: &House, method: &str, path: &str, origin: &str| {
        let request = Request::builder().method(method).uri(path).header("origin", origin);
        let request = request
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type");
        house.ask(request.body(Body::from("?")).unwrap()).await
    };
    let allowed = "access-control-allow-origin";
    for (method, path, status) in [
        ("OPTIONS", "/api/v1/verify", 200),
        ("POST", "/api/v1/verify", 422),
        ("GET", "/api/v1/openapi.json", 200),
        ("GET", "/api/v1/protocols/1", 404),
        ("GET", "/api/v1/nowhere", 404),
    ] {
        let answer = ask(&house, method, path, PORTAL).await;
        assert_eq!((answer.status.as_u16(), answer.header(allowed)), (status, PORTAL), "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        let vary = answer.header("vary").to_ascii_lowercase();
        assert!(vary.contains("origin") && vary.contains("accept-language"), "{vary}");
        for other in ["https://other.example.kz", "null", "https://portal.example.kz.evil.kz"] {
            assert_eq!(ask(&house, method, path, other).await.header(allowed), "", "{path}");
        }
        assert_eq!(ask(&closed, method, path, PORTAL).await.header(allowed), "", "{path}");
    }
    let preflight = ask(&house, "OPTIONS", "/api/v1/documents", PORTAL).await;
    let headers = preflight.header("access-control-allow-headers");
    assert!(headers.contains("content-type") && !headers.contains("authorization"), "{headers}");
    for path in ["/healthz", "/p/1", "/"] {
        assert_eq!(ask(&house, "GET", path, PORTAL).await.header(allowed), "", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_files_are_read_again_and_a_bad_one_leaves_what_there_was() {
    let house = House::new("evidence.refresh_seconds = 1");
    let server = qoltanba_server::Server::bind(house.app.clone()).await.unwrap();
    let running = tokio::spawn(server.run(std::future::pending()));
    let verdict = async || {
        let report = house.post("/api/v1/verify", house.signed(Content::Inside)).await;
        report.json()["verdict"].as_str().unwrap().to_owned()
    };
    let becomes = async |wanted: &str| {
        for _ in 0..200 {
            if verdict().await == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{wanted} is waited for");
    };
    let round = || tokio::time::sleep(Duration::from_millis(2500));
    let lists = house.folder.path().join("lists");
    let files: Vec<_> = fs::read_dir(&lists).unwrap().map(|file| file.unwrap().path()).collect();
    let whole: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert_eq!(verdict().await, "passed");
    // Being written, and no lists at all.
    for (file, whole) in files.iter().zip(&whole) {
        fs::write(file, &whole[..whole.len() / 2]).unwrap();
    }
    round().await;
    assert_eq!(verdict().await, "passed");
    files.iter().for_each(|file| fs::write(file, b"none").unwrap());
    round().await;
    assert_eq!(verdict().await, "passed");
    // Nor is the folder that is not there for a moment.
    fs::rename(&lists, house.folder.path().join("away")).unwrap();
    round().await;
    assert_eq!(verdict().await, "passed");
    fs::rename(house.folder.path().join("away"), &lists).unwrap();
    // Taken away by whoever runs the service, and given back.
    files.iter().for_each(|file| fs::remove_file(file).unwrap());
    becomes("indeterminate").await;
    for (file, whole) in files.iter().zip(&whole) {
        fs::write(file, whole).unwrap();
    }
    becomes("passed").await;
    running.abort();
}
