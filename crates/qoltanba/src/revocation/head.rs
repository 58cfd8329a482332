//! What a list says besides its entries, and what is asked of a list however it is held.

use std::cmp::Ordering;

use super::{Crl, CrlIndex, Revocation, Scope};
use crate::{
    algorithm::{PublicKey, Strength},
    asn1::{self, tag},
    certificate::{Extension, Name, authority_key_id},
    error::{Error, Result},
    oid,
    time::{Instant, Moment},
};

/// A revocation list that is well formed, held in memory or in an index.
pub(crate) trait RevocationList {
    /// What it says besides its entries.
    fn head(&self) -> &Head;

    /// What it says of a certificate, by the issuer and the content octets of the serial number.
    /// Usually it is nothing, or one entry.
    ///
    /// # Errors
    /// When what holds the list is damaged.
    fn entries_of(&self, issuer: &Name, serial: &[u8]) -> Result<Vec<Revocation>>;

    /// Whether the key, also given as a SubjectPublicKeyInfo, made the list's signature.
    fn is_known_signed_by(&self, key: &PublicKey, spki: &[u8], strength: Strength) -> bool;
}

/// A list in the form in which it is held.
#[derive(Debug, Clone)]
pub(crate) enum AnyList {
    Parsed(Crl),
    Indexed(CrlIndex),
}

impl AnyList {
    /// The list itself, unless only its index is at hand.
    pub(crate) fn parsed(&self) -> Option<&Crl> {
        match self {
            Self::Parsed(list) => Some(list),
            Self::Indexed(_) => None,
        }
    }

    pub(crate) fn as_list(&self) -> &dyn RevocationList {
        match self {
            Self::Parsed(list) => list,
            Self::Indexed(index) => index,
        }
    }
}

impl From<Crl> for AnyList {
    fn from(list: Crl) -> Self {
        Self::Parsed(list)
    }
}

impl From<CrlIndex> for AnyList {
    fn from(index: CrlIndex) -> Self {
        Self::Indexed(index)
    }
}

/// What a list says besides its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) issuer: Name,
    pub(crate) this_update: Instant,
    pub(crate) next_update: Option<Instant>,
    pub(crate) number: Option<Number>,
    /// BaseCRLNumber of a delta (RFC 5280 §5.2.4).
    pub(crate) base: Option<Number>,
    pub(crate) authority_key_id: Option<Vec<u8>>,
    pub(crate) scope: Scope,
    /// The value of issuingDistributionPoint that the scope was read from.
    pub(crate) scope_value: Option<Vec<u8>>,
    /// freshestCRL is critical, against RFC 5280 §5.2.6: the profile of order 522/НҚ marks deltas
    /// so, and lets them have no deltaCRLIndicator.
    pub(crate) critical_freshest: bool,
    /// It was found where deltas are published; set by whoever found it.
    pub(crate) found_as_delta: bool,
    /// It, or an entry of it, has a critical extension that is not processed.
    pub(crate) unprocessed_critical: bool,
    /// expiredCertsOnCRL (X.509): certificates that expired at this moment or later are
    /// still on the list.
    pub(crate) keeps_expired_since: Option<Instant>,
}

/// What is known of a list once all of its entries were read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Features {
    /// An entry has a critical extension that is not processed.
    pub(crate) unprocessed_critical: bool,
    /// An entry has a certificateIssuer.
    pub(crate) name_issuers: bool,
}

/// cRLNumber or BaseCRLNumber: a number of any length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number(Vec<u8>);

impl Head {
    /// The head of a list without extensions.
    pub(crate) fn new(issuer: Name, this_update: Instant, next_update: Option<Instant>) -> Self {
        Self {
            issuer,
            this_update,
            next_update,
            number: None,
            base: None,
            authority_key_id: None,
            scope: Scope::default(),
            scope_value: None,
            critical_freshest: false,
            found_as_delta: false,
            unprocessed_critical: false,
            keeps_expired_since: None,
        }
    }

    /// Reads the extensions, after the entries.
    pub(crate) fn with_extensions(mut self, all: &[Extension], entries: Features) -> Result<Self> {
        for extension in all {
            self.take(extension)?;
        }
        // §5.3.3: certificateIssuer stands in an indirect list; elsewhere it is not processed.
        self.unprocessed_critical |= entries.unprocessed_critical;
        self.unprocessed_critical |= entries.name_issuers && !self.scope.indirect;
        Ok(self)
    }

    fn take(&mut self, extension: &Extension) -> Result<()> {
        let value = extension.value.as_slice();
        match extension.oid {
            oid::CRL_NUMBER => {
                self.number = Some(Number::read(value, "cRLNumber (RFC 5280 §5.2.3)")?);
            }
            oid::DELTA_CRL_INDICATOR => {
                self.base = Some(Number::read(value, "deltaCRLIndicator (RFC 5280 §5.2.4)")?);
            }
            oid::AUTHORITY_KEY_IDENTIFIER => self.authority_key_id = authority_key_id(value)?,
            oid::ISSUING_DISTRIBUTION_POINT => {
                self.scope = Scope::read(value)?;
                self.scope_value = Some(value.to_vec());
            }
            oid::FRESHEST_CRL => self.critical_freshest = extension.critical,
            oid::EXPIRED_CERTS_ON_CRL => {
                let what = "expiredCertsOnCRL (X.509)";
                let time = asn1::single(value, what)?.expect(tag::GENERALIZED_TIME, what)?;
                self.keeps_expired_since = Some(time.time(what)?);
            }
            oid::AUTHORITY_INFO_ACCESS | oid::ISSUER_ALT_NAME => {}
            _ => self.unprocessed_critical |= extension.critical,
        }
        Ok(())
    }

    /// Whether it speaks of changes only, or may do so: such a list is never a base.
    pub(super) fn is_partial(&self) -> bool {
        self.base.is_some() || self.critical_freshest || self.found_as_delta
    }

    /// Whether nothing in the list says that another key signed it.
    pub(crate) fn names_key(&self, id: Option<&[u8]>) -> bool {
        match (&self.authority_key_id, id) {
            (Some(wanted), Some(id)) => wanted == id,
            _ => true,
        }
    }

    /// Made by the moment of check, and not past its nextUpdate at the moment that is judged.
    /// 500/НҚ p.18.5: without a nextUpdate it cannot be told.
    pub(crate) fn is_in_force(&self, moment: Moment) -> bool {
        let until = |next: Instant| moment.at <= next;
        self.this_update <= moment.now && self.next_update.is_some_and(until)
    }

    /// Whether it was made after the other.
    pub(super) fn is_newer_than(&self, other: &Self) -> bool {
        (self.this_update, &self.number) > (other.this_update, &other.number)
    }

    /// Whether this delta and the complete list combine (RFC 5280 §5.2.4), given that one key
    /// signed both.
    pub(super) fn updates(&self, complete: &Self) -> bool {
        let numbers = match (&self.base, &complete.number, &self.number) {
            // §5.2.4(c), (d). The test authority's delta 10 to 14 fits no list (kz-pki §6).
            (Some(base), Some(complete), Some(own)) => base <= complete && complete < own,
            _ => false,
        };
        numbers
            && self.issuer == complete.issuer
            && self.scope == complete.scope
            && self.authority_key_id == complete.authority_key_id
    }

    /// Whether a delta's own number comes after that of its base.
    pub(super) fn is_numbered_in_order(&self) -> bool {
        match (&self.base, &self.number) {
            (Some(base), Some(own)) => base < own,
            (Some(_), None) => false,
            (None, _) => true,
        }
    }
}

impl Number {
    fn read(value: &[u8], what: &'static str) -> Result<Self> {
        let tlv = asn1::single(value, what)?.expect(tag::INTEGER, what)?;
        // INTEGER (0..MAX)
        match tlv.value.first() {
            Some(first) if first & 0x80 == 0 => {}
            _ => return Err(Error::malformed(what)),
        }
        Ok(Self(tlv.value.iter().copied().skip_while(|b| *b == 0).collect()))
    }

    /// The octets, big-endian, without leading zeros.
    pub(crate) fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// In decimal when it fits 64 bits, else in hexadecimal behind `0x`.
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.len() > 8 {
            return write!(f, "0x{}", crate::text::hex(&self.0));
        }
        let value = self.0.iter().fold(0u64, |n, octet| n << 8 | u64::from(*octet));
        value.fmt(f)
    }
}
