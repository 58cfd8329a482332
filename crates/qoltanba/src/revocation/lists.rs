//! What revocation lists say of a certificate (RFC 5280 §6.3.3).
//!
//! Where RFC 5280 stops at the first answer, every list is asked, so that the order of evidence
//! changes nothing and a revocation wins. What differs otherwise, each on the strict side:
//!
//! - A list past its nextUpdate, or without one, clears nothing, whatever delta comes behind it
//!   (500/НҚ p.18.5); a revocation in it stands until a newer list in force is silent.
//! - A delta, or a list with a critical freshestCRL, revokes on its own and never clears.
//! - removeFromCRL releases a certificate on hold, and nothing else is ever undone.

use super::{
    AnyList, Head, Inquiry, Reach, Revocation, RevocationList, Trail,
    list_signer::{Signers, Unsigned},
    scope,
    status::Standing,
};
use crate::{
    certificate::{Certificate, Name, ReasonFlags, RevocationReason},
    time::Moment,
    trust::Issuer,
    verdict::Reason,
};

/// Why no list clears a certificate; later ones come nearer to an answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unknown {
    NoList,
    Unsigned(Unsigned),
    Delta,
    Scope,
    Unprocessed,
    AfterExpiry,
    Stale,
}

impl Unknown {
    fn about(self, subject: &Name) -> Reason {
        let subject = subject.to_string();
        match self {
            Self::NoList => Reason::RevocationUnknown { subject },
            Self::Unsigned(Unsigned::WrongIssuer) => Reason::CrlWrongIssuer { subject },
            Self::Unsigned(Unsigned::BadSignature) => Reason::CrlBadSignature { subject },
            Self::Unsigned(Unsigned::SignerUnproved) => Reason::CrlSignerUnproved { subject },
            Self::Unprocessed => Reason::CrlUnknownCritical { subject },
            Self::Delta | Self::Scope => Reason::CrlScope { subject },
            Self::AfterExpiry => Reason::CrlAfterExpiry { subject },
            Self::Stale => Reason::CrlStale { subject },
        }
    }
}

/// A list that the right key signed and that speaks of the certificate.
struct Witness<'a> {
    list: &'a dyn RevocationList,
    /// The reasons that it covers for this certificate.
    covers: ReasonFlags,
    signed_by: &'a [u8],
    /// Why it clears nothing; a revocation in it stands all the same.
    limited: Option<Unknown>,
    entries: Vec<Revocation>,
}

/// Asks the lists about a certificate.
pub(super) fn ask(
    certificate: &Certificate,
    issuer: &Issuer<'_>,
    inquiry: &Inquiry<'_>,
    trail: &Trail<'_>,
) -> Standing {
    let points = scope::points(certificate);
    let mut signers = Signers::new(issuer, inquiry, trail);
    let mut why = Unknown::NoList;
    let mut witnesses = Vec::new();
    let mut damaged = false;
    for list in inquiry.lists.iter().map(AnyList::as_list) {
        let head = list.head();
        let covered = points.iter().filter_map(|p| head.scope.covers(&head.issuer, certificate, p));
        let Some(covers) = covered.reduce(ReasonFlags::union) else {
            if head.issuer == *issuer.name {
                why = why.max(if head.base.is_some() { Unknown::Delta } else { Unknown::Scope });
            }
            continue;
        };
        let signed_by = match signers.of(list) {
            Ok(key) => key,
            Err(unsigned) => {
                why = why.max(Unknown::Unsigned(unsigned));
                continue;
            }
        };
        // §5.2 and §5.3: a list with a critical extension that cannot be processed MUST NOT be
        // used to determine the status of certificates, in either direction.
        if head.unprocessed_critical {
            why = why.max(Unknown::Unprocessed);
            continue;
        }
        // A delta that is older than its own base fits nothing and is ignored (kz-pki §6).
        if !head.is_numbered_in_order() {
            why = why.max(Unknown::Delta);
            continue;
        }
        let limited = limit(head, certificate, inquiry.evidence_moment(certificate));
        why = limited.map_or(why, |limited| why.max(limited));
        let Ok(mut entries) = list.entries_of(certificate.issuer(), certificate.serial()) else {
            damaged = true;
            continue;
        };
        // However the list is held, and wherever in it they stand.
        entries.sort_by_key(|entry| (entry.at, entry.invalid_since, entry.reason));
        witnesses.push(Witness { list, covers, signed_by, limited, entries });
    }
    let subject = certificate.claimed_subject();
    match conclude(&witnesses, inquiry.moment, inquiry.reach(certificate), why) {
        Ok(Standing::Revoked(revocation)) => Standing::Revoked(revocation),
        // An authentic list that cannot be read where it was asked may hold a revocation: nothing
        // else clears the certificate then.
        _ if damaged => Standing::Unsound(Unknown::NoList.about(subject)),
        Ok(standing) => standing,
        Err(unknown) => Standing::Unknown(unknown.about(subject)),
    }
}

fn conclude(
    witnesses: &[Witness<'_>],
    moment: Moment,
    reach: Reach,
    why: Unknown,
) -> Result<Standing, Unknown> {
    let heard = || witnesses.iter().filter(|w| !witnesses.iter().any(|by| by.supersedes(w)));
    let revoked = heard()
        .flat_map(|w| w.entries.iter().filter(|entry| !w.is_lifted(entry, witnesses)))
        .find(|entry| entry.counts_at(moment, reach));
    if let Some(revocation) = revoked {
        return Ok(Standing::Revoked(*revocation));
    }
    let clearing = heard().filter(|w| w.limited.is_none());
    match clearing.map(|w| w.covers).reduce(ReasonFlags::union) {
        // §6.3.3: good only when the lists together cover every reason.
        Some(covered) if covered.contains(ReasonFlags::ALL) => Ok(Standing::Good),
        Some(_) => Err(Unknown::Scope),
        None => Err(why),
    }
}

/// Why an authentic list that speaks of the certificate still does not clear it.
fn limit(head: &Head, certificate: &Certificate, moment: Moment) -> Option<Unknown> {
    if !head.is_in_force(moment) {
        return Some(Unknown::Stale);
    }
    if head.is_partial() {
        return Some(Unknown::Delta);
    }
    // RFC 5280 §3.3: once expired, a certificate may be left out of lists, unless the list keeps
    // such (expiredCertsOnCRL).
    let expired = certificate.validity().not_after;
    let kept = head.keeps_expired_since.is_some_and(|since| since <= expired);
    (head.this_update > expired && !kept).then_some(Unknown::AfterExpiry)
}

impl Witness<'_> {
    fn head(&self) -> &Head {
        self.list.head()
    }

    fn is_delta_in_force(&self) -> bool {
        self.limited == Some(Unknown::Delta) && self.head().base.is_some()
    }

    /// Of several lists of one issuer the newest in force decides: about the reasons that it
    /// covers, and a delta about what a delta to the same list or an older one said.
    fn supersedes(&self, older: &Self) -> bool {
        let (own, other) = (self.head(), older.head());
        if own.issuer != other.issuer || !own.is_newer_than(other) {
            return false;
        }
        if self.is_delta_in_force() {
            return other.base.is_some()
                && own.base <= other.base
                && own.scope == other.scope
                && self.signed_by == older.signed_by;
        }
        // NOTE: an authority that renewed its key may list the certificates of each key apart,
        // and name no scope: by another key, silence ends a hold and nothing else.
        let held = |entry: &Revocation| entry.reason == RevocationReason::CertificateHold;
        self.limited.is_none()
            && self.covers.contains(older.covers)
            && (self.signed_by == older.signed_by || older.entries.iter().all(held))
    }

    /// Whether the newest delta to this complete list releases a certificate that it holds
    /// (§5.3.1), or the entry itself is such a release.
    fn is_lifted(&self, entry: &Revocation, witnesses: &[Self]) -> bool {
        if self.head().is_partial() {
            return entry.reason == RevocationReason::RemoveFromCrl;
        }
        // NOTE: §6.3.3(k) would undo any revocation; only a hold can be released (§5.3.1), the
        // other use of removeFromCRL is for certificates that expired.
        entry.reason == RevocationReason::CertificateHold
            && self.limited.is_none()
            && witnesses
                .iter()
                .filter(|delta| delta.is_delta_in_force() && delta.head().updates(self.head()))
                .filter(|delta| delta.signed_by == self.signed_by)
                // NOTE: among them this list, when it was made after the delta. The national
                // authority numbers deltas and complete lists apart (nuc-in-practice: a delta
                // 57725 to the list 1346), so that an old delta has the greater number.
                .filter(|delta| !witnesses.iter().any(|by| by.supersedes(delta)))
                .any(|delta| delta.releases())
    }

    fn releases(&self) -> bool {
        let removed = |e: &Revocation| e.reason == RevocationReason::RemoveFromCrl;
        !self.entries.is_empty() && self.entries.iter().all(removed)
    }
}
