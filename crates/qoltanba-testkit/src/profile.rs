//! The national profiles, as extensions (kz-pki §5).

use der::{
    Any, Decode as _, Tag,
    asn1::{Ia5String, ObjectIdentifier as Oid, OctetString},
    flagset::FlagSet,
};
use qoltanba::{algorithm::SignatureAlgorithm, identity::Role};
use x509_cert::{
    ext::{
        Extension,
        pkix::{
            AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints,
            CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, KeyUsages,
            SubjectKeyIdentifier,
            certpolicy::{PolicyInformation, PolicyQualifierInfo},
            crl::dp::DistributionPoint,
            name::{DistributionPointName, GeneralName},
        },
    },
    name::Name,
    serial_number::SerialNumber,
};

use crate::{
    encode::{extension, extension_of_octets},
    error::Result,
    oid,
    subject::Generation,
};

/// What an end entity's certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// Signing documents; with a GOST 2015 key logging in too.
    Sign(Role),
    /// Logging in, with the separate key of the legacy form.
    Authenticate(Role),
    /// A time-stamp authority (RFC 3161 §2.3: extKeyUsage critical and alone).
    TimeStamping,
    /// A delegated OCSP responder (RFC 6960 §4.2.2.2), which nobody asks about.
    OcspResponder,
}

/// How far extKeyUsage follows the profile: what a time-stamp authority (RFC 3161 §2.3) and an
/// OCSP responder (RFC 6960 §4.2.2.2) may get wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ExtendedUsage {
    /// It does.
    #[default]
    OfProfile,
    /// There is no extKeyUsage.
    Missing,
    /// It is not critical.
    NotCritical,
    /// It names e-mail protection too.
    WithAnother,
}

/// Where the authority's certificates, lists and services are said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// What every address begins with, without a slash at its end.
    pub base: String,
}

impl Default for Addresses {
    /// A host that RFC 6761 §6.4 promises never to exist.
    fn default() -> Self {
        Self { base: "http://pki.qoltanba.invalid".to_owned() }
    }
}

impl Addresses {
    /// The OCSP responder.
    #[must_use]
    pub fn ocsp(&self) -> String {
        format!("{}/ocsp/", self.base)
    }

    /// The time-stamp authority.
    #[must_use]
    pub fn time_stamps(&self) -> String {
        format!("{}/tsp/", self.base)
    }

    /// The certificate of the authority whose files have this name.
    #[must_use]
    pub fn certificate(&self, file: &str) -> String {
        format!("{}/cert/{file}.cer", self.base)
    }

    /// The complete list of the authority.
    #[must_use]
    pub fn list(&self, file: &str) -> String {
        format!("{}/crl/{file}.crl", self.base)
    }

    /// The delta list of the authority.
    #[must_use]
    pub fn delta(&self, file: &str) -> String {
        format!("{}/crl/{file}_d.crl", self.base)
    }

    /// The practice statement.
    #[must_use]
    pub fn practice(&self) -> String {
        format!("{}/cps", self.base)
    }
}

/// The issuer, as its certificates name it.
pub(crate) struct Issuer<'a> {
    pub(crate) key_identifier: [u8; 20],
    pub(crate) name: &'a [u8],
    /// Who issued the issuer's own certificate: with the serial number this names it.
    pub(crate) above: &'a [u8],
    pub(crate) serial: &'a [u8],
    pub(crate) file: &'a str,
    pub(crate) addresses: &'a Addresses,
}

/// What an authority's own certificate says.
pub(crate) struct AuthorityProfile {
    pub(crate) ca: bool,
    pub(crate) path_len: Option<u8>,
    pub(crate) usage: FlagSet<KeyUsages>,
    pub(crate) root: bool,
}

/// The extensions of an authority, in the order of the production certificates of 2022.
pub(crate) fn of_authority(
    profile: &AuthorityProfile,
    issuer: &Issuer<'_>,
    key_identifier: [u8; 20],
) -> Result<Vec<Extension>> {
    let constraints = BasicConstraints { ca: profile.ca, path_len_constraint: profile.path_len };
    let mut out = vec![
        extension(oid::BASIC_CONSTRAINTS, true, &constraints)?,
        extension(oid::KEY_USAGE, true, &KeyUsage(profile.usage))?,
    ];
    if !profile.root {
        out.push(list(oid::CRL_DISTRIBUTION_POINTS, &issuer.addresses.list(issuer.file))?);
    }
    out.push(subject_key(key_identifier)?);
    out.push(authority_key(issuer, true)?);
    if !profile.root {
        out.push(access(issuer, &[oid::AD_CA_ISSUERS])?);
    }
    let policy = if profile.root { oid::KZ_POLICY_ROOT } else { oid::KZ_POLICY };
    out.push(policies(policy, issuer.addresses)?);
    Ok(out)
}

/// The extensions of an end entity, in the order of the generation.
pub(crate) fn of_end_entity(
    profile: Profile,
    algorithm: SignatureAlgorithm,
    generation: Generation,
    deviation: ExtendedUsage,
    issuer: &Issuer<'_>,
    key_identifier: [u8; 20],
) -> Result<Vec<Extension>> {
    let (addresses, file) = (issuer.addresses, issuer.file);
    let usage = extension(oid::KEY_USAGE, true, &KeyUsage(usage(profile, algorithm)))?;
    // RFC 3161 §2.3: critical in the certificate of a time-stamp authority.
    let critical = profile == Profile::TimeStamping && deviation != ExtendedUsage::NotCritical;
    let mut uses = extended_usage(profile)?;
    if deviation == ExtendedUsage::WithAnother {
        uses.push(oid::KP_EMAIL_PROTECTION);
    }
    let uses = extension(oid::EXTENDED_KEY_USAGE, critical, &ExtendedKeyUsage(uses))?;
    let policy = policies(policy(profile, generation), addresses)?;
    let full = list(oid::CRL_DISTRIBUTION_POINTS, &addresses.list(file))?;
    let delta = list(oid::FRESHEST_CRL, &addresses.delta(file))?;
    let own = subject_key(key_identifier)?;
    let issuing = authority_key(issuer, false)?;
    let mut out = match generation {
        Generation::Current => {
            let access = access(issuer, &[oid::AD_OCSP, oid::AD_CA_ISSUERS])?;
            vec![policy, access, full, delta, uses, usage, own, issuing]
        }
        Generation::Legacy => {
            let access = access(issuer, &[oid::AD_CA_ISSUERS, oid::AD_OCSP])?;
            vec![usage, uses, issuing, own, policy, full, delta, access]
        }
    };
    match profile {
        Profile::Sign(_) | Profile::Authenticate(_) => {
            let store = vec![oid::KZ_KEY_STORE_PKCS12];
            out.push(extension(oid::KZ_KEY_STORE_TYPE, false, &store)?);
        }
        // kz-pki §5: the authority leaves the value empty under GOST 2004 and RSA, where
        // RFC 6960 §4.2.2.2.1 asks for NULL.
        Profile::OcspResponder => {
            let value: &[u8] = match generation {
                Generation::Legacy => &[],
                Generation::Current => &[0x05, 0x00],
            };
            out.push(extension_of_octets(oid::OCSP_NO_CHECK, false, value)?);
        }
        Profile::TimeStamping => {}
    }
    if deviation == ExtendedUsage::Missing {
        out.retain(|e| e.extn_id != oid::EXTENDED_KEY_USAGE);
    }
    Ok(out)
}

/// kz-pki §5: the bits of each key.
fn usage(profile: Profile, algorithm: SignatureAlgorithm) -> FlagSet<KeyUsages> {
    let signature: FlagSet<KeyUsages> = KeyUsages::DigitalSignature.into();
    let gost2015 =
        matches!(algorithm, SignatureAlgorithm::Gost2015_256 | SignatureAlgorithm::Gost2015_512);
    match profile {
        Profile::TimeStamping | Profile::OcspResponder => signature,
        Profile::Sign(_) if gost2015 => {
            signature | KeyUsages::NonRepudiation | KeyUsages::KeyAgreement
        }
        Profile::Sign(_) => signature | KeyUsages::NonRepudiation,
        // No such certificate is issued by the authority; it would not agree to a purpose.
        Profile::Authenticate(_) if gost2015 => signature | KeyUsages::KeyAgreement,
        Profile::Authenticate(_) => signature | KeyUsages::KeyEncipherment,
    }
}

fn extended_usage(profile: Profile) -> Result<Vec<Oid>> {
    let (standard, role) = match profile {
        Profile::TimeStamping => return Ok(vec![oid::KP_TIME_STAMPING]),
        Profile::OcspResponder => return Ok(vec![oid::KP_OCSP_SIGNING]),
        // kz-pki §2: systems have neither clientAuth nor emailProtection.
        Profile::Sign(Role::InformationSystem) => (None, Role::InformationSystem),
        Profile::Sign(role) => (Some(oid::KP_EMAIL_PROTECTION), role),
        Profile::Authenticate(role) => (Some(oid::KP_CLIENT_AUTH), role),
    };
    Ok(standard.into_iter().chain(oid::role(role)?).collect())
}

/// kz-pki §2: one policy for everybody today, a policy for each profile before.
fn policy(profile: Profile, generation: Generation) -> Oid {
    match (generation, profile) {
        (_, Profile::TimeStamping) => oid::KZ_POLICY_TSA,
        (Generation::Current, _) | (_, Profile::OcspResponder) => oid::KZ_POLICY,
        (_, Profile::Sign(Role::Individual)) => oid::KZ_POLICY_INDIVIDUAL_SIGN,
        (_, Profile::Authenticate(Role::Individual)) => oid::KZ_POLICY_INDIVIDUAL_AUTH,
        (_, Profile::Sign(Role::Treasury)) => oid::KZ_POLICY_TREASURY_SIGN,
        (_, Profile::Authenticate(Role::Treasury)) => oid::KZ_POLICY_TREASURY_AUTH,
        (_, Profile::Sign(_)) => oid::KZ_POLICY_LEGAL_SIGN,
        (_, Profile::Authenticate(_)) => oid::KZ_POLICY_LEGAL_AUTH,
    }
}

fn policies(policy: Oid, addresses: &Addresses) -> Result<Extension> {
    let address = Any::new(Tag::Ia5String, addresses.practice().into_bytes())?;
    let qualifier =
        PolicyQualifierInfo { policy_qualifier_id: oid::QT_CPS, qualifier: Some(address) };
    let information =
        PolicyInformation { policy_identifier: policy, policy_qualifiers: Some(vec![qualifier]) };
    extension(oid::CERTIFICATE_POLICIES, false, &CertificatePolicies(vec![information]))
}

fn uri(address: &str) -> Result<GeneralName> {
    Ok(GeneralName::UniformResourceIdentifier(Ia5String::new(address)?))
}

/// cRLDistributionPoints or freshestCRL with one full name.
pub(crate) fn list(oid: Oid, address: &str) -> Result<Extension> {
    list_of(oid, false, address)
}

pub(crate) fn list_of(oid: Oid, critical: bool, address: &str) -> Result<Extension> {
    let point = DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![uri(address)?])),
        reasons: None,
        crl_issuer: None,
    };
    extension(oid, critical, &CrlDistributionPoints(vec![point]))
}

fn access(issuer: &Issuer<'_>, methods: &[Oid]) -> Result<Extension> {
    let descriptions = methods
        .iter()
        .map(|method| {
            let address = if *method == oid::AD_OCSP {
                issuer.addresses.ocsp()
            } else {
                issuer.addresses.certificate(issuer.file)
            };
            Ok(AccessDescription { access_method: *method, access_location: uri(&address)? })
        })
        .collect::<Result<Vec<_>>>()?;
    extension(oid::AUTHORITY_INFO_ACCESS, false, &AuthorityInfoAccessSyntax(descriptions))
}

fn subject_key(key_identifier: [u8; 20]) -> Result<Extension> {
    let value = SubjectKeyIdentifier(OctetString::new(key_identifier)?);
    extension(oid::SUBJECT_KEY_IDENTIFIER, false, &value)
}

/// kz-pki §5: authorities' certificates name the issuer's certificate too, by its own issuer and
/// serial number (RFC 5280 §4.2.1.1).
pub(crate) fn authority_key(issuer: &Issuer<'_>, whole: bool) -> Result<Extension> {
    let mut value = AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(issuer.key_identifier)?),
        ..AuthorityKeyIdentifier::default()
    };
    if whole {
        let name = GeneralName::DirectoryName(Name::from_der(issuer.above)?);
        value.authority_cert_issuer = Some(vec![name]);
        value.authority_cert_serial_number = Some(SerialNumber::new(issuer.serial)?);
    }
    extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &value)
}

/// keyUsage and extKeyUsage of a TLS server that only receives keys.
pub(crate) fn wrong_usage() -> Result<[Extension; 2]> {
    Ok([
        extension(oid::KEY_USAGE, true, &KeyUsage(KeyUsages::KeyEncipherment.into()))?,
        extension(oid::EXTENDED_KEY_USAGE, false, &ExtendedKeyUsage(vec![oid::KP_SERVER_AUTH]))?,
    ])
}
