#![no_main]
//! The index of a revocation list: any octets as an index, and as the list that one is made of.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(index) = qoltanba::revocation::CrlIndex::from_bytes(data.to_vec()) {
        let _ = index.check_all();
        for serial in [&data[..data.len().min(20)], &[0], &[0x7f; 20]] {
            let _ = index.entries_of(serial).map(Iterator::count);
        }
    }
    // No key: everything but the signature is read.
    let refused = qoltanba::revocation::CrlIndexBuilder::new().read(&mut &*data);
    assert!(refused.is_err());
});
