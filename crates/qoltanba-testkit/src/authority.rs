//! Authorities: they certify further authorities and end entities, and publish lists.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use der::{Decode as _, Encode as _, asn1::Int, flagset::FlagSet};
use qoltanba::{algorithm::SignatureAlgorithm, sign::SigningKey as _, time::Validity};
use rand_core::CryptoRng;
use x509_cert::ext::{Extension, pkix::KeyUsages};

use crate::{
    encode::{
        self, Period, SignatureValue, TbsCertificate, extension_of_octets, key_identifier, raw,
        serial_of_key,
    },
    end_entity::EndEntity,
    error::{Error, Result},
    fault::{Fault, Placement},
    keys::Key,
    mint::DAY,
    oid,
    profile::{self, Addresses, AuthorityProfile, Issuer},
    rules::{self, PathRules, Point},
    subject::Subject,
};

/// The description of an authority.
#[derive(Debug, Clone)]
pub struct AuthoritySpec {
    /// Its name.
    pub subject: Subject,
    /// What its files are called, without an ending: `nca_gost2015`. The addresses of its lists
    /// contain it; an address with `gost` under an RSA key, or `rsa` under a GOST key, is a quirk.
    pub file: String,
    /// When its certificate is valid.
    pub validity: Validity,
    /// pathLenConstraint.
    pub path_len: Option<u8>,
    /// Where its certificates and lists are said to be.
    pub addresses: Addresses,
    /// What it demands of the paths below it.
    pub rules: PathRules,
    /// The lists that cover its certificate, instead of the issuer's; an empty list leaves the
    /// extension out.
    pub points: Option<Vec<Point>>,
    /// What is wrong with its certificate.
    pub fault: Option<Fault>,
}

impl AuthoritySpec {
    /// A root or cross-certified authority, which may certify authorities.
    #[must_use]
    pub fn root(common_name: &str, file: &str, validity: Validity) -> Self {
        Self {
            subject: Subject::authority(common_name),
            file: file.to_owned(),
            validity,
            path_len: None,
            addresses: Addresses::default(),
            rules: PathRules::default(),
            points: None,
            fault: None,
        }
    }

    /// An authority that certifies end entities only: pathLenConstraint is 0.
    #[must_use]
    pub fn issuing(common_name: &str, file: &str, validity: Validity) -> Self {
        Self { path_len: Some(0), ..Self::root(common_name, file, validity) }
    }

    /// The same authority with something wrong.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }
}

/// A certification authority with its key. Cloning is cheap, and clones share the memory of the
/// serial numbers given out.
#[derive(Clone)]
pub struct Authority(Arc<Inner>);

struct Inner {
    spec: AuthoritySpec,
    name: Vec<u8>,
    above: Vec<u8>,
    key: Key,
    key_identifier: [u8; 20],
    serial: Vec<u8>,
    certificate: Vec<u8>,
    given_out: Mutex<BTreeSet<Vec<u8>>>,
}

/// A certificate with its key, as its holder has them.
#[derive(Clone)]
pub struct Issued {
    /// The certificate, DER.
    pub certificate: Vec<u8>,
    /// The private key.
    pub key: Key,
    /// The content octets of the serial number.
    pub serial: Vec<u8>,
    /// The key identifier in hexadecimal, which national key stores carry as the name of the key.
    pub alias: String,
}

impl Authority {
    /// A root: self-signed.
    ///
    /// # Errors
    /// When the fault is none of an authority, or the key cannot sign.
    pub fn root(spec: AuthoritySpec, key: Key, rng: &mut dyn CryptoRng) -> Result<Self> {
        Self::build(spec, key, None, rng)
    }

    /// Certifies an authority below this one. Nothing is refused: a pathLenConstraint of this
    /// authority is for the verifier to see.
    ///
    /// With the description and the key of an authority that is there already this makes a
    /// cross-certificate of it; with this authority's own description and another key, or the
    /// other way round, the certificates of a key rollover (RFC 4210 §4.4):
    ///
    /// ```
    /// use qoltanba::{Certificate, algorithm::SignatureAlgorithm::Gost2015_512};
    /// use qoltanba_testkit::{Mint, SeededRng, fresh_key};
    /// let mut rng = SeededRng::new(1);
    /// let old = Mint::good(Gost2015_512, "2026-11-22T00:00:00Z".parse()?, &mut rng)?.root;
    /// let new_with_old = old.certify(old.spec().clone(), fresh_key(Gost2015_512, &mut rng)?, &mut rng)?;
    /// let old_with_new = new_with_old.certify(old.spec().clone(), old.key().clone(), &mut rng)?;
    /// let [new, old] = [new_with_old, old_with_new].map(|a| Certificate::from_der(a.certificate()));
    /// assert_eq!(new?.claimed_subject(), old?.claimed_subject());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the fault is none of an authority, or the key cannot sign.
    pub fn certify(&self, spec: AuthoritySpec, key: Key, rng: &mut dyn CryptoRng) -> Result<Self> {
        Self::build(spec, key, Some(self), rng)
    }

    /// Certifies an end entity.
    ///
    /// # Errors
    /// When the description does not go together, or the key is of another algorithm than it says.
    pub fn issue(&self, entity: &EndEntity, key: Key, rng: &mut dyn CryptoRng) -> Result<Issued> {
        self.issue_under(entity, key, &self.0.key, rng)
    }

    /// What somebody makes who has not the authority's key but one of his own: everything in the
    /// certificate is right, and its signature is not the authority's.
    ///
    /// # Errors
    /// As [`issue`](Self::issue).
    pub fn forge(
        &self,
        entity: &EndEntity,
        key: Key,
        forger: &Key,
        rng: &mut dyn CryptoRng,
    ) -> Result<Issued> {
        self.issue_under(entity, key, forger, rng)
    }

    fn issue_under(
        &self,
        entity: &EndEntity,
        key: Key,
        by: &Key,
        rng: &mut dyn CryptoRng,
    ) -> Result<Issued> {
        let serial = self.new_serial(key_identifier(key.public_key_info())?, rng);
        issue(entity, key, serial, &self.issuer(), by, rng)
    }

    /// The certificate, DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.0.certificate
    }

    /// The private key.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.0.key
    }

    /// The content octets of the serial number of its certificate.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// The algorithm of its signatures.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.0.key.algorithm()
    }

    /// What it was described by.
    #[must_use]
    pub fn spec(&self) -> &AuthoritySpec {
        &self.0.spec
    }

    pub(crate) fn name(&self) -> &[u8] {
        &self.0.name
    }

    pub(crate) fn issuer(&self) -> Issuer<'_> {
        Issuer {
            key_identifier: self.0.key_identifier,
            name: &self.0.name,
            above: &self.0.above,
            serial: &self.0.serial,
            file: &self.0.spec.file,
            addresses: &self.0.spec.addresses,
        }
    }

    fn build(
        spec: AuthoritySpec,
        key: Key,
        above: Option<&Self>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        let fault = spec.fault;
        if fault.is_some_and(|f| matches!(f.placement(), Placement::Person | Placement::Chain)) {
            return Err(Error::Description("this fault is none of an authority's certificate"));
        }
        let name = spec.subject.to_der()?;
        let identifier = key_identifier(key.public_key_info())?;
        let serial = match above {
            Some(above) => above.new_serial(identifier, rng),
            None => serial_of_key(identifier).to_vec(),
        };
        let own = Issuer {
            key_identifier: identifier,
            name: &name,
            above: &name,
            serial: &serial,
            file: &spec.file,
            addresses: &spec.addresses,
        };
        let issuer = above.map_or(own, Self::issuer);
        let ca = fault != Some(Fault::NoCaFlag);
        let mut usage = FlagSet::from(KeyUsages::KeyCertSign) | KeyUsages::CRLSign;
        match fault {
            Some(Fault::NoCertSign) => usage = KeyUsages::CRLSign.into(),
            Some(Fault::NoCrlSign) => usage = KeyUsages::KeyCertSign.into(),
            _ => {}
        }
        // RFC 5280 §4.2.1.9: no pathLenConstraint without cA.
        let path_len = spec.path_len.filter(|_| ca);
        let authority = AuthorityProfile { ca, path_len, usage, root: above.is_none() };
        let mut extensions = profile::of_authority(&authority, &issuer, identifier)?;
        spec.rules.apply(&mut extensions)?;
        rules::replace_points(spec.points.as_deref(), &mut extensions)?;
        let certificate = Draft {
            serial: &serial,
            issuer: issuer.name,
            subject: &name,
            validity: spec.validity,
            key: &key,
            extensions,
            fault,
        }
        .sign(above.map_or(&key, |above| &above.0.key), rng)?;
        let above = issuer.name.to_vec();
        Ok(Self(Arc::new(Inner {
            above,
            name,
            key,
            key_identifier: identifier,
            given_out: Mutex::new(BTreeSet::from([serial.clone()])),
            serial,
            certificate,
            spec,
        })))
    }

    /// kz-pki §5: the serial number comes from the key, unless this authority has given out that
    /// one already (RFC 5280 §4.1.2.2); then 20 random octets in the same range.
    fn new_serial(&self, key_identifier: [u8; 20], rng: &mut dyn CryptoRng) -> Vec<u8> {
        let mut given_out = self.0.given_out.lock().unwrap_or_else(PoisonError::into_inner);
        let mut serial = serial_of_key(key_identifier);
        while !given_out.insert(serial.to_vec()) {
            rng.fill_bytes(&mut serial);
            serial = serial_of_key(serial);
        }
        serial.to_vec()
    }
}

/// The subject of a certificate, DER.
pub(crate) fn certificate_name(certificate: &[u8]) -> Result<Vec<u8>> {
    let certificate = x509_cert::Certificate::from_der(certificate)?;
    Ok(certificate.tbs_certificate().subject().to_der()?)
}

/// A certificate that its own holder signed.
pub(crate) fn self_signed(
    entity: &EndEntity,
    key: Key,
    addresses: &Addresses,
    rng: &mut dyn CryptoRng,
) -> Result<Issued> {
    let identifier = key_identifier(key.public_key_info())?;
    let serial = serial_of_key(identifier).to_vec();
    let name = entity.name()?.to_der()?;
    let issuer = Issuer {
        key_identifier: identifier,
        name: &name,
        above: &name,
        serial: &serial,
        file: "self",
        addresses,
    };
    let by = Key::clone(&key);
    issue(entity, key, serial.clone(), &issuer, &by, rng)
}

fn issue(
    entity: &EndEntity,
    key: Key,
    serial: Vec<u8>,
    issuer: &Issuer<'_>,
    by: &Key,
    rng: &mut dyn CryptoRng,
) -> Result<Issued> {
    if key.algorithm() != entity.algorithm {
        return Err(Error::Description("the key is of another algorithm than described"));
    }
    let identifier = key_identifier(key.public_key_info())?;
    let mut extensions = profile::of_end_entity(
        entity.profile,
        entity.algorithm,
        entity.generation(),
        entity.extended_usage,
        issuer,
        identifier,
    )?;
    rules::replace_policies(entity.policies.as_deref(), &mut extensions)?;
    rules::replace_points(entity.points.as_deref(), &mut extensions)?;
    rules::add_names(&entity.names, &mut extensions)?;
    let certificate = Draft {
        serial: &serial,
        issuer: issuer.name,
        subject: &entity.name()?.to_der()?,
        validity: entity.validity,
        key: &key,
        extensions,
        fault: entity.fault,
    }
    .sign(by, rng)?;
    Ok(Issued { certificate, key, serial, alias: hex(&identifier) })
}

/// A certificate before its defect is worked in and it is signed.
struct Draft<'a> {
    serial: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    validity: Validity,
    key: &'a Key,
    extensions: Vec<Extension>,
    fault: Option<Fault>,
}

impl Draft<'_> {
    fn sign(mut self, by: &Key, rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        let mut public_key = self.key.public_key_info().to_vec();
        let mut inner = encode::algorithm(by.algorithm())?;
        let mut value = SignatureValue::AsMade;
        match self.fault {
            Some(Fault::Expired) => self.validity = moved(self.validity, false),
            Some(Fault::NotYetValid) => self.validity = moved(self.validity, true),
            Some(Fault::WrongUsage) => {
                let [usage, uses] = profile::wrong_usage()?;
                self.extensions.retain(|e| e.extn_id != uses.extn_id);
                self.replace(usage);
                self.extensions.push(uses);
            }
            Some(Fault::UnknownCriticalExtension) => {
                let null = [0x05, 0x00];
                self.extensions.push(extension_of_octets(oid::UNKNOWN_EXTENSION, true, &null)?);
            }
            Some(Fault::DuplicateExtension) => {
                let usage = self.extensions.iter().find(|e| e.extn_id == oid::KEY_USAGE).cloned();
                self.extensions.extend(usage);
            }
            Some(Fault::OffCurveKey) => off_curve(self.key.algorithm(), &mut public_key)?,
            Some(Fault::InnerOuterAlgorithmMismatch) => {
                inner = encode::other_algorithm(by.algorithm())?;
            }
            Some(Fault::BadSignature) => value = SignatureValue::Altered,
            _ => {}
        }
        let tbs = TbsCertificate {
            version: 2,
            serial: Int::new(self.serial)?,
            signature: inner,
            issuer: raw(self.issuer)?,
            validity: Period::new(self.validity)?,
            subject: raw(self.subject)?,
            public_key: raw(&public_key)?,
            extensions: Some(self.extensions),
        };
        encode::sign(&tbs, &**by, value, rng)
    }

    fn replace(&mut self, by: Extension) {
        for extension in self.extensions.iter_mut().filter(|e| e.extn_id == by.extn_id) {
            *extension = by.clone();
        }
    }
}

/// A period of the same length, a day after the given one or a day before it.
pub(crate) fn moved(validity: Validity, later: bool) -> Validity {
    let length = validity.not_after.unix() - validity.not_before.unix() + DAY;
    let by = if later { length } else { -length };
    Validity {
        not_before: validity.not_before.plus_seconds(by),
        not_after: validity.not_after.plus_seconds(by),
    }
}

/// Changes the lowest bit of y: x ‖ y, both little-endian, are the last octets of the key, and y
/// is their second half.
fn off_curve(algorithm: SignatureAlgorithm, public_key: &mut [u8]) -> Result<()> {
    let coordinate = match algorithm {
        SignatureAlgorithm::Gost2004 | SignatureAlgorithm::Gost2015_256 => 32,
        SignatureAlgorithm::Gost2015_512 => 64,
        _ => return Err(Error::Description("only keys on a curve can be off it")),
    };
    let at = public_key.len().saturating_sub(coordinate);
    if let Some(octet) = public_key.get_mut(at) {
        *octet ^= 1;
    }
    Ok(())
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|o| format!("{o:02x}")).collect()
}
