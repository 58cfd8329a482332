//! Whether a list may take the place of another in a cache.

use core::fmt;

use super::facts::{ListFacts, ListKind};
use crate::time::Instant;

/// Why a list may not take the place of the one that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplacementFault {
    /// It is of another issuer.
    Issuer,
    /// It was verified under another key of the issuer. After a change of keys there are two lists,
    /// and each is held on its own.
    Key,
    /// One is a delta, or marked as one, and the other is not.
    Kind,
    /// It is restricted to something else (RFC 5280 §5.2.5).
    Scope,
    /// A delta whose number is not above that of the complete list that it names, as the national
    /// test authority once published.
    BeforeItsBase,
    /// It was made after the moment of check.
    FromTheFuture,
    /// It is no longer in force, and the one that is held is.
    Stale,
    /// It was made before the one that is held, or its number is lower, or it has none.
    Older,
    /// It is the one that is held, or another of its date and number.
    NotNewer,
}

impl fmt::Display for ReplacementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Issuer => "the list is of another issuer than the one that is held",
            Self::Key => "the list is signed by another key than the one that is held",
            Self::Kind => "one of the lists is a delta and the other is not",
            Self::Scope => "the list is restricted to something else than the one that is held",
            Self::BeforeItsBase => "the delta is older than the complete list that it goes with",
            Self::FromTheFuture => "the list was made after the moment of check",
            Self::Stale => "the list is no longer in force, and the one that is held is",
            Self::Older => "the list is older than the one that is held",
            Self::NotNewer => "the list is no newer than the one that is held",
        })
    }
}

impl core::error::Error for ReplacementFault {}

impl ListFacts {
    /// Whether the list speaks at the moment: made before it, and not past its nextUpdate. A list
    /// without nextUpdate never does (order 500/НҚ p. 18.5).
    #[must_use]
    pub fn is_in_force(&self, at: Instant) -> bool {
        self.this_update() <= at && self.next_update().is_some_and(|next| at <= next)
    }

    /// Whether this list may take the place of the one that a cache holds, if it holds one.
    ///
    /// Both are verified lists. The answer keeps a good list from being pushed out by one that is
    /// stale, older or of another kind, which is what an attacker on the network can serve without
    /// any key. Several lists of one issuer (deltas, parts, the lists of two keys) are held side by
    /// side, each in a place of its own.
    ///
    /// # Errors
    /// Why the held list stays.
    pub fn may_replace(&self, held: Option<&Self>, at: Instant) -> Result<(), ReplacementFault> {
        use ReplacementFault as Fault;
        if self.this_update() > at {
            return Err(Fault::FromTheFuture);
        }
        if self.kind() == ListKind::Delta && size(self.number()) <= size(self.base_number()) {
            return Err(Fault::BeforeItsBase);
        }
        let Some(held) = held else { return Ok(()) };
        if self.issuer() != held.issuer() {
            return Err(Fault::Issuer);
        }
        if self.key_digest() != held.key_digest() {
            return Err(Fault::Key);
        }
        if self.kind() != held.kind() {
            return Err(Fault::Kind);
        }
        if self.scope() != held.scope() {
            return Err(Fault::Scope);
        }
        // RFC 5280 §5.2.3: numbers only grow.
        let (date, number) = (self.this_update(), size(self.number()));
        let (held_date, held_number) = (held.this_update(), size(held.number()));
        if date < held_date || number < held_number {
            return Err(Fault::Older);
        }
        if (date, number) == (held_date, held_number) {
            return Err(Fault::NotNewer);
        }
        if held.is_in_force(at) && !self.is_in_force(at) {
            return Err(Fault::Stale);
        }
        Ok(())
    }
}

/// Big-endian numbers without leading zeros, in their order; none is below all.
fn size(number: Option<&[u8]>) -> Option<(usize, &[u8])> {
    number.map(|octets| (octets.len(), octets))
}
