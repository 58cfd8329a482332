//! A revocation list on its own: who signed it, who vouches for them, whether it is in force.
//!
//! Its issuer is looked for, by the name and the key, among the anchors and the certificates that
//! were given: whoever means one certain authority gives only that one. A list of another is then
//! of nobody known, and a list of the same name by another key is a forgery.

use super::{Court, Question, Verifier, acceptance, x509};
use crate::{
    algorithm::{PublicKey, SignatureFault},
    certificate::Certificate,
    integrity::{Covered, IntactSignature},
    report::{
        AcceptedEvidence, Check, CheckId, EvidenceFacts, EvidenceReport, EvidenceSigner, Format,
        Report, SigningTime, Subjects,
    },
    revocation::{Crl, RevocationList as _},
    time::Moment,
    trust::TrustAnchor,
    verdict::{Evidence, Reason},
};

pub(super) fn judge(verifier: &Verifier, list: &Crl, question: &Question<'_>) -> Report {
    let court = Court::new(verifier, question.at);
    let time = SigningTime::Given(question.at);
    let head = list.head();
    let issuer = head.issuer.to_string();
    let mut trial = Trial::default();
    // RFC 5280 §5.2, §5.3: such a list must not be used.
    let format = if head.unprocessed_critical {
        Err(Reason::CrlUnknownCritical { subject: issuer.clone() })
    } else {
        Ok(())
    };
    trial.checks.push(Check::of(CheckId::Format, &format));
    trial.hear(&court, list);
    let fresh = if head.is_in_force(Moment::of_check(question.at)) {
        Ok(())
    } else {
        Err(Reason::CrlStale { subject: issuer.clone() })
    };
    trial.checks.push(Check::of(CheckId::Freshness, &fresh));
    let Trial { checks, missing, intact, by } = trial;
    let conclusion =
        acceptance::conclude(&checks, missing, || AcceptedEvidence::new(intact?, by?, time));
    let facts = EvidenceFacts::RevocationList {
        issuer,
        number: head.number.as_ref().map(ToString::to_string),
        base: head.base.as_ref().map(ToString::to_string),
        this_update: head.this_update,
        next_update: head.next_update,
        entries: list.len(),
    };
    let subject = EvidenceReport { conclusion, time, facts, checks, remarks: Vec::new() };
    // Evidence signs no document.
    let about_a_document = question.data.is_some() || !question.elements.is_empty();
    let mut report = Report {
        format: Format::Crl,
        subjects: Subjects::Evidence(Box::new(subject)),
        problem: about_a_document.then_some(Reason::NoSigners),
        remarks: Vec::new(),
        container: None,
        paper: None,
    };
    acceptance::meet_expectations(&mut report, question);
    report
}

/// One of the name that the list gives as its issuer's.
#[derive(Clone, Copy)]
enum Author<'a> {
    Anchor(&'a TrustAnchor),
    Certified(&'a Certificate, &'a PublicKey),
}

impl<'a> Author<'a> {
    fn all(court: &'a Court<'_>, list: &'a Crl) -> Vec<Self> {
        let name = list.claimed_issuer();
        let anchors = court.verifier.trust.anchors().iter().filter(|a| a.name() == name);
        let certified = court.certificates.iter().filter(|c| c.claimed_subject() == name);
        let certified = certified.filter_map(|c| Some(Self::Certified(c, c.public_key().ok()?)));
        anchors.map(Self::Anchor).chain(certified).collect()
    }

    fn key(&self) -> (&'a PublicKey, &'a [u8]) {
        match self {
            Self::Anchor(anchor) => (anchor.key(), anchor.public_key_info()),
            Self::Certified(certificate, key) => (key, certificate.spki()),
        }
    }

    fn key_id(&self) -> Option<&'a [u8]> {
        match self {
            Self::Anchor(anchor) => anchor.key_id(),
            Self::Certified(certificate, _) => certificate.extensions().subject_key_id.as_deref(),
        }
    }

    /// RFC 5280 §6.3.3(f): cRLSign, where the use of the key is restricted.
    fn may_sign_lists(&self) -> bool {
        match self {
            Self::Anchor(anchor) => anchor.may_sign_lists(),
            Self::Certified(certificate, _) => certificate.may_sign_lists(),
        }
    }
}

/// The checks as they are made, and the proofs that come of them.
#[derive(Default)]
struct Trial {
    checks: Vec<Check>,
    missing: Vec<Evidence>,
    intact: Option<IntactSignature>,
    by: Option<EvidenceSigner>,
}

/// How many certificates of one key are judged whole.
const MAX_ATTEMPTS: usize = 4;

/// What needs an author.
const OF_AUTHOR: [CheckId; 4] =
    [CheckId::Path, CheckId::Validity, CheckId::Revocation, CheckId::Purpose];

impl Trial {
    fn hear(&mut self, court: &Court<'_>, list: &Crl) {
        let strength = court.verifier.policy.strength;
        let authors = Author::all(court, list);
        let Some(known) = authors.first() else {
            let issuer = list.claimed_issuer().to_string();
            self.missing.push(Evidence::AuthorityCertificate {
                subject: issuer.clone(),
                addresses: Vec::new(),
            });
            let unknown = Reason::CrlIssuerUnknown { issuer };
            self.checks.push(Check::problem(CheckId::SigningCertificate, unknown));
            self.not_done(&[CheckId::Signature]);
            return self.not_done(&OF_AUTHOR);
        };
        self.checks.push(Check::passed(CheckId::SigningCertificate));
        let signed = |author: &&Author<'_>| {
            let (key, spki) = author.key();
            list.is_known_signed_by(key, spki, strength)
        };
        let attempts = authors.iter().filter(signed).take(MAX_ATTEMPTS);
        let attempts = attempts.map(|author| Self::attempt(court, list, author));
        // The same key may be certified twice, and one of the certificates be past its time.
        let proofs =
            |trial: &Self| (trial.by.is_none(), trial.checks.iter().filter(problem).count());
        if let Some(best) = attempts.min_by_key(proofs) {
            self.checks.extend(best.checks);
            self.missing.extend(best.missing);
            (self.intact, self.by) = (best.intact, best.by);
            return;
        }
        // The key that the list names says why it did not sign.
        let named = authors.iter().find(|a| list.head().names_key(a.key_id())).unwrap_or(known);
        self.checks.push(Check::problem(CheckId::Signature, refused(list, named, court)));
        self.not_done(&OF_AUTHOR);
    }

    fn not_done(&mut self, ids: &[CheckId]) {
        self.checks.extend(ids.iter().copied().map(Check::not_done));
    }

    /// Judges one who signed.
    fn attempt(court: &Court<'_>, list: &Crl, author: &Author<'_>) -> Self {
        let mut trial = Self::default();
        trial.checks.push(Check::passed(CheckId::Signature));
        let moment = Moment::of_check(court.at);
        match author {
            Author::Anchor(anchor) => {
                trial.checks.push(Check::passed(CheckId::Path));
                let dates = anchor.validity();
                let alive = if dates.contains(moment.at) {
                    Ok(())
                } else {
                    Err(Reason::outside(moment.at, dates, anchor.name()))
                };
                trial.checks.push(Check::of(CheckId::Validity, &alive));
                // Nobody is above an anchor to revoke it.
                trial.checks.push(Check::passed(CheckId::Revocation));
                trial.by = Some(EvidenceSigner::Anchor((*anchor).clone()));
            }
            Author::Certified(certificate, _) => {
                let x509 = x509::validate(court, certificate, moment);
                trial.checks.extend(x509.checks);
                trial.missing.extend(x509.missing);
                let proofs = x509.path.zip(x509.not_revoked);
                trial.by = proofs.map(|(path, status)| EvidenceSigner::Certified(path, status));
            }
        }
        let subject = list.claimed_issuer().to_string();
        let entitled = author.may_sign_lists().then_some(());
        let entitled = entitled.ok_or(Reason::CrlWrongIssuer { subject });
        trial.checks.push(Check::of(CheckId::Purpose, &entitled));
        trial.intact = intact(list, author);
        trial
    }
}

fn problem(check: &&Check) -> bool {
    check.reason().is_some()
}

fn intact(list: &Crl, author: &Author<'_>) -> Option<IntactSignature> {
    let algorithm = list.signature_algorithm().ok()?;
    let digest_algorithm = algorithm.digest();
    let digest = digest_algorithm.digest(list.tbs());
    let covered = Covered { digest_algorithm, digest, parts: Vec::new() };
    Some(IntactSignature::new(covered, author.key().1, algorithm))
}

/// Why no known key made the signature.
fn refused(list: &Crl, author: &Author<'_>, court: &Court<'_>) -> Reason {
    if let Err(error) = list.signature_algorithm() {
        return Reason::AlgorithmUnknown(error);
    }
    match list.check_signature(author.key().0, court.verifier.policy.strength) {
        Err(SignatureFault::NotAllowed) => Reason::AlgorithmNotAllowed,
        _ => Reason::CrlForged { issuer: list.claimed_issuer().to_string() },
    }
}
