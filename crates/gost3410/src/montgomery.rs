//! Arithmetic modulo an odd number by Montgomery's method, in constant time.
#![expect(
    clippy::indexing_slicing,
    reason = "every index is a loop counter below the constant length of the array"
)]

use crate::limbs;

/// An odd modulus m with its highest or second highest bit set, with what the reduction needs.
pub(crate) struct Modulus<const N: usize> {
    m: [u64; N],
    /// −m⁻¹ modulo 2^64.
    inverse: u64,
    /// R² modulo m, where R = 2^(64·N).
    r_squared: [u64; N],
}

impl<const N: usize> Modulus<N> {
    pub(crate) const fn new(m: [u64; N]) -> Self {
        // Newton's iteration for m⁻¹ modulo 2^64 doubles the number of right bits.
        let (mut inverse, mut i) = (1u64, 0);
        while i < 6 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(m[0].wrapping_mul(inverse)));
            i += 1;
        }
        // R² = 2^(128·N) by doubling.
        let mut power = limbs::small(1);
        let mut i = 0;
        while i < 128 * N {
            power = reduce_once(limbs::add(&power, &power), &m);
            i += 1;
        }
        Self { m, inverse: inverse.wrapping_neg(), r_squared: power }
    }

    /// m itself.
    #[inline(always)]
    pub(crate) const fn limbs(&self) -> &[u64; N] {
        &self.m
    }

    /// The sum of two numbers below m.
    #[inline(always)]
    pub(crate) const fn add(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        reduce_once(limbs::add(a, b), &self.m)
    }

    /// The difference of two numbers below m.
    #[inline(always)]
    pub(crate) const fn sub(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (difference, borrow) = limbs::sub(a, b);
        let (again, _) = limbs::add(&difference, &self.m);
        limbs::select(&difference, &again, borrow)
    }

    /// `a·R` modulo m, for any a of N limbs.
    pub(crate) const fn enter(&self, a: &[u64; N]) -> [u64; N] {
        self.mul(a, &self.r_squared)
    }

    /// `a·R⁻¹` modulo m, for any a of N limbs.
    pub(crate) const fn leave(&self, a: &[u64; N]) -> [u64; N] {
        self.mul(a, &limbs::small(1))
    }

    /// `a·b·R⁻¹` modulo m, for a·b < R·m.
    #[inline(always)]
    pub(crate) const fn mul(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (mut t, mut top, mut i) = ([0; N], 0, 0);
        while i < N {
            let (mut carry, mut j) = (0, 0);
            while j < N {
                (t[j], carry) = limbs::mac(t[j], a[i], b[j], carry);
                j += 1;
            }
            let (high, over) = limbs::adc(top, carry, 0);
            let factor = t[0].wrapping_mul(self.inverse);
            (_, carry) = limbs::mac(t[0], factor, self.m[0], 0);
            j = 1;
            while j < N {
                (t[j - 1], carry) = limbs::mac(t[j], factor, self.m[j], carry);
                j += 1;
            }
            (t[N - 1], carry) = limbs::adc(high, carry, 0);
            top = over + carry;
            i += 1;
        }
        reduce_once((t, top), &self.m)
    }
}

/// `value` modulo m, for a value below 2m given with its carry.
#[inline(always)]
const fn reduce_once<const N: usize>(value: ([u64; N], u64), m: &[u64; N]) -> [u64; N] {
    let (value, carry) = value;
    let (reduced, borrow) = limbs::sub(&value, m);
    limbs::select(&reduced, &value, borrow & (carry ^ 1))
}
