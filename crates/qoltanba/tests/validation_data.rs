//! Evidence that a stamped XML signature carries: put in here, judged here when the certificate
//! has long expired, and by xmlsec1.
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

use std::process::Command;

use message::{at, reason, rsa};
use qoltanba::{
    Certificate, Conclusion, Instant, Limits, Question, Reason, Report, TrustAnchor, TrustStore,
    Verdict, Verifier,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    danger,
    policy::Policy,
    report::{Remark, SignatureLevel, SigningTime},
    revocation::{Crl, OcspResponse},
    sign::{ValidationData, XmlSigner, add_time_stamp, add_validation_data, time_stamp_request},
    timestamp::TimeStampToken,
};
use qoltanba_testkit::{
    CrlSpec, Issued, Mint, OcspSpec, SeededRng, TimeStampRequest, TimeStampSpec,
};

const DAY: i64 = 86_400;
const DOCUMENT: &[u8] = "<?xml version=\"1.0\"?>\n<өтініш><жсн>X</жсн></өтініш>".as_bytes();

struct Scene {
    mint: Mint,
    tsa: Issued,
    responder: Issued,
    rng: SeededRng,
}

impl Scene {
    fn new(algorithm: SignatureAlgorithm) -> Self {
        let mut rng = SeededRng::new(77);
        let mint = Mint::good(algorithm, at(), &mut rng).unwrap();
        let tsa = mint.issuing().time_stamp_authority(at(), &mut rng).unwrap();
        let responder = mint.issuing().responder(at(), &mut rng).unwrap();
        Self { mint, tsa, responder, rng }
    }

    fn signed(&mut self, xades: bool) -> Vec<u8> {
        let certificate = self.mint.signer_certificate().unwrap();
        let mut signer = XmlSigner::new(&*self.mint.signer.key, &certificate).unwrap();
        if xades {
            signer = signer.xades(at());
        }
        signer.sign(DOCUMENT, &mut self.rng).unwrap()
    }

    fn stamped(&mut self, xades: bool) -> Vec<u8> {
        let signed = self.signed(xades);
        self.stamp(&signed, 0)
    }

    fn stamp(&mut self, signed: &[u8], number: usize) -> Vec<u8> {
        let request = time_stamp_request(signed, number, &mut self.rng).unwrap();
        let asked = TimeStampRequest::from_der(&request.to_der()).unwrap();
        let spec = TimeStampSpec::answering(&asked, at());
        let token = self.mint.issuing().stamp(&spec, &self.tsa, &mut self.rng).unwrap();
        add_time_stamp(signed, number, &TimeStampToken::from_der(&token).unwrap()).unwrap()
    }

    fn answer(&mut self, serial: &[u8], when: Instant) -> OcspResponse {
        let id = self.mint.issuing().certificate_id(serial, DigestAlgorithm::Sha256);
        let spec = OcspSpec::at(when).good(id);
        let der = self.mint.issuing().answer(&spec, Some(&self.responder), &mut self.rng).unwrap();
        OcspResponse::from_der(&der).unwrap()
    }

    fn answers(&mut self) -> Vec<OcspResponse> {
        let (signer, tsa) = (self.mint.signer.serial.clone(), self.tsa.serial.clone());
        let when = at().plus_seconds(30);
        vec![self.answer(&signer, when), self.answer(&tsa, when)]
    }

    fn root_list(&mut self, when: Instant) -> Crl {
        let list = self.mint.root.publish(&CrlSpec::complete(2, when), &mut self.rng).unwrap();
        Crl::from_der(&list).unwrap()
    }

    fn authority(&self) -> Certificate {
        Certificate::from_der(self.mint.issuing().certificate()).unwrap()
    }

    /// Has anchors and nothing else.
    fn bare(&self) -> Verifier {
        let mut trust = TrustStore::empty();
        let anchor = Certificate::from_der(&self.mint.anchor).unwrap();
        trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
        Verifier::new(trust)
    }

    /// The same, and lets evidence of the time of a stamp clear its authority.
    fn archive(&self) -> Verifier {
        let mut policy = Policy::default();
        policy.time_stamps = danger::archived_time_stamps();
        self.bare().with_policy(policy)
    }

    /// Has everything that is to be had on the day.
    fn equipped(&mut self) -> Verifier {
        let answers = self.answers();
        let lists = self.mint.lists.iter().map(|list| Crl::from_der(list).unwrap());
        self.bare()
            .with_certificates([self.authority()])
            .with_crls(lists)
            .with_ocsp_responses(answers)
    }

    fn data(&mut self, stamped: &[u8]) -> ValidationData {
        let verifier = self.equipped();
        ValidationData::of(&verifier, stamped, &on(60)).unwrap()
    }
}

fn on(seconds: i64) -> Question<'static> {
    Question::at(at().plus_seconds(seconds))
}

/// The certificates of the signer, of the responder and of the time-stamp authority ended 65 days
/// before.
fn later() -> Question<'static> {
    on(400 * DAY)
}

/// Why each check of the signature did not pass.
fn codes(report: &Report) -> Vec<&'static str> {
    let checks = &report.signatures()[0].checks;
    checks.iter().filter_map(|check| check.reason()).map(Reason::code).collect()
}

fn told(report: &Report) -> (Verdict, &'static str) {
    (report.verdict(), reason(report))
}

#[test]
fn what_is_embedded_outlives_the_certificate() {
    for (algorithm, xades) in [
        (rsa(), true),
        (rsa(), false),
        (SignatureAlgorithm::Gost2015_512, true),
        (SignatureAlgorithm::Gost2004, false),
    ] {
        let mut scene = Scene::new(algorithm);
        let stamped = scene.stamped(xades);
        let data = scene.data(&stamped);
        // The answers tell of both; the list of the root of their issuer; its own is left out.
        assert_eq!((data.ocsp.len(), data.lists.len(), data.certificates.len()), (2, 1, 1));
        assert_eq!(data.lists[0].as_der(), scene.mint.lists[0]);
        let kept = add_validation_data(&stamped, 0, &data).unwrap();

        let report = scene.archive().verify(&kept, &later()).unwrap();
        assert_eq!(told(&report), (Verdict::Passed, "none"), "{algorithm} {xades}");
        let signature = &report.signatures()[0];
        assert_eq!(signature.time, SigningTime::Proven(at()));
        assert_eq!(signature.claimed_level, SignatureLevel::Lt);
        assert!(signature.remarks.contains(&Remark::ArchivedTimeStamp));
        // Without what is embedded there is no proof, whatever the policy.
        let report = scene.archive().verify(&stamped, &later()).unwrap();
        assert_eq!(report.verdict(), Verdict::Indeterminate, "{algorithm} {xades}");
        // A thief of the authority's key could have stamped it yesterday: the default asks.
        let report = scene.bare().verify(&kept, &later()).unwrap();
        assert_eq!(report.verdict(), Verdict::Indeterminate);
        assert!(codes(&report).contains(&"tst_untrusted"), "{:?}", codes(&report));
        assert_xmlsec_accepts(&scene, &kept, algorithm);
    }
}

#[test]
fn by_default_the_authority_alone_is_asked_about_anew() {
    let mut scene = Scene::new(SignatureAlgorithm::Gost2015_512);
    let stamped = scene.stamped(true);
    let data = scene.data(&stamped);
    let kept = add_validation_data(&stamped, 0, &data).unwrap();
    let tsa = scene.tsa.serial.clone();
    // Ninety days on, when the responder has nothing more to say of the signer.
    let when = at().plus_seconds(90 * DAY);
    let (answer, list) = (scene.answer(&tsa, when), scene.root_list(when));
    let verifier = scene.bare().with_ocsp_responses([answer]).with_crls([list]);
    let report = verifier.verify(&kept, &on(90 * DAY + 60)).unwrap();
    assert_eq!(told(&report), (Verdict::Passed, "none"));
    let report = verifier.verify(&stamped, &on(90 * DAY + 60)).unwrap();
    assert_eq!(report.verdict(), Verdict::Indeterminate);
}

#[test]
fn a_theft_that_is_told_counts_in_an_archive_too() {
    let mut scene = Scene::new(rsa());
    let stamped = scene.stamped(true);
    let data = scene.data(&stamped);
    let kept = add_validation_data(&stamped, 0, &data).unwrap();
    let id = scene.mint.issuing().certificate_id(&scene.tsa.serial, DigestAlgorithm::Sha256);
    let when = at().plus_seconds(50 * DAY);
    let spec = OcspSpec::at(when).revoked(id, when, Some(qoltanba_testkit::Reason::KeyCompromise));
    let der = scene.mint.issuing().answer(&spec, Some(&scene.responder), &mut scene.rng).unwrap();
    let told_of = scene.archive().with_ocsp_responses([OcspResponse::from_der(&der).unwrap()]);
    let report = told_of.verify(&kept, &later()).unwrap();
    assert_eq!(report.verdict(), Verdict::Indeterminate);
    assert!(codes(&report).contains(&"tst_untrusted"), "{:?}", codes(&report));
}

#[test]
fn everything_that_was_there_keeps_every_octet() {
    for xades in [true, false] {
        let mut scene = Scene::new(rsa());
        let stamped = scene.stamped(xades);
        let data = scene.data(&stamped);
        let kept = String::from_utf8(add_validation_data(&stamped, 0, &data).unwrap()).unwrap();
        let from = kept.find("<xades:CertificateValues").unwrap();
        let end = "</xades:RevocationValues>";
        let to = kept.find(end).unwrap() + end.len();
        assert_eq!([&kept[..from], &kept[to..]].concat().as_bytes(), stamped);
        // EN 319 132-1 §5.4: behind the time stamp, lists in front of answers.
        let inside = &kept[from..to];
        let place = |text: &str| inside.find(text).unwrap_or_else(|| panic!("{text}"));
        assert!(place("<xades:EncapsulatedX509Certificate>") < place("<xades:RevocationValues"));
        assert!(place("<xades:CRLValues><xades:Enc") < place("<xades:OCSPValues><xades:Enc"));
        assert!(kept[..from].ends_with("</xades:SignatureTimeStamp>"));
        assert!(kept[to..].starts_with("</xades:UnsignedSignatureProperties>"));
    }
}

#[test]
fn what_is_no_evidence_is_refused() {
    let mut scene = Scene::new(rsa());
    let signed = scene.signed(true);
    let stamped = scene.stamp(&signed, 0);
    let good = scene.data(&stamped);
    let refused = |document: &[u8], data: &ValidationData, said: &str| {
        let error = add_validation_data(document, 0, data).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    };
    refused(&signed, &good, "time stamp on first");
    let kept = add_validation_data(&stamped, 0, &good).unwrap();
    refused(&kept, &good, "carries evidence already");
    refused(&stamped, &ValidationData::default(), "no evidence");
    // A list as long as the national one is.
    let long = CrlSpec::complete(3, at()).revoke_invented(3_000);
    let long = scene.mint.root.publish(&long, &mut scene.rng).unwrap();
    let mut data = good.clone();
    data.lists = vec![Crl::from_der(&long).unwrap()];
    refused(&stamped, &data, "octets of evidence");
    // Nor is it chosen where nothing else tells.
    let verifier = scene.bare().with_certificates([scene.authority()]).with_crls(data.lists);
    let error = ValidationData::of(&verifier, &stamped, &on(60)).unwrap_err();
    assert!(error.to_string().contains("short enough"), "{error}");
    // Under a later signature nothing may change.
    let certificate = scene.mint.signer_certificate().unwrap();
    let signer = XmlSigner::new(&*scene.mint.signer.key, &certificate).unwrap();
    let both = signer.xades(at()).sign(&stamped, &mut scene.rng).unwrap();
    refused(&both, &good, "later signature");
}

#[test]
fn what_is_carried_is_read_within_the_limits_of_a_document() {
    let mut scene = Scene::new(rsa());
    let stamped = scene.stamped(true);
    let data = scene.data(&stamped);
    let kept = add_validation_data(&stamped, 0, &data).unwrap();
    let judge = |document: &[u8]| {
        let limits = Limits { certificates: 2, ..Limits::default() };
        scene.archive().with_limits(limits).verify(document, &later()).unwrap()
    };
    assert_eq!(told(&judge(&kept)), (Verdict::Passed, "none"));
    let text = String::from_utf8(kept).unwrap();
    for (name, remark) in [
        ("EncapsulatedX509Certificate", Remark::UnreadableCertificate),
        ("EncapsulatedOCSPValue", Remark::UnreadableEvidence),
        ("EncapsulatedCRLValue", Remark::UnreadableEvidence),
    ] {
        // What comes behind the limit is not read.
        let tag = format!("<xades:{name}>");
        let more = text.replacen(&tag, &(format!("{tag}AAAA</xades:{name}>").repeat(2) + &tag), 1);
        let report = judge(more.as_bytes());
        assert_eq!(report.verdict(), Verdict::Indeterminate, "{name}");
        assert!(report.remarks.contains(&remark), "{name}: {:?}", report.remarks);
    }
    // Nobody signs it, so what is put there by others is a remark and no more.
    let damaged =
        text.replace("<xades:EncapsulatedOCSPValue>MII", "<xades:EncapsulatedOCSPValue>??");
    let report = scene.equipped().verify(damaged.as_bytes(), &on(60)).unwrap();
    assert_eq!(told(&report), (Verdict::Passed, "none"));
    assert_eq!(report.remarks, [Remark::UnreadableEvidence]);
    assert!(matches!(report.signatures()[0].conclusion, Conclusion::Passed(_)));
}

fn assert_xmlsec_accepts(scene: &Scene, document: &[u8], algorithm: SignatureAlgorithm) {
    if algorithm != rsa() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| message::write(folder.path(), name, bytes);
    let output = Command::new("xmlsec1")
        .args(["--verify", "--enabled-key-data", "x509", "--id-attr:Id", "SignedProperties"])
        .args(["--trusted-der", &put("root.cer", &scene.mint.anchor)])
        .args(["--untrusted-der", &put("nca.cer", scene.mint.issuing().certificate())])
        .args(["--verification-gmt-time", "2026-11-25 12:00:00"])
        .arg(put("signed.xml", document))
        .output();
    let Ok(output) = output else {
        assert!(std::env::var_os("CI").is_none(), "CI has no xmlsec1");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
