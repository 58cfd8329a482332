//! The checks on a signature that the orders name, as data: thirteen of them, each with the clause
//! it comes from. What is reported of order 500/НҚ is more than what is reported of order 1187.

use super::Source;

/// A check that an order asks for. The numbers are those of the project's list of the law's checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RuleId {
    /// 1. The signer's certificate is there or can be had.
    SignerCertificate,
    /// 2. The certified key made the signature over exactly this content.
    Signature,
    /// 3. The moment of check is that of a time stamp, or else now.
    Moment,
    /// 4. Every certificate of the path is within its dates at that moment.
    Validity,
    /// 5. OCSP or a list tells that no certificate was revoked.
    Revocation,
    /// 6. The path leads to a trusted root, each signature verified.
    Path,
    /// 7. Key usage and certificate policy fit the use.
    Purpose,
    /// 8. The time stamp: its signature, its authority, its imprint.
    TimeStamp,
    /// 9. The revocation list: authentic, of the right scope, in force.
    RevocationList,
    /// 10. The OCSP answer: authentic, about this certificate, of this time.
    OcspResponse,
    /// 11. The signature names its certificate (signing-certificate-v2).
    SigningCertificateV2,
    /// 12. The same checks on one's own key before signing.
    OwnKey,
    /// 13. The authority is accredited, or registered through the trusted third party.
    Accreditation,
}

/// What a breach of a rule brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The rule is not asked.
    NotAsked,
    /// A remark.
    Remark,
    /// The verdict is indeterminate.
    Indeterminate,
    /// The verdict is failed.
    Fail,
}

impl Level {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::Remark => "remark",
            Self::Indeterminate => "indeterminate",
            Self::Fail => "fail",
        }
    }
}

/// A rule of a preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Which check it is.
    pub id: RuleId,
    /// The worst that a breach brings.
    pub level: Level,
    /// The clause that it comes from.
    pub clause: &'static str,
    /// Whether that clause was read, or only reported.
    pub source: Source,
    /// Reasons that leave a verdict indeterminate and that the order calls negative, by their
    /// codes, each with its clause.
    pub(crate) negative: &'static [(&'static str, &'static str)],
}

impl RuleId {
    /// Every rule, in the order of the numbers.
    pub const ALL: [Self; 13] = [
        Self::SignerCertificate,
        Self::Signature,
        Self::Moment,
        Self::Validity,
        Self::Revocation,
        Self::Path,
        Self::Purpose,
        Self::TimeStamp,
        Self::RevocationList,
        Self::OcspResponse,
        Self::SigningCertificateV2,
        Self::OwnKey,
        Self::Accreditation,
    ];

    /// Its number in the list of the law's checks.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignerCertificate => "signer_certificate",
            Self::Signature => "signature",
            Self::Moment => "moment",
            Self::Validity => "validity",
            Self::Revocation => "revocation",
            Self::Path => "path",
            Self::Purpose => "purpose",
            Self::TimeStamp => "time_stamp",
            Self::RevocationList => "revocation_list",
            Self::OcspResponse => "ocsp_response",
            Self::SigningCertificateV2 => "signing_certificate_v2",
            Self::OwnKey => "own_key",
            Self::Accreditation => "accreditation",
        }
    }
}

const fn reported(id: RuleId, level: Level, clause: &'static str) -> Rule {
    Rule { id, level, clause, source: Source::Reported, negative: &[] }
}

const fn read(id: RuleId, level: Level, clause: &'static str) -> Rule {
    Rule { id, level, clause, source: Source::Read, negative: &[] }
}

const fn negative(rule: Rule, negative: &'static [(&'static str, &'static str)]) -> Rule {
    Rule { negative, ..rule }
}

use Level::{Fail, Indeterminate, NotAsked, Remark};
use RuleId as R;

pub(super) const KZ_2026: [Rule; 13] = [
    reported(R::SignerCertificate, Indeterminate, "500/НҚ p.15"),
    reported(R::Signature, Fail, "500/НҚ p.15"),
    reported(R::Moment, Indeterminate, "500/НҚ p.14"),
    negative(
        reported(R::Validity, Indeterminate, "500/НҚ p.16.1"),
        &[("cert_expired", "500/НҚ p.16.1"), ("cert_not_yet_valid", "500/НҚ p.16.1")],
    ),
    reported(R::Revocation, Fail, "500/НҚ p.16.2"),
    reported(R::Path, Fail, "500/НҚ p.16.3"),
    reported(R::Purpose, Fail, "500/НҚ p.16.4"),
    reported(R::TimeStamp, Fail, "500/НҚ p.17"),
    negative(
        reported(R::RevocationList, Indeterminate, "500/НҚ p.18"),
        &[("crl_stale", "500/НҚ p.18.5")],
    ),
    negative(
        reported(R::OcspResponse, Indeterminate, "500/НҚ p.19"),
        &[("ocsp_unknown", "500/НҚ p.19.7")],
    ),
    reported(R::SigningCertificateV2, Remark, "500/НҚ p.8"),
    reported(R::OwnKey, NotAsked, "500/НҚ p.4, p.22"),
    // The Digital Code itself was read.
    read(R::Accreditation, Remark, "255-VIII art. 49(2)(4)"),
];

/// Only p.6.3 of this order is reported with its number.
pub(super) const KZ_2015: [Rule; 13] = [
    reported(R::SignerCertificate, Indeterminate, "1187"),
    reported(R::Signature, Fail, "1187"),
    reported(R::Moment, Indeterminate, "1187"),
    reported(R::Validity, Indeterminate, "1187"),
    reported(R::Revocation, Fail, "1187"),
    reported(R::Path, Fail, "1187"),
    reported(R::Purpose, Fail, "1187 p.6.3"),
    reported(R::TimeStamp, Fail, "1187"),
    reported(R::RevocationList, Indeterminate, "1187"),
    reported(R::OcspResponse, Indeterminate, "1187"),
    // NOTE: nothing is reported of such a demand before 500/НҚ p.8.
    reported(R::SigningCertificateV2, Remark, "1187"),
    reported(R::OwnKey, NotAsked, "1187"),
    reported(R::Accreditation, Remark, "370-II art. 10(1)"),
];

pub(super) const PKIX: [Rule; 13] = [
    read(R::SignerCertificate, Indeterminate, "RFC 5652 §5.3"),
    read(R::Signature, Fail, "RFC 5652 §5.6"),
    read(R::Moment, Indeterminate, "RFC 5280 §6.1.1(b)"),
    read(R::Validity, Indeterminate, "RFC 5280 §6.1.3(a)(2)"),
    read(R::Revocation, Fail, "RFC 5280 §6.1.3(a)(3)"),
    read(R::Path, Fail, "RFC 5280 §6.1"),
    read(R::Purpose, Fail, "RFC 5280 §4.2.1.3, §4.2.1.12"),
    read(R::TimeStamp, Fail, "RFC 3161 §2.4.2"),
    read(R::RevocationList, Indeterminate, "RFC 5280 §6.3.3"),
    read(R::OcspResponse, Indeterminate, "RFC 6960 §3.2"),
    read(R::SigningCertificateV2, NotAsked, "RFC 5035 §3"),
    read(R::OwnKey, NotAsked, "RFC 5280"),
    read(R::Accreditation, NotAsked, "RFC 5280 §6.1.1(d)"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Preset;

    #[test]
    fn every_preset_has_every_rule_in_order() {
        for preset in Preset::ALL {
            let ids: Vec<RuleId> = preset.rules().iter().map(|rule| rule.id).collect();
            assert_eq!(ids, RuleId::ALL, "{preset}");
        }
        let numbers: Vec<u8> = RuleId::ALL.iter().map(|id| id.number()).collect();
        assert_eq!(numbers, (1..=13).collect::<Vec<u8>>());
    }
}
