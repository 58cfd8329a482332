//! Evidence about revocation that a message carries (RFC 5652 §10.2.1, RFC 5940, EN 319 122-1).

use super::SignedData;
use crate::{
    asn1::{self, Tlv, tag},
    certificate::each,
    error::Result,
    oid,
};

/// Lists and answers as they stand, from places that nobody signs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CarriedEvidence {
    /// Revocation lists.
    pub(crate) lists: Vec<Vec<u8>>,
    /// OCSPResponses.
    pub(crate) ocsp: Vec<Vec<u8>>,
    /// BasicOCSPResponses without their status.
    pub(crate) basic_ocsp: Vec<Vec<u8>>,
    /// A part of it could not be read.
    pub(crate) unreadable: bool,
}

impl CarriedEvidence {
    /// What the message has in `crls` and in revocation-values of its signers.
    pub(crate) fn of(message: &SignedData<'_>) -> Self {
        let mut carried = Self { lists: message.crls.clone(), ..Self::default() };
        for other in &message.other_revocation {
            match ocsp_of(other) {
                Ok(response) => carried.ocsp.extend(response),
                Err(_) => carried.unreadable = true,
            }
        }
        let attributes = message.signers.iter().filter_map(|s| s.unsigned_attributes.as_ref().ok());
        for attribute in attributes.flatten().filter(|a| a.oid == oid::REVOCATION_VALUES) {
            for value in &attribute.values {
                carried.unreadable |= carried.take_values(value).is_err();
            }
        }
        carried
    }

    /// ```text
    /// RevocationValues ::= SEQUENCE {
    ///     crlVals      [0] SEQUENCE OF CertificateList OPTIONAL,
    ///     ocspVals     [1] SEQUENCE OF BasicOCSPResponse OPTIONAL,
    ///     otherRevVals [2] OtherRevVals OPTIONAL }
    /// ```
    fn take_values(&mut self, value: &[u8]) -> Result<()> {
        const WHAT: &str = "revocation-values (EN 319 122-1 §A.1.5.2)";
        let mut fields = asn1::single(value, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
        let lists = fields.optional(0xa0, WHAT)?;
        let answers = fields.optional(0xa1, WHAT)?;
        let _other = fields.optional_context(2, WHAT)?;
        fields.finish(WHAT)?;
        let all = |explicit: Option<Tlv<'_>>| match explicit {
            None => Ok(Vec::new()),
            Some(explicit) => {
                let mut inside = explicit.inside();
                let list = inside.sequence(WHAT)?;
                inside.finish(WHAT)?;
                each(list, |r| Ok(r.any(WHAT)?.raw.to_vec()))
            }
        };
        self.lists.extend(all(lists)?);
        self.basic_ocsp.extend(all(answers)?);
        Ok(())
    }
}

/// The response in an OtherRevocationInfoFormat, when it is one (RFC 5940 §2.1).
fn ocsp_of(other: &[u8]) -> Result<Option<Vec<u8>>> {
    const WHAT: &str = "OtherRevocationInfoFormat (RFC 5652 §10.2.1)";
    let mut fields = asn1::single(other, WHAT)?.inside();
    let format = fields.oid(WHAT)?;
    let info = fields.any(WHAT)?;
    fields.finish(WHAT)?;
    Ok((format == oid::RI_OCSP_RESPONSE).then(|| info.raw.to_vec()))
}
