//! Evidence in files. One that cannot be used counts as absent and is named in the log; that the
//! service starts without any anchor is refused.

use std::{
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
use qoltanba_fetch::{Bundle, BundleTrust};

use crate::config::{Config, ConfigError};

/// What the files bring.
#[derive(Debug)]
pub(super) struct Given {
    trust: TrustStore,
    certificates: Vec<Certificate>,
    pub(super) lists: Vec<Crl>,
    ocsp: Vec<OcspResponse>,
    limits: (Limits, XmlLimits),
}

/// The word that stands for the built-in roots.
const NATIONAL: &str = "national";

impl Given {
    pub(super) fn read(config: &Config, now: Instant) -> Result<Self, ConfigError> {
        let settings = &config.evidence;
        let mut given = Self {
            trust: TrustStore::empty(),
            certificates: Vec::new(),
            lists: Vec::new(),
            ocsp: Vec::new(),
            limits: config.document_limits(),
        };
        for path in &settings.trust {
            given.trust(path)?;
        }
        for path in &settings.certificates {
            given.certificates.extend(all(path, certificates)?);
        }
        for path in &settings.lists {
            given.lists.extend(all(path, list)?);
        }
        for path in &settings.ocsp {
            given.ocsp.extend(all(path, response)?);
        }
        let pins = pins(&settings.bundle_signers)?;
        for path in &settings.bundles {
            given.bundle(path, pins.as_deref(), now)?;
        }
        if given.trust.anchors().is_empty() {
            return Err(ConfigError::value("evidence.trust", "no trust anchor"));
        }
        Ok(given)
    }

    pub(super) fn verifier(&self) -> Verifier {
        Verifier::new(self.trust.clone())
            .with_certificates(self.certificates.iter().cloned())
            .with_crls(self.lists.iter().cloned())
            .with_ocsp_responses(self.ocsp.iter().cloned())
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
        for certificate in all(path, certificates)? {
            match TrustAnchor::from_self_signed(&certificate) {
                Ok(anchor) => self.trust.add(anchor),
                Err(_) => self.certificates.push(certificate),
            }
        }
        Ok(())
    }

    fn bundle(
        &mut self,
        path: &Path,
        pins: Option<&[[u8; 32]]>,
        now: Instant,
    ) -> Result<(), ConfigError> {
        let file = read(path)?;
        let verifier = self.verifier();
        let trust = match pins {
            Some(pins) => BundleTrust::Pinned(pins),
            None => BundleTrust::Accepted(&verifier),
        };
        let bundle = match Bundle::open(&file, &trust, now) {
            Ok(bundle) => bundle,
            Err(error) => {
                unusable(path, &error.text(Lang::En));
                return Ok(());
            }
        };
        self.trust.extend(bundle.anchors());
        let contents = bundle.contents();
        self.certificates.extend(contents.certificates.iter().cloned());
        self.lists.extend(contents.lists.iter().chain(&contents.deltas).cloned());
        self.ocsp.extend(contents.ocsp.iter().cloned());
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
                let found = all(Path::new(signer), certificates)?;
                pins.extend(found.iter().map(Certificate::fingerprint));
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

/// Everything of a kind in a file, or in the files of a folder.
fn all<T>(path: &Path, wanted: impl Fn(Recognised<'_>) -> Found<T>) -> Result<Vec<T>, ConfigError> {
    let mut found = Vec::new();
    for file in listed(path)? {
        let bytes = read(&file)?;
        let before = found.len();
        for one in recognise_all(&bytes) {
            match wanted(one) {
                Some(Ok(some)) => found.extend(some),
                Some(Err(error)) => unusable(&file, &error.text(Lang::En)),
                None => {}
            }
        }
        if found.len() == before {
            unusable(&file, "nothing of the wanted kind in it");
        }
    }
    Ok(found)
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
