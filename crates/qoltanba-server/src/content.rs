//! What was signed, for eyes. Nothing is shown for standing in a file: of XML it is what the proof
//! of the signature holds, of a message what has the digest that every signature covers.

use qoltanba::{
    Conclusion, Limits, Report,
    integrity::Covered,
    paper::{BarcodeScan, ScannedPages, document::OutputDocument, pdf::PdfFile},
    report::SignatureReport,
    sign,
    xmldsig::XmlLimits,
};
use sha2::{Digest as _, Sha256};

/// What one document may cost, and one of XML.
pub(crate) type DocumentLimits = (Limits, XmlLimits);

/// Characters that are shown.
const MAX_SHOWN: usize = 64 << 10;
/// Pieces that are shown.
const MAX_PIECES: usize = 8;

/// A piece of signed content.
#[derive(Debug)]
pub(crate) struct Signed {
    /// Of octets as they were signed.
    pub(crate) sha256: [u8; 32],
    pub(crate) bytes: usize,
    pub(crate) shown: Shown,
}

/// How it can be shown.
#[derive(Debug)]
pub(crate) enum Shown {
    /// A document whose values are known by their names.
    Document(Box<OutputDocument>),
    /// Its text, and whether there is more of it.
    Text(String, bool),
    /// It is no text.
    Octets,
}

impl Signed {
    /// What the signatures of a file cover; nothing unless each of them is good.
    pub(crate) fn of_file(
        report: &Report,
        file: &[u8],
        data: Option<&[u8]>,
        limits: &DocumentLimits,
    ) -> Vec<Self> {
        let Some(covered) = covered(report) else { return Vec::new() };
        let parsed;
        let mut candidates: Vec<&[u8]> = data.into_iter().collect();
        if report.paper.is_some() {
            parsed = PdfFile::parse(file, &limits.0);
            let attached = parsed.iter().flat_map(PdfFile::attachments);
            candidates.extend(attached.map(|attachment| attachment.content()));
        } else {
            candidates.push(file);
        }
        Self::of(&covered, &candidates, limits)
    }

    /// What the signatures of the document on these pages cover.
    pub(crate) fn of_pages(
        report: &Report,
        pages: &ScannedPages,
        limits: &DocumentLimits,
    ) -> Vec<Self> {
        let Some(covered) = covered(report) else { return Vec::new() };
        let scan = BarcodeScan::read(pages.texts(), &limits.0);
        let sets = scan.iter().flat_map(|scan| &scan.sets);
        let sets: Vec<_> = sets.filter_map(|set| set.assemble(&limits.0).ok()).collect();
        let carried = sets.iter().map(|set| set.document());
        let attached = pages.attachments().iter().map(|attachment| attachment.content());
        Self::of(&covered, &attached.chain(carried).collect::<Vec<_>>(), limits)
    }

    fn of(covered: &[&Covered], candidates: &[&[u8]], limits: &DocumentLimits) -> Vec<Self> {
        let mut parts: Vec<&[u8]> = Vec::new();
        for part in covered.iter().flat_map(|covered| &covered.parts) {
            if !parts.contains(&part.octets()) && parts.len() < MAX_PIECES {
                parts.push(part.octets());
            }
        }
        if !parts.is_empty() {
            return parts.into_iter().map(|part| Self::new(part, limits)).collect();
        }
        let is_it = |octets: &[u8]| {
            covered.iter().all(|one| one.digest_algorithm.digest(octets) == one.digest)
        };
        for candidate in candidates {
            if is_it(candidate) {
                return vec![Self::new(candidate, limits)];
            }
            if let Ok(inside) = sign::extract(candidate, &limits.0)
                && is_it(&inside)
            {
                return vec![Self::new(&inside, limits)];
            }
        }
        Vec::new()
    }

    fn new(octets: &[u8], limits: &DocumentLimits) -> Self {
        let document = OutputDocument::read(octets, &limits.1);
        let shown = match document {
            Ok(Some(document)) => Shown::Document(Box::new(document)),
            _ => match str::from_utf8(octets) {
                Ok(text) if is_text(text) => {
                    let shown: String = text.chars().take(MAX_SHOWN).collect();
                    let is_cut = shown.len() < text.len();
                    Shown::Text(shown, is_cut)
                }
                _ => Shown::Octets,
            },
        };
        Self { sha256: Sha256::digest(octets).into(), bytes: octets.len(), shown }
    }
}

/// What every signature covers; none unless all of them are good.
fn covered(report: &Report) -> Option<Vec<&Covered>> {
    let good =
        |signature: &'_ SignatureReport| matches!(signature.conclusion, Conclusion::Passed(_));
    if report.signatures().is_empty() || !report.signatures().iter().all(good) {
        return None;
    }
    let accepted = report.signatures().iter().filter_map(|signature| match &signature.conclusion {
        Conclusion::Passed(accepted) => Some(accepted.intact().covered()),
        _ => None,
    });
    Some(accepted.collect())
}

fn is_text(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(octets: &[u8]) -> Shown {
        Signed::new(octets, &(Limits::default(), XmlLimits::default())).shown
    }

    #[test]
    fn what_is_no_text_is_not_shown_as_one() {
        assert!(matches!(shown(b"%PDF\x00"), Shown::Octets));
        assert!(matches!(shown(&[0xff]), Shown::Octets));
        assert!(matches!(shown(b"\x1b[31m"), Shown::Octets));
        assert!(matches!(shown("Өтініш\n".as_bytes()), Shown::Text(_, false)));
        let long = "ә".repeat(MAX_SHOWN + 1);
        assert!(matches!(shown(long.as_bytes()), Shown::Text(_, true)));
    }
}
