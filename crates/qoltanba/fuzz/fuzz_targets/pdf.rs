//! A PDF file: what is attached, what signs it, and its first page at a low resolution.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qoltanba::{Limits, paper::pdf::PdfFile};

fuzz_target!(|data: &[u8]| {
    let limits = Limits {
        pdf_decoded_bytes: 8 << 20,
        page_pixels: 1 << 20,
        page_steps: 100_000_000,
        ..Limits::default()
    };
    let Ok(pdf) = PdfFile::parse(data, &limits) else { return };
    assert!(pdf.attachments().len() <= limits.pdf_attachments);
    if let Ok(page) = pdf.raster(0, 36) {
        assert!(page.pixels().len() <= limits.page_pixels);
    }
});
