#![no_main]
//! A message read as a stream says what the same message says in memory.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let verifier = qoltanba::Verifier::new(qoltanba::TrustStore::empty());
    let question = qoltanba::Question::at(qoltanba::Instant::from_unix(1_800_000_000));
    let whole = verifier.verify(data, &question);
    let streamed = verifier.verify_stream(&mut &*data, None, &question);
    if let (Ok(whole), Ok(streamed)) = (whole, streamed) {
        assert_eq!(whole.verdict(), streamed.verdict());
    }
});
