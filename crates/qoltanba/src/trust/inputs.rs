//! What the user of path validation decides beforehand (RFC 5280 §6.1.1).

use std::collections::BTreeSet;

use der::asn1::ObjectIdentifier as Oid;

use crate::{
    error::{Error, Result},
    oid,
};

/// The inputs of path validation that are about certificate policies (RFC 5280 §6.1.1 (c), (e),
/// (f), (g)). By default any policy will do, or none, and authorities may map and inhibit.
///
/// ```
/// use qoltanba::trust::{ExplicitPolicy, InitialPolicies, PathInputs, PolicySet};
///
/// let mut inputs = PathInputs::default();
/// inputs.explicit_policy = ExplicitPolicy::Required;
/// inputs.policies = InitialPolicies::Only(PolicySet::new(["2.16.840.1.101.3.2.1.48.1"])?);
/// # Ok::<(), qoltanba::Error>(())
/// ```
///
/// The initial subtrees of §6.1.1 (h) and (i) are those of the anchor's own certificate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PathInputs {
    /// user-initial-policy-set.
    pub policies: InitialPolicies,
    /// initial-explicit-policy.
    pub explicit_policy: ExplicitPolicy,
    /// initial-policy-mapping-inhibit.
    pub policy_mapping: Inhibition,
    /// initial-any-policy-inhibit.
    pub any_policy: Inhibition,
}

/// The certificate policies that are acceptable to the user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum InitialPolicies {
    /// The special value any-policy: the user does not mind.
    #[default]
    Any,
    /// These and no others.
    Only(PolicySet),
}

/// A set of certificate policies, not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySet(BTreeSet<Oid>);

/// Whether the path must be valid for one acceptable policy at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExplicitPolicy {
    /// Only where an authority of the path requires it.
    #[default]
    NotRequired,
    /// In any case.
    Required,
}

/// Whether what authorities may do is left to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inhibition {
    /// It counts, unless an authority of the path inhibits it.
    #[default]
    Allowed,
    /// It does not count.
    Inhibited,
}

impl PolicySet {
    /// Takes the policies by their dotted decimals.
    ///
    /// # Errors
    /// When one is no object identifier, or there is none.
    pub fn new<'a>(policies: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let parse = |text: &str| {
            Oid::new(text).map_err(|_| Error::misuse("a policy is named by an object identifier"))
        };
        let all = policies.into_iter().map(parse).collect::<Result<BTreeSet<Oid>>>()?;
        if all.is_empty() {
            return Err(Error::misuse("an empty set of policies would accept nothing"));
        }
        Ok(Self(all))
    }
}

impl InitialPolicies {
    pub(super) fn accept(&self, policy: Oid) -> bool {
        match self {
            Self::Any => true,
            Self::Only(PolicySet(all)) => all.contains(&policy) || all.contains(&oid::ANY_POLICY),
        }
    }
}
