//! Russian keys in every form: as the peer writes them, as it wrote them before, and ours there.

use libtest_mimic::Trial;
use qoltanba::{
    ErrorKind,
    algorithm::{KeyKind, PublicKey, SignatureAlgorithm},
    sign::{PrivateKey, SigningKey},
};

use crate::{Outcome, SeededRng, authority::said, hex, openssl::Tool};

pub(crate) fn trials(engine: bool) -> Vec<Trial> {
    vec![
        Trial::test("forms: the peer's keys", theirs).with_ignored_flag(!engine),
        Trial::test("forms: keys made here", ours).with_ignored_flag(!engine),
        Trial::test("forms: older ones and masked ones", older),
        Trial::test("forms: parameters", parameters),
    ]
}

/// Every parameter set that the peer makes keys of, the ones for key exchange too.
fn theirs() -> Outcome {
    let tool = Tool::new();
    for (algorithm, sets, kind) in [
        ("gost2001", &["A", "B", "C", "XA", "XB"][..], KeyKind::GostR2001),
        (
            "gost2012_256",
            &["A", "B", "C", "XA", "XB", "TCA", "TCB", "TCC", "TCD"],
            KeyKind::GostR2012_256,
        ),
        ("gost2012_512", &["A", "B", "C"], KeyKind::GostR2012_512),
    ] {
        for set in sets {
            tool.run(&format!("genpkey -algorithm {algorithm} -pkeyopt paramset:{set} -out key"))?;
            let written = tool.run("pkey -in key -outform DER")?;
            let key = PrivateKey::from_pkcs8(&written).map_err(said)?;
            assert_eq!(key.kind(), kind);
            assert_eq!(key.public_key_info(), tool.run("pkey -in key -pubout -outform DER")?);
            assert_eq!(*key.to_pkcs8().map_err(said)?, written);
        }
    }
    // The set of the standard's examples protects nothing.
    tool.run("genpkey -algorithm gost2001 -pkeyopt paramset:0 -out key")?;
    let refused = PrivateKey::from_pkcs8(&tool.run("pkey -in key -outform DER")?).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::Unsupported { .. }), "{refused}");
    Ok(())
}

fn ours() -> Outcome {
    let tool = Tool::new();
    for algorithm in [
        SignatureAlgorithm::GostR2001,
        SignatureAlgorithm::GostR2012_256,
        SignatureAlgorithm::GostR2012_512,
    ] {
        let key = PrivateKey::generate(algorithm, &mut SeededRng::new(11)).map_err(said)?;
        tool.write("key", &key.to_pkcs8().map_err(said)?);
        let public = tool.run("pkey -inform DER -in key -pubout -outform DER")?;
        assert_eq!(key.public_key_info(), public);
        tool.write("public", &public);

        let message = b"a message";
        tool.write("message", message);
        tool.write("signature", &key.sign(message, &mut SeededRng::new(12)).map_err(said)?);
        let digest = match algorithm {
            SignatureAlgorithm::GostR2001 => "md_gost94",
            SignatureAlgorithm::GostR2012_256 => "md_gost12_256",
            _ => "md_gost12_512",
        };
        tool.run(&format!(
            "dgst -{digest} -keyform DER -verify public -signature signature message"
        ))?;
        tool.run(&format!("dgst -{digest} -keyform DER -sign key -out theirs message"))?;
        let public = PublicKey::from_spki(&public).map_err(said)?;
        let verify = |message: &[u8]| {
            public.verify(algorithm, message, &tool.file("theirs"), Default::default())
        };
        assert!(verify(message).is_ok());
        assert!(verify(b"a massage").is_err());
    }
    Ok(())
}

fn tlv(tag: u8, inside: &[u8]) -> Vec<u8> {
    assert!(inside.len() < 0x80);
    [&[tag, inside.len() as u8], inside].concat()
}

/// id-tc26-gost3410-12-256 with these parameters.
fn identifier(parameters: &str) -> Vec<u8> {
    let oid = hex("06082a85030701010101");
    tlv(0x30, &[oid, tlv(0x30, &hex(parameters))].concat())
}

const CRYPTO_PRO_B: &str = "06072a850302022302";
const STREEBOG_256: &str = "06082a85030701010202";

fn pkcs8(identifier: &[u8], key: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&[2, 1, 0], identifier, &tlv(4, key)].concat())
}

fn older() -> Outcome {
    let number: Vec<u8> = (1..=32).collect();
    let reversed: Vec<u8> = number.iter().rev().copied().collect();
    let identifier = identifier(CRYPTO_PRO_B);
    let read = |key: &[u8]| PrivateKey::from_pkcs8(&pkcs8(&identifier, key));
    let plain = read(&number).map_err(said)?;
    for wrapped in [tlv(4, &number), tlv(2, &reversed)] {
        let key = read(&wrapped).map_err(said)?;
        assert_eq!(key.public_key_info(), plain.public_key_info());
        // What is written has the form of RFC 9337.
        assert_eq!(*key.to_pkcs8().map_err(said)?, pkcs8(&identifier, &number));
    }
    let masked = read(&[&number[..], &number[..]].concat()).unwrap_err();
    assert!(matches!(masked.kind(), ErrorKind::Unsupported { .. }), "{masked}");
    for bad in [&number[1..], &tlv(4, &number[1..]), &[0; 32], &[0xff; 32], &tlv(2, &[0xff; 32])] {
        let error = read(bad).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Malformed { .. }), "{error}");
    }
    Ok(())
}

fn parameters() -> Outcome {
    let number: Vec<u8> = (1..=32).collect();
    let read = |parameters: &str| PrivateKey::from_pkcs8(&pkcs8(&identifier(parameters), &number));
    let both = format!("{CRYPTO_PRO_B}{STREEBOG_256}");
    let (alone, with_digest) = (read(CRYPTO_PRO_B).map_err(said)?, read(&both).map_err(said)?);
    // Both stand for one key, and each certificate keeps its own octets.
    assert_ne!(alone.public_key_info(), with_digest.public_key_info());
    assert!(alone.public_key_info().ends_with(&with_digest.public_key_info()[41..]));

    let streebog_512 = "06082a85030701010203";
    let test_set = "06072a850302022300";
    let national = "060a2a830e030a0101020101";
    for unsupported in [&format!("{CRYPTO_PRO_B}{streebog_512}"), test_set, national] {
        let error = read(unsupported).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unsupported { .. }), "{error}");
    }
    // A third parameter names a cipher in keys of 2001 alone.
    for malformed in ["", &format!("{both}06072a850302021f01"), &format!("{CRYPTO_PRO_B}0500")] {
        let error = read(malformed).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Malformed { .. }), "{error}");
    }
    Ok(())
}
