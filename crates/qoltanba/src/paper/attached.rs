//! What the attachments of a PDF file are to each other: a signed document, with its time-stamped
//! form beside it, or an original with the signatures of a card.

use crate::{
    budget::Limits,
    cms::SignedData,
    error::{ErrorKind, Result},
    integrity::Covered,
    paper::{BarcodeSet, pdf::Attachment},
    report::ContainerKind,
    verify::{Recognised, recognise_all},
    xmldsig::{DS, Document, Envelope, Signature, XmlLimits},
};

/// What is attached.
pub(super) enum Attached<'a> {
    /// Nothing that is signed.
    Nothing,
    /// A signed document, alone or with the form of it that proves when it existed.
    Document { plain: &'a [u8], stamped: Option<&'a [u8]>, others: usize },
    /// A document and the detached signatures of its card, in their order.
    Card {
        original: Option<&'a [u8]>,
        /// Whether the document has signatures of its own.
        signed: bool,
        messages: Vec<&'a [u8]>,
        others: usize,
    },
    /// Signed files that are not the same document.
    Conflict { others: usize },
}

/// What one attachment is.
enum Kind {
    Signed(Vec<Claim>, bool),
    Detached,
    Other,
}

/// What a signature says by its own octets: the value, and what it covers.
#[derive(PartialEq)]
struct Claim {
    value: Vec<u8>,
    covered: Option<Covered>,
    content: Option<Vec<u8>>,
}

impl<'a> Attached<'a> {
    pub(super) fn of(
        attachments: &'a [Attachment],
        (limits, xml): (&Limits, &XmlLimits),
    ) -> Result<Self> {
        let mut signed: Vec<(&'a [u8], Vec<Claim>, bool)> = Vec::new();
        let mut detached = Vec::new();
        let mut others = Vec::new();
        for (i, attachment) in attachments.iter().enumerate() {
            let content = attachment.content();
            match kind(content, limits, xml)? {
                Kind::Signed(claims, stamped) => {
                    if !signed.iter().any(|(known, ..)| *known == content) {
                        signed.push((content, claims, stamped));
                    }
                }
                Kind::Detached => detached.push(content),
                Kind::Other => others.push((i, content)),
            }
        }
        if !detached.is_empty() {
            // The original stands first, whatever it is.
            let original = attachments.first().map(Attachment::content);
            let original = original.filter(|first| !detached.contains(first));
            let others = attachments.len() - detached.len() - usize::from(original.is_some());
            // Nothing else that is signed may stand beside what the messages are about.
            if signed.iter().any(|(content, ..)| Some(*content) != original) {
                return Ok(Self::Conflict { others });
            }
            let signed = !signed.is_empty();
            return Ok(Self::Card { original, signed, messages: detached, others });
        }
        let others = others.len();
        Ok(match signed.as_slice() {
            [] => Self::Nothing,
            [(plain, ..)] => Self::Document { plain, stamped: None, others },
            [(one, first, a), (other, second, b)] if first == second && !first.is_empty() => {
                // The form with a time stamp proves more; the other one is what barcodes carry.
                match (a, b) {
                    (true, false) => Self::Document { plain: other, stamped: Some(one), others },
                    (_, true) => Self::Document { plain: one, stamped: Some(other), others },
                    (false, false) => Self::Document { plain: one, stamped: None, others },
                }
            }
            _ => Self::Conflict { others },
        })
    }

    /// How many attachments nobody signed, and are not what was signed.
    pub(super) const fn others(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Document { others, .. }
            | Self::Card { others, .. }
            | Self::Conflict { others } => *others,
        }
    }

    /// The document itself.
    pub(super) const fn document(&self) -> Option<&'a [u8]> {
        match self {
            Self::Document { plain, .. } => Some(plain),
            Self::Card { original, .. } => *original,
            Self::Nothing | Self::Conflict { .. } => None,
        }
    }

    /// Whether a set of barcodes carries what is attached.
    pub(super) fn is(&self, set: &BarcodeSet) -> bool {
        let document = set.document();
        match (self, set.parts().kind()) {
            (Self::Document { plain, .. }, ContainerKind::Barcodes) => {
                *plain == document && set.is_named_well()
            }
            (Self::Card { messages, .. }, ContainerKind::Card) => {
                messages.contains(&document) && set.is_named_well()
            }
            _ => false,
        }
    }
}

fn kind(content: &[u8], limits: &Limits, xml: &XmlLimits) -> Result<Kind> {
    match recognise_all(content).as_slice() {
        [Recognised::Xml(document)] => signed_xml(document, xml),
        [Recognised::SignedMessage(Ok(message))] => match SignedData::parse(message, limits) {
            Ok(message) => Ok(signed_message(&message)),
            // It says that it is signed, so that its damage is the file's.
            Err(error) if matches!(error.kind(), ErrorKind::Malformed { .. }) => {
                Ok(Kind::Signed(Vec::new(), false))
            }
            Err(error) => Err(error),
        },
        [Recognised::SignedMessage(Err(_))] => Ok(Kind::Signed(Vec::new(), false)),
        // Signed mail, or several things that are signed in one file.
        [Recognised::SignedMail(_)] => Ok(Kind::Signed(Vec::new(), false)),
        several if several.len() > 1 && several.iter().any(is_signed) => {
            Ok(Kind::Signed(Vec::new(), false))
        }
        _ => Ok(Kind::Other),
    }
}

fn is_signed(one: &Recognised<'_>) -> bool {
    matches!(one, Recognised::SignedMessage(_) | Recognised::SignedMail(_))
}

fn signed_message(message: &SignedData<'_>) -> Kind {
    let Some(content) = message.content() else { return Kind::Detached };
    let claims = message.signers.iter().map(|signer| Claim {
        value: signer.signature.clone(),
        covered: None,
        content: Some(content.to_vec()),
    });
    let stamped = message
        .signers
        .iter()
        .any(|signer| signer.unsigned_attributes.as_ref().is_ok_and(|all| !all.is_empty()));
    Kind::Signed(claims.collect(), stamped)
}

/// Whether the octets name the namespace of XML signatures, in an encoding of one or two octets.
fn mentions_signatures(bytes: &[u8]) -> bool {
    let bytes: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    bytes.windows(DS.len()).any(|part| part == DS.as_bytes())
}

fn signed_xml(bytes: &[u8], limits: &XmlLimits) -> Result<Kind> {
    let document = match Document::parse(bytes, limits) {
        Ok(document) => document,
        // What others may open as a signed document is never left aside.
        Err(_) if mentions_signatures(bytes) => return Ok(Kind::Signed(Vec::new(), false)),
        Err(_) => return Ok(Kind::Other),
    };
    let envelope = Envelope::new(&document);
    if envelope.signatures.is_empty() {
        return Ok(Kind::Other);
    }
    let mut claims = Vec::new();
    let mut stamped = false;
    for node in envelope.signatures.iter().take(16) {
        let Ok(signature) = Signature::read(&document, *node) else {
            return Ok(Kind::Signed(Vec::new(), false));
        };
        stamped |= !signature.unsigned_properties.time_stamps.is_empty();
        let Ok(value) = signature.value.clone() else {
            return Ok(Kind::Signed(Vec::new(), false));
        };
        let checked = envelope.check(signature, crate::algorithm::Strength::default())?;
        let Ok(covered) = checked.claimed_cover() else {
            return Ok(Kind::Signed(Vec::new(), stamped));
        };
        claims.push(Claim { value, covered: Some(covered), content: None });
    }
    Ok(Kind::Signed(claims, stamped))
}
