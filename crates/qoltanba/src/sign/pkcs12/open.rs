//! The layers of a PFX, from the outside in (RFC 7292 §4, §5.2).

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::{
    bags::Contents,
    kdf::Work,
    mac::Mac,
    password::{Password, Secrets},
    pbe::Scheme,
};
use crate::{
    asn1::{self, AlgorithmIdentifier, Reader, Tlv, ber, tag},
    budget::Limits,
    error::{Error, KeyStoreFault, Result},
    oid,
};

const PFX: &str = "PFX (RFC 7292 §4)";
const SAFE: &str = "AuthenticatedSafe (RFC 7292 §4.1)";
const ENCRYPTED: &str = "EncryptedData (RFC 2315 §13)";

/// Opens every layer. Nothing is decrypted before the MAC stands.
pub(super) fn contents(file: &[u8], password: &Password, limits: &Limits) -> Result<Contents> {
    let mut work = Work::new(limits);
    let der = normal(file, limits)?;
    let mut fields = asn1::single(&der, PFX)?.expect(tag::SEQUENCE, PFX)?.inside();
    let version = fields.any(PFX)?.small(PFX)?;
    if version != 3 {
        return Err(Error::unsupported("version of a key store", version));
    }
    let (kind, content) = content_info(&mut fields)?;
    if kind != oid::ID_DATA {
        // RFC 7292 §3.1: integrity by a signature instead of a password.
        return Err(Error::unsupported("integrity mode of a key store", oid::describe(kind)));
    }
    let content = content.octets(PFX)?;
    let mac = fields.optional(tag::SEQUENCE, PFX)?;
    fields.finish(PFX)?;
    let mac = mac.ok_or(Error::key_store(KeyStoreFault::NoMac))?;
    let secrets = Mac::read(&mac, &work)?.verify(content, password, &mut work)?;

    let der = normal(content, limits)?;
    let mut safes = asn1::single(&der, SAFE)?.expect(tag::SEQUENCE, SAFE)?.inside();
    let mut contents = Contents::new();
    while !safes.is_done() {
        let (kind, content) = content_info(&mut safes)?;
        let safe = match kind {
            oid::ID_DATA => Zeroizing::new(content.octets(SAFE)?.to_vec()),
            oid::ID_ENCRYPTED_DATA => decrypt(&content, &secrets, &mut work)?,
            other => {
                return Err(Error::unsupported("content of a key store", oid::describe(other)));
            }
        };
        contents.read(&normal(&safe, limits)?, &secrets, &mut work)?;
    }
    Ok(contents)
}

/// The same value in DER. A copy is overwritten when dropped, since keys may be inside.
fn normal(ber: &[u8], limits: &Limits) -> Result<Zeroizing<Vec<u8>>> {
    Ok(Zeroizing::new(match ber::normalise(ber, limits)? {
        Cow::Borrowed(same) => same.to_vec(),
        Cow::Owned(der) => der,
    }))
}

/// The content of a ContentInfo.
struct Content<'a>(Tlv<'a>);

impl<'a> Content<'a> {
    fn octets(&self, what: &'static str) -> Result<&'a [u8]> {
        Ok(self.0.expect(tag::OCTET_STRING, what)?.value)
    }
}

/// ContentInfo (RFC 2315 §7).
fn content_info<'a>(reader: &mut Reader<'a>) -> Result<(der::asn1::ObjectIdentifier, Content<'a>)> {
    const WHAT: &str = "ContentInfo of a key store (RFC 2315 §7)";
    let mut fields = reader.sequence(WHAT)?;
    let kind = fields.oid(WHAT)?;
    let explicit = fields.expect(0xa0, WHAT)?;
    fields.finish(WHAT)?;
    Ok((kind, Content(asn1::single(explicit.value, WHAT)?)))
}

fn decrypt(
    content: &Content<'_>,
    secrets: &Secrets<'_>,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>> {
    let mut data = content.0.expect(tag::SEQUENCE, ENCRYPTED)?.inside();
    // RFC 2315 §13: 0; RFC 5652 §8 has 2 when unprotected attributes follow.
    let version = data.any(ENCRYPTED)?.small(ENCRYPTED)?;
    if version != 0 && version != 2 {
        return Err(Error::unsupported("version of encrypted data", version));
    }
    let mut info = data.sequence(ENCRYPTED)?;
    let _attributes = data.optional_context(1, ENCRYPTED)?;
    data.finish(ENCRYPTED)?;
    let kind = info.oid(ENCRYPTED)?;
    if kind != oid::ID_DATA {
        return Err(Error::unsupported("encrypted content of a key store", oid::describe(kind)));
    }
    let scheme = Scheme::read(&AlgorithmIdentifier::read(&mut info)?, work)?;
    let octets = info.optional_context(0, ENCRYPTED)?.ok_or(Error::malformed(ENCRYPTED))?;
    info.finish(ENCRYPTED)?;
    scheme.decrypt(&joined(&octets)?, secrets, work)
}

/// The octets of an implicitly tagged OCTET STRING, whose pieces normalisation left as they were.
fn joined<'a>(string: &Tlv<'a>) -> Result<Cow<'a, [u8]>> {
    if !string.is_constructed() {
        return Ok(Cow::Borrowed(string.value));
    }
    let mut pieces = string.inside();
    let mut octets = Vec::with_capacity(string.value.len());
    while !pieces.is_done() {
        octets.extend_from_slice(pieces.octet_string(ENCRYPTED)?);
    }
    Ok(Cow::Owned(octets))
}
