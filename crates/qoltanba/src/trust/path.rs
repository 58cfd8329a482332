//! Finding and validating a path from a certificate to an anchor (RFC 5280 §6.1, without
//! policies and name constraints: a certificate that has them critical is not passed).

use std::{
    cell::RefCell,
    collections::{HashMap, hash_map::Entry},
};

use super::{TrustAnchor, TrustStore};
use crate::{
    algorithm::{PublicKey, SignatureFault, Strength},
    budget::{Budget, Limits},
    certificate::{Certificate, Name},
    error::Error,
    oid,
    time::Instant,
    verdict::Reason,
};

/// Proof that an anchor vouches, by signatures, for the key of a certificate at a moment.
///
/// It does **not** say that any certificate of the path was not revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedPath(Path);

impl TrustedPath {
    /// The certificate that the path is about.
    #[must_use]
    pub fn end_entity(&self) -> &Certificate {
        &self.0.leaf
    }

    /// The issuing authorities, nearest first; the anchor is not among them.
    #[must_use]
    pub fn authorities(&self) -> &[Certificate] {
        &self.0.authorities
    }

    /// Where the path ends.
    #[must_use]
    pub fn anchor(&self) -> &TrustAnchor {
        &self.0.anchor
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

/// Certificates linked by name and verified signature up to an anchor; dates, constraints and
/// revocation are not looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    leaf: Certificate,
    authorities: Vec<Certificate>,
    anchor: TrustAnchor,
}

/// Who issued a certificate of a path.
#[derive(Clone, Copy)]
pub(crate) struct Issuer<'a> {
    pub(crate) name: &'a Name,
    pub(crate) key: &'a PublicKey,
    pub(crate) spki: &'a [u8],
    pub(crate) key_id: Option<&'a [u8]>,
    pub(crate) may_sign_lists: bool,
}

impl Path {
    /// The certificates below the anchor, the end entity first.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.leaf).chain(&self.authorities)
    }

    /// Each certificate below the anchor with its issuer. A certificate that is the anchor's own
    /// is not below it.
    pub(crate) fn links(&self) -> impl Iterator<Item = (&Certificate, Issuer<'_>)> {
        let all = self.certificates().enumerate();
        all.filter(|(_, certificate)| !self.anchor.is(certificate)).map(|(i, certificate)| {
            let issuer = self.authorities.get(i).and_then(Issuer::of_certificate);
            (certificate, issuer.unwrap_or_else(|| Issuer::of_anchor(&self.anchor)))
        })
    }

    /// Why the path does not hold at the moment, in the order from the anchor down
    /// (RFC 5280 §6.1.3, §6.1.4).
    fn faults(&self, at: Instant) -> Vec<Reason> {
        let mut faults = Vec::new();
        let period = self.anchor.validity();
        if !period.contains(at) {
            faults.push(Reason::outside(at, period, self.anchor.name()));
        }
        let chain: Vec<&Certificate> = self.certificates().collect();
        for (depth, certificate) in chain.iter().enumerate().rev() {
            let subject = certificate.claimed_subject();
            // §6.1.3(a)(2)
            if !certificate.validity().contains(at) {
                faults.push(Reason::outside(at, certificate.validity(), subject));
            }
            let extensions = certificate.extensions();
            // §6.1.4(o), §6.1.5(f)
            for critical in &extensions.unprocessed_critical {
                faults.push(Reason::UnknownCriticalExtension {
                    name: oid::describe(*critical),
                    subject: subject.to_string(),
                });
            }
            if depth == 0 {
                continue;
            }
            // §6.1.4(k), (n)
            let authority = extensions.basic_constraints.filter(|bc| bc.ca);
            if authority.is_none() || extensions.key_usage.is_some_and(|u| !u.key_cert_sign) {
                faults.push(Reason::ChainNotAuthority { subject: subject.to_string() });
            }
            // §6.1.4(l), (m): self-issued certificates do not count.
            let below = chain.get(1..depth).unwrap_or_default();
            let below = below.iter().filter(|c| !c.is_self_issued()).count();
            if authority.and_then(|bc| bc.path_len).is_some_and(|max| below > usize::from(max)) {
                faults.push(Reason::ChainPathLength { subject: subject.to_string() });
            }
        }
        let below = self.authorities.iter().filter(|c| !c.is_self_issued()).count();
        if self.anchor.path_len().is_some_and(|max| below > usize::from(max)) {
            faults.push(Reason::ChainPathLength { subject: self.anchor.name().to_string() });
        }
        faults
    }
}

impl<'a> Issuer<'a> {
    pub(crate) fn of_certificate(certificate: &'a Certificate) -> Option<Self> {
        let extensions = certificate.extensions();
        Some(Self {
            name: certificate.claimed_subject(),
            key: certificate.public_key().ok()?,
            spki: certificate.spki(),
            key_id: extensions.subject_key_id.as_deref(),
            may_sign_lists: extensions.key_usage.is_none_or(|u| u.crl_sign),
        })
    }

    pub(crate) fn of_anchor(anchor: &'a TrustAnchor) -> Self {
        Self {
            name: anchor.name(),
            key: anchor.key(),
            spki: anchor.public_key_info(),
            key_id: anchor.key_id(),
            may_sign_lists: anchor.may_sign_lists(),
        }
    }
}

/// What the search came to.
pub(crate) enum PathSearch {
    /// A path that holds.
    Trusted(TrustedPath),
    /// The best path found, and why it does not hold.
    Faulty(Path, Vec<Reason>),
    /// No path at all.
    None(Reason),
}

/// Looks for paths among given certificates, within a budget.
#[derive(Clone, Copy)]
pub(crate) struct PathBuilder<'a> {
    pub(crate) trust: &'a TrustStore,
    pub(crate) candidates: &'a [Certificate],
    pub(crate) at: Instant,
    pub(crate) strength: Strength,
    pub(crate) limits: &'a Limits,
    pub(crate) known: &'a KnownLinks,
}

/// Signatures of certificates that were checked for one document: (certificate, issuer's key) and
/// the outcome. All searches of a document share them, and may check only so many.
#[derive(Debug)]
pub(crate) struct KnownLinks(RefCell<(Links, Budget)>);

type Links = HashMap<([u8; 32], Vec<u8>), Result<(), SignatureFault>>;

impl KnownLinks {
    pub(crate) fn new(limits: &Limits) -> Self {
        let budget = Budget::new("signatures of certificates", limits.path_steps);
        Self(RefCell::new((HashMap::new(), budget)))
    }

    /// Whether the key made the certificate's signature; `None` when the limit is reached.
    fn check(
        &self,
        child: &Certificate,
        key: &PublicKey,
        spki: &[u8],
        strength: Strength,
    ) -> Option<Result<(), SignatureFault>> {
        let (links, budget) = &mut *self.0.borrow_mut();
        match links.entry((child.fingerprint(), spki.to_vec())) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(place) => {
                budget.spend().ok()?;
                Some(*place.insert(check_signature(child, key, strength)))
            }
        }
    }
}

struct Search<'a> {
    builder: &'a PathBuilder<'a>,
    budget: Budget,
    best: Option<(Path, Vec<Reason>)>,
    /// A possible issuer of the right name and key identifier did not make the signature.
    forged: bool,
    /// A signature stands only by an algorithm that is not allowed.
    weak: bool,
    /// A signature is of an algorithm that is not known here.
    unknown: Option<Error>,
    spent: bool,
}

impl PathBuilder<'_> {
    /// The first path that holds, else the one with the fewest faults, else why there is none.
    pub(crate) fn find(&self, leaf: &Certificate) -> PathSearch {
        let mut search = Search {
            builder: self,
            budget: Budget::new("steps of a path", self.limits.path_steps),
            best: None,
            forged: false,
            weak: false,
            unknown: None,
            spent: false,
        };
        search.explore(leaf);
        match (search.best, search.unknown) {
            (Some((path, faults)), _) if faults.is_empty() => {
                PathSearch::Trusted(TrustedPath(path))
            }
            (Some((path, faults)), _) => PathSearch::Faulty(path, faults),
            (None, _) if search.spent => PathSearch::None(Reason::PathBudget),
            (None, Some(error)) => PathSearch::None(Reason::AlgorithmUnknown(error)),
            (None, None) if search.weak => PathSearch::None(Reason::ChainWeakSignature),
            (None, None) if search.forged => {
                PathSearch::None(Reason::ChainBadSignature { issuer: leaf.issuer().to_string() })
            }
            (None, None) => PathSearch::None(Reason::NoPath { issuer: leaf.issuer().to_string() }),
        }
    }
}

impl Search<'_> {
    /// Depth first, without recursion: `trail` holds the certificates from the leaf up, and for
    /// each the possible issuers that are still to be tried.
    fn explore(&mut self, leaf: &Certificate) {
        let mut trail = vec![(leaf.clone(), self.issuers(leaf))];
        if self.finish_at_anchor(&trail) {
            return;
        }
        while let Some((_, untried)) = trail.last_mut() {
            let Some(next) = untried.pop() else {
                trail.pop();
                continue;
            };
            if self.budget.spend().is_err() {
                self.spent = true;
                return;
            }
            // The same name and key twice would go in circles.
            let repeated = trail.iter().any(|(c, _)| {
                c.spki() == next.spki() && c.claimed_subject() == next.claimed_subject()
            });
            let Some((child, _)) = trail.last() else { return };
            if repeated || !self.is_signed_by(&child.clone(), &next) {
                continue;
            }
            if trail.len() > self.builder.limits.path_length {
                continue;
            }
            let untried = self.issuers(&next);
            trail.push((next, untried));
            if self.finish_at_anchor(&trail) {
                return;
            }
        }
    }

    /// Tries every anchor above the last certificate of the trail; true when a path holds.
    fn finish_at_anchor(&mut self, trail: &[(Certificate, Vec<Certificate>)]) -> bool {
        let mut chain = trail.iter().map(|(c, _)| c.clone());
        let (Some(leaf), Some((top, _))) = (chain.next(), trail.last()) else { return false };
        let authorities: Vec<Certificate> = chain.collect();
        for anchor in self.builder.trust.anchors() {
            if anchor.name() != top.issuer() {
                continue;
            }
            if self.budget.spend().is_err() {
                self.spent = true;
                return true;
            }
            let matches_id = same_key_id(top, anchor.key_id());
            if !self.signature_stands(top, anchor.key(), anchor.public_key_info(), matches_id) {
                continue;
            }
            let path = Path {
                leaf: leaf.clone(),
                authorities: authorities.clone(),
                anchor: anchor.clone(),
            };
            let faults = path.faults(self.builder.at);
            let better = self.best.as_ref().is_none_or(|(_, best)| faults.len() < best.len());
            let holds = faults.is_empty();
            if better {
                self.best = Some((path, faults));
            }
            if holds {
                return true;
            }
        }
        false
    }

    /// Possible issuers by name, the likeliest last: key identifier first, then validity.
    fn issuers(&self, certificate: &Certificate) -> Vec<Certificate> {
        let mut found: Vec<Certificate> = self
            .builder
            .candidates
            .iter()
            .filter(|c| c.claimed_subject() == certificate.issuer())
            .cloned()
            .collect();
        found.sort_by_key(|c| {
            let id = c.extensions().subject_key_id.as_deref();
            (same_key_id(certificate, id), c.validity().contains(self.builder.at))
        });
        found
    }

    fn is_signed_by(&mut self, child: &Certificate, issuer: &Certificate) -> bool {
        let Ok(key) = issuer.public_key() else { return false };
        let id = issuer.extensions().subject_key_id.as_deref();
        self.signature_stands(child, key, issuer.spki(), same_key_id(child, id))
    }

    fn signature_stands(
        &mut self,
        child: &Certificate,
        key: &PublicKey,
        spki: &[u8],
        matches_id: bool,
    ) -> bool {
        if let Err(error) = child.signature_algorithm() {
            self.unknown = Some(error);
            return false;
        }
        let builder = self.builder;
        let Some(outcome) = builder.known.check(child, key, spki, builder.strength) else {
            self.spent = true;
            return false;
        };
        match outcome {
            Ok(()) => true,
            Err(SignatureFault::NotAllowed) => {
                self.weak = true;
                false
            }
            Err(_) => {
                self.forged |= matches_id;
                false
            }
        }
    }
}

fn check_signature(
    child: &Certificate,
    key: &PublicKey,
    strength: Strength,
) -> Result<(), SignatureFault> {
    let algorithm = child.signature_algorithm().map_err(|_| SignatureFault::AlgorithmMismatch)?;
    key.verify(algorithm, child.tbs(), child.signature(), strength)
}

/// Whether the certificate names exactly this key identifier as its issuer's.
fn same_key_id(certificate: &Certificate, id: Option<&[u8]>) -> bool {
    match (&certificate.extensions().authority_key_id, id) {
        (Some(wanted), Some(id)) => wanted == id,
        _ => false,
    }
}
