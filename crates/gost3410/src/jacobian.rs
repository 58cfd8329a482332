//! Sums of two multiples for verification, in variable time: everything here is public.
//!
//! Points are (X/Z², Y/Z³). The formulas are `dbl-2001-b`, `add-1998-cmo-2` and its mixed form of
//! the Explicit-Formulas Database; the exceptional cases are branches.
#![expect(
    clippy::indexing_slicing,
    reason = "digits index tables that have an entry for every odd digit of their width"
)]

use crate::curve::{Affine, CoefficientA, Curve};
use crate::field::Field;
use crate::limbs;
use crate::scalar::Scalar;
use crate::table::{self, ODD_MULTIPLES};

/// The width of the digits of a key's scalar, whose table is made for each verification.
const WIDTH: u32 = 5;
const ENTRIES: usize = 1 << (WIDTH - 2);
/// A non-adjacent form is one digit longer than the number, here of at most 512 bits.
const DIGITS: usize = 513;

/// A point in Jacobian coordinates, infinity where Z = 0.
#[derive(Clone, Copy)]
pub(crate) struct Jacobian<F> {
    x: F,
    y: F,
    z: F,
}

impl<F: Field> Jacobian<F> {
    const INFINITY: Self = Self { x: F::ONE, y: F::ONE, z: F::ZERO };

    fn from_affine(point: &Affine<F>) -> Self {
        Self { x: point.x, y: point.y, z: F::ONE }
    }

    pub(crate) fn is_infinity(&self) -> bool {
        self.z.is_zero()
    }

    /// Whether the affine x-coordinate is the given one. Infinity has none.
    pub(crate) fn has_x(&self, x: &F) -> bool {
        !self.is_infinity() && x.mul(&self.z.square()) == self.x
    }

    fn double(&self, curve: &Curve<F>) -> Self {
        let delta = self.z.square();
        let gamma = self.y.square();
        let alpha = match &curve.a {
            CoefficientA::MinusThree => self.x.sub(&delta).mul(&self.x.add(&delta)).triple(),
            CoefficientA::Any(a) => self.x.square().triple().add(&delta.square().mul(a)),
        };
        let beta4 = self.x.mul(&gamma).double().double();
        let x = alpha.square().sub(&beta4.double());
        let gamma8 = gamma.double().square().double();
        Self {
            x,
            y: alpha.mul(&beta4.sub(&x)).sub(&gamma8),
            z: self.y.add(&self.z).square().sub(&gamma).sub(&delta),
        }
    }

    fn add(&self, curve: &Curve<F>, other: &Self) -> Self {
        if self.is_infinity() {
            return *other;
        }
        if other.is_infinity() {
            return *self;
        }
        let (zz, other_zz) = (self.z.square(), other.z.square());
        let u = self.x.mul(&other_zz);
        let s = self.y.mul(&other_zz.mul(&other.z));
        let h = other.x.mul(&zz).sub(&u);
        let r = other.y.mul(&zz.mul(&self.z)).sub(&s);
        self.chord(curve, &u, &s, &h, &r, &self.z.mul(&other.z))
    }

    fn add_affine(&self, curve: &Curve<F>, other: &Affine<F>) -> Self {
        if self.is_infinity() {
            return Self::from_affine(other);
        }
        let zz = self.z.square();
        let h = other.x.mul(&zz).sub(&self.x);
        let r = other.y.mul(&zz.mul(&self.z)).sub(&self.y);
        self.chord(curve, &self.x, &self.y, &h, &r, &self.z)
    }

    /// The third point of a chord: from (u, s), over the differences (h, r).
    #[inline(always)]
    fn chord(&self, curve: &Curve<F>, u: &F, s: &F, h: &F, r: &F, z: &F) -> Self {
        if h.is_zero() {
            return if r.is_zero() { self.double(curve) } else { Self::INFINITY };
        }
        let hh = h.square();
        let hhh = hh.mul(h);
        let v = u.mul(&hh);
        let x = r.square().sub(&hhh).sub(&v.double());
        Self { x, y: r.mul(&v.sub(&x)).sub(&s.mul(&hhh)), z: z.mul(h) }
    }

    fn neg(&self) -> Self {
        Self { y: self.y.neg(), ..*self }
    }
}

/// `a·G + b·Q`: the two non-adjacent forms in one chain of doublings.
pub(crate) fn sum_of_multiples<const N: usize, F: Field>(
    curve: &Curve<F>,
    generator: &[Affine<F>; ODD_MULTIPLES],
    a: &Scalar<N>,
    point: &Affine<F>,
    b: &Scalar<N>,
) -> Jacobian<F> {
    let first = Jacobian::from_affine(point);
    let twice = first.double(curve);
    let mut multiples = [first; ENTRIES];
    for i in 1..ENTRIES {
        multiples[i] = multiples[i - 1].add(curve, &twice);
    }

    let a_digits = non_adjacent_form(a, table::WIDTH);
    let b_digits = non_adjacent_form(b, WIDTH);
    let mut sum = Jacobian::INFINITY;
    let digits = a_digits.iter().zip(&b_digits).rev();
    for (&a_digit, &b_digit) in digits.skip_while(|digits| *digits == (&0, &0)) {
        sum = sum.double(curve);
        if a_digit != 0 {
            let entry = &generator[usize::from(a_digit.unsigned_abs() / 2)];
            let entry = if a_digit < 0 { entry.neg() } else { *entry };
            sum = sum.add_affine(curve, &entry);
        }
        if b_digit != 0 {
            let entry = &multiples[usize::from(b_digit.unsigned_abs() / 2)];
            let entry = if b_digit < 0 { entry.neg() } else { *entry };
            sum = sum.add(curve, &entry);
        }
    }
    sum
}

/// Digits, lowest first, each zero or odd and of magnitude below 2^(width−1), with at least
/// `width − 1` zeros after a digit that is not zero.
fn non_adjacent_form<const N: usize>(scalar: &Scalar<N>, width: u32) -> [i8; DIGITS] {
    let mut digits = [0; DIGITS];
    let mut carry = 0;
    let mut position = 0;
    while position <= 64 * N {
        if limbs::bit(&scalar.0, position) == carry {
            position += 1;
            continue;
        }
        let window = window(&scalar.0, position, width) + carry;
        carry = window >> (width - 1);
        digits[position] = (window as i64 - ((carry as i64) << width)) as i8;
        position += width as usize;
    }
    digits
}

/// The `width` bits from `position` on.
fn window<const N: usize>(limbs: &[u64; N], position: usize, width: u32) -> u64 {
    (0..width).fold(0, |bits, i| bits | (limbs::bit(limbs, position + i as usize) << i))
}
