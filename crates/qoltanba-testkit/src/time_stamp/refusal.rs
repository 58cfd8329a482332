//! Responses around tokens, and refusals (RFC 3161 §2.4.2).

use der::{Any, Encode as _, Sequence, asn1::BitString};

use crate::{encode::raw, error::Result};

/// A response without a token.
///
/// ```
/// use qoltanba_testkit::{FailInfo, TimeStampRefusal};
/// let refusal = TimeStampRefusal { text: None, ..TimeStampRefusal::because(FailInfo::BadAlg) };
/// assert_eq!(refusal.to_der()?, [0x30, 9, 0x30, 7, 2, 1, 2, 3, 2, 7, 0x80]);
/// # Ok::<(), qoltanba_testkit::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStampRefusal {
    /// PKIStatus: 2 is a rejection, 3 waiting, 4 and 5 warn of and tell a revocation.
    pub status: u8,
    /// statusString.
    pub text: Option<String>,
    /// failInfo.
    pub why: Option<FailInfo>,
}

/// PKIFailureInfo, by its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FailInfo {
    /// The digest is not known.
    BadAlg = 0,
    /// The request is not allowed.
    BadRequest = 2,
    /// The request is malformed.
    BadDataFormat = 5,
    /// There is no time.
    TimeNotAvailable = 14,
    /// The policy is not served.
    UnacceptedPolicy = 15,
    /// An extension is not served.
    UnacceptedExtension = 16,
    /// More was asked than there is.
    AddInfoNotAvailable = 17,
    /// The authority is broken.
    SystemFailure = 25,
}

impl FailInfo {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::BadAlg,
        Self::BadRequest,
        Self::BadDataFormat,
        Self::TimeNotAvailable,
        Self::UnacceptedPolicy,
        Self::UnacceptedExtension,
        Self::AddInfoNotAvailable,
        Self::SystemFailure,
    ];

    /// X.690 §11.2.2: a BIT STRING with named bits ends in its last bit that is set.
    fn bits(self) -> Result<BitString> {
        let bit = self as u8;
        let mut octets = vec![0; usize::from(bit / 8) + 1];
        if let Some(last) = octets.last_mut() {
            *last = 0x80 >> (bit % 8);
        }
        Ok(BitString::new(7 - bit % 8, octets)?)
    }
}

impl TimeStampRefusal {
    /// A rejection for this reason, with a text.
    #[must_use]
    pub fn because(why: FailInfo) -> Self {
        Self { status: 2, text: Some(format!("Бас тартылды: {why:?}")), why: Some(why) }
    }

    /// The TimeStampResp, DER.
    ///
    /// # Errors
    /// When the text is too long.
    pub fn to_der(&self) -> Result<Vec<u8>> {
        let status = StatusInfo {
            status: self.status,
            text: self.text.clone().map(|t| vec![t]),
            why: self.why.map(FailInfo::bits).transpose()?,
        };
        Ok(Response { status, token: None }.to_der()?)
    }
}

/// The TimeStampResp that grants a token.
///
/// # Errors
/// When the token is no DER.
pub fn time_stamp_response(token: &[u8]) -> Result<Vec<u8>> {
    let status = StatusInfo { status: 0, text: None, why: None };
    Ok(Response { status, token: Some(raw(token)?) }.to_der()?)
}

#[derive(Sequence)]
struct Response {
    status: StatusInfo,
    token: Option<Any>,
}

#[derive(Sequence)]
struct StatusInfo {
    status: u8,
    text: Option<Vec<String>>,
    why: Option<BitString>,
}
