use std::vec::Vec;

use proptest::prelude::*;

use super::field::modulus;
use super::limbs;
use super::oracle;
use crate::constants::{self, Constants};
use crate::curve::{Affine, CoefficientA, Projective};
use crate::field::{Field, Residues};
use crate::group::{Group, Scheme};
use crate::jacobian::sum_of_multiples;
use crate::limbs::small;
use crate::params;

/// Calls a generic function with everything that is named after each set of one width.
macro_rules! each_256 {
    ($module:ident, $check:ident $(, $argument:expr)*) => {
        $check(&$module::CRYPTO_PRO_A $(, $argument)*);
        $check(&$module::CRYPTO_PRO_B $(, $argument)*);
        $check(&$module::CRYPTO_PRO_C $(, $argument)*);
        $check(&$module::TC26_256_A $(, $argument)*);
        $check(&$module::EXAMPLE_256 $(, $argument)*);
    };
}
macro_rules! each_512 {
    ($module:ident, $check:ident $(, $argument:expr)*) => {
        $check(&$module::TC26_512_A $(, $argument)*);
        $check(&$module::TC26_512_B $(, $argument)*);
        $check(&$module::TC26_512_C $(, $argument)*);
        $check(&$module::EXAMPLE_512 $(, $argument)*);
    };
}

fn oracle<const N: usize, F: Residues<N>>(group: &Constants<N, F>) -> oracle::Curve<N> {
    let a = match &group.curve.a {
        CoefficientA::MinusThree => F::from_limbs(small(3)).neg(),
        CoefficientA::Any(a) => *a,
    };
    oracle::Curve { p: modulus::<N, F>(), a: a.canonical() }
}

fn pair<const N: usize, F: Residues<N>>(point: &Affine<F>) -> oracle::Point<N> {
    Some((point.x.canonical(), point.y.canonical()))
}

fn affine<const N: usize, F: Residues<N>>(point: oracle::Point<N>) -> Affine<F> {
    let (x, y) = point.expect("a point other than infinity");
    Affine { x: F::from_limbs(x), y: F::from_limbs(y) }
}

fn projective<F: Field>(point: &Affine<F>) -> Projective<F> {
    Projective { x: point.x, y: point.y, z: F::ONE }
}

/// The generator is on the curve, has order q, and is not infinity.
#[test]
fn constants_are_consistent() {
    fn check<const N: usize, F: Residues<N>>(group: &Constants<N, F>) {
        let curve = oracle(group);
        assert!(group.curve.contains(&group.generator));
        assert_eq!(curve.multiply(pair(&group.generator), group.order), None);
    }
    each_256!(constants, check);
    each_512!(constants, check);
}

/// By Hasse's bound the order of a curve is near p, so the ratio of p to q tells the cofactor, and
/// with it which keys need the check of the subgroup.
#[test]
fn cofactors_follow_from_the_orders() {
    fn check<const N: usize, F: Residues<N>>(group: &Constants<N, F>) {
        let (p, q) = (modulus::<N, F>().limbs()[N - 1], group.order[N - 1]);
        assert_eq!((p as f64 / q as f64).round(), f64::from(group.cofactor));
    }
    each_256!(constants, check);
    each_512!(constants, check);
}

/// The complete formulas on every kind of pair within the subgroup.
#[test]
fn complete_addition() {
    fn check<const N: usize, F: Residues<N>>(group: &Constants<N, F>) {
        let (curve, slow) = (&group.curve, oracle(group));
        let g = pair(&group.generator);
        let multiples: Vec<oracle::Point<N>> = (0..5).map(|k| slow.multiply(g, small(k))).collect();
        let lift = |point: &oracle::Point<N>| {
            point.map_or(Projective::INFINITY, |p| projective(&affine::<N, F>(Some(p))))
        };
        let lower = |p: Projective<F>| (!p.z.is_zero()).then(|| pair(&p.to_affine())).flatten();
        let negative =
            |point: &oracle::Point<N>| point.and_then(|p| pair(&affine::<N, F>(Some(p)).neg()));
        for p in &multiples {
            assert_eq!(lower(curve.double(&lift(p))), slow.add(*p, *p));
            for q in multiples.iter().flat_map(|q| [*q, negative(q)]) {
                assert_eq!(lower(curve.add(&lift(p), &lift(&q))), slow.add(*p, q));
                if q.is_some() {
                    assert_eq!(lower(curve.add_affine(&lift(p), &affine(q))), slow.add(*p, q));
                }
            }
        }
    }
    each_256!(constants, check);
    each_512!(constants, check);
}

fn comb_agrees<const N: usize, F: Residues<N>>(group: &Group<N, F>, k: [u64; N]) {
    let (constants, order) = (group.constants(), group.order());
    let k = order.reduce(&k);
    let product = group.comb().multiply(&constants.curve, order, &k);
    let product = (!product.z.is_zero()).then(|| pair(&product.to_affine())).flatten();
    assert_eq!(product, oracle(constants).multiply(pair(&constants.generator), k.0));
}

fn sum_agrees<const N: usize, F: Residues<N>>(group: &Group<N, F>, k: [[u64; N]; 3]) {
    let (constants, order) = (group.constants(), group.order());
    let slow = oracle(constants);
    let [a, b, d] = k.map(|k| order.reduce(&k));
    let g = pair(&constants.generator);
    let Some(q) = slow.multiply(g, d.0) else { return };
    let fast = sum_of_multiples(&constants.curve, group.odd_multiples(), &a, &affine(Some(q)), &b);
    match slow.add(slow.multiply(g, a.0), slow.multiply(Some(q), b.0)) {
        None => assert!(fast.is_infinity()),
        Some((x, _)) => {
            let x = F::from_limbs(x);
            assert!(fast.has_x(&x));
            assert!(!fast.has_x(&x.add(&F::ONE)));
        }
    }
}

fn agrees<const N: usize, F: Residues<N>>(group: &Group<N, F>, k: [[u64; N]; 3]) {
    comb_agrees(group, k[0]);
    sum_agrees(group, k);
}

/// Sums that meet the exceptional cases: equal, opposite and zero terms.
#[test]
fn small_multiples() {
    for a in 0..4u64 {
        for b in 0..4 {
            for d in 1..4 {
                each_256!(params, agrees, [a, b, d].map(small));
                each_512!(params, agrees, [a, b, d].map(small));
            }
        }
    }
}

/// a·G + b·Q where b = −a/d, so that the sum is infinity.
#[test]
fn cancelling_multiples() {
    fn check<const N: usize, F: Residues<N>>(group: &Group<N, F>, seed: u64) {
        let order = group.order();
        let a = order.reduce(&[seed; N]);
        let d = order.mul(&a, &a);
        let b = order.neg(&order.mul(&a, &order.invert_vartime(&d).unwrap()));
        agrees(group, [a.0, b.0, d.0]);
    }
    for seed in [3, 0x0123_4567_89ab_cdef] {
        each_256!(params, check, seed);
        each_512!(params, check, seed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_multiples(
        narrow in [limbs(), limbs(), limbs()],
        wide in [limbs(), limbs(), limbs()],
    ) {
        each_256!(params, agrees, narrow);
        each_512!(params, agrees, wide);
    }
}
