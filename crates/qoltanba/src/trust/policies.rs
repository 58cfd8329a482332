//! The policies for which a path is valid so far (RFC 5280 §6.1.2 (a), §6.1.3 (d), §6.1.4 (b)).
//!
//! The tree of RFC 5280 doubles with every certificate that maps policies onto each other. RFC 9618
//! gives a graph in its place, in which each policy stands once at each depth; and since each depth
//! is made from the one above it alone, the last one is all that has to be kept. Its size is at
//! most the number of policies that the certificates of the path name.

use std::collections::{BTreeMap, BTreeSet};

use der::asn1::ObjectIdentifier as Oid;

use super::InitialPolicies;
use crate::{budget::Budget, certificate::PolicyMapping, error::Result, oid::ANY_POLICY};

/// The lowest nodes of the valid policy graph by their valid_policy. None at all is the NULL tree.
pub(super) struct ValidPolicies<'a> {
    acceptable: &'a InitialPolicies,
    nodes: BTreeMap<Oid, Node>,
}

struct Node {
    /// expected_policy_set.
    expected: BTreeSet<Oid>,
    /// Whether a line from the anchor to here begins with a policy that the user accepts; of
    /// anyPolicy it says nothing (§6.1.5 (g)(iii)).
    accepted: bool,
}

impl<'a> ValidPolicies<'a> {
    /// §6.1.2 (a): one node, of anyPolicy.
    pub(super) fn new(acceptable: &'a InitialPolicies) -> Self {
        let any = Node { expected: BTreeSet::from([ANY_POLICY]), accepted: false };
        Self { acceptable, nodes: BTreeMap::from([(ANY_POLICY, any)]) }
    }

    pub(super) fn is_null(&self) -> bool {
        self.nodes.is_empty()
    }

    /// §6.1.3 (d) and (e): goes down to a certificate with these policies.
    pub(super) fn descend(
        &mut self,
        policies: Option<&[Oid]>,
        any_policy_counts: bool,
        work: &mut Budget,
    ) -> Result<()> {
        let above = std::mem::take(&mut self.nodes);
        let has_any = above.contains_key(&ANY_POLICY);
        let mut expected: BTreeMap<Oid, bool> = BTreeMap::new();
        for node in above.into_values() {
            work.spend_many(node.expected.len())?;
            for policy in node.expected {
                *expected.entry(policy).or_default() |= node.accepted;
            }
        }
        // (e)
        let Some(policies) = policies else { return Ok(()) };
        work.spend_many(policies.len())?;
        // (d)(1)
        for policy in policies.iter().filter(|p| **p != ANY_POLICY) {
            let accepted = match expected.get(policy) {
                Some(accepted) => Some(*accepted),
                None => has_any.then(|| self.acceptable.accept(*policy)),
            };
            if let Some(accepted) = accepted {
                self.nodes.insert(*policy, Node::new(*policy, accepted));
            }
        }
        // (d)(2)
        if any_policy_counts && policies.contains(&ANY_POLICY) {
            for (policy, accepted) in expected {
                self.nodes.entry(policy).or_insert_with(|| Node::new(policy, accepted));
            }
        }
        Ok(())
    }

    /// §6.1.4 (b): replaces what is expected below.
    pub(super) fn map(
        &mut self,
        mappings: &[PolicyMapping],
        mapping_counts: bool,
        work: &mut Budget,
    ) -> Result<()> {
        work.spend_many(mappings.len())?;
        let mut mapped: BTreeMap<Oid, BTreeSet<Oid>> = BTreeMap::new();
        for mapping in mappings {
            mapped.entry(mapping.issuer_domain).or_default().insert(mapping.subject_domain);
        }
        let has_any = self.nodes.contains_key(&ANY_POLICY);
        for (policy, subject_domain) in mapped {
            if !mapping_counts {
                // (b)(2)
                self.nodes.remove(&policy);
            } else if let Some(node) = self.nodes.get_mut(&policy) {
                // (b)(1)
                node.expected = subject_domain;
            } else if has_any {
                let accepted = self.acceptable.accept(policy);
                self.nodes.insert(policy, Node { expected: subject_domain, accepted });
            }
        }
        Ok(())
    }

    /// §6.1.5 (g): whether the intersection with the user's policies is not NULL.
    pub(super) fn intersects(&self) -> bool {
        match self.acceptable {
            InitialPolicies::Any => !self.is_null(),
            // A lowest node of anyPolicy stands for every policy of the user.
            InitialPolicies::Only(_) => {
                self.nodes.iter().any(|(policy, node)| *policy == ANY_POLICY || node.accepted)
            }
        }
    }
}

impl Node {
    fn new(policy: Oid, accepted: bool) -> Self {
        Self { expected: BTreeSet::from([policy]), accepted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::PolicySet;

    fn policy(n: u32) -> Oid {
        format!("1.2.398.99.{n}").parse().unwrap()
    }

    fn maps(pairs: &[(u32, u32)]) -> Vec<PolicyMapping> {
        let mapping = |(a, b): &(u32, u32)| PolicyMapping {
            issuer_domain: policy(*a),
            subject_domain: policy(*b),
        };
        pairs.iter().map(mapping).collect()
    }

    fn work() -> Budget {
        Budget::new("policies", 100_000)
    }

    #[test]
    fn a_policy_of_the_users_domain_is_followed_through_mappings() {
        for (user, holds) in [("1.2.398.99.1", true), ("1.2.398.99.2", false)] {
            let only = InitialPolicies::Only(PolicySet::new([user]).unwrap());
            let mut valid = ValidPolicies::new(&only);
            valid.descend(Some(&[policy(1)]), true, &mut work()).unwrap();
            valid.map(&maps(&[(1, 2)]), true, &mut work()).unwrap();
            valid.descend(Some(&[policy(2)]), true, &mut work()).unwrap();
            assert_eq!(valid.intersects(), holds, "{user}");
        }
    }

    #[test]
    fn a_mapping_that_is_inhibited_takes_its_policy_away() {
        let any = InitialPolicies::Any;
        let mut valid = ValidPolicies::new(&any);
        valid.descend(Some(&[policy(1)]), true, &mut work()).unwrap();
        valid.map(&maps(&[(1, 2)]), false, &mut work()).unwrap();
        assert!(valid.is_null());
    }

    #[test]
    fn a_policy_that_only_any_policy_allows_can_be_mapped() {
        let any = InitialPolicies::Any;
        let mut valid = ValidPolicies::new(&any);
        valid.descend(Some(&[ANY_POLICY]), true, &mut work()).unwrap();
        valid.map(&maps(&[(1, 2)]), true, &mut work()).unwrap();
        valid.descend(Some(&[policy(2)]), true, &mut work()).unwrap();
        assert!(!valid.is_null());
        // Once mapped, the old name is not expected; but anyPolicy is still above it.
        valid.descend(Some(&[policy(1)]), true, &mut work()).unwrap();
        assert!(valid.is_null());
    }

    /// CVE-2023-0464: every certificate maps each of its policies to all, so the tree of RFC 5280
    /// would have 50⁸ leaves.
    #[test]
    fn policies_that_map_to_each_other_cost_what_they_weigh() {
        let any = InitialPolicies::Any;
        let all: Vec<Oid> = (0..50).map(policy).collect();
        let mappings: Vec<(u32, u32)> =
            (0..50).flat_map(|a| (0..50).map(move |b| (a, b))).collect();
        let mut valid = ValidPolicies::new(&any);
        let mut work = work();
        for _ in 0..8 {
            valid.descend(Some(&all), true, &mut work).unwrap();
            valid.map(&maps(&mappings), true, &mut work).unwrap();
        }
        valid.descend(Some(&all), true, &mut work).unwrap();
        assert_eq!(valid.nodes.len(), 50);
        let mut none = Budget::new("policies", 10);
        assert!(valid.descend(Some(&all), true, &mut none).is_err());
    }
}
