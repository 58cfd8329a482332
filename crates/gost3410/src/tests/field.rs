use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::limbs;
use super::oracle::Modulus;
use crate::field::Fe;

fn agrees<const N: usize, const C: u64>(a: [u64; N], b: [u64; N]) {
    let p = Modulus::<N>::pseudo_mersenne(C);
    let (x, y) = (Fe::<N, C>::new(a), Fe::<N, C>::new(b));
    assert_eq!(x.canonical(), p.reduce(a));
    assert_eq!(x.add(&y).canonical(), p.add(a, b));
    assert_eq!(x.sub(&y).canonical(), p.sub(a, b));
    assert_eq!(x.mul(&y).canonical(), p.mul(a, b));
    assert_eq!(x.square().canonical(), p.mul(a, a));
    assert_eq!(x.neg().canonical(), p.sub([0; N], a));
    assert_eq!(x.triple().canonical(), p.add(a, p.add(a, a)));
    assert_eq!(x.is_zero(), p.reduce(a) == [0; N]);
    assert_eq!(x == y, p.reduce(a) == p.reduce(b));
    if !x.is_zero() {
        assert_eq!(x.invert().canonical(), p.invert(a));
    }
    // Weakly reduced results go into further operations.
    let sum = x.add(&y).mul(&x.sub(&y)).square();
    let difference = p.mul(p.add(a, b), p.sub(a, b));
    assert_eq!(sum.canonical(), p.mul(difference, difference));
}

/// 0, 1, 2, p − 2 … p + 1, 2ⁿ − 2, 2ⁿ − 1, and powers of two.
fn edges<const N: usize, const C: u64>() -> Vec<[u64; N]> {
    let small = |value| Fe::<N, C>::small(value).canonical();
    let from_top = |below: u64| {
        let mut limbs = [u64::MAX; N];
        limbs[0] -= below;
        limbs
    };
    let mut edges = vec![small(0), small(1), small(2), small(C), small(C - 1), small(C + 1)];
    edges.extend([C + 1, C, C - 1, C - 2, 1, 0].map(from_top));
    for limb in 0..N {
        let mut power = [0; N];
        power[limb] = 1 << 63;
        edges.push(power);
    }
    edges
}

fn agrees_on_edges<const N: usize, const C: u64>() {
    let edges = edges::<N, C>();
    for a in &edges {
        for b in &edges {
            agrees::<N, C>(*a, *b);
        }
    }
}

#[test]
fn edges_256() {
    agrees_on_edges::<4, 617>();
}

#[test]
fn edges_512() {
    agrees_on_edges::<8, 569>();
}

#[test]
fn only_canonical_octets_are_decoded() {
    let p = Modulus::<4>::pseudo_mersenne(617).limbs();
    let octets = |limbs: [u64; 4]| limbs.map(u64::to_le_bytes).concat();
    let mut below = p;
    below[0] -= 1;
    assert!(Fe::<4, 617>::from_le_bytes(&octets(below)).is_some());
    assert!(Fe::<4, 617>::from_le_bytes(&octets(p)).is_none());
    assert!(Fe::<4, 617>::from_le_bytes(&octets([u64::MAX; 4])).is_none());
    assert!(Fe::<4, 617>::from_le_bytes(&[0; 31]).is_none());
    assert!(Fe::<4, 617>::from_le_bytes(&[0; 33]).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_256(a in limbs(), b in limbs()) {
        agrees::<4, 617>(a, b);
    }

    #[test]
    fn any_512(a in limbs(), b in limbs()) {
        agrees::<8, 569>(a, b);
    }
}
