//! §5.2.6, X.509 certificate validation: path, dates, revocation, each on its own.

use super::Court;
use crate::{
    certificate::Certificate,
    identity::Subject,
    policy::StampEvidence,
    report::{Check, CheckId, Remark},
    revocation::{self, Freshness, Inquiry, NotRevoked, Reach},
    time::Moment,
    trust::{Path, PathSearch, TrustedPath},
    verdict::{Evidence, Reason},
};

/// The proofs that were had, and the checks behind them.
pub(super) struct X509 {
    pub(super) path: Option<TrustedPath>,
    pub(super) not_revoked: Option<NotRevoked>,
    pub(super) checks: Vec<Check>,
    pub(super) missing: Vec<Evidence>,
    pub(super) remarks: Vec<Remark>,
}

/// Validates at the moment that is judged, with the evidence of the moment of check.
pub(super) fn validate(court: &Court<'_>, certificate: &Certificate, moment: Moment) -> X509 {
    validate_by(court, certificate, moment, court.verifier.policy.reach, Freshness::Judged)
}

/// Validates one who tells the moment that is judged himself: later revocations reach back by a
/// rule of their own, and the evidence must be in force at the moment of check.
pub(super) fn validate_teller(
    court: &Court<'_>,
    certificate: &Certificate,
    moment: Moment,
    reach: Reach,
) -> X509 {
    let freshness = match court.verifier.policy.time_stamps {
        StampEvidence::AtCheck => Freshness::Check,
        StampEvidence::AtStamp => Freshness::Judged,
    };
    validate_by(court, certificate, moment, reach, freshness)
}

fn validate_by(
    court: &Court<'_>,
    certificate: &Certificate,
    moment: Moment,
    reach: Reach,
    freshness: Freshness,
) -> X509 {
    let mut out = X509 {
        path: None,
        not_revoked: None,
        checks: Vec::new(),
        missing: Vec::new(),
        remarks: Vec::new(),
    };
    let builder = court.paths(moment.at);
    let inquiry = Inquiry { rules: reach, freshness, ..court.inquiry(moment) };
    match builder.find(certificate) {
        PathSearch::Trusted(path) => {
            out.checks.push(Check::passed(CheckId::Path));
            out.checks.push(Check::passed(CheckId::Validity));
            out.revocation(&inquiry, path.path());
            out.path = Some(path);
        }
        PathSearch::Faulty(path, faults) => {
            out.faults(CheckId::Path, faults.iter().filter(|f| !f.is_about_dates()));
            out.faults(CheckId::Validity, faults.iter().filter(|f| f.is_about_dates()));
            out.revocation(&inquiry, &path);
        }
        PathSearch::None(reason, top) => {
            if let Reason::NoPath { issuer } = &reason {
                out.missing.push(Evidence::AuthorityCertificate {
                    subject: issuer.clone(),
                    addresses: top.extensions().ca_issuer_uris.clone(),
                });
            }
            out.checks.push(Check::problem(CheckId::Path, reason));
            let validity = certificate.validity();
            out.checks.push(if validity.contains(moment.at) {
                Check::passed(CheckId::Validity)
            } else {
                let subject = certificate.claimed_subject();
                Check::problem(CheckId::Validity, Reason::outside(moment.at, validity, subject))
            });
            out.checks.push(Check::not_done(CheckId::Revocation));
        }
    }
    out.remarks.extend(certificate.quirks().iter().copied().map(Remark::Quirk));
    let subject = Subject::claimed_by(certificate);
    out.remarks.extend(subject.remarks.into_iter().map(Remark::Identity));
    out
}

impl X509 {
    fn faults<'a>(&mut self, id: CheckId, faults: impl Iterator<Item = &'a Reason>) {
        let before = self.checks.len();
        self.checks.extend(faults.map(|fault| Check::problem(id, fault.clone())));
        if self.checks.len() == before {
            self.checks.push(Check::passed(id));
        }
    }

    fn revocation(&mut self, inquiry: &Inquiry<'_>, path: &Path) {
        let status = revocation::of_path(path, inquiry);
        let problems = status.problems.iter();
        self.faults(CheckId::Revocation, problems);
        self.not_revoked = status.proof;
        self.missing.extend(status.missing);
        self.remarks.extend(status.set_aside.into_iter().map(Remark::EvidenceSetAside));
        for authority in path.certificates().skip(1) {
            self.remarks.extend(authority.quirks().iter().copied().map(Remark::Quirk));
        }
    }
}
