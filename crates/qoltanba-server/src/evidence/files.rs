//! Evidence in files. One that cannot be used counts as absent and is named in the log; that the
//! service starts without any anchor is refused.
//!
//! The files are read again in each round of refreshing, all but those of trust: whom to believe is
//! decided when the service starts. A file that cannot be used then, as one that is being written,
//! leaves in force what it brought before.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use qoltanba::{
    Certificate, Instant, Lang, Limits, TrustAnchor, TrustStore, Verifier,
    cms::bundled_certificates,
    revocation::{Crl, OcspResponse},
    verify::{Recognised, recognise_all},
    xmldsig::XmlLimits,
};
use qoltanba_fetch::{Bundle, BundleContents, BundleTrust};

use crate::config::{Config, ConfigError, EvidenceSettings, SettingFault};

/// What the files bring.
#[derive(Debug)]
pub(super) struct Given {
    trust: TrustStore,
    /// Certificates in files of trust that are no anchors.
    beside: Vec<Certificate>,
    certificates: Files<Certificate>,
    lists: Files<Crl>,
    ocsp: Files<OcspResponse>,
    bundles: BTreeMap<PathBuf, BundleContents>,
    limits: (Limits, XmlLimits),
}

/// What each file brought.
type Files<T> = BTreeMap<PathBuf, Vec<T>>;

/// The word that stands for the built-in roots.
const NATIONAL: &str = "national";

impl Given {
    pub(super) fn read(config: &Config, now: Instant) -> Result<Self, ConfigError> {
        let settings = &config.evidence;
        let mut given = Self {
            trust: TrustStore::empty(),
            beside: Vec::new(),
            certificates: Files::new(),
            lists: Files::new(),
            ocsp: Files::new(),
            bundles: BTreeMap::new(),
            limits: config.document_limits(),
        };
        for path in &settings.trust {
            given.trust(path)?;
        }
        given.gather(settings, now, None)?;
        if given.trust.anchors().is_empty() {
            return Err(ConfigError::value("evidence.trust", SettingFault::NoAnchor));
        }
        Ok(given)
    }

    /// The same files as they are by now.
    pub(super) fn read_again(
        &self,
        settings: &EvidenceSettings,
        now: Instant,
    ) -> Result<Self, ConfigError> {
        let mut given = Self {
            trust: self.trust.clone(),
            beside: self.beside.clone(),
            certificates: Files::new(),
            lists: Files::new(),
            ocsp: Files::new(),
            bundles: BTreeMap::new(),
            limits: self.limits,
        };
        given.gather(settings, now, Some(self))?;
        Ok(given)
    }

    fn gather(
        &mut self,
        settings: &EvidenceSettings,
        now: Instant,
        before: Option<&Self>,
    ) -> Result<(), ConfigError> {
        for path in &settings.certificates {
            let known = before.map(|before| &before.certificates);
            self.certificates.extend(all(path, certificates, known)?);
        }
        for path in &settings.lists {
            self.lists.extend(all(path, list, before.map(|before| &before.lists))?);
        }
        for path in &settings.ocsp {
            self.ocsp.extend(all(path, response, before.map(|before| &before.ocsp))?);
        }
        let pins = pins(&settings.bundle_signers)?;
        for path in &settings.bundles {
            self.bundle(path, pins.as_deref(), now, before)?;
        }
        Ok(())
    }

    pub(super) fn lists(&self) -> impl Iterator<Item = &Crl> {
        let bundled = self.bundles.values().flat_map(|one| one.lists.iter().chain(&one.deltas));
        self.lists.values().flatten().chain(bundled)
    }

    pub(super) fn verifier(&self) -> Verifier {
        let bundles = || self.bundles.values();
        let certificates = self.beside.iter().chain(self.certificates.values().flatten());
        let ocsp = self.ocsp.values().flatten();
        Verifier::new(self.trust.clone())
            .with_certificates(
                certificates.chain(bundles().flat_map(|one| &one.certificates)).cloned(),
            )
            .with_crls(self.lists().cloned())
            .with_ocsp_responses(ocsp.chain(bundles().flat_map(|one| &one.ocsp)).cloned())
            .with_limits(self.limits.0)
            .with_xml_limits(self.limits.1)
    }

    /// Self-signed certificates become anchors, the others may be steps of a path.
    fn trust(&mut self, path: &Path) -> Result<(), ConfigError> {
        if path.as_os_str() == NATIONAL {
            let national = TrustStore::national();
            self.trust.extend(national.map_err(|e| ConfigError::value("evidence.trust", e))?);
            return Ok(());
        }
        for certificate in all(path, certificates, None)?.into_values().flatten() {
            match TrustAnchor::from_self_signed(&certificate) {
                Ok(anchor) => self.trust.add(anchor),
                Err(_) => self.beside.push(certificate),
            }
        }
        Ok(())
    }

    fn bundle(
        &mut self,
        path: &Path,
        pins: Option<&[[u8; 32]]>,
        now: Instant,
        before: Option<&Self>,
    ) -> Result<(), ConfigError> {
        let verifier = self.verifier();
        let trust = match pins {
            Some(pins) => BundleTrust::Pinned(pins),
            None => BundleTrust::Accepted(&verifier),
        };
        let opened = match (read(path), before) {
            (Err(error), None) => return Err(error),
            (Err(error), Some(_)) => Err(error.text(Lang::En)),
            (Ok(file), _) => Bundle::open(&file, &trust, now).map_err(|e| e.text(Lang::En)),
        };
        let contents = match opened {
            Ok(bundle) => {
                if before.is_none() {
                    self.trust.extend(bundle.anchors());
                }
                Some(bundle.contents().clone())
            }
            Err(why) => {
                unusable(path, &why);
                before.and_then(|before| before.bundles.get(path)).cloned()
            }
        };
        self.bundles.extend(contents.map(|contents| (path.to_owned(), contents)));
        Ok(())
    }
}

/// Who may sign bundles, if anybody was named.
fn pins(signers: &[String]) -> Result<Option<Vec<[u8; 32]>>, ConfigError> {
    if signers.is_empty() {
        return Ok(None);
    }
    let mut pins = Vec::new();
    for signer in signers {
        match sha256(signer) {
            Some(pin) => pins.push(pin),
            None => {
                let found = all(Path::new(signer), certificates, None)?;
                pins.extend(found.values().flatten().map(Certificate::fingerprint));
            }
        }
    }
    Ok(Some(pins))
}

/// A SHA-256 in hexadecimal, as tools write it.
pub(crate) fn sha256(text: &str) -> Option<[u8; 32]> {
    crate::verify::octets(&text.replace(':', ""))?.try_into().ok()
}

type Found<T> = Option<Result<Vec<T>, qoltanba::Error>>;

fn certificates(one: Recognised<'_>) -> Found<Certificate> {
    match one {
        Recognised::Certificate(body) => {
            Some(body.and_then(|der| Ok(vec![Certificate::from_der(&der)?])))
        }
        Recognised::SignedMessage(body) => {
            Some(body.and_then(|der| bundled_certificates(&der, &Limits::default())))
        }
        _ => None,
    }
}

fn list(one: Recognised<'_>) -> Found<Crl> {
    match one {
        Recognised::Crl(body) => Some(body.and_then(|der| Ok(vec![Crl::from_der(&der)?]))),
        _ => None,
    }
}

fn response(one: Recognised<'_>) -> Found<OcspResponse> {
    match one {
        Recognised::Ocsp(body) => {
            Some(body.and_then(|der| Ok(vec![OcspResponse::from_der(&der)?])))
        }
        _ => None,
    }
}

/// Everything of a kind in a file, or in the files of a folder. What cannot be used is as it was
/// `known` before; at first a file that cannot be read is an error.
fn all<T: Clone>(
    path: &Path,
    wanted: impl Fn(Recognised<'_>) -> Found<T>,
    known: Option<&Files<T>>,
) -> Result<Files<T>, ConfigError> {
    let files = match (listed(path), known) {
        (Ok(files), _) => files,
        (Err(error), None) => return Err(error),
        (Err(error), Some(known)) => {
            unusable(path, &error.text(Lang::En));
            let there = known.iter().filter(|(file, _)| file.starts_with(path));
            return Ok(there.map(|(file, brought)| (file.clone(), brought.clone())).collect());
        }
    };
    let mut found = Files::new();
    for file in files {
        let before = known.and_then(|known| known.get(&file));
        let brought = match (read(&file), known) {
            (Ok(bytes), _) => contents(&file, &bytes, &wanted),
            (Err(error), None) => return Err(error),
            (Err(error), Some(_)) => {
                unusable(&file, &error.text(Lang::En));
                (Vec::new(), false)
            }
        };
        let brought = match (brought, before) {
            ((_, false), Some(before)) => before.clone(),
            ((some, _), _) => some,
        };
        found.insert(file, brought);
    }
    Ok(found)
}

/// Everything of a kind in a file, and whether that is something and all could be read.
fn contents<T>(
    file: &Path,
    bytes: &[u8],
    wanted: impl Fn(Recognised<'_>) -> Found<T>,
) -> (Vec<T>, bool) {
    let (mut found, mut is_damaged) = (Vec::new(), false);
    for one in recognise_all(bytes) {
        match wanted(one) {
            Some(Ok(some)) => found.extend(some),
            Some(Err(error)) => {
                unusable(file, &error.text(Lang::En));
                is_damaged = true;
            }
            None => {}
        }
    }
    if found.is_empty() && !is_damaged {
        unusable(file, "nothing of the wanted kind in it");
    }
    let is_good = !found.is_empty() && !is_damaged;
    (found, is_good)
}

fn unusable(path: &Path, why: &str) {
    tracing::warn!(file = %path.display(), why, "evidence counts as absent");
}

/// The file itself, or the files of a folder by name, without hidden ones.
fn listed(path: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let failed = |e: std::io::Error| unreadable(path, &e);
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<Vec<u8>, ConfigError> {
    fs::read(path).map_err(|e| unreadable(path, &e))
}

fn unreadable(path: &Path, error: &std::io::Error) -> ConfigError {
    ConfigError::Unreadable { path: path.to_owned(), kind: error.kind() }
}
