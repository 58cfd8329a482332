//! Roles, which live in extKeyUsage.

use core::{fmt, str::FromStr};

use der::asn1::ObjectIdentifier as Oid;

use crate::{
    error::{Error, Result},
    oid,
};

/// In what role the holder of a certificate acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Role {
    /// A person for himself (жеке тұлға).
    Individual,
    /// The first head of an organisation (бірінші басшы).
    FirstHead,
    /// A person with the right to sign for an organisation.
    RightToSign,
    /// A person with the right to sign financial documents.
    RightToSignFinancial,
    /// A person of the human resources department.
    HumanResources,
    /// An employee of an organisation.
    Employee,
    /// An information system of an organisation.
    InformationSystem,
    /// A client of the treasury.
    Treasury,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Individual,
        Self::FirstHead,
        Self::RightToSign,
        Self::RightToSignFinancial,
        Self::HumanResources,
        Self::Employee,
        Self::InformationSystem,
        Self::Treasury,
    ];

    /// The word that reports use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::FirstHead => "ceo",
            Self::RightToSign => "can_sign",
            Self::RightToSignFinancial => "can_sign_financial",
            Self::HumanResources => "hr",
            Self::Employee => "employee",
            Self::InformationSystem => "infosystem",
            Self::Treasury => "treasury",
        }
    }

    /// Whether the holder acts for an organisation.
    #[must_use]
    pub const fn acts_for_organisation(self) -> bool {
        !matches!(self, Self::Individual)
    }

    /// The roles that extKeyUsage names, the strongest first.
    pub(crate) fn all_of(uses: &[Oid]) -> Vec<Self> {
        const TABLE: [(Oid, Role); 8] = [
            (oid::KZ_TREASURY, Role::Treasury),
            (oid::KZ_FIRST_HEAD, Role::FirstHead),
            (oid::KZ_RIGHT_TO_SIGN, Role::RightToSign),
            (oid::KZ_RIGHT_TO_SIGN_FINANCIAL, Role::RightToSignFinancial),
            (oid::KZ_HR, Role::HumanResources),
            (oid::KZ_INFORMATION_SYSTEM, Role::InformationSystem),
            (oid::KZ_EMPLOYEE, Role::Employee),
            (oid::KZ_INDIVIDUAL, Role::Individual),
        ];
        TABLE
            .into_iter()
            .filter(|(arc, role)| match role {
                // Concrete systems are children of the arc.
                Role::InformationSystem => uses.iter().any(|u| oid::is_under(*u, *arc)),
                _ => uses.contains(arc),
            })
            .map(|(_, role)| role)
            .collect()
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(code: &str) -> Result<Self> {
        let unknown = Error::misuse(
            "a role is individual, ceo, can_sign, can_sign_financial, hr, employee, infosystem or \
             treasury",
        );
        Self::ALL.into_iter().find(|role| role.code() == code).ok_or(unknown)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
