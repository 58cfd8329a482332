//! The signed structures, open enough that any deviation can be written into them.

use core::time::Duration;

use der::{
    Any, Decode as _, Encode, Sequence, Tag, TagNumber,
    asn1::{BitString, Int, ObjectIdentifier as Oid, OctetString, UtcTime},
};
use qoltanba::{
    Instant,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    sign::SigningKey,
    time::Validity,
};
use rand_core::CryptoRng;
use sha1::Digest as _;
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::{ext::Extension, time::Time};

use crate::{
    error::{Error, Result},
    oid,
};

/// TBSCertificate (RFC 5280 §4.1).
#[derive(Sequence)]
pub(crate) struct TbsCertificate {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(crate) version: u8,
    pub(crate) serial: Int,
    pub(crate) signature: Any,
    pub(crate) issuer: Any,
    pub(crate) validity: Period,
    pub(crate) subject: Any,
    pub(crate) public_key: Any,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Vec<Extension>>,
}

/// Validity (RFC 5280 §4.1.2.5).
#[derive(Sequence)]
pub(crate) struct Period {
    not_before: Time,
    not_after: Time,
}

impl Period {
    pub(crate) fn new(validity: Validity) -> Result<Self> {
        Ok(Self { not_before: time(validity.not_before)?, not_after: time(validity.not_after)? })
    }
}

/// TBSCertList (RFC 5280 §5.1).
#[derive(Sequence)]
pub(crate) struct TbsCertList {
    pub(crate) version: u8,
    pub(crate) signature: Any,
    pub(crate) issuer: Any,
    pub(crate) this_update: Time,
    pub(crate) next_update: Option<Time>,
    pub(crate) revoked: Option<Vec<Entry>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) extensions: Option<Vec<Extension>>,
}

/// One entry of revokedCertificates.
#[derive(Sequence)]
pub(crate) struct Entry {
    pub(crate) serial: Int,
    pub(crate) date: Time,
    pub(crate) extensions: Option<Vec<Extension>>,
}

/// What certificates and lists have in common: something signed, the algorithm, the value.
#[derive(Sequence)]
struct Signed {
    tbs: Any,
    algorithm: Any,
    signature: BitString,
}

#[derive(Sequence)]
struct AlgorithmIdentifier {
    oid: Oid,
    parameters: Any,
}

/// The AlgorithmIdentifier of a signature, with NULL.
pub(crate) fn algorithm(algorithm: SignatureAlgorithm) -> Result<Any> {
    identifier(oid::signature(algorithm)?)
}

/// An algorithm of another kind than `algorithm`, for the inner field of a contradictory
/// certificate.
pub(crate) fn other_algorithm(algorithm: SignatureAlgorithm) -> Result<Any> {
    identifier(match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => oid::SHA384_WITH_RSA,
        _ => oid::SHA256_WITH_RSA,
    })
}

fn identifier(oid: Oid) -> Result<Any> {
    Ok(Any::encode_from(&AlgorithmIdentifier { oid, parameters: Any::null() })?)
}

/// The AlgorithmIdentifier of a digest, with NULL as the national software writes it.
pub(crate) fn digest_algorithm(digest: DigestAlgorithm) -> Result<Any> {
    identifier(oid::digest(digest)?)
}

/// Signs what `tbs` encodes to.
pub(crate) fn sign(
    tbs: &impl Encode,
    key: &dyn SigningKey,
    value: SignatureValue,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>> {
    let tbs = tbs.to_der()?;
    let signature = signature(&tbs, key, value, rng)?;
    let signed = Signed {
        tbs: Any::from_der(&tbs)?,
        algorithm: algorithm(key.algorithm())?,
        signature: BitString::from_bytes(&signature)?,
    };
    Ok(signed.to_der()?)
}

/// The signature value over these octets.
pub(crate) fn signature(
    message: &[u8],
    key: &dyn SigningKey,
    value: SignatureValue,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>> {
    let mut signature = key.sign(message, rng)?;
    if value == SignatureValue::Altered {
        // The middle is a low-order octet of s in GOST and an inner one in RSA: the value stays in
        // range, so that only its comparison can fail.
        let middle = signature.len() / 2;
        if let Some(octet) = signature.get_mut(middle) {
            *octet ^= 1;
        }
    }
    Ok(signature)
}

/// Whether a signature is left as it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureValue {
    AsMade,
    Altered,
}

/// A structure that is DER already.
pub(crate) fn raw(der: &[u8]) -> Result<Any> {
    Ok(Any::from_der(der)?)
}

/// A value under a context-specific tag, whose contents are these octets.
pub(crate) fn tagged(number: u32, constructed: bool, contents: &[u8]) -> Result<Any> {
    let tag = Tag::ContextSpecific { number: TagNumber(number), constructed };
    Ok(Any::new(tag, contents)?)
}

/// An ENUMERATED of one octet.
pub(crate) fn enumerated(value: u8) -> Result<Any> {
    Ok(Any::new(Tag::Enumerated, [value])?)
}

/// The contents of a SET OF: the encodings in ascending order (X.690 §11.6).
pub(crate) fn set_contents(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    parts.concat()
}

/// A SET OF.
pub(crate) fn set(parts: Vec<Vec<u8>>) -> Result<Any> {
    Ok(Any::new(Tag::Set, set_contents(parts))?)
}

/// The same octets with the lowest bit of the last one changed.
pub(crate) fn altered(mut octets: Vec<u8>) -> Vec<u8> {
    if let Some(last) = octets.last_mut() {
        *last ^= 1;
    }
    octets
}

/// RFC 5280 §4.1.2.5: UTCTime through 2049, then GeneralizedTime.
pub(crate) fn time(at: Instant) -> Result<Time> {
    let seconds = u64::try_from(at.unix())
        .map_err(|_| Error::Description("certificates here begin after 1970"))?;
    let since = Duration::from_secs(seconds);
    Ok(match UtcTime::from_unix_duration(since) {
        Ok(utc) => Time::UtcTime(utc),
        Err(_) => Time::GeneralTime(generalized(at)?),
    })
}

/// A GeneralizedTime, which invalidityDate has at any time (RFC 5280 §5.3.2).
pub(crate) fn generalized(at: Instant) -> Result<der::asn1::GeneralizedTime> {
    let seconds = u64::try_from(at.unix())
        .map_err(|_| Error::Description("certificates here begin after 1970"))?;
    Ok(der::asn1::GeneralizedTime::from_unix_duration(Duration::from_secs(seconds))?)
}

/// An extension with the value's encoding.
pub(crate) fn extension(oid: Oid, critical: bool, value: &impl Encode) -> Result<Extension> {
    extension_of_octets(oid, critical, &value.to_der()?)
}

/// An extension whose extnValue holds exactly these octets.
pub(crate) fn extension_of_octets(oid: Oid, critical: bool, octets: &[u8]) -> Result<Extension> {
    Ok(Extension { extn_id: oid, critical, extn_value: OctetString::new(octets)? })
}

/// kz-pki §5, RFC 5280 §4.2.1.2 (1): SHA-1 of the BIT STRING without its tag, length and count
/// of unused bits.
pub(crate) fn key_identifier(public_key_info: &[u8]) -> Result<[u8; 20]> {
    let info = SubjectPublicKeyInfoOwned::from_der(public_key_info)?;
    Ok(sha1::Sha1::digest(info.subject_public_key.raw_bytes()).into())
}

/// kz-pki §5: the serial number is the key identifier with its top bit clear and its first
/// octet at least 0x10.
pub(crate) fn serial_of_key(mut key_identifier: [u8; 20]) -> [u8; 20] {
    if let Some(first) = key_identifier.first_mut() {
        *first &= 0x7f;
        if *first < 0x10 {
            *first |= 0x10;
        }
    }
    key_identifier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_of_keys_are_positive_and_never_short() {
        // kz-pki §5: the top bit goes, and an octet below 0x10 is raised.
        for (first, expected) in [(0xfa, 0x7a), (0x6b, 0x6b), (0x8f, 0x1f), (0x05, 0x15), (0, 0x10)]
        {
            let mut identifier = [0x33; 20];
            identifier[0] = first;
            let serial = serial_of_key(identifier);
            assert_eq!(serial[0], expected);
            assert_eq!(serial[1..], identifier[1..]);
        }
    }

    #[test]
    fn times_change_their_form_in_2050() {
        // RFC 5280 §4.1.2.5
        let der = |text: &str| time(text.parse().unwrap()).unwrap().to_der().unwrap();
        assert_eq!(der("2049-12-31T23:59:59Z"), b"\x17\x0d491231235959Z");
        assert_eq!(der("2050-01-01T00:00:00Z"), b"\x18\x0f20500101000000Z");
        assert!(time("1969-12-31T23:59:59Z".parse().unwrap()).is_err());
    }
}
