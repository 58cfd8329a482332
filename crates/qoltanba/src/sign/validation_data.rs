//! Putting evidence into a stamped XML signature: XAdES-LT (EN 319 132-1 §5.4).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::properties;
use crate::{
    budget::Limits,
    certificate::Certificate,
    error::{Error, Result},
    revocation::{Crl, OcspResponse, OcspResponseStatus},
    verdict::Verdict,
    verify::{Question, Verifier},
    xmldsig::{Document, Encoding, Envelope, NodeId, Signature, XADES, XmlLimits},
};

/// Certificates, OCSP responses and lists that let a signature be judged when its certificate has
/// expired: what nobody signs, and everybody checks.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ValidationData {
    /// Certificates of the paths that the signature itself does not hold.
    pub certificates: Vec<Certificate>,
    /// Answers about the signer and the time-stamp authority.
    pub ocsp: Vec<OcspResponse>,
    /// Short lists: those of the roots.
    pub lists: Vec<Crl>,
}

impl ValidationData {
    /// Octets of all values together. An answer has about three thousand, a list of a root one
    /// thousand; the national list of 20 MB belongs into no document.
    pub const MAX_OCTETS: usize = 64 << 10;

    /// The least of what a verifier has by which a document passes: what can be left out is.
    ///
    /// Ask at the moment at which the document was stamped, with fresh evidence at hand.
    ///
    /// # Errors
    /// As [`Verifier::verify`]; and misuse when the document does not pass by what is at hand and
    /// short enough to be carried: the answers of responders, lists and certificates.
    pub fn of(verifier: &Verifier, document: &[u8], question: &Question<'_>) -> Result<Self> {
        let mut all = Self {
            certificates: verifier.certificates().to_vec(),
            ocsp: verifier.ocsp_responses().to_vec(),
            lists: verifier.lists().filter(|list| !list.is_partial()).cloned().collect(),
        };
        all.ocsp.retain(|response| response.status() == OcspResponseStatus::Successful);
        all.lists.retain(|list| list.as_der().len() <= Self::MAX_OCTETS);
        if !all.suffices(verifier, document, question)? {
            return Err(INSUFFICIENT);
        }
        // Lists are the longest and go first.
        for index in (0..all.lists.len()).rev() {
            let less = all.without(|data| drop(data.lists.remove(index)));
            all.replace_if_enough(less, verifier, document, question)?;
        }
        for index in (0..all.ocsp.len()).rev() {
            let less = all.without(|data| drop(data.ocsp.remove(index)));
            all.replace_if_enough(less, verifier, document, question)?;
        }
        for index in (0..all.certificates.len()).rev() {
            let less = all.without(|data| drop(data.certificates.remove(index)));
            all.replace_if_enough(less, verifier, document, question)?;
        }
        Ok(all)
    }

    /// Whether a document passes by this and the anchors of a verifier alone.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn suffices(
        &self,
        verifier: &Verifier,
        document: &[u8],
        question: &Question<'_>,
    ) -> Result<bool> {
        let alone = Verifier::new(verifier.trust().clone())
            .with_policy(verifier.policy().clone())
            .with_certificates(self.certificates.iter().cloned())
            .with_ocsp_responses(self.ocsp.iter().cloned())
            .with_crls(self.lists.iter().cloned());
        Ok(alone.verify(document, question)?.verdict() == Verdict::Passed)
    }

    fn without(&self, remove: impl FnOnce(&mut Self)) -> Self {
        let mut less = self.clone();
        remove(&mut less);
        less
    }

    fn replace_if_enough(
        &mut self,
        less: Self,
        verifier: &Verifier,
        document: &[u8],
        question: &Question<'_>,
    ) -> Result<()> {
        if less.suffices(verifier, document, question)? {
            *self = less;
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        if self.ocsp.is_empty() && self.lists.is_empty() {
            return Err(Error::misuse("there is no evidence to put into the signature"));
        }
        if self.ocsp.iter().any(|response| response.status() != OcspResponseStatus::Successful) {
            return Err(Error::misuse("an OCSP response that refuses to answer is no evidence"));
        }
        let lists = self.lists.iter().map(|list| list.as_der().len());
        let answers = self.ocsp.iter().map(|response| response.as_der().len());
        let certificates = self.certificates.iter().map(|c| c.as_der().len());
        let octets = lists.chain(answers).chain(certificates).fold(0, usize::saturating_add);
        Limits::check("octets of evidence in a signature", octets, Self::MAX_OCTETS)
    }

    /// The properties, in the order of EN 319 132-1 §5.4.
    fn elements(&self, signature: &Signature) -> String {
        let known =
            |c: &&Certificate| !signature.certificates.iter().flatten().any(|inside| inside == *c);
        let certificates = self.certificates.iter().filter(known).map(Certificate::as_der);
        let certificates = values("EncapsulatedX509Certificate", certificates);
        let lists = values("EncapsulatedCRLValue", self.lists.iter().map(Crl::as_der));
        let answers = values("EncapsulatedOCSPValue", self.ocsp.iter().map(OcspResponse::as_der));
        let evidence = [wrapped("CRLValues", "", &lists), wrapped("OCSPValues", "", &answers)];
        let namespace = format!(r#" xmlns:xades="{XADES}""#);
        wrapped("CertificateValues", &namespace, &certificates)
            + &wrapped("RevocationValues", &namespace, &evidence.concat())
    }
}

const INSUFFICIENT: Error = Error::misuse(
    "the document does not pass by evidence that is short enough to be carried: OCSP answers about \
     the signer and the time-stamp authority, and the lists of the roots",
);

fn values<'a>(name: &str, all: impl Iterator<Item = &'a [u8]>) -> String {
    all.map(|der| wrapped(name, "", &BASE64.encode(der))).collect()
}

/// Nothing around nothing.
fn wrapped(name: &str, attributes: &str, inside: &str) -> String {
    if inside.is_empty() {
        return String::new();
    }
    format!("<xades:{name}{attributes}>{inside}</xades:{name}>")
}

/// Puts evidence into an XML signature that has a time stamp, so that it can be judged when its
/// certificate has expired and nobody answers any more. Everything that is there stays octet by
/// octet what it was. `signature` counts as in [`Report::signatures`](crate::Report::signatures).
///
/// ```
/// use qoltanba::{
///     Question, Result, Verifier,
///     sign::{ValidationData, add_validation_data},
/// };
///
/// /// The verifier has fresh evidence, the document a time stamp.
/// fn keep(stamped: &[u8], verifier: &Verifier, question: &Question<'_>) -> Result<Vec<u8>> {
///     let data = ValidationData::of(verifier, stamped, question)?;
///     add_validation_data(stamped, 0, &data)
/// }
/// ```
///
/// # Errors
/// When the document cannot be read or has no such signature, the signature has no time stamp or
/// carries evidence already, another signature covers it and would break, or there is no evidence
/// or too much of it.
pub fn add_validation_data(
    document: &[u8],
    signature: usize,
    data: &ValidationData,
) -> Result<Vec<u8>> {
    data.check()?;
    let before = Document::parse(document, &XmlLimits::default())?;
    if before.encoding() != Encoding::Utf8 {
        return Err(Error::misuse("only documents in UTF-8 take evidence; convert it first"));
    }
    let old = read(&before, signature)?;
    if old.unsigned_properties.time_stamps.is_empty() {
        return Err(Error::misuse("put the time stamp on first: evidence of today proves no date"));
    }
    if old.unsigned_properties.has_evidence {
        return Err(Error::misuse("the signature carries evidence already"));
    }
    let filled = properties::add(document, &before, &old, &data.elements(&old))?;
    let after = Document::parse(&filled, &XmlLimits::default())?;
    let new = read(&after, signature)?;
    // Adding may make a signature unreadable only by a defect of this program.
    let same = old.value == new.value
        && written(&before, document, old.value_element)
            == written(&after, &filled, new.value_element)
        && new.unsigned_properties.time_stamps.len() == old.unsigned_properties.time_stamps.len();
    let intact = properties::is_all_intact(&before, &after)?;
    if same && intact { Ok(filled) } else { Err(COVERED) }
}

const COVERED: Error =
    Error::misuse("a later signature covers this one: put the evidence in before others sign");

fn read(document: &Document<'_>, signature: usize) -> Result<Signature> {
    let envelope = Envelope::new(document);
    let none = Error::misuse("the document has no signature of this number");
    Signature::read(document, *envelope.signatures.get(signature).ok_or(none)?)
}

fn written<'a>(document: &Document<'_>, source: &'a [u8], node: NodeId) -> Option<&'a [u8]> {
    source.get(document.source_range(node))
}
