//! Why a verdict is not "passed", with the evidence of it.

use crate::{
    algorithm::DigestAlgorithm,
    certificate::{Name, Purpose, RevocationReason},
    error::{Error, ErrorKind},
    time::{Instant, Validity},
};

use super::{BarcodeConflict, NotCompared, Region};

/// Why a proof is missing or a check failed, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The file, or a part that matters, is damaged.
    Malformed(Error),
    /// There is no signature inside.
    NoSigners,
    /// The barcodes are in order, and nobody signed what they carry.
    BarcodesUnsigned,
    /// Barcodes of the document were not found.
    BarcodesMissing {
        /// The numbers of their parts.
        missing: Vec<u32>,
        /// How many parts there are in all.
        amount: u32,
    },
    /// The barcodes of one document contradict each other.
    BarcodesConflict {
        /// How.
        conflict: BarcodeConflict,
    },
    /// There are barcodes of several documents, and nothing tells which of them is meant.
    BarcodesMixed {
        /// How many documents.
        count: usize,
    },
    /// The barcode is only a link: it carries nothing that could be verified.
    BarcodeLink {
        /// The host that it leads to.
        host: String,
    },
    /// There is a file of paper, and nothing on it or attached to it is signed.
    PaperUnsigned,
    /// No barcode was found on the pictures.
    BarcodeNone,
    /// Signed files that are attached to one PDF file do not agree with each other.
    AttachmentsConflict,
    /// The barcodes of the page carry another document than the one that is attached.
    PageCarriesOther,
    /// The page shows something else than what was signed.
    PageDiffers {
        /// Where.
        places: Vec<Region>,
    },
    /// What was signed is good, and nobody compared the page with it.
    PageNotCompared {
        /// Why.
        why: NotCompared,
    },
    /// The PDF file itself has signatures, which are not verified by this version.
    PdfSignatureUnsupported {
        /// How many.
        count: usize,
    },
    /// The content that a detached signature covers is not at hand.
    ContentMissing,
    /// The content was read past without computing this digest of it, or only other digests of
    /// it were given.
    DigestMissing {
        /// The digest that the signature rests on.
        algorithm: DigestAlgorithm,
    },
    /// The content given differs from the content inside.
    ContentConflict,
    /// The content is not the one that was signed.
    ContentDigestMismatch,
    /// A rule of signed attributes is broken.
    SignedAttributes {
        /// The attribute and its clause.
        rule: &'static str,
    },
    /// The "content" is a set of signed attributes of another signature.
    SignedAttributesConfusion,
    /// The signature covers less than was asked about.
    PartialCoverage,
    /// An identifier in the document has more than one meaning.
    DuplicateId,
    /// A reference means something that is not understood or not followed.
    ReferenceUnsupported(Error),
    /// The signature value has the wrong length or form, or is out of range.
    SignatureEncoding,
    /// The signature was not made by this key over this content.
    SignatureBad,
    /// Digest, signature algorithm and key do not go together.
    AlgorithmMismatch,
    /// The algorithm or key is too weak.
    AlgorithmNotAllowed,
    /// The algorithm is unknown.
    AlgorithmUnknown(Error),
    /// The signer's key is no valid key.
    KeyInvalid(Error),
    /// The signer's certificate is neither inside nor given.
    SignerCertificateMissing,
    /// The signature names another certificate than the one that it verifies under.
    SigningCertificateMismatch,
    /// No path leads to a trust anchor.
    NoPath {
        /// The issuer that could not be found or is not trusted.
        issuer: String,
    },
    /// The limit on steps was reached before a path was found.
    PathBudget,
    /// The named issuer did not sign the certificate.
    ChainBadSignature {
        /// The issuer.
        issuer: String,
    },
    /// The certificate is signed by an algorithm that is too weak.
    ChainWeakSignature,
    /// A certificate of the path may not issue certificates.
    ChainNotAuthority {
        /// Its subject.
        subject: String,
    },
    /// An authority has more authorities below it than it may.
    ChainPathLength {
        /// The authority.
        subject: String,
    },
    /// No certificate policy that is acceptable holds along the whole path.
    ChainPolicy {
        /// The subject of the certificate at which the last one was lost.
        subject: String,
    },
    /// An authority maps a policy from or to "any policy" (RFC 5280 §6.1.4 (a)).
    ChainPolicyMapping {
        /// The authority.
        subject: String,
    },
    /// A certificate bears a name that an authority above it may not certify.
    ChainNameConstraints {
        /// The name.
        name: String,
        /// The certificate's subject.
        subject: String,
    },
    /// A certificate bears a name that cannot be compared with the names that an authority above
    /// it may certify.
    ChainNameForm {
        /// The name.
        name: String,
        /// The certificate's subject.
        subject: String,
    },
    /// A certificate has a critical extension that is not understood.
    UnknownCriticalExtension {
        /// The extension.
        name: String,
        /// The certificate's subject.
        subject: String,
    },
    /// A certificate had expired.
    Expired {
        /// The moment of check.
        at: Instant,
        /// The last moment of validity.
        not_after: Instant,
        /// The certificate's subject.
        subject: String,
    },
    /// A certificate was not yet valid.
    NotYetValid {
        /// The moment of check.
        at: Instant,
        /// The first moment of validity.
        not_before: Instant,
        /// The certificate's subject.
        subject: String,
    },
    /// A certificate was revoked.
    Revoked {
        /// When.
        at: Instant,
        /// Why.
        reason: RevocationReason,
        /// The certificate's subject.
        subject: String,
    },
    /// Nothing tells whether a certificate was revoked.
    RevocationUnknown {
        /// The certificate's subject.
        subject: String,
    },
    /// The list's signature does not stand.
    CrlBadSignature {
        /// The subject of the certificate that was asked about.
        subject: String,
    },
    /// The list is not of the certificate's issuer, or of one that may not sign lists.
    CrlWrongIssuer {
        /// The subject of the certificate that was asked about; the issuer when the list is judged.
        subject: String,
    },
    /// The list is out of date, or from the future.
    CrlStale {
        /// The subject of the certificate that was asked about; the issuer when the list is judged.
        subject: String,
    },
    /// The list, which is itself what is judged, was not signed by its issuer.
    CrlForged {
        /// The issuer that it names.
        issuer: String,
    },
    /// The list, which is itself what is judged, is of an issuer that is not known.
    CrlIssuerUnknown {
        /// The issuer that it names.
        issuer: String,
    },
    /// The list was made when the certificate had expired, and may no longer name it.
    CrlAfterExpiry {
        /// The subject of the certificate that was asked about.
        subject: String,
    },
    /// The list was signed by a key of its issuer whose own certificate is not established.
    CrlSignerUnproved {
        /// The subject of the certificate that was asked about.
        subject: String,
    },
    /// The list speaks of a part only.
    CrlScope {
        /// The subject of the certificate that was asked about.
        subject: String,
    },
    /// The list has a critical extension that is not understood.
    CrlUnknownCritical {
        /// The subject of the certificate that was asked about; the issuer when the list is judged.
        subject: String,
    },
    /// The signature of the OCSP response that would tell does not stand.
    OcspBadSignature {
        /// The subject of the certificate that was asked about.
        subject: String,
    },
    /// The OCSP response, which is itself what is judged, was not signed by its responder.
    OcspForged,
    /// Whoever signed the OCSP response may not answer for the certificate's issuer.
    OcspUnauthorised {
        /// The subject of the certificate that was asked about; none when the response is judged.
        subject: Option<String>,
    },
    /// The OCSP response is about another certificate than the one that was asked about.
    OcspCertIdMismatch {
        /// The subject of the certificate that was asked about; none when the response is judged.
        subject: Option<String>,
    },
    /// The OCSP response does not speak of the moment: out of date, or from the future.
    OcspStale {
        /// The subject of the certificate that was asked about; none when the response is judged.
        subject: Option<String>,
    },
    /// The OCSP response is not the answer to the request: its nonce is missing or another.
    OcspNonce {
        /// The subject of the certificate that was asked about.
        subject: String,
    },
    /// The OCSP responder does not know the certificate (500/НҚ p.19.7).
    OcspUnknown {
        /// The subject of the certificate that was asked about.
        subject: String,
    },
    /// The OCSP responder gave an error, which nobody signed, instead of an answer.
    OcspNoAnswer {
        /// The subject of the certificate that was asked about; none when the response is judged.
        subject: Option<String>,
    },
    /// The OCSP response has a critical extension that is not understood.
    OcspUnknownCritical {
        /// The subject of the certificate that was asked about; none when the response is judged.
        subject: Option<String>,
    },
    /// The certificate is not meant for this use.
    WrongPurpose {
        /// The use that was asked for.
        wanted: Purpose,
    },
    /// The certificate carries none of the policies that the national authority gives to signers.
    CertPolicy {
        /// The policies that it carries.
        found: Vec<String>,
    },
    /// A time stamp is there and is not judged by this version, so nothing may rest on it.
    TimeStampNotJudged,
    /// A time stamp is damaged.
    TimeStampMalformed(Error),
    /// A time stamp is of a form that is not known here.
    TimeStampUnsupported(Error),
    /// A time stamp is of something else than what it stands on.
    TimeStampImprint,
    /// A time stamp was not made by the key that it names, or not of what it says.
    TimeStampBadSignature {
        /// What does not hold in it.
        because: Box<Reason>,
    },
    /// A time stamp states a time after the moment of check.
    TimeStampFromFuture {
        /// The time that it states.
        time: Instant,
        /// The moment of check.
        at: Instant,
    },
    /// A time stamp contradicts another one: what was stamped first is said to be later.
    TimeStampOrder,
    /// The authority of a time stamp could not be established.
    TimeStampUntrusted {
        /// What is missing.
        because: Box<Reason>,
    },
    /// A time stamp does not name its authority's certificate (RFC 3161 §2.4.2).
    TimeStampUnbound,
    /// The certificate behind a time stamp is not meant for stamping, and nothing else
    /// (RFC 3161 §2.3).
    TimeStampPurpose,
    /// What is stamped is named by a digest that no longer tells documents apart.
    TimeStampWeakImprint,
    /// The authority refused to stamp.
    TimeStampRefused {
        /// Its status and reasons, in the words of RFC 3161 §2.4.2.
        status: String,
    },
    /// No check has a problem, and yet a proof is missing: a defect of this library.
    ProofMissing,
    /// No accepted signature carries the expected IIN.
    IinMismatch,
    /// No accepted signature carries the expected BIN.
    BinMismatch,
    /// No accepted signature carries an expected role, together with the numbers expected.
    RoleMismatch,
    /// Nothing proves when the signature was made. A part of the verdict only.
    NoProvenTime,
    /// The signer wrote no signing time. A part of the verdict only.
    NoClaimedTime,
}

impl Reason {
    /// The same with every certificate and authority in it under another name.
    #[cfg(feature = "paper")]
    pub(crate) fn renamed(mut self, name: &dyn Fn(&str) -> String) -> Self {
        match &mut self {
            Self::NoPath { issuer: of }
            | Self::ChainBadSignature { issuer: of }
            | Self::CrlForged { issuer: of }
            | Self::CrlIssuerUnknown { issuer: of }
            | Self::ChainNotAuthority { subject: of }
            | Self::ChainPathLength { subject: of }
            | Self::ChainPolicy { subject: of }
            | Self::ChainPolicyMapping { subject: of }
            | Self::ChainNameConstraints { subject: of, .. }
            | Self::ChainNameForm { subject: of, .. }
            | Self::UnknownCriticalExtension { subject: of, .. }
            | Self::Expired { subject: of, .. }
            | Self::NotYetValid { subject: of, .. }
            | Self::Revoked { subject: of, .. }
            | Self::RevocationUnknown { subject: of }
            | Self::CrlBadSignature { subject: of }
            | Self::CrlWrongIssuer { subject: of }
            | Self::CrlStale { subject: of }
            | Self::CrlAfterExpiry { subject: of }
            | Self::CrlSignerUnproved { subject: of }
            | Self::CrlScope { subject: of }
            | Self::CrlUnknownCritical { subject: of }
            | Self::OcspBadSignature { subject: of }
            | Self::OcspNonce { subject: of }
            | Self::OcspUnknown { subject: of } => *of = name(of),
            Self::OcspUnauthorised { subject }
            | Self::OcspCertIdMismatch { subject }
            | Self::OcspStale { subject }
            | Self::OcspNoAnswer { subject }
            | Self::OcspUnknownCritical { subject } => {
                *subject = subject.take().map(|of| name(&of));
            }
            Self::TimeStampBadSignature { because } | Self::TimeStampUntrusted { because } => {
                **because = because.as_ref().clone().renamed(name);
            }
            _ => {}
        }
        self
    }

    pub(crate) fn outside(at: Instant, validity: Validity, subject: &Name) -> Self {
        let subject = subject.to_string();
        if at < validity.not_before {
            Self::NotYetValid { at, not_before: validity.not_before, subject }
        } else {
            Self::Expired { at, not_after: validity.not_after, subject }
        }
    }

    /// A rule of signed attributes that a parser found broken, or something in them that is not
    /// known here.
    pub(crate) fn signed_attributes(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Malformed { what } => Self::SignedAttributes { rule: what },
            _ => Self::AlgorithmUnknown(error.clone()),
        }
    }

    /// A key that is no valid key, or of a kind that is not known here.
    pub(crate) fn key(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Malformed { .. } => Self::KeyInvalid(error),
            _ => Self::AlgorithmUnknown(error),
        }
    }

    /// A structure that is broken, or of a form that is not known here.
    pub(crate) fn structure(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Malformed { .. } => Self::Malformed(error),
            _ => Self::AlgorithmUnknown(error),
        }
    }

    /// A time stamp that is broken, or of a form that is not known here.
    pub(crate) fn time_stamp(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Malformed { .. } => Self::TimeStampMalformed(error),
            _ => Self::TimeStampUnsupported(error),
        }
    }

    /// Whether the reason speaks of dates.
    pub(crate) fn is_about_dates(&self) -> bool {
        matches!(self, Self::Expired { .. } | Self::NotYetValid { .. })
    }
}
