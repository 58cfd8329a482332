//! Digests: the examples of the standards, and the peer's on many lengths.

use libtest_mimic::Trial;
use qoltanba::algorithm::DigestAlgorithm;

use crate::{Outcome, hex, openssl::Tool};

pub(crate) fn trials(engine: bool) -> Vec<Trial> {
    vec![
        Trial::test("digests: RFC 6986", rfc_6986),
        Trial::test("digests: GOST R 34.11-94 with the CryptoPro set", gost_94),
        Trial::test("digests: the peer's", theirs).with_ignored_flag(!engine),
    ]
}

/// RFC 6986 §10 prints messages and hash codes as numbers, so from their last octet.
fn printed(digits: &str) -> Vec<u8> {
    let mut octets = hex(digits);
    octets.reverse();
    octets
}

fn rfc_6986() -> Outcome {
    for (message, wide, narrow) in [
        (
            concat!(
                "3231303938373635343332313039383736353433323130393837363534333231",
                "30393837363534333231303938373635343332313039383736353433323130",
            ),
            concat!(
                "486f64c1917879417fef082b3381a4e211c324f074654c38823a7b76f830ad00",
                "fa1fbae42b1285c0352f227524bc9ab16254288dd6863dccd5b9f54a1ad0541b",
            ),
            "00557be5e584fd52a449b16b0251d05d27f94ab76cbaa6da890b59d8ef1e159d",
        ),
        (
            concat!(
                "fbe2e5f0eee3c820fbeafaebef20fffbf0e1e0f0f520e0ed20e8ece0ebe5f0f2",
                "f120fff0eeec20f120faf2fee5e2202ce8f6f3ede220e8e6eee1e8f0f2d1202c",
                "e8f0f2e5e220e5d1",
            ),
            concat!(
                "28fbc9bada033b1460642bdcddb90c3fb3e56c497ccd0f62b8a2ad4935e85f03",
                "7613966de4ee00531ae60f3b5a47f8dae06915d5f2f194996fcabf2622e6881e",
            ),
            "508f7e553c06501d749a66fc28c6cac0b005746d97537fa85d9e40904efed29d",
        ),
    ] {
        let message = printed(message);
        assert_eq!(DigestAlgorithm::Streebog512.digest(&message), printed(wide));
        assert_eq!(DigestAlgorithm::Streebog256.digest(&message), printed(narrow));
    }
    Ok(())
}

fn gost_94() -> Outcome {
    for (message, digest) in [
        ("", "981e5f3ca30c841487830f84fb433e13ac1101569b9c13584ac483234cd656c0"),
        ("a", "e74c52dd282183bf37af0079c9f78055715a103f17e3133ceff1aacf2f403011"),
        ("abc", "b285056dbf18d7392d7677369524dd14747459ed8143997e163b2986f92fd42c"),
        ("message digest", "bc6041dd2aa401ebfa6e9886734174febdb4729aa972d60f549ac39b29721ba0"),
        (
            "The quick brown fox jumps over the lazy dog",
            "9004294a361a508c586fe53d1f1b02746765e71b765472786e4770d565830a76",
        ),
    ] {
        let ours = DigestAlgorithm::Gost3411CryptoPro.digest(message.as_bytes());
        assert_eq!(ours, hex(digest));
        assert_ne!(ours, DigestAlgorithm::Gost3411.digest(message.as_bytes()));
    }
    Ok(())
}

fn theirs() -> Outcome {
    let tool = Tool::new();
    for length in [0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 1000, 65_537] {
        let data: Vec<u8> = (0..length).map(|i: u32| (i * 7 % 251) as u8).collect();
        tool.write("data", &data);
        for (name, algorithm) in [
            ("md_gost94", DigestAlgorithm::Gost3411CryptoPro),
            ("md_gost12_256", DigestAlgorithm::Streebog256),
            ("md_gost12_512", DigestAlgorithm::Streebog512),
        ] {
            // The engine reads the standard on nothing in its own way (gost-engine issue 142).
            if (name, length) == ("md_gost94", 0) {
                continue;
            }
            let digest = tool.run(&format!("dgst -{name} -binary data"))?;
            assert_eq!(algorithm.digest(&data), digest, "{name} of {length} octets");
        }
    }
    Ok(())
}
