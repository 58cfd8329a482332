//! Whether the page shows what was signed, and what that does to the verdict.

use crate::{
    budget::Limits,
    paper::ScannedPages,
    report::Report,
    verdict::{NotCompared, PageMatch, Reason, Verdict},
    xmldsig::XmlLimits,
};

/// Compares the page with the signed data.
pub(super) fn compare(found: &ScannedPages, _: &Report, _: (&Limits, &XmlLimits)) -> PageMatch {
    PageMatch::NotCompared(if found.pdfs == 0 {
        NotCompared::Picture
    } else if !found.unread.is_empty() {
        NotCompared::Unreadable
    } else {
        NotCompared::OtherForm
    })
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
        PageMatch::NotAsked => Some(Reason::PageNotCompared { why: NotCompared::Unsupported }),
        PageMatch::Differs { .. } => None,
    };
    if reason.is_some() {
        report.problem = reason;
    }
}
