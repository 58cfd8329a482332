//! The page from outside, by `app()` and `oneshot`: what it says, what it never lets through.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, dead_code)]

#[path = "../http/house.rs"]
mod house;
mod notice;
mod safety;
mod states;

use axum::http::Request;

use crate::house::{Answer, House};

const BOUNDARY: &str = "a-boundary-that-no-file-has";

/// A file of a form: the field, the name of the file, its octets.
type Sent<'a> = (&'a str, &'a str, &'a [u8]);

/// Sends files by a form of the page.
async fn send(house: &House, address: &str, files: &[Sent<'_>]) -> Answer {
    send_with(house, address, files, &[]).await
}

async fn send_with(
    house: &House,
    address: &str,
    files: &[Sent<'_>],
    headers: &[(&str, &str)],
) -> Answer {
    let mut body = Vec::new();
    for (field, name, octets) in files {
        let name = name.replace('"', "%22");
        let file = if name.is_empty() { String::new() } else { format!("; filename=\"{name}\"") };
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{field}\"{file}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(octets);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    let mut request = Request::post(address)
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    house.ask(request.body(body.into()).unwrap()).await
}

fn text(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    String::from_utf8(answer.body.clone()).unwrap()
}

/// The value of an attribute that stands once.
fn attribute(page: &str, name: &str) -> String {
    let rest = page.split(&format!(" {name}=\"")).nth(1);
    rest.unwrap_or_else(|| panic!("no {name} in {page}")).split('"').next().unwrap().to_owned()
}
