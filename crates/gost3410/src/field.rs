//! The field of integers modulo the pseudo-Mersenne prime p = 2^(64·N) − C.
//!
//! Every operation takes the same steps whatever the values are, but for the comparisons, which
//! only verification and decoding use.
#![expect(
    clippy::indexing_slicing,
    reason = "every index is a loop counter below the constant length of the array"
)]

use subtle::{Choice, ConditionallySelectable};

use crate::limbs;

/// An element of the field modulo 2^(64·N) − C.
///
/// Invariant: the limbs hold any representative below 2^(64·N), so zero may stand as 0 or as p.
/// Only [`Self::canonical`] reduces fully; comparing and encoding go through it.
#[derive(Clone, Copy)]
pub(crate) struct Fe<const N: usize, const C: u64>([u64; N]);

impl<const N: usize, const C: u64> Fe<N, C> {
    pub(crate) const ZERO: Self = Self([0; N]);
    pub(crate) const ONE: Self = Self::small(1);

    /// A small constant.
    pub(crate) const fn small(value: u64) -> Self {
        let mut limbs = [0; N];
        limbs[0] = value;
        Self(limbs)
    }

    /// The class of an integer below 2^(64·N).
    pub(crate) const fn new(limbs: [u64; N]) -> Self {
        Self(limbs)
    }

    /// An element from exactly `8·N` little-endian octets; `None` unless they are below p.
    pub(crate) fn from_le_bytes(bytes: &[u8]) -> Option<Self> {
        let limbs = limbs::from_le_bytes(bytes)?;
        let element = Self(limbs);
        (element.canonical() == limbs).then_some(element)
    }

    /// The representative below p.
    pub(crate) const fn canonical(&self) -> [u64; N] {
        // v ≥ p exactly when v + C carries out of the top limb.
        let (reduced, at_least_p) = limbs::add(&self.0, &Self::small(C).0);
        limbs::select(&self.0, &reduced, at_least_p)
    }

    /// Whether the element is zero.
    pub(crate) const fn is_zero(&self) -> bool {
        limbs::is_zero(&self.canonical()) == 1
    }

    /// The sum.
    #[inline(always)]
    pub(crate) const fn add(&self, other: &Self) -> Self {
        let (sum, carry) = limbs::add(&self.0, &other.0);
        Self::absorb(sum, carry)
    }

    /// The difference.
    #[inline(always)]
    pub(crate) const fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = limbs::sub(&self.0, &other.0);
        // 2^(64·N) ≡ C: what was borrowed too much is C. A second borrow leaves the limbs at
        // most C below the top, so the lowest limb alone can give it.
        let (mut out, again) = limbs::sub(&difference, &Self::small(borrow * C).0);
        out[0] = out[0].wrapping_sub(again * C);
        Self(out)
    }

    /// The product.
    #[inline(never)]
    pub(crate) const fn mul(&self, other: &Self) -> Self {
        let (low, high) = limbs::mul(&self.0, &other.0);
        Self::fold(low, &high)
    }

    /// The square.
    #[inline(never)]
    pub(crate) const fn square(&self) -> Self {
        let (low, high) = limbs::square(&self.0);
        Self::fold(low, &high)
    }

    /// The opposite element.
    pub(crate) const fn neg(&self) -> Self {
        Self::ZERO.sub(self)
    }

    /// Twice the element.
    pub(crate) const fn double(&self) -> Self {
        self.add(self)
    }

    /// Three times the element.
    pub(crate) const fn triple(&self) -> Self {
        self.double().add(self)
    }

    /// The inverse as x^(p−2), by Fermat's little theorem; zero for zero.
    pub(crate) const fn invert(&self) -> Self {
        // C < 2^10, so p − 2 is a run of ones followed by ten bits of its own.
        const TAIL: usize = 10;
        let run = 64 * N - TAIL;
        let mut power = *self;
        let mut ones = 1;
        let mut i = run.ilog2();
        while i > 0 {
            i -= 1;
            power = power.squared(ones).mul(&power);
            ones *= 2;
            if (run >> i) & 1 == 1 {
                power = power.square().mul(self);
                ones += 1;
            }
        }
        let tail = (1 << TAIL) - C - 2;
        let mut bit = TAIL;
        while bit > 0 {
            bit -= 1;
            power = power.square();
            if (tail >> bit) & 1 == 1 {
                power = power.mul(self);
            }
        }
        power
    }

    const fn squared(&self, times: usize) -> Self {
        let (mut out, mut i) = (*self, 0);
        while i < times {
            out = out.square();
            i += 1;
        }
        out
    }

    /// `low + 2^(64·N)·high`, with 2^(64·N) ≡ C.
    #[inline(always)]
    const fn fold(mut low: [u64; N], high: &[u64; N]) -> Self {
        let (mut carry, mut i) = (0, 0);
        while i < N {
            (low[i], carry) = limbs::mac(low[i], high[i], C, carry);
            i += 1;
        }
        Self::absorb(low, carry)
    }

    /// `value + 2^(64·N)·top`, for a top of at most C.
    #[inline(always)]
    const fn absorb(value: [u64; N], top: u64) -> Self {
        // If adding top·C carries, then the limbs wrapped to less than C², and C more fits.
        let (mut out, again) = limbs::add(&value, &Self::small(top * C).0);
        out[0] = out[0].wrapping_add(again * C);
        Self(out)
    }
}

impl<const N: usize, const C: u64> PartialEq for Fe<N, C> {
    fn eq(&self, other: &Self) -> bool {
        self.sub(other).is_zero()
    }
}

impl<const N: usize, const C: u64> Eq for Fe<N, C> {}

impl<const N: usize, const C: u64> ConditionallySelectable for Fe<N, C> {
    #[inline(always)]
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(limbs::select(&a.0, &b.0, u64::from(choice.unwrap_u8())))
    }
}
