//! A certificate on its own: whose it is, who vouches for it, whether it is good for a use.

use super::{Court, Question, Verifier, acceptance, x509};
use crate::{
    certificate::Certificate,
    policy,
    report::{
        AcceptedCertificate, CertificateReport, Check, CheckId, Format, Report, SigningTime,
        Subjects,
    },
    time::Moment,
    verdict::Reason,
};

pub(super) fn judge(
    verifier: &Verifier,
    certificate: Certificate,
    question: &Question<'_>,
) -> Report {
    let court = Court::new(verifier, question.at);
    let time = SigningTime::Given(question.at);
    let key = certificate.public_key().map(drop).map_err(Reason::key);
    let mut checks = vec![Check::of(CheckId::Format, &key)];
    let x509 = x509::validate(&court, &certificate, Moment::of_check(question.at));
    checks.extend(x509.checks);
    let permitted = policy::permit(&verifier.policy, &certificate);
    checks.extend(Check::each(CheckId::Purpose, &permitted));
    let conclusion = acceptance::conclude(&checks, x509.missing, || {
        AcceptedCertificate::new(x509.path?, x509.not_revoked?, time, permitted.ok()?)
    });
    let preset = verifier.policy.preset_at(question.at);
    let subject =
        CertificateReport { preset, conclusion, time, certificate, checks, remarks: x509.remarks };
    // A certificate signs nothing: asked about a document, it is no signature of it.
    let about_a_document = question.data.is_some() || !question.elements.is_empty();
    let mut report = Report {
        format: Format::Certificate,
        subjects: Subjects::Certificate(Box::new(subject)),
        problem: about_a_document.then_some(Reason::NoSigners),
        remarks: Vec::new(),
        container: None,
        paper: None,
    };
    acceptance::meet_expectations(&mut report, question);
    report
}
