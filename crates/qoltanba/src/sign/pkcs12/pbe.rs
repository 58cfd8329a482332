//! Encryption under a password: the schemes of PKCS#12 (RFC 7292 §C) and PBES2 (RFC 8018 §6.2).

use cbc::{
    Decryptor, Encryptor,
    cipher::{
        BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit,
        KeyInit, block_padding::Pkcs7,
    },
};
use zeroize::Zeroizing;

use super::{
    kdf::{self, Cost, Pbkdf2, Use, Work},
    password::Secrets,
};
use crate::{
    algorithm::DigestAlgorithm,
    asn1::{AlgorithmIdentifier, tag},
    error::{Error, Result},
    oid,
};

/// How something is encrypted, its parameters checked.
#[derive(Clone, Copy)]
pub(crate) struct Scheme<'a> {
    pub(super) cipher: Cipher,
    pub(super) derivation: Derivation<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum Derivation<'a> {
    /// RFC 7292 §B: key and initialisation vector come from the password, by SHA-1.
    Pkcs12(Cost<'a>),
    /// RFC 8018 §6.2: the key comes from the password.
    Pbes2 { function: Pbkdf2<'a>, iv: &'a [u8] },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cipher {
    TripleDes,
    /// RC2 with 40 effective bits.
    Rc2,
    Aes128,
    Aes192,
    Aes256,
}

impl Cipher {
    const fn key_len(self) -> usize {
        match self {
            Self::Rc2 => 5,
            Self::Aes128 => 16,
            Self::TripleDes | Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    const fn block_len(self) -> usize {
        match self {
            Self::Rc2 | Self::TripleDes => 8,
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
        }
    }
}

impl<'a> Scheme<'a> {
    pub(crate) fn read(identifier: &AlgorithmIdentifier<'a>, work: &Work) -> Result<Self> {
        match identifier.oid {
            oid::PBE_SHA_3DES => Self::pkcs12(Cipher::TripleDes, identifier, work),
            oid::PBE_SHA_RC2_40 => Self::pkcs12(Cipher::Rc2, identifier, work),
            oid::PBES2 => Self::pbes2(identifier, work),
            other => Err(Error::unsupported("encryption of a key store", oid::describe(other))),
        }
    }

    fn pkcs12(cipher: Cipher, identifier: &AlgorithmIdentifier<'a>, work: &Work) -> Result<Self> {
        const WHAT: &str = "pkcs-12PbeParams (RFC 7292 §C)";
        let parameters = identifier.parameters.ok_or(Error::malformed(WHAT))?;
        let mut fields = parameters.expect(tag::SEQUENCE, WHAT)?.inside();
        let salt = fields.octet_string(WHAT)?;
        let iterations = work.iterations(&fields.any(WHAT)?)?;
        fields.finish(WHAT)?;
        Ok(Self { cipher, derivation: Derivation::Pkcs12(Cost::new(salt, iterations)?) })
    }

    fn pbes2(identifier: &AlgorithmIdentifier<'a>, work: &Work) -> Result<Self> {
        const WHAT: &str = "PBES2-params (RFC 8018 §A.4)";
        let parameters = identifier.parameters.ok_or(Error::malformed(WHAT))?;
        let mut fields = parameters.expect(tag::SEQUENCE, WHAT)?.inside();
        let function = Pbkdf2::read(&AlgorithmIdentifier::read(&mut fields)?, work)?;
        let encryption = AlgorithmIdentifier::read(&mut fields)?;
        fields.finish(WHAT)?;
        let cipher = match encryption.oid {
            oid::AES_128_CBC => Cipher::Aes128,
            oid::AES_192_CBC => Cipher::Aes192,
            oid::AES_256_CBC => Cipher::Aes256,
            oid::DES_EDE3_CBC => Cipher::TripleDes,
            other => return Err(Error::unsupported("cipher", oid::describe(other))),
        };
        let iv = encryption.parameters.ok_or(Error::malformed(WHAT))?;
        let iv = iv.expect(tag::OCTET_STRING, WHAT)?.value;
        if iv.len() != cipher.block_len() {
            return Err(Error::malformed("initialisation vector (RFC 8018 §B.2)"));
        }
        Ok(Self { cipher, derivation: Derivation::Pbes2 { function, iv } })
    }

    /// The key and the initialisation vector.
    fn keys(&self, secrets: &Secrets<'_>, work: &mut Work) -> Result<[Zeroizing<Vec<u8>>; 2]> {
        let (key_len, iv_len) = (self.cipher.key_len(), self.cipher.block_len());
        match &self.derivation {
            Derivation::Pkcs12(cost) => {
                work.spend(cost.iterations)?;
                let derive = |purpose, len| {
                    kdf::pkcs12(DigestAlgorithm::Sha1, purpose, &secrets.bmp, *cost, len)
                };
                Ok([derive(Use::Key, key_len)?, derive(Use::Iv, iv_len)?])
            }
            Derivation::Pbes2 { function, iv } => {
                Ok([function.derive(secrets.utf8, key_len, work)?, Zeroizing::new(iv.to_vec())])
            }
        }
    }

    /// Fails as malformed when the octets were not encrypted like this under this password.
    pub(crate) fn decrypt(
        &self,
        data: &[u8],
        secrets: &Secrets<'_>,
        work: &mut Work,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let [key, iv] = self.keys(secrets, work)?;
        let mut data = Zeroizing::new(data.to_vec());
        let len = match self.cipher {
            Cipher::TripleDes => open(cipher::<des::TdesEde3>(&key), &iv, &mut data),
            Cipher::Rc2 => open(Some(rc2(&key)), &iv, &mut data),
            Cipher::Aes128 => open(cipher::<aes::Aes128>(&key), &iv, &mut data),
            Cipher::Aes192 => open(cipher::<aes::Aes192>(&key), &iv, &mut data),
            Cipher::Aes256 => open(cipher::<aes::Aes256>(&key), &iv, &mut data),
        };
        data.truncate(len.ok_or(Error::malformed("encrypted content of a key store"))?);
        Ok(data)
    }

    pub(super) fn encrypt(
        &self,
        plain: &[u8],
        secrets: &Secrets<'_>,
        work: &mut Work,
    ) -> Result<Vec<u8>> {
        let [key, iv] = self.keys(secrets, work)?;
        match self.cipher {
            Cipher::TripleDes => seal(cipher::<des::TdesEde3>(&key), &iv, plain),
            Cipher::Rc2 => seal(Some(rc2(&key)), &iv, plain),
            Cipher::Aes128 => seal(cipher::<aes::Aes128>(&key), &iv, plain),
            Cipher::Aes192 => seal(cipher::<aes::Aes192>(&key), &iv, plain),
            Cipher::Aes256 => seal(cipher::<aes::Aes256>(&key), &iv, plain),
        }
        .ok_or(Error::malformed("content of a new key store"))
    }
}

fn cipher<C: KeyInit>(key: &[u8]) -> Option<C> {
    C::new_from_slice(key).ok()
}

fn rc2(key: &[u8]) -> rc2::Rc2 {
    rc2::Rc2::new_with_eff_key_len(key, 40)
}

/// Decrypts in place; the length of what is inside the padding.
fn open<C: BlockCipherDecrypt>(cipher: Option<C>, iv: &[u8], data: &mut [u8]) -> Option<usize> {
    let mode = Decryptor::inner_iv_slice_init(cipher?, iv).ok()?;
    mode.decrypt_padded::<Pkcs7>(data).ok().map(<[u8]>::len)
}

fn seal<C: BlockCipherEncrypt>(cipher: Option<C>, iv: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let mode = Encryptor::inner_iv_slice_init(cipher?, iv).ok()?;
    Some(mode.encrypt_padded_vec::<Pkcs7>(plain))
}
