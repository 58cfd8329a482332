//! Side-by-side measurements against the peers, each on the same machine in the same run.
//!
//! One binary a subject: `gost` for the signatures of GOST 34.10, `huge` for the memory and speed
//! of messages read and written as streams, `crlindex` for large revocation lists, `scan` for
//! pages read back from pictures, `paper` for documents issued as PDF.

use std::time::{Duration, Instant};

/// How often a second `work` can be done: the best of ten batches of a tenth of a second, because
/// a machine that does something else now and then only ever makes a batch slower.
pub fn per_second(mut work: impl FnMut()) -> f64 {
    (0..10).map(|_| batch(&mut work)).fold(0.0, f64::max)
}

fn batch(work: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut count = 0u32;
    loop {
        for _ in 0..8 {
            work();
        }
        count += 8;
        let elapsed = start.elapsed();
        if elapsed >= Duration::from_millis(100) {
            return f64::from(count) / elapsed.as_secs_f64();
        }
    }
}
