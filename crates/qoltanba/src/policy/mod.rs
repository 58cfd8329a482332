//! What is asked of a signature beyond its proofs. A policy is a value whose defaults fail closed.

use crate::{
    algorithm::Strength,
    certificate::{Certificate, Purpose, Purposes, UseProfile},
    revocation::Reach,
    trust::PathInputs,
    verdict::Reason,
};

/// What verification demands.
///
/// ```
/// use qoltanba::{Policy, Purpose};
/// let login = Policy::for_purpose(Purpose::Authenticate);
/// assert_eq!(login.strength, Policy::default().strength);
/// assert_eq!(Policy::default().purpose, Purpose::Sign);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// What the certificate must be fit for.
    pub purpose: Purpose,
    /// How the certificate tells what it is fit for.
    pub uses: UseProfile,
    /// The certificate policies that are asked for along the path.
    pub path: PathInputs,
    /// Weak algorithms that are let through; see [`danger`](crate::danger).
    pub strength: Strength,
    /// How far back a later revocation reaches.
    pub reach: Reach,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            purpose: Purpose::Sign,
            uses: UseProfile::National,
            path: PathInputs::default(),
            strength: Strength::default(),
            reach: Reach::default(),
        }
    }
}

impl Policy {
    /// The default policy for another purpose.
    #[must_use]
    pub fn for_purpose(purpose: Purpose) -> Self {
        Self { purpose, ..Self::default() }
    }

    /// RFC 5280 alone, without the national profile.
    #[must_use]
    pub fn pkix() -> Self {
        Self { uses: UseProfile::Pkix, ..Self::default() }
    }

    pub(crate) fn purposes(&self, certificate: &Certificate) -> Purposes {
        certificate.purposes_under(self.uses)
    }
}

/// Proof that a certificate may be used for what was asked. Made only here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Permitted {
    purpose: Purpose,
}

/// Whether the uses of a certificate include the one that is demanded.
pub(crate) fn permit(policy: &Policy, purposes: Purposes) -> Result<Permitted, Reason> {
    if purposes.allows(policy.purpose) {
        Ok(Permitted { purpose: policy.purpose })
    } else {
        Err(Reason::WrongPurpose { wanted: policy.purpose })
    }
}
