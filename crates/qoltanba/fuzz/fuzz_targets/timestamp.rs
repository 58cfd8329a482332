#![no_main]
//! A response, a token, and a token as a file, from bytes to the report.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(response) = qoltanba::timestamp::TimeStampResponse::from_der(data) {
        assert_eq!(response.status().is_granted(), response.token().is_some());
    }
    let token = qoltanba::timestamp::TimeStampToken::from_der(data);
    if let Ok(token) = &token {
        assert_eq!(token.as_der(), data);
        let _ = (token.claimed_time().to_string(), token.accuracy(), token.policy());
    }
    let verifier = qoltanba::Verifier::new(qoltanba::TrustStore::empty());
    let question = qoltanba::Question::at(qoltanba::Instant::from_unix(1_800_000_000));
    if let Ok(report) = verifier.verify(data, &question.with_data(b"data")) {
        assert_ne!(report.verdict(), qoltanba::Verdict::Passed);
        let _ = report.to_json(qoltanba::Lang::Kk);
    }
});
