//! What the services of a test authority know, and how they answer.

use std::{collections::BTreeMap, fs, io, path::Path};

use der::{Decode as _, Encode as _};
use qoltanba::{
    Instant, Limits,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    sign::{KeyStore, Password, SigningKey as _},
};
use rand_core::CryptoRng;
use x509_cert::{
    crl::CertificateList,
    ext::pkix::{AuthorityKeyIdentifier, CrlReason, SubjectKeyIdentifier},
};

use crate::{
    crl::Reason,
    dev_pki::{DevPki, PASSWORD},
    error::{Error, Result},
    keys::Key,
    layout::File,
    ocsp::{CertId, OcspFault, OcspRefusal, OcspRequest, OcspSpec, Status},
    profile::Addresses,
    time_stamp::{
        FailInfo, TimeStampFault, TimeStampPolicy, TimeStampRefusal, TimeStampRequest,
        TimeStampSpec, time_stamp_response,
    },
};

/// Longest file of a folder that is read: far above a list with a million entries.
const MAX_FILE: u64 = 128 * 1024 * 1024;

/// The lists, certificates and services of a test authority.
///
/// A [`DevPki`] and the folder that it was written to make the same ones: who was issued what, the
/// lists of who is revoked, the key stores of the OCSP responders and time-stamp authorities.
#[derive(Default)]
pub struct Services {
    pub(super) lists: BTreeMap<String, Vec<u8>>,
    pub(super) certificates: BTreeMap<String, Vec<u8>>,
    desks: Vec<Desk>,
}

/// An issuing authority with the services below it.
struct Desk {
    name: Vec<u8>,
    key_info: Vec<u8>,
    key_identifier: Option<Vec<u8>>,
    index: BTreeMap<Vec<u8>, Status>,
    responder: Option<Signer>,
    time_stamps: Option<Signer>,
}

struct Signer {
    certificate: Vec<u8>,
    key: Key,
}

impl Services {
    /// Those of a test authority in memory.
    ///
    /// # Errors
    /// When its files do not go together.
    pub fn of(pki: &DevPki, rng: &mut dyn CryptoRng) -> Result<Self> {
        Self::from_files(&pki.files(rng)?)
    }

    /// Those of the folder that a test authority was written to.
    ///
    /// # Errors
    /// When a file cannot be read, or is none of a test authority.
    pub fn open(folder: &Path) -> Result<Self> {
        let mut files = Vec::new();
        for part in ["anchors", "authorities", "crl", "people", "faulty"] {
            let within = folder.join(part);
            let failed = |source: io::Error| Error::Io { path: within.clone(), source };
            let mut names = fs::read_dir(&within)
                .map_err(failed)?
                .map(|entry| Ok(entry?.file_name()))
                .collect::<io::Result<Vec<_>>>()
                .map_err(failed)?;
            names.sort();
            for name in names {
                let path = within.join(&name);
                let failed = |source: io::Error| Error::Io { path: path.clone(), source };
                let about = fs::metadata(&path).map_err(failed)?;
                if !about.is_file() || about.len() > MAX_FILE {
                    continue;
                }
                let contents = fs::read(&path).map_err(failed)?;
                files.push(File { path: format!("{part}/{}", name.display()), contents });
            }
        }
        let services = Self::from_files(&files)?;
        if services.desks.is_empty() {
            return Err(Error::Description("the folder has no issuing authority"));
        }
        Ok(services)
    }

    fn from_files(files: &[File]) -> Result<Self> {
        let mut services = Self::default();
        let within = |folder: &'static str, ending: &'static str| {
            files.iter().filter_map(move |file| {
                let name = file.path.strip_prefix(folder)?.strip_prefix('/')?;
                Some((name, name.strip_suffix(ending)?, &file.contents))
            })
        };
        for (name, _, der) in within("anchors", ".cer").chain(within("authorities", ".cer")) {
            services.certificates.insert(name.to_owned(), der.clone());
        }
        for (_, _, der) in within("authorities", ".cer") {
            services.desks.push(Desk::new(der)?);
        }
        for (_, _, der) in within("people", ".cer").chain(within("faulty", ".cer")) {
            services.desks.iter_mut().try_for_each(|desk| desk.remember(der))?;
        }
        for (name, _, der) in within("crl", ".crl") {
            services.lists.insert(name.to_owned(), der.clone());
            services.desks.iter_mut().try_for_each(|desk| desk.revoke(der))?;
        }
        for (_, stem, store) in within("people", ".p12") {
            let (responder, time_stamps) = (stem.ends_with("-ocsp"), stem.ends_with("-tsa"));
            if !responder && !time_stamps {
                continue;
            }
            let store = KeyStore::open(store, &Password::new(PASSWORD), &Limits::default())?;
            let certificate = store.certificate().clone();
            let issuer = certificate.issuer().as_der().to_vec();
            let der = certificate.as_der().to_vec();
            let signer = Signer { certificate: der, key: store.into_key().into() };
            let desk = services.desks.iter_mut().find(|d| d.name == issuer);
            let desk = desk.ok_or(Error::Description("a service is of an unknown authority"))?;
            *(if responder { &mut desk.responder } else { &mut desk.time_stamps }) = Some(signer);
        }
        Ok(services)
    }

    /// Whether the certificates that were issued name these addresses.
    #[must_use]
    pub fn are_at(&self, addresses: &Addresses) -> bool {
        let address = addresses.ocsp();
        let named = |der: &[u8]| der.windows(address.len()).any(|w| w == address.as_bytes());
        let mut responders = self.desks.iter().filter_map(|d| d.responder.as_ref());
        responders.all(|responder| named(&responder.certificate))
    }

    /// The OCSPResponse to an OCSPRequest: signed by the delegated responder of the authority that
    /// the first certificate is of. What the authority never issued is revoked as the national
    /// responder says it (kz-pki §6).
    pub fn status(
        &self,
        request: &[u8],
        at: Instant,
        fault: Option<OcspFault>,
        rng: &mut dyn CryptoRng,
    ) -> Vec<u8> {
        let refused = |refusal: OcspRefusal| refusal.to_der().to_vec();
        let Ok(request) = OcspRequest::from_der(request) else {
            return refused(OcspRefusal::MalformedRequest);
        };
        let Some(first) = request.ids.first() else {
            return refused(OcspRefusal::MalformedRequest);
        };
        let Some(desk) = self.desks.iter().find(|d| d.is_named(first)) else {
            return refused(OcspRefusal::Unauthorized);
        };
        let Some(responder) = &desk.responder else {
            return refused(OcspRefusal::Unauthorized);
        };
        let mut spec = OcspSpec { nonce: request.nonce, fault, ..OcspSpec::at(at) };
        for id in request.ids {
            spec = match desk.index.get(&id.serial) {
                _ if !desk.is_named(&id) => spec.unknown(id),
                Some(status) => spec.says(id, *status),
                None => spec.not_issued(id),
            };
        }
        let answer = spec.sign(&responder.certificate, &responder.key, rng);
        answer.unwrap_or_else(|_| refused(OcspRefusal::InternalError))
    }

    /// The TimeStampResp to a TimeStampReq. As with the national authority the digest decides who
    /// stamps: GOST 34.311-95 and SHA-1 the GOST 2004 authority, GOST 34.11-2015 that of GOST
    /// 2015, SHA-2 that of RSA; a policy that is asked for must be its own.
    ///
    /// # Errors
    /// When a refusal cannot be written.
    pub fn stamp(
        &self,
        request: &[u8],
        at: Instant,
        serial: u64,
        fault: Option<TimeStampFault>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        let refused = |why| TimeStampRefusal::because(why).to_der();
        let Ok(request) = TimeStampRequest::from_der(request) else {
            return refused(FailInfo::BadDataFormat);
        };
        if request.imprint.value.len() != request.imprint.digest.len() {
            return refused(FailInfo::BadDataFormat);
        }
        let Some(signer) = self.stamping(request.imprint.digest) else {
            return refused(FailInfo::BadAlg);
        };
        let policy = TimeStampPolicy::of(signer.key.algorithm());
        if request.policy.as_deref().is_some_and(|asked| asked != policy.oid()) {
            return refused(FailInfo::UnacceptedPolicy);
        }
        let spec = TimeStampSpec {
            policy: Some(policy),
            // Eight octets of a positive INTEGER without needless zeros.
            serial: (serial | 1 << 62).to_be_bytes().to_vec(),
            fault,
            ..TimeStampSpec::answering(&request, at)
        };
        match spec.sign(&signer.certificate, &signer.key, rng) {
            Ok(token) => time_stamp_response(&token),
            Err(_) => refused(FailInfo::SystemFailure),
        }
    }

    fn stamping(&self, digest: DigestAlgorithm) -> Option<&Signer> {
        let wanted = |algorithm| match digest {
            DigestAlgorithm::Gost3411 | DigestAlgorithm::Sha1 => {
                algorithm == SignatureAlgorithm::Gost2004
            }
            DigestAlgorithm::Streebog256 | DigestAlgorithm::Streebog512 => matches!(
                algorithm,
                SignatureAlgorithm::Gost2015_256 | SignatureAlgorithm::Gost2015_512
            ),
            _ => matches!(algorithm, SignatureAlgorithm::RsaPkcs1(_)),
        };
        self.desks
            .iter()
            .filter_map(|d| d.time_stamps.as_ref())
            .find(|signer| wanted(signer.key.algorithm()))
    }
}

impl Desk {
    fn new(certificate: &[u8]) -> Result<Self> {
        let certificate = x509_cert::Certificate::from_der(certificate)?;
        let tbs = certificate.tbs_certificate();
        let identifier = tbs.get_extension::<SubjectKeyIdentifier>().ok().flatten();
        Ok(Self {
            name: tbs.subject().to_der()?,
            key_info: tbs.subject_public_key_info().to_der()?,
            key_identifier: identifier.map(|(_, id)| id.0.as_bytes().to_vec()),
            index: BTreeMap::new(),
            responder: None,
            time_stamps: None,
        })
    }

    fn is_named(&self, id: &CertId) -> bool {
        CertId::of(&self.name, &self.key_info, &id.serial, id.digest).is_ok_and(|own| own == *id)
    }

    /// Puts a certificate into the index if this authority issued it: an authority with the same
    /// name has another key.
    fn remember(&mut self, certificate: &[u8]) -> Result<()> {
        let certificate = x509_cert::Certificate::from_der(certificate)?;
        let tbs = certificate.tbs_certificate();
        let by = tbs.get_extension::<AuthorityKeyIdentifier>().ok().flatten();
        let by = by.and_then(|(_, id)| Some(id.key_identifier?.as_bytes().to_vec()));
        if tbs.issuer().to_der()? == self.name && by == self.key_identifier {
            self.index.insert(tbs.serial_number().as_bytes().to_vec(), Status::Good);
        }
        Ok(())
    }

    fn revoke(&mut self, list: &[u8]) -> Result<()> {
        let list = <CertificateList>::from_der(list)?.tbs_cert_list;
        if list.issuer.to_der()? != self.name {
            return Ok(());
        }
        for entry in list.revoked_certificates.unwrap_or_default() {
            let seconds = entry.revocation_date.to_unix_duration().as_secs();
            let at = Instant::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX));
            let extensions = entry.crl_entry_extensions.unwrap_or_default();
            let reason = extensions
                .iter()
                .find(|e| e.extn_id == crate::oid::REASON_CODE)
                .and_then(|e| CrlReason::from_der(e.extn_value.as_bytes()).ok());
            let reason = reason.and_then(|code| Reason::ALL.into_iter().find(|r| r.code() == code));
            let serial = entry.serial_number.as_bytes().to_vec();
            self.index.insert(serial, Status::Revoked { at, reason });
        }
        Ok(())
    }
}
