//! Canonicalisation: the canonical form of a canonical form is itself, by every method.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qoltanba::xmldsig::{
    Document, Method, PrefixList, Selection, Subtree, XmlLimits, canonicalize,
};

fuzz_target!(|bytes: &[u8]| {
    let limits = XmlLimits::default();
    let Ok(document) = Document::parse(bytes, &limits) else { return };
    let whole = Subtree::document();
    for (method, _) in Method::ALL {
        let canonical = |document: &Document<'_>| {
            canonicalize(document, &Selection::Subtree(&whole), method, &PrefixList::none())
        };
        let Ok(once) = canonical(&document) else { continue };
        let again = Document::parse(&once, &limits).expect("a canonical form is well formed");
        assert_eq!(canonical(&again).as_deref(), Ok(&*once));
    }
    for node in document.nodes().take(64) {
        let part = Subtree::of(node);
        for (method, _) in Method::ALL {
            let _ =
                canonicalize(&document, &Selection::Subtree(&part), method, &PrefixList::none());
        }
    }
});
