//! Signatures per second and verifications per second of `gost3410`, and their ratios to those of
//! OpenSSL's engine "gost".
//!
//! ```text
//! cargo run --release -p qoltanba-bench --bin gost
//! ```
//!
//! The peer is a small C program, `peers/gost_engine.c`, which `cc` compiles into the temporary
//! directory. It needs OpenSSL's headers and the engine (in Debian `libssl-dev` and
//! `libengine-gost-openssl`); without them the line says "peer absent" and has no ratio. Both
//! sides sign and verify a digest, one thread, with the best of ten batches of a tenth of a
//! second. A ratio above 1 means that `gost3410` is faster.
#![expect(clippy::print_stdout, reason = "a report is what this program is for")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, process};

use gost3410::{Error, ParameterSet, SigningKey};
use qoltanba_bench::per_second;

/// Signatures per second and verifications per second.
struct Rates {
    sign: f64,
    verify: f64,
}

fn main() -> Result<(), Error> {
    let peer = compile_peer();
    println!("{:14} {:>12} {:>12}   ratio to engine \"gost\"", "", "sign/s", "verify/s");
    for (params, algorithm, set) in [
        (ParameterSet::CryptoProA, "gost2001", "A"),
        (ParameterSet::Tc26Gost256A, "gost2012_256", "TCA"),
        (ParameterSet::Tc26Gost512A, "gost2012_512", "A"),
    ] {
        let own = own_rates(params)?;
        print!("{:14} {:12.0} {:12.0}   ", format!("{params:?}"), own.sign, own.verify);
        let length = params.field_len();
        match peer.as_deref().and_then(|peer| peer_rates(peer, algorithm, set, length)) {
            Some(theirs) => println!(
                "sign {:.2}, verify {:.2}   (peer {:.0}, {:.0})",
                own.sign / theirs.sign,
                own.verify / theirs.verify,
                theirs.sign,
                theirs.verify,
            ),
            None => println!("peer absent"),
        }
    }
    if let Some(directory) = peer.as_deref().and_then(Path::parent) {
        _ = fs::remove_dir_all(directory);
    }
    Ok(())
}

fn own_rates(params: ParameterSet) -> Result<Rates, Error> {
    let secret: Vec<u8> = (1u8..).map(|i| i.min(0x3f)).take(params.field_len()).collect();
    let digest = vec![0x5a; params.field_len()];
    let key = SigningKey::from_le_bytes(params, &secret)?;
    let public = key.verifying_key();
    let signature = key.sign(&digest, &[0; 32])?;
    public.verify(&digest, &signature)?;
    Ok(Rates {
        sign: per_second(|| _ = black_box(key.sign(black_box(&digest), &[0; 32]))),
        verify: per_second(|| _ = black_box(public.verify(black_box(&digest), &signature))),
    })
}

/// The path of the compiled peer, in a directory of its own.
fn compile_peer() -> Option<PathBuf> {
    let directory = env::temp_dir().join(format!("qoltanba-bench-{}", process::id()));
    fs::create_dir_all(&directory).ok()?;
    let program = directory.join("gost_engine");
    let compiled = Command::new("cc")
        .args(["-O2", "-o"])
        .arg(&program)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/gost_engine.c"))
        .arg("-lcrypto")
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !compiled {
        _ = fs::remove_dir_all(&directory);
    }
    compiled.then_some(program)
}

fn peer_rates(program: &Path, algorithm: &str, set: &str, length: usize) -> Option<Rates> {
    let output = Command::new(program).args([algorithm, set, &length.to_string()]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (sign, verify) = text.trim().split_once(' ')?;
    Some(Rates { sign: sign.parse().ok()?, verify: verify.parse().ok()? })
}
