//! Signing: keys, key stores and the signers of each format. Nothing here is reachable from
//! verification.
//!
//! A key ([`PrivateKey`], [`KeyStore`], or anything that is a [`SigningKey`]) and its certificate
//! make a [`CmsSigner`] or an [`XmlSigner`].

mod cms;
mod cosign;
mod key;
mod pkcs12;
mod pkcs8;
mod properties;
mod stream;
mod timestamp;
mod validation_data;
mod xml;

use rand_core::CryptoRng;

pub use cms::{CmsSigner, extract};
pub use key::PrivateKey;
pub use pkcs12::{Form, KeyStore, Password};
pub use stream::extract_stream;
pub use timestamp::{add_time_stamp, time_stamp_request};
pub use validation_data::{ValidationData, add_validation_data};
pub use xml::XmlSigner;

use crate::{
    algorithm::SignatureAlgorithm,
    certificate::{Certificate, Purpose},
    error::{Error, Result},
};

/// A key that signs, wherever it lives: in memory, in a token, behind a service.
pub trait SigningKey {
    /// The algorithm of its signatures.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// Its public half as a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    fn public_key_info(&self) -> &[u8];

    /// Signs a digest made by `self.algorithm().digest()`, and returns the signature value as
    /// certificates and messages carry it.
    ///
    /// # Errors
    /// When the digest has another length, or the key cannot be used.
    fn sign_digest(&self, digest: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>>;

    /// Signs a message.
    ///
    /// # Errors
    /// When the key cannot be used.
    fn sign(&self, message: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        self.sign_digest(&self.algorithm().digest().digest(message), rng)
    }
}

/// Whether a key and its certificate may make signatures for this use.
fn check_pair(key: &dyn SigningKey, certificate: &Certificate, purpose: Purpose) -> Result<()> {
    if key.public_key_info() != certificate.spki() {
        return Err(Error::misuse("the certificate is not of this key"));
    }
    if !certificate.purposes().allows(purpose) {
        return Err(Error::misuse("the certificate is not meant for signing documents"));
    }
    Ok(())
}
