use proptest::prelude::*;

use super::limbs;
use super::oracle::Modulus;
use crate::constants;
use crate::scalar::{Order, Scalar};

static ORDERS_256: [&[u64; 4]; 4] = [
    &constants::CRYPTO_PRO_A.order,
    &constants::CRYPTO_PRO_B.order,
    &constants::CRYPTO_PRO_C.order,
    &constants::TC26_256_A.order,
];
static ORDERS_512: [&[u64; 8]; 3] =
    [&constants::TC26_512_A.order, &constants::TC26_512_B.order, &constants::TC26_512_C.order];

fn agrees<const N: usize>(q: [u64; N], a: [u64; N], b: [u64; N]) {
    let (order, oracle) = (Order::new(q), Modulus::new(q));
    let (x, y) = (order.reduce(&a), order.reduce(&b));
    assert_eq!(x.0, oracle.reduce(a));
    assert_eq!(y.0, oracle.reduce(b));
    assert_eq!(order.add(&x, &y).0, oracle.add(a, b));
    assert_eq!(order.mul(&x, &y).0, oracle.mul(a, b));
    assert_eq!(order.holds(&a) == 1, a != [0; N] && oracle.reduce(a) == a);
    if x.0 != [0; N] {
        assert_eq!(order.neg(&x).0, oracle.sub([0; N], a));
        let inverse = order.invert_vartime(&x).unwrap();
        assert_eq!(oracle.mul(inverse.0, a), Scalar::small(1).0);
    } else {
        assert!(order.invert_vartime(&x).is_none());
    }
}

#[test]
fn edges_about_q() {
    fn about<const N: usize>(q: [u64; N]) {
        let near = |distance: i64| {
            let mut limbs = q;
            limbs[0] = limbs[0].wrapping_add_signed(distance);
            limbs
        };
        let values = [near(-2), near(-1), near(0), near(1), near(2), [0; N], [u64::MAX; N]];
        values.iter().for_each(|a| values.iter().for_each(|b| agrees(q, *a, *b)));
    }
    ORDERS_256.iter().for_each(|q| about(**q));
    ORDERS_512.iter().for_each(|q| about(**q));
}

proptest! {
    #[test]
    fn any(a in limbs(), b in limbs(), c in limbs(), d in limbs()) {
        ORDERS_256.iter().for_each(|q| agrees(**q, a, b));
        ORDERS_512.iter().for_each(|q| agrees(**q, c, d));
    }
}
