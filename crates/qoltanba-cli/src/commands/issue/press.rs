//! Making one document: its form filled, signed, stamped if wanted, set on a page.

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{
    Certificate, Lang, Limits, Question, Verifier,
    identity::Subject,
    paper::{
        DocumentSigner, PageLanguage, Renderer, SignedDocument,
        document::{Issuer, LocalTime, OutputDocument},
        form::{DocumentRemark, FieldFault, Form, Issue, SignedBy},
        law::Law,
    },
};
use serde_json::{Map, Value, json};

use super::{evidence::Stamping, register::Given, signer::SignerCheck};
use crate::{
    clock::now,
    exit::{Exit, Failure, Result},
    output::Pick as _,
};

/// What a document is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its page, with what was signed attached.
    Pdf,
    /// The signed XML alone.
    Xml,
}

/// Everything that is the same for all documents of a run.
pub(super) struct Press<'a> {
    pub(super) form: Form,
    pub(super) law: Law,
    pub(super) issuer: Issuer,
    pub(super) header: Option<&'a str>,
    pub(super) signer: DocumentSigner<'a>,
    pub(super) certificate: &'a Certificate,
    pub(super) check: SignerCheck,
    /// Has the evidence by which the signer was checked.
    pub(super) verifier: Verifier,
    /// The digest of the settings that change what is made of the same data.
    pub(super) settings: String,
    pub(super) renderer: Renderer,
    pub(super) language: PageLanguage,
    pub(super) kind: Kind,
    pub(super) stamping: Option<Stamping<'a>>,
    pub(super) lang: Lang,
}

/// Why a document could not be made, with everything that is wrong with its data.
pub(super) struct Problem {
    pub(super) failure: Failure,
    pub(super) faults: Vec<Value>,
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self { failure, faults: Vec::new() }
    }
}

impl Press<'_> {
    pub(super) fn issue(&self, given: &Given) -> Issue<'_> {
        Issue {
            number: given.number.clone(),
            issued: LocalTime(given.issued),
            issuer: self.issuer.clone(),
            law: &self.law,
            header: self.header,
        }
    }

    /// The document of the data, which this key may sign.
    pub(super) fn document(
        &self,
        data: &Map<String, Value>,
        given: &Given,
    ) -> Result<OutputDocument, Problem> {
        let data = Value::Object(data.clone());
        let filled = self.form.fill(&data, &self.issue(given));
        let document = filled.map_err(|faults| self.of_fields(&faults))?;
        let faults = self.signer.faults(&document, self.form.signed_by());
        if faults.is_empty() {
            return Ok(document);
        }
        let texts: Vec<String> = faults.iter().map(|fault| fault.text(self.lang)).collect();
        let all = faults.iter().map(|fault| {
            json!({ "at": "signer", "code": fault.code(), "message": fault.text(self.lang) })
        });
        Err(Problem { failure: Failure::data("signer", texts.join("; ")), faults: all.collect() })
    }

    fn of_fields(&self, faults: &[FieldFault]) -> Problem {
        let texts: Vec<String> = faults.iter().map(|fault| fault.text(self.lang)).collect();
        let all = faults
            .iter()
            .map(|fault| json!({ "at": fault.at(), "message": fault.text(self.lang) }))
            .collect();
        Problem { failure: Failure::data("fields", texts.join("\n  ")), faults: all }
    }

    /// The file of a document, and what is odd about it.
    pub(super) fn make(&self, document: OutputDocument) -> Result<(Vec<u8>, Option<String>)> {
        let of_core = |error: qoltanba::Error| Failure::of_core(&error, self.lang);
        let by = self.form.signed_by();
        let mut signed = self.signer.sign(document, by, &mut UnwrapErr(SysRng)).map_err(of_core)?;
        let mut remark = None;
        if let Some(stamping) = &self.stamping {
            let (stamped, without) = stamping.stamp(signed.octets(), self.lang)?;
            signed = signed.with_stamped(stamped).map_err(of_core)?;
            remark = without;
        }
        let file = match self.kind {
            Kind::Xml => signed.stamped().unwrap_or(signed.octets()).to_vec(),
            Kind::Pdf => signed.pdf(&self.renderer, self.language).map_err(of_core)?,
        };
        Ok((file, remark))
    }

    /// Whether a file is what would be made of a document now: signed by this certificate, with the
    /// same content on the same page.
    pub(super) fn could_have_made(&self, file: &[u8], document: &OutputDocument) -> bool {
        let Ok(read) = SignedDocument::from_pdf(file, &Limits::default()) else { return false };
        let same = read.document() == document
            && read.stamped().is_some() == self.stamping.is_some()
            && read.pdf(&self.renderer, self.language).is_ok_and(|page| page == file);
        if !same {
            return false;
        }
        let Ok(report) = self.verifier.verify(file, &Question::at(now())) else { return false };
        let by_this = |one: &qoltanba::report::SignatureReport| {
            one.claimed_certificate.as_ref() == Some(self.certificate)
        };
        self.check.allows(&report) && report.signatures().iter().all(by_this)
    }

    /// What is odd about a document, for people.
    pub(super) fn remarks(&self, document: &OutputDocument) -> Vec<String> {
        let of_signer = document.signer_remark(&Subject::claimed_by(self.certificate));
        let all = document.remarks().into_iter().chain(of_signer);
        all.map(|remark: DocumentRemark| remark.text(self.lang)).collect()
    }

    /// Texts of law that nobody confirmed.
    pub(super) fn unconfirmed(&self, given: &Given) -> Vec<String> {
        let texts = self.form.legal_texts(&self.issue(given));
        let doubtful = texts.into_iter().filter(|text| !text.confirmed());
        let what = self.lang.pick(
            "құқықтық мәтін расталмаған, заңгер бекітуі керек (--law)",
            "правовой текст не подтверждён, его должен утвердить юрист (--law)",
            "this text of law is not confirmed, a lawyer has to approve it (--law)",
        );
        doubtful.map(|text| format!("{}: {what}", text.id())).collect()
    }

    /// Whose signature the form has, for people.
    pub(super) fn who(by: SignedBy, lang: Lang) -> &'static str {
        match by {
            SignedBy::Person => {
                lang.pick("уәкілетті тұлға", "уполномоченное лицо", "an authorised person")
            }
            SignedBy::System => lang.pick(
                "уәкілетті тұлға немесе жүйе",
                "уполномоченное лицо или система",
                "an authorised person or a system",
            ),
            SignedBy::Applicant => lang.pick("өтініш беруші", "заявитель", "the applicant"),
        }
    }
}

impl Problem {
    pub(super) const fn exit(&self) -> Exit {
        self.failure.exit
    }
}
