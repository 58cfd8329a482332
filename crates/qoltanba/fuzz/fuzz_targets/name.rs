#![no_main]
//! A name, its comparison and its printed form; a public key.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(name) = qoltanba::certificate::Name::from_der(data) {
        assert_eq!(name, name.clone());
        assert!(!name.to_string().contains(char::is_control));
    }
    let _ = qoltanba::algorithm::PublicKey::from_spki(data);
});
