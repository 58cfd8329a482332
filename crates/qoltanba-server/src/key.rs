//! The key of the service: it signs heads of the audit log and protocols of checks.
//!
//! Its certificate is looked at when the service starts, and again after each round of evidence. Once
//! it has run out or was revoked there are no new protocols: whoever verifies one would be told that
//! it could not be checked. Heads of the audit log are signed on, since a log without them proves
//! less; each says so, and the operator, who names the certificate to verify it, decides.

use std::{
    fs,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use qoltanba::{
    Certificate, Instant, Limits, Question, Reason, Report, Verdict, Verifier,
    report::{Check, Subjects},
    sign::{KeyStore, Password, PrivateKey},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    config::{Config, ConfigError},
    problem::{Code, Problem},
};

/// A key with its certificate. Cloning is cheap.
#[derive(Debug, Clone)]
pub(crate) struct ServiceKey(Arc<KeyStore>);

impl ServiceKey {
    /// Reads the key that the settings name; none when they name none.
    pub(crate) fn read(config: &Config) -> Result<Option<Self>, ConfigError> {
        let settings = &config.key;
        if settings.file.as_os_str().is_empty() {
            return Ok(None);
        }
        let read = |path: &Path| {
            let unreadable =
                |e: std::io::Error| ConfigError::Unreadable { path: path.into(), kind: e.kind() };
            fs::read(path).map_err(unreadable)
        };
        let password = match settings.password.as_os_str().is_empty() {
            true => String::new(),
            false => String::from_utf8(read(&settings.password)?)
                .map_err(|_| ConfigError::value("key.password", "UTF-8"))?,
        };
        let password = Password::new(password.trim_end_matches(['\r', '\n']));
        let store = KeyStore::open(&read(&settings.file)?, &password, &Limits::default())
            .map_err(|error| ConfigError::value("key.file", error))?;
        Ok(Some(Self(Arc::new(store))))
    }

    pub(crate) fn key(&self) -> &PrivateKey {
        self.0.key()
    }

    pub(crate) fn certificate(&self) -> &Certificate {
        self.0.certificate()
    }
}

/// What the certificate of the service is worth at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyStatus {
    /// It is in force.
    InForce,
    /// It is in force, and runs out within thirty days.
    EndsSoon,
    /// Its time has not begun.
    NotYetInForce,
    /// Its time is over.
    Expired,
    /// A revocation list or an OCSP answer that the service relies on says that it was revoked.
    Revoked,
}

/// So many seconds before its end an operator is told: time for an application and for its answer.
const SOON: i64 = 30 * DAY;
const DAY: i64 = 24 * 60 * 60;

impl KeyStatus {
    pub(crate) const fn is_in_force(self) -> bool {
        matches!(self, Self::InForce | Self::EndsSoon)
    }

    /// The word for a head that is signed all the same; none where nothing is to be said.
    pub(crate) const fn lapse(self) -> Option<&'static str> {
        match self {
            Self::InForce | Self::EndsSoon => None,
            Self::NotYetInForce => Some("not_yet_in_force"),
            Self::Expired => Some("expired"),
            Self::Revoked => Some("revoked"),
        }
    }

    fn tell(self, not_after: Instant, fingerprint: &str) {
        let not_after = not_after.to_string();
        match self {
            Self::InForce => {}
            Self::EndsSoon => {
                tracing::warn!(
                    not_after,
                    fingerprint,
                    "the certificate of the service runs out soon"
                );
            }
            Self::NotYetInForce => {
                tracing::error!(fingerprint, "the certificate of the service is not in force yet");
            }
            Self::Expired => {
                tracing::error!(
                    not_after,
                    fingerprint,
                    "the certificate of the service has run out: no protocols are made"
                );
            }
            Self::Revoked => {
                tracing::error!(
                    fingerprint,
                    "the certificate of the service was revoked: no protocols are made"
                );
            }
        }
    }
}

/// How the certificate of the service stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyState {
    /// What it is worth now. But for `in_force` and `ends_soon` no protocols are made.
    status: KeyStatus,
    /// When it runs out.
    not_after: String,
}

/// The certificate of the service under observation.
#[derive(Debug)]
pub(crate) struct KeyWatch {
    certificate: Certificate,
    /// Stays until sound evidence says otherwise: that a list ran out restores nothing.
    is_revoked: AtomicBool,
    /// What was told last, and when.
    told: Mutex<Option<(KeyStatus, Instant)>>,
}

impl KeyWatch {
    pub(crate) fn new(key: &ServiceKey) -> Self {
        let certificate = key.certificate().clone();
        Self { certificate, is_revoked: AtomicBool::new(false), told: Mutex::default() }
    }

    fn status(&self, now: Instant) -> KeyStatus {
        let validity = self.certificate.validity();
        match () {
            () if self.is_revoked.load(Ordering::Acquire) => KeyStatus::Revoked,
            () if now < validity.not_before => KeyStatus::NotYetInForce,
            () if now > validity.not_after => KeyStatus::Expired,
            () if validity.not_after.unix() - now.unix() <= SOON => KeyStatus::EndsSoon,
            () => KeyStatus::InForce,
        }
    }

    /// Asks the evidence at hand, and tells the log what has changed, or once a day what has not.
    pub(crate) fn look(&self, verifier: &Verifier, now: Instant) {
        match verifier.verify(self.certificate.as_der(), &Question::at(now)) {
            Ok(report) if report.verdict() == Verdict::Passed => {
                self.is_revoked.store(false, Ordering::Release);
            }
            Ok(report) if says_revoked(&report) => {
                self.is_revoked.store(true, Ordering::Release);
            }
            _ => {}
        }
        let status = self.status(now);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = told.is_none_or(|(last, at)| last != status || at.plus_seconds(DAY) <= now);
        if is_news {
            let fingerprint = crate::verify::hex(&self.certificate.fingerprint());
            status.tell(self.certificate.validity().not_after, &fingerprint);
            *told = Some((status, now));
        }
    }
}

/// Whether anything that was checked says so: it may have run out as well.
fn says_revoked(report: &Report) -> bool {
    let Subjects::Certificate(one) = &report.subjects else { return false };
    let checked = one.checks.iter().filter_map(Check::reason);
    one.conclusion.reason().into_iter().chain(checked).any(|r| matches!(r, Reason::Revoked { .. }))
}

impl App {
    /// What the certificate of the service is worth now; none without a key.
    pub(crate) fn key_status(&self) -> Option<KeyStatus> {
        self.key_watch().map(|watch| watch.status(self.now()))
    }

    pub(crate) fn key_state(&self) -> Option<KeyState> {
        let not_after = self.key_watch()?.certificate.validity().not_after.to_string();
        Some(KeyState { status: self.key_status()?, not_after })
    }

    /// Seconds until the certificate of the service runs out, less than none after it.
    pub(crate) fn key_seconds(&self) -> Option<i64> {
        let not_after = self.key_watch()?.certificate.validity().not_after;
        Some(not_after.unix() - self.now().unix())
    }

    /// That something may be signed which others will verify.
    pub(crate) fn key_in_force(&self) -> Result<(), Problem> {
        match self.key_status() {
            Some(status) if !status.is_in_force() => Err(Problem::new(Code::ServiceKeyNotInForce)),
            _ => Ok(()),
        }
    }

    /// Looks at the certificate of the service by the evidence that is at hand.
    pub(crate) fn look_at_key(&self) {
        if let Some(watch) = self.key_watch() {
            watch.look(&self.evidence().prepared().verifier, self.now());
        }
    }
}
