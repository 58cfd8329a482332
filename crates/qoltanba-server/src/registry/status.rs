//! `POST /api/v1/documents/{number}/status`.

use axum::{
    Json,
    body::Body,
    extract::{Path, State, rejection::PathRejection},
    http::HeaderMap,
};
use qoltanba::Instant;
use rusqlite::params;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    body::json,
    keys::{Bearer, Scope, authorised},
    record::{self, Record, Status, WithdrawalReason},
};
use crate::{
    app::App,
    audit::{self, Event},
    lang::Words,
    problem::{Code, Problem, ProblemBody},
    store::{Db, Trouble},
};

/// What becomes of a document.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum StatusChange {
    /// Another document takes its place.
    Superseded {
        /// The number of that document, which the same issuer registered and which is in force.
        #[schema(pattern = "^[0-9]{14}$")]
        by: String,
    },
    /// It is not in force any more.
    Withdrawn {
        /// Why.
        reason: WithdrawalReason,
    },
}

/// Change a status
///
/// What is issued can be superseded or withdrawn, and what is superseded withdrawn; there is no way
/// back. The same change again is answered as the first time.
#[utoipa::path(post, path = "/api/v1/documents/{number}/status", tag = "registry",
    security(("key" = ["status"])), request_body = StatusChange,
    params(("number" = String, Path, description = "The number of the document.")),
    responses(
        (status = 200, description = "The record as it is now.", body = Record),
        (status = 400, description = "The request is not well formed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "There is no key, or not one that is good.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The key may not do it.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "This provider registered no document with this number.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The status of the document does not allow it.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database is not available; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn change(
    State(app): State<App>,
    number: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Record>, Problem> {
    let bearer = authorised(&app, &headers, Scope::Status).await?;
    // What is no text is no number, and is told as a problem.
    let number = record::number(&number.map(|Path(number)| number).unwrap_or_default())?;
    let change: StatusChange = json(&app, &headers, body).await?;
    let now = app.now();
    let work = move |db: &Db<'_>| decide(db, &bearer, number.as_str(), &change, now);
    app.store().write(work).await.map(Json)
}

fn decide(
    db: &Db<'_>,
    bearer: &Bearer,
    number: &str,
    change: &StatusChange,
    now: Instant,
) -> Result<Record, Trouble> {
    bearer.still_holds(db)?;
    // A document of another provider answers as none.
    let unknown = || Problem::new(Code::UnknownDocument);
    let own = record::owner(db, number)?.filter(|(issuer, _)| *issuer == bearer.bin);
    let (_, status) = own.ok_or_else(unknown)?;
    let before = record::read(db, number)?.ok_or_else(unknown)?;
    let (to, by, reason) = match change {
        StatusChange::Superseded { by } => {
            let by = record::number(by).map_err(|_| Problem::parameter("by", BY))?;
            (Status::Superseded, Some(by.as_str().to_owned()), None)
        }
        StatusChange::Withdrawn { reason } => {
            (Status::Withdrawn, None, Some(reason.name().to_owned()))
        }
    };
    if (status, &before.superseded_by, &before.reason) == (to, &by, &reason) {
        return Ok(before);
    }
    let is_allowed = match (status, to) {
        (Status::Issued, _) => true,
        (Status::Superseded, to) => to == Status::Withdrawn,
        _ => false,
    };
    if !is_allowed {
        return Err(Problem::new(Code::StatusConflict).into());
    }
    if let Some(by) = &by {
        let successor = record::owner(db, by)?;
        let is_good = *by != number && successor == Some((bearer.bin.clone(), Status::Issued));
        if !is_good {
            return Err(Problem::parameter("by", BY).into());
        }
    }
    let sql = "UPDATE document SET status = ?2, replaced_by = ?3, reason = ?4, changed = ?5 \
               WHERE number = ?1";
    let mut update = db.sql.prepare_cached(sql)?;
    update.execute(params![number, to as i64, by, reason, now.unix()])?;
    let event = Event::StatusChanged {
        key: bearer.id.clone(),
        number: number.to_owned(),
        status: to.name().to_owned(),
        replaced_by: by,
        reason,
    };
    audit::append(db, now, &event)?;
    Ok(record::read(db, number)?.ok_or_else(unknown)?)
}

const BY: Words = Words {
    kk: "сол беруші тіркеген, күші бар басқа құжаттың нөмірі керек",
    ru: "нужен номер другого действующего документа того же поставщика",
    en: "the number of another document in force of the same provider is wanted",
};
