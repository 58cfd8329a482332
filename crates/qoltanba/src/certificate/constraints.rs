//! Extensions that limit what stands below an authority: policies and names.

use der::asn1::ObjectIdentifier as Oid;

use super::{GeneralName, each};
use crate::{
    asn1::{self, Reader, tag},
    error::{Error, Result},
};

/// One policy of the issuer's domain that is equal to one of the subject's (RFC 5280 §4.2.1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PolicyMapping {
    pub(crate) issuer_domain: Oid,
    pub(crate) subject_domain: Oid,
}

/// policyConstraints (RFC 5280 §4.2.1.11): after how many certificates each begins to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PolicyConstraints {
    pub(crate) require_explicit: Option<u32>,
    pub(crate) inhibit_mapping: Option<u32>,
}

/// nameConstraints (RFC 5280 §4.2.1.10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameConstraints {
    pub(crate) permitted: Vec<Subtree>,
    pub(crate) excluded: Vec<Subtree>,
}

/// GeneralSubtree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subtree {
    pub(crate) base: GeneralName,
    /// Whether it has a minimum other than 0, or a maximum, which the profile does not use.
    pub(crate) has_bounds: bool,
}

pub(super) fn policy_mappings(value: &[u8]) -> Result<Vec<PolicyMapping>> {
    const WHAT: &str = "policyMappings (RFC 5280 §4.2.1.5)";
    let list = asn1::single(value, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
    let all = each(list, |r| {
        let mut pair = r.sequence(WHAT)?;
        let mapping =
            PolicyMapping { issuer_domain: pair.oid(WHAT)?, subject_domain: pair.oid(WHAT)? };
        pair.finish(WHAT)?;
        Ok(mapping)
    })?;
    if all.is_empty() { Err(Error::malformed(WHAT)) } else { Ok(all) }
}

pub(super) fn policy_constraints(value: &[u8]) -> Result<PolicyConstraints> {
    const WHAT: &str = "policyConstraints (RFC 5280 §4.2.1.11)";
    let mut fields = asn1::single(value, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
    let mut skip = |number| -> Result<Option<u32>> {
        let Some(tlv) = fields.optional_context(number, WHAT)? else { return Ok(None) };
        skip_certs(tlv.value).ok_or_else(|| Error::malformed(WHAT).at(tlv.at)).map(Some)
    };
    let out = PolicyConstraints { require_explicit: skip(0)?, inhibit_mapping: skip(1)? };
    fields.finish(WHAT)?;
    // It "MUST NOT be an empty sequence", and an authority that wrote one meant something.
    if out.require_explicit.is_none() && out.inhibit_mapping.is_none() {
        return Err(Error::malformed(WHAT));
    }
    Ok(out)
}

pub(super) fn inhibit_any_policy(value: &[u8]) -> Result<u32> {
    const WHAT: &str = "inhibitAnyPolicy (RFC 5280 §4.2.1.14)";
    let tlv = asn1::single(value, WHAT)?.expect(tag::INTEGER, WHAT)?;
    skip_certs(tlv.value).ok_or_else(|| Error::malformed(WHAT))
}

/// SkipCerts ::= INTEGER (0..MAX). No path is so long that more than 32 bits matter.
fn skip_certs(octets: &[u8]) -> Option<u32> {
    match octets {
        [] => None,
        [first, ..] if first & 0x80 != 0 => None,
        [0, second, ..] if second & 0x80 == 0 => None,
        _ => Some(octets.iter().fold(0u32, |n, octet| {
            n.checked_mul(256).and_then(|n| n.checked_add(u32::from(*octet))).unwrap_or(u32::MAX)
        })),
    }
}

pub(super) fn name_constraints(value: &[u8]) -> Result<NameConstraints> {
    const WHAT: &str = "nameConstraints (RFC 5280 §4.2.1.10)";
    let mut fields = asn1::single(value, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
    let mut subtrees = |number| -> Result<Vec<Subtree>> {
        let Some(list) = fields.optional_context(number, WHAT)? else { return Ok(Vec::new()) };
        let all = each(list.inside(), |r| Subtree::read(r, WHAT))?;
        if all.is_empty() { Err(Error::malformed(WHAT).at(list.at)) } else { Ok(all) }
    };
    let out = NameConstraints { permitted: subtrees(0)?, excluded: subtrees(1)? };
    fields.finish(WHAT)?;
    if out.permitted.is_empty() && out.excluded.is_empty() {
        return Err(Error::malformed(WHAT));
    }
    Ok(out)
}

impl Subtree {
    fn read(reader: &mut Reader<'_>, what: &'static str) -> Result<Self> {
        let mut fields = reader.sequence(what)?;
        let base = GeneralName::read(&fields.any(what)?, what)?;
        // minimum [0] DEFAULT 0: written out, it is tolerated.
        let minimum = fields.optional_context(0, what)?;
        let maximum = fields.optional_context(1, what)?;
        fields.finish(what)?;
        let has_bounds = minimum.is_some_and(|m| m.value != [0]) || maximum.is_some();
        Ok(Self { base, has_bounds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_certificates_are_read_as_they_are() {
        assert_eq!(inhibit_any_policy(&[2, 1, 0]).unwrap(), 0);
        assert_eq!(inhibit_any_policy(&[2, 2, 0, 200]).unwrap(), 200);
        assert_eq!(inhibit_any_policy(&[2, 6, 1, 0, 0, 0, 0, 0]).unwrap(), u32::MAX);
        for bad in [&[2, 0][..], &[2, 1, 0x80], &[2, 2, 0, 1], &[4, 1, 0]] {
            assert!(inhibit_any_policy(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_empty_constraint_is_no_constraint_at_all() {
        assert!(policy_constraints(&[0x30, 0]).is_err());
        assert!(name_constraints(&[0x30, 0]).is_err());
        assert!(name_constraints(&[0x30, 2, 0xa0, 0]).is_err());
        assert!(policy_mappings(&[0x30, 0]).is_err());
        let both = policy_constraints(&[0x30, 6, 0x80, 1, 0, 0x81, 1, 3]).unwrap();
        assert_eq!(both.require_explicit, Some(0));
        assert_eq!(both.inhibit_mapping, Some(3));
    }
}
