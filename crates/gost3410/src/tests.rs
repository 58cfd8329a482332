//! The arithmetic against an oracle: integers of `crypto-bigint` and the schoolbook formulas.

mod examples;
mod field;
mod group;
mod nonce;
mod oracle;
mod scalar;

use proptest::prelude::*;

/// Any limbs, the edges more often: all zeros, all ones, and what is near to them.
fn limbs<const N: usize>() -> impl Strategy<Value = [u64; N]> {
    let edge = prop_oneof![Just(0), Just(1), Just(u64::MAX), Just(u64::MAX - 1)];
    let near_top = (0..2000u64).prop_map(|below| {
        let mut limbs = [u64::MAX; N];
        limbs[0] -= below;
        limbs
    });
    let near_zero = (0..2000u64).prop_map(|low| {
        let mut limbs = [0; N];
        limbs[0] = low;
        limbs
    });
    prop_oneof![
        4 => prop::array::uniform(any::<u64>()),
        2 => prop::array::uniform(edge),
        1 => near_top,
        1 => near_zero,
    ]
}
