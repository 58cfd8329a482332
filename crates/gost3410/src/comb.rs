//! Multiples of the generator in constant time, by a signed comb.
//!
//! Write k = Σ dᵢ·2ⁱ with every digit dᵢ ∈ {−1, 1}: that is dᵢ = 2bᵢ − 1, where bᵢ are the bits of
//! (k + 2ⁿ − 1)/2 modulo q. No digit is zero, so every step adds a point, whatever k is (Hedabou,
//! Pinel and Bénéteau, 2005; the arrangement is that of libsecp256k1's `ecmult_gen`).
//!
//! The n = N·TEETH·SPACING digits are dealt to N blocks. A block has one digit under each of its
//! TEETH teeth, SPACING places apart; its table holds the sums for every set of digits whose
//! topmost is 1, and the others are their opposites.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::curve::{Affine, Curve, Projective};
use crate::field::Field;
use crate::limbs;
use crate::scalar::{Order, Scalar};
use crate::table::{COMB_ENTRIES, SPACING, TEETH};

/// The tables of one generator, and the constants that turn a scalar into its digits.
pub(crate) struct Comb<const N: usize, F> {
    blocks: [[Affine<F>; COMB_ENTRIES]; N],
    /// 2ⁿ − 1 modulo q.
    offset: Scalar<N>,
    /// 2⁻¹ modulo q.
    half: Scalar<N>,
}

impl<const N: usize, F: Field> Comb<N, F> {
    pub(crate) const fn new(blocks: [[Affine<F>; COMB_ENTRIES]; N], order: &Order<N>) -> Self {
        let (half, _) = limbs::add(&limbs::shr(order.limbs(), 1), &Scalar::small(1).0); // (q + 1)/2
        let mut power = Scalar::small(1);
        let mut i = 0;
        while i < N * TEETH * SPACING {
            power = order.add(&power, &power);
            i += 1;
        }
        let offset = order.add(&power, &order.neg(&Scalar::small(1)));
        Self { blocks, offset, half: Scalar(half) }
    }

    /// k·P for a secret k, where P is the generator of the tables.
    pub(crate) fn multiply(
        &self,
        curve: &Curve<F>,
        order: &Order<N>,
        k: &Scalar<N>,
    ) -> Projective<F> {
        let digits = Zeroizing::new(order.mul(&order.add(k, &self.offset), &self.half));
        let mut sum = Projective::INFINITY;
        for place in (0..SPACING).rev() {
            if place + 1 < SPACING {
                sum = curve.double(&sum);
            }
            for (block, entries) in self.blocks.iter().enumerate() {
                let under =
                    |tooth| limbs::bit(&digits.0, (block * TEETH + tooth) * SPACING + place);
                let set = (0..TEETH).fold(0, |set, tooth| set | (under(tooth) << tooth));
                sum = curve.add_affine(&sum, &select(entries, set));
            }
        }
        sum
    }
}

/// The entry for a secret set of digits, reading the whole table.
#[inline(always)]
fn select<F: Field>(entries: &[Affine<F>; COMB_ENTRIES], set: u64) -> Affine<F> {
    let top = set >> (TEETH - 1);
    let negative = Choice::from((top ^ 1) as u8);
    // Where the topmost digit is −1, the opposite set has its opposite sum.
    let index = (set ^ top.wrapping_sub(1)) & (COMB_ENTRIES as u64 - 1);
    let mut point = entries[0];
    for (i, entry) in (0u64..).zip(entries) {
        point.conditional_assign(entry, i.ct_eq(&index));
    }
    let opposite = point.neg();
    point.conditional_assign(&opposite, negative);
    point
}
