//! The clock: the core has none.

use std::time::{SystemTime, UNIX_EPOCH};

use qoltanba::Instant;

/// The present moment.
pub(crate) fn now() -> Instant {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |past| past.as_secs());
    Instant::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX))
}
