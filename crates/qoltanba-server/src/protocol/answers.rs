//! `/api/v1/protocols`.

use std::io::Read as _;

use axum::{
    Json,
    extract::{FromRequest as _, Multipart, Path, Request, State, rejection::PathRejection},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use qoltanba::{Limits, algorithm::Hasher, sign::extract};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};

use super::{Kept, ProtocolId, paper};
use crate::{
    api::{Media, media_type, part, whole},
    app::App,
    client,
    problem::{Code, Problem, ProblemBody},
    upload::{Upload, unread},
    verify::{DIGESTS, hex},
    workers::Turn,
};

/// The forms of a protocol that only their ending tells apart: one route has all.
#[derive(OpenApi)]
#[openapi(paths(message, pdf))]
pub(crate) struct Forms;

/// A protocol, as it was signed. Keys are only ever added.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it is only described; the octets that were signed are answered")]
pub(crate) struct ProtocolStatement {
    /// `qoltanba-protocol`.
    #[schema(rename = "type")]
    kind: String,
    /// The version of the protocol: 1.
    version: u32,
    /// Its name.
    id: String,
    /// Its page for people.
    url: String,
    /// When it was made.
    made: String,
    /// When it is deleted.
    expires: String,
    /// Who made it: name and BIN.
    service: Value,
    /// What was checked: name, length and SHA-256 of each file.
    files: Vec<Value>,
    /// Digests that were given in the place of a document.
    digests: Vec<Value>,
    /// The verdict for programs, and in one sentence in three languages.
    verdict: Value,
    /// The report as it was answered, IINs masked.
    report: Value,
    /// What it was judged by.
    evidence: Value,
}

/// Which form is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Json,
    Message,
    Pdf,
}

impl Ending {
    fn of(name: &str) -> (&str, Self) {
        match name.rsplit_once('.') {
            Some((id, "cms")) => (id, Self::Message),
            Some((id, "pdf")) => (id, Self::Pdf),
            _ => (name, Self::Json),
        }
    }
}

/// A protocol as JSON
///
/// The octets are those that the signature covers: canonical JSON (RFC 8785). IINs are masked. An id
/// that never was and one whose time is over get the same answer.
#[utoipa::path(get, path = "/api/v1/protocols/{id}", tag = "protocol",
    params(("id" = String, Path, description = "The id of the protocol.")),
    responses(
        (status = 200, description = "The protocol.", body = ProtocolStatement),
        (status = 400, description = "The address is not well formed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such protocol, or no longer.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database is not available; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn protocol(
    State(app): State<App>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let name = text(name);
    let (id, ending) = Ending::of(&name);
    let Kept { message, page, .. } = app.protocol(ProtocolId::parse(id)?).await?;
    let (kind, body, name) = match ending {
        Ending::Json => ("application/json", said(&message)?, None),
        Ending::Message => {
            ("application/cms", message, Some("attachment; filename=\"protocol.cms\""))
        }
        Ending::Pdf => {
            let pdf = app.workers().run(move |_| paper::pdf(page).map_err(broken)).await?;
            ("application/pdf", pdf, Some("inline; filename=\"protocol.pdf\""))
        }
    };
    let kind: [(HeaderName, HeaderValue); 1] =
        [(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
    let mut answer = (kind, body).into_response();
    if let Some(name) = name {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    }
    Ok(answer)
}

/// What is no text is no name of a protocol, and is told as any other that is none.
pub(crate) fn text(part: Result<Path<String>, PathRejection>) -> String {
    part.map(|Path(text)| text).unwrap_or_default()
}

/// The JSON that was signed.
fn said(message: &[u8]) -> Result<Vec<u8>, Problem> {
    extract(message, &Limits::default()).map_err(broken)
}

/// What we wrote ourselves reads back, or the database is not ours.
fn broken(_: qoltanba::Error) -> Problem {
    Problem::new(Code::StorageCorrupt).retry_after(60)
}

/// A protocol as a signed message
///
/// CMS (CAdES-BES) with the JSON inside; verify it as any other file.
#[utoipa::path(get, path = "/api/v1/protocols/{id}.cms", tag = "protocol",
    params(("id" = String, Path, description = "The id of the protocol.")),
    responses(
        (status = 200, description = "The message.", body = Vec<u8>, content_type = "application/cms"),
        (status = 400, description = "The address is not well formed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such protocol, or no longer.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database is not available; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[expect(dead_code, reason = "it is only described; `protocol` answers")]
async fn message() {}

/// A protocol as PDF
///
/// PDF/A-3 with the signed document in an attachment and in barcodes, and a QR symbol of the link;
/// verify it as any other file.
#[utoipa::path(get, path = "/api/v1/protocols/{id}.pdf", tag = "protocol",
    params(("id" = String, Path, description = "The id of the protocol.")),
    responses(
        (status = 200, description = "The page.", body = Vec<u8>, content_type = "application/pdf"),
        (status = 400, description = "The address is not well formed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such protocol, or no longer.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database is not available; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
#[expect(dead_code, reason = "it is only described; `protocol` answers")]
async fn pdf() {}

/// The file that is compared.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it is only described; forms are read piece by piece")]
pub(crate) struct CompareForm {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Whether a file is one that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Compared {
    /// Whether it is, octet for octet.
    pub(crate) same: bool,
    /// Its SHA-256 in hexadecimal.
    pub(crate) sha256: String,
    /// What of the protocol it is: its part and, of a file that was sent, its name. The part is
    /// `file`, `data` for what a detached signature covers, `document` for what barcodes carry.
    #[schema(value_type = Option<Object>)]
    pub(crate) file: Option<Value>,
}

/// Compare a file with a protocol
///
/// Whether this file is one of those that were checked, by its SHA-256. It is not kept.
#[utoipa::path(post, path = "/api/v1/protocols/{id}/compare", tag = "protocol",
    params(("id" = String, Path, description = "The id of the protocol.")),
    request_body(content(
        (Vec<u8> = "application/octet-stream"),
        (CompareForm = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "Whether it is the same.", body = Compared),
        (status = 400, description = "The request is not well formed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "A browser sent it from a page of another site that may not use the API.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such protocol, or no longer.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Neither a file nor a form.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database is not available; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn compare(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Json<Compared>, Problem> {
    let (_, compared) = compared(&app, &text(id), request).await?;
    Ok(Json(compared))
}

/// What a protocol says, and whether the file of a request is of it.
pub(crate) async fn compared(
    app: &App,
    id: &str,
    request: Request,
) -> Result<(Value, Compared), Problem> {
    if let Some(client) = client::of(app.config(), request.extensions(), request.headers()) {
        app.verify_throttle().take(client)?;
    }
    let said = statement(app, id).await?;
    let upload = given(app, request).await?;
    let sha256 = hex(upload.sha256());
    let files = said.get("files").and_then(Value::as_array);
    let mut same = files.into_iter().flatten().find(|one| one["sha256"] == *sha256).cloned();
    let carried = said.pointer("/report/document_sha256").and_then(Value::as_str);
    if same.is_none() && carried == Some(sha256.as_str()) {
        same = Some(json!({ "part": "document" }));
    }
    if same.is_none() && stands_for(app, &said, upload).await? {
        same = Some(json!({ "part": "data" }));
    }
    let compared = Compared { same: same.is_some(), file: same, sha256 };
    Ok((said, compared))
}

/// Whether a file is the document in whose place all these digests were given.
async fn stands_for(app: &App, said: &Value, file: Upload) -> Result<bool, Problem> {
    let digests = said.get("digests").and_then(Value::as_array);
    let wanted: Option<Vec<(Hasher, String)>> = digests
        .into_iter()
        .flatten()
        .map(|one| {
            let name = one["algorithm"].as_str()?;
            let (_, algorithm) = DIGESTS.into_iter().find(|(known, _)| *known == name)?;
            Some((algorithm.hasher(), one["value"].as_str()?.to_owned()))
        })
        .collect();
    let Some(mut wanted) = wanted.filter(|all| !all.is_empty()) else { return Ok(false) };
    let work = move |_: &mut Turn| {
        let mut file = file.open_content().map_err(|error| unread(&error))?;
        let mut reader = file.reader().map_err(|error| unread(&error))?;
        let mut piece = vec![0; 1 << 16];
        loop {
            let read = reader.read(&mut piece).map_err(|error| unread(&error))?;
            let Some(octets) = piece.get(..read).filter(|octets| !octets.is_empty()) else { break };
            wanted.iter_mut().for_each(|(hasher, _)| hasher.update(octets));
        }
        Ok(wanted.into_iter().all(|(hasher, value)| hex(&hasher.finish()) == value))
    };
    app.workers().run(work).await
}

/// What the protocol of an id says.
pub(crate) async fn statement(app: &App, id: &str) -> Result<Value, Problem> {
    let kept = app.protocol(ProtocolId::parse(id)?).await?;
    serde_json::from_slice(&said(&kept.message)?).map_err(|_| Problem::internal())
}

/// The file of a request, which is gone when it was compared.
async fn given(app: &App, request: Request) -> Result<Upload, Problem> {
    let wrong = || Problem::new(Code::BadRequest);
    let mut file = None;
    match media_type(request.headers())? {
        Media::File => file = Some(whole(app.room(), request.into_body()).await?),
        Media::Form => {
            let reader = Multipart::from_request(request, app).await;
            let mut reader = reader.map_err(|_| wrong())?;
            let room = app.room();
            let mut allowance = room.allowance();
            while let Some(mut field) =
                room.next(&allowance, reader.next_field(), |_| wrong()).await?
            {
                if field.name() != Some("file") || file.is_some() {
                    return Err(wrong());
                }
                file = Some(part(room, &mut allowance, &mut field).await?);
            }
        }
    }
    file.filter(|file| file.length() > 0).ok_or(Problem::new(Code::NoFile))
}
