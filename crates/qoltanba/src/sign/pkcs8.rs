//! Private keys as PKCS#8 (RFC 5958), in the forms of the national authority.

use base64::Engine as _;
use gost3410::ParameterSet;
use openssl::{
    bn::{BigNum, BigNumContext},
    ec::{EcGroup, EcKey, EcPoint},
    error::ErrorStack,
    nid::Nid,
    pkey::Private,
    rsa::Rsa,
};
use zeroize::Zeroizing;

use super::{
    key::{Layout, Secret, failed},
    pkcs12::{Scheme, Work},
};
use crate::{
    algorithm::{DigestAlgorithm, RSA_MAX_BITS, SignatureAlgorithm, gost_key},
    asn1::{self, AlgorithmIdentifier, tag, write_length},
    error::{Error, Result},
    oid,
};

const KEY: &str = "PrivateKeyInfo (RFC 5958 §2)";
const RSA: &str = "RSAPrivateKey (RFC 8017 §A.1.2)";
const EC: &str = "ECPrivateKey (RFC 5915 §3)";
const GOST: &str = "GOST private key";

/// What a PrivateKeyInfo holds.
pub(super) struct Parts {
    pub(super) secret: Secret,
    pub(super) algorithm: SignatureAlgorithm,
}

pub(super) fn read(der: &[u8]) -> Result<Parts> {
    let mut fields = asn1::single(der, KEY)?.expect(tag::SEQUENCE, KEY)?.inside();
    // RFC 5958 §2: version 1 is the form with a public key behind.
    let version = fields.any(KEY)?.small(KEY)?;
    if version > 1 {
        return Err(Error::unsupported("version of a private key", version));
    }
    let identifier = AlgorithmIdentifier::read(&mut fields)?;
    let key = fields.octet_string(KEY)?;
    let _attributes = fields.optional_context(0, KEY)?;
    let _public_key = fields.optional_context(1, KEY)?;
    fields.finish(KEY)?;
    match identifier.oid {
        oid::RSA_ENCRYPTION => rsa(&identifier, key),
        oid::EC_PUBLIC_KEY => ec(&identifier, key),
        _ => gost(&identifier, key),
    }
}

fn gost(identifier: &AlgorithmIdentifier<'_>, key: &[u8]) -> Result<Parts> {
    let (algorithm, set, layout) = match identifier.oid {
        oid::TUMAR_KEY if identifier.has_no_parameters() => {
            (SignatureAlgorithm::Gost2004, ParameterSet::CryptoProA, Layout::Tumar)
        }
        _ => {
            let (algorithm, set) = gost_key(identifier)?;
            (algorithm, set, Layout::of(algorithm))
        }
    };
    let key = match (layout, algorithm) {
        (Layout::Tumar, _) => {
            let mut fields = asn1::single(key, GOST)?.expect(tag::SEQUENCE, GOST)?.inside();
            if fields.any(GOST)?.small(GOST)? != 1 {
                return Err(Error::malformed(GOST));
            }
            let number = fields.octet_string(GOST)?;
            fields.finish(GOST)?;
            big_endian(set, number)?
        }
        (Layout::National, SignatureAlgorithm::Gost2004) => integer(set, key)?,
        (Layout::National, _) => little_endian(set, key)?,
        (Layout::Russian, _) => russian(set, key)?,
    };
    let identifier = identifier.raw.to_vec();
    Ok(Parts { secret: Secret::Gost { key, layout, identifier }, algorithm })
}

/// RFC 9337 §3 puts the number into `privateKey` as it is; before it, programs wrapped it once
/// more, as an OCTET STRING or as an INTEGER.
fn russian(set: ParameterSet, key: &[u8]) -> Result<gost3410::SigningKey> {
    let len = set.field_len();
    if key.len() == len {
        return gost3410::SigningKey::from_le_bytes(set, key).map_err(|_| Error::malformed(GOST));
    }
    if key.len().is_multiple_of(len) {
        return Err(Error::unsupported("form of a GOST private key", "masked"));
    }
    match key.first() {
        Some(&tag::INTEGER) => integer(set, key),
        _ => little_endian(set, key),
    }
}

fn integer(set: ParameterSet, key: &[u8]) -> Result<gost3410::SigningKey> {
    let digits = asn1::single(key, GOST)?.expect(tag::INTEGER, GOST)?.value;
    let number = fixed(digits, set.field_len()).ok_or(Error::malformed(GOST))?;
    big_endian(set, &number)
}

fn big_endian(set: ParameterSet, number: &[u8]) -> Result<gost3410::SigningKey> {
    gost3410::SigningKey::from_be_bytes(set, number).map_err(|_| Error::malformed(GOST))
}

fn little_endian(set: ParameterSet, key: &[u8]) -> Result<gost3410::SigningKey> {
    let number = asn1::single(key, GOST)?.expect(tag::OCTET_STRING, GOST)?.value;
    gost3410::SigningKey::from_le_bytes(set, number).map_err(|_| Error::malformed(GOST))
}

/// The octets of a non-negative INTEGER as a big-endian number of `len` octets.
fn fixed(digits: &[u8], len: usize) -> Option<Zeroizing<Vec<u8>>> {
    let digits = match digits.split_first()? {
        (0, rest) => rest,
        (0x80.., _) => return None,
        _ => digits,
    };
    let mut number = Zeroizing::new(vec![0; len]);
    let start = len.checked_sub(digits.len())?;
    number.get_mut(start..)?.copy_from_slice(digits);
    Some(number)
}

fn rsa(identifier: &AlgorithmIdentifier<'_>, key: &[u8]) -> Result<Parts> {
    if !identifier.has_no_parameters() {
        return Err(Error::malformed("parameters of an RSA key"));
    }
    // The form and the sizes are settled before OpenSSL computes with the numbers.
    let mut fields = asn1::single(key, RSA)?.expect(tag::SEQUENCE, RSA)?.inside();
    let version = fields.any(RSA)?.small(RSA)?;
    if version != 0 {
        return Err(Error::unsupported("version of an RSA private key", version));
    }
    for _ in 0..8 {
        let number = fields.expect(tag::INTEGER, RSA)?.value;
        if number.first().is_none_or(|b| b & 0x80 != 0) {
            return Err(Error::malformed(RSA));
        }
        if number.len() > RSA_MAX_BITS as usize / 8 + 1 {
            return Err(Error::over_budget("bits of an RSA key", RSA_MAX_BITS.into()));
        }
    }
    fields.finish(RSA)?;
    let rsa = Rsa::private_key_from_der(key).map_err(|_| Error::malformed(RSA))?;
    let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    Ok(Parts { secret: Secret::Rsa(rsa), algorithm })
}

fn ec(identifier: &AlgorithmIdentifier<'_>, key: &[u8]) -> Result<Parts> {
    let named = identifier.parameters.ok_or(Error::malformed("parameters of an EC key"))?;
    let (nid, len, digest) = match named.oid("named curve (RFC 5480 §2.1.1)")? {
        oid::P256 => (Nid::X9_62_PRIME256V1, 32, DigestAlgorithm::Sha256),
        oid::P384 => (Nid::SECP384R1, 48, DigestAlgorithm::Sha384),
        other => return Err(Error::unsupported("elliptic curve", oid::describe(other))),
    };
    let mut fields = asn1::single(key, EC)?.expect(tag::SEQUENCE, EC)?.inside();
    if fields.any(EC)?.small(EC)? != 1 {
        return Err(Error::malformed(EC));
    }
    let number = fields.octet_string(EC)?;
    if let Some(inner) = fields.optional_context(0, EC)?
        && inner.value != named.raw
    {
        return Err(Error::malformed("ECPrivateKey: it names two curves"));
    }
    let public = fields.optional_context(1, EC)?;
    fields.finish(EC)?;
    if number.len() != len {
        return Err(Error::malformed(EC));
    }
    let secret = ec_key(nid, number).map_err(|_| Error::malformed(EC))?;
    if let Some(public) = public {
        let named = asn1::single(public.value, EC)?.bit_octets(EC)?;
        let same = (|| {
            let mut context = BigNumContext::new()?;
            let point = EcPoint::from_bytes(secret.group(), named, &mut context)?;
            point.eq(secret.group(), secret.public_key(), &mut context)
        })();
        if !matches!(same, Ok(true)) {
            return Err(Error::malformed("ECPrivateKey: its public key is another's"));
        }
    }
    Ok(Parts { secret: Secret::Ec(secret), algorithm: SignatureAlgorithm::Ecdsa(digest) })
}

fn ec_key(nid: Nid, number: &[u8]) -> Result<EcKey<Private>, ErrorStack> {
    let group = EcGroup::from_curve_name(nid)?;
    let mut secret = BigNum::new_secure()?;
    let built = (|| {
        secret.copy_from_slice(number)?;
        secret.set_const_time();
        let mut context = BigNumContext::new_secure()?;
        let mut public = EcPoint::new(&group)?;
        public.mul_generator2(&group, &secret, &mut context)?;
        let key = EcKey::from_private_components(&group, &secret, &public)?;
        key.check_key()?;
        Ok(key)
    })();
    secret.clear();
    built
}

pub(super) fn write(secret: &Secret) -> Result<Zeroizing<Vec<u8>>> {
    let (identifier, key) = match secret {
        Secret::Gost { key, layout, identifier } => {
            let le = key.to_le_bytes();
            let mut be = Zeroizing::new(le.to_vec());
            be.reverse();
            let wrapped = match (layout, key.parameter_set()) {
                (Layout::Tumar, _) => {
                    wrap(tag::SEQUENCE, &[&asn1::der_integer(1), &wrap(tag::OCTET_STRING, &[&be])])
                }
                (Layout::Russian, _) => le.to_vec().into(),
                (_, ParameterSet::CryptoProA) => {
                    let skip = be.iter().take_while(|b| **b == 0).count();
                    let digits = be.get(skip..).unwrap_or_default();
                    let sign: &[u8] =
                        if matches!(digits.first(), Some(0x80..)) { &[0] } else { &[] };
                    wrap(tag::INTEGER, &[sign, digits])
                }
                _ => wrap(tag::OCTET_STRING, &[&le]),
            };
            (identifier.clone(), wrapped)
        }
        Secret::Rsa(rsa) => (
            asn1::sequence(&[asn1::oid(oid::RSA_ENCRYPTION), asn1::null()]),
            Zeroizing::new(rsa.private_key_to_der().map_err(failed)?),
        ),
        Secret::Ec(ec) => {
            let curve = match ec.group().curve_name() {
                Some(Nid::X9_62_PRIME256V1) => oid::P256,
                _ => oid::P384,
            };
            (
                asn1::sequence(&[asn1::oid(oid::EC_PUBLIC_KEY), asn1::oid(curve)]),
                Zeroizing::new(ec.private_key_to_der().map_err(failed)?),
            )
        }
    };
    let key = wrap(tag::OCTET_STRING, &[&key]);
    Ok(wrap(tag::SEQUENCE, &[&asn1::der_integer(0), &identifier, &key]))
}

/// A value whose octets are overwritten when dropped; the buffer never moves while it is filled.
fn wrap(tag: u8, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let len = parts.iter().map(|part| part.len()).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(len + 10));
    out.push(tag);
    write_length(&mut out, len);
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// EncryptedPrivateKeyInfo (RFC 5958 §3): how it is encrypted, and the encrypted octets.
pub(super) fn read_encrypted<'a>(der: &'a [u8], work: &Work) -> Result<(Scheme<'a>, &'a [u8])> {
    const WHAT: &str = "EncryptedPrivateKeyInfo (RFC 5958 §3)";
    let mut fields = asn1::single(der, WHAT)?.expect(tag::SEQUENCE, WHAT)?.inside();
    let scheme = Scheme::read(&AlgorithmIdentifier::read(&mut fields)?, work)?;
    let data = fields.octet_string(WHAT)?;
    fields.finish(WHAT)?;
    Ok((scheme, data))
}

/// A private key out of a PEM text (RFC 7468 §10, §11).
pub(super) enum Pem {
    Plain(Zeroizing<Vec<u8>>),
    Encrypted(Vec<u8>),
}

pub(super) fn from_pem(text: &str) -> Result<Pem> {
    const WHAT: &str = "PEM of a private key (RFC 7468 §10)";
    let block = |begin: &str, end: &str| {
        let (_, rest) = text.split_once(begin)?;
        let (body, _) = rest.split_once(end)?;
        let mut digits = Zeroizing::new(Vec::with_capacity(body.len()));
        digits.extend(body.bytes().filter(|b| !b.is_ascii_whitespace()));
        let mut der = Zeroizing::new(vec![0; digits.len()]);
        let decoded =
            base64::engine::general_purpose::STANDARD.decode_slice(digits.as_slice(), &mut der);
        let len = decoded.ok()?;
        der.truncate(len);
        Some(der)
    };
    if let Some(der) = block("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----") {
        return Ok(Pem::Plain(der));
    }
    block("-----BEGIN ENCRYPTED PRIVATE KEY-----", "-----END ENCRYPTED PRIVATE KEY-----")
        .map(|der| Pem::Encrypted(der.to_vec()))
        .ok_or(Error::malformed(WHAT))
}
