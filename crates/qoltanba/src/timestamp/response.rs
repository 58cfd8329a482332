//! TimeStampResp (RFC 3161 §2.4.2): a token, or why there is none.

use core::fmt;

use super::TimeStampToken;
use crate::{
    asn1::{self, Tlv, ber, tag},
    budget::Limits,
    certificate::each,
    error::{Error, Result},
};

const RESPONSE: &str = "TimeStampResp (RFC 3161 §2.4.2)";
const STATUS: &str = "PKIStatusInfo (RFC 3161 §2.4.2)";

/// The answer of a time-stamp authority. Nobody signed the status: it is for people to read.
#[derive(Debug, Clone)]
pub struct TimeStampResponse {
    status: TimeStampStatus,
    texts: Vec<String>,
    failures: Vec<TimeStampFailure>,
    token: Option<TimeStampToken>,
}

/// PKIStatus (RFC 3161 §2.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum TimeStampStatus {
    Granted,
    GrantedWithMods,
    Rejection,
    Waiting,
    RevocationWarning,
    RevocationNotification,
}

impl TimeStampStatus {
    const ALL: [Self; 6] = [
        Self::Granted,
        Self::GrantedWithMods,
        Self::Rejection,
        Self::Waiting,
        Self::RevocationWarning,
        Self::RevocationNotification,
    ];

    /// Whether a token comes with it.
    #[must_use]
    pub const fn is_granted(self) -> bool {
        matches!(self, Self::Granted | Self::GrantedWithMods)
    }

    /// The word of the standard.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::GrantedWithMods => "grantedWithMods",
            Self::Rejection => "rejection",
            Self::Waiting => "waiting",
            Self::RevocationWarning => "revocationWarning",
            Self::RevocationNotification => "revocationNotification",
        }
    }
}

/// PKIFailureInfo (RFC 3161 §2.4.2): why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum TimeStampFailure {
    BadAlg,
    BadRequest,
    BadDataFormat,
    TimeNotAvailable,
    UnacceptedPolicy,
    UnacceptedExtension,
    AddInfoNotAvailable,
    SystemFailure,
    /// A bit that the standard does not define for time stamps.
    Other(u16),
}

impl TimeStampFailure {
    const fn of_bit(bit: u16) -> Self {
        match bit {
            0 => Self::BadAlg,
            2 => Self::BadRequest,
            5 => Self::BadDataFormat,
            14 => Self::TimeNotAvailable,
            15 => Self::UnacceptedPolicy,
            16 => Self::UnacceptedExtension,
            17 => Self::AddInfoNotAvailable,
            25 => Self::SystemFailure,
            other => Self::Other(other),
        }
    }

    /// The word of the standard, or `bitN`.
    #[must_use]
    pub fn code(self) -> String {
        let word = match self {
            Self::BadAlg => "badAlg",
            Self::BadRequest => "badRequest",
            Self::BadDataFormat => "badDataFormat",
            Self::TimeNotAvailable => "timeNotAvailable",
            Self::UnacceptedPolicy => "unacceptedPolicy",
            Self::UnacceptedExtension => "unacceptedExtension",
            Self::AddInfoNotAvailable => "addInfoNotAvailable",
            Self::SystemFailure => "systemFailure",
            Self::Other(bit) => return format!("bit{bit}"),
        };
        word.to_owned()
    }
}

impl TimeStampResponse {
    /// Reads a response with nothing behind it.
    ///
    /// # Errors
    /// When it is damaged, or its status and its token contradict each other.
    pub fn from_der(bytes: &[u8]) -> Result<Self> {
        Self::parse(bytes, &Limits::default())
    }

    pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Self> {
        Limits::check("bytes of a time stamp", bytes.len(), limits.structure_bytes)?;
        let der = ber::normalise(bytes, limits)?;
        let mut fields = asn1::single(&der, RESPONSE)?.expect(tag::SEQUENCE, RESPONSE)?.inside();
        let mut info = fields.sequence(STATUS)?;
        let number = info.expect(tag::INTEGER, STATUS)?.small(STATUS)?;
        let status = usize::try_from(number).ok().and_then(|n| TimeStampStatus::ALL.get(n));
        let status = *status.ok_or(Error::malformed(STATUS))?;
        let texts = match info.optional(tag::SEQUENCE, STATUS)? {
            Some(list) => each(list.inside(), |r| {
                let text = r.expect(UTF8_STRING, STATUS)?;
                let text = std::str::from_utf8(text.value);
                text.map(str::to_owned).map_err(|_| Error::malformed(STATUS))
            })?,
            None => Vec::new(),
        };
        let failures = match info.optional(tag::BIT_STRING, STATUS)? {
            Some(bits) => failures(&bits)?,
            None => Vec::new(),
        };
        info.finish(STATUS)?;
        let token = if fields.is_done() { None } else { Some(fields.any(RESPONSE)?) };
        fields.finish(RESPONSE)?;
        // RFC 3161 §2.4.2: a token MUST be present with 0 or 1, and MUST NOT with anything else.
        if token.is_some() != status.is_granted() {
            return Err(Error::malformed(RESPONSE));
        }
        let token = token.map(|token| TimeStampToken::parse(token.raw, limits)).transpose()?;
        Ok(Self { status, texts, failures, token })
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> TimeStampStatus {
        self.status
    }

    /// What the authority wrote for people.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Why it refused.
    #[must_use]
    pub fn failures(&self) -> &[TimeStampFailure] {
        &self.failures
    }

    /// The token, whether it answers a request or not; see
    /// [`accept`](super::TimeStampRequest::accept).
    #[must_use]
    pub fn token(&self) -> Option<&TimeStampToken> {
        self.token.as_ref()
    }

    /// The status with its reasons, in the words of the standard.
    pub(crate) fn told(&self) -> String {
        let failures: Vec<String> = self.failures.iter().map(|f| f.code()).collect();
        match failures.as_slice() {
            [] => self.status.code().to_owned(),
            all => format!("{} ({})", self.status.code(), all.join(", ")),
        }
    }
}

impl fmt::Display for TimeStampResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told())
    }
}

const UTF8_STRING: u8 = 0x0c;

/// The bits that are set, the first one the highest of the first octet (X.690 §8.6.2).
fn failures(bits: &Tlv<'_>) -> Result<Vec<TimeStampFailure>> {
    let bad = || Error::malformed("failInfo (RFC 3161 §2.4.2)").at(bits.at);
    let (unused, octets) = bits.value.split_first().ok_or_else(bad)?;
    if *unused > 7 || octets.len() > 8 || (octets.is_empty() && *unused > 0) {
        return Err(bad());
    }
    let set = (0_u16..).zip(octets).flat_map(|(index, octet)| {
        (0..8).filter(move |bit| octet & (0x80 >> bit) != 0).map(move |bit| index * 8 + bit)
    });
    Ok(set.map(TimeStampFailure::of_bit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(number: u8, rest: &[u8]) -> Vec<u8> {
        let info = asn1::sequence(&[&asn1::der_integer(u64::from(number)), rest]);
        asn1::sequence(&[info])
    }

    #[test]
    fn a_refusal_tells_its_reasons_by_name() {
        // badRequest, timeNotAvailable, systemFailure and one bit that nobody defined.
        let bits = asn1::tlv(tag::BIT_STRING, &[5, 0x20, 0x02, 0x00, 0x60]);
        let text = asn1::sequence(&[asn1::tlv(UTF8_STRING, "қате".as_bytes())]);
        let rest = [text, bits].concat();
        let response = TimeStampResponse::from_der(&refusal(2, &rest)).unwrap();
        assert_eq!(response.status(), TimeStampStatus::Rejection);
        assert_eq!(response.texts(), ["қате"]);
        let told = "rejection (badRequest, timeNotAvailable, systemFailure, bit26)";
        assert_eq!(response.told(), told);
        assert!(response.token().is_none());
        assert!(TimeStampResponse::from_der(&refusal(3, &[])).is_ok());
    }

    #[test]
    fn status_and_token_must_agree() {
        for bad in [
            refusal(0, &[]),
            refusal(6, &[]),
            refusal(2, &asn1::tlv(tag::BIT_STRING, &[])),
            refusal(2, &asn1::tlv(tag::BIT_STRING, &[8, 0])),
            [refusal(2, &[]), vec![0]].concat(),
        ] {
            assert!(TimeStampResponse::from_der(&bad).is_err(), "{bad:02x?}");
        }
    }
}
