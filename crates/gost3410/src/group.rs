//! A group with its generator, and the two processes of the standard over it.

use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroizing;

use crate::comb::Comb;
use crate::constants::Constants;
use crate::curve::Affine;
use crate::error::Error;
use crate::field::Residues;
use crate::jacobian::{Jacobian, sum_of_multiples};
use crate::limbs;
use crate::nonce::Nonces;
use crate::scalar::{Order, Scalar};
use crate::table::{ODD_MULTIPLES, Tables};

/// The two halves (r, s) of a signature, both above zero and below q.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Halves<const N: usize> {
    pub(crate) r: Scalar<N>,
    pub(crate) s: Scalar<N>,
}

/// A point other than infinity, by coordinates below p.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point<const N: usize> {
    pub(crate) x: [u64; N],
    pub(crate) y: [u64; N],
}

/// What keys and signatures ask of a group, whatever field it is over.
pub(crate) trait Scheme<const N: usize>: Sync {
    /// The name that goes into the nonces.
    fn name(&self) -> &'static str;

    /// The order q.
    fn order(&self) -> &Order<N>;

    /// A public point from x_LE ‖ y_LE, with all the checks of its validity.
    fn decode_point(&self, bytes: &[u8]) -> Result<Point<N>, Error>;

    /// The public point d·P of a private key.
    fn public_point(&self, d: &Scalar<N>) -> Point<N>;

    /// Signs a digest.
    fn sign(
        &self,
        d: &Scalar<N>,
        digest: &[u8],
        added_randomness: &[u8; 32],
    ) -> Result<Halves<N>, Error>;

    /// Verifies a signature under a point that was decoded or computed here.
    fn verify(&self, point: &Point<N>, digest: &[u8], halves: &Halves<N>) -> Result<(), Error>;
}

/// The subgroup of order q that a generator spans (GOST R 34.10-2012 §5.2).
pub(crate) struct Group<const N: usize, F: 'static> {
    constants: &'static Constants<N, F>,
    order: Order<N>,
    comb: Comb<N, F>,
    odd_multiples: [Affine<F>; ODD_MULTIPLES],
}

impl<const N: usize, F: Residues<N>> Group<N, F> {
    pub(crate) const fn new(constants: &'static Constants<N, F>, tables: Tables<N, F>) -> Self {
        let order = Order::new(constants.order);
        let comb = Comb::new(tables.comb, &order);
        Self { constants, order, comb, odd_multiples: tables.odd }
    }

    #[cfg(test)]
    pub(crate) fn constants(&self) -> &'static Constants<N, F> {
        self.constants
    }

    #[cfg(test)]
    pub(crate) fn comb(&self) -> &Comb<N, F> {
        &self.comb
    }

    #[cfg(test)]
    pub(crate) fn odd_multiples(&self) -> &[Affine<F>; ODD_MULTIPLES] {
        &self.odd_multiples
    }

    /// d·P.
    fn multiple(&self, d: &Scalar<N>) -> Point<N> {
        let Affine { x, y } = self.comb.multiply(&self.constants.curve, &self.order, d).to_affine();
        Point { x: x.canonical(), y: y.canonical() }
    }

    /// Steps 4 and 5 of GOST R 34.10-2012 §6.1; `None` if r or s is zero.
    pub(crate) fn halves(&self, d: &Scalar<N>, e: &Scalar<N>, k: &Scalar<N>) -> Option<Halves<N>> {
        let order = &self.order;
        let r = order.reduce(&self.multiple(k).x); // step 4
        let rd = Zeroizing::new(order.mul(&r, d)); // step 5
        let s = order.add(&rd, &Zeroizing::new(order.mul(k, e)));
        (order.holds(&r.0) & order.holds(&s.0) == 1).then_some(Halves { r, s })
    }

    /// a·P + b·Q, in variable time.
    fn sum_of_multiples(&self, a: &Scalar<N>, point: &Affine<F>, b: &Scalar<N>) -> Jacobian<F> {
        sum_of_multiples(&self.constants.curve, &self.odd_multiples, a, point, b)
    }

    /// The integer e of a digest read in little-endian order, modulo q, and 1 in place of 0.
    fn hash_scalar(&self, digest: &[u8]) -> Result<Scalar<N>, Error> {
        let alpha = limbs::from_le_bytes(digest)
            .ok_or(Error::DigestLength { expected: 8 * N, actual: digest.len() })?;
        let e = self.order.reduce(&alpha);
        let is_zero = Choice::from(limbs::is_zero(&e.0) as u8);
        Ok(Scalar::conditional_select(&e, &Scalar::small(1), is_zero))
    }
}

impl<const N: usize, F: Residues<N>> Scheme<N> for Group<N, F> {
    fn name(&self) -> &'static str {
        self.constants.name
    }

    fn order(&self) -> &Order<N> {
        &self.order
    }

    fn decode_point(&self, bytes: &[u8]) -> Result<Point<N>, Error> {
        if bytes.len() != 16 * N {
            return Err(Error::WrongLength { expected: 16 * N, actual: bytes.len() });
        }
        let (x, y) = bytes.split_at(8 * N);
        let x = F::from_le_bytes(x).ok_or(Error::CoordinateOutOfRange)?;
        let y = F::from_le_bytes(y).ok_or(Error::CoordinateOutOfRange)?;
        let point = Affine { x, y };
        if !self.constants.curve.contains(&point) {
            return Err(Error::NotOnCurve);
        }
        if self.constants.cofactor > 1 {
            let (zero, q) = (Scalar([0; N]), Scalar(*self.order.limbs()));
            if !self.sum_of_multiples(&zero, &point, &q).is_infinity() {
                return Err(Error::NotInSubgroup);
            }
        }
        Ok(Point { x: x.canonical(), y: y.canonical() })
    }

    fn public_point(&self, d: &Scalar<N>) -> Point<N> {
        self.multiple(d)
    }

    /// GOST R 34.10-2012 §6.1, whose steps are numbered below.
    fn sign(
        &self,
        d: &Scalar<N>,
        digest: &[u8],
        added_randomness: &[u8; 32],
    ) -> Result<Halves<N>, Error> {
        let e = self.hash_scalar(digest)?; // steps 1 and 2
        let mut nonces = Nonces::new(self.name(), d, &e, added_randomness);
        loop {
            let k = Zeroizing::new(nonces.next(&self.order)); // step 3
            if let Some(halves) = self.halves(d, &e, &k) {
                return Ok(halves);
            }
            nonces.reject();
        }
    }

    /// GOST R 34.10-2012 §6.2, whose steps are numbered below. Step 1 was done when the halves were
    /// decoded.
    fn verify(
        &self,
        point: &Point<N>,
        digest: &[u8],
        Halves { r, s }: &Halves<N>,
    ) -> Result<(), Error> {
        let order = &self.order;
        let point = Affine { x: F::from_limbs(point.x), y: F::from_limbs(point.y) };
        let e = self.hash_scalar(digest)?; // steps 2 and 3
        let v = order.invert_vartime(&e).ok_or(Error::SignatureMismatch)?; // step 4
        let z1 = order.mul(s, &v); // step 5
        let z2 = order.neg(&order.mul(r, &v));
        let sum = self.sum_of_multiples(&z1, &point, &z2); // step 6

        // Step 7: R = x mod q, so x is one of r, r + q, r + 2q, … below p.
        let (mut candidate, mut carry) = (r.0, 0);
        while carry == 0
            && let Some(x) = F::from_canonical(candidate)
        {
            if sum.has_x(&x) {
                return Ok(());
            }
            (candidate, carry) = limbs::add(&candidate, order.limbs());
        }
        Err(Error::SignatureMismatch)
    }
}
