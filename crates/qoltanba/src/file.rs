//! One call for a file of any kind: paper goes the way of paper, everything else that of documents.

use crate::{
    error::{Error, Result},
    report::Report,
    verify::{Question, Recognised, Verifier, recognise},
};

impl Verifier {
    /// Verifies a signed message, a signed mail, a signed XML document, a certificate, a revocation
    /// list, an OCSP response, a PDF file or a picture, recognised by its content. The issuer of a
    /// list is looked for among the anchors and the certificates given, and so are the issuer of a
    /// response and the certificate that it is about.
    ///
    /// Of paper, the signed content is judged and what the page shows is compared with it: where
    /// that cannot be done, the verdict is indeterminate at best. See
    /// [`verify_scan`](Self::verify_scan) for the signed content alone.
    ///
    /// # Errors
    /// When no parser recognises the content, it is of a kind that has no verdict, or a limit is
    /// exceeded. A damaged file of a recognised kind is no error: its report says `Failed`.
    pub fn verify(&self, document: &[u8], question: &Question<'_>) -> Result<Report> {
        match recognise(document) {
            Some(Recognised::Pdf(file) | Recognised::Picture(file)) => {
                self.verify_paper(file, question)
            }
            _ => self.verify_document(document, question),
        }
    }

    #[cfg(not(feature = "paper"))]
    fn verify_paper(&self, _: &[u8], _: &Question<'_>) -> Result<Report> {
        Err(Error::misuse("this program was built without the feature `paper`"))
    }

    #[cfg(feature = "paper")]
    fn verify_paper(&self, file: &[u8], question: &Question<'_>) -> Result<Report> {
        if file.len() > self.limits().0.input_bytes {
            return Err(Error::over_budget("bytes of input", self.limits().0.input_bytes as u64));
        }
        self.verify_pages(file, question)
    }
}
