//! Signing XML documents in the layout of NCALayer: enveloped, the signature appended as the
//! root's last child, with the signer's certificate alone in KeyInfo. XAdES-BES on request
//! (ETSI EN 319 132-1).

use std::ops::Range;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use rand_core::CryptoRng;

use super::SigningKey;
use crate::{
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    certificate::{Certificate, Purpose},
    error::{Error, Result},
    text::hex,
    time::Instant,
    xmldsig::{
        DS, Document, ENVELOPED, Encoding, Envelope, Method, NodeId, Signature, XADES, XmlLimits,
    },
};

/// Signs XML documents. What is there already keeps every byte: another signature can be added to
/// a signed document.
///
/// ```
/// use qoltanba::{
///     Certificate,
///     Instant,
///     Result,
///     sign::{SigningKey, XmlSigner},
/// };
///
/// fn sign(
///     key: &dyn SigningKey,
///     certificate: &Certificate,
///     request: &[u8],
///     rng: &mut dyn rand_core::CryptoRng,
/// ) -> Result<Vec<u8>> {
///     XmlSigner::new(key, certificate)?.sign(request, rng)
/// }
/// ```
pub struct XmlSigner<'a> {
    key: &'a dyn SigningKey,
    certificate: &'a Certificate,
    id: Option<String>,
    compact: bool,
    xades: Option<Instant>,
    limits: XmlLimits,
}

impl<'a> XmlSigner<'a> {
    /// Signs with this key, for which this certificate was made.
    ///
    /// # Errors
    /// When the certificate is not of this key, or is not meant for signing documents.
    pub fn new(key: &'a dyn SigningKey, certificate: &'a Certificate) -> Result<Self> {
        super::check_pair(key, certificate, Purpose::Sign)?;
        let limits = XmlLimits::default();
        Ok(Self { key, certificate, id: None, compact: false, xades: None, limits })
    }

    /// Signs only the element with this identifier, by `#id`, instead of the whole document.
    #[must_use]
    pub fn element(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Writes the signature without any line break: portals drop white space.
    #[must_use]
    pub fn compact(mut self, compact: bool) -> Self {
        self.compact = compact;
        self
    }

    /// Adds the signed properties of XAdES-BES: this signing time, and the certificate by digest.
    #[must_use]
    pub fn xades(mut self, signing_time: Instant) -> Self {
        self.xades = Some(signing_time);
        self
    }

    /// Signs `document` and returns it with the signature added.
    ///
    /// # Errors
    /// When the document is not well-formed XML in UTF-8, the identifier does not mean exactly one
    /// element, the key cannot be used, or what it made does not verify under the certificate.
    pub fn sign(&self, document: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        let place = self.place(document)?;
        let mut draft = Draft::new(self, place.inside, rng);
        // The digests come from the document with the signature in its place: what is enveloped
        // leaves it out, and the properties of XAdES stand inside it.
        draft.digests = self.references(&place.insert(&draft.element()?), &place)?;
        let digest = self.signed_info_digest(&place.alone(&draft.element()?))?;
        let signature = self.key.sign_digest(&digest, rng)?;
        draft.signature = self.wrap(&signature, true);
        let signed = place.insert(&draft.element()?);
        self.verify(&signed, &place)?;
        Ok(signed)
    }

    /// Where the signature goes: before the end tag of the root.
    fn place<'d>(&self, source: &'d [u8]) -> Result<Place<'d>> {
        let document = Document::parse(source, &self.limits)?;
        if document.encoding() != Encoding::Utf8 {
            return Err(Error::misuse("only documents in UTF-8 can be signed; convert it first"));
        }
        let root = document.root();
        let envelope = Envelope::new(&document);
        let inside = match &self.id {
            None => true,
            Some(id) => {
                let element = envelope.element(id).map_err(|_| {
                    Error::misuse("the identifier must mean exactly one element of the document")
                })?;
                document.contains(element, root)
            }
        };
        const WHAT: Error = Error::malformed("root element");
        let tag = document.start_tag_range(root).ok_or(WHAT)?;
        let (at, end_tag, skip) = match document.end_tag_range(root) {
            Some(range) => (range.start, String::new(), 0),
            None => {
                // `<a/>` becomes `<a>…</a>`, which is the same element.
                let name = document.name(root).ok_or(WHAT)?;
                let name = match name.prefix {
                    "" => name.local.to_owned(),
                    prefix => format!("{prefix}:{}", name.local),
                };
                (tag.end.saturating_sub(2), format!("</{name}>"), 2)
            }
        };
        let part = |range: Range<usize>| source.get(range).ok_or(WHAT);
        Ok(Place {
            before: part(0..at)?,
            start_tag: part(tag.start..tag.end.saturating_sub(skip))?,
            opened: skip > 0,
            end_tag,
            after: part(at + skip..source.len())?,
            inside,
            index: envelope.signatures.len(),
        })
    }

    /// The digest of every reference, in the order in which they are written.
    fn references(&self, source: &[u8], place: &Place<'_>) -> Result<Vec<String>> {
        let document = Document::parse(source, &self.limits)?;
        let (envelope, signature) = read(&document, place.index)?;
        let digest = self.key.algorithm().digest();
        signature
            .references
            .iter()
            .map(|reference| {
                let octets = reference.octets(
                    &document,
                    &envelope.identifiers,
                    signature.node,
                    &[],
                    &envelope.work,
                );
                let (_, octets) =
                    octets.map_err(|_| Error::misuse("the reference cannot be resolved"))?;
                Ok(self.wrap(&digest.digest(&octets), false))
            })
            .collect()
    }

    fn signed_info_digest(&self, source: &[u8]) -> Result<Vec<u8>> {
        let document = Document::parse(source, &self.limits)?;
        let (envelope, signature) = read(&document, 0)?;
        let checked = envelope.check(signature, Default::default())?;
        let signed = checked.signed_info();
        signed
            .map(|signed| signed.digest.clone())
            .map_err(|_| Error::misuse("SignedInfo cannot be hashed"))
    }

    /// A fault while signing could give the key away; what does not verify never leaves.
    fn verify(&self, source: &[u8], place: &Place<'_>) -> Result<()> {
        let document = Document::parse(source, &self.limits)?;
        let (envelope, signature) = read(&document, place.index)?;
        let checked = envelope.check(signature, Default::default())?;
        match checked.crypto(Some(self.certificate), Default::default()).intact {
            Some(_) => Ok(()),
            None => Err(Error::misuse("the key made a signature that does not verify")),
        }
    }

    /// Base64 in lines of 76 characters, or in one line.
    fn wrap(&self, octets: &[u8], framed: bool) -> String {
        let text = BASE64.encode(octets);
        if self.compact {
            return text;
        }
        let lines: Vec<&str> =
            text.as_bytes().chunks(76).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        let lines = lines.join("\n");
        if framed { format!("\n{lines}\n") } else { lines }
    }
}

/// The signature that was inserted: the last one behind those that were there.
fn read<'d, 'a>(
    document: &'d Document<'a>,
    before: usize,
) -> Result<(Envelope<'d, 'a>, Signature)> {
    let envelope = Envelope::new(document);
    let is_signature = |n: &NodeId| document.is_element(*n, DS, "Signature");
    let own = document.children(document.root()).filter(is_signature).last();
    let node = own.ok_or(Error::malformed("signature"))?;
    if envelope.signatures.len() != before + 1 {
        return Err(Error::malformed("signature"));
    }
    let signature = Signature::read(document, node)?;
    Ok((envelope, signature))
}

/// The document around the place of the signature.
struct Place<'d> {
    before: &'d [u8],
    /// The start tag of the root, as far as it is kept.
    start_tag: &'d [u8],
    /// The root was an empty-element tag.
    opened: bool,
    end_tag: String,
    after: &'d [u8],
    /// The signature stands inside what it covers.
    inside: bool,
    /// How many signatures were there before.
    index: usize,
}

impl Place<'_> {
    fn insert(&self, element: &str) -> Vec<u8> {
        let opened: &[u8] = if self.opened { b">" } else { b"" };
        [self.before, opened, element.as_bytes(), self.end_tag.as_bytes(), self.after].concat()
    }

    /// The signature with nothing but the root around it: all that the canonical form of its
    /// SignedInfo depends on, however large the document is.
    fn alone(&self, element: &str) -> Vec<u8> {
        let opened: &[u8] = if self.opened { b">" } else { b"" };
        let end = match self.end_tag.as_bytes() {
            // The end tag is the first thing behind the place.
            b"" => self.after.split_inclusive(|b| *b == b'>').next().unwrap_or_default(),
            written => written,
        };
        [self.start_tag, opened, element.as_bytes(), end].concat()
    }
}

/// The Signature element being written.
struct Draft<'s> {
    signer: &'s XmlSigner<'s>,
    algorithm: SignatureAlgorithm,
    /// The signature stands inside what it covers.
    inside: bool,
    /// Makes the identifiers of XAdES unique in the document.
    id: String,
    /// Base64, in the order of the references; empty until known.
    digests: Vec<String>,
    /// Base64; empty until known.
    signature: String,
}

impl<'s> Draft<'s> {
    fn new(signer: &'s XmlSigner<'_>, inside: bool, rng: &mut dyn CryptoRng) -> Self {
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        Self {
            signer,
            algorithm: signer.key.algorithm(),
            inside,
            id: hex(&id),
            digests: Vec::new(),
            signature: String::new(),
        }
    }

    /// The element in the layout of NCALayer, or without line breaks.
    fn element(&self) -> Result<String> {
        let newline = if self.signer.compact { "" } else { "\n" };
        let lines = [
            match self.signer.xades {
                None => format!(r#"<ds:Signature xmlns:ds="{DS}">"#),
                Some(_) => format!(r#"<ds:Signature xmlns:ds="{DS}" Id="sig-{}">"#, self.id),
            },
            self.signed_info(newline)?,
            format!("<ds:SignatureValue>{}</ds:SignatureValue>", self.signature),
            "<ds:KeyInfo>".to_owned(),
            "<ds:X509Data>".to_owned(),
            format!(
                "<ds:X509Certificate>{}</ds:X509Certificate>",
                self.signer.wrap(self.signer.certificate.as_der(), true)
            ),
            "</ds:X509Data>".to_owned(),
            "</ds:KeyInfo>".to_owned(),
        ];
        let object = self.signer.xades.map(|at| self.object(at, newline));
        let mut all: Vec<String> = lines.into_iter().chain(object).collect();
        all.push("</ds:Signature>".to_owned());
        Ok(all.join(newline))
    }

    fn signed_info(&self, newline: &str) -> Result<String> {
        // NCALayer canonicalises SignedInfo inclusively, and exclusively when it signs by Id.
        let (uri, method) = match &self.signer.id {
            None => (String::new(), Method::Inclusive10),
            Some(id) => (format!("#{}", escape(id)), Method::Exclusive10),
        };
        let mut transforms = Vec::new();
        if self.inside {
            transforms.push(ENVELOPED);
        }
        transforms.push(Method::Inclusive10WithComments.uri());
        let mut parts = vec![
            "<ds:SignedInfo>".to_owned(),
            format!(r#"<ds:CanonicalizationMethod Algorithm="{}"/>"#, method.uri()),
            format!(r#"<ds:SignatureMethod Algorithm="{}"/>"#, self.algorithm.uri()?),
            self.reference(0, &uri, "", &transforms, newline)?,
        ];
        if self.signer.xades.is_some() {
            let uri = format!("#props-{}", self.id);
            let kind = format!(r#" Type="{SIGNED_PROPERTIES}""#);
            let transforms = [Method::Exclusive10.uri()];
            parts.push(self.reference(1, &uri, &kind, &transforms, newline)?);
        }
        parts.push("</ds:SignedInfo>".to_owned());
        Ok(parts.join(newline))
    }

    fn reference(
        &self,
        index: usize,
        uri: &str,
        kind: &str,
        transforms: &[&str],
        newline: &str,
    ) -> Result<String> {
        let mut parts =
            vec![format!(r#"<ds:Reference{kind} URI="{uri}">"#), "<ds:Transforms>".to_owned()];
        parts.extend(transforms.iter().map(|t| format!(r#"<ds:Transform Algorithm="{t}"/>"#)));
        let digest = self.digests.get(index).map_or("", String::as_str);
        parts.extend([
            "</ds:Transforms>".to_owned(),
            format!(r#"<ds:DigestMethod Algorithm="{}"/>"#, self.algorithm.digest_uri()),
            format!("<ds:DigestValue>{digest}</ds:DigestValue>"),
            "</ds:Reference>".to_owned(),
        ]);
        Ok(parts.join(newline))
    }

    /// The signed properties of XAdES-BES (EN 319 132-1 §5.2.1, §5.2.2).
    fn object(&self, signing_time: Instant, newline: &str) -> String {
        let digest = DigestAlgorithm::Sha256;
        let hash = BASE64.encode(digest.digest(self.signer.certificate.as_der()));
        [
            "<ds:Object>".to_owned(),
            format!(
                r##"<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#sig-{}">"##,
                self.id
            ),
            format!(r#"<xades:SignedProperties Id="props-{}">"#, self.id),
            "<xades:SignedSignatureProperties>".to_owned(),
            format!("<xades:SigningTime>{signing_time}</xades:SigningTime>"),
            "<xades:SigningCertificateV2>".to_owned(),
            "<xades:Cert>".to_owned(),
            "<xades:CertDigest>".to_owned(),
            format!(r#"<ds:DigestMethod Algorithm="{}"/>"#, digest.uri()),
            format!("<ds:DigestValue>{hash}</ds:DigestValue>"),
            "</xades:CertDigest>".to_owned(),
            "</xades:Cert>".to_owned(),
            "</xades:SigningCertificateV2>".to_owned(),
            "</xades:SignedSignatureProperties>".to_owned(),
            "</xades:SignedProperties>".to_owned(),
            "</xades:QualifyingProperties>".to_owned(),
            "</ds:Object>".to_owned(),
        ]
        .join(newline)
    }
}

/// The Type of the reference to the signed properties (EN 319 132-1 §4.4.2).
const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";

/// Text as it may stand in an attribute value.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
