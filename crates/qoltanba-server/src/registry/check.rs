//! `POST /api/v1/documents/check` and `POST /api/v1/documents/by-digest`.

use std::net::IpAddr;

use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    http::request::Parts,
};
use qoltanba::paper::document::UniqueNumber;
use rusqlite::OptionalExtension as _;
use serde::{Deserialize, Serialize};
use subtle::{Choice, ConstantTimeEq as _};
use utoipa::ToSchema;

use super::{
    Asked,
    body::json,
    record::{self, IssuerRecord, RecipientNumber, Record, Status},
};
use crate::{
    app::App,
    client,
    lang::Words,
    problem::{Problem, ProblemBody},
    store::{Db, Trouble},
    verify::octets,
};

/// What stands on a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumberCheck {
    /// The number of the document.
    #[schema(pattern = "^[0-9]{14}$")]
    number: String,
    /// The IIN or BIN of its recipient.
    #[schema(pattern = "^[0-9]{12}$")]
    recipient: String,
}

/// A file by its digest.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DigestCheck {
    /// SHA-256 of the file in hexadecimal.
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    sha256: String,
}

/// Whether a document is genuine, and its record where it is.
#[derive(Debug, ToSchema)]
#[schema(as = Checked)]
#[expect(dead_code, reason = "it is only described: of one that is not genuine nothing is told")]
pub(crate) struct CheckedBody {
    /// Whether it was issued: with this number to this recipient, or this very file. Whether it is
    /// still in force, `status` says.
    genuine: bool,
    /// Its number.
    #[schema(pattern = "^[0-9]{14}$")]
    number: Option<String>,
    /// Whether it is in force: `issued`, `superseded` or `withdrawn`.
    status: Option<String>,
    /// The number of the document that has taken its place.
    superseded_by: Option<String>,
    /// Why it was withdrawn.
    reason: Option<String>,
    /// When it was registered.
    registered: Option<String>,
    /// When its status last changed.
    changed: Option<String>,
    /// Who issued it.
    issuer: Option<IssuerRecord>,
    /// SHA-256 of its files in hexadecimal.
    sha256: Option<Vec<String>>,
}

/// Whether a document is genuine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Checked {
    /// Whether it was issued: with this number to this recipient, or this very file. Whether it is
    /// still in force, `status` says.
    pub(crate) genuine: bool,
    #[serde(flatten)]
    pub(crate) record: Option<Record>,
}

/// Check a number
///
/// Number and recipient together. Where they do not belong together, where there is no such number
/// and where it was only reserved the answer is the same, to the octet. Nothing of the content is
/// told. Both numbers go in the body and never in an address.
#[utoipa::path(post, path = "/api/v1/documents/check", tag = "registry",
    request_body = NumberCheck,
    responses(
        (status = 200, description = "Whether it is genuine.", body = CheckedBody),
        (status = 400, description = "The request is not well formed, or the number of the document or of its recipient is mistyped, which is told without a look at what there is.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "A browser sent it from a page of another site that may not use the API.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many checks of this client, or too many failed ones of this number, whether there is such a document or not; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database is not available; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn check(
    State(app): State<App>,
    request: Request,
) -> Result<Json<Checked>, Problem> {
    let (parts, body) = request.into_parts();
    let wanted: NumberCheck = json(&app, &parts.headers, body).await?;
    let number = record::number(&wanted.number)?;
    let recipient = record::recipient(&wanted.recipient)?;
    app.check_number(number, recipient, client_of(&app, &parts)).await.map(Json)
}

/// Look up a file
///
/// For who holds the file: whether this very file was registered, and its record. A file that was
/// not may still be genuine: verify it.
#[utoipa::path(post, path = "/api/v1/documents/by-digest", tag = "registry",
    request_body = DigestCheck,
    responses(
        (status = 200, description = "Whether it was registered.", body = CheckedBody),
        (status = 400, description = "The request is not well formed.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "A browser sent it from a page of another site that may not use the API.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many checks of this client; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database is not available; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn by_digest(
    State(app): State<App>,
    request: Request,
) -> Result<Json<Checked>, Problem> {
    let (parts, body): (Parts, Body) = request.into_parts();
    let wanted: DigestCheck = json(&app, &parts.headers, body).await?;
    let digest = octets(&wanted.sha256).and_then(|digest| digest.try_into().ok());
    let digest = digest.ok_or(Problem::parameter("sha256", DIGEST))?;
    app.check_digest(digest, client_of(&app, &parts)).await.map(Json)
}

fn client_of(app: &App, parts: &Parts) -> Option<IpAddr> {
    client::of(app.config(), &parts.extensions, &parts.headers)
}

impl App {
    /// Whether a document with this number was issued to this recipient.
    pub(crate) async fn check_number(
        &self,
        number: UniqueNumber,
        recipient: RecipientNumber,
        client: Option<IpAddr>,
    ) -> Result<Checked, Problem> {
        let limits = self.registry();
        let is_allowed = limits.by_client.take(client);
        let guess = is_allowed.and_then(|()| limits.guesses.begin(&number, client, self.metrics()));
        let guess = self.counted(guess)?;
        let asked = number.clone();
        let found = self.store().read(move |db| find(db, asked.as_str(), &recipient)).await;
        if !matches!(found, Ok(None)) {
            guess.give_back();
        }
        Ok(self.told(found?))
    }

    /// Whether this very file was registered.
    pub(crate) async fn check_digest(
        &self,
        digest: [u8; 32],
        client: Option<IpAddr>,
    ) -> Result<Checked, Problem> {
        self.counted(self.registry().by_client.take(client))?;
        let found = self.store().read(move |db| {
            let mut statement =
                db.sql.prepare_cached("SELECT number FROM file WHERE digest = ?1")?;
            let number: Option<String> = statement.query_row([digest], |r| r.get(0)).optional()?;
            number.map_or(Ok(None), |number| record::read(db, &number))
        });
        let found = found.await?;
        Ok(self.told(found))
    }

    fn counted<T>(&self, is_allowed: Result<T, Problem>) -> Result<T, Problem> {
        is_allowed.inspect_err(|_| self.registry().counts.add(Asked::Limited))
    }

    fn told(&self, record: Option<Record>) -> Checked {
        let asked = if record.is_some() { Asked::Genuine } else { Asked::Unknown };
        self.registry().counts.add(asked);
        Checked { genuine: record.is_some(), record }
    }
}

/// The first number that is not before the one that is asked for: there always is a row.
pub(super) const NEAREST: &str = "SELECT number, status, recipient_a, recipient_b FROM document \
                                  WHERE number >= ?1 ORDER BY number LIMIT 1";

fn find(db: &Db<'_>, number: &str, recipient: &RecipientNumber) -> Result<Option<Record>, Trouble> {
    if is_genuine(db, number, recipient)? { record::read(db, number) } else { Ok(None) }
}

/// The same work whether there is such a number or not.
pub(super) fn is_genuine(
    db: &Db<'_>,
    number: &str,
    recipient: &RecipientNumber,
) -> Result<bool, Trouble> {
    let hash = recipient.hash(db.secret, number);
    let mut statement = db.sql.prepare_cached(NEAREST)?;
    let is_genuine: Choice = statement.query_row([number], |row| {
        let (found, status): (String, i64) = (row.get(0)?, row.get(1)?);
        let (a, b): ([u8; 32], [u8; 32]) = (row.get(2)?, row.get(3)?);
        let is_it = found.as_bytes().ct_eq(number.as_bytes());
        let is_recipients = a.ct_eq(&hash) | b.ct_eq(&hash);
        Ok(is_it & is_recipients & !status.ct_eq(&(Status::Reserved as i64)))
    })?;
    Ok(is_genuine.into())
}

const DIGEST: Words = Words {
    kk: "SHA-256 хеші 64 он алтылық цифрдан тұрады",
    ru: "хеш SHA-256 состоит из 64 шестнадцатеричных цифр",
    en: "a digest of SHA-256 has sixty-four hexadecimal digits",
};

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use getrandom::{SysRng, rand_core::UnwrapErr};
    use rusqlite::StatementStatus;

    use super::*;
    use crate::{
        clock::Clock,
        config::Config,
        registry::record::{NewRow, insert, nobody},
        store::Store,
    };

    /// What SQLite counts of a search, and how much is left to compare.
    type Work = (i32, i32, i32, i32, Vec<usize>);

    /// How often the search was made while something was done, and its steps.
    fn made<T>(db: &Db<'_>, done: impl FnOnce() -> T) -> (i32, i32, T) {
        let counted = || {
            let statement = db.sql.prepare_cached(NEAREST).unwrap();
            [StatementStatus::Run, StatementStatus::VmStep].map(|s| statement.get_status(s))
        };
        let [runs, steps] = counted();
        let done = done();
        let [more_runs, more_steps] = counted();
        (more_runs - runs, more_steps - steps, done)
    }

    fn work(db: &Db<'_>, number: &str) -> Work {
        let mut statement = db.sql.prepare(NEAREST).unwrap();
        let lengths = statement
            .query_row([number], |row| {
                let number: String = row.get(0)?;
                let (a, b): ([u8; 32], [u8; 32]) = (row.get(2)?, row.get(3)?);
                Ok(vec![number.len(), a.len(), b.len()])
            })
            .unwrap();
        let count = |status| statement.get_status(status);
        (
            count(StatementStatus::VmStep),
            count(StatementStatus::FullscanStep),
            count(StatementStatus::Sort),
            count(StatementStatus::AutoIndex),
            lengths,
        )
    }

    #[test]
    fn the_same_work_is_done_whether_there_is_such_a_number_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let data = format!("server.data = {:?}", folder.path());
        let config = Config::read(&data, std::iter::empty()).unwrap();
        let clock = Clock::Fixed("2026-11-25T12:00:00Z".parse().unwrap());
        let store = Store::open(&config, clock);
        let seen = store.write_here(move |db| {
            let mut rng = UnwrapErr(SysRng);
            let recipient = record::recipient("920101100008").unwrap();
            let mut numbers = BTreeMap::new();
            for index in 0..1500 {
                let number = UniqueNumber::generate(&mut rng);
                let kind = ["issued", "reserved", "of somebody else"][index % 3];
                let mine = recipient.hash(db.secret, number.as_str());
                let row = NewRow {
                    number: number.as_str(),
                    status: if kind == "reserved" { Status::Reserved } else { Status::Issued },
                    recipients: match kind {
                        "of somebody else" => [nobody()?, nobody()?],
                        _ => [nobody()?, mine],
                    },
                    issuer: "450140000005",
                    name: "",
                    at: clock.now(),
                };
                insert(db, &row)?;
                numbers.insert(number, kind);
            }
            for _ in 0..500 {
                numbers.insert(UniqueNumber::generate(&mut rng), "unknown");
            }
            numbers.insert(UniqueNumber::new("99999999999999").unwrap(), "unknown");
            let mut seen: BTreeSet<Work> = BTreeSet::new();
            for (number, kind) in &numbers {
                seen.insert(work(db, number.as_str()));
                let (runs, steps, is_genuine) =
                    made(db, || is_genuine(db, number.as_str(), &recipient));
                assert_eq!(is_genuine?, *kind == "issued", "{kind}");
                assert_eq!((runs, steps), (1, work(db, number.as_str()).0), "{kind}");
            }
            Ok(seen)
        });
        let seen = seen.unwrap();
        assert_eq!(seen.len(), 1, "every number takes the same steps: {seen:?}");
        assert!(seen.iter().all(|(steps, ..)| *steps > 0));
    }
}
