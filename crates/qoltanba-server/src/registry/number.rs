//! `POST /api/v1/documents/numbers`.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use getrandom::{
    SysRng,
    rand_core::{CryptoRng, UnwrapErr},
};
use qoltanba::{Instant, paper::document::UniqueNumber};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body::json,
    keys::{Bearer, Scope, authorised},
    record::{self, NewRow, Status, nobody},
};
use crate::{
    app::App,
    audit::{self, Event},
    lang::Words,
    problem::{Code, Problem, ProblemBody},
    store::{Db, Trouble},
};

/// How many numbers are wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumbersWanted {
    /// How many.
    #[schema(minimum = 1, maximum = 1000)]
    count: u32,
}

/// Numbers that nobody else gets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Numbers {
    /// Fourteen digits each.
    pub(super) numbers: Vec<String>,
}

/// Numbers of one request.
const MAX_COUNT: u32 = 1000;
/// Draws for one number. With a thousand million numbers given out of nine million million, eight
/// draws in a row that are all taken come once in 10³¹.
const DRAWS: usize = 8;

/// Reserve numbers
///
/// Draws numbers for documents that are yet to be made, so that a document can carry its number
/// when it is signed. A reserved number answers as one that nobody has. When the answer was lost, the
/// list of reserved numbers has what it said.
#[utoipa::path(post, path = "/api/v1/documents/numbers", tag = "registry",
    security(("key" = ["reserve"])), request_body = NumbersWanted,
    responses(
        (status = 201, description = "The numbers.", body = Numbers),
        (status = 400, description = "The request is not well formed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "There is no key, or not one that is good.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The key may not do it.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "Too many numbers are reserved and not used.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database is not available; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn reserve(
    State(app): State<App>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Numbers>), Problem> {
    let bearer = authorised(&app, &headers, Scope::Reserve).await?;
    let NumbersWanted { count } = json(&app, &headers, body).await?;
    if count == 0 || count > MAX_COUNT {
        return Err(Problem::parameter("count", COUNT));
    }
    let (now, most) = (app.now(), app.config().registry.reserved);
    let work = move |db: &Db<'_>| draw_all(db, &bearer, count, most, now);
    let numbers = app.store().write(work).await?;
    Ok((StatusCode::CREATED, Json(Numbers { numbers })))
}

fn draw_all(
    db: &Db<'_>,
    bearer: &Bearer,
    count: u32,
    most: u32,
    now: Instant,
) -> Result<Vec<String>, Trouble> {
    bearer.still_holds(db)?;
    let sql = "SELECT count(*) FROM document WHERE issuer = ?1 AND status = 0";
    let there: i64 = db.sql.prepare_cached(sql)?.query_row([&bearer.bin], |row| row.get(0))?;
    if most > 0 && there + i64::from(count) > i64::from(most) {
        return Err(Problem::new(Code::TooManyReserved).into());
    }
    let mut numbers = Vec::new();
    for _ in 0..count {
        let number = draw(db)?;
        let row = NewRow {
            number: number.as_str(),
            status: Status::Reserved,
            recipients: [nobody()?, nobody()?],
            issuer: &bearer.bin,
            name: &bearer.name,
            at: now,
        };
        record::insert(db, &row)?;
        numbers.push(number.as_str().to_owned());
    }
    let event = Event::NumbersReserved {
        key: bearer.id.clone(),
        issuer: bearer.bin.clone(),
        numbers: numbers.clone(),
    };
    audit::append(db, now, &event)?;
    Ok(numbers)
}

/// Draws a number that nobody has.
pub(super) fn draw(db: &Db<'_>) -> Result<UniqueNumber, Trouble> {
    draw_from(db, &mut UnwrapErr(SysRng))
}

fn draw_from(db: &Db<'_>, rng: &mut impl CryptoRng) -> Result<UniqueNumber, Trouble> {
    for _ in 0..DRAWS {
        let number = UniqueNumber::generate(rng);
        if record::owner(db, number.as_str())?.is_none() {
            return Ok(number);
        }
    }
    Err(Problem::internal().into())
}

const COUNT: Words =
    Words { kk: "1-ден 1000-ға дейін", ru: "от 1 до 1000", en: "from 1 to 1000" };

#[cfg(test)]
mod tests {
    use qoltanba_testkit::SeededRng;

    use super::*;
    use crate::{clock::Clock, config::Config, store::Store};

    #[test]
    fn a_number_that_somebody_has_is_not_drawn_again() {
        let folder = tempfile::tempdir().unwrap();
        let data = format!("server.data = {:?}", folder.path());
        let config = Config::read(&data, std::iter::empty()).unwrap();
        let clock = Clock::Fixed("2026-11-25T12:00:00Z".parse().unwrap());
        let drawn = Store::open(&config, clock).write_here(move |db| {
            let mut drawn = Vec::new();
            // The same seed, so that each begins with the numbers of those before.
            for _ in 0..DRAWS {
                let number = draw_from(db, &mut SeededRng::new(7))?;
                let row = NewRow {
                    number: number.as_str(),
                    status: Status::Reserved,
                    recipients: [nobody()?, nobody()?],
                    issuer: "450140000005",
                    name: "",
                    at: clock.now(),
                };
                record::insert(db, &row)?;
                drawn.push(number);
            }
            assert!(draw_from(db, &mut SeededRng::new(7)).is_err(), "all draws are taken");
            Ok(drawn)
        });
        let mut drawn = drawn.unwrap();
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), DRAWS);
    }
}
