//! The MAC of a key store (RFC 7292 §4, RFC 9579).

use subtle::ConstantTimeEq as _;

use super::{
    kdf::{self, Cost, Pbkdf2, Use, Work},
    password::{Password, Secrets},
};
use crate::{
    algorithm::DigestAlgorithm,
    asn1::{AlgorithmIdentifier, Tlv, tag},
    error::{Error, Result},
    oid,
};

/// MacData, its parameters checked.
pub(super) struct Mac<'a> {
    derivation: Derivation<'a>,
    digest: DigestAlgorithm,
    value: &'a [u8],
}

enum Derivation<'a> {
    /// RFC 7292 §B.
    Pkcs12(Cost<'a>),
    /// PBMAC1 (RFC 8018 §7.1) with so many octets of key.
    Pbmac1(Pbkdf2<'a>, usize),
}

impl<'a> Mac<'a> {
    pub(super) fn read(data: &Tlv<'a>, work: &Work) -> Result<Self> {
        const WHAT: &str = "MacData (RFC 7292 §4)";
        let mut fields = data.inside();
        let mut info = fields.sequence(WHAT)?;
        let algorithm = AlgorithmIdentifier::read(&mut info)?;
        let value = info.octet_string(WHAT)?;
        info.finish(WHAT)?;
        let salt = fields.octet_string(WHAT)?;
        let iterations = fields.optional(tag::INTEGER, WHAT)?;
        fields.finish(WHAT)?;
        let (derivation, digest) = if algorithm.oid == oid::PBMAC1 {
            pbmac1(&algorithm, work)?
        } else {
            // RFC 7292 §4: iterations DEFAULT 1.
            let iterations = iterations.map_or(Ok(1), |count| work.iterations(&count))?;
            let digest = DigestAlgorithm::from_identifier(&algorithm)?;
            (Derivation::Pkcs12(Cost::new(salt, iterations)?), digest)
        };
        if value.len() != digest.len() {
            return Err(Error::malformed("MAC of a key store: it is not as long as its digest"));
        }
        Ok(Self { derivation, digest, value })
    }

    /// The form of the password under which the MAC stands over the content.
    pub(super) fn verify<'p>(
        &self,
        content: &[u8],
        password: &'p Password,
        work: &mut Work,
    ) -> Result<Secrets<'p>> {
        for secrets in password.forms() {
            let value = self.compute(content, &secrets, work)?;
            if bool::from(value.ct_eq(self.value)) {
                return Ok(secrets);
            }
        }
        Err(Error::wrong_password())
    }

    fn compute(&self, content: &[u8], secrets: &Secrets<'_>, work: &mut Work) -> Result<Vec<u8>> {
        let key = match &self.derivation {
            Derivation::Pkcs12(cost) => {
                work.spend(cost.iterations)?;
                kdf::pkcs12(self.digest, Use::Mac, &secrets.bmp, *cost, self.digest.len())?
            }
            Derivation::Pbmac1(function, len) => function.derive(secrets.utf8, *len, work)?,
        };
        kdf::hmac(self.digest, &key, content)
    }
}

/// PBMAC1-params (RFC 8018 §A.5), as RFC 9579 narrows them.
fn pbmac1<'a>(
    algorithm: &AlgorithmIdentifier<'a>,
    work: &Work,
) -> Result<(Derivation<'a>, DigestAlgorithm)> {
    const WHAT: &str = "PBMAC1-params (RFC 9579 §4)";
    let parameters = algorithm.parameters.ok_or(Error::malformed(WHAT))?;
    let mut fields = parameters.expect(tag::SEQUENCE, WHAT)?.inside();
    let function = Pbkdf2::read(&AlgorithmIdentifier::read(&mut fields)?, work)?;
    let digest = kdf::hmac_digest(&AlgorithmIdentifier::read(&mut fields)?)?;
    fields.finish(WHAT)?;
    // RFC 9579 §4 asks for a named length, §9 for at least 20 octets. Bouncy Castle wrote 256.
    let len = function.key_len().and_then(|len| usize::try_from(len).ok());
    let len = len.filter(|len| (20..=256).contains(len));
    let len = len.ok_or(Error::malformed("key length of PBMAC1 (RFC 9579)"))?;
    Ok((Derivation::Pbmac1(function, len), digest))
}
