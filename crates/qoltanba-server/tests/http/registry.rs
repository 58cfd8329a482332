//! Numbers, registering, statuses, checks.

use std::collections::BTreeSet;

use axum::{body::Body, http::Request};
use qoltanba::{
    algorithm::DigestAlgorithm,
    paper::{
        DocumentSigner, PageLanguage, Renderer,
        document::{
            Bilingual, Block, FormName, Issuer, LocalTime, OutputDocument, Recipient, UniqueNumber,
        },
        form::SignedBy,
    },
};
use qoltanba_server::{NewKey, Scope};
use qoltanba_testkit::{SeededRng, invented_bin, invented_iin};
use serde_json::{Value, json};

use crate::house::{Answer, Content, House, NOW, form};

pub(crate) const DOCUMENTS: &str = "/api/v1/documents";
const CHECK: &str = "/api/v1/documents/check";

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

pub(crate) fn sha256(octets: &[u8]) -> String {
    hex(&DigestAlgorithm::Sha256.digest(octets))
}

impl House {
    pub(crate) fn bin(&self) -> String {
        let subject =
            qoltanba::identity::Subject::claimed_by(&self.mint.signer_certificate().unwrap());
        subject.bin.unwrap().as_str().to_owned()
    }

    pub(crate) fn key(&self, scopes: &[Scope]) -> NewKey {
        self.key_of(&self.bin(), scopes)
    }

    pub(crate) fn key_of(&self, bin: &str, scopes: &[Scope]) -> NewKey {
        self.app.key_book().add(bin.parse().unwrap(), "Әкімдік", scopes).unwrap()
    }

    pub(crate) async fn send(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json");
        self.ask(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn register(&self, key: &str, fields: &[(&str, &[u8])]) -> Answer {
        let kind = "multipart/form-data; boundary=a-boundary-that-nothing-has";
        let request = Request::post(DOCUMENTS)
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", kind);
        self.ask(request.body(form(fields).into()).unwrap()).await
    }

    pub(crate) async fn check(&self, number: &str, recipient: &str) -> Answer {
        self.send(CHECK, "", &json!({ "number": number, "recipient": recipient })).await
    }

    pub(crate) fn output_document(&self, number: &str, iin: &str) -> OutputDocument {
        let words = |kk: &str, ru: &str| Bilingual { kk: kk.to_owned(), ru: ru.to_owned() };
        let recipient =
            Recipient {
                name: "Ахметова Әсел".into(), iin: Some(iin.parse().unwrap()), bin: None
            };
        OutputDocument {
            form: FormName { id: "result-notice".to_owned(), version: 1 },
            look: OutputDocument::LOOK,
            number: UniqueNumber::new(number).unwrap(),
            issued: LocalTime(NOW.parse().unwrap()),
            header: words("Құжат жүйеде құрылған", "Документ сформирован системой"),
            title: words("Хабарлама", "Уведомление"),
            issuer: Issuer {
                name: words("Әкімдік", "Акимат"), bin: self.bin().parse().unwrap()
            },
            recipient: Some(recipient),
            blocks: vec![Block::Paragraph(words("Төлем тағайындалды.", "Выплата назначена."))],
            signatories: Vec::new(),
            legal_basis: None,
            footnote: words("*Штрих-код деректерді қамтиды.", "*Штрих-код содержит данные."),
        }
    }
}

/// A number with its check digit.
pub(crate) fn number(seed: u64) -> String {
    UniqueNumber::generate(&mut SeededRng::new(seed)).as_str().to_owned()
}

/// The same with a wrong last digit.
fn mistyped(seed: u64) -> String {
    let number = number(seed);
    let (head, last) = number.split_at(13);
    format!("{head}{}", if last == "0" { "1" } else { "0" })
}

pub(crate) fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn a_document_is_registered_checked_superseded_and_withdrawn() {
    let house = House::provider("");
    let key = house.key(&Scope::ALL).token;
    let (iin, stranger) = (invented_iin(5), invented_iin(6));
    let numbers = house.send(&format!("{DOCUMENTS}/numbers"), &key, &json!({ "count": 3 })).await;
    assert_eq!(numbers.status, 201);
    let numbers = numbers.json()["numbers"].clone();
    let number = numbers[0].as_str().unwrap();
    assert!(UniqueNumber::new(number).unwrap().has_check_digit());
    assert_eq!(house.check(number, &iin).await.json(), json!({ "genuine": false }), "reserved");

    let first = house.signed(Content::Inside);
    let fields: [(&str, &[u8]); 3] =
        [("file", &first), ("number", number.as_bytes()), ("recipient", iin.as_bytes())];
    let answer = house.register(&key, &fields).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    let record = answer.json();
    assert_eq!((&record["number"], &record["status"]), (&number.into(), &"issued".into()));
    assert_eq!(record["sha256"], json!([sha256(&first)]));
    assert_eq!(record["issuer"], json!({ "bin": house.bin(), "name": "Әкімдік" }));
    // A request whose answer was lost.
    let again = house.register(&key, &fields).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, record.clone()));

    // The same file is not registered for another.
    let other: [(&str, &[u8]); 2] = [fields[0], ("recipient", stranger.as_bytes())];
    assert_eq!(house.register(&key, &other).await.problem(), is(409, "other_recipient"));

    let checked = house.check(number, &iin).await.json();
    assert_eq!((&checked["genuine"], &checked["registered"]), (&true.into(), &NOW.into()));
    assert_eq!(house.check(number, &stranger).await.json(), json!({ "genuine": false }));
    let path = format!("{DOCUMENTS}/by-digest");
    let by_file = house.send(&path, "", &json!({ "sha256": sha256(&first) })).await;
    assert_eq!(by_file.json(), checked);
    let by_other = house.send(&path, "", &json!({ "sha256": sha256(b"?") })).await;
    assert_eq!(by_other.json(), json!({ "genuine": false }));

    let second = house.sign(b"another", Content::Inside);
    // A number is had by reserving it, and only once.
    let file = [("file", second.as_slice()), ("recipient", iin.as_bytes())];
    let with = async |number: &str| {
        house.register(&key, &[file[0], file[1], ("number", number.as_bytes())]).await.problem()
    };
    assert_eq!(with(&crate::registry::number(77)).await, is(409, "number_not_reserved"));
    assert_eq!(with(number).await, is(409, "number_taken"));
    let other = house.key_of(&invented_bin(77), &Scope::ALL).token;
    let others = house.send(&format!("{DOCUMENTS}/numbers"), &other, &json!({ "count": 1 })).await;
    let others = others.json()["numbers"][0].as_str().unwrap().to_owned();
    assert_eq!(with(&others).await, is(409, "number_not_reserved"));
    let fields: [(&str, &[u8]); 2] = [("file", &second), ("recipient", iin.as_bytes())];
    let next = house.register(&key, &fields).await.json()["number"].as_str().unwrap().to_owned();
    let path = format!("{DOCUMENTS}/{number}/status");
    let to_itself = json!({ "status": "superseded", "by": number });
    assert_eq!(house.send(&path, &key, &to_itself).await.problem(), is(400, "invalid_parameter"));
    let reserved = json!({ "status": "superseded", "by": numbers[1] });
    assert_eq!(house.send(&path, &key, &reserved).await.problem(), is(400, "invalid_parameter"));
    let change = json!({ "status": "superseded", "by": next });
    for _ in 0..2 {
        assert_eq!(house.send(&path, &key, &change).await.status, 200);
    }
    let checked = house.check(number, &iin).await.json();
    assert_eq!(
        (&checked["status"], &checked["superseded_by"]),
        (&"superseded".into(), &next.into())
    );
    let change = json!({ "status": "withdrawn", "reason": "issued_in_error" });
    assert_eq!(house.send(&path, &key, &change).await.status, 200);
    let checked = house.check(number, &iin).await.json();
    assert_eq!(
        (&checked["status"], &checked["reason"]),
        (&"withdrawn".into(), &"issued_in_error".into())
    );
    let change = json!({ "status": "withdrawn", "reason": "other" });
    assert_eq!(house.send(&path, &key, &change).await.problem(), is(409, "status_conflict"));
}

#[tokio::test]
async fn our_own_document_brings_its_number_and_recipient() {
    let house = House::provider("");
    let key = house.key(&Scope::ALL).token;
    let iin = invented_iin(5);
    let number = number(9);
    let document = house.output_document(&number, &iin);
    let certificate = house.mint.signer_certificate().unwrap();
    let signer = DocumentSigner::new(&*house.mint.signer.key, &certificate).unwrap();
    let signed = signer.sign(document, SignedBy::Person, &mut SeededRng::new(3)).unwrap();
    let answer = house.register(&key, &[("file", signed.octets())]).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.json()["number"], number);
    assert_eq!(house.check(&number, &iin).await.json()["genuine"], true);
    // Its page is another file of the same document.
    let pdf = signed.pdf(&Renderer::new().unwrap(), PageLanguage::Both).unwrap();
    let answer = house.register(&key, &[("file", &pdf)]).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.json()["sha256"], json!([sha256(signed.octets()), sha256(&pdf)]));
    let path = format!("{DOCUMENTS}/by-digest");
    let by_page = house.send(&path, "", &json!({ "sha256": sha256(&pdf) })).await.json();
    assert_eq!((&by_page["genuine"], &by_page["number"]), (&true.into(), &number.clone().into()));
    // Another document with the same number, and one whose number has no check digit.
    let mut other = house.output_document(&number, &iin);
    other.title.ru.push('!');
    let other = signer.sign(other, SignedBy::Person, &mut SeededRng::new(4)).unwrap();
    let taken = house.register(&key, &[("file", other.octets())]).await;
    assert_eq!(taken.problem(), is(409, "number_taken"));
    let wrong = house.output_document(&mistyped(9), &iin);
    let wrong = signer.sign(wrong, SignedBy::Person, &mut SeededRng::new(4)).unwrap();
    let refused = house.register(&key, &[("file", wrong.octets())]).await;
    assert_eq!(refused.problem(), is(400, "invalid_parameter"));
}

#[tokio::test]
async fn only_who_may_registers_and_only_what_passes() {
    let house = House::provider("");
    let key = house.key(&Scope::ALL);
    let iin = invented_iin(5);
    let signed = house.signed(Content::Inside);
    let fields: [(&str, &[u8]); 2] = [("file", &signed), ("recipient", iin.as_bytes())];
    let register = async |key: &str| house.register(key, &fields).await.problem();
    for wrong in ["", "?", &key.token[..key.token.len() - 2], &key.token.replace('_', "-")] {
        let answer = house.register(wrong, &fields).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert_eq!(answer.problem(), is(401, "unauthorized"));
    }
    let mut flipped = key.token.clone().into_bytes();
    let last = flipped.last_mut().unwrap();
    *last = if *last == b'0' { b'1' } else { b'0' };
    assert_eq!(register(&String::from_utf8(flipped).unwrap()).await, is(401, "unauthorized"));
    let narrow = house.key(&[Scope::Reserve, Scope::Status]).token;
    assert_eq!(register(&narrow).await, is(403, "forbidden"));
    let other = house.key_of(&invented_bin(77), &Scope::ALL).token;
    assert_eq!(register(&other).await, is(403, "other_issuer"));

    let mut altered = signed.clone();
    let at = altered.windows(4).position(|four| four == &crate::house::DOCUMENT[..4]).unwrap();
    altered[at + 2] ^= 1;
    let answer = house.register(&key.token, &[("file", &altered), fields[1]]).await;
    assert_eq!(answer.problem(), is(422, "not_accepted"));
    let certificate = house.mint.signer.certificate.clone();
    let answer = house.register(&key.token, &[("file", &certificate), fields[1]]).await;
    assert_eq!(answer.problem().0, 403, "a good certificate is no document");
    let answer = house.register(&key.token, &[fields[0]]).await;
    assert_eq!(answer.problem(), is(400, "invalid_parameter"));

    let answer = house.register(&key.token, &fields).await;
    let number = answer.json()["number"].as_str().unwrap().to_owned();
    // Another provider has no way to it.
    let path = format!("{DOCUMENTS}/{number}/status");
    let change = json!({ "status": "withdrawn", "reason": "other" });
    assert_eq!(house.send(&path, &other, &change).await.problem(), is(404, "unknown_document"));
    assert!(house.app.key_book().revoke(&key.id).unwrap());
    assert_eq!(register(&key.token).await, is(401, "unauthorized"));
    assert!(!house.app.key_book().revoke(&key.id).unwrap());
    let folder = house.folder.path().join("data");
    let written =
        ["registry.db", "registry.db-wal"].map(|n| std::fs::read(folder.join(n)).unwrap());
    let secret = &key.token.as_bytes()[key.token.len() - 64..];
    for file in written {
        for text in [secret, iin.as_bytes()] {
            assert!(!file.windows(text.len()).any(|w| w == text), "neither key nor IIN is kept");
        }
    }
}

#[tokio::test]
async fn what_is_only_missing_is_no_refusal() {
    let iin = invented_iin(5);
    for (hosts, answer) in [
        ("\"pki.qoltanba.invalid\"", is(503, "evidence_missing")),
        // Nobody may ask there: it will not come.
        ("\"127.0.0.1:1\"", is(422, "not_accepted")),
    ] {
        let house = House::provider(&format!("evidence.lists = []\nevidence.hosts = [{hosts}]"));
        let key = house.key(&Scope::ALL).token;
        let signed = house.signed(Content::Inside);
        let fields: [(&str, &[u8]); 2] = [("file", &signed), ("recipient", iin.as_bytes())];
        let refused = house.register(&key, &fields).await;
        assert_eq!(refused.header("retry-after").is_empty(), answer.0 == 422);
        assert_eq!(refused.problem(), answer);
    }
}

#[tokio::test]
async fn an_unknown_number_answers_as_one_of_somebody_else() {
    let house = House::provider(
        "registry.checks_per_minute = 0\nregistry.failed_checks_of_client_per_day = 3",
    );
    let key = house.key(&Scope::ALL).token;
    let (iin, stranger) = (invented_iin(5), invented_iin(6));
    let signed = house.signed(Content::Inside);
    let fields: [(&str, &[u8]); 2] = [("file", &signed), ("recipient", iin.as_bytes())];
    let there = house.register(&key, &fields).await.json()["number"].as_str().unwrap().to_owned();
    let reserved = house.send(&format!("{DOCUMENTS}/numbers"), &key, &json!({ "count": 1 })).await;
    let reserved = reserved.json()["numbers"][0].as_str().unwrap().to_owned();
    let unknown = number(99);
    // Whoever names the recipient is not counted.
    for _ in 0..20 {
        assert_eq!(house.check(&there, &iin).await.json()["genuine"], true);
    }
    let mut seen = BTreeSet::new();
    for number in [&there, &reserved, &unknown] {
        for round in 0..5 {
            let answer = house.check(number, &stranger).await;
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            let headers = format!("{headers:?}");
            let mut body = answer.body.clone();
            if answer.status == 429 {
                let mut problem = answer.json();
                problem["request_id"] = Value::Null;
                body = problem.to_string().into_bytes();
            }
            assert_eq!(answer.status.as_u16(), if round < 3 { 200 } else { 429 }, "{round}");
            seen.insert((answer.status.as_u16(), headers, body));
        }
    }
    assert_eq!(seen.len(), 2, "one answer, and one when there were too many: {seen:?}");
    // Who guessed too often does not learn either that he guessed well.
    assert_eq!(house.check(&there, &iin).await.problem(), is(429, "too_many_requests"));
}

#[tokio::test]
async fn a_client_is_limited_whatever_it_asks_for() {
    let house = House::provider("registry.checks_per_minute = 4");
    let numbers = (0..6).map(|seed| UniqueNumber::generate(&mut SeededRng::new(seed)));
    let mut statuses = Vec::new();
    for number in numbers {
        statuses.push(house.check(number.as_str(), &invented_iin(1)).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 200, 429, 429]);
    let by_digest = json!({ "sha256": "0".repeat(64) });
    let answer = house.send(&format!("{DOCUMENTS}/by-digest"), "", &by_digest).await;
    assert_eq!(answer.problem(), is(429, "too_many_requests"));
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_without_repeating_it() {
    let house = House::provider("registry.reserved = 5");
    let key = house.key(&Scope::ALL).token;
    let (number, iin) = (number(1), invented_iin(1));
    for body in [
        json!({ "number": number }),
        json!({ "number": number, "recipient": iin, "other": 1 }),
        json!({ "number": 1, "recipient": iin }),
    ] {
        assert_eq!(house.send(CHECK, "", &body).await.problem(), is(400, "bad_request"));
    }
    for (number, recipient) in [
        (mistyped(1).as_str(), iin.as_str()),
        ("1", iin.as_str()),
        (&number, "92010110000"),
        (&number, ""),
    ] {
        let answer = house.check(number, recipient).await;
        assert_eq!(answer.problem(), is(400, "invalid_parameter"));
        let body = String::from_utf8(answer.body).unwrap();
        assert!(recipient.is_empty() || !body.contains(recipient), "{body}");
    }
    let long = Request::post(CHECK).header("content-type", "application/json");
    let long = house.ask(long.body(Body::from(vec![b' '; 20_000])).unwrap()).await;
    assert_eq!(long.problem(), is(413, "too_large"));
    let text = Request::post(CHECK).header("content-type", "text/plain");
    let answer = house.ask(text.body(Body::from("{}")).unwrap()).await;
    assert_eq!(answer.problem(), is(415, "unsupported_media_type"));
    let numbers = format!("{DOCUMENTS}/numbers");
    for count in [0, 1001] {
        let answer = house.send(&numbers, &key, &json!({ "count": count })).await;
        assert_eq!(answer.problem(), is(400, "invalid_parameter"));
    }
    assert_eq!(house.send(&numbers, &key, &json!({ "count": 4 })).await.status, 201);
    let answer = house.send(&numbers, &key, &json!({ "count": 2 })).await;
    assert_eq!(answer.problem(), is(409, "too_many_reserved"));
    let path = format!("{DOCUMENTS}/{number}/status");
    let change = json!({ "status": "withdrawn", "reason": "other" });
    assert_eq!(house.send(&path, &key, &change).await.problem(), is(404, "unknown_document"));
    let free = json!({ "status": "withdrawn", "reason": "Ахметова Әсел" });
    assert_eq!(house.send(&path, &key, &free).await.problem(), is(400, "bad_request"));
}

#[tokio::test]
async fn a_path_that_is_no_text_is_told_as_a_problem() {
    let house = House::provider("");
    let key = house.key(&Scope::ALL).token;
    let change = json!({ "status": "withdrawn", "reason": "error" });
    let answer = house.send(&format!("{DOCUMENTS}/%ff/status"), &key, &change).await;
    assert_eq!(answer.problem(), is(400, "invalid_parameter"));
}

#[tokio::test]
async fn reserved_numbers_whose_answer_was_lost_are_found_and_given_back() {
    let house = House::provider("registry.reserved = 1200");
    let key = house.key(&Scope::ALL).token;
    let (numbers, release) =
        (format!("{DOCUMENTS}/numbers"), format!("{DOCUMENTS}/numbers/release"));
    let list = async |key: &str, query: &str| {
        let path = format!("{numbers}{query}");
        let request = Request::get(path).header("authorization", format!("Bearer {key}"));
        house.ask(request.body(Body::empty()).unwrap()).await
    };
    let drawn = async |count: u32| {
        let answer = house.send(&numbers, &key, &json!({ "count": count })).await;
        assert_eq!(answer.status, 201);
        let all = answer.json()["numbers"].as_array().unwrap().clone();
        all.into_iter().map(|one| one.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    assert_eq!(list(&key, "").await.json(), json!({ "numbers": [], "more": false }));
    let mut all = drawn(1000).await;
    all.extend(drawn(200).await);
    let full = house.send(&numbers, &key, &json!({ "count": 1 })).await;
    assert_eq!(full.problem(), is(409, "too_many_reserved"));
    // Page by page, each once, in order.
    let (mut found, mut query) = (Vec::new(), String::new());
    loop {
        let page = list(&key, &query).await.json();
        let some = page["numbers"].as_array().unwrap();
        assert!(some.iter().all(|one| one["reserved"] == NOW));
        found.extend(some.iter().map(|one| one["number"].as_str().unwrap().to_owned()));
        if page["more"] == false {
            break;
        }
        assert_eq!(some.len(), 1000);
        query = format!("?after={}", found.last().unwrap());
    }
    assert_eq!(found, all.iter().cloned().collect::<Vec<_>>());
    // One of them is used, and others are given back.
    let (first, rest) = found.split_at(1);
    let (signed, iin) = (house.signed(Content::Inside), invented_iin(1));
    let fields: [(&str, &[u8]); 3] =
        [("file", &signed), ("recipient", iin.as_bytes()), ("number", first[0].as_bytes())];
    assert_eq!(house.register(&key, &fields).await.status, 201);
    let back = |some: &[String]| json!({ "numbers": some });
    for (body, code) in [
        (back(&found[..2]), is(409, "number_taken")),
        (back(&[rest[0].clone(), number(77)]), is(409, "number_not_reserved")),
        (back(&[]), is(400, "invalid_parameter")),
        (back(&vec![number(5); 501]), is(400, "invalid_parameter")),
        (back(&["1".to_owned()]), is(400, "invalid_parameter")),
    ] {
        assert_eq!(house.send(&release, &key, &body).await.problem(), code);
    }
    assert_eq!(list(&key, "").await.json()["numbers"][0]["number"], rest[0], "all or none");
    let released = house.send(&release, &key, &back(&rest[..500])).await;
    assert_eq!((released.status.as_u16(), released.json()), (200, back(&rest[..500])));
    let again = house.send(&release, &key, &back(&rest[..1])).await;
    assert_eq!(again.problem(), is(409, "number_not_reserved"));
    let left = list(&key, "").await.json();
    assert_eq!((left["numbers"].as_array().unwrap().len(), &left["more"]), (699, &false.into()));
    drawn(501).await;
    // Only with the scope, and only one's own.
    let other = house.key_of(invented_bin(7).as_str(), &Scope::ALL).token;
    assert_eq!(list(&other, "").await.json(), json!({ "numbers": [], "more": false }));
    let foreign = house.send(&release, &other, &back(&rest[600..601])).await;
    assert_eq!(foreign.problem(), is(409, "number_not_reserved"));
    let barred = house.key(&[Scope::Register, Scope::Status]).token;
    assert_eq!(list(&barred, "").await.problem(), is(403, "forbidden"));
    assert_eq!(
        house.send(&release, &barred, &back(&rest[600..601])).await.problem(),
        is(403, "forbidden")
    );
    assert_eq!(list("", "").await.problem(), is(401, "unauthorized"));
    assert_eq!(list(&key, "?after=1").await.problem(), is(400, "invalid_parameter"));
    assert_eq!(list(&key, "?after=1&after=2").await.problem(), is(400, "bad_request"));
    // The audit log tells it.
    house.app.export_audit().await;
    let path = house.data("registry.db");
    assert!(qoltanba_server::verify_audit(&path, None, &[]).unwrap().is_whole());
    let db = rusqlite::Connection::open(&path).unwrap();
    let told: i64 = db
        .query_row("SELECT count(*) FROM audit WHERE line LIKE '%numbers_released%'", [], |r| {
            r.get(0)
        })
        .unwrap();
    assert_eq!(told, 1, "what was refused is none");
}
