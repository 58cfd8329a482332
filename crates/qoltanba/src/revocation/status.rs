//! The status of every certificate of a path, from lists.

use super::{Crl, crl::Limitation};
use crate::{
    algorithm::Strength,
    certificate::{Certificate, Name, RevocationReason},
    time::Instant,
    trust::{Issuer, Path},
    verdict::{Evidence, Reason},
};

/// Proof that sound evidence clears every certificate of a path at a moment. Made only here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotRevoked {
    at: Instant,
}

impl NotRevoked {
    pub(crate) fn at(&self) -> Instant {
        self.at
    }
}

/// What lists say of a path: proof, or why there is none, with what is missing.
pub(crate) struct PathStatus {
    pub(crate) proof: Option<NotRevoked>,
    pub(crate) problems: Vec<Reason>,
    pub(crate) missing: Vec<Evidence>,
}

/// Asks the lists about every certificate below the anchor.
pub(crate) fn of_path(path: &Path, at: Instant, lists: &[Crl], strength: Strength) -> PathStatus {
    let mut status = PathStatus { proof: None, problems: Vec::new(), missing: Vec::new() };
    for (certificate, issuer) in path.links() {
        match of_certificate(certificate, &issuer, at, lists, strength) {
            Status::Good => {}
            Status::Revoked { at, reason } => status.problems.push(Reason::Revoked {
                at,
                reason,
                subject: certificate.claimed_subject().to_string(),
            }),
            Status::Unknown(why) => {
                status.problems.push(why.about(certificate.claimed_subject()));
                status.missing.push(Evidence::RevocationList {
                    issuer: issuer.name.to_string(),
                    addresses: certificate.extensions().list_uris().map(str::to_owned).collect(),
                });
            }
        }
    }
    if status.problems.is_empty() {
        status.proof = Some(NotRevoked { at });
    }
    status
}

enum Status {
    Good,
    Revoked { at: Instant, reason: RevocationReason },
    Unknown(Unknown),
}

/// Why no list clears a certificate; later ones come nearer to an answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unknown {
    NoList,
    WrongIssuer,
    BadSignature,
    Limited(LimitOrder),
    Stale,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum LimitOrder {
    Delta,
    Scope,
    UnknownCritical,
}

impl Unknown {
    fn about(self, subject: &Name) -> Reason {
        let subject = subject.to_string();
        match self {
            Self::NoList => Reason::RevocationUnknown { subject },
            Self::WrongIssuer => Reason::CrlWrongIssuer { subject },
            Self::BadSignature => Reason::CrlBadSignature { subject },
            Self::Limited(LimitOrder::UnknownCritical) => Reason::CrlUnknownCritical { subject },
            Self::Limited(LimitOrder::Delta | LimitOrder::Scope) => Reason::CrlScope { subject },
            Self::Stale => Reason::CrlStale { subject },
        }
    }
}

fn of_certificate(
    certificate: &Certificate,
    issuer: &Issuer<'_>,
    at: Instant,
    lists: &[Crl],
    strength: Strength,
) -> Status {
    let mut why = Unknown::NoList;
    let mut in_force: Option<&Crl> = None;
    let mut out_of_force: Vec<&Crl> = Vec::new();
    for list in lists.iter().filter(|l| l.claimed_issuer() == issuer.name) {
        let problem = if !issuer.may_sign_lists {
            Some(Unknown::WrongIssuer)
        } else if !list.is_signed_by_known(issuer.key, issuer.spki, strength) {
            // A list of the same name by another key is that authority's other key, or forged.
            let named = list.names_key(issuer.key_id);
            Some(if named { Unknown::BadSignature } else { Unknown::WrongIssuer })
        } else {
            list.limitation().map(|limitation| {
                Unknown::Limited(match limitation {
                    Limitation::Delta | Limitation::CriticalFreshest => LimitOrder::Delta,
                    Limitation::Scope => LimitOrder::Scope,
                    Limitation::UnknownCritical => LimitOrder::UnknownCritical,
                })
            })
        };
        if let Some(problem) = problem {
            why = why.max(problem);
            continue;
        }
        // 500/НҚ p.18.5: a list past its nextUpdate, or without one, cannot clear.
        if list.this_update() <= at && list.next_update().is_some_and(|next| at <= next) {
            if in_force.is_none_or(|best| is_newer(list, best)) {
                in_force = Some(list);
            }
        } else {
            why = why.max(Unknown::Stale);
            out_of_force.push(list);
        }
    }
    // The newest list in force decides; a revocation in a newer sound list, or without one in
    // force in any, stands too. Only a list in force clears.
    let mut asked: Vec<&Crl> = in_force.into_iter().collect();
    let newer = |list: &&Crl| in_force.is_none_or(|decides| is_newer(list, decides));
    asked.extend(out_of_force.into_iter().filter(newer));
    let revoked = asked
        .iter()
        .flat_map(|list| list.entries_of(certificate.serial()))
        .find(|entry| entry.at <= at || entry.reason.is_compromise());
    match (revoked, in_force) {
        (Some(entry), _) => Status::Revoked { at: entry.at, reason: entry.reason },
        (None, Some(_)) => Status::Good,
        (None, None) => Status::Unknown(why),
    }
}

/// Whether `a` was issued after `b`.
fn is_newer(a: &Crl, b: &Crl) -> bool {
    let number = |l: &Crl| l.number().map(|n| (n.len(), n.to_vec()));
    (a.this_update(), number(a)) > (b.this_update(), number(b))
}
