//! A protocol says what was checked and found, and nothing more.

use qoltanba::{
    Limits,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    identity::Role,
    paper::SignedDocument,
    sign::CmsSigner,
};
use qoltanba_testkit::{Mint, Order, SeededRng};
use serde_json::Value;

use crate::{
    house::{Answer, Content, DOCUMENT, House, NOW, form},
    protocol::PROTOCOLS,
    registry::is,
};

/// A protocol in its three shapes: what was signed as JSON, the page of the PDF as XML, the page in
/// Russian.
struct Shapes {
    said: Value,
    xml: String,
    page: String,
}

impl House {
    async fn shapes(&self, fields: &[(&str, &[u8])]) -> Shapes {
        let fields = [fields, &[("protocol", b"true")]].concat();
        let answer = self.posted("/api/v1/verify", form(&fields)).await;
        let report = answer.json();
        assert_eq!(report["protocol_problem"], Value::Null, "{report:#}");
        let id = report["protocol"]["id"].as_str().unwrap().to_owned();
        let pdf = self.get(&format!("{PROTOCOLS}/{id}.pdf")).await.body;
        let document = SignedDocument::from_pdf(&pdf, &Limits::default()).unwrap();
        let xml = document.document().to_xml().unwrap();
        let page = self.get(&format!("/p/{id}?lang=ru")).await.body;
        Shapes {
            said: self.get(&format!("{PROTOCOLS}/{id}")).await.json(),
            xml: String::from_utf8(xml).unwrap(),
            page: String::from_utf8(page).unwrap(),
        }
    }

    fn certificate(&self) -> Vec<u8> {
        self.mint.signer_certificate().unwrap().as_der().to_vec()
    }
}

impl Shapes {
    fn all_have(&self, text: &str) -> bool {
        let said = self.said["verdict"].to_string();
        [&said, &self.xml, &self.page].iter().all(|shape| shape.contains(text))
    }

    fn any_has(&self, text: &str) -> bool {
        let said = self.said["verdict"].to_string();
        [&said, &self.xml, &self.page].iter().any(|shape| shape.contains(text))
    }
}

#[tokio::test]
async fn what_is_no_signature_is_called_none() {
    let house = House::keyed(Role::FirstHead, "");
    let certificate = house.certificate();
    for (file, title) in [
        (certificate.as_slice(), "Сертификат действителен"),
        (house.mint.lists[0].as_slice(), "Файл подлинный"),
    ] {
        let shapes = house.shapes(&[("file", file)]).await;
        assert_eq!(shapes.said["verdict"]["verdict"], "passed");
        assert!(shapes.all_have(title), "{title}: {:#}", shapes.said["verdict"]);
        for never in ["Подпись действительна", "Қолтаңба жарамды", "The signature is valid"]
        {
            assert!(!shapes.any_has(never), "{never}");
        }
        assert!(!shapes.page.contains("id=\"signatures\""), "nobody signed");
    }
    let signed = house.shapes(&[("file", &house.signed(Content::Inside))]).await;
    assert!(signed.all_have("Подпись действительна") && signed.page.contains("id=\"signatures\""));
}

#[tokio::test]
async fn a_part_of_a_document_gets_no_protocol() {
    let house = House::keyed(Role::FirstHead, "");
    let file = house.signed(Content::Inside);
    let wanted = async |name: &str, value: &str| {
        let fields = [("file", &file[..]), ("protocol", b"true"), (name, value.as_bytes())];
        house.posted("/api/v1/verify", form(&fields)).await
    };
    for (name, value) in
        [("element", "a"), ("purpose", "auth"), ("policy", "pkix"), ("at", "2026-11-25T11:59:00Z")]
    {
        assert_eq!(wanted(name, value).await.problem(), is(400, "invalid_parameter"), "{name}");
        // On the page the verdict is told all the same, without a protocol.
        let fields = [("file", &file[..]), ("protocol", b"true"), (name, value.as_bytes())];
        let page = house.posted("/ru/check", form(&fields)).await;
        let text = String::from_utf8(page.body).unwrap();
        assert!(page.status == 200 && text.contains("<code>invalid_parameter</code>"), "{text}");
        assert!(!text.contains("/p/"));
    }
    let same = wanted("policy", "kz-2026").await.json();
    assert!(same["protocol"].is_object(), "the national rules by their name: {same:#}");
    assert_eq!(same["asked"]["policy"], "kz-2026");
    let role = wanted("expect_role", "ceo").await.json();
    assert_eq!(
        (&role["asked"]["expect_role"][0], &role["verdict"]),
        (&"ceo".into(), &"passed".into())
    );
}

#[tokio::test]
async fn a_given_moment_is_told() {
    let house = House::keyed(Role::FirstHead, "");
    let file = house.signed(Content::Inside);
    let fields = [("file", &file[..]), ("at", b"2026-11-25T11:59:00Z")];
    let page = house.posted("/ru/check", form(&fields)).await;
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains("Оценено не на время проверки"), "{text}");
}

#[tokio::test]
async fn nobody_compared_the_paper_and_the_protocol_says_so() {
    let house = House::keyed(Role::FirstHead, "");
    let texts = house.issued(31, "Уведомление").barcodes().unwrap().join("\n");
    let shapes = house.shapes(&[("file", texts.as_bytes()), ("scan", b"true")]).await;
    assert_eq!(shapes.said["verdict"]["state"], "good_with_remarks");
    assert!(shapes.all_have("Текст на бумаге с ними не сверялся"), "{:#}", shapes.said["verdict"]);
}

#[tokio::test]
async fn the_worst_signature_gives_state_and_sentence() {
    let house = House::keyed(Role::FirstHead, "evidence.lists = []");
    let own = house.signed(Content::Inside);
    let order = Order::new(SignatureAlgorithm::Gost2015_512, NOW.parse().unwrap());
    let mint = Mint::new(&order, &mut SeededRng::new(95)).unwrap();
    let certificate = mint.signer_certificate().unwrap();
    let stranger = CmsSigner::new(&*mint.signer.key, &certificate).unwrap();
    let stranger = stranger.signing_time(NOW.parse().unwrap());
    let both = stranger.cosign(&own, None, &mut SeededRng::new(98)).unwrap();
    let alone = house.shapes(&[("file", &own)]).await;
    assert_eq!(alone.said["verdict"]["reason"], "revocation_unknown");
    assert!(!alone.page.contains("--crl"), "an option of the command is nothing for everyone");
    let shapes = house.shapes(&[("file", &both)]).await;
    let first = &shapes.said["report"]["signatures"][0]["reason"];
    assert_eq!(first, "revocation_unknown", "the milder one comes first");
    assert_eq!(
        (&shapes.said["verdict"]["state"], &shapes.said["verdict"]["reason"]),
        (&"not_good".into(), &"chain_untrusted".into())
    );
    let sentence = shapes.said["verdict"]["sentence"]["ru"].as_str().unwrap().to_owned();
    assert_ne!(sentence, alone.said["verdict"]["sentence"]["ru"]);
    let lead = sentence.split(':').next().unwrap();
    let lead: String = lead.chars().skip(1).collect();
    assert!(shapes.all_have(&lead), "{lead}");
}

#[tokio::test]
async fn a_document_is_known_again_by_the_digest_that_stood_for_it() {
    let house = House::keyed(Role::FirstHead, "");
    let apart = house.signed(Content::Apart);
    for (name, algorithm) in
        [("sha256", DigestAlgorithm::Sha256), ("gost2015-512", DigestAlgorithm::Streebog512)]
    {
        let digest = algorithm.digest(DOCUMENT);
        let hex: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        let given = format!("{name}:{hex}");
        let shapes = house.shapes(&[("file", &apart), ("data_digest", given.as_bytes())]).await;
        assert!(shapes.page.contains(&hex), "{name}");
        let groups = hex.as_bytes().chunks(16).map(|group| str::from_utf8(group).unwrap());
        assert!(shapes.xml.contains(&groups.collect::<Vec<_>>().join(" ")), "{}", shapes.xml);
        let id = shapes.said["id"].as_str().unwrap();
        let compare = async |octets: &[u8]| {
            let path = format!("{PROTOCOLS}/{id}/compare");
            house.post(&path, octets.to_vec()).await.json()
        };
        let told = compare(DOCUMENT).await;
        assert_eq!(
            (&told["same"], &told["file"]["part"]),
            (&true.into(), &"data".into()),
            "{name}"
        );
        assert_eq!(compare(&DOCUMENT[1..]).await["same"], false);
    }
    // What barcodes carry is known again too.
    let issued = house.issued(32, "Уведомление");
    let texts = issued.barcodes().unwrap().join("\n");
    let shapes = house.shapes(&[("file", texts.as_bytes()), ("scan", b"true")]).await;
    let path = format!("{PROTOCOLS}/{}/compare", shapes.said["id"].as_str().unwrap());
    let told = house.post(&path, issued.octets().to_vec()).await.json();
    assert_eq!((&told["same"], &told["file"]["part"]), (&true.into(), &"document".into()));
}

#[tokio::test]
async fn no_file_is_too_much_for_a_protocol_and_none_takes_the_verdict_away() {
    let house = House::keyed(Role::FirstHead, "limits.files = 60");
    let texts = house.issued(33, "Уведомление").barcodes().unwrap().join("\n");
    let mut fields: Vec<(&str, &[u8])> = vec![("scan", b"true")];
    fields.extend([("file", texts.as_bytes()); 55]);
    let shapes = house.shapes(&fields).await;
    assert_eq!(shapes.said["files"].as_array().unwrap().len(), 55);
    assert!(shapes.xml.contains("files_count") && shapes.xml.contains(">55<"), "{}", shapes.xml);

    let house = House::keyed(Role::FirstHead, "protocol.kept = 1");
    let file = house.signed(Content::Inside);
    let ask = async |path: &str| -> Answer {
        house.posted(path, form(&[("file", &file), ("protocol", b"true")])).await
    };
    assert!(ask("/api/v1/verify").await.json()["protocol"].is_object());
    let full = ask("/api/v1/verify").await.json();
    assert_eq!((&full["verdict"], &full["protocol"]), (&"passed".into(), &Value::Null));
    assert_eq!(full["protocol_problem"]["code"], "protocols_full");
    let page = String::from_utf8(ask("/ru/check").await.body).unwrap();
    assert!(
        page.contains("data-standing=\"good\"") && page.contains("<code>protocols_full</code>")
    );
}

#[tokio::test]
async fn a_program_is_told_what_a_person_is() {
    let house = House::new("");
    let good = house.post("/api/v1/verify?lang=ru", house.signed(Content::Inside)).await.json();
    assert_eq!(
        (&good["standing"], &good["next_step"]["code"]),
        (&"good".into(), &"keep_file".into())
    );
    assert_eq!(good["signatures"][0]["standing"], "good");
    let apart = house.post("/api/v1/verify", house.signed(Content::Apart)).await.json();
    assert_eq!(apart["standing"], "could_not_check");
    assert_eq!(apart["next_step"]["code"], "add_document");
    assert!(apart["next_step"]["message"].as_str().is_some_and(|text| !text.is_empty()));
}

#[tokio::test]
async fn an_address_that_is_no_text_is_no_protocol() {
    let house = House::keyed(Role::FirstHead, "");
    for path in ["/api/v1/protocols/%ff", "/api/v1/protocols/%ff.pdf"] {
        assert_eq!(house.get(path).await.problem(), is(404, "unknown_protocol"));
    }
    let compare = house.post("/api/v1/protocols/%ff/compare", "x").await;
    assert_eq!(compare.problem(), is(404, "unknown_protocol"));
    let page = house.get("/p/%ff").await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (404, "text/html; charset=utf-8")
    );
}
