//! Bundles: what is believed of them, and what is refused.

use std::process::Command;

use qoltanba::{
    Certificate, Instant, Question, Reason, Verdict, Verifier,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    revocation::{Crl, OcspResponse},
    sign::CmsSigner,
};
use qoltanba_fetch::{Bundle, BundleContents, BundleError, BundleTrust, Cache};
use qoltanba_testkit::{CrlSpec, Fault, Mint, Order, SeededRng};

use crate::pki::{Pki, at, fetcher, hours, offline};

/// The operator who makes bundles, below an authority of his own.
fn operator(order: &Order) -> Mint {
    Mint::new(order, &mut SeededRng::new(21)).unwrap()
}

fn good_operator() -> Mint {
    operator(&Order::new(SignatureAlgorithm::Gost2015_512, at()))
}

fn certificate(mint: &Mint) -> Certificate {
    mint.signer_certificate().unwrap()
}

fn seal(contents: &BundleContents, by: &Mint) -> Vec<u8> {
    let certificate = certificate(by);
    let signer = CmsSigner::new(&*by.signer.key, &certificate).unwrap().signing_time(at());
    contents.seal(&signer, &mut SeededRng::new(22)).unwrap()
}

fn contents(pki: &Pki) -> BundleContents {
    BundleContents {
        anchors: vec![Certificate::from_der(&pki.mint.anchor).unwrap()],
        certificates: vec![Certificate::from_der(pki.mint.issuing().certificate()).unwrap()],
        lists: pki.mint.lists.iter().map(|l| Crl::from_der(l).unwrap()).collect(),
        deltas: vec![Crl::from_der(&pki.list(&CrlSpec::delta(7, 100, at()))).unwrap()],
        ocsp: vec![OcspResponse::from_der(&[0x30, 3, 0x0a, 1, 3]).unwrap()],
        ..BundleContents::new(at())
    }
}

fn open(file: &[u8], pin: &Certificate, now: Instant) -> Result<Bundle, BundleError> {
    Bundle::open(file, &BundleTrust::Pinned(&[[0; 32], pin.fingerprint()]), now)
}

fn verdict(pki: &Pki, bundle: &Bundle, now: Instant) -> (Verdict, Option<&'static str>) {
    let verifier = bundle.supply(&Verifier::new(bundle.anchors()));
    let report = verifier.verify(&pki.document, &Question::at(now)).unwrap();
    (report.verdict(), report.reason().map(Reason::code))
}

#[test]
fn a_machine_without_a_network_verifies_with_a_bundle() {
    let (pki, operator) = (Pki::new(), good_operator());
    let file = seal(&contents(&pki), &operator);
    let pin = certificate(&operator);
    let bundle = open(&file, &pin, hours(24)).unwrap();
    assert_eq!(verdict(&pki, &bundle, hours(24)), (Verdict::Passed, None));
    assert_eq!((bundle.age(hours(24)), bundle.signer()), (24 * 3600, &pin));
    let inside = bundle.contents();
    assert_eq!((inside.made, inside.lists.len(), inside.deltas.len()), (at(), 2, 1));
    assert_eq!(inside.ocsp[0].as_der(), [0x30, 3, 0x0a, 1, 3]);

    // Lists that have run out are as stale in a bundle as anywhere.
    let late = hours(40 * 24);
    let bundle = open(&file, &pin, late).unwrap();
    assert_eq!(verdict(&pki, &bundle, late), (Verdict::Indeterminate, Some("crl_stale")));
}

#[test]
fn what_was_fetched_goes_into_a_bundle() {
    let pki = Pki::new();
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    let server = pki.server();
    pki.verify(&fetcher(&server).with_cache(cache.clone()), &pki.verifier(), at());
    let operator = good_operator();
    let exported = BundleContents::of_cache(&cache, at()).unwrap();
    let bundle = open(&seal(&exported, &operator), &certificate(&operator), at()).unwrap();
    // No anchor was exported, so the machine has its own.
    assert!(bundle.anchors().anchors().is_empty());
    let outcome = pki.verify(&offline(&server), &bundle.supply(&pki.verifier()), hours(1));
    assert_eq!(outcome.report.verdict(), Verdict::Passed);
    assert!(outcome.notes.is_empty());
}

#[test]
fn the_same_evidence_gives_the_same_archive() {
    let pki = Pki::new();
    let mut other = contents(&pki);
    other.lists.reverse();
    other.lists.extend(contents(&pki).lists);
    let archive = |contents: &BundleContents| {
        qoltanba::sign::extract(&seal(contents, &good_operator()), &qoltanba::Limits::default())
            .unwrap()
    };
    assert_eq!(archive(&contents(&pki)), archive(&other));
}

#[test]
fn every_alteration_is_refused() {
    let (pki, operator) = (Pki::new(), good_operator());
    let file = seal(&contents(&pki), &operator);
    let pin = certificate(&operator);
    for index in (0..file.len()).step_by(61).chain(file.len() - 300..file.len()) {
        let mut altered = file.clone();
        altered[index] ^= 0x10;
        assert!(open(&altered, &pin, at()).is_err(), "byte {index}");
    }
    assert!(open(&file[..file.len() - 1], &pin, at()).is_err());
}

#[test]
fn a_bundle_of_the_future_is_refused() {
    let (pki, operator) = (Pki::new(), good_operator());
    let (file, pin) = (seal(&contents(&pki), &operator), certificate(&operator));
    assert!(open(&file, &pin, at()).is_ok());
    assert!(open(&file, &pin, at().plus_seconds(-300)).is_ok());
    let refused = open(&file, &pin, at().plus_seconds(-301));
    assert!(matches!(refused, Err(BundleError::FromTheFuture { made }) if made == at()));
}

#[test]
fn a_bundle_without_the_right_signature_is_refused() {
    let (pki, owner) = (Pki::new(), good_operator());
    let pin = certificate(&owner);
    let archive =
        |file: &[u8]| qoltanba::sign::extract(file, &qoltanba::Limits::default()).unwrap();
    let file = seal(&contents(&pki), &owner);
    // Not signed at all.
    assert!(matches!(open(&archive(&file), &pin, at()), Err(BundleError::NotSigned(_))));
    // Signed by somebody else, who is not pinned.
    let stranger = Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut SeededRng::new(99));
    let foreign = seal(&contents(&pki), &stranger.unwrap());
    assert_eq!(open(&foreign, &pin, at()).unwrap_err(), BundleError::NotPinned);
    // Signed by nobody, in the form of a signed message.
    assert!(Bundle::open(&file, &BundleTrust::Pinned(&[]), at()).is_err());
    // By the pinned one, after his certificate ran out.
    let late = at().plus_seconds(400 * 86_400);
    assert!(matches!(open(&file, &pin, late), Err(BundleError::NotAccepted(Some(_)))));
    // A detached signature has nothing inside.
    let signer = CmsSigner::new(&*owner.signer.key, &pin).unwrap().detached(true);
    let detached = contents(&pki).seal(&signer, &mut SeededRng::new(1)).unwrap();
    assert!(open(&detached, &pin, at()).is_err());
    for error in [open(&foreign, &pin, at()), open(&detached, &pin, at())] {
        let error = error.unwrap_err();
        for lang in [qoltanba::Lang::Kk, qoltanba::Lang::Ru, qoltanba::Lang::En] {
            assert!(error.text(lang).len() > 20);
        }
    }
}

#[test]
fn what_is_signed_must_be_a_bundle_in_its_one_form() {
    let (pki, owner) = (Pki::new(), good_operator());
    let pin = certificate(&owner);
    let signed = |content: &[u8]| {
        let signer = CmsSigner::new(&*owner.signer.key, &pin).unwrap();
        signer.sign(content, &mut SeededRng::new(1)).unwrap()
    };
    let file = seal(&contents(&pki), &owner);
    let archive = qoltanba::sign::extract(&file, &qoltanba::Limits::default()).unwrap();
    assert!(open(&signed(&archive), &pin, at()).is_ok());
    let malformed = |content: &[u8]| {
        let opened = open(&signed(content), &pin, at());
        matches!(opened, Err(BundleError::Malformed(_)))
    };
    assert!(malformed(b"a document that the operator signed"));
    assert!(malformed(b""));
    assert!(malformed(&[&archive[..], &[0; 512]].concat()), "longer");
    assert!(malformed(&archive[..archive.len() - 512]), "shorter");
    for index in (0..archive.len()).step_by(97) {
        let mut other = archive.clone();
        other[index] ^= 1;
        assert!(malformed(&other), "byte {index}");
    }
}

#[test]
fn anchors_of_a_signer_who_is_only_accepted_are_left_aside() {
    let (pki, owner) = (Pki::new(), good_operator());
    let file = seal(&contents(&pki), &owner);
    let mut trust = qoltanba::TrustStore::empty();
    let anchor = Certificate::from_der(&owner.anchor).unwrap();
    trust.add(qoltanba::TrustAnchor::from_self_signed(&anchor).unwrap());
    let authority = Certificate::from_der(owner.issuing().certificate()).unwrap();
    let lists = owner.lists.iter().map(|l| Crl::from_der(l).unwrap());
    let verifier = Verifier::new(trust).with_certificates([authority]);

    let alone = Bundle::open(&file, &BundleTrust::Accepted(&verifier), at());
    assert!(matches!(alone, Err(BundleError::NotAccepted(Some(_)))), "its status is not known");
    let verifier = verifier.with_crls(lists);
    let bundle = Bundle::open(&file, &BundleTrust::Accepted(&verifier), at()).unwrap();
    assert!(bundle.anchors().anchors().is_empty());
    assert_eq!(bundle.contents().anchors.len(), 1);
    let report = bundle.supply(&verifier).verify(&pki.document, &Question::at(at())).unwrap();
    assert_eq!(report.verdict(), Verdict::Indeterminate, "the bundle made an anchor");

    let revoked = operator(&Order::new(SignatureAlgorithm::Gost2015_512, at()).revoked(hours(-48)));
    let lists = revoked.lists.iter().map(|l| Crl::from_der(l).unwrap());
    let mut trust = qoltanba::TrustStore::empty();
    let anchor = Certificate::from_der(&revoked.anchor).unwrap();
    trust.add(qoltanba::TrustAnchor::from_self_signed(&anchor).unwrap());
    let authority = Certificate::from_der(revoked.issuing().certificate()).unwrap();
    let verifier = Verifier::new(trust).with_certificates([authority]).with_crls(lists);
    let file = seal(&contents(&pki), &revoked);
    let refused = Bundle::open(&file, &BundleTrust::Accepted(&verifier), at());
    assert!(matches!(refused, Err(BundleError::NotAccepted(Some(_)))));
}

#[test]
fn a_pinned_certificate_need_have_no_path() {
    let order = Order::new(SignatureAlgorithm::Gost2015_512, at());
    let owner = operator(&order.fault(Fault::SameNamedForeignRoot));
    let file = seal(&contents(&Pki::new()), &owner);
    assert!(open(&file, &certificate(&owner), at()).is_ok());
}

/// OpenSSL takes the archive out of a bundle under an RSA key, and tar opens it.
#[test]
fn openssl_and_tar_open_a_bundle() {
    let rsa = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let (pki, owner) = (Pki::new(), operator(&Order::new(rsa, at())));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("bundle"), seal(&contents(&pki), &owner)).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    };
    let (bundle, archive) = (path("bundle"), path("archive.tar"));
    let take_out = ["cms", "-verify", "-noverify", "-binary", "-inform", "DER"];
    run("openssl", &[&take_out[..], &["-in", &bundle, "-out", &archive]].concat());
    let listed = run("tar", &["-tf", &archive]);
    let names: Vec<&str> = listed.lines().collect();
    assert_eq!(names.len(), 7, "{names:?}");
    assert_eq!(names[0], "manifest.json");
    run("tar", &["-xf", &archive, "-C", folder.path().to_str().unwrap()]);
    for name in &names[1..] {
        let sum = run("sha256sum", &[&path(name)]);
        let stem = name.rsplit('/').next().unwrap().split('.').next().unwrap();
        assert!(sum.starts_with(stem), "{name}: {sum}");
    }
    assert_eq!(std::fs::read(path(names[1])).unwrap(), pki.mint.anchor);
}
