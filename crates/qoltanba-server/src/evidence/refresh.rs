//! Lists brought up to date ahead of need.

use std::time::Duration;

use qoltanba::Instant;
use qoltanba_fetch::{FetchLimits, Kind, Patience, national};
use tokio::{task, time};

use super::Evidence;
use crate::{
    app::App,
    config::{ConfigError, EvidenceSettings},
    protocol,
};

/// One list, and the addresses that serve it.
#[derive(Debug, Clone)]
struct Wanted {
    kind: Kind,
    addresses: Vec<String>,
}

/// After something was fetched for a document, so long is waited for more.
const SETTLE: Duration = Duration::from_secs(2);

/// Reads the given files and refreshes the lists again and again, and prepares the verifier anew
/// whenever something came; looks at the certificate of the service; deletes protocols that ran out.
/// It ends with the runtime.
pub(crate) async fn keep_fresh(app: App) {
    let (evidence, clock) = (app.evidence().clone(), app.clock());
    let settings = app.config().evidence.clone();
    let every = Duration::from_secs(settings.refresh_seconds);
    let mut round = time::interval(every);
    round.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = round.tick() => {
                let (evidence, settings, own) = (evidence.clone(), settings.clone(), app.clone());
                let work = move || {
                    evidence.read_again(&settings, clock.now());
                    if let Err(error) = refresh(&evidence, &settings, clock.now()) {
                        tracing::error!(%error, "lists cannot be refreshed");
                    }
                    evidence.prepare();
                    own.look_at_key();
                };
                protocol::delete_expired(&app).await;
                let _ = task::spawn_blocking(work).await;
            }
            () = evidence.news.notified() => {
                time::sleep(SETTLE).await;
                let (evidence, own) = (evidence.clone(), app.clone());
                let work = move || {
                    evidence.prepare();
                    own.look_at_key();
                };
                let _ = task::spawn_blocking(work).await;
            }
        }
    }
}

/// One round. An address that does not answer is named in the log; the copy that is there stays.
fn refresh(
    evidence: &Evidence,
    settings: &EvidenceSettings,
    now: Instant,
) -> Result<(), ConfigError> {
    let Some(http) = super::http(settings, Patience::SCHEDULED)? else { return Ok(()) };
    let limits = FetchLimits { requests: u32::MAX, ..FetchLimits::default() };
    let fetcher = evidence.copies.clone().with_http(http).with_limits(limits);
    let mut verifier = evidence.prepared().verifier.clone();
    if settings.national_lists && evidence.authorities().is_empty() {
        // A list is kept when the key of its authority is known.
        let mut session = fetcher.begin(&verifier, now);
        let fetched = national::CERTIFICATES.map(|address| session.authority(address)).concat();
        drop(session);
        verifier = verifier.with_certificates(fetched.iter().cloned());
        *evidence.authorities() = fetched;
    }
    for one in wanted(settings) {
        let addresses: Vec<&str> = one.addresses.iter().map(String::as_str).collect();
        let (source, notes) = fetcher.refresh(&verifier, one.kind, &addresses, now);
        for note in notes {
            tracing::warn!(
                kind = note.kind.code(),
                address = note.address,
                problem = note.problem.code(),
                "list not refreshed"
            );
        }
        if let Some(source) = source {
            tracing::info!(kind = source.kind.code(), address = source.address, "list refreshed");
        }
    }
    Ok(())
}

fn wanted(settings: &EvidenceSettings) -> Vec<Wanted> {
    let mut all = Vec::new();
    let mut add = |kind, addresses: &[&str]| {
        if !addresses.is_empty() {
            let addresses = addresses.iter().map(|a| (*a).to_owned()).collect();
            all.push(Wanted { kind, addresses });
        }
    };
    if settings.national_lists {
        for list in &national::LISTS {
            add(Kind::List, list.complete);
            add(Kind::Delta, list.delta);
        }
    }
    settings.list_urls.iter().for_each(|url| add(Kind::List, &[url]));
    settings.delta_urls.iter().for_each(|url| add(Kind::Delta, &[url]));
    all
}
