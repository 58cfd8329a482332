//! XML signatures, as their judge sees them.

use super::{
    Court,
    signature::Claim,
    timestamp::{Covers, Room, Stamp},
};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm, Strength},
    budget::Limits,
    certificate::Certificate,
    error::{ErrorKind, Result as Parsed},
    integrity::CryptoCheck,
    report::{Remark, SignatureLevel, TimeStampKind},
    time::Instant,
    verdict::Reason,
    xmldsig::{Checked, NodeId, Signature, SignedProperties},
};

/// How many certificates of one KeyInfo are tried.
const MAX_CANDIDATES: usize = 16;

pub(super) struct XmlClaim<'a> {
    pub(super) checked: Checked<'a, 'a, 'a>,
    pub(super) wanted: &'a Result<Vec<NodeId>, Reason>,
    pub(super) stamps: Vec<Stamp>,
}

/// The tokens on a signature, before what they cover is known.
pub(super) fn stamps(signature: &Signature, room: &mut Room, limits: &Limits) -> Vec<Stamp> {
    let properties = &signature.unsigned_properties;
    let tokens = properties.time_stamps.iter().flat_map(|stamp| &stamp.tokens);
    let read = |token: &Parsed<Vec<u8>>| Stamp {
        kind: TimeStampKind::Signature,
        token: match token {
            Ok(der) => room.read(der, limits),
            Err(error) => Err(Reason::time_stamp(error.clone())),
        },
        covers: Err(Reason::TimeStampNotJudged),
    };
    let mut stamps: Vec<Stamp> = tokens.map(read).collect();
    stamps.extend((0..properties.other_time_stamps).map(|_| Stamp::other()));
    stamps
}

/// Gives the tokens what they must be of: the SignatureValue element in the canonical form that
/// their container names (EN 319 132-1 §5.3).
///
/// # Errors
/// Over budget when that costs too much.
pub(super) fn cover(checked: &Checked<'_, '_, '_>, stamps: &mut [Stamp]) -> Parsed<()> {
    let mut stamps = stamps.iter_mut();
    for container in &checked.signature.unsigned_properties.time_stamps {
        let octets = match checked.signature_value(container) {
            Ok(octets) => Ok(octets),
            Err(error) if matches!(error.kind(), ErrorKind::OverBudget { .. }) => {
                return Err(error);
            }
            Err(error) => Err(Reason::time_stamp(error)),
        };
        // An element has room for attributes, comments and white space.
        for stamp in stamps.by_ref().take(container.tokens.len()) {
            stamp.covers = octets.clone().map(Covers::Octets);
        }
    }
    Ok(())
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

    fn stamps(&self) -> &[Stamp] {
        &self.stamps
    }

    fn content_digest(&self, _: DigestAlgorithm) -> Result<Vec<u8>, Reason> {
        Err(Reason::TimeStampNotJudged)
    }

    fn claimed_level(&self) -> SignatureLevel {
        let properties = &self.checked.signature.unsigned_properties;
        if properties.has_archive {
            SignatureLevel::Lta
        } else if properties.time_stamps.is_empty() {
            SignatureLevel::B
        } else if properties.has_evidence {
            SignatureLevel::Lt
        } else {
            SignatureLevel::T
        }
    }

    fn remarks(&self) -> Vec<Remark> {
        Vec::new()
    }
}
