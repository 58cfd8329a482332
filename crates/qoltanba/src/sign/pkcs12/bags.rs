//! SafeContents: the bags of a key store and which of them belong together (RFC 7292 §4.2).

use super::{KeyStore, kdf::Work, password::Secrets};
use crate::{
    asn1::{self, Reader, Tlv, tag},
    budget::Budget,
    certificate::Certificate,
    error::{Error, KeyStoreFault, Result},
    oid,
    sign::{PrivateKey, SigningKey},
};

const BAG: &str = "SafeBag (RFC 7292 §4.2)";

/// Bags of one file. An ordinary store has two, one with a long chain a dozen.
const MAX_BAGS: usize = 256;

/// What the bags hold.
pub(super) struct Contents {
    keys: Vec<Held<PrivateKey>>,
    certificates: Vec<Held<Certificate>>,
    left: Budget,
}

struct Held<T> {
    value: T,
    name: Option<String>,
    id: Option<Vec<u8>>,
}

impl Contents {
    pub(super) fn new() -> Self {
        Self {
            keys: Vec::new(),
            certificates: Vec::new(),
            left: Budget::new("bags of a key store", MAX_BAGS),
        }
    }

    /// Adds the bags of one SafeContents, in DER.
    pub(super) fn read(
        &mut self,
        der: &[u8],
        secrets: &Secrets<'_>,
        work: &mut Work,
    ) -> Result<()> {
        const WHAT: &str = "SafeContents (RFC 7292 §4.2)";
        let mut bags = asn1::single(der, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
        while !bags.is_done() {
            self.left.spend()?;
            self.bag(bags.sequence(BAG)?, secrets, work)?;
        }
        Ok(())
    }

    fn bag(
        &mut self,
        mut fields: Reader<'_>,
        secrets: &Secrets<'_>,
        work: &mut Work,
    ) -> Result<()> {
        let kind = fields.oid(BAG)?;
        let value = fields.expect(0xa0, BAG)?.value;
        let attributes = fields.optional(tag::SET, BAG)?;
        fields.finish(BAG)?;
        let (name, id) = read_attributes(attributes)?;
        match kind {
            oid::KEY_BAG => {
                let value = PrivateKey::from_pkcs8(value)?;
                self.keys.push(Held { value, name, id });
            }
            oid::SHROUDED_KEY_BAG => {
                let (scheme, data) = crate::sign::pkcs8::read_encrypted(value, work)?;
                let value = PrivateKey::from_pkcs8(&scheme.decrypt(data, secrets, work)?)?;
                self.keys.push(Held { value, name, id });
            }
            oid::CERT_BAG => {
                if let Some(value) = certificate(value)? {
                    self.certificates.push(Held { value, name, id });
                }
            }
            // CRLs, secrets and bags of other makers are no part of a signing key.
            _ => {}
        }
        Ok(())
    }

    /// The key and the certificate that belong together, and the rest.
    pub(super) fn choose(mut self) -> Result<KeyStore, KeyStoreFault> {
        if self.keys.is_empty() {
            return Err(KeyStoreFault::NoKey);
        }
        if self.certificates.is_empty() {
            return Err(KeyStoreFault::NoCertificate);
        }
        let mut pairs = self.pairs();
        if self.several_keys(&pairs) {
            pairs.retain(|pair| pair.same_id);
            if pairs.is_empty() || self.several_keys(&pairs) {
                return Err(KeyStoreFault::SeveralKeys);
            }
        }
        let best = pairs.iter().find(|pair| pair.same_id).or(pairs.first());
        let Pair { key, certificate, .. } = best.ok_or(KeyStoreFault::KeyMismatch)?;
        let key = self.keys.swap_remove(*key);
        let certificate = self.certificates.remove(*certificate);
        let others = self.certificates.into_iter().map(|held| held.value);
        Ok(KeyStore {
            key: key.value,
            chain: others.filter(|other| *other != certificate.value).collect(),
            certificate: certificate.value,
            friendly_name: key.name.or(certificate.name),
        })
    }

    /// Every key with every certificate of its public half.
    fn pairs(&self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for (key, held) in self.keys.iter().enumerate() {
            for (certificate, other) in self.certificates.iter().enumerate() {
                if held.value.public_key_info() == other.value.spki() {
                    let same_id = held.id.is_some() && held.id == other.id;
                    pairs.push(Pair { key, certificate, same_id });
                }
            }
        }
        pairs
    }

    /// Whether the pairs are of different keys; the same key twice is one.
    fn several_keys(&self, pairs: &[Pair]) -> bool {
        let info = |pair: &Pair| self.keys.get(pair.key).map(|key| key.value.public_key_info());
        pairs.iter().zip(pairs.iter().skip(1)).any(|(a, b)| info(a) != info(b))
    }
}

/// Places of a key and of a certificate with the same public key.
struct Pair {
    key: usize,
    certificate: usize,
    same_id: bool,
}

/// CertBag (RFC 7292 §4.2.3); `None` is a certificate of another kind than X.509.
fn certificate(value: &[u8]) -> Result<Option<Certificate>> {
    const WHAT: &str = "CertBag (RFC 7292 §4.2.3)";
    let mut fields = asn1::single(value, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
    let kind = fields.oid(WHAT)?;
    let explicit = fields.expect(0xa0, WHAT)?;
    fields.finish(WHAT)?;
    if kind != oid::X509_CERTIFICATE {
        return Ok(None);
    }
    let der = asn1::single(explicit.value, WHAT)?.expect(tag::OCTET_STRING, WHAT)?.value;
    Certificate::from_der(der).map(Some)
}

/// friendlyName and localKeyId (RFC 2985 §5.5.1, §5.5.2).
fn read_attributes(set: Option<Tlv<'_>>) -> Result<(Option<String>, Option<Vec<u8>>)> {
    const WHAT: &str = "attribute of a SafeBag (RFC 7292 §4.2)";
    const BMP_STRING: u8 = 0x1e;
    let (mut name, mut id) = (None, None);
    let Some(set) = set else { return Ok((name, id)) };
    let mut attributes = set.inside();
    while !attributes.is_done() {
        let mut fields = attributes.sequence(WHAT)?;
        let kind = fields.oid(WHAT)?;
        let mut values = fields.expect(tag::SET, WHAT)?.inside();
        fields.finish(WHAT)?;
        match kind {
            oid::FRIENDLY_NAME => {
                let units = values.expect(BMP_STRING, WHAT)?.value;
                values.finish(WHAT)?;
                name = Some(bmp_text(units).ok_or(Error::malformed(WHAT))?);
            }
            oid::LOCAL_KEY_ID => {
                id = Some(values.octet_string(WHAT)?.to_vec());
                values.finish(WHAT)?;
            }
            _ => {}
        }
    }
    Ok((name, id))
}

fn bmp_text(octets: &[u8]) -> Option<String> {
    let (pairs, []) = octets.as_chunks::<2>() else { return None };
    let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}
