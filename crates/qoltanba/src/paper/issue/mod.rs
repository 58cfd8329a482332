//! Issuing: an output document is signed by the one who may, and what was made is read back.
//!
//! ```
//! use qoltanba::{
//!     Certificate, Result,
//!     paper::{DocumentSigner, SignedDocument, document::OutputDocument, form::SignedBy},
//!     sign::SigningKey,
//! };
//!
//! fn issue(
//!     key: &(dyn SigningKey + Sync),
//!     certificate: &Certificate,
//!     document: OutputDocument,
//!     rng: &mut dyn rand_core::CryptoRng,
//! ) -> Result<SignedDocument> {
//!     let signer = DocumentSigner::new(key, certificate)?;
//!     // Everything that stands against it, each with a sentence for people.
//!     assert!(signer.faults(&document, SignedBy::Person).is_empty());
//!     signer.sign(document, SignedBy::Person, rng)
//! }
//! ```

mod fault;
mod name;
mod refusal;
mod signed;

use rand_core::CryptoRng;

pub use fault::SignerFault;
pub use refusal::RefusalData;
pub use signed::SignedDocument;

use self::name::Holder;
use super::{
    document::{Block, OutputDocument, Value},
    form::SignedBy,
};
use crate::{
    certificate::Certificate,
    error::{Error, Result},
    identity::{Role, Subject},
    numbers::{Bin, Iin},
    sign::{SigningKey, XmlSigner},
};

/// Signs output documents with one key.
///
/// The signature is that of the gateway: enveloped, without line breaks, the certificate alone in
/// KeyInfo. What XAdES would add is signed in the document itself: the time as `issued`.
pub struct DocumentSigner<'a> {
    key: &'a (dyn SigningKey + Sync),
    certificate: &'a Certificate,
    subject: Subject,
}

impl<'a> DocumentSigner<'a> {
    /// Signs with this key, for which this certificate was made.
    ///
    /// # Errors
    /// When the certificate is not of this key, or is not meant for signing documents.
    pub fn new(key: &'a (dyn SigningKey + Sync), certificate: &'a Certificate) -> Result<Self> {
        XmlSigner::new(key, certificate)?;
        Ok(Self { key, certificate, subject: Subject::claimed_by(certificate) })
    }

    /// Whom the certificate names.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Everything for which this certificate does not fit a document. That nobody revoked it is not
    /// known here: verify it first (500/НҚ p.4).
    #[must_use]
    pub fn faults(&self, document: &OutputDocument, of: SignedBy) -> Vec<SignerFault> {
        let mut faults = Vec::new();
        let (at, validity) = (document.issued.0, self.certificate.validity());
        if !validity.contains(at) {
            faults.push(SignerFault::Validity { at, validity });
        }
        match of {
            SignedBy::Person | SignedBy::System => {
                faults.extend(self.role_fault(of));
                let (wanted, found) = (document.issuer.bin, self.subject.bin);
                if found != Some(wanted) {
                    faults.push(SignerFault::Bin { wanted, found });
                }
                faults.extend(self.name_fault(document));
            }
            SignedBy::Applicant => faults.extend(self.applicant_fault(document)),
        }
        faults
    }

    fn role_fault(&self, of: SignedBy) -> Option<SignerFault> {
        // 255-VIII art. 49(3): a system expresses no will that changes rights. Who is authorised is
        // told by the certificate; an order within the organisation is not seen from outside.
        let may = |role: &Role| match role {
            Role::FirstHead | Role::RightToSign => true,
            Role::RightToSignFinancial
            | Role::HumanResources
            | Role::Employee
            | Role::InformationSystem => of == SignedBy::System,
            Role::Individual | Role::Treasury => false,
        };
        let fits = self.subject.roles.iter().any(may);
        (!fits).then_some(SignerFault::Role { of, found: self.subject.role })
    }

    /// A person who signs stands under the document; a system stands for whoever does.
    fn name_fault(&self, document: &OutputDocument) -> Option<SignerFault> {
        let is_system = self.subject.role == Some(Role::InformationSystem);
        let mut names = document.signatories.iter().map(|signatory| signatory.name.as_str());
        if document.signatories.is_empty() || (is_system && self.subject.surname.is_none()) {
            return None;
        }
        let holder = Holder::of(&self.subject);
        let fits = holder.is_some_and(|holder| names.any(|name| holder.is_called(name)));
        (!fits).then(|| {
            let parts = [&self.subject.name, &self.subject.patronymic];
            let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
            SignerFault::Signatory { found: (!parts.is_empty()).then(|| parts.join(" ")) }
        })
    }

    fn applicant_fault(&self, document: &OutputDocument) -> Option<SignerFault> {
        let (iin, bin) = applicant(document);
        // Who applies for an organisation signs for it; a person for himself.
        let fits = match (iin, bin) {
            (None, None) => false,
            (iin, bin) => {
                iin.is_none_or(|iin| self.subject.iin == Some(iin))
                    && bin.is_none_or(|bin| self.subject.bin == Some(bin))
            }
        };
        (!fits).then_some(SignerFault::Applicant {
            wanted: (iin, bin),
            found: (self.subject.iin, self.subject.bin),
        })
    }

    /// Signs a document, and reads back what was made: the document, its signature and its
    /// barcodes.
    ///
    /// # Errors
    /// Misuse when the certificate has [faults](Self::faults) or the document is none that can be
    /// written; over budget when it is too long for barcodes; when the key cannot be used, or what
    /// was made does not read back as it was.
    pub fn sign(
        &self,
        document: OutputDocument,
        of: SignedBy,
        rng: &mut dyn CryptoRng,
    ) -> Result<SignedDocument> {
        if !self.faults(&document, of).is_empty() {
            return Err(Error::misuse("the certificate does not fit the document"));
        }
        let signer = XmlSigner::new(self.key, self.certificate)?.compact(true);
        // What does not verify under the certificate never leaves the signer.
        let octets = signer.sign(&document.to_xml()?, rng)?;
        let signed = SignedDocument::read(octets)?;
        if *signed.document() != document {
            return Err(NOT_READ_BACK);
        }
        signed.check_barcodes()?;
        Ok(signed)
    }
}

/// The numbers of the applicant: those of the fields `applicant_iin` and `applicant_bin`, by which
/// forms name who applies, else those of the recipient.
fn applicant(document: &OutputDocument) -> (Option<Iin>, Option<Bin>) {
    let fields = document.blocks.iter().filter_map(|block| match block {
        Block::Fields(fields) => Some(fields),
        _ => None,
    });
    let (mut iin, mut bin) = (None, None);
    for field in fields.flatten() {
        match (field.id.as_str(), &field.value) {
            ("applicant_iin", Value::Iin(number)) => iin = Some(*number),
            ("applicant_bin", Value::Bin(number)) => bin = Some(*number),
            _ => {}
        }
    }
    match (iin, bin, &document.recipient) {
        (None, None, Some(recipient)) => (recipient.iin, recipient.bin),
        _ => (iin, bin),
    }
}

/// A defect of this program or of the machine: what was made is not handed out.
const NOT_READ_BACK: Error = Error::misuse("what was made does not read back as it was made");
