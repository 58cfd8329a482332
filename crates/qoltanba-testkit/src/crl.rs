//! Revocation lists, complete and delta, right and wrong (RFC 5280 §5).

use der::asn1::{Int, Null, Uint};
use qoltanba::{Instant, time::Validity};
use rand_core::CryptoRng;
use sha2::Digest as _;
use x509_cert::ext::{
    Extension,
    pkix::{CrlNumber, CrlReason, crl::dp::IssuingDistributionPoint},
};

use crate::{
    authority::{Authority, moved},
    encode::{
        self, Entry, SignatureValue, TbsCertList, extension, generalized, raw, serial_of_key, time,
    },
    error::Result,
    oid,
    profile::{authority_key, list_of},
    rules,
    subject::Subject,
};

/// The description of a list.
///
/// ```
/// use qoltanba_testkit::{CrlSpec, Revoked};
/// let at: qoltanba::Instant = "2026-11-22T00:00:00Z".parse()?;
/// let list = CrlSpec::complete(1, at).revoke(Revoked::new(&[0x10, 0x20], at));
/// assert_eq!(list.revoked.len(), 1);
/// # Ok::<(), qoltanba::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CrlSpec {
    /// cRLNumber.
    pub number: u64,
    /// When it was issued.
    pub this_update: Instant,
    /// When the next one comes; RFC 5280 §5.1.2.5 asks for it.
    pub next_update: Option<Instant>,
    /// Who is on it.
    pub revoked: Vec<Revoked>,
    /// The cRLNumber of the complete list that this one is a delta to, in a critical
    /// deltaCRLIndicator.
    pub delta_to: Option<u64>,
    /// What it is restricted to, in a critical issuingDistributionPoint.
    pub scope: Option<Scope>,
    /// The addresses of the distribution point that it is for, in the same extension: a part of a
    /// partitioned list.
    pub points: Vec<String>,
    /// onlySomeReasons, in the same extension.
    pub reasons: Vec<Reason>,
    /// What is wrong.
    pub fault: Option<CrlFault>,
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// The content octets of the certificate's serial number.
    pub serial: Vec<u8>,
    /// When it was revoked.
    pub at: Instant,
    /// Why.
    pub reason: Option<Reason>,
    /// Since when the key was no longer safe.
    pub invalid_since: Option<Instant>,
    /// The name, DER, of the issuer of this certificate and of those after it, in an indirect
    /// list.
    pub issuer: Option<Vec<u8>>,
}

/// Reasons for revocation (RFC 5280 §5.3.1). The national authority writes the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names of RFC 5280 §5.3.1")]
pub enum Reason {
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    RemoveFromCrl,
    PrivilegeWithdrawn,
}

/// What a list may be restricted to (RFC 5280 §5.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Only certificates of end entities.
    EndEntities,
    /// Only certificates of authorities.
    Authorities,
    /// Only revocations because of a compromised key.
    KeyCompromise,
    /// Certificates of other issuers too.
    Indirect,
}

/// A deliberate defect of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CrlFault {
    /// Its period has the wanted length and ended a day before the wanted one begins.
    Stale,
    /// Its period has the wanted length and begins a day after the wanted one ends.
    FromTheFuture,
    /// One bit of the signature value is changed.
    BadSignature,
    /// It names another issuer; the key is the right one.
    WrongIssuer,
    /// A critical extension under an identifier for documentation (RFC 5612).
    UnknownCriticalExtension,
    /// The same in every entry.
    UnknownCriticalEntryExtension,
    /// freshestCRL is critical, which RFC 5280 §5.2.6 forbids.
    CriticalFreshestCrl,
    /// cRLNumber occurs twice.
    DuplicateExtension,
    /// The algorithm inside the signed part is another one than outside (RFC 5280 §5.1.1.2).
    InnerOuterAlgorithmMismatch,
}

impl CrlFault {
    /// Every defect.
    pub const ALL: [Self; 9] = [
        Self::Stale,
        Self::FromTheFuture,
        Self::BadSignature,
        Self::WrongIssuer,
        Self::UnknownCriticalExtension,
        Self::UnknownCriticalEntryExtension,
        Self::CriticalFreshestCrl,
        Self::DuplicateExtension,
        Self::InnerOuterAlgorithmMismatch,
    ];
}

impl Revoked {
    /// An entry without a reason.
    #[must_use]
    pub fn new(serial: &[u8], at: Instant) -> Self {
        Self { serial: serial.to_vec(), at, reason: None, invalid_since: None, issuer: None }
    }

    /// The same entry with a reason.
    #[must_use]
    pub const fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// The same entry with an invalidityDate.
    #[must_use]
    pub const fn invalid_since(mut self, at: Instant) -> Self {
        self.invalid_since = Some(at);
        self
    }
}

impl Revoked {
    /// The same entry for a certificate of this authority, in an indirect list.
    #[must_use]
    pub fn issued_by(mut self, authority: &Authority) -> Self {
        self.issuer = Some(authority.name().to_vec());
        self
    }
}

impl CrlSpec {
    /// A complete list that is in force for thirty days and revokes nothing.
    #[must_use]
    pub const fn complete(number: u64, this_update: Instant) -> Self {
        Self {
            number,
            this_update,
            next_update: Some(this_update.plus_seconds(30 * 86_400)),
            revoked: Vec::new(),
            delta_to: None,
            scope: None,
            points: Vec::new(),
            reasons: Vec::new(),
            fault: None,
        }
    }

    /// A delta to the complete list of number `base`.
    #[must_use]
    pub const fn delta(number: u64, base: u64, this_update: Instant) -> Self {
        let mut spec = Self::complete(number, this_update);
        spec.delta_to = Some(base);
        spec
    }

    /// The same list with one more entry.
    #[must_use]
    pub fn revoke(mut self, entry: Revoked) -> Self {
        self.revoked.push(entry);
        self
    }

    /// The same list with so many more entries, of invented serial numbers that depend on their
    /// position alone.
    #[must_use]
    pub fn revoke_invented(mut self, count: u64) -> Self {
        let at = self.this_update.plus_seconds(-86_400);
        self.revoked.extend((0..count).map(|index| {
            let hash = sha2::Sha256::digest(index.to_be_bytes());
            let mut serial = [0; 20];
            serial.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
            Revoked::new(&serial_of_key(serial), at).because(Reason::Unspecified)
        }));
        self
    }

    /// The same list restricted to a part.
    #[must_use]
    pub const fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// The same list for the distribution point at this address.
    #[must_use]
    pub fn point(mut self, address: &str) -> Self {
        self.points.push(address.to_owned());
        self
    }

    /// The same list of these reasons only.
    #[must_use]
    pub fn reasons(mut self, reasons: &[Reason]) -> Self {
        self.reasons = reasons.to_vec();
        self
    }

    /// The same list with something wrong.
    #[must_use]
    pub const fn fault(mut self, fault: CrlFault) -> Self {
        self.fault = Some(fault);
        self
    }

    fn period(&self) -> (Instant, Option<Instant>) {
        let later = match self.fault {
            Some(CrlFault::Stale) => false,
            Some(CrlFault::FromTheFuture) => true,
            _ => return (self.this_update, self.next_update),
        };
        let next = self.next_update.unwrap_or(self.this_update);
        let period = moved(Validity { not_before: self.this_update, not_after: next }, later);
        (period.not_before, self.next_update.map(|_| period.not_after))
    }

    fn extensions(&self, authority: &Authority) -> Result<Vec<Extension>> {
        let issuer = authority.issuer();
        let number = extension(oid::CRL_NUMBER, false, &CrlNumber(uint(self.number)?))?;
        let mut out = vec![authority_key(&issuer, false)?, number.clone()];
        if let Some(base) = self.delta_to {
            out.push(extension(oid::DELTA_CRL_INDICATOR, true, &uint(base)?)?);
        }
        if self.scope.is_some() || !self.points.is_empty() || !self.reasons.is_empty() {
            out.push(extension(oid::ISSUING_DISTRIBUTION_POINT, true, &self.distribution()?)?);
        }
        match self.fault {
            Some(CrlFault::CriticalFreshestCrl) => {
                let address = issuer.addresses.delta(issuer.file);
                out.push(list_of(oid::FRESHEST_CRL, true, &address)?);
            }
            Some(CrlFault::UnknownCriticalExtension) => out.push(unknown()?),
            Some(CrlFault::DuplicateExtension) => out.push(number),
            _ => {}
        }
        Ok(out)
    }

    fn distribution(&self) -> Result<IssuingDistributionPoint> {
        let points: Vec<_> = self.points.iter().map(String::as_str).collect();
        let of_scope = self.scope.filter(|s| *s == Scope::KeyCompromise);
        let reasons: Vec<_> = of_scope
            .map(|_| Reason::KeyCompromise)
            .into_iter()
            .chain(self.reasons.iter().copied())
            .collect();
        Ok(IssuingDistributionPoint {
            distribution_point: (!points.is_empty())
                .then(|| rules::full_name(&points))
                .transpose()?,
            only_contains_user_certs: self.scope == Some(Scope::EndEntities),
            only_contains_ca_certs: self.scope == Some(Scope::Authorities),
            only_some_reasons: rules::flags(&reasons),
            indirect_crl: self.scope == Some(Scope::Indirect),
            only_contains_attribute_certs: false,
        })
    }

    fn entry(&self, revoked: &Revoked) -> Result<Entry> {
        let mut extensions = Vec::new();
        if let Some(reason) = revoked.reason {
            extensions.push(extension(oid::REASON_CODE, false, &reason.code())?);
        }
        if let Some(at) = revoked.invalid_since {
            extensions.push(extension(oid::INVALIDITY_DATE, false, &generalized(at)?)?);
        }
        if let Some(issuer) = &revoked.issuer {
            extensions.push(rules::certificate_issuer(issuer)?);
        }
        if self.fault == Some(CrlFault::UnknownCriticalEntryExtension) {
            extensions.push(unknown()?);
        }
        Ok(Entry {
            serial: Int::new(&revoked.serial)?,
            date: time(revoked.at)?,
            extensions: Some(extensions).filter(|e| !e.is_empty()),
        })
    }
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::RemoveFromCrl,
        Self::PrivilegeWithdrawn,
    ];

    pub(crate) const fn code(self) -> CrlReason {
        match self {
            Self::Unspecified => CrlReason::Unspecified,
            Self::KeyCompromise => CrlReason::KeyCompromise,
            Self::CaCompromise => CrlReason::CaCompromise,
            Self::AffiliationChanged => CrlReason::AffiliationChanged,
            Self::Superseded => CrlReason::Superseded,
            Self::CessationOfOperation => CrlReason::CessationOfOperation,
            Self::CertificateHold => CrlReason::CertificateHold,
            Self::RemoveFromCrl => CrlReason::RemoveFromCRL,
            Self::PrivilegeWithdrawn => CrlReason::PrivilegeWithdrawn,
        }
    }
}

impl Authority {
    /// Publishes a list.
    ///
    /// # Errors
    /// When a value does not fit, or the key cannot sign.
    pub fn publish(&self, spec: &CrlSpec, rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        let (this_update, next_update) = spec.period();
        let foreign = Subject::authority("БӨТЕН ОРТАЛЫҚ").to_der()?;
        let issuer = match spec.fault {
            Some(CrlFault::WrongIssuer) => &foreign,
            _ => self.name(),
        };
        let signature = match spec.fault {
            Some(CrlFault::InnerOuterAlgorithmMismatch) => {
                encode::other_algorithm(self.algorithm())?
            }
            _ => encode::algorithm(self.algorithm())?,
        };
        let entries = spec.revoked.iter().map(|r| spec.entry(r)).collect::<Result<Vec<_>>>()?;
        let tbs = TbsCertList {
            version: 1,
            signature,
            issuer: raw(issuer)?,
            this_update: time(this_update)?,
            next_update: next_update.map(time).transpose()?,
            // RFC 5280 §5.1.2.6: absent when nothing is revoked.
            revoked: Some(entries).filter(|e| !e.is_empty()),
            extensions: Some(spec.extensions(self)?),
        };
        let value = match spec.fault {
            Some(CrlFault::BadSignature) => SignatureValue::Altered,
            _ => SignatureValue::AsMade,
        };
        encode::sign(&tbs, &**self.key(), value, rng)
    }
}

fn uint(value: u64) -> Result<Uint> {
    Ok(Uint::new(&value.to_be_bytes())?)
}

fn unknown() -> Result<Extension> {
    extension(oid::UNKNOWN_EXTENSION, true, &Null)
}
