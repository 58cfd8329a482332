//! Integers modulo the order q of the group, by Montgomery's method.
//!
//! Everything but [`Order::invert_vartime`] takes the same steps whatever the values are.
#![expect(
    clippy::indexing_slicing,
    reason = "every index is a loop counter below the constant length of the array"
)]

use crypto_bigint::{Odd, Uint};
use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroize;

use crate::limbs;

/// An integer of N limbs. Those given by an [`Order`] are below it.
#[derive(Clone, Copy, PartialEq, Eq, Zeroize)]
pub(crate) struct Scalar<const N: usize>(pub(crate) [u64; N]);

impl<const N: usize> Scalar<N> {
    pub(crate) const fn small(value: u64) -> Self {
        let mut limbs = [0; N];
        limbs[0] = value;
        Self(limbs)
    }
}

/// The prime order q of a group, with what Montgomery's reduction needs.
pub(crate) struct Order<const N: usize> {
    q: [u64; N],
    /// −q⁻¹ modulo 2^64.
    q_inverse: u64,
    /// R² modulo q, where R = 2^(64·N).
    r_squared: [u64; N],
}

impl<const N: usize> Order<N> {
    /// The arithmetic of an odd q with its highest or second highest bit set.
    pub(crate) const fn new(q: [u64; N]) -> Self {
        // Newton's iteration for q⁻¹ modulo 2^64 doubles the number of right bits.
        let (mut inverse, mut i) = (1u64, 0);
        while i < 6 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(q[0].wrapping_mul(inverse)));
            i += 1;
        }
        // R² = 2^(128·N) by doubling.
        let mut power = Scalar::small(1).0;
        let mut i = 0;
        while i < 128 * N {
            power = reduce_once(limbs::add(&power, &power), &q);
            i += 1;
        }
        Self { q, q_inverse: inverse.wrapping_neg(), r_squared: power }
    }

    /// q itself.
    pub(crate) const fn limbs(&self) -> &[u64; N] {
        &self.q
    }

    /// The length of q in bits.
    pub(crate) const fn bits(&self) -> u32 {
        64 * N as u32 - self.q[N - 1].leading_zeros()
    }

    /// Whether 0 < value < q, without a branch: 1 or 0.
    pub(crate) const fn holds(&self, value: &[u64; N]) -> u64 {
        limbs::less(value, &self.q) & (limbs::is_zero(value) ^ 1)
    }

    /// A non-zero scalar; `None` unless 0 < value < q. Only whether it holds shows in the timing.
    pub(crate) fn nonzero(&self, value: [u64; N]) -> Option<Scalar<N>> {
        (self.holds(&value) == 1).then_some(Scalar(value))
    }

    /// Any integer of N limbs modulo q.
    pub(crate) const fn reduce(&self, value: &[u64; N]) -> Scalar<N> {
        let one = Scalar::small(1).0;
        Scalar(self.montgomery(&self.montgomery(value, &self.r_squared), &one))
    }

    /// The sum.
    pub(crate) const fn add(&self, a: &Scalar<N>, b: &Scalar<N>) -> Scalar<N> {
        Scalar(reduce_once(limbs::add(&a.0, &b.0), &self.q))
    }

    /// The product.
    pub(crate) const fn mul(&self, a: &Scalar<N>, b: &Scalar<N>) -> Scalar<N> {
        Scalar(self.montgomery(&self.montgomery(&a.0, &self.r_squared), &b.0))
    }

    /// The inverse of a non-zero scalar that is public; `None` for zero.
    pub(crate) fn invert_vartime(&self, a: &Scalar<N>) -> Option<Scalar<N>> {
        let q = Odd::new(Uint::from_words(self.q)).into_option()?;
        let inverse = Uint::from_words(a.0).invert_odd_mod_vartime(&q).into_option()?;
        Some(Scalar(inverse.to_words()))
    }

    /// The opposite of a non-zero scalar.
    pub(crate) const fn neg(&self, a: &Scalar<N>) -> Scalar<N> {
        Scalar(limbs::sub(&self.q, &a.0).0)
    }

    /// `a·b·R⁻¹` modulo q, for a·b < R·q.
    const fn montgomery(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (mut t, mut top, mut i) = ([0; N], 0, 0);
        while i < N {
            let (mut carry, mut j) = (0, 0);
            while j < N {
                (t[j], carry) = limbs::mac(t[j], a[i], b[j], carry);
                j += 1;
            }
            let (high, over) = limbs::adc(top, carry, 0);
            let factor = t[0].wrapping_mul(self.q_inverse);
            (_, carry) = limbs::mac(t[0], factor, self.q[0], 0);
            j = 1;
            while j < N {
                (t[j - 1], carry) = limbs::mac(t[j], factor, self.q[j], carry);
                j += 1;
            }
            (t[N - 1], carry) = limbs::adc(high, carry, 0);
            top = over + carry;
            i += 1;
        }
        reduce_once((t, top), &self.q)
    }
}

/// `value` modulo q, for a value below 2q given with its carry.
const fn reduce_once<const N: usize>(value: ([u64; N], u64), q: &[u64; N]) -> [u64; N] {
    let (value, carry) = value;
    let (reduced, borrow) = limbs::sub(&value, q);
    limbs::select(&reduced, &value, borrow & (carry ^ 1))
}

impl<const N: usize> ConditionallySelectable for Scalar<N> {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(limbs::select(&a.0, &b.0, u64::from(choice.unwrap_u8())))
    }
}
