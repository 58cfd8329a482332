//! Basic path validation (RFC 5280 §6.1), from the anchor down. Signatures and the chaining of
//! names were verified when the path was built, and revocation is asked about on its own.
//!
//! A fault does not end the walk: a report lists them all.

use super::{
    ExplicitPolicy, Inhibition, Path, PathInputs,
    names::{NameFault, NameLimits},
    policies::ValidPolicies,
};
use crate::{
    budget::Budget,
    certificate::{Certificate, Name, NameConstraints, PolicyConstraints},
    error::Result,
    oid,
    time::Instant,
    verdict::Reason,
};

/// Why the path does not hold at the moment.
///
/// # Errors
/// When comparing names and policies takes more than the budget.
pub(super) fn faults(
    path: &Path,
    at: Instant,
    inputs: &PathInputs,
    work: &mut Budget,
) -> Result<Vec<Reason>> {
    let certificates: Vec<&Certificate> = path.certificates().collect();
    let mut walk = Walk::from_anchor(path, certificates.len(), at, inputs);
    for (below, certificate) in certificates.into_iter().enumerate().rev() {
        walk.process(certificate, below == 0, work)?;
        if below > 0 {
            walk.prepare_next(certificate, work)?;
        } else {
            walk.wrap_up(certificate);
        }
    }
    Ok(walk.faults)
}

/// The state variables of §6.1.2.
struct Walk<'a> {
    at: Instant,
    valid_policies: ValidPolicies<'a>,
    names: NameLimits<'a>,
    explicit_policy: usize,
    inhibit_any_policy: usize,
    policy_mapping: usize,
    /// max_path_length, and the authority that set it.
    max_path_length: (usize, &'a Name),
    faults: Vec<Reason>,
    /// That no policy is left was said already.
    policy_said: bool,
}

impl<'a> Walk<'a> {
    /// §6.1.2. What an anchor's certificate demanded of the certificates below binds as if it were
    /// an authority of the path (RFC 5937 §3.2): whoever trusts it trusts it that far.
    fn from_anchor(path: &'a Path, length: usize, at: Instant, inputs: &'a PathInputs) -> Self {
        let anchor = path.anchor();
        let begins = |now: bool| if now { 0 } else { length + 1 };
        let mut walk = Self {
            at,
            valid_policies: ValidPolicies::new(&inputs.policies),
            names: NameLimits::default(),
            explicit_policy: begins(inputs.explicit_policy == ExplicitPolicy::Required),
            inhibit_any_policy: begins(inputs.any_policy == Inhibition::Inhibited),
            policy_mapping: begins(inputs.policy_mapping == Inhibition::Inhibited),
            max_path_length: (anchor.path_len().map_or(length, usize::from), anchor.name()),
            faults: Vec::new(),
            policy_said: false,
        };
        if !anchor.validity().contains(at) {
            walk.faults.push(Reason::outside(at, anchor.validity(), anchor.name()));
        }
        let limits = anchor.limits();
        walk.limit(
            limits.name_constraints.as_ref(),
            limits.policy_constraints,
            limits.inhibit_any_policy,
        );
        walk
    }

    /// §6.1.3.
    fn process(
        &mut self,
        certificate: &Certificate,
        is_last: bool,
        work: &mut Budget,
    ) -> Result<()> {
        let subject = certificate.claimed_subject();
        let extensions = certificate.extensions();
        let is_self_issued = certificate.is_self_issued();
        // (a)(2)
        if !certificate.validity().contains(self.at) {
            self.faults.push(Reason::outside(self.at, certificate.validity(), subject));
        }
        // (b), (c)
        if is_last || !is_self_issued {
            let subject = || subject.to_string();
            match self.names.fault(certificate, work)? {
                None => {}
                Some(NameFault::Outside(name)) => self.faults.push(Reason::ChainNameConstraints {
                    name: name.to_string(),
                    subject: subject(),
                }),
                Some(NameFault::NotComparable(name)) => self
                    .faults
                    .push(Reason::ChainNameForm { name: name.to_string(), subject: subject() }),
            }
        }
        // (d), (e)
        let any_policy_counts = self.inhibit_any_policy > 0 || (!is_last && is_self_issued);
        self.valid_policies.descend(extensions.policies.as_deref(), any_policy_counts, work)?;
        // (f)
        self.require_policy(!self.valid_policies.is_null(), certificate);
        // §6.1.4 (o), §6.1.5 (f)
        for critical in &extensions.unprocessed_critical {
            self.faults.push(Reason::UnknownCriticalExtension {
                name: oid::describe(*critical),
                subject: subject.to_string(),
            });
        }
        Ok(())
    }

    /// §6.1.4.
    fn prepare_next(&mut self, certificate: &'a Certificate, work: &mut Budget) -> Result<()> {
        let name = certificate.claimed_subject();
        let subject = || name.to_string();
        let extensions = certificate.extensions();
        // (a)
        let mappings = &extensions.policy_mappings;
        if mappings.iter().any(|m| [m.issuer_domain, m.subject_domain].contains(&oid::ANY_POLICY)) {
            self.faults.push(Reason::ChainPolicyMapping { subject: subject() });
        }
        // (b)
        self.valid_policies.map(mappings, self.policy_mapping > 0, work)?;
        // (h), (l)
        if !certificate.is_self_issued() {
            self.explicit_policy = self.explicit_policy.saturating_sub(1);
            self.policy_mapping = self.policy_mapping.saturating_sub(1);
            self.inhibit_any_policy = self.inhibit_any_policy.saturating_sub(1);
            match self.max_path_length.0.checked_sub(1) {
                Some(left) => self.max_path_length.0 = left,
                None => self
                    .faults
                    .push(Reason::ChainPathLength { subject: self.max_path_length.1.to_string() }),
            }
        }
        // (g), (i), (j)
        self.limit(
            extensions.name_constraints.as_ref(),
            extensions.policy_constraints,
            extensions.inhibit_any_policy,
        );
        // (k), (n)
        let basic = extensions.basic_constraints;
        let may_certify = extensions.key_usage.is_none_or(|usage| usage.key_cert_sign);
        if !basic.is_some_and(|basic| basic.ca) || !may_certify {
            self.faults.push(Reason::ChainNotAuthority { subject: subject() });
        }
        // (m)
        if let Some(most) = basic.and_then(|basic| basic.path_len)
            && usize::from(most) < self.max_path_length.0
        {
            self.max_path_length = (usize::from(most), name);
        }
        Ok(())
    }

    /// §6.1.4 (g), (i), (j).
    fn limit(
        &mut self,
        names: Option<&'a NameConstraints>,
        policies: Option<PolicyConstraints>,
        any_policy: Option<u32>,
    ) {
        if let Some(names) = names {
            self.names.add(names);
        }
        let lower = |counter: &mut usize, to: Option<u32>| {
            if let Some(to) = to.and_then(|to| usize::try_from(to).ok()) {
                *counter = to.min(*counter);
            }
        };
        lower(&mut self.explicit_policy, policies.and_then(|p| p.require_explicit));
        lower(&mut self.policy_mapping, policies.and_then(|p| p.inhibit_mapping));
        lower(&mut self.inhibit_any_policy, any_policy);
    }

    /// §6.1.5 (a), (b), (g).
    fn wrap_up(&mut self, certificate: &Certificate) {
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        let constraints = certificate.extensions().policy_constraints;
        if constraints.and_then(|c| c.require_explicit) == Some(0) {
            self.explicit_policy = 0;
        }
        self.require_policy(self.valid_policies.intersects(), certificate);
    }

    fn require_policy(&mut self, is_there: bool, certificate: &Certificate) {
        if self.explicit_policy == 0 && !is_there && !self.policy_said {
            self.policy_said = true;
            let subject = certificate.claimed_subject().to_string();
            self.faults.push(Reason::ChainPolicy { subject });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        asn1::{self, tag},
        trust::{
            PathSearch,
            mint::{Authority, Extra, reason, search},
        },
    };

    fn dns(host: &str) -> Vec<u8> {
        asn1::tlv(0x82, host.as_bytes())
    }

    fn alternative(hosts: &[String]) -> Extra {
        let hosts: Vec<Vec<u8>> = hosts.iter().map(|host| dns(host)).collect();
        (oid::SUBJECT_ALT_NAME, asn1::sequence(&hosts))
    }

    /// nameConstraints of one list: 0 is permitted, 1 excluded.
    fn constraints(list: u8, hosts: &[String]) -> Extra {
        let subtrees: Vec<u8> =
            hosts.iter().flat_map(|host| asn1::sequence(&[dns(host)])).collect();
        (oid::NAME_CONSTRAINTS, asn1::sequence(&[asn1::context(list, &subtrees)]))
    }

    fn path(chain: &[Authority]) -> PathSearch {
        let [root, .., last] = chain else { panic!("a path has a root and a leaf") };
        let certificates: Vec<Certificate> =
            chain.windows(2).map(|pair| pair[0].certify(&pair[1])).collect();
        let issuer = chain.get(chain.len() - 2).unwrap();
        search(&[root], &certificates, &issuer.certify(last)).0
    }

    fn faults_of(chain: &[Authority]) -> Vec<&'static str> {
        match path(chain) {
            PathSearch::Trusted(_) => Vec::new(),
            PathSearch::Faulty(_, faults) => faults.iter().map(Reason::code).collect(),
            PathSearch::None(reason, _) => panic!("{reason:?}"),
        }
    }

    fn with(name: &'static str, limits: Vec<Extra>) -> Authority {
        let mut authority = Authority::new(name);
        authority.limits = limits;
        authority
    }

    #[test]
    fn what_an_anchor_demands_binds() {
        let named = |host: &str| with("Leaf", vec![alternative(&[host.to_owned()])]);
        let root = with("Root", vec![constraints(0, &["example.kz".to_owned()])]);
        assert!(faults_of(&[root.clone(), named("a.example.kz")]).is_empty());
        assert_eq!(faults_of(&[root, named("example.ru")]), ["chain_name_constraints"]);

        let at_once = asn1::sequence(&[asn1::tlv(0x80, &[0])]);
        let root = with("Root", vec![(oid::POLICY_CONSTRAINTS, at_once)]);
        assert_eq!(faults_of(&[root, Authority::new("Leaf")]), ["chain_policy"]);

        let never = asn1::tlv(tag::INTEGER, &[0]);
        let explicit = asn1::sequence(&[asn1::tlv(0x80, &[0])]);
        let any = asn1::sequence(&[asn1::sequence(&[asn1::oid(oid::ANY_POLICY)])]);
        let root = with("Root", vec![(oid::POLICY_CONSTRAINTS, explicit.clone())]);
        let leaf = with("Leaf", vec![(oid::CERTIFICATE_POLICIES, any)]);
        assert!(faults_of(&[root, leaf.clone()]).is_empty());
        let limits = vec![(oid::POLICY_CONSTRAINTS, explicit), (oid::INHIBIT_ANY_POLICY, never)];
        assert_eq!(faults_of(&[with("Root", limits), leaf]), ["chain_policy"]);
    }

    /// §6.1.5 (b).
    #[test]
    fn an_end_entity_may_require_a_policy_of_its_own_path() {
        let requires = |certs: u8| {
            let value = asn1::sequence(&[asn1::tlv(0x80, &[certs])]);
            with("Leaf", vec![(oid::POLICY_CONSTRAINTS, value)])
        };
        let root = Authority::new("Root");
        assert_eq!(faults_of(&[root.clone(), requires(0)]), ["chain_policy"]);
        assert!(faults_of(&[root, requires(1)]).is_empty());
    }

    #[test]
    fn every_fault_is_listed_from_the_anchor_down() {
        let zero = asn1::sequence(&[asn1::tlv(0x80, &[0])]);
        let chain = [
            Authority::new("Root"),
            with(
                "A",
                vec![constraints(1, &["example.kz".to_owned()]), (oid::POLICY_CONSTRAINTS, zero)],
            ),
            with("B", vec![alternative(&["a.example.kz".to_owned()])]),
            with("Leaf", vec![(oid::KZ_KEY_STORE_TYPE, asn1::sequence(&[asn1::oid(oid::CPS)]))]),
        ];
        assert_eq!(
            faults_of(&chain),
            ["chain_name_constraints", "chain_policy", "unknown_critical_ext"]
        );
    }

    /// CVE-2018-16875 and its like: as many comparisons as names times constraints.
    #[test]
    fn names_and_constraints_without_end_are_given_up() {
        let hosts: Vec<String> = (0..1000).map(|n| format!("host{n}.example.kz")).collect();
        let others: Vec<String> = (0..1000).map(|n| format!("host{n}.example.ru")).collect();
        let constrained = with("CA", vec![constraints(1, &others)]);
        let leaf = with("Leaf", vec![alternative(&hosts)]);
        let found = path(&[Authority::new("Root"), constrained, leaf]);
        assert_eq!(reason(found), Reason::PathBudget);
    }
}
