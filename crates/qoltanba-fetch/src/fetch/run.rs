//! One verdict's worth of fetching.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::ErrorKind,
    time::Duration,
};

use qoltanba::{
    Certificate, Instant, Limits, Report, Verifier,
    cms::bundled_certificates,
    report::Subjects,
    revocation::{Crl, OcspResponse},
    verdict::Evidence,
    verify::{Recognised, recognise_all},
};

use super::{
    Fetcher, Gathered, Note, Outcome, Problem, Source,
    memory::{Held, Kept},
};
use crate::{
    address::Approved,
    cache::{Entry, Kind},
    http::{Http, HttpError, Posted, Quantity},
    lists::{self, Authenticity, Facts, ListFault},
    ocsp,
    stopwatch::Stopwatch,
};

/// Certificates taken from one file of an authority. A bundle of all of the national authority
/// has two dozen.
const MAX_BUNDLED: usize = 64;

pub(super) struct Run<'a> {
    fetcher: &'a Fetcher,
    verifier: &'a Verifier,
    now: Instant,
    stopwatch: Stopwatch,
    requests_left: u32,
    bytes_left: u64,
    tried: BTreeSet<(Kind, String)>,
    /// Hosts that could not be reached, with how often they stayed silent; for several documents.
    silent: Option<BTreeMap<String, u32>>,
    pub(super) gathered: Gathered,
    pub(super) sources: Vec<Source>,
    pub(super) notes: Vec<Note>,
}

/// Certificates about which responders are asked one by one; more are looked up in lists.
const MAX_ANSWERS: usize = 8;
/// A host of the authority may stay silent once while the next try is answered
/// (nuc-in-practice).
const MAX_SILENCES: u32 = 2;

/// What is asked first about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    AnswerFirst,
    ListFirst,
}

/// A certificate whose status is asked for.
struct About<'a> {
    certificate: &'a Certificate,
    issuer_key_info: &'a [u8],
}

/// What asking for a list brought.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Got {
    /// A list, of whatever use.
    pub(super) came: bool,
    /// A list that a delta could belong to.
    base: bool,
    /// A list that one may stop at: in force, and kept if there is a cache.
    pub(super) good: bool,
}

/// What a list is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    /// There is none, or nobody trusted signed it.
    Nothing,
    /// It is old, or not the newest; its revocations may stand.
    Something,
    /// One could not wish for more.
    Everything,
}

impl<'a> Run<'a> {
    pub(super) fn new(fetcher: &'a Fetcher, verifier: &'a Verifier, now: Instant) -> Self {
        Self {
            fetcher,
            verifier,
            now,
            stopwatch: Stopwatch::start(),
            requests_left: fetcher.limits.requests,
            bytes_left: fetcher.limits.bytes,
            tried: BTreeSet::new(),
            silent: None,
            gathered: Gathered::default(),
            sources: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn supplied(&self) -> Verifier {
        self.gathered.supply(self.verifier)
    }

    /// All certificates of a file of an authority. Nobody is asked for in particular, so nothing
    /// is kept.
    pub(super) fn authority(&mut self, address: &str) -> Vec<Certificate> {
        let all = self.get(address, Quantity::Small).map(|body| read_certificates(&body));
        match all {
            Ok(all) if !all.is_empty() => {
                self.used(Kind::Certificate, address, self.now, false);
                self.gathered.certificates.extend(all.iter().cloned());
                all
            }
            problem => {
                let problem = problem.err().unwrap_or(Problem::NoSuchCertificate);
                self.note(Kind::Certificate, address, problem);
                Vec::new()
            }
        }
    }

    pub(super) fn finish(self, report: Report) -> Outcome {
        let (evidence, sources, notes) = (self.gathered, self.sources, self.notes);
        Outcome { report, evidence, sources, notes }
    }

    /// Gets what the report lacks; whether anything new came. A certificate's responder comes
    /// before its list, which is only fetched when nobody answered in this round: an answer is
    /// judged first.
    pub(super) fn gather(&mut self, report: &Report) -> bool {
        self.gather_one(report, Order::AnswerFirst)
    }

    /// The same for several documents, within the limits anew.
    pub(super) fn gather_all(&mut self, reports: &[&Report]) -> bool {
        self.stopwatch = Stopwatch::start();
        self.requests_left = self.fetcher.limits.requests;
        self.bytes_left = self.fetcher.limits.bytes;
        self.silent.get_or_insert_default();
        let asked: BTreeSet<[u8; 32]> = reports
            .iter()
            .flat_map(|report| report.missing())
            .filter_map(|evidence| match evidence {
                Evidence::OcspResponse { certificate, .. } => Some(certificate.fingerprint()),
                _ => None,
            })
            .collect();
        let many = asked.len() > MAX_ANSWERS;
        let order = if many { Order::ListFirst } else { Order::AnswerFirst };
        let mut came = false;
        for report in reports {
            came |= self.gather_one(report, order);
        }
        // Where a list did not come the responders are left.
        if many && !came {
            for report in reports {
                came |= self.gather_one(report, Order::AnswerFirst);
            }
        }
        came
    }

    fn gather_one(&mut self, report: &Report, order: Order) -> bool {
        let mut came = false;
        let mut answered: Vec<&Certificate> = Vec::new();
        let mut is_answered = false;
        for evidence in report.missing() {
            came |= match evidence {
                Evidence::OcspResponse { .. } if order == Order::ListFirst => false,
                Evidence::OcspResponse { addresses, certificate, issuer_key_info, .. } => {
                    let about = About { certificate, issuer_key_info };
                    is_answered = answered.contains(&certificate) || self.answer(&about, addresses);
                    answered.extend(is_answered.then_some(certificate));
                    is_answered
                }
                // What is named next after a responder is the list over the same certificate.
                Evidence::RevocationList { .. } if std::mem::take(&mut is_answered) => false,
                Evidence::RevocationList { issuer, addresses } => {
                    let got = self.list(Kind::List, Some(issuer), addresses.iter().cloned());
                    if got.base {
                        self.deltas(report, issuer);
                    }
                    got.came
                }
                Evidence::AuthorityCertificate { subject, addresses } => {
                    self.certificates(subject, addresses)
                }
                _ => false,
            };
        }
        came
    }

    /// The answer of the responder of a certificate; whether there is one that somebody signed.
    /// Each certificate has one: a bad one is not covered up by asking elsewhere.
    fn answer(&mut self, about: &About<'_>, addresses: &[String]) -> bool {
        let certificate = crate::text::hex(&about.certificate.fingerprint());
        if !self.tried.insert((Kind::Ocsp, certificate)) {
            return false;
        }
        for address in addresses {
            match self.answer_at(about, address) {
                Ok(response) => {
                    self.used(Kind::Ocsp, address, self.now, false);
                    self.gathered.ocsp.push(response);
                    return true;
                }
                Err(problem) => self.note(Kind::Ocsp, address, problem),
            }
        }
        false
    }

    fn answer_at(&mut self, about: &About<'_>, address: &str) -> Result<OcspResponse, Problem> {
        let request = ocsp::request(about.certificate, about.issuer_key_info)?;
        let (http, approved) = self.connect(address)?;
        let body = http.post(&approved, Posted::OcspRequest, &request.der());
        let response = ocsp::read(&self.heard(&approved, body)?)?;
        Ok(response.answering(request))
    }

    /// The deltas to the lists of an issuer, where a certificate of his names them. A list without
    /// its delta is still a list.
    fn deltas(&mut self, report: &Report, issuer: &str) {
        let judged = report.signatures().iter().filter_map(|s| s.claimed_certificate.as_ref());
        let alone = match &report.subjects {
            Subjects::Certificate(one) => Some(&one.certificate),
            _ => None,
        };
        let known = judged.chain(alone).chain(self.verifier.certificates());
        let addresses: Vec<String> = known
            .chain(&self.gathered.certificates)
            .filter(|certificate| certificate.issuer().to_string() == issuer)
            .flat_map(|certificate| certificate.delta_list_addresses().map(str::to_owned))
            .collect();
        self.list(Kind::Delta, Some(issuer), addresses.into_iter());
    }

    /// One list: the addresses are mirrors of it, so the first that answers well is enough. Those
    /// that were tried before are not tried again: when the verdict still lacks the list, the next
    /// mirror has its turn.
    pub(super) fn list(
        &mut self,
        kind: Kind,
        issuer: Option<&str>,
        addresses: impl Iterator<Item = String>,
    ) -> Got {
        let mut got = Got::default();
        for address in addresses {
            if !self.tried.insert((kind, address.clone())) {
                continue;
            }
            let (lists, worth) = self.list_at(kind, issuer, &address);
            got.came |= !lists.is_empty();
            got.base |= worth > Worth::Nothing;
            got.good |= worth == Worth::Everything;
            for list in lists {
                match list {
                    Held::Indexed(list) => self.gathered.indexed.push(list),
                    Held::Parsed(list) if kind == Kind::Delta => self.gathered.deltas.push(list),
                    Held::Parsed(list) => self.gathered.lists.push(list),
                }
            }
            if got.good {
                break;
            }
        }
        got
    }

    /// What is at one address, and the copy of it.
    fn list_at(&mut self, kind: Kind, issuer: Option<&str>, address: &str) -> (Vec<Held>, Worth) {
        let kept = self.kept(kind, address);
        let kept = kept.filter(|kept| lists::is_wanted(kind, issuer, kept.list.facts()).is_ok());
        if let Some(kept) = &kept
            && lists::is_in_force(kept.list.facts(), self.now)
            && self.is_recent(kept.fetched)
        {
            self.used(kind, address, kept.fetched, true);
            return (vec![kept.list.clone()], Worth::Everything);
        }
        let fetched = self.get(address, Quantity::List).and_then(|body| {
            let list = lists::read(kind, &body).map_err(Problem::List)?;
            lists::is_wanted(kind, issuer, (&list).into()).map_err(Problem::List)?;
            Ok((body, list))
        });
        let mut found = Vec::new();
        let mut worth = match fetched {
            Ok((body, list)) => {
                let kept = kept.as_ref().map(|kept| &kept.list);
                let taken = self.keep_list(kind, issuer, address, (&body, &list), kept);
                self.used(kind, address, self.now, false);
                found.push(Held::Parsed(list));
                taken
            }
            Err(problem) => {
                self.note(kind, address, problem);
                Worth::Nothing
            }
        };
        // Whatever went wrong: the copy is still there, and the verifier sees how old it is.
        if let Some(kept) = kept
            && worth < Worth::Everything
        {
            self.used(kind, address, kept.fetched, true);
            found.push(kept.list);
            worth = worth.max(Worth::Something);
        }
        (found, worth)
    }

    /// Keeps a list that came in the cache, if it may take the place of the copy there.
    fn keep_list(
        &mut self,
        kind: Kind,
        issuer: Option<&str>,
        address: &str,
        (body, list): (&[u8], &Crl),
        kept: Option<&Held>,
    ) -> Worth {
        let now = self.now;
        let authenticity =
            lists::authenticity(list, self.verifier, &self.gathered.certificates, now);
        let Some(cache) = &self.fetcher.cache else {
            let kept = kept.map(Held::facts);
            let decision = lists::may_replace(issuer, kept, list.into(), now, &authenticity);
            return self.decided(kind, issuer, address, decision);
        };
        let decide = |there: Option<&Entry>| {
            let there = there.and_then(|entry| lists::read(kind, entry.body()).ok());
            // The body may be damaged, and its index not.
            let there = there.as_ref().map(Facts::from).or(kept.map(Held::facts));
            lists::may_replace(issuer, there, list.into(), now, &authenticity)
        };
        match cache.replace_stamped(kind, address, now, body, decide) {
            Ok(Ok(written)) => {
                let kept = Kept { fetched: now, list: Held::Parsed(list.clone()) };
                self.fetcher.memory.hold(kind, address, written.stamp, &kept);
                if let Authenticity::Signed { key } = &authenticity
                    && let Some(index) = lists::index(body, list, key)
                {
                    // Without it the next process parses the list: slower, and the same.
                    let _ = cache.keep_index(kind, address, written.binding, &index);
                }
                Worth::Everything
            }
            Ok(Err(fault)) => self.decided(kind, issuer, address, Err(fault)),
            Err(error) => {
                self.note(kind, address, Problem::Cache(error));
                Worth::Everything
            }
        }
    }

    fn decided(
        &mut self,
        kind: Kind,
        issuer: Option<&str>,
        address: &str,
        decision: Result<(), ListFault>,
    ) -> Worth {
        let worth = match &decision {
            Ok(()) => return Worth::Everything,
            // For a verdict it may do all the same; ahead of need there is none, and nothing kept.
            Err(ListFault::UnknownIssuer) if issuer.is_some() => return Worth::Everything,
            Err(ListFault::Forged) => Worth::Nothing,
            Err(_) => Worth::Something,
        };
        let problem = decision.err().map(Problem::List);
        problem.into_iter().for_each(|problem| self.note(kind, address, problem));
        worth
    }

    /// The certificate of an authority; the addresses are where it may be.
    fn certificates(&mut self, subject: &str, addresses: &[String]) -> bool {
        for address in addresses {
            if !self.tried.insert((Kind::Certificate, address.clone())) {
                continue;
            }
            if self.certificates_at(subject, address) {
                return true;
            }
        }
        false
    }

    fn certificates_at(&mut self, subject: &str, address: &str) -> bool {
        let kind = Kind::Certificate;
        let is_subject = |c: &Certificate| c.claimed_subject().to_string() == subject;
        // RFC 5280 §4.2.2.1: one certificate, or a bundle of them.
        if let Some(entry) = self.copy(kind, address) {
            let all = read_certificates(entry.body());
            let valid = |c: &Certificate| is_subject(c) && c.validity().contains(self.now);
            if all.iter().any(valid) {
                self.used_copy(&entry);
                self.gathered.certificates.extend(all);
                return true;
            }
        }
        let body = match self.get(address, Quantity::Small) {
            Ok(body) => body,
            Err(problem) => {
                self.note(kind, address, problem);
                return false;
            }
        };
        let all = read_certificates(&body);
        if !all.iter().any(is_subject) {
            self.note(kind, address, Problem::NoSuchCertificate);
            return false;
        }
        self.used(kind, address, self.now, false);
        self.gathered.certificates.extend(all.iter().cloned());
        // A certificate that nobody vouches for would keep the genuine one away later.
        let verifier = self.gathered.supply(self.verifier);
        let mut wanted = all.iter().filter(|c| is_subject(c));
        if wanted.any(|c| lists::is_vouched_for(c, &verifier, self.now))
            && let Some(cache) = &self.fetcher.cache
        {
            let anything = |_: Option<&Entry>| Ok::<(), ()>(());
            if let Err(error) = cache.replace(kind, address, self.now, &body, anything) {
                self.note(kind, address, Problem::Cache(error));
            }
        }
        true
    }

    /// The copy of a list; a damaged one counts as absent and is named.
    fn kept(&mut self, kind: Kind, address: &str) -> Option<Kept> {
        let cache = self.fetcher.cache.as_ref()?;
        match self.fetcher.memory.read(cache, kind, address) {
            Ok(kept) => kept,
            Err(error) => {
                self.note(kind, address, Problem::Cache(error));
                None
            }
        }
    }

    /// The copy of what is at an address; a damaged one counts as absent and is named.
    fn copy(&mut self, kind: Kind, address: &str) -> Option<Entry> {
        match self.fetcher.cache.as_ref()?.read(kind, address) {
            Ok(entry) => entry,
            Err(error) => {
                self.note(kind, address, Problem::Cache(error));
                None
            }
        }
    }

    fn get(&mut self, address: &str, quantity: Quantity) -> Result<Vec<u8>, Problem> {
        let (http, approved) = self.connect(address)?;
        let body = http.get(&approved, quantity);
        let came = body.as_ref().map_or(0, |body| body.len() as u64);
        self.bytes_left = self.bytes_left.saturating_sub(came);
        self.heard(&approved, body)
    }

    /// Remembers who could not be reached.
    fn heard<T>(&mut self, from: &Approved, body: Result<T, HttpError>) -> Result<T, Problem> {
        let silences = match &body {
            Err(HttpError::UnknownHost) => MAX_SILENCES,
            Err(HttpError::Connection(ErrorKind::ConnectionRefused)) => MAX_SILENCES,
            Err(HttpError::Timeout | HttpError::Connection(_)) => 1,
            _ => 0,
        };
        if let (Some(silent), 1..) = (&mut self.silent, silences) {
            *silent.entry(from.host_and_port()).or_default() += silences;
        }
        body.map_err(Problem::Http)
    }

    /// What is needed for one request more, within the limits.
    fn connect(&mut self, address: &str) -> Result<(&'a Http, Approved), Problem> {
        let approved = self.fetcher.policy.approve(address);
        let approved = approved.map_err(|fault| Problem::Http(HttpError::Refused(fault)))?;
        let http = self.fetcher.http.as_ref().ok_or(Problem::Offline)?;
        let limit = Duration::from_secs(self.fetcher.limits.seconds);
        let silences = self.silent.as_ref().and_then(|all| all.get(&approved.host_and_port()));
        if silences.is_some_and(|silences| *silences >= MAX_SILENCES) {
            return Err(Problem::Silent);
        }
        if self.requests_left == 0 || self.bytes_left == 0 || self.stopwatch.is_past(limit) {
            return Err(Problem::TooMuch);
        }
        self.requests_left -= 1;
        Ok((http, approved))
    }

    fn is_recent(&self, fetched: Instant) -> bool {
        let age = self.now.unix().saturating_sub(fetched.unix());
        (0..=self.fetcher.limits.reuse_seconds).contains(&age)
    }

    fn used_copy(&mut self, entry: &Entry) {
        self.used(entry.kind(), entry.address(), entry.fetched(), true);
    }

    fn used(&mut self, kind: Kind, address: &str, fetched: Instant, from_cache: bool) {
        self.sources.push(Source { kind, address: address.to_owned(), fetched, from_cache });
    }

    fn note(&mut self, kind: Kind, address: &str, problem: Problem) {
        self.notes.push(Note { kind, address: address.to_owned(), problem });
    }
}

/// Every certificate of a file in DER, in PEM or inside a PKCS#7 bundle.
pub(crate) fn read_certificates(body: &[u8]) -> Vec<Certificate> {
    let mut all = Vec::new();
    for one in recognise_all(body) {
        match one {
            Recognised::Certificate(Ok(der)) => all.extend(Certificate::from_der(&der)),
            Recognised::SignedMessage(Ok(der)) => {
                all.extend(bundled_certificates(&der, &Limits::default()).unwrap_or_default());
            }
            _ => {}
        }
    }
    all.truncate(MAX_BUNDLED);
    all
}
