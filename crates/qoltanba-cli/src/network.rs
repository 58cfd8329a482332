//! Getting what is missing: whom to ask, where copies are, and what is told of it.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
};

use qoltanba::{Lang, Report, verdict::Evidence};
use qoltanba_fetch::{
    AddressFault, AddressPolicy, Cache, FetchLimits, Fetcher, Http, HttpError, Kind, Note,
    Patience, Problem, Proxy, Session, Source,
};
use serde_json::{Value, json};

use crate::{
    args::{self, AllowedHost},
    exit::{Failure, Result, about},
    output::{Pick as _, warn},
};

const VARIABLE: &str = "QOLTANBA_CACHE";

/// How often a file is judged again with what was had: the issuer's certificate, the lists, their
/// mirrors, one more.
pub(crate) const ROUNDS: usize = 4;

/// Somebody waits: within this many seconds everything is had or given up.
const SECONDS: u64 = 20;

/// Somebody who fetches what a verdict lacks, while a user waits for it.
pub(crate) fn fetcher(network: &args::Network, lang: Lang) -> Result<Fetcher> {
    let policy = policy(&network.reach)?;
    let mut fetcher = Fetcher::new(policy)
        .with_limits(FetchLimits { seconds: SECONDS, ..FetchLimits::default() });
    if let Some(cache) = cache(&network.cache, lang) {
        fetcher = fetcher.with_cache(cache);
    }
    if !network.offline {
        fetcher =
            fetcher.with_http(http(network.reach.proxy.as_ref(), Patience::WHILE_A_USER_WAITS));
    }
    Ok(fetcher)
}

pub(crate) fn http(proxy: Option<&Proxy>, patience: Patience) -> Http {
    match proxy {
        Some(proxy) => Http::through(patience, proxy),
        None => Http::new(patience),
    }
}

/// The national hosts and those that the user allows. A host that the user names may be private:
/// it is led to itself, as an address of the operator.
pub(crate) fn policy(reach: &args::Reach) -> Result<AddressPolicy> {
    reach.allow_host.iter().try_fold(AddressPolicy::national(), |policy, host| match host {
        AllowedHost::Below(rule) => Ok(policy.allow(rule.clone())),
        AllowedHost::Whole(beginning) => leading(policy, beginning),
    })
}

/// Follows the addresses that begin so wherever they lead.
pub(crate) fn leading(policy: AddressPolicy, beginning: &str) -> Result<AddressPolicy> {
    policy
        .mirror(beginning, beginning)
        .map_err(|fault| Failure::usage(format!("{beginning}: {fault}")))
}

/// The folder of copies. Everything goes on without one that cannot be used; it is named if the
/// user chose it, since a machine may well have no folder of a user.
pub(crate) fn cache(given: &args::CacheFolder, lang: Lang) -> Option<Cache> {
    if given.no_cache { None } else { open_cache(given.cache.as_deref(), lang) }
}

pub(crate) fn open_cache(given: Option<&Path>, lang: Lang) -> Option<Cache> {
    let folder = cache_folder(given)?;
    match Cache::open(&folder) {
        Ok(cache) => Some(cache),
        Err(_) if given.is_none() && env::var_os(VARIABLE).is_none() => None,
        Err(_) => {
            warn(&about(
                &folder,
                lang.pick(
                    "көшірмелер бумасы ашылмады, көшірмелерсіз жұмыс істейді",
                    "папка копий не открывается, работа идёт без копий",
                    "the folder of copies cannot be used, so none are",
                ),
            ));
            None
        }
    }
}

fn cache_folder(given: Option<&Path>) -> Option<PathBuf> {
    let of = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    given.map(Path::to_owned).or_else(|| of(VARIABLE)).or_else(|| {
        let user = if cfg!(windows) {
            of("LOCALAPPDATA")
        } else {
            // XDG base directories: a relative path counts as unset.
            let named = of("XDG_CACHE_HOME").filter(|path| path.is_absolute());
            named.or_else(|| of("HOME").map(|home| home.join(".cache")))
        };
        user.map(|folder| folder.join("qoltanba"))
    })
}

/// What was done to get the evidence of one file: addresses are shared by the files of a call.
#[derive(Debug, Default)]
pub(crate) struct Story {
    offline: bool,
    sources: Vec<Source>,
    notes: Vec<Note>,
}

/// The addresses that a file lacks something from.
#[derive(Debug, Default, Clone)]
pub(crate) struct Asked {
    addresses: BTreeSet<String>,
    lists: bool,
}

impl Asked {
    pub(crate) fn remember(&mut self, report: &Report) {
        for evidence in report.missing() {
            self.addresses.extend(match evidence {
                Evidence::OcspResponse { addresses, .. }
                | Evidence::AuthorityCertificate { addresses, .. } => addresses.clone(),
                Evidence::RevocationList { addresses, .. } => {
                    self.lists = true;
                    addresses.clone()
                }
                _ => Vec::new(),
            });
        }
    }

    /// A delta belongs to the lists.
    fn is_about(&self, kind: Kind, address: &str) -> bool {
        self.addresses.contains(address) || self.lists && kind == Kind::Delta
    }
}

impl Story {
    /// What a session did for one file.
    pub(crate) fn of(session: &Session<'_>, asked: &Asked, offline: bool) -> Self {
        let sources = session.sources().iter().filter(|s| asked.is_about(s.kind, &s.address));
        let notes = session.notes().iter().filter(|note| {
            // Nobody needs to be told what was asked for.
            asked.is_about(note.kind, &note.address) && note.problem != Problem::Offline
        });
        Self { offline, sources: sources.cloned().collect(), notes: notes.cloned().collect() }
    }

    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    pub(crate) fn notes(&self) -> &[Note] {
        &self.notes
    }

    pub(crate) fn to_json(&self, lang: Lang) -> Value {
        json!({
            "offline": self.offline,
            "used": self.sources.iter().map(source_json).collect::<Vec<_>>(),
            "problems": self.notes.iter().map(|note| note_json(note, lang)).collect::<Vec<_>>(),
        })
    }
}

pub(crate) fn source_json(source: &Source) -> Value {
    json!({
        "kind": source.kind.code(),
        "address": source.address,
        "fetched": source.fetched.to_string(),
        "from_cache": source.from_cache,
    })
}

pub(crate) fn note_json(note: &Note, lang: Lang) -> Value {
    json!({
        "kind": note.kind.code(),
        "address": note.address,
        "reason": note.problem.code(),
        "message": note_text(note, lang),
    })
}

/// What could not be had, and what would let it be had.
pub(crate) fn note_text(note: &Note, lang: Lang) -> String {
    let text = note.text(lang);
    match &note.problem {
        Problem::Http(HttpError::Refused(
            AddressFault::Host(_) | AddressFault::Port(_) | AddressFault::NotPublic(_),
        )) => format!("{text} (--allow-host)"),
        _ => text,
    }
}
