//! Barcode texts, one a line: reading ends, and a document that comes out goes in and out again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qoltanba::{
    Instant, Limits,
    paper::{BarcodeScan, BarcodeSet},
};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    if let Ok(text) = std::str::from_utf8(bytes) {
        let texts: Vec<&str> = text.lines().collect();
        if let Ok(scan) = BarcodeScan::read(&texts, &limits) {
            for set in &scan.sets {
                if let Ok(whole) = set.assemble(&limits) {
                    assert!(whole.document().len() <= limits.barcode_bytes);
                }
            }
        }
    }
    let created = Instant::from_unix(1_795_000_000);
    let Ok(texts) = BarcodeSet::write(bytes, "10100000000017", created) else { return };
    let scan = BarcodeScan::read(&texts, &limits).expect("what was written can be read");
    let whole = scan.sets[0].assemble(&limits).expect("and is whole");
    assert_eq!(whole.document(), bytes);
});
