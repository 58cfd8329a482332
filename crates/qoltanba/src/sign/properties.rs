//! Adding unsigned properties to an XML signature: everything that is there keeps every octet
//! (EN 319 132-1 §4.3.3).

use std::ops::Range;

use crate::{
    algorithm::{DigestAlgorithm, Strength},
    error::{Error, Result},
    text::hex,
    xmldsig::{DS, Document, Envelope, NodeId, Signature, XADES, qualifying_properties},
};

/// The document with a property behind the unsigned ones that a signature has.
pub(super) fn add(
    source: &[u8],
    document: &Document<'_>,
    signature: &Signature,
    property: &str,
) -> Result<Vec<u8>> {
    apply(source, edits(document, signature, property)?)
}

/// Whether the references of every signature that held before hold after.
pub(super) fn is_all_intact(before: &Document<'_>, after: &Document<'_>) -> Result<bool> {
    let (before, after) = (holding(before)?, holding(after)?);
    let intact = before.iter().zip(&after).all(|(before, after)| !before || *after);
    Ok(intact && before.len() == after.len())
}

/// Whether the references of each signature hold.
fn holding(document: &Document<'_>) -> Result<Vec<bool>> {
    let envelope = Envelope::new(document);
    let nodes = envelope.signatures.clone();
    let holds = |node: NodeId| -> Result<bool> {
        let Ok(signature) = Signature::read(document, node) else { return Ok(false) };
        // A digest too weak for accepting a signature still tells one document from another.
        let strength = Strength { sha1: true };
        Ok(envelope.check(signature, strength)?.crypto(None, strength).content.is_ok())
    };
    nodes.into_iter().map(holds).collect()
}

/// Text that takes the place of a range of the source.
type Edit = (Range<usize>, String);

/// Puts the element into the properties that are there, or makes them (EN 319 132-1 §4.3, §4.4).
fn edits(document: &Document<'_>, signature: &Signature, property: &str) -> Result<Vec<Edit>> {
    let wrapped = |names: &[&str], inside: &str| {
        names.iter().rev().fold(inside.to_owned(), |inside, name| {
            format!(r#"<xades:{name} xmlns:xades="{XADES}">{inside}</xades:{name}>"#)
        })
    };
    let child = |node: NodeId, local: &str| {
        document.children(node).find(|n| document.is_element(*n, XADES, local))
    };
    let Some(properties) = qualifying_properties(document, &signature.objects)? else {
        let (target, edit) = identifier(document, signature)?;
        let inside = wrapped(&["UnsignedProperties", "UnsignedSignatureProperties"], property);
        let object = format!(
            r##"<ds:Object xmlns:ds="{DS}"><xades:QualifyingProperties xmlns:xades="{XADES}" Target="#{target}">{inside}</xades:QualifyingProperties></ds:Object>"##
        );
        let mut edits: Vec<Edit> = edit.into_iter().collect();
        edits.push(at_end(document, signature.node, &object)?);
        return Ok(edits);
    };
    let edit = match child(properties, "UnsignedProperties") {
        None => {
            let names = ["UnsignedProperties", "UnsignedSignatureProperties"];
            at_end(document, properties, &wrapped(&names, property))?
        }
        Some(unsigned) => match child(unsigned, "UnsignedSignatureProperties") {
            Some(own) => at_end(document, own, property)?,
            // The schema has it before UnsignedDataObjectProperties.
            None => {
                at_start(document, unsigned, &wrapped(&["UnsignedSignatureProperties"], property))?
            }
        },
    };
    Ok(vec![edit])
}

/// The Id of the signature, to which properties must point; one is written where there is none.
fn identifier(document: &Document<'_>, signature: &Signature) -> Result<(String, Option<Edit>)> {
    if let Some(id) = document.attribute(signature.node, "", "Id") {
        let id = id.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        return Ok((id, None));
    }
    let value = signature.value.as_ref().map_err(Clone::clone)?;
    let digest = DigestAlgorithm::Sha256.digest(value);
    let id = format!("sig-{}", hex(digest.get(..16).unwrap_or_default()));
    let tag = document.start_tag_range(signature.node).ok_or(SIGNATURE)?;
    let name = written_name(document, signature.node)?;
    let at = tag.start + 1 + name.len();
    Ok((id.clone(), Some((at..at, format!(r#" Id="{id}""#)))))
}

const SIGNATURE: Error = Error::malformed("Signature (XML Signature §4.1)");

fn written_name(document: &Document<'_>, node: NodeId) -> Result<String> {
    let name = document.name(node).ok_or(SIGNATURE)?;
    Ok(match name.prefix {
        "" => name.local.to_owned(),
        prefix => format!("{prefix}:{}", name.local),
    })
}

fn at_end(document: &Document<'_>, node: NodeId, text: &str) -> Result<Edit> {
    match document.end_tag_range(node) {
        Some(range) => Ok((range.start..range.start, text.to_owned())),
        None => opened(document, node, text),
    }
}

fn at_start(document: &Document<'_>, node: NodeId, text: &str) -> Result<Edit> {
    if document.end_tag_range(node).is_none() {
        return opened(document, node, text);
    }
    let tag = document.start_tag_range(node).ok_or(SIGNATURE)?;
    Ok((tag.end..tag.end, text.to_owned()))
}

/// `<a/>` becomes `<a>…</a>`.
fn opened(document: &Document<'_>, node: NodeId, text: &str) -> Result<Edit> {
    let tag = document.start_tag_range(node).ok_or(SIGNATURE)?;
    let name = written_name(document, node)?;
    Ok((tag.end.saturating_sub(2)..tag.end, format!(">{text}</{name}>")))
}

/// The edits stand in the order of the source and do not overlap.
fn apply(source: &[u8], edits: Vec<Edit>) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(source.len());
    let mut at = 0;
    for (range, text) in edits {
        out.extend_from_slice(source.get(at..range.start).ok_or(SIGNATURE)?);
        out.extend_from_slice(text.as_bytes());
        at = range.end;
    }
    out.extend_from_slice(source.get(at..).ok_or(SIGNATURE)?);
    Ok(out)
}
