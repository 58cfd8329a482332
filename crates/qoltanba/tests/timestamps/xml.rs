//! Time stamps on XML signatures.

use std::process::Command;

use qoltanba::{
    Lang, Verdict,
    algorithm::SignatureAlgorithm,
    report::{SignatureLevel, SigningTime},
    sign::{XmlSigner, add_time_stamp, time_stamp_request},
};
use qoltanba_testkit::{SeededRng, TimeStampSpec};

use crate::{
    message::{reason, rsa},
    scene::Scene,
    stamped,
};

const DOCUMENT: &[u8] = "<?xml version=\"1.0\"?>\n<өтініш><жсн>X</жсн></өтініш>".as_bytes();

fn sign(scene: &Scene, document: &[u8], xades: bool, seed: u64) -> Vec<u8> {
    let certificate = scene.mint.signer_certificate().unwrap();
    let mut signer = XmlSigner::new(&*scene.mint.signer.key, &certificate).unwrap();
    if xades {
        signer = signer.xades(stamped());
    }
    signer.sign(document, &mut SeededRng::new(seed)).unwrap()
}

#[test]
fn plain_and_xades_signatures_take_time_stamps() {
    for algorithm in [rsa(), SignatureAlgorithm::Gost2015_512] {
        for xades in [false, true] {
            let mut scene = Scene::new(algorithm, 20);
            let signed = sign(&scene, DOCUMENT, xades, 1);
            let once = scene.stamp(&signed, stamped());
            let report = scene.judge(&once);
            assert_eq!(report.verdict(), Verdict::Passed, "{xades}: {}", reason(&report));
            let signature = &report.signatures()[0];
            assert_eq!(signature.time, SigningTime::Proven(stamped()));
            assert_eq!(signature.confirmed_level, Some(SignatureLevel::T));
            assert_eq!(
                report.to_json(Lang::Kk)["signatures"][0]["time_stamps"][0]["verdict"],
                "passed"
            );
            // A second one stands beside the first, which stays.
            let earlier = stamped().plus_seconds(-3600);
            let twice = scene.stamp(&once, earlier);
            let report = scene.judge(&twice);
            assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
            assert_eq!(report.signatures()[0].time, SigningTime::Proven(earlier));
            assert_eq!(report.signatures()[0].time_stamps.len(), 2);
            assert!(accepted_by_xmlsec(&scene, &twice, algorithm));
        }
    }
}

#[test]
fn the_time_stamp_is_of_the_element_as_it_stands() {
    let mut scene = Scene::new(rsa(), 21);
    let signed = sign(&scene, DOCUMENT, true, 1);
    let stamped = String::from_utf8(scene.stamp(&signed, stamped())).unwrap();
    // White space in SignatureValue leaves the signature good and the time stamp not.
    let loose = stamped.replacen("<ds:SignatureValue>", "<ds:SignatureValue> ", 1);
    let report = scene.judge(loose.as_bytes());
    assert_eq!((reason(&report), report.verdict()), ("tst_imprint_mismatch", Verdict::Failed));
    for (from, to, wanted) in [
        ("xades:SignatureTimeStamp", "xades:RefsOnlyTimeStamp", "tst_not_judged"),
        ("xades:EncapsulatedTimeStamp", "xades:XMLTimeStamp", "tst_unsupported"),
        ("EncapsulatedTimeStamp>MII", "EncapsulatedTimeStamp>MIJ", "tst_malformed"),
        ("xml-exc-c14n#\"/><xades:Enc", "xml-exc-c14n#x\"/><xades:Enc", "tst_unsupported"),
    ] {
        let other = stamped.replace(from, to);
        assert_ne!(other, stamped, "{from}");
        assert_eq!(reason(&scene.judge(other.as_bytes())), wanted, "{from}");
    }
    // Taken off, it takes nothing with it.
    assert_eq!(scene.judge(&signed).verdict(), Verdict::Passed);
}

#[test]
fn a_time_stamp_under_a_later_signature_is_refused() {
    let mut scene = Scene::new(rsa(), 22);
    let first = sign(&scene, DOCUMENT, true, 1);
    let both = sign(&scene, &first, true, 2);
    let mut token = |number: usize| {
        let request = time_stamp_request(&both, number, &mut scene.rng).unwrap();
        let spec = TimeStampSpec::answering(&scene.kit_request(&request), stamped());
        scene.token(&spec)
    };
    let (one, two) = (token(0), token(1));
    let refused = add_time_stamp(&both, 0, &one).unwrap_err();
    assert!(refused.to_string().contains("later signature"), "{refused}");
    assert!(add_time_stamp(&both, 0, &two).unwrap_err().to_string().contains("not of this"));
    let report = scene.judge(&add_time_stamp(&both, 1, &two).unwrap());
    assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
    let times: Vec<_> = report.signatures().iter().map(|s| s.time.code()).collect();
    assert_eq!(times, ["given", "time_stamp"]);
}

/// What xmlsec1 says of the last signature; without it, or for keys that it does not know, true.
fn accepted_by_xmlsec(scene: &Scene, document: &[u8], algorithm: SignatureAlgorithm) -> bool {
    if algorithm != rsa() {
        return true;
    }
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let output = Command::new("xmlsec1")
        .args(["--verify", "--enabled-key-data", "x509", "--insecure"])
        .args(["--id-attr:Id", "SignedProperties", "--trusted-der"])
        .arg(put("root.cer", &scene.mint.anchor))
        .arg("--untrusted-der")
        .arg(put("nca.cer", scene.mint.issuing().certificate()))
        .args(["--verification-gmt-time", "2026-11-25 12:00:00"])
        .arg(put("signed.xml", document))
        .output();
    let Ok(output) = output else {
        assert!(std::env::var_os("CI").is_none(), "CI has no xmlsec1");
        return true;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    true
}
