//! Files of pictures: reading ends within its limits, and so does looking for symbols.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qoltanba::{Limits, paper::picture};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        picture_pixels: 1 << 18,
        picture_bytes: 4 << 20,
        picture_pages: 4,
        ..Limits::default()
    };
    let Ok(pages) = picture::read(bytes, &limits) else { return };
    assert!(pages.iter().map(|page| page.pixels().len()).sum::<usize>() <= limits.picture_pixels);
    for symbol in picture::symbols(&pages, &limits).concat() {
        assert!(!symbol.text.is_empty());
        assert!(symbol.corners.iter().all(|at| at.x.is_finite() && at.y.is_finite()));
    }
});
