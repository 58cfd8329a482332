//! Answers that lie in a document, where anybody may put them.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use qoltanba::{
    Question, Report, Verdict, report::Remark, revocation::OcspResponse, sign::XmlSigner,
};
use qoltanba_testkit::{OcspFault, OcspSpec};

use crate::{
    message::{CONTENT, at, reason, with_signer},
    scene::{RSA, Scene},
};

/// A value and its header, in DER.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match value.len() {
        short @ 0..0x80 => out.push(u8::try_from(short).unwrap()),
        long => {
            out.push(0x83);
            out.extend(&u32::try_from(long).unwrap().to_be_bytes()[1..]);
            // The shortest form.
            while out[2] == 0 {
                out.remove(2);
                out[1] -= 1;
            }
        }
    }
    out.extend(value);
    out
}

/// The values inside one.
fn inside(der: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = value(der);
    let mut all = Vec::new();
    while !rest.is_empty() {
        let length = rest.len() - value_and_rest(rest).1.len();
        all.push(rest[..length].to_vec());
        rest = &rest[length..];
    }
    all
}

fn value(der: &[u8]) -> &[u8] {
    value_and_rest(der).0
}

fn value_and_rest(der: &[u8]) -> (&[u8], &[u8]) {
    let (header, length) = match der[1] {
        short @ 0..0x80 => (2, usize::from(short)),
        long => {
            let octets = usize::from(long & 0x7f);
            let length = der[2..2 + octets].iter().fold(0, |n, b| n << 8 | usize::from(*b));
            (2 + octets, length)
        }
    };
    der[header..].split_at(length)
}

/// The message with its SignedData changed.
fn changed(message: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let info = inside(message);
    let mut data = inside(&inside(&info[1])[0]);
    change(&mut data);
    let data = tlv(0x30, &data.concat());
    tlv(0x30, &[info[0].clone(), tlv(0xa0, &data)].concat())
}

/// RFC 5940: an OCSPResponse among `crls`.
fn among_lists(message: &[u8], answer: &OcspResponse) -> Vec<u8> {
    let oid = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x10, 0x02];
    let other = tlv(0xa1, &[&oid, answer.as_der()].concat());
    changed(message, |data| data.insert(data.len() - 1, tlv(0xa1, &other)))
}

/// EN 319 122-1: a BasicOCSPResponse in the attribute revocation-values.
fn among_values(message: &[u8], answer: &OcspResponse) -> Vec<u8> {
    let bytes = inside(&inside(answer.as_der())[1]).remove(0);
    let basic = value(&inside(&bytes)[1]).to_vec();
    let values = tlv(0x30, &tlv(0xa1, &tlv(0x30, &basic)));
    let oid = [0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x18];
    let attribute = tlv(0x30, &[oid.to_vec(), tlv(0x31, &values)].concat());
    changed(message, |data| {
        let mut signer = inside(&inside(&data.pop().unwrap())[0]);
        signer.push(tlv(0xa1, &attribute));
        data.push(tlv(0x31, &tlv(0x30, &signer.concat())));
    })
}

/// EN 319 132-1: in the unsigned properties of an XML signature.
fn among_properties(document: &str, answer: &OcspResponse) -> String {
    let value = BASE64.encode(answer.as_der());
    let properties = format!(
        "<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><x:QualifyingProperties \
         xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\"><x:UnsignedProperties>\
         <x:UnsignedSignatureProperties><x:RevocationValues><x:OCSPValues>\
         <x:EncapsulatedOCSPValue>{value}</x:EncapsulatedOCSPValue></x:OCSPValues>\
         </x:RevocationValues></x:UnsignedSignatureProperties></x:UnsignedProperties>\
         </x:QualifyingProperties></ds:Object></ds:Signature>"
    );
    assert!(document.contains("</ds:Signature>"), "{document}");
    document.replace("</ds:Signature>", &properties)
}

struct Documents {
    message: Vec<u8>,
    xml: String,
}

impl Documents {
    fn of(scene: &mut Scene) -> Self {
        let rng = &mut scene.rng;
        let message = with_signer(&scene.mint, false, |signer| signer.sign(CONTENT, rng)).unwrap();
        let signer = XmlSigner::new(&*scene.mint.signer.key, &scene.certificate).unwrap();
        let xml = signer.sign("<өтініш/>".as_bytes(), &mut scene.rng).unwrap();
        Self { message, xml: String::from_utf8(xml).unwrap() }
    }

    fn with(&self, answer: &OcspResponse) -> [Vec<u8>; 3] {
        [
            among_lists(&self.message, answer),
            among_values(&self.message, answer),
            among_properties(&self.xml, answer).into_bytes(),
        ]
    }
}

fn set_aside(report: &Report) -> Vec<&str> {
    let remarks = report.signatures().iter().flat_map(|signature| &signature.remarks);
    remarks
        .filter_map(|remark| match remark {
            Remark::EvidenceSetAside(reason) => Some(reason.code()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_sound_answer_counts_wherever_it_lies() {
    let mut scene = Scene::new(RSA);
    let documents = Documents::of(&mut scene);
    let good = scene.good(60);
    let revoked = scene.answer(&OcspSpec::at(at()).revoked(scene.id.clone(), at(), None));
    let verifier = scene.verifier();
    let question = Question::at(at());
    for (place, document) in [&documents.message, documents.xml.as_bytes()].into_iter().enumerate()
    {
        let report = verifier.verify(document, &question).unwrap();
        assert_eq!(reason(&report), "revocation_unknown", "{place}");
    }
    for (place, document) in documents.with(&good).iter().enumerate() {
        let report = verifier.verify(document, &question).unwrap();
        assert_eq!((report.verdict(), reason(&report)), (Verdict::Passed, "none"), "{place}");
        assert!(report.remarks.is_empty(), "{place}");
    }
    let verifier = verifier.with_crls([scene.list()]);
    for (place, document) in documents.with(&revoked).iter().enumerate() {
        let report = verifier.verify(document, &question).unwrap();
        assert_eq!(reason(&report), "cert_revoked", "{place}");
    }
}

#[test]
fn an_unsound_answer_is_a_remark_and_no_more() {
    let mut scene = Scene::new(RSA);
    let documents = Documents::of(&mut scene);
    let question = Question::at(at());
    for (fault, code) in [
        (OcspFault::BadSignature, "ocsp_bad_signature"),
        (OcspFault::SelfSignedResponder, "ocsp_unauthorised"),
    ] {
        let spec = OcspSpec::at(at()).revoked(scene.id.clone(), at(), None).fault(fault);
        let answer = scene.answer(&spec);
        for (place, document) in documents.with(&answer).iter().enumerate() {
            let report = scene.verifier().verify(document, &question).unwrap();
            assert_eq!(reason(&report), "revocation_unknown", "{place}");
            let verifier = scene.verifier().with_crls([scene.list()]);
            let report = verifier.verify(document, &question).unwrap();
            assert_eq!(report.verdict(), Verdict::Passed, "{place}");
            assert_eq!(set_aside(&report), [code], "{place}");
        }
    }
    // And what cannot be read is one remark.
    let broken =
        among_properties(&documents.xml, &scene.good(0)).replace("OCSPValue>MI", "OCSPValue>??");
    let report = scene.verifier().verify(broken.as_bytes(), &question).unwrap();
    assert_eq!(report.remarks, [Remark::UnreadableEvidence]);
}
