//! Distribution points of revocation lists (RFC 5280 §4.2.1.13).

use super::{GeneralName, Name, Quirk, each};
use crate::{
    asn1::{self, Reader, Tlv, tag},
    error::{Error, Result},
};

/// Where a revocation list is to be had, for which reasons, and who issues it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DistributionPoint {
    pub(crate) name: Option<PointName>,
    /// The reasons that the list covers; all when absent.
    pub(crate) reasons: Option<ReasonFlags>,
    /// Who issues the list, when it is not the issuer of the certificate.
    pub(crate) crl_issuer: Option<Vec<GeneralName>>,
    /// The addresses in the name.
    pub(crate) uris: Vec<String>,
}

/// DistributionPointName.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PointName {
    /// fullName.
    Full(Vec<GeneralName>),
    /// nameRelativeToCRLIssuer: the content octets of a RelativeDistinguishedName.
    Relative(Vec<u8>),
}

/// ReasonFlags: the reasons for revocation that a list covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReasonFlags(u16);

impl ReasonFlags {
    /// Every reason that has a flag: bits 1 to 8.
    pub(crate) const ALL: Self = Self(0b1_1111_1110);
    #[cfg(test)]
    pub(crate) const NONE: Self = Self(0);

    /// Reads the content octets of the BIT STRING.
    pub(crate) fn read(tlv: &Tlv<'_>, what: &'static str) -> Result<Self> {
        let bad = || Error::malformed(what).at(tlv.at);
        let (unused, octets) = tlv.value.split_first().ok_or_else(bad)?;
        let spare = (1u16 << unused.min(&8)) - 1;
        let spare_set = octets.last().is_some_and(|last| u16::from(*last) & spare != 0);
        if *unused > 7 || spare_set || (octets.is_empty() && *unused > 0) {
            return Err(bad());
        }
        let mut flags = 0;
        for (i, octet) in octets.iter().take(2).enumerate() {
            flags |= u16::from(octet.reverse_bits()) << (8 * i);
        }
        Ok(Self(flags & Self::ALL.0))
    }

    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether every flag of `other` is here.
    pub(crate) const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl PointName {
    /// Reads the CHOICE from inside its explicit tag.
    pub(crate) fn read(explicit: Reader<'_>, what: &'static str) -> Result<Self> {
        let mut explicit = explicit;
        let choice = explicit.any(what)?;
        explicit.finish(what)?;
        match choice.tag {
            0xa0 => Ok(Self::Full(GeneralName::read_all(choice.inside(), what)?)),
            0xa1 => {
                // It must be one with any name in front of it.
                Name::from_rdns(&[], choice.value)?;
                Ok(Self::Relative(choice.value.to_vec()))
            }
            _ => Err(Error::malformed(what).at(choice.at)),
        }
    }

    /// The names in full, where a relative one continues the name of the list's issuer.
    pub(crate) fn in_full(&self, crl_issuer: &Name) -> Vec<GeneralName> {
        match self {
            Self::Full(names) => names.clone(),
            Self::Relative(rdn) => Name::from_rdns(crl_issuer.rdns(), rdn)
                .map(GeneralName::Directory)
                .into_iter()
                .collect(),
        }
    }
}

/// CRLDistributionPoints and FreshestCRL.
pub(super) fn read(
    value: &[u8],
    what: &'static str,
    quirks: &mut Vec<Quirk>,
) -> Result<Vec<DistributionPoint>> {
    let points = asn1::single(value, what)?.expect(tag::SEQUENCE, what)?.inside();
    each(points, |r| {
        let mut fields = r.sequence(what)?;
        let name = fields.optional_context(0, what)?;
        let name = name.map(|name| PointName::read(name.inside(), what)).transpose()?;
        let reasons = fields.optional_context(1, what)?;
        let reasons = reasons.map(|flags| ReasonFlags::read(&flags, what)).transpose()?;
        let crl_issuer = fields.optional_context(2, what)?;
        let crl_issuer =
            crl_issuer.map(|names| GeneralName::read_all(names.inside(), what)).transpose()?;
        fields.finish(what)?;
        let mut uris = Vec::new();
        if let Some(PointName::Full(names)) = &name {
            for name in names {
                if let GeneralName::Uri(uri) = name {
                    uris.extend(split_run(uri, quirks));
                }
            }
        }
        Ok(DistributionPoint { name, reasons, crl_issuer, uris })
    })
}

/// `http://a/x.crl\n      URL=http://b/x.crl` is two addresses in one string (kz-pki §5).
fn split_run(uri: &str, quirks: &mut Vec<Quirk>) -> Vec<String> {
    if !uri.contains(['\n', '\r']) {
        return vec![uri.to_owned()];
    }
    if !quirks.contains(&Quirk::RunTogetherListUri) {
        quirks.push(Quirk::RunTogetherListUri);
    }
    uri.split(['\n', '\r'])
        .map(|part| part.trim().trim_start_matches("URL=").to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(octets: &[u8]) -> Result<ReasonFlags> {
        ReasonFlags::read(&asn1::single(&asn1::tlv(0x81, octets), "reasons")?, "reasons")
    }

    #[test]
    fn reason_flags_are_read_bit_by_bit() {
        // keyCompromise is bit 1, aACompromise bit 8 (RFC 5280 §4.2.1.13).
        assert_eq!(flags(&[6, 0b0100_0000]).unwrap(), ReasonFlags(1 << 1));
        assert_eq!(flags(&[7, 0, 0b1000_0000]).unwrap(), ReasonFlags(1 << 8));
        assert_eq!(flags(&[7, 0b0111_1111, 0b1000_0000]).unwrap(), ReasonFlags::ALL);
        assert_eq!(flags(&[0]).unwrap(), ReasonFlags::NONE);
        for bad in [&[][..], &[8, 0], &[1], &[1, 1]] {
            assert!(flags(bad).is_err(), "{bad:?}");
        }
    }
}
