//! Authorities of P-256 keys for the tests of paths.

use openssl::{
    asn1::{Asn1Integer, Asn1Object, Asn1OctetString, Asn1Time},
    bn::BigNum,
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    x509::{
        X509Builder, X509Extension, X509Name, X509NameBuilder,
        extension::{BasicConstraints, KeyUsage},
    },
};

use super::{KnownLinks, PathBuilder, PathInputs, PathSearch, TrustAnchor, TrustStore};
use crate::{Limits, algorithm::Strength, certificate::Certificate, verdict::Reason};

const AT: &str = "2026-06-01T00:00:00Z";

/// An extension that is critical: its identifier and its value.
pub(super) type Extra = (der::asn1::ObjectIdentifier, Vec<u8>);

#[derive(Clone)]
pub(super) struct Authority {
    name: &'static str,
    key: PKey<Private>,
    /// What its own certificate has besides.
    pub(super) limits: Vec<Extra>,
}

impl Authority {
    pub(super) fn new(name: &'static str) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        Self { name, key, limits: Vec::new() }
    }

    pub(super) fn many(name: &'static str, count: usize) -> Vec<Self> {
        (0..count).map(|_| Self::new(name)).collect()
    }

    fn name(&self) -> X509Name {
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_nid(Nid::COMMONNAME, self.name).unwrap();
        name.build()
    }

    pub(super) fn certify(&self, other: &Self) -> Certificate {
        self.certify_until(other, "20300101000000Z")
    }

    pub(super) fn certify_until(&self, other: &Self, end: &str) -> Certificate {
        let mut builder = X509Builder::new().unwrap();
        builder.set_version(2).unwrap();
        let serial = BigNum::from_u32(1).unwrap();
        builder.set_serial_number(&Asn1Integer::from_bn(&serial).unwrap()).unwrap();
        builder.set_issuer_name(&self.name()).unwrap();
        builder.set_subject_name(&other.name()).unwrap();
        builder.set_pubkey(&other.key).unwrap();
        builder.set_not_before(&Asn1Time::from_str("20260101000000Z").unwrap()).unwrap();
        builder.set_not_after(&Asn1Time::from_str(end).unwrap()).unwrap();
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
        let usage = KeyUsage::new().critical().key_cert_sign().crl_sign().build().unwrap();
        builder.append_extension(usage).unwrap();
        for (id, value) in &other.limits {
            let id = Asn1Object::from_str(&id.to_string()).unwrap();
            let value = Asn1OctetString::new_from_bytes(value).unwrap();
            builder
                .append_extension(X509Extension::new_from_der(&id, true, &value).unwrap())
                .unwrap();
        }
        builder.sign(&self.key, MessageDigest::sha256()).unwrap();
        Certificate::from_der(&builder.build().to_der().unwrap()).unwrap()
    }
}

/// Looks for a path, and tells how many signatures were checked for it.
pub(super) fn search(
    anchors: &[&Authority],
    candidates: &[Certificate],
    leaf: &Certificate,
) -> (PathSearch, usize) {
    search_within(&Limits::default(), anchors, candidates, leaf)
}

pub(super) fn search_within(
    limits: &Limits,
    anchors: &[&Authority],
    candidates: &[Certificate],
    leaf: &Certificate,
) -> (PathSearch, usize) {
    let mut trust = TrustStore::empty();
    for anchor in anchors {
        let certificate = anchor.certify(anchor);
        trust.add(TrustAnchor::from_self_signed(&certificate).unwrap());
    }
    let known = KnownLinks::new(limits);
    let inputs = PathInputs::default();
    let builder = PathBuilder {
        trust: &trust,
        candidates,
        at: AT.parse().unwrap(),
        strength: Strength::default(),
        limits,
        known: &known,
        inputs: &inputs,
    };
    let found = builder.find(leaf);
    let checked = known.count();
    (found, checked)
}

pub(super) fn length(found: &PathSearch) -> usize {
    match found {
        PathSearch::Trusted(path) => path.authorities().len(),
        PathSearch::Faulty(_, faults) => panic!("{faults:?}"),
        PathSearch::None(reason, _) => panic!("{reason:?}"),
    }
}

pub(super) fn reason(found: PathSearch) -> Reason {
    match found {
        PathSearch::None(reason, _) => reason,
        PathSearch::Trusted(_) => panic!("it holds"),
        PathSearch::Faulty(_, faults) => panic!("{faults:?}"),
    }
}
