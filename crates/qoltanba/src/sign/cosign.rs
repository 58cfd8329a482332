//! Adding a signature to a signed message.

use rand_core::CryptoRng;

use super::CmsSigner;
use crate::{
    algorithm::Strength,
    asn1::{self, AlgorithmIdentifier, Reader},
    budget::Limits,
    certificate::Certificate,
    cms::{self, ContentDigests, Layout, SignedData, SignerInfo},
    error::{Error, Result},
    verify::{Recognised, recognise},
};

const OTHER_CONTENT: &str = "a signature in the message is of other content than this";
const UNCLEAR_CONTENT: &str =
    "a signature without signed attributes cannot be shown to be of this content";

impl CmsSigner<'_> {
    /// Adds this signer to a signed message, attached or detached as it is. Every SignerInfo,
    /// certificate and revocation list that is there, and the content, stays octet by octet what
    /// it was, in BER too; what surrounds them is written in DER.
    ///
    /// The same person may sign again. `content` is needed when the message is detached; when it
    /// is attached and content is given as well, both must be the same. The signatures that are
    /// there are compared with the content by their digests and are **not** verified: verify the
    /// message before.
    ///
    /// ```
    /// use qoltanba::{Result, sign::CmsSigner};
    ///
    /// /// The head signs, then the accountant: one message, two signatures.
    /// fn both(
    ///     head: &CmsSigner<'_>,
    ///     accountant: &CmsSigner<'_>,
    ///     notice: &[u8],
    ///     rng: &mut dyn rand_core::CryptoRng,
    /// ) -> Result<Vec<u8>> {
    ///     let message = head.sign(notice, rng)?;
    ///     accountant.cosign(&message, None, rng)
    /// }
    /// ```
    ///
    /// # Errors
    /// When `message` is no signed message or carries no signature, when its content is missing,
    /// when a signature that is there is of other content or cannot be compared with this one,
    /// and for the reasons of [`sign`](Self::sign).
    pub fn cosign(
        &self,
        message: &[u8],
        content: Option<&[u8]>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        let recognised = recognise(message);
        if matches!(recognised, Some(Recognised::TimeStamp(_))) {
            // RFC 3161 §2.4.2: a token has no signature but the authority's.
            return Err(Error::misuse("a time stamp takes no further signature"));
        }
        let Some(Recognised::SignedMessage(body)) = recognised else {
            return Err(Error::unrecognised());
        };
        let bytes = body?;
        let message = SignedData::parse(&bytes, &self.limits)?;
        let content = match (message.content(), content) {
            (Some(inside), Some(given)) if inside != given => {
                return Err(Error::misuse("the content given is not the one inside the message"));
            }
            (Some(inside), _) => inside,
            (None, Some(given)) => given,
            (None, None) => {
                return Err(Error::misuse(
                    "the signature is detached: give the content that it covers",
                ));
            }
        };
        if message.signers.is_empty() {
            return Err(Error::misuse("the message carries no signature: sign its content anew"));
        }
        Limits::check("signatures", message.signers.len() + 1, self.limits.signatures)?;
        let digests = ContentDigests::new(Some(content));
        for signer in &message.signers {
            covers(&message, signer, &digests)?;
        }
        let algorithm = self.key.algorithm();
        let digest = algorithm.digest().digest(content);
        let signer = self.signer_info(algorithm, message.content_type, &digest, rng)?;
        self.with_signer(&Layout::of(&bytes)?, &algorithm.digest_identifier(), &signer)
    }

    fn with_signer(&self, old: &Layout<'_>, digest: &[u8], signer: &[u8]) -> Result<Vec<u8>> {
        let mut digests = old.digest_algorithms.clone();
        let ours = AlgorithmIdentifier::read(&mut Reader::new(digest))?;
        // One that a message writes in BER is not compared, and named a second time.
        let listed = digests.iter().any(|raw| {
            AlgorithmIdentifier::read(&mut Reader::new(raw)).is_ok_and(|old| old.is_same(&ours))
        });
        if !listed {
            insert(&mut digests, digest);
        }
        let mut certificates = old.certificates.clone();
        for certificate in self.certificates() {
            if !certificates.contains(&certificate) {
                insert(&mut certificates, certificate);
            }
        }
        Limits::check("certificates in a message", certificates.len(), self.limits.certificates)?;
        let mut signers = old.signers.clone();
        insert(&mut signers, signer);
        // RFC 5652 §5.1: an X.509 certificate and a SignerInfo of version 1 never ask for a higher
        // version than the message has.
        let signed_data = asn1::sequence(&[
            old.version,
            &asn1::tlv(asn1::tag::SET, &digests.concat()),
            old.encapsulated,
            &asn1::context(0, &certificates.concat()),
            old.crls.unwrap_or_default(),
            &asn1::tlv(asn1::tag::SET, &signers.concat()),
        ]);
        Ok(super::cms::content_info(&signed_data))
    }
}

/// Keeps a SET OF in the order of DER (X.690 §11.6) when it is; otherwise the new one is the last.
pub(super) fn insert<'a>(set: &mut Vec<&'a [u8]>, new: &'a [u8]) {
    let place = if set.is_sorted() { set.partition_point(|old| *old <= new) } else { set.len() };
    set.insert(place, new);
}

/// Whether a signature that is there is of this content, by its digest.
fn covers(
    message: &SignedData<'_>,
    signer: &SignerInfo,
    content: &ContentDigests<'_>,
) -> Result<()> {
    let digest = signer.digest.clone()?;
    if let Some(attributes) = &signer.signed_attributes {
        let signed = &attributes.as_ref().map_err(Clone::clone)?.message_digest;
        let same = content.get(digest).is_ok_and(|digest| digest == *signed);
        return if same { Ok(()) } else { Err(Error::misuse(OTHER_CONTENT)) };
    }
    // A digest too weak for accepting a signature still tells one document from another.
    let strength = Strength { sha1: true };
    // Without signed attributes only the signature itself tells what it covers (RFC 5652 §5.4).
    let mut named =
        message.certificates.iter().flatten().filter(|certificate| signer.sid.names(certificate));
    let is_intact = |certificate: &Certificate| {
        let check = cms::check(signer, message.content_type, content, Some(certificate), strength);
        check.intact.is_some()
    };
    if named.any(is_intact) { Ok(()) } else { Err(Error::misuse(UNCLEAR_CONTENT)) }
}
