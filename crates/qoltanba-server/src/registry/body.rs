//! Bodies of JSON. What is wrong with one is told without repeating it.

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use crate::{
    app::App,
    problem::{Code, Problem},
};

/// Octets of a body.
const MAX_BODY: usize = 16 << 10;

pub(super) async fn json<T: DeserializeOwned>(
    app: &App,
    headers: &HeaderMap,
    body: Body,
) -> Result<T, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or_default());
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    // No page of another site can have its visitors send this type unasked (Fetch standard §4.10).
    if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) {
        return Err(Problem::new(Code::UnsupportedMediaType).with_words(crate::lang::Words {
            kk: "сұрауды application/json ретінде жіберіңіз",
            ru: "отправьте запрос как application/json",
            en: "send the request as application/json",
        }));
    }
    let allowance = app.room().allowance();
    let mut pieces = body.into_data_stream();
    let mut octets = Vec::new();
    let wrong = |_| Problem::new(Code::BadRequest);
    loop {
        let piece = async { pieces.next().await.transpose() };
        let Some(piece) = app.room().next(&allowance, piece, wrong).await? else { break };
        if octets.len() + piece.len() > MAX_BODY {
            return Err(Problem::new(Code::TooLarge));
        }
        octets.extend_from_slice(&piece);
    }
    serde_json::from_slice(&octets).map_err(|_| Problem::new(Code::BadRequest))
}
