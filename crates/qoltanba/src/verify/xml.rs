//! XML signatures, as their judge sees them.

use super::{Court, signature::Claim};
use crate::{
    algorithm::{SignatureAlgorithm, Strength},
    certificate::Certificate,
    integrity::CryptoCheck,
    report::Remark,
    time::Instant,
    verdict::Reason,
    xmldsig::{Checked, NodeId, SignedProperties},
};

/// How many certificates of one KeyInfo are tried.
const MAX_CANDIDATES: usize = 16;

pub(super) struct XmlClaim<'a> {
    pub(super) checked: Checked<'a, 'a, 'a>,
    pub(super) wanted: &'a Result<Vec<NodeId>, Reason>,
}

impl XmlClaim<'_> {
    /// The properties of XAdES, when the signature covers them.
    fn properties(&self) -> Option<&SignedProperties> {
        let properties = self.checked.signature.signed_properties.as_ref()?;
        self.checked.covers_whole(properties.node).then_some(properties)
    }
}

impl Claim for XmlClaim<'_> {
    fn format(&self) -> Result<(), Reason> {
        let unread = self.checked.signature.certificates.iter().find_map(|c| c.as_ref().err());
        match (unread, self.checked.signature.certificates.iter().any(Result::is_ok)) {
            (Some(error), false) => Err(Reason::Malformed(error.clone())),
            _ => Ok(()),
        }
    }

    fn candidates<'c>(&self, court: &'c Court<'_>) -> Vec<&'c Certificate> {
        let own = &self.checked.signature.certificates;
        let named = court.certificates.iter().filter(|c| {
            own.iter().any(|o| o.as_ref().is_ok_and(|o| o == *c))
                || (own.is_empty()
                    && self
                        .properties()
                        .and_then(|p| p.signing_certificate.as_ref())
                        .is_some_and(|named| named.is_of(c)))
        });
        named.take(MAX_CANDIDATES).collect()
    }

    fn binding(
        &self,
        certificate: &Certificate,
        remarks: &mut Vec<Remark>,
    ) -> Option<Result<(), Reason>> {
        // The national XML profile names the certificate in KeyInfo alone, which is not signed.
        let named = self.properties()?.signing_certificate.as_ref()?;
        if named.is_weak() {
            remarks.push(Remark::WeakSigningCertificate);
        }
        let fits = named.is_of(certificate);
        Some(if fits { Ok(()) } else { Err(Reason::SigningCertificateMismatch) })
    }

    fn check(&self, certificate: Option<&Certificate>, strength: Strength) -> CryptoCheck {
        self.checked.crypto(certificate, strength)
    }

    fn coverage(&self) -> Option<Result<(), Reason>> {
        Some(match self.wanted {
            Ok(wanted) => self.checked.coverage(wanted),
            Err(reason) => Err(reason.clone()),
        })
    }

    fn covers(&self) -> Vec<String> {
        self.checked.covered_paths()
    }

    fn algorithm(&self) -> Option<SignatureAlgorithm> {
        self.checked.signature.algorithm.clone().ok()
    }

    fn claimed_time(&self) -> Option<Instant> {
        self.properties()?.signing_time
    }

    fn has_time_stamp(&self) -> bool {
        self.checked.signature.has_time_stamp
    }

    fn remarks(&self) -> Vec<Remark> {
        Vec::new()
    }
}
