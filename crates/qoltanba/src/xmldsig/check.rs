//! Digests, signature and coverage of XML signatures: the only way from a Signature element to an
//! [`IntactSignature`].

use super::{
    Document, NodeId, NodeKind, Selection, Signature, Subtree, canonicalize,
    reference::{Covers, Identifiers, ReferenceFault},
    signature::signature_elements,
};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm, SignatureFault, Strength},
    certificate::Certificate,
    error::Result,
    integrity::{Covered, CoveredPart, CryptoCheck, IntactSignature},
    verdict::{Reason, Verdict},
};

/// A document with everything that the meaning of its references depends on.
pub(crate) struct Envelope<'d, 'a> {
    pub(crate) document: &'d Document<'a>,
    pub(crate) identifiers: Identifiers,
    /// Every Signature element.
    pub(crate) signatures: Vec<NodeId>,
    /// The signatures at the end of the root: each was added behind the one before it.
    trailing: Vec<NodeId>,
}

/// One signature with its references resolved and their digests compared.
pub(crate) struct Checked<'e, 'd, 'a> {
    envelope: &'e Envelope<'d, 'a>,
    pub(crate) signature: Signature,
    covers: Vec<Covers>,
    references: Result<(), Reason>,
}

impl<'d, 'a> Envelope<'d, 'a> {
    pub(crate) fn new(document: &'d Document<'a>) -> Self {
        Self {
            document,
            identifiers: Identifiers::of(document),
            signatures: signature_elements(document),
            trailing: trailing_signatures(document),
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
    pub(crate) fn check<'e>(
        &'e self,
        signature: Signature,
        strength: Strength,
    ) -> Checked<'e, 'd, 'a> {
        let later = self.later(signature.node);
        let mut covers = Vec::new();
        let mut problems = Vec::new();
        for reference in &signature.references {
            let weak = reference.digest() == Ok(DigestAlgorithm::Sha1) && !strength.sha1;
            if weak {
                problems.push(Reason::AlgorithmNotAllowed);
            }
            match reference.check(self.document, &self.identifiers, signature.node, later) {
                Ok(one) => covers.push(one),
                Err(fault) => problems.push(reason(fault)),
            }
        }
        problems.sort_by_key(|p| p.verdict() != Verdict::Failed);
        let references = problems.into_iter().next().map_or(Ok(()), Err);
        Checked { envelope: self, signature, covers, references }
    }
}

fn reason(fault: ReferenceFault) -> Reason {
    match fault {
        ReferenceFault::Malformed(error) => Reason::Malformed(error),
        ReferenceFault::Unsupported(error) => Reason::ReferenceUnsupported(error),
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
        .take_while(|n| document.is_element(*n, super::signature::DS, "Signature"))
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
        let signed = self.signed_digest();
        let key = certificate.map(Certificate::public_key);
        let signature = match (&signed, key, &self.signature.value) {
            (Err(reason), _, _) => Err(reason.clone()),
            (_, None, _) => Err(Reason::SignerCertificateMissing),
            (_, Some(Err(error)), _) => Err(Reason::KeyInvalid(error)),
            (_, _, Err(_)) => Err(Reason::SignatureEncoding),
            (Ok((algorithm, digest)), Some(Ok(key)), Ok(value)) => {
                key.verify_digest(*algorithm, digest, value, strength).map_err(|f| match f {
                    SignatureFault::Encoding => Reason::SignatureEncoding,
                    SignatureFault::Mismatch => Reason::SignatureBad,
                    SignatureFault::AlgorithmMismatch => Reason::AlgorithmMismatch,
                    SignatureFault::NotAllowed => Reason::AlgorithmNotAllowed,
                })
            }
        };
        let intact = match (&content, &signature, signed, certificate) {
            (Ok(()), Ok(()), Ok((algorithm, digest)), Some(certificate)) => {
                let covered =
                    Covered { digest_algorithm: algorithm.digest(), digest, parts: self.parts() };
                Some(IntactSignature::new(covered, certificate.spki(), algorithm))
            }
            _ => None,
        };
        CryptoCheck { content, signature, intact }
    }

    /// The digest of SignedInfo in its canonical form (XML Signature §3.1.2).
    pub(crate) fn signed_digest(&self) -> Result<(SignatureAlgorithm, Vec<u8>), Reason> {
        let algorithm = self.signature.algorithm.clone().map_err(Reason::AlgorithmUnknown)?;
        let (method, prefixes) = self
            .signature
            .canonicalization
            .as_ref()
            .map_err(|e| Reason::AlgorithmUnknown(e.clone()))?;
        let subtree = Subtree::of(self.signature.signed_info);
        let selection = Selection::Subtree(&subtree);
        let octets = canonicalize(self.envelope.document, &selection, *method, prefixes)
            .map_err(Reason::Malformed)?;
        Ok((algorithm, algorithm.digest().digest(&octets)))
    }

    /// Whether every wanted element is covered whole, except for signatures at its end.
    pub(crate) fn coverage(&self, wanted: &[NodeId]) -> Result<(), Reason> {
        let document = self.envelope.document;
        let covered = |node: NodeId| {
            self.covers.iter().any(|covers| {
                let subtree = &covers.subtree;
                let left_out = subtree.left_out();
                subtree.contains(document, node)
                    && left_out
                        .iter()
                        .filter(|out| document.contains(node, **out))
                        .all(|out| self.may_be_left_out(*out, node))
            })
        };
        if wanted.iter().all(|node| covered(*node)) { Ok(()) } else { Err(Reason::PartialCoverage) }
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
        let document = self.envelope.document;
        self.covers
            .iter()
            .map(|covers| CoveredPart {
                path: path(document, covers.subtree.apex()),
                left_out: covers.subtree.left_out().iter().map(|n| path(document, *n)).collect(),
                commented: commented(document, &covers.subtree),
                octets: covers.octets.clone(),
            })
            .collect()
    }

    /// What the references that hold cover, for people.
    pub(crate) fn covered_paths(&self) -> Vec<String> {
        let document = self.envelope.document;
        self.covers.iter().map(|covers| path(document, covers.subtree.apex())).collect()
    }
}

/// The elements whose text a comment splits: two readers may see two values there.
fn commented(document: &Document<'_>, subtree: &Subtree) -> Vec<String> {
    let mut found: Vec<NodeId> = document
        .descendants(subtree.apex())
        .filter(|n| document.kind(*n) == NodeKind::Comment)
        .filter_map(|n| document.parent(n))
        .collect();
    found.dedup();
    found.into_iter().map(|n| path(document, n)).collect()
}

/// Where a node stands: `/request/iin[2]`, or `/` for the document.
pub(crate) fn path(document: &Document<'_>, node: NodeId) -> String {
    let mut steps: Vec<String> = std::iter::once(node)
        .chain(document.ancestors(node))
        .filter_map(|n| step(document, n))
        .collect();
    steps.reverse();
    format!("/{}", steps.join("/"))
}

fn step(document: &Document<'_>, node: NodeId) -> Option<String> {
    let name = document.name(node)?.local;
    let siblings = document.children(document.parent(node)?);
    let same: Vec<NodeId> =
        siblings.filter(|n| document.name(*n).is_some_and(|other| other.local == name)).collect();
    match (same.len(), same.iter().position(|n| *n == node)) {
        (0 | 1, _) | (_, None) => Some(name.to_owned()),
        (_, Some(at)) => Some(format!("{name}[{}]", at + 1)),
    }
}
