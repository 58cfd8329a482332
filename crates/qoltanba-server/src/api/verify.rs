//! `POST /api/v1/verify`.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
};
use qoltanba::Lang;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::submission;
use crate::{
    app::App,
    client,
    frame::RequestId,
    lang::{self, Asked},
    problem::{Problem, ProblemBody},
    protocol::Made,
};

/// What may be sent as a form.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it is only described; forms are read piece by piece")]
pub(crate) struct VerifyForm {
    /// What is to be verified: a signed message (CMS), a signed XML document or mail, a PDF, a
    /// picture, a certificate, a revocation list, an OCSP response, a time stamp. Several with
    /// `scan`: the pages, photos or texts of the barcodes of one document.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
    /// The document that a detached signature covers.
    #[schema(value_type = Option<String>, format = Binary)]
    data: Option<Vec<u8>>,
    /// The digest of that document in its place, by the algorithm of the signature: `ALGORITHM:HEX`
    /// with gost34311, gost3411-94, gost2015-256, gost2015-512, sha256, sha384 or sha512. May be
    /// repeated for several algorithms.
    #[schema(example = json!([]))]
    data_digest: Option<Vec<String>>,
    /// The same for SHA-256 alone, in hexadecimal.
    data_sha256: Option<String>,
    /// Whether the files are the pages, photos or texts of the barcodes of one document.
    scan: Option<bool>,
    /// Whether to make a signed protocol of the check.
    protocol: Option<bool>,
    /// The moment to judge at, as 2026-11-25T12:00:00Z; now if not given. The answer says which.
    at: Option<String>,
    /// The rules to judge by; the national ones at the moment of check if not given.
    #[schema(value_type = Option<String>)]
    policy: Option<String>,
    /// What the certificate must be fit for: `sign` or `auth`.
    purpose: Option<String>,
    /// The element of an XML document that must be covered instead of the root; may be repeated.
    element: Option<Vec<String>>,
    /// One accepted signature must carry this IIN.
    expect_iin: Option<String>,
    /// One accepted signature must carry this BIN.
    expect_bin: Option<String>,
    /// One accepted signature must carry this role; may be repeated for any of several.
    expect_role: Option<Vec<String>>,
}

/// The report, version 1. Keys are only ever added.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it is only described; the library writes it")]
pub(crate) struct VerifyReport {
    /// The version of the report: 1.
    version: u32,
    /// The kind of file, as it was recognised.
    format: String,
    /// `passed`, `failed` or `indeterminate`.
    verdict: String,
    /// Why it did not pass, for programs.
    reason: Option<String>,
    /// The sub-indication of EN 319 102-1.
    sub_indication: Option<String>,
    /// The verdict in one sentence.
    message: String,
    /// What the law says where the verdict is open.
    law: Option<Value>,
    /// The signatures, or the one certificate, list, response or time stamp, with every check.
    signatures: Vec<Value>,
    /// What is missing for a clear verdict.
    missing: Vec<Value>,
    /// What is worth to be known besides.
    remarks: Vec<Value>,
    /// What was asked: the moment that was judged at, whether it was given, the present moment, the
    /// purpose, the rules, the elements, what was expected of the signer.
    asked: Value,
    /// The file that was judged: its length and SHA-256.
    file: Value,
    /// What was fetched for it, and what could not be.
    fetch: Value,
    /// What a lay person is told: `good`, `good_with_remarks`, `could_not_check` or `not_good`.
    standing: String,
    /// What he can do next, for programs and in a sentence.
    next_step: Option<Value>,
    /// The protocol, where one was asked for and could be made.
    protocol: Option<Made>,
    /// Why there is none although one was asked for; the verdict stands without it.
    protocol_problem: Option<ProblemBody>,
}

/// Verify a document
///
/// Says whether signatures and certificates are good, who signed, for whom and in what role, with
/// every check. The kind of file is seen by its content. The file is the body, or a part of a form;
/// it is not kept. Status 200 means that it was judged: whether it is good, `verdict` says.
///
/// With `protocol=true` the check is put down in a signed protocol, whose link is in the answer.
/// That needs a service with a key of its own: one without answers `no_service_key`. Once the
/// certificate of that key has run out or was revoked, the answer has the verdict and, as
/// `protocol_problem`, `service_key_not_in_force`; of a document with very many signatures
/// `protocol_too_large`. A protocol is of a whole document at the present: none is made with `at`,
/// `element`, `policy` or `purpose`. A client has so many protocols a day.
#[utoipa::path(
    post,
    path = "/api/v1/verify",
    tag = "verify",
    params(
        ("lang" = Option<String>, Query, description = "The language of texts: kk, ru or en; else by Accept-Language."),
        ("at" = Option<String>, Query, description = "As in the form."),
        ("policy" = Option<String>, Query, description = "As in the form."),
        ("purpose" = Option<String>, Query, description = "As in the form."),
        ("element" = Option<Vec<String>>, Query, description = "As in the form."),
        ("expect_role" = Option<Vec<String>>, Query, description = "As in the form. Numbers of persons do not go into an address."),
        ("scan" = Option<bool>, Query, description = "As in the form."),
        ("protocol" = Option<bool>, Query, description = "As in the form."),
        ("data_digest" = Option<Vec<String>>, Query, description = "As in the form."),
        ("data_sha256" = Option<String>, Query, description = "As in the form."),
    ),
    request_body(content(
        (Vec<u8> = "application/octet-stream"),
        (VerifyForm = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "It was judged.", body = VerifyReport),
        (status = 400, description = "The request is not well formed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "A browser sent it from a page of another site that may not use the API.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Neither a file nor a form.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The file is of no kind that can be judged; or a protocol is asked for and the service has no key (`no_service_key`).", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn verify(
    State(app): State<App>,
    Extension(Asked(lang)): Extension<Asked>,
    Extension(RequestId(id)): Extension<RequestId>,
    request: Request,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Value>), Problem> {
    let client = client::of(app.config(), request.extensions(), request.headers());
    if let Some(client) = client {
        app.verify_throttle().take(client)?;
    }
    let submission = submission(&app, request).await?;
    let wants_protocol = submission.protocol;
    if wants_protocol {
        app.may_make_protocol(&submission.wishes)?;
    }
    let answer = Arc::new(app.verify(submission).await?);
    let mut body = answer.to_json(lang);
    if wants_protocol && let Some(body) = body.as_object_mut() {
        // What was found is told even where it cannot be put down.
        let (made, problem) = match app.make_protocol(client, answer, lang).await {
            Ok(made) => (Some(made), None),
            Err(problem) => (None, Some(problem.body(lang, &id))),
        };
        body.insert("protocol".into(), json!(made));
        body.insert("protocol_problem".into(), json!(problem));
    }
    Ok((language(lang), Json(body)))
}

const fn language(lang: Lang) -> [(HeaderName, HeaderValue); 1] {
    [(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang::tag(lang)))]
}
