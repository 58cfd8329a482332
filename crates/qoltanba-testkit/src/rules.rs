//! What certificates say beyond their profile: policies, constraints on paths and names, and which
//! lists cover them (RFC 5280 §4.2.1).

use der::{
    Decode as _, Sequence,
    asn1::{Ia5String, ObjectIdentifier as Oid, OctetString},
    flagset::FlagSet,
};
use x509_cert::{
    ext::{
        Extension,
        pkix::{
            CertificatePolicies, CrlDistributionPoints, NameConstraints, PolicyConstraints,
            certpolicy::PolicyInformation,
            constraints::name::GeneralSubtree,
            crl::dp::{DistributionPoint, Reasons},
            name::{DistributionPointName, GeneralName},
        },
    },
    name::Name,
};

use crate::{crl::Reason, encode::extension, error::Result, oid, subject::Subject};

/// What an authority demands of the paths below it. By default nothing, and its policy is the
/// national one.
///
/// ```
/// use qoltanba_testkit::{Attribute, NameForm, PathRules, Subject};
/// let kazakhstan = Subject::empty().with(Attribute::Country, "KZ");
/// let rules = PathRules {
///     policies: Some(vec!["1.2.398.3.3.2".to_owned()]),
///     require_explicit_policy: Some(0),
///     permitted: vec![NameForm::Directory(kazakhstan)],
///     ..PathRules::default()
/// };
/// assert_ne!(rules, PathRules::default());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathRules {
    /// certificatePolicies instead of the national one, with dots; an empty list leaves the
    /// extension out.
    pub policies: Option<Vec<String>>,
    /// policyMappings: of the issuer, of the subject.
    pub mappings: Vec<(String, String)>,
    /// requireExplicitPolicy of policyConstraints.
    pub require_explicit_policy: Option<u32>,
    /// inhibitPolicyMapping of policyConstraints.
    pub inhibit_policy_mapping: Option<u32>,
    /// inhibitAnyPolicy.
    pub inhibit_any_policy: Option<u32>,
    /// permittedSubtrees of nameConstraints.
    pub permitted: Vec<NameForm>,
    /// excludedSubtrees of nameConstraints.
    pub excluded: Vec<NameForm>,
}

/// A GeneralName (RFC 5280 §4.2.1.6), as a name or as the base of a subtree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameForm {
    /// A distinguished name, or the beginning of one.
    Directory(Subject),
    /// A host, or a domain.
    Dns(String),
    /// An address of mail, or its host.
    Email(String),
    /// An address, or its host.
    Uri(String),
    /// The octets of an IP address, and for a subtree those of its mask.
    Ip(Vec<u8>),
}

/// RFC 5280 §4.2.1.5.
#[derive(Sequence)]
struct PolicyMapping {
    issuer_domain_policy: Oid,
    subject_domain_policy: Oid,
}

/// A distribution point: where a list that covers the certificate is (RFC 5280 §4.2.1.13).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Point {
    /// The full name.
    pub address: Option<String>,
    /// The reasons that the list covers; none says all.
    pub reasons: Vec<Reason>,
    /// Who issues the list, when it is not the issuer of the certificate.
    pub issuer: Option<Subject>,
}

impl Point {
    /// A list of all reasons at this address.
    #[must_use]
    pub fn at(address: &str) -> Self {
        Self { address: Some(address.to_owned()), ..Self::default() }
    }

    /// The same list for these reasons only.
    #[must_use]
    pub fn reasons(mut self, reasons: &[Reason]) -> Self {
        self.reasons = reasons.to_vec();
        self
    }

    /// The same list by another issuer.
    #[must_use]
    pub fn issuer(mut self, issuer: Subject) -> Self {
        self.issuer = Some(issuer);
        self
    }

    fn encode(&self) -> Result<DistributionPoint> {
        let issuer = self.issuer.clone().map(|s| NameForm::Directory(s).encode()).transpose()?;
        Ok(DistributionPoint {
            distribution_point: self.address.as_deref().map(|a| full_name(&[a])).transpose()?,
            reasons: flags(&self.reasons),
            crl_issuer: issuer.map(|i| vec![i]),
        })
    }
}

impl NameForm {
    fn encode(&self) -> Result<GeneralName> {
        Ok(match self {
            Self::Directory(subject) => {
                GeneralName::DirectoryName(Name::from_der(&subject.to_der()?)?)
            }
            Self::Dns(text) => GeneralName::DnsName(Ia5String::new(text)?),
            Self::Email(text) => GeneralName::Rfc822Name(Ia5String::new(text)?),
            Self::Uri(text) => GeneralName::UniformResourceIdentifier(Ia5String::new(text)?),
            Self::Ip(octets) => GeneralName::IpAddress(OctetString::new(&**octets)?),
        })
    }
}

impl PathRules {
    /// Works them into the extensions of an authority.
    pub(crate) fn apply(&self, extensions: &mut Vec<Extension>) -> Result<()> {
        replace_policies(self.policies.as_deref(), extensions)?;
        if !self.mappings.is_empty() {
            let mappings = self.mappings.iter().map(|(issuer, subject)| {
                Ok(PolicyMapping {
                    issuer_domain_policy: oid::parse(issuer)?,
                    subject_domain_policy: oid::parse(subject)?,
                })
            });
            let mappings = mappings.collect::<Result<Vec<_>>>()?;
            extensions.push(extension(oid::POLICY_MAPPINGS, true, &mappings)?);
        }
        let constraints = PolicyConstraints {
            require_explicit_policy: self.require_explicit_policy,
            inhibit_policy_mapping: self.inhibit_policy_mapping,
        };
        if self.require_explicit_policy.or(self.inhibit_policy_mapping).is_some() {
            extensions.push(extension(oid::POLICY_CONSTRAINTS, true, &constraints)?);
        }
        if let Some(certificates) = self.inhibit_any_policy {
            extensions.push(extension(oid::INHIBIT_ANY_POLICY, true, &certificates)?);
        }
        let names = NameConstraints {
            permitted_subtrees: subtrees(&self.permitted)?,
            excluded_subtrees: subtrees(&self.excluded)?,
        };
        if !self.permitted.is_empty() || !self.excluded.is_empty() {
            extensions.push(extension(oid::NAME_CONSTRAINTS, true, &names)?);
        }
        Ok(())
    }
}

/// Puts other policies in the place of those of the profile.
pub(crate) fn replace_policies(
    policies: Option<&[String]>,
    extensions: &mut Vec<Extension>,
) -> Result<()> {
    let Some(policies) = policies else { return Ok(()) };
    let information = policies.iter().map(|policy| {
        Ok(PolicyInformation { policy_identifier: oid::parse(policy)?, policy_qualifiers: None })
    });
    let value = CertificatePolicies(information.collect::<Result<_>>()?);
    let value = extension(oid::CERTIFICATE_POLICIES, false, &value)?;
    replace(Some(value).filter(|_| !policies.is_empty()), oid::CERTIFICATE_POLICIES, extensions);
    Ok(())
}

/// Puts other distribution points in the place of those of the profile. freshestCRL goes with
/// them: it speaks of the list that was there.
pub(crate) fn replace_points(
    points: Option<&[Point]>,
    extensions: &mut Vec<Extension>,
) -> Result<()> {
    let Some(points) = points else { return Ok(()) };
    let value = points.iter().map(Point::encode).collect::<Result<_>>()?;
    let value = extension(oid::CRL_DISTRIBUTION_POINTS, false, &CrlDistributionPoints(value))?;
    extensions.retain(|e| e.extn_id != oid::FRESHEST_CRL);
    replace(Some(value).filter(|_| !points.is_empty()), oid::CRL_DISTRIBUTION_POINTS, extensions);
    Ok(())
}

/// Adds other names of the subject.
pub(crate) fn add_names(names: &[NameForm], extensions: &mut Vec<Extension>) -> Result<()> {
    if !names.is_empty() {
        let names = names.iter().map(NameForm::encode).collect::<Result<Vec<_>>>()?;
        extensions.push(extension(oid::SUBJECT_ALT_NAME, false, &names)?);
    }
    Ok(())
}

/// The full name of a distribution point.
pub(crate) fn full_name(addresses: &[&str]) -> Result<DistributionPointName> {
    let names = addresses.iter().map(|a| NameForm::Uri((*a).to_owned()).encode());
    Ok(DistributionPointName::FullName(names.collect::<Result<_>>()?))
}

/// The names in a certificateIssuer entry extension (RFC 5280 §5.3.3).
pub(crate) fn certificate_issuer(name: &[u8]) -> Result<Extension> {
    let name = GeneralName::DirectoryName(Name::from_der(name)?);
    extension(oid::CERTIFICATE_ISSUER, true, &vec![name])
}

/// ReasonFlags; absent for none.
pub(crate) fn flags(reasons: &[Reason]) -> Option<FlagSet<Reasons>> {
    let flags = reasons.iter().filter_map(|r| {
        Some(match r {
            Reason::KeyCompromise => Reasons::KeyCompromise,
            Reason::CaCompromise => Reasons::CaCompromise,
            Reason::AffiliationChanged => Reasons::AffiliationChanged,
            Reason::Superseded => Reasons::Superseded,
            Reason::CessationOfOperation => Reasons::CessationOfOperation,
            Reason::CertificateHold => Reasons::CertificateHold,
            Reason::PrivilegeWithdrawn => Reasons::PrivilegeWithdrawn,
            // RFC 5280 §4.2.1.13: no bit stands for these.
            Reason::Unspecified | Reason::RemoveFromCrl => return None,
        })
    });
    flags.map(FlagSet::from).reduce(|all, flag| all | flag)
}

fn subtrees(bases: &[NameForm]) -> Result<Option<Vec<GeneralSubtree>>> {
    let subtrees = bases.iter().map(|base| {
        // RFC 5280 §4.2.1.10: minimum is 0 and maximum absent.
        Ok(GeneralSubtree { base: base.encode()?, minimum: 0, maximum: None })
    });
    Ok(Some(subtrees.collect::<Result<Vec<_>>>()?).filter(|s| !s.is_empty()))
}

fn replace(by: Option<Extension>, oid: Oid, extensions: &mut Vec<Extension>) {
    let at = extensions.iter().position(|e| e.extn_id == oid);
    extensions.retain(|e| e.extn_id != oid);
    if let Some(by) = by {
        extensions.insert(at.unwrap_or(extensions.len()), by);
    }
}
