//! The verdict on a scan: that on the document which its barcodes carry.

use crate::{
    error::{Error, ErrorKind, Result},
    paper::set::{BarcodeScan, BarcodeSet, PartSet},
    report::{Container, ContainerKind, Format, Remark, Report, Subjects},
    verdict::{Evidence, Reason, Verdict},
    verify::{Question, Recognised, Verifier, recognise_all},
    xmldsig::{self, Document},
};

impl Verifier {
    /// Verifies the document that the barcodes of a scan carry: their texts, in any order and as
    /// often as they were seen. A card's signature is detached: its document is to be given with
    /// the question.
    ///
    /// Parts that are missing or of several documents leave it indeterminate; parts that are
    /// damaged or contradict each other have failed, and so has a set whose content nobody signed.
    ///
    /// # Errors
    /// When no barcode is of a known form, a form is not supported, or a limit is exceeded.
    pub fn verify_barcodes<T: AsRef<str>>(
        &self,
        texts: &[T],
        question: &Question<'_>,
    ) -> Result<Report> {
        let scan = BarcodeScan::read(texts, self.limits().0)?;
        self.judge_codes(&scan, question)
    }

    /// The verdict, with remarks on codes that are of no document.
    pub(super) fn judge_codes(
        &self,
        scan: &BarcodeScan,
        question: &Question<'_>,
    ) -> Result<Report> {
        let mut report = self.judge_scan(scan, question)?;
        remark_others(&mut report, scan);
        Ok(report)
    }

    fn judge_scan(&self, scan: &BarcodeScan, question: &Question<'_>) -> Result<Report> {
        let container = match scan.sets.as_slice() {
            [] => None,
            [set] => Some(container(set)),
            sets => Some(several(sets)),
        };
        if let Some(error) = scan.damaged.first() {
            return Ok(problem(Reason::Malformed(error.clone()), container));
        }
        let set = match scan.sets.as_slice() {
            [] => return nothing(scan),
            [set] => set,
            sets => {
                let count = sets.len();
                return Ok(problem(Reason::BarcodesMixed { count }, container));
            }
        };
        if let Some(reason) = set.problem() {
            return Ok(problem(reason, container));
        }
        match set.assemble(self.limits().0) {
            Ok(whole) => self.judge_set(&whole, question),
            Err(error) if matches!(error.kind(), ErrorKind::Malformed { .. }) => {
                Ok(problem(Reason::Malformed(error), container))
            }
            Err(error) => Err(error),
        }
    }

    fn judge_set(&self, set: &BarcodeSet, question: &Question<'_>) -> Result<Report> {
        let container =
            Container { document_sha256: Some(set.document_sha256()), ..container(set.parts()) };
        let document = set.document();
        if !may_be_signed(document, set.parts().kind()) {
            return Ok(problem(Reason::BarcodesUnsigned, Some(container)));
        }
        let mut report = self.verify_document(document, question)?;
        let unsigned = report.problem == Some(Reason::NoSigners);
        report.container = Some(container);
        if unsigned {
            report.problem = Some(Reason::BarcodesUnsigned);
        } else if !set.is_named_well() {
            let name = Error::malformed("ZIP: the entry is not named as that of a signed document");
            report.problem = Some(Reason::Malformed(name));
        } else if report.verdict() == Verdict::Passed && !self.says(document, set.parts()) {
            report.remarks.push(Remark::FavorIdNotInDocument { id: set.parts().id().to_owned() });
        }
        Ok(report)
    }

    /// Whether the signed XML has the number of the barcodes, which nobody signed, as a value.
    pub(super) fn says(&self, document: &[u8], parts: &PartSet) -> bool {
        if parts.kind() != ContainerKind::Barcodes {
            return true;
        }
        let Ok(document) = Document::parse(document, self.limits().1) else { return true };
        let signature = |node| document.is_element(node, xmldsig::DS, "Signature");
        document.nodes().any(|node| {
            let text = document.plain_text(node).map(str::trim);
            let mut values = document.attributes(node).map(|attribute| attribute.value);
            (text == Some(parts.id()) || values.any(|value| value == parts.id()))
                && !document.is_element(node, xmldsig::DS, "Signature")
                && !document.ancestors(node).any(signature)
        })
    }
}

/// Codes that are of no document.
pub(super) fn remark_others(report: &mut Report, scan: &BarcodeScan) {
    let links = scan.links.iter().map(|host| Remark::LinkBarcode { host: host.clone() });
    if !matches!(report.problem, Some(Reason::BarcodeLink { .. })) {
        report.remarks.extend(links);
    }
    let others = scan.others + scan.unsupported.len();
    if others > 0 {
        report.remarks.push(Remark::OtherBarcodes { count: others });
    }
}

/// What a set may carry: anything else, such as a certificate, would pass for a document.
fn may_be_signed(document: &[u8], kind: ContainerKind) -> bool {
    match recognise_all(document).as_slice() {
        [Recognised::Xml(_)] => kind == ContainerKind::Barcodes,
        [Recognised::SignedMessage(_) | Recognised::OtherMessage(_)] => true,
        _ => false,
    }
}

/// There is no part of a document.
fn nothing(scan: &BarcodeScan) -> Result<Report> {
    if let Some(name) = scan.unsupported.first() {
        return Err(Error::unsupported("barcode", name));
    }
    match scan.links.first() {
        Some(host) => Ok(problem(Reason::BarcodeLink { host: host.clone() }, None)),
        None => Err(Error::misuse("there is no barcode of a signed document")),
    }
}

fn problem(reason: Reason, container: Option<Container>) -> Report {
    Report {
        format: Format::Barcodes,
        subjects: Subjects::Signatures(Vec::new()),
        problem: Some(reason),
        remarks: Vec::new(),
        container,
        paper: None,
    }
}

pub(super) fn container(set: &PartSet) -> Container {
    Container {
        kind: set.kind(),
        id: Some(set.id().to_owned()),
        parts: set.amount(),
        claimed_created: set.claimed_created(),
        document_sha256: None,
        missing: missing(set).into_iter().collect(),
    }
}

fn missing(set: &PartSet) -> Option<Evidence> {
    let numbers = set.missing();
    let (document, amount) = (set.id().to_owned(), set.amount());
    (!numbers.is_empty()).then_some(Evidence::BarcodeParts { document, numbers, amount })
}

/// Sets of several documents: none of them is the one that was asked about.
fn several(sets: &[PartSet]) -> Container {
    Container {
        kind: sets.first().map_or(ContainerKind::Barcodes, PartSet::kind),
        id: None,
        parts: sets.iter().fold(0, |sum, set| sum.saturating_add(set.amount())),
        claimed_created: Vec::new(),
        document_sha256: None,
        missing: sets.iter().filter_map(missing).collect(),
    }
}
