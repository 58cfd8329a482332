//! `GET /api/v1/documents/numbers` and `POST /api/v1/documents/numbers/release`: numbers whose
//! answer was lost are found again, and what will not be used is given back.

use std::collections::BTreeSet;

use axum::{
    Json,
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::HeaderMap,
};
use qoltanba::{Instant, paper::document::UniqueNumber};
use rusqlite::params;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body::json,
    keys::{Bearer, Scope, authorised},
    number::Numbers,
    record::{self, Status},
};
use crate::{
    app::App,
    audit::{self, Event},
    lang::Words,
    problem::{Code, Problem, ProblemBody},
    store::{Db, Trouble},
};

/// Numbers of one answer.
const PAGE: usize = 1000;
/// Numbers of one request: the body of more is too large.
const MAX_RELEASED: usize = 500;

/// Where to go on.
#[derive(Debug, Deserialize)]
pub(crate) struct Onward {
    after: Option<String>,
}

/// Numbers that are reserved and not used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reserved {
    /// In the order of their digits, a thousand at most.
    numbers: Vec<ReservedNumber>,
    /// Whether there are more, after the last of these.
    more: bool,
}

/// A number that is reserved and not used.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReservedNumber {
    /// Fourteen digits.
    #[schema(pattern = "^[0-9]{14}$")]
    number: String,
    /// When it was reserved: numbers of one request have one moment.
    reserved: String,
}

/// Numbers that will not be used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumbersReleased {
    /// Fourteen digits each.
    #[schema(min_items = 1, max_items = 500)]
    numbers: Vec<String>,
}

/// List reserved numbers
///
/// The numbers that the provider of the key has reserved and no document has yet: also those whose
/// answer was lost on its way.
#[utoipa::path(get, path = "/api/v1/documents/numbers", tag = "registry",
    security(("key" = ["reserve"])),
    params(("after" = Option<String>, Query, pattern = "^[0-9]{14}$", description = "The last number of the answer before; none at first.")),
    responses(
        (status = 200, description = "The numbers.", body = Reserved),
        (status = 400, description = "The parameter is no number.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "There is no key, or not one that is good.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The key may not do it.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database is not available; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list(
    State(app): State<App>,
    headers: HeaderMap,
    onward: Result<Query<Onward>, QueryRejection>,
) -> Result<Json<Reserved>, Problem> {
    let bearer = authorised(&app, &headers, Scope::Reserve).await?;
    let Query(onward) = onward.map_err(|_| Problem::new(Code::BadRequest))?;
    let Onward { after } = onward;
    if after.as_ref().is_some_and(|after| UniqueNumber::new(after).is_err()) {
        return Err(Problem::parameter("after", AFTER));
    }
    let after = after.unwrap_or_default();
    app.store().read(move |db| page(db, &bearer, &after)).await.map(Json)
}

fn page(db: &Db<'_>, bearer: &Bearer, after: &str) -> Result<Reserved, Trouble> {
    let sql = "SELECT number, registered FROM document WHERE issuer = ?1 AND status = ?2 \
               AND number > ?3 ORDER BY number LIMIT ?4";
    let mut select = db.sql.prepare_cached(sql)?;
    let wanted = params![bearer.bin, Status::Reserved as i64, after, PAGE as i64 + 1];
    let rows = select.query_map(wanted, |row| {
        Ok(ReservedNumber { number: row.get(0)?, reserved: record::moment(row.get(1)?) })
    })?;
    let mut numbers: Vec<ReservedNumber> = rows.collect::<Result<_, _>>()?;
    let more = numbers.len() > PAGE;
    numbers.truncate(PAGE);
    Ok(Reserved { numbers, more })
}

/// Release reserved numbers
///
/// Gives back numbers that no document has and that will not be used: all of them, or none when one
/// is not reserved by the provider of the key. A number that stands on a paper must not be released.
#[utoipa::path(post, path = "/api/v1/documents/numbers/release", tag = "registry",
    security(("key" = ["reserve"])), request_body = NumbersReleased,
    responses(
        (status = 200, description = "The numbers that are reserved no more.", body = Numbers),
        (status = 400, description = "The request is not well formed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "There is no key, or not one that is good.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The key may not do it.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "A number was not reserved by this provider, or is of a document.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database is not available; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn release(
    State(app): State<App>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Numbers>, Problem> {
    let bearer = authorised(&app, &headers, Scope::Reserve).await?;
    let NumbersReleased { numbers } = json(&app, &headers, body).await?;
    if numbers.is_empty() || numbers.len() > MAX_RELEASED {
        return Err(Problem::parameter("numbers", COUNT));
    }
    let numbers: BTreeSet<String> = numbers
        .iter()
        .map(|text| record::number(text).map(|number| number.as_str().to_owned()))
        .collect::<Result<_, _>>()?;
    let now = app.now();
    let released = app.store().write(move |db| release_all(db, &bearer, numbers, now)).await?;
    Ok(Json(Numbers { numbers: released }))
}

fn release_all(
    db: &Db<'_>,
    bearer: &Bearer,
    numbers: BTreeSet<String>,
    now: Instant,
) -> Result<Vec<String>, Trouble> {
    bearer.still_holds(db)?;
    let sql = "DELETE FROM document WHERE number = ?1 AND issuer = ?2 AND status = ?3";
    for number in &numbers {
        // A number that somebody else has answers as one that nobody reserved.
        match record::owner(db, number)?.filter(|(issuer, _)| *issuer == bearer.bin) {
            Some((_, Status::Reserved)) => {}
            Some(_) => return Err(Problem::new(Code::NumberTaken).into()),
            None => return Err(Problem::new(Code::NumberNotReserved).into()),
        }
        let mut delete = db.sql.prepare_cached(sql)?;
        delete.execute(params![number, bearer.bin, Status::Reserved as i64])?;
    }
    let numbers: Vec<String> = numbers.into_iter().collect();
    let event = Event::NumbersReleased {
        key: bearer.id.clone(),
        issuer: bearer.bin.clone(),
        numbers: numbers.clone(),
    };
    audit::append(db, now, &event)?;
    Ok(numbers)
}

const AFTER: Words = Words {
    kk: "14 цифрлы нөмір керек",
    ru: "нужен номер из 14 цифр",
    en: "a number of 14 digits is wanted",
};
const COUNT: Words =
    Words { kk: "1-ден 500-ге дейін", ru: "от 1 до 500", en: "from 1 to 500" };
