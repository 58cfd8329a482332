#![no_main]
//! A revocation list.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = qoltanba::revocation::Crl::from_der(data);
});
