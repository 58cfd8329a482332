//! Finding a path from a certificate to an anchor (RFC 4158), within budgets.
//!
//! Shorter paths are tried before longer ones, and every signature is checked once for all of
//! them. So authorities that certify each other, renew their keys or share a name cost steps, of
//! which there are only so many, and a search that ran out of them has found nothing.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, VecDeque, hash_map::Entry},
};

use super::{Path, PathInputs, TrustStore, TrustedPath, validate};
use crate::{
    algorithm::{PublicKey, SignatureFault, Strength},
    budget::{Budget, Limits},
    certificate::Certificate,
    error::Error,
    time::Instant,
    verdict::Reason,
};

/// What the search came to.
pub(crate) enum PathSearch {
    /// A path that holds.
    Trusted(TrustedPath),
    /// The best path found, and why it does not hold.
    Faulty(Path, Vec<Reason>),
    /// No path at all, and the certificate furthest up that was reached: its issuer is missing.
    None(Reason, Certificate),
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
    pub(crate) inputs: &'a PathInputs,
}

/// Signatures of certificates that were checked for one document: (certificate, issuer's key) and
/// the outcome. All searches of a document share them, and may check only so many.
#[derive(Debug)]
pub(crate) struct KnownLinks(RefCell<(Links, Budget)>);

type Links = HashMap<([u8; 32], Vec<u8>), Result<(), SignatureFault>>;

impl KnownLinks {
    pub(crate) fn new(limits: &Limits) -> Self {
        let budget = Budget::new("signatures of certificates", limits.path_signatures);
        Self(RefCell::new((HashMap::new(), budget)))
    }

    /// How many signatures were checked.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.0.borrow().0.len()
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

impl PathBuilder<'_> {
    /// The first path that holds, else the one with the fewest faults, else why there is none.
    pub(crate) fn find(&self, leaf: &Certificate) -> PathSearch {
        let mut search = Search {
            builder: self,
            leaf,
            issuers: HashMap::new(),
            steps: Budget::new("steps of a path", self.limits.path_steps),
            comparisons: Budget::new("names and policies", self.limits.path_comparisons),
            best: None,
            highest: Vec::new(),
            links: BTreeMap::new(),
            weak: false,
            unknown: None,
            spent: false,
        };
        if let Some(path) = search.explore() {
            return PathSearch::Trusted(path);
        }
        let forged = search.forged().map(|certificate| certificate.issuer().to_string());
        let top = search.highest.last().and_then(|place| search.pool(*place)).unwrap_or(leaf);
        let reason = match (search.best, search.unknown) {
            // A path that does not hold is no answer while there may be one that does.
            _ if search.spent => Reason::PathBudget,
            (Some((path, faults)), _) => return PathSearch::Faulty(path, faults),
            (None, Some(error)) => Reason::AlgorithmUnknown(error),
            (None, None) if search.weak => Reason::ChainWeakSignature,
            (None, None) => match forged {
                Some(issuer) => Reason::ChainBadSignature { issuer },
                None => Reason::NoPath { issuer: top.issuer().to_string() },
            },
        };
        PathSearch::None(reason, top.clone())
    }
}

struct Search<'a> {
    builder: &'a PathBuilder<'a>,
    leaf: &'a Certificate,
    /// The possible issuers of a certificate of the pool.
    issuers: HashMap<usize, Vec<usize>>,
    steps: Budget,
    comparisons: Budget,
    best: Option<(Path, Vec<Reason>)>,
    /// The longest trail whose signatures stand; of several the one that was tried first.
    highest: Trail,
    /// What became of the signatures of the certificates that were reached.
    links: BTreeMap<usize, Link>,
    /// A signature stands only by an algorithm that is not allowed.
    weak: bool,
    /// A signature is of an algorithm that is not known here.
    unknown: Option<Error>,
    /// A limit was reached, so there may be paths that were not looked at.
    spent: bool,
}

/// The signature of one certificate under the keys that were tried.
#[derive(Default)]
struct Link {
    /// A key made it.
    stands: bool,
    /// A key of the right name and key identifier did not make it.
    refused: bool,
}

/// Certificates from the leaf up, by their places in the pool.
type Trail = Vec<usize>;

impl<'a> Search<'a> {
    /// The pool: the leaf, and behind it the candidates.
    fn pool(&self, place: usize) -> Option<&'a Certificate> {
        match place.checked_sub(1) {
            None => Some(self.leaf),
            Some(candidate) => self.builder.candidates.get(candidate),
        }
    }

    /// Breadth first: a link is verified when its trail comes to the front.
    fn explore(&mut self) -> Option<TrustedPath> {
        let mut trails: VecDeque<Trail> = VecDeque::from([vec![0]]);
        while let Some(trail) = trails.pop_front() {
            let chain: Vec<&Certificate> =
                trail.iter().filter_map(|place| self.pool(*place)).collect();
            let [below @ .., top] = chain.as_slice() else { continue };
            if let ([.., child], [.., place, _]) = (below, trail.as_slice())
                && !self.is_signed_by(*place, child, top)
            {
                continue;
            }
            if let Some(path) = self.finish_at_anchor(&trail, &chain) {
                return Some(path);
            }
            if trail.len() > self.highest.len() {
                self.highest.clone_from(&trail);
            }
            for next in self.issuers(&trail) {
                let Some(issuer) = self.pool(next) else { continue };
                // The same name and key twice would go in circles.
                if chain.iter().any(|c| is_same_authority(c, issuer)) {
                    continue;
                }
                if chain.len() >= self.builder.limits.path_length || self.steps.spend().is_err() {
                    self.spent = true;
                    break;
                }
                trails.push_back(trail.iter().copied().chain([next]).collect());
            }
        }
        None
    }

    /// Tries every anchor above the last certificate of the chain.
    fn finish_at_anchor(&mut self, trail: &[usize], chain: &[&Certificate]) -> Option<TrustedPath> {
        let ([leaf, authorities @ ..], [.., top]) = (chain, chain) else { return None };
        let place = *trail.last()?;
        for anchor in self.builder.trust.anchors() {
            if anchor.name() != top.issuer() {
                continue;
            }
            if self.steps.spend().is_err() {
                self.spent = true;
                return None;
            }
            let matches_id = same_key_id(top, anchor.key_id());
            let (key, spki) = (anchor.key(), anchor.public_key_info());
            if !self.signature_stands(place, top, key, spki, matches_id) {
                continue;
            }
            let authorities = authorities.iter().map(|c| (*c).clone()).collect();
            let path = Path::new((*leaf).clone(), authorities, anchor.clone());
            let PathBuilder { at, inputs, .. } = *self.builder;
            let Ok(faults) = validate::faults(&path, at, inputs, &mut self.comparisons) else {
                self.spent = true;
                return None;
            };
            if faults.is_empty() {
                return Some(TrustedPath::new(path));
            }
            if self.best.as_ref().is_none_or(|(_, best)| faults.len() < best.len()) {
                self.best = Some((path, faults));
            }
        }
        None
    }

    /// Possible issuers of the last certificate, the likeliest first: by key identifier, by
    /// validity, by being an authority.
    fn issuers(&mut self, trail: &[usize]) -> Vec<usize> {
        let Some(place) = trail.last() else { return Vec::new() };
        if let Some(known) = self.issuers.get(place) {
            return known.clone();
        }
        let Some(certificate) = self.pool(*place) else { return Vec::new() };
        let PathBuilder { candidates, at, trust, .. } = *self.builder;
        let mut found: Vec<(usize, &Certificate)> = candidates
            .iter()
            .enumerate()
            // RFC 5280 §4.1.2.4: an issuer has a name.
            .filter(|(_, c)| !c.claimed_subject().is_empty())
            .filter(|(_, c)| c.claimed_subject() == certificate.issuer())
            // An anchor's own certificate leads to where the anchor already is.
            .filter(|(_, c)| !(c.is_self_issued() && trust.anchors().iter().any(|a| a.is(c))))
            .map(|(candidate, c)| (candidate + 1, c))
            .collect();
        found.sort_by_cached_key(|(_, c)| {
            let extensions = c.extensions();
            let id = extensions.subject_key_id.as_deref();
            let is_authority = extensions.basic_constraints.is_some_and(|basic| basic.ca);
            (!same_key_id(certificate, id), !c.validity().contains(at), !is_authority)
        });
        let found: Vec<usize> = found.into_iter().map(|(place, _)| place).collect();
        self.issuers.insert(*place, found.clone());
        found
    }

    fn is_signed_by(&mut self, place: usize, child: &Certificate, issuer: &Certificate) -> bool {
        let Ok(key) = issuer.public_key() else { return false };
        let id = issuer.extensions().subject_key_id.as_deref();
        self.signature_stands(place, child, key, issuer.spki(), same_key_id(child, id))
    }

    fn signature_stands(
        &mut self,
        place: usize,
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
        let link = self.links.entry(place).or_default();
        match outcome {
            Ok(()) => link.stands = true,
            Err(SignatureFault::NotAllowed) => self.weak = true,
            Err(_) => link.refused |= matches_id,
        }
        outcome.is_ok()
    }

    /// A certificate whose named issuer is there and did not sign it. Where another of the same
    /// name and key identifier did, it is no forgery.
    fn forged(&self) -> Option<&'a Certificate> {
        let forged = self.links.iter().find(|(_, link)| link.refused && !link.stands);
        forged.and_then(|(place, _)| self.pool(*place))
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

fn is_same_authority(one: &Certificate, other: &Certificate) -> bool {
    one.spki() == other.spki() && one.claimed_subject() == other.claimed_subject()
}

/// Whether the certificate names exactly this key identifier as its issuer's.
fn same_key_id(certificate: &Certificate, id: Option<&[u8]>) -> bool {
    match (&certificate.extensions().authority_key_id, id) {
        (Some(wanted), Some(id)) => wanted == id,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
