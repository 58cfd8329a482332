//! How fresh the lists at hand are, and whether one of a whole authority is missing.

use std::collections::BTreeMap;

use qoltanba::{
    Certificate, Instant, TrustAnchor,
    revocation::{Crl, ListFacts},
};

use super::Prepared;

/// A complete or delta list, as far as it concerns whoever runs the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListState {
    pub(crate) issuer: String,
    pub(crate) delta: bool,
    pub(crate) this_update: Instant,
    pub(crate) next_update: Option<Instant>,
    /// The key and the scope that it says it is of: lists of one authority that differ in these do
    /// not follow one another.
    line: (Option<Vec<u8>>, Option<Vec<u8>>),
}

impl ListState {
    pub(super) fn of(list: &Crl) -> Self {
        let owned = |octets: Option<&[u8]>| octets.map(<[u8]>::to_vec);
        Self {
            issuer: list.claimed_issuer().to_string(),
            delta: list.is_delta(),
            this_update: list.this_update(),
            next_update: list.next_update(),
            line: (owned(list.claimed_authority_key_id()), owned(list.scope())),
        }
    }

    pub(super) fn of_index(facts: &ListFacts, delta: bool) -> Self {
        let owned = |octets: Option<&[u8]>| octets.map(<[u8]>::to_vec);
        Self {
            issuer: facts.issuer().to_string(),
            delta,
            this_update: facts.this_update(),
            next_update: facts.next_update(),
            line: (owned(facts.authority_key_id()), owned(facts.scope())),
        }
    }

    pub(crate) fn is_in_force(&self, now: Instant) -> bool {
        self.this_update <= now && self.next_update.is_some_and(|next| now <= next)
    }
}

impl Prepared {
    /// Of every authority and scope the list that was made last: what lies beside its successor has
    /// run out in due course. One that is dated ahead is no successor yet.
    pub(crate) fn newest_lists(&self, now: Instant) -> Vec<&ListState> {
        let mut newest = BTreeMap::new();
        for list in &self.lists {
            let best = newest.entry((&list.issuer, list.delta, &list.line)).or_insert(list);
            let age = |one: &ListState| (one.this_update <= now, one.this_update, one.next_update);
            if age(list) > age(best) {
                *best = list;
            }
        }
        newest.into_values().collect()
    }

    /// How many of these ran out, or are not in force yet, while their authority goes on: one that
    /// ended makes no more lists. Whose authority is not known here counts.
    pub(crate) fn stale_lists(&self, now: Instant) -> usize {
        let is_stale = |list: &&ListState| !list.is_in_force(now) && !self.is_ended(list, now);
        self.newest_lists(now).into_iter().filter(is_stale).count()
    }

    /// Whether every certificate that its authority has here has run out.
    fn is_ended(&self, list: &ListState, now: Instant) -> bool {
        let anchors = self.verifier.trust().anchors().iter();
        let anchors = anchors.filter(|one| one.name().to_string() == list.issuer);
        let others = self.verifier.certificates().iter().filter(|one| one.is_authority());
        let others = others.filter(|one| one.claimed_subject().to_string() == list.issuer);
        let mut all = anchors.map(TrustAnchor::validity).chain(others.map(Certificate::validity));
        let first = all.next();
        first.is_some_and(|first| first.not_after < now && all.all(|one| one.not_after < now))
    }

    /// The authorities under a trusted root, by name, of which no complete list is at hand: none of
    /// their certificates can be proved good by a list. Of the authorities those are known whose
    /// certificates are at hand and in force; their roots answer for them by lists as well.
    pub(crate) fn authorities_without_list(&self, now: Instant) -> Vec<String> {
        let mut wanted: Vec<String> = Vec::new();
        for authority in self.authorities(now) {
            wanted
                .extend([authority.issuer(), authority.claimed_subject()].map(ToString::to_string));
        }
        wanted.sort();
        wanted.dedup();
        let has = |name: &String| self.lists.iter().any(|list| !list.delta && list.issuer == *name);
        wanted.retain(|name| !has(name));
        wanted
    }

    /// Authorities in force whose names lead to a trusted root.
    fn authorities(&self, now: Instant) -> Vec<&Certificate> {
        let mut rest: Vec<&Certificate> = self
            .verifier
            .certificates()
            .iter()
            .filter(|one| one.is_authority() && one.may_sign_lists() && !one.is_self_issued())
            .filter(|one| one.validity().contains(now))
            .collect();
        let anchors = self.verifier.trust().anchors();
        let mut found: Vec<&Certificate> = Vec::new();
        loop {
            let is_under = |one: &&Certificate| {
                anchors.iter().any(|anchor| anchor.name() == one.issuer())
                    || found.iter().any(|above| above.claimed_subject() == one.issuer())
            };
            let (under, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_under);
            if under.is_empty() {
                return found;
            }
            found.extend(under);
            rest = others;
        }
    }
}
