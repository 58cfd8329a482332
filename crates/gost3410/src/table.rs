//! The tables of multiples of a generator, which the build script computes.

use crate::curve::Affine;

/// The teeth of a comb: the digits that one entry of its table stands for.
pub(crate) const TEETH: usize = 5;
/// The distance of the teeth of a comb, and the number of places that it is moved to.
pub(crate) const SPACING: usize = 13;
/// The entries for the sets of digits whose topmost is 1.
pub(crate) const COMB_ENTRIES: usize = 1 << (TEETH - 1);

/// The width of the digits of the generator's scalar in verification.
pub(crate) const WIDTH: u32 = 8;
/// The odd multiples 1, 3, … below 2^(WIDTH − 1).
pub(crate) const ODD_MULTIPLES: usize = 1 << (WIDTH - 2);

/// Multiples of a generator.
pub(crate) struct Tables<const N: usize, F> {
    /// For signing: the blocks of [`crate::comb`].
    pub(crate) comb: [[Affine<F>; COMB_ENTRIES]; N],
    /// For verification: the odd multiples.
    pub(crate) odd: [Affine<F>; ODD_MULTIPLES],
}
