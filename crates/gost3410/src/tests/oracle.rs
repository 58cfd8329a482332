//! Slow arithmetic that shares no code with the crate.

use crypto_bigint::{NonZero, Odd, Uint};

/// Integers modulo an odd prime.
#[derive(Clone, Copy)]
pub(super) struct Modulus<const N: usize>(Uint<N>);

impl<const N: usize> Modulus<N> {
    pub(super) fn new(modulus: [u64; N]) -> Self {
        Self(Uint::from_words(modulus))
    }

    /// 2^(64·N) − c.
    pub(super) fn pseudo_mersenne(c: u64) -> Self {
        Self(Uint::MAX.wrapping_sub(&Uint::from_u64(c - 1)))
    }

    pub(super) fn limbs(&self) -> [u64; N] {
        self.0.to_words()
    }

    fn nonzero(&self) -> NonZero<Uint<N>> {
        NonZero::new(self.0).unwrap()
    }

    pub(super) fn reduce(&self, a: [u64; N]) -> [u64; N] {
        Uint::from_words(a).rem_vartime(&self.nonzero()).to_words()
    }

    fn uint(&self, a: [u64; N]) -> Uint<N> {
        Uint::from_words(self.reduce(a))
    }

    pub(super) fn add(&self, a: [u64; N], b: [u64; N]) -> [u64; N] {
        self.uint(a).add_mod(&self.uint(b), &self.nonzero()).to_words()
    }

    pub(super) fn sub(&self, a: [u64; N], b: [u64; N]) -> [u64; N] {
        self.uint(a).sub_mod(&self.uint(b), &self.nonzero()).to_words()
    }

    pub(super) fn mul(&self, a: [u64; N], b: [u64; N]) -> [u64; N] {
        self.uint(a).mul_mod(&self.uint(b), &self.nonzero()).to_words()
    }

    pub(super) fn invert(&self, a: [u64; N]) -> [u64; N] {
        let modulus = Odd::new(self.0).unwrap();
        self.uint(a).invert_odd_mod_vartime(&modulus).unwrap().to_words()
    }
}

/// A point, `None` for infinity.
pub(super) type Point<const N: usize> = Option<([u64; N], [u64; N])>;

/// A curve with the coefficient a.
pub(super) struct Curve<const N: usize> {
    pub(super) p: Modulus<N>,
    pub(super) a: [u64; N],
}

impl<const N: usize> Curve<N> {
    /// The sum, by the chord and the tangent.
    pub(super) fn add(&self, first: Point<N>, second: Point<N>) -> Point<N> {
        let p = &self.p;
        let (Some((x1, y1)), Some((x2, y2))) = (first, second) else {
            return first.or(second);
        };
        let slope = if x1 != x2 {
            p.mul(p.sub(y2, y1), p.invert(p.sub(x2, x1)))
        } else if p.add(y1, y2) == [0; N] {
            return None;
        } else {
            let xx = p.mul(x1, x1);
            p.mul(p.add(p.add(xx, p.add(xx, xx)), self.a), p.invert(p.add(y1, y1)))
        };
        let x = p.sub(p.sub(p.mul(slope, slope), x1), x2);
        Some((x, p.sub(p.mul(slope, p.sub(x1, x)), y1)))
    }

    /// The multiple, by doubling and adding.
    pub(super) fn multiply(&self, point: Point<N>, k: [u64; N]) -> Point<N> {
        (0..64 * N).rev().fold(None, |sum, bit| {
            let twice = self.add(sum, sum);
            if (k[bit / 64] >> (bit % 64)) & 1 == 1 { self.add(twice, point) } else { twice }
        })
    }
}
