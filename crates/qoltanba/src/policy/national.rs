//! The certificate policies of the national authority that signers carry (kz-pki §2).

use der::asn1::ObjectIdentifier as Oid;

use crate::{certificate::Certificate, oid, verdict::Reason};

/// A policy that is listed, alone or with all below it.
struct Listed {
    arc: Oid,
    below: bool,
}

/// Seen on certificates of people and systems. The policy of the roots is none of a signer's.
///
/// NOTE: the authorities BTSD and УЦ ГО carry no policy themselves, and no certificate that they
/// issued is published: a signer of theirs passes with one of these and fails without.
const LISTED: [Listed; 4] = [
    Listed { arc: oid::KZ_POLICY_GOST2015, below: true },
    Listed { arc: oid::KZ_POLICY_BEFORE_2022, below: false },
    Listed { arc: oid::KZ_POLICY_TREASURY_SIGN, below: false },
    Listed { arc: oid::KZ_POLICY_TREASURY_AUTH, below: false },
];

impl Listed {
    /// Arcs are compared whole: 1.2.398.3.3.22 is not below 1.2.398.3.3.2.
    fn covers(&self, policy: Oid) -> bool {
        if self.below { oid::is_under(policy, self.arc) } else { policy == self.arc }
    }
}

/// The reason against a certificate that carries none of the listed policies (500/НҚ p.16.4).
pub(super) fn refuse(certificate: &Certificate) -> Option<Reason> {
    let found = certificate.extensions().policies.as_deref().unwrap_or_default();
    let listed = found.iter().any(|policy| LISTED.iter().any(|one| one.covers(*policy)));
    (!listed).then(|| Reason::CertPolicy { found: found.iter().map(ToString::to_string).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arcs_are_compared_whole() {
        let listed = |text: &str| LISTED.iter().any(|one| one.covers(Oid::new_unwrap(text)));
        for policy in [
            "1.2.398.3.3.2",
            "1.2.398.3.3.2.1",
            "1.2.398.3.3.2.4",
            "1.2.398.3.3.1.1",
            "1.2.398.5.19.1.2.2.1.2",
            "1.2.398.5.19.1.2.2.1.3",
        ] {
            assert!(listed(policy), "{policy}");
        }
        for policy in [
            "1.2.398.3.3.22",
            "1.2.398.3.3.2222.1",
            "1.2.398.3.3",
            "1.2.398.3.1.2",
            "1.2.398.3.3.1.1.1",
            "1.2.398.3.3.1.11",
            "1.2.398.5.19.1.2.2.1",
            "1.2.398.5.19.1.2.2.1.20",
            "2.5.29.32.0",
        ] {
            assert!(!listed(policy), "{policy}");
        }
    }
}
