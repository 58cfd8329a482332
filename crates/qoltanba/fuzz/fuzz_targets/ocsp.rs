#![no_main]
//! An OCSP response, from its bytes to the report on it, and as evidence that clears nothing.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let verifier = qoltanba::Verifier::new(qoltanba::TrustStore::empty());
    let question = qoltanba::Question::at(qoltanba::Instant::from_unix(1_800_000_000));
    let Ok(response) = qoltanba::revocation::OcspResponse::from_der(data) else { return };
    assert_eq!(response.as_der(), data);
    let verifier = verifier.with_ocsp_responses([response]);
    if let Ok(report) = verifier.verify(data, &question) {
        assert_ne!(report.verdict(), qoltanba::Verdict::Passed);
        let _ = report.to_json(qoltanba::Lang::Kk);
    }
});
