#![no_main]
//! What a file is, out of any armour.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = qoltanba::verify::recognise_all(data);
});
