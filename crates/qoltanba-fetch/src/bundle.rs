//! Evidence in one signed file, for machines without a network.
//!
//! ```
//! use qoltanba::{revocation::Crl, sign::CmsSigner};
//! use qoltanba_fetch::{Bundle, BundleContents, BundleTrust};
//!
//! # let now: qoltanba::Instant = "2026-11-25T12:00:00Z".parse()?;
//! # let mut rng = qoltanba_testkit::SeededRng::new(1);
//! # let gost = qoltanba::algorithm::SignatureAlgorithm::Gost2015_512;
//! # let mint = qoltanba_testkit::Mint::good(gost, now, &mut rng)?;
//! # let (key, certificate) = (&*mint.signer.key, mint.signer_certificate()?);
//! let contents = BundleContents {
//!     lists: vec![Crl::from_der(&mint.lists[1])?],
//!     ..BundleContents::new(now)
//! };
//! // By the operator's key, on a machine with a network.
//! let signer = CmsSigner::new(key, &certificate)?.signing_time(now);
//! let file = contents.seal(&signer, &mut rng)?;
//!
//! // On the other machine the operator's certificate is known by its fingerprint.
//! let pins = [certificate.fingerprint()];
//! let bundle = Bundle::open(&file, &BundleTrust::Pinned(&pins), now)?;
//! assert_eq!(bundle.contents().lists.len(), 1);
//! // Nobody else's bundle is opened.
//! assert!(Bundle::open(&file, &BundleTrust::Pinned(&[[0; 32]]), now).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The format
//!
//! A CMS message (RFC 5652) with its content inside, signed like any document. The content is a
//! tar archive (POSIX.1-1988, `ustar`) that has one form only: `manifest.json`, then the files in
//! its order, mode 644, owner 0, the moment of making as their time, and two empty blocks at the
//! end. The manifest:
//!
//! ```json
//! {
//!   "format": "qoltanba-bundle",
//!   "version": 1,
//!   "made": "2026-11-25T12:00:00Z",
//!   "files": [
//!     { "kind": "crl", "name": "crl/….crl", "length": 1234, "sha256": "…" }
//!   ]
//! }
//! ```
//!
//! Kinds, folders and endings: `anchor` (`anchors/`, `.cer`), `certificate` (`certificates/`,
//! `.cer`), `crl` (`crl/`, `.crl`), `delta_crl` (`delta-crl/`, `.crl`), `ocsp` (`ocsp/`, `.ors`).
//! A file is named by its SHA-256, and files are sorted by kind and name, so the same evidence
//! gives the same archive. `openssl cms -verify -noverify -inform DER` takes the archive out,
//! where OpenSSL knows the key's algorithm, and `tar` opens it.
//!
//! Whatever is not exactly so is refused, and so is anything without a signature that holds.

mod archive;

use std::{error, fmt};

use qoltanba::{
    Certificate, Instant, Lang, Limits, Question, Reason, TrustAnchor, TrustStore, Verdict,
    Verifier,
    report::{CheckId, Outcome, SignatureReport},
    revocation::{Crl, OcspResponse},
    sign::CmsSigner,
};
use rand_core::CryptoRng;

use crate::{
    cache::{Cache, CacheError, Kind},
    fetch::Gathered,
    lists,
    messages::pick,
};

/// Evidence that is to go into a bundle, or came out of one.
#[derive(Debug, Clone)]
pub struct BundleContents {
    /// When the bundle was made.
    pub made: Instant,
    /// Self-signed certificates of roots.
    pub anchors: Vec<Certificate>,
    /// Certificates of authorities.
    pub certificates: Vec<Certificate>,
    /// Complete revocation lists.
    pub lists: Vec<Crl>,
    /// Delta lists, read as such ([`Crl::delta_from_der`]).
    pub deltas: Vec<Crl>,
    /// OCSP answers. The requests that they came back to stay behind.
    pub ocsp: Vec<OcspResponse>,
}

impl BundleContents {
    /// Nothing yet.
    #[must_use]
    pub const fn new(made: Instant) -> Self {
        Self {
            made,
            anchors: Vec::new(),
            certificates: Vec::new(),
            lists: Vec::new(),
            deltas: Vec::new(),
            ocsp: Vec::new(),
        }
    }

    /// Everything of a cache that can be read.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn of_cache(cache: &Cache, made: Instant) -> Result<Self, CacheError> {
        let mut contents = Self::new(made);
        for entry in cache.entries()? {
            match entry.kind() {
                Kind::List => contents.lists.extend(lists::read(Kind::List, entry.body())),
                Kind::Delta => contents.deltas.extend(lists::read(Kind::Delta, entry.body())),
                Kind::Certificate => {
                    contents.certificates.extend(crate::fetch::read_certificates(entry.body()));
                }
                Kind::Ocsp => contents.ocsp.extend(OcspResponse::from_der(entry.body())),
                Kind::TimeStamp => {}
            }
        }
        Ok(contents)
    }

    /// Adds what was had for a verdict. A list that was opened by its index is read and parsed
    /// here; it is left out when the copy in the cache is damaged.
    pub fn add(&mut self, gathered: Gathered) {
        for list in &gathered.indexed {
            match list.kind() {
                Kind::Delta => self.deltas.extend(list.read()),
                _ => self.lists.extend(list.read()),
            }
        }
        self.certificates.extend(gathered.certificates);
        self.lists.extend(gathered.lists);
        self.deltas.extend(gathered.deltas);
        self.ocsp.extend(gathered.ocsp);
    }

    /// Signs the evidence as one file.
    ///
    /// # Errors
    /// When the key cannot be used.
    pub fn seal(
        &self,
        signer: &CmsSigner<'_>,
        rng: &mut dyn CryptoRng,
    ) -> qoltanba::Result<Vec<u8>> {
        signer.sign(&archive::write(self), rng)
    }
}

/// Whose bundles are opened.
#[derive(Debug, Clone, Copy)]
pub enum BundleTrust<'a> {
    /// Those signed by one of these certificates, named by the SHA-256 of the whole certificate.
    /// They must be in validity; nobody else is asked about them. Only so are anchors taken.
    Pinned(&'a [[u8; 32]]),
    /// Those whose every signature this verifier passes. Their anchors are left aside: whoever has
    /// a certificate of some authority must not decide whom to believe.
    Accepted(&'a Verifier),
}

/// Why a bundle was not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BundleError {
    /// It is no signed message with its content inside.
    NotSigned(qoltanba::Error),
    /// No signature by a pinned certificate is there.
    NotPinned,
    /// The signature does not hold, or could not be established.
    NotAccepted(Option<Box<Reason>>),
    /// What is signed is no bundle, or not in the one form that bundles have.
    Malformed(&'static str),
    /// It says that it is yet to be made: a clock is wrong, here or where it was made.
    FromTheFuture {
        /// When it says that it was made.
        made: Instant,
    },
}

/// Seconds by which two clocks may differ, as for OCSP answers.
const CLOCK_SKEW: i64 = 300;

/// A bundle whose signature holds.
#[derive(Debug, Clone)]
pub struct Bundle {
    contents: BundleContents,
    signer: Certificate,
    pinned: bool,
}

impl Bundle {
    /// Opens a bundle, if the right one signed it.
    ///
    /// # Errors
    /// When it is unsigned, altered, of somebody else, or no bundle.
    pub fn open(file: &[u8], trust: &BundleTrust<'_>, now: Instant) -> Result<Self, BundleError> {
        let signer = match trust {
            BundleTrust::Pinned(pins) => pinned_signer(file, pins, now)?,
            BundleTrust::Accepted(verifier) => accepted_signer(file, verifier, now)?,
        };
        let content =
            qoltanba::sign::extract(file, &Limits::default()).map_err(BundleError::NotSigned)?;
        let contents = archive::read(&content).map_err(BundleError::Malformed)?;
        if contents.made.unix() > now.unix().saturating_add(CLOCK_SKEW) {
            return Err(BundleError::FromTheFuture { made: contents.made });
        }
        Ok(Self { contents, signer, pinned: matches!(trust, BundleTrust::Pinned(_)) })
    }

    /// What is inside. Nothing is believed for being there: lists and answers are judged like any
    /// others, and what was stale when the bundle was made is stale now.
    #[must_use]
    pub fn contents(&self) -> &BundleContents {
        &self.contents
    }

    /// The certificate of who signed it.
    #[must_use]
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// How old it is, in seconds. An older bundle of the same signer opens as a newer one does:
    /// whoever needs the newest compares their ages.
    #[must_use]
    pub fn age(&self, now: Instant) -> i64 {
        now.unix().saturating_sub(self.contents.made.unix())
    }

    /// The anchors inside, when the signer was pinned; else none.
    #[must_use]
    pub fn anchors(&self) -> TrustStore {
        let mut trust = TrustStore::empty();
        if self.pinned {
            let anchors = self.contents.anchors.iter();
            anchors.flat_map(TrustAnchor::from_self_signed).for_each(|anchor| trust.add(anchor));
        }
        trust
    }

    /// A verifier that has the evidence too. Its anchors stay its own: those of the bundle are
    /// taken with [`anchors`](Self::anchors), by whoever makes the verifier.
    #[must_use]
    pub fn supply(&self, verifier: &Verifier) -> Verifier {
        let gathered = Gathered {
            certificates: self.contents.certificates.clone(),
            lists: self.contents.lists.clone(),
            deltas: self.contents.deltas.clone(),
            indexed: Vec::new(),
            ocsp: self.contents.ocsp.clone(),
        };
        gathered.supply(verifier)
    }
}

fn accepted_signer(
    file: &[u8],
    verifier: &Verifier,
    now: Instant,
) -> Result<Certificate, BundleError> {
    let report = verifier.verify(file, &Question::at(now)).map_err(BundleError::NotSigned)?;
    let reason = report.reason().cloned().map(Box::new);
    let refused = BundleError::NotAccepted(reason);
    if report.verdict() != Verdict::Passed {
        return Err(refused);
    }
    let mut accepted = report.accepted();
    accepted.next().map(|a| a.path().end_entity().clone()).ok_or(refused)
}

fn pinned_signer(file: &[u8], pins: &[[u8; 32]], now: Instant) -> Result<Certificate, BundleError> {
    // Nobody is trusted but the pin, so a verifier without anchors tells what the signature is
    // worth in itself.
    let verifier = Verifier::new(TrustStore::empty());
    let report = verifier.verify(file, &Question::at(now)).map_err(BundleError::NotSigned)?;
    let mut refused = report.problem.clone().map(|reason| Some(Box::new(reason)));
    for signature in report.signatures() {
        let Some(certificate) = &signature.claimed_certificate else { continue };
        if !pins.contains(&certificate.fingerprint()) {
            continue;
        }
        match fault_in_itself(signature) {
            Ok(()) if report.problem.is_none() => return Ok(certificate.clone()),
            Ok(()) => {}
            Err(reason) => refused = refused.or(Some(reason)),
        }
    }
    Err(refused.map_or(BundleError::NotPinned, BundleError::NotAccepted))
}

/// What must hold when the certificate itself is believed: everything but its path and status.
fn fault_in_itself(signature: &SignatureReport) -> Result<(), Option<Box<Reason>>> {
    const NEEDED: [CheckId; 6] = [
        CheckId::Format,
        CheckId::SigningCertificate,
        CheckId::SigningCertificateBinding,
        CheckId::Content,
        CheckId::Signature,
        CheckId::Validity,
    ];
    for id in NEEDED {
        let mut of_it = signature.checks.iter().filter(|check| check.id == id).peekable();
        if of_it.peek().is_none() {
            return Err(None);
        }
        if let Some(check) = of_it.find(|check| check.outcome != Outcome::Passed) {
            return Err(check.reason().cloned().map(Box::new));
        }
    }
    Ok(())
}

impl BundleError {
    /// What it means, for a person.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::NotSigned(_) => pick(
                lang,
                "бұл қол қойылған жинақ емес",
                "это не подписанный набор",
                "this is no signed bundle",
            ),
            Self::NotPinned => pick(
                lang,
                "жинаққа сенімді оператор қол қоймаған",
                "набор подписан не доверенным оператором",
                "the trusted operator did not sign the bundle",
            ),
            Self::NotAccepted(reason) => {
                let lead = pick(
                    lang,
                    "жинақтың қолтаңбасы қабылданбады",
                    "подпись набора не принята",
                    "the bundle's signature is not accepted",
                );
                match reason {
                    Some(reason) => format!("{lead}: {}", reason.text(lang)),
                    None => lead,
                }
            }
            Self::Malformed(_) => pick(
                lang,
                "жинақ зақымданған немесе басқа пішімде",
                "набор повреждён или в другом формате",
                "the bundle is damaged or of another format",
            ),
            Self::FromTheFuture { made } => {
                let lead = pick(
                    lang,
                    "жинақ болашақта жасалған деп көрсетілген, сағатты тексеріңіз",
                    "набор помечен будущим временем, проверьте часы",
                    "the bundle says that it is of the future, check the clocks",
                );
                format!("{lead}: {made}")
            }
        }
    }
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl error::Error for BundleError {}
