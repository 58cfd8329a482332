//! The status of every certificate of a path, from all the evidence there is.

use super::{Crl, Trail, lists};
use crate::{
    certificate::{Certificate, RevocationReason},
    time::{Instant, Moment},
    trust::{Issuer, Path, PathBuilder},
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

/// Evidence about revocation, and what is needed to judge it.
#[derive(Clone, Copy)]
pub(crate) struct Inquiry<'a> {
    pub(crate) moment: Moment,
    pub(crate) lists: &'a [Crl],
    pub(crate) rules: Reach,
    /// Finds the paths of those who sign evidence; its moment is set anew for each.
    pub(crate) paths: PathBuilder<'a>,
}

/// How far back a revocation reaches that came after the moment that is judged. A benign reason
/// never does (nuc-in-practice: people reissue keys minutes after signing); the compromise of an
/// authority always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// The compromise of the key.
    pub key_compromise: Back,
    /// No reason given.
    pub unspecified: Back,
    /// A certificate on hold.
    pub hold: Back,
}

/// How far back one kind of revocation reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// To invalidityDate, or else to the date of revocation (RFC 5280 §5.3.2).
    ToItsDate,
    /// To the beginning: nothing proves that the key was safe before.
    ToTheBeginning,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            key_compromise: Back::ToItsDate,
            unspecified: Back::ToTheBeginning,
            hold: Back::ToTheBeginning,
        }
    }
}

/// What evidence says of a path: proof, or why there is none, with what is missing.
pub(crate) struct PathStatus {
    pub(crate) proof: Option<NotRevoked>,
    pub(crate) problems: Vec<Reason>,
    pub(crate) missing: Vec<Evidence>,
}

/// Asks about every certificate below the anchor.
pub(crate) fn of_path(path: &Path, inquiry: &Inquiry<'_>) -> PathStatus {
    of_path_behind(path, inquiry, &Trail::start(path.anchor()))
}

/// The same for one who signs evidence about others.
pub(super) fn of_path_behind(path: &Path, inquiry: &Inquiry<'_>, trail: &Trail<'_>) -> PathStatus {
    let mut status = PathStatus { proof: None, problems: Vec::new(), missing: Vec::new() };
    for (certificate, issuer) in path.links() {
        match of_certificate(certificate, &issuer, inquiry, trail) {
            Standing::Good => {}
            Standing::Revoked(revocation) => status.problems.push(Reason::Revoked {
                at: revocation.at,
                reason: revocation.reason,
                subject: certificate.claimed_subject().to_string(),
            }),
            Standing::Unknown(reason) | Standing::Unsound(reason) => {
                status.problems.push(reason);
                status.missing.push(Evidence::RevocationList {
                    issuer: issuer.name.to_string(),
                    addresses: certificate.extensions().list_uris().map(str::to_owned).collect(),
                });
            }
        }
    }
    if status.problems.is_empty() {
        status.proof = Some(NotRevoked { at: inquiry.moment.at });
    }
    status
}

/// What one kind of evidence says of one certificate at the moment.
pub(super) enum Standing {
    /// Sound evidence clears it.
    Good,
    /// Sound evidence revokes it.
    Revoked(Revocation),
    /// Nothing speaks of it; the reason tells what came nearest.
    Unknown(Reason),
    /// An answer about it is there and is not sound: no other evidence clears it then.
    #[allow(dead_code)]
    Unsound(Reason),
}

/// A revocation as evidence tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Revocation {
    pub(crate) at: Instant,
    pub(crate) reason: RevocationReason,
    pub(crate) invalid_since: Option<Instant>,
}

impl Revocation {
    /// Whether it speaks against the certificate at the moment that is judged.
    pub(super) fn counts_at(&self, moment: Moment, reach: Reach) -> bool {
        use RevocationReason as R;
        let back = match self.reason {
            R::CaCompromise | R::AaCompromise => Back::ToTheBeginning,
            R::KeyCompromise => reach.key_compromise,
            R::Unspecified => reach.unspecified,
            R::CertificateHold => reach.hold,
            _ => Back::ToItsDate,
        };
        let since = match self.reason {
            // NOTE: an invalidityDate after the revocation says nothing more.
            R::KeyCompromise => self.invalid_since.map_or(self.at, |since| since.min(self.at)),
            _ => self.at,
        };
        // What comes only after the moment of check has not happened yet.
        since <= moment.at || (back == Back::ToTheBeginning && self.at <= moment.now)
    }
}

/// Revoked wins, then what is not sound, then what clears.
fn of_certificate(
    certificate: &Certificate,
    issuer: &Issuer<'_>,
    inquiry: &Inquiry<'_>,
    trail: &Trail<'_>,
) -> Standing {
    lists::ask(certificate, issuer, inquiry, trail)
}
