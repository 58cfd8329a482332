//! S/MIME mail as OpenSSL writes it, and as it comes back from where it was stored.
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

use qoltanba::{
    Conclusion, Limits, Question, Verdict,
    sign::extract,
    verify::{Recognised, recognise},
};
use qoltanba_testkit::Mint;

use message::{at, mint, openssl, pem, reason, rsa, verifier, write};

const TEXT: &[u8] = b"Content-Type: text/plain; charset=utf-8\r\n\r\nA notice.\r\n";

/// A mail that OpenSSL signed with the key of a minted signer.
fn signed(mint: &Mint, options: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let content = write(folder.path(), "content", TEXT);
    let key = pem("PRIVATE KEY", &mint.signer.key.to_pkcs8().unwrap());
    let key = write(folder.path(), "key.pem", &key);
    let signer = write(folder.path(), "signer.pem", &pem("CERTIFICATE", &mint.signer.certificate));
    let base = ["cms", "-sign", "-in", &content, "-signer", &signer, "-inkey", &key];
    openssl(&[&base[..], &["-from", "a@example.kz", "-subject", "A notice"], options].concat())
}

#[test]
fn mail_that_openssl_signed_passes_whole_and_as_a_stream() {
    let mint = mint(rsa());
    let (verifier, question) = (verifier(&mint), Question::at(at()));
    for options in [&[][..], &["-crlfeol"], &["-nodetach"], &["-nodetach", "-stream"], &["-stream"]]
    {
        let mail = signed(&mint, options);
        // Storage that keeps lines changes how they end.
        let unix = String::from_utf8(mail.clone()).unwrap().replace("\r\n", "\n");
        let network = unix.replace('\n', "\r\n");
        for mail in [mail, unix.into_bytes(), network.into_bytes()] {
            let report = verifier.verify(&mail, &question).unwrap();
            assert_eq!(report.verdict(), Verdict::Passed, "{options:?}: {}", reason(&report));
            let streamed = verifier.verify_stream(&mut mail.as_slice(), None, &question).unwrap();
            assert_eq!(streamed, report, "{options:?}");
            assert_eq!(extract(&mail, &Limits::default()).unwrap(), TEXT, "{options:?}");
        }
    }
}

#[test]
fn no_octet_of_the_signed_part_can_change() {
    let mint = mint(rsa());
    let (verifier, question) = (verifier(&mint), Question::at(at()));
    let mut mail = signed(&mint, &[]);
    let start = mail.windows(TEXT.len()).position(|w| w == TEXT).unwrap();
    for at in start..start + TEXT.len() {
        mail[at] ^= 1;
        let report = verifier.verify(&mail, &question).unwrap();
        assert_eq!(report.verdict(), Verdict::Failed, "octet {}", at - start);
        mail[at] ^= 1;
    }
}

#[test]
fn data_beside_a_mail_must_be_its_signed_part() {
    let mint = mint(rsa());
    let (verifier, question) = (verifier(&mint), Question::at(at()));
    let mail = signed(&mint, &[]);
    for (data, expected) in [(TEXT, "none"), (b"Another.".as_slice(), "content_conflict")] {
        let held = verifier.verify(&mail, &question.clone().with_data(data)).unwrap();
        assert_eq!(reason(&held), expected);
        let mut beside = data;
        let streamed =
            verifier.verify_stream(&mut mail.as_slice(), Some(&mut beside), &question).unwrap();
        assert_eq!(streamed, held);
    }
}

/// What a reader would see in front of a signed mail, or around it, is not signed.
#[test]
fn only_the_outermost_mail_is_a_mail() {
    let mint = mint(rsa());
    let mail = String::from_utf8(signed(&mint, &[])).unwrap();
    let around = format!(
        "Content-Type: multipart/mixed; boundary=around\n\n--around\n\nPay twice.\n--around\n{mail}\n--around--\n"
    );
    assert!(recognise(around.as_bytes()).is_none());
    let third = mail.replacen("\n\n------", "\n\nPay twice.\n\n------", 1);
    let Some(Recognised::SignedMail(Ok(read))) = recognise(third.as_bytes()) else {
        panic!("text in front of the first boundary is no part")
    };
    assert_eq!(read.content(), TEXT);
    let boundary = mail.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    let extra = mail.replacen(
        &format!("--{boundary}--"),
        &format!("--{boundary}\n\nPay twice.\n--{boundary}--"),
        1,
    );
    assert_ne!(extra, mail);
    let report = verifier(&mint).verify(extra.as_bytes(), &Question::at(at())).unwrap();
    assert_eq!((report.verdict(), reason(&report)), (Verdict::Failed, "parse"));
}

#[test]
fn a_mail_that_is_cut_has_failed_and_never_passes() {
    let mint = mint(rsa());
    let (verifier, question) = (verifier(&mint), Question::at(at()));
    let mail = signed(&mint, &[]);
    let whole = verifier.verify(&mail, &question).unwrap();
    assert!(matches!(whole.signatures()[0].conclusion, Conclusion::Passed(_)));
    for end in (0..mail.len() - 4).step_by(7) {
        let cut = verifier.verify(&mail[..end], &question);
        assert!(cut.is_err() || cut.is_ok_and(|r| r.verdict() == Verdict::Failed), "cut at {end}");
    }
}
