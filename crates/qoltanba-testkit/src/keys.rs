//! Keys for the test authority.

use std::{
    cell::Cell,
    num::NonZero,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use qoltanba::{algorithm::SignatureAlgorithm, sign::PrivateKey};
use rand_core::CryptoRng;

use crate::{
    error::{Error, Result},
    random::SeededRng,
};

/// A key that certificates, lists and key stores share.
pub type Key = Arc<PrivateKey>;

/// A new key. GOST keys repeat with the generator's seed, RSA keys never do.
///
/// # Errors
/// When keys of the algorithm are not made here.
pub fn fresh_key(algorithm: SignatureAlgorithm, rng: &mut dyn CryptoRng) -> Result<Key> {
    Ok(Arc::new(PrivateKey::generate(algorithm, rng)?))
}

/// So many new keys. RSA keys are made on every processor at once.
pub(crate) fn fresh_keys(
    algorithm: SignatureAlgorithm,
    count: usize,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<Key>> {
    if !is_rsa(algorithm) {
        return (0..count).map(|_| fresh_key(algorithm, rng)).collect();
    }
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(count.max(1));
    // RSA keys come from OpenSSL's generator; a seed of its own keeps any other use apart.
    let seeds: Vec<u64> = (0..threads).map(|_| rng.next_u64()).collect();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .zip(seeds)
            .map(|(thread, seed)| {
                scope.spawn(move || {
                    let mut rng = SeededRng::new(seed);
                    let own = (thread..count).step_by(threads);
                    own.map(|_| fresh_key(algorithm, &mut rng)).collect::<Result<Vec<_>>>()
                })
            })
            .collect();
        let mut keys = Vec::with_capacity(count);
        for worker in workers {
            let failed = Error::Description("a thread that made keys stopped");
            keys.extend(worker.join().map_err(|_| failed)??);
        }
        Ok(keys)
    })
}

const fn is_rsa(algorithm: SignatureAlgorithm) -> bool {
    matches!(algorithm, SignatureAlgorithm::RsaPkcs1(_))
}

/// A key that is quick to have: a new one for GOST, one of a few that the whole process shares
/// for RSA, whose generation takes a tenth of a second and more.
///
/// Eight in a row on one thread are different keys.
///
/// # Errors
/// When keys of the algorithm are not made here.
pub fn pooled_key(algorithm: SignatureAlgorithm, rng: &mut dyn CryptoRng) -> Result<Key> {
    static POOL: Mutex<Vec<Key>> = Mutex::new(Vec::new());
    thread_local! {
        // Of each thread: another test must not make the turn come round within one chain.
        static NEXT: Cell<usize> = const { Cell::new(0) };
    }
    if !is_rsa(algorithm) {
        return fresh_key(algorithm, rng);
    }
    let turn = NEXT.get();
    NEXT.set((turn + 1) % POOL_SIZE);
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    while pool.len() <= turn {
        pool.push(fresh_key(algorithm, rng)?);
    }
    pool.get(turn).cloned().ok_or(Error::Description("the pool of keys is empty"))
}

/// Enough for a root, two authorities, two foreign ones and a few people of one test.
const POOL_SIZE: usize = 8;
