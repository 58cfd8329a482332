//! OpenSSL as time-stamp authority and as verifier.

use qoltanba::{
    Question, Verdict,
    report::SigningTime,
    sign::{add_time_stamp, time_stamp_request},
    timestamp::TimeStampResponse,
};

use crate::{
    message::{at, openssl, pem, reason, rsa, write},
    scene::{Scene, signature_value},
};

/// OpenSSL answers our request with the key of the authority, at the time of the machine.
#[test]
fn openssl_stamps_and_we_judge_and_the_other_way_round() {
    let mut scene = Scene::new(rsa(), 30);
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| write(folder.path(), name, bytes);
    let message = scene.sign();
    let request = time_stamp_request(&message, 0, &mut scene.rng).unwrap();
    let query = put("request.tsq", &request.to_der());
    let text = String::from_utf8(openssl(&["ts", "-query", "-in", &query, "-text"])).unwrap();
    assert!(text.contains("sha256") && text.contains("Certificate required: yes"), "{text}");

    let tsa = put("tsa.pem", &pem("CERTIFICATE", &scene.tsa.certificate));
    let key = put("tsa.key", &pem("PRIVATE KEY", &scene.tsa.key.to_pkcs8().unwrap()));
    let serial = put("serial", b"01\n");
    let config = format!(
        "[tsa]\ndefault_tsa = here\n[here]\nserial = {serial}\nsigner_cert = {tsa}\n\
         signer_key = {key}\nsigner_digest = sha256\ndefault_policy = 1.2.398.3.3.2.6.2\n\
         digests = sha256\naccuracy = secs:1, millisecs:500\nclock_precision_digits = 6\n\
         tsa_name = yes\ness_cert_id_chain = no\ness_cert_id_alg = sha256\n"
    );
    let config = put("ts.cnf", config.as_bytes());
    let answer = put("answer.tsr", b"");
    openssl(&["ts", "-reply", "-config", &config, "-queryfile", &query, "-out", &answer]);
    let response = TimeStampResponse::from_der(&std::fs::read(&answer).unwrap()).unwrap();
    let token = request.accept(&response).unwrap();
    let now = token.claimed_time().instant();
    assert_eq!(token.accuracy().micros(), 1_500_000);

    let stamped = add_time_stamp(&message, 0, &token).unwrap();
    let report = scene.verifier().verify(&stamped, &Question::at(at())).unwrap();
    if now <= at() && now >= at().plus_seconds(-29 * 86_400) {
        assert_eq!(report.verdict(), Verdict::Passed, "{}", reason(&report));
        assert_eq!(report.signatures()[0].time, SigningTime::Proven(now));
    } else {
        assert!(["tst_from_future", "tst_untrusted"].contains(&reason(&report)));
    }

    // What was put on is found there by those who read CAdES, and the message is still good.
    let anchor = put("anchor.pem", &pem("CERTIFICATE", &scene.mint.anchor));
    let nca = put("nca.pem", &pem("CERTIFICATE", scene.mint.issuing().certificate()));
    let data = put("signature", &signature_value(&stamped));
    let only = put("token.der", token.as_der());
    let moment = at().unix().to_string();
    openssl(&[
        "ts",
        "-verify",
        "-data",
        &data,
        "-in",
        &only,
        "-token_in",
        "-CAfile",
        &anchor,
        "-untrusted",
        &nca,
        "-attime",
        &moment,
    ]);
    let file = put("stamped.cms", &stamped);
    let both = [&scene.mint.anchor[..], scene.mint.issuing().certificate()];
    let both = put("both.pem", &both.map(|der| pem("CERTIFICATE", der)).concat());
    openssl(&[
        "cms", "-verify", "-binary", "-inform", "DER", "-in", &file, "-CAfile", &both, "-attime",
        &moment, "-purpose", "any",
    ]);
    let shown = openssl(&["cms", "-cmsout", "-print", "-inform", "DER", "-in", &file]);
    assert!(String::from_utf8_lossy(&shown).contains("id-smime-aa-timeStampToken"));
}
