//! The XML tree: any bytes parse or are refused, and what parses holds together.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qoltanba::xmldsig::{Document, XmlLimits};

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::parse(bytes, &XmlLimits::default()) else { return };
    for node in document.nodes() {
        let parent = document.parent(node).expect("every node but the document has a parent");
        assert!(document.contains(parent, node));
        let (inner, outer) = (document.source_range(node), document.source_range(parent));
        assert!(outer.start <= inner.start && inner.end <= outer.end && inner.start < inner.end);
        assert!(document.text().get(inner).is_some());
    }
});
