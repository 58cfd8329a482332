//! GeneralName: the forms of names in alternative names, constraints and distribution points.

use der::asn1::ObjectIdentifier as Oid;

use super::{Name, each};
use crate::{
    asn1::{Reader, Tlv, tag},
    error::{Error, Result},
};

/// GeneralName (RFC 5280 §4.2.1.6). Two are equal when they say the same in the same form;
/// directory names as RFC 5280 §7.1 compares them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GeneralName {
    /// rfc822Name: a mailbox.
    Mailbox(String),
    /// dNSName.
    Dns(String),
    /// directoryName.
    Directory(Name),
    /// uniformResourceIdentifier.
    Uri(String),
    /// iPAddress: 4 or 16 octets, and twice as many in constraints.
    Ip(Vec<u8>),
    /// otherName, by its type.
    Other(Oid),
    /// x400Address, ediPartyName or registeredID, by the number of its tag. They are read past.
    Unread(u8),
}

/// The form of a GeneralName. Constraints on one form say nothing of names of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameForm {
    Mailbox,
    Dns,
    Directory,
    Uri,
    Ip,
    Other(Oid),
    Unread(u8),
}

impl GeneralName {
    /// Reads GeneralNames from inside its SEQUENCE: at least one.
    pub(crate) fn read_all(reader: Reader<'_>, what: &'static str) -> Result<Vec<Self>> {
        let all = each(reader, |r| Self::read(&r.any(what)?, what))?;
        if all.is_empty() { Err(Error::malformed(what)) } else { Ok(all) }
    }

    pub(crate) fn read(tlv: &Tlv<'_>, what: &'static str) -> Result<Self> {
        let text = || match std::str::from_utf8(tlv.value) {
            Ok(text) if text.is_ascii() => Ok(text.to_owned()),
            _ => Err(Error::malformed(what).at(tlv.at)),
        };
        Ok(match tlv.tag {
            0xa0 => {
                let mut fields = tlv.inside();
                let oid = fields.oid(what)?;
                fields.any(what)?;
                fields.finish(what)?;
                Self::Other(oid)
            }
            0x81 => Self::Mailbox(text()?),
            0x82 => Self::Dns(text()?),
            0xa4 => {
                let mut inside = tlv.inside();
                let name = Name::read(&mut inside)?;
                inside.finish(what)?;
                Self::Directory(name)
            }
            0x86 => Self::Uri(text()?),
            0x87 => Self::Ip(tlv.value.to_vec()),
            0xa3 => Self::Unread(3),
            0xa5 => Self::Unread(5),
            0x88 => Self::Unread(8),
            _ => return Err(Error::malformed(what).at(tlv.at)),
        })
    }

    pub(crate) fn form(&self) -> NameForm {
        match self {
            Self::Mailbox(_) => NameForm::Mailbox,
            Self::Dns(_) => NameForm::Dns,
            Self::Directory(_) => NameForm::Directory,
            Self::Uri(_) => NameForm::Uri,
            Self::Ip(_) => NameForm::Ip,
            Self::Other(oid) => NameForm::Other(*oid),
            Self::Unread(number) => NameForm::Unread(*number),
        }
    }
}

/// subjectAltName (RFC 5280 §4.2.1.6).
pub(super) fn alternative_names(value: &[u8], what: &'static str) -> Result<Vec<GeneralName>> {
    let list = crate::asn1::single(value, what)?.expect(tag::SEQUENCE, what)?;
    GeneralName::read_all(list.inside(), what)
}

/// For reading by people.
impl std::fmt::Display for GeneralName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Mailbox(text) | Self::Dns(text) | Self::Uri(text) => {
                f.write_str(&crate::text::visible(text))
            }
            Self::Directory(name) => name.fmt(f),
            Self::Ip(octets) => match <[u8; 4]>::try_from(octets.as_slice()) {
                Ok(four) => std::net::Ipv4Addr::from(four).fmt(f),
                Err(_) => f.write_str(&crate::text::hex(octets)),
            },
            Self::Other(oid) => oid.fmt(f),
            Self::Unread(number) => write!(f, "[{number}]"),
        }
    }
}
