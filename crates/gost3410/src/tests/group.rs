use std::vec::Vec;

use proptest::prelude::*;

use super::limbs;
use super::oracle::{self, Modulus};
use crate::comb::Comb;
use crate::constants::{self, Constants};
use crate::curve::{Affine, CoefficientA, Projective};
use crate::field::Fe;
use crate::jacobian::sum_of_multiples;
use crate::params::{ParameterSet, Width};
use crate::scalar::{Order, Scalar};

fn oracle<const N: usize, const C: u64>(group: &Constants<N, C>) -> oracle::Curve<N> {
    let a = match &group.curve.a {
        CoefficientA::MinusThree => Fe::small(3).neg(),
        CoefficientA::Any(a) => *a,
    };
    oracle::Curve { p: Modulus::pseudo_mersenne(C), a: a.canonical() }
}

fn pair<const N: usize, const C: u64>(point: &Affine<N, C>) -> oracle::Point<N> {
    Some((point.x.canonical(), point.y.canonical()))
}

fn affine<const N: usize, const C: u64>(point: oracle::Point<N>) -> Affine<N, C> {
    let (x, y) = point.expect("a point other than infinity");
    Affine { x: Fe::new(x), y: Fe::new(y) }
}

fn projective<const N: usize, const C: u64>(point: &Affine<N, C>) -> Projective<N, C> {
    Projective { x: point.x, y: point.y, z: Fe::ONE }
}

/// The generator is on the curve, has order q, and is not infinity.
#[test]
fn constants_are_consistent() {
    fn check<const N: usize, const C: u64>(group: &Constants<N, C>) {
        let curve = oracle(group);
        assert!(group.curve.contains(&group.generator));
        assert_eq!(curve.multiply(pair(&group.generator), group.order), None);
    }
    check(&constants::CRYPTO_PRO_A);
    check(&constants::TC26_256_A);
    check(&constants::TC26_512_A);
}

/// The complete formulas on every kind of pair within the subgroup.
#[test]
fn complete_addition() {
    fn check<const N: usize, const C: u64>(group: &Constants<N, C>) {
        let (curve, slow) = (&group.curve, oracle(group));
        let g = pair(&group.generator);
        let multiples: Vec<oracle::Point<N>> =
            (0..5).map(|k| slow.multiply(g, Fe::<N, C>::small(k).canonical())).collect();
        let lift = |point: &oracle::Point<N>| {
            point.map_or(Projective::INFINITY, |p| projective(&affine::<N, C>(Some(p))))
        };
        let lower = |p: Projective<N, C>| (!p.z.is_zero()).then(|| pair(&p.to_affine())).flatten();
        let negative =
            |point: &oracle::Point<N>| point.and_then(|p| pair(&affine::<N, C>(Some(p)).neg()));
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
    check(&constants::CRYPTO_PRO_A);
    check(&constants::TC26_256_A);
    check(&constants::TC26_512_A);
}

fn comb_agrees<const N: usize, const C: u64>(
    group: &Constants<N, C>,
    comb: &Comb<N, C>,
    k: [u64; N],
) {
    let order = Order::new(group.order);
    let k = order.reduce(&k);
    let product = comb.multiply(&group.curve, &order, &k);
    let product = (!product.z.is_zero()).then(|| pair(&product.to_affine())).flatten();
    assert_eq!(product, oracle(group).multiply(pair(&group.generator), k.0));
}

fn sum_agrees<const N: usize, const C: u64>(
    group: &Constants<N, C>,
    odd: &[Affine<N, C>; crate::table::ODD_MULTIPLES],
    [a, b, d]: [[u64; N]; 3],
) {
    let (order, slow) = (Order::new(group.order), oracle(group));
    let [a, b, d] = [a, b, d].map(|k| order.reduce(&k));
    let g = pair(&group.generator);
    let Some(q) = slow.multiply(g, d.0) else { return };
    let fast = sum_of_multiples(&group.curve, odd, &a, &affine(Some(q)), &b);
    match slow.add(slow.multiply(g, a.0), slow.multiply(Some(q), b.0)) {
        None => assert!(fast.is_infinity()),
        Some((x, _)) => {
            assert!(fast.has_x(&Fe::new(x)));
            assert!(!fast.has_x(&Fe::new(x).add(&Fe::ONE)));
        }
    }
}

fn multiples_256(params: ParameterSet, group: &Constants<4, 617>, k: [[u64; 4]; 3]) {
    let Width::Bits256(own) = params.group() else { panic!("the set has 256 bits") };
    comb_agrees(group, own.comb(), k[0]);
    sum_agrees(group, own.odd_multiples(), k);
}

fn multiples_512(k: [[u64; 8]; 3]) {
    let Width::Bits512(own) = ParameterSet::Tc26Gost512A.group() else { panic!("512 bits") };
    comb_agrees(&constants::TC26_512_A, own.comb(), k[0]);
    sum_agrees(&constants::TC26_512_A, own.odd_multiples(), k);
}

fn multiples(narrow: [[u64; 4]; 3], wide: [[u64; 8]; 3]) {
    multiples_256(ParameterSet::CryptoProA, &constants::CRYPTO_PRO_A, narrow);
    multiples_256(ParameterSet::Tc26Gost256A, &constants::TC26_256_A, narrow);
    multiples_512(wide);
}

/// Sums that meet the exceptional cases: equal, opposite and zero terms.
#[test]
fn small_multiples() {
    for a in 0..4u64 {
        for b in 0..4 {
            for d in 1..4 {
                let narrow = [a, b, d].map(|k| Scalar::<4>::small(k).0);
                let wide = [a, b, d].map(|k| Scalar::<8>::small(k).0);
                multiples(narrow, wide);
            }
        }
    }
}

/// a·G + b·Q where b = −a/d, so that the sum is infinity.
#[test]
fn cancelling_multiples() {
    fn cancelling<const N: usize>(q: [u64; N], seed: u64) -> [[u64; N]; 3] {
        let order = Order::new(q);
        let a = order.reduce(&[seed; N]);
        let d = order.mul(&a, &a);
        let b = order.neg(&order.mul(&a, &order.invert_vartime(&d).unwrap()));
        [a.0, b.0, d.0]
    }
    for seed in [3, 0x0123_4567_89ab_cdef] {
        let [narrow, other] = [constants::CRYPTO_PRO_A.order, constants::TC26_256_A.order]
            .map(|order| cancelling(order, seed));
        multiples_256(ParameterSet::CryptoProA, &constants::CRYPTO_PRO_A, narrow);
        multiples_256(ParameterSet::Tc26Gost256A, &constants::TC26_256_A, other);
        multiples_512(cancelling(constants::TC26_512_A.order, seed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_multiples(
        narrow in [limbs(), limbs(), limbs()],
        wide in [limbs(), limbs(), limbs()],
    ) {
        multiples(narrow, wide);
    }
}
