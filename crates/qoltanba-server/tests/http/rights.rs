//! Whose a number is, whose a document, and what a key opens.

use axum::{
    body::{Body, Bytes},
    http::Request,
};
use futures_util::stream;
use qoltanba::{
    paper::{DocumentSigner, form::SignedBy},
    sign::XmlSigner,
};
use qoltanba_server::{NewKey, Scope};
use qoltanba_testkit::{SeededRng, invented_bin, invented_iin};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    house::{Answer, BOUNDARY, Content, House, form},
    registry::{DOCUMENTS, is, number},
};

const UNLIMITED: &str = "registry.checks_per_minute = 0\nregistry.failed_checks_of_client_per_day = 0\n\
     registry.failed_checks_per_day = 0";

impl House {
    fn database(&self) -> Connection {
        Connection::open(self.folder.path().join("data/registry.db")).unwrap()
    }

    /// Registers a document of this text for a recipient; its number.
    async fn registered(&self, key: &str, text: &str, iin: &str) -> String {
        let signed = self.sign(text.as_bytes(), Content::Inside);
        let answer = self.register(key, &[("file", &signed), ("recipient", iin.as_bytes())]).await;
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()["number"].as_str().unwrap().to_owned()
    }

    async fn reserved(&self, key: &str) -> String {
        let answer = self.send(&format!("{DOCUMENTS}/numbers"), key, &json!({ "count": 1 })).await;
        answer.json()["numbers"][0].as_str().unwrap().to_owned()
    }

    async fn change(&self, key: &str, number: &str, change: &Value) -> Answer {
        self.send(&format!("{DOCUMENTS}/{number}/status"), key, change).await
    }
}

fn withdrawn() -> Value {
    json!({ "status": "withdrawn", "reason": "other" })
}

#[tokio::test]
async fn each_scope_opens_its_own_door_and_no_other() {
    let house = House::provider("");
    let iin = invented_iin(5);
    let owner = house.key(&Scope::ALL).token;
    let there = house.registered(&owner, "first", &iin).await;
    let signed = house.sign(b"second", Content::Inside);
    for scope in Scope::ALL {
        let key = house.key(&[scope]).token;
        let doors = [
            (
                Scope::Reserve,
                house.send(&format!("{DOCUMENTS}/numbers"), &key, &json!({ "count": 1 })).await,
            ),
            (
                Scope::Register,
                house.register(&key, &[("file", &signed), ("recipient", iin.as_bytes())]).await,
            ),
            (Scope::Status, house.change(&key, &there, &withdrawn()).await),
        ];
        for (door, answer) in doors {
            match door == scope {
                true => assert!(answer.status.is_success(), "{scope:?} {door:?}"),
                false => assert_eq!(answer.problem(), is(403, "forbidden"), "{scope:?} {door:?}"),
            }
        }
    }
}

/// A body whose first octets are waited for until the key was revoked.
fn body_after_revoking(house: &House, key: &NewKey, body: Vec<u8>) -> Body {
    let (book, id) = (house.app.key_book(), key.id.clone());
    let body = stream::once(async move {
        assert!(book.revoke(&id).unwrap());
        Ok::<_, std::io::Error>(Bytes::from(body))
    });
    Body::from_stream(body)
}

#[tokio::test]
async fn a_key_that_was_revoked_opens_nothing_more() {
    let house = House::provider("");
    let iin = invented_iin(5);
    let owner = house.key(&Scope::ALL).token;
    let there = house.registered(&owner, "first", &iin).await;
    let signed = house.sign(b"second", Content::Inside);
    let rows = || -> (i64, i64) {
        let count = "SELECT count(*), sum(status) FROM document";
        house.database().query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    let before = rows();
    let multipart = format!("multipart/form-data; boundary={BOUNDARY}");
    let json_body = |value: &Value| ("application/json".to_owned(), value.to_string().into_bytes());
    let doors = [
        (format!("{DOCUMENTS}/numbers"), json_body(&json!({ "count": 1 }))),
        (format!("{DOCUMENTS}/{there}/status"), json_body(&withdrawn())),
        (
            DOCUMENTS.to_owned(),
            (multipart, form(&[("file", &signed), ("recipient", iin.as_bytes())])),
        ),
    ];
    for (path, (kind, body)) in doors {
        let key = house.key(&Scope::ALL);
        let ask = async |body: Body| {
            let request = Request::post(&path)
                .header("authorization", format!("Bearer {}", key.token))
                .header("content-type", &kind);
            house.ask(request.body(body).unwrap()).await.problem()
        };
        // While its request is under way, and before what it brings is looked at.
        let under_way = body_after_revoking(&house, &key, body);
        assert_eq!(ask(under_way).await, is(401, "unauthorized"), "{path}");
        assert_eq!(ask(Body::from("?")).await, is(401, "unauthorized"), "{path}");
    }
    assert_eq!(rows(), before, "nothing was written");
}

#[tokio::test]
async fn a_recipient_is_known_by_every_digit_and_by_no_other_document() {
    let house = House::provider(UNLIMITED);
    let key = house.key(&Scope::ALL).token;
    let iin = invented_iin(5);
    let first = house.registered(&key, "first", &iin).await;
    let second = house.registered(&key, "second", &iin).await;
    for number in [&first, &second] {
        assert_eq!(house.check(number, &iin).await.json()["genuine"], true);
    }
    let digits: [u8; 11] = std::array::from_fn(|place| iin.as_bytes()[place] - b'0');
    for place in 0..digits.len() {
        // Another digit with which there is a number: its check digit differs too, or not.
        let near = (1..10).find_map(|more| {
            let mut near = digits;
            near[place] = (near[place] + more) % 10;
            let check = qoltanba::numbers::check_digit(&near)?;
            Some(near.into_iter().chain([check]).map(|digit| digit.to_string()).collect::<String>())
        });
        let told = house.check(&first, &near.unwrap()).await.json();
        assert_eq!(told, json!({ "genuine": false }), "{place}");
    }
    let last = (iin.as_bytes()[11] - b'0' + 1) % 10;
    let mistyped = house.check(&first, &format!("{}{last}", &iin[..11])).await;
    assert_eq!(mistyped.problem(), is(400, "invalid_parameter"));
    // Of two documents of one person it is not seen that they are.
    let hashes = |number: &str| -> [Vec<u8>; 2] {
        let sql = "SELECT recipient_a, recipient_b FROM document WHERE number = ?1";
        house.database().query_row(sql, [number], |row| Ok([row.get(0)?, row.get(1)?])).unwrap()
    };
    assert!(hashes(&first).iter().all(|hash| !hashes(&second).contains(hash)));
}

#[tokio::test]
async fn our_own_document_is_registered_as_it_says_and_by_whom_it_names() {
    let house = House::provider("");
    let key = house.key(&Scope::ALL).token;
    let iin = invented_iin(5);
    let certificate = house.mint.signer_certificate().unwrap();
    let signer = DocumentSigner::new(&*house.mint.signer.key, &certificate).unwrap();
    let sign = |number: &str| {
        let document = house.output_document(number, &iin);
        let signed = signer.sign(document, SignedBy::Person, &mut SeededRng::new(3)).unwrap();
        signed.octets().to_vec()
    };
    let own = number(9);
    let file = sign(&own);
    let with = async |name: &str, value: &str| {
        house.register(&key, &[("file", &file), (name, value.as_bytes())]).await
    };
    assert_eq!(with("number", &number(8)).await.problem(), is(400, "invalid_parameter"));
    let stranger = invented_iin(6);
    assert_eq!(with("recipient", &stranger).await.problem(), is(400, "invalid_parameter"));
    assert_eq!(with("number", &own).await.status, 201);
    assert_eq!(with("recipient", &iin).await.status, 200);
    assert_eq!(house.check(&own, &iin).await.json()["genuine"], true);

    // A number that another provider reserved.
    let other = house.key_of(&invented_bin(77), &Scope::ALL).token;
    let others = sign(&house.reserved(&other).await);
    let refused = house.register(&key, &[("file", &others)]).await;
    assert_eq!(refused.problem(), is(409, "number_taken"));
    // A document in another's name.
    let mut document = house.output_document(&number(10), &iin);
    document.issuer.bin = invented_bin(77).parse().unwrap();
    let xml = document.to_xml().unwrap();
    let by = XmlSigner::new(&*house.mint.signer.key, &certificate).unwrap();
    let foreign = by.sign(&xml, &mut SeededRng::new(3)).unwrap();
    let report = house.post("/api/v1/verify", foreign.clone()).await.json();
    assert_eq!(report["verdict"], "passed", "its signature alone is good");
    let refused = house.register(&key, &[("file", &foreign)]).await;
    assert_eq!(refused.problem(), is(403, "other_issuer"));
    assert_eq!(
        house.register(&other, &[("file", &foreign)]).await.problem(),
        is(403, "other_issuer")
    );
}

#[tokio::test]
async fn a_file_has_one_number() {
    let house = House::provider("");
    let key = house.key(&Scope::ALL).token;
    let iin = invented_iin(5);
    let signed = house.sign(b"first", Content::Inside);
    let number = house.registered(&key, "first", &iin).await;
    let another = house.reserved(&key).await;
    let with = async |number: &str| {
        let fields: [(&str, &[u8]); 3] =
            [("file", &signed), ("recipient", iin.as_bytes()), ("number", number.as_bytes())];
        house.register(&key, &fields).await
    };
    assert_eq!(with(&another).await.problem(), is(409, "already_registered"));
    assert_eq!(with(&number).await.status, 200);
}

#[tokio::test]
async fn what_takes_the_place_of_a_document_is_in_force_and_stays() {
    let house = House::provider(UNLIMITED);
    let key = house.key(&Scope::ALL).token;
    let iin = invented_iin(5);
    let mut numbers = Vec::new();
    for text in ["first", "second", "third", "fourth"] {
        numbers.push(house.registered(&key, text, &iin).await);
    }
    let [first, second, third, fourth] = &numbers[..] else { panic!("{numbers:?}") };
    let by = |number: &str| json!({ "status": "superseded", "by": number });
    let invalid = is(400, "invalid_parameter");
    // One of another provider, one that is not in force any more.
    let owner = "UPDATE document SET issuer = ?2 WHERE number = ?1";
    house.database().execute(owner, [third, &invented_bin(77)]).unwrap();
    assert_eq!(house.change(&key, first, &by(third)).await.problem(), invalid);
    house.database().execute(owner, [third, &house.bin()]).unwrap();
    assert_eq!(house.change(&key, fourth, &withdrawn()).await.status, 200);
    assert_eq!(house.change(&key, first, &by(fourth)).await.problem(), invalid);
    assert_eq!(house.check(first, &iin).await.json()["status"], "issued");

    let later = house.again("2026-11-26T09:00:00Z", "");
    assert_eq!(later.change(&key, first, &by(second)).await.status, 200);
    assert_eq!(later.change(&key, second, &by(first)).await.problem(), invalid);
    let conflict = is(409, "status_conflict");
    assert_eq!(later.change(&key, first, &by(third)).await.problem(), conflict);
    let told = later.check(first, &iin).await.json();
    assert_eq!(
        (&told["status"], &told["superseded_by"]),
        (&"superseded".into(), &second[..].into())
    );
    assert_eq!(
        (&told["registered"], &told["changed"]),
        (&crate::house::NOW.into(), &"2026-11-26T09:00:00Z".into())
    );
}
