//! Pages: photos and PDF files of one document, and registering a PDF.

use qoltanba::paper::{
    DocumentSigner, PageLanguage, Printed, Renderer, SignedDocument, form::SignedBy,
};
use qoltanba_server::Scope;
use qoltanba_testkit::{SeededRng, invented_iin};
use serde_json::Value;

use crate::{
    house::House,
    registry::{is, number},
};

impl House {
    pub(crate) fn issued(&self, seed: u64, title: &str) -> SignedDocument {
        let mut document = self.output_document(&number(seed), &invented_iin(5));
        document.title.ru = title.to_owned();
        let certificate = self.mint.signer_certificate().unwrap();
        let signer = DocumentSigner::new(&*self.mint.signer.key, &certificate).unwrap();
        signer.sign(document, SignedBy::Person, &mut SeededRng::new(seed)).unwrap()
    }

    async fn scanned(&self, files: &[&[u8]]) -> Value {
        let mut fields: Vec<(&str, &[u8])> = vec![("scan", b"true")];
        fields.extend(files.iter().map(|file| ("file", *file)));
        let answer = self.form(&fields).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }
}

#[tokio::test]
async fn pages_of_one_document_are_verified_in_any_order_and_kind() {
    let house = House::provider("");
    let document = house.issued(21, "Уведомление");
    let renderer = Renderer::new().unwrap();
    let printed = document.printed();
    let pages = renderer.png(&printed, PageLanguage::Both, 200.0).unwrap();
    let pdf = document.pdf(&renderer, PageLanguage::Both).unwrap();
    let texts = document.barcodes().unwrap();
    assert!(texts.len() > 1, "one symbol would be no set");
    let (first, rest) = texts.split_at(1);
    let (first, rest) = (first.join("\n"), serde_json::to_vec(rest).unwrap());

    let pictures: Vec<&[u8]> = pages.iter().rev().map(Vec::as_slice).collect();
    let report = house.scanned(&pictures).await;
    assert_eq!(
        (&report["verdict"], &report["paper"]["kind"]),
        (&"passed".into(), &"picture".into())
    );
    assert_eq!(report["signatures"][0]["signer"]["bin"], house.bin());
    let all = [&rest[..], pictures[0], first.as_bytes(), &pdf, pictures[0]];
    assert_eq!(house.scanned(&all).await["verdict"], "passed");
    let report = house.scanned(&[&rest]).await;
    assert_eq!(report["verdict"], "indeterminate", "a part is missing");
    let other = house.issued(22, "Другое");
    let other = renderer.png(&other.printed(), PageLanguage::Both, 200.0).unwrap();
    let mixed = house.scanned(&[pictures[0], &other[0]]).await;
    assert_eq!(mixed["reason"], "barcode_mixed");
    // A page that is damaged is judged, and one that is no page is not.
    let half = &pages[0][..pages[0].len() / 2];
    assert_eq!(house.scanned(&[half]).await["verdict"], "failed");
    let wrong = house.form(&[("scan", b"true"), ("file", &[0; 100])]).await;
    assert_eq!(wrong.status, 422);
}

#[tokio::test]
async fn a_page_that_shows_something_else_is_not_registered() {
    let house = House::provider("");
    let key = house.key(&Scope::ALL).token;
    let renderer = Renderer::new().unwrap();
    let (good, other) = (house.issued(31, "Уведомление"), house.issued(31, "Выплата назначена"));
    let forged = Printed { document: other.document(), signed: good.octets(), stamped: None };
    let forged = renderer.pdf(&forged, PageLanguage::Both).unwrap();
    let answer = house.register(&key, &[("file", &forged)]).await;
    assert_eq!(answer.problem(), is(422, "not_accepted"));
    let checked = house.check(&number(31), &invented_iin(5)).await.json();
    assert_eq!(checked["genuine"], false);
    let pdf = good.pdf(&renderer, PageLanguage::Both).unwrap();
    assert_eq!(house.register(&key, &[("file", &pdf)]).await.status, 201);
}
