//! How long something has been going on. This is no clock: the present moment is an input.

use std::time::{Duration, Instant};

pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[allow(clippy::disallowed_methods, reason = "the one place: a duration, never a moment")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn is_past(&self, limit: Duration) -> bool {
        self.0.elapsed() >= limit
    }
}
