//! Key stores: PKCS#12 (RFC 7292), as the national authority and as everyone else writes it.

mod bags;
mod kdf;
mod mac;
mod open;
mod password;
mod pbe;
mod write;

use rand_core::CryptoRng;

pub(crate) use kdf::Work;
pub use password::Password;
pub(crate) use pbe::Scheme;

use super::{PrivateKey, SigningKey};
use crate::{
    budget::Limits,
    certificate::Certificate,
    error::{Error, KeyStoreFault, Result},
};

/// A private key with the certificate of its public half.
///
/// ```
/// use qoltanba::{
///     Limits,
///     sign::{KeyStore, Password, SigningKey},
/// };
///
/// # fn sign(file: &[u8], rng: &mut dyn rand_core::CryptoRng) -> qoltanba::Result<()> {
/// let store = KeyStore::open(file, &Password::from("Qwerty12"), &Limits::default())?;
/// println!("{}", store.certificate().claimed_subject());
/// let signature = store.key().sign(b"a message", rng)?;
/// # Ok(())
/// # }
/// ```
///
/// Opening checks in this order: the form of the file, its MAC under the password, then what is
/// inside. A store is opened only when its key belongs to a certificate in it; whether anyone
/// should trust that certificate is not asked here.
#[derive(Debug)]
pub struct KeyStore {
    key: PrivateKey,
    certificate: Certificate,
    chain: Vec<Certificate>,
    friendly_name: Option<String>,
}

/// How a new key store is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// As the national authority writes it: BER inside, HMAC-SHA-1, triple DES for the key, RC2
    /// with 40 bits for the certificates, 1,024 iterations. Its protection is weak.
    National,
    /// DER, PBES2 with AES-256 and PBKDF2-HMAC-SHA-256, HMAC-SHA-256 for integrity.
    Modern,
}

impl KeyStore {
    /// Opens a PKCS#12 file.
    ///
    /// Of several private keys the one is taken that has a certificate inside, told apart by
    /// localKeyId where several have.
    ///
    /// # Errors
    /// [`ErrorKind::WrongPassword`](crate::ErrorKind::WrongPassword) when the MAC does not stand,
    /// [`ErrorKind::KeyStore`](crate::ErrorKind::KeyStore) when the file is sound and does not
    /// hold a key with its certificate, and otherwise what is malformed, unsupported or too much.
    pub fn open(file: &[u8], password: &Password, limits: &Limits) -> Result<Self> {
        let contents = open::contents(file, password, limits)?;
        contents.choose().map_err(Error::key_store)
    }

    /// Writes a key store with one key. Without a friendly name the key gets the certificate's
    /// subject key identifier in hexadecimal, as the national authority names its keys.
    ///
    /// # Errors
    /// When the certificate is not the key's, or OpenSSL cannot encode the key.
    pub fn write(
        key: &PrivateKey,
        certificate: &Certificate,
        chain: &[Certificate],
        friendly_name: Option<&str>,
        password: &Password,
        form: Form,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        if certificate.spki() != key.public_key_info() {
            return Err(Error::key_store(KeyStoreFault::KeyMismatch));
        }
        let names = write::Names::new(certificate, friendly_name);
        let secrets = password.known_form();
        let key = key.to_pkcs8()?;
        write::Writer { form, secrets: &secrets, rng }.store(&key, certificate, chain, &names)
    }

    /// The private key.
    #[must_use]
    pub const fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// The certificate of the key's public half.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The other certificates, in the order of the file.
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// What the store calls the key. It is text of the file's maker.
    #[must_use]
    pub fn friendly_name(&self) -> Option<&str> {
        self.friendly_name.as_deref()
    }

    /// Takes the key out.
    #[must_use]
    pub fn into_key(self) -> PrivateKey {
        self.key
    }
}
