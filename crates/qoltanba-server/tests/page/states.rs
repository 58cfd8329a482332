//! The four states, and what is said in each.

use crate::{
    attribute,
    house::{Content, DOCUMENT, House},
    notice::{LONG, altered, notice, number, printed, recipient, register},
    send, text,
};

const PATIENT: &str = "limits.deadline_seconds = 200";

/// The state that is shown, what is advised, and the page.
async fn judged(house: &House, files: &[(&str, &str, &[u8])]) -> (String, String, String) {
    let answer = send(house, "/en/check", files).await;
    let page = text(&answer);
    assert_eq!(answer.status, 200, "{page}");
    (attribute(&page, "data-standing"), attribute(&page, "data-next"), page)
}

fn is(state: &str, next: &str) -> (String, String) {
    (state.to_owned(), next.to_owned())
}

#[tokio::test]
async fn a_good_file_answers_five_questions() {
    let house = House::provider("");
    let (state, next, page) =
        judged(&house, &[("file", "notice.cms", &house.signed(Content::Inside))]).await;
    assert_eq!((state, next), is("good", "keep_file"));
    assert_eq!(page.matches("<dt>").count(), 5 + 2 + 4 + 2 + 4, "questions and facts: {page}");
    assert_eq!(page.matches("Confirmed").count(), 4, "all but the time: {page}");
    assert!(page.contains("Өтініш: хабарлама"), "what was signed is shown");
    assert!(page.contains("notice.cms"));
    let subject =
        qoltanba::identity::Subject::claimed_by(&house.mint.signer_certificate().unwrap());
    assert!(page.contains(subject.name.as_deref().unwrap()));
    assert!(page.contains(subject.bin.unwrap().as_str()));
}

#[tokio::test]
async fn what_is_altered_unsigned_or_of_nobody_known_is_not_good() {
    let house = House::new("");
    let good = house.signed(Content::Inside);
    let (state, next, page) = judged(&house, &[("file", "a", &altered(&good, DOCUMENT))]).await;
    assert_eq!((state, next), is("not_good", "ask_original"));
    assert_eq!(page.matches("Rejected").count(), 1, "only the first question: {page}");
    assert!(!page.contains("id=\"content\""), "nothing is shown as signed");
    let (state, next, _) = judged(&house, &[("file", "a.xml", b"<a/>")]).await;
    assert_eq!((state, next), is("not_good", "ask_signed"));
    // An authority that the service does not know is told as such, whatever the verdict's word.
    let other = House::of(qoltanba::algorithm::SignatureAlgorithm::Gost2015_256, "");
    let (state, next, _) = judged(&other, &[("file", "a", &house.signed(Content::Inside))]).await;
    assert_eq!((state, next), is("not_good", "ask_known_authority"));
}

#[tokio::test]
async fn what_lacks_evidence_could_not_be_checked() {
    let house = House::new("evidence.lists = []");
    let (state, next, page) =
        judged(&house, &[("file", "a", &house.signed(Content::Inside))]).await;
    assert_eq!((state, next), is("could_not_check", "try_later"));
    assert!(page.contains("this is not confirmed"), "the name is called claimed: {page}");
    // What the report says of a certificate has its holder's number, and options of the command.
    let subject =
        qoltanba::identity::Subject::claimed_by(&house.mint.signer_certificate().unwrap());
    assert!(!page.contains(subject.iin.unwrap().as_str()), "{page}");
    let lead = page.split("class=\"lead\">").nth(1).unwrap().split('<').next().unwrap();
    assert!(!lead.contains("CN=") && !lead.contains("--"), "{lead}");
    assert!(!page.contains("class=\"verdict not_good\""));
}

#[tokio::test]
async fn a_signature_and_its_document_come_in_any_order_or_apart() {
    let house = House::new("");
    let signed = house.signed(Content::Apart);
    let (message, data) = (("file", "a.p7s", &*signed), ("file", "a.txt", DOCUMENT));
    for files in [[message, data], [data, message], [message, ("data", "a.txt", DOCUMENT)]] {
        let (state, _, page) = judged(&house, &files).await;
        assert_eq!(state, "good", "{page}");
        assert!(page.contains("Өтініш: хабарлама"));
    }
    let (state, next, _) = judged(&house, &[message]).await;
    assert_eq!((state, next), is("could_not_check", "add_document"));
    let (state, ..) = judged(&house, &[message, ("file", "b", b"another")]).await;
    assert_eq!(state, "not_good");
}

#[tokio::test]
async fn a_printed_notice_is_judged_by_its_file_and_by_its_photos() {
    let house = House::provider(PATIENT);
    let short = notice(&house, &number(9), 0);
    let (pdf, _) = printed(&short);
    let (state, _, page) = judged(&house, &[("file", "notice.pdf", &pdf)]).await;
    assert_eq!(state, "good", "{page}");
    assert!(page.contains("The pages show exactly what was signed"), "{page}");
    assert!(page.contains("15 рабочих дней"), "the values of the document");

    let (_, pages) = printed(&notice(&house, &number(9), LONG));
    assert!(pages.len() > 1, "{}", pages.len());
    let scan = ("scan", "", b"true".as_slice());
    let photos: Vec<_> = pages.iter().map(|page| ("file", "p.png", page.as_slice())).collect();
    let (state, next, page) = judged(&house, &[&[scan], &photos[..]].concat()).await;
    assert_eq!((state, next), is("good_with_remarks", "compare_page"));
    assert!(page.contains("15 рабочих дней"), "{page}");

    let (state, next, page) =
        judged(&house, &[&[scan], &photos[..photos.len() - 1]].concat()).await;
    assert_eq!((state, next), is("could_not_check", "photograph"), "{page}");
    assert!(page.contains("Photograph barcode"), "{page}");
}

#[tokio::test]
async fn barcodes_that_nobody_signed_are_not_good() {
    let house = House::new(PATIENT);
    let texts = qoltanba::paper::BarcodeSet::write(
        b"<notice>15</notice>",
        "10100000000017",
        crate::house::NOW.parse().unwrap(),
    );
    let texts = texts.unwrap().join("\n");
    let scan = ("scan", "", b"true".as_slice());
    let (state, next, _) = judged(&house, &[scan, ("file", "t", texts.as_bytes())]).await;
    assert_eq!((state, next), is("not_good", "ask_signed"));
}

#[tokio::test]
async fn the_page_and_the_api_give_one_verdict() {
    let house = House::new("");
    let good = house.signed(Content::Inside);
    for (file, verdict) in [(good.clone(), "passed"), (altered(&good, DOCUMENT), "failed")] {
        let (_, _, page) = judged(&house, &[("file", "a", &file)]).await;
        let report = house.post("/api/v1/verify", file).await.json();
        assert_eq!(report["verdict"], verdict);
        assert!(page.contains(&format!("<code>{verdict}</code>")));
        assert!(page.contains(report["file"]["sha256"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn a_number_is_genuine_for_its_recipient_and_unknown_for_everybody_else() {
    let house = House::provider("");
    let number = number(9);
    register(&house, &notice(&house, &number, 0)).await;
    let ask = async |number: &str, recipient: &str| {
        let fields = [("number", "", number.as_bytes()), ("recipient", "", recipient.as_bytes())];
        let answer = send(&house, "/ru/number", &fields).await;
        let page = text(&answer);
        (answer.status.as_u16(), page)
    };
    let (status, hit) = ask(&format!(" {} {} ", &number[..4], &number[4..]), &recipient()).await;
    assert_eq!((status, attribute(&hit, "data-standing")), (200, "good".to_owned()));
    assert!(hit.contains(&number) && !hit.contains(&recipient()), "{hit}");
    let (_, somebody) = ask(&number, "920101100008").await;
    let (_, nobody) = ask(&crate::notice::number(10), &recipient()).await;
    assert_eq!(attribute(&somebody, "data-standing"), "could_not_check");
    assert_eq!(somebody, nobody, "one answer for two questions");
    assert_eq!(ask("12345", &recipient()).await.0, 400);
    assert_eq!(ask(&number, "12").await.0, 400);
}
