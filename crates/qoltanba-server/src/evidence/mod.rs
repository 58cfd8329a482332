//! What there is to judge by: given in files, kept in the cache, fetched.
//!
//! One verifier is prepared with everything and shared by all requests. A background task refreshes
//! the lists, and puts another verifier in its place as a whole. What a document lacks all the same
//! is fetched for it, outside its turn; hosts that do not answer are then left alone for a while,
//! so that a network that is down does not make everybody wait. Nothing here needs a network: the
//! service starts with the files and the copies that there are, and says what is missing.

mod files;
mod freshness;
mod refresh;

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::{Duration, Instant as Moment},
};

use qoltanba::{Certificate, Instant, Report, Verifier, verdict::Evidence as Lack};
use qoltanba_fetch::{
    AddressPolicy, Approved, Cache, CacheError, FetchLimits, Fetcher, HostRule, Http, HttpError,
    Note, Patience, Problem, Proxy, Source,
};
use tokio::{
    runtime::Handle,
    sync::{Notify, Semaphore, SemaphorePermit},
    time::timeout,
};

use self::files::Given;
pub(crate) use self::{freshness::ListState, refresh::keep_fresh};
use crate::{
    config::{Config, ConfigError, EvidenceSettings},
    problem,
    workers::Turn,
};

/// Everything to judge by.
#[derive(Debug)]
pub(crate) struct Evidence {
    /// Read again in each round of refreshing.
    given: RwLock<Arc<Given>>,
    /// Certificates of authorities that were fetched. They are not trusted.
    authorities: Mutex<Vec<Certificate>>,
    /// Asks over the network, unless that is off.
    fetcher: Fetcher,
    /// Uses copies only.
    copies: Fetcher,
    prepared: RwLock<Arc<Prepared>>,
    policy: AddressPolicy,
    /// How long is fetched for one document.
    patience: Duration,
    silent: Mutex<BTreeMap<String, Moment>>,
    silence: Duration,
    fetches: Semaphore,
    limits: FetchLimits,
    /// The longest that one request over the network takes.
    request: Duration,
    /// Something came that the prepared verifier has not.
    news: Notify,
    offline: bool,
}

/// A verifier with all that there is.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) verifier: Verifier,
    /// How fresh its lists are.
    pub(crate) lists: Vec<ListState>,
    pub(crate) anchors: usize,
}

/// A report, and what was done to get its evidence.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) report: Report,
    pub(crate) sources: Vec<Source>,
    pub(crate) notes: Vec<Note>,
}

impl Evidence {
    pub(crate) fn read(config: &Config, now: Instant) -> Result<Self, ConfigError> {
        let settings = &config.evidence;
        let given = Given::read(config, now)?;
        let folder = config.server.data.join("evidence");
        let cache = Cache::open(&folder).map_err(|error| ConfigError::Folder {
            kind: match error {
                CacheError::Io { kind, .. } => kind,
                _ => io::ErrorKind::Other,
            },
            path: folder,
        })?;
        let limits =
            FetchLimits { seconds: settings.fetch_seconds.max(1), ..FetchLimits::default() };
        let policy = policy(settings)?;
        let copies = Fetcher::new(policy.clone()).with_cache(cache).with_limits(limits);
        let patience = Patience::WHILE_A_USER_WAITS;
        let request = patience.whole.min(Duration::from_secs(limits.seconds));
        let fetcher = match http(settings, Patience { whole: request, ..patience })? {
            Some(http) => copies.clone().with_http(http),
            None => copies.clone(),
        };
        let prepared = RwLock::new(Arc::new(Prepared::of(&given, &[], &copies)));
        Ok(Self {
            given: RwLock::new(Arc::new(given)),
            authorities: Mutex::default(),
            fetcher,
            copies,
            prepared,
            policy,
            patience: Duration::from_secs(limits.seconds),
            silent: Mutex::default(),
            silence: Duration::from_secs(settings.silence_seconds),
            fetches: Semaphore::new(settings.fetches),
            limits,
            request,
            news: Notify::new(),
            offline: settings.offline,
        })
    }

    pub(crate) const fn offline(&self) -> bool {
        self.offline
    }

    /// The verifier as it is now.
    pub(crate) fn prepared(&self) -> Arc<Prepared> {
        self.prepared.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn authorities(&self) -> MutexGuard<'_, Vec<Certificate>> {
        self.authorities.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prepares anew with what lies in the cache by now.
    pub(crate) fn prepare(&self) {
        let authorities = self.authorities().clone();
        let given = self.given.read().unwrap_or_else(PoisonError::into_inner).clone();
        let new = Arc::new(Prepared::of(&given, &authorities, &self.copies));
        *self.prepared.write().unwrap_or_else(PoisonError::into_inner) = new;
    }

    /// Reads the given files again, for the next time that it prepares.
    pub(crate) fn read_again(&self, settings: &EvidenceSettings, now: Instant) {
        let given = self.given.read().unwrap_or_else(PoisonError::into_inner).clone();
        match given.read_again(settings, now) {
            Ok(new) => {
                *self.given.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
            }
            Err(error) => tracing::error!(%error, "the given evidence stays as it was"),
        }
    }

    /// Judges with the prepared verifier, changed by `adapt` where that is needed. Only when
    /// something is missing that could be had, it is got, and `judge` is called again.
    pub(crate) fn judge(
        &self,
        turn: &mut Turn,
        now: Instant,
        adapt: Option<&dyn Fn(Verifier) -> Verifier>,
        mut judge: impl FnMut(&Verifier) -> Result<Report, problem::Problem>,
    ) -> Result<Judged, problem::Problem> {
        let prepared = self.prepared();
        let adapted = adapt.map(|adapt| adapt(prepared.verifier.clone()));
        let verifier = adapted.as_ref().unwrap_or(&prepared.verifier);
        let mut report = judge(verifier)?;
        let wanted = hosts(&report);
        if wanted.is_empty() {
            return Ok(Judged { report, sources: Vec::new(), notes: Vec::new() });
        }
        let is_hopeful = !self.offline && wanted.iter().any(|host| !self.is_silent(host));
        let permit = if is_hopeful { self.place(turn)? } else { None };
        // A host may have shown itself silent while a place was waited for.
        let is_useful = permit.is_some() && wanted.iter().any(|host| !self.is_silent(host));
        let fetcher = match self.time(turn) {
            Some(time) if is_useful => {
                let seconds = self.limits.seconds.min(time.as_secs());
                self.fetcher.clone().with_limits(FetchLimits { seconds, ..self.limits })
            }
            _ => self.copies.clone(),
        };
        let mut session = fetcher.begin(verifier, now);
        for _ in 0..ROUNDS {
            // Without time for more, the report there is is better than none.
            if self.time(turn).is_none() {
                break;
            }
            // Copies are at hand; the network is waited for without a core.
            let came = match is_useful {
                true => turn.leave(|| session.get(&[&report]))?,
                false => session.get(&[&report]),
            };
            if !came {
                break;
            }
            report = judge(&session.verifier())?;
            if hosts(&report).is_empty() {
                break;
            }
        }
        self.remember_silence(session.notes());
        let (sources, mut notes) = (session.sources().to_vec(), session.notes().to_vec());
        if !is_useful && !self.offline {
            // There is a network; it was not used this time.
            let why = if is_hopeful && permit.is_none() { Problem::Busy } else { Problem::Silent };
            let offline = notes.iter_mut().filter(|note| note.problem == Problem::Offline);
            offline.for_each(|note| note.problem = why.clone());
        }
        if sources.iter().any(|source| !source.from_cache) {
            self.news.notify_one();
        }
        Ok(Judged { report, sources, notes })
    }

    /// The time in which a request over the network may begin, so that it ends and the document is
    /// judged again before the deadline.
    fn time(&self, turn: &Turn) -> Option<Duration> {
        turn.left().checked_sub(self.request + JUDGING).filter(|time| !time.is_zero())
    }

    /// A place among those that fetch at once. It is waited for without a core, no longer than
    /// fetching itself would take.
    fn place(&self, turn: &mut Turn) -> Result<Option<SemaphorePermit<'_>>, problem::Problem> {
        if let Ok(place) = self.fetches.try_acquire() {
            return Ok(Some(place));
        }
        let most = self.patience.min(turn.left() / 2);
        let wait = async { timeout(most, self.fetches.acquire()).await };
        let place = turn.leave(|| Handle::current().block_on(wait))?;
        Ok(place.ok().and_then(Result::ok))
    }

    /// Whether something that a report lacks stands at an address that may be asked.
    pub(crate) fn may_come(&self, report: &Report) -> bool {
        addresses(report).any(|address| self.policy.approve(address).is_ok())
    }

    fn is_silent(&self, host: &str) -> bool {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Moment::now();
        silent.retain(|_, until| *until > now);
        silent.contains_key(host)
    }

    fn remember_silence(&self, notes: &[Note]) {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        for note in notes {
            let Problem::Http(
                HttpError::UnknownHost | HttpError::Connection(_) | HttpError::Timeout,
            ) = &note.problem
            else {
                continue;
            };
            if let Some(host) = host_of(&note.address)
                && silent.len() < MAX_SILENT
            {
                silent.insert(host, Moment::now() + self.silence);
            }
        }
    }
}

/// What is kept of the time to judge with what came.
const JUDGING: Duration = Duration::from_millis(500);
/// How often a document is judged again: the issuer's certificate, the lists, their mirrors, one
/// more.
const ROUNDS: usize = 4;
/// Hosts remembered as silent. Only allowed ones are connected to, and these are few.
const MAX_SILENT: usize = 256;

impl Prepared {
    fn of(given: &Given, authorities: &[Certificate], copies: &Fetcher) -> Self {
        let (gathered, notes) = copies.copies();
        for note in notes {
            tracing::warn!(problem = note.problem.code(), address = note.address, "copy unusable");
        }
        let mut lists: Vec<ListState> = given.lists().map(ListState::of).collect();
        lists.extend(gathered.lists.iter().chain(&gathered.deltas).map(ListState::of));
        lists.extend(gathered.indexed.iter().map(|list| {
            let is_delta = list.kind() == qoltanba_fetch::Kind::Delta;
            ListState::of_index(list.index().facts(), is_delta)
        }));
        let verifier =
            gathered.supply(&given.verifier().with_certificates(authorities.iter().cloned()));
        Self { anchors: verifier.trust().anchors().len(), verifier, lists }
    }
}

/// The hosts that have what a report lacks; none when nothing of it can be fetched.
fn hosts(report: &Report) -> Vec<String> {
    addresses(report).filter_map(host_of).collect()
}

fn addresses(report: &Report) -> impl Iterator<Item = &str> {
    report
        .missing()
        .flat_map(|lack| match lack {
            Lack::OcspResponse { addresses, .. }
            | Lack::RevocationList { addresses, .. }
            | Lack::AuthorityCertificate { addresses, .. } => addresses.as_slice(),
            _ => &[],
        })
        .map(String::as_str)
}

/// The host and port of an address.
fn host_of(address: &str) -> Option<String> {
    let rest = address.split_once("://")?.1;
    let host = rest.split(['/', '?', '#']).next()?;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// The national hosts and those of the operator, who may name private ones whole.
fn policy(settings: &EvidenceSettings) -> Result<AddressPolicy, ConfigError> {
    let wrong = |host: &str| ConfigError::value("evidence.hosts", host);
    let mut policy = AddressPolicy::national();
    for host in &settings.hosts {
        policy = if host.starts_with("*.") {
            policy.allow(HostRule::parse(host).map_err(|_| wrong(host))?)
        } else {
            let beginning = format!("http://{host}/");
            Approved::by_operator(&beginning).map_err(|_| wrong(host))?;
            policy.mirror(&beginning, &beginning).map_err(|_| wrong(host))?
        };
    }
    for url in settings.list_urls.iter().chain(&settings.delta_urls) {
        let folder = url.rfind('/').and_then(|at| url.get(..=at)).unwrap_or(url);
        policy = policy
            .mirror(folder, folder)
            .map_err(|_| ConfigError::value("evidence.list_urls", url))?;
    }
    Ok(policy)
}

/// Somebody who asks over the network, if that is wanted.
fn http(settings: &EvidenceSettings, patience: Patience) -> Result<Option<Http>, ConfigError> {
    if settings.offline {
        return Ok(None);
    }
    if settings.proxy.is_empty() {
        return Ok(Some(Http::new(patience)));
    }
    let proxy = Proxy::new(&settings.proxy)
        .map_err(|_| ConfigError::value("evidence.proxy", &settings.proxy))?;
    Ok(Some(Http::through(patience, &proxy)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_addresses() {
        assert_eq!(host_of("http://CRL.pki.gov.kz/a.crl").as_deref(), Some("crl.pki.gov.kz"));
        assert_eq!(host_of("http://127.0.0.1:80?x").as_deref(), Some("127.0.0.1:80"));
        assert_eq!(host_of("ldap:///x"), None);
        assert_eq!(host_of("nothing"), None);
    }
}
