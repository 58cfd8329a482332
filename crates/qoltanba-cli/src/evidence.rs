//! What `--trust`, `--cert` and `--crl` bring. A damaged file counts as absent and is named.

use std::path::{Path, PathBuf};

use qoltanba::{
    Certificate, Crl, Lang, Policy, Recognised, TrustAnchor, TrustStore, Verifier, recognise_all,
};
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

/// The word that stands for the built-in roots.
const NATIONAL: &str = "national";

impl Evidence {
    /// Reads everything that was given.
    pub(crate) fn read(given: &args::Evidence, lang: Lang) -> Result<Self> {
        let national =
            || TrustStore::national().map_err(|error| Failure::software(error.text(lang)));
        let mut evidence = Self {
            trust: if given.trust.is_empty() { national()? } else { TrustStore::empty() },
            certificates: Vec::new(),
            crls: Vec::new(),
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
        Ok(evidence)
    }

    /// A verifier that has this evidence.
    pub(crate) fn verifier(&self, policy: Policy) -> Verifier {
        Verifier::new(self.trust.clone())
            .with_certificates(self.certificates.iter().cloned())
            .with_crls(self.crls.iter().cloned())
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
        wanted: impl Fn(Recognised<'_>) -> Option<qoltanba::Result<T>>,
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
                    Some(Ok(one)) => all.push(one),
                    Some(Err(error)) => {
                        damaged = true;
                        self.problem(option, &file, error.text(lang));
                    }
                    None => {}
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

    fn problem(&mut self, option: &'static str, path: &Path, message: String) {
        self.problems.push(Problem { option, path: path.to_owned(), message });
    }
}

fn certificate(block: Recognised<'_>) -> Option<qoltanba::Result<Certificate>> {
    match block {
        Recognised::Certificate(body) => Some(body.and_then(|der| Certificate::from_der(&der))),
        _ => None,
    }
}

fn list(block: Recognised<'_>) -> Option<qoltanba::Result<Crl>> {
    match block {
        Recognised::Crl(body) => Some(body.and_then(|der| Crl::from_der(&der))),
        _ => None,
    }
}

fn nothing(option: &str, lang: Lang) -> &'static str {
    match option {
        CRL => lang.pick(
            "кері қайтарылған сертификаттар тізімі табылмады, файл есепке алынбайды",
            "списка отозванных сертификатов нет, файл не учитывается",
            "there is no revocation list in it, it counts as absent",
        ),
        _ => lang.pick(
            "сертификат табылмады, файл есепке алынбайды",
            "сертификата нет, файл не учитывается",
            "there is no certificate in it, it counts as absent",
        ),
    }
}
