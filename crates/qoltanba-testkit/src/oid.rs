//! The object identifiers that certificates and lists are built from.

use der::asn1::ObjectIdentifier as Oid;
use qoltanba::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    identity::Role,
};

use crate::error::{Error, Result};

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = $arc:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: Oid = Oid::new_unwrap($arc);)*
    };
}

oids! {
    // Extensions (RFC 5280 §4.2, §5.2, §5.3).
    SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    KEY_USAGE = "2.5.29.15";
    SUBJECT_ALT_NAME = "2.5.29.17";
    BASIC_CONSTRAINTS = "2.5.29.19";
    CRL_NUMBER = "2.5.29.20";
    REASON_CODE = "2.5.29.21";
    INVALIDITY_DATE = "2.5.29.24";
    DELTA_CRL_INDICATOR = "2.5.29.27";
    ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    CERTIFICATE_ISSUER = "2.5.29.29";
    NAME_CONSTRAINTS = "2.5.29.30";
    CRL_DISTRIBUTION_POINTS = "2.5.29.31";
    CERTIFICATE_POLICIES = "2.5.29.32";
    POLICY_MAPPINGS = "2.5.29.33";
    AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    POLICY_CONSTRAINTS = "2.5.29.36";
    EXTENDED_KEY_USAGE = "2.5.29.37";
    FRESHEST_CRL = "2.5.29.46";
    INHIBIT_ANY_POLICY = "2.5.29.54";
    AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";
    OCSP_NO_CHECK = "1.3.6.1.5.5.7.48.1.5";
    AD_OCSP = "1.3.6.1.5.5.7.48.1";
    AD_CA_ISSUERS = "1.3.6.1.5.5.7.48.2";
    OCSP_BASIC = "1.3.6.1.5.5.7.48.1.1";
    OCSP_NONCE = "1.3.6.1.5.5.7.48.1.2";
    OCSP_EXTENDED_REVOKE = "1.3.6.1.5.5.7.48.1.9";
    QT_CPS = "1.3.6.1.5.5.7.2.1";
    KZ_KEY_STORE_TYPE = "1.2.398.3.3.5";
    KZ_KEY_STORE_PKCS12 = "1.2.398.3.3.5.1.1";
    /// RFC 5612: the private enterprise number for documentation. Nobody processes it.
    UNKNOWN_EXTENSION = "1.3.6.1.4.1.32473.1";

    // Uses of keys (RFC 5280 §4.2.1.12) and national roles.
    KP_SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    KP_CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    KP_EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4";
    KP_TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
    KP_OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
    KZ_INDIVIDUAL = "1.2.398.3.3.4.1.1";
    KZ_LEGAL_ENTITY = "1.2.398.3.3.4.1.2";
    KZ_FIRST_HEAD = "1.2.398.3.3.4.1.2.1";
    KZ_RIGHT_TO_SIGN = "1.2.398.3.3.4.1.2.2";
    KZ_RIGHT_TO_SIGN_FINANCIAL = "1.2.398.3.3.4.1.2.3";
    KZ_HR = "1.2.398.3.3.4.1.2.4";
    KZ_EMPLOYEE = "1.2.398.3.3.4.1.2.5";
    KZ_INFORMATION_SYSTEM = "1.2.398.3.3.4.1.2.6";
    KZ_TREASURY = "1.2.398.5.19.1.2.2.1";

    // Policies.
    KZ_POLICY_ROOT = "1.2.398.3.1.2";
    KZ_POLICY = "1.2.398.3.3.2";
    KZ_POLICY_LEGAL_SIGN = "1.2.398.3.3.2.1";
    KZ_POLICY_LEGAL_AUTH = "1.2.398.3.3.2.2";
    KZ_POLICY_INDIVIDUAL_SIGN = "1.2.398.3.3.2.3";
    KZ_POLICY_INDIVIDUAL_AUTH = "1.2.398.3.3.2.4";
    KZ_POLICY_TSA = "1.2.398.3.3.2.6";
    KZ_POLICY_TREASURY_SIGN = "1.2.398.5.19.1.2.2.1.2";
    KZ_POLICY_TREASURY_AUTH = "1.2.398.5.19.1.2.2.1.3";

    // Signatures.
    KZ_GOST2004_SIGNATURE = "1.2.398.3.10.1.1.1.2";
    KZ_GOST2015_256_SIGNATURE = "1.2.398.3.10.1.1.2.3.1";
    KZ_GOST2015_512_SIGNATURE = "1.2.398.3.10.1.1.2.3.2";
    SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
    SHA384_WITH_RSA = "1.2.840.113549.1.1.12";
    SHA512_WITH_RSA = "1.2.840.113549.1.1.13";

    // Digests.
    KZ_GOST3411_95 = "1.2.398.3.10.1.3.1";
    KZ_STREEBOG_256 = "1.2.398.3.10.1.3.2";
    KZ_STREEBOG_512 = "1.2.398.3.10.1.3.3";
    SHA1 = "1.3.14.3.2.26";
    SHA256 = "2.16.840.1.101.3.4.2.1";
    SHA384 = "2.16.840.1.101.3.4.2.2";
    SHA512 = "2.16.840.1.101.3.4.2.3";

    // Messages (RFC 5652 §11) and time stamps (RFC 3161 §2.4.2, RFC 5035).
    SIGNED_DATA = "1.2.840.113549.1.7.2";
    TST_INFO = "1.2.840.113549.1.9.16.1.4";
    CONTENT_TYPE = "1.2.840.113549.1.9.3";
    MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
    SIGNING_TIME = "1.2.840.113549.1.9.5";
    SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
    SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
}

/// The digests that have an identifier here.
const DIGESTS: [(DigestAlgorithm, Oid); 7] = [
    (DigestAlgorithm::Gost3411, KZ_GOST3411_95),
    (DigestAlgorithm::Streebog256, KZ_STREEBOG_256),
    (DigestAlgorithm::Streebog512, KZ_STREEBOG_512),
    (DigestAlgorithm::Sha1, SHA1),
    (DigestAlgorithm::Sha256, SHA256),
    (DigestAlgorithm::Sha384, SHA384),
    (DigestAlgorithm::Sha512, SHA512),
];

/// The identifier of a digest.
pub(crate) fn digest(digest: DigestAlgorithm) -> Result<Oid> {
    let found = DIGESTS.iter().find(|(known, _)| *known == digest);
    found.map(|(_, oid)| *oid).ok_or(Error::Description("this digest has no identifier here"))
}

/// An identifier written with dots.
pub(crate) fn parse(text: &str) -> Result<Oid> {
    Oid::new(text).map_err(|_| Error::Description("this is no object identifier"))
}

/// The digest with this identifier.
pub(crate) fn digest_named(oid: Oid) -> Result<DigestAlgorithm> {
    let found = DIGESTS.iter().find(|(_, known)| *known == oid);
    found.map(|(digest, _)| *digest).ok_or(Error::Description("this digest is not known here"))
}

/// The identifier of a signature algorithm; all of these carry NULL parameters (kz-pki §3,
/// RFC 4055 §5).
pub(crate) fn signature(algorithm: SignatureAlgorithm) -> Result<Oid> {
    Ok(match algorithm {
        SignatureAlgorithm::Gost2004 => KZ_GOST2004_SIGNATURE,
        SignatureAlgorithm::Gost2015_256 => KZ_GOST2015_256_SIGNATURE,
        SignatureAlgorithm::Gost2015_512 => KZ_GOST2015_512_SIGNATURE,
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256) => SHA256_WITH_RSA,
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha384) => SHA384_WITH_RSA,
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha512) => SHA512_WITH_RSA,
        _ => return Err(Error::Description("the test authority signs with GOST or RSA and SHA-2")),
    })
}

/// What extKeyUsage names for a role, after the standard purpose.
pub(crate) fn role(role: Role) -> Result<Vec<Oid>> {
    let legal = |own| vec![KZ_LEGAL_ENTITY, own];
    Ok(match role {
        Role::Individual => vec![KZ_INDIVIDUAL],
        Role::FirstHead => legal(KZ_FIRST_HEAD),
        Role::RightToSign => legal(KZ_RIGHT_TO_SIGN),
        Role::RightToSignFinancial => legal(KZ_RIGHT_TO_SIGN_FINANCIAL),
        Role::HumanResources => legal(KZ_HR),
        Role::Employee => legal(KZ_EMPLOYEE),
        Role::InformationSystem => legal(KZ_INFORMATION_SYSTEM),
        Role::Treasury => legal(KZ_TREASURY),
        _ => return Err(Error::Description("this role has no national profile")),
    })
}
