#![no_main]
//! A certificate, its names, its people.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(certificate) = qoltanba::Certificate::from_der(data) {
        let _ = qoltanba::identity::Subject::claimed_by(&certificate);
        let _ = (certificate.purposes(), certificate.claimed_subject().to_string());
    }
});
