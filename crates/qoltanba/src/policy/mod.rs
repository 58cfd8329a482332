//! What is asked of a signature beyond its proofs. A policy is a value whose defaults fail closed.
//!
//! ```
//! use qoltanba::policy::{Policy, Preset};
//! let policy = Policy::named("kz-2015").ok_or("no such policy")?;
//! assert_eq!(policy.preset, Some(Preset::Kz2015));
//! // Unless one is named, the moment of check decides.
//! let at = "2026-11-25T12:00:00Z".parse()?;
//! assert_eq!(Policy::at(at).preset, Some(Preset::Kz2026));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod national;
mod preset;
mod rules;

pub use preset::{Preset, Source};
pub use rules::{Level, Rule, RuleId};

use crate::{
    algorithm::Strength,
    certificate::{Certificate, Purpose},
    revocation::{NonceRule, OcspRules, Reach, UnknownStatus},
    time::Instant,
    trust::PathInputs,
    verdict::Reason,
};

/// What verification demands.
///
/// ```
/// use qoltanba::{certificate::Purpose, policy::Policy};
/// let login = Policy::for_purpose(Purpose::Authenticate);
/// assert_eq!(login.strength, Policy::default().strength);
/// assert_eq!(Policy::default().purpose, Purpose::Sign);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// The rules that the report names; `None` lets the moment of check choose.
    pub preset: Option<Preset>,
    /// What the certificate must be fit for.
    pub purpose: Purpose,
    /// Whose rules tell what a certificate is fit for.
    pub uses: UseRules,
    /// Whether the signer's certificate must carry a policy of the national authority.
    pub national_policy: NationalPolicy,
    /// The certificate policies that are asked for along the path.
    pub path: PathInputs,
    /// Weak algorithms that are let through; see [`danger`](crate::danger).
    pub strength: Strength,
    /// How far back a later revocation reaches.
    pub reach: Reach,
    /// What is demanded of OCSP answers.
    pub ocsp: OcspRules,
    /// How fresh the evidence about time-stamp authorities must be.
    pub time_stamps: StampEvidence,
}

/// For which moment evidence about a time-stamp authority must be in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StampEvidence {
    /// For the moment of check, or the last one of the authority's certificate: who has taken the
    /// key of an authority writes any time (RFC 3161 §4).
    #[default]
    AtCheck,
    /// For the moment of the time stamp, as long as nothing at hand tells of a compromise; see
    /// [`danger::archived_time_stamps`](crate::danger::archived_time_stamps).
    AtStamp,
}

/// Whose rules tell what a certificate is fit for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum UseRules {
    /// The national profile: keyUsage and the roles in extKeyUsage.
    #[default]
    National,
    /// RFC 5280 §4.2.1.3 and §4.2.1.12 alone.
    Rfc5280,
}

/// Whether the signer's certificate must carry a policy of the national authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum NationalPolicy {
    /// One of the listed policies must be there.
    #[default]
    Demanded,
    /// Nothing is asked.
    NotAsked,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            preset: None,
            purpose: Purpose::Sign,
            uses: UseRules::default(),
            national_policy: NationalPolicy::default(),
            path: PathInputs::default(),
            strength: Strength::default(),
            reach: Reach::default(),
            ocsp: OcspRules::default(),
            time_stamps: StampEvidence::default(),
        }
    }
}

impl From<Preset> for Policy {
    fn from(preset: Preset) -> Self {
        let (uses, national_policy) = match preset {
            Preset::Kz2026 | Preset::Kz2015 => (UseRules::National, NationalPolicy::Demanded),
            Preset::Pkix => (UseRules::Rfc5280, NationalPolicy::NotAsked),
        };
        let ocsp = match preset {
            Preset::Kz2026 | Preset::Kz2015 => OcspRules::default(),
            Preset::Pkix => OcspRules {
                unknown: UnknownStatus::AskElsewhere,
                nonce: NonceRule::IfPresent,
                ..OcspRules::default()
            },
        };
        Self { preset: Some(preset), uses, national_policy, ocsp, ..Self::default() }
    }
}

impl Policy {
    /// The default policy for another purpose.
    #[must_use]
    pub fn for_purpose(purpose: Purpose) -> Self {
        Self { purpose, ..Self::default() }
    }

    /// The policy of a preset, by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Preset::named(name).map(Self::from)
    }

    /// The national policy that is in force at a moment.
    #[must_use]
    pub fn at(moment: Instant) -> Self {
        Preset::at(moment).into()
    }

    /// The same policy for a purpose.
    #[must_use]
    pub fn with_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// The preset by which a check at `moment` is reported.
    pub(crate) fn preset_at(&self, moment: Instant) -> Preset {
        self.preset.unwrap_or_else(|| Preset::at(moment))
    }
}

/// Proof that a certificate may be used for what was asked. Made only here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Permitted {
    purpose: Purpose,
}

/// Whether a certificate may be used for what the policy asks; every reason against it otherwise.
pub(crate) fn permit(policy: &Policy, certificate: &Certificate) -> Result<Permitted, Vec<Reason>> {
    let uses = match policy.uses {
        UseRules::National => certificate.purposes(),
        UseRules::Rfc5280 => certificate.standard_purposes(),
    };
    let mut against = Vec::new();
    if !uses.allows(policy.purpose) {
        against.push(Reason::WrongPurpose { wanted: policy.purpose });
    }
    if policy.national_policy == NationalPolicy::Demanded {
        against.extend(national::refuse(certificate));
    }
    if against.is_empty() { Ok(Permitted { purpose: policy.purpose }) } else { Err(against) }
}
