//! Certificate revocation lists, parsed and not yet believed (RFC 5280 §5).

use std::{
    fmt,
    ops::Range,
    sync::{Arc, Mutex},
};

use super::{Features, Head, Revocation, RevocationList};
use crate::{
    algorithm::{PublicKey, SignatureAlgorithm, SignatureFault, Strength},
    asn1::{self, AlgorithmIdentifier, Reader, Tlv, tag},
    certificate::{GeneralName, Name, RevocationReason, read_extensions},
    error::{Error, Result},
    oid,
    time::Instant,
};

const CRL: &str = "CertificateList (RFC 5280 §5.1)";
const TBS: &str = "TBSCertList (RFC 5280 §5.1.2)";
const ENTRY: &str = "revoked certificate (RFC 5280 §5.1.2.6)";
const CERTIFICATE_ISSUER: &str = "certificateIssuer (RFC 5280 §5.3.3)";

/// A revocation list: well formed, with its exact bytes, and nothing proved yet. Cloning is cheap.
#[derive(Clone)]
pub struct Crl(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    tbs: Range<usize>,
    algorithm: Result<SignatureAlgorithm>,
    signature: Range<usize>,
    head: Head,
    /// Sorted by serial number.
    entries: Vec<Place>,
    /// Keys tried on the signature, with the outcome: lists are large, and asked often.
    tried: Mutex<Vec<(Vec<u8>, bool)>>,
}

/// Where an entry stands in the list, in twelve octets: lists have hundreds of thousands.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The offset of the entry.
    at: u32,
    /// The offset of the entry whose certificateIssuer is in force for this one; 0 when none is,
    /// for no entry stands there.
    issuer: u32,
    /// From `at` to the content octets of the serial number.
    header: u8,
    /// How many content octets the serial number has.
    serial: u8,
}

/// An entry as it is written.
struct Entry<'a> {
    serial: Tlv<'a>,
    revocation: Revocation,
    certificate_issuer: Option<Vec<GeneralName>>,
    unprocessed_critical: bool,
}

impl Parsed {
    fn read(der: &[u8]) -> Result<Self> {
        // The places of entries are kept in 32 bits.
        if u32::try_from(der.len()).is_err() {
            return Err(Error::over_budget("bytes of a revocation list", u64::from(u32::MAX)));
        }
        let mut outer = asn1::single(der, CRL)?.expect(tag::SEQUENCE, CRL)?.inside();
        let tbs = outer.expect(tag::SEQUENCE, TBS)?;
        let algorithm = AlgorithmIdentifier::read(&mut outer)?;
        let bits = outer.any(CRL)?;
        let signature = bits.bit_octets("signature of a revocation list")?;
        outer.finish(CRL)?;
        let (head, entries) = read_tbs(&tbs, &algorithm, der)?;
        let end = bits.at + bits.raw.len();
        Ok(Self {
            der: der.to_vec(),
            tbs: tbs.at..tbs.at + tbs.raw.len(),
            algorithm: SignatureAlgorithm::from_identifier(&algorithm),
            signature: end - signature.len()..end,
            head,
            entries,
            tried: Mutex::new(Vec::new()),
        })
    }
}

impl Crl {
    /// Reads one DER list with nothing behind it.
    ///
    /// # Errors
    /// When it is not well formed.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        Ok(Self(Arc::new(Parsed::read(der)?)))
    }

    /// Reads one DER list that was found where a certificate says that deltas are (freshestCRL).
    /// Such a list is never a complete one: the profile of order 522/НҚ lets deltas have no
    /// deltaCRLIndicator, so that the place alone tells.
    ///
    /// # Errors
    /// When it is not well formed.
    pub fn delta_from_der(der: &[u8]) -> Result<Self> {
        let mut parsed = Parsed::read(der)?;
        parsed.head.found_as_delta = true;
        Ok(Self(Arc::new(parsed)))
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.0.der.get(range.clone()).unwrap_or_default()
    }

    /// The exact bytes.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.0.der
    }

    /// The signed part, exactly as signed.
    pub(crate) fn tbs(&self) -> &[u8] {
        self.slice(&self.0.tbs)
    }

    /// The name of the authority that the list says issued it.
    #[must_use]
    pub fn claimed_issuer(&self) -> &Name {
        &self.0.head.issuer
    }

    /// The identifier of the issuer's key (RFC 5280 §5.2.1), as the list says.
    #[must_use]
    pub fn claimed_authority_key_id(&self) -> Option<&[u8]> {
        self.0.head.authority_key_id.as_deref()
    }

    /// The value of issuingDistributionPoint, DER (RFC 5280 §5.2.5): what the list is restricted
    /// to.
    #[must_use]
    pub fn scope(&self) -> Option<&[u8]> {
        self.0.head.scope_value.as_deref()
    }

    /// When the list was made.
    #[must_use]
    pub fn this_update(&self) -> Instant {
        self.0.head.this_update
    }

    /// Until when the list speaks; a list without it never proves that a certificate is good.
    #[must_use]
    pub fn next_update(&self) -> Option<Instant> {
        self.0.head.next_update
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
        self.0.head.number.as_ref().map(super::Number::octets)
    }

    /// The number of the complete list that this one is a delta to, big-endian
    /// (RFC 5280 §5.2.4).
    #[must_use]
    pub fn base_number(&self) -> Option<&[u8]> {
        self.0.head.base.as_ref().map(super::Number::octets)
    }

    /// Whether the list is a delta (RFC 5280 §5.2.4).
    #[must_use]
    pub fn is_delta(&self) -> bool {
        self.0.head.base.is_some()
    }

    /// Whether the list speaks of changes only, or may do so: such a list clears nobody. Besides a
    /// delta it is one with a critical freshestCRL, by which the profile of order 522/НҚ marks
    /// deltas.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.0.head.is_partial()
    }

    /// The algorithm of the list's signature.
    ///
    /// # Errors
    /// When it is unknown.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm> {
        self.0.algorithm.clone()
    }

    /// Whether the key made the list's signature.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey, strength: Strength) -> bool {
        self.check_signature(key, strength).is_ok()
    }

    /// The same, with what is wrong.
    pub(crate) fn check_signature(
        &self,
        key: &PublicKey,
        strength: Strength,
    ) -> Result<(), SignatureFault> {
        let algorithm = self.signature_algorithm();
        let algorithm = algorithm.map_err(|_| SignatureFault::AlgorithmMismatch)?;
        key.verify(algorithm, self.tbs(), self.slice(&self.0.signature), strength)
    }

    /// What the list says of a certificate, by its issuer and the content octets of its serial
    /// number. Nothing is proved by it before the list's signature was checked.
    #[must_use]
    pub fn revocations(&self, issuer: &Name, serial: &[u8]) -> Vec<Revocation> {
        let entries = &self.0.entries;
        let first = entries.partition_point(|e| e.serial(&self.0.der) < serial);
        let found = entries.iter().skip(first);
        let found = found.take_while(|e| e.serial(&self.0.der) == serial);
        let of_issuer = |place: &&Place| {
            if place.issuer == 0 {
                return *issuer == self.0.head.issuer;
            }
            let named = self.entry(place.issuer).and_then(|entry| entry.certificate_issuer);
            named.is_some_and(|names| names.contains(&GeneralName::Directory(issuer.clone())))
        };
        let read = |place: &Place| self.entry(place.at).map(|entry| entry.revocation);
        found.filter(of_issuer).filter_map(read).collect()
    }

    /// The entry at an offset that an entry was read at before.
    fn entry(&self, at: u32) -> Option<Entry<'_>> {
        let from = self.0.der.get(usize::try_from(at).ok()?..)?;
        Entry::read(&mut Reader::new(from)).ok()
    }
}

impl RevocationList for Crl {
    fn head(&self) -> &Head {
        &self.0.head
    }

    fn entries_of(&self, issuer: &Name, serial: &[u8]) -> Result<Vec<Revocation>> {
        Ok(self.revocations(issuer, serial))
    }

    /// The outcome is remembered for the key.
    fn is_known_signed_by(&self, key: &PublicKey, spki: &[u8], strength: Strength) -> bool {
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
}

fn read_tbs(
    tbs: &Tlv<'_>,
    outside: &AlgorithmIdentifier<'_>,
    der: &[u8],
) -> Result<(Head, Vec<Place>)> {
    let mut t = tbs.inside();
    let version = match t.optional(tag::INTEGER, TBS)? {
        Some(v) => v.small(TBS)?,
        None => 0,
    };
    if version > 1 {
        return Err(Error::unsupported("revocation list version", version + 1));
    }
    // NOTE: the national test authority leaves the parameters out inside and writes NULL outside
    // (list of 2026-08-11).
    if !AlgorithmIdentifier::read(&mut t)?.is_same(outside) {
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
    let mut features = Features::default();
    let entries = match t.optional(tag::SEQUENCE, TBS)? {
        Some(list) => read_entries(list.inside(), &mut features, der)?,
        None => Vec::new(),
    };
    let mut extensions = Vec::new();
    if let Some(explicit) = t.optional_context(0, TBS)? {
        if version != 1 {
            return Err(Error::malformed("extensions of a list of version 1"));
        }
        let mut inside = explicit.inside();
        extensions = read_extensions(inside.sequence(TBS)?)?;
        inside.finish(TBS)?;
    }
    t.finish(TBS)?;
    let head = Head::new(issuer, this_update, next_update);
    Ok((head.with_extensions(&extensions, features)?, entries))
}

/// Reads every entry once, and keeps where each is, by serial number.
fn read_entries(mut list: Reader<'_>, features: &mut Features, der: &[u8]) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    let mut issuer = 0;
    while !list.is_done() {
        let start = list.at();
        let entry = Entry::read(&mut list)?;
        features.unprocessed_critical |= entry.unprocessed_critical;
        let bad = || Error::malformed(ENTRY).at(start);
        let at = u32::try_from(start).map_err(|_| bad())?;
        // §5.3.3: without the extension, the issuer is that of the entry before.
        if entry.certificate_issuer.is_some() {
            issuer = at;
            features.name_issuers = true;
        }
        let content = entry.serial.at + entry.serial.raw.len() - entry.serial.value.len();
        places.push(Place {
            at,
            issuer,
            header: u8::try_from(content - start).map_err(|_| bad())?,
            serial: u8::try_from(entry.serial.value.len()).map_err(|_| bad())?,
        });
    }
    places.sort_unstable_by(|a, b| (a.serial(der), a.at).cmp(&(b.serial(der), b.at)));
    places.shrink_to_fit();
    Ok(places)
}

impl Place {
    fn serial<'a>(&self, der: &'a [u8]) -> &'a [u8] {
        let start = self.at as usize + usize::from(self.header);
        der.get(start..start + usize::from(self.serial)).unwrap_or_default()
    }
}

impl<'a> Entry<'a> {
    fn read(list: &mut Reader<'a>) -> Result<Self> {
        let mut fields = list.sequence(ENTRY)?;
        let serial = fields.expect(tag::INTEGER, ENTRY)?;
        if !serial.is_minimal_integer() {
            return Err(Error::malformed(ENTRY).at(serial.at));
        }
        let at = fields.any(ENTRY)?.time("revocationDate (RFC 5280 §5.1.2.6)")?;
        let mut revocation =
            Revocation { at, reason: RevocationReason::Unspecified, invalid_since: None };
        let mut certificate_issuer = None;
        let mut unprocessed_critical = false;
        if !fields.is_done() {
            for extension in read_extensions(fields.sequence(ENTRY)?)? {
                let value = extension.value.as_slice();
                match extension.oid {
                    oid::REASON_CODE => revocation.reason = RevocationReason::read(value)?,
                    oid::INVALIDITY_DATE => {
                        let what = "invalidityDate (RFC 5280 §5.3.2)";
                        revocation.invalid_since = Some(asn1::single(value, what)?.time(what)?);
                    }
                    oid::CERTIFICATE_ISSUER => {
                        let what = CERTIFICATE_ISSUER;
                        let names = asn1::single(value, what)?.expect(tag::SEQUENCE, what)?;
                        let names = GeneralName::read_all(names.inside(), what)?;
                        let directory = |name: &_| matches!(name, GeneralName::Directory(_));
                        unprocessed_critical |= !names.iter().any(directory);
                        certificate_issuer = Some(names);
                    }
                    _ => unprocessed_critical |= extension.critical,
                }
            }
            fields.finish(ENTRY)?;
        }
        Ok(Self { serial, revocation, certificate_issuer, unprocessed_critical })
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("claimed_issuer", &self.0.head.issuer)
            .field("this_update", &self.0.head.this_update)
            .field("entries", &self.0.entries.len())
            .finish_non_exhaustive()
    }
}
