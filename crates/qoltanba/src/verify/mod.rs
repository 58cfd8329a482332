//! The paved path: from bytes to a report, one file a building block of EN 319 102-1 §5.2.
//!
//! ```
//! use qoltanba::verify::{Recognised, recognise};
//! // What a file is, is told by its content and never by its name.
//! assert!(matches!(recognise(b"<?xml version='1.0'?><a/>"), Some(Recognised::Xml(_))));
//! ```

mod acceptance;
mod certificate;
mod cms;
mod format;
mod list;
mod mail;
mod ocsp;
mod signature;
mod stream;
mod timestamp;
mod x509;
mod xml;

use crate::{
    budget::Limits,
    certificate::Certificate,
    cms::{CarriedEvidence, ContentDigests, SignedData},
    error::{Error, ErrorKind, Result},
    identity::Role,
    numbers::{Bin, Iin},
    oid,
    policy::{Policy, Preset},
    report::{Format, Remark, Report, Subjects},
    revocation::{AnyList, Crl, CrlIndex, Freshness, Inquiry, OcspEvidence, OcspResponse, Origin},
    time::{Instant, Moment},
    trust::{Issuer, KnownLinks, PathBuilder, TrustStore},
    verdict::Reason,
    xmldsig::{self, Document, Envelope, NodeId, Signature, XmlLimits},
};

use timestamp::{Room, Stamp};

pub(crate) use acceptance::meet_expectations;
pub use format::{Body, Recognised, recognise, recognise_all};
pub use mail::SignedMail;

/// Verifies documents against anchors, evidence and a policy that were decided beforehand.
///
/// ```
/// use qoltanba::{Question, TrustStore, Verifier};
///
/// let verifier = Verifier::new(TrustStore::national()?);
/// let question = Question::at("2026-11-25T12:00:00Z".parse()?);
/// // What no parser recognises is an error; what is recognised always gets a report.
/// assert!(verifier.verify(b"Dear Sir or Madam", &question).is_err());
/// # Ok::<(), qoltanba::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    trust: TrustStore,
    certificates: Vec<Certificate>,
    lists: Vec<AnyList>,
    ocsp: Vec<OcspResponse>,
    policy: Policy,
    limits: Limits,
    xml_limits: XmlLimits,
}

/// What is asked about one document.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Question<'a> {
    /// The moment to judge at.
    pub at: Instant,
    /// The content that a detached signature covers.
    pub data: Option<&'a [u8]>,
    /// The elements of an XML document that must be covered, by identifier; the root if none.
    pub elements: Vec<String>,
    /// One accepted signature must carry this IIN.
    pub expect_iin: Option<Iin>,
    /// One accepted signature must carry this BIN.
    pub expect_bin: Option<Bin>,
    /// One accepted signature must carry one of these roles, together with the numbers above.
    pub expect_role: Vec<Role>,
}

impl<'a> Question<'a> {
    /// Asks whether a document is good at a moment.
    #[must_use]
    pub const fn at(at: Instant) -> Self {
        Self {
            at,
            data: None,
            elements: Vec::new(),
            expect_iin: None,
            expect_bin: None,
            expect_role: Vec::new(),
        }
    }

    /// Gives the content of a detached signature.
    #[must_use]
    pub const fn with_data(mut self, data: &'a [u8]) -> Self {
        self.data = Some(data);
        self
    }
}

/// The content that the signatures of a message cover.
struct Content<'a> {
    digests: ContentDigests<'a>,
    /// What was given differs from what is inside.
    conflict: bool,
}

/// What the judges of one document have at hand.
struct Court<'a> {
    verifier: &'a Verifier,
    at: Instant,
    /// The certificates of the document and those given, each once.
    certificates: Vec<Certificate>,
    lists: Vec<AnyList>,
    ocsp: Vec<OcspEvidence>,
    links: KnownLinks,
}

impl Verifier {
    /// Believes these anchors, and has no other evidence yet.
    #[must_use]
    pub fn new(trust: TrustStore) -> Self {
        Self {
            trust,
            certificates: Vec::new(),
            lists: Vec::new(),
            ocsp: Vec::new(),
            policy: Policy::default(),
            limits: Limits::default(),
            xml_limits: XmlLimits::default(),
        }
    }

    /// Adds certificates that may be steps of a path. They are not trusted.
    #[must_use]
    pub fn with_certificates(
        mut self,
        certificates: impl IntoIterator<Item = Certificate>,
    ) -> Self {
        self.certificates.extend(certificates);
        self
    }

    /// Adds revocation lists. They count only when the right authority signed them.
    #[must_use]
    pub fn with_crls(mut self, crls: impl IntoIterator<Item = Crl>) -> Self {
        self.lists.extend(crls.into_iter().map(AnyList::from));
        self
    }

    /// Adds indexes of revocation lists, which count as the lists would: only when the key under
    /// which each was verified is that of the right authority.
    #[must_use]
    pub fn with_crl_indexes(mut self, indexes: impl IntoIterator<Item = CrlIndex>) -> Self {
        self.lists.extend(indexes.into_iter().map(AnyList::from));
        self
    }

    /// Adds OCSP responses. They count only when the issuer of the certificate that they are
    /// about, or its delegate, signed them; one that is about a certificate of the path and cannot
    /// be believed keeps other evidence from clearing it. What came back to a request is checked
    /// against it, see [`OcspResponse::answering`].
    #[must_use]
    pub fn with_ocsp_responses(
        mut self,
        responses: impl IntoIterator<Item = OcspResponse>,
    ) -> Self {
        self.ocsp.extend(responses);
        self
    }

    /// Judges by this policy.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// What it judges by.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The limits that it works within.
    pub(crate) const fn limits(&self) -> (&Limits, &XmlLimits) {
        (&self.limits, &self.xml_limits)
    }

    /// Works within these limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads XML within these limits.
    #[must_use]
    pub fn with_xml_limits(mut self, limits: XmlLimits) -> Self {
        self.xml_limits = limits;
        self
    }

    /// The anchors that are believed.
    #[must_use]
    pub fn trust(&self) -> &TrustStore {
        &self.trust
    }

    /// The certificates that may be steps of a path. They are not trusted.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The revocation lists that it has whole.
    pub fn lists(&self) -> impl Iterator<Item = &Crl> {
        self.lists.iter().filter_map(AnyList::parsed)
    }

    /// The OCSP responses that it has.
    #[must_use]
    pub fn ocsp_responses(&self) -> &[OcspResponse] {
        &self.ocsp
    }

    /// Verifies whatever is no paper, see [`verify`](Self::verify).
    pub(crate) fn verify_document(
        &self,
        document: &[u8],
        question: &Question<'_>,
    ) -> Result<Report> {
        Limits::check("bytes of input", document.len(), self.limits.input_bytes)?;
        match format::only(document)? {
            Recognised::SignedMessage(body) => match body {
                Ok(der) => self.verify_message(&der, question),
                Err(error) => damaged(Format::Cms, error),
            },
            Recognised::TimeStamp(body) => match body {
                Ok(der) => {
                    let content = question.data.map(|data| ContentDigests::new(Some(data)));
                    self.verify_time_stamp(&der, content.as_ref(), question)
                }
                Err(error) => damaged(Format::TimeStamp, error),
            },
            Recognised::SignedMail(mail) => match mail {
                Ok(mail) => {
                    let other = question.data.is_some_and(|data| data != mail.content());
                    self.verify_mail(&mail, other, question)
                }
                Err(error) => damaged(Format::Cms, error),
            },
            Recognised::Certificate(body) => {
                match body.and_then(|der| Certificate::from_der(&der)) {
                    Ok(certificate) => Ok(certificate::judge(self, certificate, question)),
                    Err(error) => damaged(Format::Certificate, error),
                }
            }
            Recognised::Ocsp(body) => match body.and_then(|der| OcspResponse::from_der(&der)) {
                Ok(response) => Ok(ocsp::judge(self, &response, question)),
                Err(error) => damaged(Format::Ocsp, error),
            },
            Recognised::Xml(document) => self.verify_xml(document, question),
            Recognised::OtherMessage(_) => Ok(Report::of_problem(Format::Cms, Reason::NoSigners)),
            Recognised::Crl(body) => match body.and_then(|der| Crl::from_der(&der)) {
                Ok(list) => Ok(list::judge(self, &list, question)),
                Err(error) => damaged(Format::Crl, error),
            },
            Recognised::Pdf(_) | Recognised::Picture(_) => {
                Err(Error::misuse("this is paper, and a document was expected"))
            }
            Recognised::KeyStore(_) => {
                Err(Error::misuse("this is a key store: look at it with `inspect`"))
            }
        }
    }

    fn verify_message(&self, der: &[u8], question: &Question<'_>) -> Result<Report> {
        let message = match SignedData::parse(der, &self.limits) {
            Ok(message) => message,
            Err(error) => return damaged(Format::Cms, error),
        };
        // Where lengths are indefinite, only now it is known what the message is of.
        if message.content_type == oid::TST_INFO {
            let content = question.data.map(|data| ContentDigests::new(Some(data)));
            return self.verify_time_stamp(der, content.as_ref(), question);
        }
        let conflict = match (message.content(), question.data) {
            (Some(inside), Some(given)) => inside != given,
            _ => false,
        };
        let content = ContentDigests::new(message.content().or(question.data));
        Ok(self.judge_message(&message, &Content { digests: content, conflict }, question))
    }

    /// Verifies the message beside a mail as one that is detached from its first part.
    fn verify_mail(
        &self,
        mail: &SignedMail<'_>,
        other_was_given: bool,
        question: &Question<'_>,
    ) -> Result<Report> {
        let message = match SignedData::parse(mail.signature(), &self.limits) {
            Ok(message) => message,
            Err(error) => return damaged(Format::Cms, error),
        };
        let other_inside = message.content().is_some_and(|inside| inside != mail.content());
        let content = Content {
            digests: ContentDigests::new(Some(mail.content())),
            conflict: other_inside || other_was_given,
        };
        Ok(self.judge_message(&message, &content, question))
    }

    fn judge_message(
        &self,
        message: &SignedData<'_>,
        content: &Content<'_>,
        question: &Question<'_>,
    ) -> Report {
        let mut remarks = Vec::new();
        if message.was_ber() {
            remarks.push(Remark::Ber);
        }
        let mut court = Court::new(self, question.at);
        for certificate in &message.certificates {
            match certificate {
                Ok(certificate) => court.add(certificate.clone()),
                Err(_) => remarks.push(Remark::UnreadableCertificate),
            }
        }
        court.take(CarriedEvidence::of(message), &mut remarks);
        let limits = &self.limits;
        let mut room = Room::of(limits);
        let stamps: Vec<Vec<Stamp>> =
            message.signers.iter().map(|s| Stamp::of_signer(s, &mut room, limits)).collect();
        stamps.iter().for_each(|stamps| court.hear(stamps));
        let problem = match (message.signers.is_empty(), content.conflict) {
            (true, _) => Some(Reason::NoSigners),
            (false, true) => Some(Reason::ContentConflict),
            // A message has no elements that could be covered.
            (false, false) if !question.elements.is_empty() => Some(Reason::PartialCoverage),
            (false, false) => None,
        };
        let signatures = message
            .signers
            .iter()
            .zip(stamps)
            .map(|(signer, stamps)| {
                let content = &content.digests;
                cms::CmsClaim { message, signer, content, stamps }
            })
            .map(|claim| signature::judge(&court, &claim))
            .collect();
        let mut report = Report {
            format: Format::Cms,
            subjects: Subjects::Signatures(signatures),
            problem,
            remarks,
            container: None,
            paper: None,
        };
        meet_expectations(&mut report, question);
        report
    }
}

impl Verifier {
    fn verify_xml(&self, bytes: &[u8], question: &Question<'_>) -> Result<Report> {
        let document = match Document::parse(bytes, &self.xml_limits) {
            Ok(document) => document,
            Err(error) => return damaged(Format::Xml, error),
        };
        let envelope = Envelope::new(&document);
        if envelope.signatures.is_empty() {
            return Ok(Report::of_problem(Format::Xml, Reason::NoSigners));
        }
        Limits::check("signatures", envelope.signatures.len(), self.limits.signatures)?;
        let wanted = wanted(&envelope, &question.elements);
        let mut court = Court::new(self, question.at);
        let mut room = Room::of(&self.limits);
        let mut read = Vec::new();
        let mut remarks = Vec::new();
        for node in &envelope.signatures {
            let values = xmldsig::validation_values(&document, *node);
            court.take_certificates(&values.certificates, &mut remarks);
            let (lists, ocsp) = (values.lists, values.ocsp);
            court.take(CarriedEvidence { lists, ocsp, ..Default::default() }, &mut remarks);
            let signature = Signature::read(&document, *node);
            let mut stamps = Vec::new();
            if let Ok(signature) = &signature {
                signature.certificates.iter().flatten().for_each(|c| court.add(c.clone()));
                stamps = xml::stamps(signature, &mut room, &self.limits);
                court.hear(&stamps);
            }
            read.push((signature, stamps));
        }
        let mut signatures = Vec::new();
        for (signature, mut stamps) in read {
            let strength = self.policy.strength;
            signatures.push(match signature {
                Ok(signature) => {
                    let checked = envelope.check(signature, strength)?;
                    xml::cover(&checked, &mut stamps)?;
                    signature::judge(&court, &xml::XmlClaim { checked, wanted: &wanted, stamps })
                }
                Err(error) if matches!(error.kind(), ErrorKind::OverBudget { .. }) => {
                    return Err(error);
                }
                Err(error) => signature::unreadable(&court, error),
            });
        }
        let mut report = Report {
            format: Format::Xml,
            subjects: Subjects::Signatures(signatures),
            problem: question.data.map(|_| Reason::ContentConflict),
            remarks,
            container: None,
            paper: None,
        };
        meet_expectations(&mut report, question);
        Ok(report)
    }
}

/// The elements that must be covered: those asked for, else the root.
fn wanted(envelope: &Envelope<'_, '_>, ids: &[String]) -> Result<Vec<NodeId>, Reason> {
    if ids.is_empty() {
        return Ok(vec![envelope.document.root()]);
    }
    ids.iter().map(|id| envelope.element(id)).collect()
}

impl<'a> Court<'a> {
    fn new(verifier: &'a Verifier, at: Instant) -> Self {
        let mut court = Self {
            links: KnownLinks::new(&verifier.limits),
            verifier,
            at,
            certificates: Vec::new(),
            lists: verifier.lists.clone(),
            ocsp: Vec::new(),
        };
        court.ocsp.extend(
            verifier
                .ocsp
                .iter()
                .map(|response| OcspEvidence { response: response.clone(), origin: Origin::Given }),
        );
        verifier.certificates.iter().cloned().for_each(|c| court.add(c));
        court
    }

    /// The rules that the report names.
    fn preset(&self) -> Preset {
        self.verifier.policy.preset_at(self.at)
    }

    /// Looks for paths at a moment.
    fn paths(&self, at: Instant) -> PathBuilder<'_> {
        PathBuilder {
            trust: &self.verifier.trust,
            candidates: &self.certificates,
            at,
            strength: self.verifier.policy.strength,
            limits: &self.verifier.limits,
            known: &self.links,
            inputs: &self.verifier.policy.path,
        }
    }

    /// Takes evidence out of the document, as far as it can be read.
    fn take(&mut self, carried: CarriedEvidence, remarks: &mut Vec<Remark>) {
        // Every time stamp and every signature may carry some: the limit is that of the document.
        let limit = self.verifier.limits.certificates;
        let left = |all: usize, given: usize| limit.saturating_sub(all.saturating_sub(given));
        let lists_left = left(self.lists.len(), self.verifier.lists.len());
        let answers_left = left(self.ocsp.len(), self.verifier.ocsp.len());
        let answers = carried.ocsp.len() + carried.basic_ocsp.len();
        let too_many = carried.lists.len() > lists_left || answers > answers_left;
        let mut unreadable = carried.unreadable || too_many;
        for list in carried.lists.iter().take(lists_left) {
            match Crl::from_der(list) {
                Ok(list) => self.lists.push(list.into()),
                Err(_) => unreadable = true,
            }
        }
        let responses = carried.ocsp.iter().map(|der| OcspResponse::from_der(der));
        let basic = carried.basic_ocsp.iter().map(|der| OcspResponse::from_basic(der));
        for response in responses.chain(basic).take(answers_left) {
            match response {
                Ok(response) => {
                    self.ocsp.push(OcspEvidence { response, origin: Origin::Embedded });
                }
                Err(_) => unreadable = true,
            }
        }
        if unreadable {
            remarks.push(Remark::UnreadableEvidence);
        }
    }

    /// Takes certificates out of the document, as far as they can be read.
    fn take_certificates(&mut self, carried: &[Vec<u8>], remarks: &mut Vec<Remark>) {
        let before = self.certificates.len().saturating_sub(self.verifier.certificates.len());
        let left = self.verifier.limits.certificates.saturating_sub(before);
        let mut unreadable = carried.len() > left;
        for der in carried.iter().take(left) {
            match Certificate::from_der(der) {
                Ok(certificate) => self.add(certificate),
                Err(_) => unreadable = true,
            }
        }
        if unreadable {
            remarks.push(Remark::UnreadableCertificate);
        }
    }

    /// Asks about revocation as of a moment.
    fn inquiry(&self, moment: Moment) -> Inquiry<'_> {
        Inquiry {
            moment,
            freshness: Freshness::Judged,
            lists: &self.lists,
            ocsp: &self.ocsp,
            rules: self.verifier.policy.reach,
            ocsp_rules: self.verifier.policy.ocsp,
            paths: self.paths(moment.at),
        }
    }

    /// Everybody at hand who may have issued something.
    fn issuers(&self) -> impl Iterator<Item = Issuer<'_>> {
        let anchors = self.verifier.trust.anchors().iter().map(Issuer::of_anchor);
        anchors.chain(self.certificates.iter().filter_map(Issuer::of_certificate))
    }

    fn add(&mut self, certificate: Certificate) {
        if !self.certificates.contains(&certificate) {
            self.certificates.push(certificate);
        }
    }
}

/// A damaged file of a recognised kind has failed; one beyond a limit, or of a form that is not
/// supported, cannot be judged.
pub(crate) fn damaged(format: Format, error: Error) -> Result<Report> {
    match error.kind() {
        ErrorKind::Malformed { .. } => Ok(Report::of_problem(format, Reason::Malformed(error))),
        _ => Err(error),
    }
}

impl Report {
    pub(crate) fn of_problem(format: Format, problem: Reason) -> Self {
        Self {
            format,
            subjects: Subjects::Signatures(Vec::new()),
            problem: Some(problem),
            remarks: Vec::new(),
            container: None,
            paper: None,
        }
    }
}
