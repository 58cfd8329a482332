//! A signer, the responder of his authority, and what a verifier says of his certificate.

use qoltanba::{
    Certificate, Instant, Question, Report, TrustAnchor, TrustStore, Verdict, Verifier,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    policy::Policy,
    revocation::{Crl, OcspRequest, OcspResponse},
};
use qoltanba_testkit::{CertId, Issued, Mint, OcspSpec, Order, SeededRng};

use crate::message::{at, reason};

pub(crate) const NONCE: [u8; 8] = [0x15, 0x7b, 0x28, 0xfd, 0x1a, 0xc7, 0x76, 0x1e];
pub(crate) const HOUR: i64 = 3_600;
pub(crate) const RSA: SignatureAlgorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);

pub(crate) struct Scene {
    pub(crate) mint: Mint,
    pub(crate) certificate: Certificate,
    pub(crate) responder: Issued,
    pub(crate) id: CertId,
    pub(crate) rng: SeededRng,
}

impl Scene {
    pub(crate) fn new(algorithm: SignatureAlgorithm) -> Self {
        let mut rng = SeededRng::new(70);
        let mint = Mint::new(&Order::new(algorithm, at()), &mut rng).unwrap();
        let responder = mint.issuing().responder(at(), &mut rng).unwrap();
        let id = mint.issuing().certificate_id(&mint.signer.serial, DigestAlgorithm::Sha256);
        let certificate = mint.signer_certificate().unwrap();
        Self { mint, certificate, responder, id, rng }
    }

    pub(crate) fn issuer(&self) -> Certificate {
        Certificate::from_der(self.mint.issuing().certificate()).unwrap()
    }

    pub(crate) fn request(&self) -> OcspRequest {
        OcspRequest::new(&self.certificate, self.issuer().public_key_info()).unwrap()
    }

    /// An answer of the delegated responder.
    pub(crate) fn answer(&mut self, spec: &OcspSpec) -> OcspResponse {
        let authority = self.mint.issuing();
        let der = authority.answer(spec, Some(&self.responder), &mut self.rng).unwrap();
        OcspResponse::from_der(&der).unwrap()
    }

    /// "Good", so many seconds before the moment of check.
    pub(crate) fn good(&mut self, age: i64) -> OcspResponse {
        self.answer(&OcspSpec::at(at().plus_seconds(-age)).good(self.id.clone()))
    }

    /// Has the list of the root, which clears the issuing authority, and no list of the latter.
    pub(crate) fn verifier(&self) -> Verifier {
        let mut trust = TrustStore::empty();
        let anchor = Certificate::from_der(&self.mint.anchor).unwrap();
        trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
        let policy = Policy::default();
        Verifier::new(trust)
            .with_certificates([self.issuer()])
            .with_crls([Crl::from_der(&self.mint.lists[0]).unwrap()])
            .with_policy(policy)
    }

    /// The list that clears the signer.
    pub(crate) fn list(&self) -> Crl {
        Crl::from_der(&self.mint.lists[1]).unwrap()
    }

    /// The verdict on the signer's certificate.
    pub(crate) fn judge(&self, verifier: &Verifier) -> Report {
        verifier.verify(self.certificate.as_der(), &Question::at(at())).unwrap()
    }

    /// The same with these answers and nothing else on the certificate.
    pub(crate) fn with(
        &self,
        answers: impl IntoIterator<Item = OcspResponse>,
    ) -> (Verdict, &'static str) {
        let report = self.judge(&self.verifier().with_ocsp_responses(answers));
        (report.verdict(), reason(&report))
    }

    /// The same beside a list that clears.
    pub(crate) fn with_list(
        &self,
        answers: impl IntoIterator<Item = OcspResponse>,
    ) -> (Verdict, &'static str) {
        let verifier = self.verifier().with_crls([self.list()]).with_ocsp_responses(answers);
        let report = self.judge(&verifier);
        (report.verdict(), reason(&report))
    }
}

pub(crate) fn moment(text: &str) -> Instant {
    text.parse().unwrap()
}
