//! Whether the service lives, and whether it should be asked.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::App, store::Fault};

/// That the service lives.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `live`: else there is no answer.
    status: &'static str,
    /// The version of the service.
    version: &'static str,
}

/// Whether the service should be asked, and how fresh what it judges by is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// `ready`; `stale` when no revocation list is in force or one has run out, and verdicts may
    /// therefore be indeterminate; `no_database` when the registry cannot be asked or written;
    /// `stopping` when the service takes no new work.
    status: &'static str,
    /// What is wrong with the database of the registry; none when nothing is.
    database: Option<Fault>,
    /// Roots that are trusted.
    anchors: usize,
    /// The revocation lists at hand.
    lists: Vec<List>,
}

/// A revocation list at hand.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List {
    /// Whose it is.
    issuer: String,
    /// Whether it has changes only.
    delta: bool,
    /// When it was made.
    this_update: String,
    /// When the next one is due.
    next_update: Option<String>,
    /// Whether it is in force now.
    in_force: bool,
}

/// That the service lives.
#[utoipa::path(get, path = "/healthz", tag = "operations",
    responses((status = 200, description = "It lives.", body = Health)))]
pub(crate) async fn healthz() -> Json<Health> {
    Json(Health { status: "live", version: env!("CARGO_PKG_VERSION") })
}

/// Whether the service should be asked.
///
/// Lists that have run out and a database that cannot be used are told and do not make it unready: it
/// verifies all the same, and says what is missing.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses(
    (status = 200, description = "It should be asked.", body = Readiness),
    (status = 503, description = "It should not be asked now.", body = Readiness)))]
pub(crate) async fn readyz(State(app): State<App>) -> Response {
    let prepared = app.evidence().prepared();
    let now = app.now();
    let lists: Vec<List> = prepared
        .lists
        .iter()
        .map(|list| List {
            issuer: list.issuer.clone(),
            delta: list.delta,
            this_update: list.this_update.to_string(),
            next_update: list.next_update.map(|t| t.to_string()),
            in_force: list.is_in_force(now),
        })
        .collect();
    let is_fresh = !lists.is_empty() && lists.iter().all(|list| list.in_force);
    let database = app.store().fault().await;
    let (code, status) = match (app.is_stopping(), database, is_fresh) {
        (true, ..) => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        (false, Some(_), _) => (StatusCode::OK, "no_database"),
        (false, None, true) => (StatusCode::OK, "ready"),
        (false, None, false) => (StatusCode::OK, "stale"),
    };
    (code, Json(Readiness { status, database, anchors: prepared.anchors, lists })).into_response()
}
