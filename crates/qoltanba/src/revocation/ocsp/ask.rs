//! What all the answers together say of a certificate.

use super::{
    Basic, CertStatus, NonceRule, OcspEvidence, OcspResponse, OcspRules, Origin, Responder, Single,
    Unauthentic, UnknownStatus, authenticate, cert_id::Fit,
};
use crate::{
    certificate::{Certificate, RevocationReason},
    revocation::{
        Trail, lists,
        status::{Back, Inquiry, Reach, Revocation, Standing},
    },
    time::{Instant, Moment},
    trust::Issuer,
    verdict::Reason,
};

/// What one response says of one certificate.
enum Said {
    /// Nothing, and this comes nearest to it.
    Nothing(Near),
    /// It should have answered, and cannot be believed.
    Unsound(Reason),
    /// Authentic, and no help: out of date, or "unknown".
    Vague(Near),
    Good {
        since: Instant,
    },
    Revoked {
        since: Instant,
        revocation: Revocation,
    },
}

/// Why nothing clears a certificate; later ones come nearer to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Near {
    NoResponse,
    NoAnswer,
    OtherCertificate,
    Stale,
    UnknownCritical,
    Unknown,
}

impl Near {
    fn about(self, certificate: &Certificate) -> Reason {
        let subject = certificate.claimed_subject().to_string();
        match self {
            Self::NoResponse => Reason::RevocationUnknown { subject },
            Self::NoAnswer => Reason::OcspNoAnswer { subject: Some(subject) },
            Self::OtherCertificate => Reason::OcspCertIdMismatch { subject: Some(subject) },
            Self::Stale => Reason::OcspStale { subject: Some(subject) },
            Self::UnknownCritical => Reason::OcspUnknownCritical { subject: Some(subject) },
            Self::Unknown => Reason::OcspUnknown { subject },
        }
    }
}

/// Asks every response. A revocation wins over what is not sound, and that over what clears.
pub(in crate::revocation) fn ask(
    certificate: &Certificate,
    issuer: &Issuer<'_>,
    inquiry: &Inquiry<'_>,
    trail: &Trail<'_>,
) -> Standing {
    let mut nearest = Near::NoResponse;
    let mut unsound: Option<Reason> = None;
    let mut good: Option<Instant> = None;
    let mut revoked: Vec<(Instant, Revocation)> = Vec::new();
    for evidence in inquiry.ocsp {
        let case = Case { certificate, issuer, inquiry, trail, evidence };
        for said in case.hear() {
            match said {
                Said::Nothing(near) => nearest = nearest.max(near),
                // RFC 6960 §2.2 leaves what "unknown" means to the policy.
                Said::Vague(Near::Unknown)
                    if evidence.origin == Origin::Given
                        && inquiry.ocsp_rules.unknown == UnknownStatus::Negative =>
                {
                    unsound.get_or_insert_with(|| Near::Unknown.about(certificate));
                }
                Said::Vague(near) => nearest = nearest.max(near),
                Said::Unsound(reason) if evidence.origin == Origin::Given => {
                    unsound.get_or_insert(reason);
                }
                Said::Unsound(_) => {}
                Said::Good { since } => good = good.max(Some(since)),
                Said::Revoked { since, revocation } => revoked.push((since, revocation)),
            }
        }
    }
    // RFC 5280 §5.3.1: a hold is lifted again; every other revocation stays.
    let stands = |(since, revocation): &&(Instant, Revocation)| {
        revocation.reason != RevocationReason::CertificateHold || good <= Some(*since)
    };
    if let Some((_, revocation)) = revoked.iter().find(stands) {
        return Standing::Revoked(*revocation);
    }
    match (unsound, good) {
        (Some(reason), _) => Standing::Unsound(reason),
        (None, Some(_)) => Standing::Good,
        (None, None) => Standing::Unknown(nearest.about(certificate)),
    }
}

/// What is wrong with answers about the certificate that lay in the document, where anybody may
/// put them: worth a remark, and no more.
pub(in crate::revocation) fn set_aside(
    certificate: &Certificate,
    issuer: &Issuer<'_>,
    inquiry: &Inquiry<'_>,
    trail: &Trail<'_>,
) -> Vec<Reason> {
    let embedded = inquiry.ocsp.iter().filter(|evidence| evidence.origin == Origin::Embedded);
    let said =
        embedded.flat_map(|e| Case { certificate, issuer, inquiry, trail, evidence: e }.hear());
    said.filter_map(|said| match said {
        Said::Unsound(reason) => Some(reason),
        _ => None,
    })
    .collect()
}

/// One response, asked about one certificate.
struct Case<'a> {
    certificate: &'a Certificate,
    issuer: &'a Issuer<'a>,
    inquiry: &'a Inquiry<'a>,
    trail: &'a Trail<'a>,
    evidence: &'a OcspEvidence,
}

impl Case<'_> {
    fn hear(&self) -> Vec<Said> {
        let response = &self.evidence.response;
        let whose = response.asked().map(|asked| asked.id.fit(self.certificate, self.issuer));
        let Some(basic) = response.basic() else {
            // An error is signed by nobody: it says nothing (RFC 6960 §2.3, nuc-in-practice).
            let mine = whose.is_none_or(|fit| fit == Fit::Whole);
            return vec![Said::Nothing(if mine { Near::NoAnswer } else { Near::NoResponse })];
        };
        let about: Vec<&Single> = basic.about(self.certificate, self.issuer).collect();
        if about.is_empty() && whose != Some(Fit::Whole) {
            let near = basic.is_near(self.certificate, self.issuer);
            let near = if near { Near::OtherCertificate } else { Near::NoResponse };
            return vec![Said::Nothing(near)];
        }
        match self.believe(response, basic) {
            Err(reason) => vec![Said::Unsound(reason)],
            Ok(_) if about.is_empty() => {
                vec![Said::Unsound(Near::OtherCertificate.about(self.certificate))]
            }
            Ok(until) => about.into_iter().map(|single| self.weigh(basic, single, until)).collect(),
        }
    }

    /// Signature, authority, nonce; until when who signed may answer.
    fn believe(&self, response: &OcspResponse, basic: &Basic) -> Result<Option<Instant>, Reason> {
        let subject = || self.certificate.claimed_subject().to_string();
        let paths = &self.inquiry.paths;
        let authentic = authenticate(basic, self.issuer, paths.candidates, paths.strength)
            .map_err(|why| match why {
                Unauthentic::Unauthorised => Reason::OcspUnauthorised { subject: Some(subject()) },
                Unauthentic::Algorithm(error) => Reason::AlgorithmUnknown(error),
                Unauthentic::Weak => Reason::AlgorithmNotAllowed,
                Unauthentic::BadSignature => Reason::OcspBadSignature { subject: subject() },
            })?;
        if let Some(sent) = response.asked().and_then(|request| request.nonce()) {
            let rules: OcspRules = self.inquiry.ocsp_rules;
            if !basic.returns(sent).unwrap_or(rules.nonce == NonceRule::IfPresent) {
                return Err(Reason::OcspNonce { subject: subject() });
            }
        }
        if let Responder::Delegated(delegate) = authentic.responder {
            self.delegate_stands(delegate, basic)?;
        }
        Ok(authentic.until())
    }

    /// Whether a delegate was not revoked: by id-pkix-ocsp-nocheck, or by its issuer's lists
    /// (RFC 6960 §4.2.2.2.1).
    fn delegate_stands(&self, delegate: &Certificate, basic: &Basic) -> Result<(), Reason> {
        if delegate.extensions().ocsp_no_check {
            return Ok(());
        }
        let moment = self.inquiry.moment;
        // Who holds the delegate's key writes producedAt as he likes, so its compromise counts
        // from the beginning.
        let inquiry = Inquiry {
            moment: Moment { at: moment.at.max(basic.produced_at).min(moment.now), ..moment },
            rules: Reach { key_compromise: Back::ToTheBeginning, ..self.inquiry.rules },
            ..*self.inquiry
        };
        match lists::ask(delegate, self.issuer, &inquiry, self.trail) {
            Standing::Good => Ok(()),
            Standing::Revoked(_) | Standing::Unknown(_) | Standing::Unsound(_) => {
                let subject = self.certificate.claimed_subject().to_string();
                Err(Reason::OcspUnauthorised { subject: Some(subject) })
            }
        }
    }

    /// Times and status of one authentic answer.
    fn weigh(&self, basic: &Basic, single: &Single, until: Option<Instant>) -> Said {
        let (moment, rules) = (self.inquiry.moment, self.inquiry.ocsp_rules);
        if !basic.is_made(single, moment, rules) {
            return Said::Vague(Near::Stale);
        }
        let since = single.this_update;
        if let CertStatus::Revoked { at, reason, invalid_since } = single.status {
            let revocation = Revocation { at, reason, invalid_since };
            // As of lists: a revocation stands however old the answer is (500/НҚ p.18.5).
            if revocation.counts_at(moment, self.inquiry.reach(self.certificate)) {
                return Said::Revoked { since, revocation };
            }
        }
        // Who tells of a revocation has not forgotten the certificate; of one that is only to come
        // it says no more than "good".
        let told = matches!(single.status, CertStatus::Revoked { at, .. } if at <= since);
        let subject = (!told).then_some(self.certificate);
        let evidence = self.inquiry.evidence_moment(self.certificate);
        if !single.speaks_of(evidence, subject, until, rules) {
            return Said::Vague(Near::Stale);
        }
        match single.status {
            _ if basic.is_limited(single) => Said::Vague(Near::UnknownCritical),
            CertStatus::Unknown => Said::Vague(Near::Unknown),
            // Revoked after the moment that is judged: it was good then.
            CertStatus::Good | CertStatus::Revoked { .. } => Said::Good { since },
        }
    }
}
