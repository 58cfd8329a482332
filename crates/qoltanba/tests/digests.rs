//! Verifying by digests alone, and what only the content itself can tell.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "common/message.rs"]
mod message;

use std::{fs, io::Read, process::Command};

use qoltanba::{Question, Verdict, algorithm::DigestAlgorithm};
use qoltanba_testkit::{Mint, SeededRng};

use message::{CONTENT, algorithms, at, mint, reason, rsa, streaming, verifier, with_signer};

fn attached(mint: &Mint, content: &[u8]) -> Vec<u8> {
    with_signer(mint, false, |s| s.sign(content, &mut SeededRng::new(36)).unwrap())
}

#[test]
fn digests_stand_for_the_content_of_a_detached_signature() {
    for algorithm in algorithms() {
        let mint = mint(algorithm);
        let digest = algorithm.digest().digest(CONTENT);
        let other = algorithm.digest().digest(b"other");
        let detached =
            with_signer(&mint, true, |s| s.sign(CONTENT, &mut SeededRng::new(40)).unwrap());
        let verifier = verifier(&mint);
        let question = Question::at(at());
        let ask = |message: &[u8], digests: &[(DigestAlgorithm, &[u8])]| {
            verifier.verify_digests(message, digests, &question)
        };
        let own = algorithm.digest();
        let report = ask(&detached, &[(own, &digest)]).unwrap();
        let with_content =
            verifier.verify(&detached, &question.clone().with_data(CONTENT)).unwrap();
        assert_eq!(report, with_content);
        assert_eq!(report.verdict(), Verdict::Passed);
        let report = ask(&detached, &[(own, &other)]).unwrap();
        assert_eq!(reason(&report), "content_digest_mismatch");
        let sha384 = DigestAlgorithm::Sha384.digest(CONTENT);
        let report = ask(&detached, &[(DigestAlgorithm::Sha384, &sha384)]).unwrap();
        assert_eq!((report.verdict(), reason(&report)), (Verdict::Indeterminate, "digest_missing"));
        assert!(ask(&detached, &[(own, &digest[1..])]).is_err());
        assert!(
            verifier
                .verify_digests(&detached, &[(own, &digest)], &question.clone().with_data(CONTENT))
                .is_err()
        );
        // Content that is inside must have the digest too.
        let attached = attached(&mint, CONTENT);
        assert_eq!(reason(&ask(&attached, &[(own, &digest)]).unwrap()), "none");
        assert_eq!(reason(&ask(&attached, &[(own, &other)]).unwrap()), "content_conflict");
        assert!(ask(&mint.anchor, &[(own, &digest)]).is_err());
    }
}

/// A SignedData without signed attributes: `openssl cms -noattr` writes them, and here it is made
/// from a signature over a digest.
fn without_attributes(mint: &Mint, content: &[u8], inside: bool) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (key, signer, data, out) = (path("key"), path("signer"), path("data"), path("out"));
    fs::write(&key, &*mint.signer.key.to_pkcs8().unwrap()).unwrap();
    fs::write(&signer, &mint.signer.certificate).unwrap();
    fs::write(&data, content).unwrap();
    let mut command = Command::new("openssl");
    command.args(["cms", "-sign", "-binary", "-noattr", "-outform", "DER", "-in", &data]);
    command.args(["-signer", &signer, "-inkey", &key, "-keyform", "DER", "-out", &out]);
    if inside {
        command.arg("-nodetach");
    }
    assert!(command.output().unwrap().status.success());
    fs::read(out).unwrap()
}

#[test]
fn signed_attributes_are_no_content_in_a_stream_either() {
    let mint = mint(rsa());
    let question = Question::at(at());
    // A SET OF one attribute, and text that begins with the same octet.
    let attributes = [0x31, 0x0a, 0x30, 0x08, 0x06, 0x02, 0x2a, 0x03, 0x31, 0x02, 0x05, 0x00];
    let text = b"1. Notice".as_slice();
    for (content, wanted) in [(&attributes[..], "signed_attrs_confusion"), (text, "none")] {
        for inside in [false, true] {
            let message = without_attributes(&mint, content, inside);
            let mut data = content;
            let given = (!inside).then_some(&mut data as &mut dyn Read);
            let report =
                streaming(&mint).verify_stream(&mut &message[..], given, &question).unwrap();
            assert_eq!(reason(&report), wanted, "inside: {inside}");
        }
        let message = without_attributes(&mint, content, false);
        let digest = DigestAlgorithm::Sha256.digest(content);
        let digests = [(DigestAlgorithm::Sha256, &digest[..])];
        let report = verifier(&mint).verify_digests(&message, &digests, &question).unwrap();
        assert_eq!(
            (report.verdict(), reason(&report)),
            (Verdict::Indeterminate, "content_missing")
        );
    }
}
