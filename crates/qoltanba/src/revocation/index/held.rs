//! A list however it is held: one question for both.

use super::{
    super::crl::{Crl, Limitation},
    CrlIndex, ListFacts, ListKind, ListedEntries, ListedEntry,
};
use crate::{
    algorithm::{PublicKey, Strength},
    certificate::Name,
    error::Result,
    time::Instant,
};

/// A revocation list, as it was parsed or as an index of it.
#[derive(Debug, Clone)]
pub enum HeldList {
    /// Parsed: whether its signature stands is asked when it is used.
    Parsed(Crl),
    /// Verified when the index was made.
    Indexed(CrlIndex),
}

impl From<Crl> for HeldList {
    fn from(list: Crl) -> Self {
        Self::Parsed(list)
    }
}

impl From<CrlIndex> for HeldList {
    fn from(index: CrlIndex) -> Self {
        Self::Indexed(index)
    }
}

impl HeldList {
    /// The name of the authority that the list says issued it.
    #[must_use]
    pub fn claimed_issuer(&self) -> &Name {
        match self {
            Self::Parsed(list) => list.claimed_issuer(),
            Self::Indexed(index) => index.facts().issuer(),
        }
    }

    /// When the list was made.
    #[must_use]
    pub fn this_update(&self) -> Instant {
        match self {
            Self::Parsed(list) => list.this_update(),
            Self::Indexed(index) => index.facts().this_update(),
        }
    }

    /// Until when the list speaks.
    #[must_use]
    pub fn next_update(&self) -> Option<Instant> {
        match self {
            Self::Parsed(list) => list.next_update(),
            Self::Indexed(index) => index.facts().next_update(),
        }
    }

    /// The list's number, big-endian (RFC 5280 §5.2.3).
    #[must_use]
    pub fn number(&self) -> Option<&[u8]> {
        match self {
            Self::Parsed(list) => list.number(),
            Self::Indexed(index) => index.facts().number(),
        }
    }

    /// Whether the list is a delta (RFC 5280 §5.2.4).
    #[must_use]
    pub fn is_delta(&self) -> bool {
        match self {
            Self::Parsed(list) => list.is_delta(),
            Self::Indexed(index) => index.facts().kind() == ListKind::Delta,
        }
    }

    /// Whether the key made the list's signature; of an index, whether it was verified under this
    /// key.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey, spki: &[u8], strength: Strength) -> bool {
        match self {
            Self::Parsed(list) => list.is_signed_by_known(key, spki, strength),
            Self::Indexed(index) => index.facts().is_signed_by(spki, strength),
        }
    }

    /// What the list says of a serial number, given as the content octets of the INTEGER.
    ///
    /// # Errors
    /// When the index was altered: nothing is known then.
    pub fn entries_of(&self, serial: &[u8]) -> Result<ListedEntries<'_>> {
        match self {
            Self::Parsed(list) => {
                let entries = list.entries_of(serial).iter().map(|entry| ListedEntry {
                    at: entry.at,
                    reason: entry.reason,
                    invalid_since: None,
                    certificate_issuer: None,
                });
                Ok(ListedEntries::of(entries))
            }
            Self::Indexed(index) => index.entries_of(serial),
        }
    }

    /// Whether the list names this identifier of the issuer's key, or none.
    #[allow(dead_code, reason = "for `status`, once it is asked of an index")]
    pub(crate) fn names_key(&self, id: Option<&[u8]>) -> bool {
        match self {
            Self::Parsed(list) => list.names_key(id),
            Self::Indexed(index) => match (index.facts().authority_key_id(), id) {
                (Some(wanted), Some(id)) => wanted == id,
                _ => true,
            },
        }
    }

    /// Why an authentic list is still no complete list of its issuer.
    #[allow(dead_code, reason = "for `status`, once it is asked of an index")]
    pub(crate) fn limitation(&self) -> Option<Limitation> {
        match self {
            Self::Parsed(list) => list.limitation(),
            Self::Indexed(index) => index.facts().limitation(),
        }
    }
}

impl ListFacts {
    fn limitation(&self) -> Option<Limitation> {
        match self.kind() {
            ListKind::Delta => Some(Limitation::Delta),
            // A certificateIssuer is critical (RFC 5280 §5.3.3), and not processed.
            _ if self.raw.unknown_critical_entry || self.names_other_issuers() => {
                Some(Limitation::UnknownCritical)
            }
            _ if self.scope().is_some() => Some(Limitation::Scope),
            ListKind::MarkedAsDelta => Some(Limitation::CriticalFreshest),
            _ if self.has_unknown_critical() => Some(Limitation::UnknownCritical),
            ListKind::Complete => None,
        }
    }
}
