//! Time stamps, right and wrong (RFC 3161).

mod refusal;
mod request;

use der::{
    Any, Decode as _, Encode as _, Sequence,
    asn1::{GeneralizedTime, Int, ObjectIdentifier as Oid, OctetString},
};
use qoltanba::{
    Instant,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    sign::SigningKey as _,
};
use rand_core::CryptoRng;
use x509_cert::{ext::pkix::name::GeneralName, name::Name};

pub use refusal::{FailInfo, TimeStampRefusal, time_stamp_response};
pub use request::{Imprint, TimeStampRequest};

use crate::{
    authority::{Authority, Issued, certificate_name},
    encode::{
        self, SignatureValue, altered, digest_algorithm, generalized, raw, set, set_contents,
        tagged, time,
    },
    error::Result,
    keys::Key,
    mint::DAY,
    oid,
};

/// The description of a time stamp.
///
/// Everything that is not said is as the national authority does it (kz-pki §6): its certificate
/// with the token, signing-certificate of the first version, no accuracy, no ordering, no name.
///
/// ```
/// use qoltanba::algorithm::{DigestAlgorithm, SignatureAlgorithm};
/// use qoltanba_testkit::{Imprint, Mint, SeededRng, TimeStampSpec};
/// let at = "2026-11-22T00:00:00Z".parse()?;
/// let mut rng = SeededRng::new(1);
/// let mint = Mint::good(SignatureAlgorithm::Gost2015_512, at, &mut rng)?;
/// let tsa = mint.issuing().time_stamp_authority(at, &mut rng)?;
/// let imprint = Imprint::of(DigestAlgorithm::Streebog512, b"a signature value");
/// let token = mint.issuing().stamp(&TimeStampSpec::new(imprint, at), &tsa, &mut rng)?;
/// assert!(!token.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TimeStampSpec {
    /// What is stamped.
    pub imprint: Imprint,
    /// The policy; without it the national one of the authority's algorithm.
    pub policy: Option<TimeStampPolicy>,
    /// The content octets of serialNumber.
    pub serial: Vec<u8>,
    /// genTime.
    pub gen_time: Instant,
    /// How exact that is, in seconds.
    pub accuracy: Option<u32>,
    /// Whether tokens of this authority can be ordered by genTime alone.
    pub ordering: bool,
    /// The content octets of the nonce, an INTEGER.
    pub nonce: Option<Vec<u8>>,
    /// Whether the token names the authority.
    pub names_authority: bool,
    /// Whether the authority's certificate comes with the token (certReq).
    pub certificate: bool,
    /// Certificates that come with it too.
    pub chain: Vec<Vec<u8>>,
    /// How the token is bound to the authority's certificate.
    pub binding: CertificateBinding,
    /// What is wrong.
    pub fault: Option<TimeStampFault>,
}

/// The policies of the national time-stamp authorities (kz-pki §2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TimeStampPolicy {
    /// 1.2.398.3.3.2.6.1
    Gost2004,
    /// 1.2.398.3.3.2.6.2
    Rsa,
    /// 1.2.398.3.3.2.6.3
    Tumar,
    /// 1.2.398.3.3.2.6.4
    Gost2015,
    /// Another one, with dots.
    Other(String),
}

/// Which attribute binds the token to the certificate (RFC 3161 §2.4.2, RFC 5816).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CertificateBinding {
    /// signing-certificate, with SHA-1.
    #[default]
    V1,
    /// signing-certificate-v2, with SHA-256.
    V2,
    /// Both.
    Both,
    /// None, which RFC 3161 forbids.
    Absent,
}

/// A deliberate defect of a time stamp. Everything else about it stays right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeStampFault {
    /// It stamps another digest.
    ImprintMismatch,
    /// One bit of the signature value is changed.
    BadSignature,
    /// messageDigest is of another TSTInfo.
    ContentMismatch,
    /// genTime is a day later; the certificate is valid then.
    FromTheFuture,
    /// The nonce is another one; when none is asked for, there is one.
    WrongNonce,
    /// The attribute that names the certificate names another one.
    OtherCertificate,
    /// The authority's certificate has no extKeyUsage.
    NoUsage,
    /// Its extKeyUsage is not critical (RFC 3161 §2.3).
    UsageNotCritical,
    /// Its extKeyUsage names e-mail protection too (RFC 3161 §2.3).
    UsageNotSole,
    /// The authority's certificate is of a root that nobody trusts.
    ForeignAuthority,
    /// The authority's certificate ended a month before genTime.
    ExpiredAuthority,
}

impl TimeStampFault {
    /// Every defect.
    pub const ALL: [Self; 11] = [
        Self::ImprintMismatch,
        Self::BadSignature,
        Self::ContentMismatch,
        Self::FromTheFuture,
        Self::WrongNonce,
        Self::OtherCertificate,
        Self::NoUsage,
        Self::UsageNotCritical,
        Self::UsageNotSole,
        Self::ForeignAuthority,
        Self::ExpiredAuthority,
    ];

    /// Whether it is in the certificate of the time-stamp authority.
    #[must_use]
    pub const fn is_of_authority(self) -> bool {
        matches!(
            self,
            Self::NoUsage
                | Self::UsageNotCritical
                | Self::UsageNotSole
                | Self::ForeignAuthority
                | Self::ExpiredAuthority
        )
    }
}

impl TimeStampPolicy {
    /// The policy under which the national authority with such a key stamps.
    #[must_use]
    pub fn of(algorithm: SignatureAlgorithm) -> Self {
        match algorithm {
            SignatureAlgorithm::Gost2004 => Self::Gost2004,
            SignatureAlgorithm::RsaPkcs1(_) => Self::Rsa,
            _ => Self::Gost2015,
        }
    }

    /// The identifier, with dots.
    #[must_use]
    pub fn oid(&self) -> &str {
        match self {
            Self::Gost2004 => "1.2.398.3.3.2.6.1",
            Self::Rsa => "1.2.398.3.3.2.6.2",
            Self::Tumar => "1.2.398.3.3.2.6.3",
            Self::Gost2015 => "1.2.398.3.3.2.6.4",
            Self::Other(oid) => oid,
        }
    }
}

impl TimeStampSpec {
    /// A stamp of this moment, number one.
    #[must_use]
    pub fn new(imprint: Imprint, gen_time: Instant) -> Self {
        Self {
            imprint,
            policy: None,
            serial: vec![1],
            gen_time,
            accuracy: None,
            ordering: false,
            nonce: None,
            names_authority: false,
            certificate: true,
            chain: Vec::new(),
            binding: CertificateBinding::V1,
            fault: None,
        }
    }

    /// What a request asks for, at this moment.
    #[must_use]
    pub fn answering(request: &TimeStampRequest, gen_time: Instant) -> Self {
        Self {
            policy: request.policy.clone().map(TimeStampPolicy::Other),
            nonce: request.nonce.clone(),
            certificate: request.certificate,
            ..Self::new(request.imprint.clone(), gen_time)
        }
    }

    /// The same stamp with a nonce.
    #[must_use]
    pub fn nonce(mut self, nonce: &[u8]) -> Self {
        self.nonce = Some(nonce.to_vec());
        self
    }

    /// The same stamp under another policy.
    #[must_use]
    pub fn policy(mut self, policy: TimeStampPolicy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// The same stamp bound to its certificate in this way.
    #[must_use]
    pub const fn bound(mut self, binding: CertificateBinding) -> Self {
        self.binding = binding;
        self
    }

    /// The same stamp without the authority's certificate.
    #[must_use]
    pub const fn without_certificate(mut self) -> Self {
        self.certificate = false;
        self
    }

    /// The same stamp with something wrong.
    #[must_use]
    pub const fn fault(mut self, fault: TimeStampFault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// The TimeStampToken, signed with this key whatever its certificate says. The defects of an
    /// authority are for [`Authority::stamp`]; here they change nothing.
    ///
    /// # Errors
    /// When a value does not fit, or the key cannot sign.
    pub fn sign(&self, certificate: &[u8], key: &Key, rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        let name = certificate_name(certificate)?;
        let info = self.info(&name, key.algorithm())?.to_der()?;
        let embedded: Vec<Vec<u8>> = self
            .certificate
            .then(|| certificate.to_vec())
            .into_iter()
            .chain(self.chain.iter().cloned())
            .collect();
        let digest = digest_algorithm(key.algorithm().digest())?;
        let signer = self.signer(&info, certificate, key, rng)?;
        let data = SignedData {
            version: 3,
            digests: set(vec![digest.to_der()?])?,
            content: Content { kind: oid::TST_INFO, value: Some(OctetString::new(info)?) },
            certificates: (!embedded.is_empty())
                .then(|| tagged(0, true, &set_contents(embedded)))
                .transpose()?,
            signers: set(vec![signer.to_der()?])?,
        };
        Ok(Token { kind: oid::SIGNED_DATA, content: data }.to_der()?)
    }

    fn info(&self, authority: &[u8], algorithm: SignatureAlgorithm) -> Result<TstInfo> {
        let mut imprint = self.imprint.clone();
        let (mut gen_time, mut nonce) = (self.gen_time, self.nonce.clone());
        match self.fault {
            Some(TimeStampFault::ImprintMismatch) => imprint.value = altered(imprint.value),
            Some(TimeStampFault::FromTheFuture) => gen_time = gen_time.plus_seconds(DAY),
            Some(TimeStampFault::WrongNonce) => nonce = Some(altered(nonce.unwrap_or(vec![0x5a]))),
            _ => {}
        }
        let policy = self.policy.clone().unwrap_or_else(|| TimeStampPolicy::of(algorithm));
        let name = GeneralName::DirectoryName(Name::from_der(authority)?);
        Ok(TstInfo {
            version: 1,
            policy: oid::parse(policy.oid())?,
            imprint: imprint.fields()?,
            serial: Int::new(&self.serial)?,
            gen_time: generalized(gen_time)?,
            accuracy: self.accuracy.map(|seconds| Accuracy { seconds }),
            ordering: self.ordering,
            nonce: nonce.as_deref().map(Int::new).transpose()?,
            authority: self.names_authority.then_some(name),
        })
    }

    fn signer(
        &self,
        info: &[u8],
        certificate: &[u8],
        key: &Key,
        rng: &mut dyn CryptoRng,
    ) -> Result<SignerInfo> {
        let algorithm = key.algorithm();
        let attributes = set_contents(self.attributes(info, certificate, algorithm.digest())?);
        let value = match self.fault {
            Some(TimeStampFault::BadSignature) => SignatureValue::Altered,
            _ => SignatureValue::AsMade,
        };
        // RFC 5652 §5.4: the SET OF under its own tag is what is signed.
        let signed = Any::new(der::Tag::Set, &*attributes)?.to_der()?;
        let signature = encode::signature(&signed, &**key, value, rng)?;
        let parsed = x509_cert::Certificate::from_der(certificate)?;
        let tbs = parsed.tbs_certificate();
        Ok(SignerInfo {
            version: 1,
            issuer: IssuerAndSerial {
                issuer: raw(&tbs.issuer().to_der()?)?,
                serial: raw(&tbs.serial_number().to_der()?)?,
            },
            digest: digest_algorithm(algorithm.digest())?,
            attributes: tagged(0, true, &attributes)?,
            algorithm: encode::algorithm(algorithm)?,
            signature: OctetString::new(signature)?,
        })
    }

    fn attributes(
        &self,
        info: &[u8],
        certificate: &[u8],
        digest: DigestAlgorithm,
    ) -> Result<Vec<Vec<u8>>> {
        let mut message_digest = digest.digest(info);
        let mut name = certificate.to_vec();
        match self.fault {
            Some(TimeStampFault::ContentMismatch) => message_digest = altered(message_digest),
            Some(TimeStampFault::OtherCertificate) => name = altered(name),
            _ => {}
        }
        let named = |digest: DigestAlgorithm| -> Result<Vec<u8>> {
            let id = CertificateId { hash: OctetString::new(digest.digest(&name))? };
            Ok(SigningCertificate { ids: vec![id] }.to_der()?)
        };
        let mut out = vec![
            attribute(oid::CONTENT_TYPE, oid::TST_INFO.to_der()?)?,
            attribute(oid::SIGNING_TIME, time(self.gen_time)?.to_der()?)?,
            attribute(oid::MESSAGE_DIGEST, OctetString::new(message_digest)?.to_der()?)?,
        ];
        if matches!(self.binding, CertificateBinding::V1 | CertificateBinding::Both) {
            out.push(attribute(oid::SIGNING_CERTIFICATE, named(DigestAlgorithm::Sha1)?)?);
        }
        if matches!(self.binding, CertificateBinding::V2 | CertificateBinding::Both) {
            out.push(attribute(oid::SIGNING_CERTIFICATE_V2, named(DigestAlgorithm::Sha256)?)?);
        }
        Ok(out)
    }
}

impl Authority {
    /// Stamps with a time-stamp authority below this one; gives the TimeStampToken.
    ///
    /// With a defect of the time-stamp authority the token is signed with its key, and its
    /// certificate is a defective one.
    ///
    /// # Errors
    /// When a value does not fit, or the key cannot sign.
    pub fn stamp(
        &self,
        spec: &TimeStampSpec,
        by: &Issued,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        match spec.fault.filter(|f| f.is_of_authority()) {
            Some(fault) => {
                let by = self.faulty_time_stamp_authority(fault, spec.gen_time, by, rng)?;
                spec.sign(&by.certificate, &by.key, rng)
            }
            None => spec.sign(&by.certificate, &by.key, rng),
        }
    }
}

fn attribute(kind: Oid, value: Vec<u8>) -> Result<Vec<u8>> {
    Ok(Attribute { kind, values: set(vec![value])? }.to_der()?)
}

#[derive(Sequence)]
struct TstInfo {
    version: u8,
    policy: Oid,
    imprint: request::MessageImprint,
    serial: Int,
    gen_time: GeneralizedTime,
    accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    ordering: bool,
    nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    authority: Option<GeneralName>,
}

#[derive(Sequence)]
struct Accuracy {
    seconds: u32,
}

/// ContentInfo (RFC 5652 §3).
#[derive(Sequence)]
struct Token {
    kind: Oid,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: SignedData,
}

/// SignedData (RFC 5652 §5.1).
#[derive(Sequence)]
struct SignedData {
    version: u8,
    digests: Any,
    content: Content,
    certificates: Option<Any>,
    signers: Any,
}

#[derive(Sequence)]
struct Content {
    kind: Oid,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    value: Option<OctetString>,
}

/// SignerInfo (RFC 5652 §5.3).
#[derive(Sequence)]
struct SignerInfo {
    version: u8,
    issuer: IssuerAndSerial,
    digest: Any,
    attributes: Any,
    algorithm: Any,
    signature: OctetString,
}

#[derive(Sequence)]
struct IssuerAndSerial {
    issuer: Any,
    serial: Any,
}

#[derive(Sequence)]
struct Attribute {
    kind: Oid,
    values: Any,
}

/// SigningCertificate and SigningCertificateV2 (RFC 5035 §3): with the default digest and without
/// issuerSerial they look the same.
#[derive(Sequence)]
struct SigningCertificate {
    ids: Vec<CertificateId>,
}

#[derive(Sequence)]
struct CertificateId {
    hash: OctetString,
}
