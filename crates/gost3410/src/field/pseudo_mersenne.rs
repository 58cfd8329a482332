//! The field of integers modulo the pseudo-Mersenne prime p = 2^(64·N) − C.
#![expect(
    clippy::indexing_slicing,
    reason = "every index is a loop counter below the constant length of the array"
)]

use subtle::{Choice, ConditionallySelectable};

use super::{Field, Residues};
use crate::limbs;

/// An element of the field modulo 2^(64·N) − C.
///
/// Invariant: the limbs hold any representative below 2^(64·N), so zero may stand as 0 or as p.
/// Only [`Residues::canonical`] reduces fully; comparing and encoding go through it.
#[derive(Clone, Copy)]
pub(crate) struct PseudoMersenne<const N: usize, const C: u64>([u64; N]);

impl<const N: usize, const C: u64> PseudoMersenne<N, C> {
    /// The class of an integer below 2^(64·N).
    pub(crate) const fn new(limbs: [u64; N]) -> Self {
        Self(limbs)
    }

    /// The element that holds these limbs.
    pub(crate) const fn raw(limbs: [u64; N]) -> Self {
        Self(limbs)
    }

    /// A small constant.
    const fn small(value: u64) -> Self {
        Self(limbs::small(value))
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

impl<const N: usize, const C: u64> Field for PseudoMersenne<N, C> {
    const ZERO: Self = Self([0; N]);
    const ONE: Self = Self::small(1);

    fn is_zero(&self) -> bool {
        limbs::is_zero(&self.canonical()) == 1
    }

    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        let (sum, carry) = limbs::add(&self.0, &other.0);
        Self::absorb(sum, carry)
    }

    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = limbs::sub(&self.0, &other.0);
        // 2^(64·N) ≡ C: what was borrowed too much is C. A second borrow leaves the limbs at
        // most C below the top, so the lowest limb alone can give it.
        let (mut out, again) = limbs::sub(&difference, &Self::small(borrow * C).0);
        out[0] = out[0].wrapping_sub(again * C);
        Self(out)
    }

    #[inline(never)]
    fn mul(&self, other: &Self) -> Self {
        let (low, high) = limbs::mul(&self.0, &other.0);
        Self::fold(low, &high)
    }

    #[inline(never)]
    fn square(&self) -> Self {
        let (low, high) = limbs::square(&self.0);
        Self::fold(low, &high)
    }

    /// The inverse as x^(p−2), by Fermat's little theorem.
    fn invert(&self) -> Self {
        // C < 2^10, so p − 2 is a run of ones followed by ten bits of its own.
        const TAIL: usize = 10;
        let run = 64 * N - TAIL;
        let mut power = *self;
        let mut ones = 1;
        for i in (0..run.ilog2()).rev() {
            power = power.squared(ones).mul(&power);
            ones *= 2;
            if (run >> i) & 1 == 1 {
                power = power.square().mul(self);
                ones += 1;
            }
        }
        let tail = (1 << TAIL) - C - 2;
        for bit in (0..TAIL).rev() {
            power = power.square();
            if (tail >> bit) & 1 == 1 {
                power = power.mul(self);
            }
        }
        power
    }
}

impl<const N: usize, const C: u64> Residues<N> for PseudoMersenne<N, C> {
    fn from_limbs(limbs: [u64; N]) -> Self {
        Self(limbs)
    }

    fn canonical(&self) -> [u64; N] {
        // v ≥ p exactly when v + C carries out of the top limb.
        let (reduced, at_least_p) = limbs::add(&self.0, &Self::small(C).0);
        limbs::select(&self.0, &reduced, at_least_p)
    }

    fn raw(&self) -> [u64; N] {
        self.0
    }
}

impl<const N: usize, const C: u64> PartialEq for PseudoMersenne<N, C> {
    fn eq(&self, other: &Self) -> bool {
        self.sub(other).is_zero()
    }
}

impl<const N: usize, const C: u64> Eq for PseudoMersenne<N, C> {}

impl<const N: usize, const C: u64> ConditionallySelectable for PseudoMersenne<N, C> {
    #[inline(always)]
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(limbs::select(&a.0, &b.0, u64::from(choice.unwrap_u8())))
    }
}
