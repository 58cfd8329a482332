//! A response as the answer to a request.

use qoltanba::{
    Verdict,
    algorithm::DigestAlgorithm,
    policy::{Policy, Preset},
    revocation::{OcspRequest, OcspResponse},
};
use qoltanba_testkit::{OcspRefusal, OcspSpec};

use crate::{
    message::{at, reason},
    scene::{NONCE, RSA, Scene},
};

#[test]
fn the_nonce_ties_an_answer_to_its_request() {
    let mut scene = Scene::new(RSA);
    let request = scene.request().with_nonce(&NONCE).unwrap();
    let spec = || OcspSpec::at(at()).good(scene.id.clone());
    let (with, without) = (spec().nonce(&NONCE), spec());
    let (with, without) = (scene.answer(&with), scene.answer(&without));
    assert_eq!(with.nonce(), Some(&NONCE[..]));
    let judged = |answer: &OcspResponse, request: &OcspRequest| {
        scene.with([answer.clone().answering(request.clone())])
    };
    assert_eq!(judged(&with, &request).0, Verdict::Passed);
    let other = scene.request().with_nonce(&[1; 32]).unwrap();
    assert_eq!(judged(&with, &other), (Verdict::Indeterminate, "ocsp_nonce"));
    // The national responders return it always; others make answers beforehand.
    assert_eq!(judged(&without, &request), (Verdict::Indeterminate, "ocsp_nonce"));
    let pkix = scene.verifier().with_policy(Policy::from(Preset::Pkix));
    let lenient = |answer: &OcspResponse, request: &OcspRequest| {
        let answer = answer.clone().answering(request.clone());
        scene.judge(&pkix.clone().with_ocsp_responses([answer]))
    };
    assert_eq!(lenient(&without, &request).verdict(), Verdict::Passed);
    assert_eq!(reason(&lenient(&with, &other)), "ocsp_nonce");
    // One that asked without a nonce takes either.
    assert_eq!(judged(&with, &scene.request()).0, Verdict::Passed);
}

#[test]
fn an_error_in_answer_to_another_request_is_nothing_to_this_certificate() {
    let scene = Scene::new(RSA);
    let later = OcspResponse::from_der(&OcspRefusal::ALL[2].to_der()).unwrap();
    let other = OcspRequest::new(&scene.issuer(), scene.issuer().public_key_info()).unwrap();
    let asked = |request| scene.with([later.clone().answering(request)]).1;
    assert_eq!(asked(scene.request()), "ocsp_no_answer");
    assert_eq!(asked(other), "revocation_unknown");
}

#[test]
fn a_request_is_a_value_of_its_inputs() {
    let scene = Scene::new(RSA);
    let request = scene.request();
    assert_eq!(request.der(), scene.request().der());
    assert_ne!(request.der(), scene.request().with_nonce(&NONCE).unwrap().der());
    assert!(request.clone().with_nonce(&[]).is_err());
    assert!(request.clone().with_nonce(&[0; 33]).is_err());
    assert!(OcspRequest::new(&scene.certificate, b"no key").is_err());
    // The test kit reads what it asks.
    let read = qoltanba_testkit::OcspRequest::from_der(&request.with_nonce(&NONCE).unwrap().der())
        .unwrap();
    assert_eq!(read.nonce.as_deref(), Some(&NONCE[..]));
    assert_eq!(read.ids, std::slice::from_ref(&scene.id));
    let old = OcspRequest::by_digest(
        &scene.certificate,
        scene.issuer().public_key_info(),
        DigestAlgorithm::Sha1,
    );
    let read = qoltanba_testkit::OcspRequest::from_der(&old.unwrap().der()).unwrap();
    assert_eq!(read.ids[0].digest, DigestAlgorithm::Sha1);
}
