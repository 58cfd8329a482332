//! Who signed a list, and whether he may (RFC 5280 §6.3.3(f), (g)).

use super::{Back, Inquiry, Reach, RevocationList, status};
use crate::{
    certificate::Certificate,
    time::{Instant, Moment},
    trust::{Issuer, PathBuilder, PathInputs, PathSearch, TrustAnchor},
};

/// For whose sake a status is asked: the certificate of a list's signer has a status of its own,
/// on a list of its own.
#[derive(Clone, Copy)]
pub(crate) struct Trail<'a> {
    /// RFC 5280 §6.3.3(f): the signer's path ends at the anchor of the path that is asked about.
    anchor: &'a TrustAnchor,
    signer: Option<(&'a Certificate, &'a Trail<'a>)>,
    depth: usize,
}

/// Signers behind signers. The national authority signs lists with the key that certifies; an
/// indirect list whose issuer has a separate key for its own lists needs two.
const MAX_DEPTH: usize = 3;

/// Keys of one name that are tried on one list, besides the issuer's and the anchor's.
const MAX_KEYS: usize = 4;

impl<'a> Trail<'a> {
    pub(super) fn start(anchor: &'a TrustAnchor) -> Self {
        Self { anchor, signer: None, depth: 0 }
    }

    /// One step deeper; `None` in a circle, or too deep.
    fn behind(&'a self, signer: &'a Certificate) -> Option<Self> {
        let fresh = self.depth < MAX_DEPTH && !self.passes(signer);
        fresh.then_some(Self {
            anchor: self.anchor,
            signer: Some((signer, self)),
            depth: self.depth + 1,
        })
    }

    fn passes(&self, certificate: &Certificate) -> bool {
        self.signer
            .is_some_and(|(signer, above)| signer == certificate || above.passes(certificate))
    }
}

/// Why a list does not count as signed; later ones come nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unsigned {
    /// Nobody known of that name may sign lists, or the list names another key.
    WrongIssuer,
    /// The key that the list names did not make the signature.
    BadSignature,
    /// The signer's own path or status is not established.
    SignerUnproved,
}

/// Finds signers, and remembers them while one status is asked.
pub(super) struct Signers<'a> {
    pub(super) issuer: &'a Issuer<'a>,
    pub(super) inquiry: &'a Inquiry<'a>,
    pub(super) trail: &'a Trail<'a>,
    proved: Vec<(&'a Certificate, Instant, bool)>,
}

impl<'a> Signers<'a> {
    pub(super) fn new(
        issuer: &'a Issuer<'a>,
        inquiry: &'a Inquiry<'a>,
        trail: &'a Trail<'a>,
    ) -> Self {
        Self { issuer, inquiry, trail, proved: Vec::new() }
    }

    /// The SubjectPublicKeyInfo of the key that signed the list and may do so.
    pub(super) fn of(&mut self, list: &dyn RevocationList) -> Result<&'a [u8], Unsigned> {
        let (head, issuer, anchor) = (list.head(), self.issuer, self.trail.anchor);
        let strength = self.inquiry.paths.strength;
        let mut why = Unsigned::WrongIssuer;
        // The certificate's own issuer stands in a path that was validated.
        let at_hand = [
            (issuer.name, issuer.key, issuer.spki, issuer.key_id, issuer.may_sign_lists),
            (
                anchor.name(),
                anchor.key(),
                anchor.public_key_info(),
                anchor.key_id(),
                anchor.may_sign_lists(),
            ),
        ];
        for (name, key, spki, key_id, may_sign) in at_hand {
            if *name != head.issuer || !may_sign {
                continue;
            }
            if list.is_known_signed_by(key, spki, strength) {
                return Ok(spki);
            }
            if head.names_key(key_id) {
                why = Unsigned::BadSignature;
            }
        }
        for signer in self.candidates(list) {
            let Ok(key) = signer.public_key() else { continue };
            if !list.is_known_signed_by(key, signer.spki(), strength) {
                continue;
            }
            if self.is_proved(signer, head.this_update) {
                return Ok(signer.spki());
            }
            why = Unsigned::SignerUnproved;
        }
        Err(why)
    }

    /// Other certificates of the name that may sign lists, those that the list names first.
    fn candidates(&self, list: &dyn RevocationList) -> Vec<&'a Certificate> {
        let head = list.head();
        let mut found: Vec<&Certificate> = self
            .inquiry
            .paths
            .candidates
            .iter()
            .filter(|c| *c.claimed_subject() == head.issuer && c.spki() != self.issuer.spki)
            .filter(|c| c.may_sign_lists())
            .filter(|c| head.names_key(c.extensions().subject_key_id.as_deref()))
            .collect();
        found.sort_by_key(|c| c.extensions().subject_key_id.is_none());
        found.truncate(MAX_KEYS);
        found
    }

    /// Whether the signer has a path to the same anchor and is not revoked: at the moment when the
    /// list was made, but not before the moment that is judged.
    fn is_proved(&mut self, signer: &'a Certificate, made: Instant) -> bool {
        let Moment { at, now } = self.inquiry.moment;
        let at = made.max(at).min(now);
        let known = self.proved.iter().find(|(c, when, _)| *c == signer && *when == at);
        if let Some((_, _, outcome)) = known {
            return *outcome;
        }
        let outcome = self.prove(signer, Moment { at, now });
        self.proved.push((signer, at, outcome));
        outcome
    }

    fn prove(&self, signer: &Certificate, moment: Moment) -> bool {
        let Some(trail) = self.trail.behind(signer) else { return false };
        // The policies that the user demands are demanded of the one who is asked about.
        let inputs = PathInputs::default();
        let paths = PathBuilder { at: moment.at, inputs: &inputs, ..self.inquiry.paths };
        let PathSearch::Trusted(path) = paths.find(signer) else { return false };
        // Who holds the signer's key writes thisUpdate as he likes, so its compromise counts from
        // the beginning.
        let rules = Reach { key_compromise: Back::ToTheBeginning, ..self.inquiry.rules };
        let inquiry = Inquiry { moment, paths, rules, ..*self.inquiry };
        path.anchor() == trail.anchor
            && status::of_path_behind(path.path(), &inquiry, &trail).proof.is_some()
    }
}
