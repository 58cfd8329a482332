//! Getting what a verdict lacks, and asking again.

mod copies;
mod memory;
mod note;
mod run;
mod session;

use qoltanba::{
    Certificate, Instant, Question, Report, Verifier,
    revocation::{Crl, OcspResponse},
    timestamp::{TimeStampRequest, TimeStampResponse, TimeStampToken},
};

pub use self::note::{Note, Problem};
pub(crate) use self::run::read_certificates;
pub use self::session::Session;
use self::{memory::Memory, run::Run};
use crate::{
    address::{AddressPolicy, Approved},
    cache::{Cache, IndexedList, Kind},
    http::{Http, HttpError, Posted},
};

/// How much may be fetched for one verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchLimits {
    /// Times that the document is judged again.
    pub rounds: u32,
    /// Requests over the network.
    pub requests: u32,
    /// Octets that came by them, after which nothing more is begun: a certificate of a stranger
    /// names addresses, and a full list has 21 MB.
    pub bytes: u64,
    /// Seconds after which nothing more is begun.
    pub seconds: u64,
    /// Seconds for which a copy that is in force is used without asking for a newer one.
    pub reuse_seconds: i64,
}

impl Default for FetchLimits {
    /// Four rounds: the issuer's certificate, the lists, their mirrors, one more. Sixteen requests:
    /// two certificates of a path with all that is known of them, twice. A complete list comes
    /// about daily and a delta several times a day (nuc-in-practice), so four hours lose nothing
    /// that the delta does not bring.
    fn default() -> Self {
        Self { rounds: 4, requests: 16, bytes: 128 << 20, seconds: 30, reuse_seconds: 4 * 3600 }
    }
}

/// Gets evidence from the network and from a cache. Cloning is cheap, and clones share the lists
/// that were read from the cache: a service makes one and keeps it.
///
/// ```no_run
/// use qoltanba::{Question, TrustStore, Verifier};
/// use qoltanba_fetch::{AddressPolicy, Cache, Fetcher, Http, Patience};
///
/// # let (document, now) = (Vec::new(), "2026-11-25T12:00:00Z".parse()?);
/// let fetcher = Fetcher::new(AddressPolicy::national())
///     .with_http(Http::new(Patience::WHILE_A_USER_WAITS))
///     .with_cache(Cache::open("/var/lib/qoltanba/evidence".as_ref())?);
/// let verifier = Verifier::new(TrustStore::national()?);
/// let outcome = fetcher.verify(&verifier, &document, &Question::at(now), now)?;
/// for note in &outcome.notes {
///     eprintln!("{}", note.text(qoltanba::Lang::En));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Fetcher {
    policy: AddressPolicy,
    http: Option<Http>,
    cache: Option<Cache>,
    limits: FetchLimits,
    memory: Memory,
}

/// A report with the story of its evidence.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What the verifier says with everything that could be had.
    pub report: Report,
    /// The evidence that was had, beyond the verifier's own.
    pub evidence: Gathered,
    /// What was used and where it came from.
    pub sources: Vec<Source>,
    /// What could not be had, and why.
    pub notes: Vec<Note>,
}

/// Evidence that was had.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Certificates of authorities.
    pub certificates: Vec<Certificate>,
    /// Complete revocation lists.
    pub lists: Vec<Crl>,
    /// Delta lists, read as such.
    pub deltas: Vec<Crl>,
    /// Complete and delta lists of the cache that were opened by their indexes, without parsing.
    pub indexed: Vec<IndexedList>,
    /// OCSP answers, each with the request that it came back to.
    pub ocsp: Vec<OcspResponse>,
}

impl Gathered {
    /// A verifier that has this evidence too.
    #[must_use]
    pub fn supply(&self, verifier: &Verifier) -> Verifier {
        verifier
            .clone()
            .with_certificates(self.certificates.iter().cloned())
            .with_crls(self.lists.iter().chain(&self.deltas).cloned())
            .with_crl_indexes(self.indexed.iter().map(|list| list.index().clone()))
            .with_ocsp_responses(self.ocsp.iter().cloned())
    }
}

/// Evidence that was used, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What it is.
    pub kind: Kind,
    /// Where it was fetched.
    pub address: String,
    /// When it was fetched.
    pub fetched: Instant,
    /// Whether it was a copy from the cache.
    pub from_cache: bool,
}

impl Fetcher {
    /// Follows addresses by this policy. Until it is given a client and a cache it gets nothing.
    #[must_use]
    pub fn new(policy: AddressPolicy) -> Self {
        Self {
            policy,
            http: None,
            cache: None,
            limits: FetchLimits::default(),
            memory: Memory::default(),
        }
    }

    /// Asks over the network. Without it only copies are used.
    #[must_use]
    pub fn with_http(mut self, http: Http) -> Self {
        self.http = Some(http);
        self
    }

    /// Keeps and uses copies.
    #[must_use]
    pub fn with_cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self.memory = Memory::default();
        self
    }

    /// Works within these limits.
    #[must_use]
    pub const fn with_limits(mut self, limits: FetchLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Verifies a document, getting what is missing for its verdict. `now` is the present moment:
    /// it dates what is fetched, and decides which copies are in force. The question may be about
    /// another one.
    ///
    /// # Errors
    /// Those of [`Verifier::verify`]. What the network or the cache does is never an error: it is
    /// a note, and the verdict says what could not be checked.
    pub fn verify(
        &self,
        verifier: &Verifier,
        document: &[u8],
        question: &Question<'_>,
        now: Instant,
    ) -> qoltanba::Result<Outcome> {
        self.complete(verifier, now, |verifier| verifier.verify(document, question))
    }

    /// The same for any way of asking a verifier: `judge` is called once a round.
    ///
    /// # Errors
    /// Those of `judge`.
    pub fn complete<E>(
        &self,
        verifier: &Verifier,
        now: Instant,
        mut judge: impl FnMut(&Verifier) -> Result<Report, E>,
    ) -> Result<Outcome, E> {
        let mut run = Run::new(self, verifier, now);
        let mut round = 0;
        loop {
            let report = judge(&run.gathered.supply(verifier))?;
            if round == self.limits.rounds || !run.gather(&report) {
                return Ok(run.finish(report));
            }
            round += 1;
        }
    }

    /// Begins to fetch for many documents at once, so that each thing is asked for once and a host
    /// that is down is left alone. `now` is the present moment.
    #[must_use]
    pub fn begin<'a>(&'a self, verifier: &'a Verifier, now: Instant) -> Session<'a> {
        Session::new(Run::new(self, verifier, now))
    }

    /// Brings the copies of revocation lists up to date, ahead of need: the first of `addresses`
    /// that answers well, since all are the same list.
    pub fn refresh(
        &self,
        verifier: &Verifier,
        kind: Kind,
        addresses: &[&str],
        now: Instant,
    ) -> (Option<Source>, Vec<Note>) {
        let limits = FetchLimits {
            seconds: u64::MAX,
            bytes: u64::MAX,
            reuse_seconds: i64::MIN,
            ..self.limits
        };
        let fetcher = self.clone().with_limits(limits);
        let mut run = Run::new(&fetcher, verifier, now);
        let got = run.list(kind, None, addresses.iter().map(|a| (*a).to_owned()));
        let fresh = run.sources.into_iter().rfind(|source| !source.from_cache);
        (fresh.filter(|_| got.good), run.notes)
    }

    /// Asks for a time stamp, at one address of the operator's after the other: the first token
    /// that answers the request. Who signed it is for the verifier to judge.
    pub fn time_stamp(
        &self,
        addresses: &[String],
        request: &TimeStampRequest,
    ) -> (Option<TimeStampToken>, Vec<Note>) {
        let mut notes = Vec::new();
        for address in addresses {
            match self.time_stamp_at(address, request) {
                Ok(token) => return (Some(token), notes),
                Err(problem) => {
                    notes.push(Note { kind: Kind::TimeStamp, address: address.clone(), problem });
                }
            }
        }
        (None, notes)
    }

    fn time_stamp_at(
        &self,
        address: &str,
        request: &TimeStampRequest,
    ) -> Result<TimeStampToken, Problem> {
        let http = self.http.as_ref().ok_or(Problem::Offline)?;
        let approved = Approved::by_operator(address);
        let approved = approved.map_err(|fault| Problem::Http(HttpError::Refused(fault)))?;
        let answer = http.post(&approved, Posted::TimeStampQuery, &request.to_der());
        let response = TimeStampResponse::from_der(&answer.map_err(Problem::Http)?);
        let response = response.map_err(Problem::NoTimeStamp)?;
        request.accept(&response).map_err(Problem::TimeStamp)
    }
}
