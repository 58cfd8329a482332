//! What a person is told first and last: the state in one sentence, and what to do now.
//!
//! Both follow the core's one table of reasons, as the page of the service does: of one file the
//! two tell the same.

use std::fmt::Write as _;

use anstyle::Style;
use qoltanba::{
    Lang, Reason, Report, Verdict,
    report::Format,
    text::visible,
    verdict::{Evidence, NextStep, Standing},
};

use super::{BAD, GOOD, GREY, Pick as _, STRONG, evidence, paint, paper};

/// How a state looks.
pub(super) const fn look(standing: Standing) -> (&'static str, Style) {
    match standing {
        Standing::Good | Standing::GoodWithRemarks => ("✓", GOOD),
        Standing::CouldNotCheck => ("?", GREY),
        Standing::NotGood => ("✗", BAD),
    }
}

/// What the first sentence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Good,
    GoodWithRemarks,
    CouldNotCheck,
    /// Not good, yet nothing failed: what is at hand proves nothing, as when nobody who is trusted
    /// vouches for it. It ends with another exit code than what is not valid.
    Unproved,
    NotValid,
}

impl Said {
    const fn of(standing: Standing, verdict: Verdict) -> Self {
        match (standing, verdict) {
            (Standing::Good, _) => Self::Good,
            (Standing::GoodWithRemarks, _) => Self::GoodWithRemarks,
            (Standing::CouldNotCheck, _) => Self::CouldNotCheck,
            (Standing::NotGood, Verdict::Failed) => Self::NotValid,
            (Standing::NotGood, _) => Self::Unproved,
        }
    }
}

/// The state of a file in one sentence, in the words of its kind.
pub(super) fn sentence(report: &Report, lang: Lang) -> String {
    let said = Said::of(report.standing(), report.verdict());
    match (paper::sentence(report, lang), report.format) {
        (Some(of_the_page), _) => of_the_page.to_owned(),
        (None, Format::Crl | Format::Ocsp | Format::TimeStamp) => {
            evidence::sentence(said, report.format, lang)
        }
        (None, Format::Certificate) => certificate(said, lang).to_owned(),
        (None, _) => signature(said, lang).to_owned(),
    }
}

fn signature(said: Said, lang: Lang) -> &'static str {
    match said {
        Said::Good => Standing::Good.text(lang),
        Said::GoodWithRemarks => Standing::GoodWithRemarks.text(lang),
        Said::CouldNotCheck => lang.pick(
            "Қолтаңбаны тексеру мүмкін болмады",
            "Подпись не удалось проверить",
            "The signature could not be checked",
        ),
        Said::Unproved => lang.pick(
            "Қолтаңбаның жарамдылығы дәлелденбеді",
            "Действительность подписи не доказана",
            "The signature is not proved to be valid",
        ),
        Said::NotValid => {
            lang.pick("Қолтаңба жарамсыз", "Подпись недействительна", "The signature is not valid")
        }
    }
}

fn certificate(said: Said, lang: Lang) -> &'static str {
    match said {
        Said::Good => {
            lang.pick("Сертификат жарамды", "Сертификат действителен", "The certificate is valid")
        }
        Said::GoodWithRemarks => lang.pick(
            "Сертификат жарамды, ескертулер бар",
            "Сертификат действителен, есть замечания",
            "The certificate is valid, with remarks",
        ),
        Said::CouldNotCheck => lang.pick(
            "Сертификатты тексеру мүмкін болмады",
            "Сертификат не удалось проверить",
            "The certificate could not be checked",
        ),
        Said::Unproved => lang.pick(
            "Сертификаттың жарамдылығы дәлелденбеді",
            "Действительность сертификата не доказана",
            "The certificate is not proved to be valid",
        ),
        Said::NotValid => lang.pick(
            "Сертификат жарамсыз",
            "Сертификат недействителен",
            "The certificate is not valid",
        ),
    }
}

/// Lists what to do: first what is missing, with the options that take it, then what the page
/// advises too. Whoever has the file at hand is not told to keep it.
pub(super) fn next_steps(text: &mut String, report: &Report, lang: Lang) {
    let mut steps: Vec<(String, &[String])> = Vec::new();
    for evidence in report.missing() {
        let step = next_step(evidence, lang);
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    let advised = report.next_step().filter(|step| *step != NextStep::KeepFile);
    steps.extend(advised.map(|step| (step.text(lang), &[][..])));
    if matches!(report.deciding_reason(), Some(Reason::PageNotCompared { .. })) {
        let step = lang.pick(
            "не қол қойылғанын көру үшін: --scan",
            "чтобы увидеть, что подписано: --scan",
            "to see what was signed: --scan",
        );
        steps.push((step.to_owned(), &[]));
    }
    list_steps(text, &steps, lang);
}

/// Lists what to do, each step with its addresses.
pub(super) fn list_steps(text: &mut String, steps: &[(String, &[String])], lang: Lang) {
    if steps.is_empty() {
        return;
    }
    let title = lang.pick("Не істеу керек", "Что делать", "What to do");
    let _ = writeln!(text, "\n  {}", paint(STRONG, title));
    for (step, addresses) in steps {
        let _ = writeln!(text, "  → {step}");
        for address in *addresses {
            let _ = writeln!(text, "      {}", visible(address));
        }
    }
}

/// How the command is given what is missing.
pub(crate) fn next_step(evidence: &Evidence, lang: Lang) -> (String, &[String]) {
    let (what, whose, addresses) = match evidence {
        Evidence::RevocationList { issuer, addresses } => (
            lang.pick(
                "кері қайтарылған сертификаттар тізімін алып, көрсетіңіз (--crl)",
                "скачайте список отозванных сертификатов и укажите его (--crl)",
                "get the revocation list and give it (--crl)",
            ),
            Some(issuer),
            addresses.as_slice(),
        ),
        Evidence::AuthorityCertificate { subject, addresses } => (
            lang.pick(
                "орталықтың сертификатын көрсетіңіз (--cert)",
                "укажите сертификат центра (--cert)",
                "give the certificate of the authority (--cert)",
            ),
            Some(subject),
            addresses.as_slice(),
        ),
        Evidence::OcspResponse { subject, addresses, .. } => (
            lang.pick(
                "сертификат мәртебесін сұрап, OCSP жауабын көрсетіңіз (--ocsp)",
                "запросите статус сертификата и укажите ответ OCSP (--ocsp)",
                "ask for the status of the certificate and give the OCSP response (--ocsp)",
            ),
            Some(subject),
            addresses.as_slice(),
        ),
        Evidence::SignerCertificate => (
            lang.pick(
                "қол қоюшының сертификатын көрсетіңіз (--cert)",
                "укажите сертификат подписавшего (--cert)",
                "give the signer's certificate (--cert)",
            ),
            None,
            &[][..],
        ),
        Evidence::Content => (
            lang.pick(
                "құжаттың өзін көрсетіңіз (--data)",
                "укажите сам документ (--data)",
                "give the document itself (--data)",
            ),
            None,
            &[][..],
        ),
        other => return (other.text(lang), &[]),
    };
    match whose {
        Some(whose) => (format!("{what}: {}", visible(whose)), addresses),
        None => (what.to_owned(), addresses),
    }
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;
    use qoltanba::{
        Certificate, Conclusion, Instant,
        algorithm::DigestAlgorithm,
        certificate::{Purpose, RevocationReason},
        report::{EvidenceFacts, EvidenceReport, SigningTime, Subjects},
        verdict::{BarcodeConflict, Construct, NotCompared},
    };

    use super::*;

    /// A reason of every kind.
    fn every_reason() -> Vec<Reason> {
        use Reason as R;
        let text = || "CN=ҮЛГІ".to_owned();
        let [issuer, subject, name] = [(); 3].map(|()| text());
        let some = || Some(text());
        let at = Instant::from_unix(1_795_000_000);
        let error = || Certificate::from_der(b"none").unwrap_err();
        let because = || Box::new(R::NoPath { issuer: text() });
        let mut all = vec![
            R::Malformed(error()),
            R::NoSigners,
            R::BarcodesUnsigned,
            R::BarcodesMissing { missing: vec![3], amount: 5 },
            R::BarcodesConflict { conflict: BarcodeConflict::Duplicate { number: 1 } },
            R::BarcodesMixed { count: 2 },
            R::BarcodeLink { host: "example.kz".to_owned() },
            R::PaperUnsigned,
            R::BarcodeNone,
            R::AttachmentsConflict,
            R::PageCarriesOther,
            R::PageDiffers { places: Vec::new() },
            R::PageNotCompared { why: NotCompared::Construct(Construct::Font) },
            R::PdfSignatureUnsupported { count: 1 },
            R::ContentMissing,
            R::DigestMissing { algorithm: DigestAlgorithm::Sha256 },
            R::ContentConflict,
            R::ContentDigestMismatch,
            R::SignedAttributes { rule: "a test" },
            R::SignedAttributesConfusion,
            R::PartialCoverage,
            R::DuplicateId,
            R::ReferenceUnsupported(error()),
            R::SignatureEncoding,
            R::SignatureBad,
            R::AlgorithmMismatch,
            R::AlgorithmNotAllowed,
            R::AlgorithmUnknown(error()),
            R::KeyInvalid(error()),
            R::SignerCertificateMissing,
            R::SigningCertificateMismatch,
            R::PathBudget,
            R::ChainWeakSignature,
            R::OcspForged,
            R::WrongPurpose { wanted: Purpose::Sign },
            R::CertPolicy { found: Vec::new() },
            R::TimeStampNotJudged,
            R::TimeStampMalformed(error()),
            R::TimeStampUnsupported(error()),
            R::TimeStampImprint,
            R::TimeStampBadSignature { because: because() },
            R::TimeStampFromFuture { time: at, at },
            R::TimeStampOrder,
            R::TimeStampUntrusted { because: because() },
            R::TimeStampUnbound,
            R::TimeStampPurpose,
            R::TimeStampWeakImprint,
            R::TimeStampRefused { status: "rejection".to_owned() },
            R::ProofMissing,
            R::IinMismatch,
            R::BinMismatch,
            R::RoleMismatch,
            R::NoProvenTime,
            R::NoClaimedTime,
        ];
        all.extend([
            R::OcspUnauthorised { subject: some() },
            R::OcspCertIdMismatch { subject: some() },
            R::OcspStale { subject: some() },
            R::OcspNoAnswer { subject: some() },
            R::OcspUnknownCritical { subject: some() },
            R::NoPath { issuer: text() },
            R::ChainBadSignature { issuer: text() },
            R::CrlForged { issuer: text() },
            R::CrlIssuerUnknown { issuer },
            R::ChainNameConstraints { name: text(), subject: text() },
            R::ChainNameForm { name: text(), subject: text() },
            R::UnknownCriticalExtension { name, subject: text() },
            R::Expired { at, not_after: at, subject: text() },
            R::NotYetValid { at, not_before: at, subject: text() },
            R::Revoked { at, reason: RevocationReason::Unspecified, subject },
        ]);
        let of_a_certificate: [fn(String) -> Reason; 14] = [
            |subject| R::ChainNotAuthority { subject },
            |subject| R::ChainPathLength { subject },
            |subject| R::ChainPolicy { subject },
            |subject| R::ChainPolicyMapping { subject },
            |subject| R::RevocationUnknown { subject },
            |subject| R::CrlBadSignature { subject },
            |subject| R::CrlWrongIssuer { subject },
            |subject| R::CrlStale { subject },
            |subject| R::CrlAfterExpiry { subject },
            |subject| R::CrlSignerUnproved { subject },
            |subject| R::CrlScope { subject },
            |subject| R::CrlUnknownCritical { subject },
            |subject| R::OcspBadSignature { subject },
            |subject| R::OcspNonce { subject },
        ];
        all.extend(of_a_certificate.map(|of| of(text())));
        all.push(R::OcspUnknown { subject: text() });
        all
    }

    fn conclusion<A>(reason: &Reason) -> Conclusion<A> {
        match reason.verdict() {
            Verdict::Failed => Conclusion::Failed(reason.clone()),
            _ => Conclusion::Indeterminate(reason.clone(), Vec::new()),
        }
    }

    /// A report on a document, and one on a list, against which only the reason speaks.
    fn reports(reason: &Reason) -> [Report; 2] {
        let at = Instant::from_unix(1_795_000_000);
        let facts = EvidenceFacts::RevocationList {
            issuer: "CN=ҮЛГІ".to_owned(),
            number: None,
            base: None,
            this_update: at,
            next_update: None,
            entries: 0,
        };
        let list = EvidenceReport {
            conclusion: conclusion(reason),
            time: SigningTime::Given(at),
            facts,
            checks: Vec::new(),
            remarks: Vec::new(),
        };
        let report = |format, problem, subjects| Report {
            format,
            subjects,
            problem,
            remarks: Vec::new(),
            container: None,
            paper: None,
        };
        [
            report(Format::Cms, Some(reason.clone()), Subjects::Signatures(Vec::new())),
            report(Format::Crl, None, Subjects::Evidence(Box::new(list))),
        ]
    }

    #[test]
    fn every_reason_is_told_as_the_page_tells_it() {
        for reason in every_reason() {
            let icon = match reason.standing() {
                Standing::Good | Standing::GoodWithRemarks => panic!("{}", reason.code()),
                Standing::CouldNotCheck => "? ",
                Standing::NotGood => "✗ ",
            };
            for (report, lang) in reports(&reason)
                .iter()
                .flat_map(|report| [Lang::Kk, Lang::Ru, Lang::En].map(|lang| (report, lang)))
            {
                let text = super::super::report("f", report, lang);
                let text = strip_str(&text).to_string();
                assert!(text.starts_with(icon), "{}: {text}", reason.code());
                let step = format!("  → {}\n", reason.next_step().text(lang));
                assert_eq!(text.matches(&step).count(), 1, "{}: {text}", reason.code());
            }
        }
    }

    #[test]
    fn what_proves_nothing_is_not_called_invalid_and_what_failed_is() {
        for reason in every_reason() {
            for report in reports(&reason) {
                let words = sentence(&report, Lang::En);
                let of_the_page = paper::sentence(&report, Lang::En).is_some();
                let wanted = match (reason.standing(), reason.verdict()) {
                    _ if of_the_page => continue,
                    (Standing::CouldNotCheck, _) => "could not be checked",
                    (_, Verdict::Failed) => "is not valid",
                    _ => "is not proved to be",
                };
                assert!(words.contains(wanted), "{}: {words}", reason.code());
            }
        }
    }

    #[test]
    fn what_passed_is_told_with_its_remarks_or_without() {
        assert_eq!(look(Standing::Good).0, "✓");
        assert_eq!(look(Standing::GoodWithRemarks).0, "✓");
        for lang in [Lang::Kk, Lang::Ru, Lang::En] {
            for words in [signature, certificate] {
                let good = words(Said::of(Standing::Good, Verdict::Passed), lang);
                let remarked = words(Said::of(Standing::GoodWithRemarks, Verdict::Passed), lang);
                assert!(remarked.starts_with(good) && remarked != good, "{remarked}");
            }
        }
    }
}
