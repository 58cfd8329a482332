//! Writing key stores.

use rand_core::CryptoRng;

use super::{
    Form,
    kdf::{self, Cost, Pbkdf2, Use, Work},
    password::Secrets,
    pbe::{Cipher, Derivation, Scheme},
};
use crate::{
    algorithm::DigestAlgorithm,
    asn1::{self, tag},
    budget::Limits,
    certificate::Certificate,
    error::Result,
    oid, text,
};

/// What the authority's own stores have.
const NATIONAL_ITERATIONS: u32 = 1024;
/// OWASP Password Storage Cheat Sheet (2023) for PBKDF2-HMAC-SHA-256.
const MODERN_ITERATIONS: u32 = 600_000;

/// The attributes that tie a key to its certificate.
pub(super) struct Names {
    id: Vec<u8>,
    name: String,
}

impl Names {
    pub(super) fn new(certificate: &Certificate, friendly_name: Option<&str>) -> Self {
        let id = match &certificate.extensions().subject_key_id {
            Some(id) => id.clone(),
            None => DigestAlgorithm::Sha1.digest(certificate.spki()),
        };
        let name = friendly_name.map_or_else(|| text::hex(&id), str::to_owned);
        Self { id, name }
    }

    fn attributes(&self) -> Vec<u8> {
        const BMP_STRING: u8 = 0x1e;
        let name: Vec<u8> = self.name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let attribute =
            |kind, value: Vec<u8>| asn1::sequence(&[asn1::oid(kind), asn1::tlv(tag::SET, &value)]);
        asn1::set_of(&[
            attribute(oid::LOCAL_KEY_ID, asn1::octet_string(&self.id)),
            attribute(oid::FRIENDLY_NAME, asn1::tlv(BMP_STRING, &name)),
        ])
    }
}

/// Octets of a fresh salt: what the authority and OpenSSL write.
struct Salts {
    first: [u8; 20],
    iv: [u8; 16],
}

pub(super) struct Writer<'a> {
    pub(super) form: Form,
    pub(super) secrets: &'a Secrets<'a>,
    pub(super) rng: &'a mut dyn CryptoRng,
}

impl Writer<'_> {
    pub(super) fn store(
        &mut self,
        key: &[u8],
        certificate: &Certificate,
        chain: &[Certificate],
        names: &Names,
    ) -> Result<Vec<u8>> {
        let (identifier, encrypted) = self.encrypt(Cipher::TripleDes, key)?;
        let shrouded = asn1::sequence(&[identifier, asn1::octet_string(&encrypted)]);
        let key_bag = bag(oid::SHROUDED_KEY_BAG, &shrouded, Some(names));

        let mut certificates = vec![certificate_bag(certificate, Some(names))];
        certificates.extend(chain.iter().map(|other| certificate_bag(other, None)));
        let plain = asn1::sequence(&certificates);
        let (identifier, encrypted) = self.encrypt(Cipher::Rc2, &plain)?;

        let keys = asn1::octet_string(&asn1::sequence(&[key_bag]));
        let layout = Layout(self.form);
        let content = layout.sequence(&[
            layout.content_info(oid::ID_DATA, &keys),
            layout.content_info(
                oid::ID_ENCRYPTED_DATA,
                &layout.sequence(&[
                    asn1::der_integer(0),
                    layout.sequence(&[
                        asn1::oid(oid::ID_DATA),
                        identifier,
                        layout.implicit_octets(&encrypted),
                    ]),
                ]),
            ),
        ]);
        let mac = self.mac(&content)?;
        Ok(asn1::sequence(&[
            asn1::der_integer(3),
            asn1::sequence(&[
                asn1::oid(oid::ID_DATA),
                asn1::context(0, &asn1::octet_string(&content)),
            ]),
            mac,
        ]))
    }

    fn salts(&mut self) -> Salts {
        let mut salts = Salts { first: [0; 20], iv: [0; 16] };
        self.rng.fill_bytes(&mut salts.first);
        self.rng.fill_bytes(&mut salts.iv);
        salts
    }

    const fn iterations(&self) -> u32 {
        match self.form {
            Form::National => NATIONAL_ITERATIONS,
            Form::Modern => MODERN_ITERATIONS,
        }
    }

    /// Encrypts with the form's scheme, where `national` is the cipher of the national form.
    fn encrypt(&mut self, national: Cipher, plain: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
        let salts = self.salts();
        let iterations = self.iterations();
        let cost = Cost::new(&salts.first, iterations)?;
        let count = asn1::der_integer(iterations.into());
        let (scheme, identifier) = match self.form {
            Form::National => {
                let kind = match national {
                    Cipher::Rc2 => oid::PBE_SHA_RC2_40,
                    _ => oid::PBE_SHA_3DES,
                };
                let parameters = asn1::sequence(&[asn1::octet_string(cost.salt), count]);
                (
                    Scheme { cipher: national, derivation: Derivation::Pkcs12(cost) },
                    asn1::sequence(&[asn1::oid(kind), parameters]),
                )
            }
            Form::Modern => {
                let function = Pbkdf2::new(cost, DigestAlgorithm::Sha256);
                let derivation = Derivation::Pbes2 { function, iv: &salts.iv };
                let prf = asn1::sequence(&[asn1::oid(oid::HMAC_SHA256), asn1::null()]);
                let parameters = asn1::sequence(&[asn1::octet_string(cost.salt), count, prf]);
                let parameters = asn1::sequence(&[
                    asn1::sequence(&[asn1::oid(oid::PBKDF2), parameters]),
                    asn1::sequence(&[asn1::oid(oid::AES_256_CBC), asn1::octet_string(&salts.iv)]),
                ]);
                (
                    Scheme { cipher: Cipher::Aes256, derivation },
                    asn1::sequence(&[asn1::oid(oid::PBES2), parameters]),
                )
            }
        };
        let encrypted = scheme.encrypt(plain, self.secrets, &mut Work::new(&Limits::default()))?;
        Ok((identifier, encrypted))
    }

    fn mac(&mut self, content: &[u8]) -> Result<Vec<u8>> {
        let digest = match self.form {
            Form::National => DigestAlgorithm::Sha1,
            Form::Modern => DigestAlgorithm::Sha256,
        };
        let salts = self.salts();
        let cost = Cost::new(&salts.first, self.iterations())?;
        let key = kdf::pkcs12(digest, Use::Mac, &self.secrets.bmp, cost, digest.len())?;
        let value = kdf::hmac(digest, &key, content)?;
        Ok(asn1::sequence(&[
            asn1::sequence(&[digest.identifier(), asn1::octet_string(&value)]),
            asn1::octet_string(cost.salt),
            asn1::der_integer(cost.iterations.into()),
        ]))
    }
}

fn bag(kind: der::asn1::ObjectIdentifier, value: &[u8], names: Option<&Names>) -> Vec<u8> {
    let mut parts = vec![asn1::oid(kind), asn1::context(0, value)];
    parts.extend(names.map(Names::attributes));
    asn1::sequence(&parts)
}

fn certificate_bag(certificate: &Certificate, names: Option<&Names>) -> Vec<u8> {
    let value = asn1::sequence(&[
        asn1::oid(oid::X509_CERTIFICATE),
        asn1::context(0, &asn1::octet_string(certificate.as_der())),
    ]);
    bag(oid::CERT_BAG, &value, names)
}

/// The encoding of the layers between the PFX and the bags: indefinite lengths in the national
/// form, DER in the modern one.
#[derive(Clone, Copy)]
struct Layout(Form);

impl Layout {
    fn constructed(self, tag: u8, value: &[u8]) -> Vec<u8> {
        match self.0 {
            Form::National => [&[tag, 0x80], value, &[0, 0]].concat(),
            Form::Modern => asn1::tlv(tag, value),
        }
    }

    fn sequence(self, parts: &[Vec<u8>]) -> Vec<u8> {
        self.constructed(tag::SEQUENCE, &parts.concat())
    }

    fn content_info(self, kind: der::asn1::ObjectIdentifier, content: &[u8]) -> Vec<u8> {
        self.sequence(&[asn1::oid(kind), self.constructed(0xa0, content)])
    }

    /// `[0] IMPLICIT OCTET STRING`, in one piece inside the constructed national form.
    fn implicit_octets(self, octets: &[u8]) -> Vec<u8> {
        match self.0 {
            Form::National => self.constructed(0xa0, &asn1::octet_string(octets)),
            Form::Modern => asn1::context_primitive(0, octets),
        }
    }
}
