//! Whether the page shows what was signed, and what that does to the verdict.

use std::sync::LazyLock;

use crate::{
    error::Result,
    paper::{Renderer, ScannedPages},
    report::Report,
    verdict::{NotCompared, PageMatch, Reason, Verdict},
    verify::Question,
};

/// Fonts are the same for every page.
static RENDERER: LazyLock<Result<Renderer>> = LazyLock::new(Renderer::new);

/// Compares the page with the octets that were signed.
pub(super) fn compare(
    found: &ScannedPages,
    signed: Option<&[u8]>,
    question: &Question<'_>,
) -> Result<PageMatch> {
    let not = |why| Ok(PageMatch::NotCompared(why));
    if found.pdfs == 0 {
        return not(NotCompared::Scan);
    }
    if !found.unread.is_empty() {
        return not(NotCompared::Unreadable);
    }
    if !question.elements.is_empty() {
        return not(NotCompared::PartAsked);
    }
    let (Some(file), Some(signed)) = (&found.pdf, signed) else {
        return not(NotCompared::OtherForm);
    };
    let renderer = RENDERER.as_ref().map_err(Clone::clone)?;
    PageMatch::of(file, signed, renderer)
}

/// A page that shows something else has failed, whoever signed; one that nobody compared, or that
/// has signatures which nobody verified, keeps good content from passing.
pub(super) fn judge(report: &mut Report, page: &PageMatch, signatures: usize) {
    let verdict = report.verdict();
    let reason = match page {
        PageMatch::Differs { places } if verdict != Verdict::Failed => {
            Some(Reason::PageDiffers { places: places.clone() })
        }
        _ if verdict != Verdict::Passed => None,
        _ if signatures > 0 => Some(Reason::PdfSignatureUnsupported { count: signatures }),
        PageMatch::Agrees => None,
        PageMatch::NotCompared(why) => Some(Reason::PageNotCompared { why: *why }),
        // Whoever did not ask about the page does not come here.
        PageMatch::NotAsked => Some(Reason::PageNotCompared { why: NotCompared::PartAsked }),
        PageMatch::Differs { .. } => None,
    };
    if reason.is_some() {
        report.problem = reason;
    }
}
