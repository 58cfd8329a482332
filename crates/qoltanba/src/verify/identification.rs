//! §5.2.3, identification of the signing certificate.

use super::Court;
use crate::{
    certificate::Certificate,
    cms::{SignerInfo, signing_certificate_matches},
    report::Remark,
    verdict::Reason,
};

/// How many certificates of one issuer and serial number are tried.
const MAX_CANDIDATES: usize = 4;

/// The certificates that the signature may mean: several are possible when someone put a forged
/// one with the same issuer and serial number beside the genuine one.
pub(super) fn candidates<'a>(court: &'a Court<'_>, signer: &SignerInfo) -> Vec<&'a Certificate> {
    court.certificates.iter().filter(|c| signer.sid.names(c)).take(MAX_CANDIDATES).collect()
}

/// Whether the signature's own signing-certificate attribute, when there is one, names this
/// certificate.
pub(super) fn binding(
    signer: &SignerInfo,
    certificate: &Certificate,
    remarks: &mut Vec<Remark>,
) -> Result<(), Reason> {
    let Some(Ok(attributes)) = &signer.signed_attributes else {
        remarks.push(Remark::NoSignedAttributes);
        return Ok(());
    };
    match &attributes.signing_certificate {
        None => {
            remarks.push(Remark::NoSigningCertificate);
            Ok(())
        }
        Some(named) => {
            if named.version == 1 {
                remarks.push(Remark::WeakSigningCertificate);
            }
            if signing_certificate_matches(named, certificate) {
                Ok(())
            } else {
                Err(Reason::SigningCertificateMismatch)
            }
        }
    }
}
