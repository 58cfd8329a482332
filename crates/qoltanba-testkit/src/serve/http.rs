//! As much of HTTP/1.1 (RFC 9112) as evidence travels by: one request on a connection, then it is
//! closed.

use std::{
    io::{self, BufRead, BufReader, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

/// Longest head of a request. An OCSP request in the address has at most 255 octets (RFC 6960
/// appendix A.1), but not every client counts them.
const MAX_HEAD: u64 = 16 * 1024;
/// Longest body: an OCSP request for some hundred certificates.
const MAX_BODY: u64 = 64 * 1024;
/// How long a client may keep a connection waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was asked.
pub(super) struct Request {
    pub(super) method: String,
    /// The path without a query, as it was sent.
    pub(super) path: String,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

/// What is answered.
pub(super) struct Response {
    pub(super) status: &'static str,
    pub(super) content_type: &'static str,
    pub(super) location: Option<&'static str>,
    pub(super) body: Vec<u8>,
}

impl Response {
    pub(super) const fn ok(content_type: &'static str, body: Vec<u8>) -> Self {
        Self { status: "200 OK", content_type, location: None, body }
    }

    pub(super) fn error(status: &'static str) -> Self {
        let body = format!("{status}\n").into_bytes();
        Self { status, content_type: "text/plain; charset=utf-8", location: None, body }
    }

    /// Sends so many octets of the body, whatever its length is said to be.
    pub(super) fn send(&self, stream: &mut TcpStream, method: &str, sent: usize) -> io::Result<()> {
        let mut head = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n",
            self.status,
            self.content_type,
            self.body.len()
        );
        if let Some(location) = self.location {
            head.push_str(&format!("Location: {location}\r\n"));
        }
        head.push_str("\r\n");
        let mut all = head.into_bytes();
        if method != "HEAD" {
            all.extend(self.body.iter().take(sent));
        }
        stream.write_all(&all)?;
        stream.flush()
    }
}

/// Reads a request; `Err` carries the answer to a bad one, and `None` says that nobody is there.
pub(super) fn read(stream: &TcpStream) -> Result<Option<Request>, Response> {
    let bad = |_| Response::error("400 Bad Request");
    stream.set_read_timeout(Some(PATIENCE)).map_err(bad)?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(bad)?;
    let mut reader = BufReader::new(stream);
    let mut head = (&mut reader).take(MAX_HEAD);
    let Some(first) = line(&mut head)? else { return Ok(None) };
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next())
    else {
        return Err(Response::error("400 Bad Request"));
    };
    if !version.starts_with("HTTP/1.") {
        return Err(Response::error("505 HTTP Version Not Supported"));
    }
    let mut request = Request {
        method: method.to_owned(),
        path: target.split('?').next().unwrap_or_default().to_owned(),
        content_type: String::new(),
        body: Vec::new(),
    };
    let mut length = 0;
    loop {
        let Some(field) = line(&mut head)? else {
            return Err(Response::error("431 Request Header Fields Too Large"));
        };
        if field.is_empty() {
            break;
        }
        let (name, value) = field.split_once(':').unwrap_or((&field, ""));
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => {
                length = value.parse().map_err(|_| Response::error("400 Bad Request"))?;
            }
            "transfer-encoding" => return Err(Response::error("411 Length Required")),
            "content-type" => {
                let kind = value.split(';').next().unwrap_or_default();
                request.content_type = kind.trim().to_ascii_lowercase();
            }
            _ => {}
        }
    }
    if length > MAX_BODY {
        return Err(Response::error("413 Content Too Large"));
    }
    reader.take(length).read_to_end(&mut request.body).map_err(bad)?;
    Ok(Some(request))
}

/// One line without its end; `None` when there is no whole one.
fn line(head: &mut impl BufRead) -> Result<Option<String>, Response> {
    let mut line = Vec::new();
    let bad = |_| Response::error("400 Bad Request");
    head.read_until(b'\n', &mut line).map_err(bad)?;
    if line.pop() != Some(b'\n') {
        return Ok(None);
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map(Some).map_err(|_| Response::error("400 Bad Request"))
}

/// The octets that a path stands for (RFC 3986 §2.1).
pub(super) fn unescaped(path: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escaped = match tail {
            [high, low, after @ ..] if *first == b'%' => {
                let digit = |o: u8| char::from(o).to_digit(16).and_then(|d| u8::try_from(d).ok());
                digit(*high).zip(digit(*low)).map(|(high, low)| (high * 16 + low, after))
            }
            _ => None,
        };
        let (octet, after) = escaped.unwrap_or((*first, tail));
        out.push(octet);
        rest = after;
    }
    out
}
