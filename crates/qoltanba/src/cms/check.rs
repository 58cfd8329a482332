//! Digest and signature of one SignerInfo: the only way from a message to an
//! [`IntactSignature`].

use std::cell::{OnceCell, RefCell};

use super::{Attribute, SignedAttributes, SignerInfo};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm, SignatureFault, Strength},
    certificate::Certificate,
    error::Result,
    integrity::{Covered, CryptoCheck, IntactSignature},
    oid,
    verdict::Reason,
};
use der::asn1::ObjectIdentifier as Oid;

/// The digests of one content, each computed once for all signatures.
pub(crate) struct ContentDigests<'a> {
    source: Source<'a>,
    computed: RefCell<Vec<(DigestAlgorithm, Vec<u8>)>>,
    nature: OnceCell<Nature>,
}

enum Source<'a> {
    Absent,
    Held(&'a [u8]),
    /// Only the digests of it are left.
    Gone(Nature),
}

/// What is known of content that is not at hand any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// It could be the signed attributes of another message.
    Attributes,
    /// It could not.
    Plain,
    /// Nobody here has seen it.
    Unseen,
}

impl<'a> ContentDigests<'a> {
    pub(crate) fn new(content: Option<&'a [u8]>) -> Self {
        let source = content.map_or(Source::Absent, Source::Held);
        Self { source, computed: RefCell::new(Vec::new()), nature: OnceCell::new() }
    }

    /// Of content that was hashed before.
    pub(crate) fn computed(digests: Vec<(DigestAlgorithm, Vec<u8>)>, nature: Nature) -> Self {
        let source = Source::Gone(nature);
        Self { source, computed: RefCell::new(digests), nature: OnceCell::new() }
    }

    pub(crate) fn get(&self, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Reason> {
        if let Some((_, digest)) = self.computed.borrow().iter().find(|(a, _)| *a == algorithm) {
            return Ok(digest.clone());
        }
        let content = match self.source {
            Source::Held(content) => content,
            Source::Absent => return Err(Reason::ContentMissing),
            Source::Gone(_) => return Err(Reason::DigestMissing { algorithm }),
        };
        let digest = algorithm.digest(content);
        self.computed.borrow_mut().push((algorithm, digest.clone()));
        Ok(digest)
    }

    fn nature(&self) -> Nature {
        *self.nature.get_or_init(|| match self.source {
            Source::Gone(nature) => nature,
            Source::Held(content) if Attribute::is_set(content) => Nature::Attributes,
            // What is absent has no digest, which is noticed first.
            Source::Held(_) | Source::Absent => Nature::Plain,
        })
    }
}

/// Checks one signature under the key of `certificate`; without one, the content alone.
pub(crate) fn check(
    signer: &SignerInfo,
    content_type: Oid,
    content: &ContentDigests<'_>,
    certificate: Option<&Certificate>,
    strength: Strength,
) -> CryptoCheck {
    match Inputs::of(signer, content_type, content, strength) {
        Err(reason) => {
            CryptoCheck { content: Err(reason.clone()), signature: Err(reason), intact: None }
        }
        Ok(inputs) => inputs.check(content, certificate, strength),
    }
}

/// What is signed, by which algorithms, once their combination is known to make sense.
struct Inputs<'a> {
    digest: DigestAlgorithm,
    algorithm: SignatureAlgorithm,
    attributes: Option<&'a SignedAttributes>,
    signature: &'a [u8],
}

impl<'a> Inputs<'a> {
    fn of(
        signer: &'a SignerInfo,
        content_type: Oid,
        content: &ContentDigests<'_>,
        strength: Strength,
    ) -> Result<Self, Reason> {
        let digest = signer.digest.clone().map_err(Reason::AlgorithmUnknown)?;
        let algorithm = signer.signature_algorithm.clone().map_err(Reason::AlgorithmUnknown)?;
        if digest == DigestAlgorithm::Sha1 && !strength.sha1 {
            return Err(Reason::AlgorithmNotAllowed);
        }
        // RFC 5652 §5.3 and §5.4: one digest for the content and the attributes.
        if algorithm.digest() != digest {
            return Err(Reason::AlgorithmMismatch);
        }
        let attributes = match &signer.signed_attributes {
            Some(Ok(attributes)) => {
                if attributes.content_type != content_type {
                    return Err(Reason::SignedAttributes {
                        rule: "content-type (RFC 5652 §11.1)"
                    });
                }
                if attributes.message_digest.len() != digest.len() {
                    return Err(Reason::SignedAttributes {
                        rule: "message-digest (RFC 5652 §11.2)",
                    });
                }
                Some(attributes)
            }
            Some(Err(error)) => return Err(Reason::signed_attributes(error)),
            // RFC 5652 §5.3: signedAttrs MUST be present if the content is not id-data.
            None if content_type != oid::ID_DATA => {
                return Err(Reason::SignedAttributes { rule: "presence (RFC 5652 §5.3)" });
            }
            // A signature over attributes, replayed as one over content.
            None => match content.nature() {
                Nature::Attributes => return Err(Reason::SignedAttributesConfusion),
                Nature::Unseen => return Err(Reason::ContentMissing),
                Nature::Plain => None,
            },
        };
        Ok(Self { digest, algorithm, attributes, signature: &signer.signature })
    }

    fn check(
        &self,
        content: &ContentDigests<'_>,
        certificate: Option<&Certificate>,
        strength: Strength,
    ) -> CryptoCheck {
        let digest = content.get(self.digest);
        let content = match (self.attributes, &digest) {
            (_, Err(reason)) => Err(reason.clone()),
            (Some(attributes), Ok(digest)) if attributes.message_digest != *digest => {
                Err(Reason::ContentDigestMismatch)
            }
            _ => Ok(()),
        };
        let signed_digest = match self.attributes {
            Some(attributes) => Ok(self.digest.digest(&attributes.signed_octets)),
            None => digest.clone(),
        };
        let key = certificate.map(Certificate::public_key);
        let signature = match (key, signed_digest) {
            (None, _) => Err(Reason::SignerCertificateMissing),
            (Some(Err(error)), _) => Err(Reason::key(error)),
            (_, Err(reason)) => Err(reason),
            (Some(Ok(key)), Ok(signed)) => key
                .verify_digest(self.algorithm, &signed, self.signature, strength)
                .map_err(|fault| match fault {
                    SignatureFault::Encoding => Reason::SignatureEncoding,
                    SignatureFault::Mismatch => Reason::SignatureBad,
                    SignatureFault::AlgorithmMismatch => Reason::AlgorithmMismatch,
                    SignatureFault::NotAllowed => Reason::AlgorithmNotAllowed,
                }),
        };
        let intact = match (&content, &signature, digest, certificate) {
            (Ok(()), Ok(()), Ok(digest), Some(certificate)) => Some(IntactSignature::new(
                Covered { digest_algorithm: self.digest, digest, parts: Vec::new() },
                certificate.spki(),
                self.algorithm,
            )),
            _ => None,
        };
        CryptoCheck { content, signature, intact }
    }
}
