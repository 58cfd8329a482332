//! From passwords to keys, and the limit on that work.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{
    Sha256, Sha384, Sha512,
    digest::{Digest, Output, block_api::BlockSizeUser},
};
use zeroize::Zeroizing;

use crate::{
    algorithm::DigestAlgorithm,
    asn1::{AlgorithmIdentifier, Tlv, tag},
    budget::Limits,
    error::{Error, Result},
    oid,
};

/// Octets of a salt. Writers use 8 to 32.
const MAX_SALT: usize = 1024;

/// The iterations that one file may still cost.
pub(crate) struct Work {
    limit: u32,
    left: u32,
}

impl Work {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { limit: limits.kdf_iterations, left: limits.kdf_iterations }
    }

    /// Reads an iteration count. A negative or an enormous one is too much, not malformed: both
    /// come from makers who meant to keep the reader busy.
    pub(crate) fn iterations(&self, value: &Tlv<'_>) -> Result<u32> {
        const WHAT: &str = "iteration count of a key derivation";
        let digits = value.expect(tag::INTEGER, WHAT)?.value;
        let malformed = || Error::malformed(WHAT).at(value.at);
        if digits.first().ok_or_else(malformed)? & 0x80 != 0 {
            return Err(self.over());
        }
        let start = digits.iter().position(|b| *b != 0).ok_or_else(malformed)?;
        let digits = digits.get(start..).unwrap_or_default();
        if digits.len() > 4 {
            return Err(self.over());
        }
        Ok(digits.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)))
    }

    /// Takes the iterations of one derivation that is about to run.
    pub(super) fn spend(&mut self, iterations: u32) -> Result<()> {
        self.left = self.left.checked_sub(iterations).ok_or_else(|| self.over())?;
        Ok(())
    }

    fn over(&self) -> Error {
        Error::over_budget("iterations of key derivations", self.limit.into())
    }
}

/// A salt and an iteration count.
#[derive(Clone, Copy)]
pub(crate) struct Cost<'a> {
    pub(crate) salt: &'a [u8],
    pub(crate) iterations: u32,
}

impl<'a> Cost<'a> {
    pub(crate) fn new(salt: &'a [u8], iterations: u32) -> Result<Self> {
        Limits::check("octets of a salt", salt.len(), MAX_SALT)?;
        Ok(Self { salt, iterations })
    }
}

/// What the derivation of PKCS#12 is for (RFC 7292 §B.3).
#[derive(Clone, Copy)]
pub(crate) enum Use {
    Key = 1,
    Iv = 2,
    Mac = 3,
}

macro_rules! with_hash {
    ($digest:expr, $H:ident => $body:expr) => {
        match $digest {
            DigestAlgorithm::Sha1 => {
                type $H = Sha1;
                $body
            }
            DigestAlgorithm::Sha256 => {
                type $H = Sha256;
                $body
            }
            DigestAlgorithm::Sha384 => {
                type $H = Sha384;
                $body
            }
            DigestAlgorithm::Sha512 => {
                type $H = Sha512;
                $body
            }
            other => return Err(Error::unsupported("digest of a key store", other)),
        }
    };
}

/// The derivation of RFC 7292 appendix B. The caller has taken its iterations from [`Work`].
pub(super) fn pkcs12(
    digest: DigestAlgorithm,
    purpose: Use,
    bmp: &[u8],
    cost: Cost<'_>,
    len: usize,
) -> Result<Zeroizing<Vec<u8>>> {
    with_hash!(digest, H => Ok(derive::<H>(purpose, bmp, cost, len)))
}

fn derive<H: Digest + BlockSizeUser>(
    purpose: Use,
    bmp: &[u8],
    cost: Cost<'_>,
    len: usize,
) -> Zeroizing<Vec<u8>> {
    let v = H::block_size();
    let filled = |octets: &[u8]| octets.len().div_ceil(v) * v;
    let diversifier = vec![purpose as u8; v];
    let (salt_len, password_len) = (filled(cost.salt), filled(bmp));
    let mut input = Zeroizing::new(Vec::with_capacity(salt_len + password_len));
    input.extend(cost.salt.iter().cycle().take(salt_len));
    input.extend(bmp.iter().cycle().take(password_len));
    let mut out = Zeroizing::new(Vec::with_capacity(len + v));
    loop {
        let mut hash: Output<H> =
            H::new().chain_update(&diversifier).chain_update(input.as_slice()).finalize();
        for _ in 1..cost.iterations {
            hash = H::digest(&hash);
        }
        out.extend_from_slice(&hash);
        if out.len() >= len {
            out.truncate(len);
            return out;
        }
        // §B.2 step 6C: each block of I becomes (I + B + 1) mod 2^v.
        for block in input.chunks_mut(v) {
            let mut carry = 1;
            for (octet, add) in block.iter_mut().rev().zip((0..v).rev().map(|i| cycled(&hash, i))) {
                carry += u16::from(*octet) + u16::from(add);
                *octet = carry as u8;
                carry >>= 8;
            }
        }
    }
}

fn cycled(hash: &[u8], at: usize) -> u8 {
    hash.get(at % hash.len().max(1)).copied().unwrap_or_default()
}

/// PBKDF2-params (RFC 8018 §A.2).
#[derive(Clone, Copy)]
pub(crate) struct Pbkdf2<'a> {
    cost: Cost<'a>,
    prf: DigestAlgorithm,
    key_len: Option<u64>,
}

impl<'a> Pbkdf2<'a> {
    pub(crate) fn new(cost: Cost<'a>, prf: DigestAlgorithm) -> Self {
        Self { cost, prf, key_len: None }
    }

    pub(crate) fn read(function: &AlgorithmIdentifier<'a>, work: &Work) -> Result<Self> {
        const WHAT: &str = "PBKDF2-params (RFC 8018 §A.2)";
        if function.oid != oid::PBKDF2 {
            return Err(Error::unsupported("key derivation", oid::describe(function.oid)));
        }
        let parameters = function.parameters.ok_or(Error::malformed(WHAT))?;
        let mut fields = parameters.expect(tag::SEQUENCE, WHAT)?.inside();
        let salt = fields.octet_string(WHAT)?;
        let iterations = work.iterations(&fields.any(WHAT)?)?;
        let key_len = fields.optional(tag::INTEGER, WHAT)?;
        let key_len = key_len.map(|len| len.small(WHAT)).transpose()?;
        let prf = match fields.is_done() {
            true => DigestAlgorithm::Sha1,
            false => hmac_digest(&AlgorithmIdentifier::read(&mut fields)?)?,
        };
        fields.finish(WHAT)?;
        Ok(Self { cost: Cost::new(salt, iterations)?, prf, key_len })
    }

    /// The length that the parameters ask for.
    pub(crate) fn key_len(&self) -> Option<u64> {
        self.key_len
    }

    /// A key of `len` octets, which must be the length that the parameters name, if they do.
    pub(crate) fn derive(
        &self,
        password: &[u8],
        len: usize,
        work: &mut Work,
    ) -> Result<Zeroizing<Vec<u8>>> {
        if self.key_len.is_some_and(|named| named != len as u64) {
            return Err(Error::malformed("key length of PBKDF2: it is not the cipher's"));
        }
        pbkdf2(self.prf, password, self.cost, len, work)
    }
}

/// The digest of an HMAC that an identifier names (RFC 8018 §B.1.2).
pub(super) fn hmac_digest(identifier: &AlgorithmIdentifier<'_>) -> Result<DigestAlgorithm> {
    if !identifier.has_no_parameters() {
        return Err(Error::malformed("parameters of an HMAC"));
    }
    Ok(match identifier.oid {
        oid::HMAC_SHA1 => DigestAlgorithm::Sha1,
        oid::HMAC_SHA256 => DigestAlgorithm::Sha256,
        oid::HMAC_SHA384 => DigestAlgorithm::Sha384,
        oid::HMAC_SHA512 => DigestAlgorithm::Sha512,
        other => return Err(Error::unsupported("HMAC", oid::describe(other))),
    })
}

/// PBKDF2 (RFC 8018 §5.2).
fn pbkdf2(
    digest: DigestAlgorithm,
    password: &[u8],
    cost: Cost<'_>,
    len: usize,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>> {
    // §5.2: every block of output costs all the iterations. No cipher needs more than 64 octets.
    let blocks = u32::try_from(len.div_ceil(64)).unwrap_or(u32::MAX);
    work.spend(cost.iterations.saturating_mul(blocks))?;
    let mut out = Zeroizing::new(vec![0; len]);
    with_hash!(digest, H => {
        pbkdf2::pbkdf2::<Hmac<H>>(password, cost.salt, cost.iterations, &mut out)
            .map_err(|_| Error::malformed("password for PBKDF2"))?;
    });
    Ok(out)
}

/// HMAC (RFC 2104).
pub(super) fn hmac(digest: DigestAlgorithm, key: &[u8], data: &[u8]) -> Result<Vec<u8>> {
    with_hash!(digest, H => {
        let mut mac = <Hmac<H> as KeyInit>::new_from_slice(key)
            .map_err(|_| Error::malformed("key of an HMAC"))?;
        mac.update(data);
        Ok(mac.finalize().into_bytes().to_vec())
    })
}
