//! What bounds protocols, and where their links lead.

use axum::{body::Body, http::Request};
use qoltanba::{identity::Role, sign::CmsSigner};
use qoltanba_server::{App, Config, ConfigError, SettingFault};
use qoltanba_testkit::SeededRng;
use serde_json::Value;

use crate::house::{Answer, Content, House, form};

const WITH_PROTOCOL: &str = "/api/v1/verify?protocol=true";

impl House {
    /// A message that the person of the test authority signed so often.
    fn signed_often(&self, times: usize) -> Vec<u8> {
        let certificate = self.mint.signer_certificate().unwrap();
        let signer = CmsSigner::new(&*self.mint.signer.key, &certificate).unwrap();
        let again = |message: Vec<u8>, seed| {
            signer.cosign(&message, None, &mut SeededRng::new(seed)).unwrap()
        };
        (1..times as u64).fold(self.signed(Content::Inside), again)
    }

    /// How many octets are kept of protocols.
    fn kept(&self) -> i64 {
        let path = self.folder.path().join("data/registry.db");
        let db = rusqlite::Connection::open(path).unwrap();
        let sql = "SELECT ifnull(sum(length(message) + length(page)), 0) FROM protocol";
        db.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

/// Coming again changes nothing.
fn too_large() -> (String, Option<u64>) {
    ("protocol_too_large".to_owned(), None)
}

/// Why there is no protocol beside a verdict, and when to come again.
fn without(answer: &Answer) -> (String, Option<u64>) {
    let answer = answer.json();
    assert_eq!((&answer["verdict"], &answer["protocol"]), (&"passed".into(), &Value::Null));
    let problem = &answer["protocol_problem"];
    (problem["code"].as_str().unwrap().to_owned(), problem["retry_after"].as_u64())
}

fn signatures(answer: &Answer) -> (u16, usize) {
    let found = answer.json()["signatures"].as_array().map_or(0, Vec::len);
    (answer.status.as_u16(), found)
}

#[tokio::test]
async fn of_too_many_signatures_there_is_no_protocol_and_verifying_goes_on() {
    let house = House::keyed(Role::FirstHead, "protocol.signatures = 2");
    let (two, three) = (house.signed_often(2), house.signed_often(3));
    assert_eq!(signatures(&house.post(WITH_PROTOCOL, two).await), (200, 2));
    let kept = house.kept();
    let refused = house.post(WITH_PROTOCOL, three.clone()).await;
    assert_eq!((signatures(&refused), without(&refused)), ((200, 3), too_large()));
    assert_eq!(house.kept(), kept);
    assert_eq!(signatures(&house.post("/api/v1/verify", three).await), (200, 3));
}

#[tokio::test]
async fn a_protocol_of_as_many_signatures_as_may_be_is_within_its_octets() {
    let house = House::keyed(Role::FirstHead, "");
    let made = house.post(WITH_PROTOCOL, house.signed_often(16)).await;
    assert_eq!(signatures(&made), (200, 16));
    println!("a protocol of sixteen signatures: {} octets", house.kept());
    let refused = house.post(WITH_PROTOCOL, house.signed_often(17)).await;
    assert_eq!((signatures(&refused), without(&refused)), ((200, 17), too_large()));
}

#[tokio::test]
async fn protocols_have_so_much_room_and_each_its_part() {
    let house = House::keyed(Role::FirstHead, "");
    let file = house.signed(Content::Inside);
    assert_eq!(house.post(WITH_PROTOCOL, file.clone()).await.status, 200);
    let one = house.kept();

    let bytes =
        |bytes: i64, all: i64| format!("protocol.bytes = {bytes}\nprotocol.kept_bytes = {all}");
    let house = House::keyed(Role::FirstHead, &bytes(one - 200, 10 * one));
    let refused = house.post(WITH_PROTOCOL, file.clone()).await;
    assert_eq!(without(&refused), too_large());
    assert_eq!(house.kept(), 0);

    let house = House::keyed(Role::FirstHead, &bytes(one + 200, 2 * one + 200));
    for _ in 0..2 {
        let made = house.post(WITH_PROTOCOL, file.clone()).await.json();
        assert_eq!(made["protocol_problem"], Value::Null);
    }
    let full = house.post(WITH_PROTOCOL, file.clone()).await;
    assert_eq!(without(&full), ("protocols_full".to_owned(), Some(3600)));
    let fields = form(&[("file", &file), ("protocol", b"true")]);
    let page = String::from_utf8(house.posted("/ru/check", fields).await.body).unwrap();
    assert!(page.contains("Повторите через <strong>1\u{a0}ч</strong>."), "{page}");
    assert!(house.kept() <= 2 * one + 200);
    assert_eq!(house.post("/api/v1/verify", file).await.status, 200);
}

#[test]
fn who_signs_protocols_for_others_knows_where_their_links_lead() {
    let start = |role: Role, listen: &str, public: &str| {
        let house = House::keyed(role, "");
        let text = std::fs::read_to_string(house.folder.path().join("server.toml")).unwrap();
        let text =
            text.replace("server.listen = \"127.0.0.1:0\"", &format!("server.listen = {listen:?}"));
        let text = format!("server.public_url = {public:?}\n{text}");
        let config = Config::read(&text, std::iter::empty()).unwrap();
        App::new(config).map(drop)
    };
    let wrong =
        |fault| Err(ConfigError::Value { name: "server.public_url".to_owned(), wrong: fault });
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.7:8080"] {
        let refused = start(Role::FirstHead, listen, "");
        assert_eq!(refused, wrong(SettingFault::NoPublicAddress), "{listen}");
    }
    assert_eq!(start(Role::FirstHead, "0.0.0.0:0", "https://check.example.kz/"), Ok(()));
    assert_eq!(start(Role::FirstHead, "127.0.0.1:0", ""), Ok(()));
    // Whose key makes no protocols has no links.
    assert_eq!(start(Role::Individual, "0.0.0.0:0", ""), Ok(()));
}

#[tokio::test]
async fn a_link_has_one_slash() {
    for public in ["https://check.example.kz", "https://check.example.kz/"] {
        let house = House::keyed(Role::FirstHead, &format!("server.public_url = {public:?}"));
        let request = Request::post(WITH_PROTOCOL).body(Body::from(house.signed(Content::Inside)));
        let made = house.ask(request.unwrap()).await.json()["protocol"].clone();
        let id = made["id"].as_str().unwrap();
        assert_eq!(made["url"], format!("https://check.example.kz/p/{id}"));
    }
}
