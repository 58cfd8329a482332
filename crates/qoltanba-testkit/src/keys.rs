//! Keys for the test authority.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use qoltanba::{PrivateKey, SignatureAlgorithm};
use rand_core::CryptoRng;

use crate::error::{Error, Result};

/// A key that certificates, lists and key stores share.
pub type Key = Arc<PrivateKey>;

/// A new key. GOST keys repeat with the generator's seed, RSA keys never do.
///
/// # Errors
/// When keys of the algorithm are not made here.
pub fn fresh_key(algorithm: SignatureAlgorithm, rng: &mut dyn CryptoRng) -> Result<Key> {
    Ok(Arc::new(PrivateKey::generate(algorithm, rng)?))
}

/// A key that is quick to have: a new one for GOST, one of a few that the whole process shares
/// for RSA, whose generation takes a tenth of a second and more.
///
/// Eight keys in a row are different ones.
///
/// # Errors
/// When keys of the algorithm are not made here.
pub fn pooled_key(algorithm: SignatureAlgorithm, rng: &mut dyn CryptoRng) -> Result<Key> {
    static POOL: Mutex<Vec<Key>> = Mutex::new(Vec::new());
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    if !matches!(algorithm, SignatureAlgorithm::RsaPkcs1(_)) {
        return fresh_key(algorithm, rng);
    }
    let turn = NEXT.fetch_add(1, Ordering::Relaxed) % POOL_SIZE;
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    while pool.len() <= turn {
        pool.push(fresh_key(algorithm, rng)?);
    }
    pool.get(turn).cloned().ok_or(Error::Description("the pool of keys is empty"))
}

/// Enough for a root, two authorities, two foreign ones and a few people of one test.
const POOL_SIZE: usize = 8;
