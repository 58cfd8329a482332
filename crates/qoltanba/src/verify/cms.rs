//! Signatures of messages, as their judge sees them.

use super::{Court, signature::Claim, timestamp::Stamp};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm, Strength},
    certificate::Certificate,
    cms::{self, ContentDigests, SignedAttributes, SignedData, SignerInfo},
    integrity::CryptoCheck,
    oid,
    report::{Remark, SignatureLevel},
    time::Instant,
    verdict::Reason,
};

use der::asn1::ObjectIdentifier as Oid;

/// How many certificates of one issuer and serial number are tried.
const MAX_CANDIDATES: usize = 16;

pub(super) struct CmsClaim<'a> {
    pub(super) message: &'a SignedData<'a>,
    pub(super) signer: &'a SignerInfo,
    pub(super) content: &'a ContentDigests<'a>,
    pub(super) stamps: Vec<Stamp>,
}

impl CmsClaim<'_> {
    fn attributes(&self) -> Option<&SignedAttributes> {
        self.signer.signed_attributes.as_ref()?.as_ref().ok()
    }
}

impl Claim for CmsClaim<'_> {
    fn format(&self) -> Result<(), Reason> {
        match (&self.signer.signed_attributes, &self.signer.unsigned_attributes) {
            (Some(Err(error)), _) => Err(Reason::signed_attributes(error)),
            (_, Err(error)) => Err(Reason::Malformed(error.clone())),
            _ => Ok(()),
        }
    }

    fn candidates<'c>(&self, court: &'c Court<'_>) -> Vec<&'c Certificate> {
        let named = court.certificates.iter().filter(|c| self.signer.sid.names(c));
        named.take(MAX_CANDIDATES).collect()
    }

    fn binding(
        &self,
        certificate: &Certificate,
        remarks: &mut Vec<Remark>,
    ) -> Option<Result<(), Reason>> {
        let Some(attributes) = self.attributes() else {
            remarks.push(Remark::NoSignedAttributes);
            return None;
        };
        let named = &attributes.signing_certificates;
        if named.is_empty() {
            remarks.push(Remark::NoSigningCertificate);
            return None;
        }
        if named.iter().all(|one| one.version == 1) {
            remarks.push(Remark::WeakSigningCertificate);
        }
        // Where both versions are present, both must name this certificate.
        Some(if named.iter().all(|one| cms::signing_certificate_matches(one, certificate)) {
            Ok(())
        } else {
            Err(Reason::SigningCertificateMismatch)
        })
    }

    fn check(&self, certificate: Option<&Certificate>, strength: Strength) -> CryptoCheck {
        cms::check(self.signer, self.message.content_type, self.content, certificate, strength)
    }

    fn coverage(&self) -> Option<Result<(), Reason>> {
        None
    }

    fn covers(&self) -> Vec<String> {
        Vec::new()
    }

    fn algorithm(&self) -> Option<SignatureAlgorithm> {
        self.signer.signature_algorithm.clone().ok()
    }

    fn claimed_time(&self) -> Option<Instant> {
        self.attributes()?.signing_time
    }

    fn stamps(&self) -> &[Stamp] {
        &self.stamps
    }

    fn content_digest(&self, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Reason> {
        self.content.get(algorithm)
    }

    fn claimed_level(&self) -> SignatureLevel {
        let unsigned = self.signer.unsigned_attributes.as_deref().unwrap_or_default();
        let has = |all: &[Oid]| unsigned.iter().any(|a| all.contains(&a.oid));
        // EN 319 122-1 §6.3: at LT the evidence stands in the message, or in older attributes.
        let evidence = has(&[oid::CERTIFICATE_VALUES, oid::REVOCATION_VALUES])
            || !self.message.crls.is_empty();
        if has(&oid::ARCHIVE_TIME_STAMPS) {
            SignatureLevel::Lta
        } else if !has(&[oid::SIGNATURE_TIME_STAMP]) {
            SignatureLevel::B
        } else if evidence {
            SignatureLevel::Lt
        } else {
            SignatureLevel::T
        }
    }

    fn remarks(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        if !self.message.digest_algorithms.contains(&self.signer.digest_oid) {
            remarks.push(Remark::UnlistedDigest);
        }
        if self.attributes().is_some_and(|attributes| !attributes.in_order) {
            remarks.push(Remark::UnorderedAttributes);
        }
        remarks
    }
}
