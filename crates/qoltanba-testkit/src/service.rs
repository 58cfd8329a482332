//! Delegated responders and time-stamp authorities, right and wrong.

use qoltanba::{Instant, algorithm::SignatureAlgorithm, sign::SigningKey as _, time::Validity};
use rand_core::CryptoRng;

use crate::{
    authority::{Authority, AuthoritySpec, Issued, self_signed},
    end_entity::EndEntity,
    error::Result,
    fault::Fault,
    keys::{Key, pooled_key},
    mint::DAY,
    ocsp::OcspFault,
    profile::{ExtendedUsage, Profile},
    time_stamp::TimeStampFault,
};

impl Authority {
    /// A delegated OCSP responder (RFC 6960 §4.2.2.2), valid from a month before `at` and for a
    /// year.
    ///
    /// # Errors
    /// When keys of the authority's algorithm are not made here.
    pub fn responder(&self, at: Instant, rng: &mut dyn CryptoRng) -> Result<Issued> {
        let entity = service(Profile::OcspResponder, self.algorithm(), at);
        let key = other_key(self.algorithm(), &[self.key()], rng)?;
        self.issue(&entity, key, rng)
    }

    /// A time-stamp authority (RFC 3161 §2.3), valid as long.
    ///
    /// # Errors
    /// When keys of the authority's algorithm are not made here.
    pub fn time_stamp_authority(&self, at: Instant, rng: &mut dyn CryptoRng) -> Result<Issued> {
        let entity = service(Profile::TimeStamping, self.algorithm(), at);
        let key = other_key(self.algorithm(), &[self.key()], rng)?;
        self.issue(&entity, key, rng)
    }

    pub(crate) fn faulty_responder(
        &self,
        fault: OcspFault,
        at: Instant,
        instead_of: Option<&Issued>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Issued> {
        let algorithm = self.algorithm();
        let mut entity = service(Profile::OcspResponder, algorithm, at);
        let key = match instead_of {
            Some(issued) => Key::clone(&issued.key),
            None => other_key(algorithm, &[self.key()], rng)?,
        };
        entity.algorithm = key.algorithm();
        match fault {
            OcspFault::ResponderWithoutUsage => entity.extended_usage = ExtendedUsage::Missing,
            OcspFault::ExpiredResponder => entity.fault = Some(Fault::Expired),
            OcspFault::SelfSignedResponder => {
                return self_signed(&entity, key, &self.spec().addresses, rng);
            }
            OcspFault::ForeignResponder => {
                let other = stranger(algorithm, at, &[self.key(), &key], rng)?;
                return other.issue(&entity, key, rng);
            }
            OcspFault::ForgedResponder => {
                let forger = other_key(algorithm, &[self.key(), &key], rng)?;
                return self.forge(&entity, key, &forger, rng);
            }
            _ => {}
        }
        self.issue(&entity, key, rng)
    }
}

impl Authority {
    pub(crate) fn faulty_time_stamp_authority(
        &self,
        fault: TimeStampFault,
        at: Instant,
        instead_of: &Issued,
        rng: &mut dyn CryptoRng,
    ) -> Result<Issued> {
        let key = Key::clone(&instead_of.key);
        let mut entity = service(Profile::TimeStamping, key.algorithm(), at);
        match fault {
            TimeStampFault::NoUsage => entity.extended_usage = ExtendedUsage::Missing,
            TimeStampFault::UsageNotCritical => entity.extended_usage = ExtendedUsage::NotCritical,
            TimeStampFault::UsageNotSole => entity.extended_usage = ExtendedUsage::WithAnother,
            TimeStampFault::ExpiredAuthority => entity.fault = Some(Fault::Expired),
            TimeStampFault::ForeignAuthority => {
                let other = stranger(self.algorithm(), at, &[self.key(), &key], rng)?;
                return other.issue(&entity, key, rng);
            }
            _ => {}
        }
        self.issue(&entity, key, rng)
    }
}

pub(crate) fn service(profile: Profile, algorithm: SignatureAlgorithm, at: Instant) -> EndEntity {
    let validity =
        Validity { not_before: at.plus_seconds(-30 * DAY), not_after: at.plus_seconds(335 * DAY) };
    EndEntity::invented(profile, 0, algorithm, validity)
}

/// A root that nobody trusts.
pub(crate) fn stranger(
    algorithm: SignatureAlgorithm,
    at: Instant,
    than: &[&Key],
    rng: &mut dyn CryptoRng,
) -> Result<Authority> {
    let validity = Validity {
        not_before: at.plus_seconds(-365 * DAY),
        not_after: at.plus_seconds(3650 * DAY),
    };
    let spec = AuthoritySpec::root("БӨТЕН ОРТАЛЫҚ", "stranger", validity);
    Authority::root(spec, other_key(algorithm, than, rng)?, rng)
}

/// A key from the pool that is none of these: the pool of RSA keys comes round.
pub(crate) fn other_key(
    algorithm: SignatureAlgorithm,
    than: &[&Key],
    rng: &mut dyn CryptoRng,
) -> Result<Key> {
    loop {
        let key = pooled_key(algorithm, rng)?;
        if than.iter().all(|k| k.public_key_info() != key.public_key_info()) {
            return Ok(key);
        }
    }
}
