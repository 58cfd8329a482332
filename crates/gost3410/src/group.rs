//! A group with its generator, and the two processes of the standard over it.

use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroizing;

use crate::comb::Comb;
use crate::constants::Constants;
use crate::curve::Affine;
use crate::error::Error;
use crate::field::Fe;
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

/// The subgroup of order q that a generator spans (GOST R 34.10-2012 §5.2).
pub(crate) struct Group<const N: usize, const C: u64> {
    constants: &'static Constants<N, C>,
    order: Order<N>,
    comb: Comb<N, C>,
    odd_multiples: [Affine<N, C>; ODD_MULTIPLES],
}

impl<const N: usize, const C: u64> Group<N, C> {
    pub(crate) const fn new(constants: &'static Constants<N, C>, tables: Tables<N, C>) -> Self {
        let order = Order::new(constants.order);
        let comb = Comb::new(tables.comb, &order);
        Self { constants, order, comb, odd_multiples: tables.odd }
    }

    pub(crate) fn order(&self) -> &Order<N> {
        &self.order
    }

    #[cfg(test)]
    pub(crate) fn comb(&self) -> &Comb<N, C> {
        &self.comb
    }

    #[cfg(test)]
    pub(crate) fn odd_multiples(&self) -> &[Affine<N, C>; ODD_MULTIPLES] {
        &self.odd_multiples
    }

    /// The name that goes into the nonces.
    pub(crate) fn name(&self) -> &'static str {
        self.constants.name
    }

    /// A public point from x_LE ‖ y_LE, with all the checks of its validity.
    pub(crate) fn decode_point(&self, bytes: &[u8]) -> Result<Affine<N, C>, Error> {
        if bytes.len() != 16 * N {
            return Err(Error::WrongLength { expected: 16 * N, actual: bytes.len() });
        }
        let (x, y) = bytes.split_at(8 * N);
        let x = Fe::from_le_bytes(x).ok_or(Error::CoordinateOutOfRange)?;
        let y = Fe::from_le_bytes(y).ok_or(Error::CoordinateOutOfRange)?;
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
        Ok(point)
    }

    /// The public point d·P of a private key.
    pub(crate) fn public_point(&self, d: &Scalar<N>) -> Affine<N, C> {
        self.comb.multiply(&self.constants.curve, &self.order, d).to_affine()
    }

    /// Signs a digest (GOST R 34.10-2012 §6.1, whose steps are numbered below).
    pub(crate) fn sign(
        &self,
        d: &Scalar<N>,
        digest: &[u8],
        added_randomness: &[u8; 32],
    ) -> Result<Halves<N>, Error> {
        let order = &self.order;
        let e = self.hash_scalar(digest)?; // steps 1 and 2
        let mut nonces = Nonces::new(self, d, &e, added_randomness);
        loop {
            let k = Zeroizing::new(nonces.next(order)); // step 3
            let point = self.public_point(&k); // step 4
            let r = order.reduce(&point.x.canonical());
            let rd = Zeroizing::new(order.mul(&r, d)); // step 5
            let s = order.add(&rd, &Zeroizing::new(order.mul(&k, &e)));
            if order.holds(&r.0) & order.holds(&s.0) == 1 {
                return Ok(Halves { r, s });
            }
            nonces.reject();
        }
    }

    /// Verifies a signature (GOST R 34.10-2012 §6.2, whose steps are numbered below). Step 1 was
    /// done when the halves were decoded.
    pub(crate) fn verify(
        &self,
        point: &Affine<N, C>,
        digest: &[u8],
        Halves { r, s }: &Halves<N>,
    ) -> Result<(), Error> {
        let order = &self.order;
        let e = self.hash_scalar(digest)?; // steps 2 and 3
        let v = order.invert_vartime(&e).ok_or(Error::SignatureMismatch)?; // step 4
        let z1 = order.mul(s, &v); // step 5
        let z2 = order.neg(&order.mul(r, &v));
        let sum = self.sum_of_multiples(&z1, point, &z2); // step 6

        // Step 7: R = x mod q, so x is one of r, r + q, r + 2q, … below p.
        let (mut candidate, mut carry) = (r.0, 0);
        while carry == 0 && Fe::<N, C>::new(candidate).canonical() == candidate {
            if sum.has_x(&Fe::new(candidate)) {
                return Ok(());
            }
            (candidate, carry) = limbs::add(&candidate, order.limbs());
        }
        Err(Error::SignatureMismatch)
    }

    /// a·P + b·Q, in variable time.
    fn sum_of_multiples(
        &self,
        a: &Scalar<N>,
        point: &Affine<N, C>,
        b: &Scalar<N>,
    ) -> Jacobian<N, C> {
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
