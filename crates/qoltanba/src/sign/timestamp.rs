//! Putting a time stamp on a signature that is there: CAdES-T and XAdES-T.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use rand_core::CryptoRng;

use super::{cosign::insert, properties};
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    asn1::{self, tag},
    budget::Limits,
    cms::{Layout, SignedData, SignerLayout},
    error::{Error, Result},
    oid,
    timestamp::{Stamped, TimeStampRequest, TimeStampToken},
    verify::{Recognised, recognise},
    xmldsig::{DS, Document, Encoding, Envelope, Method, PrefixList, Signature, XADES, XmlLimits},
};

const NO_SUCH_SIGNATURE: Error = Error::misuse("the document has no signature of this number");
const OTHER_SIGNATURE: Error = Error::misuse("the time stamp is not of this signature");
const COVERED: Error = Error::misuse(
    "a later signature covers this one: put the time stamp on before others sign, or on the last",
);

/// What to ask a time-stamp authority for a signature of a message or an XML document: its digest
/// by the digest algorithm of the signature, and a random nonce. `signature` counts as in
/// [`Report::signatures`](crate::Report::signatures).
///
/// Asking and adding are two steps, so that the network is elsewhere:
///
/// ```
/// use qoltanba::{
///     Result,
///     sign::{add_time_stamp, time_stamp_request},
///     timestamp::TimeStampResponse,
/// };
///
/// fn stamp(
///     document: &[u8],
///     ask: &dyn Fn(&[u8]) -> Vec<u8>,
///     rng: &mut dyn rand_core::CryptoRng,
/// ) -> std::result::Result<Vec<u8>, Box<dyn std::error::Error>> {
///     let request = time_stamp_request(document, 0, rng)?;
///     let response = TimeStampResponse::from_der(&ask(&request.to_der()))?;
///     Ok(add_time_stamp(document, 0, &request.accept(&response)?)?)
/// }
/// ```
///
/// # Errors
/// When the document cannot be read, has no such signature, or its algorithm is unknown.
pub fn time_stamp_request(
    document: &[u8],
    signature: usize,
    rng: &mut dyn CryptoRng,
) -> Result<TimeStampRequest> {
    let (octets, algorithm) = match recognise(document) {
        Some(Recognised::SignedMessage(body)) => {
            let body = body?;
            let message = SignedData::parse(&body, &Limits::default())?;
            let signer = message.signers.get(signature).ok_or(NO_SUCH_SIGNATURE)?;
            (signer.signature.clone(), signer.signature_algorithm.clone()?)
        }
        Some(Recognised::Xml(bytes)) => {
            let document = Document::parse(bytes, &XmlLimits::default())?;
            let signature = Xml::read(&document, signature)?;
            (signature.stamped(&document)?, signature.signature.algorithm.clone()?)
        }
        _ => return Err(Error::unrecognised()),
    };
    TimeStampRequest::of(imprint_algorithm(algorithm), &octets, rng)
}

/// kz-pki §2: which authority answers depends on the digest, and each stamps by its own family.
fn imprint_algorithm(signature: SignatureAlgorithm) -> DigestAlgorithm {
    match signature.digest() {
        DigestAlgorithm::Sha1 => DigestAlgorithm::Sha256,
        other => other,
    }
}

/// Puts a time stamp on a signature, next to those that it has. Everything that is signed stays
/// octet by octet what it was: every other signature, the content, certificates and lists, in BER
/// too.
///
/// That the token is of this signature is checked; whether its authority is to be believed is
/// **not**: verify the result.
///
/// # Errors
/// When the document cannot be read or has no such signature, the token is of something else, or
/// another signature covers this one and would break.
pub fn add_time_stamp(
    document: &[u8],
    signature: usize,
    token: &TimeStampToken,
) -> Result<Vec<u8>> {
    match recognise(document) {
        Some(Recognised::SignedMessage(body)) => to_message(&body?, signature, token),
        Some(Recognised::Xml(bytes)) => to_xml(bytes, signature, token),
        _ => Err(Error::unrecognised()),
    }
}

fn check_imprint(token: &TimeStampToken, octets: &[u8]) -> Result<()> {
    let stamped = Stamped::of(token, |algorithm| Ok(algorithm.digest(octets)));
    stamped.map(drop).map_err(|_| OTHER_SIGNATURE)
}

fn to_message(bytes: &[u8], signature: usize, token: &TimeStampToken) -> Result<Vec<u8>> {
    let message = SignedData::parse(bytes, &Limits::default())?;
    let signer = message.signers.get(signature).ok_or(NO_SUCH_SIGNATURE)?;
    check_imprint(token, &signer.signature)?;
    let old = Layout::of(bytes)?;
    let raw = *old.signers.get(signature).ok_or(NO_SUCH_SIGNATURE)?;
    let parts = SignerLayout::of(raw)?;
    // EN 319 122-1 §5.3: an attribute holds one token, and there may be several attributes.
    let attribute = asn1::sequence(&[
        asn1::oid(oid::SIGNATURE_TIME_STAMP),
        asn1::tlv(tag::SET, token.as_der()),
    ]);
    let mut unsigned = parts.unsigned_attributes;
    insert(&mut unsigned, &attribute);
    let unsigned = asn1::context(1, &unsigned.concat());
    let stamped = asn1::sequence(&[parts.before, &unsigned]);

    // A longer SignerInfo may have another place in the order of DER (X.690 §11.6).
    let mut signers = old.signers.clone();
    if signers.is_sorted() {
        signers.remove(signature);
        insert(&mut signers, &stamped);
    } else if let Some(place) = signers.get_mut(signature) {
        *place = &stamped;
    }
    let certificates = asn1::context(0, &old.certificates.concat());
    let signed_data = asn1::sequence(&[
        old.version,
        &asn1::tlv(tag::SET, &old.digest_algorithms.concat()),
        old.encapsulated,
        if old.certificates.is_empty() { &[] } else { &certificates },
        old.crls.unwrap_or_default(),
        &asn1::tlv(tag::SET, &signers.concat()),
    ]);
    Ok(super::cms::content_info(&signed_data))
}

/// One signature of an XML document.
struct Xml {
    signature: Signature,
}

impl Xml {
    fn read(document: &Document<'_>, signature: usize) -> Result<Self> {
        let envelope = Envelope::new(document);
        let node = envelope.signatures.get(signature).ok_or(NO_SUCH_SIGNATURE)?;
        Ok(Self { signature: Signature::read(document, *node)? })
    }

    /// EN 319 132-1 §5.3: the SignatureValue element, here in a form that does not depend on what
    /// surrounds it.
    fn stamped(&self, document: &Document<'_>) -> Result<Vec<u8>> {
        let subtree = crate::xmldsig::Subtree::of(self.signature.value_element);
        let selection = crate::xmldsig::Selection::Subtree(&subtree);
        crate::xmldsig::canonicalize(document, &selection, METHOD, &PrefixList::none())
    }
}

const METHOD: Method = Method::Exclusive10;

fn to_xml(source: &[u8], index: usize, token: &TimeStampToken) -> Result<Vec<u8>> {
    let document = Document::parse(source, &XmlLimits::default())?;
    if document.encoding() != Encoding::Utf8 {
        return Err(Error::misuse("only documents in UTF-8 can be stamped; convert it first"));
    }
    let xml = Xml::read(&document, index)?;
    check_imprint(token, &xml.stamped(&document)?)?;
    let stamped = properties::add(source, &document, &xml.signature, &stamp_element(token))?;
    let after = Document::parse(&stamped, &XmlLimits::default())?;
    // What a reader would find now must be what was stamped, and nothing that held may break.
    let again = Xml::read(&after, index)?;
    check_imprint(token, &again.stamped(&after)?)?;
    if properties::is_all_intact(&document, &after)? { Ok(stamped) } else { Err(COVERED) }
}

fn stamp_element(token: &TimeStampToken) -> String {
    let (method, token) = (METHOD.uri(), BASE64.encode(token.as_der()));
    format!(
        r#"<xades:SignatureTimeStamp xmlns:xades="{XADES}"><ds:CanonicalizationMethod xmlns:ds="{DS}" Algorithm="{method}"/><xades:EncapsulatedTimeStamp>{token}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"#
    )
}
