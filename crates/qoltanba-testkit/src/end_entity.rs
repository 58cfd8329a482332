//! The description of an end entity.

use qoltanba::{algorithm::SignatureAlgorithm, identity::Role, time::Validity};

use crate::{
    error::{Error, Result},
    fault::{Fault, Placement},
    people::{Organisation, Person, invented_bin, invented_iin},
    profile::{ExtendedUsage, Profile},
    rules::{NameForm, Point},
    subject::{Attribute, Generation, Subject},
};

/// Whom a certificate is for, and what is wrong with it.
///
/// ```
/// use qoltanba::{algorithm::SignatureAlgorithm, identity::Role, time::Validity};
/// use qoltanba_testkit::{EndEntity, Fault, Organisation, Person, Profile};
///
/// let validity = Validity {
///     not_before: "2026-01-01T00:00:00Z".parse()?,
///     not_after: "2027-01-01T00:00:00Z".parse()?,
/// };
/// let head = EndEntity {
///     profile: Profile::Sign(Role::FirstHead),
///     person: Some(Person::invented(1)),
///     organisation: Some(Organisation::invented(0)),
///     fault: Some(Fault::Expired),
///     ..EndEntity::new(SignatureAlgorithm::Gost2015_512, validity)
/// };
/// assert_eq!(head.name()?.values(qoltanba_testkit::Attribute::Country).count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct EndEntity {
    /// What the certificate is for.
    pub profile: Profile,
    /// The algorithm of the holder's key; the issuer may have another.
    pub algorithm: SignatureAlgorithm,
    /// When the certificate is valid.
    pub validity: Validity,
    /// The holder; systems and services have none.
    pub person: Option<Person>,
    /// The organisation acted for; individuals have none.
    pub organisation: Option<Organisation>,
    /// The name of a system or service.
    pub system: Option<String>,
    /// The form of the profile; without it the one that goes with the algorithm.
    pub generation: Option<Generation>,
    /// The whole subject, instead of the one that the fields above make.
    pub subject: Option<Subject>,
    /// certificatePolicies instead of those of the profile, with dots; an empty list leaves the
    /// extension out.
    pub policies: Option<Vec<String>>,
    /// The lists that cover it, instead of the issuer's; an empty list leaves the extension out.
    pub points: Option<Vec<Point>>,
    /// subjectAltName, which no profile has.
    pub names: Vec<NameForm>,
    /// How far extKeyUsage follows the profile.
    pub extended_usage: ExtendedUsage,
    /// What is wrong.
    pub fault: Option<Fault>,
}

impl EndEntity {
    /// A description to be completed: the individual who signs, and nobody yet.
    #[must_use]
    pub const fn new(algorithm: SignatureAlgorithm, validity: Validity) -> Self {
        Self {
            profile: Profile::Sign(Role::Individual),
            algorithm,
            validity,
            person: None,
            organisation: None,
            system: None,
            generation: None,
            subject: None,
            policies: None,
            points: None,
            names: Vec::new(),
            extended_usage: ExtendedUsage::OfProfile,
            fault: None,
        }
    }

    /// An invented holder of this number, of the right kind for the profile.
    #[must_use]
    pub fn invented(
        profile: Profile,
        number: u32,
        algorithm: SignatureAlgorithm,
        validity: Validity,
    ) -> Self {
        let mut entity = Self { profile, ..Self::new(algorithm, validity) };
        match profile {
            Profile::Sign(Role::InformationSystem)
            | Profile::Authenticate(Role::InformationSystem) => {
                entity.system = Some(format!("АЖ \"ҮЛГІ-{number}\""));
            }
            Profile::TimeStamping => entity.system = Some("УАҚЫТ БЕЛГІСІ ҚЫЗМЕТІ".to_owned()),
            Profile::OcspResponder => {
                entity.system = Some("СЕРТИФИКАТ МӘРТЕБЕСІ ҚЫЗМЕТІ".to_owned());
            }
            Profile::Sign(_) | Profile::Authenticate(_) => {
                entity.person = Some(Person::invented(number));
            }
        }
        if !matches!(
            profile,
            Profile::Sign(Role::Individual) | Profile::Authenticate(Role::Individual)
        ) {
            entity.organisation = Some(Organisation::invented(number));
        }
        entity
    }

    /// The same holder with something wrong.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// The form of the profile.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        match (self.generation, self.algorithm) {
            (Some(generation), _) => generation,
            (None, SignatureAlgorithm::Gost2015_256 | SignatureAlgorithm::Gost2015_512) => {
                Generation::Current
            }
            (None, _) => Generation::Legacy,
        }
    }

    /// The subject, with its defect.
    ///
    /// # Errors
    /// When the profile asks for a person, organisation or system that is not described, or the
    /// fault is none of an end entity.
    pub fn name(&self) -> Result<Subject> {
        let name = match &self.subject {
            Some(subject) => subject.clone(),
            None => self.described()?,
        };
        self.with_fault(name)
    }

    fn described(&self) -> Result<Subject> {
        let person = || self.person.as_ref().ok_or(Error::Description("no person is described"));
        let organisation = || {
            let missing = Error::Description("no organisation is described");
            self.organisation.as_ref().ok_or(missing)
        };
        let system =
            || self.system.as_deref().ok_or(Error::Description("no system or service is named"));
        let generation = self.generation();
        Ok(match self.profile {
            Profile::TimeStamping | Profile::OcspResponder => {
                Subject::service(system()?, organisation()?)
            }
            Profile::Sign(Role::InformationSystem)
            | Profile::Authenticate(Role::InformationSystem) => {
                Subject::information_system(system()?, organisation()?)
            }
            Profile::Sign(Role::Individual) | Profile::Authenticate(Role::Individual) => {
                Subject::person(person()?, None, generation)
            }
            // kz-pki §5: the form of the role and code of a treasury client.
            Profile::Sign(Role::Treasury) | Profile::Authenticate(Role::Treasury) => {
                Subject::treasury(person()?, organisation()?, generation, "ROLE01", "KS01234")
            }
            Profile::Sign(_) | Profile::Authenticate(_) => {
                Subject::person(person()?, Some(organisation()?), generation)
            }
        })
    }

    fn with_fault(&self, name: Subject) -> Result<Subject> {
        let Some(fault) = self.fault else { return Ok(name) };
        let (numbered, changed) = match (fault.placement(), fault) {
            (Placement::Certificate, _) => return Ok(name),
            (Placement::Authority | Placement::Chain, _) => {
                return Err(Error::Description("this fault is none of an end entity"));
            }
            (Placement::Person, Fault::SeveralBins) => {
                let other = format!("BIN{}", invented_bin(OTHER));
                (
                    Attribute::OrganisationalUnit,
                    name.clone().with(Attribute::OrganisationalUnit, other),
                )
            }
            (Placement::Person, Fault::SeveralIins) => {
                let other = format!("IIN{}", invented_iin(OTHER));
                (Attribute::SerialNumber, name.clone().with(Attribute::SerialNumber, other))
            }
            (Placement::Person, _) => (
                Attribute::SerialNumber,
                name.clone().changed(Attribute::SerialNumber, |text| with_bad_number(fault, text)),
            ),
        };
        if name.values(numbered).next().is_none() {
            return Err(Error::Description("the subject has no number that could be wrong"));
        }
        Ok(changed)
    }
}

/// The number of the person or organisation whose identification number is the second one.
const OTHER: u32 = 9_999_999;

fn with_bad_number(fault: Fault, text: &str) -> String {
    let (head, last) = text.split_at_checked(text.len().saturating_sub(1)).unwrap_or((text, ""));
    match fault {
        Fault::ElevenDigitIin => head.to_owned(),
        Fault::IinWithoutPrefix => text.trim_start_matches("IIN").to_owned(),
        Fault::WrongCheckDigit => {
            let digit = last.parse::<u8>().unwrap_or_default();
            format!("{head}{}", (digit + 1) % 10)
        }
        _ => text.to_owned(),
    }
}
