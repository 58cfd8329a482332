//! Key stores: the national authority's, minted ones, OpenSSL's, hostile ones.
//!
//! Vectors are data outside of the repository (`QOLTANBA_VECTORS`); a set that is absent is
//! reported as ignored.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests may fail by panic; these read vectors and run OpenSSL"
)]

mod assemble;
mod choice;
mod hostile;
mod keys;
mod openssl;
mod vectors;

use std::{convert::Infallible, process::ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use qoltanba::{KeyStore, Limits, Password, PublicKey, SigningKey, Strength};
use rand_core::{TryCryptoRng, TryRng};

type Outcome = Result<(), Failed>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials =
        [vectors::trials(), openssl::trials(), keys::trials(), choice::trials(), hostile::trials()];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit_code()
}

fn trial(name: &str, run: fn()) -> Trial {
    Trial::test(name, move || {
        run();
        Ok(())
    })
}

fn open(file: &[u8], password: &str) -> qoltanba::Result<KeyStore> {
    KeyStore::open(file, &Password::from(password), &Limits::default())
}

/// A signature made by the store's key stands under its certificate, and under no altered message.
fn check_signs(store: &KeyStore) -> Outcome {
    let key = store.key();
    let signature = key.sign(b"message", &mut TestRng(7))?;
    let public = store.certificate().public_key()?;
    let verify = |public: &PublicKey, message: &[u8]| {
        public.verify(key.algorithm(), message, &signature, Strength::default())
    };
    verify(public, b"message").map_err(|fault| format!("{fault:?}"))?;
    verify(&PublicKey::from_spki(key.public_key_info())?, b"message")
        .map_err(|fault| format!("{fault:?}"))?;
    match verify(public, b"massage") {
        Ok(()) => Err("the signature stands for another message".into()),
        Err(_) => Ok(()),
    }
}

/// SplitMix64: reproducible, and no source of secrets.
struct TestRng(u64);

impl TryRng for TestRng {
    type Error = Infallible;

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(z ^ (z >> 31))
    }

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|n| n as u32)
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        for chunk in octets.chunks_mut(8) {
            chunk.copy_from_slice(&self.try_next_u64()?.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for TestRng {}
