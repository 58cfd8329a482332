//! A signer with his authority, whose addresses lead to a server of the test.

use std::time::Duration;

use qoltanba::{
    Certificate, Instant, Lang, Question, TrustAnchor, TrustStore, Verifier,
    algorithm::SignatureAlgorithm, sign::CmsSigner,
};
use qoltanba_fetch::{AddressPolicy, FetchLimits, Fetcher, Http, Kind, Outcome, Patience};
use qoltanba_testkit::{Authority, CrlSpec, Mint, OcspRefusal, Order, SeededRng};

use crate::server::{Answer, Server};

pub(crate) const BASE: &str = "http://pki.qoltanba.invalid/";
pub(crate) const CERTIFICATE: &str = "/cert/nca_gost2015.cer";
pub(crate) const LIST: &str = "/crl/nca_gost2015.crl";
pub(crate) const DELTA: &str = "/crl/nca_gost2015_d.crl";
pub(crate) const OCSP: &str = "/ocsp/";
pub(crate) const ROOT_LIST: &str = "/crl/root_gost2015.crl";

pub(crate) fn at() -> Instant {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub(crate) fn hours(count: i64) -> Instant {
    at().plus_seconds(count * 3600)
}

/// Short enough for a test, long enough for a busy machine.
pub(crate) const SHORT: Patience = Patience {
    tries: 1,
    rest: Duration::from_millis(1),
    connect: Duration::from_secs(5),
    answer: Duration::from_millis(1500),
    whole: Duration::from_secs(3),
};

pub(crate) struct Pki {
    pub(crate) mint: Mint,
    pub(crate) document: Vec<u8>,
}

impl Pki {
    pub(crate) fn new() -> Self {
        Self::of(&Order::new(SignatureAlgorithm::Gost2015_512, at()))
    }

    pub(crate) fn of(order: &Order) -> Self {
        let mut rng = SeededRng::new(6);
        let mint = Mint::new(order, &mut rng).unwrap();
        let certificate = mint.signer_certificate().unwrap();
        let signer = CmsSigner::new(&*mint.signer.key, &certificate).unwrap().signing_time(at());
        let document = signer.sign("Өтініш".as_bytes(), &mut rng).unwrap();
        Self { mint, document }
    }

    /// Believes the root, and knows nothing else.
    pub(crate) fn verifier(&self) -> Verifier {
        let mut trust = TrustStore::empty();
        let anchor = Certificate::from_der(&self.mint.anchor).unwrap();
        trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
        Verifier::new(trust)
    }

    /// Knows the issuing authority too.
    pub(crate) fn knowing(&self) -> Verifier {
        let issuing = Certificate::from_der(self.mint.issuing().certificate()).unwrap();
        self.verifier().with_certificates([issuing])
    }

    /// Everything where the certificates say that it is, but a responder that never has time.
    pub(crate) fn server(&self) -> Server {
        Server::start()
            .with(CERTIFICATE, Answer::Body(self.mint.issuing().certificate().to_vec()))
            .with(OCSP, Answer::Body(OcspRefusal::TryLater.to_der().to_vec()))
            .with(LIST, Answer::Body(self.mint.lists[1].clone()))
            .with(ROOT_LIST, Answer::Body(self.mint.lists[0].clone()))
            .with(DELTA, Answer::Body(self.list(&CrlSpec::delta(5000, 100, hours(-1)))))
    }

    pub(crate) fn list(&self, spec: &CrlSpec) -> Vec<u8> {
        publish(self.mint.issuing(), spec)
    }

    pub(crate) fn verify(&self, fetcher: &Fetcher, verifier: &Verifier, now: Instant) -> Outcome {
        fetcher.verify(verifier, &self.document, &Question::at(now), now).unwrap()
    }
}

pub(crate) fn publish(authority: &Authority, spec: &CrlSpec) -> Vec<u8> {
    authority.publish(spec, &mut SeededRng::new(7)).unwrap()
}

/// Leads the addresses of the certificates to the server, as an operator with a mirror does.
pub(crate) fn fetcher(server: &Server) -> Fetcher {
    offline(server).with_http(Http::new(SHORT))
}

pub(crate) fn offline(server: &Server) -> Fetcher {
    let policy = AddressPolicy::none().mirror(BASE, &server.at("/")).unwrap();
    Fetcher::new(policy).with_limits(FetchLimits { seconds: 60, ..FetchLimits::default() })
}

/// The verdict, its reason, and the codes of what could not be had; about responders see
/// [`heard`].
pub(crate) fn said(outcome: &Outcome) -> (&'static str, &'static str, Vec<&'static str>) {
    for note in &outcome.notes {
        for lang in [Lang::Kk, Lang::Ru, Lang::En] {
            assert!(note.text(lang).len() > note.address.len() + 10);
        }
    }
    let reason = outcome.report.reason().map_or("none", qoltanba::Reason::code);
    let notes = outcome.notes.iter().filter(|note| note.kind != Kind::Ocsp);
    (outcome.report.verdict().code(), reason, notes.map(|note| note.problem.code()).collect())
}

/// The codes of what responders did not bring.
pub(crate) fn heard(outcome: &Outcome) -> Vec<&'static str> {
    let notes = outcome.notes.iter().filter(|note| note.kind == Kind::Ocsp);
    notes.map(|note| note.problem.code()).collect()
}
