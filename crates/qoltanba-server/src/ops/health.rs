//! Whether the service lives, and whether it should be asked.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::App, audit::ExportTrouble, key::KeyState, store::Fault};

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
    /// `ready`; `stale` when no revocation list is in force or the newest of an authority has run
    /// out, and verdicts may therefore be indeterminate; `list_missing` when an authority that is
    /// trusted has none at all; `no_database` when the registry cannot be asked or written;
    /// `database_is_older` when it lacks what was exported of its audit log, and may call genuine
    /// documents unknown; `stopping` when the service takes no new work. With the last two the answer
    /// is 503.
    status: &'static str,
    /// What is wrong with the database of the registry; none when nothing is.
    database: Option<Fault>,
    /// What is wrong with the export of the audit log; none when nothing is. `database_is_older`:
    /// the registry lacks what was exported of it, and may call genuine documents unknown.
    audit: Option<ExportTrouble>,
    /// How the certificate of the service stands; none without a key.
    key: Option<KeyState>,
    /// Roots that are trusted.
    anchors: usize,
    /// The revocation lists at hand: of each authority and scope the newest.
    lists: Vec<List>,
    /// The authorities under a trusted root that no complete list is at hand of.
    missing: Vec<String>,
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
/// Lists that are missing or have run out and a database that cannot be used are told and do not make
/// it unready: it verifies all the same, and says what is missing. A database that is older than the
/// export of its audit log does: its answers would be wrong.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses(
    (status = 200, description = "It should be asked.", body = Readiness),
    (status = 503, description = "It should not be asked now.", body = Readiness)))]
pub(crate) async fn readyz(State(app): State<App>) -> Response {
    let prepared = app.evidence().prepared();
    let now = app.now();
    let lists: Vec<List> = prepared
        .newest_lists(now)
        .into_iter()
        .map(|list| List {
            issuer: list.issuer.clone(),
            delta: list.delta,
            this_update: list.this_update.to_string(),
            next_update: list.next_update.map(|t| t.to_string()),
            in_force: list.is_in_force(now),
        })
        .collect();
    let missing = prepared.authorities_without_list(now);
    let is_stale = !lists.iter().any(|list| list.in_force) || prepared.stale_lists(now) > 0;
    let database = app.store().fault().await;
    let audit = app.exporter().trouble();
    let is_older = audit == Some(ExportTrouble::DatabaseIsOlder);
    let (code, status) = match () {
        () if app.is_stopping() => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        () if is_older => (StatusCode::SERVICE_UNAVAILABLE, "database_is_older"),
        () if database.is_some() => (StatusCode::OK, "no_database"),
        () if is_stale => (StatusCode::OK, "stale"),
        // It may be meant so, as where an authority answers by OCSP alone, and hides nothing.
        () if !missing.is_empty() => (StatusCode::OK, "list_missing"),
        () => (StatusCode::OK, "ready"),
    };
    let anchors = prepared.anchors;
    let key = app.key_state();
    (code, Json(Readiness { status, database, audit, key, anchors, lists, missing }))
        .into_response()
}
