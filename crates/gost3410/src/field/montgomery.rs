//! The field of integers modulo a prime of any form, by Montgomery's method.

use core::marker::PhantomData;

use subtle::{Choice, ConditionallySelectable};

use super::{Field, Residues};
use crate::limbs;
use crate::montgomery::Modulus;

/// A prime, and with it a field.
pub(crate) trait Prime<const N: usize>: Copy + Eq + Send + Sync + 'static {
    const MODULUS: &'static Modulus<N>;
}

/// An element of the field modulo P, held as x·R modulo P, where R = 2^(64·N).
///
/// Invariant: the limbs are below P, so an element has one form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Montgomery<const N: usize, P>([u64; N], PhantomData<P>);

impl<const N: usize, P: Prime<N>> Montgomery<N, P> {
    /// The class of an integer of N limbs.
    pub(crate) const fn new(limbs: [u64; N]) -> Self {
        Self(P::MODULUS.enter(&limbs), PhantomData)
    }

    /// The element that holds these limbs.
    pub(crate) const fn raw(limbs: [u64; N]) -> Self {
        Self(limbs, PhantomData)
    }
}

impl<const N: usize, P: Prime<N>> Field for Montgomery<N, P> {
    const ZERO: Self = Self::raw([0; N]);
    const ONE: Self = Self::new(limbs::small(1));

    fn is_zero(&self) -> bool {
        limbs::is_zero(&self.0) == 1
    }

    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        Self::raw(P::MODULUS.add(&self.0, &other.0))
    }

    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        Self::raw(P::MODULUS.sub(&self.0, &other.0))
    }

    #[inline(never)]
    fn mul(&self, other: &Self) -> Self {
        Self::raw(P::MODULUS.mul(&self.0, &other.0))
    }

    fn square(&self) -> Self {
        self.mul(self)
    }

    /// The inverse as x^(p−2), by Fermat's little theorem, whose branches are on bits of p.
    fn invert(&self) -> Self {
        let (exponent, _) = limbs::sub(P::MODULUS.limbs(), &limbs::small(2));
        (0..64 * N).rev().fold(Self::ONE, |power, bit| {
            let power = power.square();
            if limbs::bit(&exponent, bit) == 1 { power.mul(self) } else { power }
        })
    }
}

impl<const N: usize, P: Prime<N>> Residues<N> for Montgomery<N, P> {
    fn from_limbs(limbs: [u64; N]) -> Self {
        Self::new(limbs)
    }

    fn canonical(&self) -> [u64; N] {
        P::MODULUS.leave(&self.0)
    }

    fn raw(&self) -> [u64; N] {
        self.0
    }
}

impl<const N: usize, P: Prime<N>> ConditionallySelectable for Montgomery<N, P> {
    #[inline(always)]
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self::raw(limbs::select(&a.0, &b.0, u64::from(choice.unwrap_u8())))
    }
}
