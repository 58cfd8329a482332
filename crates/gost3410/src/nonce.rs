//! The one-time numbers k of signatures.
//!
#![doc = include_str!("nonce.md")]

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use zeroize::Zeroizing;

use crate::limbs;
use crate::octets::Octets;
use crate::scalar::{Order, Scalar};

const BLOCK: usize = 64;

/// The state (K, V) of the generator.
pub(crate) struct Nonces {
    k: Zeroizing<[u8; BLOCK]>,
    v: Zeroizing<[u8; BLOCK]>,
}

impl Nonces {
    pub(crate) fn new<const N: usize>(
        parameter_set: &str,
        d: &Scalar<N>,
        e: &Scalar<N>,
        added_randomness: &[u8; 32],
    ) -> Self {
        // Little-endian e ‖ d backwards is big-endian d ‖ e.
        let numbers = Zeroizing::new(Octets::from_limbs(&[e.0, d.0]).reversed());
        let seed: [&[u8]; 3] = [&numbers, added_randomness, parameter_set.as_bytes()];
        let mut state = Self { k: Zeroizing::new([0; BLOCK]), v: Zeroizing::new([1; BLOCK]) };
        state.update(0, &seed);
        state.update(1, &seed);
        state
    }

    /// The first candidate in range after the present state.
    pub(crate) fn next<const N: usize>(&mut self, order: &Order<N>) -> Scalar<N> {
        loop {
            self.v = self.hmac(&[], &[]);
            match self.v.get(..8 * N).and_then(|block| from_uniform(order, block)) {
                Some(k) => return k,
                None => self.reject(),
            }
        }
    }

    /// Goes on to another candidate (RFC 6979 §3.2, h.3), also when a k gave r = 0 or s = 0.
    pub(crate) fn reject(&mut self) {
        self.update(0, &[]);
    }

    /// K = HMAC(K, V ‖ separator ‖ data), V = HMAC(K, V).
    fn update(&mut self, separator: u8, data: &[&[u8]]) {
        self.k = self.hmac(&[separator], data);
        self.v = self.hmac(&[], &[]);
    }

    /// HMAC(K, V ‖ separator ‖ data).
    fn hmac(&self, separator: &[u8], data: &[&[u8]]) -> Zeroizing<[u8; BLOCK]> {
        // A key shorter than the block of the hash is padded with zeros (RFC 2104 §2).
        let mut key = Zeroizing::new([0; 128]);
        for (octet, own) in key.iter_mut().zip(self.k.iter()) {
            *octet = *own;
        }
        let mut mac = Hmac::<Sha512>::new((&*key).into());
        mac.update(&*self.v);
        mac.update(separator);
        data.iter().for_each(|part| mac.update(part));
        Zeroizing::new(mac.finalize().into_bytes().into())
    }
}

/// A scalar from uniform big-endian octets as long as the field; `None` unless the leftmost bits,
/// as many as q has, are a number above zero and below q.
pub(crate) fn from_uniform<const N: usize>(order: &Order<N>, block: &[u8]) -> Option<Scalar<N>> {
    let limbs = Zeroizing::new(limbs::reversed(limbs::from_le_bytes(block)?));
    order.nonzero(limbs::shr(&limbs, 64 * N as u32 - order.bits()))
}
