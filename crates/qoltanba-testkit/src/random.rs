//! Randomness that repeats, for tests.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};

/// A generator that gives the same octets for the same seed: SHA-256 of the seed and a counter.
///
/// With it two runs of a test make the same GOST keys, names and serial numbers. RSA keys come
/// from OpenSSL's own generator and differ from run to run.
///
/// ```
/// use qoltanba_testkit::SeededRng;
/// use rand_core::Rng as _;
/// assert_eq!(SeededRng::new(7).next_u64(), SeededRng::new(7).next_u64());
/// assert_ne!(SeededRng::new(7).next_u64(), SeededRng::new(8).next_u64());
/// ```
#[derive(Debug, Clone)]
pub struct SeededRng {
    seed: u64,
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl SeededRng {
    /// Starts from a seed. Keys made with it are no secrets.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, counter: 0, block: [0; 32], used: 32 }
    }

    fn fill(&mut self, out: &mut [u8]) {
        for octet in out {
            if self.used == self.block.len() {
                self.counter += 1;
                let mut hash = Sha256::new();
                hash.update(self.seed.to_be_bytes());
                hash.update(self.counter.to_be_bytes());
                self.block = hash.finalize().into();
                self.used = 0;
            }
            *octet = self.block.get(self.used).copied().unwrap_or_default();
            self.used += 1;
        }
    }
}

impl TryRng for SeededRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut out = [0; 4];
        self.fill(&mut out);
        Ok(u32::from_be_bytes(out))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut out = [0; 8];
        self.fill(&mut out);
        Ok(u64::from_be_bytes(out))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}

impl TryCryptoRng for SeededRng {}
