//! Digests, signature and coverage of XML signatures: the only way from a Signature element to an
//! [`IntactSignature`].

use std::sync::Arc;

use super::{
    Document, NodeId, NodeKind, Signature, Subtree,
    place::Places,
    reference::{Covers, Identifiers, ReferenceFault, Work},
    signature::{DS, signature_elements},
    value::commented,
    xades::SignatureTimeStamp,
};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm, SignatureFault, Strength},
    certificate::Certificate,
    error::{Error, ErrorKind, Result},
    integrity::{Covered, CoveredPart, CryptoCheck, IntactSignature},
    verdict::{Reason, Verdict},
};

/// A document with everything that the meaning of its references depends on.
pub(crate) struct Envelope<'d, 'a> {
    pub(crate) document: &'d Document<'a>,
    pub(crate) identifiers: Identifiers<'d>,
    /// Every Signature element.
    pub(crate) signatures: Vec<NodeId>,
    /// The signatures at the end of the root: each was added behind the one before it.
    trailing: Vec<NodeId>,
    places: Places<'d, 'a>,
    pub(crate) work: Work,
}

/// One signature with its references resolved and their digests compared.
pub(crate) struct Checked<'e, 'd, 'a> {
    envelope: &'e Envelope<'d, 'a>,
    pub(crate) signature: Signature,
    covers: Vec<Covers>,
    references: Result<(), Reason>,
    signed: Result<SignedInfo, Reason>,
}

/// What the key signed: the digest of SignedInfo in its canonical form (XML Signature §3.1.2).
#[derive(Debug, Clone)]
pub(crate) struct SignedInfo {
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) digest: Vec<u8>,
}

impl<'d, 'a> Envelope<'d, 'a> {
    pub(crate) fn new(document: &'d Document<'a>) -> Self {
        Self {
            document,
            identifiers: Identifiers::of(document),
            signatures: signature_elements(document),
            trailing: trailing_signatures(document),
            places: Places::of(document),
            work: Work::on(document),
        }
    }

    /// The one element that an identifier means.
    pub(crate) fn element(&self, id: &str) -> Result<NodeId, Reason> {
        self.identifiers.element(id).map_err(reason)
    }

    /// The signatures that were added behind this one.
    fn later(&self, signature: NodeId) -> &[NodeId] {
        let at = self.trailing.iter().position(|n| *n == signature);
        at.and_then(|at| self.trailing.get(at + 1..)).unwrap_or_default()
    }

    /// Resolves every reference of a signature; all must hold.
    ///
    /// # Errors
    /// Over budget when the references of the document cost too much.
    pub(crate) fn check<'e>(
        &'e self,
        signature: Signature,
        strength: Strength,
    ) -> Result<Checked<'e, 'd, 'a>> {
        let later = self.later(signature.node);
        let mut covers = Vec::new();
        let mut problems = Vec::new();
        for reference in &signature.references {
            let weak = reference.digest() == Ok(DigestAlgorithm::Sha1) && !strength.sha1;
            if weak {
                problems.push(Reason::AlgorithmNotAllowed);
            }
            let node = signature.node;
            match reference.check(self.document, &self.identifiers, node, later, &self.work) {
                Ok(one) => covers.push(one),
                Err(ReferenceFault::OverBudget(error)) => return Err(error),
                Err(fault) => problems.push(reason(fault)),
            }
        }
        problems.sort_by_key(|p| p.verdict() != Verdict::Failed);
        let references = problems.into_iter().next().map_or(Ok(()), Err);
        let signed = self.signed_info(&signature)?;
        Ok(Checked { envelope: self, signature, covers, references, signed })
    }

    fn signed_info(&self, signature: &Signature) -> Result<Result<SignedInfo, Reason>> {
        let unknown = |error: &Error| Err(Reason::AlgorithmUnknown(error.clone()));
        let (algorithm, (method, prefixes)) =
            match (&signature.algorithm, &signature.canonicalization) {
                (Ok(algorithm), Ok(method)) => (*algorithm, method),
                (Err(error), _) | (_, Err(error)) => return Ok(unknown(error)),
            };
        let subtree = Subtree::of(signature.signed_info);
        match self.work.canonicalize(self.document, &subtree, *method, prefixes) {
            Ok(octets) => {
                Ok(Ok(SignedInfo { algorithm, digest: algorithm.digest().digest(&octets) }))
            }
            Err(error) if matches!(error.kind(), ErrorKind::OverBudget { .. }) => Err(error),
            Err(error) => Ok(Err(Reason::Malformed(error))),
        }
    }
}

fn reason(fault: ReferenceFault) -> Reason {
    match fault {
        ReferenceFault::Malformed(error) => Reason::Malformed(error),
        ReferenceFault::Unsupported(error) | ReferenceFault::OverBudget(error) => {
            Reason::ReferenceUnsupported(error)
        }
        ReferenceFault::DuplicateId => Reason::DuplicateId,
        ReferenceFault::DigestMismatch => Reason::ContentDigestMismatch,
    }
}

/// The run of Signature children at the end of the root; white space may stand between them.
fn trailing_signatures(document: &Document<'_>) -> Vec<NodeId> {
    let children: Vec<NodeId> = document.children(document.root()).collect();
    let mut run: Vec<NodeId> = children
        .into_iter()
        .rev()
        .filter(|n| {
            document.kind(*n) != NodeKind::Text || !document.value(*n).trim_ascii().is_empty()
        })
        .take_while(|n| document.is_element(*n, DS, "Signature"))
        .collect();
    run.reverse();
    run
}

impl Checked<'_, '_, '_> {
    /// Digest and signature, each on its own.
    pub(crate) fn crypto(
        &self,
        certificate: Option<&Certificate>,
        strength: Strength,
    ) -> CryptoCheck {
        let content = self.references.clone();
        let signed = self.signed_info();
        let key = certificate.map(Certificate::public_key);
        let signature = match (&signed, key, &self.signature.value) {
            (Err(reason), _, _) => Err(reason.clone()),
            (_, None, _) => Err(Reason::SignerCertificateMissing),
            (_, Some(Err(error)), _) => Err(Reason::key(error)),
            (_, _, Err(_)) => Err(Reason::SignatureEncoding),
            (Ok(SignedInfo { algorithm, digest }), Some(Ok(key)), Ok(value)) => {
                key.verify_digest(*algorithm, digest, value, strength).map_err(|f| match f {
                    SignatureFault::Encoding => Reason::SignatureEncoding,
                    SignatureFault::Mismatch => Reason::SignatureBad,
                    SignatureFault::AlgorithmMismatch => Reason::AlgorithmMismatch,
                    SignatureFault::NotAllowed => Reason::AlgorithmNotAllowed,
                })
            }
        };
        let intact = match (&content, &signature, signed, certificate) {
            (Ok(()), Ok(()), Ok(SignedInfo { algorithm, digest }), Some(certificate)) => {
                let digest_algorithm = algorithm.digest();
                let digest = digest.clone();
                let covered = Covered { digest_algorithm, digest, parts: self.parts() };
                Some(IntactSignature::new(covered, certificate.spki(), *algorithm))
            }
            _ => None,
        };
        CryptoCheck { content, signature, intact }
    }

    /// The SignatureValue element as a time stamp on it sees it (EN 319 132-1 §5.3).
    ///
    /// # Errors
    /// When the canonical form is unknown, or costs too much.
    pub(crate) fn signature_value(&self, stamp: &SignatureTimeStamp) -> Result<Vec<u8>> {
        let (method, prefixes) = stamp.canonicalization.as_ref().map_err(Clone::clone)?;
        let subtree = Subtree::of(self.signature.value_element);
        let Envelope { document, work, .. } = self.envelope;
        work.canonicalize(document, &subtree, *method, prefixes)
    }

    /// What the signature covers by what it says, whoever made it.
    ///
    /// # Errors
    /// When a reference does not hold.
    pub(crate) fn claimed_cover(&self) -> Result<Covered, Reason> {
        self.references.clone()?;
        let SignedInfo { algorithm, digest } = self.signed_info()?;
        let digest_algorithm = algorithm.digest();
        Ok(Covered { digest_algorithm, digest: digest.clone(), parts: self.parts() })
    }

    /// What the key signed.
    pub(crate) fn signed_info(&self) -> Result<&SignedInfo, Reason> {
        self.signed.as_ref().map_err(Clone::clone)
    }

    /// Whether every wanted element is covered whole, except for signatures at its end.
    pub(crate) fn coverage(&self, wanted: &[NodeId]) -> Result<(), Reason> {
        let document = self.envelope.document;
        let covered = |node: NodeId| {
            self.covers.iter().any(|covers| {
                let subtree = &covers.subtree;
                let left_out = subtree.left_out();
                !self.is_hidden(node)
                    && subtree.contains(document, node)
                    && left_out
                        .iter()
                        .filter(|out| document.contains(node, **out))
                        .all(|out| self.may_be_left_out(*out, node))
            })
        };
        if wanted.iter().all(|node| covered(*node)) { Ok(()) } else { Err(Reason::PartialCoverage) }
    }

    /// An element inside a signature is no part of what a reader sees, except where the signature
    /// envelops everything and is the root.
    fn is_hidden(&self, node: NodeId) -> bool {
        let document = self.envelope.document;
        let around = |signature: &NodeId| {
            *signature != document.root() && document.contains(*signature, node)
        };
        self.envelope.signatures.iter().any(around)
    }

    /// Only a signature that is judged itself, and stands directly in the root or in the element
    /// that was asked for.
    fn may_be_left_out(&self, node: NodeId, wanted: NodeId) -> bool {
        let document = self.envelope.document;
        let parent = document.parent(node);
        self.envelope.signatures.contains(&node)
            && (parent == Some(document.root()) || parent == Some(wanted))
    }

    /// Whether a verified reference covers a node with everything inside it.
    pub(crate) fn covers_whole(&self, node: NodeId) -> bool {
        let document = self.envelope.document;
        self.references.is_ok()
            && self.covers.iter().any(|covers| {
                covers.subtree.contains(document, node)
                    && !covers.subtree.left_out().iter().any(|out| document.contains(node, *out))
            })
    }

    fn parts(&self) -> Vec<CoveredPart> {
        let Envelope { document, places, .. } = self.envelope;
        self.covers
            .iter()
            .map(|covers| CoveredPart {
                path: places.path(covers.subtree.apex()),
                left_out: covers.subtree.left_out().iter().map(|n| places.path(*n)).collect(),
                commented: commented(document, &covers.subtree),
                octets: Arc::clone(&covers.octets),
            })
            .collect()
    }

    /// What the references that hold cover, for people.
    pub(crate) fn covered_paths(&self) -> Vec<String> {
        self.covers.iter().map(|covers| self.envelope.places.path(covers.subtree.apex())).collect()
    }
}
