//! An OCSP response on its own: whose it is, who vouches for them, whether it is in force.

use super::{Court, Question, Verifier, acceptance};
use crate::{
    certificate::{Certificate, RevocationReason},
    integrity::{Covered, IntactSignature},
    oid,
    report::{
        AcceptedEvidence, Check, CheckId, EvidenceFacts, EvidenceReport, EvidenceSigner, Format,
        OcspStatus, Remark, Report, SigningTime, Subjects,
    },
    revocation::{
        self, Authentic, Basic, CertStatus, OcspResponse, Responder, Single, Unauthentic,
        authenticate, chosen,
    },
    time::{Instant, Moment},
    trust::{Issuer, PathSearch, TrustAnchor},
    verdict::{Evidence, Reason},
};

pub(super) fn judge(
    verifier: &Verifier,
    response: &OcspResponse,
    question: &Question<'_>,
) -> Report {
    let mut court = Court::new(verifier, question.at);
    let basic = response.basic();
    for certificate in basic.into_iter().flat_map(|basic| &basic.certificates) {
        court.add(certificate.clone());
    }
    let time = SigningTime::Given(question.at);
    let mut facts = Facts { response, answer: None };
    let mut trial = Trial::default();
    trial.pass(CheckId::Format);
    match basic {
        None => trial.fail(CheckId::Signature, Reason::OcspNoAnswer { subject: None }),
        Some(basic) => facts.answer = trial.hear(&court, basic),
    }
    let Trial { checks, remarks, missing, intact, by, until: _ } = trial;
    let conclusion =
        acceptance::conclude(&checks, missing, || AcceptedEvidence::new(intact?, by?, time));
    let facts = facts.told();
    let subject = EvidenceReport { conclusion, time, facts, checks, remarks };
    // Evidence signs no document.
    let about_a_document = question.data.is_some() || !question.elements.is_empty();
    let mut report = Report {
        format: Format::Ocsp,
        subjects: Subjects::Evidence(Box::new(subject)),
        problem: about_a_document.then_some(Reason::NoSigners),
        remarks: Vec::new(),
        container: None,
        paper: None,
    };
    acceptance::meet_expectations(&mut report, question);
    report
}

/// What the response says.
struct Facts<'a> {
    response: &'a OcspResponse,
    answer: Option<&'a Single>,
}

impl Facts<'_> {
    fn told(&self) -> EvidenceFacts {
        EvidenceFacts::OcspResponse {
            response: self.response.status().code(),
            status: self.answer.map(|single| match single.status {
                CertStatus::Good => OcspStatus::Good,
                CertStatus::Revoked { at, reason, .. } => OcspStatus::Revoked { at, reason },
                CertStatus::Unknown => OcspStatus::Unknown,
            }),
            produced_at: self.response.produced_at(),
            this_update: self.answer.map(|single| single.this_update),
            next_update: self.answer.and_then(|single| single.next_update),
        }
    }
}

/// The checks as they are made, and the proofs that come of them.
#[derive(Default)]
struct Trial {
    checks: Vec<Check>,
    remarks: Vec<Remark>,
    missing: Vec<Evidence>,
    intact: Option<IntactSignature>,
    by: Option<EvidenceSigner>,
    /// Until when who signed may answer.
    until: Option<Instant>,
}

impl Trial {
    fn pass(&mut self, id: CheckId) {
        self.checks.push(Check::passed(id));
    }

    fn fail(&mut self, id: CheckId, reason: Reason) {
        self.checks.push(Check::problem(id, reason));
    }

    fn not_done(&mut self, ids: &[CheckId]) {
        self.checks.extend(ids.iter().copied().map(Check::not_done));
    }

    /// Makes every check, and tells which answer is meant.
    fn hear<'a>(&mut self, court: &Court<'_>, basic: &'a Basic) -> Option<&'a Single> {
        self.remarks.extend(basic.quirks.iter().copied().map(Remark::Quirk));
        let Some(place) = Place::of(court, basic) else {
            self.without_issuer(court, basic);
            return basic.first();
        };
        let (subject, single) = place.subject(court, basic);
        self.authority(court, basic, &place);
        let mismatch = subject.is_none() && names_others(court);
        let single = single.filter(|_| !mismatch);
        self.checks.push(if mismatch {
            Check::problem(CheckId::Coverage, Reason::OcspCertIdMismatch { subject: None })
        } else {
            Check::passed(CheckId::Coverage)
        });
        match single {
            Some(single) => self.force(court, basic, single, subject),
            None => self.not_done(&[CheckId::Freshness]),
        }
        single
    }

    /// Without the issuer nobody can tell who may answer.
    fn without_issuer(&mut self, court: &Court<'_>, basic: &Basic) {
        let delegate = basic.certificates.iter().find(|c| {
            let uses = &c.extensions().extended_key_usage;
            uses.as_ref().is_some_and(|uses| uses.contains(&oid::KP_OCSP_SIGNING))
        });
        let known = |c: &&Certificate| court.issuers().any(|issuer| issuer.name == c.issuer());
        let reason = match delegate {
            Some(delegate) if !known(&delegate) => {
                self.missing.push(Evidence::AuthorityCertificate {
                    subject: delegate.issuer().to_string(),
                    addresses: delegate.extensions().ca_issuer_uris.clone(),
                });
                Reason::NoPath { issuer: delegate.issuer().to_string() }
            }
            _ => Reason::OcspCertIdMismatch { subject: None },
        };
        self.fail(CheckId::SigningCertificate, reason);
        use CheckId as Id;
        let rest =
            [Id::Signature, Id::Path, Id::Validity, Id::Revocation, Id::Coverage, Id::Freshness];
        self.not_done(&rest);
    }

    /// Signature and authority, then who vouches for them.
    fn authority(&mut self, court: &Court<'_>, basic: &Basic, place: &Place<'_>) {
        let rest = [CheckId::Path, CheckId::Validity, CheckId::Revocation];
        let strength = court.verifier.policy.strength;
        let authentic = authenticate(basic, &place.issuer, &court.certificates, strength);
        let Authentic { responder, by_key } = match authentic {
            Ok(authentic) => {
                self.until = authentic.until();
                authentic
            }
            Err(Unauthentic::Unauthorised) => {
                let reason = Reason::OcspUnauthorised { subject: None };
                self.fail(CheckId::SigningCertificate, reason);
                self.not_done(&[CheckId::Signature]);
                return self.not_done(&rest);
            }
            Err(why) => {
                self.pass(CheckId::SigningCertificate);
                self.fail(CheckId::Signature, why.of_file());
                return self.not_done(&rest);
            }
        };
        self.pass(CheckId::SigningCertificate);
        self.pass(CheckId::Signature);
        if let Ok(algorithm) = basic.algorithm {
            let digest_algorithm = algorithm.digest();
            let digest = digest_algorithm.digest(basic.tbs());
            let covered = Covered { digest_algorithm, digest, parts: Vec::new() };
            self.intact = Some(IntactSignature::new(covered, by_key, algorithm));
        }
        match (responder, place.origin) {
            (Responder::Delegated(delegate), _) => self.vouched(court, delegate, basic.produced_at),
            (Responder::Issuer, Home::Certificate(ca)) => {
                self.vouched(court, ca, basic.produced_at);
            }
            (Responder::Issuer, Home::Anchor(anchor)) => self.anchored(anchor, basic.produced_at),
        }
    }

    /// An anchor's own key is believed for the period for which it was made.
    fn anchored(&mut self, anchor: &TrustAnchor, at: Instant) {
        self.pass(CheckId::Path);
        if anchor.validity().contains(at) {
            self.pass(CheckId::Validity);
            self.by = Some(EvidenceSigner::Anchor(anchor.clone()));
        } else {
            let reason = Reason::outside(at, anchor.validity(), anchor.name());
            self.fail(CheckId::Validity, reason);
        }
        self.pass(CheckId::Revocation);
    }

    /// A path for the key that signed, as of when it did; its status as of the moment of check.
    fn vouched(&mut self, court: &Court<'_>, certificate: &Certificate, made: Instant) {
        let inquiry = court.inquiry(Moment::of_check(court.at));
        self.remarks.extend(certificate.quirks().iter().copied().map(Remark::Quirk));
        let (path, faults) = match court.paths(made).find(certificate) {
            PathSearch::None(reason, _) => {
                self.fail(CheckId::Path, reason);
                return self.not_done(&[CheckId::Validity, CheckId::Revocation]);
            }
            PathSearch::Faulty(path, faults) => (path, faults),
            PathSearch::Trusted(trusted) => {
                self.pass(CheckId::Path);
                self.pass(CheckId::Validity);
                let status = revocation::of_responder(trusted.path(), &inquiry);
                self.by =
                    status.proof.clone().map(|proof| EvidenceSigner::Certified(trusted, proof));
                return self.status(status);
            }
        };
        for (id, about_dates) in [(CheckId::Path, false), (CheckId::Validity, true)] {
            let before = self.checks.len();
            let faults = faults.iter().filter(|f| f.is_about_dates() == about_dates);
            self.checks.extend(faults.map(|fault| Check::problem(id, fault.clone())));
            if self.checks.len() == before {
                self.pass(id);
            }
        }
        self.status(revocation::of_responder(&path, &inquiry));
    }

    fn status(&mut self, status: revocation::PathStatus) {
        if status.problems.is_empty() {
            self.pass(CheckId::Revocation);
        }
        status.problems.into_iter().for_each(|reason| self.fail(CheckId::Revocation, reason));
        self.missing.extend(status.missing);
    }

    /// Whether the answer is in force at the moment, and understood.
    fn force(
        &mut self,
        court: &Court<'_>,
        basic: &Basic,
        single: &Single,
        subject: Option<&Certificate>,
    ) {
        let (moment, rules) = (Moment::of_check(court.at), court.verifier.policy.ocsp);
        let in_force = basic.is_made(single, moment, rules)
            && single.speaks_of(moment, subject, self.until, rules);
        self.checks.push(if !in_force {
            Check::problem(CheckId::Freshness, Reason::OcspStale { subject: None })
        } else if basic.is_limited(single) {
            Check::problem(CheckId::Freshness, Reason::OcspUnknownCritical { subject: None })
        } else {
            Check::passed(CheckId::Freshness)
        });
        if let CertStatus::Revoked { at, reason, .. } = single.status
            && basic.extended_revoke
            && is_never_issued(at, reason)
        {
            self.remarks.push(Remark::NeverIssued);
        }
    }
}

/// RFC 6960 §2.2: of a certificate that was never issued a responder says that it was put on hold
/// when time began.
fn is_never_issued(at: Instant, reason: RevocationReason) -> bool {
    at.unix() == 0 && reason == RevocationReason::CertificateHold
}

impl Unauthentic {
    /// The reason where the response itself is judged.
    fn of_file(self) -> Reason {
        match self {
            Self::Unauthorised => Reason::OcspUnauthorised { subject: None },
            Self::Algorithm(error) => Reason::AlgorithmUnknown(error),
            Self::Weak => Reason::AlgorithmNotAllowed,
            Self::BadSignature => Reason::OcspForged,
        }
    }
}

/// The issuer that an answer is about, and where it was found.
struct Place<'a> {
    issuer: Issuer<'a>,
    origin: Home<'a>,
}

#[derive(Clone, Copy)]
enum Home<'a> {
    Certificate(&'a Certificate),
    Anchor(&'a TrustAnchor),
}

impl<'a> Place<'a> {
    /// The authority whose name and key the response hashes: an anchor rather than a certificate
    /// that carries the anchor's name and key.
    fn of(court: &'a Court<'_>, basic: &Basic) -> Option<Self> {
        let anchors = court.verifier.trust.anchors().iter();
        let anchors =
            anchors.map(|a| Self { issuer: Issuer::of_anchor(a), origin: Home::Anchor(a) });
        // Whoever holds a certificate can answer in its name: only an authority's answer counts.
        let authorities = court.certificates.iter().filter(|c| may_certify(c));
        let certificates = authorities.filter_map(|c| {
            Some(Self { issuer: Issuer::of_certificate(c)?, origin: Home::Certificate(c) })
        });
        anchors.chain(certificates).find(|place| basic.is_under(&place.issuer))
    }

    /// The certificate at hand that an answer is about, with that answer; else the first answer.
    fn subject<'c, 'b>(
        &self,
        court: &'c Court<'_>,
        basic: &'b Basic,
    ) -> (Option<&'c Certificate>, Option<&'b Single>) {
        let mut all = court.certificates.iter().filter(|c| c.issuer() == self.issuer.name);
        let found = all.find_map(|c| Some((c, chosen(basic, c, &self.issuer)?)));
        found.map_or((None, basic.first()), |(subject, single)| (Some(subject), Some(single)))
    }
}

/// RFC 5280 §6.1.4 (k), (n).
fn may_certify(certificate: &Certificate) -> bool {
    let extensions = certificate.extensions();
    extensions.basic_constraints.is_some_and(|basic| basic.ca)
        && extensions.key_usage.is_none_or(|usage| usage.key_cert_sign)
}

/// Whether certificates were given to ask about: those of no authority and no responder.
fn names_others(court: &Court<'_>) -> bool {
    court.verifier.certificates.iter().any(|certificate| {
        let extensions = certificate.extensions();
        let authority = extensions.basic_constraints.is_some_and(|bc| bc.ca);
        let uses = extensions.extended_key_usage.as_ref();
        !authority && uses.is_none_or(|uses| !uses.contains(&oid::KP_OCSP_SIGNING))
    })
}
