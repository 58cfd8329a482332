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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        CrlIndexBuilder, SignatureAlgorithm, asn1, oid,
        sign::{PrivateKey, SigningKey as _},
    };

    fn extension(oid: der::asn1::ObjectIdentifier, critical: bool, value: &[u8]) -> Vec<u8> {
        let critical = if critical { vec![1, 1, 0xff] } else { vec![] };
        asn1::sequence(&[asn1::oid(oid), critical, asn1::octet_string(value)])
    }

    /// The subsets of what limits a list, in the order in which authorities write them.
    #[test]
    fn an_index_is_as_limited_as_its_list() {
        let key = PrivateKey::generate(
            SignatureAlgorithm::Gost2015_256,
            &mut qoltanba_testkit::SeededRng::new(1),
        )
        .unwrap();
        let spki = key.public_key_info();
        let unknown = der::asn1::ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");
        let limits = [
            extension(oid::DELTA_CRL_INDICATOR, true, &[2, 1, 1]),
            extension(oid::ISSUING_DISTRIBUTION_POINT, true, &[0x30, 0]),
            extension(oid::FRESHEST_CRL, true, &[0x30, 0]),
            extension(unknown, true, &[5, 0]),
            extension(unknown, false, &[5, 0]),
            extension(oid::FRESHEST_CRL, false, &[0x30, 0]),
        ];
        let entry = |more: &[Vec<u8>]| {
            let date = asn1::tlv(0x17, b"260301120000Z");
            let more = if more.is_empty() { vec![] } else { asn1::sequence(more) };
            asn1::sequence(&[asn1::sequence(&[asn1::tlv(2, &[5]), date, more])])
        };
        let entries = [
            entry(&[]),
            entry(&[extension(unknown, true, &[5, 0])]),
            entry(&[extension(unknown, false, &[5, 0])]),
            entry(&[extension(oid::CERTIFICATE_ISSUER, true, &[0x30, 0])]),
        ];
        let algorithm = SignatureAlgorithm::Gost2015_256.identifier().unwrap();
        for subset in 0_u8..64 {
            if subset & 0b01_1000 == 0b01_1000 || subset & 0b10_0100 == 0b10_0100 {
                continue; // One extension twice.
            }
            let chosen: Vec<_> = limits
                .iter()
                .zip(0..)
                .filter(|(_, place)| subset >> place & 1 == 1)
                .map(|(extension, _)| extension.clone())
                .collect();
            let chosen = asn1::context(0, &asn1::sequence(&chosen));
            for entries in &entries {
                let tbs = asn1::sequence(&[
                    asn1::tlv(2, &[1]),
                    algorithm.clone(),
                    asn1::sequence::<Vec<u8>>(&[]),
                    asn1::tlv(0x17, b"260301120000Z"),
                    entries.clone(),
                    chosen.clone(),
                ]);
                let mut rng = qoltanba_testkit::SeededRng::new(2);
                let signature = asn1::bit_string(&key.sign(&tbs, &mut rng).unwrap());
                let der = asn1::sequence(&[tbs, algorithm.clone(), signature]);
                let mut file = Vec::new();
                let builder = CrlIndexBuilder::new().key(spki);
                builder.read(&mut &*der).unwrap().write(&mut file).unwrap();
                let indexed = HeldList::from(CrlIndex::from_bytes(file).unwrap());
                let parsed = HeldList::from(Crl::from_der(&der).unwrap());
                assert_eq!(indexed.limitation(), parsed.limitation(), "{subset:06b}");
            }
        }
    }
}
