//! The registry of issued documents: which number was given to which document, and whether it is
//! still in force.
//!
//! | who | asks | and learns |
//! |---|---|---|
//! | a provider with a key | to reserve, list and release numbers, to register, to change a status | the record |
//! | who was handed a document | number and IIN or BIN of its recipient | genuine, status, dates, issuer, digests |
//! | who holds the file | its SHA-256 | the same |
//!
//! No content is kept, and no number of a recipient: of it there is a hash under a secret and the
//! number of the document, so that two documents of one person are not seen to be of one.
//!
//! # One answer for two questions
//!
//! Whether a number exists must not be learned by who does not know the recipient. An unknown
//! number, a number of somebody else and a reserved one get the same octets after the same work:
//! one search that always finds a row (the next number, at the end the row of tildes), one hash, two
//! comparisons in constant time. Only what is found and is the recipient's is read further. Limits
//! are asked before, and do not depend on what is there (`guesses`).

mod body;
mod check;
mod guesses;
mod keys;
mod number;
mod record;
mod register;
mod reserved;
mod status;

pub(crate) use self::check::Checked;
use std::sync::atomic::{AtomicU64, Ordering};

use utoipa_axum::{router::OpenApiRouter, routes};

use self::guesses::Guesses;
pub use self::keys::{KeyBook, KeyError, KeyRow, NewKey, Scope};
pub(crate) use self::record::{Record, Status, WithdrawalReason, number, recipient, sealed};
use crate::{app::App, audit::Event, config::Config, throttle::Throttle};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .routes(routes!(number::reserve, reserved::list))
        .routes(routes!(reserved::release))
        .routes(routes!(status::change))
        .routes(routes!(check::check))
        .routes(routes!(check::by_digest))
}

/// What the registry counts.
#[derive(Debug)]
pub(crate) struct Registry {
    by_client: Throttle,
    guesses: Guesses,
    counts: Counts,
}

impl Registry {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            by_client: Throttle::per_minute(config.registry.checks_per_minute),
            guesses: Guesses::new(&config.registry),
            counts: Counts::default(),
        }
    }

    pub(crate) const fn counts(&self) -> &Counts {
        &self.counts
    }
}

/// How often was asked since the last entry of the audit log.
#[derive(Debug, Default)]
pub(crate) struct Counts([AtomicU64; 3]);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted([u64; 3]);

#[derive(Debug, Clone, Copy)]
enum Asked {
    Genuine,
    Unknown,
    Limited,
}

impl Counts {
    fn add(&self, asked: Asked) {
        if let Some(count) = self.0.get(asked as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn take(&self) -> Counted {
        Counted([0, 1, 2].map(|i| self.0.get(i).map_or(0, |c| c.swap(0, Ordering::Relaxed))))
    }

    /// Puts back what could not be written.
    pub(crate) fn give_back(&self, counted: Counted) {
        for (count, more) in self.0.iter().zip(counted.0) {
            count.fetch_add(more, Ordering::Relaxed);
        }
    }
}

impl Counted {
    pub(crate) fn event(self) -> Option<Event> {
        let [genuine, unknown, limited] = self.0;
        let any = self.0.iter().any(|count| *count > 0);
        any.then_some(Event::ChecksCounted { genuine, unknown, limited })
    }
}
