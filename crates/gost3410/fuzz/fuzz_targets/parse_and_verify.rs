//! Any octets as a key, a digest and a signature: decoding and verifying never panic, and what is
//! decoded encodes back to the same octets.
#![no_main]

use gost3410::{Encoding, ParameterSet, Signature, SigningKey, VerifyingKey};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((&first, rest)) = data.split_first() else { return };
    let params = match first % 7 {
        0 => ParameterSet::CryptoProA,
        1 => ParameterSet::CryptoProB,
        2 => ParameterSet::CryptoProC,
        3 => ParameterSet::Tc26Gost256A,
        4 => ParameterSet::Tc26Gost512A,
        5 => ParameterSet::Tc26Gost512B,
        _ => ParameterSet::Tc26Gost512C,
    };
    let encoding = if first & 0x80 == 0 { Encoding::Kazakh } else { Encoding::Rfc };
    let (public, rest) = rest.split_at(rest.len().min(params.verifying_key_len()));
    let (octets, digest) = rest.split_at(rest.len().min(params.signature_len()));

    let signature = Signature::from_bytes(params, encoding, octets);
    if let Ok(signature) = &signature {
        assert_eq!(*signature.to_bytes(encoding), *octets);
    }
    // Octets are almost never a point, so the first of them also serve as a private key.
    let own = SigningKey::from_le_bytes(params, &public[..public.len().min(params.field_len())]);
    let decoded = VerifyingKey::from_bytes(params, public);
    if let Ok(key) = &decoded {
        assert_eq!(*key.to_bytes(), *public);
    }
    for key in decoded.into_iter().chain(own.map(|own| own.verifying_key())) {
        if let Ok(signature) = &signature {
            _ = key.verify(digest, signature);
        }
    }
});
