//! A signer, his authority with its lists, and its time-stamp authority.

use qoltanba::{
    Instant, Question, Report, Verifier,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    sign::{CmsSigner, SigningKey as _, add_time_stamp, time_stamp_request},
    timestamp::{TimeStampRequest, TimeStampToken},
};
use qoltanba_testkit::{CrlSpec, Imprint, Issued, Mint, Revoked, SeededRng, TimeStampSpec};

use crate::{
    message::{self, CONTENT, at},
    stamped,
};

pub(crate) struct Scene {
    pub(crate) mint: Mint,
    pub(crate) tsa: Issued,
    pub(crate) rng: SeededRng,
}

impl Scene {
    pub(crate) fn new(algorithm: SignatureAlgorithm, seed: u64) -> Self {
        let mut rng = SeededRng::new(seed);
        let mint = Mint::good(algorithm, at(), &mut rng).unwrap();
        let tsa = mint.issuing().time_stamp_authority(at(), &mut rng).unwrap();
        Self { mint, tsa, rng }
    }

    pub(crate) fn verifier(&self) -> Verifier {
        message::verifier(&self.mint)
    }

    pub(crate) fn judge(&self, document: &[u8]) -> Report {
        self.verifier().verify(document, &Question::at(at())).unwrap()
    }

    /// Replaces the lists by ones that revoke these certificates of the issuing authority.
    pub(crate) fn revoke(&mut self, entries: &[Revoked]) {
        self.publish(at().plus_seconds(-86_400), entries);
    }

    pub(crate) fn publish(&mut self, when: Instant, entries: &[Revoked]) {
        let root = self.mint.root.publish(&CrlSpec::complete(1, when), &mut self.rng).unwrap();
        let mut list = CrlSpec::complete(100, when);
        list.revoked = entries.to_vec();
        let own = self.mint.issuing().publish(&list, &mut self.rng).unwrap();
        self.mint.lists = vec![root, own];
    }

    fn signer<T>(&self, then: impl FnOnce(CmsSigner<'_>) -> T) -> T {
        message::with_signer(&self.mint, false, |signer| then(signer.signing_time(stamped())))
    }

    pub(crate) fn sign(&mut self) -> Vec<u8> {
        self.sign_content(CONTENT)
    }

    pub(crate) fn sign_content(&mut self, content: &[u8]) -> Vec<u8> {
        let mut rng = self.rng.clone();
        self.signer(|signer| signer.sign(content, &mut rng)).unwrap()
    }

    pub(crate) fn cosign(&mut self, message: &[u8]) -> Vec<u8> {
        let mut rng = SeededRng::new(99);
        self.signer(|signer| signer.cosign(message, None, &mut rng)).unwrap()
    }

    pub(crate) fn request(&mut self, document: &[u8]) -> TimeStampRequest {
        time_stamp_request(document, 0, &mut self.rng).unwrap()
    }

    /// The same request as the test kit's authority reads it.
    pub(crate) fn kit_request(
        &self,
        request: &TimeStampRequest,
    ) -> qoltanba_testkit::TimeStampRequest {
        qoltanba_testkit::TimeStampRequest::from_der(&request.to_der()).unwrap()
    }

    pub(crate) fn token(&mut self, spec: &TimeStampSpec) -> TimeStampToken {
        let der = self.mint.issuing().stamp(spec, &self.tsa, &mut self.rng).unwrap();
        TimeStampToken::from_der(&der).unwrap()
    }

    pub(crate) fn any_token(&mut self) -> TimeStampToken {
        self.token(&TimeStampSpec::new(Imprint::of(DigestAlgorithm::Sha256, b"x"), stamped()))
    }

    pub(crate) fn stamp(&mut self, document: &[u8], when: Instant) -> Vec<u8> {
        self.stamp_number(document, 0, when)
    }

    pub(crate) fn stamp_number(
        &mut self,
        document: &[u8],
        number: usize,
        when: Instant,
    ) -> Vec<u8> {
        let request = time_stamp_request(document, number, &mut self.rng).unwrap();
        let token = self.token(&TimeStampSpec::answering(&self.kit_request(&request), when));
        add_time_stamp(document, number, &token).unwrap()
    }

    pub(crate) fn stamp_as(
        &mut self,
        document: &[u8],
        change: impl FnOnce(TimeStampSpec) -> TimeStampSpec,
    ) -> Vec<u8> {
        let request = self.request(document);
        let spec = TimeStampSpec::answering(&self.kit_request(&request), stamped());
        let token = self.token(&change(spec));
        add_time_stamp(document, 0, &token).unwrap()
    }

    /// A message whose signed attributes hold a time stamp on the content (EN 319 122-1 §5.2.8).
    pub(crate) fn sign_with_content_time_stamp(&mut self, when: Instant) -> Vec<u8> {
        // Another digest than the signature's, which a stream has to notice.
        let imprint = Imprint::of(DigestAlgorithm::Sha512, CONTENT);
        let token = self.token(&TimeStampSpec::new(imprint, when));
        let key = &*self.mint.signer.key;
        let digest = key.algorithm().digest();
        let certificate = self.mint.signer_certificate().unwrap();
        let attribute =
            |oid: &[u8], value: &[u8]| tlv(0x30, &[&tlv(6, &[oid]), &tlv(0x31, &[value])]);
        let smime =
            |last: u8| [&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2][..], &[last]].concat();
        let pkcs9 = |last: u8| [&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9][..], &[last]].concat();
        let data = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
        let ess = DigestAlgorithm::Sha256.digest(certificate.as_der());
        let ess = tlv(0x30, &[&tlv(0x30, &[&tlv(0x30, &[&tlv(4, &[&ess])])])]);
        let mut attributes = [
            attribute(&pkcs9(3), &tlv(6, &[&data])),
            attribute(&pkcs9(4), &tlv(4, &[&digest.digest(CONTENT)])),
            attribute(&smime(47), &ess),
            attribute(&smime(20), token.as_der()),
        ];
        attributes.sort();
        let attributes = attributes.concat();
        let signature = key.sign(&tlv(0x31, &[&attributes]), &mut self.rng).unwrap();
        // The frame is that of a message that was signed here, with another SignerInfo.
        let sha256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
        let rsa_sha256 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
        let algorithm = |oid: &[u8]| tlv(0x30, &[&tlv(6, &[oid]), &[5, 0]]);
        let issuer = certificate.issuer().as_der();
        let signer = tlv(
            0x30,
            &[
                &[2, 1, 1],
                &tlv(0x30, &[issuer, &tlv(2, &[certificate.serial()])]),
                &algorithm(&sha256),
                &tlv(0xa0, &[&attributes]),
                &algorithm(&rsa_sha256),
                &tlv(4, &[&signature]),
            ],
        );
        let signed_data = tlv(
            0x30,
            &[
                &[2, 1, 1],
                &tlv(0x31, &[&algorithm(&sha256)]),
                &tlv(0x30, &[&tlv(6, &[&data]), &tlv(0xa0, &[&tlv(4, &[CONTENT])])]),
                &tlv(0xa0, &[certificate.as_der()]),
                &tlv(0x31, &[&signer]),
            ],
        );
        let signed = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
        tlv(0x30, &[&tlv(6, &[&signed]), &tlv(0xa0, &[&signed_data])])
    }
}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let inside = parts.concat();
    let length = inside.len();
    let mut out = vec![tag];
    match length {
        0..=0x7f => out.push(length as u8),
        0x80..=0xff => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(inside);
    out
}

/// The message with another token in the place of one of the same length; one of another length
/// is put on anew.
pub(crate) fn replaced(message: &[u8], good: &TimeStampToken, other: &TimeStampToken) -> Vec<u8> {
    let (old, new) = (good.as_der(), other.as_der());
    let place = message.windows(old.len()).position(|w| w == old).expect("the token is inside");
    if old.len() == new.len() {
        return [&message[..place], new, &message[place + old.len()..]].concat();
    }
    // Every value around it has two octets of length, or becomes as long as it must be.
    let mut out = [&message[..place], new, &message[place + old.len()..]].concat();
    let difference = new.len() as i64 - old.len() as i64;
    for at in 0..place {
        let long = out[at + 1] == 0x82 && matches!(out[at], 0x30 | 0x31 | 0xa0 | 0xa1);
        let length = (usize::from(out[at + 2]) << 8) | usize::from(out[at + 3]);
        if long && at + 4 + length >= place + old.len() && at + 4 + length <= message.len() {
            let length = (length as i64 + difference) as u16;
            out[at + 2..at + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    out
}

/// The octets of the signature of a message with one signer: the last long OCTET STRING in front
/// of the time stamp.
pub(crate) fn signature_value(message: &[u8]) -> Vec<u8> {
    let oid = [6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 14];
    let end = message.windows(oid.len()).position(|w| w == oid).unwrap_or(message.len());
    let start = (0..end).rev().find(|at| {
        let value = match message[*at..] {
            [4, 0x82, high, low, ..] => 4 + ((usize::from(high) << 8) | usize::from(low)),
            [4, 0x81, low, ..] => 3 + usize::from(low),
            [4, low @ 64, ..] => 2 + usize::from(low),
            _ => return false,
        };
        value > 64 && (at + value == end || (end < message.len() && at + value + 12 > end))
    });
    let start = start.expect("the signature is inside");
    let header = match message[start + 1] {
        0x82 => 4,
        0x81 => 3,
        _ => 2,
    };
    let length = match message[start + 1..] {
        [0x82, high, low, ..] => (usize::from(high) << 8) | usize::from(low),
        [0x81, low, ..] => usize::from(low),
        [low, ..] => usize::from(low),
        _ => 0,
    };
    message[start + header..start + header + length].to_vec()
}
