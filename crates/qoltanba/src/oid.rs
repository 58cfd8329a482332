//! Every object identifier that the crate knows: its arc, its name, where it is defined.

use der::asn1::ObjectIdentifier as Oid;

macro_rules! oids {
    ($($(#[$doc:meta])* $name:ident = $arc:literal, $text:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: Oid = Oid::new_unwrap($arc);)*

        /// The name of a known identifier.
        pub(crate) fn name(oid: Oid) -> Option<&'static str> {
            match oid {
                $($name => Some($text),)*
                _ => None,
            }
        }
    };
}

oids! {
    // Keys and signatures of Kazakhstan (arc 1.2.398.3.10.1).
    KZ_GOST2004_KEY = "1.2.398.3.10.1.1.1.1", "GOST 34.310-2004";
    KZ_GOST2004_CURVE = "1.2.398.3.10.1.1.1.1.1", "GOST 34.310-2004 parameter set A";
    KZ_GOST2004_SIGNATURE = "1.2.398.3.10.1.1.1.2", "GOST 34.310-2004 with GOST 34.311-95";
    KZ_GOST2004_KEY_DIGEST = "1.2.398.3.10.1.3.1.1.0", "GOST 34.311-95 key parameter";
    KZ_GOST2015_256_KEY = "1.2.398.3.10.1.1.2.1", "GOST 34.10-2015, 256 bits";
    KZ_GOST2015_256_CURVE = "1.2.398.3.10.1.1.2.1.1", "GOST 34.10-2015 256-bit parameter set A";
    KZ_GOST2015_512_KEY = "1.2.398.3.10.1.1.2.2", "GOST 34.10-2015, 512 bits";
    KZ_GOST2015_512_CURVE = "1.2.398.3.10.1.1.2.2.1", "GOST 34.10-2015 512-bit parameter set A";
    KZ_GOST2015_256_SIGNATURE = "1.2.398.3.10.1.1.2.3.1", "GOST 34.10-2015 with GOST 34.11-2015, 256 bits";
    KZ_GOST2015_512_SIGNATURE = "1.2.398.3.10.1.1.2.3.2", "GOST 34.10-2015 with GOST 34.11-2015, 512 bits";
    KZ_GOST3411_95 = "1.2.398.3.10.1.3.1", "GOST 34.311-95";
    KZ_STREEBOG_256 = "1.2.398.3.10.1.3.2", "GOST 34.11-2015, 256 bits";
    KZ_STREEBOG_512 = "1.2.398.3.10.1.3.3", "GOST 34.11-2015, 512 bits";
    TUMAR_KEY = "1.3.6.1.4.1.6801.1.5.8", "Tumar GOST 34.310-2004";

    // Keys and signatures of Russia (RFC 4357, RFC 4491, RFC 7836, RFC 9215).
    RU_GOST2001_KEY = "1.2.643.2.2.19", "GOST R 34.10-2001";
    RU_GOST2001_SIGNATURE = "1.2.643.2.2.3", "GOST R 34.10-2001 with GOST R 34.11-94";
    RU_GOST3411_94 = "1.2.643.2.2.9", "GOST R 34.11-94";
    RU_GOST3411_94_CRYPTO_PRO = "1.2.643.2.2.30.1", "id-GostR3411-94-CryptoProParamSet";
    RU_CRYPTO_PRO_A = "1.2.643.2.2.35.1", "id-GostR3410-2001-CryptoPro-A-ParamSet";
    RU_CRYPTO_PRO_B = "1.2.643.2.2.35.2", "id-GostR3410-2001-CryptoPro-B-ParamSet";
    RU_CRYPTO_PRO_C = "1.2.643.2.2.35.3", "id-GostR3410-2001-CryptoPro-C-ParamSet";
    RU_CRYPTO_PRO_XCH_A = "1.2.643.2.2.36.0", "id-GostR3410-2001-CryptoPro-XchA-ParamSet";
    RU_CRYPTO_PRO_XCH_B = "1.2.643.2.2.36.1", "id-GostR3410-2001-CryptoPro-XchB-ParamSet";
    RU_GOST2012_256_KEY = "1.2.643.7.1.1.1.1", "GOST R 34.10-2012, 256 bits";
    RU_GOST2012_512_KEY = "1.2.643.7.1.1.1.2", "GOST R 34.10-2012, 512 bits";
    RU_GOST2012_256_SIGNATURE = "1.2.643.7.1.1.3.2", "GOST R 34.10-2012 with GOST R 34.11-2012, 256 bits";
    RU_GOST2012_512_SIGNATURE = "1.2.643.7.1.1.3.3", "GOST R 34.10-2012 with GOST R 34.11-2012, 512 bits";
    RU_STREEBOG_256 = "1.2.643.7.1.1.2.2", "GOST R 34.11-2012, 256 bits";
    RU_STREEBOG_512 = "1.2.643.7.1.1.2.3", "GOST R 34.11-2012, 512 bits";
    RU_TC26_256_A = "1.2.643.7.1.2.1.1.1", "id-tc26-gost-3410-2012-256-paramSetA";
    RU_TC26_256_B = "1.2.643.7.1.2.1.1.2", "id-tc26-gost-3410-2012-256-paramSetB";
    RU_TC26_256_C = "1.2.643.7.1.2.1.1.3", "id-tc26-gost-3410-2012-256-paramSetC";
    RU_TC26_256_D = "1.2.643.7.1.2.1.1.4", "id-tc26-gost-3410-2012-256-paramSetD";
    RU_TC26_512_A = "1.2.643.7.1.2.1.2.1", "id-tc26-gost-3410-12-512-paramSetA";
    RU_TC26_512_B = "1.2.643.7.1.2.1.2.2", "id-tc26-gost-3410-12-512-paramSetB";
    RU_TC26_512_C = "1.2.643.7.1.2.1.2.3", "id-tc26-gost-3410-2012-512-paramSetC";

    // RSA and ECDSA (RFC 8017, RFC 5758, RFC 5480).
    RSA_ENCRYPTION = "1.2.840.113549.1.1.1", "RSA";
    SHA1_WITH_RSA = "1.2.840.113549.1.1.5", "RSA with SHA-1";
    SHA256_WITH_RSA = "1.2.840.113549.1.1.11", "RSA with SHA-256";
    SHA384_WITH_RSA = "1.2.840.113549.1.1.12", "RSA with SHA-384";
    SHA512_WITH_RSA = "1.2.840.113549.1.1.13", "RSA with SHA-512";
    EC_PUBLIC_KEY = "1.2.840.10045.2.1", "ECDSA";
    P256 = "1.2.840.10045.3.1.7", "P-256";
    P384 = "1.3.132.0.34", "P-384";
    ECDSA_SHA256 = "1.2.840.10045.4.3.2", "ECDSA with SHA-256";
    ECDSA_SHA384 = "1.2.840.10045.4.3.3", "ECDSA with SHA-384";
    ECDSA_SHA512 = "1.2.840.10045.4.3.4", "ECDSA with SHA-512";
    SHA1 = "1.3.14.3.2.26", "SHA-1";
    SHA256 = "2.16.840.1.101.3.4.2.1", "SHA-256";
    SHA384 = "2.16.840.1.101.3.4.2.2", "SHA-384";
    SHA512 = "2.16.840.1.101.3.4.2.3", "SHA-512";

    // CMS (RFC 5652), CAdES (RFC 5126, RFC 5035), time stamps (RFC 3161).
    ID_DATA = "1.2.840.113549.1.7.1", "data";
    ID_SIGNED_DATA = "1.2.840.113549.1.7.2", "signed-data";
    ID_ENCRYPTED_DATA = "1.2.840.113549.1.7.6", "encrypted-data";
    ID_ENVELOPED_DATA = "1.2.840.113549.1.7.3", "enveloped-data";
    CONTENT_TYPE = "1.2.840.113549.1.9.3", "content-type";
    MESSAGE_DIGEST = "1.2.840.113549.1.9.4", "message-digest";
    SIGNING_TIME = "1.2.840.113549.1.9.5", "signing-time";
    COUNTERSIGNATURE = "1.2.840.113549.1.9.6", "countersignature";
    SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12", "signing-certificate";
    SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47", "signing-certificate-v2";
    SIGNATURE_TIME_STAMP = "1.2.840.113549.1.9.16.2.14", "signature-time-stamp";
    CONTENT_TIME_STAMP = "1.2.840.113549.1.9.16.2.20", "content-time-stamp";
    CADES_C_TIME_STAMP = "1.2.840.113549.1.9.16.2.25", "CAdES-C-time-stamp";
    REFERENCES_TIME_STAMP = "1.2.840.113549.1.9.16.2.26", "time-stamped-certs-crls-references";
    ARCHIVE_TIME_STAMP = "1.2.840.113549.1.9.16.2.27", "archive-time-stamp";
    ARCHIVE_TIME_STAMP_V2 = "1.2.840.113549.1.9.16.2.48", "archive-time-stamp-v2";
    ARCHIVE_TIME_STAMP_V3 = "0.4.0.1733.2.4", "archive-time-stamp-v3";
    CERTIFICATE_VALUES = "1.2.840.113549.1.9.16.2.23", "certificate-values";
    REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24", "revocation-values";
    TST_INFO = "1.2.840.113549.1.9.16.1.4", "TSTInfo";

    // PKCS#8, PKCS#12, PKCS#5 (RFC 5958, RFC 7292, RFC 8018).
    FRIENDLY_NAME = "1.2.840.113549.1.9.20", "friendlyName";
    LOCAL_KEY_ID = "1.2.840.113549.1.9.21", "localKeyId";
    X509_CERTIFICATE = "1.2.840.113549.1.9.22.1", "x509Certificate";
    KEY_BAG = "1.2.840.113549.1.12.10.1.1", "keyBag";
    SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2", "pkcs8ShroudedKeyBag";
    CERT_BAG = "1.2.840.113549.1.12.10.1.3", "certBag";
    PBE_SHA_3DES = "1.2.840.113549.1.12.1.3", "pbeWithSHAAnd3-KeyTripleDES-CBC";
    PBE_SHA_RC2_40 = "1.2.840.113549.1.12.1.6", "pbeWithSHAAnd40BitRC2-CBC";
    PBES2 = "1.2.840.113549.1.5.13", "PBES2";
    PBKDF2 = "1.2.840.113549.1.5.12", "PBKDF2";
    PBMAC1 = "1.2.840.113549.1.5.14", "PBMAC1";
    HMAC_SHA1 = "1.2.840.113549.2.7", "HMAC-SHA-1";
    HMAC_SHA256 = "1.2.840.113549.2.9", "HMAC-SHA-256";
    HMAC_SHA384 = "1.2.840.113549.2.10", "HMAC-SHA-384";
    HMAC_SHA512 = "1.2.840.113549.2.11", "HMAC-SHA-512";
    DES_EDE3_CBC = "1.2.840.113549.3.7", "DES-EDE3-CBC";
    RC2_CBC = "1.2.840.113549.3.2", "RC2-CBC";
    AES_128_CBC = "2.16.840.1.101.3.4.1.2", "AES-128-CBC";
    AES_192_CBC = "2.16.840.1.101.3.4.1.22", "AES-192-CBC";
    AES_256_CBC = "2.16.840.1.101.3.4.1.42", "AES-256-CBC";

    // Certificates and lists (RFC 5280).
    SUBJECT_KEY_IDENTIFIER = "2.5.29.14", "subjectKeyIdentifier";
    KEY_USAGE = "2.5.29.15", "keyUsage";
    SUBJECT_ALT_NAME = "2.5.29.17", "subjectAltName";
    ISSUER_ALT_NAME = "2.5.29.18", "issuerAltName";
    BASIC_CONSTRAINTS = "2.5.29.19", "basicConstraints";
    CRL_NUMBER = "2.5.29.20", "cRLNumber";
    REASON_CODE = "2.5.29.21", "reasonCode";
    INVALIDITY_DATE = "2.5.29.24", "invalidityDate";
    DELTA_CRL_INDICATOR = "2.5.29.27", "deltaCRLIndicator";
    ISSUING_DISTRIBUTION_POINT = "2.5.29.28", "issuingDistributionPoint";
    NAME_CONSTRAINTS = "2.5.29.30", "nameConstraints";
    CRL_DISTRIBUTION_POINTS = "2.5.29.31", "cRLDistributionPoints";
    CERTIFICATE_POLICIES = "2.5.29.32", "certificatePolicies";
    ANY_POLICY = "2.5.29.32.0", "anyPolicy";
    SMTP_UTF8_MAILBOX = "1.3.6.1.5.5.7.8.9", "SmtpUTF8Mailbox";
    POLICY_MAPPINGS = "2.5.29.33", "policyMappings";
    AUTHORITY_KEY_IDENTIFIER = "2.5.29.35", "authorityKeyIdentifier";
    POLICY_CONSTRAINTS = "2.5.29.36", "policyConstraints";
    EXTENDED_KEY_USAGE = "2.5.29.37", "extKeyUsage";
    CERTIFICATE_ISSUER = "2.5.29.29", "certificateIssuer";
    FRESHEST_CRL = "2.5.29.46", "freshestCRL";
    EXPIRED_CERTS_ON_CRL = "2.5.29.60", "expiredCertsOnCRL";
    INHIBIT_ANY_POLICY = "2.5.29.54", "inhibitAnyPolicy";
    AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1", "authorityInfoAccess";
    OCSP_NO_CHECK = "1.3.6.1.5.5.7.48.1.5", "id-pkix-ocsp-nocheck";
    OCSP_BASIC = "1.3.6.1.5.5.7.48.1.1", "id-pkix-ocsp-basic";
    OCSP_NONCE = "1.3.6.1.5.5.7.48.1.2", "id-pkix-ocsp-nonce";
    OCSP_ARCHIVE_CUTOFF = "1.3.6.1.5.5.7.48.1.6", "id-pkix-ocsp-archive-cutoff";
    OCSP_EXTENDED_REVOKE = "1.3.6.1.5.5.7.48.1.9", "id-pkix-ocsp-extended-revoke";
    RI_OCSP_RESPONSE = "1.3.6.1.5.5.7.16.2", "id-ri-ocsp-response";
    AD_OCSP = "1.3.6.1.5.5.7.48.1", "id-ad-ocsp";
    AD_CA_ISSUERS = "1.3.6.1.5.5.7.48.2", "id-ad-caIssuers";
    CPS = "1.3.6.1.5.5.7.2.1", "id-qt-cps";
    KP_ANY = "2.5.29.37.0", "anyExtendedKeyUsage";
    KP_DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36", "documentSigning";
    KP_CLIENT_AUTH = "1.3.6.1.5.5.7.3.2", "clientAuth";
    KP_EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4", "emailProtection";
    KP_TIME_STAMPING = "1.3.6.1.5.5.7.3.8", "timeStamping";
    KP_OCSP_SIGNING = "1.3.6.1.5.5.7.3.9", "OCSPSigning";

    // Subjects (X.520, RFC 4519).
    AT_COMMON_NAME = "2.5.4.3", "CN";
    AT_SURNAME = "2.5.4.4", "SURNAME";
    AT_SERIAL_NUMBER = "2.5.4.5", "SERIALNUMBER";
    AT_COUNTRY = "2.5.4.6", "C";
    AT_LOCALITY = "2.5.4.7", "L";
    AT_STATE = "2.5.4.8", "ST";
    AT_ORGANIZATION = "2.5.4.10", "O";
    AT_ORGANIZATIONAL_UNIT = "2.5.4.11", "OU";
    AT_TITLE = "2.5.4.12", "T";
    AT_BUSINESS_CATEGORY = "2.5.4.15", "BUSINESSCATEGORY";
    AT_GIVEN_NAME = "2.5.4.42", "GIVENNAME";
    AT_USER_ID = "0.9.2342.19200300.100.1.1", "UID";
    AT_DOMAIN_COMPONENT = "0.9.2342.19200300.100.1.25", "DC";
    AT_EMAIL = "1.2.840.113549.1.9.1", "E";

    // The national profile: roles live in extKeyUsage.
    KZ_KEY_STORE_TYPE = "1.2.398.3.3.5", "key store type";
    KZ_KEY_STORE_PKCS12 = "1.2.398.3.3.5.1.1", "PKCS#12";
    KZ_INDIVIDUAL = "1.2.398.3.3.4.1.1", "individual";
    KZ_LEGAL_ENTITY = "1.2.398.3.3.4.1.2", "legal entity";
    KZ_FIRST_HEAD = "1.2.398.3.3.4.1.2.1", "first head";
    KZ_RIGHT_TO_SIGN = "1.2.398.3.3.4.1.2.2", "right to sign";
    KZ_RIGHT_TO_SIGN_FINANCIAL = "1.2.398.3.3.4.1.2.3", "right to sign financial documents";
    KZ_HR = "1.2.398.3.3.4.1.2.4", "human resources";
    KZ_EMPLOYEE = "1.2.398.3.3.4.1.2.5", "employee";
    KZ_INFORMATION_SYSTEM = "1.2.398.3.3.4.1.2.6", "information system";
    KZ_TREASURY = "1.2.398.5.19.1.2.2.1", "treasury client";
    KZ_POLICY_GOST2015 = "1.2.398.3.3.2", "policy of the national authority";
    KZ_TSA_POLICY_GOST2004 = "1.2.398.3.3.2.6.1", "policy of time stamps, GOST 34.310-2004";
    KZ_TSA_POLICY_RSA = "1.2.398.3.3.2.6.2", "policy of time stamps, RSA";
    KZ_TSA_POLICY_GOST2015 = "1.2.398.3.3.2.6.4", "policy of time stamps, GOST 34.10-2015";
    KZ_POLICY_BEFORE_2022 = "1.2.398.3.3.1.1", "policy of the national authority before 2022";
    KZ_POLICY_TREASURY_SIGN = "1.2.398.5.19.1.2.2.1.2", "treasury policy for signing";
    KZ_POLICY_TREASURY_AUTH = "1.2.398.5.19.1.2.2.1.3", "treasury policy for authentication";
}

/// Every attribute of CAdES that holds a time stamp (EN 319 122-1).
pub(crate) const TIME_STAMPS: [Oid; 7] = [
    SIGNATURE_TIME_STAMP,
    CONTENT_TIME_STAMP,
    CADES_C_TIME_STAMP,
    REFERENCES_TIME_STAMP,
    ARCHIVE_TIME_STAMP,
    ARCHIVE_TIME_STAMP_V2,
    ARCHIVE_TIME_STAMP_V3,
];

/// Those that stand on everything before them.
pub(crate) const ARCHIVE_TIME_STAMPS: [Oid; 3] =
    [ARCHIVE_TIME_STAMP, ARCHIVE_TIME_STAMP_V2, ARCHIVE_TIME_STAMP_V3];

/// The arc of the roles and identification methods of the national authority's certificates.
pub(crate) const KZ_ROLE_ARC: Oid = Oid::new_unwrap("1.2.398.3.3.4");

/// Whether `oid` is `arc` or lies below it. Arcs are compared whole, never as text.
pub(crate) fn is_under(oid: Oid, arc: Oid) -> bool {
    let mut arcs = oid.arcs();
    arc.arcs().all(|a| arcs.next() == Some(a))
}

/// The name of an identifier with its arc, or the arc alone.
pub(crate) fn describe(oid: Oid) -> String {
    match name(oid) {
        Some(name) => format!("{oid} ({name})"),
        None => oid.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arcs_are_compared_whole() {
        assert!(is_under(KZ_HR, KZ_ROLE_ARC));
        assert!(is_under(KZ_ROLE_ARC, KZ_ROLE_ARC));
        assert!(!is_under(Oid::new_unwrap("1.2.398.3.3.40.1"), KZ_ROLE_ARC));
        assert!(!is_under(Oid::new_unwrap("1.2.398.3.3"), KZ_ROLE_ARC));
    }
}
