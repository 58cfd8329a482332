//! What a key may be used for: signing documents, logging in, or neither.

use der::asn1::ObjectIdentifier as Oid;

use super::Certificate;
use crate::oid;

/// A use of an end entity's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// Signing documents.
    Sign,
    /// Authentication: logging in.
    Authenticate,
}

/// The set of uses that a certificate allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purposes {
    sign: bool,
    authenticate: bool,
}

impl Purposes {
    /// Whether the use is allowed.
    #[must_use]
    pub const fn allows(self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Sign => self.sign,
            Purpose::Authenticate => self.authenticate,
        }
    }

    /// Whether no use is allowed.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        !self.sign && !self.authenticate
    }

    /// The allowed uses.
    pub fn iter(self) -> impl Iterator<Item = Purpose> {
        [Purpose::Sign, Purpose::Authenticate].into_iter().filter(move |p| self.allows(*p))
    }
}

/// The national profile: nonRepudiation signs, and logs in too when the key is GOST 2015;
/// clientAuth, or digitalSignature with keyEncipherment and no nonRepudiation, logs in. An
/// extKeyUsage that names neither a use of people nor a national role leaves no purpose, and
/// neither does the key of an authority.
pub(super) fn of(certificate: &Certificate) -> Purposes {
    let extensions = certificate.extensions();
    if extensions.basic_constraints.is_some_and(|bc| bc.ca) {
        return Purposes::default();
    }
    let client_auth = match &extensions.extended_key_usage {
        None => false,
        Some(uses) => {
            let known = uses.iter().any(|u| {
                [oid::KP_EMAIL_PROTECTION, oid::KP_CLIENT_AUTH, oid::KZ_TREASURY].contains(u)
                    || oid::is_under(*u, oid::KZ_ROLE_ARC)
            });
            if !known {
                return Purposes::default();
            }
            uses.contains(&oid::KP_CLIENT_AUTH)
        }
    };
    let usage = extensions.key_usage;
    let sign = usage.is_some_and(|u| u.non_repudiation);
    let gost2015 = certificate.public_key().is_ok_and(|key| key.kind().is_gost2015());
    let login =
        usage.is_some_and(|u| u.digital_signature && u.key_encipherment && !u.non_repudiation);
    // RFC 5280 §4.2.1.12: clientAuth goes with digitalSignature or keyAgreement.
    let client_auth = client_auth && usage.is_none_or(|u| u.digital_signature || u.key_agreement);
    let authenticate = (sign && gost2015) || client_auth || login;
    Purposes { sign, authenticate }
}

/// RFC 5280 §4.2.1.3 and §4.2.1.12: what is absent restricts nothing, what is there must name the
/// use. Documents are signed under digitalSignature or nonRepudiation.
pub(super) fn by_rfc5280(certificate: &Certificate) -> Purposes {
    let extensions = certificate.extensions();
    let named = |wanted: &[Oid]| {
        extensions
            .extended_key_usage
            .as_ref()
            .is_none_or(|uses| uses.iter().any(|u| wanted.contains(u) || *u == oid::KP_ANY))
    };
    let usage = extensions.key_usage;
    let sign = usage.is_none_or(|u| u.digital_signature || u.non_repudiation);
    let login = usage.is_none_or(|u| u.digital_signature || u.key_agreement);
    Purposes {
        // RFC 9336 §3.1: documentSigning, beside emailProtection of S/MIME (RFC 8550 §4.4.4).
        sign: sign && named(&[oid::KP_EMAIL_PROTECTION, oid::KP_DOCUMENT_SIGNING]),
        authenticate: login && named(&[oid::KP_CLIENT_AUTH]),
    }
}
