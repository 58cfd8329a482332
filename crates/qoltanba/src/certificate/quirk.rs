//! Deviations of the national authority's certificates that are tolerated, by name.

use super::Extensions;
use crate::algorithm::KeyKind;

/// A tolerated deviation. Each appears as a remark in the report; any other malformed known
/// extension is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Quirk {
    /// The address of the practice statement has spaces around it.
    SpacedPolicyUri,
    /// The address of the practice statement is mistyped, as in `http;//`.
    MistypedPolicyUri,
    /// One address of a revocation list contains a line break and a second address.
    RunTogetherListUri,
    /// `id-pkix-ocsp-nocheck` is empty instead of NULL (RFC 6960 §4.2.2.2.1).
    EmptyOcspNoCheck,
    /// The nonce of an OCSP response is bare, not an OCTET STRING (RFC 8954 §2.1).
    BareOcspNonce,
    /// keyUsage is not critical (RFC 5280 §4.2.1.3 says that it should be).
    KeyUsageNotCritical,
    /// The revocation list that the certificate names is that of another key family.
    ForeignListUri,
}

/// Test certificates with a GOST key that name the list of the RSA authority.
pub(super) fn foreign_list(kind: KeyKind, extensions: &Extensions, quirks: &mut Vec<Quirk>) {
    let foreign = extensions.list_uris().any(|uri| {
        let file = uri.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        match kind {
            KeyKind::Rsa(_) => file.contains("gost") && !file.contains("rsa"),
            kind if kind.is_gost() => file.contains("rsa") && !file.contains("gost"),
            _ => false,
        }
    });
    if foreign {
        quirks.push(Quirk::ForeignListUri);
    }
}
