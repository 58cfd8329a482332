//! What the page never lets through, and what it says when nothing was checked.

use axum::{body::Body, http::Request};

use crate::{
    attribute,
    house::{Content, House},
    notice::{HOSTILE, notice, number, recipient},
    send, send_with, text,
};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' \
                      data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

#[tokio::test]
async fn every_page_has_the_headers_of_a_careful_one() {
    let house = House::new("");
    let start = house.get("/kk/").await;
    let good = send(&house, "/kk/check", &[("file", "a", &house.signed(Content::Inside))]).await;
    let problem = send(&house, "/kk/check", &[]).await;
    for (answer, status, cache) in
        [(start, 200, "no-cache"), (good, 200, "no-store"), (problem, 400, "no-store")]
    {
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("content-security-policy"), POLICY);
        assert_eq!(answer.header("cache-control"), cache);
        assert_eq!(answer.header("content-language"), "kk");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(answer.header("permissions-policy").starts_with("camera=(self)"));
        let page = text(&answer);
        assert!(page.contains("<html lang=\"kk\">"));
        // Nothing that the policy would have to allow, and nothing from other hosts.
        for never in
            ["<style", " style=", " onclick=", " onload=", "javascript:", "http://", "https://"]
        {
            assert!(!page.contains(never), "{never}: {page}");
        }
        assert_eq!(page.matches("<script").count(), page.matches("<script src=\"/assets/").count());
    }
}

#[tokio::test]
async fn the_start_is_in_the_language_of_the_browser() {
    let house = House::new("");
    let lang = async |address: &str, accept: &str| {
        let request = Request::get(address).header("accept-language", accept);
        let answer = house.ask(request.body(Body::empty()).unwrap()).await;
        attribute(&text(&answer), "lang")
    };
    assert_eq!(lang("/", "ru-KZ, en;q=0.5").await, "ru");
    assert_eq!(lang("/", "de").await, "kk");
    assert_eq!(lang("/?lang=en", "ru").await, "en");
    assert_eq!(lang("/ru/", "en").await, "ru");
    for address in ["/en", "/en/check", "/en/number"] {
        assert_eq!(house.get(address).await.header("location"), "/en/");
    }
}

#[tokio::test]
async fn style_and_script_are_kept_by_browsers_under_their_digests() {
    let house = House::new("");
    let page = text(&house.get("/en/").await);
    for (attribute_name, kind) in [("src", "text/javascript"), ("href", "text/css")] {
        let address = page
            .split(&format!("{attribute_name}=\""))
            .filter_map(|rest| rest.split('"').next())
            .find(|address| address.starts_with("/assets/"))
            .unwrap();
        let asset = house.get(address).await;
        assert_eq!(asset.status, 200);
        assert!(asset.header("content-type").starts_with(kind));
        assert!(asset.header("cache-control").contains("immutable"));
        let etag = asset.header("etag").to_owned();
        let again = Request::get(address).header("if-none-match", &etag);
        let again = house.ask(again.body(Body::empty()).unwrap()).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    }
}

#[tokio::test]
async fn foreign_text_is_text() {
    let house = House::provider("");
    // A name of a file, the text of a message, a name in a document.
    let message = house.sign(HOSTILE.as_bytes(), Content::Inside);
    let name = format!("{HOSTILE}\u{202e}fdp.cms");
    let page = text(&send(&house, "/en/check", &[("file", &name, &message)]).await);
    assert_eq!(attribute(&page, "data-standing"), "good");
    assert!(page.contains("&lt;script&gt;alert(1)"), "it is shown: {page}");
    assert!(!page.contains("<script>") && !page.contains("<img"), "{page}");
    assert!(!page.contains('\u{202e}') && page.contains("\u{fffd}fdp.cms"), "{page}");
    let notice = notice(&house, &number(9), 0);
    let page = text(&send(&house, "/en/check", &[("file", "n.xml", notice.octets())]).await);
    assert!(page.contains("Ахметова Әсел &lt;script&gt;"), "{page}");
    assert!(!page.contains("<script>") && !page.contains("<img"), "{page}");
}

#[tokio::test]
async fn numbers_of_persons_are_masked() {
    let house = House::provider("");
    let certificate = house.mint.signer_certificate().unwrap();
    let signer = qoltanba::identity::Subject::claimed_by(&certificate).iin.unwrap();
    let notice = notice(&house, &number(9), 0);
    for file in [notice.octets().to_vec(), house.signed(Content::Inside)] {
        let page = text(&send(&house, "/ru/check", &[("file", "a", &file)]).await);
        for iin in [signer.as_str(), &recipient()] {
            assert!(!page.contains(iin), "{page}");
        }
        assert!(page.contains(&signer.masked().to_string()), "{page}");
    }
}

#[tokio::test]
async fn what_another_site_sends_is_refused() {
    let house = House::new("");
    let signed = house.signed(Content::Inside);
    let files = [("file", "a", signed.as_slice())];
    for address in ["/en/check", "/en/number"] {
        for foreign in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let answer = send_with(&house, address, &files, &[foreign]).await;
            assert_eq!(answer.status, 403);
            assert!(text(&answer).contains("another site"));
        }
    }
    let own = [("sec-fetch-site", "same-origin"), ("origin", "null")];
    assert_eq!(send_with(&house, "/en/check", &files, &own).await.status, 200);
}

#[tokio::test]
async fn problems_are_pages_with_the_words_of_the_api() {
    let house = House::new("limits.upload_bytes = 100000\nlimits.memory_bytes = 1000");
    let long = vec![b'x'; 200_000];
    let problem = async |files: &[(&str, &str, &[u8])], lang: &str| {
        let answer = send(&house, &format!("/{lang}/check"), files).await;
        (answer.status.as_u16(), text(&answer))
    };
    for (files, status, code) in [
        (vec![("file", "a", long.as_slice())], 413, "too_large"),
        (vec![("file", "a.txt", b"Dear Sir or Madam".as_slice())], 422, "unrecognised"),
        (vec![("file", "", b"".as_slice())], 400, "no_file"),
        (vec![("file", "a.txt", b"Dear"), ("file", "b.cer", b"\x00\x01\xff")], 422, "unrecognised"),
    ] {
        for lang in ["kk", "ru", "en"] {
            let (told, page) = problem(&files, lang).await;
            assert_eq!(told, status, "{page}");
            assert!(page.contains(&format!("<code>{code}</code>")), "{page}");
            assert!(page.contains("class=\"verdict could_not_check\""), "never red: {page}");
        }
    }
}

#[tokio::test]
async fn a_browser_meets_pages_and_a_program_meets_json() {
    let house = House::new("");
    let ask = async |method: &str, address: &str, accept: &str| {
        let request = Request::builder().method(method).uri(address).header("accept", accept);
        let request = request.header("accept-language", "ru");
        house.ask(request.body(Body::empty()).unwrap()).await
    };
    const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";
    for (method, address, status, code) in [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/kk/nothing", 404, "not_found"),
        ("DELETE", "/ru/", 405, "method_not_allowed"),
        ("GET", "/p/00", 404, "unknown_protocol"),
    ] {
        let answer = ask(method, address, BROWSER).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("vary")),
            (status, "Accept, Accept-Language")
        );
        assert_eq!(answer.header("content-security-policy"), POLICY);
        assert_eq!(answer.header("allow").is_empty(), status != 405);
        let page = text(&answer);
        assert!(page.contains(&format!("<code>{code}</code>")), "{page}");
        let lang = if address.starts_with("/kk") { "kk" } else { "ru" };
        assert_eq!(
            (answer.header("content-language"), attribute(&page, "lang").as_str()),
            (lang, lang)
        );
    }
    // Of the API, or by a program, or beside the pages.
    for (address, accept) in [("/api/v1/nothing", BROWSER), ("/nothing", "*/*"), ("/nothing", "")] {
        assert_eq!(ask("GET", address, accept).await.problem(), (404, "not_found".to_owned()));
    }
}

#[tokio::test]
async fn who_asks_too_often_waits_on_the_page_too() {
    let house = House::new("registry.failed_checks_of_client_per_day = 5");
    let number = number(9);
    let fields = [("number", "", number.as_bytes()), ("recipient", "", b"920101100008")];
    for _ in 0..5 {
        assert_eq!(send(&house, "/en/number", &fields).await.status, 200);
    }
    for (lang, when) in [
        ("kk", "Осынша уақыттан кейін қайталаңыз: <strong>4\u{a0}сағ 48\u{a0}мин</strong>."),
        ("ru", "Повторите через <strong>4\u{a0}ч 48\u{a0}мин</strong>."),
        ("en", "Try again in <strong>4\u{a0}h 48\u{a0}min</strong>."),
    ] {
        let answer = send(&house, &format!("/{lang}/number"), &fields).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "17280"));
        let page = text(&answer);
        assert!(page.contains("too_many_requests") && page.contains(when), "{page}");
    }
}

#[tokio::test]
async fn a_mistyped_recipient_is_told_on_the_page_and_not_counted() {
    let house = House::new("registry.failed_checks_of_client_per_day = 1");
    let number = number(9);
    let ask = async |lang: &str, recipient: &str| {
        let fields = [("number", "", number.as_bytes()), ("recipient", "", recipient.as_bytes())];
        send(&house, &format!("/{lang}/number"), &fields).await
    };
    for (lang, told) in [
        ("kk", "бақылау цифры сәйкес келмейді"),
        ("ru", "контрольная цифра не сходится"),
        ("en", "its check digit does not agree"),
    ] {
        let answer = ask(lang, "920101100009").await;
        assert_eq!(answer.status, 400);
        let page = text(&answer);
        assert!(page.contains(told) && !page.contains("920101100009"), "{page}");
    }
    assert_eq!(ask("en", "920101100008").await.status, 200);
}
