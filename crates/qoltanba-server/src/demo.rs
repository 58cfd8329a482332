//! A service to show: with a provider's notice that is registered already, and is handed out.

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderName, Request, StatusCode, header},
    routing::get,
};
use qoltanba::numbers::Bin;
use tokio::task;
use tower::ServiceExt as _;

use crate::{
    app::{App, app},
    net::ServeError,
    registry::Scope,
};

/// Who issued the notice.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The BIN in its signature.
    pub bin: Bin,
    /// What it is called in answers.
    pub name: String,
}

/// Registers the notice as its provider would, by the API.
pub(crate) async fn register(
    shown: &App,
    provider: Provider,
    notice: &Bytes,
) -> Result<(), ServeError> {
    let failed = |status: StatusCode| ServeError::Notice { status: status.as_u16() };
    let book = shown.key_book();
    let add = move || book.add(provider.bin, &provider.name, &[Scope::Register]);
    let key = task::spawn_blocking(add).await.ok().and_then(Result::ok);
    let key = key.ok_or(failed(StatusCode::SERVICE_UNAVAILABLE))?;
    let request = Request::post("/api/v1/documents")
        .header(header::AUTHORIZATION, format!("Bearer {}", key.token))
        .body(Body::from(notice.clone()))
        .map_err(|_| failed(StatusCode::BAD_REQUEST))?;
    let Ok(answer) = app(shown.clone()).oneshot(request).await;
    match answer.status() {
        StatusCode::CREATED => Ok(()),
        other => Err(failed(other)),
    }
}

/// Hands out the notice.
pub(crate) fn route(notice: Bytes) -> Router {
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"notice.pdf\""),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Router::new().route("/demo/notice.pdf", get(async move || (headers, notice)))
}
