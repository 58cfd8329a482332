//! Keys for the test authority.

use std::sync::{
    Arc, Mutex, OnceLock, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use openssl::{hash::MessageDigest, pkey::PKey, rsa::Rsa};
use qoltanba::{SignatureAlgorithm, SigningKey};
use rand_core::CryptoRng;

use crate::error::{Error, Result};

pub struct PrivateKey {
    secret: Secret,
    algorithm: SignatureAlgorithm,
    spki: Vec<u8>,
}

enum Secret {
    Gost(gost3410::SigningKey),
    Rsa(PKey<openssl::pkey::Private>),
}

impl PrivateKey {
    pub fn generate(
        algorithm: SignatureAlgorithm,
        rng: &mut dyn CryptoRng,
    ) -> qoltanba::Result<Self> {
        let set = match algorithm {
            SignatureAlgorithm::Gost2004 => gost3410::ParameterSet::CryptoProA,
            SignatureAlgorithm::Gost2015_256 => gost3410::ParameterSet::Tc26Gost256A,
            SignatureAlgorithm::Gost2015_512 => gost3410::ParameterSet::Tc26Gost512A,
            _ => {
                let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
                let spki = key.public_key_to_der().unwrap();
                return Ok(Self { secret: Secret::Rsa(key), algorithm, spki });
            }
        };
        let key = gost3410::SigningKey::from_random(set, |b| rng.fill_bytes(b)).unwrap();
        let public = key.verifying_key().to_bytes();
        let hex = |s: &str| -> Vec<u8> {
            (0..s.len() / 2)
                .map(|i| u8::from_str_radix(&s[2 * i..2 * i + 2], 16).unwrap())
                .collect()
        };
        let alg = hex(match algorithm {
            SignatureAlgorithm::Gost2004 => {
                "302506092a830e030a010101013018060a2a830e030a0101010101060a2a830e030a0103010100"
            }
            SignatureAlgorithm::Gost2015_256 => {
                "302306092a830e030a010102013016060a2a830e030a010102010106082a830e030a010302"
            }
            _ => "302306092a830e030a010102023016060a2a830e030a010102020106082a830e030a010303",
        });
        let mut tlv = |tag: u8, v: &[u8]| {
            let mut o = vec![tag];
            if v.len() < 128 {
                o.push(v.len() as u8)
            } else {
                o.extend([0x81, v.len() as u8])
            }
            o.extend(v);
            o
        };
        let octets = tlv(4, public.as_ref());
        let bits = tlv(3, &[&[0u8][..], &octets].concat());
        let spki = tlv(0x30, &[alg, bits].concat());
        Ok(Self { secret: Secret::Gost(key), algorithm, spki })
    }
}

impl SigningKey for PrivateKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }
    fn public_key_info(&self) -> &[u8] {
        &self.spki
    }
    fn sign_digest(&self, digest: &[u8], rng: &mut dyn CryptoRng) -> qoltanba::Result<Vec<u8>> {
        Ok(match &self.secret {
            Secret::Gost(k) => {
                let mut r = [0; 32];
                rng.fill_bytes(&mut r);
                k.sign(digest, &r).unwrap().to_bytes(gost3410::Encoding::Kazakh).as_ref().to_vec()
            }
            Secret::Rsa(k) => {
                let mut c = openssl::pkey_ctx::PkeyCtx::new(k).unwrap();
                c.sign_init().unwrap();
                c.set_rsa_padding(openssl::rsa::Padding::PKCS1).unwrap();
                c.set_signature_md(openssl::md::Md::sha256()).unwrap();
                let mut v = Vec::new();
                c.sign_to_vec(digest, &mut v).unwrap();
                v
            }
        })
    }
}
// TEMPORARY ABOVE

/// A key that certificates, lists and key stores share.
pub type Key = Arc<PrivateKey>;

/// A new key. GOST keys repeat with the generator's seed, RSA keys never do.
///
/// # Errors
/// When keys of the algorithm are not made here.
pub fn fresh_key(algorithm: SignatureAlgorithm, rng: &mut dyn CryptoRng) -> Result<Key> {
    Ok(Arc::new(PrivateKey::generate(algorithm, rng)?))
}

/// A key that is quick to have: a new one for GOST, one of a few that the whole process shares
/// for RSA, whose generation takes a tenth of a second and more.
///
/// Eight keys in a row are different ones.
///
/// # Errors
/// When keys of the algorithm are not made here.
pub fn pooled_key(algorithm: SignatureAlgorithm, rng: &mut dyn CryptoRng) -> Result<Key> {
    static POOL: Mutex<Vec<Key>> = Mutex::new(Vec::new());
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    if !matches!(algorithm, SignatureAlgorithm::RsaPkcs1(_)) {
        return fresh_key(algorithm, rng);
    }
    let turn = NEXT.fetch_add(1, Ordering::Relaxed) % POOL_SIZE;
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    while pool.len() <= turn {
        pool.push(fresh_key(algorithm, rng)?);
    }
    pool.get(turn).cloned().ok_or(Error::Description("the pool of keys is empty"))
}

/// Enough for a root, two authorities, two foreign ones and a few people of one test.
const POOL_SIZE: usize = 8;
