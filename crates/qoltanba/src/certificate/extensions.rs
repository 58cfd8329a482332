//! The extensions of certificates. A known one must be well formed: an error is never "absent".

use der::{Decode, asn1::ObjectIdentifier as Oid};
use x509_cert::ext::pkix;

use super::{
    DistributionPoint, GeneralName, NameConstraints, PolicyConstraints, PolicyMapping, Quirk,
    constraints, distribution, each, general_name,
};
use crate::{
    asn1::{self, Reader, tag},
    error::{Error, Result},
    oid,
};

/// One extension as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extension {
    pub(crate) oid: Oid,
    pub(crate) critical: bool,
    pub(crate) value: Vec<u8>,
}

/// keyUsage (RFC 5280 §4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyUsage {
    pub(crate) digital_signature: bool,
    pub(crate) non_repudiation: bool,
    pub(crate) key_encipherment: bool,
    pub(crate) key_agreement: bool,
    pub(crate) key_cert_sign: bool,
    pub(crate) crl_sign: bool,
}

/// basicConstraints (RFC 5280 §4.2.1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BasicConstraints {
    pub(crate) ca: bool,
    pub(crate) path_len: Option<u8>,
}

/// Every extension that the crate understands, and the rest as it stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extensions {
    pub(crate) all: Vec<Extension>,
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) extended_key_usage: Option<Vec<Oid>>,
    pub(crate) policies: Option<Vec<Oid>>,
    pub(crate) policy_mappings: Vec<PolicyMapping>,
    pub(crate) policy_constraints: Option<PolicyConstraints>,
    pub(crate) inhibit_any_policy: Option<u32>,
    pub(crate) name_constraints: Option<NameConstraints>,
    /// `None` when the extension is absent.
    pub(crate) subject_alt_name: Option<Vec<GeneralName>>,
    pub(crate) subject_key_id: Option<Vec<u8>>,
    pub(crate) authority_key_id: Option<Vec<u8>>,
    pub(crate) crl_distribution_points: Vec<DistributionPoint>,
    pub(crate) freshest_crl: Vec<DistributionPoint>,
    pub(crate) ocsp_uris: Vec<String>,
    pub(crate) ca_issuer_uris: Vec<String>,
    pub(crate) ocsp_no_check: bool,
    /// The key store type of the national profile, as an identifier.
    pub(crate) key_store_type: Option<Oid>,
    /// Critical extensions whose meaning is not processed here.
    pub(crate) unprocessed_critical: Vec<Oid>,
}

impl Extensions {
    /// Reads `Extensions` from inside its explicit tag.
    pub(super) fn read(reader: &mut Reader<'_>, quirks: &mut Vec<Quirk>) -> Result<Self> {
        const WHAT: &str = "Extensions (RFC 5280 §4.1.2.9)";
        let list = reader.sequence(WHAT)?;
        reader.finish(WHAT)?;
        let mut out = Self { all: read_all(list)?, ..Self::default() };
        if out.all.is_empty() {
            return Err(Error::malformed(WHAT));
        }
        let all = std::mem::take(&mut out.all);
        for extension in &all {
            let known = out.take_known(extension, quirks)?;
            if extension.critical && !known {
                out.unprocessed_critical.push(extension.oid);
            }
        }
        out.all = all;
        Ok(out)
    }

    /// Reads an extension that is understood; false when it is not.
    fn take_known(&mut self, extension: &Extension, quirks: &mut Vec<Quirk>) -> Result<bool> {
        let value = extension.value.as_slice();
        match extension.oid {
            oid::BASIC_CONSTRAINTS => {
                let bc: pkix::BasicConstraints = decode(value, "basicConstraints")?;
                let path_len = bc.path_len_constraint;
                self.basic_constraints = Some(BasicConstraints { ca: bc.ca, path_len });
            }
            oid::KEY_USAGE => {
                if !extension.critical {
                    quirks.push(Quirk::KeyUsageNotCritical);
                }
                let ku: pkix::KeyUsage = decode(value, "keyUsage")?;
                self.key_usage = Some(KeyUsage {
                    digital_signature: ku.digital_signature(),
                    non_repudiation: ku.non_repudiation(),
                    key_encipherment: ku.key_encipherment(),
                    key_agreement: ku.key_agreement(),
                    key_cert_sign: ku.key_cert_sign(),
                    crl_sign: ku.crl_sign(),
                });
            }
            oid::EXTENDED_KEY_USAGE => {
                let eku: pkix::ExtendedKeyUsage = decode(value, "extKeyUsage")?;
                if eku.0.is_empty() {
                    return Err(Error::malformed("extKeyUsage: empty (RFC 5280 §4.2.1.12)"));
                }
                self.extended_key_usage = Some(eku.0);
            }
            oid::CERTIFICATE_POLICIES => {
                self.policies = Some(policies(value, quirks)?);
            }
            oid::SUBJECT_KEY_IDENTIFIER => {
                let ski: pkix::SubjectKeyIdentifier = decode(value, "subjectKeyIdentifier")?;
                self.subject_key_id = Some(ski.0.as_bytes().to_vec());
            }
            oid::AUTHORITY_KEY_IDENTIFIER => self.authority_key_id = authority_key_id(value)?,
            oid::CRL_DISTRIBUTION_POINTS => {
                self.crl_distribution_points =
                    distribution::read(value, "cRLDistributionPoints", quirks)?;
            }
            oid::FRESHEST_CRL => {
                self.freshest_crl = distribution::read(value, "freshestCRL", quirks)?;
                return Ok(!extension.critical);
            }
            oid::AUTHORITY_INFO_ACCESS => {
                for (method, uri) in access(value)? {
                    match method {
                        oid::AD_OCSP => self.ocsp_uris.push(uri),
                        oid::AD_CA_ISSUERS => self.ca_issuer_uris.push(uri),
                        _ => {}
                    }
                }
                return Ok(!extension.critical);
            }
            oid::OCSP_NO_CHECK => {
                match value {
                    [] => quirks.push(Quirk::EmptyOcspNoCheck),
                    [0x05, 0x00] => {}
                    _ => {
                        return Err(Error::malformed("id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1)"));
                    }
                }
                self.ocsp_no_check = true;
            }
            oid::KZ_KEY_STORE_TYPE => {
                let what = "key store type";
                let mut inside = asn1::single(value, what)?.expect(tag::SEQUENCE, what)?.inside();
                self.key_store_type = Some(inside.oid(what)?);
                return Ok(!extension.critical);
            }
            oid::SUBJECT_ALT_NAME => {
                let what = "subjectAltName (RFC 5280 §4.2.1.6)";
                self.subject_alt_name = Some(general_name::alternative_names(value, what)?);
            }
            oid::ISSUER_ALT_NAME => {
                general_name::alternative_names(value, "issuerAltName (RFC 5280 §4.2.1.7)")?;
                return Ok(!extension.critical);
            }
            oid::NAME_CONSTRAINTS => {
                self.name_constraints = Some(constraints::name_constraints(value)?);
            }
            oid::POLICY_CONSTRAINTS => {
                self.policy_constraints = Some(constraints::policy_constraints(value)?);
            }
            oid::POLICY_MAPPINGS => {
                self.policy_mappings = constraints::policy_mappings(value)?;
            }
            oid::INHIBIT_ANY_POLICY => {
                self.inhibit_any_policy = Some(constraints::inhibit_any_policy(value)?);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Every address of a revocation list.
    pub(crate) fn list_uris(&self) -> impl Iterator<Item = &str> {
        self.crl_distribution_points.iter().flat_map(|p| p.uris.iter().map(String::as_str))
    }
}

/// Reads the extensions as they stand, from inside their SEQUENCE. Duplicates are refused
/// (RFC 5280 §4.2).
pub(crate) fn read_all(reader: Reader<'_>) -> Result<Vec<Extension>> {
    const WHAT: &str = "Extension (RFC 5280 §4.2)";
    let mut all: Vec<Extension> = each(reader, |r| {
        let mut fields = r.sequence(WHAT)?;
        let oid = fields.oid(WHAT)?;
        let critical = match fields.optional(tag::BOOLEAN, WHAT)? {
            // X.690 §11.1 and §11.5: TRUE is 0xff, and a default FALSE is not written; the
            // latter is tolerated.
            Some(b) => match b.value {
                [0xff] => true,
                [0x00] => false,
                _ => return Err(Error::malformed(WHAT).at(b.at)),
            },
            None => false,
        };
        let value = fields.octet_string(WHAT)?.to_vec();
        fields.finish(WHAT)?;
        Ok(Extension { oid, critical, value })
    })?;
    let mut seen: Vec<Oid> = all.iter().map(|e| e.oid).collect();
    seen.sort();
    if seen.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        return Err(Error::malformed("extensions: one occurs twice (RFC 5280 §4.2)"));
    }
    all.shrink_to_fit();
    Ok(all)
}

fn decode<'a, T: Decode<'a>>(value: &'a [u8], what: &'static str) -> Result<T> {
    T::from_der(value).map_err(|_| Error::malformed(what))
}

fn policies(value: &[u8], quirks: &mut Vec<Quirk>) -> Result<Vec<Oid>> {
    const WHAT: &str = "certificatePolicies (RFC 5280 §4.2.1.4)";
    let parsed: pkix::CertificatePolicies = decode(value, WHAT)?;
    let mut oids: Vec<Oid> = Vec::new();
    for policy in &parsed.0 {
        oids.push(policy.policy_identifier);
        for qualifier in policy.policy_qualifiers.iter().flatten() {
            if qualifier.policy_qualifier_id != oid::CPS {
                continue;
            }
            let uri = qualifier.qualifier.as_ref().map(|any| any.value()).unwrap_or_default();
            let uri = std::str::from_utf8(uri).map_err(|_| Error::malformed(WHAT))?;
            let mut note = |quirk| {
                if !quirks.contains(&quirk) {
                    quirks.push(quirk);
                }
            };
            if uri.trim() != uri {
                note(Quirk::SpacedPolicyUri);
            }
            if uri.contains(";//") {
                note(Quirk::MistypedPolicyUri);
            }
        }
    }
    let mut sorted = oids.clone();
    sorted.sort();
    if sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        return Err(Error::malformed("certificatePolicies: one policy occurs twice"));
    }
    Ok(oids)
}

/// The key identifier of authorityKeyIdentifier (RFC 5280 §4.2.1.1).
pub(crate) fn authority_key_id(value: &[u8]) -> Result<Option<Vec<u8>>> {
    const WHAT: &str = "authorityKeyIdentifier (RFC 5280 §4.2.1.1)";
    // The serial number may be longer than `x509-cert` accepts, so the fields are read here.
    let mut fields = asn1::single(value, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
    let key_id = fields.optional_context(0, WHAT)?.map(|t| t.value.to_vec());
    let issuer = fields.optional_context(1, WHAT)?;
    let serial = fields.optional_context(2, WHAT)?;
    fields.finish(WHAT)?;
    // Both or neither.
    if issuer.is_some() != serial.is_some() {
        return Err(Error::malformed(WHAT));
    }
    Ok(key_id)
}

fn access(value: &[u8]) -> Result<Vec<(Oid, String)>> {
    const WHAT: &str = "authorityInfoAccess (RFC 5280 §4.2.2.1)";
    let list = asn1::single(value, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
    let all = each(list, |r| {
        let mut fields = r.sequence(WHAT)?;
        let method = fields.oid(WHAT)?;
        let location = GeneralName::read(&fields.any(WHAT)?, WHAT)?;
        fields.finish(WHAT)?;
        Ok(match location {
            GeneralName::Uri(uri) => Some((method, uri)),
            _ => None,
        })
    })?;
    Ok(all.into_iter().flatten().collect())
}
