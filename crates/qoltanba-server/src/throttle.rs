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
    /// Tokens of a full bucket; none is no limit.
    burst: u32,
    /// Seconds in which an empty bucket is filled.
    window: f64,
    hash: RandomState,
    buckets: Mutex<HashMap<u64, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// Keys remembered at once. Beyond it the fuller half is forgotten: whoever sends many keys cannot
/// make a bucket forgotten that he emptied.
const MAX_BUCKETS: usize = 100_000;
const MINUTE: f64 = 60.0;
const DAY: f64 = 86_400.0;

impl Throttle {
    /// So many in a minute for each key; 0 is no limit.
    pub(crate) fn per_minute(burst: u32) -> Self {
        Self { burst, window: MINUTE, hash: RandomState::new(), buckets: Mutex::default() }
    }

    /// So many in a day for each key; 0 is no limit.
    pub(crate) fn per_day(burst: u32) -> Self {
        Self { window: DAY, ..Self::per_minute(burst) }
    }

    /// Takes a token of a key, or says when there will be one.
    pub(crate) fn take(&self, key: impl Hash) -> Result<(), Problem> {
        self.take_at(key, Instant::now()).map(drop)
    }

    /// The same, and how many whole ones are left.
    pub(crate) fn spend(&self, key: impl Hash) -> Result<u32, Problem> {
        self.take_at(key, Instant::now())
    }

    /// Gives back a token that was taken.
    pub(crate) fn give_back(&self, key: impl Hash) {
        let now = Instant::now();
        let key = self.hash.hash_one(key);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(&key) {
            let tokens = (self.level(bucket, now) + 1.0).min(f64::from(self.burst));
            *bucket = Bucket { tokens, at: now };
        }
    }

    fn level(&self, bucket: &Bucket, now: Instant) -> f64 {
        let full = f64::from(self.burst);
        let past = now.saturating_duration_since(bucket.at).as_secs_f64();
        (bucket.tokens + past * full / self.window).min(full)
    }

    fn take_at(&self, key: impl Hash, now: Instant) -> Result<u32, Problem> {
        if self.burst == 0 {
            return Ok(u32::MAX);
        }
        let full = f64::from(self.burst);
        let key = self.hash.hash_one(key);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(&key) {
            let mut levels: Vec<f64> = buckets.values().map(|b| self.level(b, now)).collect();
            let half = levels.len() / 2;
            let (_, &mut middle, _) = levels.select_nth_unstable_by(half, f64::total_cmp);
            buckets.retain(|_, bucket| self.level(bucket, now) < middle);
        }
        let tokens = buckets.get(&key).map_or(full, |bucket| self.level(bucket, now));
        if tokens < 1.0 {
            buckets.insert(key, Bucket { tokens, at: now });
            let wait = (1.0 - tokens) * self.window / full;
            // What is long is told in whole minutes.
            let step = if wait > MINUTE { MINUTE } else { 1.0 };
            let wait = (wait / step).ceil() * step;
            return Err(Problem::new(Code::TooManyRequests).retry_after(wait as u64));
        }
        buckets.insert(key, Bucket { tokens: tokens - 1.0, at: now });
        Ok((tokens - 1.0) as u32)
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

    #[test]
    fn a_day_is_longer_than_a_minute_and_what_was_taken_can_be_given_back() {
        let throttle = Throttle::per_day(2);
        let start = Instant::now();
        let take = |seconds| throttle.take_at("a", start + Duration::from_secs(seconds));
        assert_eq!((take(0).ok(), take(0).ok(), take(0).ok()), (Some(1), Some(0), None));
        assert!(take(43_000).is_err());
        assert_eq!(take(43_400).ok(), Some(0));
        assert!((0..2).all(|_| throttle.take("b").is_ok()));
        assert!(throttle.take("b").is_err());
        throttle.give_back("b");
        assert!(throttle.take("b").is_ok());
        assert!(throttle.take("b").is_err());
        // No more than a full bucket, however much is given back.
        (0..5).for_each(|_| throttle.give_back("b"));
        assert_eq!((0..5).filter(|_| throttle.take("b").is_ok()).count(), 2);
    }

    #[test]
    fn it_is_told_when_there_will_be_a_token() {
        let start = Instant::now();
        for (throttle, wait) in [(Throttle::per_minute(3), 20), (Throttle::per_day(2), 43_200)] {
            let take = |seconds| throttle.take_at("a", start + Duration::from_secs(seconds));
            while take(0).is_ok() {}
            let refused = take(0).unwrap_err();
            let told = refused.render(qoltanba::Lang::En, "");
            assert_eq!(told.headers()["retry-after"], wait.to_string());
            assert!(take(wait - 1).is_err() && take(wait).is_ok());
        }
    }

    #[test]
    fn what_was_emptied_is_remembered_when_others_are_forgotten() {
        let throttle = Throttle::per_day(5);
        let start = Instant::now();
        assert!((0..5).all(|_| throttle.take_at("a", start).is_ok()));
        for key in 0..3 * MAX_BUCKETS {
            assert!(throttle.take_at(key, start + Duration::from_micros(key as u64)).is_ok());
        }
        assert!(throttle.buckets.lock().unwrap().len() <= MAX_BUCKETS);
        assert!(throttle.take_at("a", start + Duration::from_secs(1)).is_err());
    }
}
