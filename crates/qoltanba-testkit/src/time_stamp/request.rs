//! Requests (RFC 3161 §2.4.1), as an authority reads them and a client writes them.

use der::{
    Any, Decode as _, Encode as _, Sequence,
    asn1::{Int, ObjectIdentifier as Oid, OctetString},
};
use qoltanba::algorithm::DigestAlgorithm;
use x509_cert::ext::Extension;

use crate::{encode::digest_algorithm, error::Result, oid};

/// What is stamped: a digest with its algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imprint {
    /// The algorithm.
    pub digest: DigestAlgorithm,
    /// The digest, in the order in which the algorithm puts it out.
    pub value: Vec<u8>,
}

/// A request for a time stamp.
///
/// ```
/// use qoltanba::algorithm::DigestAlgorithm;
/// use qoltanba_testkit::{Imprint, TimeStampRequest};
/// let imprint = Imprint::of(DigestAlgorithm::Sha256, b"a signature value");
/// let request = TimeStampRequest {
///     imprint,
///     policy: None,
///     nonce: Some(vec![0x12, 0x34]),
///     certificate: true,
/// };
/// assert_eq!(TimeStampRequest::from_der(&request.to_der()?)?, request);
/// # Ok::<(), qoltanba_testkit::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStampRequest {
    /// What to stamp.
    pub imprint: Imprint,
    /// The policy that is asked for, with dots.
    pub policy: Option<String>,
    /// The content octets of the nonce, an INTEGER.
    pub nonce: Option<Vec<u8>>,
    /// certReq: whether the authority's certificate is to come with the token.
    pub certificate: bool,
}

#[derive(Sequence)]
pub(super) struct MessageImprint {
    digest: Any,
    value: OctetString,
}

#[derive(Sequence)]
struct Identifier {
    oid: Oid,
    parameters: Option<Any>,
}

#[derive(Sequence)]
struct Request {
    version: u8,
    imprint: MessageImprint,
    policy: Option<Oid>,
    nonce: Option<Int>,
    #[asn1(default = "Default::default")]
    certificate: bool,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

impl Imprint {
    /// The digest of these octets.
    #[must_use]
    pub fn of(digest: DigestAlgorithm, octets: &[u8]) -> Self {
        Self { digest, value: digest.digest(octets) }
    }

    pub(super) fn fields(&self) -> Result<MessageImprint> {
        Ok(MessageImprint {
            digest: digest_algorithm(self.digest)?,
            value: OctetString::new(&*self.value)?,
        })
    }
}

impl TimeStampRequest {
    /// Reads a request; its extensions are not looked at.
    ///
    /// # Errors
    /// When it is malformed, or its digest is unknown.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        let request = Request::from_der(der)?;
        let Identifier { oid, .. } = request.imprint.digest.decode_as()?;
        Ok(Self {
            imprint: Imprint {
                digest: oid::digest_named(oid)?,
                value: request.imprint.value.as_bytes().to_vec(),
            },
            policy: request.policy.map(|p| p.to_string()),
            nonce: request.nonce.map(|n| n.as_bytes().to_vec()),
            certificate: request.certificate,
        })
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the policy is no identifier or the nonce no content of an INTEGER.
    pub fn to_der(&self) -> Result<Vec<u8>> {
        let request = Request {
            version: 1,
            imprint: self.imprint.fields()?,
            policy: self.policy.as_deref().map(oid::parse).transpose()?,
            nonce: self.nonce.as_deref().map(Int::new).transpose()?,
            certificate: self.certificate,
            extensions: None,
        };
        Ok(request.to_der()?)
    }
}
