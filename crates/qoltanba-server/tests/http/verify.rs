//! `POST /api/v1/verify`.

use axum::{body::Body, http::Request};
use qoltanba::algorithm::DigestAlgorithm;

use crate::house::{Content, DOCUMENT, House, NOW};

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[tokio::test]
async fn a_good_document_passes_and_the_answer_says_what_was_asked() {
    let house = House::new("");
    let signed = house.signed(Content::Inside);
    let answer = house.post("/api/v1/verify?lang=en", signed.clone()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("content-language"), "en");
    assert_eq!(answer.header("cache-control"), "no-store");
    let report = answer.json();
    assert_eq!((&report["version"], &report["verdict"]), (&1.into(), &"passed".into()));
    assert!(report["signatures"][0]["signer"]["iin"].is_string());
    assert_eq!(report["asked"]["at"], NOW);
    assert_eq!(report["asked"]["at_was_given"], false);
    assert_eq!(report["file"]["bytes"], signed.len());
    assert_eq!(report["file"]["sha256"], hex(&DigestAlgorithm::Sha256.digest(&signed)));
    assert_eq!(report["fetch"]["offline"], true);
}

#[tokio::test]
async fn a_bad_signature_is_an_answer() {
    let house = House::new("");
    let mut signed = house.signed(Content::Inside);
    let at = signed.windows(4).position(|four| four == &DOCUMENT[..4]).unwrap();
    signed[at + 2] ^= 1;
    let answer = house.post("/api/v1/verify", signed).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["verdict"]), (200, &"failed".into()));
}

#[tokio::test]
async fn what_is_missing_is_told_and_not_an_error() {
    let house = House::new("evidence.lists = []");
    let answer = house.post("/api/v1/verify", house.signed(Content::Inside)).await;
    let report = answer.json();
    assert_eq!((answer.status.as_u16(), &report["verdict"]), (200, &"indeterminate".into()));
    assert!(!report["missing"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_detached_signature_goes_with_its_document_or_its_digest() {
    let house = House::new("");
    let signed = house.signed(Content::Apart);
    let verdict = async |fields: &[(&str, &[u8])]| {
        let mut all = vec![("file", signed.as_slice())];
        all.extend_from_slice(fields);
        let answer = house.form(&all).await;
        assert_eq!(answer.status, 200, "{:?}", String::from_utf8_lossy(&answer.body));
        let report = answer.json();
        (report["verdict"].as_str().unwrap().to_owned(), report["reason"].clone())
    };
    assert_eq!(verdict(&[("data", DOCUMENT)]).await.0, "passed");
    assert_eq!(verdict(&[("data", b"another document")]).await.0, "failed");
    assert_eq!(verdict(&[]).await.0, "indeterminate");
    let digest = hex(&DigestAlgorithm::Streebog512.digest(DOCUMENT));
    let digest = format!("gost2015-512:{digest}");
    assert_eq!(verdict(&[("data_digest", digest.as_bytes())]).await.0, "passed");
    let other = hex(&DigestAlgorithm::Streebog512.digest(b"another document"));
    let other = format!("gost2015-512:{other}");
    assert_eq!(verdict(&[("data_digest", other.as_bytes())]).await.0, "failed");
    // A digest by another algorithm than the signature's says nothing of it.
    let sha256 = hex(&DigestAlgorithm::Sha256.digest(DOCUMENT));
    assert_eq!(verdict(&[("data_sha256", sha256.as_bytes())]).await.0, "indeterminate");
}

#[tokio::test]
async fn wishes_are_met() {
    let house = House::new("");
    let signed = house.signed(Content::Inside);
    let iin = house.post("/api/v1/verify", signed.clone()).await.json()["signatures"][0]["signer"]
        ["iin"]
        .as_str()
        .unwrap()
        .to_owned();
    let with = async |name: &str, value: &str| {
        let answer = house.form(&[("file", &signed), (name, value.as_bytes())]).await;
        assert_eq!(answer.status, 200, "{:?}", String::from_utf8_lossy(&answer.body));
        answer.json()
    };
    assert_eq!(with("expect_iin", &iin).await["verdict"], "passed");
    assert_ne!(with("expect_iin", "000000000000").await["verdict"], "passed");
    assert_eq!(with("expect_role", "individual").await["verdict"], "passed");
    assert_ne!(with("expect_role", "ceo").await["verdict"], "passed");
    assert_ne!(with("element", "body").await["verdict"], "passed");
    assert_eq!(with("policy", "kz-2015").await["signatures"][0]["policy"]["name"], "kz-2015");
    let asked = with("at", "2031-01-01T00:00:00Z").await;
    assert_eq!(asked["asked"]["at"], "2031-01-01T00:00:00Z");
    assert_eq!(asked["asked"]["at_was_given"], true);
    assert_eq!(asked["asked"]["now"], NOW);
    assert_ne!(asked["verdict"], "passed", "its lists have run out by then");
}

#[tokio::test]
async fn the_organisation_is_the_one_that_is_expected() {
    let house = House::provider("");
    let signed = house.signed(Content::Inside);
    let with = async |bin: &str| {
        house.form(&[("file", &signed), ("expect_bin", bin.as_bytes())]).await.json()
    };
    assert_eq!(with(&house.bin()).await["verdict"], "passed");
    let other = with(&qoltanba_testkit::invented_bin(77)).await;
    assert_eq!((&other["verdict"], &other["reason"]), (&"failed".into(), &"bin_mismatch".into()));
}

#[tokio::test]
async fn the_purpose_is_the_one_asked_for() {
    let house =
        House::of(qoltanba::algorithm::SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256), "");
    let signed = house.signed(Content::Inside);
    let with = async |purpose: &str| {
        house.form(&[("file", &signed), ("purpose", purpose.as_bytes())]).await.json()
    };
    assert_eq!(with("sign").await["verdict"], "passed");
    let answer = with("auth").await;
    assert_eq!(
        (&answer["verdict"], &answer["asked"]["purpose"]),
        (&"failed".into(), &"auth".into())
    );
}

#[tokio::test]
async fn a_long_upload_goes_the_same_way() {
    let house = House::new("limits.memory_bytes = 1024");
    let long = vec![b'x'; 3 << 20];
    let signed = house.sign(&long, Content::Apart);
    let answer = house.form(&[("file", &signed), ("data", &long)]).await;
    assert_eq!(answer.json()["verdict"], "passed");
    // The longest are read as streams.
    let longer = vec![b'y'; 9 << 20];
    let signed = house.sign(&longer, Content::Inside);
    assert_eq!(house.post("/api/v1/verify", signed).await.json()["verdict"], "passed");
    let signed = house.sign(&longer, Content::Apart);
    let answer = house.form(&[("file", &signed), ("data", &longer)]).await;
    assert_eq!(answer.json()["verdict"], "passed");
    let mut other = longer;
    other[1 << 20] ^= 1;
    let answer = house.form(&[("file", &signed), ("data", &other)]).await;
    assert_eq!(answer.json()["verdict"], "failed");
}

#[tokio::test]
async fn barcodes_are_one_document() {
    let house = House::new("");
    let texts = br#"["https://example.kz/check", "something else"]"#;
    let answer = house.form(&[("scan", b"true"), ("file", texts), ("file", b"a line")]).await;
    let report = answer.json();
    assert_eq!((answer.status.as_u16(), &report["reason"]), (200, &"barcode_link".into()));
}

#[tokio::test]
async fn the_language_is_the_one_asked_for() {
    let house = House::new("");
    for (accept, tag) in [("ru-RU,ru;q=0.9", "ru"), ("kk", "kk"), ("de", "kk"), ("en", "en")] {
        let request = Request::post("/api/v1/verify").header("accept-language", accept);
        let answer = house.ask(request.body(Body::from("?")).unwrap()).await;
        assert_eq!(answer.header("content-language"), tag);
        assert_eq!(answer.header("vary"), "Accept-Language");
    }
}
