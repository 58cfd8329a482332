//! How often somebody may ask: a bucket of tokens for each key. What is kept of a key is its hash
//! under a secret of this process, since keys may be numbers of persons.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    sync::{Mutex, PoisonError},
    time::Instant,
};

use crate::problem::{Code, Problem};

/// Counts requests by key.
#[derive(Debug)]
pub(crate) struct Throttle {
    /// Tokens of a full bucket, which is filled in a minute; none is no limit.
    burst: u32,
    hash: RandomState,
    buckets: Mutex<HashMap<u64, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// Keys remembered at once. Beyond it full buckets are forgotten, which are as good as new.
const MAX_BUCKETS: usize = 100_000;
const MINUTE: f64 = 60.0;

impl Throttle {
    /// So many in a minute for each key; 0 is no limit.
    pub(crate) fn per_minute(burst: u32) -> Self {
        Self { burst, hash: RandomState::new(), buckets: Mutex::default() }
    }

    /// Takes a token of a key, or says when there will be one.
    pub(crate) fn take(&self, key: impl Hash) -> Result<(), Problem> {
        self.take_at(key, Instant::now())
    }

    fn take_at(&self, key: impl Hash, now: Instant) -> Result<(), Problem> {
        if self.burst == 0 {
            return Ok(());
        }
        let full = f64::from(self.burst);
        let refill = full / MINUTE;
        let key = self.hash.hash_one(key);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let level = |bucket: &Bucket| {
            let past = now.saturating_duration_since(bucket.at).as_secs_f64();
            (bucket.tokens + past * refill).min(full)
        };
        if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(&key) {
            buckets.retain(|_, bucket| level(bucket) < full);
            if buckets.len() >= MAX_BUCKETS {
                return Err(Problem::new(Code::TooManyRequests).retry_after(60));
            }
        }
        let tokens = buckets.get(&key).map_or(full, level);
        if tokens < 1.0 {
            buckets.insert(key, Bucket { tokens, at: now });
            let wait = ((1.0 - tokens) / refill).ceil();
            // Between 1 and 60: a whole bucket is filled in a minute.
            return Err(Problem::new(Code::TooManyRequests).retry_after(wait as u64));
        }
        buckets.insert(key, Bucket { tokens: tokens - 1.0, at: now });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let throttle = Throttle::per_minute(3);
        let start = Instant::now();
        let take = |key: &str, seconds| throttle.take_at(key, start + Duration::from_secs(seconds));
        assert!((0..3).all(|_| take("a", 0).is_ok()));
        assert!(take("a", 0).is_err());
        assert!(take("b", 0).is_ok(), "others are not counted with it");
        assert!(take("a", 19).is_err());
        assert!(take("a", 21).is_ok());
        assert!(take("a", 21).is_err());
        assert!((0..3).all(|_| take("a", 1000).is_ok()));
        assert!(take("a", 1000).is_err());
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let throttle = Throttle::per_minute(0);
        assert!((0..100).all(|_| throttle.take("a").is_ok()));
        assert!(throttle.buckets.lock().unwrap().is_empty());
    }
}
