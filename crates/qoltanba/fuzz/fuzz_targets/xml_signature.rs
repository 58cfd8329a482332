#![no_main]
//! An XML document, from its bytes to the report.
use qoltanba::verify::{Recognised, recognise};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let verifier = qoltanba::Verifier::new(qoltanba::TrustStore::empty());
    let mut question = qoltanba::Question::at(qoltanba::Instant::from_unix(1_800_000_000));
    for elements in [vec![], vec!["data".to_owned()]] {
        question.elements = elements;
        // What no parser takes for XML is another target's.
        if !matches!(recognise(data), Some(Recognised::Xml(_))) {
            return;
        }
        if let Ok(report) = verifier.verify(data, &question) {
            assert_ne!(report.verdict(), qoltanba::Verdict::Passed);
            let _ = report.to_json(qoltanba::Lang::Kk);
        }
    }
});
