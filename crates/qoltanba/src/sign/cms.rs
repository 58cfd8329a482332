//! Signing CMS messages: CAdES-BES (ETSI EN 319 122-1), laid out as the national software does.

use der::asn1::ObjectIdentifier as Oid;
use rand_core::CryptoRng;

use super::SigningKey;
use crate::{
    algorithm::{DigestAlgorithm, KeyKind, SignatureAlgorithm},
    asn1,
    budget::Limits,
    certificate::{Certificate, Purpose},
    cms::SignedData,
    error::{Error, Result},
    oid,
    time::Instant,
};

/// Signs content as a CMS message with signed attributes: content-type, message-digest,
/// signing-time and signing-certificate-v2.
///
/// ```
/// use qoltanba::{
///     Certificate,
///     Instant,
///     Result,
///     sign::{CmsSigner, SigningKey},
/// };
///
/// fn sign(
///     key: &dyn SigningKey,
///     certificate: &Certificate,
///     notice: &[u8],
///     now: Instant,
///     rng: &mut dyn rand_core::CryptoRng,
/// ) -> Result<Vec<u8>> {
///     CmsSigner::new(key, certificate)?.signing_time(now).sign(notice, rng)
/// }
/// ```
pub struct CmsSigner<'a> {
    pub(super) key: &'a dyn SigningKey,
    certificate: &'a Certificate,
    chain: &'a [Certificate],
    signing_time: Option<Instant>,
    pub(super) detached: bool,
    pub(super) limits: Limits,
}

impl<'a> CmsSigner<'a> {
    /// Signs with this key, for which this certificate was made.
    ///
    /// # Errors
    /// When the certificate is not of this key, or is not meant for signing documents.
    pub fn new(key: &'a dyn SigningKey, certificate: &'a Certificate) -> Result<Self> {
        super::check_pair(key, certificate, Purpose::Sign)?;
        Ok(Self {
            key,
            certificate,
            chain: &[],
            signing_time: None,
            detached: false,
            limits: Limits::default(),
        })
    }

    /// Puts these certificates into the message too. The national software puts in none.
    #[must_use]
    pub fn with_chain(mut self, chain: &'a [Certificate]) -> Self {
        self.chain = chain;
        self
    }

    /// The time that the signer claims.
    #[must_use]
    pub fn signing_time(mut self, at: Instant) -> Self {
        self.signing_time = Some(at);
        self
    }

    /// Leaves the content out of the message.
    #[must_use]
    pub fn detached(mut self, detached: bool) -> Self {
        self.detached = detached;
        self
    }

    /// Reads messages that are to be co-signed within these limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Signs `content` and returns the message in DER.
    ///
    /// # Errors
    /// When the key cannot be used, or what it made does not verify under the certificate.
    pub fn sign(&self, content: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        let algorithm = self.key.algorithm();
        let digest = algorithm.digest().digest(content);
        let signer_info = self.signer_info(algorithm, oid::ID_DATA, &digest, rng)?;
        let embedded = if self.detached { None } else { Some(content) };
        Ok(self.message(algorithm, embedded, &signer_info))
    }

    /// Signs content that is elsewhere by its digest, made by the digest algorithm of the key, and
    /// returns a detached message in DER.
    ///
    /// Whoever gives the digest decides what is signed: nothing here can show the content.
    ///
    /// # Errors
    /// As [`sign`](Self::sign), and when the digest has another length.
    pub fn sign_digest(&self, digest: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        let algorithm = self.key.algorithm();
        if digest.len() != algorithm.digest().len() {
            return Err(Error::misuse("the digest has another length than the key's algorithm"));
        }
        let signer_info = self.signer_info(algorithm, oid::ID_DATA, digest, rng)?;
        Ok(self.message(algorithm, None, &signer_info))
    }

    /// The certificates that go into the message.
    pub(super) fn certificates(&self) -> impl Iterator<Item = &'a [u8]> {
        std::iter::once(self.certificate).chain(self.chain).map(Certificate::as_der)
    }

    /// SignerInfo (RFC 5652 §5.3).
    pub(super) fn signer_info(
        &self,
        algorithm: SignatureAlgorithm,
        content_type: Oid,
        content_digest: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        // RFC 5652 §5.4: what is signed is the SET OF, not the [0] that carries it.
        let signed_octets = asn1::set_of(&self.signed_attributes(content_type, content_digest));
        let digest = algorithm.digest().digest(&signed_octets);
        let signature = self.key.sign_digest(&digest, rng)?;
        // A fault while signing could give the key away; what does not verify never leaves.
        let key = self.certificate.public_key()?;
        key.verify_digest(algorithm, &digest, &signature, Default::default())
            .map_err(|_| Error::misuse("the key made a signature that does not verify"))?;
        self.assemble(algorithm, &signed_octets, &signature)
    }

    /// How long [`signer_info`](Self::signer_info) will be, where that does not depend on the
    /// signature.
    pub(super) fn signer_info_len(&self, algorithm: SignatureAlgorithm) -> Result<usize> {
        let signature = match self.certificate.public_key()?.kind() {
            KeyKind::Rsa(bits) => bits.div_ceil(8) as usize,
            KeyKind::Gost2015_512 | KeyKind::GostR2012_512 => 128,
            KeyKind::Gost2004
            | KeyKind::Gost2015_256
            | KeyKind::GostR2001
            | KeyKind::GostR2012_256 => 64,
            // Two INTEGERs, each as long as it happens to be (X.690 §8.3.2).
            KeyKind::Ec(_) => {
                return Err(Error::unsupported(
                    "signature before its length is known: give no length",
                    algorithm,
                ));
            }
        };
        let digest = vec![0; algorithm.digest().len()];
        let signed_octets = asn1::set_of(&self.signed_attributes(oid::ID_DATA, &digest));
        Ok(self.assemble(algorithm, &signed_octets, &vec![0; signature])?.len())
    }

    fn assemble(
        &self,
        algorithm: SignatureAlgorithm,
        signed_octets: &[u8],
        signature: &[u8],
    ) -> Result<Vec<u8>> {
        let inside = asn1::single(signed_octets, "signed attributes")?.value;
        Ok(asn1::sequence(&[
            asn1::der_integer(1),
            asn1::sequence(&[
                self.certificate.issuer().as_der().to_vec(),
                asn1::tlv(asn1::tag::INTEGER, self.certificate.serial()),
            ]),
            algorithm.digest_identifier(),
            asn1::context(0, inside),
            algorithm.identifier()?,
            asn1::octet_string(signature),
        ]))
    }

    fn signed_attributes(&self, content_type: Oid, content_digest: &[u8]) -> Vec<Vec<u8>> {
        // ESSCertIDv2 with the default SHA-256 (RFC 5035 §4), as NCALayer writes it.
        let hash = DigestAlgorithm::Sha256.digest(self.certificate.as_der());
        let ess_cert_id = asn1::sequence(&[asn1::octet_string(&hash)]);
        let signing_certificate = asn1::sequence(&[asn1::sequence(&[ess_cert_id])]);
        let mut all = vec![
            attribute(oid::CONTENT_TYPE, asn1::oid(content_type)),
            attribute(oid::MESSAGE_DIGEST, asn1::octet_string(content_digest)),
            attribute(oid::SIGNING_CERTIFICATE_V2, signing_certificate),
        ];
        all.extend(self.signing_time.map(|at| attribute(oid::SIGNING_TIME, at.to_der_time())));
        all
    }

    /// ContentInfo with SignedData (RFC 5652 §3, §5.1).
    fn message(
        &self,
        algorithm: SignatureAlgorithm,
        content: Option<&[u8]>,
        signer: &[u8],
    ) -> Vec<u8> {
        let mut encapsulated = vec![asn1::oid(oid::ID_DATA)];
        encapsulated.extend(content.map(|c| asn1::context(0, &asn1::octet_string(c))));
        let signed_data = asn1::sequence(&[
            self.before_content(algorithm),
            asn1::sequence(&encapsulated),
            self.set_of_certificates(),
            asn1::set_of(&[signer]),
        ]);
        content_info(&signed_data)
    }

    /// The version and the digest algorithms (RFC 5652 §5.1).
    pub(super) fn before_content(&self, algorithm: SignatureAlgorithm) -> Vec<u8> {
        [asn1::der_integer(1), asn1::set_of(&[algorithm.digest_identifier()])].concat()
    }

    pub(super) fn set_of_certificates(&self) -> Vec<u8> {
        let mut certificates: Vec<&[u8]> = self.certificates().collect();
        certificates.sort_unstable();
        certificates.dedup();
        asn1::context(0, &certificates.concat())
    }
}

/// ContentInfo (RFC 5652 §3) around a SignedData.
pub(super) fn content_info(signed_data: &[u8]) -> Vec<u8> {
    asn1::sequence(&[asn1::oid(oid::ID_SIGNED_DATA), asn1::context(0, signed_data)])
}

fn attribute(oid: Oid, value: Vec<u8>) -> Vec<u8> {
    asn1::sequence(&[asn1::oid(oid), asn1::set_of(&[value])])
}

/// The content of an attached message, out of any armour, or the signed part of a mail. It proves nothing: verify first.
///
/// # Errors
/// When the bytes are no signed message, or the content is not inside it.
pub fn extract(message: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    use crate::verify::{Recognised, recognise};
    match recognise(message) {
        Some(Recognised::SignedMessage(body)) => {
            let body = body?;
            let message = SignedData::parse(&body, limits)?;
            let content = message.content().map(<[u8]>::to_vec);
            content.ok_or(not_inside())
        }
        Some(Recognised::SignedMail(mail)) => Ok(mail?.content().to_vec()),
        Some(_) | None => Err(Error::unrecognised()),
    }
}

pub(super) const fn not_inside() -> Error {
    Error::misuse("the signature is detached: its content is not inside")
}
