//! The fields that the curves are over.
//!
//! Every operation takes the same steps whatever the values are, but for the comparisons, which
//! only verification and decoding use.

mod montgomery;
mod pseudo_mersenne;

pub(crate) use montgomery::{Montgomery, Prime};
pub(crate) use pseudo_mersenne::PseudoMersenne;

use subtle::ConditionallySelectable;

use crate::limbs;

/// An element of a prime field.
pub(crate) trait Field: Copy + Eq + ConditionallySelectable + Send + Sync + 'static {
    const ZERO: Self;
    const ONE: Self;

    /// Whether the element is zero.
    fn is_zero(&self) -> bool;

    /// The sum.
    fn add(&self, other: &Self) -> Self;

    /// The difference.
    fn sub(&self, other: &Self) -> Self;

    /// The product.
    fn mul(&self, other: &Self) -> Self;

    /// The square.
    fn square(&self) -> Self;

    /// The inverse; zero for zero.
    fn invert(&self) -> Self;

    /// The opposite element.
    #[inline(always)]
    fn neg(&self) -> Self {
        Self::ZERO.sub(self)
    }

    /// Twice the element.
    #[inline(always)]
    fn double(&self) -> Self {
        self.add(self)
    }

    /// Three times the element.
    #[inline(always)]
    fn triple(&self) -> Self {
        self.double().add(self)
    }

    /// The element squared so many times over.
    fn squared(&self, times: usize) -> Self {
        (0..times).fold(*self, |power, _| power.square())
    }
}

/// A field whose elements are written as N limbs.
pub(crate) trait Residues<const N: usize>: Field {
    /// The class of any integer of N limbs.
    fn from_limbs(limbs: [u64; N]) -> Self;

    /// The representative below p.
    fn canonical(&self) -> [u64; N];

    /// How the element is held: what `raw` takes to make a constant of it.
    #[allow(dead_code, reason = "for the build script")]
    fn raw(&self) -> [u64; N];

    /// The class of a representative below p; `None` for another one.
    fn from_canonical(limbs: [u64; N]) -> Option<Self> {
        let element = Self::from_limbs(limbs);
        (element.canonical() == limbs).then_some(element)
    }

    /// An element from exactly `8·N` little-endian octets; `None` unless they are below p.
    fn from_le_bytes(bytes: &[u8]) -> Option<Self> {
        Self::from_canonical(limbs::from_le_bytes(bytes)?)
    }
}
