//! The clock of the service.

use std::time::{SystemTime, UNIX_EPOCH};

use qoltanba::Instant;

/// Tells the present moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clock {
    /// That of the system.
    System,
    /// Always the same moment: for tests.
    Fixed(Instant),
}

impl Clock {
    /// The present moment.
    #[must_use]
    pub fn now(self) -> Instant {
        match self {
            Self::Fixed(at) => at,
            Self::System => {
                let past = SystemTime::now().duration_since(UNIX_EPOCH);
                let seconds = past.map_or(0, |past| past.as_secs());
                Instant::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX))
            }
        }
    }
}
