//! Signed protocols of checks.

use axum::{body::Body, http::Request};
use qoltanba::{
    Limits,
    identity::Role,
    paper::{ScannedPages, SignedDocument},
    sign::extract,
};
use qoltanba_server::{AuditFaultKind, Server, verify_audit};
use serde_json::{Value, json};

use crate::{
    house::{Answer, BOUNDARY, Content, House, form},
    registry::{is, sha256},
};

pub(crate) const PROTOCOLS: &str = "/api/v1/protocols";
const FILE: &str = "анықтама-890101300004-20261125920101100008.cms";

impl House {
    pub(crate) async fn posted(&self, path: &str, body: Vec<u8>) -> Answer {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = Request::post(path).header("content-type", kind);
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// Verifies a file of that name with a protocol.
    async fn checked(&self, file: &[u8]) -> Answer {
        let named = |body: Vec<u8>| {
            let name = b"filename=\"f\"";
            let at = body.windows(name.len()).position(|w| w == name).unwrap();
            let name = format!("filename=\"{FILE}\"");
            [&body[..at], name.as_bytes(), &body[at + 12..]].concat()
        };
        let body = named(form(&[("file", file), ("protocol", b"true")]));
        self.posted("/api/v1/verify?lang=en", body).await
    }

    async fn protocol(&self, file: &[u8]) -> Value {
        let answer = self.checked(file).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()["protocol"].clone()
    }

    fn iin(&self) -> String {
        let certificate = self.mint.signer_certificate().unwrap();
        let subject = qoltanba::identity::Subject::claimed_by(&certificate);
        subject.iin.map(|iin| iin.to_string()).unwrap_or_default()
    }
}

fn has(octets: &[u8], text: &str) -> bool {
    octets.windows(text.len()).any(|window| window == text.as_bytes())
}

/// All the same but for the number of the request.
fn plain(answer: &Answer) -> (u16, String, Value) {
    let mut headers = answer.headers.clone();
    headers.remove("x-request-id");
    let mut body = answer.json();
    body["request_id"] = Value::Null;
    (answer.status.as_u16(), format!("{headers:?}"), body)
}

#[tokio::test]
async fn a_protocol_is_signed_three_times_over_and_names_no_number_of_a_person() {
    let house = House::keyed(Role::FirstHead, "server.public_url = \"https://check.example.kz/\"");
    let (file, iin) = (house.signed(Content::Inside), house.iin());
    let made = house.protocol(&file).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(id.len(), 32);
    assert_eq!(made["url"], format!("https://check.example.kz/p/{id}"));
    assert_eq!(made["expires"], "2026-12-25T12:00:00Z");

    let told = house.get(&format!("{PROTOCOLS}/{id}")).await;
    assert_eq!((told.status.as_u16(), told.header("content-type")), (200, "application/json"));
    let said = told.json();
    assert_eq!(said["files"][0]["sha256"], sha256(&file));
    assert_eq!(said["files"][0]["name"], "анықтама-********0004-20261125********0008.cms");
    assert_eq!(
        (&said["verdict"]["verdict"], &said["verdict"]["state"]),
        (&"passed".into(), &"good".into())
    );
    assert_eq!(said["report"]["asked"]["now"], crate::house::NOW);
    assert_eq!(said["report"]["signatures"][0]["signer"]["iin"], format!("********{}", &iin[8..]));
    assert_eq!(said["service"]["bin"], house.bin());
    assert_eq!(said["evidence"]["lists"].as_array().unwrap().len(), house.mint.lists.len());
    let mut sorted = said.clone();
    sorted.sort_all_objects();
    assert_eq!(serde_json::to_vec(&sorted).unwrap(), told.body, "canonical");

    let message = house.get(&format!("{PROTOCOLS}/{id}.cms")).await;
    assert_eq!(message.header("content-type"), "application/cms");
    assert_eq!(extract(&message.body, &Limits::default()).unwrap(), told.body);
    let page = house.get(&format!("{PROTOCOLS}/{id}.pdf")).await;
    assert_eq!(page.header("content-type"), "application/pdf");
    for octets in [&message.body, &page.body] {
        let report = house.post("/api/v1/verify", octets.clone()).await.json();
        assert_eq!(report["verdict"], "passed", "{report:#}");
        assert_eq!(report["signatures"][0]["signer"]["bin"], house.bin());
    }
    let document = SignedDocument::from_pdf(&page.body, &Limits::default()).unwrap();
    let pages = ScannedPages::read(&[&page.body], &Limits::default()).unwrap();
    assert!(pages.texts().iter().any(|text| *text == made["url"].as_str().unwrap()), "the QR");
    if let Ok(folder) = std::env::var("QOLTANBA_SHOW") {
        std::fs::write(format!("{folder}/protocol.pdf"), &page.body).unwrap();
    }

    let shown = house.get(&format!("/p/{id}?lang=ru")).await;
    assert_eq!((shown.status.as_u16(), shown.header("content-language")), (200, "ru"));
    assert!(has(&shown.body, "20261125********0008.cms") && has(&shown.body, &sha256(&file)));
    for octets in [&told.body, document.octets(), &shown.body] {
        for number in ["890101300004", "920101100008"] {
            assert!(!has(octets, number), "a name of a file");
        }
    }
    // The certificate of the service, which names its head, is in the signatures alone.
    for octets in [&told.body, &shown.body, &document.document().to_xml().unwrap()] {
        assert!(!has(octets, &iin));
    }
}

#[tokio::test]
async fn a_system_signs_protocols_too_and_bad_files_get_them_as_well() {
    let house = House::keyed(Role::InformationSystem, "protocol.name_kk = \"Тексеру қызметі\"");
    let mut file = house.signed(Content::Inside);
    let at = file.windows(4).position(|four| four == &crate::house::DOCUMENT[..4]).unwrap();
    file[at + 2] ^= 1;
    let id = house.protocol(&file).await["id"].as_str().unwrap().to_owned();
    let said = house.get(&format!("{PROTOCOLS}/{id}")).await.json();
    assert_eq!(
        (&said["verdict"]["verdict"], &said["verdict"]["state"]),
        (&"failed".into(), &"not_good".into())
    );
    assert_eq!(said["service"]["name"]["kk"], "Тексеру қызметі");
    let sentence = &said["verdict"]["sentence"];
    assert!(sentence["kk"] != sentence["ru"] && sentence["ru"] != sentence["en"]);
    let page = house.get(&format!("{PROTOCOLS}/{id}.pdf")).await.body;
    assert_eq!(house.post("/api/v1/verify", page).await.json()["verdict"], "passed");
}

/// A reason names its certificate, and that names its person.
#[tokio::test]
async fn a_protocol_of_what_could_not_be_checked_names_no_number_either() {
    let house = House::keyed(Role::FirstHead, "evidence.lists = []");
    let (file, iin) = (house.signed(Content::Inside), house.iin());
    let report = house.post("/api/v1/verify?lang=en", file.clone()).await.json();
    assert!(report["message"].as_str().unwrap().contains(&iin), "{report:#}");
    let id = house.protocol(&file).await["id"].as_str().unwrap().to_owned();
    let told = house.get(&format!("{PROTOCOLS}/{id}")).await;
    assert_eq!(told.json()["verdict"]["state"], "could_not_check");
    let page = house.get(&format!("{PROTOCOLS}/{id}.pdf")).await;
    let document = SignedDocument::from_pdf(&page.body, &Limits::default()).unwrap();
    let xml = document.document().to_xml().unwrap();
    let shown = house.get(&format!("/p/{id}")).await;
    let hidden = format!("********{}", &iin[8..]);
    for octets in [&told.body, &xml, &shown.body] {
        assert!(has(octets, &hidden) && !has(octets, &iin));
    }
}

/// Who has the link has the protocol: it is a secret of whoever asked.
#[tokio::test]
async fn no_line_of_the_log_has_what_stands_in_a_path() {
    let house = House::keyed(Role::FirstHead, "");
    let made = house.protocol(&house.signed(Content::Inside)).await;
    let id = made["id"].as_str().unwrap();
    let unknown = "f00d".repeat(8);
    for path in [format!("{PROTOCOLS}/{id}.cms"), format!("/p/{id}"), format!("/nowhere/{unknown}")]
    {
        house.get(&path).await;
    }
    let log = std::fs::read_to_string(crate::house::log()).unwrap();
    assert!(log.contains("\"route\":\"/p/{id}\""), "the pattern is told");
    assert!(!log.contains(id) && !log.contains(&unknown));
}

#[tokio::test]
async fn a_file_is_compared_and_not_kept() {
    let house = House::keyed(Role::FirstHead, "");
    let (file, data) = (house.signed(Content::Apart), crate::house::DOCUMENT);
    let body = form(&[("file", &file), ("data", data), ("protocol", b"true")]);
    let made = house.posted("/api/v1/verify", body).await.json()["protocol"].clone();
    let id = made["id"].as_str().unwrap();
    let path = format!("{PROTOCOLS}/{id}/compare");
    for (octets, part) in [(file.as_slice(), "file"), (data, "data")] {
        let told = house.post(&path, octets.to_vec()).await.json();
        assert_eq!((&told["same"], &told["file"]["part"]), (&true.into(), &part.into()));
    }
    let other = house.posted(&path, form(&[("file", b"another")])).await.json();
    let told = json!({ "same": false, "sha256": sha256(b"another"), "file": null });
    assert_eq!(other, told);
    assert_eq!(house.post(&path, "").await.problem(), is(400, "no_file"));
    let wrong = house.posted(&path, form(&[("other", b"x")])).await;
    assert_eq!(wrong.problem(), is(400, "bad_request"));
    for (lang, same, differs) in [
        ("kk", "осы хаттамадағы файл", "мұндай файл жоқ"),
        ("ru", "файл из этого протокола", "в протоколе нет"),
        ("en", "a file of this protocol", "has no such file"),
    ] {
        let path = format!("/p/{id}?lang={lang}");
        let shown = house.posted(&path, form(&[("file", &file)])).await;
        assert!(shown.status == 200 && has(&shown.body, same), "{lang}");
        let shown = house.posted(&path, form(&[("file", b"another")])).await;
        assert!(has(&shown.body, differs) && !has(&shown.body, same), "{lang}");
    }
    let folder = house.folder.path().join("data");
    for name in ["registry.db", "registry.db-wal"] {
        let written = std::fs::read(folder.join(name)).unwrap();
        assert!(!has(&written, str::from_utf8(data).unwrap()), "no content is kept");
    }
}

#[tokio::test]
async fn the_page_lets_nothing_else_in() {
    let house = House::keyed(Role::FirstHead, "");
    let made = house.protocol(&house.signed(Content::Inside)).await;
    let shown = house.get(&format!("/p/{}", made["id"].as_str().unwrap())).await;
    let page = String::from_utf8(shown.body.clone()).unwrap();
    let policy = shown.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    assert!(!page.contains("<style") && !page.contains("http"), "nothing from other hosts");
    assert_eq!(page.matches("<script").count(), page.matches("<script src=\"/assets/").count());
    assert_eq!(shown.header("x-robots-tag"), "noindex, nofollow");
    if let Ok(folder) = std::env::var("QOLTANBA_SHOW") {
        std::fs::write(format!("{folder}/protocol.html"), &shown.body).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ran_out_is_deleted_and_answers_as_what_never_was() {
    let house = House::keyed(Role::FirstHead, "protocol.days = 2");
    let made = house.protocol(&house.signed(Content::Inside)).await;
    let id = made["id"].as_str().unwrap();
    let ends = ["", ".cms", ".pdf"];
    let unknown = plain(&house.get(&format!("{PROTOCOLS}/{}", "0".repeat(32))).await);
    assert_eq!((unknown.0, &unknown.2["code"]), (404, &"unknown_protocol".into()));
    for end in ends {
        for wrong in ["1", "x.y", &id.to_uppercase(), &id[1..], &"é".repeat(16)] {
            let path: String = wrong.bytes().map(|octet| format!("%{octet:02x}")).collect();
            let answer = house.get(&format!("{PROTOCOLS}/{path}{end}")).await;
            assert_eq!(plain(&answer), unknown, "{wrong}");
        }
    }
    let last = house.again("2026-11-27T11:59:59Z", "");
    let later = house.again("2026-11-27T12:00:00Z", "");
    for end in ends {
        assert_eq!(last.get(&format!("{PROTOCOLS}/{id}{end}")).await.status, 200);
        assert_eq!(plain(&later.get(&format!("{PROTOCOLS}/{id}{end}")).await), unknown);
    }
    let compare = later.post(&format!("{PROTOCOLS}/{id}/compare"), "x").await;
    assert_eq!(plain(&compare), unknown);
    let page = |answer: Answer| (answer.status.as_u16(), answer.body);
    let never = page(later.get(&format!("/p/{}", "0".repeat(32))).await);
    assert_eq!(never.0, 404);
    assert_eq!(page(later.get(&format!("/p/{id}")).await), never);

    // What a running service does at intervals.
    let rows = || {
        let path = house.folder.path().join("data/registry.db");
        let db = rusqlite::Connection::open(path).unwrap();
        db.query_row("SELECT count(*) FROM protocol", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    for (house, left) in [(&last, 1), (&later, 0)] {
        assert_eq!(rows(), 1);
        let server = Server::bind(house.app.clone()).await.unwrap();
        let wait = async {
            for _ in 0..100 {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                if rows() == left && left == 0 {
                    break;
                }
            }
        };
        server.run(wait).await;
        assert_eq!(rows(), left);
    }
}

#[tokio::test]
async fn without_a_key_or_room_there_are_no_protocols_and_verifying_goes_on() {
    for house in [House::new(""), House::keyed(Role::Individual, "")] {
        let file = house.signed(Content::Inside);
        assert_eq!(house.checked(&file).await.problem(), is(422, "no_service_key"));
        assert_eq!(house.post("/api/v1/verify", file).await.json()["verdict"], "passed");
    }
    let document = House::new("").get("/api/v1/openapi.json").await.json();
    let verify = &document["paths"]["/api/v1/verify"]["post"];
    assert!(verify["responses"]["422"]["description"].as_str().unwrap().contains("no_service_key"));
    for end in ["", ".cms", ".pdf"] {
        let path = format!("{PROTOCOLS}/{{id}}{end}");
        assert!(document["paths"][path.as_str()]["get"].is_object(), "{path}");
    }
    let house = House::keyed(Role::FirstHead, "protocol.kept = 1");
    let file = house.signed(Content::Inside);
    assert_eq!(house.checked(&file).await.status, 200);
    let full = house.checked(&file).await.json();
    assert_eq!(full["protocol_problem"]["code"], "protocols_full");
    let wrong = house.posted("/api/v1/verify", form(&[("file", &file), ("protocol", b"1")])).await;
    assert_eq!(wrong.problem(), is(400, "invalid_parameter"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_has_the_protocol_and_finds_an_altered_one() {
    let house = House::keyed(Role::FirstHead, "");
    let made = house.protocol(&house.signed(Content::Inside)).await;
    let id = made["id"].as_str().unwrap();
    let message = house.get(&format!("{PROTOCOLS}/{id}.cms")).await.body;
    let path = house.folder.path().join("data/registry.db");
    let db = rusqlite::Connection::open(&path).unwrap();
    let line: String =
        db.query_row("SELECT line FROM audit ORDER BY sequence DESC", [], |r| r.get(0)).unwrap();
    let entry: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&entry["event"], &entry["protocol"], &entry["digest"]),
        (&"protocol_made".into(), &id.into(), &sha256(&message).into())
    );
    let page: Vec<u8> = db.query_row("SELECT page FROM protocol", [], |r| r.get(0)).unwrap();
    assert_eq!((&entry["page"], &entry["expires"]), (&sha256(&page).into(), &made["expires"]));
    assert_eq!(entry.as_object().unwrap().len(), 8, "and nothing else: {line}");
    assert!(verify_audit(&path, None, &[]).unwrap().is_whole());
    for change in ["UPDATE protocol SET message = x'00'", "DELETE FROM protocol"] {
        db.execute(change, []).unwrap();
        let faults = verify_audit(&path, None, &[]).unwrap().faults;
        let kinds: Vec<_> = faults.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [AuditFaultKind::ProtocolDiffers], "{change}");
    }
}

#[tokio::test]
async fn the_page_offers_a_protocol_where_there_is_a_key() {
    let house = House::keyed(Role::FirstHead, "");
    let file = house.signed(Content::Inside);
    let offered = house.posted("/ru/check", form(&[("file", &file)])).await;
    assert!(has(&offered.body, "name=\"protocol\"") && !has(&offered.body, "/p/"));
    let body = form(&[("protocol", b"true"), ("file", &file)]);
    let made = house.posted("/ru/check", body).await;
    let page = String::from_utf8(made.body).unwrap();
    let id = page.split("/p/").nth(1).unwrap()[..32].to_owned();
    assert_eq!(house.get(&format!("/p/{id}")).await.status, 200);
    let bare = House::new("").posted("/ru/check", form(&[("file", &file)])).await;
    assert!(bare.status == 200 && !has(&bare.body, "name=\"protocol\""));
}
