//! What cannot be processed is a problem with a stable code; nothing else is.

use crate::house::{Content, House, form};
use axum::{
    body::{Body, Bytes},
    http::Request,
};
use futures_util::stream;

const VERIFY: &str = "/api/v1/verify";

#[tokio::test]
async fn every_fault_has_its_code() {
    let house = House::new("limits.upload_bytes = 100000\nlimits.memory_bytes = 1000");
    let signed = house.signed(Content::Inside);
    let file = ("file", signed.as_slice());
    let raw = async |path: &str, body: &[u8]| house.post(path, body.to_vec()).await.problem();
    let by_form = async |fields: &[(&str, &[u8])]| house.form(fields).await.problem();
    let is = |status: u16, code: &str| (status, code.to_owned());

    assert_eq!(raw(VERIFY, b"").await, is(400, "no_file"));
    assert_eq!(raw(VERIFY, b"Dear Sir or Madam").await, is(422, "unrecognised"));
    assert_eq!(raw(VERIFY, &vec![b'x'; 100_001]).await, is(413, "too_large"));
    assert_eq!(raw("/api/v1/verify?colour=red", &signed).await, is(400, "bad_request"));
    assert_eq!(raw("/api/v1/verify?at=yesterday", &signed).await, is(400, "invalid_parameter"));
    assert_eq!(raw("/api/v1/verify?lang=de", &signed).await, is(400, "invalid_parameter"));
    assert_eq!(raw("/api/v1/verify?at=%FF%", &signed).await, is(400, "invalid_parameter"));
    let iin = "/api/v1/verify?expect_iin=880101300015";
    assert_eq!(raw(iin, &signed).await, is(400, "number_in_address"));
    assert_eq!(raw("/api/v1/verify?expect_bin=1", &signed).await, is(400, "number_in_address"));

    assert_eq!(by_form(&[]).await, is(400, "no_file"));
    assert_eq!(by_form(&[("file", b"")]).await, is(400, "no_file"));
    assert_eq!(by_form(&[file, file]).await, is(400, "too_many_files"));
    assert_eq!(by_form(&[file, ("scan", b"maybe")]).await, is(400, "invalid_parameter"));
    assert_eq!(by_form(&[file, ("dta", b"x")]).await, is(400, "bad_request"));
    let twice: [(&str, &[u8]); 2] = [("purpose", b"sign"), ("purpose", b"auth")];
    assert_eq!(by_form(&[file, twice[0], twice[1]]).await, is(400, "bad_request"));
    for (name, value) in [
        ("policy", "kz-1999"),
        ("purpose", "cook"),
        ("expect_iin", "12"),
        ("expect_role", "tsar"),
        ("data_digest", "md5:00"),
        ("data_digest", "sha256:00"),
        ("data_sha256", "xx"),
    ] {
        let problem = by_form(&[file, (name, value.as_bytes())]).await;
        assert_eq!(problem, is(400, "invalid_parameter"), "{name}");
    }
    let both: [(&str, &[u8]); 2] = [("data", b"x"), ("data_sha256", &[b'0'; 64])];
    assert_eq!(by_form(&[file, both[0], both[1]]).await, is(400, "invalid_parameter"));
    let scan: (&str, &[u8]) = ("scan", b"true");
    assert_eq!(by_form(&[scan, ("file", b"\xff\xfe")]).await, is(422, "unrecognised"));
    assert_eq!(by_form(&[scan, ("file", b"a"), ("data", b"b")]).await, is(422, "not_possible"));
    let many = vec![("file", b"a".as_slice()); 33];
    assert_eq!(by_form(&many).await, is(400, "too_many_files"));
    assert_eq!(house.get("/nowhere").await.problem(), is(404, "not_found"));
    let answer = house.get(VERIFY).await;
    assert_eq!(answer.header("allow"), "POST");
    assert_eq!(answer.problem(), is(405, "method_not_allowed"));
}

#[tokio::test]
async fn neither_a_file_nor_a_form_is_refused() {
    let house = House::new("");
    for kind in ["application/x-www-form-urlencoded", "multipart/mixed; boundary=a", "\u{ff}"] {
        let request = Request::post(VERIFY).header("content-type", kind.as_bytes());
        let answer = house.ask(request.body(Body::from("a=b")).unwrap()).await;
        assert_eq!(answer.problem().1, "unsupported_media_type", "{kind}");
    }
    let cut = form(&[("file", b"x")]);
    for (kind, body) in [
        ("multipart/form-data", cut.clone()),
        ("multipart/form-data; boundary=other", cut.clone()),
        ("multipart/form-data; boundary=a-boundary-that-nothing-has", cut[..cut.len() - 9].into()),
    ] {
        let request = Request::post(VERIFY).header("content-type", kind);
        let answer = house.ask(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.problem().1, "bad_request", "{kind}");
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_and_a_silent_one_is_left() {
    let house = House::new("limits.upload_bytes = 300000\nserver.body_pause_seconds = 1");
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 1000])));
    let answer = house.post(VERIFY, Body::from_stream(endless)).await;
    assert_eq!(answer.problem(), (413, "too_large".to_owned()));
    let started = std::time::Instant::now();
    let silent = stream::pending::<Result<Bytes, std::io::Error>>();
    let answer = house.post(VERIFY, Body::from_stream(silent)).await;
    assert_eq!(answer.problem(), (408, "body_too_slow".to_owned()));
    assert!(started.elapsed().as_secs() < 20, "it need not wait for the end of all patience");
}

#[tokio::test]
async fn texts_are_in_three_languages() {
    let house = House::new("");
    let mut titles = std::collections::BTreeSet::new();
    for lang in ["kk", "ru", "en"] {
        let answer = house.post(&format!("{VERIFY}?lang={lang}"), "?").await;
        assert_eq!(answer.header("content-language"), lang);
        titles.insert(answer.json()["title"].as_str().unwrap().to_owned());
    }
    assert_eq!(titles.len(), 3);
}

#[tokio::test]
async fn a_form_has_no_language_since_it_would_not_be_met() {
    let house = House::new("");
    let signed = house.signed(Content::Inside);
    for lang in ["ru", ""] {
        let answer = house.form(&[("lang", lang.as_bytes()), ("file", &signed)]).await;
        assert_eq!(answer.problem(), (400, "invalid_parameter".to_owned()));
    }
}

#[tokio::test]
async fn a_document_may_cause_only_so_much_work() {
    let over = (422, "over_limit".to_owned());
    let house = House::new("limits.xml_nodes = 1000");
    let xml = |elements: usize| format!("<a>{}</a>", "<b/>".repeat(elements));
    assert_eq!(house.post(VERIFY, xml(900)).await.status, 200);
    assert_eq!(house.post(VERIFY, xml(1100)).await.problem(), over);
    assert_eq!(House::new("").post(VERIFY, xml(1_100_000)).await.problem(), over);
    let house = House::new("limits.xml_bytes = 1000");
    assert_eq!(house.post(VERIFY, xml(300)).await.problem(), over);
    let page = |number: usize| {
        format!("{number} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\n")
    };
    let pdf = format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
         2 0 obj<</Type/Pages/Count 3/Kids[3 0 R 4 0 R 5 0 R]>>endobj\n{}\
         trailer<</Root 1 0 R>>\n%%EOF",
        [3, 4, 5].map(page).concat(),
    );
    assert_eq!(House::new("limits.pdf_pages = 3").post(VERIFY, pdf.clone()).await.status, 200);
    assert_eq!(House::new("limits.pdf_pages = 2").post(VERIFY, pdf).await.problem(), over);
}
