//! What signing and verifying XML cost, by size, on Linux:
//! `cargo test --release --test xml_cost -- --ignored --nocapture`.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking, and this one measures"
)]

#[path = "common/xml.rs"]
mod xml;

use std::fs;

use qoltanba::Question;
use qoltanba_testkit::SeededRng;
use xml::{ALGORITHMS, Person, at, passed, verifier};

/// Records as a portal sends them.
fn document(bytes: usize) -> Vec<u8> {
    let mut source = String::with_capacity(bytes + 256);
    source.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<records xmlns=\"urn:r\">");
    let mut number = 0;
    while source.len() < bytes {
        number += 1;
        source.push_str(&format!(
            "\r\n  <record Id=\"r{number}\"><iin>960416161941</iin><name>Тест &amp; {number}</name>\
             <note lang='kk'>some text and some more of it<!-- a comment --></note></record>"
        ));
    }
    source.push_str("\r\n</records>");
    source.into_bytes()
}

/// Seconds that this thread has had a processor, which others on it do not stretch.
fn processor_seconds() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// The processor time in seconds and the memory in bytes at its peak that a task takes more than there was.
fn measure<T>(task: impl FnOnce() -> T) -> (T, f64, usize) {
    let status = |field: &str| {
        let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = text.lines().find_map(|l| l.strip_prefix(field)).unwrap_or("0 kB").to_owned();
        line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<usize>().unwrap_or(0) << 10
    };
    // Linux sets the peak back to what is there now.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = status("VmRSS:");
    let start = processor_seconds();
    let out = task();
    let seconds = processor_seconds() - start;
    (out, seconds, status("VmHWM:").saturating_sub(before))
}

#[test]
#[ignore = "it measures, and takes minutes without --release"]
fn cost() {
    let mut rng = SeededRng::new(31);
    for algorithm in ALGORITHMS {
        let person = Person::new(algorithm, &mut rng);
        let verifier = verifier([&person]);
        let mut slowest: Vec<f64> = Vec::new();
        for power in 3..=8 {
            let source = document(10_usize.pow(power));
            let size = source.len() as f64;
            let (signed, signing, signing_peak) =
                measure(|| person.signer().sign(&source, &mut rng).unwrap());
            drop(source);
            let (report, verifying, verifying_peak) =
                measure(|| verifier.verify(&signed, &Question::at(at())).unwrap());
            passed(&report);
            println!(
                "{algorithm} {size:>11} bytes: sign {signing:>8.4} s {:>6.1} MB/s peak {:>4.1}x; \
                 verify {verifying:>8.4} s {:>6.1} MB/s peak {:>4.1}x",
                size / signing / 1e6,
                signing_peak as f64 / size,
                size / verifying / 1e6,
                verifying_peak as f64 / size,
            );
            slowest.push((signing + verifying) / size);
        }
        // A hundred times the size costs a hundred times the time, and not ten thousand times.
        assert!(slowest[5] < 3.0 * slowest[3], "{slowest:?}");
    }
}
