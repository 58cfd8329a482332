//! Counters for Prometheus (text format 0.0.4). Every label is of a closed set: methods, patterns
//! of routes, statuses, verdicts.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{extract::State, http::header, response::IntoResponse};
use qoltanba::Verdict;

use crate::app::App;

/// What is counted.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<Labels, Times>>,
    verdicts: [AtomicU64; VERDICTS.len()],
    connections: AtomicU64,
    /// Connections that were closed to make room.
    evicted: AtomicU64,
    protocols_made: AtomicU64,
    protocols_deleted: AtomicU64,
    /// Numbers whose failed checks were used up.
    guessed: AtomicU64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Default, Clone)]
struct Times {
    count: u64,
    seconds: f64,
    /// How many took no longer than each of the bounds.
    within: [u64; BOUNDS.len()],
}

/// Seconds.
const BOUNDS: [f64; 10] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0];
const VERDICTS: [Verdict; 3] = [Verdict::Passed, Verdict::Failed, Verdict::Indeterminate];

impl Metrics {
    /// `method` is one of a closed set, and `route` a pattern.
    pub(crate) fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let labels = Labels { method, route: route.to_owned(), status };
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let times = requests.entry(labels).or_default();
        let seconds = took.as_secs_f64();
        times.count += 1;
        times.seconds += seconds;
        for (within, bound) in times.within.iter_mut().zip(BOUNDS) {
            *within += u64::from(seconds <= bound);
        }
    }

    pub(crate) fn judged(&self, verdict: Verdict) {
        let all = self.verdicts.iter().zip(VERDICTS);
        for (count, _) in all.filter(|(_, one)| *one == verdict) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn connected(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn disconnected(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn protocol_made(&self) {
        self.protocols_made.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn protocols_deleted(&self, count: u64) {
        self.protocols_deleted.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn evicted(&self) {
        self.evicted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn number_guessed(&self) {
        self.guessed.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(test)]
    pub(crate) fn numbers_guessed(&self) -> u64 {
        self.guessed.load(Ordering::Relaxed)
    }

    fn write(&self, app: &App) -> String {
        let mut out = String::new();
        self.write_requests(&mut out);
        head(&mut out, "qoltanba_verdicts_total", "counter", "Documents judged, by verdict.");
        for (count, verdict) in self.verdicts.iter().zip(VERDICTS) {
            let count = count.load(Ordering::Relaxed);
            let _ =
                writeln!(out, "qoltanba_verdicts_total{{verdict=\"{}\"}} {count}", verdict.code());
        }
        let prepared = app.evidence().prepared();
        let now = app.now();
        let stale = prepared.stale_lists(now);
        let missing = prepared.authorities_without_list(now).len();
        let audit = u64::from(app.exporter().trouble().is_some());
        let gauges = [
            ("connections", "Open connections.", self.connections.load(Ordering::Relaxed)),
            ("workers_busy", "Documents that are judged now.", app.workers().busy() as u64),
            ("anchors", "Roots that are trusted.", prepared.anchors as u64),
            ("lists", "Revocation lists at hand.", prepared.lists.len() as u64),
            ("lists_stale", "Revocation lists, the newest of each, not in force.", stale as u64),
            ("lists_missing", "Authorities without any revocation list.", missing as u64),
            ("audit_not_exported", "Whether the audit log could not be exported.", audit),
        ];
        for (name, help, value) in gauges {
            let name = format!("qoltanba_{name}");
            head(&mut out, &name, "gauge", help);
            let _ = writeln!(out, "{name} {value}");
        }
        if let (Some(status), Some(seconds)) = (app.key_status(), app.key_seconds()) {
            let is_in_force = i64::from(status.is_in_force());
            for (name, help, value) in [
                (
                    "qoltanba_key_seconds_left",
                    "Seconds until the certificate of the service runs out, less than none after it.",
                    seconds,
                ),
                (
                    "qoltanba_key_in_force",
                    "Whether the certificate of the service is in force.",
                    is_in_force,
                ),
            ] {
                head(&mut out, name, "gauge", help);
                let _ = writeln!(out, "{name} {value}");
            }
        }
        let counters = [
            ("connections_evicted_total", "Connections closed to make room.", &self.evicted),
            ("protocols_made_total", "Protocols of checks that were made.", &self.protocols_made),
            ("protocols_deleted_total", "Protocols that ran out.", &self.protocols_deleted),
            (
                "numbers_guessed_total",
                "Times that the failed checks of a number were used up.",
                &self.guessed,
            ),
        ];
        for (name, help, count) in counters {
            let name = format!("qoltanba_{name}");
            head(&mut out, &name, "counter", help);
            let _ = writeln!(out, "{name} {}", count.load(Ordering::Relaxed));
        }
        self.write_lists(&mut out, &prepared.lists);
        out
    }

    fn write_lists(&self, out: &mut String, lists: &[crate::evidence::ListState]) {
        let name = "qoltanba_list_next_update_seconds";
        head(out, name, "gauge", "When a revocation list runs out, in seconds since 1970.");
        let mut seen = BTreeMap::new();
        for list in lists {
            if let Some(next) = list.next_update {
                let best = seen.entry((&list.issuer, list.delta)).or_insert(next);
                *best = next.max(*best);
            }
        }
        for ((issuer, delta), next) in seen {
            let issuer = escaped(issuer);
            let next = next.unix();
            let _ = writeln!(out, "{name}{{issuer=\"{issuer}\",delta=\"{delta}\"}} {next}");
        }
    }

    fn write_requests(&self, out: &mut String) {
        let name = "qoltanba_http_request_seconds";
        head(out, name, "histogram", "Time to answer, by route and status.");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (Labels { method, route, status }, times) in requests {
            let route = escaped(&route);
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            for (within, bound) in times.within.iter().zip(BOUNDS) {
                let _ = writeln!(out, "{name}_bucket{{{labels},le=\"{bound}\"}} {within}");
            }
            let _ = writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {}", times.count);
            let _ = writeln!(out, "{name}_sum{{{labels}}} {}", times.seconds);
            let _ = writeln!(out, "{name}_count{{{labels}}} {}", times.count);
        }
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// The counters.
pub(super) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, app.metrics().write(&app))
}
