//! Keys of providers: who may register, and what.
//!
//! A key is `qoltanba_ID_SECRET`: a random name, by which its row is found, and 256 random bits, of
//! which the row has the SHA-256. A hash that is slow on purpose is for what people make up; this
//! nobody can guess. A key is shown once, when it is made, and is in no log.

use std::fmt;

use axum::http::{HeaderMap, header};
use qoltanba::{Instant, Lang, numbers::Bin};
use rusqlite::{OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::record::moment;
use crate::{
    app::App,
    audit::{self, Event},
    clock::Clock,
    config::Config,
    problem::{Code, Problem},
    store::{Db, Fault, Store, Trouble},
    verify::{hex, octets},
};

/// What a key may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// To reserve numbers.
    Reserve,
    /// To register documents.
    Register,
    /// To change the status of a document.
    Status,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Reserve, Self::Register, Self::Status];

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reserve => "reserve",
            Self::Register => "register",
            Self::Status => "status",
        }
    }

    /// The scope of a word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// A key that was just made. It is the only place where the whole key is.
pub struct NewKey {
    /// Its name, by which it is revoked.
    pub id: String,
    /// What the provider sends as `Authorization: Bearer`.
    pub token: String,
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A key as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyRow {
    /// Its name.
    pub id: String,
    /// The provider.
    pub bin: String,
    /// What the provider is called in answers.
    pub name: String,
    /// What it may be used for, with commas between.
    pub scopes: String,
    /// Since when it may not be used.
    pub revoked: Option<String>,
}

/// Why keys could not be read or changed.
#[derive(Debug, Clone)]
pub struct KeyError(Problem);

impl KeyError {
    /// The sentence for people.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        self.0.detail_text(lang)
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for KeyError {}

/// The keys of providers. It may be used while the service runs.
#[derive(Debug, Clone)]
pub struct KeyBook {
    store: Store,
    clock: Clock,
}

/// Octets of a name, which is no secret.
const ID: usize = 8;
/// Octets of a secret.
const SECRET: usize = 32;
const PREFIX: &str = "qoltanba_";

impl KeyBook {
    /// Opens the keys where the settings say.
    #[must_use]
    pub fn open(config: &Config) -> Self {
        Self::of(Store::open(config, Clock::System), Clock::System)
    }

    pub(crate) const fn of(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Makes a key for a provider. Documents that are registered with it must carry a signature of
    /// its BIN.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add(&self, bin: Bin, name: &str, scopes: &[Scope]) -> Result<NewKey, KeyError> {
        let now = self.clock.now();
        let row = (bin.as_str().to_owned(), name.to_owned());
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        let scopes: Vec<&str> = scopes.into_iter().map(Scope::name).collect();
        let scopes = scopes.join(",");
        self.write(move |db| insert(db, row, scopes, now))
    }

    /// Every key.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn list(&self) -> Result<Vec<KeyRow>, KeyError> {
        self.write(|db| {
            let sql = "SELECT id, bin, name, scopes, revoked FROM provider_key ORDER BY bin, id";
            let mut statement = db.sql.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                Ok(KeyRow {
                    id: row.get(0)?,
                    bin: row.get(1)?,
                    name: row.get(2)?,
                    scopes: row.get(3)?,
                    revoked: row.get::<_, Option<i64>>(4)?.map(moment),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Ends a key for good. What was registered with it stays. Whether there was such a key in
    /// force.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn revoke(&self, id: &str) -> Result<bool, KeyError> {
        let (now, id) = (self.clock.now(), id.to_owned());
        self.write(move |db| {
            let sql = "UPDATE provider_key SET revoked = ?2 WHERE id = ?1 AND revoked IS NULL";
            let changed = db.sql.execute(sql, params![id, now.unix()])?;
            if changed > 0 {
                audit::append(db, now, &Event::KeyRevoked { key: id })?;
            }
            Ok(changed > 0)
        })
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db<'_>) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, KeyError> {
        self.store.write_here(work).map_err(KeyError)
    }
}

fn insert(
    db: &Db<'_>,
    (bin, name): (String, String),
    scopes: String,
    now: Instant,
) -> Result<NewKey, Trouble> {
    let mut drawn = [0; ID + SECRET];
    getrandom::fill(&mut drawn).map_err(|_| Fault::Unavailable)?;
    let (id, secret) = drawn.split_at(ID);
    let id = hex(id);
    let digest: [u8; 32] = Sha256::digest(secret).into();
    let token = format!("{PREFIX}{id}_{}", hex(secret));
    let sql = "INSERT INTO provider_key VALUES (?1, ?2, ?3, ?4, ?5, NULL)";
    db.sql.execute(sql, params![id, bin, name, scopes, digest])?;
    let event = Event::KeyAdded { key: id.clone(), bin, name, scopes, secret: hex(&digest) };
    audit::append(db, now, &event)?;
    Ok(NewKey { id, token })
}

/// A provider who showed a key that is good.
#[derive(Debug, Clone)]
pub(super) struct Bearer {
    pub(super) id: String,
    pub(super) bin: String,
    pub(super) name: String,
}

impl Bearer {
    /// The key was good when the request came; before anything is written it is asked again.
    pub(super) fn still_holds(&self, db: &Db<'_>) -> Result<(), Trouble> {
        let sql = "SELECT 1 FROM provider_key WHERE id = ?1 AND revoked IS NULL";
        let there = db.sql.prepare_cached(sql)?.query_row([&self.id], |_| Ok(())).optional()?;
        there.ok_or_else(|| Problem::new(Code::Unauthorized).into())
    }
}

/// Whose key a request has, if that may be used for this.
pub(super) async fn authorised(
    app: &App,
    headers: &HeaderMap,
    scope: Scope,
) -> Result<Bearer, Problem> {
    let refused = || Problem::new(Code::Unauthorized);
    let (id, secret) = shown(headers).ok_or_else(refused)?;
    let found = app.store().read(move |db| look_up(db, id, &secret)).await?;
    let (bearer, scopes) = found.ok_or_else(refused)?;
    match scopes.split(',').any(|word| word == scope.name()) {
        true => Ok(bearer),
        false => Err(Problem::new(Code::Forbidden)),
    }
}

fn shown(headers: &HeaderMap) -> Option<(String, Vec<u8>)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let (id, secret) = token.trim().strip_prefix(PREFIX)?.split_once('_')?;
    let secret = octets(secret).filter(|secret| secret.len() == SECRET)?;
    (id.len() == 2 * ID).then(|| (id.to_owned(), secret))
}

fn look_up(db: &Db<'_>, id: String, secret: &[u8]) -> Result<Option<(Bearer, String)>, Trouble> {
    let digest: [u8; 32] = Sha256::digest(secret).into();
    let sql = "SELECT bin, name, scopes, secret FROM provider_key \
               WHERE id = ?1 AND revoked IS NULL";
    let mut statement = db.sql.prepare_cached(sql)?;
    let row = statement.query_row([&id], |row| {
        let kept: [u8; 32] = row.get(3)?;
        let bearer = Bearer { id: id.clone(), bin: row.get(0)?, name: row.get(1)? };
        Ok((bearer, row.get(2)?, bool::from(kept.ct_eq(&digest))))
    });
    let found = row.optional()?;
    Ok(found.and_then(|(bearer, scopes, is_it)| is_it.then_some((bearer, scopes))))
}
