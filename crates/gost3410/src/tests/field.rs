use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::limbs;
use super::oracle::Modulus;
use crate::constants::{
    Near256, Near512, Prime512B, PrimeB, PrimeC, PrimeExample256, PrimeExample512,
};
use crate::field::{Montgomery, Prime, Residues};

/// p, as p − 1 = −1 tells it.
pub(super) fn modulus<const N: usize, F: Residues<N>>() -> Modulus<N> {
    let mut p = F::ONE.neg().canonical();
    p[0] += 1;
    Modulus::new(p)
}

fn agrees<const N: usize, F: Residues<N>>(a: [u64; N], b: [u64; N]) {
    let p = modulus::<N, F>();
    let (x, y) = (F::from_limbs(a), F::from_limbs(b));
    assert_eq!(x.canonical(), p.reduce(a));
    assert_eq!(x.add(&y).canonical(), p.add(a, b));
    assert_eq!(x.sub(&y).canonical(), p.sub(a, b));
    assert_eq!(x.mul(&y).canonical(), p.mul(a, b));
    assert_eq!(x.square().canonical(), p.mul(a, a));
    assert_eq!(x.neg().canonical(), p.sub([0; N], a));
    assert_eq!(x.triple().canonical(), p.add(a, p.add(a, a)));
    assert_eq!(x.is_zero(), p.reduce(a) == [0; N]);
    assert!((x == y) == (p.reduce(a) == p.reduce(b)));
    assert_eq!(F::from_canonical(a).is_some(), p.reduce(a) == a);
    if !x.is_zero() {
        assert_eq!(x.invert().canonical(), p.invert(a));
    }
    // Weakly reduced results go into further operations.
    let sum = x.add(&y).mul(&x.sub(&y)).square();
    let difference = p.mul(p.add(a, b), p.sub(a, b));
    assert_eq!(sum.canonical(), p.mul(difference, difference));
}

/// 0, 1, 2, what is near p and near 2ⁿ, and powers of two.
fn edges<const N: usize, F: Residues<N>>() -> Vec<[u64; N]> {
    let small = crate::limbs::small::<N>;
    let p = modulus::<N, F>().limbs();
    let near = |limbs: [u64; N], distance: i64| {
        let mut limbs = limbs;
        limbs[0] = limbs[0].wrapping_add_signed(distance);
        limbs
    };
    let mut edges = vec![small(0), small(1), small(2)];
    edges.extend([-2, -1, 0, 1, 2].map(|distance| near(p, distance)));
    edges.extend([616, 617, 618, 568, 569, 570].map(small));
    edges.extend([-1, 0].map(|distance| near([u64::MAX; N], distance)));
    for limb in 0..N {
        let mut power = [0; N];
        power[limb] = 1 << 63;
        edges.push(power);
    }
    edges
}

fn agrees_on_edges<const N: usize, F: Residues<N>>() {
    let edges = edges::<N, F>();
    for a in &edges {
        for b in &edges {
            agrees::<N, F>(*a, *b);
        }
    }
}

/// The oracle takes p from the field, so p itself is checked apart.
#[test]
fn moduli() {
    assert_eq!(modulus::<4, Near256>().limbs(), Modulus::pseudo_mersenne(617).limbs());
    assert_eq!(modulus::<8, Near512>().limbs(), Modulus::pseudo_mersenne(569).limbs());
    fn named<const N: usize, P: Prime<N>>() {
        assert_eq!(modulus::<N, Montgomery<N, P>>().limbs(), *P::MODULUS.limbs());
    }
    named::<4, PrimeB>();
    named::<4, PrimeC>();
    named::<8, Prime512B>();
    named::<4, PrimeExample256>();
    named::<8, PrimeExample512>();
}

#[test]
fn edges_256() {
    agrees_on_edges::<4, Near256>();
    agrees_on_edges::<4, Montgomery<4, PrimeB>>();
    agrees_on_edges::<4, Montgomery<4, PrimeC>>();
    agrees_on_edges::<4, Montgomery<4, PrimeExample256>>();
}

#[test]
fn edges_512() {
    agrees_on_edges::<8, Near512>();
    agrees_on_edges::<8, Montgomery<8, Prime512B>>();
    agrees_on_edges::<8, Montgomery<8, PrimeExample512>>();
}

#[test]
fn only_canonical_octets_are_decoded() {
    fn check<F: Residues<4>>() {
        let p = modulus::<4, F>().limbs();
        let octets = |limbs: [u64; 4]| limbs.map(u64::to_le_bytes).concat();
        let mut below = p;
        below[0] -= 1;
        assert!(F::from_le_bytes(&octets(below)).is_some());
        assert!(F::from_le_bytes(&octets(p)).is_none());
        assert!(F::from_le_bytes(&octets([u64::MAX; 4])).is_none());
        assert!(F::from_le_bytes(&[0; 31]).is_none());
        assert!(F::from_le_bytes(&[0; 33]).is_none());
    }
    check::<Near256>();
    check::<Montgomery<4, PrimeB>>();
    check::<Montgomery<4, PrimeC>>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_256(a in limbs(), b in limbs()) {
        agrees::<4, Near256>(a, b);
        agrees::<4, Montgomery<4, PrimeB>>(a, b);
        agrees::<4, Montgomery<4, PrimeC>>(a, b);
    }

    #[test]
    fn any_512(a in limbs(), b in limbs()) {
        agrees::<8, Near512>(a, b);
        agrees::<8, Montgomery<8, Prime512B>>(a, b);
    }
}
