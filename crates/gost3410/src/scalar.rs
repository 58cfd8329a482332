//! Integers modulo the order q of the group, by Montgomery's method.
//!
//! Everything but [`Order::invert_vartime`] takes the same steps whatever the values are.
#![expect(
    clippy::indexing_slicing,
    reason = "the one index is below the constant length of the array"
)]

use crypto_bigint::{Odd, Uint};
use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroize;

use crate::limbs;
use crate::montgomery::Modulus;

/// An integer of N limbs. Those given by an [`Order`] are below it.
#[derive(Clone, Copy, PartialEq, Eq, Zeroize)]
pub(crate) struct Scalar<const N: usize>(pub(crate) [u64; N]);

impl<const N: usize> Scalar<N> {
    pub(crate) const fn small(value: u64) -> Self {
        Self(limbs::small(value))
    }
}

/// The prime order q of a group.
pub(crate) struct Order<const N: usize>(Modulus<N>);

impl<const N: usize> Order<N> {
    /// The arithmetic of an odd q with its highest or second highest bit set.
    pub(crate) const fn new(q: [u64; N]) -> Self {
        Self(Modulus::new(q))
    }

    /// q itself.
    pub(crate) const fn limbs(&self) -> &[u64; N] {
        self.0.limbs()
    }

    /// The length of q in bits.
    pub(crate) const fn bits(&self) -> u32 {
        64 * N as u32 - self.limbs()[N - 1].leading_zeros()
    }

    /// Whether 0 < value < q, without a branch: 1 or 0.
    pub(crate) const fn holds(&self, value: &[u64; N]) -> u64 {
        limbs::less(value, self.limbs()) & (limbs::is_zero(value) ^ 1)
    }

    /// A non-zero scalar; `None` unless 0 < value < q. Only whether it holds shows in the timing.
    pub(crate) fn nonzero(&self, value: [u64; N]) -> Option<Scalar<N>> {
        (self.holds(&value) == 1).then_some(Scalar(value))
    }

    /// Any integer of N limbs modulo q.
    pub(crate) const fn reduce(&self, value: &[u64; N]) -> Scalar<N> {
        Scalar(self.0.leave(&self.0.enter(value)))
    }

    /// The sum.
    pub(crate) const fn add(&self, a: &Scalar<N>, b: &Scalar<N>) -> Scalar<N> {
        Scalar(self.0.add(&a.0, &b.0))
    }

    /// The product.
    pub(crate) const fn mul(&self, a: &Scalar<N>, b: &Scalar<N>) -> Scalar<N> {
        Scalar(self.0.mul(&self.0.enter(&a.0), &b.0))
    }

    /// The inverse of a non-zero scalar that is public; `None` for zero.
    pub(crate) fn invert_vartime(&self, a: &Scalar<N>) -> Option<Scalar<N>> {
        let q = Odd::new(Uint::from_words(*self.limbs())).into_option()?;
        let inverse = Uint::from_words(a.0).invert_odd_mod_vartime(&q).into_option()?;
        Some(Scalar(inverse.to_words()))
    }

    /// The opposite of a non-zero scalar.
    pub(crate) const fn neg(&self, a: &Scalar<N>) -> Scalar<N> {
        Scalar(limbs::sub(self.limbs(), &a.0).0)
    }
}

impl<const N: usize> ConditionallySelectable for Scalar<N> {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(limbs::select(&a.0, &b.0, u64::from(choice.unwrap_u8())))
    }
}
