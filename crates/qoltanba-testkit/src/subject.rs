//! Subjects: distinguished names in the layout of the national authority.
//!
//! ```
//! use qoltanba_testkit::{Attribute, Generation, Person, Subject};
//! let subject = Subject::person(&Person::invented(0), None, Generation::Current)
//!     .with(Attribute::OrganisationalUnit, "БӨЛІМ");
//! let name = qoltanba::certificate::Name::from_der(&subject.to_der()?)?;
//! assert_eq!(name.attributes().len(), 6);
//! # Ok::<(), qoltanba_testkit::Error>(())
//! ```

use der::{
    Any, Encode as _, Tag,
    asn1::{ObjectIdentifier as Oid, SetOfVec},
};
use x509_cert::attr::AttributeTypeAndValue;

use crate::{
    error::Result,
    people::{Organisation, Person},
};

/// Which form of the national profile a certificate has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Generation {
    /// GOST 2004 and RSA: one key to sign and another to log in, town, region and e-mail address
    /// in the subject, a policy for each profile.
    Legacy,
    /// GOST 2015, as issued in 2026: one key for both, a short subject, one policy.
    Current,
}

/// The attribute types of the national profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attribute {
    /// Family name and given name, or the name of a system or authority.
    CommonName,
    /// Family name.
    Surname,
    /// `IIN` and twelve digits; PrintableString.
    SerialNumber,
    /// `KZ`; PrintableString.
    Country,
    /// Town.
    Locality,
    /// Region.
    State,
    /// Name of the organisation.
    Organisation,
    /// `BIN` and twelve digits, or a department.
    OrganisationalUnit,
    /// Patronymic.
    GivenName,
    /// Address of mail.
    Email,
    /// Identifier of an information system.
    UserId,
    /// Role of a treasury client.
    DomainComponent,
    /// Code of a treasury client.
    BusinessCategory,
}

impl Attribute {
    const fn oid(self) -> Oid {
        Oid::new_unwrap(match self {
            Self::CommonName => "2.5.4.3",
            Self::Surname => "2.5.4.4",
            Self::SerialNumber => "2.5.4.5",
            Self::Country => "2.5.4.6",
            Self::Locality => "2.5.4.7",
            Self::State => "2.5.4.8",
            Self::Organisation => "2.5.4.10",
            Self::OrganisationalUnit => "2.5.4.11",
            Self::BusinessCategory => "2.5.4.15",
            Self::GivenName => "2.5.4.42",
            Self::Email => "1.2.840.113549.1.9.1",
            Self::UserId => "0.9.2342.19200300.100.1.1",
            Self::DomainComponent => "0.9.2342.19200300.100.1.25",
        })
    }

    /// kz-pki §5: UTF8String for everything except these two.
    const fn tag(self) -> Tag {
        match self {
            Self::Country | Self::SerialNumber => Tag::PrintableString,
            _ => Tag::Utf8String,
        }
    }
}

/// A distinguished name, one attribute in each RDN, in order.
///
/// The texts are written as they stand: nothing here refuses a bad one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject(Vec<(Attribute, String)>);

impl Subject {
    /// A name without attributes.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// The same name with one more attribute at its end.
    #[must_use]
    pub fn with(mut self, attribute: Attribute, text: impl Into<String>) -> Self {
        self.0.push((attribute, text.into()));
        self
    }

    /// The same name with every value of one type changed.
    #[must_use]
    pub fn changed(mut self, attribute: Attribute, change: impl Fn(&str) -> String) -> Self {
        for (_, text) in self.0.iter_mut().filter(|(a, _)| *a == attribute) {
            *text = change(text);
        }
        self
    }

    /// The same name without the attributes of one type.
    #[must_use]
    pub fn without(mut self, attribute: Attribute) -> Self {
        self.0.retain(|(a, _)| *a != attribute);
        self
    }

    /// The values of one type.
    pub fn values(&self, attribute: Attribute) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(a, _)| *a == attribute).map(|(_, text)| text.as_str())
    }

    /// A certification authority: common name and country.
    #[must_use]
    pub fn authority(common_name: &str) -> Self {
        Self::empty().with(Attribute::CommonName, common_name).with(Attribute::Country, "KZ")
    }

    /// A person, for himself or for an organisation.
    #[must_use]
    pub fn person(
        person: &Person,
        organisation: Option<&Organisation>,
        generation: Generation,
    ) -> Self {
        let mut name = Self::empty()
            .with(Attribute::CommonName, person.common_name())
            .with(Attribute::Surname, &person.surname)
            .with(Attribute::SerialNumber, format!("IIN{}", person.iin))
            .with(Attribute::Country, "KZ");
        let legacy = generation == Generation::Legacy;
        if let (true, Some(place)) = (legacy, &person.place) {
            name = name.with(Attribute::Locality, place).with(Attribute::State, place);
        }
        if let Some(organisation) = organisation {
            name = name.organisation(organisation);
        }
        if let Some(patronymic) = &person.patronymic {
            name = name.with(Attribute::GivenName, patronymic);
        }
        if let (true, Some(email)) = (legacy, &person.email) {
            name = name.with(Attribute::Email, email);
        }
        name
    }

    /// A client of the treasury: role and code around the name of a person.
    #[must_use]
    pub fn treasury(
        person: &Person,
        organisation: &Organisation,
        generation: Generation,
        role: &str,
        code: &str,
    ) -> Self {
        let mut name = Self::person(person, Some(organisation), generation);
        name.0.insert(0, (Attribute::DomainComponent, role.to_owned()));
        // kz-pki §5, published certificates: the code stands before the patronymic.
        let at = name.0.iter().position(|(a, _)| *a == Attribute::GivenName);
        let at = at.unwrap_or(name.0.len());
        name.0.insert(at, (Attribute::BusinessCategory, code.to_owned()));
        name
    }

    /// An information system of an organisation: it has no family name and no IIN.
    #[must_use]
    pub fn information_system(system: &str, organisation: &Organisation) -> Self {
        // kz-pki §5: the identifier that the authority gives to systems.
        Self::empty()
            .with(Attribute::UserId, "1.2.398.6.10.1.1")
            .with(Attribute::CommonName, system)
            .with(Attribute::Country, "KZ")
            .organisation(organisation)
    }

    /// A service of the authority: time stamps or certificate status.
    #[must_use]
    pub fn service(name: &str, organisation: &Organisation) -> Self {
        Self::authority(name).organisation(organisation)
    }

    fn organisation(self, organisation: &Organisation) -> Self {
        self.with(Attribute::Organisation, &organisation.name)
            .with(Attribute::OrganisationalUnit, format!("BIN{}", organisation.bin))
    }

    /// The DER encoding of the name.
    ///
    /// # Errors
    /// When a text is too long for ASN.1.
    pub fn to_der(&self) -> Result<Vec<u8>> {
        let rdns: Vec<SetOfVec<AttributeTypeAndValue>> = self
            .0
            .iter()
            .map(|(attribute, text)| {
                let value = Any::new(attribute.tag(), text.as_bytes())?;
                SetOfVec::try_from([AttributeTypeAndValue { oid: attribute.oid(), value }])
            })
            .collect::<der::Result<_>>()?;
        Ok(rdns.to_der()?)
    }
}
