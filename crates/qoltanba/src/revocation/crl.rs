//! Certificate revocation lists, parsed and not yet believed (RFC 5280 §5).

use std::{
    fmt,
    ops::Range,
    sync::{Arc, Mutex},
};

use crate::{
    algorithm::{PublicKey, SignatureAlgorithm, Strength},
    asn1::{self, AlgorithmIdentifier, Reader, tag},
    certificate::{Extension, Name, RevocationReason, authority_key_id, read_extensions},
    error::{Error, Result},
    oid,
    time::Instant,
};

const CRL: &str = "CertificateList (RFC 5280 §5.1)";
const TBS: &str = "TBSCertList (RFC 5280 §5.1.2)";
const ENTRY: &str = "revoked certificate (RFC 5280 §5.1.2.6)";

/// A revocation list: well formed, with its exact bytes, and nothing proved yet. Cloning is cheap.
#[derive(Clone)]
pub struct Crl(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    tbs: Range<usize>,
    algorithm: Result<SignatureAlgorithm>,
    signature: Range<usize>,
    issuer: Name,
    this_update: Instant,
    next_update: Option<Instant>,
    /// Sorted by serial number.
    entries: Vec<Entry>,
    number: Option<Vec<u8>>,
    authority_key_id: Option<Vec<u8>>,
    limitation: Option<Limitation>,
    /// Keys tried on the signature, with the outcome: lists are large, and asked often.
    tried: Mutex<Vec<(Vec<u8>, bool)>>,
}

/// Why an authentic list is still no complete list of its issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limitation {
    /// It has a deltaCRLIndicator (RFC 5280 §5.2.4).
    Delta,
    /// It speaks of a part only (RFC 5280 §5.2.5).
    Scope,
    /// It has a critical freshestCRL: the national authority marks deltas so (order 522/НҚ).
    CriticalFreshest,
    /// It, or an entry of it, has a critical extension that is not processed.
    UnknownCritical,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    serial: Range<usize>,
    pub(crate) at: Instant,
    pub(crate) reason: RevocationReason,
}

impl Crl {
    /// Reads one DER list with nothing behind it.
    ///
    /// # Errors
    /// When it is not well formed.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        let mut outer = asn1::single(der, CRL)?.expect(tag::SEQUENCE, CRL)?.inside();
        let tbs = outer.expect(tag::SEQUENCE, TBS)?;
        let algorithm = AlgorithmIdentifier::read(&mut outer)?;
        let bits = outer.any(CRL)?;
        let signature = bits.bit_octets("signature of a revocation list")?;
        outer.finish(CRL)?;

        let mut t = tbs.inside();
        let version = match t.optional(tag::INTEGER, TBS)? {
            Some(v) => v.small(TBS)?,
            None => 0,
        };
        if version > 1 {
            return Err(Error::unsupported("revocation list version", version + 1));
        }
        let inner = AlgorithmIdentifier::read(&mut t)?;
        // NOTE: the national test authority leaves the parameters out inside and writes NULL
        // outside (list of 2026-08-11).
        if !inner.is_same(&algorithm) {
            return Err(Error::malformed(
                "revocation list: its two signature algorithms differ (RFC 5280 §5.1.1.2)",
            ));
        }
        let issuer = Name::read(&mut t)?;
        let this_update = t.any(TBS)?.time("thisUpdate (RFC 5280 §5.1.2.4)")?;
        let mut ahead = t.clone();
        let next_update = match ahead.any(TBS) {
            Ok(tlv) if matches!(tlv.tag, tag::UTC_TIME | tag::GENERALIZED_TIME) => {
                t = ahead;
                Some(tlv.time("nextUpdate (RFC 5280 §5.1.2.5)")?)
            }
            _ => None,
        };
        let mut limitation = None;
        let mut entries = Vec::new();
        if let Some(list) = t.optional(tag::SEQUENCE, TBS)? {
            let mut list = list.inside();
            while !list.is_done() {
                entries.push(Entry::read(&mut list, &mut limitation)?);
            }
        }
        let bytes = |range: &Range<usize>| der.get(range.clone()).unwrap_or_default();
        entries.sort_by(|a, b| bytes(&a.serial).cmp(bytes(&b.serial)));
        let extensions = match t.optional_context(0, TBS)? {
            Some(_) if version != 1 => {
                return Err(Error::malformed("extensions of a list of version 1"));
            }
            Some(explicit) => {
                let mut inside = explicit.inside();
                let all = read_extensions(inside.sequence(TBS)?)?;
                inside.finish(TBS)?;
                all
            }
            None => Vec::new(),
        };
        t.finish(TBS)?;
        let mut number = None;
        let mut key_id = None;
        for extension in &extensions {
            read_extension(extension, &mut number, &mut key_id, &mut limitation)?;
        }
        let end = bits.at + bits.raw.len();
        Ok(Self(Arc::new(Parsed {
            der: der.to_vec(),
            tbs: tbs.at..tbs.at + tbs.raw.len(),
            algorithm: SignatureAlgorithm::from_identifier(&algorithm),
            signature: end - signature.len()..end,
            issuer,
            this_update,
            next_update,
            entries,
            number,
            authority_key_id: key_id,
            limitation,
            tried: Mutex::new(Vec::new()),
        })))
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.0.der.get(range.clone()).unwrap_or_default()
    }

    /// The exact bytes.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.0.der
    }

    /// The name of the authority that the list says issued it.
    #[must_use]
    pub fn claimed_issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// When the list was made.
    #[must_use]
    pub fn this_update(&self) -> Instant {
        self.0.this_update
    }

    /// Until when the list speaks; a list without it never proves that a certificate is good.
    #[must_use]
    pub fn next_update(&self) -> Option<Instant> {
        self.0.next_update
    }

    /// How many entries the list has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// Whether the list has no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.entries.is_empty()
    }

    /// The list's number, big-endian (RFC 5280 §5.2.3).
    #[must_use]
    pub fn number(&self) -> Option<&[u8]> {
        self.0.number.as_deref()
    }

    /// Whether the list is a delta (RFC 5280 §5.2.4).
    #[must_use]
    pub fn is_delta(&self) -> bool {
        self.0.limitation == Some(Limitation::Delta)
    }

    /// The algorithm of the list's signature.
    ///
    /// # Errors
    /// When it is unknown.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm> {
        self.0.algorithm.clone()
    }

    pub(crate) fn limitation(&self) -> Option<Limitation> {
        self.0.limitation
    }

    pub(crate) fn names_key(&self, id: Option<&[u8]>) -> bool {
        match (&self.0.authority_key_id, id) {
            (Some(wanted), Some(id)) => wanted == id,
            _ => true,
        }
    }

    /// Whether the key made the list's signature.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey, strength: Strength) -> bool {
        self.0.algorithm.as_ref().is_ok_and(|algorithm| {
            key.verify(*algorithm, self.slice(&self.0.tbs), self.slice(&self.0.signature), strength)
                .is_ok()
        })
    }

    /// The same, remembered for this key.
    pub(crate) fn is_signed_by_known(
        &self,
        key: &PublicKey,
        spki: &[u8],
        strength: Strength,
    ) -> bool {
        let mut tried = match self.0.tried.lock() {
            Ok(tried) => tried,
            Err(poisoned) => poisoned.into_inner(),
        };
        let question: Vec<u8> = [spki, &[u8::from(strength.sha1)]].concat();
        if let Some((_, outcome)) = tried.iter().find(|(q, _)| *q == question) {
            return *outcome;
        }
        let outcome = self.is_signed_by(key, strength);
        tried.push((question, outcome));
        outcome
    }

    /// The entries of a serial number: one, unless the list names it twice.
    pub(crate) fn entries_of(&self, serial: &[u8]) -> &[Entry] {
        let entries = &self.0.entries;
        let first = entries.partition_point(|e| self.slice(&e.serial) < serial);
        let behind = entries.partition_point(|e| self.slice(&e.serial) <= serial);
        entries.get(first..behind).unwrap_or_default()
    }
}

impl Entry {
    fn read(list: &mut Reader<'_>, limitation: &mut Option<Limitation>) -> Result<Self> {
        let mut fields = list.sequence(ENTRY)?;
        let serial = fields.expect(tag::INTEGER, ENTRY)?;
        if !serial.is_minimal_integer() {
            return Err(Error::malformed(ENTRY).at(serial.at));
        }
        let at = fields.any(ENTRY)?.time("revocationDate (RFC 5280 §5.1.2.6)")?;
        let mut reason = RevocationReason::Unspecified;
        if !fields.is_done() {
            for extension in read_extensions(fields.sequence(ENTRY)?)? {
                match extension.oid {
                    oid::REASON_CODE => {
                        reason = RevocationReason::read(&extension.value)?;
                    }
                    oid::INVALIDITY_DATE => {
                        let what = "invalidityDate (RFC 5280 §5.3.2)";
                        asn1::single(&extension.value, what)?.time(what)?;
                    }
                    _ if extension.critical => *limitation = Some(Limitation::UnknownCritical),
                    _ => {}
                }
            }
            fields.finish(ENTRY)?;
        }
        let start = serial.at + serial.raw.len() - serial.value.len();
        Ok(Self { serial: start..start + serial.value.len(), at, reason })
    }
}

fn read_extension(
    extension: &Extension,
    number: &mut Option<Vec<u8>>,
    key_id: &mut Option<Vec<u8>>,
    limitation: &mut Option<Limitation>,
) -> Result<()> {
    match extension.oid {
        oid::CRL_NUMBER => {
            let what = "cRLNumber (RFC 5280 §5.2.3)";
            let value = asn1::single(&extension.value, what)?.expect(tag::INTEGER, what)?.value;
            *number = Some(value.iter().copied().skip_while(|b| *b == 0).collect());
        }
        oid::AUTHORITY_KEY_IDENTIFIER => *key_id = authority_key_id(&extension.value)?,
        oid::DELTA_CRL_INDICATOR => *limitation = Some(Limitation::Delta),
        oid::ISSUING_DISTRIBUTION_POINT => {
            limitation.get_or_insert(Limitation::Scope);
        }
        oid::FRESHEST_CRL if extension.critical => {
            limitation.get_or_insert(Limitation::CriticalFreshest);
        }
        oid::FRESHEST_CRL | oid::AUTHORITY_INFO_ACCESS | oid::ISSUER_ALT_NAME => {}
        _ if extension.critical => {
            limitation.get_or_insert(Limitation::UnknownCritical);
        }
        _ => {}
    }
    Ok(())
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("claimed_issuer", &self.0.issuer)
            .field("this_update", &self.0.this_update)
            .field("entries", &self.0.entries.len())
            .finish_non_exhaustive()
    }
}
