#![no_main]
//! A message, from its bytes to the report.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let verifier = qoltanba::Verifier::new(qoltanba::TrustStore::empty());
    let question = qoltanba::Question::at(qoltanba::Instant::from_unix(1_800_000_000));
    if let Ok(report) = verifier.verify(data, &question.with_data(b"data")) {
        assert_ne!(report.verdict(), qoltanba::Verdict::Passed);
        let _ = report.to_json(qoltanba::Lang::Kk);
    }
});
