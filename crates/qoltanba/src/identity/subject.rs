//! What a certificate claims of its subject.

use der::asn1::ObjectIdentifier as Oid;

use super::Role;
use crate::{
    certificate::Certificate,
    numbers::{Bin, Iin, NumberRemark},
    oid, text,
};

/// Something about a subject that a person should know, without refusing the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentityRemark {
    /// More than one serialNumber: no IIN is reported.
    SeveralIins,
    /// The serialNumber is not `IIN` and twelve digits.
    MalformedIin,
    /// The IIN has a wrong check digit or date.
    OddIin(NumberRemark),
    /// More than one organisational unit names a BIN: no BIN is reported.
    SeveralBins,
    /// An organisational unit begins with `BIN` and is not twelve digits.
    MalformedBin,
    /// The BIN has a wrong check digit or date.
    OddBin(NumberRemark),
    /// The certificate is an individual's, yet its subject names an organisation: that is not
    /// reported as the one acted for.
    OrganisationOfIndividual,
    /// More than one common name: the first is shown.
    SeveralNames,
    /// The name has characters that would deceive a reader.
    HiddenCharacters,
    /// The name mixes Latin letters with Cyrillic ones in one word.
    MixedAlphabets,
    /// A name is no text in its encoding and is not shown.
    UnreadableName,
    /// The certificate names several roles; the strongest is reported.
    SeveralRoles,
}

/// The subject of a certificate in parts, as claimed by the certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Common name: family name and given name, or the name of a system.
    pub name: Option<String>,
    /// Family name.
    pub surname: Option<String>,
    /// Given name: what the common name has beside the family name.
    pub given_name: Option<String>,
    /// Patronymic, which the national profile writes into `givenName`.
    pub patronymic: Option<String>,
    /// The person's number.
    pub iin: Option<Iin>,
    /// The organisation's name.
    pub organisation: Option<String>,
    /// The organisation's number.
    pub bin: Option<Bin>,
    /// The role, from extKeyUsage.
    pub role: Option<Role>,
    /// Every role that extKeyUsage names, the strongest first.
    pub roles: Vec<Role>,
    /// The key store type, as an object identifier.
    pub key_store_type: Option<String>,
    /// What is odd about it.
    pub remarks: Vec<IdentityRemark>,
}

impl Subject {
    /// Reads the subject that `certificate` claims, by attribute type from the DER.
    #[must_use]
    pub fn claimed_by(certificate: &Certificate) -> Self {
        let mut remarks = Vec::new();
        let uses = certificate.extensions().extended_key_usage.as_deref().unwrap_or_default();
        let roles = Role::all_of(uses);
        if roles.len() > 1 {
            remarks.push(IdentityRemark::SeveralRoles);
        }
        let role = roles.first().copied();

        let iin = iin(certificate, &mut remarks);
        let mut bin = bin(certificate, &mut remarks);
        let mut organisation = shown(certificate, oid::AT_ORGANIZATION, &mut remarks);
        let acts_alone = role == Some(Role::Individual);
        if acts_alone && (bin.is_some() || organisation.is_some()) {
            remarks.push(IdentityRemark::OrganisationOfIndividual);
            bin = None;
            organisation = None;
        }

        let name = shown(certificate, oid::AT_COMMON_NAME, &mut remarks);
        if certificate.claimed_subject().values(oid::AT_COMMON_NAME).count() > 1 {
            remarks.push(IdentityRemark::SeveralNames);
        }
        let surname = shown(certificate, oid::AT_SURNAME, &mut remarks);
        let given_name = match (&name, &surname) {
            (Some(name), Some(surname)) => name
                .strip_prefix(surname.as_str())
                .and_then(|rest| rest.strip_prefix(' '))
                .map(|given| given.trim().to_owned())
                .filter(|given| !given.is_empty()),
            _ => None,
        };
        let patronymic = shown(certificate, oid::AT_GIVEN_NAME, &mut remarks);
        remarks.dedup();
        Self {
            name,
            surname,
            given_name,
            patronymic,
            iin,
            organisation,
            bin,
            role,
            roles,
            key_store_type: certificate.extensions().key_store_type.map(|o| o.to_string()),
            remarks,
        }
    }
}

/// The first value of an attribute type, with what would deceive a reader remarked.
fn shown(certificate: &Certificate, oid: Oid, remarks: &mut Vec<IdentityRemark>) -> Option<String> {
    let attribute = certificate.claimed_subject().values(oid).next()?;
    let Some(text) = attribute.text() else {
        remarks.push(IdentityRemark::UnreadableName);
        return None;
    };
    if text.chars().any(text::hides) {
        remarks.push(IdentityRemark::HiddenCharacters);
    }
    if text.split_whitespace().any(mixes_alphabets) {
        remarks.push(IdentityRemark::MixedAlphabets);
    }
    Some(text.to_owned())
}

fn mixes_alphabets(word: &str) -> bool {
    let latin = word.chars().any(|c| c.is_ascii_alphabetic());
    let cyrillic = word.chars().any(|c| matches!(c, '\u{400}'..='\u{52f}'));
    latin && cyrillic
}

fn iin(certificate: &Certificate, remarks: &mut Vec<IdentityRemark>) -> Option<Iin> {
    let subject = certificate.claimed_subject();
    let mut values = subject.values(oid::AT_SERIAL_NUMBER);
    let first = values.next()?;
    if values.next().is_some() {
        remarks.push(IdentityRemark::SeveralIins);
        return None;
    }
    let number = first.text().and_then(|t| t.strip_prefix("IIN")).and_then(|t| t.parse().ok());
    match number {
        Some(iin) => {
            let iin: Iin = iin;
            remarks.extend(iin.remarks().map(IdentityRemark::OddIin));
            Some(iin)
        }
        None => {
            remarks.push(IdentityRemark::MalformedIin);
            None
        }
    }
}

fn bin(certificate: &Certificate, remarks: &mut Vec<IdentityRemark>) -> Option<Bin> {
    let subject = certificate.claimed_subject();
    // Other organisational units name departments.
    let named: Vec<&str> = subject
        .values(oid::AT_ORGANIZATIONAL_UNIT)
        .filter_map(|a| a.text())
        .filter_map(|t| t.strip_prefix("BIN"))
        .collect();
    match named.as_slice() {
        [] => None,
        [one] => match one.parse::<Bin>() {
            Ok(bin) => {
                remarks.extend(bin.remarks().map(IdentityRemark::OddBin));
                Some(bin)
            }
            Err(_) => {
                remarks.push(IdentityRemark::MalformedBin);
                None
            }
        },
        _ => {
            remarks.push(IdentityRemark::SeveralBins);
            None
        }
    }
}
