//! Sign a document with a key from a key store, and take the document out again.

use std::io::Write;

use qoltanba::{
    Limits,
    identity::Role,
    sign::{CmsSigner, Form, KeyStore, Password, extract},
};
use qoltanba_examples::{Outcome, Setting};
use qoltanba_testkit::SeededRng;

/// Opens a key store in the national form and signs, attached and detached.
pub fn run(out: &mut dyn Write) -> Outcome {
    let setting = Setting::new(Role::FirstHead)?;
    let mut rng = SeededRng::new(1); // in production: the system's generator
    let password = Password::new("Qoltanba-example-1");
    let certificate = setting.signer.signer_certificate()?;
    let file = KeyStore::write(
        &setting.signer.signer.key,
        &certificate,
        &[],
        None,
        &password,
        Form::National,
        &mut rng,
    )?;

    let store = KeyStore::open(&file, &password, &Limits::default())?;
    let signer = CmsSigner::new(store.key(), store.certificate())?.signing_time(setting.now);
    let order = "Бұйрық № 7".as_bytes();
    let attached = signer.sign(order, &mut rng)?;
    writeln!(out, "attached: {}", String::from_utf8(extract(&attached, &Limits::default())?)?)?;
    let detached = signer.detached(true).sign(order, &mut rng)?;
    writeln!(out, "detached: {}", extract(&detached, &Limits::default()).is_err())?;
    writeln!(out, "shorter: {}", detached.len() < attached.len())?;
    Ok(())
}

#[allow(dead_code, reason = "the tests call `run`")]
fn main() -> Outcome {
    run(&mut std::io::stdout())
}
