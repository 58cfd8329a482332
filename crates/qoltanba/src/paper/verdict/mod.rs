//! The verdict on paper: that on what was signed, and on whether the page shows it.
//!
//! What is attached to a PDF file and what the barcodes of its pages carry must be one document;
//! it is then judged as the file that it is. Nothing is believed for having been printed.

mod barcodes;
mod page;

use self::barcodes::{container, remark_others};
use super::{
    ScannedPages,
    attached::Attached,
    set::{BarcodeScan, PartSet},
};
use crate::{
    error::{ErrorKind, Result},
    report::{ContainerKind, Format, PaperKind, Remark, Report},
    verdict::{PageMatch, Reason, Verdict},
    verify::{Question, Verifier, damaged, meet_expectations},
};

/// What is asked about paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    /// Whether the page is good: what it carries, and that it shows it.
    Page,
    /// What was signed, whatever the page shows.
    Content,
}

impl Verifier {
    /// Verifies a PDF file: the signed document that is attached to it or that the barcodes of its
    /// pages carry, and whether the pages show it.
    ///
    /// ```
    /// use qoltanba::{Question, TrustStore, Verdict, Verifier};
    ///
    /// let file = b"%PDF-1.4
    /// 1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
    /// 2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
    /// 3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 72 72]>> endobj
    /// trailer <</Root 1 0 R>>";
    /// let question = Question::at("2026-11-25T12:00:00Z".parse()?);
    /// let report = Verifier::new(TrustStore::empty()).verify_pdf(file, &question)?;
    /// assert_eq!(report.verdict(), Verdict::Failed); // nothing in it is signed
    /// # Ok::<(), qoltanba::Error>(())
    /// ```
    ///
    /// # Errors
    /// When it is encrypted, a limit is exceeded, or nothing is attached and no page can be drawn.
    /// A damaged file is no error: its report says `Failed`.
    pub fn verify_pdf(&self, bytes: &[u8], question: &Question<'_>) -> Result<Report> {
        self.verify_pages(bytes, question)
    }

    /// Verifies one file of paper with its page: a PDF file or a picture.
    pub(crate) fn verify_pages(&self, file: &[u8], question: &Question<'_>) -> Result<Report> {
        self.judge_files(&[file], Ask::Page, question)
    }

    /// Verifies the signed content of one document whose pages are these files, whatever the pages
    /// show: PDF files, pictures, and the texts of barcodes as a JSON array or one on each line,
    /// in any order and as often as they were taken.
    ///
    /// # Errors
    /// As [`verify_pdf`](Self::verify_pdf), and when a file is none of these.
    pub fn verify_scan<T: AsRef<[u8]>>(
        &self,
        files: &[T],
        question: &Question<'_>,
    ) -> Result<Report> {
        let files: Vec<&[u8]> = files.iter().map(AsRef::as_ref).collect();
        self.judge_files(&files, Ask::Content, question)
    }

    /// Verifies as [`verify_scan`](Self::verify_scan) does, with pages that were read before: to ask
    /// again when evidence has come.
    ///
    /// # Errors
    /// As [`verify_scan`](Self::verify_scan).
    pub fn verify_scanned(&self, pages: &ScannedPages, question: &Question<'_>) -> Result<Report> {
        self.judge_found(pages, Ask::Content, question)
    }

    fn judge_files(&self, files: &[&[u8]], ask: Ask, question: &Question<'_>) -> Result<Report> {
        match ScannedPages::on(files, self.limits().0) {
            Ok(found) => self.judge_found(&found, ask, question),
            Err((format, error)) => damaged(format, error),
        }
    }

    fn judge_found(
        &self,
        found: &ScannedPages,
        ask: Ask,
        question: &Question<'_>,
    ) -> Result<Report> {
        let scan = BarcodeScan::read(&found.texts, self.limits().0)?;
        let attached = Attached::of(&found.attachments, self.limits())?;
        let mut report = match &attached {
            Attached::Nothing => self.judge_codes_alone(found, &scan, question)?,
            _ => self.judge_attached(&attached, &scan, question)?,
        };
        if attached.others() > 0 {
            report.remarks.push(Remark::OtherAttachments { count: attached.others() });
        }
        if !found.unread.is_empty() {
            report.remarks.push(Remark::UnreadPages { count: found.unread.len() });
        }
        if found.signatures > 0 {
            report.remarks.push(Remark::PdfSignatureNotVerified { count: found.signatures });
        }
        let matched = match ask {
            Ask::Content => PageMatch::NotAsked,
            Ask::Page => {
                let carried = self.carried(&scan);
                let signed = attached.document().or(carried.as_deref());
                page::compare(found, signed, question)?
            }
        };
        if ask == Ask::Page {
            page::judge(&mut report, &matched, found.signatures);
        }
        report.paper = Some(Box::new(found.facts(attached.document(), matched)));
        Ok(report)
    }

    /// What the barcodes carry, where they are those of one document.
    fn carried(&self, scan: &BarcodeScan) -> Option<Vec<u8>> {
        let [set] = scan.sets.as_slice() else { return None };
        Some(set.assemble(self.limits().0).ok()?.document().to_vec())
    }

    /// Nothing is attached that is signed: what the barcodes carry is the document.
    fn judge_codes_alone(
        &self,
        found: &ScannedPages,
        scan: &BarcodeScan,
        question: &Question<'_>,
    ) -> Result<Report> {
        let no_codes = scan.sets.is_empty() && scan.damaged.is_empty();
        let format = match found.kind {
            PaperKind::Pdf => Format::Pdf,
            _ => Format::Picture,
        };
        if no_codes && found.signatures > 0 {
            let count = found.signatures;
            return Ok(Report::of_problem(format, Reason::PdfSignatureUnsupported { count }));
        }
        let told_by_codes = !scan.links.is_empty() || !scan.unsupported.is_empty();
        if !no_codes || told_by_codes || found.is_texts_alone() {
            return self.judge_codes(scan, question);
        }
        if let Some(error) = found.unread.first() {
            return Err(error.clone());
        }
        let mut report = Report::of_problem(
            format,
            if found.pdfs > 0 { Reason::PaperUnsigned } else { Reason::BarcodeNone },
        );
        remark_others(&mut report, scan);
        Ok(report)
    }

    fn judge_attached(
        &self,
        attached: &Attached<'_>,
        scan: &BarcodeScan,
        question: &Question<'_>,
    ) -> Result<Report> {
        let mut report = match attached {
            Attached::Nothing | Attached::Conflict { .. } => {
                Report::of_problem(Format::Pdf, Reason::AttachmentsConflict)
            }
            Attached::Document { plain, stamped, .. } => {
                self.verify_document(stamped.unwrap_or(plain), question)?
            }
            Attached::Card { original, signed, messages, .. } => {
                let mut report = self.judge_card(*original, messages, question)?;
                if let Some(original) = original.filter(|_| *signed) {
                    report.take(self.verify_document(original, question)?);
                }
                report
            }
        };
        let pages = self.compare_codes(attached, scan)?;
        let failed = report.verdict() == Verdict::Failed;
        if let Some(reason) = pages.problem.filter(|_| !failed) {
            report.problem = Some(reason);
        }
        let passed = report.verdict() == Verdict::Passed;
        if let (Some(set), Attached::Document { plain, .. }) = (pages.whole, attached)
            && passed
            && !self.says(plain, set)
        {
            report.remarks.push(Remark::FavorIdNotInDocument { id: set.id().to_owned() });
        }
        if pages.incomplete {
            report.remarks.push(Remark::PageBarcodesIncomplete);
        }
        remark_others(&mut report, scan);
        report.container = pages.whole.map(container);
        Ok(report)
    }

    /// The signatures of a card of an electronic document, each of which covers the original; the
    /// worst decides.
    fn judge_card(
        &self,
        original: Option<&[u8]>,
        messages: &[&[u8]],
        question: &Question<'_>,
    ) -> Result<Report> {
        let one = Question {
            data: original.or(question.data),
            expect_iin: None,
            expect_bin: None,
            expect_role: Vec::new(),
            ..question.clone()
        };
        let mut all = Report::of_problem(Format::Cms, Reason::NoSigners);
        all.problem = None;
        for message in messages {
            let report = self.verify_document(message, &one)?;
            all.take(report);
        }
        if original.is_some() && question.data.is_some_and(|given| Some(given) != original) {
            all.problem = Some(Reason::ContentConflict);
        }
        meet_expectations(&mut all, question);
        Ok(all)
    }

    /// Whether a set, of which parts are missing, may be the one of what is attached: it has the
    /// number that the document says.
    fn is_of(&self, attached: &Attached<'_>, set: &PartSet) -> bool {
        match attached {
            Attached::Document { plain, .. } => {
                set.kind() == ContainerKind::Barcodes && self.says(plain, set)
            }
            Attached::Card { .. } => set.kind() == ContainerKind::Card,
            Attached::Nothing | Attached::Conflict { .. } => false,
        }
    }

    /// Whether the barcodes of the pages carry what is attached, octet for octet.
    fn compare_codes<'s>(
        &self,
        attached: &Attached<'_>,
        scan: &'s BarcodeScan,
    ) -> Result<Codes<'s>> {
        let mut codes = Codes { whole: None, incomplete: false, problem: None };
        if let Some(error) = scan.damaged.first() {
            codes.problem = Some(Reason::Malformed(error.clone()));
        }
        for set in &scan.sets {
            match set.problem() {
                Some(Reason::BarcodesMissing { .. }) if self.is_of(attached, set) => {
                    codes.incomplete = true;
                }
                Some(reason) => codes.problem = Some(reason),
                None => match set.assemble(self.limits().0) {
                    Ok(whole) if attached.is(&whole) => codes.whole = Some(set),
                    Ok(_) => codes.problem = Some(Reason::PageCarriesOther),
                    Err(error) if matches!(error.kind(), ErrorKind::Malformed { .. }) => {
                        codes.problem = Some(Reason::Malformed(error));
                    }
                    Err(error) => return Err(error),
                },
            }
        }
        Ok(codes)
    }
}

/// What the barcodes of the pages say beside an attachment.
struct Codes<'s> {
    whole: Option<&'s PartSet>,
    incomplete: bool,
    problem: Option<Reason>,
}
