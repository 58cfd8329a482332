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

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use qoltanba::{
    Limits,
    algorithm::{PublicKey, Strength},
    sign::{KeyStore, Password, SigningKey},
};
use qoltanba_testkit::SeededRng;

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
    let signature = key.sign(b"message", &mut SeededRng::new(7))?;
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
