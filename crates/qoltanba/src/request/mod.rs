//! The portal's condition on a request: its EDS is good, and who signs is whom the request names.
//!
//! A regulation says it in one sentence (the portal's "2-шарт"): the signature is intact, its
//! certificate in validity, not revoked and meant for signing, and the IIN of the request is the
//! IIN of the certificate. What a request says is read from the octets that its accepted
//! signatures cover, at the paths that the [`Profile`] of the service names, and nowhere else.
//!
//! ```
//! use qoltanba::request::{Admission, Profile, RequestAnswer, RequestCheck, RequestQuestion};
//! # use qoltanba::{
//! #     Certificate, Lang, TrustAnchor, TrustStore, Verifier, algorithm::SignatureAlgorithm,
//! #     revocation::Crl, sign::XmlSigner,
//! # };
//! # let now = "2026-11-25T12:00:00Z".parse()?;
//! # let mut rng = qoltanba_testkit::SeededRng::new(1);
//! # let mint = qoltanba_testkit::Mint::good(SignatureAlgorithm::Gost2015_512, now, &mut rng)?;
//! # let mut trust = TrustStore::empty(); // in production: TrustStore::national()?
//! # trust.add(TrustAnchor::from_self_signed(&Certificate::from_der(&mint.anchor)?)?);
//! # let authority = Certificate::from_der(mint.issuing().certificate())?;
//! # let lists: Vec<Crl> = mint.lists.iter().map(|l| Crl::from_der(l)).collect::<Result<_, _>>()?;
//! # let verifier = Verifier::new(trust).with_certificates([authority]).with_crls(lists);
//! # let certificate = mint.signer_certificate()?;
//! # let iin = qoltanba::identity::Subject::claimed_by(&certificate).iin.ok_or("no IIN")?;
//! # let text = format!("<request><iin>{iin}</iin><service>003</service><number>10100000000042</number></request>");
//! # let document = XmlSigner::new(&*mint.signer.key, &certificate)?.sign(text.as_bytes(), &mut rng)?;
//! let profile = Profile::named("regulation-003")?;
//! let check = RequestCheck::new(&verifier, &profile);
//! // The caller's storage remembers what was accepted: in one step, so that of two that come at
//! // once one is new.
//! let mut accepted = std::collections::BTreeSet::new();
//! let mut admit = |key: &_| {
//!     if accepted.insert(*key) { Admission::New } else { Admission::AlreadyAccepted }
//! };
//! match check.answer(&document, &RequestQuestion::at(now), &mut admit)? {
//!     RequestAnswer::Accepted(request) => assert_eq!(request.number(), "10100000000042"),
//!     RequestAnswer::Refused(refusal) => panic!("{}", refusal.notice(Lang::Ru).title),
//!     RequestAnswer::Unchecked(unchecked) => panic!("try again: {:?}", unchecked.missing()),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod field;
mod json;
mod messages;
mod notice;
mod profile;

use sha2::{Digest as _, Sha256};

pub use answer::{
    AcceptedRequest, ClaimedCertificate, Item, Refusal, RefusalReason, RequestAnswer, RequestKey,
    Unchecked,
};
pub use field::FieldFault;
pub use notice::Notice;
pub use profile::{Profile, RequestFormat};

use crate::{
    certificate::Purpose,
    cms::SignedData,
    error::Error,
    error::{ErrorKind, Result},
    identity::Signer,
    numbers::{Bin, Iin},
    report::{Accepted, Check, Conclusion, Format, Report, RuleOutcome, SignatureReport},
    time::Instant,
    verdict::{Reason, Verdict},
    verify::{Question, Recognised, Verifier, recognise},
};
use answer::Collected;
use field::{Content, FieldPath, is_word};

/// Checks requests to one service.
#[derive(Debug, Clone, Copy)]
pub struct RequestCheck<'a> {
    verifier: &'a Verifier,
    profile: &'a Profile,
}

/// What is asked about one request.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RequestQuestion<'a> {
    /// The moment at which the request came.
    pub at: Instant,
    /// The request, where its signature is detached.
    pub data: Option<&'a [u8]>,
    /// The IIN that the request must name, beside what the profile asks.
    pub expect_iin: Option<Iin>,
    /// The BIN that the signer must act for, beside what the profile asks.
    pub expect_bin: Option<Bin>,
    /// The number that the request must have, beside what the profile asks.
    pub expect_number: Option<&'a str>,
}

impl RequestQuestion<'_> {
    /// Asks whether a request that came at this moment is to be accepted.
    #[must_use]
    pub const fn at(at: Instant) -> Self {
        Self { at, data: None, expect_iin: None, expect_bin: None, expect_number: None }
    }
}

/// Whether a request may be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Admission {
    /// It is new, and is remembered from now on.
    New,
    /// It was accepted before.
    AlreadyAccepted,
    /// The storage does not answer.
    Unknown,
}

/// The caller's memory of requests that were accepted.
///
/// One call tells and remembers, so that of two copies that come at once one is new. It is asked
/// last, when nothing else stands against the request.
pub trait Admit {
    /// Remembers the key, and tells whether it was new.
    fn admit(&mut self, key: &RequestKey) -> Admission;
}

impl<F: FnMut(&RequestKey) -> Admission> Admit for F {
    fn admit(&mut self, key: &RequestKey) -> Admission {
        self(key)
    }
}

/// What one accepted signature says of the request.
struct Reading<'r> {
    signer: &'r Signer,
    accepted: &'r Accepted,
    content: Content,
    iin: String,
    bin: Option<String>,
    service: String,
    number: String,
}

impl<'a> RequestCheck<'a> {
    /// Checks by what the verifier believes and the service asks.
    #[must_use]
    pub const fn new(verifier: &'a Verifier, profile: &'a Profile) -> Self {
        Self { verifier, profile }
    }

    /// Accepts a request, refuses it, or says what could not be checked.
    ///
    /// # Errors
    /// As [`Verifier::verify`] for what is beyond a limit or of a form that is not supported; and
    /// misuse when the verifier's policy is not about signing documents.
    pub fn answer(
        &self,
        document: &[u8],
        question: &RequestQuestion<'_>,
        admit: &mut dyn Admit,
    ) -> Result<RequestAnswer> {
        if self.verifier.policy().purpose != Purpose::Sign {
            return Err(Error::misuse("a request is signed: the policy must be about signing"));
        }
        let mut found = Collected::new(self.profile, question.at);
        let signed =
            matches!(recognise(document), Some(Recognised::SignedMessage(_) | Recognised::Xml(_)));
        if !signed {
            found.refuse(RefusalReason::NotSigned);
            return Ok(found.refused());
        }
        let mut about = Question::at(question.at);
        about.data = question.data;
        let report = self.verifier.verify_document(document, &about)?;
        found.certificates(&report);
        if report.verdict() != Verdict::Passed {
            against(&mut found, &report);
            return Ok(found.without_proof(&report));
        }
        on_arrival(&mut found, &report, question.at);
        let readings = self.readings(document, question, &report, &mut found)?;
        let Some(readings) = readings else { return Ok(found.refused()) };
        self.judge(readings, question, found, admit)
    }

    /// Reads every accepted signature; `None` when something cannot be read.
    fn readings<'r>(
        &self,
        document: &[u8],
        question: &RequestQuestion<'_>,
        report: &'r Report,
        found: &mut Collected<'_>,
    ) -> Result<Option<Vec<Reading<'r>>>> {
        let mut readings = Vec::new();
        for accepted in report.accepted() {
            let content = match self.content(document, question, report.format, accepted) {
                Ok(content) => content,
                Err(error) if matches!(error.kind(), ErrorKind::OverBudget { .. }) => {
                    return Err(error);
                }
                Err(_) => {
                    found.refuse(RefusalReason::Format);
                    return Ok(None);
                }
            };
            readings.extend(self.read(content, accepted, found)?);
        }
        Ok((found.is_clean() && !readings.is_empty()).then_some(readings))
    }

    /// What an accepted signature covers, in a form that the service takes.
    fn content(
        &self,
        document: &[u8],
        question: &RequestQuestion<'_>,
        format: Format,
        accepted: &Accepted,
    ) -> Result<Content> {
        let covered = accepted.intact().covered();
        let (limits, xml_limits) = self.verifier.limits();
        let (content, format) = match (format, recognise(document)) {
            (Format::Xml, _) => {
                let content = Content::of_xml(covered).ok_or(Error::unrecognised())?;
                (content, RequestFormat::Xml)
            }
            (Format::Cms, Some(Recognised::SignedMessage(body))) => {
                let body = body?;
                let message = SignedData::parse(&body, limits)?;
                let octets = message.content().or(question.data).unwrap_or_default();
                // The octets that are read are the octets that were signed.
                if covered.digest_algorithm.digest(octets) != covered.digest {
                    return Err(Error::unrecognised());
                }
                let content = Content::of_message(octets, covered, xml_limits)?;
                let format = match &content {
                    Content::Xml { .. } => RequestFormat::CmsXml,
                    Content::Json(_) => RequestFormat::CmsJson,
                };
                (content, format)
            }
            _ => return Err(Error::unrecognised()),
        };
        let taken = self.profile.formats.contains(&format);
        if taken { Ok(content) } else { Err(Error::unrecognised()) }
    }

    fn read<'r>(
        &self,
        content: Content,
        accepted: &'r Accepted,
        found: &mut Collected<'_>,
    ) -> Result<Option<Reading<'r>>> {
        let (_, limits) = self.verifier.limits();
        let mut value = |path: &FieldPath, item: Item| -> Result<Option<String>> {
            let text = content
                .value(path, limits)?
                .and_then(|text| if is_word(&text) { Ok(text) } else { Err(FieldFault::Form) });
            Ok(text.map_err(|fault| found.refuse(RefusalReason::Field { item, fault })).ok())
        };
        let iin = value(&self.profile.iin, Item::Iin)?;
        let service = value(&self.profile.service_path, Item::Service)?;
        let number = value(&self.profile.number, Item::Number)?;
        let bin = match &self.profile.bin {
            None => Some(None),
            Some(path) => value(path, Item::Bin)?.map(Some),
        };
        let (Some(iin), Some(service), Some(number), Some(bin)) = (iin, service, number, bin)
        else {
            return Ok(None);
        };
        let signer = accepted.signer();
        Ok(Some(Reading { signer, accepted, content, iin, bin, service, number }))
    }

    fn judge(
        &self,
        readings: Vec<Reading<'_>>,
        question: &RequestQuestion<'_>,
        mut found: Collected<'_>,
        admit: &mut dyn Admit,
    ) -> Result<RequestAnswer> {
        let Some(first) = readings.first() else { return Ok(found.refused()) };
        let one =
            |same: fn(&Reading<'_>, &Reading<'_>) -> bool, item, found: &mut Collected<'_>| {
                if !readings.iter().all(|other| same(first, other)) {
                    found.refuse(RefusalReason::Field { item, fault: FieldFault::Several });
                }
            };
        one(|a, b| a.iin == b.iin, Item::Iin, &mut found);
        one(|a, b| a.bin == b.bin, Item::Bin, &mut found);
        one(|a, b| a.service == b.service, Item::Service, &mut found);
        one(|a, b| a.number == b.number, Item::Number, &mut found);
        let malformed = |item| RefusalReason::Field { item, fault: FieldFault::Form };
        let iin: Option<Iin> = first.iin.parse().ok();
        let bin: Option<Option<Bin>> = first.bin.as_deref().map(|bin| bin.parse().ok());
        if iin.is_none() {
            found.refuse(malformed(Item::Iin));
        }
        if bin == Some(None) {
            found.refuse(malformed(Item::Bin));
        }
        if first.service != self.profile.service {
            found.refuse(RefusalReason::ServiceMismatch);
        }
        let (Some(iin), bin) = (iin, bin.flatten()) else { return Ok(found.refused()) };
        let by = self.carrier(&readings, iin, bin, &mut found);
        self.expectations(first, iin, by, question, &mut found);

        let (Some(by), true) = (by, found.is_clean()) else { return Ok(found.refused()) };
        let (_, limits) = self.verifier.limits();
        let mut keys = Vec::new();
        for reading in readings.iter().filter(|reading| reading.signer.iin() == Some(iin)) {
            keys.push(key(&reading.content, limits)?);
        }
        let Some((key, rest)) = keys.split_first() else { return Ok(found.refused()) };
        if rest.iter().any(|other| other != key) {
            found.refuse(RefusalReason::Field { item: Item::Document, fault: FieldFault::Several });
            return Ok(found.refused());
        }
        match admit.admit(key) {
            Admission::New => {}
            Admission::AlreadyAccepted => {
                found.refuse(RefusalReason::Replay);
                return Ok(found.refused());
            }
            Admission::Unknown => return Ok(found.storage_silent()),
        }
        let (signer, time) = (by.signer.clone(), by.accepted.time());
        let (service, number) = (first.service.clone(), first.number.clone());
        let accepted = AcceptedRequest::new(signer, time, iin, bin, service, number, *key);
        Ok(RequestAnswer::Accepted(Box::new(accepted)))
    }

    /// The signature of the person whom the request names, in the role and for the organisation
    /// that are asked; one signature carries them together.
    fn carrier<'q, 'r>(
        &self,
        readings: &'q [Reading<'r>],
        iin: Iin,
        bin: Option<Bin>,
        found: &mut Collected<'_>,
    ) -> Option<&'q Reading<'r>> {
        let profile = self.profile;
        let (own, others): (Vec<_>, Vec<_>) =
            readings.iter().partition(|reading| reading.signer.iin() == Some(iin));
        if own.is_empty() {
            found.refuse(RefusalReason::IinMismatch);
            return None;
        }
        let has = |reading: &Reading<'_>, roles: &[_]| {
            roles.is_empty() || reading.signer.subject().roles.iter().any(|r| roles.contains(r))
        };
        for other in others {
            if !profile.cosigners.as_ref().is_some_and(|roles| has(other, roles)) {
                found.refuse(RefusalReason::OtherSigner);
            }
        }
        let acts_for = |reading: &Reading<'_>| {
            let asked = [bin, profile.organisation];
            asked.into_iter().flatten().all(|bin| reading.signer.bin() == Some(bin))
        };
        let fits = own.iter().find(|r| has(r, &profile.roles) && acts_for(r)).copied();
        if fits.is_none() {
            let role = own.iter().any(|reading| has(reading, &profile.roles));
            let organisation = own.iter().any(|reading| acts_for(reading));
            if !organisation {
                found.refuse(RefusalReason::BinMismatch);
            }
            if !role || organisation {
                found.refuse(RefusalReason::RoleMismatch);
            }
        }
        fits
    }

    /// What the caller knows is a further check and takes the place of nothing.
    fn expectations(
        &self,
        first: &Reading<'_>,
        iin: Iin,
        by: Option<&Reading<'_>>,
        question: &RequestQuestion<'_>,
        found: &mut Collected<'_>,
    ) {
        if question.expect_iin.is_some_and(|expected| expected != iin) {
            found.refuse(RefusalReason::Unexpected(Item::Iin));
        }
        let acts_for = by.and_then(|reading| reading.signer.bin());
        if question.expect_bin.is_some_and(|expected| by.is_some() && acts_for != Some(expected)) {
            found.refuse(RefusalReason::Unexpected(Item::Bin));
        }
        if question.expect_number.is_some_and(|expected| expected != first.number) {
            found.refuse(RefusalReason::Unexpected(Item::Number));
        }
    }
}

/// The digest of the request in one form, apart from everything else that is digested.
fn key(content: &Content, limits: &crate::xmldsig::XmlLimits) -> Result<RequestKey> {
    let kind: &[u8] = match content {
        Content::Xml { .. } => b"qoltanba request v1 xml\0",
        Content::Json(_) => b"qoltanba request v1 json\0",
    };
    let digest = Sha256::new().chain_update(kind).chain_update(content.canonical(limits)?);
    Ok(RequestKey::new(digest.finalize().into()))
}

/// Sorts what stands against a report: what fails the condition, and what could not be checked.
fn against(found: &mut Collected<'_>, report: &Report) {
    if let Some(problem) = &report.problem {
        found.sort(problem, None, false);
    }
    for signature in report.signatures() {
        let rules = signature.rules();
        let clause = |reason: &Reason| {
            let broken = RuleOutcome::Problem(reason.clone());
            let rule = rules.iter().find(|result| result.outcome == broken)?;
            let exact = rule.rule.negative.iter().find(|(code, _)| *code == reason.code());
            Some(exact.map_or(rule.rule.clause, |(_, clause)| *clause))
        };
        let own_dates = is_outside_own_dates(signature);
        for reason in signature.checks.iter().filter_map(Check::reason) {
            found.sort(reason, clause(reason), own_dates);
        }
        if let Conclusion::Failed(reason) | Conclusion::Indeterminate(reason, _) =
            &signature.conclusion
        {
            found.sort(reason, clause(reason), own_dates);
        }
    }
}

/// The condition holds when the request arrives: a time stamp proves that a signature is older, and
/// not that the request is of today. What revoked a certificate after the proved time without
/// reaching back to it does not stand against the request.
fn on_arrival(found: &mut Collected<'_>, report: &Report, at: Instant) {
    for certificate in report.accepted().map(|accepted| accepted.signer().certificate()) {
        let validity = certificate.validity();
        if !validity.contains(at) {
            let reason = Reason::outside(at, validity, certificate.claimed_subject());
            found.sort(&reason, None, true);
        }
    }
}

/// Whether the certificate that signed was outside its dates: a fact, whatever else is missing.
fn is_outside_own_dates(signature: &SignatureReport) -> bool {
    let certificate = signature.claimed_certificate.as_ref();
    certificate.is_some_and(|c| !c.validity().contains(signature.time.instant()))
}
