//! A notice of the test authority's provider: signed, printed, photographed.

use qoltanba::{
    identity::Subject,
    paper::{
        DocumentSigner, PageLanguage, Renderer, SignedDocument,
        document::{
            Bilingual, Block, Field, FormName, Issuer, LocalTime, OutputDocument, Recipient,
            UniqueNumber, Value,
        },
        form::SignedBy,
    },
};
use qoltanba_server::Scope;
use qoltanba_testkit::{SeededRng, invented_iin};

use crate::house::{Answer, House, NOW};

/// What a forger would like to say.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>";

/// Paragraphs of a notice whose barcodes fill more than one page.
pub(crate) const LONG: usize = 160;

pub(crate) fn number(seed: u64) -> String {
    UniqueNumber::generate(&mut SeededRng::new(seed)).as_str().to_owned()
}

pub(crate) fn recipient() -> String {
    invented_iin(5)
}

fn words(kk: &str, ru: &str) -> Bilingual {
    Bilingual { kk: kk.to_owned(), ru: ru.to_owned() }
}

fn document(house: &House, number: &str, paragraphs: usize) -> OutputDocument {
    let subject = Subject::claimed_by(&house.mint.signer_certificate().unwrap());
    let recipient = recipient().parse().unwrap();
    let mut blocks = vec![
        Block::Fields(vec![Field {
            id: "term".to_owned(),
            label: words("Мерзімі", "Срок"),
            value: Value::Bilingual(words("15 жұмыс күні", "15 рабочих дней")),
        }]),
        Block::Paragraph(words("Төлем тағайындалды.", "Выплата назначена.")),
    ];
    // Words that do not compress, so that there are many barcodes.
    let mut rng = SeededRng::new(11);
    blocks.extend((0..paragraphs).map(|_| {
        let mut noise = || UniqueNumber::generate(&mut rng).as_str().to_owned();
        let text = (0..12).map(|_| noise()).collect::<Vec<_>>().join(" ");
        Block::Paragraph(words(&text, &text))
    }));
    OutputDocument {
        look: OutputDocument::LOOK,
        form: FormName { id: "result-notice".to_owned(), version: 1 },
        number: UniqueNumber::new(number).unwrap(),
        issued: LocalTime(NOW.parse().unwrap()),
        header: words("Құжат жүйеде құрылған", "Документ сформирован системой"),
        title: words("Хабарлама", "Уведомление"),
        issuer: Issuer { name: words("Әкімдік", "Акимат"), bin: subject.bin.unwrap() },
        recipient: Some(Recipient {
            name: format!("Ахметова Әсел {HOSTILE}"),
            iin: Some(recipient),
            bin: None,
        }),
        blocks,
        signatories: Vec::new(),
        legal_basis: None,
        footnote: words("*Штрих-код деректерді қамтиды.", "*Штрих-код содержит данные."),
    }
}

/// A notice, the longer the more paragraphs.
pub(crate) fn notice(house: &House, number: &str, paragraphs: usize) -> SignedDocument {
    let certificate = house.mint.signer_certificate().unwrap();
    let signer = DocumentSigner::new(&*house.mint.signer.key, &certificate).unwrap();
    let document = document(house, number, paragraphs);
    signer.sign(document, SignedBy::Person, &mut SeededRng::new(3)).unwrap()
}

/// Its PDF, and its pages as pictures.
pub(crate) fn printed(notice: &SignedDocument) -> (Vec<u8>, Vec<Vec<u8>>) {
    let renderer = Renderer::new().unwrap();
    let pdf = notice.pdf(&renderer, PageLanguage::Both).unwrap();
    let pages = renderer.png(&notice.printed(), PageLanguage::Both, 200.0).unwrap();
    (pdf, pages)
}

/// Registers a notice, as its provider.
pub(crate) async fn register(house: &House, notice: &SignedDocument) {
    let kind = "application/octet-stream";
    let answer = as_provider(house, "/api/v1/documents", kind, notice.octets()).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
}

/// Withdraws what was registered.
pub(crate) async fn withdraw(house: &House, number: &str) {
    let path = format!("/api/v1/documents/{number}/status");
    let change = br#"{"status":"withdrawn","reason":"issued_in_error"}"#;
    let answer = as_provider(house, &path, "application/json", change).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

async fn as_provider(house: &House, path: &str, kind: &str, body: &[u8]) -> Answer {
    let bin = Subject::claimed_by(&house.mint.signer_certificate().unwrap()).bin.unwrap();
    let key = house.app.key_book().add(bin, "Әкімдік", &Scope::ALL).unwrap().token;
    let request = axum::http::Request::post(path)
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", kind);
    house.ask(request.body(body.to_vec().into()).unwrap()).await
}

/// The message with one octet of its content changed.
pub(crate) fn altered(message: &[u8], content: &[u8]) -> Vec<u8> {
    let mut message = message.to_vec();
    let at = message.windows(4).position(|four| four == &content[..4]).unwrap();
    message[at + 2] ^= 1;
    message
}
