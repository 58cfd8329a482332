//! Curves y² = x³ + a·x + b and the complete addition of their points.
//!
//! The formulas are those of Renes, Costello and Batina, "Complete addition formulas for prime
//! order elliptic curves" (eprint 2015/1060), algorithm 1 and its mixed form. They are exceptional
//! only when P − Q has order 2, which does not happen within a subgroup of odd order; signing
//! never leaves that subgroup. They take the same steps for every pair of points.

use subtle::{Choice, ConditionallySelectable};

use crate::field::Field;

/// The coefficient a.
#[derive(Clone, Copy)]
pub(crate) enum CoefficientA<F> {
    /// a = p − 3, which makes doubling cheaper.
    MinusThree,
    Any(F),
}

/// A curve in the short form of Weierstrass (GOST R 34.10-2012 §5.1).
pub(crate) struct Curve<F> {
    pub(crate) a: CoefficientA<F>,
    pub(crate) b: F,
}

/// A point with coordinates (x, y): any but the point at infinity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Affine<F> {
    pub(crate) x: F,
    pub(crate) y: F,
}

/// A point (X/Z, Y/Z), infinity where Z = 0.
#[derive(Clone, Copy)]
pub(crate) struct Projective<F> {
    pub(crate) x: F,
    pub(crate) y: F,
    pub(crate) z: F,
}

impl<F: Field> Affine<F> {
    pub(crate) fn neg(&self) -> Self {
        Self { x: self.x, y: self.y.neg() }
    }
}

impl<F: Field> ConditionallySelectable for Affine<F> {
    #[inline(always)]
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self {
            x: F::conditional_select(&a.x, &b.x, choice),
            y: F::conditional_select(&a.y, &b.y, choice),
        }
    }
}

impl<F: Field> Projective<F> {
    pub(crate) const INFINITY: Self = Self { x: F::ZERO, y: F::ONE, z: F::ZERO };

    /// The affine point. Infinity, which has none, gives (0, 0).
    pub(crate) fn to_affine(self) -> Affine<F> {
        let inverse = self.z.invert();
        Affine { x: self.x.mul(&inverse), y: self.y.mul(&inverse) }
    }
}

impl<F: Field> Curve<F> {
    /// Whether the coordinates satisfy the equation.
    pub(crate) fn contains(&self, point: &Affine<F>) -> bool {
        let x = &point.x;
        let right = x.square().mul(x).add(&self.times_a(x)).add(&self.b);
        point.y.square().sub(&right).is_zero()
    }

    /// The sum of two points.
    #[allow(dead_code, reason = "for the build script and the tests")]
    pub(crate) fn add(&self, p: &Projective<F>, q: &Projective<F>) -> Projective<F> {
        let xx = p.x.mul(&q.x);
        let yy = p.y.mul(&q.y);
        let zz = p.z.mul(&q.z);
        // Each cross term in one multiplication, as (p₁ + p₂)(q₁ + q₂) − p₁q₁ − p₂q₂.
        let xy = p.x.add(&p.y).mul(&q.x.add(&q.y)).sub(&xx.add(&yy));
        let xz = p.x.add(&p.z).mul(&q.x.add(&q.z)).sub(&xx.add(&zz));
        let yz = p.y.add(&p.z).mul(&q.y.add(&q.z)).sub(&yy.add(&zz));
        self.finish(&[xx, yy, zz, xy, xz, yz])
    }

    /// The sum of two points, the second one affine.
    pub(crate) fn add_affine(&self, p: &Projective<F>, q: &Affine<F>) -> Projective<F> {
        let xx = p.x.mul(&q.x);
        let yy = p.y.mul(&q.y);
        let xy = p.x.add(&p.y).mul(&q.x.add(&q.y)).sub(&xx.add(&yy));
        let xz = p.z.mul(&q.x).add(&p.x);
        let yz = p.z.mul(&q.y).add(&p.y);
        self.finish(&[xx, yy, p.z, xy, xz, yz])
    }

    /// Twice a point.
    pub(crate) fn double(&self, p: &Projective<F>) -> Projective<F> {
        let xx = p.x.square();
        let yy = p.y.square();
        let zz = p.z.square();
        let xy = p.x.mul(&p.y).double();
        let xz = p.x.mul(&p.z).double();
        let yz = p.y.mul(&p.z).double();
        self.finish(&[xx, yy, zz, xy, xz, yz])
    }

    /// The sum from the products of the coordinates.
    #[inline(always)]
    fn finish(&self, [xx, yy, zz, xy, xz, yz]: &[F; 6]) -> Projective<F> {
        let azz = self.times_a(zz);
        let u = self.times_a(xz).add(&self.times_3b(zz));
        let v = self.times_3b(xz).add(&self.times_a(&xx.sub(&azz)));
        let w = xx.triple().add(&azz);
        let (l, r) = (yy.sub(&u), yy.add(&u));
        Projective {
            x: xy.mul(&l).sub(&yz.mul(&v)),
            y: l.mul(&r).add(&w.mul(&v)),
            z: yz.mul(&r).add(&xy.mul(&w)),
        }
    }

    #[inline(always)]
    fn times_a(&self, value: &F) -> F {
        match &self.a {
            CoefficientA::MinusThree => value.triple().neg(),
            CoefficientA::Any(a) => value.mul(a),
        }
    }

    #[inline(always)]
    fn times_3b(&self, value: &F) -> F {
        value.mul(&self.b).triple()
    }
}
