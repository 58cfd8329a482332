//! Encoded keys and signatures without an allocator.

use core::fmt;
use core::ops::Deref;

use zeroize::Zeroize;

/// The longest encoding: two numbers of 512 bits.
const CAPACITY: usize = 128;

/// The octets of an encoded key or signature: a slice of at most 128 octets that owns its storage.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize)]
pub struct Octets {
    storage: [u8; CAPACITY],
    length: usize,
}

impl Octets {
    /// One or two numbers of N limbs in little-endian order, one after the other.
    pub(crate) fn from_limbs<const N: usize>(numbers: &[[u64; N]]) -> Self {
        let mut octets = Self { storage: [0; CAPACITY], length: numbers.len() * 8 * N };
        for (place, number) in octets.storage.chunks_exact_mut(8 * N).zip(numbers) {
            crate::limbs::write_le_bytes(number, place);
        }
        octets
    }

    /// The same octets in the opposite order.
    pub(crate) fn reversed(mut self) -> Self {
        if let Some(used) = self.storage.get_mut(..self.length) {
            used.reverse();
        }
        self
    }
}

impl Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.storage.get(..self.length).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}
