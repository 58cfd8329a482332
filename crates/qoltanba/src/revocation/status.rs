//! The status of every certificate of a path, from all the evidence there is.

use super::{AnyList, OcspEvidence, OcspRules, Trail, lists, ocsp};
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
    told: Told,
}

/// How many certificates each kind of evidence cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Told {
    pub(crate) by_lists: usize,
    pub(crate) by_answers: usize,
}

impl NotRevoked {
    pub(crate) fn at(&self) -> Instant {
        self.at
    }

    pub(crate) fn told(&self) -> Told {
        self.told
    }
}

/// Evidence about revocation, and what is needed to judge it.
#[derive(Clone, Copy)]
pub(crate) struct Inquiry<'a> {
    pub(crate) moment: Moment,
    pub(crate) freshness: Freshness,
    pub(crate) lists: &'a [AnyList],
    pub(crate) ocsp: &'a [OcspEvidence],
    pub(crate) rules: Reach,
    pub(crate) ocsp_rules: OcspRules,
    /// Finds the paths of those who sign evidence; its moment is set anew for each.
    pub(crate) paths: PathBuilder<'a>,
}

/// For which moment evidence must be in force to clear a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// For the one that is judged, which something else proves.
    Judged,
    /// For the moment of check, or the last one of the certificate: the moment that is judged is
    /// told by the very key that is asked about, so that a compromise must be ruled out to this day
    /// (RFC 3161 §4).
    Check,
}

impl Inquiry<'_> {
    /// The moment for which evidence about a certificate must be in force.
    pub(super) fn evidence_moment(&self, certificate: &Certificate) -> Moment {
        let Moment { at, now } = self.moment;
        match self.freshness {
            Freshness::Judged => self.moment,
            Freshness::Check => {
                Moment { at: now.min(certificate.validity().not_after).max(at), now }
            }
        }
    }

    /// How far back a later revocation of a certificate reaches. Who has the key of an authority
    /// makes certificates and lists of any date, whatever reason the entry gives.
    pub(super) fn reach(&self, certificate: &Certificate) -> Reach {
        let basic = certificate.extensions().basic_constraints;
        match basic.is_some_and(|basic| basic.ca) {
            true => Reach { key_compromise: Back::ToTheBeginning, ..self.rules },
            false => self.rules,
        }
    }
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
    /// What is wrong with evidence that lay in the document and that nothing rests on.
    pub(crate) set_aside: Vec<Reason>,
}

/// Asks about every certificate below the anchor.
pub(crate) fn of_path(path: &Path, inquiry: &Inquiry<'_>) -> PathStatus {
    of_path_behind(path, inquiry, &Trail::start(path.anchor()))
}

/// The same for one who signs evidence about others.
pub(super) fn of_path_behind(path: &Path, inquiry: &Inquiry<'_>, trail: &Trail<'_>) -> PathStatus {
    of_links(path.links(), inquiry, trail)
}

/// The same for one who answers for its issuer: id-pkix-ocsp-nocheck exempts it alone
/// (RFC 6960 §4.2.2.2.1).
pub(crate) fn of_responder(path: &Path, inquiry: &Inquiry<'_>) -> PathStatus {
    let mut leaf = true;
    let asked = path.links().filter(|(certificate, _)| {
        !(std::mem::take(&mut leaf) && certificate.extensions().ocsp_no_check)
    });
    of_links(asked, inquiry, &Trail::start(path.anchor()))
}

fn of_links<'a>(
    links: impl Iterator<Item = (&'a Certificate, Issuer<'a>)>,
    inquiry: &Inquiry<'_>,
    trail: &Trail<'_>,
) -> PathStatus {
    let mut status = PathStatus {
        proof: None,
        problems: Vec::new(),
        missing: Vec::new(),
        set_aside: Vec::new(),
    };
    let mut told = Told::default();
    for (certificate, issuer) in links {
        status.set_aside.extend(ocsp::set_aside(certificate, &issuer, inquiry, trail));
        match of_certificate(certificate, &issuer, inquiry, trail, &mut told) {
            Standing::Good => {}
            Standing::Revoked(revocation) => status.problems.push(Reason::Revoked {
                at: revocation.at,
                reason: revocation.reason,
                subject: certificate.claimed_subject().to_string(),
            }),
            Standing::Unknown(reason) | Standing::Unsound(reason) => {
                status.problems.push(reason);
                status.missing.extend(Evidence::ocsp_response(certificate, issuer.spki));
                status.missing.push(Evidence::RevocationList {
                    issuer: issuer.name.to_string(),
                    addresses: certificate.extensions().list_uris().map(str::to_owned).collect(),
                });
            }
        }
    }
    if status.problems.is_empty() {
        status.proof = Some(NotRevoked { at: inquiry.moment.at, told });
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
    Unsound(Reason),
}

/// A revocation as evidence tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Revocation {
    /// When the certificate was revoked.
    pub at: Instant,
    /// Why.
    pub reason: RevocationReason,
    /// Since when the key was no longer safe (RFC 5280 §5.3.2).
    pub invalid_since: Option<Instant>,
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
    told: &mut Told,
) -> Standing {
    let listed = lists::ask(certificate, issuer, inquiry, trail);
    let answered = ocsp::ask(certificate, issuer, inquiry, trail);
    told.by_lists += usize::from(matches!(listed, Standing::Good));
    told.by_answers += usize::from(matches!(answered, Standing::Good));
    match (listed, answered) {
        (Standing::Revoked(revocation), _) | (_, Standing::Revoked(revocation)) => {
            Standing::Revoked(revocation)
        }
        (Standing::Unsound(reason), _) | (_, Standing::Unsound(reason)) => {
            Standing::Unsound(reason)
        }
        (Standing::Good, _) | (_, Standing::Good) => Standing::Good,
        (Standing::Unknown(listed), Standing::Unknown(answered)) => {
            Standing::Unknown(nearer(listed, answered))
        }
    }
}

/// Which of two reasons comes nearer to a status: an authentic answer, then a list, then that
/// somebody answered at all.
fn nearer(listed: Reason, answered: Reason) -> Reason {
    let of_no_answer =
        matches!(answered, Reason::OcspNoAnswer { .. } | Reason::OcspCertIdMismatch { .. });
    match (&listed, &answered) {
        (_, Reason::RevocationUnknown { .. }) => listed,
        (Reason::RevocationUnknown { .. }, _) => answered,
        _ if of_no_answer => listed,
        _ => answered,
    }
}
