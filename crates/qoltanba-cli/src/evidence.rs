//! What `--trust`, `--cert`, `--crl`, `--ocsp` and `--bundle` bring. A damaged file counts as
//! absent and is named.

use std::path::{Path, PathBuf};

use qoltanba::{
    Certificate, Instant, Lang, Limits, TrustAnchor, TrustStore, Verifier,
    cms::bundled_certificates,
    policy::Policy,
    revocation::{Crl, OcspResponse},
    verify::{Recognised, recognise_all},
};
use qoltanba_fetch::{Bundle, BundleContents, BundleTrust};
use serde_json::{Value, json};

use crate::{
    args,
    exit::{Failure, Result, about, shown},
    files,
    output::Pick as _,
};

/// Evidence as read, with what could not be used.
pub(crate) struct Evidence {
    trust: TrustStore,
    certificates: Vec<Certificate>,
    crls: Vec<Crl>,
    deltas: Vec<Crl>,
    ocsp: Vec<OcspResponse>,
    /// The certificates of the anchors that were given.
    anchors: Vec<Certificate>,
    pub(crate) problems: Vec<Problem>,
}

/// A file that was given as evidence and counts as absent, in whole or in part.
pub(crate) struct Problem {
    option: &'static str,
    path: PathBuf,
    message: String,
}

impl Problem {
    pub(crate) fn text(&self) -> String {
        format!("{} {}", self.option, about(&self.path, &self.message))
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "option": self.option, "file": shown(&self.path), "message": self.message })
    }
}

const TRUST: &str = "--trust";
const CERT: &str = "--cert";
const CRL: &str = "--crl";
const OCSP: &str = "--ocsp";
const BUNDLE: &str = "--bundle";
const BUNDLE_SIGNER: &str = "--bundle-signer";

/// The word that stands for the built-in roots.
const NATIONAL: &str = "national";

impl Evidence {
    /// Reads everything that was given. Bundles must be good `now`.
    pub(crate) fn read(given: &args::Evidence, now: Instant, lang: Lang) -> Result<Self> {
        let national =
            || TrustStore::national().map_err(|error| Failure::software(error.text(lang)));
        let mut evidence = Self {
            trust: if given.trust.is_empty() { national()? } else { TrustStore::empty() },
            certificates: Vec::new(),
            crls: Vec::new(),
            deltas: Vec::new(),
            ocsp: Vec::new(),
            anchors: Vec::new(),
            problems: Vec::new(),
        };
        for path in &given.trust {
            if path.as_os_str() == NATIONAL {
                evidence.trust.extend(national()?);
            } else {
                evidence.read_anchors(path, lang)?;
            }
        }
        for path in &given.cert {
            let certificates = evidence.read_path(CERT, path, certificate, lang)?;
            evidence.certificates.extend(certificates);
        }
        for path in &given.crl {
            let crls = evidence.read_path(CRL, path, list, lang)?;
            evidence.crls.extend(crls);
        }
        for path in &given.ocsp {
            let ocsp = evidence.read_path(OCSP, path, response, lang)?;
            evidence.ocsp.extend(ocsp);
        }
        let pins = evidence.read_pins(&given.bundle_signer, lang)?;
        for path in &given.bundle {
            evidence.open_bundle(path, pins.as_deref(), now, lang)?;
        }
        Ok(evidence)
    }

    /// Evidence of the files as the contents of a bundle.
    pub(crate) fn into_bundle(self, contents: &mut BundleContents) {
        contents.anchors.extend(self.anchors);
        contents.certificates.extend(self.certificates);
        let (deltas, lists): (Vec<_>, Vec<_>) = self.crls.into_iter().partition(Crl::is_delta);
        contents.lists.extend(lists);
        contents.deltas.extend(deltas.into_iter().chain(self.deltas));
        contents.ocsp.extend(self.ocsp);
    }

    /// A verifier that has this evidence.
    pub(crate) fn verifier(&self, policy: Policy) -> Verifier {
        Verifier::new(self.trust.clone())
            .with_certificates(self.certificates.iter().cloned())
            .with_crls(self.crls.iter().chain(&self.deltas).cloned())
            .with_ocsp_responses(self.ocsp.iter().cloned())
            .with_policy(policy)
    }

    /// Self-signed certificates of authorities become anchors, the others may be steps of a path.
    fn read_anchors(&mut self, path: &Path, lang: Lang) -> Result<()> {
        let mut why_not = None;
        let mut found = false;
        for certificate in self.read_path(TRUST, path, certificate, lang)? {
            match TrustAnchor::from_self_signed(&certificate) {
                Ok(anchor) => {
                    self.trust.add(anchor);
                    self.anchors.push(certificate);
                    found = true;
                }
                Err(error) => {
                    why_not = Some(error);
                    self.certificates.push(certificate);
                }
            }
        }
        if let (false, Some(error)) = (found, why_not) {
            let lead = lang.pick(
                "сенімді түбір жоқ",
                "доверенного корня нет",
                "there is no trust anchor in it",
            );
            self.problem(TRUST, path, format!("{lead}: {}", error.text(lang)));
        }
        Ok(())
    }

    /// Reads every wanted thing of a file or folder.
    fn read_path<T>(
        &mut self,
        option: &'static str,
        path: &Path,
        wanted: impl Fn(Recognised<'_>) -> Wanted<T>,
        lang: Lang,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        let problems = self.problems.len();
        let files = files::listed(path, lang)?;
        // In a folder other things may lie beside the wanted ones.
        let in_folder = files.first().is_none_or(|file| file != path);
        for file in files {
            let bytes = match files::read(&file, lang) {
                Ok(bytes) => bytes,
                Err(failure) if failure.exit == crate::exit::Exit::Data => {
                    let message = failure.message;
                    self.problems.push(Problem { option, path: file, message });
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            let blocks = recognise_all(&bytes);
            let recognised = !blocks.is_empty();
            let before = all.len();
            let mut damaged = false;
            for block in blocks {
                match wanted(block) {
                    Ok(some) => all.extend(some),
                    Err(error) => {
                        damaged = true;
                        self.problem(option, &file, error.text(lang));
                    }
                }
            }
            if all.len() == before && !damaged && !(in_folder && recognised) {
                self.problem(option, &file, nothing(option, lang).to_owned());
            }
        }
        if all.is_empty() && self.problems.len() == problems {
            self.problem(option, path, nothing(option, lang).to_owned());
        }
        Ok(all)
    }

    /// The certificates by which bundles are believed; none where nobody is named.
    fn read_pins(&mut self, given: &[PathBuf], lang: Lang) -> Result<Option<Vec<[u8; 32]>>> {
        let mut pins = Vec::new();
        for signer in given {
            match signer.to_str().and_then(fingerprint) {
                Some(pin) => pins.push(pin),
                None => {
                    let certificates = self.read_path(BUNDLE_SIGNER, signer, certificate, lang)?;
                    pins.extend(certificates.iter().map(Certificate::fingerprint));
                }
            }
        }
        Ok((!given.is_empty()).then_some(pins))
    }

    /// Takes what a bundle brings, if the right one signed it.
    fn open_bundle(
        &mut self,
        path: &Path,
        pins: Option<&[[u8; 32]]>,
        now: Instant,
        lang: Lang,
    ) -> Result<()> {
        let file = files::read(path, lang)?;
        let verifier;
        let trust = match pins {
            Some(pins) => BundleTrust::Pinned(pins),
            None => {
                verifier = self.verifier(Policy::default());
                BundleTrust::Accepted(&verifier)
            }
        };
        let bundle = match Bundle::open(&file, &trust, now) {
            Ok(bundle) => bundle,
            Err(error) => {
                self.problem(BUNDLE, path, error.text(lang));
                return Ok(());
            }
        };
        self.trust.extend(bundle.anchors());
        let contents = bundle.contents();
        if !bundle.anchors().anchors().is_empty() {
            self.anchors.extend(contents.anchors.iter().cloned());
        }
        self.certificates.extend(contents.certificates.iter().cloned());
        self.crls.extend(contents.lists.iter().cloned());
        self.deltas.extend(contents.deltas.iter().cloned());
        self.ocsp.extend(contents.ocsp.iter().cloned());
        Ok(())
    }

    fn problem(&mut self, option: &'static str, path: &Path, message: String) {
        self.problems.push(Problem { option, path: path.to_owned(), message });
    }
}

/// A SHA-256 in hexadecimal, as tools write it.
fn fingerprint(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text.bytes().filter(|c| *c != b':').collect();
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    let mut octets = [0; 32];
    for (octet, pair) in octets.iter_mut().zip(digits.chunks(2)) {
        *octet = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(octets)
}

/// What is wanted of a block: all of it, or nothing where it is something else.
type Wanted<T> = qoltanba::Result<Vec<T>>;

fn certificate(block: Recognised<'_>) -> Wanted<Certificate> {
    match block {
        Recognised::Certificate(body) => Ok(vec![Certificate::from_der(&body?)?]),
        // Certificates are also handed on in a PKCS#7 without a signature.
        Recognised::SignedMessage(body) => bundled_certificates(&body?, &Limits::default()),
        _ => Ok(Vec::new()),
    }
}

fn list(block: Recognised<'_>) -> Wanted<Crl> {
    match block {
        Recognised::Crl(body) => Ok(vec![Crl::from_der(&body?)?]),
        _ => Ok(Vec::new()),
    }
}

fn response(block: Recognised<'_>) -> Wanted<OcspResponse> {
    match block {
        Recognised::Ocsp(body) => Ok(vec![OcspResponse::from_der(&body?)?]),
        _ => Ok(Vec::new()),
    }
}

fn nothing(option: &str, lang: Lang) -> &'static str {
    match option {
        CRL => lang.pick(
            "кері қайтарылған сертификаттар тізімі табылмады, файл есепке алынбайды",
            "списка отозванных сертификатов нет, файл не учитывается",
            "there is no revocation list in it, it counts as absent",
        ),
        OCSP => lang.pick(
            "OCSP жауабы табылмады, файл есепке алынбайды",
            "ответа OCSP нет, файл не учитывается",
            "there is no OCSP response in it, it counts as absent",
        ),
        _ => lang.pick(
            "сертификат табылмады, файл есепке алынбайды",
            "сертификата нет, файл не учитывается",
            "there is no certificate in it, it counts as absent",
        ),
    }
}
