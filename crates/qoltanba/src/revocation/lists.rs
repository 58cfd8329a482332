//! What revocation lists say of a certificate.

use super::{
    Crl,
    crl::Limitation,
    status::{Inquiry, Revocation, Standing},
};
use crate::{
    certificate::{Certificate, Name},
    trust::Issuer,
    verdict::Reason,
};

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

/// Asks the lists of the certificate's issuer.
pub(super) fn ask(
    certificate: &Certificate,
    issuer: &Issuer<'_>,
    inquiry: &Inquiry<'_>,
) -> Standing {
    let (moment, strength) = (inquiry.moment, inquiry.paths.strength);
    let mut why = Unknown::NoList;
    let mut in_force: Option<&Crl> = None;
    let mut out_of_force: Vec<&Crl> = Vec::new();
    for list in inquiry.lists.iter().filter(|l| l.claimed_issuer() == issuer.name) {
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
        let until = list.next_update().is_some_and(|next| moment.at <= next);
        if list.this_update() <= moment.now && until {
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
        .map(|entry| Revocation { at: entry.at, reason: entry.reason, invalid_since: None })
        .find(|revocation| revocation.counts_at(moment, inquiry.rules));
    match (revoked, in_force) {
        (Some(revocation), _) => Standing::Revoked(revocation),
        (None, Some(_)) => Standing::Good,
        (None, None) => Standing::Unknown(why.about(certificate.claimed_subject())),
    }
}

/// Whether `a` was issued after `b`.
fn is_newer(a: &Crl, b: &Crl) -> bool {
    let number = |l: &Crl| l.number().map(|n| (n.len(), n.to_vec()));
    (a.this_update(), number(a)) > (b.this_update(), number(b))
}
